/* SPDX-License-Identifier: EUPL-1.2
 *
 * The entries of the ledger one by one: that each can be read, stands where it may stand and
 * continues what came before it; and what later steps must know of erasures, losses and the
 * journal's roots.
 */
#include "audit/audit.h"

#include "audit/words.h"

#include <stdlib.h>
#include <string.h>

struct pass {
    struct tov_audit *audit;
    uint64_t time_ms;
    uint32_t epoch;
    uint32_t roster;
    uint32_t unknown_roster; /* told already */
    uint64_t anchor_size;    /* that must be signed; 0: none */
};

static void say(struct pass *pass, enum tov_finding_code code, const struct tov_tree_entry *entry,
                const char *expected, const char *found)
{
    struct tov_place place = {entry->path, true, entry->index};
    (void)tov_audit_add(pass->audit, code, &place, expected, found);
}
#define NUMBER(value) TOV_SAY("%llu", (unsigned long long)(value))

static void put_mark(struct pass *pass, struct tov_marks *marks, uint64_t index)
{
    enum tov_err err = tov_marks_put(&pass->audit->marks_room, marks, index);
    if (err != TOV_OK)
        tov_audit_note_failure(pass->audit, err);
}

static void check_time(struct pass *pass, const struct tov_tree_entry *entry, uint64_t time_ms)
{
    struct tov_audit_counts *counts = &pass->audit->counts;
    if (time_ms < pass->time_ms)
        say(pass, TOV_FOUND_TIME_BACKWARDS, entry,
            TOV_SAY(_("not before %llu ms"), (unsigned long long)pass->time_ms),
            TOV_SAY("%llu ms", (unsigned long long)time_ms));
    else
        pass->time_ms = time_ms;
    if (counts->first_ms == 0)
        counts->first_ms = time_ms;
    counts->last_ms = pass->time_ms;
}

static void check_roster(struct pass *pass, const struct tov_tree_entry *entry, uint32_t version,
                         const struct tov_hash *hash)
{
    const struct tov_hash *held = tov_keyring_roster_hash(&pass->audit->keyring, version);
    if (held == NULL && version != pass->unknown_roster)
        say(pass, TOV_FOUND_ROSTER_UNKNOWN, entry, TOV_SAY(_("roster version %u"), version), NULL);
    if (held == NULL)
        pass->unknown_roster = version;
    else if (hash != NULL && !tov_hash_equal(held, hash))
        /* Rosters that no trusted root has signed may be anybody's. */
        say(pass,
            pass->audit->keyring.is_anchored ? TOV_FOUND_ROSTER_ENTRY : TOV_FOUND_ROSTER_UNKNOWN,
            entry, TOV_SAY_HASH(held), TOV_SAY_HASH(hash));
}

static void check_genesis(struct pass *pass, const struct tov_tree_entry *entry,
                          const struct tov_leaf_genesis *genesis)
{
    const struct tov_export_about *about = &pass->audit->about;
    bool fits = entry->index == 0 && genesis->journal == 0 && genesis->agency == about->agency &&
                genesis->generation == about->generation &&
                strcmp(genesis->federation, tov_audit_federation(pass->audit)) == 0;
    if (!fits)
        say(pass, TOV_FOUND_GENESIS, entry,
            TOV_SAY(_("%s, agency %u, generation %u, entry 0"), tov_audit_federation(pass->audit),
                    (unsigned)about->agency, (unsigned)about->generation),
            TOV_SAY(_("%s, agency %u, generation %u, entry %llu"), genesis->federation,
                    (unsigned)genesis->agency, (unsigned)genesis->generation,
                    (unsigned long long)entry->index));
    check_roster(pass, entry, genesis->roster_version, &genesis->roster_hash);
    pass->roster = genesis->roster_version;
}

static void check_epoch(struct pass *pass, const struct tov_tree_entry *entry,
                        const struct tov_leaf_epoch_key *key)
{
    if (key->epoch <= pass->epoch)
        say(pass, TOV_FOUND_EPOCH_ORDER, entry,
            TOV_SAY(_("an epoch above %u"), (unsigned)pass->epoch), NUMBER(key->epoch));
    else
        pass->epoch = key->epoch;
}

static void check_adoption(struct pass *pass, const struct tov_tree_entry *entry,
                           const struct tov_leaf_roster *roster)
{
    if (roster->version <= pass->roster)
        say(pass, TOV_FOUND_ROSTER_ENTRY, entry,
            TOV_SAY(_("a version above %u"), (unsigned)pass->roster), NUMBER(roster->version));
    else
        pass->roster = roster->version;
    check_roster(pass, entry, roster->version, &roster->hash);
}

static void check_own_ref(struct pass *pass, const struct tov_tree_entry *entry,
                          enum tov_erased_scope scope, const struct tov_ref *ref)
{
    struct tov_audit *audit = pass->audit;
    struct tov_hash hash;
    if (ref->index >= entry->index) {
        say(pass, TOV_FOUND_ERASED_REF, entry,
            TOV_SAY(_("an entry before %llu"), (unsigned long long)entry->index),
            NUMBER(ref->index));
        return;
    }
    if (tov_tile_reader_hash(audit->tiles, 0, ref->index, &hash) == TOV_OK &&
        !tov_hash_equal(&hash, &ref->leaf)) {
        say(pass, TOV_FOUND_ERASED_REF, entry, TOV_SAY_HASH(&hash), TOV_SAY_HASH(&ref->leaf));
        return;
    }
    if (tov_marks_has(&audit->others, ref->index)) {
        say(pass, TOV_FOUND_ERASED_REF, entry, _("a message"),
            TOV_SAY(_("entry %llu"), (unsigned long long)ref->index));
        return;
    }
    put_mark(pass, scope == TOV_ERASED_ALL ? &audit->named : &audit->content_erased, ref->index);
}

static void check_erased(struct pass *pass, const struct tov_tree_entry *entry,
                         const struct tov_leaf_erased *erased)
{
    struct tov_audit *audit = pass->audit;
    for (size_t i = 0; i < erased->ref_count; i++) {
        const struct tov_ref *ref = &erased->refs[i];
        if (ref->agency == audit->about.agency) {
            if (ref->generation == audit->about.generation)
                check_own_ref(pass, entry, erased->scope, ref);
            continue;
        }
        struct tov_mirror *mirror = tov_mirror_of(&audit->mirrors, ref->agency, ref->generation);
        if (mirror == NULL)
            tov_audit_note_failure(audit, TOV_E_LIMIT);
        else
            put_mark(pass, &mirror->named, ref->index);
    }
}

static void check_lost(struct pass *pass, const struct tov_tree_entry *entry,
                       const struct tov_leaf_lost *lost)
{
    struct tov_audit *audit = pass->audit;
    if (lost->end > entry->index) {
        say(pass, TOV_FOUND_LOST_RANGE, entry,
            TOV_SAY(_("entries before %llu"), (unsigned long long)entry->index),
            TOV_SAY(_("entries %llu to %llu"), (unsigned long long)lost->first,
                    (unsigned long long)lost->end - 1));
        return;
    }
    audit->shows_restore = true;
    enum tov_err err =
        tov_marks_put_range(&audit->marks_room, &audit->named, lost->first, lost->end);
    if (err != TOV_OK)
        tov_audit_note_failure(audit, err);
}

static void keep_journal_root(struct pass *pass, const struct tov_tree_entry *entry,
                              const struct tov_leaf_journal_root *root)
{
    struct tov_audit *audit = pass->audit;
    struct tov_row row = {entry->index, root->size, root->root};
    if (root->journal != audit->about.journal) {
        /* A journal before the present one is in no export. */
        if (root->journal > audit->about.journal)
            say(pass, TOV_FOUND_JOURNAL_BEYOND, entry,
                TOV_SAY(_("journal %u"), (unsigned)audit->about.journal),
                TOV_SAY(_("journal %u"), (unsigned)root->journal));
        return;
    }
    enum tov_err err = tov_table_put(&audit->scratch, &audit->journal_roots, &row);
    if (err != TOV_OK)
        tov_audit_note_failure(audit, err);
}

static void check_message(struct pass *pass, const struct tov_tree_entry *entry,
                          const struct tov_leaf_message *message)
{
    check_roster(pass, entry, message->roster_version, NULL);
    for (size_t i = 0; i < message->recipient_count; i++) {
        const struct tov_leaf_recipient *recipient = &message->recipients[i];
        bool is_own = recipient->agency == pass->audit->about.agency;
        if (is_own != tov_hash_is_zero(&recipient->link_hash))
            say(pass, TOV_FOUND_LINK_OWN, entry,
                is_own ? _("no link to the own agency") : _("a link to each other agency"),
                TOV_SAY(_("recipient %s"),
                        tov_keyring_name(&pass->audit->keyring, recipient->agency)));
    }
    pass->audit->counts.messages++;
}

static void check_decoded(struct pass *pass, const struct tov_tree_entry *entry,
                          const struct tov_leaf *leaf)
{
    if (entry->index == 0 && leaf->type != TOV_LEAF_GENESIS)
        say(pass, TOV_FOUND_GENESIS, entry, _("a genesis"), _("another entry"));
    if (leaf->type != TOV_LEAF_MESSAGE)
        put_mark(pass, &pass->audit->others, entry->index);
    check_time(pass, entry, leaf->time_ms);
    switch (leaf->type) {
    case TOV_LEAF_GENESIS:
        check_genesis(pass, entry, &leaf->as.genesis);
        return;
    case TOV_LEAF_MESSAGE:
        check_message(pass, entry, &leaf->as.message);
        return;
    case TOV_LEAF_RECEIPT:
        pass->audit->counts.receipts++;
        tov_audit_note_receipt(pass->audit, &leaf->as.receipt);
        return;
    case TOV_LEAF_EPOCH_KEY:
        check_epoch(pass, entry, &leaf->as.epoch_key);
        return;
    case TOV_LEAF_ANCHOR:
        pass->anchor_size = entry->index + 1;
        return;
    case TOV_LEAF_ROSTER:
        check_adoption(pass, entry, &leaf->as.roster);
        return;
    case TOV_LEAF_JOURNAL_ROOT:
        keep_journal_root(pass, entry, &leaf->as.journal_root);
        return;
    case TOV_LEAF_ERASED:
        check_erased(pass, entry, &leaf->as.erased);
        return;
    case TOV_LEAF_LOST:
        check_lost(pass, entry, &leaf->as.lost);
        return;
    case TOV_LEAF_ACCESS:
    case TOV_LEAF_FOLD:
    case TOV_LEAF_REWRAP:
    case TOV_LEAF_OVERRIDE:
    case TOV_LEAF_GRANT:
        say(pass, TOV_FOUND_WRONG_TREE, entry, _("an entry of the ledger"), NULL);
        return;
    }
}

static void say_unsigned_anchor(struct pass *pass)
{
    struct tov_place place = {"signatures", true, pass->anchor_size - 1};
    if (pass->audit->keys != NULL && pass->audit->ledger.has_lines)
        (void)tov_audit_add(pass->audit, TOV_FOUND_ANCHOR_UNSIGNED, &place,
                            TOV_SAY(_("size %llu signed"), (unsigned long long)pass->anchor_size),
                            NULL);
    pass->anchor_size = 0;
}

/* Of the signed size, never of that in `about`. Erasures look back into them while the tree is
 * walked; what is not right there shows by the root. */
static void read_tiles(struct tov_audit *audit)
{
    tov_tile_reader_init(audit->tiles, &audit->folder, "", audit->ledger.checkpoint.size);
}

static void see_entry(void *ctx, const struct tov_tree_entry *entry)
{
    struct pass *pass = ctx;
    struct tov_audit *audit = pass->audit;
    if (audit->counts.entries++ == 0)
        read_tiles(audit);
    if (pass->anchor_size != 0)
        say_unsigned_anchor(pass);
    if (!entry->is_readable)
        return;
    if (entry->leaf.size == 0) {
        put_mark(pass, &audit->empty, entry->index);
        audit->counts.erased++;
        return;
    }
    enum tov_err err = tov_leaf_decode(entry->leaf, audit->leaf);
    if (err == TOV_OK)
        check_decoded(pass, entry, audit->leaf);
    else if (err == TOV_E_VERSION) {
        audit->has_newer = true;
        say(pass, TOV_FOUND_LEAF_NEWER, entry, TOV_SAY(_("version %d"), TOV_LEAF_VERSION), NULL);
    } else
        say(pass, TOV_FOUND_LEAF_MALFORMED, entry, NULL, NULL);
}

static void see_signed(void *ctx, uint64_t size)
{
    struct pass *pass = ctx;
    if (size == pass->anchor_size)
        pass->anchor_size = 0;
}

/* The rule of the missing leaf: legal only if a later entry names it; which may stand in a bundle
 * that cannot be read, or be over a limit. */
static void check_empty(struct tov_audit *audit)
{
    if (!audit->ledger.is_complete || audit->is_limit_told)
        return;
    struct tov_leaf_reader names;
    char path[TOV_EXPORT_PATH_SIZE];
    uint64_t size = audit->ledger.checkpoint.size;
    tov_leaf_reader_init(&names, &audit->folder, "", size);
    for (uint64_t i = 0; tov_marks_next(&audit->empty, &i); i++) {
        if (tov_marks_has(&audit->named, i))
            continue;
        tov_leaf_reader_path(&names, i, path);
        struct tov_place place = {path, true, i};
        (void)tov_audit_add(audit, TOV_FOUND_LEAF_EMPTY, &place,
                            _("a later entry of type erased or lost that names it"), _("none"));
    }
}

/* What is gone cannot show what it was; another agency's export can. */
static void keep_erased(struct pass *pass)
{
    struct tov_audit *audit = pass->audit;
    for (uint64_t i = 0; tov_marks_next(&audit->empty, &i); i++) {
        if (tov_marks_has(&audit->named, i) && !tov_marks_has_in_range(&audit->named, i))
            put_mark(pass, &audit->erased, i);
    }
}

enum tov_err tov_audit_ledger(struct tov_audit *audit)
{
    struct pass pass = {.audit = audit};
    struct tov_tree_visitor visitor = {.ctx = &pass, .entry = see_entry, .signed_size = see_signed};
    audit->ledger = (struct tov_tree){.folder = &audit->folder,
                                      .prefix = "",
                                      .key = audit->keys == NULL ? NULL : &audit->keys->ledger,
                                      .keyring = &audit->keyring,
                                      .findings = &audit->findings};
    TOV_TRY(tov_tree_check(&audit->ledger, &visitor));
    if (!audit->ledger.has_checkpoint)
        return TOV_OK;
    read_tiles(audit);
    if (pass.anchor_size != 0)
        say_unsigned_anchor(&pass);
    check_empty(audit);
    keep_erased(&pass);
    return audit->failed;
}

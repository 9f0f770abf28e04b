/* SPDX-License-Identifier: EUPL-1.2
 *
 * See pair.h. A fork is shown by two signed notes that cannot both be true: those of the smallest
 * size at which the two histories part.
 */
#include "audit/pair.h"

#include "audit/mirror_reader.h"
#include "audit/words.h"
#include "merkle/tree.h"

#include <stdlib.h>
#include <string.h>

struct pass {
    struct tov_audit *owner, *holder;
    struct tov_findings *findings;
    bool is_forked;
    uint64_t newest; /* size that the holder has seen signed */
    uint64_t mirror_size;
    uint64_t not_received;
    bool has_difference;
    uint64_t first_difference; /* index */
};

static enum tov_err root_at(struct tov_audit *audit, uint64_t size, struct tov_hash *out_root)
{
    struct tov_node_source source = tov_tile_reader_source(audit->tiles);
    if (size == audit->ledger.checkpoint.size) {
        *out_root = audit->ledger.checkpoint.root;
        return TOV_OK;
    }
    return tov_proof_make_root(&source, size, out_root);
}

static void say_fork(struct pass *pass, const struct tov_export_signed *other,
                     const struct tov_hash *root)
{
    struct tov_place place = {NULL, pass->has_difference, pass->first_difference};
    char expected[TOV_FINDING_TEXT_SIZE], found[TOV_FINDING_TEXT_SIZE];
    if (pass->is_forked)
        return; /* told once, at the smallest size */
    pass->is_forked = true;
    (void)tov_say(expected, _("size %llu, root %s"), (unsigned long long)other->size,
                  TOV_SAY_HASH(root));
    (void)tov_say(found, _("size %llu, root %s"), (unsigned long long)other->size,
                  TOV_SAY_HASH(&other->root));
    struct tov_finding *finding =
        tov_findings_add(pass->findings, TOV_FOUND_FORK, &place, expected, found);
    TOV_FREE char *own = tov_tree_read_note(&pass->owner->folder, "checkpoint");
    TOV_FREE char *seen = tov_tree_note_text(&pass->owner->keys->ledger, other);
    tov_tree_set_notes(finding, own, seen);
    pass->owner->counts.forks++;
}

/* ---- signed sizes that the holder followed ---- */

static enum tov_err compare_lines(struct pass *pass, const char *path)
{
    struct tov_export_signed value;
    struct tov_hash root;
    struct tov_lines lines;
    struct tov_bytes line;
    if (tov_lines_open(&pass->holder->folder, path, &lines) != TOV_OK)
        return TOV_OK;
    while (tov_lines_next(&lines, &line) == TOV_OK &&
           tov_export_parse_signed(line, &value) == TOV_OK) {
        if (!tov_tree_is_signed(&pass->owner->keys->ledger, &value))
            continue; /* a finding of its own export */
        pass->newest = value.size > pass->newest ? value.size : pass->newest;
        if (value.size <= pass->owner->ledger.checkpoint.size &&
            root_at(pass->owner, value.size, &root) == TOV_OK &&
            !tov_hash_equal(&root, &value.root))
            say_fork(pass, &value, &root);
    }
    tov_lines_close(&lines);
    return TOV_OK;
}

/* ---- entries ---- */

static bool names(const struct tov_leaf *leaf, uint16_t agency)
{
    if (leaf->type == TOV_LEAF_RECEIPT)
        return leaf->as.receipt.peer == agency;
    return leaf->type == TOV_LEAF_MESSAGE &&
           tov_leaf_recipient_of(&leaf->as.message, agency) != NULL;
}

/* An entry of the owner that the holder's mirror passes over. */
static void judge_skipped(struct pass *pass, uint64_t index, struct tov_bytes bytes)
{
    struct tov_leaf *leaf = pass->owner->leaf;
    char path[TOV_EXPORT_PATH_SIZE];
    if (bytes.size == 0 || tov_leaf_decode(bytes, leaf) != TOV_OK ||
        !names(leaf, pass->holder->about.agency))
        return;
    tov_export_mirror_path(pass->owner->about.agency, pass->owner->about.generation, "skipped",
                           path);
    struct tov_place place = {path, true, index};
    (void)tov_findings_add(pass->findings, TOV_FOUND_WITHHELD, &place,
                           TOV_SAY(_("disclosed to %s"), pass->holder->about.agency_name),
                           _("skipped"));
}

static void judge_beyond(struct pass *pass, struct tov_bytes bytes)
{
    struct tov_leaf *leaf = pass->owner->leaf;
    if (bytes.size > 0 && tov_leaf_decode(bytes, leaf) == TOV_OK &&
        leaf->type == TOV_LEAF_MESSAGE && names(leaf, pass->holder->about.agency))
        pass->not_received++;
}

/* An entry of which the owner has the hash alone, and the holder the leaf. An erasure may name
 * messages only; a loss names what nobody gave back in time. */
static void judge_gone(struct pass *pass, const struct tov_place *place, struct tov_bytes held)
{
    struct tov_leaf *leaf = pass->owner->leaf;
    const char *holder = pass->holder->about.agency_name;
    if (tov_leaf_decode(held, leaf) != TOV_OK || leaf->type == TOV_LEAF_MESSAGE)
        return;
    if (tov_marks_has(&pass->owner->erased, place->index))
        (void)tov_findings_add(pass->findings, TOV_FOUND_ERASED_REF, place, _("a message"),
                               TOV_SAY(_("an entry of another kind, which %s holds"), holder));
    else
        (void)tov_findings_add(pass->findings, TOV_FOUND_GONE_HELD, place,
                               TOV_SAY(_("the entry that %s holds"), holder), NULL);
}

/* IS_GONE: the owner has its hash alone. */
static void judge_same(struct pass *pass, const struct tov_place *place,
                       const struct tov_mirror_item *item, bool is_gone)
{
    struct tov_hash own;
    struct tov_hash held = item->is_gone ? item->gone.leaf_hash : tov_merkle_leaf_hash(item->leaf);
    if (pass->has_difference ||
        tov_tile_reader_hash(pass->owner->tiles, 0, place->index, &own) != TOV_OK)
        return;
    if (tov_hash_equal(&own, &held)) {
        if (is_gone && !item->is_gone)
            judge_gone(pass, place, item->leaf);
        return;
    }
    pass->has_difference = true;
    pass->first_difference = place->index;
}

/* The owner's leaves beside the holder's items. */
static enum tov_err walk(struct pass *pass)
{
    TOV_CLEANUP(tov_leaf_reader_fini) struct tov_leaf_reader leaves;
    TOV_FREE struct tov_mirror_reader *reader = malloc(sizeof *reader);
    struct tov_mirror_item item = {.count = 0};
    struct tov_bytes bytes;
    uint64_t index = 0;
    const struct tov_export_about *about = &pass->owner->about;
    char path[TOV_EXPORT_PATH_SIZE];
    tov_leaf_reader_init(&leaves, &pass->owner->folder, "", pass->owner->ledger.checkpoint.size);
    if (reader == NULL)
        return TOV_E_NOMEM;
    enum tov_err err =
        tov_mirror_reader_open(&pass->holder->folder, about->agency, about->generation, reader);
    while (tov_leaf_reader_next(&leaves, &index, &bytes)) {
        tov_leaf_reader_path(&leaves, index, path);
        if (err == TOV_OK && index >= item.index + item.count && index < pass->mirror_size)
            err = tov_mirror_reader_next(reader, &item);
        if (index >= pass->mirror_size || err != TOV_OK)
            judge_beyond(pass, bytes);
        else if (item.is_skipped)
            judge_skipped(pass, index, bytes);
        else
            judge_same(pass, &(struct tov_place){path, true, index}, &item,
                       leaves.err == TOV_OK && bytes.size == 0);
    }
    tov_mirror_reader_close(reader);
    return err == TOV_E_NOMEM ? err : TOV_OK;
}

static void judge_size(struct pass *pass)
{
    const struct tov_audit *owner = pass->owner;
    struct tov_place place = {.path = "checkpoint"};
    if (pass->newest <= owner->ledger.checkpoint.size)
        return;
    /* An export that was made later must not show less. */
    bool is_newer = pass->holder->about.time_ms > owner->about.time_ms;
    (void)tov_findings_add(pass->findings, is_newer ? TOV_FOUND_AHEAD : TOV_FOUND_TRUNCATED, &place,
                           TOV_SAY_ENTRIES(pass->newest),
                           TOV_SAY_ENTRIES(owner->ledger.checkpoint.size));
}

static void judge_not_received(struct pass *pass)
{
    if (pass->not_received == 0)
        return;
    (void)tov_findings_add(pass->findings, TOV_FOUND_SENT_NOT_RECEIVED, NULL, NULL,
                           TOV_SAY(_("%llu messages to %s"), (unsigned long long)pass->not_received,
                                   pass->holder->about.agency_name));
}

enum tov_err tov_pair_mirror(struct tov_audit *owner, struct tov_audit *holder,
                             struct tov_findings *findings)
{
    const struct tov_mirror *mirror =
        tov_mirror_find(&holder->mirrors, owner->about.agency, owner->about.generation);
    struct pass pass = {.owner = owner, .holder = holder, .findings = findings};
    char path[TOV_EXPORT_PATH_SIZE];
    if (mirror == NULL || !mirror->is_held || !owner->ledger.is_provable)
        return TOV_OK;
    pass.mirror_size = mirror->is_sound ? mirror->size : 0;
    tov_export_mirror_path(owner->about.agency, owner->about.generation, "checkpoints", path);
    TOV_TRY(walk(&pass));
    TOV_TRY(compare_lines(&pass, path));
    judge_size(&pass);
    if (mirror->is_sound)
        judge_not_received(&pass);
    return TOV_OK;
}

/* ---- rosters ---- */

void tov_pair_rosters(const struct tov_audit *a, const struct tov_audit *b,
                      struct tov_findings *findings)
{
    char path[TOV_EXPORT_PATH_SIZE];
    const struct tov_keyring *first = &a->keyring, *second = &b->keyring;
    for (uint32_t i = 0; i < first->roster_count; i++) {
        uint32_t version = first->first_version + i;
        const struct tov_hash *own = tov_keyring_roster_hash(first, version);
        const struct tov_hash *other = tov_keyring_roster_hash(second, version);
        if (other == NULL || tov_hash_equal(own, other))
            continue;
        bool are_signed = first->is_anchored && second->is_anchored;
        tov_export_roster_path(version, path);
        struct tov_place place = {.path = path};
        (void)tov_findings_add(findings,
                               are_signed ? TOV_FOUND_ROSTERS_FORK : TOV_FOUND_ROSTERS_DIFFER,
                               &place, TOV_SAY_HASH(own), TOV_SAY_HASH(other));
        return; /* those above follow from it */
    }
}

/* ---- keys that only the other's roster revokes ---- */

static void judge_void(struct tov_findings *findings, const struct tov_revocation *revocation,
                       const char *path, uint64_t size)
{
    struct tov_place place = {.path = path};
    if (size > revocation->size)
        (void)tov_findings_add(findings, TOV_FOUND_VOID, &place, TOV_SAY_ENTRIES(revocation->size),
                               TOV_SAY_ENTRIES(size));
}

static void judge_revoked_ledger(struct tov_audit *owner, const struct tov_revocation *revocation,
                                 struct tov_findings *findings)
{
    struct tov_place place = {.path = "checkpoint"};
    struct tov_hash root;
    judge_void(findings, revocation, place.path, owner->ledger.checkpoint.size);
    if (owner->ledger.is_provable && revocation->size <= owner->ledger.checkpoint.size &&
        root_at(owner, revocation->size, &root) == TOV_OK &&
        !tov_hash_equal(&root, &revocation->root))
        (void)tov_findings_add(findings, TOV_FOUND_REVOKED_ROOT, &place,
                               TOV_SAY_HASH(&revocation->root), TOV_SAY_HASH(&root));
}

/* Its tree is compared with the root by an export that has the roster. */
static void judge_revoked_journal(const struct tov_audit *owner, const struct tov_roster *newer,
                                  struct tov_findings *findings)
{
    const struct tov_tree *journal = &owner->journal;
    if (!journal->has_checkpoint || journal->key == NULL)
        return;
    struct tov_bytes name = tov_bytes_of_text(journal->key->name);
    const struct tov_revocation *revocation = tov_roster_revocation(newer, name);
    if (revocation != NULL && tov_roster_revocation(owner->keyring.newest, name) == NULL)
        judge_void(findings, revocation, "journal/checkpoint", journal->checkpoint.size);
}

/* The newest roster of OTHER goes on from that of OWN: by its chain, or, where that begins later,
 * by roots that vouch for both. Else somebody may have made it up. */
static bool goes_on(const struct tov_keyring *own, const struct tov_keyring *other)
{
    if (own->newest == NULL || other->newest == NULL ||
        tov_roster_version(other->newest) <= tov_roster_version(own->newest))
        return false;
    struct tov_hash newest = tov_roster_hash(own->newest);
    const struct tov_hash *there = tov_keyring_roster_hash(other, tov_roster_version(own->newest));
    return there == NULL ? own->is_anchored && other->is_anchored : tov_hash_equal(there, &newest);
}

void tov_pair_revoked(struct tov_audit *audit, const struct tov_audit *other,
                      struct tov_findings *findings)
{
    const struct tov_roster *own = audit->keyring.newest, *newer = other->keyring.newest;
    if (!goes_on(&audit->keyring, &other->keyring))
        return;
    for (size_t i = 0; i < audit->keyring.key_count; i++) {
        const struct tov_ledger_key *key = &audit->keyring.keys[i];
        struct tov_bytes name = tov_bytes_of_text(key->ledger.name);
        const struct tov_revocation *revocation = tov_roster_revocation(newer, name);
        const struct tov_mirror *mirror =
            tov_mirror_find(&audit->mirrors, key->agency, key->generation);
        char path[TOV_EXPORT_PATH_SIZE];
        if (revocation == NULL || tov_roster_revocation(own, name) != NULL)
            continue; /* told of this export alone */
        if (key == audit->keys)
            judge_revoked_ledger(audit, revocation, findings);
        tov_export_mirror_path(key->agency, key->generation, "entries", path);
        if (mirror != NULL && mirror->is_sound)
            judge_void(findings, revocation, path, mirror->size);
    }
    judge_revoked_journal(audit, newer, findings);
}

/* ---- two exports of one ledger ---- */

bool tov_pair_is_same_ledger(const struct tov_audit *a, const struct tov_audit *b)
{
    return a->about.agency == b->about.agency && a->about.generation == b->about.generation &&
           strcmp(a->about.federation, b->about.federation) == 0;
}

/* An export with a key of its own making is no other history of this ledger. */
static bool have_same_key(const struct tov_audit *a, const struct tov_audit *b)
{
    return memcmp(a->keys->ledger.public_key, b->keys->ledger.public_key,
                  sizeof a->keys->ledger.public_key) == 0;
}

static void find_difference(struct pass *pass, uint64_t size)
{
    struct tov_hash a, b;
    for (uint64_t i = 0; i < size && !pass->has_difference; i++) {
        if (tov_tile_reader_hash(pass->owner->tiles, 0, i, &a) != TOV_OK ||
            tov_tile_reader_hash(pass->holder->tiles, 0, i, &b) != TOV_OK)
            return;
        pass->has_difference = !tov_hash_equal(&a, &b);
        pass->first_difference = i;
    }
}

enum tov_err tov_pair_same(struct tov_audit *a, struct tov_audit *b, struct tov_findings *findings)
{
    uint64_t size = a->ledger.checkpoint.size < b->ledger.checkpoint.size
                        ? a->ledger.checkpoint.size
                        : b->ledger.checkpoint.size;
    struct pass pass = {.owner = a, .holder = b, .findings = findings};
    struct tov_hash root_a, root_b;
    if (!a->ledger.is_provable || !b->ledger.is_provable || !have_same_key(a, b) ||
        root_at(a, size, &root_a) != TOV_OK || root_at(b, size, &root_b) != TOV_OK ||
        tov_hash_equal(&root_a, &root_b))
        return TOV_OK;
    find_difference(&pass, size);
    struct tov_place place = {NULL, pass.has_difference, pass.first_difference};
    struct tov_finding *finding = tov_findings_add(
        findings, TOV_FOUND_FORK, &place,
        TOV_SAY(_("size %llu, root %s"), (unsigned long long)size, TOV_SAY_HASH(&root_a)),
        TOV_SAY(_("size %llu, root %s"), (unsigned long long)size, TOV_SAY_HASH(&root_b)));
    TOV_FREE char *note_a = tov_tree_read_note(&a->folder, "checkpoint");
    TOV_FREE char *note_b = tov_tree_read_note(&b->folder, "checkpoint");
    tov_tree_set_notes(finding, note_a, note_b);
    a->counts.forks++;
    return TOV_OK;
}

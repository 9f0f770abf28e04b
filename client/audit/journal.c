/* SPDX-License-Identifier: EUPL-1.2
 *
 * The journal: a log like the ledger, whose roots stand in the ledger.
 */
#include "audit/audit.h"

#include "audit/words.h"

#include <stdlib.h>
#include <string.h>

struct pass {
    struct tov_audit *audit;
    uint64_t time_ms;
    uint64_t next; /* row of audit->journal_roots */
    struct tov_row wanted;
    bool has_wanted;
    uint64_t size;
    /* The first root that the ledger names and this tree does not have. */
    bool has_other;
    struct tov_row other;
    struct tov_hash other_root;
};

static void say(struct pass *pass, enum tov_finding_code code, const struct tov_tree_entry *entry,
                const char *expected, const char *found)
{
    struct tov_place place = {entry->path, true, entry->index};
    (void)tov_audit_add(pass->audit, code, &place, expected, found);
}

static void next_wanted(struct pass *pass)
{
    struct tov_audit *audit = pass->audit;
    pass->has_wanted = pass->next < audit->journal_roots.rows &&
                       tov_table_get(&audit->scratch, &audit->journal_roots, pass->next++,
                                     &pass->wanted) == TOV_OK;
}

static void see_entry(void *ctx, const struct tov_tree_entry *entry)
{
    struct pass *pass = ctx;
    struct tov_audit *audit = pass->audit;
    struct tov_leaf *leaf = audit->leaf;
    audit->counts.journal_entries++;
    if (!entry->is_readable || entry->leaf.size == 0) {
        if (entry->is_readable)
            say(pass, TOV_FOUND_LEAF_EMPTY, entry, NULL, NULL);
        return;
    }
    enum tov_err err = tov_leaf_decode(entry->leaf, leaf);
    if (err != TOV_OK) {
        say(pass, err == TOV_E_VERSION ? TOV_FOUND_LEAF_NEWER : TOV_FOUND_LEAF_MALFORMED, entry,
            NULL, NULL);
        return;
    }
    if (leaf->time_ms < pass->time_ms)
        say(pass, TOV_FOUND_TIME_BACKWARDS, entry,
            TOV_SAY(_("not before %llu ms"), (unsigned long long)pass->time_ms),
            TOV_SAY("%llu ms", (unsigned long long)leaf->time_ms));
    else
        pass->time_ms = leaf->time_ms;
    const struct tov_leaf_genesis *genesis = &leaf->as.genesis;
    bool is_genesis = leaf->type == TOV_LEAF_GENESIS;
    if (is_genesis != (entry->index == 0) ||
        (is_genesis &&
         (genesis->journal != audit->about.journal || genesis->agency != audit->about.agency ||
          genesis->generation != audit->about.generation ||
          strcmp(genesis->federation, tov_audit_federation(audit)) != 0)))
        say(pass, TOV_FOUND_GENESIS, entry, NULL, NULL);
    else if (!is_genesis && !tov_leaf_type_is_journal(leaf->type))
        say(pass, TOV_FOUND_WRONG_TREE, entry, _("an entry of the journal"), NULL);
}

static void see_grown(void *ctx, const struct tov_range *range)
{
    struct pass *pass = ctx;
    pass->size = range->size;
    while (pass->has_wanted && pass->wanted.index <= range->size) {
        struct tov_hash root = tov_range_root(range);
        if (!pass->has_other && pass->wanted.index == range->size &&
            !tov_hash_equal(&root, &pass->wanted.hash)) {
            pass->has_other = true;
            pass->other = pass->wanted;
            pass->other_root = root;
        }
        next_wanted(pass);
    }
}

/* Two signed trees, unless the hashes of this one are damaged. */
static void judge_root(struct pass *pass)
{
    struct tov_place place = {"journal/checkpoint", true, pass->other.number};
    if (pass->has_other && pass->audit->journal.is_sound)
        (void)tov_audit_add(pass->audit, TOV_FOUND_JOURNAL_ROOT, &place,
                            TOV_SAY_HASH(&pass->other.hash), TOV_SAY_HASH(&pass->other_root));
}

/* Rows that are left name more of the journal than is there. */
static void say_beyond(struct pass *pass)
{
    if (!pass->has_wanted)
        return;
    struct tov_place place = {"journal/checkpoint", true, pass->wanted.number};
    (void)tov_audit_add(pass->audit, TOV_FOUND_JOURNAL_BEYOND, &place,
                        TOV_SAY_ENTRIES(pass->wanted.index), TOV_SAY_ENTRIES(pass->size));
}

static void compare_about(struct tov_audit *audit)
{
    struct tov_place place = {.path = "about"};
    if (audit->journal.checkpoint.size != audit->about.journal_size)
        (void)tov_audit_add(audit, TOV_FOUND_ABOUT_DIFFERS, &place,
                            TOV_SAY_ENTRIES(audit->about.journal_size),
                            TOV_SAY_ENTRIES(audit->journal.checkpoint.size));
}

enum tov_err tov_audit_journal(struct tov_audit *audit)
{
    struct pass pass = {.audit = audit};
    struct tov_tree_visitor visitor = {.ctx = &pass, .entry = see_entry, .grown = see_grown};
    next_wanted(&pass);
    if (audit->about.journal == 0) {
        say_beyond(&pass);
        return TOV_OK;
    }
    bool has_key = audit->keys != NULL && tov_keyring_journal(audit->keys, audit->about.journal,
                                                              &audit->journal_key) == TOV_OK;
    audit->journal = (struct tov_tree){.folder = &audit->folder,
                                       .prefix = "journal/",
                                       .key = has_key ? &audit->journal_key : NULL,
                                       .keyring = &audit->keyring,
                                       .findings = &audit->findings};
    TOV_TRY(tov_tree_check(&audit->journal, &visitor));
    if (!audit->journal.has_checkpoint)
        return TOV_OK;
    judge_root(&pass);
    say_beyond(&pass);
    compare_about(audit);
    return audit->failed;
}

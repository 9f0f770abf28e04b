/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the exporter kept of ledgers whose key signed two histories: two notes and, for two sizes,
 * the proof that the larger one extends something else. It stands by itself: nothing else of the
 * export is needed, so no damage elsewhere softens it.
 */
#include "audit/audit.h"

#include "audit/words.h"
#include "merkle/proof.h"

#include <stdlib.h>
#include <string.h>

struct kept {
    const struct tov_vkey *key;
    struct tov_place place;
    struct tov_export_fork fork;
};

static bool are_signed(const struct kept *kept)
{
    return tov_tree_is_signed(kept->key, &kept->fork.smaller) &&
           tov_tree_is_signed(kept->key, &kept->fork.larger);
}

/* The larger tree has the root that is named, at the smaller size. */
static bool is_proven(const struct tov_export_fork *fork)
{
    struct tov_proof proof = {.count = fork->hash_count};
    struct tov_consistency claim = {fork->smaller.size, fork->larger.size, fork->root,
                                    fork->larger.root};
    if (fork->hash_count > sizeof proof.hashes / sizeof proof.hashes[0])
        return false;
    memcpy(proof.hashes, fork->hashes, fork->hash_count * sizeof fork->hashes[0]);
    return tov_consistency_verify(&claim, &proof) == TOV_OK;
}

static enum tov_finding_code judge(const struct kept *kept)
{
    const struct tov_export_fork *fork = &kept->fork;
    const struct tov_hash *other = &fork->larger.root;
    if (!are_signed(kept))
        return TOV_FOUND_TWO_HISTORIES_DAMAGED;
    if (fork->smaller.size != fork->larger.size && !fork->has_root)
        return TOV_FOUND_TWO_HISTORIES_CLAIMED;
    if (fork->has_root && !is_proven(fork))
        return TOV_FOUND_TWO_HISTORIES_DAMAGED;
    if (fork->has_root)
        other = &fork->root;
    return tov_hash_equal(other, &fork->smaller.root) ? TOV_FOUND_TWO_HISTORIES_DAMAGED
                                                      : TOV_FOUND_TWO_HISTORIES;
}

static void tell(struct tov_audit *audit, const struct kept *kept)
{
    enum tov_finding_code code = judge(kept);
    const struct tov_export_fork *fork = &kept->fork;
    struct tov_finding *finding = tov_audit_add(
        audit, code, &kept->place, TOV_SAY(_("one history signed by %s"), kept->key->name),
        TOV_SAY(_("%s signed a tree of %llu entries, and one of %llu entries"), kept->key->name,
                (unsigned long long)fork->smaller.size, (unsigned long long)fork->larger.size));
    if (code == TOV_FOUND_TWO_HISTORIES_DAMAGED)
        return;
    TOV_FREE char *a = tov_tree_note_text(kept->key, &fork->smaller);
    TOV_FREE char *b = tov_tree_note_text(kept->key, &fork->larger);
    tov_tree_set_notes(finding, a, b);
    if (code != TOV_FOUND_TWO_HISTORIES)
        return;
    if (finding != NULL)
        finding->is_firm = true;
    audit->counts.forks++;
}

static enum tov_err check_one(struct tov_audit *audit, uint16_t agency, uint32_t generation)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(65536);
    TOV_FREE struct kept *kept = calloc(1, sizeof *kept);
    char path[TOV_EXPORT_PATH_SIZE];
    if (kept == NULL)
        return TOV_E_NOMEM;
    tov_export_fork_path(agency, generation, path);
    kept->place = (struct tov_place){.path = path};
    const struct tov_ledger_key *key = tov_keyring_ledger(&audit->keyring, agency, generation);
    enum tov_err err = tov_folder_read(&audit->folder, path, &text);
    if (err == TOV_E_NOMEM)
        return err;
    if (err == TOV_OK)
        err = tov_export_parse_fork(tov_buf_view(&text), &kept->fork);
    if (err != TOV_OK) {
        (void)tov_audit_add(audit, TOV_FOUND_FILE_MALFORMED, &kept->place, NULL, NULL);
    } else if (key == NULL) {
        (void)tov_audit_add(audit, TOV_FOUND_KEY_MISSING, &kept->place, NULL, NULL);
    } else {
        kept->key = &key->ledger;
        tell(audit, kept);
    }
    return TOV_OK;
}

enum tov_err tov_audit_forks(struct tov_audit *audit)
{
    return tov_audit_each_ledger(audit, "fork", check_one);
}

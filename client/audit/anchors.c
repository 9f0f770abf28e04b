/* SPDX-License-Identifier: EUPL-1.2
 *
 * Lists of anchors: checkpoints of the peers that an agency saw, bound by an entry of its own. The
 * own lists say what must be held of each peer; those of the peers say what they saw of us. Both
 * are the word of one agency and the signature of another, and so show forks.
 */
#include "audit/audit.h"

#include "audit/words.h"
#include "merkle/proof.h"

#include <string.h>

#define ITEM_BYTES (2u + 4u + 8u + 32u + 64u)

struct item {
    uint16_t agency;
    uint32_t generation;
    struct tov_export_signed at;
};

static struct item read_item(struct tov_reader *reader)
{
    struct item item = {.agency = tov_read_u16(reader), .generation = tov_read_u32(reader)};
    item.at.size = tov_read_u64(reader);
    tov_read_copy(reader, item.at.root.bytes, sizeof item.at.root.bytes);
    tov_read_copy(reader, item.at.signature, sizeof item.at.signature);
    return item;
}

static bool is_well_formed(uint16_t count, struct tov_bytes list)
{
    struct tov_reader reader = tov_reader_of(list);
    uint16_t last = 0;
    if (list.size != (size_t)count * ITEM_BYTES)
        return false;
    for (uint16_t i = 0; i < count; i++) {
        struct item item = read_item(&reader);
        if (item.agency <= last || item.generation == 0 || item.at.size == 0)
            return false;
        last = item.agency;
    }
    return true;
}

static void say_fork(struct tov_audit *audit, const struct tov_place *place,
                     const struct tov_vkey *key, const struct tov_export_signed signed_twice[2])
{
    struct tov_finding *finding =
        tov_audit_add(audit, TOV_FOUND_MIRROR_FORK, place, TOV_SAY_HASH(&signed_twice[0].root),
                      TOV_SAY_HASH(&signed_twice[1].root));
    TOV_FREE char *a = tov_tree_note_text(key, &signed_twice[0]);
    TOV_FREE char *b = tov_tree_note_text(key, &signed_twice[1]);
    tov_tree_set_notes(finding, a, b);
    if (finding != NULL)
        finding->is_firm = true;
    audit->counts.forks++;
}

/* ---- own lists ---- */

static enum tov_err get_seen(struct tov_audit *audit, const struct tov_mirror *mirror, uint64_t at,
                             uint64_t *out_index, struct tov_export_signed *out_value)
{
    struct tov_row row, half;
    TOV_TRY(tov_table_get(&audit->scratch, &mirror->seen, at, &row));
    *out_index = row.index;
    *out_value = (struct tov_export_signed){.size = row.number, .root = row.hash};
    for (size_t i = 0; i < 2; i++) {
        TOV_TRY(tov_table_get(&audit->scratch, &mirror->seen_signatures, 2 * at + i, &half));
        memcpy(out_value->signature + 32 * i, half.hash.bytes, 32);
    }
    return TOV_OK;
}

static enum tov_err append_seen(struct tov_audit *audit, struct tov_mirror *mirror, uint64_t index,
                                const struct tov_export_signed *value)
{
    struct tov_row row = {value->size, index, value->root}, half = {.index = index};
    for (size_t i = 0; i < 2; i++) {
        half.number = 2 * mirror->seen.rows + i;
        memcpy(half.hash.bytes, value->signature + 32 * i, 32);
        TOV_TRY(tov_table_put(&audit->scratch, &mirror->seen_signatures, &half));
    }
    /* Last, so that each row has its signature where the tables come to their limit. */
    return tov_table_put(&audit->scratch, &mirror->seen, &row);
}

/* Whose signature by KEY is good. Most lists repeat what the one before them says. */
static enum tov_err put_seen(struct tov_audit *audit, const struct tov_place *place,
                             const struct tov_vkey *key, const struct item *item)
{
    struct tov_mirror *mirror = tov_mirror_of(&audit->mirrors, item->agency, item->generation);
    struct tov_export_signed both[2] = {{.size = 0}, item->at};
    uint64_t index;
    if (mirror == NULL)
        return TOV_E_LIMIT;
    if (mirror->seen.rows > 0)
        TOV_TRY(get_seen(audit, mirror, mirror->seen.rows - 1, &index, &both[0]));
    if (both[0].size == both[1].size && !tov_hash_equal(&both[0].root, &both[1].root))
        say_fork(audit, place, key, both);
    return both[0].size < both[1].size ? append_seen(audit, mirror, place->index, &item->at)
                                       : TOV_OK;
}

static void take_peer(struct tov_audit *audit, const struct tov_place *place,
                      const struct item *item)
{
    const struct tov_ledger_key *key =
        tov_keyring_ledger(&audit->keyring, item->agency, item->generation);
    if (key == NULL)
        return; /* of an older generation, whose key no roster here has */
    if (!tov_tree_is_signed(&key->ledger, &item->at)) {
        (void)tov_audit_add(audit, TOV_FOUND_SIGNATURE_BAD, place,
                            TOV_SAY(_("a signature by the key of %s"), key->ledger.name), NULL);
        return;
    }
    enum tov_err err = put_seen(audit, place, &key->ledger, item);
    if (err != TOV_OK)
        tov_audit_note_failure(audit, err);
}

/* ---- lists of peers ---- */

static enum tov_err own_root_at(const struct tov_audit *audit, uint64_t size,
                                struct tov_hash *out_root)
{
    struct tov_node_source source = tov_tile_reader_source(audit->tiles);
    if (size == audit->ledger.checkpoint.size) {
        *out_root = audit->ledger.checkpoint.root;
        return TOV_OK;
    }
    return tov_proof_make_root(&source, size, out_root);
}

/* What a peer saw of the own ledger. */
static void take_own(struct tov_audit *audit, const struct tov_place *place,
                     const struct tov_export_signed *at)
{
    const struct tov_checkpoint *newest = &audit->ledger.checkpoint;
    struct tov_hash root;
    if (audit->keys == NULL || !tov_tree_is_signed(&audit->keys->ledger, at) ||
        !audit->ledger.has_checkpoint || !audit->ledger.is_signed)
        return;
    if (at->size > newest->size) {
        (void)tov_audit_add(audit, TOV_FOUND_BEYOND_TREE, place, TOV_SAY_ENTRIES(at->size),
                            TOV_SAY_ENTRIES(newest->size));
        return;
    }
    if (!audit->ledger.is_provable || own_root_at(audit, at->size, &root) != TOV_OK ||
        tov_hash_equal(&root, &at->root))
        return;
    struct tov_finding *finding = tov_audit_add(audit, TOV_FOUND_TWO_ROOTS, place,
                                                TOV_SAY_HASH(&root), TOV_SAY_HASH(&at->root));
    TOV_FREE char *own = tov_tree_read_note(&audit->folder, "checkpoint");
    TOV_FREE char *seen = tov_tree_note_text(&audit->keys->ledger, at);
    tov_tree_set_notes(finding, own, seen);
    if (finding != NULL)
        finding->is_firm = true;
    audit->counts.forks++;
}

void tov_audit_anchor_list(struct tov_audit *audit, const struct tov_place *place,
                           const struct tov_leaf_anchor *anchor, struct tov_bytes list, bool is_own)
{
    struct tov_reader reader = tov_reader_of(list);
    if (!is_well_formed(anchor->seen_count, list)) {
        (void)tov_audit_add(audit, TOV_FOUND_LEAF_MALFORMED, place,
                            TOV_SAY(_("a list of %u checkpoints, ascending by agency"),
                                    (unsigned)anchor->seen_count),
                            TOV_SAY(_("%zu bytes"), list.size));
        return;
    }
    for (uint16_t i = 0; i < anchor->seen_count; i++) {
        struct item item = read_item(&reader);
        bool is_about_us = item.agency == audit->about.agency;
        if (is_own && !is_about_us)
            take_peer(audit, place, &item);
        else if (!is_own && is_about_us && item.generation == audit->about.generation)
            take_own(audit, place, &item.at);
    }
}

/* ---- mirrors against the own lists ---- */

/* The first row of MIRROR's list from AT on whose size is SIZE or more. */
static uint64_t row_of(struct tov_audit *audit, const struct tov_mirror *mirror, uint64_t size)
{
    struct tov_row row;
    uint64_t at = mirror->seen_next;
    while (at < mirror->seen.rows &&
           tov_table_get(&audit->scratch, &mirror->seen, at, &row) == TOV_OK && row.number < size)
        at++;
    return at;
}

static void say_line_gone(struct tov_audit *audit, const struct tov_mirror *mirror, uint64_t at)
{
    struct tov_export_signed seen;
    char path[TOV_EXPORT_PATH_SIZE];
    uint64_t index;
    if (get_seen(audit, mirror, at, &index, &seen) != TOV_OK)
        return;
    tov_export_mirror_path(mirror->agency, mirror->generation, "checkpoints", path);
    struct tov_place place = {path, true, seen.size - 1};
    (void)tov_audit_add(audit, TOV_FOUND_ANCHOR_UNSIGNED, &place,
                        TOV_SAY(_("size %llu signed, as the own anchor at position %llu says"),
                                (unsigned long long)seen.size, (unsigned long long)index),
                        NULL);
}

void tov_audit_seen_line(struct tov_audit *audit, struct tov_mirror *mirror,
                         const struct tov_vkey *key, const struct tov_export_signed *line)
{
    struct tov_export_signed seen;
    char path[TOV_EXPORT_PATH_SIZE];
    uint64_t index, at = row_of(audit, mirror, line->size);
    for (uint64_t i = mirror->seen_next; i < at; i++)
        say_line_gone(audit, mirror, i);
    mirror->seen_next = at;
    if (at == mirror->seen.rows || get_seen(audit, mirror, at, &index, &seen) != TOV_OK ||
        seen.size != line->size)
        return;
    mirror->seen_next++;
    if (tov_hash_equal(&seen.root, &line->root))
        return;
    tov_export_mirror_path(mirror->agency, mirror->generation, "checkpoints", path);
    struct tov_place place = {path, true, line->size};
    say_fork(audit, &place, key, (struct tov_export_signed[2]){seen, *line});
}

static bool is_present(const struct tov_audit *audit, const struct tov_mirror *mirror)
{
    const struct tov_agency *agency =
        audit->keyring.newest == NULL ? NULL
                                      : tov_roster_agency(audit->keyring.newest, mirror->agency);
    return agency != NULL && agency->generation == mirror->generation;
}

/* An export has the mirrors of the present generations. */
static void judge_seen(struct tov_audit *audit, const struct tov_mirror *mirror)
{
    struct tov_export_signed seen;
    char path[TOV_EXPORT_PATH_SIZE];
    uint64_t index;
    if (mirror->seen.rows == 0 || !is_present(audit, mirror) ||
        get_seen(audit, mirror, mirror->seen.rows - 1, &index, &seen) != TOV_OK)
        return;
    tov_export_mirror_path(mirror->agency, mirror->generation, "", path);
    struct tov_place place = {.path = path};
    if (!mirror->is_held || (mirror->is_sound && mirror->size < seen.size))
        (void)tov_audit_add(
            audit, TOV_FOUND_MIRROR_GAP, &place,
            TOV_SAY(_("at least %llu entries, as the own anchor at position %llu says"),
                    (unsigned long long)seen.size, (unsigned long long)index),
            TOV_SAY_ENTRIES(mirror->size));
    else if (mirror->is_sound)
        for (uint64_t i = mirror->seen_next; i < mirror->seen.rows; i++)
            say_line_gone(audit, mirror, i);
}

void tov_audit_seen_whole(struct tov_audit *audit)
{
    for (size_t i = 0; i < audit->mirrors.count; i++)
        judge_seen(audit, &audit->mirrors.items[i]);
}

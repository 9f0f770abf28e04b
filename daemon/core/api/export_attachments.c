/* SPDX-License-Identifier: EUPL-1.2
 *
 * The sealed attachments of an export: own ones as far as the node has them, and those that were
 * pulled from peers and are complete. What is shorter than it should be is given as it is: whoever
 * checks the export will say so.
 */
#include "api/export.h"

#include <string.h>

#define ROWS_MAX 512u /* looked at for one answer */

struct target {
    struct tov_message_name name;
    uint8_t part;
    uint64_t sealed_size;
    char blob[TOV_BLOB_NAME_SIZE];
};

static enum tov_err read_target(struct export_walk *walk, struct tov_message *message,
                                struct target *target)
{
    TOV_TRY(tov_message_read(walk->core, walk->read, &target->name, TOV_MESSAGE_LEAF, message));
    if (target->part >= message->leaf.part_count)
        return TOV_E_NOT_FOUND;
    target->sealed_size = message->leaf.parts[target->part].sealed_size;
    tov_blob_name(walk->core, &target->name, message->leaf.id, target->part, target->blob);
    return TOV_OK;
}

/* A piece, and whether it is the last. NOT_FOUND: the node does not have the attachment. */
static enum tov_err give_blob(struct export_walk *walk, const struct target *target,
                              const char *folder, bool *out_ended)
{
    const struct tov_host *host = walk->core->host;
    char path[TOV_EXPORT_PATH_SIZE];
    uint64_t left =
        target->sealed_size > walk->place.offset ? target->sealed_size - walk->place.offset : 0;
    size_t wanted = left < TOV_API_DATA_MAX_BYTES ? (size_t)left : TOV_API_DATA_MAX_BYTES;
    size_t got = 0;
    uint8_t *to = tov_buf_extend(&walk->data, TOV_API_DATA_MAX_BYTES);
    if (to == NULL)
        return walk->data.failed;
    enum tov_err err = host->blob_read(host->context, target->blob, walk->place.offset,
                                       (struct tov_room){to, wanted}, &got);
    walk->data.size = err == TOV_OK ? got : 0;
    if (err != TOV_OK)
        return err;
    if (got == 0 && walk->place.offset == 0)
        return TOV_E_NOT_FOUND;
    *out_ended = got < wanted || left == wanted;
    tov_export_attachment_path(folder, target->name.index, target->part, path);
    tov_export_give(walk, path, *out_ended);
    return TOV_OK;
}

/* ---- own: place.key is the entry, place.level the part to go on with ---- */

static bool find_part(const struct export_walk *walk, uint8_t from, uint8_t *out_part)
{
    const struct tov_leaf_message *message = &walk->leaf.as.message;
    for (uint8_t i = from < 2 ? 2 : from; i < message->part_count; i++) {
        if (!message->parts[i].is_inline) {
            *out_part = i;
            return true;
        }
    }
    return false;
}

static bool has_part(struct export_walk *walk, const struct tov_store_row *row, uint8_t *out_part)
{
    struct tov_entry entry;
    if (walk->place.key.size == 0 ||
        memcmp(walk->place.key.bytes, row->key.bytes, row->key.size) != 0)
        walk->place.level = 0;
    walk->place.key = row->key;
    return tov_entry_decode_own(row->value, &entry) == TOV_OK && entry.state == TOV_ENTRY_PRESENT &&
           tov_leaf_decode(entry.leaf, &walk->leaf) == TOV_OK &&
           walk->leaf.type == TOV_LEAF_MESSAGE && find_part(walk, walk->place.level, out_part);
}

/* *OUT_ENDED: there is none any more; else target->part 0 says that it was not found yet. */
static enum tov_err find_own(struct export_walk *walk, struct target *target, bool *out_ended)
{
    struct tov_store_range range = {.table = TOV_TABLE_LEAF,
                                    .first = walk->place.key,
                                    .last = tov_store_key_u64(walk->pin.ledger_size - 1)};
    struct tov_store_iter iter;
    unsigned seen = 0;
    bool more = true;
    TOV_TRY(tov_store_iter_init(walk->read, &range, &iter));
    while (target->part == 0 && seen++ < ROWS_MAX && (more = tov_store_iter_next(&iter))) {
        if (has_part(walk, &iter.row, &target->part))
            target->name.index = tov_store_key_to_u64(&iter.row.key);
    }
    *out_ended = !more;
    return tov_store_iter_fini(&iter);
}

static enum tov_err is_complete(const struct export_walk *walk, const struct target *target,
                                bool *out_complete)
{
    struct tov_transfer_view view = {.complete = false};
    enum tov_err err =
        tov_follow_transfer(walk->follow, walk->read, &target->name, target->part, &view);
    *out_complete = view.complete;
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

enum tov_err tov_export_attachments(struct export_walk *walk)
{
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct target target = {.name = {walk->core->own->number, walk->core->own->generation, 0},
                            .part = 0};
    bool ended = false;
    TOV_TRY(tov_message_create(&message));
    TOV_TRY(find_own(walk, &target, &ended));
    if (ended)
        tov_export_next_stage(walk);
    if (ended || target.part == 0)
        return TOV_OK;
    walk->place.level = target.part;
    bool complete = false;
    TOV_TRY(read_target(walk, message, &target));
    TOV_TRY(is_complete(walk, &target, &complete)); /* else a restore has lost it */
    enum tov_err err = complete ? give_blob(walk, &target, "attachments", &ended) : TOV_E_NOT_FOUND;
    if (err != TOV_OK && err != TOV_E_NOT_FOUND)
        return err;
    if (ended || err == TOV_E_NOT_FOUND) {
        walk->place.level = (uint8_t)(target.part + 1);
        walk->place.offset = 0;
    }
    return TOV_OK;
}

/* ---- pulled: place.key is the row of the transfer, place.cut 1 when it is done with ---- */

static bool is_done_with(const struct export_walk *walk, const struct tov_store_key *key)
{
    return walk->place.cut == 1 && walk->place.key.size == key->size &&
           memcmp(walk->place.key.bytes, key->bytes, key->size) == 0;
}

/* *OUT_ENDED: there is none any more; else target->part 0 says that it was not found yet. */
static enum tov_err find_pulled(struct export_walk *walk, struct target *target, bool *out_ended)
{
    const struct tov_mirror_position *mirror = tov_export_mirror(walk);
    struct tov_store_range range = {
        .table = TOV_TABLE_TRANSFER,
        .first = walk->place.key.size > 0
                     ? walk->place.key
                     : tov_key_part(mirror->agency, mirror->series.generation, 0, 0),
        .last =
            tov_key_part(mirror->agency, mirror->series.generation, mirror->size - 1, UINT8_MAX)};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    bool more = true, found = false;
    TOV_TRY(tov_store_iter_init(walk->read, &range, &iter));
    for (unsigned seen = 0; err == TOV_OK && !found && seen < ROWS_MAX; seen++) {
        more = tov_store_iter_next(&iter);
        if (!more)
            break;
        if (is_done_with(walk, &iter.row.key))
            continue;
        walk->place.key = iter.row.key;
        walk->place.cut = 1;
        target->name.index = tov_get_be64(iter.row.key.bytes + 6);
        target->part = iter.row.key.bytes[14];
        err = is_complete(walk, target, &found);
    }
    target->part = found ? target->part : 0;
    *out_ended = !more;
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err == TOV_OK ? read_err : err;
}

enum tov_err tov_export_mirror_attachments(struct export_walk *walk)
{
    const struct tov_mirror_position *mirror = tov_export_mirror(walk);
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct target target = {.name = {mirror->agency, mirror->series.generation, 0}};
    char folder[TOV_EXPORT_PATH_SIZE];
    bool ended = false;
    TOV_TRY(tov_message_create(&message));
    TOV_TRY(find_pulled(walk, &target, &ended));
    if (ended)
        tov_export_next_stage(walk);
    if (ended || target.part == 0)
        return TOV_OK;
    tov_export_mirror_file(walk, "attachments", folder);
    TOV_TRY(read_target(walk, message, &target));
    enum tov_err err = give_blob(walk, &target, folder, &ended);
    if (err != TOV_OK && err != TOV_E_NOT_FOUND)
        return err;
    walk->place.cut = ended || err == TOV_E_NOT_FOUND ? 1 : 0;
    if (walk->place.cut == 1)
        walk->place.offset = 0;
    return TOV_OK;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * See tiles.h.
 */
#include "audit/tiles.h"

#include <string.h>

#define LEAVES_MAX_BYTES (TOV_TILE_WIDTH * ((size_t)2 + TOV_LEAF_MAX_BYTES))

void tov_tile_reader_init(struct tov_tile_reader *reader, const struct tov_folder *folder,
                          const char *prefix, uint64_t size)
{
    reader->folder = folder;
    reader->prefix = prefix;
    reader->size = size;
    for (size_t i = 0; i < TOV_TILE_LEVELS; i++)
        reader->slots[i].is_loaded = false;
}

void tov_tile_reader_path(const struct tov_tile_reader *reader, unsigned level, uint64_t index,
                          char *out)
{
    char path[TOV_TILE_PATH_SIZE];
    uint64_t n = index / TOV_TILE_WIDTH;
    unsigned width = tov_tile_width(reader->size, level, n);
    tov_tile_path((struct tov_tile){level, n, width == 0 ? TOV_TILE_WIDTH : width}, path);
    (void)snprintf(out, TOV_EXPORT_PATH_SIZE, "%s%s", reader->prefix, path);
}

static enum tov_err load_tile(const struct tov_tile_reader *reader, unsigned level,
                              struct tov_tile_slot *slot)
{
    char path[TOV_EXPORT_PATH_SIZE];
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(sizeof slot->hashes);
    tov_tile_reader_path(reader, level, slot->index * TOV_TILE_WIDTH, path);
    enum tov_err err = tov_folder_read(reader->folder, path, &bytes);
    if (err == TOV_E_LIMIT || (err == TOV_OK && bytes.size != (size_t)slot->width * TOV_HASH_BYTES))
        return TOV_E_MALFORMED;
    if (err == TOV_OK)
        memcpy(slot->hashes, bytes.data, bytes.size);
    return err;
}

enum tov_err tov_tile_reader_hash(struct tov_tile_reader *reader, unsigned level, uint64_t index,
                                  struct tov_hash *out_hash)
{
    if (level >= TOV_TILE_LEVELS || index >= tov_tile_hashes(reader->size, level))
        return TOV_E_NOT_FOUND;
    struct tov_tile_slot *slot = &reader->slots[level];
    uint64_t n = index / TOV_TILE_WIDTH;
    if (!slot->is_loaded || slot->index != n) {
        slot->index = n;
        slot->width = tov_tile_width(reader->size, level, n);
        slot->err = load_tile(reader, level, slot);
        slot->is_loaded = true;
    }
    if (slot->err != TOV_OK)
        return slot->err;
    *out_hash = slot->hashes[index % TOV_TILE_WIDTH];
    return TOV_OK;
}

static enum tov_err give_node(void *ctx, unsigned level, uint64_t index, struct tov_hash *out_hash)
{
    if (level % TOV_TILE_HEIGHT != 0)
        return TOV_E_NOT_FOUND;
    return tov_tile_reader_hash(ctx, level / TOV_TILE_HEIGHT, index, out_hash);
}

struct tov_node_source tov_tile_reader_source(struct tov_tile_reader *reader)
{
    return (struct tov_node_source){reader, give_node};
}

/* ---- leaves ---- */

void tov_leaf_reader_init(struct tov_leaf_reader *reader, const struct tov_folder *folder,
                          const char *prefix, uint64_t size)
{
    *reader = (struct tov_leaf_reader){
        .folder = folder, .prefix = prefix, .size = size, .bundle = TOV_BUF_INIT(LEAVES_MAX_BYTES)};
}

void tov_leaf_reader_fini(struct tov_leaf_reader *reader)
{
    tov_buf_fini(&reader->bundle);
}

void tov_leaf_reader_path(const struct tov_leaf_reader *reader, uint64_t index, char *out)
{
    char path[TOV_TILE_PATH_SIZE];
    uint64_t n = index / TOV_TILE_WIDTH;
    tov_bundle_path(n, tov_tile_width(reader->size, 0, n), path);
    (void)snprintf(out, TOV_EXPORT_PATH_SIZE, "%s%s", reader->prefix, path);
}

/* Whole and with exactly as many records as it must have. */
static enum tov_err load_bundle(struct tov_leaf_reader *reader)
{
    char path[TOV_EXPORT_PATH_SIZE];
    struct tov_bytes record;
    unsigned count = 0;
    tov_leaf_reader_path(reader, reader->next, path);
    tov_buf_clear(&reader->bundle);
    TOV_TRY(tov_folder_read(reader->folder, path, &reader->bundle));
    reader->reader = tov_reader_of(tov_buf_view(&reader->bundle));
    struct tov_reader counting = reader->reader;
    while (tov_bundle_next(&counting, &record))
        count++;
    bool is_whole =
        !counting.failed && count == tov_tile_width(reader->size, 0, reader->next / TOV_TILE_WIDTH);
    return is_whole ? TOV_OK : TOV_E_MALFORMED;
}

bool tov_leaf_reader_next(struct tov_leaf_reader *reader, uint64_t *out_index,
                          struct tov_bytes *out_leaf)
{
    if (reader->next == reader->size)
        return false;
    if (reader->next % TOV_TILE_WIDTH == 0)
        reader->err = load_bundle(reader);
    *out_leaf = (struct tov_bytes){NULL, 0};
    if (reader->err == TOV_OK && !tov_bundle_next(&reader->reader, out_leaf))
        reader->err = TOV_E_MALFORMED;
    *out_index = reader->next++;
    return true;
}

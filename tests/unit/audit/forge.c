/* SPDX-License-Identifier: EUPL-1.2 */
#include "forge.h"

#include "damage.h"
#include "merkle/checkpoint.h"
#include "merkle/range.h"
#include "merkle/tile.h"
#include "merkle/tree.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES (1u << 24)
#define LEVELS 2u

struct forging {
    const struct forge *forge;
    uint64_t old_size, size;
    struct tov_range range;
    struct tov_hash *roots;       /* of every size */
    struct tov_buf tiles[LEVELS]; /* all hashes of each tile level */
    struct tov_buf old_bundle, bundle, old_tile;
    struct tov_reader old_leaves;
};

static struct forge_log log_of(const char *prefix, const struct tov_vkey *key,
                               const struct tov_key *seed)
{
    struct forge_log log = {.prefix = prefix, .key = *key};
    sim_secret_of(seed, log.secret);
    return log;
}

struct forge_log forge_ledger(const struct world *world, size_t agency)
{
    const struct sim_federation *federation = world->wire->federation;
    return log_of("", &sim_federation_agency(federation, agency)->ledger,
                  &federation->agencies[agency].ledger);
}

struct forge_log forge_journal(const struct world *world, size_t agency)
{
    const struct sim_federation *federation = world->wire->federation;
    return log_of("journal/", &sim_federation_agency(federation, agency)->journal,
                  &federation->agencies[agency].journal);
}

static const char *path_in(const struct forging *forging, const char *path, char *out)
{
    (void)snprintf(out, TOV_EXPORT_PATH_SIZE, "%s%s", forging->forge->log->prefix, path);
    return out;
}
#define PATH_IN(forging, path) path_in((forging), (path), (char[TOV_EXPORT_PATH_SIZE]){0})

static struct tov_export_about about_of(const char *dir)
{
    struct tov_export_about about;
    struct tov_buf text = damage_read(dir, "about");
    UNIT_NEED(tov_export_parse_about(tov_buf_view(&text), &about) == TOV_OK);
    tov_buf_fini(&text);
    return about;
}

/* ---- entries ---- */

static void keep_node(void *context, struct tov_subtree at, const struct tov_hash *hash)
{
    struct forging *forging = context;
    if (at.level % TOV_TILE_HEIGHT == 0 && at.level / TOV_TILE_HEIGHT < LEVELS)
        tov_buf_put(&forging->tiles[at.level / TOV_TILE_HEIGHT], hash->bytes, sizeof hash->bytes);
}

/* Takes what a tile of the old tree holds, and removes it. */
static void take_file(struct forging *forging, const char *path, struct tov_buf *out)
{
    tov_buf_fini(out);
    *out = damage_read(forging->forge->dir, PATH_IN(forging, path));
    damage_remove(forging->forge->dir, PATH_IN(forging, path));
}

static void open_bundle(struct forging *forging, uint64_t n)
{
    char path[TOV_TILE_PATH_SIZE];
    unsigned width = tov_tile_width(forging->old_size, 0, n);
    tov_buf_clear(&forging->bundle);
    if (width == 0)
        return;
    tov_bundle_path(n, width, path);
    take_file(forging, path, &forging->old_bundle);
    tov_tile_path((struct tov_tile){0, n, width}, path);
    take_file(forging, path, &forging->old_tile);
    forging->old_leaves = tov_reader_of(tov_buf_view(&forging->old_bundle));
}

static void close_bundle(struct forging *forging, uint64_t n)
{
    char path[TOV_TILE_PATH_SIZE];
    tov_bundle_path(n, tov_tile_width(forging->size, 0, n), path);
    damage_write(forging->forge->dir, PATH_IN(forging, path), tov_buf_view(&forging->bundle));
}

static void append(struct forging *forging, const struct tov_hash *hash, struct tov_bytes bytes)
{
    struct tov_node_sink sink = {forging, keep_node};
    UNIT_NEED(tov_range_append_noting(&forging->range, 0, hash, &sink) == TOV_OK);
    forging->roots[forging->range.size] = tov_range_root(&forging->range);
    tov_bundle_put(&forging->bundle, bytes);
}

static void add_old(struct forging *forging, uint64_t index)
{
    const struct forge *forge = forging->forge;
    struct tov_buf changed = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    struct tov_bytes bytes;
    struct tov_hash hash;
    UNIT_NEED(tov_bundle_next(&forging->old_leaves, &bytes));
    memcpy(hash.bytes, forging->old_tile.data + index % TOV_TILE_WIDTH * TOV_HASH_BYTES,
           TOV_HASH_BYTES);
    if (forge->entry != NULL && forge->entry(forge->context, index, bytes, &changed)) {
        UNIT_NEED(changed.failed == TOV_OK);
        bytes = tov_buf_view(&changed);
        if (bytes.size > 0)
            hash = tov_merkle_leaf_hash(bytes);
    }
    append(forging, &hash, bytes);
    tov_buf_fini(&changed);
}

static void add_more(struct forging *forging, const struct tov_leaf *leaf)
{
    struct tov_buf bytes = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    UNIT_NEED(tov_leaf_encode(leaf, &bytes) == TOV_OK);
    struct tov_hash hash = tov_merkle_leaf_hash(tov_buf_view(&bytes));
    append(forging, &hash, tov_buf_view(&bytes));
    tov_buf_fini(&bytes);
}

static void write_leaves(struct forging *forging)
{
    for (uint64_t i = 0; i < forging->size; i++) {
        if (i % TOV_TILE_WIDTH == 0)
            open_bundle(forging, i / TOV_TILE_WIDTH);
        if (i < forging->old_size)
            add_old(forging, i);
        else
            add_more(forging, &forging->forge->more[i - forging->old_size]);
        if (i % TOV_TILE_WIDTH == TOV_TILE_WIDTH - 1 || i + 1 == forging->size)
            close_bundle(forging, i / TOV_TILE_WIDTH);
    }
}

static void write_tiles(const struct forging *forging)
{
    char path[TOV_TILE_PATH_SIZE];
    for (unsigned level = 0; level < LEVELS; level++) {
        unsigned width = 0;
        for (uint64_t n = 0; (width = tov_tile_width(forging->size, level, n)) > 0; n++) {
            struct tov_bytes hashes = {forging->tiles[level].data +
                                           n * TOV_TILE_WIDTH * TOV_HASH_BYTES,
                                       (size_t)width * TOV_HASH_BYTES};
            tov_tile_path((struct tov_tile){level, n, width}, path);
            damage_write(forging->forge->dir, PATH_IN(forging, path), hashes);
        }
    }
}

/* ---- signatures ---- */

struct tov_export_signed forge_sign(const struct forge_log *log, uint64_t size,
                                    const struct tov_hash *root)
{
    struct tov_export_signed line = {.size = size, .root = *root};
    struct tov_checkpoint checkpoint;
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(log->key.name), size, root, &checkpoint) ==
              TOV_OK);
    tov_checkpoint_sign(&checkpoint, log->secret, line.signature);
    return line;
}

void forge_note(const struct forge_log *log, uint64_t size, const struct tov_hash *root,
                struct tov_buf *out)
{
    struct tov_export_signed line = forge_sign(log, size, root);
    struct tov_checkpoint checkpoint;
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(log->key.name), line.size, &line.root,
                                  &checkpoint) == TOV_OK);
    tov_buf_clear(out);
    tov_checkpoint_put_note(out, &checkpoint, &log->key, line.signature);
}

/* The next line of TEXT, without its newline; false at the end. */
static bool next_line(struct tov_bytes *text, struct tov_bytes *out_line)
{
    const uint8_t *end = text->size == 0 ? NULL : memchr(text->data, '\n', text->size);
    if (end == NULL)
        return false;
    *out_line = (struct tov_bytes){text->data, (size_t)(end - text->data)};
    *text = (struct tov_bytes){end + 1, text->size - out_line->size - 1};
    return true;
}

static void write_signatures(const struct forging *forging)
{
    const struct forge *forge = forging->forge;
    struct tov_buf out = TOV_BUF_INIT(FILE_MAX_BYTES);
    struct tov_buf old = damage_read(forge->dir, PATH_IN(forging, "signatures"));
    struct tov_bytes rest = tov_buf_view(&old), text;
    struct tov_export_signed line;
    while (next_line(&rest, &text)) {
        UNIT_NEED(tov_export_parse_signed(text, &line) == TOV_OK);
        if (line.size == forging->size)
            break;
        if (forge->lines == FORGE_SIGN_ALL)
            line = forge_sign(forge->log, line.size, &forging->roots[line.size]);
        tov_export_put_signed(&out, &line);
    }
    line = forge_sign(forge->log, forging->size, &forging->roots[forging->size]);
    tov_export_put_signed(&out, &line);
    damage_write(forge->dir, PATH_IN(forging, "signatures"), tov_buf_view(&out));
    tov_buf_fini(&old);
    tov_buf_fini(&out);
}

static void write_checkpoint(const struct forging *forging)
{
    struct tov_buf note = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    forge_note(forging->forge->log, forging->size, &forging->roots[forging->size], &note);
    damage_write(forging->forge->dir, PATH_IN(forging, "checkpoint"), tov_buf_view(&note));
    tov_buf_fini(&note);
}

static void write_about(const struct forging *forging)
{
    const struct forge *forge = forging->forge;
    struct tov_export_about about = about_of(forge->dir);
    struct tov_buf text = TOV_BUF_INIT(4096);
    *(*forge->log->prefix == '\0' ? &about.ledger_size : &about.journal_size) = forging->size;
    UNIT_NEED(tov_export_put_about(&text, &about) == TOV_OK);
    damage_write(forge->dir, "about", tov_buf_view(&text));
    tov_buf_fini(&text);
}

/* ---- the whole log ---- */

static void prepare(struct forging *forging, const struct forge *forge)
{
    struct tov_export_about about = about_of(forge->dir);
    char path[TOV_TILE_PATH_SIZE];
    forging->forge = forge;
    forging->old_size = *forge->log->prefix == '\0' ? about.ledger_size : about.journal_size;
    forging->size = forging->old_size + forge->more_count;
    UNIT_NEED(forging->size < (1u << 16));
    forging->roots = calloc(forging->size + 1, sizeof *forging->roots);
    UNIT_NEED(forging->roots != NULL);
    forging->bundle = TOV_BUF_INIT(FILE_MAX_BYTES);
    for (unsigned i = 0; i < LEVELS; i++)
        forging->tiles[i] = TOV_BUF_INIT(FILE_MAX_BYTES);
    unsigned width = tov_tile_width(forging->old_size, 1, 0);
    if (width > 0) {
        tov_tile_path((struct tov_tile){1, 0, width}, path);
        damage_remove(forge->dir, PATH_IN(forging, path));
    }
}

static void finish(struct forging *forging)
{
    for (unsigned i = 0; i < LEVELS; i++)
        tov_buf_fini(&forging->tiles[i]);
    tov_buf_fini(&forging->old_bundle);
    tov_buf_fini(&forging->old_tile);
    tov_buf_fini(&forging->bundle);
    free(forging->roots);
    free(forging);
}

void forge_history(const struct forge *forge)
{
    struct forging *forging = calloc(1, sizeof *forging);
    UNIT_NEED(forging != NULL);
    prepare(forging, forge);
    write_leaves(forging);
    write_tiles(forging);
    write_signatures(forging);
    write_checkpoint(forging);
    write_about(forging);
    if (damage_has(forge->dir, "cosignatures"))
        damage_remove(forge->dir, "cosignatures");
    damage_reseal(forge->dir);
    finish(forging);
}

/* ---- by hand ---- */

static struct tov_bytes find_leaf(const char *dir, uint64_t index, struct tov_buf *out_bundle)
{
    char path[TOV_TILE_PATH_SIZE];
    uint64_t n = index / TOV_TILE_WIDTH, size = about_of(dir).ledger_size;
    struct tov_bytes bytes = {NULL, 0};
    UNIT_NEED(index < size);
    tov_bundle_path(n, tov_tile_width(size, 0, n), path);
    *out_bundle = damage_read(dir, path);
    struct tov_reader leaves = tov_reader_of(tov_buf_view(out_bundle));
    for (uint64_t i = n * TOV_TILE_WIDTH; i <= index; i++)
        UNIT_NEED(tov_bundle_next(&leaves, &bytes));
    return bytes;
}

struct tov_leaf *forge_leaf(const char *dir, uint64_t index)
{
    struct tov_buf bundle;
    struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL && tov_leaf_decode(find_leaf(dir, index, &bundle), leaf) == TOV_OK);
    tov_buf_fini(&bundle);
    return leaf;
}

struct tov_hash forge_leaf_hash(const char *dir, uint64_t index)
{
    struct tov_buf bundle;
    struct tov_hash hash = tov_merkle_leaf_hash(find_leaf(dir, index, &bundle));
    tov_buf_fini(&bundle);
    return hash;
}

struct tov_range forge_range(const char *dir, uint64_t size)
{
    char path[TOV_TILE_PATH_SIZE];
    struct tov_range range = {.size = 0};
    struct tov_buf tile = TOV_BUF_INIT(0);
    uint64_t all = about_of(dir).ledger_size;
    UNIT_NEED(size <= all);
    while (range.size < size) {
        uint64_t in_tile = range.size % TOV_TILE_WIDTH, number = range.size / TOV_TILE_WIDTH;
        if (in_tile == 0) {
            tov_buf_fini(&tile);
            tov_tile_path((struct tov_tile){0, number, tov_tile_width(all, 0, number)}, path);
            tile = damage_read(dir, path);
        }
        UNIT_OK(tov_range_append(&range, &((const struct tov_hash *)tile.data)[in_tile]));
    }
    tov_buf_fini(&tile);
    return range;
}

void forge_records(const char *dir, const char *path,
                   bool (*each)(void *context, struct tov_export_record *record), void *context)
{
    struct tov_buf old = damage_read(dir, path), out = TOV_BUF_INIT(FILE_MAX_BYTES);
    for (size_t at = 0; at < old.size;) {
        struct tov_export_head head;
        struct tov_export_record record;
        UNIT_NEED(tov_export_head_decode(old.data + at, &head) == TOV_OK);
        at += TOV_EXPORT_HEAD_BYTES;
        struct tov_bytes body = {old.data + at, head.size};
        UNIT_NEED(tov_export_body_decode(&head, body, &record) == TOV_OK);
        if (each(context, &record))
            UNIT_NEED(tov_export_record_put(&out, &record) == TOV_OK);
        at += head.size;
    }
    damage_write(dir, path, tov_buf_view(&out));
    tov_buf_fini(&old);
    tov_buf_fini(&out);
}

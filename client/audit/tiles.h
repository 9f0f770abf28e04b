/* SPDX-License-Identifier: EUPL-1.2
 *
 * The tiles of one log in an export, one tile of each level in memory: hashes of leaves and of
 * complete subtrees, and the root of any smaller tree.
 * Not for: checking that the tiles are right (tree.h).
 * Never ask for a node of a tree whose check has not been made.
 */
#ifndef TOV_AUDIT_TILES_H
#define TOV_AUDIT_TILES_H

#include "audit/folder.h"
#include "merkle/proof.h"
#include "merkle/range.h"
#include "merkle/tile.h"

struct tov_tile_slot {
    bool is_loaded;
    enum tov_err err; /* why the tile could not be read */
    uint64_t index;
    unsigned width;
    struct tov_hash hashes[TOV_TILE_WIDTH];
};

struct tov_tile_reader {
    const struct tov_folder *folder;
    const char *prefix; /* "" or "journal/" */
    uint64_t size;
    struct tov_tile_slot slots[TOV_TILE_LEVELS];
};
/* 64 KiB: keep it off deep stacks. */
void tov_tile_reader_init(struct tov_tile_reader *reader, const struct tov_folder *folder,
                          const char *prefix, uint64_t size);
/* The path of the tile that holds hash INDEX of LEVEL; OUT has TOV_EXPORT_PATH_SIZE characters. */
void tov_tile_reader_path(const struct tov_tile_reader *reader, unsigned level, uint64_t index,
                          char *out);
/* Hash INDEX of tile level LEVEL. NOT_FOUND: no such file; MALFORMED: not of the size it must
 * have; IO. */
enum tov_err tov_tile_reader_hash(struct tov_tile_reader *reader, unsigned level, uint64_t index,
                                  struct tov_hash *out_hash) TOV_MUST_CHECK;
/* For proofs and roots (merkle/proof.h); its ctx is READER. */
struct tov_node_source tov_tile_reader_source(struct tov_tile_reader *reader);

/* ---- leaves ---- */

/* One bundle of leaves in memory at a time, about 1 MiB. */
struct tov_leaf_reader {
    const struct tov_folder *folder;
    const char *prefix;
    uint64_t size, next;
    struct tov_buf bundle;
    struct tov_reader reader;
    enum tov_err err; /* of the bundle that holds the last entry given */
};
void tov_leaf_reader_init(struct tov_leaf_reader *reader, const struct tov_folder *folder,
                          const char *prefix, uint64_t size);
void tov_leaf_reader_fini(struct tov_leaf_reader *reader);
void tov_leaf_reader_path(const struct tov_leaf_reader *reader, uint64_t index, char *out);
/* False at the end. *OUT_LEAF is empty for an erased leaf and where the bundle cannot be read;
 * reader->err says which. */
bool tov_leaf_reader_next(struct tov_leaf_reader *reader, uint64_t *out_index,
                          struct tov_bytes *out_leaf);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * The hashes of a growing tree, kept as C2SP tiles of 256: full tiles are rows of the store, the
 * last one of each level is in memory and is made again at start.
 * Not for: anything but hashes; the ledger decides what is appended.
 * Never ask for nodes that are not below the committed size.
 */
#ifndef TOV_LEDGER_TILES_H
#define TOV_LEDGER_TILES_H

#include "ledger/tables.h"
#include "merkle/range.h"
#include "store/read.h"

#define TOV_TILE_HASHES 256u
#define TOV_TILE_LEVELS 8u

struct tov_tile_tail {
    unsigned count; /* hashes of the last tile, 0..255 */
    uint64_t n;     /* its number */
    struct tov_hash hashes[TOV_TILE_HASHES];
};

/* A full tile that is in no committed row yet. */
struct tov_tile_fresh {
    struct tov_tile_fresh *next;
    unsigned level;
    uint64_t n;
    struct tov_hash hashes[TOV_TILE_HASHES];
};

struct tov_tiles {
    unsigned table;
    uint64_t base; /* of the rows' numbers: ledger.h */
    struct tov_tile_tail tails[TOV_TILE_LEVELS];
    struct tov_tile_fresh *fresh;
};

/* Appends one leaf hash; full tiles are put into BATCH. */
enum tov_err tov_tiles_append(struct tov_tiles *tiles, struct tov_store_batch *batch,
                              const struct tov_hash *leaf_hash) TOV_MUST_CHECK;
/* Everything up to SIZE is durable: what was kept for reading only may go. */
void tov_tiles_on_committed(struct tov_tiles *tiles, uint64_t size);
void tov_tiles_fini(struct tov_tiles *tiles);

/* The hash of a complete subtree. */
enum tov_err tov_tiles_node(const struct tov_tiles *tiles, struct tov_store_read *read,
                            struct tov_subtree at, struct tov_hash *out_hash) TOV_MUST_CHECK;
/* Level-0 hashes of [from, to), written to OUT one behind the other. */
enum tov_err tov_tiles_level0(const struct tov_tiles *tiles, struct tov_store_read *read,
                              uint64_t from, uint64_t to, uint8_t *out) TOV_MUST_CHECK;
/* At start, for a tree of SIZE leaves whose full tiles are stored: LEAF_HASH gives the hashes of
 * the leaves behind the last full tile. */
enum tov_err tov_tiles_load(struct tov_tiles *tiles, struct tov_store_read *read, uint64_t size,
                            enum tov_err (*leaf_hash)(void *context, uint64_t index,
                                                      struct tov_hash *out_hash),
                            void *context) TOV_MUST_CHECK;

#endif

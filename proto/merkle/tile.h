/* SPDX-License-Identifier: EUPL-1.2
 *
 * Tiles and bundles as in C2SP tlog-tiles: 256 hashes of one tile level in a file
 * `tile/<L>/<N>[.p/<W>]`, 256 leaves in a file `leaves/<N>[.p/<W>]` with the framing of an entry
 * bundle (u16 length || bytes, an empty record for an erased or lost leaf). N is written as
 * x001/x234/067.
 * Not for: reading or writing the files.
 * Never take a partial tile for a full one: its hash is not a node of the tree.
 */
#ifndef TOV_MERKLE_TILE_H
#define TOV_MERKLE_TILE_H

#include "base/hash.h"

#define TOV_TILE_HEIGHT 8u
#define TOV_TILE_WIDTH 256u
#define TOV_TILE_LEVELS 8u     /* tile levels 0..7: level L holds subtrees of 256^L leaves */
#define TOV_TILE_PATH_SIZE 64u /* with the NUL */

/* Hashes [index * 256, index * 256 + width) of tile level `level`. */
struct tov_tile {
    unsigned level;
    uint64_t index;
    unsigned width; /* 1..256; 256 is a full tile, written without ".p" */
};

/* A tile that can exist in a tree of at most 2^64-1 leaves. */
bool tov_tile_is_valid(struct tov_tile tile);
/* How many hashes tile level LEVEL has in a tree of SIZE leaves: SIZE >> (8 * LEVEL). */
uint64_t tov_tile_hashes(uint64_t size, unsigned level);
/* The width of tile INDEX of LEVEL in a tree of SIZE leaves: 0 when there is no such tile. */
unsigned tov_tile_width(uint64_t size, unsigned level, uint64_t index);

/* TILE is valid (asserted); OUT has TOV_TILE_PATH_SIZE characters. */
void tov_tile_path(struct tov_tile tile, char *out);
enum tov_err tov_tile_parse(struct tov_bytes path, struct tov_tile *out_tile) TOV_MUST_CHECK;
/* The same for bundles of leaves: level 0, other prefix. */
void tov_bundle_path(uint64_t index, unsigned width, char *out);
enum tov_err tov_bundle_parse(struct tov_bytes path, struct tov_tile *out_tile) TOV_MUST_CHECK;

/* The hash of a full tile: the one that stands in the tile above it. */
struct tov_hash tov_tile_hash(const struct tov_hash hashes[TOV_TILE_WIDTH]);

/* One record of at most 65,535 bytes; more sets TOV_E_LIMIT in OUT. */
void tov_bundle_put(struct tov_buf *out, struct tov_bytes record);
/* The next record, or false at the end; a cut record sets reader->failed. */
bool tov_bundle_next(struct tov_reader *reader, struct tov_bytes *out_record);

#endif

/* SPDX-License-Identifier: EUPL-1.2 */
#include "merkle/tile.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "merkle/text.h"
#include "merkle/tree.h"

#define GROUPS_MAX 6                         /* 2^56 tiles at most: 17 digits */
#define NUMBER_SIZE (TOV_TILE_PATH_SIZE - 8) /* without "tile/L/" or "leaves/" */

uint64_t tov_tile_hashes(uint64_t size, unsigned level)
{
    return level < TOV_TILE_LEVELS ? size >> (TOV_TILE_HEIGHT * level) : 0;
}

unsigned tov_tile_width(uint64_t size, unsigned level, uint64_t index)
{
    uint64_t hashes = tov_tile_hashes(size, level);
    uint64_t full = hashes / TOV_TILE_WIDTH;
    if (index < full)
        return TOV_TILE_WIDTH;
    return index == full ? (unsigned)(hashes % TOV_TILE_WIDTH) : 0;
}

bool tov_tile_is_valid(struct tov_tile tile)
{
    return tile.width > 0 && tile.width <= tov_tile_width(UINT64_MAX, tile.level, tile.index);
}

static void put_number(struct tov_tile tile, char *out)
{
    unsigned groups[GROUPS_MAX] = {0};
    int count = 0;
    uint64_t rest = tile.index;
    do {
        groups[count++] = (unsigned)(rest % 1000);
        rest /= 1000;
    } while (rest > 0);
    size_t at = 0;
    for (int i = count - 1; i >= 0; i--)
        at += (size_t)snprintf(out + at, NUMBER_SIZE - at, i > 0 ? "x%03u/" : "%03u", groups[i]);
    if (tile.width < TOV_TILE_WIDTH)
        (void)snprintf(out + at, NUMBER_SIZE - at, ".p/%u", tile.width);
}

void tov_tile_path(struct tov_tile tile, char *out)
{
    assert(tov_tile_is_valid(tile));
    char number[NUMBER_SIZE];
    put_number(tile, number);
    (void)snprintf(out, TOV_TILE_PATH_SIZE, "tile/%u/%s", tile.level, number);
}

void tov_bundle_path(uint64_t index, unsigned width, char *out)
{
    struct tov_tile tile = {0, index, width};
    assert(tov_tile_is_valid(tile));
    char number[NUMBER_SIZE];
    put_number(tile, number);
    (void)snprintf(out, TOV_TILE_PATH_SIZE, "leaves/%s", number);
}

/* Three digits from the front of *REST. */
static bool take_group(struct tov_bytes *rest, uint64_t *index)
{
    if (rest->size < 3)
        return false;
    for (size_t i = 0; i < 3; i++) {
        if (rest->data[i] < '0' || rest->data[i] > '9')
            return false;
        *index = *index * 10 + (uint64_t)(rest->data[i] - '0');
    }
    *rest = (struct tov_bytes){rest->data + 3, rest->size - 3};
    return true;
}

static bool take_number(struct tov_bytes *rest, uint64_t *out_index)
{
    uint64_t index = 0;
    for (int i = 0; i < GROUPS_MAX; i++) {
        bool is_last = !tov_text_skip(rest, "x");
        if (!take_group(rest, &index))
            return false;
        if (is_last) {
            *out_index = index;
            return true;
        }
        if (!tov_text_skip(rest, "/"))
            return false;
    }
    return false;
}

static bool take_width(struct tov_bytes rest, unsigned *out_width)
{
    uint64_t width = 0;
    if (rest.size == 0) {
        *out_width = TOV_TILE_WIDTH;
        return true;
    }
    if (!tov_text_skip(&rest, ".p/") || tov_decimal_decode(rest, &width) != TOV_OK ||
        width >= TOV_TILE_WIDTH)
        return false;
    *out_width = (unsigned)width;
    return true;
}

enum tov_err tov_tile_parse(struct tov_bytes path, struct tov_tile *out_tile)
{
    struct tov_bytes rest = path;
    struct tov_tile tile = {0};
    if (!tov_text_skip(&rest, "tile/") || rest.size == 0 || rest.data[0] < '0' ||
        rest.data[0] > '7')
        return TOV_E_MALFORMED;
    tile.level = (unsigned)(rest.data[0] - '0');
    rest = (struct tov_bytes){rest.data + 1, rest.size - 1};
    if (!tov_text_skip(&rest, "/") || !take_number(&rest, &tile.index) ||
        !take_width(rest, &tile.width) || !tov_tile_is_valid(tile))
        return TOV_E_MALFORMED;
    /* One path for one tile: what we would write ourselves. */
    char own[TOV_TILE_PATH_SIZE];
    tov_tile_path(tile, own);
    if (!tov_bytes_equal(tov_bytes_of_text(own), path))
        return TOV_E_MALFORMED;
    *out_tile = tile;
    return TOV_OK;
}

enum tov_err tov_bundle_parse(struct tov_bytes path, struct tov_tile *out_tile)
{
    struct tov_bytes rest = path;
    struct tov_tile tile = {0};
    if (!tov_text_skip(&rest, "leaves/") || !take_number(&rest, &tile.index) ||
        !take_width(rest, &tile.width) || !tov_tile_is_valid(tile))
        return TOV_E_MALFORMED;
    char own[TOV_TILE_PATH_SIZE];
    tov_bundle_path(tile.index, tile.width, own);
    if (!tov_bytes_equal(tov_bytes_of_text(own), path))
        return TOV_E_MALFORMED;
    *out_tile = tile;
    return TOV_OK;
}

struct tov_hash tov_tile_hash(const struct tov_hash hashes[TOV_TILE_WIDTH])
{
    return tov_merkle_root(hashes, TOV_TILE_WIDTH);
}

void tov_bundle_put(struct tov_buf *out, struct tov_bytes record)
{
    if (record.size > UINT16_MAX) {
        if (out->failed == TOV_OK)
            out->failed = TOV_E_LIMIT;
        return;
    }
    tov_buf_put_u16(out, (uint16_t)record.size);
    tov_buf_put_bytes(out, record);
}

bool tov_bundle_next(struct tov_reader *reader, struct tov_bytes *out_record)
{
    if (reader->failed || reader->left == 0)
        return false;
    struct tov_bytes record = tov_read_bytes(reader, tov_read_u16(reader));
    if (reader->failed)
        return false;
    *out_record = record;
    return true;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * The smallest readers of text: the first byte says which. What is read is written again as it was,
 * where one value has one text; two readers of one language agree.
 */
#include "fuzz.h"

#include "base/hex.h"
#include "base/time.h"
#include "case/danish_time.h"
#include "case/form_line.h"
#include "merkle/text.h"
#include "merkle/tile.h"
#include "roster/roster.h"
#include "wire/export.h"
#include "wire/strict.h"

#include <inttypes.h>

#define PIECE_MAX_BYTES 4096u

static void must_be_text(const char *again, struct tov_bytes text)
{
    MUST(tov_bytes_equal(tov_bytes_of_text(again), text));
}

/* ---- numbers and bytes ---- */

static void try_hex(struct tov_bytes text)
{
    uint8_t out[PIECE_MAX_BYTES];
    char again[2 * PIECE_MAX_BYTES + 1];
    size_t size = text.size / 2;
    if (size > sizeof out || tov_hex_decode(text, out, size) != TOV_OK)
        return;
    tov_hex_encode((struct tov_bytes){out, size}, again);
    must_be_text(again, text);
}

static void try_base64(struct tov_bytes text)
{
    uint8_t out[PIECE_MAX_BYTES];
    char again[TOV_BASE64_SIZE(PIECE_MAX_BYTES) + 1];
    size_t size = 0;
    if (text.size > TOV_BASE64_SIZE(sizeof out) - 4)
        return;
    bool is_read = tov_base64_decode(text, out, sizeof out, &size) == TOV_OK;
    MUST(is_read == tov_text_is_base64(text));
    if (!is_read)
        return;
    tov_base64_encode((struct tov_bytes){out, size}, again);
    must_be_text(again, text);
}

static void try_decimal(struct tov_bytes text)
{
    uint64_t value;
    char again[24];
    if (tov_decimal_decode(text, &value) != TOV_OK)
        return;
    (void)snprintf(again, sizeof again, "%" PRIu64, value);
    must_be_text(again, text);
}

/* ---- times ---- */

static void try_time(struct tov_bytes text)
{
    uint64_t time_ms, again_ms;
    char again[TOV_TIME_TEXT_SIZE];
    if (tov_time_parse(text, &time_ms) != TOV_OK)
        return;
    MUST(time_ms <= TOV_TIME_MAX_MS);
    tov_time_format(time_ms, again);
    if (text.size == sizeof again - 1)
        must_be_text(again, text);
    MUST(tov_time_parse(tov_bytes_of_text(again), &again_ms) == TOV_OK && again_ms == time_ms);
}

static void try_date(struct tov_bytes text)
{
    struct tov_date date;
    char again[48];
    if (tov_date_parse(text, &date) != TOV_OK)
        return;
    struct tov_date back = tov_date_of_days(tov_date_to_days(date));
    (void)snprintf(again, sizeof again, "%04d-%02d-%02d", back.year, back.month, back.day);
    must_be_text(again, text);
}

static void try_danish_date(struct tov_bytes text)
{
    struct tov_date date, back;
    char again[TOV_DANISH_DATE_SIZE];
    if (!tov_danish_date_parse(text, &date))
        return;
    MUST(tov_date_is_valid(date));
    tov_danish_date_format(date, again);
    MUST(tov_danish_date_parse(tov_bytes_of_text(again), &back));
    MUST(tov_date_to_days(back) == tov_date_to_days(date));
}

static void try_danish_time(struct tov_bytes text)
{
    uint64_t time_ms, back_ms;
    char again[TOV_DANISH_TIME_SIZE];
    if (!tov_danish_time_parse(text, &time_ms))
        return;
    MUST(time_ms <= TOV_TIME_MAX_MS);
    tov_danish_time_format(time_ms, again);
    MUST(tov_danish_time_parse(tov_bytes_of_text(again), &back_ms) && back_ms == time_ms);
}

/* ---- names and paths ---- */

static void try_origin(struct tov_bytes text)
{
    struct tov_origin origin;
    char again[TOV_ORIGIN_MAX_BYTES + 1];
    if (tov_origin_parse(text, &origin) != TOV_OK)
        return;
    MUST(tov_name_is_valid(origin.federation) && tov_name_is_valid(origin.agency));
    TOV_FREE char *federation = fuzz_text(origin.federation);
    TOV_FREE char *agency = fuzz_text(origin.agency);
    MUST(tov_origin_format(federation, agency, origin.generation, origin.journal, again) == TOV_OK);
    must_be_text(again, text);
}

static void try_names(struct tov_bytes text)
{
    enum tov_role role;
    if (tov_role_find(text, &role))
        must_be_text(tov_role_name(role), text);
    if (tov_name_is_valid(text))
        MUST(text.size <= TOV_NAME_MAX_BYTES && memchr(text.data, '/', text.size) == NULL);
    if (tov_endpoint_is_valid(text))
        MUST(memchr(text.data, ' ', text.size) == NULL && memcmp(text.data, "tcp://", 6) == 0);
    if (tov_cvr_is_valid(text))
        MUST(text.size == 8);
    if (tov_gln_is_valid(text))
        MUST(text.size == 13);
}

static void try_tile(struct tov_bytes path)
{
    struct tov_tile tile;
    char again[TOV_TILE_PATH_SIZE];
    if (tov_tile_parse(path, &tile) == TOV_OK) {
        MUST(tov_tile_is_valid(tile));
        tov_tile_path(tile, again);
        must_be_text(again, path);
    }
    if (tov_bundle_parse(path, &tile) == TOV_OK) {
        MUST(tile.level == 0);
        tov_bundle_path(tile.index, tile.width, again);
        must_be_text(again, path);
    }
}

/* Nothing leads out of an export. */
static void try_export_path(struct tov_bytes bytes)
{
    TOV_FREE char *path = fuzz_text(bytes);
    if (tov_export_path_is_valid(bytes))
        MUST(strlen(path) == bytes.size && path[0] != '/' && path[0] != '.' &&
             strstr(path, "/.") == NULL && strstr(path, "//") == NULL);
}

/* ---- characters ---- */

static void try_utf8(struct tov_bytes text)
{
    struct tov_bytes rest = text;
    bool is_whole = true, has_nul = false;
    while (is_whole && rest.size > 0) {
        uint32_t character = 1;
        is_whole = tov_text_next_char(&rest, &character);
        has_nul = has_nul || character == 0;
    }
    MUST(tov_text_is_valid(text) == (is_whole && !has_nul));
    if (tov_text_is_plain(text))
        MUST(is_whole && !has_nul);
}

static void try_form_line(struct tov_bytes line)
{
    struct tov_bytes path, value;
    if (memchr(line.data, '\n', line.size) != NULL)
        return;
    if (!tov_form_line_split(line, &path, &value))
        return;
    MUST(tov_form_line_is_special(line));
    MUST(path.data >= line.data && path.data + path.size <= line.data + line.size);
    MUST(value.data >= line.data && value.data + value.size <= line.data + line.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fuzz_attempt *const attempts[] = {
        try_hex,         try_base64,      try_decimal,  try_time,  try_date,
        try_danish_date, try_danish_time, try_origin,   try_names, try_tile,
        try_export_path, try_utf8,        try_form_line};
    return fuzz_choose(attempts, sizeof attempts / sizeof attempts[0], data, size);
}

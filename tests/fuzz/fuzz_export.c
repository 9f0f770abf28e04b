/* SPDX-License-Identifier: EUPL-1.2
 *
 * Any bytes as a piece of an export: the first says as which. What parses is written the same
 * again, so no two files mean one thing.
 */
#include "base/cleanup.h"
#include "wire/export.h"

#include <stdlib.h>

#define OUT_MAX_BYTES (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_equal(const struct tov_buf *out, struct tov_bytes bytes)
{
    if (out->failed != TOV_OK || !tov_bytes_equal(tov_buf_view(out), bytes))
        abort();
}

/* Lines are parsed without their newline and written with it. */
static void must_be_line(struct tov_buf *out, struct tov_bytes line)
{
    if (out->failed != TOV_OK || out->size != line.size + 1 || out->data[line.size] != '\n')
        abort();
    out->size--;
    must_equal(out, line);
}

/* ---- lines ---- */

static void try_signed(struct tov_bytes line, struct tov_buf *out)
{
    struct tov_export_signed value;
    if (tov_export_parse_signed(line, &value) != TOV_OK)
        return;
    tov_export_put_signed(out, &value);
    must_be_line(out, line);
}

static void try_cosignature(struct tov_bytes line, struct tov_buf *out)
{
    struct tov_export_cosignature value;
    if (tov_export_parse_cosignature(line, &value) != TOV_OK)
        return;
    tov_export_put_cosignature(out, &value);
    must_be_line(out, line);
}

static void try_file(struct tov_bytes line, struct tov_buf *out)
{
    struct tov_export_file value;
    if (tov_export_parse_file(line, &value) != TOV_OK)
        return;
    if (!tov_export_path_is_valid(value.path) || tov_export_path_compare(value.path, value.path))
        abort();
    tov_export_put_file(out, &value);
    must_be_line(out, line);
}

/* ---- small files ---- */

static void try_about(struct tov_bytes text, struct tov_buf *out)
{
    struct tov_export_about value;
    if (tov_export_parse_about(text, &value) != TOV_OK)
        return;
    if (tov_export_put_about(out, &value) != TOV_OK)
        abort();
    must_equal(out, text);
}

static void try_position(struct tov_bytes text, struct tov_buf *out)
{
    struct tov_export_position value;
    if (tov_export_parse_position(text, &value) != TOV_OK)
        return;
    tov_export_put_position(out, &value);
    must_equal(out, text);
}

static void try_fork(struct tov_bytes text, struct tov_buf *out)
{
    struct tov_export_fork value;
    if (tov_export_parse_fork(text, &value) != TOV_OK)
        return;
    tov_export_put_fork(out, &value);
    must_equal(out, text);
}

/* ---- records ---- */

static void try_records(struct tov_bytes bytes, struct tov_buf *out)
{
    struct tov_reader reader = tov_reader_of(bytes);
    while (reader.left >= TOV_EXPORT_HEAD_BYTES) {
        struct tov_export_head head;
        struct tov_export_record record;
        struct tov_bytes whole = {reader.at, TOV_EXPORT_HEAD_BYTES};
        if (tov_export_head_decode(tov_read_bytes(&reader, TOV_EXPORT_HEAD_BYTES).data, &head) !=
            TOV_OK)
            return;
        struct tov_bytes body = tov_read_bytes(&reader, head.size);
        if (reader.failed || tov_export_body_decode(&head, body, &record) != TOV_OK)
            return;
        whole.size += body.size;
        tov_buf_clear(out);
        if (tov_export_record_put(out, &record) != TOV_OK)
            abort();
        must_equal(out, whole);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const attempts[])(struct tov_bytes bytes, struct tov_buf * out) = {
        try_records, try_signed, try_cosignature, try_file, try_about, try_position, try_fork};
    if (size == 0)
        return 0;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(OUT_MAX_BYTES);
    attempts[data[0] % (sizeof attempts / sizeof attempts[0])](
        (struct tov_bytes){data + 1, size - 1}, &out);
    return 0;
}

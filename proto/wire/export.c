/* SPDX-License-Identifier: EUPL-1.2
 *
 * See export.h; the records are here, the text files in export_text.c.
 */
#include "wire/export.h"

#include <stdio.h>
#include <string.h>

#define LINK_BODY_BYTES (2u + TOV_LINK_BLOCK_BYTES)
#define SKIPPED_FIXED_BYTES 9u

static size_t body_size(const struct tov_export_record *record)
{
    switch (record->kind) {
    case TOV_EXPORT_LEAF:
    case TOV_EXPORT_LIST:
        return record->as.leaf.size;
    case TOV_EXPORT_GONE:
        return 1 + TOV_HASH_BYTES;
    case TOV_EXPORT_LINK:
        return 2 + record->as.link.block.size;
    case TOV_EXPORT_VERDICT:
        return 4;
    case TOV_EXPORT_PART:
        return 1 + record->as.part.sealed.size;
    case TOV_EXPORT_SKIPPED:
        return SKIPPED_FIXED_BYTES + record->as.skipped.hashes.size;
    }
    return 0;
}

static bool is_valid_link(const struct tov_export_link *link)
{
    struct tov_link_block block;
    return link->agency >= 1 && link->agency <= TOV_AGENCIES_MAX &&
           tov_link_decode(link->block, &block) == TOV_OK;
}

static bool is_valid_skipped(const struct tov_export_record *record)
{
    const struct tov_export_skipped *skipped = &record->as.skipped;
    size_t hashes = skipped->hashes.size / TOV_HASH_BYTES;
    if (skipped->count == 0 || skipped->count > UINT64_MAX - record->index || hashes == 0 ||
        skipped->hashes.size % TOV_HASH_BYTES != 0)
        return false;
    return skipped->level0 ? hashes == skipped->count : hashes <= 128;
}

static bool is_valid(const struct tov_export_record *record)
{
    switch (record->kind) {
    case TOV_EXPORT_LEAF:
        return record->as.leaf.size >= 1 && record->as.leaf.size <= TOV_LEAF_MAX_BYTES;
    case TOV_EXPORT_GONE:
        return record->as.gone.state == TOV_EXPORT_ERASED ||
               record->as.gone.state == TOV_EXPORT_LOST;
    case TOV_EXPORT_LINK:
        return is_valid_link(&record->as.link);
    case TOV_EXPORT_VERDICT:
        return record->as.verdict.verdict >= TOV_VERDICT_OPENED &&
               record->as.verdict.verdict <= TOV_VERDICT_ERASED &&
               record->as.verdict.flags <= TOV_VERDICT_FLAG_CLOCK_AHEAD;
    case TOV_EXPORT_PART:
        return record->as.part.part < TOV_PARTS_MAX &&
               record->as.part.sealed.size >= TOV_STREAM_TAG_BYTES;
    case TOV_EXPORT_LIST:
        return true;
    case TOV_EXPORT_SKIPPED:
        return is_valid_skipped(record);
    }
    return false;
}

static void put_body(struct tov_buf *out, const struct tov_export_record *record)
{
    switch (record->kind) {
    case TOV_EXPORT_LEAF:
    case TOV_EXPORT_LIST:
        tov_buf_put_bytes(out, record->as.leaf);
        return;
    case TOV_EXPORT_GONE:
        tov_buf_put_u8(out, (uint8_t)record->as.gone.state);
        tov_buf_put(out, record->as.gone.leaf_hash.bytes, TOV_HASH_BYTES);
        return;
    case TOV_EXPORT_LINK:
        tov_buf_put_u16(out, record->as.link.agency);
        tov_buf_put_bytes(out, record->as.link.block);
        return;
    case TOV_EXPORT_VERDICT:
        tov_buf_put_u8(out, (uint8_t)record->as.verdict.verdict);
        tov_buf_put_u8(out, record->as.verdict.flags);
        tov_buf_put_u16(out, record->as.verdict.detail);
        return;
    case TOV_EXPORT_PART:
        tov_buf_put_u8(out, record->as.part.part);
        tov_buf_put_bytes(out, record->as.part.sealed);
        return;
    case TOV_EXPORT_SKIPPED:
        tov_buf_put_u64(out, record->as.skipped.count);
        tov_buf_put_u8(out, record->as.skipped.level0 ? 1 : 0);
        tov_buf_put_bytes(out, record->as.skipped.hashes);
        return;
    }
}

enum tov_err tov_export_record_put(struct tov_buf *out, const struct tov_export_record *record)
{
    size_t size = body_size(record);
    if (size > TOV_EXPORT_BODY_MAX_BYTES)
        return TOV_E_LIMIT;
    if (!is_valid(record))
        return TOV_E_MALFORMED;
    tov_buf_put_u8(out, (uint8_t)record->kind);
    tov_buf_put_u64(out, record->index);
    tov_buf_put_u32(out, (uint32_t)size);
    put_body(out, record);
    return out->failed;
}

enum tov_err tov_export_head_decode(const uint8_t bytes[TOV_EXPORT_HEAD_BYTES],
                                    struct tov_export_head *out_head)
{
    struct tov_reader reader = tov_reader_of((struct tov_bytes){bytes, TOV_EXPORT_HEAD_BYTES});
    uint8_t kind = tov_read_u8(&reader);
    uint64_t index = tov_read_u64(&reader);
    uint32_t size = tov_read_u32(&reader);
    if (kind < TOV_EXPORT_LEAF || kind > TOV_EXPORT_SKIPPED)
        return TOV_E_VERSION;
    if (size > TOV_EXPORT_BODY_MAX_BYTES)
        return TOV_E_LIMIT;
    *out_head = (struct tov_export_head){(enum tov_export_kind)kind, index, size};
    return TOV_OK;
}

static void read_body(struct tov_reader *reader, struct tov_export_record *out)
{
    uint8_t level0 = 0;
    switch (out->kind) {
    case TOV_EXPORT_LEAF:
    case TOV_EXPORT_LIST:
        out->as.leaf = tov_read_bytes(reader, reader->left);
        return;
    case TOV_EXPORT_GONE:
        out->as.gone.state = (enum tov_export_gone_state)tov_read_u8(reader);
        tov_read_copy(reader, out->as.gone.leaf_hash.bytes, TOV_HASH_BYTES);
        return;
    case TOV_EXPORT_LINK:
        out->as.link.agency = tov_read_u16(reader);
        out->as.link.block = tov_read_bytes(reader, TOV_LINK_BLOCK_BYTES);
        return;
    case TOV_EXPORT_VERDICT:
        out->as.verdict.verdict = (enum tov_verdict)tov_read_u8(reader);
        out->as.verdict.flags = tov_read_u8(reader);
        out->as.verdict.detail = tov_read_u16(reader);
        return;
    case TOV_EXPORT_PART:
        out->as.part.part = tov_read_u8(reader);
        out->as.part.sealed = tov_read_bytes(reader, reader->left);
        return;
    case TOV_EXPORT_SKIPPED:
        out->as.skipped.count = tov_read_u64(reader);
        level0 = tov_read_u8(reader);
        out->as.skipped.level0 = level0 == 1;
        out->as.skipped.hashes = tov_read_bytes(reader, reader->left);
        reader->failed = reader->failed || level0 > 1;
        return;
    }
}

enum tov_err tov_export_body_decode(const struct tov_export_head *head, struct tov_bytes body,
                                    struct tov_export_record *out_record)
{
    struct tov_export_record record = {.kind = head->kind, .index = head->index};
    struct tov_reader reader = tov_reader_of(body);
    if (body.size != head->size)
        return TOV_E_MALFORMED;
    read_body(&reader, &record);
    if (!tov_reader_is_done(&reader) || !is_valid(&record))
        return TOV_E_MALFORMED;
    *out_record = record;
    return TOV_OK;
}

/* ---- names of files ---- */

/* N in groups of three digits, all but the last with an 'x' before them. */
void tov_export_bundle_path(const char *folder, uint64_t n, char *out)
{
    char groups[7][5];
    size_t count = 0;
    do {
        (void)snprintf(groups[count], sizeof groups[count], "%s%03u", count == 0 ? "" : "x",
                       (unsigned)(n % 1000));
        count++;
        n /= 1000;
    } while (n > 0);
    int used = snprintf(out, TOV_EXPORT_PATH_SIZE, "%s", folder);
    while (count > 0 && used > 0 && (size_t)used < TOV_EXPORT_PATH_SIZE) {
        count--;
        int more = snprintf(out + used, TOV_EXPORT_PATH_SIZE - (size_t)used, "/%s", groups[count]);
        used += more > 0 ? more : 0;
    }
}

void tov_export_mirror_path(uint16_t agency, uint32_t generation, const char *name, char *out)
{
    (void)snprintf(out, TOV_EXPORT_PATH_SIZE, "mirror/%u/%u%s%s", (unsigned)agency,
                   (unsigned)generation, *name == '\0' ? "" : "/", name);
}

void tov_export_roster_path(uint32_t version, char *out)
{
    (void)snprintf(out, TOV_EXPORT_PATH_SIZE, "roster/%u", (unsigned)version);
}

void tov_export_fork_path(uint16_t agency, uint32_t generation, char *out)
{
    (void)snprintf(out, TOV_EXPORT_PATH_SIZE, "fork/%u/%u", (unsigned)agency, (unsigned)generation);
}

void tov_export_attachment_path(const char *folder, uint64_t index, uint8_t part, char *out)
{
    (void)snprintf(out, TOV_EXPORT_PATH_SIZE, "%s/%llu-%u", folder, (unsigned long long)index,
                   (unsigned)part);
}

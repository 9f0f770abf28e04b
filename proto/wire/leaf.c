/* SPDX-License-Identifier: EUPL-1.2
 *
 * The layouts behind the common 32 bytes (sizes in bytes; sums of counts are checked on both
 * sides):
 *
 * genesis       agency 2, generation 4, journal 4, roster version 4, roster hash 32, former size 8,
 *               former root 32, federation length 1, federation
 * message       suite 1, id 16, salt 32, roster version 4, n 1, n * (agency 2, right 1),
 *               m 1, m * (sealed size 8, flags 1, root 32), n * link hash 32,
 *               header commitment 32, content commitment 32
 * receipt       peer 2, generation 4, lost index 8, last link 8, last leaf hash 32,
 *               r 2, r * (count 2, verdict 1, flags 1, detail 2),
 *               a 2, a * (link 8, leaf hash 32, verdict 1, flags 1, detail 2)
 * epoch-key     epoch 4, not before 8, not after 8, public key 32
 * anchor        count 2, hash 32
 * roster        version 4, hash 32
 * journal-root  journal 4, size 8, root 32
 * erased        scope 1, basis 2, n 1, n * (agency 2, generation 4, index 8, leaf hash 32)
 * lost          first 8, end 8
 * access ... grant   class 1, detail hash 32
 */
#include "wire/leaf.h"

#include <string.h>

#include "base/time.h"

#define COMMON_BYTES 32
#define ENVELOPE_FIXED_BYTES (1 + TOV_MESSAGE_ID_BYTES + TOV_SALT_BYTES + 4 + 1)
static const uint8_t magic[4] = {'T', 'O', 'V', 'L'};

bool tov_series_equal(struct tov_series a, struct tov_series b)
{
    return a.generation == b.generation && a.lost_index == b.lost_index;
}

bool tov_leaf_type_is_journal(enum tov_leaf_type type)
{
    return type >= TOV_LEAF_ACCESS && type <= TOV_LEAF_GRANT;
}

const struct tov_leaf_recipient *tov_leaf_recipient_of(const struct tov_leaf_message *message,
                                                       uint16_t agency)
{
    for (size_t i = 0; i < message->recipient_count; i++) {
        if (message->recipients[i].agency == agency)
            return &message->recipients[i];
    }
    return NULL;
}

bool tov_leaf_is_all_for(const struct tov_leaf_message *message, uint16_t agency)
{
    const struct tov_leaf_recipient *recipient = tov_leaf_recipient_of(message, agency);
    return recipient != NULL && recipient->right == TOV_RIGHT_ALL;
}

uint64_t tov_receipt_span(const struct tov_leaf_receipt *receipt)
{
    uint64_t span = 0;
    for (size_t i = 0; i < receipt->run_count; i++)
        span += receipt->runs[i].count;
    return span;
}

/* ---- rules that a decoded value keeps; encoding and decoding both ask them ---- */

static bool is_valid_series(struct tov_series series)
{
    return series.generation >= 1;
}

static bool is_valid_agency(uint16_t agency)
{
    return agency >= 1 && agency <= TOV_AGENCIES_MAX;
}

static bool is_valid_verdict(struct tov_verdict_value value)
{
    return value.verdict >= TOV_VERDICT_OPENED && value.verdict <= TOV_VERDICT_ERASED &&
           value.flags <= TOV_VERDICT_FLAG_CLOCK_AHEAD;
}

static bool is_valid_name(const char *name)
{
    size_t length = strnlen(name, TOV_NAME_MAX_BYTES + 1);
    if (length == 0 || length > TOV_NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
        if (!plain)
            return false;
    }
    return true;
}

static bool is_valid_genesis(const struct tov_leaf_genesis *genesis)
{
    bool has_former = genesis->former_size > 0;
    return is_valid_agency(genesis->agency) && genesis->generation >= 1 &&
           is_valid_name(genesis->federation) &&
           (has_former || tov_hash_is_zero(&genesis->former_root));
}

static bool has_valid_recipients(const struct tov_leaf_message *message)
{
    if (message->recipient_count < 1 || message->recipient_count > TOV_RECIPIENTS_MAX)
        return false;
    uint16_t before = 0;
    for (size_t i = 0; i < message->recipient_count; i++) {
        const struct tov_leaf_recipient *recipient = &message->recipients[i];
        bool right_known =
            recipient->right == TOV_RIGHT_HEADER || recipient->right == TOV_RIGHT_ALL;
        if (!is_valid_agency(recipient->agency) || recipient->agency <= before || !right_known)
            return false;
        before = recipient->agency;
    }
    return true;
}

static bool is_valid_message(const struct tov_leaf_message *message)
{
    if (!has_valid_recipients(message) || message->part_count < 2 ||
        message->part_count > TOV_PARTS_MAX)
        return false;
    uint64_t inline_bytes = 0;
    for (size_t i = 0; i < message->part_count; i++) {
        const struct tov_leaf_part *part = &message->parts[i];
        if (part->sealed_size < TOV_STREAM_TAG_BYTES)
            return false;
        if (part->is_inline && part->sealed_size > 2ull * TOV_INLINE_MAX_BYTES)
            return false;
        inline_bytes += part->is_inline ? part->sealed_size : 0;
    }
    /* Sealed sizes carry a tag for each 64 KiB: never more than one and a half for each part. */
    return inline_bytes <= TOV_INLINE_MAX_BYTES + 2 * TOV_STREAM_TAG_BYTES * TOV_PARTS_MAX;
}

static bool is_valid_receipt(const struct tov_leaf_receipt *receipt)
{
    if (!is_valid_agency(receipt->peer) || !is_valid_series(receipt->series) ||
        receipt->run_count > TOV_RECEIPT_RUNS_MAX ||
        receipt->amendment_count > TOV_RECEIPT_AMENDMENTS_MAX ||
        receipt->run_count + receipt->amendment_count == 0)
        return false;
    for (size_t i = 0; i < receipt->run_count; i++) {
        if (receipt->runs[i].count == 0 || !is_valid_verdict(receipt->runs[i].value))
            return false;
    }
    for (size_t i = 0; i < receipt->amendment_count; i++) {
        if (receipt->amendments[i].link_number == 0 ||
            !is_valid_verdict(receipt->amendments[i].value))
            return false;
    }
    uint64_t span = tov_receipt_span(receipt);
    return span <= TOV_RECEIPT_MAX_VERDICTS && span <= receipt->last_link;
}

static bool is_valid_erased(const struct tov_leaf_erased *erased)
{
    return (erased->scope == TOV_ERASED_CONTENT || erased->scope == TOV_ERASED_ALL) &&
           erased->ref_count >= 1 && erased->ref_count <= TOV_ERASED_REFS_MAX;
}

static bool is_valid_epoch_key(const struct tov_leaf_epoch_key *key)
{
    return key->epoch >= 1 && key->not_before_ms < key->not_after_ms &&
           key->not_after_ms <= TOV_TIME_MAX_MS;
}

/* A time that cannot be written as a date would have to be handled wherever one is shown. */
static bool is_valid(const struct tov_leaf *leaf)
{
    if (leaf->time_ms > TOV_TIME_MAX_MS)
        return false;
    switch (leaf->type) {
    case TOV_LEAF_GENESIS:
        return is_valid_genesis(&leaf->as.genesis);
    case TOV_LEAF_MESSAGE:
        return is_valid_message(&leaf->as.message);
    case TOV_LEAF_RECEIPT:
        return is_valid_receipt(&leaf->as.receipt);
    case TOV_LEAF_EPOCH_KEY:
        return is_valid_epoch_key(&leaf->as.epoch_key);
    case TOV_LEAF_ROSTER:
        return leaf->as.roster.version >= 1;
    case TOV_LEAF_JOURNAL_ROOT:
        return leaf->as.journal_root.journal >= 1;
    case TOV_LEAF_ERASED:
        return is_valid_erased(&leaf->as.erased);
    case TOV_LEAF_LOST:
        return leaf->as.lost.first < leaf->as.lost.end;
    case TOV_LEAF_ANCHOR:
    case TOV_LEAF_ACCESS:
    case TOV_LEAF_FOLD:
    case TOV_LEAF_REWRAP:
    case TOV_LEAF_OVERRIDE:
    case TOV_LEAF_GRANT:
        return true;
    }
    return false;
}

/* ---- encoding ---- */

static void put_hash(struct tov_buf *out, const struct tov_hash *hash)
{
    tov_buf_put(out, hash->bytes, sizeof hash->bytes);
}

static void put_genesis(const struct tov_leaf_genesis *genesis, struct tov_buf *out)
{
    tov_buf_put_u16(out, genesis->agency);
    tov_buf_put_u32(out, genesis->generation);
    tov_buf_put_u32(out, genesis->journal);
    tov_buf_put_u32(out, genesis->roster_version);
    put_hash(out, &genesis->roster_hash);
    tov_buf_put_u64(out, genesis->former_size);
    put_hash(out, &genesis->former_root);
    tov_buf_put_u8(out, (uint8_t)strlen(genesis->federation));
    tov_buf_put_text(out, genesis->federation);
}

static void put_envelope(const struct tov_leaf_message *message, struct tov_buf *out)
{
    tov_buf_put_u8(out, message->suite);
    tov_buf_put(out, message->id, sizeof message->id);
    tov_buf_put(out, message->salt, sizeof message->salt);
    tov_buf_put_u32(out, message->roster_version);
    tov_buf_put_u8(out, message->recipient_count);
    for (size_t i = 0; i < message->recipient_count; i++) {
        tov_buf_put_u16(out, message->recipients[i].agency);
        tov_buf_put_u8(out, (uint8_t)message->recipients[i].right);
    }
}

static void put_message(const struct tov_leaf_message *message, struct tov_buf *out)
{
    put_envelope(message, out);
    tov_buf_put_u8(out, message->part_count);
    for (size_t i = 0; i < message->part_count; i++) {
        tov_buf_put_u64(out, message->parts[i].sealed_size);
        tov_buf_put_u8(out, message->parts[i].is_inline ? 1 : 0);
        put_hash(out, &message->parts[i].root);
    }
    for (size_t i = 0; i < message->recipient_count; i++)
        put_hash(out, &message->recipients[i].link_hash);
    put_hash(out, &message->header_commitment);
    put_hash(out, &message->content_commitment);
}

static void put_verdict(struct tov_verdict_value value, struct tov_buf *out)
{
    tov_buf_put_u8(out, (uint8_t)value.verdict);
    tov_buf_put_u8(out, value.flags);
    tov_buf_put_u16(out, value.detail);
}

static void put_receipt(const struct tov_leaf_receipt *receipt, struct tov_buf *out)
{
    tov_buf_put_u16(out, receipt->peer);
    tov_buf_put_u32(out, receipt->series.generation);
    tov_buf_put_u64(out, receipt->series.lost_index);
    tov_buf_put_u64(out, receipt->last_link);
    put_hash(out, &receipt->last_leaf_hash);
    tov_buf_put_u16(out, receipt->run_count);
    for (size_t i = 0; i < receipt->run_count; i++) {
        tov_buf_put_u16(out, receipt->runs[i].count);
        put_verdict(receipt->runs[i].value, out);
    }
    tov_buf_put_u16(out, receipt->amendment_count);
    for (size_t i = 0; i < receipt->amendment_count; i++) {
        tov_buf_put_u64(out, receipt->amendments[i].link_number);
        put_hash(out, &receipt->amendments[i].leaf_hash);
        put_verdict(receipt->amendments[i].value, out);
    }
}

static void put_erased(const struct tov_leaf_erased *erased, struct tov_buf *out)
{
    tov_buf_put_u8(out, (uint8_t)erased->scope);
    tov_buf_put_u16(out, erased->basis);
    tov_buf_put_u8(out, erased->ref_count);
    for (size_t i = 0; i < erased->ref_count; i++) {
        uint8_t *to = tov_buf_extend(out, TOV_REF_BYTES);
        if (to != NULL)
            tov_ref_encode(&erased->refs[i], to);
    }
}

static void put_fields(const struct tov_leaf *leaf, struct tov_buf *out)
{
    switch (leaf->type) {
    case TOV_LEAF_GENESIS:
        put_genesis(&leaf->as.genesis, out);
        return;
    case TOV_LEAF_MESSAGE:
        put_message(&leaf->as.message, out);
        return;
    case TOV_LEAF_RECEIPT:
        put_receipt(&leaf->as.receipt, out);
        return;
    case TOV_LEAF_EPOCH_KEY:
        tov_buf_put_u32(out, leaf->as.epoch_key.epoch);
        tov_buf_put_u64(out, leaf->as.epoch_key.not_before_ms);
        tov_buf_put_u64(out, leaf->as.epoch_key.not_after_ms);
        tov_buf_put(out, leaf->as.epoch_key.public_key, sizeof leaf->as.epoch_key.public_key);
        return;
    case TOV_LEAF_ANCHOR:
        tov_buf_put_u16(out, leaf->as.anchor.seen_count);
        put_hash(out, &leaf->as.anchor.seen_hash);
        return;
    case TOV_LEAF_ROSTER:
        tov_buf_put_u32(out, leaf->as.roster.version);
        put_hash(out, &leaf->as.roster.hash);
        return;
    case TOV_LEAF_JOURNAL_ROOT:
        tov_buf_put_u32(out, leaf->as.journal_root.journal);
        tov_buf_put_u64(out, leaf->as.journal_root.size);
        put_hash(out, &leaf->as.journal_root.root);
        return;
    case TOV_LEAF_ERASED:
        put_erased(&leaf->as.erased, out);
        return;
    case TOV_LEAF_LOST:
        tov_buf_put_u64(out, leaf->as.lost.first);
        tov_buf_put_u64(out, leaf->as.lost.end);
        return;
    case TOV_LEAF_ACCESS:
    case TOV_LEAF_FOLD:
    case TOV_LEAF_REWRAP:
    case TOV_LEAF_OVERRIDE:
    case TOV_LEAF_GRANT:
        tov_buf_put_u8(out, leaf->as.detail.class_code);
        put_hash(out, &leaf->as.detail.detail_hash);
        return;
    }
}

enum tov_err tov_leaf_encode(const struct tov_leaf *leaf, struct tov_buf *out)
{
    if (!is_valid(leaf))
        return TOV_E_MALFORMED;
    size_t start = out->size;
    tov_buf_put(out, magic, sizeof magic);
    tov_buf_put_u8(out, TOV_LEAF_VERSION);
    tov_buf_put_u8(out, (uint8_t)leaf->type);
    tov_buf_put_u16(out, 0);
    tov_buf_put_u64(out, leaf->time_ms);
    tov_buf_put(out, leaf->blind, sizeof leaf->blind);
    put_fields(leaf, out);
    if (out->failed != TOV_OK)
        return out->failed;
    return out->size - start > TOV_LEAF_MAX_BYTES ? TOV_E_LIMIT : TOV_OK;
}

enum tov_err tov_leaf_envelope_encode(const struct tov_leaf_message *message, struct tov_buf *out)
{
    if (!has_valid_recipients(message))
        return TOV_E_MALFORMED;
    put_envelope(message, out);
    return out->failed;
}

/* ---- decoding ---- */

static void get_hash(struct tov_reader *reader, struct tov_hash *out)
{
    tov_read_copy(reader, out->bytes, sizeof out->bytes);
}

static void get_genesis(struct tov_reader *reader, struct tov_leaf_genesis *out)
{
    out->agency = tov_read_u16(reader);
    out->generation = tov_read_u32(reader);
    out->journal = tov_read_u32(reader);
    out->roster_version = tov_read_u32(reader);
    get_hash(reader, &out->roster_hash);
    out->former_size = tov_read_u64(reader);
    get_hash(reader, &out->former_root);
    size_t length = tov_read_u8(reader);
    if (length > TOV_NAME_MAX_BYTES) {
        reader->failed = true;
        return;
    }
    tov_read_copy(reader, out->federation, length);
    out->federation[length] = '\0';
    if (strlen(out->federation) != length)
        reader->failed = true;
}

static void get_parts(struct tov_reader *reader, struct tov_leaf_message *out)
{
    out->part_count = tov_read_u8(reader);
    if (out->part_count > TOV_PARTS_MAX) {
        reader->failed = true;
        return;
    }
    for (size_t i = 0; i < out->part_count; i++) {
        out->parts[i].sealed_size = tov_read_u64(reader);
        uint8_t flags = tov_read_u8(reader);
        out->parts[i].is_inline = flags == 1;
        if (flags > 1)
            reader->failed = true;
        get_hash(reader, &out->parts[i].root);
    }
}

static void get_message(struct tov_reader *reader, struct tov_leaf_message *out)
{
    out->suite = tov_read_u8(reader);
    tov_read_copy(reader, out->id, sizeof out->id);
    tov_read_copy(reader, out->salt, sizeof out->salt);
    out->roster_version = tov_read_u32(reader);
    out->recipient_count = tov_read_u8(reader);
    if (out->recipient_count > TOV_RECIPIENTS_MAX) {
        reader->failed = true;
        return;
    }
    for (size_t i = 0; i < out->recipient_count; i++) {
        out->recipients[i].agency = tov_read_u16(reader);
        out->recipients[i].right = (enum tov_right)tov_read_u8(reader);
    }
    get_parts(reader, out);
    for (size_t i = 0; i < out->recipient_count && !reader->failed; i++)
        get_hash(reader, &out->recipients[i].link_hash);
    get_hash(reader, &out->header_commitment);
    get_hash(reader, &out->content_commitment);
}

static struct tov_verdict_value get_verdict(struct tov_reader *reader)
{
    struct tov_verdict_value value;
    value.verdict = (enum tov_verdict)tov_read_u8(reader);
    value.flags = tov_read_u8(reader);
    value.detail = tov_read_u16(reader);
    return value;
}

static void get_receipt(struct tov_reader *reader, struct tov_leaf_receipt *out)
{
    out->peer = tov_read_u16(reader);
    out->series.generation = tov_read_u32(reader);
    out->series.lost_index = tov_read_u64(reader);
    out->last_link = tov_read_u64(reader);
    get_hash(reader, &out->last_leaf_hash);
    out->run_count = tov_read_u16(reader);
    if (out->run_count > TOV_RECEIPT_RUNS_MAX) {
        reader->failed = true;
        return;
    }
    for (size_t i = 0; i < out->run_count; i++) {
        out->runs[i].count = tov_read_u16(reader);
        out->runs[i].value = get_verdict(reader);
    }
    out->amendment_count = tov_read_u16(reader);
    if (out->amendment_count > TOV_RECEIPT_AMENDMENTS_MAX) {
        reader->failed = true;
        return;
    }
    for (size_t i = 0; i < out->amendment_count; i++) {
        out->amendments[i].link_number = tov_read_u64(reader);
        get_hash(reader, &out->amendments[i].leaf_hash);
        out->amendments[i].value = get_verdict(reader);
    }
}

static void get_erased(struct tov_reader *reader, struct tov_leaf_erased *out)
{
    out->scope = (enum tov_erased_scope)tov_read_u8(reader);
    out->basis = tov_read_u16(reader);
    out->ref_count = tov_read_u8(reader);
    if (out->ref_count > TOV_ERASED_REFS_MAX) {
        reader->failed = true;
        return;
    }
    for (size_t i = 0; i < out->ref_count; i++) {
        if (tov_ref_decode(tov_read_bytes(reader, TOV_REF_BYTES), &out->refs[i]) != TOV_OK)
            reader->failed = true;
    }
}

/* False when the type is not known here. */
static bool get_fields(struct tov_reader *reader, struct tov_leaf *out)
{
    switch (out->type) {
    case TOV_LEAF_GENESIS:
        get_genesis(reader, &out->as.genesis);
        return true;
    case TOV_LEAF_MESSAGE:
        get_message(reader, &out->as.message);
        return true;
    case TOV_LEAF_RECEIPT:
        get_receipt(reader, &out->as.receipt);
        return true;
    case TOV_LEAF_EPOCH_KEY:
        out->as.epoch_key.epoch = tov_read_u32(reader);
        out->as.epoch_key.not_before_ms = tov_read_u64(reader);
        out->as.epoch_key.not_after_ms = tov_read_u64(reader);
        tov_read_copy(reader, out->as.epoch_key.public_key, sizeof out->as.epoch_key.public_key);
        return true;
    case TOV_LEAF_ANCHOR:
        out->as.anchor.seen_count = tov_read_u16(reader);
        get_hash(reader, &out->as.anchor.seen_hash);
        return true;
    case TOV_LEAF_ROSTER:
        out->as.roster.version = tov_read_u32(reader);
        get_hash(reader, &out->as.roster.hash);
        return true;
    case TOV_LEAF_JOURNAL_ROOT:
        out->as.journal_root.journal = tov_read_u32(reader);
        out->as.journal_root.size = tov_read_u64(reader);
        get_hash(reader, &out->as.journal_root.root);
        return true;
    case TOV_LEAF_ERASED:
        get_erased(reader, &out->as.erased);
        return true;
    case TOV_LEAF_LOST:
        out->as.lost.first = tov_read_u64(reader);
        out->as.lost.end = tov_read_u64(reader);
        return true;
    case TOV_LEAF_ACCESS:
    case TOV_LEAF_FOLD:
    case TOV_LEAF_REWRAP:
    case TOV_LEAF_OVERRIDE:
    case TOV_LEAF_GRANT:
        out->as.detail.class_code = tov_read_u8(reader);
        get_hash(reader, &out->as.detail.detail_hash);
        return true;
    }
    return false;
}

enum tov_err tov_leaf_decode(struct tov_bytes bytes, struct tov_leaf *out_leaf)
{
    if (bytes.size > TOV_LEAF_MAX_BYTES)
        return TOV_E_LIMIT;
    if (bytes.size < COMMON_BYTES || memcmp(bytes.data, magic, sizeof magic) != 0)
        return TOV_E_MALFORMED;
    struct tov_reader reader = tov_reader_of(bytes);
    (void)tov_read_bytes(&reader, sizeof magic);
    uint8_t version = tov_read_u8(&reader);
    if (version != TOV_LEAF_VERSION)
        return version > TOV_LEAF_VERSION ? TOV_E_VERSION : TOV_E_MALFORMED;
    out_leaf->type = (enum tov_leaf_type)tov_read_u8(&reader);
    if (tov_read_u16(&reader) != 0)
        return TOV_E_MALFORMED;
    out_leaf->time_ms = tov_read_u64(&reader);
    tov_read_copy(&reader, out_leaf->blind, sizeof out_leaf->blind);
    if (!get_fields(&reader, out_leaf))
        return TOV_E_VERSION;
    return tov_reader_is_done(&reader) && is_valid(out_leaf) ? TOV_OK : TOV_E_MALFORMED;
}

struct tov_bytes tov_leaf_envelope_view(struct tov_bytes leaf_bytes)
{
    size_t count_at = COMMON_BYTES + ENVELOPE_FIXED_BYTES - 1;
    if (leaf_bytes.size <= count_at)
        return (struct tov_bytes){0};
    size_t size = ENVELOPE_FIXED_BYTES + 3u * leaf_bytes.data[count_at];
    if (leaf_bytes.size < COMMON_BYTES + size)
        return (struct tov_bytes){0};
    return (struct tov_bytes){leaf_bytes.data + COMMON_BYTES, size};
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Payloads from guard to core; each begins with the id, u32, and the refusal, u16. What follows is
 * there only when the request was done, or the refusal tells the guard's own position.
 *
 *   HELLO         tree view of the ledger, of the journal; u8 has a witness key, u8 can cosign,
 *                 32 witness key, u64 highest statement number, for each refusal u32
 *   APPEND        u64 size, 32 root, u16 n, n * (u64 size, 64 signature); also NOT_OWN_SIZE
 *   RESIGN        u64 size, 32 root, 64 signature
 *   COSIGN        u64 own size, 32 own root, 64 the peer's signature over it, u64 time, 64
 *                 cosignature; also PEER_OLD_SIZE and PEER_FORK
 *   STATEMENT     tree view
 *   JOURNAL_NEXT  u64 size, 32 root, 64 signature of the old journal's last checkpoint
 *   HASHES        u16 n, n leaf hashes
 *
 *   tree view     u8 present, 32 public key; when present: u16 length and origin, u64 journal,
 *                 compact range, 32 root, last and previous (size, root, signature each),
 *                 u16 n, n * (u64 size, 64 signature)
 */
#include "guard/guard_protocol.h"

#include <string.h>

static const char *const refusal_names[TOV_GUARD_REFUSALS] = {
    [TOV_GUARD_DONE] = "done",
    [TOV_GUARD_R_MALFORMED] = "malformed",
    [TOV_GUARD_R_LIMIT] = "limit",
    [TOV_GUARD_R_NO_STATE] = "no-state",
    [TOV_GUARD_R_NOT_OWN_SIZE] = "not-own-size",
    [TOV_GUARD_R_SIGN_SIZE] = "sign-size",
    [TOV_GUARD_R_NOT_LAST] = "not-last",
    [TOV_GUARD_R_JOURNAL_NUMBER] = "journal-number",
    [TOV_GUARD_R_STATEMENT_TEXT] = "statement-text",
    [TOV_GUARD_R_STATEMENT_KEYS] = "statement-keys",
    [TOV_GUARD_R_STATEMENT_NUMBER] = "statement-number",
    [TOV_GUARD_R_STATEMENT_BACK] = "statement-back",
    [TOV_GUARD_R_STATEMENT_RANGE] = "statement-range",
    [TOV_GUARD_R_PEER_NOTE] = "peer-note",
    [TOV_GUARD_R_PEER_SIGNATURE] = "peer-signature",
    [TOV_GUARD_R_PEER_KEY] = "peer-key",
    [TOV_GUARD_R_PEER_OLD_SIZE] = "peer-old-size",
    [TOV_GUARD_R_PEER_PROOF] = "peer-proof",
    [TOV_GUARD_R_PEER_FORK] = "peer-fork",
    [TOV_GUARD_R_PEER_STATE] = "peer-state",
    [TOV_GUARD_R_PEER_FULL] = "peer-full",
    [TOV_GUARD_R_NO_KEY] = "no-key",
    [TOV_GUARD_R_DISK] = "disk",
    [TOV_GUARD_R_SPACE] = "space",
    [TOV_GUARD_R_PEER_UNKNOWN] = "peer-unknown",
};

const char *tov_guard_refusal_name(enum tov_guard_refusal refusal)
{
    return (unsigned)refusal < TOV_GUARD_REFUSALS ? refusal_names[refusal] : "unknown";
}

/* Whether anything follows the refusal. */
static bool has_body(enum tov_guard_op op, enum tov_guard_refusal refusal)
{
    if (refusal == TOV_GUARD_DONE)
        return true;
    if (op == TOV_GUARD_APPEND)
        return refusal == TOV_GUARD_R_NOT_OWN_SIZE;
    if (op == TOV_GUARD_COSIGN)
        return refusal == TOV_GUARD_R_PEER_OLD_SIZE || refusal == TOV_GUARD_R_PEER_FORK;
    return false;
}

static void put_signed(const struct tov_guard_signed *signed_tree, struct tov_buf *out)
{
    tov_buf_put_u64(out, signed_tree->signature.size);
    tov_buf_put(out, signed_tree->root.bytes, TOV_HASH_BYTES);
    tov_buf_put(out, signed_tree->signature.bytes, TOV_GUARD_SIGNATURE_BYTES);
}

static void read_signed(struct tov_reader *reader, struct tov_guard_signed *out)
{
    out->signature.size = tov_read_u64(reader);
    tov_read_copy(reader, out->root.bytes, TOV_HASH_BYTES);
    tov_read_copy(reader, out->signature.bytes, TOV_GUARD_SIGNATURE_BYTES);
}

static void put_signatures(const struct tov_guard_signature *signatures, size_t count,
                           struct tov_buf *out)
{
    tov_buf_put_u16(out, (uint16_t)count);
    for (size_t i = 0; i < count; i++) {
        tov_buf_put_u64(out, signatures[i].size);
        tov_buf_put(out, signatures[i].bytes, TOV_GUARD_SIGNATURE_BYTES);
    }
}

static size_t read_signatures(struct tov_reader *reader,
                              struct tov_guard_signature out[TOV_GUARD_SIGN_MAX])
{
    size_t count = tov_read_u16(reader);
    if (count > TOV_GUARD_SIGN_MAX) {
        reader->failed = true;
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        out[i].size = tov_read_u64(reader);
        tov_read_copy(reader, out[i].bytes, TOV_GUARD_SIGNATURE_BYTES);
    }
    return count;
}

static void put_view(const struct tov_guard_tree_view *view, struct tov_buf *out)
{
    tov_buf_put_u8(out, view->present);
    tov_buf_put(out, view->public_key.bytes, sizeof(view->public_key.bytes));
    if (!view->present)
        return;
    tov_buf_put_u16(out, (uint16_t)strlen(view->origin));
    tov_buf_put_text(out, view->origin);
    tov_buf_put_u64(out, view->journal);
    tov_range_encode(&view->range, out);
    tov_buf_put(out, view->root.bytes, TOV_HASH_BYTES);
    put_signed(&view->last, out);
    put_signed(&view->previous, out);
    put_signatures(view->kept, view->kept_count, out);
}

static void read_range(struct tov_reader *reader, struct tov_range *out)
{
    struct tov_reader ahead = *reader;
    size_t count = (size_t)__builtin_popcountll(tov_read_u64(&ahead));
    struct tov_bytes bytes = tov_read_bytes(reader, 8 + count * TOV_HASH_BYTES);
    if (reader->failed || tov_range_decode(bytes, out) != TOV_OK)
        reader->failed = true;
}

static bool read_flag(struct tov_reader *reader)
{
    uint8_t flag = tov_read_u8(reader);
    if (flag > 1)
        reader->failed = true;
    return flag == 1;
}

static void read_view(struct tov_reader *reader, struct tov_guard_tree_view *out)
{
    *out = (struct tov_guard_tree_view){.present = read_flag(reader)};
    tov_read_copy(reader, out->public_key.bytes, sizeof(out->public_key.bytes));
    if (!out->present)
        return;
    size_t origin_size = tov_read_u16(reader);
    if (origin_size > TOV_ORIGIN_MAX_BYTES) {
        reader->failed = true;
        return;
    }
    tov_read_copy(reader, out->origin, origin_size);
    if (strlen(out->origin) != origin_size)
        reader->failed = true;
    out->journal = tov_read_u64(reader);
    read_range(reader, &out->range);
    tov_read_copy(reader, out->root.bytes, TOV_HASH_BYTES);
    read_signed(reader, &out->last);
    read_signed(reader, &out->previous);
    out->kept_count = read_signatures(reader, out->kept);
}

static void put_hello(const struct tov_guard_hello_answer *hello, struct tov_buf *out)
{
    for (size_t i = 0; i < TOV_GUARD_TREES; i++)
        put_view(&hello->trees[i], out);
    tov_buf_put_u8(out, hello->has_witness_key);
    tov_buf_put_u8(out, hello->can_cosign);
    tov_buf_put(out, hello->witness_key.bytes, sizeof(hello->witness_key.bytes));
    tov_buf_put_u64(out, hello->statement_seen);
    for (size_t i = 0; i < TOV_GUARD_REFUSALS; i++)
        tov_buf_put_u32(out, hello->refused[i]);
}

static void read_hello(struct tov_reader *reader, struct tov_guard_hello_answer *out)
{
    for (size_t i = 0; i < TOV_GUARD_TREES; i++)
        read_view(reader, &out->trees[i]);
    out->has_witness_key = read_flag(reader);
    out->can_cosign = read_flag(reader);
    tov_read_copy(reader, out->witness_key.bytes, sizeof(out->witness_key.bytes));
    out->statement_seen = tov_read_u64(reader);
    for (size_t i = 0; i < TOV_GUARD_REFUSALS; i++)
        out->refused[i] = tov_read_u32(reader);
}

static void put_append(const struct tov_guard_append_answer *append, struct tov_buf *out)
{
    tov_buf_put_u64(out, append->size);
    tov_buf_put(out, append->root.bytes, TOV_HASH_BYTES);
    put_signatures(append->signatures, append->signature_count, out);
}

static void read_append(struct tov_reader *reader, struct tov_guard_append_answer *out)
{
    out->size = tov_read_u64(reader);
    tov_read_copy(reader, out->root.bytes, TOV_HASH_BYTES);
    out->signature_count = read_signatures(reader, out->signatures);
}

static void put_cosign(const struct tov_guard_cosign_answer *cosign, struct tov_buf *out)
{
    tov_buf_put_u64(out, cosign->own_size);
    tov_buf_put(out, cosign->own_root.bytes, TOV_HASH_BYTES);
    tov_buf_put(out, cosign->own_signature, TOV_GUARD_SIGNATURE_BYTES);
    tov_buf_put_u64(out, cosign->cosignature.time_s);
    tov_buf_put(out, cosign->cosignature.signature, TOV_GUARD_SIGNATURE_BYTES);
}

static void read_cosign(struct tov_reader *reader, struct tov_guard_cosign_answer *out)
{
    out->own_size = tov_read_u64(reader);
    tov_read_copy(reader, out->own_root.bytes, TOV_HASH_BYTES);
    tov_read_copy(reader, out->own_signature, TOV_GUARD_SIGNATURE_BYTES);
    out->cosignature.time_s = tov_read_u64(reader);
    tov_read_copy(reader, out->cosignature.signature, TOV_GUARD_SIGNATURE_BYTES);
}

enum tov_err tov_guard_answer_encode(const struct tov_guard_answer *answer, struct tov_buf *out)
{
    tov_buf_put_u32(out, answer->id);
    tov_buf_put_u16(out, (uint16_t)answer->refusal);
    if (!has_body(answer->op, answer->refusal))
        return out->failed;
    switch (answer->op) {
    case TOV_GUARD_HELLO:
        put_hello(&answer->hello, out);
        break;
    case TOV_GUARD_APPEND:
        put_append(&answer->append, out);
        break;
    case TOV_GUARD_RESIGN:
        put_signed(&answer->resign, out);
        break;
    case TOV_GUARD_COSIGN:
        put_cosign(&answer->cosign, out);
        break;
    case TOV_GUARD_STATEMENT:
        put_view(&answer->statement, out);
        break;
    case TOV_GUARD_JOURNAL_NEXT:
        put_signed(&answer->journal_next, out);
        break;
    case TOV_GUARD_HASHES:
        tov_buf_put_u16(out, (uint16_t)answer->hashes.count);
        tov_buf_put(out, answer->hashes.hashes, answer->hashes.count * TOV_HASH_BYTES);
        break;
    }
    return out->failed;
}

static void read_hashes(struct tov_reader *reader, struct tov_guard_hashes_answer *out)
{
    out->count = tov_read_u16(reader);
    if (out->count > TOV_GUARD_RING_HASHES) {
        out->count = 0;
        reader->failed = true;
        return;
    }
    tov_read_copy(reader, out->hashes, out->count * TOV_HASH_BYTES);
}

static void read_body(struct tov_reader *reader, struct tov_guard_answer *out)
{
    switch (out->op) {
    case TOV_GUARD_HELLO:
        read_hello(reader, &out->hello);
        break;
    case TOV_GUARD_APPEND:
        read_append(reader, &out->append);
        break;
    case TOV_GUARD_RESIGN:
        read_signed(reader, &out->resign);
        break;
    case TOV_GUARD_COSIGN:
        read_cosign(reader, &out->cosign);
        break;
    case TOV_GUARD_STATEMENT:
        read_view(reader, &out->statement);
        break;
    case TOV_GUARD_JOURNAL_NEXT:
        read_signed(reader, &out->journal_next);
        break;
    case TOV_GUARD_HASHES:
        read_hashes(reader, &out->hashes);
        break;
    }
}

enum tov_err tov_guard_answer_decode(uint8_t kind, struct tov_bytes payload,
                                     struct tov_guard_answer *out_answer)
{
    if (kind < TOV_GUARD_HELLO + TOV_GUARD_ANSWER || kind > TOV_GUARD_HASHES + TOV_GUARD_ANSWER)
        return TOV_E_MALFORMED;
    struct tov_reader reader = tov_reader_of(payload);
    out_answer->op = (enum tov_guard_op)(kind - TOV_GUARD_ANSWER);
    out_answer->id = tov_read_u32(&reader);
    uint16_t refusal = tov_read_u16(&reader);
    if (refusal >= TOV_GUARD_REFUSALS)
        return TOV_E_MALFORMED;
    out_answer->refusal = (enum tov_guard_refusal)refusal;
    if (has_body(out_answer->op, out_answer->refusal))
        read_body(&reader, out_answer);
    return tov_reader_is_done(&reader) ? TOV_OK : TOV_E_MALFORMED;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Payloads from core to guard; each begins with the id, u32.
 *
 *   HELLO         nothing
 *   APPEND        u8 tree, u64 from size, u16 n, u16 m, n leaf hashes, m * u64 size to sign
 *   RESIGN        u8 tree, u64 size
 *   COSIGN        u64 old size, u64 time in seconds, u16 length and vkey, u8 n, n proof hashes,
 *                 u32 length and note
 *   STATEMENT     u32 length and note, compact range (u64 size, its hashes)
 *   JOURNAL_NEXT  u64 the new j
 *   HASHES        u8 tree, u64 from
 */
#include "guard/guard_protocol.h"

#define VKEY_MAX_BYTES 512u

static void put_append(const struct tov_guard_append *append, struct tov_buf *out)
{
    if (append->hash_count > TOV_GUARD_HASHES_MAX || append->sign_count > TOV_GUARD_SIGN_MAX) {
        out->failed = TOV_E_LIMIT;
        return;
    }
    tov_buf_put_u8(out, (uint8_t)append->tree);
    tov_buf_put_u64(out, append->from_size);
    tov_buf_put_u16(out, (uint16_t)append->hash_count);
    tov_buf_put_u16(out, (uint16_t)append->sign_count);
    if (append->hash_count > 0)
        tov_buf_put(out, append->hashes, append->hash_count * sizeof(append->hashes[0]));
    for (size_t i = 0; i < append->sign_count; i++)
        tov_buf_put_u64(out, append->sign_at[i]);
}

static void put_note(struct tov_bytes note, struct tov_buf *out)
{
    if (note.size > TOV_NOTE_MAX_BYTES) {
        out->failed = TOV_E_LIMIT;
        return;
    }
    tov_buf_put_u32(out, (uint32_t)note.size);
    tov_buf_put_bytes(out, note);
}

static void put_cosign(const struct tov_guard_cosign *cosign, struct tov_buf *out)
{
    if (cosign->vkey.size > VKEY_MAX_BYTES || cosign->proof.count > TOV_PROOF_MAX_HASHES) {
        out->failed = TOV_E_LIMIT;
        return;
    }
    tov_buf_put_u64(out, cosign->old_size);
    tov_buf_put_u64(out, cosign->time_s);
    tov_buf_put_u16(out, (uint16_t)cosign->vkey.size);
    tov_buf_put_bytes(out, cosign->vkey);
    tov_buf_put_u8(out, (uint8_t)cosign->proof.count);
    tov_buf_put(out, cosign->proof.hashes, cosign->proof.count * TOV_HASH_BYTES);
    put_note(cosign->note, out);
}

enum tov_err tov_guard_request_encode(const struct tov_guard_request *request, struct tov_buf *out)
{
    tov_buf_put_u32(out, request->id);
    switch (request->op) {
    case TOV_GUARD_HELLO:
        break;
    case TOV_GUARD_APPEND:
        put_append(&request->append, out);
        break;
    case TOV_GUARD_RESIGN:
        tov_buf_put_u8(out, (uint8_t)request->resign.tree);
        tov_buf_put_u64(out, request->resign.size);
        break;
    case TOV_GUARD_COSIGN:
        put_cosign(&request->cosign, out);
        break;
    case TOV_GUARD_STATEMENT:
        put_note(request->statement.note, out);
        tov_range_encode(&request->statement.range, out);
        break;
    case TOV_GUARD_JOURNAL_NEXT:
        tov_buf_put_u64(out, request->journal_next.journal);
        break;
    case TOV_GUARD_HASHES:
        tov_buf_put_u8(out, (uint8_t)request->hashes.tree);
        tov_buf_put_u64(out, request->hashes.from);
        break;
    }
    return out->failed;
}

static enum tov_guard_tree read_tree(struct tov_reader *reader)
{
    uint8_t tree = tov_read_u8(reader);
    if (tree != TOV_GUARD_LEDGER && tree != TOV_GUARD_JOURNAL)
        reader->failed = true;
    return tree == TOV_GUARD_JOURNAL ? TOV_GUARD_JOURNAL : TOV_GUARD_LEDGER;
}

static enum tov_err read_append(struct tov_reader *reader, struct tov_guard_append *out)
{
    out->tree = read_tree(reader);
    out->from_size = tov_read_u64(reader);
    out->hash_count = tov_read_u16(reader);
    out->sign_count = tov_read_u16(reader);
    if (out->hash_count > TOV_GUARD_HASHES_MAX || out->sign_count > TOV_GUARD_SIGN_MAX)
        return TOV_E_LIMIT;
    struct tov_bytes hashes = tov_read_bytes(reader, out->hash_count * TOV_HASH_BYTES);
    out->hashes = (const struct tov_hash *)hashes.data;
    for (size_t i = 0; i < out->sign_count; i++)
        out->sign_at[i] = tov_read_u64(reader);
    return TOV_OK;
}

static enum tov_err read_note(struct tov_reader *reader, struct tov_bytes *out_note)
{
    size_t size = tov_read_u32(reader);
    if (size > TOV_NOTE_MAX_BYTES)
        return TOV_E_LIMIT;
    *out_note = tov_read_bytes(reader, size);
    return TOV_OK;
}

static enum tov_err read_cosign(struct tov_reader *reader, struct tov_guard_cosign *out)
{
    out->old_size = tov_read_u64(reader);
    out->time_s = tov_read_u64(reader);
    size_t vkey_size = tov_read_u16(reader);
    if (vkey_size > VKEY_MAX_BYTES)
        return TOV_E_LIMIT;
    out->vkey = tov_read_bytes(reader, vkey_size);
    out->proof.count = tov_read_u8(reader);
    if (out->proof.count > TOV_PROOF_MAX_HASHES)
        return TOV_E_LIMIT;
    tov_read_copy(reader, out->proof.hashes, out->proof.count * TOV_HASH_BYTES);
    return read_note(reader, &out->note);
}

static enum tov_err read_statement(struct tov_reader *reader, struct tov_guard_statement *out)
{
    TOV_TRY(read_note(reader, &out->note));
    if (reader->failed)
        return TOV_E_MALFORMED;
    return tov_range_decode(tov_read_bytes(reader, reader->left), &out->range);
}

static enum tov_err read_members(struct tov_reader *reader, struct tov_guard_request *out)
{
    switch (out->op) {
    case TOV_GUARD_HELLO:
        break;
    case TOV_GUARD_APPEND:
        return read_append(reader, &out->append);
    case TOV_GUARD_RESIGN:
        out->resign.tree = read_tree(reader);
        out->resign.size = tov_read_u64(reader);
        break;
    case TOV_GUARD_COSIGN:
        return read_cosign(reader, &out->cosign);
    case TOV_GUARD_STATEMENT:
        return read_statement(reader, &out->statement);
    case TOV_GUARD_JOURNAL_NEXT:
        out->journal_next.journal = tov_read_u64(reader);
        break;
    case TOV_GUARD_HASHES:
        out->hashes.tree = read_tree(reader);
        out->hashes.from = tov_read_u64(reader);
        break;
    }
    return TOV_OK;
}

enum tov_err tov_guard_request_decode(uint8_t kind, struct tov_bytes payload,
                                      struct tov_guard_request *out_request)
{
    struct tov_reader reader = tov_reader_of(payload);
    out_request->id = tov_read_u32(&reader);
    if (kind < TOV_GUARD_HELLO || kind > TOV_GUARD_HASHES)
        return TOV_E_MALFORMED;
    out_request->op = (enum tov_guard_op)kind;
    TOV_TRY(read_members(&reader, out_request));
    return tov_reader_is_done(&reader) ? TOV_OK : TOV_E_MALFORMED;
}

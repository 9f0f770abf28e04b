/* SPDX-License-Identifier: EUPL-1.2
 *
 * The bytes of a tree's state file: two slots of TOV_GUARD_SLOT_BYTES. The slot of a writing is
 * its sequence number modulo 2; the rest of a slot is left as it was.
 *
 *   0   4  "TOVG"
 *   4   1  format version, 1
 *   5   1  tree: 1 ledger, 2 journal
 *   6   2  length of the ledger origin
 *   8   8  sequence
 *  16   4  length of all before the checksum
 *  20   .  ledger origin
 *   .  32  public key of the tree
 *   .   8  journal number (0 in a ledger)
 *   .   8  highest journal number known
 *   .   8  highest statement number known
 *   .   .  compact range: size u64, one hash for each one bit of it
 *   . 104  last checkpoint signed: size, root, signature
 *   . 104  last checkpoint of the former journal
 *   .   2  number of kept signatures, then for each: size u64, signature
 *   .  32  SHA-256 of all before
 */
#include "guard/guard_state.h"

#include "base/cleanup.h"

#include <stdio.h>
#include <string.h>

#define STATE_VERSION 1u
#define HEAD_BYTES 20u

static const uint8_t magic[4] = {'T', 'O', 'V', 'G'};

static void put_signed(struct tov_buf *out, const struct tov_guard_signed *signed_tree)
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

static void put_kept(struct tov_buf *out, const struct tov_guard_state *state)
{
    tov_buf_put_u16(out, (uint16_t)state->kept_count);
    for (size_t i = 0; i < state->kept_count; i++) {
        tov_buf_put_u64(out, state->kept[i].size);
        tov_buf_put(out, state->kept[i].bytes, TOV_GUARD_SIGNATURE_BYTES);
    }
}

/* One slot's bytes; OUT is empty. */
static enum tov_err encode_slot(const struct tov_guard_state *state, struct tov_buf *out)
{
    size_t origin_size = strlen(state->origin);
    tov_buf_put(out, magic, sizeof(magic));
    tov_buf_put_u8(out, STATE_VERSION);
    tov_buf_put_u8(out, (uint8_t)state->tree);
    tov_buf_put_u16(out, (uint16_t)origin_size);
    tov_buf_put_u64(out, state->sequence);
    tov_buf_put_u32(out, 0);
    tov_buf_put(out, state->origin, origin_size);
    tov_buf_put(out, state->public_key.bytes, sizeof(state->public_key.bytes));
    tov_buf_put_u64(out, state->journal);
    tov_buf_put_u64(out, state->journal_seen);
    tov_buf_put_u64(out, state->statement_seen);
    tov_range_encode(&state->range, out);
    put_signed(out, &state->last);
    put_signed(out, &state->previous);
    put_kept(out, state);
    if (out->failed != TOV_OK)
        return out->failed;
    tov_put_be32(out->data + HEAD_BYTES - 4, (uint32_t)out->size);
    struct tov_hash checksum = tov_sha256(tov_buf_view(out));
    tov_buf_put(out, checksum.bytes, TOV_HASH_BYTES);
    return out->failed;
}

/* The checked content of a slot after its head, or TOV_E_CORRUPT. */
static enum tov_err open_slot(struct tov_bytes slot, struct tov_reader *out_reader)
{
    struct tov_reader reader = tov_reader_of(slot);
    struct tov_bytes head = tov_read_bytes(&reader, HEAD_BYTES);
    if (reader.failed || memcmp(head.data, magic, sizeof(magic)) != 0)
        return TOV_E_CORRUPT;
    struct tov_reader length = tov_reader_of((struct tov_bytes){head.data + HEAD_BYTES - 4, 4});
    size_t size = tov_read_u32(&length);
    if (size < HEAD_BYTES || size > slot.size || slot.size - size < TOV_HASH_BYTES)
        return TOV_E_CORRUPT;
    struct tov_hash checksum = tov_sha256((struct tov_bytes){slot.data, size});
    if (memcmp(checksum.bytes, slot.data + size, TOV_HASH_BYTES) != 0)
        return TOV_E_CORRUPT;
    if (head.data[4] != STATE_VERSION)
        return TOV_E_VERSION;
    *out_reader = tov_reader_of((struct tov_bytes){slot.data + 5, size - 5});
    return TOV_OK;
}

static void read_head(struct tov_reader *reader, struct tov_guard_state *out)
{
    uint8_t tree = tov_read_u8(reader);
    size_t origin_size = tov_read_u16(reader);
    out->sequence = tov_read_u64(reader);
    tov_read_u32(reader);
    if ((tree != TOV_GUARD_LEDGER && tree != TOV_GUARD_JOURNAL) ||
        origin_size > TOV_ORIGIN_MAX_BYTES) {
        reader->failed = true;
        return;
    }
    out->tree = tree == TOV_GUARD_LEDGER ? TOV_GUARD_LEDGER : TOV_GUARD_JOURNAL;
    tov_read_copy(reader, out->origin, origin_size);
    if (strlen(out->origin) != origin_size)
        reader->failed = true;
}

static void read_range(struct tov_reader *reader, struct tov_range *out)
{
    struct tov_reader ahead = *reader;
    uint64_t size = tov_read_u64(&ahead);
    size_t count = (size_t)__builtin_popcountll(size);
    struct tov_bytes bytes = tov_read_bytes(reader, 8 + count * TOV_HASH_BYTES);
    if (reader->failed || tov_range_decode(bytes, out) != TOV_OK)
        reader->failed = true;
}

static void read_kept(struct tov_reader *reader, struct tov_guard_state *out)
{
    out->kept_count = tov_read_u16(reader);
    if (out->kept_count > TOV_GUARD_SIGN_MAX) {
        reader->failed = true;
        return;
    }
    for (size_t i = 0; i < out->kept_count; i++) {
        out->kept[i].size = tov_read_u64(reader);
        tov_read_copy(reader, out->kept[i].bytes, TOV_GUARD_SIGNATURE_BYTES);
    }
}

static bool agrees_with_itself(const struct tov_guard_state *state)
{
    bool is_journal = state->tree == TOV_GUARD_JOURNAL;
    return state->last.signature.size <= state->range.size && (state->journal > 0) == is_journal;
}

static enum tov_err decode_slot(struct tov_bytes slot, struct tov_guard_state *out)
{
    struct tov_reader reader;
    TOV_TRY(open_slot(slot, &reader));
    *out = (struct tov_guard_state){0};
    read_head(&reader, out);
    tov_read_copy(&reader, out->public_key.bytes, sizeof(out->public_key.bytes));
    out->journal = tov_read_u64(&reader);
    out->journal_seen = tov_read_u64(&reader);
    out->statement_seen = tov_read_u64(&reader);
    read_range(&reader, &out->range);
    read_signed(&reader, &out->last);
    read_signed(&reader, &out->previous);
    read_kept(&reader, out);
    if (!tov_reader_is_done(&reader) || !agrees_with_itself(out))
        return TOV_E_CORRUPT;
    return TOV_OK;
}

static struct tov_bytes slot_of(struct tov_bytes image, size_t number)
{
    size_t begin = number * TOV_GUARD_SLOT_BYTES;
    if (image.size <= begin)
        return (struct tov_bytes){0};
    size_t size = image.size - begin;
    size = size < TOV_GUARD_SLOT_BYTES ? size : TOV_GUARD_SLOT_BYTES;
    return (struct tov_bytes){image.data + begin, size};
}

enum tov_err tov_guard_state_load(struct tov_bytes image, struct tov_guard_state *out_state,
                                  struct tov_error *error)
{
    if (image.size == 0)
        return tov_fail(error, TOV_E_NOT_FOUND, "there is no state");
    struct tov_guard_state other;
    enum tov_err first = decode_slot(slot_of(image, 0), out_state);
    enum tov_err second = decode_slot(slot_of(image, 1), &other);
    if (first == TOV_E_VERSION || second == TOV_E_VERSION)
        return tov_fail(error, TOV_E_VERSION, "the state is of a newer version of this program");
    if (first != TOV_OK && second != TOV_OK)
        return tov_fail(error, TOV_E_CORRUPT, "neither slot of the state can be read");
    if (first != TOV_OK || (second == TOV_OK && other.sequence > out_state->sequence))
        *out_state = other;
    out_state->is_alone = first != TOV_OK || second != TOV_OK;
    return TOV_OK;
}

enum tov_err tov_guard_state_save(struct tov_guard_state *state, const struct tov_guard_file *file)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf slot = TOV_BUF_INIT(TOV_GUARD_SLOT_BYTES);
    state->sequence++;
    TOV_TRY(encode_slot(state, &slot));
    return file->write(file->context, state->sequence % 2 * TOV_GUARD_SLOT_BYTES,
                       tov_buf_view(&slot));
}

/* Appends one whole slot, zeros after its content. */
static void put_slot(struct tov_buf *out, const struct tov_guard_state *state)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf slot = TOV_BUF_INIT(TOV_GUARD_SLOT_BYTES);
    enum tov_err err = encode_slot(state, &slot);
    if (err != TOV_OK && out->failed == TOV_OK)
        out->failed = err;
    uint8_t *room = tov_buf_extend(out, TOV_GUARD_SLOT_BYTES);
    if (room == NULL)
        return;
    memset(room, 0, TOV_GUARD_SLOT_BYTES);
    memcpy(room, slot.data, slot.size);
}

enum tov_err tov_guard_state_make_empty(enum tov_guard_tree tree, const char *ledger_origin,
                                        const struct tov_guard_public_key *public_key,
                                        uint64_t journal, struct tov_buf *out)
{
    size_t origin_size = strlen(ledger_origin);
    if (origin_size == 0 || origin_size > TOV_ORIGIN_MAX_BYTES)
        return TOV_E_ARGUMENT;
    if ((tree == TOV_GUARD_JOURNAL) != (journal > 0))
        return TOV_E_ARGUMENT;
    struct tov_guard_state state = {
        .tree = tree, .public_key = *public_key, .journal = journal, .journal_seen = journal};
    memcpy(state.origin, ledger_origin, origin_size);
    put_slot(out, &state);
    state.sequence = 1;
    put_slot(out, &state);
    uint8_t *ring = tov_buf_extend(out, TOV_GUARD_RING_BYTES);
    if (ring != NULL)
        memset(ring, 0, TOV_GUARD_RING_BYTES);
    return out->failed;
}

enum tov_err tov_guard_state_origin(const struct tov_guard_state *state,
                                    char out_origin[TOV_ORIGIN_MAX_BYTES + 1])
{
    const size_t room = TOV_ORIGIN_MAX_BYTES + 1;
    int size = 0;
    if (state->tree == TOV_GUARD_LEDGER)
        size = snprintf(out_origin, room, "%s", state->origin);
    else
        size = snprintf(out_origin, room, "%s/journal/%llu", state->origin,
                        (unsigned long long)state->journal);
    return size < 0 || (size_t)size >= room ? TOV_E_LIMIT : TOV_OK;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is sealed, changed on its way: the first byte says what, a u16 and a byte say which byte is
 * changed and how, the rest is the data. It opens exactly when nothing was changed; opening at once
 * and in pieces say the same; what was refused leaves nothing behind.
 */
#include "fuzz.h"

#include "envelope/pad.h"
#include "envelope/part.h"
#include "envelope/stanza.h"
#include "envelope/stream.h"
#include "envelope/wrap.h"

#define SEALED_MAX_BYTES (1u << 20)
#define BEFORE "before"

/* One byte is changed; false when it is the same afterwards. */
struct change {
    uint16_t at;
    uint8_t bits;
};

static bool apply(const struct change *change, uint8_t *bytes, size_t size)
{
    if (size == 0)
        return false;
    bytes[change->at % size] ^= change->bits;
    return change->bits != 0;
}

static struct tov_key key_of(uint8_t byte)
{
    struct tov_key key;
    memset(key.bytes, byte, sizeof key.bytes);
    return key;
}

static struct tov_buf begun(void)
{
    struct tov_buf buf = TOV_BUF_INIT(SEALED_MAX_BYTES);
    tov_buf_put_text(&buf, BEFORE);
    return buf;
}

/* BEFORE, and DATA behind it when it was opened. */
static void must_hold(const struct tov_buf *out, bool is_open, struct tov_bytes data)
{
    const size_t before = sizeof BEFORE - 1;
    MUST(out->size == before + (is_open ? data.size : 0));
    MUST(memcmp(out->data, BEFORE, before) == 0);
    if (is_open && data.size > 0)
        MUST(memcmp(out->data + before, data.data, data.size) == 0);
}

/* ---- parts ---- */

static enum tov_err take_piece(void *user, struct tov_bytes bytes)
{
    tov_buf_put_bytes(user, bytes);
    return ((struct tov_buf *)user)->failed;
}

static bool open_in_pieces(const struct tov_key *key, const struct tov_part_claim *claim,
                           struct tov_bytes sealed, struct tov_buf *out)
{
    TOV_CLEANUP(tov_part_opener_cleanup) struct tov_part_opener *opener = NULL;
    struct tov_part_sink sink = {take_piece, out};
    if (tov_part_opener_create(key, claim, &sink, &opener) != TOV_OK)
        return false;
    for (size_t at = 0; at < sealed.size; at += TOV_PULL_CHUNK_BYTES) {
        size_t left = sealed.size - at;
        struct tov_bytes chunk = {sealed.data + at,
                                  left < TOV_PULL_CHUNK_BYTES ? left : TOV_PULL_CHUNK_BYTES};
        if (tov_part_opener_take(opener, chunk) != TOV_OK)
            return false;
    }
    return tov_part_opener_finish(opener) == TOV_OK;
}

static void open_both(const struct tov_key *key, const struct tov_part_claim *claim,
                      struct tov_bytes sealed, bool must_open, struct tov_bytes data)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf whole = begun();
    TOV_CLEANUP(tov_buf_fini) struct tov_buf pieces = begun();
    MUST((tov_part_open(key, claim, sealed, &whole) == TOV_OK) == must_open);
    must_hold(&whole, must_open, data);
    MUST(open_in_pieces(key, claim, sealed, &pieces) == must_open);
    if (must_open)
        must_hold(&pieces, true, data);
}

static void try_part(const struct change *change, struct tov_bytes data)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf sealed = TOV_BUF_INIT(SEALED_MAX_BYTES);
    struct tov_key key = key_of(1);
    struct tov_part_claim claim;
    MUST(tov_part_seal(&key, data, &sealed, &claim) == TOV_OK);
    MUST(sealed.size == claim.sealed_size && tov_part_is_sealed_size(sealed.size));
    bool is_changed = apply(change, sealed.data, sealed.size);
    open_both(&key, &claim, tov_buf_view(&sealed), !is_changed, data);
}

/* Sealed by somebody who holds the key: any plaintext, with the root that belongs to it. */
static void try_padded(const struct change *change, struct tov_bytes padded)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf sealed = TOV_BUF_INIT(SEALED_MAX_BYTES);
    struct tov_key key = key_of(2);
    struct tov_bytes data = {NULL, 0};
    (void)change;
    bool is_padded = tov_pad_parse(padded, &data) == TOV_OK;
    if (is_padded) {
        MUST(tov_pad_size(data.size) == padded.size && data.data == padded.data + 8);
        MUST(tov_get_be64(padded.data) == data.size);
    }
    MUST(tov_stream_seal(&key, padded, &sealed) == TOV_OK);
    struct tov_bytes view = tov_buf_view(&sealed);
    if (view.size > TOV_PULL_CHUNK_BYTES)
        return;
    struct tov_hash hash = tov_part_chunk_hash(view);
    struct tov_part_claim claim = {view.size, tov_part_root(&hash, 1)};
    open_both(&key, &claim, view, is_padded, data);
}

static void try_stream(const struct change *change, struct tov_bytes data)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf sealed = TOV_BUF_INIT(SEALED_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = begun();
    TOV_CLEANUP(tov_buf_fini) struct tov_buf cut_out = begun();
    struct tov_key key = key_of(3);
    uint64_t size;
    MUST(tov_stream_seal(&key, data, &sealed) == TOV_OK);
    MUST(sealed.size == tov_stream_sealed_size(data.size));
    MUST(tov_stream_plain_size(sealed.size, &size) == TOV_OK && size == data.size);
    struct tov_bytes cut = {sealed.data, change->at % sealed.size};
    MUST(tov_stream_open(&key, cut, &cut_out) != TOV_OK);
    must_hold(&cut_out, false, data);
    bool is_changed = apply(change, sealed.data, sealed.size);
    MUST((tov_stream_open(&key, tov_buf_view(&sealed), &out) == TOV_OK) == !is_changed);
    must_hold(&out, !is_changed, data);
}

/* ---- keys on their way ---- */

struct wrapping {
    struct tov_hpke_pair pair;
    struct tov_stanza_scope scope;
    struct tov_message_keys keys;
    struct tov_hash ctx;
};

static void make_wrapping(struct wrapping *wrapping)
{
    struct tov_key seed = key_of(4);
    *wrapping =
        (struct wrapping){.scope = {.suite = 1,
                                    .epoch = 5,
                                    .wrapper_origin = tov_bytes_of_text("infohus-demo/kk/1"),
                                    .recipient_origin = tov_bytes_of_text("infohus-demo/krfo/1")},
                          .keys = {.header = key_of(5), .content = key_of(6), .has_content = true},
                          .ctx = {{7}}};
    tov_hpke_pair_derive(TOV_BYTES_OF(seed.bytes), &wrapping->pair);
}

/* DATA: how many stanzas were sealed before it, and whether all is given. */
static void try_stanza(const struct change *change, struct tov_bytes data)
{
    struct wrapping wrapping;
    struct tov_stanza_sender sender;
    struct tov_stanza stanza;
    struct tov_message_keys opened;
    struct tov_key seed = key_of(8);
    make_wrapping(&wrapping);
    uint8_t how = data.size == 0 ? 0 : data.data[0];
    struct tov_stanza_subject subject = {&wrapping.ctx, how % 2 != 0};
    struct tov_stanza_receiver receiver = {&wrapping.scope, &wrapping.pair, NULL};
    MUST(tov_stanza_sender_init(&sender, &wrapping.scope, &wrapping.pair.public_key, &seed) ==
         TOV_OK);
    for (unsigned i = 0; i <= how / 2u % 4; i++)
        MUST(tov_stanza_seal(&sender, &subject, &wrapping.keys, &stanza) == TOV_OK);
    bool is_changed = apply(change, stanza.bytes, stanza.size);
    bool is_open =
        tov_stanza_open(&receiver, &subject, tov_stanza_view(&stanza), &opened) == TOV_OK;
    MUST(is_open == !is_changed);
    if (is_open)
        MUST(memcmp(opened.header.bytes, wrapping.keys.header.bytes, 32) == 0 &&
             opened.has_content == subject.all);
    subject.all = !subject.all; /* the right is the leaf's, not the stanza's */
    MUST(tov_stanza_open(&receiver, &subject, tov_stanza_view(&stanza), &opened) != TOV_OK);
    tov_stanza_sender_wipe(&sender);
}

/* Bytes that nobody sealed: an enc of small order is refused as any other. */
static void try_raw_stanza(const struct change *change, struct tov_bytes bytes)
{
    static struct tov_stanza_cache cache;
    struct wrapping wrapping;
    struct tov_message_keys opened;
    make_wrapping(&wrapping);
    struct tov_stanza_subject subject = {&wrapping.ctx, change->bits % 2 != 0};
    struct tov_stanza_receiver receiver = {&wrapping.scope, &wrapping.pair, &cache};
    enum tov_err err = tov_stanza_open(&receiver, &subject, bytes, &opened);
    bool is_sized = bytes.size == (subject.all ? TOV_STANZA_ALL_BYTES : TOV_STANZA_HEADER_BYTES);
    MUST(err == (is_sized ? TOV_E_DECRYPT : TOV_E_MALFORMED));
    for (size_t i = 0; i < TOV_STANZA_CACHE_SLOTS; i++)
        MUST(cache.slots[i].used == 0); /* filled only by what opened */
}

static void try_wrap(const struct change *change, struct tov_bytes data)
{
    static const uint8_t nonce[TOV_WRAP_NONCE_BYTES] = {9};
    struct tov_key bucket = key_of(10), key = key_of(11), opened = key_of(0);
    struct tov_hash leaf = tov_sha256(data);
    struct tov_data_key_place place = {&bucket, &leaf, TOV_DATA_KEY_HEADER};
    struct tov_wrapped_key wrapped;
    tov_data_key_wrap(&place, &key, nonce, &wrapped);
    bool is_changed = apply(change, wrapped.bytes, sizeof wrapped.bytes);
    MUST((tov_data_key_unwrap(&place, &wrapped, &opened) == TOV_OK) == !is_changed);
    place.which = TOV_DATA_KEY_CONTENT;
    MUST(tov_data_key_unwrap(&place, &wrapped, &opened) == TOV_E_DECRYPT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const attempts[])(const struct change *change, struct tov_bytes data) = {
        try_part, try_padded, try_stream, try_stanza, try_raw_stanza, try_wrap};
    struct tov_reader reader = tov_reader_of((struct tov_bytes){data, size});
    uint8_t what = tov_read_u8(&reader);
    struct change change;
    change.at = tov_read_u16(&reader);
    change.bits = tov_read_u8(&reader);
    struct tov_bytes rest = tov_read_bytes(&reader, reader.left);
    if (!reader.failed)
        attempts[what % (sizeof attempts / sizeof attempts[0])](&change, rest);
    return 0;
}

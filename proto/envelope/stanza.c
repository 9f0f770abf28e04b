/* SPDX-License-Identifier: EUPL-1.2
 *
 * Building the info, sealing, and opening; which contexts are kept is stanza_cache.c.
 */
#include "envelope/stanza.h"

#include "envelope/stanza_cache.h"

#include <assert.h>
#include <string.h>

#define HEAD_BYTES (TOV_X25519_BYTES + 8u) /* enc and sequence */
#define KEY_BYTES sizeof(struct tov_key)

static_assert(TOV_STANZA_HEADER_BYTES == HEAD_BYTES + KEY_BYTES + TOV_AEAD_TAG_BYTES, "one key");
static_assert(TOV_STANZA_ALL_BYTES == HEAD_BYTES + 2 * KEY_BYTES + TOV_AEAD_TAG_BYTES, "two keys");

static const char stanza_label[] = "tov/v1 stanza";

/* The two keys as they are sealed. */
struct cargo {
    uint8_t bytes[2 * sizeof(struct tov_key)];
};

static void cargo_wipe(struct cargo *cargo)
{
    tov_wipe(cargo, sizeof *cargo);
}

static void put(struct tov_stanza_info *info, const void *data, size_t size)
{
    if (size > 0)
        memcpy(info->bytes + info->size, data, size);
    info->size += size;
}

static void put_text(struct tov_stanza_info *info, struct tov_bytes text)
{
    uint8_t length[2];
    tov_put_be16(length, (uint16_t)text.size);
    put(info, length, sizeof length);
    put(info, text.data, text.size);
}

enum tov_err tov_stanza_info_build(const struct tov_stanza_scope *scope,
                                   struct tov_stanza_info *out_info)
{
    if (scope->wrapper_origin.size > TOV_ORIGIN_MAX_BYTES ||
        scope->recipient_origin.size > TOV_ORIGIN_MAX_BYTES ||
        scope->psk_id.size > TOV_PSK_ID_MAX_BYTES)
        return TOV_E_LIMIT;
    uint8_t epoch[4];
    uint8_t mode = scope->psk.size > 0 ? 1 : 0;
    tov_put_be32(epoch, scope->epoch);
    out_info->size = 0;
    put(out_info, stanza_label, sizeof stanza_label - 1);
    put(out_info, &scope->suite, 1);
    put_text(out_info, scope->wrapper_origin);
    put_text(out_info, scope->recipient_origin);
    put(out_info, epoch, sizeof epoch);
    put(out_info, &mode, 1);
    put_text(out_info, scope->psk_id);
    return TOV_OK;
}

struct tov_bytes tov_stanza_view(const struct tov_stanza *stanza)
{
    return (struct tov_bytes){stanza->bytes, stanza->size};
}

static struct tov_hpke_setup setup_of(const struct tov_stanza_scope *scope,
                                      const struct tov_stanza_info *info)
{
    return (struct tov_hpke_setup){
        .info = {info->bytes, info->size}, .psk = scope->psk, .psk_id = scope->psk_id};
}

enum tov_err tov_stanza_sender_init(struct tov_stanza_sender *sender,
                                    const struct tov_stanza_scope *scope,
                                    const struct tov_x25519_public *recipient,
                                    const struct tov_key *ephemeral_seed)
{
    struct tov_stanza_info info;
    TOV_TRY(tov_stanza_info_build(scope, &info));
    struct tov_hpke_setup setup = setup_of(scope, &info);
    TOV_CLEANUP(tov_hpke_pair_wipe) struct tov_hpke_pair ephemeral;
    tov_hpke_pair_derive(TOV_BYTES_OF(ephemeral_seed->bytes), &ephemeral);
    TOV_TRY(tov_hpke_send(recipient, &ephemeral, &setup, &sender->context));
    sender->enc = ephemeral.public_key;
    sender->next_sequence = 0;
    return TOV_OK;
}

void tov_stanza_sender_wipe(struct tov_stanza_sender *sender)
{
    tov_wipe(sender, sizeof *sender);
}

enum tov_err tov_stanza_seal(struct tov_stanza_sender *sender,
                             const struct tov_stanza_subject *subject,
                             const struct tov_message_keys *keys, struct tov_stanza *out_stanza)
{
    if (subject->all && !keys->has_content)
        return TOV_E_ARGUMENT;
    if (sender->next_sequence == UINT64_MAX)
        return TOV_E_LIMIT;
    TOV_CLEANUP(cargo_wipe) struct cargo cargo;
    memcpy(cargo.bytes, keys->header.bytes, KEY_BYTES);
    memcpy(cargo.bytes + KEY_BYTES, keys->content.bytes, KEY_BYTES);
    struct tov_hpke_message message = {
        .sequence = sender->next_sequence++,
        .aad = TOV_BYTES_OF(subject->ctx->bytes),
        .text = {cargo.bytes, subject->all ? 2 * KEY_BYTES : KEY_BYTES},
    };
    memcpy(out_stanza->bytes, sender->enc.bytes, sizeof sender->enc.bytes);
    tov_put_be64(out_stanza->bytes + TOV_X25519_BYTES, message.sequence);
    tov_hpke_seal(&sender->context, &message, out_stanza->bytes + HEAD_BYTES);
    out_stanza->size = subject->all ? TOV_STANZA_ALL_BYTES : TOV_STANZA_HEADER_BYTES;
    return TOV_OK;
}

static enum tov_err open_cargo(const struct tov_stanza_receiver *receiver,
                               const struct tov_x25519_public *enc,
                               const struct tov_hpke_message *message, struct cargo *out)
{
    struct tov_stanza_info info;
    TOV_TRY(tov_stanza_info_build(receiver->scope, &info));
    struct tov_hpke_setup setup = setup_of(receiver->scope, &info);
    struct tov_hash key;
    struct tov_stanza_cache *cache = receiver->cache;
    if (cache != NULL) {
        key = tov_stanza_cache_key(enc, &receiver->epoch_pair->public_key, &setup);
        const struct tov_hpke_context *kept = tov_stanza_cache_find(cache, &key);
        if (kept != NULL)
            return tov_hpke_open(kept, message, out->bytes);
        cache->agreements++;
    }
    TOV_CLEANUP(tov_hpke_context_wipe) struct tov_hpke_context context = {0};
    enum tov_err err = tov_hpke_receive(enc, receiver->epoch_pair, &setup, &context);
    if (err != TOV_OK) /* a bad enc looks like any stanza that does not open */
        return err == TOV_E_KEY ? TOV_E_DECRYPT : err;
    TOV_TRY(tov_hpke_open(&context, message, out->bytes));
    if (cache != NULL)
        tov_stanza_cache_keep(cache, &key, receiver->scope->epoch, &context);
    return TOV_OK;
}

enum tov_err tov_stanza_open(const struct tov_stanza_receiver *receiver,
                             const struct tov_stanza_subject *subject, struct tov_bytes stanza,
                             struct tov_message_keys *out_keys)
{
    if (stanza.size != (subject->all ? TOV_STANZA_ALL_BYTES : TOV_STANZA_HEADER_BYTES))
        return TOV_E_MALFORMED;
    struct tov_x25519_public enc;
    struct tov_reader reader = tov_reader_of(stanza);
    tov_read_copy(&reader, enc.bytes, sizeof enc.bytes);
    struct tov_hpke_message message = {.aad = TOV_BYTES_OF(subject->ctx->bytes)};
    message.sequence = tov_read_u64(&reader);
    message.text = tov_read_bytes(&reader, reader.left);

    TOV_CLEANUP(cargo_wipe) struct cargo cargo = {{0}};
    TOV_TRY(open_cargo(receiver, &enc, &message, &cargo));
    memcpy(out_keys->header.bytes, cargo.bytes, KEY_BYTES);
    memcpy(out_keys->content.bytes, cargo.bytes + KEY_BYTES, KEY_BYTES);
    out_keys->has_content = subject->all;
    return TOV_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "merkle/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "merkle/text.h"
#include "merkle/tree.h"

enum tov_err tov_checkpoint_make(struct tov_bytes origin, uint64_t size,
                                 const struct tov_hash *root, struct tov_checkpoint *out_checkpoint)
{
    struct tov_hash empty = tov_merkle_empty_root();
    if (!tov_vkey_name_is_valid(origin) || (size == 0 && !tov_hash_equal(root, &empty)))
        return TOV_E_MALFORMED;
    struct tov_checkpoint checkpoint = {.size = size, .root = *root};
    memcpy(checkpoint.origin, origin.data, origin.size);
    *out_checkpoint = checkpoint;
    return TOV_OK;
}

bool tov_checkpoint_equal(const struct tov_checkpoint *a, const struct tov_checkpoint *b)
{
    return a->size == b->size && strcmp(a->origin, b->origin) == 0 &&
           tov_hash_equal(&a->root, &b->root);
}

size_t tov_checkpoint_text(const struct tov_checkpoint *checkpoint,
                           char out[TOV_CHECKPOINT_TEXT_MAX_BYTES])
{
    char root[TOV_BASE64_SIZE(TOV_HASH_BYTES) + 1];
    char text[TOV_CHECKPOINT_TEXT_MAX_BYTES + 1];
    tov_base64_encode(TOV_BYTES_OF(checkpoint->root.bytes), root);
    int length = snprintf(text, sizeof text, "%s\n%" PRIu64 "\n%s\n", checkpoint->origin,
                          checkpoint->size, root);
    size_t size = length < 0 ? 0 : (size_t)length;
    memcpy(out, text, size);
    return size;
}

enum tov_err tov_checkpoint_parse(struct tov_bytes text, struct tov_checkpoint *out_checkpoint)
{
    struct tov_bytes origin, size_text, root_text;
    struct tov_hash root;
    uint64_t size = 0;
    size_t root_size = 0;
    if (!tov_text_next_line(&text, &origin) || !tov_text_next_line(&text, &size_text) ||
        !tov_text_next_line(&text, &root_text) || text.size != 0)
        return TOV_E_MALFORMED;
    TOV_TRY(tov_decimal_decode(size_text, &size));
    TOV_TRY(tov_text_decode_base64(root_text, root.bytes, sizeof root.bytes, &root_size));
    if (root_size != sizeof root.bytes)
        return TOV_E_MALFORMED;
    return tov_checkpoint_make(origin, size, &root, out_checkpoint);
}

void tov_checkpoint_sign(const struct tov_checkpoint *checkpoint,
                         const uint8_t secret_key[TOV_ED25519_SECRET_BYTES],
                         uint8_t out_signature[TOV_ED25519_SIGNATURE_BYTES])
{
    char text[TOV_CHECKPOINT_TEXT_MAX_BYTES];
    size_t size = tov_checkpoint_text(checkpoint, text);
    tov_ed25519_sign(secret_key, (struct tov_bytes){(const uint8_t *)text, size}, out_signature);
}

enum tov_err tov_checkpoint_verify(const struct tov_checkpoint *checkpoint,
                                   const struct tov_vkey *key,
                                   const uint8_t signature[TOV_ED25519_SIGNATURE_BYTES])
{
    if (key->type != TOV_VKEY_ED25519 || strcmp(key->name, checkpoint->origin) != 0)
        return TOV_E_SIGNATURE;
    char text[TOV_CHECKPOINT_TEXT_MAX_BYTES];
    size_t size = tov_checkpoint_text(checkpoint, text);
    return tov_vkey_verify_raw(key, (struct tov_bytes){(const uint8_t *)text, size}, signature);
}

void tov_checkpoint_put_note(struct tov_buf *out, const struct tov_checkpoint *checkpoint,
                             const struct tov_vkey *key,
                             const uint8_t signature[TOV_ED25519_SIGNATURE_BYTES])
{
    char text[TOV_CHECKPOINT_TEXT_MAX_BYTES];
    tov_buf_put(out, text, tov_checkpoint_text(checkpoint, text));
    tov_buf_put_text(out, "\n");
    tov_note_put_signature(out, key, (struct tov_bytes){signature, TOV_ED25519_SIGNATURE_BYTES});
}

/* The bare signature of KEY, which has verified already. */
static enum tov_err find_signature(const struct tov_note *note, const struct tov_vkey *key,
                                   uint8_t out_signature[TOV_ED25519_SIGNATURE_BYTES])
{
    for (size_t i = 0; i < note->count; i++) {
        const struct tov_note_signature *line = &note->signatures[i];
        size_t size = 0;
        if (line->id == key->id && tov_bytes_equal(line->name, tov_bytes_of_text(key->name)))
            return tov_note_signature_decode(line, out_signature, TOV_ED25519_SIGNATURE_BYTES,
                                             &size);
    }
    return TOV_E_SIGNATURE;
}

enum tov_err tov_checkpoint_open(struct tov_bytes note, const struct tov_vkey *key,
                                 struct tov_checkpoint_opened *out_opened, struct tov_error *error)
{
    struct tov_note parsed;
    struct tov_checkpoint_opened opened;
    size_t distinct = 0;
    if (key->type != TOV_VKEY_ED25519)
        return tov_fail(error, TOV_E_ARGUMENT, "a cosignature key does not open a checkpoint");
    TOV_TRY(tov_note_parse(note, TOV_NOTE_MAX_BYTES, &parsed, error));
    if (tov_note_verify(&parsed, (struct tov_vkey_list){key, 1}, NULL, &distinct) != TOV_OK ||
        find_signature(&parsed, key, opened.signature) != TOV_OK)
        return tov_fail(error, TOV_E_SIGNATURE,
                        "a checkpoint is not signed by its ledger's key %08x", (unsigned)key->id);
    if (tov_checkpoint_parse(parsed.text, &opened.checkpoint) != TOV_OK)
        return tov_fail(error, TOV_E_MALFORMED,
                        "a checkpoint is not three lines: origin, size, root");
    if (strcmp(opened.checkpoint.origin, key->name) != 0)
        return tov_fail(error, TOV_E_SIGNATURE, "a checkpoint is signed by another ledger's key");
    *out_opened = opened;
    return TOV_OK;
}

enum tov_err tov_checkpoint_cosign(const struct tov_checkpoint *checkpoint, uint64_t time_s,
                                   const uint8_t secret_key[TOV_ED25519_SECRET_BYTES],
                                   struct tov_cosignature *out_cosignature)
{
    char text[TOV_CHECKPOINT_TEXT_MAX_BYTES];
    size_t size = tov_checkpoint_text(checkpoint, text);
    return tov_cosignature_sign((struct tov_bytes){(const uint8_t *)text, size}, time_s, secret_key,
                                out_cosignature);
}

enum tov_err tov_checkpoint_verify_cosignature(const struct tov_checkpoint *checkpoint,
                                               const struct tov_vkey *key,
                                               const struct tov_cosignature *cosignature)
{
    char text[TOV_CHECKPOINT_TEXT_MAX_BYTES];
    size_t size = tov_checkpoint_text(checkpoint, text);
    return tov_cosignature_verify(key, (struct tov_bytes){(const uint8_t *)text, size},
                                  cosignature);
}

void tov_checkpoint_put_cosignature(struct tov_buf *out, const struct tov_vkey *key,
                                    const struct tov_cosignature *cosignature)
{
    uint8_t body[TOV_COSIGNATURE_BYTES];
    tov_cosignature_encode(cosignature, body);
    tov_note_put_signature(out, key, TOV_BYTES_OF(body));
}

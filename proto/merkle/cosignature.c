/* SPDX-License-Identifier: EUPL-1.2 */
#include "merkle/cosignature.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "cosignature/v1\ntime 9223372036854775807\n" has 40 characters. */
#define HEAD_MAX_BYTES 48u

struct cosigned {
    uint8_t bytes[HEAD_MAX_BYTES + TOV_COSIGNED_TEXT_MAX_BYTES];
    size_t size;
};

static enum tov_err make_cosigned(struct tov_bytes text, uint64_t time_s, struct cosigned *out)
{
    if (text.size > TOV_COSIGNED_TEXT_MAX_BYTES || time_s > TOV_COSIGNATURE_TIME_MAX)
        return TOV_E_LIMIT;
    int head =
        snprintf((char *)out->bytes, HEAD_MAX_BYTES, "cosignature/v1\ntime %" PRIu64 "\n", time_s);
    if (head < 0 || (size_t)head >= HEAD_MAX_BYTES)
        return TOV_E_INTERNAL;
    if (text.size > 0)
        memcpy(out->bytes + head, text.data, text.size);
    out->size = (size_t)head + text.size;
    return TOV_OK;
}

enum tov_err tov_cosignature_sign(struct tov_bytes text, uint64_t time_s,
                                  const uint8_t secret_key[TOV_ED25519_SECRET_BYTES],
                                  struct tov_cosignature *out_cosignature)
{
    struct cosigned message;
    TOV_TRY(make_cosigned(text, time_s, &message));
    out_cosignature->time_s = time_s;
    tov_ed25519_sign(secret_key, (struct tov_bytes){message.bytes, message.size},
                     out_cosignature->signature);
    return TOV_OK;
}

enum tov_err tov_cosignature_verify(const struct tov_vkey *key, struct tov_bytes text,
                                    const struct tov_cosignature *cosignature)
{
    if (key->type != TOV_VKEY_COSIGNATURE)
        return TOV_E_ARGUMENT;
    struct cosigned message;
    TOV_TRY(make_cosigned(text, cosignature->time_s, &message));
    return tov_vkey_verify_raw(key, (struct tov_bytes){message.bytes, message.size},
                               cosignature->signature);
}

void tov_cosignature_encode(const struct tov_cosignature *cosignature,
                            uint8_t out[TOV_COSIGNATURE_BYTES])
{
    tov_put_be64(out, cosignature->time_s);
    memcpy(out + 8, cosignature->signature, sizeof cosignature->signature);
}

enum tov_err tov_cosignature_decode(struct tov_bytes bytes, struct tov_cosignature *out_cosignature)
{
    struct tov_reader reader = tov_reader_of(bytes);
    struct tov_cosignature cosignature;
    cosignature.time_s = tov_read_u64(&reader);
    tov_read_copy(&reader, cosignature.signature, sizeof cosignature.signature);
    if (!tov_reader_is_done(&reader) || cosignature.time_s > TOV_COSIGNATURE_TIME_MAX)
        return TOV_E_MALFORMED;
    *out_cosignature = cosignature;
    return TOV_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "merkle/note.h"

#include <string.h>

#include "base/hex.h"
#include "merkle/cosignature.h"
#include "merkle/text.h"

#define LINE_START "\xe2\x80\x94 " /* an em dash and a space */
#define ID_BYTES 4u

/* Splits at the LAST empty line: a text may hold empty lines of its own. */
static bool split_note(struct tov_bytes bytes, struct tov_bytes *out_text,
                       struct tov_bytes *out_lines)
{
    for (size_t i = bytes.size; i >= 2; i--) {
        if (bytes.data[i - 1] != '\n' || bytes.data[i - 2] != '\n')
            continue;
        *out_text = (struct tov_bytes){bytes.data, i - 1};
        *out_lines = (struct tov_bytes){bytes.data + i, bytes.size - i};
        return true;
    }
    return false;
}

static bool parse_signature(struct tov_bytes line, struct tov_note_signature *out)
{
    if (!tov_text_skip(&line, LINE_START) || line.size == 0)
        return false;
    const uint8_t *space = memchr(line.data, ' ', line.size);
    if (space == NULL)
        return false;
    size_t name_size = (size_t)(space - line.data);
    struct tov_bytes name = {line.data, name_size};
    struct tov_bytes base64 = {space + 1, line.size - name_size - 1};
    if (!tov_vkey_name_is_valid(name) || !tov_text_is_base64(base64) || base64.size < 8)
        return false;
    uint8_t start[6];
    size_t size = 0;
    if (tov_text_decode_base64((struct tov_bytes){base64.data, 8}, start, sizeof start, &size) !=
            TOV_OK ||
        size <= ID_BYTES)
        return false;
    struct tov_reader reader = tov_reader_of(TOV_BYTES_OF(start));
    *out = (struct tov_note_signature){name, tov_read_u32(&reader), base64};
    return true;
}

static enum tov_err parse_signatures(struct tov_bytes lines, struct tov_note *note,
                                     struct tov_error *error)
{
    note->count = 0;
    while (lines.size > 0) {
        struct tov_bytes line;
        if (note->count == TOV_NOTE_SIGNATURES_MAX)
            return tov_fail(error, TOV_E_LIMIT, "a note has more than %u signatures",
                            TOV_NOTE_SIGNATURES_MAX);
        if (!tov_text_next_line(&lines, &line) ||
            !parse_signature(line, &note->signatures[note->count]))
            return tov_fail(error, TOV_E_MALFORMED, "line %zu of a note's signatures is malformed",
                            note->count + 1);
        note->count++;
    }
    if (note->count == 0)
        return tov_fail(error, TOV_E_MALFORMED, "a note has no signature");
    return TOV_OK;
}

enum tov_err tov_note_parse(struct tov_bytes bytes, size_t max_bytes, struct tov_note *out_note,
                            struct tov_error *error)
{
    struct tov_bytes lines;
    if (bytes.size > max_bytes)
        return tov_fail(error, TOV_E_LIMIT, "a note is longer than %zu bytes", max_bytes);
    if (!tov_text_is_plain(bytes))
        return tov_fail(error, TOV_E_MALFORMED, "a note is not plain UTF-8 text");
    if (!split_note(bytes, &out_note->text, &lines))
        return tov_fail(error, TOV_E_MALFORMED, "a note has no empty line before its signatures");
    return parse_signatures(lines, out_note, error);
}

enum tov_err tov_note_signature_decode(const struct tov_note_signature *signature, uint8_t *out,
                                       size_t capacity, size_t *out_size)
{
    size_t done = 0;
    for (size_t at = 0; at < signature->base64.size; at += 64) {
        uint8_t chunk[48];
        size_t left = signature->base64.size - at, size = 0;
        struct tov_bytes text = {signature->base64.data + at, left < 64 ? left : 64};
        TOV_TRY(tov_text_decode_base64(text, chunk, sizeof chunk, &size));
        size_t skip = at == 0 ? ID_BYTES : 0;
        if (size - skip > capacity - done)
            return TOV_E_LIMIT;
        memcpy(out + done, chunk + skip, size - skip);
        done += size - skip;
    }
    *out_size = done;
    return TOV_OK;
}

static bool is_of_key(const struct tov_note_signature *signature, const struct tov_vkey *key)
{
    return signature->id == key->id &&
           tov_bytes_equal(signature->name, tov_bytes_of_text(key->name));
}

static bool verify_line(const struct tov_note *note, const struct tov_note_signature *signature,
                        const struct tov_vkey *key)
{
    uint8_t body[TOV_COSIGNATURE_BYTES];
    size_t size = 0;
    if (tov_note_signature_decode(signature, body, sizeof body, &size) != TOV_OK)
        return false;
    switch (key->type) {
    case TOV_VKEY_ED25519:
        return size == TOV_ED25519_SIGNATURE_BYTES &&
               tov_vkey_verify_raw(key, note->text, body) == TOV_OK;
    case TOV_VKEY_COSIGNATURE: {
        struct tov_cosignature cosignature;
        return tov_cosignature_decode((struct tov_bytes){body, size}, &cosignature) == TOV_OK &&
               tov_cosignature_verify(key, note->text, &cosignature) == TOV_OK;
    }
    }
    return false;
}

/* Distinct public keys that have verified: at most one a line. */
struct tally {
    const struct tov_vkey *keys[TOV_NOTE_SIGNATURES_MAX];
    size_t count;
};

static void count_once(struct tally *tally, const struct tov_vkey *key)
{
    for (size_t i = 0; i < tally->count; i++) {
        if (tov_vkey_is_same_key(tally->keys[i], key))
            return;
    }
    if (tally->count < TOV_NOTE_SIGNATURES_MAX)
        tally->keys[tally->count++] = key;
}

/* What one pass over the signature lines of a note reads and fills. */
struct check {
    const struct tov_note *note;
    struct tov_vkey_list keys;
    bool *verified; /* or NULL */
    struct tally tally;
};

/* Several keys may share a name and an id: one of them must verify. */
static enum tov_err check_line(struct check *check, const struct tov_note_signature *signature)
{
    bool is_known = false, is_good = false;
    for (size_t i = 0; i < check->keys.count; i++) {
        const struct tov_vkey *key = &check->keys.keys[i];
        if (!is_of_key(signature, key))
            continue;
        is_known = true;
        if (!verify_line(check->note, signature, key))
            continue;
        is_good = true;
        count_once(&check->tally, key);
        if (check->verified != NULL)
            check->verified[i] = true;
    }
    return is_known && !is_good ? TOV_E_SIGNATURE : TOV_OK;
}

enum tov_err tov_note_check(const struct tov_note *note, struct tov_vkey_list keys,
                            bool *out_verified, size_t *out_distinct)
{
    struct check check = {.note = note, .keys = keys, .verified = out_verified};
    if (out_verified != NULL && keys.count > 0)
        memset(out_verified, 0, keys.count * sizeof *out_verified);
    for (size_t i = 0; i < note->count; i++)
        TOV_TRY(check_line(&check, &note->signatures[i]));
    *out_distinct = check.tally.count;
    return TOV_OK;
}

enum tov_err tov_note_verify(const struct tov_note *note, struct tov_vkey_list keys,
                             bool *out_verified, size_t *out_distinct)
{
    size_t distinct = 0;
    TOV_TRY(tov_note_check(note, keys, out_verified, &distinct));
    if (distinct == 0)
        return TOV_E_SIGNATURE;
    *out_distinct = distinct;
    return TOV_OK;
}

enum tov_err tov_note_put_text(struct tov_buf *out, struct tov_bytes text)
{
    if (text.size == 0 || text.data[text.size - 1] != '\n' || !tov_text_is_plain(text))
        return TOV_E_MALFORMED;
    tov_buf_put_bytes(out, text);
    tov_buf_put_text(out, "\n");
    return out->failed;
}

void tov_note_put_signature(struct tov_buf *out, const struct tov_vkey *key,
                            struct tov_bytes signature)
{
    uint8_t block[ID_BYTES + TOV_COSIGNATURE_BYTES];
    if (signature.size > TOV_COSIGNATURE_BYTES) {
        out->failed = TOV_E_ARGUMENT;
        return;
    }
    tov_put_be32(block, key->id);
    memcpy(block + ID_BYTES, signature.data, signature.size);
    tov_buf_put_text(out, LINE_START);
    tov_buf_put_text(out, key->name);
    tov_buf_put_text(out, " ");
    tov_buf_put_base64(out, (struct tov_bytes){block, ID_BYTES + signature.size});
    tov_buf_put_text(out, "\n");
}

void tov_note_sign(struct tov_buf *out, struct tov_bytes text, const struct tov_vkey *key,
                   const uint8_t secret_key[TOV_ED25519_SECRET_BYTES])
{
    uint8_t signature[TOV_ED25519_SIGNATURE_BYTES];
    if (key->type != TOV_VKEY_ED25519) {
        out->failed = TOV_E_ARGUMENT;
        return;
    }
    tov_ed25519_sign(secret_key, text, signature);
    tov_note_put_signature(out, key, TOV_BYTES_OF(signature));
}

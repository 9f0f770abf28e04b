/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading and writing the text of a key file:
 *
 *   tov-key v1
 *   purpose WORD
 *   owner NAME[/NAME]
 *   name KEYNAME
 *   public HEX
 *   secret HEX                                     in clear, or
 *   lock argon2id PASSES KIB SALTHEX NONCEHEX      under a passphrase:
 *   sealed HEX                                     48 bytes
 *
 * The lines above `secret` or `sealed` are hashed and bound to the sealed secret.
 */
#include "roster/keytext.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "roster/keytext_lock.h"
#include "roster/lines.h"
#include "roster/roster.h"

#define MANUAL "docs/keys.md"

static const char *const purposes[] = {
    [TOV_KEY_ROOT] = "root",       [TOV_KEY_LEDGER] = "ledger",
    [TOV_KEY_JOURNAL] = "journal", [TOV_KEY_WITNESS] = "witness",
    [TOV_KEY_CONTROL] = "control", [TOV_KEY_TRANSPORT] = "transport",
    [TOV_KEY_CLIENT] = "client",   [TOV_KEY_STORAGE_ROOT] = "storage-root",
    [TOV_KEY_FRONT] = "front",
};

const char *tov_key_purpose_name(enum tov_key_purpose purpose)
{
    size_t index = (size_t)purpose;
    if (index >= sizeof purposes / sizeof purposes[0] || purposes[index] == NULL)
        return "unknown";
    return purposes[index];
}

void tov_keytext_wipe(struct tov_keytext *keytext)
{
    tov_wipe(keytext, sizeof *keytext);
}

void tov_keytext_text_wipe(struct tov_keytext_text *text)
{
    tov_wipe(text, sizeof *text);
}

static enum tov_err put_name(char out[TOV_ORIGIN_MAX_BYTES + 1], const char *federation,
                             const char *middle, const char *last)
{
    char text[TOV_ORIGIN_MAX_BYTES + 1];
    int size = snprintf(text, sizeof text, "%s/%s/%s", federation, middle, last);
    if (size < 0 || (size_t)size >= sizeof text)
        return TOV_E_LIMIT;
    memcpy(out, text, (size_t)size + 1);
    return TOV_OK;
}

/* "kk/mette" names "<federation>/kk/client/mette". */
static enum tov_err put_client_name(char out[TOV_ORIGIN_MAX_BYTES + 1], const char *federation,
                                    const char *owner)
{
    const char *slash = strchr(owner, '/');
    char middle[TOV_ORIGIN_MAX_BYTES + 1];
    if (slash == NULL)
        return TOV_E_ARGUMENT;
    int size = snprintf(middle, sizeof middle, "%.*s/client", (int)(slash - owner), owner);
    if (size < 0 || (size_t)size >= sizeof middle)
        return TOV_E_LIMIT;
    return put_name(out, federation, middle, slash + 1);
}

enum tov_err tov_key_name(enum tov_key_purpose purpose, const struct tov_key_place *place,
                          char out_name[TOV_ORIGIN_MAX_BYTES + 1])
{
    switch (purpose) {
    case TOV_KEY_ROOT:
        return put_name(out_name, place->federation, "root", place->owner);
    case TOV_KEY_LEDGER:
        return tov_origin_format(place->federation, place->owner, place->generation, 0, out_name);
    case TOV_KEY_JOURNAL:
        return tov_origin_format(place->federation, place->owner, place->generation, place->journal,
                                 out_name);
    case TOV_KEY_CLIENT:
        return put_client_name(out_name, place->federation, place->owner);
    case TOV_KEY_WITNESS:
    case TOV_KEY_CONTROL:
    case TOV_KEY_TRANSPORT:
    case TOV_KEY_STORAGE_ROOT:
    case TOV_KEY_FRONT:
        return put_name(out_name, place->federation, place->owner, tov_key_purpose_name(purpose));
    }
    return TOV_E_ARGUMENT;
}

/* ---- reading ---- */

static enum tov_err read_purpose(struct tov_lines *lines, struct tov_key_info *info)
{
    struct tov_line line;
    TOV_TRY(tov_lines_take(lines, 0, "purpose", &line));
    for (size_t i = TOV_KEY_ROOT; i < sizeof purposes / sizeof purposes[0]; i++) {
        if (tov_bytes_is_text(line.value, purposes[i])) {
            info->purpose = (enum tov_key_purpose)i;
            return TOV_OK;
        }
    }
    return tov_lines_fail(lines, &line, "\"%.*s\" is no purpose; see %s", TOV_SHOWN(line.value),
                          MANUAL);
}

static enum tov_err read_owner(struct tov_lines *lines, struct tov_key_info *info)
{
    struct tov_line line;
    TOV_TRY(tov_lines_take(lines, 0, "owner", &line));
    struct tov_bytes first = line.value;
    const uint8_t *slash = memchr(first.data, '/', first.size);
    if ((slash != NULL) != (info->purpose == TOV_KEY_CLIENT))
        return tov_lines_fail(lines, &line, "a client is <agency>/<client>, all others one name");
    if (slash != NULL) {
        first.size = (size_t)(slash - first.data);
        TOV_TRY(tov_line_name(lines, &line,
                              (struct tov_bytes){slash + 1, line.value.size - first.size - 1}));
    }
    TOV_TRY(tov_line_name(lines, &line, first));
    memcpy(info->owner, line.value.data, line.value.size); /* two names and a slash at most */
    return TOV_OK;
}

/* The name must be the one that purpose, federation and owner give. */
static enum tov_err read_name(struct tov_lines *lines, struct tov_key_info *info)
{
    struct tov_line line;
    struct tov_origin origin = {.journal = 0};
    char federation[TOV_NAME_MAX_BYTES + 1] = "";
    char expected[TOV_ORIGIN_MAX_BYTES + 1] = "";
    TOV_TRY(tov_lines_take(lines, 0, "name", &line));
    const uint8_t *slash = memchr(line.value.data, '/', line.value.size);
    size_t size = slash == NULL ? 0 : (size_t)(slash - line.value.data);
    TOV_TRY(tov_line_name(lines, &line, (struct tov_bytes){line.value.data, size}));
    memcpy(federation, line.value.data, size);
    bool is_tree = info->purpose == TOV_KEY_LEDGER || info->purpose == TOV_KEY_JOURNAL;
    bool is_good = !is_tree || (tov_origin_parse(line.value, &origin) == TOV_OK &&
                                (origin.journal != 0) == (info->purpose == TOV_KEY_JOURNAL));
    struct tov_key_place place = {federation, info->owner, origin.generation, origin.journal};
    if (!is_good || tov_key_name(info->purpose, &place, expected) != TOV_OK ||
        !tov_bytes_is_text(line.value, expected))
        return tov_lines_fail(lines, &line, "does not fit purpose %s and owner of this file",
                              tov_key_purpose_name(info->purpose));
    memcpy(info->name, expected, sizeof info->name);
    return TOV_OK;
}

static bool next_number(struct tov_bytes *rest, uint64_t max, uint32_t *out)
{
    struct tov_bytes word;
    uint64_t value = 0;
    if (!tov_words_next(rest, &word) || tov_decimal_decode(word, &value) != TOV_OK || value == 0 ||
        value > max)
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool next_hex(struct tov_bytes *rest, uint8_t *out, size_t size)
{
    struct tov_bytes word;
    return tov_words_next(rest, &word) && tov_hex_decode(word, out, size) == TOV_OK;
}

static enum tov_err read_lock(struct tov_lines *lines, struct tov_keytext_lock *lock)
{
    struct tov_line line;
    struct tov_bytes word = {NULL, 0};
    TOV_TRY(tov_lines_take(lines, 0, "lock", &line));
    struct tov_bytes rest = line.value;
    (void)tov_words_next(&rest, &word);
    if (!tov_bytes_is_text(word, "argon2id"))
        return tov_lines_fail(lines, &line, "only argon2id is known; use a newer program");
    if (!next_number(&rest, TOV_KEYTEXT_PASSES_MAX, &lock->passes) ||
        !next_number(&rest, TOV_KEYTEXT_MEMORY_MAX_KIB, &lock->memory_kib) ||
        lock->memory_kib < TOV_KEYTEXT_MEMORY_MIN_KIB)
        return tov_fail(
            lines->error, TOV_E_LIMIT,
            "line %u, lock: passes 1 to %u, memory %u to %u KiB; make the key file anew",
            line.number, TOV_KEYTEXT_PASSES_MAX, TOV_KEYTEXT_MEMORY_MIN_KIB,
            TOV_KEYTEXT_MEMORY_MAX_KIB);
    if (!next_hex(&rest, lock->salt, sizeof lock->salt) ||
        !next_hex(&rest, lock->nonce, sizeof lock->nonce) || rest.data != NULL)
        return tov_lines_fail(lines, &line,
                              "wants 16 bytes of salt and 24 of nonce in hexadecimal");
    return TOV_OK;
}

/* The last line: SIZE bytes of hexadecimal. All above it is bound. */
static enum tov_err read_body(struct tov_lines *lines, struct tov_bytes text,
                              struct tov_keytext *keytext)
{
    struct tov_line line;
    const char *keyword = keytext->locked ? "sealed" : "secret";
    size_t size = keytext->locked ? TOV_KEYTEXT_SEALED_BYTES : 32;
    keytext->bound =
        tov_sha256((struct tov_bytes){text.data, (size_t)(lines->line.start - text.data)});
    TOV_TRY(tov_lines_take(lines, 0, keyword, &line));
    if (tov_hex_decode(line.value, keytext->body, size) != TOV_OK)
        return tov_lines_fail(lines, &line, "not %zu bytes of hexadecimal; restore the file", size);
    return tov_lines_end(lines);
}

static enum tov_err parse_into(struct tov_bytes text, struct tov_keytext *keytext,
                               struct tov_error *error)
{
    struct tov_lines lines;
    struct tov_line line;
    TOV_TRY(tov_lines_init(&lines, text, MANUAL, error));
    TOV_TRY(tov_lines_take_format(&lines, "tov-key"));
    TOV_TRY(read_purpose(&lines, &keytext->info));
    TOV_TRY(read_owner(&lines, &keytext->info));
    TOV_TRY(read_name(&lines, &keytext->info));
    TOV_TRY(tov_lines_take(&lines, 0, "public", &line));
    TOV_TRY(tov_line_hex(&lines, &line, keytext->info.public_key));
    keytext->locked = tov_lines_is(&lines, 0, "lock");
    if (keytext->locked)
        TOV_TRY(read_lock(&lines, &keytext->lock));
    return read_body(&lines, text, keytext);
}

enum tov_err tov_keytext_parse(struct tov_bytes text, struct tov_keytext *out_keytext,
                               struct tov_error *error)
{
    TOV_CLEANUP(tov_keytext_wipe) struct tov_keytext keytext = {.locked = false};
    if (text.size > TOV_KEYTEXT_MAX_BYTES)
        return tov_fail(error, TOV_E_LIMIT, "%zu bytes; a key file has at most %u", text.size,
                        TOV_KEYTEXT_MAX_BYTES);
    TOV_TRY(parse_into(text, &keytext, error));
    *out_keytext = keytext;
    return TOV_OK;
}

enum tov_err tov_keytext_open(const struct tov_keytext *keytext, enum tov_key_purpose purpose,
                              struct tov_bytes passphrase, struct tov_key *out_secret,
                              struct tov_error *error)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key secret;
    uint8_t public_key[32];
    if (keytext->info.purpose != purpose)
        return tov_fail(error, TOV_E_KEY,
                        "a %s key, but a %s key is needed here; one key has one use",
                        tov_key_purpose_name(keytext->info.purpose), tov_key_purpose_name(purpose));
    if (keytext->locked)
        TOV_TRY(tov_keytext_unlock(keytext, passphrase, &secret, error));
    else
        memcpy(secret.bytes, keytext->body, sizeof secret.bytes);
    TOV_TRY(tov_key_public(purpose, &secret, public_key));
    if (!tov_bytes_equal_secret(public_key, keytext->info.public_key, sizeof public_key))
        return tov_fail(error, TOV_E_KEY,
                        "the secret does not belong to the public key; restore the file");
    *out_secret = secret;
    return TOV_OK;
}

/* ---- writing ---- */

static void put_line(struct tov_keytext_text *text, const char *keyword, const char *value)
{
    size_t left = sizeof text->text - text->size;
    int size = snprintf(text->text + text->size, left, "%s %s\n", keyword, value);
    if (size > 0)
        text->size += (size_t)size < left ? (size_t)size : left; /* too long: seen in the check */
}

static void put_hex(struct tov_keytext_text *text, const char *keyword, struct tov_bytes bytes)
{
    char hex[2 * TOV_KEYTEXT_SEALED_BYTES + 1];
    tov_hex_encode(bytes, hex);
    put_line(text, keyword, hex);
    tov_wipe(hex, sizeof hex);
}

static void put_info(struct tov_keytext_text *text, const struct tov_key_info *info)
{
    text->size = 0;
    put_line(text, "tov-key", "v1");
    put_line(text, "purpose", tov_key_purpose_name(info->purpose));
    put_line(text, "owner", info->owner);
    put_line(text, "name", info->name);
    put_hex(text, "public", TOV_BYTES_OF(info->public_key));
}

static struct tov_bytes view_of(const struct tov_keytext_text *text)
{
    return (struct tov_bytes){(const uint8_t *)text->text, text->size};
}

/* What was written must be readable: a bad owner or name is the caller's fault. */
static enum tov_err check_written(const struct tov_keytext_text *text)
{
    TOV_CLEANUP(tov_keytext_wipe) struct tov_keytext keytext;
    enum tov_err err = tov_keytext_parse(view_of(text), &keytext, NULL);
    return err == TOV_OK ? TOV_OK : TOV_E_ARGUMENT;
}

enum tov_err tov_keytext_format_plain(const struct tov_key_info *info, const struct tov_key *secret,
                                      struct tov_keytext_text *out_text)
{
    TOV_CLEANUP(tov_keytext_text_wipe) struct tov_keytext_text text;
    put_info(&text, info);
    put_hex(&text, "secret", TOV_BYTES_OF(secret->bytes));
    TOV_TRY(check_written(&text));
    *out_text = text;
    return TOV_OK;
}

static void put_lock(struct tov_keytext_text *text, const struct tov_keytext_lock *lock)
{
    char salt[2 * TOV_KEYTEXT_SALT_BYTES + 1];
    char nonce[2 * TOV_KEYTEXT_NONCE_BYTES + 1];
    char value[160];
    tov_hex_encode(TOV_BYTES_OF(lock->salt), salt);
    tov_hex_encode(TOV_BYTES_OF(lock->nonce), nonce);
    (void)snprintf(value, sizeof value, "argon2id %u %u %s %s", lock->passes, lock->memory_kib,
                   salt, nonce);
    put_line(text, "lock", value);
}

enum tov_err tov_keytext_format_locked(const struct tov_keytext_seal *seal,
                                       struct tov_keytext_text *out_text)
{
    TOV_CLEANUP(tov_keytext_text_wipe) struct tov_keytext_text text;
    struct tov_keytext keytext = {.info = *seal->info, .locked = true, .lock = *seal->lock};
    put_info(&text, seal->info);
    put_lock(&text, seal->lock);
    keytext.bound = tov_sha256(view_of(&text));
    TOV_TRY(tov_keytext_seal_body(&keytext, seal->passphrase, seal->secret));
    put_hex(&text, "sealed", TOV_BYTES_OF(keytext.body));
    TOV_TRY(check_written(&text));
    *out_text = text;
    return TOV_OK;
}

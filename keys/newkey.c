/* SPDX-License-Identifier: EUPL-1.2 */
#include "keys/newkey.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

/* libsodium's "moderate": about a second, a quarter of a gibibyte. */
#define DEFAULT_PASSES 3u
#define DEFAULT_MEMORY_KIB 262144u

static bool is_demo(const char *federation)
{
    size_t size = strlen(federation);
    return size >= 5 && strcmp(federation + size - 5, "-demo") == 0;
}

/* A typing error in a new passphrase would lose the key. */
static enum tov_err ask_again(const struct tov_passphrase_source *source,
                              const struct tov_secret *first, struct tov_error *error)
{
    struct tov_passphrase_source again = *source;
    TOV_CLEANUP(tov_secret_cleanup) struct tov_secret *second = NULL;
    if (source->kind != TOV_PASSPHRASE_TTY)
        return TOV_OK;
    again.prompt = "The same passphrase again";
    TOV_TRY(tov_passphrase_read(&again, &second, error));
    if (!tov_bytes_equal(tov_secret_view(first), tov_secret_view(second)))
        return tov_fail(error, TOV_E_KEY,
                        "the two passphrases differ; nothing was made, try again");
    return TOV_OK;
}

static enum tov_err read_passphrase(const struct arguments *arguments, struct newkey_lock *lock,
                                    struct tov_error *error)
{
    struct tov_passphrase_source source;
    TOV_CLEANUP(tov_secret_cleanup) struct tov_secret *passphrase = NULL;
    TOV_TRY(arguments_passphrase(arguments, "Passphrase for the new key", &source, error));
    TOV_TRY(tov_passphrase_read(&source, &passphrase, error));
    TOV_TRY(ask_again(&source, passphrase, error));
    lock->passphrase = TOV_TAKE(passphrase);
    return TOV_OK;
}

enum tov_err newkey_lock_from(const struct arguments *arguments, const char *federation,
                              struct newkey_lock *out_lock, struct tov_error *error)
{
    static const struct number_option passes = {"kdf-passes", 1, TOV_KEYTEXT_PASSES_MAX,
                                                DEFAULT_PASSES};
    static const struct number_option memory = {"kdf-kib", TOV_KEYTEXT_MEMORY_MIN_KIB,
                                                TOV_KEYTEXT_MEMORY_MAX_KIB, DEFAULT_MEMORY_KIB};
    struct newkey_lock lock = {.is_plain = arguments_get(arguments, "plain") != NULL};
    uint64_t number = 0;
    TOV_TRY(arguments_number(arguments, &passes, &number, error));
    lock.passes = (uint32_t)number;
    TOV_TRY(arguments_number(arguments, &memory, &number, error));
    lock.memory_kib = (uint32_t)number;
    if (lock.is_plain && !is_demo(federation))
        (void)fprintf(stderr, "tov-keys: --plain: the key will stand in clear on this disk; use it "
                              "for systemd credentials (encrypt it with systemd-creds) only\n");
    if (!lock.is_plain)
        TOV_TRY(read_passphrase(arguments, &lock, error));
    *out_lock = lock;
    return TOV_OK;
}

void newkey_lock_fini(struct newkey_lock *lock)
{
    tov_secret_destroy(lock->passphrase);
    lock->passphrase = NULL;
}

static enum tov_err write_text(const struct newkey_order *order, const struct tov_key_info *info,
                               const struct tov_key *secret, struct tov_keytext_text *out)
{
    const struct newkey_lock *lock = order->lock;
    if (lock->is_plain)
        return tov_keytext_format_plain(info, secret, out);
    struct tov_keytext_lock fresh = {.passes = lock->passes, .memory_kib = lock->memory_kib};
    randombytes_buf(fresh.salt, sizeof fresh.salt);
    randombytes_buf(fresh.nonce, sizeof fresh.nonce);
    struct tov_keytext_seal seal = {info, secret, tov_secret_view(lock->passphrase), &fresh};
    return tov_keytext_format_locked(&seal, out);
}

static enum tov_err describe(const struct newkey_order *order, const struct tov_key *secret,
                             struct tov_key_info *out)
{
    *out = (struct tov_key_info){.purpose = order->purpose};
    if (strlen(order->place.owner) >= sizeof out->owner)
        return TOV_E_LIMIT;
    memcpy(out->owner, order->place.owner, strlen(order->place.owner) + 1);
    TOV_TRY(tov_key_name(order->purpose, &order->place, out->name));
    return tov_key_public(order->purpose, secret, out->public_key);
}

enum tov_err newkey_make(const struct newkey_order *order, struct tov_key_info *out_info,
                         struct tov_error *error)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key secret;
    TOV_CLEANUP(tov_keytext_text_wipe) struct tov_keytext_text text;
    struct tov_key_info info;
    randombytes_buf(secret.bytes, sizeof secret.bytes);
    enum tov_err err = describe(order, &secret, &info);
    if (err == TOV_OK)
        err = write_text(order, &info, &secret, &text);
    if (err != TOV_OK)
        return tov_fail(error, err,
                        "%s: the key could not be made: check the federation's and owner's names "
                        "(1 to 63 of a-z, 0-9, with single - or . inside), and free memory",
                        order->path);
    struct tov_file_save save = {
        .path = order->path, .content = {(const uint8_t *)text.text, text.size}, .mode = 0600};
    TOV_TRY(tov_file_save(&save, error));
    if (out_info != NULL)
        *out_info = info;
    return TOV_OK;
}

enum tov_err newkey_path(struct newkey_path *out, struct tov_error *error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(out->text, sizeof out->text, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof out->text)
        return tov_fail(error, TOV_E_LIMIT, "a path of more than %u characters", NEWKEY_PATH_MAX);
    return TOV_OK;
}

enum tov_err newkey_folder(const char *path, bool is_private, struct tov_error *error)
{
    if (mkdir(path, is_private ? 0700 : 0755) != 0 && errno != EEXIST)
        return tov_fail(error, TOV_E_IO, "%s: cannot make the folder: %s", path, strerror(errno));
    return TOV_OK;
}

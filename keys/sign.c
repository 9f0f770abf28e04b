/* SPDX-License-Identifier: EUPL-1.2 */
#include "keys/sign.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "keys/inputs.h"

enum tov_err sign_ask(const struct arguments *arguments, struct tov_error *error)
{
    char answer[16] = "";
    if (arguments_get(arguments, "yes") != NULL)
        return TOV_OK;
    (void)fflush(stdout);
    FILE *tty = fopen("/dev/tty", "r+e");
    if (tty == NULL)
        return tov_fail(error, TOV_E_ARGUMENT,
                        "no terminal to ask on; read what is printed and add --yes");
    (void)fprintf(tty, "Sign this? Type yes: ");
    (void)fflush(tty);
    bool has_answer = fgets(answer, sizeof answer, tty) != NULL;
    (void)fclose(tty);
    if (has_answer && strcmp(answer, "yes\n") == 0)
        return TOV_OK;
    return tov_fail(error, TOV_E_DENIED, "not signed");
}

static bool is_allowed(const struct sign_order *order, const struct tov_vkey *key)
{
    for (size_t i = 0; i < order->allowed.count; i++) {
        if (tov_vkey_is_same_key(&order->allowed.keys[i], key) &&
            strcmp(order->allowed.keys[i].name, key->name) == 0)
            return true;
    }
    return false;
}

/* The note so far: its text with the empty line, and the signatures that it has. */
static enum tov_err put_note_so_far(const struct sign_order *order, const struct tov_vkey *key,
                                    struct tov_buf *out, struct tov_note *note,
                                    struct tov_error *error)
{
    size_t distinct = 0;
    if (memmem(order->note.data, order->note.size, "\n\n", 2) == NULL) {
        note->text = order->note;
        if (tov_note_put_text(out, order->note) != TOV_OK)
            return tov_fail(error, TOV_E_MALFORMED, "%s: not a text that can be signed",
                            order->path);
        return TOV_OK;
    }
    TOV_TRY(tov_note_parse(order->note, TOV_ROSTER_MAX_BYTES, note, error));
    if (tov_note_verify(note, (struct tov_vkey_list){key, 1}, NULL, &distinct) == TOV_OK)
        return tov_fail(error, TOV_E_EXISTS, "%s: this key has signed it already", order->path);
    tov_buf_put_bytes(out, order->note);
    return TOV_OK;
}

static enum tov_err load_key(const struct sign_order *order, struct tov_keyfile *out_key,
                             struct tov_vkey *out_vkey, struct tov_error *error)
{
    struct tov_passphrase_source source;
    const char *path = arguments_get(order->arguments, "key");
    struct tov_key_info info;
    TOV_TRY(tov_keyfile_info(path, &info, error));
    enum tov_err err = input_root_vkey(&info, out_vkey, error);
    if (err != TOV_OK)
        return tov_fail_in(error, err, "%s: ", path);
    if (!is_allowed(order, out_vkey))
        return tov_fail(error, TOV_E_KEY, "%s: %s is none of the root keys that may sign this text",
                        path, info.name);
    TOV_TRY(arguments_passphrase(order->arguments, "Passphrase for the root key", &source, error));
    return tov_keyfile_load(path, TOV_KEY_ROOT, &source, out_key, error);
}

void sign_put(const struct tov_keyfile *keyfile, const struct tov_vkey *vkey, struct tov_bytes text,
              struct tov_buf *out)
{
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
    uint8_t expanded[crypto_sign_SECRETKEYBYTES];
    uint8_t signature[crypto_sign_BYTES];
    crypto_sign_seed_keypair(public_key, expanded, tov_secret_data(keyfile->secret));
    tov_ed25519_sign(expanded, text, signature);
    tov_wipe(expanded, sizeof expanded);
    tov_note_put_signature(out, vkey, TOV_BYTES_OF(signature));
}

enum tov_err sign_note(const struct sign_order *order, struct tov_error *error)
{
    TOV_CLEANUP(tov_keyfile_fini) struct tov_keyfile keyfile = {.secret = NULL};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    struct tov_vkey vkey;
    struct tov_note note;
    TOV_TRY(load_key(order, &keyfile, &vkey, error));
    TOV_TRY(put_note_so_far(order, &vkey, &out, &note, error));
    sign_put(&keyfile, &vkey, note.text, &out);
    if (out.failed != TOV_OK)
        return tov_fail(error, out.failed, "%s: too large, or no memory", order->path);
    struct tov_file_save save = {.path = order->path,
                                 .content = tov_buf_view(&out),
                                 .mode = 0644,
                                 .replace = TOV_FILE_REPLACE};
    return tov_file_save(&save, error);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Making keys: the only place in Tov's tools where a key's randomness is drawn.
 * Not for: what a key is for afterwards.
 * Never write a new key over an old one.
 */
#ifndef TOV_KEYS_NEWKEY_H
#define TOV_KEYS_NEWKEY_H

#include "keys/command.h"

/* How new key files are written: in clear, or under one passphrase with these costs. */
struct newkey_lock {
    bool is_plain;
    struct tov_secret *passphrase; /* NULL when plain */
    uint32_t passes;
    uint32_t memory_kib;
};
/* From the options of COMMAND_NEW_KEY_OPTIONS; asks the terminal twice when it must. Warns on
 * standard error about --plain outside a demo federation. */
enum tov_err newkey_lock_from(const struct arguments *arguments, const char *federation,
                              struct newkey_lock *out_lock, struct tov_error *error) TOV_MUST_CHECK;
void newkey_lock_fini(struct newkey_lock *lock);

struct newkey_order {
    const struct newkey_lock *lock;
    const char *path; /* must not exist; gets mode 0600 */
    enum tov_key_purpose purpose;
    struct tov_key_place place;
};
/* Draws a key and writes it; *OUT_INFO (may be NULL) is what may be shown of it. */
enum tov_err newkey_make(const struct newkey_order *order, struct tov_key_info *out_info,
                         struct tov_error *error) TOV_MUST_CHECK;

/* "DIR/NAME" of any parts; LIMIT when too long. */
#define NEWKEY_PATH_MAX 4096u
struct newkey_path {
    char text[NEWKEY_PATH_MAX];
};
enum tov_err newkey_path(struct newkey_path *out, struct tov_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4))) TOV_MUST_CHECK;
/* Makes one folder, mode 0700 when private and else 0755; there already is fine. */
enum tov_err newkey_folder(const char *path, bool is_private,
                           struct tov_error *error) TOV_MUST_CHECK;

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Key files on disk and where passphrases come from, for the daemon, the command line and libtov.
 * Not for: the text inside (roster/keytext.h) or making keys (tov-keys).
 * Never copy a loaded secret out of its guarded memory into a longer-lived place.
 */
#ifndef TOV_KEYS_KEYFILE_H
#define TOV_KEYS_KEYFILE_H

#include "base/secret.h"
#include "roster/keytext.h"

#define TOV_PASSPHRASE_MAX_BYTES 1024u

/* Where a passphrase comes from when a key file is locked. */
enum tov_passphrase_kind {
    TOV_PASSPHRASE_NONE = 0, /* a locked file is refused */
    TOV_PASSPHRASE_FD = 1,   /* one line read from fd, up to its end or newline */
    TOV_PASSPHRASE_FILE = 2, /* one line of a private file, for example a systemd credential */
    TOV_PASSPHRASE_TTY = 3,  /* asked on the controlling terminal without echo */
    TOV_PASSPHRASE_LEFT = 4 /* a locked file is looked at and stays locked: it has no secret then */
};
struct tov_passphrase_source {
    enum tov_passphrase_kind kind;
    int fd;
    const char *path;
    const char *prompt; /* what the terminal asks: "Passphrase for kk/ledger" */
};
/* Reads it into guarded memory; its size is the passphrase's. KEY when it is empty or too long,
 * IO. Blocks until it is there. */
enum tov_err tov_passphrase_read(const struct tov_passphrase_source *source,
                                 struct tov_secret **out_passphrase,
                                 struct tov_error *error) TOV_MUST_CHECK;

/* A loaded key: what may be shown, and the 32-byte secret in guarded memory. */
struct tov_keyfile {
    struct tov_key_info info;
    bool locked_on_disk;
    struct tov_secret *secret; /* NULL: it was left locked (TOV_PASSPHRASE_LEFT) */
};
void tov_keyfile_fini(struct tov_keyfile *keyfile); /* wipes; fine on zeroed memory */

/* Reads PATH, which must be a regular file (no symbolic link) of this user or root that nobody else
 * can read (in $CREDENTIALS_DIRECTORY a group bit is accepted: systemd sets it for its ACL), for
 * PURPOSE. SOURCE may be NULL. Blocks for the file, the passphrase and Argon2id. Errors name the
 * file and the remedy: IO, NOT_FOUND, KEY, DECRYPT, MALFORMED. */
enum tov_err tov_keyfile_load(const char *path, enum tov_key_purpose purpose,
                              const struct tov_passphrase_source *source,
                              struct tov_keyfile *out_keyfile,
                              struct tov_error *error) TOV_MUST_CHECK;
/* Only what may be shown; same checks of the file, no passphrase. */
enum tov_err tov_keyfile_info(const char *path, struct tov_key_info *out_info,
                              struct tov_error *error) TOV_MUST_CHECK;

/* ---- files, also for rosters and registries ---- */

enum tov_file_replace { TOV_FILE_NEW = 0, TOV_FILE_REPLACE = 1 };
/* Writes CONTENT beside PATH, syncs it, puts it in place with MODE and syncs the folder: a crash
 * leaves the old file, none, or the whole new one. EXISTS when it is there and REPLACE says
 * TOV_FILE_NEW; IO, FULL, NOMEM. */
struct tov_file_save {
    const char *path;
    struct tov_bytes content;
    unsigned mode; /* 0600 for secrets, 0644 */
    enum tov_file_replace replace;
};
enum tov_err tov_file_save(const struct tov_file_save *save,
                           struct tov_error *error) TOV_MUST_CHECK;
/* Reads a whole regular file of at most LIMIT_BYTES (LIMIT otherwise) into an empty OUT. */
enum tov_err tov_file_read(const char *path, size_t limit_bytes, struct tov_buf *out,
                           struct tov_error *error) TOV_MUST_CHECK;
/* The same of a file that is open, from where FD stands; PATH is what errors call it. */
enum tov_err tov_file_read_open(int fd, const char *path, size_t limit_bytes, struct tov_buf *out,
                                struct tov_error *error) TOV_MUST_CHECK;

#endif

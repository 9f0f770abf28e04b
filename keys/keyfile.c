/* SPDX-License-Identifier: EUPL-1.2 */
#include "keys/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/private_file.h"

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* systemd gives credentials to a service by an access list, which shows as a group bit; the folder
 * itself is closed to everybody else. */
static bool is_credential(const char *path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    const char *slash = strrchr(path, '/');
    if (folder == NULL || folder[0] != '/' || slash == NULL)
        return false;
    size_t size = (size_t)(slash - path);
    return strlen(folder) == size && memcmp(folder, path, size) == 0;
}

static enum tov_err check_status(const char *path, const struct stat *status,
                                 struct tov_error *error)
{
    mode_t forbidden = is_credential(path) ? 037 : 077;
    if (!S_ISREG(status->st_mode))
        return tov_fail(error, TOV_E_KEY, "%s: not a regular file; name the key file itself", path);
    if (status->st_uid != geteuid() && status->st_uid != 0)
        return tov_fail(error, TOV_E_KEY, "%s: belongs to another user; chown it to this one",
                        path);
    if ((status->st_mode & forbidden) != 0)
        return tov_fail(error, TOV_E_KEY,
                        "%s: others than its owner can use it (mode %04o); chmod 600 it, and "
                        "replace the key if they may have read it",
                        path, (unsigned)(status->st_mode & 07777));
    return TOV_OK;
}

enum tov_err tov_private_file_open(const char *path, int *out_fd, struct tov_error *error)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ELOOP)
        return tov_fail(error, TOV_E_KEY, "%s: a symbolic link; name the key file itself", path);
    if (fd < 0)
        return tov_fail(error, errno == ENOENT ? TOV_E_NOT_FOUND : TOV_E_IO, "%s: cannot open: %s",
                        path, strerror(errno));
    enum tov_err err = fstat(fd, &status) != 0
                           ? tov_fail(error, TOV_E_IO, "%s: %s", path, strerror(errno))
                           : check_status(path, &status, error);
    if (err != TOV_OK) {
        (void)close(fd);
        return err;
    }
    *out_fd = fd;
    return TOV_OK;
}

static enum tov_err read_text(int fd, const char *path, struct tov_keytext_text *text,
                              struct tov_error *error)
{
    text->size = 0;
    while (text->size < sizeof text->text) {
        ssize_t got = read(fd, text->text + text->size, sizeof text->text - text->size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return tov_fail(error, TOV_E_IO, "%s: cannot read: %s", path, strerror(errno));
        if (got == 0)
            break;
        text->size += (size_t)got;
    }
    return TOV_OK;
}

static enum tov_err load_text(const char *path, struct tov_keytext *out, struct tov_error *error)
{
    TOV_CLEANUP(close_fd) int fd = -1;
    TOV_CLEANUP(tov_keytext_text_wipe) struct tov_keytext_text text;
    TOV_TRY(tov_private_file_open(path, &fd, error));
    TOV_TRY(read_text(fd, path, &text, error));
    struct tov_bytes view = {(const uint8_t *)text.text, text.size};
    enum tov_err err = tov_keytext_parse(view, out, error);
    return err == TOV_OK ? TOV_OK : tov_fail_in(error, err, "%s: ", path);
}

static enum tov_err open_text(const struct tov_keytext *keytext, enum tov_key_purpose purpose,
                              const struct tov_passphrase_source *source, struct tov_key *out,
                              struct tov_error *error)
{
    static const struct tov_passphrase_source none = {.kind = TOV_PASSPHRASE_NONE};
    TOV_CLEANUP(tov_secret_cleanup) struct tov_secret *passphrase = NULL;
    struct tov_bytes view = {NULL, 0};
    if (keytext->locked && keytext->info.purpose == purpose) {
        TOV_TRY(tov_passphrase_read(source == NULL ? &none : source, &passphrase, error));
        view = tov_secret_view(passphrase);
    }
    return tov_keytext_open(keytext, purpose, view, out, error);
}

enum tov_err tov_keyfile_load(const char *path, enum tov_key_purpose purpose,
                              const struct tov_passphrase_source *source,
                              struct tov_keyfile *out_keyfile, struct tov_error *error)
{
    TOV_CLEANUP(tov_keytext_wipe) struct tov_keytext keytext;
    TOV_CLEANUP(tov_key_wipe) struct tov_key key;
    TOV_TRY(load_text(path, &keytext, error));
    bool is_left = source != NULL && source->kind == TOV_PASSPHRASE_LEFT && keytext.locked;
    if (is_left && keytext.info.purpose == purpose) {
        *out_keyfile = (struct tov_keyfile){.info = keytext.info, .locked_on_disk = true};
        return TOV_OK;
    }
    enum tov_err err = open_text(&keytext, purpose, source, &key, error);
    if (err != TOV_OK)
        return tov_fail_in(error, err, "%s: ", path);
    struct tov_keyfile loaded = {.info = keytext.info, .locked_on_disk = keytext.locked};
    if (tov_secret_create(sizeof key.bytes, &loaded.secret) != TOV_OK)
        return tov_fail(error, TOV_E_NOMEM, "%s: no guarded memory for the key", path);
    memcpy(tov_secret_data(loaded.secret), key.bytes, sizeof key.bytes);
    *out_keyfile = loaded;
    return TOV_OK;
}

enum tov_err tov_keyfile_info(const char *path, struct tov_key_info *out_info,
                              struct tov_error *error)
{
    TOV_CLEANUP(tov_keytext_wipe) struct tov_keytext keytext;
    TOV_TRY(load_text(path, &keytext, error));
    *out_info = keytext.info;
    return TOV_OK;
}

void tov_keyfile_fini(struct tov_keyfile *keyfile)
{
    tov_secret_destroy(keyfile->secret);
    *keyfile = (struct tov_keyfile){.secret = NULL};
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Where the file system can, the file has no name until it is whole, so not even a crash leaves a
 * piece of it; elsewhere it stands beside its place.
 */
#include "cli/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/language.h"

#define LINK_TRIES 8u

static enum tov_err fail(struct cli *cli, const char *path)
{
    if (errno == EEXIST)
        return cli_fail(cli, TOV_E_EXISTS, _("%.180s is there already. --force replaces it."),
                        path);
    enum tov_err code = errno == ENOENT                      ? TOV_E_NOT_FOUND
                        : errno == ENOSPC || errno == EDQUOT ? TOV_E_FULL
                                                             : TOV_E_IO;
    return cli_fail(cli, code, _("%.180s cannot be written: %s."), path, strerror(errno));
}

static enum tov_err judge_place(struct cli *cli, const char *path, bool replaces)
{
    struct stat status;
    if (strlen(path) + 16 > FILE_PATH_SIZE)
        return cli_fail(cli, TOV_E_ARGUMENT, "%s", _("The file's path is too long."));
    if (lstat(path, &status) != 0)
        return TOV_OK;
    if (S_ISDIR(status.st_mode))
        return cli_fail(cli, TOV_E_ARGUMENT,
                        _("%.180s is a folder. Give the name of a file in it."), path);
    if (!S_ISREG(status.st_mode))
        return cli_fail(cli, TOV_E_ARGUMENT, _("%.180s is no ordinary file."), path);
    errno = EEXIST;
    return replaces ? TOV_OK : fail(cli, path);
}

enum tov_err save_begin(struct cli *cli, const char *path, bool replaces, struct save *out_save)
{
    char folder[FILE_PATH_SIZE];
    TOV_TRY(judge_place(cli, path, replaces));
    struct save save = {.path = path, .replaces = replaces};
    file_folder_of(path, folder);
    save.fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (save.fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
        (void)snprintf(save.beside, sizeof save.beside, "%.4080s.XXXXXX", path);
        save.fd = mkostemp(save.beside, O_CLOEXEC);
    }
    if (save.fd < 0)
        return fail(cli, path);
    *out_save = save;
    return TOV_OK;
}

/* Gives a file without a name the name PATH, if that is free. */
static int link_to(const struct save *save, const char *path)
{
    char own[64];
    (void)snprintf(own, sizeof own, "/proc/self/fd/%d", save->fd);
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): save_begin set it, or failed */
    return linkat(AT_FDCWD, own, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

/* A name beside the place, which can then be renamed over what is there. */
static int link_beside(struct save *save)
{
    int result = -1;
    for (unsigned i = 0; i < LINK_TRIES && result != 0; i++) {
        (void)snprintf(save->beside, sizeof save->beside, "%.4080s.%u.%u", save->path,
                       (unsigned)getpid(), i);
        result = link_to(save, save->beside);
        if (result != 0)
            save->beside[0] = '\0';
        if (result != 0 && errno != EEXIST)
            break;
    }
    return result;
}

static int give_name(struct save *save)
{
    if (save->beside[0] == '\0' && !save->replaces)
        return link_to(save, save->path);
    if (save->beside[0] == '\0' && link_beside(save) != 0)
        return -1;
    int result =
        save->replaces ? rename(save->beside, save->path) : file_move_new(save->beside, save->path);
    if (result != 0)
        return -1;
    save->beside[0] = '\0';
    return 0;
}

enum tov_err save_finish(struct cli *cli, struct save *save)
{
    char folder[FILE_PATH_SIZE];
    if (fsync(save->fd) != 0 || give_name(save) != 0)
        return fail(cli, save->path);
    file_folder_of(save->path, folder);
    file_sync_folder(folder);
    return TOV_OK;
}

void save_end(struct save *save)
{
    if (save->fd >= 0)
        (void)close(save->fd);
    save->fd = -1;
    if (save->beside[0] != '\0')
        (void)unlink(save->beside);
}

enum tov_err save_text(struct cli *cli, const char *path, bool replaces, struct tov_bytes bytes)
{
    TOV_CLEANUP(save_end) struct save save = {.fd = -1};
    TOV_TRY(save_begin(cli, path, replaces, &save));
    enum tov_err err = file_put(save.fd, bytes);
    if (err != TOV_OK)
        return fail(cli, path);
    return save_finish(cli, &save);
}

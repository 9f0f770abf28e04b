/* SPDX-License-Identifier: EUPL-1.2
 *
 * Putting a copy back. The copy is made in the folder `restoring` inside the store's own, which at
 * the same time says that the restore is not finished:
 *
 *   nothing --begin--> restoring/ (refused by tov_store_open) --finish--> data.mdb, no restoring/
 *
 * A restore that is cut off anywhere before the last step leaves `restoring`.
 */
#include "store/store.h"

#include "base/cleanup.h"
#include "store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct tov_store_restore {
    struct tov_store store; /* path and locked folder only */
    char *folder;
    bool is_again;
};

enum tov_err tov_store_lock(const char *path, int *out_fd, struct tov_error *error)
{
    struct tov_store store = {.dir_fd = -1};
    TOV_FREE char *copy = strdup(path);
    if (copy == NULL)
        return tov_fail(error, TOV_E_NOMEM, "%s: no memory to lock it", path);
    store.path = copy;
    enum tov_err err = store_open_folder(&store, error);
    if (err == TOV_OK)
        *out_fd = store.dir_fd;
    else if (store.dir_fd >= 0)
        (void)close(store.dir_fd);
    return err;
}

/* Only the names that a store has, so that nothing of a person's is ever removed. */
static int remove_files(int dir_fd)
{
    static const char *const names[] = {STORE_FILE_NAME, STORE_LOCK_NAME, STORE_FILE_NAME ".new",
                                        STORE_FILE_NAME ".new-lock", "ballast"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (unlinkat(dir_fd, names[i], 0) != 0 && errno != ENOENT)
            return errno;
    }
    return 0;
}

static int remove_inner_files(int dir_fd)
{
    int fd = openat(dir_fd, STORE_RESTORING_NAME, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int code = remove_files(fd);
    if (code == 0 && fsync(fd) != 0)
        code = errno;
    (void)close(fd);
    return code;
}

static int remove_inner(int dir_fd)
{
    int code = remove_inner_files(dir_fd);
    if (code == 0 && unlinkat(dir_fd, STORE_RESTORING_NAME, AT_REMOVEDIR) != 0)
        code = errno;
    if (code == 0 && fsync(dir_fd) != 0)
        code = errno;
    return code;
}

/* What an earlier restore left, cut off: nothing in it was ever a store. */
static int clear_folder(struct tov_store_restore *restore)
{
    int dir_fd = restore->store.dir_fd;
    restore->is_again = faccessat(dir_fd, STORE_RESTORING_NAME, F_OK, 0) == 0;
    if (!restore->is_again)
        return 0;
    int code = remove_inner_files(dir_fd);
    return code == 0 ? remove_files(dir_fd) : code;
}

static enum tov_err begin(struct tov_store_restore *restore, struct tov_error *error)
{
    struct tov_store *store = &restore->store;
    TOV_TRY(store_open_folder(store, error));
    int code = clear_folder(restore);
    if (code != 0)
        return store_fail(store, error, code, "cannot remove what a cut-off restore left");
    if (faccessat(store->dir_fd, STORE_FILE_NAME, F_OK, 0) == 0)
        return tov_fail(error, TOV_E_EXISTS, "%s: there is a store in it", store->path);
    if (mkdirat(store->dir_fd, STORE_RESTORING_NAME, 0700) != 0 && errno != EEXIST)
        return store_fail(store, error, errno, "cannot make a folder in it");
    if (fsync(store->dir_fd) != 0)
        return store_fail(store, error, errno, "cannot sync the folder");
    return TOV_OK;
}

enum tov_err tov_store_restore_begin(const char *path, struct tov_store_restore **out_restore,
                                     struct tov_error *error)
{
    TOV_CLEANUP(tov_store_restore_cleanup)
    struct tov_store_restore *restore = calloc(1, sizeof *restore);
    if (restore == NULL)
        return tov_fail(error, TOV_E_NOMEM, "%s: no memory to restore it", path);
    restore->store.dir_fd = -1;
    restore->store.path = strdup(path);
    if (restore->store.path == NULL ||
        asprintf(&restore->folder, "%s/%s", path, STORE_RESTORING_NAME) < 0) {
        restore->folder = NULL;
        return tov_fail(error, TOV_E_NOMEM, "%s: no memory to restore it", path);
    }
    TOV_TRY(begin(restore, error));
    *out_restore = TOV_TAKE(restore);
    return TOV_OK;
}

bool tov_store_restore_is_again(const struct tov_store_restore *restore)
{
    return restore->is_again;
}

const char *tov_store_restore_folder(const struct tov_store_restore *restore)
{
    return restore->folder;
}

enum tov_err tov_store_restore_finish(struct tov_store_restore *restore, struct tov_error *error)
{
    static const char from[] = STORE_RESTORING_NAME "/" STORE_FILE_NAME;
    struct tov_store *store = &restore->store;
    if (renameat(store->dir_fd, from, store->dir_fd, STORE_FILE_NAME) != 0)
        return store_fail(store, error, errno, "cannot give the restored database its name");
    if (fsync(store->dir_fd) != 0)
        return store_fail(store, error, errno, "cannot sync the folder");
    int code = remove_inner(store->dir_fd);
    return code == 0 ? TOV_OK : store_fail(store, error, code, "cannot finish the restore");
}

void tov_store_restore_undo(struct tov_store_restore *restore)
{
    (void)remove_inner(restore->store.dir_fd);
}

void tov_store_restore_close(struct tov_store_restore *restore)
{
    if (restore == NULL)
        return;
    if (restore->store.dir_fd >= 0)
        (void)close(restore->store.dir_fd);
    free(restore->store.path);
    free(restore->folder);
    free(restore);
}

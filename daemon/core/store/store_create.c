/* SPDX-License-Identifier: EUPL-1.2
 *
 * Making the database file: LMDB writes the first two pages of a new one without a sync, and a
 * power cut then can leave a file that nothing opens. So it is made under another name, synced,
 * and given its name when it is whole. Not for: its tables (store_open.c).
 */
#include "store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEW_NAME "data.mdb.new"
#define NEW_LOCK_NAME "data.mdb.new-lock"

static int write_new_file(const char *path)
{
    MDB_env *env = NULL;
    int code = mdb_env_create(&env);
    if (code != 0)
        return code;
    code = mdb_env_open(env, path, MDB_NOSUBDIR, 0600);
    if (code == 0)
        code = mdb_env_sync(env, 1);
    mdb_env_close(env);
    return code;
}

static void remove_new_file(struct tov_store *store)
{
    (void)unlinkat(store->dir_fd, NEW_NAME, 0);
    (void)unlinkat(store->dir_fd, NEW_LOCK_NAME, 0);
}

/* The folder is synced by the caller before anybody hears of the store. */
static int name_new_file(struct tov_store *store)
{
    return renameat(store->dir_fd, NEW_NAME, store->dir_fd, STORE_FILE_NAME) == 0 ? 0 : errno;
}

enum tov_err store_create_file(struct tov_store *store, struct tov_error *error)
{
    remove_new_file(store); /* what a crash left of an earlier try */
    if (faccessat(store->dir_fd, STORE_FILE_NAME, F_OK, 0) == 0)
        return TOV_OK;
    size_t size = strlen(store->path) + sizeof "/" NEW_NAME;
    char *path = malloc(size);
    if (path == NULL)
        return store_fail(store, error, ENOMEM, "cannot make the database");
    (void)snprintf(path, size, "%s/%s", store->path, NEW_NAME);
    int code = write_new_file(path);
    free(path);
    if (code == 0)
        code = name_new_file(store);
    remove_new_file(store);
    return code == 0 ? TOV_OK : store_fail(store, error, code, "cannot make the database");
}

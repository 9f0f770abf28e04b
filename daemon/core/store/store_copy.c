/* SPDX-License-Identifier: EUPL-1.2 */
#include "store/store.h"

#include "store/store_internal.h"

#include <errno.h>
#include <unistd.h>

#define RESIZED_MAX 8u /* times that the owner may grow the map under a look */

static int copy_once(struct tov_store *store, int fd)
{
    (void)pthread_rwlock_rdlock(&store->map_lock);
    int code = atomic_load(&store->has_no_map) ? MDB_PANIC
                                               : mdb_env_copyfd2(store->env, fd, MDB_CP_COMPACT);
    (void)pthread_rwlock_unlock(&store->map_lock);
    return code;
}

/* The owner, another process, has made the map larger than ours (MDB_MAP_RESIZED): take its size.
 * LMDB says so before it has written anything. */
static int follow_map(struct tov_store *store)
{
    (void)pthread_rwlock_wrlock(&store->map_lock);
    int code = mdb_env_set_mapsize(store->env, 0);
    (void)pthread_rwlock_unlock(&store->map_lock);
    return code;
}

enum tov_err tov_store_copy(struct tov_store *store, int fd, struct tov_error *error)
{
    int code = copy_once(store, fd);
    for (unsigned i = 0; code == MDB_MAP_RESIZED && i < RESIZED_MAX; i++) {
        code = follow_map(store);
        if (code == 0)
            code = copy_once(store, fd);
    }
    if (code != 0)
        return store_fail(store, error, code, "cannot write the copy");
    if (fsync(fd) != 0 && errno != EINVAL && errno != EROFS)
        return store_fail(store, error, errno, "cannot sync the copy");
    return TOV_OK;
}

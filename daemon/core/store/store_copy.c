/* SPDX-License-Identifier: EUPL-1.2 */
#include "store/store.h"

#include "store/store_internal.h"

#include <errno.h>
#include <unistd.h>

enum tov_err tov_store_copy(struct tov_store *store, int fd, struct tov_error *error)
{
    (void)pthread_rwlock_rdlock(&store->map_lock);
    int code = atomic_load(&store->has_no_map) ? MDB_PANIC
                                               : mdb_env_copyfd2(store->env, fd, MDB_CP_COMPACT);
    (void)pthread_rwlock_unlock(&store->map_lock);
    if (code != 0)
        return store_fail(store, error, code, "cannot write the copy");
    if (fsync(fd) != 0 && errno != EINVAL && errno != EROFS)
        return store_fail(store, error, errno, "cannot sync the copy");
    return TOV_OK;
}

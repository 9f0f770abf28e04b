/* SPDX-License-Identifier: EUPL-1.2
 *
 * Room on the disk: what is left, and the ballast, a file of real blocks that can be given away.
 */
#include "store/store.h"

#include "store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define BALLAST_NAME "ballast"
#define PROBE_NAME "probe" /* there for a moment only */
#define PROBE_BYTES (256u << 10)
#define FILES_LEAST 64u /* that can still be made: attachments on their way, files replaced */

static bool has_ballast(const struct tov_store *store)
{
    struct stat info;
    return store->ballast_bytes > 0 && fstatat(store->dir_fd, BALLAST_NAME, &info, 0) == 0 &&
           (uint64_t)info.st_size >= store->ballast_bytes;
}

/* Some filesystems have a fixed number of files, and some say 0 and have none. */
static bool lacks_files(const struct statvfs *disk)
{
    return disk->f_files > 0 && disk->f_favail < FILES_LEAST;
}

enum tov_err tov_store_space(struct tov_store *store, struct tov_store_space *out_space)
{
    struct statvfs disk;
    struct stat file;
    MDB_envinfo info;
    if (fstatvfs(store->dir_fd, &disk) != 0 || fstatat(store->dir_fd, "data.mdb", &file, 0) != 0)
        return store_err_of(errno);
    /* The committer may be replacing the map; its size is read between two maps, not during. */
    (void)pthread_rwlock_rdlock(&store->map_lock);
    int code = mdb_env_info(store->env, &info);
    (void)pthread_rwlock_unlock(&store->map_lock);
    if (code != 0)
        return store_err_of(code);
    *out_space = (struct tov_store_space){
        .free_bytes = lacks_files(&disk) ? 0 : (uint64_t)disk.f_bavail * disk.f_frsize,
        .total_bytes = (uint64_t)disk.f_blocks * disk.f_frsize,
        .file_bytes = (uint64_t)file.st_size,
        .map_bytes = info.me_mapsize,
        .has_ballast = has_ballast(store),
    };
    return TOV_OK;
}

enum tov_err tov_store_ballast_release(struct tov_store *store)
{
    if (unlinkat(store->dir_fd, BALLAST_NAME, 0) != 0 && errno != ENOENT)
        return store_err_of(errno);
    return TOV_OK;
}

static int allocate(int fd, uint64_t bytes)
{
    int code = posix_fallocate(fd, 0, (off_t)bytes);
    return code == 0 && fsync(fd) != 0 ? errno : code;
}

enum tov_err tov_store_ballast_restore(struct tov_store *store)
{
    if (store->ballast_bytes == 0 || has_ballast(store))
        return TOV_OK;
    int fd = openat(store->dir_fd, BALLAST_NAME, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return store_err_of(errno);
    int code = allocate(fd, store->ballast_bytes);
    (void)close(fd);
    if (code != 0)
        (void)unlinkat(store->dir_fd, BALLAST_NAME, 0);
    return store_err_of(code);
}

/* By trying, not by asking for numbers: those leave out quotas and what is kept for root. */
bool store_has_room(struct tov_store *store)
{
    int fd = openat(store->dir_fd, PROBE_NAME, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno != ENOSPC && errno != EDQUOT;
    int code = posix_fallocate(fd, 0, PROBE_BYTES);
    (void)close(fd);
    (void)unlinkat(store->dir_fd, PROBE_NAME, 0);
    return code != ENOSPC && code != EDQUOT;
}

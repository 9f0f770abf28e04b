/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/refuse.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <sys/vfs.h>
#include <unistd.h>

static struct {
    atomic_bool is_armed;
    atomic_uint calls;
    unsigned nth;
    int code;
    bool only_memory;
    atomic_bool has_refused;
    const char *_Atomic what;
} refusing;

static void begin(unsigned nth, int code, bool only_memory)
{
    refusing.calls = 0;
    refusing.nth = nth;
    refusing.code = code;
    refusing.only_memory = only_memory;
    refusing.has_refused = false;
    refusing.what = "";
    refusing.is_armed = true;
}

void refuse_begin(unsigned nth, int code)
{
    begin(nth, code, false);
}

void refuse_memory_begin(unsigned nth)
{
    begin(nth, ENOMEM, true);
}

bool refuse_end(void)
{
    refusing.is_armed = false;
    return refusing.has_refused;
}

const char *refuse_what(void)
{
    return refusing.what;
}

static int refused_next(const char *name)
{
    if (!refusing.is_armed || atomic_fetch_add(&refusing.calls, 1) != refusing.nth)
        return 0;
    refusing.has_refused = true;
    refusing.what = name;
    return refusing.code;
}

/* The code to fail with, or 0. */
static int refused(const char *name)
{
    return refusing.only_memory ? 0 : refused_next(name);
}

/* The linker gives calls of NAME to __wrap_NAME, and those of __real_NAME to NAME. */
#define DECLARE(type, name, parameters) \
    type __real_##name parameters;      \
    type __wrap_##name parameters
#define WITH_ERRNO(type, name, bad, parameters, arguments) \
    DECLARE(type, name, parameters);                       \
    type __wrap_##name parameters                          \
    {                                                      \
        int code = refused(#name);                         \
        if (code == 0)                                     \
            return __real_##name arguments;                \
        errno = code;                                      \
        return bad;                                        \
    }
#define WITH_CODE(name, parameters, arguments)             \
    DECLARE(int, name, parameters);                        \
    int __wrap_##name parameters                           \
    {                                                      \
        int code = refused(#name);                         \
        return code == 0 ? __real_##name arguments : code; \
    }
#define MEMORY(name, parameters, arguments) \
    DECLARE(void *, name, parameters);      \
    void *__wrap_##name parameters          \
    {                                       \
        if (refused_next(#name) == 0)       \
            return __real_##name arguments; \
        errno = ENOMEM;                     \
        return NULL;                        \
    }

MEMORY(malloc, (size_t size), (size))
MEMORY(calloc, (size_t count, size_t size), (count, size))
MEMORY(realloc, (void *memory, size_t size), (memory, size))

DECLARE(char *, strdup, (const char *text));
char *__wrap_strdup(const char *text)
{
    if (refused_next("strdup") == 0)
        return __real_strdup(text);
    errno = ENOMEM;
    return NULL;
}

int __wrap_asprintf(char **out, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap_asprintf(char **out, const char *format, ...)
{
    va_list arguments;
    if (refused_next("asprintf") != 0) {
        errno = ENOMEM;
        return -1;
    }
    va_start(arguments, format);
    int size = vasprintf(out, format, arguments);
    va_end(arguments);
    return size;
}

DECLARE(int, open, (const char *path, int flags, ...));
int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    int code = refused("open");
    errno = code == 0 ? errno : code;
    return code == 0 ? __real_open(path, flags, mode) : -1;
}

DECLARE(int, openat, (int folder, const char *path, int flags, ...));
int __wrap_openat(int folder, const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    int code = refused("openat");
    errno = code == 0 ? errno : code;
    return code == 0 ? __real_openat(folder, path, flags, mode) : -1;
}

WITH_ERRNO(int, mkdir, -1, (const char *path, mode_t mode), (path, mode))
WITH_ERRNO(int, mkdirat, -1, (int folder, const char *path, mode_t mode), (folder, path, mode))
WITH_ERRNO(int, fsync, -1, (int fd), (fd))
WITH_ERRNO(int, fdatasync, -1, (int fd), (fd))
WITH_ERRNO(ssize_t, pread, -1, (int fd, void *out, size_t size, off_t at), (fd, out, size, at))
WITH_ERRNO(ssize_t, pwrite, -1, (int fd, const void *data, size_t size, off_t at),
           (fd, data, size, at))
WITH_ERRNO(ssize_t, read, -1, (int fd, void *out, size_t size), (fd, out, size))
WITH_ERRNO(ssize_t, write, -1, (int fd, const void *data, size_t size), (fd, data, size))
WITH_ERRNO(int, rename, -1, (const char *from, const char *to), (from, to))
WITH_ERRNO(int, renameat, -1, (int a, const char *from, int b, const char *to), (a, from, b, to))
WITH_ERRNO(int, unlink, -1, (const char *path), (path))
WITH_ERRNO(int, unlinkat, -1, (int folder, const char *path, int flags), (folder, path, flags))
WITH_ERRNO(DIR *, fdopendir, NULL, (int fd), (fd))
WITH_ERRNO(int, flock, -1, (int fd, int operation), (fd, operation))
WITH_ERRNO(int, eventfd, -1, (unsigned value, int flags), (value, flags))
WITH_ERRNO(int, fstatvfs, -1, (int fd, struct statvfs *out), (fd, out))
WITH_ERRNO(int, fstatfs, -1, (int fd, struct statfs *out), (fd, out))
WITH_ERRNO(int, fstatat, -1, (int folder, const char *path, struct stat *out, int flags),
           (folder, path, out, flags))
WITH_CODE(posix_fallocate, (int fd, off_t at, off_t size), (fd, at, size))

WITH_CODE(mdb_env_create, (MDB_env * *env), (env))
WITH_CODE(mdb_env_set_maxdbs, (MDB_env * env, MDB_dbi count), (env, count))
WITH_CODE(mdb_env_set_mapsize, (MDB_env * env, size_t size), (env, size))
WITH_CODE(mdb_env_open, (MDB_env * env, const char *path, unsigned flags, mdb_mode_t mode),
          (env, path, flags, mode))
WITH_CODE(mdb_env_sync, (MDB_env * env, int force), (env, force))
WITH_CODE(mdb_env_info, (MDB_env * env, MDB_envinfo *out), (env, out))
WITH_CODE(mdb_env_copyfd2, (MDB_env * env, mdb_filehandle_t fd, unsigned flags), (env, fd, flags))
WITH_CODE(mdb_reader_check, (MDB_env * env, int *out), (env, out))
WITH_CODE(mdb_txn_begin, (MDB_env * env, MDB_txn *parent, unsigned flags, MDB_txn **out),
          (env, parent, flags, out))
WITH_CODE(mdb_txn_renew, (MDB_txn * txn), (txn))
WITH_CODE(mdb_dbi_open, (MDB_txn * txn, const char *name, unsigned flags, MDB_dbi *out),
          (txn, name, flags, out))
WITH_CODE(mdb_stat, (MDB_txn * txn, MDB_dbi dbi, MDB_stat *out), (txn, dbi, out))
WITH_CODE(mdb_get, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *out), (txn, dbi, key, out))
WITH_CODE(mdb_put, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *row, unsigned flags),
          (txn, dbi, key, row, flags))
WITH_CODE(mdb_del, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *row), (txn, dbi, key, row))
WITH_CODE(mdb_cursor_open, (MDB_txn * txn, MDB_dbi dbi, MDB_cursor **out), (txn, dbi, out))
WITH_CODE(mdb_cursor_get,
          (MDB_cursor * cursor, MDB_val *key, MDB_val *row, MDB_cursor_op operation),
          (cursor, key, row, operation))
WITH_CODE(mdb_cursor_put, (MDB_cursor * cursor, MDB_val *key, MDB_val *row, unsigned flags),
          (cursor, key, row, flags))
WITH_CODE(mdb_cursor_del, (MDB_cursor * cursor, unsigned flags), (cursor, flags))

/* The transaction is over, whatever it answers. */
DECLARE(int, mdb_txn_commit, (MDB_txn * txn));
int __wrap_mdb_txn_commit(MDB_txn *txn)
{
    int code = refused("mdb_txn_commit");
    if (code == 0)
        return __real_mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return code;
}

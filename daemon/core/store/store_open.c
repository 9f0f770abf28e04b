/* SPDX-License-Identifier: EUPL-1.2
 *
 * Opening and closing. The folder holds `data.mdb` and `lock.mdb` (LMDB's), `ballast` when the
 * options ask for one, and for a moment `data.mdb.new` (store_create.c) or `probe` (store_space.c).
 * The lock of S6 is a flock on the folder itself: it needs no file and cannot be left behind.
 */
#include "store/store.h"

#include "store/filesystem.h"
#include "store/store_internal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define MAP_DEFAULT_BYTES (64ull << 30)
#define MAP_MAX_DEFAULT_BYTES (4ull << 40)
#define MAP_LEAST_BYTES (256ull << 10)
#define MAP_UNIT_BYTES (64ull << 10) /* a multiple of every page size */

static void init_locks(struct tov_store *store)
{
    int rc = pthread_rwlock_init(&store->map_lock, NULL);
    assert(rc == 0);
    rc = pthread_mutex_init(&store->lock, NULL);
    assert(rc == 0);
    rc = pthread_cond_init(&store->changed, NULL);
    assert(rc == 0);
    (void)rc;
}

static enum tov_err create_store(const char *path, const struct tov_store_options *options,
                                 struct tov_store **out_store, struct tov_error *error)
{
    assert(options->table_count <= TOV_STORE_TABLES_MAX && options->format > 0);
    struct tov_store *store = calloc(1, sizeof *store);
    char *path_copy = strdup(path);
    if (store == NULL || path_copy == NULL) {
        free(store);
        free(path_copy);
        return tov_fail(error, TOV_E_NOMEM, "%s: no memory to open it", path);
    }
    store->path = path_copy;
    store->mode = options->mode;
    store->tables = options->tables;
    store->table_count = options->table_count;
    store->map_max_bytes =
        options->map_max_bytes != 0 ? options->map_max_bytes : MAP_MAX_DEFAULT_BYTES;
    store->ballast_bytes = options->ballast_bytes;
    store->progress = options->progress;
    store->dir_fd = -1;
    store->event_fd = -1;
    store->owner = pthread_self();
    store->read.store = store;
    store_seal_init(store);
    init_locks(store);
    *out_store = store;
    return TOV_OK;
}

/* The process that holds the lock on the folder, from the kernel's list; 0: not to be seen. */
static long find_holder(const struct tov_store *store)
{
    struct stat info;
    char line[256];
    long holder = 0;
    FILE *locks = fopen("/proc/locks", "re");
    if (locks == NULL)
        return 0;
    while (holder == 0 && fstat(store->dir_fd, &info) == 0 &&
           fgets(line, sizeof line, locks) != NULL) {
        long pid;
        unsigned major_number, minor_number;
        unsigned long inode;
        /* NOLINTNEXTLINE(cert-err34-c): the kernel writes it, of numbers that fit */
        if (sscanf(line, "%*d: FLOCK %*s WRITE %ld %x:%x:%lu", &pid, &major_number, &minor_number,
                   &inode) == 4 &&
            inode == (unsigned long)info.st_ino &&
            makedev(major_number, minor_number) == info.st_dev)
            holder = pid;
    }
    (void)fclose(locks);
    return holder;
}

static enum tov_err fail_busy(const struct tov_store *store, struct tov_error *error)
{
    long holder = find_holder(store);
    if (holder > 0)
        return tov_fail(error, TOV_E_BUSY,
                        "another tovd uses %s (process %ld); stop that one first", store->path,
                        holder);
    return tov_fail(error, TOV_E_BUSY, "another tovd uses %s; stop that one first", store->path);
}

enum tov_err store_open_folder(struct tov_store *store, struct tov_error *error)
{
    if (mkdir(store->path, 0700) != 0 && errno != EEXIST)
        return store_fail(store, error, errno, "cannot make the folder");
    store->dir_fd = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->dir_fd < 0)
        return store_fail(store, error, errno, "cannot open the folder");
    if (flock(store->dir_fd, LOCK_EX | LOCK_NB) == 0)
        return TOV_OK;
    if (errno != EWOULDBLOCK)
        return store_fail(store, error, errno, "cannot lock the folder");
    return fail_busy(store, error);
}

/* What a cut-off restore left is not the whole of anything. */
static enum tov_err check_whole(const struct tov_store *store, struct tov_error *error)
{
    if (faccessat(store->dir_fd, STORE_RESTORING_NAME, F_OK, 0) != 0)
        return TOV_OK;
    return tov_fail(error, TOV_E_CORRUPT,
                    "%s: a restore into it was cut off, so it is not whole; run `tovd restore` "
                    "again, with the same backup",
                    store->path);
}

/* A new folder's entry is not on disk before its parent is synced. A parent that may not be read
 * belongs to an administrator who made the folder; then there is nothing of ours to sync. */
static enum tov_err sync_folder(struct tov_store *store, struct tov_error *error)
{
    if (fsync(store->dir_fd) != 0)
        return store_fail(store, error, errno, "cannot sync the folder");
    int parent_fd = openat(store->dir_fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent_fd < 0 && errno == EACCES)
        return TOV_OK;
    if (parent_fd < 0)
        return store_fail(store, error, errno, "cannot open the folder above");
    int code = fsync(parent_fd) == 0 ? 0 : errno;
    (void)close(parent_fd);
    return code == 0 ? TOV_OK : store_fail(store, error, code, "cannot sync the folder above");
}

static size_t first_map_bytes(const struct tov_store_options *options)
{
    uint64_t bytes = options->map_bytes != 0 ? options->map_bytes : MAP_DEFAULT_BYTES;
    if (bytes < MAP_LEAST_BYTES)
        bytes = MAP_LEAST_BYTES;
    return (size_t)((bytes + MAP_UNIT_BYTES - 1) / MAP_UNIT_BYTES * MAP_UNIT_BYTES);
}

/* LMDB's default mode, which is the only one that is durable at each commit (S1). NOTLS: a read
 * belongs to its object, not to its thread. */
static enum tov_err open_env(struct tov_store *store, size_t map_bytes, struct tov_error *error)
{
    static const unsigned flags[] = {
        [TOV_STORE_OWN] = PLANTED_ENV_FLAGS,
        [TOV_STORE_LOOK] = MDB_RDONLY,
        [TOV_STORE_REST] = MDB_RDONLY | MDB_NOLOCK,
    };
    int code = mdb_env_create(&store->env);
    if (code == 0)
        code = mdb_env_set_maxdbs(store->env, store->table_count + 1);
    if (code == 0)
        code = mdb_env_set_mapsize(store->env, map_bytes);
    if (code == 0)
        code = mdb_env_open(store->env, store->path, MDB_NOTLS | flags[store->mode], 0600);
    if (code == 0)
        code = mdb_reader_check(store->env, NULL);
    return code == 0 ? TOV_OK : store_fail(store, error, code, "cannot open the database");
}

static enum tov_err check_format(struct tov_store *store, MDB_val row, uint32_t format,
                                 struct tov_error *error)
{
    MDB_val key = store_val(META_FORMAT, strlen(META_FORMAT));
    struct tov_bytes value = {row.mv_data, row.mv_size};
    bool is_first_layout = row.mv_size == 8 && tov_get_be64(row.mv_data) >> 32 == 1;
    int code = is_first_layout ? 0 : store_unseal(&store->meta_seal, key, row, &value);
    struct tov_reader reader = tov_reader_of(value);
    uint32_t layout = tov_read_u32(&reader);
    uint32_t found = tov_read_u32(&reader);
    if (code != 0 || !tov_reader_is_done(&reader))
        return tov_fail(error, TOV_E_CORRUPT,
                        "%s: its format row is damaged; restore it from a "
                        "backup or from the peers",
                        store->path);
    if (layout == STORE_LAYOUT && found == format)
        return TOV_OK;
    if (layout > STORE_LAYOUT || found > format)
        return tov_fail(error, TOV_E_VERSION,
                        "%s: written by a newer tovd (format %u.%u, this one "
                        "knows %u.%u); install that version or a later one, nothing was changed",
                        store->path, layout, found, STORE_LAYOUT, format);
    return tov_fail(error, TOV_E_VERSION,
                    "%s: written by an older tovd (format %u.%u, this one "
                    "needs %u.%u); migrate it with the version that wrote it, nothing was changed",
                    store->path, layout, found, STORE_LAYOUT, format);
}

/* A file with tables but without a format row is somebody else's. */
static enum tov_err write_format(struct tov_store *store, MDB_txn *txn, uint32_t format,
                                 struct tov_error *error)
{
    uint8_t row[8];
    tov_put_be32(row, STORE_LAYOUT);
    tov_put_be32(row + 4, format);
    struct store_table_at at = {store->meta, &store->meta_seal};
    struct store_pair pair = {store_val(META_FORMAT, strlen(META_FORMAT)), TOV_BYTES_OF(row)};
    int code = store_put(txn, &at, &pair, MDB_NOOVERWRITE);
    return code == 0 ? TOV_OK : store_fail(store, error, code, "cannot write its format");
}

static bool has_other_tables(MDB_txn *txn)
{
    MDB_dbi main_dbi;
    MDB_stat stat;
    return mdb_dbi_open(txn, NULL, 0, &main_dbi) == 0 && mdb_stat(txn, main_dbi, &stat) == 0 &&
           stat.ms_entries > 0;
}

static enum tov_err open_meta(struct tov_store *store, MDB_txn *txn, uint32_t format,
                              struct tov_error *error)
{
    int code = mdb_dbi_open(txn, "meta", 0, &store->meta);
    if (code == MDB_NOTFOUND && (has_other_tables(txn) || store->mode != TOV_STORE_OWN))
        return tov_fail(error, TOV_E_CORRUPT, "%s: holds a database that is not tovd's",
                        store->path);
    if (code == MDB_NOTFOUND)
        code = mdb_dbi_open(txn, "meta", MDB_CREATE, &store->meta);
    if (code != 0)
        return store_fail(store, error, code, "cannot open its table \"meta\"");
    MDB_val key = store_val(META_FORMAT, strlen(META_FORMAT));
    MDB_val row;
    code = mdb_get(txn, store->meta, &key, &row);
    if (code == MDB_NOTFOUND && store->mode == TOV_STORE_OWN)
        return write_format(store, txn, format, error);
    if (code != 0)
        return store_fail(store, error, code == MDB_NOTFOUND ? MDB_CORRUPTED : code,
                          "cannot read its format");
    return check_format(store, row, format, error);
}

static enum tov_err open_tables_in(struct tov_store *store, MDB_txn *txn, uint32_t format,
                                   struct tov_error *error)
{
    unsigned create = store->mode == TOV_STORE_OWN ? MDB_CREATE : 0;
    TOV_TRY(open_meta(store, txn, format, error));
    for (unsigned i = 0; i < store->table_count; i++) {
        assert(strcmp(store->tables[i].name, "meta") != 0);
        int code = mdb_dbi_open(txn, store->tables[i].name, create, &store->dbi[i]);
        store->has_table[i] = code == 0;
        if (code != 0 && (create != 0 || code != MDB_NOTFOUND))
            return store_fail(store, error, code, "cannot open its tables");
    }
    int code = store_read_number(store, txn, &store->number);
    return code == 0 ? TOV_OK : store_fail(store, error, code, "cannot read its number");
}

static enum tov_err open_tables(struct tov_store *store, uint32_t format, struct tov_error *error)
{
    MDB_txn *txn = NULL;
    unsigned flags = store->mode == TOV_STORE_OWN ? 0 : MDB_RDONLY;
    int code = mdb_txn_begin(store->env, NULL, flags, &txn);
    if (code == MDB_MAP_RESIZED && flags != 0) {
        code = mdb_env_set_mapsize(store->env, 0);
        if (code == 0)
            code = mdb_txn_begin(store->env, NULL, flags, &txn);
    }
    if (code != 0)
        return store_fail(store, error, code, "cannot begin");
    enum tov_err err = open_tables_in(store, txn, format, error);
    if (err != TOV_OK) {
        mdb_txn_abort(txn);
        return err;
    }
    code = mdb_txn_commit(txn);
    store->committed_number = store->number;
    return code == 0 ? TOV_OK : store_fail(store, error, code, "cannot make its tables");
}

/* Both transactions for reading are made now and renewed later: neither reading nor the lookup
 * after a failed commit can then fail for want of memory or of a slot. */
static enum tov_err open_reads(struct tov_store *store, struct tov_error *error)
{
    int code = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &store->read.txn);
    if (code == 0) {
        mdb_txn_reset(store->read.txn);
        code = mdb_txn_begin(store->env, NULL, MDB_RDONLY, &store->lookup_txn);
    }
    if (code == 0)
        mdb_txn_reset(store->lookup_txn);
    return code == 0 ? TOV_OK : store_fail(store, error, code, "cannot begin to read");
}

/* Before LMDB follows a pointer in it (S7). */
static enum tov_err check_file(struct tov_store *store, const struct tov_store_options *options,
                               struct tov_error *error)
{
    struct stat info;
    if (fstatat(store->dir_fd, STORE_FILE_NAME, &info, 0) != 0)
        return store_fail(store, error, errno, "cannot look at the database");
    if (!options->check_whole && (uint64_t)info.st_size > TOV_STORE_CHECK_BYTES)
        return TOV_OK;
    return store_check_file(store, error);
}

static enum tov_err open_to_read(struct tov_store *store, const struct tov_store_options *options,
                                 struct tov_error *error)
{
    store->dir_fd = open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->dir_fd < 0 && errno != ENOENT)
        return store_fail(store, error, errno, "cannot open the folder");
    if (store->dir_fd >= 0)
        TOV_TRY(check_whole(store, error));
    if (store->dir_fd < 0 || faccessat(store->dir_fd, STORE_FILE_NAME, F_OK, 0) != 0)
        return tov_fail(error, TOV_E_NOT_FOUND, "%s: there is no database in it", store->path);
    if (store->mode == TOV_STORE_REST)
        TOV_TRY(check_file(store, options, error));
    TOV_TRY(open_env(store, first_map_bytes(options), error));
    TOV_TRY(open_tables(store, options->format, error));
    return open_reads(store, error);
}

static enum tov_err open_all(struct tov_store *store, const struct tov_store_options *options,
                             struct tov_error *error)
{
    if (options->mode != TOV_STORE_OWN)
        return open_to_read(store, options, error);
    TOV_TRY(store_open_folder(store, error));
    TOV_TRY(check_whole(store, error));
    if (!options->any_filesystem)
        TOV_TRY(tov_filesystem_check(store->dir_fd, store->path, error));
    TOV_TRY(store_create_file(store, error));
    TOV_TRY(check_file(store, options, error));
    TOV_TRY(open_env(store, first_map_bytes(options), error));
    TOV_TRY(open_tables(store, options->format, error));
    TOV_TRY(open_reads(store, error));
    TOV_TRY(sync_folder(store, error));
    /* A disk that is full already has no room for ballast, and that is no reason not to start. */
    enum tov_err ballast = tov_store_ballast_restore(store);
    if (ballast != TOV_OK && ballast != TOV_E_FULL)
        return tov_fail(error, ballast, "%s: cannot make its ballast file", store->path);
    store->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (store->event_fd < 0)
        return store_fail(store, error, errno, "cannot make an event descriptor");
    return store_start_committer(store, error);
}

enum tov_err tov_store_open(const char *path, const struct tov_store_options *options,
                            struct tov_store **out_store, struct tov_error *error)
{
    TOV_CLEANUP(tov_store_cleanup) struct tov_store *store = NULL;
    TOV_TRY(create_store(path, options, &store, error));
    TOV_TRY(open_all(store, options, error));
    *out_store = TOV_TAKE(store);
    return TOV_OK;
}

static void close_env(struct tov_store *store)
{
    if (store->read.txn != NULL)
        mdb_txn_abort(store->read.txn);
    if (store->lookup_txn != NULL)
        mdb_txn_abort(store->lookup_txn);
    if (store->env != NULL)
        mdb_env_close(store->env);
}

void tov_store_close(struct tov_store *store)
{
    if (store == NULL)
        return;
    assert(store->read.depth == 0);
    store_stop_committer(store);
    close_env(store);
    if (store->event_fd >= 0)
        (void)close(store->event_fd);
    if (store->dir_fd >= 0)
        (void)close(store->dir_fd); /* the lock ends here, after everything else */
    (void)pthread_rwlock_destroy(&store->map_lock);
    (void)pthread_mutex_destroy(&store->lock);
    (void)pthread_cond_destroy(&store->changed);
    free(store->path);
    free(store);
}

const char *tov_store_library_version(void)
{
    return mdb_version(NULL, NULL, NULL);
}

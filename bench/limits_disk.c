/* SPDX-License-Identifier: EUPL-1.2 */
#include "limits.h"

#include <fcntl.h>
#include <lmdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROW_BYTES 1024u
#define SYNC_BYTES 4096u
#define SAMPLES_MAX 20000u
#define MAP_BYTES ((size_t)4 << 30)
#define PATH_SIZE 512

static double samples[SAMPLES_MAX];

static void must(int code, const char *what)
{
    if (code == 0)
        return;
    (void)fprintf(stderr, "bench_limits: %s: %s\n", what, mdb_strerror(code));
    exit(1);
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(size_t count)
{
    qsort(samples, count, sizeof samples[0], compare);
    return samples[count / 2];
}

static void commit_rows(MDB_env *env, MDB_dbi table, uint64_t first, unsigned rows)
{
    static uint8_t row[ROW_BYTES];
    MDB_txn *txn = NULL;
    must(mdb_txn_begin(env, NULL, 0, &txn), "begin");
    for (uint64_t number = first; number < first + rows; number++) {
        MDB_val key = {sizeof number, &number}, value = {sizeof row, row};
        must(mdb_put(txn, table, &key, &value, MDB_APPEND), "put");
    }
    must(mdb_txn_commit(txn), "commit");
}

static void commits(MDB_env *env, MDB_dbi table, unsigned rows, double seconds)
{
    static uint64_t next;
    char name[64];
    size_t count = 0;
    double began = limits_wall_s(), cpu = limits_cpu_s(), now = began;
    while (now - began < seconds && count < SAMPLES_MAX) {
        commit_rows(env, table, next, rows);
        next += rows;
        double end = limits_wall_s();
        samples[count++] = (end - now) * 1e3;
        now = end;
    }
    double puts = (double)count * rows;
    cpu = (limits_cpu_s() - cpu) * 1e6 / puts;
    (void)snprintf(name, sizeof name, "lmdb_commit_%u_rows", rows);
    limits_print(name, median(count), "ms");
    (void)snprintf(name, sizeof name, "lmdb_rows_%u_a_commit", rows);
    limits_print(name, puts / (now - began), "/s");
    (void)snprintf(name, sizeof name, "lmdb_cpu_%u_a_commit", rows);
    limits_print(name, cpu, "us");
}

static void lmdb(const char *folder, double seconds)
{
    MDB_env *env = NULL;
    MDB_txn *txn = NULL;
    MDB_dbi table;
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/limits.mdb", folder);
    must(mdb_env_create(&env), "create");
    must(mdb_env_set_mapsize(env, MAP_BYTES), "map size");
    must(mdb_env_open(env, path, MDB_NOSUBDIR, 0600), path);
    must(mdb_txn_begin(env, NULL, 0, &txn), "begin");
    must(mdb_dbi_open(txn, NULL, MDB_INTEGERKEY, &table), "table");
    must(mdb_txn_commit(txn), "commit");
    commits(env, table, 1, seconds);
    commits(env, table, 256, seconds);
    mdb_env_close(env);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/limits.mdb-lock", folder);
    (void)unlink(path);
}

static void appends(const char *folder, double seconds)
{
    static uint8_t block[SYNC_BYTES];
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/limits.sync", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t count = 0;
    double began = limits_wall_s(), now = began;
    while (fd >= 0 && now - began < seconds && count < SAMPLES_MAX) {
        if (write(fd, block, sizeof block) != (ssize_t)sizeof block || fdatasync(fd) != 0)
            break;
        double end = limits_wall_s();
        samples[count++] = (end - now) * 1e3;
        now = end;
    }
    if (count == 0) {
        perror(path);
        exit(1);
    }
    (void)close(fd);
    (void)unlink(path);
    limits_print("append_4k_fdatasync", median(count), "ms");
}

void limits_disk(const char *folder, double seconds)
{
    appends(folder, seconds);
    lmdb(folder, seconds);
}

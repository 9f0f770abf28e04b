/* SPDX-License-Identifier: EUPL-1.2
 *
 * The store's insides, shared by store_*.c. Not for: anything outside this folder.
 * Who may touch what stands beside each field; a field without a note is set at open only.
 */
#ifndef TOV_STORE_STORE_INTERNAL_H
#define TOV_STORE_STORE_INTERNAL_H

#include "base/checksum.h"
#include "store/read.h"

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>

struct tov_store_read {
    struct tov_store *store;
    MDB_txn *txn; /* reset when depth is 0 */
    unsigned depth;
    uint64_t started_ms;
};

/* Where reading everything is (store_scrub.c). */
struct store_scrub {
    unsigned table;
    struct tov_store_key next; /* size 0: from the first row of the table on */
    uint64_t rows;
};

/*   FREE --post_job--> WAITING --run_job--> DONE --take_result--> FREE            */
enum job_state { JOB_FREE, JOB_WAITING, JOB_DONE };

struct tov_store {
    char *path;
    enum tov_store_mode mode;
    const struct tov_store_table *tables;
    unsigned table_count;
    uint64_t map_max_bytes;
    uint64_t ballast_bytes;
    struct tov_store_progress progress;
    int dir_fd; /* holds the lock on the folder (S6) */
    MDB_env *env;
    MDB_dbi meta;
    MDB_dbi dbi[TOV_STORE_TABLES_MAX];
    bool has_table[TOV_STORE_TABLES_MAX]; /* all of them in the mode OWN */
    struct tov_checksum_key meta_seal, seals[TOV_STORE_TABLES_MAX];

    pthread_t owner;
    struct tov_store_read read;        /* owner */
    struct tov_store_batch *in_flight; /* owner: handed over by tov_store_commit_async */
    uint64_t number;                   /* owner: of the last commit known to it */
    enum tov_err damage;               /* owner: a row was met that is not what was written */
    struct tov_error damage_words;     /* owner */
    struct store_scrub scrub;          /* owner */

    pthread_rwlock_t map_lock; /* shared: a transaction is open; exclusive: the map changes (S5) */
    atomic_bool has_no_map;    /* a map could not be replaced: nothing can be read any more */

    pthread_t committer;
    bool has_committer;
    int event_fd; /* readable while a result of an asynchronous commit waits */

    pthread_mutex_t lock; /* guards job_*, and changed tells of them */
    pthread_cond_t changed;
    enum job_state job_state;
    bool job_is_async;
    bool is_closing;
    const struct tov_store_batch *job_batch;
    struct tov_store_result job_result;

    MDB_txn *lookup_txn;       /* committer; made at open, so that a lookup needs no memory */
    uint64_t committed_number; /* committer */
    bool is_broken;            /* committer: S4 */
};

/* Rows of the table "meta". */
#define META_FORMAT "format" /* u32 STORE_LAYOUT, u32 the caller's format */
#define META_NUMBER "number" /* u64: of the last commit, 0 before the first */
#define STORE_LAYOUT 2u      /* 1: rows without sums */

/* The one place that knows LMDB's codes (and errno, which LMDB returns too). */
enum tov_err store_err_of(int code);
/* Fills ERROR with "PATH: DOING: why; what to do" and returns the code. */
enum tov_err store_fail(const struct tov_store *store, struct tov_error *error, int code,
                        const char *doing);

static inline MDB_val store_val(const void *data, size_t size)
{
    /* LMDB does not write through values that it is given, but its type is not const. */
    return (MDB_val){.mv_size = size, .mv_data = (void *)(uintptr_t)data};
}

/* store_seal.c: a row with its sum. Both return LMDB's codes. */
#define STORE_SEAL_BYTES 8u
struct store_table_at {
    MDB_dbi dbi;
    const struct tov_checksum_key *seal;
};
struct store_pair {
    MDB_val key;
    struct tov_bytes value;
};
void store_seal_init(struct tov_store *store);
int store_put(MDB_txn *txn, const struct store_table_at *at, const struct store_pair *pair,
              unsigned flags);
/* MDB_CORRUPTED when ROW is not what was put under KEY. */
int store_unseal(const struct tov_checksum_key *seal, MDB_val key, MDB_val row,
                 struct tov_bytes *out_value);
/* The first damage that is met sticks (tov_store_damage). Returns TOV_E_CORRUPT. */
enum tov_err store_note_damage(struct tov_store *store, unsigned table, struct tov_bytes key);
/* TOV_E_CORRUPT, in words: PAGE of the file, and WHAT is wrong there. */
enum tov_err store_fail_page(const struct tov_store *store, struct tov_error *error, uint64_t page,
                             const char *what);

/* store_check.c: reads the whole file, page by page, and says whether it agrees with itself. For
 * a file that nobody writes. */
enum tov_err store_check_file(const struct tov_store *store, struct tov_error *error);

/* Reads META_NUMBER; a store without the row is at 0. */
int store_read_number(struct tov_store *store, MDB_txn *txn, uint64_t *out_number);
int store_write_number(struct tov_store *store, MDB_txn *txn, uint64_t number);

/* Opens and locks the store's folder (S6). */
enum tov_err store_open_folder(struct tov_store *store, struct tov_error *error);
/* The folder that says that a restore is not finished. */
#define STORE_RESTORING_NAME "restoring"
/* The file of a database in its folder. */
#define STORE_FILE_NAME "data.mdb"
#define STORE_LOCK_NAME "lock.mdb"

/* Makes `data.mdb` when it is not there: whole and synced, or not at all. */
enum tov_err store_create_file(struct tov_store *store, struct tov_error *error);

/* False when the disk has not even room for a small file. */
bool store_has_room(struct tov_store *store);

enum tov_err store_start_committer(struct tov_store *store, struct tov_error *error);
void store_stop_committer(struct tov_store *store); /* lets a commit in flight end */

/* Planted faults, the negative controls of tests/fault/store: a product build sets none. */
#if defined TOV_PLANT_NOSYNC
#define PLANTED_ENV_FLAGS MDB_NOSYNC
#elif defined TOV_PLANT_NOMETASYNC
#define PLANTED_ENV_FLAGS MDB_NOMETASYNC
#else
#define PLANTED_ENV_FLAGS 0u
#endif
#ifdef TOV_PLANT_EARLY_ACK
#define PLANTED_EARLY_ACK true
#else
#define PLANTED_EARLY_ACK false
#endif

#endif

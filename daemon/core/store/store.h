/* SPDX-License-Identifier: EUPL-1.2
 *
 * The store: named tables of rows in key order, changed by whole batches. A batch that was
 * answered with TOV_OK is on disk and survives a power cut (I2, I3). The only home of LMDB.
 * Not for: what the rows mean; what the tree says of them is the ledger's.
 * A caller must never go on after TOV_E_IO: the process stops, and the next start looks up what
 * is there.
 *
 *   S1  A commit is one transaction and one sync, in LMDB's default mode: all of it or nothing.
 *   S2  TOV_OK only after the sync. A reader sees a commit only after its sync.
 *   S3  A failed commit's outcome is looked up (a number in the same transaction), not guessed:
 *       TOV_E_FULL, TOV_E_NOMEM and TOV_E_EXISTS mean that nothing of it is there.
 *   S4  After the first TOV_E_IO no commit succeeds again in this process. Whether the failed one
 *       is there is known only at the next start.
 *   S5  The map is replaced only while no transaction of this process is open.
 *   S6  One process has a store open as its owner. Others may look (TOV_STORE_LOOK): by LMDB's own
 *       locks, without changing anything.
 *   S7  What is read is what was written (store_seal.c). A file that nobody writes is read whole
 *       before it is used, up to TOV_STORE_CHECK_BYTES (store_check.c). Once damage was met it
 *       sticks, and no commit succeeds any more. That a row is not there is said by the rows beside
 *       it, which are what was written; a key that a disk changes later may hide one until the
 *       next tov_store_scrub.
 *
 * Threads: open, close, commit and read from one thread. tov_store_copy from any. One thread of
 * the store's own commits; it touches only the batch that it was handed.
 */
#ifndef TOV_STORE_STORE_H
#define TOV_STORE_STORE_H

#include "store/batch.h"

struct tov_store;

#define TOV_STORE_TABLES_MAX 64u

/* A larger file is read whole only when the last process ended by a fault. */
#define TOV_STORE_CHECK_BYTES (1024ull * 1024 * 1024)

/* One table. The caller's array of these is its schema; an index into it names the table. */
struct tov_store_table {
    const char *name; /* unique, not "meta" */
    uint8_t key_size; /* TOV_STORE_KEY_...: every key of the table has it; 0 = 1 to 40 bytes */
};

enum tov_store_mode {
    TOV_STORE_OWN = 0,  /* read and write; made when it is not there */
    TOV_STORE_LOOK = 1, /* of another process that runs or not: nothing is written but a reader's
                         * slot in LMDB's lock file. For tov_store_copy; only the tables that are
                         * there can be read. */
    TOV_STORE_REST = 2  /* a copy that nobody has open: nothing at all is written, not even a lock
                         * file, so that it may lie on a disk that cannot be written */
};

/* Called while the file is read whole, every 16 MiB and at least every 1,000 reads, for what
 * must be said meanwhile. The store is not open yet. */
struct tov_store_progress {
    void (*call)(void *context); /* NULL: nobody asks */
    void *context;
};

struct tov_store_options {
    enum tov_store_mode mode;             /* other than OWN: never commit (asserted) */
    const struct tov_store_table *tables; /* static: the store keeps the pointer */
    unsigned table_count;
    uint32_t format;        /* version of what the caller's rows mean, from 1 */
    uint64_t map_bytes;     /* first size of the map; 0 = 64 GiB of addresses (not of disk) */
    uint64_t map_max_bytes; /* where doubling ends; 0 = 4 TiB */
    uint64_t ballast_bytes; /* a file to give away when the disk is full; 0 = none */
    bool check_whole;       /* read the file whole first, however large it is */
    struct tov_store_progress progress;
    bool any_filesystem; /* also network, overlay and memory filesystems: for tests only */
};

/* Opens the store in the folder PATH, which is made (mode 0700) when it is not there; folder and
 * parent are synced before this returns. Fails with
 *   TOV_E_BUSY         another process has it open
 *   TOV_E_VERSION      written by another version of tovd (newer, or no longer known)
 *   TOV_E_CONFIG       on a filesystem that does not keep what it has synced (network, overlay)
 *   TOV_E_CORRUPT      not a store, or damaged beyond opening, or one that a restore left undone
 *   TOV_E_NOT_FOUND    in the modes LOOK and REST: there is none
 *   TOV_E_FULL, TOV_E_NOMEM, TOV_E_DENIED, TOV_E_IO */
enum tov_err tov_store_open(const char *path, const struct tov_store_options *options,
                            struct tov_store **out_store, struct tov_error *error) TOV_MUST_CHECK;
/* Waits for a commit in flight; its batch stays the caller's to destroy. NULL is fine. */
void tov_store_close(struct tov_store *store);
TOV_DEFINE_CLEANUP(tov_store, struct tov_store, tov_store_close)

/* Commits BATCH and waits: one transaction, one sync. BATCH is left as it was. No read may be open
 * and no commit in flight (asserted). An empty batch is TOV_OK and writes nothing.
 *   TOV_OK       durable
 *   TOV_E_FULL   no space, or the map may not grow; nothing is there; may succeed later
 *   TOV_E_NOMEM  as TOV_E_FULL
 *   TOV_E_EXISTS an insert or append met its key (or a higher one); nothing is there
 *   TOV_E_LIMIT  the batch outgrew its limit; nothing is there
 *   TOV_E_CORRUPT the file does not agree with itself, or damage was met (S7): as TOV_E_IO
 *   TOV_E_IO     S4: stop the process */
enum tov_err tov_store_commit(struct tov_store *store, const struct tov_store_batch *batch,
                              struct tov_error *error) TOV_MUST_CHECK;

/* The same without waiting. BATCH belongs to the store until its result is taken; one commit is in
 * flight at a time (a second is TOV_E_BUSY). Reads may go on meanwhile. */
enum tov_err tov_store_commit_async(struct tov_store *store,
                                    struct tov_store_batch *batch) TOV_MUST_CHECK;
/* Readable while a result waits: for poll. The store's own; do not read from it. */
int tov_store_fd(const struct tov_store *store);

struct tov_store_result {
    struct tov_store_batch *batch; /* the caller's again */
    uint64_t number;               /* tov_store_number after it, when it is TOV_OK */
    enum tov_err err;              /* as tov_store_commit returns */
    struct tov_error error;        /* its words, when err is not TOV_OK */
};
/* Takes the result of the commit in flight; TOV_E_AGAIN when there is none (yet). */
enum tov_err tov_store_commit_result(struct tov_store *store,
                                     struct tov_store_result *out_result) TOV_MUST_CHECK;
/* Waits until the commit in flight, if any, is durable or has failed: its batch may then be
 * destroyed. The result still waits to be taken. No read may be open (asserted). */
void tov_store_settle(struct tov_store *store);
/* True from tov_store_commit_async until its result is taken. */
bool tov_store_is_committing(const struct tov_store *store);
/* Commits since the store was made; changes only by a commit that is TOV_OK. */
uint64_t tov_store_number(const struct tov_store *store);

/* TOV_E_CORRUPT from the first row on that was met and is not what was written, with words for
 * whoever runs the node; else TOV_OK. What was read since must not be used. */
enum tov_err tov_store_damage(const struct tov_store *store,
                              struct tov_error *error) TOV_MUST_CHECK;

/* Reads on from where the last call ended, some BYTES of rows, and looks at their sums.
 * TOV_E_AGAIN: there is more; TOV_OK: every row was read since the last TOV_OK, OUT_ROWS of them,
 * and the next call begins anew; TOV_E_CORRUPT as tov_store_damage. */
enum tov_err tov_store_scrub(struct tov_store *store, size_t bytes, uint64_t *out_rows,
                             struct tov_error *error) TOV_MUST_CHECK;

struct tov_store_space {
    uint64_t free_bytes;  /* of the filesystem, for this user; 0 where no file can be made soon */
    uint64_t total_bytes; /* of the filesystem */
    uint64_t file_bytes;  /* the store's own file */
    uint64_t map_bytes;   /* the map as it is now */
    bool has_ballast;
};
/* For admission: refuse new work while space is short, before a commit has to. */
enum tov_err tov_store_space(struct tov_store *store,
                             struct tov_store_space *out_space) TOV_MUST_CHECK;
/* Gives the ballast's space back to the disk, in an emergency; and takes it again later
 * (TOV_E_FULL when there is no room). Without ballast in the options both do nothing. */
enum tov_err tov_store_ballast_release(struct tov_store *store) TOV_MUST_CHECK;
enum tov_err tov_store_ballast_restore(struct tov_store *store) TOV_MUST_CHECK;

/* Writes a compact, consistent copy of the last commit to FD and syncs it, while commits go on:
 * a database file that opens as `data.mdb` in a folder. Blocks; from any thread; FD need not be
 * seekable (a pipe is not synced). Deleted rows are not in it. A map that must grow waits for the
 * copy's end, when it is this process' own. */
enum tov_err tov_store_copy(struct tov_store *store, int fd,
                            struct tov_error *error) TOV_MUST_CHECK;

/* ---- putting a copy back (store_restore.c) ----
 *
 * While the folder `restoring` lies in the store's own, no store can be opened there: what a
 * cut-off restore leaves is refused, and the next restore begins again. */
struct tov_store_restore;

/* Locks the folder PATH, made when it is not there, as an owner does; close *OUT_FD to unlock.
 * TOV_E_BUSY, with the process that has it where the kernel tells. */
enum tov_err tov_store_lock(const char *path, int *out_fd, struct tov_error *error) TOV_MUST_CHECK;

/* Locks the folder PATH as a store's owner does (made when it is not there). TOV_E_BUSY: a node has
 * it open; TOV_E_EXISTS: a store is there. What an earlier, cut-off restore left in it is removed.
 */
enum tov_err tov_store_restore_begin(const char *path, struct tov_store_restore **out_restore,
                                     struct tov_error *error) TOV_MUST_CHECK;
/* True when an earlier restore into this folder was cut off. */
bool tov_store_restore_is_again(const struct tov_store_restore *restore);
/* The folder to put `data.mdb` into: as a store it may be opened and changed until the end. */
const char *tov_store_restore_folder(const struct tov_store_restore *restore);
/* Gives the store its place. Call it last: after everything that belongs to it is synced. */
enum tov_err tov_store_restore_finish(struct tov_store_restore *restore,
                                      struct tov_error *error) TOV_MUST_CHECK;
/* Takes back what was begun: the folder is as it was before, or empty. */
void tov_store_restore_undo(struct tov_store_restore *restore);
/* Unlocks; what is not finished stays refused. NULL is fine. */
void tov_store_restore_close(struct tov_store_restore *restore);
TOV_DEFINE_CLEANUP(tov_store_restore, struct tov_store_restore, tov_store_restore_close)

/* For the log at start: LMDB's version, static. */
const char *tov_store_library_version(void);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a disk was told, write by write, as the kernel's dm-log-writes notes it on a second disk
 * (Documentation/admin-guide/device-mapper/log-writes.rst of Linux): enough to make the disk as it
 * may have been at any moment at which the power went.
 *
 * A flush stands behind the writes that it made durable; these are the entries since the flush
 * before. When the power goes before it is done, any of them may be there, whole or in part; one
 * that was written through (FUA) is, once it is noted.
 */
#ifndef TOV_TESTS_MACHINE_WRITELOG_H
#define TOV_TESTS_MACHINE_WRITELOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WRITELOG_MARK_SIZE 32

struct writelog_entry {
    uint64_t sector, sectors; /* of 512 bytes; what is written */
    uint64_t data_at;         /* where that stands in the file of the log */
    bool is_flush, is_through, is_discard;
    char mark[WRITELOG_MARK_SIZE]; /* what a test said meanwhile; "": a write */
};

struct writelog {
    int fd;
    struct writelog_entry *entries;
    size_t count;
};

/* Reads the log in the file at PATH, of a disk that nobody writes any more. Stops the test program
 * when it is none. */
void writelog_open(struct writelog *log, const char *path);
void writelog_close(struct writelog *log);
/* The first entry that is not durable when the first COUNT are noted and no more. */
size_t writelog_durable(const struct writelog *log, size_t count);
/* Where the flush stands that ends what is written at AT, or the end. */
size_t writelog_next_flush(const struct writelog *log, size_t at);
/* Writes the first SECTORS sectors of an entry, all if it has fewer, to the disk's image FD. */
void writelog_apply(const struct writelog *log, size_t entry, uint64_t sectors, int fd);

#endif

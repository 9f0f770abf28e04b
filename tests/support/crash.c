/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/crash.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_BYTES 4096u

struct journal {
    uint8_t *bytes;
    size_t size;
    size_t *starts; /* of each whole record */
    size_t count;
};

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static bool read_all(int fd, uint8_t *to, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = read(fd, to + done, size - done);
        if (got <= 0)
            return false;
        done += (size_t)got;
    }
    return true;
}

static bool load(const char *path, struct journal *out_journal)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *out_journal = (struct journal){.bytes = NULL};
    if (fd < 0)
        return true;
    bool is_read = fstat(fd, &info) == 0;
    if (is_read) {
        out_journal->size = (size_t)info.st_size;
        out_journal->bytes = malloc(out_journal->size + 1);
        out_journal->starts =
            calloc(out_journal->size / sizeof(struct crash_record) + 1, sizeof(size_t));
        is_read = out_journal->bytes != NULL && out_journal->starts != NULL &&
                  read_all(fd, out_journal->bytes, out_journal->size);
    }
    (void)close(fd);
    return is_read;
}

static struct crash_record record_at(const struct journal *journal, size_t index)
{
    struct crash_record record;
    memcpy(&record, journal->bytes + journal->starts[index], sizeof record);
    return record;
}

/* The last record may be cut short by the kill: its write had not begun. */
static void index_records(struct journal *journal)
{
    size_t at = 0;
    struct crash_record record;
    while (journal->size - at >= sizeof record) {
        memcpy(&record, journal->bytes + at, sizeof record);
        size_t whole = sizeof record + 2 * (size_t)record.size;
        if (journal->size - at < whole)
            return;
        journal->starts[journal->count++] = at;
        at += whole;
    }
}

static bool undo(const struct journal *journal, int fd)
{
    for (size_t i = journal->count; i-- > 0;) {
        struct crash_record record = record_at(journal, i);
        const uint8_t *old = journal->bytes + journal->starts[i] + sizeof record;
        if (pwrite(fd, old, record.size, (off_t)record.offset) != (ssize_t)record.size)
            return false;
    }
    return journal->count == 0 || ftruncate(fd, (off_t)record_at(journal, 0).file_size) == 0;
}

/* Writes what survived once more, in the order of writing. */
static bool redo(const struct journal *journal, int fd, uint64_t seed)
{
    for (size_t i = 0; i < journal->count; i++) {
        struct crash_record record = record_at(journal, i);
        const uint8_t *new = journal->bytes + journal->starts[i] + sizeof record + record.size;
        for (size_t at = 0; at < record.size; at += PAGE_BYTES) {
            size_t size = record.size - at < PAGE_BYTES ? record.size - at : PAGE_BYTES;
            bool survives =
                record.kind == CRASH_DURABLE || (seed != 0 && (next_random(&seed) >> 32) % 2 == 0);
            if (survives &&
                pwrite(fd, new + at, size, (off_t)(record.offset + at)) != (ssize_t)size)
                return false;
        }
    }
    return true;
}

static long count_unsynced(const struct journal *journal)
{
    long count = 0;
    for (size_t i = 0; i < journal->count; i++)
        count += record_at(journal, i).kind == CRASH_UNSYNCED;
    return count;
}

long crash_apply(const char *journal_path, const char *data, uint64_t seed)
{
    struct journal journal;
    long result = -1;
    if (load(journal_path, &journal)) {
        int fd = open(data, O_RDWR | O_CLOEXEC);
        index_records(&journal);
        if (journal.count == 0 || (fd >= 0 && undo(&journal, fd) && redo(&journal, fd, seed)))
            result = count_unsynced(&journal);
        if (fd >= 0)
            (void)close(fd);
    }
    free(journal.bytes);
    free(journal.starts);
    (void)unlink(journal_path);
    return result;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "machine/writelog.h"

#include "support/unit.h"

#include <endian.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECTOR 512u
#define MAGIC UINT64_C(0x6a736677736872)
#define VERSION 1u
#define ENTRY_BYTES 32u /* of a note, in a sector of its own before the data */
enum { FLUSH = 1, THROUGH = 2, DISCARD = 4, MARK = 8 };

static uint64_t number_at(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return le64toh(value);
}

static void read_sector(const struct writelog *log, uint64_t sector, uint8_t out[SECTOR])
{
    UNIT_NEED(pread(log->fd, out, SECTOR, (off_t)(sector * SECTOR)) == (ssize_t)SECTOR);
}

/* The sector behind the entry that is noted in SECTOR. */
static uint64_t read_entry(const struct writelog *log, uint64_t sector, struct writelog_entry *out)
{
    uint8_t note[SECTOR];
    read_sector(log, sector, note);
    uint64_t flags = number_at(note + 16);
    uint64_t text_size = number_at(note + 24);
    *out = (struct writelog_entry){.sector = number_at(note),
                                   .sectors = number_at(note + 8),
                                   .data_at = (sector + 1) * SECTOR,
                                   .is_flush = (flags & FLUSH) != 0,
                                   .is_through = (flags & THROUGH) != 0,
                                   .is_discard = (flags & DISCARD) != 0};
    if ((flags & MARK) != 0) {
        UNIT_NEED(text_size > 0 && text_size < sizeof out->mark);
        memcpy(out->mark, note + ENTRY_BYTES, text_size);
    }
    return sector + 1 + (out->is_discard ? 0 : out->sectors);
}

void writelog_open(struct writelog *log, const char *path)
{
    uint8_t head[SECTOR];
    log->fd = open(path, O_RDONLY | O_CLOEXEC);
    UNIT_NEED(log->fd >= 0);
    read_sector(log, 0, head);
    UNIT_NEED(number_at(head) == MAGIC && number_at(head + 8) == VERSION);
    log->count = (size_t)number_at(head + 16);
    UNIT_NEED(log->count > 0 && head[24] == (SECTOR & 0xff) && head[25] == SECTOR >> 8);
    log->entries = calloc(log->count, sizeof *log->entries);
    UNIT_NEED(log->entries != NULL);
    uint64_t sector = 1;
    for (size_t i = 0; i < log->count; i++)
        sector = read_entry(log, sector, &log->entries[i]);
}

void writelog_close(struct writelog *log)
{
    (void)close(log->fd);
    free(log->entries);
    *log = (struct writelog){.fd = -1};
}

size_t writelog_durable(const struct writelog *log, size_t count)
{
    while (count > 0 && !log->entries[count - 1].is_flush)
        count--;
    return count;
}

size_t writelog_next_flush(const struct writelog *log, size_t at)
{
    while (at < log->count && !log->entries[at].is_flush)
        at++;
    return at;
}

static void copy(const struct writelog *log, const struct writelog_entry *entry, uint64_t sector,
                 int fd)
{
    uint8_t data[SECTOR] = {0};
    off_t to = (off_t)((entry->sector + sector) * SECTOR);
    if (!entry->is_discard) {
        off_t from = (off_t)(entry->data_at + sector * SECTOR);
        UNIT_NEED(pread(log->fd, data, SECTOR, from) == (ssize_t)SECTOR);
    }
    UNIT_NEED(pwrite(fd, data, SECTOR, to) == (ssize_t)SECTOR);
}

void writelog_apply(const struct writelog *log, size_t entry, uint64_t sectors, int fd)
{
    const struct writelog_entry *written = &log->entries[entry];
    if (written->mark[0] != '\0')
        return;
    for (uint64_t i = 0; i < written->sectors && i < sectors; i++)
        copy(log, written, i, fd);
}

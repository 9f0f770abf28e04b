/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading the files of one export: whole, line by line or record by record, always below a named
 * limit, and never through a link that leads out of the export.
 * Not for: what the files say (wire/export.h) or whether they are the right ones (manifest.h).
 * Never read an export by a path that was put together elsewhere: a link could lead anywhere.
 */
#ifndef TOV_AUDIT_FOLDER_H
#define TOV_AUDIT_FOLDER_H

#include "base/cleanup.h"
#include "wire/export.h"

#include <stdio.h>

#define TOV_FOLDER_NAME_SIZE 4096u

struct tov_folder {
    int fd;
    char name[TOV_FOLDER_NAME_SIZE]; /* as the user gave it */
};

/* NOT_FOUND, LIMIT (a longer name) or IO. */
enum tov_err tov_folder_open(const char *name, struct tov_folder *out_folder) TOV_MUST_CHECK;
void tov_folder_close(struct tov_folder *folder);

/* A regular file for reading; the caller closes it. NOT_FOUND, MALFORMED (no regular file, or a
 * link on the way) or IO. */
enum tov_err tov_folder_file(const struct tov_folder *folder, const char *path,
                             FILE **out_file) TOV_MUST_CHECK;
bool tov_folder_has(const struct tov_folder *folder, const char *path);
/* Appends the whole file to OUT, whose limit holds: LIMIT when it is larger. */
enum tov_err tov_folder_read(const struct tov_folder *folder, const char *path,
                             struct tov_buf *out) TOV_MUST_CHECK;
/* The numbers 1.. that are names in the folder PATH, ascending, at most CAPACITY; other names are
 * passed over (the manifest's check reports them). 0 when there is no such folder. */
size_t tov_folder_numbers(const struct tov_folder *folder, const char *path, uint64_t *out,
                          size_t capacity);

/* ---- lines ---- */

struct tov_lines {
    FILE *file;
    uint64_t number; /* of the line last given, from 1 */
    char line[TOV_EXPORT_LINE_MAX_BYTES + 2];
};
enum tov_err tov_lines_open(const struct tov_folder *folder, const char *path,
                            struct tov_lines *out_lines) TOV_MUST_CHECK;
void tov_lines_close(struct tov_lines *lines);
/* Borrowed until the next call. NOT_FOUND at the end; LIMIT; MALFORMED for a last line without its
 * newline; IO. */
enum tov_err tov_lines_next(struct tov_lines *lines, struct tov_bytes *out_line) TOV_MUST_CHECK;

/* ---- records ---- */

/* Looks one record ahead. `err` is NOT_FOUND at the end, else why there is no next record. */
struct tov_records {
    FILE *file;
    enum tov_err err;
    struct tov_export_record next; /* when err is TOV_OK; borrows from `body` */
    uint8_t *body;
    uint64_t last_index;
    bool started;
};
/* A file that is not there has no records: then err is NOT_FOUND and TOV_OK is returned. */
enum tov_err tov_records_open(const struct tov_folder *folder, const char *path,
                              struct tov_records *out_records) TOV_MUST_CHECK;
void tov_records_close(struct tov_records *records);
/* Goes to the following record; MALFORMED when its index is smaller. */
void tov_records_step(struct tov_records *records);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the audit must remember for each message, kept outside memory: tables of (number, index,
 * hash) in one unlinked file, and sets of indices as paged bits.
 * Not for: anything that outlives the program.
 * Never put a row whose number is not above the last one: finding searches by number.
 */
#ifndef TOV_AUDIT_SCRATCH_H
#define TOV_AUDIT_SCRATCH_H

#include "base/hash.h"

#define TOV_SCRATCH_PAGE_ROWS 1024u
#define TOV_SCRATCH_PAGES_MAX 65536u /* 3 GiB, and 67 million messages */

/* One file for all tables of an audit. */
struct tov_scratch {
    int fd;
    uint64_t pages;
};
enum tov_err tov_scratch_open(struct tov_scratch *out_scratch) TOV_MUST_CHECK;
void tov_scratch_close(struct tov_scratch *scratch);

struct tov_row {
    uint64_t number;
    uint64_t index;
    struct tov_hash hash;
};
/* {0} is empty. 8 bytes of memory for each TOV_SCRATCH_PAGE_ROWS rows. */
struct tov_table {
    uint64_t rows;
    uint64_t *pages;
    size_t page_count, page_capacity;
};
void tov_table_fini(struct tov_table *table);
/* LIMIT over TOV_SCRATCH_PAGES_MAX, NOMEM, IO. */
enum tov_err tov_table_put(struct tov_scratch *scratch, struct tov_table *table,
                           const struct tov_row *row) TOV_MUST_CHECK;
/* The row of the same number. NOT_FOUND, IO. */
enum tov_err tov_table_change(const struct tov_scratch *scratch, const struct tov_table *table,
                              const struct tov_row *row) TOV_MUST_CHECK;
/* Keeps the first ROWS rows, of no more than there are; what the others took is used again. */
void tov_table_cut(struct tov_table *table, uint64_t rows);
/* AT is below table->rows. */
enum tov_err tov_table_get(const struct tov_scratch *scratch, const struct tov_table *table,
                           uint64_t at, struct tov_row *out_row) TOV_MUST_CHECK;
/* NOT_FOUND, IO. */
enum tov_err tov_table_find(const struct tov_scratch *scratch, const struct tov_table *table,
                            uint64_t number, struct tov_row *out_row) TOV_MUST_CHECK;

#define TOV_MARKS_PAGES_MAX 32768u  /* 128 MiB, and 2^30 indices that lie close */
#define TOV_MARKS_RANGES_MAX 65536u /* apart, of one set: putting them in order takes seconds */

/* What all sets of one audit may take together, in pages of 4 KiB; {0} to begin with. Another
 * audit has its own: what one export names must not decide what is said of another. */
struct tov_marks_room {
    size_t pages;
};
/* A set of indices; {0} is empty. 4 KiB of memory for each 32,768 indices of which any is in it,
 * wherever they lie, and 16 bytes for each range: an export has thousands of sets, and names what
 * it likes. */
struct tov_marks {
    struct tov_marks_list {
        struct tov_marks_item {
            uint64_t first; /* of a page: the number */
            union {
                uint8_t *bits; /* of a page */
                uint64_t end;  /* of a range */
            } as;
        } * items;
        size_t count, capacity;
    } pages, ranges; /* ascending; ranges neither overlap nor touch */
};
/* Its room is not free again before the room itself is given up. */
void tov_marks_fini(struct tov_marks *marks);
/* LIMIT over 2^36 or TOV_MARKS_PAGES_MAX, NOMEM. */
enum tov_err tov_marks_put(struct tov_marks_room *room, struct tov_marks *marks,
                           uint64_t index) TOV_MUST_CHECK;
/* [first, end) at once, however long; nothing when END is not above FIRST. LIMIT over
 * TOV_MARKS_RANGES_MAX or TOV_MARKS_PAGES_MAX, NOMEM. */
enum tov_err tov_marks_put_range(struct tov_marks_room *room, struct tov_marks *marks,
                                 uint64_t first, uint64_t end) TOV_MUST_CHECK;
bool tov_marks_has(const struct tov_marks *marks, uint64_t index);
/* Whether it lies in a range that was put at once. */
bool tov_marks_has_in_range(const struct tov_marks *marks, uint64_t index);
/* The smallest index from *INDEX on that was put one by one; false when there is none. */
bool tov_marks_next(const struct tov_marks *marks, uint64_t *index);

#endif

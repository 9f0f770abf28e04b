/* SPDX-License-Identifier: EUPL-1.2
 *
 * Fields of a message by path (tov/draft.h says what paths are).
 * Not for: the values themselves (lib/valuetext.h).
 */
#ifndef TOV_LIB_PATH_H
#define TOV_LIB_PATH_H

#include "case/draft.h"

#define PATH_MAX_BYTES 255u

/* Where a path leads. RECORD.message is NULL when a record on the way is not there. */
struct place {
    struct tov_record record;
    const struct tov_schema *schema; /* of that record, there or not */
    struct tov_field field;
    size_t index;   /* from 0; of a list */
    bool has_index; /* the path ends in a number */
};

/* MAKE: records on the way are made, and one more than a list has is appended. ARGUMENT: no such
 * field, or a path through a value, or one of the fields that only encoding fills; NOT_FOUND: a
 * number past the end of a list of records; LIMIT, NOMEM. */
enum path_way { PATH_LOOK = 0, PATH_MAKE = 1 };
enum tov_err path_find(const struct tov_draft *draft, const char *path, enum path_way way,
                       struct place *out_place) TOV_MUST_CHECK;
/* Values there: 0 or 1, or the length of a list. */
size_t path_count(const struct tov_draft *draft, const char *path);
/* Appends the text form; nothing when it is not set. */
void path_text(const struct tov_draft *draft, const char *path, struct tov_buf *out);
/* tov_message_draft_set. */
enum tov_err path_set(const struct tov_draft *draft, const char *path, const char *text,
                      struct tov_error *error) TOV_MUST_CHECK;

#endif

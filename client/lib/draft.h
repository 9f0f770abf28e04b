/* SPDX-License-Identifier: EUPL-1.2
 *
 * The inside of a draft, for submit and check, and for the command line.
 */
#ifndef TOV_LIB_DRAFT_H
#define TOV_LIB_DRAFT_H

#include <tov/draft.h>

#include "base/limits.h"
#include "case/draft.h"
#include "lib/remark.h"

#define ATTACHMENT_NAME_MAX_BYTES 255u
#define ATTACHMENT_MIME_MAX_BYTES 127u

struct draft_file {
    int fd;
    uint64_t size;
    char name[ATTACHMENT_NAME_MAX_BYTES + 1];
    char mime[ATTACHMENT_MIME_MAX_BYTES + 1];
};

struct tov_message_draft {
    struct tov_draft draft; /* a recipient that was named by its address stands with agency 0 and
                               the address as its unit, until submit looks it up */
    uint8_t key[TOV_IDEMPOTENCY_KEY_MAX];
    size_t key_size;
    struct draft_file files[TOV_ATTACHMENTS_MAX];
    size_t file_count;
    struct tov_remarks remarks;
    struct lib_memory given;  /* what _text gave out */
    struct lib_memory *texts; /* = &given: reading a const draft adds to it */
    bool under_way;           /* a submit has it */
};

/* A draft around DRAFT, which it takes over (zeroes). */
enum tov_err message_draft_of(struct tov_draft *draft,
                              struct tov_message_draft **out_draft) TOV_MUST_CHECK;
/* "" without memory. */
const char *message_text(const struct tov_draft *draft, const char *path,
                         struct lib_memory *memory);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Making views out of the node's answers, and their inside for JSON and the command line.
 */
#ifndef TOV_LIB_VIEW_H
#define TOV_LIB_VIEW_H

#include <tov/view.h>

#include "base/cleanup.h"
#include "case/draft.h"
#include "lib/memory.h"

struct tov_message_view {
    struct tov_message_facts facts;
    struct tov_draft draft; /* type NULL: the header alone, of a type that is not known here */
    const char *type;
    const char *record; /* "" */
    const char *record_by;
    struct lib_memory memory; /* of all below */
    struct lib_memory given;  /* what _text gave out */
    struct lib_memory *texts; /* = &given: reading a const view adds to it */
    struct tov_delivery *deliveries;
    size_t delivery_count;
    struct tov_attachment *attachments;
    size_t attachment_count;
    struct tov_message_view **replies;
    size_t reply_count;
};
TOV_DEFINE_CLEANUP(message_view, struct tov_message_view, tov_message_view_destroy)

/* Of an ApiSummary; CONTENT is the encoded content or empty. */
enum tov_err view_of_summary(struct tov_record summary, struct tov_bytes content,
                             struct tov_message_view **out_view) TOV_MUST_CHECK;
enum tov_err view_of_get(struct tov_record get, struct tov_message_view **out_view) TOV_MUST_CHECK;

/* MALFORMED: an ApiRef that is not whole. */
enum tov_err view_read_ref(struct tov_record record, const char *name,
                           struct tov_message_ref *out_ref) TOV_MUST_CHECK;
/* Sets the ApiRef NAME of RECORD. */
enum tov_err view_put_ref(struct tov_record record, const char *name,
                          const struct tov_message_ref *ref) TOV_MUST_CHECK;
/* The ApiDelivery list of RECORD, in MEMORY. */
enum tov_err view_read_deliveries(struct tov_record record, struct lib_memory *memory,
                                  struct tov_delivery **out_deliveries,
                                  size_t *out_count) TOV_MUST_CHECK;

#endif

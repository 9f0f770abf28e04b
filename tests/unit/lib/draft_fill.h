/* SPDX-License-Identifier: EUPL-1.2
 *
 * Drafts in which every field that can be set is set, each to another value.
 * Not for: messages that a node would accept.
 */
#ifndef TOV_TESTS_LIB_DRAFT_FILL_H
#define TOV_TESTS_LIB_DRAFT_FILL_H

#include <tov/draft.h>

/* Stops the program when a field cannot be set. Lists have two. The caller destroys it. */
struct tov_message_draft *draft_filled(const char *type);
/* The text of the draft's JSON; the caller frees it (tov_free). */
char *draft_json(const struct tov_message_draft *draft);
/* Both encode to the same bytes. */
void expect_same_draft(const struct tov_message_draft *a, const struct tov_message_draft *b,
                       const char *type);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a recipient's node says of a message of node 0 that it had opened: another verdict, as when
 * it was set back to an old copy, or looked at it with another roster.
 * Not for: how it comes to say so (tests of follow).
 */
#ifndef TOV_TESTS_CORE_VERDICT_SCENE_H
#define TOV_TESTS_CORE_VERDICT_SCENE_H

#include "case_story.h"

/* NODE amends its receipt for REF to VERDICT, holds the message's keys no more and tells nobody of
 * it at its desk; node 0 has heard it. */
void amend_receipt(struct harness *harness, size_t node, const struct tov_ref *ref,
                   struct tov_verdict_value verdict);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a message that is being written says of machines: the steps it takes and from which step
 * before, the starting point for those who are new, how far the writer had followed the others.
 * Private to api/.
 * Not for: judging a message by the catalogue (ledger/judge.h).
 * Never take any of this from the client: the node alone holds what it rests on.
 */
#ifndef TOV_API_STEPS_H
#define TOV_API_STEPS_H

#include "api/api_internal.h"
#include "case/finding.h"

/* Fills steps, start and seen of DRAFT's header, in place of what stands there. A step that the
 * machines refuse becomes a finding. Only for messages that are events of a machine; all others are
 * left without. */
enum tov_err tov_api_fill_steps(struct api_call *call, struct tov_draft *draft,
                                struct tov_findings *findings) TOV_MUST_CHECK;

#endif

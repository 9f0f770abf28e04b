/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the node answered to a submit.
 */
#ifndef TOV_LIB_SUBMISSION_H
#define TOV_LIB_SUBMISSION_H

#include "lib/submit.h"

/* Of an ApiSubmitReply; MALFORMED when it is not whole. */
enum tov_err submission_of_reply(struct tov_record body,
                                 struct tov_submission **out_submission) TOV_MUST_CHECK;

#endif

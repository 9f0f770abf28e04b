/* SPDX-License-Identifier: EUPL-1.2
 *
 * What requests for one message share.
 */
#ifndef TOV_LIB_RECEIVE_H
#define TOV_LIB_RECEIVE_H

#include <tov/draft.h>

#include "lib/call.h"

/* Names the message in BODY by NUMBER, or by REF when it is 0. ARGUMENT: neither. */
enum tov_err receive_put_target(struct tov_record body, uint64_t number,
                                const struct tov_message_ref *ref,
                                struct tov_error *error) TOV_MUST_CHECK;

#endif

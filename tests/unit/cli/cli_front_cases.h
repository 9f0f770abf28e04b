/* SPDX-License-Identifier: EUPL-1.2
 *
 * The case book of cli_front.h's node: one affair, number 5, of a case and a release. Private to
 * the front.
 * Not for: what a real node derives.
 */
#ifndef TOV_TESTS_CLI_FRONT_CASES_H
#define TOV_TESTS_CLI_FRONT_CASES_H

#include "cli_front.h"

void cli_front_answer_cases(struct fake_front *front, struct cli_front *node,
                            struct tov_record body);
void cli_front_answer_case(struct fake_front *front, struct cli_front *node,
                           struct tov_record body);
/* One of the node's two messages as a summary. */
void cli_front_put_summary(const struct cli_front *node, struct tov_record summary,
                           uint64_t number);

#endif

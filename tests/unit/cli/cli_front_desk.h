/* SPDX-License-Identifier: EUPL-1.2
 *
 * The desk of cli_front.h's node: what waits, the hand-over to the record, the search. Private to
 * the front.
 * Not for: what a real node would refuse.
 */
#ifndef TOV_TESTS_CLI_FRONT_DESK_H
#define TOV_TESTS_CLI_FRONT_DESK_H

#include "cli_front.h"

void cli_front_put_desk(const struct cli_front *node, struct tov_record status);
void cli_front_put_recorded(const struct cli_front *node, struct tov_record summary,
                            uint64_t number);
/* In the status of the police; and beside a list. */
/* Another agency, where one has ended. */
void cli_front_put_closed(const struct cli_front *node, struct tov_record status);
void cli_front_put_keys_lost(const struct cli_front *node, struct tov_record peer);
void cli_front_put_listed_keys_lost(const struct cli_front *node, struct tov_record list);
/* In the answer to a get. */
void cli_front_put_record(const struct cli_front *node, struct tov_record get, uint64_t number);
void cli_front_answer_record(struct fake_front *front, struct cli_front *node,
                             struct tov_record body);
void cli_front_answer_again(struct fake_front *front, struct cli_front *node,
                            struct tov_record body);
void cli_front_answer_find(struct fake_front *front, struct cli_front *node,
                           struct tov_record body);

#endif

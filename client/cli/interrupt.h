/* SPDX-License-Identifier: EUPL-1.2
 *
 * Ctrl-C and the other ways of asking a command to end, for those that wait or write for long.
 * Not for: commands that ask once and answer; they end as the signal says.
 */
#ifndef TOV_CLI_INTERRUPT_H
#define TOV_CLI_INTERRUPT_H

#include <tov/client.h>

#include <stdbool.h>

/* From now on INT, TERM and HUP end CLIENT's blocking call and are remembered. CLIENT must live
 * until interrupt_end. */
void interrupt_begin(struct tov_client *client);
bool interrupt_came(void);
/* The signals do again what they did. */
void interrupt_end(void);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a line or a header says of a message: who to whom, its reference, how far it has come.
 * Not for: its fields (show.h).
 */
#ifndef TOV_CLI_MESSAGE_H
#define TOV_CLI_MESSAGE_H

#include "cli/words.h"

#define MESSAGE_NAME_SIZE 160
#define MESSAGE_ROUTE_SIZE 640

/* Whether it came to the client's own units; a message between two units of one agency is both an
 * outgoing one of the node and an incoming one of whoever receives it. */
bool message_is_incoming(const struct cli *cli, const struct tov_message_view *view);
/* The name of an agency by its number; of one that is no peer: the own agency's. Asks once. */
const char *message_agency_name(struct cli *cli, uint32_t agency);
/* "krfo/kif". */
void message_sender(const struct tov_message_view *view, char out[MESSAGE_NAME_SIZE]);
/* The NUMBERth recipient, from 1: "kk/vink". Agencies as below. */
void message_recipient(struct cli *cli, const struct tov_message_view *view, size_t number,
                       char out[MESSAGE_NAME_SIZE]);
/* "kk/vink, kbh-pol/dks". Agencies that the view does not name are asked of the node once. */
void message_recipients(struct cli *cli, const struct tov_message_view *view,
                        char out[MESSAGE_ROUTE_SIZE]);
/* "krfo/1/345": agency, generation, index in its ledger. */
void message_reference(const struct tov_message_view *view, char out[MESSAGE_NAME_SIZE]);
/* The name of its type, or the id of one that is not known. */
const char *message_type_name(const struct cli *cli, const struct tov_message_view *view);
/* Toward the recipient that is furthest behind. */
enum words_level message_level(const struct tov_message_view *view);
/* One or two words for a list: "new", "seen", "answered", "received" ... */
const char *message_state(const struct cli *cli, const struct tov_message_view *view);
/* It tells only that somebody took another one into handling: nothing to do, and no news. */
bool message_is_acknowledgement(const struct tov_message_view *view);
/* Where a person should look: it cannot be used here or there. */
bool message_is_in_trouble(const struct cli *cli, const struct tov_message_view *view);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * A message by what a person says: its number here ("12"), its reference ("kk/1/345"), or the whole
 * reference of JSON ("1/1/345/<hash>").
 * Not for: content; nothing here is an entry in the journal.
 */
#ifndef TOV_CLI_FIND_H
#define TOV_CLI_FIND_H

#include "cli/cli.h"

/* TEXT is a reference. */
bool find_is_reference(const char *text);
/* The message's header and facts, as in a list; OUT_VIEW is borrowed from OUT_LISTING, which the
 * caller destroys. ARGUMENT: TEXT is none of these; NOT_FOUND. Blocks. */
enum tov_err find_any(struct cli *cli, const char *text, struct tov_listing **out_listing,
                      const struct tov_message_view **out_view) TOV_MUST_CHECK;
/* The same of one that has a number. EPOCH: it lacks its keys (keyslost.h). */
enum tov_err find_message(struct cli *cli, const char *text, struct tov_listing **out_listing,
                          const struct tov_message_view **out_view) TOV_MUST_CHECK;
/* Its number. Only a reference asks the node. As find_message. */
enum tov_err find_number(struct cli *cli, const char *text, uint64_t *out_number) TOV_MUST_CHECK;

/* ERR of a request about message TEXT, with words for it where there are any; returns ERR. */
enum tov_err find_explain(struct cli *cli, enum tov_err err, const char *text);

#endif

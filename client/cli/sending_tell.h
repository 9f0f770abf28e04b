/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is told of a message that is about to be sent, or was sent.
 * Not for: refusals (findings.h, failure.h).
 */
#ifndef TOV_CLI_SENDING_TELL_H
#define TOV_CLI_SENDING_TELL_H

#include "cli/draftfile.h"

/* Type, recipients, legal basis, purpose, files and remarks, on the page. */
void sending_tell_plan(struct cli *cli, const struct kept_draft *draft);
/* One line, or the JSON value. */
void sending_tell_sent(struct cli *cli, const struct kept_draft *draft,
                       const struct tov_submission *submission);
/* Of --check. */
void sending_tell_accepted(struct cli *cli, const struct kept_draft *draft);
/* Of a draft that was not sent because nobody wanted it to be. */
void sending_tell_kept(struct cli *cli, const struct kept_draft *draft);

#endif

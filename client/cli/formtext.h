/* SPDX-License-Identifier: EUPL-1.2
 *
 * Remarks in the text of a form, at the lines they speak of: comment lines that begin with "#!".
 * Not for: reading forms (tov_message_draft_read_form).
 * Never change a line of the user's.
 */
#ifndef TOV_CLI_FORMTEXT_H
#define TOV_CLI_FORMTEXT_H

#include "cli/cli.h"

/* Appends FORM without the lines that begin with "#!". */
void formtext_strip(const char *form, struct tov_buf *out);
/* Appends FORM with the remarks of DRAFT: each above its line, or above the field it names; those
 * with neither stand at the top, behind a line that says how to go on. Line numbers count in FORM,
 * which has no remarks yet. */
void formtext_annotate(struct cli *cli, const struct tov_message_draft *draft, const char *form,
                       struct tov_buf *out);

#endif

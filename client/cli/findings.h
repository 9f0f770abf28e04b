/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is wrong with a draft, for a person and for JSON: the field by its label, the rule with its
 * source, and the way out.
 * Not for: errors of programs and connections (failure.h), or marks in a form (formtext.h).
 */
#ifndef TOV_CLI_FINDINGS_H
#define TOV_CLI_FINDINGS_H

#include "cli/cli.h"

#define FINDINGS_LEAD_SIZE 256

/* How the thing that REMARK speaks of is called: "Nødvendighed [necessity]", "Modtager 2: kk/eki";
 * "" when there is nothing to add to the reason. */
void findings_lead(const struct cli *cli, const struct tov_message_draft *draft,
                   const struct tov_remark *remark, char out[FINDINGS_LEAD_SIZE]);
/* What to do: the rule's own words, else what this program can offer; may be "". */
const char *findings_remedy(const struct cli *cli, const struct tov_remark *remark);
/* "rule 7, retsplejeloven § 115"; "" for the catalogue's plain demands. */
void findings_source(const struct tov_remark *remark, char out[FINDINGS_LEAD_SIZE]);

/* Appends all remarks of DRAFT, numbered. */
void findings_put(struct cli *cli, const struct tov_message_draft *draft, struct tov_buf *out);
/* The same on standard error. */
void findings_print(struct cli *cli, const struct tov_message_draft *draft);
/* A list; the caller's. */
json_t *findings_json(const struct tov_message_draft *draft);
unsigned findings_refusals(const struct tov_message_draft *draft);

#endif

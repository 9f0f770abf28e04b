/* SPDX-License-Identifier: EUPL-1.2
 *
 * Judging a draft: the catalogue's demands and the numbered rules of sharing (docs/messages.md),
 * with the reason and what to do instead. The sender's node refuses by it, the receiver's node
 * judges by the same function.
 * Not for: states (a message may be well formed and still not fit its machine).
 * Never drop what was refused: it is kept and shown, or stays in the writer's hands.
 */
#ifndef TOV_CASE_RULES_H
#define TOV_CASE_RULES_H

#include "case/draft.h"
#include "case/finding.h"

/* Who sends to whom, and when. RECIPIENTS stand in the order of Header.recipients. */
struct tov_rule_context {
    struct tov_unit_facts sender;
    const struct tov_unit_facts *recipients;
    size_t recipient_count;
    struct tov_date sent; /* the Danish day of sending */
    uint64_t sent_ms;
};

/* Judges DRAFT; adds to OUT_FINDINGS, which the caller has zeroed. Rules that speak of content are
 * passed over when the content is not to be seen. */
void tov_draft_judge(const struct tov_draft *draft, const struct tov_rule_context *context,
                     struct tov_findings *out_findings);

/* The rules that are judged here, for documentation. */
struct tov_rule_row {
    uint8_t number;
    struct tov_text name;
    const char *source;
};
size_t tov_rule_count(void);
const struct tov_rule_row *tov_rule_at(size_t index);

/* Part of rule 0: in a message of TYPE, NEEDS is required where FIELD is VALUE ("ja": a bool that
 * is true). */
struct tov_when_row {
    const char *type;
    const char *field;
    const char *value;
    const char *needs;
};
size_t tov_when_count(void);
const struct tov_when_row *tov_when_at(size_t index); /* INDEX < count (asserted) */

#endif

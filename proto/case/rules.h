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

enum tov_severity {
    TOV_REFUSES = 1, /* the message must not be sent, or is refused by the receiver */
    TOV_WARNS = 2,   /* a person should look before sending */
    TOV_NOTES = 3    /* shown with the message, always */
};

#define TOV_FINDINGS_MAX 48
#define TOV_FINDING_TEXT_SIZE 320

struct tov_finding {
    enum tov_severity severity;
    uint8_t rule;       /* number in docs/messages.md; 0: the catalogue's row */
    const char *source; /* "retsplejeloven § 115, stk. 2"; never NULL, static */
    char field[80];     /* path ("content.necessity", "recipients.2"), or "" */
    uint32_t line;      /* in a form text, from 1; 0: none */
    char reason_da[TOV_FINDING_TEXT_SIZE];
    char reason_en[TOV_FINDING_TEXT_SIZE];
    char remedy_da[TOV_FINDING_TEXT_SIZE]; /* what to do; may be "" */
    char remedy_en[TOV_FINDING_TEXT_SIZE];
};

struct tov_findings {
    struct tov_finding items[TOV_FINDINGS_MAX];
    size_t count;
    bool more; /* some did not fit */
};
/* True when one of them refuses. */
bool tov_findings_refuse(const struct tov_findings *findings);

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

#endif

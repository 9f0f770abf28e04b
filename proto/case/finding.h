/* SPDX-License-Identifier: EUPL-1.2
 *
 * Findings: what is wrong with a draft, where, by which rule, and what to do instead, in both
 * languages. A refusal that does not teach is half a refusal.
 * Not for: errors of programs (base/err.h).
 * Never put what a person wrote into a finding: it may be shown where the content may not.
 */
#ifndef TOV_CASE_FINDING_H
#define TOV_CASE_FINDING_H

#include "case/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* A finding before its words are filled in: {1} and {2} in the texts become the arguments. */
struct tov_finding_words {
    enum tov_severity severity;
    uint8_t rule;
    const char *source; /* static */
    const char *field;
    uint32_t line;
    struct tov_text reason;
    struct tov_text remedy; /* NULL texts: none */
    struct tov_text first;  /* for {1} */
    struct tov_text second; /* for {2} */
};
void tov_findings_add(struct tov_findings *findings, const struct tov_finding_words *words);
/* The same words in both languages: a code, a name. */
#define TOV_SAME(words)              \
    {                                \
        .da = (words), .en = (words) \
    }

#endif

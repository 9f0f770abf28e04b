/* SPDX-License-Identifier: EUPL-1.2
 *
 * Inside proto/case: what every rule is given, and short forms to say what it found.
 * Not for: files outside proto/case; they call case/rules.h.
 * Never let a rule look at anything but its judging: same message, same verdict (I5).
 */
#ifndef TOV_CASE_JUDGING_H
#define TOV_CASE_JUDGING_H

#include "case/rules.h"

struct tov_judging {
    const struct tov_draft *draft;
    const struct tov_rule_context *context;
    struct tov_findings *findings;
    const struct tov_rule_row *row; /* of the rule that is judging */
    uint64_t bases;                 /* TOV_BASIS_BIT mask of the known codes in the header */
    bool in_release_channel;        /* sender or a recipient is a release unit */
    bool minimal;                   /* a recipient gets the minimal set only */
};

/* One function for each rule. */
void tov_rule_required(struct tov_judging *judging);      /* 0 */
void tov_judge_when(struct tov_judging *judging);         /* 0, where another field says so */
void tov_rule_basis(struct tov_judging *judging);         /* 1 */
void tov_rule_section_115(struct tov_judging *judging);   /* 2 */
void tov_rule_purpose(struct tov_judging *judging);       /* 3 */
void tov_rule_police(struct tov_judging *judging);        /* 4 */
void tov_rule_decline(struct tov_judging *judging);       /* 5 */
void tov_rule_recipients(struct tov_judging *judging);    /* 7 */
void tov_rule_channel(struct tov_judging *judging);       /* 8 */
void tov_rule_health(struct tov_judging *judging);        /* 9 */
void tov_rule_offence(struct tov_judging *judging);       /* 10 */
void tov_rule_belief(struct tov_judging *judging);        /* 11 */
void tov_rule_minor(struct tov_judging *judging);         /* 12 */
void tov_rule_third_persons(struct tov_judging *judging); /* 14 */
void tov_rule_number(struct tov_judging *judging);        /* 16 */
void tov_rule_consent(struct tov_judging *judging);       /* 17 */
void tov_rule_revision(struct tov_judging *judging);      /* 24 */
void tov_rule_classified(struct tov_judging *judging);    /* 27 */
void tov_rule_statute(struct tov_judging *judging);       /* 31 */
void tov_rule_event(struct tov_judging *judging);         /* 33 */

/* Adds a finding of the rule that is judging; WORDS.rule and .source are filled in. */
void tov_judge_say(struct tov_judging *judging, struct tov_finding_words words);

bool tov_draft_has_category(const struct tov_draft *draft, const char *category);
/* The header says so by category, or the type does by itself. */
bool tov_draft_tells_of_offence(const struct tov_draft *draft);
/* Danish day of `occurred_at`, or the day of sending when it is not set. */
struct tov_date tov_judge_event_day(const struct tov_judging *judging);
/* Words to look for, of at least two bytes, at most 16 of them: lower-case UTF-8, found whatever
 * the text's case; EXACT: in this very spelling only. */
struct tov_word_list {
    const char *const *words;
    size_t count;
    bool exact;
};
/* The first of WORDS that a text anywhere in the draft's content has, or NULL. One pass over the
 * texts for all words: every draft and every message that comes in is read so. */
const char *tov_draft_mentions(const struct tov_draft *draft, const struct tov_word_list *words);

#endif

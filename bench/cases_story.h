/* SPDX-License-Identifier: EUPL-1.2
 *
 * The twenty messages of one case of bench/cases, from the concern to the work on the case, as
 * drafts. Not for: sending them (cases_load.c). Everything in them is invented.
 */
#ifndef TOV_BENCH_CASES_STORY_H
#define TOV_BENCH_CASES_STORY_H

#include <tov/tov.h>

#include <stddef.h>

#define CASES_PARTIES 3
#define CASES_MESSAGES 20

/* Paths of the units, in the order of the parties: kommune, police, prison service. */
extern const char *const cases_units[CASES_PARTIES];

struct cases_step {
    const char *type;
    int from;              /* a party */
    int to[CASES_PARTIES]; /* 1: it is a recipient */
    const char *bases;     /* legal basis */
    unsigned asks;         /* what the catalogue demands, see cases_story.c */
    unsigned about;        /* the concern, the case or both */
    const char *fields;    /* "path=text; path=text"; DAY and LATER stand for dates */
    int is_second;         /* it cites the message of the step before */
};
extern const struct cases_step cases_steps[CASES_MESSAGES];

/* The draft of step STEP of case NUMBER; SECOND: the view that it cites, or NULL. Ends the program
 * on a failure. The caller's. */
struct tov_message_draft *cases_draft(size_t step, size_t number,
                                      const struct tov_message_view *cited);
/* Ends the program with WHAT and the words of ERROR unless ERR is TOV_OK. */
void cases_need(enum tov_err err, const char *what, const struct tov_error *error);

#endif

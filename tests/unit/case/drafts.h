/* SPDX-License-Identifier: EUPL-1.2
 *
 * Minimal valid drafts of every message type, and the units of the demo federation, for tests.
 * They stand in drafts.tsv, written by hand and not from the catalogue's rows, so that they judge
 * the rows.
 */
#ifndef TOV_TESTS_CASE_DRAFTS_H
#define TOV_TESTS_CASE_DRAFTS_H

#include "case/rules.h"

struct tov_unit_facts unit_facts(const char *path); /* "kk/vink" ... "kbh-pol/efterforskning" */

struct test_draft {
    struct tov_draft draft;
    struct tov_rule_context context;
    struct tov_unit_facts recipients[4];
};

/* From, to and codes of ID's minimal draft as the demo federation sends it. */
void test_draft_init(struct test_draft *test, const char *id);
void test_draft_fini(struct test_draft *test);

/* Sets sender, recipients ("kk/eki kbh-pol/dks") and codes ("BEK-HPL DBL8-2-3") anew. */
void test_draft_route(struct test_draft *test, const char *from, const char *to);
void test_draft_bases(struct test_draft *test, const char *codes);
/* The day of sending, at noon; occurred_at and recorded_at an hour before. */
void test_draft_day(struct test_draft *test, struct tov_date day);
struct tov_record test_draft_about(struct test_draft *test);
/* Sets fields by text, "kind=plan; facts.1.fact=..." ("-": none): the type's own first. Times are
 * Danish, "-1h" an hour before sending; agencies by name; "+" stands between values of a list; a
 * short text is the UUID of what it names. */
void test_draft_put(struct test_draft *test, const char *fields);
void test_draft_id(const char *name, uint8_t out[TOV_UUID_BYTES]);
/* `about` with only FIELD ("case_ref"). */
void test_draft_about_only(struct test_draft *test, const char *field);

/* Judges; the number of refusals. */
size_t test_draft_judge(struct test_draft *test, struct tov_findings *out_findings);
bool findings_have(const struct tov_findings *findings, unsigned rule, const char *field);
void findings_print(const struct tov_findings *findings);

#endif

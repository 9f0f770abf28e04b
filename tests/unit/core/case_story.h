/* SPDX-License-Identifier: EUPL-1.2
 *
 * A story that the tests of cases share: a detention, two concerns, and a case; and how to find
 * their things in an answer.
 * Not for: asking (case_clients.h).
 */
#ifndef TOV_TESTS_CORE_CASE_STORY_H
#define TOV_TESTS_CORE_CASE_STORY_H

#include "case_clients.h"

#define EPISODE "F1"
#define CASE "S1"
#define CONCERN "C1"
#define OTHER_CONCERN "C2"

enum { CONCERNS = 1, CASES = 2, CUSTODY = 6, RELEASE = 7, RESPONSIBILITY = 9 }; /* machines */

/* Kriminalforsorgen tells the release desk of the detention, and the coordinator. */
void admit(struct harness *harness);
/* So with the release date: to the parties as one of the case. */
void set_release_date(struct harness *harness);
/* kk tells the police of the first concern, and no more. */
void submit_concern(struct harness *harness);
/* The concern of FIELDS on its way to the agenda. */
void raise_concern(struct harness *harness, const char *fields);
/* Both concerns, which came up, are put on one agenda; its number at the police. */
uint64_t call_meeting_about_both(struct harness *harness);
/* They come up, and that. */
uint64_t call_meeting(struct harness *harness);
/* The first of them is founded, and a case opened with UNITS as the other parties. */
void open_case(struct harness *harness, const char *units);
/* All of these. */
struct harness *whole_story(void);

/* A note of Kriminalforsorgen to the coordinator; OUT_REF may be NULL. */
void send_note_of_krfo(struct harness *harness, const char *fields, struct tov_ref *out_ref);
/* BY, as the unit FROM, tells TO that it has taken the message REF of the case into handling. */
void say_read(struct harness *harness, const struct harness_client *by, const char *from,
              const char *to, const struct tov_ref *ref);
/* BY, as the unit FROM, takes back its message REF of the case, which went to TO. */
void take_back(struct harness *harness, const struct harness_client *by, const char *from,
               const char *to, const struct tov_ref *ref);

bool is_named(struct tov_record record, const char *name);
/* The state of a thing in an affair; "" when it is not shown. */
const char *state_of(struct tov_record affair, uint64_t machine, const char *name);
size_t count_of(struct tov_record affair, const char *list, const char *thing);
/* The affair in which the thing is shown. */
bool find_affair(struct tov_record cases, const char *thing, struct tov_record *out_affair);
bool mentions(struct tov_record reply, const char *thing);

#endif

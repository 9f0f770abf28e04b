/* SPDX-License-Identifier: EUPL-1.2
 *
 * The case book in words: states, deadlines, who owes what to whom. For `tov cases`, `tov case`,
 * `tov due` and the day.
 * Not for: judging; the node has done that, and nothing here counts a deadline anew.
 * Never compute a due date: days are only counted from now to a date that the node gave.
 */
#ifndef TOV_CLI_CASEWORK_H
#define TOV_CLI_CASEWORK_H

#include <tov/cases.h>

#include "base/time.h"
#include "cli/command.h"
#include "cli/words.h"

#define CASEWORK_TEXT_SIZE 512

/* As of when the book is looked at. */
struct casework_day {
    uint64_t now_ms;
    uint64_t asked_ms; /* what --at asks of the node; 0: now */
    struct tov_date today;
};
/* By --at, a Danish or ISO date: the end of that day. Needs the node's clock, so connects. ARGUMENT
 * with words. */
enum tov_err casework_day_of(struct cli *cli, const struct cli_arguments *arguments,
                             struct casework_day *out) TOV_MUST_CHECK;
/* "kk/vink · 28-06-2021 09.10" or "kk/vink · as it was at the end of 28-06-2021", and a blank line.
 */
void casework_say_head(struct cli *cli, const char *unit, const struct casework_day *day);
/* Of several units one is shown: a line that names the client's others. The client is open. */
void casework_say_other_units(struct cli *cli, const char *shown);
/* ERR of a request for the book as UNIT (NULL: none was named) sees it, with words for it where
 * there are any; returns ERR. */
enum tov_err casework_explain(struct cli *cli, enum tov_err err, const char *unit);
/* The same of a list of messages: only what a wrong UNIT is. */
enum tov_err casework_explain_unit(struct cli *cli, enum tov_err err, const char *unit);

/* ---- things ---- */

/* Whether the message names the thing of REF, 16 bytes. */
bool casework_is_about(const struct tov_message_view *view, const uint8_t *ref);

/* "Case: active coordination" for each, with ", " between; without responsibility, which is
 * casework_responsible's. */
void casework_states(const struct cli *cli, const struct tov_affair *affair,
                     char out[CASEWORK_TEXT_SIZE]);
/* The name of a state by the id of its machine; STATE itself when it is not known. */
const char *casework_state_name(const struct cli *cli, const char *machine, const char *state);
const char *casework_machine_name(const struct cli *cli, const char *machine);
/* The label of VALUE of the header field FIELD of TYPE; VALUE itself when it is not known. */
const char *casework_value_name(const struct cli *cli, const char *type, const char *field,
                                const char *value);
/* How many values that field has: 2 for yes or no; 0: they are not counted. */
size_t casework_value_count(const char *type, const char *field);
/* Whether it says who is responsible, and is no matter of its own. */
bool casework_is_responsibility(const struct tov_case_thing *thing);
bool casework_is_of_responsibility(const char *machine);
/* "kk", "kk, offered to krfo"; "-": nobody. Of several, each once. */
void casework_responsible(const struct cli *cli, const struct tov_affair *affair,
                          char out[CASEWORK_TEXT_SIZE]);

/* What the message that one of TYPE must cite did to who is responsible (TOV_DOES_*); 0: none. */
uint32_t casework_deed_cited(const char *type);

/* ---- deadlines ---- */

bool casework_is_open(const struct tov_case_task *task);
/* Its time has passed, and it is a duty: what is only asked for is never overdue at others. */
bool casework_is_overdue(const struct tov_case_task *task);
/* Owed by AGENCY as things stand: whoever has taken a task over owes it. */
bool casework_is_owed_by(const struct tov_case_task *task, const char *agency);
/* Working days and the like from today to the due date are not more than DAYS; true of overdue. */
bool casework_is_within(const struct tov_case_task *task, const struct casework_day *day,
                        uint64_t days);
const char *casework_task_name(const struct cli *cli, const struct tov_case_task *task);
/* "28-06-2021" of its due date. */
void casework_due_date(const struct tov_case_task *task, char out[WORDS_TIME_SIZE]);
/* "agreed deadline, in 3 working days"; of a task that is not open: "met 28-06-2021 (No. 4)". */
void casework_terms(const struct cli *cli, const struct tov_case_task *task,
                    const struct casework_day *day, char out[CASEWORK_TEXT_SIZE]);
/* "krfo to kk/vink, kbh-pol/dks". */
void casework_parties(const struct cli *cli, const struct tov_case_task *task,
                      char out[CASEWORK_TEXT_SIZE]);
/* Red and bold on a terminal, until casework_colour_end. */
void casework_colour(struct cli *cli, bool is_overdue);
void casework_colour_end(struct cli *cli, bool is_overdue);
/* Two lines or more: its date, name and terms; below, who owes it to whom, and MORE (may be ""). */
void casework_put_task(struct cli *cli, const struct tov_case_task *task,
                       const struct casework_day *day, const char *more);

#endif

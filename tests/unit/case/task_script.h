/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages and expected tasks from a file of lines, for the tests of tasks. The fold's order is the
 * file's; header fields are hand-made, in the place of those of real records.
 *
 * Words are separated by tabulators; "#" begins a comment; an empty last column may be left out.
 *   case NAME                                   begins anew, seen by all agencies
 *   view AGENCY                                 what this agency holds, of all messages so far
 *   msg ID SENT TYPE FROM TO ABOUT FIELDS       one message; Danish local time
 *   drop                                        takes the last message back
 *   task NOW ROW THING DUE STATE OWNER OWED     what a task is as of NOW; "-": not looked at;
 *                                               ROW#2: the second of its row and thing;
 *                                               OWNER>AGENCY: taken over by that one
 *   none NOW ROW THING                          there is no such task
 *   count ROW THING NUMBER                      how many there are
 *   shown ROW THING UNITS                       all units that are shown the task
 *   sees ROW THING UNIT DUE                     the due date that the unit is shown
 *   dues ROW THING DUES                         all due dates that it has had, oldest first
 *   judge ROW THING DUE OWNER OWED TYPE FROM TO ABOUT FIELDS
 *       open until DUE has passed, then overdue; TYPE at the last minute meets it, a minute later
 *       too late
 * FIELDS: name=value; also event=NAME, cites=ID, target=ID (of a retraction), refused=KIND (by
 * the machine of "concern", "case" or "episode"), effective=TIME (else as SENT).
 */
#ifndef TOV_TESTS_CASE_TASK_SCRIPT_H
#define TOV_TESTS_CASE_TASK_SCRIPT_H

#include "case/task.h"

#define SCRIPT_MESSAGES_MAX 160

struct script; /* opaque */

struct script *script_create(void);
void script_destroy(struct script *script);
/* Runs all lines of the file; each expectation that fails is a failed assertion with its line. */
void script_run(struct script *script, const char *path);
/* Reads the messages of one case only. */
void script_read(struct script *script, const char *path, const char *case_name);
/* The messages that AGENCY ("kk"; NULL: anybody) holds, placed; valid until the script changes. */
const struct tov_placed *script_placed(struct script *script, const char *agency,
                                       size_t *out_count);

uint16_t script_agency(const char *code); /* its number */

/* Everything that a reader sees of a task, in one line. */
#define SCRIPT_TASK_TEXT 1024
void script_task_text(const struct tov_task *task, char out[SCRIPT_TASK_TEXT]);

#endif

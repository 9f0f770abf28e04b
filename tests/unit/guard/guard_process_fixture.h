/* SPDX-License-Identifier: EUPL-1.2
 *
 * A real guard process over a folder of its own in the temporary directory.
 * Not for: the object alone (guard_fixture.h).
 */
#ifndef TOV_TESTS_GUARD_PROCESS_FIXTURE_H
#define TOV_TESTS_GUARD_PROCESS_FIXTURE_H

#include "guard/guard_main.h"
#include "guard_fixture.h"
#include "ipc/ipc.h"

#include <sys/types.h>

struct process_fixture {
    struct fixture known; /* keys and leaves; its guard in memory is not used */
    char dir[64];
    pid_t pid; /* 0: none runs */
    struct tov_ipc *ipc;
    struct tov_guard_answer answer;
};

void process_init(struct process_fixture *process);
void process_fini(struct process_fixture *process);
/* Starts a guard over the folder, whatever is in it now. */
void process_start(struct process_fixture *process);
/* Closes the socket and waits for the end; the exit code. */
int process_stop(struct process_fixture *process);
/* Ends it without warning and waits until it is gone; what it had sent can still be read. */
void process_kill(struct process_fixture *process);

void process_send(struct process_fixture *process, const struct tov_guard_request *request);
/* The next answer in process->answer; false when the guard is gone. */
bool process_receive(struct process_fixture *process);

void process_path(const struct process_fixture *process, const char *name, char out[128]);
/* The roster as so many root holders have signed it. */
void process_write_roster(const struct process_fixture *process, size_t signers);
void process_write_key(const struct process_fixture *process, const char *name,
                       enum tov_key_purpose purpose);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the first processes of a node (supervisor_main.c) and of a gateway apart (apart.c) begin
 * with alike.
 * Not for: roles (role.h).
 */
#ifndef TOV_DAEMON_SUPERVISOR_START_H
#define TOV_DAEMON_SUPERVISOR_START_H

#include "supervisor/child.h"

struct supervisor_command {
    const char *config; /* NULL only with version or help */
    bool check;
    bool version;
    bool help;
};
/* False, after words and HELP on standard error, when an argument is not understood or the
 * configuration is not given. ARGV[0] is skipped. */
bool supervisor_parse_command(int argc, char **argv, const char *help,
                              struct supervisor_command *out_command);

/* Blocks the signals of a first process and gives the descriptor from which they are read, or -1;
 * children unblock them before exec. */
int supervisor_open_signals(void);
/* False, after words in the log, when the kernel refuses. */
bool supervisor_enter_sandbox(void);

#endif

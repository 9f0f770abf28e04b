/* SPDX-License-Identifier: EUPL-1.2
 *
 * One run of `tov`, from its arguments to its exit code.
 */
#ifndef TOV_CLI_RUN_H
#define TOV_CLI_RUN_H

/* ARGV without the program's name, ending in NULL. Before any thread. */
int cli_run(const char *const *argv);

#endif

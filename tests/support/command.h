/* SPDX-License-Identifier: EUPL-1.2
 *
 * A program run to its end, without a shell. Not for: a program that a test talks to meanwhile.
 */
#ifndef TOV_TESTS_SUPPORT_COMMAND_H
#define TOV_TESTS_SUPPORT_COMMAND_H

/* Runs WORDS[0], found by PATH, with the words up to the first NULL; what it says goes to the file
 * OUTPUT, or nowhere when that is NULL. Its exit code, 127 when it cannot be started, or -1 when a
 * signal ended it. */
int command_run(const char *const *words, const char *output);

#endif

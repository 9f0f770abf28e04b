/* SPDX-License-Identifier: EUPL-1.2
 *
 * Files that a test harms or reads: whole ones, small, at once; and what was read of them.
 * Not for: what a node writes meanwhile; a log is read again until a line is there.
 */
#ifndef TOV_TESTS_FEDERATION_FILES_H
#define TOV_TESTS_FEDERATION_FILES_H

#include <stdbool.h>
#include <stddef.h>

/* The file as a text, or NULL when there is none; free() it. */
char *files_read(const char *path);
/* Makes or replaces it, mode 0600. Stops the test program when that fails. */
void files_write(const char *path, const char *text);
/* A copy of FROM over TO, byte by byte, mode 0600. */
void files_copy(const char *from, const char *to);
/* Changes the first place where OLD stands in it; the program stops when there is none. */
void files_change(const char *path, const char *old_text, const char *new_text);
/* Whether TEXT stands in the file. */
bool files_say(const char *path, const char *text);
/* Waits for it. */
bool files_say_within(const char *path, const char *text, int timeout_ms);
/* Each run of spaces and ends of lines in TEXT becomes one space: what keeps to a page's width. */
void files_unwrap(char *text);
/* Removes a folder and what is in it; one that is not there is removed already. */
void files_remove_tree(const char *path);

#endif

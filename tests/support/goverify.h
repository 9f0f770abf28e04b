/* SPDX-License-Identifier: EUPL-1.2
 *
 * goverify, the verifier in Go that shares no code with Tov, built for a test. It needs Debian's
 * golang-go and golang-golang-x-mod-dev: where they are not, a test says so by unit_skip.
 * Not for: what it checks (goverify/main.go says that).
 */
#ifndef TOV_TESTS_SUPPORT_GOVERIFY_H
#define TOV_TESTS_SUPPORT_GOVERIFY_H

#include <stdbool.h>

#define GOVERIFY_PACKAGES "golang-go, golang-golang-x-mod-dev"
#define GOVERIFY_PATH_SIZE 1100u

bool goverify_is_there(void);
/* Builds it in FOLDER, from the top folder of the source; OUT_PROGRAM has GOVERIFY_PATH_SIZE
 * characters. Sets Go's variables in this process. */
bool goverify_build(const char *folder, char *out_program);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a check found, for people in their language and for programs as one JSON value.
 * Not for: deciding anything (finding.h).
 * Never print text of an export as it is: it could move the cursor or hide what stands above it.
 */
#ifndef TOV_AUDIT_REPORT_H
#define TOV_AUDIT_REPORT_H

#include "audit/verify.h"

#include <stdio.h>

/* ROOTS_PATH is NULL when no root keys were given. False when FILE cannot be written. */
bool tov_report_text(FILE *file, const struct tov_verify *verify, const char *roots_path);
/* docs/audit.md tells its fields. */
bool tov_report_json(FILE *file, const struct tov_verify *verify, const char *roots_path);

/* The verdict as one word for programs. */
const char *tov_report_verdict_name(enum tov_exit_code code);

#endif

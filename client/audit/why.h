/* SPDX-License-Identifier: EUPL-1.2
 *
 * Why a note, checkpoint or roster is not good, or a file could not be read: what proto/ says of it
 * in English or as a code, in the language of the report.
 * Not for: sentences of the audit itself, which are translated where they stand.
 */
#ifndef TOV_AUDIT_WHY_H
#define TOV_AUDIT_WHY_H

#include "audit/finding.h"

/* TEXT of a tov_error, put into OUT of TOV_FINDING_TEXT_SIZE; returns OUT. One that has no
 * translation is said to be English. */
const char *tov_audit_why(char *out, const char *text);
#define TOV_WHY(text) tov_audit_why((char[TOV_FINDING_TEXT_SIZE]){0}, (text))

/* Why a file could not be read, or the check not be finished; borrowed. NULL where that is not as
 * its format says: the finding's own sentence says so. */
const char *tov_audit_why_err(enum tov_err err);

#endif

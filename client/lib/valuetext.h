/* SPDX-License-Identifier: EUPL-1.2
 *
 * Text forms of values (tov/draft.h lists them), both ways.
 * Not for: forms that people fill in (case/form.h) or JSON's own types.
 */
#ifndef TOV_LIB_VALUETEXT_H
#define TOV_LIB_VALUETEXT_H

#include "wire/payload.h"

/* Appends the text of VALUE; a RECORD only when it is a Reference (else nothing). */
void valuetext_put(struct tov_buf *out, const struct tov_value *value);
/* Sets FIELD of RECORD (or appends to the list) from TEXT, not empty. SCHEMA: not its form;
 * ARGUMENT: a record that is no Reference; LIMIT, NOMEM. */
enum tov_err valuetext_set(struct tov_record record, const struct tov_field *field,
                           const char *text) TOV_MUST_CHECK;
/* "text", "date", ...; of a Reference "reference". */
const char *valuetext_kind(const struct tov_field *field);

#endif

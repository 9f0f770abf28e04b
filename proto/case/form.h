/* SPDX-License-Identifier: EUPL-1.2
 *
 * A message as a text that a person fills in with an editor, in Danish or English.
 *
 *   # help, options: lines that begin with # are not read
 *   * Hvorfor har modtageren brug for dette? [necessity]:
 *   text, as many lines as it takes
 *
 * A field begins with a line that ends in its path in brackets and a colon, perhaps followed by its
 * value; `*` marks what must be filled in; the words before the bracket are not read. A line of
 * text that would look like one of these is written with a backslash before it. Fields of the nth
 * record of a list are "facts.2.fact". Lists of words stand one a line. Dates are dd-mm-åååå and
 * times dd-mm-åååå tt.mm in Danish time, to the minute. References of things and hashes are written
 * in hexadecimal digits. Spaces around a value are not kept.
 *
 * Not for: what a message is about and answers; the program that writes the form sets that.
 * Never throw a text away because it does not parse.
 */
#ifndef TOV_CASE_FORM_H
#define TOV_CASE_FORM_H

#include "case/draft.h"
#include "case/rules.h"

#define TOV_FORM_MAX_BYTES 262144u

/* Appends the form of DRAFT: what is set stands filled in, what is missing is asked for. */
void tov_form_write(const struct tov_draft *draft, enum tov_language language, struct tov_buf *out);

/* Reads TEXT into DRAFT, whose form fields it replaces as a whole; what a form does not show
 * (references, recipients, the author) stays. Each error is a finding with line and field, and then
 * the draft's form fields are not to be used: the caller keeps the text and asks again. SCHEMA:
 * there was at least one error; LIMIT: the text is too long; NOMEM. */
enum tov_err tov_form_read(struct tov_bytes text, struct tov_draft *draft,
                           struct tov_findings *out_findings) TOV_MUST_CHECK;

#endif

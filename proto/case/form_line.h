/* SPDX-License-Identifier: EUPL-1.2
 *
 * Inside proto/case: one line of a form text.
 * Not for: files outside proto/case; they call case/form.h.
 * Never treat a line as text before it was asked whether it is a field.
 */
#ifndef TOV_CASE_FORM_LINE_H
#define TOV_CASE_FORM_LINE_H

#include "base/bytes.h"

/* When LINE is "... [path]: value", fills both. */
bool tov_form_line_split(struct tov_bytes line, struct tov_bytes *out_path,
                         struct tov_bytes *out_value);
/* A line of text that must be written with a backslash before it. */
bool tov_form_line_is_special(struct tov_bytes line);
/* Without spaces, tabs and line ends around it. */
struct tov_bytes tov_form_trim(struct tov_bytes text);

#endif

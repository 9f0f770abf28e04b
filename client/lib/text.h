/* SPDX-License-Identifier: EUPL-1.2
 *
 * Giving a buffer to the caller as a text.
 */
#ifndef TOV_LIB_TEXT_H
#define TOV_LIB_TEXT_H

#include "base/bytes.h"
#include "base/cleanup.h"

/* Ends TEXT with a NUL and gives its memory away; TEXT is empty then. Its failure otherwise. */
enum tov_err text_give(struct tov_buf *text, char **out_text,
                       struct tov_error *error) TOV_MUST_CHECK;

#endif

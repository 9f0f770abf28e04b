/* SPDX-License-Identifier: EUPL-1.2
 *
 * Text for a terminal: columns, padding, wrapping, and making foreign text harmless.
 * Not for: JSON, which escapes by itself.
 * Never print what another agency wrote without passing it through here: a message could move the
 * cursor, change the window's title or turn the reading direction.
 */
#ifndef TOV_TELLING_TEXT_H
#define TOV_TELLING_TEXT_H

#include "base/bytes.h"

/* Columns that TEXT takes; what is not UTF-8 counts one for each byte. */
size_t text_width(const char *text);
/* Appends TEXT without control characters and direction marks (a '?' for each); line breaks become
 * blanks. */
void text_put_clean(struct tov_buf *out, const char *text);
/* The same in place: TEXT gets no longer. */
void text_clean(char *text);
/* The same, in exactly WIDTH columns: cut with an ellipsis, or filled with blanks. */
void text_put_padded(struct tov_buf *out, const char *text, size_t width);
/* The same as paragraphs between INDENT and COLUMNS, line breaks kept; ends with a line break. The
 * first line begins where the cursor is, which must be at FIRST. */
struct text_frame {
    size_t first;
    size_t indent;
    size_t columns;
};
void text_put_wrapped(struct tov_buf *out, const char *text, const struct text_frame *frame);

#endif

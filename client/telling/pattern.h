/* SPDX-License-Identifier: EUPL-1.2
 *
 * A sentence that was made elsewhere, in English, told again in another language: it is compared
 * with patterns that have "%s" for what is different each time.
 * Not for: which sentences there are (cli/retell.c, audit/why.c).
 */
#ifndef TOV_TELLING_PATTERN_H
#define TOV_TELLING_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#define PATTERN_PIECES_MAX 6u

/* A part of the text that stood in place of "%s"; borrowed. */
struct pattern_piece {
    const char *at;
    size_t size;
};
/* Whether TEXT is PATTERN with something for each "%s"; OUT_PIECES, of PATTERN_PIECES_MAX: what,
 * and behind them empty ones. */
bool pattern_fits(const char *pattern, const char *text, struct pattern_piece *out_pieces);
/* PATTERN with PIECES for each "%s", in their order, cut where OUT ends. */
void pattern_fill(const char *pattern, const struct pattern_piece *pieces, char *out, size_t size);

#endif

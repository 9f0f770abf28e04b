/* SPDX-License-Identifier: EUPL-1.2
 *
 * How wide a page may be.
 * Not for: putting it there (text.h).
 */
#ifndef TOV_TELLING_COLUMNS_H
#define TOV_TELLING_COLUMNS_H

#define COLUMNS_DEFAULT 80u
#define COLUMNS_MIN 40u
#define COLUMNS_MAX 120u

/* As COLUMNS in the environment says, else the terminal on standard output, else the default;
 * between the limits. */
unsigned columns_of_page(void);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Memory that runs out: something is done again and again, and each time the next allocation fails,
 * until none does. Every time but the last the answer must be NOMEM, and nothing may stay
 * allocated. Not for: nodes and their hosts, or libraries that allocate by themselves; and not for
 * what takes minutes, since it is done as often as it allocates. Link with tov_scarce, which wraps
 * malloc, calloc, realloc, free and what arenas hand out in the program's own code.
 */
#ifndef TOV_TESTS_SUPPORT_SCARCE_H
#define TOV_TESTS_SUPPORT_SCARCE_H

#include "base/err.h"

#include <stddef.h>

/* Does it, and ends what came of it. */
typedef enum tov_err scarce_action(void *context);

/* WHAT names it in a failure; it must allocate LEAST times or more. */
void scarce_each(const char *what, size_t least, scarce_action *action, void *context);

#endif

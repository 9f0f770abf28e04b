/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the system, the C library and LMDB may refuse: something is done again and again, and each
 * time the next call that may fail is refused, until none is. Only calls of the program's own code,
 * in whichever thread; never those that a library makes by itself.
 *
 *     for (unsigned nth = 0; is_refused; nth++) {
 *         refuse_begin(nth, EIO);
 *         ... do it ...
 *         is_refused = refuse_end();
 *     }
 *
 * Not for: which call it is by its number; that changes with the code. Nor for calls that end half
 * done (short writes). Link with tov_refuse (CMakeLists.txt).
 */
#ifndef TOV_TESTS_SUPPORT_REFUSE_H
#define TOV_TESTS_SUPPORT_REFUSE_H

#include <stdbool.h>

/* From now on the call number NTH, from 0, fails by CODE, an errno; allocations by ENOMEM. */
void refuse_begin(unsigned nth, int code);
/* The same among allocations alone. */
void refuse_memory_begin(unsigned nth);
/* True: a call was refused since refuse_begin. */
bool refuse_end(void);
/* The name of the call that was refused last, for a message. */
const char *refuse_what(void);

#endif

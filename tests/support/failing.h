/* SPDX-License-Identifier: EUPL-1.2
 *
 * Failures by the place where they happen: while a node works, the first call that never failed
 * before fails, and no other. Every function of proto/ and daemon/core that may fail and is called
 * from another file, every allocation and every file of the host is such a call; a place is the
 * call and, where frames can be walked, those that led to it. Repeating something until nothing
 * fails any more takes each place once.
 *
 *     failing_begin(TOV_E_CORRUPT);
 *     do {
 *         failing_next();
 *         ... let the node do it ...
 *     } while (failing_end());
 *
 * Only inside the node's own functions (node.h), never in what a test does itself. Not for: the
 * store's commit and system calls (tests/fault). Link with tov_can_fail (CMakeLists.txt).
 */
#ifndef TOV_TESTS_SUPPORT_FAILING_H
#define TOV_TESTS_SUPPORT_FAILING_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* No place has failed yet. ERR: what functions and files say that fail; TOV_OK: allocations fail in
 * their place. */
void failing_begin(enum tov_err err);
void failing_next(void);
bool failing_end(void); /* true: something failed since failing_next */
size_t failing_places(void);
/* What failed last, for a message: the address that the call would have returned to. */
const void *failing_last(void);

#endif

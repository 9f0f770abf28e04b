/* SPDX-License-Identifier: EUPL-1.2
 *
 * Gives up every right that a running guard does not need: no new privileges, no core dumps or
 * tracing, and a list of system calls without open, socket, exec or fork. What is not on the list
 * fails with EPERM: a forgotten harmless call must not stop an agency from signing.
 * Not for: the other processes. Never call it before all files are open.
 */
#ifndef TOV_GUARD_SANDBOX_H
#define TOV_GUARD_SANDBOX_H

#include "base/err.h"

/* For the rest of this process's life. */
enum tov_err tov_guard_sandbox_enter(struct tov_error *error) TOV_MUST_CHECK;

#endif

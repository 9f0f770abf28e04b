/* SPDX-License-Identifier: EUPL-1.2
 *
 * The table of calls, and Landlock, for sandbox.c.
 * Not for: anyone outside sandbox/.
 */
#ifndef TOV_DAEMON_SANDBOX_SANDBOX_INTERNAL_H
#define TOV_DAEMON_SANDBOX_SANDBOX_INTERNAL_H

#include "sandbox/sandbox.h"

#include <seccomp.h>
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANDBOX_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANDBOX_SANITIZED 1
#endif
#endif
#ifndef SANDBOX_SANITIZED
#define SANDBOX_SANITIZED 0
#endif

/* Roles as bits. Below, a letter of each: Guard, Core, gateWay, Front. */
#define SANDBOX_BIT(role) (1u << (role))

/* One call, for the roles that may make it. */
struct sandbox_call {
    int number;
    unsigned roles;
};
/* The same, when an argument is as COMPARE says. */
struct sandbox_argument_rule {
    int number;
    unsigned roles;
    struct scmp_arg_cmp compare;
};

/* Calls that are let through whatever their arguments. */
extern const struct sandbox_call sandbox_calls[];
extern const size_t sandbox_call_count;
/* Calls that are let through with these arguments. */
extern const struct sandbox_argument_rule sandbox_argument_rules[];
extern const size_t sandbox_argument_rule_count;
/* Calls that end the process, in every role whose bit is set. */
extern const struct sandbox_call sandbox_ends[];
extern const size_t sandbox_end_count;
/* The same, when an argument is as they say: a new process. */
extern const struct sandbox_argument_rule sandbox_argument_ends[];
extern const size_t sandbox_argument_end_count;

/* Files and ports. TOV_OK, nothing done, where the kernel has no Landlock. */
enum tov_err sandbox_landlock_enter(enum tov_sandbox_role role,
                                    const struct tov_sandbox_places *places,
                                    struct tov_error *error) TOV_MUST_CHECK;

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * From the table to a filter. Landlock first: its calls are on nobody's list.
 */
#include "sandbox/sandbox_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

bool tov_sandbox_is_whole(void)
{
    return !SANDBOX_SANITIZED;
}

/* The gateway may read the files of libc's resolver, if Landlock stands before all others. */
static int allow_resolver(scmp_filter_ctx filter)
{
    const unsigned read_only =
        O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY);
    const struct scmp_arg_cmp compare = {2, SCMP_CMP_MASKED_EQ, read_only, O_RDONLY};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, &compare);
}

/* abort() signals its own process, and nobody else is to be signalled. */
static int allow_own_end(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp compare = {0, SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, &compare);
}

static int allow_calls(scmp_filter_ctx filter, enum tov_sandbox_role role)
{
    int err = 0;
    for (size_t i = 0; i < sandbox_call_count && err == 0; i++)
        if (sandbox_calls[i].roles & SANDBOX_BIT(role))
            err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, sandbox_calls[i].number, 0);
    for (size_t i = 0; i < sandbox_argument_rule_count && err == 0; i++) {
        const struct sandbox_argument_rule *rule = &sandbox_argument_rules[i];
        if (rule->roles & SANDBOX_BIT(role))
            err = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rule->number, 1, &rule->compare);
    }
    if (err == 0)
        err = allow_own_end(filter);
    if (err == 0 && role == TOV_SANDBOX_GATEWAY && tov_sandbox_landlock() > 0)
        err = allow_resolver(filter);
    return err;
}

static int end_at_calls(scmp_filter_ctx filter, enum tov_sandbox_role role)
{
    int err = 0;
    for (size_t i = 0; i < sandbox_end_count && err == 0; i++)
        if (sandbox_ends[i].roles & SANDBOX_BIT(role))
            err = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, sandbox_ends[i].number, 0);
    for (size_t i = 0; i < sandbox_argument_end_count && err == 0; i++) {
        const struct sandbox_argument_rule *rule = &sandbox_argument_ends[i];
        if (rule->roles & SANDBOX_BIT(role))
            err = seccomp_rule_add_array(filter, SCMP_ACT_KILL_PROCESS, rule->number, 1,
                                         &rule->compare);
    }
    return err;
}

static int fill(scmp_filter_ctx filter, enum tov_sandbox_role role, bool lists)
{
    /* Only where kernel and library have them: the kernel's log, a search by halves, and an end
     * for calls by the tables of another processor. */
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    (void)seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    int err = lists ? allow_calls(filter, role) : 0;
    return err == 0 ? end_at_calls(filter, role) : err;
}

/* A filter of its own, which logs nothing: every thread begins with it. */
static int hide_clone3(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (filter == NULL)
        return -ENOMEM;
    int err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (err == 0)
        err = seccomp_load(filter);
    seccomp_release(filter);
    return err;
}

static enum tov_err filter_calls(enum tov_sandbox_role role, struct tov_error *error)
{
    bool lists = role != TOV_SANDBOX_SUPERVISOR && tov_sandbox_is_whole();
    scmp_filter_ctx filter = seccomp_init(lists ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_ALLOW);
    if (filter == NULL)
        return tov_fail(error, TOV_E_UNAVAILABLE, "seccomp is not available");
    int err = lists ? hide_clone3() : 0;
    if (err == 0)
        err = fill(filter, role, lists);
    if (err == 0)
        err = seccomp_load(filter);
    seccomp_release(filter);
    if (err != 0)
        return tov_fail(error, TOV_E_UNAVAILABLE, "seccomp: %s", strerror(-err));
    return TOV_OK;
}

enum tov_err tov_sandbox_enter(enum tov_sandbox_role role, const struct tov_sandbox_places *places,
                               struct tov_error *error)
{
    static const struct tov_sandbox_places none = {.data_dir = NULL};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return tov_fail(error, TOV_E_UNAVAILABLE, "prctl: %s", strerror(errno));
    TOV_TRY(sandbox_landlock_enter(role, places == NULL ? &none : places, error));
    return filter_calls(role, error);
}

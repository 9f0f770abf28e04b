/* SPDX-License-Identifier: EUPL-1.2
 *
 * See guard_sandbox.h.
 */
#include "guard/guard_sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>

/* The socket pair and standard error; the state files; memory; leaving. */
static const int allowed[] = {
    SCMP_SYS(read),           SCMP_SYS(readv),           SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),        SCMP_SYS(write),           SCMP_SYS(writev),
    SCMP_SYS(sendto),         SCMP_SYS(sendmsg),         SCMP_SYS(poll),
    SCMP_SYS(ppoll),          SCMP_SYS(pwrite64),        SCMP_SYS(fdatasync),
    SCMP_SYS(close),          SCMP_SYS(fstat),           SCMP_SYS(brk),
    SCMP_SYS(munmap),         SCMP_SYS(mremap),          SCMP_SYS(madvise),
    SCMP_SYS(munlock),        SCMP_SYS(futex),           SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),   SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),    SCMP_SYS(getpid),
    SCMP_SYS(gettid),         SCMP_SYS(tgkill),          SCMP_SYS(exit),
    SCMP_SYS(exit_group),     SCMP_SYS(sigaltstack),
};

static int allow_all(scmp_filter_ctx filter)
{
    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        int err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
        if (err != 0)
            return err;
    }
    /* Memory, but never memory that can be executed. */
    const struct scmp_arg_cmp not_executable = SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    int err = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, &not_executable);
    if (err != 0)
        return err;
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, &not_executable);
}

enum tov_err tov_guard_sandbox_enter(struct tov_error *error)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return tov_fail(error, TOV_E_UNAVAILABLE, "prctl: %s", strerror(errno));
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL)
        return tov_fail(error, TOV_E_UNAVAILABLE, "seccomp is not available");
    int err = allow_all(filter);
    if (err == 0)
        err = seccomp_load(filter);
    seccomp_release(filter);
    if (err != 0)
        return tov_fail(error, TOV_E_UNAVAILABLE, "seccomp: %s", strerror(-err));
    return TOV_OK;
}

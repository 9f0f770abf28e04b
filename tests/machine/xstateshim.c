/* SPDX-License-Identifier: EUPL-1.2
 *
 * For user-mode Linux, which keeps the floating-point state of its processes in 2 or 4 KiB: a
 * processor with AMX has 11 KiB of it. What was cut off when it was read the kernel below does not
 * take back, and no process ever starts. Here the rest is filled up with what the process has,
 * which is never in use there: nobody has asked that kernel for AMX. Loaded before the C library by
 * boot.sh. One thread.
 */
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

#define EXPORT __attribute__((visibility("default")))

typedef long call(int request, pid_t process, void *address, void *data);

static call *find_real(void)
{
    static call *real;
    if (real == NULL) {
        void *found = dlsym(RTLD_NEXT, "ptrace");
        memcpy(&real, &found, sizeof real);
    }
    return real;
}

/* Static, for a kernel's stacks are small. */
static long set_state(pid_t process, void *address, const struct iovec *given)
{
    static uint8_t state[64 * 1024];
    struct iovec whole = {state, sizeof state};
    struct iovec same = *given;
    if (find_real()(PTRACE_GETREGSET, process, address, &whole) != 0 ||
        whole.iov_len <= given->iov_len)
        return find_real()(PTRACE_SETREGSET, process, address, &same);
    memcpy(state, given->iov_base, given->iov_len);
    return find_real()(PTRACE_SETREGSET, process, address, &whole);
}

/* As the C library declares it. */
EXPORT long ptrace(enum __ptrace_request request, ...)
{
    va_list list;
    va_start(list, request);
    pid_t process = va_arg(list, pid_t);
    void *address = va_arg(list, void *);
    void *data = va_arg(list, void *);
    va_end(list);
    if (request == PTRACE_SETREGSET && (uintptr_t)address == NT_X86_XSTATE)
        return set_state(process, address, data);
    return find_real()((int)request, process, address, data);
}

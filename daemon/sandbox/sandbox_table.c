/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which role makes which system call: one row a call, one letter a role.
 *
 * S1 No role but the core opens a file for writing; guard and front open none.
 * S2 Sockets of the network are made by gateway and front alone; the guard makes none at all.
 * S3 Nobody starts a program or a process, but the supervisor its own roles.
 */
#include "sandbox/sandbox_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define S SANDBOX_BIT(TOV_SANDBOX_SUPERVISOR)
#define G SANDBOX_BIT(TOV_SANDBOX_GUARD)
#define C SANDBOX_BIT(TOV_SANDBOX_CORE)
#define W SANDBOX_BIT(TOV_SANDBOX_GATEWAY)
#define F SANDBOX_BIT(TOV_SANDBOX_FRONT)
#define ALL (S | G | C | W | F)
#define ROLES (G | C | W | F)
#define EDGE (W | F)

#define CALL(name) SCMP_SYS(name)
const struct sandbox_call sandbox_calls[] = {
    /* what is open already */
    {CALL(read), ROLES},
    {CALL(readv), ROLES},
    {CALL(pread64), ROLES},
    {CALL(write), ROLES},
    {CALL(writev), ROLES},
    {CALL(recvfrom), ROLES},
    {CALL(recvmsg), ROLES},
    {CALL(sendto), ROLES},
    {CALL(sendmsg), ROLES},
    {CALL(sendmmsg), W}, /* libc's resolver asks for both kinds of address at once */
    {CALL(close), ROLES},
    {CALL(fstat), ROLES},
    {CALL(lseek), C | EDGE},
    {CALL(fcntl), C | EDGE},
    {CALL(poll), ROLES},
    {CALL(ppoll), ROLES},
    {CALL(select), EDGE},
    {CALL(epoll_create1), EDGE},
    {CALL(epoll_ctl), EDGE},
    {CALL(epoll_wait), EDGE},
    {CALL(epoll_pwait), EDGE},
    {CALL(eventfd2), C | EDGE},
    /* memory, time, chance, its own threads and its end */
    {CALL(brk), ROLES},
    {CALL(munmap), ROLES},
    {CALL(mremap), ROLES},
    {CALL(madvise), ROLES},
    {CALL(mlock), C | EDGE},
    {CALL(mlock2), C | EDGE},
    {CALL(munlock), ROLES},
    {CALL(msync), C},
    {CALL(futex), ROLES},
    {CALL(clock_gettime), ROLES},
    {CALL(gettimeofday), ROLES},
    {CALL(nanosleep), C | EDGE},
    {CALL(clock_nanosleep), C | EDGE},
    {CALL(getrandom), C | EDGE},
    {CALL(sysinfo), C},
    {CALL(uname), C | EDGE},
    {CALL(clone3), C | EDGE}, /* which hide_clone3 answers */
    {CALL(set_robust_list), C | EDGE},
    {CALL(rseq), C | EDGE},
    {CALL(membarrier), C | EDGE},
    {CALL(sched_yield), C | EDGE},
    {CALL(sched_getaffinity), C | EDGE},
    {CALL(sched_getparam), EDGE},     /* libzmq does these three at the start of each thread, */
    {CALL(sched_getscheduler), EDGE}, /* and aborts when one is refused */
    {CALL(getpid), ROLES},
    {CALL(gettid), ROLES},
    {CALL(getppid), C},
    {CALL(getuid), C | EDGE},
    {CALL(geteuid), C | EDGE},
    {CALL(getgid), C | EDGE},
    {CALL(getegid), C | EDGE},
    {CALL(restart_syscall), ROLES},
    {CALL(rt_sigreturn), ROLES},
    {CALL(rt_sigprocmask), ROLES},
    {CALL(rt_sigaction), ROLES},
    {CALL(sigaltstack), ROLES},
    {CALL(exit), ROLES},
    {CALL(exit_group), ROLES},
    /* the guard's states, the core's store and files: which ones, Landlock says */
    {CALL(pwrite64), G | C},
    {CALL(pwritev), C},
    {CALL(fdatasync), G | C},
    {CALL(fsync), C},
    {CALL(sync_file_range), C},
    {CALL(ftruncate), C},
    {CALL(fallocate), C},
    {CALL(flock), C},
    {CALL(open), C},
    {CALL(openat), C},
    {CALL(access), C},
    {CALL(faccessat), C},
    {CALL(faccessat2), C},
    {CALL(stat), C | EDGE},
    {CALL(lstat), C},
    {CALL(newfstatat), C | EDGE},
    {CALL(statx), C},
    {CALL(statfs), C},
    {CALL(fstatfs), C},
    {CALL(getdents64), C},
    {CALL(mkdir), C},
    {CALL(mkdirat), C},
    {CALL(unlink), C | F}, /* the front: its socket of an earlier run, where Landlock lets it */
    {CALL(unlinkat), C},
    {CALL(rename), C},
    {CALL(renameat), C},
    {CALL(renameat2), C},
    {CALL(fchmod), C},
    {CALL(fadvise64), C},
    /* the network */
    {CALL(bind), EDGE},
    {CALL(listen), EDGE},
    {CALL(accept), EDGE},
    {CALL(accept4), EDGE},
    {CALL(connect), W},
    {CALL(shutdown), EDGE},
    {CALL(getsockname), EDGE},
    {CALL(getpeername), EDGE},
    {CALL(setsockopt), C | EDGE},
    {CALL(getsockopt), C | EDGE},
};
const size_t sandbox_call_count = sizeof sandbox_calls / sizeof sandbox_calls[0];

#define IS(place, value)             \
    {                                \
        place, SCMP_CMP_EQ, value, 0 \
    }
#define BITS(place, mask, value)               \
    {                                          \
        place, SCMP_CMP_MASKED_EQ, mask, value \
    }
const struct sandbox_argument_rule sandbox_argument_rules[] = {
    /* memory, but never memory that can be executed */
    {CALL(mmap), ROLES, BITS(2, PROT_EXEC, 0)},
    {CALL(mprotect), ROLES, BITS(2, PROT_EXEC, 0)},
    {CALL(clone), C | EDGE, BITS(0, CLONE_THREAD, CLONE_THREAD)},
    {CALL(prctl), C | EDGE, IS(0, PR_SET_NAME)},
    {CALL(sched_setscheduler), EDGE, IS(1, SCHED_OTHER)},
    {CALL(ioctl), W, IS(1, FIONREAD)}, /* the resolver: how long an answer is */
    {CALL(socket), EDGE, IS(0, AF_INET)},
    {CALL(socket), EDGE, IS(0, AF_INET6)},
    {CALL(socket), EDGE, IS(0, AF_NETLINK)}, /* libzmq lists the interfaces when it binds */
    {CALL(socket), F, IS(0, AF_UNIX)},
};
const size_t sandbox_argument_rule_count =
    sizeof sandbox_argument_rules / sizeof sandbox_argument_rules[0];

const struct sandbox_call sandbox_ends[] = {
    {CALL(execve), ROLES},
    {CALL(execveat), ALL},
    {CALL(fork), ROLES},
    {CALL(vfork), ROLES},
#if !SANDBOX_SANITIZED /* the leak check stops the threads by it */
    {CALL(ptrace), ALL},
#endif
    {CALL(process_vm_readv), ALL},
    {CALL(process_vm_writev), ALL},
    {CALL(pidfd_getfd), ALL},
    {CALL(bpf), ALL},
    {CALL(perf_event_open), ALL},
    {CALL(userfaultfd), ALL},
    {CALL(io_uring_setup), ALL},
    {CALL(open_by_handle_at), ALL},
    {CALL(mount), ALL},
    {CALL(umount2), ALL},
    {CALL(pivot_root), ALL},
    {CALL(chroot), ALL},
    {CALL(setns), ALL},
    {CALL(unshare), ALL},
    {CALL(add_key), ALL},
    {CALL(request_key), ALL},
    {CALL(keyctl), ALL},
    {CALL(init_module), ALL},
    {CALL(finit_module), ALL},
    {CALL(delete_module), ALL},
    {CALL(kexec_load), ALL},
    {CALL(kexec_file_load), ALL},
    {CALL(reboot), ALL},
    {CALL(swapon), ALL},
    {CALL(swapoff), ALL},
    {CALL(settimeofday), ALL},
    {CALL(clock_settime), ALL},
    {CALL(acct), ALL},
    {CALL(quotactl), ALL},
};
const size_t sandbox_end_count = sizeof sandbox_ends / sizeof sandbox_ends[0];

const struct sandbox_argument_rule sandbox_argument_ends[] = {
#if !SANDBOX_SANITIZED /* the leak check runs as a process that shares the memory */
    {CALL(clone), ROLES, BITS(0, CLONE_THREAD, 0)},
#endif
    /* personality is read by libraries (0xffffffff); setting one is another matter */
    {CALL(personality), ROLES, {0, SCMP_CMP_NE, 0xffffffff, 0}},
};
const size_t sandbox_argument_end_count =
    sizeof sandbox_argument_ends / sizeof sandbox_argument_ends[0];

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What each role may still do behind its sandbox: one row a call, one column a role, each tried in
 * a process of its own that has entered.
 */
#include "sandbox/sandbox.h"

#include "support/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROLES 5
#define PORT 47999

static char folder[] = "/tmp/tov-sandbox-XXXXXX";
static char data[64], keys[64], key_file[96], socket_path[96], socket_endpoint[128];

/* ---- what is tried: 0, or errno ---- */

static int result(long value)
{
    return value < 0 ? errno : 0;
}

static int read_file(const char *path)
{
    return result(open(path, O_RDONLY | O_CLOEXEC));
}

static int make_file(const char *path)
{
    return result(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
}

static int reads_a_key(void)
{
    return read_file(key_file);
}

static int reads_passwd(void)
{
    return read_file("/etc/passwd");
}

static int reads_hosts(void)
{
    return read_file("/etc/hosts");
}

static int makes_a_key(void)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/new.key", keys);
    return make_file(path);
}

static int writes_data(void)
{
    char path[128], other[128];
    (void)snprintf(path, sizeof path, "%s/file", data);
    (void)snprintf(other, sizeof other, "%s/file.new", data);
    int err = make_file(other);
    if (err != 0 || rename(other, path) != 0)
        return err != 0 ? err : errno;
    err = result(open(path, O_RDWR | O_TRUNC | O_CLOEXEC));
    return err != 0 ? err : result(unlink(path));
}

static int writes_hosts(void)
{
    return result(open("/etc/hosts", O_WRONLY | O_CLOEXEC));
}

static int opens_by_another_call(void)
{
    struct {
        uint64_t flags, mode, resolve;
    } how = {.flags = O_RDONLY};
    return result(syscall(SYS_openat2, AT_FDCWD, "/etc/hosts", &how, sizeof how));
}

static int makes_a_link(void)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/key", data);
    return result(link(key_file, path));
}

static int makes_a_tcp_socket(void)
{
    return result(socket(AF_INET, SOCK_STREAM, 0));
}

static int makes_a_packet_socket(void)
{
    return result(socket(AF_PACKET, SOCK_RAW, 0));
}

static int makes_a_local_socket(void)
{
    return result(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int binds_at(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return errno;
    int err = result(bind(fd, (const struct sockaddr *)&address, sizeof address));
    return err == EADDRINUSE ? 0 : err; /* somebody has it: we might have had it */
}

static int binds_its_port(void)
{
    return binds_at(PORT);
}

static int binds_another_port(void)
{
    return binds_at(PORT + 1);
}

static int connects(void)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(1), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return errno;
    int err = result(connect(fd, (const struct sockaddr *)&address, sizeof address));
    return err == ECONNREFUSED ? 0 : err;
}

static int binds_its_socket_file(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%.90s", socket_path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return errno;
    return result(unlink(socket_path));
}

static int starts_a_program(void)
{
    char *const nothing[] = {NULL};
    char name[] = "true";
    char *const arguments[] = {name, NULL};
    return result(execve("/bin/true", arguments, nothing));
}

static int starts_a_process(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    if (pid > 0)
        (void)waitpid(pid, NULL, 0);
    return result(pid);
}

static void *do_nothing(void *argument)
{
    return argument;
}

static int starts_a_thread(void)
{
    pthread_t thread;
    int err = pthread_create(&thread, NULL, do_nothing, NULL);
    return err == 0 ? pthread_join(thread, NULL) : err;
}

static int traces(void)
{
    return result(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int mounts(void)
{
    return result(syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, NULL));
}

static int leaves_its_namespace(void)
{
    return result(syscall(SYS_unshare, 0));
}

static int signals_its_parent(void)
{
    return result(kill(getppid(), 0));
}

static int signals_a_thread_of_its_parent(void)
{
    return result(syscall(SYS_tgkill, getppid(), getppid(), 0));
}

static int may_end_itself_by_a_signal(void)
{
    return result(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), 0));
}

static int makes_memory_executable(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return result(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}

static int uses_memory_and_time(void)
{
    struct timespec now;
    void *memory = malloc(8u << 20);
    if (memory == NULL || clock_gettime(CLOCK_REALTIME, &now) != 0)
        return ENOMEM;
    memset(memory, 1, 8u << 20);
    free(memory);
    return 0;
}

static int writes_and_syncs_what_is_open(void);

/* ---- what comes of it ---- */

/* OK: it works. NO: the filter refuses. ENDS: SIGSYS. LOCK, PORTS: Landlock refuses, where the
 * kernel has it. Under sanitizers NO is not asked: only Landlock and the end of a process stand. */
enum verdict { OK, NO, ENDS, LOCK, PORTS };

struct probe {
    const char *name;
    int (*attempt)(void);
    enum verdict verdicts[ROLES]; /* supervisor, guard, core, gateway, front */
};
#define PROBE(function, ...) \
    {                        \
#function, function, \
        {                    \
            __VA_ARGS__      \
        }                    \
    }

static const struct probe probes[] = {
    PROBE(uses_memory_and_time, OK, OK, OK, OK, OK),
    PROBE(writes_and_syncs_what_is_open, OK, OK, OK, NO, NO),
    PROBE(starts_a_thread, OK, NO, OK, OK, OK),
    /* files */
    PROBE(reads_a_key, OK, NO, LOCK, LOCK, NO),
    PROBE(makes_a_key, OK, NO, LOCK, NO, NO),
    PROBE(makes_a_link, LOCK, NO, NO, NO, NO),
    PROBE(reads_passwd, OK, NO, LOCK, LOCK, NO),
    PROBE(reads_hosts, OK, NO, LOCK, OK, NO),
    PROBE(writes_hosts, OK, NO, LOCK, NO, NO),
    PROBE(opens_by_another_call, OK, NO, NO, NO, NO),
    PROBE(writes_data, OK, NO, OK, NO, NO),
    /* the network */
    PROBE(makes_a_tcp_socket, OK, NO, NO, OK, OK),
    PROBE(makes_a_packet_socket, OK, NO, NO, NO, NO),
    PROBE(makes_a_local_socket, OK, NO, NO, NO, OK),
    PROBE(binds_its_port, OK, NO, NO, OK, PORTS),
    PROBE(binds_another_port, OK, NO, NO, PORTS, PORTS),
    PROBE(connects, OK, NO, NO, OK, NO),
    PROBE(binds_its_socket_file, OK, NO, NO, NO, OK),
    /* other programs and processes */
    PROBE(starts_a_program, LOCK, ENDS, ENDS, ENDS, ENDS),
    PROBE(starts_a_process, OK, ENDS, ENDS, ENDS, ENDS),
    PROBE(traces, ENDS, ENDS, ENDS, ENDS, ENDS),
    PROBE(mounts, ENDS, ENDS, ENDS, ENDS, ENDS),
    PROBE(leaves_its_namespace, ENDS, ENDS, ENDS, ENDS, ENDS),
    PROBE(signals_its_parent, OK, NO, NO, NO, NO),
    PROBE(signals_a_thread_of_its_parent, OK, NO, NO, NO, NO),
    PROBE(may_end_itself_by_a_signal, OK, OK, OK, OK, OK),
    PROBE(makes_memory_executable, OK, NO, NO, NO, NO),
};

static int open_file = -1;

static int writes_and_syncs_what_is_open(void)
{
    return pwrite(open_file, "x", 1, 0) == 1 && fdatasync(open_file) == 0 ? 0 : errno;
}

/* ---- trying ---- */

#define NOT_ENTERED 254

static int enter_as(enum tov_sandbox_role role)
{
    char endpoint[64];
    (void)snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%d", PORT);
    const struct tov_sandbox_places places = {
        .data_dir = data, .listen = role == TOV_SANDBOX_FRONT ? socket_endpoint : endpoint};
    struct tov_error error;
    if (tov_sandbox_enter(role, &places, &error) == TOV_OK)
        return 0;
    printf("%s\n", error.text);
    return NOT_ENTERED;
}

/* 0, errno, or -1 when SIGSYS ended it. */
static int try_in_a_child(enum tov_sandbox_role role, int (*attempt)(void))
{
    int status = 0;
    (void)fflush(NULL);
    pid_t pid = fork();
    UNIT_NEED(pid >= 0);
    if (pid == 0) {
        int code = enter_as(role);
        _exit(code != 0 ? code : attempt());
    }
    UNIT_NEED(waitpid(pid, &status, 0) == pid);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? -1 : 255;
    return WEXITSTATUS(status);
}

static bool is_asked(enum tov_sandbox_role role, const struct probe *probe)
{
    int version = tov_sandbox_landlock();
    switch (probe->verdicts[role]) {
    case OK:
        return version > 0 || probe->attempt != reads_hosts;
    case NO:
        return tov_sandbox_is_whole();
    case ENDS:
        return tov_sandbox_is_whole() ||
               (probe->attempt != traces && probe->attempt != starts_a_process);
    case LOCK:
        return version > 0;
    case PORTS:
        return version > 3;
    }
    return false;
}

static void try_all(enum tov_sandbox_role role)
{
    for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++) {
        const struct probe *probe = &probes[i];
        if (!is_asked(role, probe))
            continue;
        enum verdict wanted = probe->verdicts[role];
        int got = try_in_a_child(role, probe->attempt);
        bool is_right = wanted == OK     ? got == 0
                        : wanted == ENDS ? got == -1
                        : wanted == NO   ? got == EPERM
                                         : got == EPERM || got == EACCES || got == EXDEV;
        if (!is_right)
            printf("\n%s: %d (%s)\n", probe->name, got, got > 0 ? strerror(got) : "SIGSYS");
        CU_ASSERT(is_right);
    }
}

static void the_supervisor_starts_no_program_but_its_own(void)
{
    try_all(TOV_SANDBOX_SUPERVISOR);
}

static void the_guard_opens_nothing(void)
{
    try_all(TOV_SANDBOX_GUARD);
}

static void the_core_has_its_data_and_no_network(void)
{
    try_all(TOV_SANDBOX_CORE);
}

static void the_gateway_has_its_network_and_no_file(void)
{
    try_all(TOV_SANDBOX_GATEWAY);
}

static void the_front_has_its_endpoint_and_no_file(void)
{
    try_all(TOV_SANDBOX_FRONT);
}

/* Without a sandbox all of it works, or the rows above would show nothing. */
static void outside_every_probe_works(void)
{
    for (size_t i = 0; i < sizeof probes / sizeof probes[0]; i++) {
        bool needs_root = probes[i].attempt == mounts || probes[i].attempt == writes_hosts ||
                          probes[i].attempt == makes_a_packet_socket;
        (void)fflush(NULL);
        pid_t pid = needs_root ? -1 : fork();
        int status = 0;
        if (pid == 0)
            _exit(probes[i].attempt());
        if (pid > 0 && waitpid(pid, &status, 0) == pid && status != 0)
            printf("\n%s: %d\n", probes[i].name, WEXITSTATUS(status));
        UNIT_EQUAL_INT(status, 0);
    }
}

static void prepare(void)
{
    UNIT_NEED(mkdtemp(folder) != NULL);
    (void)snprintf(data, sizeof data, "%s/data", folder);
    (void)snprintf(keys, sizeof keys, "%s/keys", folder);
    (void)snprintf(key_file, sizeof key_file, "%s/ledger.key", keys);
    (void)snprintf(socket_path, sizeof socket_path, "%s/front.sock", folder);
    (void)snprintf(socket_endpoint, sizeof socket_endpoint, "ipc://%s", socket_path);
    UNIT_NEED(mkdir(data, 0700) == 0 && mkdir(keys, 0700) == 0 && make_file(key_file) == 0);
    open_file = open(key_file, O_RDWR | O_CLOEXEC);
    UNIT_NEED(open_file >= 0);
}

static void clear(void)
{
    static const char *const names[] = {"keys/ledger.key", "keys/new.key", "data/key", "data/file",
                                        "front.sock",      "keys",         "data",     "."};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (unlink(path) != 0)
            (void)rmdir(path);
    }
    (void)rmdir(folder);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_supervisor_starts_no_program_but_its_own),
        UNIT_TEST(the_guard_opens_nothing),
        UNIT_TEST(the_core_has_its_data_and_no_network),
        UNIT_TEST(the_gateway_has_its_network_and_no_file),
        UNIT_TEST(the_front_has_its_endpoint_and_no_file),
        UNIT_TEST(outside_every_probe_works),
    };
    prepare();
    int code = unit_run("sandbox", tests, sizeof tests / sizeof tests[0]);
    clear();
    return code;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * The supervisor's promises, seen from outside: what is started again, what stops everything and
 * with which code, what systemd is told. Its roles are those of fake_tovd.c.
 */
#include "exit_codes.h"
#include "ipc/ipc_messages.h"

#include "support/command.h"
#include "support/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 20000

static char directory[64];
static int events_fd = -1;
static int notify_fd = -1;
static pid_t pid;

/* What came and was not waited for yet: processes tell in any order. */
#define KEPT_MAX 200
static char kept[KEPT_MAX][300];
static size_t kept_count;

static uint64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static const char *path_of(const char *name)
{
    static char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "we");
    UNIT_NEED(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

static int bind_here(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    UNIT_NEED(snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", directory, name) <
              (int)sizeof address.sun_path);
    UNIT_NEED(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

static void prepare(void)
{
    (void)snprintf(directory, sizeof directory, "/tmp/tov-supervisor-XXXXXX");
    UNIT_NEED(mkdtemp(directory) != NULL);
    events_fd = bind_here("events");
    notify_fd = bind_here("notify");
    kept_count = 0;
    /* Folders that are there; the fake roles look into none of them. */
    char config[300];
    (void)snprintf(
        config, sizeof config,
        "[node]\nagency = kk\nfederation = /f\ndata = /tmp\nguard = /var/tmp\nkeys = /usr\n"
        "log-level = error\n[clients]\nregistry = %s/clients.txt\n",
        directory);
    write_file("tovd.conf", config);
}

static void run_with_log(const char *log_path)
{
    char config[128];
    char notify[128];
    const char *program = getenv("TOV_FAKE_TOVD");
    UNIT_NEED(program != NULL);
    (void)snprintf(config, sizeof config, "%s/tovd.conf", directory);
    (void)snprintf(notify, sizeof notify, "%s/notify", directory);
    UNIT_NEED(setenv("TOV_FAKE_DIR", directory, 1) == 0 && setenv("NOTIFY_SOCKET", notify, 1) == 0);
    pid = fork();
    UNIT_NEED(pid >= 0);
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* when a check ends the test */
        if (log_path != NULL)
            (void)dup2(open(log_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), STDERR_FILENO);
        (void)execl(program, program, "--config", config, (char *)NULL);
        _exit(127);
    }
}

static void run(void)
{
    run_with_log(NULL);
}

static int ended(void)
{
    int status = 0;
    UNIT_NEED(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void clean(void)
{
    static const char *const names[] = {"events",     "notify",        "tovd.conf",   "guard",
                                        "core",       "gateway",       "front",       "guard.count",
                                        "core.count", "gateway.count", "front.count", "clients.txt",
                                        "log",        "door"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        (void)unlink(path_of(names[i]));
    UNIT_NEED(rmdir(directory) == 0);
    (void)close(events_fd);
    (void)close(notify_fd);
}

static bool file_has(const char *path, const char *text)
{
    char content[8192];
    FILE *file = fopen(path, "re");
    UNIT_NEED(file != NULL);
    size_t size = fread(content, 1, sizeof content - 1, file);
    (void)fclose(file);
    content[size] = '\0';
    return strstr(content, text) != NULL;
}

static int stop(void)
{
    UNIT_NEED(kill(pid, SIGTERM) == 0);
    return ended();
}

static void keep_datagram(int fd)
{
    struct pollfd item = {.fd = fd, .events = POLLIN};
    if (poll(&item, 1, 100) <= 0)
        return;
    UNIT_NEED(kept_count < KEPT_MAX);
    ssize_t size = recv(fd, kept[kept_count], sizeof kept[0] - 1, 0);
    UNIT_NEED(size >= 0);
    kept[kept_count++][size] = '\0';
}

static const char *take_kept(const char *text)
{
    static char taken[300];
    for (size_t i = 0; i < kept_count; i++) {
        if (strncmp(kept[i], text, strlen(text)) != 0)
            continue;
        memcpy(taken, kept[i], sizeof taken);
        kept_count--;
        memmove(kept[i], kept[i + 1], (kept_count - i) * sizeof kept[0]);
        return taken;
    }
    return NULL;
}

/* Waits for a datagram on FD that begins with TEXT, and takes it; fails when none comes. */
static const char *wait_for(int fd, const char *text)
{
    uint64_t end_ms = now_ms() + PATIENCE_MS;
    const char *taken;
    while ((taken = take_kept(text)) == NULL && now_ms() < end_ms)
        keep_datagram(fd);
    if (taken == NULL)
        (void)fprintf(stderr, "never came: %s\n", text);
    UNIT_NEED(taken != NULL);
    return taken;
}

static void wait_until_serving(void)
{
    (void)wait_for(notify_fd, "READY=1");
}

static void every_role_starts_with_its_own_descriptors_only(void)
{
    bool seen[4] = {false};
    static const char *const expected[] = {
        "guard started 0 with 4 descriptors: serve", "gateway started 0 with 4 descriptors: serve",
        "front started 0 with 4 descriptors: serve", "core started 0 with 7 descriptors: serve"};
    prepare();
    run();
    for (size_t i = 0; i < 4; i++) {
        const char *event = wait_for(events_fd, "");
        for (size_t k = 0; k < 4; k++)
            seen[k] = seen[k] || strcmp(event, expected[k]) == 0;
    }
    for (size_t k = 0; k < 4; k++)
        CU_ASSERT(seen[k]);
    wait_until_serving();
    UNIT_EQUAL_INT(stop(), 0);
    clean();
}

static void systemd_is_told_what_the_core_says(void)
{
    prepare();
    run();
    wait_until_serving();
    UNIT_EQUAL_TEXT(wait_for(notify_fd, "STATUS"), "STATUS=serving 3 agencies");
    (void)wait_for(notify_fd, "WATCHDOG=1");
    UNIT_NEED(kill(pid, SIGTERM) == 0);
    (void)wait_for(notify_fd, "STOPPING=1");
    UNIT_EQUAL_INT(ended(), 0);
    clean();
}

/* The core sends such a text before the good one. */
static void a_status_that_is_not_one_line_does_not_reach_systemd(void)
{
    prepare();
    run();
    wait_until_serving();
    UNIT_EQUAL_TEXT(wait_for(notify_fd, "STATUS"), "STATUS=serving 3 agencies");
    UNIT_EQUAL_INT(stop(), 0);
    clean();
}

static void signals_reach_the_core_as_frames(void)
{
    prepare();
    run();
    wait_until_serving();
    UNIT_NEED(kill(pid, SIGHUP) == 0); /* no registry there: said, and the core is left alone */
    UNIT_NEED(kill(pid, SIGUSR1) == 0);
    (void)wait_for(events_fd, "core dump");
    CU_ASSERT_PTR_NULL(take_kept("core reload"));
    write_file("clients.txt", "");
    UNIT_NEED(kill(pid, SIGHUP) == 0);
    (void)wait_for(events_fd, "core reload with a descriptor");
    UNIT_NEED(kill(pid, SIGTERM) == 0);
    (void)wait_for(events_fd, "core stop");
    UNIT_EQUAL_INT(ended(), 0);
    clean();
}

static void a_gateway_that_crashes_is_started_again_and_the_core_gets_the_new_one(void)
{
    prepare();
    write_file("gateway", "crash\nexit 70\nserve\n");
    run();
    (void)wait_for(events_fd, "gateway started 2");
    (void)wait_for(events_fd, "core link 0 with a descriptor");
    (void)wait_for(events_fd, "core link 0 with a descriptor");
    UNIT_EQUAL_INT(stop(), 0);
    struct stat count;
    UNIT_NEED(stat(path_of("core.count"), &count) == 0);
    UNIT_EQUAL_INT(count.st_size, 1); /* the core never noticed more */
    UNIT_NEED(stat(path_of("gateway.count"), &count) == 0);
    UNIT_EQUAL_INT(count.st_size, 3);
    clean();
}

/* It hears no other word than the signal that ends anything. */
static void a_gateway_that_is_silent_is_ended_and_started_again(void)
{
    prepare();
    write_file("gateway", "deaf\nserve\n");
    write_file("core", "says silent when told\n");
    run();
    wait_until_serving();
    (void)wait_for(events_fd, "gateway started 0");
    UNIT_NEED(kill(pid, SIGUSR1) == 0);
    (void)wait_for(events_fd, "gateway started 1");
    (void)wait_for(events_fd, "core link 0 with a descriptor");
    UNIT_EQUAL_INT(stop(), 0);
    clean();
}

/* ---- a gateway apart ---- */

static void add_to_config(const char *text)
{
    FILE *file = fopen(path_of("tovd.conf"), "ae");
    UNIT_NEED(file != NULL && fputs(text, file) >= 0 && fclose(file) == 0);
}

/* The gateway's user is who runs this test. */
static void prepare_apart(void)
{
    char text[300];
    const struct passwd *user = getpwuid(geteuid());
    UNIT_NEED(user != NULL);
    prepare();
    (void)snprintf(text, sizeof text, "[peers]\ngateway = %s/door\ngateway-user = %s\n", directory,
                   user->pw_name);
    add_to_config(text);
}

static int knock(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/door", directory);
    UNIT_NEED(fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

static bool is_refused(int fd, const char *why)
{
    struct tov_ipc *ipc = NULL;
    struct tov_ipc_frame frame;
    struct tov_bytes text;
    UNIT_NEED(tov_ipc_create(fd, 1024, &ipc) == TOV_OK);
    bool is = tov_ipc_wait(ipc, PATIENCE_MS, &frame) == TOV_OK &&
              frame.kind == TOV_IPC_GW_REFUSED &&
              tov_ipc_read_text(frame.payload, &text) == TOV_OK && text.size == strlen(why) &&
              memcmp(text.data, why, text.size) == 0;
    tov_ipc_destroy(ipc);
    return is;
}

static void a_gateway_apart_is_handed_to_the_core_and_a_second_is_refused(void)
{
    struct stat status;
    prepare_apart();
    run();
    (void)wait_for(events_fd, "core started 0 with 6 descriptors");
    wait_until_serving();
    UNIT_NEED(stat(path_of("gateway.count"), &status) != 0); /* none is started here */
    UNIT_NEED(stat(path_of("door"), &status) == 0);
    UNIT_EQUAL_INT(status.st_mode & 07777, 0600);
    int first = knock();
    (void)wait_for(events_fd, "core link 0 with a descriptor");
    CU_ASSERT(is_refused(knock(), "another gateway is connected"));
    (void)close(first);
    UNIT_EQUAL_INT(stop(), 0);
    UNIT_NEED(stat(path_of("door"), &status) != 0);
    clean();
}

/* While no descriptor is left it looks at the door each second, and has not forgotten who waits. */
static void a_gateway_that_came_when_no_descriptor_was_left_is_taken_later(void)
{
    struct rlimit before;
    char log[128];
    prepare_apart();
    (void)snprintf(log, sizeof log, "%s", path_of("log"));
    run_with_log(log);
    wait_until_serving();
    UNIT_NEED(prlimit(pid, RLIMIT_NOFILE, NULL, &before) == 0);
    /* poll(2) looks at three, which is all it may. */
    const struct rlimit low = {.rlim_cur = 3, .rlim_max = before.rlim_max};
    UNIT_NEED(prlimit(pid, RLIMIT_NOFILE, &low, NULL) == 0);
    int guest = knock();
    for (uint64_t end_ms = now_ms() + PATIENCE_MS; !file_has(log, "event=gateway-not-taken");)
        UNIT_NEED(now_ms() < end_ms);
    UNIT_NEED(prlimit(pid, RLIMIT_NOFILE, &before, NULL) == 0);
    (void)wait_for(events_fd, "core link 0 with a descriptor");
    (void)close(guest);
    UNIT_EQUAL_INT(stop(), 0);
    clean();
}

/* A new core has no gateway, whatever the former one had. */
static void after_a_crash_of_the_core_the_next_gateway_is_taken(void)
{
    prepare_apart();
    write_file("guard", "crash after clients.txt\nserve\n"); /* it takes the core along */
    run();
    wait_until_serving();
    int first = knock();
    (void)wait_for(events_fd, "core link 0 with a descriptor");
    write_file("clients.txt", "now");
    (void)wait_for(events_fd, "core started 1");
    int second = knock();
    (void)wait_for(events_fd, "core link 0 with a descriptor");
    (void)close(first);
    (void)close(second);
    UNIT_EQUAL_INT(stop(), 0);
    clean();
}

static void what_is_no_socket_of_ours_is_left_alone(void)
{
    struct stat status;
    prepare_apart();
    write_file("door", "a letter");
    run();
    UNIT_EQUAL_INT(ended(), TOV_EXIT_CONFIG);
    UNIT_NEED(stat(path_of("door"), &status) == 0);
    UNIT_EQUAL_INT(status.st_size, 8);
    (void)unlink(path_of("door"));
    int other = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/door", directory);
    UNIT_NEED(bind(other, (const struct sockaddr *)&address, sizeof address) == 0 &&
              listen(other, 1) == 0);
    run();
    UNIT_EQUAL_INT(ended(), TOV_EXIT_PORT_IN_USE);
    UNIT_EQUAL_INT(accept4(other, NULL, NULL, SOCK_CLOEXEC), -1); /* it heard nothing of that */
    (void)close(other);
    run(); /* nobody listens any more */
    wait_until_serving();
    UNIT_EQUAL_INT(stop(), 0);
    clean();
}

static void a_role_that_its_sandbox_ended_is_told_as_such(void)
{
    char log[128];
    prepare();
    (void)snprintf(log, sizeof log, "%s", path_of("log"));
    write_file(
        "tovd.conf",
        "[node]\nagency = kk\nfederation = /f\ndata = /tmp\nguard = /var/tmp\nkeys = /usr\n");
    write_file("gateway", "forbidden\nserve\n");
    run_with_log(log);
    (void)wait_for(events_fd, "core link 0 with a descriptor");
    UNIT_EQUAL_INT(stop(), 0);
    CU_ASSERT(file_has(log,
                       "event=role-ended ended=gateway code=70 signal=31 why=\"it made a system "
                       "call that only an intruder makes"));
    clean();
}

static void a_front_that_dropped_a_key_is_started_again_however_often(void)
{
    prepare();
    write_file("front", "exit 30\nexit 30\nexit 30\nexit 30\nserve\n");
    run();
    (void)wait_for(events_fd, "front started 4");
    (void)wait_for(events_fd, "core link 1 with a descriptor");
    UNIT_EQUAL_INT(stop(), 0);
    clean();
}

static void a_core_that_crashes_is_started_again_with_everything(void)
{
    prepare();
    write_file("core", "crash after guard.count\nserve\n");
    run();
    (void)wait_for(events_fd, "core started 1");
    (void)wait_for(events_fd, "guard started 1");
    wait_until_serving();
    UNIT_EQUAL_INT(stop(), 0);
    clean();
}

/* It may have followed a damaged page: the next one looks first, and the one after it if it was
 * ended before it served. */
static void a_core_that_met_a_fault_is_followed_by_one_that_reads_its_store_whole(void)
{
    prepare();
    write_file("core",
               "fault after guard.count\ncrash after guard.count\nserve until told\nserve\n");
    run();
    (void)wait_for(events_fd, "core started 0 with 7 descriptors: fault");
    (void)wait_for(events_fd, "core started 1 with 7 descriptors, checks its store");
    (void)wait_for(events_fd, "core started 2 with 7 descriptors, checks its store");
    wait_until_serving();
    UNIT_NEED(kill(pid, SIGUSR1) == 0);
    (void)wait_for(events_fd, "core started 3 with 7 descriptors: serve");
    UNIT_EQUAL_INT(stop(), 0);
    clean();
}

static void a_guard_that_crashes_takes_the_core_along(void)
{
    prepare();
    write_file("guard", "crash\nserve\n");
    run();
    (void)wait_for(events_fd, "guard started 1");
    wait_until_serving(); /* the core is the second, or the first that was not told to end yet */
    (void)wait_for(events_fd, "core started");
    UNIT_EQUAL_INT(stop(), 0);
    clean();
}

static void a_full_disk_is_tried_again_after_a_second_however_often(void)
{
    prepare();
    write_file("core", "exit 13\nexit 13\nserve\n");
    uint64_t before_ms = now_ms();
    run();
    (void)wait_for(events_fd, "core started 2");
    CU_ASSERT(now_ms() - before_ms >= 2000);
    wait_until_serving();
    UNIT_EQUAL_INT(stop(), 0);
    clean();
}

static void a_guard_without_room_is_tried_again_like_the_core(void)
{
    prepare();
    write_file("guard", "exit 13\nexit 13\nserve\n");
    uint64_t before_ms = now_ms();
    run();
    (void)wait_for(events_fd, "guard started 2");
    CU_ASSERT(now_ms() - before_ms >= 2000);
    wait_until_serving();
    UNIT_EQUAL_INT(stop(), 0);
    clean();
}

static void codes_for_a_person_stop_everything_with_that_code(void)
{
    static const int codes[] = {TOV_EXIT_IO,     TOV_EXIT_CORRUPT, TOV_EXIT_NEWER_STORE,
                                TOV_EXIT_CONFIG, TOV_EXIT_SECOND,  TOV_EXIT_GUARD_DISAGREES,
                                TOV_EXIT_CLOCK,  TOV_EXIT_ROSTER};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        char order[16];
        (void)snprintf(order, sizeof order, "exit %d\n", codes[i]);
        prepare();
        write_file("core", order);
        run();
        UNIT_EQUAL_INT(ended(), codes[i]);
        clean();
    }
}

static void a_port_in_use_stops_everything(void)
{
    prepare();
    write_file("gateway", "exit 16\n");
    run();
    UNIT_EQUAL_INT(ended(), TOV_EXIT_PORT_IN_USE);
    clean();
}

static void what_another_try_may_cure_stops_nothing(void)
{
    UNIT_EQUAL_INT(tov_exit_of_listening(TOV_E_EXISTS), TOV_EXIT_PORT_IN_USE);
    UNIT_EQUAL_INT(tov_exit_of_listening(TOV_E_CONFIG), TOV_EXIT_CONFIG);
    UNIT_EQUAL_INT(tov_exit_of_listening(TOV_E_IO), TOV_EXIT_CONFIG);
    /* Memory, or a thread, was missing for a moment. */
    UNIT_EQUAL_INT(tov_exit_remedy(tov_exit_of_listening(TOV_E_NOMEM)), TOV_EXIT_AGAIN);
}

static void a_guard_without_its_key_stops_everything(void)
{
    prepare();
    write_file("guard", "exit 11\n");
    run();
    UNIT_EQUAL_INT(ended(), TOV_EXIT_KEY);
    clean();
}

static void a_role_that_does_not_end_is_killed(void)
{
    prepare();
    write_file("gateway", "deaf\n");
    run();
    wait_until_serving();
    UNIT_EQUAL_INT(stop(), 0);
    clean();
}

static void when_the_supervisor_is_killed_no_role_is_left(void)
{
    int life[2];
    prepare();
    write_file("gateway", "deaf\n");
    write_file("front", "deaf\n");
    UNIT_NEED(pipe(life) == 0);
    int saved = dup(STDIN_FILENO); /* the only descriptors that roles inherit are standard ones */
    UNIT_NEED(dup2(life[1], STDIN_FILENO) == STDIN_FILENO);
    run();
    UNIT_NEED(dup2(saved, STDIN_FILENO) == STDIN_FILENO && close(saved) == 0);
    wait_until_serving();
    UNIT_NEED(kill(pid, SIGKILL) == 0);
    UNIT_EQUAL_INT(ended(), -SIGKILL);
    /* Each role holds its copy of this pipe's writing end until it has ended. */
    (void)close(life[1]);
    struct pollfd item = {.fd = life[0], .events = POLLIN};
    UNIT_EQUAL_INT(poll(&item, 1, PATIENCE_MS), 1);
    UNIT_EQUAL_INT(item.revents & POLLHUP, POLLHUP);
    (void)close(life[0]);
    clean();
}

/* tovd with up to three words, the first NULL ends them; what it says goes to the file "out". */
static int run_tovd(const char *first, const char *second, const char *third)
{
    const char *const words[] = {getenv("TOV_FAKE_TOVD"), first, second, third, NULL};
    return command_run(words, path_of("out"));
}

static void expect_output(const char *text)
{
    char got[600] = "";
    FILE *file = fopen(path_of("out"), "re");
    UNIT_NEED(file != NULL);
    got[fread(got, 1, sizeof got - 1, file)] = '\0';
    (void)fclose(file);
    if (strstr(got, text) == NULL)
        UNIT_EQUAL_TEXT(got, text);
}

static void the_command_line_is_strict(void)
{
    char config[128];
    prepare();
    (void)snprintf(config, sizeof config, "%s", path_of("tovd.conf"));
    UNIT_EQUAL_INT(run_tovd("--version", NULL, NULL), 0);
    expect_output("tovd ");
    UNIT_EQUAL_INT(run_tovd(NULL, NULL, NULL), TOV_EXIT_USAGE);
    expect_output("tovd: --config FILE is missing");
    UNIT_EQUAL_INT(run_tovd("--config", NULL, NULL), TOV_EXIT_USAGE);
    expect_output("tovd: --config wants a FILE");
    UNIT_EQUAL_INT(run_tovd("--config", "/x", "--fast"), TOV_EXIT_USAGE);
    expect_output("tovd: --fast: not understood");
    UNIT_EQUAL_INT(run_tovd("--role", "king", NULL), TOV_EXIT_USAGE);
    expect_output("tovd: king: no such role");
    UNIT_EQUAL_INT(run_tovd("--config", "/nowhere", NULL), TOV_EXIT_CONFIG);
    expect_output("tovd: /nowhere: No such file or directory");
    UNIT_EQUAL_INT(run_tovd("--config", config, "--check"), 0);
    expect_output("understood; node of kk");
    expect_output("2 key files are locked and were not opened");
    UNIT_NEED(setenv("TOV_FAKE_WRONG", "1", 1) == 0);
    UNIT_EQUAL_INT(run_tovd("--config", config, "--check"), TOV_EXIT_KEY);
    expect_output("tovd: a key of kk is wrong");
    UNIT_NEED(unsetenv("TOV_FAKE_WRONG") == 0);
    UNIT_EQUAL_INT(run_tovd("gateway", "--version", NULL), 0);
    expect_output("tovd ");
    UNIT_EQUAL_INT(run_tovd("gateway", NULL, NULL), TOV_EXIT_USAGE);
    expect_output("tovd: --config FILE is missing");
    UNIT_EQUAL_INT(run_tovd("gateway", "--config", config), TOV_EXIT_CONFIG);
    expect_output(":2: [node] agency: unknown section; there are [gateway]");
    (void)unlink(path_of("out"));
    clean();
}

/* An operator whose key file is not there reads this line last. */
static void the_words_of_a_key_file_name_each_of_its_faults(void)
{
    static const char *const words[] = {"not there", "purpose", "form", "others may read it"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        CU_ASSERT_PTR_NOT_NULL(strstr(tov_exit_text(TOV_EXIT_KEY), words[i]));
}

/* A roster that is older than the one in force is signed well. */
static void the_words_of_a_roster_do_not_blame_signatures_alone(void)
{
    static const char *const words[] = {"signed", "in force", "the line above"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        CU_ASSERT_PTR_NOT_NULL(strstr(tov_exit_text(TOV_EXIT_ROSTER), words[i]));
}

int main(void)
{
    const struct unit_test tests[] = {
        UNIT_TEST(every_role_starts_with_its_own_descriptors_only),
        UNIT_TEST(systemd_is_told_what_the_core_says),
        UNIT_TEST(a_status_that_is_not_one_line_does_not_reach_systemd),
        UNIT_TEST(signals_reach_the_core_as_frames),
        UNIT_TEST(a_gateway_that_crashes_is_started_again_and_the_core_gets_the_new_one),
        UNIT_TEST(a_gateway_that_is_silent_is_ended_and_started_again),
        UNIT_TEST(a_gateway_apart_is_handed_to_the_core_and_a_second_is_refused),
        UNIT_TEST(a_gateway_that_came_when_no_descriptor_was_left_is_taken_later),
        UNIT_TEST(after_a_crash_of_the_core_the_next_gateway_is_taken),
        UNIT_TEST(what_is_no_socket_of_ours_is_left_alone),
        UNIT_TEST(a_role_that_its_sandbox_ended_is_told_as_such),
        UNIT_TEST(a_front_that_dropped_a_key_is_started_again_however_often),
        UNIT_TEST(a_core_that_crashes_is_started_again_with_everything),
        UNIT_TEST(a_core_that_met_a_fault_is_followed_by_one_that_reads_its_store_whole),
        UNIT_TEST(a_guard_that_crashes_takes_the_core_along),
        UNIT_TEST(a_full_disk_is_tried_again_after_a_second_however_often),
        UNIT_TEST(a_guard_without_room_is_tried_again_like_the_core),
        UNIT_TEST(codes_for_a_person_stop_everything_with_that_code),
        UNIT_TEST(a_port_in_use_stops_everything),
        UNIT_TEST(what_another_try_may_cure_stops_nothing),
        UNIT_TEST(a_guard_without_its_key_stops_everything),
        UNIT_TEST(a_role_that_does_not_end_is_killed),
        UNIT_TEST(when_the_supervisor_is_killed_no_role_is_left),
        UNIT_TEST(the_words_of_a_roster_do_not_blame_signatures_alone),
        UNIT_TEST(the_words_of_a_key_file_name_each_of_its_faults),
        UNIT_TEST(the_command_line_is_strict),
    };
    return unit_run("supervisor", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * A running node behind its sandbox: that each of its processes has entered, and what it still can:
 * read its clients again, look up the name of a peer, be seen to hang.
 * Which call each role may make: tests/unit/sandbox.
 */
#include "federation/federation.h"
#include "federation/files.h"
#include "federation/process.h"
#include "support/unit.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SERVES_MS 60000
#define TICKS_MS 3500 /* three ticks of the core's loop, and more */

static struct federation federation;

/* The number behind FIELD in /proc/PID/status. */
static int status_of(pid_t pid, const char *field)
{
    char path[64], line[256];
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    UNIT_NEED(file != NULL);
    int value = -1;
    while (value < 0 && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, field, strlen(field)) == 0)
            value = (int)strtol(line + strlen(field), NULL, 10);
    (void)fclose(file);
    return value;
}

static bool log_says(enum node_number number, const char *text)
{
    char log[FEDERATION_PATH_SIZE];
    federation_path(&federation, log, "nodes/%s/tovd.log", federation.nodes[number].agency);
    return files_say_within(log, text, SERVES_MS);
}

static void each_process_of_a_node_has_entered_its_sandbox(void)
{
    static const char *const roles[] = {"guard", "core", "gateway", "front"};
    federation_create(&federation);
    node_start(&federation, KK);
    UNIT_NEED(log_says(KK, "event=ready"));
    pid_t supervisor = federation.nodes[KK].pid;
    UNIT_EQUAL_INT(status_of(supervisor, "Seccomp:"), 2);
    UNIT_EQUAL_INT(status_of(supervisor, "NoNewPrivs:"), 1);
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        pid_t pid = process_role(supervisor, roles[i]);
        UNIT_NEED(pid > 0);
        UNIT_EQUAL_INT(status_of(pid, "Seccomp:"), 2);
        CU_ASSERT(status_of(pid, "Seccomp_filters:") >= 2); /* the supervisor's and its own */
        UNIT_EQUAL_INT(status_of(pid, "NoNewPrivs:"), 1);
    }
    UNIT_EQUAL_INT(node_stop(&federation, KK), 1);
    federation_destroy(&federation);
}

/* tov-keys puts the registry in place anew: what the core could open once is another file now. */
static void clients_that_came_while_it_ran_are_known_after_a_reload(void)
{
    federation_create(&federation);
    node_start(&federation, KK);
    UNIT_NEED(log_says(KK, "event=ready"));
    federation_add_client(&federation, &(struct client_wish){.node = KK,
                                                             .name = "newcomer",
                                                             .roles = "sagsbehandler",
                                                             .units = "vink"});
    UNIT_NEED(kill(federation.nodes[KK].pid, SIGHUP) == 0);
    UNIT_NEED(log_says(KK, "event=clients-reloaded"));
    struct tov_client *client = node_connect(&federation, KK, "newcomer", SERVES_MS);
    CU_ASSERT_PTR_NOT_NULL(client);
    tov_client_close(client);
    UNIT_EQUAL_INT(node_stop(&federation, KK), 1);
    federation_destroy(&federation);
}

/* ---- what systemd is told ---- */

static int bind_notify(char out_variable[FEDERATION_PATH_SIZE])
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "/tmp/tov-notify-%d", (int)getpid());
    (void)unlink(address.sun_path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    UNIT_NEED(fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0);
    (void)snprintf(out_variable, FEDERATION_PATH_SIZE, "NOTIFY_SOCKET=%s", address.sun_path);
    return fd;
}

/* How often the watchdog is pinged within that time; at most ENOUGH. */
static unsigned pings(int fd, int within_ms, unsigned enough)
{
    unsigned count = 0;
    long long until = process_now_ms() + within_ms;
    for (long long left = within_ms; left > 0 && count < enough; left = until - process_now_ms()) {
        char text[512] = "";
        struct pollfd item = {.fd = fd, .events = POLLIN};
        if (poll(&item, 1, (int)left) > 0 && recv(fd, text, sizeof text - 1, 0) > 0)
            count += strstr(text, "WATCHDOG=1") != NULL;
    }
    return count;
}

static void drain(int fd)
{
    char text[512];
    while (recv(fd, text, sizeof text, MSG_DONTWAIT) > 0)
        continue;
}

static void nobody_pings_the_watchdog_for_a_core_that_hangs(void)
{
    char variable[FEDERATION_PATH_SIZE];
    int fd = bind_notify(variable);
    federation_create(&federation);
    node_start_as(&federation, KK,
                  &(struct node_wish){.environment = (const char *const[]){variable, NULL}});
    UNIT_NEED(pings(fd, SERVES_MS, 2) == 2);
    pid_t supervisor = federation.nodes[KK].pid;
    pid_t core = process_role(supervisor, "core");
    UNIT_NEED(core > 0 && kill(core, SIGSTOP) == 0);
    /* What the core said before it stopped has been handed on when the supervisor sleeps again. */
    (void)pings(fd, TICKS_MS, 1);
    drain(fd);
    UNIT_EQUAL_INT(pings(fd, TICKS_MS, 1), 0);
    UNIT_NEED(kill(core, SIGCONT) == 0);
    UNIT_EQUAL_INT(pings(fd, SERVES_MS, 1), 1);
    UNIT_EQUAL_INT(node_stop(&federation, KK), 1);
    federation_destroy(&federation);
    (void)close(fd);
    (void)unlink(strchr(variable, '=') + 1);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_process_of_a_node_has_entered_its_sandbox),
        UNIT_TEST(clients_that_came_while_it_ran_are_known_after_a_reload),
        UNIT_TEST(nobody_pings_the_watchdog_for_a_core_that_hangs),
    };
    return unit_run("federation sandbox", tests, sizeof tests / sizeof tests[0]);
}

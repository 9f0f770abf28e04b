/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node whose gateway runs apart: as another user, in another network namespace than its core,
 * whose own has no way to any network. Messages flow both ways; gateway, core and node are killed
 * and come back; who is not the gateway, or is a second one, is refused in words.
 */
#include "federation/federation.h"
#include "federation/files.h"
#include "federation/process.h"
#include "support/command.h"
#include "support/unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define GATEWAY_USER "daemon" /* one that every Debian has and that is nobody else's here */
#define SERVES_MS 60000
#define SENDS_MS 30000
#define PATH_SIZE 128

struct scene {
    struct federation federation;
    const struct passwd *user;
    char folder[PATH_SIZE]; /* a short one, in the open: of the socket and of the gateway's files */
    char socket[PATH_SIZE];
    char program[PATH_SIZE];
    char config[PATH_SIZE];
    pid_t gateway;
    uint64_t next_id;
};

static struct scene scene;

/* ---- making it ---- */

static void in_folder(char out[PATH_SIZE], const char *name)
{
    UNIT_NEED(snprintf(out, PATH_SIZE, "%s/%s", scene.folder, name) < PATH_SIZE);
}

static void give(const char *path)
{
    UNIT_NEED(chown(path, scene.user->pw_uid, scene.user->pw_gid) == 0);
}

/* Cuts the line `listen = ENDPOINT` of [peers] out of the node's configuration. */
static void take_listen(const char *config, char out_line[PATH_SIZE])
{
    char peers[PATH_SIZE + 16], apart[3 * PATH_SIZE];
    char *text = files_read(config);
    const char *at = text == NULL ? NULL : strstr(text, "[peers]\nlisten = ");
    UNIT_NEED(at != NULL);
    at += strlen("[peers]\n");
    (void)snprintf(out_line, PATH_SIZE, "%.*s", (int)strcspn(at, "\n"), at);
    free(text);
    (void)snprintf(peers, sizeof peers, "[peers]\n%s", out_line);
    (void)snprintf(apart, sizeof apart, "[peers]\ngateway = %s\ngateway-user = " GATEWAY_USER,
                   scene.socket);
    files_change(config, peers, apart);
}

static void make_gateway(void)
{
    char path[FEDERATION_PATH_SIZE], keys[PATH_SIZE], key[PATH_SIZE], listen[PATH_SIZE];
    char text[4 * PATH_SIZE];
    in_folder(scene.program, "tovd");
    in_folder(scene.config, "gateway.conf");
    in_folder(keys, "keys");
    in_folder(key, "keys/transport.key");
    federation_program(path, "tovd");
    UNIT_NEED(command_run((const char *const[]){"install", "-m", "755", path, scene.program, NULL},
                          NULL) == 0);
    federation_path(&scene.federation, path, "nodes/kk/tovd.conf");
    take_listen(path, listen);
    (void)snprintf(text, sizeof text, "[gateway]\nconnect = %s\nkeys = %s\n%s\n", scene.socket,
                   keys, listen);
    files_write(scene.config, text);
    give(scene.config);
    UNIT_NEED(mkdir(keys, 0700) == 0);
    give(keys);
    /* The node has its transport key no more. */
    federation_path(&scene.federation, path, "nodes/kk/keys/transport.key");
    files_copy(path, key);
    give(key);
    UNIT_NEED(unlink(path) == 0);
}

static void make_scene(void)
{
    federation_create_at(&scene.federation, &(struct federation_place){.has_sockets = true});
    (void)snprintf(scene.folder, sizeof scene.folder, "/tmp/tov-apart-XXXXXX");
    UNIT_NEED(mkdtemp(scene.folder) != NULL && chmod(scene.folder, 0755) == 0);
    in_folder(scene.socket, "gateway.sock");
    make_gateway();
}

static void log_of(enum node_number number, char out[FEDERATION_PATH_SIZE])
{
    federation_path(&scene.federation, out, "nodes/%s/tovd.log",
                    scene.federation.nodes[number].agency);
}

static void gateway_log(char out[FEDERATION_PATH_SIZE], const char *name)
{
    federation_path(&scene.federation, out, "%s.log", name);
}

static pid_t start_gateway(const char *log_name)
{
    char log[FEDERATION_PATH_SIZE];
    gateway_log(log, log_name);
    return process_start((const char *const[]){"/usr/bin/setpriv", "--reuid=" GATEWAY_USER,
                                               "--regid=" GATEWAY_USER, "--clear-groups",
                                               "--pdeathsig=KILL", scene.program, "gateway",
                                               "--config", scene.config, NULL},
                         log);
}

static void start_node_without_network(void)
{
    node_start_as(
        &scene.federation, KK,
        &(struct node_wish){.environment = (const char *const[]){"unshare", "--net", NULL}});
}

/* ---- messages ---- */

static bool sends(enum node_number node, const char *to)
{
    struct node_note note = {++scene.next_id, to};
    return node_sends(&scene.federation, node, &note, SENDS_MS);
}

typedef bool (*verdict)(const struct tov_node_status *facts);

static bool all_are_receipted(const struct tov_node_status *facts)
{
    size_t waiting = 0;
    for (size_t i = 0; i < facts->peer_count; i++)
        waiting += facts->peers[i].links_receipted == facts->peers[i].links_sent ? 0 : 1;
    return waiting == 0;
}

static bool nobody_is_connected(const struct tov_node_status *facts)
{
    size_t connected = 0;
    for (size_t i = 0; i < facts->peer_count; i++)
        connected += facts->peers[i].connected != 0 ? 1 : 0;
    return connected == 0;
}

static bool gateway_is_missed(const struct tov_node_status *facts)
{
    return strstr(facts->sentence_en, "No gateway has been connected to the node since ") != NULL &&
           strstr(facts->sentence_da, "Ingen gateway er forbundet med noden siden ") != NULL;
}

static bool nothing_is_the_matter(const struct tov_node_status *facts)
{
    return facts->sentence_en[0] == '\0';
}

static bool status_comes_to(enum node_number number, verdict is)
{
    long long until = process_now_ms() + SERVES_MS;
    bool came = false;
    struct tov_client *client = node_connect(&scene.federation, number, "caseworker", SERVES_MS);
    while (client != NULL && !came && process_now_ms() < until) {
        struct tov_status *status = NULL;
        if (tov_status_get(client, &status, NULL) == TOV_OK)
            came = is(tov_status_facts(status));
        tov_status_destroy(status);
        if (!came)
            process_pause();
    }
    tov_client_close(client);
    return came;
}

static void messages_flow_both_ways(void)
{
    CU_ASSERT(node_serves(&scene.federation, KK, SERVES_MS)); /* it may start just now */
    CU_ASSERT(sends(KK, "kbh-pol/dks,krfo/central"));
    CU_ASSERT(sends(KBH_POL, "kk/vink"));
    CU_ASSERT(sends(KRFO, "kk/vink"));
    CU_ASSERT(status_comes_to(KK, all_are_receipted));
    CU_ASSERT(status_comes_to(KBH_POL, all_are_receipted));
    CU_ASSERT(status_comes_to(KRFO, all_are_receipted));
}

/* ---- the two networks ---- */

static ino_t network_of(pid_t pid)
{
    char path[64];
    struct stat status;
    (void)snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
    UNIT_NEED(pid > 0 && stat(path, &status) == 0);
    return status.st_ino;
}

/* What connect(2) to krfo's gateway says in the network of PID. */
static int reaches_krfo_from(pid_t pid, unsigned port)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
    pid_t child = fork();
    UNIT_NEED(child >= 0);
    if (child == 0) {
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)port),
                                      .sin_addr = {htonl(INADDR_LOOPBACK)}};
        int network = open(path, O_RDONLY | O_CLOEXEC);
        if (network < 0 || setns(network, CLONE_NEWNET) != 0)
            _exit(255);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        _exit(connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno);
    }
    return process_wait(child, SENDS_MS);
}

static unsigned port_of_krfo(void)
{
    char path[FEDERATION_PATH_SIZE];
    federation_path(&scene.federation, path, "nodes/krfo/tovd.conf");
    char *text = files_read(path);
    const char *at = text == NULL ? NULL : strstr(text, "listen = tcp://127.0.0.1:");
    UNIT_NEED(at != NULL);
    unsigned port = (unsigned)strtoul(at + strlen("listen = tcp://127.0.0.1:"), NULL, 10);
    free(text);
    return port;
}

static void the_core_has_no_way_to_any_network(void)
{
    static const char *const roles[] = {"core", "guard", "front"};
    pid_t supervisor = scene.federation.nodes[KK].pid;
    pid_t gateway = process_role(scene.gateway, "gateway-apart");
    CU_ASSERT(process_role(supervisor, "gateway") == 0);
    CU_ASSERT(network_of(gateway) == network_of(getpid()));
    UNIT_EQUAL_INT(reaches_krfo_from(gateway, port_of_krfo()), 0);
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        pid_t pid = process_role(supervisor, roles[i]);
        CU_ASSERT(network_of(pid) == network_of(supervisor));
        CU_ASSERT(network_of(pid) != network_of(gateway));
        UNIT_EQUAL_INT(reaches_krfo_from(pid, port_of_krfo()), ENETUNREACH);
    }
}

/* ---- who may not ---- */

/* Connects as USER, sends BYTES and reads until the other end closes; whether it was told TEXT. */
static bool is_told(uid_t user, const char *bytes, const char *text)
{
    pid_t child = fork();
    UNIT_NEED(child >= 0);
    if (child == 0) {
        char heard[1024] = "";
        size_t size = 0;
        ssize_t got = 1;
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        (void)snprintf(address.sun_path, sizeof address.sun_path, "%.107s", scene.socket);
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (user != 0 && (setgid(scene.user->pw_gid) != 0 || setuid(user) != 0))
            _exit(2);
        if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0)
            _exit(3);
        (void)send(fd, bytes, strlen(bytes), MSG_NOSIGNAL);
        while (got > 0 && size < sizeof heard - 1) {
            got = read(fd, heard + size, sizeof heard - 1 - size);
            size += got > 0 ? (size_t)got : 0;
        }
        _exit(memmem(heard, size, text, strlen(text)) != NULL ? 0 : 4);
    }
    return process_wait(child, SERVES_MS) == 0;
}

static void the_socket_is_the_gateways_alone(void)
{
    struct stat status;
    UNIT_NEED(stat(scene.socket, &status) == 0);
    UNIT_EQUAL_INT(status.st_mode & 07777, 0660);
    UNIT_EQUAL_INT(status.st_uid, 0);
    UNIT_EQUAL_INT(status.st_gid, scene.user->pw_gid);
}

static void another_user_is_refused(void)
{
    char log[FEDERATION_PATH_SIZE];
    log_of(KK, log);
    CU_ASSERT(is_told(0, "", "it is not the user that the node takes a gateway from"));
    CU_ASSERT(files_say_within(log, "event=gateway-refused user=0 ", SERVES_MS));
}

static void a_second_gateway_is_refused_and_the_first_goes_on(void)
{
    char log[FEDERATION_PATH_SIZE];
    pid_t first = process_role(scene.gateway, "gateway-apart");
    pid_t second = start_gateway("second");
    gateway_log(log, "second");
    CU_ASSERT(files_say_within(log, "why=\"another gateway is connected\"", SERVES_MS));
    CU_ASSERT(files_say_within(log, "code=34", SERVES_MS));
    CU_ASSERT(process_end(second, SERVES_MS));
    CU_ASSERT(first > 0 && process_role(scene.gateway, "gateway-apart") == first);
    messages_flow_both_ways();
}

/* ---- who is killed ---- */

static void gateway_comes(void)
{
    char log[FEDERATION_PATH_SIZE];
    scene.gateway = start_gateway("gateway");
    gateway_log(log, "gateway");
    CU_ASSERT(files_say_within(log, "event=listening", SERVES_MS));
}

static void a_role_that_is_killed_comes_back(void)
{
    pid_t first = process_role(scene.gateway, "gateway-apart");
    UNIT_NEED(first > 0);
    process_kill(first);
    messages_flow_both_ways();
    CU_ASSERT(process_role(scene.gateway, "gateway-apart") != first);
}

/* Who speaks as the gateway, and nonsense, loses that connection and nothing else. */
static void without_a_gateway_the_node_serves_and_nonsense_does_no_harm(void)
{
    char log[FEDERATION_PATH_SIZE];
    process_kill_tree(scene.gateway);
    log_of(KK, log);
    CU_ASSERT(status_comes_to(KK, nobody_is_connected));
    CU_ASSERT(status_comes_to(KK, gateway_is_missed));
    CU_ASSERT(sends(KK, "kbh-pol/dks"));
    CU_ASSERT(is_told(scene.user->pw_uid, "\x7f\x7f\x7f\x7f nonsense", "127.0.0.1"));
    CU_ASSERT(files_say_within(log, "event=edge-refused role=gateway", SERVES_MS));
    CU_ASSERT(node_serves(&scene.federation, KK, SERVES_MS));
    gateway_comes();
    CU_ASSERT(status_comes_to(KK, nothing_is_the_matter));
    messages_flow_both_ways();
}

static void a_core_that_is_killed_finds_its_gateway_again(void)
{
    CU_ASSERT(node_kill_role(&scene.federation, KK, "core"));
    messages_flow_both_ways();
    CU_ASSERT(process_runs(scene.gateway));
}

static void a_node_that_stops_and_starts_finds_its_gateway_again(void)
{
    char log[FEDERATION_PATH_SIZE];
    gateway_log(log, "gateway");
    CU_ASSERT(node_stop(&scene.federation, KK));
    CU_ASSERT(access(scene.socket, F_OK) != 0);
    CU_ASSERT(files_say_within(log, "event=no-node", SERVES_MS));
    start_node_without_network();
    messages_flow_both_ways();
    node_kill(&scene.federation, KK); /* its socket's file is left */
    CU_ASSERT(access(scene.socket, F_OK) == 0);
    start_node_without_network();
    messages_flow_both_ways();
    CU_ASSERT(process_runs(scene.gateway));
}

static void a_second_node_leaves_the_socket_of_the_first(void)
{
    char *text = NULL;
    char program[FEDERATION_PATH_SIZE], config[FEDERATION_PATH_SIZE], log[FEDERATION_PATH_SIZE];
    federation_program(program, "tovd");
    federation_path(&scene.federation, config, "nodes/kk/tovd.conf");
    gateway_log(log, "second-node");
    UNIT_EQUAL_INT(process_run((const char *const[]){program, "--config", config, NULL}, log,
                               SERVES_MS, &text),
                   16);
    free(text);
    messages_flow_both_ways();
}

static void a_node_lives_without_a_network_behind_its_gateway(void)
{
    char log[FEDERATION_PATH_SIZE];
    make_scene();
    log_of(KK, log);
    start_node_without_network();
    CU_ASSERT(files_say_within(log, "event=ready", SERVES_MS)); /* it waits for no gateway */
    gateway_comes();
    node_start(&scene.federation, KBH_POL);
    node_start(&scene.federation, KRFO);
    for (unsigned i = 0; i < NODES; i++)
        UNIT_NEED(node_serves(&scene.federation, (enum node_number)i, SERVES_MS));
    messages_flow_both_ways();
    the_core_has_no_way_to_any_network();
    the_socket_is_the_gateways_alone();
    another_user_is_refused();
    a_second_gateway_is_refused_and_the_first_goes_on();
    a_role_that_is_killed_comes_back();
    without_a_gateway_the_node_serves_and_nonsense_does_no_harm();
    a_core_that_is_killed_finds_its_gateway_again();
    a_node_that_stops_and_starts_finds_its_gateway_again();
    a_second_node_leaves_the_socket_of_the_first();
    CU_ASSERT(process_end(scene.gateway, SERVES_MS));
    for (unsigned i = 0; i < NODES; i++)
        CU_ASSERT(node_export_verifies(&scene.federation, (enum node_number)i));
    federation_destroy(&scene.federation);
    files_remove_tree(scene.folder);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_node_lives_without_a_network_behind_its_gateway),
    };
    scene.user = getpwnam(GATEWAY_USER);
    if (getuid() != 0 || scene.user == NULL ||
        command_run((const char *const[]){"unshare", "--net", "true", NULL}, NULL) != 0)
        return unit_skip("a network of the core's own (not root, or no user " GATEWAY_USER "?)");
    return unit_run("federation apart", tests, sizeof tests / sizeof tests[0]);
}

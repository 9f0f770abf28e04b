/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who has no key of the federation, at the two ports of a real node: whatever such a stranger does,
 * the process is the same afterwards, its memory is bounded, and who has a key gets through.
 *
 * All of it happens in a network of the test's own: addresses of loopback stand for hosts.
 * Not for: who has a key and means harm (the simulation, the fuzzers).
 */
#include "base/bytes.h"
#include "federation/federation.h"
#include "federation/files.h"
#include "federation/process.h"
#include "hostile/raw.h"
#include "keys/keyfile.h"
#include "net/net.h"
#include "support/command.h"
#include "support/unit.h"

#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define SERVES_MS 60000
#define PROMISED_MS 3000 /* a handshake of an honest one, behind the shipped filter */
#define PATIENT_MS 30000 /* without it: once */
#define FLOOD 5000
#define DESCRIPTORS_MAX 200u
#define GROWTH_MAX_BYTES (20u * 1024 * 1024)
#define CROWD 200 /* connections of the other attacks */
#define STRANGER "127.0.0.66"
#define FRAME_MAX_BYTES 262144u

static struct federation federation;
static pid_t gateway_pid, front_pid;

/* ---- who has a key ---- */

static void load_secret(const char *agency, struct tov_key *out_secret)
{
    char path[FEDERATION_PATH_SIZE];
    struct tov_keyfile keyfile = {.secret = NULL};
    federation_path(&federation, path, "nodes/%s/keys/transport.key", agency);
    UNIT_NEED(tov_keyfile_load(path, TOV_KEY_TRANSPORT, NULL, &keyfile, NULL) == TOV_OK);
    memcpy(out_secret->bytes, tov_secret_data(keyfile.secret), sizeof out_secret->bytes);
    tov_keyfile_fini(&keyfile);
}

static unsigned port_of(const char *endpoint)
{
    return (unsigned)strtoul(strrchr(endpoint, ':') + 1, NULL, 10);
}

/* Fronts have the ports three above those of their gateways (federation.c). */
static unsigned gateway_port(void)
{
    return port_of(federation.nodes[KK].endpoint) - 3;
}

static unsigned front_port(void)
{
    return port_of(federation.nodes[KK].endpoint);
}

/* True when a ping with SECRET is answered within that time: CURVE, admission and the gateway's own
 * word have all passed. */
static bool pings_the_gateway(const struct tov_key *secret, int within_ms)
{
    TOV_CLEANUP(tov_net_cleanup) struct tov_net *net = NULL;
    TOV_CLEANUP(tov_net_socket_cleanup) struct tov_net_socket *socket = NULL;
    struct tov_key server_secret;
    struct tov_net_key server;
    char endpoint[64];
    static const uint8_t ping[9] = {2, 0, 0, 0, 0, 0, 0, 0, 7};
    load_secret("kk", &server_secret);
    UNIT_NEED(tov_net_key_of(&server_secret, &server) == TOV_OK);
    (void)snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", gateway_port());
    struct tov_net_options options = {.endpoint = endpoint,
                                      .secret = secret,
                                      .server = &server,
                                      .frame_max_bytes = FRAME_MAX_BYTES};
    UNIT_NEED(tov_net_create(&net, NULL) == TOV_OK);
    UNIT_NEED(tov_net_dial(net, &options, &socket, NULL) == TOV_OK);
    long long until = process_now_ms() + within_ms;
    bool sent = false;
    while (process_now_ms() < until) {
        struct tov_net_message message;
        struct pollfd item = {.fd = tov_net_socket_fd(socket), .events = POLLIN};
        sent =
            sent || tov_net_send(socket, (struct tov_net_route){0}, TOV_BYTES_OF(ping)) == TOV_OK;
        (void)poll(&item, 1, 20);
        if (tov_net_receive(socket, &message) == TOV_OK)
            return true;
    }
    return false;
}

static bool honest_peer_gets_through(int within_ms)
{
    struct tov_key secret;
    load_secret("kbh-pol", &secret);
    return pings_the_gateway(&secret, within_ms);
}

static bool honest_client_gets_through(int within_ms)
{
    struct tov_client *client = node_connect(&federation, KK, "caseworker", within_ms);
    bool is_there = client != NULL;
    tov_client_close(client);
    return is_there;
}

/* ---- what strangers do ---- */

static void idle(int fd)
{
    (void)fd;
}

static void garbage(int fd)
{
    uint8_t noise[4096];
    static uint64_t state = 1;
    for (size_t i = 0; i < sizeof noise; i += 8)
        tov_put_be64(noise + i, unit_random(&state));
    (void)raw_send(fd, noise, sizeof noise);
}

static void web_request(int fd)
{
    static const char text[] = "GET / HTTP/1.1\r\nHost: tov\r\n\r\n";
    (void)raw_send(fd, text, sizeof text - 1);
}

static void version_1(int fd)
{
    static const uint8_t greeting[] = {0x01, 0x00, 0x05, 0x00, 'h', 'e', 'l', 'l', 'o'};
    (void)raw_send(fd, greeting, sizeof greeting);
}

static void version_2(int fd)
{
    static const uint8_t greeting[] = {0xff, 0, 0, 0, 0, 0,    0,    0,   1,
                                       0x7f, 1, 5, 0, 0, 0x00, 0x05, 'h', 'e'};
    (void)raw_send(fd, greeting, sizeof greeting);
}

static void greet(int fd, const char *mechanism)
{
    uint8_t greeting[64];
    raw_greeting(greeting, 3, mechanism);
    (void)raw_send(fd, greeting, sizeof greeting);
}

static void no_mechanism(int fd)
{
    static const uint8_t ready[] = "\x04\x19\5READY\xbSocket-Type\0\0\0\6DEALER";
    greet(fd, "NULL");
    (void)raw_send(fd, ready, sizeof ready - 1);
}

static void plain_mechanism(int fd)
{
    static const uint8_t hello[] = "\x04\x10\5HELLO\4kbhp\4pass";
    greet(fd, "PLAIN");
    (void)raw_send(fd, hello, sizeof hello - 1);
}

static void hello_of_noise(int fd)
{
    uint8_t hello[300];
    greet(fd, "CURVE");
    (void)raw_send(fd, hello, raw_hello(hello, 194)); /* as long as a real one */
}

static void hello_cut_short(int fd)
{
    uint8_t hello[300];
    greet(fd, "CURVE");
    (void)raw_send(fd, hello, raw_hello(hello, 20));
}

/* Announces 8 GiB, and sends what the socket takes of it. */
static void eight_gib(int fd)
{
    static uint8_t much[1 << 20];
    uint8_t head[9] = {0x06}; /* a command, long */
    tov_put_be64(head + 1, 8ull << 30);
    greet(fd, "CURVE");
    (void)raw_send(fd, head, sizeof head);
    for (int i = 0; i < 64; i++)
        if (raw_send(fd, much, sizeof much) <= 0)
            return;
}

/* All of a good greeting but its last byte, a byte at a time. */
static void dribble(int fd)
{
    uint8_t greeting[64];
    raw_greeting(greeting, 3, "CURVE");
    for (size_t i = 0; i < 63; i++)
        if (raw_send(fd, greeting + i, 1) < 0)
            return;
}

struct attack {
    const char *name;
    void (*say)(int fd);
};
static const struct attack attacks[] = {
    {"idle", idle},
    {"dribble", dribble},
    {"garbage", garbage},
    {"a web request", web_request},
    {"ZMTP 1", version_1},
    {"ZMTP 2", version_2},
    {"NULL", no_mechanism},
    {"PLAIN", plain_mechanism},
    {"HELLO of noise", hello_of_noise},
    {"HELLO cut short", hello_cut_short},
    {"8 GiB announced", eight_gib},
};

/* ---- looking ---- */

static void start_node(void)
{
    char log[FEDERATION_PATH_SIZE];
    federation_create(&federation);
    federation_path(&federation, log, "nodes/kk/tovd.log");
    node_start(&federation, KK);
    UNIT_NEED(files_say_within(log, "event=ready", SERVES_MS));
    gateway_pid = process_role(federation.nodes[KK].pid, "gateway");
    front_pid = process_role(federation.nodes[KK].pid, "front");
    UNIT_NEED(gateway_pid > 0 && front_pid > 0);
    UNIT_NEED(honest_peer_gets_through(PATIENT_MS) && honest_client_gets_through(PATIENT_MS));
}

static void end_node(void)
{
    UNIT_EQUAL_INT(process_role(federation.nodes[KK].pid, "gateway"), gateway_pid);
    UNIT_EQUAL_INT(process_role(federation.nodes[KK].pid, "front"), front_pid);
    UNIT_EQUAL_INT(node_stop(&federation, KK), 1);
    federation_destroy(&federation);
}

static void memory_is_bounded(pid_t pid, size_t before, const char *attack)
{
    size_t now = raw_memory_of(pid);
    if (now > before + GROWTH_MAX_BYTES)
        printf("\n%s: from %zu to %zu bytes\n", attack, before, now);
#ifndef TOV_SANITIZED /* which keeps what was freed */
    CU_ASSERT(now <= before + GROWTH_MAX_BYTES);
#endif
}

static void attack_port(const struct attack *attack, unsigned port)
{
    int fds[CROWD];
    for (size_t i = 0; i < CROWD; i++)
        fds[i] = raw_connect(STRANGER, port);
    for (size_t i = 0; i < CROWD; i++)
        if ((fds[i] = raw_wait(fds[i], 1000)) >= 0)
            attack->say(fds[i]);
    bool passes = port == gateway_port() ? honest_peer_gets_through(PATIENT_MS)
                                         : honest_client_gets_through(PATIENT_MS);
    if (!passes)
        printf("\nnobody gets through beside: %s\n", attack->name);
    CU_ASSERT(passes);
    for (size_t i = 0; i < CROWD; i++)
        if (fds[i] >= 0)
            (void)close(fds[i]);
}

static void no_stranger_stops_a_node_or_keeps_others_out(void)
{
    start_node();
    size_t gateway_before = raw_memory_of(gateway_pid), front_before = raw_memory_of(front_pid);
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        attack_port(&attacks[i], gateway_port());
        memory_is_bounded(gateway_pid, gateway_before, attacks[i].name);
        attack_port(&attacks[i], front_port());
        memory_is_bounded(front_pid, front_before, attacks[i].name);
    }
    end_node();
}

static void a_good_handshake_with_an_unknown_key_gets_no_word_in(void)
{
    start_node();
    size_t before = raw_memory_of(gateway_pid);
    for (int i = 0; i < 20; i++) {
        struct tov_key secret;
        struct tov_net_key key;
        UNIT_NEED(tov_net_key_generate(&secret, &key) == TOV_OK);
        UNIT_EQUAL_INT(pings_the_gateway(&secret, 300), 0);
    }
    memory_is_bounded(gateway_pid, before, "unknown keys");
    CU_ASSERT(honest_peer_gets_through(PATIENT_MS));
    end_node();
}

/* ---- behind the shipped filter ---- */

/* systemd/tov.nft with this node's port, and loopback as the peers' network. */
static bool load_filter(void)
{
    char path[FEDERATION_PATH_SIZE], port[16];
    char *rules = files_read("systemd/tov.nft");
    UNIT_NEED(rules != NULL);
    federation_path(&federation, path, "tov.nft");
    files_write(path, rules);
    free(rules);
    (void)snprintf(port, sizeof port, "dport %u", gateway_port());
    for (int i = 0; i < 4; i++) /* rules */
        files_change(path, "dport 7400", port);
    files_change(path, "192.0.2.0/24", "127.0.0.0/8");
    const char *const load[] = {"nft", "-f", path, NULL};
    return command_run(load, NULL) == 0;
}

static void drop_filter(void)
{
    const char *const drop[] = {"nft", "delete", "table", "inet", "tov", NULL};
    UNIT_NEED(command_run(drop, NULL) == 0);
}

static unsigned flood(int fds[FLOOD], unsigned *out_descriptors)
{
    unsigned count = 0, failed = 0;
    while (count < FLOOD) {
        fds[count++] = raw_connect(STRANGER, gateway_port());
        if (count % 1000 != 0)
            continue;
        unsigned held = raw_descriptors_of(gateway_pid);
        *out_descriptors = held > *out_descriptors ? held : *out_descriptors;
        failed += !honest_peer_gets_through(PROMISED_MS);
    }
    return failed;
}

static void behind_the_filter_a_flood_is_bounded_and_handshakes_take_no_three_seconds(void)
{
    static int fds[FLOOD];
    unsigned descriptors = 0;
    start_node();
    long long began = process_now_ms();
    if (!load_filter()) {
        printf("skipped: no nft here ");
        CU_ASSERT(getenv("CI") == NULL && getenv("TOV_NO_SKIP") == NULL);
        end_node();
        return;
    }
    size_t before = raw_memory_of(gateway_pid);
    UNIT_EQUAL_INT(flood(fds, &descriptors), 0);
    if (descriptors > DESCRIPTORS_MAX)
        printf("\n%u descriptors\n", descriptors);
    CU_ASSERT(descriptors <= DESCRIPTORS_MAX);
    memory_is_bounded(gateway_pid, before, "flood");
    printf(
        "(%d connections and 5 handshakes in %lld ms, at most %u descriptors, %zu KiB of memory, "
        "before %zu) ",
        FLOOD, process_now_ms() - began, descriptors, raw_memory_of(gateway_pid) / 1024,
        before / 1024);
    for (size_t i = 0; i < FLOOD; i++)
        if (fds[i] >= 0)
            (void)close(fds[i]);
    drop_filter();
    end_node();
}

static bool has_own_network(void)
{
    const char *const up[] = {"ip", "link", "set", "lo", "up", NULL};
    return unshare(CLONE_NEWNET) == 0 && command_run(up, NULL) == 0;
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(no_stranger_stops_a_node_or_keeps_others_out),
        UNIT_TEST(a_good_handshake_with_an_unknown_key_gets_no_word_in),
        UNIT_TEST(behind_the_filter_a_flood_is_bounded_and_handshakes_take_no_three_seconds),
    };
    const struct rlimit many = {FLOOD + 1000, FLOOD + 1000};
    if (!has_own_network())
        return unit_skip("a network of the test's own (not root?)");
    UNIT_NEED(setrlimit(RLIMIT_NOFILE, &many) == 0);
    return unit_run("hostile strangers", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Floods a node until TERM, for bench/hostile; then prints how often it spoke. Not for: asserting
 * anything (byzantine_peer.c, test_hostile_strangers.c).
 *
 *   hostile_flood peer ENDPOINT NODE_KEY OWN_KEY CONTROL_KEY FEDERATION FROM TO OTHER [ATTACK]
 *       as the agency FROM with its keys; all attacks by turns, or one
 *   hostile_flood sink ENDPOINT NODE_KEY OWN_KEY
 *       takes what such a flood sends and drops it: what the flood itself costs this machine
 *   hostile_flood strangers PORT
 *       200 connections with noise at a time, each closed and opened anew
 *   hostile_flood door PORT
 *       takes such connections and closes them: what those alone cost this machine
 *
 * NODE_KEY and OWN_KEY are files of transport keys, CONTROL_KEY one of a control key.
 */
#include "base/cleanup.h"
#include "base/hex.h"
#include "base/limits.h"
#include "hostile/attacks.h"
#include "hostile/raw.h"
#include "keys/keyfile.h"
#include "net/net.h"
#include "support/unit.h"

#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CROWD 200u
#define SOURCE "127.0.0.66"

static volatile sig_atomic_t is_over;

static void note_end(int signal_number)
{
    (void)signal_number;
    is_over = 1;
}

static void load_key(const char *path, enum tov_key_purpose purpose, struct tov_key *out)
{
    struct tov_keyfile keyfile = {.secret = NULL};
    struct tov_error error = {.text = ""};
    if (tov_keyfile_load(path, purpose, NULL, &keyfile, &error) != TOV_OK)
        unit_need(false, error.text, __FILE__, __LINE__);
    memcpy(out->bytes, tov_secret_data(keyfile.secret), sizeof out->bytes);
    tov_keyfile_fini(&keyfile);
}

static uint16_t number_of(const char *text)
{
    uint64_t number = 0;
    UNIT_NEED(tov_decimal_decode(tov_bytes_of_text(text), &number) == TOV_OK &&
              number <= UINT16_MAX);
    return (uint16_t)number;
}

static struct tov_net_key public_key_of(const char *path)
{
    struct tov_key secret;
    struct tov_net_key key;
    load_key(path, TOV_KEY_TRANSPORT, &secret);
    UNIT_NEED(tov_net_key_of(&secret, &key) == TOV_OK);
    return key;
}

/* Until there may be room, or something to read. */
static void wait_a_little(const struct tov_net_socket *socket)
{
    struct pollfd item = {.fd = tov_net_socket_fd(socket), .events = POLLIN};
    (void)poll(&item, 1, 1);
}

/* ---- a peer ---- */

/* The one of that name; without a name by turns, the more of one the more a test says of it: one
 * that cuts the connection would silence all others else. */
struct turns {
    size_t at;
    unsigned left;
};

static const struct attack *next_attack(const char *name, struct turns *turns)
{
    for (size_t i = 0; name != NULL && i < attack_count; i++) {
        if (strcmp(attacks[i].name, name) == 0)
            return &attacks[i];
    }
    UNIT_NEED(name == NULL);
    if (turns->left == 0) {
        turns->at = (turns->at + 1) % attack_count;
        turns->left = 1 + attacks[turns->at].count / 100;
    }
    turns->left--;
    return &attacks[turns->at];
}

static unsigned long long say_all(struct attacker *attacker, struct tov_net_socket *socket,
                                  const char *name)
{
    unsigned long long said = 0;
    struct turns turns = {0, 0};
    while (!is_over) {
        attack_make(attacker, next_attack(name, &turns));
        while (!is_over && tov_net_send(socket, (struct tov_net_route){0},
                                        tov_buf_view(&attacker->out)) == TOV_E_AGAIN)
            wait_a_little(socket);
        said++;
    }
    return said;
}

static unsigned long long flood(char **words, const char *attack)
{
    TOV_CLEANUP(tov_net_cleanup) struct tov_net *net = NULL;
    TOV_CLEANUP(tov_net_socket_cleanup) struct tov_net_socket *socket = NULL;
    struct attacker attacker = {.federation = words[4],
                                .from = number_of(words[5]),
                                .to = number_of(words[6]),
                                .other = number_of(words[7]),
                                .random = 1,
                                .out = TOV_BUF_INIT(2u * TOV_FRAME_MAX_BYTES)};
    struct tov_net_key server = public_key_of(words[1]);
    struct tov_key own, control;
    uint8_t public_key[32];
    load_key(words[2], TOV_KEY_TRANSPORT, &own);
    load_key(words[3], TOV_KEY_CONTROL, &control);
    (void)crypto_sign_seed_keypair(public_key, attacker.control_secret, control.bytes);
    struct tov_net_options options = {.endpoint = words[0],
                                      .secret = &own,
                                      .server = &server,
                                      .frame_max_bytes = 4u * TOV_FRAME_MAX_BYTES,
                                      .reconnect_max_ms = 250};
    UNIT_NEED(tov_net_create(&net, NULL) == TOV_OK);
    UNIT_NEED(tov_net_dial(net, &options, &socket, NULL) == TOV_OK);
    unsigned long long said = say_all(&attacker, socket, attack);
    tov_buf_fini(&attacker.out);
    return said;
}

/* ---- what takes it and does nothing ---- */

static unsigned long long take_all(struct tov_net_socket *socket)
{
    unsigned long long taken = 0;
    struct tov_net_message message;
    while (!is_over) {
        if (tov_net_receive(socket, &message) == TOV_OK)
            taken++;
        else
            wait_a_little(socket);
    }
    return taken;
}

static unsigned long long drop(char **words)
{
    TOV_CLEANUP(tov_net_cleanup) struct tov_net *net = NULL;
    TOV_CLEANUP(tov_net_socket_cleanup) struct tov_net_socket *socket = NULL;
    struct tov_net_key allowed = public_key_of(words[2]);
    struct tov_key secret;
    load_key(words[1], TOV_KEY_TRANSPORT, &secret);
    struct tov_net_options options = {
        .endpoint = words[0], .secret = &secret, .frame_max_bytes = TOV_FRAME_MAX_BYTES + 1};
    UNIT_NEED(tov_net_create(&net, NULL) == TOV_OK);
    UNIT_NEED(tov_net_allow(net, &allowed, 1) == TOV_OK);
    UNIT_NEED(tov_net_serve(net, &options, &socket, NULL) == TOV_OK);
    return take_all(socket);
}

/* ---- strangers ---- */

static unsigned long long crowd(unsigned port)
{
    uint8_t noise[1024];
    int fds[CROWD];
    unsigned long long opened = 0;
    memset(noise, 0x5a, sizeof noise);
    for (size_t i = 0; i < CROWD; i++)
        fds[i] = -1;
    for (size_t i = 0; !is_over; i = (i + 1) % CROWD) {
        if (fds[i] >= 0) {
            (void)raw_send(fds[i], noise, sizeof noise);
            (void)close(fds[i]);
        }
        fds[i] = raw_connect(SOURCE, port);
        opened++;
        if (i == 0)
            (void)poll(NULL, 0, 1);
    }
    for (size_t i = 0; i < CROWD; i++) {
        if (fds[i] >= 0)
            (void)close(fds[i]);
    }
    return opened;
}

static unsigned long long close_all(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    unsigned long long closed = 0;
    int one = 1;
    int door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    UNIT_NEED(door >= 0 && setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
              bind(door, (const struct sockaddr *)&address, sizeof address) == 0 &&
              listen(door, (int)CROWD) == 0);
    while (!is_over) {
        int fd = accept(door, NULL, NULL); /* TERM ends the wait */
        if (fd >= 0) {
            (void)close(fd);
            closed++;
        }
    }
    (void)close(door);
    return closed;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = note_end};
    (void)sigaction(SIGTERM, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    unsigned long long count;
    if (argc >= 10 && argc <= 11 && strcmp(argv[1], "peer") == 0)
        count = flood(argv + 2, argc == 11 ? argv[10] : NULL);
    else if (argc == 5 && strcmp(argv[1], "sink") == 0)
        count = drop(argv + 2);
    else if (argc == 3 && strcmp(argv[1], "strangers") == 0)
        count = crowd(number_of(argv[2]));
    else if (argc == 3 && strcmp(argv[1], "door") == 0)
        count = close_all(number_of(argv[2]));
    else {
        (void)fprintf(stderr, "hostile_flood peer|sink|strangers|door: see the head of flood.c\n");
        return 2;
    }
    printf("%llu\n", count);
    return 0;
}

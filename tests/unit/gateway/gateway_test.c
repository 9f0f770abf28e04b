/* SPDX-License-Identifier: EUPL-1.2
 *
 * Gateway processes on loopback, with this program as the core of each. Everything is waited for;
 * a wait that takes longer than PATIENCE_MS fails the test.
 */
#include "base/hex.h"
#include "exit_codes.h"
#include "ipc/ipc_messages.h"
#include "net/net.h"

#include "support/unit.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 30000
#define FRAMES 10000u
#define WINDOW_BYTES (1024u * 1024)

/* A gateway with what its core has seen. */
struct node {
    uint16_t agency;
    pid_t pid;
    struct tov_ipc *ipc; /* NULL when the gateway has ended */
    char endpoint[64];
    struct tov_key secret;
    struct tov_net_key key;
    bool ready;
    bool up;
    unsigned ups;
    unsigned downs;
    unsigned says_alive;
    unsigned received; /* in order, from 0 */
    bool out_of_order;
    uint64_t given_bytes;
    uint64_t credit_bytes;
};

static struct node nodes[2];

static uint64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void free_port(char out[64])
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    UNIT_NEED(fd >= 0 && bind(fd, (struct sockaddr *)&address, size) == 0 &&
              getsockname(fd, (struct sockaddr *)&address, &size) == 0);
    (void)snprintf(out, 64, "tcp://127.0.0.1:%u", ntohs(address.sin_port));
    (void)close(fd);
}

static void start(struct node *node)
{
    int fds[2];
    char number[16];
    char secret[65];
    const char *program = getenv("TOV_GATEWAY_CHILD");
    UNIT_NEED(program != NULL && tov_ipc_pair(fds) == TOV_OK);
    (void)snprintf(number, sizeof number, "%d", fds[1]);
    tov_hex_encode(TOV_BYTES_OF(node->secret.bytes), secret);
    node->pid = fork();
    UNIT_NEED(node->pid >= 0);
    if (node->pid == 0) {
        (void)fcntl(fds[1], F_SETFD, 0);
        (void)execl(program, program, number, node->endpoint, secret, (char *)NULL);
        _exit(127);
    }
    (void)close(fds[1]);
    UNIT_NEED(tov_ipc_create(fds[0], 64u << 20, &node->ipc) == TOV_OK);
    node->ready = false;
    node->up = false;
}

static void make_node(struct node *node, uint16_t agency, bool listens)
{
    *node = (struct node){.agency = agency};
    UNIT_NEED(tov_net_key_generate(&node->secret, &node->key) == TOV_OK);
    if (listens)
        free_port(node->endpoint);
    start(node);
}

static int end(struct node *node, int signal)
{
    int status = 0;
    if (signal != 0)
        (void)kill(node->pid, signal);
    UNIT_NEED(waitpid(node->pid, &status, 0) == node->pid);
    tov_ipc_destroy(node->ipc);
    node->ipc = NULL;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void take_frame(struct node *node, const struct tov_ipc_frame *frame)
{
    uint16_t agency;
    uint32_t amount;
    struct tov_bytes bytes;
    if (frame->kind == TOV_IPC_GW_READY)
        node->ready = true;
    node->says_alive += frame->kind == TOV_IPC_GW_ALIVE;
    if (frame->kind == TOV_IPC_GW_PEER_UP) {
        node->up = true;
        node->ups++;
    }
    if (frame->kind == TOV_IPC_GW_PEER_DOWN) {
        node->up = false;
        node->downs++;
    }
    if (frame->kind == TOV_IPC_GW_CREDIT) {
        UNIT_NEED(tov_ipc_read_amount(frame->payload, &agency, &amount) == TOV_OK);
        node->credit_bytes += amount;
    }
    if (frame->kind != TOV_IPC_GW_FRAME)
        return;
    UNIT_NEED(tov_ipc_read_peer_frame(frame->payload, &agency, &bytes) == TOV_OK);
    struct tov_reader reader = tov_reader_of(bytes);
    node->out_of_order = node->out_of_order || !node->up || tov_read_u32(&reader) != node->received;
    node->received++;
}

static void take_frames(struct node *node)
{
    struct tov_ipc_frame frame;
    enum tov_err result = tov_ipc_receive(node->ipc);
    if (result == TOV_E_CLOSED) {
        tov_ipc_destroy(node->ipc);
        node->ipc = NULL;
        return;
    }
    while (tov_ipc_next(node->ipc, &frame) == TOV_OK)
        take_frame(node, &frame);
}

/* One turn of both cores. */
static void turn(int timeout_ms)
{
    struct pollfd items[2];
    for (size_t i = 0; i < 2; i++) {
        items[i] = (struct pollfd){.fd = -1};
        if (nodes[i].ipc == NULL)
            continue;
        enum tov_err ignored = tov_ipc_flush(nodes[i].ipc);
        (void)ignored;
        items[i].fd = tov_ipc_fd(nodes[i].ipc);
        items[i].events = (short)(POLLIN | (tov_ipc_wants_write(nodes[i].ipc) ? POLLOUT : 0));
    }
    (void)poll(items, 2, timeout_ms);
    for (size_t i = 0; i < 2; i++)
        if (items[i].fd >= 0 && (items[i].revents & ~POLLOUT) != 0)
            take_frames(&nodes[i]);
}

#define WAIT_FOR(condition)                     \
    do {                                        \
        uint64_t end_ = now_ms() + PATIENCE_MS; \
        while (!(condition) && now_ms() < end_) \
            turn(100);                          \
        UNIT_NEED(condition);                   \
    } while (0)

/* NODE's core gives it the other as its only peer, or nobody. */
static void send_peers(struct node *node, const struct node *other, bool dial)
{
    struct tov_ipc_peer row = {.dial = dial, .key_count = 1};
    if (other != NULL) {
        row.agency = other->agency;
        memcpy(row.keys[0].bytes, other->key.bytes, 32);
        (void)snprintf(row.endpoint, sizeof row.endpoint, "%s", other->endpoint);
    }
    UNIT_OK(tov_ipc_send_peers(node->ipc, node->agency, &row, other == NULL ? 0 : 1));
    UNIT_OK(tov_ipc_flush(node->ipc));
}

static void give_peers(struct node *node, const struct node *other, bool dial)
{
    send_peers(node, other, dial);
    WAIT_FOR(node->ready);
}

/* Node 0 listens, node 1 dials. */
static void start_both(void)
{
    make_node(&nodes[0], 1, true);
    make_node(&nodes[1], 2, false);
    give_peers(&nodes[0], &nodes[1], false);
    give_peers(&nodes[1], &nodes[0], true);
}

static void end_both(void)
{
    for (size_t i = 0; i < 2; i++)
        if (nodes[i].ipc != NULL)
            UNIT_EQUAL_INT(end(&nodes[i], SIGTERM), 0);
}

/* Gives frames FIRST.. while the window has room; returns the next number. */
static unsigned give_frames(struct node *node, uint16_t to, unsigned first, unsigned last)
{
    static uint8_t data[3000];
    while (first < last && node->given_bytes - node->credit_bytes < WINDOW_BYTES) {
        size_t size = 4 + (first * 37) % (sizeof data - 4);
        tov_put_be32(data, first);
        UNIT_NEED(tov_ipc_send_peer_frame(node->ipc, to, (struct tov_bytes){data, size}) == TOV_OK);
        node->given_bytes += size;
        first++;
    }
    return first;
}

static void exchange(unsigned count)
{
    unsigned given[2] = {0, 0};
    uint64_t end_ms = now_ms() + PATIENCE_MS;
    nodes[0].received = nodes[1].received = 0;
    while ((nodes[0].received < count || nodes[1].received < count) && now_ms() < end_ms) {
        given[0] = give_frames(&nodes[0], 2, given[0], count);
        given[1] = give_frames(&nodes[1], 1, given[1], count);
        turn(100);
    }
    for (size_t i = 0; i < 2; i++) {
        UNIT_EQUAL_INT(nodes[i].received, count);
        CU_ASSERT(!nodes[i].out_of_order);
        WAIT_FOR(nodes[i].credit_bytes == nodes[i].given_bytes);
    }
}

static void ten_thousand_frames_go_both_ways_in_order_and_all_credit_returns(void)
{
    start_both();
    WAIT_FOR(nodes[0].up && nodes[1].up);
    uint64_t before = now_ms();
    exchange(FRAMES);
    (void)printf("  %u frames each way in %llu ms ", FRAMES,
                 (unsigned long long)(now_ms() - before));
    UNIT_EQUAL_INT(nodes[0].downs + nodes[1].downs, 0);
    end_both();
}

/* The gateway opens no file but those of the resolver. */
static void a_peer_whose_endpoint_is_a_name_is_found(void)
{
    make_node(&nodes[0], 1, true);
    make_node(&nodes[1], 2, false);
    give_peers(&nodes[0], &nodes[1], false);
    struct node by_name = nodes[0];
    (void)snprintf(by_name.endpoint, sizeof by_name.endpoint, "tcp://localhost%s",
                   strrchr(nodes[0].endpoint, ':'));
    give_peers(&nodes[1], &by_name, true);
    WAIT_FOR(nodes[0].up && nodes[1].up);
    end_both();
}

static void a_killed_gateway_comes_back(void)
{
    start_both();
    for (size_t i = 0; i < 2; i++) {
        struct node *killed = &nodes[i];
        struct node *other = &nodes[1 - i];
        WAIT_FOR(nodes[0].up && nodes[1].up);
        unsigned downs = other->downs;
        UNIT_EQUAL_INT(end(killed, SIGKILL), -SIGKILL);
        start(killed);
        give_peers(killed, other, i == 1);
        WAIT_FOR(killed->up && other->up && other->downs > downs);
        killed->given_bytes = killed->credit_bytes = 0;
        exchange(100);
    }
    end_both();
}

/* Also one that has nothing else to say, and before it knows a peer. */
static void a_gateway_says_again_and_again_that_it_lives(void)
{
    make_node(&nodes[0], 1, true);
    make_node(&nodes[1], 2, false);
    WAIT_FOR(nodes[1].says_alive >= 2);
    give_peers(&nodes[0], NULL, false);
    unsigned before = nodes[0].says_alive;
    WAIT_FOR(nodes[0].says_alive >= before + 2);
    end_both();
}

static void when_both_dial_there_is_one_link(void)
{
    make_node(&nodes[0], 1, true);
    make_node(&nodes[1], 2, true);
    give_peers(&nodes[0], &nodes[1], true);
    give_peers(&nodes[1], &nodes[0], true);
    WAIT_FOR(nodes[0].up && nodes[1].up);
    exchange(1000);
    end_both();
}

static void a_gateway_that_the_other_does_not_know_stays_outside(void)
{
    make_node(&nodes[0], 1, true);
    make_node(&nodes[1], 2, false);
    give_peers(&nodes[0], NULL, false);
    give_peers(&nodes[1], &nodes[0], true);
    UNIT_OK(tov_ipc_send_peer_frame(nodes[1].ipc, 1, tov_bytes_of_text("let me in")));
    nodes[1].given_bytes = 9;
    WAIT_FOR(nodes[1].credit_bytes == 9); /* dropped, and said so */
    uint64_t end_ms = now_ms() + 1500;
    while (now_ms() < end_ms)
        turn(50);
    UNIT_EQUAL_INT(nodes[0].ups + nodes[1].ups, 0);
    UNIT_EQUAL_INT(nodes[0].received, 0);
    end_both();
}

/* ---- a peer that is no gateway of ours ---- */

#define CONNECTION_VECTORS "tests/vectors/wire/connection.json"

static json_t *vectors;

static struct tov_bytes vector_bytes(const json_t *entry, const char *key)
{
    size_t size = 0;
    const char *hex = json_string_value(json_object_get(entry, key));
    UNIT_NEED(hex != NULL);
    return (struct tov_bytes){unit_hex(hex, &size), size};
}

static const json_t *good_vector(const char *name)
{
    size_t index;
    json_t *entry;
    json_array_foreach(json_object_get(vectors, "good"), index, entry)
    {
        if (strcmp(json_string_value(json_object_get(entry, "name")), name) == 0)
            return entry;
    }
    UNIT_NEED(false);
    return NULL;
}

static bool is_said(struct tov_net_socket *socket, struct tov_bytes bytes)
{
    enum tov_err sent = tov_net_send(socket, (struct tov_net_route){0}, bytes);
    UNIT_NEED(sent == TOV_OK || sent == TOV_E_AGAIN);
    return sent == TOV_OK;
}

static void say(struct tov_net_socket *socket, const json_t *entry)
{
    struct tov_bytes bytes = vector_bytes(entry, "hex");
    bool said = false;
    WAIT_FOR(said || (said = is_said(socket, bytes)));
    free((void *)(uintptr_t)bytes.data);
}

#define HEARD_MAX_BYTES 256u

/* The next message is copied into BYTES; its size, 0 when there is none yet. */
static size_t listen_once(struct tov_net_socket *socket, uint8_t bytes[HEARD_MAX_BYTES])
{
    struct tov_net_message message;
    enum tov_err heard = tov_net_receive(socket, &message);
    UNIT_NEED(heard == TOV_OK || heard == TOV_E_AGAIN);
    if (heard == TOV_E_AGAIN)
        return 0;
    UNIT_NEED(message.frame.size <= HEARD_MAX_BYTES);
    memcpy(bytes, message.frame.data, message.frame.size);
    return message.frame.size;
}

static struct tov_bytes hear(struct tov_net_socket *socket, uint8_t bytes[HEARD_MAX_BYTES])
{
    size_t size = 0;
    WAIT_FOR(size > 0 || (size = listen_once(socket, bytes)) > 0);
    return (struct tov_bytes){bytes, size};
}

static void hear_pong(struct tov_net_socket *socket)
{
    uint8_t bytes[HEARD_MAX_BYTES];
    struct tov_bytes pong = hear(socket, bytes);
    UNIT_EQUAL_INT(pong.size, 9);
    UNIT_EQUAL_INT(pong.data[0], 3);
}

static void talk(struct tov_net_socket *socket)
{
    uint8_t bytes[HEARD_MAX_BYTES];
    size_t index;
    json_t *entry;
    say(socket, good_vector("ping"));
    hear_pong(socket);
    WAIT_FOR(nodes[0].up);
    json_array_foreach(json_object_get(vectors, "ignored"), index, entry)
    {
        say(socket, entry);
    }
    say(socket, good_vector("data")); /* the core counts its frames: this one has number 0 */
    WAIT_FOR(nodes[0].received > 0);
    CU_ASSERT(!nodes[0].out_of_order);
    UNIT_OK(tov_ipc_send_peer_frame(nodes[0].ipc, 2, tov_bytes_of_text("frame")));
    struct tov_bytes data = hear(socket, bytes);
    UNIT_EQUAL_BYTES(data, tov_bytes_of_text("\1frame"));
    UNIT_EQUAL_INT(nodes[0].ups, 1);
    say(socket, good_vector("pong")); /* of the same session: nothing was lost */
    say(socket, good_vector("ping"));
    hear_pong(socket);
    UNIT_EQUAL_INT(nodes[0].downs, 0);
}

static void messages_on_a_connection_are_those_of_the_vectors(void)
{
    TOV_CLEANUP(tov_net_cleanup) struct tov_net *net = NULL;
    TOV_CLEANUP(tov_net_socket_cleanup) struct tov_net_socket *socket = NULL;
    struct tov_error error = {.text = ""};
    vectors = unit_json(CONNECTION_VECTORS);
    nodes[1] = (struct node){.agency = 2};
    make_node(&nodes[0], 1, true);
    UNIT_OK(tov_net_key_generate(&nodes[1].secret, &nodes[1].key));
    give_peers(&nodes[0], &nodes[1], false);
    struct tov_net_options options = {.endpoint = nodes[0].endpoint,
                                      .secret = &nodes[1].secret,
                                      .server = &nodes[0].key,
                                      .frame_max_bytes = 262145};
    UNIT_OK(tov_net_create(&net, &error));
    UNIT_OK(tov_net_dial(net, &options, &socket, &error));
    talk(socket);
    end_both();
    json_decref(vectors);
}

static void a_peer_may_be_added_while_it_runs(void)
{
    make_node(&nodes[0], 1, true);
    make_node(&nodes[1], 2, false);
    give_peers(&nodes[0], NULL, false);
    give_peers(&nodes[1], &nodes[0], true);
    give_peers(&nodes[0], &nodes[1], false);
    WAIT_FOR(nodes[0].up && nodes[1].up);
    exchange(10);
    end_both();
}

static void a_withdrawn_peer_makes_the_gateway_start_afresh(void)
{
    start_both();
    WAIT_FOR(nodes[0].up && nodes[1].up);
    give_peers(&nodes[0], NULL, false);
    UNIT_EQUAL_INT(end(&nodes[0], 0), TOV_EXIT_PEERS_CHANGED);
    end_both();
}

static void a_peer_the_core_drops_is_silent_for_so_long_and_returns(void)
{
    start_both();
    WAIT_FOR(nodes[0].up && nodes[1].up);
    uint64_t before = now_ms();
    UNIT_OK(tov_ipc_send_amount(nodes[0].ipc, TOV_IPC_GW_DROP, 2, 700));
    WAIT_FOR(!nodes[0].up);
    WAIT_FOR(nodes[0].up && nodes[1].downs == 1 && nodes[1].up);
    CU_ASSERT(now_ms() - before >= 700);
    exchange(10);
    end_both();
}

static void frames_to_an_unknown_agency_come_back_as_credit(void)
{
    start_both();
    WAIT_FOR(nodes[0].up && nodes[1].up);
    UNIT_OK(tov_ipc_send_peer_frame(nodes[0].ipc, 999, tov_bytes_of_text("12345")));
    WAIT_FOR(nodes[0].credit_bytes == 5);
    end_both();
}

/* A peer that dialled before would be refused, and come back seconds later. */
static void it_listens_only_when_it_knows_its_peers(void)
{
    make_node(&nodes[0], 1, true);
    nodes[1] = (struct node){.agency = 0};
    turn(200);
    CU_ASSERT(!nodes[0].ready);
    give_peers(&nodes[0], NULL, false);
    UNIT_EQUAL_INT(end(&nodes[0], SIGTERM), 0);
}

static void a_port_in_use_is_an_exit_code(void)
{
    make_node(&nodes[0], 1, true);
    give_peers(&nodes[0], NULL, false);
    nodes[1] = nodes[0];
    start(&nodes[1]);
    send_peers(&nodes[1], NULL, false);
    UNIT_EQUAL_INT(end(&nodes[1], 0), TOV_EXIT_PORT_IN_USE);
    UNIT_EQUAL_INT(end(&nodes[0], SIGTERM), 0);
}

static void without_its_core_it_ends(void)
{
    make_node(&nodes[0], 1, true);
    nodes[1] = (struct node){.agency = 0};
    give_peers(&nodes[0], NULL, false);
    tov_ipc_destroy(nodes[0].ipc);
    nodes[0].ipc = NULL;
    UNIT_EQUAL_INT(end(&nodes[0], 0), TOV_EXIT_PARENT_GONE);
}

int main(void)
{
    const struct unit_test tests[] = {
        UNIT_TEST(ten_thousand_frames_go_both_ways_in_order_and_all_credit_returns),
        UNIT_TEST(a_peer_whose_endpoint_is_a_name_is_found),
        UNIT_TEST(a_killed_gateway_comes_back),
        UNIT_TEST(a_gateway_says_again_and_again_that_it_lives),
        UNIT_TEST(when_both_dial_there_is_one_link),
        UNIT_TEST(a_gateway_that_the_other_does_not_know_stays_outside),
        UNIT_TEST(messages_on_a_connection_are_those_of_the_vectors),
        UNIT_TEST(a_peer_may_be_added_while_it_runs),
        UNIT_TEST(a_withdrawn_peer_makes_the_gateway_start_afresh),
        UNIT_TEST(a_peer_the_core_drops_is_silent_for_so_long_and_returns),
        UNIT_TEST(frames_to_an_unknown_agency_come_back_as_credit),
        UNIT_TEST(it_listens_only_when_it_knows_its_peers),
        UNIT_TEST(a_port_in_use_is_an_exit_code),
        UNIT_TEST(without_its_core_it_ends),
    };
    return unit_run("gateway", tests, sizeof tests / sizeof tests[0]);
}

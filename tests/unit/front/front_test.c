/* SPDX-License-Identifier: EUPL-1.2
 *
 * A front process between this program as its core and this program as its clients.
 */
#include "base/hex.h"
#include "exit_codes.h"
#include "front/front.h"
#include "ipc/ipc_messages.h"
#include "net/net.h"

#include "support/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 20000

struct pair {
    struct tov_key secret;
    struct tov_net_key key;
};

static struct pair front_pair;
static struct pair client_pairs[2];
static char endpoint[64];
static pid_t pid;
static struct tov_ipc *core;
static struct tov_net *net;

static void start_front(void)
{
    int fds[2];
    char number[16];
    char secret[65];
    const char *program = getenv("TOV_FRONT_CHILD");
    UNIT_NEED(program != NULL && tov_ipc_pair(fds) == TOV_OK);
    (void)snprintf(number, sizeof number, "%d", fds[1]);
    (void)snprintf(endpoint, sizeof endpoint, "ipc:///tmp/tov-front-test-%d", (int)getpid());
    tov_hex_encode(TOV_BYTES_OF(front_pair.secret.bytes), secret);
    pid = fork();
    UNIT_NEED(pid >= 0);
    if (pid == 0) {
        (void)fcntl(fds[1], F_SETFD, 0);
        (void)execl(program, program, number, endpoint, secret, (char *)NULL);
        _exit(127);
    }
    (void)close(fds[1]);
    UNIT_NEED(tov_ipc_create(fds[0], 64u << 20, &core) == TOV_OK);
}

/* The next frame to the core, which must be of KIND. */
static struct tov_bytes core_gets(enum tov_ipc_kind kind)
{
    struct tov_ipc_frame frame;
    UNIT_NEED(tov_ipc_wait(core, PATIENCE_MS, &frame) == TOV_OK);
    UNIT_EQUAL_INT(frame.kind, kind);
    return frame.payload;
}

static void give_clients(size_t count)
{
    struct tov_ipc_key keys[2];
    for (size_t i = 0; i < count; i++)
        memcpy(keys[i].bytes, client_pairs[i].key.bytes, 32);
    UNIT_OK(tov_ipc_send_clients(core, keys, count));
    UNIT_OK(tov_ipc_flush(core));
}

static int end_front(int signal)
{
    int status = 0;
    if (signal != 0)
        (void)kill(pid, signal);
    UNIT_NEED(waitpid(pid, &status, 0) == pid);
    tov_ipc_destroy(core);
    (void)unlink(endpoint + 6);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void open_front(size_t clients)
{
    struct tov_error error = {0};
    start_front();
    give_clients(clients);
    (void)core_gets(TOV_IPC_FR_READY);
    UNIT_NEED(tov_net_create(&net, &error) == TOV_OK);
}

static struct tov_net_socket *dial(size_t client)
{
    struct tov_error error = {0};
    struct tov_net_socket *socket = NULL;
    struct tov_net_options options = {.endpoint = endpoint,
                                      .secret = &client_pairs[client].secret,
                                      .server = &front_pair.key,
                                      .frame_max_bytes = TOV_FRAME_MAX_BYTES};
    UNIT_NEED(tov_net_dial(net, &options, &socket, &error) == TOV_OK);
    return socket;
}

static void client_sends(struct tov_net_socket *client, const char *text)
{
    struct tov_net_route none = {0};
    struct tov_net_message message;
    enum tov_err result = TOV_E_AGAIN;
    for (int i = 0; i < 1000 && result == TOV_E_AGAIN; i++) {
        struct pollfd item = {.fd = tov_net_socket_fd(client), .events = POLLIN};
        result = tov_net_send(client, none, tov_bytes_of_text(text));
        if (result == TOV_E_AGAIN && poll(&item, 1, 20) > 0)
            UNIT_EQUAL_INT(tov_net_receive(client, &message), TOV_E_AGAIN);
    }
    UNIT_NEED(result == TOV_OK);
}

static void client_gets(struct tov_net_socket *client, const char *text)
{
    struct tov_net_message message;
    enum tov_err result = TOV_E_AGAIN;
    for (int i = 0; i < 1000 && result == TOV_E_AGAIN; i++) {
        struct pollfd item = {.fd = tov_net_socket_fd(client), .events = POLLIN};
        (void)poll(&item, 1, 20);
        result = tov_net_receive(client, &message);
    }
    UNIT_NEED(result == TOV_OK);
    UNIT_EQUAL_BYTES(message.frame, tov_bytes_of_text(text));
}

static struct tov_ipc_request core_gets_request(const char *text)
{
    struct tov_ipc_request request;
    UNIT_NEED(tov_ipc_read_request(core_gets(TOV_IPC_FR_FRAME), &request) == TOV_OK);
    UNIT_EQUAL_BYTES(request.frame, tov_bytes_of_text(text));
    return request;
}

static void core_replies(uint64_t connection, const char *text)
{
    UNIT_OK(tov_ipc_send_reply(core, connection, tov_bytes_of_text(text)));
    UNIT_OK(tov_ipc_flush(core));
}

static void requests_carry_the_clients_key_and_answers_find_the_way_back(void)
{
    open_front(2);
    struct tov_net_socket *clients[] = {dial(0), dial(1)};
    uint64_t numbers[2];
    for (size_t i = 0; i < 2; i++) {
        client_sends(clients[i], "hello");
        struct tov_ipc_request request = core_gets_request("hello");
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(request.client.bytes),
                         TOV_BYTES_OF(client_pairs[i].key.bytes));
        for (size_t k = 0; k < sizeof request.mac; k++)
            UNIT_EQUAL_INT(request.mac[k], 0);
        numbers[i] = request.connection;
    }
    CU_ASSERT(numbers[0] != numbers[1]);
    core_replies(numbers[1], "to the second");
    core_replies(numbers[0], "to the first");
    client_gets(clients[0], "to the first");
    client_gets(clients[1], "to the second");
    client_sends(clients[0], "again");
    CU_ASSERT(core_gets_request("again").connection == numbers[0]);
    for (size_t i = 0; i < 2; i++)
        tov_net_socket_destroy(clients[i]);
    tov_net_destroy(net);
    UNIT_EQUAL_INT(end_front(SIGTERM), 0);
}

static void an_answer_to_a_client_that_left_is_told_as_gone(void)
{
    open_front(1);
    struct tov_net_socket *client = dial(0);
    client_sends(client, "hello");
    uint64_t number = core_gets_request("hello").connection;
    tov_net_socket_destroy(client);
    struct tov_ipc_frame frame;
    enum tov_err result = TOV_E_TIMEOUT;
    for (int i = 0; i < 1000 && result == TOV_E_TIMEOUT; i++) {
        core_replies(number, "anyone?");
        result = tov_ipc_wait(core, 10, &frame);
    }
    UNIT_NEED(result == TOV_OK);
    UNIT_EQUAL_INT(frame.kind, TOV_IPC_FR_GONE);
    uint64_t gone;
    UNIT_OK(tov_ipc_read_connection(frame.payload, &gone));
    CU_ASSERT(gone == number);
    tov_net_destroy(net);
    UNIT_EQUAL_INT(end_front(SIGTERM), 0);
}

/* Or the watches of a service that crashed would count against it when it is back. */
static void a_client_that_comes_again_is_told_as_gone_first(void)
{
    open_front(1);
    struct tov_net_socket *client = dial(0);
    client_sends(client, "hello");
    uint64_t number = core_gets_request("hello").connection;
    tov_net_socket_destroy(client);
    tov_net_destroy(net); /* waits until the connection is closed: nothing else says when it is */
    UNIT_NEED(tov_net_create(&net, NULL) == TOV_OK);
    client = dial(0);
    client_sends(client, "again");
    struct tov_ipc_frame frame;
    uint64_t gone = 0;
    UNIT_NEED(tov_ipc_wait(core, 10000, &frame) == TOV_OK);
    UNIT_NEED(frame.kind == TOV_IPC_FR_GONE);
    UNIT_OK(tov_ipc_read_connection(frame.payload, &gone));
    CU_ASSERT(gone == number);
    (void)core_gets_request("again");
    tov_net_socket_destroy(client);
    tov_net_destroy(net);
    UNIT_EQUAL_INT(end_front(SIGTERM), 0);
}

/* As a person does who types one short command after the other. */
static void a_client_that_comes_and_goes_is_always_served(void)
{
    open_front(1);
    for (unsigned i = 0; i < 3 * TOV_FRONT_CONNECTIONS_OF_KEY_MAX; i++) {
        struct tov_net_socket *client = dial(0);
        struct tov_ipc_frame frame = {.kind = TOV_IPC_FR_GONE};
        client_sends(client, "hello");
        enum tov_err result = TOV_OK;
        while (result == TOV_OK && frame.kind == TOV_IPC_FR_GONE)
            result = tov_ipc_wait(core, 10000, &frame);
        UNIT_NEED(result == TOV_OK && frame.kind == TOV_IPC_FR_FRAME);
        tov_net_socket_destroy(client);
    }
    tov_net_destroy(net);
    UNIT_EQUAL_INT(end_front(SIGTERM), 0);
}

static void a_connection_that_the_core_closed_passes_nothing_more(void)
{
    open_front(2);
    struct tov_net_socket *closed = dial(0);
    struct tov_net_socket *other = dial(1);
    client_sends(closed, "one");
    uint64_t number = core_gets_request("one").connection;
    UNIT_OK(tov_ipc_send_connection(core, TOV_IPC_FR_CLOSE, number));
    UNIT_OK(tov_ipc_flush(core));
    client_sends(other, "two");
    uint64_t second = core_gets_request("two").connection;
    core_replies(second, "reply"); /* after it, the close has been read */
    client_gets(other, "reply");
    client_sends(closed, "three");
    client_sends(other, "four");
    (void)core_gets_request("four");
    tov_net_socket_destroy(closed);
    tov_net_socket_destroy(other);
    tov_net_destroy(net);
    UNIT_EQUAL_INT(end_front(SIGTERM), 0);
}

static void beyond_the_quota_nothing_reaches_the_core_until_it_answers(void)
{
    open_front(1);
    struct tov_net_socket *client = dial(0);
    uint64_t number = 0;
    for (unsigned i = 0; i < TOV_REQUESTS_MAX + 44; i++)
        client_sends(client, "x");
    for (unsigned i = 0; i < TOV_REQUESTS_MAX; i++)
        number = core_gets_request("x").connection;
    struct tov_ipc_frame frame;
    UNIT_EQUAL_INT(tov_ipc_wait(core, 300, &frame), TOV_E_TIMEOUT);
    core_replies(number, "one");
    client_gets(client, "one");
    client_sends(client, "room again");
    (void)core_gets_request("room again");
    tov_net_socket_destroy(client);
    tov_net_destroy(net);
    UNIT_EQUAL_INT(end_front(SIGTERM), 0);
}

static void a_withdrawn_client_makes_the_front_start_afresh(void)
{
    open_front(2);
    give_clients(1);
    UNIT_EQUAL_INT(end_front(0), TOV_EXIT_PEERS_CHANGED);
    tov_net_destroy(net);
}

static void an_added_client_does_not(void)
{
    open_front(1);
    give_clients(2);
    struct tov_net_socket *client = dial(1);
    client_sends(client, "new");
    (void)core_gets_request("new");
    tov_net_socket_destroy(client);
    tov_net_destroy(net);
    UNIT_EQUAL_INT(end_front(SIGTERM), 0);
}

/* Who connected before would be refused, and come back seconds later. */
static void it_listens_only_when_it_knows_its_clients(void)
{
    struct tov_ipc_frame frame;
    start_front();
    UNIT_EQUAL_INT(tov_ipc_wait(core, 200, &frame), TOV_E_TIMEOUT);
    UNIT_EQUAL_INT(access(endpoint + 6, F_OK), -1);
    give_clients(1);
    (void)core_gets(TOV_IPC_FR_READY);
    UNIT_EQUAL_INT(access(endpoint + 6, F_OK), 0);
    UNIT_EQUAL_INT(end_front(SIGTERM), TOV_EXIT_OK);
}

int main(void)
{
    UNIT_NEED(tov_net_key_generate(&front_pair.secret, &front_pair.key) == TOV_OK);
    for (size_t i = 0; i < 2; i++)
        UNIT_NEED(tov_net_key_generate(&client_pairs[i].secret, &client_pairs[i].key) == TOV_OK);
    const struct unit_test tests[] = {
        UNIT_TEST(it_listens_only_when_it_knows_its_clients),
        UNIT_TEST(requests_carry_the_clients_key_and_answers_find_the_way_back),
        UNIT_TEST(an_answer_to_a_client_that_left_is_told_as_gone),
        UNIT_TEST(a_client_that_comes_again_is_told_as_gone_first),
        UNIT_TEST(a_client_that_comes_and_goes_is_always_served),
        UNIT_TEST(a_connection_that_the_core_closed_passes_nothing_more),
        UNIT_TEST(beyond_the_quota_nothing_reaches_the_core_until_it_answers),
        UNIT_TEST(a_withdrawn_client_makes_the_front_start_afresh),
        UNIT_TEST(an_added_client_does_not),
    };
    return unit_run("front", tests, sizeof tests / sizeof tests[0]);
}

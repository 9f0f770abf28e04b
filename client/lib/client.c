/* SPDX-License-Identifier: EUPL-1.2
 *
 * Turning the wheel: receive, send, end what is overdue, renew subscriptions.
 */
#include "lib/connection.h"

#include "lib/watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define FRAMES_AT_ONCE 64 /* before others get a turn; the descriptor stays readable */
#define RETRY_SEND_MS 100

uint64_t connection_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

uint64_t connection_next_id(struct tov_client *client)
{
    return ++client->last_id;
}

uint64_t connection_deadline(const struct tov_client *client)
{
    return connection_now_ms() + (uint64_t)client->timeout_ms;
}

bool connection_is_foreign(const struct tov_client *client)
{
    return client->pid != getpid();
}

/* ---- the list of calls ---- */

static bool has_room(const struct tov_client *client, const struct call *call)
{
    return client->in_flight < REQUESTS_IN_FLIGHT_MAX &&
           client->in_flight_bytes + call->size_bytes <= REQUESTS_IN_FLIGHT_MAX_BYTES;
}

/* From the newest back, since hundreds may be in flight before the first that waits. */
static struct call *first_waiting(const struct tov_client *client)
{
    struct call *call = client->last;
    size_t behind = client->waiting;
    while (call != NULL && (call->state != CALL_WAITS || --behind > 0))
        call = call->previous;
    return call;
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void send_waiting(struct tov_client *client)
{
    const struct tov_net_route server = {0};
    if (client->waiting == 0)
        return;
    for (struct call *call = first_waiting(client); call != NULL; call = call->next) {
        if (call->state != CALL_WAITS)
            continue;
        if (!has_room(client, call))
            return; /* an answer makes some */
        enum tov_err err = tov_net_send(client->socket, server, tov_buf_view(&call->frame));
        if (err == TOV_E_AGAIN)
            return; /* not connected, or libzmq has no room: order is kept */
        if (err != TOV_OK) {
            call_fail(call, err, "the request cannot be sent");
            continue;
        }
        tov_buf_fini(&call->frame);
        call_set_state(call, CALL_SENT);
    }
}

void connection_add(struct tov_client *client, struct call *call)
{
    call->next = NULL;
    call->previous = client->last;
    if (client->last == NULL)
        client->first = call;
    else
        client->last->next = call;
    client->last = call;
    client->earliest_ms = min_u64(client->earliest_ms, call->deadline_ms);
    send_waiting(client);
}

void connection_remove(struct tov_client *client, struct call *call)
{
    if (call->previous == NULL)
        client->first = call->next;
    else
        call->previous->next = call->next;
    if (call->next == NULL)
        client->last = call->previous;
    else
        call->next->previous = call->previous;
}

static struct call *find_call(struct tov_client *client, uint64_t id)
{
    for (struct call *call = client->first; call != NULL; call = call->next) {
        if (call->id == id && (call->state == CALL_SENT || call->state == CALL_STREAMS))
            return call;
    }
    return NULL;
}

static void free_loose(struct tov_client *client)
{
    struct call *next;
    if (client->loose == 0)
        return;
    for (struct call *call = client->first; call != NULL; call = next) {
        next = call->next;
        if (call->is_loose && call->state == CALL_DONE) {
            call_end(call);
            free(call);
            client->loose--;
        }
    }
}

/* ---- turning ---- */

/* NOMEM: whose answer it is cannot be told. */
static enum tov_err take_frame(struct tov_client *client, struct tov_bytes frame)
{
    struct tov_record reply = {0};
    enum tov_err err = tov_api_reply_decode(frame, &reply, NULL);
    if (err != TOV_OK)
        return err == TOV_E_NOMEM ? err : TOV_OK; /* C2 */
    struct call *call = find_call(client, tov_record_number(reply, "id"));
    if (call != NULL)
        call_answer(call, &reply);
    tov_record_destroy(&reply);
    return TOV_OK;
}

static enum tov_err receive_some(struct tov_client *client, struct tov_error *error)
{
    struct tov_net_message message;
    for (int i = 0; i < FRAMES_AT_ONCE; i++) {
        enum tov_err err = tov_net_receive(client->socket, &message);
        if (err == TOV_E_AGAIN)
            return TOV_OK;
        if (err != TOV_OK)
            return tov_fail(error, err, "the connection to the node cannot be read");
        err = take_frame(client, message.frame);
        if (err != TOV_OK)
            return tov_fail(error, err, "there is no memory for an answer of the node");
    }
    return TOV_OK;
}

static void end_overdue(struct tov_client *client)
{
    uint64_t now = connection_now_ms();
    uint64_t earliest = UINT64_MAX;
    if (now < client->earliest_ms)
        return;
    for (struct call *call = client->first; call != NULL; call = call->next) {
        if (call->state != CALL_DONE && call->deadline_ms <= now)
            call_fail(call, TOV_E_TIMEOUT, "the node did not answer in time");
        if (call->state != CALL_DONE)
            earliest = min_u64(earliest, call->deadline_ms);
    }
    client->earliest_ms = earliest;
}

static void take_interrupt(struct tov_client *client)
{
    uint64_t count;
    if (read(client->interrupt_fd, &count, sizeof count) == (ssize_t)sizeof count)
        client->interrupted = true;
}

enum tov_err tov_client_process(struct tov_client *client, struct tov_error *error)
{
    if (connection_is_foreign(client))
        return tov_fail(error, TOV_E_UNAVAILABLE, "a client cannot be used after fork");
    take_interrupt(client);
    TOV_TRY(receive_some(client, error));
    end_overdue(client);
    for (size_t i = 0; i < WATCHES_MAX; i++) {
        if (client->watches[i] != NULL)
            watch_tick(client->watches[i]);
    }
    send_waiting(client);
    free_loose(client);
    return TOV_OK;
}

/* ---- waiting ---- */

static uint64_t next_deadline(const struct tov_client *client)
{
    uint64_t next = client->waiting > 0 ? connection_now_ms() + RETRY_SEND_MS : UINT64_MAX;
    if (client->waiting + client->in_flight > 0) /* others wait for no answer */
        next = min_u64(next, client->earliest_ms);
    for (size_t i = 0; i < WATCHES_MAX; i++) {
        if (client->watches[i] != NULL)
            next = min_u64(next, watch_deadline(client->watches[i]));
    }
    return next;
}

static int ms_until(uint64_t deadline_ms)
{
    if (deadline_ms == UINT64_MAX)
        return -1;
    uint64_t now = connection_now_ms();
    uint64_t left = deadline_ms <= now ? 0 : deadline_ms - now;
    return left > 3600000u ? 3600000 : (int)left;
}

int tov_client_timeout(const struct tov_client *client)
{
    return ms_until(next_deadline(client));
}

int tov_client_fd(const struct tov_client *client)
{
    return client->epoll_fd;
}

short tov_client_events(const struct tov_client *client)
{
    (void)client;
    return POLLIN;
}

enum tov_err connection_turn(struct tov_client *client, uint64_t until_ms, struct tov_error *error)
{
    struct pollfd item = {.fd = client->epoll_fd, .events = POLLIN};
    if (connection_is_foreign(client))
        return tov_fail(error, TOV_E_UNAVAILABLE, "a client cannot be used after fork");
    if (poll(&item, 1, ms_until(min_u64(until_ms, next_deadline(client)))) < 0 && errno != EINTR)
        return tov_fail(error, TOV_E_IO, "waiting for the node: %s", strerror(errno));
    TOV_TRY(tov_client_process(client, error));
    if (client->interrupted) {
        client->interrupted = false;
        return tov_fail(error, TOV_E_TIMEOUT, "interrupted");
    }
    if (item.revents == 0 && until_ms <= connection_now_ms())
        return tov_fail(error, TOV_E_TIMEOUT, "nothing came in time");
    return TOV_OK;
}

enum tov_err tov_client_wait(struct tov_client *client, int timeout_ms, struct tov_error *error)
{
    uint64_t until =
        timeout_ms < 0 ? UINT64_MAX : connection_now_ms() + (uint64_t)(unsigned)timeout_ms;
    return connection_turn(client, until, error);
}

void tov_client_interrupt(struct tov_client *client)
{
    uint64_t one = 1;
    int kept = errno; /* in a signal handler others' errno is not ours to change */
    ssize_t written = write(client->interrupt_fd, &one, sizeof one);
    (void)written; /* a full counter is raised already */
    errno = kept;
}

void tov_client_set_timeout(struct tov_client *client, int timeout_ms)
{
    client->timeout_ms = timeout_ms > 0 ? timeout_ms : TOV_CLIENT_TIMEOUT_MS;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * The event loop: read what each socket has, hand it to the node, let the node take its turn,
 * flush. One poll, one turn, whatever came in between: that is what makes batches.
 */
#include "api/api.h"
#include "core_clients.h"
#include "core_process.h"
#include "exit_codes.h"
#include "log/log.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TICK_MS 1000u
#define CLEAR_MS 60000u      /* dead readers of the store */
#define READS_PER_TURN 8     /* of 64 KiB or more each, from one socket */
#define TURN_US 100000u      /* then what a socket has more of waits for the next turn */
#define PATIENCE_US 1000000u /* that clients wait before who takes most is refused */

enum slot { SLOT_GUARD, SLOT_GATEWAY, SLOT_FRONT, SLOT_SUPERVISOR, SLOT_STORE, SLOT_SIGNAL, SLOTS };
static_assert(SLOT_SUPERVISOR < TOV_PROCESS_SOCKETS, "each socket has a place in `left`");

/* ---- what the processes say ---- */

enum tov_err tov_process_send_peers(struct tov_process *process)
{
    const struct tov_roster_facts *facts = tov_roster_facts(process->roster);
    const struct tov_agency *own = tov_node_core(process->node)->own;
    struct tov_ipc_peer *peers = calloc(facts->agency_count, sizeof *peers);
    size_t count = 0;
    if (peers == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < facts->agency_count; i++) {
        const struct tov_agency *agency = &facts->agencies[i];
        if (agency == own || agency->closed)
            continue;
        struct tov_ipc_peer *peer = &peers[count++];
        peer->agency = agency->number;
        peer->key_count = (uint8_t)agency->transport_count;
        memcpy(peer->keys, agency->transport, agency->transport_count * sizeof peer->keys[0]);
        if (agency->endpoint_count > 0) {
            /* One side dials: the lower number, or the one that cannot be dialled itself. */
            peer->dial = own->number < agency->number || own->endpoint_count == 0;
            (void)snprintf(peer->endpoint, sizeof peer->endpoint, "%s", agency->endpoints[0]);
        }
    }
    enum tov_err err = process->gateway == NULL
                           ? TOV_OK
                           : tov_ipc_send_peers(process->gateway, own->number, peers, count);
    free(peers);
    return err;
}

enum tov_err tov_process_send_clients(struct tov_process *process)
{
    size_t count = tov_clients_count(process->clients);
    struct tov_ipc_key *keys = calloc(count + 1, sizeof *keys);
    if (keys == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++)
        memcpy(keys[i].bytes, tov_clients_at(process->clients, i)->key, sizeof keys[i].bytes);
    enum tov_err err = tov_ipc_send_clients(process->front, keys, count);
    free(keys);
    return err;
}

static enum tov_err on_gateway(struct tov_process *process, const struct tov_ipc_frame *frame)
{
    uint16_t agency = 0;
    uint32_t amount = 0;
    struct tov_bytes bytes;
    process->gateway_silent_ticks = 0;
    switch (frame->kind) {
    case TOV_IPC_GW_ALIVE:
        return TOV_OK;
    case TOV_IPC_GW_READY:
        process->gateway_ready = true;
        return TOV_OK;
    case TOV_IPC_GW_PEER_UP:
        TOV_TRY(tov_ipc_read_agency(frame->payload, &agency));
        tov_node_on_peer_up(process->node, agency);
        return TOV_OK;
    case TOV_IPC_GW_PEER_DOWN:
        TOV_TRY(tov_ipc_read_agency(frame->payload, &agency));
        tov_node_on_peer_down(process->node, agency);
        return TOV_OK;
    case TOV_IPC_GW_FRAME:
        TOV_TRY(tov_ipc_read_peer_frame(frame->payload, &agency, &bytes));
        tov_node_on_peer_frame(process->node, agency, bytes);
        return TOV_OK;
    case TOV_IPC_GW_CREDIT:
        TOV_TRY(tov_ipc_read_amount(frame->payload, &agency, &amount));
        if (agency > TOV_AGENCIES_MAX || process->queued[agency] < amount)
            return TOV_E_MALFORMED;
        process->queued[agency] -= amount;
        return TOV_OK;
    default:
        return TOV_E_MALFORMED;
    }
}

/* While clients wait from turn to turn, who has had its share of the core's time is refused. */
static void on_request(struct tov_process *process, const struct tov_ipc_request *request)
{
    uint64_t began_us = tov_core_clock_mono_us();
    bool is_behind =
        process->front_left_us != 0 && began_us - process->front_left_us >= PATIENCE_US;
    if (is_behind && !tov_share_allows(&process->share, request->client.bytes, began_us))
        tov_node_refuse_client_frame(process->node, request->client.bytes, request->connection,
                                     request->frame);
    else
        tov_node_on_client_frame(process->node, request->client.bytes, request->connection,
                                 request->frame);
    uint64_t ended_us = tov_core_clock_mono_us();
    tov_share_charge(&process->share, request->client.bytes, ended_us, ended_us - began_us);
}

static enum tov_err on_front(struct tov_process *process, const struct tov_ipc_frame *frame)
{
    struct tov_ipc_request request;
    uint64_t connection = 0;
    switch (frame->kind) {
    case TOV_IPC_FR_READY:
        process->front_ready = true;
        return TOV_OK;
    case TOV_IPC_FR_FRAME:
        TOV_TRY(tov_ipc_read_request(frame->payload, &request));
        on_request(process, &request);
        return TOV_OK;
    case TOV_IPC_FR_GONE:
        TOV_TRY(tov_ipc_read_connection(frame->payload, &connection));
        tov_node_on_client_gone(process->node, connection);
        return TOV_OK;
    default:
        return TOV_E_MALFORMED;
    }
}

static enum tov_err on_guard(struct tov_process *process, const struct tov_ipc_frame *frame)
{
    tov_node_on_guard(process->node, frame->kind, frame->payload);
    return TOV_OK;
}

static void drop_front(struct tov_process *process)
{
    tov_ipc_destroy(process->front);
    process->front = NULL;
    process->front_ready = false;
    process->left[SLOT_FRONT] = false;
    tov_node_on_clients_gone(process->node);
}

static void drop_gateway(struct tov_process *process)
{
    const struct tov_roster_facts *facts = tov_roster_facts(process->roster);
    tov_ipc_destroy(process->gateway);
    process->gateway = NULL;
    process->gateway_ready = false;
    process->gateway_silent_ticks = 0;
    process->left[SLOT_GATEWAY] = false;
    memset(process->queued, 0, sizeof process->queued);
    for (size_t i = 0; i < facts->agency_count; i++)
        tov_node_on_peer_down(process->node, facts->agencies[i].number);
}

static void drop_edge(struct tov_process *process, enum tov_ipc_link link)
{
    if (link == TOV_IPC_LINK_FRONT)
        drop_front(process);
    else
        drop_gateway(process);
}

/* The supervisor, too, must know that there is none. */
static void lose_edge(struct tov_process *process, enum tov_ipc_link link)
{
    drop_edge(process, link);
    process->unlinks[link] = UNLINK_UNTOLD;
}

/* A front that cannot be told whom to let in is ended: it would go on letting in who was taken out.
 * The next one is told. */
static void reload_clients(struct tov_process *process, int fd)
{
    struct tov_error error = {.text = "no file came with the word to reload"};
    struct tov_clients *clients = NULL;
    enum tov_err err = TOV_E_CLOSED;
    if (fd >= 0) {
        err = tov_core_clients_read(&process->config, process->roster, fd, &clients, &error);
        (void)close(fd);
    }
    if (err != TOV_OK) {
        TOV_LOG(TOV_LOG_ERROR, "clients-not-reloaded", TOV_LOG_TEXT("why", error.text));
        return;
    }
    tov_node_set_clients(process->node, clients);
    tov_clients_destroy(process->clients);
    process->clients = clients;
    tov_log_event(TOV_LOG_INFO, "clients-reloaded");
    if (process->front == NULL || tov_process_send_clients(process) == TOV_OK)
        return;
    tov_log_event(TOV_LOG_WARNING, "front-not-told");
    lose_edge(process, TOV_IPC_LINK_FRONT);
}

/* In each turn until it is told: a gateway apart is let in only when the one before has gone. */
static void say_unlinked(struct tov_process *process, enum tov_ipc_link link)
{
    if (process->unlinks[link] == UNLINK_TOLD)
        return;
    bool is_told = tov_ipc_send_unlink(process->supervisor, link) == TOV_OK;
    if (!is_told && process->unlinks[link] == UNLINK_UNTOLD)
        tov_log_event(TOV_LOG_WARNING, "supervisor-not-told");
    process->unlinks[link] = is_told ? UNLINK_TOLD : UNLINK_TRIED;
}

/* A gateway or front came: an old socket is dead. One that is gone again already is no fault of the
 * core. */
static void relink(struct tov_process *process, enum tov_ipc_link link, int fd)
{
    bool is_front = link == TOV_IPC_LINK_FRONT;
    drop_edge(process, link);
    process->unlinks[link] = UNLINK_TOLD; /* it would not send another else */
    enum tov_err err =
        tov_ipc_create(fd, 64u << 20, is_front ? &process->front : &process->gateway);
    if (err == TOV_OK)
        err = is_front ? tov_process_send_clients(process) : tov_process_send_peers(process);
    if (err != TOV_OK)
        lose_edge(process, link);
}

static void begin_to_stop(struct tov_process *process)
{
    process->stopping = true;
    tov_node_stop(process->node);
}

static void dump(const struct tov_process *process)
{
    const struct tov_core *core = tov_node_core(process->node);
    TOV_LOG(TOV_LOG_INFO, "dump", TOV_LOG_NUMBER("size", tov_ledger_size(core->ledger)),
            TOV_LOG_NUMBER("signed", tov_ledger_signed(core->ledger)),
            TOV_LOG_NUMBER("state", tov_node_state(process->node)));
}

static enum tov_err on_supervisor(struct tov_process *process, const struct tov_ipc_frame *frame)
{
    enum tov_ipc_link link;
    switch (frame->kind) {
    case TOV_IPC_SV_STOP:
        begin_to_stop(process);
        return TOV_OK;
    case TOV_IPC_SV_RELOAD:
        reload_clients(process, tov_ipc_take_fd(process->supervisor));
        return TOV_OK;
    case TOV_IPC_SV_DUMP:
        dump(process);
        return TOV_OK;
    case TOV_IPC_SV_LINK:
        TOV_TRY(tov_ipc_read_link(frame->payload, &link));
        relink(process, link, tov_ipc_take_fd(process->supervisor));
        return TOV_OK;
    default:
        return TOV_E_MALFORMED;
    }
}

typedef enum tov_err (*handler)(struct tov_process *process, const struct tov_ipc_frame *frame);

/* The frames that were read, until UNTIL_US. TOV_E_AGAIN: none is whole any more. TOV_OK: some are
 * left. */
static enum tov_err take_frames(struct tov_process *process, struct tov_ipc *ipc, handler handle,
                                uint64_t until_us)
{
    struct tov_ipc_frame frame;
    while (tov_core_clock_mono_us() < until_us) {
        TOV_TRY(tov_ipc_next(ipc, &frame));
        TOV_TRY(handle(process, &frame));
    }
    return TOV_OK;
}

/* TOV_E_CLOSED when the other end is gone. A frame may cost a thousand times what it cost to send,
 * and the loop must come round all the same: what is LEFT then no poll tells of. HANDLE never ends
 * IPC itself. */
static enum tov_err read_socket(struct tov_process *process, struct tov_ipc *ipc, handler handle,
                                bool *left)
{
    if (tov_node_is_busy(process->node))
        return TOV_OK;
    uint64_t until_us = tov_core_clock_mono_us() + TURN_US;
    for (int reads = 0;; reads++) {
        enum tov_err err = take_frames(process, ipc, handle, until_us);
        *left = err == TOV_OK;
        /* Busy: nothing more is read, since what is read is in no poll any more. */
        if (err == TOV_E_AGAIN && (reads == READS_PER_TURN || tov_node_is_busy(process->node)))
            return TOV_OK;
        if (err == TOV_E_AGAIN)
            err = tov_ipc_receive(ipc);
        else
            return err;
        if (err != TOV_OK)
            return err == TOV_E_AGAIN ? TOV_OK : err;
    }
}

/* ---- the loop ---- */

static struct pollfd watch(const struct tov_ipc *ipc, bool reads)
{
    struct pollfd slot = {.fd = -1};
    if (ipc == NULL)
        return slot;
    slot.fd = tov_ipc_fd(ipc);
    slot.events = reads ? POLLIN : 0;
    if (tov_ipc_wants_write(ipc))
        slot.events |= POLLOUT;
    return slot;
}

static bool reads_edges(const struct tov_process *process)
{
    return !process->stopping && !tov_node_is_busy(process->node);
}

static void fill_slots(const struct tov_process *process, struct pollfd slots[SLOTS])
{
    bool reads = reads_edges(process);
    slots[SLOT_GUARD] = watch(process->guard, true);
    slots[SLOT_GATEWAY] = watch(process->gateway, reads);
    slots[SLOT_FRONT] = watch(process->front, reads);
    slots[SLOT_SUPERVISOR] = watch(process->supervisor, true);
    slots[SLOT_STORE] = (struct pollfd){tov_store_fd(process->store), POLLIN, 0};
    slots[SLOT_SIGNAL] = (struct pollfd){process->signal_fd, POLLIN, 0};
}

static void take_commit(struct tov_process *process)
{
    struct tov_store_result result;
    if (tov_store_commit_result(process->store, &result) == TOV_OK)
        tov_node_on_committed(process->node, &result);
}

/* A gateway or front. */
struct edge {
    enum tov_ipc_link link;
    enum slot slot;
    struct tov_ipc **ipc;
    handler handle;
    const char *name;
};

/* They parse networks, so they may die, or be taken over and say anything: neither is a fault of
 * the core. Its end of the socket is closed, and the supervisor sends another. */
static void read_edge(struct tov_process *process, const struct edge *edge)
{
    enum tov_err err = read_socket(process, *edge->ipc, edge->handle, &process->left[edge->slot]);
    if (err == TOV_OK)
        return;
    if (err != TOV_E_CLOSED)
        TOV_LOG(TOV_LOG_ERROR, "edge-refused", TOV_LOG_TEXT("role", edge->name),
                TOV_LOG_TEXT("why", tov_err_name(err)));
    lose_edge(process, edge->link);
}

static bool is_due(const struct tov_process *process, const struct pollfd slots[SLOTS],
                   enum slot slot)
{
    bool is_edge = slot == SLOT_GATEWAY || slot == SLOT_FRONT;
    return (slots[slot].revents & (POLLIN | POLLHUP | POLLERR)) != 0 ||
           (process->left[slot] && (!is_edge || reads_edges(process)));
}

static bool has_left(const struct tov_process *process)
{
    return process->left[SLOT_GUARD] || process->left[SLOT_SUPERVISOR] ||
           ((process->left[SLOT_GATEWAY] || process->left[SLOT_FRONT]) && reads_edges(process));
}

static enum tov_err handle_slots(struct tov_process *process, const struct pollfd slots[SLOTS])
{
    if (slots[SLOT_STORE].revents != 0)
        take_commit(process);
    if (is_due(process, slots, SLOT_GUARD))
        TOV_TRY(read_socket(process, process->guard, on_guard, &process->left[SLOT_GUARD]));
    if (is_due(process, slots, SLOT_SUPERVISOR))
        TOV_TRY(read_socket(process, process->supervisor, on_supervisor,
                            &process->left[SLOT_SUPERVISOR]));
    const struct edge edges[] = {
        {TOV_IPC_LINK_GATEWAY, SLOT_GATEWAY, &process->gateway, on_gateway, "gateway"},
        {TOV_IPC_LINK_FRONT, SLOT_FRONT, &process->front, on_front, "front"}};
    for (size_t i = 0; i < 2; i++)
        if (*edges[i].ipc != NULL && is_due(process, slots, edges[i].slot))
            read_edge(process, &edges[i]);
    return TOV_OK;
}

static void note_front(struct tov_process *process)
{
    if (!process->left[SLOT_FRONT])
        process->front_left_us = 0;
    else if (process->front_left_us == 0)
        process->front_left_us = tov_core_clock_mono_us();
}

static void flush(struct tov_ipc *ipc)
{
    if (ipc != NULL && tov_ipc_flush(ipc) != TOV_OK)
        return; /* its end is read as closed */
}

/* A gateway apart comes when it comes: the node serves its own agency meanwhile. */
static bool misses_gateway(const struct tov_process *process)
{
    return process->config.gateway_socket[0] != '\0' && !process->gateway_ready;
}

/* One of the supervisor's own is there once tovd is ready; then it may end, and end again each time
 * that it is started. */
static bool has_gateway(const struct tov_process *process)
{
    return process->gateway_ready || !(process->said_ready || misses_gateway(process));
}

static void say_state(struct tov_process *process)
{
    static const char *const states[] = {
        [TOV_NODE_GUARD] = "waiting for the guard",
        [TOV_NODE_KEEPERS] = "waiting for keepers",
        [TOV_NODE_SERVING] = "serving",
        [TOV_NODE_BEHIND] = "behind: see docs/recovery.md",
        [TOV_NODE_CLOCK] = "clock is wrong",
        [TOV_NODE_GUARD_LOST] = "the guard has lost its state: see docs/guard.md",
        [TOV_NODE_GUARD_SILENT] = "the guard does not answer: see docs/guard.md",
        [TOV_NODE_RECOVERING] = "recovering an old store from the other nodes",
    };
    char text[sizeof process->said_state];
    (void)snprintf(text, sizeof text, "%s%s%s", states[tov_node_state(process->node)],
                   misses_gateway(process) ? "; no gateway is connected" : "",
                   tov_node_core(process->node)->waits_for_room ? "; the disk is full" : "");
    if (strcmp(text, process->said_state) != 0 &&
        tov_ipc_send_text(process->supervisor, TOV_IPC_SV_STATUS, text) == TOV_OK)
        memcpy(process->said_state, text, sizeof text);
}

static void say_ready(struct tov_process *process)
{
    if (process->said_ready || tov_node_state(process->node) == TOV_NODE_GUARD ||
        !process->front_ready || !(process->gateway_ready || misses_gateway(process)))
        return;
    process->said_ready = tov_ipc_send_kind(process->supervisor, TOV_IPC_SV_READY) == TOV_OK;
    tov_log_event(TOV_LOG_INFO, "ready");
}

/* A backup that was killed while it read would hold old pages for ever. */
static void clear_dead_readers(struct tov_process *process, uint64_t mono)
{
    if (mono - process->last_clear_mono_ms < CLEAR_MS)
        return;
    process->last_clear_mono_ms = mono;
    if (tov_store_readers_clear_dead(process->store) != TOV_OK)
        tov_log_event(TOV_LOG_WARNING, "readers-not-cleared");
}

/* One that hangs keeps its socket: peers see it at once, and nobody here else would. Turns in which
 * it was read are counted, no time: this process may have been stopped, too. */
static void end_silent_gateway(struct tov_process *process)
{
    if (process->gateway == NULL || !reads_edges(process))
        return;
    if (++process->gateway_silent_ticks < TOV_GATEWAY_SILENT_TICKS ||
        tov_ipc_send_kind(process->supervisor, TOV_IPC_SV_SILENT) != TOV_OK)
        return; /* the next tick tries it again */
    TOV_LOG(TOV_LOG_ERROR, "gateway-silent",
            TOV_LOG_NUMBER("seconds", process->gateway_silent_ticks),
            TOV_LOG_TEXT("hint", "it is taken for dead, and another one in its place"));
    lose_edge(process, TOV_IPC_LINK_GATEWAY);
}

static void tick(struct tov_process *process)
{
    uint64_t mono = tov_core_clock_mono();
    if (mono - process->last_tick_mono_ms < TICK_MS)
        return;
    process->last_tick_mono_ms = mono;
    tov_node_on_tick(process->node);
    clear_dead_readers(process, mono);
    end_silent_gateway(process);
    if (tov_ipc_send_kind(process->supervisor, TOV_IPC_SV_ALIVE) != TOV_OK)
        tov_log_event(TOV_LOG_WARNING, "supervisor-not-told");
}

static void set_time(struct tov_process *process)
{
    tov_node_set_time(process->node, tov_core_clock_now(&process->clock), tov_core_clock_mono());
}

static enum tov_err step(struct tov_process *process)
{
    struct pollfd slots[SLOTS];
    fill_slots(process, slots);
    bool goes_on = tov_node_wants_turn(process->node) || has_left(process);
    int timeout_ms = goes_on ? 0 : (int)TICK_MS;
    if (poll(slots, SLOTS, timeout_ms) < 0 && errno != EINTR)
        return TOV_E_INTERNAL;
    set_time(process);
    tov_node_set_gateway(process->node, has_gateway(process));
    if (slots[SLOT_SIGNAL].revents != 0 && tov_role_signal(process->signal_fd) == SIGTERM)
        begin_to_stop(process);
    enum tov_err err = handle_slots(process, slots);
    note_front(process);
    tick(process);
    tov_node_turn(process->node);
    say_ready(process);
    say_state(process);
    say_unlinked(process, TOV_IPC_LINK_GATEWAY);
    say_unlinked(process, TOV_IPC_LINK_FRONT);
    flush(process->guard);
    flush(process->gateway);
    flush(process->front);
    flush(process->supervisor);
    return err;
}

static int end_code(struct tov_process *process, enum tov_err err)
{
    struct tov_error error = {.text = ""};
    enum tov_err failed = tov_node_failed(process->node, &error);
    if (failed != TOV_OK) {
        int code = (int)tov_exit_of_error(failed);
        enum tov_log_level level = failed == TOV_E_AGAIN ? TOV_LOG_INFO : TOV_LOG_ERROR;
        TOV_LOG(level, "stopped", TOV_LOG_NUMBER("exit", code), TOV_LOG_TEXT("why", error.text));
        return code;
    }
    if (err == TOV_E_CLOSED)
        return TOV_EXIT_PARENT_GONE;
    return err == TOV_OK ? TOV_EXIT_OK : TOV_EXIT_INTERNAL;
}

int tov_process_run(struct tov_process *process)
{
    enum tov_err err = tov_process_send_peers(process);
    if (err == TOV_OK)
        err = tov_process_send_clients(process);
    while (err == TOV_OK && tov_node_failed(process->node, NULL) == TOV_OK) {
        if (process->stopping && tov_node_is_settled(process->node))
            break;
        err = step(process);
    }
    return end_code(process, err);
}

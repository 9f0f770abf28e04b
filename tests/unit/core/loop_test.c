/* SPDX-License-Identifier: EUPL-1.2
 *
 * The core's loop between real sockets: what a gateway or front that was taken over says ends its
 * own socket and nothing else.
 */
#include "core_process.h"
#include "exit_codes.h"

#include "support/sim_wire.h"
#include "support/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* ---- what the core says, and what of it cannot be said ---- */

/* Memory, or room in the queue, is short for so many calls of it. */
#define MAY_FAIL(name, parameters, arguments) \
    static unsigned name##_fails;             \
    enum tov_err __wrap_##name parameters;    \
    enum tov_err __real_##name parameters;    \
    enum tov_err __wrap_##name parameters     \
    {                                         \
        if (name##_fails == 0)                \
            return __real_##name arguments;   \
        name##_fails--;                       \
        return TOV_E_BUSY;                    \
    }
MAY_FAIL(tov_ipc_send_unlink, (struct tov_ipc * ipc, enum tov_ipc_link link), (ipc, link))
MAY_FAIL(tov_ipc_send_text, (struct tov_ipc * ipc, enum tov_ipc_kind kind, const char *text),
         (ipc, kind, text))
MAY_FAIL(tov_store_readers_clear_dead, (struct tov_store * store), (store))

/* The keys of a month find no room. */
static bool has_no_room;
enum tov_err __wrap_tov_vault_prepare(struct tov_core *core);
enum tov_err __real_tov_vault_prepare(struct tov_core *core);
enum tov_err __wrap_tov_vault_prepare(struct tov_core *core)
{
    return has_no_room ? TOV_E_FULL : __real_tov_vault_prepare(core);
}

/* The same for one list of clients: which one it is, from 1; 0: none. */
static unsigned list_that_fails, lists;
enum tov_err __wrap_tov_ipc_send_clients(struct tov_ipc *ipc, const struct tov_ipc_key *keys,
                                         size_t count);
enum tov_err __real_tov_ipc_send_clients(struct tov_ipc *ipc, const struct tov_ipc_key *keys,
                                         size_t count);
enum tov_err __wrap_tov_ipc_send_clients(struct tov_ipc *ipc, const struct tov_ipc_key *keys,
                                         size_t count)
{
    return ++lists == list_that_fails ? TOV_E_BUSY : __real_tov_ipc_send_clients(ipc, keys, count);
}

/* A core that lives on: it is told to stop when it would have said the second time that it lives.
 */
static struct tov_ipc *stop_by;
static unsigned alive, alive_fails;
enum tov_err __wrap_tov_ipc_send_kind(struct tov_ipc *ipc, enum tov_ipc_kind kind);
enum tov_err __real_tov_ipc_send_kind(struct tov_ipc *ipc, enum tov_ipc_kind kind);
enum tov_err __wrap_tov_ipc_send_kind(struct tov_ipc *ipc, enum tov_ipc_kind kind)
{
    if (kind != TOV_IPC_SV_ALIVE)
        return __real_tov_ipc_send_kind(ipc, kind);
    if (stop_by != NULL && ++alive == 2)
        UNIT_NEED(__real_tov_ipc_send_kind(stop_by, TOV_IPC_SV_STOP) == TOV_OK &&
                  tov_ipc_flush(stop_by) == TOV_OK);
    if (alive_fails == 0)
        return __real_tov_ipc_send_kind(ipc, kind);
    alive_fails--;
    return TOV_E_BUSY;
}

/* ---- the loop ---- */

/* A core's process around a node of the simulation; the other ends are the test's. */
struct loop {
    struct sim_wire *wire;
    struct tov_process process;
    struct tov_ipc *guard, *gateway, *front, *supervisor;
};

static void make_pair(struct tov_ipc **core_end, struct tov_ipc **test_end)
{
    int fds[2];
    UNIT_NEED(tov_ipc_pair(fds) == TOV_OK);
    UNIT_NEED(tov_ipc_create(fds[0], 16u << 20, core_end) == TOV_OK);
    UNIT_NEED(tov_ipc_create(fds[1], 16u << 20, test_end) == TOV_OK);
}

static void loop_begin(struct loop *loop, size_t index)
{
    struct tov_error error = {.text = ""};
    struct sim_node *node = &loop->wire->nodes[index];
    UNIT_NEED(sim_node_start(node, &error) == TOV_OK);
    node->guard_is_silent = true;
    sim_node_settle(node); /* nothing commits for the loop: it is to be at rest */
    loop->process = (struct tov_process){.store = node->store,
                                         .roster = node->federation->roster,
                                         .clients = node->agency->clients,
                                         .node = node->node,
                                         .signal_fd = -1};
    make_pair(&loop->process.guard, &loop->guard);
    make_pair(&loop->process.gateway, &loop->gateway);
    make_pair(&loop->process.front, &loop->front);
    make_pair(&loop->process.supervisor, &loop->supervisor);
    tov_ipc_allow_fds(loop->process.supervisor);
}

static void loop_init(struct loop *loop, const char *name)
{
    *loop = (struct loop){.wire = sim_wire_create(name, 2)};
    loop_begin(loop, 0);
}

static void loop_fini(struct loop *loop)
{
    tov_ipc_destroy(loop->process.guard);
    tov_ipc_destroy(loop->process.gateway);
    tov_ipc_destroy(loop->process.front);
    tov_ipc_destroy(loop->process.supervisor);
    tov_ipc_destroy(loop->guard);
    tov_ipc_destroy(loop->gateway);
    tov_ipc_destroy(loop->front);
    tov_ipc_destroy(loop->supervisor);
    sim_wire_destroy(loop->wire);
}

/* Gives the core what was queued and then the word to stop; says how it ended. */
static int run(struct loop *loop)
{
    UNIT_NEED(tov_ipc_flush(loop->gateway) == TOV_OK && tov_ipc_flush(loop->front) == TOV_OK);
    UNIT_NEED(tov_ipc_send_kind(loop->supervisor, TOV_IPC_SV_STOP) == TOV_OK);
    UNIT_NEED(tov_ipc_flush(loop->supervisor) == TOV_OK);
    return tov_process_run(&loop->process);
}

/* The same, and the word to stop only when it has lived on for a while. */
static int run_on(struct loop *loop)
{
    alive = 0;
    stop_by = loop->supervisor;
    int code = tov_process_run(&loop->process);
    stop_by = NULL;
    return code;
}

static void send_bytes(struct tov_ipc *ipc, uint8_t kind, struct tov_bytes payload)
{
    UNIT_NEED(tov_ipc_send(ipc, kind, &payload, 1) == TOV_OK);
}

static void a_gateway_that_says_anything_ends_its_own_socket_alone(void)
{
    static const uint8_t credit[6] = {0xff, 0xff, 0, 0, 0, 1};
    static const uint8_t too_much[6] = {0, 2, 0xff, 0, 0, 1};
    static const uint8_t noise[3] = {9, 9, 9};
    const struct {
        uint8_t kind;
        struct tov_bytes payload;
        bool is_peers; /* the fault of a peer, which the node judges */
    } cases[] = {{TOV_IPC_GW_CREDIT, TOV_BYTES_OF(credit), false},
                 {TOV_IPC_GW_CREDIT, TOV_BYTES_OF(too_much), false},
                 {TOV_IPC_GW_CREDIT, TOV_BYTES_OF(noise), false},
                 {TOV_IPC_GW_PEER_UP, TOV_BYTES_OF(noise), false},
                 {TOV_IPC_GW_PEER_DOWN, TOV_BYTES_OF(noise), false},
                 {TOV_IPC_GW_FRAME, {noise, 1}, false},
                 {TOV_IPC_GW_FRAME, TOV_BYTES_OF(noise), true},
                 {0xee, TOV_BYTES_OF(noise), false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        TOV_CLEANUP(loop_fini) struct loop loop;
        loop_init(&loop, "loop-gateway");
        send_bytes(loop.gateway, cases[i].kind, cases[i].payload);
        UNIT_EQUAL_INT(run(&loop), TOV_EXIT_OK);
        CU_ASSERT((loop.process.gateway != NULL) == cases[i].is_peers);
        CU_ASSERT(loop.process.front != NULL);
    }
}

static void a_front_that_says_anything_ends_its_own_socket_alone(void)
{
    static const uint8_t kinds[] = {TOV_IPC_FR_FRAME, TOV_IPC_FR_GONE, 0xee};
    static const uint8_t noise[3] = {9, 9, 9};
    for (size_t i = 0; i < sizeof kinds; i++) {
        TOV_CLEANUP(loop_fini) struct loop loop;
        loop_init(&loop, "loop-front");
        send_bytes(loop.front, kinds[i], TOV_BYTES_OF(noise));
        UNIT_EQUAL_INT(run(&loop), TOV_EXIT_OK);
        CU_ASSERT(loop.process.front == NULL && loop.process.gateway != NULL);
    }
}

/* A length that no frame can have: nothing behind it is believed either. */
static void an_edge_whose_frames_cannot_be_told_apart_ends_its_own_socket_alone(void)
{
    static const uint8_t length[] = {0xff, 0xff, 0xff, 0xff, TOV_IPC_GW_READY};
    for (int is_front = 0; is_front < 2; is_front++) {
        TOV_CLEANUP(loop_fini) struct loop loop;
        loop_init(&loop, "loop-length");
        int fd = tov_ipc_fd(is_front != 0 ? loop.front : loop.gateway);
        UNIT_NEED(write(fd, length, sizeof length) == (ssize_t)sizeof length);
        UNIT_EQUAL_INT(run(&loop), TOV_EXIT_OK);
        CU_ASSERT((loop.process.front == NULL) == (is_front != 0));
        CU_ASSERT((loop.process.gateway == NULL) == (is_front == 0));
    }
}

/* They are one program: what cannot be read is a fault of ours. */
static void a_supervisor_that_says_noise_ends_the_core(void)
{
    static const uint8_t kinds[] = {TOV_IPC_SV_LINK, 0xee};
    static const uint8_t noise[3] = {9, 9, 9};
    for (size_t i = 0; i < sizeof kinds; i++) {
        TOV_CLEANUP(loop_fini) struct loop loop;
        loop_init(&loop, "loop-supervisor");
        send_bytes(loop.supervisor, kinds[i], TOV_BYTES_OF(noise));
        UNIT_NEED(tov_ipc_flush(loop.supervisor) == TOV_OK);
        UNIT_EQUAL_INT(tov_process_run(&loop.process), TOV_EXIT_INTERNAL);
    }
}

/* What the supervisor was told. */
struct told {
    unsigned unlinks[2]; /* how often that there is no gateway, or front */
    unsigned silent;     /* that the gateway says nothing */
    unsigned alive, states;
    char state[64]; /* the last */
};

static struct told what_was_told(struct loop *loop)
{
    struct told told = {.state = ""};
    struct tov_ipc_frame frame;
    struct tov_bytes text;
    enum tov_ipc_link link;
    while (tov_ipc_wait(loop->supervisor, 0, &frame) == TOV_OK) {
        told.alive += frame.kind == TOV_IPC_SV_ALIVE;
        told.silent += frame.kind == TOV_IPC_SV_SILENT;
        if (frame.kind == TOV_IPC_SV_UNLINK && tov_ipc_read_link(frame.payload, &link) == TOV_OK)
            told.unlinks[link]++;
        if (frame.kind != TOV_IPC_SV_STATUS || tov_ipc_read_text(frame.payload, &text) != TOV_OK)
            continue;
        told.states++;
        (void)snprintf(told.state, sizeof told.state, "%.*s", (int)text.size,
                       (const char *)text.data);
    }
    return told;
}

/* Without that word no other would ever be let in. One that hangs keeps its socket: only that it
 * says nothing shows it. */
static void the_supervisor_is_told_that_a_gateway_is_gone(void)
{
    enum { ENDS, SAYS_NOISE, SAYS_NOTHING, SAYS_THAT_IT_LIVES, WAYS };
    static const uint8_t noise[3] = {9, 9, 9};
    for (int way = 0; way < WAYS; way++) {
        TOV_CLEANUP(loop_fini) struct loop loop;
        loop_init(&loop, "loop-unlink");
        loop.process.gateway_silent_ticks = TOV_GATEWAY_SILENT_TICKS - 1;
        if (way == SAYS_NOISE)
            send_bytes(loop.gateway, 0xee, TOV_BYTES_OF(noise));
        if (way == SAYS_THAT_IT_LIVES)
            send_bytes(loop.gateway, TOV_IPC_GW_ALIVE, (struct tov_bytes){0});
        UNIT_NEED(tov_ipc_flush(loop.gateway) == TOV_OK);
        if (way == ENDS)
            UNIT_NEED(shutdown(tov_ipc_fd(loop.gateway), SHUT_RDWR) == 0);
        UNIT_EQUAL_INT(run_on(&loop), TOV_EXIT_OK);
        struct told told = what_was_told(&loop);
        CU_ASSERT((loop.process.gateway == NULL) == (way != SAYS_THAT_IT_LIVES));
        UNIT_EQUAL_INT(told.unlinks[TOV_IPC_LINK_GATEWAY], way != SAYS_THAT_IT_LIVES);
        UNIT_EQUAL_INT(told.silent, way == SAYS_NOTHING);
    }
}

/* What the node was told last. */
static bool gateway_is_there;
void __wrap_tov_node_set_gateway(struct tov_node *node, bool is_there);
void __real_tov_node_set_gateway(struct tov_node *node, bool is_there);
void __wrap_tov_node_set_gateway(struct tov_node *node, bool is_there)
{
    gateway_is_there = is_there;
    __real_tov_node_set_gateway(node, is_there);
}

/* One of the supervisor's own, too; but not before tovd was ready. */
static void the_node_is_told_that_a_gateway_is_gone(void)
{
    for (int was_ready = 0; was_ready < 2; was_ready++) {
        TOV_CLEANUP(loop_fini) struct loop loop;
        loop_init(&loop, "loop-gone");
        loop.process.gateway_ready = loop.process.said_ready = was_ready != 0;
        UNIT_NEED(shutdown(tov_ipc_fd(loop.gateway), SHUT_RDWR) == 0);
        UNIT_EQUAL_INT(run_on(&loop), TOV_EXIT_OK);
        UNIT_EQUAL_INT(gateway_is_there, was_ready == 0);
    }
}

static void a_word_to_the_supervisor_that_was_lost_is_said_again(void)
{
    TOV_CLEANUP(loop_fini) struct loop loop;
    loop_init(&loop, "loop-unlink-lost");
    tov_ipc_send_unlink_fails = 2;
    tov_ipc_send_text_fails = 1;
    UNIT_NEED(shutdown(tov_ipc_fd(loop.gateway), SHUT_RDWR) == 0);
    UNIT_EQUAL_INT(run_on(&loop), TOV_EXIT_OK);
    struct told told = what_was_told(&loop);
    UNIT_EQUAL_INT(tov_ipc_send_unlink_fails, 0);
    UNIT_EQUAL_INT(told.unlinks[TOV_IPC_LINK_GATEWAY], 1);
    UNIT_EQUAL_INT(told.unlinks[TOV_IPC_LINK_FRONT], 0);
    UNIT_EQUAL_INT(told.states, 1);
    UNIT_EQUAL_TEXT(told.state, "waiting for the guard");
}

static void the_supervisor_is_told_that_the_disk_is_full(void)
{
    TOV_CLEANUP(loop_fini) struct loop loop;
    loop_init(&loop, "loop-full");
    has_no_room = true;
    UNIT_EQUAL_INT(run_on(&loop), TOV_EXIT_OK);
    has_no_room = false;
    UNIT_EQUAL_TEXT(what_was_told(&loop).state, "waiting for the guard; the disk is full");
}

/* What it does each second is no reason to end when it fails once. */
static void a_core_outlives_a_word_and_a_look_at_the_store_that_failed(void)
{
    TOV_CLEANUP(loop_fini) struct loop loop;
    loop_init(&loop, "loop-tick");
    alive_fails = 1;
    tov_store_readers_clear_dead_fails = 1;
    UNIT_EQUAL_INT(run_on(&loop), TOV_EXIT_OK);
    UNIT_EQUAL_INT(tov_store_readers_clear_dead_fails, 0);
    UNIT_EQUAL_INT(alive, 2);
    UNIT_EQUAL_INT(what_was_told(&loop).alive, 1);
}

/* One whose socket cannot be used, as when there is no memory for it. */
static void a_gateway_that_cannot_be_taken_ends_no_core(void)
{
    const uint8_t link = TOV_IPC_LINK_GATEWAY;
    TOV_CLEANUP(loop_fini) struct loop loop;
    loop_init(&loop, "loop-relink");
    send_bytes(loop.supervisor, TOV_IPC_SV_LINK, (struct tov_bytes){&link, 1});
    UNIT_EQUAL_INT(run(&loop), TOV_EXIT_OK);
    CU_ASSERT(loop.process.gateway == NULL);
    UNIT_EQUAL_INT(what_was_told(&loop).unlinks[TOV_IPC_LINK_GATEWAY], 1);
}

static void without_its_guard_the_core_ends(void)
{
    TOV_CLEANUP(loop_fini) struct loop loop;
    loop_init(&loop, "loop-guard");
    tov_ipc_destroy(loop.guard);
    loop.guard = NULL;
    UNIT_EQUAL_INT(run(&loop), TOV_EXIT_PARENT_GONE);
}

/* What it says cannot be read: nothing of it is believed, and the supervisor is told by the code.
 */
static void a_guard_that_says_noise_ends_the_core(void)
{
    TOV_CLEANUP(loop_fini) struct loop loop;
    static const uint8_t noise[3] = {9, 9, 9};
    loop_init(&loop, "loop-guard-noise");
    send_bytes(loop.guard, 0x80, TOV_BYTES_OF(noise));
    UNIT_NEED(tov_ipc_flush(loop.guard) == TOV_OK);
    UNIT_EQUAL_INT(tov_process_run(&loop.process), TOV_EXIT_INTERNAL);
}

/* A node that ends has its own exit code, and one that is to begin again another. */
static void a_node_that_failed_ends_the_core_with_the_code_for_it(void)
{
    static const enum tov_err errors[] = {TOV_E_AGAIN, TOV_E_FULL, TOV_E_CORRUPT, TOV_E_FORK};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        TOV_CLEANUP(loop_fini) struct loop loop;
        loop_init(&loop, "loop-failed");
        (void)tov_core_fail(tov_node_core(loop.process.node), errors[i], "for the test");
        UNIT_EQUAL_INT(tov_process_run(&loop.process), tov_exit_of_error(errors[i]));
    }
}

/* A front as well as a gateway: the next one may be whole. */
static void a_front_that_cannot_be_taken_ends_no_core(void)
{
    const uint8_t link = TOV_IPC_LINK_FRONT;
    TOV_CLEANUP(loop_fini) struct loop loop;
    loop_init(&loop, "loop-refront");
    send_bytes(loop.supervisor, TOV_IPC_SV_LINK, (struct tov_bytes){&link, 1});
    UNIT_EQUAL_INT(run(&loop), TOV_EXIT_OK);
    CU_ASSERT(loop.process.front == NULL && loop.process.gateway != NULL);
}

/* ---- signals, and a wait that fails ---- */

static unsigned alarms;

static void count_alarm(int number)
{
    (void)number;
    alarms++;
}

static void a_wait_that_a_signal_ends_is_begun_again(void)
{
    TOV_CLEANUP(loop_fini) struct loop loop;
    const struct sigaction act = {.sa_handler = count_alarm}; /* no SA_RESTART */
    const struct itimerval often = {{0, 10000}, {0, 10000}}, never = {{0, 0}, {0, 0}};
    struct sigaction before;
    loop_init(&loop, "loop-interrupted");
    alarms = 0;
    UNIT_NEED(sigaction(SIGALRM, &act, &before) == 0 && setitimer(ITIMER_REAL, &often, NULL) == 0);
    UNIT_EQUAL_INT(run_on(&loop), TOV_EXIT_OK);
    UNIT_NEED(setitimer(ITIMER_REAL, &never, NULL) == 0 && sigaction(SIGALRM, &before, NULL) == 0);
    CU_ASSERT(alarms > 0);
}

/* It would come round without end and read nothing. */
static void a_core_that_cannot_wait_ends(void)
{
    TOV_CLEANUP(loop_fini) struct loop loop;
    struct rlimit before;
    loop_init(&loop, "loop-poll");
    UNIT_NEED(getrlimit(RLIMIT_NOFILE, &before) == 0);
    const struct rlimit few = {3, before.rlim_max}; /* fewer than it waits for */
    UNIT_NEED(setrlimit(RLIMIT_NOFILE, &few) == 0);
    int code = tov_process_run(&loop.process);
    UNIT_NEED(setrlimit(RLIMIT_NOFILE, &before) == 0);
    UNIT_EQUAL_INT(code, TOV_EXIT_INTERNAL);
}

/* The supervisor sees to the others: one that reached the core is no word to stop. */
static void no_signal_but_one_stops_the_core(void)
{
    TOV_CLEANUP(loop_fini) struct loop loop;
    sigset_t set, before;
    loop_init(&loop, "loop-signal");
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGHUP);
    UNIT_NEED(sigprocmask(SIG_BLOCK, &set, &before) == 0);
    loop.process.signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    UNIT_NEED(loop.process.signal_fd >= 0 && raise(SIGHUP) == 0);
    UNIT_EQUAL_INT(run_on(&loop), TOV_EXIT_OK);
    UNIT_EQUAL_INT(alive, 2); /* it did not stop before it was told */
    UNIT_NEED(close(loop.process.signal_fd) == 0);
    UNIT_NEED(sigprocmask(SIG_SETMASK, &before, NULL) == 0);
}

/* ---- the registry of clients ---- */

/* Hands a registry of one client over, whose place is a file of its own; how the core ended. */
static int run_with_new_registry(struct loop *loop)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_CLIENTS_MAX_BYTES);
    const struct tov_ipc_frame reload = {.kind = TOV_IPC_SV_RELOAD};
    struct tov_config *config = &loop->process.config;
    FILE *file = tmpfile();
    (void)snprintf(config->agency, sizeof config->agency, "a1");
    tov_clients_format_start("a1", &text);
    tov_clients_format_entry(tov_clients_at(loop->process.clients, 0), &text);
    UNIT_NEED(file != NULL && fwrite(text.data, 1, text.size, file) == text.size);
    UNIT_NEED(fflush(file) == 0 && lseek(fileno(file), 0, SEEK_SET) == 0);
    UNIT_NEED(tov_ipc_send_fd(loop->supervisor, &reload, fileno(file)) == TOV_OK);
    UNIT_NEED(fclose(file) == 0);
    int code = run(loop);
    loop->wire->federation->agencies[0].clients = loop->process.clients; /* the others are gone */
    return code;
}

static void a_new_registry_holds_without_a_front_too(void)
{
    const uint8_t link = TOV_IPC_LINK_FRONT;
    TOV_CLEANUP(loop_fini) struct loop loop;
    loop_init(&loop, "loop-reload");
    send_bytes(loop.supervisor, TOV_IPC_SV_LINK, (struct tov_bytes){&link, 1}); /* with no socket */
    UNIT_EQUAL_INT(tov_clients_count(loop.process.clients), 2);
    UNIT_EQUAL_INT(run_with_new_registry(&loop), TOV_EXIT_OK);
    UNIT_EQUAL_INT(tov_clients_count(loop.process.clients), 1);
    CU_ASSERT(loop.process.front == NULL);
}

/* It would go on letting in who was taken out, and nobody who was added. */
static void a_front_that_cannot_be_told_whom_to_let_in_is_ended(void)
{
    TOV_CLEANUP(loop_fini) struct loop loop;
    loop_init(&loop, "loop-reload-lost");
    lists = 0;
    list_that_fails = 2; /* behind that of the start */
    UNIT_EQUAL_INT(run_with_new_registry(&loop), TOV_EXIT_OK);
    list_that_fails = 0;
    UNIT_EQUAL_INT(tov_clients_count(loop.process.clients), 1);
    CU_ASSERT(loop.process.front == NULL && loop.process.gateway != NULL);
    UNIT_EQUAL_INT(what_was_told(&loop).unlinks[TOV_IPC_LINK_FRONT], 1);
}

/* ---- peers ---- */

/* The roster of four agencies, as CHANGE leaves them, and the core of the second. */
static void loop_init_changed(struct loop *loop, const char *name,
                              void (*change)(struct tov_agency agencies[4]))
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    *loop = (struct loop){.wire = sim_wire_create(name, 4)};
    struct sim_federation *federation = loop->wire->federation;
    struct tov_roster_facts facts = *tov_roster_facts(federation->roster);
    struct tov_agency agencies[4];
    struct tov_error error = {.text = ""};
    struct tov_roster *roster;
    memcpy(agencies, facts.agencies, sizeof agencies);
    change(agencies);
    facts.agencies = agencies;
    tov_roster_format(&facts, &text);
    enum tov_err err = tov_roster_parse(tov_buf_view(&text), &roster, &error);
    if (err != TOV_OK)
        (void)fprintf(stderr, "roster: %s\n", error.text);
    UNIT_NEED(err == TOV_OK);
    tov_roster_destroy(federation->roster);
    federation->roster = roster;
    loop_begin(loop, 1);
}

static void change_nothing(struct tov_agency agencies[4])
{
    (void)agencies;
}
static void close_the_third(struct tov_agency agencies[4])
{
    static const uint16_t keepers[4][3] = {{2, 4}, {1, 4}, {1, 2, 4}, {1, 2}};
    agencies[2].closed = true;
    for (size_t i = 0; i < 4; i++) {
        agencies[i].keepers = keepers[i];
        agencies[i].keeper_count = i == 2 ? 3 : 2;
    }
}
static void leave_others_without_an_endpoint(struct tov_agency agencies[4])
{
    agencies[0].endpoint_count = agencies[3].endpoint_count = 0;
}
static void leave_the_own_without_an_endpoint(struct tov_agency agencies[4])
{
    agencies[1].endpoint_count = 0;
}

/* Each peer of the roster that takes part, with its keys. One side alone dials, so that no two
 * connections meet: the lower number, or who cannot be dialled; and nobody is dialled nowhere. */
static void the_gateway_is_told_whom_to_let_in_and_whom_to_dial(void)
{
    static const struct {
        void (*change)(struct tov_agency agencies[4]);
        struct {
            uint16_t agency;
            bool dial, has_endpoint;
        } peers[4];
    } cases[] = {
        {change_nothing, {{1, false, true}, {3, true, true}, {4, true, true}}},
        {close_the_third, {{1, false, true}, {4, true, true}}},
        {leave_others_without_an_endpoint, {{1, false, false}, {3, true, true}, {4, false, false}}},
        {leave_the_own_without_an_endpoint, {{1, true, true}, {3, true, true}, {4, true, true}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        TOV_CLEANUP(loop_fini) struct loop loop;
        struct tov_ipc_frame frame;
        TOV_FREE struct tov_ipc_peer *peers = NULL;
        uint16_t own = 0;
        size_t count = 0, expected = 0;
        loop_init_changed(&loop, "loop-peers", cases[i].change);
        UNIT_OK(tov_process_send_peers(&loop.process));
        UNIT_NEED(tov_ipc_flush(loop.process.gateway) == TOV_OK);
        UNIT_NEED(tov_ipc_wait(loop.gateway, 1000, &frame) == TOV_OK);
        UNIT_EQUAL_INT(frame.kind, TOV_IPC_GW_PEERS);
        UNIT_OK(tov_ipc_read_peers(frame.payload, &own, &peers, &count));
        UNIT_EQUAL_INT(own, 2);
        for (; cases[i].peers[expected].agency != 0; expected++) {
            const struct tov_ipc_peer *peer = &peers[expected];
            UNIT_NEED(expected < count);
            UNIT_EQUAL_INT(peer->agency, cases[i].peers[expected].agency);
            UNIT_EQUAL_INT(peer->dial, cases[i].peers[expected].dial);
            const struct tov_agency *agency =
                sim_federation_agency(loop.wire->federation, peer->agency - 1u);
            UNIT_EQUAL_TEXT(peer->endpoint,
                            cases[i].peers[expected].has_endpoint ? agency->endpoints[0] : "");
            UNIT_EQUAL_INT(peer->key_count, 1);
            CU_ASSERT(memcmp(&peer->keys[0], agency->transport[0], 32) == 0);
        }
        UNIT_EQUAL_INT(count, expected);
    }
}

static void without_a_gateway_nobody_is_told_of_peers(void)
{
    TOV_CLEANUP(loop_fini) struct loop loop;
    loop_init(&loop, "loop-no-gateway");
    tov_ipc_destroy(loop.process.gateway);
    loop.process.gateway = NULL;
    UNIT_OK(tov_process_send_peers(&loop.process));
}

/* ---- a batch that becomes full while frames are read ---- */

enum { BURST = 1500, FILLS = 200, IDLE_TURNS = 3 };

/* What stands in for the node: each FILLS requests its open batch is full until the turn ends. */
static struct {
    struct loop *loop; /* NULL: the real node is asked */
    bool busy, is_stopped;
    unsigned taken, taken_before, idle_turns;
} full;

bool __wrap_tov_node_is_busy(const struct tov_node *node);
bool __real_tov_node_is_busy(const struct tov_node *node);
bool __wrap_tov_node_is_busy(const struct tov_node *node)
{
    return full.loop != NULL ? full.busy : __real_tov_node_is_busy(node);
}

void __wrap_tov_node_on_client_frame(struct tov_node *node, const uint8_t key[32], uint64_t token,
                                     struct tov_bytes frame);
void __real_tov_node_on_client_frame(struct tov_node *node, const uint8_t key[32], uint64_t token,
                                     struct tov_bytes frame);
void __wrap_tov_node_on_client_frame(struct tov_node *node, const uint8_t key[32], uint64_t token,
                                     struct tov_bytes frame)
{
    if (full.loop == NULL) {
        __real_tov_node_on_client_frame(node, key, token, frame);
        return;
    }
    full.taken++;
    full.busy = full.busy || full.taken % FILLS == 0;
}

/* Ends the loop when all were taken, or nothing was in some turns. */
void __wrap_tov_node_turn(struct tov_node *node);
void __real_tov_node_turn(struct tov_node *node);
void __wrap_tov_node_turn(struct tov_node *node)
{
    __real_tov_node_turn(node);
    if (full.loop == NULL)
        return;
    full.busy = false;
    full.idle_turns = full.taken == full.taken_before ? full.idle_turns + 1 : 0;
    full.taken_before = full.taken;
    UNIT_NEED(tov_ipc_flush(full.loop->front) == TOV_OK);
    if (full.is_stopped || (full.taken < BURST && full.idle_turns < IDLE_TURNS))
        return;
    full.is_stopped = true;
    UNIT_NEED(tov_ipc_send_kind(full.loop->supervisor, TOV_IPC_SV_STOP) == TOV_OK);
    UNIT_NEED(tov_ipc_flush(full.loop->supervisor) == TOV_OK);
}

static void what_came_with_a_full_batch_waits_for_no_further_frame(void)
{
    TOV_CLEANUP(loop_fini) struct loop loop;
    static const uint8_t payload[32 + 8 + 600];
    loop_init(&loop, "loop-full");
    for (unsigned i = 0; i < BURST; i++)
        send_bytes(loop.front, TOV_IPC_FR_FRAME, TOV_BYTES_OF(payload));
    UNIT_NEED(tov_ipc_flush(loop.front) == TOV_OK);
    full.loop = &loop;
    UNIT_EQUAL_INT(tov_process_run(&loop.process), TOV_EXIT_OK);
    full.loop = NULL;
    UNIT_EQUAL_INT(full.taken, BURST);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_came_with_a_full_batch_waits_for_no_further_frame),
        UNIT_TEST(a_gateway_that_says_anything_ends_its_own_socket_alone),
        UNIT_TEST(a_front_that_says_anything_ends_its_own_socket_alone),
        UNIT_TEST(an_edge_whose_frames_cannot_be_told_apart_ends_its_own_socket_alone),
        UNIT_TEST(a_supervisor_that_says_noise_ends_the_core),
        UNIT_TEST(the_supervisor_is_told_that_a_gateway_is_gone),
        UNIT_TEST(the_node_is_told_that_a_gateway_is_gone),
        UNIT_TEST(a_word_to_the_supervisor_that_was_lost_is_said_again),
        UNIT_TEST(the_supervisor_is_told_that_the_disk_is_full),
        UNIT_TEST(a_core_outlives_a_word_and_a_look_at_the_store_that_failed),
        UNIT_TEST(a_gateway_that_cannot_be_taken_ends_no_core),
        UNIT_TEST(without_its_guard_the_core_ends),
        UNIT_TEST(a_guard_that_says_noise_ends_the_core),
        UNIT_TEST(a_node_that_failed_ends_the_core_with_the_code_for_it),
        UNIT_TEST(a_front_that_cannot_be_taken_ends_no_core),
        UNIT_TEST(a_wait_that_a_signal_ends_is_begun_again),
        UNIT_TEST(a_core_that_cannot_wait_ends),
        UNIT_TEST(no_signal_but_one_stops_the_core),
        UNIT_TEST(a_new_registry_holds_without_a_front_too),
        UNIT_TEST(a_front_that_cannot_be_told_whom_to_let_in_is_ended),
        UNIT_TEST(the_gateway_is_told_whom_to_let_in_and_whom_to_dial),
        UNIT_TEST(without_a_gateway_nobody_is_told_of_peers),
    };
    return unit_run("core_loop", tests, sizeof tests / sizeof tests[0]);
}

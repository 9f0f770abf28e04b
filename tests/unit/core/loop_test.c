/* SPDX-License-Identifier: EUPL-1.2
 *
 * The core's loop between real sockets: what a gateway or front that was taken over says ends its
 * own socket and nothing else.
 */
#include "core_process.h"
#include "exit_codes.h"

#include "support/sim_wire.h"
#include "support/unit.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

static void loop_init(struct loop *loop, const char *name)
{
    struct tov_error error = {.text = ""};
    *loop = (struct loop){.wire = sim_wire_create(name, 2)};
    struct sim_node *node = &loop->wire->nodes[0];
    UNIT_NEED(sim_node_start(node, &error) == TOV_OK); /* its guard never answers: it is at rest */
    loop->process = (struct tov_process){.store = node->store,
                                         .roster = node->federation->roster,
                                         .clients = node->agency->clients,
                                         .node = node->node,
                                         .signal_fd = -1};
    make_pair(&loop->process.guard, &loop->guard);
    make_pair(&loop->process.gateway, &loop->gateway);
    make_pair(&loop->process.front, &loop->front);
    make_pair(&loop->process.supervisor, &loop->supervisor);
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
    } cases[] = {{TOV_IPC_GW_CREDIT, TOV_BYTES_OF(credit)},
                 {TOV_IPC_GW_CREDIT, TOV_BYTES_OF(too_much)},
                 {TOV_IPC_GW_PEER_UP, TOV_BYTES_OF(noise)},
                 {TOV_IPC_GW_FRAME, TOV_BYTES_OF(noise)},
                 {0xee, TOV_BYTES_OF(noise)}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        TOV_CLEANUP(loop_fini) struct loop loop;
        loop_init(&loop, "loop-gateway");
        send_bytes(loop.gateway, cases[i].kind, cases[i].payload);
        /* A frame of three bytes is a peer's fault, which the node judges. */
        bool is_frame = cases[i].kind == TOV_IPC_GW_FRAME;
        UNIT_EQUAL_INT(run(&loop), TOV_EXIT_OK);
        CU_ASSERT((loop.process.gateway != NULL) == is_frame);
        CU_ASSERT(loop.process.front != NULL);
    }
}

static void a_front_that_says_anything_ends_its_own_socket_alone(void)
{
    TOV_CLEANUP(loop_fini) struct loop loop;
    static const uint8_t noise[3] = {9, 9, 9};
    loop_init(&loop, "loop-front");
    send_bytes(loop.front, TOV_IPC_FR_FRAME, TOV_BYTES_OF(noise));
    UNIT_EQUAL_INT(run(&loop), TOV_EXIT_OK);
    CU_ASSERT(loop.process.front == NULL && loop.process.gateway != NULL);
}

/* How often the supervisor is told that there is no gateway. */
static unsigned unlinks_told(struct loop *loop)
{
    unsigned count = 0;
    struct tov_ipc_frame frame;
    enum tov_ipc_link link;
    while (tov_ipc_wait(loop->supervisor, 0, &frame) == TOV_OK)
        if (frame.kind == TOV_IPC_SV_UNLINK && tov_ipc_read_link(frame.payload, &link) == TOV_OK)
            count += link == TOV_IPC_LINK_GATEWAY;
    return count;
}

/* Without that word no other would ever be let in. */
static void the_supervisor_is_told_that_a_gateway_is_gone(void)
{
    static const uint8_t noise[3] = {9, 9, 9};
    for (int says_noise = 0; says_noise < 2; says_noise++) {
        TOV_CLEANUP(loop_fini) struct loop loop;
        loop_init(&loop, "loop-unlink");
        if (says_noise != 0)
            send_bytes(loop.gateway, 0xee, TOV_BYTES_OF(noise));
        else
            UNIT_NEED(shutdown(tov_ipc_fd(loop.gateway), SHUT_RDWR) == 0);
        UNIT_EQUAL_INT(run(&loop), TOV_EXIT_OK);
        CU_ASSERT(loop.process.gateway == NULL);
        UNIT_EQUAL_INT(unlinks_told(&loop), 1);
    }
}

/* Memory is short when the supervisor is to be told. */
static unsigned unlinks_lost;
enum tov_err __wrap_tov_ipc_send_unlink(struct tov_ipc *ipc, enum tov_ipc_link link);
enum tov_err __real_tov_ipc_send_unlink(struct tov_ipc *ipc, enum tov_ipc_link link);
enum tov_err __wrap_tov_ipc_send_unlink(struct tov_ipc *ipc, enum tov_ipc_link link)
{
    if (unlinks_lost == 0)
        return __real_tov_ipc_send_unlink(ipc, link);
    unlinks_lost--;
    return TOV_E_NOMEM;
}

/* A core that lives on while a gateway goes: it is told to stop when it has said twice that it
 * lives. */
static struct tov_ipc *stop_by;
static unsigned alive;
enum tov_err __wrap_tov_ipc_send_kind(struct tov_ipc *ipc, enum tov_ipc_kind kind);
enum tov_err __real_tov_ipc_send_kind(struct tov_ipc *ipc, enum tov_ipc_kind kind);
enum tov_err __wrap_tov_ipc_send_kind(struct tov_ipc *ipc, enum tov_ipc_kind kind)
{
    if (kind == TOV_IPC_SV_ALIVE && stop_by != NULL && ++alive == 2)
        UNIT_NEED(__real_tov_ipc_send_kind(stop_by, TOV_IPC_SV_STOP) == TOV_OK &&
                  tov_ipc_flush(stop_by) == TOV_OK);
    return __real_tov_ipc_send_kind(ipc, kind);
}

static void a_word_to_the_supervisor_that_was_lost_is_said_again(void)
{
    TOV_CLEANUP(loop_fini) struct loop loop;
    loop_init(&loop, "loop-unlink-lost");
    unlinks_lost = 1;
    alive = 0;
    stop_by = loop.supervisor;
    UNIT_NEED(shutdown(tov_ipc_fd(loop.gateway), SHUT_RDWR) == 0);
    UNIT_EQUAL_INT(tov_process_run(&loop.process), TOV_EXIT_OK);
    stop_by = NULL;
    UNIT_EQUAL_INT(unlinks_lost, 0);
    UNIT_EQUAL_INT(unlinks_told(&loop), 1);
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
    UNIT_EQUAL_INT(unlinks_told(&loop), 1);
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

/* Each peer of the roster with its keys; one side alone dials, so that no two connections meet. */
static void the_gateway_is_told_whom_to_let_in_and_whom_to_dial(void)
{
    TOV_CLEANUP(loop_fini) struct loop loop;
    struct tov_ipc_frame frame;
    TOV_FREE struct tov_ipc_peer *peers = NULL;
    uint16_t own = 0;
    size_t count = 0;
    loop_init(&loop, "loop-peers");
    UNIT_OK(tov_process_send_peers(&loop.process));
    UNIT_NEED(tov_ipc_flush(loop.process.gateway) == TOV_OK);
    UNIT_NEED(tov_ipc_wait(loop.gateway, 1000, &frame) == TOV_OK);
    UNIT_EQUAL_INT(frame.kind, TOV_IPC_GW_PEERS);
    UNIT_OK(tov_ipc_read_peers(frame.payload, &own, &peers, &count));
    UNIT_EQUAL_INT(own, 1);
    UNIT_NEED(count == 1);
    UNIT_EQUAL_INT(peers[0].agency, 2);
    UNIT_EQUAL_INT(peers[0].dial, true);
    const struct tov_agency *peer = sim_federation_agency(loop.wire->federation, 1);
    UNIT_EQUAL_TEXT(peers[0].endpoint, peer->endpoints[0]);
    CU_ASSERT(memcmp(&peers[0].keys[0], peer->transport[0], 32) == 0);
}

/* ---- a batch that becomes full while frames are read ---- */

enum { BURST = 1500, FILLS = 200, IDLE_TURNS = 3 };

/* What stands in for the node: each FILLS requests its open batch is full until the turn ends. */
static struct {
    struct loop *loop; /* NULL: the real node is asked */
    bool busy;
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
    if (full.taken < BURST && full.idle_turns < IDLE_TURNS)
        return;
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
        UNIT_TEST(the_supervisor_is_told_that_a_gateway_is_gone),
        UNIT_TEST(a_word_to_the_supervisor_that_was_lost_is_said_again),
        UNIT_TEST(a_gateway_that_cannot_be_taken_ends_no_core),
        UNIT_TEST(without_its_guard_the_core_ends),
        UNIT_TEST(a_guard_that_says_noise_ends_the_core),
        UNIT_TEST(a_node_that_failed_ends_the_core_with_the_code_for_it),
        UNIT_TEST(a_front_that_cannot_be_taken_ends_no_core),
        UNIT_TEST(the_gateway_is_told_whom_to_let_in_and_whom_to_dial),
    };
    return unit_run("core_loop", tests, sizeof tests / sizeof tests[0]);
}

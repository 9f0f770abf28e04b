/* SPDX-License-Identifier: EUPL-1.2 */
#include "process_scene.h"

#include "base/cleanup.h"
#include "guard/guard_client.h"
#include "keys/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define QUEUE_BYTES (16u << 20)
#define WAIT_MS 30000

/* The linker gives what is in their place to the core. */
struct tov_sandbox_places;
enum tov_err __wrap_tov_sandbox_enter(int role, const struct tov_sandbox_places *places,
                                      struct tov_error *error);
enum tov_err __wrap_tov_filesystem_check(int dir_fd, const char *path, struct tov_error *error);
enum tov_err __wrap_tov_sandbox_enter(int role, const struct tov_sandbox_places *places,
                                      struct tov_error *error)
{
    (void)role;
    (void)places;
    (void)error;
    return TOV_OK;
}
enum tov_err __wrap_tov_filesystem_check(int dir_fd, const char *path, struct tov_error *error)
{
    (void)dir_fd;
    (void)path;
    (void)error;
    return TOV_OK;
}

/* ---- files ---- */

void process_scene_put(const struct process_scene *scene, const char *file, const char *content)
{
    char path[200];
    (void)snprintf(path, sizeof path, "%s/%s", scene->folder, file);
    (void)unlink(path);
    if (content == NULL)
        return;
    FILE *out = fopen(path, "we");
    UNIT_NEED(out != NULL && fputs(content, out) >= 0 && fclose(out) == 0);
    UNIT_NEED(chmod(path, 0600) == 0);
}

void process_scene_put_text(const struct process_scene *scene, const char *file,
                            struct tov_buf *text)
{
    tov_buf_put(text, "", 1);
    UNIT_NEED(text->failed == TOV_OK);
    process_scene_put(scene, file, (const char *)text->data);
}

void process_scene_configure(const struct process_scene *scene, const char *agency,
                             const char *more)
{
    char text[2000];
    const char *f = scene->folder;
    (void)snprintf(text, sizeof text,
                   "[node]\nagency = %s\nfederation = %s\ndata = %s/data\nguard = %s/guard\n"
                   "keys = %s/keys\n[clients]\nregistry = %s/clients.txt\n"
                   "[limits]\ndisk-reserve-mib = 1\n%s",
                   agency, f, f, f, f, f, more);
    process_scene_put(scene, "tovd.conf", text);
}

static struct tov_key *seed_for(struct sim_agency *agency, enum tov_key_purpose purpose)
{
    if (purpose == TOV_KEY_CONTROL)
        return &agency->control;
    return purpose == TOV_KEY_WITNESS ? &agency->witness : &agency->storage;
}

void process_scene_put_key(const struct process_scene *scene, const char *name,
                           enum tov_key_purpose purpose, const char *passphrase)
{
    static const struct tov_keytext_lock cheap = {.passes = 1, .memory_kib = 8};
    struct tov_key *seed = seed_for(&scene->federation->agencies[0], purpose);
    struct tov_key_place place = {.federation = SIM_FEDERATION, .owner = "a1", .generation = 1};
    struct tov_key_info info = {.purpose = purpose, .owner = "a1"};
    struct tov_keytext_text text;
    char file[64];
    UNIT_NEED(tov_key_name(purpose, &place, info.name) == TOV_OK);
    UNIT_NEED(tov_key_public(purpose, seed, info.public_key) == TOV_OK);
    struct tov_keytext_seal seal = {&info, seed, tov_bytes_of_text(passphrase ? passphrase : ""),
                                    &cheap};
    enum tov_err err = passphrase == NULL ? tov_keytext_format_plain(&info, seed, &text)
                                          : tov_keytext_format_locked(&seal, &text);
    UNIT_NEED(err == TOV_OK);
    text.text[text.size] = '\0';
    (void)snprintf(file, sizeof file, "keys/%s.key", name);
    process_scene_put(scene, file, text.text);
}

void process_scene_break_signature(const struct process_scene *scene)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    struct tov_roots roots = scene->federation->roots;
    UNIT_NEED(tov_vkey_make(tov_bytes_of_text(roots.keys[0].name), TOV_VKEY_ED25519,
                            sim_federation_agency(scene->federation, 0)->control,
                            &roots.keys[0]) == TOV_OK);
    tov_roots_format(&roots, &text); /* roots of somebody else by the same name */
    process_scene_put_text(scene, "roots.txt", &text);
}

static void put_federation(const struct process_scene *scene)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf roots = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf clients = TOV_BUF_INIT(TOV_CLIENTS_MAX_BYTES);
    const struct tov_clients *registry = scene->federation->agencies[0].clients;
    tov_buf_put_bytes(&note, tov_roster_note(scene->federation->roster));
    tov_roots_format(&scene->federation->roots, &roots);
    tov_clients_format_start("a1", &clients);
    for (size_t i = 0; i < tov_clients_count(registry); i++)
        tov_clients_format_entry(tov_clients_at(registry, i), &clients);
    process_scene_put_text(scene, "roster.txt", &note);
    process_scene_put_text(scene, "roots.txt", &roots);
    process_scene_put_text(scene, "clients.txt", &clients);
}

void process_scene_init(struct process_scene *scene, size_t count)
{
    static const char *const folders[] = {"data", "data/store", "guard", "keys"};
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    char path[200];
    *scene = (struct process_scene){.federation = sim_federation_create(count, 0)};
    (void)snprintf(scene->folder, sizeof scene->folder, "%s/tov-process-XXXXXX", base);
    UNIT_NEED(mkdtemp(scene->folder) != NULL);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", scene->folder, folders[i]);
        UNIT_NEED(mkdir(path, 0700) == 0);
    }
    (void)snprintf(scene->config, sizeof scene->config, "%s/tovd.conf", scene->folder);
    for (size_t i = 0; i < ENDS; i++)
        scene->far[i] = scene->near[i] = -1;
    process_scene_configure(scene, "a1", "");
    put_federation(scene);
    process_scene_put_key(scene, "control", TOV_KEY_CONTROL, NULL);
    process_scene_put_key(scene, "storage-root", TOV_KEY_STORAGE_ROOT, NULL);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

static void close_far(struct process_scene *scene)
{
    for (size_t i = 0; i < ENDS; i++) {
        if (scene->far[i] >= 0)
            (void)close(scene->far[i]);
        scene->far[i] = -1;
    }
}

void process_scene_fini(struct process_scene *scene)
{
    close_far(scene);
    (void)nftw(scene->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    sim_federation_destroy(scene->federation);
}

static void make_sockets(struct process_scene *scene)
{
    close_far(scene);
    for (size_t i = 0; i < ENDS; i++) {
        int fds[2];
        UNIT_NEED(tov_ipc_pair(fds) == TOV_OK);
        scene->near[i] = fds[0];
        scene->far[i] = fds[1];
    }
}

struct tov_role_arguments process_scene_arguments(struct process_scene *scene)
{
    if (scene->world == 0)
        make_sockets(scene);
    return (struct tov_role_arguments){.config = scene->config,
                                       .fd = -1,
                                       .guard_fd = scene->near[END_GUARD],
                                       .gateway_fd = scene->near[END_GATEWAY],
                                       .front_fd = scene->near[END_FRONT],
                                       .supervisor_fd = scene->near[END_SUPERVISOR]};
}

/* ---- the other processes ---- */

static void answer_guard(struct process_world *world, const struct tov_ipc_frame *frame)
{
    struct tov_guard_request request;
    struct tov_guard_answer *answer = calloc(1, sizeof *answer);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf payload = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    UNIT_NEED(answer != NULL);
    UNIT_NEED(tov_guard_request_decode(frame->kind, frame->payload, &request) == TOV_OK);
    UNIT_NEED(tov_guard_local_call(world->signer, &request, answer) == TOV_OK);
    UNIT_NEED(tov_guard_answer_encode(answer, &payload) == TOV_OK);
    struct tov_bytes bytes = tov_buf_view(&payload);
    UNIT_NEED(tov_ipc_send(world->guard, (uint8_t)(frame->kind + TOV_GUARD_ANSWER), &bytes, 1) ==
              TOV_OK);
    free(answer);
}

static void see_gateway(struct process_world *world, const struct tov_ipc_frame *frame)
{
    world->peer_lists += frame->kind == TOV_IPC_GW_PEERS;
    if (frame->kind != TOV_IPC_GW_FRAME)
        return;
    uint16_t agency;
    struct tov_bytes bytes;
    UNIT_NEED(tov_ipc_read_peer_frame(frame->payload, &agency, &bytes) == TOV_OK && agency == 2);
    world->peer_frames++;
    world->peer_bytes += bytes.size;
}

static void see_front(struct process_world *world, const struct tov_ipc_frame *frame)
{
    const struct tov_ipc_key *keys;
    struct tov_bytes bytes;
    if (frame->kind == TOV_IPC_FR_CLIENTS) {
        world->client_lists++;
        UNIT_NEED(tov_ipc_read_clients(frame->payload, &keys, &world->clients) == TOV_OK);
    }
    if (frame->kind != TOV_IPC_FR_FRAME)
        return;
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    UNIT_NEED(tov_ipc_read_reply(frame->payload, &world->connection, &bytes) == TOV_OK);
    UNIT_NEED(tov_api_reply_decode(bytes, &reply, NULL) == TOV_OK);
    world->error = tov_record_number(reply, "error");
    world->refused_busy += world->error == (uint64_t)TOV_E_BUSY;
    world->answers++;
}

static void see_supervisor(struct process_world *world, const struct tov_ipc_frame *frame)
{
    struct tov_bytes text;
    world->is_ready = world->is_ready || frame->kind == TOV_IPC_SV_READY;
    world->alive += frame->kind == TOV_IPC_SV_ALIVE;
    if (frame->kind != TOV_IPC_SV_STATUS)
        return;
    UNIT_NEED(tov_ipc_read_text(frame->payload, &text) == TOV_OK);
    world->is_serving = tov_bytes_equal(text, tov_bytes_of_text("serving"));
    (void)snprintf(world->status, sizeof world->status, "%.*s", (int)text.size,
                   (const char *)text.data);
}

typedef void see(struct process_world *world, const struct tov_ipc_frame *frame);

static void read_all(struct process_world *world, struct tov_ipc *ipc, see *what)
{
    struct tov_ipc_frame frame;
    enum tov_err err = tov_ipc_receive(ipc);
    world->is_closed = world->is_closed || err == TOV_E_CLOSED;
    while (err == TOV_OK && (err = tov_ipc_next(ipc, &frame)) == TOV_OK)
        what(world, &frame);
}

static void step(struct process_world *world)
{
    struct tov_ipc *ipcs[] = {world->guard, world->gateway, world->front, world->supervisor};
    static see *const sees[] = {answer_guard, see_gateway, see_front, see_supervisor};
    struct pollfd slots[ENDS];
    for (size_t i = 0; i < ENDS; i++) {
        (void)!tov_ipc_flush(ipcs[i]); /* its end is read as closed */
        slots[i] = (struct pollfd){.fd = tov_ipc_fd(ipcs[i]), .events = POLLIN};
    }
    UNIT_NEED(poll(slots, ENDS, WAIT_MS) > 0);
    for (size_t i = 0; i < ENDS; i++) {
        if (slots[i].revents != 0)
            read_all(world, ipcs[i], sees[i]);
    }
    for (size_t i = 0; i < ENDS; i++)
        (void)!tov_ipc_flush(ipcs[i]);
}

void process_world_until(struct process_world *world,
                         bool (*holds)(const struct process_world *world))
{
    while (!holds(world)) {
        UNIT_NEED(!world->is_closed);
        step(world);
    }
}

void process_world_until_closed(struct process_world *world)
{
    while (!world->is_closed)
        step(world);
}

void process_world_ask_as(struct process_world *world, struct tov_record request,
                          const uint8_t key[32], uint64_t connection)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_ipc_request sent = {.connection = connection};
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    memcpy(sent.client.bytes, key, sizeof sent.client.bytes);
    sent.frame = tov_buf_view(&frame);
    UNIT_NEED(tov_ipc_send_request(world->front, &sent) == TOV_OK);
}

void process_world_ask(struct process_world *world, struct tov_record request)
{
    uint8_t key[32];
    sim_caseworker_key(world->scene->federation, 0, key);
    process_world_ask_as(world, request, key, 77);
}

void process_world_relink(struct process_world *world, enum tov_ipc_link link)
{
    struct tov_ipc **ipc = link == TOV_IPC_LINK_FRONT ? &world->front : &world->gateway;
    int fds[2];
    tov_ipc_destroy(*ipc);
    UNIT_NEED(tov_ipc_pair(fds) == TOV_OK);
    UNIT_NEED(tov_ipc_create(fds[1], QUEUE_BYTES, ipc) == TOV_OK);
    UNIT_NEED(tov_ipc_send_link(world->supervisor, link, fds[0]) == TOV_OK);
    (void)close(fds[0]);
}

void process_world_terminate(const struct process_world *world)
{
    (void)world;
    UNIT_NEED(kill(getppid(), SIGTERM) == 0);
}

static void world_init(struct process_world *world, struct process_scene *scene)
{
    const struct sim_agency *agency = &scene->federation->agencies[0];
    struct tov_guard_local_options options = {
        .ledger_origin = sim_federation_agency(scene->federation, 0)->ledger.name,
        .ledger_seed = agency->ledger,
        .journal_seed = agency->journal,
        .witness_seed = agency->witness,
        .roster = tov_roster_facts(scene->federation->roster),
        .fresh = true};
    struct tov_ipc **ipcs[] = {&world->guard, &world->gateway, &world->front, &world->supervisor};
    *world = (struct process_world){.scene = scene};
    UNIT_NEED(tov_guard_local_create(&options, &world->signer, NULL) == TOV_OK);
    for (size_t i = 0; i < ENDS; i++) {
        (void)close(scene->near[i]);
        UNIT_NEED(tov_ipc_create(scene->far[i], QUEUE_BYTES, ipcs[i]) == TOV_OK);
    }
}

void process_world_begin(struct process_scene *scene, void (*play)(struct process_world *world))
{
    struct process_world world;
    sigset_t term;
    (void)sigemptyset(
        &term); /* the core reads it from a descriptor, but not from its first moment */
    (void)sigaddset(&term, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &term, NULL);
    make_sockets(scene);
    (void)fflush(NULL);
    scene->world = fork();
    UNIT_NEED(scene->world >= 0);
    if (scene->world == 0) {
        world_init(&world, scene);
        play(&world);
        _exit(0);
    }
    close_far(scene);
}

void process_world_end(struct process_scene *scene)
{
    int status = -1;
    UNIT_NEED(waitpid(scene->world, &status, 0) == scene->world);
    UNIT_EQUAL_INT(status, 0);
    scene->world = 0;
}

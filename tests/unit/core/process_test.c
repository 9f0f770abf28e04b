/* SPDX-License-Identifier: EUPL-1.2
 *
 * The core as a role process, from its arguments to its exit code: what is wrong with its files is
 * named and told by a code of its own, want of memory is never a matter for a person, and it
 * serves guard, gateway, front and supervisor, which a child of this process plays.
 * Not for: the sandbox and the filesystem, which are asked elsewhere and let everything pass here.
 */
#include "process_scene.h"

#include "api/api_internal.h"
#include "core_process.h"
#include "exit_codes.h"
#include "ledger/tables.h"
#include "supervisor/supervisor.h"
#include "support/refuse.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CALLS_MAX 4000u

/* A question that takes 5 ms of the core. */
#define SLOW_US 5000u
enum tov_err __real_tov_api_directory(struct api_call *call);
enum tov_err __wrap_tov_api_directory(struct api_call *call);
enum tov_err __wrap_tov_api_directory(struct api_call *call)
{
    uint64_t until_us = tov_core_clock_mono_us() + SLOW_US;
    while (tov_core_clock_mono_us() < until_us)
        continue;
    return __real_tov_api_directory(call);
}

/* ---- starting ---- */

#define NONE UINT_MAX

/* With the call number NTH refused by CODE. */
static int start_refused(struct process_scene *scene, unsigned nth, int code)
{
    struct tov_process *process = calloc(1, sizeof *process);
    UNIT_NEED(process != NULL);
    struct tov_role_arguments arguments = process_scene_arguments(scene);
    refuse_begin(nth, code);
    int exit_code = tov_process_start(process, &arguments);
    CU_ASSERT((process->node != NULL) == (exit_code == TOV_EXIT_OK));
    tov_process_end(process);
    free(process);
    return exit_code;
}

static int start_of(struct process_scene *scene)
{
    int code = start_refused(scene, NONE, 0);
    (void)refuse_end();
    return code;
}

static void a_core_starts_from_its_files_and_again(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 2);
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_OK);
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_OK);
}

static void what_is_wrong_with_a_file_has_its_own_code(void)
{
    static const char other_agency[] = "tov-clients v1\nagency a2\n";
    const struct {
        const char *file, *content; /* content NULL: it is gone */
        int code;
    } rows[] = {
        {"tovd.conf", NULL, TOV_EXIT_CONFIG},
        {"tovd.conf", "[node]\nagency = a1\n", TOV_EXIT_CONFIG},
        {"roster.txt", NULL, TOV_EXIT_CONFIG},
        {"roster.txt", "not a roster\n", TOV_EXIT_CONFIG},
        {"roots.txt", NULL, TOV_EXIT_CONFIG},
        {"roots.txt", "not roots\n", TOV_EXIT_CONFIG},
        {"clients.txt", NULL, TOV_EXIT_CONFIG},
        {"clients.txt", "not clients\n", TOV_EXIT_CONFIG},
        {"clients.txt", other_agency, TOV_EXIT_CONFIG},
        {"keys/control.key", NULL, TOV_EXIT_KEY},
        {"keys/control.key", "no key\n", TOV_EXIT_KEY},
        {"keys/storage-root.key", NULL, TOV_EXIT_KEY},
        {"data/store/data.mdb", "not a database, but longer than nothing", TOV_EXIT_CORRUPT},
        {"data/blobs", "a file where a folder should be", TOV_EXIT_IO},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TOV_CLEANUP(process_scene_fini) struct process_scene scene;
        process_scene_init(&scene, 2);
        process_scene_put(&scene, rows[i].file, rows[i].content);
        int code = start_of(&scene);
        if (code != rows[i].code)
            (void)fprintf(stderr, "%s, row %zu\n", rows[i].file, i);
        UNIT_EQUAL_INT(code, rows[i].code);
    }
}

static void a_roster_that_nobody_trusted_signed_is_refused(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 2);
    process_scene_break_signature(&scene);
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_ROSTER);
}

static void a_key_for_another_purpose_is_refused(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 2);
    process_scene_put_key(&scene, "control", TOV_KEY_WITNESS, NULL);
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_KEY);
}

static void a_control_key_that_the_roster_does_not_have_is_refused(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 2);
    scene.federation->agencies[0].control.bytes[0] ^= 1;
    process_scene_put_key(&scene, "control", TOV_KEY_CONTROL, NULL);
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_KEY);
}

/* What was in force at the node before, by its store. */
static void adopt(const struct process_scene *scene, const struct tov_roster *roster)
{
    char path[200];
    struct tov_store_options options = {
        .tables = tov_tables, .table_count = TOV_TABLE_COUNT, .format = TOV_STORE_FORMAT};
    TOV_CLEANUP(tov_store_cleanup) struct tov_store *store = NULL;
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    (void)snprintf(path, sizeof path, "%s/data/store", scene->folder);
    UNIT_NEED(tov_store_open(path, &options, &store, NULL) == TOV_OK);
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_put(batch, TOV_TABLE_ROSTER, tov_store_key_u32(tov_roster_version(roster)),
                        tov_roster_note(roster));
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
}

/* The file is the federation's roster, or a later one that follows it. */
static void put_roster(const struct process_scene *scene, uint32_t version)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    struct tov_roster_facts facts = *tov_roster_facts(scene->federation->roster);
    if (version > facts.version)
        facts.previous = tov_roster_hash(scene->federation->roster);
    facts.version = version;
    sim_sign_roster(scene->federation, &facts, &note);
    process_scene_put_text(scene, "roster.txt", &note);
}

/* docs/roster.md, Trust: a file of before brings back keys that were withdrawn since. */
static void a_roster_that_may_not_follow_the_one_in_force_is_refused(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 2);
    const struct tov_roster *first = scene.federation->roster;
    const struct {
        uint32_t version;   /* of the one in force */
        uint64_t more_days; /* that it is valid */
        uint32_t file_version;
        int code;
    } rows[] = {{1, 0, 1, TOV_EXIT_OK},    {1, 1, 1, TOV_EXIT_ROSTER},
                {1, 0, 2, TOV_EXIT_OK},    {1, 1, 2, TOV_EXIT_ROSTER}, /* it follows another */
                {1, 1, 3, TOV_EXIT_OK}, /* what came between is not here */
                {2, 0, 1, TOV_EXIT_ROSTER}};
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_OK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
        TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
        struct tov_roster_facts facts = *tov_roster_facts(first);
        put_roster(&scene, rows[i].file_version);
        facts.version = rows[i].version;
        facts.valid_until_ms += rows[i].more_days * 86400000u;
        if (facts.version > 1)
            facts.previous = tov_roster_hash(first);
        tov_roster_format(&facts, &text);
        UNIT_NEED(tov_roster_parse(tov_buf_view(&text), &roster, NULL) == TOV_OK);
        adopt(&scene, roster);
        UNIT_EQUAL_INT(start_of(&scene), rows[i].code);
    }
}

/* docs/keys.md: the passphrase is a credential of the unit. */
static void a_locked_key_opens_by_the_credential_alone(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 2);
    process_scene_put_key(&scene, "control", TOV_KEY_CONTROL, "a passphrase of the test");
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_KEY);
    UNIT_NEED(setenv("CREDENTIALS_DIRECTORY", scene.folder, 1) == 0);
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_KEY); /* there is none yet */
    process_scene_put(&scene, "core-passphrase", "another one\n");
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_KEY);
    process_scene_put(&scene, "core-passphrase", "a passphrase of the test\n");
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_OK);
    (void)unsetenv("CREDENTIALS_DIRECTORY");
}

static void an_agency_that_the_roster_does_not_have_is_refused(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 2);
    process_scene_configure(&scene, "a9", "");
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_CONFIG);
}

static void two_cores_never_have_one_store(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    struct tov_process *first = calloc(1, sizeof *first);
    UNIT_NEED(first != NULL);
    process_scene_init(&scene, 2);
    struct tov_role_arguments arguments = process_scene_arguments(&scene);
    UNIT_EQUAL_INT(tov_process_start(first, &arguments), TOV_EXIT_OK);
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_SECOND);
    tov_process_end(first);
    free(first);
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_OK);
}

/* ROWS rows of a page each, at which a start does not look before its first turn. */
static void fill_store(const struct process_scene *scene, uint32_t rows)
{
    char path[200];
    uint8_t row[3000] = {1};
    struct tov_store_options options = {
        .tables = tov_tables, .table_count = TOV_TABLE_COUNT, .format = TOV_STORE_FORMAT};
    TOV_CLEANUP(tov_store_cleanup) struct tov_store *store = NULL;
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    (void)snprintf(path, sizeof path, "%s/data/store", scene->folder);
    UNIT_NEED(tov_store_open(path, &options, &store, NULL) == TOV_OK);
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    for (uint32_t i = 0; i < rows; i++)
        tov_store_batch_put(batch, TOV_TABLE_BOOK, tov_store_key_u64(i), TOV_BYTES_OF(row));
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
}

/* How often the core of the last start said to its supervisor that it lives. */
static unsigned count_alive(struct process_scene *scene)
{
    struct tov_ipc *supervisor = NULL;
    struct tov_ipc_frame frame;
    unsigned count = 0;
    UNIT_NEED(tov_ipc_create(scene->far[END_SUPERVISOR], 1u << 20, &supervisor) == TOV_OK);
    scene->far[END_SUPERVISOR] = -1;
    while (tov_ipc_receive(supervisor) == TOV_OK)
        while (tov_ipc_next(supervisor, &frame) == TOV_OK)
            count += frame.kind == TOV_IPC_SV_ALIVE;
    tov_ipc_destroy(supervisor);
    return count;
}

/* systemd counts 30 seconds, and a store may take more: but not a word each page. */
static void a_core_that_reads_its_store_whole_says_that_it_lives(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 2);
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_OK);
    UNIT_EQUAL_INT(count_alive(&scene), 0);
    fill_store(&scene, 3000);
    uint64_t began_ms = tov_core_clock_mono();
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_OK);
    uint64_t seconds = (tov_core_clock_mono() - began_ms) / 1000;
    unsigned said = count_alive(&scene);
    CU_ASSERT(said >= 1 && said <= seconds + 1);
}

/* A store with damage at which a start does not look, and too large to be read whole each time. */
static void damage_large_store(const struct process_scene *scene, bool is_damaged)
{
    char path[200];
    const uint8_t byte = is_damaged ? 0xFF : 0;
    (void)snprintf(path, sizeof path, "%s/data/store/data.mdb", scene->folder);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    UNIT_NEED(fd >= 0 && ftruncate(fd, (off_t)TOV_STORE_CHECK_BYTES + 4096) == 0);
    UNIT_NEED(pwrite(fd, &byte, 1, 1500 * 4096 + 1000) == 1); /* within a row */
    (void)close(fd);
}

/* docs/recovery.md: also when the service, whose supervisor knew of the fault, is started anew. */
static void a_large_store_is_read_whole_from_a_fault_on_until_it_was(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 2);
    fill_store(&scene, 3000);
    damage_large_store(&scene, true);
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_OK);
    UNIT_NEED(setenv(TOV_ROLE_CHECK_STORE, "1", 1) == 0);
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_CORRUPT);
    UNIT_NEED(unsetenv(TOV_ROLE_CHECK_STORE) == 0);
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_CORRUPT);
    damage_large_store(&scene, false);
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_OK);
    CU_ASSERT(count_alive(&scene) >= 1);
    damage_large_store(&scene, true);
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_OK);
    UNIT_EQUAL_INT(count_alive(&scene), 0);
    process_scene_put(&scene, "data/store-unread", ""); /* as an operator may */
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_CORRUPT);
}

static void arguments_that_are_missing_are_wrong_usage(void)
{
    char *none[] = {(char[]){"tovd"}, NULL};
    char *some[] = {(char[]){"tovd"},       (char[]){"--config"}, (char[]){"/tmp/x"},
                    (char[]){"--guard-fd"}, (char[]){"3"},        NULL};
    char *wrong[] = {(char[]){"tovd"}, (char[]){"--no-such"}, NULL};
    UNIT_EQUAL_INT(tov_core_main(1, none), TOV_EXIT_USAGE);
    UNIT_EQUAL_INT(tov_core_main(5, some), TOV_EXIT_USAGE);
    UNIT_EQUAL_INT(tov_core_main(2, wrong), TOV_EXIT_USAGE);
}

/* Nothing half: it starts, or ends with a code, and afterwards it starts. Whatever memory is
 * missing, another try may find it: nobody is called for it. */
static void a_start_that_is_refused_something_ends_clean(void)
{
    static const int codes[] = {EIO, ENOMEM};
    unsigned every = unit_every("TOV_FAULT_EVERY", 3);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        TOV_CLEANUP(process_scene_fini) struct process_scene scene;
        bool is_refused = true;
        unsigned nth = 0;
        process_scene_init(&scene, 2);
        for (; is_refused && nth < CALLS_MAX; nth += every) {
            int code = start_refused(&scene, nth, codes[i]);
            is_refused = refuse_end();
            bool is_for_a_person = code != TOV_EXIT_OK &&
                                   tov_exit_remedy((enum tov_exit)code) == TOV_EXIT_NEEDS_A_PERSON;
            bool is_memory = strstr(refuse_what(), "alloc") != NULL;
            if (is_refused && is_memory && is_for_a_person)
                (void)fprintf(stderr, "call %u, %s: exit %d\n", nth, refuse_what(), code);
            CU_ASSERT(!is_refused || !is_memory || !is_for_a_person);
            CU_ASSERT(is_refused || code == TOV_EXIT_OK);
        }
        CU_ASSERT(nth > 60 && nth < CALLS_MAX);
        UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_OK);
    }
}

/* ---- running ---- */

static int run_core(struct process_scene *scene)
{
    struct tov_role_arguments given = process_scene_arguments(scene);
    char numbers[4][12];
    const int fds[] = {given.guard_fd, given.gateway_fd, given.front_fd, given.supervisor_fd};
    for (size_t i = 0; i < 4; i++)
        (void)snprintf(numbers[i], sizeof numbers[i], "%d", fds[i]);
    char *arguments[] = {(char[]){"tovd"},
                         (char[]){"--config"},
                         (char *)scene->config,
                         (char[]){"--guard-fd"},
                         numbers[0],
                         (char[]){"--gateway-fd"},
                         numbers[1],
                         (char[]){"--front-fd"},
                         numbers[2],
                         (char[]){"--supervisor-fd"},
                         numbers[3],
                         NULL};
    return tov_core_main(11, arguments);
}

/* PLAY is the other processes, in a child of this one; how the core ended. */
static int run_with(struct process_scene *scene, void (*play)(struct process_world *world))
{
    process_world_begin(scene, play);
    int code = run_core(scene);
    process_world_end(scene);
    return code;
}

static bool is_ready(const struct process_world *world)
{
    return world->is_ready && world->is_serving;
}
static bool has_answer(const struct process_world *world)
{
    return world->answers > 0;
}

static struct tov_record request_of(const char *what, struct tov_record *out_body)
{
    struct tov_record request = {0};
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_put_number(request, "id", 5) == TOV_OK);
    UNIT_NEED(tov_record_open(request, what, out_body) == TOV_OK);
    return request;
}

static struct tov_record hello_request(void)
{
    struct tov_record hello;
    struct tov_record request = request_of("hello", &hello);
    UNIT_NEED(tov_record_put_number(hello, "api_min", 1) == TOV_OK);
    UNIT_NEED(tov_record_put_number(hello, "api_max", 1) == TOV_OK);
    return request;
}

static void ask_hello(struct process_world *world)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = hello_request();
    world->answers = 0;
    process_world_ask(world, request);
    process_world_until(world, has_answer);
    UNIT_NEED(world->error == 0 && world->connection == 77);
}

static bool knows_clients(const struct process_world *world)
{
    return world->client_lists > 0;
}
static bool knows_peers(const struct process_world *world)
{
    return world->peer_lists > 0;
}
static bool is_quiet_about_clients(const struct process_world *world)
{
    return world->alive > 1 && world->client_lists == 0;
}

static void reload_with(struct process_world *world, const char *file)
{
    const struct tov_ipc_frame frame = {.kind = TOV_IPC_SV_RELOAD};
    char path[200];
    (void)snprintf(path, sizeof path, "%s/%s", world->scene->folder, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    UNIT_NEED(fd >= 0);
    world->client_lists = world->alive = 0;
    UNIT_NEED(tov_ipc_send_fd(world->supervisor, &frame, fd) == TOV_OK);
    (void)close(fd);
}

static void play_a_day(struct process_world *world)
{
    UNIT_NEED(tov_ipc_send_kind(world->gateway, TOV_IPC_GW_READY) == TOV_OK);
    UNIT_NEED(tov_ipc_send_kind(world->front, TOV_IPC_FR_READY) == TOV_OK);
    process_world_until(world, is_ready);
    UNIT_NEED(world->client_lists == 1 && world->clients == 2 && world->peer_lists == 1);
    ask_hello(world);
    UNIT_NEED(tov_ipc_send_kind(world->supervisor, TOV_IPC_SV_DUMP) == TOV_OK);
    reload_with(world, "clients.txt");
    process_world_until(world, knows_clients);
    reload_with(world, "roster.txt"); /* is none: the old one holds */
    process_world_until(world, is_quiet_about_clients);
    UNIT_NEED(tov_ipc_send_kind(world->supervisor, TOV_IPC_SV_RELOAD) == TOV_OK); /* no file */
    world->alive = 0;
    process_world_until(world, is_quiet_about_clients);
    ask_hello(world);
    /* The front dies and is started again: it is told whom it may let in. */
    world->client_lists = 0;
    process_world_relink(world, TOV_IPC_LINK_FRONT);
    process_world_until(world, knows_clients);
    UNIT_NEED(tov_ipc_send_kind(world->front, TOV_IPC_FR_READY) == TOV_OK);
    ask_hello(world);
    UNIT_NEED(tov_ipc_send_connection(world->front, TOV_IPC_FR_GONE, 77) == TOV_OK);
    world->peer_lists = 0;
    process_world_relink(world, TOV_IPC_LINK_GATEWAY);
    process_world_until(world, knows_peers);
    UNIT_NEED(tov_ipc_send_kind(world->supervisor, TOV_IPC_SV_STOP) == TOV_OK);
    process_world_until_closed(world);
}

static void a_core_serves_its_neighbours_over_their_deaths_until_it_is_told_to_stop(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 1); /* alone, it waits for no keeper */
    UNIT_EQUAL_INT(run_with(&scene, play_a_day), TOV_EXIT_OK);
    /* What it wrote is there, and the guard's state goes on from it. */
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_OK);
}

static bool is_ready_without_a_gateway(const struct process_world *world)
{
    return world->is_ready && strcmp(world->status, "serving; no gateway is connected") == 0;
}

/* It comes when the other machine is up. */
static void play_a_late_gateway(struct process_world *world)
{
    UNIT_NEED(tov_ipc_send_kind(world->front, TOV_IPC_FR_READY) == TOV_OK);
    process_world_until(world, is_ready_without_a_gateway);
    ask_hello(world);
    UNIT_NEED(tov_ipc_send_kind(world->gateway, TOV_IPC_GW_READY) == TOV_OK);
    process_world_until(world, is_ready);
    UNIT_NEED(tov_ipc_send_kind(world->supervisor, TOV_IPC_SV_STOP) == TOV_OK);
    process_world_until_closed(world);
}

static void a_core_whose_gateway_runs_apart_serves_its_own_agency_without_it(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 1);
    process_scene_configure(&scene, "a1", "[peers]\ngateway = /tmp/tov-no-gateway.sock\n");
    UNIT_EQUAL_INT(run_with(&scene, play_a_late_gateway), TOV_EXIT_OK);
}

#define GREEDY 3000u /* questions: 15 seconds of work */

static bool has_answered_the_other(const struct process_world *world)
{
    return world->answers > 0 && world->connection == 78;
}

static void play_a_greedy_client(struct process_world *world)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record hello = hello_request();
    struct tov_record body;
    TOV_CLEANUP(tov_record_destroy) struct tov_record slow = request_of("directory", &body);
    uint8_t auditor[32];
    sim_auditor_key(world->scene->federation, 0, auditor);
    UNIT_NEED(tov_ipc_send_kind(world->gateway, TOV_IPC_GW_READY) == TOV_OK);
    UNIT_NEED(tov_ipc_send_kind(world->front, TOV_IPC_FR_READY) == TOV_OK);
    process_world_until(world, is_ready);
    world->alive = 0;
    for (unsigned i = 0; i < GREEDY; i++)
        process_world_ask(world, slow);
    process_world_ask_as(world, hello, auditor, 78);
    process_world_until(world, has_answered_the_other);
    /* It lived all the while, and who asks without end waits, not who asks once. */
    UNIT_NEED(world->error == 0 && world->alive >= 1);
    UNIT_NEED(world->answers <= GREEDY + 1 && world->refused_busy > GREEDY / 2);
    UNIT_NEED(world->answers - world->refused_busy > 10); /* what is its share it got */
    process_world_terminate(world);
    process_world_until_closed(world);
}

static void one_client_that_asks_without_end_keeps_nobody_waiting(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 1);
    UNIT_EQUAL_INT(run_with(&scene, play_a_greedy_client), TOV_EXIT_OK);
}

/* ---- refused while it runs ---- */

static bool is_over(const struct process_world *world)
{
    return world->is_closed || world->alive > 2;
}
static bool is_serving_or_over(const struct process_world *world)
{
    return world->is_serving || is_over(world);
}
static bool has_answer_or_over(const struct process_world *world)
{
    return world->answers > 0 || is_over(world);
}

/* Whatever becomes of it: what it is told may be lost with its socket. */
static void play_a_short_day(struct process_world *world)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    struct tov_record status;
    (void)!tov_ipc_send_kind(world->gateway, TOV_IPC_GW_READY);
    (void)!tov_ipc_send_kind(world->front, TOV_IPC_FR_READY);
    process_world_until(world, is_serving_or_over);
    if (world->is_closed)
        return;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_put_number(request, "id", 5) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "directory", &status) == TOV_OK);
    process_world_ask(world, request);
    (void)!tov_ipc_send_kind(world->supervisor, TOV_IPC_SV_RELOAD);
    process_world_until(world, has_answer_or_over);
    (void)!tov_ipc_send_kind(world->supervisor, TOV_IPC_SV_STOP);
    process_world_until_closed(world);
}

/* It ends as it was told, or by a code of its own; and it begins again from what it wrote. */
static void a_core_that_is_refused_memory_ends_or_goes_on_and_begins_again(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    bool is_refused = true;
    process_scene_init(&scene, 1);
    for (unsigned nth = 0; is_refused && nth < CALLS_MAX; nth++) {
        process_world_begin(&scene, play_a_short_day);
        refuse_memory_begin(nth); /* in this process alone */
        int code = run_core(&scene);
        is_refused = refuse_end();
        for (size_t i = 0; i < ENDS; i++) /* those that it never came to: a process would end */
            (void)shutdown(scene.near[i], SHUT_RDWR);
        process_world_end(&scene);
        bool is_for_a_person =
            code != TOV_EXIT_OK && tov_exit_remedy((enum tov_exit)code) == TOV_EXIT_NEEDS_A_PERSON;
        if (is_for_a_person)
            (void)fprintf(stderr, "call %u, %s: exit %d\n", nth, refuse_what(), code);
        CU_ASSERT(!is_for_a_person);
        CU_ASSERT(is_refused || code == TOV_EXIT_OK);
    }
    UNIT_EQUAL_INT(start_of(&scene), TOV_EXIT_OK);
}

static bool has_waited(const struct process_world *world)
{
    return world->alive > 0 && world->is_ready;
}
static bool has_sent(const struct process_world *world)
{
    return world->peer_frames > 0;
}

/* A peer comes, is greeted, and says noise; nobody else notices. */
static void play_a_peer(struct process_world *world)
{
    static const uint8_t noise[] = {1, 2, 3};
    UNIT_NEED(tov_ipc_send_kind(world->gateway, TOV_IPC_GW_READY) == TOV_OK);
    UNIT_NEED(tov_ipc_send_kind(world->front, TOV_IPC_FR_READY) == TOV_OK);
    process_world_until(world, has_waited);
    UNIT_NEED(!world->is_serving); /* its keeper was not heard */
    UNIT_NEED(tov_ipc_send_agency(world->gateway, TOV_IPC_GW_PEER_UP, 2) == TOV_OK);
    process_world_until(world, has_sent);
    UNIT_NEED(tov_ipc_send_peer_frame(world->gateway, 2, TOV_BYTES_OF(noise)) == TOV_OK);
    UNIT_NEED(tov_ipc_send_amount(world->gateway, TOV_IPC_GW_CREDIT, 2,
                                  (uint32_t)world->peer_bytes) == TOV_OK);
    UNIT_NEED(tov_ipc_send_agency(world->gateway, TOV_IPC_GW_PEER_DOWN, 2) == TOV_OK);
    world->alive = 0;
    process_world_until(world, has_waited);
    process_world_terminate(world);
    process_world_until_closed(world);
}

static void a_core_waits_for_its_keepers_and_ends_by_a_signal(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 2);
    UNIT_EQUAL_INT(run_with(&scene, play_a_peer), TOV_EXIT_OK);
}

static bool is_serving(const struct process_world *world)
{
    return world->is_serving;
}

static void play_a_death(struct process_world *world)
{
    process_world_until(world, is_serving);
}

static void a_core_whose_supervisor_is_gone_ends(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 1);
    UNIT_EQUAL_INT(run_with(&scene, play_a_death), TOV_EXIT_PARENT_GONE);
}

static void play_noise_of_the_supervisor(struct process_world *world)
{
    UNIT_NEED(tov_ipc_send_kind(world->supervisor, TOV_IPC_GW_READY) == TOV_OK);
    process_world_until_closed(world);
}

static void a_supervisor_that_says_nonsense_is_a_fault_of_tovd(void)
{
    TOV_CLEANUP(process_scene_fini) struct process_scene scene;
    process_scene_init(&scene, 1);
    UNIT_EQUAL_INT(run_with(&scene, play_noise_of_the_supervisor), TOV_EXIT_INTERNAL);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_core_starts_from_its_files_and_again),
        UNIT_TEST(what_is_wrong_with_a_file_has_its_own_code),
        UNIT_TEST(a_roster_that_nobody_trusted_signed_is_refused),
        UNIT_TEST(a_key_for_another_purpose_is_refused),
        UNIT_TEST(a_control_key_that_the_roster_does_not_have_is_refused),
        UNIT_TEST(a_roster_that_may_not_follow_the_one_in_force_is_refused),
        UNIT_TEST(a_locked_key_opens_by_the_credential_alone),
        UNIT_TEST(an_agency_that_the_roster_does_not_have_is_refused),
        UNIT_TEST(two_cores_never_have_one_store),
        UNIT_TEST(a_core_that_reads_its_store_whole_says_that_it_lives),
        UNIT_TEST(a_large_store_is_read_whole_from_a_fault_on_until_it_was),
        UNIT_TEST(arguments_that_are_missing_are_wrong_usage),
        UNIT_TEST(a_start_that_is_refused_something_ends_clean),
        UNIT_TEST(a_core_serves_its_neighbours_over_their_deaths_until_it_is_told_to_stop),
        UNIT_TEST(a_core_whose_gateway_runs_apart_serves_its_own_agency_without_it),
        UNIT_TEST(one_client_that_asks_without_end_keeps_nobody_waiting),
        UNIT_TEST(a_core_that_is_refused_memory_ends_or_goes_on_and_begins_again),
        UNIT_TEST(a_core_waits_for_its_keepers_and_ends_by_a_signal),
        UNIT_TEST(a_core_whose_supervisor_is_gone_ends),
        UNIT_TEST(a_supervisor_that_says_nonsense_is_a_fault_of_tovd),
    };
    return unit_run("core_process", tests, sizeof tests / sizeof tests[0]);
}

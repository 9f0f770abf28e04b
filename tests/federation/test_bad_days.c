/* SPDX-License-Identifier: EUPL-1.2
 *
 * Bad days of an operator: a whole tovd that cannot start or go on ends by itself with the exit
 * code of docs/exit-codes.md, after a line that says which file or address and what to do.
 * A full disk, which it survives: test_federation_full.c.
 */
#include "exit_codes.h"
#include "federation/federation.h"
#include "federation/files.h"
#include "federation/note.h"
#include "federation/process.h"
#include "federation/record.h"
#include "ledger/tables.h"
#include "store/store.h"
#include "support/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENDS_MS 60000
#define SERVES_MS 60000
#define FRONT_OFFSET 3u

static struct federation federation;
static int held_port = -1;

/* ---- what goes wrong, each at kk's node before it is started ---- */

static void path_of(char out[FEDERATION_PATH_SIZE], const char *name)
{
    federation_path(&federation, out, "nodes/kk/%s", name);
}

static void change(const char *name, const char *old_text, const char *new_text)
{
    char path[FEDERATION_PATH_SIZE];
    path_of(path, name);
    files_change(path, old_text, new_text);
}

static void swap_keys(const char *good, const char *wrong)
{
    char from[FEDERATION_PATH_SIZE], to[FEDERATION_PATH_SIZE];
    federation_path(&federation, from, "nodes/kk/keys/%s.key", wrong);
    federation_path(&federation, to, "nodes/kk/keys/%s.key", good);
    files_copy(from, to);
}

static void open_to_others(const char *name)
{
    char path[FEDERATION_PATH_SIZE];
    path_of(path, name);
    UNIT_NEED(chmod(path, 0644) == 0);
}

static void lose(const char *name)
{
    char path[FEDERATION_PATH_SIZE];
    path_of(path, name);
    UNIT_NEED(unlink(path) == 0);
}

static void give_the_core_a_key_of_another_purpose(void)
{
    swap_keys("control", "transport");
}

static void give_the_gateway_a_key_of_another_purpose(void)
{
    swap_keys("transport", "front");
}

static void give_the_front_a_key_of_another_purpose(void)
{
    swap_keys("front", "transport");
}

static void give_the_guard_a_key_of_another_purpose(void)
{
    swap_keys("ledger", "witness");
}

static void give_the_guard_the_key_of_another_agency(void)
{
    char from[FEDERATION_PATH_SIZE], to[FEDERATION_PATH_SIZE];
    federation_path(&federation, from, "nodes/krfo/keys/ledger.key");
    path_of(to, "keys/ledger.key");
    files_copy(from, to);
}

static void let_others_read_the_cores_key(void)
{
    open_to_others("keys/storage-root.key");
}

static void let_others_read_the_gateways_key(void)
{
    open_to_others("keys/transport.key");
}

static void let_others_read_the_fronts_key(void)
{
    open_to_others("keys/front.key");
}

static void let_others_read_the_guards_key(void)
{
    open_to_others("keys/journal.key");
}

static void let_others_read_the_guards_state(void)
{
    open_to_others("guard/ledger.state");
}

static void lose_the_cores_key(void)
{
    lose("keys/control.key");
}

static void lose_the_gateways_key(void)
{
    lose("keys/transport.key");
}

static void lose_the_guards_key(void)
{
    lose("keys/ledger.key");
}

static void damage_a_key(void)
{
    change("keys/control.key", "purpose control", "purpose c\xff\xfe");
}

/* The demo's roster has two signatures, and needs two. */
static void take_a_signature_from_the_roster(void)
{
    char path[FEDERATION_PATH_SIZE];
    federation_path(&federation, path, "roster");
    char *text = files_read(path);
    UNIT_NEED(text != NULL);
    char *last = strstr(text, "\xe2\x80\x94 infohus-demo/root/politi");
    UNIT_NEED(last != NULL);
    *last = '\0';
    files_write(path, text);
    free(text);
}

static void change_a_word_of_the_signed_roster(void)
{
    char path[FEDERATION_PATH_SIZE];
    federation_path(&federation, path, "roster");
    files_change(path, "roles koordinator_krfo sagsbehandler", "roles koordinator_krfo");
}

static void put_something_else_in_the_rosters_place(void)
{
    char path[FEDERATION_PATH_SIZE];
    federation_path(&federation, path, "roster");
    files_write(path, "Kære alle, her er listen\n");
}

static void put_something_else_in_the_roots_place(void)
{
    char path[FEDERATION_PATH_SIZE];
    federation_path(&federation, path, "roots");
    files_write(path, "tov-roots v1\nthreshold mange\n");
}

static void lose_the_roster(void)
{
    char path[FEDERATION_PATH_SIZE];
    federation_path(&federation, path, "roster");
    UNIT_NEED(unlink(path) == 0);
}

static void lose_the_roots(void)
{
    char path[FEDERATION_PATH_SIZE];
    federation_path(&federation, path, "roots");
    UNIT_NEED(unlink(path) == 0);
}

static void lose_the_registry(void)
{
    lose("clients");
}

static void lose_the_storage_root_key(void)
{
    lose("keys/storage-root.key");
}

static void use_the_registry_of_another_agency(void)
{
    char from[FEDERATION_PATH_SIZE], to[FEDERATION_PATH_SIZE];
    federation_path(&federation, from, "nodes/krfo/clients");
    path_of(to, "clients");
    files_copy(from, to);
}

static void write_garbage_into_the_configuration(void)
{
    change("tovd.conf", "[peers]", "\x01\x02 hvad er det her\n[peers]");
}

static void misspell_a_word_of_the_configuration(void)
{
    change("tovd.conf", "disk-reserve-mib", "disk-reserve-mb");
}

static void write_a_number_outside_its_bounds(void)
{
    change("tovd.conf", "disk-reserve-mib = 64", "disk-reserve-mib = mange");
}

static void name_a_data_folder_that_is_not_there(void)
{
    char data[FEDERATION_PATH_SIZE];
    path_of(data, "data");
    files_remove_tree(data);
}

static char memory_folder[40];

static void put_the_data_into_memory(void)
{
    char data[FEDERATION_PATH_SIZE];
    path_of(data, "data");
    (void)snprintf(memory_folder, sizeof memory_folder, "/dev/shm/tov-bad-day-XXXXXX");
    UNIT_NEED(mkdtemp(memory_folder) != NULL);
    change("tovd.conf", data, memory_folder);
}

static void name_a_guard_folder_that_is_not_there(void)
{
    char guard[FEDERATION_PATH_SIZE];
    path_of(guard, "guard");
    files_remove_tree(guard);
}

static unsigned front_port(void)
{
    return (unsigned)strtoul(strrchr(federation.nodes[KK].endpoint, ':') + 1, NULL, 10);
}

static void hold_port(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    held_port = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    UNIT_NEED(held_port >= 0);
    UNIT_NEED(bind(held_port, (struct sockaddr *)&address, sizeof address) == 0);
    UNIT_NEED(listen(held_port, 1) == 0);
}

static void take_the_peers_port(void)
{
    hold_port(front_port() - FRONT_OFFSET);
}

static void take_the_clients_port(void)
{
    hold_port(front_port());
}

static void listen_at_an_address_that_is_not_ours(void)
{
    change("tovd.conf", "listen = tcp://127.0.0.1:", "listen = tcp://192.0.2.1:");
}

/* As a tovd of the next format would leave it. */
static void write_the_store_by_a_newer_tovd(void)
{
    struct tov_store *store = NULL;
    char path[FEDERATION_PATH_SIZE];
    struct tov_store_options options = {
        .tables = tov_tables, .table_count = TOV_TABLE_COUNT, .format = TOV_STORE_FORMAT + 1};
    path_of(path, "data/store");
    UNIT_NEED(tov_store_open(path, &options, &store, NULL) == TOV_OK);
    tov_store_close(store);
}

static void write_something_else_over_the_store(void)
{
    char path[FEDERATION_PATH_SIZE];
    path_of(path, "data/store");
    UNIT_NEED(mkdir(path, 0700) == 0);
    path_of(path, "data/store/data.mdb");
    files_write(path, "Referat af møde i Infohus. Ikke en database, men lang nok til at se ud som "
                      "om: det er den plan, som vi blev enige om.\n");
}

/* ---- the table ---- */

struct bad_day {
    const char *name;
    void (*spoil)(void);
    int code;
    const char *words; /* of the line that says it */
};

static const struct bad_day days[] = {
    {"the core's key has another purpose", give_the_core_a_key_of_another_purpose, TOV_EXIT_KEY,
     "keys/control.key"},
    {"the gateway's key has another purpose", give_the_gateway_a_key_of_another_purpose,
     TOV_EXIT_KEY, "keys/transport.key"},
    {"the front's key has another purpose", give_the_front_a_key_of_another_purpose, TOV_EXIT_KEY,
     "keys/front.key"},
    {"the guard's key has another purpose", give_the_guard_a_key_of_another_purpose, TOV_EXIT_KEY,
     "keys/ledger.key"},
    {"the guard's key is of another agency", give_the_guard_the_key_of_another_agency, TOV_EXIT_KEY,
     "belongs to another agency"},
    {"others may read a key of the core", let_others_read_the_cores_key, TOV_EXIT_KEY, "chmod 600"},
    {"others may read the gateway's key", let_others_read_the_gateways_key, TOV_EXIT_KEY,
     "chmod 600"},
    {"others may read the front's key", let_others_read_the_fronts_key, TOV_EXIT_KEY, "chmod 600"},
    {"others may read a key of the guard", let_others_read_the_guards_key, TOV_EXIT_KEY,
     "chmod 600"},
    {"others may read the guard's state", let_others_read_the_guards_state, TOV_EXIT_KEY,
     "guard/ledger.state"},
    {"a key of the core is lost", lose_the_cores_key, TOV_EXIT_KEY, "keys/control.key"},
    {"the gateway's key is lost", lose_the_gateways_key, TOV_EXIT_KEY, "keys/transport.key"},
    {"a key of the guard is lost", lose_the_guards_key, TOV_EXIT_KEY, "keys/ledger.key"},
    {"a key is damaged", damage_a_key, TOV_EXIT_KEY, "keys/control.key"},
    {"the roster has one signature too few", take_a_signature_from_the_roster, TOV_EXIT_ROSTER,
     "/roster"},
    {"the roster was changed after it was signed", change_a_word_of_the_signed_roster,
     TOV_EXIT_ROSTER, "/roster"},
    {"the roster is something else", put_something_else_in_the_rosters_place, TOV_EXIT_CONFIG,
     "/roster"},
    {"the roots are something else", put_something_else_in_the_roots_place, TOV_EXIT_CONFIG,
     "/roots"},
    {"the roster is not there", lose_the_roster, TOV_EXIT_CONFIG, "/roster"},
    {"the roots are not there", lose_the_roots, TOV_EXIT_CONFIG, "/roots"},
    {"the client registry is not there", lose_the_registry, TOV_EXIT_CONFIG, "tov-keys client-add"},
    {"the storage root key is lost", lose_the_storage_root_key, TOV_EXIT_KEY,
     "keys/storage-root.key"},
    {"the client registry is of another agency", use_the_registry_of_another_agency,
     TOV_EXIT_CONFIG, "is the registry of krfo, not of kk"},
    {"the configuration has garbage", write_garbage_into_the_configuration, TOV_EXIT_CONFIG,
     "tovd.conf:9: "},
    {"the configuration has a misspelt word", misspell_a_word_of_the_configuration, TOV_EXIT_CONFIG,
     "tovd.conf:15: "},
    {"the configuration has a wrong number", write_a_number_outside_its_bounds, TOV_EXIT_CONFIG,
     "write a number from 1 to "},
    {"the data folder is not there", name_a_data_folder_that_is_not_there, TOV_EXIT_CONFIG,
     "[node] data: "},
    {"the data folder is in memory", put_the_data_into_memory, TOV_EXIT_CONFIG, "is on tmpfs"},
    {"the guard's folder is not there", name_a_guard_folder_that_is_not_there, TOV_EXIT_CONFIG,
     "[node] guard: "},
    {"another program has the peers' port", take_the_peers_port, TOV_EXIT_PORT_IN_USE,
     "another program listens there"},
    {"another program has the clients' port", take_the_clients_port, TOV_EXIT_PORT_IN_USE,
     "another program listens there"},
    {"the address to listen at is not ours", listen_at_an_address_that_is_not_ours, TOV_EXIT_CONFIG,
     "192.0.2.1"},
    {"the store was written by a newer tovd", write_the_store_by_a_newer_tovd, TOV_EXIT_NEWER_STORE,
     "written by a newer tovd"},
    {"the store is something else", write_something_else_over_the_store, TOV_EXIT_CORRUPT,
     "/data/store"},
};

/* What `tovd --check` does not look at (check/check.h). */
static bool is_of_a_start(const struct bad_day *day)
{
    static void (*const those[])(void) = {
        let_others_read_the_guards_state,
        take_the_peers_port,
        take_the_clients_port,
        listen_at_an_address_that_is_not_ours,
        write_the_store_by_a_newer_tovd,
        write_something_else_over_the_store,
    };
    for (size_t i = 0; i < sizeof those / sizeof those[0]; i++) {
        if (day->spoil == those[i])
            return true;
    }
    return false;
}

static void check_log(const struct bad_day *day)
{
    char log[FEDERATION_PATH_SIZE], stopped[64];
    path_of(log, "tovd.log");
    (void)snprintf(stopped, sizeof stopped, "event=stopped code=%d", day->code);
    bool says_why = files_say(log, day->words);
    /* What is wrong with the command line or the configuration is said before there is a log. */
    bool says_code = files_say(log, stopped) || files_say(log, "tovd: ");
    UNIT_EQUAL_INT(says_why, 1);
    UNIT_EQUAL_INT(says_code, 1);
    if (!says_why || !says_code) {
        char *text = files_read(log);
        (void)printf("\n%s: its log says\n%s", day->name, text == NULL ? "" : text);
        free(text);
    }
}

static int run_check(char **out_text)
{
    char program[FEDERATION_PATH_SIZE], config[FEDERATION_PATH_SIZE], said[FEDERATION_PATH_SIZE];
    federation_program(program, "tovd");
    path_of(config, "tovd.conf");
    path_of(said, "check.said");
    (void)unlink(said);
    int code = process_run((const char *const[]){program, "--config", config, "--check", NULL},
                           said, ENDS_MS, out_text);
    if (code != TOV_EXIT_OK) {
        free(*out_text);
        *out_text = files_read(said);
    }
    return code;
}

/* docs/exit-codes.md: it says before the start what the start would say, by the same code. */
static void check_before(const struct bad_day *day)
{
    char *text = NULL;
    int code = run_check(&text);
    int expected = is_of_a_start(day) ? TOV_EXIT_OK : day->code;
    bool is_told = is_of_a_start(day) || (text != NULL && strstr(text, day->words) != NULL);
    UNIT_EQUAL_INT(code, expected);
    UNIT_EQUAL_INT(is_told, 1);
    if (!is_told || code != expected)
        (void)printf("\n%s: --check ended with %d and said %s\n", day->name, code,
                     text == NULL ? "nothing" : text);
    free(text);
}

static void live_through(const struct bad_day *day)
{
    federation_create(&federation);
    day->spoil();
    check_before(day);
    node_start(&federation, KK);
    int code = process_wait(federation.nodes[KK].pid, ENDS_MS);
    UNIT_EQUAL_INT(code, day->code);
    if (code >= 0)
        federation.nodes[KK].pid = 0;
    if (code != day->code)
        (void)printf("\n%s: exit code %d, not %d\n", day->name, code, day->code);
    check_log(day);
    if (held_port >= 0)
        (void)close(held_port);
    held_port = -1;
    if (memory_folder[0] != '\0')
        files_remove_tree(memory_folder);
    memory_folder[0] = '\0';
    federation_destroy(&federation);
}

static void each_bad_day_ends_with_its_code_and_a_line_that_says_why(void)
{
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
        live_through(&days[i]);
    (void)printf("%zu bad days ...", sizeof days / sizeof days[0]);
}

/* ---- days that need a node which has run ---- */

static void start_all_and_wait(void)
{
    for (unsigned i = 0; i < NODES; i++)
        node_start(&federation, (enum node_number)i);
    for (unsigned i = 0; i < NODES; i++)
        UNIT_NEED(node_serves(&federation, (enum node_number)i, SERVES_MS));
}

static void stop_all(void)
{
    for (unsigned i = 0; i < NODES; i++)
        UNIT_EQUAL_INT(node_stop(&federation, (enum node_number)i), 1);
}

/* Its ports are others, so that only what both would write to is in the way. */
static void write_second_config(char out_path[FEDERATION_PATH_SIZE])
{
    char config[FEDERATION_PATH_SIZE], old_port[32], port[32];
    path_of(config, "tovd.conf");
    path_of(out_path, "second.conf");
    files_copy(config, out_path);
    for (unsigned i = 0; i < 2; i++) {
        (void)snprintf(old_port, sizeof old_port, "127.0.0.1:%u", front_port() - i * FRONT_OFFSET);
        (void)snprintf(port, sizeof port, "127.0.0.1:%u", federation.spare_ports[i]);
        files_change(out_path, old_port, port);
    }
}

static void a_second_tovd_on_the_same_ledger_stops_and_the_first_goes_on(void)
{
    char program[FEDERATION_PATH_SIZE], config[FEDERATION_PATH_SIZE], log[FEDERATION_PATH_SIZE];
    federation_create(&federation);
    start_all_and_wait();
    write_second_config(config);
    path_of(log, "second.log");
    federation_program(program, "tovd");
    pid_t second = process_start((const char *const[]){program, "--config", config, NULL}, log);
    int code = process_wait(second, ENDS_MS);
    UNIT_EQUAL_INT(code, TOV_EXIT_SECOND);
    if (code < 0)
        process_kill_tree(second);
    UNIT_EQUAL_INT(files_say(log, "another"), 1);
    UNIT_EQUAL_INT(node_serves(&federation, KK, SERVES_MS), 1);
    stop_all();
    federation_destroy(&federation);
}

/* ---- a guard without its state ---- */

static uint64_t send_a_note(void)
{
    struct tov_error error = {.code = TOV_OK};
    struct tov_submission *submission = NULL;
    struct tov_client *client = node_connect(&federation, KK, "caseworker", SERVES_MS);
    UNIT_NEED(client != NULL);
    struct tov_message_draft *draft =
        note_create(&(struct note){.id = RECORD_AGENCY + 1,
                                   .recipients = federation.nodes[KRFO].unit,
                                   .bases = note_bases(KK)});
    note_must(tov_client_submit(client, draft, NULL, &submission, &error), &error);
    uint64_t number = tov_submission_facts(submission)->number;
    tov_submission_destroy(submission);
    tov_message_draft_destroy(draft);
    tov_client_close(client);
    return number;
}

static void check_that_it_reads(struct tov_client *client, uint64_t number)
{
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_message_view *view = NULL;
    options.number = number;
    UNIT_OK(tov_message_get(client, &options, &view, NULL));
    tov_message_view_destroy(view);
}

static void check_that_it_refuses(struct tov_client *client)
{
    struct tov_error error = {.code = TOV_OK};
    struct tov_submission *submission = NULL;
    struct tov_message_draft *draft =
        note_create(&(struct note){.id = RECORD_AGENCY + 2,
                                   .recipients = federation.nodes[KRFO].unit,
                                   .bases = note_bases(KK)});
    UNIT_EQUAL_INT(tov_client_submit(client, draft, NULL, &submission, &error), TOV_E_UNAVAILABLE);
    CU_ASSERT(strstr(error.text, "guard has lost its state") != NULL);
    tov_submission_destroy(submission);
    tov_message_draft_destroy(draft);
}

static bool has_stopped_signing(struct tov_client *client)
{
    struct tov_status *status = NULL;
    struct tov_error error = {.code = TOV_OK};
    note_must(tov_status_get(client, &status, &error), &error);
    bool is_stopped = strcmp(tov_status_facts(status)->state, "stopped") == 0;
    tov_status_destroy(status);
    return is_stopped;
}

static void live_without_the_guards_state(uint64_t number)
{
    char log[FEDERATION_PATH_SIZE];
    node_start(&federation, KK);
    path_of(log, "tovd.log");
    UNIT_EQUAL_INT(
        files_say_within(log, "the guard has lost its state of infohus-demo/kk/1", SERVES_MS), 1);
    struct tov_client *client = node_connect(&federation, KK, "caseworker", SERVES_MS);
    UNIT_NEED(client != NULL);
    UNIT_EQUAL_INT(has_stopped_signing(client), 1);
    check_that_it_reads(client, number);
    check_that_it_refuses(client);
    tov_client_close(client);
    UNIT_EQUAL_INT(node_stop(&federation, KK), 1);
    UNIT_NEED(unlink(log) == 0);
}

static void a_guard_without_its_state_signs_nothing_and_the_node_reads_on(void)
{
    char state[FEDERATION_PATH_SIZE];
    federation_create(&federation);
    start_all_and_wait();
    uint64_t number = send_a_note();
    UNIT_EQUAL_INT(node_serves(&federation, KK, SERVES_MS), 1);
    stop_all();
    path_of(state, "guard/ledger.state");
    files_write(state, "TOVG, men ikke mere end det");
    live_without_the_guards_state(number);
    UNIT_NEED(unlink(state) == 0);
    live_without_the_guards_state(number);
    live_without_the_guards_state(number); /* nor does the empty file help that it made */
    federation_destroy(&federation);
}

/* ---- a guard with another history ---- */

static const char *const states[] = {"ledger.state", "journal.state", "witness.state"};

static void copy_states(const char *from, const char *to)
{
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        char source[FEDERATION_PATH_SIZE], target[FEDERATION_PATH_SIZE];
        federation_path(&federation, source, "nodes/kk/%s/%s", from, states[i]);
        federation_path(&federation, target, "nodes/kk/%s/%s", to, states[i]);
        files_copy(source, target);
    }
}

static void make_folder(const char *name)
{
    char path[FEDERATION_PATH_SIZE];
    path_of(path, name);
    UNIT_NEED(mkdir(path, 0700) == 0);
}

/* The others forget kk too, as if it were new; then its guard remembers the first life. */
static void begin_everything_anew(void)
{
    for (unsigned i = 0; i < NODES; i++) {
        char path[FEDERATION_PATH_SIZE];
        const char *agency = federation.nodes[i].agency;
        federation_path(&federation, path, "nodes/%s/data", agency);
        files_remove_tree(path);
        UNIT_NEED(mkdir(path, 0700) == 0);
        for (size_t k = 0; k < sizeof states / sizeof states[0]; k++) {
            char fresh[FEDERATION_PATH_SIZE];
            federation_path(&federation, path, "nodes/%s/guard/%s", agency, states[k]);
            federation_path(&federation, fresh, "fresh.%s.%s", agency, states[k]);
            files_copy(fresh, path);
        }
    }
}

static void keep_fresh_states(void)
{
    for (unsigned i = 0; i < NODES; i++)
        for (size_t k = 0; k < sizeof states / sizeof states[0]; k++) {
            char from[FEDERATION_PATH_SIZE], to[FEDERATION_PATH_SIZE];
            const char *agency = federation.nodes[i].agency;
            federation_path(&federation, from, "nodes/%s/guard/%s", agency, states[k]);
            federation_path(&federation, to, "fresh.%s.%s", agency, states[k]);
            files_copy(from, to);
        }
}

static void a_guard_that_signed_another_history_stops_the_node(void)
{
    char log[FEDERATION_PATH_SIZE];
    federation_create(&federation);
    keep_fresh_states();
    start_all_and_wait();
    stop_all();
    make_folder("first-life");
    copy_states("guard", "first-life");
    begin_everything_anew();
    start_all_and_wait();
    UNIT_EQUAL_INT(node_stop(&federation, KK), 1);
    copy_states("first-life", "guard");
    node_start(&federation, KK);
    int code = process_wait(federation.nodes[KK].pid, ENDS_MS);
    UNIT_EQUAL_INT(code, TOV_EXIT_GUARD_DISAGREES);
    if (code >= 0)
        federation.nodes[KK].pid = 0;
    path_of(log, "tovd.log");
    UNIT_EQUAL_INT(files_say(log, "event=stopped code=19"), 1);
    federation_destroy(&federation);
}

static void wrong_arguments_are_answered_with_the_use(void)
{
    static const char *const wrong[][3] = {
        {"--colour", "blue", NULL}, {"--config", NULL, NULL}, {NULL, NULL, NULL}};
    federation_create(&federation);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *text = NULL;
        UNIT_EQUAL_INT(federation_run(&federation, "tovd", wrong[i], &text), TOV_EXIT_USAGE);
        free(text);
    }
    federation_destroy(&federation);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_bad_day_ends_with_its_code_and_a_line_that_says_why),
        UNIT_TEST(a_second_tovd_on_the_same_ledger_stops_and_the_first_goes_on),
        UNIT_TEST(a_guard_without_its_state_signs_nothing_and_the_node_reads_on),
        UNIT_TEST(a_guard_that_signed_another_history_stops_the_node),
        UNIT_TEST(wrong_arguments_are_answered_with_the_use),
    };
    return unit_run("federation: bad days", tests, sizeof tests / sizeof tests[0]);
}

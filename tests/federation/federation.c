/* SPDX-License-Identifier: EUPL-1.2 */
#include "federation/federation.h"

#include "federation/files.h"
#include "federation/note.h"
#include "federation/process.h"
#include "support/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define PORT_FIRST 20000u
#define PORT_LAST 32000u /* below what the kernel gives to connections */
#define STOP_MS 40000
#define QUESTION_MS 5000
#define ROLE_MS 60000
#define PROGRAM_MS 120000
#define FRONT_OFFSET 3u /* of the ports: peers 0 to 2, fronts 3 to 5, spare ones 6 and 7 */
#define SPARE_OFFSET 6u
#define PORTS 8u

static const struct {
    const char *agency;
    const char *unit;
} agencies[NODES] = {{"kk", "kk/vink"}, {"kbh-pol", "kbh-pol/dks"}, {"krfo", "krfo/central"}};

/* ---- paths ---- */

void federation_path(const struct federation *federation, char out[FEDERATION_PATH_SIZE],
                     const char *format, ...)
{
    int size = snprintf(out, FEDERATION_PATH_SIZE, "%s/", federation->folder);
    va_list arguments;
    va_start(arguments, format);
    int more = vsnprintf(out + size, (size_t)(FEDERATION_PATH_SIZE - size), format, arguments);
    va_end(arguments);
    UNIT_NEED(more >= 0 && size + more < FEDERATION_PATH_SIZE);
}

void federation_program(char out[FEDERATION_PATH_SIZE], const char *name)
{
    UNIT_NEED(snprintf(out, FEDERATION_PATH_SIZE, "%s/%s", PROGRAMS_FOLDER, name) <
              FEDERATION_PATH_SIZE);
}

int federation_run(const struct federation *federation, const char *name,
                   const char *const arguments[], char **out_text)
{
    char program[FEDERATION_PATH_SIZE], log[FEDERATION_PATH_SIZE];
    const char *argv[PROCESS_ARGUMENTS_MAX] = {program};
    federation_program(program, name);
    federation_path(federation, log, "%s.log", name);
    for (size_t i = 0; i + 2 < PROCESS_ARGUMENTS_MAX && arguments[i] != NULL; i++)
        argv[i + 1] = arguments[i];
    return process_run(argv, log, PROGRAM_MS, out_text);
}

int federation_tov(const struct federation *federation, enum node_number number, const char *client,
                   const char *const arguments[], char **out_text)
{
    char key[FEDERATION_PATH_SIZE], front[FEDERATION_PATH_SIZE];
    const struct node *node = &federation->nodes[number];
    federation_path(federation, key, "clients/%s/%s.key", node->agency, client);
    federation_path(federation, front, "clients/%s/front.pub", node->agency);
    const char *argv[PROCESS_ARGUMENTS_MAX] = {"--node", node->endpoint, "--key",
                                               key,      "--server-key", front};
    for (size_t i = 0; i + 8 < PROCESS_ARGUMENTS_MAX && arguments[i] != NULL; i++)
        argv[i + 6] = arguments[i];
    return federation_run(federation, "tov", argv, out_text);
}

static void must_run(const struct federation *federation, const char *name,
                     const char *const arguments[])
{
    char *text = NULL;
    int code = federation_run(federation, name, arguments, &text);
    if (code != 0)
        (void)fprintf(stderr, "%s %s: exit code %d (%s/%s.log)\n", name, arguments[0], code,
                      federation->folder, name);
    free(text);
    UNIT_NEED(code == 0);
}

/* ---- making it ---- */

static bool port_is_free(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_free = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    (void)close(fd);
    return is_free;
}

/* The first of as many free ports in a row as the federation needs; begins at a place of its own,
 * so that tests beside each other rarely meet. */
static unsigned find_ports(void)
{
    unsigned range = (PORT_LAST - PORT_FIRST) / PORTS;
    for (unsigned i = 0; i < range; i++) {
        unsigned base = PORT_FIRST + ((unsigned)getpid() * 7 + i) % range * PORTS;
        unsigned port = base;
        while (port < base + PORTS && port_is_free(port))
            port++;
        if (port == base + PORTS)
            return base;
    }
    UNIT_NEED(false && "free ports on loopback");
    return 0;
}

/* Of the gateways or fronts of a place. */
static const char *address_of(const char *const addresses[NODES], unsigned number)
{
    return addresses[number] == NULL ? "127.0.0.1" : addresses[number];
}

struct ground {
    const struct federation_place *place;
    unsigned base_port;
};

static void write_config(const struct federation *federation, enum node_number number,
                         const struct ground *ground)
{
    const struct node *node = &federation->nodes[number];
    const char *root = federation->folder;
    char path[FEDERATION_PATH_SIZE], data[FEDERATION_PATH_SIZE];
    federation_path(federation, path, "nodes/%s/tovd.conf", node->agency);
    federation_path(federation, data, "nodes/%s/data", node->agency);
    UNIT_NEED(mkdir(data, 0700) == 0);
    FILE *file = fopen(path, "w");
    UNIT_NEED(file != NULL);
    (void)fprintf(file,
                  "[node]\nagency = %s\nfederation = %s\nroster = %s/roster\nroots = %s/roots\n",
                  node->agency, root, root, root);
    (void)fprintf(file, "data = %s/nodes/%s/data\nguard = %s/nodes/%s/guard\n", root, node->agency,
                  root, node->agency);
    (void)fprintf(file, "keys = %s/nodes/%s/keys\n", root, node->agency);
    (void)fprintf(file, "[peers]\nlisten = tcp://%s:%u\n",
                  address_of(ground->place->gateways, number),
                  ground->base_port + (unsigned)number);
    (void)fprintf(file, "[clients]\nlisten = %s\nregistry = %s/nodes/%s/clients\n", node->endpoint,
                  root, node->agency);
    (void)fprintf(file, "[limits]\ndisk-reserve-mib = 64\n");
    UNIT_NEED(fclose(file) == 0);
}

static void make_folder(struct federation *federation)
{
    (void)mkdir(FEDERATIONS_FOLDER, 0700);
    UNIT_NEED(snprintf(federation->folder, sizeof federation->folder, "%s/run-XXXXXX",
                       FEDERATIONS_FOLDER) < (int)sizeof federation->folder);
    UNIT_NEED(mkdtemp(federation->folder) != NULL);
}

/* The demo's recipe with each agency's node at its place: one endpoint an agency, in their order.
 */
static void write_recipe(const struct federation *federation, const struct federation_place *place)
{
    static const char loopback[] = "127.0.0.1:PORT";
    char path[FEDERATION_PATH_SIZE];
    federation_path(federation, path, "recipe");
    char *recipe = files_read(DEMO_RECIPE);
    FILE *file = fopen(path, "w");
    UNIT_NEED(recipe != NULL && file != NULL);
    const char *from = recipe;
    for (unsigned i = 0; i < NODES; i++) {
        const char *at = strstr(from, loopback);
        UNIT_NEED(at != NULL);
        (void)fprintf(file, "%.*s%s:PORT", (int)(at - from), from, address_of(place->gateways, i));
        from = at + strlen(loopback);
    }
    UNIT_NEED(fputs(from, file) >= 0 && fclose(file) == 0);
    free(recipe);
}

static void name_front(const struct federation *federation, struct node *node,
                       const struct ground *ground)
{
    unsigned number = (unsigned)(node - federation->nodes);
    int size = 0;
    if (ground->place->has_sockets)
        size = snprintf(node->endpoint, sizeof node->endpoint, "ipc://%s/%s.sock",
                        federation->folder, node->agency);
    else
        size = snprintf(node->endpoint, sizeof node->endpoint, "tcp://%s:%u",
                        address_of(ground->place->fronts, number),
                        ground->base_port + FRONT_OFFSET + number);
    UNIT_NEED(size < (int)sizeof node->endpoint);
}

void federation_create(struct federation *federation)
{
    federation_create_at(federation, &(struct federation_place){.has_sockets = false});
}

void federation_create_at(struct federation *federation, const struct federation_place *place)
{
    char port[16], recipe[FEDERATION_PATH_SIZE];
    process_adopt_orphans();
    *federation = (struct federation){.folder = ""};
    make_folder(federation);
    struct ground ground = {.place = place, .base_port = find_ports()};
    (void)snprintf(port, sizeof port, "%u", ground.base_port);
    for (unsigned i = 0; i < 2; i++)
        federation->spare_ports[i] = ground.base_port + SPARE_OFFSET + i;
    write_recipe(federation, place);
    federation_path(federation, recipe, "recipe");
    must_run(federation, "tov-keys",
             (const char *const[]){"demo-federation", "--base-port", port, "--recipe", recipe,
                                   federation->folder, NULL});
    for (unsigned i = 0; i < NODES; i++) {
        struct node *node = &federation->nodes[i];
        *node = (struct node){.agency = agencies[i].agency, .unit = agencies[i].unit};
        name_front(federation, node, &ground);
        write_config(federation, (enum node_number)i, &ground);
    }
}

void federation_add_client(struct federation *federation, const struct client_wish *wish)
{
    const char *agency = agencies[wish->node].agency;
    char key[FEDERATION_PATH_SIZE], registration[FEDERATION_PATH_SIZE + 4];
    char registry[FEDERATION_PATH_SIZE], roster[FEDERATION_PATH_SIZE];
    federation_path(federation, key, "clients/%s/%s.key", agency, wish->name);
    federation_path(federation, registry, "nodes/%s/clients", agency);
    federation_path(federation, roster, "roster");
    (void)snprintf(registration, sizeof registration, "%s.pub", key);
    must_run(federation, "tov-keys",
             (const char *const[]){"client-new", "--federation", "infohus-demo", "--agency", agency,
                                   "--name", wish->name, "--kind", "person", "--plain", "--out",
                                   key, NULL});
    must_run(federation, "tov-keys",
             (const char *const[]){"client-add", "--registry", registry, "--roles", wish->roles,
                                   "--units", wish->units, "--roster", roster, registration, NULL});
}

void federation_destroy(struct federation *federation)
{
    for (unsigned i = 0; i < NODES; i++)
        if (federation->nodes[i].pid != 0)
            (void)node_stop(federation, (enum node_number)i);
    if (CU_get_number_of_failures() == 0)
        files_remove_tree(federation->folder);
    else
        (void)printf("\nkept: %s\n", federation->folder);
}

/* ---- nodes ---- */

void node_start_as(struct federation *federation, enum node_number number,
                   const struct node_wish *wish)
{
    struct node *node = &federation->nodes[number];
    char program[FEDERATION_PATH_SIZE], config[FEDERATION_PATH_SIZE], log[FEDERATION_PATH_SIZE];
    const char *argv[PROCESS_ARGUMENTS_MAX] = {"/usr/bin/env"};
    size_t count = 1;
    federation_program(program, "tovd");
    federation_path(federation, config, "nodes/%s/tovd.conf", node->agency);
    federation_path(federation, log, "nodes/%s/tovd.log", node->agency);
    for (size_t i = 0; wish->environment != NULL && wish->environment[i] != NULL; i++) {
        UNIT_NEED(count + 4 < PROCESS_ARGUMENTS_MAX);
        argv[count++] = wish->environment[i];
    }
    argv[count++] = wish->program == NULL ? program : wish->program;
    argv[count++] = "--config";
    argv[count] = config;
    UNIT_NEED(node->pid == 0);
    node->pid = process_start(argv, log);
}

void node_start(struct federation *federation, enum node_number number)
{
    node_start_as(federation, number, &(struct node_wish){.program = NULL});
}

bool node_stop(struct federation *federation, enum node_number number)
{
    struct node *node = &federation->nodes[number];
    bool by_itself = process_end(node->pid, STOP_MS);
    node->pid = 0;
    return by_itself;
}

void node_kill(struct federation *federation, enum node_number number)
{
    process_kill_tree(federation->nodes[number].pid);
    federation->nodes[number].pid = 0;
}

bool node_kill_role(struct federation *federation, enum node_number number, const char *role)
{
    pid_t supervisor = federation->nodes[number].pid;
    long long until = process_now_ms() + ROLE_MS;
    pid_t pid = process_role(supervisor, role);
    while (pid == 0 && process_runs(supervisor) && process_now_ms() < until) {
        process_pause();
        pid = process_role(supervisor, role);
    }
    if (pid == 0)
        return false;
    process_kill(pid);
    return true;
}

struct tov_client *node_connect(const struct federation *federation, enum node_number number,
                                const char *client, int timeout_ms)
{
    const struct node *node = &federation->nodes[number];
    char key[FEDERATION_PATH_SIZE], front[FEDERATION_PATH_SIZE];
    federation_path(federation, key, "clients/%s/%s.key", node->agency, client);
    federation_path(federation, front, "clients/%s/front.pub", node->agency);
    struct tov_client_options options = TOV_CLIENT_OPTIONS_INIT;
    options.endpoint = node->endpoint;
    options.front_path = front;
    options.key_path = key;
    options.program = "federation test";
    options.timeout_ms = timeout_ms;
    struct tov_client *opened = NULL;
    struct tov_error error = {.code = TOV_OK};
    if (tov_client_open(&options, &opened, &error) == TOV_OK)
        return opened;
    (void)fprintf(stderr, "%s of %s: %s\n", client, node->agency, error.text);
    return NULL;
}

bool node_sends(const struct federation *federation, enum node_number number,
                const struct node_note *note, int timeout_ms)
{
    struct tov_error error = {.code = TOV_OK};
    struct tov_submission *submission = NULL;
    struct tov_client *client = node_connect(federation, number, "caseworker", timeout_ms);
    struct tov_message_draft *draft = note_create(&(struct note){
        .id = note->id, .recipients = note->to, .bases = note_bases((unsigned)number)});
    enum tov_err err = client == NULL ? TOV_E_UNAVAILABLE
                                      : tov_client_submit(client, draft, NULL, &submission, &error);
    tov_submission_destroy(submission);
    tov_message_draft_destroy(draft);
    tov_client_close(client);
    return err == TOV_OK;
}

bool node_tells(const struct federation *federation, enum node_number number,
                const struct node_question *question, int timeout_ms)
{
    long long until = process_now_ms() + timeout_ms;
    struct tov_client *client = node_connect(federation, number, "caseworker", timeout_ms);
    bool is = false;
    while (client != NULL && !is && process_now_ms() < until) {
        struct tov_status *status = NULL;
        if (tov_status_get(client, &status, NULL) == TOV_OK) {
            is = question->is(tov_status_facts(status), question->wanted);
            tov_status_destroy(status);
        }
        process_pause();
    }
    tov_client_close(client);
    return is;
}

static bool is_said(const struct tov_node_status *facts, const void *wanted)
{
    const struct node_saying *saying = wanted;
    return strcmp(facts->state, saying->state) == 0 &&
           (saying->words == NULL ? facts->sentence_en[0] == '\0'
                                  : strstr(facts->sentence_en, saying->words) != NULL);
}

bool node_says(const struct federation *federation, enum node_number number,
               const struct node_saying *saying, int timeout_ms)
{
    return node_tells(federation, number, &(struct node_question){is_said, saying}, timeout_ms);
}

static bool has_signed_all(struct tov_client *client)
{
    struct tov_status *status = NULL;
    if (tov_status_get(client, &status, NULL) != TOV_OK)
        return false;
    const struct tov_node_status *facts = tov_status_facts(status);
    bool serves = strcmp(facts->state, "serving") == 0 && facts->ledger_size > 0 &&
                  facts->signed_size == facts->ledger_size;
    tov_status_destroy(status);
    return serves;
}

/* A node that starts again, as one does that recovers, takes questions with it: each is asked for
 * a short time only. */
bool node_serves(const struct federation *federation, enum node_number number, int timeout_ms)
{
    long long until = process_now_ms() + timeout_ms;
    bool serves = false;
    while (!serves && process_now_ms() < until) {
        long long left_ms = until - process_now_ms();
        struct tov_client *client = node_connect(
            federation, number, "caseworker", left_ms < QUESTION_MS ? (int)left_ms : QUESTION_MS);
        serves = client != NULL && has_signed_all(client);
        tov_client_close(client);
        if (!serves)
            process_pause();
    }
    return serves;
}

/* ---- exports ---- */

static bool export_to(const struct federation *federation, enum node_number number,
                      const char *folder)
{
    struct tov_error error = {.code = TOV_OK};
    struct tov_client *auditor = node_connect(federation, number, "auditor", STOP_MS);
    if (auditor == NULL)
        return false;
    struct tov_export_options options = TOV_EXPORT_OPTIONS_INIT;
    options.path = folder;
    enum tov_err err = tov_export_to(auditor, &options, &error);
    tov_client_close(auditor);
    if (err != TOV_OK)
        (void)fprintf(stderr, "export of %s: %s\n", federation->nodes[number].agency, error.text);
    return err == TOV_OK;
}

bool node_exports(const struct federation *federation, enum node_number number,
                  char out_folder[FEDERATION_PATH_SIZE])
{
    char exports[FEDERATION_PATH_SIZE];
    federation_path(federation, exports, "exports");
    federation_path(federation, out_folder, "exports/%s", federation->nodes[number].agency);
    (void)mkdir(exports, 0700);
    return export_to(federation, number, out_folder);
}

bool node_export_verifies(struct federation *federation, enum node_number number)
{
    char folder[FEDERATION_PATH_SIZE], roots[FEDERATION_PATH_SIZE];
    char *text = NULL;
    federation_path(federation, roots, "roots");
    if (!node_exports(federation, number, folder))
        return false;
    int code =
        federation_run(federation, "tov-audit",
                       (const char *const[]){"verify", "--roots", roots, folder, NULL}, &text);
    if (code != 0)
        (void)printf("tov-audit verify %s: exit code %d\n%s\n", folder, code, text);
    free(text);
    return code == 0;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/node_harness_internal.h"

#include "roster/keytext.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FEDERATION "prove-demo"
#define START_MS 1624881600000u /* 28 June 2021, 12.00 UTC */
#define ROUNDS_MAX 100000u

/* ---- the federation ---- */

static const struct unit_row {
    size_t agency;
    struct tov_unit unit;
} unit_rows[] = {
    {0,
     {"vink", "VINK", "",
      TOV_ROLE_BIT(TOV_ROLE_TOVHOLDER_KOMMUNE) | TOV_ROLE_BIT(TOV_ROLE_SAGSBEHANDLER), 7}},
    {0, {"sof", "Socialforvaltningen", "", TOV_ROLE_BIT(TOV_ROLE_SAGSBEHANDLER), 7}},
    {0, {"eki", "Enheden for løsladelse", "", TOV_ROLE_BIT(TOV_ROLE_SAGSBEHANDLER), 4}},
    {1, {"dks", "DKS", "", TOV_ROLE_BIT(TOV_ROLE_TOVHOLDER_POLITI), 7}},
    {2, {"central", "Koordination", "", TOV_ROLE_BIT(TOV_ROLE_KOORDINATOR_KRFO), 5}},
};

static const struct client_row {
    size_t agency;
    struct tov_client client;
} client_rows[] = {
    {0,
     {.name = "anna",
      .kind = TOV_CLIENT_PERSON,
      .roles = TOV_ROLE_BIT(TOV_ROLE_TOVHOLDER_KOMMUNE),
      .units = (const char *const[]){"vink"},
      .unit_count = 1}},
    {0,
     {.name = "sofie",
      .kind = TOV_CLIENT_PERSON,
      .roles = TOV_ROLE_BIT(TOV_ROLE_SAGSBEHANDLER),
      .units = (const char *const[]){"sof"},
      .unit_count = 1}},
    {0,
     {.name = "eva",
      .kind = TOV_CLIENT_PERSON,
      .roles = TOV_ROLE_BIT(TOV_ROLE_SAGSBEHANDLER),
      .units = (const char *const[]){"eki"},
      .unit_count = 1}},
    {0,
     {.name = "esdh",
      .kind = TOV_CLIENT_SYSTEM,
      .roles = TOV_ROLE_BIT(TOV_ROLE_INTEGRATION),
      .units = (const char *const[]){"vink"},
      .unit_count = 1}},
    {0,
     {.name = "gitte", /* of a unit that the roster has not */
      .kind = TOV_CLIENT_PERSON,
      .roles = TOV_ROLE_BIT(TOV_ROLE_SAGSBEHANDLER),
      .units = (const char *const[]){"nedlagt"},
      .unit_count = 1}},
    {0, {.name = "audit", .kind = TOV_CLIENT_PERSON, .roles = TOV_ROLE_BIT(TOV_ROLE_AUDITOR)}},
    {0, {.name = "admin", .kind = TOV_CLIENT_PERSON, .roles = TOV_ROLE_BIT(TOV_ROLE_NODE_ADMIN)}},
    {1,
     {.name = "bo",
      .kind = TOV_CLIENT_PERSON,
      .roles = TOV_ROLE_BIT(TOV_ROLE_TOVHOLDER_POLITI),
      .units = (const char *const[]){"dks"},
      .unit_count = 1}},
    {2,
     {.name = "carl",
      .kind = TOV_CLIENT_PERSON,
      .roles = TOV_ROLE_BIT(TOV_ROLE_KOORDINATOR_KRFO),
      .units = (const char *const[]){"central"},
      .unit_count = 1}},
    {0, {.name = "admin-b", .kind = TOV_CLIENT_PERSON, .roles = TOV_ROLE_BIT(TOV_ROLE_NODE_ADMIN)}},
    {0, {.name = "checker", .kind = TOV_CLIENT_SYSTEM, .roles = TOV_ROLE_BIT(TOV_ROLE_AUDITOR)}},
    {2, {.name = "audit-k", .kind = TOV_CLIENT_PERSON, .roles = TOV_ROLE_BIT(TOV_ROLE_AUDITOR)}},
    {2, {.name = "admin-k", .kind = TOV_CLIENT_PERSON, .roles = TOV_ROLE_BIT(TOV_ROLE_NODE_ADMIN)}},
};

void harness_key_of(const char *name, uint8_t out[32])
{
    struct tov_hash hash = tov_sha256(tov_bytes_of_text(name));
    memcpy(out, hash.bytes, 32);
}

static const struct {
    const char *name, *cvr;
    enum tov_regime regime;
} agency_rows[HARNESS_NODES_MAX] = {{"kk", "00000094", TOV_REGIME_GDPR},
                                    {"kbh-pol", "00000108", TOV_REGIME_LED},
                                    {"krfo", "00000116", TOV_REGIME_LED}};

/* ---- a node ---- */

static void fill_random(struct harness *harness, void *out, size_t size)
{
    for (size_t i = 0; i < size; i += 8) {
        uint64_t value = unit_random(&harness->random);
        memcpy((uint8_t *)out + i, &value, size - i < 8 ? size - i : 8);
    }
}

/* ---- the host ---- */

static void give_random(void *context, void *out, size_t size)
{
    fill_random(((struct node *)context)->harness, out, size);
}

static enum tov_err send_peer(void *context, uint16_t agency, struct tov_bytes frame)
{
    struct node *node = context;
    size_t to = agency - 1u;
    if (!node->harness->is_up[node->index][to])
        return TOV_E_CLOSED;
    queue_push(&node->harness->frames, to, node->index, frame);
    return TOV_OK;
}

static void drop_peer(void *context, uint16_t agency, uint32_t ms)
{
    (void)context;
    (void)agency;
    (void)ms;
}

static enum tov_err send_client(void *context, uint64_t connection, struct tov_bytes frame)
{
    struct node *node = context;
    if (node->front_room == 0)
        return TOV_E_BUSY;
    if (node->front_room != SIZE_MAX)
        node->front_room--;
    queue_push(&node->replies, connection, 0, frame);
    return TOV_OK;
}

static void close_client(void *context, uint64_t connection)
{
    queue_push(&((struct node *)context)->closed, connection, 0, (struct tov_bytes){0});
}

static enum tov_err ask_guard(void *context, uint8_t kind, struct tov_bytes payload)
{
    queue_push(&((struct node *)context)->questions, 0, kind, payload);
    return TOV_OK;
}

static void write_log(void *context, enum tov_host_level level, const char *event,
                      const char *details)
{
    struct node *node = context;
    queue_push(&node->logged, 0, (uint64_t)level, tov_bytes_of_text(event));
    if (getenv("HARNESS_LOG") != NULL)
        (void)fprintf(stderr, "%s %d %s %s\n", agency_rows[node->index].name, level, event,
                      details);
}

static enum tov_err file_save(void *context, const char *name, struct tov_bytes content)
{
    return sim_disk_save(((struct node *)context)->disk, name, content);
}
static enum tov_err file_load(void *context, const char *name, struct tov_buf *out)
{
    return sim_disk_load(((struct node *)context)->disk, name, out);
}
static enum tov_err blob_write(void *context, const char *name, uint64_t offset,
                               struct tov_bytes data)
{
    return sim_disk_write(((struct node *)context)->disk, name, offset, data);
}
static enum tov_err blob_read(void *context, const char *name, uint64_t offset,
                              struct tov_room room, size_t *out_read)
{
    return sim_disk_read(((struct node *)context)->disk, name, offset, room, out_read);
}
static enum tov_err blob_sync(void *context, const char *name)
{
    return sim_disk_sync(((struct node *)context)->disk, name);
}
static enum tov_err blob_rename(void *context, const char *from, const char *to)
{
    return sim_disk_rename(((struct node *)context)->disk, from, to);
}
static enum tov_err delete_file(void *context, const char *name)
{
    return sim_disk_delete(((struct node *)context)->disk, name);
}
static enum tov_err blob_sweep(void *context, const char *prefix)
{
    return sim_disk_sweep(((struct node *)context)->disk, prefix);
}

static struct tov_host host_of(struct node *node)
{
    return (struct tov_host){.context = node,
                             .random = give_random,
                             .send_peer = send_peer,
                             .drop_peer = drop_peer,
                             .send_client = send_client,
                             .close_client = close_client,
                             .ask_guard = ask_guard,
                             .log = write_log,
                             .file_save = file_save,
                             .file_load = file_load,
                             .file_delete = delete_file,
                             .blob_write = blob_write,
                             .blob_read = blob_read,
                             .blob_sync = blob_sync,
                             .blob_rename = blob_rename,
                             .blob_delete = delete_file,
                             .blob_sweep = blob_sweep};
}

static enum tov_err begin_commit(void *context, struct tov_store_batch *batch)
{
    struct node *node = context;
    UNIT_NEED(node->committing == NULL);
    node->committing = batch;
    return TOV_OK;
}

/* ---- making ---- */

static struct tov_vkey make_vkey(const char *name, enum tov_vkey_type type,
                                 enum tov_key_purpose purpose, const struct tov_key *seed)
{
    struct tov_vkey key;
    uint8_t public_key[32];
    UNIT_NEED(tov_key_public(purpose, seed, public_key) == TOV_OK);
    UNIT_NEED(tov_vkey_make(tov_bytes_of_text(name), type, public_key, &key) == TOV_OK);
    return key;
}

static void make_keys(struct node *node)
{
    struct tov_key *keys[] = {&node->ledger,  &node->journal,   &node->witness,
                              &node->control, &node->transport, &node->storage};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        fill_random(node->harness, keys[i]->bytes, sizeof keys[i]->bytes);
}

static void make_agency(struct node *node)
{
    struct tov_agency *agency = &node->agency;
    char name[TOV_ORIGIN_MAX_BYTES + 1];
    const char *agency_name = agency_rows[node->index].name;
    *agency = (struct tov_agency){.number = (uint16_t)(node->index + 1),
                                  .name = agency_name,
                                  .title = agency_name,
                                  .cvr = agency_rows[node->index].cvr,
                                  .regime = agency_rows[node->index].regime,
                                  .generation = 1,
                                  .transport_count = 1,
                                  .keepers = node->keepers,
                                  .units = node->units};
    (void)snprintf(name, sizeof name, FEDERATION "/%s/1", agency_name);
    agency->ledger = make_vkey(name, TOV_VKEY_ED25519, TOV_KEY_LEDGER, &node->ledger);
    (void)snprintf(name, sizeof name, FEDERATION "/%s/1/journal/1", agency_name);
    agency->journal = make_vkey(name, TOV_VKEY_ED25519, TOV_KEY_JOURNAL, &node->journal);
    (void)snprintf(name, sizeof name, FEDERATION "/%s/witness", agency_name);
    agency->witness = make_vkey(name, TOV_VKEY_COSIGNATURE, TOV_KEY_WITNESS, &node->witness);
    UNIT_NEED(tov_key_public(TOV_KEY_CONTROL, &node->control, agency->control) == TOV_OK);
    UNIT_NEED(tov_key_public(TOV_KEY_TRANSPORT, &node->transport, agency->transport[0]) == TOV_OK);
    for (size_t i = 0; i < sizeof unit_rows / sizeof unit_rows[0]; i++) {
        if (unit_rows[i].agency == node->index)
            node->units[agency->unit_count++] = unit_rows[i].unit;
    }
    for (size_t i = 0; i < node->harness->count; i++) {
        if (i != node->index)
            node->keepers[agency->keeper_count++] = (uint16_t)(i + 1);
    }
}

static void make_roster(struct harness *harness)
{
    struct tov_agency agencies[HARNESS_NODES_MAX];
    struct tov_key root_seed;
    struct tov_error error = {.text = ""};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    for (size_t i = 0; i < harness->count; i++)
        agencies[i] = harness->nodes[i].agency;
    fill_random(harness, root_seed.bytes, sizeof root_seed.bytes);
    struct tov_vkey root =
        make_vkey(FEDERATION "/root/x", TOV_VKEY_ED25519, TOV_KEY_ROOT, &root_seed);
    struct tov_roster_facts facts = {.federation = FEDERATION,
                                     .version = 1,
                                     .valid_until_ms = START_MS + 31536000000u,
                                     .catalogue_version = 1,
                                     .calendar_version = 1,
                                     .witness_policy = TOV_WITNESS_TWO_THIRDS,
                                     .threshold = 1,
                                     .roots = &root,
                                     .root_count = 1,
                                     .agencies = agencies,
                                     .agency_count = harness->count};
    tov_roster_format(&facts, &text);
    enum tov_err err = tov_roster_parse(tov_buf_view(&text), &harness->roster, &error);
    if (err != TOV_OK)
        (void)fprintf(stderr, "roster: %s\n", error.text);
    UNIT_NEED(err == TOV_OK);
}

static void make_clients(struct node *node)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_CLIENTS_MAX_BYTES);
    tov_clients_format_start(agency_rows[node->index].name, &text);
    for (size_t i = 0; i < sizeof client_rows / sizeof client_rows[0]; i++) {
        struct tov_client client = client_rows[i].client;
        harness_key_of(client.name, client.key);
        if (client_rows[i].agency == node->index)
            tov_clients_format_entry(&client, &text);
    }
    UNIT_NEED(tov_clients_parse(tov_buf_view(&text), &node->clients, NULL) == TOV_OK);
}

static struct tov_guard_local_options guard_options_of(const struct node *node)
{
    return (struct tov_guard_local_options){.ledger_origin = node->agency.ledger.name,
                                            .ledger_seed = node->ledger,
                                            .journal_seed = node->journal,
                                            .witness_seed = node->witness,
                                            .roster = tov_roster_facts(node->roster)};
}

static void make_guard(struct node *node)
{
    struct tov_guard_local_options options = guard_options_of(node);
    options.fresh = true;
    UNIT_NEED(tov_guard_local_create(&options, &node->guard, NULL) == TOV_OK);
}

static enum tov_err open_node(struct node *node, struct tov_error *error)
{
    struct tov_store_options options = {.tables = tov_tables,
                                        .table_count = TOV_TABLE_COUNT,
                                        .format = TOV_STORE_FORMAT,
                                        .map_bytes = 256u << 20,
                                        .any_filesystem = true};
    UNIT_NEED(tov_store_open(node->folder, &options, &node->store, error) == TOV_OK);
    node->host = host_of(node);
    struct tov_node_setup setup = {.host = &node->host,
                                   .store = node->store,
                                   .roster = node->roster,
                                   .clients = node->clients,
                                   .agency = agency_rows[node->index].name,
                                   .control_seed = &node->control,
                                   .storage_root = &node->storage,
                                   .now_ms = node->harness->now_ms,
                                   .mono_ms = node->harness->mono_ms,
                                   .window_bytes = 1u << 20,
                                   .peer_day_bytes = 1ull << 33,
                                   .batch_max_bytes = 16u << 20,
                                   .book_block_bytes = node->harness->book_block_bytes,
                                   .disk_reserve_bytes = node->harness->disk_reserve_bytes,
                                   .machine_id = node->has_machine ? node->machine : NULL,
                                   .commit = begin_commit,
                                   .commit_context = node};
    return tov_node_create(&setup, &node->node, error);
}

static void start_node(struct node *node)
{
    struct tov_error error = {.text = ""};
    bool is_open = open_node(node, &error) == TOV_OK;
    unit_need(is_open, error.text, __FILE__, __LINE__);
}

static void make_node(struct harness *harness, size_t index)
{
    struct node *node = &harness->nodes[index];
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(node->folder, sizeof node->folder, "%s/tov-harness-XXXXXX", base);
    UNIT_NEED(mkdtemp(node->folder) != NULL);
    node->front_room = SIZE_MAX;
    node->roster = harness->roster;
    node->disk = sim_disk_create();
    make_clients(node);
    make_guard(node);
    start_node(node);
}

static void remove_folder(const char *folder)
{
    static const char *const names[] = {"data.mdb", "lock.mdb", "data.mdb.new", "probe"};
    char path[96];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

struct harness *harness_create(const struct harness_options *options)
{
    struct harness *harness = calloc(1, sizeof *harness);
    UNIT_NEED(harness != NULL && options->nodes >= 1 && options->nodes <= HARNESS_NODES_MAX);
    harness->count = options->nodes;
    harness->random = options->seed;
    harness->now_ms = START_MS;
    harness->mono_ms = 1000;
    harness->disk_reserve_bytes = options->disk_reserve_bytes;
    harness->book_block_bytes = options->book_block_bytes;
    for (size_t i = 0; i < harness->count; i++) {
        harness->nodes[i].harness = harness;
        harness->nodes[i].index = i;
        make_keys(&harness->nodes[i]);
        make_agency(&harness->nodes[i]);
    }
    make_roster(harness);
    for (size_t i = 0; i < harness->count; i++)
        make_node(harness, i);
    harness_run(harness); /* guards agree: before that nobody's answer counts */
    for (size_t a = 0; a < harness->count; a++) {
        for (size_t b = a + 1; b < harness->count; b++)
            harness_set_link(harness, a, b, true);
    }
    harness_run(harness);
    return harness;
}

void harness_destroy(struct harness *harness)
{
    for (size_t i = 0; i < harness->count; i++) {
        struct node *node = &harness->nodes[i];
        tov_node_destroy(node->node);
        tov_store_close(node->store);
        tov_guard_local_destroy(node->guard);
        tov_clients_destroy(node->clients);
        sim_disk_destroy(node->disk);
        queue_fini(&node->questions);
        queue_fini(&node->replies);
        queue_fini(&node->closed);
        queue_fini(&node->logged);
        remove_folder(node->folder);
    }
    queue_fini(&harness->frames);
    tov_roster_destroy(harness->roster);
    free(harness);
}

/* ---- running ---- */

static bool answer_guard(struct node *node)
{
    struct tov_guard_request request;
    if (node->questions.count == 0)
        return false;
    struct item item = queue_take(&node->questions, 0);
    struct tov_guard_answer *answer = calloc(1, sizeof *answer);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf payload = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_bytes bytes = {item.bytes, item.size};
    UNIT_NEED(answer != NULL);
    UNIT_NEED(tov_guard_request_decode((uint8_t)item.from, bytes, &request) == TOV_OK);
    UNIT_NEED(tov_guard_local_call(node->guard, &request, answer) == TOV_OK);
    UNIT_NEED(tov_guard_answer_encode(answer, &payload) == TOV_OK);
    tov_node_on_guard(node->node, (uint8_t)(item.from + TOV_GUARD_ANSWER), tov_buf_view(&payload));
    free(answer);
    free(item.bytes);
    return true;
}

static bool end_commit(struct node *node)
{
    struct tov_store_batch *batch = node->committing;
    if (batch == NULL || node->holds)
        return false;
    struct tov_store_result result = {.batch = batch};
    result.err =
        node->disk_is_full ? TOV_E_FULL : tov_store_commit(node->store, batch, &result.error);
    result.number = tov_store_number(node->store);
    node->committing = NULL;
    tov_node_on_committed(node->node, &result);
    return true;
}

static bool deliver_frames(struct harness *harness)
{
    size_t count = harness->frames.count;
    for (size_t i = 0; i < count; i++) {
        struct item item = queue_take(&harness->frames, 0);
        if (harness->is_up[item.from][item.to] && !harness->nodes[item.to].has_ended)
            tov_node_on_peer_frame(harness->nodes[item.to].node, (uint16_t)(item.from + 1),
                                   (struct tov_bytes){item.bytes, item.size});
        free(item.bytes);
    }
    return count > 0;
}

static void look_whether_it_failed(struct node *node)
{
    struct tov_error error;
    enum tov_err err = tov_node_failed(node->node, &error);
    node->has_ended = err != TOV_OK;
    if (err == TOV_OK || node->harness->may_fail)
        return;
    (void)fprintf(stderr, "node %zu: %s\n", node->index, error.text);
    UNIT_NEED(err == TOV_OK);
}

static bool run_node(struct node *node)
{
    if (node->has_ended)
        return false;
    bool moved = answer_guard(node);
    moved = end_commit(node) || moved;
    tov_node_turn(node->node);
    look_whether_it_failed(node);
    return !node->has_ended &&
           (moved || node->questions.count > 0 || (node->committing != NULL && !node->holds) ||
            tov_node_wants_turn(node->node));
}

static bool run_once(struct harness *harness)
{
    bool moved = deliver_frames(harness);
    for (size_t i = 0; i < harness->count; i++)
        moved = run_node(&harness->nodes[i]) || moved;
    return moved || harness->frames.count > 0;
}

void harness_run(struct harness *harness)
{
    unsigned rounds = 0;
    while (run_once(harness))
        UNIT_NEED(++rounds < ROUNDS_MAX);
}

void harness_skip(struct harness *harness, uint64_t ms)
{
    harness->now_ms += ms;
    harness->mono_ms += ms;
    for (size_t i = 0; i < harness->count; i++) {
        if (!harness->nodes[i].has_ended)
            tov_node_set_time(harness->nodes[i].node, harness->now_ms, harness->mono_ms);
    }
}

void harness_advance(struct harness *harness, uint64_t ms)
{
    while (ms > 0) {
        uint64_t step = ms < 1000 ? ms : 1000;
        harness_skip(harness, step);
        for (size_t i = 0; i < harness->count; i++) {
            if (!harness->nodes[i].has_ended)
                tov_node_on_tick(harness->nodes[i].node);
        }
        harness_run(harness);
        ms -= step;
    }
}

uint64_t harness_now_ms(const struct harness *harness)
{
    return harness->now_ms;
}

struct tov_node *harness_node(struct harness *harness, size_t node)
{
    return harness->nodes[node].node;
}

void harness_set_link(struct harness *harness, size_t a, size_t b, bool is_up)
{
    harness->is_up[a][b] = harness->is_up[b][a] = is_up;
    void (*tell)(struct tov_node * node, uint16_t agency) =
        is_up ? tov_node_on_peer_up : tov_node_on_peer_down;
    tell(harness->nodes[a].node, (uint16_t)(b + 1));
    tell(harness->nodes[b].node, (uint16_t)(a + 1));
}

void harness_connect_again(struct harness *harness)
{
    for (size_t a = 0; a < harness->count; a++) {
        for (size_t b = a + 1; b < harness->count; b++) {
            harness_set_link(harness, a, b, false);
            harness_set_link(harness, a, b, true);
        }
    }
    harness_run(harness);
}

void harness_set_roster(struct harness *harness, size_t node, struct tov_roster *roster)
{
    harness->nodes[node].roster = roster;
}

void harness_forget_file(struct harness *harness, size_t index, const char *name)
{
    UNIT_NEED(sim_disk_delete(harness->nodes[index].disk, name) == TOV_OK);
}

void harness_lose_witness(struct harness *harness, size_t index)
{
    struct node *node = &harness->nodes[index];
    struct tov_guard_local_options options = guard_options_of(node);
    struct tov_guard_local *before = node->guard;
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++) {
        if (i != TOV_GUARD_IMAGE_WITNESS)
            options.images[i] = tov_guard_local_image(before, (enum tov_guard_image)i);
    }
    UNIT_NEED(tov_guard_local_create(&options, &node->guard, NULL) == TOV_OK);
    tov_guard_local_destroy(before);
}

void harness_set_machine(struct harness *harness, size_t index, uint8_t machine)
{
    harness->nodes[index].has_machine = machine != 0;
    memset(harness->nodes[index].machine, machine, sizeof harness->nodes[index].machine);
}

void harness_let_fail(struct harness *harness, bool may_fail)
{
    harness->may_fail = may_fail;
}

bool harness_has_ended(const struct harness *harness, size_t node)
{
    return harness->nodes[node].has_ended;
}

static void end_node(struct node *node)
{
    struct harness *harness = node->harness;
    for (size_t i = 0; i < harness->count; i++) {
        if (node->node == NULL || i == node->index)
            continue;
        node->was_up[i] = harness->is_up[node->index][i];
        if (node->was_up[i])
            harness_set_link(harness, node->index, i, false);
    }
    tov_node_destroy(node->node);
    tov_store_close(node->store);
    node->node = NULL;
    node->store = NULL;
    node->committing = NULL;
    node->has_ended = true;
    queue_fini(&node->questions);
    queue_fini(&node->replies);
    queue_fini(&node->closed);
}

static void put_links_up(struct node *node)
{
    struct harness *harness = node->harness;
    for (size_t i = 0; i < harness->count && !node->has_ended; i++) {
        if (node->was_up[i])
            harness_set_link(harness, node->index, i, true);
    }
}

enum tov_err harness_try_restart(struct harness *harness, size_t index)
{
    struct node *node = &harness->nodes[index];
    end_node(node);
    enum tov_err err = open_node(node, NULL);
    node->has_ended = err != TOV_OK;
    harness_run(harness);
    put_links_up(node);
    return err;
}

void harness_restart(struct harness *harness, size_t index)
{
    struct node *node = &harness->nodes[index];
    end_node(node);
    start_node(node);
    node->has_ended = false;
    harness_run(harness);
    put_links_up(node);
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/sim_node.h"

#include "ledger/core.h"
#include "support/unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAP_BYTES (64u << 20)
#define WINDOW_BYTES (512u << 10)
#define BATCH_MAX_BYTES (8u << 20)
#define TURNS_MAX 1000

/* ---- the host ---- */

static void give_random(void *context, void *out, size_t size)
{
    struct sim_node *node = context;
    uint8_t *to = out;
    for (size_t i = 0; i < size; i += 8) {
        uint64_t value = unit_random(&node->random);
        memcpy(to + i, &value, size - i < 8 ? size - i : 8);
    }
}

static enum tov_err send_peer(void *context, uint16_t agency, struct tov_bytes frame)
{
    struct sim_node *node = context;
    return node->hooks.send == NULL
               ? TOV_E_CLOSED
               : node->hooks.send(node->hooks.context, node->index, agency, frame);
}

static void drop_peer(void *context, uint16_t agency, uint32_t ms)
{
    struct sim_node *node = context;
    if (node->hooks.drop != NULL)
        node->hooks.drop(node->hooks.context, node->index, agency, ms);
}

static enum tov_err send_client(void *context, uint64_t connection, struct tov_bytes frame)
{
    struct sim_node *node = context;
    return node->hooks.send_client == NULL
               ? TOV_OK
               : node->hooks.send_client(node->hooks.client_context, node->index, connection,
                                         frame);
}

static void close_client(void *context, uint64_t connection)
{
    struct sim_node *node = context;
    if (node->hooks.close_client != NULL)
        node->hooks.close_client(node->hooks.client_context, node->index, connection);
}

static enum tov_err ask_guard(void *context, uint8_t kind, struct tov_bytes payload)
{
    struct sim_node *node = context;
    UNIT_NEED(node->question_count < SIM_QUESTIONS_MAX);
    struct sim_question *question = &node->questions[node->question_count++];
    *question = (struct sim_question){.kind = kind,
                                      .request = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES),
                                      .answer = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES)};
    tov_buf_put_bytes(&question->request, payload);
    return question->request.failed;
}

static void write_log(void *context, enum tov_host_level level, const char *event,
                      const char *details)
{
    struct sim_node *node = context;
    (void)level;
    if (node->hooks.log != NULL)
        node->hooks.log(node->hooks.context, node->index, event, details);
}

static enum tov_err file_save(void *context, const char *name, struct tov_bytes content)
{
    return sim_disk_save(((struct sim_node *)context)->disk, name, content);
}

static enum tov_err file_load(void *context, const char *name, struct tov_buf *out)
{
    return sim_disk_load(((struct sim_node *)context)->disk, name, out);
}

static enum tov_err file_delete(void *context, const char *name)
{
    return sim_disk_delete(((struct sim_node *)context)->disk, name);
}

static enum tov_err blob_write(void *context, const char *name, uint64_t offset,
                               struct tov_bytes data)
{
    return sim_disk_write(((struct sim_node *)context)->disk, name, offset, data);
}

static enum tov_err blob_read(void *context, const char *name, uint64_t offset,
                              struct tov_room room, size_t *out_read)
{
    return sim_disk_read(((struct sim_node *)context)->disk, name, offset, room, out_read);
}

static enum tov_err blob_sync(void *context, const char *name)
{
    return sim_disk_sync(((struct sim_node *)context)->disk, name);
}

static enum tov_err blob_rename(void *context, const char *from, const char *to)
{
    return sim_disk_rename(((struct sim_node *)context)->disk, from, to);
}

static enum tov_err blob_delete(void *context, const char *name)
{
    return sim_disk_delete(((struct sim_node *)context)->disk, name);
}

static enum tov_err blob_sweep(void *context, const char *prefix)
{
    return sim_disk_sweep(((struct sim_node *)context)->disk, prefix);
}

static void make_host(struct sim_node *node)
{
    node->host = (struct tov_host){.context = node,
                                   .random = give_random,
                                   .send_peer = send_peer,
                                   .drop_peer = drop_peer,
                                   .send_client = send_client,
                                   .close_client = close_client,
                                   .ask_guard = ask_guard,
                                   .log = write_log,
                                   .file_save = file_save,
                                   .file_load = file_load,
                                   .file_delete = file_delete,
                                   .blob_write = blob_write,
                                   .blob_read = blob_read,
                                   .blob_sync = blob_sync,
                                   .blob_rename = blob_rename,
                                   .blob_delete = blob_delete,
                                   .blob_sweep = blob_sweep};
}

static enum tov_err begin_commit(void *context, struct tov_store_batch *batch)
{
    struct sim_node *node = context;
    UNIT_NEED(node->batch == NULL);
    node->batch = batch;
    node->batch_is_run = false;
    return TOV_OK;
}

/* ---- start and end ---- */

static void remove_store(const struct sim_node *node)
{
    static const char *const names[] = {"data.mdb", "lock.mdb", "ballast", "lock"};
    char path[320];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", node->dir, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(node->dir);
}

void sim_node_init(struct sim_node *node, const struct sim_federation *federation, size_t index,
                   const char *dir)
{
    *node = (struct sim_node){.federation = federation,
                              .index = index,
                              .agency = &federation->agencies[index],
                              .random = 0x9e3779b9u + index,
                              .disk = sim_disk_create(),
                              .now_ms = 1750000000000,
                              .mono_ms = 1000,
                              .window_bytes = WINDOW_BYTES,
                              .day_bytes = 1ull << 33};
    (void)snprintf(node->dir, sizeof node->dir, "%s", dir);
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++)
        node->images[i] = TOV_BUF_INIT(1u << 22);
    remove_store(node);
    make_host(node);
}

static void close_all(struct sim_node *node)
{
    tov_node_destroy(node->node);
    node->node = NULL;
    tov_store_close(node->store);
    node->store = NULL;
    node->batch = NULL;
    for (size_t i = 0; i < node->question_count; i++) {
        tov_buf_fini(&node->questions[i].request);
        tov_buf_fini(&node->questions[i].answer);
    }
    node->question_count = 0;
    tov_guard_local_destroy(node->guard);
    node->guard = NULL;
}

void sim_node_fini(struct sim_node *node)
{
    close_all(node);
    sim_disk_destroy(node->disk);
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++)
        tov_buf_fini(&node->images[i]);
    remove_store(node);
}

static enum tov_err start_guard(struct sim_node *node, struct tov_error *error)
{
    const struct tov_agency *facts = sim_federation_agency(node->federation, node->index);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf roots = TOV_BUF_INIT(65536);
    tov_roots_format(&node->federation->roots, &roots);
    struct tov_guard_local_options options = {.ledger_origin = facts->ledger.name,
                                              .ledger_seed = node->agency->ledger,
                                              .journal_seed = node->agency->journal,
                                              .witness_seed = node->agency->witness,
                                              .roots = tov_buf_view(&roots),
                                              .roster = tov_roster_facts(node->federation->roster),
                                              .fresh = !node->has_images};
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++)
        options.images[i] = tov_buf_view(&node->images[i]);
    return tov_guard_local_create(&options, &node->guard, error);
}

static enum tov_err start_core(struct sim_node *node, struct tov_error *error)
{
    struct tov_store_options options = {.tables = tov_tables,
                                        .table_count = TOV_TABLE_COUNT,
                                        .format = TOV_STORE_FORMAT,
                                        .map_bytes = MAP_BYTES,
                                        .any_filesystem = true};
    TOV_TRY(tov_store_open(node->dir, &options, &node->store, error));
    struct tov_node_setup setup = {.host = &node->host,
                                   .store = node->store,
                                   .roster = node->federation->roster,
                                   .clients = node->agency->clients,
                                   .agency = node->agency->name,
                                   .control_seed = &node->agency->control,
                                   .storage_root = &node->agency->storage,
                                   .now_ms = node->now_ms,
                                   .mono_ms = node->mono_ms,
                                   .window_bytes = node->window_bytes,
                                   .peer_day_bytes = node->day_bytes,
                                   .book_block_bytes = 1000, /* a few messages */
                                   .batch_max_bytes = BATCH_MAX_BYTES,
                                   .commit = begin_commit,
                                   .commit_context = node};
    return tov_node_create(&setup, &node->node, error);
}

enum tov_err sim_node_start(struct sim_node *node, struct tov_error *error)
{
    node->boots++;
    enum tov_err err = start_guard(node, error);
    if (err == TOV_OK)
        err = start_core(node, error);
    if (err != TOV_OK)
        close_all(node);
    return err;
}

void sim_node_crash(struct sim_node *node)
{
    for (size_t i = 0; node->guard != NULL && i < TOV_GUARD_IMAGES; i++) {
        tov_buf_clear(&node->images[i]);
        tov_buf_put_bytes(&node->images[i],
                          tov_guard_local_image(node->guard, (enum tov_guard_image)i));
        UNIT_NEED(node->images[i].failed == TOV_OK);
        node->has_images = true;
    }
    close_all(node);
    sim_disk_crash(node->disk, &node->random);
}

/* ---- copies ---- */

#define COPY_MAX_BYTES (64u << 20)

static void store_path(const struct sim_node *node, char out[320])
{
    (void)snprintf(out, 320, "%s/data.mdb", node->dir);
}

static void read_whole(const char *path, struct tov_buf *out)
{
    FILE *file = fopen(path, "rb");
    uint8_t room[65536];
    size_t got = 0;
    UNIT_NEED(file != NULL);
    while ((got = fread(room, 1, sizeof room, file)) > 0)
        tov_buf_put(out, room, got);
    UNIT_NEED(fclose(file) == 0 && out->failed == TOV_OK);
}

void sim_node_copy(struct sim_node *node, struct sim_copy *out_copy)
{
    char path[320];
    UNIT_NEED(node->node == NULL);
    *out_copy = (struct sim_copy){.store = TOV_BUF_INIT(COPY_MAX_BYTES),
                                  .epochs = TOV_BUF_INIT(COPY_MAX_BYTES)};
    store_path(node, path);
    read_whole(path, &out_copy->store);
    enum tov_err err = sim_disk_load(node->disk, "epochs", &out_copy->epochs);
    UNIT_NEED(err == TOV_OK || err == TOV_E_NOT_FOUND); /* the latter: it has never served */
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++) {
        out_copy->images[i] = TOV_BUF_INIT(COPY_MAX_BYTES);
        tov_buf_put_bytes(&out_copy->images[i], tov_buf_view(&node->images[i]));
    }
}

static void write_whole(const char *path, struct tov_bytes bytes)
{
    FILE *file = fopen(path, "wb");
    UNIT_NEED(file != NULL && fwrite(bytes.data, 1, bytes.size, file) == bytes.size);
    UNIT_NEED(fclose(file) == 0);
}

void sim_node_put_back(struct sim_node *node, const struct sim_copy *copy, unsigned what)
{
    char path[320];
    UNIT_NEED(node->node == NULL);
    if ((what & SIM_STORE) != 0) {
        store_path(node, path);
        write_whole(path, tov_buf_view(&copy->store));
    }
    if ((what & SIM_EPOCHS) != 0)
        UNIT_NEED(sim_disk_save(node->disk, "epochs", tov_buf_view(&copy->epochs)) == TOV_OK);
    for (size_t i = 0; (what & SIM_GUARD) != 0 && i < TOV_GUARD_IMAGES; i++) {
        tov_buf_clear(&node->images[i]);
        tov_buf_put_bytes(&node->images[i], tov_buf_view(&copy->images[i]));
    }
}

void sim_copy_fini(struct sim_copy *copy)
{
    tov_buf_fini(&copy->store);
    tov_buf_fini(&copy->epochs);
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++)
        tov_buf_fini(&copy->images[i]);
}

bool sim_node_wants_start(const struct sim_node *node)
{
    return node->node != NULL && tov_node_failed(node->node, NULL) == TOV_E_AGAIN;
}

bool sim_node_has_failed(const struct sim_node *node)
{
    return node->node != NULL && tov_node_failed(node->node, NULL) != TOV_OK;
}

void sim_node_time(struct sim_node *node, uint64_t now_ms, uint64_t mono_ms)
{
    node->now_ms = now_ms;
    node->mono_ms = mono_ms;
    if (node->node != NULL)
        tov_node_set_time(node->node, now_ms, mono_ms);
}

/* ---- commits ---- */

bool sim_node_commits(const struct sim_node *node)
{
    return node->batch != NULL;
}

void sim_node_run_commit(struct sim_node *node)
{
    UNIT_NEED(node->batch != NULL && !node->batch_is_run);
    node->result = (struct tov_store_result){.batch = node->batch};
    node->result.err = node->disk_is_full
                           ? TOV_E_FULL
                           : tov_store_commit(node->store, node->batch, &node->result.error);
    node->result.number = tov_store_number(node->store);
    node->batch_is_run = true;
    if (node->result.err == TOV_OK && node->hooks.durable != NULL)
        node->hooks.durable(node->hooks.context, node->index);
}

void sim_node_fail_commit(struct sim_node *node, bool is_there)
{
    if (is_there)
        sim_node_run_commit(node);
    node->result = (struct tov_store_result){.batch = node->batch, .err = TOV_E_IO};
    node->batch_is_run = true;
}

void sim_node_answer_commit(struct sim_node *node)
{
    struct tov_store_result result = node->result;
    UNIT_NEED(node->batch != NULL && node->batch_is_run);
    node->batch = NULL;
    tov_node_on_committed(node->node, &result);
}

/* ---- guard ---- */

bool sim_node_asks(const struct sim_node *node, bool run)
{
    for (size_t i = 0; i < node->question_count; i++) {
        if (node->questions[i].is_run == run)
            return true;
    }
    return false;
}

static void tell_signed(struct sim_node *node, const struct tov_guard_request *request,
                        const struct tov_guard_answer *answer)
{
    if (node->hooks.signed_by_guard != NULL)
        node->hooks.signed_by_guard(node->hooks.context, node->index, request, answer);
}

void sim_node_run_guard(struct sim_node *node)
{
    size_t at = 0;
    while (at < node->question_count && node->questions[at].is_run)
        at++;
    UNIT_NEED(at < node->question_count);
    struct sim_question *question = &node->questions[at];
    TOV_FREE struct tov_guard_request *request = calloc(1, sizeof *request);
    TOV_FREE struct tov_guard_answer *answer = calloc(1, sizeof *answer);
    UNIT_NEED(request != NULL && answer != NULL);
    UNIT_NEED(tov_guard_request_decode(question->kind, tov_buf_view(&question->request), request) ==
              TOV_OK);
    UNIT_NEED(tov_guard_local_call(node->guard, request, answer) == TOV_OK);
    tell_signed(node, request, answer);
    UNIT_NEED(tov_guard_answer_encode(answer, &question->answer) == TOV_OK);
    question->answer_kind = (uint8_t)(question->kind + TOV_GUARD_ANSWER);
    question->is_run = true;
}

void sim_node_answer_guard(struct sim_node *node)
{
    UNIT_NEED(node->question_count > 0 && node->questions[0].is_run);
    struct sim_question question = node->questions[0];
    node->question_count--;
    memmove(node->questions, node->questions + 1, node->question_count * sizeof node->questions[0]);
    tov_node_on_guard(node->node, question.answer_kind, tov_buf_view(&question.answer));
    tov_buf_fini(&question.request);
    tov_buf_fini(&question.answer);
}

/* ---- all at once ---- */

static bool step(struct sim_node *node)
{
    if (sim_node_commits(node)) {
        sim_node_run_commit(node);
        sim_node_answer_commit(node);
        return true;
    }
    if (node->question_count == 0 || node->guard_is_silent)
        return false;
    sim_node_run_guard(node);
    sim_node_answer_guard(node);
    return true;
}

void sim_node_settle(struct sim_node *node)
{
    for (int i = 0; i < TURNS_MAX; i++) {
        if (node->node == NULL || sim_node_has_failed(node))
            return;
        tov_node_turn(node->node);
        if (!step(node) && !tov_node_wants_turn(node->node))
            return;
    }
    UNIT_NEED(false && "a node that comes to rest");
}

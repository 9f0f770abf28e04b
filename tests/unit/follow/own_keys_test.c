/* SPDX-License-Identifier: EUPL-1.2
 *
 * Own messages that come back after a restore are readable again: who can read them seals the keys
 * to their sender, to nobody else, and writes that down (docs/recovery.md).
 */
#include "book/book.h"
#include "counted.h"
#include "hostile_peer.h"
#include "ledger/entry.h"
#include "wire/api.h"

#include <string.h>

#define SENT 3u

/* Node 0 sends SENT messages, and is set back to before them. */
struct scene {
    struct sim_wire *wire;
    struct sim_copy copy;
    struct tov_message_written sent[SENT];
    bool holds_requests; /* for keys: they are lost */
    bool loses_parcels;  /* of node 1: node 0 does not learn its epoch key */
    bool lies;           /* of node 1: its stanzas are changed */
    unsigned lies_told;
};

static struct tov_core *core_of(const struct scene *scene, size_t node)
{
    return tov_node_core(scene->wire->nodes[node].node);
}

static bool look_at_control(struct scene *scene, struct sim_frame *frame,
                            struct tov_control *control)
{
    if (scene->holds_requests && control->kind == TOV_CONTROL_KEYS_REQUEST)
        return false;
    if (scene->lies && frame->from == 1 && control->kind == TOV_CONTROL_KEYS_ANSWER) {
        for (size_t i = 0; i < control->as.keys_answer.count; i++)
            ((uint8_t *)(uintptr_t)control->as.keys_answer.keys[i].stanza.sealed.data)[50] ^= 1;
        scene->lies_told++;
        sim_sign_control(scene->wire->federation, 1, control, &frame->bytes);
    }
    return true;
}

static bool look_at_frame(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    TOV_CLEANUP(sim_control_cleanup) struct sim_control *control = sim_control_read(frame);
    if (sim_frame_kind(frame) == TOV_FRAME_PARCEL)
        return !(scene->loses_parcels && frame->from == 1 && frame->to == 0);
    return control == NULL || look_at_control(scene, frame, &control->body);
}

static void set_back(struct scene *scene)
{
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], &scene->copy, SIM_STORE);
    sim_wire_start_again(scene->wire, 0);
}

static struct scene *create_scene(const char *name, size_t nodes)
{
    struct scene *scene = calloc(1, sizeof *scene);
    UNIT_NEED(scene != NULL);
    scene->wire = sim_wire_create(name, nodes);
    scene->wire->filter = look_at_frame;
    scene->wire->filter_context = scene;
    return scene;
}

static void play(struct scene *scene)
{
    sim_wire_start_all(scene->wire);
    sim_wire_copy(scene->wire, 0, &scene->copy);
    for (size_t i = 0; i < SENT; i++) {
        scene->sent[i] = sim_wire_send(scene->wire, 0, 100 + i);
        sim_wire_run(scene->wire);
    }
}

static struct scene *make_scene_of(const char *name, size_t nodes)
{
    struct scene *scene = create_scene(name, nodes);
    play(scene);
    return scene;
}

static struct scene *make_scene(const char *name)
{
    return make_scene_of(name, 3);
}

static void destroy_scene(struct scene *scene)
{
    sim_copy_fini(&scene->copy);
    sim_wire_destroy(scene->wire);
    free(scene);
}

static bool has_text(struct tov_bytes bytes, const char *text)
{
    size_t size = strlen(text);
    for (size_t i = 0; i + size <= bytes.size; i++) {
        if (memcmp(bytes.data + i, text, size) == 0)
            return true;
    }
    return false;
}

/* How many of those that were sent NODE can read, text and all. */
static size_t count_readable_at(const struct scene *scene, size_t node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_core *core = core_of(scene, node);
    size_t count = 0;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    for (size_t i = 0; i < SENT; i++) {
        struct tov_message_name name = {core_of(scene, 0)->own->number, 1,
                                        scene->sent[i].place.index};
        UNIT_NEED(tov_message_read(core, read, &name, TOV_MESSAGE_CONTENT, message) == TOV_OK);
        count +=
            message->shows_content && has_text(tov_buf_view(&message->content), SIM_MARKER) ? 1 : 0;
    }
    return count;
}

static size_t count_readable(const struct scene *scene)
{
    return count_readable_at(scene, 0);
}

static void own_messages_that_came_back_are_readable_again(void)
{
    struct scene *scene = make_scene("back");
    set_back(scene);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[0].node), TOV_NODE_SERVING);
    UNIT_EQUAL_INT(count_readable(scene), SENT);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_KEYLESS), 0);
    UNIT_EQUAL_INT(scene->wire->drops, 0);
    destroy_scene(scene);
}

/* Its epoch keys are in no backup: it makes a new one, which the others must know first. */
static void they_are_sealed_to_the_new_epoch_of_who_lost_its_keys(void)
{
    struct scene *scene = make_scene("epoch");
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], &scene->copy, SIM_STORE);
    UNIT_NEED(sim_disk_delete(scene->wire->nodes[0].disk, "epochs") == TOV_OK);
    sim_wire_start_again(scene->wire, 0);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(count_readable(scene), SENT);
    destroy_scene(scene);
}

static void each_time_that_keys_are_given_again_is_an_entry(void)
{
    struct scene *scene = make_scene("entry");
    set_back(scene);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(count_readable(scene), SENT);
    size_t first = count_journal(core_of(scene, 1), TOV_LEAF_REWRAP);
    size_t second = count_journal(core_of(scene, 2), TOV_LEAF_REWRAP);
    CU_ASSERT(first + second >= SENT);
    CU_ASSERT(first <= SENT && second <= SENT);
    destroy_scene(scene);
}

static void a_recipient_that_lost_the_keys_says_so_and_another_suffices(void)
{
    struct scene *scene = make_scene("lost");
    struct tov_store_key none = {0};
    scene->holds_requests = true;
    set_back(scene);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(count_readable(scene), 0);
    tov_store_batch_delete_range(tov_core_batch(core_of(scene, 1)), TOV_TABLE_MDATAKEY, none, none);
    sim_node_settle(&scene->wire->nodes[1]);
    scene->holds_requests = false;
    sim_wire_pass(scene->wire, 30000);
    CU_ASSERT(sim_wire_logged(scene->wire, "keys-not-held"));
    UNIT_EQUAL_INT(count_readable(scene), SENT);
    UNIT_EQUAL_INT(count_journal(core_of(scene, 1), TOV_LEAF_REWRAP), 0);
    UNIT_EQUAL_INT(count_journal(core_of(scene, 2), TOV_LEAF_REWRAP), SENT);
    destroy_scene(scene);
}

/* Its word came while the sender itself had no keys to give. */
static void a_recipient_that_waits_for_the_keys_gets_them_when_they_are_back(void)
{
    struct scene *scene = create_scene("waits", 3);
    scene->loses_parcels = true;
    play(scene);
    scene->loses_parcels = false;
    scene->holds_requests = true;
    set_back(scene);
    sim_wire_pass(scene->wire, 60000);
    UNIT_NEED(tov_node_state(scene->wire->nodes[0].node) == TOV_NODE_SERVING);
    UNIT_EQUAL_INT(count_readable(scene), 0);
    UNIT_EQUAL_INT(count_readable_at(scene, 1), 0);
    scene->holds_requests = false;
    sim_wire_pass(scene->wire, 30000);
    UNIT_EQUAL_INT(count_readable(scene), SENT);
    UNIT_EQUAL_INT(count_readable_at(scene, 1), SENT);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_OWED), 0);
    destroy_scene(scene);
}

/* Nobody has them any more: what is owed then is owed no longer. */
static void keys_that_nobody_holds_are_owed_to_nobody(void)
{
    struct scene *scene = create_scene("nobody", 3);
    struct tov_store_key none = {0};
    scene->loses_parcels = true;
    play(scene);
    scene->loses_parcels = false;
    scene->holds_requests = true;
    set_back(scene);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_OWED), SENT);
    tov_store_batch_delete_range(tov_core_batch(core_of(scene, 2)), TOV_TABLE_MDATAKEY, none, none);
    sim_node_settle(&scene->wire->nodes[2]);
    scene->holds_requests = false;
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_KEYLESS), 0);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_OWED), 0);
    UNIT_EQUAL_INT(count_readable_at(scene, 1), 0);
    destroy_scene(scene);
}

/* K3: another agency's answer is what is taken. */
static void keys_that_do_not_fit_the_own_leaf_are_not_kept(void)
{
    struct scene *scene = make_scene("lies");
    scene->lies = true;
    set_back(scene);
    sim_wire_disconnect(scene->wire, 0, 2);
    sim_wire_pass(scene->wire, 60000);
    CU_ASSERT(scene->lies_told > 0);
    UNIT_EQUAL_INT(count_readable(scene), 0);
    UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[0].node), TOV_NODE_SERVING);
    sim_wire_connect(scene->wire, 0, 2);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 30000);
    UNIT_EQUAL_INT(count_readable(scene), SENT);
    destroy_scene(scene);
}

static size_t catch_up(struct tov_book *book, const struct tov_core *core)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    enum tov_err err = TOV_E_AGAIN;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    while (err == TOV_E_AGAIN) {
        size_t slice = TOV_BOOK_SLICE;
        err = tov_book_catch_up(book, read, core->next_event - 1, &slice);
    }
    UNIT_NEED(err == TOV_OK);
    UNIT_NEED(tov_book_check(book, read, 100) == TOV_OK);
    return tov_book_count(book);
}

/* I5: who has read past them before their keys came shows what everybody shows. */
static void the_case_book_takes_them_in_when_they_come(void)
{
    struct scene *scene = make_scene("book");
    struct tov_book *book = NULL;
    scene->holds_requests = true;
    set_back(scene);
    sim_wire_pass(scene->wire, 60000);
    struct tov_core *core = core_of(scene, 0);
    UNIT_NEED(tov_book_create(core, 1, &book) == TOV_OK);
    UNIT_EQUAL_INT(catch_up(book, core), 0);
    scene->holds_requests = false;
    sim_wire_pass(scene->wire, 30000);
    UNIT_EQUAL_INT(count_readable(scene), SENT);
    CU_ASSERT(tov_book_has_unchecked(book));
    (void)catch_up(book, core);
    UNIT_EQUAL_INT(catch_up(book, core), SENT);
    UNIT_EQUAL_INT(tov_book_differences(book), 0);
    tov_book_destroy(book);
    destroy_scene(scene);
}

/* Blocks that were written when they could not be read are no more when they can: whoever starts
 * the moment after loads none of them. */
static void the_case_book_of_a_node_that_ends_just_then_has_them(void)
{
    struct scene *scene = make_scene("blocks");
    struct tov_book *book = NULL;
    scene->holds_requests = true;
    set_back(scene);
    sim_wire_pass(scene->wire, 60000);
    (void)sim_wire_send(scene->wire, 0, 200); /* this one it can read */
    sim_wire_run(scene->wire);
    UNIT_NEED(tov_book_create(core_of(scene, 0), 1, &book) == TOV_OK);
    UNIT_EQUAL_INT(catch_up(book, core_of(scene, 0)), 1);
    sim_node_settle(&scene->wire->nodes[0]);
    UNIT_NEED(count_rows(core_of(scene, 0), TOV_TABLE_BOOK) > 0);
    tov_book_destroy(book);
    scene->holds_requests = false;
    for (int i = 0; i < 120 && count_rows(core_of(scene, 0), TOV_TABLE_KEYLESS) > 0; i++)
        sim_wire_pass(scene->wire, 100);
    UNIT_EQUAL_INT(count_readable(scene), SENT);
    sim_wire_crash(scene->wire, 0);
    sim_wire_start_again(scene->wire, 0);
    UNIT_NEED(tov_book_create(core_of(scene, 0), 1, &book) == TOV_OK);
    UNIT_EQUAL_INT(catch_up(book, core_of(scene, 0)), SENT + 1);
    UNIT_EQUAL_INT(tov_book_differences(book), 0);
    tov_book_destroy(book);
    destroy_scene(scene);
}

/* ---- what a program sends once more ---- */

static enum tov_err keep_reply(void *context, size_t index, uint64_t connection,
                               struct tov_bytes frame)
{
    struct tov_buf *kept = context;
    (void)index;
    (void)connection;
    tov_buf_clear(kept);
    tov_buf_put_bytes(kept, frame);
    return kept->failed;
}

static void make_submission(const struct tov_core *core, const char *key, struct tov_buf *out)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(TOV_INLINE_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(TOV_INLINE_MAX_BYTES);
    static const uint8_t id[TOV_MESSAGE_ID_BYTES] = {7};
    struct sim_sender sender = {core->own, core->now_ms, id};
    struct sim_order order = {.recipient_count = 2,
                              .recipients = {{2, TOV_RIGHT_ALL}, {3, TOV_RIGHT_ALL}},
                              .text_bytes = 64};
    struct tov_record request, body;
    UNIT_NEED(sim_message_encode(&sender, &order, &header, &content) == TOV_OK);
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "submit", &body) == TOV_OK);
    UNIT_NEED(tov_record_put_number(request, "id", 1) == TOV_OK);
    UNIT_NEED(tov_record_put_bytes(body, "header", tov_buf_view(&header)) == TOV_OK);
    UNIT_NEED(tov_record_put_bytes(body, "content", tov_buf_view(&content)) == TOV_OK);
    UNIT_NEED(tov_record_put_bytes(body, "idempotency_key", tov_bytes_of_text(key)) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, out) == TOV_OK);
    tov_record_destroy(&request);
}

struct submitted {
    uint64_t error, number;
    bool repeated;
};

/* A client of node 0 sends a message under KEY. */
static struct submitted submit(const struct scene *scene, const char *key)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf kept = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct sim_node *node = &scene->wire->nodes[0];
    struct tov_record answer = {0};
    uint8_t client[32];
    sim_caseworker_key(scene->wire->federation, 0, client);
    make_submission(tov_node_core(node->node), key, &frame);
    node->hooks.client_context = &kept;
    node->hooks.send_client = keep_reply;
    tov_node_on_client_frame(node->node, client, 77, tov_buf_view(&frame));
    sim_node_settle(node);
    node->hooks.send_client = NULL;
    UNIT_NEED(kept.size > 0 && tov_api_reply_decode(tov_buf_view(&kept), &reply, NULL) == TOV_OK);
    (void)tov_record_child(reply, "submit", 0, &answer);
    return (struct submitted){.error = tov_record_number(reply, "error"),
                              .number = tov_record_number(answer, "number"),
                              .repeated = tov_record_number(answer, "repeated") != 0};
}

/* I3: it was accepted since the copy; its key is in no store. */
static void what_came_back_is_not_sent_twice(void)
{
    static const char key[] = "indberetning-2021-0001";
    struct scene *scene = make_scene("twice");
    UNIT_EQUAL_INT(submit(scene, key).error, 0);
    sim_wire_run(scene->wire);
    set_back(scene);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[0].node), TOV_NODE_SERVING);
    uint64_t size = tov_ledger_size(core_of(scene, 0)->ledger);
    struct submitted again = submit(scene, key);
    CU_ASSERT(again.repeated);
    CU_ASSERT(again.number > 0);
    UNIT_EQUAL_INT(tov_ledger_size(core_of(scene, 0)->ledger), size);
    struct submitted other = submit(scene, "indberetning-2021-0002");
    UNIT_EQUAL_INT(other.error, 0);
    CU_ASSERT(!other.repeated);
    destroy_scene(scene);
}

/* Nobody was heard that had it, until the node served: from then on it is known, too. */
static void nor_what_comes_back_while_the_node_serves(void)
{
    static const char key[] = "indberetning-2021-0003";
    struct scene *scene = make_scene_of("late", 4);
    sim_wire_disconnect(scene->wire, 0, 2);
    UNIT_EQUAL_INT(submit(scene, key).error, 0);
    sim_wire_run(scene->wire);
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], &scene->copy, SIM_STORE);
    sim_wire_start(scene->wire, 0);
    sim_wire_connect(scene->wire, 0, 2);
    sim_wire_connect(scene->wire, 0, 3);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 100000);
    UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[0].node), TOV_NODE_SERVING);
    sim_wire_connect(scene->wire, 0, 1);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 30000);
    UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[0].node), TOV_NODE_SERVING);
    CU_ASSERT(submit(scene, key).repeated);
    destroy_scene(scene);
}

/* I3: what is lost, and which link numbers were used, is said only when it serves: a message that
 * was taken before would take a place that is not its own. */
static void no_message_is_taken_while_a_recovery_waits_for_a_majority(void)
{
    struct scene *scene = make_scene_of("waits", 4);
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], &scene->copy, SIM_STORE);
    sim_wire_start(scene->wire, 0);
    sim_wire_connect(scene->wire, 0, 1);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 100000);
    CU_ASSERT(sim_wire_logged(scene->wire, "waiting-for-keepers"));
    UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[0].node), TOV_NODE_RECOVERING);
    uint64_t size = tov_ledger_size(core_of(scene, 0)->ledger);
    UNIT_EQUAL_INT(submit(scene, "indberetning-2021-0004").error, TOV_E_UNAVAILABLE);
    UNIT_EQUAL_INT(tov_ledger_size(core_of(scene, 0)->ledger), size);
    sim_wire_connect(scene->wire, 0, 2);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 30000);
    UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[0].node), TOV_NODE_SERVING);
    UNIT_EQUAL_INT(submit(scene, "indberetning-2021-0004").error, 0);
    destroy_scene(scene);
}

/* ---- who asks for what is not its own ---- */

static void ask(struct hostile *hostile, const struct tov_ref *ref)
{
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    control->kind = TOV_CONTROL_KEYS_REQUEST;
    control->as.keys_request.epoch = 1;
    control->as.keys_request.count = 1;
    control->as.keys_request.refs[0] = *ref;
    hostile_say_control(hostile, control);
}

static struct hostile *meet_with_epoch(const char *name, size_t count)
{
    struct hostile *hostile = hostile_create(name, count);
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    hostile_meet(hostile);
    leaf->type = TOV_LEAF_EPOCH_KEY;
    leaf->as.epoch_key = (struct tov_leaf_epoch_key){
        .epoch = 1, .not_before_ms = 1, .not_after_ms = 1900000000000, .public_key = {9}};
    hostile_append(hostile, leaf);
    hostile_flush(hostile);
    return hostile;
}

static void an_agency_gets_keys_of_its_own_messages_alone(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet_with_epoch("own", 3);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    struct tov_core *core = hostile_core(hostile);
    struct tov_message_written others = sim_wire_send(hostile->wire, 2, 1);
    struct tov_message_written victims = sim_wire_send(hostile->wire, 0, 2);
    sim_wire_run(hostile->wire);
    struct tov_ref of_others = {3, 1, others.place.index, others.place.leaf_hash};
    struct tov_ref of_victim = {1, 1, victims.place.index, victims.place.leaf_hash};
    ask(hostile, &of_others);
    ask(hostile, &of_victim);
    UNIT_EQUAL_INT(hostile->wire->drops, 2);
    UNIT_EQUAL_INT(count_journal(core, TOV_LEAF_REWRAP), 0);
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_OPENED);
    struct tov_ref other_leaf = message.ref;
    other_leaf.leaf.bytes[0] ^= 1;
    ask(hostile, &other_leaf);
    UNIT_EQUAL_INT(count_journal(core, TOV_LEAF_REWRAP), 0);
    ask(hostile, &message.ref);
    UNIT_EQUAL_INT(count_journal(core, TOV_LEAF_REWRAP), 1);
    CU_ASSERT(hostile_victim_works(hostile));
}

/* F4: who may see the header alone has no content key, and gives none. */
static void a_right_to_the_header_gives_no_keys(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet_with_epoch("header", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_HEADER, &message);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_OPENED);
    ask(hostile, &message.ref);
    UNIT_EQUAL_INT(count_journal(hostile_core(hostile), TOV_LEAF_REWRAP), 0);
}

/* I11: asking costs the asker its quota, and the journal no second entry. */
static void asking_again_and_again_grows_nothing(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet_with_epoch("again", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_OPENED);
    for (int i = 0; i < 50; i++)
        ask(hostile, &message.ref);
    UNIT_EQUAL_INT(count_journal(hostile_core(hostile), TOV_LEAF_REWRAP), 1);
    UNIT_EQUAL_INT(hostile->wire->drops, 0);
    for (int i = 0; i < 200; i++)
        ask(hostile, &message.ref);
    CU_ASSERT(hostile->wire->drops > 0);
    UNIT_EQUAL_INT(count_journal(hostile_core(hostile), TOV_LEAF_REWRAP), 1);
    CU_ASSERT(hostile_victim_works(hostile));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(own_messages_that_came_back_are_readable_again),
        UNIT_TEST(they_are_sealed_to_the_new_epoch_of_who_lost_its_keys),
        UNIT_TEST(each_time_that_keys_are_given_again_is_an_entry),
        UNIT_TEST(a_recipient_that_lost_the_keys_says_so_and_another_suffices),
        UNIT_TEST(a_recipient_that_waits_for_the_keys_gets_them_when_they_are_back),
        UNIT_TEST(keys_that_nobody_holds_are_owed_to_nobody),
        UNIT_TEST(keys_that_do_not_fit_the_own_leaf_are_not_kept),
        UNIT_TEST(the_case_book_takes_them_in_when_they_come),
        UNIT_TEST(the_case_book_of_a_node_that_ends_just_then_has_them),
        UNIT_TEST(what_came_back_is_not_sent_twice),
        UNIT_TEST(nor_what_comes_back_while_the_node_serves),
        UNIT_TEST(no_message_is_taken_while_a_recovery_waits_for_a_majority),
        UNIT_TEST(an_agency_gets_keys_of_its_own_messages_alone),
        UNIT_TEST(a_right_to_the_header_gives_no_keys),
        UNIT_TEST(asking_again_and_again_grows_nothing),
    };
    return unit_run("follow_own_keys", tests, sizeof tests / sizeof tests[0]);
}

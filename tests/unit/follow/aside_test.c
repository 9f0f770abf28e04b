/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages that were set aside and appended anew, and what names them: an answer, a taking back, a
 * citation still mean the same message, here and at its recipients; the place that their writer was
 * told of still leads to it; and what names one that cannot be written is not written either.
 */
#include "case/draft.h"
#include "counted.h"
#include "ledger/aside.h"
#include "ledger/entry.h"
#include "ledger/moved.h"
#include "ledger/reply.h"
#include "ledger/vault.h"
#include "store/read.h"
#include "support/sim_wire.h"
#include "support/unit.h"

#include <string.h>

#define NODES 3u
#define WRITTEN_MAX 4u
#define FILE_BYTES 200000u

/* A federation in which node 0 was put back with its guard, and has taken messages before it could
 * hear anybody. */
struct scene {
    struct sim_wire *wire;
    struct sim_copy copy;
    uint8_t sent[2][TOV_MESSAGE_ID_BYTES]; /* before it was put back; the second one with a file */
    size_t count;
    struct written {
        struct tov_ref ref; /* as its writer was told */
        uint64_t number;
        uint8_t id[TOV_MESSAGE_ID_BYTES];
    } written[WRITTEN_MAX];
};

static struct tov_core *core_of(const struct scene *scene, size_t node)
{
    return tov_node_core(scene->wire->nodes[node].node);
}

static void put_back(struct scene *scene)
{
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], &scene->copy, SIM_STORE | SIM_GUARD);
    sim_wire_start(scene->wire, 0);
    UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[0].node), TOV_NODE_KEEPERS);
}

static struct sim_order an_order(const struct scene *scene)
{
    return (struct sim_order){.record = 500 + scene->count,
                              .recipient_count = 2,
                              .recipients = {{2, TOV_RIGHT_ALL}, {3, TOV_RIGHT_ALL}},
                              .text_bytes = 100};
}

static void send_file(struct scene *scene)
{
    struct tov_message_written written;
    struct sim_order order = an_order(scene);
    order.attachment_count = 1;
    order.attachment_bytes[0] = FILE_BYTES;
    UNIT_NEED(sim_message_submit(&scene->wire->nodes[0], &order, &written) == TOV_OK);
    sim_node_settle(&scene->wire->nodes[0]);
    memcpy(scene->sent[1], scene->wire->nodes[0].submitted_id, sizeof scene->sent[1]);
}

static struct scene *make_scene(const char *name)
{
    struct scene *scene = calloc(1, sizeof *scene);
    UNIT_NEED(scene != NULL);
    scene->wire = sim_wire_create(name, NODES);
    sim_wire_start_all(scene->wire);
    (void)sim_wire_send(scene->wire, 0, 100);
    sim_wire_run(scene->wire);
    sim_wire_copy(scene->wire, 0, &scene->copy);
    for (uint64_t i = 0; i < 5; i++)
        (void)sim_wire_send(scene->wire, 0, 200 + i);
    memcpy(scene->sent[0], scene->wire->nodes[0].submitted_id, sizeof scene->sent[0]);
    send_file(scene);
    sim_wire_run(scene->wire);
    put_back(scene);
    return scene;
}

static void destroy_scene(struct scene *scene)
{
    sim_copy_fini(&scene->copy);
    sim_wire_destroy(scene->wire);
    free(scene);
}

static void submit(struct scene *scene, const struct sim_order *order)
{
    struct tov_message_written written;
    UNIT_NEED(scene->count < WRITTEN_MAX);
    UNIT_NEED(sim_message_submit(&scene->wire->nodes[0], order, &written) == TOV_OK);
    sim_node_settle(&scene->wire->nodes[0]);
    struct written *to = &scene->written[scene->count++];
    *to =
        (struct written){{1, 1, written.place.index, written.place.leaf_hash}, written.event, {0}};
    memcpy(to->id, scene->wire->nodes[0].submitted_id, sizeof to->id);
}

/* A message with a file; what answers and cites it; what takes the first back. */
static void submit_three(struct scene *scene)
{
    struct sim_order first = an_order(scene);
    first.attachment_count = 1;
    first.attachment_bytes[0] = FILE_BYTES;
    submit(scene, &first);
    struct sim_order answer = an_order(scene);
    answer.has_target = answer.cites = true;
    answer.target = scene->written[0].ref;
    submit(scene, &answer);
    struct sim_order removal = an_order(scene);
    removal.has_target = removal.takes_back = true;
    removal.target = scene->written[0].ref;
    submit(scene, &removal);
}

/* What was taken is set aside; the node does not serve yet. */
static void meet(struct scene *scene)
{
    sim_wire_connect_all(scene->wire, 0);
    for (unsigned i = 0; i < 1000 && count_rows(core_of(scene, 0), TOV_TABLE_ASIDE) == 0; i++)
        sim_wire_run_some(scene->wire, 1);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_ASIDE), scene->count);
}

static void serve(struct scene *scene)
{
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[0].node), TOV_NODE_SERVING);
}

/* ---- where things stand now ---- */

/* Of node 0, by the place that its writer was told of. */
static struct tov_ref place_of(const struct scene *scene, size_t which)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_core *core = core_of(scene, 0);
    struct tov_event event;
    uint64_t number = 0;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_NEED(tov_event_of(core, read, &scene->written[which].ref, &number) == TOV_OK);
    UNIT_EQUAL_INT(number, scene->written[which].number);
    UNIT_NEED(tov_event_get(read, number, &event) == TOV_OK);
    struct tov_message_name name = {event.agency, event.generation, event.index};
    UNIT_NEED(tov_message_read(core, read, &name, TOV_MESSAGE_LEAF, message) == TOV_OK);
    return (struct tov_ref){1, 1, event.index, message->leaf_hash};
}

/* What NODE reads in the header of the message at REF, and that its content opens too. */
static void check_names(const struct scene *scene, size_t node, const struct tov_ref *ref,
                        const struct tov_ref *target, bool cites)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_message_name name = {ref->agency, ref->generation, ref->index};
    struct tov_draft draft = {0};
    struct tov_ref named = {0};
    UNIT_NEED(tov_store_read_begin(core_of(scene, node)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_OK(tov_message_read(core_of(scene, node), read, &name, TOV_MESSAGE_CONTENT, message));
    CU_ASSERT(message->shows_content);
    struct tov_bytes content = tov_buf_view(&message->content);
    UNIT_NEED(tov_draft_decode(tov_buf_view(&message->header), &content, &draft, NULL) == TOV_OK);
    CU_ASSERT(tov_record_ref(draft.header, "in_reply_to", 0, &named) &&
              tov_ref_equal(&named, target));
    CU_ASSERT(!cites ||
              (tov_record_ref(draft.header, "cites", 0, &named) && tov_ref_equal(&named, target)));
    tov_draft_fini(&draft);
}

static unsigned count_answers(const struct scene *scene, size_t node, const struct tov_ref *target)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = tov_reply_range(target, UINT64_MAX);
    struct tov_store_iter iter;
    unsigned count = 0;
    UNIT_NEED(tov_store_read_begin(core_of(scene, node)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_reply reply;
        count += tov_reply_decode(&iter.row, target, &reply) ? 1 : 0;
    }
    UNIT_OK(tov_store_iter_fini(&iter));
    return count;
}

static bool is_retracted(const struct scene *scene, size_t node, const struct tov_ref *target)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    bool is = false;
    UNIT_NEED(tov_store_read_begin(core_of(scene, node)->store, &read, NULL) == TOV_OK);
    UNIT_OK(tov_reply_find_retraction(core_of(scene, node), read, target, &is));
    return is;
}

/* ---- tests ---- */

/* What a client still writes by the old place, also as a leaf hash among typed fields. */
static void check_written_later(const struct scene *scene)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = core_of(scene, 0);
    struct tov_moving moving = {.core = core};
    struct tov_draft draft = {0};
    struct tov_ref first = place_of(scene, 0);
    struct tov_ref other = {1, 1, scene->written[0].ref.index, {{9}}}; /* never stood there */
    struct tov_ref named[2] = {{0}};
    struct tov_value hash[3];
    bool is_changed = false;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    moving.read = read;
    UNIT_NEED(tov_draft_create(tov_message_type_find(tov_bytes_of_text("retention.executed")),
                               &draft) == TOV_OK);
    UNIT_OK(tov_record_put_ref(draft.header, "cites", &other));
    UNIT_OK(tov_moved_name_anew(&moving, &draft, &is_changed));
    CU_ASSERT(!is_changed);
    UNIT_OK(tov_record_put_ref(draft.header, "cites", &scene->written[0].ref));
    UNIT_OK(
        tov_record_put_bytes(draft.header_fields, "erased_hash", TOV_BYTES_OF(other.leaf.bytes)));
    for (size_t i = 0; i < 2; i++)
        UNIT_OK(tov_record_put_bytes(draft.header_fields, "erased_hash",
                                     TOV_BYTES_OF(scene->written[0].ref.leaf.bytes)));
    UNIT_OK(tov_moved_name_anew(&moving, &draft, &is_changed));
    CU_ASSERT(is_changed);
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT(i == 2 || tov_record_ref(draft.header, "cites", i, &named[i]));
        UNIT_OK(tov_record_get(draft.header_fields, "erased_hash", i, &hash[i]));
    }
    CU_ASSERT(tov_ref_equal(&named[0], &other) && tov_ref_equal(&named[1], &first));
    UNIT_EQUAL_BYTES(hash[0].bytes, TOV_BYTES_OF(other.leaf.bytes));
    UNIT_EQUAL_BYTES(hash[1].bytes, TOV_BYTES_OF(first.leaf.bytes));
    UNIT_EQUAL_BYTES(hash[2].bytes, TOV_BYTES_OF(first.leaf.bytes));
    tov_draft_fini(&draft);
}

/* An amendment that puts a corrected record in the place of one that names leaves. */
static void check_amended_later(const struct scene *scene)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_record_destroy) struct tov_record replacement = {0};
    TOV_CLEANUP(tov_record_destroy) struct tov_record named = {0};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    struct tov_core *core = core_of(scene, 0);
    struct tov_moving moving = {.core = core};
    struct tov_draft draft = {0};
    struct tov_ref first = place_of(scene, 0);
    struct tov_value hash;
    const struct tov_message_type *erased =
        tov_message_type_find(tov_bytes_of_text("retention.executed"));
    const struct tov_schema *schema = tov_schema_find(erased->header_schema);
    bool is_changed = false;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    moving.read = read;
    UNIT_NEED(tov_record_create(schema, &replacement) == TOV_OK);
    UNIT_OK(tov_record_put_bytes(replacement, "erased_hash",
                                 TOV_BYTES_OF(scene->written[0].ref.leaf.bytes)));
    UNIT_OK(tov_record_encode(replacement, &bytes));
    UNIT_NEED(tov_draft_create(tov_message_type_find(tov_bytes_of_text("msg.amend")), &draft) ==
              TOV_OK);
    UNIT_OK(tov_record_put_bytes(draft.header_fields, "replacement", tov_buf_view(&bytes)));
    UNIT_OK(tov_moved_name_anew(&moving, &draft, &is_changed));
    CU_ASSERT(!is_changed); /* of no type */
    UNIT_OK(tov_record_put_text(draft.header_fields, "target_type", "retention.executed"));
    UNIT_OK(tov_moved_name_anew(&moving, &draft, &is_changed));
    CU_ASSERT(is_changed);
    UNIT_NEED(tov_record_decode(schema, tov_record_bytes(draft.header_fields, "replacement"),
                                &named, NULL) == TOV_OK);
    UNIT_OK(tov_record_get(named, "erased_hash", 0, &hash));
    UNIT_EQUAL_BYTES(hash.bytes, TOV_BYTES_OF(first.leaf.bytes));
    UNIT_OK(tov_record_put_bytes(draft.header_fields, "replacement", tov_bytes_of_text("none")));
    UNIT_OK(tov_moved_name_anew(&moving, &draft, &is_changed));
    CU_ASSERT(!is_changed);
    tov_draft_fini(&draft);
}

static void check_three(const struct scene *scene)
{
    struct tov_ref first = place_of(scene, 0);
    struct tov_ref answer = place_of(scene, 1);
    struct tov_ref removal = place_of(scene, 2);
    CU_ASSERT(!tov_ref_equal(&first, &scene->written[0].ref));
    for (size_t node = 0; node < NODES; node++) {
        check_names(scene, node, &answer, &first, true);
        check_names(scene, node, &removal, &first, false);
        UNIT_EQUAL_INT(count_answers(scene, node, &first), 2);
        CU_ASSERT(is_retracted(scene, node, &first));
    }
    UNIT_EQUAL_INT(count_answers(scene, 0, &scene->written[0].ref), 0);
    CU_ASSERT(!is_retracted(scene, 0, &scene->written[0].ref));
}

static void what_names_a_message_that_was_set_aside_still_does(void)
{
    struct scene *scene = make_scene("names");
    submit_three(scene);
    meet(scene);
    serve(scene);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_ASIDE), 0);
    check_three(scene);
    check_written_later(scene);
    check_amended_later(scene);
    destroy_scene(scene);
}

/* One key seals one text, and a file that was sealed already stays as it is. */
static void its_file_still_opens_and_no_key_seals_two_headers(void)
{
    struct scene *scene = make_scene("file");
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *before = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *after = NULL;
    submit_three(scene);
    UNIT_NEED(tov_message_create(&before) == TOV_OK && tov_message_create(&after) == TOV_OK);
    for (size_t i = 0; i < 2; i++) {
        TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
        if (i == 1) {
            meet(scene);
            serve(scene);
        }
        struct tov_ref ref = place_of(scene, 1);
        struct tov_message_name name = {1, 1, ref.index};
        UNIT_NEED(tov_store_read_begin(core_of(scene, 0)->store, &read, NULL) == TOV_OK);
        UNIT_OK(tov_message_read(core_of(scene, 0), read, &name, TOV_MESSAGE_CONTENT,
                                 i == 0 ? before : after));
    }
    CU_ASSERT(memcmp(&before->keys.header, &after->keys.header, sizeof before->keys.header) != 0);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(after->keys.content.bytes),
                     TOV_BYTES_OF(before->keys.content.bytes));
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(after->leaf.id), TOV_BYTES_OF(before->leaf.id));
    struct tov_ref first = place_of(scene, 0);
    for (size_t node = 1; node < NODES; node++) {
        TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
        struct tov_message_name name = {1, 1, first.index};
        UNIT_NEED(tov_store_read_begin(core_of(scene, node)->store, &read, NULL) == TOV_OK);
        UNIT_OK(tov_message_read(core_of(scene, node), read, &name, TOV_MESSAGE_LEAF, after));
        UNIT_EQUAL_INT(after->verdict.verdict, TOV_VERDICT_OPENED);
    }
    destroy_scene(scene);
}

static size_t read_aside(struct scene *scene, uint64_t number, uint8_t *out, size_t room)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    UNIT_NEED(tov_store_read_begin(core_of(scene, 0)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_ASIDE, tov_store_key_u64(number), &row) == TOV_OK);
    UNIT_NEED(row.size < room);
    memcpy(out, row.data, row.size);
    return row.size;
}

/* In the row of the first one: the byte BACK from its end; 0: its first. */
static void flip_byte(struct scene *scene, size_t back)
{
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    uint64_t number = scene->written[0].number;
    uint8_t row[16384];
    size_t size = read_aside(scene, number, row, sizeof row);
    row[back == 0 ? 0 : size - back] ^= 0x7f;
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_put(batch, TOV_TABLE_ASIDE, tov_store_key_u64(number),
                        (struct tov_bytes){row, size});
    UNIT_NEED(tov_store_commit(core_of(scene, 0)->store, batch, NULL) == TOV_OK);
}

static uint64_t given_up_ms(const struct scene *scene, size_t which)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_aside aside = {.number = 0};
    UNIT_NEED(tov_store_read_begin(core_of(scene, 0)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_aside_get(read, scene->written[which].number, &aside) == TOV_OK);
    UNIT_EQUAL_INT(aside.number, scene->written[which].number);
    return aside.given_up_ms;
}

/* As if the bucket of the first one's key were gone, or there again: its number, with which the key
 * begins. */
static void flip_key(struct scene *scene)
{
    flip_byte(scene, TOV_DATAKEY_ROW_BYTES);
}

/* As if the first one had been given up by a recovery before: the time, with which the row begins.
 */
static void give_up(struct scene *scene)
{
    flip_byte(scene, 0);
}

/* Nothing names a leaf that is in no tree, here or elsewhere; and what is not written has no effect
 * that only this node would show. */
static void what_names_one_that_cannot_be_written_is_not_written_either(void)
{
    struct scene *scene = make_scene("stays");
    submit_three(scene);
    submit(scene, &(struct sim_order){.record = 600,
                                      .recipient_count = 1,
                                      .recipients = {{2, TOV_RIGHT_ALL}},
                                      .text_bytes = 100});
    meet(scene);
    flip_key(scene);
    UNIT_EQUAL_INT(given_up_ms(scene, 0), 0);
    serve(scene);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_ASIDE), 3);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_REPLY), 0);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_RETRACTION), 0);
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT(given_up_ms(scene, i) > 0);
    (void)place_of(scene, 3);
    destroy_scene(scene);
}

/* ---- a copy of a store that has not recovered ---- */

/* Numbers at node 0 under which the message at REF is shown. */
static unsigned count_numbers(const struct scene *scene, const struct tov_ref *ref)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {.table = TOV_TABLE_EVENT};
    struct tov_store_iter iter;
    unsigned count = 0;
    UNIT_NEED(tov_store_read_begin(core_of(scene, 0)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_event event;
        UNIT_OK(tov_event_decode(iter.row.value, &event));
        count += event.kind == TOV_EVENT_WRITTEN && event.index == ref->index ? 1 : 0;
    }
    UNIT_OK(tov_store_iter_fini(&iter));
    return count;
}

static void check_opens(const struct scene *scene, size_t which)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_ref ref = place_of(scene, which);
    struct tov_message_name name = {ref.agency, ref.generation, ref.index};
    UNIT_NEED(tov_store_read_begin(core_of(scene, 0)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_OK(tov_message_read(core_of(scene, 0), read, &name, TOV_MESSAGE_CONTENT, message));
    CU_ASSERT(message->shows_content);
}

static void check_once(const struct scene *scene)
{
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_ASIDE), 0);
    for (size_t i = 0; i < scene->count; i++) {
        struct tov_ref ref = place_of(scene, i);
        UNIT_EQUAL_INT(count_numbers(scene, &ref), 1);
        check_opens(scene, i);
        UNIT_EQUAL_INT(count_with_id(core_of(scene, 0), 1, scene->written[i].id), 1);
        UNIT_EQUAL_INT(count_with_id(core_of(scene, 1), 1, scene->written[i].id), 1);
        UNIT_EQUAL_INT(count_with_id(core_of(scene, 2), 1, scene->written[i].id), i < 3 ? 1 : 0);
    }
}

static void copy_again(struct scene *scene, struct sim_copy *out)
{
    sim_wire_crash(scene->wire, 0);
    sim_node_copy(&scene->wire->nodes[0], out);
    sim_wire_start(scene->wire, 0);
}

/* Node 0 as it was in COPY comes back to what the others hold. */
static void recover_from(struct scene *scene, const struct sim_copy *copy)
{
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], copy, SIM_STORE | SIM_GUARD);
    sim_wire_start(scene->wire, 0);
}

static void connect_and_serve(struct scene *scene)
{
    sim_wire_connect_all(scene->wire, 0);
    serve(scene);
}

/* To one that may read its header alone, and so can give nobody all of its keys. */
static void submit_header(struct scene *scene)
{
    struct sim_order order = an_order(scene);
    order.recipient_count = 1;
    order.recipients[0] = (struct tov_message_recipient){2, TOV_RIGHT_HEADER};
    submit(scene, &order);
}

/* Whether it had heard of its age or not: what it holds was appended anew, and is held by others.
 */
static void a_copy_made_before_the_recovery_was_over_doubles_nothing(void)
{
    for (unsigned heard = 0; heard < 2; heard++) {
        struct scene *scene = make_scene(heard == 0 ? "unheard" : "heard");
        struct sim_copy again = {0};
        submit_three(scene);
        submit_header(scene);
        if (heard == 0)
            copy_again(scene, &again);
        meet(scene);
        if (heard == 1)
            copy_again(scene, &again);
        sim_wire_connect_all(scene->wire, 0);
        serve(scene);
        check_once(scene);
        recover_from(scene, &again);
        connect_and_serve(scene);
        check_once(scene);
        check_three(scene);
        sim_copy_fini(&again);
        destroy_scene(scene);
    }
}

/* It was sent, and the copy that was put back does not know of it: its program sends it once more
 * by the same key. */
static void what_is_repeated_before_the_node_has_heard_is_not_sent_twice(void)
{
    struct scene *scene = make_scene("repeated");
    struct sim_order order = an_order(scene);
    order.id = scene->sent[0];
    UNIT_EQUAL_INT(count_with_id(core_of(scene, 0), 1, order.id), 0);
    UNIT_EQUAL_INT(count_with_id(core_of(scene, 1), 1, order.id), 1);
    submit(scene, &order);
    meet(scene);
    serve(scene);
    check_once(scene);
    destroy_scene(scene);
}

/* Its recipient was not heard by the recovery that gave it up. */
static void what_was_given_up_and_is_held_by_others_is_set_aside_no_more(void)
{
    struct scene *scene = make_scene("held");
    struct sim_order order = an_order(scene);
    order.id = scene->sent[0];
    submit(scene, &order);
    meet(scene);
    give_up(scene);
    CU_ASSERT(given_up_ms(scene, 0) > 0);
    serve(scene);
    check_once(scene);
    destroy_scene(scene);
}

/* Better twice than without its files. */
static void what_is_repeated_with_files_is_sent_with_them(void)
{
    struct scene *scene = make_scene("files");
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct sim_order order = an_order(scene);
    order.id = scene->sent[1];
    order.attachment_count = 1;
    order.attachment_bytes[0] = FILE_BYTES;
    submit(scene, &order);
    meet(scene);
    serve(scene);
    struct tov_ref ref = place_of(scene, 0);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    for (size_t node = 1; node < NODES; node++) {
        TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
        struct tov_message_name name = {1, 1, ref.index};
        UNIT_EQUAL_INT(count_with_id(core_of(scene, node), 1, order.id), 2);
        UNIT_NEED(tov_store_read_begin(core_of(scene, node)->store, &read, NULL) == TOV_OK);
        UNIT_OK(tov_message_read(core_of(scene, node), read, &name, TOV_MESSAGE_LEAF, message));
        UNIT_EQUAL_INT(message->verdict.verdict, TOV_VERDICT_OPENED);
    }
    destroy_scene(scene);
}

/* ---- what was given up ---- */

/* Of the first three, which nobody was sent. */
static void check_given_up(const struct scene *scene, const uint64_t given_up[3])
{
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_ASIDE), 3);
    for (size_t i = 0; i < 3; i++) {
        UNIT_EQUAL_INT(given_up_ms(scene, i), given_up[i]);
        for (size_t node = 0; node < NODES; node++)
            UNIT_EQUAL_INT(count_with_id(core_of(scene, node), 1, scene->written[i].id), 0);
    }
}

/* Its writer was told to send it anew: a later recovery does not send it too, also where it could
 * now. What that one sets aside itself is appended beside it. */
static void what_was_given_up_is_not_tried_again(void)
{
    struct scene *scene = make_scene("given-up");
    struct sim_copy copy = {0};
    uint64_t given_up[3];
    submit_three(scene);
    meet(scene);
    flip_key(scene);
    serve(scene);
    for (size_t i = 0; i < 3; i++)
        given_up[i] = given_up_ms(scene, i);
    flip_key(scene); /* nothing is in its way any more */
    copy_again(scene, &copy);
    connect_and_serve(scene);
    (void)sim_wire_send(scene->wire, 0, 700);
    sim_wire_run(scene->wire);
    recover_from(scene, &copy);
    submit(scene, &(struct sim_order){.record = 701,
                                      .recipient_count = 1,
                                      .recipients = {{2, TOV_RIGHT_ALL}},
                                      .text_bytes = 100});
    sim_wire_connect_all(scene->wire, 0);
    for (unsigned i = 0; i < 1000 && count_rows(core_of(scene, 0), TOV_TABLE_ASIDE) == 3; i++)
        sim_wire_run_some(scene->wire, 1);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_ASIDE), 4);
    UNIT_EQUAL_INT(given_up_ms(scene, 0), given_up[0]); /* and is told so meanwhile */
    UNIT_EQUAL_INT(given_up_ms(scene, 3), 0);
    serve(scene);
    check_given_up(scene, given_up);
    (void)place_of(scene, 3);
    UNIT_EQUAL_INT(count_with_id(core_of(scene, 1), 1, scene->written[3].id), 1);
    sim_copy_fini(&copy);
    destroy_scene(scene);
}

/* Else its writer would never be told, once the clock is right: for 30 days it is. */
static void when_a_message_was_given_up_no_clock_that_is_behind_says(void)
{
    struct scene *scene = make_scene("behind");
    struct sim_node *node = &scene->wire->nodes[0];
    uint64_t written_ms = node->now_ms;
    submit_three(scene);
    meet(scene);
    flip_key(scene);
    sim_node_time(node, node->now_ms - 40ull * 86400000u, node->mono_ms);
    serve(scene);
    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT(given_up_ms(scene, i) >= written_ms);
        UNIT_EQUAL_INT(given_up_ms(scene, i), given_up_ms(scene, 0));
    }
    destroy_scene(scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_names_a_message_that_was_set_aside_still_does),
        UNIT_TEST(its_file_still_opens_and_no_key_seals_two_headers),
        UNIT_TEST(what_names_one_that_cannot_be_written_is_not_written_either),
        UNIT_TEST(a_copy_made_before_the_recovery_was_over_doubles_nothing),
        UNIT_TEST(what_is_repeated_before_the_node_has_heard_is_not_sent_twice),
        UNIT_TEST(what_was_given_up_and_is_held_by_others_is_set_aside_no_more),
        UNIT_TEST(what_is_repeated_with_files_is_sent_with_them),
        UNIT_TEST(what_was_given_up_is_not_tried_again),
        UNIT_TEST(when_a_message_was_given_up_no_clock_that_is_behind_says),
    };
    return unit_run("follow_aside", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Lists, single messages and their evidence: what the node is asked, what its answer becomes, and
 * refusals that reach the caller. Attachments: attachment_test.c.
 */
#include "fake_front.h"

#include <stdlib.h>
#include <string.h>

/* What a node was asked last, and how it answers. */
struct node {
    enum tov_err error;
    bool is_broken; /* a summary without a reference */
    char box[8];
    uint64_t before, limit, unread_only;
    char unit[32];
    uint64_t thread; /* index of the reference; 0: none */
    uint64_t number;
    uint64_t ref;
    char reason[64];
};

static void keep_text(struct tov_record body, const char *name, char *out, size_t size)
{
    struct tov_bytes text = tov_record_bytes(body, name);
    (void)snprintf(out, size, "%.*s", (int)text.size,
                   text.size == 0 ? "" : (const char *)text.data);
}

static uint64_t index_of(struct tov_record body, const char *name)
{
    struct tov_record ref;
    return tov_record_child(body, name, 0, &ref) ? tov_record_number(ref, "index") : 0;
}

/* Numbers 9, 8, 7 and then 6, 5: pages of a list of nine. */
static void answer_list(struct fake_front *front, struct node *node, struct tov_record body)
{
    struct tov_record list, summary;
    struct tov_record reply = front_reply(front_request_id(front), "list", &list);
    (void)snprintf(node->box, sizeof node->box, "%s", tov_record_enum(body, "box"));
    node->before = tov_record_number(body, "before");
    node->limit = tov_record_number(body, "limit");
    node->unread_only = tov_record_number(body, "unread_only");
    node->thread = index_of(body, "thread");
    keep_text(body, "unit", node->unit, sizeof node->unit);
    uint64_t number = node->before == 0 ? 9 : node->before - 1;
    for (uint64_t i = 0; i < node->limit && i < 3 && number > 4; i++, number--) {
        UNIT_NEED(tov_record_open(list, "messages", &summary) == TOV_OK);
        if (node->is_broken)
            put_number(summary, "number", number);
        else
            put_summary(summary, number);
    }
    put_number(list, "next_before", number > 4 ? number + 1 : 0);
    front_send(front, &reply);
}

static const uint8_t file_hash[32] = {0xab, 0xcd};

static void put_file_content(struct tov_record get)
{
    struct tov_buf header = TOV_BUF_INIT(65536), content = TOV_BUF_INIT(65536);
    struct tov_draft note = front_note("Planen er vedlagt.");
    struct tov_record file;
    UNIT_NEED(tov_record_open(note.content, "attachments", &file) == TOV_OK);
    put_text(file, "name", "../plan.pdf");
    put_text(file, "mime", "application/pdf");
    put_bytes(file, "sha256", TOV_BYTES_OF(file_hash));
    UNIT_NEED(tov_draft_encode(&note, &header, &content) == TOV_OK);
    put_bytes(get, "content", tov_buf_view(&content));
    tov_draft_fini(&note);
    tov_buf_fini(&header);
    tov_buf_fini(&content);
}

static void answer_get(struct fake_front *front)
{
    struct tov_record get, record;
    struct tov_record reply = front_reply(front_request_id(front), "get", &get);
    UNIT_NEED(tov_record_open(get, "summary", &record) == TOV_OK);
    put_summary(record, 5);
    put_number(record, "attachment_count", 1);
    put_number(record, "reply_count", 1);
    put_file_content(get);
    UNIT_NEED(tov_record_open(get, "attachments", &record) == TOV_OK);
    put_number(record, "part", 2);
    put_number(record, "size", 1234);
    put_number(record, "chunks_held", 1);
    put_number(record, "chunks_total", 2);
    UNIT_NEED(tov_record_open(get, "replies", &record) == TOV_OK);
    put_summary(record, 8);
    front_send(front, &reply);
}

static void answer_trace(struct fake_front *front)
{
    static const uint8_t leaf[3] = {1, 0, 2};
    struct tov_record trace, record;
    struct tov_record reply = front_reply(front_request_id(front), "trace", &trace);
    UNIT_NEED(tov_record_open(trace, "summary", &record) == TOV_OK);
    put_summary(record, 5);
    put_bytes(trace, "leaf", TOV_BYTES_OF(leaf));
    put_text(trace, "origin", "infohus-demo/kk/1");
    put_text(trace, "proof", "c2sp.org/tlog-proof@v1\n");
    UNIT_NEED(tov_record_open(trace, "receipts", &record) == TOV_OK);
    put_number(record, "agency", 2);
    put_text(record, "origin", "infohus-demo/kbh-pol/1");
    put_bytes(record, "leaf", TOV_BYTES_OF(leaf));
    put_number(record, "index", 77);
    put_text(record, "proof", "p\n");
    put_text(trace, "cosignatures", "note one");
    put_text(trace, "cosignatures", "note two");
    front_send(front, &reply);
}

static bool play(struct fake_front *front, const char *name, struct tov_record body, void *arg)
{
    struct node *node = arg;
    bool is_ours =
        strcmp(name, "list") == 0 || strcmp(name, "get") == 0 || strcmp(name, "trace") == 0;
    if (!is_ours)
        return false;
    node->number = tov_record_number(body, "number");
    node->ref = index_of(body, "ref");
    keep_text(body, "reason", node->reason, sizeof node->reason);
    if (node->error != TOV_OK)
        front_send_error(front, node->error, "said by the node");
    else if (strcmp(name, "list") == 0)
        answer_list(front, node, body);
    else if (strcmp(name, "get") == 0)
        answer_get(front);
    else
        answer_trace(front);
    return true;
}

/* One scene: a front that plays NODE, and its client. */
struct scene {
    struct node node;
    struct fake_front *front;
    struct tov_client *client;
};

static void open_scene(struct scene *scene)
{
    scene->front = front_start(play, &scene->node);
    scene->client = front_client(scene->front);
}

static void close_scene(struct scene *scene)
{
    tov_client_close(scene->client);
    front_end(scene->front);
}

static const struct tov_message_ref some_ref = {
    .agency = 2, .generation = 1, .index = 41, .leaf_hash = {9}};

/* ---- lists ---- */

static void a_list_without_wishes_asks_for_the_newest_fifty_of_both_boxes(void)
{
    struct scene scene = {0};
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    struct tov_listing *listing = NULL;
    open_scene(&scene);
    UNIT_OK(tov_message_list(scene.client, &options, &listing, NULL));
    front_lock(scene.front);
    UNIT_EQUAL_TEXT(scene.node.box, "all");
    UNIT_EQUAL_INT(scene.node.before, 0);
    UNIT_EQUAL_INT(scene.node.limit, 50);
    UNIT_EQUAL_INT(scene.node.unread_only, 0);
    UNIT_EQUAL_INT(scene.node.thread, 0);
    UNIT_EQUAL_TEXT(scene.node.unit, "");
    front_unlock(scene.front);
    tov_listing_destroy(listing);
    close_scene(&scene);
}

static void every_wish_reaches_the_node(void)
{
    struct scene scene = {0};
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    struct tov_listing *listing = NULL;
    options.box = TOV_BOX_IN;
    options.before = 8;
    options.limit = TOV_LIST_MAX;
    options.unread_only = 1;
    options.unit = "kk/vink";
    options.thread = &some_ref;
    open_scene(&scene);
    UNIT_OK(tov_message_list(scene.client, &options, &listing, NULL));
    front_lock(scene.front);
    UNIT_EQUAL_TEXT(scene.node.box, "in");
    UNIT_EQUAL_INT(scene.node.before, 8);
    UNIT_EQUAL_INT(scene.node.limit, 200);
    UNIT_EQUAL_INT(scene.node.unread_only, 1);
    UNIT_EQUAL_TEXT(scene.node.unit, "kk/vink");
    UNIT_EQUAL_INT(scene.node.thread, 41);
    front_unlock(scene.front);
    tov_listing_destroy(listing);
    close_scene(&scene);
}

static void pages_follow_each_other_until_nothing_is_older(void)
{
    struct scene scene = {0};
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    uint64_t expected = 9;
    size_t pages = 0;
    open_scene(&scene);
    do {
        struct tov_listing *listing = NULL;
        UNIT_NEED(tov_message_list(scene.client, &options, &listing, NULL) == TOV_OK);
        size_t count = tov_listing_count(listing);
        for (size_t i = 0; i < count; i++) {
            const struct tov_message_view *view = tov_listing_at(listing, i);
            UNIT_EQUAL_INT(tov_message_view_facts(view)->number, expected--);
            UNIT_EQUAL_INT(tov_message_view_facts(view)->has_header, 1);
            UNIT_EQUAL_INT(tov_message_view_facts(view)->has_content, 0);
            UNIT_EQUAL_TEXT(tov_message_view_text(view, "header.purpose"), "forebyggelse");
            UNIT_EQUAL_TEXT(tov_message_view_text(view, "content.free_text"), "");
        }
        CU_ASSERT_PTR_NULL(tov_listing_at(listing, count));
        options.before = tov_listing_next(listing);
        tov_listing_destroy(listing);
        pages++;
    } while (options.before != 0 && pages < 5);
    UNIT_EQUAL_INT(pages, 2);
    UNIT_EQUAL_INT(expected, 4);
    close_scene(&scene);
}

static void a_list_that_no_node_would_give_is_not_asked_for(void)
{
    struct scene scene = {0};
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    struct tov_listing *listing = NULL;
    struct tov_error error = {0};
    open_scene(&scene);
    options.limit = TOV_LIST_MAX + 1;
    UNIT_EQUAL_INT(tov_message_list(scene.client, &options, &listing, &error), TOV_E_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "200"));
    options = (struct tov_list_options)TOV_LIST_OPTIONS_INIT;
    options.box = (enum tov_box)4;
    UNIT_EQUAL_INT(tov_message_list(scene.client, &options, &listing, NULL), TOV_E_ARGUMENT);
    options.box = (enum tov_box)0;
    UNIT_EQUAL_INT(tov_message_list(scene.client, &options, &listing, NULL), TOV_E_ARGUMENT);
    options = (struct tov_list_options)TOV_LIST_OPTIONS_INIT;
    options.size = 4;
    UNIT_EQUAL_INT(tov_message_list(scene.client, &options, &listing, NULL), TOV_E_ARGUMENT);
    CU_ASSERT_PTR_NULL(listing);
    UNIT_EQUAL_INT(front_seen(scene.front, "list"), 0);
    close_scene(&scene);
}

static void a_list_with_a_message_that_is_none_is_malformed(void)
{
    struct scene scene = {.node = {.is_broken = true}};
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    struct tov_listing *listing = NULL;
    open_scene(&scene);
    UNIT_EQUAL_INT(tov_message_list(scene.client, &options, &listing, NULL), TOV_E_MALFORMED);
    CU_ASSERT_PTR_NULL(listing);
    close_scene(&scene);
}

/* ---- one message ---- */

static void a_message_has_its_content_its_attachments_and_its_answers(void)
{
    struct scene scene = {0};
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_message_view *view = NULL;
    open_scene(&scene);
    options.number = 5;
    options.reason = "journalisering";
    UNIT_NEED(tov_message_get(scene.client, &options, &view, NULL) == TOV_OK);
    UNIT_EQUAL_INT(tov_message_view_facts(view)->has_content, 1);
    UNIT_EQUAL_TEXT(tov_message_view_type(view), "msg.note");
    UNIT_EQUAL_TEXT(tov_message_view_text(view, "content.free_text"), "Planen er vedlagt.");
    UNIT_EQUAL_INT(tov_message_view_attachment_count(view), 1);
    const struct tov_attachment *attachment = tov_message_view_attachment(view, 0);
    UNIT_EQUAL_INT(attachment->part, 2);
    UNIT_EQUAL_TEXT(attachment->name, "../plan.pdf");
    UNIT_EQUAL_TEXT(attachment->mime, "application/pdf");
    UNIT_EQUAL_INT(attachment->size, 1234);
    UNIT_EQUAL_INT(attachment->complete, 0);
    UNIT_EQUAL_INT(attachment->chunks_total, 2);
    UNIT_NEED(attachment->sha256 != NULL);
    UNIT_EQUAL_INT(memcmp(attachment->sha256, file_hash, 32), 0);
    CU_ASSERT_PTR_NULL(tov_message_view_attachment(view, 1));
    UNIT_EQUAL_INT(tov_message_view_reply_count(view), 1);
    UNIT_EQUAL_INT(tov_message_view_facts(tov_message_view_reply(view, 0))->number, 8);
    tov_message_view_destroy(view);
    front_lock(scene.front);
    UNIT_EQUAL_INT(scene.node.number, 5);
    UNIT_EQUAL_TEXT(scene.node.reason, "journalisering");
    front_unlock(scene.front);
    close_scene(&scene);
}

static void a_message_is_found_by_its_reference_when_no_number_is_given(void)
{
    struct scene scene = {0};
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_message_view *view = NULL;
    open_scene(&scene);
    UNIT_EQUAL_INT(tov_message_get(scene.client, &options, &view, NULL), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(front_seen(scene.front, "get"), 0);
    options.ref = &some_ref;
    UNIT_OK(tov_message_get(scene.client, &options, &view, NULL));
    tov_message_view_destroy(view);
    front_lock(scene.front);
    UNIT_EQUAL_INT(scene.node.number, 0);
    UNIT_EQUAL_INT(scene.node.ref, 41);
    front_unlock(scene.front);
    options.number = 5; /* goes before the reference */
    UNIT_OK(tov_message_get(scene.client, &options, &view, NULL));
    tov_message_view_destroy(view);
    front_lock(scene.front);
    UNIT_EQUAL_INT(scene.node.number, 5);
    UNIT_EQUAL_INT(scene.node.ref, 0);
    front_unlock(scene.front);
    close_scene(&scene);
}

static void what_a_node_refuses_reaches_the_caller_with_its_words(void)
{
    static const enum tov_err codes[] = {TOV_E_NOT_FOUND, TOV_E_DENIED, TOV_E_ERASED,
                                         TOV_E_EPOCH,     TOV_E_BUSY,   TOV_E_UNAVAILABLE};
    struct scene scene = {0};
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_message_view *view = NULL;
    options.number = 5;
    open_scene(&scene);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        struct tov_error error = {0};
        front_lock(scene.front);
        scene.node.error = codes[i];
        front_unlock(scene.front);
        UNIT_EQUAL_INT(tov_message_get(scene.client, &options, &view, &error), codes[i]);
        UNIT_EQUAL_INT(error.code, codes[i]);
        UNIT_EQUAL_TEXT(error.text, "said by the node");
    }
    CU_ASSERT_PTR_NULL(view);
    close_scene(&scene);
}

static void a_call_that_is_forgotten_leaves_the_next_one_its_own_answer(void)
{
    struct scene scene = {0};
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_call *call = NULL;
    struct tov_trace *trace = NULL;
    options.number = 5;
    open_scene(&scene);
    UNIT_NEED(tov_message_get_begin(scene.client, &options, &call, NULL) == TOV_OK);
    tov_call_destroy(call); /* its answer comes all the same */
    UNIT_OK(tov_message_trace(scene.client, &options, &trace, NULL));
    tov_trace_destroy(trace);
    close_scene(&scene);
}

/* ---- evidence ---- */

static void evidence_is_handed_on_as_the_node_gave_it(void)
{
    static const uint8_t leaf[3] = {1, 0, 2};
    struct scene scene = {0};
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_trace *trace = NULL;
    size_t size = 0;
    options.number = 5;
    open_scene(&scene);
    UNIT_NEED(tov_message_trace(scene.client, &options, &trace, NULL) == TOV_OK);
    UNIT_EQUAL_INT(tov_message_view_facts(tov_trace_message(trace))->number, 5);
    const uint8_t *given = tov_trace_leaf(trace, &size);
    UNIT_EQUAL_BYTES(((struct tov_bytes){given, size}), TOV_BYTES_OF(leaf));
    UNIT_EQUAL_TEXT(tov_trace_origin(trace), "infohus-demo/kk/1");
    UNIT_EQUAL_TEXT(tov_trace_proof(trace), "c2sp.org/tlog-proof@v1\n");
    UNIT_EQUAL_INT(tov_trace_receipt_count(trace), 1);
    const struct tov_receipt_proof *receipt = tov_trace_receipt(trace, 0);
    UNIT_EQUAL_INT(receipt->agency, 2);
    UNIT_EQUAL_INT(receipt->index, 77);
    UNIT_EQUAL_BYTES(((struct tov_bytes){receipt->leaf, receipt->leaf_size}), TOV_BYTES_OF(leaf));
    CU_ASSERT_PTR_NULL(tov_trace_receipt(trace, 1));
    UNIT_EQUAL_INT(tov_trace_cosignature_count(trace), 2);
    UNIT_EQUAL_TEXT(tov_trace_cosignature(trace, 1), "note two");
    CU_ASSERT_PTR_NULL(tov_trace_cosignature(trace, 2));
    tov_trace_destroy(trace);
    close_scene(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_list_without_wishes_asks_for_the_newest_fifty_of_both_boxes),
        UNIT_TEST(every_wish_reaches_the_node),
        UNIT_TEST(pages_follow_each_other_until_nothing_is_older),
        UNIT_TEST(a_list_that_no_node_would_give_is_not_asked_for),
        UNIT_TEST(a_list_with_a_message_that_is_none_is_malformed),
        UNIT_TEST(a_message_has_its_content_its_attachments_and_its_answers),
        UNIT_TEST(a_message_is_found_by_its_reference_when_no_number_is_given),
        UNIT_TEST(what_a_node_refuses_reaches_the_caller_with_its_words),
        UNIT_TEST(a_call_that_is_forgotten_leaves_the_next_one_its_own_answer),
        UNIT_TEST(evidence_is_handed_on_as_the_node_gave_it),
    };
    return unit_run("lib receive", tests, sizeof tests / sizeof tests[0]);
}

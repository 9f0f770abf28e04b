/* SPDX-License-Identifier: EUPL-1.2 */
#include "case_clients.h"

#include "base/cleanup.h"
#include "follow/follow.h"
#include "ledger/message.h"
#include "node.h"

#include <stdlib.h>
#include <string.h>

const struct harness_client anna = {0, "anna", 11};
const struct harness_client sofie = {0, "sofie", 12};
const struct harness_client eva = {0, "eva", 13};
const struct harness_client gitte = {0, "gitte", 17};
const struct harness_client audit = {0, "audit", 14};
const struct harness_client bo = {1, "bo", 15};
const struct harness_client carl = {2, "carl", 16};

static uint64_t last_id;

/* ---- asking ---- */

struct tov_record exchange(struct harness *harness, const struct harness_client *client,
                           struct tov_record request)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_record reply = {0};
    struct tov_error error = {.text = ""};
    uint8_t *bytes;
    size_t size;
    UNIT_NEED(tov_record_put_number(request, "id", ++last_id) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    harness_send(harness, client, tov_buf_view(&frame));
    harness_run(harness);
    UNIT_NEED(harness_take(harness, client, &bytes, &size));
    enum tov_err err = tov_api_reply_decode((struct tov_bytes){bytes, size}, &reply, &error);
    if (err != TOV_OK)
        (void)fprintf(stderr, "reply: %s\n", error.text);
    UNIT_NEED(err == TOV_OK);
    UNIT_EQUAL_INT(tov_record_number(reply, "id"), last_id);
    free(bytes);
    return reply;
}

struct tov_record ask(struct harness *harness, const struct harness_client *client,
                      const char *name, const struct asking *asking)
{
    struct tov_record request, body;
    bool reads = strcmp(name, "case_read") == 0;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_open(request, name, &body) == TOV_OK);
    if (asking->unit != NULL)
        UNIT_OK(tov_record_put_text(body, "unit", asking->unit));
    if (reads)
        UNIT_OK(tov_record_put_number(body, "number", asking->number));
    if (asking->at_ms != 0)
        UNIT_OK(tov_record_put_number(body, "at_ms", asking->at_ms));
    if (!reads && asking->ended != 0)
        UNIT_OK(tov_record_put_number(body, "ended", 1));
    if (asking->skip != 0)
        UNIT_OK(tov_record_put_number(body, "skip", asking->skip));
    struct tov_record reply = exchange(harness, client, request);
    tov_record_destroy(&request);
    return reply;
}

struct tov_record body_of(struct tov_record reply, const char *name)
{
    struct tov_record body = {0};
    struct tov_bytes text = tov_record_bytes(reply, "error_text");
    if (text.size > 0)
        (void)fprintf(stderr, "%s: %.*s\n", name, (int)text.size, (const char *)text.data);
    UNIT_NEED(tov_record_child(reply, name, 0, &body));
    return body;
}

uint64_t error_of(struct tov_record reply)
{
    return tov_record_number(reply, "error");
}

/* ---- writing ---- */

static void print_findings(struct tov_record reply)
{
    struct tov_record finding;
    for (size_t i = 0; tov_record_child(reply, "findings", i, &finding); i++) {
        struct tov_bytes field = tov_record_bytes(finding, "field");
        struct tov_bytes reason = tov_record_bytes(finding, "reason_en");
        (void)fprintf(stderr, "  %.*s: %.*s\n", (int)field.size, (const char *)field.data,
                      (int)reason.size, (const char *)reason.data);
    }
}

static void fill_draft(struct harness *harness, const struct saying *saying,
                       struct test_draft *draft)
{
    test_draft_init(draft, saying->type);
    test_draft_route(draft, saying->from, saying->to);
    test_draft_bases(draft, saying->bases);
    tov_record_clear(draft->draft.header, "about");
    if (strcmp(saying->type, "case.meeting_call") == 0)
        tov_record_clear(draft->draft.header_fields, "agenda_ref");
    test_draft_put(draft, saying->fields);
    UNIT_OK(
        tov_record_put_number(draft->draft.header, "occurred_at", harness_now_ms(harness) - 1000));
    if (saying->cites != NULL)
        UNIT_OK(tov_record_put_ref(draft->draft.header, "cites", saying->cites));
    if (saying->answers != NULL) {
        tov_record_clear(draft->draft.header, "in_reply_to");
        UNIT_OK(tov_record_put_ref(draft->draft.header, "in_reply_to", saying->answers));
    }
}

struct tov_record submit_of(struct harness *harness, const struct saying *saying)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(TOV_INLINE_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(TOV_INLINE_MAX_BYTES);
    struct tov_record request, body;
    struct test_draft draft;
    char key[40];
    fill_draft(harness, saying, &draft);
    UNIT_NEED(tov_draft_encode(&draft.draft, &header, &content) == TOV_OK);
    test_draft_fini(&draft);
    (void)snprintf(key, sizeof key, "a key of the test %020llu", (unsigned long long)last_id);
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "submit", &body) == TOV_OK);
    UNIT_OK(tov_record_put_bytes(body, "header", tov_buf_view(&header)));
    if (content.size > 0)
        UNIT_OK(tov_record_put_bytes(body, "content", tov_buf_view(&content)));
    UNIT_OK(tov_record_put_bytes(body, "idempotency_key", TOV_BYTES_OF(key)));
    return request;
}

void send_saying(struct harness *harness, const struct saying *saying)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_record request = submit_of(harness, saying);
    UNIT_NEED(tov_record_put_number(request, "id", ++last_id) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    harness_send(harness, saying->by, tov_buf_view(&frame));
    tov_record_destroy(&request);
}

/* ---- without asking ---- */

static void plan_recipients(struct tov_record header, struct tov_message_plan *plan)
{
    plan->recipient_count = tov_record_count(header, "recipients");
    for (size_t i = 0; i < plan->recipient_count; i++) {
        struct tov_record recipient;
        UNIT_NEED(tov_record_child(header, "recipients", i, &recipient));
        plan->recipients[i] = (struct tov_message_recipient){
            (uint16_t)tov_record_number(recipient, "agency"), TOV_RIGHT_ALL};
    }
}

static void write_forced(struct tov_node *node, struct tov_draft *draft)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(TOV_INLINE_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(TOV_INLINE_MAX_BYTES);
    TOV_FREE struct tov_message_plan *plan = calloc(1, sizeof *plan);
    struct tov_core *core = tov_node_core(node);
    struct tov_message_written written;
    UNIT_NEED(plan != NULL);
    tov_message_plan_init(core, plan);
    plan->class_code = 2;
    plan_recipients(draft->header, plan);
    UNIT_OK(tov_record_put_bytes(draft->header, "message_id", TOV_BYTES_OF(plan->id)));
    UNIT_OK(tov_record_put_text(draft->header, "sender_origin", core->own->ledger.name));
    UNIT_NEED(tov_draft_encode(draft, &header, &content) == TOV_OK);
    plan->header = tov_buf_view(&header);
    plan->content = tov_buf_view(&content);
    struct tov_link_heads heads = tov_follow_link_heads(tov_node_follow(node));
    UNIT_NEED(tov_message_write(core, plan, &heads, &written) == TOV_OK);
    tov_follow_remember_keys(tov_node_follow(node), written.place.index, &plan->keys);
    tov_message_plan_wipe(plan);
}

void force_saying_citing(struct harness *harness, const struct saying *saying,
                         const struct tov_ref *ref, size_t times)
{
    struct test_draft draft;
    fill_draft(harness, saying, &draft);
    for (size_t i = 0; i < times; i++)
        UNIT_OK(tov_record_put_ref(draft.draft.header, "cites", ref));
    write_forced(harness_node(harness, saying->by->node), &draft.draft);
    test_draft_fini(&draft);
    harness_advance(harness, 60000);
}

void force_saying(struct harness *harness, const struct saying *saying)
{
    force_saying_citing(harness, saying, NULL, 0);
}

void drop_replies(struct harness *harness, const struct harness_client *client)
{
    uint8_t *bytes;
    size_t size;
    while (harness_take(harness, client, &bytes, &size))
        free(bytes);
}

uint64_t say(struct harness *harness, const struct saying *saying, struct tov_ref *out_ref)
{
    struct tov_record request = submit_of(harness, saying);
    struct tov_record reply = exchange(harness, saying->by, request);
    tov_record_destroy(&request);
    if (error_of(reply) != 0) {
        (void)fprintf(stderr, "%s is refused:\n", saying->type);
        print_findings(reply);
    }
    struct tov_record answer = body_of(reply, "submit");
    uint64_t number = tov_record_number(answer, "number");
    if (out_ref != NULL)
        UNIT_NEED(tov_record_ref(answer, "ref", 0, out_ref));
    tov_record_destroy(&reply);
    harness_advance(harness, 60000);
    return number;
}

struct harness *three_nodes(void)
{
    struct harness_options options = {.nodes = 3, .seed = 7, .disk_reserve_bytes = 1u << 20};
    struct harness *harness = harness_create(&options);
    harness_advance(harness, 2000);
    return harness;
}

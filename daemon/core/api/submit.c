/* SPDX-License-Identifier: EUPL-1.2
 *
 * Submit: a draft becomes a message of the ledger, or is refused with what to do. The draft is
 * never kept here when it is refused: it stays in the client's hands (case/rules.h).
 *
 * The idempotency key is never stored: its tag is HMAC-SHA-256(key of the core, u16 size ||
 * client's name || key), cut to 16 bytes, in the row of the event. It is the message's id, too: the
 * key of the core comes from the storage root, which is in no database and no backup, so a message
 * that comes back after a restore shows by its id that it was accepted (docs/recovery.md).
 */
#include "api/steps.h"

#include "ledger/aside.h"
#include "ledger/judge.h"
#include "ledger/moved.h"
#include "ledger/reply.h"

#include <stdio.h>
#include <string.h>

#define KEY_MIN_BYTES 16u
#define KEY_MAX_BYTES 64u
/* Of a finding's field, whose number may get a digit more. */
#define FIELD_SIZE (sizeof((struct tov_finding *)0)->field + 4)

/* One draft on its way in. */
struct submission {
    struct api_call *call;
    struct tov_draft draft;
    bool has_draft;
    struct tov_findings *findings;
    struct api_upload *upload;
    struct tov_message_plan plan;
    size_t places[TOV_RECIPIENTS_MAX]; /* of the plan's recipients in the client's draft, from 1 */
    struct tov_buf header, content;    /* as they will be sealed */
    struct tov_ref target;
    bool has_target;
    uint8_t tag[TOV_TAG_BYTES];
};

/* ---- admission ---- */

static enum tov_err say_full(struct api_call *call)
{
    return tov_fail(&call->error, TOV_E_FULL,
                    "the node's disk is nearly full and takes no new messages; keep the draft "
                    "and call the operator");
}

static enum tov_err admit(struct api_call *call)
{
    const struct tov_api *api = call->api;
    if (!api->state.may_write)
        return tov_fail(&call->error, TOV_E_UNAVAILABLE, "%s",
                        api->state.sentence_en[0] != '\0' ? api->state.sentence_en
                                                          : "the node does not take messages now");
    if (tov_ledger_size(call->core->ledger) == 0)
        return tov_fail(&call->error, TOV_E_UNAVAILABLE,
                        "the node has not begun its ledger: try again when it is serving");
    if (!tov_core_has_room(call->core, 0) || call->core->waits_for_room)
        return say_full(call);
    return TOV_OK;
}

static enum tov_err make_tag(struct submission *in)
{
    struct api_call *call = in->call;
    struct tov_bytes key = tov_record_bytes(call->request, "idempotency_key");
    struct tov_bytes name = tov_bytes_of_text(call->client->name);
    struct tov_hmac hmac;
    struct tov_hash hash;
    uint8_t size[2];
    if (key.size < KEY_MIN_BYTES || key.size > KEY_MAX_BYTES)
        return tov_fail(&call->error, TOV_E_SCHEMA,
                        "idempotency_key has %zu bytes, must have %u to %u", key.size,
                        KEY_MIN_BYTES, KEY_MAX_BYTES);
    tov_put_be16(size, (uint16_t)name.size);
    tov_hmac_init(&hmac, TOV_BYTES_OF(call->api->tag_key.bytes));
    tov_hmac_update(&hmac, size, sizeof size);
    tov_hmac_update(&hmac, name.data, name.size);
    tov_hmac_update(&hmac, key.data, key.size);
    tov_hmac_final(&hmac, &hash);
    memcpy(in->tag, hash.bytes, sizeof in->tag);
    return TOV_OK;
}

/* ---- the draft ---- */

static enum tov_err open_draft(struct submission *in)
{
    struct api_call *call = in->call;
    TOV_TRY(tov_draft_take(tov_record_bytes(call->request, "header"),
                           tov_record_bytes(call->request, "content"), &in->draft, &call->error));
    in->has_draft = true;
    return TOV_OK;
}

static enum tov_err check_sender(struct submission *in)
{
    struct api_call *call = in->call;
    struct tov_bytes unit = tov_record_bytes(in->draft.header, "sender_unit");
    if (!tov_access_may_send_for(call->client, unit))
        return tov_fail(&call->error, TOV_E_DENIED, "sender_unit is not one of your units");
    return TOV_OK;
}

struct recipient {
    struct tov_bytes unit, reason;
    uint64_t agency;
    const char *right;
    size_t place; /* in the client's draft, from 1 */
};

static int by_agency(const void *a, const void *b)
{
    uint64_t left = ((const struct recipient *)a)->agency;
    uint64_t right = ((const struct recipient *)b)->agency;
    return left < right ? -1 : left > right ? 1 : 0;
}

static enum tov_err put_recipient(struct tov_record header, const struct recipient *recipient)
{
    struct tov_record out;
    TOV_TRY(tov_record_open(header, "recipients", &out));
    TOV_TRY(tov_record_put_number(out, "agency", recipient->agency));
    TOV_TRY(tov_api_put_view(out, "unit", recipient->unit));
    TOV_TRY(tov_record_put_enum(out, "right", recipient->right));
    return tov_api_put_view(out, "need_reason", recipient->reason);
}

static enum tov_err check_recipient(struct api_call *call, const struct recipient *recipient)
{
    const struct tov_agency *agency =
        recipient->agency > TOV_AGENCIES_MAX
            ? NULL
            : tov_roster_agency(call->core->roster, (uint16_t)recipient->agency);
    if (agency == NULL || agency->closed)
        return tov_fail(&call->error, TOV_E_NOT_FOUND,
                        "recipients: agency %llu is not in the roster, or is closed",
                        (unsigned long long)recipient->agency);
    return TOV_OK;
}

/* In the order of the agencies' numbers, as the leaf needs it; a right that is not said is `all`.
 */
static enum tov_err order_recipients(struct submission *in)
{
    struct api_call *call = in->call;
    struct tov_record header = in->draft.header;
    struct recipient list[TOV_RECIPIENTS_MAX];
    size_t count = tov_record_count(header, "recipients");
    if (count == 0 || count > TOV_RECIPIENTS_MAX)
        return tov_fail(&call->error, TOV_E_LIMIT, "%zu recipients, must be 1 to %u", count,
                        TOV_RECIPIENTS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct tov_record recipient = {0};
        (void)tov_record_child(header, "recipients", i, &recipient);
        const char *right = tov_record_enum(recipient, "right");
        list[i] = (struct recipient){.unit = tov_record_bytes(recipient, "unit"),
                                     .reason = tov_record_bytes(recipient, "need_reason"),
                                     .agency = tov_record_number(recipient, "agency"),
                                     .right = right == NULL ? "all" : right,
                                     .place = i + 1};
        TOV_TRY(check_recipient(call, &list[i]));
    }
    qsort(list, count, sizeof list[0], by_agency);
    tov_record_clear(header, "recipients"); /* the texts stay until the record ends */
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && list[i].agency == list[i - 1].agency)
            return tov_fail(&call->error, TOV_E_SCHEMA,
                            "recipients: two units of agency %llu; send two messages with one "
                            "event_ref",
                            (unsigned long long)list[i].agency);
        TOV_TRY(put_recipient(header, &list[i]));
        in->places[i] = list[i].place;
        in->plan.recipients[i] = (struct tov_message_recipient){
            (uint16_t)list[i].agency,
            strcmp(list[i].right, "header") == 0 ? TOV_RIGHT_HEADER : TOV_RIGHT_ALL};
    }
    in->plan.recipient_count = count;
    return TOV_OK;
}

static enum tov_err put_author(struct submission *in)
{
    struct tov_record author;
    TOV_TRY(tov_record_open(in->draft.header, "author", &author));
    const char *role = tov_access_role(in->call->client, tov_record_enum(author, "role"));
    TOV_TRY(tov_record_put_text(author, "person", in->call->client->name));
    return tov_record_put_enum(author, "role", role);
}

/* Copies in other channels and later steps name it: an event of its own, unless the draft tells of
 * one that was told before. */
static enum tov_err put_event(struct submission *in)
{
    uint8_t event[TOV_UUID_BYTES];
    const struct tov_message_type *type = in->draft.type;
    bool is_event = (type->effects & TOV_EFFECT_STEPS) != 0 || type->channel == TOV_CHANNEL_BOTH;
    if (!is_event || tov_record_count(in->draft.header, "event_ref") > 0)
        return TOV_OK;
    tov_core_random(in->call->core, event, sizeof event);
    event[6] = (uint8_t)((event[6] & 0x0f) | 0x40); /* UUID of version 4 */
    event[8] = (uint8_t)((event[8] & 0x3f) | 0x80);
    return tov_record_put_bytes(in->draft.header, "event_ref", TOV_BYTES_OF(event));
}

/* What the core alone can say. */
static enum tov_err fill_in(struct submission *in)
{
    struct tov_record header = in->draft.header;
    struct tov_core *core = in->call->core;
    TOV_TRY(tov_record_put_bytes(header, "message_id", TOV_BYTES_OF(in->plan.id)));
    TOV_TRY(tov_record_put_text(header, "sender_origin", tov_ledger_key(core->ledger)->name));
    TOV_TRY(tov_record_put_number(header, "recorded_at", tov_core_leaf_time(core)));
    if (tov_record_enum(header, "retention_class") == NULL)
        TOV_TRY(tov_record_put_enum(header, "retention_class", "R2"));
    in->plan.class_code = tov_retention_of(header, 2);
    TOV_TRY(put_event(in));
    return put_author(in);
}

/* A client may still know a message by a place that it has lost. */
static enum tov_err name_anew(struct submission *in)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct api_call *call = in->call;
    struct tov_moving moving = {.core = call->core};
    bool is_changed = false;
    TOV_TRY(tov_store_read_begin(call->core->store, &read, NULL));
    moving.read = read;
    enum tov_err err = tov_moved_name_anew(&moving, &in->draft, &is_changed);
    if (err == TOV_E_NOT_FOUND)
        return tov_fail(&call->error, err,
                        "in_reply_to or cites names a message that was set aside while the node's "
                        "store was an old copy, and that nobody has; tov status says whether it "
                        "must be written again");
    return err;
}

/* What is answered must be here, and be for this client. */
static enum tov_err check_target(struct submission *in)
{
    struct api_call *call = in->call;
    struct api_view view;
    struct api_look look = {.api = call->api, .client = call->client};
    struct api_wanted wanted = {0, TOV_MESSAGE_HEADER};
    if (tov_record_count(in->draft.header, "in_reply_to") == 0)
        return TOV_OK;
    if (!tov_record_ref(in->draft.header, "in_reply_to", 0, &in->target))
        return tov_fail(&call->error, TOV_E_SCHEMA, "in_reply_to is no whole reference");
    in->has_target = true;
    enum tov_err err = tov_api_view_init(&view);
    if (err == TOV_OK)
        err = tov_store_read_begin(call->core->store, &look.read, NULL);
    if (err == TOV_OK)
        err = tov_event_of(call->core, look.read, &in->target, &wanted.number);
    if (err == TOV_OK)
        err = tov_api_view_load(&look, &wanted, &view);
    bool is_hidden = err == TOV_OK && view.sight == TOV_SIGHT_NONE;
    tov_api_view_fini(&view);
    tov_store_read_end(look.read);
    if (err == TOV_E_NOT_FOUND || is_hidden)
        return tov_fail(&call->error, TOV_E_NOT_FOUND,
                        "in_reply_to names no message that is held here and is for your units");
    return err;
}

/* ---- judging ---- */

/* The path as the client's draft has it: recipients are judged in the leaf's order. */
static void say_field(const struct submission *in, const struct tov_finding *finding,
                      char out[FIELD_SIZE])
{
    unsigned judged = 0;
    int rest = 0;
    /* NOLINTNEXTLINE(cert-err34-c): our rules write it, of numbers that fit */
    if (sscanf(finding->field, "recipients.%u%n", &judged, &rest) == 1 && judged >= 1 &&
        judged <= in->plan.recipient_count)
        (void)snprintf(out, FIELD_SIZE, "recipients.%zu%s", in->places[judged - 1],
                       finding->field + rest);
    else
        (void)snprintf(out, FIELD_SIZE, "%s", finding->field);
}

static enum tov_err put_finding(const struct submission *in, const struct tov_finding *finding)
{
    struct tov_record out;
    char field[FIELD_SIZE];
    say_field(in, finding, field);
    TOV_TRY(tov_record_open(in->call->reply, "findings", &out));
    TOV_TRY(tov_record_put_text(out, "field", field));
    TOV_TRY(tov_api_put_count(out, "rule", finding->rule));
    TOV_TRY(tov_api_put_count(out, "warning", finding->severity == TOV_REFUSES ? 0 : 1));
    TOV_TRY(tov_record_put_text(out, "reason_da", finding->reason_da));
    TOV_TRY(tov_record_put_text(out, "reason_en", finding->reason_en));
    TOV_TRY(tov_record_put_text(out, "remedy_da", finding->remedy_da));
    TOV_TRY(tov_record_put_text(out, "remedy_en", finding->remedy_en));
    return tov_record_put_text(out, "source", finding->source);
}

static enum tov_err judge(struct submission *in)
{
    struct api_call *call = in->call;
    TOV_TRY(tov_judge(tov_units_in_force(call->core), &in->draft, call->core->own->number,
                      tov_core_leaf_time(call->core), in->findings));
    TOV_TRY(tov_api_fill_steps(call, &in->draft, in->findings));
    for (size_t i = 0; i < in->findings->count; i++)
        TOV_TRY(put_finding(in, &in->findings->items[i]));
    if (tov_findings_refuse(in->findings))
        return tov_fail(&call->error, TOV_E_RULE,
                        "the draft is refused; each finding says why and what to do");
    return TOV_OK;
}

static enum tov_err take_upload(struct submission *in)
{
    struct api_call *call = in->call;
    uint64_t id = tov_record_number(call->request, "upload");
    if (id == 0 && tov_record_count(in->draft.content, "attachments") > 0)
        return tov_fail(&call->error, TOV_E_SCHEMA,
                        "content.attachments names files that were not uploaded");
    if (id == 0) {
        tov_message_plan_init(call->core, &in->plan);
        return TOV_OK;
    }
    TOV_TRY(tov_api_upload_find(call, id, &in->upload));
    TOV_TRY(tov_api_upload_check(call, in->upload, in->draft.content));
    in->plan = *tov_api_upload_plan(in->upload);
    return TOV_OK;
}

/* Without one only a draft that is checked and not sent. */
static void set_id(struct submission *in)
{
    static const uint8_t none[TOV_TAG_BYTES];
    if (memcmp(in->tag, none, sizeof none) != 0)
        memcpy(in->plan.id, in->tag, sizeof in->plan.id);
}

static enum tov_err prepare(struct submission *in)
{
    TOV_TRY(open_draft(in));
    TOV_TRY(check_sender(in));
    TOV_TRY(take_upload(in));
    set_id(in);
    TOV_TRY(order_recipients(in));
    TOV_TRY(fill_in(in));
    TOV_TRY(name_anew(in));
    TOV_TRY(check_target(in));
    return judge(in);
}

/* ---- writing ---- */

static enum tov_err encode(struct submission *in)
{
    struct api_call *call = in->call;
    enum tov_err err = tov_draft_encode(&in->draft, &in->header, &in->content);
    uint64_t sealed =
        tov_part_sealed_size(in->header.size) + tov_part_sealed_size(in->content.size);
    if (err == TOV_E_LIMIT ||
        (err == TOV_OK && sealed > TOV_INLINE_MAX_BYTES + 2 * TOV_STREAM_TAG_BYTES))
        return tov_fail(&call->error, TOV_E_LIMIT,
                        "the message's text is longer than %u bytes: send the long text as an "
                        "attachment",
                        TOV_INLINE_MAX_BYTES);
    in->plan.header = tov_buf_view(&in->header);
    in->plan.content = tov_buf_view(&in->content);
    memcpy(in->plan.tag, in->tag, sizeof in->plan.tag);
    return err;
}

static enum tov_err put_answer(const struct submission *in,
                               const struct tov_message_written *written)
{
    const struct tov_core *core = in->call->core;
    struct tov_record answer;
    struct tov_ref ref = {core->own->number, core->series.generation, written->place.index,
                          written->place.leaf_hash};
    TOV_TRY(tov_api_answer(in->call, "submit", &answer));
    TOV_TRY(tov_record_put_ref(answer, "ref", &ref));
    TOV_TRY(tov_record_put_number(answer, "number", written->event));
    TOV_TRY(tov_record_put_bytes(answer, "message_id", TOV_BYTES_OF(in->plan.id)));
    for (size_t i = 0; i < written->link_count; i++) {
        struct tov_record delivery;
        TOV_TRY(tov_record_open(answer, "deliveries", &delivery));
        TOV_TRY(tov_api_put_recipient(in->call->api, written->links[i].agency, delivery));
        TOV_TRY(tov_record_put_number(delivery, "link_number", written->links[i].number));
    }
    return TOV_OK;
}

/* From here on the batch has parts of the message: what fails stops the node. */
static enum tov_err write_all(struct submission *in, struct tov_message_written *written)
{
    struct api_call *call = in->call;
    struct tov_core *core = call->core;
    struct tov_link_heads heads = tov_follow_link_heads(call->api->follow);
    TOV_TRY(tov_message_write(core, &in->plan, &heads, written));
    struct tov_message_name name = {core->own->number, core->series.generation,
                                    written->place.index};
    if (in->upload != NULL)
        TOV_TRY(tov_api_upload_take(call, in->upload, &name, in->plan.id));
    struct tov_book_written told = {
        .number = written->event,
        .ref = {name.agency, name.generation, name.index, written->place.leaf_hash},
        .written_ms = core->last_leaf_ms,
        .header = tov_buf_view(&in->header),
        .committed = call->api->committed_event};
    TOV_TRY(tov_book_note_written(call->api->book, &told));
    tov_follow_remember_keys(call->api->follow, written->place.index, &in->plan.keys);
    if (in->has_target)
        tov_reply_put(
            core, &in->target,
            &(struct tov_replying){written->event, tov_relation_of(in->draft.header), name});
    return tov_api_tags_add(call->api->tags, in->tag, written->event);
}

static enum tov_err write_message(struct submission *in)
{
    struct tov_message_written written;
    TOV_TRY(encode(in));
    if (in->upload != NULL)
        TOV_TRY(tov_api_upload_sync(in->call, in->upload));
    enum tov_err err = write_all(in, &written);
    if (err == TOV_OK)
        err = put_answer(in, &written);
    if (err == TOV_OK)
        err = tov_api_reply_after(in->call);
    if (err != TOV_OK)
        return tov_core_fail(in->call->core, err, "a message could not be written");
    return TOV_OK;
}

/* ---- asked before ---- */

static enum tov_err put_repeated(struct api_call *call, const struct api_look *look,
                                 const struct api_view *view)
{
    struct tov_record answer;
    struct api_replies replies;
    struct tov_ref ref = {view->event.agency, view->event.generation, view->event.index,
                          view->message->leaf_hash};
    TOV_TRY(tov_api_answer(call, "submit", &answer));
    TOV_TRY(tov_record_put_ref(answer, "ref", &ref));
    TOV_TRY(tov_record_put_number(answer, "number", view->number));
    TOV_TRY(tov_record_put_bytes(answer, "message_id", TOV_BYTES_OF(view->message->leaf.id)));
    TOV_TRY(tov_api_replies_of(look, view, &replies));
    TOV_TRY(tov_api_put_deliveries(look, view, &replies, answer));
    return tov_record_put_number(answer, "repeated", 1);
}

/* The message of the key that was asked for is not there. */
static enum tov_err say_gone(struct api_call *call, const struct api_look *look,
                             struct api_view *view, uint64_t number)
{
    struct tov_event event;
    TOV_TRY(tov_event_get(look->read, number, &event));
    if (event.index == TOV_ASIDE_INDEX)
        return tov_api_no_message(call, look, view, number);
    return tov_fail(&call->error, TOV_E_ERASED,
                    "this idempotency key was used for a message that has been erased since");
}

static enum tov_err answer_repeated(struct api_call *call, const struct api_argument *argument)
{
    struct api_view view;
    struct api_look look = {.api = call->api, .client = call->client};
    struct api_wanted wanted = {argument->number, TOV_MESSAGE_HEADER};
    enum tov_err err = tov_api_view_init(&view);
    if (err == TOV_OK)
        err = tov_store_read_begin(call->core->store, &look.read, NULL);
    if (err == TOV_OK)
        err = tov_api_view_load(&look, &wanted, &view);
    if (err == TOV_OK)
        err = put_repeated(call, &look, &view);
    if (err == TOV_E_NOT_FOUND)
        err = say_gone(call, &look, &view, argument->number);
    tov_api_view_fini(&view);
    tov_store_read_end(look.read);
    return err;
}

/* The message may still wait for its commit: the answer then waits for the batch behind it. */
static enum tov_err repeat(struct api_call *call, uint64_t number)
{
    struct api_argument argument = {.number = number};
    if (number <= tov_api_newest_event(call->api))
        return answer_repeated(call, &argument);
    return tov_api_call_after(call, answer_repeated, &argument);
}

/* ---- the request ---- */

static void submission_fini(struct submission *in)
{
    if (in->has_draft)
        tov_draft_fini(&in->draft);
    free(in->findings);
    tov_message_plan_wipe(&in->plan);
    tov_wipe(in->header.data, in->header.capacity);
    tov_wipe(in->content.data, in->content.capacity);
    tov_buf_fini(&in->header);
    tov_buf_fini(&in->content);
    free(in);
}

static enum tov_err submit(struct submission *in)
{
    struct api_call *call = in->call;
    bool check_only = tov_record_number(call->request, "check_only") != 0;
    struct tov_record answer;
    if (!check_only) {
        TOV_TRY(make_tag(in));
        TOV_TRY(tov_api_tags_catch_up(call->api));
        uint64_t number = tov_api_tags_find(call->api->tags, in->tag);
        if (number != 0)
            return repeat(call, number);
        TOV_TRY(admit(call));
    }
    TOV_TRY(prepare(in));
    return check_only ? tov_api_answer(call, "submit", &answer) : write_message(in);
}

enum tov_err tov_api_submit(struct api_call *call)
{
    struct submission *in = calloc(1, sizeof *in);
    if (in == NULL)
        return TOV_E_NOMEM;
    in->call = call;
    in->header = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    in->content = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    in->findings = malloc(sizeof *in->findings); /* large: judging says what is in it */
    enum tov_err err = in->findings == NULL ? TOV_E_NOMEM : submit(in);
    submission_fini(in);
    return err;
}

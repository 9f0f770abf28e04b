/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli_front_cases.h"
#include "cli_front_desk.h"

#include "base/hex.h"
#include "base/limits.h"
#include "case/draft.h"
#include "merkle/tlogproof.h"
#include "merkle/tree.h"

#include <string.h>
#include <unistd.h>

#define AGENCY_KK 1u
#define AGENCY_POLICE 2u
#define AGENCY_THIRD 3u
#define LEAF "the leaf of number 5"

/* ---- messages ---- */

static void put_third(struct tov_record header, const char *unit)
{
    struct tov_record recipient;
    UNIT_NEED(tov_record_open(header, "recipients", &recipient) == TOV_OK);
    put_number(recipient, "agency", AGENCY_THIRD);
    put_text(recipient, "unit", unit);
    UNIT_NEED(tov_record_put_enum(recipient, "right", "all") == TOV_OK);
}

static struct tov_draft make_note(const struct cli_front *node, uint64_t number)
{
    bool is_sent = number == CLI_FRONT_SENT;
    static const uint8_t sag[16] = {0x5a, 0x67};
    static const uint8_t episode[16] = {0xe9};
    const char *type = is_sent || node->came_type == NULL ? "msg.note" : node->came_type;
    struct tov_draft note;
    struct tov_record recipient, about;
    UNIT_NEED(tov_draft_create(tov_message_type_find(tov_bytes_of_text(type)), &note) == TOV_OK);
    put_text(note.header, "sender_origin",
             is_sent ? "infohus-demo/kk/1" : "infohus-demo/kbh-pol/1");
    put_text(note.header, "sender_unit",
             is_sent                   ? "vink"
             : node->came_unit == NULL ? "dks"
                                       : node->came_unit);
    if (!is_sent && node->odd_type != NULL)
        put_text(note.header, "type", node->odd_type);
    UNIT_NEED(tov_record_open(note.header, "recipients", &recipient) == TOV_OK);
    put_number(recipient, "agency", is_sent ? AGENCY_POLICE : AGENCY_KK);
    put_text(recipient, "unit", is_sent ? "dks" : "vink");
    UNIT_NEED(tov_record_put_enum(recipient, "right", "all") == TOV_OK);
    if (node->task != NULL)
        put_text(recipient, "need_reason", node->task);
    UNIT_NEED(tov_record_open(note.header, "about", &about) == TOV_OK);
    if (node->event != NULL)
        put_bytes(note.header, "event_ref", (struct tov_bytes){node->event, 16});
    if (!is_sent && node->third != NULL)
        put_third(note.header, node->third);
    if (!node->of_no_case)
        put_bytes(about, "case_ref", TOV_BYTES_OF(sag));
    if (node->of_episode)
        put_bytes(about, "episode_ref", TOV_BYTES_OF(episode));
    put_text(note.header, "legal_bases", "RPL115-1-1");
    put_text(note.header, "purpose", "forebyggelse");
    if (type == node->came_type)
        return note;
    UNIT_NEED(tov_record_put_enum(note.header_fields, "kind", "telefon") == TOV_OK);
    put_text(note.content, "free_text", node->text == NULL ? "Vi ringer." : node->text);
    put_text(note.content, "necessity", "Mødet kan ikke holdes uden.");
    put_text(note.content_fields, "agreed", "Vi tales ved.");
    for (int i = 0; i < 2 && !is_sent && node->name != NULL; i++) {
        struct tov_record attachment;
        UNIT_NEED(tov_record_open(note.content, "attachments", &attachment) == TOV_OK);
        put_text(attachment, "name", node->name);
        put_text(attachment, "mime", "application/pdf");
        put_number(attachment, "size", strlen(node->data));
    }
    return note;
}

static void put_half(const struct cli_front *node, struct tov_record body, const char *half,
                     uint64_t number)
{
    struct tov_buf header = TOV_BUF_INIT(65536), content = TOV_BUF_INIT(65536);
    struct tov_draft note = make_note(node, number);
    UNIT_NEED(tov_draft_encode(&note, &header, &content) == TOV_OK);
    put_bytes(body, half, tov_buf_view(strcmp(half, "header") == 0 ? &header : &content));
    tov_draft_fini(&note);
    tov_buf_fini(&header);
    tov_buf_fini(&content);
}

static void put_delivery(const struct cli_front *node, struct tov_record summary)
{
    struct tov_record delivery;
    uint64_t verdict =
        node->verdict_later != 0 && node->lists > 1 ? node->verdict_later : node->verdict;
    UNIT_NEED(tov_record_open(summary, "deliveries", &delivery) == TOV_OK);
    put_number(delivery, "agency", AGENCY_POLICE);
    put_text(delivery, "agency_name", "kbh-pol");
    put_number(delivery, "link_number", node->gap == 0 ? 1 : 0);
    put_number(delivery, "gap", node->gap);
    put_number(delivery, "verdict", verdict);
    put_number(delivery, "received_ms", verdict == 0 ? 0 : 1625486460000u);
    put_number(delivery, "read", node->read);
    put_number(delivery, "again", node->again);
    put_number(delivery, "closed", node->closed);
}

void cli_front_put_summary(const struct cli_front *node, struct tov_record summary, uint64_t number)
{
    bool is_sent = number == CLI_FRONT_SENT;
    put_number(summary, "number", number);
    put_ref(summary, "ref", number);
    put_number(summary, "outgoing", is_sent);
    put_half(node, summary, "header", number);
    put_number(summary, "stored_ms", 1625486400000u);
    put_number(summary, "signed", 1);
    if (is_sent)
        put_delivery(node, summary);
    else
        put_number(summary, "verdict", node->own_verdict == 0 ? 1 : node->own_verdict);
    put_number(summary, "taken", !is_sent && node->taken);
    put_number(summary, "answered", !is_sent && node->answered);
    put_number(summary, "void", !is_sent && node->is_void);
    if (!is_sent && node->name != NULL)
        put_number(summary, "attachment_count", 2);
    cli_front_put_recorded(node, summary, number);
}

/* ---- requests ---- */

static void send_event(struct fake_front *front, const struct cli_front *node,
                       const struct cli_front_event *event)
{
    struct tov_record body, summary;
    struct tov_record reply = front_reply(node->watch, "event", &body);
    put_number(body, "number", event->number);
    UNIT_NEED(tov_record_put_enum(body, "kind", event->kind) == TOV_OK);
    if (strcmp(event->kind, "delivered") == 0) {
        put_number(body, "agency", AGENCY_POLICE);
        put_number(body, "first_link", 1);
        put_number(body, "last_link", 1);
        put_number(body, "verdict", node->event_verdict == 0 ? 1 : node->event_verdict);
    } else if (strcmp(event->kind, "caught_up") != 0) {
        UNIT_NEED(tov_record_open(body, "summary", &summary) == TOV_OK);
        cli_front_put_summary(node, summary, event->number);
    }
    front_send(front, &reply);
}

static void answer_list(struct fake_front *front, struct cli_front *node, struct tov_record body)
{
    static const uint64_t numbers[] = {CLI_FRONT_CAME, CLI_FRONT_SENT};
    uint64_t before = tov_record_number(body, "before");
    uint64_t limit = tov_record_number(body, "limit");
    struct tov_record list, summary, thread;
    struct tov_bytes unit = tov_record_bytes(body, "unit");
    if (unit.size > 0 && !tov_bytes_equal(unit, tov_bytes_of_text("kk/vink"))) {
        front_send_error(front, TOV_E_NOT_FOUND, "there is no such unit");
        return;
    }
    struct tov_record reply = front_reply(front_request_id(front), "list", &list);
    node->lists++;
    bool is_thread = tov_record_child(body, "thread", 0, &thread);
    for (size_t i = 0; i < 2 && limit > 0 && !is_thread; i++) {
        if (before != 0 && numbers[i] >= before)
            continue;
        UNIT_NEED(tov_record_open(list, "messages", &summary) == TOV_OK);
        cli_front_put_summary(node, summary, numbers[i]);
        limit--;
    }
    if (before == 0 && !is_thread)
        cli_front_put_listed_keys_lost(node, list);
    front_send(front, &reply);
    if (node->verdict_later != 0 && node->lists == 1 && node->watch != 0)
        send_event(front, node, &(struct cli_front_event){9, "delivered"});
}

static bool is_other(uint64_t number)
{
    return number != CLI_FRONT_SENT && number != CLI_FRONT_CAME;
}

static void refuse_other(struct fake_front *front, const struct cli_front *node)
{
    if (node->no_other == TOV_OK)
        front_send_error(front, TOV_E_NOT_FOUND, "no such message");
    else
        front_send_error(front, node->no_other, node->no_other_text);
}

static void answer_get(struct fake_front *front, struct cli_front *node, struct tov_record body)
{
    struct tov_bytes reason = tov_record_bytes(body, "reason");
    uint64_t number = tov_record_number(body, "number");
    struct tov_record got, summary, attachment;
    (void)snprintf(node->reason, sizeof node->reason, "%.*s", (int)reason.size,
                   (const char *)reason.data);
    if (is_other(number)) {
        refuse_other(front, node);
        return;
    }
    struct tov_record reply = front_reply(front_request_id(front), "get", &got);
    UNIT_NEED(tov_record_open(got, "summary", &summary) == TOV_OK);
    cli_front_put_summary(node, summary, number);
    put_half(node, got, "content", number);
    for (uint64_t part = 2; part < 4 && number == CLI_FRONT_CAME && node->name != NULL; part++) {
        UNIT_NEED(tov_record_open(got, "attachments", &attachment) == TOV_OK);
        put_number(attachment, "part", part);
        put_number(attachment, "size", strlen(node->data));
        put_number(attachment, "complete", part == 2 || !node->late_attachment);
    }
    if (number == CLI_FRONT_SENT && node->odd_type != NULL) {
        UNIT_NEED(tov_record_open(got, "replies", &summary) == TOV_OK);
        cli_front_put_summary(node, summary, CLI_FRONT_CAME);
    }
    cli_front_put_record(node, got, number);
    front_send(front, &reply);
}

/* A tree of two leaves, of which LEAF is the first. */
static void put_proof(struct tov_record trace, bool is_broken)
{
    struct tov_buf text = TOV_BUF_INIT(65536);
    char root[TOV_BASE64_SIZE(TOV_HASH_BYTES) + 1], note[512];
    struct tov_hash own = tov_merkle_leaf_hash(tov_bytes_of_text(LEAF));
    struct tov_hash other = tov_merkle_leaf_hash(tov_bytes_of_text("the other"));
    struct tov_hash both = tov_merkle_node_hash(&own, &other);
    both.bytes[0] ^= is_broken ? 1 : 0;
    tov_base64_encode(TOV_BYTES_OF(both.bytes), root);
    (void)snprintf(note, sizeof note, "infohus-demo/kk/1\n2\n%s\n\n— infohus-demo/kk/1 %s\n", root,
                   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                   "AAAAAAAAAAA==");
    struct tov_tlogproof proof = {.proof = {.count = 1, .hashes = {other}},
                                  .checkpoint_note = tov_bytes_of_text(note)};
    tov_tlogproof_put(&text, &proof);
    tov_buf_put_u8(&text, 0);
    UNIT_NEED(text.failed == TOV_OK);
    put_text(trace, "proof", (const char *)text.data);
    tov_buf_fini(&text);
}

static void answer_trace(struct fake_front *front, const struct cli_front *node,
                         struct tov_record body)
{
    bool came = node->odd_type != NULL && tov_record_number(body, "number") == CLI_FRONT_CAME;
    struct tov_record trace, summary;
    if (is_other(tov_record_number(body, "number"))) {
        refuse_other(front, node);
        return;
    }
    struct tov_record reply = front_reply(front_request_id(front), "trace", &trace);
    UNIT_NEED(tov_record_open(trace, "summary", &summary) == TOV_OK);
    cli_front_put_summary(node, summary, came ? CLI_FRONT_CAME : CLI_FRONT_SENT);
    put_bytes(trace, "leaf", tov_bytes_of_text(LEAF));
    put_text(trace, "origin", "infohus-demo/kk/1");
    put_proof(trace, node->broken_proof);
    front_send(front, &reply);
}

static void answer_watch(struct fake_front *front, struct cli_front *node, struct tov_record body)
{
    bool has_name = tov_record_bytes(body, "name").size > 0;
    bool is_from_now = tov_record_number(body, "from_now") != 0;
    node->watch = front_request_id(front);
    node->after = tov_record_number(body, "after");
    uint64_t from = node->after == 0 && has_name ? node->acknowledged : node->after;
    uint64_t newest = 0;
    for (size_t i = 0; i < node->event_count; i++) {
        newest = node->events[i].number;
        if (newest > from && !is_from_now)
            send_event(front, node, &node->events[i]);
    }
    send_event(front, node, &(struct cli_front_event){newest, "caught_up"});
}

static void answer_data(struct fake_front *front, const struct cli_front *node,
                        struct tov_record body)
{
    struct tov_record data;
    size_t whole = strlen(node->data);
    size_t offset = (size_t)tov_record_number(body, "offset");
    if (offset > 0 && node->data_error != TOV_OK) {
        front_send_error(front, node->data_error, "not all of it is here");
        return;
    }
    size_t size = offset == 0 ? whole - whole / 2 : whole - offset;
    struct tov_record reply = front_reply(front_request_id(front), "data", &data);
    put_bytes(data, "data", (struct tov_bytes){(const uint8_t *)node->data + offset, size});
    put_number(data, "offset", offset);
    put_number(data, "total", whole);
    front_send(front, &reply);
}

static void answer_export(struct fake_front *front)
{
    struct tov_record file;
    struct tov_record reply = front_reply(front_request_id(front), "export", &file);
    put_text(file, "path", "checkpoint");
    put_bytes(file, "data", tov_bytes_of_text("infohus-demo/kk/1\n"));
    put_number(file, "last", 1);
    front_send(front, &reply);
}

static void answer_status(struct fake_front *front, const struct cli_front *node)
{
    struct tov_record status, peer;
    struct tov_record reply = front_reply(front_request_id(front), "status", &status);
    put_text(status, "state", node->state == NULL ? "serving" : node->state);
    put_text(status, "version", "0.1.0");
    put_number(status, "size", 12);
    put_number(status, "signed_size", 12);
    put_number(status, "now_ms", 1625486400000u);
    put_number(status, "unread", node->unread);
    cli_front_put_desk(node, status);
    UNIT_NEED(tov_record_open(status, "peers", &peer) == TOV_OK);
    put_number(peer, "agency", AGENCY_POLICE);
    put_text(peer, "name", "kbh-pol");
    put_number(peer, "connected", 1);
    put_number(peer, "waiting", node->waiting);
    put_number(peer, "asked_again", node->again == TOV_AGAIN_ASKS ? 1 : 0);
    put_number(peer, "asked_again_oldest", node->again == TOV_AGAIN_ASKS ? CLI_FRONT_SENT : 0);
    cli_front_put_keys_lost(node, peer);
    cli_front_put_closed(node, status);
    front_send(front, &reply);
}

/* ---- submits ---- */

static void refuse(struct fake_front *front, const struct cli_front *node)
{
    struct tov_record finding;
    struct tov_record reply = front_reply(front_request_id(front), NULL, NULL);
    put_number(reply, "error", TOV_E_RULE);
    put_text(reply, "error_text", "a rule refuses it");
    if (node->refuses_missing) {
        UNIT_NEED(tov_record_open(reply, "findings", &finding) == TOV_OK);
        put_text(finding, "field", node->refused_field);
        put_text(finding, "reason_da", "Feltet skal udfyldes.");
        put_text(finding, "reason_en", "The field must be filled in.");
    }
    UNIT_NEED(tov_record_open(reply, "findings", &finding) == TOV_OK);
    put_text(finding, "field", node->refused_field == NULL ? "recipients.1" : node->refused_field);
    put_number(finding, "rule", 2);
    put_text(finding, "reason_da", "Enheden er ikke med i samarbejdet.");
    put_text(finding, "reason_en", "The unit is not in the co-operation.");
    if (node->refused_source == NULL) {
        put_text(finding, "remedy_da", "Vælg en anden enhed.");
        put_text(finding, "remedy_en", "Choose another unit.");
    }
    put_text(finding, "source",
             node->refused_source == NULL ? "retsplejeloven § 115" : node->refused_source);
    front_send(front, &reply);
}

static void note_submit(struct cli_front *node, struct tov_record body)
{
    struct tov_bytes key = tov_record_bytes(body, "idempotency_key");
    struct tov_bytes content = tov_record_bytes(body, "content");
    UNIT_NEED(node->submits < CLI_FRONT_SUBMITS_MAX && key.size <= sizeof node->keys[0]);
    UNIT_NEED(content.size <= sizeof node->content);
    memcpy(node->keys[node->submits], key.data, key.size);
    node->key_sizes[node->submits++] = key.size;
    if (content.size > 0)
        memcpy(node->content, content.data, content.size);
    node->content_size = content.size;
}

static void answer_submit(struct fake_front *front, struct cli_front *node, struct tov_record body)
{
    bool is_check = tov_record_number(body, "check_only") != 0;
    if (is_check)
        node->checks++;
    else
        note_submit(node, body);
    if (node->tell_fd != 0)
        UNIT_NEED(write(node->tell_fd, "", 1) == 1);
    if (node->refuses) {
        refuse(front, node);
    } else if (is_check) {
        struct tov_record reply = front_reply(front_request_id(front), NULL, NULL);
        front_send(front, &reply);
    } else if (!node->keeps_quiet) {
        front_send_accepted(front, 11);
    }
}

/* ---- all ---- */

static bool play(struct fake_front *front, struct cli_front *node, const char *name,
                 struct tov_record body)
{
    if (strcmp(name, "list") == 0)
        answer_list(front, node, body);
    else if (strcmp(name, "get") == 0)
        answer_get(front, node, body);
    else if (strcmp(name, "trace") == 0)
        answer_trace(front, node, body);
    else if (strcmp(name, "watch") == 0)
        answer_watch(front, node, body);
    else if (strcmp(name, "attachment_read") == 0)
        answer_data(front, node, body);
    else if (strcmp(name, "export_read") == 0)
        answer_export(front);
    else if (strcmp(name, "status") == 0)
        answer_status(front, node);
    else if (strcmp(name, "cases") == 0)
        cli_front_answer_cases(front, node, body);
    else if (strcmp(name, "case_read") == 0)
        cli_front_answer_case(front, node, body);
    else if (strcmp(name, "record") == 0)
        cli_front_answer_record(front, node, body);
    else if (strcmp(name, "give_again") == 0)
        cli_front_answer_again(front, node, body);
    else if (strcmp(name, "find") == 0)
        cli_front_answer_find(front, node, body);
    else if (strcmp(name, "submit") == 0)
        answer_submit(front, node, body);
    else
        return strcmp(name, "unwatch") == 0;
    return true;
}

bool cli_front_play(struct fake_front *front, const char *name, struct tov_record body, void *arg)
{
    struct cli_front *node = arg;
    if (node->silent)
        return true;
    if (node->error != TOV_OK && strcmp(name, "hello") != 0) {
        front_send_error(front, node->error,
                         node->error_text == NULL ? "so it is" : node->error_text);
        return true;
    }
    if (strcmp(name, "acknowledge") == 0) {
        struct tov_record reply = front_reply(front_request_id(front), NULL, NULL);
        node->acknowledged = tov_record_number(body, "number");
        front_send(front, &reply);
        return true;
    }
    return play(front, node, name, body);
}

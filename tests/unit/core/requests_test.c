/* SPDX-License-Identifier: EUPL-1.2
 *
 * Requests that are refused, each for its reason and at its limit, and that a refusal tells nothing
 * of what is there for others (I10, I11): whole nodes in one process, asked by their clients.
 * Not for: rules of casework (steps_test.c, tests of case).
 */
#include "gap_scene.h"

#include "desk_ask.h"

#include "api/api_internal.h"
#include "base/cleanup.h"
#include "ledger/entry.h"
#include "node.h"

#include <stdio.h>
#include <string.h>

static struct tov_core *core_of(struct harness *harness)
{
    return tov_node_core(harness_node(harness, 0));
}

static const struct saying note = {.by = &anna,
                                   .type = "msg.note",
                                   .from = "kk/vink",
                                   .to = "kbh-pol/dks krfo/central",
                                   .bases = "RPL115-2/1-1",
                                   .fields = "about.case_ref=" CASE};

static size_t content_size_of(struct harness *harness, const struct harness_client *client,
                              uint64_t number)
{
    struct tov_record body;
    struct tov_record request = request_of("get", &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    struct tov_record reply = answer_to(harness, client, request);
    size_t size = tov_record_bytes(body_of(reply, "get"), "content").size;
    tov_record_destroy(&reply);
    return size;
}

/* How many messages CLIENT finds by a name that stands in them, and how many were not read. */
static size_t find(struct harness *harness, const struct harness_client *client,
                   uint64_t *out_not_read)
{
    struct tov_record body;
    struct tov_record request = request_of("find", &body);
    UNIT_OK(tov_record_put_text(body, "name", "Prøvesen"));
    UNIT_OK(tov_record_put_text(body, "reason", "Borgeren har ringet til os"));
    struct tov_record reply = answer_to(harness, client, request);
    uint64_t id = tov_record_number(body_of(reply, "find"), "search");
    tov_record_destroy(&reply);
    request = request_of("find", &body);
    UNIT_OK(tov_record_put_text(body, "name", "Prøvesen"));
    UNIT_OK(tov_record_put_number(body, "search", id));
    reply = answer_to(harness, client, request);
    size_t found = tov_record_count(body_of(reply, "find"), "messages");
    *out_not_read = tov_record_number(body_of(reply, "find"), "not_read");
    tov_record_destroy(&reply);
    return found;
}

/* ---- drafts: the key ---- */

static struct tov_record with_key(struct harness *harness, size_t size)
{
    uint8_t key[100];
    struct tov_record body = {0};
    struct tov_record request = submit_of(harness, &note);
    memset(key, (int)size, sizeof key);
    UNIT_NEED(tov_record_child(request, "submit", 0, &body));
    tov_record_clear(body, "idempotency_key");
    if (size > 0)
        UNIT_OK(tov_record_put_bytes(body, "idempotency_key", (struct tov_bytes){key, size}));
    return request;
}

static void a_key_of_a_submission_has_sixteen_to_sixty_four_bytes(void)
{
    static const struct {
        size_t size;
        enum tov_err err;
    } rows[] = {{0, TOV_E_SCHEMA}, {15, TOV_E_SCHEMA}, {16, TOV_OK},
                {64, TOV_OK},      {65, TOV_E_SCHEMA}, {100, TOV_E_SCHEMA}};
    struct harness *harness = three_nodes();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        UNIT_EQUAL_INT(error_to(harness, &anna, with_key(harness, rows[i].size)), rows[i].err);
    harness_destroy(harness);
}

/* ---- drafts: the header ---- */

/* The draft of NOTE with another header, which is the caller's to change. */
struct redraft {
    struct tov_record request, body, header;
};

static struct redraft redraft(struct harness *harness)
{
    struct redraft draft = {.request = submit_of(harness, &note)};
    UNIT_NEED(tov_record_child(draft.request, "submit", 0, &draft.body));
    struct tov_bytes header = tov_record_bytes(draft.body, "header");
    UNIT_NEED(tov_record_decode(tov_schema_find("Header"), header, &draft.header, NULL) == TOV_OK);
    return draft;
}

static void put_recipient(struct tov_record header, uint64_t agency, const char *unit,
                          const char *right)
{
    struct tov_record recipient;
    UNIT_NEED(tov_record_open(header, "recipients", &recipient) == TOV_OK);
    UNIT_OK(tov_record_put_number(recipient, "agency", agency));
    UNIT_OK(tov_record_put_text(recipient, "unit", unit));
    UNIT_OK(tov_record_put_text(recipient, "need_reason", "Skal vide det til sit møde"));
    if (right != NULL)
        UNIT_OK(tov_record_put_enum(recipient, "right", right));
}

/* The answer; DRAFT ends here. */
static struct tov_record submit(struct harness *harness, struct redraft *draft)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    UNIT_OK(tov_record_encode(draft->header, &header));
    tov_record_clear(draft->body, "header");
    UNIT_OK(tov_record_put_bytes(draft->body, "header", tov_buf_view(&header)));
    tov_record_destroy(&draft->header);
    return answer_to(harness, &anna, draft->request);
}

static enum tov_err error_of_draft(struct harness *harness, struct redraft *draft)
{
    struct tov_record reply = submit(harness, draft);
    enum tov_err err = (enum tov_err)error_of(reply);
    tov_record_destroy(&reply);
    return err;
}

/* COUNT recipients from agency FIRST on, one unit each. */
static enum tov_err error_with_recipients(struct harness *harness, uint64_t first, size_t count)
{
    struct redraft draft = redraft(harness);
    tov_record_clear(draft.header, "recipients");
    for (size_t i = 0; i < count; i++)
        put_recipient(draft.header, first + i, "dks", "all");
    return error_of_draft(harness, &draft);
}

static void recipients_are_agencies_of_the_roster_at_most_thirty_two(void)
{
    struct harness *harness = three_nodes();
    UNIT_EQUAL_INT(error_with_recipients(harness, 2, 0), TOV_E_LIMIT);
    UNIT_EQUAL_INT(error_with_recipients(harness, 2, TOV_RECIPIENTS_MAX + 1), TOV_E_LIMIT);
    /* So many may be named, and then they must be there. */
    UNIT_EQUAL_INT(error_with_recipients(harness, 2, TOV_RECIPIENTS_MAX), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(error_with_recipients(harness, 4, 1), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(error_with_recipients(harness, TOV_AGENCIES_MAX + 1, 1), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(error_with_recipients(harness, UINT16_MAX + 3, 1), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(error_with_recipients(harness, 2, 1), TOV_OK);
    harness_destroy(harness);
}

static void two_units_of_one_agency_get_two_messages(void)
{
    struct harness *harness = three_nodes();
    struct redraft draft = redraft(harness);
    put_recipient(draft.header, 2, "efterforskning", "header");
    UNIT_EQUAL_INT(error_of_draft(harness, &draft), TOV_E_SCHEMA);
    harness_destroy(harness);
}

/* The right of AGENCY in the header of the newest message that anna sent. */
static const char *right_of(struct harness *harness, uint64_t agency)
{
    static char right[16];
    struct tov_record body, summary, recipient, header = {0};
    struct tov_record request = request_of("list", &body);
    UNIT_OK(tov_record_put_enum(body, "box", "out"));
    UNIT_OK(tov_record_put_number(body, "limit", 1));
    struct tov_record reply = answer_to(harness, &anna, request);
    UNIT_NEED(tov_record_child(body_of(reply, "list"), "messages", 0, &summary));
    UNIT_NEED(tov_record_decode(tov_schema_find("Header"), tov_record_bytes(summary, "header"),
                                &header, NULL) == TOV_OK);
    right[0] = '\0';
    for (size_t i = 0; tov_record_child(header, "recipients", i, &recipient); i++) {
        if (tov_record_number(recipient, "agency") == agency)
            (void)snprintf(right, sizeof right, "%s", tov_record_enum(recipient, "right"));
    }
    tov_record_destroy(&header);
    tov_record_destroy(&reply);
    return right;
}

/* I10: and what has the header alone is not given the content. */
static void a_right_that_is_not_said_is_all_and_one_that_is_said_is_kept(void)
{
    struct harness *harness = three_nodes();
    struct redraft draft = redraft(harness);
    struct tov_record body;
    tov_record_clear(draft.header, "recipients");
    put_recipient(draft.header, 3, "central", "header");
    put_recipient(draft.header, 2, "dks", NULL);
    UNIT_OK(error_of_draft(harness, &draft));
    harness_advance(harness, 60000);
    UNIT_EQUAL_TEXT(right_of(harness, 2), "all");
    UNIT_EQUAL_TEXT(right_of(harness, 3), "header");
    struct tov_record request = request_of("get", &body);
    UNIT_OK(tov_record_put_number(body, "number", newest(harness, &bo)));
    struct tov_record reply = answer_to(harness, &bo, request);
    CU_ASSERT(tov_record_bytes(body_of(reply, "get"), "content").size > 0);
    tov_record_destroy(&reply);
    request = request_of("get", &body);
    UNIT_OK(tov_record_put_number(body, "number", newest(harness, &carl)));
    reply = answer_to(harness, &carl, request);
    UNIT_EQUAL_INT(tov_record_bytes(body_of(reply, "get"), "content").size, 0);
    tov_record_destroy(&reply);
    /* To who has no right to it nothing is left unread. */
    uint64_t not_read;
    UNIT_EQUAL_INT(find(harness, &bo, &not_read), 1);
    UNIT_EQUAL_INT(find(harness, &carl, &not_read), 0);
    UNIT_EQUAL_INT(not_read, 0);
    harness_destroy(harness);
}

static void put_target(struct redraft *draft, const struct tov_ref *ref)
{
    UNIT_OK(tov_record_put_ref(draft->header, "in_reply_to", ref));
    UNIT_OK(tov_record_put_enum(draft->header, "relation", "revision"));
}

/* I10: what is for another unit is answered as what is not there. */
static void what_is_answered_must_be_there_for_the_own_units(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref, other;
    struct tov_record target;
    (void)send_to_both(harness, &ref);
    admit(harness);
    say(harness,
        &(struct saying){.by = &carl,
                         .type = "msg.note",
                         .from = "krfo/central",
                         .to = "kk/eki",
                         .bases = "BEK-HPL",
                         .fields = "about.episode_ref=" EPISODE},
        &other);
    struct redraft draft = redraft(harness);
    put_target(&draft, &other);
    struct tov_record hidden = submit(harness, &draft);
    UNIT_EQUAL_INT(error_of(hidden), TOV_E_NOT_FOUND);
    other.index = 100000;
    draft = redraft(harness);
    put_target(&draft, &other);
    struct tov_record missing = submit(harness, &draft);
    UNIT_EQUAL_INT(error_of(missing), TOV_E_NOT_FOUND);
    UNIT_EQUAL_BYTES(tov_record_bytes(hidden, "error_text"),
                     tov_record_bytes(missing, "error_text"));
    tov_record_destroy(&hidden);
    tov_record_destroy(&missing);
    draft = redraft(harness); /* half a reference */
    UNIT_NEED(tov_record_open(draft.header, "in_reply_to", &target) == TOV_OK);
    UNIT_OK(tov_record_put_number(target, "agency", 1));
    UNIT_EQUAL_INT(error_of_draft(harness, &draft), TOV_E_SCHEMA);
    harness_destroy(harness);
}

/* ---- drafts: the content ---- */

static struct tov_record decode_content(struct redraft *draft)
{
    struct tov_record content = {0};
    UNIT_NEED(tov_record_decode(tov_schema_find("Content"),
                                tov_record_bytes(draft->body, "content"), &content,
                                NULL) == TOV_OK);
    tov_record_clear(draft->body, "content");
    return content;
}

static void put_content(struct redraft *draft, struct tov_record content)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    UNIT_OK(tov_record_encode(content, &bytes));
    UNIT_OK(tov_record_put_bytes(draft->body, "content", tov_buf_view(&bytes)));
    tov_record_destroy(&content);
}

static void files_that_were_not_uploaded_cannot_be_named(void)
{
    struct harness *harness = three_nodes();
    struct redraft draft = redraft(harness);
    struct tov_record file, content = decode_content(&draft);
    UNIT_NEED(tov_record_open(content, "attachments", &file) == TOV_OK);
    UNIT_OK(tov_record_put_text(file, "name", "brev.pdf"));
    put_content(&draft, content);
    UNIT_EQUAL_INT(error_of_draft(harness, &draft), TOV_E_SCHEMA);
    draft = redraft(harness);
    UNIT_OK(tov_record_put_number(draft.body, "upload", 77));
    UNIT_EQUAL_INT(error_of_draft(harness, &draft), TOV_E_UNAVAILABLE);
    harness_destroy(harness);
}

/* ---- drafts: asked again ---- */

static void a_message_that_was_erased_is_not_written_again(void)
{
    struct harness *harness = three_nodes();
    struct tov_record request = submit_of(harness, &note);
    struct tov_record reply = exchange(harness, &anna, request);
    struct tov_ref ref;
    uint8_t row[TOV_ENTRY_GONE_BYTES];
    UNIT_NEED(tov_record_ref(body_of(reply, "submit"), "ref", 0, &ref));
    tov_record_destroy(&reply);
    tov_entry_put_gone(row, TOV_ENTRY_ERASED, &ref.leaf);
    tov_store_batch_put(tov_core_batch(core_of(harness)), TOV_TABLE_LEAF,
                        tov_store_key_u64(ref.index), TOV_BYTES_OF(row));
    harness_advance(harness, 1000);
    uint64_t size = tov_ledger_size(core_of(harness)->ledger);
    UNIT_EQUAL_INT(error_to(harness, &anna, request), TOV_E_ERASED);
    UNIT_EQUAL_INT(tov_ledger_size(core_of(harness)->ledger), size);
    harness_destroy(harness);
}

static void send_frame(struct harness *harness, struct tov_record request, uint64_t id)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    UNIT_NEED(tov_record_put_number(request, "id", id) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    harness_send(harness, &anna, tov_buf_view(&frame));
}

static struct tov_record take_reply(struct harness *harness)
{
    struct tov_record reply = {0};
    uint8_t *bytes;
    size_t size;
    UNIT_NEED(harness_take(harness, &anna, &bytes, &size));
    UNIT_NEED(tov_api_reply_decode((struct tov_bytes){bytes, size}, &reply, NULL) == TOV_OK);
    free(bytes);
    return reply;
}

/* I2: nor is the second asker told so before the commit. */
static void a_message_that_waits_for_its_commit_is_known_when_it_is_asked_again(void)
{
    struct harness *harness = three_nodes();
    struct tov_record request = submit_of(harness, &note);
    uint8_t *bytes;
    size_t size;
    harness_hold_commits(harness, 0, true);
    send_frame(harness, request, 900);
    harness_run(harness);
    send_frame(harness, request, 901);
    harness_run(harness);
    CU_ASSERT(!harness_take(harness, &anna, &bytes, &size));
    harness_hold_commits(harness, 0, false);
    harness_run(harness);
    struct tov_record first = take_reply(harness), second = take_reply(harness);
    UNIT_EQUAL_INT(error_of(first), 0);
    UNIT_EQUAL_INT(tov_record_number(body_of(first, "submit"), "repeated"), 0);
    UNIT_EQUAL_INT(tov_record_number(body_of(second, "submit"), "repeated"), 1);
    UNIT_EQUAL_INT(tov_record_number(body_of(second, "submit"), "number"),
                   tov_record_number(body_of(first, "submit"), "number"));
    tov_record_destroy(&first);
    tov_record_destroy(&second);
    tov_record_destroy(&request);
    harness_destroy(harness);
}

/* I9: the entry is durable before anything of the message leaves, its content or its trace. */
static void no_message_is_handed_out_before_its_access_entry_is_durable(void)
{
    static const char *const ways[] = {"get", "trace"};
    struct harness *harness = three_nodes();
    struct tov_core *core = core_of(harness);
    uint64_t number = send_to_both(harness, NULL);
    drop_replies(harness, &anna);
    for (size_t i = 0; i < 2; i++) {
        struct tov_record body;
        struct tov_record request = request_of(ways[i], &body);
        uint64_t before = tov_ledger_committed(core->journal);
        uint8_t *bytes;
        size_t size;
        UNIT_OK(tov_record_put_number(body, "number", number));
        harness_hold_commits(harness, 0, true);
        send_frame(harness, request, 900 + i);
        harness_run(harness);
        CU_ASSERT_FATAL(!harness_take(harness, &anna, &bytes, &size));
        UNIT_EQUAL_INT(tov_ledger_committed(core->journal), before);
        harness_hold_commits(harness, 0, false);
        harness_run(harness);
        struct tov_record reply = take_reply(harness);
        UNIT_EQUAL_INT(error_of(reply), 0);
        UNIT_EQUAL_INT(tov_ledger_committed(core->journal), before + 1);
        tov_record_destroy(&reply);
        tov_record_destroy(&request);
    }
    harness_destroy(harness);
}

/* ---- messages ---- */

static enum tov_err error_of_get(struct harness *harness, uint64_t number,
                                 const struct tov_ref *ref, size_t reason)
{
    char words[TOV_ACCESS_REASON_MAX_BYTES + 2];
    struct tov_record body;
    struct tov_record request = request_of("get", &body);
    memset(words, 'x', sizeof words);
    words[reason] = '\0';
    if (number != 0)
        UNIT_OK(tov_record_put_number(body, "number", number));
    if (ref != NULL)
        UNIT_OK(tov_record_put_ref(body, "ref", ref));
    if (reason > 0)
        UNIT_OK(tov_record_put_text(body, "reason", words));
    return (enum tov_err)error_to(harness, &anna, request);
}

static void a_message_is_named_by_number_or_reference(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_to_both(harness, &ref);
    UNIT_EQUAL_INT(error_of_get(harness, 0, NULL, 0), TOV_E_SCHEMA);
    UNIT_OK(error_of_get(harness, number, NULL, 0));
    UNIT_OK(error_of_get(harness, 0, &ref, 0));
    ref.leaf.bytes[0] ^= 1; /* another leaf at that place */
    UNIT_EQUAL_INT(error_of_get(harness, 0, &ref, 0), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(error_of_get(harness, 100000, NULL, 0), TOV_E_NOT_FOUND);
    UNIT_OK(error_of_get(harness, number, NULL, TOV_ACCESS_REASON_MAX_BYTES));
    UNIT_EQUAL_INT(error_of_get(harness, number, NULL, TOV_ACCESS_REASON_MAX_BYTES + 1),
                   TOV_E_LIMIT);
    harness_destroy(harness);
}

/* Neither to who reads it nor to who searches. */
static void what_its_sender_took_back_is_shown_to_nobody(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t not_read;
    uint64_t own = send_to_both(harness, &ref);
    uint64_t theirs = newest(harness, &bo);
    CU_ASSERT(content_size_of(harness, &bo, theirs) > 0);
    UNIT_EQUAL_INT(find(harness, &bo, &not_read), 1);
    take_back(harness, &anna, "kk/vink", "kbh-pol/dks krfo/central", &ref);
    UNIT_EQUAL_INT(content_size_of(harness, &bo, theirs), 0);
    UNIT_EQUAL_INT(content_size_of(harness, &anna, own), 0);
    UNIT_EQUAL_INT(find(harness, &bo, &not_read), 0);
    UNIT_EQUAL_INT(not_read, 0);
    harness_destroy(harness);
}

/* Who checks sees that it was, not what was said; and who has read it is named once. */
static void an_auditor_is_shown_a_message_without_its_content(void)
{
    struct harness *harness = three_nodes();
    struct tov_record body, summary, delivery;
    struct tov_ref ref;
    uint64_t number = send_to_both(harness, &ref);
    for (unsigned i = 0; i < 2; i++)
        say_read(harness, &bo, "kbh-pol/dks", "kk/vink", &ref);
    struct tov_record request = request_of("get", &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    struct tov_record reply = answer_to(harness, &audit, request);
    struct tov_record answer = body_of(reply, "get");
    UNIT_EQUAL_INT(tov_record_bytes(answer, "content").size, 0);
    UNIT_NEED(tov_record_child(answer, "summary", 0, &summary));
    UNIT_EQUAL_INT(tov_record_number(summary, "shown"), 0); /* nor counts it as read here */
    UNIT_EQUAL_INT(tov_record_number(summary, "reply_count"), 2);
    for (size_t i = 0; tov_record_child(summary, "deliveries", i, &delivery); i++)
        UNIT_EQUAL_INT(tov_record_number(delivery, "read"),
                       tov_record_number(delivery, "agency") == 2 ? 1 : 0);
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

static void a_search_needs_something_to_look_for(void)
{
    struct harness *harness = three_nodes();
    struct tov_record body;
    struct tov_record request = request_of("find", &body);
    UNIT_OK(tov_record_put_text(body, "reason", "Borgeren har ringet til os"));
    UNIT_EQUAL_INT(error_to(harness, &anna, request), TOV_E_ARGUMENT);
    harness_destroy(harness);
}

/* ---- how the node stands ---- */

static void a_node_whose_disk_is_full_says_so_and_takes_nothing_new(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    struct tov_record body;
    uint64_t number = send_to_both(harness, &ref);
    uint64_t reserve = core_of(harness)->disk_reserve_bytes;
    CU_ASSERT(!status_says(harness, "disk is nearly full"));
    core_of(harness)->disk_reserve_bytes = UINT64_MAX;
    CU_ASSERT(status_says(harness, "disk is nearly full"));
    UNIT_EQUAL_INT(error_to(harness, &anna, submit_of(harness, &note)), TOV_E_FULL);
    struct tov_record request = request_of("upload_begin", &body);
    UNIT_OK(tov_record_put_number(body, "size", 1000));
    UNIT_EQUAL_INT(error_to(harness, &anna, request), TOV_E_FULL);
    CU_ASSERT(content_size_of(harness, &anna, number) > 0); /* what is there can be read */
    core_of(harness)->disk_reserve_bytes = reserve;
    UNIT_EQUAL_INT(error_to(harness, &anna, submit_of(harness, &note)), TOV_OK);
    harness_destroy(harness);
}

static void a_clock_that_is_behind_is_told(void)
{
    struct harness *harness = three_nodes();
    (void)send_to_both(harness, NULL);
    uint64_t last_ms = core_of(harness)->last_leaf_ms;
    CU_ASSERT(!status_says(harness, "clock is behind"));
    core_of(harness)->last_leaf_ms += 3600000;
    CU_ASSERT(status_says(harness, "clock is behind"));
    CU_ASSERT(status_says(harness, "or was fast")); /* a wrong time that was written stays */
    core_of(harness)->last_leaf_ms = last_ms;
    CU_ASSERT(!status_says(harness, "clock is behind"));
    harness_destroy(harness);
}

/* ---- lists ---- */

struct listing {
    const char *unit;
    const struct tov_ref *thread;
    uint64_t limit, before;
};

static struct tov_record list(struct harness *harness, const struct harness_client *client,
                              const struct listing *what)
{
    struct tov_record body;
    struct tov_record request = request_of("list", &body);
    if (what->unit != NULL)
        UNIT_OK(tov_record_put_text(body, "unit", what->unit));
    if (what->thread != NULL)
        UNIT_OK(tov_record_put_ref(body, "thread", what->thread));
    UNIT_OK(tov_record_put_number(body, "limit", what->limit));
    UNIT_OK(tov_record_put_number(body, "before", what->before));
    return answer_to(harness, client, request);
}

static enum tov_err error_of_list(struct harness *harness, const struct listing *what)
{
    struct tov_record reply = list(harness, &anna, what);
    enum tov_err err = (enum tov_err)error_of(reply);
    tov_record_destroy(&reply);
    return err;
}

static void a_list_is_of_an_own_unit_and_of_a_thread_that_the_client_may_see(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref, hidden;
    struct tov_record body, thread;
    (void)send_to_both(harness, &ref);
    say(harness,
        &(struct saying){.by = &carl,
                         .type = "prison.admission",
                         .from = "krfo/central",
                         .to = "kk/eki",
                         .bases = "BEK-HPL",
                         .fields = "about.episode_ref=" EPISODE "; event_ref=E1"},
        &hidden);
    UNIT_OK(error_of_list(harness, &(struct listing){.unit = "kk/vink"}));
    UNIT_EQUAL_INT(error_of_list(harness, &(struct listing){.unit = "kk/nowhere"}),
                   TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(error_of_list(harness, &(struct listing){.unit = "kbh-pol/dks"}),
                   TOV_E_NOT_FOUND);
    UNIT_OK(error_of_list(harness, &(struct listing){.thread = &ref}));
    UNIT_EQUAL_INT(error_of_list(harness, &(struct listing){.thread = &hidden}), TOV_E_NOT_FOUND);
    ref.index = 100000;
    UNIT_EQUAL_INT(error_of_list(harness, &(struct listing){.thread = &ref}), TOV_E_NOT_FOUND);
    struct tov_record request = request_of("list", &body);
    UNIT_NEED(tov_record_open(body, "thread", &thread) == TOV_OK);
    UNIT_OK(tov_record_put_number(thread, "agency", 1));
    UNIT_EQUAL_INT(error_to(harness, &anna, request), TOV_E_SCHEMA);
    harness_destroy(harness);
}

static void a_thread_has_the_answers_to_one_message_and_no_others(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref, other;
    struct tov_record summary;
    (void)send_to_both(harness, &ref);
    (void)send_to_both(harness, &other);
    const struct tov_ref *answered[] = {&ref, &other, &ref};
    uint64_t numbers[3];
    for (size_t i = 0; i < 3; i++)
        numbers[i] = say(harness,
                         &(struct saying){.by = &anna,
                                          .type = "msg.amend",
                                          .from = "kk/vink",
                                          .to = "kbh-pol/dks krfo/central",
                                          .bases = "RPL115-2/1-1",
                                          .fields = "target_type=msg.note; about.case_ref=" CASE,
                                          .answers = answered[i]},
                         NULL);
    struct listing what = {.thread = &ref, .limit = 1};
    for (size_t i = 3; i-- > 0;) { /* the newest first, one at a time */
        if (i == 1)
            continue;
        struct tov_record reply = list(harness, &anna, &what);
        struct tov_record answer = body_of(reply, "list");
        UNIT_EQUAL_INT(tov_record_count(answer, "messages"), 1);
        UNIT_NEED(tov_record_child(answer, "messages", 0, &summary));
        UNIT_EQUAL_INT(tov_record_number(summary, "number"), numbers[i]);
        what.before = tov_record_number(answer, "next_before");
        CU_ASSERT(what.before != 0);
        tov_record_destroy(&reply);
    }
    struct tov_record reply = list(harness, &anna, &what);
    UNIT_EQUAL_INT(tov_record_count(body_of(reply, "list"), "messages"), 0);
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "list"), "next_before"), 0);
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_key_of_a_submission_has_sixteen_to_sixty_four_bytes),
        UNIT_TEST(recipients_are_agencies_of_the_roster_at_most_thirty_two),
        UNIT_TEST(two_units_of_one_agency_get_two_messages),
        UNIT_TEST(a_right_that_is_not_said_is_all_and_one_that_is_said_is_kept),
        UNIT_TEST(what_is_answered_must_be_there_for_the_own_units),
        UNIT_TEST(files_that_were_not_uploaded_cannot_be_named),
        UNIT_TEST(a_message_that_was_erased_is_not_written_again),
        UNIT_TEST(a_message_that_waits_for_its_commit_is_known_when_it_is_asked_again),
        UNIT_TEST(no_message_is_handed_out_before_its_access_entry_is_durable),
        UNIT_TEST(what_its_sender_took_back_is_shown_to_nobody),
        UNIT_TEST(an_auditor_is_shown_a_message_without_its_content),
        UNIT_TEST(a_search_needs_something_to_look_for),
        UNIT_TEST(a_node_whose_disk_is_full_says_so_and_takes_nothing_new),
        UNIT_TEST(a_clock_that_is_behind_is_told),
        UNIT_TEST(a_message_is_named_by_number_or_reference),
        UNIT_TEST(a_list_is_of_an_own_unit_and_of_a_thread_that_the_client_may_see),
        UNIT_TEST(a_thread_has_the_answers_to_one_message_and_no_others),
    };
    return unit_run("core: requests", tests, sizeof tests / sizeof tests[0]);
}

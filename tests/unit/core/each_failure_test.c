/* SPDX-License-Identifier: EUPL-1.2
 *
 * Each call that may fail fails once (support/failing.h), while whole nodes answer, write, exchange
 * and begin: nobody is told what is not so, a node goes on or ends, and whoever tries again gets
 * what he would have got, once (I3).
 * Not for: which error it is; and not for failures of the disk below the store (tests/fault).
 */
#include "deed.h"
#include "verdict_scene.h"

#include "follow/follow.h"

#include "support/failing.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX 4000u

/* ---- asking ---- */

struct question {
    const char *name;
    const struct harness_client *client;
    struct {
        const char *field;
        uint64_t number;
    } numbers[4];
    struct {
        const char *field, *text;
    } texts[3];
    const char *box;  /* of a list */
    bool is_volatile; /* the answer is another each time */
    bool goes_on;     /* what a failure held back comes at the next tick */
};

static void ask_frame(const struct question *question, struct tov_buf *out)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    struct tov_record body;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_put_number(request, "id", 77) == TOV_OK);
    UNIT_NEED(tov_record_open(request, question->name, &body) == TOV_OK);
    for (size_t i = 0; i < 4 && question->numbers[i].field != NULL; i++)
        UNIT_OK(
            tov_record_put_number(body, question->numbers[i].field, question->numbers[i].number));
    for (size_t i = 0; i < 3 && question->texts[i].field != NULL; i++)
        UNIT_OK(tov_record_put_text(body, question->texts[i].field, question->texts[i].text));
    if (question->box != NULL)
        UNIT_OK(tov_record_put_enum(body, "box", question->box));
    tov_buf_clear(out);
    UNIT_NEED(tov_api_encode(request, out) == TOV_OK);
}

/* Want of memory is not told as a limit that others use up. */
static bool tells_the_truth(struct tov_record reply)
{
    static const char words[] = "too many connections";
    struct tov_bytes text = tov_record_bytes(reply, "error_text");
    return text.size == 0 || memmem(text.data, text.size, words, sizeof words - 1) == NULL;
}

/* All frames that come, one behind the other; how many of them are errors in *OUT_ERRORS. A watch
 * that was stopped in the middle goes on a second later, behind what it has sent. */
static void answer_of(struct harness *harness, const struct question *question, struct tov_buf *out,
                      size_t *out_errors)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    uint8_t *bytes;
    size_t size;
    ask_frame(question, &frame);
    harness_send(harness, question->client, tov_buf_view(&frame));
    harness_run(harness);
    if (question->goes_on)
        harness_advance(harness, 1000);
    tov_buf_clear(out);
    *out_errors = 0;
    while (harness_take(harness, question->client, &bytes, &size)) {
        TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
        UNIT_OK(tov_api_reply_decode((struct tov_bytes){bytes, size}, &reply, NULL));
        *out_errors += error_of(reply) != 0;
        CU_ASSERT(tells_the_truth(reply));
        tov_buf_put(out, bytes, size);
        free(bytes);
    }
    if (!harness_has_ended(harness, question->client->node))
        harness_gone(harness, question->client);
}

#define ANSWER_MAX (1u << 22)

static void check_question(struct harness *harness, const struct question *question,
                           enum tov_err err)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf whole = TOV_BUF_INIT(ANSWER_MAX);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf now = TOV_BUF_INIT(ANSWER_MAX);
    size_t errors = 0, rounds = 0;
    answer_of(harness, question, &whole, &errors); /* what the first reading changes is changed */
    answer_of(harness, question, &whole, &errors);
    if (errors > 0 || whole.size == 0)
        (void)fprintf(stderr, "%s: no answer\n", question->name);
    UNIT_NEED(errors == 0 && whole.size > 0);
    failing_begin(err);
    bool has_failed = true;
    while (has_failed && rounds++ < ROUNDS_MAX) {
        failing_next();
        answer_of(harness, question, &now, &errors);
        has_failed = failing_end();
        start_again(harness);
        bool is_told = errors == 0 && now.size > 0;
        if (is_told && !question->is_volatile && err == TOV_OK &&
            !tov_bytes_equal(tov_buf_view(&now), tov_buf_view(&whole)))
            (void)fprintf(stderr, "%s: another answer after a failure at %p\n", question->name,
                          failing_last());
        if (is_told && !question->is_volatile && err == TOV_OK)
            UNIT_EQUAL_BYTES(tov_buf_view(&now), tov_buf_view(&whole));
    }
    CU_ASSERT(rounds < ROUNDS_MAX && failing_places() > 0);
    answer_of(harness, question, &now, &errors);
    UNIT_EQUAL_INT(errors, 0);
    if (!question->is_volatile)
        UNIT_EQUAL_BYTES(tov_buf_view(&now), tov_buf_view(&whole));
}

/* So that what is asked of the message has something to say of the own record. */
static void hand_over(struct harness *harness, uint64_t number)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_record body;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "record", &body) == TOV_OK);
    UNIT_OK(tov_record_put_number(body, "number", number));
    UNIT_OK(tov_record_put_text(body, "record", "2021-0017"));
    reply = exchange(harness, &anna, request);
    UNIT_NEED(error_of(reply) == 0);
}

static void what_is_asked_is_answered_rightly_or_not_at_all(void)
{
    struct harness *harness = whole_story();
    TOV_CLEANUP(tov_record_destroy)
    struct tov_record cases = ask(harness, &anna, "cases", &(struct asking){.unit = "kk/vink"});
    struct tov_record affair;
    UNIT_NEED(find_affair(body_of(cases, "cases"), CASE, &affair));
    uint64_t number = tov_record_number(affair, "number");
    hand_over(harness, number);
    const struct question questions[] = {
        {.name = "hello", .client = &anna, .numbers = {{"api_min", 1}, {"api_max", 1}}},
        {.name = "directory", .client = &anna},
        {.name = "status", .client = &anna, .is_volatile = true},
        {.name = "status", .client = &audit, .is_volatile = true},
        {.name = "list", .client = &anna, .box = "all", .numbers = {{"limit", 50}}},
        {.name = "list", .client = &anna, .box = "in", .numbers = {{"unread_only", 1}}},
        {.name = "list", .client = &anna, .numbers = {{"unrecorded_only", 1}}},
        {.name = "list", .client = &bo, .box = "out", .texts = {{"unit", "kbh-pol/dks"}}},
        {.name = "get", .client = &anna, .numbers = {{"number", number}}},
        {.name = "trace", .client = &anna, .numbers = {{"number", number}}},
        {.name = "cases", .client = &anna, .numbers = {{"ended", 1}, {"limit", 100}}},
        {.name = "case_read", .client = &anna, .numbers = {{"number", number}}},
        {.name = "watch", .client = &anna, .numbers = {{"deliveries", 1}}, .goes_on = true},
        {.name = "watch", .client = &bo, .texts = {{"name", "journal"}}, .goes_on = true},
        {.name = "find",
         .client = &anna,
         .texts = {{"name", "Andersen"}, {"reason", "a reason that is long enough"}},
         .is_volatile = true},
        {.name = "export_read", .client = &audit, .is_volatile = true},
    };
    harness_let_fail(harness, true);
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        check_question(harness, &questions[i], TOV_OK);
        check_question(harness, &questions[i], TOV_E_NOMEM);
        check_question(harness, &questions[i], TOV_E_CORRUPT);
    }
    harness_destroy(harness);
}

/* ---- beginning ---- */

static void begin_until_nothing_fails(struct harness *harness, enum tov_err err)
{
    unsigned rounds = 0;
    bool has_failed = true;
    failing_begin(err);
    while (has_failed && rounds++ < ROUNDS_MAX) {
        failing_next();
        enum tov_err started = harness_try_restart(harness, 0);
        has_failed = failing_end();
        if (!has_failed)
            UNIT_EQUAL_INT(started, TOV_OK);
    }
    CU_ASSERT(rounds < ROUNDS_MAX && failing_places() > 10);
    start_again(harness);
}

static void a_node_begins_whole_or_not_at_all(void)
{
    struct harness *harness = whole_story();
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWER_MAX);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf after = TOV_BUF_INIT(ANSWER_MAX);
    const struct question question = {.name = "cases", .client = &anna, .numbers = {{"ended", 1}}};
    size_t errors;
    answer_of(harness, &question, &before, &errors);
    UNIT_NEED(errors == 0);
    harness_let_fail(harness, true);
    begin_until_nothing_fails(harness, TOV_OK);
    begin_until_nothing_fails(harness, TOV_E_NOMEM);
    begin_until_nothing_fails(harness, TOV_E_CORRUPT);
    harness_let_fail(harness, false);
    harness_restart(harness, 0);
    harness_advance(harness, 2000);
    answer_of(harness, &question, &after, &errors);
    UNIT_EQUAL_INT(errors, 0);
    UNIT_EQUAL_BYTES(tov_buf_view(&after), tov_buf_view(&before));
    harness_destroy(harness);
}

/* Read anew each time: who asks while memory is short is told what is so, or to ask again; and
 * what a failure held back is in the book later. The first message, which fails, matters. */
static void a_case_book_that_is_read_without_memory_lacks_nothing(void)
{
    struct harness *harness = three_nodes();
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWER_MAX);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf after = TOV_BUF_INIT(ANSWER_MAX);
    const struct question question = {.name = "cases", .client = &anna, .numbers = {{"ended", 1}}};
    unsigned rounds = 0;
    size_t errors;
    bool has_failed = true;
    submit_concern(harness);
    answer_of(harness, &question, &before, &errors);
    UNIT_NEED(errors == 0);
    harness_let_fail(harness, true);
    failing_begin(TOV_E_NOMEM);
    while (has_failed && rounds++ < ROUNDS_MAX) {
        harness_restart(harness, 0);
        failing_next();
        harness_advance(harness, 2000);
        for (unsigned asked = 0; asked < 2; asked++) {
            answer_of(harness, &question, &after, &errors);
            if (errors == 0 && after.size > 0)
                UNIT_EQUAL_BYTES(tov_buf_view(&after), tov_buf_view(&before));
        }
        has_failed = failing_end();
    }
    CU_ASSERT(rounds < ROUNDS_MAX && failing_places() > 10);
    harness_destroy(harness);
}

/* ---- writing and exchanging ---- */

/* A number of the line of AGENCY in what an auditor is told. */
static uint64_t of_peer(struct harness *harness, uint64_t agency, const char *name)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_record body, peer;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "status", &body) == TOV_OK);
    reply = exchange(harness, &audit, request);
    body = body_of(reply, "status");
    for (size_t i = 0; tov_record_child(body, "peers", i, &peer); i++) {
        if (tov_record_number(peer, "agency") == agency)
            return tov_record_number(peer, name);
    }
    UNIT_NEED(false && "a peer of that number");
    return 0;
}

/* True: something failed. The message is there once, whatever did. */
static bool write_with_failure(struct harness *harness, const struct saying *saying)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_record request = submit_of(harness, saying);
    UNIT_NEED(tov_record_put_number(request, "id", 78) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    failing_next();
    harness_send(harness, saying->by, tov_buf_view(&frame));
    harness_run(harness);
    harness_advance(harness, 2000);
    bool has_failed = failing_end();
    start_again(harness);
    drop_replies(harness, saying->by);
    reply = exchange(harness, saying->by, request);
    UNIT_EQUAL_INT(error_of(reply), 0);
    tov_record_destroy(&request);
    return has_failed;
}

static void write_until_nothing_fails(struct harness *harness, const struct saying *saying,
                                      enum tov_err err)
{
    uint64_t before = of_peer(harness, 2, "links_sent");
    unsigned rounds = 0;
    failing_begin(err);
    do
        rounds++;
    while (write_with_failure(harness, saying) && rounds < ROUNDS_MAX);
    CU_ASSERT(rounds < ROUNDS_MAX && failing_places() > 10);
    harness_connect_again(harness);
    harness_advance(harness, 120000);
    UNIT_EQUAL_INT(of_peer(harness, 2, "links_sent"), before + rounds);
    if (err != TOV_OK)
        return; /* whose bytes cannot be read by the receiver has sent bad ones: no receipt */
    UNIT_EQUAL_INT(of_peer(harness, 2, "links_receipted"), before + rounds);
    UNIT_EQUAL_INT(of_peer(harness, 2, "suspended"), 0);
}

static void what_is_written_is_there_once_and_arrives(void)
{
    static const enum tov_err errors[] = {TOV_OK, TOV_E_NOMEM, TOV_E_CORRUPT};
    struct saying saying = {.by = &anna,
                            .type = "msg.note",
                            .from = "kk/vink",
                            .to = "kbh-pol/dks",
                            .bases = "RPL115-2/1-1",
                            .fields = "about.concern_ref=" CONCERN};
    struct harness *harness = three_nodes();
    submit_concern(harness);
    harness_let_fail(harness, true);
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        write_until_nothing_fails(harness, &saying, errors[i]);
    harness_destroy(harness);
}

/* ---- deciding ---- */

/* What anna's outbox shows of NUMBER's first delivery, the police's; false: nothing. */
static bool look_at_again(struct harness *harness, uint64_t number, uint64_t *out_again)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_record body, message, delivery;
    struct tov_record request = request_of("list", &body);
    UNIT_OK(tov_record_put_number(body, "before", number + 1));
    UNIT_OK(tov_record_put_number(body, "limit", 1));
    if (!try_request(harness, &anna, request, &reply) ||
        !tov_record_child(body_of(reply, "list"), "messages", 0, &message) ||
        !tov_record_child(message, "deliveries", 0, &delivery))
        return false;
    *out_again = tov_record_number(delivery, "again");
    return true;
}

/* No, and then yes; what is shown behind each. */
static bool decide_twice(struct harness *harness, const void *with, struct tov_buf *out)
{
    uint64_t number = *(const uint64_t *)with;
    for (uint64_t refuses = 2; refuses-- > 0;) {
        TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
        struct tov_record body;
        uint64_t again = 0;
        struct tov_record request = request_of("give_again", &body);
        UNIT_OK(tov_record_put_number(body, "number", number));
        UNIT_OK(tov_record_put_text(body, "reason", "aftalt med vagten"));
        if (refuses != 0)
            UNIT_OK(tov_record_put_number(body, "refuse", 1));
        if (!try_request(harness, &anna, request, &reply) ||
            !look_at_again(harness, number, &again))
            return false;
        tov_buf_put_u64(out, tov_record_number(body_of(reply, "give_again"), "again"));
        tov_buf_put_u64(out, again);
    }
    return true;
}

/* The police lost the keys of a message, and are away: nothing goes meanwhile. */
static void what_a_person_says_of_lost_keys_stands_whatever_fails(void)
{
    static const struct tov_verdict_value keyless = {TOV_VERDICT_NO_KEY, 0, 0};
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t again = 0;
    uint64_t number = say(harness,
                          &(struct saying){.by = &anna,
                                           .type = "msg.note",
                                           .from = "kk/vink",
                                           .to = "kbh-pol/dks",
                                           .bases = "RPL115-2/1-1",
                                           .fields = "about.case_ref=" CASE},
                          &ref);
    const struct deed deed = {.name = "give_again",
                              .client = &anna,
                              .run = decide_twice,
                              .with = &number,
                              .skips = DEED_SKIPS_DAMAGE};
    amend_receipt(harness, 1, &ref, keyless);
    harness_set_link(harness, 0, 1, false);
    harness_let_fail(harness, true);
    deed_check_all(harness, &deed);
    CU_ASSERT(look_at_again(harness, number, &again));
    UNIT_EQUAL_INT(again, TOV_AGAIN_APPROVED);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_is_asked_is_answered_rightly_or_not_at_all),
        UNIT_TEST(a_node_begins_whole_or_not_at_all),
        UNIT_TEST(a_case_book_that_is_read_without_memory_lacks_nothing),
        UNIT_TEST(what_is_written_is_there_once_and_arrives),
        UNIT_TEST(what_a_person_says_of_lost_keys_stands_whatever_fails),
    };
    return unit_run("core_each_failure", tests, sizeof tests / sizeof tests[0]);
}

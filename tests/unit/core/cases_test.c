/* SPDX-License-Identifier: EUPL-1.2
 *
 * What nodes answer to `cases` and `case_read`: three whole nodes in one process, and messages of
 * the catalogue between their units, written by their clients.
 * Not for: the fold itself, nor dates of deadlines (tests of proto/case).
 */
#include "case_story.h"

#include "case/task.h"

#include <string.h>

#define DAY_MS 86400000u

static uint64_t message_number(struct tov_record read, size_t index)
{
    struct tov_record message, summary = {0};
    UNIT_NEED(tov_record_child(read, "messages", index, &message) &&
              tov_record_child(message, "summary", 0, &summary));
    return tov_record_number(summary, "number");
}

/* ---- a list is kept, and true each time ---- */

/* The open task of CASE that is due first: when it is too late; its state in OUT_STATE. */
static uint64_t first_task(struct tov_record reply, uint64_t *out_state)
{
    struct tov_record affair, task;
    UNIT_NEED(find_affair(body_of(reply, "cases"), CASE, &affair));
    UNIT_NEED(tov_record_child(affair, "tasks", 0, &task));
    *out_state = tov_record_number(task, "state");
    return tov_record_number(task, "late_from_ms");
}

static void a_list_says_that_a_task_is_overdue_from_that_moment_on(void)
{
    struct harness *harness = whole_story();
    uint64_t state = 0;
    struct tov_record reply = ask(harness, &anna, "cases", &(struct asking){.ended = 1});
    uint64_t late_ms = first_task(reply, &state);
    uint64_t now_ms = harness_now_ms(harness);
    const uint64_t moments[] = {now_ms, late_ms - 1, late_ms, late_ms + 1, late_ms - 1};
    const uint64_t states[] = {1, 1, 2, 2, 1}; /* open, overdue; the clock was set back at last */
    tov_record_destroy(&reply);
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        tov_node_set_time(harness_node(harness, 0), moments[i], 1u << 30);
        reply = ask(harness, &anna, "cases", &(struct asking){.ended = 1});
        UNIT_EQUAL_INT(first_task(reply, &state), late_ms);
        UNIT_EQUAL_INT(state, states[i]);
        tov_record_destroy(&reply);
    }
    harness_destroy(harness);
}

struct listed {
    uint64_t messages, newest, unread;
};

static struct listed listed_case(struct harness *harness)
{
    struct tov_record reply = ask(harness, &anna, "cases", &(struct asking){.ended = 1}), affair;
    UNIT_NEED(find_affair(body_of(reply, "cases"), CASE, &affair));
    struct listed listed = {tov_record_number(affair, "message_count"),
                            tov_record_number(affair, "last_number"),
                            tov_record_number(affair, "unread")};
    tov_record_destroy(&reply);
    return listed;
}

static void look_at(struct harness *harness, uint64_t number)
{
    struct tov_record request, body;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "get", &body) == TOV_OK);
    UNIT_OK(tov_record_put_number(body, "number", number));
    struct tov_record reply = exchange(harness, &anna, request);
    UNIT_EQUAL_INT(error_of(reply), 0);
    tov_record_destroy(&request);
    tov_record_destroy(&reply);
}

static void a_list_tells_what_has_come_and_what_is_unread(void)
{
    struct harness *harness = whole_story();
    struct listed before = listed_case(harness);
    const struct saying note = {.by = &bo,
                                .type = "msg.note",
                                .from = "kbh-pol/dks",
                                .to = "kk/vink",
                                .bases = "RPL115-1-1",
                                .fields = "about.case_ref=" CASE};
    (void)say(harness, &note, NULL);
    struct listed after = listed_case(harness);
    UNIT_EQUAL_INT(after.messages, before.messages + 1);
    UNIT_EQUAL_INT(after.unread, before.unread + 1);
    look_at(harness, after.newest);
    UNIT_EQUAL_INT(listed_case(harness).unread, before.unread);
    harness_destroy(harness);
}

/* ---- I10 ---- */

static void the_release_channel_sees_the_detention_and_never_the_case(void)
{
    struct harness *harness = whole_story();
    struct tov_record reply = ask(harness, &eva, "cases", &(struct asking){.ended = 1});
    struct tov_record cases = body_of(reply, "cases"), affair;
    UNIT_EQUAL_INT(tov_record_number(cases, "total"), 1);
    UNIT_NEED(find_affair(cases, EPISODE, &affair));
    UNIT_EQUAL_TEXT(state_of(affair, RELEASE, EPISODE), "planlagt");
    UNIT_EQUAL_INT(tov_record_number(affair, "message_count"), 2);
    CU_ASSERT(tov_record_count(affair, "tasks") > 0);
    UNIT_EQUAL_INT(tov_record_count(affair, "tasks"), count_of(affair, "tasks", EPISODE));
    CU_ASSERT(!mentions(reply, CASE) && !mentions(reply, CONCERN));
    uint64_t number = tov_record_number(affair, "number");
    tov_record_destroy(&reply);

    reply = ask(harness, &eva, "case_read", &(struct asking){.number = number});
    struct tov_record read = body_of(reply, "case_read");
    UNIT_EQUAL_INT(tov_record_count(read, "messages"), 2);
    UNIT_EQUAL_INT(tov_record_count(read, "parties"), 0);
    UNIT_EQUAL_INT(tov_record_count(read, "tasks"), count_of(read, "tasks", EPISODE));
    CU_ASSERT(!mentions(reply, CASE) && !mentions(reply, CONCERN));
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

static void a_party_sees_concern_case_and_release_as_one_affair(void)
{
    struct harness *harness = whole_story();
    struct tov_record reply = ask(harness, &anna, "cases", &(struct asking){.unit = "kk/vink"});
    struct tov_record cases = body_of(reply, "cases"), affair;
    UNIT_EQUAL_INT(tov_record_number(cases, "total"), 2);
    UNIT_NEED(find_affair(cases, CASE, &affair));
    UNIT_EQUAL_TEXT(state_of(affair, CASES, CASE), "afdaekning");
    UNIT_EQUAL_TEXT(state_of(affair, CONCERNS, CONCERN), "begrundet");
    UNIT_EQUAL_TEXT(state_of(affair, RELEASE, EPISODE), "planlagt");
    UNIT_EQUAL_TEXT(state_of(affair, CONCERNS, OTHER_CONCERN), "");
    UNIT_NEED(find_affair(cases, OTHER_CONCERN, &affair));
    UNIT_EQUAL_TEXT(state_of(affair, CONCERNS, OTHER_CONCERN), "paa_dagsorden");
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

static void who_was_sent_nothing_is_shown_nothing(void)
{
    struct harness *harness = whole_story();
    struct tov_record reply = ask(harness, &sofie, "cases", &(struct asking){.ended = 1});
    struct tov_record cases = body_of(reply, "cases");
    UNIT_EQUAL_INT(tov_record_number(cases, "total"), 0);
    UNIT_EQUAL_INT(tov_record_number(cases, "as_of"), 0);
    tov_record_destroy(&reply);
    for (uint64_t number = 1; number < 30; number++) {
        reply = ask(harness, &sofie, "case_read", &(struct asking){.number = number});
        UNIT_EQUAL_INT(error_of(reply), TOV_E_NOT_FOUND);
        tov_record_destroy(&reply);
    }
    reply = ask(harness, &sofie, "cases", &(struct asking){.unit = "kk/vink"});
    UNIT_EQUAL_INT(error_of(reply), TOV_E_NOT_FOUND);
    tov_record_destroy(&reply);
    /* An empty list would say that the unit has no news. */
    reply = ask(harness, &sofie, "list", &(struct asking){.unit = "kk/vink"});
    UNIT_EQUAL_INT(error_of(reply), TOV_E_NOT_FOUND);
    tov_record_destroy(&reply);
    reply = ask(harness, &audit, "list", &(struct asking){.unit = "kk/vink"});
    UNIT_EQUAL_INT(error_of(reply), TOV_OK);
    tov_record_destroy(&reply);
    reply = ask(harness, &gitte, "cases", &(struct asking){.ended = 1});
    UNIT_EQUAL_INT(error_of(reply), TOV_E_NOT_FOUND);
    tov_record_destroy(&reply);
    reply = ask(harness, &audit, "cases", &(struct asking){.ended = 1});
    UNIT_EQUAL_INT(error_of(reply), TOV_E_DENIED);
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

/* ---- names, counts ---- */

static void an_affair_is_called_by_its_first_message_and_found_by_each(void)
{
    struct harness *harness = whole_story();
    struct tov_record reply = ask(harness, &anna, "cases", &(struct asking){.number = 0});
    struct tov_record affair;
    UNIT_NEED(find_affair(body_of(reply, "cases"), CASE, &affair));
    uint64_t number = tov_record_number(affair, "number");
    uint64_t last = tov_record_number(affair, "last_number");
    uint64_t count = tov_record_number(affair, "message_count");
    tov_record_destroy(&reply);

    reply = ask(harness, &anna, "case_read", &(struct asking){.number = number});
    struct tov_record read = body_of(reply, "case_read");
    uint64_t numbers[32] = {0}, lowest = UINT64_MAX, highest = 0;
    UNIT_NEED(tov_record_count(read, "messages") == count && count <= 32);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = message_number(read, i);
        lowest = numbers[i] < lowest ? numbers[i] : lowest;
        highest = numbers[i] > highest ? numbers[i] : highest;
    }
    tov_record_destroy(&reply);
    UNIT_EQUAL_INT(number, lowest);
    UNIT_EQUAL_INT(last, highest);
    for (size_t i = 0; i < count; i++) {
        reply = ask(harness, &anna, "case_read", &(struct asking){.number = numbers[i]});
        UNIT_EQUAL_INT(tov_record_number(body_of(reply, "case_read"), "number"), number);
        tov_record_destroy(&reply);
    }
    harness_destroy(harness);
}

static uint64_t unread_of(struct harness *harness, const struct harness_client *client,
                          const char *thing)
{
    struct tov_record reply = ask(harness, client, "cases", &(struct asking){.ended = 1});
    struct tov_record affair;
    UNIT_NEED(find_affair(body_of(reply, "cases"), thing, &affair));
    uint64_t unread = tov_record_number(affair, "unread");
    uint64_t number = tov_record_number(affair, "number");
    tov_record_destroy(&reply);
    reply = ask(harness, client, "case_read", &(struct asking){.number = number});
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "case_read"), "unread"), unread);
    tov_record_destroy(&reply);
    return unread;
}

static void what_somebody_looked_at_is_unread_no_more(void)
{
    struct harness *harness = whole_story();
    struct tov_record request, body;
    UNIT_EQUAL_INT(unread_of(harness, &eva, EPISODE), 2);
    UNIT_EQUAL_INT(unread_of(harness, &carl, EPISODE), 2); /* not what it wrote itself */
    struct tov_record reply = ask(harness, &eva, "cases", &(struct asking){.ended = 1});
    struct tov_record affair;
    UNIT_NEED(find_affair(body_of(reply, "cases"), EPISODE, &affair));
    uint64_t number = tov_record_number(affair, "last_number");
    tov_record_destroy(&reply);
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "get", &body) == TOV_OK);
    UNIT_OK(tov_record_put_number(body, "number", number));
    reply = exchange(harness, &eva, request);
    UNIT_EQUAL_INT(error_of(reply), 0);
    tov_record_destroy(&reply);
    tov_record_destroy(&request);
    UNIT_EQUAL_INT(unread_of(harness, &eva, EPISODE), 1);
    harness_destroy(harness);
}

static uint64_t number_of(struct harness *harness, const struct harness_client *client,
                          const char *thing)
{
    struct tov_record reply = ask(harness, client, "cases", &(struct asking){.ended = 1});
    struct tov_record affair;
    UNIT_NEED(find_affair(body_of(reply, "cases"), thing, &affair));
    uint64_t number = tov_record_number(affair, "number");
    tov_record_destroy(&reply);
    return number;
}

/* ---- the agenda ---- */

static void an_agenda_does_not_connect_two_concerns(void)
{
    struct harness *harness = three_nodes();
    uint64_t agenda = call_meeting(harness);
    struct tov_record reply = ask(harness, &bo, "cases", &(struct asking){.ended = 1});
    struct tov_record cases = body_of(reply, "cases"), affair;
    uint64_t named = 0;
    const char *const concerns[] = {CONCERN, OTHER_CONCERN};
    UNIT_EQUAL_INT(tov_record_number(cases, "total"), 2);
    for (size_t i = 0; i < 2; i++) {
        UNIT_NEED(find_affair(cases, concerns[i], &affair));
        UNIT_EQUAL_INT(tov_record_count(affair, "things"), 1);
        UNIT_EQUAL_TEXT(state_of(affair, CONCERNS, concerns[i]), "paa_dagsorden");
        UNIT_EQUAL_INT(tov_record_number(affair, "message_count"), 5);
        UNIT_EQUAL_INT(tov_record_number(affair, "last_number"), agenda);
        UNIT_EQUAL_INT(tov_record_count(affair, "tasks"), count_of(affair, "tasks", concerns[i]));
        named = i == 0 ? tov_record_number(affair, "number") : named;
    }
    tov_record_destroy(&reply);
    /* By its number: the concern that it is about. */
    reply = ask(harness, &bo, "case_read", &(struct asking){.number = agenda});
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "case_read"), "number"), named);
    CU_ASSERT(count_of(body_of(reply, "case_read"), "things", CONCERN) == 1);
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

/* Who was told of the concerns by the agenda: until a message is about one, it has no other name.
 */
static void an_affair_is_called_by_a_message_that_is_about_it(void)
{
    struct harness *harness = three_nodes();
    struct tov_record affair;
    const struct saying triage = {.by = &anna,
                                  .type = "concern.triage",
                                  .from = "kk/vink",
                                  .to = "kbh-pol/dks krfo/central",
                                  .bases = "RPL115-2/1-1",
                                  .fields = "about.concern_ref=" OTHER_CONCERN};
    (void)call_meeting(harness);
    uint64_t agenda = number_of(harness, &carl, CONCERN);
    UNIT_EQUAL_INT(number_of(harness, &carl, OTHER_CONCERN), agenda);
    say(harness, &triage, NULL);
    uint64_t number = number_of(harness, &carl, OTHER_CONCERN);
    CU_ASSERT(number > agenda);
    UNIT_EQUAL_INT(number_of(harness, &carl, CONCERN), agenda);
    struct tov_record reply = ask(harness, &carl, "case_read", &(struct asking){.number = number});
    affair = body_of(reply, "case_read");
    UNIT_EQUAL_INT(tov_record_count(affair, "messages"), 2);
    UNIT_EQUAL_INT(count_of(affair, "things", OTHER_CONCERN), 1);
    UNIT_EQUAL_INT(count_of(affair, "things", CONCERN), 0);
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

/* ---- times ---- */

static void an_earlier_time_shows_what_was_known_then(void)
{
    struct harness *harness = three_nodes();
    struct tov_record affair;
    admit(harness);
    uint64_t before_ms = harness_now_ms(harness);
    harness_advance(harness, 60000);
    set_release_date(harness);
    struct tov_record reply = ask(harness, &eva, "cases", &(struct asking){.at_ms = before_ms});
    UNIT_NEED(find_affair(body_of(reply, "cases"), EPISODE, &affair));
    UNIT_EQUAL_TEXT(state_of(affair, RELEASE, EPISODE), "uden_dato");
    UNIT_EQUAL_INT(tov_record_number(affair, "message_count"), 1);
    uint64_t number = tov_record_number(affair, "number");
    tov_record_destroy(&reply);
    struct asking then = {.number = number, .at_ms = before_ms};
    reply = ask(harness, &eva, "case_read", &then);
    UNIT_EQUAL_INT(tov_record_count(body_of(reply, "case_read"), "messages"), 1);
    UNIT_EQUAL_INT(tov_record_count(body_of(reply, "case_read"), "expected"), 0);
    tov_record_destroy(&reply);
    reply = ask(harness, &eva, "cases", &(struct asking){.at_ms = before_ms - 7 * DAY_MS});
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "cases"), "total"), 0);
    tov_record_destroy(&reply);
    reply = ask(harness, &eva, "cases", &(struct asking){.at_ms = 0});
    UNIT_NEED(find_affair(body_of(reply, "cases"), EPISODE, &affair));
    UNIT_EQUAL_TEXT(state_of(affair, RELEASE, EPISODE), "planlagt");
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

static size_t count_overdue(struct harness *harness, uint64_t at_ms)
{
    struct tov_record reply = ask(harness, &eva, "cases", &(struct asking){.at_ms = at_ms});
    struct tov_record affair, task;
    size_t count = 0;
    UNIT_NEED(find_affair(body_of(reply, "cases"), EPISODE, &affair));
    for (size_t i = 0; tov_record_child(affair, "tasks", i, &task); i++)
        count += tov_record_number(task, "state") == 2 ? 1 : 0;
    tov_record_destroy(&reply);
    return count;
}

static void a_task_is_overdue_by_the_time_that_is_asked_for(void)
{
    struct harness *harness = three_nodes();
    admit(harness);
    set_release_date(harness);
    uint64_t now_ms = harness_now_ms(harness);
    size_t now = count_overdue(harness, now_ms);
    CU_ASSERT(count_overdue(harness, now_ms + 120 * DAY_MS) > now);
    harness_destroy(harness);
}

/* A task of the episode is judged by DATE, as far as the client is told. */
static bool shows_date(struct harness *harness, const struct harness_client *client,
                       struct tov_date date)
{
    struct tov_record reply = ask(harness, client, "cases", &(struct asking){.ended = 1});
    struct tov_record affair, task;
    bool shows = false;
    UNIT_NEED(find_affair(body_of(reply, "cases"), EPISODE, &affair));
    CU_ASSERT(tov_record_count(affair, "tasks") > 0);
    for (size_t i = 0; tov_record_child(affair, "tasks", i, &task); i++) {
        struct tov_date release;
        shows = shows || (tov_record_date(task, "release", &release) &&
                          tov_date_to_days(release) == tov_date_to_days(date));
    }
    tov_record_destroy(&reply);
    return shows;
}

/* The release desk was told of the first date, the coordinator of the second too. */
static void a_new_release_date_is_shown_to_who_was_told_of_it(void)
{
    struct harness *harness = three_nodes();
    const struct tov_date first = {2021, 10, 28}, second = {2021, 12, 28};
    const struct saying next = {.by = &carl,
                                .type = "prison.release_date",
                                .from = "krfo/central",
                                .to = "kk/vink",
                                .bases = "RPL115-2/1-3a",
                                .fields =
                                    "about.episode_ref=" EPISODE "; date=2021-12-28; version=2"};
    admit(harness);
    set_release_date(harness);
    CU_ASSERT(shows_date(harness, &eva, first));
    say(harness, &next, NULL);
    CU_ASSERT(!shows_date(harness, &eva, second));
    CU_ASSERT(shows_date(harness, &anna, second));
    harness_destroy(harness);
}

/* ---- the node ---- */

static void put_answer(struct harness *harness, const struct harness_client *client,
                       const struct asking *asking, struct tov_buf *out)
{
    const char *name = asking->number == 0 ? "cases" : "case_read";
    struct tov_record reply = ask(harness, client, name, asking);
    tov_buf_clear(out);
    UNIT_NEED(tov_record_encode_within(body_of(reply, name), TOV_FRAME_MAX_BYTES, out) == TOV_OK);
    tov_record_destroy(&reply);
}

static void a_restart_of_the_node_changes_no_answer(void)
{
    struct harness *harness = whole_story();
    const uint64_t now_ms = harness_now_ms(harness);
    const struct {
        const struct harness_client *client;
        struct asking asking;
    } cases[] = {{&anna, {.at_ms = now_ms, .ended = 1}},
                 {&anna, {.at_ms = now_ms, .number = number_of(harness, &anna, CASE)}},
                 {&anna, {.at_ms = now_ms, .number = number_of(harness, &anna, OTHER_CONCERN)}},
                 {&eva, {.at_ms = now_ms, .number = number_of(harness, &eva, EPISODE)}}};
    struct tov_buf before = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_buf after = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put_answer(harness, cases[i].client, &cases[i].asking, &before);
        harness_restart(harness, 0);
        harness_run(harness);
        put_answer(harness, cases[i].client, &cases[i].asking, &after);
        UNIT_EQUAL_BYTES(tov_buf_view(&after), tov_buf_view(&before));
    }
    tov_buf_fini(&before);
    tov_buf_fini(&after);
    harness_destroy(harness);
}

/* What is written next is judged by the messages that wait for their commit, so that the book has
 * them; no client is told of them (I2), and they are there when they are committed. */
static void what_is_not_committed_is_in_no_answer(void)
{
    struct harness *harness = three_nodes();
    struct saying saying = {.by = &carl,
                            .type = "prison.admission",
                            .from = "krfo/central",
                            .to = "kk/eki",
                            .bases = "BEK-HPL",
                            .fields = "about.episode_ref=" EPISODE "; event_ref=E1"};
    harness_hold_commits(harness, 2, true);
    send_saying(harness, &saying);
    saying.fields = "about.episode_ref=F2; event_ref=E2";
    send_saying(harness, &saying);
    struct tov_record reply = ask(harness, &carl, "cases", &(struct asking){.ended = 1});
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "cases"), "total"), 0);
    tov_record_destroy(&reply);
    harness_hold_commits(harness, 2, false);
    harness_run(harness);
    drop_replies(harness, &carl);
    reply = ask(harness, &carl, "cases", &(struct asking){.ended = 1});
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "cases"), "total"), 2);
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

/* ---- many ---- */

#define MANY 260u

static void pages_give_each_affair_once_and_the_nearest_due_first(void)
{
    struct harness *harness = three_nodes();
    static bool is_seen[4 * MANY];
    size_t count = 0;
    uint64_t due_before = 0;
    for (unsigned i = 0; i < MANY; i++) {
        char fields[96];
        struct saying admission = {.by = &carl,
                                   .type = "prison.admission",
                                   .from = "krfo/central",
                                   .to = "kk/eki",
                                   .bases = "BEK-HPL",
                                   .fields = fields};
        (void)snprintf(fields, sizeof fields, "about.episode_ref=F%u; event_ref=E%u", i, i);
        send_saying(harness, &admission);
        harness_run(harness);
        drop_replies(harness, &carl);
    }
    memset(is_seen, 0, sizeof is_seen);
    for (bool more = true; more;) {
        struct tov_record reply = ask(harness, &eva, "cases", &(struct asking){.skip = count});
        struct tov_record cases = body_of(reply, "cases"), affair, task;
        size_t size = tov_record_count(cases, "affairs");
        UNIT_EQUAL_INT(tov_record_number(cases, "total"), MANY);
        UNIT_NEED(size > 0);
        for (size_t i = 0; tov_record_child(cases, "affairs", i, &affair); i++) {
            uint64_t number = tov_record_number(affair, "number");
            UNIT_NEED(number < sizeof is_seen && !is_seen[number]);
            is_seen[number] = true;
            if (!tov_record_child(affair, "tasks", 0, &task))
                continue;
            uint64_t due = tov_record_number(task, "late_from_ms");
            CU_ASSERT(due >= due_before);
            due_before = due;
        }
        count += size;
        more = count < MANY;
        tov_record_destroy(&reply);
    }
    UNIT_EQUAL_INT(count, MANY);
    harness_destroy(harness);
}

/* The state of the task of DEADLINE in what eva is shown of the affair with NUMBER. */
static uint64_t task_state(struct harness *harness, uint64_t number, const char *deadline)
{
    struct tov_record reply = ask(harness, &eva, "case_read", &(struct asking){.number = number});
    struct tov_record body = body_of(reply, "case_read");
    struct tov_record task;
    uint64_t state = 0;
    for (size_t i = 0; tov_record_child(body, "tasks", i, &task); i++) {
        if (tov_bytes_equal(tov_record_bytes(task, "deadline"), tov_bytes_of_text(deadline)))
            state = tov_record_number(task, "state");
    }
    tov_record_destroy(&reply);
    return state;
}

/* The police tell, in KRFO's place, that the release was coordinated. Kept it is, and shown. */
static void what_the_rules_refuse_is_kept_and_has_no_effect(void)
{
    struct harness *harness = three_nodes();
    admit(harness);
    set_release_date(harness);
    struct tov_record reply = ask(harness, &eva, "cases", &(struct asking){0});
    struct tov_record affair;
    UNIT_NEED(tov_record_child(body_of(reply, "cases"), "affairs", 0, &affair));
    uint64_t number = tov_record_number(affair, "number");
    tov_record_destroy(&reply);
    uint64_t before = task_state(harness, number, "R-1y");
    UNIT_NEED(before == TOV_TASK_OPEN || before == TOV_TASK_OVERDUE);
    const struct saying false_one = {
        &bo,           "prison.coordinate",
        "kbh-pol/dks", "kk/vink",
        "RPL115-1-1",  "about.episode_ref=" EPISODE "; about.case_ref=" CASE "; event_ref=E9",
        NULL,          NULL};
    force_saying(harness, &false_one);
    UNIT_EQUAL_INT(task_state(harness, number, "R-1y"), before);
    const struct saying true_one = {&carl,          "prison.coordinate",
                                    "krfo/central", "kk/eki",
                                    "BEK-HPL",      "about.episode_ref=" EPISODE "; event_ref=E10",
                                    NULL,           NULL};
    say(harness, &true_one, NULL);
    CU_ASSERT(task_state(harness, number, "R-1y") != before);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_list_says_that_a_task_is_overdue_from_that_moment_on),
        UNIT_TEST(a_list_tells_what_has_come_and_what_is_unread),
        UNIT_TEST(the_release_channel_sees_the_detention_and_never_the_case),
        UNIT_TEST(a_party_sees_concern_case_and_release_as_one_affair),
        UNIT_TEST(who_was_sent_nothing_is_shown_nothing),
        UNIT_TEST(an_affair_is_called_by_its_first_message_and_found_by_each),
        UNIT_TEST(what_somebody_looked_at_is_unread_no_more),
        UNIT_TEST(an_agenda_does_not_connect_two_concerns),
        UNIT_TEST(an_affair_is_called_by_a_message_that_is_about_it),
        UNIT_TEST(an_earlier_time_shows_what_was_known_then),
        UNIT_TEST(a_task_is_overdue_by_the_time_that_is_asked_for),
        UNIT_TEST(a_restart_of_the_node_changes_no_answer),
        UNIT_TEST(what_is_not_committed_is_in_no_answer),
        UNIT_TEST(pages_give_each_affair_once_and_the_nearest_due_first),
        UNIT_TEST(a_new_release_date_is_shown_to_who_was_told_of_it),
        UNIT_TEST(what_the_rules_refuse_is_kept_and_has_no_effect),
    };
    return unit_run("core cases", tests, sizeof tests / sizeof tests[0]);
}

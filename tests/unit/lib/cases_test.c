/* SPDX-License-Identifier: EUPL-1.2
 *
 * The case book of libtov: pages that are put together, answers that do not fit, names.
 */
#include "fake_front.h"

#include <string.h>

#define AFFAIRS 5u
#define MESSAGES 5u
#define PAGE 2u
#define UNIT_OF_ANOTHER "kk/eki"

/* What a node was asked last, and how it answers. */
struct node {
    enum tov_err error;
    const char *broken;   /* what a page lacks, or has wrongly */
    unsigned moves_pages; /* so many second pages are of another moment */
    uint64_t moment;
    char unit[32], first_unit[32];
    uint64_t ended, at_ms, limit, number;
};

static bool is_broken(const struct node *node, const char *how)
{
    return node->broken != NULL && strcmp(node->broken, how) == 0;
}

static void keep_text(struct tov_record body, const char *name, char *out, size_t size)
{
    struct tov_bytes text = tov_record_bytes(body, name);
    (void)snprintf(out, size, "%.*s", (int)text.size,
                   text.size == 0 ? "" : (const char *)text.data);
}

static struct tov_record open_in(struct tov_record record, const char *name)
{
    struct tov_record made;
    UNIT_NEED(tov_record_open(record, name, &made) == TOV_OK);
    return made;
}

/* ---- things and tasks ---- */

static const uint8_t thing_ref[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
#define AT_MS 1614589200000u /* 2021-03-01T09:00:00Z */

static void put_thing(struct tov_record body, uint64_t machine, const char *state)
{
    struct tov_record thing = open_in(body, "things");
    put_number(thing, "machine", machine);
    put_bytes(thing, "thing_ref", TOV_BYTES_OF(thing_ref));
    put_text(thing, "state", state);
    put_number(thing, "since_ms", AT_MS);
    put_number(thing, "responsible", 3);
    put_number(thing, "offered", 77); /* not in the directory */
}

static void put_party(struct tov_record record, const char *name, uint64_t agency, const char *unit)
{
    struct tov_record party = open_in(record, name);
    put_number(party, "agency", agency);
    if (unit != NULL)
        put_text(party, "unit", unit);
}

static void put_date(struct tov_record record, const char *name, struct tov_date date)
{
    UNIT_NEED(tov_record_put_date(record, name, date) == TOV_OK);
}

static void put_task(struct tov_record body, const char *deadline, bool is_broken)
{
    struct tov_record task = open_in(body, "tasks");
    put_text(task, "deadline", deadline);
    put_number(task, "state", TOV_CASE_TASK_OVERDUE);
    if (!is_broken)
        put_bytes(task, "thing_ref", TOV_BYTES_OF(thing_ref));
    put_date(task, "due", (struct tov_date){2021, 6, 28});
    put_number(task, "late_from_ms", AT_MS);
    put_number(task, "opened_number", 4);
    put_number(task, "opened_ms", AT_MS);
    put_party(task, "owner", 3, NULL);
    put_number(task, "responsible", 3);
    put_party(task, "owed", 1, "vink");
    put_party(task, "owed", 2, NULL);
    put_date(task, "release", (struct tov_date){2021, 9, 28});
    put_number(task, "affair", 4);
}

/* ---- the node ---- */

/* The moment that a page is of; a second page may be of a later one. */
static uint64_t moment_of(struct node *node, uint64_t skip)
{
    if (skip > 0 && node->moves_pages > 0) {
        node->moves_pages--;
        node->moment++;
    }
    return node->moment + 100;
}

static void answer_cases(struct fake_front *front, struct node *node, struct tov_record body)
{
    struct tov_record cases;
    struct tov_record reply = front_reply(front_request_id(front), "cases", &cases);
    uint64_t skip = tov_record_number(body, "skip");
    node->ended = tov_record_number(body, "ended");
    node->limit = tov_record_number(body, "limit");
    put_text(cases, "unit", "kk/vink");
    put_number(cases, "total", AFFAIRS);
    put_number(cases, "as_of", moment_of(node, skip));
    for (uint64_t i = skip; i < AFFAIRS && i < skip + PAGE && !is_broken(node, "empty"); i++) {
        struct tov_record affair = open_in(cases, "affairs");
        if (!is_broken(node, "number"))
            put_number(affair, "number", i + 1);
        put_thing(affair, 7, "planlagt");
        put_thing(affair, 99, "svaevende");
        put_thing(affair, 7, "svaevende");
        put_task(affair, "R-3m", is_broken(node, "ref"));
        put_task(affair, "R-9z", false);
        put_number(affair, "message_count", 3);
        put_number(affair, "last_number", 40 + i);
        put_number(affair, "unread", 2);
    }
    front_send(front, &reply);
}

static void put_judgement(struct tov_record message)
{
    struct tov_record judgement = open_in(message, "judgements");
    put_number(judgement, "machine", 7);
    put_bytes(judgement, "thing_ref", TOV_BYTES_OF(thing_ref));
    put_number(judgement, "verdict", 5);
    put_text(judgement, "from", "planlagt");
    put_text(judgement, "to", "planlagt");
    put_number(judgement, "rule", 102);
    put_text(judgement, "reason_da", "Afsenderen kan ikke tage dette skridt.");
    put_text(judgement, "reason_en", "The sender is not one who may take this step.");
    judgement = open_in(message, "judgements");
    put_number(judgement, "machine", 7);
    put_bytes(judgement, "thing_ref", TOV_BYTES_OF(thing_ref));
    put_number(judgement, "verdict", 66);
}

static void put_case_rest(struct tov_record read)
{
    put_thing(read, 7, "planlagt");
    put_task(read, "R-3m", false);
    struct tov_record party = open_in(read, "parties");
    put_bytes(party, "case_ref", TOV_BYTES_OF(thing_ref));
    put_number(party, "agency", 2);
    put_text(party, "unit", "dks");
    put_number(party, "from_ms", AT_MS);
    struct tov_record expected = open_in(read, "expected");
    put_number(expected, "machine", 7);
    put_bytes(expected, "thing_ref", TOV_BYTES_OF(thing_ref));
    put_text(expected, "type", "transition.ready");
    put_number(expected, "first_half", 1);
    put_number(read, "unread", 1);
}

static void answer_case(struct fake_front *front, struct node *node, struct tov_record body)
{
    struct tov_record read;
    struct tov_record reply = front_reply(front_request_id(front), "case_read", &read);
    uint64_t skip = tov_record_number(body, "skip");
    if (skip == 0)
        keep_text(body, "unit", node->first_unit, sizeof node->first_unit);
    put_text(read, "unit", UNIT_OF_ANOTHER);
    put_number(read, "number", 4);
    put_number(read, "as_of", moment_of(node, skip));
    if (skip == 0)
        put_case_rest(read);
    uint64_t next = skip + PAGE;
    for (uint64_t i = skip; i < MESSAGES && i < next; i++) {
        struct tov_record message = open_in(read, "messages");
        if (!is_broken(node, "summary"))
            put_summary(open_in(message, "summary"), 4 + i);
        put_number(message, "effective_ms", AT_MS + i);
        put_number(message, "copy", i == 1);
        put_judgement(message);
    }
    if (next < MESSAGES)
        put_number(read, "next_skip", is_broken(node, "circle") ? PAGE : next);
    front_send(front, &reply);
}

static bool play(struct fake_front *front, const char *name, struct tov_record body, void *arg)
{
    struct node *node = arg;
    if (strcmp(name, "cases") != 0 && strcmp(name, "case_read") != 0)
        return false;
    keep_text(body, "unit", node->unit, sizeof node->unit);
    node->at_ms = tov_record_number(body, "at_ms");
    node->number = tov_record_number(body, "number");
    if (node->error != TOV_OK)
        front_send_error(front, node->error, "said by the node");
    else if (strcmp(name, "cases") == 0)
        answer_cases(front, node, body);
    else
        answer_case(front, node, body);
    return true;
}

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

/* ---- all affairs ---- */

static void all_pages_become_one_list(void)
{
    struct scene scene = {0};
    struct tov_cases_options options = TOV_CASES_OPTIONS_INIT;
    struct tov_cases *cases = NULL;
    open_scene(&scene);
    UNIT_NEED(tov_cases_get(scene.client, &options, &cases, NULL) == TOV_OK);
    close_scene(&scene); /* the list lives on */
    UNIT_EQUAL_TEXT(tov_cases_unit(cases), "kk/vink");
    UNIT_EQUAL_INT(tov_cases_count(cases), AFFAIRS);
    for (size_t i = 0; i < AFFAIRS; i++) {
        const struct tov_affair *affair = tov_cases_at(cases, i);
        UNIT_EQUAL_INT(affair->number, i + 1);
        UNIT_EQUAL_INT(affair->last_number, 40 + i);
        UNIT_EQUAL_INT(affair->message_count, 3);
        UNIT_EQUAL_INT(affair->unread, 2);
        UNIT_EQUAL_INT(affair->task_count, 2);
    }
    CU_ASSERT(tov_cases_at(cases, AFFAIRS) == NULL);
    tov_cases_destroy(cases);
}

static void things_have_the_words_of_their_machine(void)
{
    struct scene scene = {0};
    struct tov_cases_options options = TOV_CASES_OPTIONS_INIT;
    struct tov_cases *cases = NULL;
    open_scene(&scene);
    UNIT_NEED(tov_cases_get(scene.client, &options, &cases, NULL) == TOV_OK);
    const struct tov_case_thing *thing = &tov_cases_at(cases, 0)->things[0];
    UNIT_EQUAL_TEXT(thing->machine, "loesladelse");
    UNIT_EQUAL_TEXT(thing->machine_da, "Løsladelse");
    UNIT_EQUAL_TEXT(thing->machine_en, "Release");
    UNIT_EQUAL_TEXT(thing->state, "planlagt");
    UNIT_EQUAL_TEXT(thing->state_da, "planlagt");
    UNIT_EQUAL_TEXT(thing->state_en, "planned");
    UNIT_EQUAL_BYTES(((struct tov_bytes){thing->ref, 16}), TOV_BYTES_OF(thing_ref));
    UNIT_EQUAL_INT(thing->since_ms, AT_MS);
    UNIT_EQUAL_INT(thing->responsible, 3);
    UNIT_EQUAL_TEXT(thing->responsible_name, "krfo");
    UNIT_EQUAL_TEXT(thing->regime, "");
    tov_cases_destroy(cases);
    close_scene(&scene);
}

static void what_the_library_does_not_know_is_shown_by_its_id(void)
{
    struct scene scene = {0};
    struct tov_cases_options options = TOV_CASES_OPTIONS_INIT;
    struct tov_cases *cases = NULL;
    open_scene(&scene);
    UNIT_NEED(tov_cases_get(scene.client, &options, &cases, NULL) == TOV_OK);
    const struct tov_affair *affair = tov_cases_at(cases, 0);
    UNIT_NEED(affair->thing_count == 3);
    UNIT_EQUAL_TEXT(affair->things[1].machine, "99");
    UNIT_EQUAL_TEXT(affair->things[1].machine_da, "99");
    UNIT_EQUAL_TEXT(affair->things[1].state_en, "svaevende");
    UNIT_EQUAL_TEXT(affair->things[2].machine, "loesladelse");
    UNIT_EQUAL_TEXT(affair->things[2].state, "svaevende");
    UNIT_EQUAL_TEXT(affair->things[2].state_da, "svaevende");
    UNIT_EQUAL_TEXT(affair->things[0].offered_name, "77");
    UNIT_EQUAL_TEXT(affair->tasks[1].deadline, "R-9z");
    UNIT_EQUAL_TEXT(affair->tasks[1].text_da, "R-9z");
    UNIT_EQUAL_TEXT(affair->tasks[1].strength, "");
    UNIT_EQUAL_TEXT(affair->tasks[1].source, "");
    UNIT_EQUAL_INT(front_seen(scene.front, "directory"),
                   1); /* asked once, though 77 is not there */
    tov_cases_destroy(cases);
    close_scene(&scene);
}

static void tasks_have_the_words_of_their_deadline(void)
{
    struct scene scene = {0};
    struct tov_cases_options options = TOV_CASES_OPTIONS_INIT;
    struct tov_cases *cases = NULL;
    open_scene(&scene);
    UNIT_NEED(tov_cases_get(scene.client, &options, &cases, NULL) == TOV_OK);
    const struct tov_case_task *task = &tov_cases_at(cases, 0)->tasks[0];
    UNIT_EQUAL_TEXT(task->deadline, "R-3m");
    UNIT_EQUAL_TEXT(task->text_da, "Løsladelsesmøde holdt");
    UNIT_EQUAL_TEXT(task->text_en, "Release meeting held");
    UNIT_EQUAL_TEXT(task->strength, "aftale");
    UNIT_EQUAL_TEXT(task->source, "køreplan for god løsladelse");
    UNIT_EQUAL_INT(task->state, TOV_CASE_TASK_OVERDUE);
    UNIT_EQUAL_TEXT(task->due, "2021-06-28");
    UNIT_EQUAL_TEXT(task->release, "2021-09-28");
    UNIT_EQUAL_TEXT(task->window, "");
    UNIT_EQUAL_TEXT(task->owner, "krfo");
    UNIT_EQUAL_TEXT(task->responsible, "krfo");
    UNIT_NEED(task->owed_count == 2);
    UNIT_EQUAL_TEXT(task->owed[0], "kk/vink");
    UNIT_EQUAL_TEXT(task->owed[1], "kbh-pol");
    UNIT_EQUAL_INT(task->opened_number, 4);
    UNIT_EQUAL_INT(task->met_ms, 0);
    tov_cases_destroy(cases);
    close_scene(&scene);
}

static void every_wish_reaches_the_node(void)
{
    struct scene scene = {0};
    struct tov_cases_options options = TOV_CASES_OPTIONS_INIT;
    struct tov_cases *cases = NULL;
    options.unit = "kk/sof";
    options.ended = 1;
    options.at_ms = AT_MS;
    open_scene(&scene);
    UNIT_NEED(tov_cases_get(scene.client, &options, &cases, NULL) == TOV_OK);
    front_lock(scene.front);
    UNIT_EQUAL_TEXT(scene.node.unit, "kk/sof");
    UNIT_EQUAL_INT(scene.node.ended, 1);
    UNIT_EQUAL_INT(scene.node.at_ms, AT_MS);
    UNIT_EQUAL_INT(scene.node.limit, 200);
    front_unlock(scene.front);
    tov_cases_destroy(cases);
    close_scene(&scene);
}

static void a_page_of_another_moment_begins_the_list_again(void)
{
    struct scene scene = {.node = {.moves_pages = 3}};
    struct tov_cases_options options = TOV_CASES_OPTIONS_INIT;
    struct tov_cases *cases = NULL;
    open_scene(&scene);
    UNIT_NEED(tov_cases_get(scene.client, &options, &cases, NULL) == TOV_OK);
    UNIT_EQUAL_INT(tov_cases_count(cases), AFFAIRS);
    UNIT_EQUAL_INT(tov_cases_at(cases, 0)->number, 1);
    tov_cases_destroy(cases);
    close_scene(&scene);
}

static void a_list_that_never_holds_still_is_busy(void)
{
    struct scene scene = {.node = {.moves_pages = 1000}};
    struct tov_cases_options options = TOV_CASES_OPTIONS_INIT;
    struct tov_case_options one_options = TOV_CASE_OPTIONS_INIT;
    struct tov_cases *cases = NULL;
    struct tov_case *one = NULL;
    one_options.number = 4;
    open_scene(&scene);
    UNIT_EQUAL_INT(tov_cases_get(scene.client, &options, &cases, NULL), TOV_E_BUSY);
    UNIT_EQUAL_INT(tov_case_get(scene.client, &one_options, &one, NULL), TOV_E_BUSY);
    CU_ASSERT(cases == NULL && one == NULL);
    close_scene(&scene);
}

static void lists_that_are_not_whole_are_malformed(void)
{
    static const char *const ways[] = {"empty", "number", "ref"};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct scene scene = {.node = {.broken = ways[i]}};
        struct tov_cases_options options = TOV_CASES_OPTIONS_INIT;
        struct tov_cases *cases = NULL;
        struct tov_error error = {0};
        open_scene(&scene);
        UNIT_EQUAL_INT(tov_cases_get(scene.client, &options, &cases, &error), TOV_E_MALFORMED);
        UNIT_EQUAL_TEXT(error.text, "the node's list of affairs cannot be read");
        CU_ASSERT(cases == NULL);
        close_scene(&scene);
    }
}

static void refusals_of_the_node_reach_the_caller(void)
{
    struct scene scene = {.node = {.error = TOV_E_DENIED}};
    struct tov_cases_options options = TOV_CASES_OPTIONS_INIT;
    struct tov_case_options one_options = TOV_CASE_OPTIONS_INIT;
    struct tov_cases *cases = NULL;
    struct tov_case *one = NULL;
    struct tov_error error = {0};
    one_options.number = 4;
    open_scene(&scene);
    UNIT_EQUAL_INT(tov_cases_get(scene.client, &options, &cases, &error), TOV_E_DENIED);
    UNIT_EQUAL_TEXT(error.text, "said by the node");
    UNIT_EQUAL_INT(tov_case_get(scene.client, &one_options, &one, &error), TOV_E_DENIED);
    options.size = 4;
    UNIT_EQUAL_INT(tov_cases_get(scene.client, &options, &cases, &error), TOV_E_ARGUMENT);
    one_options.number = 0;
    UNIT_EQUAL_INT(tov_case_get(scene.client, &one_options, &one, &error), TOV_E_ARGUMENT);
    close_scene(&scene);
}

/* ---- one affair ---- */

static void one_affair_comes_with_all_its_messages(void)
{
    struct scene scene = {0};
    struct tov_case_options options = TOV_CASE_OPTIONS_INIT;
    struct tov_case *one = NULL;
    options.number = 6;
    options.at_ms = AT_MS;
    open_scene(&scene);
    UNIT_NEED(tov_case_get(scene.client, &options, &one, NULL) == TOV_OK);
    front_lock(scene.front);
    UNIT_EQUAL_INT(scene.node.number, 6);
    UNIT_EQUAL_INT(scene.node.at_ms, AT_MS);
    UNIT_EQUAL_TEXT(scene.node.first_unit, "");
    UNIT_EQUAL_TEXT(scene.node.unit, UNIT_OF_ANOTHER); /* later pages as the same unit */
    front_unlock(scene.front);
    close_scene(&scene);
    UNIT_EQUAL_TEXT(tov_case_unit(one), UNIT_OF_ANOTHER);
    UNIT_EQUAL_INT(tov_case_affair(one)->number, 4);
    UNIT_EQUAL_INT(tov_case_affair(one)->message_count, MESSAGES);
    UNIT_EQUAL_INT(tov_case_affair(one)->last_number, 100);
    UNIT_EQUAL_INT(tov_case_affair(one)->unread, 1);
    UNIT_EQUAL_INT(tov_case_affair(one)->thing_count, 1);
    UNIT_EQUAL_INT(tov_case_affair(one)->task_count, 0);
    UNIT_EQUAL_INT(tov_case_task_count(one), 1);
    UNIT_EQUAL_TEXT(tov_case_task_at(one, 0)->deadline, "R-3m");
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct tov_case_message *message = tov_case_message_at(one, i);
        UNIT_EQUAL_INT(tov_message_view_facts(message->view)->number, 4 + i);
        UNIT_EQUAL_TEXT(tov_message_view_type(message->view), "msg.note");
        UNIT_EQUAL_INT(message->effective_ms, AT_MS + i);
        UNIT_EQUAL_INT(message->copy, i == 1);
    }
    CU_ASSERT(tov_case_message_at(one, MESSAGES) == NULL && tov_case_task_at(one, 1) == NULL);
    tov_case_destroy(one);
}

static void judgements_parties_and_what_is_expected_are_read(void)
{
    struct scene scene = {0};
    struct tov_case_options options = TOV_CASE_OPTIONS_INIT;
    struct tov_case *one = NULL;
    options.number = 4;
    options.unit = "kk/vink";
    open_scene(&scene);
    UNIT_NEED(tov_case_get(scene.client, &options, &one, NULL) == TOV_OK);
    UNIT_NEED(tov_case_message_at(one, 0)->judgement_count == 2);
    const struct tov_case_judgement *judgement = tov_case_message_at(one, 0)->judgements;
    UNIT_EQUAL_TEXT(judgement[0].machine, "loesladelse");
    UNIT_EQUAL_TEXT(judgement[0].verdict, "refused");
    UNIT_EQUAL_INT(judgement[0].rule, 102);
    UNIT_EQUAL_TEXT(judgement[0].reason_da, "Afsenderen kan ikke tage dette skridt.");
    UNIT_EQUAL_TEXT(judgement[1].verdict, "unknown");
    UNIT_EQUAL_TEXT(judgement[1].from, "");
    UNIT_NEED(tov_case_party_count(one) == 1 && tov_case_expected_count(one) == 1);
    UNIT_EQUAL_TEXT(tov_case_party_at(one, 0)->agency_name, "kbh-pol");
    UNIT_EQUAL_TEXT(tov_case_party_at(one, 0)->unit, "dks");
    UNIT_EQUAL_INT(tov_case_party_at(one, 0)->from_ms, AT_MS);
    UNIT_EQUAL_TEXT(tov_case_expected_at(one, 0)->type, "transition.ready");
    UNIT_EQUAL_TEXT(tov_case_expected_at(one, 0)->field, "");
    UNIT_EQUAL_INT(tov_case_expected_at(one, 0)->first_half, 1);
    CU_ASSERT(tov_case_party_at(one, 1) == NULL && tov_case_expected_at(one, 1) == NULL);
    tov_case_destroy(one);
    close_scene(&scene);
}

static void affairs_that_are_not_whole_are_malformed(void)
{
    static const char *const ways[] = {"summary", "circle"};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct scene scene = {.node = {.broken = ways[i]}};
        struct tov_case_options options = TOV_CASE_OPTIONS_INIT;
        struct tov_case *one = NULL;
        struct tov_error error = {0};
        options.number = 4;
        open_scene(&scene);
        UNIT_EQUAL_INT(tov_case_get(scene.client, &options, &one, &error), TOV_E_MALFORMED);
        UNIT_EQUAL_TEXT(error.text, "the node's affair cannot be read");
        CU_ASSERT(one == NULL);
        close_scene(&scene);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(all_pages_become_one_list),
        UNIT_TEST(things_have_the_words_of_their_machine),
        UNIT_TEST(what_the_library_does_not_know_is_shown_by_its_id),
        UNIT_TEST(tasks_have_the_words_of_their_deadline),
        UNIT_TEST(every_wish_reaches_the_node),
        UNIT_TEST(a_page_of_another_moment_begins_the_list_again),
        UNIT_TEST(a_list_that_never_holds_still_is_busy),
        UNIT_TEST(lists_that_are_not_whole_are_malformed),
        UNIT_TEST(refusals_of_the_node_reach_the_caller),
        UNIT_TEST(one_affair_comes_with_all_its_messages),
        UNIT_TEST(judgements_parties_and_what_is_expected_are_read),
        UNIT_TEST(affairs_that_are_not_whole_are_malformed),
    };
    return unit_run("lib cases", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Following: `tov watch` with its ends and its acknowledgements, `tov wait`, `tov trace`.
 */
#include "cli_scene.h"

#include <signal.h>
#include <string.h>

#define TWO_CAME                                                                                \
    {                                                                                           \
        .node = {.events = {{7, "received"}, {8, "received"}}, .event_count = 2, .verdict = 1 } \
    }

/* The lines of TEXT, each one JSON value; a list for json_decref. */
static json_t *lines_of(const char *text)
{
    json_t *list = json_array();
    while (*text != '\0') {
        size_t size = strcspn(text, "\n");
        json_t *value = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
        CU_ASSERT(value != NULL && text[size] == '\n');
        (void)json_array_append_new(list, value);
        text += size + (text[size] == '\n' ? 1 : 0);
    }
    return list;
}

static const char *kind_at(const json_t *lines, size_t index)
{
    const json_t *event = json_object_get(json_array_get(lines, index), "event");
    const char *kind = json_string_value(json_object_get(event, "kind"));
    return kind == NULL ? "" : kind;
}

/* ---- watch ---- */

static void a_watch_in_json_is_one_value_a_line(void)
{
    struct cli_scene scene = TWO_CAME;
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "watch", "--after", "0", "--once", "--json");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    json_t *lines = lines_of(ran->out);
    UNIT_EQUAL_INT(json_array_size(lines), 3);
    UNIT_EQUAL_TEXT(kind_at(lines, 0), "received");
    UNIT_EQUAL_TEXT(kind_at(lines, 1), "received");
    UNIT_EQUAL_TEXT(kind_at(lines, 2), "caught_up");
    json_t *first = json_array_get(lines, 0);
    UNIT_EQUAL_TEXT(json_string_value(json_object_get(json_object_get(first, "header"), "type")),
                    "msg.note");
    json_decref(lines);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_watch_in_words_is_one_line_an_event(void)
{
    struct cli_scene scene = TWO_CAME;
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "watch", "--after", "0", "--once");
    UNIT_EQUAL_TEXT(ran->out, "05-07-2021 14.00  No. 7 from kbh-pol/dks: Note\n"
                              "05-07-2021 14.00  No. 8 from kbh-pol/dks: Note\n");
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_watch_ends_after_its_count(void)
{
    struct cli_scene scene = TWO_CAME;
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "watch", "--after", "0", "--count", "1");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    UNIT_EQUAL_TEXT(ran->out, "05-07-2021 14.00  No. 7 from kbh-pol/dks: Note\n");
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_watch_whose_time_is_over_is_well_unless_it_counted(void)
{
    struct cli_scene scene = TWO_CAME;
    cli_scene_begin(&scene);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "watch", "--for", "0"), CLI_EXIT_DONE);
    struct ran *ran =
        RAN(&scene.place, "watch", "--after", "0", "--for", "1", "--count", "3", "--json");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_TIMEOUT);
    json_t *lines = lines_of(ran->out); /* the error is a line as well */
    json_t *error = json_object_get(json_array_get(lines, json_array_size(lines) - 1), "error");
    UNIT_EQUAL_INT(json_integer_value(json_object_get(error, "exit")), CLI_EXIT_TIMEOUT);
    CU_ASSERT(cli_says(ran->err, "The time is over: 2 of 3 events came."));
    json_decref(lines);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_watch_that_is_stopped_by_a_key_is_well(void)
{
    struct cli_scene scene = TWO_CAME;
    cli_scene_begin(&scene);
    struct ran *ran = ran_begin(
        &scene.place, (const char *const[]){"watch", "--after", "0", "--count", "9", NULL});
    CU_ASSERT(ran_wait_for(ran, "No. 8"));
    UNIT_NEED(kill(ran->pid, SIGINT) == 0);
    ran_finish(ran);
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    UNIT_EQUAL_TEXT(ran->err, "");
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_a_named_watch_has_shown_is_not_shown_again(void)
{
    struct cli_scene scene = TWO_CAME;
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "watch", "--name", "esdh", "--once");
    CU_ASSERT(cli_says(ran->out, "No. 8"));
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->acknowledged, 8);
    ran_end(ran);
    ran = RAN(&scene.place, "watch", "--name", "esdh", "--once");
    UNIT_EQUAL_TEXT(ran->out, "");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void without_acks_only_a_later_ack_moves_on(void)
{
    struct cli_scene scene = TWO_CAME;
    cli_scene_begin(&scene);
    ran_end(RAN(&scene.place, "watch", "--name", "esdh", "--once", "--no-ack"));
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->acknowledged, 0);
    struct ran *ran =
        RAN(&scene.place, "watch", "--name", "esdh", "--once", "--no-ack", "--ack", "7");
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->acknowledged, 7);
    CU_ASSERT(strstr(ran->out, "No. 7") == NULL);
    CU_ASSERT(cli_says(ran->out, "No. 8"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_watch_whose_reader_has_gone_ends_and_acknowledges_nothing_unwritten(void)
{
    struct cli_scene scene = TWO_CAME;
    cli_scene_begin(&scene);
    front_lock(scene.front); /* nothing is answered before nobody reads */
    struct ran *ran =
        ran_begin(&scene.place, (const char *const[]){"watch", "--name", "esdh", "--once", NULL});
    ran_close_output(ran);
    front_unlock(scene.front);
    ran_finish(ran);
    CU_ASSERT(ran->code != CLI_EXIT_DONE);
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->acknowledged, 0);
    ran_end(ran);
    cli_scene_end(&scene);
}

/* ---- wait ---- */

static void waiting_ends_when_the_receipt_comes(void)
{
    struct cli_scene scene = {.node = {.verdict = 0, .verdict_later = 1}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "wait", "5", "received", "--timeout", "60");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "No. 5 · Note: received\n"));
    CU_ASSERT(cli_says(ran->out, "  kbh-pol: received 05-07-2021 14.01\n"));
    UNIT_EQUAL_INT(front_seen(scene.front, "get"), 0); /* waiting is no reading */
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_level_can_be_named_in_danish_in_any_language(void)
{
    struct cli_scene scene = {.node = {.verdict = 1}};
    cli_scene_begin(&scene);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "wait", "5", "modtaget"), CLI_EXIT_DONE);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "wait", "5", "underskrevet"), CLI_EXIT_DONE);
    ran_set(&scene.place, "TOV_LANG", "da");
    UNIT_EQUAL_INT(CLI_CODE(&scene, "wait", "5", "received"), CLI_EXIT_DONE);
    struct ran *ran = RAN(&scene.place, "wait", "5", "læst", "--timeout", "0");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_TIMEOUT);
    UNIT_EQUAL_TEXT(ran->err, "tov: Besked 5 er endnu ikke læst.\n");
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_receipt_tells_what_it_said_then(void)
{
    struct cli_scene scene = {.node = {.verdict = 1,
                                       .event_verdict = 6, /* attachments were not there yet */
                                       .events = {{9, "delivered"}},
                                       .event_count = 1}};
    cli_scene_begin(&scene);
    struct ran *ran =
        RAN(&scene.place, "watch", "--after", "0", "--once", "--deliveries", "--lang", "da");
    CU_ASSERT(cli_says(ran->out, "Nr. 5 (Notat) modtaget af kbh-pol, bilag er på vej\n"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void waiting_ends_where_it_does_not_help(void)
{
    struct cli_scene scene = {.node = {.verdict = 2}}; /* not opened */
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "wait", "5", "received");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "kbh-pol: "));
    CU_ASSERT(cli_says(ran->err, "Waiting does not help."));
    ran_end(ran);
    ran = RAN(&scene.place, "wait", "7", "received");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "Message 7 came from another agency."));
    ran_end(ran);
    ran = RAN(&scene.place, "wait", "5", "received", "--agency", "krfo");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "krfo is no recipient of message 5."));
    ran_end(ran);
    cli_scene_end(&scene);
}

/* What it had not received it never will, whatever its last receipt said. */
static void waiting_for_who_has_ended_ends(void)
{
    struct cli_scene scene = {.node = {.verdict = 0, .closed = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "wait", "5", "received", "--timeout", "0");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "kbh-pol: the agency has ended, see tov show. Waiting does not "));
    ran_end(ran);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "wait", "5", "signed"), CLI_EXIT_DONE);
    cli_scene_end(&scene);
    scene = (struct cli_scene){.node = {.verdict = 1, .closed = true}};
    cli_scene_begin(&scene);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "wait", "5", "received"), CLI_EXIT_DONE);
    ran_set(&scene.place, "TOV_LANG", "da");
    ran = RAN(&scene.place, "wait", "5", "read", "--timeout", "0");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "kbh-pol: myndigheden er ophørt, se tov show."));
    ran_end(ran);
    cli_scene_end(&scene);
}

/* The node says so; one that is still to be written is waited for. */
static void waiting_for_what_nobody_has_ends(void)
{
    struct cli_scene scene = {.node = {.no_other = TOV_E_ASIDE, .no_other_text = "nobody has it"}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "wait", "6", "received");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "nobody has it"));
    ran_end(ran);
    cli_scene_end(&scene);
    scene = (struct cli_scene){
        .node = {.no_other = TOV_E_UNAVAILABLE, .no_other_text = "message 6 is written anew"}};
    cli_scene_begin(&scene);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "wait", "6", "received", "--timeout", "0"), CLI_EXIT_TIMEOUT);
    cli_scene_end(&scene);
}

/* ---- trace ---- */

static void a_trace_tells_whether_its_proof_holds(void)
{
    struct cli_scene scene = {.node = {.verdict = 1}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "trace", "5");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "holds: it leads from the leaf to the root"));
    CU_ASSERT(cli_says(ran->out, "0 of 2, counted from 0"));
    UNIT_EQUAL_INT(front_seen(scene.front, "get"), 0);
    ran_end(ran);
    cli_scene_set(&scene, &scene.node.broken_proof, true);
    ran = RAN(&scene.place, "trace", "5");
    CU_ASSERT(cli_says(ran->out, "DOES NOT HOLD. Tell the node administrator."));
    ran_end(ran);
    ran = RAN(&scene.place, "trace", "5", "--json");
    json_t *value = ran_json(ran);
    CU_ASSERT(json_is_false(json_object_get(json_object_get(value, "evidence"), "holds")));
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_watch_in_json_is_one_value_a_line),
        UNIT_TEST(a_watch_in_words_is_one_line_an_event),
        UNIT_TEST(a_watch_ends_after_its_count),
        UNIT_TEST(a_watch_whose_time_is_over_is_well_unless_it_counted),
        UNIT_TEST(a_watch_that_is_stopped_by_a_key_is_well),
        UNIT_TEST(what_a_named_watch_has_shown_is_not_shown_again),
        UNIT_TEST(without_acks_only_a_later_ack_moves_on),
        UNIT_TEST(a_watch_whose_reader_has_gone_ends_and_acknowledges_nothing_unwritten),
        UNIT_TEST(waiting_ends_when_the_receipt_comes),
        UNIT_TEST(a_level_can_be_named_in_danish_in_any_language),
        UNIT_TEST(a_receipt_tells_what_it_said_then),
        UNIT_TEST(waiting_ends_where_it_does_not_help),
        UNIT_TEST(waiting_for_who_has_ended_ends),
        UNIT_TEST(waiting_for_what_nobody_has_ends),
        UNIT_TEST(a_trace_tells_whether_its_proof_holds),
    };
    return unit_run("tov: following", tests, sizeof tests / sizeof tests[0]);
}

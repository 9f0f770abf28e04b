/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a caseworker reads of one message: who wrote it to whom for which task, what it is about,
 * how far it has come, what there is to do with it.
 */
#include "cli_scene.h"

#include <string.h>

#define VERDICT_OPENED 1
#define VERDICT_PENDING 6

static void each_recipient_stands_with_its_task(void)
{
    struct cli_scene scene = {.node = {.task = "Følger sagen"}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "show", "5");
    CU_ASSERT(cli_says(ran->out, "To: kbh-pol/dks: Følger sagen"));
    CU_ASSERT(strstr(ran->out, "task") == NULL); /* not as a field once more */
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_it_is_about_can_be_named_to_others(void)
{
    struct cli_scene scene = {.node = {.of_episode = true}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "show", "7");
    CU_ASSERT(cli_says(ran->out, "Vedrører: sag 5a670000000000000000000000000000"));
    CU_ASSERT(cli_says(ran->out, "frihedsberøvelse e9000000000000000000000000000000"));
    ran_end(ran);
    cli_scene_end(&scene);
}

/* Of number 7: its state in the list, and whether tov read is offered. */
static void expect_state(struct cli_scene *scene, const char *state, bool offers_read)
{
    struct ran *ran = RAN(&scene->place, "inbox", "--all");
    CU_ASSERT(cli_says(ran->out, state));
    ran_end(ran);
    ran = RAN(&scene->place, "show", "7");
    UNIT_EQUAL_INT(strstr(ran->out, "tov read 7") != NULL, offers_read);
    CU_ASSERT(strstr(ran->out, "tov reply 7") == NULL); /* a note expects no answer */
    ran_end(ran);
}

static void handling_and_answers_are_two_things(void)
{
    struct cli_scene scene = {.node = {.taken = false}};
    cli_scene_begin(&scene);
    expect_state(&scene, "Note new", true);
    cli_scene_set(&scene, &scene.node.taken, true);
    expect_state(&scene, "Note in handling", false);
    cli_scene_set(&scene, &scene.node.answered, true);
    expect_state(&scene, "Note answered", false);
    cli_scene_end(&scene);
}

static void what_was_written_with_a_revoked_key_says_so_and_is_not_handled(void)
{
    struct cli_scene scene = {.node = {.is_void = true}};
    cli_scene_begin(&scene);
    expect_state(&scene, "Note void", false);
    struct ran *ran = RAN(&scene.place, "show", "7");
    CU_ASSERT(cli_says(ran->out, "VOID: it was written with the agency's key after that was "));
    ran_end(ran);
    ran = RAN(&scene.place, "show", "7", "--json");
    CU_ASSERT(strstr(ran->out, "\"void\": true") != NULL);
    ran_end(ran);
    ran_set(&scene.place, "TOV_LANG", "da");
    ran = RAN(&scene.place, "show", "7");
    CU_ASSERT(cli_says(ran->out, "UGYLDIG: skrevet med myndighedens nøgle"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_delivery_says_when_and_whether_attachments_are_there(void)
{
    struct cli_scene scene = {.node = {.verdict = VERDICT_PENDING}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "show", "5");
    CU_ASSERT(cli_says(ran->out, "kbh-pol: received 05-07-2021 14.01, attachments on their way"));
    ran_end(ran);
    cli_scene_end(&scene);
    scene = (struct cli_scene){.node = {.verdict = VERDICT_OPENED, .read = true}};
    cli_scene_begin(&scene);
    ran = RAN(&scene.place, "show", "5");
    CU_ASSERT(cli_says(ran->out, "kbh-pol: read (received 05-07-2021 14.01)"));
    CU_ASSERT(strstr(ran->out, "on their way") == NULL);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_message_that_is_not_there_is_told_in_danish_alone(void)
{
    static const char *const commands[] = {"show", "read"};
    struct cli_scene scene = {.node = {.taken = false}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct ran *ran = RAN(&scene.place, commands[i], "999");
        UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
        UNIT_EQUAL_TEXT(ran->err, "tov: Beskeden 999 findes ikke, eller du må ikke se den.\n");
        ran_end(ran);
    }
    cli_scene_end(&scene);
}

static void an_acknowledgement_is_no_news_in_a_list(void)
{
    struct cli_scene scene = {.node = {.came_type = "ack.read"}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "list");
    CU_ASSERT(cli_says(ran->out, "til orientering"));
    CU_ASSERT(!cli_says(ran->out, " ny\n"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void show_and_read_say_why_one_looks(void)
{
    static const char *const commands[] = {"show", "read"};
    for (size_t i = 0; i < 2; i++) {
        struct cli_scene scene = {.node = {.verdict = 1}};
        cli_scene_begin(&scene);
        UNIT_EQUAL_INT(CLI_CODE(&scene, commands[i], "7", "--reason", "mødet i dag"),
                       CLI_EXIT_DONE);
        UNIT_EQUAL_TEXT(cli_scene_seen(&scene)->reason, "mødet i dag");
        cli_scene_end(&scene);
    }
}

static void what_was_set_aside_for_good_says_so_in_danish(void)
{
    static const char *const commands[] = {"show", "retract"};
    struct cli_scene scene = {
        .node = {.no_other = TOV_E_ASIDE,
                 .no_other_text = "message 6 could not be written again after the node was set "
                                  "back to an old copy: nobody has it. Send it anew as a new "
                                  "message, and ask the operator why"}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    for (size_t i = 0; i < 2; i++) {
        struct ran *ran = RAN(&scene.place, commands[i], "6");
        UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
        CU_ASSERT(cli_says(ran->err, "tov: Ingen har denne besked: noden kunne ikke skrive den "));
        CU_ASSERT(cli_says(ran->err,
                           "(besked 6 kunne ikke skrives igen, efter at noden blev sat tilbage "));
        CU_ASSERT(!cli_says(ran->err, "på engelsk"));
        ran_end(ran);
    }
    cli_scene_end(&scene);
}

/* Of its own agency's a person is told that it may have another one now. */
static void a_reference_that_is_not_there_may_have_changed(void)
{
    struct cli_scene scene = {.node = {.verdict = 1}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "show", "kk/1/99");
    CU_ASSERT(cli_says(ran->err, "written anew after the node was set back has another reference"));
    ran_end(ran);
    ran = RAN(&scene.place, "show", "kbh-pol/1/99");
    UNIT_EQUAL_TEXT(ran->err, "tov: There is no message kbh-pol/1/99, or it is not for you to "
                              "see.\n");
    ran_end(ran);
    cli_scene_end(&scene);
}

static void who_has_ended_is_shown_with_what_to_do(void)
{
    struct cli_scene scene = {.node = {.closed = true}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "show", "5");
    CU_ASSERT(cli_says(ran->out, "kbh-pol er ophørt og får aldrig læst den."));
    CU_ASSERT(cli_says(ran->out, "tov amend 5 --to"));
    ran_end(ran);
    cli_scene_end(&scene);
    scene = (struct cli_scene){.node = {.closed = true, .verdict = 1}};
    cli_scene_begin(&scene);
    ran = RAN(&scene.place, "show", "5");
    CU_ASSERT(!cli_says(ran->out, "has ended"));
    ran_end(ran);
    ran = RAN(&scene.place, "show", "5", "--json");
    json_t *value = ran_json(ran);
    const json_t *list = json_object_get(json_object_get(value, "message"), "deliveries");
    CU_ASSERT(json_is_true(json_object_get(json_array_get(list, 0), "closed")));
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_recipient_stands_with_its_task),
        UNIT_TEST(what_it_is_about_can_be_named_to_others),
        UNIT_TEST(handling_and_answers_are_two_things),
        UNIT_TEST(what_was_written_with_a_revoked_key_says_so_and_is_not_handled),
        UNIT_TEST(a_delivery_says_when_and_whether_attachments_are_there),
        UNIT_TEST(a_message_that_is_not_there_is_told_in_danish_alone),
        UNIT_TEST(what_was_set_aside_for_good_says_so_in_danish),
        UNIT_TEST(a_reference_that_is_not_there_may_have_changed),
        UNIT_TEST(who_has_ended_is_shown_with_what_to_do),
        UNIT_TEST(an_acknowledgement_is_no_news_in_a_list),
        UNIT_TEST(show_and_read_say_why_one_looks),
    };
    return unit_run("tov: one message", tests, sizeof tests / sizeof tests[0]);
}

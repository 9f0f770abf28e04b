/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a message is about: taken over from another message as far as its type refers to such
 * things, named by a person, or new. The node refuses each, so the draft that is kept tells.
 */
#include "cli_scene.h"

#include <string.h>

#define CASE "5a670000000000000000000000000000"
#define EPISODE "e9000000000000000000000000000000"

/* The id in FIELD of the kept draft NAME, "" when it has none; until the next call. */
static const char *about_of(struct cli_scene *scene, const char *name, const char *field)
{
    static char id[64];
    char path[128];
    (void)snprintf(path, sizeof path, ".local/state/tov/drafts/%s.json", name);
    json_t *draft = json_loads(ran_file(&scene->place, path), 0, NULL);
    const json_t *header = json_object_get(json_object_get(draft, "message"), "header");
    const char *found = json_string_value(json_object_get(json_object_get(header, "about"), field));
    CU_ASSERT_PTR_NOT_NULL(header);
    (void)snprintf(id, sizeof id, "%s", found == NULL ? "" : found);
    json_decref(draft);
    return id;
}

static struct cli_scene begin(void)
{
    return (struct cli_scene){.node = {.of_episode = true, .refuses = true}};
}

static void a_message_number_gives_what_the_type_refers_to(void)
{
    struct cli_scene scene = begin();
    cli_scene_begin(&scene);
    (void)CLI_CODE(&scene, "send", "msg.note", "--to", "kbh-pol/dks", "--about", "7", "--yes");
    UNIT_EQUAL_TEXT(about_of(&scene, "msg.note-1", "case_ref"), CASE);
    UNIT_EQUAL_TEXT(about_of(&scene, "msg.note-1", "episode_ref"), EPISODE);
    (void)CLI_CODE(&scene, "send", "intervention.refer", "--to", "kk/mentor", "--about", "7",
                   "--about", "forløb", "--yes");
    UNIT_EQUAL_TEXT(about_of(&scene, "intervention.refer-1", "case_ref"), CASE);
    UNIT_EQUAL_INT(strlen(about_of(&scene, "intervention.refer-1", "course_ref")), 32);
    UNIT_EQUAL_TEXT(about_of(&scene, "intervention.refer-1", "episode_ref"), "");
    cli_scene_end(&scene);
}

static void an_answer_takes_over_what_its_type_refers_to(void)
{
    struct cli_scene scene = begin();
    cli_scene_begin(&scene);
    (void)CLI_CODE(&scene, "reply", "7", "intervention.accept", "--set",
                   "expected_start=28-06-2021", "--yes");
    UNIT_EQUAL_TEXT(about_of(&scene, "intervention.accept-1", "case_ref"), CASE);
    UNIT_EQUAL_TEXT(about_of(&scene, "intervention.accept-1", "episode_ref"), "");
    cli_scene_end(&scene);
}

static void one_thing_of_a_message_can_be_chosen(void)
{
    struct cli_scene scene = begin();
    cli_scene_begin(&scene);
    (void)CLI_CODE(&scene, "send", "msg.note", "--to", "kbh-pol/dks", "--about", "episode=7",
                   "--yes");
    UNIT_EQUAL_TEXT(about_of(&scene, "msg.note-1", "episode_ref"), EPISODE);
    UNIT_EQUAL_TEXT(about_of(&scene, "msg.note-1", "case_ref"), "");
    (void)CLI_CODE(&scene, "send", "msg.note", "--to", "kbh-pol/dks", "--about", "sag=" EPISODE,
                   "--yes");
    UNIT_EQUAL_TEXT(about_of(&scene, "msg.note-2", "case_ref"), EPISODE);
    cli_scene_end(&scene);
}

static void what_is_not_there_is_said_in_the_users_language(void)
{
    struct cli_scene scene = {.node = {.refuses = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "send", "msg.note", "--about", "course=7");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "--about: message 7 is about no such thing: course."));
    ran_end(ran);
    ran_set(&scene.place, "TOV_LANG", "da");
    ran = RAN(&scene.place, "send", "msg.note", "--about", "episode=7");
    CU_ASSERT(
        cli_says(ran->err, "--about: besked 7 handler ikke om sådan noget: frihedsberøvelse."));
    ran_end(ran);
    ran = RAN(&scene.place, "send", "msg.note", "--about", "noget");
    CU_ASSERT(cli_says(ran->err, "henvendelse, sag, forløb, anmodning, psykiatri, "
                                 "frihedsberøvelse"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_message_about_nothing_that_fits_is_no_help(void)
{
    struct cli_scene scene = {.node = {.of_episode = true, .of_no_case = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "send", "info.request", "--about", "7");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "nothing of what message 7 is about fits info.request"));
    CU_ASSERT(cli_says(ran->err, "tov types info.request"));
    ran_end(ran);
    cli_scene_end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_message_number_gives_what_the_type_refers_to),
        UNIT_TEST(an_answer_takes_over_what_its_type_refers_to),
        UNIT_TEST(one_thing_of_a_message_can_be_chosen),
        UNIT_TEST(what_is_not_there_is_said_in_the_users_language),
        UNIT_TEST(a_message_about_nothing_that_fits_is_no_help),
    };
    return unit_run("tov: what a message is about", tests, sizeof tests / sizeof tests[0]);
}

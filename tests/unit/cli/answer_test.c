/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov reply` without a type: what the case expects now, by the answers of the catalogue and by the
 * machines of the case.
 */
#include "cli_scene.h"

#include <string.h>

/* Number 7 of TYPE, in a case. */
static struct cli_scene begin(const char *type)
{
    return (struct cli_scene){.node = {.came_type = type, .has_case = true}};
}

/* Whether the draft NAME was kept: the answer that was begun. */
static bool begins(struct cli_scene *scene, const char *name)
{
    char path[128];
    (void)snprintf(path, sizeof path, ".local/state/tov/drafts/%s.json", name);
    return ran_has(&scene->place, path);
}

static void the_only_answer_that_is_expected_is_taken(void)
{
    struct cli_scene scene = begin("info.request");
    scene.node.refuses = true;
    scene.node.next[0] = (struct cli_front_next){"info.none", "", ""};
    cli_scene_begin(&scene);
    /* Of info.request's three answers the case expects this one alone. */
    (void)CLI_CODE(&scene, "reply", "7", "--yes", "--to", "kbh-pol/dks");
    CU_ASSERT(begins(&scene, "info.none-1"));
    cli_scene_end(&scene);
}

static void several_stand_on_the_page_with_their_commands(void)
{
    struct cli_scene scene = begin("info.request");
    scene.node.next[0] = (struct cli_front_next){"info.none", "", ""};
    scene.node.next[1] = (struct cli_front_next){"info.decline", "", ""};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "reply", "7", "--yes");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->out, "tov reply 7 info.none\n"));
    CU_ASSERT(cli_says(ran->out, "tov reply 7 info.decline\n"));
    CU_ASSERT(strstr(ran->out, "info.response") == NULL);
    CU_ASSERT(cli_says(ran->err, "Several answers fit: info.none, info.decline."));
    ran_end(ran);
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->submits, 0);
    cli_scene_end(&scene);
}

static void what_was_answered_expects_no_answer_any_more(void)
{
    struct cli_scene scene = begin("info.request");
    scene.node.next[0] = (struct cli_front_next){"case.review", "", ""};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "reply", "7", "--yes");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->out, "tov send case.review --about 7"));
    CU_ASSERT(cli_says(ran->err, "No answer is expected to this message now, but what stands above "
                                 "can be sent in its case."));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void an_offer_expects_its_answers_though_it_is_in_no_list_of_the_catalogue(void)
{
    struct cli_scene scene = {.node = {.offers = true, .has_case = true, .refuses = true}};
    scene.node.came_type = "handover.offer";
    scene.node.next[0] = (struct cli_front_next){"handover.accept", "thing", "case"};
    cli_scene_begin(&scene);
    (void)CLI_CODE(&scene, "reply", "7", "--yes", "--to", "kbh-pol/dks");
    CU_ASSERT(begins(&scene, "handover.accept-1"));
    const char *draft = ran_file(&scene.place, ".local/state/tov/drafts/handover.accept-1.json");
    json_t *value = json_loads(draft, 0, NULL);
    const json_t *header = json_object_get(json_object_get(value, "message"), "header");
    const json_t *thing = json_object_get(json_object_get(header, "fields"), "thing");
    UNIT_EQUAL_INT(json_array_size(json_object_get(header, "cites")), 1);
    UNIT_EQUAL_TEXT(json_string_value(thing), "case");
    json_decref(value);
    cli_scene_end(&scene);
}

static void without_a_case_the_catalogue_alone_says_what_answers(void)
{
    struct cli_scene scene = {.node = {.came_type = "info.request"}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "reply", "7", "--yes");
    CU_ASSERT(cli_says(ran->err, "Several answers fit: info.response, info.none, info.decline, "
                                 "info.clarify."));
    ran_end(ran);
    cli_scene_end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_only_answer_that_is_expected_is_taken),
        UNIT_TEST(several_stand_on_the_page_with_their_commands),
        UNIT_TEST(what_was_answered_expects_no_answer_any_more),
        UNIT_TEST(an_offer_expects_its_answers_though_it_is_in_no_list_of_the_catalogue),
        UNIT_TEST(without_a_case_the_catalogue_alone_says_what_answers),
    };
    return unit_run("tov: the answer that is expected", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What `tov status` tells of other agencies: that one has ended, or does not send its keys.
 * Not for: what lies on the own desk (desk_test.c).
 */
#include "cli_scene.h"

#include <string.h>

static void keys_that_do_not_come_are_told_with_whom_to_call(void)
{
    struct cli_scene scene = {.node = {.keys_awaited = 2, .keys_awaited_ms = 1625450400000u}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_PERSON);
    CU_ASSERT(cli_says(ran->out, "! Nobody can open 2 messages from kbh-pol, the oldest since "));
    CU_ASSERT(cli_says(ran->out, "  Call kbh-pol and ask whether its node runs"));
    CU_ASSERT(cli_says(ran->out, "(tov give-again)"));
    ran_end(ran);
    ran = RAN(&scene.place, "status", "--json");
    json_t *value = ran_json(ran);
    const json_t *peer = json_array_get(json_object_get(value, "peers"), 0);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(peer, "keys_awaited")), 2);
    CU_ASSERT(json_is_string(json_object_get(peer, "keys_awaited_since")));
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
    scene = (struct cli_scene){.node = {.keys_awaited_ms = 1625450400000u}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_PERSON);
    CU_ASSERT(cli_says(ran->out, "! Der er beskeder fra kbh-pol, som ingen kan åbne"));
    CU_ASSERT(cli_says(ran->out, "  Ring til kbh-pol, og spørg, om noden dér kører"));
    CU_ASSERT(cli_says(ran->out, "(tov give-again)"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_an_agency_that_has_ended_never_reads_is_told_with_its_successor(void)
{
    struct cli_scene scene = {.node = {.undelivered = 2, .never_read = 2, .successor = "kbh-pol"}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_PERSON);
    CU_ASSERT(cli_says(ran->out, "! krfo has ended, and never reads 2 messages that were sent to "
                                 "it.\n  kbh-pol took over its duties."));
    CU_ASSERT(cli_says(ran->out, "krfo     has ended"));
    ran_end(ran);
    ran = RAN(&scene.place, "status", "--json");
    json_t *value = ran_json(ran);
    const json_t *peer = json_array_get(json_object_get(value, "peers"), 0);
    CU_ASSERT(json_is_false(json_object_get(peer, "closed")));
    CU_ASSERT(json_is_null(json_object_get(peer, "successor")));
    peer = json_array_get(json_object_get(value, "peers"), 1);
    CU_ASSERT(json_is_true(json_object_get(peer, "closed")));
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(peer, "successor")), "kbh-pol");
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
    scene = (struct cli_scene){.node = {.undelivered = 1, .never_read = 1}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    ran = RAN(&scene.place, "status");
    CU_ASSERT(cli_says(ran->out, "! krfo er ophørt og får aldrig læst 1 besked, som var sendt "
                                 "dertil.\n  Find ud af, hvem der har overtaget"));
    CU_ASSERT(cli_says(ran->out, "! 1 besked kan en modtager ikke læse: modtageren er ophørt, "
                                 "eller der er gået"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_an_agency_that_goes_on_has_not_receipted_is_no_alarm(void)
{
    struct cli_scene scene = {.node = {.waiting = 2}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(strchr(ran->out, '!') == NULL);
    CU_ASSERT(cli_says(ran->out, "kbh-pol  connected   2"));
    ran_end(ran);
    cli_scene_end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(keys_that_do_not_come_are_told_with_whom_to_call),
        UNIT_TEST(what_an_agency_that_has_ended_never_reads_is_told_with_its_successor),
        UNIT_TEST(what_an_agency_that_goes_on_has_not_receipted_is_no_alarm),
    };
    return unit_run("cli, other agencies", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Other messages and agencies that a message names: what it cites, the event it tells of, numbers
 * of agencies by their names. The node refuses each, so the draft that is kept tells.
 */
#include "cli_scene.h"

#include <string.h>

#define EVENT "e7000000000000000000000000000000"

static const uint8_t event[16] = {0xe7};

/* Member NAME of the header in the kept draft FILE; the caller decrefs. */
static json_t *header_of(struct cli_scene *scene, const char *file, const char *name)
{
    char path[128];
    (void)snprintf(path, sizeof path, ".local/state/tov/drafts/%s.json", file);
    json_t *draft = json_loads(ran_file(&scene->place, path), 0, NULL);
    json_t *header = json_object_get(json_object_get(draft, "message"), "header");
    json_t *found = json_incref(json_object_get(header, name));
    CU_ASSERT_PTR_NOT_NULL(header);
    json_decref(draft);
    return found;
}

static void check_citation(struct cli_scene *scene, const char *file, json_int_t index)
{
    json_t *cites = header_of(scene, file, "cites");
    const json_t *one = json_array_get(cites, 0);
    const char *told = json_string_value(json_object_get(one, "event_ref"));
    UNIT_EQUAL_INT(json_array_size(cites), 1);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(one, "index")), index);
    UNIT_EQUAL_TEXT(told == NULL ? "" : told, EVENT);
    json_decref(cites);
}

/* "kbh-pol/dks krfo/kif" of the draft's recipients. */
static void check_recipients(struct cli_scene *scene, const char *file, const char *expected)
{
    char found[256] = "";
    json_t *recipients = header_of(scene, file, "recipients");
    for (size_t i = 0; i < json_array_size(recipients); i++) {
        const json_t *unit = json_object_get(json_array_get(recipients, i), "unit");
        size_t used = strlen(found);
        (void)snprintf(found + used, sizeof found - used, "%s%s", i == 0 ? "" : " ",
                       json_string_value(unit));
    }
    UNIT_EQUAL_TEXT(found, expected);
    json_decref(recipients);
}

static struct cli_scene begin(const char *type)
{
    return (struct cli_scene){
        .node = {.refuses = true, .event = event, .came_type = type, .third = "krfo/kif"}};
}

static void a_citation_names_the_message_and_its_event(void)
{
    struct cli_scene scene = begin(NULL);
    cli_scene_begin(&scene);
    (void)CLI_CODE(&scene, "send", "handover.offer", "--to", "kbh-pol/dks", "--about", "7",
                   "--cites", "7", "--set", "thing=case", "--yes");
    check_citation(&scene, "handover.offer-1", 7);
    (void)CLI_CODE(&scene, "drafts", "edit", "handover.offer-1", "--cites", "5", "--yes");
    check_citation(&scene, "handover.offer-1", 5);
    cli_scene_end(&scene);
}

static void a_second_signature_cites_the_first_and_goes_to_all(void)
{
    struct cli_scene scene = begin("concern.triage");
    cli_scene_begin(&scene);
    (void)CLI_CODE(&scene, "reply", "7", "concern.triage", "--set", "outcome=begrundet", "--yes");
    check_citation(&scene, "concern.triage-1", 7);
    check_recipients(&scene, "concern.triage-1", "kbh-pol/dks krfo/kif");
    (void)CLI_CODE(&scene, "reply", "7", "msg.note", "--set", "kind=telefon", "--yes");
    json_t *cites = header_of(&scene, "msg.note-1", "cites");
    CU_ASSERT_PTR_NULL(cites);
    json_decref(cites);
    check_recipients(&scene, "msg.note-1", "kbh-pol/dks");
    cli_scene_end(&scene);
}

static void an_answer_to_an_offer_cites_it(void)
{
    struct cli_scene scene = begin("handover.offer");
    cli_scene_begin(&scene);
    (void)CLI_CODE(&scene, "reply", "7", "handover.accept", "--set", "thing=case", "--yes");
    check_citation(&scene, "handover.accept-1", 7);
    cli_scene_end(&scene);
}

static void the_same_event_is_told_in_another_channel(void)
{
    struct cli_scene scene = begin(NULL);
    cli_scene_begin(&scene);
    (void)CLI_CODE(&scene, "send", "prison.released", "--to", "kbh-pol/dks", "--about", "episode",
                   "--same-event", "7", "--yes");
    json_t *told = header_of(&scene, "prison.released-1", "event_ref");
    UNIT_EQUAL_TEXT(json_string_value(told), EVENT);
    json_decref(told);
    cli_scene_end(&scene);
}

static void agencies_are_named_by_their_names(void)
{
    struct cli_scene scene = begin(NULL);
    cli_scene_begin(&scene);
    (void)CLI_CODE(&scene, "send", "case.assessment", "--to", "kbh-pol/dks", "--about", "7",
                   "--set", "addressed=krfo", "--set", "addressed=2", "--yes");
    json_t *fields = header_of(&scene, "case.assessment-1", "fields");
    const json_t *addressed = json_object_get(fields, "addressed");
    UNIT_EQUAL_INT(json_integer_value(json_array_get(addressed, 0)), 3);
    UNIT_EQUAL_INT(json_integer_value(json_array_get(addressed, 1)), 2);
    json_decref(fields);
    struct ran *ran = RAN(&scene.place, "drafts", "show", "case.assessment-1");
    CU_ASSERT(cli_says(ran->out, "kbh-pol"));
    ran_end(ran);
    ran = RAN(&scene.place, "send", "handover.offer", "--set", "to_agency=nobody");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "There is no agency \"nobody\""));
    ran_end(ran);
    cli_scene_end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_citation_names_the_message_and_its_event),
        UNIT_TEST(a_second_signature_cites_the_first_and_goes_to_all),
        UNIT_TEST(an_answer_to_an_offer_cites_it),
        UNIT_TEST(the_same_event_is_told_in_another_channel),
        UNIT_TEST(agencies_are_named_by_their_names),
    };
    return unit_run("tov: messages and agencies that a message names", tests,
                    sizeof tests / sizeof tests[0]);
}

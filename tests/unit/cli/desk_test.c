/* SPDX-License-Identifier: EUPL-1.2
 *
 * What lies, on the command line: alarms of the day, `tov journal`, `tov find`.
 */
#include "cli_scene.h"
#include "wire/leaf.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERDICT_NO_KEY 3

/* ---- the day ---- */

static void what_lies_too_long_is_told_with_the_oldest_and_is_3(void)
{
    struct cli_scene scene = {.node = {.unread = 3, .late = 2, .undelivered = 1, .unrecorded = 4}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_PERSON);
    CU_ASSERT(cli_says(ran->out, "! 2 beskeder har været ulæst i over 4 timer (akut: 2 timer).\n"
                                 "  Den ældste: tov show 7\n"));
    CU_ASSERT(cli_says(ran->out, "! 1 besked kan en modtager stadig ikke læse efter 4 timer.\n"
                                 "  Se den: tov trace 5\n"));
    CU_ASSERT(cli_says(ran->out, "4 beskeder er ikke journaliseret endnu. Se dem: tov journal"));
    ran_end(ran);
    ran = RAN(&scene.place, "status", "--json");
    json_t *value = ran_json(ran);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(value, "unread_late")), 2);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(value, "unread_late_oldest")), 7);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(value, "undelivered_oldest")), 5);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(value, "unrecorded")), 4);
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_waits_for_the_record_alone_needs_no_person(void)
{
    struct cli_scene scene = {.node = {.unrecorded = 4}};
    cli_scene_begin(&scene);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "status"), CLI_EXIT_DONE);
    cli_scene_end(&scene);
}

static void while_the_node_counts_nobody_is_told_that_there_is_nothing(void)
{
    struct cli_scene scene = {.node = {.counting = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_PERSON);
    CU_ASSERT(cli_says(ran->out, "The node still counts its messages"));
    CU_ASSERT(!cli_says(ran->out, "no new messages"));
    ran_end(ran);
    cli_scene_end(&scene);
}

/* ---- what a recipient cannot use ---- */

static void what_a_recipient_cannot_use_is_told_and_is_3(void)
{
    struct cli_scene scene = {.node = {.unusable = 1, .verdict = TOV_VERDICT_NOT_UNDERSTOOD}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_PERSON);
    CU_ASSERT(
        cli_says(ran->out, "! 1 besked er nået frem til en modtager, der ikke kan bruge den"));
    CU_ASSERT(cli_says(ran->out, "  Se hvorfor: tov show 5\n"));
    ran_end(ran);
    ran = RAN(&scene.place, "status", "--json");
    json_t *value = ran_json(ran);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(value, "unusable")), 1);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(value, "unusable_oldest")), 5);
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

/* The oldest is named to who sees messages. */
static void what_is_for_units_that_are_no_more_is_told_and_is_3(void)
{
    struct cli_scene scene = {.node = {.no_unit = 2}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_PERSON);
    CU_ASSERT(cli_says(ran->out, "! 2 beskeder er til enheder, der ikke længere står på"));
    CU_ASSERT(cli_says(ran->out, "  Den næste deltagerliste skal have enheden igen"));
    CU_ASSERT(!cli_says(ran->out, "tov show"));
    ran_end(ran);
    front_lock(scene.front);
    scene.node.no_unit_oldest = 5;
    front_unlock(scene.front);
    ran = RAN(&scene.place, "status");
    CU_ASSERT(cli_says(ran->out, "  Den ældste: tov show 5\n"));
    ran_end(ran);
    ran = RAN(&scene.place, "status", "--json");
    json_t *value = ran_json(ran);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(value, "no_unit")), 2);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(value, "no_unit_oldest")), 5);
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_units_that_are_no_more_sent_is_told_and_is_3(void)
{
    struct cli_scene scene = {.node = {.no_unit_sent = 1}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_PERSON);
    CU_ASSERT(cli_says(ran->out, "! 1 besked fra en enhed, der ikke længere står på"));
    CU_ASSERT(cli_says(ran->out, "  Den næste deltagerliste skal have enheden igen, eller en"));
    CU_ASSERT(!cli_says(ran->out, "tov show"));
    ran_end(ran);
    front_lock(scene.front);
    scene.node.no_unit_sent_oldest = 5;
    front_unlock(scene.front);
    ran = RAN(&scene.place, "status");
    CU_ASSERT(cli_says(ran->out, "  Se den: tov show 5\n"));
    ran_end(ran);
    ran = RAN(&scene.place, "status", "--json");
    json_t *value = ran_json(ran);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(value, "no_unit_sent")), 1);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(value, "no_unit_sent_oldest")), 5);
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_cannot_be_used_here_is_told_of_this_node(void)
{
    struct cli_scene scene = {.node = {.own_verdict = TOV_VERDICT_NOT_UNDERSTOOD}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "show", "7");
    CU_ASSERT(cli_says(ran->out, "dens type eller deltagerliste kendes ikke her endnu"));
    ran_end(ran);
    cli_scene_end(&scene);
}

/* ---- how the node is ---- */

/* All that daemon/core/node_start.c names, and one of a later version. */
static void each_state_of_a_node_is_said_in_words(void)
{
    static const struct {
        const char *id, *words;
    } states[] = {{"serving", "Noden kører."},
                  {"starting", "Noden starter"},
                  {"read-only", "Noden er skrivebeskyttet"},
                  {"recovering", "Noden er gendannet"},
                  {"behind", "Noden er gendannet"},
                  {"stopped", "Noden er holdt op med at underskrive"},
                  {"clock", "Noden venter med at underskrive: et ur"},
                  {"guard", "Noden venter med at underskrive: dens signaturproces"},
                  {"of-a-later-version", "Noden er i en tilstand, som dette program ikke kender"}};
    struct cli_scene scene = {.node = {.unread = 0}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        front_lock(scene.front);
        scene.node.state = states[i].id;
        front_unlock(scene.front);
        struct ran *ran = RAN(&scene.place, "status");
        if (!cli_says(ran->out, states[i].words))
            printf("\n%s: %s", states[i].id, ran->out);
        CU_ASSERT(cli_says(ran->out, states[i].words));
        ran_end(ran);
    }
    cli_scene_end(&scene);
}

/* ---- after the node was set back to an old copy ---- */

static void what_has_to_be_sent_anew_is_told_and_is_3(void)
{
    struct cli_scene scene = {.node = {.withheld = 2, .gap = 2}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_PERSON);
    CU_ASSERT(cli_says(ran->out, "! 2 beskeder når ikke alle deres modtagere"));
    CU_ASSERT(cli_says(ran->out, "  Den ældste: tov show 5\n"));
    ran_end(ran);
    ran = RAN(&scene.place, "outbox");
    CU_ASSERT(cli_says(ran->out, "ikke sendt"));
    ran_end(ran);
    ran_set(&scene.place, "TOV_LANG", "en");
    ran = RAN(&scene.place, "show", "5");
    CU_ASSERT(cli_says(ran->out, "kbh-pol: not sent"));
    CU_ASSERT(cli_says(ran->out, "tov amend 5"));
    ran_end(ran);
    ran = RAN(&scene.place, "wait", "5", "received");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "it does not come there any more. Waiting does not help"));
    ran_end(ran);
    ran = RAN(&scene.place, "status", "--json");
    json_t *value = ran_json(ran);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(value, "withheld")), 2);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(value, "withheld_oldest")), 5);
    CU_ASSERT(json_is_null(json_object_get(value, "lost")));
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_has_been_told_since_is_no_alarm(void)
{
    struct cli_scene scene = {.node = {.gap = 3}};
    cli_scene_begin(&scene);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "status"), CLI_EXIT_DONE);
    struct ran *ran = RAN(&scene.place, "outbox");
    CU_ASSERT(!cli_says(ran->out, "not sent"));
    ran_end(ran);
    ran = RAN(&scene.place, "show", "5");
    CU_ASSERT(cli_says(ran->out, "A later message has told it so"));
    ran_end(ran);
    cli_scene_end(&scene);
}

/* ---- after a recipient's node was set back ---- */

static void who_asks_for_keys_again_is_told_and_is_3(void)
{
    struct cli_scene scene = {.node = {.again = TOV_AGAIN_ASKS, .verdict = VERDICT_NO_KEY}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_PERSON);
    CU_ASSERT(cli_says(ran->out, "! kbh-pol er sat tilbage til en gammel kopi"));
    CU_ASSERT(cli_says(ran->out, "  Se den: tov show 5\n"));
    ran_end(ran);
    ran = RAN(&scene.place, "outbox");
    CU_ASSERT(cli_says(ran->out, "mistet dér"));
    ran_end(ran);
    ran_set(&scene.place, "TOV_LANG", "en");
    ran = RAN(&scene.place, "show", "5");
    CU_ASSERT(cli_says(ran->out, "kbh-pol: lost there"));
    CU_ASSERT(cli_says(ran->out, "tov give-again 5 --agency kbh-pol"));
    ran_end(ran);
    ran = RAN(&scene.place, "wait", "5", "received");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "it is lost there, see tov show. Waiting does not help"));
    ran_end(ran);
    ran = RAN(&scene.place, "status", "--json");
    json_t *value = ran_json(ran);
    const json_t *peer = json_array_get(json_object_get(value, "peers"), 0);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(peer, "asked_again")), 1);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(peer, "asked_again_oldest")), 5);
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void counts_that_are_cut_are_no_all_clear(void)
{
    struct cli_scene scene = {.node = {.more = true}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_PERSON);
    CU_ASSERT(cli_says(ran->out, "! Der kan være flere, end der er talt her:"));
    ran_end(ran);
    ran = RAN(&scene.place, "status", "--json");
    json_t *value = ran_json(ran);
    CU_ASSERT(json_is_true(json_object_get(value, "more")));
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_could_be_read_here_before_a_restore_is_told_with_whom_to_call(void)
{
    struct cli_scene scene = {.node = {.keys_lost = 2}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_PERSON);
    CU_ASSERT(cli_says(ran->out, "! 2 beskeder fra kbh-pol, som kunne læses her, kan ikke åbnes,"));
    CU_ASSERT(cli_says(ran->out, "  Ring til kbh-pol: en person dér skal give nøglerne igen."));
    CU_ASSERT(cli_says(ran->out, "tov give-again kbh-pol/1/9\n"));
    CU_ASSERT(!cli_says(ran->out, "Hvilken enhed"));
    ran_end(ran);
    ran = RAN(&scene.place, "inbox");
    CU_ASSERT(cli_says(ran->out, "  kbh-pol/1/9  mangler nøgler\n"));
    ran_end(ran);
    ran = RAN(&scene.place, "show", "kbh-pol/1/9");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "Status:       kunne læses her og kan ikke åbnes,"));
    ran_end(ran);
    ran = RAN(&scene.place, "read", "kbh-pol/1/9");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "tov: kbh-pol/1/9 kunne læses her og mangler sine nøgler,"));
    ran_end(ran);
    ran = RAN(&scene.place, "status", "--json");
    json_t *value = ran_json(ran);
    const json_t *peer = json_array_get(json_object_get(value, "peers"), 0);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(peer, "keys_lost")), 2);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(peer, "keys_lost_oldest")),
                           "kbh-pol/1/9");
    CU_ASSERT(json_is_false(json_object_get(peer, "keys_lost_unknown")));
    CU_ASSERT(json_is_string(json_object_get(peer, "keys_lost_since")));
    json_decref(value);
    ran_end(ran);
    ran = RAN(&scene.place, "list", "--json");
    value = ran_json(ran);
    const json_t *lost = json_array_get(json_object_get(value, "keys_lost"), 0);
    CU_ASSERT(json_is_true(json_object_get(json_object_get(lost, "message"), "keys_lost")));
    UNIT_EQUAL_INT(json_array_size(json_object_get(value, "messages")), 2);
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

/* Who is not told how many is told that there are some; and nobody here could end it for ever. */
static void of_what_no_unit_is_known_it_is_told_for_good_and_is_an_alarm_for_a_month(void)
{
    struct cli_scene scene = {.node = {.keys_lost_unknown = true, .keys_lost_days = 29}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_PERSON);
    CU_ASSERT(cli_says(ran->out, "! There are messages from kbh-pol that could be read here"));
    ran_end(ran);
    ran = RAN(&scene.place, "status", "--json");
    json_t *value = ran_json(ran);
    const json_t *peer = json_array_get(json_object_get(value, "peers"), 0);
    CU_ASSERT(json_is_null(json_object_get(peer, "keys_lost_oldest")));
    CU_ASSERT(json_is_true(json_object_get(peer, "keys_lost_unknown")));
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
    scene = (struct cli_scene){.node = {.keys_lost_unknown = true, .keys_lost_days = 31}};
    cli_scene_begin(&scene);
    ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "! There are messages from kbh-pol that could be read here"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void keys_are_given_again_with_a_reason_or_not(void)
{
    struct cli_scene scene = {.node = {.again = TOV_AGAIN_ASKS, .verdict = VERDICT_NO_KEY}};
    cli_scene_begin(&scene);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "give-again", "5"), CLI_EXIT_USAGE);
    front_lock(scene.front);
    UNIT_EQUAL_INT(scene.node.again, TOV_AGAIN_ASKS);
    front_unlock(scene.front);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "give-again", "5", "--agency", "krfo", "--reason", "x"),
                   CLI_EXIT_FAILED);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "give-again", "5", "--refuse", "--reason", "ingen sag");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(
        cli_says(ran->out, "Nr. 5: kbh-pol får ikke nøglerne igen. Det står i adgangsloggen."));
    ran_end(ran);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "status"), CLI_EXIT_DONE);
    ran = RAN(&scene.place, "give-again", "5", "--reason", "aftalt", "--json");
    json_t *value = ran_json(ran);
    const json_t *given = json_array_get(json_object_get(value, "given_again"), 0);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(given, "again")), "granted");
    json_decref(value);
    ran_end(ran);
    front_lock(scene.front);
    CU_ASSERT_STRING_EQUAL(scene.node.reason, "aftalt");
    front_unlock(scene.front);
    ran = RAN(&scene.place, "show", "5");
    CU_ASSERT(cli_says(ran->out, "er på vej"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_is_lost_is_told_with_its_times(void)
{
    struct cli_scene scene = {.node = {.lost_until_ms = 1625486460000u}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE); /* nobody could ever make it end */
    CU_ASSERT(cli_says(ran->out, "! Messages sent between 05-07-2021 13.05 and 05-07-2021 14.01"));
    CU_ASSERT(cli_says(ran->out, "look in your own records"));
    ran_end(ran);
    ran = RAN(&scene.place, "journal");
    CU_ASSERT(cli_says(ran->out, "! Messages sent between 05-07-2021 13.05 and 05-07-2021 14.01"));
    ran_end(ran);
    cli_scene_end(&scene);
    /* for who checks or runs the node */
    scene = (struct cli_scene){.node = {.lost_until_ms = 1625486460000u, .lost = 4}};
    cli_scene_begin(&scene);
    ran = RAN(&scene.place, "status");
    CU_ASSERT(cli_says(ran->out, "! 4 entries from between 05-07-2021 13.05 and"));
    ran_end(ran);
    ran = RAN(&scene.place, "status", "--json");
    json_t *value = ran_json(ran);
    json_t *lost = json_object_get(value, "lost");
    UNIT_EQUAL_INT(json_integer_value(json_object_get(lost, "entries")), 4);
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

/* ---- the own record ---- */

static void journal_without_a_number_lists_what_waits(void)
{
    struct cli_scene scene = {.node = {.verdict = 1}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "journal");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "5 05-07-2021 to kbh-pol/dks"));
    CU_ASSERT(cli_says(ran->out, "tov journal NUMBER --record RECORD-NUMBER"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_number_in_the_record_is_needed(void)
{
    struct cli_scene scene = {.node = {.verdict = 1}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "journal", "7");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "--record is missing"));
    ran_end(ran);
    UNIT_EQUAL_TEXT(cli_scene_seen(&scene)->record, "");
    cli_scene_end(&scene);
}

static mode_t mode_of(const struct ran_place *place, const char *name)
{
    char path[512];
    struct stat status = {0};
    (void)snprintf(path, sizeof path, "%s/%s", place->folder, name);
    UNIT_NEED(stat(path, &status) == 0);
    return status.st_mode & 0777;
}

static void a_hand_over_writes_the_files_and_then_tells_the_node(void)
{
    struct cli_scene scene = {
        .node = {.text = "Vi ringer.", .name = "../../Plan.PDF", .data = "%PDF-1.4"}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "journal", "7", "--record", "2021-0017", "--to", "esdh");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "Saved: esdh/nr-7"));
    CU_ASSERT(cli_says(ran->out, "No. 7 stands in the record as 2021-0017, since 05-07-2021."));
    CU_ASSERT(cli_says(ran->out, "may be erased from 04-08-2021, unless something holds it"));
    ran_end(ran);
    UNIT_EQUAL_TEXT(cli_scene_seen(&scene)->record, "2021-0017");
    CU_ASSERT(strstr(ran_file(&scene.place, "esdh/nr-7/message.txt"), "Vi ringer.") != NULL);
    CU_ASSERT(strchr(ran_file(&scene.place, "esdh/nr-7/message.txt"), '\033') == NULL);
    json_t *json = json_loads(ran_file(&scene.place, "esdh/nr-7/message.json"), 0, NULL);
    CU_ASSERT_PTR_NOT_NULL(json_object_get(json, "content"));
    json_decref(json);
    UNIT_EQUAL_TEXT(ran_file(&scene.place, "esdh/nr-7/attachment-2.pdf"), "%PDF-1.4");
    UNIT_EQUAL_TEXT(ran_file(&scene.place, "esdh/nr-7/attachment-3.pdf"), "%PDF-1.4");
    CU_ASSERT(strstr(ran_file(&scene.place, "esdh/nr-7/proof"), "tlog-proof") != NULL);
    CU_ASSERT(ran_has(&scene.place, "esdh/nr-7/leaf"));
    UNIT_EQUAL_INT(mode_of(&scene.place, "esdh/nr-7"), 0700);
    UNIT_EQUAL_INT(mode_of(&scene.place, "esdh/nr-7/message.txt"), 0600);
    cli_scene_end(&scene);
}

static void nothing_is_written_over_and_nothing_half_stays(void)
{
    struct cli_scene scene = {
        .node = {.name = "a.pdf", .data = "%PDF-1.4", .late_attachment = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "journal", "7", "--record", "1", "--to", "esdh");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_LATER); /* an attachment is on its way */
    ran_end(ran);
    UNIT_EQUAL_TEXT(cli_scene_seen(&scene)->record, "");
    char folder[512];
    (void)snprintf(folder, sizeof folder, "%s/esdh", scene.place.folder);
    UNIT_EQUAL_INT(rmdir(folder), 0); /* it is empty */

    cli_scene_set(&scene, &scene.node.late_attachment, false);
    ran_write(&scene.place, "esdh/nr-7/message.txt", "what was there");
    ran = RAN(&scene.place, "journal", "7", "--record", "1", "--to", "esdh");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "esdh/nr-7 is there already"));
    ran_end(ran);
    UNIT_EQUAL_TEXT(ran_file(&scene.place, "esdh/nr-7/message.txt"), "what was there");
    UNIT_EQUAL_TEXT(cli_scene_seen(&scene)->record, "");
    cli_scene_end(&scene);
}

static void another_number_is_refused_with_the_way_out(void)
{
    struct cli_scene scene = {.node = {.record = "2021-0017"}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "journal", "7", "--record", "2021-0018");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "under another number already: tov show 7. If that one is wrong, "
                                 "add --replace."));
    ran_end(ran);
    ran = RAN(&scene.place, "journal", "7", "--record", "2021-0018", "--replace", "--json");
    json_t *value = ran_json(ran);
    const json_t *one = json_array_get(json_object_get(value, "journal"), 0);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(one, "number")), 7);
    UNIT_EQUAL_TEXT(json_string_value(json_object_get(one, "record")), "2021-0018");
    CU_ASSERT(json_is_false(json_object_get(one, "repeated")));
    CU_ASSERT(json_is_null(json_object_get(one, "folder")));
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_the_node_would_refuse_leaves_no_files(void)
{
    struct cli_scene scene = {.node = {.text = "Vi ringer.", .record = "2021-0017"}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "journal", "7", "--record", "2021-0018", "--to", "esdh");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "under another number already"));
    CU_ASSERT(!ran_has(&scene.place, "esdh/nr-7"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void of_several_each_is_tried_and_told(void)
{
    struct cli_scene scene = {.node = {.text = "Vi ringer."}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "journal", "nothing", "7", "--record", "X", "--json");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    json_t *value = ran_json(ran);
    const json_t *done = json_object_get(value, "journal");
    CU_ASSERT_PTR_NOT_NULL(json_object_get(value, "error"));
    UNIT_EQUAL_INT(json_array_size(done), 2);
    const json_t *refused = json_array_get(done, 0), *entered = json_array_get(done, 1);
    UNIT_EQUAL_TEXT(json_string_value(json_object_get(refused, "message")), "nothing");
    CU_ASSERT_PTR_NOT_NULL(json_object_get(refused, "error"));
    UNIT_EQUAL_INT(json_integer_value(json_object_get(entered, "number")), 7);
    json_decref(value);
    ran_end(ran);
    UNIT_EQUAL_TEXT(cli_scene_seen(&scene)->record, "X");
    cli_scene_end(&scene);
}

static void show_and_case_tell_how_it_stands_in_the_record(void)
{
    struct cli_scene scene = {.node = {.record = "2021-0017", .has_case = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "show", "7");
    CU_ASSERT(cli_says(ran->out, "Record: 2021-0017, 05-07-2021 14.01, mette"));
    CU_ASSERT(cli_says(ran->out, "Erasable: from 04-08-2021, unless something holds it"));
    ran_end(ran);
    ran = RAN(&scene.place, "case", "7");
    CU_ASSERT(cli_says(ran->out, "In the record since 05-07-2021 · erasable from 04-08-2021"));
    ran_end(ran);
    ran = RAN(&scene.place, "show", "7", "--json");
    json_t *value = ran_json(ran);
    const json_t *recorded = json_object_get(json_object_get(value, "message"), "recorded");
    UNIT_EQUAL_TEXT(json_string_value(json_object_get(recorded, "number")), "2021-0017");
    UNIT_EQUAL_TEXT(json_string_value(json_object_get(recorded, "by")), "mette");
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

/* ---- searching ---- */

static void a_search_needs_a_reason_and_somebody(void)
{
    struct cli_scene scene = {.node = {.verdict = 1}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "find", "--name", "Magnus");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "Why do you search? --reason TEXT is missing"));
    ran_end(ran);
    ran = RAN(&scene.place, "find", "--reason", "Borgeren har ringet");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "Give --name, --number or --born."));
    ran_end(ran);
    ran = RAN(&scene.place, "find", "--name", "Magnus", "--reason", "ææøø");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "Say in at least five characters why you search"));
    ran_end(ran);
    ran = RAN(&scene.place, "find", "--number", "1204", "--reason", "Ringer", "--lang", "da");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "Skriv hele nummeret, som det står i beskederne."));
    ran_end(ran);
    UNIT_EQUAL_TEXT(cli_scene_seen(&scene)->searched, "");
    cli_scene_end(&scene);
}

static void what_is_found_stands_in_rows_from_all_pieces(void)
{
    struct cli_scene scene = {.node = {.verdict = 1}};
    cli_scene_begin(&scene);
    struct ran *ran =
        RAN(&scene.place, "find", "--name", "Magnus", "--reason", "Borgeren har ringet");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "7 05-07-2021 from kbh-pol/dks"));
    CU_ASSERT(cli_says(ran->out, "5 05-07-2021 to kbh-pol/dks"));
    CU_ASSERT(strstr(ran->out, "Magnus") == NULL);
    ran_end(ran);
    UNIT_EQUAL_TEXT(cli_scene_seen(&scene)->searched, "Magnus");
    UNIT_EQUAL_TEXT(cli_scene_seen(&scene)->reason, "Borgeren har ringet");
    ran = RAN(&scene.place, "find", "--born", "28-06-1993", "--reason", "Borgeren har ringet",
              "--json");
    json_t *value = ran_json(ran);
    UNIT_EQUAL_INT(json_array_size(json_object_get(value, "messages")), 2);
    CU_ASSERT(json_is_true(json_object_get(value, "all")));
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_could_not_be_read_is_told(void)
{
    struct cli_scene scene = {.node = {.finds_nobody = true, .not_read = 2}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "find", "--name", "Magnus", "--reason", "Ring tilbage");
    CU_ASSERT(cli_says(ran->out, "! 2 beskeder kunne ikke læses."));
    ran_end(ran);
    ran = RAN(&scene.place, "find", "--name", "Magnus", "--reason", "Ring tilbage", "--json");
    json_t *value = ran_json(ran);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(value, "not_read")), 2);
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void who_is_not_found_may_be_known_to_others(void)
{
    struct cli_scene scene = {.node = {.finds_nobody = true}};
    cli_scene_begin(&scene);
    struct ran *ran =
        RAN(&scene.place, "find", "--name", "Magnus", "--reason", "Borgeren har ringet");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "No message of your units has that person"));
    CU_ASSERT(cli_says(ran->out, "tov send info.request"));
    ran_end(ran);
    cli_scene_end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_lies_too_long_is_told_with_the_oldest_and_is_3),
        UNIT_TEST(what_waits_for_the_record_alone_needs_no_person),
        UNIT_TEST(while_the_node_counts_nobody_is_told_that_there_is_nothing),
        UNIT_TEST(what_a_recipient_cannot_use_is_told_and_is_3),
        UNIT_TEST(what_is_for_units_that_are_no_more_is_told_and_is_3),
        UNIT_TEST(what_units_that_are_no_more_sent_is_told_and_is_3),
        UNIT_TEST(what_cannot_be_used_here_is_told_of_this_node),
        UNIT_TEST(each_state_of_a_node_is_said_in_words),
        UNIT_TEST(what_has_to_be_sent_anew_is_told_and_is_3),
        UNIT_TEST(what_has_been_told_since_is_no_alarm),
        UNIT_TEST(who_asks_for_keys_again_is_told_and_is_3),
        UNIT_TEST(counts_that_are_cut_are_no_all_clear),
        UNIT_TEST(what_could_be_read_here_before_a_restore_is_told_with_whom_to_call),
        UNIT_TEST(of_what_no_unit_is_known_it_is_told_for_good_and_is_an_alarm_for_a_month),
        UNIT_TEST(keys_are_given_again_with_a_reason_or_not),
        UNIT_TEST(what_is_lost_is_told_with_its_times),
        UNIT_TEST(journal_without_a_number_lists_what_waits),
        UNIT_TEST(a_number_in_the_record_is_needed),
        UNIT_TEST(a_hand_over_writes_the_files_and_then_tells_the_node),
        UNIT_TEST(nothing_is_written_over_and_nothing_half_stays),
        UNIT_TEST(another_number_is_refused_with_the_way_out),
        UNIT_TEST(what_the_node_would_refuse_leaves_no_files),
        UNIT_TEST(of_several_each_is_tried_and_told),
        UNIT_TEST(show_and_case_tell_how_it_stands_in_the_record),
        UNIT_TEST(a_search_needs_a_reason_and_somebody),
        UNIT_TEST(what_is_found_stands_in_rows_from_all_pieces),
        UNIT_TEST(what_could_not_be_read_is_told),
        UNIT_TEST(who_is_not_found_may_be_known_to_others),
    };
    return unit_run("tov: what waits for a person", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Arguments: what is taken, what is wrong use (exit 2), and help.
 */
#include "cli_scene.h"

#include <string.h>

struct wrong {
    const char *arguments[6];
    const char *words; /* in the message */
};

static void wrong_use_says_what_and_exits_with_2(void)
{
    static const struct wrong wrongs[] = {
        {{"sned"}, "There is no command \"sned\""},
        {{"inbox", "--nope"}, "There is no option --nope. See tov inbox --help"},
        {{"--nope"}, "There is no option --nope. See tov --help"},
        {{"inbox", "--limit"}, "--limit wants a value"},
        {{"inbox", "--limit", "many"}, "--limit wants a whole number up to 200"},
        {{"inbox", "--limit", "201"}, "--limit wants a whole number up to 200"},
        {{"inbox", "--limit=1", "--limit=2"}, "--limit stands twice"},
        {{"inbox", "--all=yes"}, "--all takes no value"},
        {{"inbox", "7"}, "\"7\" is one word too many"},
        {{"show"}, "Something is missing: tov show NUMBER"},
        {{"attachment", "get", "7"}, "Something is missing: tov attachment get"},
        {{"show", "seven"}, "\"seven\" is not a message"},
        {{"wait", "5", "eaten"}, "\"eaten\" is no level"},
        {{"status", "--lang", "fr"}, "--lang is da or en"},
        {{"send"}, "What is to be sent?"},
        {{"send", "msg.note", "--set", "free_text"}, "--set wants a field"},
        {{"send", "msg.note", "--to", "vink"}, "\"vink\" is not a unit"},
        {{"send", "msg.note", "--to", "kk/vink,kk/eki"}, "\"kk/vink,kk/eki\" is not a unit"},
        {{"send", "msg.note", "--idempotency-key", "short"}, "16 to 64 characters"},
        {{"watch", "--ack", "3"}, "Only a subscription with a --name"},
        {{"watch", "--once"}, "--once goes with --name or --after"},
        {{"attachment", "get", "7", "2"}, "--out FILE is missing"},
    };
    struct ran_place place = ran_place_make(NULL);
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        struct ran *ran = ran_tov(&place, wrongs[i].arguments);
        UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
        CU_ASSERT(cli_says(ran->err, wrongs[i].words));
        UNIT_EQUAL_TEXT(ran->out, "");
        ran_end(ran);
    }
    ran_place_end(&place);
}

static void options_stand_before_the_command_and_behind_it(void)
{
    struct ran_place place = ran_place_make(NULL);
    struct ran *ran = RAN(&place, "--lang=da", "types", "msg.note");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    struct ran *other = RAN(&place, "types", "msg.note", "--lang", "da");
    UNIT_EQUAL_TEXT(other->out, ran->out);
    ran_end(other);
    ran_end(ran);
    ran_place_end(&place);
}

static void behind_two_dashes_all_are_words(void)
{
    struct ran_place place = ran_place_make(NULL);
    struct ran *ran = RAN(&place, "types", "--", "--json");
    CU_ASSERT(cli_says(ran->err, "\"--json\""));
    UNIT_EQUAL_TEXT(ran->out, "");
    ran_end(ran);
    ran_place_end(&place);
}

static void help_needs_no_node_and_no_good_profile(void)
{
    struct ran_place place = ran_place_make(NULL);
    ran_set(&place, "XDG_CONFIG_HOME", place.folder);
    ran_write(&place, "tov/config", "[vink\n");
    struct ran *ran = RAN(&place, "--help");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "attachment get NUMBER PART|NAME"));
    ran_end(ran);
    ran = RAN(&place, "show", "--help");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "--reason TEXT"));
    ran_end(ran);
    ran_place_end(&place);
}

static void help_in_danish_has_danish_placeholders(void)
{
    struct ran_place place = ran_place_make(NULL);
    ran_set(&place, "TOV_LANG", "da");
    struct ran *ran = RAN(&place, "send", "--help");
    CU_ASSERT(cli_says(ran->out, "--set FELT=VÆRDI ..."));
    CU_ASSERT(cli_says(ran->out, "--to ENHED[=OPGAVE] ..."));
    ran_end(ran);
    ran = RAN(&place, "show");
    UNIT_EQUAL_TEXT(ran->err, "tov: Der mangler noget: tov show NUMMER\n");
    ran_end(ran);
    ran = RAN(&place, "inbox", "--unit");
    UNIT_EQUAL_TEXT(ran->err, "tov: --unit skal have en værdi: ENHED\n");
    ran_end(ran);
    ran = RAN(&place, "inbox", "--unit", "--json");
    CU_ASSERT(cli_says(ran->out, "--unit skal have en værdi: ENHED"));
    ran_end(ran);
    ran = RAN(&place, "attachment", "--help");
    UNIT_EQUAL_TEXT(ran->err, "tov: Kommandoen er på to ord: tov attachment get. Se tov attachment "
                              "get --help\n");
    ran_end(ran);
    ran = RAN(&place, "drafts", "--help");
    CU_ASSERT(cli_says(ran->out, "\n  drafts edit "));
    CU_ASSERT(cli_says(ran->out, "\n  drafts remove "));
    ran_end(ran);
    ran = RAN(&place, "wait", "3", "foo");
    CU_ASSERT(cli_says(ran->err, "intet trin: underskrevet, modtaget, bevidnet eller læst"));
    ran_end(ran);
    ran_place_end(&place);
}

static void a_type_says_who_sends_it_to_whom_and_about_what(void)
{
    struct ran_place place = ran_place_make(NULL);
    struct ran *ran = RAN(&place, "types", "intervention.refer");
    CU_ASSERT(cli_says(ran->out, "to a provider (mentor, coach); other units of a kommune"));
    CU_ASSERT(cli_says(ran->out, "  --about case\n* --about course\n"));
    ran_end(ran);
    ran = RAN(&place, "types", "intervention.refer", "--json");
    json_t *value = ran_json(ran);
    json_t *about = json_object_get(json_object_get(value, "type"), "about");
    json_t *course = json_array_get(about, 1);
    UNIT_EQUAL_INT(json_array_size(about), 2);
    UNIT_EQUAL_TEXT(json_string_value(json_object_get(course, "field")), "course_ref");
    CU_ASSERT(json_is_true(json_object_get(course, "required")));
    json_decref(value);
    ran_end(ran);
    ran_place_end(&place);
}

/* What belongs to no thing does not ask for one, and a reference is named as what it is. */
static void a_type_says_when_it_need_be_about_nothing(void)
{
    struct ran_place place = ran_place_make(NULL);
    struct ran *ran = RAN(&place, "types", "activity.report");
    CU_ASSERT(!cli_says(ran->out, "--about"));
    ran_end(ran);
    ran = RAN(&place, "types", "incident.notice", "--lang=da");
    CU_ASSERT(cli_says(ran->out, "Vedrører (en af dem, eller intet)\n  --about henvendelse\n"));
    ran_end(ran);
    ran = RAN(&place, "types", "case.meeting_call");
    CU_ASSERT(cli_says(ran->out, "agenda_ref (a reference of 32 hexadecimal digits, several)"));
    ran_end(ran);
    ran_place_end(&place);
}

static void no_option_takes_a_passphrase(void)
{
    struct ran_place place = ran_place_make(NULL);
    struct ran *ran = RAN(&place, "status", "--passphrase", "x");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "There is no option --passphrase"));
    ran_end(ran);
    ran_place_end(&place);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(wrong_use_says_what_and_exits_with_2),
        UNIT_TEST(options_stand_before_the_command_and_behind_it),
        UNIT_TEST(behind_two_dashes_all_are_words),
        UNIT_TEST(help_needs_no_node_and_no_good_profile),
        UNIT_TEST(help_in_danish_has_danish_placeholders),
        UNIT_TEST(a_type_says_who_sends_it_to_whom_and_about_what),
        UNIT_TEST(a_type_says_when_it_need_be_about_nothing),
        UNIT_TEST(no_option_takes_a_passphrase),
    };
    return unit_run("tov: arguments", tests, sizeof tests / sizeof tests[0]);
}

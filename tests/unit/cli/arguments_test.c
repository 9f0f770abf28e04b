/* SPDX-License-Identifier: EUPL-1.2
 *
 * Arguments: what is taken, what is wrong use (exit 2), and help.
 */
#include "cli_ran.h"

#include "cli/cli.h"

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
        {{"send", "msg.note", "--idempotency-key", "short"}, "16 to 64 characters"},
        {{"watch", "--ack", "3"}, "Only a subscription with a --name"},
        {{"watch", "--once"}, "--once goes with --name or --after"},
        {{"attachment", "get", "7", "2"}, "--out FILE is missing"},
    };
    struct ran_place place = ran_place_make(NULL);
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        struct ran *ran = ran_tov(&place, wrongs[i].arguments);
        UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
        CU_ASSERT(strstr(ran->err, wrongs[i].words) != NULL);
        if (strstr(ran->err, wrongs[i].words) == NULL)
            printf("\n%s: %s", wrongs[i].words, ran->err);
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
    CU_ASSERT(strstr(ran->err, "\"--json\"") != NULL);
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
    CU_ASSERT(strstr(ran->out, "attachment get NUMBER PART|NAME") != NULL);
    ran_end(ran);
    ran = RAN(&place, "show", "--help");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(strstr(ran->out, "--reason TEXT") != NULL);
    ran_end(ran);
    ran_place_end(&place);
}

static void no_option_takes_a_passphrase(void)
{
    struct ran_place place = ran_place_make(NULL);
    struct ran *ran = RAN(&place, "status", "--passphrase", "x");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(strstr(ran->err, "There is no option --passphrase") != NULL);
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
        UNIT_TEST(no_option_takes_a_passphrase),
    };
    return unit_run("tov: arguments", tests, sizeof tests / sizeof tests[0]);
}

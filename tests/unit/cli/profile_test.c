/* SPDX-License-Identifier: EUPL-1.2
 *
 * The profile file: what is taken from it, what goes before it, and how its faults are told.
 */
#include "cli_scene.h"

#include <string.h>
#include <sys/stat.h>

struct fault {
    const char *text;
    const char *words;
};

static void faults_name_the_file_the_line_and_the_remedy(void)
{
    static const struct fault faults[] = {
        {"[vink\n", "config: line 1: a profile is written [name]"},
        {"# for work\n\nnode = x\n", "config: line 3: begin with the name of a profile, as [vink]"},
        {"[vink]\nserver = x\n",
         "config: line 2: node, key, server-key or language, then = and its value"},
        {"[vink]\nnode\n", "config: line 2: node, key, server-key or language"},
        {"[vink]\n; a remark\nkey =\n", "config: line 3: the value is missing, or too long"},
        {"[vink]\nlanguage = dansk\n", "config: line 2: language is da or en"},
        {"[a]\nnode = x\n[b]\nlanguage = dansk\n", "config: line 4: language is da or en"},
    };
    struct ran_place place = ran_place_make(NULL);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        ran_write(&place, ".config/tov/config", faults[i].text);
        struct ran *ran = RAN(&place, "status");
        UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
        CU_ASSERT(cli_says(ran->err, faults[i].words));
        CU_ASSERT(cli_says(ran->err, place.folder));
        ran_end(ran);
    }
    ran_place_end(&place);
}

/* Also what is said before the arguments, or the profile, are understood. */
static void faults_are_told_in_the_language_of_the_profile(void)
{
    struct ran_place place = ran_place_make(NULL);
    ran_write(&place, ".config/tov/config",
              "[vink]\nlanguage = da\n[krfo]\nlanguage = en\nserver = x\n");
    struct ran *ran = RAN(&place, "frobnicate");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    UNIT_EQUAL_TEXT(ran->err,
                    "tov: Kommandoen \"frobnicate\" findes ikke. tov --help viser dem.\n");
    ran_end(ran);
    ran = RAN(&place, "frobnicate", "--profile=krfo");
    CU_ASSERT(cli_says(ran->err, "There is no command \"frobnicate\"."));
    ran_end(ran);
    ran = RAN(&place, "frobnicate", "--lang", "en");
    CU_ASSERT(cli_says(ran->err, "There is no command \"frobnicate\"."));
    ran_end(ran);
    ran = RAN(&place, "status");
    CU_ASSERT(cli_says(ran->err, "config: linje 5: node, key, server-key eller language"));
    CU_ASSERT(!cli_says(ran->err, "(")); /* it is Danish already */
    ran_end(ran);
    ran_set(&place, "TOV_PROFILE", "krfo");
    ran = RAN(&place, "frobnicate");
    CU_ASSERT(cli_says(ran->err, "There is no command \"frobnicate\"."));
    ran_end(ran);
    ran_place_end(&place);
}

static void a_profile_that_is_not_there_is_named(void)
{
    struct ran_place place = ran_place_make(NULL);
    struct ran *ran = RAN(&place, "status", "--profile", "krfo");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "tov/config is not there; profile [krfo]"));
    CU_ASSERT(!cli_says(ran->err, "("));
    ran_end(ran);
    ran_write(&place, ".config/tov/config", "[vink]\nnode = x\n");
    ran_set(&place, "TOV_PROFILE", "krfo");
    ran = RAN(&place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "there is no profile [krfo]"));
    ran_end(ran);
    ran_place_end(&place);
}

static void what_is_missing_is_named_with_its_option(void)
{
    struct ran_place place = ran_place_make(NULL);
    ran_write(&place, ".config/tov/config", "[vink]\nnode = tcp://127.0.0.1:1\nkey = ~/k\n");
    struct ran *ran = RAN(&place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "--server-key is missing"));
    ran_end(ran);
    ran_place_end(&place);
}

/* A profile NAME for FRONT, whose key stands in the home. */
static void put_profile(const struct ran_place *place, struct fake_front *front, const char *name,
                        char out[1024])
{
    struct tov_client_options options = front_options(front);
    char path[128], key[4096];
    FILE *file = fopen(options.key_path, "r");
    UNIT_NEED(file != NULL);
    size_t size = fread(key, 1, sizeof key - 1, file);
    (void)fclose(file);
    key[size] = '\0';
    ran_write(place, "own.key", key);
    (void)snprintf(path, sizeof path, "%s/own.key", place->folder);
    UNIT_NEED(chmod(path, 0600) == 0);
    UNIT_NEED(snprintf(out, 1024,
                       "[%s]\n  node = %s\n\tkey=~/own.key\nserver-key = %s  \nlanguage = da\n",
                       name, options.endpoint, options.front_key) < 1024);
}

static void the_first_profile_counts_and_another_by_its_name(void)
{
    struct cli_front node = {.unread = 0};
    struct fake_front *front = front_start(cli_front_play, &node);
    struct ran_place place = ran_place_make(NULL);
    char good[1024], text[2048];
    put_profile(&place, front, "vink", good);
    (void)snprintf(text, sizeof text, "%s[krfo]\nnode = nonsense\n", good);
    ran_write(&place, ".config/tov/config", text);
    struct ran *ran = RAN(&place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "Der er ingen nye beskeder.")); /* its language too */
    ran_end(ran);
    ran = RAN(&place, "status", "--lang", "en");
    CU_ASSERT(cli_says(ran->out, "There are no new messages."));
    ran_end(ran);
    ran = RAN(&place, "status", "--profile", "krfo");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    ran_end(ran);
    ran_place_end(&place);
    front_end(front);
}

static void options_go_before_the_environment_and_that_before_the_file(void)
{
    struct cli_front node = {.unread = 0};
    struct fake_front *front = front_start(cli_front_play, &node);
    struct tov_client_options options = front_options(front);
    struct ran_place place = ran_place_make(NULL);
    char good[1024];
    put_profile(&place, front, "vink", good);
    ran_write(&place, ".config/tov/config", good);
    ran_set(&place, "TOV_NODE", "nonsense");
    struct ran *ran = RAN(&place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    ran_end(ran);
    ran = RAN(&place, "status", "--node", options.endpoint);
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    ran_end(ran);
    ran_place_end(&place);
    front_end(front);
}

static void a_file_that_is_not_there_is_named_with_its_option(void)
{
    struct cli_front node = {.unread = 0};
    struct fake_front *front = front_start(cli_front_play, &node);
    struct ran_place place = ran_place_make(front);
    struct ran *ran = RAN(&place, "status", "--key", "no-such.key");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    UNIT_EQUAL_TEXT(ran->err,
                    "tov: There is no file no-such.key, which --key or the profile names.\n");
    ran_end(ran);
    ran = RAN(&place, "status", "--server-key", "no-such.pub");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "There is no file no-such.pub, which --server-key"));
    ran_end(ran);
    ran_place_end(&place);
    front_end(front);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(faults_name_the_file_the_line_and_the_remedy),
        UNIT_TEST(faults_are_told_in_the_language_of_the_profile),
        UNIT_TEST(a_profile_that_is_not_there_is_named),
        UNIT_TEST(what_is_missing_is_named_with_its_option),
        UNIT_TEST(the_first_profile_counts_and_another_by_its_name),
        UNIT_TEST(options_go_before_the_environment_and_that_before_the_file),
        UNIT_TEST(a_file_that_is_not_there_is_named_with_its_option),
    };
    return unit_run("tov: profiles", tests, sizeof tests / sizeof tests[0]);
}

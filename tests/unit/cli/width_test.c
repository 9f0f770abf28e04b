/* SPDX-License-Identifier: EUPL-1.2
 *
 * What people see: within 80 columns in both languages, and never a control character that another
 * agency wrote.
 */
#include "cli_scene.h"

#include <string.h>

#define COLUMNS 80u
#define LONG                                                                                        \
    "Der er holdt et møde om overgangen, og alle tre parter har fået referatet med posten samme " \
    "dag, sådan som det er aftalt i foråret; det næste møde holdes to uger før løsladelsen."

struct command {
    const char *arguments[10];
};

static const struct command commands[] = {
    {{"--help"}},
    {{"status"}},
    {{"inbox", "--all"}},
    {{"outbox"}},
    {{"list"}},
    {{"cases"}},
    {{"case", "5"}},
    {{"due"}},
    {{"cases", "--unit", "a-unit-that-is-none-of-ours"}},
    {{"case", "999"}},
    {{"due", "--at", "a-day-that-is-no-date-in-any-language"}},
    {{"find", "--name", "Magnus", "--reason", "Borgeren har ringet"}},
    {{"find", "--name", "Magnus"}},
    {{"find", "--born", "a-day-that-is-no-date-in-any-language"}},
    {{"journal"}},
    {{"journal", "7"}},
    {{"journal", "7", "--record", "2021-0017-et-langt-nummer-som-der-findes-nogle-steder-i-esdh"}},
    {{"journal", "7", "--record", "2021-0018"}},
    {{"show", "5"}},
    {{"show", "7"}},
    {{"read", "7"}},
    {{"trace", "5"}},
    {{"types"}},
    {{"units"}},
    {{"wait", "5", "received"}},
    {{"watch", "--after", "0", "--once"}},
    {{"send", "msg.note", "--to", "kbh-pol/dks", "--set", "free_text=" LONG}},
    {{"send", "msg.note", "--to", "kbh-pol/dks", "--set", "free_text=" LONG, "--check"}},
    {{"reply", "7", "msg.note", "--set", "kind=telefon"}},
    {{"reply", "7"}},
    {{"drafts"}},
    {{"drafts", "show", "no-such-draft"}},
    {{"show", "999"}},
    {{"show", "a-word-that-is-no-number-of-a-message-and-no-reference-of-one-either"}},
    {{"status", "--profile", "a-profile-that-is-not-there"}},
    {{"retract", "7"}},
    {{"attachment", "get", "7", "2"}},
    {{"wait", "7", "received"}},
};

static void expect_narrow(const char *what, const char *text)
{
    size_t width = ran_width(text);
    if (width > COLUMNS)
        printf("\n%s: %zu columns in:\n%s\n", what, width, text);
    CU_ASSERT(width <= COLUMNS);
}

static void run_all(struct cli_scene *scene)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct ran *ran = ran_tov(&scene->place, commands[i].arguments);
        expect_narrow(commands[i].arguments[0], ran->out);
        expect_narrow(commands[i].arguments[0], ran->err);
        CU_ASSERT(ran->out_size + ran->err_size > 0);
        ran_end(ran);
    }
}

/* Of every command its help, of every type its fields; the names come from tov itself. */
static void run_each(struct cli_scene *scene, const char *list, const char *field)
{
    struct ran *ran = RAN(&scene->place, list, "--json");
    json_t *value = ran_json(ran);
    json_t *items = json_object_get(value, field);
    CU_ASSERT(json_array_size(items) > 5);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const char *id = json_string_value(json_object_get(json_array_get(items, i), "id"));
        struct ran *one = RAN(&scene->place, list, id);
        expect_narrow(id, one->out);
        UNIT_EQUAL_INT(one->code, CLI_EXIT_DONE);
        ran_end(one);
    }
    json_decref(value);
    ran_end(ran);
}

static void run_helps(struct cli_scene *scene)
{
    static const char *const names[][2] = {
        {"status"},
        {"inbox"},
        {"outbox"},
        {"list"},
        {"cases"},
        {"case"},
        {"due"},
        {"find"},
        {"journal"},
        {"show"},
        {"read"},
        {"attachment", "get"},
        {"trace"},
        {"send"},
        {"reply"},
        {"amend"},
        {"retract"},
        {"drafts"},
        {"drafts", "show"},
        {"drafts", "edit"},
        {"types"},
        {"drafts", "send"},
        {"drafts", "remove"},
        {"units"},
        {"watch"},
        {"wait"},
        {"export"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct ran *ran = RAN(&scene->place, "--help", names[i][0], names[i][1]);
        expect_narrow(names[i][0], ran->out);
        UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
        ran_end(ran);
    }
}

static void texts_fit(const char *language)
{
    struct cli_scene scene = {.node = {.text = LONG,
                                       .name = "En plan med et temmelig langt navn.pdf",
                                       .data = "%PDF-1.4",
                                       .verdict = 1,
                                       .unread = 3,
                                       .late = 2,
                                       .undelivered = 2,
                                       .unrecorded = 12,
                                       .counting = true,
                                       .has_case = true,
                                       .flags = true,
                                       .refuses = true,
                                       .events = {{7, "received"}, {9, "delivered"}},
                                       .event_count = 2}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", language);
    run_all(&scene);
    run_each(&scene, "types", "types");
    run_helps(&scene);
    cli_scene_end(&scene);
}

static void texts_fit_80_columns_in_danish(void)
{
    texts_fit("da");
}

static void texts_fit_80_columns_in_english(void)
{
    texts_fit("en");
}

static void why_a_message_cannot_be_used_is_told_in_whole_and_fits(void)
{
    static const char *const looks[] = {"show", "trace"};
    struct cli_scene scene = {.node = {.verdict = 5 /* not understood */}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        struct ran *ran = RAN(&scene.place, looks[i], "5");
        UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
        expect_narrow(looks[i], ran->out);
        CU_ASSERT(cli_says(ran->out, "kan ikke bruges"));
        CU_ASSERT(cli_says(ran->out, "i brug\n")); /* the sentence ends so */
        ran_end(ran);
    }
    cli_scene_end(&scene);
}

static void what_another_agency_wrote_cannot_move_the_cursor(void)
{
    struct cli_scene scene = {.node = {.text = "et\033[2Jto\rtre\xe2\x80\xae"
                                               "fire\x07",
                                       .name = "\033]0;x\007.pdf",
                                       .data = "x"}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "show", "7");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "et?[2Jto"));
    CU_ASSERT(strpbrk(ran->out, "\033\r\007") == NULL);
    CU_ASSERT(strstr(ran->out, "\xe2\x80\xae") == NULL);
    ran_end(ran);
    cli_scene_end(&scene);
}

static bool is_harmless(const char *text)
{
    return strpbrk(text, "\033\r\007") == NULL && strstr(text, "\xc2\x9b") == NULL &&
           strstr(text, "\xe2\x80\xae") == NULL;
}

/* Whatever is said of a message: its type, which may be none of this program's, and its unit. */
static void what_another_agency_calls_a_message_cannot_move_the_cursor(void)
{
    static const char *const lines[][3] = {{"inbox", NULL},      {"show", "7", NULL},
                                           {"trace", "7", NULL}, {"read", "7", NULL},
                                           {"show", "5", NULL},  {"case", "5", NULL}};
    struct cli_scene scene = {.node = {.odd_type = "ny\033]0;t\007.\xc2\x9b"
                                                   "2Jtype",
                                       .came_unit = "dks\033[2J\xe2\x80\xae",
                                       .has_case = true,
                                       .verdict = 1}};
    cli_scene_begin(&scene);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct ran *ran = ran_tov(&scene.place, lines[i]);
        UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
        if (!is_harmless(ran->out) || !is_harmless(ran->err))
            (void)fprintf(stderr, "in tov %s\n", lines[i][0]);
        CU_ASSERT(is_harmless(ran->out) && is_harmless(ran->err));
        CU_ASSERT(i == 5 || strstr(ran->out, "dks?[2J?") != NULL);
        ran_end(ran);
    }
    cli_scene_end(&scene);
}

static void danish_comes_from_lang_from_the_locale_or_from_the_environment(void)
{
    struct cli_scene scene = {.node = {.verdict = 1}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "status", "--lang", "da");
    CU_ASSERT(cli_says(ran->out, "Der er ingen nye beskeder."));
    ran_end(ran);
    ran_set(&scene.place, "LC_ALL", "da_DK.UTF-8");
    ran = RAN(&scene.place, "status");
    CU_ASSERT(cli_says(ran->out, "Der er ingen nye beskeder."));
    ran_end(ran);
    ran_set(&scene.place, "TOV_LANG", "en");
    ran = RAN(&scene.place, "status");
    CU_ASSERT(cli_says(ran->out, "There are no new messages."));
    ran_end(ran);
    cli_scene_end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(texts_fit_80_columns_in_danish),
        UNIT_TEST(texts_fit_80_columns_in_english),
        UNIT_TEST(why_a_message_cannot_be_used_is_told_in_whole_and_fits),
        UNIT_TEST(what_another_agency_wrote_cannot_move_the_cursor),
        UNIT_TEST(what_another_agency_calls_a_message_cannot_move_the_cursor),
        UNIT_TEST(danish_comes_from_lang_from_the_locale_or_from_the_environment),
    };
    return unit_run("tov: what people see", tests, sizeof tests / sizeof tests[0]);
}

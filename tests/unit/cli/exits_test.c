/* SPDX-License-Identifier: EUPL-1.2
 *
 * Exit codes, as docs/cli.md lists them, and that --json gives one value whatever happens.
 */
#include "cli_scene.h"

#include <string.h>
#include <sys/stat.h>

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define HEX "abababababababababababababababababababababababababababababababab"
#define LEDGER_KEY                                                   \
    "tov-key v1\npurpose ledger\nowner kk\nname infohus-demo/kk/1\n" \
    "public " HEX "\nsecret " HEX "\n"

/* ---- codes ---- */

static void a_day_without_news_is_0_and_with_news_3(void)
{
    struct cli_scene scene = {.node = {.unread = 0}};
    cli_scene_begin(&scene);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "status"), CLI_EXIT_DONE);
    front_lock(scene.front);
    scene.node.unread = 2;
    front_unlock(scene.front);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "status"), CLI_EXIT_PERSON);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "status", "--json"), CLI_EXIT_PERSON);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "inbox"), CLI_EXIT_DONE);
    cli_scene_end(&scene);
}

struct answer {
    enum tov_err error;
    int code;
};

static void what_the_node_answers_becomes_an_exit_code(void)
{
    static const struct answer answers[] = {
        {TOV_E_DENIED, CLI_EXIT_FAILED},     {TOV_E_NOT_FOUND, CLI_EXIT_FAILED},
        {TOV_E_ERASED, CLI_EXIT_FAILED},     {TOV_E_BUSY, CLI_EXIT_LATER},
        {TOV_E_UNAVAILABLE, CLI_EXIT_LATER}, {TOV_E_FULL, CLI_EXIT_LATER},
    };
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct cli_scene scene = {.node = {.error = answers[i].error}};
        cli_scene_begin(&scene);
        UNIT_EQUAL_INT(CLI_CODE(&scene, "show", "7"), answers[i].code);
        cli_scene_end(&scene);
    }
}

static void a_node_that_is_not_there_is_4(void)
{
    struct cli_scene scene = {.node = {.silent = false}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_NODE", "ipc:///tmp/there-is-no-tov-node-here");
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_UNREACHABLE);
    CU_ASSERT(cli_says(ran->err, "does not answer"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_key_file_that_is_not_there_or_that_others_may_read_is_1(void)
{
    struct cli_scene scene = {.node = {.silent = false}};
    cli_scene_begin(&scene);
    ran_write(&scene.place, "open.key", "no key\n");
    ran_set(&scene.place, "TOV_KEY", "nowhere.key");
    UNIT_EQUAL_INT(CLI_CODE(&scene, "status"), CLI_EXIT_FAILED);
    ran_set(&scene.place, "TOV_KEY", "open.key");
    UNIT_EQUAL_INT(CLI_CODE(&scene, "status"), CLI_EXIT_FAILED);
    cli_scene_end(&scene);
}

/* What libtov and the node say in English is said in Danish where people meet it. */
static void a_failure_is_told_in_the_language_of_the_user(void)
{
    struct cli_scene scene = {.node = {.error = TOV_E_UNAVAILABLE}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "show", "7");
    CU_ASSERT(cli_says(ran->err, "`tov status` siger hvorfor"));
    CU_ASSERT(!cli_says(ran->err, "("));
    ran_end(ran);
    ran = RAN(&scene.place, "send", "--from-json", "no-such.json");
    CU_ASSERT(cli_says(ran->err, "tov: no-such.json: "));
    CU_ASSERT(!cli_says(ran->err, "("));
    ran_end(ran);
    ran_write(&scene.place, "message.json", "{nonsense\n");
    ran = RAN(&scene.place, "send", "--from-json", "message.json");
    UNIT_EQUAL_TEXT(ran->err, "tov: message.json: kan ikke læses som JSON (linje 1, tegn 9)\n");
    ran_end(ran);
    ran_write(&scene.place, "open.key", "no key\n");
    ran_set(&scene.place, "TOV_KEY", "open.key");
    ran = RAN(&scene.place, "status");
    CU_ASSERT(
        cli_says(ran->err, "andre end ejeren kan bruge den (rettigheder 0644); giv den chmod"));
    ran_end(ran);
    cli_scene_end(&scene);
}

/* Of a file that is not what it is given as. */
static void a_wrong_file_is_told_in_the_language_of_the_user(void)
{
    static const struct {
        const char *option, *text, *danish;
    } cases[] = {
        {"--key", "front 00\n", "(wrong: er ikke en nøglefil: den begynder med \"front\""},
        {"--key", LEDGER_KEY,
         "(wrong: en nøgle til ledger, men her skal bruges en nøgle til client"},
        {"--server-key", "no key\n", "(wrong: er ikke en front.pub; tov-keys skriver den"},
        {"--server-key", HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED,
         "(wrong: filen fylder 600 byte, og der læses højst 512)"},
    };
    struct cli_scene scene = {.node = {.unread = 0}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[256];
        ran_write(&scene.place, "wrong", cases[i].text);
        (void)snprintf(path, sizeof path, "%s/wrong", scene.place.folder);
        UNIT_NEED(chmod(path, 0600) == 0);
        struct ran *ran = RAN(&scene.place, "status", cases[i].option, "wrong");
        UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
        CU_ASSERT(cli_says(ran->err, cases[i].danish));
        ran_end(ran);
    }
    struct ran *ran = RAN(&scene.place, "export", "no-such/folder");
    CU_ASSERT(cli_says(ran->err, "(mappen til udtrækket kan ikke oprettes: "));
    ran_end(ran);
    ran = RAN(&scene.place, "send", "msg.note", "--attach", ".", "--yes");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    UNIT_EQUAL_TEXT(ran->err, "tov: . er ikke en almindelig fil.\n"); /* no draft is kept of it */
    ran_end(ran);
    cli_scene_end(&scene);
}

/* The node's disk, or that of the file which was to be written: the line below says which. */
static void a_full_disk_is_the_nodes_only_where_the_node_says_so(void)
{
    static const struct {
        const char *text, *told;
    } cases[] = {
        {"the node's disk is full; keep the files and call the operator",
         "tov: Der er ikke mere plads på disken.\n     (nodens disk er fuld; "},
        {"the attachment cannot be written: No space left on device",
         "tov: Der er ikke mere plads på disken.\n     (bilaget kan ikke skrives: "},
        {"export: a file cannot be written: No space left on device",
         "tov: Der er ikke mere plads på disken.\n     (en fil i udtrækket kan ikke skrives: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cli_scene scene = {.node = {.error = TOV_E_FULL, .error_text = cases[i].text}};
        cli_scene_begin(&scene);
        ran_set(&scene.place, "TOV_LANG", "da");
        struct ran *ran = RAN(&scene.place, "show", "7");
        UNIT_EQUAL_INT(ran->code, CLI_EXIT_LATER);
        CU_ASSERT(cli_says(ran->err, cases[i].told));
        ran_end(ran);
        cli_scene_end(&scene);
    }
}

/* The bracket behind the sentence for a code: in Danish, or marked as what it is. */
static void what_a_node_says_is_danish_or_said_to_be_english(void)
{
    static const struct {
        const char *text, *danish;
    } cases[] = {
        {"the attachment is still on its way from the sender",
         "(bilaget er stadig på vej fra afsenderen)"},
        {"the message's text is longer than 49152 bytes: send the long text as an attachment",
         "49152"},
        {"your key has 4 uploads open already", "(din nøgle har allerede 4 åbne uploads)"},
        {"a sentence of a later version", "(på engelsk: a sentence of a later version)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cli_scene scene = {.node = {.error = TOV_E_BUSY, .error_text = cases[i].text}};
        cli_scene_begin(&scene);
        ran_set(&scene.place, "TOV_LANG", "da");
        struct ran *ran = RAN(&scene.place, "show", "7");
        CU_ASSERT(cli_says(ran->err, cases[i].danish));
        CU_ASSERT(i == 3 || !cli_says(ran->err, "på engelsk"));
        ran_end(ran);
        ran_set(&scene.place, "TOV_LANG", "en");
        ran = RAN(&scene.place, "show", "7");
        CU_ASSERT(!cli_says(ran->err, "in English"));
        ran_end(ran);
        cli_scene_end(&scene);
    }
}

static void waiting_in_vain_is_5(void)
{
    struct cli_scene scene = {.node = {.verdict = 0}};
    cli_scene_begin(&scene);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "wait", "5", "received", "--timeout", "0"), CLI_EXIT_TIMEOUT);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "watch", "--for", "0", "--count", "1"), CLI_EXIT_TIMEOUT);
    cli_scene_end(&scene);
}

/* ---- one JSON value ---- */

struct command {
    const char *arguments[12];
    const char *field; /* of the value */
};

static const struct command commands[] = {
    {{"status"}, "peers"},
    {{"inbox"}, "messages"},
    {{"outbox"}, "messages"},
    {{"list"}, "messages"},
    {{"cases"}, "affairs"},
    {{"case", "5"}, "expected"},
    {{"due"}, "due"},
    {{"show", "7"}, "content"},
    {{"read", "7"}, "acknowledgement"},
    {{"attachment", "get", "7", "2", "--out", "a.pdf"}, "bytes"},
    {{"trace", "5", "--proof", "proof", "--leaf", "leaf"}, "evidence"},
    {{"types"}, "types"},
    {{"types", "msg.note"}, "type"},
    {{"units"}, "units"},
    {{"wait", "5", "signed"}, "reached"},
    {{"send", "msg.note", "--to", "kbh-pol/dks", "--about", "7", "--set", "kind=telefon", "--set",
      "free_text=Vi ringer."},
     "sent"},
    {{"send", "msg.note", "--check", "--to", "kbh-pol/dks", "--set", "kind=telefon", "--set",
      "free_text=Vi ringer."},
     "check"},
    {{"reply", "7", "msg.note", "--set", "kind=telefon", "--set", "free_text=Vi ringer."}, "sent"},
    {{"retract", "5", "--set", "reason=forkert_modtager"}, "sent"},
    {{"drafts"}, "drafts"},
    {{"export", "ledger"}, "files"},
    {{"watch", "--after", "0", "--once"}, "event"},
};
#define COMMANDS (sizeof commands / sizeof commands[0])

static struct ran *run_json(const struct cli_scene *scene, const struct command *command)
{
    const char *arguments[14] = {"--json"};
    for (size_t i = 0; command->arguments[i] != NULL; i++)
        arguments[i + 1] = command->arguments[i];
    return ran_tov(&scene->place, arguments);
}

static void every_command_gives_one_value(void)
{
    struct cli_scene scene = {.node = {.verdict = 1,
                                       .name = "Plan.pdf",
                                       .data = "%PDF-1.4",
                                       .has_case = true,
                                       .in_time = true}};
    cli_scene_begin(&scene);
    for (size_t i = 0; i < COMMANDS; i++) {
        struct ran *ran = run_json(&scene, &commands[i]);
        json_t *value = ran_json(ran);
        if (json_object_get(value, commands[i].field) == NULL)
            printf("\n%s: no %s in %s%s", commands[i].arguments[0], commands[i].field, ran->out,
                   ran->err);
        CU_ASSERT(json_object_get(value, commands[i].field) != NULL);
        CU_ASSERT(json_object_get(value, "error") == NULL);
        UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
        UNIT_EQUAL_TEXT(ran->err, "");
        json_decref(value);
        ran_end(ran);
    }
    cli_scene_end(&scene);
}

/* The value of a run that failed: its code, its name, its exit code, words. */
static void expect_error(const struct ran *ran)
{
    json_t *value = ran_json(ran);
    json_t *error = json_object_get(value, "error");
    CU_ASSERT(json_integer_value(json_object_get(error, "code")) > 0);
    CU_ASSERT(json_string_length(json_object_get(error, "name")) > 0);
    CU_ASSERT(json_string_length(json_object_get(error, "text")) > 0);
    CU_ASSERT(json_is_array(json_object_get(error, "findings")));
    UNIT_EQUAL_INT(json_integer_value(json_object_get(error, "exit")), ran->code);
    CU_ASSERT(ran->code != CLI_EXIT_DONE);
    json_decref(value);
}

static void every_command_gives_one_value_when_it_fails(void)
{
    struct cli_scene scene = {.node = {.error = TOV_E_DENIED, .verdict = 1}};
    cli_scene_begin(&scene);
    for (size_t i = 0; i < COMMANDS; i++) {
        const char *first = commands[i].arguments[0];
        if (strcmp(first, "types") == 0 || strcmp(first, "drafts") == 0)
            continue; /* they ask no node */
        struct ran *ran = run_json(&scene, &commands[i]);
        expect_error(ran);
        ran_end(ran);
    }
    cli_scene_end(&scene);
}

static void wrong_use_is_a_value_too(void)
{
    static const struct command wrongs[] = {
        {{"sned"}, ""},
        {{"inbox", "--nope"}, ""},
        {{"status", "--profile", "krfo"}, ""},
        {{"send", "no.such.type"}, ""},
        {{"drafts", "send", "no-such-draft"}, ""},
        {{"watch", "--once"}, ""},
    };
    struct cli_scene scene = {.node = {.verdict = 1}};
    cli_scene_begin(&scene);
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        struct ran *ran = run_json(&scene, &wrongs[i]);
        expect_error(ran);
        ran_end(ran);
    }
    cli_scene_end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_day_without_news_is_0_and_with_news_3),
        UNIT_TEST(what_the_node_answers_becomes_an_exit_code),
        UNIT_TEST(a_node_that_is_not_there_is_4),
        UNIT_TEST(a_key_file_that_is_not_there_or_that_others_may_read_is_1),
        UNIT_TEST(a_failure_is_told_in_the_language_of_the_user),
        UNIT_TEST(a_wrong_file_is_told_in_the_language_of_the_user),
        UNIT_TEST(a_full_disk_is_the_nodes_only_where_the_node_says_so),
        UNIT_TEST(what_a_node_says_is_danish_or_said_to_be_english),
        UNIT_TEST(waiting_in_vain_is_5),
        UNIT_TEST(every_command_gives_one_value),
        UNIT_TEST(every_command_gives_one_value_when_it_fails),
        UNIT_TEST(wrong_use_is_a_value_too),
    };
    return unit_run("tov: exit codes and JSON", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov give-again`: whether a recipient that could read a message, and has lost its keys in a
 * restore, is given them again. A person's decision, with a reason that stands in the access log.
 */
#include <tov/send.h>

#include "cli/command.h"
#include "cli/find.h"
#include "cli/language.h"
#include "telling/text.h"

#define LINE_SIZE 512

static void put_text(struct cli *cli, const struct tov_give_again_result *result)
{
    char line[LINE_SIZE];
    (void)snprintf(
        line, sizeof line,
        result->again == TOV_AGAIN_GRANTED
            ? _("No. %llu: %s is given the keys again. It stands in the access log, and they "
                "go by themselves.")
            : _("No. %llu: %s is not given the keys again. It stands in the access log."),
        (unsigned long long)result->number, result->agency_name);
    text_put_wrapped(&cli->page, line, &(struct text_frame){0, 0, cli->columns});
}

static json_t *result_json(const struct tov_give_again_result *result)
{
    return json_pack("{s:I, s:s, s:s, s:b}", "number", (json_int_t)result->number, "agency_name",
                     result->agency_name, "again", tov_again_text(result->again), "repeated",
                     result->repeated);
}

static enum tov_err decide(struct cli *cli, const struct cli_arguments *arguments,
                           const char *message, struct tov_give_again_result *out_result)
{
    struct tov_client *client = NULL;
    struct tov_give_again_options options = TOV_GIVE_AGAIN_OPTIONS_INIT;
    options.agency = command_get(arguments, "agency");
    options.reason = command_get(arguments, "reason");
    options.refuse = command_has(arguments, "refuse");
    TOV_TRY(cli_connect(cli, &client));
    TOV_TRY(find_number(cli, message, &options.number));
    return find_explain(cli, tov_give_again(client, &options, out_result, &cli->error), message);
}

/* One after the other: what was said stays said when a later one cannot be. */
static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    const char *reason = command_get(arguments, "reason");
    json_t *all = NULL;
    enum tov_err err = TOV_OK;
    if (reason == NULL || reason[0] == '\0')
        return cli_fail(cli, TOV_E_ARGUMENT, "%s",
                        _("Say why, with --reason: it stands in the access log."));
    all = json_array();
    for (unsigned i = 0; err == TOV_OK && i < arguments->word_count; i++) {
        struct tov_give_again_result result;
        err = decide(cli, arguments, arguments->words[i], &result);
        if (err == TOV_OK && cli->json)
            (void)json_array_append_new(all, result_json(&result));
        else if (err == TOV_OK)
            put_text(cli, &result);
    }
    if (err == TOV_OK && cli->json)
        cli_result(cli, json_pack("{s:O}", "given_again", all));
    json_decref(all);
    return err;
}

static const struct cli_option options[] = {
    {"agency", N_("NAME"), N_("which recipient; needed when several have lost the keys"), false},
    {"reason", N_("TEXT"), N_("why it is given them, or not; it stands in the access log"), false},
    {"refuse", NULL, N_("it is not given them, and is asked about no more"), false},
    {NULL, NULL, NULL, false}};
const struct cli_command command_give_again = {
    "give-again",
    N_("NUMBER..."),
    1,
    COMMAND_WORDS_MAX,
    N_("a recipient that lost a message's keys in a restore is given them again, or not"),
    options,
    run};

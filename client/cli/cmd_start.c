/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov start-anyway`: one of two persons says that a node which waits for a majority of its keepers
 * shall start without it.
 */
#include <string.h>

#include "cli/command.h"
#include "cli/language.h"
#include "telling/text.h"
#include "cli/words.h"

#define LINE_SIZE 256

static json_t *result_json(struct cli *cli, const struct tov_start_result *result)
{
    (void)cli;
    return json_pack("{s:I, s:I, s:o}", "persons", (json_int_t)result->persons, "needed",
                     (json_int_t)result->needed, "until", cli_json_time(result->until_ms));
}

static void put_text(struct cli *cli, const struct tov_start_result *result)
{
    char until[WORDS_TIME_SIZE], line[LINE_SIZE];
    words_time(result->until_ms, until);
    if (result->persons >= result->needed)
        (void)snprintf(
            line, sizeof line, "%s",
            _("Two persons have said so, and it stands in the access log: the node starts "
              "without a majority of its keepers."));
    else
        (void)snprintf(line, sizeof line,
                       _("It stands in the access log, and counts until %s. %u of %u persons have "
                         "said so: another one is needed, and one of the two must be an auditor "
                         "or the data protection officer."),
                       until, result->persons, result->needed);
    text_put_wrapped(&cli->page, line, &(struct text_frame){0, 0, cli->columns});
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    struct tov_client *client = NULL;
    struct tov_start_result result;
    const char *reason = command_get(arguments, "reason");
    if (reason == NULL || reason[0] == '\0')
        return cli_fail(cli, TOV_E_ARGUMENT, "%s",
                        _("Say why, with --reason: it stands in the access log."));
    TOV_TRY(cli_connect(cli, &client));
    TOV_TRY(tov_start_anyway(client, reason, &result, &cli->error));
    if (cli->json)
        cli_result(cli, result_json(cli, &result));
    else
        put_text(cli, &result);
    return TOV_OK;
}

static const struct cli_option options[] = {
    {"reason", N_("TEXT"), N_("why the keepers cannot be waited for; it stands in the access log"),
     false},
    {NULL, NULL, NULL, false}};
const struct cli_command command_start_anyway = {
    "start-anyway",
    NULL,
    0,
    0,
    N_("as one of two persons: the node starts without a majority of its keepers (auditors, data "
       "protection officers, administrators)"),
    options,
    run};

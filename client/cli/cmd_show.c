/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov show`: one message with its content. The node writes down who has looked, and why.
 */
#include "cli/command.h"
#include "cli/find.h"
#include "cli/language.h"
#include "cli/show.h"

static void put(struct cli *cli, const struct tov_message_view *view)
{
    if (cli->json) {
        cli_result(cli, cli_json_message(cli, view));
        return;
    }
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    show_message(cli, view);
    if (message_is_incoming(cli, view) && facts->reply_count == 0 && !facts->is_retracted)
        cli_say(cli, _("\nTake it into handling: tov read %llu · Answer: tov reply %llu\n"),
                (unsigned long long)facts->number, (unsigned long long)facts->number);
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    struct tov_client *client = NULL;
    struct tov_message_view *view = NULL;
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    options.reason = command_get(arguments, "reason");
    TOV_TRY(find_number(cli, arguments->words[0], &options.number));
    TOV_TRY(cli_connect(cli, &client));
    TOV_TRY(tov_message_get(client, &options, &view, &cli->error));
    put(cli, view);
    tov_message_view_destroy(view);
    return TOV_OK;
}

static const struct cli_option options[] = {
    {"reason", "TEXT", N_("why you look, when it is not your unit's casework"), false},
    {NULL, NULL, NULL, false}};
const struct cli_command command_show = {
    "show",  "NUMBER", 1, 1, N_("one message, with its content; that you have looked is recorded"),
    options, run};

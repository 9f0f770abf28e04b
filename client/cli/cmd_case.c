/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov case`: one affair, by the number of any of its messages. Headers only, so nothing of it is
 * an entry in the journal.
 */
#include "base/cleanup.h"
#include "cli/case_page.h"
#include "cli/command.h"
#include "cli/find.h"
#include "cli/language.h"

TOV_DEFINE_CLEANUP(case, struct tov_case, tov_case_destroy)

static enum tov_err explain(struct cli *cli, enum tov_err err, const char *number, const char *unit)
{
    enum tov_err explained = casework_explain(cli, err, unit);
    if (err != TOV_E_NOT_FOUND || cli->error_is_ours)
        return explained;
    return cli_fail(cli, err,
                    _("Message %.60s belongs to no case that your unit takes part in, or there is "
                      "no such message. Your cases: tov cases --all"),
                    number);
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    TOV_CLEANUP(case_cleanup) struct tov_case *one = NULL;
    struct case_page page = {.cli = cli};
    char *json = NULL;
    struct tov_case_options options = TOV_CASE_OPTIONS_INIT;
    TOV_TRY(casework_day_of(cli, arguments, &page.day));
    TOV_TRY(find_number(cli, arguments->words[0], &options.number));
    options.unit = command_get(arguments, "unit");
    options.at_ms = page.day.asked_ms;
    enum tov_err err = tov_case_get(cli->client, &options, &one, &cli->error);
    if (err != TOV_OK)
        return explain(cli, err, arguments->words[0], options.unit);
    if (!cli->json) {
        page.one = one;
        case_page_put(&page);
        return TOV_OK;
    }
    TOV_TRY(tov_case_to_json(one, &json, &cli->error));
    cli_result(cli, cli_json_of(json));
    tov_free(json);
    return TOV_OK;
}

static const struct cli_option options[] = {
    {"unit", N_("UNIT"), N_("as this unit of yours sees it, as kk/vink"), false},
    {"at", N_("DATE"), N_("as it was at the end of that day, as 28-06-2021"), false},
    {NULL, NULL, NULL, false},
};
const struct cli_command command_case = {
    "case",
    N_("NUMBER"),
    1,
    1,
    N_("one case: state, deadlines, what happened, what can be sent now"),
    options,
    run};

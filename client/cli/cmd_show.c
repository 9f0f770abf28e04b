/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov show`: one message with its content. The node writes down who has looked, and why.
 */
#include <string.h>

#include "cli/command.h"
#include "cli/find.h"
#include "cli/keyslost.h"
#include "cli/language.h"
#include "cli/show.h"

/* What there is to do with a message that came. */
static void put_next(struct cli *cli, const struct tov_message_view *view)
{
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    const struct tov_catalogue_type *type = tov_catalogue_find(tov_message_view_type(view));
    unsigned long long number = (unsigned long long)facts->number;
    bool is_acknowledgement = message_is_acknowledgement(view);
    const char *answer = type == NULL ? NULL : tov_catalogue_type_answer(type, 0);
    bool takes_answer = answer != NULL && strcmp(answer, "ack.read") != 0;
    if (is_acknowledgement || (facts->is_taken && (facts->is_answered || !takes_answer)))
        return;
    cli_say(cli, "\n");
    if (!facts->is_taken)
        cli_say(cli, _("Take it into handling: tov read %llu\n"), number);
    if (!facts->is_answered && takes_answer)
        cli_say(cli, _("Answer it: tov reply %llu\n"), number);
}

static void put(struct cli *cli, const struct tov_message_view *view)
{
    if (cli->json) {
        cli_result(cli, cli_json_message(cli, view));
        return;
    }
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    show_message(cli, view);
    if (message_is_incoming(cli, view) && !show_lacks_content(view) && !facts->is_retracted &&
        !facts->is_void)
        put_next(cli, view);
}

/* One that lacks its keys has no number, and nothing to fetch: what there is to say of it stands in
 * the list. */
static enum tov_err show_keys_lost(struct cli *cli, const char *text, bool *out_shown)
{
    struct tov_listing *listing = NULL;
    const struct tov_message_view *view = NULL;
    if (!find_is_reference(text))
        return TOV_OK;
    TOV_TRY(find_any(cli, text, &listing, &view));
    *out_shown = tov_message_view_facts(view)->is_keys_lost;
    if (*out_shown && cli->json)
        cli_result(cli, cli_json_message(cli, view));
    else if (*out_shown)
        keyslost_show(cli, view);
    tov_listing_destroy(listing);
    return TOV_OK;
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    struct tov_client *client = NULL;
    struct tov_message_view *view = NULL;
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    bool is_shown = false;
    options.reason = command_get(arguments, "reason");
    TOV_TRY(show_keys_lost(cli, arguments->words[0], &is_shown));
    if (is_shown)
        return TOV_OK;
    TOV_TRY(find_number(cli, arguments->words[0], &options.number));
    TOV_TRY(cli_connect(cli, &client));
    enum tov_err err = tov_message_get(client, &options, &view, &cli->error);
    if (err != TOV_OK)
        return find_explain(cli, err, arguments->words[0]);
    put(cli, view);
    tov_message_view_destroy(view);
    return TOV_OK;
}

static const struct cli_option options[] = {
    {"reason", N_("TEXT"), N_("why you look; it stands in the access log"), false},
    {NULL, NULL, NULL, false}};
const struct cli_command command_show = {
    "show",
    N_("NUMBER"),
    1,
    1,
    N_("one message, with its content; the access log says that you looked"),
    options,
    run};

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Other messages that a message names: those that it cites, and the one about the same event.
 */
#include "cli/compose.h"

#include "cli/find.h"

typedef enum tov_err (*naming)(struct tov_message_draft *draft, const struct tov_message_view *view,
                               struct tov_error *error);

static enum tov_err name_message(struct cli *cli, struct tov_message_draft *message,
                                 const char *number, naming name)
{
    struct tov_listing *listing = NULL;
    const struct tov_message_view *view = NULL;
    TOV_TRY(find_message(cli, number, &listing, &view));
    enum tov_err err = name(message, view, &cli->error);
    tov_listing_destroy(listing);
    return err;
}

enum tov_err compose_cites(struct cli *cli, const struct cli_arguments *arguments,
                           struct tov_message_draft *message)
{
    const char *number = NULL;
    const char *event = command_get(arguments, "same-event");
    if (command_has(arguments, "cites"))
        TOV_TRY(tov_message_draft_set(message, "header.cites", NULL, &cli->error));
    for (unsigned i = 0; (number = command_get_at(arguments, "cites", i)) != NULL; i++)
        TOV_TRY(name_message(cli, message, number, tov_message_draft_cite));
    return event == NULL ? TOV_OK : name_message(cli, message, event, tov_message_draft_set_event);
}

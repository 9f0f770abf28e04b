/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/compose_ask.h"

#include <string.h>

#include "case/catalogue.h"
#include "cli/ask.h"
#include "cli/compose.h"
#include "cli/language.h"

#define LINE_SIZE 512

/* Units between blanks or commas. */
static enum tov_err take_units(struct cli *cli, struct tov_message_draft *message, char *line)
{
    char *rest = NULL;
    for (char *unit = strtok_r(line, " ,\t", &rest); unit != NULL;
         unit = strtok_r(NULL, " ,\t", &rest))
        TOV_TRY(compose_recipient(cli, message, unit, TOV_SEES_ALL));
    return TOV_OK;
}

static bool needs_about(const struct tov_message_draft *message)
{
    const struct tov_message_type *type =
        tov_message_type_find(tov_bytes_of_text(tov_message_draft_type(message)));
    return type != NULL && (type->about_needs | type->about_may) != 0 &&
           (type->asks & TOV_MAY_ABOUT_NOTHING) == 0 &&
           tov_message_draft_count(message, "header.about") == 0;
}

enum tov_err compose_ask(struct cli *cli, struct tov_message_draft *message)
{
    char line[LINE_SIZE];
    if (tov_message_draft_count(message, "header.recipients") == 0 &&
        ask_line(cli, _("To which units? (as kk/vink, several with commas)"), line, sizeof line))
        TOV_TRY(take_units(cli, message, line));
    if (needs_about(message) &&
        ask_line(cli,
                 _("What is it about? (the number of a message about the same; or concern, case, "
                   "course, request, psych, episode for a new one)"),
                 line, sizeof line))
        TOV_TRY(compose_about_words(cli, message, line));
    return TOV_OK;
}

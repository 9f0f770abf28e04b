/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov send TYPE`: from fields, from JSON, or by the form in the editor.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/command.h"
#include "cli/compose.h"
#include "cli/file.h"
#include "cli/language.h"
#include "cli/retell.h"
#include "cli/sending.h"

#define JSON_MAX_BYTES 262144u

static enum tov_err create_empty(struct cli *cli, const char *type, struct kept_draft *draft)
{
    enum tov_err err = tov_message_draft_create(type, &draft->message, &cli->error);
    if (err == TOV_E_NOT_FOUND)
        return cli_fail(cli, TOV_E_NOT_FOUND,
                        _("There is no type \"%.60s\". tov types lists them."), type);
    return err;
}

/* The type stands in the JSON; where it is named too, it must be that one. */
static enum tov_err create_from_json(struct cli *cli, const char *path, const char *type,
                                     struct kept_draft *draft)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(JSON_MAX_BYTES + 1);
    TOV_TRY(cli_own(cli, file_read(path, &text, &cli->error)));
    tov_buf_put_u8(&text, 0);
    if (text.failed != TOV_OK)
        return cli_fail(cli, text.failed, _("%.160s: the JSON is longer than 256 KiB."), path);
    enum tov_err err =
        tov_message_draft_from_json((const char *)text.data, &draft->message, &cli->error);
    if (err == TOV_E_MALFORMED) {
        char why[sizeof cli->error.text];
        if (!retell(cli->error.text, why, sizeof why))
            (void)snprintf(why, sizeof why, "%s", cli->error.text);
        return cli_fail(cli, err, "%.160s: %.300s", path, why);
    }
    TOV_TRY(err);
    if (type != NULL && strcmp(type, tov_message_draft_type(draft->message)) != 0)
        return cli_fail(cli, TOV_E_ARGUMENT, _("The JSON is a %s, not a %.60s."),
                        tov_message_draft_type(draft->message), type);
    return TOV_OK;
}

static enum tov_err create(struct cli *cli, const struct cli_arguments *arguments,
                           struct kept_draft *draft)
{
    const char *json = command_get(arguments, "from-json");
    const char *type = arguments->word_count == 0 ? NULL : arguments->words[0];
    if (json != NULL)
        return create_from_json(cli, json, type, draft);
    if (type == NULL)
        return cli_fail(cli, TOV_E_ARGUMENT, _("What is to be sent? tov types lists the types."));
    return create_empty(cli, type, draft);
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    TOV_CLEANUP(kept_draft_fini) struct kept_draft draft = {.state = DRAFT_WRITING};
    TOV_TRY(create(cli, arguments, &draft));
    TOV_TRY(compose_apply(cli, arguments, &draft));
    if (command_has(arguments, "idempotency-key"))
        TOV_TRY(draftfile_adopt(cli, &draft));
    struct sending how = {.edits = sending_wants_form(cli, arguments),
                          .is_fresh = draft.name[0] == '\0'};
    return sending_run(cli, arguments, &draft, &how);
}

static const struct cli_option options[] = {
    COMPOSE_OPTIONS,
    {"from-json", N_("FILE"), N_("the whole message as JSON; - is standard input"), false},
    COMPOSE_KEY_OPTION,
    COMPOSE_END};
const struct cli_command command_send = {
    "send",  N_("TYPE"), 0, 1, N_("a new message; without fields the form opens in your editor"),
    options, run};

/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov drafts`, `tov drafts show|edit|send|remove NAME`: messages that are not sent yet.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/time.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/compose.h"
#include "cli/draftfile.h"
#include "cli/language.h"
#include "cli/sending.h"
#include "cli/table.h"
#include "cli/words.h"

/* ---- list ---- */

static const char *type_name(const struct cli *cli, const struct kept_draft *draft)
{
    return tov_catalogue_type_name(tov_catalogue_find(tov_message_draft_type(draft->message)),
                                   cli->words);
}

static void put_row(struct cli *cli, struct table *table, const char *name)
{
    TOV_CLEANUP(kept_draft_fini) struct kept_draft draft = {.name = ""};
    char time[WORDS_TIME_SIZE];
    if (draftfile_load(cli, name, &draft) != TOV_OK) {
        table_add(table, (const char *[]){name, "-", "-", _("cannot be read")}, true);
        return;
    }
    words_time(draft.saved_ms, time);
    table_add(table,
              (const char *[]){name, time, type_name(cli, &draft), draft_state_name(draft.state)},
              draft.state == DRAFT_UNKNOWN);
}

static void put_text(struct cli *cli, const json_t *names)
{
    struct table table;
    if (json_array_size(names) == 0) {
        cli_say(cli, "%s\n", _("There are no drafts."));
        return;
    }
    table_init(&table, cli, 4, 2);
    table_add(&table, (const char *[]){_("Draft"), _("Kept"), _("Message"), _("State")}, false);
    for (size_t i = 0; i < json_array_size(names); i++)
        put_row(cli, &table, json_string_value(json_array_get(names, i)));
    table_put(&table);
    cli_say(cli, "\n%s\n",
            _("Go on: tov drafts edit NAME, tov drafts send NAME, tov drafts remove NAME"));
}

static json_t *draft_json(struct cli *cli, const char *name)
{
    TOV_CLEANUP(kept_draft_fini) struct kept_draft draft = {.name = ""};
    char time[TOV_TIME_TEXT_SIZE];
    if (draftfile_load(cli, name, &draft) != TOV_OK)
        return json_pack("{s:s, s:s}", "name", name, "state", "unreadable");
    tov_time_format(draft.saved_ms, time);
    return json_pack("{s:s, s:s, s:s, s:s}", "name", name, "state", draft_state_id(draft.state),
                     "type", tov_message_draft_type(draft.message), "saved_at", time);
}

static enum tov_err run_list(struct cli *cli, const struct cli_arguments *arguments)
{
    (void)arguments;
    json_t *names = NULL;
    TOV_TRY(draftfile_names(cli, &names));
    if (cli->json) {
        json_t *list = json_array();
        for (size_t i = 0; i < json_array_size(names); i++)
            (void)json_array_append_new(
                list, draft_json(cli, json_string_value(json_array_get(names, i))));
        cli_result(cli, json_pack("{s:o}", "drafts", list));
    } else {
        put_text(cli, names);
    }
    json_decref(names);
    return TOV_OK;
}

/* ---- one ---- */

static enum tov_err run_show(struct cli *cli, const struct cli_arguments *arguments)
{
    TOV_CLEANUP(kept_draft_fini) struct kept_draft draft = {.name = ""};
    char *text = NULL;
    TOV_TRY(draftfile_load(cli, arguments->words[0], &draft));
    if (cli->json) {
        json_t *value = draft_json(cli, draft.name);
        TOV_TRY(tov_message_draft_to_json(draft.message, &text, &cli->error));
        (void)json_object_set_new(value, "message", cli_json_of(text));
        (void)json_object_set(value, "attachments", draft.attachments);
        cli_result(cli, json_pack("{s:o}", "draft", value));
    } else {
        TOV_TRY(tov_message_draft_to_form(draft.message, cli->words, &text, &cli->error));
        cli_say(cli, "%s", text);
    }
    tov_free(text);
    return TOV_OK;
}

static enum tov_err run_edit(struct cli *cli, const struct cli_arguments *arguments)
{
    TOV_CLEANUP(kept_draft_fini) struct kept_draft draft = {.name = ""};
    TOV_TRY(draftfile_load(cli, arguments->words[0], &draft));
    (void)memcpy(cli->draft, draft.name, sizeof draft.name);
    if (draft.state == DRAFT_UNKNOWN) {
        cli->outcome_is_unknown = true;
        return cli_fail(cli, TOV_E_UNAVAILABLE,
                        _("It is not known whether this draft was sent, so it must stay as it is "
                          "until the node has answered."));
    }
    struct sending how = {.edits = command_has(arguments, "edit") ||
                                   (ask_is_possible(cli) && !compose_has_options(arguments)),
                          .only_keeps = true};
    if (draft.has_text && (!how.edits || compose_has_fields(arguments)))
        return cli_fail(cli, TOV_E_ARGUMENT,
                        _("The form of this draft has faults. Mend them in the editor first."));
    TOV_TRY(compose_apply(cli, arguments, &draft));
    return sending_run(cli, arguments, &draft, &how);
}

static enum tov_err run_send(struct cli *cli, const struct cli_arguments *arguments)
{
    TOV_CLEANUP(kept_draft_fini) struct kept_draft draft = {.name = ""};
    TOV_TRY(draftfile_load(cli, arguments->words[0], &draft));
    (void)memcpy(cli->draft, draft.name, sizeof draft.name);
    if (draft.has_text)
        return cli_fail(cli, TOV_E_SCHEMA,
                        _("The form of this draft has faults. Mend them in the editor first."));
    return sending_run(cli, arguments, &draft, &(struct sending){.edits = false});
}

static enum tov_err run_remove(struct cli *cli, const struct cli_arguments *arguments)
{
    TOV_CLEANUP(kept_draft_fini) struct kept_draft draft = {.name = ""};
    enum tov_err err = draftfile_load(cli, arguments->words[0], &draft);
    if (err == TOV_E_NOT_FOUND)
        return err;
    if (!command_has(arguments, "yes") && ask_is_possible(cli) &&
        ask_yes(cli, _("Remove the draft for good? (y = yes)")) != ASK_YES) {
        cli_say(cli, "%s\n", _("It was not removed."));
        return TOV_OK;
    }
    /* one that cannot be read is removed by its name, which was judged */
    (void)snprintf(draft.name, sizeof draft.name, "%s", arguments->words[0]);
    TOV_TRY(draftfile_remove(cli, &draft));
    if (cli->json)
        cli_result(cli, json_pack("{s:s}", "removed", draft.name));
    else
        cli_say(cli, _("The draft %s is removed.\n"), draft.name);
    return TOV_OK;
}

static const struct cli_option no_options[] = {COMPOSE_END};
static const struct cli_option edit_options[] = {COMPOSE_OPTIONS, COMPOSE_END};
static const struct cli_option yes_options[] = {{"yes", NULL, N_("without asking"), false},
                                                COMPOSE_END};
const struct cli_command command_drafts = {
    "drafts",   NULL,    0, 0, N_("messages that are written and not sent, or perhaps sent"),
    no_options, run_list};
const struct cli_command command_drafts_show = {"drafts show",           N_("NAME"), 1,       1,
                                                N_("what a draft says"), no_options, run_show};
const struct cli_command command_drafts_edit = {
    "drafts edit", N_("NAME"), 1, 1, N_("goes on with a draft; then asks whether to send"),
    edit_options,  run_edit};
const struct cli_command command_drafts_send = {
    "drafts send",
    N_("NAME"),
    1,
    1,
    N_("sends a draft; one that was perhaps sent is never sent twice"),
    yes_options,
    run_send};
const struct cli_command command_drafts_remove = {
    "drafts remove", N_("NAME"), 1, 1, N_("throws a draft away"), yes_options, run_remove};

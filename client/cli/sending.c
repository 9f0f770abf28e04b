/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/sending.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "cli/agency.h"
#include "cli/ask.h"
#include "cli/compose.h"
#include "cli/compose_ask.h"
#include "cli/editing.h"
#include "cli/findings.h"
#include "cli/language.h"
#include "cli/sending_tell.h"

struct run {
    struct cli *cli;
    const struct cli_arguments *arguments;
    struct kept_draft *draft;
    const struct sending *how;
    struct editing editing;
    bool wants_form; /* the next step is the editor */
    bool was_asked;  /* a person has seen the remarks and said yes */
};

bool sending_wants_form(const struct cli *cli, const struct cli_arguments *arguments)
{
    return command_has(arguments, "edit") ||
           (ask_is_possible(cli) && !compose_has_fields(arguments) &&
            !command_has(arguments, "check"));
}

static bool is_refusal(enum tov_err err)
{
    return err == TOV_E_RULE || err == TOV_E_SCHEMA;
}

/* ---- what becomes of the draft ---- */

static enum tov_err keep(struct run *run, enum draft_state state)
{
    bool stays_unknown = run->draft->state == DRAFT_UNKNOWN && state == DRAFT_UNSENT;
    run->draft->state = stays_unknown ? DRAFT_UNKNOWN : state;
    return draftfile_save(run->cli, run->draft);
}

/* Of a draft that is new, and to which nobody wrote a word, there is nothing to lose. */
static bool is_worth_keeping(const struct run *run)
{
    return !run->how->is_fresh || run->editing.has_changed || compose_has_options(run->arguments);
}

static enum tov_err keep_or_drop(struct run *run, enum draft_state state)
{
    return is_worth_keeping(run) ? keep(run, state) : draftfile_remove(run->cli, run->draft);
}

/* After ERR, which was told by CLI's error; keeps that error whatever happens here. */
static enum tov_err keep_failed(struct run *run, enum tov_err err, enum draft_state state)
{
    struct cli *cli = run->cli;
    struct tov_error error = cli->error;
    bool is_ours = cli->error_is_ours;
    cli->findings = findings_json(run->draft->message);
    if (command_has(run->arguments, "check"))
        return err;
    if (keep_or_drop(run, state) != TOV_OK)
        cli->draft[0] = '\0';
    cli->error = error;
    cli->error_is_ours = is_ours;
    return err;
}

static enum tov_err refuse(struct run *run, enum tov_err err)
{
    unsigned count = findings_refusals(run->draft->message);
    const char *type = tov_message_draft_type(run->draft->message);
    findings_print(run->cli, run->draft->message);
    if (count > 0 && command_has(run->arguments, "check"))
        (void)cli_fail(run->cli, err,
                       ngettext("It would not be accepted: %u thing must be mended. "
                                "The fields: tov types %s",
                                "It would not be accepted: %u things must be mended. "
                                "The fields: tov types %s",
                                count),
                       count, type);
    else if (count > 0)
        (void)cli_fail(run->cli, err,
                       ngettext("The message is not sent: %u thing must be mended. "
                                "The fields: tov types %s",
                                "The message is not sent: %u things must be mended. "
                                "The fields: tov types %s",
                                count),
                       count, type);
    return keep_failed(run, err, DRAFT_REFUSED);
}

/* ---- the form ---- */

static enum tov_err drop_unwritten(struct run *run)
{
    TOV_TRY(draftfile_remove(run->cli, run->draft));
    return cli_fail(run->cli, TOV_E_SCHEMA,
                    _("Nothing was written, so nothing was sent and nothing is kept."));
}

static enum tov_err edit(struct run *run, bool mends)
{
    run->wants_form = false;
    enum tov_err err = editing_run(&run->editing, mends);
    if (err != TOV_E_SCHEMA)
        return err;
    if (!is_worth_keeping(run))
        return drop_unwritten(run);
    return refuse(run, err);
}

/* ---- the node ---- */

static void name_sender(const struct tov_client *client, char out[DRAFT_SENDER_SIZE])
{
    const struct tov_identity *identity = tov_client_identity(client);
    (void)snprintf(out, DRAFT_SENDER_SIZE, "%s/%s/%s", identity->federation, identity->agency,
                   identity->client);
}

/* A key counts for one client only: another one would send the message a second time. */
static enum tov_err check_sender(struct run *run, const struct tov_client *client)
{
    char sender[DRAFT_SENDER_SIZE];
    name_sender(client, sender);
    if (run->draft->state != DRAFT_UNKNOWN || strcmp(run->draft->sender, sender) == 0)
        return TOV_OK;
    return cli_fail(run->cli, TOV_E_DENIED,
                    _("This draft was perhaps sent as %.80s already. Send it again as that one, "
                      "with --profile or --key."),
                    run->draft->sender);
}

static int show_progress(void *arg, uint32_t file, uint64_t done, uint64_t total)
{
    const struct cli *cli = arg;
    char line[96];
    unsigned percent = total == 0 ? 100 : (unsigned)(done * 100 / total);
    (void)snprintf(line, sizeof line, _("Attachment %u: %u%%"), file + 1, percent);
    cli_progress(cli, line);
    return 0;
}

static enum tov_err finish(struct run *run, const struct tov_submission *submission)
{
    struct cli *cli = run->cli;
    sending_tell_sent(cli, run->draft, submission);
    if (!run->was_asked)
        findings_print(cli, run->draft->message);
    (void)!draftfile_remove(cli, run->draft); /* what stays is sent again as the same message */
    cli->draft[0] = '\0';
    return TOV_OK;
}

/* A form takes a refusal up again; without one this is the end. */
static enum tov_err settle_refusal(struct run *run, enum tov_err err)
{
    run->draft->state = DRAFT_REFUSED;
    return run->how->edits ? err : refuse(run, err);
}

/* Nothing was sent by this attempt; of FORMER ones nothing new is known. */
static enum tov_err settle_failure(struct run *run, enum tov_err err, enum draft_state former)
{
    run->draft->state = former;
    return keep_failed(run, err, DRAFT_UNSENT);
}

/* ERR of libtov, which does not say whether its "not found" is a recipient: then that is told, and
 * what to do, in one sentence. */
static enum tov_err tell_recipient(struct run *run, enum tov_err err)
{
    struct cli *cli = run->cli;
    const struct tov_message_draft *message = run->draft->message;
    size_t count = tov_message_draft_count(message, "header.recipients");
    for (size_t i = 1; err == TOV_E_NOT_FOUND && !cli->error_is_ours && i <= count; i++) {
        char path[64], name[2 * TOV_NAME_MAX_BYTES + 2], number[AGENCY_NUMBER_SIZE];
        struct tov_error of_lib = cli->error;
        (void)snprintf(path, sizeof path, "header.recipients.%zu.unit", i);
        (void)snprintf(name, sizeof name, "%s", tov_message_draft_text(message, path));
        name[strcspn(name, "/")] = '\0';
        if (agency_number(cli, name, number) != TOV_E_NOT_FOUND)
            cli->error = of_lib;
    }
    return err;
}

static enum tov_err submit(struct run *run, struct tov_client *client)
{
    struct cli *cli = run->cli;
    struct kept_draft *draft = run->draft;
    enum draft_state former = draft->state;
    struct tov_submission *submission = NULL;
    struct tov_submit_options options = TOV_SUBMIT_OPTIONS_INIT;
    options.progress = show_progress;
    options.progress_arg = cli;
    name_sender(client, draft->sender);
    TOV_TRY(keep(run, DRAFT_UNKNOWN));
    enum tov_err err = tell_recipient(
        run, tov_client_submit(client, draft->message, &options, &submission, &cli->error));
    cli_progress(cli, "");
    if (err == TOV_OK)
        err = finish(run, submission);
    else if (is_refusal(err))
        err = settle_refusal(run, err);
    else if (err == TOV_E_TIMEOUT)
        cli->outcome_is_unknown = true;
    else
        err = settle_failure(run, err, former);
    tov_submission_destroy(submission);
    return err;
}

/* ---- the person ---- */

static bool may_ask(const struct run *run)
{
    return ask_is_possible(run->cli) && !command_has(run->arguments, "yes");
}

/* AGAIN: the form first. CLOSED: not now. */
static enum tov_err ask(struct run *run, struct tov_client *client)
{
    struct cli *cli = run->cli;
    TOV_TRY(tell_recipient(run, tov_client_check(client, run->draft->message, &cli->error)));
    sending_tell_plan(cli, run->draft);
    switch (ask_yes(cli, _("Send it? (y = yes, e = edit, else it is kept as a draft)"))) {
    case ASK_YES:
        run->was_asked = true;
        return TOV_OK;
    case ASK_EDIT:
        return TOV_E_AGAIN;
    case ASK_NO:
        break;
    }
    return TOV_E_CLOSED;
}

static enum tov_err connect(struct run *run, struct tov_client **out_client)
{
    if (tov_message_draft_count(run->draft->message, "header.recipients") == 0)
        return cli_fail(run->cli, TOV_E_ARGUMENT,
                        _("To whom? Add --to UNIT, for example --to kk/vink. tov units lists "
                          "them."));
    TOV_TRY(cli_connect(run->cli, out_client));
    TOV_TRY(check_sender(run, *out_client));
    TOV_TRY(compose_defaults(run->cli, run->draft->message));
    return compose_attach_files(run->cli, run->draft);
}

static enum tov_err check_only(struct run *run, struct tov_client *client)
{
    enum tov_err err =
        tell_recipient(run, tov_client_check(client, run->draft->message, &run->cli->error));
    if (is_refusal(err))
        return settle_refusal(run, err);
    if (err == TOV_OK)
        sending_tell_accepted(run->cli, run->draft);
    return err;
}

/* A refusal of a message with a form comes back to it; all else is settled here. */
static enum tov_err go_on(struct run *run)
{
    struct tov_client *client = NULL;
    enum tov_err err = connect(run, &client);
    if (err != TOV_OK)
        return keep_failed(run, err, DRAFT_UNSENT);
    if (command_has(run->arguments, "check"))
        return check_only(run, client);
    if (!may_ask(run) || run->draft->state == DRAFT_UNKNOWN)
        return submit(run, client);
    err = ask(run, client);
    if (err == TOV_OK)
        return submit(run, client);
    if (err == TOV_E_AGAIN)
        return err;
    if (err == TOV_E_CLOSED) {
        TOV_TRY(keep(run, run->draft->state));
        sending_tell_kept(run->cli, run->draft);
        return TOV_OK;
    }
    if (is_refusal(err))
        return settle_refusal(run, err);
    return keep_failed(run, err, DRAFT_UNSENT);
}

static enum tov_err go(struct run *run)
{
    struct cli *cli = run->cli;
    bool mends = false;
    for (;;) {
        if (run->wants_form)
            TOV_TRY(edit(run, mends));
        bool keeps = run->how->only_keeps && !ask_is_possible(cli) &&
                     !command_has(run->arguments, "yes") && !command_has(run->arguments, "check");
        if (keeps) {
            TOV_TRY(keep(run, DRAFT_WRITING));
            sending_tell_kept(cli, run->draft);
            return TOV_OK;
        }
        enum tov_err err = go_on(run);
        mends = is_refusal(err);
        if (err != TOV_E_AGAIN && !(mends && run->how->edits))
            return err;
        run->wants_form = true;
    }
}

enum tov_err sending_run(struct cli *cli, const struct cli_arguments *arguments,
                         struct kept_draft *draft, const struct sending *how)
{
    struct run run = {
        .cli = cli, .arguments = arguments, .draft = draft, .how = how, .wants_form = how->edits};
    if (how->edits && ask_is_possible(cli))
        TOV_TRY(compose_ask(cli, draft->message));
    editing_init(&run.editing, cli, draft);
    enum tov_err err = go(&run);
    editing_fini(&run.editing);
    return err;
}

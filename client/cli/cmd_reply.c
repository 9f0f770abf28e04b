/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov reply`, `tov amend`, `tov retract`: messages that point to another one. Nothing here reads
 * that one's content, so nothing of this is an entry in the journal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/answer.h"
#include "cli/command.h"
#include "cli/compose.h"
#include "cli/find.h"
#include "cli/language.h"
#include "cli/message.h"
#include "cli/sending.h"

static enum tov_err send_it(struct cli *cli, const struct cli_arguments *arguments,
                            struct kept_draft *draft)
{
    TOV_TRY(compose_apply(cli, arguments, draft));
    if (command_has(arguments, "idempotency-key"))
        TOV_TRY(draftfile_adopt(cli, draft));
    struct sending how = {.edits = sending_wants_form(cli, arguments),
                          .is_fresh = draft->name[0] == '\0'};
    return sending_run(cli, arguments, draft, &how);
}

/* ---- recipients ---- */

/* The NUMBERth recipient of VIEW, from 1, with the right and for the task that it had. */
static enum tov_err copy_recipient(struct cli *cli, const struct tov_message_view *view,
                                   size_t number, struct tov_message_draft *message)
{
    char unit[MESSAGE_NAME_SIZE], path[64];
    message_recipient(cli, view, number, unit);
    (void)snprintf(path, sizeof path, "header.recipients.%zu.right", number);
    bool is_all = strcmp(tov_message_view_text(view, path), "all") == 0;
    (void)snprintf(path, sizeof path, "header.recipients.%zu.need_reason", number);
    return tov_message_draft_add_recipient(message, unit, is_all ? TOV_SEES_ALL : TOV_SEES_HEADER,
                                           tov_message_view_text(view, path), &cli->error);
}

/* ---- reply ---- */

/* Recipients by their addresses, as people and drafts name them. */
static enum tov_err address_sender(struct cli *cli, const struct tov_message_view *view,
                                   struct tov_message_draft *message)
{
    char sender[MESSAGE_NAME_SIZE];
    message_sender(view, sender);
    if (strchr(sender, '/') == NULL)
        return TOV_OK;
    TOV_TRY(tov_message_draft_set(message, "header.recipients", NULL, &cli->error));
    return compose_recipient(cli, message, sender, TOV_SEES_ALL);
}

/* Whether UNIT ("kk/vink") is of AGENCY, or of the agency of another unit. */
static bool is_of(const char *unit, const char *agency)
{
    size_t size = strcspn(unit, "/");
    return strcspn(agency, "/") == size && strncmp(unit, agency, size) == 0;
}

/* A second signature, and the answer to an offer, are news for all that the first went to. */
static enum tov_err address_others(struct cli *cli, const struct tov_message_view *view,
                                   struct tov_message_draft *message)
{
    char sender[MESSAGE_NAME_SIZE];
    size_t count = tov_message_view_count(view, "header.recipients");
    message_sender(view, sender);
    for (size_t i = 1; i <= count; i++) {
        char unit[MESSAGE_NAME_SIZE];
        message_recipient(cli, view, i, unit);
        if (is_of(unit, sender) || is_of(unit, tov_client_identity(cli->client)->agency))
            continue;
        TOV_TRY(copy_recipient(cli, view, i, message));
    }
    return TOV_OK;
}

static enum tov_err begin_answer(struct cli *cli, const struct cli_arguments *arguments,
                                 const struct tov_message_view *view, struct kept_draft *draft)
{
    const char *type = arguments->word_count > 1 ? arguments->words[1] : NULL;
    struct answer answer;
    if (type != NULL && tov_catalogue_find(type) == NULL)
        return cli_fail(cli, TOV_E_NOT_FOUND,
                        _("There is no type \"%.60s\". tov types lists them."), type);
    TOV_TRY(answer_find(cli, view, type, &answer));
    TOV_TRY(tov_message_draft_answer(view, answer.type, &draft->message, &cli->error));
    if (answer.field[0] != '\0')
        TOV_TRY(compose_field(cli, draft->message, answer.field, answer.value));
    TOV_TRY(address_sender(cli, view, draft->message));
    return tov_message_draft_count(draft->message, "header.cites") == 0
               ? TOV_OK
               : address_others(cli, view, draft->message);
}

static enum tov_err run_reply(struct cli *cli, const struct cli_arguments *arguments)
{
    TOV_CLEANUP(kept_draft_fini) struct kept_draft draft = {.state = DRAFT_WRITING};
    struct tov_listing *listing = NULL;
    const struct tov_message_view *view = NULL;
    TOV_TRY(find_message(cli, arguments->words[0], &listing, &view));
    enum tov_err err = begin_answer(cli, arguments, view, &draft);
    tov_listing_destroy(listing);
    return err == TOV_OK ? send_it(cli, arguments, &draft) : err;
}

/* ---- amend, retract ---- */

/* The node sends nothing to it any more (api/submit.c). It is not left out unsaid: who took over
 * its duties may have to get this, and which unit that is a person knows. */
static enum tov_err refuse_closed(struct cli *cli, const struct tov_message_view *view)
{
    for (size_t i = 0; i < tov_message_view_delivery_count(view); i++) {
        const struct tov_delivery *delivery = tov_message_view_delivery(view, i);
        if (delivery->closed != 0)
            return cli_fail(cli, TOV_E_NOT_FOUND,
                            _("%.63s has ended, and nothing can be sent to it. Name all to whom "
                              "this goes, and whoever took over its duties: --to UNIT"),
                            delivery->agency_name);
    }
    return TOV_OK;
}

/* To the same units, each with the right and for the task that it had. */
static enum tov_err copy_recipients(struct cli *cli, const struct tov_message_view *view,
                                    struct tov_message_draft *message)
{
    size_t count = tov_message_view_count(view, "header.recipients");
    TOV_TRY(refuse_closed(cli, view));
    for (size_t i = 1; i <= count; i++)
        TOV_TRY(copy_recipient(cli, view, i, message));
    return TOV_OK;
}

static enum tov_err copy_bases(struct cli *cli, const struct tov_message_view *view,
                               struct tov_message_draft *message)
{
    size_t count = tov_message_view_count(view, "header.legal_bases");
    for (size_t i = 1; i <= count; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "header.legal_bases.%zu", i);
        TOV_TRY(tov_message_draft_set(message, "header.legal_bases",
                                      tov_message_view_text(view, path), &cli->error));
    }
    return TOV_OK;
}

struct change {
    const char *type;
    const char *relation;
};

static enum tov_err prepare(struct cli *cli, const struct tov_message_view *view,
                            const struct change *change, struct kept_draft *draft)
{
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    struct tov_message_draft *message = NULL;
    if (!facts->outgoing)
        return cli_fail(cli, TOV_E_DENIED,
                        _("No. %llu was sent by another agency. Only the sender can amend or "
                          "retract a message; write a note: tov reply %llu msg.note"),
                        (unsigned long long)facts->number, (unsigned long long)facts->number);
    if (facts->is_retracted)
        return cli_fail(cli, TOV_E_EXISTS, _("No. %llu is retracted already."),
                        (unsigned long long)facts->number);
    TOV_TRY(tov_message_draft_create(change->type, &draft->message, &cli->error));
    message = draft->message;
    TOV_TRY(tov_message_draft_set_target(message, &facts->ref, change->relation, &cli->error));
    TOV_TRY(tov_message_draft_set_sender(message, tov_message_view_text(view, "header.sender_unit"),
                                         &cli->error));
    TOV_TRY(copy_bases(cli, view, message));
    return compose_about_view(cli, message, view);
}

static enum tov_err change_message(struct cli *cli, const struct cli_arguments *arguments,
                                   const struct change *change, struct kept_draft *draft)
{
    struct tov_listing *listing = NULL;
    const struct tov_message_view *view = NULL;
    TOV_TRY(find_message(cli, arguments->words[0], &listing, &view));
    enum tov_err err = prepare(cli, view, change, draft);
    if (err == TOV_OK && !command_has(arguments, "to") && !command_has(arguments, "header-to"))
        err = copy_recipients(cli, view, draft->message);
    if (err == TOV_OK && strcmp(change->type, "msg.amend") == 0)
        err = tov_message_draft_set(draft->message, "fields.target_type",
                                    tov_message_view_type(view), &cli->error);
    if (err == TOV_OK && tov_message_view_text(view, "header.purpose")[0] != '\0' &&
        strcmp(change->type, "msg.amend") == 0)
        err = tov_message_draft_set(draft->message, "header.purpose",
                                    tov_message_view_text(view, "header.purpose"), &cli->error);
    tov_listing_destroy(listing);
    return err;
}

static enum tov_err run_change(struct cli *cli, const struct cli_arguments *arguments,
                               const struct change *change)
{
    TOV_CLEANUP(kept_draft_fini) struct kept_draft draft = {.state = DRAFT_WRITING};
    TOV_TRY(change_message(cli, arguments, change, &draft));
    return send_it(cli, arguments, &draft);
}

static enum tov_err run_amend(struct cli *cli, const struct cli_arguments *arguments)
{
    return run_change(cli, arguments, &(struct change){"msg.amend", "revision"});
}

static enum tov_err run_retract(struct cli *cli, const struct cli_arguments *arguments)
{
    return run_change(cli, arguments, &(struct change){"msg.retract", "removal"});
}

static const struct cli_option options[] = {COMPOSE_OPTIONS, COMPOSE_KEY_OPTION, COMPOSE_END};
const struct cli_command command_reply = {
    "reply",
    N_("NUMBER [TYPE]"),
    1,
    2,
    N_("an answer to a message, to who sent it; without TYPE the expected one"),
    options,
    run_reply};
const struct cli_command command_amend = {
    "amend", N_("NUMBER"), 1, 1, N_("corrects a message that was sent; the old version stays"),
    options, run_amend};
const struct cli_command command_retract = {
    "retract", N_("NUMBER"), 1, 1, N_("takes a message back: the recipients hide its content"),
    options,   run_retract};

/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov read`: one message with its content, as `tov show`, and the acknowledgement `ack.read` to
 * its sender: a named person has taken it into handling. Not for: looking without a promise (tov
 * show).
 *
 * The acknowledgement's idempotency key follows from the message, the unit and the client, so that
 * the same command after an unknown outcome does not send a second one: it says another time, so
 * the node answers EXISTS, and then the first one is there.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/time.h"
#include "cli/command.h"
#include "cli/find.h"
#include "cli/language.h"
#include "cli/show.h"
#include "telling/text.h"

#define ACKNOWLEDGEMENT "ack.read"
#define AGREEMENT "AFTALE" /* the one legal basis of an acknowledgement */

TOV_DEFINE_CLEANUP(draft, struct tov_message_draft, tov_message_draft_destroy)
TOV_DEFINE_CLEANUP(submission, struct tov_submission, tov_submission_destroy)

struct reading {
    struct cli *cli;
    struct tov_message_view *view;
    const struct tov_message_view *former; /* an acknowledgement that stands already */
    const char *unit;                      /* that acknowledges: "kk/vink" */
    uint64_t number;                       /* of the new acknowledgement; 0: none */
    struct tov_listing *answers;           /* where `former` may stand */
};

/* ---- whether, and by whom ---- */

static bool is_own_acknowledgement(const struct tov_message_view *view)
{
    return tov_message_view_facts(view)->outgoing != 0 &&
           strcmp(tov_message_view_type(view), ACKNOWLEDGEMENT) == 0;
}

static const struct tov_message_view *former_of(const struct tov_message_view *view)
{
    for (size_t i = 0; i < tov_message_view_reply_count(view); i++) {
        const struct tov_message_view *reply = tov_message_view_reply(view, i);
        if (is_own_acknowledgement(reply))
            return reply;
    }
    return NULL;
}

/* The same when the message was fetched before the acknowledgement was there. */
static enum tov_err look_for_former(struct reading *reading)
{
    struct cli *cli = reading->cli;
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    options.limit = TOV_LIST_MAX;
    options.thread = &tov_message_view_facts(reading->view)->ref;
    TOV_TRY(tov_message_list(cli->client, &options, &reading->answers, &cli->error));
    for (size_t i = 0; i < tov_listing_count(reading->answers); i++) {
        const struct tov_message_view *answer = tov_listing_at(reading->answers, i);
        if (is_own_acknowledgement(answer))
            reading->former = answer;
    }
    return TOV_OK;
}

/* An acknowledgement is not acknowledged, and what was taken back or is void is not handled. */
static bool wants_acknowledgement(const struct reading *reading)
{
    const struct tov_message_facts *facts = tov_message_view_facts(reading->view);
    return message_is_incoming(reading->cli, reading->view) && facts->has_header &&
           !facts->is_retracted && !facts->is_void && reading->former == NULL &&
           strcmp(tov_message_view_type(reading->view), ACKNOWLEDGEMENT) != 0;
}

static bool is_recipient(const struct tov_message_view *view, const char *unit)
{
    const char *slash = strchr(unit, '/');
    const char *name = slash == NULL ? unit : slash + 1;
    size_t count = tov_message_view_count(view, "header.recipients");
    for (size_t i = 1; i <= count; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "header.recipients.%zu.unit", i);
        const char *address = tov_message_view_text(view, path);
        if (strcmp(address, unit) == 0 || strcmp(address, name) == 0)
            return true;
    }
    return false;
}

/* The first of the client's units that the message names; else the client's first. */
static const char *unit_of(const struct reading *reading)
{
    const struct tov_identity *identity = tov_client_identity(reading->cli->client);
    for (size_t i = 0; i < identity->unit_count; i++) {
        if (is_recipient(reading->view, identity->units[i]))
            return identity->units[i];
    }
    return identity->unit_count == 0 ? NULL : identity->units[0];
}

/* ---- the acknowledgement ---- */

static struct tov_hash key_of(const struct reading *reading)
{
    const struct tov_message_facts *facts = tov_message_view_facts(reading->view);
    const char *client = tov_client_identity(reading->cli->client)->client;
    struct tov_sha256 sha;
    struct tov_hash hash;
    tov_sha256_init(&sha);
    tov_sha256_update(&sha, ACKNOWLEDGEMENT, sizeof ACKNOWLEDGEMENT);
    tov_sha256_update(&sha, facts->ref.leaf_hash, sizeof facts->ref.leaf_hash);
    tov_sha256_update(&sha, reading->unit, strlen(reading->unit) + 1);
    tov_sha256_update(&sha, client, strlen(client) + 1);
    tov_sha256_final(&sha, &hash);
    return hash;
}

static enum tov_err write_draft(const struct reading *reading, struct tov_message_draft **out_draft)
{
    TOV_CLEANUP(draft_cleanup) struct tov_message_draft *draft = NULL;
    struct tov_error *error = &reading->cli->error;
    struct tov_hash key = key_of(reading);
    char now[TOV_TIME_TEXT_SIZE];
    tov_time_format(tov_client_identity(reading->cli->client)->now_ms, now);
    TOV_TRY(tov_message_draft_answer(reading->view, ACKNOWLEDGEMENT, &draft, error));
    TOV_TRY(tov_message_draft_set(draft, "header.legal_bases", AGREEMENT, error));
    TOV_TRY(tov_message_draft_set(draft, "header.occurred_at", now, error));
    TOV_TRY(tov_message_draft_set_sender(draft, reading->unit, error));
    TOV_TRY(tov_message_draft_set_key(draft, key.bytes, sizeof key.bytes, error));
    *out_draft = TOV_TAKE(draft);
    return TOV_OK;
}

/* The first remark that refuses, in the user's language. */
static enum tov_err explain(struct cli *cli, enum tov_err err,
                            const struct tov_message_draft *draft)
{
    const struct tov_remarks *remarks = tov_message_draft_remarks(draft);
    if (err == TOV_E_TIMEOUT) {
        cli->outcome_is_unknown = true;
        return cli_fail(cli, err, "%s",
                        _("No answer came in time: it is not known whether the message was taken "
                          "into handling. Give the same command again; it is not sent twice."));
    }
    for (size_t i = 0; i < tov_remarks_count(remarks); i++) {
        const struct tov_remark *remark = tov_remarks_at(remarks, i);
        if (remark->kind == TOV_REMARK_REFUSES)
            return cli_fail(cli, err, _("It was shown, but not taken into handling: %s"),
                            cli_words(cli, remark->reason_da, remark->reason_en));
    }
    return err;
}

static enum tov_err acknowledge(struct reading *reading)
{
    TOV_CLEANUP(draft_cleanup) struct tov_message_draft *draft = NULL;
    TOV_CLEANUP(submission_cleanup) struct tov_submission *submission = NULL;
    struct cli *cli = reading->cli;
    reading->unit = unit_of(reading);
    if (reading->unit == NULL)
        return cli_fail(cli, TOV_E_DENIED, "%s",
                        _("It was shown, but not taken into handling: you belong to no unit."));
    TOV_TRY(write_draft(reading, &draft));
    enum tov_err err = tov_client_submit(cli->client, draft, NULL, &submission, &cli->error);
    if (err == TOV_E_EXISTS)
        return look_for_former(reading);
    if (err != TOV_OK)
        return explain(cli, err, draft);
    reading->number = tov_submission_facts(submission)->number;
    return TOV_OK;
}

/* ---- what is shown ---- */

static void say_acknowledgement(const struct reading *reading)
{
    struct cli *cli = reading->cli;
    char time[WORDS_TIME_SIZE], sender[MESSAGE_NAME_SIZE], person[MESSAGE_NAME_SIZE];
    if (reading->number != 0) {
        message_sender(reading->view, sender);
        cli_say(cli, _("\nTaken into handling: No. %llu tells %s so.\n"),
                (unsigned long long)reading->number, sender);
    } else if (reading->former != NULL) {
        const struct tov_message_facts *facts = tov_message_view_facts(reading->former);
        words_time(facts->stored_ms, time);
        (void)snprintf(person, sizeof person, "%s",
                       tov_message_view_text(reading->former, "header.author.person"));
        text_clean(person);
        cli_say(cli, _("\nTaken into handling %s (No. %llu, %s).\n"), time,
                (unsigned long long)facts->number, person);
    }
}

static void put_json(const struct reading *reading)
{
    json_t *value = cli_json_message(reading->cli, reading->view);
    uint64_t number = reading->number;
    if (number == 0 && reading->former != NULL)
        number = tov_message_view_facts(reading->former)->number;
    json_t *acknowledgement = number == 0 ? json_null()
                                          : json_pack("{s:I, s:b}", "number", (json_int_t)number,
                                                      "new", reading->number != 0);
    (void)json_object_set_new(value, "acknowledgement", acknowledgement);
    cli_result(reading->cli, value);
}

static enum tov_err read_message(struct reading *reading)
{
    struct cli *cli = reading->cli;
    reading->former = former_of(reading->view);
    if (!cli->json)
        show_message(cli, reading->view);
    if (wants_acknowledgement(reading))
        TOV_TRY(acknowledge(reading));
    if (cli->json)
        put_json(reading);
    else
        say_acknowledgement(reading);
    return TOV_OK;
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    struct tov_client *client = NULL;
    struct reading reading = {.cli = cli};
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    options.reason = command_get(arguments, "reason");
    TOV_TRY(find_number(cli, arguments->words[0], &options.number));
    TOV_TRY(cli_connect(cli, &client));
    enum tov_err err = tov_message_get(client, &options, &reading.view, &cli->error);
    if (err != TOV_OK)
        return find_explain(cli, err, arguments->words[0]);
    err = read_message(&reading);
    tov_message_view_destroy(reading.view);
    tov_listing_destroy(reading.answers);
    return err;
}

static const struct cli_option options[] = {
    {"reason", N_("TEXT"), N_("why you look; it stands in the access log"), false},
    {NULL, NULL, NULL, false}};
const struct cli_command command_read = {
    "read",
    N_("NUMBER"),
    1,
    1,
    N_("show a message and tell its sender that you have taken it into handling"),
    options,
    run};

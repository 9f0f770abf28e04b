/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov inbox`, `tov outbox`, `tov list`: numbered tables, newest first, without a citizen's name.
 */
#include "cli/casework.h"
#include "cli/command.h"
#include "cli/keyslost.h"
#include "cli/language.h"
#include "cli/message.h"
#include "cli/table.h"

#define WIDE_COLUMNS 100u
#define LIMIT_DEFAULT 30u

static enum tov_err read_options(struct cli *cli, const struct cli_arguments *arguments,
                                 struct tov_list_options *out)
{
    uint64_t limit = 0;
    TOV_TRY(command_number(cli, arguments,
                           &(struct command_number){"limit", TOV_LIST_MAX, LIMIT_DEFAULT}, &limit));
    TOV_TRY(command_number(cli, arguments, &(struct command_number){"before", UINT64_MAX, 0},
                           &out->before));
    out->limit = (uint32_t)limit;
    out->unit = command_get(arguments, "unit");
    return TOV_OK;
}

static void put_row(struct cli *cli, struct table *table, const struct tov_message_view *view,
                    enum tov_box box)
{
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    bool is_incoming = message_is_incoming(cli, view);
    char number[WORDS_TIME_SIZE], time[WORDS_TIME_SIZE], other[MESSAGE_ROUTE_SIZE],
        cell[MESSAGE_ROUTE_SIZE + 8];
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)facts->number);
    if (cli->columns >= WIDE_COLUMNS)
        words_time(facts->stored_ms, time);
    else
        words_date(facts->stored_ms, time);
    if (is_incoming)
        message_sender(view, other);
    else
        message_recipients(cli, view, other);
    const char *direction = is_incoming ? _("from") : _("to");
    (void)snprintf(cell, sizeof cell, "%s%s%s", box == TOV_BOX_ALL ? direction : "",
                   box == TOV_BOX_ALL ? " " : "", other);
    bool is_news = is_incoming && !facts->shown && !message_is_acknowledgement(view);
    bool is_marked = message_is_in_trouble(cli, view) || is_news;
    table_add(table,
              (const char *[]){number, time, cell, message_type_name(cli, view),
                               message_state(cli, view)},
              is_marked);
}

static void put_text(struct cli *cli, const struct tov_listing *listing, enum tov_box box)
{
    struct table table;
    const char *heading = box == TOV_BOX_IN ? _("From") : box == TOV_BOX_OUT ? _("To") : _("Unit");
    table_init(&table, cli, 5, 3);
    table.flexible_2 = 2;
    table_add(&table, (const char *[]){_("No."), _("Date"), heading, _("Message"), _("State")},
              false);
    for (size_t i = 0; i < tov_listing_count(listing); i++)
        put_row(cli, &table, tov_listing_at(listing, i), box);
    table_put(&table);
    if (tov_listing_next(listing) != 0)
        cli_say(cli, _("\nOlder ones: add --before %llu\n"),
                (unsigned long long)tov_listing_next(listing));
}

static json_t *listing_json(struct cli *cli, const struct tov_listing *listing)
{
    json_t *messages = json_array();
    for (size_t i = 0; i < tov_listing_count(listing); i++) {
        (void)json_array_append_new(messages, cli_json_message(cli, tov_listing_at(listing, i)));
    }
    return json_pack("{s:o, s:I, s:o}", "messages", messages, "next",
                     (json_int_t)tov_listing_next(listing), "keys_lost",
                     keyslost_json(cli, listing));
}

static enum tov_err list(struct cli *cli, const struct tov_list_options *options)
{
    struct tov_client *client = NULL;
    struct tov_listing *listing = NULL;
    TOV_TRY(cli_connect(cli, &client));
    enum tov_err err = tov_message_list(client, options, &listing, &cli->error);
    if (err != TOV_OK)
        return casework_explain_unit(cli, err, options->unit);
    if (cli->json)
        cli_result(cli, listing_json(cli, listing));
    else if (tov_listing_count(listing) > 0)
        put_text(cli, listing, options->box);
    else if (options->unread_only)
        cli_say(cli, "%s\n", _("There are no new messages. All of them: tov inbox --all"));
    else
        cli_say(cli, "%s\n", _("There are no messages."));
    if (!cli->json)
        keyslost_put_listed(cli, listing);
    tov_listing_destroy(listing);
    return TOV_OK;
}

static enum tov_err run_inbox(struct cli *cli, const struct cli_arguments *arguments)
{
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    options.box = TOV_BOX_IN;
    options.unread_only = !command_has(arguments, "all");
    TOV_TRY(read_options(cli, arguments, &options));
    return list(cli, &options);
}

static enum tov_err run_outbox(struct cli *cli, const struct cli_arguments *arguments)
{
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    options.box = TOV_BOX_OUT;
    TOV_TRY(read_options(cli, arguments, &options));
    return list(cli, &options);
}

static enum tov_err run_list(struct cli *cli, const struct cli_arguments *arguments)
{
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    TOV_TRY(read_options(cli, arguments, &options));
    return list(cli, &options);
}

#define LIST_OPTIONS                                                          \
    {"unit", N_("UNIT"), N_("only this unit of yours, as kk/vink"), false},   \
        {"limit", N_("N"), N_("at most so many (30, up to 200)"), false},     \
        {"before", N_("NUMBER"), N_("only those with lower numbers"), false}, \
    {                                                                         \
        NULL, NULL, NULL, false                                               \
    }
static const struct cli_option inbox_options[] = {
    {"all", NULL, N_("also what someone here has seen"), false}, LIST_OPTIONS};
static const struct cli_option list_options[] = {LIST_OPTIONS};

const struct cli_command command_inbox = {
    "inbox", NULL, 0, 0, N_("new messages to your units"), inbox_options, run_inbox};
const struct cli_command command_outbox = {
    "outbox",     NULL,      0, 0, N_("messages that were sent, and how far they have come"),
    list_options, run_outbox};
const struct cli_command command_list = {
    "list", NULL, 0, 0, N_("all messages, in and out"), list_options, run_list};

/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov journal`: what waits for the agency's own record, and the hand-over to it. The files come
 * first, the entry in the node last: what it says is true.
 */
#include <stdio.h>
#include <string.h>

#include "cli/casework.h"
#include "cli/command.h"
#include "cli/failure.h"
#include "cli/find.h"
#include "cli/handover.h"
#include "cli/language.h"
#include "cli/lost.h"
#include "cli/rows.h"
#include "telling/text.h"
#include "cli/words.h"

#define LIMIT_DEFAULT 30u
#define TEXT_SIZE 512

/* ---- what waits ---- */

static void put_list(struct cli *cli, const struct tov_listing *listing)
{
    rows_put(cli, listing);
    if (tov_listing_next(listing) != 0)
        cli_say(cli, _("\nNewer ones: add --after %llu\n"),
                (unsigned long long)tov_listing_next(listing));
    cli_say(cli, "\n");
    text_put_wrapped(&cli->page,
                     _("Hand one over: tov journal NUMBER --record RECORD-NUMBER --to DIR"),
                     &(struct text_frame){0, 0, cli->columns});
}

static json_t *list_json(struct cli *cli, const struct tov_listing *listing)
{
    return json_pack("{s:o, s:I, s:b}", "messages", rows_json(cli, listing), "next",
                     (json_int_t)tov_listing_next(listing), "counting",
                     tov_listing_is_counting(listing));
}

/* What the record alone may still have, above what waits for it. */
static enum tov_err put_lost(struct cli *cli, struct tov_client *client)
{
    struct tov_status *status = NULL;
    if (cli->json)
        return TOV_OK;
    TOV_TRY(tov_status_get(client, &status, &cli->error));
    lost_put(cli, tov_status_facts(status));
    tov_status_destroy(status);
    return TOV_OK;
}

static void put_waiting(struct cli *cli, const struct tov_listing *listing)
{
    if (cli->json) {
        cli_result(cli, list_json(cli, listing));
        return;
    }
    if (tov_listing_count(listing) > 0)
        put_list(cli, listing);
    else if (!tov_listing_is_counting(listing))
        cli_say(cli, "%s\n", _("All messages of your units are handed over to the own record."));
    if (tov_listing_is_counting(listing))
        text_put_wrapped(
            &cli->page,
            _("The node still counts its messages: there may be more. Ask again shortly."),
            &(struct text_frame){0, 0, cli->columns});
}

static enum tov_err list(struct cli *cli, const struct cli_arguments *arguments)
{
    struct tov_client *client = NULL;
    struct tov_listing *listing = NULL;
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    uint64_t limit = 0;
    TOV_TRY(command_number(cli, arguments,
                           &(struct command_number){"limit", TOV_LIST_MAX, LIMIT_DEFAULT}, &limit));
    TOV_TRY(command_number(cli, arguments, &(struct command_number){"after", UINT64_MAX, 0},
                           &options.after));
    options.limit = (uint32_t)limit;
    options.unit = command_get(arguments, "unit");
    options.unrecorded_only = 1;
    TOV_TRY(cli_connect(cli, &client));
    enum tov_err err = tov_message_list(client, &options, &listing, &cli->error);
    if (err != TOV_OK)
        return casework_explain_unit(cli, err, options.unit);
    err = put_lost(cli, client);
    if (err != TOV_OK) {
        tov_listing_destroy(listing);
        return err;
    }
    put_waiting(cli, listing);
    tov_listing_destroy(listing);
    return TOV_OK;
}

/* ---- handing over ---- */

struct handing {
    struct cli *cli;
    const struct cli_arguments *arguments;
    json_t *done; /* with --json: an object for each message */
};

static void put_entry(struct handing *handing, const struct tov_journal_entry *entry,
                      const char *folder)
{
    struct cli *cli = handing->cli;
    const char *record = command_get(handing->arguments, "record");
    unsigned long long number = (unsigned long long)entry->number;
    char date[WORDS_TIME_SIZE], text[TEXT_SIZE];
    if (cli->json) {
        json_t *item = json_pack("{s:I, s:s, s:b, s:o, s:o, s:o}", "number",
                                 (json_int_t)entry->number, "record", record, "repeated",
                                 entry->repeated, "at", cli_json_time(entry->recorded_ms),
                                 "erasable_from", cli_json_time(entry->erasable_ms), "folder",
                                 folder[0] == '\0' ? json_null() : json_string(folder));
        (void)json_array_append_new(handing->done, item);
        return;
    }
    if (folder[0] != '\0')
        cli_say(cli, _("Saved: %s\n"), folder);
    words_date(entry->recorded_ms, date);
    (void)snprintf(text, sizeof text,
                   entry->repeated ? _("No. %llu stands in the record as %s already (%s).")
                                   : _("No. %llu stands in the record as %s, since %s."),
                   number, record, date);
    text_put_wrapped(&cli->page, text, &(struct text_frame){0, 0, cli->columns});
    words_date(entry->erasable_ms, date);
    if (entry->erasable_ms != 0)
        cli_say(cli, _("The copy here may be erased from %s, unless something holds it.\n"), date);
}

static enum tov_err hand_over(struct handing *handing, const char *word)
{
    struct cli *cli = handing->cli;
    struct tov_journal_options options = TOV_JOURNAL_OPTIONS_INIT;
    struct tov_journal_entry entry;
    char folder[FILE_PATH_SIZE] = "";
    struct tov_client *client = NULL;
    TOV_TRY(find_number(cli, word, &options.number));
    TOV_TRY(cli_connect(cli, &client));
    options.record = command_get(handing->arguments, "record");
    options.replace = command_has(handing->arguments, "replace");
    struct handover_request request = {.number = options.number,
                                       .dir = command_get(handing->arguments, "to"),
                                       .record = options.record,
                                       .replaces = options.replace != 0};
    if (request.dir != NULL)
        TOV_TRY(find_explain(cli, handover_write(cli, &request, folder), word));
    enum tov_err err = tov_journal_enter(client, &options, &entry, &cli->error);
    if (err == TOV_E_EXISTS)
        return handover_explain_other(cli, options.number);
    if (err == TOV_OK)
        put_entry(handing, &entry, folder);
    return find_explain(cli, err, word);
}

/* Another message would fail in the same way. */
static bool ends_all(const struct cli *cli, enum tov_err err)
{
    return cli->is_unreachable || err == TOV_E_TIMEOUT || err == TOV_E_AGAIN || err == TOV_E_FULL ||
           err == TOV_E_CLOSED;
}

static void put_failure(struct handing *handing, const char *word, enum tov_err err)
{
    struct cli *cli = handing->cli;
    if (!cli->json) {
        failure_print(cli, err);
        return;
    }
    json_t *item = failure_json(cli, err);
    (void)json_object_set_new(item, "message", json_string(word));
    (void)json_array_append_new(handing->done, item);
}

/* Each is tried: what is done stays done, and is told. */
static enum tov_err hand_over_all(struct cli *cli, const struct cli_arguments *arguments)
{
    struct handing handing = {.cli = cli, .arguments = arguments, .done = json_array()};
    enum tov_err err = TOV_OK, first = TOV_OK;
    unsigned failed = 0, count = arguments->word_count;
    for (unsigned i = 0; i < count && !ends_all(cli, err); i++) {
        err = hand_over(&handing, arguments->words[i]);
        if (err == TOV_OK)
            continue;
        first = failed++ == 0 ? err : first;
        if (count > 1)
            put_failure(&handing, arguments->words[i], err);
    }
    if (cli->json)
        cli_result(cli, json_pack("{s:O}", "journal", handing.done));
    json_decref(handing.done);
    if (failed == 0 || count == 1)
        return first;
    return cli_fail(cli, first, _("Not all were handed over: %u of %u failed."), failed, count);
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    const char *record = command_get(arguments, "record");
    if (arguments->word_count == 0 && record == NULL)
        return list(cli, arguments);
    if (arguments->word_count == 0)
        return cli_fail(cli, TOV_E_ARGUMENT, "%s",
                        _("Which message? tov journal NUMBER --record RECORD-NUMBER"));
    if (record == NULL || record[0] == '\0')
        return cli_fail(cli, TOV_E_ARGUMENT, "%s",
                        _("--record is missing: the case or journal number in your agency's own "
                          "record."));
    if (strlen(record) > TOV_RECORD_NUMBER_MAX)
        return cli_fail(cli, TOV_E_ARGUMENT,
                        _("--record is too long: at most %u characters (æ, ø and å count as two)."),
                        (unsigned)TOV_RECORD_NUMBER_MAX);
    return hand_over_all(cli, arguments);
}

static const struct cli_option options[] = {
    {"record", N_("RECORD-NUMBER"), N_("the case or journal number in your own record (ESDH)"),
     false},
    {"to", N_("DIR"), N_("first save it there as files for the record, with its proof"), false},
    {"replace", NULL, N_("the number that was given before was wrong"), false},
    {"unit", N_("UNIT"), N_("only this unit of yours, as kk/vink"), false},
    {"limit", N_("N"), N_("at most so many (30, up to 200)"), false},
    {"after", N_("NUMBER"), N_("only those with higher numbers"), false},
    {NULL, NULL, NULL, false}};
const struct cli_command command_journal = {
    "journal",
    N_("[NUMBER ...]"),
    0,
    COMMAND_WORDS_MAX,
    N_("hand messages over to the own record; without a number, what waits for it"),
    options,
    run};

/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov`, `tov status`: the day at a glance, and whether anything needs a person.
 */
#include <string.h>

#include "cli/alarm.h"
#include "cli/command.h"
#include "cli/keyslost.h"
#include "cli/language.h"
#include "cli/lost.h"
#include "cli/status_json.h"
#include "cli/table.h"
#include "cli/words.h"

#define MINUTE_MS 60000ull
#define DAY_MS 86400000ull
#define ROSTER_WARNING_MS (30 * DAY_MS)
#define DISK_WARNING_BYTES 2000000000ull
#define TEXT_SIZE 320

/* ---- what needs a person ---- */

static bool is_serving(const struct day *day)
{
    return strcmp(day->facts->state, "serving") == 0;
}

static bool roster_ends_soon(const struct day *day)
{
    return day->facts->roster_until_ms != 0 &&
           day->facts->roster_until_ms < day->facts->now_ms + ROSTER_WARNING_MS;
}

static bool disk_is_short(const struct day *day)
{
    return day->facts->disk_free_bytes != 0 && day->facts->disk_free_bytes < DISK_WARNING_BYTES;
}

static bool a_peer_is_suspended(const struct day *day)
{
    for (size_t i = 0; i < day->facts->peer_count; i++) {
        if (day->facts->peers[i].suspended)
            return true;
    }
    return false;
}

static bool needs_person(const struct day *day)
{
    return !is_serving(day) || day->facts->sentence_en[0] != '\0' || day->facts->unread > 0 ||
           day->facts->counting || day->facts->more || roster_ends_soon(day) ||
           disk_is_short(day) || a_peer_is_suspended(day) || alarm_needs_person(day->facts) ||
           keyslost_needs_person(day->facts) || casecount_needs_person(&day->cases);
}

/* ---- in words ---- */

static const char *state_words(const char *state)
{
    static const struct {
        const char *id;
        const char *words;
    } states[] = {
        {"serving", N_("The node is running.")},
        {"starting", N_("The node is starting: what is written is signed once it has started.")},
        {"read-only", N_("The node is read-only: nothing new can be sent.")},
        {"recovering",
         N_("The node has been restored and is catching up with the other agencies.")},
        {"behind", N_("The node has been restored and cannot catch up by itself.")},
        {"stopped", N_("The node has stopped signing.")},
        {"clock", N_("The node waits with signing: a clock is wrong.")},
        {"guard", N_("The node waits with signing: its guard does not answer.")},
    };
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (strcmp(states[i].id, state) == 0)
            return _(states[i].words);
    }
    return _("The node is in a state that this program does not know: upgrade it.");
}

static void put_suspended(struct cli *cli, const struct day *day)
{
    for (size_t i = 0; i < day->facts->peer_count; i++) {
        char words[TEXT_SIZE];
        if (!day->facts->peers[i].suspended)
            continue;
        (void)snprintf(words, sizeof words,
                       _("%s has shown two different signed histories. Nothing more is exchanged "
                         "with it, and both signed notes are kept as evidence. Call the operator."),
                       day->facts->peers[i].name);
        cli_say_wrapped(cli, "! ", words);
    }
}

static void put_warnings(struct cli *cli, const struct day *day)
{
    char until[WORDS_TIME_SIZE];
    const char *sentence = cli_words(cli, day->facts->sentence_da, day->facts->sentence_en);
    if (sentence[0] != '\0')
        cli_say_wrapped(cli, "! ", sentence);
    put_suspended(cli, day);
    if (roster_ends_soon(day)) {
        words_date(day->facts->roster_until_ms, until);
        cli_say(cli, _("! The roster is valid until %s. The agencies must sign a new one.\n"),
                until);
    }
    if (disk_is_short(day)) {
        words_size(cli, day->facts->disk_free_bytes, until);
        cli_say(cli, _("! Only %s of disk is free at the node.\n"), until);
    }
    if (day->facts->ledger_size > day->facts->signed_size) {
        unsigned long waiting = (unsigned long)(day->facts->ledger_size - day->facts->signed_size);
        cli_say(cli,
                ngettext("! %lu entry is written, but not yet signed.\n",
                         "! %lu entries are written, but not yet signed.\n", waiting),
                waiting);
    }
    if (day->facts->demo_clock)
        cli_say(cli, "%s\n", _("! Exercise: the clock of this node is not the real one."));
}

static void put_unread(struct cli *cli, const struct day *day)
{
    unsigned long unread = (unsigned long)day->facts->unread;
    if (unread == 0 && day->facts->counting) /* nobody knows yet */
        return;
    if (unread == 0)
        cli_say(cli, "%s\n", _("There are no new messages."));
    else
        cli_say(cli,
                ngettext("%lu new message. See it: tov inbox\n",
                         "%lu new messages. See them: tov inbox\n", unread),
                unread);
}

/* No alarm: handing over is part of the day's work. */
static void put_unrecorded(struct cli *cli, const struct day *day)
{
    unsigned long count = (unsigned long)day->facts->unrecorded;
    if (count > 0)
        cli_say(cli,
                ngettext("%lu message is not in your own record yet. See it: tov journal\n",
                         "%lu messages are not in your own record yet. See them: tov journal\n",
                         count),
                count);
}

static void put_counts(struct cli *cli, const struct day *day)
{
    put_unread(cli, day);
    alarm_put_each(cli, day->facts);
    keyslost_put(cli, day->facts);
    if (day->facts->more)
        cli_say_wrapped(
            cli, "! ",
            _("There may be more than is counted here: the node looks at 200 messages of "
              "each agency, and other units' are among them. All of yours: tov outbox"));
    lost_put(cli, day->facts);
    put_unrecorded(cli, day);
    if (day->facts->counting)
        cli_say_wrapped(
            cli, "",
            _("The node still counts its messages: there may be more. Ask again shortly."));
}

static const char *connection_words(const struct day *day, const struct tov_peer_status *peer,
                                    char out[TABLE_CELL_BYTES])
{
    char ago[WORDS_TIME_SIZE];
    if (peer->suspended)
        return _("SUSPENDED: suspected fork");
    if (peer->closed)
        return _("has ended");
    if (peer->connected)
        return _("connected");
    if (peer->last_heard_ms == 0 || peer->last_heard_ms + MINUTE_MS > day->facts->now_ms)
        return _("not connected");
    words_duration(day->facts->now_ms - peer->last_heard_ms, ago);
    (void)snprintf(out, TABLE_CELL_BYTES, _("not connected for %s"), ago);
    return out;
}

static void put_peers(struct cli *cli, const struct day *day)
{
    struct table table;
    table_init(&table, cli, 3, 1);
    table_add(&table, (const char *[]){_("Agency"), _("Connection"), _("Waiting for a receipt")},
              false);
    for (size_t i = 0; i < day->facts->peer_count; i++) {
        const struct tov_peer_status *peer = &day->facts->peers[i];
        char connection[TABLE_CELL_BYTES], waiting[WORDS_TIME_SIZE];
        (void)snprintf(waiting, sizeof waiting, "%llu", (unsigned long long)peer->waiting);
        table_add(&table,
                  (const char *[]){peer->name, connection_words(day, peer, connection), waiting},
                  peer->suspended != 0);
    }
    cli_say(cli, "\n");
    table_put(&table);
}

static void put_text(struct cli *cli, const struct day *day)
{
    char now[WORDS_TIME_SIZE];
    words_time(day->facts->now_ms, now);
    cli_say(cli, "%s · %s · %s\n", day->identity->agency, day->identity->client, now);
    cli_say_wrapped(cli, "", state_words(day->facts->state));
    put_warnings(cli, day);
    cli_say(cli, "\n");
    put_counts(cli, day);
    casecount_put(cli, &day->cases);
    if (day->facts->peer_count > 0)
        put_peers(cli, day);
}

static void show(struct cli *cli, struct day *day)
{
    day->needs_person = needs_person(day);
    if (cli->json)
        cli_result(cli, status_json(day));
    else
        put_text(cli, day);
    cli->exit = day->needs_person ? CLI_EXIT_PERSON : CLI_EXIT_DONE;
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    (void)arguments;
    struct tov_client *client = NULL;
    struct tov_status *status = NULL;
    TOV_TRY(cli_connect(cli, &client));
    TOV_TRY(tov_status_get(client, &status, &cli->error));
    struct day day = {.facts = tov_status_facts(status), .identity = tov_client_identity(client)};
    enum tov_err err = casecount_read(cli, &day.cases);
    if (err == TOV_OK)
        show(cli, &day);
    tov_status_destroy(status);
    return err;
}

static const struct cli_option options[] = {{NULL, NULL, NULL, false}};
const struct cli_command command_status = {
    "status",
    NULL,
    0,
    0,
    N_("the day at a glance: news, deadlines, what is not delivered, the other agencies"),
    options,
    run};

/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov`, `tov status`: the day at a glance, and whether anything needs a person.
 */
#include <string.h>

#include "cli/casecount.h"
#include "cli/casework.h"
#include "cli/command.h"
#include "cli/keyslost.h"
#include "cli/language.h"
#include "cli/lost.h"
#include "cli/table.h"
#include "telling/text.h"
#include "cli/words.h"

#define MINUTE_MS 60000ull
#define DAY_MS 86400000ull
#define ROSTER_WARNING_MS (30 * DAY_MS)
#define DISK_WARNING_BYTES 2000000000ull
#define ALARM_SIZE 320

/* ---- what needs a person ---- */

struct day {
    const struct tov_node_status *facts;
    const struct tov_identity *identity;
    struct casecount cases;
    bool needs_person;
};

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

static bool a_peer_asks_again(const struct day *day)
{
    for (size_t i = 0; i < day->facts->peer_count; i++) {
        if (day->facts->peers[i].asked_again > 0)
            return true;
    }
    return false;
}

static bool needs_person(const struct day *day)
{
    return !is_serving(day) || day->facts->sentence_en[0] != '\0' || day->facts->unread > 0 ||
           day->facts->unread_late > 0 || day->facts->undelivered > 0 || day->facts->withheld > 0 ||
           day->facts->unusable > 0 || day->facts->no_unit > 0 || day->facts->no_unit_sent > 0 ||
           day->facts->counting || day->facts->more || roster_ends_soon(day) ||
           disk_is_short(day) || a_peer_is_suspended(day) || a_peer_asks_again(day) ||
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

static void put_paragraph(struct cli *cli, const char *lead, const char *text)
{
    size_t indent = text_width(lead);
    cli_say(cli, "%s", lead);
    text_put_wrapped(&cli->page, text, &(struct text_frame){indent, indent, cli->columns});
}

static void put_suspended(struct cli *cli, const struct day *day)
{
    for (size_t i = 0; i < day->facts->peer_count; i++) {
        char words[ALARM_SIZE];
        if (!day->facts->peers[i].suspended)
            continue;
        (void)snprintf(words, sizeof words,
                       _("%s has shown two different signed histories. Nothing more is exchanged "
                         "with it, and both signed notes are kept as evidence. Call the operator."),
                       day->facts->peers[i].name);
        put_paragraph(cli, "! ", words);
    }
}

static void put_warnings(struct cli *cli, const struct day *day)
{
    char until[WORDS_TIME_SIZE];
    const char *sentence = cli_words(cli, day->facts->sentence_da, day->facts->sentence_en);
    if (sentence[0] != '\0')
        put_paragraph(cli, "! ", sentence);
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

/* What lies, in red, and below it where to look. */
static void put_alarm(struct cli *cli, const char *text, const char *where)
{
    casework_colour(cli, true);
    put_paragraph(cli, "! ", text);
    casework_colour_end(cli, true);
    put_paragraph(cli, "  ", where);
}

static void put_late(struct cli *cli, const struct day *day)
{
    const struct tov_node_status *facts = day->facts;
    unsigned long late = (unsigned long)facts->unread_late;
    char limit[WORDS_TIME_SIZE], urgent[WORDS_TIME_SIZE], text[ALARM_SIZE], where[ALARM_SIZE];
    if (late == 0)
        return;
    words_duration(facts->unread_after_ms, limit);
    words_duration(facts->unread_urgent_after_ms, urgent);
    (void)snprintf(text, sizeof text,
                   ngettext("%lu message has been unread for over %s (urgent: %s).",
                            "%lu messages have been unread for over %s (urgent: %s).", late),
                   late, limit, urgent);
    (void)snprintf(where, sizeof where,
                   ngettext("See it: tov show %llu", "The oldest: tov show %llu", late),
                   (unsigned long long)facts->unread_late_oldest);
    put_alarm(cli, text, where);
}

/* Whoever sees no messages is told no number. */
static void put_oldest(struct cli *cli, unsigned long count, uint64_t oldest)
{
    char where[ALARM_SIZE];
    if (oldest == 0)
        return;
    (void)snprintf(where, sizeof where,
                   ngettext("See it: tov show %llu", "The oldest: tov show %llu", count),
                   (unsigned long long)oldest);
    put_paragraph(cli, "  ", where);
}

/* For who checks or runs the node. */
static void put_no_unit(struct cli *cli, const struct day *day)
{
    const struct tov_node_status *facts = day->facts;
    unsigned long count = (unsigned long)facts->no_unit;
    char text[ALARM_SIZE];
    if (count == 0)
        return;
    (void)snprintf(text, sizeof text,
                   ngettext("%lu message is for a unit that the roster does not have any more. "
                            "Nobody has read it, and nobody can.",
                            "%lu messages are for units that the roster does not have any more. "
                            "Nobody has read them, and nobody can.",
                            count),
                   count);
    put_alarm(cli, text,
              _("The next roster must have the unit again, or the sender retract the message and "
                "send it to another unit."));
    put_oldest(cli, count, facts->no_unit_oldest);
}

/* For the same. */
static void put_no_unit_sent(struct cli *cli, const struct day *day)
{
    const struct tov_node_status *facts = day->facts;
    unsigned long count = (unsigned long)facts->no_unit_sent;
    char text[ALARM_SIZE];
    if (count == 0)
        return;
    (void)snprintf(text, sizeof text,
                   ngettext("%lu message of a unit that the roster does not have any more does not "
                            "reach all of its recipients, or one of them cannot use it. No unit is "
                            "told so.",
                            "%lu messages of units that the roster does not have any more do not "
                            "reach all of their recipients, or one of them cannot use them. No "
                            "unit is told so.",
                            count),
                   count);
    put_alarm(cli, text,
              _("The next roster must have the unit again, or another unit send anew what they "
                "say."));
    put_oldest(cli, count, facts->no_unit_sent_oldest);
}

static void put_undelivered(struct cli *cli, const struct day *day)
{
    const struct tov_node_status *facts = day->facts;
    unsigned long undelivered = (unsigned long)facts->undelivered;
    char limit[WORDS_TIME_SIZE], text[ALARM_SIZE], where[ALARM_SIZE];
    if (undelivered == 0)
        return;
    words_duration(facts->undelivered_after_ms, limit);
    (void)snprintf(text, sizeof text,
                   ngettext("%lu message cannot be read by a recipient, %s after it was sent.",
                            "%lu messages cannot be read by a recipient, %s after they were sent.",
                            undelivered),
                   undelivered, limit);
    (void)snprintf(where, sizeof where, "%s", _("See what was sent: tov outbox"));
    if (facts->undelivered_oldest != 0)
        (void)snprintf(
            where, sizeof where,
            ngettext("See it: tov trace %llu", "The oldest: tov trace %llu", undelivered),
            (unsigned long long)facts->undelivered_oldest);
    put_alarm(cli, text, where);
}

/* Nobody else can: who takes over its duties has none of it. */
static void put_closed(struct cli *cli, const struct day *day)
{
    for (size_t i = 0; i < day->facts->peer_count; i++) {
        const struct tov_peer_status *peer = &day->facts->peers[i];
        unsigned long waiting = (unsigned long)peer->waiting;
        char text[ALARM_SIZE], to_do[ALARM_SIZE];
        if (!peer->closed)
            continue;
        (void)snprintf(text, sizeof text,
                       ngettext("%s has ended, and never reads %lu message that was sent to it.",
                                "%s has ended, and never reads %lu messages that were sent to it.",
                                waiting),
                       peer->name, waiting);
        if (peer->successor[0] == '\0')
            (void)snprintf(to_do, sizeof to_do, "%s",
                           _("Find out who took over its duties, and send each anew: tov amend "
                             "NUMBER --to UNIT. Or take it back: tov retract NUMBER --to UNIT"));
        else
            (void)snprintf(to_do, sizeof to_do,
                           _("%s took over its duties. Send each anew there: tov amend NUMBER "
                             "--to UNIT. Or take it back: tov retract NUMBER --to UNIT"),
                           peer->successor);
        put_alarm(cli, text, to_do);
    }
}

/* Their receipts say so: not opened, refused, not understood. */
static void put_unusable(struct cli *cli, const struct day *day)
{
    const struct tov_node_status *facts = day->facts;
    unsigned long unusable = (unsigned long)facts->unusable;
    char text[ALARM_SIZE], where[ALARM_SIZE];
    if (unusable == 0)
        return;
    (void)snprintf(text, sizeof text,
                   ngettext("%lu message has reached a recipient that cannot use it.",
                            "%lu messages have reached a recipient that cannot use them.",
                            unusable),
                   unusable);
    (void)snprintf(where, sizeof where,
                   ngettext("See why: tov show %llu", "The oldest: tov show %llu", unusable),
                   (unsigned long long)facts->unusable_oldest);
    put_alarm(cli, text, where);
}

/* Since the node was set back to an old copy. */
static void put_withheld(struct cli *cli, const struct day *day)
{
    const struct tov_node_status *facts = day->facts;
    unsigned long withheld = (unsigned long)facts->withheld;
    char text[ALARM_SIZE], where[ALARM_SIZE];
    if (withheld == 0)
        return;
    (void)snprintf(text, sizeof text,
                   ngettext("%lu message does not reach all of its recipients, since the node was "
                            "set back to an old copy. It has to be sent anew.",
                            "%lu messages do not reach all of their recipients, since the node was "
                            "set back to an old copy. They have to be sent anew.",
                            withheld),
                   withheld);
    (void)snprintf(where, sizeof where,
                   ngettext("See it: tov show %llu", "The oldest: tov show %llu", withheld),
                   (unsigned long long)facts->withheld_oldest);
    put_alarm(cli, text, where);
}

/* Of each recipient that was set back to an old copy. */
static void put_asked_again(struct cli *cli, const struct day *day)
{
    for (size_t i = 0; i < day->facts->peer_count; i++) {
        const struct tov_peer_status *peer = &day->facts->peers[i];
        unsigned long count = (unsigned long)peer->asked_again;
        char text[ALARM_SIZE], where[ALARM_SIZE];
        if (count == 0)
            continue;
        (void)snprintf(
            text, sizeof text,
            ngettext("%s was set back to an old copy, cannot read %lu message that it had "
                     "read, and asks for its keys again.",
                     "%s was set back to an old copy, cannot read %lu messages that it "
                     "had read, and asks for their keys again.",
                     count),
            peer->name, count);
        (void)snprintf(where, sizeof where,
                       ngettext("See it: tov show %llu", "The oldest: tov show %llu", count),
                       (unsigned long long)peer->asked_again_oldest);
        put_alarm(cli, text, where);
    }
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
    put_late(cli, day);
    put_no_unit(cli, day);
    put_no_unit_sent(cli, day);
    put_undelivered(cli, day);
    put_closed(cli, day);
    put_unusable(cli, day);
    put_withheld(cli, day);
    put_asked_again(cli, day);
    keyslost_put(cli, day->facts);
    if (day->facts->more)
        put_paragraph(cli, "! ",
                      _("There may be more than is counted here: the node looks at 200 messages of "
                        "each agency, and other units' are among them. All of yours: tov outbox"));
    lost_put(cli, day->facts);
    put_unrecorded(cli, day);
    if (day->facts->counting)
        put_paragraph(
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
    put_paragraph(cli, "", state_words(day->facts->state));
    put_warnings(cli, day);
    cli_say(cli, "\n");
    put_counts(cli, day);
    casecount_put(cli, &day->cases);
    if (day->facts->peer_count > 0)
        put_peers(cli, day);
}

/* ---- JSON ---- */

/* A message's number; null for none. */
static json_t *number_json(uint64_t number)
{
    return number == 0 ? json_null() : json_integer((json_int_t)number);
}

/* null for none. */
static json_t *text_json(const char *text)
{
    return text[0] == '\0' ? json_null() : json_string(text);
}

static json_t *peer_json(const struct tov_peer_status *peer)
{
    return json_pack(
        "{s:i, s:s, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:o, s:I, s:I, s:o, s:I, s:o, s:o, s:b, "
        "s:b, s:o, s:I, s:o}",
        "agency", (int)peer->agency, "name", peer->name, "connected", peer->connected, "suspended",
        peer->suspended, "held", (json_int_t)peer->held, "acknowledged",
        (json_int_t)peer->acknowledged, "links_sent", (json_int_t)peer->links_sent,
        "links_receipted", (json_int_t)peer->links_receipted, "faults", (json_int_t)peer->faults,
        "last_heard_at", cli_json_time(peer->last_heard_ms), "waiting", (json_int_t)peer->waiting,
        "asked_again", (json_int_t)peer->asked_again, "asked_again_oldest",
        number_json(peer->asked_again_oldest), "keys_lost", (json_int_t)peer->keys_lost,
        "keys_lost_oldest", text_json(peer->keys_lost_oldest), "keys_lost_since",
        cli_json_time(peer->keys_lost_since_ms), "keys_lost_unknown", peer->keys_lost_unknown,
        "closed", peer->closed, "successor", text_json(peer->successor), "keys_awaited",
        (json_int_t)peer->keys_awaited, "keys_awaited_since",
        cli_json_time(peer->keys_awaited_since_ms));
}

static json_t *list_of(const char *const *texts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(list, json_string(texts[i]));
    return list;
}

static json_t *status_json(const struct day *day)
{
    const struct tov_node_status *facts = day->facts;
    json_t *peers = json_array();
    for (size_t i = 0; i < facts->peer_count; i++)
        (void)json_array_append_new(peers, peer_json(&facts->peers[i]));
    json_t *who = json_pack("{s:s, s:s, s:s, s:o, s:o}", "federation", day->identity->federation,
                            "agency", day->identity->agency, "client", day->identity->client,
                            "roles", list_of(day->identity->roles, day->identity->role_count),
                            "units", list_of(day->identity->units, day->identity->unit_count));
    json_t *sizes = json_pack(
        "{s:I, s:I, s:I, s:I, s:I}", "ledger", (json_int_t)facts->ledger_size, "signed",
        (json_int_t)facts->signed_size, "witnessed", (json_int_t)facts->witnessed_size, "journal",
        (json_int_t)facts->journal_size, "journal_signed", (json_int_t)facts->journal_signed_size);
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:b, s:I, s:I, s:o, s:o, s:i, s:o, s:I, s:o, s:b, s:i, "
        "s:o, s:o, s:I, s:o, s:o, s:I, s:o, s:b, s:I, s:o, s:o, s:I, s:o, s:b, s:I, "
        "s:o, s:I, s:o}",
        "state", facts->state, "sentence_da", facts->sentence_da, "sentence_en", facts->sentence_en,
        "version", facts->version, "needs_person", day->needs_person, "unread",
        (json_int_t)facts->unread, "undelivered", (json_int_t)facts->undelivered, "client", who,
        "sizes", sizes, "roster_version", (int)facts->roster_version, "roster_until",
        cli_json_time(facts->roster_until_ms), "disk_free_bytes",
        (json_int_t)facts->disk_free_bytes, "now", cli_json_time(facts->now_ms), "demo_clock",
        facts->demo_clock, "epoch", (int)facts->epoch, "peers", peers, "cases",
        casecount_json(&day->cases), "unread_late", (json_int_t)facts->unread_late,
        "unread_late_oldest", number_json(facts->unread_late_oldest), "undelivered_oldest",
        number_json(facts->undelivered_oldest), "unrecorded", (json_int_t)facts->unrecorded,
        "unrecorded_oldest", number_json(facts->unrecorded_oldest), "counting", facts->counting,
        "withheld", (json_int_t)facts->withheld, "withheld_oldest",
        number_json(facts->withheld_oldest), "lost", lost_json(facts), "unusable",
        (json_int_t)facts->unusable, "unusable_oldest", number_json(facts->unusable_oldest), "more",
        facts->more, "no_unit", (json_int_t)facts->no_unit, "no_unit_oldest",
        number_json(facts->no_unit_oldest), "no_unit_sent", (json_int_t)facts->no_unit_sent,
        "no_unit_sent_oldest", number_json(facts->no_unit_sent_oldest));
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

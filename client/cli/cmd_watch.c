/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov watch`: what happens, as it happens; one line, or one JSON value a line, for each event.
 * With --name the node remembers how far it was told: an event is acknowledged when its line has
 * been written, unless --no-ack leaves that to the reader of the lines.
 */
#include "cli/command.h"
#include "cli/event.h"
#include "cli/interrupt.h"
#include "cli/language.h"

#define ACKNOWLEDGE_EVERY 64u
#define SECONDS_MAX 31536000u
#define NO_LIMIT UINT64_MAX
#define WAIT_MAX_MS 3600000u

struct watching {
    struct cli *cli;
    struct tov_watch *watch;
    bool acknowledges;
    bool until_told; /* ends when all that was there has been told */
    uint64_t limit;  /* events */
    uint64_t end_ms; /* of the clock below; NO_LIMIT: none */
    uint64_t told;
    uint64_t written;      /* number of the last event whose line is written */
    uint64_t acknowledged; /* the same at the node */
};

/* ---- options ---- */

static enum tov_err read_limits(struct cli *cli, const struct cli_arguments *arguments,
                                struct watching *out)
{
    uint64_t seconds = 0;
    TOV_TRY(
        command_number(cli, arguments, &(struct command_number){"for", SECONDS_MAX, 0}, &seconds));
    TOV_TRY(command_number(cli, arguments,
                           &(struct command_number){"count", NO_LIMIT - 1, NO_LIMIT}, &out->limit));
    out->end_ms = command_has(arguments, "for") ? cli_clock_ms() + seconds * 1000 : NO_LIMIT;
    out->until_told = command_has(arguments, "once");
    return TOV_OK;
}

static enum tov_err read_where(struct cli *cli, const struct cli_arguments *arguments,
                               struct tov_watch_options *out)
{
    TOV_TRY(command_number(cli, arguments, &(struct command_number){"after", UINT64_MAX, 0},
                           &out->after));
    out->name = command_get(arguments, "name");
    out->deliveries = command_has(arguments, "deliveries");
    out->from_now = out->name == NULL && !command_has(arguments, "after");
    if (out->name == NULL && (command_has(arguments, "ack") || command_has(arguments, "no-ack")))
        return cli_fail(cli, TOV_E_ARGUMENT, "%s",
                        _("Only a subscription with a --name can be acknowledged."));
    if (out->from_now && command_has(arguments, "once"))
        return cli_fail(cli, TOV_E_ARGUMENT, "%s",
                        _("--once goes with --name or --after: without them only what is new "
                          "is shown."));
    return TOV_OK;
}

/* ---- the node ---- */

static enum tov_err acknowledge(struct watching *watching)
{
    if (!watching->acknowledges || watching->written <= watching->acknowledged)
        return TOV_OK;
    TOV_TRY(tov_watch_acknowledge(watching->watch, watching->written, &watching->cli->error));
    watching->acknowledged = watching->written;
    return TOV_OK;
}

/* What the reader of an earlier run has dealt with. The subscription that then begins is another
 * one: it must start behind it. */
static enum tov_err acknowledge_first(struct cli *cli, const struct cli_arguments *arguments,
                                      const struct tov_watch_options *options)
{
    uint64_t number = 0;
    struct tov_watch *watch = NULL;
    if (!command_has(arguments, "ack"))
        return TOV_OK;
    TOV_TRY(
        command_number(cli, arguments, &(struct command_number){"ack", UINT64_MAX, 0}, &number));
    TOV_TRY(tov_watch_open(cli->client, options, &watch, &cli->error));
    enum tov_err err = tov_watch_acknowledge(watch, number, &cli->error);
    tov_watch_close(watch);
    return err;
}

static int wait_ms(const struct watching *watching)
{
    if (watching->end_ms == NO_LIMIT)
        return -1;
    uint64_t now = cli_clock_ms();
    uint64_t left = now >= watching->end_ms ? 0 : watching->end_ms - now;
    return left > WAIT_MAX_MS ? (int)WAIT_MAX_MS : (int)left;
}

/* The next event. Before it waits, it acknowledges. AGAIN: the time is over or it was stopped. */
static enum tov_err next_event(struct watching *watching, struct tov_event **out_event)
{
    struct tov_error *error = &watching->cli->error;
    enum tov_err err = tov_watch_take(watching->watch, out_event, error);
    if (err != TOV_E_AGAIN)
        return err;
    TOV_TRY(acknowledge(watching));
    while (!interrupt_came()) {
        err = tov_watch_next(watching->watch, wait_ms(watching), out_event, error);
        if (err != TOV_E_TIMEOUT)
            return err;
        if (wait_ms(watching) == 0)
            break;
    }
    return TOV_E_AGAIN;
}

static enum tov_err tell(struct watching *watching, const struct tov_event *event)
{
    const struct tov_event_facts *facts = tov_event_facts(event);
    TOV_TRY(event_put(watching->cli, facts));
    if (facts->kind == TOV_EVENT_CAUGHT_UP)
        return TOV_OK;
    watching->told++;
    watching->written = facts->number;
    return watching->told % ACKNOWLEDGE_EVERY == 0 ? acknowledge(watching) : TOV_OK;
}

static enum tov_err follow(struct watching *watching)
{
    bool is_over = false;
    while (!is_over && watching->told < watching->limit && !interrupt_came()) {
        struct tov_event *event = NULL;
        enum tov_err err = next_event(watching, &event);
        if (err == TOV_E_AGAIN)
            break;
        TOV_TRY(err);
        is_over = watching->until_told && tov_event_facts(event)->kind == TOV_EVENT_CAUGHT_UP;
        err = tell(watching, event);
        tov_event_destroy(event);
        TOV_TRY(err);
    }
    TOV_TRY(acknowledge(watching));
    bool wanted_more = watching->limit != NO_LIMIT && watching->told < watching->limit && !is_over;
    if (!wanted_more || interrupt_came())
        return TOV_OK;
    watching->cli->outcome_is_unknown = true;
    return cli_fail(watching->cli, TOV_E_TIMEOUT, _("The time is over: %llu of %llu events came."),
                    (unsigned long long)watching->told, (unsigned long long)watching->limit);
}

/* ---- the command ---- */

static enum tov_err watch(struct watching *watching, const struct tov_watch_options *options)
{
    struct cli *cli = watching->cli;
    TOV_TRY(tov_watch_open(cli->client, options, &watching->watch, &cli->error));
    interrupt_begin(cli->client);
    enum tov_err err = follow(watching);
    tov_watch_close(watching->watch);
    interrupt_end();
    return err;
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    struct tov_client *client = NULL;
    struct tov_watch_options options = TOV_WATCH_OPTIONS_INIT;
    struct watching watching = {.cli = cli};
    cli->json_lines = true;
    TOV_TRY(read_limits(cli, arguments, &watching));
    TOV_TRY(read_where(cli, arguments, &options));
    watching.acknowledges = options.name != NULL && !command_has(arguments, "no-ack");
    TOV_TRY(cli_connect(cli, &client));
    TOV_TRY(acknowledge_first(cli, arguments, &options));
    return watch(&watching, &options);
}

static const struct cli_option options[] = {
    {"name", N_("NAME"), N_("the node remembers under this name how far you were told"), false},
    {"no-ack", NULL, N_("with --name: what is shown counts as told only by a later --ack"), false},
    {"ack", N_("NUMBER"), N_("with --name: first, all events up to this one are dealt with"),
     false},
    {"after", N_("NUMBER"), N_("also what was there before: events above this number"), false},
    {"deliveries", NULL, N_("also receipts for your own messages"), false},
    {"once", NULL, N_("end when all that is there has been shown"), false},
    {"for", N_("SECONDS"), N_("end after so long"), false},
    {"count", N_("N"), N_("end after so many; exit 5 when --for is over first"), false},
    {NULL, NULL, NULL, false}};
const struct cli_command command_watch = {
    "watch", NULL, 0, 0, N_("what happens, as it happens; with --json one value a line"),
    options, run};

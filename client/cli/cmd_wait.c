/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov wait`: until a message of one's own has come so far. Receipts and acknowledgements are
 * events, and each of them is a reason to look; signatures and cosignatures are none, so for these
 * the node is also looked at every LOOK_MS.
 */
#include <string.h>

#include "cli/command.h"
#include "cli/find.h"
#include "cli/interrupt.h"
#include "cli/language.h"
#include "cli/message.h"
#include "cli/show.h"
#include "wire/leaf.h"

#define SECONDS_MAX 31536000u
#define LOOK_MS 2000u
#define LOOK_LEAST_MS 1000
#define LOOK_RARELY_MS 30000u /* should an event ever be missed */

enum goal { GOAL_SIGNED, GOAL_RECEIVED, GOAL_WITNESSED, GOAL_READ };
static const struct {
    const char *id;
    const char *danish; /* taken as well, whatever the language is */
    const char *words;
} goals[] = {{"signed", "underskrevet", N_("signed")},
             {"received", "modtaget", N_("received")},
             {"witnessed", "bevidnet", N_("witnessed")},
             {"read", "læst", N_("read")}};

struct waiting {
    struct cli *cli;
    uint64_t number;
    enum goal goal;
    const char *agency;          /* NULL: all recipients */
    uint64_t end_ms;             /* UINT64_MAX: none */
    struct tov_listing *listing; /* of the last look */
    const struct tov_message_view *view;
};

/* ---- arguments ---- */

static enum tov_err read_goal(struct cli *cli, const char *text, enum goal *out)
{
    for (size_t i = 0; i < sizeof goals / sizeof goals[0]; i++) {
        if (strcmp(goals[i].id, text) != 0 && strcmp(goals[i].danish, text) != 0)
            continue;
        *out = (enum goal)i;
        return TOV_OK;
    }
    return cli_fail(cli, TOV_E_ARGUMENT,
                    _("\"%.40s\" is no level: signed, received, witnessed or read."), text);
}

static bool is_of_recipients(enum goal goal)
{
    return goal == GOAL_RECEIVED || goal == GOAL_READ;
}

static enum tov_err read_arguments(struct cli *cli, const struct cli_arguments *arguments,
                                   struct waiting *out)
{
    uint64_t seconds = 0;
    TOV_TRY(read_goal(cli, arguments->words[1], &out->goal));
    TOV_TRY(command_number(cli, arguments, &(struct command_number){"timeout", SECONDS_MAX, 0},
                           &seconds));
    out->end_ms = command_has(arguments, "timeout") ? cli_clock_ms() + seconds * 1000 : UINT64_MAX;
    out->agency = command_get(arguments, "agency");
    if (out->agency != NULL && !is_of_recipients(out->goal))
        return cli_fail(cli, TOV_E_ARGUMENT, "%s",
                        _("--agency goes with received and read: the others are of the message."));
    return TOV_OK;
}

/* ---- looking ---- */

static void forget(struct waiting *waiting)
{
    tov_listing_destroy(waiting->listing);
    waiting->listing = NULL;
    waiting->view = NULL;
}

/* The message as it is now; no entry in the journal. */
static enum tov_err look(struct waiting *waiting)
{
    char text[24];
    uint64_t left = waiting->end_ms - cli_clock_ms();
    forget(waiting);
    if (left < TOV_CLIENT_TIMEOUT_MS)
        tov_client_set_timeout(waiting->cli->client,
                               left < LOOK_LEAST_MS ? LOOK_LEAST_MS : (int)left);
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)waiting->number);
    return find_message(waiting->cli, text, &waiting->listing, &waiting->view);
}

static bool is_asked_for(const struct waiting *waiting, const struct tov_delivery *delivery)
{
    return waiting->agency == NULL || strcmp(waiting->agency, delivery->agency_name) == 0;
}

/* A restore of the own node has left it so (view.h). */
static bool is_withheld(const struct tov_delivery *delivery)
{
    return delivery->gap != TOV_GAP_NONE && delivery->gap != TOV_GAP_UNKNOWN;
}

/* The recipient was set back, and gets the keys again only when a person says so. */
static bool waits_for_person(const struct tov_delivery *delivery)
{
    return delivery->again != TOV_AGAIN_NO && delivery->again != TOV_AGAIN_GRANTED;
}

static bool has_come(const struct waiting *waiting, const struct tov_delivery *delivery)
{
    const struct tov_message_facts *facts = tov_message_view_facts(waiting->view);
    if (waiting->goal == GOAL_READ)
        return delivery->read != 0;
    if (delivery->gap != TOV_GAP_NONE)
        return false;
    if (delivery->link_number == 0)
        return facts->is_signed != 0; /* the own agency: it is stored where it was written */
    return delivery->verdict != 0 && words_verdict_trouble(delivery->verdict) == NULL;
}

/* Whatever its last receipt says, no other one comes. */
static bool has_ended(const struct waiting *waiting, const struct tov_delivery *delivery)
{
    return delivery->closed != 0 && !has_come(waiting, delivery);
}

static const char *why_hopeless(const struct waiting *waiting, const struct tov_delivery *delivery)
{
    if (has_ended(waiting, delivery))
        return _("the agency has ended, see tov show");
    if (is_withheld(delivery))
        return _("it does not come there any more");
    return waits_for_person(delivery) ? _("it is lost there, see tov show")
                                      : words_verdict_trouble(delivery->verdict);
}

/* A key that is not there yet comes by itself; the other troubles need a person. */
static bool is_hopeless(const struct waiting *waiting, const struct tov_delivery *delivery)
{
    if (has_ended(waiting, delivery) || is_withheld(delivery) || waits_for_person(delivery))
        return true;
    return delivery->link_number != 0 && delivery->verdict != TOV_VERDICT_NO_KEY &&
           words_verdict_trouble(delivery->verdict) != NULL;
}

static enum tov_err judge_recipients(const struct waiting *waiting, bool *out_reached)
{
    size_t asked = 0;
    size_t come = 0;
    for (size_t i = 0; i < tov_message_view_delivery_count(waiting->view); i++) {
        const struct tov_delivery *delivery = tov_message_view_delivery(waiting->view, i);
        if (!is_asked_for(waiting, delivery))
            continue;
        if (is_hopeless(waiting, delivery))
            return cli_fail(waiting->cli, TOV_E_RULE, _("%s: %s. Waiting does not help."),
                            delivery->agency_name, why_hopeless(waiting, delivery));
        asked++;
        come += has_come(waiting, delivery) ? 1 : 0;
    }
    if (asked == 0 && waiting->agency != NULL)
        return cli_fail(waiting->cli, TOV_E_ARGUMENT, _("%.60s is no recipient of message %llu."),
                        waiting->agency, (unsigned long long)waiting->number);
    *out_reached = come == asked;
    return TOV_OK;
}

static enum tov_err judge(const struct waiting *waiting, bool *out_reached)
{
    const struct tov_message_facts *facts = tov_message_view_facts(waiting->view);
    if (!facts->outgoing)
        return cli_fail(waiting->cli, TOV_E_ARGUMENT,
                        _("Message %llu came from another agency. Only what was sent from here can "
                          "be waited for."),
                        (unsigned long long)waiting->number);
    if (is_of_recipients(waiting->goal))
        return judge_recipients(waiting, out_reached);
    *out_reached = waiting->goal == GOAL_SIGNED ? facts->is_signed != 0 : facts->is_witnessed != 0;
    return TOV_OK;
}

/* A node that is away for a moment is waited for as well. */
static bool may_pass(enum tov_err err)
{
    return err == TOV_E_TIMEOUT || err == TOV_E_BUSY || err == TOV_E_UNAVAILABLE;
}

/* ---- waiting ---- */

static int pause_ms(const struct waiting *waiting)
{
    uint64_t now = cli_clock_ms();
    uint64_t left = now >= waiting->end_ms ? 0 : waiting->end_ms - now;
    uint64_t pause = is_of_recipients(waiting->goal) ? LOOK_RARELY_MS : LOOK_MS;
    return (int)(left < pause ? left : pause);
}

/* Until something happened, or it is time to look. All that came together is one reason. */
static enum tov_err wait_for_news(const struct waiting *waiting, struct tov_watch *watch)
{
    struct tov_event *event = NULL;
    struct tov_error *error = &waiting->cli->error;
    enum tov_err err = tov_watch_next(watch, pause_ms(waiting), &event, error);
    while (err == TOV_OK) {
        tov_event_destroy(event);
        err = tov_watch_take(watch, &event, error);
    }
    return err == TOV_E_AGAIN || err == TOV_E_TIMEOUT ? TOV_OK : err;
}

static enum tov_err wait_until_over(struct waiting *waiting, struct tov_watch *watch)
{
    struct cli *cli = waiting->cli;
    bool reached = false;
    while (!interrupt_came()) {
        enum tov_err err = look(waiting);
        if (err == TOV_OK)
            TOV_TRY(judge(waiting, &reached));
        else if (!may_pass(err))
            return err;
        if (reached)
            return TOV_OK;
        if (cli_clock_ms() >= waiting->end_ms)
            break;
        TOV_TRY(wait_for_news(waiting, watch));
    }
    cli->outcome_is_unknown = true;
    return cli_fail(cli, TOV_E_TIMEOUT, _("Message %llu is not %s yet."),
                    (unsigned long long)waiting->number, _(goals[waiting->goal].words));
}

/* The subscription stands before the first look: nothing can happen between the two. */
static enum tov_err wait_with_watch(struct waiting *waiting)
{
    struct cli *cli = waiting->cli;
    struct tov_watch *watch = NULL;
    struct tov_watch_options options = TOV_WATCH_OPTIONS_INIT;
    options.from_now = 1;
    options.deliveries = 1;
    TOV_TRY(tov_watch_open(cli->client, &options, &watch, &cli->error));
    interrupt_begin(cli->client);
    enum tov_err err = wait_until_over(waiting, watch);
    tov_watch_close(watch);
    interrupt_end();
    return err;
}

static void put(const struct waiting *waiting)
{
    struct cli *cli = waiting->cli;
    if (cli->json) {
        json_t *value = cli_json_message(cli, waiting->view);
        (void)json_object_set_new(value, "reached", json_string(goals[waiting->goal].id));
        cli_result(cli, value);
        return;
    }
    cli_say(cli, _("No. %llu · %s: %s\n"), (unsigned long long)waiting->number,
            message_type_name(cli, waiting->view), _(goals[waiting->goal].words));
    if (is_of_recipients(waiting->goal))
        show_deliveries(cli, waiting->view);
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    struct tov_client *client = NULL;
    struct waiting waiting = {.cli = cli};
    TOV_TRY(read_arguments(cli, arguments, &waiting));
    TOV_TRY(find_number(cli, arguments->words[0], &waiting.number));
    TOV_TRY(cli_connect(cli, &client));
    enum tov_err err = wait_with_watch(&waiting);
    if (err == TOV_OK)
        put(&waiting);
    forget(&waiting);
    return err;
}

static const struct cli_option options[] = {
    {"agency", N_("NAME"), N_("by this recipient only, instead of all"), false},
    {"timeout", N_("SECONDS"), N_("give up after so long, with exit code 5"), false},
    {NULL, NULL, NULL, false}};
const struct cli_command command_wait = {"wait",
                                         N_("NUMBER signed|received|witnessed|read"),
                                         2,
                                         2,
                                         N_("wait until a message that you sent has come so far"),
                                         options,
                                         run};

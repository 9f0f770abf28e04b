/* SPDX-License-Identifier: EUPL-1.2
 *
 * Follows a node and prints one line for each event: what was written, what came, what other
 * agencies have received. Example of a durable subscription in the blocking style.
 *
 *   cc follow.c -o follow $(pkg-config --cflags --libs tov)
 *   ./follow tcp://127.0.0.1:47605 front.pub esdh.key
 *
 * It ends by SIGINT or SIGTERM; started again it goes on behind the last line.
 * Not for: content; an event has the header alone, and reading more is an entry in the journal
 * (receive.c does that).
 */
#define _POSIX_C_SOURCE 200809L

#include <tov/tov.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static struct tov_client *client;
static volatile sig_atomic_t has_ended;

static void on_signal(int number)
{
    (void)number;
    has_ended = 1;
    tov_client_interrupt(client);
}

static enum tov_err subscribe(char **argv, struct tov_watch **out_watch, struct tov_error *error)
{
    struct tov_client_options options = TOV_CLIENT_OPTIONS_INIT;
    struct tov_watch_options watch = TOV_WATCH_OPTIONS_INIT;
    options.endpoint = argv[1];
    options.front_path = argv[2];
    options.key_path = argv[3];
    options.program = "follow example";
    watch.name = "follow-example"; /* the node keeps the cursor under this name and our key */
    watch.deliveries = 1;
    enum tov_err err = tov_client_open(&options, &client, error);
    return err == TOV_OK ? tov_watch_open(client, &watch, out_watch, error) : err;
}

/* Which messages a receipt speaks of: those whose delivery to AGENCY has such a link number
 * (tov_submission_delivery, tov_message_view_delivery). */
static void print_delivered(const struct tov_event_facts *facts)
{
    (void)printf("%llu: agency %u has received links %llu to %llu: %s\n",
                 (unsigned long long)facts->number, (unsigned)facts->agency,
                 (unsigned long long)facts->first_link, (unsigned long long)facts->last_link,
                 facts->verdict == 0 ? "not all alike" : tov_verdict_text(facts->verdict));
}

static void print_message(const struct tov_event_facts *facts, const char *what)
{
    (void)printf("%llu: %s message %llu, %s\n", (unsigned long long)facts->number, what,
                 (unsigned long long)tov_message_view_facts(facts->message)->number,
                 tov_message_view_type(facts->message));
}

static void print_event(const struct tov_event_facts *facts)
{
    if (facts->kind == TOV_EVENT_DELIVERED)
        print_delivered(facts);
    else if (facts->kind == TOV_EVENT_WRITTEN)
        print_message(facts, "written:");
    else if (facts->kind == TOV_EVENT_RECEIVED)
        print_message(facts, "received:");
    else if (facts->kind == TOV_EVENT_ATTACHMENT)
        print_message(facts, "an attachment is complete:");
    (void)fflush(stdout); /* other kinds, also those of later versions, are passed over */
}

static enum tov_err follow(struct tov_watch *watch, struct tov_error *error)
{
    while (!has_ended) {
        struct tov_event *event = NULL;
        enum tov_err err = tov_watch_next(watch, -1, &event, error);
        if (err == TOV_E_TIMEOUT)
            continue; /* a signal */
        if (err != TOV_OK)
            return err;
        const struct tov_event_facts *facts = tov_event_facts(event);
        print_event(facts); /* first the own work, */
        if (facts->kind != TOV_EVENT_CAUGHT_UP)
            err = tov_watch_acknowledge(watch, facts->number, error); /* then the cursor */
        tov_event_destroy(event);
        if (err != TOV_OK && err != TOV_E_TIMEOUT)
            return err; /* after a time-out the next acknowledgement covers this one too */
    }
    return TOV_OK;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct tov_watch *watch = NULL;
    struct tov_error error = {.code = TOV_OK};
    if (argc != 4) {
        (void)fprintf(stderr, "usage: %s ENDPOINT FRONT.pub KEY\n", argv[0]);
        return 2;
    }
    enum tov_err err = subscribe(argv, &watch, &error);
    if (err == TOV_OK) { /* the client is there: from now on the handler can use it */
        (void)sigaction(SIGINT, &action, NULL);
        (void)sigaction(SIGTERM, &action, NULL);
        err = follow(watch, &error);
    }
    if (err != TOV_OK)
        (void)fprintf(stderr, "%s: %s\n", tov_err_name(err), error.text);
    (void)signal(SIGINT, SIG_DFL); /* before the client goes */
    (void)signal(SIGTERM, SIG_DFL);
    tov_watch_close(watch);
    tov_client_close(client);
    return err == TOV_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

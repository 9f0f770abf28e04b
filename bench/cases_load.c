/* SPDX-License-Identifier: EUPL-1.2
 *
 * Fills an Infohus of three nodes with open cases of twenty messages each, through libtov, as their
 * own systems would: one client at each node, many submits in flight, and no step before all who
 * must know the one before it have received it. Not for: measuring (cases_ask.c).
 *
 *   bench_cases_load DIR CASES WINDOW
 *
 * DIR is made by bench/cases: a socket, a front key and a caseworker's key of each agency.
 */
#include "cases_story.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_MAX 1000u
#define WAIT_MS 60000

static const char *const agencies[CASES_PARTIES] = {"kk", "kbh-pol", "krfo"};

struct slot {
    struct tov_message_draft *draft;
    struct tov_submit *submit;
};

struct party {
    struct tov_client *client;
    struct tov_watch *watch;
    size_t received, expected;
};

struct load {
    struct party parties[CASES_PARTIES];
    size_t cases, window;
    struct tov_event **cited; /* what the last step's recipient received, to be cited */
    size_t cited_count;
    struct slot slots[WINDOW_MAX];
    size_t used;
};

/* ---- clients ---- */

static void open_party(struct party *party, const char *dir, const char *agency)
{
    char endpoint[512], front[512], key[512];
    struct tov_error error = {TOV_OK, ""};
    struct tov_client_options options = TOV_CLIENT_OPTIONS_INIT;
    struct tov_watch_options watch = TOV_WATCH_OPTIONS_INIT;
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s/%s.sock", dir, agency);
    (void)snprintf(front, sizeof front, "%s/clients/%s/front.pub", dir, agency);
    (void)snprintf(key, sizeof key, "%s/clients/%s/caseworker.key", dir, agency);
    options.endpoint = endpoint;
    options.front_path = front;
    options.key_path = key;
    options.program = "tov-bench";
    options.timeout_ms = WAIT_MS;
    watch.from_now = 1;
    watch.without_written = 1;
    cases_need(tov_client_open(&options, &party->client, &error), agency, &error);
    cases_need(tov_watch_open(party->client, &watch, &party->watch, &error), "watch", &error);
}

static void take_event(struct load *load, struct party *party, struct tov_event *event)
{
    const struct tov_event_facts *facts = tov_event_facts(event);
    if (facts->kind != TOV_EVENT_RECEIVED) {
        tov_event_destroy(event);
        return;
    }
    party->received++;
    if (load->cited_count < load->cases)
        load->cited[load->cited_count++] = event;
    else
        tov_event_destroy(event);
}

static void take_events(struct load *load, struct party *party)
{
    struct tov_error error = {TOV_OK, ""};
    struct tov_event *event = NULL;
    enum tov_err err;
    while ((err = tov_watch_take(party->watch, &event, &error)) == TOV_OK)
        take_event(load, party, event);
    if (err != TOV_E_AGAIN)
        cases_need(err, "watch", &error);
}

static void wait_for_any(struct load *load)
{
    struct pollfd slots[CASES_PARTIES];
    struct tov_error error = {TOV_OK, ""};
    int timeout = WAIT_MS;
    for (int i = 0; i < CASES_PARTIES; i++) {
        const struct tov_client *client = load->parties[i].client;
        int own = tov_client_timeout(client);
        slots[i] = (struct pollfd){tov_client_fd(client), tov_client_events(client), 0};
        timeout = own >= 0 && own < timeout ? own : timeout;
    }
    (void)poll(slots, CASES_PARTIES, timeout);
    for (int i = 0; i < CASES_PARTIES; i++) {
        cases_need(tov_client_process(load->parties[i].client, &error), "process", &error);
        take_events(load, &load->parties[i]);
    }
}

/* ---- one step of all cases ---- */

static void print_remarks(const struct tov_message_draft *draft)
{
    const struct tov_remarks *remarks = tov_message_draft_remarks(draft);
    for (size_t i = 0; i < tov_remarks_count(remarks); i++) {
        const struct tov_remark *remark = tov_remarks_at(remarks, i);
        (void)fprintf(stderr, "cases: %s: %s\n", remark->field, remark->reason_en);
    }
}

/* Takes the answer of a slot; 0 when there is none yet. */
static int take_slot(struct slot *slot)
{
    struct tov_error error = {TOV_OK, ""};
    struct tov_submission *submission = NULL;
    enum tov_err err = tov_submit_take(slot->submit, &submission, &error);
    if (err == TOV_E_AGAIN)
        return 0;
    if (err != TOV_OK)
        print_remarks(slot->draft);
    cases_need(err, tov_message_draft_type(slot->draft), &error);
    tov_submission_destroy(submission);
    tov_submit_destroy(slot->submit);
    tov_message_draft_destroy(slot->draft);
    return 1;
}

static void take_answers(struct load *load)
{
    for (size_t i = 0; i < load->used;) {
        if (take_slot(&load->slots[i]))
            load->slots[i] = load->slots[--load->used];
        else
            i++;
    }
}

static void begin_one(struct load *load, size_t step, size_t number,
                      const struct tov_message_view *cited)
{
    struct tov_error error = {TOV_OK, ""};
    struct party *party = &load->parties[cases_steps[step].from];
    struct slot *slot = &load->slots[load->used++];
    slot->draft = cases_draft(step, number, cited);
    cases_need(tov_submit_begin(party->client, slot->draft, NULL, &slot->submit, &error), "submit",
               &error);
}

static int is_everywhere(const struct load *load)
{
    for (int i = 0; i < CASES_PARTIES; i++) {
        if (load->parties[i].received < load->parties[i].expected)
            return 0;
    }
    return 1;
}

/* The case that a message is about is known by its concern, the last eight digits of which are its
 * number. */
static size_t number_of(const struct tov_message_view *view)
{
    const char *text = tov_message_view_text(view, "header.about.concern_ref");
    size_t size = strlen(text), number = 0;
    for (size_t i = 0, digits = 0; i < size && digits < 8; i++) {
        char digit = text[size - 1 - i];
        number += (size_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10) << (4 * digits++);
    }
    return number;
}

static void run_step(struct load *load, size_t step)
{
    struct tov_event **cited = cases_steps[step].is_second ? load->cited : NULL;
    size_t cited_count = load->cited_count;
    if (cited != NULL)
        load->cited = calloc(load->cases, sizeof *load->cited);
    if (load->cited == NULL || (cited != NULL && cited_count != load->cases))
        exit(EXIT_FAILURE);
    for (size_t i = 0; cited == NULL && i < cited_count; i++)
        tov_event_destroy(load->cited[i]);
    load->cited_count = 0;
    for (int i = 0; i < CASES_PARTIES; i++)
        load->parties[i].expected += cases_steps[step].to[i] ? load->cases : 0;
    for (size_t begun = 0; begun < load->cases || load->used > 0 || !is_everywhere(load);) {
        for (; begun < load->cases && load->used < load->window; begun++) {
            const struct tov_message_view *view =
                cited == NULL ? NULL : tov_event_facts(cited[begun])->message;
            begin_one(load, step, view == NULL ? begun : number_of(view), view);
        }
        wait_for_any(load);
        take_answers(load);
    }
    for (size_t i = 0; cited != NULL && i < cited_count; i++)
        tov_event_destroy(cited[i]);
    free(cited);
}

int main(int argc, char **argv)
{
    struct load *load = calloc(1, sizeof *load);
    if (argc != 4 || load == NULL) {
        (void)fprintf(stderr, "usage: bench_cases_load DIR CASES WINDOW\n");
        return 2;
    }
    load->cases = strtoul(argv[2], NULL, 10);
    load->window = strtoul(argv[3], NULL, 10);
    load->cited = calloc(load->cases + 1, sizeof *load->cited);
    if (load->cases < 1 || load->window < 1 || load->window > WINDOW_MAX || load->cited == NULL)
        return 2;
    for (int i = 0; i < CASES_PARTIES; i++)
        open_party(&load->parties[i], argv[1], agencies[i]);
    for (size_t step = 0; step < CASES_MESSAGES; step++)
        run_step(load, step);
    for (size_t i = 0; i < load->cited_count; i++)
        tov_event_destroy(load->cited[i]);
    for (int i = 0; i < CASES_PARTIES; i++) {
        tov_watch_close(load->parties[i].watch);
        tov_client_close(load->parties[i].client);
    }
    free(load->cited);
    free(load);
    return EXIT_SUCCESS;
}

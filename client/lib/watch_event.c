/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/watch.h"

#include "lib/view.h"

#include <stdlib.h>
#include <string.h>

TOV_DEFINE_CLEANUP(event, struct tov_event, tov_event_destroy)

/* 0: a kind that this library does not know. */
static int kind_of(const char *id)
{
    static const char *const ids[] = {
        [TOV_EVENT_WRITTEN] = "written",     [TOV_EVENT_RECEIVED] = "received",
        [TOV_EVENT_DELIVERED] = "delivered", [TOV_EVENT_ATTACHMENT] = "attachment",
        [TOV_EVENT_CAUGHT_UP] = "caught_up",
    };
    for (size_t i = 1; id != NULL && i < sizeof ids / sizeof ids[0]; i++) {
        if (strcmp(ids[i], id) == 0)
            return (int)i;
    }
    return 0;
}

static enum tov_err read_event(struct tov_record record, struct tov_event **out_event)
{
    TOV_CLEANUP(event_cleanup) struct tov_event *event = calloc(1, sizeof *event);
    struct tov_record summary;
    if (event == NULL)
        return TOV_E_NOMEM;
    event->facts = (struct tov_event_facts){
        .number = tov_record_number(record, "number"),
        .kind = (enum tov_event_kind)kind_of(tov_record_enum(record, "kind")),
        .agency = (uint32_t)tov_record_number(record, "agency"),
        .first_link = tov_record_number(record, "first_link"),
        .last_link = tov_record_number(record, "last_link"),
        .verdict = (uint32_t)tov_record_number(record, "verdict"),
    };
    if (tov_record_child(record, "summary", 0, &summary))
        TOV_TRY(view_of_summary(summary, (struct tov_bytes){NULL, 0}, &event->message));
    event->facts.message = event->message;
    *out_event = TOV_TAKE(event);
    return TOV_OK;
}

static bool is_whole(const struct tov_event *event)
{
    bool of_message = event->facts.kind == TOV_EVENT_WRITTEN ||
                      event->facts.kind == TOV_EVENT_RECEIVED ||
                      event->facts.kind == TOV_EVENT_ATTACHMENT;
    return !of_message || event->message != NULL;
}

static void enqueue(struct tov_watch *watch, struct tov_event *event)
{
    if (watch->newest == NULL)
        watch->first = event;
    else
        watch->newest->next = event;
    watch->newest = event;
    watch->queued++;
}

/* W1; that all has been told is said once and has no place in the order. */
static bool is_news(const struct tov_watch *watch, const struct tov_event *event)
{
    if (event->facts.kind == TOV_EVENT_CAUGHT_UP)
        return !watch->caught_up;
    return event->facts.number > watch->last;
}

void watch_take_event(struct tov_watch *watch, struct tov_record record)
{
    TOV_CLEANUP(event_cleanup) struct tov_event *event = NULL;
    if (watch->passed_over)
        return; /* W2 */
    if (watch->queued == WATCH_QUEUE_MAX || read_event(record, &event) != TOV_OK ||
        !is_whole(event)) {
        watch->passed_over = true;
        return;
    }
    if (!is_news(watch, event))
        return;
    if (event->facts.kind == TOV_EVENT_CAUGHT_UP)
        watch->caught_up = true;
    if (event->facts.number > watch->last)
        watch->last = event->facts.number;
    enqueue(watch, TOV_TAKE(event));
}

const struct tov_event_facts *tov_event_facts(const struct tov_event *event)
{
    return &event->facts;
}

void tov_event_destroy(struct tov_event *event)
{
    if (event == NULL)
        return;
    tov_message_view_destroy(event->message);
    free(event);
}

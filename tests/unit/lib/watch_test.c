/* SPDX-License-Identifier: EUPL-1.2
 *
 * Durable subscriptions: order, once for a handle, the cursor, and a front that was restarted.
 */
#include "fake_front.h"

#include "lib/watch.h"

#include <string.h>

struct node {
    uint64_t newest;       /* events 1..newest are there */
    uint64_t acknowledged; /* cursor of the name */
    uint64_t asked_after;  /* of the last watch */
    bool without_written;  /* of the last watch */
    bool twice;            /* every event is told twice, and an old one again */
    enum tov_err error;
};

static void send_event(struct fake_front *front, uint64_t number, const char *kind)
{
    struct tov_record event, summary;
    struct tov_record reply = front_reply(front_request_id(front), "event", &event);
    put_number(event, "number", number);
    UNIT_NEED(tov_record_put_enum(event, "kind", kind) == TOV_OK);
    if (strcmp(kind, "received") == 0) {
        UNIT_NEED(tov_record_open(event, "summary", &summary) == TOV_OK);
        put_summary(summary, number);
    }
    front_send(front, &reply);
}

static bool play(struct fake_front *front, const char *name, struct tov_record body, void *arg)
{
    struct node *node = arg;
    if (strcmp(name, "acknowledge") == 0) {
        struct tov_record reply = front_reply(front_request_id(front), NULL, NULL);
        node->acknowledged = tov_record_number(body, "number");
        front_send(front, &reply);
        return true;
    }
    if (strcmp(name, "unwatch") == 0)
        return true;
    if (strcmp(name, "watch") != 0)
        return false;
    if (node->error != TOV_OK) {
        front_send_error(front, node->error, "not for you");
        return true;
    }
    node->asked_after = tov_record_number(body, "after");
    node->without_written = tov_record_number(body, "without_written") != 0;
    uint64_t from = node->asked_after == 0 ? node->acknowledged : node->asked_after;
    for (uint64_t number = from + 1; number <= node->newest; number++) {
        send_event(front, number, "received");
        if (node->twice) {
            send_event(front, number, "received");
            send_event(front, 1, "received");
        }
    }
    send_event(front, node->newest, "caught_up");
    return true;
}

static struct tov_watch *open_watch(struct tov_client *client)
{
    struct tov_watch_options options = TOV_WATCH_OPTIONS_INIT;
    struct tov_watch *watch = NULL;
    options.name = "esdh";
    UNIT_NEED(tov_watch_open(client, &options, &watch, NULL) == TOV_OK);
    return watch;
}

static uint64_t next_number(struct tov_watch *watch, enum tov_event_kind kind)
{
    struct tov_event *event = NULL;
    struct tov_error error = {0};
    enum tov_err err = tov_watch_next(watch, FRONT_TIMEOUT_MS, &event, &error);
    UNIT_EQUAL_INT(err, TOV_OK);
    if (err != TOV_OK)
        return 0;
    uint64_t number = tov_event_facts(event)->number;
    UNIT_EQUAL_INT(tov_event_facts(event)->kind, kind);
    if (kind == TOV_EVENT_RECEIVED)
        UNIT_EQUAL_TEXT(tov_message_view_type(tov_event_facts(event)->message), "msg.note");
    tov_event_destroy(event);
    return number;
}

static void events_come_in_order_and_once(void)
{
    struct node node = {.newest = 5, .twice = true};
    struct fake_front *front = front_start(play, &node);
    struct tov_client *client = front_client(front);
    struct tov_watch *watch = open_watch(client);
    struct tov_event *event = NULL;
    for (uint64_t number = 1; number <= 5; number++)
        UNIT_EQUAL_INT(next_number(watch, TOV_EVENT_RECEIVED), number);
    UNIT_EQUAL_INT(next_number(watch, TOV_EVENT_CAUGHT_UP), 5);
    UNIT_EQUAL_INT(tov_watch_next(watch, 50, &event, NULL), TOV_E_TIMEOUT);
    UNIT_EQUAL_INT(tov_watch_take(watch, &event, NULL), TOV_E_AGAIN);
    tov_watch_close(watch);
    tov_client_close(client);
    front_end(front);
}

static void a_sender_can_leave_out_what_its_own_agency_writes(void)
{
    struct node node = {.newest = 1};
    struct fake_front *front = front_start(play, &node);
    struct tov_client *client = front_client(front);
    struct tov_watch_options options = TOV_WATCH_OPTIONS_INIT;
    struct tov_watch *watch = NULL;
    options.without_written = 1;
    UNIT_OK(tov_watch_open(client, &options, &watch, NULL));
    UNIT_EQUAL_INT(next_number(watch, TOV_EVENT_RECEIVED), 1);
    front_lock(front);
    CU_ASSERT(node.without_written);
    front_unlock(front);
    tov_watch_close(watch);
    tov_client_close(client);
    front_end(front);
}

static void what_was_not_acknowledged_comes_again(void)
{
    struct node node = {.newest = 4};
    struct fake_front *front = front_start(play, &node);
    struct tov_client *client = front_client(front);
    struct tov_watch *watch = open_watch(client);
    UNIT_EQUAL_INT(next_number(watch, TOV_EVENT_RECEIVED), 1);
    UNIT_EQUAL_INT(next_number(watch, TOV_EVENT_RECEIVED), 2);
    UNIT_EQUAL_INT(next_number(watch, TOV_EVENT_RECEIVED), 3);
    UNIT_OK(tov_watch_acknowledge(watch, 2, NULL));
    tov_watch_close(watch);
    watch = open_watch(client);
    UNIT_EQUAL_INT(next_number(watch, TOV_EVENT_RECEIVED), 3);
    tov_watch_close(watch);
    tov_client_close(client);
    front_end(front);
}

static void only_a_name_has_a_cursor(void)
{
    struct node node = {.newest = 1};
    struct fake_front *front = front_start(play, &node);
    struct tov_client *client = front_client(front);
    struct tov_watch_options options = TOV_WATCH_OPTIONS_INIT;
    struct tov_watch *watch = NULL;
    UNIT_OK(tov_watch_open(client, &options, &watch, NULL));
    UNIT_EQUAL_INT(tov_watch_acknowledge(watch, 1, NULL), TOV_E_ARGUMENT);
    tov_watch_close(watch);
    tov_client_close(client);
    front_end(front);
}

static void a_restarted_front_is_asked_again_behind_the_last_event(void)
{
    struct node node = {.newest = 2};
    struct fake_front *front = front_start(play, &node);
    struct tov_client_options options = front_options(front);
    struct tov_client *client = NULL;
    options.keepalive_ms = 300;
    UNIT_NEED(tov_client_open(&options, &client, NULL) == TOV_OK);
    struct tov_watch *watch = open_watch(client);
    UNIT_EQUAL_INT(next_number(watch, TOV_EVENT_RECEIVED), 1);
    UNIT_EQUAL_INT(next_number(watch, TOV_EVENT_RECEIVED), 2);
    UNIT_EQUAL_INT(next_number(watch, TOV_EVENT_CAUGHT_UP), 2);
    front_stop(front);
    node.newest = 4; /* the thread is not there */
    front_resume(front);
    struct tov_event *event = NULL;
    UNIT_NEED(tov_watch_next(watch, FRONT_TIMEOUT_MS, &event, NULL) == TOV_OK);
    UNIT_EQUAL_INT(tov_event_facts(event)->number, 3);
    tov_event_destroy(event);
    UNIT_EQUAL_INT(next_number(watch, TOV_EVENT_RECEIVED), 4);
    front_lock(front);
    CU_ASSERT(node.asked_after == 2 || node.asked_after == 4);
    front_unlock(front);
    tov_watch_close(watch);
    tov_client_close(client);
    front_end(front);
}

static void a_backlog_over_the_queue_is_told_whole_and_in_order(void)
{
    struct node node = {.newest = 1500};
    struct fake_front *front = front_start(play, &node);
    struct tov_client *client = front_client(front);
    struct tov_watch *watch = open_watch(client);
    struct tov_event *event = NULL;
    uint64_t number = 0;
    /* More than the queue holds arrives before the first is taken. */
    while (!watch->passed_over)
        UNIT_NEED(tov_client_wait(client, FRONT_TIMEOUT_MS, NULL) == TOV_OK);
    while (number < node.newest &&
           tov_watch_next(watch, FRONT_TIMEOUT_MS, &event, NULL) == TOV_OK) {
        if (tov_event_facts(event)->kind == TOV_EVENT_RECEIVED) {
            UNIT_NEED(tov_event_facts(event)->number == number + 1);
            number++;
        }
        tov_event_destroy(event);
    }
    UNIT_EQUAL_INT(number, 1500);
    CU_ASSERT(front_seen(front, "watch") > 1);
    tov_watch_close(watch);
    tov_client_close(client);
    front_end(front);
}

static void a_refused_subscription_says_why(void)
{
    struct node node = {.error = TOV_E_DENIED};
    struct fake_front *front = front_start(play, &node);
    struct tov_client *client = front_client(front);
    struct tov_watch *watch = open_watch(client);
    struct tov_event *event = NULL;
    struct tov_error error = {0};
    UNIT_EQUAL_INT(tov_watch_next(watch, FRONT_TIMEOUT_MS, &event, &error), TOV_E_DENIED);
    UNIT_EQUAL_TEXT(error.text, "not for you");
    tov_watch_close(watch);
    tov_client_close(client);
    front_end(front);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(events_come_in_order_and_once),
        UNIT_TEST(a_sender_can_leave_out_what_its_own_agency_writes),
        UNIT_TEST(what_was_not_acknowledged_comes_again),
        UNIT_TEST(only_a_name_has_a_cursor),
        UNIT_TEST(a_restarted_front_is_asked_again_behind_the_last_event),
        UNIT_TEST(a_backlog_over_the_queue_is_told_whole_and_in_order),
        UNIT_TEST(a_refused_subscription_says_why),
    };
    return unit_run("lib watch", tests, sizeof tests / sizeof tests[0]);
}

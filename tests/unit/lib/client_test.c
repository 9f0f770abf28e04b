/* SPDX-License-Identifier: EUPL-1.2
 *
 * Opening a client, waiting on it, losing its front, and answers that are no answers.
 */
#include "fake_front.h"
#include "lib/connection.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void a_client_learns_who_it_is(void)
{
    struct fake_front *front = front_start(NULL, NULL);
    struct tov_client *client = front_client(front);
    const struct tov_identity *identity = tov_client_identity(client);
    UNIT_EQUAL_TEXT(identity->agency, "kk");
    UNIT_EQUAL_TEXT(identity->federation, "infohus-demo");
    UNIT_EQUAL_INT(identity->unit_count, 1);
    UNIT_EQUAL_TEXT(identity->units[0], "kk/vink");
    UNIT_EQUAL_TEXT(identity->roles[0], "sagsbehandler");
    tov_client_close(client);
    front_end(front);
}

static void a_node_that_is_not_there_is_a_time_out_with_words(void)
{
    struct fake_front *front = front_start(NULL, NULL);
    struct tov_client_options options = front_options(front);
    struct tov_client *client = NULL;
    struct tov_error error = {0};
    options.endpoint = "tcp://127.0.0.1:1";
    options.timeout_ms = 300;
    UNIT_EQUAL_INT(tov_client_open(&options, &client, &error), TOV_E_TIMEOUT);
    CU_ASSERT_PTR_NULL(client);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "registered"));
    front_end(front);
}

static void another_front_key_is_not_talked_to(void)
{
    struct fake_front *front = front_start(NULL, NULL);
    struct tov_client_options options = front_options(front);
    struct tov_client *client = NULL;
    options.front_key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddee0f";
    options.timeout_ms = 300;
    UNIT_EQUAL_INT(tov_client_open(&options, &client, NULL), TOV_E_TIMEOUT);
    UNIT_EQUAL_INT(front_seen(front, "hello"), 0);
    front_end(front);
}

static void wrong_options_are_refused_with_words(void)
{
    struct fake_front *front = front_start(NULL, NULL);
    struct tov_client *client = NULL;
    struct tov_error error = {0};
    struct tov_client_options options = front_options(front);
    options.size = 8;
    UNIT_EQUAL_INT(tov_client_open(&options, &client, &error), TOV_E_ARGUMENT);
    options = front_options(front);
    options.front_key = "xyz";
    UNIT_EQUAL_INT(tov_client_open(&options, &client, &error), TOV_E_ARGUMENT);
    options = front_options(front);
    options.endpoint = "inproc://x";
    UNIT_EQUAL_INT(tov_client_open(&options, &client, &error), TOV_E_CONFIG);
    options = front_options(front);
    options.key_path = "/nonexistent/key";
    UNIT_EQUAL_INT(tov_client_open(&options, &client, &error), TOV_E_NOT_FOUND);
    front_end(front);
}

/* ---- hostile answers ---- */

static bool answer_a_time_after_all_years(struct fake_front *front, const char *name,
                                          struct tov_record body, void *arg)
{
    struct tov_record hello;
    (void)body;
    if (strcmp(name, "hello") != 0)
        return false;
    struct tov_record reply = front_reply(front_request_id(front), "hello", &hello);
    put_number(hello, "api", 1);
    put_number(hello, "now_ms", *(const uint64_t *)arg);
    front_send(front, &reply);
    return true;
}

static void a_node_whose_clock_says_no_time_is_not_talked_to(void)
{
    uint64_t now_ms = TOV_TIME_MAX_MS + 1;
    struct fake_front *front = front_start(answer_a_time_after_all_years, &now_ms);
    struct tov_client_options options = front_options(front);
    struct tov_client *client = NULL;
    struct tov_error error = {0};
    UNIT_EQUAL_INT(tov_client_open(&options, &client, &error), TOV_E_MALFORMED);
    CU_ASSERT_PTR_NULL(client);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "clock"));
    front_lock(front);
    now_ms = TOV_TIME_MAX_MS;
    front_unlock(front);
    UNIT_OK(tov_client_open(&options, &client, &error));
    tov_client_close(client);
    front_end(front);
}

static bool answer_garbage(struct fake_front *front, const char *name, struct tov_record body,
                           void *arg)
{
    static uint8_t large[TOV_RECORD_BUDGET_BYTES / 8];
    struct tov_record other;
    (void)body;
    (void)arg;
    if (strcmp(name, "status") != 0)
        return false;
    front_send_bytes(front, tov_bytes_of_text("\xff\xff\xff not a reply"));
    struct tov_record reply = front_reply(front_request_id(front) + 1000, "status", &other);
    front_send(front, &reply); /* an id that nobody has */
    reply = front_reply(0, "status", &other);
    tov_record_clear(reply, "id");
    front_send(front, &reply); /* none */
    memset(large, 0x0a, sizeof large);
    front_send_bytes(front,
                     (struct tov_bytes){large, sizeof large}); /* as large as a frame may be */
    reply = front_reply(front_request_id(front), "directory", &other);
    front_send(front, &reply); /* the right id, another answer */
    return true;
}

static void answers_that_are_none_are_dropped_and_a_wrong_one_is_malformed(void)
{
    struct fake_front *front = front_start(answer_garbage, NULL);
    struct tov_client *client = front_client(front);
    struct tov_status *status = NULL;
    struct tov_directory *directory = NULL;
    UNIT_EQUAL_INT(tov_status_get(client, &status, NULL), TOV_E_MALFORMED);
    UNIT_OK(tov_directory_get(client, &directory, NULL)); /* the client goes on */
    UNIT_EQUAL_INT(tov_directory_count(directory), 3);
    tov_directory_destroy(directory);
    tov_client_close(client);
    front_end(front);
}

static bool answer_oversize(struct fake_front *front, const char *name, struct tov_record body,
                            void *arg)
{
    static uint8_t huge[300000];
    (void)body;
    (void)arg;
    if (strcmp(name, "status") != 0)
        return false;
    front_send_bytes(front, (struct tov_bytes){huge, sizeof huge});
    return true;
}

static void a_frame_over_the_limit_cuts_the_connection_and_a_new_client_works(void)
{
    struct fake_front *front = front_start(answer_oversize, NULL);
    struct tov_client *client = front_client(front);
    struct tov_status *status = NULL;
    struct tov_directory *directory = NULL;
    tov_client_set_timeout(client, 300);
    UNIT_EQUAL_INT(tov_status_get(client, &status, NULL), TOV_E_TIMEOUT);
    tov_client_close(client);
    client = front_client(front);
    UNIT_OK(tov_directory_get(client, &directory, NULL));
    tov_directory_destroy(directory);
    tov_client_close(client);
    front_end(front);
}

static bool answer_error(struct fake_front *front, const char *name, struct tov_record body,
                         void *arg)
{
    (void)body;
    if (strcmp(name, "status") != 0)
        return false;
    front_send_error(front, *(enum tov_err *)arg, "because");
    return true;
}

static void the_nodes_error_and_its_words_reach_the_caller(void)
{
    enum tov_err code = TOV_E_DENIED;
    struct fake_front *front = front_start(answer_error, &code);
    struct tov_client *client = front_client(front);
    struct tov_status *status = NULL;
    struct tov_error error = {0};
    UNIT_EQUAL_INT(tov_status_get(client, &status, &error), TOV_E_DENIED);
    UNIT_EQUAL_TEXT(error.text, "because");
    front_lock(front);
    code = (enum tov_err)4711; /* of a later version */
    front_unlock(front);
    UNIT_EQUAL_INT(tov_status_get(client, &status, &error), TOV_E_UNAVAILABLE);
    front_lock(front);
    code = TOV_E_AGAIN; /* means something else to our callers */
    front_unlock(front);
    UNIT_EQUAL_INT(tov_status_get(client, &status, &error), TOV_E_BUSY);
    tov_client_close(client);
    front_end(front);
}

/* ---- connections ---- */

static void a_client_goes_on_after_its_front_was_restarted(void)
{
    struct fake_front *front = front_start(NULL, NULL);
    struct tov_client *client = front_client(front);
    struct tov_status *status = NULL;
    front_stop(front);
    tov_client_set_timeout(client, 200);
    UNIT_EQUAL_INT(tov_status_get(client, &status, NULL), TOV_E_TIMEOUT);
    front_resume(front);
    tov_client_set_timeout(client, FRONT_TIMEOUT_MS);
    UNIT_OK(tov_status_get(client, &status, NULL));
    UNIT_EQUAL_TEXT(tov_status_facts(status)->state, "serving");
    UNIT_EQUAL_INT(tov_status_facts(status)->peer_count, 2);
    tov_status_destroy(status);
    tov_client_close(client);
    front_end(front);
}

static void a_child_after_fork_is_told_so(void)
{
    struct fake_front *front = front_start(NULL, NULL);
    struct tov_client *client = front_client(front);
    int state = 0;
    pid_t child = fork();
    if (child == 0) {
        struct tov_status *status = NULL;
        enum tov_err err = tov_status_get(client, &status, NULL);
        tov_client_close(client);
        _exit(err == TOV_E_UNAVAILABLE ? 0 : 1);
    }
    UNIT_NEED(waitpid(child, &state, 0) == child);
    UNIT_EQUAL_INT(WIFEXITED(state) && WEXITSTATUS(state) == 0, 1);
    tov_client_close(client);
    front_end(front);
}

static bool answer_get(struct fake_front *front, const char *name, struct tov_record body,
                       void *arg)
{
    struct tov_record get, summary;
    (void)body;
    (void)arg;
    if (strcmp(name, "get") != 0)
        return false;
    struct tov_record reply = front_reply(front_request_id(front), "get", &get);
    UNIT_NEED(tov_record_open(get, "summary", &summary) == TOV_OK);
    put_summary(summary, 5);
    front_send(front, &reply);
    return true;
}

/* The loop of a program that has its own: waits on the descriptor only, never longer than told. */
static void a_foreign_loop_drives_the_client_by_its_descriptor(void)
{
    struct fake_front *front = front_start(answer_get, NULL);
    struct tov_client *client = front_client(front);
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_call *call = NULL;
    struct tov_message_view *view = NULL;
    options.number = 5;
    UNIT_OK(tov_message_get_begin(client, &options, &call, NULL));
    enum tov_err err = tov_call_take_message(call, &view, NULL);
    for (int turns = 0; err == TOV_E_AGAIN && turns < 1000; turns++) {
        struct pollfd item = {.fd = tov_client_fd(client), .events = tov_client_events(client)};
        int timeout = tov_client_timeout(client);
        CU_ASSERT(timeout >= 0 && timeout <= FRONT_TIMEOUT_MS);
        UNIT_NEED(poll(&item, 1, timeout) >= 0);
        UNIT_OK(tov_client_process(client, NULL));
        err = tov_call_take_message(call, &view, NULL);
    }
    UNIT_OK(err);
    UNIT_EQUAL_INT(tov_message_view_facts(view)->number, 5);
    tov_message_view_destroy(view);
    tov_call_destroy(call);
    UNIT_EQUAL_INT(tov_client_timeout(client), -1); /* nothing is on its way */
    tov_client_close(client);
    front_end(front);
}

static void the_descriptor_stays_readable_until_all_was_processed(void)
{
    struct fake_front *front = front_start(answer_get, NULL);
    struct tov_client *client = front_client(front);
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_call *call = NULL;
    struct pollfd item = {.fd = tov_client_fd(client), .events = POLLIN};
    options.number = 5;
    UNIT_OK(tov_message_get_begin(client, &options, &call, NULL));
    struct tov_message_view *view = NULL;
    for (int turns = 0; turns < FRONT_TIMEOUT_MS / 10 && front_seen(front, "get") == 0; turns++) {
        (void)poll(&item, 1, 10);
        UNIT_OK(tov_client_process(client, NULL));
    }
    for (int turns = 0; turns < 3 && tov_call_take_message(call, &view, NULL) == TOV_E_AGAIN;
         turns++) {
        UNIT_EQUAL_INT(poll(&item, 1, FRONT_TIMEOUT_MS), 1);
        UNIT_EQUAL_INT(poll(&item, 1, 0), 1); /* looking does not use it up */
        UNIT_OK(tov_client_process(client, NULL));
    }
    CU_ASSERT_PTR_NOT_NULL(view);
    tov_message_view_destroy(view);
    tov_call_destroy(call);
    tov_client_close(client);
    front_end(front);
}

/* ---- many at once ---- */

#define MANY (REQUESTS_IN_FLIGHT_MAX + 50u)

static bool be_silent(struct fake_front *front, const char *name, struct tov_record body, void *arg)
{
    (void)front;
    (void)body;
    (void)arg;
    return strcmp(name, "get") == 0;
}

/* Until the node has seen COUNT requests, and some turns more, in which it may see too many. */
static void turn_until_seen(struct tov_client *client, struct fake_front *front, size_t count)
{
    struct pollfd item = {.fd = tov_client_fd(client), .events = POLLIN};
    for (int turns = 0; turns < FRONT_TIMEOUT_MS && front_seen(front, "get") < count; turns++) {
        (void)poll(&item, 1, 1);
        UNIT_OK(tov_client_process(client, NULL));
    }
    for (int turns = 0; turns < 100; turns++) {
        (void)poll(&item, 1, 1);
        UNIT_OK(tov_client_process(client, NULL));
    }
    UNIT_EQUAL_INT(front_seen(front, "get"), count);
}

/* A front drops what is beyond its quota, and then nothing answers. */
static void what_is_beyond_the_nodes_quota_waits_in_the_client(void)
{
    struct fake_front *front = front_start(be_silent, NULL);
    struct tov_client *client = front_client(front);
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_call *calls[MANY];
    options.number = 5;
    tov_client_set_timeout(client, 600000); /* a call that times out would make room too */
    for (size_t i = 0; i < MANY; i++)
        UNIT_OK(tov_message_get_begin(client, &options, &calls[i], NULL));
    turn_until_seen(client, front, REQUESTS_IN_FLIGHT_MAX);
    for (size_t i = 0; i < 10; i++)
        tov_call_destroy(calls[i]);
    turn_until_seen(client, front, REQUESTS_IN_FLIGHT_MAX + 10);
    for (size_t i = 10; i < MANY; i++)
        tov_call_destroy(calls[i]);
    tov_client_close(client);
    front_end(front);
}

static void more_calls_than_the_node_takes_at_once_are_all_answered(void)
{
    struct fake_front *front = front_start(answer_get, NULL);
    struct tov_client *client = front_client(front);
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_call *calls[MANY];
    options.number = 5;
    for (size_t i = 0; i < MANY; i++)
        UNIT_OK(tov_message_get_begin(client, &options, &calls[i], NULL));
    for (size_t i = 0; i < MANY; i++) {
        struct tov_message_view *view = NULL;
        enum tov_err err;
        while ((err = tov_call_take_message(calls[i], &view, NULL)) == TOV_E_AGAIN)
            UNIT_OK(tov_client_wait(client, FRONT_TIMEOUT_MS, NULL));
        UNIT_OK(err);
        tov_message_view_destroy(view);
        tov_call_destroy(calls[i]);
    }
    tov_client_close(client);
    front_end(front);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_client_learns_who_it_is),
        UNIT_TEST(a_node_that_is_not_there_is_a_time_out_with_words),
        UNIT_TEST(another_front_key_is_not_talked_to),
        UNIT_TEST(wrong_options_are_refused_with_words),
        UNIT_TEST(a_node_whose_clock_says_no_time_is_not_talked_to),
        UNIT_TEST(answers_that_are_none_are_dropped_and_a_wrong_one_is_malformed),
        UNIT_TEST(a_frame_over_the_limit_cuts_the_connection_and_a_new_client_works),
        UNIT_TEST(the_nodes_error_and_its_words_reach_the_caller),
        UNIT_TEST(a_client_goes_on_after_its_front_was_restarted),
        UNIT_TEST(a_child_after_fork_is_told_so),
        UNIT_TEST(a_foreign_loop_drives_the_client_by_its_descriptor),
        UNIT_TEST(the_descriptor_stays_readable_until_all_was_processed),
        UNIT_TEST(what_is_beyond_the_nodes_quota_waits_in_the_client),
        UNIT_TEST(more_calls_than_the_node_takes_at_once_are_all_answered),
    };
    return unit_run("lib client", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the public headers say about threads, under the thread sanitizer: handles share nothing, a
 * handle may be handed over, static tables are for everybody, and an interrupt comes from anywhere.
 */
#include "fake_front.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 4u
#define ROUNDS 10u

/* Answers get, watch and submit; leaves status without an answer when it is mute. */
static bool play(struct fake_front *front, const char *name, struct tov_record body, void *arg)
{
    struct tov_record part, summary;
    const bool *is_mute = arg;
    (void)body;
    if (strcmp(name, "status") == 0)
        return *is_mute;
    if (strcmp(name, "unwatch") == 0)
        return true;
    if (strcmp(name, "submit") == 0) {
        front_send_accepted(front, 7);
        return true;
    }
    bool is_watch = strcmp(name, "watch") == 0;
    if (!is_watch && strcmp(name, "get") != 0)
        return false;
    struct tov_record reply =
        front_reply(front_request_id(front), is_watch ? "event" : "get", &part);
    if (is_watch) {
        put_number(part, "number", 5);
        UNIT_NEED(tov_record_put_enum(part, "kind", "received") == TOV_OK);
    } else {
        put_content(part, "content", "Vi tales ved.");
    }
    UNIT_NEED(tov_record_open(part, "summary", &summary) == TOV_OK);
    put_summary(summary, 5);
    front_send(front, &reply);
    return true;
}

/* ---- handles share nothing ---- */

/* CUnit counts in one thread only: threads stop the program, or tell what they found. */
static void read_one(struct tov_client *client)
{
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_message_view *view = NULL;
    char *json = NULL;
    options.number = 5;
    UNIT_NEED(tov_message_get(client, &options, &view, NULL) == TOV_OK);
    UNIT_NEED(strcmp(tov_message_view_text(view, "content.free_text"), "Vi tales ved.") == 0);
    UNIT_NEED(tov_message_view_to_json(view, &json, NULL) == TOV_OK);
    UNIT_NEED(strstr(json, "msg.note") != NULL);
    tov_free(json);
    tov_message_view_destroy(view);
}

static void send_one(struct tov_client *client)
{
    struct tov_message_draft *draft = NULL;
    struct tov_submission *submission = NULL;
    UNIT_NEED(tov_message_draft_create("msg.note", &draft, NULL) == TOV_OK);
    UNIT_NEED(tov_message_draft_set(draft, "fields.kind", "telefon", NULL) == TOV_OK);
    UNIT_NEED(tov_message_draft_add_recipient(draft, "kbh-pol/dks", TOV_SEES_ALL, NULL, NULL) ==
              TOV_OK);
    UNIT_NEED(tov_client_submit(client, draft, NULL, &submission, NULL) == TOV_OK);
    UNIT_NEED(tov_submission_facts(submission)->number == 7);
    tov_submission_destroy(submission);
    tov_message_draft_destroy(draft);
}

static void follow_one(struct tov_client *client)
{
    struct tov_watch_options options = TOV_WATCH_OPTIONS_INIT;
    struct tov_watch *watch = NULL;
    struct tov_event *event = NULL;
    UNIT_NEED(tov_watch_open(client, &options, &watch, NULL) == TOV_OK);
    UNIT_NEED(tov_watch_next(watch, FRONT_TIMEOUT_MS, &event, NULL) == TOV_OK);
    UNIT_NEED(tov_event_facts(event)->number == 5);
    tov_event_destroy(event);
    tov_watch_close(watch);
}

static void *work_with_an_own_client(void *arg)
{
    struct fake_front *front = arg;
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct tov_client *client = front_client(front);
        read_one(client);
        send_one(client);
        follow_one(client);
        tov_client_close(client);
    }
    return NULL;
}

static void run_in_threads(void *(*run)(void *), void *arg)
{
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        UNIT_NEED(pthread_create(&threads[i], NULL, run, arg) == 0);
    for (size_t i = 0; i < THREADS; i++)
        UNIT_NEED(pthread_join(threads[i], NULL) == 0);
}

static void each_thread_may_have_clients_of_its_own_at_the_same_time(void)
{
    bool is_mute = false;
    struct fake_front *front = front_start(play, &is_mute);
    run_in_threads(work_with_an_own_client, front);
    UNIT_EQUAL_INT(front_seen(front, "submit"), THREADS * ROUNDS);
    UNIT_EQUAL_INT(front_seen(front, "get"), THREADS * ROUNDS);
    front_end(front);
}

static void *work_with_drafts_and_tables(void *arg)
{
    (void)arg;
    for (size_t i = 0; i < tov_catalogue_count(); i++) {
        const struct tov_catalogue_type *type = tov_catalogue_at(i);
        struct tov_message_draft *draft = NULL;
        char *form = NULL;
        int is_refused = 0;
        UNIT_NEED(tov_catalogue_find(tov_catalogue_type_id(type)) != NULL);
        UNIT_NEED(tov_message_draft_create(tov_catalogue_type_id(type), &draft, NULL) == TOV_OK);
        UNIT_NEED(tov_message_draft_to_form(draft, TOV_WORDS_DA, &form, NULL) == TOV_OK);
        UNIT_NEED(tov_message_draft_read_form(draft, form, NULL) == TOV_OK);
        UNIT_NEED(tov_message_draft_check(draft, &is_refused, NULL) == TOV_OK && is_refused);
        tov_free(form);
        tov_message_draft_destroy(draft);
    }
    UNIT_NEED(strcmp(tov_err_name(TOV_E_RULE), "rule") == 0 && tov_version()[0] != '\0');
    return NULL;
}

static void drafts_forms_and_the_catalogue_need_no_client_and_share_nothing(void)
{
    run_in_threads(work_with_drafts_and_tables, NULL);
    CU_ASSERT(tov_catalogue_count() > 0);
}

/* ---- one handle, handed over ---- */

struct shared {
    pthread_mutex_t mutex;
    struct tov_client *client;
    unsigned uses;
};

static void *take_turns(void *arg)
{
    struct shared *shared = arg;
    for (unsigned i = 0; i < ROUNDS; i++) {
        (void)pthread_mutex_lock(&shared->mutex);
        read_one(shared->client);
        shared->uses++;
        (void)pthread_mutex_unlock(&shared->mutex);
    }
    return NULL;
}

static void a_client_may_be_used_by_several_threads_one_at_a_time(void)
{
    bool is_mute = false;
    struct fake_front *front = front_start(play, &is_mute);
    struct shared shared = {.mutex = PTHREAD_MUTEX_INITIALIZER, .client = front_client(front)};
    run_in_threads(take_turns, &shared);
    UNIT_EQUAL_INT(shared.uses, THREADS * ROUNDS);
    tov_client_close(shared.client);
    front_end(front);
}

static void *close_it(void *arg)
{
    tov_client_close(arg);
    return NULL;
}

static void a_client_may_end_in_another_thread_than_it_began_in(void)
{
    bool is_mute = false;
    pthread_t thread;
    struct fake_front *front = front_start(play, &is_mute);
    struct tov_client *client = front_client(front);
    read_one(client);
    UNIT_NEED(pthread_create(&thread, NULL, close_it, client) == 0);
    UNIT_NEED(pthread_join(thread, NULL) == 0);
    UNIT_EQUAL_INT(front_seen(front, "get"), 1);
    front_end(front);
}

/* ---- interrupts ---- */

struct waiting {
    struct tov_client *client;
    enum tov_err err;
};

static void *ask_for_the_status(void *arg)
{
    struct waiting *waiting = arg;
    struct tov_status *status = NULL;
    waiting->err = tov_status_get(waiting->client, &status, NULL);
    return NULL;
}

/* A client that would wait much longer than a test may run. */
static struct tov_client *patient_client(struct fake_front *front)
{
    struct tov_client *client = front_client(front);
    tov_client_set_timeout(client, 3600000);
    return client;
}

static void a_call_that_waits_is_ended_from_another_thread(void)
{
    bool is_mute = true;
    pthread_t thread;
    struct fake_front *front = front_start(play, &is_mute);
    struct waiting waiting = {.client = patient_client(front), .err = TOV_OK};
    UNIT_NEED(pthread_create(&thread, NULL, ask_for_the_status, &waiting) == 0);
    while (front_seen(front, "status") == 0)
        (void)poll(NULL, 0, 1);
    tov_client_interrupt(waiting.client);
    UNIT_NEED(pthread_join(thread, NULL) == 0);
    UNIT_EQUAL_INT(waiting.err, TOV_E_TIMEOUT);
    read_one(waiting.client); /* only that one call */
    tov_client_close(waiting.client);
    front_end(front);
}

static void an_interrupt_before_a_call_ends_the_next_one_and_no_other(void)
{
    bool is_mute = true;
    struct fake_front *front = front_start(play, &is_mute);
    struct tov_client *client = patient_client(front);
    struct tov_status *status = NULL;
    tov_client_interrupt(client);
    tov_client_interrupt(client); /* twice is once */
    UNIT_EQUAL_INT(tov_status_get(client, &status, NULL), TOV_E_TIMEOUT);
    read_one(client);
    tov_client_close(client);
    front_end(front);
}

static struct tov_client *signalled;

static void on_signal(int number)
{
    (void)number;
    tov_client_interrupt(signalled);
}

struct alarm {
    struct fake_front *front;
    pthread_t target;
};

static void *raise_when_asked(void *arg)
{
    struct alarm *alarm = arg;
    while (front_seen(alarm->front, "status") == 0)
        (void)poll(NULL, 0, 1);
    UNIT_NEED(pthread_kill(alarm->target, SIGUSR1) == 0);
    return NULL;
}

static void a_signal_handler_may_end_the_call_that_it_interrupted(void)
{
    bool is_mute = true;
    struct sigaction action = {.sa_handler = on_signal}, before;
    struct fake_front *front = front_start(play, &is_mute);
    struct alarm alarm = {.front = front, .target = pthread_self()};
    struct tov_status *status = NULL;
    pthread_t thread;
    signalled = patient_client(front);
    UNIT_NEED(sigaction(SIGUSR1, &action, &before) == 0);
    UNIT_NEED(pthread_create(&thread, NULL, raise_when_asked, &alarm) == 0);
    UNIT_EQUAL_INT(tov_status_get(signalled, &status, NULL), TOV_E_TIMEOUT);
    UNIT_NEED(pthread_join(thread, NULL) == 0);
    UNIT_NEED(sigaction(SIGUSR1, &before, NULL) == 0);
    tov_client_close(signalled);
    front_end(front);
}

/* ---- callbacks ---- */

static int note_thread(void *arg, uint64_t files, uint64_t bytes)
{
    pthread_t *thread = arg;
    (void)files;
    (void)bytes;
    *thread = pthread_self();
    return 1;
}

static bool play_export(struct fake_front *front, const char *name, struct tov_record body,
                        void *arg)
{
    struct tov_record export;
    (void)body;
    (void)arg;
    if (strcmp(name, "export_read") != 0)
        return false;
    struct tov_record reply = front_reply(front_request_id(front), "export", &export);
    front_send(front, &reply);
    return true;
}

static void progress_is_told_in_the_thread_of_the_call(void)
{
    struct fake_front *front = front_start(play_export, NULL);
    struct tov_client *client = front_client(front);
    struct tov_export_options options = TOV_EXPORT_OPTIONS_INIT;
    pthread_t thread;
    char path[128];
    memset(&thread, 0, sizeof thread);
    (void)snprintf(path, sizeof path, "%s/export", front_folder(front));
    options.path = path;
    options.progress = note_thread;
    options.progress_arg = &thread;
    UNIT_EQUAL_INT(tov_export_to(client, &options, NULL), TOV_E_CLOSED);
    CU_ASSERT(pthread_equal(thread, pthread_self()));
    tov_client_close(client);
    front_end(front);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_thread_may_have_clients_of_its_own_at_the_same_time),
        UNIT_TEST(drafts_forms_and_the_catalogue_need_no_client_and_share_nothing),
        UNIT_TEST(a_client_may_be_used_by_several_threads_one_at_a_time),
        UNIT_TEST(a_client_may_end_in_another_thread_than_it_began_in),
        UNIT_TEST(a_call_that_waits_is_ended_from_another_thread),
        UNIT_TEST(an_interrupt_before_a_call_ends_the_next_one_and_no_other),
        UNIT_TEST(a_signal_handler_may_end_the_call_that_it_interrupted),
        UNIT_TEST(progress_is_told_in_the_thread_of_the_call),
    };
    return unit_run("lib threads", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Receives: every message becomes a JSON file in a folder, every attachment a file beside it.
 * Example of libtov in a loop of the program's own (epoll), with a cursor that the node keeps.
 *
 *   cc receive.c -o receive $(pkg-config --cflags --libs tov)
 *   ./receive tcp://127.0.0.1:47603 front.pub esdh.key folder
 *
 * It ends by SIGINT or SIGTERM. Killed at any moment, it goes on where it was when it is started
 * again: an event is acknowledged when its files are on disk.
 * Not for: many users; a client is one person or one system.
 */
#define _POSIX_C_SOURCE 200809L

#include <tov/tov.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define RETRY_MS 1000

struct receiver {
    struct tov_client *client;
    struct tov_watch *watch;
    struct tov_event *event; /* being dealt with; NULL: none */
    struct tov_call *call;   /* fetches its message; NULL: not asked yet */
    int folder_fd;
    int loop_fd;
    int signal_fd;
    int has_ended;
};

/* ---- files: written beside their place, synced, then given their name ---- */

struct place {
    char name[64];
    char draft[80];
};

static struct place place_of(uint64_t number, uint32_t part)
{
    struct place place;
    if (part == 0)
        (void)snprintf(place.name, sizeof place.name, "%llu.json", (unsigned long long)number);
    else /* never by the name that the sender gave it */
        (void)snprintf(place.name, sizeof place.name, "%llu-%u", (unsigned long long)number,
                       (unsigned)part);
    (void)snprintf(place.draft, sizeof place.draft, ".%s.part", place.name);
    return place;
}

static enum tov_err io_failure(const char *name, struct tov_error *error)
{
    error->code = errno == ENOSPC ? TOV_E_FULL : TOV_E_IO;
    (void)snprintf(error->text, sizeof error->text, "%s: %s", name, strerror(errno));
    return error->code;
}

static int begin_file(const struct receiver *receiver, const struct place *place)
{
    return openat(receiver->folder_fd, place->draft,
                  O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static enum tov_err finish_file(const struct receiver *receiver, const struct place *place, int fd,
                                struct tov_error *error)
{
    int folder = receiver->folder_fd;
    if (fsync(fd) != 0 || renameat(folder, place->draft, folder, place->name) != 0 ||
        fsync(folder) != 0)
        return io_failure(place->name, error);
    return TOV_OK;
}

static enum tov_err write_text(int fd, const char *text, const struct place *place,
                               struct tov_error *error)
{
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t done = write(fd, text, left);
        if (done < 0 && errno != EINTR)
            return io_failure(place->name, error);
        text += done > 0 ? done : 0;
        left -= done > 0 ? (size_t)done : 0;
    }
    return TOV_OK;
}

/* ---- one message ---- */

static enum tov_err save_message(const struct receiver *receiver,
                                 const struct tov_message_view *view, struct tov_error *error)
{
    struct place place = place_of(tov_message_view_facts(view)->number, 0);
    char *json = NULL;
    int fd = begin_file(receiver, &place);
    if (fd < 0)
        return io_failure(place.name, error);
    enum tov_err err = tov_message_view_to_json(view, &json, error);
    if (err == TOV_OK)
        err = write_text(fd, json, &place, error);
    if (err == TOV_OK)
        err = finish_file(receiver, &place, fd, error);
    tov_free(json);
    (void)close(fd);
    return err;
}

static int has_file(const struct receiver *receiver, uint64_t number, uint32_t part)
{
    struct place place = place_of(number, part);
    return faccessat(receiver->folder_fd, place.name, F_OK, 0) == 0;
}

/* Memory does not grow with it: the library writes to the descriptor piece by piece. Blocks, as a
 * node answers each piece at once; a program that must not wait does this in a client of its own.
 */
static enum tov_err save_attachment(const struct receiver *receiver, uint64_t number,
                                    const struct tov_attachment *attachment,
                                    struct tov_error *error)
{
    struct tov_save_options options = TOV_SAVE_OPTIONS_INIT;
    struct place place = place_of(number, attachment->part);
    if (has_file(receiver, number, attachment->part))
        return TOV_OK;
    options.number = number;
    options.part = attachment->part;
    options.sha256 = attachment->sha256; /* whether it is what the sender named */
    options.fd = begin_file(receiver, &place);
    if (options.fd < 0)
        return io_failure(place.name, error);
    enum tov_err err = tov_attachment_save(receiver->client, &options, error);
    if (err == TOV_OK)
        err = finish_file(receiver, &place, options.fd, error);
    (void)close(options.fd);
    return err;
}

/* All that have arrived; an event of its own tells of each that comes later. */
static enum tov_err save_attachments(const struct receiver *receiver,
                                     const struct tov_message_view *view, struct tov_error *error)
{
    enum tov_err err = TOV_OK;
    for (size_t i = 0; err == TOV_OK && i < tov_message_view_attachment_count(view); i++) {
        const struct tov_attachment *attachment = tov_message_view_attachment(view, i);
        if (attachment->complete)
            err =
                save_attachment(receiver, tov_message_view_facts(view)->number, attachment, error);
    }
    return err;
}

/* Every fetch is an entry in the journal: what is here already is not fetched again. */
static int has_all(const struct receiver *receiver, const struct tov_message_facts *message)
{
    int has = has_file(receiver, message->number, 0);
    for (uint32_t i = 0; has && i < message->attachment_count; i++)
        has = has_file(receiver, message->number, i + 2);
    return has;
}

/* AGAIN: the message is on its way. */
static enum tov_err fetch(struct receiver *receiver, const struct tov_message_facts *message,
                          struct tov_error *error)
{
    struct tov_message_view *view = NULL;
    enum tov_err err = TOV_OK;
    if (receiver->call == NULL) {
        struct tov_get_options options = TOV_GET_OPTIONS_INIT;
        options.number = message->number;
        options.reason = "journalisering";
        err = tov_message_get_begin(receiver->client, &options, &receiver->call, error);
    }
    if (err == TOV_OK)
        err = tov_call_take_message(receiver->call, &view, error);
    if (err == TOV_OK)
        err = save_message(receiver, view, error);
    if (err == TOV_OK)
        err = save_attachments(receiver, view, error);
    tov_message_view_destroy(view);
    return err;
}

/* ---- one event ---- */

/* Messages and their attachments; other kinds, also those of later versions, are passed over. */
static int is_for_us(const struct tov_event_facts *facts)
{
    return facts->kind == TOV_EVENT_RECEIVED || facts->kind == TOV_EVENT_ATTACHMENT;
}

static enum tov_err keep(struct receiver *receiver, struct tov_error *error)
{
    const struct tov_message_view *header = tov_event_facts(receiver->event)->message;
    const struct tov_message_facts *message = tov_message_view_facts(header);
    if (receiver->call == NULL && has_all(receiver, message))
        return TOV_OK;
    return fetch(receiver, message, error);
}

/* What another try may mend. All else is told once, and the cursor goes on: one message that cannot
 * be read must not keep the next ones away. */
static int may_pass(enum tov_err err)
{
    return err == TOV_E_TIMEOUT || err == TOV_E_BUSY || err == TOV_E_UNAVAILABLE ||
           err == TOV_E_NOMEM || err == TOV_E_IO || err == TOV_E_FULL;
}

static void end_event(struct receiver *receiver)
{
    tov_call_destroy(receiver->call);
    tov_event_destroy(receiver->event);
    receiver->call = NULL;
    receiver->event = NULL;
}

static enum tov_err tell(const struct receiver *receiver, enum tov_err err,
                         const struct tov_error *error)
{
    if (err != TOV_OK && err != TOV_E_AGAIN)
        (void)fprintf(stderr, "event %llu: %s: %s\n",
                      (unsigned long long)tov_event_facts(receiver->event)->number,
                      tov_err_name(err), error->text);
    return err;
}

/* OK: the next one; AGAIN: wait; else: wait a little, then try this one once more. */
static enum tov_err deal_with_event(struct receiver *receiver, struct tov_error *error)
{
    const struct tov_event_facts *facts = tov_event_facts(receiver->event);
    enum tov_err err = TOV_OK;
    if (is_for_us(facts)) {
        err = tell(receiver, keep(receiver, error), error);
        if (err == TOV_E_AGAIN)
            return err;
        tov_call_destroy(receiver->call);
        receiver->call = NULL;
        if (!may_pass(err))
            err =
                tell(receiver, tov_watch_acknowledge(receiver->watch, facts->number, error), error);
    }
    if (err == TOV_OK)
        end_event(receiver);
    return err;
}

static enum tov_err turn(struct receiver *receiver, struct tov_error *error)
{
    enum tov_err err = TOV_OK;
    while (err == TOV_OK) {
        if (receiver->event == NULL)
            err = tov_watch_take(receiver->watch, &receiver->event, error);
        if (err == TOV_OK)
            err = deal_with_event(receiver, error);
    }
    return err;
}

/* ---- the loop ---- */

/* Before libtov makes its threads, so that no signal ends up with one of them. */
static enum tov_err take_signals(struct receiver *receiver, struct tov_error *error)
{
    sigset_t signals;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    receiver->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
    return receiver->signal_fd < 0 ? io_failure("signals", error) : TOV_OK;
}

static int watch_fd(int loop_fd, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = fd}};
    return epoll_ctl(loop_fd, EPOLL_CTL_ADD, fd, &event);
}

static enum tov_err open_loop(struct receiver *receiver, struct tov_error *error)
{
    receiver->loop_fd = epoll_create1(EPOLL_CLOEXEC);
    if (receiver->loop_fd < 0 || watch_fd(receiver->loop_fd, receiver->signal_fd) != 0 ||
        watch_fd(receiver->loop_fd, tov_client_fd(receiver->client)) != 0)
        return io_failure("epoll", error);
    return TOV_OK;
}

static int shorter(int a, int b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

/* Waits for the node, for a signal, for what the client itself must do, or for the next try. */
static enum tov_err wait_and_process(struct receiver *receiver, int retry_ms,
                                     struct tov_error *error)
{
    struct epoll_event ready[2];
    int timeout_ms = shorter(tov_client_timeout(receiver->client), retry_ms);
    int count = epoll_wait(receiver->loop_fd, ready, 2, timeout_ms);
    if (count < 0 && errno != EINTR)
        return io_failure("epoll", error);
    for (int i = 0; i < count; i++) {
        if (ready[i].data.fd == receiver->signal_fd)
            receiver->has_ended = 1;
    }
    return tov_client_process(receiver->client, error);
}

static enum tov_err run(struct receiver *receiver, struct tov_error *error)
{
    enum tov_err err = TOV_OK;
    while (err == TOV_OK && !receiver->has_ended) {
        enum tov_err turned = turn(receiver, error);
        int is_over = turned != TOV_E_AGAIN && receiver->event == NULL; /* no subscription */
        err = is_over ? turned
                      : wait_and_process(receiver, turned == TOV_E_AGAIN ? -1 : RETRY_MS, error);
    }
    return err;
}

static enum tov_err start(struct receiver *receiver, char **argv, struct tov_error *error)
{
    struct tov_client_options options = TOV_CLIENT_OPTIONS_INIT;
    struct tov_watch_options watch = TOV_WATCH_OPTIONS_INIT;
    options.endpoint = argv[1];
    options.front_path = argv[2];
    options.key_path = argv[3];
    options.program = "receive example";
    watch.name = "receive-example";
    receiver->folder_fd = open(argv[4], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (receiver->folder_fd < 0)
        return io_failure(argv[4], error);
    enum tov_err err = take_signals(receiver, error);
    if (err == TOV_OK)
        err = tov_client_open(&options, &receiver->client, error);
    if (err == TOV_OK)
        err = tov_watch_open(receiver->client, &watch, &receiver->watch, error);
    return err == TOV_OK ? open_loop(receiver, error) : err;
}

static void stop(struct receiver *receiver)
{
    end_event(receiver);
    tov_watch_close(receiver->watch);
    tov_client_close(receiver->client);
    (void)close(receiver->loop_fd);
    (void)close(receiver->signal_fd);
    (void)close(receiver->folder_fd);
}

int main(int argc, char **argv)
{
    struct receiver receiver = {.folder_fd = -1, .loop_fd = -1, .signal_fd = -1};
    struct tov_error error = {.code = TOV_OK};
    if (argc != 5) {
        (void)fprintf(stderr, "usage: %s ENDPOINT FRONT.pub KEY FOLDER\n", argv[0]);
        return 2;
    }
    enum tov_err err = start(&receiver, argv, &error);
    if (err == TOV_OK)
        err = run(&receiver, &error);
    if (err != TOV_OK)
        (void)fprintf(stderr, "%s: %s\n", tov_err_name(err), error.text);
    stop(&receiver);
    return err == TOV_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

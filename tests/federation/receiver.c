/* SPDX-License-Identifier: EUPL-1.2
 *
 * receiver ENDPOINT FRONT KEY NAME FILES: follows the node's events under the durable name NAME
 * until TERM, reads every message, and writes a line for each: own ones to FILES.written, those of
 * others to FILES.received, complete attachments to FILES.attachments. Each event is acknowledged
 * once its line is written.
 * Not for: reading what people wrote.
 */
#include "federation/load_client.h"
#include "federation/record.h"
#include "support/unit.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct receiver {
    struct tov_client *client;
    FILE *written;
    FILE *received;
    FILE *attachments;
};

static struct tov_message_view *get(const struct receiver *receiver, uint64_t number)
{
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    options.number = number;
    for (;;) {
        struct tov_error error = {.code = TOV_OK};
        struct tov_message_view *view = NULL;
        enum tov_err err = tov_message_get(receiver->client, &options, &view, &error);
        if (err == TOV_OK)
            return view;
        load_try_again(err, &error);
    }
}

static struct invariant_record record_of(const struct tov_message_view *view)
{
    struct invariant_record record = {.id = 0};
    const char *text = tov_message_view_text(view, "content.free_text");
    if (!record_of_text(text, &record)) {
        (void)fprintf(stderr, "message %" PRIu64 ": not a text of the load (%zu bytes)\n",
                      tov_message_view_facts(view)->number, strlen(text));
        exit(EXIT_FAILURE);
    }
    return record;
}

/* The hash of the first attachment; tried again from its beginning when it breaks off. */
static struct tov_hash save(const struct receiver *receiver, uint64_t number)
{
    int fd = memfd_create("attachment", MFD_CLOEXEC);
    UNIT_NEED(fd >= 0);
    for (;;) {
        struct tov_error error = {.code = TOV_OK};
        struct tov_save_options options = TOV_SAVE_OPTIONS_INIT;
        options.number = number;
        options.part = 2;
        options.fd = fd;
        UNIT_NEED(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0);
        enum tov_err err = tov_attachment_save(receiver->client, &options, &error);
        if (err == TOV_OK)
            break;
        load_try_again(err, &error);
    }
    off_t size = lseek(fd, 0, SEEK_END);
    uint8_t *data = malloc((size_t)size);
    UNIT_NEED(data != NULL && pread(fd, data, (size_t)size, 0) == size);
    struct tov_hash hash = tov_sha256((struct tov_bytes){data, (size_t)size});
    free(data);
    (void)close(fd);
    return hash;
}

static void take_message(const struct receiver *receiver, const struct tov_event_facts *facts,
                         FILE *file)
{
    struct tov_message_view *view = get(receiver, tov_message_view_facts(facts->message)->number);
    struct invariant_record record = record_of(view);
    UNIT_NEED(record_write(file, &record));
    tov_message_view_destroy(view);
}

static void take_attachment(const struct receiver *receiver, const struct tov_event_facts *facts)
{
    uint64_t number = tov_message_view_facts(facts->message)->number;
    if (tov_message_view_facts(facts->message)->outgoing)
        return;
    struct tov_message_view *view = get(receiver, number);
    struct invariant_record record = record_of(view);
    tov_message_view_destroy(view);
    record.hash = save(receiver, number);
    UNIT_NEED(record_write(receiver->attachments, &record));
}

static void take(const struct receiver *receiver, const struct tov_event_facts *facts)
{
    switch (facts->kind) {
    case TOV_EVENT_WRITTEN:
        take_message(receiver, facts, receiver->written);
        return;
    case TOV_EVENT_RECEIVED:
        take_message(receiver, facts, receiver->received);
        return;
    case TOV_EVENT_ATTACHMENT:
        take_attachment(receiver, facts);
        return;
    case TOV_EVENT_DELIVERED:
    case TOV_EVENT_CAUGHT_UP:
        return;
    }
}

static void follow(const struct receiver *receiver, struct tov_watch *watch)
{
    uint64_t last = 0;
    while (!load_is_over()) {
        struct tov_error error = {.code = TOV_OK};
        struct tov_event *event = NULL;
        enum tov_err err = tov_watch_next(watch, LOAD_TIMEOUT_MS, &event, &error);
        if (err != TOV_OK) {
            load_try_again(err, &error);
            continue;
        }
        const struct tov_event_facts *facts = tov_event_facts(event);
        if (facts->kind != TOV_EVENT_CAUGHT_UP && facts->number > last) {
            take(receiver, facts);
            last = facts->number;
            /* An acknowledgement that is lost with the node is made up for by the next. */
            err = tov_watch_acknowledge(watch, last, &error);
            if (err != TOV_OK)
                load_try_again(err, &error);
        }
        tov_event_destroy(event);
    }
}

static FILE *open_file(const char *files, const char *kind)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s.%s", files, kind);
    FILE *file = fopen(path, "a");
    UNIT_NEED(file != NULL);
    return file;
}

int main(int argc, char **argv)
{
    UNIT_NEED(argc == 6);
    load_watch_for_the_end();
    struct receiver receiver = {.written = open_file(argv[5], "written"),
                                .received = open_file(argv[5], "received"),
                                .attachments = open_file(argv[5], "attachments"),
                                .client = load_connect(argv[1], argv[2], argv[3])};
    struct tov_watch_options options = TOV_WATCH_OPTIONS_INIT;
    struct tov_watch *watch = NULL;
    struct tov_error error = {.code = TOV_OK};
    options.name = argv[4];
    if (receiver.client != NULL &&
        tov_watch_open(receiver.client, &options, &watch, &error) == TOV_OK)
        follow(&receiver, watch);
    tov_watch_close(watch);
    tov_client_close(receiver.client);
    return load_is_over() ? EXIT_SUCCESS : EXIT_FAILURE;
}

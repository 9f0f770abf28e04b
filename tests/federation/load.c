/* SPDX-License-Identifier: EUPL-1.2
 *
 * load ENDPOINT FRONT KEY ACKS AGENCY RECIPIENTS BASES WRITTEN: writes notes one after the other
 * until TERM, at most LEAD ahead of those that the node's receiver has seen (lines of the file
 * WRITTEN), so that what is acknowledged can also be looked at; every message that the node has
 * acknowledged is a line of the file ACKS, and its attachment, where it has one, of
 * ACKS.attachments. A message without an answer is submitted again with the same key until there is
 * one. RECIPIENTS and BASES are lists with commas. Numbers go on behind those in ACKS.
 * Not for: measuring.
 */
#include "federation/load_client.h"
#include "federation/record.h"
#include "support/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ATTACHMENT_EVERY 40u
#define LEAD 64 /* messages */

struct load {
    const char *recipients;
    const char *bases;
    FILE *acks;
    FILE *attachment_acks;
    const char *written;
    struct tov_client *client;
};

static void must(enum tov_err err, const struct tov_error *error)
{
    if (err == TOV_OK)
        return;
    (void)fprintf(stderr, "%s: %s\n", tov_err_name(err), error->text);
    exit(EXIT_FAILURE);
}

static void set(struct tov_message_draft *draft, const char *path, const char *text)
{
    struct tov_error error = {.code = TOV_OK};
    must(tov_message_draft_set(draft, path, text, &error), &error);
}

/* Calls PUT for each word of LIST. */
static void for_each(const char *list, struct tov_message_draft *draft,
                     void (*put)(struct tov_message_draft *, const char *))
{
    char words[256];
    char *rest = NULL;
    UNIT_NEED(snprintf(words, sizeof words, "%s", list) < (int)sizeof words);
    for (char *word = strtok_r(words, ",", &rest); word != NULL; word = strtok_r(NULL, ",", &rest))
        put(draft, word);
}

static void put_recipient(struct tov_message_draft *draft, const char *unit)
{
    struct tov_error error = {.code = TOV_OK};
    must(tov_message_draft_add_recipient(draft, unit, TOV_SEES_ALL, "Deltager i prøven.", &error),
         &error);
}

static void put_basis(struct tov_message_draft *draft, const char *code)
{
    set(draft, "header.legal_bases", code);
}

static void put_time(struct tov_message_draft *draft)
{
    char text[32];
    time_t now = time(NULL);
    struct tm parts;
    UNIT_NEED(gmtime_r(&now, &parts) != NULL);
    UNIT_NEED(strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0);
    set(draft, "header.occurred_at", text);
}

static struct tov_message_draft *write_draft(const struct load *load, uint64_t id)
{
    char text[RECORD_TEXT_SIZE];
    struct tov_message_draft *draft = NULL;
    struct tov_error error = {.code = TOV_OK};
    must(tov_message_draft_create("msg.note", &draft, &error), &error);
    record_text(id, text);
    set(draft, "header.about.case_ref", "0102030405060708090a0b0c0d0e0f10");
    set(draft, "header.purpose", "forebyggelse");
    set(draft, "content.necessity", "Prøve af systemet, handler ikke om nogen.");
    set(draft, "fields.kind", "andet");
    set(draft, "content.free_text", text);
    put_time(draft);
    for_each(load->bases, draft, put_basis);
    for_each(load->recipients, draft, put_recipient);
    struct tov_hash key = tov_sha256((struct tov_bytes){(const uint8_t *)&id, sizeof id});
    must(tov_message_draft_set_key(draft, key.bytes, sizeof key.bytes, &error), &error);
    return draft;
}

/* Its hash. The file lives as long as the draft's descriptor of it. */
static struct tov_hash attach(struct tov_message_draft *draft, uint64_t id)
{
    static uint8_t data[LOAD_ATTACHMENT_MAX + 8];
    struct tov_error error = {.code = TOV_OK};
    char path[] = "/tmp/tov-load-XXXXXX";
    size_t size = load_attachment(id, data);
    int fd = mkostemp(path, O_CLOEXEC);
    UNIT_NEED(fd >= 0 && unlink(path) == 0 && write(fd, data, size) == (ssize_t)size);
    must(tov_message_draft_attach_fd(draft, fd, "bilag.bin", NULL, &error), &error);
    (void)close(fd);
    return tov_sha256((struct tov_bytes){data, size});
}

/* Until it is acknowledged, whatever happens to the node meanwhile. */
static void submit(const struct load *load, struct tov_message_draft *draft)
{
    for (;;) {
        struct tov_error error = {.code = TOV_OK};
        struct tov_submission *submission = NULL;
        enum tov_err err = tov_client_submit(load->client, draft, NULL, &submission, &error);
        tov_submission_destroy(submission);
        if (err == TOV_OK)
            return;
        load_try_again(err, &error);
    }
}

static void send_one(const struct load *load, uint64_t id)
{
    char text[RECORD_TEXT_SIZE];
    struct invariant_record record, attachment = {.id = id};
    bool attaches = id % ATTACHMENT_EVERY == 0;
    struct tov_message_draft *draft = write_draft(load, id);
    if (attaches)
        attachment.hash = attach(draft, id);
    submit(load, draft);
    tov_message_draft_destroy(draft);
    record_text(id, text);
    UNIT_NEED(record_of_text(text, &record) && record_write(load->acks, &record));
    if (attaches)
        UNIT_NEED(record_write(load->attachment_acks, &attachment));
}

/* Lines of both files have one size. */
static void wait_for_the_receiver(const struct load *load)
{
    struct stat acks, written;
    long long line = 2 * TOV_HASH_BYTES + 12;
    while (!load_is_over() && fstat(fileno(load->acks), &acks) == 0) {
        long long seen = stat(load->written, &written) == 0 ? (long long)written.st_size : 0;
        if ((long long)acks.st_size < seen + LEAD * line)
            return;
        load_pause();
    }
}

static uint64_t last_id(const char *path)
{
    struct invariant_log log = {0};
    record_read(path, &log);
    uint64_t id = log.count == 0 ? 0 : log.records[log.count - 1].id;
    invariant_log_fini(&log);
    return id;
}

int main(int argc, char **argv)
{
    char attachments[1024];
    UNIT_NEED(argc == 9);
    (void)snprintf(attachments, sizeof attachments, "%s.attachments", argv[4]);
    uint64_t id = last_id(argv[4]);
    if (id == 0)
        id = strtoull(argv[5], NULL, 10) * RECORD_AGENCY;
    struct load load = {.recipients = argv[6],
                        .bases = argv[7],
                        .acks = fopen(argv[4], "a"),
                        .written = argv[8],
                        .attachment_acks = fopen(attachments, "a")};
    UNIT_NEED(load.acks != NULL && load.attachment_acks != NULL);
    load_watch_for_the_end();
    load.client = load_connect(argv[1], argv[2], argv[3]);
    while (!load_is_over()) {
        send_one(&load, ++id);
        wait_for_the_receiver(&load);
    }
    tov_client_close(load.client);
    return fclose(load.acks) == 0 && fclose(load.attachment_acks) == 0 ? EXIT_SUCCESS
                                                                       : EXIT_FAILURE;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * load ENDPOINT FRONT KEY FILES AGENCY RECIPIENTS BASES OTHER OTHER: writes notes one after the
 * other until TERM. Every message that the node has acknowledged is a line of FILES.acks, and its
 * attachment, where it has one, of FILES.acks.attachments. It is at most LEAD ahead of those that
 * the node's receiver has seen (FILES.written), so that what is acknowledged can also be looked at,
 * and waits while a recipient is more than BACKLOG behind both its senders (OTHER.received), so
 * that one that comes back catches up soon. A message without an answer is submitted again with the
 * same key until there is one. RECIPIENTS and BASES are lists with commas. Numbers go on behind
 * those in FILES.acks. Not for: measuring.
 */
#include "federation/load_client.h"
#include "federation/note.h"
#include "federation/record.h"
#include "support/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ATTACHMENT_EVERY 40u
#define LEAD 256    /* messages; more than a planted node may lose, or its sender waits for ever */
#define BACKLOG 400 /* messages */
#define PATH_SIZE 1024

struct load {
    const char *recipients;
    const char *bases;
    FILE *acks;
    FILE *attachment_acks;
    const char *files;
    const char *others[2];
    struct tov_client *client;
};

/* Its hash. The file lives as long as the draft's descriptor of it. */
static struct tov_hash attach(struct tov_message_draft *draft, uint64_t id)
{
    static uint8_t data[LOAD_ATTACHMENT_MAX + 8];
    struct tov_error error = {.code = TOV_OK};
    char path[] = "/tmp/tov-load-XXXXXX";
    size_t size = load_attachment(id, data);
    int fd = mkostemp(path, O_CLOEXEC);
    UNIT_NEED(fd >= 0 && unlink(path) == 0 && write(fd, data, size) == (ssize_t)size);
    note_must(tov_message_draft_attach_fd(draft, fd, "bilag.bin", NULL, &error), &error);
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
    struct tov_message_draft *draft =
        note_create(&(struct note){.id = id, .recipients = load->recipients, .bases = load->bases});
    if (attaches)
        attachment.hash = attach(draft, id);
    submit(load, draft);
    tov_message_draft_destroy(draft);
    record_text(id, text);
    UNIT_NEED(record_of_text(text, &record) && record_write(load->acks, &record));
    if (attaches)
        UNIT_NEED(record_write(load->attachment_acks, &attachment));
}

static void name_file(char out[PATH_SIZE], const char *files, const char *kind)
{
    UNIT_NEED(snprintf(out, PATH_SIZE, "%s.%s", files, kind) < PATH_SIZE);
}

/* All lines have one size. */
static long long lines_of(const char *files, const char *kind)
{
    char path[PATH_SIZE];
    struct stat status;
    name_file(path, files, kind);
    long long size = stat(path, &status) == 0 ? (long long)status.st_size : 0;
    return size / (2 * TOV_HASH_BYTES + 12);
}

static bool is_too_far_ahead(const struct load *load)
{
    long long own = lines_of(load->files, "acks");
    if (own >= lines_of(load->files, "written") + LEAD)
        return true;
    for (int i = 0; i < 2; i++) {
        long long sent = own + lines_of(load->others[1 - i], "acks");
        if (sent >= lines_of(load->others[i], "received") + BACKLOG)
            return true;
    }
    return false;
}

static void wait_for_the_receivers(const struct load *load)
{
    while (!load_is_over() && is_too_far_ahead(load))
        load_pause();
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
    char acks[PATH_SIZE], attachments[PATH_SIZE];
    UNIT_NEED(argc == 10);
    name_file(acks, argv[4], "acks");
    name_file(attachments, argv[4], "acks.attachments");
    uint64_t id = last_id(acks);
    if (id == 0)
        id = strtoull(argv[5], NULL, 10) * RECORD_AGENCY;
    struct load load = {.recipients = argv[6],
                        .bases = argv[7],
                        .acks = fopen(acks, "a"),
                        .files = argv[4],
                        .others = {argv[8], argv[9]},
                        .attachment_acks = fopen(attachments, "a")};
    UNIT_NEED(load.acks != NULL && load.attachment_acks != NULL);
    load_watch_for_the_end();
    load.client = load_connect(argv[1], argv[2], argv[3]);
    while (!load_is_over()) {
        send_one(&load, ++id);
        wait_for_the_receivers(&load);
    }
    tov_client_close(load.client);
    return fclose(load.acks) == 0 && fclose(load.attachment_acks) == 0 ? EXIT_SUCCESS
                                                                       : EXIT_FAILURE;
}

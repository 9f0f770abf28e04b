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
#include "federation/note.h"
#include "federation/record.h"
#include "support/unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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

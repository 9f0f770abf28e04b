/* SPDX-License-Identifier: EUPL-1.2
 *
 * Sends one note with one attachment: once, however often it is run for the same record of the own
 * system. Example of libtov's blocking style.
 *
 *   cc send_note.c -o send_note $(pkg-config --cflags --libs tov)
 *   ./send_note tcp://127.0.0.1:47605 front.pub esdh.key kk/vink bilag.pdf \
 *       journal-2021-000123 2021-07-05T12:00:00Z
 *
 * The last two are the record's own: its id, which is the message's idempotency key, and its time.
 * Not for: other types of messages; docs/messages.md says which fields each of them asks for.
 */
#define _POSIX_C_SOURCE 200809L

#include <tov/tov.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIES 5

struct order {
    const char *endpoint;
    const char *front;
    const char *key;
    const char *recipient;
    const char *attachment;
    const char *record_id;
    const char *record_time;
};

static enum tov_err connect_to(const struct order *order, struct tov_client **out_client,
                               struct tov_error *error)
{
    struct tov_client_options options = TOV_CLIENT_OPTIONS_INIT;
    options.endpoint = order->endpoint;
    options.front_path = order->front;
    options.key_path = order->key;
    options.program = "send_note example";
    return tov_client_open(&options, out_client, error);
}

/* What the note says. In a real system all of it comes from the record. */
static enum tov_err fill(struct tov_message_draft *draft, const struct order *order,
                         struct tov_error *error)
{
    const char *const fields[][2] = {
        {"header.about.case_ref", "0102030405060708090a0b0c0d0e0f10"},
        {"header.legal_bases", "RPL115-2/1-3a"}, /* Kriminalforsorgen to the Infohus */
        {"header.purpose", "forebyggelse"},
        {"header.occurred_at", order->record_time},
        {"content.necessity", "VINK har sagen og skal kende planen."},
        {"content.subject.name", "Magnus Prøvesen"},
        {"content.free_text", "Handleplanen er vedlagt."},
        {"fields.kind", "andet"},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        enum tov_err err = tov_message_draft_set(draft, fields[i][0], fields[i][1], error);
        if (err != TOV_OK)
            return err;
    }
    return tov_message_draft_add_recipient(draft, order->recipient, TOV_SEES_ALL,
                                           "Koordinerer sagen.", error);
}

/* The same record always gives the same draft with the same key: that is what makes it safe to run
 * this again after a crash. */
static enum tov_err write_draft(struct tov_message_draft *draft, const struct order *order,
                                struct tov_error *error)
{
    enum tov_err err = fill(draft, order, error);
    if (err == TOV_OK)
        err = tov_message_draft_attach_path(draft, order->attachment, NULL, error);
    if (err == TOV_OK)
        err = tov_message_draft_set_key(draft, (const uint8_t *)order->record_id,
                                        strlen(order->record_id), error);
    return err;
}

/* No answer, or none for now: the same draft again, never a new one. */
static int may_pass(enum tov_err err)
{
    return err == TOV_E_TIMEOUT || err == TOV_E_BUSY || err == TOV_E_UNAVAILABLE;
}

static enum tov_err submit(struct tov_client *client, struct tov_message_draft *draft,
                           struct tov_submission **out_submission, struct tov_error *error)
{
    enum tov_err err = TOV_E_TIMEOUT;
    for (int tries = 0; tries < TRIES && may_pass(err); tries++) {
        enum tov_err waited = tries == 0 ? TOV_OK : tov_client_wait(client, 1000 * tries, error);
        (void)waited; /* a pause; that nothing came is no fault */
        err = tov_client_submit(client, draft, NULL, out_submission, error);
    }
    return err;
}

/* Why it was refused, and what to do: for the person who wrote it, not for a log. */
static void print_remarks(const struct tov_message_draft *draft)
{
    const struct tov_remarks *remarks = tov_message_draft_remarks(draft);
    for (size_t i = 0; i < tov_remarks_count(remarks); i++) {
        const struct tov_remark *remark = tov_remarks_at(remarks, i);
        (void)fprintf(stderr, "%s: %s %s\n", remark->field, remark->reason_en, remark->remedy_en);
    }
}

static void print_submission(const struct tov_submission *submission)
{
    const struct tov_submission_facts *facts = tov_submission_facts(submission);
    (void)printf("%s: message %llu\n", facts->repeated ? "sent before" : "sent",
                 (unsigned long long)facts->number);
    for (size_t i = 0; i < tov_submission_delivery_count(submission); i++) {
        const struct tov_delivery *delivery = tov_submission_delivery(submission, i);
        (void)printf("%s: %s\n", delivery->agency_name, tov_verdict_text(delivery->verdict));
    }
}

static enum tov_err send_note(const struct order *order, struct tov_error *error)
{
    struct tov_client *client = NULL;
    struct tov_message_draft *draft = NULL;
    struct tov_submission *submission = NULL;
    enum tov_err err = tov_message_draft_create("msg.note", &draft, error);
    if (err == TOV_OK)
        err = write_draft(draft, order, error);
    if (err == TOV_OK)
        err = connect_to(order, &client, error);
    if (err == TOV_OK)
        err = submit(client, draft, &submission, error);
    if (err == TOV_OK)
        print_submission(submission);
    else if (draft != NULL)
        print_remarks(draft);
    tov_submission_destroy(submission);
    tov_message_draft_destroy(draft);
    tov_client_close(client);
    return err;
}

int main(int argc, char **argv)
{
    if (argc != 8) {
        (void)fprintf(stderr,
                      "usage: %s ENDPOINT FRONT.pub KEY RECIPIENT FILE RECORD-ID RECORD-TIME\n",
                      argv[0]);
        return 2;
    }
    struct order order = {argv[1], argv[2], argv[3], argv[4], argv[5], argv[6], argv[7]};
    struct tov_error error = {.code = TOV_OK};
    enum tov_err err = send_note(&order, &error);
    if (err != TOV_OK)
        (void)fprintf(stderr, "%s: %s\n", tov_err_name(err), error.text);
    return err == TOV_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

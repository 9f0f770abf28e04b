/* SPDX-License-Identifier: EUPL-1.2
 *
 * Any bytes as what a node answers: what libtov makes of it can be looked at to its last field and
 * told as JSON; lists of events stay in order. What is not whole is refused.
 */
#include "fuzz.h"

#include "lib/cases.h"
#include "lib/listing.h"
#include "lib/submission.h"
#include "lib/view.h"
#include "lib/watch.h"
#include "wire/api.h"

#include <tov/tov.h>

static void look(const struct tov_message_view *view)
{
    static const char *const paths[] = {"header.type", "header.recipients.1.unit",
                                        "content.subject.name", "fields.facts.1.fact", ""};
    char *json = NULL;
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        (void)strlen(tov_message_view_text(view, paths[i]));
    MUST(facts->has_header || !facts->has_content);
    MUST(strlen(tov_message_view_type(view)) > 0 || !facts->has_header);
    for (size_t i = 0; i < tov_message_view_delivery_count(view); i++)
        (void)strlen(tov_verdict_text(tov_message_view_delivery(view, i)->verdict));
    MUST(tov_message_view_to_json(view, &json, NULL) == TOV_OK);
    tov_free(json);
}

static void read_list(struct tov_record body)
{
    TOV_CLEANUP(listing_cleanup) struct tov_listing *listing = NULL;
    MUST(listing_create(&listing) == TOV_OK);
    if (listing_read(listing, body) == TOV_OK)
        MUST(tov_listing_count(listing) == tov_record_count(body, "messages"));
    for (size_t i = 0; i < tov_listing_count(listing); i++)
        look(tov_listing_at(listing, i));
}

static void read_get(struct tov_record body)
{
    TOV_CLEANUP(message_view_cleanup) struct tov_message_view *view = NULL;
    if (view_of_get(body, &view) == TOV_OK)
        look(view);
    else
        MUST(view == NULL);
}

static void read_submit(struct tov_record body)
{
    struct tov_submission *submission = NULL;
    if (submission_of_reply(body, &submission) != TOV_OK)
        MUST(submission == NULL);
    tov_submission_destroy(submission);
}

static void read_hello(struct tov_record body)
{
    struct tov_client client = {.epoll_fd = -1};
    if (identity_read(&client, body) == TOV_OK)
        MUST(client.identity.now_ms <= TOV_TIME_MAX_MS &&
             client.identity.unit_count <= IDENTITY_NAMES_MAX);
    lib_memory_fini(&client.memory);
}

/* Three times the same event: it is news once (W1). */
static void read_event(struct tov_record body)
{
    struct tov_watch watch = {.last = 3};
    uint64_t last = 3;
    for (size_t i = 0; i < 3; i++)
        watch_take_event(&watch, body);
    MUST(watch.queued <= 1);
    while (watch.first != NULL) {
        struct tov_event *event = watch.first;
        watch.first = event->next;
        MUST(event->facts.kind == TOV_EVENT_CAUGHT_UP || event->facts.number > last);
        last = event->facts.number;
        tov_event_destroy(event);
    }
}

/* ---- the case book ---- */

/* Nobody can be asked here: names that are not known stay numbers. */
static struct cases_reader reader_of(struct tov_client *client, struct lib_memory *memory)
{
    return (struct cases_reader){.client = client, .memory = memory, .has_asked = true};
}

static void read_cases(struct tov_record body)
{
    TOV_CLEANUP(cases_cleanup) struct tov_cases *cases = calloc(1, sizeof *cases);
    struct tov_client client = {.epoll_fd = -1};
    char *json = NULL;
    MUST(cases != NULL);
    cases->unit = "";
    struct cases_reader reader = reader_of(&client, &cases->memory);
    if (cases_read_page(&reader, body, cases) == TOV_OK) {
        MUST(tov_cases_to_json(cases, &json, NULL) == TOV_OK);
        tov_free(json);
    }
}

static void read_case(struct tov_record body)
{
    TOV_CLEANUP(case_cleanup) struct tov_case *one = calloc(1, sizeof *one);
    struct tov_client client = {.epoll_fd = -1};
    char *json = NULL;
    MUST(one != NULL);
    one->unit = "";
    struct cases_reader reader = reader_of(&client, &one->memory);
    if (case_read_rest(&reader, body, one) == TOV_OK &&
        case_read_messages(&reader, body, one) == TOV_OK) {
        MUST(tov_case_to_json(one, &json, NULL) == TOV_OK);
        tov_free(json);
    }
}

static void read_findings(struct tov_record reply)
{
    static struct tov_remarks remarks;
    if (remarks_of_reply(&remarks, reply) == TOV_OK)
        MUST(remarks.count <= TOV_FINDINGS_MAX);
    (void)tov_remarks_refuse(&remarks);
    remarks_clear(&remarks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const char *name;
        void (*read)(struct tov_record body);
    } answers[] = {{"list", read_list},      {"get", read_get},     {"submit", read_submit},
                   {"event", read_event},    {"hello", read_hello}, {"cases", read_cases},
                   {"case_read", read_case}, {"find", read_list}};
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_error error;
    if (tov_api_reply_decode((struct tov_bytes){data, size}, &reply, &error) != TOV_OK)
        return 0;
    read_findings(reply);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct tov_record body;
        if (tov_record_child(reply, answers[i].name, 0, &body))
            answers[i].read(body);
    }
    return 0;
}

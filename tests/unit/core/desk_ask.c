/* SPDX-License-Identifier: EUPL-1.2 */
#include "desk_ask.h"

#include "base/cleanup.h"
#include "node.h"

#include <stdio.h>
#include <string.h>

struct tov_record request_of(const char *name, struct tov_record *out_body)
{
    struct tov_record request;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_open(request, name, out_body) == TOV_OK);
    return request;
}

/* The answer; REQUEST ends here. */
struct tov_record answer_to(struct harness *harness, const struct harness_client *client,
                            struct tov_record request)
{
    struct tov_record reply = exchange(harness, client, request);
    tov_record_destroy(&request);
    return reply;
}

uint64_t error_to(struct harness *harness, const struct harness_client *client,
                  struct tov_record request)
{
    struct tov_record reply = answer_to(harness, client, request);
    uint64_t error = error_of(reply);
    tov_record_destroy(&reply);
    return error;
}

/* The message that the agency of CLIENT was sent last, by its number there. */
uint64_t newest(struct harness *harness, const struct harness_client *client)
{
    struct tov_record body, summary;
    struct tov_record request = request_of("list", &body);
    UNIT_OK(tov_record_put_enum(body, "box", "in"));
    struct tov_record reply = answer_to(harness, client, request);
    UNIT_NEED(tov_record_child(body_of(reply, "list"), "messages", 0, &summary));
    uint64_t number = tov_record_number(summary, "number");
    tov_record_destroy(&reply);
    return number;
}

/* The newest entry of node 0's journal tree that is of CLASS; false: there is none. DETAILS keeps
 * what ENTRY points to. */
bool newest_entry(struct harness *harness, enum tov_access_class class_code,
                  struct tov_buf *details, struct tov_access_entry *entry)
{
    struct tov_core *core = tov_node_core(harness_node(harness, 0));
    struct tov_store_read *read = NULL;
    bool found = false;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    for (uint64_t i = tov_ledger_committed(core->journal); !found && i > 0; i--) {
        tov_buf_clear(details);
        found = tov_access_details(core, read, i - 1, details) == TOV_OK &&
                tov_access_entry_decode(tov_buf_view(details), entry) == TOV_OK &&
                entry->class_code == class_code;
    }
    tov_store_read_end(read);
    return found;
}

bool is_text(struct tov_bytes bytes, const char *text)
{
    return tov_bytes_equal(bytes, tov_bytes_of_text(text));
}

/* ---- the status ---- */

static struct tov_record ask_status(struct harness *harness, const struct harness_client *client)
{
    struct tov_record body;
    return answer_to(harness, client, request_of("status", &body));
}

uint64_t status_number(struct harness *harness, const struct harness_client *client,
                       const char *field)
{
    struct tov_record reply = ask_status(harness, client);
    uint64_t number = tov_record_number(body_of(reply, "status"), field);
    tov_record_destroy(&reply);
    return number;
}

bool find_peer(struct tov_record body, uint64_t peer, struct tov_record *out_peer)
{
    for (size_t i = 0; tov_record_child(body, "peers", i, out_peer); i++) {
        if (tov_record_number(*out_peer, "agency") == peer)
            return true;
    }
    return false;
}

uint64_t status_number_of(struct harness *harness, const struct harness_client *client,
                          uint64_t peer, const char *field)
{
    struct tov_record found;
    struct tov_record reply = ask_status(harness, client);
    uint64_t number = UINT64_MAX;
    if (find_peer(body_of(reply, "status"), peer, &found))
        number = tov_record_number(found, field);
    tov_record_destroy(&reply);
    return number;
}

static bool has(struct tov_bytes text, const char *words)
{
    return text.size > 0 && memmem(text.data, text.size, words, strlen(words)) != NULL;
}

void expect_sentence(struct harness *harness, const struct harness_client *client,
                     const char *danish, const char *english)
{
    struct tov_record reply = ask_status(harness, client);
    struct tov_record body = body_of(reply, "status");
    struct tov_bytes da = tov_record_bytes(body, "sentence_da");
    struct tov_bytes en = tov_record_bytes(body, "sentence_en");
    bool is_so =
        english[0] == '\0' ? da.size == 0 && en.size == 0 : has(da, danish) && has(en, english);
    if (!is_so)
        (void)printf("\"%.*s\"\n\"%.*s\"\n", (int)da.size, (const char *)da.data, (int)en.size,
                     (const char *)en.data);
    CU_ASSERT(is_so);
    tov_record_destroy(&reply);
}

bool status_says(struct harness *harness, const char *words)
{
    struct tov_record reply = ask_status(harness, &anna);
    bool is_so = has(tov_record_bytes(body_of(reply, "status"), "sentence_en"), words);
    tov_record_destroy(&reply);
    return is_so;
}

/* ---- what lies ---- */

void send_notes_of_krfo(struct harness *harness, size_t count, uint64_t *out_numbers)
{
    for (size_t i = 0; i < count; i++) {
        send_note_of_krfo(harness, "about.case_ref=" CASE, NULL);
        out_numbers[i] = newest(harness, &anna);
    }
}

void check_unread(struct harness *harness, uint64_t unread, bool is_counting)
{
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread"), unread);
    UNIT_EQUAL_INT(status_number(harness, &anna, "counting"), is_counting);
}

void look_at(struct harness *harness, const struct harness_client *client, uint64_t number)
{
    struct tov_record body;
    struct tov_record request = request_of("get", &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    UNIT_EQUAL_INT(error_to(harness, client, request), 0);
}

uint64_t is_counting_for_the_record(struct harness *harness)
{
    struct tov_record body;
    struct tov_record request = request_of("list", &body);
    UNIT_OK(tov_record_put_number(body, "unrecorded_only", 1));
    struct tov_record reply = answer_to(harness, &anna, request);
    uint64_t counting = tov_record_number(body_of(reply, "list"), "counting");
    tov_record_destroy(&reply);
    return counting;
}

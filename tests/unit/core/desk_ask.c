/* SPDX-License-Identifier: EUPL-1.2 */
#include "desk_ask.h"

#include "base/cleanup.h"
#include "node.h"

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

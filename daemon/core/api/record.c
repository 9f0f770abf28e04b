/* SPDX-License-Identifier: EUPL-1.2
 *
 * The agency's own record (ESDH, journal): that a message was handed over to it, under which number
 * there, by whom and when; and from which day on the node's copy may be erased. It is an entry of
 * the journal tree (I9); the row of the table `record` names that entry.
 * Not for: erasing, which is a person's step.
 *
 *   row   version u8 = 1, index of the entry u64, time u64 of the first hand-over (a corrected
 *         number moves no day of erasure), tag 16: HMAC of the number, so that the same number said
 *         again is known without opening the entry; what later versions add stands behind it
 *
 * A row or an entry that is damaged, erased or of a later version still says that the message is
 * handed over: then it is shown so without details, and nothing else is refused for it.
 */
#include "api/desk.h"

#include "case/danish_time.h"
#include "ledger/reply.h"

#include <string.h>

#define NUMBER_MAX_BYTES 64u /* of the record */
#define ROW_VERSION 1u
#define ROW_BYTES (1u + 8u + 8u + TOV_TAG_BYTES)
#define DETAILS_MAX_BYTES 4096u

struct recording {
    struct api_call *call;
    struct api_look look;
    struct api_view view;
    struct tov_bytes number; /* in the record */
    uint8_t tag[TOV_TAG_BYTES];
};

/* ---- what others ask ---- */

static struct api_recorded decode_row(struct tov_bytes row)
{
    struct api_recorded recorded = {.has_details =
                                        row.size >= ROW_BYTES && row.data[0] == ROW_VERSION};
    if (!recorded.has_details)
        return recorded;
    recorded.entry = tov_get_be64(row.data + 1);
    recorded.time_ms = tov_get_be64(row.data + 9);
    memcpy(recorded.tag, row.data + 17, TOV_TAG_BYTES);
    return recorded;
}

enum tov_err tov_api_recorded(const struct api_look *look, uint64_t number,
                              struct api_recorded *out)
{
    struct tov_bytes row;
    TOV_TRY(tov_store_get(look->read, TOV_TABLE_RECORD, tov_store_key_u64(number), &row));
    *out = decode_row(row);
    return TOV_OK;
}

uint64_t tov_api_erasable_ms(const struct tov_api *api, const struct api_view *view,
                             uint64_t recorded_ms)
{
    unsigned class_code = view->has_header ? tov_retention_of(view->header, TOV_RETENTION_CLASSES)
                                           : TOV_RETENTION_CLASSES;
    if (recorded_ms == 0 || class_code >= TOV_RETENTION_CLASSES)
        return 0;
    struct tov_date day = tov_danish_time_of(recorded_ms).date;
    int64_t last = tov_date_to_days(day) + (int64_t)api->policy.retention_days[class_code];
    return tov_danish_day_start_ms(tov_date_of_days(last));
}

enum tov_err tov_api_put_recorded(const struct api_look *look, const struct api_view *view,
                                  struct tov_record out)
{
    struct api_recorded recorded;
    enum tov_err err = tov_api_recorded(look, view->number, &recorded);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    if (!recorded.has_details) /* it was after the message came */
        return tov_record_put_number(out, "recorded_ms", view->event.time_ms);
    TOV_TRY(tov_record_put_number(out, "recorded_ms", recorded.time_ms));
    return tov_api_put_count(out, "erasable_ms",
                             tov_api_erasable_ms(look->api, view, recorded.time_ms));
}

/* The entry that RECORDED names. NOT_FOUND: there is none that says this of message NUMBER. */
static enum tov_err find_entry(const struct api_look *look, uint64_t number,
                               const struct api_recorded *recorded, struct tov_buf *details,
                               struct tov_access_entry *out)
{
    if (!recorded->has_details)
        return TOV_E_NOT_FOUND;
    enum tov_err err = tov_access_details(look->api->core, look->read, recorded->entry, details);
    if (err == TOV_OK)
        err = tov_access_entry_decode(tov_buf_view(details), out);
    if (err != TOV_OK)
        return err == TOV_E_NOMEM ? err : TOV_E_NOT_FOUND;
    return out->class_code == TOV_ACCESS_RECORD && out->number == number ? TOV_OK : TOV_E_NOT_FOUND;
}

static enum tov_err put_entry(const struct tov_access_entry *entry, struct tov_record out)
{
    struct tov_record made;
    TOV_TRY(tov_record_open(out, "record", &made));
    TOV_TRY(tov_api_put_view(made, "record", entry->reason));
    TOV_TRY(tov_api_put_view(made, "by", entry->client));
    return tov_record_put_number(made, "at_ms", entry->time_ms);
}

enum tov_err tov_api_put_record_entry(const struct api_look *look, const struct api_view *view,
                                      struct tov_record out)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf details = TOV_BUF_INIT(DETAILS_MAX_BYTES);
    struct api_recorded recorded;
    struct tov_access_entry entry;
    enum tov_err err = tov_api_recorded(look, view->number, &recorded);
    if (err == TOV_OK)
        err = find_entry(look, view->number, &recorded, &details, &entry);
    if (err == TOV_OK)
        err = put_entry(&entry, out);
    if (details.data != NULL)
        tov_wipe(details.data, details.capacity);
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

/* ---- the request ---- */

static bool is_one_line(struct tov_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < 0x20 || text.data[i] == 0x7f)
            return false;
    }
    return text.data[0] != ' ' && text.data[text.size - 1] != ' ';
}

static enum tov_err read_number(struct recording *recording)
{
    struct api_call *call = recording->call;
    struct tov_hmac hmac;
    struct tov_hash hash;
    struct tov_bytes number = tov_record_bytes(call->request, "record");
    if (number.size == 0 || number.size > NUMBER_MAX_BYTES || !is_one_line(number))
        return tov_fail(&call->error, TOV_E_ARGUMENT,
                        "record: the number in your agency's own record, 1 to %u bytes in one line",
                        NUMBER_MAX_BYTES);
    recording->number = number;
    tov_hmac_init(&hmac, TOV_BYTES_OF(call->api->record_key.bytes));
    tov_hmac_update(&hmac, number.data, number.size);
    tov_hmac_final(&hmac, &hash);
    memcpy(recording->tag, hash.bytes, sizeof recording->tag);
    return TOV_OK;
}

static enum tov_err open_message(struct recording *recording)
{
    struct api_call *call = recording->call;
    struct api_wanted wanted = {0, TOV_MESSAGE_HEADER};
    TOV_TRY(tov_api_target(call, recording->look.read, &wanted.number));
    enum tov_err err = tov_api_view_load(&recording->look, &wanted, &recording->view);
    if (err == TOV_E_NOT_FOUND || (err == TOV_OK && recording->view.sight != TOV_SIGHT_CONTENT))
        return tov_api_no_message(call, &recording->look, &recording->view, wanted.number);
    return err;
}

static enum tov_err put_row(struct recording *recording, uint64_t entry, uint64_t first_ms)
{
    struct tov_core *core = recording->call->core;
    uint8_t row[ROW_BYTES] = {ROW_VERSION};
    tov_put_be64(row + 1, entry);
    tov_put_be64(row + 9, first_ms);
    memcpy(row + 17, recording->tag, TOV_TAG_BYTES);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_RECORD,
                        tov_store_key_u64(recording->view.number), TOV_BYTES_OF(row));
    return tov_desk_settle(recording->call->api, recording->view.number, DESK_UNRECORDED);
}

static enum tov_err write_entry(struct recording *recording, uint64_t first_ms)
{
    uint64_t entry = 0;
    struct api_noting noting = {TOV_ACCESS_RECORD, &recording->view, recording->number};
    TOV_TRY(tov_api_note_at(recording->call, &noting, &entry));
    return put_row(recording, entry, first_ms);
}

static enum tov_err put_answer(struct recording *recording, bool repeated, uint64_t time_ms)
{
    struct tov_record answer;
    struct api_call *call = recording->call;
    TOV_TRY(tov_api_answer(call, "record", &answer));
    TOV_TRY(tov_record_put_number(answer, "number", recording->view.number));
    TOV_TRY(tov_api_put_count(answer, "repeated", repeated ? 1 : 0));
    TOV_TRY(tov_record_put_number(answer, "recorded_ms", time_ms));
    TOV_TRY(tov_api_put_count(answer, "erasable_ms",
                              tov_api_erasable_ms(call->api, &recording->view, time_ms)));
    return tov_api_reply_after(call); /* the row that it tells of may be in the open batch */
}

/* By what was said before, committed or not. */
static enum tov_err record(struct recording *recording)
{
    struct api_call *call = recording->call;
    struct api_recorded before;
    struct tov_bytes row;
    bool replaces = tov_record_number(call->request, "replace") != 0;
    enum tov_err err = tov_core_get_pending(call->core, recording->look.read, TOV_TABLE_RECORD,
                                            tov_store_key_u64(recording->view.number), &row);
    if (err == TOV_E_NOT_FOUND) {
        TOV_TRY(write_entry(recording, call->core->now_ms));
        return put_answer(recording, false, call->core->now_ms);
    }
    TOV_TRY(err);
    before = decode_row(row);
    if (before.has_details && memcmp(before.tag, recording->tag, sizeof before.tag) == 0)
        return put_answer(recording, true, before.time_ms);
    if (!replaces)
        return tov_fail(&call->error, TOV_E_EXISTS,
                        "the message stands in the record under another number already; say "
                        "`replace` to correct it");
    uint64_t first_ms = before.has_details ? before.time_ms : call->core->now_ms;
    TOV_TRY(write_entry(recording, first_ms));
    return put_answer(recording, false, first_ms);
}

static enum tov_err run(struct recording *recording)
{
    TOV_TRY(tov_api_view_init(&recording->view));
    TOV_TRY(tov_store_read_begin(recording->call->core->store, &recording->look.read, NULL));
    TOV_TRY(read_number(recording));
    TOV_TRY(open_message(recording));
    return record(recording);
}

enum tov_err tov_api_record(struct api_call *call)
{
    struct recording recording = {.call = call, .look = {.api = call->api, .client = call->client}};
    enum tov_err err = run(&recording);
    tov_api_view_fini(&recording.view);
    tov_store_read_end(recording.look.read);
    return err;
}

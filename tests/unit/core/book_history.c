/* SPDX-License-Identifier: EUPL-1.2 */
#include "book_history.h"

#include "ledger/tables.h"
#include "store/read.h"

#include <stdlib.h>
#include <string.h>

/* ---- writing much ---- */

struct harness *two_nodes(void)
{
    struct harness_options options = {.nodes = 2, .seed = 11, .disk_reserve_bytes = 1u << 20};
    struct harness *harness = harness_create(&options);
    harness_advance(harness, 2000);
    return harness;
}

static void concern_name(size_t number, char out[48])
{
    (void)snprintf(out, 48, "about.concern_ref=K%zu", number);
}

void write_one(struct harness *harness, size_t number, size_t concerns)
{
    char about[48];
    bool is_ours = number % 3 != 2;
    concern_name(number % concerns, about);
    struct saying saying = {.by = is_ours ? &anna : &bo,
                            .type = number < concerns ? "concern.submit" : "msg.note",
                            .from = is_ours ? "kk/vink" : "kbh-pol/dks",
                            .to = is_ours ? "kbh-pol/dks" : "kk/vink",
                            .bases = is_ours ? "RPL115-2/1-1" : "RPL115-1-1",
                            .fields = about};
    if (number < concerns) {
        saying.by = &anna;
        saying.from = "kk/vink";
        saying.to = "kbh-pol/dks";
        saying.bases = "RPL115-2/1-1";
    }
    send_saying(harness, &saying);
}

static void check_accepted(struct harness *harness, const struct harness_client *client)
{
    uint8_t *bytes;
    size_t size;
    while (harness_take(harness, client, &bytes, &size)) {
        struct tov_record reply = {0};
        UNIT_NEED(tov_api_reply_decode((struct tov_bytes){bytes, size}, &reply, NULL) == TOV_OK);
        UNIT_EQUAL_INT(error_of(reply), 0);
        tov_record_destroy(&reply);
        free(bytes);
    }
}

void write_many(struct harness *harness, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        write_one(harness, i, 12);
        if (i % 50 == 0)
            harness_run(harness);
    }
    harness_run(harness);
    check_accepted(harness, &anna);
    check_accepted(harness, &bo);
}

/* ---- answers ---- */

static void put_reply(struct tov_record reply, struct tov_buf *out)
{
    UNIT_EQUAL_INT(error_of(reply), 0);
    tov_record_clear(reply, "id");
    UNIT_NEED(tov_api_encode(reply, out) == TOV_OK);
}

void answers_of(struct harness *harness, struct tov_buf *out)
{
    struct tov_record reply = ask(harness, &anna, "cases", &(struct asking){.ended = 1});
    struct tov_record cases = body_of(reply, "cases"), affair;
    uint64_t numbers[64];
    size_t count = 0;
    for (; tov_record_child(cases, "affairs", count, &affair); count++) {
        UNIT_NEED(count < 64);
        numbers[count] = tov_record_number(affair, "number");
    }
    put_reply(reply, out);
    tov_record_destroy(&reply);
    for (size_t i = 0; i < count; i++) {
        reply = ask(harness, &anna, "case_read", &(struct asking){.number = numbers[i]});
        put_reply(reply, out);
        tov_record_destroy(&reply);
    }
}

uint64_t messages_listed(struct harness *harness)
{
    struct tov_record reply = ask(harness, &anna, "cases", &(struct asking){.ended = 1});
    struct tov_record cases = body_of(reply, "cases"), affair;
    uint64_t count = 0;
    for (size_t i = 0; tov_record_child(cases, "affairs", i, &affair); i++)
        count += tov_record_number(affair, "message_count");
    tov_record_destroy(&reply);
    return count;
}

void check_answers(struct harness *harness, const struct tov_buf *expected)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf now = TOV_BUF_INIT(ANSWERS_MAX);
    answers_of(harness, &now);
    CU_ASSERT(tov_bytes_equal(tov_buf_view(&now), tov_buf_view(expected)));
    UNIT_EQUAL_INT(now.size, expected->size);
}

/* ---- blocks ---- */

static struct tov_store *store_of(struct harness *harness, size_t node)
{
    return tov_node_core(harness_node(harness, node))->store;
}

uint64_t block_count(struct harness *harness, size_t node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    uint64_t count = 0;
    UNIT_NEED(tov_store_read_begin(store_of(harness, node), &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_count(read, TOV_TABLE_BOOK, &count) == TOV_OK);
    return count;
}

void commit(struct harness *harness, size_t node, struct tov_store_batch *batch)
{
    UNIT_NEED(tov_store_commit(store_of(harness, node), batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
}

void drop_blocks(struct harness *harness, size_t node)
{
    struct tov_store_batch *batch = NULL;
    struct tov_store_key none = {0};
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_delete_range(batch, TOV_TABLE_BOOK, none, none);
    commit(harness, node, batch);
}

void change_row(struct harness *harness, unsigned table, size_t place, int at, uint8_t by)
{
    struct tov_store_range range = {.table = table};
    struct tov_store_read *read = NULL;
    struct tov_store_batch *batch = NULL;
    struct tov_store_iter iter;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT(1u << 20);
    UNIT_NEED(tov_store_read_begin(store_of(harness, KK), &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    for (size_t i = 0; i <= place; i++)
        UNIT_NEED(tov_store_iter_next(&iter));
    struct tov_store_key key = iter.row.key;
    tov_buf_put_bytes(&row, iter.row.value);
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    tov_store_read_end(read);
    size_t byte = at < 0 ? row.size - (size_t)-at : (size_t)at;
    UNIT_NEED(byte < row.size);
    row.data[byte] = (uint8_t)(row.data[byte] + by);
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_put(batch, table, key, tov_buf_view(&row));
    commit(harness, KK, batch);
}

void lose_body(struct harness *harness, uint64_t index)
{
    struct tov_store_batch *batch = NULL;
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_delete(batch, TOV_TABLE_BODY, tov_store_key_u64(index));
    commit(harness, KK, batch);
}

void restart_unread(struct harness *harness)
{
    drop_blocks(harness, KK);
    harness_restart(harness, KK);
    UNIT_EQUAL_INT(block_count(harness, KK), 0);
}

/* ---- asking ---- */

void send_asking_as(struct harness *harness, const struct harness_client *client, const char *name,
                    uint64_t id)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_record request, body;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_open(request, name, &body) == TOV_OK);
    UNIT_NEED(tov_record_put_number(request, "id", id) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    tov_record_destroy(&request);
    harness_send(harness, client, tov_buf_view(&frame));
}

void send_asking(struct harness *harness, const char *name, uint64_t id)
{
    send_asking_as(harness, &anna, name, id);
}

uint64_t next_reply(struct harness *harness, size_t *out_size)
{
    uint8_t *bytes;
    struct tov_record reply = {0};
    if (!harness_take(harness, &anna, &bytes, out_size))
        return 0;
    UNIT_NEED(tov_api_reply_decode((struct tov_bytes){bytes, *out_size}, &reply, NULL) == TOV_OK);
    UNIT_EQUAL_INT(error_of(reply), 0);
    uint64_t id = tov_record_number(reply, "id");
    tov_record_destroy(&reply);
    free(bytes);
    return id;
}

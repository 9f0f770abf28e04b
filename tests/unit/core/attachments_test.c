/* SPDX-License-Identifier: EUPL-1.2
 *
 * Attachments through whole nodes: what was uploaded in pieces arrives as it was and is read from
 * anywhere, nothing is read without a trace (I9), whoever may not read is told nothing, and uploads
 * that do not fit, stop, or are given up leave nothing behind (I11).
 * Not for: how they travel (tests/unit/follow).
 */
#include "attachment_scene.h"

#include "base/cleanup.h"
#include "support/node_harness_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct harness_client bo_again = {1, "bo", 25};
static const struct harness_client anna_again = {0, "anna", 21};

/* ---- reading ---- */

static void expect_read(struct harness *harness, const struct harness_client *client,
                        struct tov_record request, uint64_t seed, uint64_t size)
{
    uint64_t wrong = 0;
    uint64_t offset = 0, limit = 0;
    struct tov_record body;
    UNIT_NEED(tov_record_child(request, "attachment_read", 0, &body));
    offset = tov_record_number(body, "offset");
    limit = tov_record_number(body, "limit");
    struct tov_record reply = answer_to(harness, client, request);
    struct tov_record answer = body_of(reply, "data");
    struct tov_bytes data = tov_record_bytes(answer, "data");
    uint64_t left = offset < size ? size - offset : 0;
    limit = limit == 0 || limit > 131072 ? 131072 : limit;
    UNIT_EQUAL_INT(tov_record_number(answer, "total"), size);
    UNIT_EQUAL_INT(tov_record_number(answer, "offset"), offset);
    UNIT_EQUAL_INT(data.size, left < limit ? left : limit);
    for (size_t i = 0; i < data.size; i++)
        wrong += data.data[i] != file_byte(seed, offset + i);
    UNIT_EQUAL_INT(wrong, 0);
    tov_record_destroy(&reply);
}

static void files_arrive_as_they_were_and_are_read_from_anywhere(void)
{
    static const uint64_t sizes[] = {0, 65536 - 8, 65536, 300000};
    static const struct {
        uint64_t offset, limit;
    } ranges[] = {{0, 0},          {0, 10},      {65527, 2},     {65528, 100000},
                  {65520, 131072}, {299999, 50}, {300000, 1000}, {1u << 30, 0}};
    struct upload upload;
    struct harness *harness = attachment_nodes();
    uint64_t own = send_files(harness, sizes, 4, &upload);
    uint64_t theirs = newest(harness, &bo);
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < sizeof ranges / sizeof ranges[0]; j++) {
            uint64_t offset = ranges[j].offset, limit = ranges[j].limit;
            uint64_t seed = upload.files[i].seed;
            expect_read(harness, &anna, read_request(own, i + 2, offset, limit), seed, sizes[i]);
            expect_read(harness, &bo, read_request(theirs, i + 2, offset, limit), seed, sizes[i]);
        }
    }
    harness_restart(harness, 1);
    expect_read(harness, &bo, read_request(theirs, 5, 250000, 0), upload.files[3].seed, 300000);
    CU_ASSERT(!harness_disk_holds(harness, 0, "tmp-") && !harness_disk_holds(harness, 1, "tmp-"));
    harness_destroy(harness);
}

static size_t answers_of(struct harness *harness, const struct harness_client *client)
{
    uint8_t *bytes;
    size_t size, count = 0;
    for (; harness_take(harness, client, &bytes, &size); count++)
        free(bytes);
    return count;
}

static void send_request(struct harness *harness, const struct harness_client *client,
                         struct tov_record request)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    UNIT_OK(tov_record_put_number(request, "id", 99));
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    tov_record_destroy(&request);
    harness_send(harness, client, tov_buf_view(&frame));
    harness_run(harness);
}

static void nothing_is_read_before_it_is_noted(void)
{
    static const uint64_t sizes[] = {5000};
    struct upload upload;
    struct harness *harness = attachment_nodes();
    (void)send_files(harness, sizes, 1, &upload);
    uint64_t number = newest(harness, &bo);
    struct tov_core *core = tov_node_core(harness_node(harness, 1));
    uint64_t before = tov_ledger_committed(core->journal);
    harness_hold_commits(harness, 1, true);
    send_request(harness, &bo, read_request(number, 2, 0, 0));
    send_request(harness, &bo, read_request(number, 2, 100, 0)); /* waits as well */
    UNIT_EQUAL_INT(answers_of(harness, &bo), 0);
    harness_hold_commits(harness, 1, false);
    harness_run(harness);
    UNIT_EQUAL_INT(answers_of(harness, &bo), 2);
    UNIT_EQUAL_INT(tov_ledger_committed(core->journal), before + 1);
    send_request(harness, &bo, read_request(number, 2, 200, 0)); /* the same reading */
    UNIT_EQUAL_INT(answers_of(harness, &bo), 1);
    UNIT_EQUAL_INT(tov_ledger_committed(core->journal), before + 1);
    send_request(harness, &bo_again, read_request(number, 2, 0, 0)); /* another */
    UNIT_EQUAL_INT(answers_of(harness, &bo_again), 1);
    UNIT_EQUAL_INT(tov_ledger_committed(core->journal), before + 2);
    harness_destroy(harness);
}

static void who_may_not_read_is_told_that_there_is_nothing(void)
{
    static const uint64_t sizes[] = {5000};
    struct upload upload;
    struct harness *harness = attachment_nodes();
    uint64_t own = send_files(harness, sizes, 1, &upload);
    static const uint64_t parts[] = {0, 1, 3, 17, 18, 255, 256, 1000};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        UNIT_EQUAL_INT(error_to(harness, &anna, read_request(own, parts[i], 0, 0)),
                       TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(error_to(harness, &anna, read_request(own, 2, (2ull << 30) + 1, 0)),
                   TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(error_to(harness, &anna, read_request(own + 50, 2, 0, 0)), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(error_to(harness, &sofie, read_request(own, 2, 0, 0)), TOV_E_NOT_FOUND);
    CU_ASSERT(error_to(harness, &audit, read_request(own, 2, 0, 0)) != 0);
    harness_destroy(harness);
}

static void only_the_parties_hold_a_file(void)
{
    static const uint64_t sizes[] = {5000};
    struct upload upload;
    struct harness *harness = attachment_nodes();
    (void)send_files(harness, sizes, 1, &upload);
    CU_ASSERT(harness_disk_holds(harness, 0, "own-"));
    CU_ASSERT(harness_disk_holds(harness, 1, "peer-1-1-"));
    CU_ASSERT(!harness_disk_holds(harness, 2, "peer-"));
    harness_destroy(harness);
}

/* A damaged or lost file is said to be so; other bytes are never handed out. */
static void a_file_that_is_damaged_on_disk_is_not_handed_out(void)
{
    static const uint64_t sizes[] = {200000};
    uint8_t byte = 0x5a;
    char blob[TOV_BLOB_NAME_SIZE];
    struct upload upload;
    struct harness *harness = attachment_nodes();
    (void)send_files(harness, sizes, 1, &upload);
    uint64_t number = newest(harness, &bo);
    expect_read(harness, &bo, read_request(number, 2, 0, 0), upload.files[0].seed, 200000);
    struct sim_disk *disk = harness->nodes[1].disk;
    bool is_found = false;
    for (uint64_t index = 0; !is_found && index < 50; index++) {
        struct tov_buf read = TOV_BUF_INIT(1u << 20);
        (void)snprintf(blob, sizeof blob, "peer-1-1-%llu-2", (unsigned long long)index);
        is_found = sim_disk_load(disk, blob, &read) == TOV_OK;
        tov_buf_fini(&read);
    }
    UNIT_NEED(is_found);
    UNIT_NEED(sim_disk_write(disk, blob, 150000, TOV_BYTES_OF(((uint8_t[]){byte, byte}))) ==
              TOV_OK);
    UNIT_EQUAL_INT(error_to(harness, &bo, read_request(number, 2, 150000, 10)), TOV_E_CORRUPT);
    expect_read(harness, &bo, read_request(number, 2, 0, 10), upload.files[0].seed, 200000);
    UNIT_NEED(sim_disk_write(disk, blob, 5, TOV_BYTES_OF(((uint8_t[]){byte, byte}))) == TOV_OK);
    UNIT_EQUAL_INT(error_to(harness, &bo_again, read_request(number, 2, 0, 10)), TOV_E_CORRUPT);
    UNIT_NEED(sim_disk_delete(disk, blob) == TOV_OK);
    CU_ASSERT(error_to(harness, &bo, read_request(number, 2, 0, 10)) != 0);
    harness_destroy(harness);
}

/* Of anna's message NUMBER. */
static bool shows_complete(struct harness *harness, uint64_t number)
{
    struct tov_record body, attachment;
    struct tov_record request = request_of("get", &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    struct tov_record reply = answer_to(harness, &anna, request);
    UNIT_NEED(tov_record_child(body_of(reply, "get"), "attachments", 0, &attachment));
    bool is_complete = tov_record_number(attachment, "complete") != 0;
    tov_record_destroy(&reply);
    return is_complete;
}

/* As after a restore without it. Nobody is shown a file that is not there. */
static void an_own_file_that_is_gone_is_not_shown_and_comes_back(void)
{
    static const uint64_t sizes[] = {200000};
    struct upload upload;
    struct harness *harness = attachment_nodes();
    uint64_t own = send_files(harness, sizes, 1, &upload);
    CU_ASSERT(shows_complete(harness, own));
    UNIT_NEED(sim_disk_sweep(harness->nodes[0].disk, "own-") == TOV_OK);
    CU_ASSERT(!shows_complete(harness, own));
    UNIT_EQUAL_INT(error_to(harness, &anna, read_request(own, 2, 0, 0)), TOV_E_UNAVAILABLE);
    harness_advance(harness, 30000);
    CU_ASSERT(shows_complete(harness, own));
    expect_read(harness, &anna, read_request(own, 2, 0, 0), upload.files[0].seed, 200000);
    harness_destroy(harness);
}

/* Its sender has lost it, and nobody else has it. */
static void a_file_that_does_not_come_is_told_in_status(void)
{
    static const uint64_t sizes[] = {5000};
    static const char words[] = "kk does not send an attachment";
    struct upload upload;
    struct tov_record body;
    struct harness *harness = attachment_nodes();
    harness_set_link(harness, 0, 1, false);
    (void)send_files(harness, sizes, 1, &upload);
    UNIT_NEED(sim_disk_sweep(harness->nodes[0].disk, "own-") == TOV_OK);
    harness_set_link(harness, 0, 1, true);
    for (unsigned i = 0; i < 300; i++)
        harness_advance(harness, 1000);
    struct tov_record reply = answer_to(harness, &bo, request_of("status", &body));
    struct tov_bytes text = tov_record_bytes(body_of(reply, "status"), "sentence_en");
    CU_ASSERT(text.size >= strlen(words) && memcmp(text.data, words, strlen(words)) == 0);
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

static void a_message_that_was_taken_back_gives_no_file(void)
{
    static const uint64_t sizes[] = {5000};
    struct upload upload;
    struct harness *harness = attachment_nodes();
    uint64_t own = send_files(harness, sizes, 1, &upload);
    struct tov_record body, summary;
    struct tov_ref ref;
    struct tov_record request = request_of("get", &body);
    UNIT_OK(tov_record_put_number(body, "number", own));
    struct tov_record reply = answer_to(harness, &anna, request);
    UNIT_NEED(tov_record_child(body_of(reply, "get"), "summary", 0, &summary));
    UNIT_NEED(tov_record_ref(summary, "ref", 0, &ref));
    tov_record_destroy(&reply);
    struct saying retraction = {.by = &anna,
                                .type = "msg.retract",
                                .from = "kk/vink",
                                .to = "kbh-pol/dks",
                                .bases = "RPL115-2/1-1",
                                .fields = "about.concern_ref=" CONCERN,
                                .answers = &ref};
    uint64_t number = newest(harness, &bo);
    say(harness, &retraction, NULL);
    UNIT_EQUAL_INT(error_to(harness, &bo, read_request(number, 2, 0, 0)), TOV_E_DENIED);
    harness_destroy(harness);
}

/* ---- uploads ---- */

static void an_upload_that_does_not_fit_is_refused_and_goes_on(void)
{
    struct upload upload = {.by = &anna};
    struct harness *harness = attachment_nodes();
    UNIT_EQUAL_INT(error_to(harness, &anna, begin_request(0, (2ull << 30) + 1)), TOV_E_LIMIT);
    UNIT_EQUAL_INT(error_to(harness, &anna, begin_request(77, 10)), TOV_E_UNAVAILABLE);
    upload_file(harness, &upload, 1000);
    upload.files[1].size = 5000;
    UNIT_EQUAL_INT(error_to(harness, &anna, begin_request(upload.id, 5000)), 0);
    UNIT_EQUAL_INT(error_to(harness, &anna, data_request(&upload, 2, 0, 10)), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(error_to(harness, &anna, data_request(&upload, 1, 5, 10)), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(error_to(harness, &anna, data_request(&upload, 1, 0, 5001)), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(error_to(harness, &anna, data_request(&upload, 1, 0, 131073)), TOV_E_LIMIT);
    UNIT_EQUAL_INT(error_to(harness, &anna, data_request(&upload, 0, 1000, 0)), TOV_E_ARGUMENT);
    upload.count = 2;
    UNIT_EQUAL_INT(error_to(harness, &anna, note_request(harness, &upload)), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(error_to(harness, &anna, data_request(&upload, 1, 0, 5000)), 0);
    upload.count = 1; /* not what was uploaded */
    UNIT_EQUAL_INT(error_to(harness, &anna, note_request(harness, &upload)), TOV_E_SCHEMA);
    upload.count = 2; /* nor the second's hash */
    UNIT_EQUAL_INT(error_to(harness, &anna, note_request(harness, &upload)), TOV_E_SCHEMA);
    CU_ASSERT(harness_disk_holds(harness, 0, "tmp-"));
    harness_gone(harness, &anna);
    CU_ASSERT(!harness_disk_holds(harness, 0, "tmp-"));
    harness_destroy(harness);
}

static void an_upload_is_its_connections_own(void)
{
    struct upload upload = {.by = &anna};
    struct harness *harness = attachment_nodes();
    upload_file(harness, &upload, 1000);
    UNIT_EQUAL_INT(error_to(harness, &anna_again, begin_request(upload.id, 10)), TOV_E_UNAVAILABLE);
    UNIT_EQUAL_INT(error_to(harness, &sofie, note_request(harness, &upload)), TOV_E_DENIED);
    UNIT_EQUAL_INT(error_to(harness, &anna, note_request(harness, &upload)), 0);
    UNIT_EQUAL_INT(error_to(harness, &anna, begin_request(upload.id, 10)), TOV_E_UNAVAILABLE);
    harness_destroy(harness);
}

static void a_key_has_so_many_uploads_and_files_and_no_more(void)
{
    uint64_t last = 0;
    struct harness *harness = attachment_nodes();
    for (size_t i = 0; i < 4; i++) {
        struct tov_record reply = answer_to(harness, &anna, begin_request(0, 10));
        last = tov_record_number(body_of(reply, "upload"), "upload");
        tov_record_destroy(&reply);
    }
    UNIT_EQUAL_INT(error_to(harness, &anna_again, begin_request(0, 10)), TOV_E_BUSY);
    for (size_t i = 1; i < TOV_ATTACHMENTS_MAX; i++)
        UNIT_EQUAL_INT(error_to(harness, &anna, begin_request(last, 10)), 0);
    UNIT_EQUAL_INT(error_to(harness, &anna, begin_request(last, 10)), TOV_E_LIMIT);
    struct tov_record body;
    struct tov_record request = request_of("upload_cancel", &body);
    UNIT_OK(tov_record_put_number(body, "upload", last));
    UNIT_EQUAL_INT(error_to(harness, &anna, request), 0);
    UNIT_EQUAL_INT(error_to(harness, &anna_again, begin_request(0, 10)), 0); /* there is room */
    request = request_of("upload_cancel", &body);
    UNIT_OK(tov_record_put_number(body, "upload", last));
    UNIT_EQUAL_INT(error_to(harness, &anna, request), TOV_E_UNAVAILABLE);
    harness_destroy(harness);
}

static void an_upload_that_is_left_alone_is_ended_and_its_files_go(void)
{
    struct upload upload = {.by = &anna};
    struct harness *harness = attachment_nodes();
    upload_file(harness, &upload, 100000);
    harness_advance(harness, 3000000);
    UNIT_EQUAL_INT(error_to(harness, &anna, begin_request(upload.id, 10)), 0); /* it is used */
    harness_advance(harness, 3000000);
    CU_ASSERT(harness_disk_holds(harness, 0, "tmp-"));
    harness_advance(harness, 700000);
    CU_ASSERT(!harness_disk_holds(harness, 0, "tmp-"));
    UNIT_EQUAL_INT(error_to(harness, &anna, begin_request(upload.id, 10)), TOV_E_UNAVAILABLE);
    harness_destroy(harness);
}

static void a_disk_that_is_full_ends_the_upload_and_says_so(void)
{
    struct upload upload = {.by = &anna};
    struct harness *harness = attachment_nodes();
    upload.files[0].size = 200000;
    struct tov_record reply = answer_to(harness, &anna, begin_request(0, 200000));
    upload.id = tov_record_number(body_of(reply, "upload"), "upload");
    tov_record_destroy(&reply);
    UNIT_EQUAL_INT(error_to(harness, &anna, data_request(&upload, 0, 0, 100000)), 0);
    sim_disk_fill(harness->nodes[0].disk, true);
    UNIT_EQUAL_INT(error_to(harness, &anna, data_request(&upload, 0, 100000, 100000)), TOV_E_FULL);
    sim_disk_fill(harness->nodes[0].disk, false);
    UNIT_EQUAL_INT(error_to(harness, &anna, data_request(&upload, 0, 0, 10)), TOV_E_UNAVAILABLE);
    CU_ASSERT(!harness_disk_holds(harness, 0, "tmp-"));
    static const uint64_t sizes[] = {1000};
    (void)send_files(harness, sizes, 1, &upload); /* and it works again */
    harness_destroy(harness);
}

static void a_node_without_room_on_its_disk_takes_no_upload(void)
{
    struct harness_options options = {.nodes = 1, .seed = 7, .disk_reserve_bytes = 1ull << 60};
    struct harness *harness = harness_create(&options);
    UNIT_EQUAL_INT(error_to(harness, &anna, begin_request(0, 10)), TOV_E_FULL);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(files_arrive_as_they_were_and_are_read_from_anywhere),
        UNIT_TEST(nothing_is_read_before_it_is_noted),
        UNIT_TEST(who_may_not_read_is_told_that_there_is_nothing),
        UNIT_TEST(only_the_parties_hold_a_file),
        UNIT_TEST(a_file_that_is_damaged_on_disk_is_not_handed_out),
        UNIT_TEST(an_own_file_that_is_gone_is_not_shown_and_comes_back),
        UNIT_TEST(a_file_that_does_not_come_is_told_in_status),
        UNIT_TEST(a_message_that_was_taken_back_gives_no_file),
        UNIT_TEST(an_upload_that_does_not_fit_is_refused_and_goes_on),
        UNIT_TEST(an_upload_is_its_connections_own),
        UNIT_TEST(a_key_has_so_many_uploads_and_files_and_no_more),
        UNIT_TEST(an_upload_that_is_left_alone_is_ended_and_its_files_go),
        UNIT_TEST(a_disk_that_is_full_ends_the_upload_and_says_so),
        UNIT_TEST(a_node_without_room_on_its_disk_takes_no_upload),
    };
    return unit_run("core_attachments", tests, sizeof tests / sizeof tests[0]);
}

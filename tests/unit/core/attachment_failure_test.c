/* SPDX-License-Identifier: EUPL-1.2
 *
 * Each call that may fail fails once (support/failing.h), while a file is uploaded, sent, fetched
 * by its recipient and read: the bytes that somebody is given are the file's, what was said to be
 * sent is there once and arrives whole, and no half upload stays on the disk (I3, I9, I11).
 * Not for: which error it is; and not for other requests (each_failure_test.c).
 */
#include "attachment_scene.h"
#include "deed.h"

#include "support/failing.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX 4000u
#define SIZE 150000u /* more than one chunk */

static const enum tov_err errors[] = {TOV_OK, TOV_E_NOMEM, TOV_E_CORRUPT};
#define ERRORS (sizeof errors / sizeof errors[0])

/* ---- reading ---- */

static bool read_rightly(struct harness *harness, const struct harness_client *client,
                         uint64_t number, uint64_t seed)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    if (!try_request(harness, client, read_request(number, 2, 131000, 1000), &reply))
        return false;
    struct tov_record answer = body_of(reply, "data");
    struct tov_bytes data = tov_record_bytes(answer, "data");
    bool is_right = data.size == 1000 && tov_record_number(answer, "total") == SIZE;
    for (size_t i = 0; is_right && i < data.size; i++)
        is_right = data.data[i] == file_byte(seed, 131000 + i);
    CU_ASSERT(is_right);
    return true;
}

static void read_until_nothing_fails(struct harness *harness, const struct harness_client *client,
                                     uint64_t number, uint64_t seed)
{
    for (size_t i = 0; i < ERRORS; i++) {
        unsigned rounds = 0;
        bool has_failed = true;
        failing_begin(errors[i]);
        while (has_failed && rounds++ < ROUNDS_MAX) {
            failing_next();
            bool is_read = read_rightly(harness, client, number, seed);
            has_failed = failing_end();
            CU_ASSERT(is_read || has_failed);
            start_again(harness);
            drop_replies(harness, client);
            harness_gone(harness, client); /* the next reading is noted anew */
            harness_run(harness);
        }
        CU_ASSERT(rounds < ROUNDS_MAX && failing_places() > 5);
    }
}

static void what_is_read_of_a_file_is_of_it_or_nothing(void)
{
    static const uint64_t sizes[] = {SIZE};
    struct upload upload;
    struct harness *harness = attachment_nodes();
    uint64_t own = send_files(harness, sizes, 1, &upload);
    uint64_t theirs = newest(harness, &bo);
    harness_let_fail(harness, true);
    read_until_nothing_fails(harness, &anna, own, upload.files[0].seed);
    read_until_nothing_fails(harness, &bo, theirs, upload.files[0].seed);
    harness_destroy(harness);
}

/* How many attachments the message NUMBER is shown with; 0: no answer. */
static size_t shown_attachments(struct harness *harness, uint64_t number)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_record body;
    struct tov_record request = request_of("get", &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    if (!try_request(harness, &anna, request, &reply))
        return 0;
    size_t count = tov_record_count(body_of(reply, "get"), "attachments");
    CU_ASSERT(count == 1);
    return count;
}

static void a_message_is_never_shown_without_its_files_for_want_of_memory(void)
{
    static const uint64_t sizes[] = {SIZE};
    struct upload upload;
    struct harness *harness = attachment_nodes();
    uint64_t own = send_files(harness, sizes, 1, &upload);
    unsigned rounds = 0;
    bool has_failed = true;
    harness_let_fail(harness, true);
    failing_begin(TOV_E_NOMEM);
    while (has_failed && rounds++ < ROUNDS_MAX) {
        failing_next();
        size_t count = shown_attachments(harness, own);
        has_failed = failing_end();
        CU_ASSERT(count == 1 || has_failed);
        start_again(harness);
        drop_replies(harness, &anna);
    }
    CU_ASSERT(rounds < ROUNDS_MAX && failing_places() > 5);
    harness_destroy(harness);
}

static void a_message_with_files_is_told_rightly_or_not_at_all(void)
{
    static const uint64_t sizes[] = {SIZE, 1000};
    struct upload upload;
    struct harness *harness = attachment_nodes();
    uint64_t own = send_files(harness, sizes, 2, &upload);
    uint64_t theirs = newest(harness, &bo);
    const struct deed_asked asked[] = {
        {.client = &anna, .name = "get", .numbers = {{"number", own}}},
        {.client = &bo, .name = "get", .numbers = {{"number", theirs}}},
    };
    harness_let_fail(harness, true);
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        const struct deed deed = {.name = asked[i].name,
                                  .client = asked[i].client,
                                  .run = deed_ask,
                                  .with = &asked[i],
                                  .skips = DEED_SKIPS_ALL};
        deed_check_all(harness, &deed);
    }
    harness_destroy(harness);
}

/* ---- sending ---- */

static bool try_upload(struct harness *harness, struct upload *upload)
{
    struct tov_record reply = {0};
    *upload = (struct upload){.by = &anna, .count = 1, .files = {{.seed = 3, .size = SIZE}}};
    for (uint64_t offset = 0, next = 0; offset <= SIZE; offset = next) {
        size_t piece = SIZE - offset < PIECE_BYTES ? (size_t)(SIZE - offset) : PIECE_BYTES;
        bool is_begun = upload->id != 0;
        struct tov_record request =
            is_begun ? data_request(upload, 0, offset, piece) : begin_request(0, SIZE);
        if (!try_request(harness, &anna, request, &reply))
            return false;
        struct tov_record answer = body_of(reply, "upload");
        struct tov_bytes sha256 = tov_record_bytes(answer, "sha256");
        upload->id = tov_record_number(answer, "upload");
        next = tov_record_number(answer, "taken");
        bool is_whole = sha256.size == sizeof upload->files[0].sha256;
        if (is_whole)
            memcpy(upload->files[0].sha256, sha256.data, sha256.size);
        UNIT_EQUAL_INT(next, is_begun ? offset + piece : 0);
        tov_record_destroy(&reply);
        if (is_whole)
            return true;
    }
    return false;
}

/* True: it was said to be sent, under *OUT_NUMBER. */
static bool try_to_send(struct harness *harness, uint64_t *out_number)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct upload upload;
    if (!try_upload(harness, &upload))
        return false;
    if (!try_request(harness, &anna, note_request(harness, &upload), &reply))
        return false;
    *out_number = tov_record_number(body_of(reply, "submit"), "number");
    return true;
}

static uint64_t count_of_notes(struct harness *harness)
{
    struct tov_record body;
    struct tov_record request = request_of("list", &body);
    UNIT_OK(tov_record_put_enum(body, "box", "out"));
    UNIT_OK(tov_record_put_number(body, "limit", 200));
    struct tov_record reply = answer_to(harness, &anna, request);
    uint64_t count = tov_record_count(body_of(reply, "list"), "messages");
    tov_record_destroy(&reply);
    return count;
}

static void send_with_failure(struct harness *harness, unsigned *told, bool *out_failed)
{
    uint64_t number = 0, before = count_of_notes(harness);
    failing_next();
    bool is_told = try_to_send(harness, &number);
    *out_failed = failing_end();
    CU_ASSERT(is_told || *out_failed);
    start_again(harness);
    drop_replies(harness, &anna);
    harness_gone(harness, &anna);
    harness_run(harness);
    CU_ASSERT(!harness_disk_holds(harness, 0, "tmp-"));
    uint64_t now = count_of_notes(harness);
    CU_ASSERT(now == before + 1 || (now == before && !is_told));
    if (is_told && ++*told % 8 == 0)
        CU_ASSERT(read_rightly(harness, &anna, number, 3));
}

static void what_is_said_to_be_sent_is_there_once_and_whole(void)
{
    for (size_t i = 0; i < ERRORS; i++) {
        struct harness *harness = attachment_nodes();
        unsigned rounds = 0, told = 0;
        bool has_failed = true;
        harness_let_fail(harness, true);
        failing_begin(errors[i]);
        while (has_failed && rounds++ < ROUNDS_MAX && count_of_notes(harness) < 190)
            send_with_failure(harness, &told, &has_failed);
        CU_ASSERT(failing_places() > 10);
        harness_destroy(harness);
    }
}

/* ---- fetching ---- */

/* Whatever allocation failed on the way, at whom, the recipient has the file whole in the end.
 * Where functions that only look say that they have no memory, an entry counts as unreadable: then
 * what is read is right or nothing. */
static void what_fails_while_a_file_is_fetched_is_made_good(void)
{
    static const uint64_t sizes[] = {SIZE};
    struct upload upload;
    struct harness *harness = attachment_nodes();
    harness_let_fail(harness, true);
    for (size_t i = 0; i < 2;
         i++) { /* rows that are said to be damaged end the peering: not here */
        bool has_failed = true;
        failing_begin(errors[i]);
        for (unsigned rounds = 0; has_failed && rounds < 150; rounds++) {
            upload = (struct upload){.by = &anna};
            harness_set_link(harness, 0, 1, false);
            (void)send_files(harness, sizes, 1, &upload);
            failing_next();
            harness_set_link(harness, 0, 1, true);
            harness_run(harness);
            harness_advance(harness, 3000);
            has_failed = failing_end();
            start_again(harness);
            harness_connect_again(harness);
            harness_advance(harness, 120000);
            UNIT_NEED(!harness_has_ended(harness, 1));
            bool is_read = read_rightly(harness, &bo, newest(harness, &bo), upload.files[0].seed);
            CU_ASSERT(is_read || errors[i] != TOV_OK);
            harness_gone(harness, &bo);
        }
        CU_ASSERT(failing_places() > 10);
    }
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_is_read_of_a_file_is_of_it_or_nothing),
        UNIT_TEST(a_message_is_never_shown_without_its_files_for_want_of_memory),
        UNIT_TEST(a_message_with_files_is_told_rightly_or_not_at_all),
        UNIT_TEST(what_is_said_to_be_sent_is_there_once_and_whole),
        UNIT_TEST(what_fails_while_a_file_is_fetched_is_made_good),
    };
    return unit_run("core_attachment_failure", tests, sizeof tests / sizeof tests[0]);
}

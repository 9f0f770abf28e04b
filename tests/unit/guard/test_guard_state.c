/* SPDX-License-Identifier: EUPL-1.2
 *
 * States over crashes: torn slots, lost files, answers that never arrived (G2, G3).
 */
#include "guard_fixture.h"

#include <string.h>

static void a_crash_before_the_answer_arrives_loses_no_signature(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 0, 10), TOV_GUARD_DONE);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 10, 25), TOV_GUARD_DONE);
    struct tov_guard_signature never_seen = fixture.answer.append.signatures[0];
    fixture_restart(&fixture);
    const struct tov_guard_tree_view *view = fixture_hello(&fixture, TOV_GUARD_LEDGER);
    UNIT_EQUAL_INT(view->range.size, 25);
    UNIT_EQUAL_INT(view->kept_count, 2);
    UNIT_EQUAL_INT(view->kept[1].size, 25);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(view->kept[1].bytes), TOV_BYTES_OF(never_seen.bytes));
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(view->last.signature.bytes), TOV_BYTES_OF(never_seen.bytes));
    fixture_fini(&fixture);
}

static void the_newest_signatures_are_kept_and_bounded(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    for (uint64_t i = 0; i < 200; i++)
        UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, i, i + 1), TOV_GUARD_DONE);
    const struct tov_guard_tree_view *view = fixture_hello(&fixture, TOV_GUARD_LEDGER);
    UNIT_EQUAL_INT(view->kept_count, TOV_GUARD_KEPT_MIN);
    UNIT_EQUAL_INT(view->kept[0].size, 200 - TOV_GUARD_KEPT_MIN + 1);
    UNIT_EQUAL_INT(view->kept[TOV_GUARD_KEPT_MIN - 1].size, 200);
    for (size_t i = 0; i < view->kept_count; i++)
        CU_ASSERT_TRUE(
            fixture_is_signed(&fixture, FIXTURE_ORIGIN, &fixture.ledger, &view->kept[i]));
    fixture_fini(&fixture);
}

static void a_write_that_is_torn_anywhere_leaves_the_former_state(void)
{
    for (size_t torn = 0; torn < 400; torn += 13) {
        struct fixture fixture;
        fixture_init(&fixture);
        UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 0, 10), TOV_GUARD_DONE);
        struct tov_guard_signature first = fixture.answer.append.signatures[0];
        UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 10, 11), TOV_GUARD_DONE);
        tov_guard_local_fail_write(fixture.guard, 0, torn);
        UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 11, 300), TOV_GUARD_R_DISK);
        /* Stopped: not even what was signed before is given now. */
        UNIT_EQUAL_INT(fixture_resign(&fixture, TOV_GUARD_LEDGER, 11), TOV_GUARD_R_DISK);
        fixture_restart(&fixture);
        const struct tov_guard_tree_view *view = fixture_hello(&fixture, TOV_GUARD_LEDGER);
        CU_ASSERT_TRUE(view->present);
        UNIT_EQUAL_INT(view->range.size, 11);
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(view->kept[0].bytes), TOV_BYTES_OF(first.bytes));
        fixture_fini(&fixture);
    }
}

static void a_damaged_byte_anywhere_is_noticed(void)
{
    struct tov_guard_public_key key = {{1}};
    struct tov_buf image = TOV_BUF_INIT(TOV_GUARD_STATE_BYTES);
    struct tov_guard_state state;
    UNIT_OK(tov_guard_state_make_empty(TOV_GUARD_JOURNAL, FIXTURE_ORIGIN, &key, 4, &image));
    UNIT_EQUAL_INT(image.size, TOV_GUARD_STATE_BYTES);
    size_t used = 400; /* more than an empty state takes */
    size_t noticed = 0, alone = 0;
    for (size_t at = 0; at < used; at++) {
        image.data[at] ^= 0x10;
        image.data[TOV_GUARD_SLOT_BYTES + at] ^= 0x10;
        noticed += tov_guard_state_load(tov_buf_view(&image), &state, NULL) != TOV_OK;
        image.data[TOV_GUARD_SLOT_BYTES + at] ^= 0x10;
        UNIT_OK(tov_guard_state_load(tov_buf_view(&image), &state, NULL));
        alone += state.is_alone ? 1 : 0;
        image.data[at] ^= 0x10;
        UNIT_OK(tov_guard_state_load(tov_buf_view(&image), &state, NULL));
        CU_ASSERT(!state.is_alone);
        image.data[TOV_GUARD_SLOT_BYTES + at] ^= 0x10;
        UNIT_OK(tov_guard_state_load(tov_buf_view(&image), &state, NULL));
        alone += state.is_alone ? 1 : 0;
        image.data[TOV_GUARD_SLOT_BYTES + at] ^= 0x10;
    }
    size_t content = 20 + strlen(FIXTURE_ORIGIN) + 32 + 24 + 8 + 2 * 104 + 2 + 32;
    UNIT_EQUAL_INT(noticed, content);
    UNIT_EQUAL_INT(alone,
                   2 * content); /* one good slot is enough, and is said to be the only one */
    UNIT_EQUAL_INT(state.journal, 4);
    tov_buf_fini(&image);
}

static void an_empty_state_fits_its_tree(void)
{
    struct tov_guard_public_key key = {{1}};
    struct tov_buf image = TOV_BUF_INIT(TOV_GUARD_STATE_BYTES);
    UNIT_EQUAL_INT(tov_guard_state_make_empty(TOV_GUARD_LEDGER, FIXTURE_ORIGIN, &key, 1, &image),
                   TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_guard_state_make_empty(TOV_GUARD_JOURNAL, FIXTURE_ORIGIN, &key, 0, &image),
                   TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_guard_state_make_empty(TOV_GUARD_LEDGER, "", &key, 0, &image),
                   TOV_E_ARGUMENT);
    tov_buf_fini(&image);
}

static void a_lost_state_signs_nothing(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 0, 10), TOV_GUARD_DONE);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_JOURNAL, 0, 10), TOV_GUARD_DONE);
    fixture_lose(&fixture, TOV_GUARD_IMAGE_LEDGER);
    CU_ASSERT_FALSE(fixture_hello(&fixture, TOV_GUARD_LEDGER)->present);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 0, 10), TOV_GUARD_R_NO_STATE);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 10, 20), TOV_GUARD_R_NO_STATE);
    UNIT_EQUAL_INT(fixture_resign(&fixture, TOV_GUARD_LEDGER, 10), TOV_GUARD_R_NO_STATE);
    /* The other tree goes on. */
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_JOURNAL, 10, 12), TOV_GUARD_DONE);
    fixture_lose(&fixture, TOV_GUARD_IMAGE_JOURNAL);
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_JOURNAL_NEXT, 5);
    request.journal_next.journal = 2;
    UNIT_EQUAL_INT(fixture_call(&fixture, &request), TOV_GUARD_R_NO_STATE);
    fixture_fini(&fixture);
}

static void a_state_of_another_key_or_origin_does_not_start(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    struct tov_guard_local_options options = {
        .ledger_origin = "infohus-demo/kk/2",
        .ledger_seed = fixture.ledger.seed,
        .journal_seed = fixture.journal.seed,
        .witness_seed = fixture.witness.seed,
        .images = {tov_guard_local_image(fixture.guard, TOV_GUARD_IMAGE_LEDGER)}};
    struct tov_guard_local *other = NULL;
    UNIT_EQUAL_INT(tov_guard_local_create(&options, &other, NULL), TOV_E_KEY);
    options.ledger_origin = FIXTURE_ORIGIN;
    options.ledger_seed = fixture.journal.seed;
    UNIT_EQUAL_INT(tov_guard_local_create(&options, &other, NULL), TOV_E_KEY);
    CU_ASSERT_PTR_NULL(other);
    fixture_fini(&fixture);
}

static void a_journal_older_than_the_ledgers_state_knows_is_lost(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    struct tov_bytes old = tov_guard_local_image(fixture.guard, TOV_GUARD_IMAGE_JOURNAL);
    struct tov_buf copy = TOV_BUF_INIT(TOV_GUARD_STATE_BYTES);
    tov_buf_put_bytes(&copy, old);
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_JOURNAL_NEXT, 5);
    request.journal_next.journal = 2;
    UNIT_EQUAL_INT(fixture_call(&fixture, &request), TOV_GUARD_DONE);
    struct tov_bytes images[TOV_GUARD_IMAGES] = {
        tov_guard_local_image(fixture.guard, TOV_GUARD_IMAGE_LEDGER), tov_buf_view(&copy),
        tov_guard_local_image(fixture.guard, TOV_GUARD_IMAGE_WITNESS)};
    fixture_restart_with(&fixture, images);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_JOURNAL, 0, 10), TOV_GUARD_R_NO_STATE);
    tov_buf_fini(&copy);
    fixture_fini(&fixture);
}

/* As only who knows the format could write it: the checksums are right. */
static void a_state_whose_origin_has_a_nul_is_damaged(void)
{
    struct tov_guard_public_key key = {{1}};
    struct tov_buf image = TOV_BUF_INIT(TOV_GUARD_STATE_BYTES);
    struct tov_guard_state state;
    const size_t head = 20, content = head + strlen(FIXTURE_ORIGIN) + 32 + 24 + 8 + 2 * 104 + 2;
    UNIT_OK(tov_guard_state_make_empty(TOV_GUARD_LEDGER, FIXTURE_ORIGIN, &key, 0, &image));
    for (size_t slot = 0; slot < image.size; slot += TOV_GUARD_SLOT_BYTES) {
        image.data[slot + head + 5] = 0;
        struct tov_hash checksum = tov_sha256((struct tov_bytes){image.data + slot, content});
        memcpy(image.data + slot + content, checksum.bytes, sizeof(checksum.bytes));
    }
    UNIT_EQUAL_INT(tov_guard_state_load(tov_buf_view(&image), &state, NULL), TOV_E_CORRUPT);
    tov_buf_fini(&image);
}

static void an_answer_whose_origin_has_a_nul_is_refused(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    struct tov_buf bytes = TOV_BUF_INIT(65536);
    (void)fixture_hello(&fixture, TOV_GUARD_LEDGER);
    UNIT_OK(tov_guard_answer_encode(&fixture.answer, &bytes));
    uint8_t kind = TOV_GUARD_HELLO + TOV_GUARD_ANSWER;
    UNIT_OK(tov_guard_answer_decode(kind, tov_buf_view(&bytes), &fixture.answer));
    uint8_t *origin = memmem(bytes.data, bytes.size, FIXTURE_ORIGIN, strlen(FIXTURE_ORIGIN));
    UNIT_NEED(origin != NULL);
    origin[5] = 0;
    UNIT_EQUAL_INT(tov_guard_answer_decode(kind, tov_buf_view(&bytes), &fixture.answer),
                   TOV_E_MALFORMED);
    tov_buf_fini(&bytes);
    fixture_fini(&fixture);
}

const struct unit_test guard_state_tests[] = {
    UNIT_TEST(a_crash_before_the_answer_arrives_loses_no_signature),
    UNIT_TEST(the_newest_signatures_are_kept_and_bounded),
    UNIT_TEST(a_write_that_is_torn_anywhere_leaves_the_former_state),
    UNIT_TEST(a_damaged_byte_anywhere_is_noticed),
    UNIT_TEST(an_empty_state_fits_its_tree),
    UNIT_TEST(a_lost_state_signs_nothing),
    UNIT_TEST(a_state_of_another_key_or_origin_does_not_start),
    UNIT_TEST(a_journal_older_than_the_ledgers_state_knows_is_lost),
    UNIT_TEST(a_state_whose_origin_has_a_nul_is_damaged),
    UNIT_TEST(an_answer_whose_origin_has_a_nul_is_refused),
};
const size_t guard_state_count = sizeof(guard_state_tests) / sizeof(guard_state_tests[0]);

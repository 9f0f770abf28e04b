/* SPDX-License-Identifier: EUPL-1.2
 *
 * Appending, signing, and what is refused (I4, G1, G4).
 */
#include "guard_fixture.h"

#include <string.h>

static void it_signs_the_tree_that_rfc_6962_has(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    uint64_t random = 1, size = 0;
    while (size < FIXTURE_LEAVES - 40) {
        uint64_t to = size + unit_random(&random) % 40 + 1;
        UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, size, to), TOV_GUARD_DONE);
        struct tov_hash root = fixture_root(&fixture, to);
        CU_ASSERT_EQUAL(fixture.answer.append.size, to);
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(fixture.answer.append.root.bytes), TOV_BYTES_OF(root.bytes));
        CU_ASSERT_TRUE(fixture_is_signed(&fixture, FIXTURE_ORIGIN, &fixture.ledger,
                                         &fixture.answer.append.signatures[0]));
        size = to;
    }
    fixture_fini(&fixture);
}

static void it_signs_each_size_asked_for_in_order(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_APPEND, 1);
    request.append.tree = TOV_GUARD_JOURNAL;
    request.append.hashes = fixture.leaves;
    request.append.hash_count = 100;
    request.append.sign_at[0] = 1;
    request.append.sign_at[1] = 64;
    request.append.sign_at[2] = 77; /* the last 23 leaves stay unsigned */
    request.append.sign_count = 3;
    UNIT_EQUAL_INT(fixture_call(&fixture, &request), TOV_GUARD_DONE);
    UNIT_EQUAL_INT(fixture.answer.append.signature_count, 3);
    for (size_t i = 0; i < 3; i++) {
        UNIT_EQUAL_INT(fixture.answer.append.signatures[i].size, request.append.sign_at[i]);
        CU_ASSERT_TRUE(fixture_is_signed(&fixture, FIXTURE_ORIGIN "/journal/1", &fixture.journal,
                                         &fixture.answer.append.signatures[i]));
    }
    const struct tov_guard_tree_view *view = fixture_hello(&fixture, TOV_GUARD_JOURNAL);
    UNIT_EQUAL_INT(view->range.size, 100);
    UNIT_EQUAL_INT(view->last.signature.size, 77);
    /* No leaf more, only the signature at the size it has. */
    tov_guard_request_init(&request, TOV_GUARD_APPEND, 2);
    request.append.tree = TOV_GUARD_JOURNAL;
    request.append.from_size = 100;
    request.append.sign_at[0] = 100;
    request.append.sign_count = 1;
    UNIT_EQUAL_INT(fixture_call(&fixture, &request), TOV_GUARD_DONE);
    CU_ASSERT_TRUE(fixture_is_signed(&fixture, FIXTURE_ORIGIN "/journal/1", &fixture.journal,
                                     &fixture.answer.append.signatures[0]));
    fixture_fini(&fixture);
}

/* Nothing that the guard says about its ledger has changed since BEFORE. */
static void expect_same(struct fixture *fixture, const struct tov_guard_tree_view *before)
{
    const struct tov_guard_tree_view *now = fixture_hello(fixture, TOV_GUARD_LEDGER);
    CU_ASSERT_TRUE(tov_range_equal(&now->range, &before->range));
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(now->last.signature.bytes),
                     TOV_BYTES_OF(before->last.signature.bytes));
    UNIT_EQUAL_INT(now->kept_count, before->kept_count);
}

static void it_refuses_what_does_not_extend_its_tree_and_stays_as_it_was(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 0, 50), TOV_GUARD_DONE);
    struct tov_guard_tree_view before = *fixture_hello(&fixture, TOV_GUARD_LEDGER);
    const uint64_t elsewhere[][2] = {
        {0, 50},  /* the same once more */
        {0, 30},  /* a shorter history */
        {0, 60},  /* another history from the beginning */
        {49, 60}, /* one leaf taken back */
        {51, 60}, /* a gap */
    };
    for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++) {
        UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, elsewhere[i][0], elsewhere[i][1]),
                       TOV_GUARD_R_NOT_OWN_SIZE);
        UNIT_EQUAL_INT(fixture.answer.append.size, 50);
        UNIT_EQUAL_INT(fixture.answer.append.signature_count, 0);
        expect_same(&fixture, &before);
    }
    fixture_hello(&fixture, TOV_GUARD_LEDGER);
    UNIT_EQUAL_INT(fixture.answer.hello.refused[TOV_GUARD_R_NOT_OWN_SIZE], 5);
    fixture_fini(&fixture);
}

static enum tov_guard_refusal ask_sizes(struct fixture *fixture, uint64_t first, uint64_t second)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_APPEND, 1);
    request.append.tree = TOV_GUARD_LEDGER;
    request.append.from_size = 10;
    request.append.hashes = fixture->leaves + 10;
    request.append.hash_count = 10;
    request.append.sign_at[0] = first;
    request.append.sign_at[1] = second;
    request.append.sign_count = 2;
    return fixture_call(fixture, &request);
}

static void it_refuses_sizes_outside_or_out_of_order(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 0, 0), TOV_GUARD_R_SIGN_SIZE);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 0, 10), TOV_GUARD_DONE);
    struct tov_guard_tree_view before = *fixture_hello(&fixture, TOV_GUARD_LEDGER);
    UNIT_EQUAL_INT(ask_sizes(&fixture, 9, 20), TOV_GUARD_R_SIGN_SIZE);
    UNIT_EQUAL_INT(ask_sizes(&fixture, 15, 21), TOV_GUARD_R_SIGN_SIZE);
    UNIT_EQUAL_INT(ask_sizes(&fixture, 16, 15), TOV_GUARD_R_SIGN_SIZE);
    UNIT_EQUAL_INT(ask_sizes(&fixture, 15, 15), TOV_GUARD_R_SIGN_SIZE);
    UNIT_EQUAL_INT(ask_sizes(&fixture, UINT64_MAX, UINT64_MAX), TOV_GUARD_R_SIGN_SIZE);
    expect_same(&fixture, &before);
    UNIT_EQUAL_INT(ask_sizes(&fixture, 10, 20), TOV_GUARD_DONE);
    fixture_fini(&fixture);
}

static void limits_hold_on_both_sides(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    static struct tov_hash hashes[TOV_GUARD_HASHES_MAX + 1];
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_APPEND, 1);
    request.append.tree = TOV_GUARD_LEDGER;
    request.append.hashes = hashes;
    request.append.hash_count = TOV_GUARD_HASHES_MAX;
    for (size_t i = 0; i < TOV_GUARD_SIGN_MAX; i++)
        request.append.sign_at[i] = i + 1;
    request.append.sign_count = TOV_GUARD_SIGN_MAX;
    UNIT_EQUAL_INT(fixture_call(&fixture, &request), TOV_GUARD_DONE);
    UNIT_EQUAL_INT(fixture_hello(&fixture, TOV_GUARD_LEDGER)->kept_count, TOV_GUARD_SIGN_MAX);
    request.append.from_size = TOV_GUARD_HASHES_MAX;
    request.append.hash_count = TOV_GUARD_HASHES_MAX + 1;
    request.append.sign_count = 0;
    struct tov_buf payload = TOV_BUF_INIT(1048576);
    UNIT_EQUAL_INT(tov_guard_request_encode(&request, &payload), TOV_E_LIMIT);
    tov_buf_fini(&payload);
    fixture_fini(&fixture);
}

static void only_the_last_checkpoint_is_given_again(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    UNIT_EQUAL_INT(fixture_resign(&fixture, TOV_GUARD_LEDGER, 0), TOV_GUARD_R_NOT_LAST);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 0, 10), TOV_GUARD_DONE);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 10, 20), TOV_GUARD_DONE);
    struct tov_guard_signature signature = fixture.answer.append.signatures[0];
    UNIT_EQUAL_INT(fixture_resign(&fixture, TOV_GUARD_LEDGER, 10), TOV_GUARD_R_NOT_LAST);
    UNIT_EQUAL_INT(fixture_resign(&fixture, TOV_GUARD_LEDGER, 21), TOV_GUARD_R_NOT_LAST);
    UNIT_EQUAL_INT(fixture_resign(&fixture, TOV_GUARD_JOURNAL, 20), TOV_GUARD_R_NOT_LAST);
    UNIT_EQUAL_INT(fixture_resign(&fixture, TOV_GUARD_LEDGER, 20), TOV_GUARD_DONE);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(fixture.answer.resign.signature.bytes),
                     TOV_BYTES_OF(signature.bytes));
    fixture_fini(&fixture);
}

static void the_next_journal_begins_empty_and_answers_the_last_checkpoint_of_the_old(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_JOURNAL, 0, 33), TOV_GUARD_DONE);
    struct tov_guard_signature old = fixture.answer.append.signatures[0];
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_JOURNAL_NEXT, 5);
    const uint64_t wrong[] = {0, 1, 3, UINT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        request.journal_next.journal = wrong[i];
        UNIT_EQUAL_INT(fixture_call(&fixture, &request), TOV_GUARD_R_JOURNAL_NUMBER);
    }
    request.journal_next.journal = 2;
    UNIT_EQUAL_INT(fixture_call(&fixture, &request), TOV_GUARD_DONE);
    UNIT_EQUAL_INT(fixture.answer.journal_next.signature.size, 33);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(fixture.answer.journal_next.signature.bytes),
                     TOV_BYTES_OF(old.bytes));
    fixture_restart(&fixture);
    const struct tov_guard_tree_view *view = fixture_hello(&fixture, TOV_GUARD_JOURNAL);
    UNIT_EQUAL_TEXT(view->origin, FIXTURE_ORIGIN "/journal/2");
    UNIT_EQUAL_INT(view->range.size, 0);
    UNIT_EQUAL_INT(view->last.signature.size, 0);
    UNIT_EQUAL_INT(view->previous.signature.size, 33);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_JOURNAL, 0, 3), TOV_GUARD_DONE);
    CU_ASSERT_TRUE(fixture_is_signed(&fixture, FIXTURE_ORIGIN "/journal/2", &fixture.journal,
                                     &fixture.answer.append.signatures[0]));
    fixture_fini(&fixture);
}

static void a_request_that_cannot_be_read_is_answered_and_changes_nothing(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 0, 5), TOV_GUARD_DONE);
    struct tov_guard_request request, decoded;
    tov_guard_request_init(&request, TOV_GUARD_APPEND, 77);
    request.append.tree = TOV_GUARD_LEDGER;
    request.append.from_size = 5;
    request.append.hashes = fixture.leaves + 5;
    request.append.hash_count = 2;
    request.append.sign_at[0] = 7;
    request.append.sign_count = 1;
    struct tov_buf payload = TOV_BUF_INIT(65536);
    UNIT_OK(tov_guard_request_encode(&request, &payload));
    for (size_t size = 0; size < payload.size; size++) {
        struct tov_bytes cut = {payload.data, size};
        CU_ASSERT_NOT_EQUAL(tov_guard_request_decode(TOV_GUARD_APPEND, cut, &decoded), TOV_OK);
    }
    tov_buf_put_u8(&payload, 0);
    UNIT_EQUAL_INT(tov_guard_request_decode(TOV_GUARD_APPEND, tov_buf_view(&payload), &decoded),
                   TOV_E_MALFORMED);
    UNIT_EQUAL_INT(decoded.id, 77);
    UNIT_EQUAL_INT(tov_guard_request_decode(0x80, tov_buf_view(&payload), &decoded),
                   TOV_E_MALFORMED);
    tov_buf_fini(&payload);
    fixture_fini(&fixture);
}

const struct unit_test guard_tree_tests[] = {
    UNIT_TEST(it_signs_the_tree_that_rfc_6962_has),
    UNIT_TEST(it_signs_each_size_asked_for_in_order),
    UNIT_TEST(it_refuses_what_does_not_extend_its_tree_and_stays_as_it_was),
    UNIT_TEST(it_refuses_sizes_outside_or_out_of_order),
    UNIT_TEST(limits_hold_on_both_sides),
    UNIT_TEST(only_the_last_checkpoint_is_given_again),
    UNIT_TEST(the_next_journal_begins_empty_and_answers_the_last_checkpoint_of_the_old),
    UNIT_TEST(a_request_that_cannot_be_read_is_answered_and_changes_nothing),
};
const size_t guard_tree_count = sizeof(guard_tree_tests) / sizeof(guard_tree_tests[0]);

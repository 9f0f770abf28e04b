/* SPDX-License-Identifier: EUPL-1.2
 *
 * Statements of the root threshold: the only way on for a lost state, and what they may not do.
 */
#include "guard_fixture.h"

#include <string.h>

static struct tov_guard_statement_text ledger_at(const struct fixture *fixture, uint64_t size,
                                                 uint64_t number)
{
    return (struct tov_guard_statement_text){.origin = FIXTURE_ORIGIN,
                                             .tree = TOV_GUARD_LEDGER,
                                             .number = number,
                                             .size = size,
                                             .root = fixture_root(fixture, size)};
}

static struct tov_guard_statement_text journal_at(const struct fixture *fixture, uint64_t journal,
                                                  uint64_t number)
{
    return (struct tov_guard_statement_text){.origin = FIXTURE_ORIGIN,
                                             .tree = TOV_GUARD_JOURNAL,
                                             .journal = journal,
                                             .number = number,
                                             .root = fixture_root(fixture, 0)};
}

static void a_valid_statement_makes_a_lost_state_again(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    fixture_lose(&fixture, TOV_GUARD_IMAGE_LEDGER);
    struct tov_guard_statement_text text = ledger_at(&fixture, 100, 1);
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 2), TOV_GUARD_DONE);
    UNIT_EQUAL_INT(fixture.answer.statement.range.size, 100);
    fixture_restart(&fixture);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 100, 120), TOV_GUARD_DONE);
    CU_ASSERT_TRUE(fixture_is_signed(&fixture, FIXTURE_ORIGIN, &fixture.ledger,
                                     &fixture.answer.append.signatures[0]));
    fixture_fini(&fixture);
}

/* Its file is as long as what was written to it, not as long as one that tov-keys made. */
static void a_state_made_again_keeps_the_hashes_that_it_is_fed(void)
{
    struct fixture fixture;
    struct tov_guard_request request;
    fixture_init(&fixture);
    fixture_lose(&fixture, TOV_GUARD_IMAGE_LEDGER);
    struct tov_guard_statement_text text = ledger_at(&fixture, 100, 1);
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 2), TOV_GUARD_DONE);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 100, 120), TOV_GUARD_DONE);
    fixture_restart(&fixture);
    tov_guard_request_init(&request, TOV_GUARD_HASHES, 12);
    request.hashes.tree = TOV_GUARD_LEDGER;
    request.hashes.from = 100;
    UNIT_EQUAL_INT(fixture_call(&fixture, &request), TOV_GUARD_DONE);
    UNIT_EQUAL_INT(fixture.answer.hashes.count, 20);
    for (size_t i = 0; i < 20; i++)
        CU_ASSERT(tov_hash_equal(&fixture.answer.hashes.hashes[i], &fixture.leaves[100 + i]));
    fixture_fini(&fixture);
}

static void below_the_threshold_nothing_happens(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    fixture_lose(&fixture, TOV_GUARD_IMAGE_LEDGER);
    struct tov_guard_statement_text text = ledger_at(&fixture, 100, 1);
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 1), TOV_GUARD_R_STATEMENT_KEYS);
    /* One holder signing twice is one. */
    struct fixture_key second = fixture.roots[1];
    fixture.roots[1] = fixture.roots[0];
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 2), TOV_GUARD_R_STATEMENT_KEYS);
    /* A stranger under a known name. */
    fixture.roots[1] = second;
    fixture.roots[1].secret[0] ^= 1;
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 2), TOV_GUARD_R_STATEMENT_KEYS);
    CU_ASSERT_FALSE(fixture_hello(&fixture, TOV_GUARD_LEDGER)->present);
    fixture_fini(&fixture);
}

static void a_number_is_used_once_for_both_trees_and_over_losses(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    fixture_lose(&fixture, TOV_GUARD_IMAGE_LEDGER);
    struct tov_guard_statement_text text = ledger_at(&fixture, 100, 5);
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 3), TOV_GUARD_DONE);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 100, 150), TOV_GUARD_DONE);
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 3), TOV_GUARD_R_STATEMENT_NUMBER);
    /* Lost once more: the journal's state remembers the number. */
    fixture_lose(&fixture, TOV_GUARD_IMAGE_LEDGER);
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 3), TOV_GUARD_R_STATEMENT_NUMBER);
    struct tov_guard_statement_text journal = journal_at(&fixture, 2, 5);
    UNIT_EQUAL_INT(fixture_state(&fixture, &journal, 3), TOV_GUARD_R_STATEMENT_NUMBER);
    text = ledger_at(&fixture, 150, 6);
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 3), TOV_GUARD_DONE);
    fixture_fini(&fixture);
}

static void a_statement_never_takes_back_what_was_signed(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_LEDGER, 0, 100), TOV_GUARD_DONE);
    struct tov_guard_statement_text text = ledger_at(&fixture, 99, 1);
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 3), TOV_GUARD_R_STATEMENT_BACK);
    struct tov_hash leaf = fixture.leaves[40];
    fixture.leaves[40].bytes[0] ^= 1;
    text = ledger_at(&fixture, 100, 1);
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 3), TOV_GUARD_R_STATEMENT_BACK);
    fixture.leaves[40] = leaf;
    text = ledger_at(&fixture, 130, 1);
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 3), TOV_GUARD_DONE);
    UNIT_EQUAL_INT(fixture.answer.statement.last.signature.size, 100);
    fixture_fini(&fixture);
}

static void the_journal_number_is_never_lowered(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    UNIT_EQUAL_INT(fixture_append(&fixture, TOV_GUARD_JOURNAL, 0, 7), TOV_GUARD_DONE);
    struct tov_guard_statement_text text = journal_at(&fixture, 4, 1);
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 2), TOV_GUARD_DONE);
    UNIT_EQUAL_INT(fixture.answer.statement.previous.signature.size, 7);
    text = journal_at(&fixture, 3, 2);
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 2), TOV_GUARD_R_JOURNAL_NUMBER);
    fixture_lose(&fixture, TOV_GUARD_IMAGE_JOURNAL);
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 2), TOV_GUARD_R_JOURNAL_NUMBER);
    text = journal_at(&fixture, 5, 2);
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 2), TOV_GUARD_DONE);
    UNIT_EQUAL_TEXT(fixture.answer.statement.origin, FIXTURE_ORIGIN "/journal/5");
    fixture_fini(&fixture);
}

static void a_statement_of_another_ledger_or_a_false_range_is_refused(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    fixture_lose(&fixture, TOV_GUARD_IMAGE_LEDGER);
    struct tov_guard_statement_text text = ledger_at(&fixture, 100, 1);
    text.origin[strlen(text.origin) - 1] = '2';
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 2), TOV_GUARD_R_STATEMENT_TEXT);
    text = ledger_at(&fixture, 100, 1);
    text.root.bytes[3] ^= 1;
    UNIT_EQUAL_INT(fixture_state(&fixture, &text, 2), TOV_GUARD_R_STATEMENT_RANGE);
    CU_ASSERT_FALSE(fixture_hello(&fixture, TOV_GUARD_LEDGER)->present);
    fixture_fini(&fixture);
}

static void the_text_is_strict(void)
{
    static const char good[] = "tov guard statement v1\norigin infohus-demo/kk/1\ntree journal\n"
                               "journal 2\nnumber 4\nsize 0\n"
                               "root 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    struct tov_guard_statement_text text;
    UNIT_OK(tov_guard_statement_parse(tov_bytes_of_text(good), &text));
    UNIT_EQUAL_INT(text.journal, 2);
    UNIT_EQUAL_INT(text.number, 4);
    size_t size = strlen(good);
    for (size_t cut = 0; cut < size; cut++)
        CU_ASSERT_NOT_EQUAL(
            tov_guard_statement_parse((struct tov_bytes){(const uint8_t *)good, cut}, &text),
            TOV_OK);
    static const char *const wrong[][2] = {{"v1", "v2"},
                                           {"v1\n", "v1 \n"},
                                           {"journal 2", "journal 02"},
                                           {"journal 2", "journal 0"},
                                           {"tree journal", "tree ledger"},
                                           {"tree journal", "tree kladde"},
                                           {"number 4", "number 0"},
                                           {"size 0", "size -1"},
                                           {"size 0", "size  0"},
                                           {"uFU=\n", "uFU=\n\n"},
                                           {"uFU=", "uFV="},
                                           {"size", "SIZE"}};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const char *at = strstr(good, wrong[i][0]);
        struct tov_buf changed = TOV_BUF_INIT(1024);
        tov_buf_put(&changed, good, (size_t)(at - good));
        tov_buf_put_text(&changed, wrong[i][1]);
        tov_buf_put_text(&changed, at + strlen(wrong[i][0]));
        UNIT_EQUAL_INT(tov_guard_statement_parse(tov_buf_view(&changed), &text), TOV_E_MALFORMED);
        tov_buf_fini(&changed);
    }
}

const struct unit_test guard_recover_tests[] = {
    UNIT_TEST(a_valid_statement_makes_a_lost_state_again),
    UNIT_TEST(a_state_made_again_keeps_the_hashes_that_it_is_fed),
    UNIT_TEST(below_the_threshold_nothing_happens),
    UNIT_TEST(a_number_is_used_once_for_both_trees_and_over_losses),
    UNIT_TEST(a_statement_never_takes_back_what_was_signed),
    UNIT_TEST(the_journal_number_is_never_lowered),
    UNIT_TEST(a_statement_of_another_ledger_or_a_false_range_is_refused),
    UNIT_TEST(the_text_is_strict),
};
const size_t guard_recover_count = sizeof(guard_recover_tests) / sizeof(guard_recover_tests[0]);

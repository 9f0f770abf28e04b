/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/checksum.h"

#include "support/unit.h"

/* Appendix A of the paper "SipHash: a fast short-input PRF". */
static void a_sum_is_that_of_the_published_example(void)
{
    struct tov_checksum_key key;
    uint8_t message[15];
    for (uint8_t i = 0; i < sizeof key.bytes; i++)
        key.bytes[i] = i;
    for (uint8_t i = 0; i < sizeof message; i++)
        message[i] = i;
    uint8_t sum[8];
    uint8_t expected[8];
    tov_put_be64(sum, tov_checksum(&key, TOV_BYTES_OF(message)));
    /* the paper's number is little-endian in bytes */
    for (size_t i = 0; i < sizeof expected; i++)
        expected[i] = (uint8_t)(UINT64_C(0xa129ca6149be45e5) >> 8 * i);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(sum), TOV_BYTES_OF(expected));
}

static void the_same_bytes_have_another_sum_elsewhere(void)
{
    struct tov_bytes bytes = tov_bytes_of_text("bytes");
    struct tov_checksum_key a = tov_checksum_key_of(tov_bytes_of_text("a"));
    struct tov_checksum_key b = tov_checksum_key_of(tov_bytes_of_text("b"));
    struct tov_checksum_key a1 = tov_checksum_key_for(&a, tov_bytes_of_text("1"));
    struct tov_checksum_key a2 = tov_checksum_key_for(&a, tov_bytes_of_text("2"));
    CU_ASSERT(tov_checksum(&a, bytes) != tov_checksum(&b, bytes));
    CU_ASSERT(tov_checksum(&a1, bytes) != tov_checksum(&a2, bytes));
    CU_ASSERT(tov_checksum(&a, bytes) != tov_checksum(&a1, bytes));
    CU_ASSERT(tov_checksum(&a1, (struct tov_bytes){NULL, 0}) !=
              tov_checksum(&a2, (struct tov_bytes){NULL, 0}));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_sum_is_that_of_the_published_example),
        UNIT_TEST(the_same_bytes_have_another_sum_elsewhere),
    };
    return unit_run("checksum", tests, sizeof tests / sizeof tests[0]);
}

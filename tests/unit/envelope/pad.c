/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/pad.h"

#include "envelope/envelope_support.h"

static void padded_sizes_are_those_of_the_vectors(void)
{
    json_t *sizes = json_object_get(json_object_get(support_vectors(), "padding"), "sizes");
    size_t i;
    json_t *row;
    CU_ASSERT(json_array_size(sizes) > 20);
    json_array_foreach(sizes, i, row)
    {
        uint64_t size = support_number(row, "data_size");
        uint64_t padded = support_number(row, "padded_size");
        UNIT_EQUAL_INT(tov_pad_size(size), padded);
        CU_ASSERT(tov_pad_is_size(padded));
        CU_ASSERT(tov_pad_fits(size, padded));
    }
}

static void impossible_padded_sizes_are_known(void)
{
    json_t *sizes =
        json_object_get(json_object_get(support_vectors(), "padding"), "impossible_padded_sizes");
    size_t i;
    json_t *size;
    CU_ASSERT(json_array_size(sizes) > 5);
    json_array_foreach(sizes, i, size)
        CU_ASSERT_FALSE(tov_pad_is_size((uint64_t)json_integer_value(size)));
}

static void a_size_is_possible_exactly_when_some_data_has_it(void)
{
    uint64_t data_size = 0;
    for (uint64_t padded = 0; padded < 70000; padded++) {
        while (tov_pad_size(data_size) < padded)
            data_size++;
        bool has_it = tov_pad_size(data_size) == padded;
        if (tov_pad_is_size(padded) != has_it)
            UNIT_EQUAL_INT(padded, -1);
    }
}

static void at_most_twelve_percent_are_added_above_the_least_size(void)
{
    uint64_t seed = 1;
    for (int i = 0; i < 10000; i++) {
        uint64_t size = 248 + unit_random(&seed) % (TOV_ATTACHMENT_MAX_BYTES - 248);
        uint64_t whole = size + TOV_PAD_HEAD_BYTES;
        CU_ASSERT(tov_pad_size(size) >= whole);
        CU_ASSERT((tov_pad_size(size) - whole) * 100 < whole * 12);
    }
}

static void the_largest_data_has_the_largest_padded_size(void)
{
    UNIT_EQUAL_INT(tov_pad_size(TOV_ATTACHMENT_MAX_BYTES), TOV_PAD_MAX_BYTES);
    CU_ASSERT_FALSE(tov_pad_fits(TOV_ATTACHMENT_MAX_BYTES + 1, TOV_PAD_MAX_BYTES));
}

static void padded_data_is_found_again(void)
{
    json_t *padded = json_object_get(json_object_get(support_vectors(), "padding"), "padded");
    struct tov_bytes data = {NULL, 0};
    UNIT_OK(tov_pad_parse(support_hex(padded, "padded"), &data));
    UNIT_EQUAL_BYTES(data, support_hex(padded, "data"));
}

static void every_wrong_padding_is_refused(void)
{
    json_t *refused = json_object_get(json_object_get(support_vectors(), "padding"), "refused");
    size_t i;
    json_t *row;
    CU_ASSERT(json_array_size(refused) > 8);
    json_array_foreach(refused, i, row)
    {
        struct tov_bytes data = {NULL, 77};
        UNIT_EQUAL_INT(tov_pad_parse(support_hex(row, "padded"), &data), TOV_E_MALFORMED);
        UNIT_EQUAL_INT(data.size, 77);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(padded_sizes_are_those_of_the_vectors),
        UNIT_TEST(impossible_padded_sizes_are_known),
        UNIT_TEST(a_size_is_possible_exactly_when_some_data_has_it),
        UNIT_TEST(at_most_twelve_percent_are_added_above_the_least_size),
        UNIT_TEST(the_largest_data_has_the_largest_padded_size),
        UNIT_TEST(padded_data_is_found_again),
        UNIT_TEST(every_wrong_padding_is_refused),
    };
    return SUPPORT_TESTS("envelope padding", tests);
}

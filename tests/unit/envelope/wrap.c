/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/wrap.h"

#include "envelope/envelope_support.h"

#include <string.h>

static json_t *vectors(void)
{
    return json_object_get(support_vectors(), "wrapping");
}

static struct tov_wrapped_key wrapped_of(const json_t *row)
{
    struct tov_wrapped_key wrapped;
    struct tov_bytes bytes = support_hex(row, "wrapped");
    UNIT_NEED(bytes.size == sizeof wrapped.bytes);
    memcpy(wrapped.bytes, bytes.data, sizeof wrapped.bytes);
    return wrapped;
}

static void data_keys_are_wrapped_as_in_the_vectors(void)
{
    size_t i;
    json_t *row;
    CU_ASSERT(json_array_size(json_object_get(vectors(), "data_keys")) == 2);
    json_array_foreach(json_object_get(vectors(), "data_keys"), i, row)
    {
        struct tov_key bucket = support_key(row, "bucket_key");
        struct tov_key key = support_key(row, "key"), opened = {{0}};
        struct tov_hash leaf = support_hash(row, "leaf");
        struct tov_data_key_place place = {&bucket, &leaf,
                                           (enum tov_data_key)support_number(row, "which")};
        struct tov_wrapped_key wrapped;
        tov_data_key_wrap(&place, &key, support_hex(row, "nonce").data, &wrapped);
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(wrapped.bytes), support_hex(row, "wrapped"));
        UNIT_OK(tov_data_key_unwrap(&place, &wrapped, &opened));
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(opened.bytes), TOV_BYTES_OF(key.bytes));
    }
}

static void every_refusal_of_the_vectors_is_one(void)
{
    size_t i;
    json_t *row;
    CU_ASSERT(json_array_size(json_object_get(vectors(), "refused")) == 5);
    json_array_foreach(json_object_get(vectors(), "refused"), i, row)
    {
        struct tov_key bucket = support_key(row, "bucket_key"), opened;
        struct tov_hash leaf = support_hash(row, "leaf");
        struct tov_data_key_place place = {&bucket, &leaf,
                                           (enum tov_data_key)support_number(row, "which")};
        struct tov_wrapped_key wrapped = wrapped_of(row);
        UNIT_EQUAL_INT(tov_data_key_unwrap(&place, &wrapped, &opened), TOV_E_DECRYPT);
    }
}

static void a_data_key_opens_only_at_its_place(void)
{
    json_t *row = json_array_get(json_object_get(vectors(), "data_keys"), 0);
    struct tov_key bucket = support_key(row, "bucket_key"), other = support_fill_key("other");
    struct tov_key opened = {{7}};
    struct tov_hash leaf = support_hash(row, "leaf"), other_leaf = leaf;
    struct tov_wrapped_key wrapped = wrapped_of(row);
    other_leaf.bytes[0] ^= 1;
    const struct tov_data_key_place wrong[] = {
        {&bucket, &leaf, TOV_DATA_KEY_CONTENT},
        {&bucket, &other_leaf, TOV_DATA_KEY_HEADER},
        {&other, &leaf, TOV_DATA_KEY_HEADER},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        UNIT_EQUAL_INT(tov_data_key_unwrap(&wrong[i], &wrapped, &opened), TOV_E_DECRYPT);
    struct tov_data_key_place right = {&bucket, &leaf, TOV_DATA_KEY_HEADER};
    for (size_t i = 0; i < sizeof wrapped.bytes; i++) {
        wrapped.bytes[i] ^= 1;
        UNIT_EQUAL_INT(tov_data_key_unwrap(&right, &wrapped, &opened), TOV_E_DECRYPT);
        wrapped.bytes[i] ^= 1;
    }
    UNIT_EQUAL_INT(opened.bytes[0], 7);
    UNIT_OK(tov_data_key_unwrap(&right, &wrapped, &opened));
}

static void a_bucket_key_is_wrapped_under_its_id(void)
{
    json_t *row = json_object_get(vectors(), "bucket_key");
    struct tov_key root = support_key(row, "root_key");
    struct tov_key key = support_key(row, "key"), opened;
    struct tov_wrapped_key wrapped;
    struct tov_bucket_key_place place = {&root, support_text(row, "bucket_id")};
    tov_bucket_key_wrap(&place, &key, support_hex(row, "nonce").data, &wrapped);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(wrapped.bytes), support_hex(row, "wrapped"));
    UNIT_OK(tov_bucket_key_unwrap(&place, &wrapped, &opened));
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(opened.bytes), TOV_BYTES_OF(key.bytes));
    place.bucket_id = tov_bytes_of_text("besked/2021-08");
    UNIT_EQUAL_INT(tov_bucket_key_unwrap(&place, &wrapped, &opened), TOV_E_DECRYPT);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(data_keys_are_wrapped_as_in_the_vectors),
        UNIT_TEST(every_refusal_of_the_vectors_is_one),
        UNIT_TEST(a_data_key_opens_only_at_its_place),
        UNIT_TEST(a_bucket_key_is_wrapped_under_its_id),
    };
    return SUPPORT_TESTS("envelope wrapping at rest", tests);
}

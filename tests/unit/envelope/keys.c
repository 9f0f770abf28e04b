/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/keys.h"

#include "envelope/envelope_support.h"

#include <string.h>

struct message {
    struct tov_message_keys keys;
    struct tov_hash ctx;
    struct tov_commitments commitments;
    struct tov_bytes salt;
};

static struct message message_of(const json_t *row)
{
    return (struct message){
        .keys = {support_key(row, "header_key"), support_key(row, "content_key"), true},
        .ctx = support_hash(row, "ctx"),
        .commitments = {support_hash(row, "header_commitment"),
                        support_hash(row, "content_commitment")},
        .salt = support_hex(row, "salt"),
    };
}

static struct message first_message(void)
{
    return message_of(json_array_get(json_object_get(support_vectors(), "messages"), 0));
}

static void ctx_commitments_and_part_keys_are_those_of_the_vectors(void)
{
    json_t *rows = json_object_get(support_vectors(), "messages");
    size_t i, k;
    json_t *row, *number;
    UNIT_NEED(json_array_size(rows) == 2);
    json_array_foreach(rows, i, row)
    {
        struct message message = message_of(row);
        struct tov_commitments commitments;
        struct tov_hash ctx =
            tov_message_ctx(support_text(row, "origin"), support_hex(row, "envelope"));
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(ctx.bytes), TOV_BYTES_OF(message.ctx.bytes));
        tov_message_commit(&message.keys, &ctx, &commitments);
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(commitments.header.bytes),
                         TOV_BYTES_OF(message.commitments.header.bytes));
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(commitments.content.bytes),
                         TOV_BYTES_OF(message.commitments.content.bytes));
        UNIT_OK(tov_message_keys_check(&message.keys, &ctx, &commitments));
        json_array_foreach(json_object_get(row, "part_numbers"), k, number)
        {
            struct tov_key key;
            const char *expected =
                json_string_value(json_array_get(json_object_get(row, "part_keys"), k));
            UNIT_OK(tov_part_key(&message.keys, message.salt.data,
                                 (uint8_t)json_integer_value(number), &key));
            UNIT_EQUAL_BYTES(TOV_BYTES_OF(key.bytes), TOV_BYTES_OF(unit_hash(expected).bytes));
        }
    }
}

static void a_key_that_differs_in_one_bit_is_refused(void)
{
    for (size_t bit = 0; bit < 256; bit++) {
        struct message message = first_message();
        message.keys.header.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        UNIT_EQUAL_INT(tov_message_keys_check(&message.keys, &message.ctx, &message.commitments),
                       TOV_E_COMMITMENT);
        message = first_message();
        message.keys.content.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        UNIT_EQUAL_INT(tov_message_keys_check(&message.keys, &message.ctx, &message.commitments),
                       TOV_E_COMMITMENT);
    }
}

static void the_content_commitment_counts_only_with_the_content_key(void)
{
    struct message message = first_message();
    message.keys.has_content = false;
    memset(&message.keys.content, 0, sizeof message.keys.content);
    memset(&message.commitments.content, 0, sizeof message.commitments.content);
    UNIT_OK(tov_message_keys_check(&message.keys, &message.ctx, &message.commitments));
    message.keys.has_content = true;
    UNIT_EQUAL_INT(tov_message_keys_check(&message.keys, &message.ctx, &message.commitments),
                   TOV_E_COMMITMENT);
}

static void swapped_keys_are_refused(void)
{
    struct message message = first_message();
    struct tov_key header = message.keys.header;
    message.keys.header = message.keys.content;
    message.keys.content = header;
    UNIT_EQUAL_INT(tov_message_keys_check(&message.keys, &message.ctx, &message.commitments),
                   TOV_E_COMMITMENT);
}

static void a_header_key_opens_no_part_but_the_header(void)
{
    struct message message = first_message();
    struct tov_key key;
    message.keys.has_content = false;
    UNIT_OK(tov_part_key(&message.keys, message.salt.data, 0, &key));
    UNIT_EQUAL_INT(tov_part_key(&message.keys, message.salt.data, 1, &key), TOV_E_DENIED);
    UNIT_EQUAL_INT(tov_part_key(&message.keys, message.salt.data, 255, &key), TOV_E_DENIED);
}

static void every_byte_of_origin_and_envelope_changes_ctx(void)
{
    json_t *row = json_array_get(json_object_get(support_vectors(), "messages"), 1);
    struct tov_bytes origin = support_text(row, "origin");
    struct tov_bytes envelope = support_hex(row, "envelope");
    struct tov_hash ctx = tov_message_ctx(origin, envelope);
    uint8_t *changed = support_copy(envelope);
    for (size_t i = 0; i < envelope.size; i++) {
        changed[i] ^= 1;
        struct tov_hash other = tov_message_ctx(origin, (struct tov_bytes){changed, envelope.size});
        CU_ASSERT_FALSE(tov_hash_equal(&ctx, &other));
        changed[i] ^= 1;
    }
    /* The length keeps a byte from moving between origin and envelope. */
    struct tov_bytes longer = {envelope.data, envelope.size - 1};
    struct tov_hash other = tov_message_ctx(origin, longer);
    CU_ASSERT_FALSE(tov_hash_equal(&ctx, &other));
    other = tov_message_ctx(tov_bytes_of_text("infohus-demo/kbh-pol/4"), envelope);
    CU_ASSERT_FALSE(tov_hash_equal(&ctx, &other));
}

static void a_byte_cannot_move_from_origin_to_envelope(void)
{
    struct tov_hash a = tov_message_ctx(tov_bytes_of_text("ab"), tov_bytes_of_text("c"));
    struct tov_hash b = tov_message_ctx(tov_bytes_of_text("a"), tov_bytes_of_text("bc"));
    CU_ASSERT_FALSE(tov_hash_equal(&a, &b));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(ctx_commitments_and_part_keys_are_those_of_the_vectors),
        UNIT_TEST(a_key_that_differs_in_one_bit_is_refused),
        UNIT_TEST(the_content_commitment_counts_only_with_the_content_key),
        UNIT_TEST(swapped_keys_are_refused),
        UNIT_TEST(a_header_key_opens_no_part_but_the_header),
        UNIT_TEST(every_byte_of_origin_and_envelope_changes_ctx),
        UNIT_TEST(a_byte_cannot_move_from_origin_to_envelope),
    };
    return SUPPORT_TESTS("envelope keys", tests);
}

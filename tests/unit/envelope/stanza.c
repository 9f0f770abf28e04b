/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/stanza.h"

#include "envelope/envelope_support.h"

#include <string.h>

/* One sender, one recipient, one message. */
struct exchange {
    struct tov_stanza_scope scope;
    struct tov_hpke_pair epoch_pair;
    struct tov_key ephemeral_seed;
    struct tov_hash ctx;
    struct tov_message_keys keys;
};

static struct exchange exchange_of(const json_t *row)
{
    struct exchange exchange = {
        .scope = {.suite = (uint8_t)support_number(row, "suite"),
                  .epoch = (uint32_t)support_number(row, "epoch"),
                  .wrapper_origin = support_text(row, "wrapper_origin"),
                  .recipient_origin = support_text(row, "recipient_origin"),
                  .psk = support_hex(row, "psk"),
                  .psk_id = support_text(row, "psk_id")},
        .ephemeral_seed = support_key(row, "ephemeral_seed"),
        .ctx = support_hash(row, "ctx"),
        .keys = {support_key(row, "header_key"), support_key(row, "content_key"), true},
    };
    tov_hpke_pair_derive(support_hex(row, "recipient_seed"), &exchange.epoch_pair);
    return exchange;
}

static struct exchange first_exchange(void)
{
    return exchange_of(json_array_get(json_object_get(support_vectors(), "stanzas"), 0));
}

static struct tov_stanza_sender sender_of(const struct exchange *exchange)
{
    struct tov_stanza_sender sender;
    UNIT_NEED(tov_stanza_sender_init(&sender, &exchange->scope, &exchange->epoch_pair.public_key,
                                     &exchange->ephemeral_seed) == TOV_OK);
    return sender;
}

static bool is_all(const json_t *row)
{
    return strcmp(json_string_value(json_object_get(row, "right")), "all") == 0;
}

static void check_keys(const struct tov_message_keys *keys, const struct exchange *exchange,
                       bool all)
{
    static const uint8_t zeros[32];
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(keys->header.bytes), TOV_BYTES_OF(exchange->keys.header.bytes));
    UNIT_EQUAL_INT(keys->has_content, all);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(keys->content.bytes),
                     all ? TOV_BYTES_OF(exchange->keys.content.bytes) : TOV_BYTES_OF(zeros));
}

static void stanzas_are_those_of_the_vectors_and_open_in_any_order(void)
{
    json_t *rows = json_object_get(support_vectors(), "stanzas");
    size_t i, k;
    json_t *row, *expected;
    UNIT_NEED(json_array_size(rows) == 2);
    json_array_foreach(rows, i, row)
    {
        struct exchange exchange = exchange_of(row);
        struct tov_stanza_sender sender = sender_of(&exchange);
        struct tov_stanza_info info;
        json_t *stanzas = json_object_get(row, "stanzas");
        UNIT_OK(tov_stanza_info_build(&exchange.scope, &info));
        UNIT_EQUAL_BYTES(((struct tov_bytes){info.bytes, info.size}), support_hex(row, "info"));
        json_array_foreach(stanzas, k, expected)
        {
            struct tov_stanza stanza;
            struct tov_stanza_subject subject = {&exchange.ctx, is_all(expected)};
            UNIT_OK(tov_stanza_seal(&sender, &subject, &exchange.keys, &stanza));
            UNIT_EQUAL_BYTES(tov_stanza_view(&stanza), support_hex(expected, "stanza"));
        }
        struct tov_stanza_receiver receiver = {&exchange.scope, &exchange.epoch_pair, NULL};
        for (k = json_array_size(stanzas); k-- > 0;) {
            expected = json_array_get(stanzas, k);
            struct tov_message_keys keys;
            struct tov_stanza_subject subject = {&exchange.ctx, is_all(expected)};
            UNIT_OK(tov_stanza_open(&receiver, &subject, support_hex(expected, "stanza"), &keys));
            check_keys(&keys, &exchange, subject.all);
        }
    }
}

static void the_bit_that_x25519_ignores_is_ignored(void)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(support_vectors(), "stanzas"), i, row)
    {
        struct exchange exchange = exchange_of(row);
        struct tov_stanza_receiver receiver = {&exchange.scope, &exchange.epoch_pair, NULL};
        struct tov_stanza_subject subject = {&exchange.ctx, true};
        struct tov_message_keys keys;
        UNIT_OK(tov_stanza_open(&receiver, &subject, support_hex(row, "top_bit"), &keys));
        check_keys(&keys, &exchange, true);
    }
}

static void every_refusal_of_the_vectors_is_one(void)
{
    size_t i, k;
    json_t *row, *refused;
    json_array_foreach(json_object_get(support_vectors(), "stanzas"), i, row)
    {
        struct exchange exchange = exchange_of(row);
        struct tov_stanza_receiver receiver = {&exchange.scope, &exchange.epoch_pair, NULL};
        CU_ASSERT(json_array_size(json_object_get(row, "refused")) == 11);
        json_array_foreach(json_object_get(row, "refused"), k, refused)
        {
            struct tov_hash ctx = support_hash(refused, "ctx");
            struct tov_stanza_subject subject = {&ctx, true};
            struct tov_message_keys keys = {.has_content = false};
            exchange.scope.epoch = (uint32_t)support_number(refused, "epoch");
            struct tov_bytes stanza = support_hex(refused, "stanza");
            UNIT_EQUAL_TEXT(tov_err_name(tov_stanza_open(&receiver, &subject, stanza, &keys)),
                            json_string_value(json_object_get(refused, "error")));
            CU_ASSERT_FALSE(keys.has_content);
        }
    }
}

static void sizes_other_than_the_rights_own_are_malformed(void)
{
    struct exchange exchange = first_exchange();
    struct tov_stanza_receiver receiver = {&exchange.scope, &exchange.epoch_pair, NULL};
    struct tov_bytes bytes = support_fill("stanza", 130);
    struct tov_message_keys keys;
    for (bytes.size = 0; bytes.size <= 130; bytes.size++) {
        struct tov_stanza_subject header = {&exchange.ctx, false}, all = {&exchange.ctx, true};
        UNIT_EQUAL_INT(tov_stanza_open(&receiver, &header, bytes, &keys),
                       bytes.size == TOV_STANZA_HEADER_BYTES ? TOV_E_DECRYPT : TOV_E_MALFORMED);
        UNIT_EQUAL_INT(tov_stanza_open(&receiver, &all, bytes, &keys),
                       bytes.size == TOV_STANZA_ALL_BYTES ? TOV_E_DECRYPT : TOV_E_MALFORMED);
    }
}

static void any_changed_bit_is_refused_with_and_without_a_cache(void)
{
    struct exchange exchange = first_exchange();
    struct tov_stanza_sender sender = sender_of(&exchange);
    static struct tov_stanza_cache cache;
    struct tov_stanza stanza;
    struct tov_message_keys keys;
    struct tov_stanza_subject subject = {&exchange.ctx, true};
    struct tov_stanza_receiver receiver = {&exchange.scope, &exchange.epoch_pair, NULL};
    UNIT_OK(tov_stanza_seal(&sender, &subject, &exchange.keys, &stanza));
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < stanza.size; i++) {
            stanza.bytes[i] ^= 1;
            UNIT_EQUAL_INT(tov_stanza_open(&receiver, &subject, tov_stanza_view(&stanza), &keys),
                           TOV_E_DECRYPT);
            stanza.bytes[i] ^= 1;
        }
        /* X25519 ignores the top bit of enc; the key schedule does not. */
        stanza.bytes[31] ^= 0x80;
        UNIT_EQUAL_INT(tov_stanza_open(&receiver, &subject, tov_stanza_view(&stanza), &keys),
                       TOV_E_DECRYPT);
        stanza.bytes[31] ^= 0x80;
        receiver.cache = &cache;
        UNIT_OK(tov_stanza_open(&receiver, &subject, tov_stanza_view(&stanza), &keys));
    }
    tov_stanza_cache_wipe(&cache);
}

static void an_enc_of_small_order_looks_like_any_other_failure(void)
{
    struct exchange exchange = first_exchange();
    struct tov_stanza_receiver receiver = {&exchange.scope, &exchange.epoch_pair, NULL};
    struct tov_stanza_subject subject = {&exchange.ctx, false};
    struct tov_message_keys keys;
    struct tov_bytes zeros = {support_alloc(TOV_STANZA_HEADER_BYTES), TOV_STANZA_HEADER_BYTES};
    UNIT_EQUAL_INT(tov_stanza_open(&receiver, &subject, zeros, &keys), TOV_E_DECRYPT);
}

static void many_stanzas_under_one_enc_cost_one_agreement(void)
{
    struct exchange exchange = first_exchange();
    struct tov_stanza_sender sender = sender_of(&exchange);
    static struct tov_stanza_cache cache;
    struct tov_stanza_receiver receiver = {&exchange.scope, &exchange.epoch_pair, &cache};
    struct tov_stanza_subject subject = {&exchange.ctx, true};
    for (int i = 0; i < 1000; i++) {
        struct tov_stanza stanza;
        struct tov_message_keys keys;
        UNIT_OK(tov_stanza_seal(&sender, &subject, &exchange.keys, &stanza));
        UNIT_OK(tov_stanza_open(&receiver, &subject, tov_stanza_view(&stanza), &keys));
    }
    UNIT_EQUAL_INT(cache.agreements, 1);
    tov_stanza_cache_forget_epoch(&cache, exchange.scope.epoch + 1);
    UNIT_EQUAL_INT(cache.slots[0].used, cache.clock);
    tov_stanza_cache_forget_epoch(&cache, exchange.scope.epoch);
    static const struct tov_stanza_cache_slot nothing;
    CU_ASSERT(memcmp(&cache.slots[0], &nothing, sizeof nothing) == 0);
    tov_stanza_cache_wipe(&cache);
}

/* Seals one stanza with ephemeral seed NUMBER and opens it through RECEIVER. */
static enum tov_err round_trip(const struct exchange *exchange, uint32_t number,
                               const struct tov_stanza_receiver *receiver)
{
    struct exchange own = *exchange;
    struct tov_stanza stanza;
    struct tov_message_keys keys;
    struct tov_stanza_subject subject = {&exchange->ctx, false};
    tov_put_be32(own.ephemeral_seed.bytes, number);
    struct tov_stanza_sender sender = sender_of(&own);
    TOV_TRY(tov_stanza_seal(&sender, &subject, &exchange->keys, &stanza));
    return tov_stanza_open(receiver, &subject, tov_stanza_view(&stanza), &keys);
}

static void the_context_used_longest_ago_makes_room(void)
{
    struct exchange exchange = first_exchange();
    static struct tov_stanza_cache cache;
    struct tov_stanza_receiver receiver = {&exchange.scope, &exchange.epoch_pair, &cache};
    for (uint32_t i = 0; i < TOV_STANZA_CACHE_SLOTS; i++)
        UNIT_OK(round_trip(&exchange, i, &receiver));
    UNIT_OK(round_trip(&exchange, 0, &receiver));
    UNIT_EQUAL_INT(cache.agreements, TOV_STANZA_CACHE_SLOTS);
    UNIT_OK(round_trip(&exchange, 1000, &receiver)); /* pushes out 1, not 0 */
    UNIT_OK(round_trip(&exchange, 0, &receiver));
    UNIT_EQUAL_INT(cache.agreements, TOV_STANZA_CACHE_SLOTS + 1);
    UNIT_OK(round_trip(&exchange, 1, &receiver));
    UNIT_EQUAL_INT(cache.agreements, TOV_STANZA_CACHE_SLOTS + 2);
    tov_stanza_cache_wipe(&cache);
}

static void a_stanza_that_does_not_open_takes_no_slot(void)
{
    struct exchange exchange = first_exchange();
    static struct tov_stanza_cache cache;
    struct tov_stanza_receiver receiver = {&exchange.scope, &exchange.epoch_pair, &cache};
    struct tov_stanza_subject subject = {&exchange.ctx, false};
    struct tov_message_keys keys;
    struct tov_bytes bytes = support_fill("stanza", TOV_STANZA_HEADER_BYTES);
    UNIT_EQUAL_INT(tov_stanza_open(&receiver, &subject, bytes, &keys), TOV_E_DECRYPT);
    UNIT_EQUAL_INT(cache.clock, 0);
    UNIT_EQUAL_INT(cache.slots[0].used, 0);
}

static void all_is_not_given_without_the_content_key(void)
{
    struct exchange exchange = first_exchange();
    struct tov_stanza_sender sender = sender_of(&exchange);
    struct tov_stanza_subject subject = {&exchange.ctx, true};
    struct tov_stanza stanza;
    exchange.keys.has_content = false;
    UNIT_EQUAL_INT(tov_stanza_seal(&sender, &subject, &exchange.keys, &stanza), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(sender.next_sequence, 0);
    subject.all = false;
    UNIT_OK(tov_stanza_seal(&sender, &subject, &exchange.keys, &stanza));
    sender.next_sequence = UINT64_MAX;
    UNIT_EQUAL_INT(tov_stanza_seal(&sender, &subject, &exchange.keys, &stanza), TOV_E_LIMIT);
}

static void names_over_their_limits_are_refused(void)
{
    struct exchange exchange = first_exchange();
    struct tov_stanza_info info;
    struct tov_bytes longest = support_fill("long", 255), longer = support_fill("long", 256);
    struct tov_stanza_scope scope = exchange.scope;
    scope.wrapper_origin = scope.recipient_origin = scope.psk_id = longest;
    UNIT_OK(tov_stanza_info_build(&scope, &info));
    UNIT_EQUAL_INT(info.size, TOV_STANZA_INFO_MAX_BYTES);
    scope.wrapper_origin = longer;
    UNIT_EQUAL_INT(tov_stanza_info_build(&scope, &info), TOV_E_LIMIT);
    scope = exchange.scope;
    scope.recipient_origin = longer;
    UNIT_EQUAL_INT(tov_stanza_info_build(&scope, &info), TOV_E_LIMIT);
    scope = exchange.scope;
    scope.psk_id = longer;
    UNIT_EQUAL_INT(tov_stanza_info_build(&scope, &info), TOV_E_LIMIT);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(stanzas_are_those_of_the_vectors_and_open_in_any_order),
        UNIT_TEST(the_bit_that_x25519_ignores_is_ignored),
        UNIT_TEST(every_refusal_of_the_vectors_is_one),
        UNIT_TEST(sizes_other_than_the_rights_own_are_malformed),
        UNIT_TEST(any_changed_bit_is_refused_with_and_without_a_cache),
        UNIT_TEST(an_enc_of_small_order_looks_like_any_other_failure),
        UNIT_TEST(many_stanzas_under_one_enc_cost_one_agreement),
        UNIT_TEST(the_context_used_longest_ago_makes_room),
        UNIT_TEST(a_stanza_that_does_not_open_takes_no_slot),
        UNIT_TEST(all_is_not_given_without_the_content_key),
        UNIT_TEST(names_over_their_limits_are_refused),
    };
    return SUPPORT_TESTS("envelope stanzas", tests);
}

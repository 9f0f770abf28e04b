/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/hpke.h"

#include "envelope/envelope_support.h"

#include <string.h>

struct parties {
    struct tov_hpke_pair ephemeral;
    struct tov_hpke_pair recipient;
    struct tov_hpke_setup setup;
};

static struct parties parties_of(const json_t *vector)
{
    struct parties parties;
    tov_hpke_pair_derive(support_hex(vector, "ikm_e"), &parties.ephemeral);
    tov_hpke_pair_derive(support_hex(vector, "ikm_r"), &parties.recipient);
    parties.setup = (struct tov_hpke_setup){.info = support_hex(vector, "info"),
                                            .psk = support_hex(vector, "psk"),
                                            .psk_id = support_hex(vector, "psk_id")};
    return parties;
}

static void check_texts(const json_t *vector, const struct tov_hpke_context *sender,
                        const struct tov_hpke_context *receiver)
{
    json_t *rows = json_object_get(vector, "encryptions");
    CU_ASSERT(json_array_size(rows) == 6);
    /* Backwards: each stands for itself. */
    for (size_t i = json_array_size(rows); i-- > 0;) {
        const json_t *row = json_array_get(rows, i);
        struct tov_bytes plain = support_hex(row, "plaintext");
        struct tov_bytes sealed = support_hex(row, "ciphertext");
        uint8_t out[64];
        struct tov_hpke_message message = {support_number(row, "sequence"), support_hex(row, "aad"),
                                           plain};
        tov_hpke_seal(sender, &message, out);
        UNIT_EQUAL_BYTES(((struct tov_bytes){out, sealed.size}), sealed);
        message.text = sealed;
        UNIT_OK(tov_hpke_open(receiver, &message, out));
        UNIT_EQUAL_BYTES(((struct tov_bytes){out, plain.size}), plain);
        message.sequence++;
        UNIT_EQUAL_INT(tov_hpke_open(receiver, &message, out), TOV_E_DECRYPT);
    }
}

static void rfc_9180_a2_is_met_in_base_and_psk_mode(void)
{
    json_t *json = support_json(RFC_VECTORS);
    json_t *rows = json_object_get(json, "vectors");
    size_t i;
    json_t *row;
    UNIT_NEED(json_array_size(rows) == 2);
    json_array_foreach(rows, i, row)
    {
        struct parties parties = parties_of(row);
        struct tov_hpke_context sender, receiver;
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(parties.ephemeral.secret.bytes), support_hex(row, "sk_e"));
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(parties.recipient.secret.bytes), support_hex(row, "sk_r"));
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(parties.recipient.public_key.bytes),
                         support_hex(row, "pk_r"));
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(parties.ephemeral.public_key.bytes), support_hex(row, "enc"));
        UNIT_OK(tov_hpke_send(&parties.recipient.public_key, &parties.ephemeral, &parties.setup,
                              &sender));
        UNIT_OK(tov_hpke_receive(&parties.ephemeral.public_key, &parties.recipient, &parties.setup,
                                 &receiver));
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(sender.key.bytes), support_hex(row, "key"));
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(receiver.base_nonce), support_hex(row, "base_nonce"));
        check_texts(row, &sender, &receiver);
    }
}

static void public_keys_of_small_order_are_refused(void)
{
    static const char *const small[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    struct tov_hpke_pair pair;
    tov_hpke_pair_derive(support_fill("pair", 32), &pair);
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
        struct tov_hash bytes = unit_hash(small[i]);
        struct tov_x25519_public public_key;
        struct tov_hpke_setup setup = {.info = {NULL, 0}};
        struct tov_hpke_context context;
        memcpy(public_key.bytes, bytes.bytes, sizeof public_key.bytes);
        UNIT_EQUAL_INT(tov_hpke_send(&public_key, &pair, &setup, &context), TOV_E_KEY);
        UNIT_EQUAL_INT(tov_hpke_receive(&public_key, &pair, &setup, &context), TOV_E_KEY);
    }
}

static void half_a_psk_or_a_short_one_is_refused(void)
{
    struct tov_hpke_pair pair;
    struct tov_hpke_context context;
    tov_hpke_pair_derive(support_fill("pair", 32), &pair);
    struct tov_bytes id = tov_bytes_of_text("id");
    struct tov_hpke_setup wrong[] = {{.psk = support_fill("psk", 32)},
                                     {.psk_id = id},
                                     {.psk = support_fill("psk", 31), .psk_id = id}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        UNIT_EQUAL_INT(tov_hpke_send(&pair.public_key, &pair, &wrong[i], &context), TOV_E_ARGUMENT);
        UNIT_EQUAL_INT(tov_hpke_receive(&pair.public_key, &pair, &wrong[i], &context),
                       TOV_E_ARGUMENT);
    }
    struct tov_hpke_setup right = {.psk = support_fill("psk", 32), .psk_id = id};
    UNIT_OK(tov_hpke_send(&pair.public_key, &pair, &right, &context));
}

static void a_wiped_context_holds_nothing(void)
{
    struct tov_hpke_pair pair;
    struct tov_hpke_setup setup = {.info = {NULL, 0}};
    struct tov_hpke_context context;
    static const struct tov_hpke_context nothing;
    tov_hpke_pair_derive(support_fill("pair", 32), &pair);
    UNIT_OK(tov_hpke_send(&pair.public_key, &pair, &setup, &context));
    tov_hpke_context_wipe(&context);
    CU_ASSERT(memcmp(&context, &nothing, sizeof context) == 0);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(rfc_9180_a2_is_met_in_base_and_psk_mode),
        UNIT_TEST(public_keys_of_small_order_are_refused),
        UNIT_TEST(half_a_psk_or_a_short_one_is_refused),
        UNIT_TEST(a_wiped_context_holds_nothing),
    };
    return SUPPORT_TESTS("envelope HPKE", tests);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * The CFRG's HPKE vectors as Debian ships them (golang-github-cloudflare-circl-dev): all of our
 * suite in base and PSK mode, 257 texts each.
 */
#include "envelope/hpke.h"

#include "envelope/envelope_support.h"

#define CIRCL_FILE \
    "/usr/share/gocode/src/github.com/cloudflare/circl/hpke/testdata/vectors_v08_779d028.json"

static json_t *file;

static bool is_ours(const json_t *row)
{
    return support_number(row, "kem_id") == 0x20 && support_number(row, "kdf_id") == 1 &&
           support_number(row, "aead_id") == 3 && support_number(row, "mode") <= 1;
}

static void check_texts(const json_t *row, const struct tov_hpke_context *sender,
                        const struct tov_hpke_context *receiver)
{
    json_t *texts = json_object_get(row, "encryptions");
    size_t i;
    json_t *text;
    CU_ASSERT(json_array_size(texts) == 257);
    json_array_foreach(texts, i, text)
    {
        struct tov_bytes plain = support_hex(text, "plaintext");
        struct tov_bytes sealed = support_hex(text, "ciphertext");
        struct tov_hpke_message message = {i, support_hex(text, "aad"), plain};
        uint8_t out[64];
        tov_hpke_seal(sender, &message, out);
        UNIT_EQUAL_BYTES(((struct tov_bytes){out, sealed.size}), sealed);
        message.text = sealed;
        UNIT_OK(tov_hpke_open(receiver, &message, out));
        UNIT_EQUAL_BYTES(((struct tov_bytes){out, plain.size}), plain);
    }
}

static void check_row(const json_t *row)
{
    struct tov_hpke_pair ephemeral, recipient;
    struct tov_hpke_context sender, receiver;
    struct tov_hpke_setup setup = {.info = support_hex(row, "info"),
                                   .psk = support_hex(row, "psk"),
                                   .psk_id = support_hex(row, "psk_id")};
    tov_hpke_pair_derive(support_hex(row, "ikmE"), &ephemeral);
    tov_hpke_pair_derive(support_hex(row, "ikmR"), &recipient);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(ephemeral.public_key.bytes), support_hex(row, "enc"));
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(recipient.public_key.bytes), support_hex(row, "pkRm"));
    UNIT_OK(tov_hpke_send(&recipient.public_key, &ephemeral, &setup, &sender));
    UNIT_OK(tov_hpke_receive(&ephemeral.public_key, &recipient, &setup, &receiver));
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(sender.key.bytes), support_hex(row, "key"));
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(receiver.key.bytes), support_hex(row, "key"));
    check_texts(row, &sender, &receiver);
}

static void all_vectors_of_our_suite_and_modes_are_met(void)
{
    size_t i;
    json_t *row;
    int met = 0;
    json_array_foreach(file, i, row)
    {
        if (!is_ours(row))
            continue;
        check_row(row);
        met++;
    }
    UNIT_EQUAL_INT(met, 2);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(all_vectors_of_our_suite_and_modes_are_met),
    };
    file = support_json(CIRCL_FILE);
    if (file == NULL)
        return unit_skip("HPKE vectors of golang-github-cloudflare-circl-dev");
    return SUPPORT_TESTS("envelope HPKE, vectors of the CFRG", tests);
}

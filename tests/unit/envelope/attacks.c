/* SPDX-License-Identifier: EUPL-1.2
 *
 * Attacks on the envelope by name. Each shows that what it tries looks right as far as it goes, and
 * where it is refused.
 */
#include "envelope/keys.h"
#include "envelope/part.h"
#include "envelope/stanza.h"
#include "envelope/stream.h"

#include "envelope/envelope_support.h"

#include <string.h>

#define KK "infohus-demo/kk/1"
#define POLICE "infohus-demo/kbh-pol/1"
#define PRISONS "infohus-demo/krfo/1"
#define ENVELOPE_BYTES (1 + 16 + 32 + 4 + 1 + 3)

/* A message of KK to one agency, sealed to its epoch key. */
struct letter {
    uint8_t envelope[ENVELOPE_BYTES]; /* suite, id, salt, roster, one recipient */
    struct tov_hash ctx;
    struct tov_message_keys keys;
    struct tov_commitments commitments;
    struct tov_buf content;
    struct tov_part_claim content_claim;
    struct tov_stanza stanza;
};

static struct tov_bytes envelope_of(const struct letter *letter)
{
    return (struct tov_bytes){letter->envelope, sizeof letter->envelope};
}

static const uint8_t *salt_of(const struct letter *letter)
{
    return letter->envelope + 17;
}

static struct tov_stanza_scope scope_to_police(void)
{
    return (struct tov_stanza_scope){.suite = 1,
                                     .epoch = 9,
                                     .wrapper_origin = tov_bytes_of_text(KK),
                                     .recipient_origin = tov_bytes_of_text(POLICE)};
}

static struct tov_hpke_pair police_pair(void)
{
    struct tov_hpke_pair pair;
    tov_hpke_pair_derive(support_fill("police epoch 9", 32), &pair);
    return pair;
}

static struct letter letter_of(const char *label, bool all)
{
    struct letter letter = {.content = TOV_BUF_INIT(65536)};
    struct tov_key part_key;
    memcpy(letter.envelope, support_fill(label, ENVELOPE_BYTES).data, ENVELOPE_BYTES);
    letter.envelope[0] = 1;
    letter.envelope[ENVELOPE_BYTES - 4] = 1;               /* one recipient */
    tov_put_be16(letter.envelope + ENVELOPE_BYTES - 3, 2); /* the police */
    letter.envelope[ENVELOPE_BYTES - 1] = all ? 2 : 1;
    letter.ctx = tov_message_ctx(tov_bytes_of_text(KK), envelope_of(&letter));
    memcpy(&letter.keys, support_fill(label, 64).data, 64);
    letter.keys.has_content = true;
    tov_message_commit(&letter.keys, &letter.ctx, &letter.commitments);
    UNIT_NEED(tov_part_key(&letter.keys, salt_of(&letter), 1, &part_key) == TOV_OK);
    UNIT_NEED(tov_part_seal(&part_key, tov_bytes_of_text(label), &letter.content,
                            &letter.content_claim) == TOV_OK);
    struct tov_stanza_scope scope = scope_to_police();
    struct tov_hpke_pair pair = police_pair();
    struct tov_stanza_sender sender;
    struct tov_key seed = support_fill_key(label);
    UNIT_NEED(tov_stanza_sender_init(&sender, &scope, &pair.public_key, &seed) == TOV_OK);
    struct tov_stanza_subject subject = {&letter.ctx, all};
    UNIT_NEED(tov_stanza_seal(&sender, &subject, &letter.keys, &letter.stanza) == TOV_OK);
    return letter;
}

static void letter_fini(struct letter *letter)
{
    tov_buf_fini(&letter->content);
}

/* As a recipient does it: stanza, commitments, part. */
static enum tov_err read_content(const struct letter *letter, const struct tov_stanza_scope *scope,
                                 const struct tov_hash *ctx, struct tov_buf *out)
{
    struct tov_hpke_pair pair = police_pair();
    struct tov_stanza_receiver receiver = {scope, &pair, NULL};
    struct tov_stanza_subject subject = {ctx, letter->stanza.size == TOV_STANZA_ALL_BYTES};
    struct tov_message_keys keys;
    struct tov_key part_key;
    TOV_TRY(tov_stanza_open(&receiver, &subject, tov_stanza_view(&letter->stanza), &keys));
    TOV_TRY(tov_message_keys_check(&keys, ctx, &letter->commitments));
    TOV_TRY(tov_part_key(&keys, salt_of(letter), 1, &part_key));
    return tov_part_open(&part_key, &letter->content_claim, tov_buf_view(&letter->content), out);
}

static void an_honest_letter_is_read(void)
{
    TOV_CLEANUP(letter_fini) struct letter letter = letter_of("one", true);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(65536);
    struct tov_stanza_scope scope = scope_to_police();
    UNIT_OK(read_content(&letter, &scope, &letter.ctx, &out));
    UNIT_EQUAL_BYTES(tov_buf_view(&out), tov_bytes_of_text("one"));
}

static struct tov_key key_at(const json_t *array, size_t index)
{
    struct tov_hash hash = unit_hash(json_string_value(json_array_get(array, index)));
    struct tov_key key;
    memcpy(key.bytes, hash.bytes, sizeof key.bytes);
    return key;
}

static void a_salamander_opens_under_two_keys_and_the_commitment_refuses_one(void)
{
    json_t *row = json_object_get(support_vectors(), "salamander");
    struct tov_bytes sealed = support_hex(row, "sealed");
    struct tov_hash ctx = support_hash(row, "ctx");
    struct tov_commitments commitments = {support_hash(row, "header_commitment"),
                                          support_hash(row, "content_commitment")};
    for (size_t i = 0; i < 2; i++) {
        struct tov_message_keys keys = {support_key(row, "header_key"),
                                        key_at(json_object_get(row, "content_keys"), i), true};
        const char *hex = json_string_value(json_array_get(json_object_get(row, "texts"), i));
        size_t size = 0;
        uint8_t *text = unit_hex(hex, &size);
        struct tov_key part_key;
        TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(1000);
        UNIT_OK(tov_part_key(&keys, support_hex(row, "salt").data, 1, &part_key));
        /* The AEAD accepts both: it does not fix what the ciphertext says. */
        UNIT_OK(tov_stream_open(&part_key, sealed, &out));
        UNIT_NEED(out.size >= 2 * size);
        UNIT_EQUAL_BYTES(((struct tov_bytes){out.data + i * size, size}),
                         ((struct tov_bytes){text, size}));
        UNIT_EQUAL_INT(tov_message_keys_check(&keys, &ctx, &commitments),
                       i == 0 ? TOV_OK : TOV_E_COMMITMENT);
        free(text);
    }
}

static void a_stanza_moved_to_another_message_does_not_open(void)
{
    TOV_CLEANUP(letter_fini) struct letter one = letter_of("one", true);
    TOV_CLEANUP(letter_fini) struct letter two = letter_of("two", true);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(65536);
    struct tov_stanza_scope scope = scope_to_police();
    struct tov_stanza kept = two.stanza;
    two.stanza = one.stanza;
    UNIT_EQUAL_INT(read_content(&two, &scope, &two.ctx, &out), TOV_E_DECRYPT);
    two.stanza = kept;
    UNIT_OK(read_content(&two, &scope, &two.ctx, &out));
}

static void a_cached_context_does_not_open_a_moved_stanza(void)
{
    static struct tov_stanza_cache cache;
    TOV_CLEANUP(letter_fini) struct letter one = letter_of("one", true);
    TOV_CLEANUP(letter_fini) struct letter two = letter_of("two", true);
    struct tov_stanza_scope scope = scope_to_police();
    struct tov_hpke_pair pair = police_pair();
    struct tov_stanza_receiver receiver = {&scope, &pair, &cache};
    struct tov_stanza_subject subject = {&one.ctx, true};
    struct tov_message_keys keys;
    UNIT_OK(tov_stanza_open(&receiver, &subject, tov_stanza_view(&one.stanza), &keys));
    subject.ctx = &two.ctx;
    UNIT_EQUAL_INT(tov_stanza_open(&receiver, &subject, tov_stanza_view(&one.stanza), &keys),
                   TOV_E_DECRYPT);
    tov_stanza_cache_wipe(&cache);
}

static void a_reattributed_ciphertext_does_not_open_nor_fit_the_commitments(void)
{
    /* The prison service copies the whole entry of KK into its own ledger. */
    TOV_CLEANUP(letter_fini) struct letter letter = letter_of("one", true);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(65536);
    struct tov_stanza_scope scope = scope_to_police();
    struct tov_hash ctx = tov_message_ctx(tov_bytes_of_text(PRISONS), envelope_of(&letter));
    UNIT_EQUAL_INT(read_content(&letter, &scope, &ctx, &out), TOV_E_DECRYPT);
    scope.wrapper_origin = tov_bytes_of_text(PRISONS);
    UNIT_EQUAL_INT(read_content(&letter, &scope, &ctx, &out), TOV_E_DECRYPT);
    UNIT_EQUAL_INT(read_content(&letter, &scope, &letter.ctx, &out), TOV_E_DECRYPT);
    /* With the keys in hand it can seal a stanza of its own; the commitments still name KK. */
    UNIT_EQUAL_INT(tov_message_keys_check(&letter.keys, &ctx, &letter.commitments),
                   TOV_E_COMMITMENT);
}

static void a_cached_context_is_not_used_for_another_wrapper_or_psk(void)
{
    static struct tov_stanza_cache cache;
    TOV_CLEANUP(letter_fini) struct letter letter = letter_of("one", true);
    struct tov_stanza_scope scope = scope_to_police();
    struct tov_hpke_pair pair = police_pair();
    struct tov_stanza_receiver receiver = {&scope, &pair, &cache};
    struct tov_stanza_subject subject = {&letter.ctx, true};
    struct tov_message_keys keys;
    struct tov_bytes stanza = tov_stanza_view(&letter.stanza);
    UNIT_OK(tov_stanza_open(&receiver, &subject, stanza, &keys));
    scope.wrapper_origin = tov_bytes_of_text(PRISONS);
    UNIT_EQUAL_INT(tov_stanza_open(&receiver, &subject, stanza, &keys), TOV_E_DECRYPT);
    scope = scope_to_police();
    scope.psk = support_fill("psk", 32);
    scope.psk_id = tov_bytes_of_text("kk+kbh-pol");
    UNIT_EQUAL_INT(tov_stanza_open(&receiver, &subject, stanza, &keys), TOV_E_DECRYPT);
    scope = scope_to_police();
    UNIT_OK(tov_stanza_open(&receiver, &subject, stanza, &keys));
    tov_stanza_cache_wipe(&cache);
}

static void a_forwarded_message_cannot_seem_written_to_its_new_reader(void)
{
    /* The police re-seal KK's keys to the prison service, claiming KK wrote to it. HPKE alone
     * lets them; the recipients in ctx do not. */
    TOV_CLEANUP(letter_fini) struct letter letter = letter_of("one", true);
    struct letter claimed = letter;
    tov_put_be16(claimed.envelope + ENVELOPE_BYTES - 3, 3); /* krfo in place of the police */
    struct tov_hash ctx = tov_message_ctx(tov_bytes_of_text(KK), envelope_of(&claimed));
    struct tov_stanza_scope scope = scope_to_police();
    scope.recipient_origin = tov_bytes_of_text(PRISONS);
    struct tov_hpke_pair prisons;
    tov_hpke_pair_derive(support_fill("prisons", 32), &prisons);
    struct tov_key seed = support_fill_key("seed");
    struct tov_stanza_sender sender;
    struct tov_stanza_subject subject = {&ctx, true};
    struct tov_stanza_receiver receiver = {&scope, &prisons, NULL};
    struct tov_stanza stanza;
    struct tov_message_keys keys;
    UNIT_OK(tov_stanza_sender_init(&sender, &scope, &prisons.public_key, &seed));
    UNIT_OK(tov_stanza_seal(&sender, &subject, &letter.keys, &stanza));
    UNIT_OK(tov_stanza_open(&receiver, &subject, tov_stanza_view(&stanza), &keys));
    UNIT_EQUAL_INT(tov_message_keys_check(&keys, &ctx, &letter.commitments), TOV_E_COMMITMENT);
}

static void the_right_to_the_header_does_not_open_the_content(void)
{
    TOV_CLEANUP(letter_fini) struct letter letter = letter_of("one", false);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(65536);
    struct tov_stanza_scope scope = scope_to_police();
    UNIT_EQUAL_INT(read_content(&letter, &scope, &letter.ctx, &out), TOV_E_DENIED);
    /* Nor does the header key in the place of the content key. */
    struct tov_message_keys keys = {letter.keys.header, letter.keys.header, true};
    struct tov_key part_key;
    UNIT_EQUAL_INT(tov_message_keys_check(&keys, &letter.ctx, &letter.commitments),
                   TOV_E_COMMITMENT);
    UNIT_OK(tov_part_key(&keys, salt_of(&letter), 1, &part_key));
    UNIT_EQUAL_INT(
        tov_part_open(&part_key, &letter.content_claim, tov_buf_view(&letter.content), &out),
        TOV_E_DECRYPT);
    UNIT_OK(tov_part_key(&keys, salt_of(&letter), 0, &part_key));
    UNIT_EQUAL_INT(
        tov_part_open(&part_key, &letter.content_claim, tov_buf_view(&letter.content), &out),
        TOV_E_DECRYPT);
}

static void a_raised_right_in_the_recipient_table_is_another_message(void)
{
    TOV_CLEANUP(letter_fini) struct letter letter = letter_of("one", false);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(65536);
    struct tov_stanza_scope scope = scope_to_police();
    letter.envelope[ENVELOPE_BYTES - 1] = 2;
    struct tov_hash ctx = tov_message_ctx(tov_bytes_of_text(KK), envelope_of(&letter));
    UNIT_EQUAL_INT(read_content(&letter, &scope, &ctx, &out), TOV_E_DECRYPT);
    UNIT_EQUAL_INT(tov_message_keys_check(&letter.keys, &ctx, &letter.commitments),
                   TOV_E_COMMITMENT);
}

static void another_epoch_number_or_key_does_not_open(void)
{
    TOV_CLEANUP(letter_fini) struct letter letter = letter_of("one", true);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(65536);
    struct tov_stanza_scope scope = scope_to_police();
    scope.epoch = 10;
    UNIT_EQUAL_INT(read_content(&letter, &scope, &letter.ctx, &out), TOV_E_DECRYPT);
    scope = scope_to_police();
    struct tov_hpke_pair other;
    tov_hpke_pair_derive(support_fill("police epoch 10", 32), &other);
    struct tov_stanza_receiver receiver = {&scope, &other, NULL};
    struct tov_stanza_subject subject = {&letter.ctx, true};
    struct tov_message_keys keys;
    UNIT_EQUAL_INT(tov_stanza_open(&receiver, &subject, tov_stanza_view(&letter.stanza), &keys),
                   TOV_E_DECRYPT);
    scope.suite = 2;
    UNIT_EQUAL_INT(read_content(&letter, &scope, &letter.ctx, &out), TOV_E_DECRYPT);
}

static void a_part_in_the_place_of_another_does_not_open(void)
{
    TOV_CLEANUP(letter_fini) struct letter letter = letter_of("one", true);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(65536);
    for (uint8_t part = 0; part < TOV_PARTS_MAX; part++) {
        struct tov_key part_key;
        UNIT_OK(tov_part_key(&letter.keys, salt_of(&letter), part, &part_key));
        UNIT_EQUAL_INT(
            tov_part_open(&part_key, &letter.content_claim, tov_buf_view(&letter.content), &out),
            part == 1 ? TOV_OK : TOV_E_DECRYPT);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_honest_letter_is_read),
        UNIT_TEST(a_salamander_opens_under_two_keys_and_the_commitment_refuses_one),
        UNIT_TEST(a_stanza_moved_to_another_message_does_not_open),
        UNIT_TEST(a_cached_context_does_not_open_a_moved_stanza),
        UNIT_TEST(a_reattributed_ciphertext_does_not_open_nor_fit_the_commitments),
        UNIT_TEST(a_cached_context_is_not_used_for_another_wrapper_or_psk),
        UNIT_TEST(a_forwarded_message_cannot_seem_written_to_its_new_reader),
        UNIT_TEST(the_right_to_the_header_does_not_open_the_content),
        UNIT_TEST(a_raised_right_in_the_recipient_table_is_another_message),
        UNIT_TEST(another_epoch_number_or_key_does_not_open),
        UNIT_TEST(a_part_in_the_place_of_another_does_not_open),
    };
    return SUPPORT_TESTS("envelope, attacks", tests);
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "merkle/checkpoint.h"

#include <stdio.h>
#include <string.h>

#include "merkle/tree.h"
#include "model.h"
#include "support/unit.h"

#define ORIGIN "infohus-demo/kk/1"

static struct model model;

static struct tov_checkpoint some_checkpoint(void)
{
    model_grow(&model, 7);
    return model_checkpoint(&model, ORIGIN);
}

static struct tov_buf some_note(const struct model_key *key)
{
    struct tov_checkpoint checkpoint = some_checkpoint();
    struct tov_buf buf = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    uint8_t signature[64];
    tov_checkpoint_sign(&checkpoint, key->secret, signature);
    tov_checkpoint_put_note(&buf, &checkpoint, &key->vkey, signature);
    UNIT_NEED(buf.failed == TOV_OK);
    return buf;
}

static enum tov_err parse(const char *text, struct tov_checkpoint *out)
{
    return tov_checkpoint_parse(tov_bytes_of_text(text), out);
}

static void the_text_is_three_lines_and_reads_back(void)
{
    struct tov_checkpoint checkpoint = some_checkpoint(), back;
    char text[TOV_CHECKPOINT_TEXT_MAX_BYTES];
    size_t size = tov_checkpoint_text(&checkpoint, text);
    UNIT_EQUAL_BYTES(((struct tov_bytes){(uint8_t *)text, sizeof ORIGIN + 2}),
                     tov_bytes_of_text(ORIGIN "\n7\n"));
    UNIT_EQUAL_INT(size, sizeof ORIGIN + 2 + 45);
    UNIT_OK(tov_checkpoint_parse((struct tov_bytes){(uint8_t *)text, size}, &back));
    CU_ASSERT_TRUE(tov_checkpoint_equal(&checkpoint, &back));
}

static void the_longest_origin_and_largest_size_fit(void)
{
    char origin[TOV_ORIGIN_MAX_BYTES + 1], text[TOV_CHECKPOINT_TEXT_MAX_BYTES];
    struct tov_checkpoint checkpoint, back;
    struct tov_hash root = {{1}};
    memset(origin, 'o', sizeof origin);
    struct tov_bytes name = {(uint8_t *)origin, TOV_ORIGIN_MAX_BYTES};
    UNIT_OK(tov_checkpoint_make(name, UINT64_MAX, &root, &checkpoint));
    UNIT_EQUAL_INT(tov_checkpoint_text(&checkpoint, text), TOV_CHECKPOINT_TEXT_MAX_BYTES);
    UNIT_OK(tov_checkpoint_parse(TOV_BYTES_OF(text), &back));
    CU_ASSERT_TRUE(tov_checkpoint_equal(&checkpoint, &back));
    name.size++;
    UNIT_EQUAL_INT(tov_checkpoint_make(name, 1, &root, &checkpoint), TOV_E_MALFORMED);
}

#define ROOT "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define EMPTY_ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static void texts_that_are_not_checkpoints_of_ours_are_refused(void)
{
    static const char *const refused[] = {
        "",
        "o\n",
        "o\n1\n",
        "o\n1\n" ROOT,
        "\n1\n" ROOT "\n",
        "o p\n1\n" ROOT "\n",
        "o+p\n1\n" ROOT "\n",
        "o\n01\n" ROOT "\n",
        "o\n+1\n" ROOT "\n",
        "o\n-1\n" ROOT "\n",
        "o\n 1\n" ROOT "\n",
        "o\n1 \n" ROOT "\n",
        "o\n\n" ROOT "\n",
        "o\n0x1\n" ROOT "\n",
        "o\n18446744073709551616\n" ROOT "\n",
        "o\n1\n\n",
        "o\n1\nAAEC\n",
        "o\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        "o\n1\n" ROOT " \n",
        "o\n1\n" ROOT "\r\n",
        "o\n1\n" ROOT "\nextension\n",
        "o\n1\n" ROOT "\n\n",
        "o\n0\n" ROOT "\n",
        "o\n1\n\x80"
        "AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
    };
    struct tov_checkpoint checkpoint;
    UNIT_OK(parse("o\n1\n" ROOT "\n", &checkpoint));
    UNIT_OK(parse("o\n18446744073709551615\n" ROOT "\n", &checkpoint));
    UNIT_OK(parse("o\n0\n" EMPTY_ROOT "\n", &checkpoint));
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        UNIT_EQUAL_INT(parse(refused[i], &checkpoint), TOV_E_MALFORMED);
}

static void a_bare_signature_verifies_for_that_checkpoint_only(void)
{
    struct model_key key = model_key(ORIGIN, TOV_VKEY_ED25519, 1);
    struct tov_checkpoint checkpoint = some_checkpoint(), other = checkpoint;
    uint8_t signature[64];
    tov_checkpoint_sign(&checkpoint, key.secret, signature);
    UNIT_OK(tov_checkpoint_verify(&checkpoint, &key.vkey, signature));
    other.size = 8;
    UNIT_EQUAL_INT(tov_checkpoint_verify(&other, &key.vkey, signature), TOV_E_SIGNATURE);
    other = checkpoint;
    other.root.bytes[0] ^= 1;
    UNIT_EQUAL_INT(tov_checkpoint_verify(&other, &key.vkey, signature), TOV_E_SIGNATURE);
    struct tov_vkey elsewhere = model_key("infohus-demo/kk/2", TOV_VKEY_ED25519, 1).vkey;
    UNIT_EQUAL_INT(tov_checkpoint_verify(&checkpoint, &elsewhere, signature), TOV_E_SIGNATURE);
    struct tov_vkey witness = model_key(ORIGIN, TOV_VKEY_COSIGNATURE, 1).vkey;
    UNIT_EQUAL_INT(tov_checkpoint_verify(&checkpoint, &witness, signature), TOV_E_SIGNATURE);
}

static void a_note_opens_to_its_checkpoint_and_bare_signature(void)
{
    struct model_key key = model_key(ORIGIN, TOV_VKEY_ED25519, 1);
    struct tov_checkpoint checkpoint = some_checkpoint();
    struct tov_buf note = some_note(&key);
    struct tov_checkpoint_opened opened;
    struct tov_error error = {0};
    UNIT_OK(tov_checkpoint_open(tov_buf_view(&note), &key.vkey, &opened, &error));
    CU_ASSERT_TRUE(tov_checkpoint_equal(&opened.checkpoint, &checkpoint));
    UNIT_OK(tov_checkpoint_verify(&checkpoint, &key.vkey, opened.signature));
    struct tov_vkey other = model_key("infohus-demo/krfo/1", TOV_VKEY_ED25519, 2).vkey;
    UNIT_EQUAL_INT(tov_checkpoint_open(tov_buf_view(&note), &other, &opened, &error),
                   TOV_E_SIGNATURE);
    CU_ASSERT_NOT_EQUAL(error.text[0], '\0');
    tov_buf_fini(&note);
}

static void a_checkpoint_signed_by_the_key_of_another_origin_is_refused(void)
{
    struct model_key key = model_key("infohus-demo/krfo/1", TOV_VKEY_ED25519, 1);
    struct tov_buf note = some_note(&key); /* says that it is of ORIGIN */
    struct tov_checkpoint_opened opened;
    UNIT_EQUAL_INT(tov_checkpoint_open(tov_buf_view(&note), &key.vkey, &opened, NULL),
                   TOV_E_SIGNATURE);
    tov_buf_fini(&note);
}

static void no_truncated_or_changed_checkpoint_opens(void)
{
    struct model_key key = model_key(ORIGIN, TOV_VKEY_ED25519, 1);
    struct tov_buf note = some_note(&key);
    struct tov_checkpoint_opened opened;
    for (size_t cut = 0; cut < note.size; cut++)
        UNIT_NEED(tov_checkpoint_open((struct tov_bytes){note.data, cut}, &key.vkey, &opened,
                                      NULL) != TOV_OK);
    for (size_t bit = 0; bit < note.size * 8; bit++) {
        note.data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        UNIT_NEED(tov_checkpoint_open(tov_buf_view(&note), &key.vkey, &opened, NULL) != TOV_OK);
        note.data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
    UNIT_OK(tov_checkpoint_open(tov_buf_view(&note), &key.vkey, &opened, NULL));
    tov_buf_fini(&note);
}

static void cosignatures_bind_time_and_text(void)
{
    struct model_key witness = model_key("krfo-witness", TOV_VKEY_COSIGNATURE, 2);
    struct tov_checkpoint checkpoint = some_checkpoint();
    struct tov_cosignature made, back;
    uint8_t body[TOV_COSIGNATURE_BYTES];
    UNIT_OK(tov_checkpoint_cosign(&checkpoint, 1625486400, witness.secret, &made));
    tov_cosignature_encode(&made, body);
    UNIT_OK(tov_cosignature_decode(TOV_BYTES_OF(body), &back));
    UNIT_OK(tov_checkpoint_verify_cosignature(&checkpoint, &witness.vkey, &back));
    back.time_s++;
    UNIT_EQUAL_INT(tov_checkpoint_verify_cosignature(&checkpoint, &witness.vkey, &back),
                   TOV_E_SIGNATURE);
    checkpoint.size++;
    UNIT_EQUAL_INT(tov_checkpoint_verify_cosignature(&checkpoint, &witness.vkey, &made),
                   TOV_E_SIGNATURE);
    struct tov_vkey log = model_key(ORIGIN, TOV_VKEY_ED25519, 2).vkey;
    UNIT_EQUAL_INT(tov_checkpoint_verify_cosignature(&checkpoint, &log, &made), TOV_E_ARGUMENT);
}

static void cosignature_times_and_sizes_have_limits(void)
{
    struct model_key witness = model_key("w", TOV_VKEY_COSIGNATURE, 2);
    struct tov_cosignature cosignature;
    static uint8_t text[TOV_COSIGNED_TEXT_MAX_BYTES + 1];
    uint8_t body[TOV_COSIGNATURE_BYTES + 1] = {0};
    struct tov_bytes longest = {text, TOV_COSIGNED_TEXT_MAX_BYTES};
    UNIT_OK(tov_cosignature_sign(longest, TOV_COSIGNATURE_TIME_MAX, witness.secret, &cosignature));
    UNIT_OK(tov_cosignature_verify(&witness.vkey, longest, &cosignature));
    UNIT_EQUAL_INT(
        tov_cosignature_sign(longest, TOV_COSIGNATURE_TIME_MAX + 1, witness.secret, &cosignature),
        TOV_E_LIMIT);
    UNIT_EQUAL_INT(tov_cosignature_sign(TOV_BYTES_OF(text), 1, witness.secret, &cosignature),
                   TOV_E_LIMIT);
    UNIT_OK(tov_cosignature_decode((struct tov_bytes){body, 72}, &cosignature));
    UNIT_EQUAL_INT(tov_cosignature_decode((struct tov_bytes){body, 71}, &cosignature),
                   TOV_E_MALFORMED);
    UNIT_EQUAL_INT(tov_cosignature_decode((struct tov_bytes){body, 73}, &cosignature),
                   TOV_E_MALFORMED);
    body[0] = 0x80;
    UNIT_EQUAL_INT(tov_cosignature_decode((struct tov_bytes){body, 72}, &cosignature),
                   TOV_E_MALFORMED);
}

static void a_note_with_cosignatures_still_opens_by_the_log_key(void)
{
    struct model_key key = model_key(ORIGIN, TOV_VKEY_ED25519, 1);
    struct model_key witness = model_key("w", TOV_VKEY_COSIGNATURE, 2);
    struct tov_checkpoint checkpoint = some_checkpoint();
    struct tov_buf note = some_note(&key);
    struct tov_cosignature cosignature;
    struct tov_checkpoint_opened opened;
    struct tov_note parsed;
    size_t distinct = 0;
    UNIT_OK(tov_checkpoint_cosign(&checkpoint, 1, witness.secret, &cosignature));
    tov_checkpoint_put_cosignature(&note, &witness.vkey, &cosignature);
    UNIT_OK(tov_checkpoint_open(tov_buf_view(&note), &key.vkey, &opened, NULL));
    struct tov_vkey both[2] = {key.vkey, witness.vkey};
    UNIT_OK(tov_note_parse(tov_buf_view(&note), TOV_NOTE_MAX_BYTES, &parsed, NULL));
    UNIT_OK(tov_note_verify(&parsed, (struct tov_vkey_list){both, 2}, NULL, &distinct));
    UNIT_EQUAL_INT(distinct, 2);
    UNIT_EQUAL_INT(tov_checkpoint_open(tov_buf_view(&note), &witness.vkey, &opened, NULL),
                   TOV_E_ARGUMENT);
    tov_buf_fini(&note);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_text_is_three_lines_and_reads_back),
        UNIT_TEST(the_longest_origin_and_largest_size_fit),
        UNIT_TEST(texts_that_are_not_checkpoints_of_ours_are_refused),
        UNIT_TEST(a_bare_signature_verifies_for_that_checkpoint_only),
        UNIT_TEST(a_note_opens_to_its_checkpoint_and_bare_signature),
        UNIT_TEST(a_checkpoint_signed_by_the_key_of_another_origin_is_refused),
        UNIT_TEST(no_truncated_or_changed_checkpoint_opens),
        UNIT_TEST(cosignatures_bind_time_and_text),
        UNIT_TEST(cosignature_times_and_sizes_have_limits),
        UNIT_TEST(a_note_with_cosignatures_still_opens_by_the_log_key),
    };
    return unit_run("merkle/checkpoint", tests, sizeof tests / sizeof tests[0]);
}

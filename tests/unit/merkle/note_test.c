/* SPDX-License-Identifier: EUPL-1.2 */
#include "merkle/note.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "merkle/cosignature.h"
#include "model.h"
#include "support/unit.h"

#define TEXT "If you think cryptography is the answer to your problem,\n\nthen think again.\n"

/* A note of the world outside: the example of Go's note package. */
static const char peter_note[] =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvq"
    "fqdngotpRZb6KE6RyyBwJnAM=\n";
static const char peter_key[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

static struct tov_bytes view(const struct tov_buf *buf)
{
    return tov_buf_view(buf);
}

static enum tov_err open_note(struct tov_bytes bytes, const struct tov_vkey *keys, size_t count,
                              size_t *out_distinct)
{
    struct tov_note note;
    TOV_TRY(tov_note_parse(bytes, TOV_NOTE_MAX_BYTES, &note, NULL));
    return tov_note_verify(&note, (struct tov_vkey_list){keys, count}, NULL, out_distinct);
}

static struct tov_buf signed_note(const struct model_key *keys, size_t count)
{
    struct tov_buf buf = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES * 2);
    UNIT_NEED(tov_note_put_text(&buf, tov_bytes_of_text(TEXT)) == TOV_OK);
    for (size_t i = 0; i < count; i++)
        tov_note_sign(&buf, tov_bytes_of_text(TEXT), &keys[i].vkey, keys[i].secret);
    UNIT_NEED(buf.failed == TOV_OK);
    return buf;
}

static void a_published_note_verifies(void)
{
    struct tov_vkey key;
    size_t distinct = 0;
    UNIT_OK(tov_vkey_parse(tov_bytes_of_text(peter_key), &key, NULL));
    UNIT_OK(open_note(tov_bytes_of_text(peter_note), &key, 1, &distinct));
    UNIT_EQUAL_INT(distinct, 1);
}

static void the_text_ends_at_the_last_empty_line(void)
{
    struct model_key key = model_key("a", TOV_VKEY_ED25519, 1);
    struct tov_buf buf = signed_note(&key, 1);
    struct tov_note note;
    UNIT_OK(tov_note_parse(view(&buf), TOV_NOTE_MAX_BYTES, &note, NULL));
    UNIT_EQUAL_BYTES(note.text, tov_bytes_of_text(TEXT));
    UNIT_EQUAL_INT(note.count, 1);
    UNIT_EQUAL_INT(note.signatures[0].id, key.vkey.id);
    tov_buf_fini(&buf);
}

static void unknown_signatures_are_ignored_and_known_false_ones_reject(void)
{
    struct model_key keys[2] = {model_key("a", TOV_VKEY_ED25519, 1),
                                model_key("b", TOV_VKEY_ED25519, 2)};
    struct tov_vkey known[2] = {keys[0].vkey, keys[1].vkey};
    struct tov_buf buf = signed_note(keys, 2);
    size_t distinct = 0;
    UNIT_OK(open_note(view(&buf), &known[0], 1, &distinct));
    UNIT_EQUAL_INT(distinct, 1);
    UNIT_OK(open_note(view(&buf), known, 2, &distinct));
    UNIT_EQUAL_INT(distinct, 2);
    tov_buf_fini(&buf);

    memcpy(keys[1].secret, keys[0].secret, 64); /* signs as b, with a's secret */
    buf = signed_note(keys, 2);
    UNIT_OK(open_note(view(&buf), &known[0], 1, &distinct));
    UNIT_EQUAL_INT(open_note(view(&buf), known, 2, &distinct), TOV_E_SIGNATURE);
    tov_buf_fini(&buf);
}

static void a_note_that_no_known_key_signed_is_rejected(void)
{
    struct model_key a = model_key("a", TOV_VKEY_ED25519, 1);
    struct model_key other = model_key("a", TOV_VKEY_ED25519, 2);
    struct tov_buf buf = signed_note(&a, 1);
    struct tov_note note;
    size_t distinct = 9;
    UNIT_EQUAL_INT(open_note(view(&buf), &other.vkey, 1, &distinct), TOV_E_SIGNATURE);
    UNIT_EQUAL_INT(open_note(view(&buf), NULL, 0, &distinct), TOV_E_SIGNATURE);
    UNIT_EQUAL_INT(distinct, 9);
    UNIT_OK(tov_note_parse(view(&buf), TOV_NOTE_MAX_BYTES, &note, NULL));
    UNIT_OK(tov_note_check(&note, (struct tov_vkey_list){&other.vkey, 1}, NULL, &distinct));
    UNIT_EQUAL_INT(distinct, 0);
    tov_buf_fini(&buf);
}

static void one_key_under_two_names_or_on_two_lines_counts_once(void)
{
    struct model_key keys[3] = {model_key("a", TOV_VKEY_ED25519, 1),
                                model_key("b", TOV_VKEY_ED25519, 1),
                                model_key("a", TOV_VKEY_ED25519, 1)};
    struct tov_vkey known[2] = {keys[0].vkey, keys[1].vkey};
    struct tov_buf buf = signed_note(keys, 3);
    struct tov_note note;
    bool verified[2] = {false, false};
    size_t distinct = 0;
    UNIT_OK(tov_note_parse(view(&buf), TOV_NOTE_MAX_BYTES, &note, NULL));
    UNIT_EQUAL_INT(note.count, 3);
    UNIT_OK(tov_note_verify(&note, (struct tov_vkey_list){known, 2}, verified, &distinct));
    UNIT_EQUAL_INT(distinct, 1);
    CU_ASSERT_TRUE(verified[0] && verified[1]);
    tov_buf_fini(&buf);
}

static void a_line_repeated_with_a_false_signature_rejects(void)
{
    struct model_key keys[2] = {model_key("a", TOV_VKEY_ED25519, 1),
                                model_key("a", TOV_VKEY_ED25519, 1)};
    memset(keys[1].secret, 9, 32);
    struct tov_buf buf = signed_note(keys, 2);
    size_t distinct = 0;
    UNIT_EQUAL_INT(open_note(view(&buf), &keys[0].vkey, 1, &distinct), TOV_E_SIGNATURE);
    tov_buf_fini(&buf);
}

static void cosignatures_verify_in_a_note_and_a_plain_one_does_not_pass_for_them(void)
{
    struct model_key witness = model_key("w", TOV_VKEY_COSIGNATURE, 3);
    struct tov_buf buf = signed_note(NULL, 0);
    struct tov_cosignature cosignature;
    uint8_t body[TOV_COSIGNATURE_BYTES];
    size_t distinct = 0;
    UNIT_OK(
        tov_cosignature_sign(tov_bytes_of_text(TEXT), 1625486400, witness.secret, &cosignature));
    tov_cosignature_encode(&cosignature, body);
    tov_note_put_signature(&buf, &witness.vkey, TOV_BYTES_OF(body));
    UNIT_OK(open_note(view(&buf), &witness.vkey, 1, &distinct));
    tov_buf_fini(&buf);

    buf = signed_note(NULL, 0);
    tov_ed25519_sign(witness.secret, tov_bytes_of_text(TEXT), body);
    tov_note_put_signature(&buf, &witness.vkey, (struct tov_bytes){body, 64});
    UNIT_EQUAL_INT(open_note(view(&buf), &witness.vkey, 1, &distinct), TOV_E_SIGNATURE);
    tov_note_sign(&buf, tov_bytes_of_text(TEXT), &witness.vkey, witness.secret);
    UNIT_EQUAL_INT(buf.failed, TOV_E_ARGUMENT);
    tov_buf_fini(&buf);
}

/* COUNT lines of unknown keys after a known one. */
static enum tov_err open_with_lines(size_t count, size_t line_bytes)
{
    struct model_key key = model_key("a", TOV_VKEY_ED25519, 1);
    struct tov_buf buf = signed_note(&key, 1);
    static const uint8_t body[6000] = {1};
    for (size_t i = 0; i < count; i++) {
        tov_buf_put_text(&buf, "\xe2\x80\x94 other ");
        tov_buf_put_base64(&buf, (struct tov_bytes){body, line_bytes});
        tov_buf_put_text(&buf, "\n");
    }
    UNIT_NEED(buf.failed == TOV_OK);
    size_t distinct = 0;
    enum tov_err err = open_note(view(&buf), &key.vkey, 1, &distinct);
    tov_buf_fini(&buf);
    return err;
}

static void limits_hold_on_both_sides(void)
{
    UNIT_OK(open_with_lines(15, 5000)); /* 16 lines, post-quantum sizes */
    UNIT_OK(open_with_lines(TOV_NOTE_SIGNATURES_MAX - 1, 68));
    UNIT_EQUAL_INT(open_with_lines(TOV_NOTE_SIGNATURES_MAX, 68), TOV_E_LIMIT);
    UNIT_EQUAL_INT(open_with_lines(25, 5000), TOV_E_LIMIT); /* over 128 KiB */
    UNIT_OK(open_with_lines(1, 5));
    UNIT_EQUAL_INT(open_with_lines(1, 4), TOV_E_MALFORMED); /* an id and no signature */
    UNIT_EQUAL_INT(open_with_lines(1, 0), TOV_E_MALFORMED);
}

static void what_is_not_a_note_is_refused(void)
{
    static const char *const texts[] = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n\n\xe2\x80\x94 a AAAAAAAA",
        "text\n\n\xe2\x80\x94 a AAAAAAAA\n\n",
        "text\n\n- a AAAAAAAA\n",
        "text\n\n\342\200\224a AAAAAAAA\n",
        "text\n\n\xe2\x80\x94  AAAAAAAA\n",
        "text\n\n\xe2\x80\x94 a  AAAAAAAA\n",
        "text\n\n\xe2\x80\x94 a AAAAAAAA \n",
        "text\n\n\xe2\x80\x94 a+b AAAAAAAA\n",
        "text\n\n\xe2\x80\x94 a AAAAAAA\n",
        "text\n\n\xe2\x80\x94 a AAAAAAB=\n",
        "text\n\n\xe2\x80\x94 a AAAA=AAA\n",
        "text\n\n\xe2\x80\x94 a AAAA-AAA\n",
        "te\rxt\n\n\xe2\x80\x94 a AAAAAAAA\n",
        "te\xfft\n\n\xe2\x80\x94 a AAAAAAAA\n",
        "text\n\n\xe2\x80\x94 a AAAAAAAA\ntext\n",
    };
    struct tov_note note;
    UNIT_OK(
        tov_note_parse(tov_bytes_of_text("text\n\n\xe2\x80\x94 a AAAAAAAA\n"), 100, &note, NULL));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        UNIT_EQUAL_INT(tov_note_parse(tov_bytes_of_text(texts[i]), 100, &note, NULL),
                       TOV_E_MALFORMED);
    UNIT_EQUAL_INT(
        tov_note_parse(TOV_BYTES_OF("a\0b\n\n\xe2\x80\x94 a AAAAAAAA\n"), 100, &note, NULL),
        TOV_E_MALFORMED);
    UNIT_EQUAL_INT(
        tov_note_parse(tov_bytes_of_text(peter_note), sizeof peter_note - 2, &note, NULL),
        TOV_E_LIMIT);
}

static void no_truncated_or_changed_note_verifies(void)
{
    struct tov_vkey key;
    size_t distinct = 0, size = strlen(peter_note);
    UNIT_OK(tov_vkey_parse(tov_bytes_of_text(peter_key), &key, NULL));
    for (size_t cut = 0; cut < size; cut++)
        UNIT_NEED(open_note((struct tov_bytes){(const uint8_t *)peter_note, cut}, &key, 1,
                            &distinct) != TOV_OK);
    char text[sizeof peter_note];
    for (size_t at = 0; at < size; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(text, peter_note, sizeof text);
            text[at] = (char)((uint8_t)text[at] ^ (1u << bit));
            UNIT_NEED(open_note((struct tov_bytes){(uint8_t *)text, size}, &key, 1, &distinct) !=
                      TOV_OK);
        }
    }
    CU_PASS("every byte");
}

static void texts_that_cannot_be_notes_are_not_written(void)
{
    struct tov_buf buf = TOV_BUF_INIT(100);
    UNIT_EQUAL_INT(tov_note_put_text(&buf, tov_bytes_of_text("")), TOV_E_MALFORMED);
    UNIT_EQUAL_INT(tov_note_put_text(&buf, tov_bytes_of_text("no newline")), TOV_E_MALFORMED);
    UNIT_EQUAL_INT(tov_note_put_text(&buf, tov_bytes_of_text("tab\t\n")), TOV_E_MALFORMED);
    UNIT_EQUAL_INT(tov_note_put_text(&buf, tov_bytes_of_text("\xff\n")), TOV_E_MALFORMED);
    UNIT_EQUAL_INT(buf.size, 0);
    tov_buf_fini(&buf);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_published_note_verifies),
        UNIT_TEST(the_text_ends_at_the_last_empty_line),
        UNIT_TEST(unknown_signatures_are_ignored_and_known_false_ones_reject),
        UNIT_TEST(a_note_that_no_known_key_signed_is_rejected),
        UNIT_TEST(one_key_under_two_names_or_on_two_lines_counts_once),
        UNIT_TEST(a_line_repeated_with_a_false_signature_rejects),
        UNIT_TEST(cosignatures_verify_in_a_note_and_a_plain_one_does_not_pass_for_them),
        UNIT_TEST(limits_hold_on_both_sides),
        UNIT_TEST(what_is_not_a_note_is_refused),
        UNIT_TEST(no_truncated_or_changed_note_verifies),
        UNIT_TEST(texts_that_cannot_be_notes_are_not_written),
    };
    return unit_run("merkle/note", tests, sizeof tests / sizeof tests[0]);
}

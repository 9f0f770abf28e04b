/* SPDX-License-Identifier: EUPL-1.2 */
#include "merkle/tlogproof.h"

#include <stdio.h>
#include <string.h>

#include "model.h"
#include "support/unit.h"

#define ORIGIN "infohus-demo/kk/1"
#define SIZE 100
#define INDEX 77

static struct model model;

/* A proof text of leaf INDEX in a tree of SIZE leaves. */
static struct tov_buf some_proof(const struct model_key *key, const char *extra)
{
    model_grow(&model, SIZE);
    struct tov_checkpoint checkpoint = model_checkpoint(&model, ORIGIN);
    struct tov_buf note = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    struct tov_buf text = TOV_BUF_INIT(TOV_TLOGPROOF_MAX_BYTES * 2);
    uint8_t signature[64];
    struct tov_tlogproof proof = {.index = INDEX, .has_extra = extra != NULL};
    if (extra != NULL)
        proof.extra_base64 = tov_bytes_of_text(extra);
    tov_checkpoint_sign(&checkpoint, key->secret, signature);
    tov_checkpoint_put_note(&note, &checkpoint, &key->vkey, signature);
    model_path(&model, INDEX, SIZE, &proof.proof);
    proof.checkpoint_note = tov_buf_view(&note);
    tov_tlogproof_put(&text, &proof);
    tov_buf_fini(&note);
    UNIT_NEED(text.failed == TOV_OK);
    return text;
}

static enum tov_err check(struct tov_bytes text, uint64_t leaf_number, const struct tov_vkey *key)
{
    struct tov_tlogproof proof;
    struct tov_checkpoint checkpoint;
    uint8_t leaf[8];
    tov_put_be64(leaf, leaf_number);
    TOV_TRY(tov_tlogproof_parse(text, &proof, NULL));
    TOV_TRY(tov_tlogproof_verify(&proof, TOV_BYTES_OF(leaf), key, &checkpoint));
    UNIT_EQUAL_INT(checkpoint.size, SIZE);
    return TOV_OK;
}

static void a_proof_reads_back_and_verifies_for_its_leaf_only(void)
{
    struct model_key key = model_key(ORIGIN, TOV_VKEY_ED25519, 1);
    struct tov_buf text = some_proof(&key, NULL);
    struct tov_vkey other = model_key(ORIGIN, TOV_VKEY_ED25519, 2).vkey;
    UNIT_OK(check(tov_buf_view(&text), INDEX, &key.vkey));
    UNIT_EQUAL_INT(check(tov_buf_view(&text), INDEX + 1, &key.vkey), TOV_E_PROOF);
    UNIT_EQUAL_INT(check(tov_buf_view(&text), INDEX, &other), TOV_E_SIGNATURE);
    tov_buf_fini(&text);
}

static void extra_data_is_carried_and_changes_nothing(void)
{
    struct model_key key = model_key(ORIGIN, TOV_VKEY_ED25519, 1);
    struct tov_buf text = some_proof(&key, "ZXh0cmE=");
    struct tov_tlogproof proof;
    UNIT_OK(tov_tlogproof_parse(tov_buf_view(&text), &proof, NULL));
    CU_ASSERT_TRUE(proof.has_extra);
    UNIT_EQUAL_BYTES(proof.extra_base64, tov_bytes_of_text("ZXh0cmE="));
    UNIT_OK(check(tov_buf_view(&text), INDEX, &key.vkey));
    tov_buf_fini(&text);
}

static void extra_data_has_a_limit(void)
{
    struct model_key key = model_key(ORIGIN, TOV_VKEY_ED25519, 1);
    static char extra[TOV_TLOGPROOF_EXTRA_MAX_BYTES / 3 * 4 + 5];
    memset(extra, 'A', sizeof extra - 1);
    struct tov_buf text = some_proof(&key, extra);
    UNIT_EQUAL_INT(check(tov_buf_view(&text), INDEX, &key.vkey), TOV_E_MALFORMED);
    tov_buf_fini(&text);
    extra[sizeof extra - 5] = '\0';
    text = some_proof(&key, extra);
    UNIT_OK(check(tov_buf_view(&text), INDEX, &key.vkey));
    tov_buf_fini(&text);
}

static void no_truncated_or_changed_proof_verifies(void)
{
    struct model_key key = model_key(ORIGIN, TOV_VKEY_ED25519, 1);
    struct tov_buf text = some_proof(&key, NULL);
    for (size_t cut = 0; cut < text.size; cut++)
        UNIT_NEED(check((struct tov_bytes){text.data, cut}, INDEX, &key.vkey) != TOV_OK);
    for (size_t at = 0; at < text.size; at++) {
        for (unsigned mask = 1; mask < 256; mask <<= 1) {
            text.data[at] ^= (uint8_t)mask;
            UNIT_NEED(check(tov_buf_view(&text), INDEX, &key.vkey) != TOV_OK);
            text.data[at] ^= (uint8_t)mask;
        }
    }
    UNIT_OK(check(tov_buf_view(&text), INDEX, &key.vkey));
    tov_buf_fini(&text);
}

#define HASH "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
#define NOTE "o\n1\n" HASH "\n\xe2\x80\x94 o AAAAAAAA\n"
#define FIRST "c2sp.org/tlog-proof@v1\n"

static void texts_that_are_not_proofs_are_refused(void)
{
    static const char *const refused[] = {
        "",
        "index 0\n\n" NOTE,
        "c2sp.org/tlog-proof@v2\nindex 0\n\n" NOTE,
        FIRST "\n" NOTE,
        FIRST "index\n\n" NOTE,
        FIRST "index 00\n\n" NOTE,
        FIRST "index -1\n\n" NOTE,
        FIRST "index 0 \n\n" NOTE,
        FIRST "index 0\nextra AAAA\n\n" NOTE,
        FIRST "extra AAAA\nextra AAAA\nindex 0\n\n" NOTE,
        FIRST "extra AAA\nindex 0\n\n" NOTE,
        FIRST "extra AA==AAAA\nindex 0\n\n" NOTE,
        FIRST "index 0\nAAAA\n\n" NOTE,
        FIRST "index 0\n" NOTE,
        FIRST "index 0\n" HASH,
        FIRST "index 0\n\n",
    };
    struct tov_tlogproof proof;
    UNIT_OK(tov_tlogproof_parse(tov_bytes_of_text(FIRST "index 0\n" HASH "\n" NOTE), &proof, NULL));
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        UNIT_EQUAL_INT(tov_tlogproof_parse(tov_bytes_of_text(refused[i]), &proof, NULL),
                       TOV_E_MALFORMED);
}

static void sixty_three_hashes_are_read_and_sixty_four_refused(void)
{
    for (unsigned count = 63; count <= 64; count++) {
        struct tov_buf text = TOV_BUF_INIT(TOV_TLOGPROOF_MAX_BYTES);
        struct tov_tlogproof proof;
        tov_buf_put_text(&text, FIRST "index 0\n");
        for (unsigned i = 0; i < count; i++)
            tov_buf_put_text(&text, HASH);
        tov_buf_put_text(&text, "\n" NOTE);
        UNIT_EQUAL_INT(tov_tlogproof_parse(tov_buf_view(&text), &proof, NULL),
                       count == 63 ? TOV_OK : TOV_E_LIMIT);
        tov_buf_fini(&text);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_proof_reads_back_and_verifies_for_its_leaf_only),
        UNIT_TEST(extra_data_is_carried_and_changes_nothing),
        UNIT_TEST(extra_data_has_a_limit),
        UNIT_TEST(no_truncated_or_changed_proof_verifies),
        UNIT_TEST(texts_that_are_not_proofs_are_refused),
        UNIT_TEST(sixty_three_hashes_are_read_and_sixty_four_refused),
    };
    return unit_run("merkle/tlogproof", tests, sizeof tests / sizeof tests[0]);
}

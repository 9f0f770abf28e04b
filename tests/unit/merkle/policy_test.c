/* SPDX-License-Identifier: EUPL-1.2 */
#include "merkle/policy.h"

#include <stdio.h>
#include <string.h>

#include "model.h"
#include "support/unit.h"

#define ORIGIN "infohus-demo/kk/1"

static struct model model;

/* The keys of the tests: a log and three witnesses. */
static struct model_key log_key(void)
{
    return model_key(ORIGIN, TOV_VKEY_ED25519, 1);
}
static struct model_key witness_key(unsigned number)
{
    static const char *const names[] = {"w1", "w2", "w3"};
    return model_key(names[number], TOV_VKEY_COSIGNATURE, (uint8_t)(number + 2));
}

/* `log`, then three `witness` lines, then TAIL. */
static struct tov_buf policy_text(const char *tail)
{
    struct tov_buf text = TOV_BUF_INIT(TOV_POLICY_MAX_BYTES);
    struct tov_vkey key = log_key().vkey;
    tov_buf_put_text(&text, "# a policy\n\nlog ");
    tov_vkey_format(&key, &text);
    tov_buf_put_text(&text, " https://log.example/\n");
    for (unsigned i = 0; i < 3; i++) {
        key = witness_key(i).vkey;
        tov_buf_put_format(&text, "\twitness  W%u ", i + 1);
        tov_vkey_format(&key, &text);
        tov_buf_put_text(&text, "\n");
    }
    tov_buf_put_text(&text, tail);
    UNIT_NEED(text.failed == TOV_OK);
    return text;
}

static enum tov_err parse(const char *tail, struct tov_policy **out_policy, struct tov_error *error)
{
    struct tov_buf text = policy_text(tail);
    enum tov_err err = tov_policy_parse(tov_buf_view(&text), out_policy, error);
    tov_buf_fini(&text);
    return err;
}

/* A checkpoint with the cosignatures of the witnesses in the bits of WITNESSES. */
static struct tov_buf cosigned_note(unsigned witnesses)
{
    struct model_key key = log_key();
    struct tov_buf note = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    model_grow(&model, 9);
    struct tov_checkpoint checkpoint = model_checkpoint(&model, ORIGIN);
    uint8_t signature[64];
    tov_checkpoint_sign(&checkpoint, key.secret, signature);
    tov_checkpoint_put_note(&note, &checkpoint, &key.vkey, signature);
    for (unsigned i = 0; i < 3; i++) {
        struct model_key witness = witness_key(i);
        struct tov_cosignature cosignature;
        if ((witnesses >> i & 1) == 0)
            continue;
        UNIT_NEED(tov_checkpoint_cosign(&checkpoint, 1000 + i, witness.secret, &cosignature) ==
                  TOV_OK);
        tov_checkpoint_put_cosignature(&note, &witness.vkey, &cosignature);
    }
    UNIT_NEED(note.failed == TOV_OK);
    return note;
}

/* EXPECTED has a bit for each of the eight sets of witnesses. */
static void check_quorum(const char *tail, unsigned expected)
{
    struct tov_policy *policy = NULL;
    UNIT_NEED(parse(tail, &policy, NULL) == TOV_OK);
    for (unsigned set = 0; set < 8; set++) {
        struct tov_buf note = cosigned_note(set);
        struct tov_policy_verdict verdict;
        UNIT_OK(tov_policy_judge(policy, tov_buf_view(&note), &verdict, NULL));
        UNIT_EQUAL_INT(verdict.is_met, (expected >> set & 1) != 0);
        UNIT_EQUAL_INT(verdict.witnesses, __builtin_popcount(set));
        UNIT_EQUAL_INT(verdict.checkpoint.size, 9);
        tov_buf_fini(&note);
    }
    tov_policy_destroy(policy);
}

static void quorums_say_which_sets_of_witnesses_suffice(void)
{
    check_quorum("quorum none\n", 0xff);
    check_quorum("quorum W2\n", 0xcc);
    check_quorum("group g any W1 W2 W3\nquorum g\n", 0xfe);
    check_quorum("group g all W1 W2 W3\nquorum g\n", 0x80);
    check_quorum("group g 2 W1 W2 W3\nquorum g\n", 0xe8);
    check_quorum("group g any W1 W2\ngroup h all g W3\nquorum h\n", 0xe0);
    check_quorum("group g all W1 W2\ngroup h any g W3\nquorum h\n", 0xf8);
    check_quorum("group g all W1 W2\ngroup h any g W3\nquorum g\n", 0x88);
    check_quorum("group 1 1 W1\n quorum\t1 \n # end\n", 0xaa);
}

static void policies_that_are_wrong_are_refused_with_their_line(void)
{
    static const char *const tails[] = {
        "",
        "quorum W4\n",
        "quorum g\ngroup g all W1\n",
        "quorum none\nquorum none\n",
        "quorum\n",
        "quorum W1 W2\n",
        "quorum none",
        "group g\nquorum none\n",
        "group g all\nquorum none\n",
        "group g 0 W1\nquorum none\n",
        "group g 2 W1\nquorum none\n",
        "group g -1 W1\nquorum none\n",
        "group g some W1\nquorum none\n",
        "group g all none\nquorum none\n",
        "group g all g\nquorum none\n",
        "group g all W1 W1\nquorum none\n",
        "group g all W1\ngroup h all W1\nquorum none\n",
        "group W1 all W2\nquorum none\n",
        "group none all W2\nquorum none\n",
        "group g all W1\ngroup g all W2\nquorum none\n",
        "witness W4\nquorum none\n",
        "witness W4 w4+00000000+AAAA\nquorum none\n",
        "log w4\nquorum none\n",
        "mirror x\nquorum none\n",
        "Quorum none\n",
        "quorum none\r\n",
        "quorum none\x7f\n",
    };
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        struct tov_policy *policy = NULL;
        struct tov_error error = {0};
        enum tov_err err = parse(tails[i], &policy, &error);
        CU_ASSERT_TRUE(err == TOV_E_MALFORMED || err == TOV_E_VERSION);
        CU_ASSERT_PTR_NULL(policy);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "policy"));
    }
}

static void a_key_may_stand_once_whatever_its_name(void)
{
    struct tov_vkey same = model_key("other", TOV_VKEY_COSIGNATURE, 2).vkey;
    struct tov_vkey plain = model_key("plain", TOV_VKEY_ED25519, 2).vkey;
    for (unsigned round = 0; round < 2; round++) {
        struct tov_buf text = policy_text("witness W4 ");
        struct tov_policy *policy = NULL;
        struct tov_error error = {0};
        tov_vkey_format(round == 0 ? &same : &plain, &text);
        tov_buf_put_text(&text, "\nquorum none\n");
        UNIT_EQUAL_INT(tov_policy_parse(tov_buf_view(&text), &policy, &error), TOV_E_MALFORMED);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "line 7"));
        tov_buf_fini(&text);
    }
}

static void a_false_cosignature_of_a_known_witness_rejects(void)
{
    struct tov_policy *policy = NULL;
    struct model_key witness = witness_key(0);
    struct tov_buf note = cosigned_note(2);
    struct tov_policy_verdict verdict;
    struct tov_cosignature cosignature = {.time_s = 5};
    UNIT_OK(parse("group g any W1 W2 W3\nquorum g\n", &policy, NULL));
    UNIT_OK(tov_policy_judge(policy, tov_buf_view(&note), &verdict, NULL));
    tov_checkpoint_put_cosignature(&note, &witness.vkey, &cosignature);
    UNIT_EQUAL_INT(tov_policy_judge(policy, tov_buf_view(&note), &verdict, NULL), TOV_E_SIGNATURE);
    tov_buf_fini(&note);
    tov_policy_destroy(policy);
}

static void a_checkpoint_of_a_log_outside_the_policy_is_refused(void)
{
    struct tov_policy *policy = NULL;
    struct model_key stranger = model_key(ORIGIN, TOV_VKEY_ED25519, 4);
    struct tov_checkpoint checkpoint = model_checkpoint(&model, ORIGIN);
    struct tov_buf note = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    struct tov_policy_verdict verdict;
    uint8_t signature[64];
    UNIT_OK(parse("quorum none\n", &policy, NULL));
    tov_checkpoint_sign(&checkpoint, stranger.secret, signature);
    tov_checkpoint_put_note(&note, &checkpoint, &stranger.vkey, signature);
    UNIT_EQUAL_INT(tov_policy_judge(policy, tov_buf_view(&note), &verdict, NULL), TOV_E_SIGNATURE);
    /* A log of the policy signs for an origin that is not its own. */
    tov_buf_clear(&note);
    struct model_key known = log_key();
    checkpoint = model_checkpoint(&model, "infohus-demo/krfo/1");
    tov_checkpoint_sign(&checkpoint, known.secret, signature);
    tov_checkpoint_put_note(&note, &checkpoint, &known.vkey, signature);
    UNIT_EQUAL_INT(tov_policy_judge(policy, tov_buf_view(&note), &verdict, NULL), TOV_E_SIGNATURE);
    tov_buf_fini(&note);
    tov_policy_destroy(policy);
}

static void no_truncated_policy_crashes_or_has_a_quorum(void)
{
    struct tov_buf text = policy_text("group g 2 W1 W2 W3\nquorum g\n");
    for (size_t cut = 0; cut < text.size; cut++) {
        struct tov_policy *policy = NULL;
        UNIT_NEED(tov_policy_parse((struct tov_bytes){text.data, cut}, &policy, NULL) != TOV_OK);
    }
    CU_PASS("every length");
    tov_buf_fini(&text);
}

static void the_quorum_is_moellers_table(void)
{
    static const unsigned table[] = {1, 2, 3, 3, 4, 5, 5, 6, 7, 7};
    for (unsigned n = 1; n <= 10; n++)
        UNIT_EQUAL_INT(tov_policy_quorum(n), table[n - 1]);
    UNIT_EQUAL_INT(tov_policy_quorum(1023), 683);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(quorums_say_which_sets_of_witnesses_suffice),
        UNIT_TEST(policies_that_are_wrong_are_refused_with_their_line),
        UNIT_TEST(a_key_may_stand_once_whatever_its_name),
        UNIT_TEST(a_false_cosignature_of_a_known_witness_rejects),
        UNIT_TEST(a_checkpoint_of_a_log_outside_the_policy_is_refused),
        UNIT_TEST(no_truncated_policy_crashes_or_has_a_quorum),
        UNIT_TEST(the_quorum_is_moellers_table),
    };
    return unit_run("merkle/policy", tests, sizeof tests / sizeof tests[0]);
}

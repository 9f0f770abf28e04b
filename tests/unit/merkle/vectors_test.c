/* SPDX-License-Identifier: EUPL-1.2
 *
 * Our own vectors, tests/vectors/merkle: made by another implementation, with every kind of
 * refusal. They are the specification for whoever implements these formats again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "merkle/policy.h"
#include "merkle/range.h"
#include "merkle/tile.h"
#include "merkle/tlogproof.h"
#include "merkle/tree.h"
#include "support/unit.h"

#define FOLDER "tests/vectors/merkle/"

static const char *text_of(json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    UNIT_NEED(text != NULL);
    return text;
}

static struct tov_bytes bytes_of(json_t *object, const char *name)
{
    return tov_bytes_of_text(text_of(object, name));
}

static uint64_t number_of(json_t *object, const char *name)
{
    uint64_t value = 0;
    UNIT_NEED(tov_decimal_decode(bytes_of(object, name), &value) == TOV_OK);
    return value;
}

static struct tov_hash hash_of(json_t *object, const char *name)
{
    return unit_hash(text_of(object, name));
}

static struct tov_vkey key_of(json_t *object, const char *name)
{
    struct tov_vkey key;
    UNIT_NEED(tov_vkey_parse(bytes_of(object, name), &key, NULL) == TOV_OK);
    return key;
}

static void expect(json_t *one, enum tov_err err)
{
    const char *verdict = text_of(one, "verdict");
    if (strcmp(tov_err_name(err), verdict) != 0)
        (void)fprintf(stderr, "case \"%s\": ",
                      json_string_value(json_object_get(one, "name")) == NULL
                          ? text_of(one, "path")
                          : text_of(one, "name"));
    UNIT_EQUAL_TEXT(tov_err_name(err), verdict);
}

static void each_case(const char *file, void (*check)(json_t *one))
{
    json_t *json = unit_json(file), *one;
    size_t i;
    UNIT_NEED(json != NULL);
    json_t *cases = json_object_get(json, "cases");
    UNIT_NEED(json_array_size(cases) > 0);
    json_array_foreach(cases, i, one)
    {
        check(one);
    }
    json_decref(json);
}

static void check_vkey(json_t *one)
{
    struct tov_vkey key;
    enum tov_err err = tov_vkey_parse(bytes_of(one, "vkey"), &key, NULL);
    expect(one, err);
    if (err != TOV_OK)
        return;
    struct tov_hash public_key = hash_of(one, "public_key");
    char id[9];
    (void)snprintf(id, sizeof id, "%08x", (unsigned)key.id);
    UNIT_EQUAL_TEXT(key.name, text_of(one, "key_name"));
    UNIT_EQUAL_TEXT(id, text_of(one, "id"));
    UNIT_EQUAL_INT(key.type, json_integer_value(json_object_get(one, "type")));
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(key.public_key), TOV_BYTES_OF(public_key.bytes));
}

static void check_note(json_t *one)
{
    struct tov_vkey keys[8];
    struct tov_vkey_list list = {keys, 0};
    struct tov_note note;
    size_t i, distinct = 0;
    json_t *text;
    json_array_foreach(json_object_get(one, "keys"), i, text)
    {
        UNIT_NEED(list.count < 8 && tov_vkey_parse(tov_bytes_of_text(json_string_value(text)),
                                                   &keys[list.count++], NULL) == TOV_OK);
    }
    enum tov_err err = tov_note_parse(bytes_of(one, "note"), TOV_NOTE_MAX_BYTES, &note, NULL);
    if (err == TOV_OK)
        err = tov_note_verify(&note, list, NULL, &distinct);
    expect(one, err);
    UNIT_EQUAL_INT(distinct, json_integer_value(json_object_get(one, "distinct")));
}

static void check_checkpoint(json_t *one)
{
    struct tov_vkey key = key_of(one, "key");
    struct tov_checkpoint_opened opened;
    enum tov_err err = tov_checkpoint_open(bytes_of(one, "note"), &key, &opened, NULL);
    expect(one, err);
    if (err != TOV_OK)
        return;
    struct tov_hash root = hash_of(one, "root");
    CU_ASSERT_EQUAL(opened.checkpoint.size, number_of(one, "size"));
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(opened.checkpoint.root.bytes), TOV_BYTES_OF(root.bytes));
    UNIT_OK(tov_checkpoint_verify(&opened.checkpoint, &key, opened.signature));
}

static void check_cosignature(json_t *one)
{
    struct tov_vkey key = key_of(one, "key");
    struct tov_cosignature cosignature = {.time_s = number_of(one, "time")};
    UNIT_NEED(tov_hex_decode(bytes_of(one, "signature"), cosignature.signature, 64) == TOV_OK);
    expect(one, tov_cosignature_verify(&key, bytes_of(one, "text"), &cosignature));
}

static void check_range(json_t *one)
{
    size_t size = 0;
    uint8_t *bytes = unit_hex(text_of(one, "range"), &size);
    struct tov_range range;
    enum tov_err err = tov_range_decode((struct tov_bytes){bytes, size}, &range);
    expect(one, err);
    free(bytes);
    if (err != TOV_OK)
        return;
    struct tov_hash root = tov_range_root(&range), expected = hash_of(one, "root");
    CU_ASSERT_EQUAL(range.size, number_of(one, "size"));
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(root.bytes), TOV_BYTES_OF(expected.bytes));
}

static void check_proof(json_t *one)
{
    struct tov_proof proof = {0};
    json_t *hash;
    size_t i, size = 0;
    json_array_foreach(json_object_get(one, "proof"), i, hash)
    {
        proof.hashes[proof.count++] = unit_hash(json_string_value(hash));
    }
    if (strcmp(text_of(one, "kind"), "consistency") == 0) {
        struct tov_consistency claim = {number_of(one, "first"), number_of(one, "second"),
                                        hash_of(one, "first_root"), hash_of(one, "second_root")};
        expect(one, tov_consistency_verify(&claim, &proof));
        return;
    }
    uint8_t *leaf = unit_hex(text_of(one, "leaf"), &size);
    struct tov_inclusion claim = {number_of(one, "index"), number_of(one, "size"),
                                  tov_merkle_leaf_hash((struct tov_bytes){leaf, size}),
                                  hash_of(one, "root")};
    expect(one, tov_inclusion_verify(&claim, &proof));
    free(leaf);
}

static void check_tile(json_t *one)
{
    struct tov_bytes path = bytes_of(one, "path");
    struct tov_tile tile;
    bool is_bundle = strncmp(text_of(one, "path"), "leaves/", 7) == 0;
    enum tov_err err = is_bundle ? tov_bundle_parse(path, &tile) : tov_tile_parse(path, &tile);
    expect(one, err);
    if (err != TOV_OK)
        return;
    UNIT_EQUAL_INT(tile.level, json_integer_value(json_object_get(one, "level")));
    CU_ASSERT_EQUAL(tile.index, number_of(one, "index"));
    UNIT_EQUAL_INT(tile.width, json_integer_value(json_object_get(one, "width")));
}

static void check_tlogproof(json_t *one)
{
    struct tov_vkey key = key_of(one, "key");
    struct tov_tlogproof proof;
    struct tov_checkpoint checkpoint;
    size_t size = 0;
    uint8_t *leaf = unit_hex(text_of(one, "leaf"), &size);
    enum tov_err err = tov_tlogproof_parse(bytes_of(one, "proof"), &proof, NULL);
    if (err == TOV_OK)
        err = tov_tlogproof_verify(&proof, (struct tov_bytes){leaf, size}, &key, &checkpoint);
    expect(one, err);
    if (err == TOV_OK) {
        struct tov_buf again = TOV_BUF_INIT(TOV_TLOGPROOF_MAX_BYTES);
        tov_tlogproof_put(&again, &proof);
        UNIT_EQUAL_BYTES(tov_buf_view(&again), bytes_of(one, "proof"));
        tov_buf_fini(&again);
    }
    free(leaf);
}

static void check_policy(json_t *one)
{
    struct tov_policy *policy = NULL;
    struct tov_policy_verdict verdict = {.is_met = false};
    enum tov_err err = tov_policy_parse(bytes_of(one, "policy"), &policy, NULL);
    if (err == TOV_OK)
        err = tov_policy_judge(policy, bytes_of(one, "note"), &verdict, NULL);
    expect(one, err);
    UNIT_EQUAL_INT(verdict.is_met, json_is_true(json_object_get(one, "is_met")));
    tov_policy_destroy(policy);
}

static void check_ed25519(json_t *one)
{
    struct tov_hash public_key = hash_of(one, "public_key");
    uint8_t signature[64], message[1];
    UNIT_NEED(tov_hex_decode(bytes_of(one, "signature"), signature, 64) == TOV_OK);
    UNIT_NEED(tov_hex_decode(bytes_of(one, "message"), message, 1) == TOV_OK);
    expect(one, tov_ed25519_verify(public_key.bytes, TOV_BYTES_OF(message), signature));
}

static void verifier_keys_are_judged_as_written(void)
{
    each_case(FOLDER "vkeys.json", check_vkey);
}
static void notes_are_judged_as_written(void)
{
    each_case(FOLDER "notes.json", check_note);
}
static void checkpoints_are_judged_as_written(void)
{
    each_case(FOLDER "checkpoints.json", check_checkpoint);
}
static void cosignatures_are_judged_as_written(void)
{
    each_case(FOLDER "cosignatures.json", check_cosignature);
}
static void ranges_are_judged_as_written(void)
{
    each_case(FOLDER "ranges.json", check_range);
}
static void proofs_are_judged_as_written(void)
{
    each_case(FOLDER "proofs.json", check_proof);
}
static void paths_are_judged_as_written(void)
{
    each_case(FOLDER "tiles.json", check_tile);
}
static void tlog_proofs_are_judged_as_written(void)
{
    each_case(FOLDER "tlogproofs.json", check_tlogproof);
}
static void policies_are_judged_as_written(void)
{
    each_case(FOLDER "policies.json", check_policy);
}
static void signatures_are_judged_as_written(void)
{
    each_case(FOLDER "ed25519.json", check_ed25519);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(verifier_keys_are_judged_as_written),
        UNIT_TEST(notes_are_judged_as_written),
        UNIT_TEST(checkpoints_are_judged_as_written),
        UNIT_TEST(cosignatures_are_judged_as_written),
        UNIT_TEST(ranges_are_judged_as_written),
        UNIT_TEST(proofs_are_judged_as_written),
        UNIT_TEST(paths_are_judged_as_written),
        UNIT_TEST(tlog_proofs_are_judged_as_written),
        UNIT_TEST(policies_are_judged_as_written),
        UNIT_TEST(signatures_are_judged_as_written),
    };
    return unit_run("merkle/vectors", tests, sizeof tests / sizeof tests[0]);
}

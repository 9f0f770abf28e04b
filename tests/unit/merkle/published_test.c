/* SPDX-License-Identifier: EUPL-1.2
 *
 * The proof vectors of transparency-dev/merkle: 518 files, 482 of which must fail. They hold values
 * that are not 32 bytes long; such a root stands here as the hash of its bytes, equal when they are
 * equal, and such a leaf hash as another hash, equal to none.
 */
#include "merkle/proof.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "support/unit.h"

static struct {
    unsigned files, must_fail, wrong;
} seen;

/* KIND tells leaves from roots in values that are no hash. */
static struct tov_hash stand_in(char kind, struct tov_bytes bytes)
{
    struct tov_sha256 sha;
    struct tov_hash hash;
    tov_sha256_init(&sha);
    tov_sha256_update(&sha, &kind, 1);
    tov_sha256_update(&sha, bytes.data, bytes.size);
    tov_sha256_final(&sha, &hash);
    return hash;
}

static struct tov_hash decode_hash(char kind, json_t *value)
{
    const char *text = json_string_value(value);
    uint8_t bytes[256];
    size_t size = 0;
    struct tov_hash hash;
    UNIT_NEED(text != NULL &&
              tov_base64_decode(tov_bytes_of_text(text), bytes, sizeof bytes, &size) == TOV_OK);
    if (size != sizeof hash.bytes)
        return stand_in(kind, (struct tov_bytes){bytes, size});
    memcpy(hash.bytes, bytes, size);
    return hash;
}

static struct tov_hash read_hash(json_t *file, const char *name)
{
    return decode_hash(name[0], json_object_get(file, name));
}

/* Integers are read as reals: some are over 2^63, one is 2^64-1. */
static uint64_t read_number(json_t *file, const char *name)
{
    json_t *value = json_object_get(file, name);
    UNIT_NEED(json_is_real(value));
    double number = json_real_value(value);
    return number >= 18446744073709551615.0 ? UINT64_MAX : (uint64_t)number;
}

static struct tov_proof read_proof(json_t *file)
{
    struct tov_proof proof = {0};
    size_t i;
    json_t *value;
    json_array_foreach(json_object_get(file, "proof"), i, value)
    {
        UNIT_NEED(proof.count < TOV_PROOF_MAX_HASHES);
        proof.hashes[proof.count++] = decode_hash('p', value);
    }
    return proof;
}

static enum tov_err judge_inclusion(json_t *file, const struct tov_proof *proof)
{
    struct tov_inclusion claim = {read_number(file, "leafIdx"), read_number(file, "treeSize"),
                                  read_hash(file, "leafHash"), read_hash(file, "root")};
    return tov_inclusion_verify(&claim, proof);
}

static enum tov_err judge_subtree_inclusion(json_t *file, const struct tov_proof *proof)
{
    struct tov_subtree_inclusion claim = {read_number(file, "leafIdx"), read_number(file, "start"),
                                          read_number(file, "end"), read_hash(file, "leafHash"),
                                          read_hash(file, "root")};
    return tov_subtree_inclusion_verify(&claim, proof);
}

static enum tov_err judge_consistency(json_t *file, const struct tov_proof *proof)
{
    struct tov_consistency claim = {read_number(file, "size1"), read_number(file, "size2"),
                                    read_hash(file, "root1"), read_hash(file, "root2")};
    return tov_consistency_verify(&claim, proof);
}

static enum tov_err judge_subtree_consistency(json_t *file, const struct tov_proof *proof)
{
    struct tov_subtree_consistency claim = {read_number(file, "start"), read_number(file, "end"),
                                            read_number(file, "size"), read_hash(file, "root1"),
                                            read_hash(file, "root2")};
    return tov_subtree_consistency_verify(&claim, proof);
}

static enum tov_err judge(const char *path, json_t *file)
{
    struct tov_proof proof = read_proof(file);
    if (strstr(path, "/inclusion/") != NULL)
        return judge_inclusion(file, &proof);
    if (strstr(path, "/subtreeinclusion/") != NULL)
        return judge_subtree_inclusion(file, &proof);
    if (strstr(path, "/consistency/") != NULL)
        return judge_consistency(file, &proof);
    UNIT_NEED(strstr(path, "/subtreeconsistency/") != NULL);
    return judge_subtree_consistency(file, &proof);
}

/* The one place where we differ on purpose: growth from the empty tree needs no proof (as
 * tlog-witness has it), where that library calls the question an error. */
static bool is_growth_from_nothing(const char *path)
{
    return strstr(path, "/consistency/additional/size1-is-zero-and-size2-is-not-zero.json") != NULL;
}

static int judge_file(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info, (void)at;
    size_t length = strlen(path);
    if (type != FTW_F || length < 5 || strcmp(path + length - 5, ".json") != 0)
        return 0;
    json_t *file = json_load_file(path, JSON_DECODE_INT_AS_REAL, NULL);
    UNIT_NEED(file != NULL);
    bool must_fail = json_is_true(json_object_get(file, "wantErr"));
    enum tov_err err = judge(path, file);
    seen.files++;
    seen.must_fail += must_fail ? 1 : 0;
    bool expect_ok = !must_fail || is_growth_from_nothing(path);
    if ((err == TOV_OK) != expect_ok) {
        seen.wrong++;
        (void)fprintf(stderr, "%s: %s\n", path, tov_err_name(err));
    }
    json_decref(file);
    return 0;
}

static void all_published_proof_vectors_get_their_verdict(void)
{
    char folder[4096];
    (void)snprintf(folder, sizeof folder, "%s/merkle", unit_published_vectors());
    UNIT_EQUAL_INT(nftw(folder, judge_file, 16, FTW_PHYS), 0);
    UNIT_EQUAL_INT(seen.files, 518);
    UNIT_EQUAL_INT(seen.must_fail, 482);
    UNIT_EQUAL_INT(seen.wrong, 0);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(all_published_proof_vectors_get_their_verdict),
    };
    if (unit_published_vectors() == NULL)
        return unit_skip("published proof vectors (merkle/)");
    return unit_run("merkle/published", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cosigning peers' anchors.
 */
#include "guard_fixture.h"

#include <stdio.h>
#include <string.h>

#define PEER "infohus-demo/kbh-pol/1"

/* The nodes of the peer's tree, computed from its leaves. */
static enum tov_err peer_node(void *ctx, unsigned level, uint64_t index, struct tov_hash *out_hash)
{
    const struct tov_hash *leaves = ctx;
    struct tov_range range = {0};
    for (uint64_t i = index << level; i < (index + 1) << level; i++)
        TOV_TRY(tov_range_append(&range, &leaves[i]));
    *out_hash = tov_range_root(&range);
    return TOV_OK;
}

struct asked {
    struct fixture_key key;
    const struct tov_hash *leaves;
    uint64_t old_size, size;
};

/* Asks for a cosignature of the peer's tree of SIZE leaves with the proof from OLD_SIZE. */
static enum tov_guard_refusal ask(struct fixture *fixture, const struct asked *asked)
{
    struct tov_buf vkey = TOV_BUF_INIT(1024), note = TOV_BUF_INIT(4096);
    tov_vkey_format(&asked->key.vkey, &vkey);
    struct tov_hash root = {{0}};
    struct tov_range range = {0};
    for (uint64_t i = 0; i < asked->size; i++)
        UNIT_NEED(tov_range_append(&range, &asked->leaves[i]) == TOV_OK);
    root = tov_range_root(&range);
    struct tov_checkpoint checkpoint;
    uint8_t signature[TOV_ED25519_SIGNATURE_BYTES];
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(PEER), asked->size, &root, &checkpoint) ==
              TOV_OK);
    tov_checkpoint_sign(&checkpoint, asked->key.secret, signature);
    tov_checkpoint_put_note(&note, &checkpoint, &asked->key.vkey, signature);
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_COSIGN, 21);
    request.cosign.note = tov_buf_view(&note);
    request.cosign.vkey = tov_buf_view(&vkey);
    request.cosign.old_size = asked->old_size;
    request.cosign.time_s = 1625486400;
    struct tov_node_source source = {.ctx = (void *)(uintptr_t)asked->leaves, .node = peer_node};
    if (asked->old_size > 0 && asked->old_size <= asked->size)
        UNIT_NEED(tov_proof_make_consistency(&source, asked->old_size, asked->size,
                                             &request.cosign.proof) == TOV_OK);
    enum tov_guard_refusal refusal = fixture_call(fixture, &request);
    if (refusal == TOV_GUARD_DONE) {
        struct tov_vkey witness = fixture->witness.vkey;
        UNIT_NEED(tov_vkey_make(tov_bytes_of_text("w"), TOV_VKEY_COSIGNATURE,
                                fixture->witness.vkey.public_key, &witness) == TOV_OK);
        UNIT_OK(tov_checkpoint_verify_cosignature(&checkpoint, &witness,
                                                  &fixture->answer.cosign.cosignature));
    }
    tov_buf_fini(&note);
    tov_buf_fini(&vkey);
    return refusal;
}

static void it_cosigns_what_extends_and_remembers_over_a_restart(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    struct asked asked = {fixture_key_of(30, PEER), fixture.leaves, 0, 10};
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
    asked.old_size = 10;
    asked.size = 37;
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
    fixture_restart(&fixture);
    asked.old_size = 10;
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_OLD_SIZE);
    UNIT_EQUAL_INT(fixture.answer.cosign.own_size, 37);
    asked.old_size = 37; /* the same once more */
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
    asked.size = 40;
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
    fixture_fini(&fixture);
}

static void a_smaller_tree_is_answered_with_the_own_size_and_evidence(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    struct asked asked = {fixture_key_of(30, PEER), fixture.leaves, 0, 20};
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
    asked.old_size = 20;
    asked.size = 15;
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_OLD_SIZE);
    UNIT_EQUAL_INT(fixture.answer.cosign.own_size, 20);
    struct tov_guard_signature evidence = {.size = 20};
    memcpy(evidence.bytes, fixture.answer.cosign.own_signature, sizeof(evidence.bytes));
    CU_ASSERT_TRUE(fixture_is_signed(&fixture, PEER, &asked.key, &evidence));
    asked.old_size = 0; /* a first use that is none */
    asked.size = 30;
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_OLD_SIZE);
    asked.size = 0;
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_NOTE);
    fixture_fini(&fixture);
}

static void a_fork_is_refused_at_the_same_size_and_beyond(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    struct asked asked = {fixture_key_of(30, PEER), fixture.leaves, 0, 20};
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
    static struct tov_hash other[FIXTURE_LEAVES];
    memcpy(other, fixture.leaves, sizeof(other));
    other[5].bytes[0] ^= 1;
    asked.leaves = other;
    asked.old_size = 20;
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_FORK);
    UNIT_EQUAL_INT(fixture.answer.cosign.own_size, 20);
    asked.size = 33;
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_PROOF);
    asked.leaves = fixture.leaves;
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
    fixture_fini(&fixture);
}

static void the_key_of_first_use_is_pinned(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    struct asked asked = {fixture_key_of(30, PEER), fixture.leaves, 0, 20};
    /* Signed by somebody else: refused, and nothing is pinned. */
    struct asked forged = asked;
    memcpy(forged.key.secret, fixture.ledger.secret, sizeof(forged.key.secret));
    UNIT_EQUAL_INT(ask(&fixture, &forged), TOV_GUARD_R_PEER_SIGNATURE);
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
    struct asked renewed = {fixture_key_of(31, PEER), fixture.leaves, 20, 25};
    UNIT_EQUAL_INT(ask(&fixture, &renewed), TOV_GUARD_R_PEER_KEY);
    fixture_restart(&fixture);
    UNIT_EQUAL_INT(ask(&fixture, &renewed), TOV_GUARD_R_PEER_KEY);
    fixture_fini(&fixture);
}

static void with_the_witness_state_lost_or_damaged_nothing_is_cosigned(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    struct asked asked = {fixture_key_of(30, PEER), fixture.leaves, 0, 20};
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
    struct tov_bytes image = tov_guard_local_image(fixture.guard, TOV_GUARD_IMAGE_WITNESS);
    struct tov_buf copy = TOV_BUF_INIT(65536);
    tov_buf_put_bytes(&copy, image);
    fixture_lose(&fixture, TOV_GUARD_IMAGE_WITNESS);
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_STATE);
    CU_ASSERT_FALSE((fixture_hello(&fixture, TOV_GUARD_LEDGER), fixture.answer.hello.can_cosign));
    copy.data[512 + 50] ^= 1;
    copy.data[1024 + 50] ^= 1;
    struct tov_bytes images[TOV_GUARD_IMAGES] = {{0}, {0}, tov_buf_view(&copy)};
    fixture_restart_with(&fixture, images);
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_STATE);
    tov_buf_fini(&copy);
    fixture_fini(&fixture);
}

/* What is known of a peer by one copy alone may be older than what was cosigned: it is told. */
static void a_peer_of_whom_one_copy_is_damaged_is_told(void)
{
    struct fixture fixture;
    struct tov_guard_public_key key;
    fixture_init(&fixture);
    struct asked asked = {fixture_key_of(30, PEER), fixture.leaves, 0, 20};
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
    struct tov_buf copy = TOV_BUF_INIT(65536);
    tov_buf_put_bytes(&copy, tov_guard_local_image(fixture.guard, TOV_GUARD_IMAGE_WITNESS));
    memcpy(key.bytes, fixture.witness.vkey.public_key, sizeof key.bytes);
    for (size_t slot = 0; slot < 3; slot++) { /* the head counts as the sound one */
        struct tov_guard_witness *witness = NULL;
        copy.data[slot * TOV_GUARD_WITNESS_SLOT_BYTES + 50] ^= slot == 0 ? 0 : 1;
        UNIT_OK(tov_guard_witness_load(tov_buf_view(&copy), &key, &witness, NULL));
        UNIT_EQUAL_INT(tov_guard_witness_is_alone(witness), slot != 0);
        tov_guard_witness_destroy(witness);
        copy.data[slot * TOV_GUARD_WITNESS_SLOT_BYTES + 50] ^= slot == 0 ? 0 : 1;
    }
    tov_buf_fini(&copy);
    fixture_fini(&fixture);
}

/* Both slots of the record, with checksums that fit: damage that is not taken for another peer. */
static void a_record_whose_origin_has_a_nul_is_damaged(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    struct asked asked = {fixture_key_of(30, PEER), fixture.leaves, 0, 20};
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
    struct tov_buf copy = TOV_BUF_INIT(65536);
    tov_buf_put_bytes(&copy, tov_guard_local_image(fixture.guard, TOV_GUARD_IMAGE_WITNESS));
    const size_t body = TOV_GUARD_WITNESS_SLOT_BYTES - TOV_HASH_BYTES;
    for (size_t slot = 512; slot < copy.size; slot += TOV_GUARD_WITNESS_SLOT_BYTES) {
        uint8_t *origin = memmem(copy.data + slot, body, PEER, strlen(PEER));
        UNIT_NEED(origin != NULL);
        origin[5] = 0;
        struct tov_hash checksum = tov_sha256((struct tov_bytes){copy.data + slot, body});
        memcpy(copy.data + slot + body, checksum.bytes, sizeof(checksum.bytes));
    }
    struct tov_bytes images[TOV_GUARD_IMAGES] = {{0}, {0}, tov_buf_view(&copy)};
    fixture_restart_with(&fixture, images);
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_STATE);
    tov_buf_fini(&copy);
    fixture_fini(&fixture);
}

static void a_cosignature_that_was_not_stored_was_not_given(void)
{
    for (uint32_t before = 0; before < 2; before++) {
        for (size_t torn = 0; torn < 513; torn += 171) {
            struct fixture fixture;
            fixture_init(&fixture);
            struct asked asked = {fixture_key_of(30, PEER), fixture.leaves, 0, 20};
            tov_guard_local_fail_write(fixture.guard, before, torn);
            UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_DISK);
            fixture_restart(&fixture);
            /* Either it was never heard of, or it stands whole: both are right. */
            enum tov_guard_refusal refusal = ask(&fixture, &asked);
            CU_ASSERT_TRUE(refusal == TOV_GUARD_DONE || refusal == TOV_GUARD_R_PEER_OLD_SIZE);
            asked.old_size = 20;
            asked.size = 21;
            UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
            fixture_fini(&fixture);
        }
    }
}

static void own_trees_are_not_cosigned(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    struct asked asked = {fixture_key_of(30, FIXTURE_ORIGIN), fixture.leaves, 0, 20};
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_NOTE);
    asked.key = fixture_key_of(30, FIXTURE_ORIGIN "/journal/1");
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_NOTE);
    fixture_fini(&fixture);
}

static enum tov_err count_write(void *context, uint64_t offset, struct tov_bytes bytes)
{
    uint64_t *end = context;
    if (offset + bytes.size > *end)
        *end = offset + bytes.size;
    return TOV_OK;
}

static void peers_fill_the_file_to_its_limit_and_no_further(void)
{
    struct tov_guard_public_key key = {{9}}, other = {{8}};
    struct tov_buf image = TOV_BUF_INIT(4096);
    struct tov_guard_witness *witness = NULL;
    uint64_t end = 0;
    struct tov_guard_file file = {.context = &end, .write = count_write};
    UNIT_OK(tov_guard_witness_make_empty(&key, &image));
    UNIT_EQUAL_INT(tov_guard_witness_load(tov_buf_view(&image), &other, &witness, NULL), TOV_E_KEY);
    UNIT_OK(tov_guard_witness_load(tov_buf_view(&image), &key, &witness, NULL));
    struct tov_guard_peer peer = {.signature.size = 1};
    for (unsigned i = 0; i < TOV_GUARD_WITNESS_MAX; i++) {
        (void)snprintf(peer.origin, sizeof(peer.origin), "infohus-demo/kbh-pol/%u", i + 1);
        UNIT_NEED(tov_guard_witness_put(witness, &peer, &file) == TOV_OK);
    }
    UNIT_EQUAL_INT(end, TOV_GUARD_WITNESS_MAX_BYTES);
    (void)snprintf(peer.origin, sizeof(peer.origin), "infohus-demo/krfo/1");
    UNIT_EQUAL_INT(tov_guard_witness_put(witness, &peer, &file), TOV_E_LIMIT);
    UNIT_EQUAL_INT(end, TOV_GUARD_WITNESS_MAX_BYTES);
    tov_guard_witness_destroy(witness);
    tov_buf_fini(&image);
}

const struct unit_test guard_cosign_tests[] = {
    UNIT_TEST(it_cosigns_what_extends_and_remembers_over_a_restart),
    UNIT_TEST(a_smaller_tree_is_answered_with_the_own_size_and_evidence),
    UNIT_TEST(a_fork_is_refused_at_the_same_size_and_beyond),
    UNIT_TEST(the_key_of_first_use_is_pinned),
    UNIT_TEST(with_the_witness_state_lost_or_damaged_nothing_is_cosigned),
    UNIT_TEST(a_peer_of_whom_one_copy_is_damaged_is_told),
    UNIT_TEST(a_record_whose_origin_has_a_nul_is_damaged),
    UNIT_TEST(a_cosignature_that_was_not_stored_was_not_given),
    UNIT_TEST(own_trees_are_not_cosigned),
    UNIT_TEST(peers_fill_the_file_to_its_limit_and_no_further),
};
const size_t guard_cosign_count = sizeof(guard_cosign_tests) / sizeof(guard_cosign_tests[0]);

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cosigning peers' anchors.
 */
#include "guard_fixture.h"

#include "guard/guard_witness.h"

#include <stdio.h>
#include <string.h>

#define PEER FIXTURE_PEER

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
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(asked->key.vkey.name), asked->size, &root,
                                  &checkpoint) == TOV_OK);
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
    struct asked asked = {fixture_key_of(FIXTURE_PEER_KEY, PEER), fixture.leaves, 0, 10};
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
    struct asked asked = {fixture_key_of(FIXTURE_PEER_KEY, PEER), fixture.leaves, 0, 20};
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
    struct asked asked = {fixture_key_of(FIXTURE_PEER_KEY, PEER), fixture.leaves, 0, 20};
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

static void only_the_key_of_the_roster_is_cosigned(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    struct asked asked = {fixture_key_of(FIXTURE_PEER_KEY, PEER), fixture.leaves, 0, 20};
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
    struct asked asked = {fixture_key_of(FIXTURE_PEER_KEY, PEER), fixture.leaves, 0, 20};
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
    struct asked asked = {fixture_key_of(FIXTURE_PEER_KEY, PEER), fixture.leaves, 0, 20};
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
    struct asked asked = {fixture_key_of(FIXTURE_PEER_KEY, PEER), fixture.leaves, 0, 20};
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
            struct asked asked = {fixture_key_of(FIXTURE_PEER_KEY, PEER), fixture.leaves, 0, 20};
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

/* ---- a core that is not its own ---- */

/* What a guard of before this rule had taken from such a core: a record of ORIGIN with KEY. */
static void put_record(struct tov_guard_witness *witness, const char *origin, uint8_t key,
                       const struct tov_guard_file *file)
{
    struct tov_guard_peer peer = {.signature.size = 1000};
    (void)snprintf(peer.origin, sizeof(peer.origin), "%s", origin);
    memcpy(peer.public_key.bytes, fixture_key_of(key, origin).vkey.public_key, 32);
    UNIT_NEED(tov_guard_witness_put(witness, &peer, file) == TOV_OK);
}

static enum tov_err write_image(void *context, uint64_t offset, struct tov_bytes bytes)
{
    struct tov_buf *image = context;
    if (offset + bytes.size > image->size)
        UNIT_NEED(tov_buf_extend(image, (size_t)offset + bytes.size - image->size) != NULL);
    memcpy(image->data + offset, bytes.data, bytes.size);
    return TOV_OK;
}

/* Starts the guard again with FILL's records in its witness's state. */
static void restart_with_records(struct fixture *fixture,
                                 void (*fill)(struct tov_guard_witness *witness,
                                              const struct tov_guard_file *file))
{
    struct tov_guard_public_key key;
    struct tov_guard_witness *witness = NULL;
    struct tov_buf image = TOV_BUF_INIT(TOV_GUARD_WITNESS_MAX_BYTES);
    struct tov_guard_file file = {.context = &image, .write = write_image};
    memcpy(key.bytes, fixture->witness.vkey.public_key, sizeof key.bytes);
    UNIT_OK(tov_guard_witness_make_empty(&key, &image));
    UNIT_NEED(tov_guard_witness_load(tov_buf_view(&image), &key, &witness, NULL) == TOV_OK);
    fill(witness, &file);
    tov_guard_witness_destroy(witness);
    struct tov_bytes images[TOV_GUARD_IMAGES] = {
        tov_guard_local_image(fixture->guard, TOV_GUARD_IMAGE_LEDGER),
        tov_guard_local_image(fixture->guard, TOV_GUARD_IMAGE_JOURNAL), tov_buf_view(&image)};
    fixture_restart_with(fixture, images);
    tov_buf_fini(&image);
}

static void a_ledger_that_the_roster_does_not_know_gets_no_place(void)
{
    static const char *const origins[] = {"infohus-demo/kbh-pol/2", "infohus-demo/krfo/1",
                                          "andet-demo/kbh-pol/1",
                                          "infohus-demo/kbh-pol/1/journal/1", "andet"};
    struct fixture fixture;
    fixture_init(&fixture);
    size_t before = tov_guard_local_image(fixture.guard, TOV_GUARD_IMAGE_WITNESS).size;
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        struct asked asked = {fixture_key_of(30, origins[i]), fixture.leaves, 0, 20};
        UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_UNKNOWN);
    }
    UNIT_EQUAL_INT(tov_guard_local_image(fixture.guard, TOV_GUARD_IMAGE_WITNESS).size, before);
    struct asked false_key = {fixture_key_of(31, PEER), fixture.leaves, 0, 20};
    UNIT_EQUAL_INT(ask(&fixture, &false_key), TOV_GUARD_R_PEER_KEY);
    UNIT_EQUAL_INT(tov_guard_local_image(fixture.guard, TOV_GUARD_IMAGE_WITNESS).size, before);
    fixture_fini(&fixture);
}

static void an_agency_that_closed_is_cosigned_no_more(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    struct asked asked = {fixture_key_of(FIXTURE_PEER_KEY, PEER), fixture.leaves, 0, 20};
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
    fixture.agencies[1].closed = true;
    fixture_restart(&fixture);
    asked.old_size = 20;
    asked.size = 21;
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_UNKNOWN);
    fixture_fini(&fixture);
}

static void without_a_roster_nothing_is_cosigned(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    fixture.roster.agency_count = 0;
    fixture_restart(&fixture);
    struct asked asked = {fixture_key_of(FIXTURE_PEER_KEY, PEER), fixture.leaves, 0, 20};
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_UNKNOWN);
    fixture_fini(&fixture);
}

static void pin_falsely(struct tov_guard_witness *witness, const struct tov_guard_file *file)
{
    put_record(witness, PEER, 31, file);
}

static void a_key_that_was_pinned_falsely_gives_way_to_the_rosters(void)
{
    struct fixture fixture;
    fixture_init(&fixture);
    restart_with_records(&fixture, pin_falsely);
    struct asked asked = {fixture_key_of(31, PEER), fixture.leaves, 0, 20};
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_KEY);
    asked.key = fixture_key_of(FIXTURE_PEER_KEY, PEER);
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
    fixture_restart(&fixture);
    asked.size = 25;
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_OLD_SIZE);
    UNIT_EQUAL_INT(fixture.answer.cosign.own_size, 20);
    fixture_fini(&fixture);
}

/* Else the copy that is left says nothing of what was cosigned, and another history may be. */
static void what_took_the_place_of_a_false_key_stands_in_both_copies(void)
{
    for (size_t slot = 1; slot <= 2; slot++) {
        struct fixture fixture;
        struct tov_buf copy = TOV_BUF_INIT(65536);
        fixture_init(&fixture);
        restart_with_records(&fixture, pin_falsely);
        struct asked asked = {fixture_key_of(FIXTURE_PEER_KEY, PEER), fixture.leaves, 0, 20};
        UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
        tov_buf_put_bytes(&copy, tov_guard_local_image(fixture.guard, TOV_GUARD_IMAGE_WITNESS));
        copy.data[slot * TOV_GUARD_WITNESS_SLOT_BYTES + 50] ^= 1;
        struct tov_bytes images[TOV_GUARD_IMAGES] = {{0}, {0}, tov_buf_view(&copy)};
        fixture_restart_with(&fixture, images);
        asked.size = 25;
        UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_OLD_SIZE);
        UNIT_EQUAL_INT(fixture.answer.cosign.own_size, 20);
        tov_buf_fini(&copy);
        fixture_fini(&fixture);
    }
}

/* One place is of no agency of the roster; the others are of earlier ledgers. */
static void fill_with_former(struct tov_guard_witness *witness, const struct tov_guard_file *file)
{
    char origin[64];
    for (unsigned i = 0; i < TOV_GUARD_WITNESS_MAX; i++) {
        bool is_stranger = i == TOV_GUARD_WITNESS_MAX - 3;
        (void)snprintf(origin, sizeof origin, "infohus-demo/%s/%u",
                       is_stranger ? "ingen" : "kbh-pol", i + 1);
        put_record(witness, origin, 31, file);
    }
}

static void a_full_file_gives_away_what_nobody_can_need_and_nothing_else(void)
{
    struct fixture fixture;
    char second[64];
    fixture_init(&fixture);
    (void)snprintf(second, sizeof second, "infohus-demo/kbh-pol/%u", TOV_GUARD_WITNESS_MAX + 1);
    struct fixture_key key = fixture_key_of(FIXTURE_PEER_KEY, second);
    fixture.agencies[1].ledger = key.vkey;
    restart_with_records(&fixture, fill_with_former);
    struct asked asked = {key, fixture.leaves, 0, 20};
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
    fixture_restart(&fixture); /* it stands in both copies */
    asked.old_size = 20;
    asked.size = 25;
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_DONE);
    UNIT_EQUAL_INT(tov_guard_local_image(fixture.guard, TOV_GUARD_IMAGE_WITNESS).size,
                   TOV_GUARD_WITNESS_MAX_BYTES);
    (void)snprintf(second, sizeof second, "infohus-demo/kbh-pol/%u", TOV_GUARD_WITNESS_MAX + 2);
    asked = (struct asked){fixture_key_of(FIXTURE_PEER_KEY, second), fixture.leaves, 0, 20};
    fixture.agencies[1].ledger = asked.key.vkey;
    fixture_restart(&fixture);
    UNIT_EQUAL_INT(ask(&fixture, &asked), TOV_GUARD_R_PEER_FULL);
    fixture_fini(&fixture);
}

static void a_place_that_is_given_away_is_the_old_or_the_new_one_at_each_moment(void)
{
    struct tov_guard_public_key key = {{9}};
    for (unsigned fails_at = 0; fails_at < 3; fails_at++) {
        struct tov_buf image = TOV_BUF_INIT(4096);
        struct tov_guard_witness *witness = NULL;
        struct tov_guard_file file = {.context = &image, .write = write_image};
        UNIT_OK(tov_guard_witness_make_empty(&key, &image));
        UNIT_NEED(tov_guard_witness_load(tov_buf_view(&image), &key, &witness, NULL) == TOV_OK);
        put_record(witness, "infohus-demo/ingen/1", 31, &file);
        struct tov_guard_peer peer = {.signature.size = 7};
        (void)snprintf(peer.origin, sizeof(peer.origin), "%s", PEER);
        UNIT_OK(tov_guard_witness_replace(witness, 0, &peer, &file));
        UNIT_EQUAL_INT(tov_guard_witness_at(witness, 0)->sequence, 3);
        tov_guard_witness_destroy(witness);
        if (fails_at < 2) /* one copy is damaged later: the other one is the new record, too */
            image.data[(fails_at + 1) * TOV_GUARD_WITNESS_SLOT_BYTES + 50] ^= 1;
        UNIT_NEED(tov_guard_witness_load(tov_buf_view(&image), &key, &witness, NULL) == TOV_OK);
        UNIT_EQUAL_INT(tov_guard_witness_count(witness), 1);
        UNIT_EQUAL_TEXT(tov_guard_witness_at(witness, 0)->origin, PEER);
        tov_guard_witness_destroy(witness);
        tov_buf_fini(&image);
    }
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
    UNIT_TEST(only_the_key_of_the_roster_is_cosigned),
    UNIT_TEST(with_the_witness_state_lost_or_damaged_nothing_is_cosigned),
    UNIT_TEST(a_peer_of_whom_one_copy_is_damaged_is_told),
    UNIT_TEST(a_record_whose_origin_has_a_nul_is_damaged),
    UNIT_TEST(a_cosignature_that_was_not_stored_was_not_given),
    UNIT_TEST(own_trees_are_not_cosigned),
    UNIT_TEST(a_ledger_that_the_roster_does_not_know_gets_no_place),
    UNIT_TEST(an_agency_that_closed_is_cosigned_no_more),
    UNIT_TEST(without_a_roster_nothing_is_cosigned),
    UNIT_TEST(a_key_that_was_pinned_falsely_gives_way_to_the_rosters),
    UNIT_TEST(what_took_the_place_of_a_false_key_stands_in_both_copies),
    UNIT_TEST(a_full_file_gives_away_what_nobody_can_need_and_nothing_else),
    UNIT_TEST(a_place_that_is_given_away_is_the_old_or_the_new_one_at_each_moment),
    UNIT_TEST(peers_fill_the_file_to_its_limit_and_no_further),
};
const size_t guard_cosign_count = sizeof(guard_cosign_tests) / sizeof(guard_cosign_tests[0]);

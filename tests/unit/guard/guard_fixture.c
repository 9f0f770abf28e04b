/* SPDX-License-Identifier: EUPL-1.2
 *
 * See guard_fixture.h.
 */
#include "guard_fixture.h"

#include "merkle/tree.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

struct fixture_key fixture_key_of(uint8_t number, const char *name)
{
    struct fixture_key key = {0};
    uint8_t public_key[32];
    memset(key.seed.bytes, number, sizeof(key.seed.bytes));
    UNIT_NEED(crypto_sign_seed_keypair(public_key, key.secret, key.seed.bytes) == 0);
    UNIT_NEED(tov_vkey_make(tov_bytes_of_text(name), TOV_VKEY_ED25519, public_key, &key.vkey) ==
              TOV_OK);
    return key;
}

static void make_roots(struct fixture *fixture)
{
    static const char *const holders[FIXTURE_ROOTS] = {"kommune", "politi", "krfo"};
    struct tov_roots roots = {.federation = "infohus-demo", .threshold = 2, .count = FIXTURE_ROOTS};
    for (uint8_t i = 0; i < FIXTURE_ROOTS; i++) {
        struct tov_key_place place = {.federation = "infohus-demo", .owner = holders[i]};
        char name[TOV_ORIGIN_MAX_BYTES + 1];
        UNIT_NEED(tov_key_name(TOV_KEY_ROOT, &place, name) == TOV_OK);
        fixture->roots[i] = fixture_key_of((uint8_t)(10 + i), name);
        roots.keys[i] = fixture->roots[i].vkey;
    }
    fixture->roots_text = TOV_BUF_INIT(65536);
    tov_roots_format(&roots, &fixture->roots_text);
    UNIT_NEED(fixture->roots_text.failed == TOV_OK);
}

static const char *const endpoints[] = {"tcp://127.0.0.1:20000"};
static const uint16_t keepers[2][1] = {{2}, {1}};
static const struct tov_unit units[] = {
    {"vink", "Enheden", "", TOV_ROLE_BIT(TOV_ROLE_TOVHOLDER_KOMMUNE), 7}};

/* NUMBER is that of its keys, but for the ledger's. */
static struct tov_agency agency_of(uint8_t number, const char *name, const struct fixture_key *key)
{
    struct tov_agency agency = {.name = name,
                                .title = "Myndighed",
                                .regime = TOV_REGIME_GDPR,
                                .generation = 1,
                                .ledger = key->vkey,
                                .transport_count = 1,
                                .endpoints = endpoints,
                                .endpoint_count = 1,
                                .keeper_count = 1,
                                .units = units,
                                .unit_count = 1};
    char text[TOV_ORIGIN_MAX_BYTES + 1];
    (void)snprintf(text, sizeof text, "infohus-demo/%s/1/journal/1", name);
    agency.journal = fixture_key_of(number, text).vkey;
    (void)snprintf(text, sizeof text, "infohus-demo/%s/witness", name);
    struct fixture_key witness = fixture_key_of((uint8_t)(number + 1), text);
    UNIT_NEED(tov_vkey_make(tov_bytes_of_text(text), TOV_VKEY_COSIGNATURE, witness.vkey.public_key,
                            &agency.witness) == TOV_OK);
    memcpy(agency.control, fixture_key_of((uint8_t)(number + 2), text).vkey.public_key, 32);
    memset(agency.transport[0], number, 32);
    return agency;
}

static void make_roster(struct fixture *fixture)
{
    static struct tov_vkey roots[FIXTURE_ROOTS];
    struct fixture_key peer = fixture_key_of(FIXTURE_PEER_KEY, FIXTURE_PEER);
    fixture->agencies[0] = agency_of(40, "kk", &fixture->ledger);
    fixture->agencies[1] = agency_of(50, "kbh-pol", &peer);
    for (uint16_t i = 0; i < 2; i++) {
        fixture->agencies[i].number = (uint16_t)(i + 1);
        fixture->agencies[i].keepers = keepers[i];
        fixture->agencies[i].cvr = i == 0 ? "00000019" : "00000116";
    }
    for (size_t i = 0; i < FIXTURE_ROOTS; i++)
        roots[i] = fixture->roots[i].vkey;
    fixture->roster = (struct tov_roster_facts){.federation = "infohus-demo",
                                                .version = 1,
                                                .valid_until_ms = 4102444799000,
                                                .catalogue_version = 1,
                                                .calendar_version = 1,
                                                .witness_policy = TOV_WITNESS_TWO_THIRDS,
                                                .threshold = 2,
                                                .roots = roots,
                                                .root_count = FIXTURE_ROOTS,
                                                .agencies = fixture->agencies,
                                                .agency_count = 2};
}

void fixture_put_roster(const struct fixture *fixture, size_t signers, struct tov_buf *out)
{
    struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    tov_roster_format(&fixture->roster, &text);
    UNIT_NEED(tov_note_put_text(out, tov_buf_view(&text)) == TOV_OK);
    for (size_t i = 0; i < signers; i++) {
        uint8_t signature[TOV_ED25519_SIGNATURE_BYTES];
        tov_ed25519_sign(fixture->roots[i].secret, tov_buf_view(&text), signature);
        tov_note_put_signature(out, &fixture->roots[i].vkey, TOV_BYTES_OF(signature));
    }
    UNIT_NEED(out->failed == TOV_OK);
    tov_buf_fini(&text);
}

static void create_guard(struct fixture *fixture, const struct tov_bytes *images)
{
    struct tov_guard_local_options options = {.ledger_origin = FIXTURE_ORIGIN,
                                              .ledger_seed = fixture->ledger.seed,
                                              .journal_seed = fixture->journal.seed,
                                              .witness_seed = fixture->witness.seed,
                                              .roots = tov_buf_view(&fixture->roots_text),
                                              .roster = &fixture->roster,
                                              .fresh = images == NULL};
    for (size_t i = 0; images != NULL && i < TOV_GUARD_IMAGES; i++)
        options.images[i] = images[i];
    struct tov_error error = {.text = ""};
    if (tov_guard_local_create(&options, &fixture->guard, &error) != TOV_OK)
        unit_need(false, error.text, __FILE__, __LINE__);
}

void fixture_init(struct fixture *fixture)
{
    *fixture = (struct fixture){0};
    UNIT_NEED(sodium_init() >= 0);
    fixture->ledger = fixture_key_of(1, FIXTURE_ORIGIN);
    fixture->journal = fixture_key_of(2, FIXTURE_ORIGIN "/journal/1");
    fixture->witness = fixture_key_of(3, "infohus-demo/kk/witness");
    for (uint32_t i = 0; i < FIXTURE_LEAVES; i++) {
        uint8_t leaf[4];
        tov_put_be32(leaf, i);
        fixture->leaves[i] = tov_merkle_leaf_hash(TOV_BYTES_OF(leaf));
    }
    make_roots(fixture);
    make_roster(fixture);
    create_guard(fixture, NULL);
}

void fixture_fini(struct fixture *fixture)
{
    tov_guard_local_destroy(fixture->guard);
    tov_buf_fini(&fixture->roots_text);
}

void fixture_restart_with(struct fixture *fixture, const struct tov_bytes images[TOV_GUARD_IMAGES])
{
    struct tov_guard_local *old = fixture->guard;
    create_guard(fixture, images);
    tov_guard_local_destroy(old);
}

static void take_images(const struct fixture *fixture, struct tov_bytes images[TOV_GUARD_IMAGES])
{
    images[0] = tov_guard_local_image(fixture->guard, TOV_GUARD_IMAGE_LEDGER);
    images[1] = tov_guard_local_image(fixture->guard, TOV_GUARD_IMAGE_JOURNAL);
    images[2] = tov_guard_local_image(fixture->guard, TOV_GUARD_IMAGE_WITNESS);
}

void fixture_restart(struct fixture *fixture)
{
    struct tov_bytes images[TOV_GUARD_IMAGES];
    take_images(fixture, images);
    fixture_restart_with(fixture, images);
}

void fixture_lose(struct fixture *fixture, enum tov_guard_image image)
{
    struct tov_bytes images[TOV_GUARD_IMAGES];
    take_images(fixture, images);
    images[image] = (struct tov_bytes){0};
    fixture_restart_with(fixture, images);
}

enum tov_guard_refusal fixture_call(struct fixture *fixture,
                                    const struct tov_guard_request *request)
{
    UNIT_NEED(tov_guard_local_call(fixture->guard, request, &fixture->answer) == TOV_OK);
    UNIT_NEED(tov_guard_answer_is_for(&fixture->answer, request));
    return fixture->answer.refusal;
}

enum tov_guard_refusal fixture_append(struct fixture *fixture, enum tov_guard_tree tree,
                                      uint64_t from, uint64_t to)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_APPEND, 7);
    request.append.tree = tree;
    request.append.from_size = from;
    request.append.hashes = fixture->leaves + from;
    request.append.hash_count = (size_t)(to - from);
    request.append.sign_at[0] = to;
    request.append.sign_count = 1;
    return fixture_call(fixture, &request);
}

enum tov_guard_refusal fixture_resign(struct fixture *fixture, enum tov_guard_tree tree,
                                      uint64_t size)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_RESIGN, 8);
    request.resign.tree = tree;
    request.resign.size = size;
    return fixture_call(fixture, &request);
}

const struct tov_guard_tree_view *fixture_hello(struct fixture *fixture, enum tov_guard_tree tree)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_HELLO, 9);
    UNIT_NEED(fixture_call(fixture, &request) == TOV_GUARD_DONE);
    return &fixture->answer.hello.trees[tree - TOV_GUARD_LEDGER];
}

struct tov_range fixture_range(const struct fixture *fixture, uint64_t size)
{
    struct tov_range range = {0};
    for (uint64_t i = 0; i < size; i++)
        UNIT_NEED(tov_range_append(&range, &fixture->leaves[i]) == TOV_OK);
    return range;
}

struct tov_hash fixture_root(const struct fixture *fixture, uint64_t size)
{
    return tov_merkle_root(fixture->leaves, (size_t)size);
}

enum tov_guard_refusal fixture_state(struct fixture *fixture,
                                     const struct tov_guard_statement_text *text, size_t signers)
{
    struct tov_buf signed_text = TOV_BUF_INIT(4096);
    struct tov_buf note = TOV_BUF_INIT(4096);
    tov_guard_statement_format(text, &signed_text);
    UNIT_NEED(tov_note_put_text(&note, tov_buf_view(&signed_text)) == TOV_OK);
    for (size_t i = 0; i < signers; i++) {
        uint8_t signature[TOV_ED25519_SIGNATURE_BYTES];
        tov_ed25519_sign(fixture->roots[i].secret, tov_buf_view(&signed_text), signature);
        tov_note_put_signature(&note, &fixture->roots[i].vkey, TOV_BYTES_OF(signature));
    }
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_STATEMENT, 11);
    request.statement.note = tov_buf_view(&note);
    request.statement.range = fixture_range(fixture, text->size);
    enum tov_guard_refusal refusal = fixture_call(fixture, &request);
    tov_buf_fini(&note);
    tov_buf_fini(&signed_text);
    return refusal;
}

bool fixture_is_signed(const struct fixture *fixture, const char *origin,
                       const struct fixture_key *key, const struct tov_guard_signature *signature)
{
    struct tov_hash root = fixture_root(fixture, signature->size);
    struct tov_checkpoint checkpoint;
    struct tov_vkey vkey;
    if (tov_checkpoint_make(tov_bytes_of_text(origin), signature->size, &root, &checkpoint) !=
            TOV_OK ||
        tov_vkey_make(tov_bytes_of_text(origin), TOV_VKEY_ED25519, key->vkey.public_key, &vkey) !=
            TOV_OK)
        return false;
    return tov_checkpoint_verify(&checkpoint, &vkey, signature->bytes) == TOV_OK;
}

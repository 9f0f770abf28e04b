/* SPDX-License-Identifier: EUPL-1.2
 *
 * A guard in memory with known keys, a list of leaf hashes to feed it, root holders who sign
 * statements, and a peer with a tree of its own.
 * Not for: production code.
 */
#ifndef TOV_TESTS_GUARD_FIXTURE_H
#define TOV_TESTS_GUARD_FIXTURE_H

#include "guard/guard_client.h"
#include "guard/guard_statement.h"
#include "merkle/checkpoint.h"
#include "roster/keytext.h"
#include "roster/roster.h"
#include "support/unit.h"

#define FIXTURE_ORIGIN "infohus-demo/kk/1"
#define FIXTURE_PEER "infohus-demo/kbh-pol/1"
#define FIXTURE_PEER_KEY 30 /* of fixture_key_of: the one that the roster has */
#define FIXTURE_LEAVES 600
#define FIXTURE_ROOTS 3

struct fixture_key {
    struct tov_key seed;
    struct tov_vkey vkey;
    uint8_t secret[TOV_ED25519_SECRET_BYTES];
};

struct fixture {
    struct tov_guard_local *guard;
    struct tov_hash leaves[FIXTURE_LEAVES];
    struct fixture_key ledger, journal, witness;
    struct fixture_key roots[FIXTURE_ROOTS];
    struct tov_buf roots_text;      /* threshold 2 of 3 */
    struct tov_agency agencies[2];  /* kk, and the peer */
    struct tov_roster_facts roster; /* of both */
    struct tov_guard_answer answer; /* of the last call */
};

/* A fresh guard, size 0. */
void fixture_init(struct fixture *fixture);
void fixture_fini(struct fixture *fixture);
struct fixture_key fixture_key_of(uint8_t number, const char *name);

/* The roster as a note of which SIGNERS root holders have signed the text. */
void fixture_put_roster(const struct fixture *fixture, size_t signers, struct tov_buf *out);

/* What a crash leaves: starts the guard again over IMAGES (copied before the old one ends). */
void fixture_restart_with(struct fixture *fixture, const struct tov_bytes images[TOV_GUARD_IMAGES]);
void fixture_restart(struct fixture *fixture);
/* As after the loss of one state. */
void fixture_lose(struct fixture *fixture, enum tov_guard_image image);

/* Calls; the answer is in fixture->answer, the refusal is returned. */
enum tov_guard_refusal fixture_call(struct fixture *fixture,
                                    const struct tov_guard_request *request);
/* The leaves [from, to) of fixture->leaves, signed at TO. */
enum tov_guard_refusal fixture_append(struct fixture *fixture, enum tov_guard_tree tree,
                                      uint64_t from, uint64_t to);
enum tov_guard_refusal fixture_resign(struct fixture *fixture, enum tov_guard_tree tree,
                                      uint64_t size);
const struct tov_guard_tree_view *fixture_hello(struct fixture *fixture, enum tov_guard_tree tree);

/* The statement with the signatures of root holders 0..signers-1, and its range over the leaves. */
enum tov_guard_refusal fixture_state(struct fixture *fixture,
                                     const struct tov_guard_statement_text *text, size_t signers);
struct tov_range fixture_range(const struct fixture *fixture, uint64_t size);
struct tov_hash fixture_root(const struct fixture *fixture, uint64_t size);

/* Whether SIGNATURE is KEY's over the first signature->size of LEAVES under ORIGIN. */
bool fixture_is_signed(const struct fixture *fixture, const char *origin,
                       const struct fixture_key *key, const struct tov_guard_signature *signature);

/* Suites, each in its file. */
extern const struct unit_test guard_tree_tests[];
extern const size_t guard_tree_count;
extern const struct unit_test guard_state_tests[];
extern const size_t guard_state_count;
extern const struct unit_test guard_recover_tests[];
extern const size_t guard_recover_count;
extern const struct unit_test guard_cosign_tests[];
extern const size_t guard_cosign_count;

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * The inside of the guard, shared by the files that carry out its operations (guard_tree.c,
 * guard_statement.c, guard_cosign.c).
 * Not for: anybody outside daemon/guard.
 * Never change guard->trees before the changed copy has been saved (G2, G4).
 */
#ifndef TOV_GUARD_OBJECT_H
#define TOV_GUARD_OBJECT_H

#include "guard/guard.h"
#include "guard/guard_witness.h"
#include "merkle/checkpoint.h"
#include "roster/roster.h"

/* One tree's key, state and file. */
struct tov_guard_slot {
    struct tov_secret *secret; /* 64 bytes as libsodium keeps them; NULL: not held */
    struct tov_guard_public_key public_key;
    struct tov_guard_file file;
    bool present; /* the state is there; otherwise STATE means nothing */
    struct tov_hash ring[TOV_GUARD_RING_HASHES]; /* newest leaf hashes, by index modulo */
    struct tov_guard_state state;
};

/* An agency of the roster. */
struct tov_guard_known {
    struct tov_vkey ledger;
    bool closed;
};

struct tov_guard {
    char origin[TOV_ORIGIN_MAX_BYTES + 1]; /* of the ledger */
    struct tov_guard_slot trees[TOV_GUARD_TREES];
    uint64_t journal_seen;   /* highest j in any state */
    uint64_t statement_seen; /* highest number in any state */
    struct tov_secret *witness_secret;
    struct tov_guard_public_key witness_key;
    struct tov_guard_file witness_file;
    struct tov_guard_witness *witness; /* NULL: lost */
    unsigned damaged;                  /* enum tov_guard_damaged */
    bool has_roots;
    struct tov_roots roots;
    struct tov_guard_known *known; /* the other agencies */
    size_t known_count;
    enum tov_err stopped_by; /* TOV_OK: it goes on */
    uint32_t refused[TOV_GUARD_REFUSALS];
    enum tov_guard_refusal last_refusal;
};

/* The slot of TREE, or NULL for a number that is none. */
struct tov_guard_slot *tov_guard_slot_of(struct tov_guard *guard, enum tov_guard_tree tree);

/* guard_known.c */
enum tov_err tov_guard_take_roster(struct tov_guard *guard,
                                   const struct tov_roster_facts *roster) TOV_MUST_CHECK;
/* The key that the roster has for ORIGIN, of an agency that is not closed, or NULL. */
const struct tov_vkey *tov_guard_known_find(const struct tov_guard *guard, const char *origin);
bool tov_guard_is_pinned(const struct tov_guard_peer *peer, const struct tov_vkey *key);
/* The place of a peer that tov_guard_doubtful_peers counts. */
bool tov_guard_find_doubtful(const struct tov_guard *guard, size_t *out_number);

/* A state could not be written, for CAUSE: from now on the guard refuses all. */
enum tov_guard_refusal tov_guard_stop(struct tov_guard *guard, enum tov_err cause);
/* Saves NEXT and then puts it in place of SLOT's state. DISK and SPACE stop the guard for good. */
enum tov_guard_refusal tov_guard_commit(struct tov_guard *guard, struct tov_guard_slot *slot,
                                        struct tov_guard_state *next);

void tov_guard_view(const struct tov_guard_slot *slot, struct tov_guard_tree_view *out_view);

/* The operations: the refusal, and the member of the answer. */
enum tov_guard_refusal tov_guard_do_append(struct tov_guard *guard,
                                           const struct tov_guard_append *append,
                                           struct tov_guard_append_answer *out_answer);
enum tov_guard_refusal tov_guard_do_hashes(struct tov_guard *guard,
                                           const struct tov_guard_hashes *hashes,
                                           struct tov_guard_hashes_answer *out_answer);
enum tov_guard_refusal tov_guard_do_resign(struct tov_guard *guard,
                                           const struct tov_guard_resign *resign,
                                           struct tov_guard_signed *out_answer);
enum tov_guard_refusal tov_guard_do_journal_next(struct tov_guard *guard,
                                                 const struct tov_guard_journal_next *next,
                                                 struct tov_guard_signed *out_answer);
enum tov_guard_refusal tov_guard_do_statement(struct tov_guard *guard,
                                              const struct tov_guard_statement *statement,
                                              struct tov_guard_tree_view *out_view);
enum tov_guard_refusal tov_guard_do_cosign(struct tov_guard *guard,
                                           const struct tov_guard_cosign *cosign,
                                           struct tov_guard_cosign_answer *out_answer);

#endif

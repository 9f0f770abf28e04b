/* SPDX-License-Identifier: EUPL-1.2
 *
 * The guard: the one holder of the ledger, journal and witness keys (docs/guard.md, I4). It is fed
 * leaf hashes, appends them itself and signs only the root that it computed. An object over keys,
 * states and files; no clock, no randomness, no socket.
 * Not for: content, of any kind. Nothing but hashes, sizes, notes and signatures comes here.
 * Never let an answer leave when tov_guard_stopped_by is no longer TOV_OK.
 *
 * G1 Every signed tree extends the tree that was signed before it in the same origin.
 * G2 No signature is answered before the state that has it is on stable storage.
 * G3 A lost or unreadable state signs nothing until the root threshold says where to go on.
 * G4 A refusal changes no state.
 */
#ifndef TOV_GUARD_H
#define TOV_GUARD_H

#include "base/secret.h"
#include "guard/guard_protocol.h"
#include "guard/guard_state.h"
#include "roster/roster.h"

struct tov_guard;

/* A tree or the witness: its Ed25519 seed and its state as it was read at start. */
struct tov_guard_part {
    const struct tov_key *seed; /* NULL: the guard does not hold this key */
    struct tov_bytes image;     /* the whole state file; empty: lost */
    struct tov_guard_file file; /* where it is written */
};

struct tov_guard_setup {
    const char *ledger_origin; /* <federation>/<agency>/<generation> */
    struct tov_guard_part ledger;
    struct tov_guard_part journal;
    struct tov_guard_part witness;
    struct tov_bytes roots; /* the roots file (docs/guard.md); empty: no statement is accepted */
    /* Of the roster that these have signed: which peers there are. NULL: none is cosigned. */
    const struct tov_roster_facts *roster;
};

/* Copies what it needs from SETUP but the files' contexts, which must outlive it. A state that is
 * lost or unreadable is no failure (G3); one that belongs to another key or origin is TOV_E_KEY. */
enum tov_err tov_guard_create(const struct tov_guard_setup *setup, struct tov_guard **out_guard,
                              struct tov_error *error) TOV_MUST_CHECK;
void tov_guard_destroy(struct tov_guard *guard);

/* Of which states one of the two copies was damaged when they were loaded: a bit for ledger,
 * journal and witness. The other copy is used, and may be older (docs/guard.md). */
enum tov_guard_damaged {
    TOV_GUARD_DAMAGED_LEDGER = 1,
    TOV_GUARD_DAMAGED_JOURNAL = 2,
    TOV_GUARD_DAMAGED_WITNESS = 4
};
unsigned tov_guard_damaged(const struct tov_guard *guard);
/* That there is a witness key and no state of it to be read: no peer's anchor is ever cosigned. */
bool tov_guard_witness_is_lost(const struct tov_guard *guard);

/* How many peers stand in the witness's state that the roster does not know, or with another key
 * than it says: no node made them so whose core is its own (docs/guard.md). */
size_t tov_guard_doubtful_peers(const struct tov_guard *guard);

/* Does what REQUEST asks or refuses (answer->refusal), counts the refusal, fills ANSWER. Blocks
 * for at most two syncs; three when the request is a statement or a new journal. */
void tov_guard_handle(struct tov_guard *guard, const struct tov_guard_request *request,
                      struct tov_guard_answer *out_answer);

/* As tov_guard_handle, from payload to payload: appends the answer's payload to OUT and sets its
 * kind. TOV_E_NOMEM only; a request that cannot be read is answered as MALFORMED. */
enum tov_err tov_guard_handle_payload(struct tov_guard *guard, uint8_t kind,
                                      struct tov_bytes payload, uint8_t *out_kind,
                                      struct tov_buf *out) TOV_MUST_CHECK;

/* Why a state could not be written: every later request is refused, the process ends. TOV_E_FULL
 * and TOV_E_NOMEM: for want of room, another start may do. TOV_OK: it goes on. */
enum tov_err tov_guard_stopped_by(const struct tov_guard *guard);
/* The refusal of the last request (for the log of the process). */
enum tov_guard_refusal tov_guard_last_refusal(const struct tov_guard *guard);

TOV_DEFINE_CLEANUP(tov_guard, struct tov_guard, tov_guard_destroy)

#endif

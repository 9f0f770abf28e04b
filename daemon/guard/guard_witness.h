/* SPDX-License-Identifier: EUPL-1.2
 *
 * What this agency as a witness must never forget: for each peer ledger the key that was pinned at
 * first use, which is the roster's, and the largest checkpoint that was cosigned (C2SP
 * tlog-witness). One file, grown in place, two slots of 512 bytes for each peer. Not for: own trees
 * (guard_state.h). Never make a new empty file for a witness key that has cosigned: make a new key
 * (docs/guard.md).
 */
#ifndef TOV_GUARD_WITNESS_H
#define TOV_GUARD_WITNESS_H

#include "guard/guard_state.h"

#define TOV_GUARD_WITNESS_MAX 4096u /* peer ledgers: agencies and their generations */
#define TOV_GUARD_WITNESS_HEAD_BYTES 512u
#define TOV_GUARD_WITNESS_SLOT_BYTES 512u
#define TOV_GUARD_WITNESS_MAX_BYTES \
    (TOV_GUARD_WITNESS_HEAD_BYTES + TOV_GUARD_WITNESS_MAX * 2u * TOV_GUARD_WITNESS_SLOT_BYTES)

/* One peer ledger. The signature is the peer's own over (origin, size, root), so the whole signed
 * checkpoint can be shown as evidence of a fork. */
struct tov_guard_peer {
    uint64_t sequence;
    char origin[TOV_ORIGIN_MAX_BYTES + 1];
    struct tov_guard_public_key public_key;
    struct tov_hash root;
    struct tov_guard_signature signature;
};

struct tov_guard_witness;

/* Appends to OUT the bytes of the file of a witness that has cosigned nothing. */
enum tov_err tov_guard_witness_make_empty(const struct tov_guard_public_key *public_key,
                                          struct tov_buf *out) TOV_MUST_CHECK;

/* Reads a whole file. TOV_E_NOT_FOUND: IMAGE is empty; TOV_E_CORRUPT: a record that had been
 * answered for cannot be read, or the file is of another key (TOV_E_KEY). */
enum tov_err tov_guard_witness_load(struct tov_bytes image,
                                    const struct tov_guard_public_key *public_key,
                                    struct tov_guard_witness **out_witness,
                                    struct tov_error *error) TOV_MUST_CHECK;
/* Of some peer one of the two copies was damaged when it was loaded: the other, perhaps older, one
 * is what is known of it. */
bool tov_guard_witness_is_alone(const struct tov_guard_witness *witness);
void tov_guard_witness_destroy(struct tov_guard_witness *witness);

size_t tov_guard_witness_count(const struct tov_guard_witness *witness);
/* The record at place NUMBER, below the count; valid until the next put. */
const struct tov_guard_peer *tov_guard_witness_at(const struct tov_guard_witness *witness,
                                                  size_t number);
/* The record of ORIGIN, or NULL; valid until the next put. */
const struct tov_guard_peer *tov_guard_witness_find(const struct tov_guard_witness *witness,
                                                    const char *origin);

/* Adds or replaces the record of peer->origin (sequence is set here) and writes it: a new one to
 * both slots, so that later damage to it is never taken for absence. TOV_E_LIMIT: full. After any
 * other failure the outcome is not known and the caller must end. */
enum tov_err tov_guard_witness_put(struct tov_guard_witness *witness,
                                   const struct tov_guard_peer *peer,
                                   const struct tov_guard_file *file) TOV_MUST_CHECK;

/* Writes PEER in both slots of place NUMBER, whose record is forgotten; no other place has one of
 * its origin. Errors as of put, but LIMIT. */
enum tov_err tov_guard_witness_replace(struct tov_guard_witness *witness, size_t number,
                                       const struct tov_guard_peer *peer,
                                       const struct tov_guard_file *file) TOV_MUST_CHECK;

#endif

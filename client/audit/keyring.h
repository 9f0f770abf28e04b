/* SPDX-License-Identifier: EUPL-1.2
 *
 * The rosters of an export: their chain of signatures, and from it the key of each ledger, journal
 * and witness.
 * Not for: keys that sign nothing in an export (control, transport, epochs).
 * Never use a key of a roster above the first one that does not verify.
 */
#ifndef TOV_AUDIT_KEYRING_H
#define TOV_AUDIT_KEYRING_H

#include "audit/finding.h"
#include "audit/folder.h"
#include "roster/roster.h"

#define TOV_KEYRING_KEYS_MAX 8192u
#define TOV_KEYRING_ROSTERS_MAX 65536u

struct tov_ledger_key {
    uint16_t agency;
    uint32_t generation;
    struct tov_vkey ledger;
    struct tov_vkey journal; /* of the journal that the roster names */
};

struct tov_keyring {
    bool is_anchored; /* by root keys from outside the export */
    bool is_trusted;  /* is_anchored, or nobody gave such keys */
    struct tov_roster *newest;
    uint32_t first_version;
    size_t roster_count;
    struct tov_hash *roster_hashes; /* of first_version and on */
    size_t key_count;
    struct tov_ledger_key *keys;
    /* Of all rosters, since cosignatures stay when a witness has a new key; whose each is. */
    size_t witness_count;
    struct tov_vkey *witnesses;
    uint16_t *witness_agencies;
};
void tov_keyring_fini(struct tov_keyring *keyring);

/* ROOTS may be NULL: then the oldest roster vouches for itself. Findings tell what does not verify.
 * NOMEM. *OUT_KEYRING in any case; destroy it. */
enum tov_err tov_keyring_load(const struct tov_folder *folder, const struct tov_roots *roots,
                              struct tov_findings *findings,
                              struct tov_keyring *out_keyring) TOV_MUST_CHECK;

/* Borrowed, NULL when there is none. */
const struct tov_ledger_key *tov_keyring_ledger(const struct tov_keyring *keyring, uint16_t agency,
                                                uint32_t generation);
/* The key of journal NUMBER of that ledger, under its own name. NOT_FOUND. */
enum tov_err tov_keyring_journal(const struct tov_ledger_key *key, uint32_t number,
                                 struct tov_vkey *out_key) TOV_MUST_CHECK;
/* The keys that the witness of AGENCY has, or had: NUMBER from 0, NULL behind the last one. */
const struct tov_vkey *tov_keyring_witness(const struct tov_keyring *keyring, uint16_t agency,
                                           size_t number);
const struct tov_hash *tov_keyring_roster_hash(const struct tov_keyring *keyring, uint32_t version);
/* "kk", or "agency 7" for one that no roster names; valid until the next call. */
const char *tov_keyring_name(const struct tov_keyring *keyring, uint16_t agency);

#endif

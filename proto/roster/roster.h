/* SPDX-License-Identifier: EUPL-1.2
 *
 * The roster: one signed text that says which agencies make up the federation, with which keys,
 * units, keepers and policies. Its line format is specified in docs/roster.md.
 * Not for: reading files or clocks (an expired roster parses well: it warns, it never stops).
 * Never trust a parsed roster before tov_roster_verify, or tov_roster_verify_successor against one
 * that was verified, has said TOV_OK.
 *
 * Invariants of every struct tov_roster that tov_roster_parse gives out:
 *   R1 agencies ascend by number; numbers, names and CVRs occur once.
 *   R2 no two keys are equal (one key, one use), over all agencies, roots and revocations.
 *   R3 every keeper, successor and revoked origin names an agency of the roster.
 *   R4 an open agency has at least min(2, number of other open agencies) keepers.
 *   R5 formatting its facts again gives the note text byte for byte.
 */
#ifndef TOV_ROSTER_ROSTER_H
#define TOV_ROSTER_ROSTER_H

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/limits.h"
#include "merkle/note.h"
#include "roster/role.h"

#define TOV_ROOTS_MAX 16u         /* root keys of one roster */
#define TOV_UNITS_MAX 128u        /* of one agency */
#define TOV_ENDPOINTS_MAX 4u      /* of one agency */
#define TOV_KEEPERS_MAX 32u       /* of one agency */
#define TOV_TRANSPORT_KEYS_MAX 2u /* two while one replaces the other */
#define TOV_REVOCATIONS_MAX 1024u
#define TOV_TITLE_MAX_BYTES 200u /* Danish titles of agencies and units, UTF-8 */
#define TOV_UNIT_PATH_MAX_BYTES (2u * TOV_NAME_MAX_BYTES + 1u) /* "kk/vink" */

/* A unit of an agency. Texts are owned by the roster. */
struct tov_unit {
    const char *name;
    const char *title;     /* Danish */
    const char *gln;       /* 13 digits, or "" */
    uint32_t roles;        /* TOV_ROLE_BIT mask of the roles that persons may have there */
    uint32_t cooperations; /* TOV_COOPERATION_BIT mask */
};

struct tov_agency {
    uint16_t number; /* 1..1024, never given to another agency */
    const char *name;
    const char *title; /* Danish */
    const char *cvr;   /* 8 digits */
    enum tov_regime regime;
    uint32_t generation;     /* of its ledger, from 1 */
    struct tov_vkey ledger;  /* key name = origin <federation>/<agency>/<generation> */
    struct tov_vkey journal; /* key name = .../journal/<j>, j as when the roster was made; the same
                              * public key signs later journals of the generation */
    struct tov_vkey witness; /* type 0x04, key name <federation>/<agency>/witness */
    uint8_t control[32];     /* Ed25519 public key */
    uint8_t transport[TOV_TRANSPORT_KEYS_MAX][32]; /* CURVE (X25519) public keys */
    size_t transport_count;                        /* 1 or 2; the first is the one to dial with */
    const char *const *endpoints;                  /* "tcp://host:port" */
    size_t endpoint_count;                         /* 0: dials out only */
    const uint16_t *keepers;                       /* agency numbers, ascending */
    size_t keeper_count;
    const struct tov_unit *units;
    size_t unit_count;
    bool closed;        /* it keeps its number and keys for old entries, and takes no part */
    uint16_t successor; /* of a closed agency: who takes over its duties, 0 nobody */
};

/* A ledger or journal key that is valid for what stands at or below an anchor, and void above. */
struct tov_revocation {
    struct tov_vkey key; /* its name is the origin */
    uint16_t agency;
    uint64_t size; /* of the last tree that counts */
    struct tov_hash root;
};

enum tov_witness_policy {
    TOV_WITNESS_NONE = 1,      /* no number of cosignatures makes an anchor "witnessed" */
    TOV_WITNESS_TWO_THIRDS = 2 /* floor(2n/3)+1 of the n other open agencies */
};

/* All that a roster says, as plain values. The parser's result borrows from the roster. */
struct tov_roster_facts {
    const char *federation;
    uint32_t version;         /* from 1 */
    struct tov_hash previous; /* zeros for version 1 */
    uint64_t valid_until_ms;
    uint32_t catalogue_version;
    uint32_t calendar_version;
    enum tov_witness_policy witness_policy;
    uint32_t threshold; /* root keys needed for the next change */
    const struct tov_vkey *roots;
    size_t root_count;
    const struct tov_agency *agencies;
    size_t agency_count;
    const struct tov_revocation *revocations;
    size_t revocation_count;
};

struct tov_roster;

/* Reads NOTE (text, empty line, signature lines; or a text that nobody signed yet, which ends
 * without the empty line) of at most TOV_ROSTER_MAX_BYTES. Copies what it keeps. Checks form and
 * R1-R5, no signature. Errors: MALFORMED, LIMIT, NOMEM; the words say line, field, remedy. */
enum tov_err tov_roster_parse(struct tov_bytes note, struct tov_roster **out_roster,
                              struct tov_error *error) TOV_MUST_CHECK;
void tov_roster_destroy(struct tov_roster *roster); /* NULL is fine */
TOV_DEFINE_CLEANUP(tov_roster, struct tov_roster, tov_roster_destroy)

const struct tov_roster_facts *tov_roster_facts(const struct tov_roster *roster);
const char *tov_roster_federation(const struct tov_roster *roster);
uint32_t tov_roster_version(const struct tov_roster *roster);
/* SHA-256 of the note's text, its signatures left out. */
struct tov_hash tov_roster_hash(const struct tov_roster *roster);
struct tov_bytes tov_roster_text(const struct tov_roster *roster); /* what is signed and hashed */
struct tov_bytes tov_roster_note(const struct tov_roster *roster); /* with its signatures */
/* The federation's name ends in "-demo": keys without passphrase are accepted, and every program
 * says so. */
bool tov_roster_is_demo(const struct tov_roster *roster);

/* Lookups: borrowed, NULL when there is none. By transport key only open agencies are found. */
const struct tov_agency *tov_roster_agency(const struct tov_roster *roster, uint16_t number);
const struct tov_agency *tov_roster_agency_by_name(const struct tov_roster *roster,
                                                   struct tov_bytes name);
const struct tov_agency *tov_roster_agency_by_transport(const struct tov_roster *roster,
                                                        const uint8_t key[32]);
/* ORIGIN is "<federation>/<agency>/<generation>[/journal/<j>]" with any generation. */
const struct tov_agency *tov_roster_agency_by_origin(const struct tov_roster *roster,
                                                     struct tov_bytes origin);
/* PATH is "kk/vink". OUT_AGENCY may be NULL. */
const struct tov_unit *tov_roster_unit(const struct tov_roster *roster, struct tov_bytes path,
                                       const struct tov_agency **out_agency);
const struct tov_unit *tov_agency_unit(const struct tov_agency *agency, struct tov_bytes name);
bool tov_agency_has_keeper(const struct tov_agency *agency, uint16_t keeper_number);
/* The revocation of exactly this origin, or NULL. */
const struct tov_revocation *tov_roster_revocation(const struct tov_roster *roster,
                                                   struct tov_bytes origin);
/* Whether entry INDEX of that ledger stands above the point at which its key was revoked: then it
 * is void, whenever it was received. */
bool tov_roster_is_void(const struct tov_roster *roster, uint16_t agency, uint32_t generation,
                        uint64_t index);

/* Writes what ROSTER's policy asks for one agency's log as a C2SP tlog-policy text (log, witness,
 * group, quorum lines): merkle/policy.h reads it. */
void tov_roster_format_policy(const struct tov_roster *roster, const struct tov_agency *agency,
                              struct tov_buf *out);
/* Cosignatures of other agencies that make an anchor of AGENCY witnessed; 0: the policy is none. */
size_t tov_roster_witness_quorum(const struct tov_roster *roster, uint16_t agency);

/* The text for FACTS, as docs/roster.md says. Does not check them: parse the result. */
void tov_roster_format(const struct tov_roster_facts *facts, struct tov_buf *out);

/* ---- trust ---- */

/* The root keys that somebody trusts: what `--roots FILE` holds. */
struct tov_roots {
    char federation[TOV_NAME_MAX_BYTES + 1];
    uint32_t threshold;
    size_t count;
    struct tov_vkey keys[TOV_ROOTS_MAX];
};
enum tov_err tov_roots_parse(struct tov_bytes text, struct tov_roots *out_roots,
                             struct tov_error *error) TOV_MUST_CHECK;
void tov_roots_format(const struct tov_roots *roots, struct tov_buf *out);
/* The roots that ROSTER itself names: for its successor, never for itself. */
void tov_roster_roots(const struct tov_roster *roster, struct tov_roots *out_roots);
/* The threshold of distinct root keys (by public key) has signed NOTE, whatever it says: rosters,
 * and statements for the guard. SIGNATURE, or MALFORMED when it is no note. */
enum tov_err tov_roots_verify(const struct tov_roots *roots, struct tov_bytes note,
                              struct tov_error *error) TOV_MUST_CHECK;

/* ROSTER is of the federation of ROOTS and signed by their threshold. */
enum tov_err tov_roster_verify(const struct tov_roster *roster, const struct tov_roots *roots,
                               struct tov_error *error) TOV_MUST_CHECK;
/* NEXT may follow PREVIOUS, which is trusted: same federation, version + 1, its hash, the
 * thresholds of the old and of the new roots; no agency vanishes or changes its name; no generation
 * falls; a new ledger or journal key is a new generation and the old keys are revoked at an anchor;
 * no revocation changes. SIGNATURE, PROOF (hash) or RULE. */
enum tov_err tov_roster_verify_successor(const struct tov_roster *previous,
                                         const struct tov_roster *next,
                                         struct tov_error *error) TOV_MUST_CHECK;

/* The same without the signatures: before they are made. */
enum tov_err tov_roster_check_successor(const struct tov_roster *previous,
                                        const struct tov_roster *next,
                                        struct tov_error *error) TOV_MUST_CHECK;

/* ---- names and origins ---- */

struct tov_origin {
    struct tov_bytes federation;
    struct tov_bytes agency;
    uint32_t generation;
    uint32_t journal; /* 0: the ledger itself */
};
/* "<federation>/<agency>/<generation>", and "/journal/<j>" when JOURNAL is not 0. LIMIT when the
 * names are too long. OUT is NUL-terminated. */
enum tov_err tov_origin_format(const char *federation, const char *agency, uint32_t generation,
                               uint32_t journal, char out[TOV_ORIGIN_MAX_BYTES + 1]) TOV_MUST_CHECK;
/* The parts borrow from TEXT. */
enum tov_err tov_origin_parse(struct tov_bytes text, struct tov_origin *out) TOV_MUST_CHECK;

/* 1..63 of a-z 0-9 and single inner '-' or '.': federations, agencies, units, clients. */
bool tov_name_is_valid(struct tov_bytes name);
bool tov_cvr_is_valid(struct tov_bytes cvr); /* 8 digits, weights 2 7 6 5 4 3 2 1, modulus 11 */
bool tov_gln_is_valid(struct tov_bytes gln); /* 13 digits, GS1 check digit */
bool tov_endpoint_is_valid(struct tov_bytes endpoint); /* tcp://host:port, tcp://[v6]:port */

#endif

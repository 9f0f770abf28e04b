/* SPDX-License-Identifier: EUPL-1.2
 *
 * Leaves of a ledger and of a journal: canonical binary layouts, big-endian, one byte string for
 * one value (docs/protocol.md section 3 is the same table for other implementers).
 * Not for: hashing (merkle/tree.h) or deciding whom a leaf is disclosed to (ledger/disclose.h).
 * Never hash a leaf that was encoded again: hash the bytes that were stored or received (I6).
 *
 *   offset size  every leaf
 *        0    4  "TOVL"
 *        4    1  version, 1
 *        5    1  type
 *        6    2  zero
 *        8    8  time, ms since 1970 (the clock's claim)
 *       16   16  random blind
 *       32    .  fields of the type, see leaf.c
 */
#ifndef TOV_WIRE_LEAF_H
#define TOV_WIRE_LEAF_H

#include "base/hash.h"
#include "base/limits.h"
#include "wire/ref.h"

#define TOV_LEAF_VERSION 1
#define TOV_BLIND_BYTES 16
#define TOV_MESSAGE_ID_BYTES 16
#define TOV_SALT_BYTES 32
#define TOV_SUITE_X25519_CHACHA 1 /* DHKEM(X25519) HKDF-SHA256 ChaCha20-Poly1305 */

enum tov_leaf_type {
    TOV_LEAF_GENESIS = 1,
    TOV_LEAF_MESSAGE = 2,
    TOV_LEAF_RECEIPT = 3,
    TOV_LEAF_EPOCH_KEY = 4,
    TOV_LEAF_ANCHOR = 5,
    TOV_LEAF_ROSTER = 6,
    TOV_LEAF_JOURNAL_ROOT = 7,
    TOV_LEAF_ERASED = 8,
    TOV_LEAF_LOST = 9,
    /* only in the journal, disclosed to nobody */
    TOV_LEAF_ACCESS = 32,
    TOV_LEAF_FOLD = 33,
    TOV_LEAF_REWRAP = 34,
    TOV_LEAF_OVERRIDE = 35,
    TOV_LEAF_GRANT = 36
};

/* (generation, index of the newest `lost` leaf or 0): a restore that lost something starts one. */
struct tov_series {
    uint32_t generation;
    uint64_t lost_index;
};

struct tov_leaf_genesis {
    uint16_t agency;
    uint32_t generation;
    uint32_t journal; /* 0: this is the ledger; else the journal's number */
    uint32_t roster_version;
    struct tov_hash roster_hash;
    uint64_t former_size; /* the last checkpoint of what this one continues; 0 and zeros: none */
    struct tov_hash former_root;
    char federation[TOV_NAME_MAX_BYTES + 1];
};

enum tov_right {
    TOV_RIGHT_HEADER = 1, /* the header key alone */
    TOV_RIGHT_ALL = 2
};

struct tov_leaf_recipient {
    uint16_t agency; /* ascending; the own agency may stand among them, with a zero link hash */
    enum tov_right right;
    struct tov_hash link_hash;
};

struct tov_leaf_part {
    uint64_t sealed_size;
    bool is_inline;
    struct tov_hash root;
};

struct tov_leaf_message {
    uint8_t suite;
    uint8_t id[TOV_MESSAGE_ID_BYTES];
    uint8_t salt[TOV_SALT_BYTES];
    uint32_t roster_version;
    uint8_t recipient_count; /* 1..TOV_RECIPIENTS_MAX */
    struct tov_leaf_recipient recipients[TOV_RECIPIENTS_MAX];
    uint8_t part_count; /* 2..TOV_PARTS_MAX: header, content, attachments */
    struct tov_leaf_part parts[TOV_PARTS_MAX];
    struct tov_hash header_commitment;
    struct tov_hash content_commitment;
};

enum tov_verdict {
    TOV_VERDICT_OPENED = 1,
    TOV_VERDICT_NOT_OPENED = 2, /* detail: enum tov_err */
    TOV_VERDICT_NO_KEY = 3,
    TOV_VERDICT_REFUSED = 4, /* detail: number of the rule */
    TOV_VERDICT_NOT_UNDERSTOOD = 5,
    TOV_VERDICT_PENDING = 6, /* attachments are not here yet */
    TOV_VERDICT_ERASED = 7   /* erased before it was receipted */
};
#define TOV_VERDICT_FLAG_CLOCK_AHEAD 1u /* claimed over 5 minutes ahead when received */

struct tov_verdict_value {
    enum tov_verdict verdict;
    uint8_t flags;
    uint16_t detail;
};

struct tov_receipt_run {
    uint16_t count; /* messages, at least 1 */
    struct tov_verdict_value value;
};

struct tov_receipt_amendment {
    uint64_t link_number;
    struct tov_hash leaf_hash;
    struct tov_verdict_value value;
};

#define TOV_RECEIPT_RUNS_MAX 128
#define TOV_RECEIPT_AMENDMENTS_MAX 64

/* Speaks of the link numbers first..last = last_link - sum of counts + 1 .. last_link. With no runs
 * it only amends, and last_link repeats what was said before. */
struct tov_leaf_receipt {
    uint16_t peer;
    struct tov_series series;
    uint64_t last_link;
    struct tov_hash last_leaf_hash; /* of the message with that link number */
    uint16_t run_count;
    struct tov_receipt_run runs[TOV_RECEIPT_RUNS_MAX];
    uint16_t amendment_count;
    struct tov_receipt_amendment amendments[TOV_RECEIPT_AMENDMENTS_MAX];
};

struct tov_leaf_epoch_key {
    uint32_t epoch;
    uint64_t not_before_ms;
    uint64_t not_after_ms;
    uint8_t public_key[32];
};

struct tov_leaf_anchor {
    uint16_t seen_count;       /* entries of the detached list (docs/protocol.md 3) */
    struct tov_hash seen_hash; /* SHA-256 of the list */
};

struct tov_leaf_roster {
    uint32_t version;
    struct tov_hash hash;
};

struct tov_leaf_journal_root {
    uint32_t journal;
    uint64_t size;
    struct tov_hash root;
};

enum tov_erased_scope {
    TOV_ERASED_CONTENT = 1, /* leaf and header stay */
    TOV_ERASED_ALL = 2
};

#define TOV_ERASED_REFS_MAX 80
struct tov_leaf_erased {
    enum tov_erased_scope scope;
    uint16_t basis; /* code of the catalogue's retention rules */
    uint8_t ref_count;
    struct tov_ref refs[TOV_ERASED_REFS_MAX];
};

struct tov_leaf_lost {
    uint64_t first;
    uint64_t end; /* one behind the last */
};

/* Journal leaves: what happened stands in a detached record, bound by its salted hash. */
struct tov_leaf_detail {
    uint8_t class_code; /* of the type; for access: enum of access/journal.h */
    struct tov_hash detail_hash;
};

struct tov_leaf {
    enum tov_leaf_type type;
    uint64_t time_ms;
    uint8_t blind[TOV_BLIND_BYTES];
    union {
        struct tov_leaf_genesis genesis;
        struct tov_leaf_message message;
        struct tov_leaf_receipt receipt;
        struct tov_leaf_epoch_key epoch_key;
        struct tov_leaf_anchor anchor;
        struct tov_leaf_roster roster;
        struct tov_leaf_journal_root journal_root;
        struct tov_leaf_erased erased;
        struct tov_leaf_lost lost;
        struct tov_leaf_detail detail;
    } as;
};

/* Appends the canonical bytes of LEAF to OUT. TOV_E_LIMIT when it would pass TOV_LEAF_MAX_BYTES,
 * TOV_E_MALFORMED when a field breaks the layout's rules (counts, order, enum values). */
enum tov_err tov_leaf_encode(const struct tov_leaf *leaf, struct tov_buf *out) TOV_MUST_CHECK;

/* Decodes exactly BYTES. TOV_E_LIMIT: too long; TOV_E_VERSION: a newer version or an unknown type
 * (keep it, receipt "not understood"); TOV_E_MALFORMED: anything else, also what would not encode
 * to the same bytes. OUT_LEAF is 3 KiB: keep it off deep stacks. */
enum tov_err tov_leaf_decode(struct tov_bytes bytes, struct tov_leaf *out_leaf) TOV_MUST_CHECK;

/* The bytes of a message leaf that the envelope's context covers: from suite through the table of
 * recipients and rights (docs/protocol.md 4). Borrowed from LEAF_BYTES; the leaf decoded before, or
 * empty. */
struct tov_bytes tov_leaf_envelope_view(struct tov_bytes leaf_bytes);
/* The same bytes for a message that has no leaf yet, appended to OUT. */
enum tov_err tov_leaf_envelope_encode(const struct tov_leaf_message *message,
                                      struct tov_buf *out) TOV_MUST_CHECK;

/* AGENCY among the recipients of MESSAGE; NULL: it is none. Borrowed. */
const struct tov_leaf_recipient *tov_leaf_recipient_of(const struct tov_leaf_message *message,
                                                       uint16_t agency);
/* Whether AGENCY is a recipient with the right to all (I10). */
bool tov_leaf_is_all_for(const struct tov_leaf_message *message, uint16_t agency);

/* How many messages RECEIPT's runs speak of. */
uint64_t tov_receipt_span(const struct tov_leaf_receipt *receipt);
bool tov_series_equal(struct tov_series a, struct tov_series b);
bool tov_leaf_type_is_journal(enum tov_leaf_type type);

#endif

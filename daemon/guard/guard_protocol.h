/* SPDX-License-Identifier: EUPL-1.2
 *
 * What core and guard say to each other: plain values, and their payloads as bytes. A frame has a
 * kind (ipc) and a payload; an answer has the kind of its request plus TOV_GUARD_ANSWER. Nothing
 * here carries content: sizes, hashes, signatures, notes.
 * Not for: transport (daemon/ipc) or decisions (guard.h).
 * Borrowed views in decoded requests die with the payload.
 */
#ifndef TOV_GUARD_PROTOCOL_H
#define TOV_GUARD_PROTOCOL_H

#include "guard/guard_state.h"
#include "merkle/cosignature.h"
#include "merkle/proof.h"

#define TOV_GUARD_HASHES_MAX 4096u /* leaf hashes of one append */
#define TOV_GUARD_ANSWER 0x40u     /* added to the request's kind */

/* The kinds of request frames (0x80 and up are the guard's, ipc/ipc_kinds.h). */
enum tov_guard_op {
    TOV_GUARD_HELLO = 0x81,
    TOV_GUARD_APPEND = 0x82,
    TOV_GUARD_RESIGN = 0x83,
    TOV_GUARD_COSIGN = 0x84,
    TOV_GUARD_STATEMENT = 0x85,
    TOV_GUARD_JOURNAL_NEXT = 0x86,
    TOV_GUARD_HASHES = 0x87
};
#define TOV_GUARD_OPS 7

/* Why the guard did not do it. On the wire as u16; append only. */
enum tov_guard_refusal {
    TOV_GUARD_DONE = 0,
    TOV_GUARD_R_MALFORMED = 1,         /* not a request of this protocol */
    TOV_GUARD_R_LIMIT = 2,             /* more hashes or sizes than one request may have */
    TOV_GUARD_R_NO_STATE = 3,          /* the state of this tree is lost; a statement is needed */
    TOV_GUARD_R_NOT_OWN_SIZE = 4,      /* from_size is not the guard's size: shorter, gap, twice */
    TOV_GUARD_R_SIGN_SIZE = 5,         /* a size to sign is outside, or they do not ascend */
    TOV_GUARD_R_NOT_LAST = 6,          /* not the checkpoint that was signed last */
    TOV_GUARD_R_JOURNAL_NUMBER = 7,    /* j is not one more, or would be lowered */
    TOV_GUARD_R_STATEMENT_TEXT = 8,    /* not a statement, or of another agency or generation */
    TOV_GUARD_R_STATEMENT_KEYS = 9,    /* below the threshold, or a bad root signature */
    TOV_GUARD_R_STATEMENT_NUMBER = 10, /* a number that was used already */
    TOV_GUARD_R_STATEMENT_BACK = 11,   /* shorter than, or not equal to, what was signed */
    TOV_GUARD_R_STATEMENT_RANGE = 12,  /* the compact range does not give the stated root */
    TOV_GUARD_R_PEER_NOTE = 13,        /* the peer's checkpoint or key cannot be read */
    TOV_GUARD_R_PEER_SIGNATURE = 14,   /* the peer did not sign it */
    TOV_GUARD_R_PEER_KEY = 15,         /* another key than the roster has for this origin */
    TOV_GUARD_R_PEER_OLD_SIZE = 16,    /* the proof starts elsewhere; the answer has own size */
    TOV_GUARD_R_PEER_PROOF = 17,       /* the consistency proof does not hold */
    TOV_GUARD_R_PEER_FORK = 18,        /* another root at a size that was cosigned */
    TOV_GUARD_R_PEER_STATE = 19,       /* the witness state is lost: nothing is cosigned */
    TOV_GUARD_R_PEER_FULL = 20,        /* no room for another peer ledger */
    TOV_GUARD_R_NO_KEY = 21,           /* this guard holds no such key */
    TOV_GUARD_R_DISK = 22,             /* the state could not be written; the guard ends */
    TOV_GUARD_R_SPACE = 23,            /* the same, for want of room on disk or in memory */
    TOV_GUARD_R_PEER_UNKNOWN = 24      /* not a ledger of another agency of the roster */
};
#define TOV_GUARD_REFUSALS 25

/* A short name for logs, "not-own-size". Static; never NULL. */
const char *tov_guard_refusal_name(enum tov_guard_refusal refusal);

/* ---- requests (all borrowed) ---- */

struct tov_guard_append {
    enum tov_guard_tree tree;
    uint64_t from_size;                   /* must be the guard's size */
    const struct tov_hash *hashes;        /* leaf hashes, in order; may be none */
    size_t hash_count;                    /* at most TOV_GUARD_HASHES_MAX */
    uint64_t sign_at[TOV_GUARD_SIGN_MAX]; /* ascending, from_size .. from_size + hash_count */
    size_t sign_count;
};

struct tov_guard_resign {
    enum tov_guard_tree tree;
    uint64_t size;
};

struct tov_guard_cosign {
    struct tov_bytes note;  /* the peer's checkpoint with its signature */
    struct tov_bytes vkey;  /* the peer's ledger key by the roster, pinned at first use */
    uint64_t old_size;      /* where the proof starts; 0 when nothing was cosigned */
    struct tov_proof proof; /* consistency, from old_size to the note's size */
    uint64_t time_s;        /* POSIX seconds, the time that the cosignature claims */
};

struct tov_guard_statement {
    struct tov_bytes note;  /* docs/guard.md */
    struct tov_range range; /* at the stated size */
};

struct tov_guard_journal_next {
    uint64_t journal; /* the new j: one more than now */
};

/* Leaf hashes that the guard was fed, for a core whose store is older than they are. */
struct tov_guard_hashes {
    enum tov_guard_tree tree;
    uint64_t from;
};

/* One request; only the member of OP has a meaning. ID comes back in the answer. */
struct tov_guard_request {
    enum tov_guard_op op;
    uint32_t id;
    union {
        struct tov_guard_append append;
        struct tov_guard_resign resign;
        struct tov_guard_cosign cosign;
        struct tov_guard_statement statement;
        struct tov_guard_journal_next journal_next;
        struct tov_guard_hashes hashes;
    };
};

/* ---- answers (plain values, no pointers) ---- */

struct tov_guard_tree_view {
    bool present; /* false: the state is lost, only PUBLIC_KEY has a meaning */
    struct tov_guard_public_key public_key;
    char origin[TOV_ORIGIN_MAX_BYTES + 1]; /* of the tree itself */
    uint64_t journal;
    struct tov_range range; /* its size is the tree's */
    struct tov_hash root;
    struct tov_guard_signed last;     /* size 0: nothing signed yet */
    struct tov_guard_signed previous; /* the former journal's last checkpoint; size 0: none */
    struct tov_guard_signature kept[TOV_GUARD_SIGN_MAX]; /* the newest signatures, ascending */
    size_t kept_count;
};

struct tov_guard_hello_answer {
    struct tov_guard_tree_view trees[TOV_GUARD_TREES]; /* ledger, journal */
    struct tov_guard_public_key witness_key;
    bool has_witness_key;
    bool can_cosign; /* the witness state is there */
    uint64_t statement_seen;
    uint32_t refused[TOV_GUARD_REFUSALS]; /* how often each, since the guard started */
};

struct tov_guard_append_answer {
    uint64_t size; /* the guard's own size, also when refused with NOT_OWN_SIZE */
    struct tov_hash root;
    struct tov_guard_signature signatures[TOV_GUARD_SIGN_MAX]; /* in the order of sign_at */
    size_t signature_count;
};

struct tov_guard_cosign_answer {
    uint64_t own_size; /* PEER_OLD_SIZE, PEER_FORK: what was cosigned last, its root and the */
    struct tov_hash own_root; /* peer's signature over it: the evidence */
    uint8_t own_signature[TOV_GUARD_SIGNATURE_BYTES];
    struct tov_cosignature cosignature;
};

struct tov_guard_hashes_answer {
    size_t count; /* from the index that was asked for up to the tree's size */
    struct tov_hash hashes[TOV_GUARD_RING_HASHES];
};

/* One answer. With a refusal only what its comment names has a meaning. Large (about 130 KiB):
 * keep it on the heap or static in a process of one thread. */
struct tov_guard_answer {
    enum tov_guard_op op;
    uint32_t id;
    enum tov_guard_refusal refusal;
    union {
        struct tov_guard_hello_answer hello;
        struct tov_guard_append_answer append;
        struct tov_guard_signed resign;
        struct tov_guard_cosign_answer cosign;
        struct tov_guard_tree_view statement; /* the tree as it is now */
        struct tov_guard_signed journal_next; /* last checkpoint of the old one; size 0: none */
        struct tov_guard_hashes_answer hashes;
    };
};

/* ---- bytes ---- */

/* Appends the payload of REQUEST. TOV_E_LIMIT when a count is above its limit. */
enum tov_err tov_guard_request_encode(const struct tov_guard_request *request,
                                      struct tov_buf *out) TOV_MUST_CHECK;
/* Views stay in PAYLOAD. OUT's op and id are set as soon as they are known, also on failure:
 * TOV_E_MALFORMED, or TOV_E_LIMIT for a count above its limit. */
enum tov_err tov_guard_request_decode(uint8_t kind, struct tov_bytes payload,
                                      struct tov_guard_request *out_request) TOV_MUST_CHECK;
enum tov_err tov_guard_answer_encode(const struct tov_guard_answer *answer,
                                     struct tov_buf *out) TOV_MUST_CHECK;
enum tov_err tov_guard_answer_decode(uint8_t kind, struct tov_bytes payload,
                                     struct tov_guard_answer *out_answer) TOV_MUST_CHECK;

#endif

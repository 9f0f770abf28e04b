/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the guard must never forget about one tree (docs/guard.md, I4): how large it is, what was
 * signed last, which root statement was used. Kept in two slots of one preallocated file, written
 * in turn and synced, so that a torn write leaves the older slot.
 * Not for: backups. A state that is put back from one is how a node comes to sign two histories.
 * Never answer a request before the state that the answer speaks of is written.
 */
#ifndef TOV_GUARD_STATE_H
#define TOV_GUARD_STATE_H

#include "base/hash.h"
#include "base/limits.h"
#include "merkle/range.h"

#define TOV_GUARD_SIGN_MAX 256 /* sizes signed by one request */
#define TOV_GUARD_KEPT_MIN 64  /* newest signatures kept, over requests */
#define TOV_GUARD_SIGNATURE_BYTES 64
#define TOV_GUARD_SLOT_BYTES 32768u /* room for the largest state; only what is used is written */
/* Behind the slots: the newest leaf hashes, index modulo their number, 32 bytes each. What a crash
 * tears there is found by who checks them against a root: they are for a core that lost its own. */
#define TOV_GUARD_RING_HASHES 4096u
#define TOV_GUARD_RING_AT ((size_t)2 * TOV_GUARD_SLOT_BYTES)
#define TOV_GUARD_RING_BYTES ((size_t)TOV_GUARD_RING_HASHES * TOV_HASH_BYTES)
#define TOV_GUARD_STATE_BYTES (TOV_GUARD_RING_AT + TOV_GUARD_RING_BYTES)

enum tov_guard_tree { TOV_GUARD_LEDGER = 1, TOV_GUARD_JOURNAL = 2 };
#define TOV_GUARD_TREES 2

struct tov_guard_public_key {
    uint8_t bytes[32];
};

struct tov_guard_signature {
    uint64_t size; /* of the tree that was signed */
    uint8_t bytes[TOV_GUARD_SIGNATURE_BYTES];
};

/* The largest checkpoint that was signed; size 0: none yet. */
struct tov_guard_signed {
    struct tov_hash root;
    struct tov_guard_signature signature;
};

/* Invariants: last.signature.size <= range.size; kept is ascending in size and, if anything was
 * signed in this tree, ends with last.signature; journal >= 1 in a journal and is the number in its
 * origin. statement_seen and journal_seen are the highest that this guard knew when it wrote, of
 * either tree. */
struct tov_guard_state {
    enum tov_guard_tree tree;
    uint64_t sequence;                     /* of this writing; the slot is sequence modulo 2 */
    char origin[TOV_ORIGIN_MAX_BYTES + 1]; /* of the ledger: <federation>/<agency>/<generation> */
    struct tov_guard_public_key public_key;
    uint64_t journal; /* j of this journal; 0 in a ledger */
    uint64_t journal_seen;
    uint64_t statement_seen;
    struct tov_range range; /* the whole tree: all that was appended, signed or not */
    struct tov_guard_signed last;
    /* The last checkpoint of journal - 1, when JOURNAL_NEXT ended it; size 0: none. */
    struct tov_guard_signed previous;
    struct tov_guard_signature kept[TOV_GUARD_SIGN_MAX];
    size_t kept_count;
    bool is_alone; /* as it was loaded: the other slot was damaged, and may have been newer */
};

/* Preallocated bytes that are written in place: a real file, or memory in a simulation. WRITE
 * returns only when the bytes are on stable storage. */
struct tov_guard_file {
    void *context;
    enum tov_err (*write)(void *context, uint64_t offset, struct tov_bytes bytes);
    /* The same, but what it writes is stable only after the next WRITE. */
    enum tov_err (*put)(void *context, uint64_t offset, struct tov_bytes bytes);
};

/* Appends to OUT the TOV_GUARD_STATE_BYTES bytes of a new tree of size 0: both slots written.
 * LEDGER_ORIGIN is `<federation>/<agency>/<generation>` for either tree; JOURNAL is 0 for the
 * ledger and 1 for an agency's first journal. TOV_E_ARGUMENT when they do not fit together. For
 * tov-keys, which writes it (mode 0600) beside the key that it makes. */
enum tov_err tov_guard_state_make_empty(enum tov_guard_tree tree, const char *ledger_origin,
                                        const struct tov_guard_public_key *public_key,
                                        uint64_t journal, struct tov_buf *out) TOV_MUST_CHECK;

/* Reads the newer good slot of IMAGE; whoever uses it says when it is alone. TOV_E_CORRUPT: no slot
 * is good (a missing file is an empty image: TOV_E_NOT_FOUND). TOV_E_VERSION: a newer format. */
enum tov_err tov_guard_state_load(struct tov_bytes image, struct tov_guard_state *out_state,
                                  struct tov_error *error) TOV_MUST_CHECK;

/* Writes STATE with the next sequence number over the older slot. On failure the outcome is not
 * known: the caller must answer nothing more and end. */
enum tov_err tov_guard_state_save(struct tov_guard_state *state,
                                  const struct tov_guard_file *file) TOV_MUST_CHECK;

/* The origin of the tree itself: the ledger's, or `<ledger origin>/journal/<j>`. */
enum tov_err tov_guard_state_origin(const struct tov_guard_state *state,
                                    char out_origin[TOV_ORIGIN_MAX_BYTES + 1]) TOV_MUST_CHECK;

#endif

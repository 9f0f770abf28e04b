/* SPDX-License-Identifier: EUPL-1.2
 *
 * One append-only tree of this node: the ledger that peers follow, or the journal (docs/protocol.md
 * 2, 4.3). Appending gathers rows in the open batch; the commit makes them durable; then the guard
 * is fed and signs. Three sizes tell how far each has come: signed <= committed <= size. Not for:
 * what leaves say (wire/leaf.h), who is shown them (disclose.h), or the commit itself. Never
 * disclose a leaf at or above the signed size.
 *
 *   L1 Leaves are appended in order and never changed; an erased one keeps its hash.
 *   L2 The guard is fed committed leaves only, in order, each once in a row of requests.
 *   L3 `signed` moves only by the guard's signature over the root computed here.
 */
#ifndef TOV_LEDGER_LEDGER_H
#define TOV_LEDGER_LEDGER_H

#include "guard/guard_protocol.h"
#include "ledger/tables.h"
#include "merkle/checkpoint.h"
#include "merkle/proof.h"
#include "merkle/range.h"
#include "store/read.h"

struct tov_ledger;

enum tov_tree_kind { TOV_TREE_LEDGER = 0, TOV_TREE_JOURNAL = 1 };

struct tov_ledger_setup {
    enum tov_tree_kind kind;
    struct tov_vkey key; /* its name is the origin */
    struct tov_store *store;
};

/* Loads size, tiles and newest signature; checks that the newest stored root is the computed one
 * (TOV_E_CORRUPT otherwise). */
enum tov_err tov_ledger_open(const struct tov_ledger_setup *setup, struct tov_ledger **out_ledger,
                             struct tov_error *error) TOV_MUST_CHECK;
void tov_ledger_close(struct tov_ledger *ledger); /* NULL is fine */
TOV_DEFINE_CLEANUP(tov_ledger, struct tov_ledger, tov_ledger_close)

const struct tov_vkey *tov_ledger_key(const struct tov_ledger *ledger);
uint64_t tov_ledger_size(const struct tov_ledger *ledger);      /* with the open batch */
uint64_t tov_ledger_committed(const struct tov_ledger *ledger); /* durable */
uint64_t tov_ledger_signed(const struct tov_ledger *ledger);    /* 0: nothing signed yet */

/* A row to append: the leaf's bytes, its number among the events (0: none) and, for messages, the
 * link blocks as ledger/entry.h packs them. */
struct tov_ledger_row {
    struct tov_bytes leaf;
    uint64_t event;
    struct tov_bytes links;
};
struct tov_ledger_place {
    uint64_t index;
    struct tov_hash leaf_hash;
};
enum tov_err tov_ledger_append(struct tov_ledger *ledger, struct tov_store_batch *batch,
                               const struct tov_ledger_row *row,
                               struct tov_ledger_place *out_place) TOV_MUST_CHECK;
/* A segment is what one signature adds: as a parcel would carry it, an entry takes its bytes and
 * those of its body and the overhead. A message adds at most 72 KiB behind the goal; with the
 * hashes of skipped entries and the framing that stays under TOV_FRAME_MAX_BYTES. */
#define TOV_SEGMENT_GOAL_BYTES 120000u
#define TOV_SEGMENT_ENTRY_BYTES 200u
/* Ends a segment: the guard will sign the present size. Twice at one size is once. */
void tov_ledger_mark(struct tov_ledger *ledger);
/* The same at the end of a batch, whose last segment has BYTES. While nothing is signed batches
 * join into one segment up to the goal, so that marks do not grow with the number of commits. */
void tov_ledger_mark_batch(struct tov_ledger *ledger, uint64_t bytes);
/* The batch with everything up to SIZE is durable. */
void tov_ledger_on_committed(struct tov_ledger *ledger, uint64_t size);

/* What the guard shall do next: false when there is nothing, or a request is in flight. After a
 * true the request is in flight until tov_ledger_on_signed. Hashes are borrowed until then. */
bool tov_ledger_next_request(struct tov_ledger *ledger, struct tov_guard_append *out_append);
/* The request was put to the guard under this id; and whether it is the one in flight. */
void tov_ledger_set_asked(struct tov_ledger *ledger, uint32_t id);
bool tov_ledger_is_asking(const struct tov_ledger *ledger, uint32_t id);
/* The guard's answer: its signatures are put into BATCH and `signed` moves. TOV_E_FORK when its
 * root is not ours, TOV_E_SIGNATURE when a signature does not verify: stop. */
enum tov_err tov_ledger_on_signed(struct tov_ledger *ledger, struct tov_store_batch *batch,
                                  const struct tov_guard_append_answer *answer) TOV_MUST_CHECK;

/* At start: the guard's view of this tree against ours. Takes over signatures that a crash kept
 * from being stored. TOV_OK: they agree, or the guard is behind and will be fed the tail;
 * TOV_E_UNAVAILABLE: the guard is ahead (this store is old: recover); TOV_E_FORK: they differ. */
enum tov_err tov_ledger_agree(struct tov_ledger *ledger, const struct tov_guard_tree_view *view,
                              struct tov_store_batch *batch,
                              struct tov_error *error) TOV_MUST_CHECK;

/* The newest signed size not above LIMIT and above FLOOR, with root and signature. From memory for
 * the newest ones, else from READ. TOV_E_NOT_FOUND. */
struct tov_signed_size {
    uint64_t size;
    struct tov_hash root;
    uint8_t signature[TOV_ED25519_SIGNATURE_BYTES];
};
enum tov_err tov_ledger_signed_at_most(const struct tov_ledger *ledger, struct tov_store_read *read,
                                       uint64_t limit, struct tov_signed_size *out) TOV_MUST_CHECK;
/* A row of a signature table. */
enum tov_err tov_signed_size_decode(const struct tov_store_row *row,
                                    struct tov_signed_size *out) TOV_MUST_CHECK;
/* The smallest signed size above FLOOR. */
enum tov_err tov_ledger_signed_above(const struct tov_ledger *ledger, struct tov_store_read *read,
                                     uint64_t floor, struct tov_signed_size *out) TOV_MUST_CHECK;
/* The newest; false when nothing is signed. */
bool tov_ledger_newest(const struct tov_ledger *ledger, struct tov_signed_size *out);

/* Reads a tree of a store again from its first leaf to its last (ledger_check.c), whether a node
 * has it open or not: leaves are there without a gap, they give the stored tiles and every root
 * that was signed, and the newest signature is KEY's. TOV_E_CORRUPT with what does not agree. */
struct tov_ledger_found {
    uint64_t size;                 /* entries */
    uint64_t erased, lost;         /* of them without their leaf */
    struct tov_hash root;          /* of all */
    struct tov_signed_size newest; /* size 0: nothing is signed */
};
struct tov_ledger_question {
    enum tov_tree_kind kind;
    const struct tov_vkey *key; /* its name is the origin */
    uint64_t base;              /* what the keys of its rows begin at; they end before 2^40 more */
};
#define TOV_LEDGER_ROWS_BITS 40u
enum tov_err tov_ledger_check(struct tov_store_read *read,
                              const struct tov_ledger_question *question,
                              struct tov_ledger_found *out_found,
                              struct tov_error *error) TOV_MUST_CHECK;

/* Hashes of complete subtrees below the committed size, for proofs and skipped runs. The source's
 * ctx is SOURCE itself, which must outlive its use. */
struct tov_ledger_nodes {
    const struct tov_ledger *ledger;
    struct tov_store_read *read;
};
struct tov_node_source tov_ledger_node_source(struct tov_ledger_nodes *nodes);
/* The leaf hashes of [from, to), 32 bytes each, into OUT. */
enum tov_err tov_ledger_level0(const struct tov_ledger *ledger, struct tov_store_read *read,
                               uint64_t from, uint64_t to, uint8_t *out) TOV_MUST_CHECK;

#endif

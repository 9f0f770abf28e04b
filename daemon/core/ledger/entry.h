/* SPDX-License-Identifier: EUPL-1.2
 *
 * Rows of the leaf tables, own and mirrored: the leaf's bytes as they were signed or received (I6),
 * and beside them what is local.
 *
 *   own     state 1, event 8, n 1, n * (agency 2, link block 68), rest leaf
 *   mirror  state 1, event 8, verdict 1, flags 1 (bit 7: off the link), detail 2, n 1 (0 or 1),
 *           n * link block 68, leaf
 *   a row whose leaf is erased or lost: state 2 or 3, event 8, leaf hash 32; in the mirror also
 *   n 1, n * link block 68
 */
#ifndef TOV_LEDGER_ENTRY_H
#define TOV_LEDGER_ENTRY_H

#include "wire/link.h"

enum tov_entry_state { TOV_ENTRY_PRESENT = 1, TOV_ENTRY_ERASED = 2, TOV_ENTRY_LOST = 3 };

#define TOV_LINKS_MAX_BYTES (TOV_RECIPIENTS_MAX * (2u + TOV_LINK_BLOCK_BYTES))

/* A decoded row; views borrow from it. */
struct tov_entry {
    enum tov_entry_state state;
    uint64_t event;            /* 0: none */
    struct tov_bytes leaf;     /* present only */
    struct tov_hash leaf_hash; /* erased and lost only */
    size_t link_count;
    struct tov_bytes links;           /* own: (agency, block) each; mirror: one block */
    struct tov_verdict_value verdict; /* mirror of a message; verdict 0: not a message */
    bool is_off_link;                 /* its link was broken: no receipt speaks of it */
};

enum tov_err tov_entry_decode_own(struct tov_bytes row, struct tov_entry *out) TOV_MUST_CHECK;
enum tov_err tov_entry_decode_mirror(struct tov_bytes row, struct tov_entry *out) TOV_MUST_CHECK;
/* The hash that stands in the tree for ENTRY. */
struct tov_hash tov_entry_hash(const struct tov_entry *entry);
/* The block for AGENCY among an own entry's links; empty when there is none. */
struct tov_bytes tov_entry_link_for(const struct tov_entry *own, uint16_t agency);

/* An own row without a leaf: erased, or lost. */
#define TOV_ENTRY_GONE_BYTES (1u + 8u + TOV_HASH_BYTES)
void tov_entry_put_gone(uint8_t out[TOV_ENTRY_GONE_BYTES], enum tov_entry_state state,
                        const struct tov_hash *leaf_hash);

size_t tov_entry_own_size(size_t leaf_size, struct tov_bytes links);
void tov_entry_put_own(uint8_t *out, uint64_t event, struct tov_bytes leaf, struct tov_bytes links);
/* Appends a mirror row. */
void tov_entry_put_mirror(struct tov_buf *out, const struct tov_entry *entry);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * An old store's own tree, brought forward by leaf hashes that others held (docs/recovery.md): each
 * piece is believed at a size that the own ledger key signed, and not before. What stands in its
 * place, appended by this store and never signed, is set aside whole to be appended anew.
 * Not for: who is asked (follow/recover.c), or the leaves themselves (follow/recall.c).
 * Never go on with the ledger object of the core after rows were written here: start again.
 *
 *   R1 No row is written before a signed root fits all hashes up to it.
 *   R2 What was signed once is never replaced: what does not continue it is refused.
 *   R3 An entry set aside is in the table `aside` before its rows are gone: one batch.
 */
#ifndef TOV_LEDGER_REBUILD_H
#define TOV_LEDGER_REBUILD_H

#include "ledger/core.h"

#define TOV_REBUILD_AHEAD_MAX 65536u /* hashes that no signed size covers yet */

struct tov_rebuild;

/* From the newest signed size of the core's ledger on. */
enum tov_err tov_rebuild_create(struct tov_core *core, struct tov_rebuild **out_rebuild,
                                struct tov_error *error) TOV_MUST_CHECK;
void tov_rebuild_destroy(struct tov_rebuild *rebuild); /* NULL is fine */
TOV_DEFINE_CLEANUP(tov_rebuild, struct tov_rebuild, tov_rebuild_destroy)

/* A tree that the guard has, which no signature need cover: the hashes must give ROOT at SIZE. */
void tov_rebuild_expect(struct tov_rebuild *rebuild, uint64_t size, const struct tov_hash *root);

uint64_t tov_rebuild_size(const struct tov_rebuild *rebuild); /* verified up to here */
uint64_t tov_rebuild_next(const struct tov_rebuild *rebuild); /* the hash that is wanted next */
/* The first index whose row was written, or whose loss is told no more; UINT64_MAX: none. */
uint64_t tov_rebuild_changed(const struct tov_rebuild *rebuild);
/* Entries set aside since it was made. */
uint64_t tov_rebuild_aside(const struct tov_rebuild *rebuild);

/* Hashes from tov_rebuild_next on, and checkpoints of the own ledger, ascending. What they cover is
 * put into the open batch. TOV_E_PROOF, TOV_E_SIGNATURE: the answer is wrong and what nothing
 * covers of it, or of those before it, is forgotten. TOV_E_FORK: they contradict what the guard
 * has. Anything else ends the node. */
struct tov_rebuild_piece {
    const struct tov_hash *hashes;
    size_t hash_count;
    const struct tov_signed_size *points;
    size_t point_count;
};
enum tov_err tov_rebuild_take(struct tov_rebuild *rebuild,
                              const struct tov_rebuild_piece *piece) TOV_MUST_CHECK;
/* Forgets what nothing covers yet: somebody else is asked. */
void tov_rebuild_drop(struct tov_rebuild *rebuild);

#endif

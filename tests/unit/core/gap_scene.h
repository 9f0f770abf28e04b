/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a restore from an old copy left at node 0: rows as it leaves them.
 * Not for: the restore itself (tests of follow, federation).
 */
#ifndef TOV_TESTS_CORE_GAP_SCENE_H
#define TOV_TESTS_CORE_GAP_SCENE_H

#include "case_story.h"

/* A note of anna to the police and Kriminalforsorgen; its number. OUT_REF may be NULL. */
uint64_t send_to_both(struct harness *harness, struct tov_ref *out_ref);
/* The row at INDEX of the own ledger loses its link to AGENCY, in the open batch. */
void drop_link(struct harness *harness, uint64_t index, uint16_t agency);
/* As after a restore where AGENCY had not taken the entry at INDEX: the other recipient has brought
 * it back. The node begins again. */
void take_link_away(struct harness *harness, uint64_t index, uint16_t agency);
/* The entry at INDEX is lost, and the ledger says so. */
void lose(struct harness *harness, uint64_t index);

#endif

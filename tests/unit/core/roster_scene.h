/* SPDX-License-Identifier: EUPL-1.2
 *
 * A roster that follows the one of the nodes of support/node_harness.h, and what only a unit that
 * coordinates in it may write.
 * Not for: whether a roster may follow another one (tests of proto/roster).
 */
#ifndef TOV_TESTS_CORE_ROSTER_SCENE_H
#define TOV_TESTS_CORE_ROSTER_SCENE_H

#include "case_story.h"

enum { KK, KBH_POL, KRFO };

/* In it kk/sof coordinates in place of kk/vink, and krfo/kif is there in place of krfo/central. The
 * caller's, who keeps it for as long as the harness. */
struct tov_roster *next_roster(struct harness *harness, uint32_t version);
/* The same, in which kk has kk/vink no more and nothing else is another. */
struct tov_roster *roster_without_vink(struct harness *harness, uint32_t version);
/* To the case of case_story.h. */
struct saying invitation(const struct harness_client *by, const char *from, const char *to);

#endif

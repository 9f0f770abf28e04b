/* SPDX-License-Identifier: EUPL-1.2
 *
 * A hostile agency that is sent messages and says in receipts and by an epoch key what counts, and
 * what stands above the point at which its ledger key was revoked; and a victim that gets the
 * roster before or after it.
 */
#ifndef TOV_TESTS_FOLLOW_VOID_SCENE_H
#define TOV_TESTS_FOLLOW_VOID_SCENE_H

#include "hostile_peer.h"

#define VOID_SENT 5u

enum void_order {
    VOID_NEVER,          /* no roster revokes anything */
    VOID_ROSTER_FIRST,   /* it came before what it makes void */
    VOID_ENTRIES_FIRST,  /* ... after */
    VOID_NEXT_GENERATION /* ... after, and the agency has another generation in it */
};

struct void_scene {
    struct hostile *hostile;
    struct tov_message_written sent[VOID_SENT];
    struct tov_roster *before, *after;
    uint64_t size; /* up to which the hostile agency's entries count */
};

void void_scene_play(struct void_scene *scene, const char *name, enum void_order order);
void void_scene_leave(struct void_scene *scene);
/* The victim starts again, with the roster that revokes; the two halves of it. */
void void_scene_start_again(struct void_scene *scene);
void void_scene_crash(struct void_scene *scene);
/* The agency says Hello. */
void void_scene_meet_again(struct void_scene *scene);

enum tov_verdict void_scene_verdict(const struct void_scene *scene, size_t which);
enum tov_again void_scene_again(const struct void_scene *scene, size_t which);
/* Own links that it has receipted. */
uint64_t void_scene_receipted(const struct void_scene *scene);
/* Verdicts and questions about keys are those of what counts. */
void void_scene_need_what_counts(const struct void_scene *scene);

#endif

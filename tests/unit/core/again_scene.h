/* SPDX-License-Identifier: EUPL-1.2
 *
 * A recipient that was set back and lacks the keys of a message, and the word of who sent it.
 * Not for: how keys travel (follow/again_test.c).
 */
#ifndef TOV_TESTS_CORE_AGAIN_SCENE_H
#define TOV_TESTS_CORE_AGAIN_SCENE_H

#include "desk_ask.h"

#define POLICE 2u
#define KRFO 3u

/* Anna writes a note about the case to the units TO; its number. */
uint64_t send_note(struct harness *harness, const char *to, struct tov_ref *out_ref);
/* AGENCY lacks its keys, as when it was set back. */
void lose_keys(struct harness *harness, uint16_t agency, const struct tov_ref *ref);

/* What is said to who lost the keys of a message. */
struct word {
    const struct harness_client *by;
    uint64_t number;
    const char *agency, *reason;
    bool refuses;
};
struct tov_record word_request(const struct word *word);

#endif

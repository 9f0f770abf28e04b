/* SPDX-License-Identifier: EUPL-1.2
 *
 * What an agency with good keys and bad intentions says, one message of a connection at a time.
 * Not for: carrying it (byzantine_peer.c, flood.c), or strangers without a key.
 */
#ifndef TOV_TESTS_HOSTILE_ATTACKS_H
#define TOV_TESTS_HOSTILE_ATTACKS_H

#include "base/bytes.h"

struct attacker {
    const char *federation;
    uint16_t from, to, other; /* numbers: its own, the node's that it speaks to, a third one's */
    uint8_t control_secret[64];
    uint64_t random;
    unsigned round;
    struct tov_buf out; /* the message */
};

struct attack {
    const char *name;
    void (*put)(struct attacker *attacker);
    unsigned count; /* as many are enough for a test */
};
extern const struct attack attacks[];
extern const size_t attack_count;

/* The next message of ATTACK, in attacker->out. */
void attack_make(struct attacker *attacker, const struct attack *attack);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * A network of three, each in a namespace of its own, and between them a hub that is a program of
 * ours: what it does to frames may be changed at any moment. So a network can be as bad as wished
 * without modules of the kernel.
 * Not for: speed, or more than one way between two places.
 */
#ifndef TOV_TESTS_MACHINE_HUB_H
#define TOV_TESTS_MACHINE_HUB_H

#include "federation/federation.h"

#include <stdatomic.h>

/* What happens to frames at one place. All zero: nothing. */
struct hub_port {
    atomic_bool is_deaf;       /* what is for it is lost */
    atomic_bool is_mute;       /* what it sends is lost */
    atomic_uint loss_percent;  /* of what it sends, as the next four */
    atomic_uint twice_percent; /* comes twice */
    atomic_uint delay_ms;      /* and up to as much again by chance: frames overtake each other */
    atomic_uint bytes_per_second; /* what waits for more than half a second is lost */
    atomic_uint frame_bytes;      /* larger ones are lost, on the way to it too */
};

struct hub {
    struct hub_port *ports; /* NODES, shared with the hub's process */
    pid_t pid;
    pid_t places[NODES]; /* a process in each namespace, which holds it */
};

/* Whether this program may: not without root and tap devices. Gives it a network of its own: call
 * it before anything else is started. */
bool hub_is_possible(void);
/* The address of a place. */
const char *hub_address(unsigned place);
/* Stops the test program when it fails. SEED: where chance starts. */
void hub_create(struct hub *hub, uint64_t seed);
/* No fault at any place. */
void hub_heal(struct hub *hub);
/* The largest packet that the place's own kernel sends. */
void hub_set_mtu(struct hub *hub, unsigned place, unsigned bytes);
void hub_destroy(struct hub *hub);

/* Words for env(1) that start a program at PLACE. */
struct hub_words {
    char namespace_path[64];
    const char *words[3];
};
void hub_words(const struct hub *hub, unsigned place, struct hub_words *out);

#endif

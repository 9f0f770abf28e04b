/* SPDX-License-Identifier: EUPL-1.2
 *
 * The network between simulated nodes, as a core sees its gateway: what ZeroMQ over TCP can do to
 * frames, and no more. Not for: deciding when; the world does.
 *
 *   - frames of one connection arrive in order, each once; what was sent is not what arrived
 *   - a connection may end at any moment: the first of the frames in flight may still come out of
 *     the old pipe, at any later time ("stragglers"), the others are lost
 *   - a side learns of an end, and of a new connection, late and apart from the other side; what it
 *     sends meanwhile goes into the new connection, or is lost
 *   - a peer that is muted is not heard and its connections end
 *   - a node that is clogged is not reached and reaches nobody; its connections may live on
 *   - a queue that is full refuses frames (TOV_E_BUSY)
 * Beyond ZeroMQ: old frames may be sent again (network_recall), since hints must not hurt.
 */
#ifndef TOV_TESTS_SIMULATION_NETWORK_H
#define TOV_TESTS_SIMULATION_NETWORK_H

#include "support/sim_federation.h"

#define NETWORK_OLD_FRAMES 8u

struct network_pipe {
    struct tov_buf *frames; /* the oldest first */
    size_t count, capacity;
    size_t bytes;
};

/* From one node to another. */
struct network_line {
    struct network_pipe sent, stragglers;
    struct tov_buf old[NETWORK_OLD_FRAMES]; /* a ring of copies of what was sent */
    uint64_t sent_count;
};

/* What one node was told of its connection to another. */
struct network_side {
    bool is_told_up, owes_down, owes_up;
    uint64_t mute_until_ms;
};

struct network {
    size_t count;
    uint64_t *random;
    size_t queue_max_bytes;
    bool is_connected[SIM_NODES_MAX][SIM_NODES_MAX]; /* symmetric */
    bool is_clogged[SIM_NODES_MAX];                  /* nothing goes in or out, nothing is lost */
    struct network_line lines[SIM_NODES_MAX][SIM_NODES_MAX];
    struct network_side sides[SIM_NODES_MAX][SIM_NODES_MAX];
};

/* NETWORK is all zeros. */
void network_init(struct network *network, size_t count, uint64_t *random);
void network_fini(struct network *network);

/* False while one of them mutes the other or is clogged. */
bool network_may_connect(const struct network *network, size_t a, size_t b, uint64_t mono_ms);
void network_connect(struct network *network, size_t a, size_t b);
void network_disconnect(struct network *network, size_t a, size_t b);
/* A node that went down forgets what it was told. */
void network_forget(struct network *network, size_t node);
void network_mute(struct network *network, size_t at, size_t peer, uint64_t until_ms);

enum tov_err network_send(struct network *network, size_t from, size_t to, struct tov_bytes frame);
/* A frame waits and the receiver was told of the connection. */
bool network_has_frame(const struct network *network, size_t from, size_t to);
bool network_has_straggler(const struct network *network, size_t from, size_t to);
/* Takes the oldest one; the caller ends OUT. */
void network_take(struct network *network, size_t from, size_t to, struct tov_buf *out);
void network_take_straggler(struct network *network, size_t from, size_t to, struct tov_buf *out);
/* A copy of a frame that was sent before; false: none. */
bool network_recall(struct network *network, size_t from, size_t to, struct tov_buf *out);

enum network_news { NETWORK_NO_NEWS, NETWORK_UP, NETWORK_DOWN };
/* What is to be told next; taking it makes it told. */
enum network_news network_news(const struct network *network, size_t at, size_t peer);
void network_take_news(struct network *network, size_t at, size_t peer);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Frames that wait for room on one route: first in, first out, bounded in bytes.
 * Not for: anything that must not be lost; it ends with the route.
 * Never push past the bound: a push that is refused leaves the queue as it was.
 */
#ifndef TOV_DAEMON_NET_NET_QUEUE_H
#define TOV_DAEMON_NET_NET_QUEUE_H

#include "base/bytes.h"

struct tov_net_queued;
struct tov_net_queue {
    struct tov_net_queued *first;
    struct tov_net_queued *last;
    size_t size_bytes;
    size_t limit_bytes;
};
#define TOV_NET_QUEUE_INIT(limit) ((struct tov_net_queue){.limit_bytes = (limit)})

/* Copies FRAME to the end. TOV_E_BUSY: over the bound. */
enum tov_err tov_net_queue_push(struct tov_net_queue *queue, struct tov_bytes frame) TOV_MUST_CHECK;
bool tov_net_queue_is_empty(const struct tov_net_queue *queue);
/* The first frame, borrowed until it is popped. The queue is not empty (asserted). */
struct tov_bytes tov_net_queue_first(const struct tov_net_queue *queue);
void tov_net_queue_pop(struct tov_net_queue *queue);
void tov_net_queue_clear(struct tov_net_queue *queue);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Byte strings on their way between parts of a test, in order.
 * Not for: threads.
 */
#ifndef TOV_TESTS_SUPPORT_QUEUE_H
#define TOV_TESTS_SUPPORT_QUEUE_H

#include "base/bytes.h"

struct item {
    uint64_t to, from; /* what the owner means by them */
    size_t size;
    uint8_t *bytes;
};
struct queue {
    struct item *items;
    size_t count, capacity;
};

/* BYTES are copied. */
void queue_push(struct queue *queue, uint64_t to, uint64_t from, struct tov_bytes bytes);
/* Takes out the item at AT; its bytes are the caller's. */
struct item queue_take(struct queue *queue, size_t at);
void queue_fini(struct queue *queue); /* empty and usable again */

#endif

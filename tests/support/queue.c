/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/queue.h"

#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

void queue_push(struct queue *queue, uint64_t to, uint64_t from, struct tov_bytes bytes)
{
    if (queue->count == queue->capacity) {
        queue->capacity = queue->capacity == 0 ? 64 : 2 * queue->capacity;
        queue->items = realloc(queue->items, queue->capacity * sizeof *queue->items);
        UNIT_NEED(queue->items != NULL);
    }
    struct item item = {to, from, bytes.size, malloc(bytes.size + 1)};
    UNIT_NEED(item.bytes != NULL);
    if (bytes.size > 0)
        memcpy(item.bytes, bytes.data, bytes.size);
    queue->items[queue->count++] = item;
}

struct item queue_take(struct queue *queue, size_t at)
{
    struct item item = queue->items[at];
    queue->count--;
    memmove(queue->items + at, queue->items + at + 1, (queue->count - at) * sizeof item);
    return item;
}

void queue_fini(struct queue *queue)
{
    for (size_t i = 0; i < queue->count; i++)
        free(queue->items[i].bytes);
    free(queue->items);
    *queue = (struct queue){0};
}

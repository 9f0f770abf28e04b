/* SPDX-License-Identifier: EUPL-1.2 */
#include "net/net_queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct tov_net_queued {
    struct tov_net_queued *next;
    size_t size;
    uint8_t data[];
};

enum tov_err tov_net_queue_push(struct tov_net_queue *queue, struct tov_bytes frame)
{
    if (frame.size > queue->limit_bytes - queue->size_bytes)
        return TOV_E_BUSY;
    struct tov_net_queued *queued = malloc(sizeof *queued + frame.size);
    if (queued == NULL)
        return TOV_E_NOMEM;
    queued->next = NULL;
    queued->size = frame.size;
    if (frame.size > 0)
        memcpy(queued->data, frame.data, frame.size);
    if (queue->last == NULL)
        queue->first = queued;
    else
        queue->last->next = queued;
    queue->last = queued;
    queue->size_bytes += frame.size;
    return TOV_OK;
}

bool tov_net_queue_is_empty(const struct tov_net_queue *queue)
{
    return queue->first == NULL;
}

struct tov_bytes tov_net_queue_first(const struct tov_net_queue *queue)
{
    assert(queue->first != NULL);
    return (struct tov_bytes){queue->first->data, queue->first->size};
}

void tov_net_queue_pop(struct tov_net_queue *queue)
{
    struct tov_net_queued *first = queue->first;
    assert(first != NULL);
    queue->first = first->next;
    if (queue->first == NULL)
        queue->last = NULL;
    queue->size_bytes -= first->size;
    free(first);
}

void tov_net_queue_clear(struct tov_net_queue *queue)
{
    while (!tov_net_queue_is_empty(queue))
        tov_net_queue_pop(queue);
}

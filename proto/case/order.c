/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/order.h"
#include "base/cleanup.h"
#include "case/told_facts.h"

#include <stdlib.h>
#include <string.h>

/* One message while its time is worked out. */
struct node {
    const struct tov_told *told;
    uint64_t written_ms;
    uint64_t effective_ms;
    size_t waits_for; /* edges to it that are not followed yet */
    size_t edges_at;  /* its edges in the sorted array */
    bool is_done;
};

/* LATER stands after EARLIER. */
struct edge {
    size_t earlier;
    size_t later;
};

/* A message by the event that it tells of. */
struct telling {
    struct tov_thing_ref event;
    size_t node;
    uint64_t written_ms;
};

struct graph {
    struct node *nodes;       /* sorted by ledger and index */
    struct telling *tellings; /* sorted by event, the first written first */
    size_t telling_count;
    size_t count;
    struct edge *edges;
    size_t edge_count;
    size_t edge_capacity;
};

static void graph_fini(struct graph *graph)
{
    free(graph->nodes);
    free(graph->tellings);
    free(graph->edges);
}

static int compare_u64(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_place(uint16_t agency, uint32_t generation, uint64_t index,
                         const struct tov_ref *ref)
{
    if (agency != ref->agency)
        return agency < ref->agency ? -1 : 1;
    if (generation != ref->generation)
        return generation < ref->generation ? -1 : 1;
    return compare_u64(index, ref->index);
}

static int compare_refs(const struct tov_ref *a, const struct tov_ref *b)
{
    int order = compare_place(a->agency, a->generation, a->index, b);
    return order != 0 ? order : memcmp(a->leaf.bytes, b->leaf.bytes, sizeof a->leaf.bytes);
}

static int compare_nodes(const void *a, const void *b)
{
    return compare_refs(&((const struct node *)a)->told->ref, &((const struct node *)b)->told->ref);
}

static int compare_ordered(const void *a, const void *b)
{
    const struct tov_ordered *x = a, *y = b;
    int order = compare_u64(x->effective_ms, y->effective_ms);
    return order != 0 ? order : compare_refs(&x->told->ref, &y->told->ref);
}

static int compare_edges(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    return x->earlier != y->earlier ? (x->earlier < y->earlier ? -1 : 1)
                                    : compare_u64(x->later, y->later);
}

static int compare_tellings(const void *a, const void *b)
{
    const struct telling *x = a, *y = b;
    int order = memcmp(x->event.bytes, y->event.bytes, TOV_UUID_BYTES);
    if (order == 0)
        order = compare_u64(x->written_ms, y->written_ms);
    return order != 0 ? order : compare_u64(x->node, y->node);
}

static enum tov_err add_edge(struct graph *graph, size_t earlier, size_t later)
{
    if (earlier == later)
        return TOV_OK;
    if (graph->edge_count == graph->edge_capacity) {
        size_t capacity = graph->edge_capacity == 0 ? 64 : 2 * graph->edge_capacity;
        struct edge *edges = realloc(graph->edges, capacity * sizeof *edges);
        if (edges == NULL)
            return TOV_E_NOMEM;
        graph->edges = edges;
        graph->edge_capacity = capacity;
    }
    graph->edges[graph->edge_count++] = (struct edge){earlier, later};
    graph->nodes[later].waits_for++;
    return TOV_OK;
}

/* How many nodes stand before the first one at or after this place of a ledger. */
static size_t nodes_before(const struct graph *graph, const struct tov_ref *place)
{
    size_t low = 0, high = graph->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct tov_ref *ref = &graph->nodes[middle].told->ref;
        if (compare_place(ref->agency, ref->generation, ref->index, place) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The node of REF, or the count. */
static size_t node_of(const struct graph *graph, const struct tov_ref *ref)
{
    size_t at = nodes_before(graph, ref);
    while (at < graph->count && compare_refs(&graph->nodes[at].told->ref, ref) < 0)
        at++;
    bool is_held = at < graph->count && tov_ref_equal(&graph->nodes[at].told->ref, ref);
    return is_held ? at : graph->count;
}

/* The node of the first message about the event that REFERENCE names, or the count. */
static size_t node_of_event(const struct graph *graph, struct tov_record reference)
{
    struct tov_thing_ref event;
    if (!tov_record_uuid(reference, "event_ref", &event))
        return graph->count;
    size_t low = 0, high = graph->telling_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(graph->tellings[middle].event.bytes, event.bytes, TOV_UUID_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_held = low < graph->telling_count &&
                   memcmp(graph->tellings[low].event.bytes, event.bytes, TOV_UUID_BYTES) == 0;
    return is_held ? graph->tellings[low].node : graph->count;
}

static enum tov_err add_named(struct graph *graph, size_t later, const char *field)
{
    struct tov_record header = graph->nodes[later].told->draft->header;
    struct tov_record reference;
    struct tov_ref ref;
    for (size_t i = 0; tov_record_child(header, field, i, &reference); i++) {
        size_t at = graph->count;
        if (tov_record_ref(header, field, i, &ref))
            at = node_of(graph, &ref);
        if (at == graph->count)
            at = node_of_event(graph, reference);
        if (at < graph->count)
            TOV_TRY(add_edge(graph, at, later));
    }
    return TOV_OK;
}

/* The last entry below SIZE is enough: those before it in the same ledger stand before it. */
static enum tov_err add_seen(struct graph *graph, size_t later)
{
    struct tov_record header = graph->nodes[later].told->draft->header;
    struct tov_record seen;
    for (size_t i = 0; tov_record_child(header, "seen", i, &seen); i++) {
        uint64_t agency = tov_record_number(seen, "agency");
        uint64_t generation = tov_record_number(seen, "generation");
        if (agency > UINT16_MAX || generation > UINT32_MAX)
            continue;
        struct tov_ref end = {.agency = (uint16_t)agency,
                              .generation = (uint32_t)generation,
                              .index = tov_record_number(seen, "size")};
        size_t at = nodes_before(graph, &end);
        if (at == 0)
            continue;
        const struct tov_ref *last = &graph->nodes[at - 1].told->ref;
        if (last->agency == end.agency && last->generation == end.generation)
            TOV_TRY(add_edge(graph, at - 1, later));
    }
    return TOV_OK;
}

static enum tov_err add_edges_of(struct graph *graph, size_t later)
{
    if (later > 0) {
        const struct tov_ref *before = &graph->nodes[later - 1].told->ref;
        const struct tov_ref *ref = &graph->nodes[later].told->ref;
        if (before->agency == ref->agency && before->generation == ref->generation)
            TOV_TRY(add_edge(graph, later - 1, later));
    }
    TOV_TRY(add_named(graph, later, "cites"));
    TOV_TRY(add_named(graph, later, "in_reply_to"));
    return add_seen(graph, later);
}

static void list_tellings(struct graph *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        struct telling *telling = &graph->tellings[graph->telling_count];
        *telling = (struct telling){.node = i, .written_ms = graph->nodes[i].written_ms};
        if (tov_told_step_event(graph->nodes[i].told, &telling->event))
            graph->telling_count++;
    }
    qsort(graph->tellings, graph->telling_count, sizeof *graph->tellings, compare_tellings);
}

static void find_edges(struct graph *graph)
{
    if (graph->edge_count > 0)
        qsort(graph->edges, graph->edge_count, sizeof *graph->edges, compare_edges);
    size_t at = 0;
    for (size_t i = 0; i < graph->count; i++) {
        graph->nodes[i].edges_at = at;
        while (at < graph->edge_count && graph->edges[at].earlier == i)
            at++;
    }
}

/* Room is left for those that stand 1 ms after each other: no effective time passes the end. */
#define LAST_MS (TOV_TIME_MAX_MS - UINT32_MAX)

static uint64_t counted_ms(const struct tov_told *told)
{
    return told->written_ms < LAST_MS ? told->written_ms : LAST_MS;
}

static enum tov_err graph_init(struct graph *graph, const struct tov_told *const *messages,
                               size_t count)
{
    graph->nodes = calloc(count, sizeof *graph->nodes);
    graph->tellings = calloc(count, sizeof *graph->tellings);
    if (graph->nodes == NULL || graph->tellings == NULL)
        return TOV_E_NOMEM;
    graph->count = count;
    for (size_t i = 0; i < count; i++) {
        uint64_t written_ms = counted_ms(messages[i]);
        graph->nodes[i] = (struct node){
            .told = messages[i], .written_ms = written_ms, .effective_ms = written_ms};
    }
    qsort(graph->nodes, count, sizeof *graph->nodes, compare_nodes);
    list_tellings(graph);
    for (size_t i = 0; i < count; i++)
        TOV_TRY(add_edges_of(graph, i));
    find_edges(graph);
    return TOV_OK;
}

/* NODE's time is final: those that wait for it learn it. Adds those that then wait for nothing to
 * the queue. */
static void finish(struct graph *graph, size_t node, size_t *queue, size_t *queue_count)
{
    struct node *done = &graph->nodes[node];
    done->is_done = true;
    for (size_t i = done->edges_at; i < graph->edge_count && graph->edges[i].earlier == node; i++) {
        struct node *later = &graph->nodes[graph->edges[i].later];
        later->waits_for--;
        if (later->is_done)
            continue;
        if (later->effective_ms <= done->effective_ms)
            later->effective_ms = done->effective_ms + 1;
        if (later->waits_for == 0)
            queue[(*queue_count)++] = graph->edges[i].later;
    }
}

/* Of a circle: the one that was written first, by the order of BY_TIME. */
static size_t first_of_circle(const struct graph *graph, const struct tov_ordered *by_time,
                              size_t *cursor)
{
    for (;; (*cursor)++) {
        size_t node = nodes_before(graph, &by_time[*cursor].told->ref);
        while (graph->nodes[node].told != by_time[*cursor].told)
            node++;
        if (!graph->nodes[node].is_done)
            return node;
    }
}

static void walk(struct graph *graph, const struct tov_ordered *by_time, size_t *queue)
{
    size_t queue_count = 0, cursor = 0, done = 0;
    for (size_t i = 0; i < graph->count; i++) {
        if (graph->nodes[i].waits_for == 0)
            queue[queue_count++] = i;
    }
    while (done < graph->count) {
        if (done == queue_count)
            queue[queue_count++] = first_of_circle(graph, by_time, &cursor);
        finish(graph, queue[done++], queue, &queue_count);
    }
}

enum tov_err tov_order_make(const struct tov_told *const *messages, size_t count,
                            struct tov_ordered *out)
{
    if (count == 0)
        return TOV_OK;
    TOV_CLEANUP(graph_fini) struct graph graph = {0};
    TOV_TRY(graph_init(&graph, messages, count));
    TOV_FREE size_t *queue = calloc(count, sizeof *queue);
    if (queue == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++)
        out[i] = (struct tov_ordered){graph.nodes[i].told, graph.nodes[i].written_ms};
    qsort(out, count, sizeof *out, compare_ordered);
    walk(&graph, out, queue);
    for (size_t i = 0; i < count; i++)
        out[i] = (struct tov_ordered){graph.nodes[i].told, graph.nodes[i].effective_ms};
    qsort(out, count, sizeof *out, compare_ordered);
    return TOV_OK;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/event.h"
#include "ledger/reply.h"
#include "simulation/rest.h"
#include "store/read.h"
#include "support/unit.h"

#include <stdlib.h>

/* How often the events tell one thing. */
static unsigned count_events(struct tov_store_read *read, const struct tov_event *wanted)
{
    struct tov_store_range range = {.table = TOV_TABLE_EVENT};
    struct tov_store_iter iter;
    unsigned count = 0;
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_event event;
        UNIT_NEED(tov_event_decode(iter.row.value, &event) == TOV_OK);
        count += event.kind == wanted->kind && event.agency == wanted->agency &&
                         event.index == wanted->index && event.part == wanted->part
                     ? 1
                     : 0;
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return count;
}

struct telling {
    struct world *world;
    size_t node, from;
    uint64_t index;
    struct tov_store_read *read;
};

static void need_once(const struct telling *on, enum tov_event_kind kind, uint8_t part)
{
    struct tov_event wanted = {
        .kind = kind, .agency = (uint16_t)(on->from + 1), .index = on->index, .part = part};
    unsigned count = count_events(on->read, &wanted);
    if (count != 1)
        world_break(on->world, count == 0 ? BROKE_UNTOLD : BROKE_TWICE,
                    "a%zu's events tell entry %llu of a%zu, part %u, %u times (kind %d)",
                    on->node + 1, (unsigned long long)on->index, on->from + 1, part, count,
                    (int)kind);
}

static const struct inbox_told *told_of(const struct telling *on,
                                        const struct tov_ledger_place *place)
{
    struct tov_ref ref = {(uint16_t)(on->from + 1), 1, place->index, place->leaf_hash};
    return inbox_find(&on->world->inboxes[on->node], &ref);
}

/* OLD: where the message was before, if it was told of there. */
static void check_client(const struct telling *on, const struct tov_ledger_place *place,
                         const struct tov_ledger_place *old, unsigned attachments)
{
    const struct inbox_told *told = told_of(on, place);
    if (told == NULL && old != NULL)
        told = told_of(on, old);
    unsigned messages = told == NULL ? 0 : told->messages;
    if (messages != 1)
        world_break(on->world, messages == 0 ? BROKE_UNTOLD : BROKE_TWICE,
                    "a%zu's client was told %u times of entry %llu of a%zu", on->node + 1, messages,
                    (unsigned long long)on->index, on->from + 1);
    else if (told->attachments != attachments)
        world_break(on->world, told->attachments < attachments ? BROKE_UNTOLD : BROKE_TWICE,
                    "a%zu's client was told of %u of %u attachments of entry %llu of a%zu",
                    on->node + 1, told->attachments, attachments, (unsigned long long)on->index,
                    on->from + 1);
}

static unsigned attachments_for(const struct model_order *order, size_t node)
{
    for (size_t i = 0; order != NULL && i < order->order.recipient_count; i++) {
        if (order->order.recipients[i].agency == node + 1 &&
            order->order.recipients[i].right == TOV_RIGHT_ALL)
            return (unsigned)order->order.attachment_count;
    }
    return 0;
}

/* Of the attachments of a message those that have come, where not all need to. */
static unsigned attachments_told(const struct telling *on, unsigned attachments)
{
    unsigned told = 0;
    for (unsigned k = 0; k < attachments; k++) {
        struct tov_event wanted = {.kind = TOV_EVENT_ATTACHMENT,
                                   .agency = (uint16_t)(on->from + 1),
                                   .index = on->index,
                                   .part = (uint8_t)(2 + k)};
        told += count_events(on->read, &wanted) > 0 ? 1 : 0;
    }
    return told;
}

static void check_from(struct telling *on)
{
    const struct model_node *sender = &on->world->model.nodes[on->from];
    const struct model_links *links = &sender->links[on->node];
    for (uint64_t i = 0; i < links->count; i++) {
        on->index = links->at[i].index;
        bool is_excused = links->at[i].may_be_lost || links->at[i].may_be_closed;
        if (is_excused && !links->at[i].has_keys)
            continue; /* check_events_once has it */
        struct tov_ledger_place place = {on->index, sender->trees[0].leaves[on->index]};
        unsigned attachments =
            attachments_for(model_order_at(&on->world->model, on->from, &place), on->node);
        need_once(on, TOV_EVENT_RECEIVED, 0);
        if (is_excused)
            attachments = attachments_told(on, attachments);
        for (unsigned k = 0; k < attachments && !is_excused; k++)
            need_once(on, TOV_EVENT_ATTACHMENT, (uint8_t)(2 + k));
        check_client(on, &place, NULL, attachments);
    }
}

static void check_own(struct telling *on)
{
    const struct model *model = &on->world->model;
    for (size_t i = 0; i < model->order_count; i++) {
        const struct model_order *order = &model->orders[i];
        if (order->node != on->node || !order->is_acknowledged || order->is_excused)
            continue;
        if (order->is_provisional) {
            world_break(on->world, BROKE_LOST, "a%zu has not written record %llu anew",
                        on->node + 1, (unsigned long long)order->order.record);
            return;
        }
        if (model->nodes[on->node].facts[order->place.index].may_be_lost)
            continue;
        on->index = order->place.index;
        need_once(on, TOV_EVENT_WRITTEN, 0);
        if (!model->nodes[on->node].facts[order->place.index].was_out)
            check_client(on, &order->place, &order->old_place, 0);
    }
}

static bool is_noted(struct telling *on, const struct tov_ref *target, uint64_t number)
{
    struct tov_store_range range = tov_reply_range(target, number);
    struct tov_store_iter iter;
    bool is_found = false;
    UNIT_NEED(tov_store_iter_init(on->read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_reply reply;
        is_found =
            is_found || (tov_reply_decode(&iter.row, target, &reply) && reply.number == number);
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return is_found;
}

/* Who holds a message and its answer knows that it is one. */
static void check_answer(struct telling *on, const struct model_order *order)
{
    struct tov_core *core = tov_node_core(on->world->nodes[on->node].node);
    struct tov_ref answer = {(uint16_t)(order->node + 1), 1, order->place.index,
                             order->place.leaf_hash};
    uint64_t number = 0;
    uint64_t target = 0;
    if (!order->order.has_target || on->world->model.nodes[order->node].restores > 0 ||
        on->world->model.nodes[on->node].restores > 0 ||
        tov_event_of(core, on->read, &order->order.target, &target) != TOV_OK ||
        tov_event_of(core, on->read, &answer, &number) != TOV_OK)
        return;
    if (!is_noted(on, &order->order.target, number))
        world_break(on->world, BROKE_UNTOLD,
                    "a%zu does not know that event %llu answers event %llu", on->node + 1,
                    (unsigned long long)number, (unsigned long long)target);
}

/* Of whomever they tell, each thing is told once. */
static void check_events_once(struct world *world, size_t node, struct tov_store_read *read)
{
    struct tov_store_range range = {.table = TOV_TABLE_EVENT};
    struct tov_store_iter iter;
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_event event;
        UNIT_NEED(tov_event_decode(iter.row.value, &event) == TOV_OK);
        bool is_one = event.kind == TOV_EVENT_RECEIVED || event.kind == TOV_EVENT_ATTACHMENT ||
                      event.kind == TOV_EVENT_WRITTEN;
        unsigned count = is_one ? count_events(read, &event) : 1;
        if (count != 1)
            world_break(world, BROKE_TWICE, "a%zu's events tell entry %llu of a%u %u times",
                        node + 1, (unsigned long long)event.index, event.agency, count);
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
}

void rest_check_told(struct world *world, size_t node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    struct telling on = {.world = world, .node = node, .read = read};
    for (on.from = 0; on.from < world->count; on.from++) {
        if (on.from == node)
            check_own(&on);
        else if (!liar_is(world, on.from))
            check_from(&on);
    }
    for (size_t i = 0; i < world->model.order_count; i++) {
        if (!liar_is(world, world->model.orders[i].node))
            check_answer(&on, &world->model.orders[i]);
    }
    check_events_once(world, node, read);
}

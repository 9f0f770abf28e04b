/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/draft.h"
#include "ledger/event.h"
#include "ledger/reply.h"
#include "simulation/rest.h"
#include "store/read.h"
#include "support/unit.h"

struct naming {
    struct world *world;
    size_t node;
    struct tov_core *core;
    struct tov_store_read *read;
    const struct model_order *order; /* that names */
    struct tov_ref target;           /* what it names, where that stands now */
};

static struct tov_ref ref_of(const struct model_order *order, const struct tov_ledger_place *place)
{
    return (struct tov_ref){(uint16_t)(order->node + 1), 1, place->index, place->leaf_hash};
}

/* What its header says here; false: it is not here, or not open. */
static bool read_names(const struct naming *on, struct tov_ref *out_answers,
                       struct tov_ref *out_cites)
{
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_message_name name = {(uint16_t)(on->order->node + 1), 1, on->order->place.index};
    struct tov_draft draft = {0};
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    if (tov_message_read(on->core, on->read, &name, TOV_MESSAGE_HEADER, message) != TOV_OK ||
        !tov_hash_equal(&message->leaf_hash, &on->order->place.leaf_hash) ||
        message->header.size == 0 ||
        tov_draft_decode(tov_buf_view(&message->header), NULL, &draft, NULL) != TOV_OK)
        return false;
    *out_answers = *out_cites = (struct tov_ref){0};
    (void)tov_record_ref(draft.header, "in_reply_to", 0, out_answers);
    (void)tov_record_ref(draft.header, "cites", 0, out_cites);
    tov_draft_fini(&draft);
    return true;
}

static bool is_noted(const struct naming *on, uint64_t number)
{
    struct tov_store_range range = tov_reply_range(&on->target, number);
    struct tov_store_iter iter;
    bool is_found = false;
    UNIT_NEED(tov_store_iter_init(on->read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_reply reply;
        is_found = is_found ||
                   (tov_reply_decode(&iter.row, &on->target, &reply) && reply.number == number);
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return is_found;
}

static bool has_effect(const struct naming *on)
{
    struct tov_ref ref = ref_of(on->order, &on->order->place);
    uint64_t number = 0;
    bool is_retracted = false;
    if (tov_event_of(on->core, on->read, &ref, &number) != TOV_OK || !is_noted(on, number))
        return false;
    UNIT_NEED(tov_reply_find_retraction(on->core, on->read, &on->target, &is_retracted) == TOV_OK);
    return is_retracted || !on->order->order.takes_back;
}

static void check_named(const struct naming *on)
{
    struct tov_ref answers, cites;
    if (!read_names(on, &answers, &cites))
        return; /* that it is to be here and open is checked elsewhere */
    bool is_right = tov_ref_equal(&answers, &on->target) &&
                    (!on->order->order.cites || tov_ref_equal(&cites, &on->target));
    if (!is_right || !has_effect(on))
        world_break(on->world, BROKE_NAMES, "at a%zu record %llu of a%zu %s entry %llu of a%u",
                    on->node + 1, (unsigned long long)on->order->order.record, on->order->node + 1,
                    is_right ? "has no effect on" : "does not name",
                    (unsigned long long)on->target.index, on->target.agency);
}

/* Whoever was told of an old place finds the message by it, unless that was taken from the store
 * since. */
static void check_found(const struct naming *on)
{
    const struct model_order *order = on->order;
    struct tov_ref places[2] = {ref_of(order, &order->old_place), ref_of(order, &order->place)};
    uint64_t numbers[2] = {0};
    if (order->node != on->node || order->old_place.index == 0 ||
        order->moved_at != on->world->model.nodes[on->node].restores)
        return;
    for (size_t i = 0; i < 2; i++) {
        if (tov_event_of(on->core, on->read, &places[i], &numbers[i]) != TOV_OK)
            numbers[i] = 0;
    }
    if (numbers[0] == 0 || numbers[0] != numbers[1])
        world_break(on->world, BROKE_NAMES, "a%zu does not find record %llu by its place before",
                    on->node + 1, (unsigned long long)order->order.record);
}

void rest_check_names(struct world *world, size_t node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    const struct model *model = &world->model;
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    struct naming on = {
        .world = world, .node = node, .core = tov_node_core(world->nodes[node].node), .read = read};
    for (size_t i = 0; i < model->order_count && !world_is_broken(world); i++) {
        on.order = &model->orders[i];
        if (liar_is(world, on.order->node) || !on.order->is_acknowledged || on.order->is_excused ||
            on.order->is_provisional)
            continue;
        check_found(&on);
        const struct model_order *target = model_order_of(model, on.order->target_record);
        if (target == NULL || target->is_excused || liar_is(world, target->node))
            continue;
        on.target = ref_of(target, &target->place);
        check_named(&on);
    }
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/draft.h"
#include "ledger/entry.h"
#include "merkle/tree.h"
#include "simulation/rest.h"
#include "store/read.h"
#include "support/invariants.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- one node ---- */

static bool file_holds(const char *path, const char *needle)
{
    FILE *file = fopen(path, "rb");
    UNIT_NEED(file != NULL && fseek(file, 0, SEEK_END) == 0);
    long size = ftell(file);
    TOV_FREE char *bytes = malloc(size > 0 ? (size_t)size : 1);
    UNIT_NEED(size > 0 && bytes != NULL && fseek(file, 0, SEEK_SET) == 0);
    UNIT_NEED(fread(bytes, 1, (size_t)size, file) == (size_t)size);
    (void)fclose(file);
    return memmem(bytes, (size_t)size, needle, strlen(needle)) != NULL;
}

void rest_check_node(struct world *world, size_t node)
{
    const struct sim_node *sim = &world->nodes[node];
    char path[320];
    (void)snprintf(path, sizeof path, "%s/data.mdb", sim->dir);
    if (sim->node == NULL || tov_node_state(sim->node) != TOV_NODE_SERVING) {
        world_break(world, BROKE_SERVING, "a%zu is in state %d", node + 1,
                    sim->node == NULL ? -1 : (int)tov_node_state(sim->node));
        return;
    }
    if (!tov_node_is_idle(sim->node))
        world_break(world, BROKE_SERVING, "a%zu is not idle", node + 1);
    for (size_t i = 0; i < 2; i++) {
        const struct model_tree *tree = &world->model.nodes[node].trees[i];
        if (i == 1 && world->model.nodes[node].restores > 0)
            continue; /* another journal may have begun */
        if (tree->signed_size != tree->count)
            world_break(world, BROKE_SERVING, "a%zu signed %llu of %llu entries of tree %zu",
                        node + 1, (unsigned long long)tree->signed_size,
                        (unsigned long long)tree->count, i);
    }
    model_check_start(world, node);
    if (sim_disk_holds(sim->disk, SIM_MARKER) || file_holds(path, SIM_MARKER))
        world_break(world, BROKE_MARKER, "content stands in the clear on a%zu's disk", node + 1);
}

void rest_check_witness(struct world *world, size_t node)
{
    const struct sim_node *sim = &world->nodes[node];
    uint64_t witnessed = tov_follow_witnessed(tov_node_follow(sim->node));
    if (witnessed != world->model.nodes[node].anchor)
        world_break(world, BROKE_WITNESS, "a%zu has an anchor at %llu, witnessed are %llu",
                    node + 1, (unsigned long long)world->model.nodes[node].anchor,
                    (unsigned long long)witnessed);
}

/* ---- one message at its recipient ---- */

struct arrival {
    struct world *world;
    size_t from, to;
    struct tov_store_read *read;
    const struct model_link *link;
    const struct model_order *order; /* NULL: none has this place */
    const struct sim_order *sent;    /* by whomever; when MESSAGE has been read */
    struct tov_message_name name;
    struct tov_message *message;
};

static enum tov_right right_of(const struct arrival *on)
{
    for (size_t i = 0; i < on->sent->recipient_count; i++) {
        if (on->sent->recipients[i].agency == on->to + 1)
            return on->sent->recipients[i].right;
    }
    return TOV_RIGHT_HEADER;
}

static bool text_is_right(const struct arrival *on)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf expected = TOV_BUF_INIT(1u << 20);
    struct tov_draft draft = {0};
    struct tov_bytes content = tov_buf_view(&on->message->content);
    bool all = right_of(on) == TOV_RIGHT_ALL;
    sim_message_text(on->sent->record, on->sent->text_bytes, &expected);
    if (tov_draft_decode(tov_buf_view(&on->message->header), all ? &content : NULL, &draft, NULL) !=
        TOV_OK)
        return false;
    bool right = !all || tov_bytes_equal(tov_record_bytes(draft.content, "free_text"),
                                         tov_buf_view(&expected));
    tov_draft_fini(&draft);
    return right;
}

/* A file that was set back may be gone; a closed message's never came. */
static bool may_lack_files(const struct arrival *on)
{
    return on->link->may_be_closed || on->world->more[on->from].files_are_back ||
           on->world->more[on->to].files_are_back;
}

static bool attachment_is_right(const struct arrival *on, uint8_t part)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf sent = TOV_BUF_INIT(1u << 24);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf here = TOV_BUF_INIT(1u << 24);
    struct sim_node *from = &on->world->nodes[on->from];
    struct sim_node *to = &on->world->nodes[on->to];
    char name[TOV_BLOB_NAME_SIZE];
    tov_blob_name(tov_node_core(from->node), &on->name, on->message->leaf.id, part, name);
    enum tov_err sent_err = sim_disk_load(from->disk, name, &sent);
    tov_blob_name(tov_node_core(to->node), &on->name, NULL, part, name);
    enum tov_err here_err = sim_disk_load(to->disk, name, &here);
    if (sent_err == TOV_E_NOT_FOUND || here_err == TOV_E_NOT_FOUND)
        return may_lack_files(on);
    return sent_err == TOV_OK && here_err == TOV_OK &&
           tov_bytes_equal(tov_buf_view(&sent), tov_buf_view(&here));
}

/* Where both files are there they are the same, whatever was set back; but of one that need not
 * come a part may be there. */
static bool files_are_right(const struct arrival *on)
{
    if (may_lack_files(on) && on->message->verdict.verdict != TOV_VERDICT_OPENED)
        return true;
    bool are_right = true;
    for (uint8_t i = 2; right_of(on) == TOV_RIGHT_ALL && i < on->message->leaf.part_count; i++)
        are_right = are_right && attachment_is_right(on, i);
    return are_right;
}

static bool is_unchanged(const struct arrival *on)
{
    if (on->link->may_be_closed && !on->message->has_keys)
        return true;
    return on->message->leaf.part_count == 2 + on->sent->attachment_count && text_is_right(on) &&
           files_are_right(on);
}

/* ROOM is for what a client sent. */
static const struct sim_order *sent_at(const struct arrival *on, struct sim_order *room)
{
    struct tov_ref ref = {on->name.agency, 1, on->name.index,
                          on->world->model.nodes[on->from].trees[0].leaves[on->name.index]};
    if (on->order != NULL)
        return &on->order->order;
    if (repeat_order_at(on->world, on->from, &ref, room))
        return room;
    const struct model_order *order =
        model_order_with(&on->world->model, on->from, on->message->leaf.id);
    return order == NULL ? NULL : &order->order; /* it was written anew: model_note_place */
}

/* Whoever sent it, acknowledged or not. */
static void check_content(struct arrival *on)
{
    struct sim_order room;
    unsigned long long index = (unsigned long long)on->name.index;
    enum tov_err err = tov_message_read(tov_node_core(on->world->nodes[on->to].node), on->read,
                                        &on->name, TOV_MESSAGE_CONTENT, on->message);
    on->sent = err == TOV_OK ? sent_at(on, &room) : NULL;
    if (err != TOV_OK)
        world_break(on->world, BROKE_LOST, "a%zu cannot read entry %llu of a%zu: %s", on->to + 1,
                    index, on->from + 1, tov_err_name(err));
    else if (on->sent == NULL)
        world_break(on->world, BROKE_LOST, "a%zu has entry %llu of a%zu, which nobody sent",
                    on->to + 1, index, on->from + 1);
    else if (!is_unchanged(on))
        world_break(on->world, BROKE_LOST, "entry %llu of a%zu (record %llu) is changed at a%zu",
                    index, on->from + 1, (unsigned long long)on->sent->record, on->to + 1);
    on->sent = NULL;
}

static struct tov_verdict_value verdict_of(const struct arrival *on)
{
    const struct sim_node *sim = &on->world->nodes[on->from];
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_link_block block = {.series = {1, on->link->series}, .number = on->link->number};
    struct tov_delivery delivery;
    UNIT_NEED(tov_store_read_begin(sim->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_delivery(read, (uint16_t)(on->to + 1), &block, &delivery) == TOV_OK);
    return delivery.verdict;
}

/* Without keys, or without attachments, it stays so. */
static bool is_closed(enum tov_verdict verdict)
{
    return verdict == TOV_VERDICT_NO_KEY || verdict == TOV_VERDICT_PENDING;
}

/* What its sender is told of it. */
static void check_delivery(const struct arrival *on)
{
    struct tov_verdict_value verdict = verdict_of(on);
    if (verdict.verdict != TOV_VERDICT_OPENED &&
        !(on->link->may_be_closed && is_closed(verdict.verdict)) &&
        !on->world->model.nodes[on->from].facts[on->name.index].may_be_lost)
        world_break(on->world, BROKE_UNOPENED,
                    "link %llu of a%zu to a%zu (entry %llu) has verdict "
                    "%d, detail %u",
                    (unsigned long long)on->link->number, on->from + 1, on->to + 1,
                    (unsigned long long)on->name.index, (int)verdict.verdict, verdict.detail);
}

/* ---- a pair ---- */

static bool mirror_leaf(const struct arrival *on, struct tov_hash *out_hash)
{
    struct tov_bytes row;
    struct tov_entry entry;
    if (tov_store_get(on->read, TOV_TABLE_MLEAF,
                      tov_store_key_u16_u32_u64(on->name.agency, 1, on->name.index),
                      &row) != TOV_OK ||
        tov_entry_decode_mirror(row, &entry) != TOV_OK || entry.state != TOV_ENTRY_PRESENT)
        return false;
    *out_hash = tov_merkle_leaf_hash(entry.leaf);
    return true;
}

/* OF names the pair, where it is read, and a message to read into; LINK is the one to look at. */
static struct arrival arrival_of(const struct arrival *of, const struct model_link *link)
{
    const struct model *model = &of->world->model;
    struct tov_ledger_place place = {link->index,
                                     model->nodes[of->from].trees[0].leaves[link->index]};
    struct arrival on = *of;
    on.link = link;
    on.order = model_order_at(model, of->from, &place);
    on.name = (struct tov_message_name){(uint16_t)(of->from + 1), 1, link->index};
    return on;
}

void rest_check_open(struct world *world, size_t from, size_t to)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    const struct model_links *links = &world->model.nodes[from].links[to];
    UNIT_NEED(tov_store_read_begin(world->nodes[to].store, &read, NULL) == TOV_OK);
    struct arrival of = {.world = world, .from = from, .to = to, .read = read};
    for (uint64_t i = 0; i < links->count && !world_is_broken(world); i++) {
        struct arrival on = arrival_of(&of, &links->at[i]);
        if (is_closed(verdict_of(&on).verdict))
            check_delivery(&on);
    }
}

static void gather_found(struct world *world, size_t from, size_t to, struct invariant_log *out)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    const struct model_links *links = &world->model.nodes[from].links[to];
    UNIT_NEED(tov_store_read_begin(world->nodes[to].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    struct arrival of = {.world = world, .from = from, .to = to, .read = read, .message = message};
    for (uint64_t i = 0; i < links->count && !world_is_broken(world); i++) {
        struct arrival on = arrival_of(&of, &links->at[i]);
        struct tov_hash hash;
        bool is_there = mirror_leaf(&on, &hash);
        if (!is_there && on.link->may_be_lost)
            continue;
        if (!is_there) {
            world_break(world, BROKE_LOST, "entry %llu of a%zu is not at a%zu",
                        (unsigned long long)on.name.index, from + 1, to + 1);
            continue;
        }
        check_delivery(&on);
        if (!world_is_broken(world))
            check_content(&on);
        if (on.order != NULL)
            invariant_log_add(out, (struct invariant_record){on.order->order.record, hash});
    }
}

static bool is_to(const struct sim_order *order, size_t to)
{
    for (size_t i = 0; i < order->recipient_count; i++) {
        if (order->recipients[i].agency == to + 1)
            return true;
    }
    return false;
}

/* Whether a restore may have taken it from TO. */
static bool may_be_missing(const struct world *world, const struct model_order *order, size_t to)
{
    const struct model_link *link = model_link_at(world, order->node, to, order->place.index);
    return order->is_excused || (link != NULL && link->may_be_lost);
}

static void gather_acknowledged(const struct world *world, size_t from, size_t to,
                                struct invariant_log *out)
{
    const struct model *model = &world->model;
    for (uint64_t rank = 1; rank <= model->acknowledged; rank++) {
        for (size_t i = 0; i < model->order_count; i++) {
            const struct model_order *order = &model->orders[i];
            if (order->is_acknowledged && order->rank == rank && order->node == from &&
                is_to(&order->order, to) && !may_be_missing(world, order, to))
                invariant_log_add(
                    out, (struct invariant_record){order->order.record, order->place.leaf_hash});
        }
    }
}

static void check_messages(struct world *world, size_t from, size_t to)
{
    TOV_CLEANUP(invariant_log_fini) struct invariant_log acknowledged = {0};
    TOV_CLEANUP(invariant_log_fini) struct invariant_log found = {0};
    uint64_t id = 0;
    gather_acknowledged(world, from, to, &acknowledged);
    gather_found(world, from, to, &found);
    enum invariant_verdict verdict = invariant_check(&acknowledged, &found, &id);
    if (verdict != INVARIANT_HOLDS)
        world_break(world, verdict == INVARIANT_TWICE ? BROKE_TWICE : BROKE_LOST,
                    "record %llu of a%zu is %s at a%zu", (unsigned long long)id, from + 1,
                    invariant_verdict_name(verdict), to + 1);
}

static const struct tov_agency *agency_of(const struct world *world, size_t node)
{
    return sim_federation_agency(world->federation, node);
}

static void check_followed(struct world *world, size_t from, size_t to)
{
    const struct model_node *sender = &world->model.nodes[from];
    const struct model_links *links = &sender->links[to];
    uint64_t held = model_held(world, to, from);
    uint64_t needed = links->count == 0 ? 2 : links->at[links->count - 1].index + 1;
    if (tov_agency_has_keeper(agency_of(world, from), (uint16_t)(to + 1)))
        needed = sender->trees[0].count;
    if (held < needed)
        world_break(world, BROKE_BEHIND, "a%zu holds %llu of a%zu, needs %llu", to + 1,
                    (unsigned long long)held, from + 1, (unsigned long long)needed);
}

static void check_acknowledged(struct world *world, size_t from, size_t to)
{
    struct tov_follow *follow = tov_node_follow(world->nodes[from].node);
    for (size_t i = 0; i < tov_follow_peer_count(follow); i++) {
        struct tov_peer_view view;
        tov_follow_peer_view(follow, i, &view);
        if (view.agency != to + 1)
            continue;
        if (!view.is_up || view.is_suspended)
            world_break(world, BROKE_BEHIND, "a%zu has no session with a%zu", from + 1, to + 1);
        if (view.links_sent != view.links_receipted)
            world_break(world, BROKE_UNOPENED,
                        "a%zu sent %llu messages to a%zu, %llu are receipted", from + 1,
                        (unsigned long long)view.links_sent, to + 1,
                        (unsigned long long)view.links_receipted);
        if (view.acknowledged != model_held(world, to, from))
            world_break(world, BROKE_BEHIND, "a%zu takes a%zu to hold %llu, it holds %llu",
                        from + 1, to + 1, (unsigned long long)view.acknowledged,
                        (unsigned long long)model_held(world, to, from));
    }
}

void rest_check_pair(struct world *world, size_t from, size_t to)
{
    check_followed(world, from, to);
    check_acknowledged(world, from, to);
    if (!world_is_broken(world))
        check_messages(world, from, to);
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/sim_message.h"

#include "case/draft.h"
#include "envelope/part.h"
#include "follow/follow.h"
#include "ledger/reply.h"
#include "support/unit.h"

#include <stdio.h>
#include <string.h>

void sim_message_text(uint64_t record, size_t bytes, struct tov_buf *out)
{
    char start[64];
    (void)snprintf(start, sizeof start, SIM_MARKER "%llu Borgeren har plads. ",
                   (unsigned long long)record);
    size_t used = strlen(start);
    tov_buf_put_text(out, start);
    while (used < bytes) {
        tov_buf_put_u8(out, (uint8_t)('a' + (used + record) % 26));
        used++;
    }
}

static enum tov_err put_recipients(struct tov_record header, const struct sim_order *order)
{
    for (size_t i = 0; i < order->recipient_count; i++) {
        struct tov_record recipient;
        bool all = order->recipients[i].right == TOV_RIGHT_ALL;
        TOV_TRY(tov_record_open(header, "recipients", &recipient));
        TOV_TRY(tov_record_put_number(recipient, "agency", order->recipients[i].agency));
        TOV_TRY(tov_record_put_text(recipient, "unit", SIM_UNIT));
        TOV_TRY(tov_record_put_enum(recipient, "right", all ? "all" : "header"));
        TOV_TRY(tov_record_put_text(recipient, "need_reason", "Har opgaven efter aftalen."));
    }
    return TOV_OK;
}

static enum tov_err put_header(const struct tov_draft *draft, const struct sim_sender *sender,
                               const struct sim_order *order)
{
    struct tov_record header = draft->header;
    struct tov_record child;
    uint8_t episode[16] = {7};
    TOV_TRY(tov_record_put_bytes(header, "message_id",
                                 (struct tov_bytes){sender->id, TOV_MESSAGE_ID_BYTES}));
    TOV_TRY(tov_record_put_text(header, "sender_origin", sender->agency->ledger.name));
    TOV_TRY(tov_record_put_text(header, "sender_unit", SIM_UNIT));
    TOV_TRY(put_recipients(header, order));
    TOV_TRY(tov_record_open(header, "about", &child));
    TOV_TRY(tov_record_put_bytes(child, "episode_ref", TOV_BYTES_OF(episode)));
    TOV_TRY(tov_record_open(header, "author", &child));
    TOV_TRY(tov_record_put_text(child, "person", "ab12"));
    TOV_TRY(tov_record_put_enum(child, "role", "sagsbehandler"));
    TOV_TRY(tov_record_put_text(header, "legal_bases", "BEK-HPL"));
    TOV_TRY(tov_record_put_text(header, "purpose", "loesladelse"));
    TOV_TRY(tov_record_put_number(header, "occurred_at", sender->now_ms - 60000));
    TOV_TRY(tov_record_put_number(header, "recorded_at", sender->now_ms - 60000));
    if (order->has_target) {
        TOV_TRY(tov_record_put_ref(header, "in_reply_to", &order->target));
        TOV_TRY(
            tov_record_put_enum(header, "relation", order->takes_back ? "removal" : "response"));
        if (order->cites)
            TOV_TRY(tov_record_put_ref(header, "cites", &order->target));
    }
    return tov_record_put_enum(draft->header_fields, "kind", "telefon");
}

static enum tov_err put_content(const struct tov_draft *draft, const struct sim_order *order)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    struct tov_record subject;
    sim_message_text(order->record, order->text_bytes, &text);
    tov_buf_put_u8(&text, 0);
    if (text.failed != TOV_OK)
        return text.failed;
    TOV_TRY(tov_record_put_text(draft->content, "free_text", (const char *)text.data));
    TOV_TRY(tov_record_put_text(draft->content, "necessity",
                                "Modtageren skal have plads klar til dagen."));
    TOV_TRY(tov_record_open(draft->content, "subject", &subject));
    TOV_TRY(tov_record_put_text(subject, "name", SIM_MARKER "Navn Prøvesen"));
    TOV_TRY(tov_record_put_enum(subject, "number_kind", "erstatningspersonnummer"));
    return tov_record_put_text(subject, "number", "720493-0151");
}

enum tov_err sim_message_encode(const struct sim_sender *sender, const struct sim_order *order,
                                struct tov_buf *out_header, struct tov_buf *out_content)
{
    struct tov_draft draft = {0};
    const struct tov_message_type *type = tov_message_type_find(tov_bytes_of_text("msg.note"));
    UNIT_NEED(type != NULL);
    TOV_TRY(tov_draft_create(type, &draft));
    enum tov_err err = put_header(&draft, sender, order);
    if (err == TOV_OK)
        err = put_content(&draft, order);
    if (err == TOV_OK)
        err = tov_draft_encode(&draft, out_header, out_content);
    tov_draft_fini(&draft);
    return err;
}

/* ---- attachments ---- */

struct blob {
    struct sim_node *node;
    const char *name;
    uint8_t part;
    uint64_t size;
};

static enum tov_err take_piece(void *user, struct tov_bytes bytes)
{
    struct blob *blob = user;
    uint64_t at = blob->size;
    blob->size += bytes.size;
    return sim_disk_write(blob->node->disk, blob->name, at, bytes);
}

static enum tov_err seal_blob(struct blob *blob, const struct tov_message_plan *plan,
                              const struct sim_order *order, struct tov_part_claim *out_claim)
{
    TOV_CLEANUP(tov_part_sealer_cleanup) struct tov_part_sealer *sealer = NULL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf data = TOV_BUF_INIT(1u << 24);
    struct tov_part_sink sink = {take_piece, blob};
    struct tov_key key;
    char tree[TOV_BLOB_NAME_SIZE + 8];
    uint32_t count = 0;
    sim_message_text(order->record, order->attachment_bytes[blob->part - 2], &data);
    TOV_TRY(tov_part_key(&plan->keys, plan->salt, blob->part, &key));
    TOV_TRY(tov_part_sealer_create(&key, data.size, &sink, &sealer));
    TOV_TRY(tov_part_sealer_write(sealer, tov_buf_view(&data)));
    TOV_TRY(tov_part_sealer_finish(sealer, out_claim));
    const struct tov_hash *hashes = tov_part_sealer_hashes(sealer, &count);
    (void)snprintf(tree, sizeof tree, "%s.tree", blob->name);
    TOV_TRY(sim_disk_write(blob->node->disk, tree, 0,
                           (struct tov_bytes){hashes->bytes, count * sizeof *hashes}));
    TOV_TRY(sim_disk_sync(blob->node->disk, tree));
    return sim_disk_sync(blob->node->disk, blob->name);
}

static enum tov_err add_attachments(struct sim_node *node, const struct sim_order *order,
                                    struct tov_message_plan *plan)
{
    struct tov_message_name own = {.agency = node->agency->number};
    for (size_t i = 0; i < order->attachment_count; i++) {
        char name[TOV_BLOB_NAME_SIZE];
        struct blob blob = {node, name, (uint8_t)(2 + i), 0};
        tov_blob_name(tov_node_core(node->node), &own, plan->id, blob.part, name);
        TOV_TRY(seal_blob(&blob, plan, order, &plan->attachments[i].claim));
    }
    plan->attachment_count = order->attachment_count;
    return TOV_OK;
}

/* ---- submitting ---- */

static void tell_acknowledged(struct tov_core *core, const struct tov_after *after)
{
    struct sim_node *node = after->owner;
    (void)core;
    if (node->hooks.acknowledged != NULL)
        node->hooks.acknowledged(node->hooks.context, node->index, after->a);
}

static enum tov_err write_plan(struct sim_node *node, const struct sim_order *order,
                               struct tov_message_plan *plan, struct tov_message_written *out)
{
    struct tov_core *core = tov_node_core(node->node);
    struct tov_follow *follow = tov_node_follow(node->node);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(2 * TOV_INLINE_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(2 * TOV_INLINE_MAX_BYTES);
    struct sim_sender sender = {core->own, tov_core_leaf_time(core), plan->id};
    TOV_TRY(sim_message_encode(&sender, order, &header, &content));
    plan->header = tov_buf_view(&header);
    plan->content = tov_buf_view(&content);
    TOV_TRY(add_attachments(node, order, plan));
    struct tov_link_heads heads = tov_follow_link_heads(follow);
    TOV_TRY(tov_message_write(core, plan, &heads, out));
    tov_follow_remember_keys(follow, out->place.index, &plan->keys);
    if (order->has_target)
        tov_reply_put(
            core, &order->target,
            &(struct tov_replying){out->event,
                                   order->takes_back ? TOV_RELATION_REMOVAL : TOV_RELATION_RESPONSE,
                                   {core->own->number, core->series.generation, out->place.index}});
    struct tov_after after = {.run = tell_acknowledged, .owner = node, .a = order->record};
    return tov_core_after(core, &after);
}

enum tov_err sim_message_submit(struct sim_node *node, const struct sim_order *order,
                                struct tov_message_written *out_written)
{
    TOV_FREE struct tov_message_plan *plan = calloc(1, sizeof *plan);
    UNIT_NEED(plan != NULL);
    tov_message_plan_init(tov_node_core(node->node), plan);
    plan->class_code = 1;
    plan->recipient_count = order->recipient_count;
    memcpy(plan->recipients, order->recipients, sizeof plan->recipients);
    if (order->id != NULL)
        memcpy(plan->id, order->id, sizeof plan->id);
    memcpy(node->submitted_id, plan->id, sizeof node->submitted_id);
    enum tov_err err = write_plan(node, order, plan, out_written);
    tov_message_plan_wipe(plan);
    return err;
}

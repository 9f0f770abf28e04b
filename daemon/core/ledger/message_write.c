/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/message.h"

#include "base/hex.h"
#include "ledger/vault.h"
#include "merkle/tree.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void tov_message_plan_init(struct tov_core *core, struct tov_message_plan *plan)
{
    *plan = (struct tov_message_plan){0};
    tov_core_random(core, plan->id, sizeof plan->id);
    tov_core_random(core, plan->salt, sizeof plan->salt);
    tov_core_random(core, plan->keys.header.bytes, sizeof plan->keys.header.bytes);
    tov_core_random(core, plan->keys.content.bytes, sizeof plan->keys.content.bytes);
    plan->keys.has_content = true;
}

void tov_message_plan_wipe(struct tov_message_plan *plan)
{
    tov_message_keys_wipe(&plan->keys);
}

static void set_recipients(const struct tov_core *core, const struct tov_message_plan *plan,
                           struct tov_leaf_message *leaf)
{
    leaf->suite = TOV_SUITE_X25519_CHACHA;
    memcpy(leaf->id, plan->id, sizeof leaf->id);
    memcpy(leaf->salt, plan->salt, sizeof leaf->salt);
    leaf->roster_version = tov_roster_version(core->roster);
    leaf->recipient_count = (uint8_t)plan->recipient_count;
    for (size_t i = 0; i < plan->recipient_count; i++) {
        leaf->recipients[i].agency = plan->recipients[i].agency;
        leaf->recipients[i].right = plan->recipients[i].right;
    }
}

static enum tov_err set_commitments(const struct tov_core *core,
                                    const struct tov_message_plan *plan,
                                    struct tov_leaf_message *leaf)
{
    uint8_t room[256];
    struct tov_buf envelope = {.data = room, .capacity = sizeof room, .limit = sizeof room};
    struct tov_commitments commitments;
    TOV_TRY(tov_leaf_envelope_encode(leaf, &envelope));
    struct tov_hash ctx = tov_message_ctx(tov_bytes_of_text(tov_ledger_key(core->ledger)->name),
                                          tov_buf_view(&envelope));
    tov_message_commit(&plan->keys, &ctx, &commitments);
    leaf->header_commitment = commitments.header;
    leaf->content_commitment = commitments.content;
    return TOV_OK;
}

static enum tov_err seal_inline(const struct tov_message_plan *plan, uint8_t part,
                                struct tov_bytes data, struct tov_buf *body,
                                struct tov_leaf_part *out)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key key;
    struct tov_part_claim claim;
    TOV_TRY(tov_part_key(&plan->keys, plan->salt, part, &key));
    TOV_TRY(tov_part_seal(&key, data, body, &claim));
    *out = (struct tov_leaf_part){claim.sealed_size, true, claim.root};
    return TOV_OK;
}

static bool fits_inline(uint64_t sealed_header, uint64_t sealed_content)
{
    return sealed_header + sealed_content <= TOV_INLINE_MAX_BYTES + 2 * TOV_STREAM_TAG_BYTES;
}

static enum tov_err set_parts(const struct tov_message_plan *plan, struct tov_leaf_message *leaf,
                              struct tov_buf *body)
{
    if (!fits_inline(tov_part_sealed_size(plan->header.size),
                     tov_part_sealed_size(plan->content.size)))
        return TOV_E_LIMIT;
    TOV_TRY(seal_inline(plan, 0, plan->header, body, &leaf->parts[0]));
    TOV_TRY(seal_inline(plan, 1, plan->content, body, &leaf->parts[1]));
    leaf->part_count = (uint8_t)(2 + plan->attachment_count);
    for (size_t i = 0; i < plan->attachment_count; i++) {
        const struct tov_part_claim *claim = &plan->attachments[i].claim;
        leaf->parts[2 + i] = (struct tov_leaf_part){claim->sealed_size, false, claim->root};
    }
    return TOV_OK;
}

/* One link block for each other agency, packed for the row; heads move on once the leaf is known.
 */
static enum tov_err set_links(struct tov_core *core, const struct tov_link_heads *heads,
                              struct tov_leaf_message *leaf, struct tov_buf *links,
                              struct tov_message_written *written)
{
    for (size_t i = 0; i < leaf->recipient_count; i++) {
        uint16_t agency = leaf->recipients[i].agency;
        if (agency == core->own->number)
            continue;
        const struct tov_link_head *head = heads->head(heads->context, agency);
        if (head == NULL)
            return TOV_E_NOT_FOUND;
        struct tov_link_block block = {
            .series = core->series, .number = head->number + 1, .previous = head->leaf};
        tov_core_random(core, block.salt, sizeof block.salt);
        tov_buf_put_u16(links, agency);
        uint8_t *to = tov_buf_extend(links, TOV_LINK_BLOCK_BYTES);
        if (to == NULL)
            return links->failed;
        tov_link_encode(&block, to);
        leaf->recipients[i].link_hash = tov_link_hash((struct tov_bytes){to, TOV_LINK_BLOCK_BYTES});
        written->links[written->link_count].agency = agency;
        written->links[written->link_count++].number = block.number;
    }
    return TOV_OK;
}

static void put_links(struct tov_core *core, const struct tov_link_heads *heads,
                      const struct tov_message_written *written)
{
    uint8_t row[8];
    tov_put_be64(row, written->place.index);
    for (size_t i = 0; i < written->link_count; i++) {
        struct tov_link_head *head = heads->head(heads->context, written->links[i].agency);
        *head = (struct tov_link_head){written->links[i].number, written->place.leaf_hash};
        struct tov_link_place place = {written->links[i].agency, core->series.generation,
                                       core->series.lost_index, written->links[i].number};
        tov_store_batch_put(tov_core_batch(core), TOV_TABLE_LINK, tov_key_link(&place),
                            TOV_BYTES_OF(row));
    }
}

static enum tov_err append_leaf(struct tov_core *core, struct tov_leaf *leaf,
                                struct tov_bytes links, struct tov_message_written *written)
{
    uint8_t room[TOV_LEAF_MAX_BYTES + 1];
    struct tov_buf bytes = {.data = room, .capacity = sizeof room, .limit = sizeof room};
    tov_core_random(core, leaf->blind, sizeof leaf->blind);
    TOV_TRY(tov_leaf_encode(leaf, &bytes));
    struct tov_ledger_row row = {tov_buf_view(&bytes), written->event, links};
    return tov_ledger_append(core->ledger, tov_core_batch(core), &row, &written->place);
}

static uint64_t put_event(struct tov_core *core, const struct tov_message_plan *plan)
{
    struct tov_event event = {.kind = TOV_EVENT_WRITTEN,
                              .agency = core->own->number,
                              .generation = core->series.generation,
                              .index = tov_ledger_size(core->ledger),
                              .time_ms = core->now_ms};
    memcpy(event.tag, plan->tag, sizeof event.tag);
    return tov_event_append(core, &event);
}

/* A message that is sealed and has no place yet. */
struct sealed {
    struct tov_leaf *leaf;
    struct tov_bytes body; /* its inline parts */
};

static enum tov_err write_rows(struct tov_core *core, const struct tov_message_plan *plan,
                               const struct tov_link_heads *heads, const struct sealed *sealed,
                               struct tov_message_written *written)
{
    uint8_t room[TOV_LINKS_MAX_BYTES];
    uint8_t keys[TOV_DATAKEY_ROW_BYTES];
    struct tov_buf links = {.data = room, .capacity = sizeof room, .limit = sizeof room};
    TOV_TRY(set_links(core, heads, &sealed->leaf->as.message, &links, written));
    written->event = put_event(core, plan);
    sealed->leaf->time_ms = tov_core_leaf_time(core);
    TOV_TRY(append_leaf(core, sealed->leaf, tov_buf_view(&links), written));
    put_links(core, heads, written);
    struct tov_store_key key = tov_store_key_u64(written->place.index);
    tov_store_batch_append(tov_core_batch(core), TOV_TABLE_BODY, key, sealed->body);
    TOV_TRY(tov_vault_wrap(core, plan->class_code, &written->place.leaf_hash, &plan->keys, keys));
    tov_store_batch_append(tov_core_batch(core), TOV_TABLE_DATAKEY, key, TOV_BYTES_OF(keys));
    tov_core_note_segment(core, sealed->body.size + TOV_LEAF_MAX_BYTES / 4);
    return tov_store_batch_failed(tov_core_batch(core));
}

enum tov_err tov_message_write(struct tov_core *core, const struct tov_message_plan *plan,
                               const struct tov_link_heads *heads,
                               struct tov_message_written *out_written)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf body = TOV_BUF_INIT((size_t)2 * TOV_INLINE_MAX_BYTES);
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    struct tov_message_written written = {.link_count = 0};
    leaf->type = TOV_LEAF_MESSAGE;
    set_recipients(core, plan, &leaf->as.message);
    TOV_TRY(set_parts(plan, &leaf->as.message, &body));
    TOV_TRY(set_commitments(core, plan, &leaf->as.message));
    struct sealed sealed = {leaf, tov_buf_view(&body)};
    TOV_TRY(write_rows(core, plan, heads, &sealed, &written));
    *out_written = written;
    return TOV_OK;
}

/* What it was, or a header that says something else: that gets a key of its own, since one key
 * seals one text. The content key stays, so the content and the attachments are as they were
 * sealed, and nothing that was sealed by the former header key has ever left this node. */
static enum tov_err seal_again(struct tov_core *core, const struct tov_message_again *again,
                               struct tov_message_plan *plan, struct tov_leaf_message *leaf,
                               struct tov_buf *body)
{
    uint64_t was = leaf->parts[0].sealed_size;
    if (again->header.size == 0) {
        tov_buf_put_bytes(body, again->body);
        return body->failed;
    }
    if (was > again->body.size)
        return TOV_E_CORRUPT;
    struct tov_bytes rest = {again->body.data + was, again->body.size - (size_t)was};
    if (!fits_inline(tov_part_sealed_size(again->header.size), rest.size))
        return TOV_E_LIMIT;
    tov_core_random(core, plan->keys.header.bytes, sizeof plan->keys.header.bytes);
    memcpy(plan->salt, leaf->salt, sizeof plan->salt);
    TOV_TRY(seal_inline(plan, 0, again->header, body, &leaf->parts[0]));
    tov_buf_put_bytes(body, rest);
    TOV_TRY(body->failed);
    return set_commitments(core, plan, leaf);
}

enum tov_err tov_message_write_again(struct tov_core *core, const struct tov_link_heads *heads,
                                     const struct tov_message_again *again,
                                     struct tov_message_written *out_written)
{
    uint8_t room[TOV_LINKS_MAX_BYTES];
    uint8_t keys[TOV_DATAKEY_ROW_BYTES];
    struct tov_buf links = {.data = room, .capacity = sizeof room, .limit = sizeof room};
    struct tov_message_written written = {.event = again->event};
    struct tov_hash before = tov_merkle_leaf_hash(again->leaf);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf body = TOV_BUF_INIT((size_t)2 * TOV_INLINE_MAX_BYTES);
    TOV_CLEANUP(tov_message_plan_wipe) struct tov_message_plan plan = {0};
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_leaf_decode(again->leaf, leaf));
    if (leaf->type != TOV_LEAF_MESSAGE)
        return TOV_E_CORRUPT;
    /* Before anything is in the batch: one whose key is gone leaves nothing behind. */
    TOV_TRY(tov_vault_unwrap(core, &before, again->keys, &plan.keys));
    TOV_TRY(seal_again(core, again, &plan, &leaf->as.message, &body));
    TOV_TRY(set_links(core, heads, &leaf->as.message, &links, &written));
    leaf->time_ms = tov_core_leaf_time_again(core, leaf->time_ms);
    TOV_TRY(append_leaf(core, leaf, tov_buf_view(&links), &written));
    put_links(core, heads, &written);
    struct tov_store_key key = tov_store_key_u64(written.place.index);
    tov_store_batch_append(tov_core_batch(core), TOV_TABLE_BODY, key, tov_buf_view(&body));
    TOV_TRY(tov_vault_wrap(core, tov_vault_class_of(core, again->keys), &written.place.leaf_hash,
                           &plan.keys, keys));
    tov_store_batch_append(tov_core_batch(core), TOV_TABLE_DATAKEY, key, TOV_BYTES_OF(keys));
    tov_core_note_segment(core, body.size + TOV_LEAF_MAX_BYTES / 4);
    *out_written = written;
    return tov_store_batch_failed(tov_core_batch(core));
}

void tov_blob_name_of(uint16_t own, const struct tov_message_name *name,
                      const uint8_t id[TOV_MESSAGE_ID_BYTES], uint8_t part,
                      char out[TOV_BLOB_NAME_SIZE])
{
    if (name->agency == own) {
        char hex[2 * TOV_MESSAGE_ID_BYTES + 1];
        tov_hex_encode((struct tov_bytes){id, TOV_MESSAGE_ID_BYTES}, hex);
        (void)snprintf(out, TOV_BLOB_NAME_SIZE, "own-%s-%u", hex, part);
        return;
    }
    (void)snprintf(out, TOV_BLOB_NAME_SIZE, "peer-%u-%u-%llu-%u", name->agency, name->generation,
                   (unsigned long long)name->index, part);
}

void tov_blob_name(const struct tov_core *core, const struct tov_message_name *name,
                   const uint8_t id[TOV_MESSAGE_ID_BYTES], uint8_t part,
                   char out[TOV_BLOB_NAME_SIZE])
{
    tov_blob_name_of(core->own->number, name, id, part, out);
}

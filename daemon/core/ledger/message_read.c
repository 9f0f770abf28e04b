/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/message.h"

#include "ledger/vault.h"
#include "merkle/tree.h"

#include <string.h>

enum tov_err tov_message_create(struct tov_message **out_message)
{
    struct tov_message *message = calloc(1, sizeof *message);
    if (message == NULL)
        return TOV_E_NOMEM;
    message->header = TOV_BUF_INIT((size_t)2 * TOV_INLINE_MAX_BYTES);
    message->content = TOV_BUF_INIT((size_t)2 * TOV_INLINE_MAX_BYTES);
    *out_message = message;
    return TOV_OK;
}

static void wipe_plain(struct tov_message *message)
{
    tov_wipe(message->header.data, message->header.capacity);
    tov_wipe(message->content.data, message->content.capacity);
    tov_message_keys_wipe(&message->keys);
}

void tov_message_destroy(struct tov_message *message)
{
    if (message == NULL)
        return;
    wipe_plain(message);
    tov_buf_fini(&message->header);
    tov_buf_fini(&message->content);
    free(message);
}

/* The tables of the own ledger, or of the mirrors. */
struct place {
    bool is_own;
    struct tov_store_key key;
};

static struct place place_of(const struct tov_core *core, const struct tov_message_name *name)
{
    if (name->agency == core->own->number)
        return (struct place){true, tov_store_key_u64(name->index)};
    return (struct place){false,
                          tov_store_key_u16_u32_u64(name->agency, name->generation, name->index)};
}

static enum tov_err take_links(const struct tov_entry *entry, bool is_own,
                               struct tov_message *message)
{
    struct tov_reader reader = tov_reader_of(entry->links);
    message->link_count = entry->link_count;
    for (size_t i = 0; i < entry->link_count; i++) {
        message->links[i].agency = is_own ? tov_read_u16(&reader) : message->name.agency;
        enum tov_err err = tov_link_decode(tov_read_bytes(&reader, TOV_LINK_BLOCK_BYTES),
                                           &message->links[i].block);
        if (err != TOV_OK)
            return err == TOV_E_NOMEM ? err : TOV_E_CORRUPT;
    }
    return TOV_OK;
}

static enum tov_err take_leaf(struct tov_bytes bytes, struct tov_message *message)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    enum tov_err err = tov_leaf_decode(bytes, leaf);
    if (err != TOV_OK)
        return err == TOV_E_VERSION || err == TOV_E_NOMEM ? err : TOV_E_CORRUPT;
    if (leaf->type != TOV_LEAF_MESSAGE)
        return TOV_E_NOT_FOUND;
    message->leaf = leaf->as.message;
    message->leaf_time_ms = leaf->time_ms;
    message->leaf_hash = tov_merkle_leaf_hash(bytes);
    return TOV_OK;
}

static enum tov_err read_leaf(struct tov_store_read *read, const struct place *place,
                              struct tov_message *message)
{
    struct tov_bytes row;
    struct tov_entry entry;
    TOV_TRY(
        tov_store_get(read, place->is_own ? TOV_TABLE_LEAF : TOV_TABLE_MLEAF, place->key, &row));
    TOV_TRY(place->is_own ? tov_entry_decode_own(row, &entry)
                          : tov_entry_decode_mirror(row, &entry));
    if (entry.state != TOV_ENTRY_PRESENT)
        return TOV_E_ERASED;
    TOV_TRY(take_leaf(entry.leaf, message));
    message->event = entry.event;
    message->verdict = entry.verdict;
    return take_links(&entry, place->is_own, message);
}

static enum tov_err read_keys(struct tov_core *core, struct tov_store_read *read,
                              const struct place *place, struct tov_message *message)
{
    struct tov_bytes row;
    enum tov_err err = tov_store_get(read, place->is_own ? TOV_TABLE_DATAKEY : TOV_TABLE_MDATAKEY,
                                     place->key, &row);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    err = tov_vault_unwrap(core, &message->leaf_hash, row, &message->keys);
    message->has_keys = err == TOV_OK;
    return err == TOV_E_ERASED ? TOV_OK : err;
}

/* The sealed bytes of inline part PART inside the body row. */
static struct tov_bytes inline_part(const struct tov_leaf_message *leaf, struct tov_bytes body,
                                    size_t part)
{
    uint64_t at = 0;
    for (size_t i = 0; i < part; i++)
        at += leaf->parts[i].is_inline ? leaf->parts[i].sealed_size : 0;
    if (at + leaf->parts[part].sealed_size > body.size)
        return (struct tov_bytes){0};
    return (struct tov_bytes){body.data + at, (size_t)leaf->parts[part].sealed_size};
}

static enum tov_err open_part(const struct tov_message *message, struct tov_bytes body,
                              uint8_t part, struct tov_buf *out)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key key;
    const struct tov_leaf_part *leaf_part = &message->leaf.parts[part];
    struct tov_part_claim claim = {leaf_part->sealed_size, leaf_part->root};
    struct tov_bytes sealed = inline_part(&message->leaf, body, part);
    TOV_TRY(tov_part_key(&message->keys, message->leaf.salt, part, &key));
    enum tov_err err = tov_part_open(&key, &claim, sealed, out);
    if (err != TOV_OK && tov_part_check(&claim, sealed) != TOV_OK)
        return TOV_E_CORRUPT; /* not the bytes that came */
    return err;
}

/* Bytes that have the root in the leaf and still do not open were sent so: the peer's fault, which
 * its receipt says, and nothing is wrong with this store. */
static enum tov_err show_part(const struct place *place, enum tov_err err)
{
    bool is_sender_to_blame = !place->is_own && (err == TOV_E_DECRYPT || err == TOV_E_MALFORMED);
    return is_sender_to_blame ? TOV_OK : err;
}

static enum tov_err read_plain(struct tov_store_read *read, const struct place *place,
                               enum tov_message_depth depth, struct tov_message *message)
{
    struct tov_bytes body;
    TOV_TRY(
        tov_store_get(read, place->is_own ? TOV_TABLE_BODY : TOV_TABLE_MBODY, place->key, &body));
    TOV_TRY(show_part(place, open_part(message, body, 0, &message->header)));
    if (depth != TOV_MESSAGE_CONTENT || !message->keys.has_content)
        return TOV_OK;
    enum tov_err err = open_part(message, body, 1, &message->content);
    message->shows_content = err == TOV_OK;
    return show_part(place, err);
}

static void forget_plain(struct tov_message *message)
{
    wipe_plain(message);
    tov_buf_clear(&message->header);
    tov_buf_clear(&message->content);
    message->has_keys = false;
    message->shows_content = false;
}

enum tov_err tov_message_read(struct tov_core *core, struct tov_store_read *read,
                              const struct tov_message_name *name, enum tov_message_depth depth,
                              struct tov_message *message)
{
    struct place place = place_of(core, name);
    forget_plain(message);
    message->name = *name;
    TOV_TRY(read_leaf(read, &place, message));
    if (depth == TOV_MESSAGE_LEAF)
        return TOV_OK;
    TOV_TRY(read_keys(core, read, &place, message));
    if (!message->has_keys)
        return TOV_OK;
    enum tov_err err = read_plain(read, &place, depth, message);
    return err == TOV_OK || err == TOV_E_NOMEM || err == TOV_E_NOT_FOUND ? err : TOV_E_CORRUPT;
}

enum tov_err tov_message_open_again(struct tov_core *core, const struct tov_message_again *again,
                                    struct tov_message *message)
{
    forget_plain(message);
    TOV_TRY(take_leaf(again->leaf, message));
    TOV_TRY(tov_vault_unwrap(core, &message->leaf_hash, again->keys, &message->keys));
    message->has_keys = true;
    enum tov_err err = open_part(message, again->body, 0, &message->header);
    return err == TOV_OK || err == TOV_E_NOMEM ? err : TOV_E_CORRUPT;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages of peers whose keys are not here. Those that could be read before this store was set
 * back are lost: the receipt says so, and a person at the sender decides (again.c). Those of the
 * others come by themselves, unless the sender's node does not run. They have no event, since
 * without a key nobody knows for whom they are; this is how the own people hear of them.
 *
 *   table `keyslost`   as mleaf: time u64, at which the receipt was amended
 *
 *   table `keywait`    as mleaf: time u64, at which the message came
 *
 *   K1 There is a row from the batch that amends the receipt to `no key` to the one that opens the
 *      message; and so from the one that stores a message that has no key yet.
 */
#include "follow/peer.h"

#define ROW_BYTES 8u

static struct tov_store_key row_key(const struct tov_peer *peer, uint64_t index)
{
    return tov_store_key_u16_u32_u64(peer->number, peer->agency->generation, index);
}

static void put_row(struct tov_core *core, enum tov_table table, struct tov_store_key key)
{
    uint8_t row[ROW_BYTES];
    tov_put_be64(row, core->now_ms);
    tov_store_batch_put(tov_core_batch(core), table, key, TOV_BYTES_OF(row));
}

void tov_keys_lost_note(struct tov_core *core, const struct tov_peer *peer, uint64_t index)
{
    put_row(core, TOV_TABLE_KEYSLOST, row_key(peer, index));
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_KEYWAIT, row_key(peer, index));
}

void tov_keys_awaited_note(struct tov_core *core, const struct tov_peer *peer, uint64_t index)
{
    put_row(core, TOV_TABLE_KEYWAIT, row_key(peer, index));
}

void tov_keys_lost_settle(struct tov_core *core, const struct tov_peer *peer, uint64_t index)
{
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_KEYSLOST, row_key(peer, index));
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_KEYWAIT, row_key(peer, index));
}

static enum tov_err next(const struct tov_follow *follow, struct tov_store_read *read,
                         enum tov_table table, uint16_t agency, struct tov_keys_lost *inout_lost)
{
    const struct tov_agency *row = tov_roster_agency(follow->core->roster, agency);
    struct tov_store_iter iter;
    if (row == NULL)
        return TOV_E_NOT_FOUND;
    struct tov_message_name name = {agency, row->generation, inout_lost->name.index};
    struct tov_store_range range = {
        .table = table,
        .first = tov_store_key_u16_u32_u64(agency, row->generation, name.index),
        .last = tov_store_key_u16_u32_u64(agency, row->generation, UINT64_MAX)};
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    enum tov_err err = TOV_E_NOT_FOUND;
    while (err == TOV_E_NOT_FOUND && tov_store_iter_next(&iter)) {
        if (iter.row.value.size != ROW_BYTES)
            continue; /* a damaged row speaks of nothing */
        name.index = tov_get_be64(iter.row.key.bytes + 6);
        *inout_lost = (struct tov_keys_lost){name, tov_get_be64(iter.row.value.data)};
        err = TOV_OK;
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return read_err != TOV_OK ? read_err : err;
}

enum tov_err tov_follow_next_keys_lost(const struct tov_follow *follow, struct tov_store_read *read,
                                       uint16_t agency, struct tov_keys_lost *inout_lost)
{
    return next(follow, read, TOV_TABLE_KEYSLOST, agency, inout_lost);
}

enum tov_err tov_follow_next_keys_awaited(const struct tov_follow *follow,
                                          struct tov_store_read *read, uint16_t agency,
                                          struct tov_keys_lost *inout_awaited)
{
    return next(follow, read, TOV_TABLE_KEYWAIT, agency, inout_awaited);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages of peers that could be read here before this store was set back, and whose keys are lost
 * since: the receipt says so, and a person at the sender decides (again.c). Here they have no
 * event, since without a key nobody knows for whom they are; this is how the own people hear of
 * them.
 *
 *   table `keyslost`   as mleaf: time u64, at which the receipt was amended
 *
 *   K1 There is a row from the batch that amends the receipt to `no key` to the one that opens the
 *      message.
 */
#include "follow/peer.h"

#define ROW_BYTES 8u

static struct tov_store_key row_key(const struct tov_peer *peer, uint64_t index)
{
    return tov_store_key_u16_u32_u64(peer->number, peer->agency->generation, index);
}

void tov_keys_lost_note(struct tov_core *core, const struct tov_peer *peer, uint64_t index)
{
    uint8_t row[ROW_BYTES];
    tov_put_be64(row, core->now_ms);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_KEYSLOST, row_key(peer, index),
                        TOV_BYTES_OF(row));
}

void tov_keys_lost_settle(struct tov_core *core, const struct tov_peer *peer, uint64_t index)
{
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_KEYSLOST, row_key(peer, index));
}

enum tov_err tov_follow_next_keys_lost(const struct tov_follow *follow, struct tov_store_read *read,
                                       uint16_t agency, struct tov_keys_lost *inout_lost)
{
    const struct tov_agency *row = tov_roster_agency(follow->core->roster, agency);
    struct tov_store_iter iter;
    if (row == NULL)
        return TOV_E_NOT_FOUND;
    struct tov_message_name name = {agency, row->generation, inout_lost->name.index};
    struct tov_store_range range = {
        .table = TOV_TABLE_KEYSLOST,
        .first = tov_store_key_u16_u32_u64(agency, row->generation, name.index),
        .last = tov_store_key_u16_u32_u64(agency, row->generation, UINT64_MAX)};
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    enum tov_err err = tov_store_iter_next(&iter) ? TOV_OK : TOV_E_NOT_FOUND;
    if (err == TOV_OK && iter.row.value.size != ROW_BYTES)
        err = TOV_E_CORRUPT;
    if (err == TOV_OK) {
        name.index = tov_get_be64(iter.row.key.bytes + 6);
        *inout_lost = (struct tov_keys_lost){name, tov_get_be64(iter.row.value.data)};
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return read_err != TOV_OK ? read_err : err;
}

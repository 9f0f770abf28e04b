/* SPDX-License-Identifier: EUPL-1.2
 *
 * Rows of the table `transfer` (peer.h has what stands in them).
 * Not for: slots, which are in memory (pull.c).
 */
#include "follow/transfers.h"

#define ROW_BYTES 13u

static struct tov_store_key row_key(const struct tov_message_name *name, uint8_t part)
{
    return tov_key_part(name->agency, name->generation, name->index, part);
}

void tov_transfer_put_row(struct tov_core *core, const struct tov_message_name *name, uint8_t part,
                          const struct tov_transfer_row *row)
{
    uint8_t bytes[ROW_BYTES];
    tov_put_be64(bytes, row->link_number);
    bytes[8] = row->state;
    tov_put_be32(bytes + 9, row->held);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_TRANSFER, row_key(name, part),
                        TOV_BYTES_OF(bytes));
}

enum tov_err tov_transfer_get_row(struct tov_bytes bytes, struct tov_transfer_row *out)
{
    struct tov_reader reader = tov_reader_of(bytes);
    out->link_number = tov_read_u64(&reader);
    out->state = tov_read_u8(&reader);
    out->held = tov_read_u32(&reader);
    return tov_reader_is_done(&reader) ? TOV_OK : TOV_E_CORRUPT;
}

bool tov_transfer_take_up(const struct tov_follow *follow, struct tov_transfer_row *row)
{
    if (row->state == TOV_TRANSFER_ROW_GIVEN_UP && row->held != follow->pull_run)
        *row = (struct tov_transfer_row){row->link_number, TOV_TRANSFER_ROW_UNDER_WAY, 0};
    return row->state == TOV_TRANSFER_ROW_UNDER_WAY;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Single entries of the hostile peer's ledger that several tests need, and where it says it stands.
 */
#include "hostile_peer.h"

#include <stdlib.h>
#include <string.h>

void hostile_append_genesis(struct hostile *hostile)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_GENESIS;
    leaf->as.genesis = (struct tov_leaf_genesis){.agency = hostile->agency->number,
                                                 .generation = hostile->agency->generation,
                                                 .roster_version = 1,
                                                 .federation = SIM_FEDERATION};
    hostile_append(hostile, leaf);
}

void hostile_append_epoch(struct hostile *hostile, uint32_t epoch)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_EPOCH_KEY;
    leaf->as.epoch_key = (struct tov_leaf_epoch_key){
        .epoch = epoch, .not_before_ms = 1, .not_after_ms = 1900000000000, .public_key = {9}};
    hostile_append(hostile, leaf);
}

void hostile_say_epoch(struct hostile *hostile, uint32_t epoch)
{
    hostile_append_epoch(hostile, epoch);
    hostile_flush(hostile);
}

void hostile_append_receipt(struct hostile *hostile, const struct tov_message_written *written,
                            enum tov_verdict verdict, bool amends)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_verdict_value value = {verdict, 0, 0};
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_RECEIPT;
    leaf->as.receipt = (struct tov_leaf_receipt){.peer = hostile->target->number,
                                                 .series = {hostile->target->generation, 0},
                                                 .last_link = written->links[0].number,
                                                 .last_leaf_hash = written->place.leaf_hash};
    if (amends) {
        leaf->as.receipt.amendment_count = 1;
        leaf->as.receipt.amendments[0] = (struct tov_receipt_amendment){
            written->links[0].number, written->place.leaf_hash, value};
    } else {
        leaf->as.receipt.run_count = 1;
        leaf->as.receipt.runs[0] = (struct tov_receipt_run){1, value};
    }
    hostile_append(hostile, leaf);
}

void hostile_say_erased(struct hostile *hostile, size_t count)
{
    TOV_FREE struct tov_frame_item *item = calloc(1, sizeof *item);
    UNIT_NEED(item != NULL);
    for (size_t i = 0; i < count; i++) {
        *item = (struct tov_frame_item){.kind = TOV_ITEM_ERASED};
        tov_put_be64(item->as.erased.leaf_hash.bytes, unit_random(&hostile->random));
        UNIT_NEED(tov_parcel_writer_add(&hostile->writer, item) == TOV_OK);
        UNIT_NEED(tov_range_append(&hostile->range, &item->as.erased.leaf_hash) == TOV_OK);
        if (hostile->writer.items.size > 200000)
            hostile_flush(hostile);
    }
    hostile_flush(hostile);
}

void hostile_hold_all(struct hostile *hostile)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_position position = {.generation = hostile->target->generation,
                                          .size = tov_ledger_signed(hostile_core(hostile)->ledger),
                                          .window_bytes = 1u << 20};
    UNIT_NEED(tov_frame_encode_position(&position, &frame) == TOV_OK);
    hostile_say(hostile, tov_buf_view(&frame));
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Entries of the own ledger that were written and never signed, and whose places another entry
 * turned out to have (docs/recovery.md): set aside, and appended anew once the node may sign again.
 * Messages and receipts alone: all else that a node writes by itself it writes again by itself.
 *
 *   A1 Nobody but their writers was ever told of them. So what names one of them, which can only be
 *      another one that was taken behind it, names its new place when it is appended anew
 *      (ledger/moved.h): its header is sealed again. By the old place it is found here for good.
 *   A2 What names one that stays aside stays aside itself: nothing names a leaf that is in no tree.
 *   A3 What answers, corrects or retracts another one is noted by the places of both, and the note
 *      moves with them, in the batch that appends them. What stays aside has no such note.
 *   A4 What stands in the tree is not appended a second time: what was sent before the store was
 *      set back, and repeated by its program before the node knew; and what was appended anew once,
 *      and is set aside still in a copy that was made before and is put back later. It has its id,
 *      by which it is known when a recipient gives it back (follow/recall.c), and takes over the
 *      event.
 *   A5 Each is tried once. What cannot be appended is given up for good, in the batch that tried:
 *      its writer is told so, and may have sent it anew when the store is set back once more.
 *   A6 A receipt is given when what it speaks of is stored, and never again: so it is kept, by the
 *      agency that it is for, until it stands in the tree anew (follow/told.c).
 *
 *   row of the table `aside`, by event number: given up u64 time (0: it waits to be appended anew),
 *   index 8, leaf row u32 size and bytes, body u32 size and bytes, data key row
 *
 *   fact "aside-receipt" || agency u16 || index u64: its leaf
 *
 * Never set aside what a guard has signed.
 */
#ifndef TOV_LEDGER_ASIDE_H
#define TOV_LEDGER_ASIDE_H

#include "ledger/message.h"

/* Where an event points while its message is set aside: no entry has this index. */
#define TOV_ASIDE_INDEX (UINT64_MAX >> 1)

/* Sets aside the own entries [first, end) and removes every row of the ledger from FIRST on. From
 * *OUT_UNSAID on, FIRST or an entry before it, no entry `lost` tells any more what is not there. */
enum tov_err tov_aside_put_all(struct tov_core *core, struct tov_store_read *read, uint64_t first,
                               uint64_t end, uint64_t *out_unsaid) TOV_MUST_CHECK;
/* Appends all that waits for it, in the order in which it was accepted; the events keep their
 * numbers and idempotency tags. What cannot be appended, as to an agency that the roster has no
 * longer, is given up (A5), and with it what names it. How many were appended. */
enum tov_err tov_aside_append_all(struct tov_core *core, const struct tov_link_heads *heads,
                                  uint64_t *out_count) TOV_MUST_CHECK;

/* A message that is set aside. */
struct tov_aside {
    uint64_t number;
    uint64_t given_up_ms; /* 0: it waits to be appended anew */
};
/* The first one whose number is NUMBER or larger; TOV_E_NOT_FOUND. */
enum tov_err tov_aside_next(struct tov_store_read *read, uint64_t number,
                            struct tov_aside *out_aside) TOV_MUST_CHECK;
/* Message NUMBER; TOV_E_NOT_FOUND: it is not set aside. */
enum tov_err tov_aside_get(struct tov_store_read *read, uint64_t number,
                           struct tov_aside *out_aside) TOV_MUST_CHECK;
/* Message NUMBER to the depth of its header; its name and event stay as they are. TOV_E_NOT_FOUND:
 * it is not set aside; TOV_E_ERASED: its key is gone. */
enum tov_err tov_aside_open(struct tov_core *core, struct tov_store_read *read, uint64_t number,
                            struct tov_message *message) TOV_MUST_CHECK;
/* Where in the table `fact` stands the receipt for AGENCY that was at INDEX (A6). */
struct tov_store_key tov_aside_receipt_key(uint16_t agency, uint64_t index);

/* What is set aside by the ids of its messages: as READ shows it, read once for many questions. */
struct tov_aside_ids {
    struct tov_aside_id {
        uint8_t id[TOV_MESSAGE_ID_BYTES];
        uint64_t number;
    } * items;
    size_t count;
};
enum tov_err tov_aside_ids_read(struct tov_store_read *read,
                                struct tov_aside_ids *out_ids) TOV_MUST_CHECK;
void tov_aside_ids_fini(struct tov_aside_ids *ids);
/* The message with that id that is set aside, also with the open batch. TOV_E_NOT_FOUND. */
enum tov_err tov_aside_find(const struct tov_core *core, struct tov_store_read *read,
                            const struct tov_aside_ids *ids, const uint8_t id[TOV_MESSAGE_ID_BYTES],
                            uint64_t *out_number) TOV_MUST_CHECK;
/* Message NUMBER, which is set aside: its inline parts as they were sealed, a view of READ's; its
 * keys, for the caller to wipe. Without keys: they are gone. */
struct tov_aside_parts {
    struct tov_bytes body;
    bool has_keys;
    struct tov_message_keys keys;
};
enum tov_err tov_aside_read_parts(struct tov_core *core, struct tov_store_read *read,
                                  uint64_t number,
                                  struct tov_aside_parts *out_parts) TOV_MUST_CHECK;
/* Message NUMBER stands at INDEX of the ledger: in the open batch it is set aside no more, its
 * event points there, and it answers nothing by its old place (A3). */
enum tov_err tov_aside_end(struct tov_core *core, struct tov_store_read *read, uint64_t number,
                           uint64_t index) TOV_MUST_CHECK;

#endif

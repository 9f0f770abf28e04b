/* SPDX-License-Identifier: EUPL-1.2
 *
 * The tables of a node's store: their keys, their rows, and why each is in append order. The one
 * place where row layouts are written down; the files named here encode them.
 * Not for: LMDB (store/).
 *
 * table        key                                row
 * leaf         index u64                          ledger rows, ledger/entry.c
 * body         index u64                          inline parts sealed, in order; or a detached list
 * datakey      index u64                          bucket u32, wrapped header key 72, content key 72
 * tile         level u16, N u64                   256 * 32: full tiles only (ledger/ledger.c)
 * signature    size u64                           root 32, signature 64
 * jleaf, jbody, jtile, jsignature                 the same for the journal; jbody: sealed details
 * event        number u64                         ledger/event.c; all that is shown has a number
 * link         peer u16, generation u32,          index u64 of the own message with that link
 *              lost u64, link u64
 * cover        peer u16, generation u32,          index u64 of the peer's receipt leaf that said
 *              lost u64, last link u64            so, first link u64, stored time u64
 * exception    peer u16, generation u32,          verdict of one own message when it is not
 *              lost u64, link u64                 `opened`: verdict 1, flags 1, detail 2, index 8
 * owed         peer u16, index u64                empty: a message whose stanza is still owed
 * reply        target: agency u16, generation     relation u8, target's leaf hash 32: by what is
 *              u32, index u64; number u64         answered, which need not be here yet
 * retraction   target: agency u16, generation     number u64 of the event, target's leaf hash 32:
 *              u32, index u64, first 8 bytes of   what its own agency took back, found at once
 *              its leaf hash; of what takes it    however much answers it
 *              back: generation u32, index u64
 * peer         agency u16                         follow/peer_row.c
 * mleaf        agency u16, generation u32,        mirror rows, ledger/entry.c
 *              index u64
 * mbody, mdatakey   as mleaf                      as body, datakey
 * mskip        agency u16, generation u32,        count u64, level0 u8, hashes: a skipped run
 *              index u64
 * mpoint       agency u16, generation u32,        root 32, signature 64: a checkpoint followed
 *              size u64
 * mnode        agency u16, generation u32,        hash 32: a complete subtree of mleaf and mskip,
 *              level u8, index u64                at each TOV_MNODE_LEVELS levels (follow/mirror.c)
 * transfer     agency u16, generation u32,        follow/pull.c: attachments on their way; of the
 *              index u64, part u8                 own agency: lost, and fetched back
 * cosignature  size u64, witness u16              time u64, signature 64, on own anchors
 * shown        number u64                         time u64: content was handed to someone
 * record       number u64                         index u64 of the journal entry that says under
 *                                                 which number of the agency's own record it
 *                                                 stands, time u64, tag 16 of that number
 * cursor       name of client and watch           number u64, acknowledged by a subscriber
 * roster       version u32                        the roster note
 * aside        number u64                         own messages that lost their place to entries
 *                                                 that were signed before: ledger/aside.h
 * moved        old place: agency u16,             the old leaf's hash 32: of own messages that were
 *              generation u32, index u64;         set aside once: ledger/moved.c
 *              number u64
 * told         peer u16, generation u32,          verdict 4, 1: what own receipts that were brought
 *              lost u64, link u64                 back said of the peer's message with that link:
 *                                                 follow/told.c
 * keyless      peer u16, index u64                empty: an own message that came back without
 *                                                 keys, for which that peer is asked
 * rewrap       as mleaf                           epoch u32: keys of a peer's message that it was
 *                                                 given again, for that epoch key of its
 * again        peer u16, index u64                state 1, epoch 4, time 8, renewals 1, time 8: an
 *                                                 own message that the peer could read and cannot
 *                                                 any more, and what a person said of it:
 *                                                 follow/again.c
 * keyslost     as mleaf                           time u64: a peer's message that could be read
 *                                                 here before a restore: follow/keys_lost.c
 * keywait      as mleaf                           time u64, at which it came: a peer's message
 *                                                 whose key has not come yet: follow/keys_lost.c
 * unopened     as exception                       empty: an own message whose peer has it, and by
 *                                                 its newest receipt cannot read it yet:
 *                                                 follow/unopened.c
 * filegiven    as transfer                        empty: the file of a peer's message was given
 *                                                 back to it
 * fact         text                               small facts: ledger/core.c
 * book         number u64                         blocks of the case book from that event on:
 *                                                 book/book_block.c; a copy, made again at need
 */
#ifndef TOV_LEDGER_TABLES_H
#define TOV_LEDGER_TABLES_H

#include "store/store.h"

enum tov_table {
    TOV_TABLE_LEAF,
    TOV_TABLE_BODY,
    TOV_TABLE_DATAKEY,
    TOV_TABLE_TILE,
    TOV_TABLE_SIGNATURE,
    TOV_TABLE_JLEAF,
    TOV_TABLE_JBODY,
    TOV_TABLE_JTILE,
    TOV_TABLE_JSIGNATURE,
    TOV_TABLE_EVENT,
    TOV_TABLE_LINK,
    TOV_TABLE_COVER,
    TOV_TABLE_EXCEPTION,
    TOV_TABLE_OWED,
    TOV_TABLE_REPLY,
    TOV_TABLE_PEER,
    TOV_TABLE_MLEAF,
    TOV_TABLE_MBODY,
    TOV_TABLE_MDATAKEY,
    TOV_TABLE_MSKIP,
    TOV_TABLE_MPOINT,
    TOV_TABLE_TRANSFER,
    TOV_TABLE_COSIGNATURE,
    TOV_TABLE_SHOWN,
    TOV_TABLE_CURSOR,
    TOV_TABLE_ROSTER,
    TOV_TABLE_FACT,
    TOV_TABLE_BOOK,
    TOV_TABLE_RECORD,
    TOV_TABLE_ASIDE,
    TOV_TABLE_TOLD,
    TOV_TABLE_KEYLESS,
    TOV_TABLE_REWRAP,
    TOV_TABLE_AGAIN,
    TOV_TABLE_MNODE,
    TOV_TABLE_FILEGIVEN,
    TOV_TABLE_RETRACTION,
    TOV_TABLE_KEYSLOST,
    TOV_TABLE_MOVED,
    TOV_TABLE_UNOPENED,
    TOV_TABLE_KEYWAIT,
    TOV_TABLE_COUNT
};
extern const struct tov_store_table tov_tables[TOV_TABLE_COUNT];
#define TOV_STORE_FORMAT 3
#define TOV_MNODE_LEVELS 8u

/* Keys of the shapes above. */
struct tov_link_place {
    uint16_t peer;
    uint32_t generation;
    uint64_t lost_index;
    uint64_t link;
};
struct tov_store_key tov_key_link(const struct tov_link_place *place);
struct tov_store_key tov_key_tile(unsigned level, uint64_t n);
struct tov_store_key tov_key_part(uint16_t agency, uint32_t generation, uint64_t index,
                                  uint8_t part);
struct tov_store_key tov_key_mnode(uint16_t agency, uint32_t generation, uint8_t level,
                                   uint64_t index);
struct tov_store_key tov_key_cosignature(uint64_t size, uint16_t witness);

#endif

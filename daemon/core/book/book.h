/* SPDX-License-Identifier: EUPL-1.2
 *
 * The case book: what this agency holds of each thing, folded from its ledger and its mirrors
 * (docs/architecture.md). Headers of messages are kept in memory, grouped by the things that hang
 * together; a group is folded when somebody asks.
 * Not for: judging who may see what (api/), or anything that only stands here: the ledger is the
 * truth. Snapshots of the book make starting quick; they are checked against it, and made again
 * when they do not fit.
 * Never fold messages over the number of committed events for a client (I2), nor ask about groups
 * before the book has caught up.
 *
 * B1 A message stands in the book once; in one group, or, as the agenda of a meeting, in the group
 *    of each concern that it lists.
 * B2 Two messages are in one group when a chain of messages connects what they are about. An agenda
 *    connects nothing: else all concerns of the house would become one group.
 */
#ifndef TOV_BOOK_BOOK_H
#define TOV_BOOK_BOOK_H

#include "case/calendar.h"
#include "case/picture.h"
#include "ledger/core.h"

struct tov_book; /* opaque; belongs to the core's thread */

/* A snapshot's block is written when it has BLOCK_BYTES of entries; 0: the usual size. */
enum tov_err tov_book_create(struct tov_core *core, size_t block_bytes,
                             struct tov_book **out_book) TOV_MUST_CHECK;
void tov_book_destroy(struct tov_book *book); /* NULL is fine */

/* Takes in what events up to NEWEST tell, from where it stands: first from snapshots, where they
 * fit, then from the ledger and the mirrors. Does about *SLICE of it, and takes off what it did;
 * TOV_E_AGAIN: more is left, come again. Messages that cannot be opened, or whose header is not
 * believed, are passed over: nothing is known of what they are about. So are those that the rules
 * of sharing refuse. A failure of the store or of memory leaves it where it was, to be tried again.
 * Puts snapshots into the open batch. */
enum tov_err tov_book_catch_up(struct tov_book *book, struct tov_store_read *read, uint64_t newest,
                               size_t *slice) TOV_MUST_CHECK;
/* What a turn may do: some ten milliseconds. An entry of a snapshot is 1, a message that is opened
 * about eight times that, and long headers count by their size. Counted and not timed: the core
 * reads no clock. */
#define TOV_BOOK_SLICE 2048u
/* Somebody asked since the start, or did before it: the book is worth keeping up to date. */
bool tov_book_is_wanted(const struct tov_book *book);
/* Reads again up to COUNT messages that were taken from snapshots, and compares: replay is the
 * truth. A difference is logged and counted, and the book is made again from the ledger. */
enum tov_err tov_book_check(struct tov_book *book, struct tov_store_read *read,
                            size_t count) TOV_MUST_CHECK;
bool tov_book_has_unchecked(const struct tov_book *book);
size_t tov_book_differences(const struct tov_book *book); /* found since the start */
/* Rows of the ledger or a mirror that were damaged when they were read for the book, since the
 * start. The book goes on without them, or keeps what a snapshot says of them. */
size_t tov_book_damages(const struct tov_book *book);
/* Changes whenever the book begins anew: numbers of groups from before mean nothing any more. */
uint64_t tov_book_edition(const struct tov_book *book);
/* An own message that was put into the open batch just now: whoever writes the next must know it,
 * clients must not. VIEWS need not live on. NOMEM. */
struct tov_book_written {
    uint64_t number; /* of its event */
    struct tov_ref ref;
    uint64_t written_ms;
    struct tov_bytes header; /* encoded */
    uint64_t committed;      /* the newest event that is durable */
};
enum tov_err tov_book_note_written(struct tov_book *book,
                                   const struct tov_book_written *written) TOV_MUST_CHECK;

uint64_t tov_book_newest(const struct tov_book *book); /* the last event taken in */
size_t tov_book_count(const struct tov_book *book);    /* messages */

/* ---- groups ---- */

/* Groups by number from 0; one that was merged into another is empty. */
size_t tov_book_group_count(const struct tov_book *book);
/* Messages in it; grows with everything that changes the group, so that it says whether something
 * did. 0: it was merged into another. */
size_t tov_book_group_size(const struct tov_book *book, size_t group);
uint64_t tov_book_group_newest(const struct tov_book *book, size_t group); /* of its messages */
/* The group that THING is in; false: no message is about it. */
bool tov_book_group_of(const struct tov_book *book, const struct tov_thing_ref *thing,
                       size_t *out_group);

/* The groups of what DRAFT is about: one, or more of an agenda. */
#define TOV_BOOK_GROUPS_MAX 72u /* six things and an agenda */
struct tov_book_groups {
    uint32_t items[TOV_BOOK_GROUPS_MAX];
    size_t count;
};
void tov_book_groups_about(const struct tov_book *book, const struct tov_draft *draft,
                           struct tov_book_groups *out_groups);
/* Whether TOLD is about GROUP; false: it only stands there as the agenda that lists a concern. */
bool tov_book_is_named(const struct tov_book *book, size_t group, const struct tov_told *told);

/* ---- what a group comes to ---- */

/* Working days are counted by CALENDAR; NULL: what counts them is not judged. Borrowed. */
struct tov_picture_options tov_book_options(const struct tov_calendar *calendar);

/* Which messages: those of events up to UNTIL_NUMBER that were written up to UNTIL_MS; UINT64_MAX:
 * all. */
struct tov_book_folding {
    const struct tov_picture_options *options;
    uint64_t until_number;
    uint64_t until_ms;
};
/* One group, folded. Numbers of events stand in the order of told messages. */
struct tov_book_picture {
    const struct tov_told *told;
    const uint64_t *numbers;
    size_t count;
    struct tov_picture *picture;
    void *memory;
};
/* NOT_FOUND: the group is empty, or was then. The result holds views into the core and lives at
 * most as long as the core. */
enum tov_err tov_book_fold(const struct tov_book *book, size_t group,
                           const struct tov_book_folding *folding,
                           struct tov_book_picture *out_picture) TOV_MUST_CHECK;
/* The same over all groups of what DRAFT is about, with what was written and is not committed yet:
 * for its writer. Nothing is held of it: a picture without messages. */
enum tov_err tov_book_fold_about(struct tov_book *book, const struct tov_draft *draft,
                                 const struct tov_picture_options *options,
                                 struct tov_book_picture *out_picture) TOV_MUST_CHECK;
void tov_book_picture_fini(struct tov_book_picture *picture); /* a zeroed struct is fine */
/* The event number of a message of PICTURE. */
uint64_t tov_book_picture_number(const struct tov_book_picture *picture,
                                 const struct tov_told *told);

#endif

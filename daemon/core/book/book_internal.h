/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the files of book/ share. Private to book/.
 * Not for: files outside this folder (book.h).
 * Never keep a pointer to an entry or a thing over an insertion: the arrays grow.
 */
#ifndef TOV_BOOK_BOOK_INTERNAL_H
#define TOV_BOOK_BOOK_INTERNAL_H

#include "book/book.h"
#include "ledger/event.h"
#include "ledger/judge.h"

#define BOOK_NONE UINT32_MAX

/* What is read counts of a slice by pieces and by size: an entry of a block as 1, a message that is
 * opened as the second, and this many bytes as 1 more. */
#define BOOK_MESSAGE_WORK 8u
#define BOOK_WORK_BYTES 512u

/* One message: all that the fold needs of it, frozen when it is taken in. That it stands here says
 * that its header was believed and that the rules of sharing let it have an effect: nothing of it
 * is judged again. Its units are found by ROSTER_VERSION among those of the core (ledger/units.h),
 * which never change while it runs. So an entry can be written down and read back as it is, without
 * the message and without a key, as long as the policy is the same (book_block.c). */
struct book_entry {
    uint64_t number; /* of its event */
    struct tov_ref ref;
    uint64_t written_ms;
    uint32_t roster_version; /* that its leaf names */
    bool claims_ahead;
    uint8_t *header; /* encoded, as it was sealed */
    uint32_t header_size;
};

/* Messages that hang together. */
struct book_group {
    uint32_t *members; /* entries */
    size_t count, capacity;
    uint64_t newest;      /* number of its newest message */
    uint32_t merged_into; /* BOOK_NONE: it stands for itself */
};

struct book_thing {
    struct tov_thing_ref ref;
    uint32_t group;
    bool used;
};

/* Written, and not taken in yet; LISTED: entry AT of the book since before its event was read,
 * which owns the header; GROUPED: and in all groups that it belongs to. */
struct book_pending {
    struct book_entry entry;
    bool listed, grouped;
    uint32_t at;
};

/* The block that is being gathered (book_save.c): events that were taken in, from FIRST on. */
struct book_saving {
    bool is_off; /* no room, or no memory: until the next start */
    uint64_t first;
    uint32_t event_count, entry_count;
    struct tov_sha256 events;
    struct tov_buf plain; /* wiped */
};

/* What was loaded from blocks and not compared with the ledger yet (book_check.c). */
struct book_checking {
    uint64_t next, until; /* numbers of events */
    size_t entry;         /* the first that is not compared */
    size_t differences;
    bool must_begin_anew;
};

struct tov_book {
    struct tov_core *core;
    struct tov_hash policy; /* blocks of another one are of no use (book_block.c) */
    uint64_t newest;
    uint64_t edition;
    bool is_wanted;
    bool is_loaded;     /* all blocks that fit were taken; what follows is read from the ledger */
    size_t block_bytes; /* 0: the usual size */
    struct book_saving saving;
    struct book_checking checking;
    uint64_t regained; /* core->regained when it began: more were readable since, if that differs */
    size_t damages;    /* rows that could not be read, since the start */
    /* The lowest roster version that a message names and that is newer than all that this node has
     * adopted; 0: none. Such a message tells nothing. When another roster is adopted, which is at a
     * start, no block fits any more and the ledger is read anew. */
    uint32_t awaited_version;
    uint32_t passed_version; /* the highest that a message names and this node passed over, or 0 */
    struct book_pending *pending; /* numbers ascend; those up to NEWEST are dropped */
    size_t pending_count, pending_capacity;
    struct book_entry *entries;
    size_t entry_count, entry_capacity;
    struct book_group *groups;
    size_t group_count, group_capacity;
    struct book_thing *things; /* a hash table, at most half full */
    size_t thing_count, thing_capacity;
    struct tov_message *message; /* for reading */
};

/* The number of the group that stands for GROUP now. */
uint32_t book_group_root(const struct tov_book *book, uint32_t group);
/* Puts ENTRY, whose header is the book's from here on, into the groups of what TOLD is about.
 * NOMEM: the same entry may be put in again. */
enum tov_err book_insert(struct tov_book *book, const struct book_entry *entry,
                         const struct tov_told *told) TOV_MUST_CHECK;

/* The two halves of it: the entry alone, and entry AT into the groups of what TOLD is about, which
 * may have been done in part. NOMEM. */
enum tov_err book_add(struct tov_book *book, const struct book_entry *entry,
                      uint32_t *out_at) TOV_MUST_CHECK;
enum tov_err book_group_in(struct tov_book *book, uint32_t at,
                           const struct tov_told *told) TOV_MUST_CHECK;

/* Groups of what TOLD is about, each once; at most ROOM, returns how many there are. */
size_t book_groups_of(const struct tov_book *book, const struct tov_told *told,
                      uint32_t *out_groups, size_t room);

/* The entry of NUMBER, when it was listed before its event was read, in all its groups now.
 * NOT_FOUND: it was not. NOMEM. */
enum tov_err book_find_listed(struct tov_book *book, uint64_t number,
                              uint32_t *out_entry) TOV_MUST_CHECK;
bool book_has_listed(const struct tov_book *book); /* any */
void book_pending_drop(struct tov_book *book);     /* up to newest */
void book_pending_fini(struct tov_book *book);
enum tov_err book_pending_list(struct tov_book *book) TOV_MUST_CHECK; /* puts all into the groups */

/* A message as the fold takes it: TOLD borrows from the others, so it is never moved. */
struct book_told {
    struct tov_draft draft;
    struct tov_judge_units units;
    struct tov_told told;
};
/* VERSION, SCHEMA, LIMIT: this program cannot read it. FINI by book_told_fini. */
enum tov_err book_told_init(const struct tov_core *core, const struct book_entry *entry,
                            struct book_told *out) TOV_MUST_CHECK;
void book_told_fini(struct book_told *told);

/* ---- what events tell (book.c) ---- */

struct book_telling {
    struct book_entry entry; /* its header is the caller's to free */
    struct book_told told;   /* ended by book_told_fini */
    size_t work;             /* of a slice; set whatever comes out */
};
/* What event NUMBER, whose row is ROW, tells the book. NOT_FOUND: nothing. CORRUPT: a row of the
 * store is damaged, so that this cannot be known. OUT is large. */
enum tov_err book_telling_read(struct tov_book *book, struct tov_store_read *read, uint64_t number,
                               struct tov_bytes row, struct book_telling *out) TOV_MUST_CHECK;
/* A row that event NUMBER is made of is damaged: that is told and counted. */
void book_note_damage(struct tov_book *book, uint64_t number);
/* VERSION is named by a message: it is told when this node does not know it. */
void book_note_version(struct tov_book *book, uint32_t version);
/* Forgets all entries and groups; what is pending stays. Nothing may be listed (asserted). */
void book_begin_anew(struct tov_book *book);

/* ---- snapshots ---- */

/* Which events a block covers. */
struct book_block {
    uint64_t first, last;
    struct tov_hash events; /* over their numbers and rows: where the ledger stood */
    uint32_t entry_count;
};
/* SHA-256 of all sources that can change what a message tells the book: made by the build. */
extern const char book_policy_sources[65];
/* By which program and which roster headers were judged (book_block.c). */
struct tov_hash book_policy_of(const struct tov_core *core);
/* Appends the row to OUT, with PLAIN sealed in it. NOMEM, LIMIT, or the vault's failures. */
enum tov_err book_block_seal(struct tov_book *book, const struct book_block *block,
                             struct tov_bytes plain, struct tov_buf *out) TOV_MUST_CHECK;
/* Opens the row of FIRST into OUT_PLAIN. VERSION: of another format or policy; CORRUPT. */
enum tov_err book_block_open(struct tov_book *book, uint64_t first, struct tov_bytes row,
                             struct book_block *out_block,
                             struct tov_buf *out_plain) TOV_MUST_CHECK;
void book_entry_put(const struct book_entry *entry, struct tov_buf *out);
/* Borrows the header from the reader's bytes. */
enum tov_err book_entry_get(struct tov_reader *reader, struct book_entry *out) TOV_MUST_CHECK;
void book_events_begin(struct tov_sha256 *events);
void book_events_add(struct tov_sha256 *events, const struct tov_store_row *row);

/* Takes the next block in (book_load.c). NOT_FOUND: there is none that fits, and what does not fit
 * is being deleted. */
enum tov_err book_block_load(struct tov_book *book, struct tov_store_read *read,
                             size_t *out_work) TOV_MUST_CHECK;
/* Deletes the blocks from event FIRST on, in the open batch. */
void book_blocks_drop(struct tov_book *book, uint64_t first);

/* The event in ROW was taken in, as entry ENTRY, or as none (BOOK_NONE). */
void book_saving_take(struct tov_book *book, const struct tov_store_row *row, uint32_t entry);
void book_saving_fini(struct tov_book *book);

#endif

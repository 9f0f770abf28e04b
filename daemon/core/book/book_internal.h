/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the files of book/ share. Private to book/.
 * Not for: files outside this folder (book.h).
 * Never keep a pointer to an entry or a thing over an insertion: the arrays grow.
 */
#ifndef TOV_BOOK_BOOK_INTERNAL_H
#define TOV_BOOK_BOOK_INTERNAL_H

#include "book/book.h"
#include "ledger/judge.h"

#define BOOK_NONE UINT32_MAX

/* One message: all that the fold needs of it, frozen when it is taken in. That it stands here says
 * that its header was believed and that the rules of sharing let it have an effect: nothing of it
 * is judged again. Its units are found by ROSTER_VERSION among those of the core (ledger/units.h),
 * which never change while it runs. So an entry can be written down and read back as it is, without
 * the message and without a key, as long as AWAITED_VERSION below allows it. */
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

/* Written, and not taken in yet; LISTED: put into the groups before its event was read. */
struct book_pending {
    struct book_entry entry;
    bool listed;
};

struct tov_book {
    struct tov_core *core;
    uint64_t newest;
    /* The highest roster version that a message names, taken in or passed over, and this node has
     * not adopted; 0: none. Such a message was judged by an older roster (tov_units_of). Entries
     * that were kept from before hold until a version up to this one is adopted, which is at a
     * start; then the ledger must be read anew. */
    uint32_t awaited_version;
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

/* Groups of what TOLD is about, each once; at most ROOM, returns how many there are. */
size_t book_groups_of(const struct tov_book *book, const struct tov_told *told,
                      uint32_t *out_groups, size_t room);

/* Whether NUMBER was listed before its event was read. */
bool book_is_listed(const struct tov_book *book, uint64_t number);
void book_pending_drop(struct tov_book *book); /* up to newest */
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

#endif

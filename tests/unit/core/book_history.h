/* SPDX-License-Identifier: EUPL-1.2
 *
 * Two nodes whose case book has much to read, and what their clients are shown of it.
 * Not for: what a book says of a case (case_story.h).
 * Never let two tests share a harness: each history is written anew.
 */
#ifndef TOV_TESTS_CORE_BOOK_HISTORY_H
#define TOV_TESTS_CORE_BOOK_HISTORY_H

#include "case_clients.h"

#include "store/batch.h"

#define KK 0u
#define POLICE 1u
#define ENOUGH 600u /* messages that fill two blocks and begin a third */
#define MUCH 900u   /* messages: more than one slice */
#define ANSWERS_MAX (8u << 20)

struct harness *two_nodes(void);

/* Message NUMBER of a history about CONCERNS of them: the first about a concern raises it, the
 * others are notes. It is handed to the node alone. */
void write_one(struct harness *harness, size_t number, size_t concerns);
/* Messages FROM up to TO, TO not included, which must be accepted. */
void write_many(struct harness *harness, size_t from, size_t to);

/* All that anna is shown of cases: the list and each of them. */
void answers_of(struct harness *harness, struct tov_buf *out);
/* It is what it was. */
void check_answers(struct harness *harness, const struct tov_buf *expected);
/* In all cases that anna is shown. */
uint64_t messages_listed(struct harness *harness);

/* ---- the store of a node ---- */

uint64_t block_count(struct harness *harness, size_t node);
/* Of BATCH, which is destroyed. */
void commit(struct harness *harness, size_t node, struct tov_store_batch *batch);
void drop_blocks(struct harness *harness, size_t node);
/* Adds BY to the byte at AT of the row at PLACE of TABLE, from 0; from the row's end when AT is
 * negative. */
void change_row(struct harness *harness, unsigned table, size_t place, int at, uint8_t by);
/* What an own message says is gone from the ledger's table. */
void lose_body(struct harness *harness, uint64_t index);
/* A node with much to read, which begins when somebody asks. */
void restart_unread(struct harness *harness);

/* ---- asking without waiting ---- */

void send_asking_as(struct harness *harness, const struct harness_client *client, const char *name,
                    uint64_t id);
void send_asking(struct harness *harness, const char *name, uint64_t id); /* as anna */
/* The id of the next reply to anna; 0: there is none. */
uint64_t next_reply(struct harness *harness, size_t *out_size);

#endif

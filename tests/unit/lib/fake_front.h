/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node as a client sees it: a front in a thread of the test, that answers hello and directory by
 * itself and everything else as the test says.
 * Not for: what a real core answers (tests of the daemon).
 * Never touch what a handler uses outside front_lock/front_unlock: handlers run in the thread.
 */
#ifndef TOV_TESTS_LIB_FAKE_FRONT_H
#define TOV_TESTS_LIB_FAKE_FRONT_H

#include <tov/tov.h>

#include "case/draft.h"
#include "support/unit.h"
#include "wire/api.h"

struct fake_front;

/* How long an answer that is expected is waited for: it ends the wait. */
#define FRONT_TIMEOUT_MS 30000

/* NAME is the request's ("submit"), BODY its record. True: dealt with, perhaps by silence. */
typedef bool (*front_handler)(struct fake_front *front, const char *name, struct tov_record body,
                              void *arg);

struct fake_front *front_start(front_handler handler, void *arg);
void front_end(struct fake_front *front);
/* The listening socket goes away (all connections with it), and comes again at the same address. */
void front_stop(struct fake_front *front);
void front_resume(struct fake_front *front);
void front_lock(struct fake_front *front);
void front_unlock(struct fake_front *front);
/* How many requests NAME came so far. */
size_t front_seen(struct fake_front *front, const char *name);

/* Options for a client of this front, with FRONT_TIMEOUT_MS; paths live as long as it. */
struct tov_client_options front_options(struct fake_front *front);
const char *front_folder(struct fake_front *front);
struct tov_client *front_client(struct fake_front *front); /* opened; must succeed */

/* ---- in handlers ---- */

uint64_t front_request_id(struct fake_front *front);
/* An empty reply to request ID whose field NAME is open in *OUT_BODY (NULL: none). */
struct tov_record front_reply(uint64_t id, const char *name, struct tov_record *out_body);
void front_send(struct fake_front *front, struct tov_record *reply); /* and destroys it */
void front_send_error(struct fake_front *front, enum tov_err code, const char *words);
void front_send_bytes(struct fake_front *front, struct tov_bytes frame);

/* Set or stop: for filling records in. */
void put_number(struct tov_record record, const char *name, uint64_t number);
void put_text(struct tov_record record, const char *name, const char *text);
void put_bytes(struct tov_record record, const char *name, struct tov_bytes bytes);
void put_ref(struct tov_record record, const char *name, uint64_t index);
/* A note that says TEXT; end it by tov_draft_fini. */
struct tov_draft front_note(const char *text);
/* A summary of an incoming note with NUMBER and that index. */
void put_summary(struct tov_record summary, uint64_t number);
/* The encoded content of a note that says TEXT. */
void put_content(struct tov_record body, const char *name, const char *text);
/* A complete SubmitReply to the present request. */
void front_send_accepted(struct fake_front *front, uint64_t number);

#endif

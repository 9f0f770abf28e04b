/* SPDX-License-Identifier: EUPL-1.2
 *
 * What tests of the desk and of searches ask of whole nodes.
 * Not for: writing messages (case_clients.h).
 */
#ifndef TOV_TESTS_CORE_DESK_ASK_H
#define TOV_TESTS_CORE_DESK_ASK_H

#include "case_story.h"

#include "access/journal.h"

struct tov_record request_of(const char *name, struct tov_record *out_body);
/* The answer; REQUEST ends here. */
struct tov_record answer_to(struct harness *harness, const struct harness_client *client,
                            struct tov_record request);
/* The error of the answer to REQUEST, which ends here; the connection goes on. */
uint64_t error_to(struct harness *harness, const struct harness_client *client,
                  struct tov_record request);
/* The message that the agency of CLIENT was sent last, by its number there. */
uint64_t newest(struct harness *harness, const struct harness_client *client);
/* The newest entry of node 0's journal tree that is of CLASS; false: there is none. DETAILS keeps
 * what ENTRY points to. */
bool newest_entry(struct harness *harness, enum tov_access_class class_code,
                  struct tov_buf *details, struct tov_access_entry *entry);
bool is_text(struct tov_bytes bytes, const char *text);

/* ---- the status ---- */

/* FIELD of what the status tells CLIENT. */
uint64_t status_number(struct harness *harness, const struct harness_client *client,
                       const char *field);
/* What the status tells CLIENT of the agency PEER, by number; UINT64_MAX: it is not there. */
uint64_t status_number_of(struct harness *harness, const struct harness_client *client,
                          uint64_t peer, const char *field);
/* The agency PEER in BODY, a status; false: it is not there. */
bool find_peer(struct tov_record body, uint64_t peer, struct tov_record *out_peer);
/* The sentence that CLIENT is told has these words. ENGLISH "": there is none at all. */
void expect_sentence(struct harness *harness, const struct harness_client *client,
                     const char *danish, const char *english);
/* Whether the English one that anna is told has WORDS. */
bool status_says(struct harness *harness, const char *words);

/* ---- what lies ---- */

/* COUNT notes of the case from Kriminalforsorgen; their numbers at the agency of anna. */
void send_notes_of_krfo(struct harness *harness, size_t count, uint64_t *out_numbers);
/* So many are unread for anna, and whether that is still being counted. */
void check_unread(struct harness *harness, uint64_t unread, bool is_counting);

/* CLIENT is shown the message NUMBER. */
void look_at(struct harness *harness, const struct harness_client *client, uint64_t number);
/* The list of what waits for anna's record says that it is not whole. */
uint64_t is_counting_for_the_record(struct harness *harness);

#endif

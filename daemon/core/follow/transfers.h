/* SPDX-License-Identifier: EUPL-1.2
 *
 * Attachments on their way between nodes: what is pulled, from whom it is asked ever later, how it
 * is looked at, and what of it is served. Private to follow/.
 */
#ifndef TOV_FOLLOW_TRANSFERS_H
#define TOV_FOLLOW_TRANSFERS_H

#include "follow/peer.h"

/* transfer_row.c */
/* What stands in `transfer`: link number 8, state 1, chunks held and synced 4; of one that was
 * given up in their place the run of the node that did so: the next one tries again. */
enum {
    TOV_TRANSFER_ROW_UNDER_WAY = 0,
    TOV_TRANSFER_ROW_COMPLETE = 1,
    TOV_TRANSFER_ROW_FAILED = 2,
    TOV_TRANSFER_ROW_GIVEN_UP = 3
};
struct tov_transfer_row {
    uint64_t link_number;
    uint8_t state;
    uint32_t held;
};
void tov_transfer_put_row(struct tov_core *core, const struct tov_message_name *name, uint8_t part,
                          const struct tov_transfer_row *row);
enum tov_err tov_transfer_get_row(struct tov_bytes bytes,
                                  struct tov_transfer_row *out_row) TOV_MUST_CHECK;
/* Whether it is still to be pulled; from the beginning, what another run gave up. */
bool tov_transfer_take_up(const struct tov_follow *follow, struct tov_transfer_row *row);

/* pull.c */
/* Attachments of the message with LEAF at INDEX of PEER's ledger are fetched, from the commit on.
 */
void tov_pull_begin(struct tov_follow *follow, struct tov_peer *peer, uint64_t index,
                    const struct tov_leaf_message *leaf, uint64_t link_number);
/* The same for those of MESSAGE that were never begun; and how all of them stand: PENDING, OPENED
 * when they are here, NOT_OPENED when one of them does not open. */
struct tov_verdict_value tov_pull_begin_again(struct tov_follow *follow, struct tov_peer *peer,
                                              struct tov_store_read *read,
                                              const struct tov_message *message,
                                              uint64_t link_number);
/* What is not here yet of attachments of the message NAME is not fetched, from the commit on. */
void tov_pull_drop(struct tov_follow *follow, struct tov_peer *peer, struct tov_store_read *read,
                   const struct tov_message_name *name, size_t part_count);
void tov_pull_pump(struct tov_follow *follow, struct tov_peer *peer);
void tov_pull_on_tick(struct tov_peer *peer);
void tov_pull_fini(struct tov_peer *peer);
/* A transfer as it stands in the store. */
struct tov_pull_wanted {
    struct tov_message_name name;
    uint8_t part;
    struct tov_transfer_row row;
};
bool tov_pull_is_fetching(const struct tov_peer *peer, const struct tov_message_name *name,
                          uint8_t part);
/* Begins to fetch WANTED, of MESSAGE, from PEER. False: it has no slot free for it, or has not
 * answered before and its turn has not come again. */
bool tov_pull_take_slot(const struct tov_follow *follow, struct tov_peer *peer,
                        const struct tov_message *message, const struct tov_pull_wanted *wanted);
/* The open batch closes; it is committed. */
void tov_pull_on_closed(struct tov_peer *peer);
void tov_pull_on_committed(struct tov_peer *peer);
enum tov_err tov_pull_on_chunk(struct tov_follow *follow, struct tov_peer *peer,
                               const struct tov_frame_chunk *chunk) TOV_MUST_CHECK;

/* pull_park.c */
#define TOV_PULL_ASK_AGAIN_MS 10000u
/* How long it rests that was asked for SILENT times without an answer. */
uint64_t tov_park_rest_ms(unsigned silent);
bool tov_pull_is_named(const struct tov_message_name *a, const struct tov_message_name *b);
/* Frees the slot until the next turn of what it held. */
void tov_park_put(const struct tov_core *core, struct tov_peer *peer,
                  struct tov_transfer *transfer);
/* The same, for REST_MS. */
void tov_park_for(const struct tov_core *core, struct tov_peer *peer, struct tov_transfer *transfer,
                  uint64_t rest_ms);
/* The same for WANTED, which PEER is asked for, now: it may not be any more. False: nothing more of
 * it is needed from PEER. */
bool tov_park_put_off(const struct tov_core *core, struct tov_peer *peer,
                      const struct tov_pull_wanted *wanted);
/* Of those that are asked of their sender. */
bool tov_park_has_due(const struct tov_core *core, const struct tov_peer *peer);
/* Those whose rows were not found under way. */
void tov_park_forget_due(const struct tov_core *core, struct tov_peer *peer);
bool tov_park_is_its_turn(const struct tov_core *core, struct tov_peer *peer,
                          const struct tov_pull_wanted *wanted);
/* How often it was asked for in vain. */
unsigned tov_park_take(struct tov_peer *peer, const struct tov_pull_wanted *wanted);
/* A session begins: what the peer sends is asked for again, now. Files of own messages keep their
 * turns: nobody may have them any more, and who connects ever again would be asked ever again. */
void tov_pull_on_session(struct tov_peer *peer);
/* Attachments of PEER that it was asked for again and again, and does not send. */
size_t tov_pull_count_in_vain(const struct tov_peer *peer);

/* pull_check.c */
/* From tick to tick: of the attachments of a peer, and of the file that is read as a whole. */
#define TOV_PULL_CHECK_BYTES ((size_t)16 * 1024 * 1024)
enum tov_err tov_pull_check_create(const struct tov_transfer *transfer,
                                   const struct tov_message *message,
                                   struct tov_pull_check **out_check) TOV_MUST_CHECK;
void tov_pull_check_destroy(struct tov_pull_check *check); /* NULL is fine */
TOV_DEFINE_CLEANUP(tov_pull_check, struct tov_pull_check, tov_pull_check_destroy)
struct tov_pull_checked {
    enum tov_err err; /* why it does not open; TOV_OK: it does */
    bool is_damaged;  /* since it came in: changed, cut, gone, or not to be read */
};
/* TOV_E_AGAIN: there is more to look at, with the next tick. TOV_E_NOMEM. */
enum tov_err tov_pull_check_step(const struct tov_follow *follow, struct tov_peer *peer,
                                 const struct tov_transfer *transfer, const char *blob,
                                 struct tov_pull_checked *out_checked) TOV_MUST_CHECK;

/* own_files.c */
/* Files of the own message NAME that are not here are fetched back, from the commit on. */
enum tov_err tov_own_files_want(struct tov_follow *follow, const struct tov_message_name *name,
                                const struct tov_leaf_message *leaf) TOV_MUST_CHECK;
void tov_own_files_on_tick(struct tov_follow *follow);
/* All chunks of an own file have come. TOV_E_AGAIN: it is being looked at. Any other failure but
 * NOMEM is the own disk's: it has changed the file since, or does not give it. */
enum tov_err tov_own_files_finish(struct tov_follow *follow, const struct tov_peer *peer,
                                  const struct tov_transfer *transfer,
                                  const char *blob) TOV_MUST_CHECK;
enum tov_err tov_own_files_view(const struct tov_follow *follow, struct tov_store_read *read,
                                const struct tov_message_name *name, uint8_t part,
                                struct tov_transfer_view *out_view) TOV_MUST_CHECK;
/* PEER asks for chunks of a file of its own message. */
enum tov_err tov_own_files_on_request(struct tov_follow *follow, struct tov_peer *peer,
                                      const struct tov_chunk_request *asked) TOV_MUST_CHECK;

/* part_file.c */
bool tov_part_file_is_there(const struct tov_core *core, const char *blob, uint64_t sealed_size);
/* The tree over the chunks of BLOB, from memory, from beside it, or made; borrowed until the next
 * call. TOV_E_NOT_FOUND: there is no such file; TOV_E_CORRUPT: it is not the one that is claimed;
 * TOV_E_AGAIN: as tov_part_file_check. */
enum tov_err tov_part_file_tree(struct tov_follow *follow, const char *blob,
                                const struct tov_part_claim *claim,
                                const struct tov_part_tree **out_tree) TOV_MUST_CHECK;
/* It costs nothing. */
bool tov_part_tree_is_kept(struct tov_follow *follow, const struct tov_part_claim *claim);
/* Whether BLOB is what is claimed, all of it read. TOV_E_AGAIN: it, or another file, is being read,
 * piece by piece with each tick; ask again. TOV_E_NOT_FOUND, TOV_E_CORRUPT. */
enum tov_err tov_part_file_check(struct tov_follow *follow, const char *blob,
                                 const struct tov_part_claim *claim) TOV_MUST_CHECK;
/* If BLOB is being read, PEER's request is answered when that is done: the newest of them, the
 * others come again by themselves. */
void tov_part_file_wait(struct tov_follow *follow, const struct tov_peer *peer, const char *blob,
                        const struct tov_chunk_request *asked);
void tov_part_file_on_tick(struct tov_follow *follow);
void tov_part_file_fini(struct tov_follow *follow);

/* serve.c */
/* PEER asks for chunks, of an own message or of one of its own. */
enum tov_err tov_chunks_on_request(struct tov_follow *follow, struct tov_peer *peer,
                                   const struct tov_chunk_request *asked) TOV_MUST_CHECK;
/* Sends what is asked of a file that is PEER's to have. */
struct tov_served {
    const struct tov_chunk_request *asked;
    const char *blob;
    struct tov_part_claim claim;
};
enum tov_err tov_serve_part(struct tov_follow *follow, struct tov_peer *peer,
                            const struct tov_served *served) TOV_MUST_CHECK;

#endif

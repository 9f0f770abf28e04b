/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is said of a message of a peer's whose parts are open, and how that changes when more of it
 * is here (docs/protocol.md 6, 8). Private to follow/.
 * Not for: how it is told (receipt.c).
 */
#ifndef TOV_FOLLOW_VERDICT_H
#define TOV_FOLLOW_VERDICT_H

#include "case/draft.h"
#include "follow/peer.h"
#include "ledger/entry.h"
#include "ledger/reply.h"

/* verdict.c */
/* Whether a message with VERDICT is shown with what it answers, or takes that back. */
bool tov_verdict_answers(enum tov_verdict verdict);
/* Notes so in the open batch, or that it does not: REPLYING, without its relation, has HEADER. */
void tov_verdict_note_reply(struct tov_core *core, struct tov_record header,
                            struct tov_replying *replying, enum tov_verdict verdict);
/* The mirrored entry NAME as the open batches will leave it. Borrowed from them, until something is
 * put there, or from READ. */
enum tov_err tov_verdict_find(const struct tov_core *core, struct tov_store_read *read,
                              const struct tov_message_name *name,
                              struct tov_entry *out_entry) TOV_MUST_CHECK;
/* MESSAGE, of PEER's, has another verdict than its ENTRY: VALUE, but for the flags. */
enum tov_err tov_verdict_amend(struct tov_follow *follow, struct tov_peer *peer,
                               const struct tov_message *message, struct tov_entry *entry,
                               struct tov_verdict_value value) TOV_MUST_CHECK;
/* The same by its attachments: all of them are here, or OPEN_ERR says why one does not open.
 * Nothing happens where MESSAGE does not wait for it. */
enum tov_err tov_verdict_on_attachment(struct tov_follow *follow, struct tov_store_read *read,
                                       struct tov_peer *peer, const struct tov_message *message,
                                       enum tov_err open_err) TOV_MUST_CHECK;

/* verdict_judge.c */
/* A message of PEER's, and its parts as they were opened. */
struct tov_opened {
    const struct tov_peer *peer;
    const struct tov_leaf_message *leaf;
    uint64_t leaf_time_ms;
    struct tov_bytes header;
    const struct tov_bytes *content; /* NULL: the right is to the header alone */
};
struct tov_judged {
    struct tov_verdict_value value; /* no flags; PENDING wherever its attachments are */
    bool has_pulled_parts;          /* attachments that are ours and come by themselves */
    bool has_draft;
    struct tov_draft draft;
};
void tov_judged_fini(struct tov_judged *judged); /* a zeroed struct is fine */
/* TOV_E_NOMEM alone: what is wrong with the message is its verdict. */
enum tov_err tov_verdict_judge(const struct tov_core *core, const struct tov_opened *opened,
                               struct tov_judged *out_judged) TOV_MUST_CHECK;

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Writing messages into a node of a simulation as its API would: a valid draft of the type
 * msg.note, put into the open batch, with an after-commit action in place of a client's answer.
 * Not for: judging drafts; the draft is made to be valid.
 */
#ifndef TOV_TESTS_SUPPORT_SIM_MESSAGE_H
#define TOV_TESTS_SUPPORT_SIM_MESSAGE_H

#include "ledger/message.h"
#include "support/sim_node.h"

/* Stands in every text and attachment, so that it must never be seen outside. */
#define SIM_MARKER "MAERKE-"

struct sim_order {
    uint64_t record; /* number given back by the hook `acknowledged`, and part of the text */
    size_t recipient_count;
    struct tov_message_recipient recipients[TOV_RECIPIENTS_MAX]; /* ascending */
    size_t text_bytes;                                           /* of the free text, at least 64 */
    bool has_target;                                             /* it answers, or takes back */
    bool takes_back;
    bool cites; /* and it cites it too */
    struct tov_ref target;
    const uint8_t *id; /* of a message that is written once more; NULL: one of its own */
    size_t attachment_count;
    size_t attachment_bytes[TOV_ATTACHMENTS_MAX]; /* of each, at least 64 */
};

/* The free text of RECORD, NUL-terminated. */
void sim_message_text(uint64_t record, size_t bytes, struct tov_buf *out);

/* TOV_E_LIMIT when it does not fit; other failures are the node's. */
enum tov_err sim_message_submit(struct sim_node *node, const struct sim_order *order,
                                struct tov_message_written *out_written) TOV_MUST_CHECK;

/* The plaintexts of the parts for ORDER, as PLAN's id has it; for peers made by hand. */
struct sim_sender {
    const struct tov_agency *agency;
    uint64_t now_ms;
    const uint8_t *id;
};
enum tov_err sim_message_encode(const struct sim_sender *sender, const struct sim_order *order,
                                struct tov_buf *out_header,
                                struct tov_buf *out_content) TOV_MUST_CHECK;

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Judging a message by the catalogue with the facts of the roster that it names: the sender's node
 * refuses by it, the receiver's judges by the same (docs/messages.md).
 * Not for: machines and states.
 */
#ifndef TOV_LEDGER_JUDGE_H
#define TOV_LEDGER_JUDGE_H

#include "case/rules.h"
#include "ledger/units.h"

/* The units of one message. Names are of the core's unit history. */
struct tov_judge_units {
    struct tov_unit_facts sender;
    struct tov_unit_facts recipients[TOV_RECIPIENTS_MAX]; /* in the order of Header.recipients */
    size_t recipient_count;
};
/* Of HEADER, sent by the agency SENDER, as UNITS of the roster that the message names has them: one
 * that is not among those is without duties. TOV_E_LIMIT: more recipients than a message has. */
enum tov_err tov_judge_units(const struct tov_units *units, struct tov_record header,
                             uint16_t sender, struct tov_judge_units *out_found) TOV_MUST_CHECK;

/* SENDER is the sending agency; its unit and the recipients are taken from the draft's header. A
 * unit that the roster does not have is a finding, not a failure. OUT_FINDINGS is zeroed here. */
enum tov_err tov_judge(const struct tov_units *units, const struct tov_draft *draft,
                       uint16_t sender, uint64_t sent_ms,
                       struct tov_findings *out_findings) TOV_MUST_CHECK;
/* The same where the units were FOUND already. */
void tov_judge_by(const struct tov_judge_units *found, const struct tov_draft *draft,
                  uint64_t sent_ms, struct tov_findings *out_findings);

/* What a message's leaf says and what its header says inside must be the same: id, origin of the
 * sender's ledger, recipients and rights in order. TOV_E_SCHEMA when they differ: the header was
 * written for another message, and nothing in it may be believed. */
enum tov_err tov_judge_header(struct tov_record header, const struct tov_leaf_message *leaf,
                              const char *origin) TOV_MUST_CHECK;

#endif

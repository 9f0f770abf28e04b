/* SPDX-License-Identifier: EUPL-1.2
 *
 * Inside proto/case: what the fold asks of one told message, beside its fields by name.
 * Not for: files outside proto/case.
 * Never judge by more than one message here.
 */
#ifndef TOV_CASE_TOLD_FACTS_H
#define TOV_CASE_TOLD_FACTS_H

#include "case/told_field.h"

/* Whether FIELD of the type's own record, or else of the header, is VALUE: an enum's id, or "ja" or
 * "nej" of a bool. */
bool tov_told_says(const struct tov_told *told, const char *field, const char *value);
/* By what steps cite it: its event, or itself when it names none. False: it has neither UUID. */
bool tov_told_step_event(const struct tov_told *told, struct tov_thing_ref *out_event);
/* Both tell of one event in the world, or are one message: the type, the sender's agency and the
 * event that steps cite are the same. */
bool tov_told_is_same_event(const struct tov_told *a, const struct tov_told *b);
/* The same where EVENT is that of LIKE, for who compares many with it. */
bool tov_told_tells_as(const struct tov_told *told, const struct tov_told *like,
                       const struct tov_thing_ref *event);
/* Whether one of its things (tov_told_thing) is THING. */
bool tov_told_is_about(const struct tov_told *told, uint32_t about,
                       const struct tov_thing_ref *thing);
/* AGENCY sent or received it. */
bool tov_told_is_among(const struct tov_told *told, uint64_t agency);
bool tov_unit_is_same(const struct tov_unit_facts *a, const struct tov_unit_facts *b);
bool tov_told_is_to(const struct tov_told *told, const struct tov_unit_facts *unit);
/* Sender or a recipient is a unit of the general release channel. */
bool tov_told_is_release_channel(const struct tov_told *told);
/* Whether the author of TOLD had seen OTHER: cites it, answers it, had followed its ledger beyond
 * it, or wrote it before in the same ledger. */
bool tov_told_has_seen(const struct tov_told *told, const struct tov_told *other);
/* The UUID in a field of RECORD. */
bool tov_record_uuid(struct tov_record record, const char *name, struct tov_thing_ref *out_uuid);

#endif

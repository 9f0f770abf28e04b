/* SPDX-License-Identifier: EUPL-1.2
 *
 * What machines and deadlines read of a told message's header, by name.
 * Not for: content; nothing of it is to be seen here.
 * Never keep a value longer than the told message.
 */
#ifndef TOV_CASE_TOLD_FIELD_H
#define TOV_CASE_TOLD_FIELD_H

#include "base/limits.h"
#include "case/told.h"

/* A value of the type's own header record; INDEX counts in a repeated field. False: not set, or
 * the type has no such field. */
bool tov_told_field(const struct tov_told *told, const char *name, size_t index,
                    struct tov_value *out_value);

/* "prison.released". */
const char *tov_told_type(const struct tov_told *told);
/* The thing of one TOV_ABOUT_* bit. */
bool tov_told_about(const struct tov_told *told, uint32_t about, struct tov_thing_ref *out_thing);
/* The things it is about by one TOV_ABOUT_* bit; of concerns, those of an agenda too: the first
 * TOV_AGENDA_MAX of a longer one. */
bool tov_told_thing(const struct tov_told *told, uint32_t about, size_t index,
                    struct tov_thing_ref *out_thing);
/* The event in the world; messages about the same one carry the same. */
bool tov_told_event(const struct tov_told *told, struct tov_thing_ref *out_event);
bool tov_told_cites(const struct tov_told *told, size_t index, struct tov_ref *out_ref);
bool tov_told_reply_to(const struct tov_told *told, struct tov_ref *out_ref);
bool tov_thing_ref_equal(const struct tov_thing_ref *a, const struct tov_thing_ref *b);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * A message's payload as its four records: header, content, and the typed fields of both. The same
 * struct holds what is being written and what was received.
 * Not for: envelopes or leaves.
 * Never write Header.fields or Content.fields by hand: encoding fills them from the typed records.
 */
#ifndef TOV_CASE_DRAFT_H
#define TOV_CASE_DRAFT_H

#include "case/catalogue.h"

struct tov_draft {
    const struct tov_message_type *type;
    struct tov_record header;
    struct tov_record header_fields;
    struct tov_record content; /* zeros (message NULL) when the content is not to be seen */
    struct tov_record content_fields;
};

/* Empty records of TYPE, with type and type_version set. */
enum tov_err tov_draft_create(const struct tov_message_type *type,
                              struct tov_draft *out_draft) TOV_MUST_CHECK;
void tov_draft_fini(struct tov_draft *draft); /* a zeroed struct is fine */
bool tov_draft_has_content(const struct tov_draft *draft);

/* The record at PLACE. */
struct tov_record tov_draft_record(const struct tov_draft *draft, enum tov_field_place place);

/* Appends the plaintext of part 0 and, unless OUT_CONTENT is NULL, of part 1. */
enum tov_err tov_draft_encode(const struct tov_draft *draft, struct tov_buf *out_header,
                              struct tov_buf *out_content) TOV_MUST_CHECK;
/* CONTENT NULL: only the header was disclosed. VERSION: a type or version that this program does
 * not know ("not understood"); SCHEMA, LIMIT, NOMEM as tov_record_decode. */
enum tov_err tov_draft_decode(struct tov_bytes header, const struct tov_bytes *content,
                              struct tov_draft *out_draft, struct tov_error *error) TOV_MUST_CHECK;
/* The same for a message that is being written: without a version it gets the type's newest. */
enum tov_err tov_draft_take(struct tov_bytes header, struct tov_bytes content,
                            struct tov_draft *out_draft, struct tov_error *error) TOV_MUST_CHECK;

#endif

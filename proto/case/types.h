/* SPDX-License-Identifier: EUPL-1.2
 *
 * Inside proto/case: the groups of rows that make up the catalogue, and short forms for writing
 * them. A new message type is a row here, its records in proto/schema, and a line in
 * wire/schemas.c.
 * Not for: files outside proto/case.
 * Never give a typed field the name of a common one: forms know fields by name alone.
 */
#ifndef TOV_CASE_TYPES_H
#define TOV_CASE_TYPES_H

#include "case/catalogue.h"

struct tov_type_group {
    const struct tov_message_type *types;
    size_t count;
};
extern const struct tov_type_group tov_types_generic;
extern const struct tov_type_group tov_types_info;
extern const struct tov_type_group tov_types_intervention;
extern const struct tov_type_group tov_types_prison;

#define TOV_FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])

/* A message about a person in its most usual form: named, with purpose and necessity. */
#define TOV_ASKS_PERSON (TOV_ASKS_SUBJECT | TOV_ASKS_NECESSITY | TOV_ASKS_TEXT)
#define TOV_ABOUT_ANY                                                                              \
    (TOV_ABOUT_CONCERN | TOV_ABOUT_CASE | TOV_ABOUT_COURSE | TOV_ABOUT_REQUEST | TOV_ABOUT_PSYCH | \
     TOV_ABOUT_EPISODE)
/* What an answer to, or a change of, any other message may rest on: that message's own bases. */
#define TOV_BASES_ANY ((UINT64_C(1) << TOV_BASIS_FVL28_1) - 1)
/* KRFO to the case: SSP before a release is planned, KSP from then on. */
#define TOV_BASES_KRFO_CASE                                                                      \
    (TOV_BASIS_BIT(RPL115_2_1_1) | TOV_BASIS_BIT(RPL115_2_1_3A) | TOV_BASIS_BIT(RPL115_2_1_3B) | \
     TOV_BASIS_BIT(RPL115_2_1_3C))

#endif

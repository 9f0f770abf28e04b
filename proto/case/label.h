/* SPDX-License-Identifier: EUPL-1.2
 *
 * Danish and English words for the ids of enum fields ("proeve_2_3": "prøveløsladelse efter 2/3").
 * Not for: ids themselves; they are the schema's.
 * Never parse a label: people pick ids.
 */
#ifndef TOV_CASE_LABEL_H
#define TOV_CASE_LABEL_H

#include "case/text.h"

/* VALUES_NAME as struct tov_field gives it ("ReleaseKind"). The id itself when there is none. */
const char *tov_value_label(const char *values_name, const char *id, enum tov_language language);

#endif

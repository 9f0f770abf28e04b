/* SPDX-License-Identifier: EUPL-1.2
 *
 * Leaves and link blocks from the fields of tests/vectors/wire/{leaf,link}.json.
 */
#ifndef TOV_TESTS_WIRE_LEAF_FIELDS_H
#define TOV_TESTS_WIRE_LEAF_FIELDS_H

#include "support/unit.h"
#include "wire/link.h"

/* ROW of "good"; a field that is missing stops the program. */
void leaf_of_vector(const json_t *row, struct tov_leaf *out);
void link_of_vector(const json_t *row, struct tov_link_block *out);

#endif

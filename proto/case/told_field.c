/* SPDX-License-Identifier: EUPL-1.2
 *
 * Alone in its file, so that a test can put fields of its own in its place.
 */
#include "case/told_field.h"

bool tov_told_field(const struct tov_told *told, const char *name, size_t index,
                    struct tov_value *out_value)
{
    return tov_record_get(told->draft->header_fields, name, index, out_value) == TOV_OK;
}

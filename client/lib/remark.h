/* SPDX-License-Identifier: EUPL-1.2
 *
 * Collecting remarks, from local findings and from the node's.
 */
#ifndef TOV_LIB_REMARK_H
#define TOV_LIB_REMARK_H

#include <tov/remark.h>

#include "case/finding.h"
#include "lib/memory.h"
#include "wire/payload.h"

struct tov_remarks {
    struct lib_memory memory;
    struct tov_remark items[TOV_FINDINGS_MAX];
    size_t count;
};
void remarks_clear(struct tov_remarks *remarks);
enum tov_err remarks_of_finding(struct tov_remarks *remarks,
                                const struct tov_finding *finding) TOV_MUST_CHECK;
/* All findings of an ApiReply; those beyond TOV_FINDINGS_MAX are passed over. */
enum tov_err remarks_of_reply(struct tov_remarks *remarks, struct tov_record reply) TOV_MUST_CHECK;

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a mirror holds beside its leaves: sealed parts of messages, lists of anchors, attachments.
 * Entries come in ascending order, as the mirror is read.
 * Not for: what own entries have (sent.c).
 * Never skip an entry that was read: its records would count as nobody's.
 */
#ifndef TOV_AUDIT_MIRROR_PARTS_H
#define TOV_AUDIT_MIRROR_PARTS_H

#include "audit/audit.h"
#include "audit/mirror_reader.h"

struct tov_mirror_parts {
    struct tov_audit *audit;
    struct tov_mirror *mirror;
    struct tov_records records;
    char path[TOV_EXPORT_PATH_SIZE];
    bool has_bundle;
    uint64_t bundle;
};
void tov_mirror_parts_init(struct tov_mirror_parts *parts, struct tov_audit *audit,
                           struct tov_mirror *mirror);
/* The entry ITEM; LEAF is NULL when it is gone or cannot be read. NOMEM. */
enum tov_err tov_mirror_parts_check(struct tov_mirror_parts *parts,
                                    const struct tov_mirror_item *item,
                                    const struct tov_leaf *leaf) TOV_MUST_CHECK;
/* No entry follows. Also without any before, or after a failure. */
void tov_mirror_parts_fini(struct tov_mirror_parts *parts);

#endif

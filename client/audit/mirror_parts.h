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
    bool is_absent; /* the file is not there */
    bool is_absent_told;
    bool is_broken;  /* its rest cannot be read */
    bool is_excused; /* the parts of the present entry */
    uint64_t bundle;
};
void tov_mirror_parts_init(struct tov_mirror_parts *parts, struct tov_audit *audit,
                           struct tov_mirror *mirror);
/* The entry ITEM; LEAF is NULL when it is gone, or cannot be read: then its records are passed
 * over. IS_EXCUSED: what came in with wrong or erased parts was stored as it came, which its
 * receipt says. NOMEM. */
enum tov_err tov_mirror_parts_check(struct tov_mirror_parts *parts,
                                    const struct tov_mirror_item *item, const struct tov_leaf *leaf,
                                    bool is_excused) TOV_MUST_CHECK;
/* The entries cannot be followed further: the records that are left say nothing. */
void tov_mirror_parts_stop(struct tov_mirror_parts *parts);
/* No entry follows. Also without any before, or after a failure. */
void tov_mirror_parts_fini(struct tov_mirror_parts *parts);

#endif

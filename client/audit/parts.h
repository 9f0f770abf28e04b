/* SPDX-License-Identifier: EUPL-1.2
 *
 * Sealed parts against what the message leaf says of them: size and hash root, without a key.
 * Not for: opening parts.
 * Never hold an attachment in memory: one chunk at a time.
 */
#ifndef TOV_AUDIT_PARTS_H
#define TOV_AUDIT_PARTS_H

#include "audit/finding.h"
#include "audit/folder.h"

/* What a leaf says of a part. */
struct tov_part_named {
    uint8_t number;
    const struct tov_leaf_part *claim;
    bool is_excused; /* it need not fit */
};
/* Adds a finding when SEALED is not that part. */
void tov_part_bytes_check(struct tov_findings *findings, const struct tov_place *place,
                          const struct tov_part_named *part, struct tov_bytes sealed);
/* The same for the file place->path; false when there is none. */
bool tov_part_file_check(const struct tov_folder *folder, struct tov_findings *findings,
                         const struct tov_place *place, const struct tov_leaf_part *claim);

#endif

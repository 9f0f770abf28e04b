/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether the folder holds exactly the files that its manifest names: each unchanged, none missing,
 * none more, and only kinds that an export has.
 * Not for: what the files say.
 * Never take a good manifest for a signature: whoever can change a file can change it, too.
 */
#ifndef TOV_AUDIT_MANIFEST_H
#define TOV_AUDIT_MANIFEST_H

#include "audit/finding.h"
#include "audit/folder.h"

#define TOV_MANIFEST_MAX_BYTES (1ull << 32)

/* Adds what is wrong to FINDINGS; IO and NOMEM only when the check itself could not go on. Each
 * file is read once, in pieces. */
enum tov_err tov_manifest_check(const struct tov_folder *folder,
                                struct tov_findings *findings) TOV_MUST_CHECK;

#endif

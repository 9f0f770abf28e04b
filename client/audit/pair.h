/* SPDX-License-Identifier: EUPL-1.2
 *
 * Two exports against each other: one agency's ledger as it shows it, and as another holds it.
 * Not for: anything that one export shows alone (audit.h).
 * Never compare an export whose own check has not been made.
 */
#ifndef TOV_AUDIT_PAIR_H
#define TOV_AUDIT_PAIR_H

#include "audit/audit.h"

/* The ledger of OWNER against the mirror that HOLDER has of it; nothing when it has none. */
enum tov_err tov_pair_mirror(struct tov_audit *owner, struct tov_audit *holder,
                             struct tov_findings *findings) TOV_MUST_CHECK;
/* Two exports of one ledger: one must extend the other. */
enum tov_err tov_pair_same(struct tov_audit *a, struct tov_audit *b,
                           struct tov_findings *findings) TOV_MUST_CHECK;
/* Rosters of the same version must be the same. */
void tov_pair_rosters(const struct tov_audit *a, const struct tov_audit *b,
                      struct tov_findings *findings);
/* What AUDIT shows of ledgers, and of its journal, whose keys only the newer roster of OTHER
 * revokes. */
void tov_pair_revoked(struct tov_audit *audit, const struct tov_audit *other,
                      struct tov_findings *findings);
bool tov_pair_is_same_ledger(const struct tov_audit *a, const struct tov_audit *b);

#endif

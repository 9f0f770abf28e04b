/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the files of the roster share: the object and the steps of its parser. Inside proto/roster
 * only; users include roster/roster.h.
 */
#ifndef TOV_ROSTER_INTERNAL_H
#define TOV_ROSTER_INTERNAL_H

#include "roster/arena.h"
#include "roster/lines.h"
#include "roster/roster.h"

#define TOV_ROSTER_MANUAL "docs/roster.md"

struct tov_roster {
    struct tov_arena arena;
    struct tov_bytes note; /* all of it, in the arena */
    struct tov_bytes text; /* its start */
    struct tov_hash hash;
    struct tov_roster_facts facts;
};

/* An agency while it is read: what can only be resolved when all are known. */
struct agency_draft {
    struct tov_agency *agency;
    struct tov_line start;     /* the "agency" line */
    struct tov_line keepers;   /* value empty: no such line */
    struct tov_line successor; /* likewise */
};

struct roster_parser {
    struct tov_lines lines;
    struct tov_roster *roster;
    struct tov_agency *agencies;
    struct agency_draft *drafts;
    size_t agency_count;
    struct tov_revocation *revocations;
    struct tov_line *revoked_lines;
    size_t revocation_count;
};

/* Threshold and root lines, for rosters and roots files; OUT_ROOTS has TOV_ROOTS_MAX places. */
enum tov_err tov_roster_read_roots(struct tov_lines *lines, const char *federation,
                                   struct tov_roots *out_roots) TOV_MUST_CHECK;
/* One agency with its units, the "agency" line first. */
enum tov_err tov_roster_read_agency(struct roster_parser *parser,
                                    struct agency_draft *draft) TOV_MUST_CHECK;
/* One "revoked" line; its agency is resolved in the check. */
enum tov_err tov_roster_read_revocation(struct roster_parser *parser, size_t index) TOV_MUST_CHECK;
/* Resolves keepers, successors and revocations, then checks R1 to R4. */
enum tov_err tov_roster_check(struct roster_parser *parser) TOV_MUST_CHECK;

#endif

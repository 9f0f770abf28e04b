/* SPDX-License-Identifier: EUPL-1.2
 *
 * The deadlines of the client's units, counted: for the day at a glance.
 * Not for: listing them (cmd_due.c).
 */
#ifndef TOV_CLI_CASECOUNT_H
#define TOV_CLI_CASECOUNT_H

#include "cli/cli.h"

#define CASECOUNT_UNITS_MAX 16u
#define CASECOUNT_SOON_DAYS 7u

struct casecount_unit {
    const char *unit; /* "kk/vink"; the client's */
    size_t cases;     /* in which something is open */
    size_t overdue;   /* owed by the own agency */
    size_t soon;      /* the same, not overdue, and due within a week */
    size_t awaited;   /* owed by others */
    size_t awaited_overdue;
};
struct casecount {
    struct casecount_unit units[CASECOUNT_UNITS_MAX];
    size_t count;
    bool failed; /* the book could not be read; the rest is empty */
};

/* Of all units of the client, which is open. TIMEOUT, CLOSED: the node does not answer any more;
 * what else goes wrong is OUT->failed. */
enum tov_err casecount_read(struct cli *cli, struct casecount *out) TOV_MUST_CHECK;
/* Whether it needs a person: something is overdue here, or the book cannot be read. */
bool casecount_needs_person(const struct casecount *count);
/* A line for each thing to say. */
void casecount_put(struct cli *cli, const struct casecount *count);
/* Null when it could not be read. */
json_t *casecount_json(const struct casecount *count);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * How far an audit looks for what explains a number that a link leaves out, and of which series a
 * message may be when the entries before it are not all there.
 * Not for: what explains it (forge_test.c, restored_test.c).
 */
#include "audit/audit.h"

#include "support/unit.h"

#include <stdlib.h>

#define INDEX 100u /* of the one message, so as many entries before it */

/* Number 2 is the first that the line shows; all entries before it are gone and named, and none is
 * the one that it names. STEPS are left. */
static void look(struct tov_audit *audit, uint64_t steps)
{
    struct tov_link_at at = {.place = {"detached/000", true, INDEX},
                             .block = {.series = {1, 0}, .number = 2},
                             .series = {1, 0}};
    *audit = (struct tov_audit){.folder = {.fd = -1},
                                .sent = {.is_complete = true},
                                .link_steps = TOV_AUDIT_LINK_STEPS_MAX - steps};
    audit->tiles = calloc(1, sizeof *audit->tiles);
    UNIT_NEED(audit->tiles != NULL);
    UNIT_OK(tov_scratch_open(&audit->scratch));
    for (uint64_t i = 0; i < INDEX; i++)
        UNIT_OK(tov_marks_put(&audit->marks_room, &audit->empty, i));
    UNIT_OK(tov_marks_put_range(&audit->marks_room, &audit->named, 0, INDEX));
    tov_audit_link(audit, &audit->sent, 2, &at);
    UNIT_EQUAL_INT(audit->failed, TOV_OK);
}

static void a_number_that_was_not_looked_for_accuses_nobody(void)
{
    struct tov_audit audit;
    look(&audit, INDEX);
    UNIT_NEED(audit.findings.count == 1);
    UNIT_EQUAL_INT(audit.findings.items[0].code, TOV_FOUND_LINK_GAP);
    tov_audit_close(&audit);
    look(&audit, INDEX - 1);
    UNIT_NEED(audit.findings.count == 2);
    UNIT_EQUAL_INT(audit.findings.items[0].code, TOV_FOUND_LIMIT);
    UNIT_EQUAL_INT(audit.findings.items[1].code, TOV_FOUND_LINK_UNSEEN);
    UNIT_EQUAL_INT(audit.findings.worst, TOV_CLASS_UNVERIFIABLE);
    tov_audit_close(&audit);
}

/* What the mirror of its ledger shows of a block of the series that entry LOSS began. */
static enum tov_finding_code begun_by(uint64_t loss)
{
    struct tov_audit audit = {.folder = {.fd = -1}};
    struct tov_link_at at = {.place = {"mirror/2/1/entries/000", true, INDEX},
                             .block = {.series = {1, loss}, .number = 1},
                             .series = {1, 0}};
    UNIT_OK(tov_scratch_open(&audit.scratch));
    tov_audit_link(&audit, &audit.received, 2, &at);
    UNIT_NEED(audit.findings.count == 1);
    enum tov_finding_code code = audit.findings.items[0].code;
    tov_audit_close(&audit);
    return code;
}

/* Somebody may have taken it out of the mirror, but not from behind the message. */
static void no_series_was_begun_by_a_loss_behind_it(void)
{
    UNIT_EQUAL_INT(begun_by(INDEX - 1), TOV_FOUND_LINK_UNSEEN);
    UNIT_EQUAL_INT(begun_by(INDEX), TOV_FOUND_LINK_SERIES);
    UNIT_EQUAL_INT(begun_by(INDEX + 1), TOV_FOUND_LINK_SERIES);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_number_that_was_not_looked_for_accuses_nobody),
        UNIT_TEST(no_series_was_begun_by_a_loss_behind_it),
    };
    return unit_run("audit_links", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * The status looks at a bounded number of messages of each agency, and says when there are more:
 * a unit that has none among those is not told that it has none. Whole nodes in one process.
 * Not for: what is counted among them (desk_test.c).
 */
#include "desk_ask.h"

#include "follow/follow.h"
#include "node.h"

#define POLICE 2u
#define LOOKED_AT 200u

static void send_notes(struct harness *harness, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        (void)say(harness,
                  &(struct saying){.by = &anna,
                                   .type = "msg.note",
                                   .from = "kk/vink",
                                   .to = "kbh-pol/dks",
                                   .bases = "RPL115-2/1-1",
                                   .fields = "about.case_ref=" CASE},
                  NULL);
}

static void that_more_waits_than_is_looked_at_is_told(void)
{
    struct harness *harness = three_nodes();
    harness_set_link(harness, 0, POLICE - 1, false);
    send_notes(harness, LOOKED_AT);
    UNIT_EQUAL_INT(status_number_of(harness, &anna, POLICE, "waiting"), LOOKED_AT);
    CU_ASSERT(status_number(harness, &anna, "more") == 0);
    send_notes(harness, 1);
    UNIT_EQUAL_INT(status_number_of(harness, &anna, POLICE, "waiting"), LOOKED_AT);
    CU_ASSERT(status_number(harness, &anna, "more") != 0);
    UNIT_EQUAL_INT(status_number_of(harness, &eva, POLICE, "waiting"), 0);
    CU_ASSERT(status_number(harness, &eva, "more") != 0);
    UNIT_EQUAL_INT(status_number_of(harness, &audit, POLICE, "waiting"),
                   LOOKED_AT + 1); /* who is told of all of them */
    CU_ASSERT(status_number(harness, &audit, "more") == 0);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(that_more_waits_than_is_looked_at_is_told),
    };
    return unit_run("core_more", tests, sizeof tests / sizeof tests[0]);
}

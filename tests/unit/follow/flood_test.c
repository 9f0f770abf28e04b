/* SPDX-License-Identifier: EUPL-1.2
 *
 * What one frame of a peer may cost that takes few bytes of it (I11): rows looked at, rows written,
 * hashes made. Counted, never timed.
 * Not for: how often it may (quota_test.c), nor how much (day_quota_test.c).
 */
#include "hostile_peer.h"

static struct hostile *meet(const char *name)
{
    struct hostile *hostile = hostile_create(name, 2);
    hostile_meet(hostile);
    return hostile;
}

/* ---- leaves that are asked for ---- */

#define ROWS_MAX 1024u /* recall.c */

static void ask_leaves(struct hostile *hostile, uint64_t from, uint64_t to)
{
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    control->kind = TOV_CONTROL_LEAF_REQUEST;
    control->as.leaf_request.from = from;
    control->as.leaf_request.to = to;
    hostile_say_control(hostile, control);
}

/* What has no leaf any more takes no bytes of the answer, and is looked at all the same. */
static void a_request_for_leaves_looks_at_so_many_rows(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("flood-leaves");
    uint64_t from = hostile->range.size;
    hostile_say_erased(hostile, 2 * ROWS_MAX + 1);
    UNIT_NEED(hostile->position == from + 2 * ROWS_MAX + 1);
    ask_leaves(hostile, from, from + ROWS_MAX);
    UNIT_EQUAL_INT(hostile->leaves_to, from + ROWS_MAX);
    ask_leaves(hostile, from, from + ROWS_MAX + 1);
    UNIT_EQUAL_INT(hostile->leaves_to, from + ROWS_MAX);
    ask_leaves(hostile, from, UINT64_MAX);
    UNIT_EQUAL_INT(hostile->leaves_to, from + ROWS_MAX);
    /* Who goes on from there comes to the end. */
    ask_leaves(hostile, hostile->leaves_to, UINT64_MAX);
    UNIT_EQUAL_INT(hostile->leaves_to, from + 2 * ROWS_MAX);
    ask_leaves(hostile, hostile->leaves_to, UINT64_MAX);
    CU_ASSERT(hostile->leaves_to == UINT64_MAX);
    UNIT_EQUAL_INT(hostile->leaf_answers, 5);
    UNIT_EQUAL_INT(hostile->leaves, 0);
    ask_leaves(hostile, 0, UINT64_MAX);
    UNIT_EQUAL_INT(hostile->leaves, from);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_request_for_leaves_looks_at_so_many_rows),
    };
    return unit_run("follow_flood", tests, sizeof tests / sizeof tests[0]);
}

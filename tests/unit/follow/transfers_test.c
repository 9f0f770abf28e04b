/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which attachments are asked for, of whom and when; what was not asked for is not taken.
 * Not for: what is in them (own_files_test.c, pull_check_test.c).
 */
#include "hostile_peer.h"

#include "follow/transfers.h"

/* Whatever keeps this node from asking: chunks that come all the same are not written. */
static void a_chunk_that_was_not_asked_for_is_not_taken(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("not-asked", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_meet(hostile);
    struct tov_core *core = hostile_core(hostile);
    uint64_t reserve_bytes = core->disk_reserve_bytes;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    hostile_message_attach(hostile, &message, 1000);
    core->disk_reserve_bytes = UINT64_MAX; /* there is no room for attachments */
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_PENDING);
    UNIT_EQUAL_INT(hostile->chunk_requests, 0);
    hostile_say_chunk(hostile, &message);
    UNIT_EQUAL_INT(hostile_verdict(hostile, 1).verdict, TOV_VERDICT_PENDING);
    core->disk_reserve_bytes = reserve_bytes;
    sim_wire_pass(hostile->wire, 1000);
    UNIT_EQUAL_INT(hostile->chunk_requests, 1);
    hostile_say_chunk(hostile, &message);
    UNIT_EQUAL_INT(hostile_verdict(hostile, 1).verdict, TOV_VERDICT_OPENED);
    CU_ASSERT(hostile_victim_works(hostile));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_chunk_that_was_not_asked_for_is_not_taken),
    };
    return unit_run("follow_transfers", tests, sizeof tests / sizeof tests[0]);
}

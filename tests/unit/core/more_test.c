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

static bool more_is_told(struct harness *harness, const struct harness_client *client)
{
    struct tov_record body;
    struct tov_record reply = answer_to(harness, client, request_of("status", &body));
    bool is_told = tov_record_number(body_of(reply, "status"), "more") != 0;
    tov_record_destroy(&reply);
    return is_told;
}

static uint64_t waiting_of(struct harness *harness, const struct harness_client *client)
{
    struct tov_record body, peer;
    struct tov_record reply = answer_to(harness, client, request_of("status", &body));
    uint64_t count = UINT64_MAX;
    for (size_t i = 0; tov_record_child(body_of(reply, "status"), "peers", i, &peer); i++) {
        if (tov_record_number(peer, "agency") == POLICE)
            count = tov_record_number(peer, "waiting");
    }
    tov_record_destroy(&reply);
    return count;
}

static void that_more_waits_than_is_looked_at_is_told(void)
{
    struct harness *harness = three_nodes();
    harness_set_link(harness, 0, POLICE - 1, false);
    send_notes(harness, LOOKED_AT);
    UNIT_EQUAL_INT(waiting_of(harness, &anna), LOOKED_AT);
    CU_ASSERT(!more_is_told(harness, &anna));
    send_notes(harness, 1);
    UNIT_EQUAL_INT(waiting_of(harness, &anna), LOOKED_AT);
    CU_ASSERT(more_is_told(harness, &anna));
    UNIT_EQUAL_INT(waiting_of(harness, &eva), 0);
    CU_ASSERT(more_is_told(harness, &eva));
    UNIT_EQUAL_INT(waiting_of(harness, &audit), LOOKED_AT + 1); /* who is told of all of them */
    CU_ASSERT(!more_is_told(harness, &audit));
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(that_more_waits_than_is_looked_at_is_told),
    };
    return unit_run("core_more", tests, sizeof tests / sizeof tests[0]);
}

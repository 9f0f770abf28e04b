/* SPDX-License-Identifier: EUPL-1.2 */
#include "net/net_queue.h"

#include "support/unit.h"

static void frames_leave_in_the_order_they_came(void)
{
    struct tov_net_queue queue = TOV_NET_QUEUE_INIT(10);
    CU_ASSERT(tov_net_queue_is_empty(&queue));
    UNIT_OK(tov_net_queue_push(&queue, tov_bytes_of_text("one")));
    UNIT_OK(tov_net_queue_push(&queue, tov_bytes_of_text("three")));
    UNIT_EQUAL_BYTES(tov_net_queue_first(&queue), tov_bytes_of_text("one"));
    tov_net_queue_pop(&queue);
    UNIT_EQUAL_BYTES(tov_net_queue_first(&queue), tov_bytes_of_text("three"));
    tov_net_queue_pop(&queue);
    CU_ASSERT(tov_net_queue_is_empty(&queue));
    UNIT_OK(tov_net_queue_push(&queue, tov_bytes_of_text("again")));
    tov_net_queue_clear(&queue);
    UNIT_EQUAL_INT(queue.size_bytes, 0);
}

static void the_bound_is_exact_and_a_refusal_changes_nothing(void)
{
    struct tov_net_queue queue = TOV_NET_QUEUE_INIT(10);
    UNIT_OK(tov_net_queue_push(&queue, tov_bytes_of_text("123456")));
    UNIT_EQUAL_INT(tov_net_queue_push(&queue, tov_bytes_of_text("78901")), TOV_E_BUSY);
    UNIT_OK(tov_net_queue_push(&queue, tov_bytes_of_text("7890")));
    UNIT_EQUAL_INT(queue.size_bytes, 10);
    tov_net_queue_pop(&queue);
    UNIT_EQUAL_BYTES(tov_net_queue_first(&queue), tov_bytes_of_text("7890"));
    tov_net_queue_clear(&queue);
}

int main(void)
{
    const struct unit_test tests[] = {
        UNIT_TEST(frames_leave_in_the_order_they_came),
        UNIT_TEST(the_bound_is_exact_and_a_refusal_changes_nothing),
    };
    return unit_run("net queue", tests, sizeof tests / sizeof tests[0]);
}

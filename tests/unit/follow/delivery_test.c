/* SPDX-License-Identifier: EUPL-1.2
 *
 * Two and three nodes on a wire without faults: what is written arrives, is receipted and shown.
 */
#include "support/sim_wire.h"
#include "support/unit.h"

#include <stdio.h>

static void a_message_is_delivered_and_receipted(void)
{
    struct sim_wire *wire = sim_wire_create("deliver", 2);
    sim_wire_start_all(wire);
    struct tov_message_written written = sim_wire_send(wire, 0, 1);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(wire->acknowledged, 1);
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(wire->nodes[0].node), 0, &view);
    UNIT_EQUAL_INT(view.links_sent, 1);
    UNIT_EQUAL_INT(view.links_receipted, 1);
    UNIT_EQUAL_INT(written.links[0].number, 1);
    printf("%s", wire->log);
    sim_wire_destroy(wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_message_is_delivered_and_receipted),
    };
    return unit_run("follow_delivery", tests, sizeof tests / sizeof tests[0]);
}

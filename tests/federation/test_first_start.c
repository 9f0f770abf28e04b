/* SPDX-License-Identifier: EUPL-1.2
 *
 * What an operator is told before and at the first start of a node that is nearly right. What stops
 * one: test_bad_days.c.
 */
#include "exit_codes.h"
#include "federation/federation.h"
#include "federation/files.h"
#include "federation/process.h"
#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

#define RUN_MS 60000
#define SERVES_MS 60000

static struct federation federation;

static int check(void)
{
    char program[FEDERATION_PATH_SIZE], config[FEDERATION_PATH_SIZE], said[FEDERATION_PATH_SIZE];
    char *text = NULL;
    federation_program(program, "tovd");
    federation_path(&federation, config, "nodes/kk/tovd.conf");
    federation_path(&federation, said, "said");
    int code = process_run((const char *const[]){program, "--config", config, "--check", NULL},
                           said, RUN_MS, &text);
    free(text);
    return code;
}

static void a_check_finds_nothing_at_a_node_that_is_right(void)
{
    char config[FEDERATION_PATH_SIZE], said[FEDERATION_PATH_SIZE];
    federation_create(&federation);
    federation_path(&federation, config, "nodes/kk/tovd.conf");
    federation_path(&federation, said, "said");
    UNIT_EQUAL_INT(check(), TOV_EXIT_OK);
    files_change(config, "agency = kk", "agency = kx");
    UNIT_EQUAL_INT(check(), TOV_EXIT_CONFIG);
    CU_ASSERT(files_say(said, "the roster has no agency kx"));
    federation_destroy(&federation);
}

/* Nothing else would tell it: the node serves, and its peers lack a witness. */
static void a_lost_state_of_the_witness_is_said_at_the_start(void)
{
    char state[FEDERATION_PATH_SIZE], log[FEDERATION_PATH_SIZE];
    federation_create(&federation);
    federation_path(&federation, state, "nodes/kk/guard/witness.state");
    federation_path(&federation, log, "nodes/kk/tovd.log");
    for (unsigned lost = 0; lost < 2; lost++) {
        files_write(log, "");
        node_start(&federation, KK);
        CU_ASSERT(files_say_within(log, "event=guard-ready", SERVES_MS));
        UNIT_EQUAL_INT(files_say(log, "event=guard-witness-lost"), (int)lost);
        CU_ASSERT(!files_say(log, "event=guard-roster-unusable"));
        UNIT_EQUAL_INT(node_stop(&federation, KK), 1);
        files_write(state, "");
    }
    federation_destroy(&federation);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_check_finds_nothing_at_a_node_that_is_right),
        UNIT_TEST(a_lost_state_of_the_witness_is_said_at_the_start),
    };
    return unit_run("federation: first start", tests, sizeof tests / sizeof tests[0]);
}

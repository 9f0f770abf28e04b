/* SPDX-License-Identifier: EUPL-1.2
 *
 * A unit that the next roster renames or drops: what was taken for it and lies unread, and what it
 * sent that does not reach a recipient or is of no use there, is told to who checks or runs the
 * node. Whole nodes in one process.
 * Not for: what comes for a unit that there never was (follow/inbox_test.c).
 */
#include "desk_ask.h"
#include "gap_scene.h"
#include "roster_scene.h"
#include "verdict_scene.h"

#include "node.h"

static const struct harness_client checker = {KRFO, "audit-k", 41};
static const struct harness_client runner = {KRFO, "admin-k", 42};

static uint64_t send_urgent(struct harness *harness, struct tov_ref *out_ref)
{
    say(harness,
        &(struct saying){.by = &anna,
                         .type = "msg.note",
                         .from = "kk/vink",
                         .to = "krfo/central",
                         .bases = "RPL115-2/1-1",
                         .fields = "about.case_ref=" CASE "; priority=akut"},
        out_ref);
    return newest(harness, &carl);
}

/* In it krfo/central is called krfo/kif. */
static struct tov_roster *adopt(struct harness *harness, size_t first, size_t last)
{
    struct tov_roster *roster = next_roster(harness, 2);
    for (size_t node = first; node <= last; node++) {
        harness_set_roster(harness, node, roster);
        harness_restart(harness, node);
    }
    harness_advance(harness, 60000);
    return roster;
}

static void what_lies_unread_when_its_unit_is_renamed_is_an_alarm(void)
{
    struct harness *harness = three_nodes();
    uint64_t number = send_urgent(harness, NULL);
    harness_advance(harness, 3 * 3600000);
    UNIT_EQUAL_INT(status_number(harness, &carl, "unread_late"), 1);
    UNIT_EQUAL_INT(status_number(harness, &runner, "no_unit"), 0);
    struct tov_roster *roster = adopt(harness, KRFO, KRFO);
    UNIT_EQUAL_INT(status_number(harness, &runner, "no_unit"), 1);
    UNIT_EQUAL_INT(status_number(harness, &runner, "no_unit_oldest"), 0); /* sees no messages */
    UNIT_EQUAL_INT(status_number(harness, &runner, "unread"), 0);
    UNIT_EQUAL_INT(status_number(harness, &checker, "no_unit"), 1);
    UNIT_EQUAL_INT(status_number(harness, &checker, "no_unit_oldest"), number);
    UNIT_EQUAL_INT(status_number(harness, &checker, "unread"), 1);
    UNIT_EQUAL_INT(status_number(harness, &checker, "unread_late"), 1);
    UNIT_EQUAL_INT(status_number(harness, &checker, "counting"), 0);
    UNIT_EQUAL_INT(status_number(harness, &runner, "counting"), 0);
    UNIT_EQUAL_INT(harness_logged(harness, KRFO, "desk-no-unit"), 0);
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

/* Its sender has taken it back, or a person had seen it: nobody need read it. */
static void what_was_read_or_is_taken_back_is_no_alarm(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    struct tov_record body;
    uint64_t number = send_urgent(harness, NULL);
    struct tov_record request = request_of("get", &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    UNIT_EQUAL_INT(error_to(harness, &carl, request), 0);
    (void)send_urgent(harness, &ref);
    struct tov_roster *roster = adopt(harness, KRFO, KRFO);
    UNIT_EQUAL_INT(status_number(harness, &runner, "no_unit"), 1);
    take_back(harness, &anna, "kk/vink", "krfo/central", &ref);
    for (size_t restarts = 0; restarts < 2; restarts++) {
        UNIT_EQUAL_INT(status_number(harness, &runner, "no_unit"), 0);
        harness_restart(harness, KRFO);
        harness_advance(harness, 2000);
    }
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

static void casework_is_not_told_of_units_that_are_no_more(void)
{
    struct harness *harness = three_nodes();
    (void)send_urgent(harness, NULL);
    struct tov_roster *roster = adopt(harness, KRFO, KRFO);
    UNIT_EQUAL_INT(status_number(harness, &carl, "no_unit"), 0);
    UNIT_EQUAL_INT(status_number(harness, &carl, "no_unit_oldest"), 0);
    UNIT_EQUAL_INT(status_number(harness, &anna, "no_unit"), 0);
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

/* ---- what it sent ---- */

static const struct harness_client runner_of_kk = {KK, "admin", 43};
static const struct tov_verdict_value opened = {TOV_VERDICT_OPENED, 0, 0};
static const struct tov_verdict_value refused = {TOV_VERDICT_REFUSED, 0, 3};
static const struct tov_verdict_value keyless = {TOV_VERDICT_NO_KEY, 0, 0};

static void check_sent(struct harness *harness, uint64_t count, uint64_t oldest)
{
    UNIT_EQUAL_INT(status_number(harness, &audit, "no_unit_sent"), count);
    UNIT_EQUAL_INT(status_number(harness, &audit, "no_unit_sent_oldest"), oldest);
    UNIT_EQUAL_INT(status_number(harness, &runner_of_kk, "no_unit_sent"), count);
    UNIT_EQUAL_INT(status_number(harness, &runner_of_kk, "no_unit_sent_oldest"), 0);
    UNIT_EQUAL_INT(status_number(harness, &runner_of_kk, "counting"), 0);
    UNIT_EQUAL_INT(status_number(harness, &sofie, "no_unit_sent"), 0);
    UNIT_EQUAL_INT(status_number(harness, &anna, "no_unit_sent"), 0);
}

/* One is withheld and refused by another recipient: it is one message. One is simply read. */
static void what_a_unit_that_is_no_more_has_sent_in_vain_is_an_alarm(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref refs[5];
    uint64_t numbers[5];
    for (size_t i = 0; i < 5; i++)
        numbers[i] = send_to_both(harness, &refs[i]);
    amend_receipt(harness, KBH_POL, &refs[1], refused);
    amend_receipt(harness, KBH_POL, &refs[2], keyless);
    amend_receipt(harness, KBH_POL, &refs[3], refused);
    drop_link(harness, refs[0].index, KRFO + 1);
    take_link_away(harness, refs[3].index, KRFO + 1);
    check_sent(harness, 0, 0);
    struct tov_roster *roster = roster_without_vink(harness, 2);
    for (size_t node = KK; node <= KRFO; node++) {
        harness_set_roster(harness, node, roster);
        harness_restart(harness, node);
    }
    harness_advance(harness, 60000);
    check_sent(harness, 4, numbers[0]);
    UNIT_EQUAL_INT(status_number(harness, &runner_of_kk, "no_unit"), 0);
    amend_receipt(harness, KBH_POL, &refs[1], opened);
    check_sent(harness, 3, numbers[0]);
    amend_receipt(harness, KBH_POL, &refs[3], opened); /* it is withheld all the same */
    check_sent(harness, 3, numbers[0]);
    tov_store_batch_delete(tov_core_batch(tov_node_core(harness_node(harness, KK))),
                           TOV_TABLE_DATAKEY, tov_store_key_u64(refs[2].index));
    harness_advance(harness, 2000);
    harness_restart(harness, KK);
    harness_advance(harness, 40000);
    check_sent(harness, 2, numbers[0]); /* nothing says any more whose it was */
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_lies_unread_when_its_unit_is_renamed_is_an_alarm),
        UNIT_TEST(what_was_read_or_is_taken_back_is_no_alarm),
        UNIT_TEST(casework_is_not_told_of_units_that_are_no_more),
        UNIT_TEST(what_a_unit_that_is_no_more_has_sent_in_vain_is_an_alarm),
    };
    return unit_run("core_no_unit", tests, sizeof tests / sizeof tests[0]);
}

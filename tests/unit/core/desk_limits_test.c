/* SPDX-License-Identifier: EUPL-1.2
 *
 * More waits than the desk remembers: what is counted then, for whom, and when the rest is. Whole
 * nodes in one process.
 * Not for: what waits (desk_test.c, unusable_test.c).
 */
#include "desk_ask.h"

#include "api/desk.h"
#include "node.h"

#define HOUR_MS 3600000u

static const struct tov_client checker = {.name = "checker",
                                          .roles = TOV_ROLE_BIT(TOV_ROLE_AUDITOR)};

static void more_unread_than_there_is_room_for_is_counted_when_some_are_read(void)
{
    struct harness *harness = three_nodes();
    uint64_t numbers[5];
    tov_desk_limit(tov_node_api(harness_node(harness, 0))->desk, 4, 100);
    for (size_t i = 0; i < 5; i++) {
        UNIT_EQUAL_INT(status_number(harness, &anna, "counting"), 0);
        send_note_of_krfo(harness, "about.case_ref=" CASE, NULL);
        numbers[i] = newest(harness, &anna);
    }
    check_unread(harness, 4, true);
    CU_ASSERT(status_says(harness, "Most are from krfo"));
    UNIT_EQUAL_INT(harness_logged(harness, 0, "desk-unread-full"), 1);
    look_at(harness, &anna, numbers[0]);
    check_unread(harness, 4, false);
    CU_ASSERT(!status_says(harness, "Most are from krfo"));
    harness_destroy(harness);
}

static void no_agency_takes_the_place_of_another_that_has_less_unread(void)
{
    struct harness *harness = three_nodes();
    struct desk_count count;
    struct tov_desk *desk = tov_node_api(harness_node(harness, 0))->desk;
    tov_desk_limit(desk, 4, 4);
    for (size_t i = 0; i < 6; i++)
        send_note_of_krfo(harness, "about.case_ref=" CASE, NULL);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread"), 4);
    for (size_t i = 0; i < 3; i++) {
        force_saying(harness, &(struct saying){.by = &bo,
                                               .type = "msg.note",
                                               .from = "kbh-pol/dks",
                                               .to = "kk/vink",
                                               .bases = "RPL115-2/1-1",
                                               .fields = "about.case_ref=" CASE "; priority=akut"});
        UNIT_EQUAL_INT(status_number(harness, &anna, "unread"), 4);
    }
    harness_advance(harness, 2 * HOUR_MS);
    /* The half of the room is the police's, and nothing of krfo's is urgent. */
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread_late"), 2);
    tov_desk_count(
        &(struct api_look){.api = tov_node_api(harness_node(harness, 0)), .client = &checker},
        &count);
    UNIT_EQUAL_INT(count.unrecorded, 4);
    harness_destroy(harness);
}

/* An agency that journals elsewhere never says so here, and what waits for the record stays at its
 * limit: what is unread is counted again all the same. */
static void unread_messages_are_counted_again_where_nothing_is_handed_over(void)
{
    struct harness *harness = three_nodes();
    uint64_t numbers[5];
    tov_desk_limit(tov_node_api(harness_node(harness, 0))->desk, 4, 4);
    send_notes_of_krfo(harness, 5, numbers);
    check_unread(harness, 4, true);
    for (size_t i = 0; i < 4; i++)
        look_at(harness, &anna, numbers[i]);
    harness_advance(harness, 2000);
    check_unread(harness, 1, false);
    CU_ASSERT(!status_says(harness, "Most are from krfo"));
    UNIT_EQUAL_INT(is_counting_for_the_record(harness), 1);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(more_unread_than_there_is_room_for_is_counted_when_some_are_read),
        UNIT_TEST(no_agency_takes_the_place_of_another_that_has_less_unread),
        UNIT_TEST(unread_messages_are_counted_again_where_nothing_is_handed_over),
    };
    return unit_run("core_desk_limits", tests, sizeof tests / sizeof tests[0]);
}

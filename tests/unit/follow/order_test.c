/* SPDX-License-Identifier: EUPL-1.2
 *
 * The same messages give the same picture, in whatever order and in whatever batches they came
 * (I5); what a rule refuses is kept and changes nothing.
 */
#include "hostile_peer.h"

#include <string.h>

static struct hostile *meet(const char *name, size_t count)
{
    struct hostile *hostile = hostile_create(name, count);
    hostile_meet(hostile);
    return hostile;
}

/* A message that is appended, and one that answers it. */
static void make_answered(struct hostile *hostile, struct hostile_message *asked,
                          struct hostile_message *answer)
{
    hostile_message_make(hostile, TOV_RIGHT_ALL, asked);
    hostile_message_append(hostile, asked);
    hostile_message_make(hostile, TOV_RIGHT_ALL, answer);
    hostile_message_answer(answer, &asked->ref);
}

static void an_answer_in_the_same_parcel_is_shown_with_its_target(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("same-parcel", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message asked;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message answer;
    make_answered(hostile, &asked, &answer);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &answer).verdict, TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(hostile_count_answers(hostile, 1), 1);
}

/* Agency 3 asks the victim, which is cut off from it; the answer of agency 2 comes first. */
static void an_answer_that_came_before_its_target_is_shown_with_it(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("before-target", 3);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message answer;
    sim_wire_disconnect(hostile->wire, 0, 2);
    struct tov_message_written written = sim_wire_send(hostile->wire, 2, 9);
    struct tov_ref target = {3, 1, written.place.index, written.place.leaf_hash};
    sim_wire_run(hostile->wire);
    hostile_message_make(hostile, TOV_RIGHT_ALL, &answer);
    hostile_message_answer(&answer, &target);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &answer).verdict, TOV_VERDICT_OPENED);
    sim_wire_connect(hostile->wire, 0, 2);
    sim_wire_run(hostile->wire);
    UNIT_EQUAL_INT(hostile_count_shown(hostile), 2);
    UNIT_EQUAL_INT(hostile_count_answers(hostile, 2), 1);
}

static void an_answer_to_another_leaf_at_the_same_place_is_not_shown_with_it(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("other-leaf", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message asked;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message answer;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &asked);
    hostile_message_append(hostile, &asked);
    struct tov_ref other = asked.ref;
    other.leaf.bytes[0] ^= 1;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &answer);
    hostile_message_answer(&answer, &other);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &answer).verdict, TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(hostile_count_answers(hostile, 1), 0);
}

static void an_answer_that_is_not_opened_changes_nothing(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("refused-answer", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message asked;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message answer;
    make_answered(hostile, &asked, &answer);
    hostile_random(hostile, answer.leaf.as.message.id, sizeof answer.leaf.as.message.id);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &answer).verdict, TOV_VERDICT_NOT_OPENED);
    UNIT_EQUAL_INT(hostile_count_answers(hostile, 1), 0);
}

/* It may take back what its agency wrote; nobody looks at it again when the roster is here. */
static void an_answer_by_a_roster_that_is_not_here_yet_is_shown_with_its_target(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("newer-roster", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message asked;
    TOV_CLEANUP(hostile_message_fini) struct hostile_message answer;
    make_answered(hostile, &asked, &answer);
    answer.leaf.as.message.roster_version = 2;
    UNIT_EQUAL_INT(hostile_deliver(hostile, &answer).verdict, TOV_VERDICT_NOT_UNDERSTOOD);
    UNIT_EQUAL_INT(hostile_count_answers(hostile, 1), 1);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_answer_in_the_same_parcel_is_shown_with_its_target),
        UNIT_TEST(an_answer_that_came_before_its_target_is_shown_with_it),
        UNIT_TEST(an_answer_to_another_leaf_at_the_same_place_is_not_shown_with_it),
        UNIT_TEST(an_answer_that_is_not_opened_changes_nothing),
        UNIT_TEST(an_answer_by_a_roster_that_is_not_here_yet_is_shown_with_its_target),
    };
    return unit_run("follow_order", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a restore from an old copy left, as clients are told: a message that does not reach one of
 * its recipients any more, and what is lost. Whole nodes in one process; the rows are as a restore
 * leaves them.
 * Not for: the restore itself (tests of follow, federation).
 */
#include "desk_ask.h"
#include "gap_scene.h"

#include "follow/follow.h"
#include "node.h"

#define KRFO 3u
#define POLICE 2u

/* ---- asking ---- */

/* What the list says of the delivery to AGENCY of anna's message NUMBER. */
static uint64_t delivery_of(struct harness *harness, uint64_t number, uint16_t agency,
                            const char *field)
{
    struct tov_record body, message, delivery;
    struct tov_record request = request_of("list", &body);
    uint64_t found = UINT64_MAX;
    UNIT_OK(tov_record_put_number(body, "before", number + 1));
    UNIT_OK(tov_record_put_number(body, "limit", 1));
    struct tov_record reply = answer_to(harness, &anna, request);
    UNIT_NEED(tov_record_child(body_of(reply, "list"), "messages", 0, &message));
    UNIT_EQUAL_INT(tov_record_number(message, "number"), number);
    for (size_t i = 0; tov_record_child(message, "deliveries", i, &delivery); i++) {
        if (tov_record_number(delivery, "agency") == agency)
            found = tov_record_number(delivery, field);
    }
    tov_record_destroy(&reply);
    return found;
}

/* ---- withheld ---- */

static void amend(struct harness *harness, const struct tov_ref *ref, const char *to)
{
    say(harness,
        &(struct saying){.by = &anna,
                         .type = "msg.amend",
                         .from = "kk/vink",
                         .to = to,
                         .bases = "RPL115-2/1-1",
                         .fields = "target_type=msg.note; about.case_ref=" CASE,
                         .answers = ref},
        NULL);
}

static void what_a_recipient_does_not_get_is_told_to_who_sent_it(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_to_both(harness, &ref);
    uint64_t whole = send_to_both(harness, NULL);
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld"), 0);
    take_link_away(harness, ref.index, KRFO);
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld"), 1);
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld_oldest"), number);
    UNIT_EQUAL_INT(status_number(harness, &audit, "withheld"), 1);
    /* I10 */
    UNIT_EQUAL_INT(status_number(harness, &sofie, "withheld"), 0);
    UNIT_EQUAL_INT(status_number(harness, &carl, "withheld"), 0);
    UNIT_EQUAL_INT(delivery_of(harness, number, KRFO, "gap"), TOV_LINK_GAP_WITHHELD);
    UNIT_EQUAL_INT(delivery_of(harness, number, KRFO, "link_number"), 0);
    UNIT_EQUAL_INT(delivery_of(harness, number, POLICE, "gap"), TOV_LINK_GAP_NONE);
    UNIT_EQUAL_INT(delivery_of(harness, number, POLICE, "verdict"), TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(delivery_of(harness, whole, KRFO, "gap"), TOV_LINK_GAP_NONE);
    harness_destroy(harness);
}

/* I10: a unit of the own agency gets the message too, but has not sent it and can send nothing
 * anew. */
static void another_unit_that_gets_the_message_is_not_told_who_lacks_it(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = say(harness,
                          &(struct saying){.by = &anna,
                                           .type = "msg.note",
                                           .from = "kk/vink",
                                           .to = "kk/sof krfo/central",
                                           .bases = "RPL115-2/1-1 EGEN",
                                           .fields = "about.case_ref=" CASE},
                          &ref);
    take_link_away(harness, ref.index, KRFO);
    UNIT_EQUAL_INT(newest(harness, &sofie), number);
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld"), 1);
    UNIT_EQUAL_INT(status_number(harness, &sofie, "withheld"), 0);
    UNIT_EQUAL_INT(status_number(harness, &sofie, "withheld_oldest"), 0);
    harness_destroy(harness);
}

static void who_is_told_by_a_correction_that_goes_there_waits_for_nothing(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_to_both(harness, &ref);
    take_link_away(harness, ref.index, KRFO);
    amend(harness, &ref, "kbh-pol/dks"); /* it does not go to whom the message is withheld from */
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld"), 1);
    UNIT_EQUAL_INT(delivery_of(harness, number, KRFO, "gap"), TOV_LINK_GAP_WITHHELD);
    amend(harness, &ref, "kbh-pol/dks krfo/central");
    UNIT_EQUAL_INT(delivery_of(harness, number, KRFO, "gap"), TOV_LINK_GAP_TOLD);
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld"), 0);
    harness_restart(harness, 0);
    harness_advance(harness, 2000);
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld"), 0);
    harness_destroy(harness);
}

/* It was not heard yet: it may have the message, and then gives the link back. */
static void while_a_recipient_is_asked_nobody_says_that_it_lacks_it(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_to_both(harness, &ref);
    harness_set_link(harness, 0, 2, false);
    tov_follow_recall(tov_node_follow(harness_node(harness, 0)), ref.index, ref.index + 1);
    take_link_away(harness, ref.index, KRFO);
    UNIT_EQUAL_INT(delivery_of(harness, number, KRFO, "gap"), TOV_LINK_GAP_UNKNOWN);
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld"), 0);
    harness_set_link(harness, 0, 2, true);
    harness_advance(harness, 60000);
    UNIT_EQUAL_INT(delivery_of(harness, number, KRFO, "gap"), TOV_LINK_GAP_NONE);
    UNIT_EQUAL_INT(delivery_of(harness, number, KRFO, "verdict"), TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld"), 0);
    harness_destroy(harness);
}

/* ---- many of them ---- */

#define MANY 405u /* more than one look at the desk judges, and than two */

static struct harness *many_are_withheld(struct tov_ref *refs, uint64_t *numbers)
{
    struct harness *harness = three_nodes();
    for (size_t i = 0; i < MANY; i++)
        numbers[i] = send_to_both(harness, &refs[i]);
    for (size_t i = 0; i < MANY; i++)
        drop_link(harness, refs[i].index, KRFO);
    harness_advance(harness, 2000);
    return harness;
}

/* Asked again and again, the status says that it still counts until it has counted all. */
static void wait_until_counted(struct harness *harness, uint64_t wanted)
{
    unsigned asked = 0;
    while (status_number(harness, &anna, "counting") != 0)
        UNIT_NEED(++asked < 20);
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld"), wanted);
}

static void all_that_is_withheld_is_counted_piece_by_piece(void)
{
    static struct tov_ref refs[MANY];
    static uint64_t numbers[MANY];
    struct harness *harness = many_are_withheld(refs, numbers);
    harness_restart(harness, 0);
    UNIT_EQUAL_INT(status_number(harness, &anna, "counting"), 1);
    wait_until_counted(harness, MANY);
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld_oldest"), numbers[0]);
    amend(harness, &refs[MANY - 1], "krfo/central"); /* the newest one, in its turn */
    UNIT_EQUAL_INT(status_number(harness, &anna, "counting"), 0);
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld"), MANY - 1);
    amend(harness, &refs[0], "krfo/central");
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld"), MANY - 2);
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld_oldest"), numbers[1]);
    harness_destroy(harness);
}

/* Before the recipient is heard nobody knows; the newest alone did not come back. */
static void what_a_recipient_says_later_is_counted_wherever_it_lies(void)
{
    static struct tov_ref refs[MANY];
    static uint64_t numbers[MANY];
    struct harness *harness = many_are_withheld(refs, numbers);
    harness_set_link(harness, 0, 2, false);
    tov_follow_recall(tov_node_follow(harness_node(harness, 0)), refs[0].index,
                      refs[MANY - 1].index);
    harness_advance(harness, 2000);
    harness_restart(harness, 0);
    harness_advance(harness, 40000);
    UNIT_EQUAL_INT(status_number(harness, &anna, "counting"), 0);
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld"), 0);
    harness_set_link(harness, 0, 2, true);
    harness_advance(harness, 60000);
    wait_until_counted(harness, 1);
    UNIT_EQUAL_INT(status_number(harness, &anna, "withheld_oldest"), numbers[MANY - 1]);
    harness_destroy(harness);
}

/* ---- lost ---- */

static void what_is_lost_is_told_and_how_much_not_to_casework(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    (void)send_to_both(harness, &ref);
    uint64_t before_ms = harness_now_ms(harness);
    UNIT_EQUAL_INT(status_number(harness, &audit, "lost_until_ms"), 0);
    harness_advance(harness, 60000);
    lose(harness, ref.index);
    UNIT_EQUAL_INT(status_number(harness, &audit, "lost"), 1);
    uint64_t from_ms = status_number(harness, &anna, "lost_from_ms");
    uint64_t until_ms = status_number(harness, &anna, "lost_until_ms");
    CU_ASSERT(from_ms != 0 && from_ms <= before_ms);
    CU_ASSERT(until_ms > before_ms && until_ms <= harness_now_ms(harness));
    UNIT_EQUAL_INT(status_number(harness, &anna, "lost"), 0);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_a_recipient_does_not_get_is_told_to_who_sent_it),
        UNIT_TEST(another_unit_that_gets_the_message_is_not_told_who_lacks_it),
        UNIT_TEST(who_is_told_by_a_correction_that_goes_there_waits_for_nothing),
        UNIT_TEST(while_a_recipient_is_asked_nobody_says_that_it_lacks_it),
        UNIT_TEST(all_that_is_withheld_is_counted_piece_by_piece),
        UNIT_TEST(what_a_recipient_says_later_is_counted_wherever_it_lies),
        UNIT_TEST(what_is_lost_is_told_and_how_much_not_to_casework),
    };
    return unit_run("core, gaps", tests, sizeof tests / sizeof tests[0]);
}

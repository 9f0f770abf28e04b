/* SPDX-License-Identifier: EUPL-1.2
 *
 * Order: after all that the author knew, else by time; the same however the messages came in; and
 * what lies about what it had seen does not stop it.
 */
#include "case/order.h"
#include "support/unit.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANY 3000u

static struct world world;
static struct tov_ordered order[MANY];

static void begin(void)
{
    world_fini(&world);
}

/* Ids in order, with spaces between. */
static const char *ordered(void)
{
    static char text[1024];
    const struct tov_told *messages[32];
    size_t count;
    struct tov_told *held = world_held(&world, 0, &count);
    for (size_t i = 0; i < count; i++)
        messages[i] = &held[i];
    UNIT_OK(tov_order_make(messages, count, order));
    size_t size = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "%s%s", i == 0 ? "" : " ",
                                 world_id(order[i].told));
    free(held);
    return text;
}

static void put_seen(const char *id, uint16_t agency, uint64_t size)
{
    struct tov_record seen;
    UNIT_OK(tov_record_open(world_find(&world, id)->draft->header, "seen", &seen));
    UNIT_OK(tov_record_put_number(seen, "agency", agency));
    UNIT_OK(tov_record_put_number(seen, "generation", 1));
    UNIT_OK(tov_record_put_number(seen, "size", size));
}

static void messages_stand_by_their_time(void)
{
    begin();
    (void)world_say(&world, "kk/vink > kbh-pol/dks msg.note case:C id=b at=2021-02-02T12:00");
    (void)world_say(&world, "krfo/kif > kk/vink msg.note case:C id=a at=2021-02-01T12:00");
    UNIT_EQUAL_TEXT(ordered(), "a b");
}

static void an_answer_stands_after_what_it_answers_whatever_its_clock_says(void)
{
    begin();
    (void)world_say(&world, "kk/vink > krfo/kif msg.note case:C id=asked at=2021-02-02T12:00");
    (void)world_say(&world,
                    "krfo/kif > kk/vink msg.note case:C id=answer reply=asked at=2021-02-01T12:00");
    (void)world_say(&world,
                    "rhp/psyk > kk/vink msg.note case:C id=cited cites=answer at=2021-01-01T12:00");
    UNIT_EQUAL_TEXT(ordered(), "asked answer cited");
    UNIT_EQUAL_INT(order[1].effective_ms, order[0].effective_ms + 1);
    UNIT_EQUAL_INT(order[2].effective_ms, order[0].effective_ms + 2);
}

static void what_was_seen_stands_before(void)
{
    begin();
    (void)world_say(&world, "kk/vink > krfo/kif msg.note case:C id=a0 at=2021-02-02T12:00");
    (void)world_say(&world, "kk/vink > krfo/kif msg.note case:C id=a1 at=2021-02-02T13:00");
    (void)world_say(&world, "krfo/kif > kk/vink msg.note case:C id=saw at=2021-02-01T12:00");
    put_seen("saw", world_agency("kk"), 1);
    UNIT_EQUAL_TEXT(ordered(), "a0 saw a1");
    put_seen("saw", world_agency("kk"), 2);
    UNIT_EQUAL_TEXT(ordered(), "a0 a1 saw");
}

static void a_ledger_keeps_its_own_order(void)
{
    begin();
    (void)world_say(&world, "kk/vink > krfo/kif msg.note case:C id=first at=2021-02-02T12:00");
    (void)world_say(&world, "kk/vink > krfo/kif msg.note case:C id=second at=2021-02-01T12:00");
    UNIT_EQUAL_TEXT(ordered(), "first second");
}

/* Of two receivers one got it at once, and found its time ahead; the other one got it later. */
static void what_one_receiver_found_of_a_clock_does_not_move_a_message(void)
{
    static const char *const found[] = {"", " ahead=yes"};
    for (size_t i = 0; i < 2; i++) {
        char line[120];
        begin();
        (void)world_say(&world, "kk/vink > krfo/kif msg.note case:C id=a at=2021-02-02T12:00");
        (void)snprintf(line, sizeof line,
                       "krfo/kif > kk/vink msg.note case:C id=ahead at=2021-02-02T13:30%s",
                       found[i]);
        (void)world_say(&world, line);
        (void)world_say(&world, "rhp/psyk > kk/vink msg.note case:C id=b at=2021-02-02T13:00");
        UNIT_EQUAL_TEXT(ordered(), "a b ahead");
        UNIT_EQUAL_INT(order[2].effective_ms, world_find(&world, "ahead")->written_ms);
    }
}

static void a_time_at_the_end_of_all_times_leaves_room_for_answers(void)
{
    begin();
    (void)world_say(&world, "kk/vink > krfo/kif msg.note case:C id=last at=9999-12-31T23:59");
    (void)world_say(&world, "krfo/kif > kk/vink msg.note case:C id=answer reply=last "
                            "at=2021-02-02T12:00");
    (void)world_say(&world, "kk/vink > krfo/kif msg.note case:C id=next reply=answer "
                            "at=2021-02-02T13:00");
    UNIT_EQUAL_TEXT(ordered(), "last answer next");
    CU_ASSERT(order[2].effective_ms > order[1].effective_ms);
    CU_ASSERT(order[0].effective_ms < TOV_TIME_MAX_MS - 1000 * MANY);
}

/* Police hold the case's copy of a first half, and a second half that cites the other copy. */
static void a_citation_by_event_counts_where_the_message_itself_is_not_held(void)
{
    begin();
    (void)world_say(&world, "kk/eki > krfo/kif transition.ready episode:E event=K1 id=first");
    (void)world_say(&world, "kk/vink > kbh-pol/dks transition.ready episode:E event=K1 id=copy "
                            "at=2021-02-05T12:00");
    (void)world_say(&world,
                    "krfo/kif > kbh-pol/dks transition.ready episode:E cites=first id=second "
                    "at=2021-02-04T12:00");
    size_t count;
    struct tov_told *held = world_held(&world, world_agency("kbh-pol"), &count);
    const struct tov_told *messages[] = {&held[1], &held[0]};
    UNIT_EQUAL_INT(count, 2);
    UNIT_OK(tov_order_make(messages, count, order));
    UNIT_EQUAL_TEXT(world_id(order[0].told), "copy");
    free(held);
}

static void a_circle_of_lies_is_broken_at_the_earliest(void)
{
    begin();
    (void)world_say(&world, "kk/vink > krfo/kif msg.note case:C id=a at=2021-02-02T12:00");
    (void)world_say(&world, "krfo/kif > kk/vink msg.note case:C id=b at=2021-02-01T12:00");
    (void)world_say(&world, "rhp/psyk > kk/vink msg.note case:C id=c at=2021-02-03T12:00");
    put_seen("a", world_agency("krfo"), 5);
    put_seen("b", world_agency("rhp"), UINT64_MAX);
    put_seen("c", world_agency("kk"), 5);
    UNIT_EQUAL_TEXT(ordered(), "b a c");
    put_seen("a", world_agency("hotline"), 5); /* of whom nothing is held */
    put_seen("a", 0, 5);
    UNIT_EQUAL_TEXT(ordered(), "b a c");
}

static void many_in_one_circle_do_not_hang(void)
{
    begin();
    const struct tov_told *messages[MANY];
    for (size_t i = 0; i < MANY; i++) {
        char line[100];
        (void)snprintf(line, sizeof line, "%s > rhp/psyk msg.note case:C id=%zu",
                       i % 2 == 0 ? "kk/vink" : "krfo/kif", i);
        messages[i] = world_say(&world, line);
        struct tov_record seen;
        UNIT_OK(tov_record_open(messages[i]->draft->header, "seen", &seen));
        UNIT_OK(tov_record_put_number(seen, "agency", i % 2 == 0 ? 3 : 1));
        UNIT_OK(tov_record_put_number(seen, "generation", 1));
        UNIT_OK(tov_record_put_number(seen, "size", UINT64_MAX));
    }
    UNIT_OK(tov_order_make(messages, MANY, order));
    for (size_t i = 1; i < MANY; i++)
        CU_ASSERT(order[i - 1].effective_ms <= order[i].effective_ms);
}

static void nothing_to_order_is_fine(void)
{
    UNIT_OK(tov_order_make(NULL, 0, NULL));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(messages_stand_by_their_time),
        UNIT_TEST(an_answer_stands_after_what_it_answers_whatever_its_clock_says),
        UNIT_TEST(what_was_seen_stands_before),
        UNIT_TEST(a_ledger_keeps_its_own_order),
        UNIT_TEST(what_one_receiver_found_of_a_clock_does_not_move_a_message),
        UNIT_TEST(a_time_at_the_end_of_all_times_leaves_room_for_answers),
        UNIT_TEST(a_citation_by_event_counts_where_the_message_itself_is_not_held),
        UNIT_TEST(a_circle_of_lies_is_broken_at_the_earliest),
        UNIT_TEST(many_in_one_circle_do_not_hang),
        UNIT_TEST(nothing_to_order_is_fine),
    };
    int result = unit_run("order", tests, sizeof tests / sizeof tests[0]);
    world_fini(&world);
    return result;
}

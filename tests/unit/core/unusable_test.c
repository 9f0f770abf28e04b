/* SPDX-License-Identifier: EUPL-1.2
 *
 * Own messages that a recipient could not use, as the status counts them: which verdicts, for whom,
 * once for each message, and for how long (api/trouble.c). Whole nodes in one process.
 * Not for: where a verdict comes from (tests of follow, roster_change_test.c).
 */
#include "desk_ask.h"
#include "gap_scene.h"
#include "roster_scene.h"
#include "verdict_scene.h"

#include "api/desk.h"
#include "base/cleanup.h"
#include "ledger/entry.h"
#include "node.h"

#define POLICE ((size_t)KBH_POL)

static const struct tov_verdict_value opened = {TOV_VERDICT_OPENED, 0, 0};
static const struct tov_verdict_value refused = {TOV_VERDICT_REFUSED, 0, 3};

static struct tov_core *core_of(struct harness *harness)
{
    return tov_node_core(harness_node(harness, KK));
}

static struct tov_troubles *troubles_of(struct harness *harness)
{
    return tov_desk_troubles(tov_node_api(harness_node(harness, KK))->desk);
}

/* A note of BY's unit; its number. */
static uint64_t send_to_police(struct harness *harness, const struct harness_client *by,
                               const char *from, struct tov_ref *out_ref)
{
    return say(harness,
               &(struct saying){.by = by,
                                .type = "msg.note",
                                .from = from,
                                .to = "kbh-pol/dks",
                                .bases = "RPL115-2/1-1",
                                .fields = "about.case_ref=" CASE},
               out_ref);
}

struct told {
    uint64_t count, oldest;
};

static struct told status_of(struct harness *harness, const struct harness_client *client)
{
    struct tov_record body;
    struct tov_record reply = answer_to(harness, client, request_of("status", &body));
    struct told told = {tov_record_number(body_of(reply, "status"), "unusable"),
                        tov_record_number(body_of(reply, "status"), "unusable_oldest")};
    tov_record_destroy(&reply);
    return told;
}

static void check(struct harness *harness, uint64_t count, uint64_t oldest)
{
    struct told told = status_of(harness, &anna);
    UNIT_EQUAL_INT(told.count, count);
    UNIT_EQUAL_INT(told.oldest, oldest);
}

/* anna answers REF by TYPE, to the same units. */
static void answer(struct harness *harness, const struct tov_ref *ref, const char *type,
                   const char *fields)
{
    say(harness,
        &(struct saying){.by = &anna,
                         .type = type,
                         .from = "kk/vink",
                         .to = "kbh-pol/dks krfo/central",
                         .bases = "RPL115-2/1-1",
                         .fields = fields,
                         .answers = ref},
        NULL);
}

/* ---- which, and once ---- */

static void each_verdict_that_wants_a_person_is_counted_and_no_other(void)
{
    static const struct {
        enum tov_verdict verdict;
        bool counts;
    } rows[] = {
        {TOV_VERDICT_NOT_OPENED, true}, {TOV_VERDICT_ERASED, false},
        {TOV_VERDICT_REFUSED, true},    {TOV_VERDICT_PENDING, false},
        {TOV_VERDICT_OPENED, false},    {TOV_VERDICT_NOT_UNDERSTOOD, true},
        {TOV_VERDICT_NO_KEY, false}, /* that is asked for again: again_test.c */
    };
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_to_both(harness, &ref);
    check(harness, 0, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        amend_receipt(harness, POLICE, &ref, (struct tov_verdict_value){rows[i].verdict, 0, 0});
        check(harness, rows[i].counts ? 1 : 0, rows[i].counts ? number : 0);
    }
    harness_destroy(harness);
}

/* However many of its recipients could not use it; and what one of them can use after all, another
 * one still cannot. */
static void a_message_is_counted_once_and_the_oldest_is_named(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref refs[3];
    uint64_t numbers[3];
    for (size_t i = 0; i < 3; i++)
        numbers[i] = send_to_both(harness, &refs[i]);
    amend_receipt(harness, KRFO, &refs[2], refused);
    check(harness, 1, numbers[2]);
    amend_receipt(harness, POLICE, &refs[2], refused);
    check(harness, 1, numbers[2]);
    amend_receipt(harness, POLICE, &refs[1], refused);
    check(harness, 2, numbers[1]);
    amend_receipt(harness, KRFO, &refs[0], refused);
    check(harness, 3, numbers[0]);
    amend_receipt(harness, POLICE, &refs[2], opened);
    check(harness, 3, numbers[0]);
    amend_receipt(harness, KRFO, &refs[2], opened);
    check(harness, 2, numbers[0]);
    amend_receipt(harness, KRFO, &refs[0], opened);
    check(harness, 1, numbers[1]);
    harness_destroy(harness);
}

/* ---- for whom ---- */

/* I10: being counted tells of a message. An auditor checks all units. */
static void the_unit_that_sent_it_is_told_and_no_other(void)
{
    static const struct harness_client admin = {KK, "admin", 41};
    static const struct harness_client esdh = {KK, "esdh", 42}; /* a system of kk/vink */
    static const struct {
        const struct harness_client *client;
        uint64_t count;
    } rows[] = {{&anna, 1},  {&esdh, 1},  {&sofie, 0}, {&eva, 0}, {&gitte, 0},
                {&audit, 1}, {&admin, 0}, {&bo, 0},    {&carl, 0}};
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    (void)send_to_both(harness, &ref);
    amend_receipt(harness, POLICE, &ref, refused);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct told told = status_of(harness, rows[i].client);
        UNIT_EQUAL_INT(told.count, rows[i].count);
        CU_ASSERT((told.oldest != 0) == (rows[i].count != 0));
    }
    harness_destroy(harness);
}

/* ---- for how long ---- */

static void what_its_sender_takes_back_or_replaces_waits_for_nobody(void)
{
    static const struct {
        const char *type, *fields;
        uint64_t left;
    } rows[] = {{"msg.note", "about.case_ref=" CASE, 1}, /* whatever else is said of it */
                {"msg.retract", "about.case_ref=" CASE, 0},
                {"msg.amend", "target_type=msg.note; about.case_ref=" CASE, 0}};
    struct harness *harness = three_nodes();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tov_ref ref;
        uint64_t number = send_to_both(harness, &ref);
        amend_receipt(harness, KRFO, &ref, refused);
        check(harness, 1, number);
        answer(harness, &ref, rows[i].type, rows[i].fields);
        check(harness, rows[i].left, rows[i].left > 0 ? number : 0);
        amend_receipt(harness, KRFO, &ref, opened);
    }
    harness_destroy(harness);
}

/* The message of REF, here: gone whole, its keys erased, or on no link that is known. */
static void erase(struct harness *harness, const struct tov_ref *ref)
{
    uint8_t gone[TOV_ENTRY_GONE_BYTES];
    tov_entry_put_gone(gone, TOV_ENTRY_ERASED, &ref->leaf);
    tov_store_batch_put(tov_core_batch(core_of(harness)), TOV_TABLE_LEAF,
                        tov_store_key_u64(ref->index), TOV_BYTES_OF(gone));
}

static void erase_keys(struct harness *harness, const struct tov_ref *ref)
{
    tov_store_batch_delete(tov_core_batch(core_of(harness)), TOV_TABLE_DATAKEY,
                           tov_store_key_u64(ref->index));
}

static const struct tov_link_place first_to_krfo = {KRFO + 1, 1, 0, 1};

static void unlink_it(struct harness *harness, const struct tov_ref *ref)
{
    (void)ref;
    tov_store_batch_delete(tov_core_batch(core_of(harness)), TOV_TABLE_LINK,
                           tov_key_link(&first_to_krfo));
}

/* What nobody wrote so says nothing, and takes the rest of the status from nobody. */
static void cut_verdict(struct harness *harness, const struct tov_ref *ref)
{
    uint8_t row[11] = {TOV_VERDICT_REFUSED};
    (void)ref;
    tov_store_batch_put(tov_core_batch(core_of(harness)), TOV_TABLE_EXCEPTION,
                        tov_key_link(&first_to_krfo), TOV_BYTES_OF(row));
}

static void what_is_not_here_any_more_is_counted_for_nobody(void)
{
    static void (*const changes[])(struct harness * harness, const struct tov_ref *ref) = {
        erase, erase_keys, unlink_it, cut_verdict};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct harness *harness = three_nodes();
        struct tov_ref ref, other;
        uint64_t number = send_to_both(harness, &ref);
        uint64_t second = send_to_both(harness, &other);
        amend_receipt(harness, KRFO, &ref, refused);
        amend_receipt(harness, KRFO, &other, refused);
        check(harness, 2, number);
        changes[i](harness, &ref);
        harness_advance(harness, 2000);
        harness_restart(harness, KK); /* nothing of it is in memory */
        harness_advance(harness, 40000);
        check(harness, 1, second);
        harness_destroy(harness);
    }
}

/* It is told in the log, and takes the others from nobody. */
static void a_link_that_cannot_be_read_is_stepped_over(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref, other;
    uint8_t row[7] = {0};
    (void)send_to_both(harness, &ref);
    uint64_t second = send_to_both(harness, &other);
    amend_receipt(harness, KRFO, &ref, refused);
    amend_receipt(harness, KRFO, &other, refused);
    tov_store_batch_put(tov_core_batch(core_of(harness)), TOV_TABLE_LINK,
                        tov_key_link(&first_to_krfo), TOV_BYTES_OF(row));
    harness_advance(harness, 2000);
    harness_restart(harness, KK);
    harness_advance(harness, 40000);
    check(harness, 1, second);
    UNIT_EQUAL_INT(harness_logged(harness, KK, "desk-row-skipped"), 1);
    harness_destroy(harness);
}

/* ---- how many ---- */

/* kk/sof may send in it, too. */
static struct tov_roster *adopt_next(struct harness *harness)
{
    struct tov_roster *roster = next_roster(harness, 2);
    for (size_t node = KK; node <= KRFO; node++) {
        harness_set_roster(harness, node, roster);
        harness_restart(harness, node);
    }
    harness_advance(harness, 60000);
    return roster;
}

static void what_another_unit_has_hides_nothing(void)
{
    struct harness *harness = three_nodes();
    struct tov_roster *roster = adopt_next(harness);
    struct tov_ref ref;
    uint64_t number = send_to_police(harness, &sofie, "kk/sof", &ref);
    amend_receipt(harness, POLICE, &ref, refused);
    UNIT_EQUAL_INT(status_of(harness, &sofie).count, 1);
    for (size_t i = 0; i < 210; i++) {
        (void)send_to_police(harness, &anna, "kk/vink", &ref);
        amend_receipt(harness, POLICE, &ref, refused);
    }
    struct told told = status_of(harness, &sofie);
    UNIT_EQUAL_INT(told.count, 1);
    UNIT_EQUAL_INT(told.oldest, number);
    CU_ASSERT(!tov_troubles_are_whole(troubles_of(harness))); /* that was a piece */
    harness_advance(harness, 2000);
    CU_ASSERT(tov_troubles_are_whole(troubles_of(harness)));
    UNIT_EQUAL_INT(status_of(harness, &anna).count, 210);
    CU_ASSERT(status_number(harness, &anna, "counting") == 0);
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

/* For what the police asks CLIENT for again. */
static struct told asked_of(struct harness *harness, const struct harness_client *client)
{
    struct tov_record body, peer;
    struct tov_record reply = answer_to(harness, client, request_of("status", &body));
    struct told told = {0, 0};
    if (find_peer(body_of(reply, "status"), POLICE + 1, &peer))
        told = (struct told){tov_record_number(peer, "asked_again"),
                             tov_record_number(peer, "asked_again_oldest")};
    tov_record_destroy(&reply);
    return told;
}

/* A recipient that was set back by weeks asks for all that it had opened. */
static void what_another_unit_has_not_decided_hides_nothing(void)
{
    static const struct tov_verdict_value keyless = {TOV_VERDICT_NO_KEY, 0, 0};
    struct harness *harness = three_nodes();
    struct tov_roster *roster = adopt_next(harness);
    struct tov_ref ref;
    for (size_t i = 0; i < 210; i++) {
        (void)send_to_police(harness, &anna, "kk/vink", &ref);
        amend_receipt(harness, POLICE, &ref, keyless);
    }
    uint64_t number = send_to_police(harness, &sofie, "kk/sof", &ref);
    amend_receipt(harness, POLICE, &ref, keyless);
    (void)asked_of(harness, &anna);
    harness_advance(harness, 2000);
    UNIT_EQUAL_INT(asked_of(harness, &sofie).count, 1);
    UNIT_EQUAL_INT(asked_of(harness, &sofie).oldest, number);
    UNIT_EQUAL_INT(asked_of(harness, &anna).count, 210);
    UNIT_EQUAL_INT(status_of(harness, &anna).count, 0);
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

static void counts_are_the_same_after_a_restart(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref refs[4];
    uint64_t numbers[4];
    for (size_t i = 0; i < 4; i++) {
        numbers[i] = send_to_both(harness, &refs[i]);
        amend_receipt(harness, KRFO, &refs[i], refused);
    }
    amend_receipt(harness, KRFO, &refs[0], opened);
    answer(harness, &refs[1], "msg.retract", "about.case_ref=" CASE);
    check(harness, 2, numbers[2]);
    harness_restart(harness, KK);
    CU_ASSERT(!tov_troubles_are_whole(troubles_of(harness)) ||
              !tov_desk_is_whole(tov_node_api(harness_node(harness, KK))->desk));
    harness_advance(harness, 2000);
    CU_ASSERT(tov_troubles_are_whole(troubles_of(harness))); /* before anybody asks */
    check(harness, 2, numbers[2]);
    CU_ASSERT(status_number(harness, &anna, "counting") == 0);
    harness_destroy(harness);
}

/* Of the agency that has most the newest is left out, and it is said; when there is room again, it
 * is counted. */
static void more_than_there_is_room_for_is_told_and_counted_when_some_is_settled(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref refs[5];
    uint64_t numbers[5];
    for (size_t i = 0; i < 5; i++)
        numbers[i] = send_to_both(harness, &refs[i]);
    tov_troubles_limit(troubles_of(harness), 4);
    for (size_t i = 0; i < 4; i++)
        amend_receipt(harness, KRFO, &refs[i], refused);
    check(harness, 4, numbers[0]);
    CU_ASSERT(status_number(harness, &anna, "counting") == 0);
    amend_receipt(harness, KRFO, &refs[4], refused);
    check(harness, 4, numbers[0]);
    CU_ASSERT(status_number(harness, &anna, "counting") != 0);
    amend_receipt(harness, POLICE, &refs[0], refused); /* it has less: krfo's newest goes */
    check(harness, 3, numbers[0]);
    for (size_t i = 0; i < 2; i++) {
        amend_receipt(harness, KRFO, &refs[i], opened);
        CU_ASSERT(status_number(harness, &anna, "counting") != 0); /* and so it is read */
        harness_advance(harness, 2000);
    }
    check(harness, 4, numbers[0]);
    CU_ASSERT(status_number(harness, &anna, "counting") == 0);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_verdict_that_wants_a_person_is_counted_and_no_other),
        UNIT_TEST(a_message_is_counted_once_and_the_oldest_is_named),
        UNIT_TEST(the_unit_that_sent_it_is_told_and_no_other),
        UNIT_TEST(what_its_sender_takes_back_or_replaces_waits_for_nobody),
        UNIT_TEST(what_is_not_here_any_more_is_counted_for_nobody),
        UNIT_TEST(a_link_that_cannot_be_read_is_stepped_over),
        UNIT_TEST(what_another_unit_has_hides_nothing),
        UNIT_TEST(what_another_unit_has_not_decided_hides_nothing),
        UNIT_TEST(counts_are_the_same_after_a_restart),
        UNIT_TEST(more_than_there_is_room_for_is_told_and_counted_when_some_is_settled),
    };
    return unit_run("core_unusable", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who says that it lost the keys of what it had read, though it is not so, or says so without end
 * (docs/protocol.md 5.6). Not for: who says it rightly (again_test.c).
 */
#include "counted.h"
#include "follow/peer.h"
#include "hostile_peer.h"
#include "ledger/entry.h"

#include <string.h>

#define DAY_MS 86400000ull

static struct hostile *meet_with_epoch(const char *name)
{
    struct hostile *hostile = hostile_create(name, 2);
    hostile_meet(hostile);
    hostile_say_epoch(hostile, 1);
    return hostile;
}

static void ask_for_keys(struct hostile *hostile, const struct tov_message_written *written)
{
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    control->kind = TOV_CONTROL_EPOCH_EXPIRED;
    control->as.epoch_expired.count = 1;
    control->as.epoch_expired.refs[0] =
        (struct tov_ref){hostile->target->number, hostile->target->generation, written->place.index,
                         written->place.leaf_hash};
    hostile_say_control(hostile, control);
}

/* As when the victim came back without what it had been told: it reads all of it again. */
static void end_series(struct hostile *hostile)
{
    hostile_core(hostile)->series.lost_index = tov_ledger_size(hostile_core(hostile)->ledger);
    tov_follow_begin_series(tov_node_follow(hostile_victim(hostile)));
    sim_wire_run(hostile->wire);
}

/* In whatever order it says what, of the present series and of one that has ended: once it has said
 * that it could read it, a person decides. */
static void no_way_of_saying_so_gets_the_keys_without_a_person(void)
{
    static const struct {
        const char *name;
        size_t count;
        enum tov_verdict said[4];
        bool at_once; /* in one parcel */
    } ways[] = {
        {"lost", 2, {TOV_VERDICT_OPENED, TOV_VERDICT_NO_KEY}, false},
        {"at-once", 2, {TOV_VERDICT_OPENED, TOV_VERDICT_NO_KEY}, true},
        {"pending", 2, {TOV_VERDICT_PENDING, TOV_VERDICT_NO_KEY}, false},
        {"refused", 2, {TOV_VERDICT_REFUSED, TOV_VERDICT_NO_KEY}, false},
        {"erased", 2, {TOV_VERDICT_ERASED, TOV_VERDICT_NO_KEY}, false},
        {"by-not-opened",
         3,
         {TOV_VERDICT_OPENED, TOV_VERDICT_NOT_OPENED, TOV_VERDICT_NO_KEY},
         false},
        {"by-not-opened-at-once",
         3,
         {TOV_VERDICT_OPENED, TOV_VERDICT_NOT_OPENED, TOV_VERDICT_NO_KEY},
         true},
        {"by-not-understood",
         3,
         {TOV_VERDICT_OPENED, TOV_VERDICT_NOT_UNDERSTOOD, TOV_VERDICT_NO_KEY},
         false},
        {"and-back",
         4,
         {TOV_VERDICT_OPENED, TOV_VERDICT_NO_KEY, TOV_VERDICT_NOT_OPENED, TOV_VERDICT_NO_KEY},
         false},
        {"twice",
         4,
         {TOV_VERDICT_OPENED, TOV_VERDICT_NO_KEY, TOV_VERDICT_OPENED, TOV_VERDICT_NO_KEY},
         false},
    };
    size_t count = sizeof ways / sizeof ways[0];
    for (size_t n = 0; n < 2 * count; n++) {
        size_t i = n % count;
        TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet_with_epoch(ways[i].name);
        struct tov_message_written sent = sim_wire_send(hostile->wire, 0, 1);
        sim_wire_run(hostile->wire);
        UNIT_EQUAL_INT(hostile->stanzas, 1);
        if (n >= count)
            end_series(hostile);
        hostile_hold_all(hostile);
        for (size_t k = 0; k < ways[i].count; k++) {
            hostile_append_receipt(hostile, &sent, ways[i].said[k], k > 0);
            if (!ways[i].at_once)
                hostile_flush(hostile);
        }
        hostile_flush(hostile);
        ask_for_keys(hostile, &sent);
        sim_wire_pass(hostile->wire, 3000);
        hostile_hello(hostile, NULL); /* nor by claiming to hold nothing */
        UNIT_EQUAL_INT(hostile->late_stanzas, 0);
        UNIT_EQUAL_INT(hostile->stanzas, 1);
        UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_AGAIN), 1);
        CU_ASSERT(hostile_victim_works(hostile));
    }
}

/* Nobody is asked about keys that it never had, or needs no more: the first go by themselves, as
 * for who was sent a message before its key was known. */
static void what_it_never_had_or_needs_no_more_is_no_question(void)
{
    static const struct {
        const char *name;
        enum tov_verdict said[2];
        bool gets_keys;
    } ways[] = {{"never-opened", {TOV_VERDICT_NOT_OPENED, TOV_VERDICT_NO_KEY}, true},
                {"never-understood", {TOV_VERDICT_NOT_UNDERSTOOD, TOV_VERDICT_NO_KEY}, true},
                {"no-key-yet", {TOV_VERDICT_NO_KEY, TOV_VERDICT_NO_KEY}, true},
                {"erased-since", {TOV_VERDICT_OPENED, TOV_VERDICT_ERASED}, false},
                {"opened-once-more", {TOV_VERDICT_OPENED, TOV_VERDICT_OPENED}, false}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet_with_epoch(ways[i].name);
        struct tov_message_written sent = sim_wire_send(hostile->wire, 0, 1);
        sim_wire_run(hostile->wire);
        hostile_hold_all(hostile);
        for (size_t k = 0; k < 2; k++) {
            hostile_append_receipt(hostile, &sent, ways[i].said[k], k > 0);
            hostile_flush(hostile);
        }
        hostile_hold_all(hostile);
        sim_wire_pass(hostile->wire, 3000);
        UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_AGAIN), 0);
        CU_ASSERT((hostile->late_stanzas > 0) == ways[i].gets_keys);
        CU_ASSERT(hostile_victim_works(hostile));
    }
}

/* What it said before decides whether it had the keys: where that cannot be read it may have. */
static void a_verdict_that_nobody_wrote_so_is_for_a_person(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet_with_epoch("odd-verdict");
    struct tov_message_written sent = sim_wire_send(hostile->wire, 0, 1);
    struct tov_link_place place = {hostile->agency->number, hostile->target->generation, 0, 1};
    sim_wire_run(hostile->wire);
    hostile_hold_all(hostile);
    hostile_append_receipt(hostile, &sent, TOV_VERDICT_OPENED, false);
    hostile_flush(hostile);
    tov_store_batch_put(tov_core_batch(hostile_core(hostile)), TOV_TABLE_EXCEPTION,
                        tov_key_link(&place), (struct tov_bytes){0});
    sim_wire_run(hostile->wire);
    hostile_append_receipt(hostile, &sent, TOV_VERDICT_NO_KEY, true);
    hostile_flush(hostile);
    sim_wire_pass(hostile->wire, 3000);
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_AGAIN), 1);
    CU_ASSERT(!sim_wire_logged(hostile->wire, "peer-fault"));
    UNIT_EQUAL_INT(hostile->late_stanzas, 0);
    CU_ASSERT(hostile_victim_works(hostile));
}

/* I11: a row for each message that it was sent, whatever it says. */
static void saying_so_again_and_again_grows_nothing(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet_with_epoch("flood");
    struct tov_message_written sent = sim_wire_send(hostile->wire, 0, 1);
    sim_wire_run(hostile->wire);
    hostile_append_receipt(hostile, &sent, TOV_VERDICT_OPENED, false);
    for (unsigned i = 0; i < 50; i++) {
        hostile_append_receipt(hostile, &sent, TOV_VERDICT_NO_KEY, true);
        hostile_flush(hostile);
    }
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_AGAIN), 1);
    /* And nothing asks of a message that it was not sent. */
    sent.links[0].number = 7;
    hostile_append_receipt(hostile, &sent, TOV_VERDICT_NO_KEY, true);
    hostile_flush(hostile);
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_AGAIN), 1);
    UNIT_EQUAL_INT(hostile->late_stanzas, 0);
    CU_ASSERT(hostile_victim_works(hostile));
}

static void what_is_given_again_goes_until_it_is_there_and_no_longer(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet_with_epoch("given");
    struct tov_message_written sent = sim_wire_send(hostile->wire, 0, 1);
    sim_wire_run(hostile->wire);
    hostile_hold_all(hostile);
    hostile_append_receipt(hostile, &sent, TOV_VERDICT_OPENED, false);
    hostile_flush(hostile);
    hostile_append_receipt(hostile, &sent, TOV_VERDICT_NO_KEY, true);
    hostile_flush(hostile);
    UNIT_EQUAL_INT(hostile->late_stanzas, 0);
    UNIT_NEED(tov_follow_give_again(tov_node_follow(hostile_victim(hostile)),
                                    hostile->agency->number, sent.place.index, true) == TOV_OK);
    sim_node_settle(&hostile->wire->nodes[hostile->victim]);
    hostile_hold_all(hostile);
    sim_wire_pass(hostile->wire, 3000);
    CU_ASSERT(hostile->late_stanzas > 0);
    hostile_append_receipt(hostile, &sent, TOV_VERDICT_OPENED, true);
    hostile_flush(hostile);
    size_t stanzas = hostile->late_stanzas;
    ask_for_keys(hostile, &sent);
    sim_wire_pass(hostile->wire, 3000);
    UNIT_EQUAL_INT(hostile->late_stanzas, stanzas);
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_AGAIN), 0);
}

/* It had COUNT messages, has them no more, and a person says that it gets them again. */
static struct hostile *meet_approved(const char *name, size_t count, uint64_t *out_last_index)
{
    struct hostile *hostile = meet_with_epoch(name);
    TOV_FREE struct tov_message_written *sent = calloc(count, sizeof *sent);
    UNIT_NEED(sent != NULL);
    for (size_t i = 0; i < count; i++)
        sent[i] = sim_wire_send(hostile->wire, 0, 1 + i);
    sim_wire_run(hostile->wire);
    hostile_hold_all(hostile);
    for (size_t i = 0; i < count; i++)
        hostile_append_receipt(hostile, &sent[i], TOV_VERDICT_OPENED, false);
    for (size_t i = 0; i < count; i++)
        hostile_append_receipt(hostile, &sent[i], TOV_VERDICT_NO_KEY, true);
    hostile_flush(hostile);
    hostile_hold_all(hostile);
    UNIT_NEED(count_rows(hostile_core(hostile), TOV_TABLE_AGAIN) == count);
    for (size_t i = 0; i < count; i++)
        UNIT_NEED(tov_follow_give_again(tov_node_follow(hostile_victim(hostile)),
                                        hostile->agency->number, sent[i].place.index,
                                        true) == TOV_OK);
    sim_node_settle(&hostile->wire->nodes[hostile->victim]);
    sim_wire_pass(hostile->wire, 3000);
    *out_last_index = sent[count - 1].place.index;
    return hostile;
}

static enum tov_again state_there(const struct hostile *hostile, uint64_t index)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    enum tov_again state = TOV_AGAIN_NONE;
    UNIT_NEED(tov_store_read_begin(hostile_core(hostile)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_again(tov_node_follow(hostile_victim(hostile)), read,
                               hostile->agency->number, index, &state) == TOV_OK);
    return state;
}

/* I11: an entry of the journal a message and epoch stays for ever; epoch keys cost nothing. */
static void epoch_keys_without_end_are_not_followed(void)
{
    uint64_t index;
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet_approved("renewed", 1, &index);
    struct tov_core *core = hostile_core(hostile);
    uint32_t epoch = 1;
    UNIT_EQUAL_INT(count_journal(core, TOV_LEAF_REWRAP), 0);
    for (unsigned i = 0; i < 10; i++) {
        hostile_say_epoch(hostile, ++epoch);
        sim_wire_pass(hostile->wire, 3000);
    }
    UNIT_EQUAL_INT(count_journal(core, TOV_LEAF_REWRAP), 1);
    for (unsigned day = 0; day < 4; day++) {
        sim_wire_pass(hostile->wire, DAY_MS);
        hostile_hello(hostile, NULL);
        hostile_hold_all(hostile);
        hostile_say_epoch(hostile, ++epoch);
        sim_wire_pass(hostile->wire, 3000);
    }
    UNIT_EQUAL_INT(count_journal(core, TOV_LEAF_REWRAP), 5);
    UNIT_EQUAL_INT(state_there(hostile, index), TOV_AGAIN_APPROVED);
    for (unsigned day = 0; day < 4; day++) {
        sim_wire_pass(hostile->wire, DAY_MS);
        hostile_hello(hostile, NULL);
        hostile_hold_all(hostile);
        hostile_say_epoch(hostile, ++epoch);
        sim_wire_pass(hostile->wire, 3000);
    }
    UNIT_EQUAL_INT(count_journal(core, TOV_LEAF_REWRAP), 6);
    UNIT_EQUAL_INT(state_there(hostile, index), TOV_AGAIN_ASKED);
    UNIT_EQUAL_INT(count_rows(core, TOV_TABLE_OWED), 0);
    CU_ASSERT(hostile_victim_works(hostile));
}

/* I11: a turn does not write for as many messages as there are. */
static void what_is_noted_for_a_newer_epoch_key_is_a_share_each_time(void)
{
    uint64_t index;
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet_approved("share", 150, &index);
    struct tov_core *core = hostile_core(hostile);
    UNIT_EQUAL_INT(count_journal(core, TOV_LEAF_REWRAP), 0);
    hostile_say_epoch(hostile, 2);
    sim_wire_pass(hostile->wire, 1000);
    size_t first = count_journal(core, TOV_LEAF_REWRAP);
    CU_ASSERT(first > 0 && first <= 64);
    sim_wire_pass(hostile->wire, 10000);
    UNIT_EQUAL_INT(count_journal(core, TOV_LEAF_REWRAP), 150);
    CU_ASSERT(hostile->late_stanzas > 0);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(no_way_of_saying_so_gets_the_keys_without_a_person),
        UNIT_TEST(what_it_never_had_or_needs_no_more_is_no_question),
        UNIT_TEST(a_verdict_that_nobody_wrote_so_is_for_a_person),
        UNIT_TEST(saying_so_again_and_again_grows_nothing),
        UNIT_TEST(what_is_given_again_goes_until_it_is_there_and_no_longer),
        UNIT_TEST(epoch_keys_without_end_are_not_followed),
        UNIT_TEST(what_is_noted_for_a_newer_epoch_key_is_a_share_each_time),
    };
    return unit_run("follow_again_said", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What receipts of an agency's new generation say of messages that the one before has receipted: it
 * counts as if that one had amended it (docs/protocol.md 6).
 * Not for: how a generation begins (generation_test.c), or what is void (void_test.c).
 */
#include "counted.h"
#include "follow/peer.h"
#include "hostile_peer.h"

#define SENT 6u

struct scene {
    struct hostile *hostile;
    struct tov_message_written sent[SENT];
};

/* A receipt on all that was sent. */
static void say(struct scene *scene, const enum tov_verdict verdicts[SENT])
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    const struct tov_message_written *last = &scene->sent[SENT - 1];
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_RECEIPT;
    leaf->as.receipt = (struct tov_leaf_receipt){.peer = scene->hostile->target->number,
                                                 .series = {scene->hostile->target->generation, 0},
                                                 .last_link = last->links[0].number,
                                                 .last_leaf_hash = last->place.leaf_hash,
                                                 .run_count = SENT};
    for (size_t i = 0; i < SENT; i++)
        leaf->as.receipt.runs[i] = (struct tov_receipt_run){1, {verdicts[i], 0, 0}};
    hostile_append(scene->hostile, leaf);
    hostile_flush(scene->hostile);
}

static void begin(struct scene *scene, const char *name)
{
    struct hostile *hostile = hostile_create(name, 2);
    *scene = (struct scene){.hostile = hostile};
    hostile_meet(hostile);
    hostile_say_epoch(hostile, 1);
    for (size_t i = 0; i < SENT; i++)
        scene->sent[i] = sim_wire_send(hostile->wire, 0, 1 + i);
    sim_wire_run(hostile->wire);
}

/* Another ledger, from its first entry on; the key stays, which is of no matter here. */
static void begin_next_generation(struct scene *scene)
{
    struct hostile *hostile = scene->hostile;
    struct tov_agency *agency = (struct tov_agency *)(uintptr_t)hostile->agency;
    sim_wire_crash(hostile->wire, hostile->victim);
    agency->generation++;
    hostile->range = (struct tov_range){0};
    hostile->sent = 0;
    hostile_meet(hostile);
    hostile_say_epoch(hostile, 1);
    hostile_hold_all(scene->hostile);
}

static enum tov_verdict verdict_of(const struct scene *scene, size_t which)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_link_block link = {.series = {scene->hostile->target->generation, 0},
                                  .number = scene->sent[which].links[0].number};
    struct tov_delivery delivery;
    UNIT_NEED(tov_store_read_begin(hostile_core(scene->hostile)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_delivery(read, scene->hostile->agency->number, &link, &delivery) ==
              TOV_OK);
    return delivery.verdict.verdict;
}

static enum tov_again state_of(const struct scene *scene, size_t which)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct hostile *hostile = scene->hostile;
    enum tov_again state = TOV_AGAIN_NONE;
    UNIT_NEED(tov_store_read_begin(hostile_core(hostile)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_again(tov_node_follow(hostile_victim(hostile)), read,
                               hostile->agency->number, scene->sent[which].place.index,
                               &state) == TOV_OK);
    return state;
}

static const enum tov_verdict all_opened[SENT] = {TOV_VERDICT_OPENED, TOV_VERDICT_OPENED,
                                                  TOV_VERDICT_OPENED, TOV_VERDICT_OPENED,
                                                  TOV_VERDICT_OPENED, TOV_VERDICT_OPENED};
static const enum tov_verdict all_no_key[SENT] = {TOV_VERDICT_NO_KEY, TOV_VERDICT_NO_KEY,
                                                  TOV_VERDICT_NO_KEY, TOV_VERDICT_NO_KEY,
                                                  TOV_VERDICT_NO_KEY, TOV_VERDICT_NO_KEY};

/* Keys go to it by themselves no longer, and nobody is told that it cannot read them. */
static void what_the_new_ledger_opened_is_opened(void)
{
    static const enum tov_verdict before[SENT] = {TOV_VERDICT_NO_KEY,  TOV_VERDICT_OPENED,
                                                  TOV_VERDICT_PENDING, TOV_VERDICT_NOT_OPENED,
                                                  TOV_VERDICT_OPENED,  TOV_VERDICT_NOT_UNDERSTOOD};
    struct scene scene;
    begin(&scene, "former-opened");
    struct hostile *hostile = scene.hostile;
    say(&scene, before);
    begin_next_generation(&scene);
    say(&scene, all_opened);
    for (size_t i = 0; i < SENT; i++)
        UNIT_EQUAL_INT(verdict_of(&scene, i), TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_OWED), 0);
    UNIT_EQUAL_INT(count_rows(hostile_core(hostile), TOV_TABLE_UNOPENED), 0);
    size_t stanzas = hostile->late_stanzas;
    sim_wire_pass(hostile->wire, 5000);
    UNIT_EQUAL_INT(hostile->late_stanzas, stanzas);
    CU_ASSERT(hostile_victim_works(hostile));
    hostile_destroy(hostile);
}

/* What the former could read a person decides about; what it could not goes by itself. */
static void what_the_new_ledger_has_no_key_of_is_for_a_person_where_the_former_had_it(void)
{
    static const enum tov_verdict before[SENT] = {TOV_VERDICT_OPENED,  TOV_VERDICT_NO_KEY,
                                                  TOV_VERDICT_PENDING, TOV_VERDICT_NOT_OPENED,
                                                  TOV_VERDICT_REFUSED, TOV_VERDICT_ERASED};
    static const bool is_asked[SENT] = {true, false, true, false, true, true};
    struct scene scene;
    begin(&scene, "former-had-keys");
    say(&scene, before);
    begin_next_generation(&scene);
    say(&scene, all_no_key);
    for (size_t i = 0; i < SENT; i++) {
        UNIT_EQUAL_INT(verdict_of(&scene, i), TOV_VERDICT_NO_KEY);
        UNIT_EQUAL_INT(state_of(&scene, i), is_asked[i] ? TOV_AGAIN_ASKED : TOV_AGAIN_NONE);
    }
    UNIT_EQUAL_INT(count_rows(hostile_core(scene.hostile), TOV_TABLE_AGAIN), 4);
    hostile_destroy(scene.hostile);
}

/* How many receipts of the first message a client is shown. */
static size_t count_shown(const struct scene *scene)
{
    struct tov_record trace;
    struct tov_record reply = hostile_ask(scene->hostile, "trace", scene->sent[0].event);
    UNIT_EQUAL_INT(tov_record_number(reply, "error"), 0);
    size_t count = tov_record_child(reply, "trace", 0, &trace) ? tov_record_count(trace, "receipts")
                                                               : SIZE_MAX;
    tov_record_destroy(&reply);
    return count;
}

/* It is in exports; what stands at its place in the new ledger is no receipt of it. */
static void no_entry_of_the_new_ledger_passes_for_a_receipt_of_the_former(void)
{
    struct scene scene;
    begin(&scene, "former-traced");
    say(&scene, all_opened);
    UNIT_EQUAL_INT(count_shown(&scene), 1);
    begin_next_generation(&scene);
    UNIT_EQUAL_INT(count_shown(&scene), 0);
    hostile_say_epoch(scene.hostile, 2);
    UNIT_EQUAL_INT(count_shown(&scene), 0);
    UNIT_EQUAL_INT(verdict_of(&scene, 0), TOV_VERDICT_OPENED);
    hostile_destroy(scene.hostile);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_the_new_ledger_opened_is_opened),
        UNIT_TEST(what_the_new_ledger_has_no_key_of_is_for_a_person_where_the_former_had_it),
        UNIT_TEST(no_entry_of_the_new_ledger_passes_for_a_receipt_of_the_former),
    };
    return unit_run("follow_former_ledger", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What clients are told of a message by a place that it has lost, and of one that is set aside:
 * whole nodes in one process, asked by their clients.
 * Not for: how messages are set aside and appended anew (follow/aside_test.c).
 */
#include "gap_scene.h"

#include "desk_ask.h"

#include "base/cleanup.h"
#include "ledger/aside.h"
#include "ledger/moved.h"
#include "node.h"

#include <string.h>

static const struct saying note = {.by = &anna,
                                   .type = "msg.note",
                                   .from = "kk/vink",
                                   .to = "kbh-pol/dks krfo/central",
                                   .bases = "RPL115-2/1-1",
                                   .fields = "about.case_ref=" CASE};
static const struct saying amendment = {.by = &anna,
                                        .type = "msg.amend",
                                        .from = "kk/vink",
                                        .to = "kbh-pol/dks krfo/central",
                                        .bases = "RPL115-2/1-1",
                                        .fields = "target_type=msg.note; about.case_ref=" CASE};

static struct tov_core *core_of(struct harness *harness)
{
    return tov_node_core(harness_node(harness, 0));
}

/* As if message NUMBER had stood at another leaf in the place of REF once. */
static struct tov_ref move(struct harness *harness, const struct tov_ref *ref, uint64_t number)
{
    struct tov_ref old = *ref;
    old.leaf.bytes[0] ^= 1;
    tov_moved_put(core_of(harness), &old, number);
    harness_advance(harness, 1000);
    return old;
}

static uint64_t error_of_get(struct harness *harness, const struct tov_ref *ref)
{
    struct tov_record body;
    struct tov_record request = request_of("get", &body);
    UNIT_OK(tov_record_put_ref(body, "ref", ref));
    return error_to(harness, &anna, request);
}

/* The number of the only answer to THREAD. */
static uint64_t answer_in(struct harness *harness, const struct tov_ref *thread)
{
    struct tov_record body, summary;
    struct tov_record request = request_of("list", &body);
    UNIT_OK(tov_record_put_ref(body, "thread", thread));
    struct tov_record reply = answer_to(harness, &anna, request);
    body = body_of(reply, "list");
    UNIT_EQUAL_INT(tov_record_count(body, "messages"), 1);
    bool is_there = tov_record_child(body, "messages", 0, &summary);
    uint64_t number = is_there ? tov_record_number(summary, "number") : 0;
    tov_record_destroy(&reply);
    return number;
}

/* It is shown by it; what answers it by it answers it where it stands now. */
static void a_place_that_a_message_has_lost_still_leads_to_it(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref, old, wrong;
    uint64_t number = say(harness, &note, &ref);
    old = wrong = move(harness, &ref, number);
    wrong.leaf.bytes[1] ^= 1;
    UNIT_OK(error_of_get(harness, &old));
    UNIT_EQUAL_INT(error_of_get(harness, &wrong), TOV_E_NOT_FOUND);
    struct saying saying = amendment;
    saying.answers = saying.cites = &old;
    uint64_t answer = say(harness, &saying, NULL);
    UNIT_EQUAL_INT(answer_in(harness, &old), answer);
    UNIT_EQUAL_INT(answer_in(harness, &ref), answer);
    harness_destroy(harness);
}

static void set_aside(struct harness *harness, uint64_t number)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_event event;
    UNIT_NEED(tov_store_read_begin(core_of(harness)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_event_get(read, number, &event) == TOV_OK);
    event.index = TOV_ASIDE_INDEX;
    tov_event_replace(core_of(harness), number, &event);
}

/* Who repeats it is not told that it was erased; and nothing is written that names it. */
static void what_is_set_aside_is_neither_erased_nor_named(void)
{
    struct harness *harness = three_nodes();
    struct tov_record request = submit_of(harness, &note);
    struct tov_record reply = exchange(harness, &anna, request);
    struct tov_ref ref;
    UNIT_NEED(tov_record_ref(body_of(reply, "submit"), "ref", 0, &ref));
    uint64_t number = tov_record_number(body_of(reply, "submit"), "number");
    tov_record_destroy(&reply);
    struct tov_ref old = move(harness, &ref, number);
    set_aside(harness, number);
    harness_advance(harness, 1000);
    uint64_t size = tov_ledger_size(core_of(harness)->ledger);
    UNIT_EQUAL_INT(error_to(harness, &anna, request), TOV_E_UNAVAILABLE);
    struct saying saying = amendment;
    saying.answers = &old;
    reply = answer_to(harness, &anna, submit_of(harness, &saying));
    UNIT_EQUAL_INT(error_of(reply), TOV_E_NOT_FOUND);
    struct tov_bytes text = tov_record_bytes(reply, "error_text");
    CU_ASSERT(memmem(text.data, text.size, "set aside", 9) != NULL);
    tov_record_destroy(&reply);
    UNIT_EQUAL_INT(tov_ledger_size(core_of(harness)->ledger), size);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_place_that_a_message_has_lost_still_leads_to_it),
        UNIT_TEST(what_is_set_aside_is_neither_erased_nor_named),
    };
    return unit_run("core: moved", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Own messages that a recipient cannot read long after they were written, as the status counts
 * them: for which reasons, from when on, until when, and for whom (api/undelivered.c). Whole nodes
 * in one process.
 * Not for: where a verdict comes from (tests of follow), or what simply has no receipt
 * (desk_test.c).
 */
#include "again_scene.h"
#include "gap_scene.h"
#include "verdict_scene.h"

#include "base/cleanup.h"
#include "follow/peer.h"
#include "ledger/entry.h"
#include "node.h"

#define HOUR_MS 3600000ull
#define LATE_MS (5 * HOUR_MS)

static const struct tov_verdict_value opened = {TOV_VERDICT_OPENED, 0, 0};
static const struct tov_verdict_value no_key = {TOV_VERDICT_NO_KEY, 0, 0};
static const struct tov_verdict_value pending = {TOV_VERDICT_PENDING, 0, 0};
static const struct harness_client admin = {0, "admin", 41};

static struct tov_core *core_of(struct harness *harness)
{
    return tov_node_core(harness_node(harness, 0));
}

static uint64_t number_in(struct harness *harness, const struct harness_client *client,
                          const char *field)
{
    struct tov_record body;
    struct tov_record reply = answer_to(harness, client, request_of("status", &body));
    uint64_t number = tov_record_number(body_of(reply, "status"), field);
    tov_record_destroy(&reply);
    return number;
}

static void check(struct harness *harness, uint64_t count, uint64_t oldest)
{
    UNIT_EQUAL_INT(number_in(harness, &anna, "undelivered"), count);
    UNIT_EQUAL_INT(number_in(harness, &anna, "undelivered_oldest"), oldest);
    UNIT_EQUAL_INT(number_in(harness, &anna, "more"), 0);
}

/* The first receipt of AGENCY about the own message INDEX says VALUE: it never had the keys. */
static void receipt_says(struct harness *harness, uint16_t agency, uint64_t index,
                         struct tov_verdict_value value)
{
    struct tov_core *core = core_of(harness);
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    struct tov_entry entry;
    struct tov_link_block link;
    UNIT_OK(tov_store_read_begin(core->store, &read, NULL));
    UNIT_OK(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(index), &row));
    UNIT_OK(tov_entry_decode_own(row, &entry));
    UNIT_OK(tov_link_decode(tov_entry_link_for(&entry, agency), &link));
    struct tov_link_place place = {agency, link.series.generation, link.series.lost_index,
                                   link.number};
    tov_receipt_put_exception(core, &place, value, 1);
    tov_store_read_end(read);
    read = NULL;
    harness_advance(harness, 5000);
}

/* ---- it is there, and cannot be read ---- */

static void what_a_recipient_has_no_key_for_is_told_when_it_is_late(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref refs[2];
    uint64_t numbers[2];
    for (size_t i = 0; i < 2; i++) {
        numbers[i] = send_note(harness, "kbh-pol/dks", &refs[i]);
        receipt_says(harness, POLICE, refs[i].index, no_key);
    }
    check(harness, 0, 0);
    harness_advance(harness, LATE_MS);
    check(harness, 2, numbers[0]);
    receipt_says(harness, POLICE, refs[0].index, opened);
    check(harness, 1, numbers[1]);
    harness_destroy(harness);
}

static void what_waits_for_its_attachments_is_told_when_it_is_late(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_note(harness, "kbh-pol/dks", &ref);
    harness_advance(harness, 5000);
    amend_receipt(harness, POLICE - 1, &ref, pending);
    check(harness, 0, 0);
    harness_advance(harness, LATE_MS);
    check(harness, 1, number);
    amend_receipt(harness, POLICE - 1, &ref, opened);
    check(harness, 0, 0);
    harness_destroy(harness);
}

/* I10: being counted tells of a message. */
static void it_is_told_to_its_own_unit_alone(void)
{
    static const struct {
        const struct harness_client *client;
        bool is_counted, is_named;
    } rows[] = {{&anna, true, true},  {&sofie, false, false}, {&eva, false, false},
                {&audit, true, true}, {&admin, true, false},  {&bo, false, false},
                {&carl, false, false}};
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_note(harness, "kbh-pol/dks", &ref);
    receipt_says(harness, POLICE, ref.index, no_key);
    harness_advance(harness, LATE_MS);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        UNIT_EQUAL_INT(number_in(harness, rows[i].client, "undelivered"), rows[i].is_counted);
        UNIT_EQUAL_INT(number_in(harness, rows[i].client, "undelivered_oldest"),
                       rows[i].is_named ? number : 0);
    }
    harness_destroy(harness);
}

/* That is told as what it is; whoever has said yes waits for it to arrive. */
static void what_is_asked_for_again_is_undelivered_once_a_person_has_said_yes(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_note(harness, "kbh-pol/dks", &ref);
    lose_keys(harness, POLICE, &ref);
    harness_advance(harness, LATE_MS);
    check(harness, 0, 0);
    harness_set_link(harness, 0, POLICE - 1, false);
    UNIT_EQUAL_INT(error_to(harness, &anna,
                            word_request(&(struct word){&anna, number, "kbh-pol",
                                                        "bedt om på telefon", false})),
                   0);
    check(harness, 1, number);
    harness_set_link(harness, 0, POLICE - 1, true);
    harness_advance(harness, 120000);
    check(harness, 0, 0);
    harness_destroy(harness);
}

static void what_is_retracted_is_told_no_more(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    (void)send_note(harness, "kbh-pol/dks", &ref);
    receipt_says(harness, POLICE, ref.index, no_key);
    harness_advance(harness, LATE_MS);
    UNIT_EQUAL_INT(number_in(harness, &anna, "undelivered"), 1);
    say(harness,
        &(struct saying){.by = &anna,
                         .type = "msg.retract",
                         .from = "kk/vink",
                         .to = "kbh-pol/dks",
                         .bases = "RPL115-2/1-1",
                         .fields = "about.case_ref=" CASE,
                         .answers = &ref},
        NULL);
    check(harness, 0, 0);
    harness_destroy(harness);
}

/* The walk is bounded, and says so. */
static void that_more_cannot_be_read_than_is_looked_at_is_told(void)
{
    struct harness *harness = three_nodes();
    struct tov_core *core = core_of(harness);
    struct tov_link_place place = {POLICE, core->series.generation, core->series.lost_index, 100};
    for (unsigned i = 0; i < 1000; i++, place.link++)
        tov_receipt_put_exception(core, &place, no_key, 1);
    harness_advance(harness, 5000);
    UNIT_EQUAL_INT(number_in(harness, &anna, "more"), 0);
    tov_receipt_put_exception(core, &place, no_key, 1);
    harness_advance(harness, 5000);
    UNIT_EQUAL_INT(number_in(harness, &anna, "more"), 1);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_a_recipient_has_no_key_for_is_told_when_it_is_late),
        UNIT_TEST(what_waits_for_its_attachments_is_told_when_it_is_late),
        UNIT_TEST(it_is_told_to_its_own_unit_alone),
        UNIT_TEST(what_is_asked_for_again_is_undelivered_once_a_person_has_said_yes),
        UNIT_TEST(what_is_retracted_is_told_no_more),
        UNIT_TEST(that_more_cannot_be_read_than_is_looked_at_is_told),
    };
    return unit_run("core, undelivered", tests, sizeof tests / sizeof tests[0]);
}

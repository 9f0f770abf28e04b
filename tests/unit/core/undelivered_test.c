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

#include <string.h>

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

static void check(struct harness *harness, uint64_t count, uint64_t oldest)
{
    UNIT_EQUAL_INT(status_number(harness, &anna, "undelivered"), count);
    UNIT_EQUAL_INT(status_number(harness, &anna, "undelivered_oldest"), oldest);
    UNIT_EQUAL_INT(status_number(harness, &anna, "more"), 0);
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
        UNIT_EQUAL_INT(status_number(harness, rows[i].client, "undelivered"), rows[i].is_counted);
        UNIT_EQUAL_INT(status_number(harness, rows[i].client, "undelivered_oldest"),
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

/* It is asked for again (core_again_test), and takes the rest of the status from nobody. */
static void a_word_that_nobody_wrote_so_hides_nothing(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref refs[2];
    uint64_t numbers[2];
    for (size_t i = 0; i < 2; i++)
        numbers[i] = send_note(harness, "kbh-pol/dks", &refs[i]);
    lose_keys(harness, POLICE, &refs[0]);
    receipt_says(harness, POLICE, refs[1].index, no_key);
    tov_store_batch_put(tov_core_batch(core_of(harness)), TOV_TABLE_AGAIN,
                        tov_store_key_u16_u64(POLICE, refs[0].index), tov_bytes_of_text("damaged"));
    harness_advance(harness, LATE_MS);
    check(harness, 1, numbers[1]);
    harness_destroy(harness);
}

static void what_is_retracted_is_told_no_more(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    (void)send_note(harness, "kbh-pol/dks", &ref);
    receipt_says(harness, POLICE, ref.index, no_key);
    harness_advance(harness, LATE_MS);
    UNIT_EQUAL_INT(status_number(harness, &anna, "undelivered"), 1);
    take_back(harness, &anna, "kk/vink", "kbh-pol/dks", &ref);
    check(harness, 0, 0);
    harness_destroy(harness);
}

/* ---- there is no receipt ---- */

/* A note of anna's unit to krfo, which is away, when it has become an alarm. */
static uint64_t write_to_who_is_away(struct harness *harness, struct tov_ref *out_ref)
{
    harness_set_link(harness, 0, KRFO - 1, false);
    uint64_t number = send_note(harness, "krfo/central", out_ref);
    harness_advance(harness, LATE_MS);
    check(harness, 1, number);
    return number;
}

/* Something else is lost: links begin anew. */
static void end_series(struct harness *harness)
{
    struct tov_ref ref;
    (void)send_note(harness, "kbh-pol/dks", &ref);
    harness_advance(harness, 5000);
    lose(harness, ref.index);
}

/* The receipt for LINK of the first series. */
static void put_cover(struct harness *harness, uint64_t link)
{
    uint8_t row[TOV_COVER_ROW_BYTES] = {0};
    struct tov_link_place place = {KRFO, 1, 0, link};
    tov_put_be64(row + 8, link);
    tov_store_batch_put(tov_core_batch(core_of(harness)), TOV_TABLE_COVER, tov_key_link(&place),
                        TOV_BYTES_OF(row));
    harness_advance(harness, 5000);
}

static void what_had_no_receipt_before_a_loss_is_told_after_it(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    (void)send_note(harness, "krfo/central", &ref); /* has its receipt */
    harness_advance(harness, 5000);
    uint64_t number = write_to_who_is_away(harness, &ref);
    end_series(harness);
    check(harness, 1, number);
    UNIT_EQUAL_INT(status_number(harness, &eva, "undelivered"), 0);
    UNIT_EQUAL_INT(status_number(harness, &audit, "undelivered"), 1);
    end_series(harness); /* it is of none but the first one */
    check(harness, 1, number);
    put_cover(harness, 2);
    check(harness, 0, 0);
    harness_destroy(harness);
}

/* What is known to have its receipt is not looked over again; what comes back is. */
static void what_comes_back_without_a_receipt_is_told(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    struct tov_bytes row;
    uint8_t link[8];
    struct tov_link_place place = {KRFO, 1, 0, 1};
    uint64_t number = write_to_who_is_away(harness, &ref);
    struct tov_core *core = core_of(harness);
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    UNIT_OK(tov_store_read_begin(core->store, &read, NULL));
    UNIT_NEED(tov_store_get(read, TOV_TABLE_LINK, tov_key_link(&place), &row) == TOV_OK &&
              row.size == sizeof link);
    memcpy(link, row.data, sizeof link);
    tov_store_read_end(read);
    read = NULL;
    (void)send_note(harness, "krfo/central", &ref);
    end_series(harness);
    put_cover(harness, 2);
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_LINK, tov_key_link(&place));
    harness_advance(harness, 5000);
    check(harness, 0, 0);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_LINK, tov_key_link(&place),
                        TOV_BYTES_OF(link));
    UNIT_OK(tov_follow_note_readable(tov_node_follow(harness_node(harness, 0))));
    harness_advance(harness, 5000);
    check(harness, 1, number);
    harness_destroy(harness);
}

/* ---- who has ended ---- */

static struct tov_roster *roster_without_krfo(struct harness *harness)
{
    static const uint16_t by_police[] = {POLICE}, by_kk[] = {1};
    const struct tov_roster *now = core_of(harness)->roster;
    struct tov_agency agencies[3];
    struct tov_roster_facts facts = *tov_roster_facts(now);
    struct tov_roster *roster;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    UNIT_NEED(facts.agency_count == 3);
    memcpy(agencies, facts.agencies, sizeof agencies);
    agencies[KRFO - 1].closed = true;
    agencies[KRFO - 1].successor = POLICE;
    agencies[0].keepers = by_police;
    agencies[POLICE - 1].keepers = by_kk;
    agencies[0].keeper_count = agencies[POLICE - 1].keeper_count = 1;
    facts.agencies = agencies;
    facts.version = 2;
    facts.previous = tov_roster_hash(now);
    tov_roster_format(&facts, &text);
    UNIT_NEED(tov_roster_parse(tov_buf_view(&text), &roster, NULL) == TOV_OK);
    return roster;
}

/* kk learns of it. */
static struct tov_roster *adopt_roster_without_krfo(struct harness *harness)
{
    struct tov_roster *roster = roster_without_krfo(harness);
    harness_set_roster(harness, 0, roster);
    harness_restart(harness, 0);
    harness_advance(harness, 60000);
    return roster;
}

/* What the status of CLIENT says of krfo; false: nothing. */
static bool krfo_in(struct harness *harness, const struct harness_client *client,
                    uint64_t *out_waiting)
{
    struct tov_record body, peer;
    struct tov_record reply = answer_to(harness, client, request_of("status", &body));
    bool is_told = find_peer(body_of(reply, "status"), KRFO, &peer);
    if (is_told) {
        *out_waiting = tov_record_number(peer, "waiting");
        UNIT_EQUAL_INT(tov_record_number(peer, "closed"), 1);
        CU_ASSERT(is_text(tov_record_bytes(peer, "name"), "krfo"));
        CU_ASSERT(is_text(tov_record_bytes(peer, "successor"), "kbh-pol"));
    }
    tov_record_destroy(&reply);
    return is_told;
}

/* Of the only recipient of message NUMBER, as anna sees it. */
static uint64_t closed_of(struct harness *harness, uint64_t number)
{
    struct tov_record body, summary, delivery = {0};
    struct tov_record request = request_of("get", &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    struct tov_record reply = answer_to(harness, &anna, request);
    UNIT_NEED(tov_record_child(body_of(reply, "get"), "summary", 0, &summary));
    UNIT_NEED(tov_record_child(summary, "deliveries", 0, &delivery));
    uint64_t closed = tov_record_number(delivery, "closed");
    tov_record_destroy(&reply);
    return closed;
}

static void what_an_agency_that_has_ended_never_got_is_told_until_it_is_sent_anew(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref refs[2];
    uint64_t numbers[2], waiting = 0;
    (void)send_note(harness, "krfo/central", &refs[0]); /* has its receipt */
    harness_advance(harness, 5000);
    numbers[0] = write_to_who_is_away(harness, &refs[0]);
    numbers[1] = send_note(harness, "krfo/central", &refs[1]);
    UNIT_EQUAL_INT(closed_of(harness, numbers[0]), 0);
    struct tov_roster *roster = adopt_roster_without_krfo(harness);
    check(harness, 2, numbers[0]); /* the newer one too: it comes no more */
    UNIT_EQUAL_INT(closed_of(harness, numbers[0]), 1);
    CU_ASSERT(krfo_in(harness, &anna, &waiting));
    UNIT_EQUAL_INT(waiting, 2);
    CU_ASSERT(krfo_in(harness, &audit, &waiting));
    UNIT_EQUAL_INT(waiting, 2);
    CU_ASSERT(!krfo_in(harness, &eva, &waiting));
    take_back(harness, &anna, "kk/vink", "kbh-pol/dks", &refs[0]);
    check(harness, 1, numbers[1]);
    receipt_says(harness, KRFO, refs[1].index, no_key);
    put_cover(harness, 3); /* one that came before the end: it has no key, and never gets it */
    check(harness, 1, numbers[1]);
    receipt_says(harness, KRFO, refs[1].index, opened);
    check(harness, 0, 0);
    CU_ASSERT(!krfo_in(harness, &anna, &waiting));
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

/* That it has ended makes its word no other one: nobody has used the message. */
static void what_an_agency_could_not_use_before_it_ended_is_told_still(void)
{
    static const struct tov_verdict_value refused = {TOV_VERDICT_REFUSED, 0, 3};
    struct harness *harness = three_nodes();
    struct tov_ref ref, other;
    uint64_t number = send_note(harness, "krfo/central", &ref);
    (void)send_note(harness, "krfo/central", &other);
    amend_receipt(harness, KRFO - 1, &ref, refused);
    lose_keys(harness, KRFO, &other); /* nobody can give it any */
    UNIT_EQUAL_INT(status_number(harness, &anna, "unusable"), 1);
    struct tov_roster *roster = roster_without_krfo(harness);
    for (size_t node = 0; node < POLICE; node++) {
        harness_set_roster(harness, node, roster);
        harness_restart(harness, node);
    }
    harness_advance(harness, 60000);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unusable"), 1);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unusable_oldest"), number);
    UNIT_EQUAL_INT(status_number(harness, &eva, "unusable"), 0);
    UNIT_EQUAL_INT(status_number(harness, &anna, "counting"), 0);
    take_back(harness, &anna, "kk/vink", "kbh-pol/dks", &ref);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unusable"), 0);
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

/* It has no more use for that, and nobody could send it to another one. */
static void an_acknowledgement_to_an_agency_that_has_ended_is_not_told(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t waiting = 0;
    send_note_of_krfo(harness, "about.case_ref=" CASE, &ref);
    harness_set_link(harness, 0, KRFO - 1, false);
    say_read(harness, &anna, "kk/vink", "krfo/central", &ref);
    struct tov_roster *roster = adopt_roster_without_krfo(harness);
    check(harness, 0, 0);
    CU_ASSERT(!krfo_in(harness, &anna, &waiting));
    CU_ASSERT(!krfo_in(harness, &audit, &waiting));
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

/* I9: no entry says that it was given what nobody can send it. */
static void nothing_is_given_again_to_an_agency_that_has_ended(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_note(harness, "krfo/central", &ref);
    lose_keys(harness, KRFO, &ref);
    struct tov_roster *roster = adopt_roster_without_krfo(harness);
    uint64_t entries = tov_ledger_size(core_of(harness)->journal);
    UNIT_EQUAL_INT(error_to(harness, &anna,
                            word_request(&(struct word){&anna, number, "krfo", "aftalt", false})),
                   TOV_E_RULE);
    UNIT_EQUAL_INT(tov_ledger_size(core_of(harness)->journal), entries);
    harness_destroy(harness);
    tov_roster_destroy(roster);
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
    UNIT_EQUAL_INT(status_number(harness, &anna, "more"), 0);
    tov_receipt_put_exception(core, &place, no_key, 1);
    harness_advance(harness, 5000);
    UNIT_EQUAL_INT(status_number(harness, &anna, "more"), 1);
    harness_destroy(harness);
}

/* Many that are not late yet are no news, and hide nothing of a later series. */
static void however_many_are_not_late_yet_nothing_is_told(void)
{
    struct harness *harness = three_nodes();
    struct tov_core *core = core_of(harness);
    struct tov_ref ref;
    uint8_t index[8];
    uint64_t number = send_note(harness, "kbh-pol/dks", &ref);
    struct tov_link_place late = {POLICE, core->series.generation, 1, 1};
    struct tov_link_place place = {POLICE, core->series.generation, core->series.lost_index, 100};
    tov_put_be64(index, ref.index);
    tov_receipt_put_exception(core, &late, no_key, 1);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_LINK, tov_key_link(&late),
                        TOV_BYTES_OF(index));
    harness_advance(harness, LATE_MS);
    (void)send_note(harness, "kbh-pol/dks", &ref);
    tov_put_be64(index, ref.index);
    for (unsigned i = 0; i < 1500; i++, place.link++) {
        tov_receipt_put_exception(core, &place, no_key, 1);
        tov_store_batch_put(tov_core_batch(core), TOV_TABLE_LINK, tov_key_link(&place),
                            TOV_BYTES_OF(index));
    }
    harness_advance(harness, 5000);
    check(harness, 1, number);
    place.link = 100;
    for (unsigned i = 0; i < 1500;
         i++, place.link++) /* without a receipt, and of no series of now */
        tov_store_batch_put(tov_core_batch(core), TOV_TABLE_LINK,
                            tov_key_link(&(struct tov_link_place){KRFO, 1, 0, place.link}),
                            TOV_BYTES_OF(index));
    end_series(harness);
    check(harness, 1, number);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_a_recipient_has_no_key_for_is_told_when_it_is_late),
        UNIT_TEST(what_waits_for_its_attachments_is_told_when_it_is_late),
        UNIT_TEST(it_is_told_to_its_own_unit_alone),
        UNIT_TEST(what_is_asked_for_again_is_undelivered_once_a_person_has_said_yes),
        UNIT_TEST(a_word_that_nobody_wrote_so_hides_nothing),
        UNIT_TEST(what_is_retracted_is_told_no_more),
        UNIT_TEST(what_had_no_receipt_before_a_loss_is_told_after_it),
        UNIT_TEST(what_comes_back_without_a_receipt_is_told),
        UNIT_TEST(what_an_agency_that_has_ended_never_got_is_told_until_it_is_sent_anew),
        UNIT_TEST(what_an_agency_could_not_use_before_it_ended_is_told_still),
        UNIT_TEST(an_acknowledgement_to_an_agency_that_has_ended_is_not_told),
        UNIT_TEST(nothing_is_given_again_to_an_agency_that_has_ended),
        UNIT_TEST(that_more_cannot_be_read_than_is_looked_at_is_told),
        UNIT_TEST(however_many_are_not_late_yet_nothing_is_told),
    };
    return unit_run("core, undelivered", tests, sizeof tests / sizeof tests[0]);
}

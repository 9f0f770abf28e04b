/* SPDX-License-Identifier: EUPL-1.2
 *
 * The start rule (docs/guard.md): when a majority of the keepers must be heard, and the two persons
 * who may go on without it. kk's keepers are kbh-pol and krfo.
 */
#include "case_clients.h"

#include "follow/follow.h"
#include "ledger/start_rule.h"
#include "ledger/entry.h"
#include "ledger/tables.h"

#include <stdlib.h>
#include <string.h>

#define KK 0u
#define KBH_POL 1u
#define KRFO 2u
#define MINUTE_MS 60000u
#define HOUR_MS 3600000u

static const struct harness_client admin = {KK, "admin", 31};
static const struct harness_client admin_b = {KK, "admin-b", 32};
static const struct harness_client checker = {KK, "checker", 33};

/* ---- the demand ---- */

static struct tov_start_rule rule_of(struct harness *harness)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_start_rule rule;
    struct tov_core *core = tov_node_core(harness_node(harness, KK));
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_start_rule_get(read, &rule) == TOV_OK);
    return rule;
}

/* As `tovd restore` leaves it. */
static void demand(struct harness *harness, uint32_t reasons)
{
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    struct tov_core *core = tov_node_core(harness_node(harness, KK));
    struct tov_start_rule rule = {.reasons = reasons, .since_ms = core->now_ms};
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_start_rule_put(batch, &rule);
    UNIT_NEED(tov_store_commit(core->store, batch, NULL) == TOV_OK);
}

static bool serves(struct harness *harness)
{
    return tov_node_state(harness_node(harness, KK)) == TOV_NODE_SERVING;
}

/* KK starts again, restored, and only kbh-pol can be reached. */
static struct harness *restored(uint32_t reasons)
{
    struct harness *harness = three_nodes();
    demand(harness, reasons);
    harness_set_link(harness, KK, KRFO, false);
    harness_restart(harness, KK);
    harness_advance(harness, 2 * MINUTE_MS);
    return harness;
}

static uint64_t signed_size(struct harness *harness)
{
    return tov_ledger_signed(tov_node_core(harness_node(harness, KK))->ledger);
}

static void one_of_two_keepers_is_no_majority(void)
{
    struct harness *harness = restored(TOV_START_RESTORED);
    uint64_t before = signed_size(harness);
    CU_ASSERT(!serves(harness));
    harness_advance(harness, 10 * MINUTE_MS);
    CU_ASSERT(!serves(harness));
    UNIT_EQUAL_INT(signed_size(harness), before);
    harness_set_link(harness, KK, KRFO, true);
    harness_advance(harness, MINUTE_MS);
    CU_ASSERT(serves(harness));
    UNIT_EQUAL_INT(rule_of(harness).reasons, 0);
    harness_destroy(harness);
}

static void without_a_reason_one_keeper_and_half_a_minute_do(void)
{
    struct harness *harness = restored(0);
    CU_ASSERT(serves(harness));
    harness_destroy(harness);
}

static void the_demand_survives_every_restart_until_it_is_met(void)
{
    struct harness *harness = restored(TOV_START_RESTORED);
    for (unsigned i = 0; i < 3; i++) {
        harness_restart(harness, KK);
        harness_advance(harness, 2 * MINUTE_MS);
        CU_ASSERT(!serves(harness));
        UNIT_EQUAL_INT(rule_of(harness).reasons, TOV_START_RESTORED);
    }
    harness_set_link(harness, KK, KRFO, true);
    harness_advance(harness, MINUTE_MS);
    CU_ASSERT(serves(harness));
    harness_set_link(harness, KK, KRFO, false);
    harness_restart(harness, KK);
    harness_advance(harness, 2 * MINUTE_MS);
    CU_ASSERT(serves(harness)); /* met once, it is over */
    harness_destroy(harness);
}

static void on_another_machine_a_majority_is_asked(void)
{
    struct harness *harness = three_nodes();
    harness_set_machine(harness, KK, 1);
    harness_restart(harness, KK);
    harness_advance(harness, MINUTE_MS);
    CU_ASSERT(serves(harness)); /* the first machine that it is told of */
    harness_set_link(harness, KK, KRFO, false);
    harness_restart(harness, KK);
    harness_advance(harness, MINUTE_MS);
    CU_ASSERT(serves(harness)); /* the same one */
    harness_set_machine(harness, KK, 2);
    harness_restart(harness, KK);
    harness_advance(harness, 2 * MINUTE_MS);
    CU_ASSERT(!serves(harness));
    harness_set_machine(harness, KK, 0);
    harness_restart(harness, KK);
    harness_advance(harness, 2 * MINUTE_MS);
    CU_ASSERT(!serves(harness)); /* what was noticed stays noticed */
    UNIT_EQUAL_INT(rule_of(harness).reasons, TOV_START_MACHINE);
    harness_set_link(harness, KK, KRFO, true);
    harness_advance(harness, MINUTE_MS);
    CU_ASSERT(serves(harness));
    harness_destroy(harness);
}

static void a_machine_without_an_id_is_not_held_up(void)
{
    struct harness *harness = three_nodes();
    harness_set_machine(harness, KK, 1);
    harness_restart(harness, KK);
    harness_advance(harness, MINUTE_MS);
    harness_set_link(harness, KK, KRFO, false);
    harness_set_machine(harness, KK, 0);
    harness_restart(harness, KK);
    harness_advance(harness, 2 * MINUTE_MS);
    CU_ASSERT(serves(harness));
    harness_destroy(harness);
}

/* ---- what is said ---- */

static bool has(struct tov_bytes text, const char *words)
{
    char copy[2048];
    if (text.size >= sizeof copy)
        return false;
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    bool is_so = strstr(copy, words) != NULL;
    if (!is_so)
        (void)printf("not in \"%s\": %s\n", copy, words);
    return is_so;
}

static struct tov_record ask_status(struct harness *harness)
{
    struct tov_record request, body;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "status", &body) == TOV_OK);
    struct tov_record reply = exchange(harness, &admin, request);
    tov_record_destroy(&request);
    return reply;
}

static bool status_says(struct harness *harness, const char *danish, const char *english)
{
    struct tov_record reply = ask_status(harness);
    struct tov_record body = body_of(reply, "status");
    bool is_so = has(tov_record_bytes(body, "sentence_da"), danish) &&
                 has(tov_record_bytes(body, "sentence_en"), english);
    tov_record_destroy(&reply);
    return is_so;
}

static void status_says_who_is_waited_for_and_why(void)
{
    struct harness *harness = restored(TOV_START_RESTORED | TOV_START_MACHINE);
    CU_ASSERT(status_says(harness, "gendannet fra en sikkerhedskopi", "restored from a backup"));
    CU_ASSERT(status_says(harness, "anden maskine", "another machine"));
    CU_ASSERT(status_says(harness, "1 af 2 vogtere", "1 of 2 keepers have answered, 2 are needed"));
    CU_ASSERT(status_says(harness, "mangler svar fra krfo", "missing are krfo"));
    CU_ASSERT(status_says(harness, "tov start-anyway", "tov start-anyway"));
    CU_ASSERT(harness_logged(harness, KK, "waiting-for-keepers") > 0);
    CU_ASSERT(harness_logged(harness, KK, "waiting-for-keepers") < 10);
    harness_set_link(harness, KK, KBH_POL, false);
    harness_restart(harness, KK);
    harness_advance(harness, MINUTE_MS);
    CU_ASSERT(status_says(harness, "0 af 2", "missing are kbh-pol, krfo"));
    harness_destroy(harness);
}

static void reasons_that_go_together_make_one_sentence(void)
{
    struct harness *harness = restored(TOV_START_RESTORED | TOV_START_DISAGREED);
    CU_ASSERT(status_says(harness,
                          "Noden er gendannet fra en sikkerhedskopi, var uenig med sin guard om, "
                          "hvad der er underskrevet, og underskriver intet, før",
                          "The node was restored from a backup, disagreed with its guard about "
                          "what was signed and signs nothing before"));
    harness_destroy(harness);
}

/* ---- two persons ---- */

/* Who counts now by the node's answer; 0: refused. */
static uint64_t start_anyway(struct harness *harness, const struct harness_client *client,
                             const char *reason)
{
    struct tov_record request, body;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "start_anyway", &body) == TOV_OK);
    UNIT_OK(tov_record_put_text(body, "reason", reason));
    struct tov_record reply = exchange(harness, client, request);
    tov_record_destroy(&request);
    uint64_t persons = 0;
    if (error_of(reply) == TOV_OK)
        persons = tov_record_number(body_of(reply, "start_anyway"), "persons");
    tov_record_destroy(&reply);
    return persons;
}

static uint64_t count_overrides(struct harness *harness)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = tov_node_core(harness_node(harness, KK));
    struct tov_store_range all = {.table = TOV_TABLE_JLEAF};
    struct tov_store_iter iter;
    TOV_FREE struct tov_leaf *leaf = malloc(sizeof *leaf);
    uint64_t count = 0;
    UNIT_NEED(leaf != NULL && tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &all, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_entry entry;
        UNIT_NEED(tov_entry_decode_own(iter.row.value, &entry) == TOV_OK);
        UNIT_NEED(tov_leaf_decode(entry.leaf, leaf) == TOV_OK);
        count += leaf->type == TOV_LEAF_OVERRIDE ? 1 : 0;
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return count;
}

static void two_persons_start_it_and_both_stand_in_the_journal(void)
{
    struct harness *harness = restored(TOV_START_RESTORED);
    UNIT_EQUAL_INT(start_anyway(harness, &admin, "krfo er lukket i dag"), 1);
    harness_advance(harness, MINUTE_MS);
    CU_ASSERT(!serves(harness));
    UNIT_EQUAL_INT(count_overrides(harness), 1);
    CU_ASSERT(status_says(harness, "1 af 2 har gjort det", "1 of 2 have done so"));
    UNIT_EQUAL_INT(start_anyway(harness, &audit, "aftalt med driften"), 2);
    harness_advance(harness, MINUTE_MS);
    CU_ASSERT(serves(harness));
    UNIT_EQUAL_INT(count_overrides(harness), 2);
    UNIT_EQUAL_INT(rule_of(harness).reasons, 0);
    harness_destroy(harness);
}

static void nothing_counts_before_its_commit(void)
{
    struct harness *harness = restored(TOV_START_RESTORED);
    UNIT_EQUAL_INT(start_anyway(harness, &admin, "krfo er lukket i dag"), 1);
    harness_hold_commits(harness, KK, true);
    struct tov_record request, body;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "start_anyway", &body) == TOV_OK);
    UNIT_OK(tov_record_put_text(body, "reason", "aftalt"));
    UNIT_OK(tov_record_put_number(request, "id", 77));
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    tov_record_destroy(&request);
    harness_send(harness, &audit, tov_buf_view(&frame));
    harness_advance(harness, MINUTE_MS);
    CU_ASSERT(!serves(harness));
    harness_hold_commits(harness, KK, false);
    harness_advance(harness, MINUTE_MS);
    CU_ASSERT(serves(harness));
    harness_destroy(harness);
}

static void one_person_is_one_however_often(void)
{
    struct harness *harness = restored(TOV_START_RESTORED);
    UNIT_EQUAL_INT(start_anyway(harness, &audit, "en gang"), 1);
    UNIT_EQUAL_INT(start_anyway(harness, &audit, "to gange"), 1);
    UNIT_EQUAL_INT(start_anyway(harness, &audit, "tre gange"), 1);
    harness_advance(harness, MINUTE_MS);
    CU_ASSERT(!serves(harness));
    harness_destroy(harness);
}

static void those_who_run_the_node_cannot_do_it_alone(void)
{
    struct harness *harness = restored(TOV_START_RESTORED);
    UNIT_EQUAL_INT(start_anyway(harness, &admin, "en"), 1);
    UNIT_EQUAL_INT(start_anyway(harness, &admin_b, "to"), 1);
    harness_advance(harness, MINUTE_MS);
    CU_ASSERT(!serves(harness));
    harness_destroy(harness);
}

static void a_word_counts_for_an_hour(void)
{
    struct harness *harness = restored(TOV_START_RESTORED);
    UNIT_EQUAL_INT(start_anyway(harness, &admin, "nu"), 1);
    harness_advance(harness, HOUR_MS + MINUTE_MS);
    UNIT_EQUAL_INT(start_anyway(harness, &audit, "for sent"), 1);
    harness_advance(harness, MINUTE_MS);
    CU_ASSERT(!serves(harness));
    harness_destroy(harness);
}

static void others_may_not_and_never_without_a_reason_or_a_need(void)
{
    struct harness *harness = restored(TOV_START_RESTORED);
    UNIT_EQUAL_INT(start_anyway(harness, &anna, "jeg vil gerne arbejde"), 0);
    UNIT_EQUAL_INT(start_anyway(harness, &checker, "et system"), 0);
    UNIT_EQUAL_INT(start_anyway(harness, &admin, ""), 0);
    UNIT_EQUAL_INT(count_overrides(harness), 0);
    harness_set_link(harness, KK, KRFO, true);
    harness_advance(harness, MINUTE_MS);
    UNIT_NEED(serves(harness));
    UNIT_EQUAL_INT(start_anyway(harness, &admin, "der ventes ikke"), 0);
    UNIT_EQUAL_INT(count_overrides(harness), 0);
    harness_destroy(harness);
}

/* ---- after a restore ---- */

static void a_new_epoch_key_has_a_number_that_no_peer_has_seen(void)
{
    struct harness *harness = three_nodes();
    struct tov_start_answers answers;
    harness_forget_file(harness, KK, "epochs"); /* never in a backup */
    harness_restart(harness, KK);
    harness_advance(harness, MINUTE_MS);
    CU_ASSERT(serves(harness));
    tov_follow_start_answers(tov_node_follow(harness_node(harness, KK)), &answers);
    UNIT_EQUAL_INT(answers.answered, 2);
    UNIT_EQUAL_INT(harness_logged(harness, KBH_POL, "epoch-not-newer"), 0);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(one_of_two_keepers_is_no_majority),
        UNIT_TEST(without_a_reason_one_keeper_and_half_a_minute_do),
        UNIT_TEST(the_demand_survives_every_restart_until_it_is_met),
        UNIT_TEST(on_another_machine_a_majority_is_asked),
        UNIT_TEST(a_machine_without_an_id_is_not_held_up),
        UNIT_TEST(status_says_who_is_waited_for_and_why),
        UNIT_TEST(reasons_that_go_together_make_one_sentence),
        UNIT_TEST(two_persons_start_it_and_both_stand_in_the_journal),
        UNIT_TEST(nothing_counts_before_its_commit),
        UNIT_TEST(one_person_is_one_however_often),
        UNIT_TEST(those_who_run_the_node_cannot_do_it_alone),
        UNIT_TEST(a_word_counts_for_an_hour),
        UNIT_TEST(others_may_not_and_never_without_a_reason_or_a_need),
        UNIT_TEST(a_new_epoch_key_has_a_number_that_no_peer_has_seen),
    };
    return unit_run("core majority", tests, sizeof tests / sizeof tests[0]);
}

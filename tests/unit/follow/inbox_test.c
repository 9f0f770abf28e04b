/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a hostile agency can make the caseworkers of another see, and keep from them: floods of the
 * counts of what is unread, answers before a
 * retraction, and what it writes with a revoked key.
 * Not for: what its node may make the other node do (attacks_test.c).
 */
#include "api/desk.h"
#include "base/cleanup.h"
#include "hostile_peer.h"
#include "ledger/reply.h"
#include "node.h"
#include "store/read.h"

static struct hostile *meet(const char *name)
{
    struct hostile *hostile = hostile_create(name, 2);
    hostile_meet(hostile);
    return hostile;
}

static uint64_t status_of(struct hostile *hostile, const char *field)
{
    struct tov_record status;
    struct tov_record reply = hostile_ask(hostile, "status", 0);
    UNIT_NEED(tov_record_child(reply, "status", 0, &status));
    uint64_t number = tov_record_number(status, field);
    tov_record_destroy(&reply);
    return number;
}

/* ---- unread ---- */

/* UNIT of the victim's agency, which the roster need not have. */
static void address(const struct hostile *hostile, struct hostile_message *message,
                    const char *unit)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record header = {0};
    struct tov_record recipient;
    UNIT_NEED(tov_record_decode(tov_schema_find("Header"), tov_buf_view(&message->header), &header,
                                NULL) == TOV_OK);
    tov_record_clear(header, "recipients");
    UNIT_NEED(tov_record_open(header, "recipients", &recipient) == TOV_OK);
    UNIT_NEED(tov_record_put_number(recipient, "agency", hostile->target->number) == TOV_OK);
    UNIT_NEED(tov_record_put_text(recipient, "unit", unit) == TOV_OK);
    UNIT_NEED(tov_record_put_enum(recipient, "right", "all") == TOV_OK);
    tov_buf_clear(&message->header);
    UNIT_NEED(tov_record_encode(header, &message->header) == TOV_OK);
    hostile_message_reseal(message, 0, tov_buf_view(&message->header), false);
}

static void write_to(struct hostile *hostile, const char *unit)
{
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    if (unit != NULL)
        address(hostile, &message, unit);
    hostile_message_append(hostile, &message);
    hostile_flush(hostile);
}

static const struct tov_client checker = {.name = "checker",
                                          .roles = TOV_ROLE_BIT(TOV_ROLE_AUDITOR)};

static void what_is_for_no_unit_waits_for_nobody(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("inbox-no-unit");
    struct tov_api *api = tov_node_api(hostile_victim(hostile));
    struct desk_count count;
    tov_desk_limit(api->desk, 4, 4);
    for (size_t i = 0; i < 6; i++)
        write_to(hostile, "nowhere");
    UNIT_EQUAL_INT(hostile_verdict(hostile, 6).verdict, TOV_VERDICT_REFUSED);
    UNIT_EQUAL_INT(status_of(hostile, "unread"), 0);
    for (size_t i = 0; i < 3; i++)
        write_to(hostile, NULL);
    UNIT_EQUAL_INT(status_of(hostile, "unread"), 3);
    UNIT_EQUAL_INT(status_of(hostile, "unrecorded"), 3);
    UNIT_EQUAL_INT(status_of(hostile, "counting"), 0);
    tov_desk_count(&(struct api_look){.api = api, .client = &checker}, &count);
    UNIT_EQUAL_INT(count.unread, 3);
    UNIT_EQUAL_INT(count.unrecorded, 3);
}

/* ---- retracted ---- */

static void answer(struct hostile *hostile, const struct tov_ref *target, const char *relation)
{
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    TOV_CLEANUP(tov_record_destroy) struct tov_record header = {0};
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    UNIT_NEED(tov_record_decode(tov_schema_find("Header"), tov_buf_view(&message.header), &header,
                                NULL) == TOV_OK);
    UNIT_NEED(tov_record_put_ref(header, "in_reply_to", target) == TOV_OK);
    UNIT_NEED(tov_record_put_enum(header, "relation", relation) == TOV_OK);
    tov_buf_clear(&message.header);
    UNIT_NEED(tov_record_encode(header, &message.header) == TOV_OK);
    hostile_message_reseal(&message, 0, tov_buf_view(&message.header), false);
    hostile_message_append(hostile, &message);
}

/* How a message is shown. */
struct shown {
    bool is_retracted, is_void;
    size_t content_bytes;
};

static struct shown get(struct hostile *hostile, uint64_t number)
{
    struct tov_record get, summary;
    struct tov_record reply = hostile_ask(hostile, "get", number);
    UNIT_NEED(tov_record_child(reply, "get", 0, &get));
    UNIT_NEED(tov_record_child(get, "summary", 0, &summary));
    struct shown shown = {tov_record_number(summary, "retracted") != 0,
                          tov_record_number(summary, "void") != 0,
                          tov_record_bytes(get, "content").size};
    tov_record_destroy(&reply);
    return shown;
}

static void a_retraction_behind_any_number_of_answers_holds(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("inbox-retracted");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    (void)hostile_deliver(hostile, &message);
    uint64_t number = hostile_core(hostile)->next_event - 1;
    struct tov_ref other = message.ref; /* no leaf that is there */
    other.leaf.bytes[0] ^= 1;
    for (size_t i = 0; i < 1001; i++) {
        answer(hostile, &message.ref, "response");
        answer(hostile, &other, "removal");
        if (i % 50 == 49)
            hostile_flush(hostile);
    }
    hostile_flush(hostile);
    struct shown shown = get(hostile, number);
    CU_ASSERT(!shown.is_retracted && shown.content_bytes > 0);
    answer(hostile, &message.ref, "removal");
    hostile_flush(hostile);
    shown = get(hostile, number);
    CU_ASSERT(shown.is_retracted);
    UNIT_EQUAL_INT(shown.content_bytes, 0);
}

static void nobody_else_retracts_what_an_agency_wrote(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("inbox-not-its-own");
    struct tov_message_written own = sim_wire_send(hostile->wire, 0, 1);
    sim_wire_run(hostile->wire);
    struct tov_ref target = {hostile->target->number, hostile->target->generation, own.place.index,
                             own.place.leaf_hash};
    answer(hostile, &target, "removal");
    hostile_flush(hostile);
    CU_ASSERT(!get(hostile, own.event).is_retracted);
}

/* ---- above a revocation ---- */

/* The victim's roster, in which the hostile agency's key was revoked at SIZE entries, and that of
 * its journal at one. */
static struct tov_roster *revoke_at(const struct hostile *hostile, uint64_t size)
{
    const struct tov_roster *now = hostile_core(hostile)->roster;
    struct tov_roster_facts facts = *tov_roster_facts(now);
    struct tov_roster *roster = NULL;
    struct tov_revocation revocations[] = {
        {.key = hostile->agency->ledger, .agency = hostile->agency->number, .size = size},
        {.key = hostile->agency->journal, .agency = hostile->agency->number, .size = 1}};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    facts.version++;
    facts.previous = tov_roster_hash(now);
    facts.revocations = revocations;
    facts.revocation_count = 2;
    tov_roster_format(&facts, &text);
    UNIT_NEED(tov_roster_parse(tov_buf_view(&text), &roster, NULL) == TOV_OK);
    return roster;
}

/* As a start with ROSTER would; what was there before. */
static struct tov_roster *swap_roster(struct hostile *hostile, struct tov_roster *roster)
{
    struct tov_core *core = hostile_core(hostile);
    struct tov_roster *before = (struct tov_roster *)(uintptr_t)core->roster;
    core->roster = roster;
    return before;
}

static void what_stands_above_a_revocation_says_so_and_takes_nothing_back(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("inbox-void");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    (void)hostile_deliver(hostile, &message);
    uint64_t number = hostile_core(hostile)->next_event - 1;
    uint64_t size = message.ref.index + 1;
    answer(hostile, &message.ref, "removal");
    hostile_flush(hostile);
    uint64_t removal = hostile_core(hostile)->next_event - 1;
    CU_ASSERT(get(hostile, number).is_retracted);
    CU_ASSERT(!get(hostile, removal).is_void);
    struct tov_roster *roster = revoke_at(hostile, size);
    struct tov_roster *before = swap_roster(hostile, roster);
    struct shown shown = get(hostile, number);
    CU_ASSERT(!shown.is_retracted && !shown.is_void);
    CU_ASSERT(shown.content_bytes > 0);
    CU_ASSERT(get(hostile, removal).is_void);
    (void)swap_roster(hostile, before);
    tov_roster_destroy(roster);
}

static void put_removal(struct hostile *hostile, const struct tov_ref *target, uint32_t generation,
                        uint64_t index)
{
    tov_reply_put(
        hostile_core(hostile), target,
        &(struct tov_replying){1, TOV_RELATION_REMOVAL, {target->agency, generation, index}});
}

static bool is_retracted(struct hostile *hostile, const struct tov_ref *target)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = hostile_core(hostile);
    bool is_retracted = false;
    sim_wire_run(hostile->wire);
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_OK(tov_reply_find_retraction(core, read, target, &is_retracted));
    return is_retracted;
}

static void void_retractions_hide_no_good_one_of_the_next_ledger(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("inbox-next-ledger");
    struct tov_ref target = {hostile->agency->number, 1, 3, {{7}}};
    struct tov_roster *roster = revoke_at(hostile, 10);
    struct tov_roster *before = swap_roster(hostile, roster);
    for (uint64_t i = 10; i < 40; i++)
        put_removal(hostile, &target, 1, i);
    CU_ASSERT(!is_retracted(hostile, &target));
    put_removal(hostile, &target, 2, 5);
    CU_ASSERT(is_retracted(hostile, &target));
    target.index = 4;
    put_removal(hostile, &target, 1, 11);
    put_removal(hostile, &target, 1, 9);
    CU_ASSERT(is_retracted(hostile, &target));
    (void)swap_roster(hostile, before);
    tov_roster_destroy(roster);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_retraction_behind_any_number_of_answers_holds),
        UNIT_TEST(nobody_else_retracts_what_an_agency_wrote),
        UNIT_TEST(what_stands_above_a_revocation_says_so_and_takes_nothing_back),
        UNIT_TEST(void_retractions_hide_no_good_one_of_the_next_ledger),
        UNIT_TEST(what_is_for_no_unit_waits_for_nobody),
    };
    return unit_run("follow: what a hostile agency shows to caseworkers", tests,
                    sizeof tests / sizeof tests[0]);
}

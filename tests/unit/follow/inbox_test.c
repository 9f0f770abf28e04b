/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a hostile agency can make the caseworkers of another see, and keep from them: floods of the
 * counts of what is unread, and of answers before a retraction.
 * Not for: what its node may make the other node do (attacks_test.c).
 */
#include "api/desk.h"
#include "base/cleanup.h"
#include "hostile_peer.h"
#include "node.h"

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
    bool is_retracted;
    size_t content_bytes;
};

static struct shown get(struct hostile *hostile, uint64_t number)
{
    struct tov_record get, summary;
    struct tov_record reply = hostile_ask(hostile, "get", number);
    UNIT_NEED(tov_record_child(reply, "get", 0, &get));
    UNIT_NEED(tov_record_child(get, "summary", 0, &summary));
    struct shown shown = {tov_record_number(summary, "retracted") != 0,
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

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_retraction_behind_any_number_of_answers_holds),
        UNIT_TEST(nobody_else_retracts_what_an_agency_wrote),
        UNIT_TEST(what_is_for_no_unit_waits_for_nobody),
    };
    return unit_run("follow: what a hostile agency shows to caseworkers", tests,
                    sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Each call that may fail fails once (deed.h) while clients search for a person, look at evidence,
 * at threads, at what a restore left, hand over to the record, watch and check drafts.
 * Not for: which error it is; writing (each_failure_test.c), files (attachment_failure_test.c),
 * exports (export_failure_test.c).
 */
#include "deed.h"
#include "gap_scene.h"
#include "verdict_scene.h"

#include "api/api_internal.h"
#include "node.h"

#include <string.h>

#define NAME "Prøvesen"
#define KRFO 3u

struct scene {
    struct harness *harness;
    struct tov_ref first, asked, withheld;
    uint64_t first_number, received_number, withheld_number;
};

/* ---- the scene ---- */

static void answer(struct harness *harness, const struct harness_client *by, const char *type,
                   const char *fields, const struct tov_ref *ref)
{
    bool is_ours = by == &anna;
    say(harness,
        &(struct saying){.by = by,
                         .type = type,
                         .from = is_ours ? "kk/vink" : "kbh-pol/dks",
                         .to = is_ours ? "kbh-pol/dks" : "kk/vink",
                         .bases = is_ours ? "RPL115-2/1-1" : "RPL115-1-1",
                         .fields = fields,
                         .answers = ref},
        NULL);
}

/* The police ask, and the coordinator answers. */
static void ask_and_answer(struct scene *scene)
{
    say(scene->harness,
        &(struct saying){.by = &bo,
                         .type = "info.request",
                         .from = "kbh-pol/dks",
                         .to = "kk/vink",
                         .bases = "RPL115-1-1",
                         .fields = "about.request_ref=R1"},
        &scene->asked);
    scene->received_number = newest(scene->harness, &anna);
    answer(scene->harness, &anna, "info.none", "about.request_ref=R1", &scene->asked);
}

static void amend_and_retract(struct scene *scene)
{
    struct tov_ref retracted;
    (void)send_to_both(scene->harness, &retracted);
    answer(scene->harness, &anna, "msg.amend", "target_type=msg.note; about.case_ref=" CASE,
           &scene->first);
    answer(scene->harness, &anna, "msg.retract", "about.case_ref=" CASE, &retracted);
}

static struct scene create_scene(void)
{
    struct scene scene = {.harness = whole_story()};
    scene.first_number = send_to_both(scene.harness, &scene.first);
    say_read(scene.harness, &bo, "kbh-pol/dks", "kk/vink", &scene.first);
    amend_and_retract(&scene);
    ask_and_answer(&scene);
    return scene;
}

static void check_all(const struct scene *scene, const char *name,
                      const struct harness_client *client, deed_run *run, const void *with)
{
    struct deed deed = {
        .name = name, .client = client, .run = run, .with = with, .skips = DEED_SKIPS_ALL};
    deed_check_all(scene->harness, &deed);
}

/* ---- one request ---- */

static void evidence_threads_and_cases_are_told_rightly_or_not_at_all(void)
{
    struct scene scene = create_scene();
    const struct deed_asked asked[] = {
        {.client = &anna, .name = "trace", .numbers = {{"number", scene.first_number}}},
        {.client = &anna, .name = "trace", .ref_field = "ref", .ref = &scene.first},
        {.client = &anna, .name = "trace", .ref_field = "ref", .ref = &scene.asked},
        {.client = &anna, .name = "get", .ref_field = "ref", .ref = &scene.first},
        {.client = &anna, .name = "get", .ref_field = "ref", .ref = &scene.asked},
        {.client = &anna, .name = "list", .ref_field = "thread", .ref = &scene.first},
        {.client = &anna, .name = "list", .unit = "kk/vink", .box = "out"},
        {.client = &bo, .name = "list", .box = "in"},
        {.client = &anna,
         .name = "case_read",
         .unit = "kk/vink",
         .numbers = {{"number", scene.first_number}}},
        {.client = &carl, .name = "cases", .numbers = {{"ended", 1}}},
    };
    harness_let_fail(scene.harness, true);
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        check_all(&scene, asked[i].name, asked[i].client, deed_ask, &asked[i]);
    harness_destroy(scene.harness);
}

/* ---- searching ---- */

static struct tov_record find_request(uint64_t id, uint64_t before)
{
    struct tov_record body;
    struct tov_record request = request_of("find", &body);
    UNIT_OK(tov_record_put_text(body, "name", NAME));
    if (id == 0)
        UNIT_OK(tov_record_put_text(body, "reason", "Borgeren har ringet til os"));
    else
        UNIT_OK(tov_record_put_number(body, "search", id));
    if (before != 0)
        UNIT_OK(tov_record_put_number(body, "before", before));
    return request;
}

static bool find_piece(struct harness *harness, uint64_t id, uint64_t *before, struct tov_buf *out)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_record summary;
    if (!try_request(harness, &anna, find_request(id, *before), &reply))
        return false;
    struct tov_record body = body_of(reply, "find");
    for (size_t i = 0; tov_record_child(body, "messages", i, &summary); i++)
        tov_buf_put_u64(out, tov_record_number(summary, "number"));
    tov_buf_put_u64(out, tov_record_number(body, "not_read"));
    *before = tov_record_number(body, "next_before");
    return true;
}

static bool find_person(struct harness *harness, const void *with, struct tov_buf *out)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    uint64_t before = 0;
    (void)with;
    if (!try_request(harness, &anna, find_request(0, 0), &reply))
        return false;
    uint64_t id = tov_record_number(body_of(reply, "find"), "search");
    do {
        if (!find_piece(harness, id, &before, out))
            return false;
    } while (before != 0);
    return true;
}

static void who_stands_in_messages_is_found_in_all_or_it_is_said(void)
{
    struct scene scene = create_scene();
    const struct deed deed = {
        .name = "find", .client = &anna, .run = find_person, .skips = DEED_SKIPS_DAMAGE};
    harness_let_fail(scene.harness, true);
    deed_check_all(scene.harness, &deed);
    harness_destroy(scene.harness);
}

/* ---- what a restore left ---- */

/* What a status tells of messages; what is lost is counted anew each time. */
static bool ask_status(struct harness *harness, const void *with, struct tov_buf *out)
{
    static const char *const fields[] = {
        "lost",   "lost_from_ms", "lost_until_ms",      "withheld", "withheld_oldest",
        "unread", "undelivered",  "undelivered_oldest", "unusable", "unusable_oldest"};
    static const char *const of_peers[] = {"waiting", "asked_again", "asked_again_oldest"};
    const struct harness_client *client = with;
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_record body, peer;
    if (!harness_has_ended(harness, 0))
        tov_node_api(harness_node(harness, 0))->has_lost = false;
    if (!try_request(harness, client, request_of("status", &body), &reply))
        return false;
    body = body_of(reply, "status");
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        tov_buf_put_u64(out, tov_record_number(body, fields[i]));
    for (size_t i = 0; tov_record_child(body, "peers", i, &peer); i++) {
        for (size_t k = 0; k < sizeof of_peers / sizeof of_peers[0]; k++)
            tov_buf_put_u64(out, tov_record_number(peer, of_peers[k]));
    }
    return true;
}

static void what_a_restore_left_is_told_rightly_or_not_at_all(void)
{
    struct scene scene = create_scene();
    struct tov_ref gone;
    scene.withheld_number = send_to_both(scene.harness, &scene.withheld);
    (void)send_to_both(scene.harness, &gone);
    take_link_away(scene.harness, scene.withheld.index, KRFO);
    say(scene.harness,
        &(struct saying){.by = &anna, /* to whom it is withheld from, too */
                         .type = "msg.amend",
                         .from = "kk/vink",
                         .to = "kbh-pol/dks krfo/central",
                         .bases = "RPL115-2/1-1",
                         .fields = "target_type=msg.note; about.case_ref=" CASE,
                         .answers = &scene.withheld},
        NULL);
    lose(scene.harness, gone.index);
    const struct deed_asked asked[] = {
        {.client = &anna, .name = "get", .ref_field = "ref", .ref = &scene.withheld},
        {.client = &anna, .name = "list", .box = "out", .numbers = {{"limit", 5}}},
    };
    harness_let_fail(scene.harness, true);
    check_all(&scene, "status", &audit, ask_status, &audit);
    check_all(&scene, "status", &anna, ask_status, &anna);
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
        check_all(&scene, asked[i].name, asked[i].client, deed_ask, &asked[i]);
    harness_destroy(scene.harness);
}

static void what_waits_for_its_receipt_is_counted_rightly_or_not_at_all(void)
{
    static const struct harness_client admin = {0, "admin", 41};
    const struct harness_client *const clients[] = {&anna, &audit, &admin};
    struct scene scene = create_scene();
    harness_set_link(scene.harness, 0, 2, false);
    for (unsigned i = 0; i < 3; i++)
        (void)send_to_both(scene.harness, NULL);
    for (unsigned hour = 0; hour < 5; hour++)
        harness_advance(scene.harness, 3600000);
    harness_let_fail(scene.harness, true);
    for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++)
        check_all(&scene, "status", clients[i], ask_status, clients[i]);
    harness_destroy(scene.harness);
}

/* One message that neither recipient could use, one that the second lost the keys of, and one that
 * is taken back. */
static void what_a_recipient_could_not_use_is_counted_rightly_or_not_at_all(void)
{
    static const struct tov_verdict_value refused = {TOV_VERDICT_REFUSED, 0, 3};
    static const struct tov_verdict_value keyless = {TOV_VERDICT_NO_KEY, 0, 0};
    struct scene scene = create_scene();
    struct tov_ref refs[3];
    for (size_t i = 0; i < 3; i++)
        (void)send_to_both(scene.harness, &refs[i]);
    amend_receipt(scene.harness, 1, &refs[0], refused);
    amend_receipt(scene.harness, KRFO - 1, &refs[0], refused);
    amend_receipt(scene.harness, KRFO - 1, &refs[1], keyless);
    amend_receipt(scene.harness, 1, &refs[2], refused);
    answer(scene.harness, &anna, "msg.retract", "about.case_ref=" CASE, &refs[2]);
    harness_let_fail(scene.harness, true);
    check_all(&scene, "status", &anna, ask_status, &anna);
    harness_destroy(scene.harness);
}

/* ---- watching ---- */

/* As if nobody had ever watched by a name. */
static void forget_cursors(struct harness *harness)
{
    struct tov_core *core = tov_node_core(harness_node(harness, 0));
    struct tov_store_key any = {.size = 0};
    tov_store_batch_delete_range(tov_core_batch(core), TOV_TABLE_CURSOR, any, any);
    harness_run(harness);
}

/* Says that three events are dealt with, and is told the next one. */
static bool go_on_watching(struct harness *harness, const void *with, struct tov_buf *out)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record done = {0}, reply = {0};
    struct tov_record body, event;
    (void)with;
    struct tov_record request = request_of("acknowledge", &body);
    UNIT_OK(tov_record_put_text(body, "name", "journal"));
    UNIT_OK(tov_record_put_number(body, "number", 3));
    if (!try_request(harness, &anna, request, &done))
        return false;
    request = request_of("watch", &body);
    UNIT_OK(tov_record_put_text(body, "name", "journal"));
    UNIT_OK(tov_record_put_number(body, "deliveries", 1));
    if (!try_request(harness, &anna, request, &reply) ||
        !tov_record_child(reply, "event", 0, &event))
        return false;
    tov_buf_put_u64(out, tov_record_number(event, "number"));
    return true;
}

static bool watch_anew(struct harness *harness, const void *with, struct tov_buf *out)
{
    if (!harness_has_ended(harness, 0))
        forget_cursors(harness);
    return go_on_watching(harness, with, out);
}

static void what_is_said_to_be_dealt_with_is_not_told_again(void)
{
    struct scene scene = create_scene();
    harness_let_fail(scene.harness, true);
    check_all(&scene, "acknowledge", &anna, watch_anew, NULL);
    harness_destroy(scene.harness);
}

/* ---- the record ---- */

static struct tov_record record_request(uint64_t number, const char *record)
{
    struct tov_record body;
    struct tov_record request = request_of("record", &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    UNIT_OK(tov_record_put_text(body, "record", record));
    UNIT_OK(tov_record_put_number(body, "replace", 1));
    return request;
}

/* The number is said wrong and then right; which one stands there. */
static bool hand_over(struct harness *harness, const void *with, struct tov_buf *out)
{
    static const char *const records[] = {"2021-1", "2021-2", "2021-2"};
    const struct scene *scene = with;
    struct tov_record body, entry, reply = {0};
    for (size_t i = 0; i < 3; i++) {
        struct tov_record request = record_request(scene->received_number, records[i]);
        if (!try_request(harness, &anna, request, &reply))
            return false;
        tov_buf_put_u64(out, tov_record_number(body_of(reply, "record"), "repeated"));
        tov_record_destroy(&reply);
    }
    struct tov_record request = request_of("get", &body);
    UNIT_OK(tov_record_put_number(body, "number", scene->received_number));
    if (!try_request(harness, &anna, request, &reply))
        return false;
    if (tov_record_child(body_of(reply, "get"), "record", 0, &entry)) {
        tov_buf_put_bytes(out, tov_record_bytes(entry, "record"));
        tov_buf_put_bytes(out, tov_record_bytes(entry, "by"));
    }
    tov_record_destroy(&reply);
    return true;
}

static void what_is_said_to_be_handed_over_stands_in_the_record(void)
{
    struct scene scene = create_scene();
    harness_let_fail(scene.harness, true);
    check_all(&scene, "record", &anna, hand_over, &scene);
    harness_destroy(scene.harness);
}

/* ---- drafts ---- */

struct drafted {
    const struct harness_client *client;
    struct tov_record request;
};

/* What is found against it is told, too. */
static bool submit_again(struct harness *harness, const void *with, struct tov_buf *out)
{
    const struct drafted *drafted = with;
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_record request = {0};
    UNIT_NEED(tov_record_put_number(drafted->request, "id", 55) == TOV_OK);
    UNIT_NEED(tov_api_encode(drafted->request, &frame) == TOV_OK);
    UNIT_NEED(tov_api_request_decode(tov_buf_view(&frame), &request, NULL) == TOV_OK);
    if (!try_reply(harness, drafted->client, request, &reply))
        return false;
    if (error_of(reply) != 0 && error_of(reply) != TOV_E_RULE)
        return false;
    UNIT_OK(tov_api_encode(reply, out));
    return true;
}

/* Submits it, or has it checked and not sent: that ends with FIRST_ERROR, and so each time again.
 */
static void check_draft(struct harness *harness, const struct saying *saying, bool checks_only,
                        enum tov_err first_error)
{
    struct drafted drafted = {.client = saying->by, .request = submit_of(harness, saying)};
    struct deed deed = {
        .name = saying->type, .client = saying->by, .run = submit_again, .with = &drafted};
    struct tov_record body = {0};
    UNIT_NEED(tov_record_child(drafted.request, "submit", 0, &body));
    if (checks_only)
        UNIT_OK(tov_record_put_number(body, "check_only", 1));
    struct tov_record reply = exchange(harness, saying->by, drafted.request);
    UNIT_EQUAL_INT(error_of(reply), first_error);
    tov_record_destroy(&reply);
    harness_advance(harness, 60000);
    deed_check_all(harness, &deed);
    tov_record_destroy(&drafted.request);
}

static void a_draft_is_judged_alike_whatever_failed(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref first;
    admit(harness);
    (void)call_meeting(harness);
    open_case(harness, "kbh-pol/dks");
    (void)send_to_both(harness, &first);
    const struct saying invite = {&anna,          "case.invite",
                                  "kk/vink",      "kbh-pol/dks krfo/central",
                                  "RPL115-2/1-1", "about.case_ref=" CASE "; invited=krfo",
                                  NULL,           NULL};
    const struct saying release = {
        &carl,          "prison.release_date",
        "krfo/central", "kk/eki",
        "BEK-HPL",      "about.episode_ref=" EPISODE "; event_ref=E7; date=2021-11-28",
        NULL,           NULL};
    const struct saying transfer = {/* leaves the state, which the desk is to be shown */
                                    &carl,          "prison.transfer",
                                    "krfo/central", "kk/eki",
                                    "BEK-HPL",      "about.episode_ref=" EPISODE "; event_ref=E8",
                                    NULL,           NULL};
    const struct saying twice = {
        &anna,          "case.open",
        "kk/vink",      "kbh-pol/dks",
        "RPL115-2/1-1", "about.concern_ref=" CONCERN "; about.case_ref=" CASE,
        NULL,           NULL};
    const struct saying amendment = {&anna,          "msg.amend",
                                     "kk/vink",      "kbh-pol/dks",
                                     "RPL115-2/1-1", "target_type=msg.note; about.case_ref=" CASE,
                                     NULL,           &first};
    harness_let_fail(harness, true);
    check_draft(harness, &invite, true, TOV_OK);
    check_draft(harness, &release, true, TOV_OK);
    check_draft(harness, &transfer, true, TOV_OK);
    check_draft(harness, &twice, true, TOV_E_RULE);
    check_draft(harness, &amendment, true, TOV_OK);
    check_draft(harness, &amendment, false, TOV_OK); /* asked again: it is the same message */
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(evidence_threads_and_cases_are_told_rightly_or_not_at_all),
        UNIT_TEST(who_stands_in_messages_is_found_in_all_or_it_is_said),
        UNIT_TEST(what_a_restore_left_is_told_rightly_or_not_at_all),
        UNIT_TEST(what_waits_for_its_receipt_is_counted_rightly_or_not_at_all),
        UNIT_TEST(what_a_recipient_could_not_use_is_counted_rightly_or_not_at_all),
        UNIT_TEST(what_is_said_to_be_dealt_with_is_not_told_again),
        UNIT_TEST(what_is_said_to_be_handed_over_stands_in_the_record),
        UNIT_TEST(a_draft_is_judged_alike_whatever_failed),
    };
    return unit_run("core_reading_failure", tests, sizeof tests / sizeof tests[0]);
}

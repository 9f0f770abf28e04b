/* SPDX-License-Identifier: EUPL-1.2
 *
 * Each call that may fail fails once (deed.h) while a client is told who lacks the keys of a
 * message, and says whether they are given again: he is told what is so or that it did not succeed,
 * and his word stands when he was told that it does (I9).
 * Not for: who may say so (again_test.c).
 */
#include "again_scene.h"
#include "deed.h"

struct scene {
    struct harness *harness;
    uint64_t number;
};

/* Nothing reaches the police: what is decided waits. */
static struct scene create_scene(void)
{
    struct scene scene = {.harness = three_nodes()};
    struct tov_ref ref;
    scene.number = send_note(scene.harness, "kbh-pol/dks krfo/central", &ref);
    lose_keys(scene.harness, POLICE, &ref);
    harness_set_link(scene.harness, 0, POLICE - 1, false);
    harness_let_fail(scene.harness, true);
    return scene;
}

/* The newest entry of the journal of CLASS_CODE is that of REASON. */
static bool stands_in_journal(struct harness *harness, enum tov_access_class class_code,
                              const char *reason)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf details = TOV_BUF_INIT(TOV_ACCESS_DETAIL_MAX_BYTES);
    struct tov_access_entry entry;
    return newest_entry(harness, class_code, &details, &entry) && is_text(entry.reason, reason);
}

/* Each word has a reason of its own, and is an entry once it was taken. */
static bool say_word(struct harness *harness, const struct scene *scene, bool refuses,
                     struct tov_buf *out)
{
    static unsigned said;
    char reason[40], entry[60];
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    (void)snprintf(reason, sizeof reason, "aftalt %u", ++said);
    (void)snprintf(entry, sizeof entry, "kbh-pol: %s", reason);
    const struct word word = {&anna, scene->number, refuses ? "kbh-pol" : NULL, reason, refuses};
    if (!try_request(harness, &anna, word_request(&word), &reply))
        return false;
    struct tov_record answer = body_of(reply, "give_again");
    bool is_repeated = tov_record_number(answer, "repeated") != 0;
    tov_buf_put_u64(out, tov_record_number(answer, "number"));
    tov_buf_put_bytes(out, tov_record_bytes(answer, "agency_name"));
    tov_buf_put_u64(out, tov_record_number(answer, "again"));
    tov_buf_put_u64(out, is_repeated);
    CU_ASSERT(is_repeated ||
              stands_in_journal(harness, refuses ? TOV_ACCESS_REFUSE_AGAIN : TOV_ACCESS_GIVE_AGAIN,
                                entry));
    return true;
}

/* Yes, and no, and no again, and yes after all. What was said last before is not told. */
static bool change_ones_mind(struct harness *harness, const void *with, struct tov_buf *out)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(1000);
    return say_word(harness, with, false, &before) && say_word(harness, with, true, out) &&
           say_word(harness, with, true, out) && say_word(harness, with, false, out);
}

static void a_word_that_was_taken_stands_and_no_other(void)
{
    struct scene scene = create_scene();
    const struct deed deed = {
        .name = "give_again", .client = &anna, .run = change_ones_mind, .with = &scene};
    deed_check_all(scene.harness, &deed);
    harness_destroy(scene.harness);
}

/* The state of the delivery to the police as the list tells it. */
static bool list_states(struct harness *harness, const void *with, struct tov_buf *out)
{
    const struct scene *scene = with;
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_record body, message, delivery;
    struct tov_record request = request_of("list", &body);
    UNIT_OK(tov_record_put_number(body, "before", scene->number + 1));
    UNIT_OK(tov_record_put_number(body, "limit", 1));
    if (!try_request(harness, &anna, request, &reply) ||
        !tov_record_child(body_of(reply, "list"), "messages", 0, &message))
        return false;
    for (size_t i = 0; tov_record_child(message, "deliveries", i, &delivery); i++) {
        tov_buf_put_u64(out, tov_record_number(delivery, "agency"));
        tov_buf_put_u64(out, tov_record_number(delivery, "again"));
    }
    return true;
}

static bool ask_who_asks(struct harness *harness, const void *with, struct tov_buf *out)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_record body, peer;
    (void)with;
    if (!try_request(harness, &anna, request_of("status", &body), &reply))
        return false;
    body = body_of(reply, "status");
    for (size_t i = 0; tov_record_child(body, "peers", i, &peer); i++) {
        tov_buf_put_u64(out, tov_record_number(peer, "asked_again"));
        tov_buf_put_u64(out, tov_record_number(peer, "asked_again_oldest"));
    }
    return true;
}

static void who_lacks_keys_is_told_rightly_or_not_at_all(void)
{
    struct scene scene = create_scene();
    const struct deed deeds[] = {{"status", &anna, ask_who_asks, &scene, DEED_SKIPS_ALL},
                                 {"list", &anna, list_states, &scene, DEED_SKIPS_ALL}};
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++)
        deed_check_all(scene.harness, &deeds[i]);
    harness_destroy(scene.harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_word_that_was_taken_stands_and_no_other),
        UNIT_TEST(who_lacks_keys_is_told_rightly_or_not_at_all),
    };
    return unit_run("core_again_failure", tests, sizeof tests / sizeof tests[0]);
}

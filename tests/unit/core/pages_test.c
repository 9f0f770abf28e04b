/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is too much for one answer comes in several: whoever asks on from where the last one ended
 * is told each message once and none is left out, and no answer is larger than a frame (I11). Not
 * for: what stands in them, or whom they are shown to (find_test.c, cases_test.c).
 */
#include "desk_ask.h"

#include "api/api_internal.h"
#include "base/cleanup.h"
#include "node.h"

#include <stdlib.h>
#include <string.h>

#define NOTES 160u
#define CITES 45u /* in each header, which makes it some kilobytes */
#define NUMBERS_MAX 1000u
#define PAGES_MAX 100u

/* ---- the scene ---- */

struct scene {
    struct harness *harness;
    struct tov_ref first; /* that all others answer */
    uint64_t search;
};

/* Written as by a node of another kind: no client may cite so much. */
static struct scene create_scene(void)
{
    struct scene scene = {.harness = three_nodes()};
    struct saying note = {.by = &anna,
                          .type = "msg.note",
                          .from = "kk/vink",
                          .to = "kbh-pol/dks krfo/central",
                          .bases = "RPL115-2/1-1",
                          .fields = "about.case_ref=" CASE};
    say(scene.harness, &note, &scene.first);
    note.answers = &scene.first;
    for (unsigned i = 0; i < NOTES; i++)
        force_saying_citing(scene.harness, &note, &scene.first, CITES);
    harness_advance(scene.harness, 60000);
    return scene;
}

/* ---- walking ---- */

struct told {
    uint64_t numbers[NUMBERS_MAX];
    size_t count, pages, most; /* most: messages in one page */
};

/* Takes what a page tells; where the next one begins, 0: there is none. */
typedef uint64_t read_page(struct scene *scene, uint64_t from, struct told *told);

static void take_summary(struct tov_record summary, struct told *told)
{
    UNIT_NEED(told->count < NUMBERS_MAX);
    told->numbers[told->count++] = tov_record_number(summary, "number");
}

static size_t take_messages(struct tov_record body, struct told *told)
{
    struct tov_record summary;
    size_t count = 0;
    for (; tov_record_child(body, "messages", count, &summary); count++)
        take_summary(summary, told);
    return count;
}

static struct tov_record page_of(struct scene *scene, struct tov_record request)
{
    struct tov_record reply = answer_to(scene->harness, &bo, request);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    UNIT_EQUAL_INT(error_of(reply), 0);
    UNIT_OK(tov_api_encode(reply, &frame));
    return reply;
}

static uint64_t read_list(struct scene *scene, struct tov_record request, struct told *told)
{
    struct tov_record reply = page_of(scene, request);
    struct tov_record body = body_of(reply, "list");
    (void)take_messages(body, told);
    uint64_t next = tov_record_number(body, "next_before");
    tov_record_destroy(&reply);
    return next;
}

static uint64_t read_inbox(struct scene *scene, uint64_t from, struct told *told)
{
    struct tov_record body;
    struct tov_record request = request_of("list", &body);
    UNIT_OK(tov_record_put_enum(body, "box", "in"));
    UNIT_OK(tov_record_put_number(body, "limit", 200));
    UNIT_OK(tov_record_put_number(body, "before", from));
    return read_list(scene, request, told);
}

static uint64_t read_thread(struct scene *scene, uint64_t from, struct told *told)
{
    struct tov_record body;
    struct tov_record request = request_of("list", &body);
    UNIT_OK(tov_record_put_ref(body, "thread", &scene->first));
    UNIT_OK(tov_record_put_number(body, "before", from));
    return read_list(scene, request, told);
}

static uint64_t read_unrecorded(struct scene *scene, uint64_t from, struct told *told)
{
    struct tov_record body;
    struct tov_record request = request_of("list", &body);
    UNIT_OK(tov_record_put_number(body, "unrecorded_only", 1));
    UNIT_OK(tov_record_put_number(body, "after", from));
    return read_list(scene, request, told);
}

static uint64_t read_case(struct scene *scene, uint64_t from, struct told *told)
{
    struct tov_record body, message, summary;
    struct tov_record request = request_of("case_read", &body);
    UNIT_OK(tov_record_put_ref(body, "ref", &scene->first));
    UNIT_OK(tov_record_put_number(body, "skip", from));
    struct tov_record reply = page_of(scene, request);
    body = body_of(reply, "case_read");
    for (size_t i = 0; tov_record_child(body, "messages", i, &message); i++) {
        UNIT_NEED(tov_record_child(message, "summary", 0, &summary));
        take_summary(summary, told);
    }
    uint64_t next = tov_record_number(body, "next_skip");
    tov_record_destroy(&reply);
    return next;
}

/* The first page names the search alone. */
static uint64_t read_search(struct scene *scene, uint64_t from, struct told *told)
{
    struct tov_record body;
    struct tov_record request = request_of("find", &body);
    UNIT_OK(tov_record_put_text(body, "name", "Prøvesen"));
    if (scene->search == 0)
        UNIT_OK(tov_record_put_text(body, "reason", "Borgeren har ringet til os"));
    else
        UNIT_OK(tov_record_put_number(body, "search", scene->search));
    if (from != 0 && from != UINT64_MAX)
        UNIT_OK(tov_record_put_number(body, "before", from));
    struct tov_record reply = page_of(scene, request);
    body = body_of(reply, "find");
    uint64_t next = tov_record_number(body, "next_before");
    UNIT_EQUAL_INT(tov_record_number(body, "not_read"), 0);
    if (scene->search == 0)
        next = UINT64_MAX; /* now it begins */
    scene->search = tov_record_number(body, "search");
    (void)take_messages(body, told);
    tov_record_destroy(&reply);
    return next;
}

static void walk(struct scene *scene, read_page *read, struct told *told)
{
    uint64_t from = 0;
    *told = (struct told){.count = 0};
    do {
        size_t before = told->count;
        from = read(scene, from, told);
        if (told->count - before > told->most)
            told->most = told->count - before;
    } while (from != 0 && ++told->pages < PAGES_MAX);
    UNIT_EQUAL_INT(from, 0);
}

/* ---- ---- */

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void each_message_is_told_once_in_whatever_pages(void)
{
    static const struct {
        const char *name;
        read_page *read;
        size_t expected;
    } cases[] = {{"inbox", read_inbox, NOTES + 1},
                 {"thread", read_thread, NOTES},
                 {"unrecorded", read_unrecorded, NOTES + 1},
                 {"case", read_case, NOTES + 1},
                 {"search", read_search, NOTES + 1}};
    struct scene scene = create_scene();
    TOV_FREE struct told *told = calloc(1, sizeof *told);
    UNIT_NEED(told != NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        walk(&scene, cases[i].read, told);
        if (told->count != cases[i].expected || told->pages < 2)
            (void)fprintf(stderr, "%s: %zu pages\n", cases[i].name, told->pages);
        UNIT_EQUAL_INT(told->count, cases[i].expected);
        CU_ASSERT(told->pages >= 2 && told->most < 100); /* it was the size that ended a page */
        qsort(told->numbers, told->count, sizeof told->numbers[0], by_number);
        for (size_t n = 1; n < told->count; n++)
            CU_ASSERT(told->numbers[n] != told->numbers[n - 1]);
    }
    harness_destroy(scene.harness);
}

/* ---- one message and its answers ---- */

struct shown {
    uint64_t reply_count;
    size_t replies;
};

static struct shown get_first(struct harness *harness, const struct tov_ref *ref)
{
    struct tov_record body, summary;
    struct tov_record request = request_of("get", &body);
    UNIT_OK(tov_record_put_ref(body, "ref", ref));
    struct tov_record reply = answer_to(harness, &bo, request);
    body = body_of(reply, "get");
    UNIT_NEED(tov_record_child(body, "summary", 0, &summary));
    struct shown shown = {tov_record_number(summary, "reply_count"),
                          tov_record_count(body, "replies")};
    tov_record_destroy(&reply);
    return shown;
}

/* The list of the thread has them all. */
static void as_many_answers_stand_beside_a_message_as_have_room(void)
{
    struct scene scene = create_scene();
    struct shown shown = get_first(scene.harness, &scene.first);
    UNIT_EQUAL_INT(shown.reply_count, NOTES);
    CU_ASSERT(shown.replies > 20 && shown.replies < NOTES);
    harness_destroy(scene.harness);
}

static void an_answer_that_is_damaged_hides_nothing_else(void)
{
    static const uint8_t noise[] = {1, 2, 3};
    struct harness *harness = three_nodes();
    struct tov_ref first, answers[3];
    struct saying note = {.by = &anna,
                          .type = "msg.note",
                          .from = "kk/vink",
                          .to = "kbh-pol/dks krfo/central",
                          .bases = "RPL115-2/1-1",
                          .fields = "about.case_ref=" CASE};
    say(harness, &note, &first);
    note.answers = &first;
    for (size_t i = 0; i < 3; i++)
        say(harness, &note, &answers[i]);
    UNIT_EQUAL_INT(get_first(harness, &first).replies, 3);
    struct tov_core *core = tov_node_core(harness_node(harness, bo.node));
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_MLEAF,
                        tov_store_key_u16_u32_u64(1, answers[1].generation, answers[1].index),
                        TOV_BYTES_OF(noise));
    harness_run(harness);
    UNIT_EQUAL_INT(get_first(harness, &first).replies, 2);
    CU_ASSERT(harness_logged(harness, bo.node, "event-unreadable") > 0);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_message_is_told_once_in_whatever_pages),
        UNIT_TEST(as_many_answers_stand_beside_a_message_as_have_room),
        UNIT_TEST(an_answer_that_is_damaged_hides_nothing_else),
    };
    return unit_run("core: pages", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages that were written and are not committed, when memory is short: what was begun is ended
 * by the next who asks, and stands in the book once (B1).
 * Not for: what a writer is told of them (steps_test.c).
 */
#include "book/book_internal.h"

#include "support/node_harness.h"
#include "support/unit.h"
#include "unit/case/drafts.h"

#include <stdlib.h>
#include <string.h>

/* ---- memory that is short ---- */

static unsigned calls_left; /* of realloc, with the one that fails; 0: none fails */

void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_realloc(void *memory, size_t size)
{
    if (calls_left > 0 && --calls_left == 0)
        return NULL;
    return __real_realloc(memory, size);
}

/* ---- a book ---- */

struct scene {
    struct harness *harness;
    struct tov_book *book;
    struct tov_buf header; /* of a message about the concern K1 */
};

static void scene_open(struct scene *scene)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(TOV_INLINE_MAX_BYTES);
    struct harness_options options = {.nodes = 1, .seed = 3, .disk_reserve_bytes = 1u << 20};
    struct test_draft draft;
    *scene = (struct scene){.harness = harness_create(&options),
                            .header = TOV_BUF_INIT(TOV_INLINE_MAX_BYTES)};
    UNIT_NEED(tov_book_create(tov_node_core(harness_node(scene->harness, 0)), 0, &scene->book) ==
              TOV_OK);
    test_draft_init(&draft, "concern.submit");
    test_draft_route(&draft, "kk/vink", "kk/eki");
    tov_record_clear(draft.draft.header, "about");
    test_draft_put(&draft, "about.concern_ref=K1");
    UNIT_NEED(tov_draft_encode(&draft.draft, &scene->header, &content) == TOV_OK);
    test_draft_fini(&draft);
}

static void scene_close(struct scene *scene)
{
    tov_buf_fini(&scene->header);
    tov_book_destroy(scene->book);
    harness_destroy(scene->harness);
}

static void note(const struct scene *scene, uint64_t number)
{
    struct tov_book_written written = {.number = number,
                                       .ref = {1, 1, number, {{1, (uint8_t)number}}},
                                       .written_ms = 1000 + number,
                                       .header = tov_buf_view(&scene->header)};
    UNIT_NEED(tov_book_note_written(scene->book, &written) == TOV_OK);
}

/* As the event of another message that was read. */
static void take_in(const struct scene *scene, uint64_t number)
{
    struct book_told told;
    struct book_entry entry = {.number = number,
                               .ref = {1, 1, number, {{1, (uint8_t)number}}},
                               .written_ms = 1000 + number,
                               .roster_version = tov_roster_version(scene->book->core->roster),
                               .header = malloc(scene->header.size),
                               .header_size = (uint32_t)scene->header.size};
    UNIT_NEED(entry.header != NULL);
    memcpy(entry.header, scene->header.data, scene->header.size);
    UNIT_NEED(book_told_init(scene->book->core, &entry, &told) == TOV_OK);
    UNIT_NEED(book_insert(scene->book, &entry, &told.told) == TOV_OK);
    book_told_fini(&told);
}

static void check_group(const struct tov_book *book, size_t size)
{
    struct tov_thing_ref concern;
    size_t group = 0;
    test_draft_id("K1", concern.bytes);
    UNIT_EQUAL_INT(tov_book_count(book), size);
    UNIT_NEED(tov_book_group_of(book, &concern, &group));
    UNIT_EQUAL_INT(tov_book_group_size(book, group), size);
    for (size_t i = 1; i < book->groups[group].count; i++)
        CU_ASSERT(book->groups[group].members[i - 1] < book->groups[group].members[i]);
}

/* True: memory was short. */
static bool list_with_failure(unsigned at)
{
    struct scene scene;
    scene_open(&scene);
    note(&scene, 20);
    calls_left = at;
    enum tov_err err = book_pending_list(scene.book);
    calls_left = 0;
    CU_ASSERT(err == TOV_OK || err == TOV_E_NOMEM);
    take_in(&scene, 10);
    note(&scene, 21);
    UNIT_EQUAL_INT(book_pending_list(scene.book), TOV_OK);
    check_group(scene.book, 3);
    scene_close(&scene);
    return err == TOV_E_NOMEM;
}

static void what_was_listed_in_part_is_listed_whole_by_the_next(void)
{
    unsigned at = 1;
    while (list_with_failure(at))
        at++;
    CU_ASSERT(at > 3); /* for the entry, its group, and the group's members */
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_was_listed_in_part_is_listed_whole_by_the_next),
    };
    return unit_run("core_book_pending", tests, sizeof tests / sizeof tests[0]);
}

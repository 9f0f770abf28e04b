/* SPDX-License-Identifier: EUPL-1.2
 *
 * One block of the case book, sealed and opened: what it says comes back, and nothing else opens.
 * Not for: what a node does with blocks (book_test.c).
 */
#include "book/book_internal.h"

#include "support/node_harness.h"
#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

struct scene {
    struct harness *harness;
    struct tov_book *book;
    struct tov_buf plain, row;
};

static const struct book_block written = {
    .first = 7, .last = 12, .events = {{1, 2, 3}}, .entry_count = 2};

static void scene_open(struct scene *scene)
{
    static uint8_t headers[2][40] = {"the header of a message", "that of another one"};
    struct harness_options options = {.nodes = 1, .seed = 3, .disk_reserve_bytes = 1u << 20};
    *scene = (struct scene){.harness = harness_create(&options),
                            .plain = TOV_BUF_INIT(4096),
                            .row = TOV_BUF_INIT(8192)};
    struct tov_core *core = tov_node_core(harness_node(scene->harness, 0));
    UNIT_NEED(tov_book_create(core, 0, &scene->book) == TOV_OK);
    for (size_t i = 0; i < 2; i++) {
        struct book_entry entry = {.number = 8 + i,
                                   .ref = {2, 1, 90 + i, {{9, (uint8_t)i}}},
                                   .written_ms = 1000 + i,
                                   .roster_version = 5,
                                   .claims_ahead = i == 1,
                                   .header = headers[i],
                                   .header_size = 30 + (uint32_t)i};
        book_entry_put(&entry, &scene->plain);
    }
    UNIT_NEED(book_block_seal(scene->book, &written, tov_buf_view(&scene->plain), &scene->row) ==
              TOV_OK);
}

static void scene_close(struct scene *scene)
{
    tov_buf_fini(&scene->plain);
    tov_buf_fini(&scene->row);
    tov_book_destroy(scene->book);
    harness_destroy(scene->harness);
}

static enum tov_err open_row(const struct scene *scene, uint64_t first, struct tov_bytes row)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf plain = TOV_BUF_INIT(8192);
    struct book_block block;
    enum tov_err err = book_block_open(scene->book, first, row, &block, &plain);
    CU_ASSERT(err == TOV_OK || plain.size == 0);
    return err;
}

static void a_block_gives_back_what_it_was_given(void)
{
    TOV_CLEANUP(scene_close) struct scene scene;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf plain = TOV_BUF_INIT(8192);
    struct book_block block;
    struct book_entry entry;
    scene_open(&scene);
    UNIT_OK(book_block_open(scene.book, 7, tov_buf_view(&scene.row), &block, &plain));
    UNIT_EQUAL_INT(block.last, 12);
    UNIT_EQUAL_INT(block.entry_count, 2);
    CU_ASSERT(tov_hash_equal(&block.events, &written.events));
    struct tov_reader reader = tov_reader_of(tov_buf_view(&plain));
    UNIT_OK(book_entry_get(&reader, &entry));
    CU_ASSERT(!entry.claims_ahead);
    UNIT_OK(book_entry_get(&reader, &entry));
    UNIT_EQUAL_INT(entry.number, 9);
    UNIT_EQUAL_INT(entry.ref.agency, 2);
    UNIT_EQUAL_INT(entry.ref.generation, 1);
    UNIT_EQUAL_INT(entry.ref.index, 91);
    UNIT_EQUAL_INT(entry.ref.leaf.bytes[1], 1);
    UNIT_EQUAL_INT(entry.written_ms, 1001);
    UNIT_EQUAL_INT(entry.roster_version, 5);
    CU_ASSERT(entry.claims_ahead);
    UNIT_EQUAL_INT(entry.header_size, 31);
    CU_ASSERT(memcmp(entry.header, "that of another one", 19) == 0);
    CU_ASSERT(tov_reader_is_done(&reader));
}

static void another_format_or_policy_is_another_version(void)
{
    TOV_CLEANUP(scene_close) struct scene scene;
    scene_open(&scene);
    for (int by = -1; by <= 1; by += 2) {
        scene.row.data[0] = (uint8_t)(scene.row.data[0] + by);
        UNIT_EQUAL_INT(open_row(&scene, 7, tov_buf_view(&scene.row)), TOV_E_VERSION);
        scene.row.data[0] = (uint8_t)(scene.row.data[0] - by);
    }
    UNIT_OK(open_row(&scene, 7, tov_buf_view(&scene.row)));
    scene.book->policy.bytes[31] ^= 1;
    UNIT_EQUAL_INT(open_row(&scene, 7, tov_buf_view(&scene.row)), TOV_E_VERSION);
}

static void every_changed_bit_every_cut_and_another_place_are_refused(void)
{
    TOV_CLEANUP(scene_close) struct scene scene;
    scene_open(&scene);
    for (size_t i = 0; i < scene.row.size; i++) {
        scene.row.data[i] ^= 1;
        CU_ASSERT(open_row(&scene, 7, tov_buf_view(&scene.row)) != TOV_OK);
        scene.row.data[i] ^= 1;
    }
    for (size_t size = 0; size < scene.row.size; size++)
        CU_ASSERT(open_row(&scene, 7, (struct tov_bytes){scene.row.data, size}) != TOV_OK);
    UNIT_EQUAL_INT(open_row(&scene, 8, tov_buf_view(&scene.row)), TOV_E_CORRUPT);
    UNIT_OK(open_row(&scene, 7, tov_buf_view(&scene.row)));
}

static void an_entry_that_is_cut_is_refused(void)
{
    TOV_CLEANUP(scene_close) struct scene scene;
    scene_open(&scene);
    for (size_t size = 0; size < scene.plain.size / 2 - 1; size++) {
        struct book_entry entry;
        struct tov_reader reader = tov_reader_of((struct tov_bytes){scene.plain.data, size});
        UNIT_EQUAL_INT(book_entry_get(&reader, &entry), TOV_E_CORRUPT);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_block_gives_back_what_it_was_given),
        UNIT_TEST(another_format_or_policy_is_another_version),
        UNIT_TEST(every_changed_bit_every_cut_and_another_place_are_refused),
        UNIT_TEST(an_entry_that_is_cut_is_refused),
    };
    return unit_run("core_book_block", tests, sizeof tests / sizeof tests[0]);
}

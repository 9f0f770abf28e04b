/* SPDX-License-Identifier: EUPL-1.2 */
#include "merkle/tile.h"

#include <string.h>

#include "model.h"
#include "support/unit.h"

static void paths_are_those_of_tlog_tiles(void)
{
    static const struct {
        struct tov_tile tile;
        const char *path;
    } cases[] = {
        {{0, 0, 256}, "tile/0/000"},
        {{0, 0, 1}, "tile/0/000.p/1"},
        {{0, 999, 256}, "tile/0/999"},
        {{0, 1000, 256}, "tile/0/x001/000"},
        {{0, 1234067, 256}, "tile/0/x001/x234/067"},
        {{1, 1234067, 255}, "tile/1/x001/x234/067.p/255"},
        {{0, (UINT64_C(1) << 56) - 1, 255}, "tile/0/x072/x057/x594/x037/x927/935.p/255"},
        {{7, 0, 255}, "tile/7/000.p/255"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[TOV_TILE_PATH_SIZE];
        struct tov_tile back = {0};
        tov_tile_path(cases[i].tile, path);
        UNIT_EQUAL_TEXT(path, cases[i].path);
        UNIT_OK(tov_tile_parse(tov_bytes_of_text(path), &back));
        CU_ASSERT_TRUE(back.level == cases[i].tile.level && back.index == cases[i].tile.index &&
                       back.width == cases[i].tile.width);
    }
    char path[TOV_TILE_PATH_SIZE];
    tov_bundle_path(1234067, 8, path);
    UNIT_EQUAL_TEXT(path, "leaves/x001/x234/067.p/8");
}

static void no_other_text_is_a_path(void)
{
    static const char *const refused[] = {
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/8/000",
        "tile/-1/000",
        "tile/0/x000/000",
        "tile/0/x001",
        "tile/0/x001/x234",
        "tile/0/001/234",
        "tile/0/000/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.P/1",
        "/tile/0/000",
        "tile/0/../000",
        "tile/7/000",
        "tile/7/001.p/1",
        "tile/0/x072/x057/x594/x037/x927/935",
        "tile/0/x072/x057/x594/x037/x927/936.p/1",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/entries/000",
        "leaves/000",
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct tov_tile tile;
        UNIT_EQUAL_INT(tov_tile_parse(tov_bytes_of_text(refused[i]), &tile), TOV_E_MALFORMED);
    }
    struct tov_tile tile;
    UNIT_OK(tov_bundle_parse(tov_bytes_of_text("leaves/x001/000.p/3"), &tile));
    UNIT_EQUAL_INT(tile.index, 1000);
    UNIT_EQUAL_INT(tile.width, 3);
    UNIT_EQUAL_INT(tov_bundle_parse(tov_bytes_of_text("leaves/x000/000"), &tile), TOV_E_MALFORMED);
    UNIT_EQUAL_INT(tov_bundle_parse(tov_bytes_of_text("tile/0/000"), &tile), TOV_E_MALFORMED);
}

static void widths_follow_from_the_size(void)
{
    UNIT_EQUAL_INT(tov_tile_width(0, 0, 0), 0);
    UNIT_EQUAL_INT(tov_tile_width(255, 0, 0), 255);
    UNIT_EQUAL_INT(tov_tile_width(256, 0, 0), 256);
    UNIT_EQUAL_INT(tov_tile_width(256, 0, 1), 0);
    UNIT_EQUAL_INT(tov_tile_width(256, 1, 0), 1);
    UNIT_EQUAL_INT(tov_tile_width(70000, 0, 273), 112);
    UNIT_EQUAL_INT(tov_tile_width(70000, 1, 1), 17);
    UNIT_EQUAL_INT(tov_tile_width(70000, 2, 0), 1);
    UNIT_EQUAL_INT(tov_tile_hashes(70000, 1), 273);
    UNIT_EQUAL_INT(tov_tile_width(UINT64_MAX, 7, 0), 255);
    UNIT_EQUAL_INT(tov_tile_width(UINT64_MAX, 8, 0), 0);
}

static void a_full_tile_hashes_to_the_node_above_it(void)
{
    static struct model model;
    model_grow(&model, 512);
    for (size_t i = 0; i < 2; i++) {
        struct tov_hash hash = tov_tile_hash(model.leaves + 256 * i);
        struct tov_hash expected = model_root(&model, 256 * i, 256 * (i + 1));
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(hash.bytes), TOV_BYTES_OF(expected.bytes));
    }
}

static void bundles_hold_records_of_any_length_and_empty_ones(void)
{
    static uint8_t large[UINT16_MAX + 1];
    struct tov_buf buf = TOV_BUF_INIT(1 << 20);
    tov_bundle_put(&buf, tov_bytes_of_text("one"));
    tov_bundle_put(&buf, (struct tov_bytes){0});
    tov_bundle_put(&buf, (struct tov_bytes){large, UINT16_MAX});
    UNIT_EQUAL_INT(buf.size, 2 + 3 + 2 + 2 + UINT16_MAX);
    struct tov_reader reader = tov_reader_of(tov_buf_view(&buf));
    struct tov_bytes record;
    CU_ASSERT_TRUE(tov_bundle_next(&reader, &record));
    UNIT_EQUAL_BYTES(record, tov_bytes_of_text("one"));
    CU_ASSERT_TRUE(tov_bundle_next(&reader, &record));
    UNIT_EQUAL_INT(record.size, 0);
    CU_ASSERT_TRUE(tov_bundle_next(&reader, &record));
    UNIT_EQUAL_INT(record.size, UINT16_MAX);
    CU_ASSERT_FALSE(tov_bundle_next(&reader, &record));
    CU_ASSERT_TRUE(tov_reader_is_done(&reader));
    tov_bundle_put(&buf, TOV_BYTES_OF(large));
    UNIT_EQUAL_INT(buf.failed, TOV_E_LIMIT);
    tov_buf_fini(&buf);
}

static void a_cut_bundle_is_seen(void)
{
    static const uint8_t bundle[] = {0, 3, 'o', 'n', 'e'};
    for (size_t cut = 1; cut < sizeof bundle; cut++) {
        struct tov_reader reader = tov_reader_of((struct tov_bytes){bundle, cut});
        struct tov_bytes record;
        CU_ASSERT_FALSE(tov_bundle_next(&reader, &record));
        CU_ASSERT_TRUE(reader.failed);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(paths_are_those_of_tlog_tiles),
        UNIT_TEST(no_other_text_is_a_path),
        UNIT_TEST(widths_follow_from_the_size),
        UNIT_TEST(a_full_tile_hashes_to_the_node_above_it),
        UNIT_TEST(bundles_hold_records_of_any_length_and_empty_ones),
        UNIT_TEST(a_cut_bundle_is_seen),
    };
    return unit_run("merkle/tile", tests, sizeof tests / sizeof tests[0]);
}

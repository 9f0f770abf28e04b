/* SPDX-License-Identifier: EUPL-1.2
 *
 * The framings of an export against tests/vectors/export, which was made without this code.
 */
#include "base/cleanup.h"
#include "merkle/tile.h"
#include "support/unit.h"
#include "wire/export.h"

#include <stdlib.h>
#include <string.h>

static json_t *vectors;

static const char *text_of(const json_t *row, const char *name)
{
    const char *value = json_string_value(json_object_get(row, name));
    UNIT_NEED(value != NULL);
    return value;
}

static uint64_t number_of(const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name);
    UNIT_NEED(value != NULL);
    return json_is_string(value) ? strtoull(json_string_value(value), NULL, 10)
                                 : (uint64_t)json_integer_value(value);
}

/* Says which row failed: the macros only know this file's lines. */
static void check(bool held, const json_t *row, const char *what)
{
    if (!held)
        printf("%s: not %s\n", text_of(row, "name"), what);
    CU_ASSERT(held);
}

/* Calls VISIT with each row of LIST ("good" or "rejected") of the vectors at SECTION, NAME. */
static void each(const char *section, const char *name, const char *list,
                 void (*visit)(const json_t *row))
{
    const json_t *rows = json_object_get(vectors, section);
    size_t index;
    json_t *row;
    rows = json_object_get(name == NULL ? rows : json_object_get(rows, name), list);
    UNIT_NEED(json_array_size(rows) >= 2);
    json_array_foreach(rows, index, row)
    {
        visit(row);
    }
}

/* ---- records ---- */

static enum tov_err read_record(struct tov_bytes bytes, struct tov_export_record *out)
{
    struct tov_export_head head;
    if (bytes.size < TOV_EXPORT_HEAD_BYTES)
        return TOV_E_MALFORMED;
    TOV_TRY(tov_export_head_decode(bytes.data, &head));
    bytes.data += TOV_EXPORT_HEAD_BYTES;
    bytes.size -= TOV_EXPORT_HEAD_BYTES;
    return tov_export_body_decode(&head, bytes, out);
}

static void good_record(const json_t *row)
{
    struct tov_export_record record;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(TOV_EXPORT_BODY_MAX_BYTES);
    size_t size = 0;
    uint8_t *data = unit_hex(text_of(row, "hex"), &size);
    bool was_read = read_record((struct tov_bytes){data, size}, &record) == TOV_OK;
    check(was_read, row, "read");
    if (was_read) {
        UNIT_EQUAL_INT(record.kind, number_of(row, "kind"));
        check(record.index == number_of(row, "index"), row, "of its index");
        UNIT_OK(tov_export_record_put(&again, &record));
        UNIT_EQUAL_BYTES(tov_buf_view(&again), ((struct tov_bytes){data, size}));
    }
    free(data);
}

static void rejected_record(const json_t *row)
{
    struct tov_export_record record;
    size_t size = 0;
    uint8_t *data = unit_hex(text_of(row, "hex"), &size);
    enum tov_err err = read_record((struct tov_bytes){data, size}, &record);
    check(strcmp(tov_err_name(err), text_of(row, "error")) == 0, row, text_of(row, "error"));
    free(data);
}

static void records_are_those_of_the_vectors(void)
{
    each("records", NULL, "good", good_record);
    each("records", NULL, "rejected", rejected_record);
}

/* ---- lines ---- */

static void check_line(const json_t *row, const struct tov_buf *again)
{
    size_t size = strlen(text_of(row, "text"));
    struct tov_bytes view = tov_buf_view(again);
    check(view.size == size + 1 && memcmp(view.data, text_of(row, "text"), size) == 0 &&
              view.data[size] == '\n',
          row, "written again");
}

static void good_signed(const json_t *row)
{
    struct tov_export_signed value;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(TOV_EXPORT_LINE_MAX_BYTES + 1);
    UNIT_OK(tov_export_parse_signed(tov_bytes_of_text(text_of(row, "text")), &value));
    tov_export_put_signed(&again, &value);
    check_line(row, &again);
}

static void rejected_signed(const json_t *row)
{
    struct tov_export_signed value;
    struct tov_bytes line = tov_bytes_of_text(text_of(row, "text"));
    check(tov_export_parse_signed(line, &value) == TOV_E_MALFORMED, row, "malformed");
}

static void good_cosignature(const json_t *row)
{
    struct tov_export_cosignature value;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(TOV_EXPORT_LINE_MAX_BYTES + 1);
    UNIT_OK(tov_export_parse_cosignature(tov_bytes_of_text(text_of(row, "text")), &value));
    tov_export_put_cosignature(&again, &value);
    check_line(row, &again);
}

static void rejected_cosignature(const json_t *row)
{
    struct tov_export_cosignature value;
    struct tov_bytes line = tov_bytes_of_text(text_of(row, "text"));
    check(tov_export_parse_cosignature(line, &value) == TOV_E_MALFORMED, row, "malformed");
}

static void good_file(const json_t *row)
{
    struct tov_export_file value;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(TOV_EXPORT_LINE_MAX_BYTES + 1);
    UNIT_OK(tov_export_parse_file(tov_bytes_of_text(text_of(row, "text")), &value));
    tov_export_put_file(&again, &value);
    check_line(row, &again);
}

static void rejected_file(const json_t *row)
{
    struct tov_export_file value;
    struct tov_bytes line = tov_bytes_of_text(text_of(row, "text"));
    check(tov_export_parse_file(line, &value) == TOV_E_MALFORMED, row, "malformed");
}

static void lines_are_those_of_the_vectors(void)
{
    each("lines", "signed", "good", good_signed);
    each("lines", "signed", "rejected", rejected_signed);
    each("lines", "cosignature", "good", good_cosignature);
    each("lines", "cosignature", "rejected", rejected_cosignature);
    each("lines", "file", "good", good_file);
    each("lines", "file", "rejected", rejected_file);
}

/* ---- whole files ---- */

static void good_about(const json_t *row)
{
    struct tov_export_about about;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(4096);
    const json_t *facts = json_object_get(row, "facts");
    UNIT_OK(tov_export_parse_about(tov_bytes_of_text(text_of(row, "text")), &about));
    UNIT_EQUAL_TEXT(about.federation, text_of(facts, "federation"));
    UNIT_EQUAL_TEXT(about.agency_name, text_of(facts, "agency_name"));
    UNIT_EQUAL_TEXT(about.software, text_of(facts, "software"));
    check(about.agency == number_of(facts, "agency") &&
              about.generation == number_of(facts, "generation") &&
              about.time_ms == number_of(facts, "time_ms") &&
              about.ledger_size == number_of(facts, "ledger_size") &&
              about.journal == number_of(facts, "journal") &&
              about.journal_size == number_of(facts, "journal_size"),
          row, "of its facts");
    UNIT_OK(tov_export_put_about(&again, &about));
    UNIT_EQUAL_BYTES(tov_buf_view(&again), tov_bytes_of_text(text_of(row, "text")));
}

static void rejected_about(const json_t *row)
{
    struct tov_export_about about;
    enum tov_err err = tov_export_parse_about(tov_bytes_of_text(text_of(row, "text")), &about);
    check(strcmp(tov_err_name(err), text_of(row, "error")) == 0, row, text_of(row, "error"));
}

static void good_position(const json_t *row)
{
    struct tov_export_position position;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(4096);
    UNIT_OK(tov_export_parse_position(tov_bytes_of_text(text_of(row, "text")), &position));
    check(position.size == number_of(row, "size") && position.last_link == number_of(row, "link") &&
              position.series.generation == number_of(row, "generation") &&
              position.series.lost_index == number_of(row, "lost_index"),
          row, "of its numbers");
    tov_export_put_position(&again, &position);
    UNIT_EQUAL_BYTES(tov_buf_view(&again), tov_bytes_of_text(text_of(row, "text")));
}

static void rejected_position(const json_t *row)
{
    struct tov_export_position position;
    enum tov_err err =
        tov_export_parse_position(tov_bytes_of_text(text_of(row, "text")), &position);
    check(err == TOV_E_MALFORMED, row, "malformed");
}

static void good_fork(const json_t *row)
{
    struct tov_export_fork fork;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(16384);
    UNIT_OK(tov_export_parse_fork(tov_bytes_of_text(text_of(row, "text")), &fork));
    check(fork.smaller.size == number_of(row, "smaller") &&
              fork.larger.size == number_of(row, "larger") &&
              fork.hash_count == (size_t)json_integer_value(json_object_get(row, "hashes")) &&
              fork.has_root == (fork.hash_count > 0),
          row, "of its numbers");
    tov_export_put_fork(&again, &fork);
    UNIT_EQUAL_BYTES(tov_buf_view(&again), tov_bytes_of_text(text_of(row, "text")));
}

static void rejected_fork(const json_t *row)
{
    struct tov_export_fork fork;
    enum tov_err err = tov_export_parse_fork(tov_bytes_of_text(text_of(row, "text")), &fork);
    check(err == TOV_E_MALFORMED, row, "malformed");
}

static void files_are_those_of_the_vectors(void)
{
    each("files", "fork", "good", good_fork);
    each("files", "fork", "rejected", rejected_fork);
    each("files", "about", "good", good_about);
    each("files", "about", "rejected", rejected_about);
    each("files", "position", "good", good_position);
    each("files", "position", "rejected", rejected_position);
}

/* ---- bundles of leaves ---- */

static void good_bundle(const json_t *row)
{
    const json_t *leaves = json_object_get(row, "leaves");
    size_t size = 0, index, leaf_size;
    uint8_t *data = unit_hex(text_of(row, "hex"), &size);
    struct tov_reader reader = tov_reader_of((struct tov_bytes){data, size});
    struct tov_bytes record;
    json_t *leaf;
    json_array_foreach(leaves, index, leaf)
    {
        uint8_t *expected = unit_hex(json_string_value(leaf), &leaf_size);
        check(tov_bundle_next(&reader, &record), row, "complete");
        UNIT_EQUAL_BYTES(record, ((struct tov_bytes){expected, leaf_size}));
        free(expected);
    }
    CU_ASSERT(!tov_bundle_next(&reader, &record) && tov_reader_is_done(&reader));
    free(data);
}

static void rejected_bundle(const json_t *row)
{
    size_t size = 0;
    uint8_t *data = unit_hex(text_of(row, "hex"), &size);
    struct tov_reader reader = tov_reader_of((struct tov_bytes){data, size});
    struct tov_bytes record;
    while (tov_bundle_next(&reader, &record))
        ;
    check(!tov_reader_is_done(&reader), row, "refused");
    free(data);
}

static void bundles_are_those_of_the_vectors(void)
{
    each("bundles", NULL, "good", good_bundle);
    each("bundles", NULL, "rejected", rejected_bundle);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(records_are_those_of_the_vectors),
        UNIT_TEST(lines_are_those_of_the_vectors),
        UNIT_TEST(files_are_those_of_the_vectors),
        UNIT_TEST(bundles_are_those_of_the_vectors),
    };
    vectors = unit_json("tests/vectors/export/export.json");
    UNIT_NEED(vectors != NULL);
    int code = unit_run("wire export", tests, sizeof tests / sizeof tests[0]);
    json_decref(vectors);
    return code;
}

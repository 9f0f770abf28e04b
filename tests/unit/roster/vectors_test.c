/* SPDX-License-Identifier: EUPL-1.2
 *
 * tests/vectors/roster/rosters.json: texts made by a second implementation of docs/roster.md.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "roster/clients.h"
#include "roster/roster.h"
#include "support/unit.h"

#define VECTORS "tests/vectors/roster/rosters.json"

static json_t *vectors;

static const char *text_of(const json_t *entry, const char *key)
{
    const char *text = json_string_value(json_object_get(entry, key));
    UNIT_NEED(text != NULL);
    return text;
}

static int number_of(const json_t *entry, const char *key)
{
    return (int)json_integer_value(json_object_get(entry, key));
}

/* Says which entry failed: the macros only know this file's lines. */
static void check(bool held, const json_t *entry, const char *what, const struct tov_error *error)
{
    char words[600];
    (void)snprintf(words, sizeof words, "%s: %s (%s)", text_of(entry, "name"), what, error->text);
    CU_assertImplementation(held ? CU_TRUE : CU_FALSE, 0, words, VECTORS, "", CU_FALSE);
}

static void check_facts(const json_t *entry, const struct tov_roster *roster)
{
    char hex[65];
    struct tov_hash hash = tov_roster_hash(roster);
    const struct tov_agency *agency =
        tov_roster_agency_by_name(roster, tov_bytes_of_text(text_of(entry, "agency")));
    tov_hex_encode(TOV_BYTES_OF(hash.bytes), hex);
    UNIT_EQUAL_TEXT(hex, text_of(entry, "hash"));
    UNIT_EQUAL_INT(tov_roster_version(roster), number_of(entry, "version"));
    UNIT_EQUAL_INT(tov_roster_facts(roster)->agency_count, number_of(entry, "agencies"));
    UNIT_NEED(agency != NULL);
    UNIT_EQUAL_INT(agency->unit_count, number_of(entry, "units"));
    UNIT_EQUAL_INT(tov_roster_witness_quorum(roster, agency->number), number_of(entry, "quorum"));
}

static void good_rosters_parse_and_format_to_the_same_bytes(void)
{
    size_t index;
    json_t *entry;
    json_array_foreach(json_object_get(vectors, "good"), index, entry)
    {
        struct tov_error error = {.text = ""};
        TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
        TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
        struct tov_bytes note = tov_bytes_of_text(text_of(entry, "note"));
        check(tov_roster_parse(note, &roster, &error) == TOV_OK, entry, "parses", &error);
        if (roster == NULL)
            continue;
        tov_roster_format(tov_roster_facts(roster), &again);
        UNIT_EQUAL_BYTES(tov_buf_view(&again), note);
        check_facts(entry, roster);
    }
}

/* Lines FROM to TO (not included) of TEXT, appended to OUT. */
static void put_lines(struct tov_buf *out, const char *text, int from, int to)
{
    const char *at = text;
    for (int line = 0; *at != '\0' && line < to; line++) {
        const char *end = strchr(at, '\n');
        UNIT_NEED(end != NULL);
        if (line >= from)
            tov_buf_put(out, at, (size_t)(end - at) + 1);
        at = end + 1;
    }
}

static int count_lines(const char *text)
{
    int count = 0;
    for (; *text != '\0'; text++)
        count += *text == '\n' ? 1 : 0;
    return count;
}

/* "line 12, cvr" when both are known, "line 12" or anything else. */
static void check_place(const json_t *entry, const struct tov_error *error)
{
    char start[80];
    const json_t *line = json_object_get(entry, "line");
    const char *field = json_string_value(json_object_get(entry, "field"));
    if (!json_is_integer(line))
        return;
    (void)snprintf(start, sizeof start, "line %d%s%s", number_of(entry, "line"),
                   field == NULL ? "" : ", ", field == NULL ? "" : field);
    size_t size = strlen(start);
    check(strncmp(error->text, start, size) == 0 &&
              (error->text[size] == ':' || error->text[size] == ','),
          entry, start, error);
}

static void rejected_rosters_are_refused_with_line_and_field(void)
{
    size_t index;
    json_t *entry;
    const char *base = text_of(vectors, "base");
    json_array_foreach(json_object_get(vectors, "rejected"), index, entry)
    {
        struct tov_error error = {.text = ""};
        TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
        TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
        int lines = count_lines(base);
        put_lines(&text, base, 0, number_of(entry, "before"));
        tov_buf_put_text(&text, text_of(entry, "insert"));
        put_lines(&text, base, lines - number_of(entry, "after"), lines);
        enum tov_err err = tov_roster_parse(tov_buf_view(&text), &roster, &error);
        check(err == TOV_E_MALFORMED || err == TOV_E_VERSION, entry, "is refused", &error);
        check(error.code == err && roster == NULL, entry, "says why", &error);
        check_place(entry, &error);
    }
}

static void check_roots(const json_t *list, bool good)
{
    size_t index;
    json_t *entry;
    CU_ASSERT(json_array_size(list) > 1);
    json_array_foreach(list, index, entry)
    {
        struct tov_error error = {.text = ""};
        struct tov_roots roots;
        enum tov_err err =
            tov_roots_parse(tov_bytes_of_text(text_of(entry, "text")), &roots, &error);
        check((err == TOV_OK) == good, entry, good ? "is read" : "is refused", &error);
    }
}

static void roots_files_are_judged_as_they_should(void)
{
    check_roots(json_object_get(json_object_get(vectors, "roots"), "good"), true);
    check_roots(json_object_get(json_object_get(vectors, "roots"), "rejected"), false);
}

static void thresholds_count_distinct_root_keys(void)
{
    size_t index;
    json_t *entry;
    json_array_foreach(json_object_get(vectors, "thresholds"), index, entry)
    {
        struct tov_error error = {.text = ""};
        struct tov_roots roots;
        TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
        UNIT_OK(tov_roots_parse(tov_bytes_of_text(text_of(entry, "roots")), &roots, &error));
        struct tov_bytes note = tov_bytes_of_text(text_of(entry, "note"));
        UNIT_NEED(tov_roster_parse(note, &roster, &error) == TOV_OK);
        enum tov_err expected =
            json_is_true(json_object_get(entry, "good")) ? TOV_OK : TOV_E_SIGNATURE;
        enum tov_err err = tov_roster_verify(roster, &roots, &error);
        check(err == expected, entry, "is judged as it should", &error);
    }
}

static enum tov_err verdict_of(const char *text)
{
    if (strcmp(text, "ok") == 0)
        return TOV_OK;
    if (strcmp(text, "rule") == 0)
        return TOV_E_RULE;
    UNIT_NEED(strcmp(text, "proof") == 0 || strcmp(text, "signature") == 0);
    return strcmp(text, "proof") == 0 ? TOV_E_PROOF : TOV_E_SIGNATURE;
}

static void successors_need_both_thresholds_and_keep_history(void)
{
    size_t index;
    json_t *entry;
    json_array_foreach(json_object_get(vectors, "successors"), index, entry)
    {
        struct tov_error error = {.text = ""};
        TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *previous = NULL;
        TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *next = NULL;
        struct tov_bytes first = tov_bytes_of_text(text_of(entry, "previous"));
        struct tov_bytes second = tov_bytes_of_text(text_of(entry, "next"));
        check(tov_roster_parse(first, &previous, &error) == TOV_OK, entry, "first parses", &error);
        check(tov_roster_parse(second, &next, &error) == TOV_OK, entry, "second parses", &error);
        UNIT_NEED(previous != NULL && next != NULL);
        enum tov_err err = tov_roster_verify_successor(previous, next, &error);
        check(err == verdict_of(text_of(entry, "verdict")), entry, text_of(entry, "verdict"),
              &error);
    }
}

static enum tov_err read_clients(const json_t *entry, const struct tov_agency *agency,
                                 struct tov_clients **out_clients, struct tov_error *error)
{
    TOV_TRY(tov_clients_parse(tov_bytes_of_text(text_of(entry, "text")), out_clients, error));
    return tov_clients_check(*out_clients, agency, error);
}

static void check_clients(const json_t *list, const struct tov_agency *agency, bool good)
{
    size_t index;
    json_t *entry;
    CU_ASSERT(json_array_size(list) > 3);
    json_array_foreach(list, index, entry)
    {
        struct tov_error error = {.text = ""};
        TOV_CLEANUP(tov_clients_cleanup) struct tov_clients *clients = NULL;
        bool was_read = read_clients(entry, agency, &clients, &error) == TOV_OK;
        check(was_read == good, entry, good ? "is read" : "is refused", &error);
        if (was_read && good)
            UNIT_EQUAL_INT(tov_clients_count(clients), number_of(entry, "clients"));
    }
}

static void registries_of_clients_are_judged_as_they_should(void)
{
    struct tov_error error = {.text = ""};
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    const json_t *clients = json_object_get(vectors, "clients");
    UNIT_OK(tov_roster_parse(tov_bytes_of_text(text_of(vectors, "base")), &roster, &error));
    const struct tov_agency *agency =
        tov_roster_agency_by_name(roster, tov_bytes_of_text(text_of(clients, "agency")));
    UNIT_NEED(agency != NULL);
    check_clients(json_object_get(clients, "good"), agency, true);
    check_clients(json_object_get(clients, "rejected"), agency, false);
}

/* Any bytes are refused or make a roster that formats to the same text (R5); sanitizers watch. */
static void changed_bytes_are_refused_or_read_the_same(void)
{
    uint64_t state = 1;
    const char *base = text_of(vectors, "base");
    size_t size = strlen(base);
    char *text = malloc(size);
    UNIT_NEED(text != NULL);
    for (int round = 0; round < 1500; round++) {
        TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
        TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
        memcpy(text, base, size);
        for (uint64_t i = unit_random(&state) % 3 + 1; i > 0; i--) {
            size_t from = unit_random(&state) % size;
            text[unit_random(&state) % size] =
                unit_random(&state) % 2 == 0 ? text[from] : (char)unit_random(&state);
        }
        struct tov_bytes view = {(const uint8_t *)text, size - unit_random(&state) % 2};
        if (tov_roster_parse(view, &roster, NULL) != TOV_OK)
            continue;
        tov_roster_format(tov_roster_facts(roster), &again);
        UNIT_EQUAL_BYTES(tov_buf_view(&again), tov_roster_text(roster));
    }
    free(text);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(good_rosters_parse_and_format_to_the_same_bytes),
        UNIT_TEST(rejected_rosters_are_refused_with_line_and_field),
        UNIT_TEST(roots_files_are_judged_as_they_should),
        UNIT_TEST(thresholds_count_distinct_root_keys),
        UNIT_TEST(successors_need_both_thresholds_and_keep_history),
        UNIT_TEST(registries_of_clients_are_judged_as_they_should),
        UNIT_TEST(changed_bytes_are_refused_or_read_the_same),
    };
    vectors = unit_json(VECTORS);
    UNIT_NEED(vectors != NULL);
    int result = unit_run("roster vectors", tests, sizeof tests / sizeof tests[0]);
    json_decref(vectors);
    return result;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/unit.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int unit_run(const char *suite, const struct unit_test *tests, size_t count)
{
    const char *only = getenv("TOV_TEST_ONLY");
    if (CU_initialize_registry() != CUE_SUCCESS)
        return EXIT_FAILURE;
    CU_pSuite cu_suite = CU_add_suite(suite, NULL, NULL);
    for (size_t i = 0; i < count; i++) {
        if (only == NULL || strcmp(only, tests[i].name) == 0)
            CU_add_test(cu_suite, tests[i].name, tests[i].run);
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    unsigned run = CU_get_number_of_tests_run();
    CU_cleanup_registry();
    return failures == 0 && run > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int unit_skip(const char *what)
{
    bool must_run = getenv("CI") != NULL || getenv("TOV_NO_SKIP") != NULL;
    printf("skipped: %s%s\n", what, must_run ? " (and here nothing may be skipped)" : "");
    return must_run ? EXIT_FAILURE : 77;
}

static void report(bool held, const char *text, const char *file, int line)
{
    CU_assertImplementation(held ? CU_TRUE : CU_FALSE, (unsigned)line, text, file, "", CU_FALSE);
}

void unit_equal_int(long long actual, long long expected, const char *what, const char *file,
                    int line)
{
    char text[512];
    (void)snprintf(text, sizeof text, "%s is %lld, expected %lld", what, actual, expected);
    report(actual == expected, text, file, line);
}

static void print_start(char *out, size_t size, struct tov_bytes bytes)
{
    size_t shown = bytes.size < 40 ? bytes.size : 40;
    size_t at = 0;
    for (size_t i = 0; i < shown; i++)
        at += (size_t)snprintf(out + at, size - at, "%02x", bytes.data[i]);
    (void)snprintf(out + at, size - at, "%s (%zu bytes)", shown < bytes.size ? "..." : "",
                   bytes.size);
}

void unit_equal_bytes(struct tov_bytes actual, struct tov_bytes expected, const char *what,
                      const char *file, int line)
{
    char have[128], want[128], text[512];
    print_start(have, sizeof have, actual);
    print_start(want, sizeof want, expected);
    (void)snprintf(text, sizeof text, "%s is %s, expected %s", what, have, want);
    report(tov_bytes_equal(actual, expected), text, file, line);
}

void unit_equal_text(const char *actual, const char *expected, const char *what, const char *file,
                     int line)
{
    char text[1024];
    (void)snprintf(text, sizeof text, "%s is \"%s\", expected \"%s\"", what,
                   actual == NULL ? "(null)" : actual, expected);
    report(actual != NULL && strcmp(actual, expected) == 0, text, file, line);
}

void unit_need(bool condition, const char *what, const char *file, int line)
{
    if (condition)
        return;
    (void)fprintf(stderr, "%s:%d: needed, and not so: %s\n", file, line, what);
    exit(EXIT_FAILURE);
}

uint8_t *unit_hex(const char *hex, size_t *out_size)
{
    size_t length = strlen(hex);
    UNIT_NEED(length % 2 == 0);
    uint8_t *bytes = malloc(length / 2 + 1);
    UNIT_NEED(bytes != NULL);
    for (size_t i = 0; i < length / 2; i++) {
        unsigned value = 0;
        UNIT_NEED(sscanf(hex + 2 * i, "%2x", &value) == 1);
        bytes[i] = (uint8_t)value;
    }
    *out_size = length / 2;
    return bytes;
}

struct tov_hash unit_hash(const char *hex)
{
    size_t size = 0;
    uint8_t *bytes = unit_hex(hex, &size);
    struct tov_hash hash;
    UNIT_NEED(size == sizeof hash.bytes);
    memcpy(hash.bytes, bytes, size);
    free(bytes);
    return hash;
}

json_t *unit_json(const char *path)
{
    if (access(path, R_OK) != 0)
        return NULL;
    json_error_t error;
    json_t *json = json_load_file(path, 0, &error);
    if (json == NULL)
        (void)fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
    UNIT_NEED(json != NULL);
    return json;
}

const char *unit_published_vectors(void)
{
    const char *folder = getenv("TOV_VECTORS");
    if (folder == NULL)
        folder = "../shared/vectors";
    return access(folder, R_OK) == 0 ? folder : NULL;
}

static unsigned number_of(const char *name, unsigned fallback)
{
    const char *text = getenv(name);
    return text == NULL ? fallback : (unsigned)strtoul(text, NULL, 10);
}

unsigned unit_percent(void)
{
    unsigned percent = number_of("TOV_TEST_PERCENT", 100);
    return percent == 0 ? 1 : percent;
}

unsigned unit_rounds(const char *name, unsigned usual)
{
    unsigned rounds = number_of(name, usual) * unit_percent() / 100;
    return rounds == 0 ? 1 : rounds;
}

unsigned unit_every(const char *name, unsigned usual)
{
    unsigned every = number_of(name, usual * 100 / unit_percent());
    return every == 0 ? 1 : every;
}

uint64_t unit_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * A few lines over CUnit: tests are sentences, macros print both values, and main() is
 * `return unit_run("suite", tests, count);` with CUnit's summary and an exit code.
 */
#ifndef TOV_TESTS_SUPPORT_UNIT_H
#define TOV_TESTS_SUPPORT_UNIT_H

#include "base/bytes.h"
#include "base/hash.h"

#include <CUnit/CUnit.h>
#include <jansson.h>

struct unit_test {
    const char *name; /* a sentence: append_refuses_a_gap */
    void (*run)(void);
};
#define UNIT_TEST(function) \
    {                       \
#function, function \
    }

/* Runs all; 0 when every assertion held. With an argument TOV_TEST_ONLY=name in the environment,
 * only that one. */
int unit_run(const char *suite, const struct unit_test *tests, size_t count);

/* Exit code that ctest shows as "skipped"; with CI or TOV_NO_SKIP in the environment it is a
 * failure instead: in CI a missing vector must not pass. */
int unit_skip(const char *what);

#define UNIT_EQUAL_INT(actual, expected) \
    unit_equal_int((long long)(actual), (long long)(expected), #actual, __FILE__, __LINE__)
#define UNIT_EQUAL_BYTES(actual, expected) \
    unit_equal_bytes((actual), (expected), #actual, __FILE__, __LINE__)
#define UNIT_EQUAL_TEXT(actual, expected) \
    unit_equal_text((actual), (expected), #actual, __FILE__, __LINE__)
#define UNIT_OK(expression) UNIT_EQUAL_INT((expression), TOV_OK)
/* Stops the test program at once: for set-up that must not fail. */
#define UNIT_NEED(condition) unit_need((condition), #condition, __FILE__, __LINE__)

void unit_equal_int(long long actual, long long expected, const char *what, const char *file,
                    int line);
void unit_equal_bytes(struct tov_bytes actual, struct tov_bytes expected, const char *what,
                      const char *file, int line);
void unit_equal_text(const char *actual, const char *expected, const char *what, const char *file,
                     int line);
void unit_need(bool condition, const char *what, const char *file, int line);

/* Hexadecimal (either case) into a fresh heap array; *OUT_SIZE bytes; free() it. */
uint8_t *unit_hex(const char *hex, size_t *out_size);
struct tov_hash unit_hash(const char *hex);

/* A JSON file, or NULL when it is not there; anything else wrong stops the program. */
json_t *unit_json(const char *path);
/* The folder of published vectors: $TOV_VECTORS, else ../shared/vectors, else NULL. */
const char *unit_published_vectors(void);
/* TOV_TEST_PERCENT of the environment, else 100; at least 1. */
unsigned unit_percent(void);
/* How often a test with chance or repetition does it: the environment variable NAME, else USUAL, of
 * which TOV_TEST_PERCENT percent (100); at least once. */
unsigned unit_rounds(const char *name, unsigned usual);
/* Every how manieth of many is looked at: the environment variable NAME, else USUAL at 100 percent,
 * and more or fewer of them by the percentage; at least 1. */
unsigned unit_every(const char *name, unsigned usual);
/* The next value of a small deterministic generator (splitmix64). */
uint64_t unit_random(uint64_t *state);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the envelope's tests share: vectors from JSON, reproducible keys and data. Memory from here
 * lives until support_end.
 */
#ifndef TOV_TESTS_UNIT_ENVELOPE_SUPPORT_H
#define TOV_TESTS_UNIT_ENVELOPE_SUPPORT_H

#include "base/secret.h"
#include "support/unit.h"

#define OWN_VECTORS "tests/vectors/envelope/envelope.json"
#define RFC_VECTORS "tests/vectors/envelope/hpke_rfc9180_a2.json"

/* sodium_init, unit_run, support_end. */
int support_run(const char *suite, const struct unit_test *tests, size_t count);
void support_end(void);

/* Our own vectors, whole; they must be there. */
json_t *support_vectors(void);
json_t *support_json(const char *path); /* NULL when it is not there */
/* A hexadecimal member; an empty view when OBJECT has none. */
struct tov_bytes support_hex(const json_t *object, const char *name);
struct tov_bytes support_text(const json_t *object, const char *name);
uint64_t support_number(const json_t *object, const char *name);
struct tov_key support_key(const json_t *object, const char *name);
struct tov_hash support_hash(const json_t *object, const char *name);

/* SHA-256(LABEL || u32 0) || SHA-256(LABEL || u32 1) ..., as tests/vectors/envelope/generate.py. */
struct tov_bytes support_fill(const char *label, size_t size);
struct tov_key support_fill_key(const char *label);
/* A copy that may be changed. */
uint8_t *support_copy(struct tov_bytes bytes);
uint8_t *support_alloc(size_t size);

#define SUPPORT_TESTS(suite, tests) \
    support_run((suite), (tests), sizeof(tests) / sizeof((tests)[0]))

#endif

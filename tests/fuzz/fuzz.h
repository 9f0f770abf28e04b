/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the fuzzers share: a claim that ends the program when it does not hold, and a first byte
 * that chooses which of several small decoders reads the rest.
 * Not for: fixtures; those of the unit tests are used.
 */
#ifndef TOV_TESTS_FUZZ_FUZZ_H
#define TOV_TESTS_FUZZ_FUZZ_H

#include "base/bytes.h"
#include "base/cleanup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The fuzzer keeps the input for which CLAIM is false. */
#define MUST(claim)                                                                   \
    do {                                                                              \
        if (!(claim)) {                                                               \
            (void)fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #claim); \
            abort();                                                                  \
        }                                                                             \
    } while (0)

typedef void fuzz_attempt(struct tov_bytes bytes);

/* Hands what follows the first byte to the attempt that this byte names, modulo COUNT. */
static inline int fuzz_choose(fuzz_attempt *const *attempts, size_t count, const uint8_t *data,
                              size_t size)
{
    if (size > 0)
        attempts[data[0] % count]((struct tov_bytes){data + 1, size - 1});
    return 0;
}

/* A copy with a NUL behind it, for readers of C strings; ended by TOV_FREE. */
static inline char *fuzz_text(struct tov_bytes bytes)
{
    char *text = malloc(bytes.size + 1);
    MUST(text != NULL);
    if (bytes.size > 0)
        memcpy(text, bytes.data, bytes.size);
    text[bytes.size] = '\0';
    return text;
}

/* What was encoded is what had been decoded. */
static inline void fuzz_must_equal(const struct tov_buf *out, struct tov_bytes bytes)
{
    MUST(out->failed == TOV_OK && tov_bytes_equal(tov_buf_view(out), bytes));
}

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What marks the functions of libtov, its version, and the words its contracts use.
 * Not for: types.
 * Never link a program against a libtov of another TOV_SONAME_NUMBER than its headers had.
 *
 * Words on threads, in all headers of this folder:
 *   any thread      may be called at any time from any thread
 *   one at a time   one thread at a time for each handle; handles do not share anything, and a
 *                   handle may be handed to another thread (over a mutex, or anything as strong)
 * Words on ownership: a pointer that is returned is borrowed from its handle and ends with it; what
 * comes through an `out_` argument is the caller's to end. `out_` is written only on success, and
 * errors (NULL is fine) only on failure.
 * Words on values: texts are UTF-8 and end with NUL; sizes are bytes; a name that ends in _ms is
 * milliseconds, of a time since 1970-01-01 UTC, of a duration else. An int that answers yes or no
 * is 0 for no. An argument is NULL only where its function says that NULL is fine. Words on
 * options: begin with the INIT macro, which sets `size`. Structs of options, and those that handles
 * lend out, grow at their ends in later versions: never keep arrays of them.
 */
#ifndef TOV_EXPORT_H
#define TOV_EXPORT_H

#include <stddef.h>

#if defined(__GNUC__)
#define TOV_API __attribute__((visibility("default")))
#define TOV_API_CHECKED __attribute__((visibility("default"), warn_unused_result))
#else
#define TOV_API
#define TOV_API_CHECKED
#endif

#define TOV_SONAME_NUMBER 0

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the library that runs, "0.1.0". Static storage, any thread, does not block. */
TOV_API const char *tov_version(void);

/* Ends what libtov gave through a `char **out_`. NULL is fine. Any thread. */
TOV_API void tov_free(void *memory);

/* The two languages of the catalogue. */
enum tov_words { TOV_WORDS_DA = 1, TOV_WORDS_EN = 2 };

#ifdef __cplusplus
}
#endif
#endif

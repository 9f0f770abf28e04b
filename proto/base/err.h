/* SPDX-License-Identifier: EUPL-1.2
 *
 * How errors are made and passed on inside Tov (STYLE, Errors).
 * Not for: printing or logging; libraries return, programs print.
 */
#ifndef TOV_BASE_ERR_H
#define TOV_BASE_ERR_H

#include <tov/error.h>

#define TOV_MUST_CHECK __attribute__((warn_unused_result))

/* Fills ERROR (may be NULL) with CODE and a printf-formatted line, cut at TOV_ERROR_TEXT_SIZE;
 * returns CODE, so that `return tov_fail(error, TOV_E_LIMIT, "...")` reads well. */
enum tov_err tov_fail(struct tov_error *error, enum tov_err code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts a context before the text that is in ERROR already ("roster.txt: "); returns its code. */
enum tov_err tov_fail_in(struct tov_error *error, enum tov_err code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Clang's analyser reads one source at a time; this tells it what err.c returns. */
#ifdef __clang_analyzer__
#define tov_fail(error, code, ...) (tov_fail(error, code, __VA_ARGS__), (code))
#define tov_fail_in(error, code, ...) (tov_fail_in(error, code, __VA_ARGS__), (code))
#endif

/* Returns from the calling function when EXPRESSION is not TOV_OK. */
#define TOV_TRY(expression)                   \
    do {                                      \
        enum tov_err try_err_ = (expression); \
        if (try_err_ != TOV_OK)               \
            return try_err_;                  \
    } while (0)

#endif

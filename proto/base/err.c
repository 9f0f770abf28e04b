/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
    [TOV_OK] = "ok",
    [TOV_E_NOMEM] = "nomem",
    [TOV_E_ARGUMENT] = "argument",
    [TOV_E_LIMIT] = "limit",
    [TOV_E_MALFORMED] = "malformed",
    [TOV_E_VERSION] = "version",
    [TOV_E_SIGNATURE] = "signature",
    [TOV_E_PROOF] = "proof",
    [TOV_E_COMMITMENT] = "commitment",
    [TOV_E_DECRYPT] = "decrypt",
    [TOV_E_SCHEMA] = "schema",
    [TOV_E_RULE] = "rule",
    [TOV_E_NOT_FOUND] = "not-found",
    [TOV_E_EXISTS] = "exists",
    [TOV_E_IO] = "io",
    [TOV_E_FULL] = "full",
    [TOV_E_DENIED] = "denied",
    [TOV_E_BUSY] = "busy",
    [TOV_E_TIMEOUT] = "timeout",
    [TOV_E_AGAIN] = "again",
    [TOV_E_FORK] = "fork",
    [TOV_E_KEY] = "key",
    [TOV_E_CLOSED] = "closed",
    [TOV_E_UNAVAILABLE] = "unavailable",
    [TOV_E_CORRUPT] = "corrupt",
    [TOV_E_CLOCK] = "clock",
    [TOV_E_ERASED] = "erased",
    [TOV_E_EPOCH] = "epoch",
    [TOV_E_CONFIG] = "config",
    [TOV_E_INTERNAL] = "internal",
    [TOV_E_ASIDE] = "aside",
};

const char *tov_err_name(enum tov_err code)
{
    size_t index = (size_t)code;
    if (index >= sizeof names / sizeof names[0])
        return "unknown";
    return names[index];
}

enum tov_err(tov_fail)(struct tov_error *error, enum tov_err code, const char *format, ...)
{
    if (error == NULL)
        return code;
    va_list arguments;
    va_start(arguments, format);
    error->code = code;
    (void)vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return code;
}

enum tov_err(tov_fail_in)(struct tov_error *error, enum tov_err code, const char *format, ...)
{
    if (error == NULL)
        return code;
    char inner[TOV_ERROR_TEXT_SIZE];
    memcpy(inner, error->text, sizeof inner);
    inner[sizeof inner - 1] = '\0';
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    error->code = code;
    if (length >= 0 && (size_t)length < sizeof error->text)
        (void)snprintf(error->text + length, sizeof error->text - (size_t)length, "%s", inner);
    return code;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is wrong with a draft, where, by which rule, and what to do instead, in both languages.
 * Not for: errors of programs and connections (error.h).
 * Never log them: a remark may quote what stands in a field about a citizen.
 *
 * Threads: with the draft that they are of, one at a time. Nothing blocks.
 */
#ifndef TOV_REMARK_H
#define TOV_REMARK_H

#include <tov/export.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tov_remark_kind {
    TOV_REMARK_REFUSES = 1, /* it will not be sent like this */
    TOV_REMARK_WARNS = 2,   /* a person should look before it is sent */
    TOV_REMARK_NOTES = 3    /* shown with the message, always */
};

/* Texts are never NULL. Grows at its end in later versions. */
struct tov_remark {
    enum tov_remark_kind kind;
    uint32_t rule;      /* number of the rule (docs/messages.md); 0: the catalogue's demands */
    const char *source; /* "retsplejeloven § 115, stk. 2" */
    const char *field;  /* path ("content.necessity", "recipients.2"), or "" */
    uint32_t line;      /* of a form text, from 1; 0: none */
    const char *reason_da;
    const char *reason_en;
    const char *remedy_da; /* may be "" */
    const char *remedy_en;
};

/* Borrowed from the draft that was judged; end with its next check, submit or change of form. */
struct tov_remarks;
TOV_API size_t tov_remarks_count(const struct tov_remarks *remarks);
/* NULL: INDEX is not below the count. */
TOV_API const struct tov_remark *tov_remarks_at(const struct tov_remarks *remarks, size_t index);
/* Not 0 when one of them refuses. */
TOV_API int tov_remarks_refuse(const struct tov_remarks *remarks);

#ifdef __cplusplus
}
#endif
#endif

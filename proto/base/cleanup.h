/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cleanup by attribute: `TOV_CLEANUP(tov_buf_fini) struct tov_buf buf = ...` ends the object when
 * its scope ends. Never beside goto, never in a public header.
 */
#ifndef TOV_BASE_CLEANUP_H
#define TOV_BASE_CLEANUP_H

#include <stdlib.h>

#define TOV_CLEANUP(function) __attribute__((cleanup(function)))

/* For heap pointers of any type: `TOV_FREE char *text = ...`. */
static inline void tov_free_pointer(void *address)
{
    void **pointer = address;
    free(*pointer);
    *pointer = NULL;
}
#define TOV_FREE TOV_CLEANUP(tov_free_pointer)

/* Makes `static inline void tov_NAME_cleanup(TYPE **)` that calls DESTROY on the pointer. */
/* NOLINTBEGIN(bugprone-macro-parentheses): around a type there can be none */
#define TOV_DEFINE_CLEANUP(name, type, destroy)      \
    static inline void name##_cleanup(type **object) \
    {                                                \
        destroy(*object);                            \
        *object = NULL;                              \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

/* Gives the object to the caller and leaves NULL behind for the cleanup. */
#define TOV_TAKE(pointer)                       \
    __extension__({                             \
        __typeof__(pointer) taken_ = (pointer); \
        (pointer) = NULL;                       \
        taken_;                                 \
    })

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Searching for a person in what the client's own units hold, with a reason.
 * Not for: asking other agencies whether they know somebody: that is a message, info.request.
 * Never search to see whether somebody is there at all: each search is an entry in the agency's
 * journal, with its reason, before the node looks at anything.
 *
 * The node has no index of persons and stores nothing of what was searched for: it opens the
 * messages that the client may see, the newest first, piece by piece.
 */
#ifndef TOV_SEARCH_H
#define TOV_SEARCH_H

#include <tov/client.h>
#include <tov/receive.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TOV_SEARCH_FOUND_MAX 200

/* Called after each piece. Other than 0 gives up (TOV_E_CLOSED). Must not use the client. */
typedef int (*tov_search_progress_fn)(void *arg, uint64_t looked_at, uint64_t found);

/* What is set must all fit; at least one is. */
struct tov_search_options {
    size_t size;        /* sizeof(struct tov_search_options) */
    const char *name;   /* each of its words begins a word of the name; capitals and accents do not
                         * count */
    const char *number; /* the whole CPR number, or one in its place, or the date of birth as six
                         * digits, ddmmyy; hyphens do not count */
    const char *birth_date; /* "2021-06-28"; of the person, else as the number begins */
    const char *reason;     /* at least 5 characters that are no blanks */
    tov_search_progress_fn progress;
    void *progress_arg;
};
#define TOV_SEARCH_OPTIONS_INIT                                               \
    {                                                                         \
        sizeof(struct tov_search_options), NULL, NULL, NULL, NULL, NULL, NULL \
    }

/* The messages whose citizen, or participant of a course, fits: headers alone, the newest first.
 * tov_listing_next is 0 when all was looked at, and else there are more than TOV_SEARCH_FOUND_MAX:
 * search for more words; tov_listing_not_read tells of contents that could not be read. Blocks for
 * as long as pieces come, each within the client's timeout. ARGUMENT: no words, a date that is
 * none, no reason; and as in receive.h. */
TOV_API_CHECKED enum tov_err tov_search(struct tov_client *client,
                                        const struct tov_search_options *options,
                                        struct tov_listing **out_listing, struct tov_error *error);

#ifdef __cplusplus
}
#endif
#endif

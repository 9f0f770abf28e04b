/* SPDX-License-Identifier: EUPL-1.2
 *
 * The inside of what the case book answered, and making it out of the node's records.
 * Not for: asking (lib/cases.c).
 */
#ifndef TOV_LIB_CASES_H
#define TOV_LIB_CASES_H

#include <tov/cases.h>

#include "base/cleanup.h"
#include "lib/connection.h"

struct tov_cases {
    struct lib_memory memory; /* of all that affairs point to */
    const char *unit;
    struct tov_affair *affairs;
    size_t count, capacity;
    uint64_t as_of; /* of the first page */
    uint64_t total;
};
TOV_DEFINE_CLEANUP(cases, struct tov_cases, tov_cases_destroy)

struct case_message {
    struct tov_case_message shown;
    struct tov_message_view *view; /* owned */
};

struct tov_case {
    struct lib_memory memory;
    const char *unit;
    struct tov_affair affair; /* without tasks */
    struct case_message *messages;
    size_t message_count, message_capacity;
    struct tov_case_task *tasks;
    size_t task_count;
    struct tov_case_party *parties;
    size_t party_count;
    struct tov_case_expected *expected;
    size_t expected_count;
    uint64_t as_of; /* of the first page */
};
TOV_DEFINE_CLEANUP(case, struct tov_case, tov_case_destroy)

/* Where what is read goes, and who knows names of agencies. */
struct cases_reader {
    struct tov_client *client;
    struct lib_memory *memory;
    struct tov_error *error; /* for asking */
    bool has_asked;          /* the directory was asked for: who is not known now is not in it */
};

/* Append a page's affairs; a page's messages. MALFORMED, NOMEM; failures of asking for names. */
enum tov_err cases_read_page(struct cases_reader *reader, struct tov_record body,
                             struct tov_cases *cases) TOV_MUST_CHECK;
enum tov_err case_read_messages(struct cases_reader *reader, struct tov_record body,
                                struct tov_case *one) TOV_MUST_CHECK;
/* What stands in the first page alone. */
enum tov_err case_read_rest(struct cases_reader *reader, struct tov_record body,
                            struct tov_case *one) TOV_MUST_CHECK;

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Something that a client does, of one request or of several behind each other, again and again
 * while each call that may fail fails once (support/failing.h): whatever fails, he is told what he
 * would have been told, or that it did not succeed; and in the end he is told it again.
 * Not for: deeds that change what the next one is told; those count for themselves.
 */
#ifndef TOV_TESTS_CORE_DEED_H
#define TOV_TESTS_CORE_DEED_H

#include "desk_ask.h"

#include "base/cleanup.h"

/* Nodes that ended begin again. */
void start_again(struct harness *harness);

/* The answer; false: none, since the node may have ended. REQUEST ends here. */
bool try_reply(struct harness *harness, const struct harness_client *client,
               struct tov_record request, struct tov_record *out_reply);
/* The same; false also for an error. */
bool try_request(struct harness *harness, const struct harness_client *client,
                 struct tov_record request, struct tov_record *out_reply);

/* Does it. False: something of it was refused. OUT gets all that was told and is the same each
 * time. */
typedef bool deed_run(struct harness *harness, const void *with, struct tov_buf *out);

/* What may be told as less than there is. */
enum deed_skips {
    DEED_SKIPS_NOTHING,
    DEED_SKIPS_DAMAGE, /* where a function says CORRUPT or IO */
    DEED_SKIPS_ALL,    /* where any function fails that allocates nothing */
};

struct deed {
    const char *name;
    const struct harness_client *client; /* whose connection ends behind each time */
    deed_run *run;
    const void *with;
    enum deed_skips skips;
};

/* A deed of one request, all of whose answer is told: WITH is a struct deed_asked. */
struct deed_asked {
    const struct harness_client *client;
    const char *name;
    struct {
        const char *field;
        uint64_t number;
    } numbers[3];
    const char *unit, *box;
    const char *ref_field; /* of REF */
    const struct tov_ref *ref;
};
bool deed_ask(struct harness *harness, const void *with, struct tov_buf *out);

/* ERR: TOV_OK for allocations, else what functions say. */
void deed_check(struct harness *harness, const struct deed *deed, enum tov_err err);
/* For allocations, and for functions that say NOMEM, CORRUPT and IO. */
void deed_check_all(struct harness *harness, const struct deed *deed);

#endif

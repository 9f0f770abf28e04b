/* SPDX-License-Identifier: EUPL-1.2
 *
 * The core's half of the talk with its guard. Towards the process: encode a request, hand the
 * payload to the socket pair, later decode the answer (guard_protocol.h does both; nothing here
 * blocks). For simulations: tov_guard_local, the same guard in this process over states in memory.
 * Not for: production keys. A core that runs tov_guard_local holds its own signing keys.
 */
#ifndef TOV_GUARD_CLIENT_H
#define TOV_GUARD_CLIENT_H

#include "guard/guard.h"
#include "guard/guard_witness.h"

/* Fills the request and gives it the next id; then set its member. */
void tov_guard_request_init(struct tov_guard_request *out_request, enum tov_guard_op op,
                            uint32_t id);
/* Whether ANSWER is the one to REQUEST: same op and id. */
bool tov_guard_answer_is_for(const struct tov_guard_answer *answer,
                             const struct tov_guard_request *request);

struct tov_guard_local;

enum tov_guard_image {
    TOV_GUARD_IMAGE_LEDGER = 0,
    TOV_GUARD_IMAGE_JOURNAL = 1,
    TOV_GUARD_IMAGE_WITNESS = 2
};
#define TOV_GUARD_IMAGES 3

struct tov_guard_local_options {
    const char *ledger_origin;
    struct tov_key ledger_seed, journal_seed, witness_seed;
    struct tov_bytes roots;
    const struct tov_roster_facts *roster; /* as in struct tov_guard_setup */
    /* What is "on disk". fresh: all three are made empty, as tov-keys does, and IMAGES is not
     * looked at; otherwise an empty image is a lost state. */
    bool fresh;
    struct tov_bytes images[TOV_GUARD_IMAGES];
};

enum tov_err tov_guard_local_create(const struct tov_guard_local_options *options,
                                    struct tov_guard_local **out_local,
                                    struct tov_error *error) TOV_MUST_CHECK;
void tov_guard_local_destroy(struct tov_guard_local *local);
TOV_DEFINE_CLEANUP(tov_guard_local, struct tov_guard_local, tov_guard_local_destroy)

/* One request and its answer, through the encoded payloads, as over the socket pair. */
enum tov_err tov_guard_local_call(struct tov_guard_local *local,
                                  const struct tov_guard_request *request,
                                  struct tov_guard_answer *out_answer) TOV_MUST_CHECK;

/* The bytes that would survive a crash now; borrowed until the next call. Copy them, destroy the
 * guard, create another over the copy: a restart. */
struct tov_bytes tov_guard_local_image(const struct tov_guard_local *local,
                                       enum tov_guard_image image);
/* The next COUNT writes from now succeed; the one after writes KEEP_BYTES of what it should and
 * fails: a crash or a full disk in the middle. */
void tov_guard_local_fail_write(struct tov_guard_local *local, uint32_t count, size_t keep_bytes);

#endif

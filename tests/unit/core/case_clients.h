/* SPDX-License-Identifier: EUPL-1.2
 *
 * Clients of the nodes of support/node_harness.h that write messages of the catalogue and ask for
 * cases.
 * Not for: looking at answers.
 */
#ifndef TOV_TESTS_CORE_CASE_CLIENTS_H
#define TOV_TESTS_CORE_CASE_CLIENTS_H

#include "support/node_harness.h"
#include "support/unit.h"
#include "unit/case/drafts.h"
#include "wire/api.h"

extern const struct harness_client anna;  /* kk/vink */
extern const struct harness_client sofie; /* kk/sof */
extern const struct harness_client eva;   /* kk/eki, the release desk */
extern const struct harness_client gitte; /* of kk, in a unit that the roster has not */
extern const struct harness_client audit; /* of kk, without a unit */
extern const struct harness_client bo;    /* kbh-pol/dks */
extern const struct harness_client carl;  /* krfo/central */

/* Three connected nodes that serve. */
struct harness *three_nodes(void);

/* The answer to REQUEST, whose id is set here; the reply is the caller's. */
struct tov_record exchange(struct harness *harness, const struct harness_client *client,
                           struct tov_record request);
struct asking {
    const char *unit;
    uint64_t number, at_ms, ended, skip;
};
/* NAME is "cases" or "case_read". */
struct tov_record ask(struct harness *harness, const struct harness_client *client,
                      const char *name, const struct asking *asking);
struct tov_record body_of(struct tov_record reply, const char *name); /* must be there */
uint64_t error_of(struct tov_record reply);

struct saying {
    const struct harness_client *by;
    const char *type, *from, *to, *bases;
    const char *fields;            /* beside those of the minimal draft; what it is about */
    const struct tov_ref *cites;   /* or NULL */
    const struct tov_ref *answers; /* what it replies to, or NULL */
};
/* The request that submits it, by a key of its own. */
struct tov_record submit_of(struct harness *harness, const struct saying *saying);
/* Writes a message, which must be accepted, and lets a minute pass; its number at the sender, and
 * its reference. */
uint64_t say(struct harness *harness, const struct saying *saying, struct tov_ref *out_ref);
/* Hands it to the node alone: nothing runs, no answer is looked at. */
void send_saying(struct harness *harness, const struct saying *saying);
/* Writes it into the node's ledger though no rule was asked, as a hostile agency's own node would,
 * and lets a minute pass. */
void force_saying(struct harness *harness, const struct saying *saying);
/* The same, and it cites REF so often: its header is large. */
void force_saying_citing(struct harness *harness, const struct saying *saying,
                         const struct tov_ref *ref, size_t times);
void drop_replies(struct harness *harness, const struct harness_client *client);

#endif

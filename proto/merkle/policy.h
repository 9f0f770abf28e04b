/* SPDX-License-Identifier: EUPL-1.2
 *
 * Witness policies in C2SP tlog-policy syntax: `log <vkey> [url]`, `witness <name> <vkey> [url]`,
 * `group <name> all|any|<k> <member>...`, `quorum <name>|none`; '#' starts a comment line.
 * Not for: choosing the policy (the roster does).
 * Never hold up a delivery because a policy is not met: witnessing comes after
 * (docs/architecture.md).
 */
#ifndef TOV_MERKLE_POLICY_H
#define TOV_MERKLE_POLICY_H

#include "merkle/checkpoint.h"

#define TOV_POLICY_LOGS_MAX 1024u
#define TOV_POLICY_WITNESSES_MAX 1024u
#define TOV_POLICY_GROUPS_MAX 256u
#define TOV_POLICY_MAX_BYTES 1048576u

struct tov_policy;

/* ERROR names the line. The caller destroys the policy. */
enum tov_err tov_policy_parse(struct tov_bytes text, struct tov_policy **out_policy,
                              struct tov_error *error) TOV_MUST_CHECK;
void tov_policy_destroy(struct tov_policy *policy); /* NULL is fine */

/* Borrowed from the policy. */
struct tov_vkey_list tov_policy_logs(const struct tov_policy *policy);
struct tov_vkey_list tov_policy_witnesses(const struct tov_policy *policy);

struct tov_policy_verdict {
    struct tov_checkpoint checkpoint;
    size_t witnesses; /* distinct witness keys of the policy that cosigned */
    bool is_met;      /* the quorum is reached */
};
/* TOV_E_SIGNATURE when no log of the policy signed NOTE under its own name, or when the signature
 * of any known log or witness fails; a quorum that is not reached is TOV_OK with is_met false. */
enum tov_err tov_policy_judge(const struct tov_policy *policy, struct tov_bytes note,
                              struct tov_policy_verdict *out_verdict,
                              struct tov_error *error) TOV_MUST_CHECK;
/* Whether the quorum is reached by the witnesses marked in COSIGNED (one entry for each of
 * tov_policy_witnesses), for those who verified bare cosignatures themselves. */
bool tov_policy_is_met(const struct tov_policy *policy, const bool *cosigned);

/* How many of N witnesses must cosign so that two views of a log need an honest witness in common
 * while fewer than a third are dishonest: floor(2n/3)+1. */
unsigned tov_policy_quorum(unsigned witnesses);

#endif

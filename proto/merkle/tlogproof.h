/* SPDX-License-Identifier: EUPL-1.2
 *
 * C2SP tlog-proof v1: one text that proves a leaf to a third party; index, inclusion proof,
 * checkpoint with its cosignatures.
 * Not for: parcels between nodes, which carry no proofs.
 * Never trust `extra`: nothing signs it.
 */
#ifndef TOV_MERKLE_TLOGPROOF_H
#define TOV_MERKLE_TLOGPROOF_H

#include "merkle/checkpoint.h"
#include "merkle/proof.h"

#define TOV_TLOGPROOF_EXTRA_MAX_BYTES 49152u /* decoded: a line of 64 KiB */
#define TOV_TLOGPROOF_MAX_BYTES 262144u

struct tov_tlogproof {
    bool has_extra;
    struct tov_bytes extra_base64; /* a view; strict base64 */
    uint64_t index;
    struct tov_proof proof;
    struct tov_bytes checkpoint_note; /* a view: the signed note, verbatim */
};

/* Writes the text. With has_extra, extra_base64 must be strict base64: it is not looked at here.
 * Failures stick in OUT. */
void tov_tlogproof_put(struct tov_buf *out, const struct tov_tlogproof *proof);
/* Structure only; after a failure OUT_PROOF is undefined. ERROR may be NULL. */
enum tov_err tov_tlogproof_parse(struct tov_bytes text, struct tov_tlogproof *out_proof,
                                 struct tov_error *error) TOV_MUST_CHECK;
/* Verifies the checkpoint by LOG_KEY and that the leaf is in its tree. LEAF is the leaf's bytes,
 * not its hash. TOV_E_SIGNATURE, TOV_E_PROOF or TOV_E_MALFORMED. */
enum tov_err tov_tlogproof_verify(const struct tov_tlogproof *proof, struct tov_bytes leaf,
                                  const struct tov_vkey *log_key,
                                  struct tov_checkpoint *out_checkpoint) TOV_MUST_CHECK;

#endif

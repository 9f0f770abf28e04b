/* SPDX-License-Identifier: EUPL-1.2
 *
 * What one tlog-proof says, and whether it leads from the leaf to the root of its checkpoint.
 * Not for: the checkpoint's signature. The keys are in the roster, which a client does not hold;
 * tov-audit and every tlog tool check it.
 */
#ifndef TOV_CLI_EVIDENCE_H
#define TOV_CLI_EVIDENCE_H

#include "cli/cli.h"
#include "merkle/tlogproof.h"

struct evidence {
    bool is_there; /* false: not signed yet */
    bool holds;
    struct tov_hash leaf_hash;
    struct tov_tlogproof proof; /* views into the text */
    struct tov_checkpoint checkpoint;
};

/* PROOF is the tlog-proof's text, "" for none, and must outlive OUT. A text that is none is there
 * and does not hold. */
void evidence_read(struct tov_bytes leaf, const char *proof, struct evidence *out);

#endif

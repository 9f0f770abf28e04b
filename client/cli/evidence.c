/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/evidence.h"

#include "base/limits.h"
#include "merkle/tree.h"

static bool read_checkpoint(struct evidence *evidence)
{
    struct tov_note note;
    return tov_note_parse(evidence->proof.checkpoint_note, TOV_NOTE_MAX_BYTES, &note, NULL) ==
               TOV_OK &&
           tov_checkpoint_parse(note.text, &evidence->checkpoint) == TOV_OK;
}

void evidence_read(struct tov_bytes leaf, const char *proof, struct evidence *out)
{
    *out = (struct evidence){.is_there = proof[0] != '\0'};
    out->leaf_hash = tov_merkle_leaf_hash(leaf);
    if (!out->is_there ||
        tov_tlogproof_parse(tov_bytes_of_text(proof), &out->proof, NULL) != TOV_OK ||
        !read_checkpoint(out)) {
        out->proof = (struct tov_tlogproof){.index = 0};
        out->checkpoint = (struct tov_checkpoint){.size = 0};
        return;
    }
    struct tov_inclusion claim = {.index = out->proof.index,
                                  .size = out->checkpoint.size,
                                  .leaf_hash = out->leaf_hash,
                                  .root = out->checkpoint.root};
    out->holds = tov_inclusion_verify(&claim, &out->proof.proof) == TOV_OK;
}

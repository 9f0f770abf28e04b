/* SPDX-License-Identifier: EUPL-1.2 */
#include "merkle/tlogproof.h"

#include <inttypes.h>

#include "base/hex.h"
#include "merkle/text.h"
#include "merkle/tree.h"

#define FIRST_LINE "c2sp.org/tlog-proof@v1\n"

void tov_tlogproof_put(struct tov_buf *out, const struct tov_tlogproof *proof)
{
    tov_buf_put_text(out, FIRST_LINE);
    if (proof->has_extra) {
        tov_buf_put_text(out, "extra ");
        tov_buf_put_bytes(out, proof->extra_base64);
        tov_buf_put_text(out, "\n");
    }
    tov_buf_put_format(out, "index %" PRIu64 "\n", proof->index);
    for (size_t i = 0; i < proof->proof.count; i++) {
        tov_buf_put_base64(out, TOV_BYTES_OF(proof->proof.hashes[i].bytes));
        tov_buf_put_text(out, "\n");
    }
    tov_buf_put_text(out, "\n");
    tov_buf_put_bytes(out, proof->checkpoint_note);
}

/* The lines before the hashes. */
static bool parse_head(struct tov_bytes *rest, struct tov_tlogproof *proof)
{
    struct tov_bytes line;
    if (!tov_text_skip(rest, FIRST_LINE) || !tov_text_next_line(rest, &line))
        return false;
    proof->has_extra = tov_text_skip(&line, "extra ");
    proof->extra_base64 = (struct tov_bytes){0};
    if (proof->has_extra) {
        proof->extra_base64 = line;
        if (line.size > TOV_BASE64_SIZE((size_t)TOV_TLOGPROOF_EXTRA_MAX_BYTES) ||
            !tov_text_is_base64(line) || !tov_text_next_line(rest, &line))
            return false;
    }
    return tov_text_skip(&line, "index ") && tov_decimal_decode(line, &proof->index) == TOV_OK;
}

/* The hashes and the empty line after them. */
static enum tov_err parse_hashes(struct tov_bytes *rest, struct tov_proof *proof,
                                 struct tov_error *error)
{
    proof->count = 0;
    for (;;) {
        struct tov_bytes line;
        size_t size = 0;
        if (!tov_text_next_line(rest, &line))
            return tov_fail(error, TOV_E_MALFORMED, "a tlog-proof ends before its checkpoint");
        if (line.size == 0)
            return TOV_OK;
        if (proof->count == TOV_PROOF_MAX_HASHES)
            return tov_fail(error, TOV_E_LIMIT, "a tlog-proof has more than %u hashes",
                            TOV_PROOF_MAX_HASHES);
        struct tov_hash *hash = &proof->hashes[proof->count];
        if (tov_text_decode_base64(line, hash->bytes, sizeof hash->bytes, &size) != TOV_OK ||
            size != sizeof hash->bytes)
            return tov_fail(error, TOV_E_MALFORMED, "hash %zu of a tlog-proof is malformed",
                            proof->count + 1);
        proof->count++;
    }
}

enum tov_err tov_tlogproof_parse(struct tov_bytes text, struct tov_tlogproof *out_proof,
                                 struct tov_error *error)
{
    struct tov_note note;
    if (text.size > TOV_TLOGPROOF_MAX_BYTES)
        return tov_fail(error, TOV_E_LIMIT, "a tlog-proof is longer than %u bytes",
                        TOV_TLOGPROOF_MAX_BYTES);
    if (!parse_head(&text, out_proof))
        return tov_fail(error, TOV_E_MALFORMED, "not a tlog-proof of version 1");
    TOV_TRY(parse_hashes(&text, &out_proof->proof, error));
    out_proof->checkpoint_note = text;
    return tov_note_parse(text, TOV_NOTE_MAX_BYTES, &note, error);
}

enum tov_err tov_tlogproof_verify(const struct tov_tlogproof *proof, struct tov_bytes leaf,
                                  const struct tov_vkey *log_key,
                                  struct tov_checkpoint *out_checkpoint)
{
    struct tov_checkpoint_opened opened;
    TOV_TRY(tov_checkpoint_open(proof->checkpoint_note, log_key, &opened, NULL));
    struct tov_inclusion claim = {
        .index = proof->index,
        .size = opened.checkpoint.size,
        .leaf_hash = tov_merkle_leaf_hash(leaf),
        .root = opened.checkpoint.root,
    };
    TOV_TRY(tov_inclusion_verify(&claim, &proof->proof));
    *out_checkpoint = opened.checkpoint;
    return TOV_OK;
}

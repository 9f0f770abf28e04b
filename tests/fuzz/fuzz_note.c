/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signed texts and what belongs to them; the first byte says as which the rest is read. What parses
 * is written the same again. Of a policy: who has more cosignatures never meets it less.
 */
#include "fuzz.h"

#include "guard/guard_statement.h"
#include "merkle/policy.h"
#include "merkle/range.h"
#include "merkle/tlogproof.h"

#define OUT_MAX_BYTES (1u << 20)
#define FEW 64u

static void try_vkey(struct tov_bytes text)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(OUT_MAX_BYTES);
    struct tov_vkey key;
    if (tov_vkey_parse(text, &key, NULL) != TOV_OK)
        return;
    tov_vkey_format(&key, &out);
    fuzz_must_equal(&out, text);
}

static void try_note(struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(OUT_MAX_BYTES);
    struct tov_note note;
    if (tov_note_parse(bytes, TOV_NOTE_MAX_BYTES, &note, NULL) != TOV_OK)
        return;
    MUST(note.count > 0 && note.count <= TOV_NOTE_SIGNATURES_MAX);
    MUST(tov_note_put_text(&out, note.text) == TOV_OK);
    for (size_t i = 0; i < note.count; i++) {
        uint8_t signature[TOV_COSIGNATURE_BYTES];
        size_t size = 0;
        tov_buf_put_text(&out, "\xe2\x80\x94 ");
        tov_buf_put_bytes(&out, note.signatures[i].name);
        tov_buf_put_text(&out, " ");
        tov_buf_put_bytes(&out, note.signatures[i].base64);
        tov_buf_put_text(&out, "\n");
        enum tov_err err =
            tov_note_signature_decode(&note.signatures[i], signature, sizeof signature, &size);
        MUST(err == TOV_E_LIMIT || (err == TOV_OK && size > 0));
    }
    fuzz_must_equal(&out, bytes);
}

static void try_checkpoint(struct tov_bytes text)
{
    struct tov_checkpoint checkpoint;
    char again[TOV_CHECKPOINT_TEXT_MAX_BYTES];
    if (tov_checkpoint_parse(text, &checkpoint) != TOV_OK)
        return;
    size_t size = tov_checkpoint_text(&checkpoint, again);
    MUST(tov_bytes_equal((struct tov_bytes){(const uint8_t *)again, size}, text));
}

static void try_cosignature(struct tov_bytes bytes)
{
    struct tov_cosignature cosignature;
    uint8_t again[TOV_COSIGNATURE_BYTES];
    if (tov_cosignature_decode(bytes, &cosignature) != TOV_OK)
        return;
    MUST(cosignature.time_s <= TOV_COSIGNATURE_TIME_MAX);
    tov_cosignature_encode(&cosignature, again);
    MUST(tov_bytes_equal(TOV_BYTES_OF(again), bytes));
}

static void try_tlogproof(struct tov_bytes text)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(OUT_MAX_BYTES);
    struct tov_tlogproof proof;
    if (tov_tlogproof_parse(text, &proof, NULL) != TOV_OK)
        return;
    MUST(proof.proof.count <= TOV_PROOF_MAX_HASHES);
    tov_tlogproof_put(&out, &proof);
    fuzz_must_equal(&out, text);
}

static void try_policy(struct tov_bytes text)
{
    struct tov_policy *policy = NULL;
    bool cosigned[FEW] = {false};
    if (tov_policy_parse(text, &policy, NULL) != TOV_OK)
        return;
    size_t witnesses = tov_policy_witnesses(policy).count;
    MUST(witnesses <= TOV_POLICY_WITNESSES_MAX);
    bool is_met = witnesses <= FEW && tov_policy_is_met(policy, cosigned);
    for (size_t i = 0; i < witnesses && witnesses <= FEW; i++) {
        cosigned[i] = true;
        bool is_met_now = tov_policy_is_met(policy, cosigned);
        MUST(is_met_now || !is_met);
        is_met = is_met_now;
    }
    tov_policy_destroy(policy);
}

static void try_range(struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(OUT_MAX_BYTES);
    struct tov_range range;
    if (tov_range_decode(bytes, &range) != TOV_OK)
        return;
    MUST(range.count == (unsigned)__builtin_popcountll(range.size));
    tov_range_encode(&range, &out);
    fuzz_must_equal(&out, bytes);
    struct tov_range longer = range;
    struct tov_hash root = tov_range_root(&range);
    if (tov_range_append(&longer, &root) == TOV_OK)
        MUST(longer.size == range.size + 1 && !tov_range_equal(&longer, &range));
}

static void try_statement(struct tov_bytes text)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(OUT_MAX_BYTES);
    struct tov_guard_statement_text statement;
    if (tov_guard_statement_parse(text, &statement) != TOV_OK)
        return;
    tov_guard_statement_format(&statement, &out);
    fuzz_must_equal(&out, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fuzz_attempt *const attempts[] = {try_vkey,      try_note,     try_checkpoint,
                                             try_tlogproof, try_policy,   try_cosignature,
                                             try_range,     try_statement};
    return fuzz_choose(attempts, sizeof attempts / sizeof attempts[0], data, size);
}

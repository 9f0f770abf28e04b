/* SPDX-License-Identifier: EUPL-1.2
 *
 * Two histories of one agency. Nobody is accused but by two notes that it signed itself, and only
 * after this node's own rows were found to be what was followed: a disk that rots accuses nobody.
 *
 *   the same size, two roots        the two notes are the proof
 *   a smaller size than is held     the two notes, and that the larger one extends another root at
 *                                   the smaller size: a consistency proof from the mirror
 *   a larger one (parcel_in.c)      the two notes; the agency alone could show that they fit, and
 *                                   has sent three parcels that do not
 *
 * Evidence stays: fact "fork" || agency 2 || generation 4: size 8, root 32, signature 64 of the
 * note that contradicts, then of the one that is held; then hashes of 32, the consistency proof.
 */
#include "follow/peer.h"

#include "merkle/proof.h"

#include "base/hex.h"

#include <string.h>

static enum tov_err verify_note(const struct tov_peer *peer, const struct tov_signed_size *note)
{
    struct tov_checkpoint checkpoint;
    TOV_TRY(tov_checkpoint_make(tov_bytes_of_text(peer->agency->ledger.name), note->size,
                                &note->root, &checkpoint));
    return tov_checkpoint_verify(&checkpoint, &peer->agency->ledger, note->signature);
}

static void put_note(struct tov_buf *row, const struct tov_signed_size *note)
{
    tov_buf_put_u64(row, note->size);
    tov_buf_put(row, note->root.bytes, sizeof note->root.bytes);
    tov_buf_put(row, note->signature, sizeof note->signature);
}

/* As a line of `checkpoints` in an export has it. */
struct note_words {
    char root[TOV_BASE64_SIZE(TOV_HASH_BYTES) + 1];
    char signature[TOV_BASE64_SIZE(TOV_SIGNATURE_BYTES) + 1];
};

static struct note_words words_of(const struct tov_signed_size *note)
{
    struct note_words words;
    tov_base64_encode(TOV_BYTES_OF(note->root.bytes), words.root);
    tov_base64_encode(TOV_BYTES_OF(note->signature), words.signature);
    return words;
}

/* Two signed notes that exclude each other. */
struct pair {
    struct tov_signed_size other, held;
    struct tov_proof proof; /* that HELD extends another root at OTHER's size; no hashes: none */
};

static void keep(struct tov_core *core, const struct tov_peer *peer, const struct pair *pair)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT(4096);
    struct tov_store_key key = tov_store_key_text("fork");
    struct note_words other = words_of(&pair->other);
    struct note_words held = words_of(&pair->held);
    tov_store_key_put_u16(&key, peer->number);
    tov_store_key_put_u32(&key, peer->agency->generation);
    put_note(&row, &pair->other);
    put_note(&row, &pair->held);
    tov_buf_put(&row, pair->proof.hashes, pair->proof.count * TOV_HASH_BYTES);
    tov_store_batch_put_buf(tov_core_batch(core), TOV_TABLE_FACT, key, &row);
    tov_core_log(core, TOV_HOST_ERROR, "suspected-fork",
                 "peer=%s size=%llu root=%s signature=%s held=%llu held-root=%s held-signature=%s",
                 peer->agency->name, (unsigned long long)pair->other.size, other.root,
                 other.signature, (unsigned long long)pair->held.size, held.root, held.signature);
}

/* The newest note followed, if what is held leads to it. TOV_E_CORRUPT: it does not, so this
 * node's own rows have changed since. */
static enum tov_err find_held(const struct tov_peer *peer, struct tov_signed_size *out)
{
    *out = (struct tov_signed_size){.size = peer->range.size, .root = tov_range_root(&peer->range)};
    memcpy(out->signature, peer->signature, sizeof out->signature);
    return verify_note(peer, out) == TOV_OK ? TOV_OK : TOV_E_CORRUPT;
}

enum tov_err tov_fork_keep(struct tov_follow *follow, const struct tov_peer *peer,
                           const struct tov_signed_size *other)
{
    struct pair pair = {.other = *other, .proof = {.count = 0}};
    if (peer->range.size == 0)
        return TOV_E_PROOF; /* nothing is held that it could contradict */
    TOV_TRY(find_held(peer, &pair.held));
    keep(follow->core, peer, &pair);
    return TOV_E_FORK;
}

/* The root that the mirror has at OTHER's size, which is below what is held, with the proof that
 * the held note extends it. TOV_E_NOT_FOUND: the mirror does not reach so deep. */
static enum tov_err compare_with_mirror(const struct tov_core *core, const struct tov_peer *peer,
                                        struct tov_store_read *read, struct pair *pair)
{
    struct tov_mirror_nodes nodes = {core, read, peer->number, peer->agency->generation};
    struct tov_node_source source = tov_mirror_node_source(&nodes);
    struct tov_hash root;
    TOV_TRY(tov_proof_make_root(&source, pair->other.size, &root));
    if (tov_hash_equal(&root, &pair->other.root))
        return TOV_OK;
    TOV_TRY(tov_proof_make_consistency(&source, pair->other.size, pair->held.size, &pair->proof));
    struct tov_consistency claim = {pair->other.size, pair->held.size, root, pair->held.root};
    return tov_consistency_verify(&claim, &pair->proof) == TOV_OK ? TOV_E_FORK : TOV_E_CORRUPT;
}

static enum tov_err compare(const struct tov_core *core, const struct tov_peer *peer,
                            struct pair *pair)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_mirror_checkpoint(read, peer->agency, pair->other.size, &pair->held));
    if (verify_note(peer, &pair->held) != TOV_OK)
        return TOV_E_CORRUPT;
    if (pair->held.size == pair->other.size)
        return tov_hash_equal(&pair->held.root, &pair->other.root) ? TOV_OK : TOV_E_FORK;
    return compare_with_mirror(core, peer, read, pair);
}

enum tov_err tov_fork_check(struct tov_follow *follow, const struct tov_peer *peer,
                            const struct tov_frame_checkpoint *own)
{
    struct pair pair = {.other = {.size = own->size, .root = own->root}, .proof = {.count = 0}};
    if (!own->present || own->generation != peer->agency->generation || own->size == 0 ||
        own->size > peer->committed_size || peer->suspended)
        return TOV_OK;
    memcpy(pair.other.signature, own->signature, sizeof pair.other.signature);
    if (verify_note(peer, &pair.other) != TOV_OK)
        return TOV_OK; /* anybody on the way may have said that */
    enum tov_err err = compare(follow->core, peer, &pair);
    if (err == TOV_E_FORK)
        keep(follow->core, peer, &pair);
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

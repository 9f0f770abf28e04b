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
 * Of the own ledger a peer can show a note, too (session.c): where the own tree has another root at
 * that size, the own key is used twice, and nothing is signed by it any more.
 *
 * Evidence stays, the first that was found: fact "fork" || agency 2 || generation 4: size 8, root
 * 32, signature 64 of the note that contradicts, then of the one that is held; then hashes of 32:
 * none, or the root that the held tree has at the other one's size and the consistency proof.
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
    struct tov_hash root;   /* that HELD has at OTHER's size */
    struct tov_proof proof; /* of it; no hashes: none */
};

struct tov_store_key tov_fork_key(uint16_t agency, uint32_t generation)
{
    struct tov_store_key key = tov_store_key_text("fork");
    tov_store_key_put_u16(&key, agency);
    tov_store_key_put_u32(&key, generation);
    return key;
}

static void save(struct tov_core *core, const struct tov_agency *agency, const struct pair *pair)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT(4096);
    put_note(&row, &pair->other);
    put_note(&row, &pair->held);
    if (pair->proof.count > 0)
        tov_buf_put(&row, pair->root.bytes, sizeof pair->root.bytes);
    tov_buf_put(&row, pair->proof.hashes, pair->proof.count * TOV_HASH_BYTES);
    tov_store_batch_put_buf(tov_core_batch(core), TOV_TABLE_FACT,
                            tov_fork_key(agency->number, agency->generation), &row);
}

static void say(struct tov_core *core, const char *event, const char *who, const struct pair *pair)
{
    struct note_words other = words_of(&pair->other);
    struct note_words held = words_of(&pair->held);
    tov_core_log(core, TOV_HOST_ERROR, event,
                 "peer=%s size=%llu root=%s signature=%s held=%llu held-root=%s held-signature=%s",
                 who, (unsigned long long)pair->other.size, other.root, other.signature,
                 (unsigned long long)pair->held.size, held.root, held.signature);
}

static void keep(struct tov_core *core, const struct tov_peer *peer, const struct pair *pair)
{
    save(core, peer->agency, pair);
    say(core, "suspected-fork", peer->agency->name, pair);
}

/* ---- what is kept ---- */

static void read_note(struct tov_reader *reader, struct tov_export_signed *out)
{
    out->size = tov_read_u64(reader);
    tov_read_copy(reader, out->root.bytes, sizeof out->root.bytes);
    tov_read_copy(reader, out->signature, sizeof out->signature);
}

enum tov_err tov_fork_decode(struct tov_bytes row, struct tov_export_fork *out_fork)
{
    struct tov_export_fork fork = {.has_root = false};
    struct tov_reader reader = tov_reader_of(row);
    read_note(&reader, &fork.smaller);
    read_note(&reader, &fork.larger);
    fork.has_root = reader.left > 0;
    if (fork.has_root)
        tov_read_copy(&reader, fork.root.bytes, sizeof fork.root.bytes);
    while (!reader.failed && reader.left > 0 && fork.hash_count < TOV_EXPORT_FORK_HASHES_MAX)
        tov_read_copy(&reader, fork.hashes[fork.hash_count++].bytes, TOV_HASH_BYTES);
    if (!tov_reader_is_done(&reader))
        return TOV_E_CORRUPT;
    if (fork.smaller.size > fork.larger.size) {
        struct tov_export_signed swap = fork.smaller;
        fork.smaller = fork.larger;
        fork.larger = swap;
    }
    *out_fork = fork;
    return TOV_OK;
}

static struct tov_frame_checkpoint shown_note(const struct tov_agency *agency,
                                              const struct tov_export_signed *note)
{
    struct tov_frame_checkpoint shown = {
        .present = true, .generation = agency->generation, .size = note->size, .root = note->root};
    memcpy(shown.signature, note->signature, sizeof shown.signature);
    return shown;
}

enum tov_err tov_fork_load(const struct tov_core *core, const struct tov_agency *agency,
                           struct tov_fork_notes *out_notes)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    struct tov_export_signed other, held;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_store_get(read, TOV_TABLE_FACT, tov_fork_key(agency->number, agency->generation),
                          &row));
    struct tov_reader reader = tov_reader_of(row);
    read_note(&reader, &other);
    read_note(&reader, &held);
    if (reader.failed)
        return TOV_E_CORRUPT;
    out_notes->other = shown_note(agency, &other);
    out_notes->held = shown_note(agency, &held);
    return TOV_OK;
}

/* ---- the own ledger ---- */

enum tov_err tov_fork_load_own(struct tov_follow *follow)
{
    struct tov_fork_notes notes;
    enum tov_err err = tov_fork_load(follow->core, follow->core->own, &notes);
    if (err == TOV_OK)
        follow->own_fork = notes.other;
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

enum tov_err tov_fork_keep_own(struct tov_follow *follow, const struct tov_peer *peer,
                               struct tov_store_read *read,
                               const struct tov_frame_checkpoint *shown)
{
    struct tov_core *core = follow->core;
    struct pair pair = {.other = {.size = shown->size, .root = shown->root}, .proof = {.count = 0}};
    struct tov_ledger_nodes nodes = {core->ledger, read};
    struct tov_node_source source = tov_ledger_node_source(&nodes);
    memcpy(pair.other.signature, shown->signature, sizeof pair.other.signature);
    if (!tov_ledger_newest(core->ledger, &pair.held) || pair.held.size < shown->size)
        return TOV_E_CORRUPT;
    TOV_TRY(tov_proof_make_root(&source, shown->size, &pair.root));
    TOV_TRY(tov_proof_make_consistency(&source, shown->size, pair.held.size, &pair.proof));
    struct tov_consistency claim = {shown->size, pair.held.size, pair.root, pair.held.root};
    if (tov_consistency_verify(&claim, &pair.proof) != TOV_OK)
        return TOV_E_CORRUPT; /* the own rows do not lead to what was signed: a disk, no fork */
    if (!follow->own_fork.present) {
        follow->own_fork = *shown;
        save(core, core->own, &pair);
        say(core, "own-key-used-twice", peer->agency->name, &pair);
    }
    return TOV_E_FORK;
}

/* ---- what peers say of their own ledgers ---- */

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
    TOV_TRY(tov_proof_make_root(&source, pair->other.size, &pair->root));
    if (tov_hash_equal(&pair->root, &pair->other.root))
        return TOV_OK;
    TOV_TRY(tov_proof_make_consistency(&source, pair->other.size, pair->held.size, &pair->proof));
    struct tov_consistency claim = {pair->other.size, pair->held.size, pair->root, pair->held.root};
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

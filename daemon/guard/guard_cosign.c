/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cosigning peers' anchors: the rules of C2SP tlog-witness, with the keys of the roster. The new
 * position is on stable storage before the cosignature is answered.
 */
#include "guard/guard_object.h"

#include <string.h>

/* A peer is not the agency of this guard: neither its ledger nor its journal. */
static bool is_own(const struct tov_guard *guard, const char *origin)
{
    size_t size = strlen(guard->origin);
    return strncmp(origin, guard->origin, size) == 0 &&
           (origin[size] == '\0' || origin[size] == '/');
}

static enum tov_guard_refusal open_note(const struct tov_guard_cosign *cosign,
                                        const struct tov_vkey *vkey,
                                        struct tov_checkpoint_opened *out_opened)
{
    enum tov_err err = tov_checkpoint_open(cosign->note, vkey, out_opened, NULL);
    if (err == TOV_E_SIGNATURE)
        return TOV_GUARD_R_PEER_SIGNATURE;
    if (err != TOV_OK || out_opened->checkpoint.size == 0)
        return TOV_GUARD_R_PEER_NOTE;
    return TOV_GUARD_DONE;
}

static void tell_own(const struct tov_guard_peer *own, struct tov_guard_cosign_answer *answer)
{
    if (own == NULL)
        return;
    answer->own_size = own->signature.size;
    answer->own_root = own->root;
    memcpy(answer->own_signature, own->signature.bytes, sizeof(answer->own_signature));
}

/* The checkpoint extends what was cosigned last of this origin (nothing, when OWN is NULL). */
static enum tov_guard_refusal check_extends(const struct tov_guard_peer *own,
                                            const struct tov_guard_cosign *cosign,
                                            const struct tov_checkpoint *checkpoint)
{
    uint64_t own_size = own == NULL ? 0 : own->signature.size;
    if (own != NULL && checkpoint->size == own_size &&
        !tov_hash_equal(&checkpoint->root, &own->root))
        return TOV_GUARD_R_PEER_FORK;
    if (cosign->old_size != own_size || checkpoint->size < own_size)
        return TOV_GUARD_R_PEER_OLD_SIZE;
    struct tov_consistency claim = {.first = own_size,
                                    .second = checkpoint->size,
                                    .first_root = tov_range_root(&(struct tov_range){0}),
                                    .second_root = checkpoint->root};
    if (own != NULL)
        claim.first_root = own->root;
    return tov_consistency_verify(&claim, &cosign->proof) == TOV_OK ? TOV_GUARD_DONE
                                                                    : TOV_GUARD_R_PEER_PROOF;
}

/* A record of its origin with a false key gives way in both copies: one that were left would say
 * nothing of what is cosigned now. A full file gives a place away that the roster says nobody can
 * need. */
static enum tov_err put_peer(const struct tov_guard *guard, const struct tov_guard_peer *peer,
                             bool is_first)
{
    const struct tov_guard_peer *former = tov_guard_witness_find(guard->witness, peer->origin);
    size_t number;
    if (former != NULL && is_first) {
        number = (size_t)(former - tov_guard_witness_at(guard->witness, 0));
        return tov_guard_witness_replace(guard->witness, number, peer, &guard->witness_file);
    }
    enum tov_err err = tov_guard_witness_put(guard->witness, peer, &guard->witness_file);
    if (err != TOV_E_LIMIT || !tov_guard_find_doubtful(guard, &number))
        return err;
    return tov_guard_witness_replace(guard->witness, number, peer, &guard->witness_file);
}

/* OWN is what counts of the peer. */
static enum tov_guard_refusal remember(struct tov_guard *guard, const struct tov_vkey *vkey,
                                       const struct tov_guard_peer *own,
                                       const struct tov_checkpoint_opened *opened)
{
    struct tov_guard_peer peer = {.root = opened->checkpoint.root,
                                  .signature.size = opened->checkpoint.size};
    memcpy(peer.origin, vkey->name, sizeof(peer.origin));
    memcpy(peer.public_key.bytes, vkey->public_key, sizeof(peer.public_key.bytes));
    memcpy(peer.signature.bytes, opened->signature, sizeof(peer.signature.bytes));
    if (own != NULL && own->signature.size == peer.signature.size)
        return TOV_GUARD_DONE;
    enum tov_err err = put_peer(guard, &peer, own == NULL);
    if (err == TOV_OK)
        return TOV_GUARD_DONE;
    if (err == TOV_E_LIMIT)
        return TOV_GUARD_R_PEER_FULL;
    return tov_guard_stop(guard, err);
}

static enum tov_guard_refusal check_request(const struct tov_guard *guard,
                                            const struct tov_guard_cosign *cosign)
{
    if (guard->witness_secret == NULL)
        return TOV_GUARD_R_NO_KEY;
    if (guard->witness == NULL)
        return TOV_GUARD_R_PEER_STATE;
    if (cosign->time_s > TOV_COSIGNATURE_TIME_MAX)
        return TOV_GUARD_R_MALFORMED;
    return TOV_GUARD_DONE;
}

/* The key that the core names is the roster's for a ledger of another agency. */
static enum tov_guard_refusal check_key(const struct tov_guard *guard,
                                        const struct tov_guard_cosign *cosign,
                                        struct tov_vkey *out_vkey)
{
    if (tov_vkey_parse(cosign->vkey, out_vkey, NULL) != TOV_OK ||
        out_vkey->type != TOV_VKEY_ED25519 || is_own(guard, out_vkey->name))
        return TOV_GUARD_R_PEER_NOTE;
    const struct tov_vkey *known = tov_guard_known_find(guard, out_vkey->name);
    if (known == NULL)
        return TOV_GUARD_R_PEER_UNKNOWN;
    return tov_vkey_is_same_key(known, out_vkey) ? TOV_GUARD_DONE : TOV_GUARD_R_PEER_KEY;
}

/* What was cosigned of the ledger of KEY. A record of its origin with another key is of no ledger
 * that there ever was: in one generation the key stays (docs/roster.md). */
static const struct tov_guard_peer *find_own(const struct tov_guard *guard,
                                             const struct tov_vkey *key)
{
    const struct tov_guard_peer *own = tov_guard_witness_find(guard->witness, key->name);
    return own != NULL && tov_guard_is_pinned(own, key) ? own : NULL;
}

enum tov_guard_refusal tov_guard_do_cosign(struct tov_guard *guard,
                                           const struct tov_guard_cosign *cosign,
                                           struct tov_guard_cosign_answer *out_answer)
{
    *out_answer = (struct tov_guard_cosign_answer){0};
    struct tov_vkey vkey;
    struct tov_checkpoint_opened opened;
    enum tov_guard_refusal refusal = check_request(guard, cosign);
    if (refusal == TOV_GUARD_DONE)
        refusal = check_key(guard, cosign, &vkey);
    if (refusal == TOV_GUARD_DONE)
        refusal = open_note(cosign, &vkey, &opened);
    if (refusal != TOV_GUARD_DONE)
        return refusal;
    const struct tov_guard_peer *own = find_own(guard, &vkey);
    tell_own(own, out_answer);
    refusal = check_extends(own, cosign, &opened.checkpoint);
    if (refusal == TOV_GUARD_DONE)
        refusal = remember(guard, &vkey, own, &opened);
    if (refusal != TOV_GUARD_DONE)
        return refusal;
    if (tov_checkpoint_cosign(&opened.checkpoint, cosign->time_s,
                              tov_secret_view(guard->witness_secret).data,
                              &out_answer->cosignature) != TOV_OK)
        return TOV_GUARD_R_MALFORMED;
    return TOV_GUARD_DONE;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "guard_model.h"

#include "fuzz.h"
#include "merkle/tree.h"

void model_init(struct model *model)
{
    memset(model, 0, sizeof *model);
    model->now[0].is_present = true;
    model->now[1].is_present = true;
    model->now[1].journal = 1;
}

struct model_tree *model_tree_of(struct model *model, enum tov_guard_tree tree)
{
    return &model->now[tree - TOV_GUARD_LEDGER];
}

struct tov_hash model_root(const struct model_tree *tree, uint64_t size)
{
    return tov_merkle_root(tree->leaves, (size_t)size);
}

struct model_tree *model_may_become(struct model *model, enum tov_guard_tree tree)
{
    size_t at = (size_t)(tree - TOV_GUARD_LEDGER);
    model->perhaps[at] = model->now[at];
    model->has_perhaps[at] = true;
    return &model->perhaps[at];
}

void model_settle(struct model *model, enum tov_guard_tree tree, bool is_done)
{
    size_t at = (size_t)(tree - TOV_GUARD_LEDGER);
    if (is_done)
        model->now[at] = model->perhaps[at];
    model->has_perhaps[at] = false;
}

static void make_origin(const struct model_tree *tree, char out[TOV_ORIGIN_MAX_BYTES + 1])
{
    if (tree->journal == 0)
        (void)snprintf(out, TOV_ORIGIN_MAX_BYTES + 1, "%s", FIXTURE_ORIGIN);
    else
        (void)snprintf(out, TOV_ORIGIN_MAX_BYTES + 1, "%s/journal/%llu", FIXTURE_ORIGIN,
                       (unsigned long long)tree->journal);
}

/* The leaves below signed_size never change here (model_meet, the fuzzer's honest requests), so a
 * signature over these leaves extends, or is extended by, each one that was seen. */
void model_must_be_signed(struct model *model, const struct fixture *fixture,
                          enum tov_guard_tree tree, const struct tov_guard_signature *signature)
{
    struct model_tree *now = model_tree_of(model, tree);
    const struct fixture_key *key = tree == TOV_GUARD_LEDGER ? &fixture->ledger : &fixture->journal;
    struct tov_checkpoint checkpoint;
    struct tov_vkey vkey;
    char origin[TOV_ORIGIN_MAX_BYTES + 1];
    MUST(signature->size > 0 && signature->size <= now->size);
    struct tov_hash root = model_root(now, signature->size);
    make_origin(now, origin);
    MUST(tov_checkpoint_make(tov_bytes_of_text(origin), signature->size, &root, &checkpoint) ==
         TOV_OK);
    MUST(tov_vkey_make(tov_bytes_of_text(origin), TOV_VKEY_ED25519, key->vkey.public_key, &vkey) ==
         TOV_OK);
    MUST(tov_checkpoint_verify(&checkpoint, &vkey, signature->bytes) == TOV_OK);
    if (signature->size > now->signed_size)
        now->signed_size = signature->size;
}

void model_must_give_back(struct model *model, enum tov_guard_tree tree, uint64_t from,
                          const struct tov_guard_hashes_answer *answer)
{
    const struct model_tree *now = model_tree_of(model, tree);
    MUST((answer != NULL) == (now->is_present && from < now->size));
    if (answer == NULL)
        return;
    MUST(answer->count == now->size - from);
    for (uint64_t i = from > now->fed_from ? from : now->fed_from; i < now->size; i++)
        MUST(tov_hash_equal(&answer->hashes[i - from], &now->leaves[i]));
}

static bool is_seen(const struct tov_guard_tree_view *view, const struct model_tree *tree)
{
    struct tov_hash root = model_root(tree, tree->size);
    return view->present == tree->is_present &&
           (!view->present || (view->journal == tree->journal && view->range.size == tree->size &&
                               tov_hash_equal(&view->root, &root)));
}

void model_meet(struct model *model, struct fixture *fixture, enum tov_guard_tree tree, bool lost)
{
    size_t at = (size_t)(tree - TOV_GUARD_LEDGER);
    const struct tov_guard_tree_view *view = fixture_hello(fixture, tree);
    struct model_tree *now = &model->now[at];
    if (lost) {
        MUST(!view->present);
        now->is_present = false;
    } else if (!is_seen(view, now)) {
        MUST(model->has_perhaps[at] && is_seen(view, &model->perhaps[at]));
        uint64_t signed_size = model->perhaps[at].journal == now->journal ? now->signed_size : 0;
        *now = model->perhaps[at];
        now->signed_size = signed_size;
    }
    model->has_perhaps[at] = false;
    MUST(!now->is_present || now->signed_size <= now->size);
    if (now->is_present && view->last.signature.size > 0)
        model_must_be_signed(model, fixture, tree, &view->last.signature);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Requests to a guard, one after the other, with restarts, lost states and writes that fail in
 * between: an input is a list of steps, each a byte that names it and its arguments. Whatever the
 * core asks, no two trees are signed, or cosigned for a peer, of which neither extends the other
 * (I4), and the hashes that it gives back are those that it was fed. The root threshold is honest:
 * it states what was signed.
 */
#include "fuzz.h"

#include "guard_model.h"
#include "merkle/tree.h"

#define STEPS_MAX 48u
#define HASHES_MAX 12u
#define PEER "infohus-demo/kbh-pol/1"
#define PEER_SHARED 20u /* leaves that the peer's two histories have in common */

struct run {
    struct fixture fixture;
    struct model model;
    struct tov_reader reader;
    bool is_stopped; /* a write failed: it answers nothing any more */
    uint64_t statements;
    /* of the peer */
    struct fixture_key peer;
    bool has_cosigned[2]; /* beyond what is shared, of either history */
    bool has_witness;
};

/* Leaf INDEX of one of two histories. */
static struct tov_hash leaf_of(uint64_t index, bool other)
{
    uint8_t leaf[8];
    tov_put_be64(leaf, index | (other ? 1ull << 63 : 0));
    return tov_merkle_leaf_hash(TOV_BYTES_OF(leaf));
}

static enum tov_guard_tree read_tree(struct run *run)
{
    return tov_read_u8(&run->reader) % 2u == 0 ? TOV_GUARD_LEDGER : TOV_GUARD_JOURNAL;
}

/* ---- a start ---- */

static void start(struct run *run, int lost)
{
    if (lost >= 0)
        fixture_lose(&run->fixture, (enum tov_guard_image)lost);
    else
        fixture_restart(&run->fixture);
    run->is_stopped = false;
    if (lost == TOV_GUARD_IMAGE_WITNESS)
        run->has_witness = false;
    model_meet(&run->model, &run->fixture, TOV_GUARD_LEDGER, lost == TOV_GUARD_IMAGE_LEDGER);
    model_meet(&run->model, &run->fixture, TOV_GUARD_JOURNAL, lost == TOV_GUARD_IMAGE_JOURNAL);
}

/* What was answered; a guard whose write failed is started again. */
static bool call(struct run *run, const struct tov_guard_request *request)
{
    enum tov_guard_refusal refusal = fixture_call(&run->fixture, request);
    run->is_stopped = refusal == TOV_GUARD_R_DISK;
    return refusal == TOV_GUARD_DONE;
}

/* ---- the trees ---- */

static void do_append(struct run *run, const struct tov_guard_append *append,
                      const struct tov_guard_request *request)
{
    const struct model_tree *now = model_tree_of(&run->model, append->tree);
    if (append->hash_count > MODEL_LEAVES_MAX - now->size)
        return;
    struct model_tree *next = model_may_become(&run->model, append->tree);
    for (size_t i = 0; i < append->hash_count; i++)
        next->leaves[next->size++] = append->hashes[i];
    bool is_done = call(run, request);
    if (run->is_stopped)
        return; /* its next start tells what is there */
    if (is_done)
        MUST(now->is_present && append->from_size == now->size);
    model_settle(&run->model, append->tree, is_done);
    const struct tov_guard_append_answer *answer = &run->fixture.answer.append;
    for (size_t i = 0; is_done && i < answer->signature_count; i++)
        model_must_be_signed(&run->model, &run->fixture, append->tree, &answer->signatures[i]);
}

static void step_append(struct run *run)
{
    struct tov_hash hashes[HASHES_MAX];
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_APPEND, 1);
    struct tov_guard_append *append = &request.append;
    append->tree = read_tree(run);
    uint8_t where = tov_read_u8(&run->reader), how = tov_read_u8(&run->reader);
    append->from_size = model_tree_of(&run->model, append->tree)->size;
    if (where >= 200) /* mostly where it must begin */
        append->from_size = where - 200u;
    append->hash_count = how % (HASHES_MAX + 1);
    append->hashes = hashes;
    for (size_t i = 0; i < append->hash_count; i++)
        hashes[i] = leaf_of(append->from_size + i, how >= 128);
    append->sign_count = tov_read_u8(&run->reader) % 4u;
    for (size_t i = 0; i < append->sign_count; i++)
        append->sign_at[i] = append->from_size + tov_read_u8(&run->reader) % (HASHES_MAX + 2);
    do_append(run, append, &request);
}

static void step_resign(struct run *run)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_RESIGN, 2);
    request.resign.tree = read_tree(run);
    uint8_t where = tov_read_u8(&run->reader);
    const struct model_tree *now = model_tree_of(&run->model, request.resign.tree);
    request.resign.size = where < 200 ? now->signed_size : where - 200u;
    if (call(run, &request))
        model_must_be_signed(&run->model, &run->fixture, request.resign.tree,
                             &run->fixture.answer.resign.signature);
}

static void step_journal_next(struct run *run)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_JOURNAL_NEXT, 3);
    uint64_t journal = model_tree_of(&run->model, TOV_GUARD_JOURNAL)->journal;
    request.journal_next.journal = journal + tov_read_u8(&run->reader) % 3u;
    struct model_tree *next = model_may_become(&run->model, TOV_GUARD_JOURNAL);
    *next = (struct model_tree){.is_present = true, .journal = request.journal_next.journal};
    bool is_done = call(run, &request);
    if (run->is_stopped)
        return;
    MUST(!is_done || request.journal_next.journal == journal + 1);
    model_settle(&run->model, TOV_GUARD_JOURNAL, is_done);
}

static void do_hashes(struct run *run, const struct tov_guard_request *request)
{
    bool is_done = call(run, request);
    model_must_give_back(&run->model, request->hashes.tree, request->hashes.from,
                         is_done ? &run->fixture.answer.hashes : NULL);
}

/* From where the tree is, its end, or just behind that. */
static void step_hashes(struct run *run)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_HASHES, 6);
    request.hashes.tree = read_tree(run);
    uint64_t size = model_tree_of(&run->model, request.hashes.tree)->size;
    request.hashes.from = tov_read_u16(&run->reader) % (size + 2);
    do_hashes(run, &request);
}

/* ---- statements ---- */

static enum tov_guard_refusal state(struct run *run, const struct tov_guard_statement_text *text,
                                    size_t signers, const struct tov_range *range)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf signed_text = TOV_BUF_INIT(4096);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(4096);
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_STATEMENT, 5);
    tov_guard_statement_format(text, &signed_text);
    MUST(tov_note_put_text(&note, tov_buf_view(&signed_text)) == TOV_OK);
    for (size_t i = 0; i < signers; i++)
        tov_note_sign(&note, tov_buf_view(&signed_text), &run->fixture.roots[i].vkey,
                      run->fixture.roots[i].secret);
    request.statement.note = tov_buf_view(&note);
    request.statement.range = *range;
    return fixture_call(&run->fixture, &request);
}

/* The tree is stated with leaves of the model, so that all that was signed stands in it. */
static void step_statement(struct run *run)
{
    struct tov_guard_statement_text text = {.origin = FIXTURE_ORIGIN, .tree = read_tree(run)};
    struct model_tree *next = model_may_become(&run->model, text.tree);
    uint8_t how = tov_read_u8(&run->reader);
    if (text.tree == TOV_GUARD_JOURNAL && how >= 192)
        *next = (struct model_tree){.is_present = true, .journal = next->journal + 1};
    next->size -= how % 64u % (next->size - next->signed_size + 1);
    next->is_present = true;
    next->fed_from = next->size;
    text.journal = next->journal;
    text.number = run->statements + how % 2u;
    text.size = next->size;
    text.root = model_root(next, next->size);
    struct tov_range range = {0};
    for (uint64_t i = 0; i < next->size; i++)
        MUST(tov_range_append(&range, &next->leaves[i]) == TOV_OK);
    size_t signers = 1 + tov_read_u8(&run->reader) % FIXTURE_ROOTS;
    enum tov_guard_refusal refusal = state(run, &text, signers, &range);
    run->is_stopped = refusal == TOV_GUARD_R_DISK;
    run->statements += 1;
    if (run->is_stopped)
        return;
    MUST(refusal != TOV_GUARD_DONE || signers >= 2);
    model_settle(&run->model, text.tree, refusal == TOV_GUARD_DONE);
}

/* ---- cosigning ---- */

static enum tov_err peer_node(void *context, unsigned level, uint64_t index,
                              struct tov_hash *out_hash)
{
    const struct tov_hash *leaves = context;
    *out_hash = tov_merkle_root(leaves + (index << level), (size_t)1 << level);
    return TOV_OK;
}

#define PEER_MAX 64u

static void make_peer(bool other, struct tov_hash leaves[PEER_MAX])
{
    for (uint64_t i = 0; i < PEER_MAX; i++)
        leaves[i] = leaf_of(i, other && i >= PEER_SHARED);
}

static void put_peer_note(const struct run *run, uint64_t size, const struct tov_hash *leaves,
                          struct tov_buf *out)
{
    struct tov_hash root = tov_merkle_root(leaves, (size_t)size);
    struct tov_checkpoint checkpoint;
    uint8_t signature[TOV_ED25519_SIGNATURE_BYTES];
    MUST(tov_checkpoint_make(tov_bytes_of_text(PEER), size, &root, &checkpoint) == TOV_OK);
    tov_checkpoint_sign(&checkpoint, run->peer.secret, signature);
    tov_checkpoint_put_note(out, &checkpoint, &run->peer.vkey, signature);
}

/* The peer shows two histories; it is cosigned in one of them. */
static void step_cosign(struct run *run)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(4096);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf vkey = TOV_BUF_INIT(1024);
    struct tov_hash leaves[PEER_MAX];
    struct tov_node_source source = {leaves, peer_node};
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_COSIGN, 4);
    bool other = tov_read_u8(&run->reader) % 2 != 0;
    uint64_t size = tov_read_u8(&run->reader) % PEER_MAX + 1u;
    request.cosign.old_size = tov_read_u8(&run->reader) % (size + 1);
    request.cosign.time_s = 1625486400;
    make_peer(other, leaves);
    put_peer_note(run, size, leaves, &note);
    tov_vkey_format(&run->peer.vkey, &vkey);
    request.cosign.note = tov_buf_view(&note);
    request.cosign.vkey = tov_buf_view(&vkey);
    if (request.cosign.old_size > 0)
        MUST(tov_proof_make_consistency(&source, request.cosign.old_size, size,
                                        &request.cosign.proof) == TOV_OK);
    if (!call(run, &request))
        return;
    MUST(run->has_witness);
    if (size > PEER_SHARED)
        run->has_cosigned[other ? 1 : 0] = true;
    MUST(!run->has_cosigned[0] || !run->has_cosigned[1]);
}

/* ---- what a core that was taken over may send ---- */

static void step_raw(struct run *run)
{
    static struct tov_guard_request request;
    uint8_t kind = (uint8_t)(TOV_GUARD_HELLO + tov_read_u8(&run->reader) % TOV_GUARD_OPS);
    struct tov_bytes payload = tov_read_bytes(&run->reader, tov_read_u8(&run->reader));
    if (tov_guard_request_decode(kind, payload, &request) != TOV_OK)
        return;
    if (request.op == TOV_GUARD_APPEND) {
        do_append(run, &request.append, &request);
        return;
    }
    if (request.op == TOV_GUARD_HASHES) {
        do_hashes(run, &request);
        return;
    }
    if (request.op == TOV_GUARD_JOURNAL_NEXT || request.op == TOV_GUARD_RESIGN)
        return; /* their own steps do all of it */
    MUST(!call(run, &request) || request.op == TOV_GUARD_HELLO);
}

static void step(struct run *run)
{
    uint8_t what = tov_read_u8(&run->reader);
    if (run->is_stopped)
        start(run, -1);
    switch (what % 13) {
    case 0:
    case 1:
    case 2:
        step_append(run);
        return;
    case 3:
        step_resign(run);
        return;
    case 4:
        start(run, -1);
        return;
    case 5:
        start(run, tov_read_u8(&run->reader) % TOV_GUARD_IMAGES);
        return;
    case 6:
    case 7:
        step_statement(run);
        return;
    case 8:
        step_journal_next(run);
        return;
    case 9:
        step_cosign(run);
        return;
    case 10:
        step_raw(run);
        return;
    case 11:
        tov_guard_local_fail_write(run->fixture.guard, tov_read_u8(&run->reader) % 4,
                                   (size_t)tov_read_u16(&run->reader));
        return;
    default:
        step_hashes(run);
        return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct run run;
    memset(&run, 0, sizeof run);
    run.reader = tov_reader_of((struct tov_bytes){data, size});
    run.has_witness = true;
    run.statements = 1;
    run.peer = fixture_key_of(FIXTURE_PEER_KEY, PEER);
    fixture_init(&run.fixture);
    model_init(&run.model);
    for (unsigned i = 0; i < STEPS_MAX && run.reader.left > 0; i++)
        step(&run);
    start(&run, -1);
    fixture_fini(&run.fixture);
    return 0;
}

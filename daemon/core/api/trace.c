/* SPDX-License-Identifier: EUPL-1.2
 *
 * Trace: all evidence of one message, in standard formats: its leaf, the proof that it stands in
 * its signed ledger, the receipts with theirs, cosignatures. No content; an access entry all the
 * same.
 */
#include "api/api_internal.h"

#include "merkle/tlogproof.h"

#include <stdlib.h>
#include <string.h>

#define PROOF_MAX_BYTES 16384u

struct tracing {
    struct api_call *call;
    struct api_look look;
    struct api_view view;
    struct tov_record answer;
    size_t bytes;
};

/* A leaf in a signed tree. */
struct proven {
    const struct tov_vkey *key; /* its name is the origin */
    struct tov_node_source source;
    uint64_t index;
    struct tov_signed_size at;
};

static enum tov_err put_proof(const struct proven *proven, struct tov_buf *out)
{
    struct tov_checkpoint checkpoint;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(PROOF_MAX_BYTES);
    TOV_FREE struct tov_tlogproof *proof = calloc(1, sizeof *proof);
    if (proof == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_checkpoint_make(tov_bytes_of_text(proven->key->name), proven->at.size,
                                &proven->at.root, &checkpoint));
    tov_checkpoint_put_note(&note, &checkpoint, proven->key, proven->at.signature);
    proof->index = proven->index;
    TOV_TRY(
        tov_proof_make_inclusion(&proven->source, proven->index, proven->at.size, &proof->proof));
    proof->checkpoint_note = tov_buf_view(&note);
    tov_tlogproof_put(out, proof);
    return note.failed != TOV_OK ? note.failed : out->failed;
}

static enum tov_err prove_own(const struct tracing *trace, uint64_t index, struct tov_buf *out)
{
    const struct tov_core *core = trace->call->core;
    struct tov_ledger_nodes nodes = {core->ledger, trace->look.read};
    struct proven proven = {.key = tov_ledger_key(core->ledger),
                            .source = tov_ledger_node_source(&nodes),
                            .index = index};
    TOV_TRY(tov_ledger_signed_above(core->ledger, trace->look.read, index, &proven.at));
    return put_proof(&proven, out);
}

static enum tov_err prove_mirror(const struct tracing *trace, const struct tov_agency *agency,
                                 uint64_t index, struct tov_buf *out)
{
    struct tov_mirror_nodes nodes = {trace->call->core, trace->look.read, agency->number,
                                     agency->generation};
    struct proven proven = {
        .key = &agency->ledger, .source = tov_mirror_node_source(&nodes), .index = index};
    TOV_TRY(tov_mirror_checkpoint(trace->look.read, agency, index + 1, &proven.at));
    return put_proof(&proven, out);
}

/* ---- the message itself ---- */

static enum tov_err put_leaf(struct tracing *trace)
{
    const struct tov_event *event = &trace->view.event;
    bool is_own = event->agency == trace->call->core->own->number;
    struct tov_bytes row;
    struct tov_entry entry;
    TOV_TRY(tov_store_get(
        trace->look.read, is_own ? TOV_TABLE_LEAF : TOV_TABLE_MLEAF,
        is_own ? tov_store_key_u64(event->index)
               : tov_store_key_u16_u32_u64(event->agency, event->generation, event->index),
        &row));
    TOV_TRY(is_own ? tov_entry_decode_own(row, &entry) : tov_entry_decode_mirror(row, &entry));
    return tov_record_put_bytes(trace->answer, "leaf", entry.leaf);
}

static enum tov_err put_own_proof(struct tracing *trace)
{
    const struct tov_core *core = trace->call->core;
    const struct tov_event *event = &trace->view.event;
    const struct tov_agency *agency = tov_roster_agency(core->roster, event->agency);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf proof = TOV_BUF_INIT(PROOF_MAX_BYTES);
    if (agency == NULL || agency->generation != event->generation)
        return TOV_OK; /* of a former generation: the export has it */
    TOV_TRY(tov_record_put_text(trace->answer, "origin", agency->ledger.name));
    enum tov_err err = event->agency == core->own->number
                           ? prove_own(trace, event->index, &proof)
                           : prove_mirror(trace, agency, event->index, &proof);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK; /* not signed yet */
    TOV_TRY(err);
    trace->bytes += proof.size;
    return tov_api_put_view(trace->answer, "proof", tov_buf_view(&proof));
}

/* ---- receipts ---- */

/* TOV_E_NOT_FOUND: what stands at INDEX of the agency's ledger does not speak of PLACE. The receipt
 * is of a former generation: the export has it. */
static enum tov_err find_receipt(const struct tracing *trace, const struct tov_agency *agency,
                                 const struct tov_link_place *place, uint64_t index,
                                 struct tov_entry *out_entry)
{
    struct tov_bytes row;
    TOV_FREE struct tov_leaf *leaf = malloc(sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_store_get(trace->look.read, TOV_TABLE_MLEAF,
                          tov_store_key_u16_u32_u64(agency->number, agency->generation, index),
                          &row));
    TOV_TRY(tov_entry_decode_mirror(row, out_entry));
    if (out_entry->state != TOV_ENTRY_PRESENT)
        return TOV_E_NOT_FOUND;
    enum tov_err err = tov_leaf_decode(out_entry->leaf, leaf);
    if (err == TOV_E_NOMEM)
        return err;
    bool is_it = err == TOV_OK && leaf->type == TOV_LEAF_RECEIPT &&
                 leaf->as.receipt.peer == trace->call->core->own->number &&
                 tov_receipt_speaks_of(&leaf->as.receipt, place);
    return is_it ? TOV_OK : TOV_E_NOT_FOUND;
}

static enum tov_err put_receipt_proof(struct tracing *trace, const struct tov_agency *agency,
                                      uint64_t index, struct tov_bytes leaf)
{
    struct tov_record out;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf proof = TOV_BUF_INIT(PROOF_MAX_BYTES);
    TOV_TRY(prove_mirror(trace, agency, index, &proof));
    TOV_TRY(tov_record_open(trace->answer, "receipts", &out));
    TOV_TRY(tov_record_put_number(out, "agency", agency->number));
    TOV_TRY(tov_record_put_text(out, "origin", agency->ledger.name));
    TOV_TRY(tov_record_put_bytes(out, "leaf", leaf));
    TOV_TRY(tov_record_put_number(out, "index", index));
    trace->bytes += leaf.size + proof.size;
    return tov_api_put_view(out, "proof", tov_buf_view(&proof));
}

static enum tov_err put_receipt(struct tracing *trace, size_t link)
{
    uint16_t number = trace->view.message->links[link].agency;
    const struct tov_agency *agency = tov_roster_agency(trace->call->core->roster, number);
    const struct tov_link_block *block = &trace->view.message->links[link].block;
    struct tov_link_place place = {number, block->series.generation, block->series.lost_index,
                                   block->number};
    struct tov_delivery delivery;
    struct tov_entry entry;
    TOV_TRY(tov_follow_delivery(trace->look.read, number, block, &delivery));
    if (agency == NULL || delivery.verdict.verdict == 0 || trace->bytes > TOV_API_REPLY_GOAL_BYTES)
        return TOV_OK;
    enum tov_err err = find_receipt(trace, agency, &place, delivery.receipt_index, &entry);
    if (err != TOV_OK)
        return err == TOV_E_NOT_FOUND ? TOV_OK : err;
    return put_receipt_proof(trace, agency, delivery.receipt_index, entry.leaf);
}

static enum tov_err put_receipts(struct tracing *trace)
{
    if (trace->view.event.agency != trace->call->core->own->number)
        return TOV_OK;
    for (size_t i = 0; i < trace->view.message->link_count; i++)
        TOV_TRY(put_receipt(trace, i));
    return TOV_OK;
}

/* ---- the request ---- */

static enum tov_err open_message(struct tracing *trace, uint64_t number)
{
    struct api_wanted wanted = {number, TOV_MESSAGE_HEADER};
    enum tov_err err = tov_api_view_load(&trace->look, &wanted, &trace->view);
    if (err == TOV_E_NOT_FOUND || (err == TOV_OK && trace->view.sight == TOV_SIGHT_NONE))
        return tov_api_no_message(trace->call, &trace->look, &trace->view, number);
    return err;
}

static enum tov_err put_answer(struct tracing *trace)
{
    struct tov_record summary;
    trace->bytes = tov_api_summary_size(&trace->view);
    TOV_TRY(tov_api_answer(trace->call, "trace", &trace->answer));
    TOV_TRY(tov_record_open(trace->answer, "summary", &summary));
    TOV_TRY(tov_api_put_summary(&trace->look, &trace->view, summary));
    TOV_TRY(put_leaf(trace));
    TOV_TRY(put_own_proof(trace));
    return put_receipts(trace);
}

static enum tov_err run(struct tracing *trace)
{
    uint64_t number = 0;
    TOV_TRY(tov_api_view_init(&trace->view));
    TOV_TRY(tov_store_read_begin(trace->call->core->store, &trace->look.read, NULL));
    TOV_TRY(tov_api_target(trace->call, trace->look.read, &number));
    TOV_TRY(open_message(trace, number));
    TOV_TRY(put_answer(trace));
    TOV_TRY(tov_api_note(trace->call, TOV_ACCESS_TRACE, &trace->view, (struct tov_bytes){0}));
    return tov_api_reply_after(trace->call);
}

enum tov_err tov_api_trace(struct api_call *call)
{
    struct tracing trace = {.call = call, .look = {.api = call->api, .client = call->client}};
    enum tov_err err = run(&trace);
    tov_api_view_fini(&trace.view);
    tov_store_read_end(trace.look.read);
    return err;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * The evidence of one message, handed on as the node gave it.
 */
#include <tov/receive.h>

#include <stdlib.h>
#include <string.h>

#include "lib/receive.h"
#include "lib/view.h"

struct tov_trace {
    struct lib_memory memory;
    struct tov_message_view *message;
    const uint8_t *leaf;
    size_t leaf_size;
    const char *origin;
    const char *proof;
    struct tov_receipt_proof *receipts;
    size_t receipt_count;
    const char **cosignatures;
    size_t cosignature_count;
};
TOV_DEFINE_CLEANUP(trace, struct tov_trace, tov_trace_destroy)

static enum tov_err read_receipts(struct tov_trace *trace, struct tov_record body)
{
    struct lib_memory *memory = &trace->memory;
    size_t count = tov_record_count(body, "receipts");
    trace->receipts = lib_memory_take(memory, (count + 1) * sizeof *trace->receipts);
    if (trace->receipts == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct tov_receipt_proof *receipt = &trace->receipts[i];
        struct tov_record item;
        if (!tov_record_child(body, "receipts", i, &item))
            return TOV_E_MALFORMED;
        struct tov_bytes leaf = tov_record_bytes(item, "leaf");
        receipt->agency = (uint32_t)tov_record_number(item, "agency");
        receipt->origin = lib_memory_text(memory, tov_record_bytes(item, "origin"));
        receipt->leaf = (const uint8_t *)lib_memory_text(memory, leaf);
        receipt->leaf_size = leaf.size;
        receipt->index = tov_record_number(item, "index");
        receipt->proof = lib_memory_text(memory, tov_record_bytes(item, "proof"));
        if (receipt->origin == NULL || receipt->leaf == NULL || receipt->proof == NULL)
            return TOV_E_NOMEM;
    }
    trace->receipt_count = count;
    return TOV_OK;
}

static enum tov_err read_cosignatures(struct tov_trace *trace, struct tov_record body)
{
    size_t count = tov_record_count(body, "cosignatures");
    trace->cosignatures =
        lib_memory_take(&trace->memory, (count + 1) * sizeof *trace->cosignatures);
    if (trace->cosignatures == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct tov_value value;
        TOV_TRY(tov_record_get(body, "cosignatures", i, &value));
        trace->cosignatures[i] = lib_memory_text(&trace->memory, value.bytes);
        if (trace->cosignatures[i] == NULL)
            return TOV_E_NOMEM;
    }
    trace->cosignature_count = count;
    return TOV_OK;
}

static enum tov_err read_trace(struct tov_trace *trace, struct tov_record body)
{
    struct tov_record summary;
    struct tov_bytes leaf = tov_record_bytes(body, "leaf");
    if (!tov_record_child(body, "summary", 0, &summary))
        return TOV_E_MALFORMED;
    TOV_TRY(view_of_summary(summary, (struct tov_bytes){NULL, 0}, &trace->message));
    trace->leaf = (const uint8_t *)lib_memory_text(&trace->memory, leaf);
    trace->leaf_size = leaf.size;
    trace->origin = lib_memory_text(&trace->memory, tov_record_bytes(body, "origin"));
    trace->proof = lib_memory_text(&trace->memory, tov_record_bytes(body, "proof"));
    if (trace->leaf == NULL || trace->origin == NULL || trace->proof == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(read_receipts(trace, body));
    return read_cosignatures(trace, body);
}

enum tov_err tov_message_trace(struct tov_client *client, const struct tov_get_options *options,
                               struct tov_trace **out_trace, struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    TOV_CLEANUP(trace_cleanup) struct tov_trace *trace = NULL;
    struct tov_record body;
    if (options->size < sizeof *options)
        return tov_fail(error, TOV_E_ARGUMENT, "size: begin with TOV_GET_OPTIONS_INIT");
    TOV_TRY(request_create("trace", &request, &body));
    TOV_TRY(receive_put_target(body, options->number, options->ref, error));
    struct call_order order = {client, request, "trace"};
    TOV_TRY(call_do(&call, &order, &body, error));
    trace = calloc(1, sizeof *trace);
    enum tov_err err = trace == NULL ? TOV_E_NOMEM : read_trace(trace, body);
    if (err != TOV_OK)
        return tov_fail(error, err, "the node's evidence cannot be read");
    *out_trace = TOV_TAKE(trace);
    return TOV_OK;
}

const struct tov_message_view *tov_trace_message(const struct tov_trace *trace)
{
    return trace->message;
}

const uint8_t *tov_trace_leaf(const struct tov_trace *trace, size_t *out_size)
{
    *out_size = trace->leaf_size;
    return trace->leaf;
}

const char *tov_trace_origin(const struct tov_trace *trace)
{
    return trace->origin;
}

const char *tov_trace_proof(const struct tov_trace *trace)
{
    return trace->proof;
}

size_t tov_trace_receipt_count(const struct tov_trace *trace)
{
    return trace->receipt_count;
}

const struct tov_receipt_proof *tov_trace_receipt(const struct tov_trace *trace, size_t index)
{
    return index < trace->receipt_count ? &trace->receipts[index] : NULL;
}

size_t tov_trace_cosignature_count(const struct tov_trace *trace)
{
    return trace->cosignature_count;
}

const char *tov_trace_cosignature(const struct tov_trace *trace, size_t index)
{
    return index < trace->cosignature_count ? trace->cosignatures[index] : NULL;
}

void tov_trace_destroy(struct tov_trace *trace)
{
    if (trace == NULL)
        return;
    tov_message_view_destroy(trace->message);
    lib_memory_fini(&trace->memory);
    free(trace);
}

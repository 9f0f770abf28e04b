/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov trace`: how far one message has come and the proof of it: levels and times for each
 * recipient, its place in the signed ledger, receipts with theirs. No content.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "cli/command.h"
#include "cli/evidence.h"
#include "cli/find.h"
#include "cli/language.h"
#include "cli/message.h"
#include "cli/save.h"
#include "cli/table.h"
#include "telling/text.h"

#define LEAD_COLUMNS 16u
#define BASE64_HASH_SIZE (TOV_BASE64_SIZE(TOV_HASH_BYTES) + 1)

TOV_DEFINE_CLEANUP(trace, struct tov_trace, tov_trace_destroy)
TOV_DEFINE_CLEANUP(listing, struct tov_listing, tov_listing_destroy)

struct tracing {
    struct cli *cli;
    struct tov_trace *trace;
    struct tov_listing *answers; /* where the acknowledgements stand */
    const struct tov_message_view *view;
    struct evidence evidence;
};

/* When a person of AGENCY acknowledged it first; 0: nobody has, or it is not for us to see. */
static uint64_t read_ms(const struct tracing *tracing, uint32_t agency)
{
    uint64_t first = 0;
    for (size_t i = 0; i < tov_listing_count(tracing->answers); i++) {
        const struct tov_message_view *answer = tov_listing_at(tracing->answers, i);
        const struct tov_message_facts *facts = tov_message_view_facts(answer);
        if (facts->ref.agency == agency && strcmp(tov_message_view_type(answer), "ack.read") == 0 &&
            (first == 0 || facts->stored_ms < first))
            first = facts->stored_ms;
    }
    return first;
}

/* ---- text ---- */

static void put_line(struct cli *cli, const char *lead, const char *text)
{
    text_put_padded(&cli->page, lead, LEAD_COLUMNS);
    text_put_wrapped(&cli->page, text,
                     &(struct text_frame){LEAD_COLUMNS, LEAD_COLUMNS, cli->columns});
}

static void hash_base64(const struct tov_hash *hash, char out[BASE64_HASH_SIZE])
{
    tov_base64_encode(TOV_BYTES_OF(hash->bytes), out);
}

static void put_levels(const struct tracing *tracing)
{
    struct cli *cli = tracing->cli;
    const struct tov_message_facts *facts = tov_message_view_facts(tracing->view);
    const struct evidence *evidence = &tracing->evidence;
    char time[WORDS_TIME_SIZE], sender[MESSAGE_NAME_SIZE], reference[MESSAGE_NAME_SIZE],
        text[TOV_ORIGIN_MAX_BYTES + 96];
    message_sender(tracing->view, sender);
    message_reference(tracing->view, reference);
    words_time(facts->stored_ms, time);
    cli_say(cli, _("No. %llu · %s\n"), (unsigned long long)facts->number,
            message_type_name(cli, tracing->view));
    put_line(cli, _("From:"), sender);
    put_line(cli, _("Reference:"), reference);
    put_line(cli, facts->outgoing ? _("Written:") : _("Received:"), time);
    if (evidence->is_there)
        (void)snprintf(text, sizeof text, _("yes, by the checkpoint of %s with %llu entries"),
                       evidence->checkpoint.origin, (unsigned long long)evidence->checkpoint.size);
    put_line(cli, _("Signed:"), evidence->is_there ? text : _("not yet"));
    if (facts->outgoing)
        put_line(cli, _("Witnessed:"), facts->is_witnessed ? _("yes") : _("not yet"));
}

/* In whole, below the table: a cell has room for a word or two. */
static void put_troubles(const struct tracing *tracing)
{
    struct cli *cli = tracing->cli;
    for (size_t i = 0; i < tov_message_view_delivery_count(tracing->view); i++) {
        const struct tov_delivery *delivery = tov_message_view_delivery(tracing->view, i);
        const char *trouble = words_verdict_trouble(delivery->verdict);
        char text[640];
        if (trouble == NULL)
            continue;
        (void)snprintf(text, sizeof text, "%s: %s", delivery->agency_name, trouble);
        text_put_wrapped(&cli->page, text, &(struct text_frame){0, 2, cli->columns});
    }
}

static void put_recipients(const struct tracing *tracing)
{
    struct table table;
    size_t count = tov_message_view_delivery_count(tracing->view);
    if (count == 0)
        return;
    cli_say(tracing->cli, "\n");
    table_init(&table, tracing->cli, 4, 1);
    table_add(&table,
              (const char *[]){_("Recipient"), _("State"), _("Received"), _("Taken into handling")},
              false);
    for (size_t i = 0; i < count; i++) {
        const struct tov_delivery *delivery = tov_message_view_delivery(tracing->view, i);
        enum words_level level = words_level_of(tov_message_view_facts(tracing->view), delivery);
        char received[WORDS_TIME_SIZE], taken[WORDS_TIME_SIZE];
        words_time(delivery->received_ms, received);
        words_time(read_ms(tracing, delivery->agency), taken);
        table_add(&table,
                  (const char *[]){delivery->agency_name, words_level_name(level), received, taken},
                  level == WORDS_FAILED || level == WORDS_WITHHELD);
    }
    table_put(&table);
    put_troubles(tracing);
}

static void put_inclusion(const struct tracing *tracing)
{
    struct cli *cli = tracing->cli;
    const struct evidence *evidence = &tracing->evidence;
    char text[96], hash[BASE64_HASH_SIZE];
    (void)snprintf(text, sizeof text, _("%llu of %llu, counted from 0"),
                   (unsigned long long)evidence->proof.index,
                   (unsigned long long)evidence->checkpoint.size);
    put_line(cli, _("Entry:"), text);
    hash_base64(&evidence->checkpoint.root, hash);
    put_line(cli, _("Root:"), hash);
    put_line(cli, _("Proof:"),
             evidence->holds ? _("holds: it leads from the leaf to the root")
                             : _("DOES NOT HOLD. Tell the node administrator."));
    for (size_t i = 0; i < evidence->proof.proof.count; i++) {
        hash_base64(&evidence->proof.proof.hashes[i], hash);
        put_line(cli, "", hash);
    }
}

static void put_receipts(const struct tracing *tracing)
{
    struct cli *cli = tracing->cli;
    for (size_t i = 0; i < tov_trace_receipt_count(tracing->trace); i++) {
        const struct tov_receipt_proof *receipt = tov_trace_receipt(tracing->trace, i);
        struct evidence evidence;
        char text[TOV_ORIGIN_MAX_BYTES + 128];
        evidence_read((struct tov_bytes){receipt->leaf, receipt->leaf_size}, receipt->proof,
                      &evidence);
        (void)snprintf(text, sizeof text, _("entry %llu of %llu in %s, proof %s"),
                       (unsigned long long)receipt->index,
                       (unsigned long long)evidence.checkpoint.size, receipt->origin,
                       evidence.holds ? _("holds") : _("DOES NOT HOLD"));
        put_line(cli, i == 0 ? _("Receipts:") : "", text);
    }
    for (size_t i = 0; i < tov_trace_cosignature_count(tracing->trace); i++)
        put_line(cli, i == 0 ? _("Witnesses:") : "", tov_trace_cosignature(tracing->trace, i));
}

static void put_text(const struct tracing *tracing)
{
    struct cli *cli = tracing->cli;
    char hex[2 * TOV_HASH_BYTES + 1];
    put_levels(tracing);
    put_recipients(tracing);
    cli_say(cli, "\n");
    tov_hex_encode(TOV_BYTES_OF(tracing->evidence.leaf_hash.bytes), hex);
    put_line(cli, _("Leaf hash:"), hex);
    if (tracing->evidence.is_there)
        put_inclusion(tracing);
    put_receipts(tracing);
}

/* ---- JSON ---- */

static json_t *base64_json(struct tov_bytes bytes)
{
    TOV_FREE char *text = malloc(TOV_BASE64_SIZE(bytes.size) + 1);
    if (text == NULL)
        return NULL;
    tov_base64_encode(bytes, text);
    return json_string(text);
}

static json_t *evidence_json(struct tov_bytes leaf, const char *origin, const char *proof)
{
    struct evidence evidence;
    char hex[2 * TOV_HASH_BYTES + 1];
    evidence_read(leaf, proof, &evidence);
    tov_hex_encode(TOV_BYTES_OF(evidence.leaf_hash.bytes), hex);
    json_t *value = json_pack("{s:s, s:s, s:o, s:b, s:s, s:b}", "origin", origin, "leaf_hash", hex,
                              "leaf", base64_json(leaf), "signed", evidence.is_there, "proof",
                              proof, "holds", evidence.holds);
    if (!evidence.is_there || value == NULL)
        return value;
    (void)json_object_set_new(value, "index", json_integer((json_int_t)evidence.proof.index));
    (void)json_object_set_new(value, "size", json_integer((json_int_t)evidence.checkpoint.size));
    (void)json_object_set_new(value, "root",
                              base64_json(TOV_BYTES_OF(evidence.checkpoint.root.bytes)));
    return value;
}

static json_t *recipients_json(const struct tracing *tracing)
{
    json_t *list = json_array();
    const struct tov_message_facts *facts = tov_message_view_facts(tracing->view);
    for (size_t i = 0; i < tov_message_view_delivery_count(tracing->view); i++) {
        const struct tov_delivery *delivery = tov_message_view_delivery(tracing->view, i);
        (void)json_array_append_new(
            list, json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:s}", "agency",
                            (json_int_t)delivery->agency, "agency_name", delivery->agency_name,
                            "level", words_level_id(words_level_of(facts, delivery)), "verdict",
                            tov_verdict_text(delivery->verdict), "received_at",
                            cli_json_time(delivery->received_ms), "read_at",
                            cli_json_time(read_ms(tracing, delivery->agency)), "gap",
                            tov_gap_text(delivery->gap)));
    }
    return list;
}

static void put_json(const struct tracing *tracing)
{
    struct tov_bytes leaf;
    leaf.data = tov_trace_leaf(tracing->trace, &leaf.size);
    json_t *value = cli_json_message(tracing->cli, tracing->view);
    json_t *receipts = json_array();
    json_t *cosignatures = json_array();
    for (size_t i = 0; i < tov_trace_receipt_count(tracing->trace); i++) {
        const struct tov_receipt_proof *receipt = tov_trace_receipt(tracing->trace, i);
        struct tov_bytes bytes = {receipt->leaf, receipt->leaf_size};
        json_t *item = evidence_json(bytes, receipt->origin, receipt->proof);
        (void)json_object_set_new(item, "agency", json_integer(receipt->agency));
        (void)json_array_append_new(receipts, item);
    }
    for (size_t i = 0; i < tov_trace_cosignature_count(tracing->trace); i++)
        (void)json_array_append_new(cosignatures,
                                    json_string(tov_trace_cosignature(tracing->trace, i)));
    (void)json_object_set_new(value, "recipients", recipients_json(tracing));
    (void)json_object_set_new(
        value, "evidence",
        evidence_json(leaf, tov_trace_origin(tracing->trace), tov_trace_proof(tracing->trace)));
    (void)json_object_set_new(value, "receipts", receipts);
    (void)json_object_set_new(value, "cosignatures", cosignatures);
    cli_result(tracing->cli, value);
}

/* ---- files for a third party ---- */

static enum tov_err save_proof(const struct tracing *tracing, const struct cli_arguments *arguments)
{
    const char *path = command_get(arguments, "proof");
    const char *proof = tov_trace_proof(tracing->trace);
    if (path == NULL)
        return TOV_OK;
    if (proof[0] == '\0')
        return cli_fail(tracing->cli, TOV_E_UNAVAILABLE, "%s",
                        _("The message is not signed yet, so there is no proof of it yet."));
    TOV_TRY(
        save_text(tracing->cli, path, command_has(arguments, "force"), tov_bytes_of_text(proof)));
    if (!tracing->cli->json)
        cli_say(tracing->cli, _("Saved: %s (the proof)\n"), path);
    return TOV_OK;
}

static enum tov_err save_leaf(const struct tracing *tracing, const struct cli_arguments *arguments)
{
    const char *path = command_get(arguments, "leaf");
    struct tov_bytes leaf;
    leaf.data = tov_trace_leaf(tracing->trace, &leaf.size);
    if (path == NULL)
        return TOV_OK;
    TOV_TRY(save_text(tracing->cli, path, command_has(arguments, "force"), leaf));
    if (!tracing->cli->json)
        cli_say(tracing->cli, _("Saved: %s (the leaf that it proves)\n"), path);
    return TOV_OK;
}

/* ---- the command ---- */

static enum tov_err list_answers(struct cli *cli, const struct tov_message_view *view,
                                 struct tov_listing **out_answers)
{
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    options.limit = TOV_LIST_MAX;
    options.thread = &tov_message_view_facts(view)->ref;
    return tov_message_list(cli->client, &options, out_answers, &cli->error);
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    TOV_CLEANUP(trace_cleanup) struct tov_trace *trace = NULL;
    TOV_CLEANUP(listing_cleanup) struct tov_listing *answers = NULL;
    struct tov_client *client = NULL;
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_bytes leaf;
    TOV_TRY(find_number(cli, arguments->words[0], &options.number));
    TOV_TRY(cli_connect(cli, &client));
    TOV_TRY(find_explain(cli, tov_message_trace(client, &options, &trace, &cli->error),
                         arguments->words[0]));
    TOV_TRY(list_answers(cli, tov_trace_message(trace), &answers));
    struct tracing tracing = {cli, trace, answers, tov_trace_message(trace), {0}};
    leaf.data = tov_trace_leaf(trace, &leaf.size);
    evidence_read(leaf, tov_trace_proof(trace), &tracing.evidence);
    if (cli->json)
        put_json(&tracing);
    else
        put_text(&tracing);
    TOV_TRY(save_proof(&tracing, arguments));
    return save_leaf(&tracing, arguments);
}

static const struct cli_option options[] = {
    {"proof", N_("FILE"), N_("save the proof (C2SP tlog-proof) for a third party"), false},
    {"leaf", N_("FILE"), N_("save the leaf that the proof is about; it holds no content"), false},
    {"force", NULL, N_("replace files that are there"), false},
    {NULL, NULL, NULL, false}};
const struct cli_command command_trace = {
    "trace", N_("NUMBER"), 1, 1, N_("how far a message has come, and the proof of it"),
    options, run};

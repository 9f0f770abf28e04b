/* SPDX-License-Identifier: EUPL-1.2
 *
 * statement-new and statement-sign: the root threshold tells a guard that lost its state where its
 * tree goes on (docs/guard.md).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "guard/guard_statement.h"
#include "keys/inputs.h"
#include "keys/sign.h"

static const struct command_option new_options[] = {
    {"origin", "FEDERATION/AGENCY/GENERATION", true},
    {"tree", "ledger|journal", true},
    {"journal", "N", false},
    {"number", "N", true},
    {"size", "N", true},
    {"root", "BASE64", true},
    {"out", "FILE", true},
    {NULL, NULL, false}};

static enum tov_err read_tree(const struct arguments *arguments,
                              struct tov_guard_statement_text *out, struct tov_error *error)
{
    static const struct number_option journal = {"journal", 1, UINT32_MAX, 1};
    const char *tree = arguments_get(arguments, "tree");
    if (strcmp(tree, "ledger") == 0) {
        out->tree = TOV_GUARD_LEDGER;
        return TOV_OK;
    }
    if (strcmp(tree, "journal") != 0)
        return tov_fail(error, TOV_E_ARGUMENT, "--tree: write ledger or journal");
    out->tree = TOV_GUARD_JOURNAL;
    return arguments_number(arguments, &journal, &out->journal, error);
}

static enum tov_err read_statement(const struct arguments *arguments,
                                   struct tov_guard_statement_text *out, struct tov_error *error)
{
    static const struct number_option number = {"number", 1, INT64_MAX, 1};
    static const struct number_option size = {"size", 0, INT64_MAX, 0};
    struct tov_origin origin;
    size_t root_size = 0;
    const char *text = arguments_get(arguments, "origin");
    if (tov_origin_parse(tov_bytes_of_text(text), &origin) != TOV_OK || origin.journal != 0)
        return tov_fail(error, TOV_E_ARGUMENT, "--origin: write federation/agency/generation");
    memcpy(out->origin, text, strlen(text) + 1);
    TOV_TRY(read_tree(arguments, out, error));
    TOV_TRY(arguments_number(arguments, &number, &out->number, error));
    TOV_TRY(arguments_number(arguments, &size, &out->size, error));
    if (tov_base64_decode(tov_bytes_of_text(arguments_get(arguments, "root")), out->root.bytes,
                          sizeof out->root.bytes, &root_size) != TOV_OK ||
        root_size != sizeof out->root.bytes)
        return tov_fail(error, TOV_E_ARGUMENT, "--root: copy the third line of the checkpoint");
    return TOV_OK;
}

static enum tov_err run_new(const struct arguments *arguments, struct tov_error *error)
{
    struct tov_guard_statement_text statement = {.journal = 0};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_GUARD_STATEMENT_MAX_BYTES);
    TOV_TRY(read_statement(arguments, &statement, error));
    tov_guard_statement_format(&statement, &text);
    return output_text(arguments_get(arguments, "out"), &text, error);
}

const struct command command_statement_new = {
    "statement-new", NULL,
    "A statement for a guard that lost its state: its tree goes on from this size and root.",
    new_options, run_new};

static const struct command_option sign_options[] = {{"key", "FILE", true},
                                                     {"roots", "FILE", true},
                                                     COMMAND_PASSPHRASE_OPTIONS,
                                                     {"yes", NULL, false},
                                                     {NULL, NULL, false}};

static void print_statement(const struct tov_guard_statement_text *statement)
{
    char root[TOV_BASE64_SIZE(32) + 1];
    tov_base64_encode(TOV_BYTES_OF(statement->root.bytes), root);
    printf("Statement %" PRIu64 " for the guard of %s:\n", statement->number, statement->origin);
    if (statement->tree == TOV_GUARD_JOURNAL)
        printf("  its journal %" PRIu64, statement->journal);
    else
        printf("  its ledger");
    printf(" goes on from size %" PRIu64 " with root\n  %s\n", statement->size, root);
    printf("  It may sign a second history if a larger tree was ever signed: compare this size and "
           "root with the last checkpoint at every keeper first.\n");
}

static enum tov_err run_sign(const struct arguments *arguments, struct tov_error *error)
{
    const char *path = arguments->paths[0];
    struct tov_roots roots;
    struct tov_guard_statement_text statement;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    TOV_TRY(input_roots(arguments_get(arguments, "roots"), &roots, error));
    TOV_TRY(tov_file_read(path, TOV_NOTE_MAX_BYTES, &note, error));
    struct tov_bytes text = tov_buf_view(&note);
    const uint8_t *empty = text.size == 0 ? NULL : memmem(text.data, text.size, "\n\n", 2);
    if (empty != NULL)
        text.size = (size_t)(empty - text.data) + 1;
    if (tov_guard_statement_parse(text, &statement) != TOV_OK)
        return tov_fail(error, TOV_E_MALFORMED, "%s: no statement; make it with statement-new",
                        path);
    print_statement(&statement);
    TOV_TRY(sign_ask(arguments, error));
    struct sign_order order = {.arguments = arguments,
                               .allowed = {roots.keys, roots.count},
                               .note = tov_buf_view(&note),
                               .path = path};
    return sign_note(&order, error);
}

const struct command command_statement_sign = {
    "statement-sign", "STATEMENT",
    "Says in words what will be signed, asks, and adds one root holder's signature.", sign_options,
    run_sign};

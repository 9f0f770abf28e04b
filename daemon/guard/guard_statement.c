/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reads a statement line by line and then writes it again: only the very same bytes are accepted.
 */
#include "guard/guard_statement.h"

#include "base/cleanup.h"
#include "base/hex.h"

#include <string.h>

static const char *tree_name(enum tov_guard_tree tree)
{
    return tree == TOV_GUARD_LEDGER ? "ledger" : "journal";
}

void tov_guard_statement_format(const struct tov_guard_statement_text *statement,
                                struct tov_buf *out)
{
    tov_buf_put_format(out, "tov guard statement v1\norigin %s\ntree %s\n", statement->origin,
                       tree_name(statement->tree));
    tov_buf_put_format(out, "journal %llu\nnumber %llu\nsize %llu\nroot ",
                       (unsigned long long)statement->journal,
                       (unsigned long long)statement->number, (unsigned long long)statement->size);
    tov_buf_put_base64(out, TOV_BYTES_OF(statement->root.bytes));
    tov_buf_put_u8(out, '\n');
}

/* The value of the next line, which is LABEL and a space and the value; empty when it is not. */
static struct tov_bytes read_value(struct tov_reader *reader, const char *label)
{
    size_t label_size = strlen(label);
    const uint8_t *end = NULL;
    if (!reader->failed && reader->left > 0)
        end = memchr(reader->at, '\n', reader->left);
    if (end == NULL || (size_t)(end - reader->at) <= label_size) {
        reader->failed = true;
        return (struct tov_bytes){0};
    }
    struct tov_bytes line = tov_read_bytes(reader, (size_t)(end - reader->at) + 1);
    if (memcmp(line.data, label, label_size) != 0 || line.data[label_size] != ' ')
        reader->failed = true;
    return (struct tov_bytes){line.data + label_size + 1, line.size - label_size - 2};
}

static uint64_t read_number(struct tov_reader *reader, const char *label)
{
    uint64_t value = 0;
    struct tov_bytes text = read_value(reader, label);
    if (tov_decimal_decode(text, &value) != TOV_OK)
        reader->failed = true;
    return value;
}

static void read_root(struct tov_reader *reader, struct tov_hash *out_root)
{
    size_t size = 0;
    struct tov_bytes text = read_value(reader, "root");
    if (tov_base64_decode(text, out_root->bytes, TOV_HASH_BYTES, &size) != TOV_OK ||
        size != TOV_HASH_BYTES)
        reader->failed = true;
}

static bool is_written_so(const struct tov_guard_statement_text *statement, struct tov_bytes text)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(TOV_GUARD_STATEMENT_MAX_BYTES);
    tov_guard_statement_format(statement, &again);
    return again.failed == TOV_OK && tov_bytes_equal(tov_buf_view(&again), text);
}

enum tov_err tov_guard_statement_parse(struct tov_bytes text,
                                       struct tov_guard_statement_text *out_statement)
{
    struct tov_guard_statement_text statement = {.tree = TOV_GUARD_LEDGER};
    struct tov_reader reader = tov_reader_of(text);
    read_value(&reader, "tov guard statement");
    struct tov_bytes origin = read_value(&reader, "origin");
    struct tov_bytes tree = read_value(&reader, "tree");
    if (tov_bytes_equal(tree, tov_bytes_of_text("journal")))
        statement.tree = TOV_GUARD_JOURNAL;
    statement.journal = read_number(&reader, "journal");
    statement.number = read_number(&reader, "number");
    statement.size = read_number(&reader, "size");
    read_root(&reader, &statement.root);
    if (reader.failed || origin.size == 0 || origin.size > TOV_ORIGIN_MAX_BYTES)
        return TOV_E_MALFORMED;
    memcpy(statement.origin, origin.data, origin.size);
    bool is_journal = statement.tree == TOV_GUARD_JOURNAL;
    if ((statement.journal > 0) != is_journal || statement.journal > UINT32_MAX ||
        statement.number == 0 || !is_written_so(&statement, text))
        return TOV_E_MALFORMED;
    *out_statement = statement;
    return TOV_OK;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 *   fact "journal": number u32; without it the roster's
 */
#include "ledger/journal.h"

#include "base/bytes.h"
#include "ledger/tables.h"
#include "roster/roster.h"

#include <stdio.h>
#include <string.h>

static struct tov_store_key fact_key(void)
{
    return tov_store_key_text("journal");
}

enum tov_err tov_journal_present(struct tov_store_read *read, const struct tov_vkey *first,
                                 uint32_t *out_number)
{
    struct tov_bytes row;
    struct tov_origin origin;
    TOV_TRY(tov_origin_parse(tov_bytes_of_text(first->name), &origin));
    *out_number = origin.journal;
    enum tov_err err = tov_store_get(read, TOV_TABLE_FACT, fact_key(), &row);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    struct tov_reader reader = tov_reader_of(row);
    uint32_t number = tov_read_u32(&reader);
    if (!tov_reader_is_done(&reader) || number == 0)
        return TOV_E_CORRUPT;
    *out_number = number > *out_number ? number : *out_number;
    return TOV_OK;
}

void tov_journal_put(struct tov_store_batch *batch, uint32_t number)
{
    uint8_t row[4];
    tov_put_be32(row, number);
    tov_store_batch_put(batch, TOV_TABLE_FACT, fact_key(), TOV_BYTES_OF(row));
}

enum tov_err tov_journal_setup(const struct tov_vkey *first, uint32_t number,
                               struct tov_ledger_setup *out_setup)
{
    char name[TOV_ORIGIN_MAX_BYTES + 1];
    const char *end = strrchr(first->name, '/');
    int before = end == NULL ? 0 : (int)(end - first->name);
    int size = snprintf(name, sizeof name, "%.*s/%u", before, first->name, number);
    if (size < 0 || (size_t)size >= sizeof name)
        return TOV_E_LIMIT;
    *out_setup = (struct tov_ledger_setup){.kind = TOV_TREE_JOURNAL,
                                           .base = (uint64_t)(number - 1) << TOV_JOURNAL_ROW_BITS};
    return tov_vkey_make(tov_bytes_of_text(name), TOV_VKEY_ED25519, first->public_key,
                         &out_setup->key);
}

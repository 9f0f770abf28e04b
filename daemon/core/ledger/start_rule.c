/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/start_rule.h"

#include "ledger/tables.h"

#define ROW_BYTES (4u + 8u)

static struct tov_store_key rule_fact(void)
{
    return tov_store_key_text("must-hear-majority");
}

void tov_start_rule_put(struct tov_store_batch *batch, const struct tov_start_rule *rule)
{
    uint8_t row[ROW_BYTES];
    if (rule->reasons == 0) {
        tov_store_batch_delete(batch, TOV_TABLE_FACT, rule_fact());
        return;
    }
    tov_put_be32(row, rule->reasons);
    tov_put_be64(row + 4, rule->since_ms);
    tov_store_batch_put(batch, TOV_TABLE_FACT, rule_fact(), TOV_BYTES_OF(row));
}

enum tov_err tov_start_rule_get(struct tov_store_read *read, struct tov_start_rule *out_rule)
{
    struct tov_bytes row;
    enum tov_err err = tov_store_get(read, TOV_TABLE_FACT, rule_fact(), &row);
    if (err == TOV_E_NOT_FOUND) {
        *out_rule = (struct tov_start_rule){.reasons = 0};
        return TOV_OK;
    }
    TOV_TRY(err);
    struct tov_reader reader = tov_reader_of(row);
    struct tov_start_rule rule = {.reasons = tov_read_u32(&reader),
                                  .since_ms = tov_read_u64(&reader)};
    if (!tov_reader_is_done(&reader))
        return TOV_E_CORRUPT;
    *out_rule = rule;
    return TOV_OK;
}

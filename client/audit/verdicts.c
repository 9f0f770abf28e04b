/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the own receipts say of the messages that were received: the verdict stored beside each in a
 * mirror is local, and evidence only when it is the last word of a signed receipt.
 */
#include "audit/audit.h"

#include "audit/words.h"

/* A verdict in the place of a row's index: verdict, flags, detail. */
static uint64_t pack(struct tov_verdict_value value)
{
    return (uint64_t)value.verdict << 24 | (uint64_t)value.flags << 16 | value.detail;
}

static struct tov_verdict_value unpack(uint64_t packed)
{
    return (struct tov_verdict_value){(enum tov_verdict)(packed >> 24), (uint8_t)(packed >> 16),
                                      (uint16_t)packed};
}

/* In the place of a former word, if there is one. */
static enum tov_err change_word(const struct tov_audit *audit, const struct tov_table *words,
                                const struct tov_row *row)
{
    enum tov_err err = tov_table_change(&audit->scratch, words, row);
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

/* A number that is covered twice, which is a finding of its own, has the later word: after a loss a
 * ledger goes by what it wrote behind it. */
static enum tov_err note_run(struct tov_audit *audit, struct tov_table *words, uint64_t first,
                             const struct tov_receipt_run *run)
{
    struct tov_row last, row = {.index = pack(run->value)};
    uint64_t after = 0;
    if (words->rows > 0) {
        TOV_TRY(tov_table_get(&audit->scratch, words, words->rows - 1, &last));
        after = last.number;
    }
    for (uint64_t i = 0; i < run->count; i++) {
        row.number = first + i;
        TOV_TRY(row.number > after ? tov_table_put(&audit->scratch, words, &row)
                                   : change_word(audit, words, &row));
    }
    return TOV_OK;
}

static enum tov_err note_words(struct tov_audit *audit, struct tov_table *words,
                               const struct tov_leaf_receipt *receipt)
{
    uint64_t number = receipt->last_link - tov_receipt_span(receipt) + 1;
    for (size_t i = 0; i < receipt->run_count; i++) {
        TOV_TRY(note_run(audit, words, number, &receipt->runs[i]));
        number += receipt->runs[i].count;
    }
    for (size_t i = 0; i < receipt->amendment_count; i++) {
        const struct tov_receipt_amendment *amendment = &receipt->amendments[i];
        struct tov_row row = {.number = amendment->link_number, .index = pack(amendment->value)};
        TOV_TRY(change_word(audit, words, &row));
    }
    return TOV_OK;
}

void tov_audit_note_receipt(struct tov_audit *audit, const struct tov_leaf_receipt *receipt)
{
    struct tov_link_line *line = tov_link_line_of(&audit->received, receipt->peer, receipt->series);
    enum tov_err err = TOV_E_LIMIT;
    if (line != NULL)
        err = note_words(audit, &line->words, receipt);
    if (err != TOV_OK)
        tov_audit_note_failure(audit, err);
}

bool tov_audit_word(struct tov_audit *audit, const struct tov_link_line *line, uint64_t number,
                    struct tov_verdict_value *out_word)
{
    struct tov_row row;
    enum tov_err err = tov_table_find(&audit->scratch, &line->words, number, &row);
    if (err == TOV_OK)
        *out_word = unpack(row.index);
    else if (err != TOV_E_NOT_FOUND)
        tov_audit_note_failure(audit, err);
    return err == TOV_OK;
}

bool tov_verdict_equal(struct tov_verdict_value a, struct tov_verdict_value b)
{
    return pack(a) == pack(b);
}

bool tov_verdict_may_become(struct tov_verdict_value word, struct tov_verdict_value stored)
{
    if (word.flags != stored.flags)
        return false;
    if (word.verdict == TOV_VERDICT_PENDING)
        return stored.verdict == TOV_VERDICT_OPENED || stored.verdict == TOV_VERDICT_NOT_OPENED;
    if (word.verdict == TOV_VERDICT_NOT_UNDERSTOOD) /* its roster came, or a part of it is bad */
        return stored.verdict == TOV_VERDICT_OPENED || stored.verdict == TOV_VERDICT_NOT_OPENED ||
               stored.verdict == TOV_VERDICT_REFUSED || stored.verdict == TOV_VERDICT_PENDING;
    return word.verdict == TOV_VERDICT_NO_KEY;
}

bool tov_verdict_may_be_lost(struct tov_verdict_value word, struct tov_verdict_value stored)
{
    bool had_keys = word.verdict == TOV_VERDICT_OPENED || word.verdict == TOV_VERDICT_PENDING ||
                    word.verdict == TOV_VERDICT_REFUSED;
    return had_keys && stored.verdict == TOV_VERDICT_NO_KEY;
}

bool tov_verdict_excuses_parts(struct tov_verdict_value value)
{
    return value.verdict == TOV_VERDICT_NOT_OPENED || value.verdict == TOV_VERDICT_ERASED;
}

static const char *name_of(enum tov_verdict verdict)
{
    switch (verdict) {
    case TOV_VERDICT_OPENED:
        return _("opened");
    case TOV_VERDICT_NOT_OPENED:
        return _("not opened");
    case TOV_VERDICT_NO_KEY:
        return _("no key");
    case TOV_VERDICT_REFUSED:
        return _("refused");
    case TOV_VERDICT_NOT_UNDERSTOOD:
        return _("not understood");
    case TOV_VERDICT_PENDING:
        return _("attachments pending");
    case TOV_VERDICT_ERASED:
        return _("erased before receipt");
    }
    return "";
}

const char *tov_verdict_say(char *out, struct tov_verdict_value value)
{
    return tov_say(out, _("%s (verdict %u, flags %u, detail %u)"), name_of(value.verdict),
                   (unsigned)value.verdict, (unsigned)value.flags, (unsigned)value.detail);
}

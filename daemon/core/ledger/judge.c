/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/judge.h"

#include "case/danish_time.h"

#include <string.h>

enum tov_err tov_judge_units(const struct tov_units *units, struct tov_record header,
                             uint16_t sender, struct tov_judge_units *out_found)
{
    size_t count = tov_record_count(header, "recipients");
    if (count > TOV_RECIPIENTS_MAX)
        return TOV_E_LIMIT;
    for (size_t i = 0; i < count; i++) {
        struct tov_record recipient = {0};
        (void)tov_record_child(header, "recipients", i, &recipient);
        uint64_t agency = tov_record_number(recipient, "agency");
        out_found->recipients[i] =
            tov_units_find(units, agency > TOV_AGENCIES_MAX ? 0 : (uint16_t)agency,
                           tov_record_bytes(recipient, "unit"));
    }
    out_found->recipient_count = count;
    out_found->sender = tov_units_find(units, sender, tov_record_bytes(header, "sender_unit"));
    return TOV_OK;
}

void tov_judge_by(const struct tov_judge_units *found, const struct tov_draft *draft,
                  uint64_t sent_ms, struct tov_findings *out_findings)
{
    struct tov_rule_context context = {.sender = found->sender,
                                       .recipients = found->recipients,
                                       .recipient_count = found->recipient_count,
                                       .sent = tov_danish_time_of(sent_ms).date,
                                       .sent_ms = sent_ms};
    out_findings->count = 0; /* the items are only looked at up to it */
    out_findings->more = false;
    tov_draft_judge(draft, &context, out_findings);
}

enum tov_err tov_judge(const struct tov_units *units, const struct tov_draft *draft,
                       uint16_t sender, uint64_t sent_ms, struct tov_findings *out_findings)
{
    struct tov_judge_units found;
    TOV_TRY(tov_judge_units(units, draft->header, sender, &found));
    tov_judge_by(&found, draft, sent_ms, out_findings);
    return TOV_OK;
}

static bool is_same_recipient(struct tov_record header, size_t index,
                              const struct tov_leaf_recipient *wanted)
{
    struct tov_record recipient;
    if (!tov_record_child(header, "recipients", index, &recipient))
        return false;
    const char *right = tov_record_enum(recipient, "right");
    bool all = right != NULL && strcmp(right, "all") == 0;
    return tov_record_number(recipient, "agency") == wanted->agency &&
           all == (wanted->right == TOV_RIGHT_ALL);
}

enum tov_err tov_judge_header(struct tov_record header, const struct tov_leaf_message *leaf,
                              const char *origin)
{
    struct tov_bytes id = tov_record_bytes(header, "message_id");
    if (!tov_bytes_equal(id, TOV_BYTES_OF(leaf->id)) ||
        !tov_bytes_equal(tov_record_bytes(header, "sender_origin"), tov_bytes_of_text(origin)) ||
        tov_record_count(header, "recipients") != leaf->recipient_count)
        return TOV_E_SCHEMA;
    for (size_t i = 0; i < leaf->recipient_count; i++) {
        if (!is_same_recipient(header, i, &leaf->recipients[i]))
            return TOV_E_SCHEMA;
    }
    return TOV_OK;
}

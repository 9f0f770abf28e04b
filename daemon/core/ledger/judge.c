/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/judge.h"

#include "case/danish_time.h"

#include <string.h>

static struct tov_unit_facts facts_of(const struct tov_agency *agency, const struct tov_unit *unit)
{
    struct tov_unit_source source = {.agency = agency->number,
                                     .regime = agency->regime,
                                     .unit_name = unit->name,
                                     .unit_roles = unit->roles,
                                     .cooperations = unit->cooperations};
    for (size_t i = 0; i < agency->unit_count; i++)
        source.agency_roles |= agency->units[i].roles;
    return tov_unit_facts_of(&source);
}

struct tov_unit_facts tov_judge_unit(const struct tov_roster *roster, uint16_t number,
                                     struct tov_bytes name)
{
    const struct tov_agency *agency = tov_roster_agency(roster, number);
    const struct tov_unit *unit = agency == NULL ? NULL : tov_agency_unit(agency, name);
    if (unit == NULL)
        return (struct tov_unit_facts){.agency = agency == NULL ? 0 : number, .name = ""};
    return facts_of(agency, unit);
}

enum tov_err tov_judge_units(const struct tov_roster *roster, struct tov_record header,
                             uint16_t sender, struct tov_judge_units *out_units)
{
    size_t count = tov_record_count(header, "recipients");
    if (count > TOV_RECIPIENTS_MAX)
        return TOV_E_LIMIT;
    for (size_t i = 0; i < count; i++) {
        struct tov_record recipient = {0};
        (void)tov_record_child(header, "recipients", i, &recipient);
        uint64_t agency = tov_record_number(recipient, "agency");
        out_units->recipients[i] =
            tov_judge_unit(roster, agency > TOV_AGENCIES_MAX ? 0 : (uint16_t)agency,
                           tov_record_bytes(recipient, "unit"));
    }
    out_units->recipient_count = count;
    out_units->sender = tov_judge_unit(roster, sender, tov_record_bytes(header, "sender_unit"));
    return TOV_OK;
}

void tov_judge_by(const struct tov_judge_units *units, const struct tov_draft *draft,
                  uint64_t sent_ms, struct tov_findings *out_findings)
{
    struct tov_rule_context context = {.sender = units->sender,
                                       .recipients = units->recipients,
                                       .recipient_count = units->recipient_count,
                                       .sent = tov_danish_time_of(sent_ms).date,
                                       .sent_ms = sent_ms};
    out_findings->count = 0; /* the items are only looked at up to it */
    out_findings->more = false;
    tov_draft_judge(draft, &context, out_findings);
}

enum tov_err tov_judge(const struct tov_roster *roster, const struct tov_draft *draft,
                       uint16_t sender, uint64_t sent_ms, struct tov_findings *out_findings)
{
    struct tov_judge_units units;
    TOV_TRY(tov_judge_units(roster, draft->header, sender, &units));
    tov_judge_by(&units, draft, sent_ms, out_findings);
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

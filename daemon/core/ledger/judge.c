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

enum tov_err tov_judge(const struct tov_roster *roster, const struct tov_draft *draft,
                       uint16_t sender, uint64_t sent_ms, struct tov_findings *out_findings)
{
    struct tov_unit_facts recipients[TOV_RECIPIENTS_MAX];
    size_t count = tov_record_count(draft->header, "recipients");
    *out_findings = (struct tov_findings){.count = 0};
    if (count > TOV_RECIPIENTS_MAX)
        return TOV_E_LIMIT;
    for (size_t i = 0; i < count; i++) {
        struct tov_record recipient;
        if (!tov_record_child(draft->header, "recipients", i, &recipient))
            return TOV_E_SCHEMA;
        recipients[i] = tov_judge_unit(roster, (uint16_t)tov_record_number(recipient, "agency"),
                                       tov_record_bytes(recipient, "unit"));
    }
    struct tov_bytes unit = tov_record_bytes(draft->header, "sender_unit");
    struct tov_rule_context context = {.sender = tov_judge_unit(roster, sender, unit),
                                       .recipients = recipients,
                                       .recipient_count = count,
                                       .sent = tov_danish_time_of(sent_ms).date,
                                       .sent_ms = sent_ms};
    tov_draft_judge(draft, &context, out_findings);
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

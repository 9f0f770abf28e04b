/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is said of a message whose parts are open: records, agreement with the leaf, sizes of
 * attachments, roster, rules, in this order (I7, docs/protocol.md 6). The same when it comes
 * (message_in.c) and when it is looked at again (waiting.c), so that both say the same (I5).
 * Not for: link, parts, stanza and commitments, which come before.
 */
#include "follow/verdict.h"

#include "ledger/judge.h"
#include "ledger/units.h"

static struct tov_verdict_value verdict_of(enum tov_verdict verdict, unsigned detail)
{
    return (struct tov_verdict_value){verdict, 0, (uint16_t)detail};
}

void tov_judged_fini(struct tov_judged *judged)
{
    if (judged->has_draft)
        tov_draft_fini(&judged->draft);
    judged->has_draft = false;
}

static enum tov_err read_records(const struct tov_opened *opened, struct tov_judged *judged)
{
    TOV_TRY(tov_draft_decode(opened->header, opened->content, &judged->draft, NULL));
    judged->has_draft = true;
    return tov_judge_header(judged->draft.header, opened->leaf, opened->peer->agency->ledger.name);
}

/* Attachments that are pulled make the verdict wait; a size that no sealing gives ends the wait
 * before it begins. */
static struct tov_verdict_value verdict_on_attachments(const struct tov_opened *opened)
{
    struct tov_verdict_value verdict = verdict_of(TOV_VERDICT_OPENED, 0);
    for (size_t i = 2; i < opened->leaf->part_count && opened->content != NULL; i++) {
        if (opened->leaf->parts[i].is_inline)
            continue;
        if (!tov_part_is_sealed_size(opened->leaf->parts[i].sealed_size))
            return verdict_of(TOV_VERDICT_NOT_OPENED, TOV_E_MALFORMED);
        verdict = verdict_of(TOV_VERDICT_PENDING, 0);
    }
    return verdict;
}

static enum tov_err judge_rules(const struct tov_core *core, const struct tov_opened *opened,
                                struct tov_judged *judged)
{
    const struct tov_units *units = tov_units_of(core, opened->leaf->roster_version);
    TOV_FREE struct tov_findings *findings = malloc(sizeof *findings); /* large */
    if (findings == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_judge(units, &judged->draft, opened->peer->number, opened->leaf_time_ms, findings));
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->items[i].severity == TOV_REFUSES) {
            judged->value = verdict_of(TOV_VERDICT_REFUSED, findings->items[i].rule);
            return TOV_OK;
        }
    }
    return TOV_OK;
}

/* By a roster that is not here yet nothing is judged: units that it has may be unknown to the one
 * before it, and REFUSED would stay. */
static enum tov_err judge_by_roster(const struct tov_core *core, const struct tov_opened *opened,
                                    struct tov_judged *judged)
{
    uint32_t version = opened->leaf->roster_version;
    if (tov_units_can_judge(core, version))
        return judge_rules(core, opened, judged);
    judged->value = version == 0 ? verdict_of(TOV_VERDICT_NOT_OPENED, TOV_E_MALFORMED)
                                 : verdict_of(TOV_VERDICT_NOT_UNDERSTOOD, 0);
    return TOV_OK;
}

enum tov_err tov_verdict_judge(const struct tov_core *core, const struct tov_opened *opened,
                               struct tov_judged *out_judged)
{
    *out_judged = (struct tov_judged){.has_draft = false};
    enum tov_err err = read_records(opened, out_judged);
    if (err == TOV_E_NOMEM)
        return err;
    if (err != TOV_OK) {
        out_judged->value = err == TOV_E_VERSION ? verdict_of(TOV_VERDICT_NOT_UNDERSTOOD, 0)
                                                 : verdict_of(TOV_VERDICT_NOT_OPENED, err);
        return TOV_OK;
    }
    out_judged->value = verdict_on_attachments(opened);
    if (out_judged->value.verdict == TOV_VERDICT_NOT_OPENED)
        return TOV_OK;
    out_judged->has_pulled_parts = out_judged->value.verdict == TOV_VERDICT_PENDING;
    return judge_by_roster(core, opened, out_judged);
}

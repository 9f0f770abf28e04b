/* SPDX-License-Identifier: EUPL-1.2
 *
 * Rules 1, 2, 10 and 31: the legal basis of a message. One list of codes carries all recipients,
 * so each recipient needs a code that fits it, and each code a recipient that it fits.
 */
#include "case/judging.h"

#include <stdio.h>
#include <string.h>

static bool is_inside(const struct tov_judging *judging, const struct tov_unit_facts *recipient)
{
    return recipient->agency == judging->context->sender.agency;
}

/* Bases that the type's routes allow from the sender to RECIPIENT. */
static uint64_t bases_for(const struct tov_judging *judging, const struct tov_unit_facts *recipient)
{
    const struct tov_route *routes = judging->draft->type->routes;
    uint64_t mask = 0;
    for (size_t i = 0; i < TOV_ROUTES_MAX && routes[i].from != 0; i++) {
        if ((routes[i].from & judging->context->sender.duties) != 0 &&
            (routes[i].to & recipient->duties) != 0)
            mask |= routes[i].bases;
    }
    return mask;
}

static bool reaches(const struct tov_judging *judging, const struct tov_basis *basis,
                    const struct tov_unit_facts *recipient)
{
    bool there = is_inside(judging, recipient) ? basis->inside : basis->outside;
    return there && (bases_for(judging, recipient) & UINT64_C(1) << basis->code) != 0;
}

static bool is_for_sender(const struct tov_judging *judging, const struct tov_basis *basis)
{
    return (basis->authorities & TOV_AUTHORITY_BIT(judging->context->sender.authority)) != 0;
}

/* An addition is allowed wherever there is an outside recipient; it carries nobody. */
static bool fits_somebody(const struct tov_judging *judging, const struct tov_basis *basis)
{
    for (size_t i = 0; i < judging->context->recipient_count; i++) {
        const struct tov_unit_facts *recipient = &judging->context->recipients[i];
        if (basis->addition ? !is_inside(judging, recipient) : reaches(judging, basis, recipient))
            return true;
    }
    return false;
}

static void refuse_basis(struct tov_judging *judging, const struct tov_basis *basis,
                         struct tov_text reason, struct tov_text remedy)
{
    tov_judge_say(judging, (struct tov_finding_words){.severity = TOV_REFUSES,
                                                      .field = "legal_bases",
                                                      .reason = reason,
                                                      .remedy = remedy,
                                                      .first = basis->name,
                                                      .second = TOV_SAME(basis->id)});
}

static void judge_basis(struct tov_judging *judging, const struct tov_basis *basis)
{
    if (basis->refusal.da != NULL) {
        refuse_basis(judging, basis, basis->refusal,
                     (struct tov_text)TOV_TEXT(
                         "Vælg i stedet en hjemmel, der gælder for elektronisk videregivelse.",
                         "Pick a basis that covers electronic disclosure instead."));
    } else if (!is_for_sender(judging, basis)) {
        refuse_basis(judging, basis,
                     (struct tov_text)TOV_TEXT("{1} kan ikke bruges af jeres myndighed.",
                                               "{1} cannot be used by your agency."),
                     (struct tov_text)TOV_TEXT("Politiet bruger § 115, stk. 1; andre myndigheder "
                                               "bruger § 115, stk. 2.",
                                               "The police use section 115(1); other authorities "
                                               "use section 115(2)."));
    } else if (!fits_somebody(judging, basis)) {
        refuse_basis(
            judging, basis,
            (struct tov_text)TOV_TEXT("{1} passer ikke til denne besked og dens modtagere.",
                                      "{1} does not fit this message and its recipients."),
            (struct tov_text)TOV_TEXT("Se beskedtypens hjemler i beskedoversigten.",
                                      "See the bases of the type in the message "
                                      "reference."));
    }
}

static void judge_codes(struct tov_judging *judging)
{
    struct tov_value value;
    struct tov_record header = judging->draft->header;
    for (size_t i = 0; tov_record_get(header, "legal_bases", i, &value) == TOV_OK; i++) {
        const struct tov_basis *basis = tov_basis_find(value.bytes);
        if (basis != NULL) {
            judge_basis(judging, basis);
            continue;
        }
        tov_judge_say(judging, (struct tov_finding_words){
                                   .severity = TOV_REFUSES,
                                   .field = "legal_bases",
                                   .reason = TOV_TEXT("Hjemlen findes ikke i kataloget.",
                                                      "The legal basis is not in the catalogue."),
                                   .remedy = TOV_TEXT("Koder skrives som RPL115-2/1-3a; se "
                                                      "beskedoversigten.",
                                                      "Codes are written as RPL115-2/1-3a; see the "
                                                      "message reference."),
                               });
    }
}

static bool is_carried(const struct tov_judging *judging, const struct tov_unit_facts *recipient)
{
    for (size_t i = 0; i < tov_basis_count(); i++) {
        const struct tov_basis *basis = tov_basis_at(i);
        if ((judging->bases & UINT64_C(1) << basis->code) != 0 && !basis->addition &&
            is_for_sender(judging, basis) && reaches(judging, basis, recipient))
            return true;
    }
    return false;
}

void tov_rule_basis(struct tov_judging *judging)
{
    judge_codes(judging);
    if (judging->bases == 0)
        return; /* rule 0 has said that there is none, or each was refused above */
    for (size_t i = 0; i < judging->context->recipient_count; i++) {
        const struct tov_unit_facts *recipient = &judging->context->recipients[i];
        if (recipient->duties == 0 || is_carried(judging, recipient))
            continue;
        char field[64];
        (void)snprintf(field, sizeof field, "recipients.%zu", i + 1);
        struct tov_text remedy =
            is_inside(judging, recipient)
                ? (struct tov_text)TOV_TEXT("Tilføj EGEN for modtagere i egen myndighed.",
                                            "Add EGEN for recipients in your own agency.")
                : (struct tov_text)TOV_TEXT("Tilføj en hjemmel for denne modtager, eller fjern "
                                            "modtageren.",
                                            "Add a basis for this recipient, or remove it.");
        tov_judge_say(judging, (struct tov_finding_words){
                                   .severity = TOV_REFUSES,
                                   .field = field,
                                   .reason = TOV_TEXT("Ingen af hjemlerne dækker \"{1}\".",
                                                      "None of the legal bases covers \"{1}\"."),
                                   .remedy = remedy,
                                   .first = TOV_SAME(recipient->name),
                               });
    }
}

/* ---- 2 ---- */

static void say_not_in_cooperation(struct tov_judging *judging, const struct tov_basis *basis,
                                   const char *field, const char *unit)
{
    tov_judge_say(judging,
                  (struct tov_finding_words){
                      .severity = TOV_REFUSES,
                      .field = field,
                      .reason = TOV_TEXT("\"{2}\" deltager ikke i samarbejdet bag {1}.",
                                         "\"{2}\" does not take part in the co-operation of {1}."),
                      .remedy = TOV_TEXT("Kun samarbejdets parter må udveksle: vælg en anden "
                                         "hjemmel eller en anden modtager.",
                                         "Only its parties may exchange: pick another basis or "
                                         "another recipient."),
                      .first = basis->name,
                      .second = TOV_SAME(unit),
                  });
}

/* Whether another § 115 code of the message puts RECIPIENT in its co-operation. */
static bool has_some_cooperation(const struct tov_judging *judging,
                                 const struct tov_unit_facts *recipient)
{
    for (size_t i = 0; i < tov_basis_count(); i++) {
        const struct tov_basis *basis = tov_basis_at(i);
        if ((judging->bases & TOV_BASES_115 & UINT64_C(1) << basis->code) != 0 &&
            (recipient->cooperations & basis->cooperation) != 0)
            return true;
    }
    return false;
}

/* Only who is carried by § 115 alone must take part: another code may carry a recipient too. */
static bool rests_on_115(const struct tov_judging *judging, const struct tov_unit_facts *recipient)
{
    struct tov_judging others = *judging;
    others.bases &= ~TOV_BASES_115;
    return !is_inside(judging, recipient) && !is_carried(&others, recipient);
}

static void judge_cooperation(struct tov_judging *judging, const struct tov_basis *basis)
{
    const struct tov_rule_context *context = judging->context;
    if ((context->sender.cooperations & basis->cooperation) == 0)
        say_not_in_cooperation(judging, basis, "sender_unit", context->sender.name);
    for (size_t i = 0; i < context->recipient_count; i++) {
        const struct tov_unit_facts *recipient = &context->recipients[i];
        char field[64];
        (void)snprintf(field, sizeof field, "recipients.%zu", i + 1);
        if (recipient->duties != 0 && rests_on_115(judging, recipient) &&
            !has_some_cooperation(judging, recipient))
            say_not_in_cooperation(judging, basis, field, recipient->name);
    }
}

void tov_rule_section_115(struct tov_judging *judging)
{
    uint64_t bases = judging->bases & TOV_BASES_115;
    if (bases == 0)
        return;
    for (size_t i = 0; i < tov_basis_count(); i++) {
        if ((bases & UINT64_C(1) << tov_basis_at(i)->code) != 0)
            judge_cooperation(judging, tov_basis_at(i));
    }
    const struct tov_draft *draft = judging->draft;
    bool asks = (draft->type->asks & TOV_ASKS_NECESSITY) != 0;
    if (asks && tov_draft_has_content(draft) && tov_record_count(draft->content, "necessity") == 0)
        tov_judge_say(judging, (struct tov_finding_words){
                                   .severity = TOV_REFUSES,
                                   .field = "necessity",
                                   .reason = TOV_TEXT("Efter § 115 må der kun videregives, hvad "
                                                      "der er nødvendigt: skriv hvorfor.",
                                                      "Section 115 allows only what is necessary: "
                                                      "say why."),
                                   .remedy = TOV_TEXT("Hvorfor har modtageren brug for dette?",
                                                      "Why does the recipient need this?"),
                               });
}

/* ---- 10 ---- */

void tov_rule_offence(struct tov_judging *judging)
{
    const struct tov_rule_context *context = judging->context;
    bool outside = false;
    for (size_t i = 0; i < context->recipient_count; i++)
        outside |= !is_inside(judging, &context->recipients[i]);
    if (!outside || context->sender.regime != TOV_REGIME_GDPR ||
        !tov_draft_tells_of_offence(judging->draft) || (judging->bases & TOV_BASES_DBL8) != 0)
        return;
    tov_judge_say(judging,
                  (struct tov_finding_words){
                      .severity = TOV_REFUSES,
                      .field = "legal_bases",
                      .reason = TOV_TEXT("Beskeden oplyser om strafbare forhold: så "
                                         "kræves også databeskyttelseslovens § 8, "
                                         "stk. 2.",
                                         "The message tells of an offence: Data Protection "
                                         "Act section 8(2) is needed as well."),
                      .remedy = TOV_TEXT("Tilføj DBL8-2-1, -2, -3 eller -4; DBL8-2-3 "
                                         "bruges, når det er nødvendigt for myndighedens "
                                         "opgave.",
                                         "Add DBL8-2-1, -2, -3 or -4; DBL8-2-3 is for what "
                                         "is necessary for the authority's work."),
                  });
}

/* ---- 31 ---- */

static void format_day(struct tov_date day, char out[TOV_TIME_TEXT_SIZE])
{
    char text[48];
    (void)snprintf(text, sizeof text, "%02d-%02d-%04d", day.day, day.month, day.year);
    (void)snprintf(out, TOV_TIME_TEXT_SIZE, "%.10s", text);
}

static void judge_validity(struct tov_judging *judging, const struct tov_basis *basis)
{
    struct tov_date day =
        basis->judged == TOV_BASIS_BY_EVENT ? tov_judge_event_day(judging) : judging->context->sent;
    if (tov_basis_is_valid_on(basis, day))
        return;
    bool early = basis->from.year != 0 && tov_date_to_days(day) < tov_date_to_days(basis->from);
    char limit[TOV_TIME_TEXT_SIZE];
    format_day(early ? basis->from : basis->until, limit);
    struct tov_text reason =
        early ? (struct tov_text)TOV_TEXT("{1} gælder først fra {2}.", "{1} applies from {2} only.")
              : (struct tov_text)TOV_TEXT("{1} gælder kun til og med {2}.",
                                          "{1} applies until {2} only.");
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_REFUSES,
                               .field = "legal_bases",
                               .reason = reason,
                               .remedy = TOV_TEXT("Vælg den hjemmel, der gælder på dagen.",
                                                  "Pick the basis that is in force on the day."),
                               .first = basis->name,
                               .second = TOV_SAME(limit),
                           });
}

void tov_rule_statute(struct tov_judging *judging)
{
    for (size_t i = 0; i < tov_basis_count(); i++) {
        const struct tov_basis *basis = tov_basis_at(i);
        if ((judging->bases & UINT64_C(1) << basis->code) != 0)
            judge_validity(judging, basis);
    }
}

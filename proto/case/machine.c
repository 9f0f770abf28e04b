/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/machine_rows.h"

#include <assert.h>
#include <string.h>

/* A case before its responsibility, which follows what the case takes. */
static const struct tov_machine_table table = {
    {&tov_machine_concern, &tov_machine_request, &tov_machine_course, &tov_machine_custody,
     &tov_machine_release, &tov_machine_case, &tov_machine_responsibility},
};

static const struct tov_text who_names[TOV_WHO_COUNT] = {
    TOV_TEXT("enhver enhed", "any unit"),
    TOV_TEXT("hotlinen", "the hotline"),
    TOV_TEXT("Kriminalforsorgen", "Kriminalforsorgen"),
    TOV_TEXT("Kriminalforsorgens tilsyn (kif)", "probation (kif)"),
    TOV_TEXT("sekretariatet", "the secretariat"),
    TOV_TEXT("kommunens tovholder", "the kommune's coordinator"),
    TOV_TEXT("politiets tovholder", "the police coordinator"),
    TOV_TEXT("kommunen", "the kommune"),
    TOV_TEXT("en part i sagen", "a party of the case"),
    TOV_TEXT("den enhed, der begyndte", "the unit that began it"),
    TOV_TEXT("den enhed, den første meddelelse gik til", "the unit that the first message went to"),
    TOV_TEXT("den ansvarlige myndighed", "the responsible agency"),
    TOV_TEXT("den myndighed, ansvaret er tilbudt", "the agency that responsibility is offered to"),
};

struct tov_text tov_who_name(size_t bit)
{
    assert(bit < TOV_WHO_COUNT);
    return who_names[bit];
}

/* What each guard asks, as the reason of a refusal says it. */
static const struct tov_text guards[TOV_GUARD_COUNT] = {
    [TOV_GUARD_URGENT] =
        TOV_TEXT("Før kvitteringen kan kun en akut henvendelse (prioritet akut) sendes til "
                 "politiets vurdering.",
                 "Before it is acknowledged, only an urgent concern (priority akut) can be sent to "
                 "police screening."),
    [TOV_GUARD_AT_MOST_TWICE] = TOV_TEXT("En henvendelse kan højst udsættes to gange.",
                                         "A concern can be postponed at most twice."),
    [TOV_GUARD_CONCERN_FOUNDED] =
        TOV_TEXT("Sagen oprettes på en henvendelse, som begge tovholdere har fundet begrundet.",
                 "The case is opened on a concern that both coordinators found founded."),
    [TOV_GUARD_PURPOSE_AND_PARTY] =
        TOV_TEXT("Angiv formål og retsgrundlag, og send den til mindst én anden myndighed.",
                 "State purpose and legal basis, and send it to at least one other agency."),
    [TOV_GUARD_NEXT_REVIEW] =
        TOV_TEXT("Angiv næste nødvendighedsvurdering (next_review), højst tre måneder frem.",
                 "State the next review of necessity (next_review), at most three months ahead."),
    [TOV_GUARD_NO_OPEN_COURSE] =
        TOV_TEXT("Et forløb i sagen er ikke afsluttet: send først intervention.end for hvert "
                 "forløb.",
                 "A course of the case has not ended: first send intervention.end for each "
                 "course."),
    [TOV_GUARD_ONE_POLICE_OBJECTION] =
        TOV_TEXT("Politiet kan gøre indsigelse mod afslutningen én gang.",
                 "The police may object to the closing once."),
    [TOV_GUARD_ALL_AGREE] =
        TOV_TEXT("Sagen kan lukkes, når hver anden part har svaret enig, eller der er gået 10 "
                 "hverdage siden forslaget uden indsigelse.",
                 "The case can be closed when every other party has agreed, or 10 working days "
                 "have passed since the proposal without an objection."),
    [TOV_GUARD_REASON_TO_REOPEN] =
        TOV_TEXT("En sag genåbnes på en ny begrundet henvendelse eller en løsladelse: angiv "
                 "henvendelsen eller frihedsberøvelsen.",
                 "A case is reopened on a new founded concern or a release: name the concern or "
                 "the detention."),
    [TOV_GUARD_SENDER_HOLDS] = TOV_TEXT("Kun den myndighed, der har ansvaret, kan give det videre.",
                                        "Only the agency that is responsible can hand over."),
    [TOV_GUARD_NO_OPEN_OFFER] =
        TOV_TEXT("Der er allerede et åbent tilbud om ansvaret: vent på svaret, eller træk "
                 "tilbuddet tilbage.",
                 "There is an open offer of responsibility already: wait for the answer, or "
                 "withdraw it."),
    [TOV_GUARD_NAMES_HOLDING] =
        TOV_TEXT("Et tilbud om ansvar skal henvise til den accept eller begyndelse, som "
                 "afsenderen har ansvaret ved.",
                 "An offer of responsibility must cite the acceptance or the beginning by which "
                 "the sender is responsible."),
    [TOV_GUARD_NAMES_OFFER] = TOV_TEXT("Svaret skal henvise til det åbne tilbud.",
                                       "The answer must cite the open offer."),
    [TOV_GUARD_OWN_DECISION] =
        TOV_TEXT("Henvisningen kræver, at afsenderens egen beslutning om indsatsen "
                 "(case.own_decision) er sendt først.",
                 "The referral needs the sender's own decision on the measure "
                 "(case.own_decision) before it."),
    [TOV_GUARD_CONSENT] =
        TOV_TEXT("Der er ikke et gældende samtykke (consent.given), som dækker indsatsen.",
                 "There is no consent (consent.given) in force that covers the measure."),
    [TOV_GUARD_MAY_ASK_AGAIN] =
        TOV_TEXT("Borgeren må først spørges igen fra den dato, der blev aftalt.",
                 "The citizen may be asked again only from the date that was agreed."),
    [TOV_GUARD_LEAVE_PLANNED] =
        TOV_TEXT("En udgang kræver en plan (prison.leave_plan) med samme nummer, eller årsag "
                 "akut.",
                 "A leave needs a plan (prison.leave_plan) of the same number, or the reason "
                 "akut."),
    [TOV_GUARD_NEXT_VERSION] =
        TOV_TEXT("En ny løsladelsesdato skal have versionen efter den sidste.",
                 "A new release date must have the version after the last one."),
    [TOV_GUARD_MEETING_HELD] =
        TOV_TEXT("Løsladelsesmødet skal være holdt (prison.release_meeting, referat).",
                 "The release meeting must have been held (prison.release_meeting, referat)."),
    [TOV_GUARD_MEASURES_MET] =
        TOV_TEXT("Hvert emne i den seneste status (release.measures) skal være mindst gul.",
                 "Each topic of the last status (release.measures) must be at least gul."),
    [TOV_GUARD_CONTACT_SET] =
        TOV_TEXT("Kommunen skal have oplyst sin kontaktperson (release.kommune_contact).",
                 "The kommune must have named its contact (release.kommune_contact)."),
    [TOV_GUARD_CASE_TAKES] =
        TOV_TEXT("Ansvaret følger sagen, og sagen har afvist meddelelsen.",
                 "Responsibility follows the case, and the case refused the message."),
};

static const struct tov_text refusal_pair =
    TOV_TEXT("Meddelelsen passer ikke til den tilstand, tingen er i.",
             "The message does not fit the state that the thing is in.");
static const struct tov_text refusal_who = TOV_TEXT(
    "Afsenderen kan ikke tage dette skridt.", "The sender is not one who may take this step.");
static const struct tov_text refusal_second =
    TOV_TEXT("Skridtet kræver to meddelelser fra de to nævnte: den anden skal henvise til den "
             "første og sige det samme.",
             "The step takes two messages by the two named: the second must cite the first and "
             "say the same.");

struct tov_text tov_refusal_text(uint16_t number)
{
    if (number == TOV_REFUSAL_PAIR)
        return refusal_pair;
    if (number == TOV_REFUSAL_WHO)
        return refusal_who;
    if (number == TOV_REFUSAL_SECOND)
        return refusal_second;
    if (number > TOV_REFUSAL_GUARDS && number < TOV_REFUSAL_GUARDS + TOV_GUARD_COUNT)
        return guards[number - TOV_REFUSAL_GUARDS];
    return (struct tov_text){0};
}

bool tov_refusal_is_of_citation(uint16_t number)
{
    return number == TOV_REFUSAL_SECOND || number == TOV_REFUSAL_GUARDS + TOV_GUARD_NAMES_HOLDING ||
           number == TOV_REFUSAL_GUARDS + TOV_GUARD_NAMES_OFFER;
}

const struct tov_machine_table *tov_machine_table(void)
{
    return &table;
}

const struct tov_machine_info *tov_machine_find(enum tov_machine machine)
{
    for (size_t i = 0; i < TOV_MACHINES_MAX && table.machines[i] != NULL; i++) {
        if (table.machines[i]->machine == machine)
            return table.machines[i];
    }
    return NULL;
}

const struct tov_machine_state *tov_machine_state_find(enum tov_machine machine, const char *id)
{
    const struct tov_machine_info *info = tov_machine_find(machine);
    for (size_t i = 0; info != NULL && i < info->state_count; i++) {
        if (strcmp(info->states[i].id, id) == 0)
            return &info->states[i];
    }
    return NULL;
}

bool tov_machine_row_leaves(const struct tov_machine_row *row, const char *state)
{
    for (size_t i = 0; i < TOV_FROM_MAX && row->from[i] != NULL; i++) {
        if (strcmp(row->from[i], state) == 0)
            return true;
    }
    return false;
}

const char *tov_machine_row_target(const struct tov_machine_row *row, const char *state)
{
    return strcmp(row->to, TOV_STAYS) == 0 ? state : row->to;
}

/* ---- answers that cite ---- */

static bool has_guard(const struct tov_machine_row *row, enum tov_step_guard guard)
{
    for (size_t i = 0; i < TOV_GUARDS_MAX; i++) {
        if (row->guards[i] == (uint8_t)guard)
            return true;
    }
    return false;
}

/* Whether a row of TYPE, in any machine, is one that IS_ONE takes. */
static bool has_row(const char *type, bool (*is_one)(const struct tov_machine_row *, const char *),
                    const char *target)
{
    for (size_t m = 0; m < TOV_MACHINES_MAX && table.machines[m] != NULL; m++) {
        const struct tov_machine_info *machine = table.machines[m];
        for (size_t i = 0; i < machine->row_count; i++) {
            if (strcmp(machine->rows[i].on.type, type) == 0 && is_one(&machine->rows[i], target))
                return true;
        }
    }
    return false;
}

static bool offers(const struct tov_machine_row *row, const char *unused)
{
    (void)unused;
    return (row->does & TOV_DOES_OFFER) != 0;
}

static bool gives(const struct tov_machine_row *row, const char *unused)
{
    (void)unused;
    return (row->does & (TOV_DOES_HOLD | TOV_DOES_ACCEPT)) != 0;
}

static bool cites(const struct tov_machine_row *row, const char *target)
{
    return (row->and_who != 0 && strcmp(row->on.type, target) == 0) ||
           (has_guard(row, TOV_GUARD_NAMES_OFFER) && has_row(target, offers, NULL)) ||
           (has_guard(row, TOV_GUARD_NAMES_HOLDING) && has_row(target, gives, NULL));
}

bool tov_machine_answer_cites(const char *answer, const char *target)
{
    return has_row(answer, cites, target);
}

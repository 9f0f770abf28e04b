/* SPDX-License-Identifier: EUPL-1.2
 *
 * Prison transitions (prison.*): told when they happen, in two channels that stay apart.
 */
#include "case/types.h"

static const struct tov_field_rule release_date_fields[] = {
    {TOV_IN_HEADER_FIELDS, "version", TOV_NEED_ALWAYS, TOV_TEXT("Version", "Version"),
     TOV_TEXT("1 for den første dato, derefter én højere, hver gang datoen ændres.",
              "1 for the first date, then one higher each time it changes.")},
    {TOV_IN_HEADER_FIELDS, "date", TOV_NEED_ALWAYS,
     TOV_TEXT("Forventet løsladelsesdato", "Expected release date"),
     TOV_TEXT("Alle frister før og efter løsladelsen regnes fra denne dato.",
              "All deadlines before and after the release are counted from this date.")},
    {TOV_IN_HEADER_FIELDS,
     "kind",
     TOV_NEED_ALWAYS,
     TOV_TEXT("Løsladelsens art", "Kind of release"),
     {0}},
    {TOV_IN_HEADER_FIELDS, "previous_date", TOV_NEED_OPTIONAL,
     TOV_TEXT("Tidligere dato", "Previous date"),
     TOV_TEXT("Den dato, der gjaldt indtil nu.", "The date that was in force until now.")},
    {TOV_IN_HEADER_FIELDS,
     "date_certainty",
     TOV_NEED_OPTIONAL,
     TOV_TEXT("Hvor sikker er datoen?", "How certain is the date?"),
     {0}},
    {TOV_IN_HEADER_FIELDS,
     "reason",
     TOV_NEED_OPTIONAL,
     TOV_TEXT("Årsag til ændringen", "Reason for the change"),
     {0}},
    {TOV_IN_CONTENT_FIELDS, "contact.name", TOV_NEED_OPTIONAL,
     TOV_TEXT("Kontaktperson i Kriminalforsorgen", "Contact person in the prison service"),
     TOV_TEXT("Den handleplansansvarlige.", "The plan-responsible officer.")},
    {TOV_IN_CONTENT_FIELDS,
     "contact.phone",
     TOV_NEED_OPTIONAL,
     TOV_TEXT("Kontaktpersonens telefon", "Telephone of the contact person"),
     {0}},
};

static const struct tov_field_rule release_final_fields[] = {
    {TOV_IN_HEADER_FIELDS,
     "release_at",
     TOV_NEED_ALWAYS,
     TOV_TEXT("Tidspunkt for løsladelsen", "Time of the release"),
     {0}},
    {TOV_IN_CONTENT_FIELDS, "place", TOV_NEED_ALWAYS, TOV_TEXT("Sted", "Place"),
     TOV_TEXT("Hvor borgeren løslades fra.", "Where the citizen is released from.")},
    {TOV_IN_CONTENT_FIELDS, "travel", TOV_NEED_ALWAYS, TOV_TEXT("Hjemrejse", "Journey home"),
     TOV_TEXT("Hvordan kommer borgeren videre fra stedet?",
              "How does the citizen travel on from there?")},
    {TOV_IN_CONTENT_FIELDS, "met_by", TOV_NEED_ALWAYS,
     TOV_TEXT("Hvem møder borgeren?", "Who meets the citizen?"),
     TOV_TEXT("Navn og funktion, eller \"ingen\".", "Name and function, or \"nobody\".")},
};

static const struct tov_field_rule released_fields[] = {
    {TOV_IN_HEADER_FIELDS, "released_at", TOV_NEED_ALWAYS, TOV_TEXT("Løsladt den", "Released on"),
     TOV_TEXT("Det tidspunkt, hvor borgeren gik ud ad døren.",
              "The time when the citizen walked out.")},
    {TOV_IN_HEADER_FIELDS,
     "kind",
     TOV_NEED_ALWAYS,
     TOV_TEXT("Løsladelsens art", "Kind of release"),
     {0}},
    {TOV_IN_CONTENT_FIELDS, "address_municipality", TOV_NEED_ALWAYS,
     TOV_TEXT("Bopælskommune efter løsladelsen", "Municipality of residence after release"),
     TOV_TEXT("Kommunekode med fire cifre, for eksempel 0101.",
              "Municipality code, four digits, for example 0101.")},
    {TOV_IN_CONTENT_FIELDS, "supervision_unit", TOV_NEED_FORBIDDEN_IN_MINIMAL,
     TOV_TEXT("Tilsynsførende enhed", "Supervising unit"),
     TOV_TEXT("Udfyldes ved prøveløsladelse med tilsyn.",
              "To be filled in for parole with supervision.")},
    {TOV_IN_CONTENT_FIELDS, "next_contact", TOV_NEED_FULL,
     TOV_TEXT("Næste kontakt", "Next contact"),
     TOV_TEXT("Hvem har den næste aftale med borgeren, og hvornår?",
              "Who has the next appointment with the citizen, and when?")},
};

#define KRFO_TO_CASE                                                                        \
    {                                                                                       \
        TOV_DUTIES_KRFO, TOV_DUTIES_COORDINATORS | TOV_DUTY_SECRETARIAT | TOV_DUTY_KOMMUNE, \
            TOV_BASES_KRFO_CASE                                                             \
    }
#define KRFO_TO_DESKS                                                  \
    {                                                                  \
        TOV_DUTIES_KRFO, TOV_DUTY_RELEASE_DESK, TOV_BASIS_BIT(BEK_HPL) \
    }
#define KRFO_TO_KRFO                                                                   \
    {                                                                                  \
        TOV_DUTIES_KRFO, TOV_DUTIES_KRFO, TOV_BASIS_BIT(BEK_HPL) | TOV_BASIS_BIT(EGEN) \
    }

static const struct tov_message_type types[] = {
    {
        .id = "prison.release_date",
        .version = 1,
        .name = TOV_TEXT("Forventet løsladelsesdato", "Expected release date"),
        .mnemonic = "LDATO",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Sendes, når løsladelsesdatoen kendes første gang, og hver gang den "
                            "ændres.",
                            "Sent when the release date is first known, and each time it changes."),
        .header_schema = "PrisonReleaseDateHeader",
        .content_schema = "PrisonReleaseDateContent",
        TOV_FIELDS(release_date_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE | TOV_ABOUT_CONCERN,
        .routes = {KRFO_TO_DESKS, KRFO_TO_CASE, KRFO_TO_KRFO},
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS,
        .attachments = true,
        .tells_of_offence = true,
    },
    {
        .id = "prison.release_final",
        .version = 1,
        .name = TOV_TEXT("Varsel om løsladelse", "Release notice"),
        .mnemonic = "LVARS",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Sendes senest fem hverdage før løsladelsen med sted, tidspunkt og "
                            "hjemrejse.",
                            "Sent at least five working days before the release, with place, time "
                            "and journey."),
        .header_schema = "PrisonReleaseFinalHeader",
        .content_schema = "PrisonReleaseFinalContent",
        TOV_FIELDS(release_final_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = {KRFO_TO_DESKS, KRFO_TO_CASE, KRFO_TO_KRFO},
        .channel = TOV_CHANNEL_BOTH,
        .attachments = true,
        .tells_of_offence = true,
    },
    {
        .id = "prison.released",
        .version = 1,
        .name = TOV_TEXT("Løsladt", "Released"),
        .mnemonic = "LØSL",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Sendes samme dag, som borgeren er løsladt.",
                            "Sent on the day the citizen is released."),
        .header_schema = "PrisonReleasedHeader",
        .content_schema = "PrisonReleasedContent",
        TOV_FIELDS(released_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = {KRFO_TO_DESKS,
                   {TOV_DUTIES_KRFO, TOV_DUTY_BENEFITS, TOV_BASIS_BIT(AKL10A)},
                   {TOV_DUTIES_KRFO, TOV_DUTY_POPULATION, TOV_BASIS_BIT(CPR_ADR)},
                   KRFO_TO_CASE,
                   KRFO_TO_KRFO},
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS,
        .tells_of_offence = true,
    },
};

const struct tov_type_group tov_types_prison = {types, sizeof types / sizeof types[0]};

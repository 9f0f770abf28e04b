/* SPDX-License-Identifier: EUPL-1.2
 *
 * After the release: supervision (supervision.*), expulsion and the end of the transition.
 */
#include "case/types.h"

static const struct tov_field_rule start_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "rhythm", "Hvor ofte?", "How often?",
                  "Mindst hver 14. dag i begyndelsen, siden månedligt.",
                  "At least every 14 days at first, later monthly."),
    TOV_HEAD(OPTIONAL, "until", "Tilsynet varer til", "Supervision lasts until"),
    TOV_BODY(ALWAYS, "contact.name", "Tilsynsførende", "Probation officer"),
    TOV_CONTACT_PLACE(OPTIONAL),
    TOV_BODY(OPTIONAL, "conditions", "Vilkår", "Conditions"),
};

static const struct tov_field_rule status_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "rhythm", "Hvor ofte herfra?", "How often from here?",
                  "d14: hver 14. dag. m: månedligt.", "d14: every 14 days. m: monthly."),
    TOV_BODY(ALWAYS, "status", "Hvordan går det?", "How does it go?"),
};

static const struct tov_field_rule breach_fields[] = {
    TOV_HEAD(ALWAYS, "kind", "Overtrædelsens art", "Kind of breach"),
    TOV_BODY(ALWAYS, "what", "Hvad er der sket?", "What happened?"),
    TOV_BODY(OPTIONAL, "next_step", "Næste skridt", "Next step"),
};

static const struct tov_field_rule end_fields[] = {
    TOV_HEAD(ALWAYS, "reason", "Hvorfor slutter tilsynet?", "Why does supervision end?"),
};

static const struct tov_field_rule expulsion_fields[] = {
    TOV_HEAD(ALWAYS, "part", "Afgørelse eller ophævet?", "Decision or lifted?"),
    TOV_HEAD(OPTIONAL, "decided_on", "Besluttet den", "Decided on"),
    TOV_BODY(ALWAYS, "handling", "Hvad er planen?", "What is planned?"),
    TOV_BODY(OPTIONAL, "departure_centre", "Udrejsecenter og meldepligt",
             "Departure centre and duty to report"),
};

static const struct tov_field_rule prison_end_fields[] = {
    TOV_HEAD(ALWAYS, "reason", "Hvorfor slutter forløbet?", "Why does it end?"),
};

#define BY_KIF                                                                                \
    {                                                                                         \
        {TOV_DUTY_PROBATION, TOV_DUTY_RELEASE_DESK, TOV_BASIS_BIT(BEK_HPL)},                  \
            {TOV_DUTY_PROBATION,                                                              \
             TOV_DUTIES_COORDINATORS | TOV_DUTY_SECRETARIAT | TOV_DUTY_KOMMUNE,               \
             TOV_BASES_KRFO_CASE},                                                            \
        {                                                                                     \
            TOV_DUTY_PROBATION, TOV_DUTIES_KRFO, TOV_BASIS_BIT(BEK_HPL) | TOV_BASIS_BIT(EGEN) \
        }                                                                                     \
    }

static const struct tov_message_type types[] = {
    {
        .id = "supervision.start",
        .version = 1,
        .name = TOV_TEXT("Tilsyn begyndt", "Supervision started"),
        .mnemonic = "TILS",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Tilsynet er begyndt, med tilsynsførende, rytme og vilkår.",
                            "Supervision has begun, with officer, rhythm and conditions."),
        .header_schema = "SupervisionStartHeader",
        .content_schema = "SupervisionStartContent",
        TOV_FIELDS(start_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = BY_KIF,
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS,
        .tells_of_offence = true,
    },
    {
        .id = "supervision.status",
        .version = 1,
        .name = TOV_TEXT("Status fra tilsynet", "Status of supervision"),
        .mnemonic = "TILM",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Den tilsynsførende fortæller, hvordan tilsynet går.",
                            "The probation officer tells how supervision goes."),
        .header_schema = "SupervisionStatusHeader",
        .content_schema = "SupervisionStatusContent",
        TOV_FIELDS(status_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = BY_KIF,
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS,
        .tells_of_offence = true,
    },
    {
        .id = "supervision.breach",
        .version = 1,
        .name = TOV_TEXT("Vilkårsovertrædelse", "Breach of conditions"),
        .mnemonic = "TILB",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Et vilkår for prøveløsladelsen er overtrådt.",
                            "A condition of the parole was broken."),
        .header_schema = "SupervisionBreachHeader",
        .content_schema = "SupervisionBreachContent",
        TOV_FIELDS(breach_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = BY_KIF,
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS,
        .tells_of_offence = true,
    },
    {
        .id = "supervision.end",
        .version = 1,
        .name = TOV_TEXT("Tilsyn ophørt", "Supervision ended"),
        .mnemonic = "TILE",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Tilsynet er ophørt.", "Supervision has ended."),
        .header_schema = "SupervisionEndHeader",
        .content_schema = "NoFields",
        TOV_FIELDS(end_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = BY_KIF,
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ENDS,
        .tells_of_offence = true,
    },
    {
        .id = "prison.expulsion",
        .version = 1,
        .name = TOV_TEXT("Udvisningsspor", "Expulsion"),
        .mnemonic = "UDVI",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Borgeren er udvist ved dom, eller udvisningen er faldet bort.",
                            "The citizen is to be expelled by judgment, or no longer."),
        .header_schema = "PrisonExpulsionHeader",
        .content_schema = "PrisonExpulsionContent",
        TOV_FIELDS(expulsion_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = TOV_KRFO_TO_BOTH,
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS,
        .tells_of_offence = true,
    },
    {
        .id = "prison.end",
        .version = 1,
        .name = TOV_TEXT("Overgang afsluttet", "Transition ended"),
        .mnemonic = "SLUT",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Straffen eller prøvetiden er udløbet, eller borgeren er død.",
                            "The sentence or the probation period is over, or the citizen died."),
        .header_schema = "PrisonEndHeader",
        .content_schema = "NoFields",
        TOV_FIELDS(prison_end_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = TOV_KRFO_TO_BOTH,
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ENDS,
        .tells_of_offence = true,
    },
};

const struct tov_type_group tov_types_supervision = {types, sizeof types / sizeof types[0]};

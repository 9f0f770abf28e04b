/* SPDX-License-Identifier: EUPL-1.2
 *
 * Consent, information of the citizen, and requests for access: what the citizen has a say in.
 */
#include "case/types.h"

static const struct tov_field_rule given_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "scope", "Hvad gælder samtykket?", "What does the consent cover?",
                  "Kun det, borgeren udtrykkeligt har sagt ja til.",
                  "Only what the citizen has expressly agreed to."),
    TOV_HEAD(ALWAYS, "person", "Hvis samtykke er det?", "Whose consent is it?"),
    TOV_HEAD_HELP(OPTIONAL, "consent_form", "Samtykkets form", "Form of the consent",
                  "Et mundtligt samtykke noteres i sagen.",
                  "An oral consent is noted on the case."),
    TOV_HEAD_HELP(OPTIONAL, "given_by", "Hvem har givet det?", "Who gave it?",
                  "For mindreårige gives det som regel af forældremyndighedens indehaver.",
                  "For minors usually the holder of parental responsibility."),
    TOV_HEAD(OPTIONAL, "given_on", "Givet den", "Given on"),
    TOV_HEAD(OPTIONAL, "expires", "Gælder til og med", "Valid until"),
    TOV_HEAD_HELP(
        OPTIONAL, "may_know", "Andre myndigheder, der må få det at vide",
        "Other agencies that may know",
        "Myndighedens nummer på deltagerlisten. Beskedens modtagere er altid omfattet.",
        "Number of the agency in the roster. The message's recipients are always covered."),
    TOV_BODY_HELP(ALWAYS, "who", "Navn på den, der samtykker", "Name of who consents",
                  "Borgeren, eller den pårørende, det handler om.",
                  "The citizen, or the relative whom it concerns."),
    TOV_BODY_HELP(OPTIONAL, "limits", "Hvad er ikke omfattet?", "What is not covered?",
                  "For eksempel emner eller myndigheder, som borgeren har sagt nej til.",
                  "For example topics or agencies that the citizen has declined."),
};

static const struct tov_field_rule withdrawn_fields[] = {
    TOV_HEAD(ALWAYS, "scope", "Hvad tilbagekaldes?", "What is withdrawn?"),
    TOV_HEAD(ALWAYS, "person", "Hvis samtykke er det?", "Whose consent is it?"),
    TOV_HEAD_HELP(ALWAYS, "withdrawn_on", "Tilbagekaldt den", "Withdrawn on",
                  "Tilbagekaldelsen virker med det samme.", "Withdrawal takes effect at once."),
    TOV_BODY(OPTIONAL, "who", "Navn på den, der tilbagekalder", "Name of who withdraws"),
};

static const struct tov_field_rule informed_fields[] = {
    TOV_HEAD(ALWAYS, "informed_person", "Hvem er orienteret?", "Who was informed?"),
    TOV_HEAD(OPTIONAL, "informed_how", "Hvordan?", "How?"),
    TOV_HEAD_HELP(OPTIONAL, "informed_on", "Orienteret den", "Informed on",
                  "Tom, når orienteringen er udskudt eller undtaget.",
                  "Empty when information is postponed or exempted."),
    TOV_BODY(OPTIONAL, "told", "Hvad er der orienteret om?", "What was told?"),
};

static const struct tov_field_rule access_fields[] = {
    TOV_HEAD(ALWAYS, "access_regime", "Efter hvilke regler?", "Under which rules?"),
    TOV_HEAD_HELP(ALWAYS, "received_on", "Anmodningen er modtaget den", "Request received on",
                  "Der svares senest en måned efter denne dag.",
                  "It is answered within a month of this day."),
    TOV_BODY(ALWAYS, "requester", "Hvem anmoder om indsigt?", "Who asks for access?"),
    TOV_BODY_HELP(ALWAYS, "requested", "Hvad ønskes der indsigt i?", "Access to what?",
                  "Skriv \"alt\", hvis anmodningen ikke er afgrænset.",
                  "Write \"everything\" when the request is not limited."),
};

#define CIRCLE (TOV_DUTIES_PARTY | TOV_DUTY_PROVIDER | TOV_DUTY_RELEASE_DESK | TOV_DUTY_HOTLINE)
#define ABOUT (TOV_ABOUT_CONCERN | TOV_ABOUT_CASE | TOV_ABOUT_COURSE | TOV_ABOUT_EPISODE)

static const struct tov_message_type types[] = {
    {
        .id = "consent.given",
        .version = 1,
        .name = TOV_TEXT("Samtykke givet", "Consent given"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("Borgeren, eller en pårørende, har samtykket til, at bestemte "
                            "myndigheder må få bestemte oplysninger.",
                            "The citizen, or a relative, has consented that certain agencies get "
                            "certain information."),
        .header_schema = "ConsentGivenHeader",
        .content_schema = "ConsentGivenContent",
        TOV_FIELDS(given_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_may = ABOUT,
        .routes = {{CIRCLE, CIRCLE, TOV_BASES_COURSE}},
        .answers = {"ack.read"},
        .channel = TOV_CHANNEL_FREE,
        .attachments = true,
    },
    {
        .id = "consent.withdrawn",
        .version = 1,
        .name = TOV_TEXT("Samtykke tilbagekaldt", "Consent withdrawn"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("Samtykket er tilbagekaldt. Oplysninger, der alene hviler på det, må "
                            "ikke bruges længere.",
                            "The consent is withdrawn. Information that rests on it alone must "
                            "not be used any longer."),
        .header_schema = "ConsentWithdrawnHeader",
        .content_schema = "ConsentWithdrawnContent",
        TOV_FIELDS(withdrawn_fields),
        .asks = TOV_MAY_SUBJECT | TOV_ASKS_TEXT,
        .about_may = ABOUT,
        .routes = {{CIRCLE, CIRCLE, TOV_BASES_COURSE}},
        .answers = {"ack.read"},
        .channel = TOV_CHANNEL_FREE,
    },
    {
        .id = "subject.informed",
        .version = 1,
        .name = TOV_TEXT("Borger orienteret", "Citizen informed"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("Borgeren eller forældrene er orienteret, eller orienteringen er "
                            "udskudt med en dato, hvor den vurderes igen.",
                            "The citizen or the parents have been informed, or information is "
                            "postponed with a date for a new look."),
        .header_schema = "SubjectInformedHeader",
        .content_schema = "SubjectInformedContent",
        TOV_FIELDS(informed_fields),
        .asks = TOV_MAY_SUBJECT | TOV_ASKS_TEXT,
        .about_may = TOV_ABOUT_ANY,
        .routes = {{TOV_DUTIES_ANY, TOV_DUTIES_ANY, TOV_BASES_ANY}},
        .channel = TOV_CHANNEL_FREE,
    },
    {
        .id = "subject.access_request",
        .version = 1,
        .name = TOV_TEXT("Anmodning om indsigt", "Request for access"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("En borger beder om indsigt; anmodningen sendes videre til den "
                            "dataansvarlige, der skal svare.",
                            "A citizen asks for access; the request is passed on to the controller "
                            "that must answer."),
        .header_schema = "SubjectAccessRequestHeader",
        .content_schema = "SubjectAccessRequestContent",
        TOV_FIELDS(access_fields),
        .asks = TOV_MAY_SUBJECT | TOV_ASKS_TEXT | TOV_MAY_ABOUT_NOTHING,
        .about_may = TOV_ABOUT_ANY,
        .routes = {{TOV_DUTIES_ANY, TOV_DUTIES_ANY, TOV_BASIS_BIT(EGEN) | TOV_BASIS_BIT(AFTALE)}},
        .answers = {"ack.read"},
        .channel = TOV_CHANNEL_FREE,
        .attachments = true,
    },
};

const struct tov_type_group tov_types_consent = {types, sizeof types / sizeof types[0]};

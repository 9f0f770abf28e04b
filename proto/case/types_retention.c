/* SPDX-License-Identifier: EUPL-1.2
 *
 * What keeps an agency in order: corrections that are noted, incidents, erasure, contact details.
 */
#include "case/types.h"

static const struct tov_field_rule rectify_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "target_type", "Hvilken besked var forkert?", "Which message was wrong?",
                  "Beskedens type, for eksempel case.contribution.",
                  "The type of the message, for example case.contribution."),
    TOV_BODY(ALWAYS, "wrong", "Hvad er forkert?", "What is wrong?"),
    TOV_BODY(OPTIONAL, "correct", "Hvad er rigtigt?", "What is right?"),
    TOV_BODY_HELP(ALWAYS, "established_by", "Hvem har konstateret det?", "Who established it?",
                  "Funktion og myndighed er nok.", "Function and agency will do."),
};

static const struct tov_field_rule incident_fields[] = {
    TOV_HEAD(ALWAYS, "kind", "Hændelsens art", "Kind of incident"),
    TOV_HEAD(ALWAYS, "discovered_at", "Opdaget den", "Discovered on"),
    TOV_HEAD(OPTIONAL, "affected_count", "Antal berørte personer", "Number of persons affected"),
    TOV_HEAD_HELP(OPTIONAL, "authority_told", "Er Datatilsynet underrettet?",
                  "Has the data protection authority been told?",
                  "Et brud med risiko for borgere anmeldes inden 72 timer.",
                  "A breach with a risk for citizens is reported within 72 hours."),
    TOV_BODY(ALWAYS, "what", "Hvad er der sket?", "What happened?"),
    TOV_BODY_HELP(ALWAYS, "whose", "Hvis oplysninger drejer det sig om?", "Whose data?",
                  "Henvis til sagen eller beskeden i stedet for at gentage oplysningerne.",
                  "Point to the case or message instead of repeating the data."),
    TOV_BODY(OPTIONAL, "done", "Hvad er der gjort?", "What was done?"),
};

static const struct tov_field_rule approve_fields[] = {
    TOV_HEAD(ALWAYS, "retention", "Opbevaringsklasse", "Retention class"),
    TOV_BODY_HELP(ALWAYS, "rule", "Efter hvilken regel?", "By which rule?",
                  "Reglen i myndighedens egen plan for sletning og kassation.",
                  "The rule in the agency's own plan for erasure and disposal."),
};

static const struct tov_field_rule hold_fields[] = {
    TOV_HEAD(ALWAYS, "part", "Sættes eller ophæves det?", "Set or lifted?"),
    TOV_HEAD(ALWAYS, "reason", "Begrundelse", "Reason"),
    TOV_HEAD(OPTIONAL, "hold_until", "Vurderes igen den", "Reviewed on"),
};

static const struct tov_field_rule executed_fields[] = {
    TOV_HEAD(ALWAYS, "retention", "Opbevaringsklasse", "Retention class"),
    TOV_HEAD(ALWAYS, "executed_on", "Slettet den", "Erased on"),
    TOV_HEAD_HELP(OPTIONAL, "erased_hash", "Hashværdier af det slettede",
                  "Hashes of what was erased", "64 hexadecimale cifre for hver besked.",
                  "64 hexadecimal digits a message."),
};

static const struct tov_field_rule directory_fields[] = {
    TOV_HEAD(ALWAYS, "change", "Hvad ændres?", "What changes?"),
    TOV_HEAD(ALWAYS, "valid_from", "Gælder fra", "Valid from"),
    TOV_BODY(ALWAYS, "contact.unit", "Enhed", "Unit"),
    TOV_BODY_HELP(OPTIONAL, "contact.name", "Kontaktperson", "Contact person",
                  "Medarbejdere i myndigheden, aldrig borgere.",
                  "Staff of the agency, never citizens."),
    TOV_BODY(OPTIONAL, "contact.phone", "Telefon", "Telephone"),
    TOV_BODY(OPTIONAL, "contact.mail", "Mail", "Mail address"),
    TOV_BODY(OPTIONAL, "contact.stand_in", "Stedfortræder", "Stand-in"),
};

#define EVERYBODY_ON(bases)                       \
    {                                             \
        {                                         \
            TOV_DUTIES_ANY, TOV_DUTIES_ANY, bases \
        }                                         \
    }

static const struct tov_message_type types[] = {
    {
        .id = "msg.rectify_note",
        .version = 1,
        .name = TOV_TEXT("Berigtigelsesnotat", "Rectification note"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("Noterer, at en oplysning var forkert. Beskeden fjernes ikke: "
                            "notatet følger den.",
                            "Notes that information was wrong. The message is not removed: the "
                            "note goes with it."),
        .header_schema = "MsgRectifyNoteHeader",
        .content_schema = "MsgRectifyNoteContent",
        TOV_FIELDS(rectify_fields),
        .asks = TOV_ASKS_KNOWN | TOV_NEEDS_TARGET,
        .relation = "revision",
        .about_may = TOV_ABOUT_ANY,
        .routes = EVERYBODY_ON(TOV_BASES_ANY),
        .answers = {"ack.read"},
        .channel = TOV_CHANNEL_FREE,
        .effects = TOV_EFFECT_REPLACES,
        .attachments = true,
    },
    {
        .id = "incident.notice",
        .version = 1,
        .name = TOV_TEXT("Sikkerhedshændelse", "Security incident"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("Melder et brud på sikkerheden til dem, det berører, for eksempel en "
                            "besked til en forkert modtager.",
                            "Tells those concerned of a breach, for example a message to a wrong "
                            "recipient."),
        .header_schema = "IncidentNoticeHeader",
        .content_schema = "IncidentNoticeContent",
        TOV_FIELDS(incident_fields),
        .asks = TOV_ASKS_TEXT | TOV_MAY_ABOUT_NOTHING,
        .about_may = TOV_ABOUT_ANY,
        .routes = EVERYBODY_ON(TOV_BASIS_BIT(AFTALE)),
        .answers = {"ack.read"},
        .channel = TOV_CHANNEL_FREE,
    },
    {
        .id = "retention.approve",
        .version = 1,
        .name = TOV_TEXT("Sletning godkendt", "Erasure approved"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("Tovholderen eller databeskyttelsesrådgiveren godkender, at "
                            "myndighedens egen kopi slettes.",
                            "The coordinator or the data protection officer approves that the "
                            "agency's own copy is erased."),
        .header_schema = "RetentionApproveHeader",
        .content_schema = "RetentionApproveContent",
        TOV_FIELDS(approve_fields),
        .about_may = TOV_ABOUT_CONCERN | TOV_ABOUT_CASE,
        .routes = EVERYBODY_ON(TOV_BASIS_BIT(EGEN)),
        .answers = {"retention.executed"},
        .channel = TOV_CHANNEL_FREE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "retention.hold",
        .version = 1,
        .name = TOV_TEXT("Tilbagehold sat eller ophævet", "Hold set or lifted"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("Kopien må ikke slettes, så længe tilbageholdet gælder.",
                            "The copy must not be erased while the hold lasts."),
        .header_schema = "RetentionHoldHeader",
        .content_schema = "NoFields",
        TOV_FIELDS(hold_fields),
        .about_may = TOV_ABOUT_CONCERN | TOV_ABOUT_CASE,
        .routes = EVERYBODY_ON(TOV_BASIS_BIT(EGEN) | TOV_BASIS_BIT(AFTALE)),
        .channel = TOV_CHANNEL_FREE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "retention.executed",
        .version = 1,
        .name = TOV_TEXT("Slettekvittering", "Receipt of erasure"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("Myndigheden har slettet sin egen kopi og viser det med hashværdier, "
                            "uden indhold.",
                            "The agency has erased its own copy and shows it by hashes, without "
                            "content."),
        .header_schema = "RetentionExecutedHeader",
        .content_schema = "NoFields",
        TOV_FIELDS(executed_fields),
        .about_may = TOV_ABOUT_CONCERN | TOV_ABOUT_CASE,
        .routes = EVERYBODY_ON(TOV_BASIS_BIT(AFTALE)),
        .channel = TOV_CHANNEL_FREE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ENDS,
    },
    {
        .id = "directory.update",
        .version = 1,
        .name = TOV_TEXT("Ændring af kontaktoplysninger", "Change of contact details"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("En enhed, en kontaktperson eller en stedfortræder er ændret.",
                            "A unit, a contact person or a stand-in has changed."),
        .header_schema = "DirectoryUpdateHeader",
        .content_schema = "DirectoryUpdateContent",
        TOV_FIELDS(directory_fields),
        .routes = EVERYBODY_ON(TOV_BASIS_BIT(ANON)),
        .channel = TOV_CHANNEL_FREE,
    },
};

const struct tov_type_group tov_types_retention = {types, sizeof types / sizeof types[0]};

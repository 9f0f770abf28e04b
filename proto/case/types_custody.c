/* SPDX-License-Identifier: EUPL-1.2
 *
 * Custody (prison.*): admission, moves, leave and escape, told when they happen. Leave belongs to
 * the case: the release channel never learns of it.
 */
#include "case/types.h"

static const struct tov_field_rule admission_fields[] = {
    TOV_HEAD(ALWAYS, "kind", "Frihedsberøvelsens art", "Kind of custody"),
    TOV_HEAD(ALWAYS, "regime", "Regime", "Regime"),
    TOV_HEAD_HELP(ALWAYS, "admitted", "Indsat den", "Admitted on",
                  "Fristerne for handleplan og kontaktperson regnes fra denne dag.",
                  "The deadlines of plan and contact are counted from this day."),
    TOV_HEAD(OPTIONAL, "short_stay", "Ventes opholdet at vare højst tre måneder?",
             "Is the stay expected to last at most three months?"),
    TOV_BODY(ALWAYS, "institution", "Institution", "Institution"),
};

static const struct tov_field_rule transfer_fields[] = {
    TOV_BODY(ALWAYS, "from_institution", "Fra", "From"),
    TOV_BODY(ALWAYS, "to_institution", "Til", "To"),
    TOV_BODY_HELP(ALWAYS, "contact.name", "Ny handleplansansvarlig", "New plan-responsible officer",
                  "De åbne opgaver følger med.", "The open tasks go along."),
    TOV_CONTACT_PLACE(OPTIONAL),
};

static const struct tov_field_rule placement_fields[] = {
    TOV_HEAD(ALWAYS, "kind", "Udslusningens art", "Kind of placement"),
    TOV_HEAD(ALWAYS, "regime", "Nyt regime", "New regime"),
    TOV_HEAD(OPTIONAL, "starts", "Fra", "From"),
    TOV_BODY_HELP(OPTIONAL, "address_class", "Opholdsstedets art", "Kind of address",
                  "For eksempel egen bolig eller pension; ikke adressen.",
                  "For example own home or hostel; not the address."),
    TOV_BODY(OPTIONAL, "conditions", "Vilkår", "Conditions"),
};

#define LEAVE                                                                                  \
    TOV_HEAD_HELP(ALWAYS, "leave", "Udgangens nummer", "Number of the leave",                  \
                  "1 for den første udgang i denne frihedsberøvelse, derefter én højere. " \
                  "Samme nummer i plan, start og slut.",                                       \
                  "1 for the first leave of this detention, then one higher. The same "        \
                  "number in plan, start and end.")

static const struct tov_field_rule leave_plan_fields[] = {
    LEAVE,
    TOV_HEAD(ALWAYS, "starts", "Begynder", "Starts on"),
    TOV_HEAD(ALWAYS, "ends", "Slutter", "Ends on"),
    TOV_HEAD(ALWAYS, "escorted", "Er den ledsaget?", "Is it escorted?"),
    TOV_BODY_HELP(ALWAYS, "town", "By", "Town", "Kun byen, aldrig adressen.",
                  "The town only, never the address."),
    TOV_BODY(OPTIONAL, "conditions", "Vilkår", "Conditions"),
};

static const struct tov_field_rule leave_start_fields[] = {
    LEAVE,
    TOV_HEAD(ALWAYS, "ends", "Slutter", "Ends on"),
    TOV_HEAD_HELP(OPTIONAL, "reason", "Planlagt eller akut?", "Planned or urgent?",
                  "akut, når udgangen ikke er meldt på forhånd.",
                  "akut when the leave was not told before."),
};

static const struct tov_field_rule leave_end_fields[] = {LEAVE};

static const struct tov_field_rule leave_breach_fields[] = {
    LEAVE,
    TOV_BODY(ALWAYS, "last_known", "Hvad vides sidst?", "What is last known?"),
};

static const struct tov_field_rule escape_fields[] = {
    TOV_BODY(ALWAYS, "last_known", "Hvad vides sidst?", "What is last known?"),
};

static const struct tov_field_rule recall_fields[] = {
    TOV_HEAD(ALWAYS, "regime", "Regime", "Regime"),
    TOV_HEAD(ALWAYS, "recalled_on", "Genindsat den", "Recalled on"),
    TOV_BODY(ALWAYS, "institution", "Institution", "Institution"),
};

#define CASE_ONLY                          \
    {                                      \
        TOV_KRFO_TO_CASE, TOV_KRFO_TO_KRFO \
    }

static const struct tov_message_type types[] = {
    {
        .id = "prison.admission",
        .version = 1,
        .name = TOV_TEXT("Indsættelse", "Admission"),
        .mnemonic = "INDS",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Borgeren er indsat i arrest eller fængsel. Sendes til hver enhed for "
                            "sig og siger intet om en sag.",
                            "The citizen was put in remand or prison. Sent to each unit by itself "
                            "and says nothing of a case."),
        .header_schema = "PrisonAdmissionHeader",
        .content_schema = "PrisonAdmissionContent",
        TOV_FIELDS(admission_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = {TOV_KRFO_TO_DESKS, TOV_KRFO_TO_BENEFITS, TOV_KRFO_TO_POPULATION,
                   TOV_KRFO_TO_CASE, TOV_KRFO_TO_KRFO},
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_OPENS,
        .tells_of_offence = true,
    },
    {
        .id = "prison.transfer",
        .version = 1,
        .name = TOV_TEXT("Overførsel mellem institutioner", "Transfer between institutions"),
        .mnemonic = "OVERF",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Borgeren er flyttet til en anden institution og har fået en ny "
                            "handleplansansvarlig.",
                            "The citizen was moved to another institution and has a new "
                            "plan-responsible officer."),
        .header_schema = "NoFields",
        .content_schema = "PrisonTransferContent",
        TOV_FIELDS(transfer_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = TOV_KRFO_TO_BOTH,
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS,
        .tells_of_offence = true,
    },
    {
        .id = "prison.placement",
        .version = 1,
        .name = TOV_TEXT("Udslusning", "Phased release"),
        .mnemonic = "UDSL",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Regimet er ændret: åbent fængsel, pension, udstationering eller "
                            "fodlænke.",
                            "The regime has changed: open prison, hostel, outplacement or "
                            "electronic tag."),
        .header_schema = "PrisonPlacementHeader",
        .content_schema = "PrisonPlacementContent",
        TOV_FIELDS(placement_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = TOV_KRFO_TO_BOTH,
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS,
        .tells_of_offence = true,
    },
    {
        .id = "prison.leave_plan",
        .version = 1,
        .name = TOV_TEXT("Planlagt udgang", "Planned leave"),
        .mnemonic = "UDGP",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Der er givet tilladelse til udgang; meldes til sagens parter senest "
                            "tre hverdage før.",
                            "Leave was granted; told to the parties of the case at least three "
                            "working days before."),
        .header_schema = "PrisonLeavePlanHeader",
        .content_schema = "PrisonLeavePlanContent",
        TOV_FIELDS(leave_plan_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = CASE_ONLY,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
        .tells_of_offence = true,
    },
    {
        .id = "prison.leave_start",
        .version = 1,
        .name = TOV_TEXT("Udgang startet", "Leave started"),
        .mnemonic = "UDGS",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Borgeren er gået på udgang.", "The citizen has gone on leave."),
        .header_schema = "PrisonLeaveStartHeader",
        .content_schema = "NoFields",
        TOV_FIELDS(leave_start_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = CASE_ONLY,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
        .tells_of_offence = true,
    },
    {
        .id = "prison.leave_end",
        .version = 1,
        .name = TOV_TEXT("Udgang slut", "Leave ended"),
        .mnemonic = "UDGE",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Borgeren er vendt tilbage fra udgang.",
                            "The citizen has come back from leave."),
        .header_schema = "PrisonLeaveHeader",
        .content_schema = "NoFields",
        TOV_FIELDS(leave_end_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = CASE_ONLY,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
        .tells_of_offence = true,
    },
    {
        .id = "prison.leave_breach",
        .version = 1,
        .name = TOV_TEXT("Udeblivelse fra udgang", "Failure to return"),
        .mnemonic = "UDEB",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Borgeren er ikke vendt tilbage fra udgang. Meldes straks, til "
                            "politiet først.",
                            "The citizen has not come back from leave. Told at once, the police "
                            "first."),
        .header_schema = "PrisonLeaveHeader",
        .content_schema = "LastKnownContent",
        TOV_FIELDS(leave_breach_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = CASE_ONLY,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
        .tells_of_offence = true,
    },
    {
        .id = "prison.escape",
        .version = 1,
        .name = TOV_TEXT("Undvigelse", "Escape"),
        .mnemonic = "UNDV",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Borgeren er undveget. Meldes straks, til politiet først.",
                            "The citizen has escaped. Told at once, the police first."),
        .header_schema = "NoFields",
        .content_schema = "LastKnownContent",
        TOV_FIELDS(escape_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = CASE_ONLY,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
        .tells_of_offence = true,
    },
    {
        .id = "prison.recall",
        .version = 1,
        .name = TOV_TEXT("Genindsættelse", "Recall"),
        .mnemonic = "GENI",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Den prøveløsladte er genindsat.", "Who was on parole is recalled."),
        .header_schema = "PrisonRecallHeader",
        .content_schema = "PrisonRecallContent",
        TOV_FIELDS(recall_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = TOV_KRFO_TO_BOTH,
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS,
        .tells_of_offence = true,
    },
};

const struct tov_type_group tov_types_custody = {types, sizeof types / sizeof types[0]};

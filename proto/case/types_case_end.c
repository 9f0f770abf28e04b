/* SPDX-License-Identifier: EUPL-1.2
 *
 * The end of a case (case.close*, case.reopen, case.transfer*): proposed, answered, done.
 */
#include "case/types.h"

static const struct tov_field_rule propose_fields[] = {
    TOV_HEAD(ALWAYS, "reason", "Grund til at afslutte", "Reason to close"),
    TOV_BODY(ALWAYS, "why", "Begrundelse", "Why?"),
    TOV_BODY_HELP(OPTIONAL, "residual.action", "Udestående opgave", "Residual action",
                  "Alle forløb skal være afsluttet; resten skal have en ejer.",
                  "All courses must have ended; the rest needs an owner."),
    TOV_BODY(OPTIONAL, "residual.owner", "Hvem har den?", "Who has it?"),
};

static const struct tov_field_rule answer_fields[] = {
    TOV_HEAD(ALWAYS, "answer", "Enig i at afslutte?", "Agreed to close?"),
    TOV_HEAD_HELP(OPTIONAL, "retry_on", "Nyt forsøg den", "New try on",
                  "Ved uenig: hvornår kan det foreslås igen?",
                  "When not agreed: when may it be proposed again?"),
};

static const struct tov_field_rule close_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "retention", "Opbevaringsklasse", "Retention class",
                  "R2 for en begrundet sag, R3 for mindreårige.",
                  "R2 for a founded case, R3 for minors."),
    TOV_HEAD(OPTIONAL, "reason", "Grund til at afslutte", "Reason to close"),
    TOV_BODY(OPTIONAL, "residual.action", "Udestående opgave", "Residual action"),
    TOV_BODY(OPTIONAL, "residual.owner", "Hvem har den?", "Who has it?"),
};

static const struct tov_field_rule reopen_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "reason", "Grund til at genåbne", "Reason to reopen",
                  "En ny begrundet henvendelse, eller en løsladelse, som beskeden viser hen til.",
                  "A new founded concern, or a release, that the message refers to."),
    TOV_HEAD(ALWAYS, "next_review", "Næste nødvendighedsvurdering", "Next review of necessity"),
    TOV_BODY(ALWAYS, "why", "Begrundelse", "Why?"),
};

static const struct tov_field_rule transfer_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "to_agency", "Hvilken kommune?", "Which kommune?",
                  "Myndighedens nummer på deltagerlisten.", "Number of the agency in the roster."),
    TOV_HEAD(OPTIONAL, "moved_on", "Flyttet den", "Moved on"),
    TOV_BODY(ALWAYS, "residence_reason", "Hvordan vides det, at borgeren bor der?",
             "How is the residence known?"),
    TOV_BODY(ALWAYS, "standing", "Hvor står sagen?", "Where does the case stand?"),
    TOV_BODY(ALWAYS, "handed_over", "Hvad følger med?", "What is handed over?"),
};

static const struct tov_field_rule transfer_answer_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "answer", "Overtager I sagen?", "Do you take the case over?",
                  "Indtil det er accepteret, har den hidtidige kommune ansvaret.",
                  "Until it is accepted the former kommune is responsible."),
    TOV_BODY(OPTIONAL, "why", "Begrundelse", "Why?"),
};

#define COORDINATOR_TO_PARTIES                                             \
    {                                                                      \
        {                                                                  \
            TOV_DUTY_COORDINATOR_KOMMUNE, TOV_DUTIES_PARTY, TOV_BASES_CASE \
        }                                                                  \
    }

static const struct tov_message_type types[] = {
    {
        .id = "case.close_propose",
        .version = 1,
        .name = TOV_TEXT("Afslutning foreslået", "Closing proposed"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("Tovholderen foreslår parterne at afslutte sagen.",
                            "The coordinator proposes to the parties to close the case."),
        .header_schema = "CaseCloseProposeHeader",
        .content_schema = "CaseCloseProposeContent",
        TOV_FIELDS(propose_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_CASE,
        .routes = COORDINATOR_TO_PARTIES,
        .answers = {"case.close_answer"},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "case.close_answer",
        .version = 1,
        .name = TOV_TEXT("Svar på forslag om afslutning", "Answer to the proposal to close"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("En part er enig i at afslutte, eller uenig med en dato for et nyt "
                            "forsøg.",
                            "A party agrees to close, or does not, with a date for a new try."),
        .header_schema = "CaseCloseAnswerHeader",
        .content_schema = "NoFields",
        TOV_FIELDS(answer_fields),
        .asks = TOV_MAY_SUBJECT | TOV_ASKS_TEXT | TOV_NEEDS_TARGET,
        .relation = "response",
        .about_needs = TOV_ABOUT_CASE,
        .routes = {{TOV_DUTIES_PARTY, TOV_DUTIES_PARTY, TOV_BASES_CASE}},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ANSWERS,
    },
    {
        .id = "case.close",
        .version = 1,
        .name = TOV_TEXT("Sag afsluttet", "Case closed"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("Tovholderen afslutter sagen, når parterne har svaret eller fristen "
                            "er gået.",
                            "The coordinator closes the case when the parties have answered or the "
                            "time has passed."),
        .header_schema = "CaseCloseHeader",
        .content_schema = "CaseCloseContent",
        TOV_FIELDS(close_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_CASE,
        .about_may = TOV_ABOUT_PSYCH,
        .routes = COORDINATOR_TO_PARTIES,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ENDS,
    },
    {
        .id = "case.reopen",
        .version = 1,
        .name = TOV_TEXT("Sag genåbnet", "Case reopened"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("En afsluttet sag genåbnes efter en ny begrundet henvendelse eller før "
                            "en løsladelse.",
                            "A closed case is reopened after a new founded concern or before a "
                            "release."),
        .header_schema = "CaseReopenHeader",
        .content_schema = "CaseReopenContent",
        TOV_FIELDS(reopen_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_CASE,
        .about_may = TOV_ABOUT_CONCERN | TOV_ABOUT_EPISODE,
        .routes = COORDINATOR_TO_PARTIES,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "case.transfer",
        .version = 1,
        .name = TOV_TEXT("Sag oversendes", "Case transferred"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("Borgeren er flyttet; tovholderen tilbyder sagen til tovholderen i den "
                            "nye kommune.",
                            "The citizen has moved; the coordinator offers the case to that of the "
                            "new kommune."),
        .header_schema = "CaseTransferHeader",
        .content_schema = "CaseTransferContent",
        TOV_FIELDS(transfer_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_CASE,
        .routes = {{TOV_DUTY_COORDINATOR_KOMMUNE, TOV_DUTIES_PARTY, TOV_BASES_CASE_OR_CHILD}},
        .answers = {"case.transfer_answer"},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_BRINGS_IN,
        .attachments = true,
    },
    {
        .id = "case.transfer_answer",
        .version = 1,
        .name = TOV_TEXT("Svar på oversendelse af sag", "Answer to the transfer of a case"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("Den nye kommune overtager sagen eller afviser den.",
                            "The new kommune takes the case over or declines."),
        .header_schema = "CaseTransferAnswerHeader",
        .content_schema = "CaseTransferAnswerContent",
        TOV_FIELDS(transfer_answer_fields),
        .asks = TOV_MAY_SUBJECT | TOV_ASKS_TEXT | TOV_NEEDS_TARGET,
        .relation = "response",
        .about_needs = TOV_ABOUT_CASE,
        .routes = {{TOV_DUTY_COORDINATOR_KOMMUNE, TOV_DUTIES_PARTY, TOV_BASES_CASE_OR_CHILD}},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ANSWERS,
    },
};

const struct tov_type_group tov_types_case_end = {types, sizeof types / sizeof types[0]};

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages that fit any thing: a note, "taken into handling", an amendment, a retraction.
 */
#include "case/types.h"

static const struct tov_field_rule note_fields[] = {
    {TOV_IN_HEADER_FIELDS, "kind", TOV_NEED_ALWAYS, TOV_TEXT("Notatets art", "Kind of note"), {0}},
    {TOV_IN_CONTENT_FIELDS, "who", TOV_NEED_OPTIONAL,
     TOV_TEXT("Hvem har talt sammen?", "Who talked with whom?"),
     TOV_TEXT("Funktioner er nok, hvor navne ikke er nødvendige.",
              "Functions will do where names are not needed.")},
    {TOV_IN_CONTENT_FIELDS,
     "agreed",
     TOV_NEED_OPTIONAL,
     TOV_TEXT("Hvad er aftalt?", "What was agreed?"),
     {0}},
};

static const struct tov_field_rule amend_fields[] = {
    {TOV_IN_HEADER_FIELDS, "target_type", TOV_NEED_ALWAYS,
     TOV_TEXT("Hvilken besked rettes?", "Which message is amended?"),
     TOV_TEXT("Beskedens type, for eksempel prison.release_final.",
              "The type of the message, for example prison.release_final.")},
    {TOV_IN_CONTENT_FIELDS,
     "changes.what",
     TOV_NEED_ALWAYS,
     TOV_TEXT("Hvad rettes?", "What is changed?"),
     {0}},
    {TOV_IN_CONTENT_FIELDS,
     "changes.was",
     TOV_NEED_OPTIONAL,
     TOV_TEXT("Stod før", "Said before"),
     {0}},
    {TOV_IN_CONTENT_FIELDS,
     "changes.now",
     TOV_NEED_ALWAYS,
     TOV_TEXT("Skal være", "Should be"),
     {0}},
    {TOV_IN_CONTENT_FIELDS, "reason", TOV_NEED_ALWAYS,
     TOV_TEXT("Hvorfor rettes der?", "Why is it changed?"),
     TOV_TEXT("Den tidligere udgave bliver stående og kan fortsat ses.",
              "The earlier version stays and can still be seen.")},
};

static const struct tov_field_rule retract_fields[] = {
    {TOV_IN_HEADER_FIELDS, "reason", TOV_NEED_ALWAYS,
     TOV_TEXT("Hvorfor annulleres beskeden?", "Why is the message retracted?"),
     TOV_TEXT("Modtageren skjuler indholdet og kvitterer. Forkert modtager er også en "
              "sikkerhedshændelse.",
              "The receiver hides the content and confirms. A wrong recipient is a security "
              "incident too.")},
};

#define EVERYBODY                                         \
    {                                                     \
        {                                                 \
            TOV_DUTIES_ANY, TOV_DUTIES_ANY, TOV_BASES_ANY \
        }                                                 \
    }

static const struct tov_message_type types[] = {
    {
        .id = "msg.note",
        .version = 1,
        .name = TOV_TEXT("Notat", "Note"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("Et notat om en sag, et forløb eller en overgang til den, der har brug "
                            "for det. Sagens status ændres ikke.",
                            "A note about a case, a course or a transition to whoever needs it. It "
                            "moves no state."),
        .header_schema = "MsgNoteHeader",
        .content_schema = "MsgNoteContent",
        TOV_FIELDS(note_fields),
        .asks = TOV_ASKS_KNOWN | TOV_NEEDS_TEXT,
        .about_may = TOV_ABOUT_ANY,
        .routes = EVERYBODY,
        .channel = TOV_CHANNEL_FREE,
        .attachments = true,
    },
    {
        .id = "ack.read",
        .version = 1,
        .name = TOV_TEXT("Modtaget til behandling", "Taken into handling"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("En navngiven medarbejder har taget beskeden til behandling.",
                            "A named person has taken the message into handling."),
        .header_schema = "NoFields",
        .content_schema = "NoFields",
        .asks = TOV_NEEDS_TARGET,
        .relation = "response",
        .about_may = TOV_ABOUT_ANY,
        .routes = {{TOV_DUTIES_ANY, TOV_DUTIES_ANY, TOV_BASIS_BIT(AFTALE)}},
        .channel = TOV_CHANNEL_FREE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "msg.amend",
        .version = 1,
        .name = TOV_TEXT("Rettelse", "Amendment"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("Retter en tidligere besked. Den gamle udgave bliver stående.",
                            "Amends an earlier message. The old version stays."),
        .header_schema = "MsgAmendHeader",
        .content_schema = "MsgAmendContent",
        TOV_FIELDS(amend_fields),
        .asks = TOV_ASKS_KNOWN | TOV_NEEDS_TARGET,
        .relation = "revision",
        .about_may = TOV_ABOUT_ANY,
        .routes = EVERYBODY,
        .channel = TOV_CHANNEL_FREE,
        .effects = TOV_EFFECT_REPLACES,
        .attachments = true,
    },
    {
        .id = "msg.retract",
        .version = 1,
        .name = TOV_TEXT("Annullering", "Retraction"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("Trækker en tidligere besked tilbage. Modtageren skjuler indholdet og "
                            "kvitterer.",
                            "Withdraws an earlier message. The receiver hides its content and "
                            "confirms."),
        .header_schema = "MsgRetractHeader",
        .content_schema = "NoFields",
        TOV_FIELDS(retract_fields),
        .asks = TOV_NEEDS_TARGET,
        .relation = "removal",
        .about_may = TOV_ABOUT_ANY,
        .routes = EVERYBODY,
        .answers = {"ack.read"},
        .channel = TOV_CHANNEL_FREE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_REPLACES,
    },
};

const struct tov_type_group tov_types_generic = {types, sizeof types / sizeof types[0]};

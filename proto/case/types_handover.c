/* SPDX-License-Identifier: EUPL-1.2
 *
 * Responsibility (handover.*): offered, and held by the offerer until it is accepted (I12). An
 * answer cites the offer in Header.cites; so does an offer the acceptance by which it is held.
 */
#include "case/types.h"

#define THING                                                               \
    TOV_HEAD_HELP(ALWAYS, "thing", "Hvad gælder det?", "What is it about?", \
                  "Sagen, overgangen eller en opgave i den.",               \
                  "The case, the transition or a "                          \
                  "task of it."),                                           \
        TOV_HEAD_HELP(OPTIONAL, "task", "Hvilken opgave?", "Which task?",   \
                      "Fristens id, for eksempel R-2w-bolig; ellers tom.",  \
                      "Id of the deadline, for example R-2w-bolig; else empty.")

static const struct tov_field_rule offer_fields[] = {
    THING,
    TOV_HEAD_HELP(ALWAYS, "to_agency", "Hvem tilbydes ansvaret?", "Who is offered it?",
                  "Myndighedens nummer på deltagerlisten.", "Number of the agency in the roster."),
    TOV_HEAD(OPTIONAL, "effective", "Fra hvornår?", "From when?"),
    TOV_BODY(ALWAYS, "why", "Begrundelse", "Why?"),
    TOV_BODY_HELP(OPTIONAL, "stays", "Hvad bliver hos jer?", "What stays with you?",
                  "For eksempel tilsynet.", "For example the supervision."),
};

static const struct tov_field_rule accept_fields[] = {
    THING,
    TOV_BODY(OPTIONAL, "why", "Bemærkning", "Remark"),
};

static const struct tov_field_rule decline_fields[] = {
    THING,
    TOV_BODY(ALWAYS, "why", "Begrundelse", "Why?"),
};

#define ABOUT (TOV_ABOUT_CASE | TOV_ABOUT_EPISODE | TOV_ABOUT_CONCERN | TOV_ABOUT_COURSE)
#define BOTH_CHANNELS                                           \
    {                                                           \
        TOV_KRFO_TO_DESKS, TOV_DESKS_TO_KRFO, TOV_KRFO_TO_KRFO, \
        {                                                       \
            TOV_DUTIES_PARTY, TOV_DUTIES_PARTY, TOV_BASES_CASE  \
        }                                                       \
    }
#define ASKS_ANSWER (TOV_MAY_SUBJECT | TOV_ASKS_TEXT)

static const struct tov_message_type types[] = {
    {
        .id = "handover.offer",
        .version = 1,
        .name = TOV_TEXT("Ansvar tilbydes", "Responsibility offered"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("Den ansvarlige myndighed tilbyder en anden ansvaret; indtil svaret "
                            "beholder den det selv.",
                            "The responsible agency offers responsibility to another; until the "
                            "answer it keeps it."),
        .header_schema = "HandoverOfferHeader",
        .content_schema = "HandoverOfferContent",
        TOV_FIELDS(offer_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_may = ABOUT,
        .routes = BOTH_CHANNELS,
        .answers = {"handover.accept", "handover.decline"},
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "handover.accept",
        .version = 1,
        .name = TOV_TEXT("Ansvar overtaget", "Responsibility accepted"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("Myndigheden har ansvaret fra nu af.",
                            "The agency is responsible from now on."),
        .header_schema = "HandoverAnswerHeader",
        .content_schema = "HandoverAnswerContent",
        TOV_FIELDS(accept_fields),
        .asks = ASKS_ANSWER | TOV_NEEDS_TARGET,
        .relation = "response",
        .about_may = ABOUT,
        .routes = BOTH_CHANNELS,
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ANSWERS,
    },
    {
        .id = "handover.decline",
        .version = 1,
        .name = TOV_TEXT("Ansvar afvist", "Responsibility declined"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("Myndigheden overtager ikke ansvaret; den, der tilbød det, har det "
                            "fortsat.",
                            "The agency does not take over; the offerer stays responsible."),
        .header_schema = "HandoverAnswerHeader",
        .content_schema = "HandoverAnswerContent",
        TOV_FIELDS(decline_fields),
        .asks = ASKS_ANSWER | TOV_NEEDS_TARGET,
        .relation = "response",
        .about_may = ABOUT,
        .routes = BOTH_CHANNELS,
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ANSWERS,
    },
    {
        .id = "handover.withdraw",
        .version = 1,
        .name = TOV_TEXT("Tilbud om ansvar trukket tilbage", "Offer of responsibility withdrawn"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("Den, der tilbød ansvaret, trækker tilbuddet tilbage, før der er "
                            "svaret.",
                            "Who offered responsibility withdraws the offer before it is "
                            "answered."),
        .header_schema = "HandoverAnswerHeader",
        .content_schema = "HandoverAnswerContent",
        TOV_FIELDS(accept_fields),
        .asks = ASKS_ANSWER,
        .about_may = ABOUT,
        .routes = BOTH_CHANNELS,
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS,
    },
};

const struct tov_type_group tov_types_handover = {types, sizeof types / sizeof types[0]};

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Concerns (concern.*): from the first worry to the decision of the two coordinators. What was seen
 * and what somebody thinks of it are written apart; signs are memory aids, never a score.
 */
#include "case/types.h"

#define CONCERN_FIELDS                                                                            \
    TOV_HEAD(ALWAYS, "received_at", "Modtaget", "Received"),                                      \
        TOV_HEAD(ALWAYS, "channel", "Hvordan kom henvendelsen?", "How did it come in?"),          \
        TOV_HEAD(ALWAYS, "referrer_type", "Hvem henvender sig?", "Who turns to us?"),             \
        TOV_HEAD_HELP(ALWAYS, "anonymous", "Vil henvenderen være anonym?",                        \
                      "Does the referrer wish to be anonymous?",                                  \
                      "Ja: skriv hverken navn eller noget, der røber det.",                       \
                      "Yes: write neither the name nor what gives it away."),                     \
        TOV_HEAD_HELP(ALWAYS, "acute", "Er nogen i fare nu?", "Is anybody in danger now?",        \
                      "Ja: ring 112 eller 114 først.", "Yes: phone 112 or 114 first."),           \
        TOV_HEAD_HELP(ALWAYS, "child", "Drejer det sig om et barn under 18 år?",                  \
                      "Is it about a child under 18?",                                            \
                      "Ja: vurder underretning (child.notification) ved siden af.",               \
                      "Yes: consider a notification (child.notification) beside this."),          \
        TOV_HEAD(OPTIONAL, "environment", "Formodet miljø", "Suspected environment"),             \
        TOV_HEAD_HELP(OPTIONAL, "no_notification_reason",                                         \
                      "Er der en grund til ikke at underrette?",                                  \
                      "Is there a reason not to notify?",                                         \
                      "Udfyldes for et barn, når der ikke underrettes; senest inden 24 timer.",   \
                      "For a child when no notification is sent; within 24 hours."),              \
        TOV_HEAD(OPTIONAL, "wants_feedback", "Ønskes tilbagemelding?", "Is feedback wished?"),    \
        TOV_HEAD_HELP(OPTIONAL, "residence", "Bopælskommunens kode",                              \
                      "Code of the municipality of residence", "101 for København.",              \
                      "101 for Copenhagen."),                                                     \
        TOV_HEAD_HELP(OPTIONAL, "relates_to_ref", "Tidligere henvendelse", "Earlier concern",     \
                      "Nye oplysninger efter en afgørelse er en ny henvendelse, der viser "      \
                      "tilbage.",                                                                 \
                      "New facts after a decision are a new concern that points back."),          \
        TOV_BODY_HELP(ALWAYS, "facts.fact", "Hvad er set eller sket?", "What was seen or heard?", \
                      "Det, der er set og hørt, ikke hvad det kan betyde.",                       \
                      "What was seen and heard, not what it may mean."),                          \
        TOV_BODY(ALWAYS, "facts.observed_when", "Hvornår?", "When?"),                             \
        TOV_BODY_HELP(ALWAYS, "facts.observed_by", "Af hvem?", "By whom?",                        \
                      "Skriv funktion i stedet for navn, hvis henvenderen er anonym.",            \
                      "Write a function instead of a name when the referrer is anonymous."),      \
        TOV_BODY_HELP(OPTIONAL, "signs", "Hvilke områder vækker bekymring?",                      \
                      "Which areas raise concern?",                                               \
                      "En huskeliste. Tegn er ikke en tjekliste og tælles ikke sammen.",          \
                      "A memory aid. Signs are no checklist and are not added up."),              \
        TOV_BODY(ALWAYS, "done_already", "Hvad er allerede gjort?", "What has been done?"),       \
        TOV_BODY(OPTIONAL, "no_notification_text", "Hvorfor underrettes der ikke?",               \
                 "Why is no notification sent?"),                                                 \
        TOV_BODY(OPTIONAL, "protective", "Beskyttende forhold", "Protective factors"),            \
        TOV_BODY(OPTIONAL, "network", "Netværk", "Network"),                                      \
        TOV_BODY(OPTIONAL, "online", "Adfærd på nettet", "Behaviour online"),                     \
        TOV_BODY(OPTIONAL, "vulnerability", "Psykisk sårbarhed", "Mental vulnerability"),         \
        TOV_BODY(OPTIONAL, "travel", "Rejseplaner", "Travel plans"),                              \
        TOV_BODY(OPTIONAL, "weapons", "Adgang til våben", "Access to weapons"),                   \
        TOV_BODY(OPTIONAL, "known_to", "Kendt af andre myndigheder", "Known to other agencies"),  \
        TOV_BODY(OPTIONAL, "referrer.name", "Henvenderens navn", "Name of the referrer"),         \
        TOV_BODY(OPTIONAL, "referrer.phone", "Henvenderens telefon", "Telephone of the referrer")

static const struct tov_field_rule submit_fields[] = {CONCERN_FIELDS};

static const struct tov_field_rule forward_fields[] = {
    CONCERN_FIELDS,
    TOV_BODY(ALWAYS, "advice_given", "Hvilken rådgivning er givet?", "What advice was given?"),
    TOV_BODY_HELP(ALWAYS, "residence_source", "Hvordan kendes bopælen?",
                  "How is the residence known?", "For eksempel oplyst af henvenderen.",
                  "For example told by the referrer."),
};

static const struct tov_field_rule receipt_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "code", "Kvittering", "Receipt",
                  "dublet, når samme bekymring allerede er registreret.",
                  "dublet when the same concern is registered already."),
    TOV_HEAD(OPTIONAL, "next_meeting", "Næste infohusmøde", "Next Infohus meeting"),
    TOV_HEAD_HELP(OPTIONAL, "duplicate_of_ref", "Den første henvendelse", "The first concern",
                  "Skal udfyldes for en dublet.", "Required for a duplicate."),
    TOV_BODY(ALWAYS, "reference_number", "Henvendelsens nummer", "Number of the concern"),
    TOV_BODY(ALWAYS, "contact.name", "Kontaktperson", "Contact person"),
    TOV_BODY(OPTIONAL, "contact.phone", "Kontaktpersonens telefon", "Telephone of the contact"),
};

static const struct tov_field_rule supplement_fields[] = {
    TOV_HEAD_HELP(OPTIONAL, "no_notification_reason", "Er der en grund til ikke at underrette?",
                  "Is there a reason not to notify?",
                  "Udfyldes for et barn, når der ikke underrettes; senest inden 24 timer.",
                  "For a child when no notification is sent; within 24 hours."),
    TOV_BODY(OPTIONAL, "facts.fact", "Hvad er set eller sket?", "What was seen or heard?"),
    TOV_BODY(OPTIONAL, "facts.observed_when", "Hvornår?", "When?"),
    TOV_BODY(OPTIONAL, "facts.observed_by", "Af hvem?", "By whom?"),
    TOV_BODY(OPTIONAL, "no_notification_text", "Hvorfor underrettes der ikke?",
             "Why is no notification sent?"),
};

static const struct tov_field_rule screen_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "code", "Vurdering", "Result", "Ved kun_politi gives ingen begrundelse.",
                  "With kun_politi no reason is given."),
    TOV_HEAD(OPTIONAL, "valid_until", "Gælder til og med", "Valid until"),
    TOV_BODY_HELP(OPTIONAL, "security_advice", "Råd om sikkerhed", "Security advice",
                  "Hvad andre skal passe på, når de møder borgeren.",
                  "What others should mind when they meet the citizen."),
};

static const struct tov_field_rule triage_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "outcome", "Afgørelse", "Outcome",
                  "begrundet: skal undersøges nærmere med henblik på en forebyggende indsats.",
                  "begrundet: to be examined further with a view to a preventive effort."),
    TOV_HEAD(ALWAYS, "decided_on", "Besluttet den", "Decided on"),
    TOV_HEAD(ALWAYS, "environment", "Miljø", "Environment"),
    TOV_HEAD(ALWAYS, "target_level", "Målgruppe", "Target group"),
    TOV_HEAD(OPTIONAL, "psychiatric_aspect", "Indgår psykisk sårbarhed?",
             "Is mental vulnerability part of it?"),
    TOV_HEAD_HELP(OPTIONAL, "postponed_to", "Udsat til", "Postponed to",
                  "Højst to gange for samme henvendelse.", "At most twice for one concern."),
    TOV_HEAD_HELP(OPTIONAL, "duplicate_of_ref", "Den første henvendelse", "The first concern",
                  "Skal udfyldes for en dublet.", "Required for a duplicate."),
    TOV_BODY(ALWAYS, "short_reason", "Kort begrundelse", "Short reason"),
    TOV_BODY_HELP(ALWAYS, "participants", "Hvem deltog?", "Who took part?",
                  "Myndigheder og funktioner.", "Agencies and functions."),
    TOV_BODY(OPTIONAL, "next_step", "Næste skridt", "Next step"),
};

static const struct tov_field_rule transfer_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "part", "Gammel eller ny henvendelse?", "Old or new concern?",
                  "gammel afslutter her; ny begynder i den anden kommunes infohus.",
                  "gammel ends here; ny begins with the Infohus of the other kommune."),
    TOV_HEAD_HELP(ALWAYS, "other_concern_ref", "Den anden henvendelse", "The other concern",
                  "Når du skriver om den gamle: den nye, og omvendt.",
                  "Writing of the old one: the new, and the reverse."),
    TOV_HEAD(ALWAYS, "residence", "Ny bopælskommunes kode", "Code of the new municipality"),
    TOV_BODY(ALWAYS, "residence_reason", "Hvordan vides det, at borgeren bor der?",
             "How is the residence known?"),
    TOV_BODY(OPTIONAL, "facts.fact", "Hvad er set eller sket?", "What was seen or heard?"),
    TOV_BODY(OPTIONAL, "facts.observed_when", "Hvornår?", "When?"),
    TOV_BODY(OPTIONAL, "facts.observed_by", "Af hvem?", "By whom?"),
    TOV_BODY(OPTIONAL, "done_already", "Hvad er allerede gjort?", "What has been done?"),
};

static const struct tov_field_rule feedback_fields[] = {
    TOV_HEAD(OPTIONAL, "action_needed", "Skal henvenderen gøre noget?",
             "Is the referrer to do anything?"),
    TOV_BODY_HELP(OPTIONAL, "action", "Hvad?", "What?",
                  "Ingen oplysninger om borgeren eller udfaldet.",
                  "Nothing about the citizen or the outcome."),
};

#define HOUSE (TOV_DUTIES_COORDINATORS | TOV_DUTY_SECRETARIAT)
#define SENDERS (TOV_DUTIES_PARTY | TOV_DUTY_PROVIDER | TOV_DUTY_HOTLINE)
#define SENT_TO_HOUSE                                                \
    {                                                                \
        {                                                            \
            SENDERS, HOUSE, TOV_BASES_CASE | TOV_BASIS_BIT(SAMTYKKE) \
        }                                                            \
    }

static const struct tov_message_type types[] = {
    {
        .id = "concern.submit",
        .version = 1,
        .name = TOV_TEXT("Bekymringshenvendelse", "Concern"),
        .group = TOV_GROUP_CONCERN,
        .purpose =
            TOV_TEXT("Nogen er bekymret for en borger; henvendelsen sendes til sekretariatet "
                     "og den kommunale tovholder.",
                     "Somebody is worried about a citizen; it goes to the secretariat and "
                     "the municipal coordinator."),
        .header_schema = "ConcernHeader",
        .content_schema = "ConcernSubmitContent",
        TOV_FIELDS(submit_fields),
        .asks = TOV_ASKS_PERSON | TOV_ASKS_CERTAINTY,
        .about_needs = TOV_ABOUT_CONCERN,
        .routes = SENT_TO_HOUSE,
        .answers = {"concern.receipt", "ack.read"},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_OPENS,
        .attachments = true,
    },
    {
        .id = "concern.forward",
        .version = 1,
        .name = TOV_TEXT("Videresendelse af bekymring", "Concern passed on"),
        .group = TOV_GROUP_CONCERN,
        .purpose = TOV_TEXT("Hotlinen finder bekymringen begrundet og sender den til infohuset, "
                            "hvor borgeren bor.",
                            "The hotline finds the worry founded and sends it to the Infohus "
                            "where the citizen lives."),
        .header_schema = "ConcernHeader",
        .content_schema = "ConcernForwardContent",
        TOV_FIELDS(forward_fields),
        .asks = TOV_ASKS_PERSON | TOV_ASKS_CERTAINTY,
        .about_needs = TOV_ABOUT_CONCERN,
        .routes = {{TOV_DUTY_HOTLINE, HOUSE, TOV_BASES_CASE | TOV_BASIS_BIT(SAMTYKKE)}},
        .answers = {"concern.receipt", "ack.read"},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_OPENS,
        .attachments = true,
    },
    {
        .id = "concern.receipt",
        .version = 1,
        .name = TOV_TEXT("Kvittering for henvendelse", "Receipt of a concern"),
        .group = TOV_GROUP_CONCERN,
        .purpose = TOV_TEXT("Henvendelsen er taget til behandling, eller den er kendt i forvejen.",
                            "The concern is taken into handling, or was known already."),
        .header_schema = "ConcernReceiptHeader",
        .content_schema = "ConcernReceiptContent",
        TOV_FIELDS(receipt_fields),
        .about_needs = TOV_ABOUT_CONCERN,
        .routes = {{HOUSE, SENDERS, TOV_BASIS_BIT(AFTALE)}},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ANSWERS,
    },
    {
        .id = "concern.supplement",
        .version = 1,
        .name = TOV_TEXT("Supplerende oplysninger", "Further information"),
        .group = TOV_GROUP_CONCERN,
        .purpose = TOV_TEXT("Henvenderen har nye oplysninger; henvendelsens status ændres ikke.",
                            "The sender has new facts; the state of the concern stays."),
        .header_schema = "ConcernSupplementHeader",
        .content_schema = "ConcernSupplementContent",
        TOV_FIELDS(supplement_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_CONCERN,
        .routes = SENT_TO_HOUSE,
        .channel = TOV_CHANNEL_CASE,
        .attachments = true,
    },
    {
        .id = "concern.screen_request",
        .version = 1,
        .name = TOV_TEXT("Anmodning om indledende vurdering", "Request for the first assessment"),
        .group = TOV_GROUP_CONCERN,
        .purpose = TOV_TEXT("Politiet ser først, om noget hindrer, at henvendelsen behandles i "
                            "infohuset.",
                            "The police look first whether anything keeps the concern from being "
                            "treated in the Infohus."),
        .header_schema = "NoFields",
        .content_schema = "NoFields",
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_CONCERN,
        .routes = {{TOV_DUTY_COORDINATOR_KOMMUNE | TOV_DUTY_SECRETARIAT,
                    TOV_DUTY_COORDINATOR_POLICE, TOV_BASES_CASE}},
        .answers = {"concern.screen_result"},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "concern.screen_result",
        .version = 1,
        .name = TOV_TEXT("Politiets indledende vurdering", "First police assessment"),
        .group = TOV_GROUP_CONCERN,
        .purpose = TOV_TEXT("Politiet siger, om henvendelsen kan behandles i infohuset; aldrig "
                            "hvorfor ikke.",
                            "The police say whether the concern can be treated in the Infohus; "
                            "never why not."),
        .header_schema = "ConcernScreenResultHeader",
        .content_schema = "ConcernScreenResultContent",
        TOV_FIELDS(screen_fields),
        .asks = TOV_ASKS_NECESSITY,
        .about_needs = TOV_ABOUT_CONCERN,
        .routes = {{TOV_DUTY_COORDINATOR_POLICE,
                    TOV_DUTY_COORDINATOR_KOMMUNE | TOV_DUTY_SECRETARIAT, TOV_BASES_CASE}},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ANSWERS,
    },
    {
        .id = "concern.triage",
        .version = 1,
        .name = TOV_TEXT("Visitationsafgørelse", "Triage decision"),
        .group = TOV_GROUP_CONCERN,
        .purpose = TOV_TEXT("De to tovholdere afgør henvendelsen på mødet i hver sin besked; den "
                            "anden nævner den første.",
                            "The two coordinators decide on the concern at the meeting, each by a "
                            "message; the second cites the first."),
        .header_schema = "ConcernTriageHeader",
        .content_schema = "ConcernTriageContent",
        TOV_FIELDS(triage_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_CONCERN,
        .routes = {{TOV_DUTIES_COORDINATORS, TOV_DUTIES_PARTY, TOV_BASES_CASE}},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ENDS | TOV_EFFECT_TWO_SIGNERS,
    },
    {
        .id = "concern.transfer",
        .version = 1,
        .name = TOV_TEXT("Oversendelse til anden kommune", "Concern sent to another kommune"),
        .group = TOV_GROUP_CONCERN,
        .purpose = TOV_TEXT("Borgeren bor i en anden kommune: henvendelsen slutter her og begynder "
                            "i infohuset dér.",
                            "The citizen lives in another kommune: the concern ends here and "
                            "begins with the Infohus there."),
        .header_schema = "ConcernTransferHeader",
        .content_schema = "ConcernTransferContent",
        TOV_FIELDS(transfer_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_CONCERN,
        .routes = {{TOV_DUTY_COORDINATOR_KOMMUNE, TOV_DUTIES_PARTY,
                    /* NOLINTNEXTLINE(misc-redundant-expression): sets that share members */
                    TOV_BASES_CASE_OR_CHILD | TOV_BASIS_BIT(SAMTYKKE)}},
        .answers = {"concern.receipt", "ack.read"},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_OPENS | TOV_EFFECT_ENDS,
        .attachments = true,
    },
    {
        .id = "concern.feedback",
        .version = 1,
        .name = TOV_TEXT("Tilbagemelding til henvender", "Feedback to the referrer"),
        .group = TOV_GROUP_CONCERN,
        .purpose = TOV_TEXT("Henvendelsen er modtaget og behandlet. Udfaldet oplyses ikke.",
                            "The concern has been received and treated. The outcome is not told."),
        .header_schema = "ConcernFeedbackHeader",
        .content_schema = "ConcernFeedbackContent",
        TOV_FIELDS(feedback_fields),
        .about_needs = TOV_ABOUT_CONCERN,
        .routes = {{HOUSE, SENDERS, TOV_BASIS_BIT(AFTALE) | TOV_BASIS_BIT(EGEN)}},
        .channel = TOV_CHANNEL_CASE,
    },
};

const struct tov_type_group tov_types_concern = {types, sizeof types / sizeof types[0]};

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Rules 4, 7, 8 and 33: who may get a message at all, in which channel, and when.
 */
#include "case/judging.h"

#include <stdio.h>

/* How far ahead a clock may be before an event lies in the future. */
#define CLOCK_TOLERANCE_MS UINT64_C(300000)

static void recipient_field(char *out, size_t size, size_t index)
{
    (void)snprintf(out, size, "recipients.%zu", index + 1);
}

/* ---- 4 ---- */

void tov_rule_police(struct tov_judging *judging)
{
    for (size_t i = 0; i < judging->context->recipient_count; i++) {
        const struct tov_unit_facts *recipient = &judging->context->recipients[i];
        if (recipient->authority != TOV_AUTHORITY_POLICE ||
            (recipient->duties & TOV_DUTIES_PREVENTIVE) != 0)
            continue;
        char field[64];
        recipient_field(field, sizeof field, i);
        tov_judge_say(
            judging, (struct tov_finding_words){
                         .severity = TOV_REFUSES,
                         .field = field,
                         .reason = TOV_TEXT("\"{1}\" er ikke en af politiets forebyggende enheder.",
                                            "\"{1}\" is not one of the preventive units of the "
                                            "police."),
                         .remedy = TOV_TEXT("Mistanke om strafbare forhold anmeldes til politiet "
                                            "uden for Tov.",
                                            "Suspicion of an offence is reported to the police "
                                            "outside Tov."),
                         .first = TOV_SAME(recipient->name),
                     });
    }
}

/* ---- 7 ---- */

static bool comes_earlier(const struct tov_rule_context *context, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (context->recipients[i].agency == context->recipients[index].agency)
            return true;
    }
    return false;
}

void tov_rule_recipients(struct tov_judging *judging)
{
    const struct tov_rule_context *context = judging->context;
    for (size_t i = 0; i < context->recipient_count; i++) {
        if (!comes_earlier(context, i))
            continue;
        char field[64];
        recipient_field(field, sizeof field, i);
        tov_judge_say(judging, (struct tov_finding_words){
                                   .severity = TOV_REFUSES,
                                   .field = field,
                                   .reason = TOV_TEXT("En besked går til højst én enhed i hver "
                                                      "myndighed; \"{1}\" er den anden.",
                                                      "A message goes to one unit of each agency; "
                                                      "\"{1}\" is the second."),
                                   .remedy = TOV_TEXT("Send den i en besked for sig med samme "
                                                      "hændelse og sin egen begrundelse.",
                                                      "Send it a message of its own, with the same "
                                                      "event and a reason of its own."),
                                   .first = TOV_SAME(context->recipients[i].name),
                               });
    }
    if (context->recipient_count != tov_record_count(judging->draft->header, "recipients"))
        tov_judge_say(judging, (struct tov_finding_words){
                                   .severity = TOV_REFUSES,
                                   .field = "recipients",
                                   .reason = TOV_TEXT("Modtagerne i beskeden og i konvolutten er "
                                                      "ikke de samme.",
                                                      "The recipients in the message and on the "
                                                      "envelope are not the same."),
                               });
}

/* ---- 8 ---- */

static void refuse_in_channel(struct tov_judging *judging, const char *field,
                              struct tov_text reason)
{
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_REFUSES,
                               .field = field,
                               .reason = reason,
                               .remedy = TOV_TEXT("Send to beskeder med samme hændelse: én til "
                                                  "løsladelsesenheden uden sagen, én til sagens "
                                                  "parter.",
                                                  "Send two messages with the same event: one to "
                                                  "the release unit without the case, one to the "
                                                  "parties of the case."),
                           });
}

static void judge_release_about(struct tov_judging *judging)
{
    static const char *const others[] = {"case_ref", "concern_ref", "course_ref", "request_ref",
                                         "psych_ref"};
    struct tov_record about;
    if (!tov_record_child(judging->draft->header, "about", 0, &about))
        return;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (tov_record_count(about, others[i]) == 0)
            continue;
        char field[64];
        (void)snprintf(field, sizeof field, "about.%s", others[i]);
        refuse_in_channel(judging, field,
                          (struct tov_text)TOV_TEXT(
                              "En besked i løsladelseskanalen må ikke vise, at der er en sag.",
                              "A message of the release channel must not show that there is a "
                              "case."));
    }
}

/* Words that give a case away. */
static void judge_release_words(struct tov_judging *judging)
{
    static const char *const list[] = {"radikalis", "ekstremis", "infohus", "jihad",
                                       "islamis",   "nazis",     "terror"};
    static const struct tov_word_list words = {list, sizeof list / sizeof list[0], false};
    if (tov_draft_mentions(judging->draft, &words) == NULL)
        return;
    refuse_in_channel(
        judging, "free_text",
        (struct tov_text)TOV_TEXT("Bekymring om radikalisering må ikke stå i løsladelseskanalen.",
                                  "A worry about radicalisation must not stand in the release "
                                  "channel."));
}

static void judge_mixed(struct tov_judging *judging)
{
    uint32_t all = 0;
    for (size_t i = 0; i < judging->context->recipient_count; i++)
        all |= judging->context->recipients[i].duties;
    uint32_t case_only = TOV_DUTIES_COORDINATORS | TOV_DUTY_SECRETARIAT | TOV_DUTY_PSYCHIATRY;
    if ((all & TOV_DUTIES_RELEASE) != 0 && (all & case_only) != 0)
        refuse_in_channel(judging, "recipients",
                          (struct tov_text)TOV_TEXT("Løsladelsesenheder og sagens parter må ikke "
                                                    "stå i samme besked.",
                                                    "Release units and parties of the case must "
                                                    "not stand in one message."));
}

void tov_rule_channel(struct tov_judging *judging)
{
    const struct tov_draft *draft = judging->draft;
    enum tov_channel_rule channel = draft->type->channel;
    if (!judging->in_release_channel) {
        if (channel == TOV_CHANNEL_RELEASE)
            refuse_in_channel(judging, "recipients",
                              (struct tov_text)TOV_TEXT(
                                  "Denne beskedtype hører kun til i løsladelseskanalen.",
                                  "This message type belongs to the release channel only."));
        return;
    }
    if (channel == TOV_CHANNEL_CASE)
        refuse_in_channel(judging, "recipients",
                          (struct tov_text)TOV_TEXT(
                              "Denne beskedtype hører til sagen og må ikke sendes i "
                              "løsladelseskanalen.",
                              "This message type belongs to the case and must not travel in the "
                              "release channel."));
    if (tov_draft_has_category(draft, "tro_og_politik") ||
        tov_draft_has_category(draft, "etnicitet"))
        refuse_in_channel(judging, "categories",
                          (struct tov_text)TOV_TEXT("Oplysninger om tro, politik eller etnicitet "
                                                    "må ikke stå i løsladelseskanalen.",
                                                    "Data on belief, politics or ethnicity must "
                                                    "not stand in the release channel."));
    judge_release_about(judging);
    judge_mixed(judging);
    judge_release_words(judging);
}

/* ---- 33 ---- */

static void refuse_future(struct tov_judging *judging, const char *field)
{
    tov_judge_say(judging,
                  (struct tov_finding_words){
                      .severity = TOV_REFUSES,
                      .field = field,
                      .reason = TOV_TEXT("En hændelse meldes først, når den er sket; "
                                         "tidspunktet ligger i fremtiden.",
                                         "An event is told once it has happened; this time "
                                         "lies in the future."),
                      .remedy = TOV_TEXT("Ret tidspunktet, eller vent. Planer har egne "
                                         "beskedtyper.",
                                         "Correct the time, or wait. Plans have message "
                                         "types of their own."),
                  });
}

static void judge_time(struct tov_judging *judging, struct tov_record record, const char *field)
{
    if (tov_record_number(record, field) > judging->context->sent_ms + CLOCK_TOLERANCE_MS)
        refuse_future(judging, field);
}

static void judge_day(struct tov_judging *judging, const char *field)
{
    struct tov_date day;
    if (tov_record_date(judging->draft->header_fields, field, &day) &&
        tov_date_to_days(day) > tov_date_to_days(judging->context->sent))
        refuse_future(judging, field);
}

void tov_rule_event(struct tov_judging *judging)
{
    judge_time(judging, judging->draft->header, "occurred_at");
    judge_time(judging, judging->draft->header_fields, "released_at");
    judge_day(judging, "admitted");
    judge_day(judging, "recalled_on");
}

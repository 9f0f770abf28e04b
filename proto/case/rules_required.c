/* SPDX-License-Identifier: EUPL-1.2
 *
 * Rules 0, 5 and 24: what the type's row demands and what it leaves no room for.
 */
#include "case/judging.h"

#include <stdio.h>
#include <string.h>

#define FOCUS_MAX 3

/* Whether the path from RECORD is filled: of a list, in each of its records. */
static bool is_filled(struct tov_record record, const char *path)
{
    const char *dot = strchr(path, '.');
    if (dot == NULL)
        return tov_record_count(record, path) > 0;
    char name[64];
    (void)snprintf(name, sizeof name, "%.*s", (int)(dot - path), path);
    size_t count = tov_record_count(record, name);
    for (size_t i = 0; i < count; i++) {
        struct tov_record child;
        if (!tov_record_child(record, name, i, &child) || !is_filled(child, dot + 1))
            return false;
    }
    return count > 0;
}

/* Whether anything is there at the path. */
static bool is_touched(struct tov_record record, const char *path)
{
    const char *dot = strchr(path, '.');
    if (dot == NULL)
        return tov_record_count(record, path) > 0;
    char name[64];
    (void)snprintf(name, sizeof name, "%.*s", (int)(dot - path), path);
    for (size_t i = 0; i < tov_record_count(record, name); i++) {
        struct tov_record child;
        if (tov_record_child(record, name, i, &child) && is_touched(child, dot + 1))
            return true;
    }
    return false;
}

static bool is_in_content(enum tov_field_place place)
{
    return place == TOV_IN_CONTENT || place == TOV_IN_CONTENT_FIELDS;
}

static void judge_field(struct tov_judging *judging, const struct tov_field_rule *rule)
{
    struct tov_record record = tov_draft_record(judging->draft, rule->place);
    bool required =
        rule->need == TOV_NEED_ALWAYS || (rule->need == TOV_NEED_FULL && !judging->minimal);
    if (required && !is_filled(record, rule->name))
        tov_judge_say(judging, (struct tov_finding_words){
                                   .severity = TOV_REFUSES,
                                   .field = rule->name,
                                   .reason = TOV_TEXT("Feltet \"{1}\" skal udfyldes.",
                                                      "The field \"{1}\" must be filled in."),
                                   .remedy = {rule->help.da, rule->help.en},
                                   .first = rule->label,
                               });
    bool forbidden = judging->minimal &&
                     (rule->need == TOV_NEED_FULL || rule->need == TOV_NEED_FORBIDDEN_IN_MINIMAL);
    if (forbidden && is_touched(record, rule->name))
        tov_judge_say(
            judging,
            (struct tov_finding_words){
                .severity = TOV_REFUSES,
                .field = rule->name,
                .reason = TOV_TEXT("Ydelsesservice og folkeregister får kun de nødvendigste "
                                   "oplysninger; \"{1}\" hører ikke til dem.",
                                   "Benefits and the population register get the minimal set only; "
                                   "\"{1}\" is not part of it."),
                .remedy = TOV_TEXT("Tøm feltet, eller send det til kk/eki i en besked for sig.",
                                   "Empty the field, or send it to kk/eki in a message of its "
                                   "own."),
                .first = rule->label,
            });
}

/* What the client fills in, not the person. */
static void judge_structure(struct tov_judging *judging)
{
    static const char *const needed[] = {
        "message_id",  "sender_origin", "sender_unit", "recipients.agency", "recipients.unit",
        "recorded_at", "author.person", "author.role", "recipients.right",
    };
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (!is_filled(judging->draft->header, needed[i]))
            tov_judge_say(judging,
                          (struct tov_finding_words){
                              .severity = TOV_REFUSES,
                              .field = needed[i],
                              .reason = TOV_TEXT("Beskeden mangler \"{1}\" i sit hoved.",
                                                 "The message lacks \"{1}\" in its header."),
                              .first = TOV_SAME(needed[i]),
                          });
    }
}

static void say_thing(struct tov_judging *judging, size_t index, bool missing)
{
    char field[64];
    (void)snprintf(field, sizeof field, "about.%s", tov_about_things[index].field);
    struct tov_text reason =
        missing ? (struct tov_text)TOV_TEXT("Beskeden skal vise hen til {1}.",
                                            "The message must refer to {1}.")
                : (struct tov_text)TOV_TEXT("Denne beskedtype viser ikke hen til {1}.",
                                            "This message type does not refer to {1}.");
    struct tov_text remedy =
        missing ? (struct tov_text){NULL, NULL}
                : (struct tov_text)TOV_TEXT("Fjern henvisningen, eller vælg en anden beskedtype.",
                                            "Take the reference out, or choose another message "
                                            "type.");
    tov_judge_say(judging, (struct tov_finding_words){.severity = TOV_REFUSES,
                                                      .field = field,
                                                      .reason = reason,
                                                      .remedy = remedy,
                                                      .first = tov_about_things[index].name});
}

/* The things that ABOUT refers to have references of their own: those of one message decide which
 * states it may move. */
static void judge_references(struct tov_judging *judging, struct tov_record about)
{
    for (size_t i = 1; i < TOV_ABOUT_COUNT; i++) {
        struct tov_bytes ref = tov_record_bytes(about, tov_about_things[i].field);
        for (size_t n = 0; n < i && ref.size > 0; n++) {
            char field[64];
            (void)snprintf(field, sizeof field, "about.%s", tov_about_things[i].field);
            if (tov_bytes_equal(ref, tov_record_bytes(about, tov_about_things[n].field)))
                tov_judge_say(judging, (struct tov_finding_words){
                                           .severity = TOV_REFUSES,
                                           .field = field,
                                           .reason = TOV_TEXT("Samme reference kan ikke stå for "
                                                              "både {1} og {2}.",
                                                              "One reference cannot stand for both "
                                                              "{1} and {2}."),
                                           .first = tov_about_things[n].name,
                                           .second = tov_about_things[i].name,
                                       });
        }
    }
}

static void judge_about(struct tov_judging *judging)
{
    const struct tov_message_type *type = judging->draft->type;
    struct tov_record about = {0};
    (void)tov_record_child(judging->draft->header, "about", 0, &about);
    size_t found = 0;
    for (size_t i = 0; i < TOV_ABOUT_COUNT; i++) {
        bool there = tov_record_count(about, tov_about_things[i].field) > 0;
        found += there ? 1 : 0;
        if (!there && (type->about_needs & tov_about_things[i].bit) != 0)
            say_thing(judging, i, true);
        if (there && ((type->about_needs | type->about_may) & tov_about_things[i].bit) == 0)
            say_thing(judging, i, false);
    }
    judge_references(judging, about);
    bool free = type->about_may == 0 || (type->asks & TOV_MAY_ABOUT_NOTHING) != 0;
    if (found == 0 && type->about_needs == 0 && !free)
        tov_judge_say(judging, (struct tov_finding_words){
                                   .severity = TOV_REFUSES,
                                   .field = "about",
                                   .reason = TOV_TEXT("Beskeden skal vise hen til det, den handler "
                                                      "om: en sag, et forløb, en overgang ...",
                                                      "The message must refer to what it is about: "
                                                      "a case, a course, a transition ..."),
                               });
}

/* What the type leaves no room for: who is not needed is not named. */
static void judge_excess(struct tov_judging *judging)
{
    const struct tov_draft *draft = judging->draft;
    uint32_t asks = draft->type->asks;
    if ((asks & (TOV_ASKS_SUBJECT | TOV_MAY_SUBJECT)) == 0 &&
        tov_record_count(draft->content, "subject") > 0)
        tov_judge_say(judging, (struct tov_finding_words){
                                   .severity = TOV_REFUSES,
                                   .field = "subject",
                                   .reason = TOV_TEXT("Denne beskedtype nævner ikke borgeren.",
                                                      "This message type does not name the "
                                                      "citizen."),
                                   .remedy = TOV_TEXT("Referencen til sagen er nok: fjern "
                                                      "borgerens oplysninger.",
                                                      "The reference to the case is enough: remove "
                                                      "the citizen's data."),
                               });
    if ((asks & (TOV_ASKS_TEXT | TOV_NEEDS_TEXT)) == 0 &&
        tov_record_count(draft->content, "free_text") > 0)
        tov_judge_say(judging, (struct tov_finding_words){
                                   .severity = TOV_REFUSES,
                                   .field = "free_text",
                                   .reason = TOV_TEXT("Denne beskedtype har ingen fritekst.",
                                                      "This message type has no free text."),
                                   .remedy = TOV_TEXT("Brug et notat (msg.note) til det, der skal "
                                                      "forklares.",
                                                      "Use a note (msg.note) for what must be "
                                                      "explained."),
                               });
    if ((!draft->type->attachments || judging->minimal) &&
        tov_record_count(draft->content, "attachments") > 0)
        tov_judge_say(judging, (struct tov_finding_words){
                                   .severity = TOV_REFUSES,
                                   .field = "attachments",
                                   .reason = TOV_TEXT("Der kan ikke vedhæftes filer til denne "
                                                      "besked.",
                                                      "This message takes no attachments."),
                               });
}

static void judge_target(struct tov_judging *judging)
{
    const struct tov_draft *draft = judging->draft;
    struct tov_ref ref;
    if ((draft->type->asks & TOV_NEEDS_TARGET) == 0 ||
        tov_record_ref(draft->header, "in_reply_to", 0, &ref))
        return;
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_REFUSES,
                               .field = "in_reply_to",
                               .reason = TOV_TEXT("Beskeden skal vise hen til den besked, den "
                                                  "svarer på eller ændrer.",
                                                  "The message must point to the message that it "
                                                  "answers or changes."),
                           });
}

/* The one list of the catalogue with an upper end: what a course follows up must stay few. */
static void judge_focus(struct tov_judging *judging)
{
    if (tov_record_count(judging->draft->content_fields, "focus") <= FOCUS_MAX)
        return;
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_REFUSES,
                               .field = "focus",
                               .reason = TOV_TEXT("Vælg højst tre fokusdimensioner.",
                                                  "Pick at most three focus dimensions."),
                           });
}

static bool has_duty_route(const struct tov_judging *judging,
                           const struct tov_unit_facts *recipient)
{
    const struct tov_route *routes = judging->draft->type->routes;
    for (size_t i = 0; i < TOV_ROUTES_MAX && routes[i].from != 0; i++) {
        if ((routes[i].from & judging->context->sender.duties) != 0 &&
            (routes[i].to & recipient->duties) != 0)
            return true;
    }
    return false;
}

static void judge_routes(struct tov_judging *judging)
{
    for (size_t i = 0; i < judging->context->recipient_count; i++) {
        const struct tov_unit_facts *recipient = &judging->context->recipients[i];
        char field[64];
        (void)snprintf(field, sizeof field, "recipients.%zu", i + 1);
        if (recipient->duties == 0)
            tov_judge_say(judging, (struct tov_finding_words){
                                       .severity = TOV_REFUSES,
                                       .field = field,
                                       .reason = TOV_TEXT("Modtageren står ikke på deltagerlisten.",
                                                          "The recipient is not in the roster."),
                                   });
        else if (!has_duty_route(judging, recipient))
            tov_judge_say(judging,
                          (struct tov_finding_words){
                              .severity = TOV_REFUSES,
                              .field = field,
                              .reason = TOV_TEXT("\"{1}\" sendes ikke fra jeres enhed til \"{2}\".",
                                                 "\"{1}\" is not sent from your unit to \"{2}\"."),
                              .remedy = TOV_TEXT("Se i beskedoversigten, hvem der sender typen til "
                                                 "hvem.",
                                                 "See the message reference for who sends the type "
                                                 "to whom."),
                              .first = judging->draft->type->name,
                              .second = TOV_SAME(recipient->name),
                          });
    }
}

void tov_rule_required(struct tov_judging *judging)
{
    const struct tov_message_type *type = judging->draft->type;
    judge_structure(judging);
    judge_about(judging);
    judge_routes(judging);
    judge_target(judging);
    judge_focus(judging);
    bool has_content = tov_draft_has_content(judging->draft);
    for (size_t i = 0; i < tov_message_type_field_count(type); i++) {
        struct tov_field_rule rule = tov_message_type_field_at(type, i);
        if (has_content || !is_in_content(rule.place))
            judge_field(judging, &rule);
    }
    tov_judge_when(judging);
    if (has_content)
        judge_excess(judging);
}

void tov_rule_decline(struct tov_judging *judging)
{
    const struct tov_draft *draft = judging->draft;
    if (!draft->type->gives_no_reason || !tov_draft_has_content(draft))
        return;
    if (tov_record_count(draft->content, "free_text") > 0 ||
        tov_record_count(draft->content, "necessity") > 0)
        tov_judge_say(judging,
                      (struct tov_finding_words){
                          .severity = TOV_REFUSES,
                          .field = "free_text",
                          .reason = TOV_TEXT("Den, der ikke videregiver, skal ikke "
                                             "begrunde det.",
                                             "Who does not share gives no reason."),
                          .remedy = TOV_TEXT("Angiv kun kategorien.", "Give the category only."),
                      });
}

void tov_rule_revision(struct tov_judging *judging)
{
    const struct tov_draft *draft = judging->draft;
    const char *relation = tov_record_enum(draft->header, "relation");
    if (draft->type->relation == NULL ||
        (relation != NULL && strcmp(relation, draft->type->relation) == 0))
        return;
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_REFUSES,
                               .field = "relation",
                               .reason = TOV_TEXT("Forholdet til den tidligere besked skal være "
                                                  "\"{1}\".",
                                                  "The relation to the earlier message must be "
                                                  "\"{1}\"."),
                               .first = TOV_SAME(draft->type->relation),
                           });
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * The fields that all messages have in common, and which of them a type asks for.
 */
#include "case/catalogue.h"

#include <assert.h>

#define ALWAYS_ASKED 0u

/* ASKED: the flags of which a type must have one for the field to be asked; NEEDED: to be required.
 * The order is that of forms. */
static const struct common_field {
    uint32_t asked;
    uint32_t needed;
    bool required; /* where it is asked by a flag of NEEDED, or by every type */
    struct tov_field_rule rule;
} common_fields[] = {
    {ALWAYS_ASKED,
     0,
     true,
     {TOV_IN_HEADER, "legal_bases", TOV_NEED_OPTIONAL, TOV_TEXT("Hjemmel", "Legal basis"),
      TOV_TEXT("Hvilket retsgrundlag videregives oplysningerne på?",
               "On which legal basis is the information disclosed?")}},
    {TOV_ASKS_NECESSITY,
     TOV_ASKS_NECESSITY,
     true,
     {TOV_IN_HEADER, "purpose", TOV_NEED_OPTIONAL, TOV_TEXT("Formål", "Purpose"),
      TOV_TEXT("Oplysningerne må ikke bruges til efterforskning af straffesager.",
               "The information must not be used to investigate criminal cases.")}},
    {TOV_ASKS_NECESSITY,
     0,
     false,
     {TOV_IN_CONTENT, "purpose_text", TOV_NEED_OPTIONAL,
      TOV_TEXT("Uddybning af formålet", "The purpose in more words"),
      TOV_TEXT("Mindst 20 tegn. Skal udfyldes, når formålet er \"andet\".",
               "At least 20 characters. Required when the purpose is \"andet\".")}},
    {TOV_ASKS_NECESSITY,
     TOV_ASKS_NECESSITY,
     true,
     {TOV_IN_CONTENT, "necessity", TOV_NEED_OPTIONAL,
      TOV_TEXT("Hvorfor har modtageren brug for dette?", "Why does the recipient need this?"),
      TOV_TEXT("Én sætning om, hvorfor netop denne modtager har brug for netop disse oplysninger.",
               "One sentence on why this recipient needs this information.")}},
    {TOV_ASKS_NECESSITY,
     TOV_ASKS_NECESSITY,
     true,
     {TOV_IN_HEADER, "recipients.need_reason", TOV_NEED_OPTIONAL,
      TOV_TEXT("Hvilken opgave har modtageren?", "What is the recipient's task?"),
      TOV_TEXT("Skriv om enhedens opgave, aldrig om borgeren: andre parter kan se det.",
               "Write about the unit's task, never about the citizen: other parties can see it.")}},
    {ALWAYS_ASKED,
     0,
     true,
     {TOV_IN_HEADER,
      "occurred_at",
      TOV_NEED_OPTIONAL,
      TOV_TEXT("Hvornår skete det?", "When did it happen?"),
      {0}}},
    {ALWAYS_ASKED,
     0,
     false,
     {TOV_IN_HEADER, "priority", TOV_NEED_OPTIONAL, TOV_TEXT("Hastegrad", "Priority"),
      TOV_TEXT("Er nogen i fare nu, så ring 112 eller 114 først.",
               "If anybody is in danger now, phone 112 or 114 first.")}},
    {TOV_ASKS_SUBJECT | TOV_MAY_SUBJECT | TOV_ASKS_TEXT,
     0,
     false,
     {TOV_IN_HEADER, "categories", TOV_NEED_OPTIONAL,
      TOV_TEXT("Følsomme oplysninger i beskeden", "Sensitive information in the message"),
      TOV_TEXT("Alle, der er med. Helbred, tro og politik og strafbare forhold skal altid "
               "angives.",
               "All that apply. Health, belief and politics, and offences must always be "
               "marked.")}},
    {TOV_ASKS_CERTAINTY,
     TOV_ASKS_CERTAINTY,
     true,
     {TOV_IN_HEADER,
      "source",
      TOV_NEED_OPTIONAL,
      TOV_TEXT("Hvor stammer oplysningerne fra?", "Where does the information come from?"),
      {0}}},
    {TOV_ASKS_CERTAINTY,
     TOV_ASKS_CERTAINTY,
     true,
     {TOV_IN_HEADER,
      "certainty",
      TOV_NEED_OPTIONAL,
      TOV_TEXT("Hvor sikre er oplysningerne?", "How certain is the information?"),
      {0}}},
    {TOV_ASKS_SUBJECT | TOV_MAY_SUBJECT,
     TOV_ASKS_SUBJECT,
     true,
     {TOV_IN_CONTENT,
      "subject.name",
      TOV_NEED_OPTIONAL,
      TOV_TEXT("Borgerens navn", "Name of the citizen"),
      {0}}},
    {TOV_ASKS_SUBJECT | TOV_MAY_SUBJECT,
     TOV_ASKS_SUBJECT,
     true,
     {TOV_IN_CONTENT,
      "subject.number_kind",
      TOV_NEED_OPTIONAL,
      TOV_TEXT("Personnummerets art", "Kind of personal number"),
      {0}}},
    {TOV_ASKS_SUBJECT | TOV_MAY_SUBJECT,
     0,
     false,
     {TOV_IN_CONTENT, "subject.number", TOV_NEED_OPTIONAL,
      TOV_TEXT("Personnummer", "Personal number"),
      TOV_TEXT("Skrives som DDMMÅÅ-NNNN.", "Written as DDMMYY-NNNN.")}},
    {TOV_ASKS_SUBJECT | TOV_MAY_SUBJECT,
     0,
     false,
     {TOV_IN_CONTENT,
      "subject.no_number_reason",
      TOV_NEED_OPTIONAL,
      TOV_TEXT("Hvorfor er der intet personnummer?", "Why is there no personal number?"),
      {0}}},
    {TOV_ASKS_SUBJECT | TOV_MAY_SUBJECT,
     0,
     false,
     {TOV_IN_CONTENT,
      "subject.birth_date",
      TOV_NEED_OPTIONAL,
      TOV_TEXT("Fødselsdato", "Date of birth"),
      {0}}},
    {TOV_ASKS_SUBJECT | TOV_MAY_SUBJECT,
     0,
     false,
     {TOV_IN_CONTENT, "subject.municipality", TOV_NEED_OPTIONAL,
      TOV_TEXT("Bopælskommune", "Municipality of residence"),
      TOV_TEXT("Kommunekode med fire cifre.", "Municipality code, four digits.")}},
    {TOV_ASKS_SUBJECT | TOV_MAY_SUBJECT,
     0,
     false,
     {TOV_IN_CONTENT,
      "subject.address",
      TOV_NEED_FORBIDDEN_IN_MINIMAL,
      TOV_TEXT("Adresse", "Address"),
      {0}}},
    {TOV_ASKS_SUBJECT | TOV_MAY_SUBJECT,
     0,
     false,
     {TOV_IN_CONTENT,
      "subject.address_protected",
      TOV_NEED_OPTIONAL,
      TOV_TEXT("Navne- og adressebeskyttelse?", "Address protection?"),
      {0}}},
    {TOV_ASKS_SUBJECT | TOV_MAY_SUBJECT,
     0,
     false,
     {TOV_IN_CONTENT,
      "subject.minor",
      TOV_NEED_OPTIONAL,
      TOV_TEXT("Under 18 år?", "Under 18?"),
      {0}}},
    {TOV_ASKS_SUBJECT | TOV_MAY_SUBJECT,
     0,
     false,
     {TOV_IN_HEADER,
      "informed",
      TOV_NEED_OPTIONAL,
      TOV_TEXT("Er borgeren orienteret?", "Has the citizen been informed?"),
      {0}}},
    {TOV_ASKS_SUBJECT | TOV_MAY_SUBJECT,
     0,
     false,
     {TOV_IN_HEADER,
      "informed_review",
      TOV_NEED_OPTIONAL,
      TOV_TEXT("Udskudt orientering vurderes igen", "Postponed information is reviewed on"),
      {0}}},
    {TOV_ASKS_SUBJECT | TOV_MAY_SUBJECT,
     0,
     false,
     {TOV_IN_CONTENT,
      "informed_text",
      TOV_NEED_FORBIDDEN_IN_MINIMAL,
      TOV_TEXT("Hvorfor er orienteringen udskudt eller undtaget?",
               "Why is information postponed or exempted?"),
      {0}}},
    {TOV_ASKS_TEXT | TOV_NEEDS_TEXT,
     TOV_NEEDS_TEXT,
     true,
     {TOV_IN_CONTENT, "free_text", TOV_NEED_FORBIDDEN_IN_MINIMAL, TOV_TEXT("Tekst", "Text"),
      TOV_TEXT("Beskriv adfærd og fakta, ikke holdninger. Skriv ikke klassificerede oplysninger.",
               "Describe behaviour and facts, not opinions. No classified information.")}},
    {ALWAYS_ASKED,
     0,
     false,
     {TOV_IN_CONTENT,
      "journal_number",
      TOV_NEED_FORBIDDEN_IN_MINIMAL,
      TOV_TEXT("Eget journalnummer", "Own journal number"),
      {0}}},
};
#define COMMON_FIELDS (sizeof common_fields / sizeof common_fields[0])

static bool is_asked(const struct tov_message_type *type, const struct common_field *field)
{
    return field->asked == ALWAYS_ASKED || (type->asks & field->asked) != 0;
}

static struct tov_field_rule rule_for(const struct tov_message_type *type,
                                      const struct common_field *field)
{
    struct tov_field_rule rule = field->rule;
    if (field->required && (field->needed == 0 || (type->asks & field->needed) != 0))
        rule.need = TOV_NEED_ALWAYS;
    return rule;
}

size_t tov_message_type_field_count(const struct tov_message_type *type)
{
    size_t count = type->field_count;
    for (size_t i = 0; i < COMMON_FIELDS; i++)
        count += is_asked(type, &common_fields[i]) ? 1 : 0;
    return count;
}

struct tov_field_rule tov_message_type_field_at(const struct tov_message_type *type, size_t index)
{
    for (size_t i = 0; i < COMMON_FIELDS; i++) {
        if (!is_asked(type, &common_fields[i]))
            continue;
        if (index == 0)
            return rule_for(type, &common_fields[i]);
        index--;
    }
    assert(index < type->field_count);
    return type->fields[index];
}

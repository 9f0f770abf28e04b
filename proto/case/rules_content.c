/* SPDX-License-Identifier: EUPL-1.2
 *
 * Rules 3, 9, 11, 12, 14, 16, 17 and 27: purpose, and what kinds of data a message holds.
 */
#include "case/judging.h"

#include <string.h>

#define PURPOSE_TEXT_MIN_CHARACTERS 20

/* ---- 3 ---- */

static bool is_known_purpose(struct tov_bytes purpose)
{
    for (size_t i = 0; i < tov_purpose_count(); i++) {
        if (tov_bytes_equal(tov_bytes_of_text(tov_purpose_at(i)->id), purpose))
            return true;
    }
    return false;
}

static bool is_investigation(struct tov_bytes purpose)
{
    static const char *const words[] = {"efterforskning", "strafforfoelgning", "strafforfølgning",
                                        "bevissikring", "investigation"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (tov_bytes_equal(tov_bytes_of_text(words[i]), purpose))
            return true;
    }
    return false;
}

static size_t characters(struct tov_bytes text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += (text.data[i] & 0xc0) != 0x80 ? 1 : 0;
    return count;
}

static void judge_purpose_code(struct tov_judging *judging, struct tov_bytes purpose)
{
    if (purpose.size == 0 || is_known_purpose(purpose))
        return;
    struct tov_text reason =
        is_investigation(purpose)
            ? (struct tov_text)TOV_TEXT("Efterforskning af straffesager er ikke et lovligt formål "
                                        "her: oplysningerne må hverken gives eller bruges til det.",
                                        "Investigating criminal cases is no lawful purpose here: "
                                        "the information may be neither given nor used for it.")
            : (struct tov_text)TOV_TEXT("Formålet findes ikke i kataloget.",
                                        "The purpose is not in the catalogue.");
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_REFUSES,
                               .field = "purpose",
                               .reason = reason,
                               .remedy = TOV_TEXT("Vælg et forebyggende formål. Mistanke om "
                                                  "strafbare forhold anmeldes uden for Tov.",
                                                  "Pick a preventive purpose. Suspicion of an "
                                                  "offence is reported outside Tov."),
                           });
}

static void judge_purpose_text(struct tov_judging *judging, struct tov_bytes purpose)
{
    struct tov_bytes text = tov_record_bytes(judging->draft->content, "purpose_text");
    bool needed = tov_bytes_equal(purpose, tov_bytes_of_text("andet"));
    if ((text.size == 0 && !needed) || characters(text) >= PURPOSE_TEXT_MIN_CHARACTERS)
        return;
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_REFUSES,
                               .field = "purpose_text",
                               .reason = TOV_TEXT("Formålet skal beskrives med mindst 20 tegn.",
                                                  "The purpose needs at least 20 characters."),
                           });
}

void tov_rule_purpose(struct tov_judging *judging)
{
    struct tov_bytes purpose = tov_record_bytes(judging->draft->header, "purpose");
    judge_purpose_code(judging, purpose);
    if (tov_draft_has_content(judging->draft))
        judge_purpose_text(judging, purpose);
    if ((judging->bases & TOV_BASES_115) != 0)
        tov_judge_say(judging, (struct tov_finding_words){
                                   .severity = TOV_NOTES,
                                   .reason = TOV_TEXT("Må ikke bruges til efterforskning af "
                                                      "straffesager.",
                                                      "Must not be used for the investigation of "
                                                      "criminal cases."),
                               });
}

/* ---- 9 ---- */

void tov_rule_health(struct tov_judging *judging)
{
    const struct tov_draft *draft = judging->draft;
    if (!tov_draft_has_category(draft, "helbred") ||
        judging->context->sender.authority != TOV_AUTHORITY_REGION)
        return;
    struct tov_record author = {0};
    (void)tov_record_child(draft->header, "author", 0, &author);
    const char *role = tov_record_enum(author, "role");
    if (role == NULL || (strcmp(role, "overlaege") != 0 && strcmp(role, "psyk_kontakt") != 0))
        tov_judge_say(judging, (struct tov_finding_words){
                                   .severity = TOV_REFUSES,
                                   .field = "author.role",
                                   .reason = TOV_TEXT("Helbredsoplysninger videregives af en "
                                                      "overlæge eller den psykiatriske "
                                                      "kontaktperson.",
                                                      "Health data are released by a consultant or "
                                                      "the psychiatric contact person."),
                               });
    uint64_t allowed = TOV_BASES_SUL | TOV_BASIS_BIT(RPL115_2_1_2) | TOV_BASIS_BIT(PSYKL13C) |
                       TOV_BASIS_BIT(SAMTYKKE) | TOV_BASIS_BIT(EGEN) | TOV_BASIS_BIT(MEDCOM);
    if ((judging->bases & allowed) == 0)
        tov_judge_say(judging, (struct tov_finding_words){
                                   .severity = TOV_REFUSES,
                                   .field = "legal_bases",
                                   .reason = TOV_TEXT("Helbredsoplysninger kræver en hjemmel i "
                                                      "sundhedsloven eller § 115 (PSP).",
                                                      "Health data need a basis in the Health Act "
                                                      "or section 115 (PSP)."),
                               });
    if (tov_record_count(draft->header, "informed") == 0)
        tov_judge_say(judging, (struct tov_finding_words){
                                   .severity = TOV_REFUSES,
                                   .field = "informed",
                                   .reason = TOV_TEXT("Angiv, om patienten er orienteret.",
                                                      "Say whether the patient has been "
                                                      "informed."),
                               });
}

/* ---- 11 ---- */

void tov_rule_belief(struct tov_judging *judging)
{
    static const char *const list[] = {
        "islamis",      "jihad",          "salafis",      "kalifat",        "nazis",
        "højreekstrem", "venstreekstrem", "højreradikal", "venstreradikal", "racis",
        "konspiration", "radikalis",      "ekstremis",
    };
    static const struct tov_word_list words = {list, sizeof list / sizeof list[0], false};
    const struct tov_draft *draft = judging->draft;
    if (tov_draft_has_category(draft, "tro_og_politik") ||
        tov_draft_mentions(draft, &words) == NULL)
        return;
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_WARNS,
                               .field = "categories",
                               .reason = TOV_TEXT("Teksten nævner tro, politik eller ideologi, "
                                                  "men er ikke mærket med kategorien.",
                                                  "The text speaks of belief, politics or "
                                                  "ideology, but is not marked so."),
                               .remedy = TOV_TEXT("Tilføj tro_og_politik, og beskriv adfærd "
                                                  "frem for holdninger. Tegn er ikke en "
                                                  "tjekliste.",
                                                  "Add tro_og_politik, and describe behaviour "
                                                  "rather than opinions. Signs are no "
                                                  "checklist."),
                           });
}

/* ---- 12 ---- */

/* A concern about a child: the duty to notify goes beside it, and waits for nothing. */
static void judge_notification(struct tov_judging *judging)
{
    struct tov_record fields = judging->draft->header_fields;
    if (tov_record_number(fields, "child") != 1 ||
        tov_record_count(fields, "no_notification_reason") > 0)
        return;
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_WARNS,
                               .field = "no_notification_reason",
                               .reason = TOV_TEXT("Henvendelsen drejer sig om et barn: skal der "
                                                  "underrettes?",
                                                  "The concern is about a child: is a "
                                                  "notification to be sent?"),
                               .remedy = TOV_TEXT("Send child.notification ved siden af, eller "
                                                  "skriv grunden til at lade være inden 24 timer "
                                                  "(concern.supplement).",
                                                  "Send child.notification beside this, or give "
                                                  "the reason not to within 24 hours "
                                                  "(concern.supplement)."),
                           });
}

void tov_rule_minor(struct tov_judging *judging)
{
    judge_notification(judging);
    struct tov_record subject;
    struct tov_date born;
    if (!tov_record_child(judging->draft->content, "subject", 0, &subject) ||
        !tov_record_date(subject, "birth_date", &born))
        return;
    struct tov_date day = tov_judge_event_day(judging);
    bool before_birthday =
        day.month < born.month || (day.month == born.month && day.day < born.day);
    int age = day.year - born.year - (before_birthday ? 1 : 0);
    bool marked = tov_record_number(subject, "minor") == 1;
    if ((age < 18) == marked)
        return;
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_REFUSES,
                               .field = "subject.minor",
                               .reason = TOV_TEXT("Fødselsdatoen og mærket \"under 18 år\" passer "
                                                  "ikke sammen på hændelsens dag.",
                                                  "The date of birth and the mark \"under 18\" do "
                                                  "not agree on the day of the event."),
                               .remedy = TOV_TEXT("Ret mærket. For børn og unge gælder "
                                                  "underretningspligten ved siden af.",
                                                  "Correct the mark. For children and young people "
                                                  "the duty to notify applies beside this."),
                           });
}

/* ---- 14 and 17 ---- */

static bool says(struct tov_record record, const char *field, const char *id)
{
    const char *value = tov_record_enum(record, field);
    return value != NULL && strcmp(value, id) == 0;
}

void tov_rule_third_persons(struct tov_judging *judging)
{
    struct tov_record fields = judging->draft->content_fields;
    if (!says(fields, "third_persons", "begrundet") ||
        tov_record_count(fields, "third_persons_reason") > 0)
        return;
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_REFUSES,
                               .field = "third_persons_reason",
                               .reason = TOV_TEXT("Skriv, hvorfor oplysninger om andre personer er "
                                                  "nødvendige.",
                                                  "Say why information about other persons is "
                                                  "needed."),
                               .remedy = TOV_TEXT("Eller fjern dem, og vælg fjernet.",
                                                  "Or remove it, and pick fjernet."),
                           });
}

void tov_rule_consent(struct tov_judging *judging)
{
    if ((judging->bases & TOV_BASIS_BIT(SAMTYKKE)) == 0 ||
        !says(judging->draft->header_fields, "consent_status", "ikke_indhentet"))
        return;
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_REFUSES,
                               .field = "consent_status",
                               .reason = TOV_TEXT("Hjemlen er samtykke, men samtykket er ikke "
                                                  "indhentet.",
                                                  "The basis is consent, but consent has not been "
                                                  "obtained."),
                               .remedy = TOV_TEXT("Indhent og notér samtykket først. Indsatsen er "
                                                  "frivillig.",
                                                  "Obtain and note the consent first. The measure "
                                                  "is voluntary."),
                           });
}

/* ---- 16 ---- */

static int digit_pair(const uint8_t *text)
{
    return (text[0] - '0') * 10 + (text[1] - '0');
}

/* DDMMYY-NNNN or without the hyphen; DD of a replacement number is 60 higher. */
static bool has_number_form(struct tov_bytes number, bool replacement)
{
    uint8_t digits[10];
    size_t count = 0;
    for (size_t i = 0; i < number.size; i++) {
        if (number.data[i] == '-' && i == 6 && number.size == 11)
            continue;
        if (number.data[i] < '0' || number.data[i] > '9' || count == sizeof digits)
            return false;
        digits[count++] = number.data[i];
    }
    if (count != sizeof digits)
        return false;
    int day = digit_pair(digits) - (replacement ? 60 : 0);
    struct tov_date date = {2000 + digit_pair(digits + 4), digit_pair(digits + 2), day};
    struct tov_date older = {1900 + digit_pair(digits + 4), date.month, day};
    return tov_date_is_valid(date) || tov_date_is_valid(older);
}

/* Health's replacement numbers: date, then letters in the serial (X-eCPR, D-eCPR). */
static bool has_ecpr_form(struct tov_bytes number)
{
    if (number.size != 10 && number.size != 11)
        return false;
    size_t serial = number.size - 4;
    for (size_t i = 0; i < number.size; i++) {
        uint8_t c = number.data[i];
        bool digit = c >= '0' && c <= '9';
        bool letter = c >= 'A' && c <= 'Z';
        bool hyphen = c == '-' && i == 6 && number.size == 11;
        if (!digit && !hyphen && !(letter && i >= serial))
            return false;
    }
    return true;
}

static void refuse_number(struct tov_judging *judging, const char *field, struct tov_text reason,
                          struct tov_text remedy)
{
    tov_judge_say(judging,
                  (struct tov_finding_words){
                      .severity = TOV_REFUSES, .field = field, .reason = reason, .remedy = remedy});
}

static bool number_fits(const char *kind, struct tov_bytes number)
{
    if (strcmp(kind, "ecpr") == 0)
        return has_ecpr_form(number);
    return has_number_form(number, strcmp(kind, "erstatningspersonnummer") == 0);
}

void tov_rule_number(struct tov_judging *judging)
{
    struct tov_record subject;
    if (!tov_record_child(judging->draft->content, "subject", 0, &subject))
        return;
    const char *kind = tov_record_enum(subject, "number_kind");
    struct tov_bytes number = tov_record_bytes(subject, "number");
    if (kind == NULL)
        return;
    if (strcmp(kind, "intet") == 0) {
        if (number.size > 0 || tov_record_count(subject, "no_number_reason") == 0)
            refuse_number(judging, "subject.no_number_reason",
                          (struct tov_text)TOV_TEXT("Uden personnummer skal der stå hvorfor, og "
                                                    "feltet til nummeret skal være tomt.",
                                                    "Without a personal number the reason must be "
                                                    "given and the number left empty."),
                          (struct tov_text){0});
        return;
    }
    if (!number_fits(kind, number))
        refuse_number(judging, "subject.number",
                      (struct tov_text)TOV_TEXT("Personnummeret har ikke den form, som dets art "
                                                "kræver.",
                                                "The personal number does not have the form that "
                                                "its kind asks for."),
                      (struct tov_text)TOV_TEXT("DDMMÅÅ-NNNN med en dato, der findes. I et "
                                                "erstatningspersonnummer er dagen 60 højere.",
                                                "DDMMYY-NNNN with a day that exists. In a "
                                                "replacement number the day is 60 higher."));
}

/* ---- 27 ---- */

void tov_rule_classified(struct tov_judging *judging)
{
    static const char *const list[] = {"TIL TJENESTEBRUG", "YDERST HEMMELIGT", "HEMMELIGT",
                                       "FORTROLIGT", "NATO "};
    static const struct tov_word_list marks = {list, sizeof list / sizeof list[0], true};
    const struct tov_draft *draft = judging->draft;
    if (!tov_draft_has_content(draft) || (draft->type->asks & TOV_ASKS_TEXT) == 0)
        return;
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_NOTES,
                               .reason = TOV_TEXT("Skriv ikke klassificerede oplysninger eller "
                                                  "oplysninger fra efterretningstjenester i Tov.",
                                                  "Do not enter classified information or "
                                                  "information from intelligence services in "
                                                  "Tov."),
                           });
    const char *mark = tov_draft_mentions(draft, &marks);
    if (mark == NULL)
        return;
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_REFUSES,
                               .field = "free_text",
                               .reason = TOV_TEXT("Teksten bærer en klassifikation: \"{1}\".",
                                                  "The text bears a classification: \"{1}\"."),
                               .remedy = TOV_TEXT("Fjern de klassificerede oplysninger, og tal "
                                                  "med jeres sikkerhedsansvarlige.",
                                                  "Remove the classified information, and talk "
                                                  "to your security officer."),
                               .first = TOV_SAME(mark),
                           });
}

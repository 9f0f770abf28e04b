/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases_story.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { KOMMUNE, POLICE, PRISON };
#define TO(kommune, police, prison) \
    {                               \
        kommune, police, prison     \
    }
#define BASIS_OTHERS "RPL115-2/1-1"
#define BASIS_POLICE "RPL115-1-1"

#define PURPOSE 1u /* purpose, necessity and why each recipient needs it */
#define SUBJECT 2u /* whom it is about */
#define CONCERN 4u
#define CASE 8u

const char *const cases_units[CASES_PARTIES] = {"kk/vink", "kbh-pol/dks", "krfo/central"};

#define FINDING                                                                      \
    "header.source=eget_register; header.certainty=kendt; "                          \
    "fields.findings.1.dimension=socialisering; fields.findings.1.fact=Søger ikke " \
    "miljøet for tiden."
#define TRIAGE                                                                     \
    "fields.outcome=begrundet; fields.decided_on=DAY; fields.environment=hoejre; " \
    "fields.target_level=individ; fields.short_reason=Konkrete udtalelser.; "      \
    "fields.participants=De to tovholdere"
#define NOTE                                                                               \
    "fields.kind=kontakt; fields.who=Tovholderen og borgeren; content.free_text=Borgeren " \
    "mødte til aftalen, og den næste er aftalt med de deltagende parter."
#define MINUTES                                                                       \
    "fields.kind=opfoelgning; fields.held=DAY; fields.decisions.1.decision=Mentoren " \
    "fortsætter; fields.decisions.1.owner=VINK"
#define REVIEW                                                                      \
    "fields.kind=noedvendighed; fields.result=fortsaet; fields.next_review=LATER; " \
    "fields.why=Forløbet er i gang."

const struct cases_step cases_steps[CASES_MESSAGES] = {
    {"concern.submit", KOMMUNE, TO(0, 1, 0), BASIS_OTHERS, PURPOSE | SUBJECT, CONCERN,
     "header.source=fagperson; header.certainty=oplyst; fields.received_at=NOW; "
     "fields.channel=intern; fields.referrer_type=fagperson_kommune; fields.anonymous=false; "
     "fields.acute=false; fields.child=false; fields.facts.1.fact=Taler om statens krig mod ham.; "
     "fields.facts.1.observed_when=I denne uge; fields.facts.1.observed_by=Sagsbehandleren; "
     "fields.done_already=Talt med borgeren",
     0},
    {"concern.receipt", POLICE, TO(1, 0, 0), "AFTALE", 0, CONCERN,
     "fields.code=modtaget; fields.reference_number=K-2021-015; fields.contact.name=K. Kontakt", 0},
    {"concern.screen_request", KOMMUNE, TO(0, 1, 0), BASIS_OTHERS, PURPOSE | SUBJECT, CONCERN, "",
     0},
    {"concern.screen_result", POLICE, TO(1, 0, 0), BASIS_POLICE, PURPOSE, CONCERN,
     "fields.code=kan_behandles", 0},
    {"case.meeting_call", POLICE, TO(1, 0, 1), "AFTALE", 0, CONCERN,
     "fields.kind=infohusmoede; fields.held=DAY; fields.begins=Kl. 10; fields.place=Rådhuset; "
     "fields.agenda=K-2021-015",
     0},
    {"concern.triage", KOMMUNE, TO(0, 1, 0), BASIS_OTHERS, PURPOSE, CONCERN, TRIAGE, 0},
    {"concern.triage", POLICE, TO(1, 0, 0), BASIS_POLICE, PURPOSE, CONCERN, TRIAGE, 1},
    {"case.open", KOMMUNE, TO(0, 1, 1), BASIS_OTHERS, PURPOSE | SUBJECT, CONCERN | CASE,
     "fields.next_review=LATER; fields.parties.1.unit=kbh-pol/dks; "
     "fields.parties.1.why=Sikkerhed; fields.parties.1.lead=P. Politi",
     0},
    {"case.contribution", PRISON, TO(1, 1, 0), BASIS_OTHERS, PURPOSE, CASE, FINDING, 0},
    {"case.contribution", POLICE, TO(1, 0, 1), BASIS_POLICE, PURPOSE, CASE, FINDING, 0},
    {"case.conversation", KOMMUNE, TO(0, 1, 1), BASIS_OTHERS, PURPOSE, CASE,
     "fields.part=plan; fields.when=LATER; fields.who_talks=VINK og politiet", 0},
    {"case.minutes", POLICE, TO(1, 0, 1), BASIS_POLICE, PURPOSE, CASE, MINUTES, 0},
    {"case.note", KOMMUNE, TO(0, 1, 1), BASIS_OTHERS, PURPOSE, CASE, NOTE, 0},
    {"case.note", PRISON, TO(1, 1, 0), BASIS_OTHERS, PURPOSE, CASE, NOTE, 0},
    {"case.review", KOMMUNE, TO(0, 1, 1), BASIS_OTHERS, PURPOSE, CASE, REVIEW, 0},
    {"case.note", POLICE, TO(1, 0, 1), BASIS_POLICE, PURPOSE, CASE, NOTE, 0},
    {"case.note", KOMMUNE, TO(0, 1, 0), BASIS_OTHERS, PURPOSE, CASE, NOTE, 0},
    {"case.minutes", POLICE, TO(1, 0, 1), BASIS_POLICE, PURPOSE, CASE, MINUTES, 0},
    {"case.note", PRISON, TO(1, 0, 0), BASIS_OTHERS, PURPOSE, CASE, NOTE, 0},
    {"case.review", KOMMUNE, TO(0, 1, 1), BASIS_OTHERS, PURPOSE, CASE, REVIEW, 0},
};

void cases_need(enum tov_err err, const char *what, const struct tov_error *error)
{
    if (err == TOV_OK)
        return;
    (void)fprintf(stderr, "cases: %s: %s\n", what, error->text);
    exit(EXIT_FAILURE);
}

static void set(struct tov_message_draft *draft, const char *path, const char *text)
{
    struct tov_error error = {TOV_OK, ""};
    cases_need(tov_message_draft_set(draft, path, text, &error), path, &error);
}

/* "NOW" is a minute ago, "DAY" today, "LATER" in two months; anything else is itself. */
static void set_field(struct tov_message_draft *draft, const char *path, const char *text)
{
    char words[32];
    struct tm parts;
    bool is_now = strcmp(text, "NOW") == 0;
    bool is_day = strcmp(text, "DAY") == 0 || strcmp(text, "LATER") == 0;
    time_t moment = time(NULL) + (is_now ? -60 : strcmp(text, "DAY") == 0 ? 0 : 60L * 86400);
    if (gmtime_r(&moment, &parts) == NULL)
        exit(EXIT_FAILURE);
    if (is_now)
        (void)strftime(words, sizeof words, "%Y-%m-%dT%H:%M:%SZ", &parts);
    else if (is_day)
        (void)strftime(words, sizeof words, "%Y-%m-%d", &parts);
    set(draft, path, is_now || is_day ? words : text);
}

static void set_fields(struct tov_message_draft *draft, const char *fields)
{
    char room[1024];
    char *rest = NULL;
    if ((size_t)snprintf(room, sizeof room, "%s", fields) >= sizeof room)
        exit(EXIT_FAILURE);
    for (char *field = strtok_r(room, ";", &rest); field != NULL;
         field = strtok_r(NULL, ";", &rest)) {
        field += strspn(field, " ");
        char *text = strchr(field, '=');
        if (text == NULL)
            exit(EXIT_FAILURE);
        *text = '\0';
        set_field(draft, field, text + 1);
    }
}

/* Of case NUMBER: KIND 1 is its concern, 2 the case. */
static void set_reference(struct tov_message_draft *draft, const char *path, unsigned kind,
                          size_t number)
{
    char text[40];
    /* References are random; so the first bytes, by which they are found, must differ. */
    unsigned long long mixed = (number * 2 + kind) * 0x9e3779b97f4a7c15ull;
    (void)snprintf(text, sizeof text, "%016llx%08x%08zx", mixed, kind, number);
    set(draft, path, text);
}

static void set_subject(struct tov_message_draft *draft)
{
    set(draft, "content.subject.name", "Magnus Prøvesen");
    set(draft, "content.subject.number_kind", "erstatningspersonnummer");
    set(draft, "content.subject.number", "720493-0151");
}

static void add_recipients(struct tov_message_draft *draft, const struct cases_step *step)
{
    struct tov_error error = {TOV_OK, ""};
    const char *reason = (step->asks & PURPOSE) != 0 ? "Enheden er part i sagen." : NULL;
    for (int i = 0; i < CASES_PARTIES; i++) {
        if (step->to[i])
            cases_need(tov_message_draft_add_recipient(draft, cases_units[i], TOV_SEES_ALL, reason,
                                                       &error),
                       "recipient", &error);
    }
}

struct tov_message_draft *cases_draft(size_t number_of_step, size_t number,
                                      const struct tov_message_view *cited)
{
    const struct cases_step *step = &cases_steps[number_of_step];
    struct tov_error error = {TOV_OK, ""};
    struct tov_message_draft *draft = NULL;
    cases_need(tov_message_draft_create(step->type, &draft, &error), step->type, &error);
    if ((step->about & CONCERN) != 0)
        set_reference(draft, "header.about.concern_ref", 1, number);
    if ((step->about & CASE) != 0)
        set_reference(draft, "header.about.case_ref", 2, number);
    set(draft, "header.legal_bases", step->bases);
    if ((step->asks & PURPOSE) != 0) {
        set(draft, "header.purpose", "forebyggelse");
        set(draft, "header.use_limits", "ikke_efterforskning");
        set(draft, "content.necessity", "Parterne skal kunne samordne indsatsen.");
    }
    if ((step->asks & SUBJECT) != 0)
        set_subject(draft);
    set_field(draft, "header.occurred_at", "NOW");
    set_fields(draft, step->fields);
    add_recipients(draft, step);
    if (cited != NULL)
        cases_need(tov_message_draft_cite(draft, cited, &error), "citation", &error);
    return draft;
}

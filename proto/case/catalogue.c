/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/catalogue.h"

#include "case/types.h"

#include <assert.h>
#include <string.h>

static const struct tov_type_group *const groups[] = {
    &tov_types_generic,  &tov_types_consent,     &tov_types_retention,    &tov_types_statistics,
    &tov_types_concern,  &tov_types_child,       &tov_types_info,         &tov_types_case,
    &tov_types_case_end, &tov_types_handover,    &tov_types_intervention, &tov_types_course,
    &tov_types_custody,  &tov_types_preparation, &tov_types_prison,       &tov_types_supervision,
};
#define GROUPS (sizeof groups / sizeof groups[0])

struct tov_text tov_message_group_name(enum tov_message_group group)
{
    switch (group) {
    case TOV_GROUP_GENERIC:
        return (struct tov_text)TOV_TEXT("Generelle beskeder", "Generic messages");
    case TOV_GROUP_CONCERN:
        return (struct tov_text)TOV_TEXT("Bekymringshenvendelser", "Concerns");
    case TOV_GROUP_INFO:
        return (struct tov_text)TOV_TEXT("Udveksling af oplysninger", "Information exchange");
    case TOV_GROUP_CASE:
        return (struct tov_text)TOV_TEXT("Sagskoordinering", "Case coordination");
    case TOV_GROUP_INTERVENTION:
        return (struct tov_text)TOV_TEXT("Indsatser og forløb", "Measures and courses");
    case TOV_GROUP_PRISON:
        return (struct tov_text)TOV_TEXT("Overgange fra fængsel", "Prison transitions");
    case TOV_GROUP_PSYCHIATRY:
        return (struct tov_text)TOV_TEXT("Psykiatri", "Psychiatry");
    case TOV_GROUP_ACTIVITY:
        return (struct tov_text)TOV_TEXT("Aktiviteter og aftaler", "Activities and agreements");
    }
    return (struct tov_text)TOV_TEXT("", "");
}

size_t tov_message_type_count(void)
{
    size_t count = 0;
    for (size_t i = 0; i < GROUPS; i++)
        count += groups[i]->count;
    return count;
}

const struct tov_message_type *tov_message_type_at(size_t index)
{
    for (size_t i = 0; i < GROUPS; i++) {
        if (index < groups[i]->count)
            return &groups[i]->types[index];
        index -= groups[i]->count;
    }
    assert(false && "index below tov_message_type_count()");
    return NULL;
}

struct tov_hash tov_catalogue_hash(void)
{
    struct tov_sha256 sha;
    struct tov_hash hash;
    tov_sha256_init(&sha);
    for (size_t i = 0; i < tov_message_type_count(); i++) {
        const struct tov_message_type *type = tov_message_type_at(i);
        uint8_t version[4];
        tov_put_be32(version, type->version);
        tov_sha256_update(&sha, type->id, strlen(type->id) + 1);
        tov_sha256_update(&sha, version, sizeof version);
    }
    tov_sha256_final(&sha, &hash);
    return hash;
}

/* Each message that is read looks its type up: no strlen for those that it is not. */
static bool is_named(const struct tov_message_type *type, struct tov_bytes id)
{
    return id.size > 0 && strncmp(type->id, (const char *)id.data, id.size) == 0 &&
           type->id[id.size] == '\0';
}

/* VERSION 0: the newest. */
static const struct tov_message_type *find_type(struct tov_bytes id, uint32_t version)
{
    const struct tov_message_type *found = NULL;
    for (size_t g = 0; g < GROUPS; g++) {
        for (size_t i = 0; i < groups[g]->count; i++) {
            const struct tov_message_type *type = &groups[g]->types[i];
            bool fits = version == 0 ? found == NULL || type->version > found->version
                                     : type->version == version;
            if (fits && is_named(type, id))
                found = type;
        }
    }
    return found;
}

const struct tov_message_type *tov_message_type_version(struct tov_bytes id, uint32_t version)
{
    return version == 0 ? NULL : find_type(id, version);
}

const struct tov_message_type *tov_message_type_find(struct tov_bytes id)
{
    return find_type(id, 0);
}

const struct tov_about_thing tov_about_things[TOV_ABOUT_COUNT] = {
    {TOV_ABOUT_CONCERN, "concern_ref", TOV_TEXT("henvendelsen", "the concern")},
    {TOV_ABOUT_CASE, "case_ref", TOV_TEXT("sagen", "the case")},
    {TOV_ABOUT_COURSE, "course_ref", TOV_TEXT("forløbet", "the course")},
    {TOV_ABOUT_REQUEST, "request_ref", TOV_TEXT("anmodningen", "the request")},
    {TOV_ABOUT_PSYCH, "psych_ref",
     TOV_TEXT("den psykiatriske inddragelse", "the psychiatric involvement")},
    {TOV_ABOUT_EPISODE, "episode_ref", TOV_TEXT("frihedsberøvelsen", "the detention episode")},
};

bool tov_message_type_takes_about(const struct tov_message_type *type, const char *field)
{
    for (size_t i = 0; i < TOV_ABOUT_COUNT; i++) {
        if (strcmp(tov_about_things[i].field, field) == 0)
            return ((type->about_needs | type->about_may) & tov_about_things[i].bit) != 0;
    }
    return false;
}

bool tov_field_holds_agency(const char *name)
{
    static const char *const names[] = {"to_agency", "invited", "addressed", "may_know"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

static const struct tov_purpose purposes[] = {
    {"forebyggelse",
     TOV_TEXT("forebyggelse af ekstremisme og kriminalitet", "prevention of extremism and crime")},
    {"loesladelse",
     TOV_TEXT("forberedelse og opfølgning på løsladelse", "preparing and following up a release")},
    {"resocialisering", TOV_TEXT("resocialisering og støtte til et liv uden kriminalitet",
                                 "resocialisation and support for a life without crime")},
    {"social_indsats", TOV_TEXT("social indsats efter sociallovgivningen",
                                "social measures under social legislation")},
    {"boern", TOV_TEXT("beskyttelse af og støtte til børn og unge",
                       "protection and support of children and young people")},
    {"helbred",
     TOV_TEXT("behandling og vurdering af helbred", "treatment and assessment of health")},
    {"sikkerhed", TOV_TEXT("sikkerhed for borgeren, medarbejdere eller andre",
                           "safety of the citizen, staff or others")},
    {"ydelse_og_bopael", TOV_TEXT("forsørgelse, ydelser og bopælsregistrering",
                                  "income, benefits and registration of residence")},
    {"andet", TOV_TEXT("andet forebyggende formål (beskriv det)",
                       "another preventive purpose (describe it)")},
};

size_t tov_purpose_count(void)
{
    return sizeof purposes / sizeof purposes[0];
}

const struct tov_purpose *tov_purpose_at(size_t index)
{
    assert(index < tov_purpose_count());
    return &purposes[index];
}

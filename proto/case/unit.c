/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/unit.h"

#include <string.h>

/* Units of a kommune that serve the general release channel, by name. */
static const struct {
    const char *name;
    uint32_t duty;
} release_desks[] = {
    {"eki", TOV_DUTY_RELEASE_DESK},
    {"jku", TOV_DUTY_RELEASE_DESK},
    {"ydelse", TOV_DUTY_BENEFITS},
    {"folkereg", TOV_DUTY_POPULATION},
};

static const struct {
    uint32_t roles;
    uint32_t duties;
} duties_of_roles[] = {
    {TOV_ROLE_BIT(TOV_ROLE_TOVHOLDER_KOMMUNE), TOV_DUTY_COORDINATOR_KOMMUNE},
    {TOV_ROLE_BIT(TOV_ROLE_TOVHOLDER_POLITI), TOV_DUTY_COORDINATOR_POLICE | TOV_DUTY_SECRETARIAT},
    {TOV_ROLE_BIT(TOV_ROLE_KOORDINATOR_KRFO) | TOV_ROLE_BIT(TOV_ROLE_HANDLEPLANSANSVARLIG),
     TOV_DUTY_PRISON},
    {TOV_ROLE_BIT(TOV_ROLE_TILSYNSFOERENDE), TOV_DUTY_PROBATION},
    {TOV_ROLE_BIT(TOV_ROLE_HOTLINE_MEDARB), TOV_DUTY_HOTLINE},
    {TOV_ROLE_BIT(TOV_ROLE_MENTOR) | TOV_ROLE_BIT(TOV_ROLE_PAAROERENDECOACH), TOV_DUTY_PROVIDER},
    {TOV_ROLE_BIT(TOV_ROLE_OVERLAEGE) | TOV_ROLE_BIT(TOV_ROLE_PSYK_KONTAKT), TOV_DUTY_PSYCHIATRY},
};

static enum tov_authority authority_of(const struct tov_unit_source *source)
{
    uint32_t roles = source->agency_roles | source->unit_roles;
    if ((roles & TOV_ROLE_BIT(TOV_ROLE_TOVHOLDER_POLITI)) != 0)
        return TOV_AUTHORITY_POLICE;
    if ((roles &
         (TOV_ROLE_BIT(TOV_ROLE_KOORDINATOR_KRFO) | TOV_ROLE_BIT(TOV_ROLE_HANDLEPLANSANSVARLIG) |
          TOV_ROLE_BIT(TOV_ROLE_TILSYNSFOERENDE))) != 0)
        return TOV_AUTHORITY_KRFO;
    if ((roles & TOV_ROLE_BIT(TOV_ROLE_TOVHOLDER_KOMMUNE)) != 0)
        return TOV_AUTHORITY_KOMMUNE;
    if ((roles & (TOV_ROLE_BIT(TOV_ROLE_OVERLAEGE) | TOV_ROLE_BIT(TOV_ROLE_PSYK_KONTAKT))) != 0)
        return TOV_AUTHORITY_REGION;
    if ((roles & TOV_ROLE_BIT(TOV_ROLE_HOTLINE_MEDARB)) != 0)
        return TOV_AUTHORITY_HOTLINE;
    return TOV_AUTHORITY_OTHER;
}

/* What a unit does that no special role tells: casework of a kommune, or of another police unit. */
static uint32_t ordinary_duty(enum tov_authority authority)
{
    if (authority == TOV_AUTHORITY_POLICE)
        return TOV_DUTY_POLICE_OTHER;
    if (authority == TOV_AUTHORITY_KRFO)
        return TOV_DUTY_PRISON;
    if (authority == TOV_AUTHORITY_REGION)
        return TOV_DUTY_PSYCHIATRY;
    if (authority == TOV_AUTHORITY_HOTLINE)
        return TOV_DUTY_HOTLINE;
    return TOV_DUTY_KOMMUNE;
}

struct tov_unit_facts tov_unit_facts_of(const struct tov_unit_source *source)
{
    struct tov_unit_facts facts = {
        .agency = source->agency,
        .name = source->unit_name,
        .authority = authority_of(source),
        .regime = source->regime,
        .cooperations = source->cooperations,
    };
    if (facts.authority == TOV_AUTHORITY_KOMMUNE) {
        for (size_t i = 0; i < sizeof release_desks / sizeof release_desks[0]; i++) {
            if (strcmp(source->unit_name, release_desks[i].name) == 0)
                facts.duties = release_desks[i].duty;
        }
        if (facts.duties != 0)
            return facts;
    }
    for (size_t i = 0; i < sizeof duties_of_roles / sizeof duties_of_roles[0]; i++) {
        if ((source->unit_roles & duties_of_roles[i].roles) != 0)
            facts.duties |= duties_of_roles[i].duties;
    }
    if (facts.duties == 0)
        facts.duties = ordinary_duty(facts.authority);
    return facts;
}

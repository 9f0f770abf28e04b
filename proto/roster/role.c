/* SPDX-License-Identifier: EUPL-1.2 */
#include "roster/role.h"

#include <assert.h>

#include "roster/lines.h"

struct role_row {
    const char *name, *title_da, *title_en;
};

static const struct role_row roles[TOV_ROLES_COUNT] = {
    [TOV_ROLE_TOVHOLDER_KOMMUNE] = {"tovholder_kommune", "kommunal infohus-tovholder",
                                    "municipal coordinator"},
    [TOV_ROLE_TOVHOLDER_POLITI] = {"tovholder_politi", "politiets infohus-tovholder",
                                   "police coordinator"},
    [TOV_ROLE_KOORDINATOR_KRFO] = {"koordinator_krfo", "Kriminalforsorgens repræsentant",
                                   "prison service coordinator"},
    [TOV_ROLE_HANDLEPLANSANSVARLIG] = {"handleplansansvarlig", "handleplansansvarlig (fængsel)",
                                       "plan-responsible officer"},
    [TOV_ROLE_TILSYNSFOERENDE] = {"tilsynsfoerende", "tilsynsførende socialrådgiver",
                                  "probation officer"},
    [TOV_ROLE_SAGSBEHANDLER] = {"sagsbehandler", "sagsbehandler", "caseworker"},
    [TOV_ROLE_BOERNERAADGIVER] = {"boerneraadgiver", "børne- og ungerådgiver", "child caseworker"},
    [TOV_ROLE_HOTLINE_MEDARB] = {"hotline_medarb", "hotlinemedarbejder", "hotline worker"},
    [TOV_ROLE_MENTOR] = {"mentor", "mentor", "mentor"},
    [TOV_ROLE_PAAROERENDECOACH] = {"paaroerendecoach", "pårørendecoach", "relatives' coach"},
    [TOV_ROLE_OVERLAEGE] = {"overlaege", "overlæge", "consultant psychiatrist"},
    [TOV_ROLE_PSYK_KONTAKT] = {"psyk_kontakt", "psykiatrisk kontaktperson", "psychiatric contact"},
    [TOV_ROLE_INTEGRATION] = {"integration", "fagsystem", "system account"},
    [TOV_ROLE_AUDITOR] = {"auditor", "revisor", "auditor"},
    [TOV_ROLE_DBR] = {"dbr", "databeskyttelsesrådgiver", "data protection officer"},
    [TOV_ROLE_NODE_ADMIN] = {"node_admin", "nodeadministrator", "node administrator"},
};

static const char *const cooperations[TOV_COOPERATIONS_COUNT] = {
    [TOV_COOPERATION_SSP] = "SSP",
    [TOV_COOPERATION_PSP] = "PSP",
    [TOV_COOPERATION_KSP] = "KSP",
};

static const struct role_row *row_of(enum tov_role role)
{
    assert((unsigned)role < TOV_ROLES_COUNT);
    return &roles[role];
}

const char *tov_role_name(enum tov_role role)
{
    return row_of(role)->name;
}

const char *tov_role_title_da(enum tov_role role)
{
    return row_of(role)->title_da;
}

const char *tov_role_title_en(enum tov_role role)
{
    return row_of(role)->title_en;
}

bool tov_role_find(struct tov_bytes name, enum tov_role *out_role)
{
    for (unsigned i = 0; i < TOV_ROLES_COUNT; i++) {
        if (tov_bytes_is_text(name, roles[i].name)) {
            *out_role = (enum tov_role)i;
            return true;
        }
    }
    return false;
}

const char *tov_cooperation_name(enum tov_cooperation cooperation)
{
    assert((unsigned)cooperation < TOV_COOPERATIONS_COUNT);
    return cooperations[cooperation];
}

bool tov_cooperation_find(struct tov_bytes name, enum tov_cooperation *out_cooperation)
{
    for (unsigned i = 0; i < TOV_COOPERATIONS_COUNT; i++) {
        if (tov_bytes_is_text(name, cooperations[i])) {
            *out_cooperation = (enum tov_cooperation)i;
            return true;
        }
    }
    return false;
}

const char *tov_regime_name(enum tov_regime regime)
{
    return regime == TOV_REGIME_LED ? "LED" : "GDPR";
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "roster_scene.h"

#include "base/cleanup.h"
#include "ledger/core.h"

#include <string.h>

#define COORDINATOR TOV_ROLE_BIT(TOV_ROLE_TOVHOLDER_KOMMUNE)
#define CASEWORK TOV_ROLE_BIT(TOV_ROLE_SAGSBEHANDLER)

struct tov_roster *next_roster(struct harness *harness, uint32_t version)
{
    const struct tov_roster *now = tov_node_core(harness_node(harness, KK))->roster;
    static const struct tov_unit kk[] = {{"vink", "VINK", "", CASEWORK, 7},
                                         {"sof", "Socialforvaltningen", "", COORDINATOR, 7},
                                         {"eki", "Enheden for løsladelse", "", CASEWORK, 4}};
    static const struct tov_unit krfo[] = {
        {"kif", "KiF", "", TOV_ROLE_BIT(TOV_ROLE_KOORDINATOR_KRFO), 5}};
    struct tov_agency agencies[3];
    struct tov_roster_facts facts = *tov_roster_facts(now);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    struct tov_roster *roster;
    UNIT_NEED(facts.agency_count == 3);
    memcpy(agencies, facts.agencies, sizeof agencies);
    agencies[KK].units = kk;
    agencies[KK].unit_count = 3;
    agencies[KRFO].units = krfo;
    agencies[KRFO].unit_count = 1;
    facts.agencies = agencies;
    facts.version = version;
    facts.previous = tov_roster_hash(now);
    tov_roster_format(&facts, &text);
    UNIT_NEED(tov_roster_parse(tov_buf_view(&text), &roster, NULL) == TOV_OK);
    return roster;
}

struct saying invitation(const struct harness_client *by, const char *from, const char *to)
{
    return (struct saying){.by = by,
                           .type = "case.invite",
                           .from = from,
                           .to = to,
                           .bases = "RPL115-2/1-1",
                           .fields = "about.case_ref=" CASE};
}

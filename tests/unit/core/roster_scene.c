/* SPDX-License-Identifier: EUPL-1.2 */
#include "roster_scene.h"

#include "base/cleanup.h"
#include "ledger/core.h"

#include <string.h>

#define COORDINATOR TOV_ROLE_BIT(TOV_ROLE_TOVHOLDER_KOMMUNE)
#define CASEWORK TOV_ROLE_BIT(TOV_ROLE_SAGSBEHANDLER)

/* Units of an agency; none: as they are. */
struct units {
    const struct tov_unit *units;
    size_t count;
};

static struct tov_roster *make(struct harness *harness, uint32_t version,
                               const struct units units[3])
{
    const struct tov_roster *now = tov_node_core(harness_node(harness, KK))->roster;
    struct tov_agency agencies[3];
    struct tov_roster_facts facts = *tov_roster_facts(now);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    struct tov_roster *roster;
    UNIT_NEED(facts.agency_count == 3);
    memcpy(agencies, facts.agencies, sizeof agencies);
    for (size_t i = 0; i < 3; i++) {
        if (units[i].count == 0)
            continue;
        agencies[i].units = units[i].units;
        agencies[i].unit_count = units[i].count;
    }
    facts.agencies = agencies;
    facts.version = version;
    facts.previous = tov_roster_hash(now);
    tov_roster_format(&facts, &text);
    UNIT_NEED(tov_roster_parse(tov_buf_view(&text), &roster, NULL) == TOV_OK);
    return roster;
}

static const struct tov_unit of_kk[] = {{"vink", "VINK", "", CASEWORK, 7},
                                        {"sof", "Socialforvaltningen", "", COORDINATOR, 7},
                                        {"eki", "Enheden for løsladelse", "", CASEWORK, 4}};

struct tov_roster *next_roster(struct harness *harness, uint32_t version)
{
    static const struct tov_unit krfo[] = {
        {"kif", "KiF", "", TOV_ROLE_BIT(TOV_ROLE_KOORDINATOR_KRFO), 5}};
    return make(harness, version, (struct units[3]){[KK] = {of_kk, 3}, [KRFO] = {krfo, 1}});
}

struct tov_roster *roster_without_vink(struct harness *harness, uint32_t version)
{
    return make(harness, version, (struct units[3]){[KK] = {of_kk + 1, 2}});
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

/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/sim_generation.h"

#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void rename_key(struct tov_vkey *key, uint32_t generation, const char *rest)
{
    uint8_t bytes[32];
    char name[TOV_ORIGIN_MAX_BYTES + 1];
    memcpy(bytes, key->public_key, sizeof bytes);
    (void)snprintf(name, sizeof name, SIM_FEDERATION "/a1/%u%s", (unsigned)generation, rest);
    UNIT_NEED(tov_vkey_make(tov_bytes_of_text(name), TOV_VKEY_ED25519, bytes, key) == TOV_OK);
}

void sim_begin_generation(struct sim_federation *federation, uint32_t generation,
                          const struct sim_closed *closed)
{
    struct tov_roster_facts facts = *tov_roster_facts(federation->roster);
    TOV_FREE struct tov_agency *agencies = calloc(facts.agency_count, sizeof *agencies);
    struct tov_revocation revocations[2];
    UNIT_NEED(agencies != NULL);
    memcpy(agencies, facts.agencies, facts.agency_count * sizeof *agencies);
    facts.revocations = revocations;
    facts.revocation_count = 0;
    if (closed->ledger != NULL)
        revocations[facts.revocation_count++] =
            (struct tov_revocation){.key = agencies[0].ledger,
                                    .agency = 1,
                                    .size = closed->ledger->size,
                                    .root = closed->ledger->root};
    if (closed->journal != NULL)
        revocations[facts.revocation_count++] =
            (struct tov_revocation){.key = agencies[0].journal,
                                    .agency = 1,
                                    .size = closed->journal->size,
                                    .root = closed->journal->root};
    agencies[0].generation = generation;
    rename_key(&agencies[0].ledger, generation, "");
    rename_key(&agencies[0].journal, generation, "/journal/1");
    facts.agencies = agencies;
    facts.previous = tov_roster_hash(federation->roster);
    facts.version++;
    sim_put_roster(federation, &facts);
}

void sim_generation_empty(struct sim_federation *federation, struct sim_node *node)
{
    const struct sim_hooks hooks = node->hooks;
    char dir[sizeof node->dir];
    (void)snprintf(dir, sizeof dir, "%s", node->dir);
    sim_node_fini(node);
    sim_node_init(node, federation, 0, dir);
    node->hooks = hooks;
}

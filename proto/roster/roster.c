/* SPDX-License-Identifier: EUPL-1.2
 *
 * Looking things up in a parsed roster.
 */
#include "roster/roster.h"

#include <string.h>

#include "merkle/policy.h"
#include "roster/roster_internal.h"

const struct tov_roster_facts *tov_roster_facts(const struct tov_roster *roster)
{
    return &roster->facts;
}

const char *tov_roster_federation(const struct tov_roster *roster)
{
    return roster->facts.federation;
}

uint32_t tov_roster_version(const struct tov_roster *roster)
{
    return roster->facts.version;
}

struct tov_hash tov_roster_hash(const struct tov_roster *roster)
{
    return roster->hash;
}

struct tov_bytes tov_roster_text(const struct tov_roster *roster)
{
    return roster->text;
}

struct tov_bytes tov_roster_note(const struct tov_roster *roster)
{
    return roster->note;
}

bool tov_roster_is_demo(const struct tov_roster *roster)
{
    const char *ending = "-demo";
    size_t size = strlen(roster->facts.federation);
    return size >= strlen(ending) &&
           strcmp(roster->facts.federation + size - strlen(ending), ending) == 0;
}

/* Agencies ascend by number (R1). */
const struct tov_agency *tov_roster_agency(const struct tov_roster *roster, uint16_t number)
{
    size_t low = 0;
    size_t high = roster->facts.agency_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct tov_agency *agency = &roster->facts.agencies[middle];
        if (agency->number == number)
            return agency;
        if (agency->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct tov_agency *tov_roster_agency_by_name(const struct tov_roster *roster,
                                                   struct tov_bytes name)
{
    for (size_t i = 0; i < roster->facts.agency_count; i++) {
        if (tov_bytes_is_text(name, roster->facts.agencies[i].name))
            return &roster->facts.agencies[i];
    }
    return NULL;
}

const struct tov_agency *tov_roster_agency_by_transport(const struct tov_roster *roster,
                                                        const uint8_t key[32])
{
    for (size_t i = 0; i < roster->facts.agency_count; i++) {
        const struct tov_agency *agency = &roster->facts.agencies[i];
        for (size_t j = 0; j < agency->transport_count; j++) {
            if (!agency->closed && memcmp(agency->transport[j], key, 32) == 0)
                return agency;
        }
    }
    return NULL;
}

const struct tov_agency *tov_roster_agency_by_origin(const struct tov_roster *roster,
                                                     struct tov_bytes origin)
{
    struct tov_origin parts;
    if (tov_origin_parse(origin, &parts) != TOV_OK ||
        !tov_bytes_is_text(parts.federation, roster->facts.federation))
        return NULL;
    return tov_roster_agency_by_name(roster, parts.agency);
}

const struct tov_unit *tov_agency_unit(const struct tov_agency *agency, struct tov_bytes name)
{
    for (size_t i = 0; i < agency->unit_count; i++) {
        if (tov_bytes_is_text(name, agency->units[i].name))
            return &agency->units[i];
    }
    return NULL;
}

const struct tov_unit *tov_roster_unit(const struct tov_roster *roster, struct tov_bytes path,
                                       const struct tov_agency **out_agency)
{
    const uint8_t *slash = path.size == 0 ? NULL : memchr(path.data, '/', path.size);
    if (slash == NULL)
        return NULL;
    struct tov_bytes name = {path.data, (size_t)(slash - path.data)};
    const struct tov_agency *agency = tov_roster_agency_by_name(roster, name);
    if (agency == NULL)
        return NULL;
    const struct tov_unit *unit =
        tov_agency_unit(agency, (struct tov_bytes){slash + 1, path.size - name.size - 1});
    if (unit != NULL && out_agency != NULL)
        *out_agency = agency;
    return unit;
}

bool tov_agency_has_keeper(const struct tov_agency *agency, uint16_t keeper_number)
{
    for (size_t i = 0; i < agency->keeper_count; i++) {
        if (agency->keepers[i] == keeper_number)
            return true;
    }
    return false;
}

const struct tov_revocation *tov_roster_revocation(const struct tov_roster *roster,
                                                   struct tov_bytes origin)
{
    for (size_t i = 0; i < roster->facts.revocation_count; i++) {
        if (tov_bytes_is_text(origin, roster->facts.revocations[i].key.name))
            return &roster->facts.revocations[i];
    }
    return NULL;
}

/* Generations are told apart by the origin, which is the key's name; a journal's has more behind.
 */
static bool is_of_generation(const struct tov_revocation *revocation, uint32_t generation)
{
    struct tov_origin origin;
    return tov_origin_parse(tov_bytes_of_text(revocation->key.name), &origin) == TOV_OK &&
           origin.generation == generation && origin.journal == 0;
}

bool tov_roster_is_void(const struct tov_roster *roster, uint16_t agency, uint32_t generation,
                        uint64_t index)
{
    for (size_t i = 0; i < roster->facts.revocation_count; i++) {
        const struct tov_revocation *revocation = &roster->facts.revocations[i];
        if (revocation->agency == agency && index >= revocation->size &&
            is_of_generation(revocation, generation))
            return true;
    }
    return false;
}

size_t tov_roster_witness_quorum(const struct tov_roster *roster, uint16_t agency)
{
    unsigned others = 0;
    for (size_t i = 0; i < roster->facts.agency_count; i++) {
        const struct tov_agency *other = &roster->facts.agencies[i];
        if (!other->closed && other->number != agency)
            others++;
    }
    if (roster->facts.witness_policy == TOV_WITNESS_NONE || others == 0)
        return 0;
    return tov_policy_quorum(others);
}

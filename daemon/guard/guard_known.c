/* SPDX-License-Identifier: EUPL-1.2
 *
 * The peers whose ledgers may be cosigned: those of the roster that the root keys signed, as it was
 * at the start. The core is not believed about keys: what it made up would stay in the witness's
 * state when the core is a good one again.
 */
#include "guard/guard_object.h"

#include <string.h>

enum tov_err tov_guard_take_roster(struct tov_guard *guard, const struct tov_roster_facts *roster)
{
    struct tov_origin own;
    if (roster == NULL || roster->agency_count == 0)
        return TOV_OK;
    TOV_TRY(tov_origin_parse(tov_bytes_of_text(guard->origin), &own));
    guard->known = calloc(roster->agency_count, sizeof *guard->known);
    if (guard->known == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < roster->agency_count; i++) {
        const struct tov_agency *agency = &roster->agencies[i];
        if (!tov_bytes_equal(own.agency, tov_bytes_of_text(agency->name)))
            guard->known[guard->known_count++] =
                (struct tov_guard_known){agency->ledger, agency->closed};
    }
    return TOV_OK;
}

const struct tov_vkey *tov_guard_known_find(const struct tov_guard *guard, const char *origin)
{
    for (size_t i = 0; i < guard->known_count; i++) {
        if (!guard->known[i].closed && strcmp(guard->known[i].ledger.name, origin) == 0)
            return &guard->known[i].ledger;
    }
    return NULL;
}

bool tov_guard_is_pinned(const struct tov_guard_peer *peer, const struct tov_vkey *key)
{
    return memcmp(peer->public_key.bytes, key->public_key, sizeof peer->public_key.bytes) == 0;
}

/* A ledger that an agency of the roster had: what was cosigned of it is not to be forgotten. */
static bool is_former(const struct tov_guard *guard, const char *text)
{
    struct tov_origin origin, now;
    if (tov_origin_parse(tov_bytes_of_text(text), &origin) != TOV_OK || origin.journal != 0)
        return false;
    for (size_t i = 0; i < guard->known_count; i++) {
        const struct tov_guard_known *known = &guard->known[i];
        if (tov_origin_parse(tov_bytes_of_text(known->ledger.name), &now) == TOV_OK &&
            tov_bytes_equal(now.federation, origin.federation) &&
            tov_bytes_equal(now.agency, origin.agency))
            return origin.generation < now.generation + (known->closed ? 1u : 0u);
    }
    return false;
}

static bool is_doubtful(const struct tov_guard *guard, const struct tov_guard_peer *peer)
{
    const struct tov_vkey *known = tov_guard_known_find(guard, peer->origin);
    return known == NULL ? !is_former(guard, peer->origin) : !tov_guard_is_pinned(peer, known);
}

size_t tov_guard_doubtful_peers(const struct tov_guard *guard)
{
    size_t count = 0;
    if (guard->witness == NULL || guard->known_count == 0)
        return 0;
    for (size_t i = 0; i < tov_guard_witness_count(guard->witness); i++)
        count += is_doubtful(guard, tov_guard_witness_at(guard->witness, i)) ? 1 : 0;
    return count;
}

bool tov_guard_find_doubtful(const struct tov_guard *guard, size_t *out_number)
{
    for (size_t i = 0; i < tov_guard_witness_count(guard->witness); i++) {
        if (is_doubtful(guard, tov_guard_witness_at(guard->witness, i))) {
            *out_number = i;
            return true;
        }
    }
    return false;
}

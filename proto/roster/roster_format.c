/* SPDX-License-Identifier: EUPL-1.2
 *
 * Writing rosters, roots and policies. The line format, as docs/roster.md specifies it:
 *
 *   tov-roster v1                        agency NUMBER NAME             unit NAME      (indent 2)
 *   federation NAME                        title TEXT                     title TEXT   (indent 4)
 *   version N                              cvr DIGITS                     [gln DIGITS]
 *   previous HEX                           regime GDPR|LED                roles WORD...
 *   valid-until TIME                       generation N                   [cooperations WORD...]
 *   catalogue N                            ledger VKEY
 *   calendar N                             journal VKEY                 revoked VKEY SIZE HEX
 *   witness-policy two-thirds|none         witness VKEY
 *   threshold N                            control HEX
 *   root VKEY        1..16                 transport HEX      1..2
 *                                          endpoint TCP       0..4
 *                                          [keepers NAME...]
 *                                          [successor NAME|none]
 */
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/time.h"
#include "roster/roster_internal.h"

static void put_hex(struct tov_buf *out, const char *start, const uint8_t bytes[32])
{
    char hex[65];
    tov_hex_encode((struct tov_bytes){bytes, 32}, hex);
    tov_buf_put_format(out, "%s %s\n", start, hex);
}

static void put_vkey(struct tov_buf *out, const char *start, const struct tov_vkey *key)
{
    tov_buf_put_text(out, start);
    tov_buf_put_text(out, " ");
    tov_vkey_format(key, out);
    tov_buf_put_text(out, "\n");
}

static void put_roots(struct tov_buf *out, uint32_t threshold, struct tov_vkey_list roots)
{
    tov_buf_put_format(out, "threshold %u\n", threshold);
    for (size_t i = 0; i < roots.count; i++)
        put_vkey(out, "root", &roots.keys[i]);
}

void tov_roots_format(const struct tov_roots *roots, struct tov_buf *out)
{
    tov_buf_put_format(out, "tov-roots v1\nfederation %s\n", roots->federation);
    put_roots(out, roots->threshold, (struct tov_vkey_list){roots->keys, roots->count});
}

static void put_head(struct tov_buf *out, const struct tov_roster_facts *facts)
{
    char time[TOV_TIME_TEXT_SIZE];
    tov_time_format(facts->valid_until_ms, time);
    tov_buf_put_format(out, "tov-roster v1\nfederation %s\nversion %u\n", facts->federation,
                       facts->version);
    put_hex(out, "previous", facts->previous.bytes);
    tov_buf_put_format(out, "valid-until %.19sZ\ncatalogue %u\ncalendar %u\nwitness-policy %s\n",
                       time, facts->catalogue_version, facts->calendar_version,
                       facts->witness_policy == TOV_WITNESS_NONE ? "none" : "two-thirds");
    put_roots(out, facts->threshold, (struct tov_vkey_list){facts->roots, facts->root_count});
}

static const char *name_of(const struct tov_roster_facts *facts, uint16_t number)
{
    for (size_t i = 0; i < facts->agency_count; i++) {
        if (facts->agencies[i].number == number)
            return facts->agencies[i].name;
    }
    return "none";
}

static void put_unit(struct tov_buf *out, const struct tov_unit *unit)
{
    tov_buf_put_format(out, "  unit %s\n    title %s\n", unit->name, unit->title);
    if (unit->gln[0] != '\0')
        tov_buf_put_format(out, "    gln %s\n", unit->gln);
    tov_buf_put_text(out, "    roles");
    for (unsigned i = 0; i < TOV_ROLES_COUNT; i++) {
        if ((unit->roles >> i & 1) != 0)
            tov_buf_put_format(out, " %s", tov_role_name((enum tov_role)i));
    }
    if (unit->cooperations != 0)
        tov_buf_put_text(out, "\n    cooperations");
    for (unsigned i = 0; i < TOV_COOPERATIONS_COUNT; i++) {
        if ((unit->cooperations >> i & 1) != 0)
            tov_buf_put_format(out, " %s", tov_cooperation_name((enum tov_cooperation)i));
    }
    tov_buf_put_text(out, "\n");
}

static void put_keys(struct tov_buf *out, const struct tov_agency *agency)
{
    tov_buf_put_format(out, "  generation %u\n", agency->generation);
    put_vkey(out, "  ledger", &agency->ledger);
    put_vkey(out, "  journal", &agency->journal);
    put_vkey(out, "  witness", &agency->witness);
    put_hex(out, "  control", agency->control);
    for (size_t i = 0; i < agency->transport_count; i++)
        put_hex(out, "  transport", agency->transport[i]);
}

static void put_agency(struct tov_buf *out, const struct tov_roster_facts *facts,
                       const struct tov_agency *agency)
{
    tov_buf_put_format(out, "agency %u %s\n  title %s\n  cvr %s\n  regime %s\n", agency->number,
                       agency->name, agency->title, agency->cvr, tov_regime_name(agency->regime));
    put_keys(out, agency);
    for (size_t i = 0; i < agency->endpoint_count; i++)
        tov_buf_put_format(out, "  endpoint %s\n", agency->endpoints[i]);
    for (size_t i = 0; i < agency->keeper_count; i++)
        tov_buf_put_format(out, "%s %s", i == 0 ? "  keepers" : "",
                           name_of(facts, agency->keepers[i]));
    if (agency->keeper_count > 0)
        tov_buf_put_text(out, "\n");
    if (agency->closed)
        tov_buf_put_format(out, "  successor %s\n", name_of(facts, agency->successor));
    for (size_t i = 0; i < agency->unit_count; i++)
        put_unit(out, &agency->units[i]);
}

void tov_roster_format(const struct tov_roster_facts *facts, struct tov_buf *out)
{
    put_head(out, facts);
    for (size_t i = 0; i < facts->agency_count; i++)
        put_agency(out, facts, &facts->agencies[i]);
    for (size_t i = 0; i < facts->revocation_count; i++) {
        const struct tov_revocation *revocation = &facts->revocations[i];
        tov_buf_put_text(out, "revoked ");
        tov_vkey_format(&revocation->key, out);
        char size[24];
        (void)snprintf(size, sizeof size, " %llu", (unsigned long long)revocation->size);
        put_hex(out, size, revocation->root.bytes);
    }
}

void tov_roster_format_policy(const struct tov_roster *roster, const struct tov_agency *agency,
                              struct tov_buf *out)
{
    const struct tov_roster_facts *facts = &roster->facts;
    size_t quorum = tov_roster_witness_quorum(roster, agency->number);
    put_vkey(out, "log", &agency->ledger);
    for (size_t i = 0; i < facts->agency_count; i++) {
        const struct tov_agency *other = &facts->agencies[i];
        if (other->closed || other->number == agency->number)
            continue;
        tov_buf_put_format(out, "witness %s", other->name);
        put_vkey(out, "", &other->witness);
    }
    if (quorum == 0) {
        tov_buf_put_text(out, "quorum none\n");
        return;
    }
    /* An underscore stands in no agency's name. */
    tov_buf_put_format(out, "group all_others %zu", quorum);
    for (size_t i = 0; i < facts->agency_count; i++) {
        const struct tov_agency *other = &facts->agencies[i];
        if (!other->closed && other->number != agency->number)
            tov_buf_put_format(out, " %s", other->name);
    }
    tov_buf_put_text(out, "\nquorum all_others\n");
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "keys/words.h"

#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "base/time.h"

static void print_hex(FILE *to, const char *start, const uint8_t bytes[32])
{
    char hex[65];
    tov_hex_encode((struct tov_bytes){bytes, 32}, hex);
    (void)fprintf(to, "%s%s\n", start, hex);
}

static void print_vkey(FILE *to, const char *start, const struct tov_vkey *key)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_VKEY_TEXT_MAX);
    tov_vkey_format(key, &text);
    (void)fprintf(to, "%s%.*s\n", start, (int)text.size, (const char *)text.data);
}

static void print_head(const struct tov_roster *roster, FILE *to)
{
    const struct tov_roster_facts *facts = tov_roster_facts(roster);
    struct tov_hash hash = tov_roster_hash(roster);
    char until[TOV_TIME_TEXT_SIZE];
    tov_time_format(facts->valid_until_ms, until);
    (void)fprintf(to, "Roster of the federation %s, version %u%s\n", facts->federation,
                  facts->version, tov_roster_is_demo(roster) ? " (a demo federation)" : "");
    print_hex(to, "  its hash:             ", hash.bytes);
    if (facts->version == 1)
        (void)fprintf(to, "  the first: it follows no other\n");
    else
        print_hex(to, "  follows the one with: ", facts->previous.bytes);
    (void)fprintf(to, "  valid until %s; after that nodes warn and go on\n", until);
    (void)fprintf(to, "  message catalogue %u, calendar %u\n", facts->catalogue_version,
                  facts->calendar_version);
    (void)fprintf(to, "  an anchor is witnessed by %s\n",
                  facts->witness_policy == TOV_WITNESS_NONE
                      ? "nobody: cosignatures are kept, none are required"
                      : "floor(2n/3)+1 of the n other agencies");
    (void)fprintf(to, "The next change needs %u of these %zu root keys:\n", facts->threshold,
                  facts->root_count);
    for (size_t i = 0; i < facts->root_count; i++)
        print_vkey(to, "  ", &facts->roots[i]);
}

static void print_unit(const struct tov_unit *unit, FILE *to)
{
    (void)fprintf(to, "    unit %s: %s", unit->name, unit->title);
    if (unit->gln[0] != '\0')
        (void)fprintf(to, ", GLN %s", unit->gln);
    (void)fprintf(to, "\n      roles:");
    for (unsigned i = 0; i < TOV_ROLES_COUNT; i++) {
        if ((unit->roles >> i & 1) != 0)
            (void)fprintf(to, " %s", tov_role_name((enum tov_role)i));
    }
    (void)fprintf(to, "\n      co-operations:%s", unit->cooperations == 0 ? " none" : "");
    for (unsigned i = 0; i < TOV_COOPERATIONS_COUNT; i++) {
        if ((unit->cooperations >> i & 1) != 0)
            (void)fprintf(to, " %s", tov_cooperation_name((enum tov_cooperation)i));
    }
    (void)fprintf(to, "\n");
}

static void print_keys(const struct tov_agency *agency, FILE *to)
{
    print_vkey(to, "  signs its ledger with:   ", &agency->ledger);
    print_vkey(to, "  signs its journal with:  ", &agency->journal);
    print_vkey(to, "  witnesses with:          ", &agency->witness);
    print_hex(to, "  answers control with:    ", agency->control);
    for (size_t i = 0; i < agency->transport_count; i++)
        print_hex(to, "  connects with:           ", agency->transport[i]);
}

static const char *name_of(const struct tov_roster *roster, uint16_t number)
{
    const struct tov_agency *agency = tov_roster_agency(roster, number);
    return agency == NULL ? "nobody" : agency->name;
}

static void print_agency(const struct tov_roster *roster, const struct tov_agency *agency, FILE *to)
{
    (void)fprintf(to, "Agency %u, %s: %s, CVR %s, under %s, generation %u\n", agency->number,
                  agency->name, agency->title, agency->cvr,
                  agency->regime == TOV_REGIME_LED ? "the law enforcement directive (LED)" : "GDPR",
                  agency->generation);
    if (agency->closed)
        (void)fprintf(to, "  CLOSED; its duties are with %s\n", name_of(roster, agency->successor));
    print_keys(agency, to);
    for (size_t i = 0; i < agency->endpoint_count; i++)
        (void)fprintf(to, "  is reached at %s\n", agency->endpoints[i]);
    if (agency->endpoint_count == 0)
        (void)fprintf(to, "  cannot be reached: it dials out only\n");
    (void)fprintf(to, "  its ledger's hashes are kept by:");
    for (size_t i = 0; i < agency->keeper_count; i++)
        (void)fprintf(to, " %s", name_of(roster, agency->keepers[i]));
    (void)fprintf(to, "%s\n", agency->keeper_count == 0 ? " nobody" : "");
    for (size_t i = 0; i < agency->unit_count; i++)
        print_unit(&agency->units[i], to);
}

void words_print_roster(const struct tov_roster *roster, FILE *to)
{
    const struct tov_roster_facts *facts = tov_roster_facts(roster);
    print_head(roster, to);
    for (size_t i = 0; i < facts->agency_count; i++)
        print_agency(roster, &facts->agencies[i], to);
    for (size_t i = 0; i < facts->revocation_count; i++) {
        const struct tov_revocation *revocation = &facts->revocations[i];
        print_vkey(to, "Revoked: ", &revocation->key);
        (void)fprintf(to, "  all entries above size %" PRIu64 " are void\n", revocation->size);
        print_hex(to, "  root at that size: ", revocation->root.bytes);
    }
}

static bool is_same_agency(const struct tov_roster *previous, const struct tov_roster *next,
                           uint16_t number)
{
    char *texts[2] = {NULL, NULL};
    size_t sizes[2] = {0, 0};
    const struct tov_roster *rosters[2] = {previous, next};
    for (size_t i = 0; i < 2; i++) {
        FILE *stream = open_memstream(&texts[i], &sizes[i]);
        if (stream == NULL)
            continue;
        print_agency(rosters[i], tov_roster_agency(rosters[i], number), stream);
        (void)fclose(stream);
    }
    bool is_same = texts[0] != NULL && texts[1] != NULL && strcmp(texts[0], texts[1]) == 0;
    free(texts[0]);
    free(texts[1]);
    return is_same;
}

void words_print_change(const struct tov_roster *previous, const struct tov_roster *next, FILE *to)
{
    const struct tov_roster_facts *facts = tov_roster_facts(next);
    size_t changes = 0;
    (void)fprintf(to, "Against version %u:\n", tov_roster_version(previous));
    for (size_t i = 0; i < facts->agency_count; i++) {
        uint16_t number = facts->agencies[i].number;
        bool is_new = tov_roster_agency(previous, number) == NULL;
        if (!is_new && is_same_agency(previous, next, number))
            continue;
        (void)fprintf(to, "  agency %u, %s, is %s\n", number, facts->agencies[i].name,
                      is_new ? "NEW" : "CHANGED");
        changes++;
    }
    size_t revoked = facts->revocation_count;
    if (revoked > tov_roster_facts(previous)->revocation_count)
        (void)fprintf(to, "  keys are REVOKED: see the end\n");
    if (changes == 0)
        (void)fprintf(to, "  no agency is changed\n");
}

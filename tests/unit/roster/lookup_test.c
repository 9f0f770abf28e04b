/* SPDX-License-Identifier: EUPL-1.2
 *
 * Finding things in the base roster of tests/vectors/roster: alfa (1), bravo (2), delta (4).
 */
#include <stdio.h>
#include <string.h>

#include "merkle/policy.h"
#include "roster/roster.h"
#include "support/unit.h"

static struct tov_roster *roster;

static const struct tov_agency *find(const char *name)
{
    return tov_roster_agency_by_name(roster, tov_bytes_of_text(name));
}

static void agencies_are_found_by_number_and_by_name(void)
{
    static const char *const names[] = {NULL, "alfa", "bravo", NULL, "delta", NULL};
    for (uint16_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct tov_agency *agency = tov_roster_agency(roster, i);
        CU_ASSERT((agency != NULL) == (names[i] != NULL));
        if (agency != NULL && names[i] != NULL)
            UNIT_EQUAL_TEXT(agency->name, names[i]);
    }
    CU_ASSERT_PTR_NULL(find("charlie"));
    UNIT_EQUAL_TEXT(tov_roster_federation(roster), "vektor-demo");
    CU_ASSERT(tov_roster_is_demo(roster));
}

static void an_agency_is_found_by_each_of_its_transport_keys(void)
{
    const struct tov_agency *bravo = find("bravo");
    UNIT_NEED(bravo != NULL);
    UNIT_EQUAL_INT(bravo->transport_count, 2);
    CU_ASSERT_PTR_EQUAL(tov_roster_agency_by_transport(roster, bravo->transport[0]), bravo);
    CU_ASSERT_PTR_EQUAL(tov_roster_agency_by_transport(roster, bravo->transport[1]), bravo);
    CU_ASSERT_PTR_NULL(tov_roster_agency_by_transport(roster, bravo->control));
}

static void units_are_found_by_path(void)
{
    const struct tov_agency *agency = NULL;
    const struct tov_unit *unit = tov_roster_unit(roster, tov_bytes_of_text("alfa/en"), &agency);
    UNIT_NEED(unit != NULL && agency != NULL);
    UNIT_EQUAL_TEXT(agency->name, "alfa");
    UNIT_EQUAL_TEXT(unit->title, "Enhed Ét");
    UNIT_EQUAL_TEXT(unit->gln, "9521230000017");
    UNIT_EQUAL_INT(unit->roles,
                   TOV_ROLE_BIT(TOV_ROLE_TOVHOLDER_KOMMUNE) | TOV_ROLE_BIT(TOV_ROLE_SAGSBEHANDLER));
    UNIT_EQUAL_INT(unit->cooperations, TOV_COOPERATION_BIT(TOV_COOPERATION_SSP) |
                                           TOV_COOPERATION_BIT(TOV_COOPERATION_KSP));
    CU_ASSERT_PTR_NULL(tov_roster_unit(roster, tov_bytes_of_text("bravo/en"), NULL));
    CU_ASSERT_PTR_NULL(tov_roster_unit(roster, tov_bytes_of_text("alfa"), NULL));
    CU_ASSERT_PTR_NULL(tov_roster_unit(roster, tov_bytes_of_text("alfa/"), NULL));
    CU_ASSERT_PTR_NULL(tov_roster_unit(roster, tov_bytes_of_text(""), NULL));
}

static void origins_of_any_generation_lead_to_their_agency(void)
{
    CU_ASSERT_PTR_EQUAL(
        tov_roster_agency_by_origin(roster, tov_bytes_of_text("vektor-demo/alfa/9/journal/2")),
        find("alfa"));
    CU_ASSERT_PTR_NULL(tov_roster_agency_by_origin(roster, tov_bytes_of_text("other-demo/alfa/1")));
}

static void keepers_are_agency_numbers(void)
{
    const struct tov_agency *alfa = find("alfa");
    UNIT_NEED(alfa != NULL);
    CU_ASSERT(tov_agency_has_keeper(alfa, 2) && tov_agency_has_keeper(alfa, 4));
    CU_ASSERT(!tov_agency_has_keeper(alfa, 1) && !tov_agency_has_keeper(alfa, 3));
}

static void the_policy_is_one_that_a_policy_reader_takes(void)
{
    struct tov_error error = {.text = ""};
    struct tov_policy *policy = NULL;
    bool cosigned[2] = {true, false};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_POLICY_MAX_BYTES);
    tov_roster_format_policy(roster, find("alfa"), &text);
    UNIT_OK(tov_policy_parse(tov_buf_view(&text), &policy, &error));
    UNIT_NEED(policy != NULL);
    UNIT_EQUAL_INT(tov_policy_logs(policy).count, 1);
    UNIT_EQUAL_TEXT(tov_policy_logs(policy).keys[0].name, "vektor-demo/alfa/1");
    UNIT_EQUAL_INT(tov_policy_witnesses(policy).count, 2);
    CU_ASSERT(!tov_policy_is_met(policy, cosigned));
    cosigned[1] = true;
    CU_ASSERT(tov_policy_is_met(policy, cosigned));
    tov_policy_destroy(policy);
}

/* AGENCY under another name, with the keys that it has. */
static struct tov_agency renamed(const struct tov_agency *agency, const char *name)
{
    struct tov_agency other = *agency;
    char text[3][TOV_ORIGIN_MAX_BYTES + 1];
    struct tov_vkey *const keys[] = {&other.ledger, &other.journal, &other.witness};
    (void)snprintf(text[0], sizeof text[0], "vektor-demo/%s/%u", name, agency->generation);
    (void)snprintf(text[1], sizeof text[1], "%.200s/journal/1", text[0]);
    (void)snprintf(text[2], sizeof text[2], "vektor-demo/%s/witness", name);
    other.name = name;
    for (size_t i = 0; i < 3; i++) {
        const struct tov_vkey old = *keys[i];
        UNIT_NEED(tov_vkey_make(tov_bytes_of_text(text[i]), old.type, old.public_key, keys[i]) ==
                  TOV_OK);
    }
    return other;
}

static void no_name_of_an_agency_spoils_the_policy(void)
{
    struct tov_roster_facts facts = *tov_roster_facts(roster);
    struct tov_agency agencies[8];
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *other = NULL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf policy_text = TOV_BUF_INIT(TOV_POLICY_MAX_BYTES);
    struct tov_policy *policy = NULL;
    struct tov_error error = {.text = ""};
    UNIT_NEED(facts.agency_count <= 8);
    memcpy(agencies, facts.agencies, facts.agency_count * sizeof agencies[0]);
    agencies[1] = renamed(&agencies[1], "others");
    facts.agencies = agencies;
    tov_roster_format(&facts, &text);
    UNIT_OK(tov_roster_parse(tov_buf_view(&text), &other, &error));
    UNIT_NEED(other != NULL);
    tov_roster_format_policy(other, tov_roster_agency(other, 1), &policy_text);
    UNIT_OK(tov_policy_parse(tov_buf_view(&policy_text), &policy, &error));
    tov_policy_destroy(policy);
}

static void roots_are_written_and_read_back(void)
{
    struct tov_error error = {.text = ""};
    struct tov_roots roots, again;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    tov_roster_roots(roster, &roots);
    tov_roots_format(&roots, &text);
    UNIT_OK(tov_roots_parse(tov_buf_view(&text), &again, &error));
    UNIT_EQUAL_TEXT(again.federation, "vektor-demo");
    UNIT_EQUAL_INT(again.threshold, 2);
    UNIT_EQUAL_INT(again.count, 3);
    tov_buf_put_text(&text, "root\n");
    UNIT_EQUAL_INT(tov_roots_parse(tov_buf_view(&text), &again, &error), TOV_E_MALFORMED);
}

static void a_roster_above_two_mebibytes_is_refused(void)
{
    struct tov_roster *none = NULL;
    struct tov_error error = {.text = ""};
    uint8_t *large = calloc(1, TOV_ROSTER_MAX_BYTES + 1);
    UNIT_NEED(large != NULL);
    struct tov_bytes most = {large, TOV_ROSTER_MAX_BYTES};
    struct tov_bytes more = {large, TOV_ROSTER_MAX_BYTES + 1};
    UNIT_EQUAL_INT(tov_roster_parse(most, &none, &error), TOV_E_MALFORMED);
    UNIT_EQUAL_INT(tov_roster_parse(more, &none, &error), TOV_E_LIMIT);
    free(large);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(agencies_are_found_by_number_and_by_name),
        UNIT_TEST(an_agency_is_found_by_each_of_its_transport_keys),
        UNIT_TEST(units_are_found_by_path),
        UNIT_TEST(origins_of_any_generation_lead_to_their_agency),
        UNIT_TEST(keepers_are_agency_numbers),
        UNIT_TEST(the_policy_is_one_that_a_policy_reader_takes),
        UNIT_TEST(no_name_of_an_agency_spoils_the_policy),
        UNIT_TEST(roots_are_written_and_read_back),
        UNIT_TEST(a_roster_above_two_mebibytes_is_refused),
    };
    json_t *vectors = unit_json("tests/vectors/roster/rosters.json");
    UNIT_NEED(vectors != NULL);
    const char *base = json_string_value(json_object_get(vectors, "base"));
    UNIT_NEED(base != NULL && tov_roster_parse(tov_bytes_of_text(base), &roster, NULL) == TOV_OK);
    int result = unit_run("roster lookup", tests, sizeof tests / sizeof tests[0]);
    tov_roster_destroy(roster);
    json_decref(vectors);
    return result;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include <stdio.h>
#include <string.h>

#include "roster/clients.h"
#include "support/unit.h"

#define KEY_1 "1111111111111111111111111111111111111111111111111111111111111111"
#define KEY_2 "2222222222222222222222222222222222222222222222222222222222222222"
#define START "tov-clients v1\nagency kk\n"
#define METTE \
    "client mette\n  kind person\n  key " KEY_1 "\n  roles sagsbehandler\n  units vink eki\n"
#define AUDIT "client audit\n  kind system\n  key " KEY_2 "\n  roles auditor\n"

static enum tov_err parse(const char *text, struct tov_clients **out, struct tov_error *error)
{
    return tov_clients_parse(tov_bytes_of_text(text), out, error);
}

static void a_registry_is_read_and_searched_by_key(void)
{
    TOV_CLEANUP(tov_clients_cleanup) struct tov_clients *clients = NULL;
    struct tov_error error = {.text = ""};
    uint8_t key[32];
    UNIT_OK(parse(START METTE AUDIT, &clients, &error));
    UNIT_NEED(clients != NULL);
    UNIT_EQUAL_TEXT(tov_clients_agency(clients), "kk");
    UNIT_EQUAL_INT(tov_clients_count(clients), 2);
    memset(key, 0x11, sizeof key);
    const struct tov_client *mette = tov_clients_find(clients, key);
    UNIT_NEED(mette != NULL);
    UNIT_EQUAL_TEXT(mette->name, "mette");
    UNIT_EQUAL_INT(mette->kind, TOV_CLIENT_PERSON);
    CU_ASSERT(tov_client_has_role(mette, TOV_ROLE_SAGSBEHANDLER));
    CU_ASSERT(!tov_client_has_role(mette, TOV_ROLE_AUDITOR));
    CU_ASSERT(tov_client_has_unit(mette, tov_bytes_of_text("eki")));
    CU_ASSERT(!tov_client_has_unit(mette, tov_bytes_of_text("jku")));
    memset(key, 0x33, sizeof key);
    CU_ASSERT_PTR_NULL(tov_clients_find(clients, key));
    CU_ASSERT_PTR_NOT_NULL(tov_clients_find_name(clients, tov_bytes_of_text("audit")));
}

static void an_empty_registry_knows_nobody(void)
{
    TOV_CLEANUP(tov_clients_cleanup) struct tov_clients *clients = NULL;
    uint8_t key[32] = {0};
    UNIT_OK(parse(START, &clients, NULL));
    UNIT_NEED(clients != NULL);
    CU_ASSERT_PTR_NULL(tov_clients_find(clients, key));
}

static void what_is_formatted_reads_back_the_same(void)
{
    TOV_CLEANUP(tov_clients_cleanup) struct tov_clients *clients = NULL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(4096);
    UNIT_OK(parse(START METTE AUDIT, &clients, NULL));
    UNIT_NEED(clients != NULL);
    tov_clients_format_start(tov_clients_agency(clients), &text);
    for (size_t i = 0; i < tov_clients_count(clients); i++)
        tov_clients_format_entry(tov_clients_at(clients, i), &text);
    UNIT_EQUAL_BYTES(tov_buf_view(&text), tov_bytes_of_text(START METTE AUDIT));
}

static void what_is_wrong_is_refused_with_its_line(void)
{
    static const struct {
        const char *text, *place;
    } cases[] = {
        {"", "line 1, tov-clients"},
        {"tov-clients v1\n", "line 2, agency"},
        {"tov-clients v1\nagency KK\n", "line 2, agency"},
        {START "client Mette Hansen\n", "line 3, client"},
        {START "client a\n  key " KEY_1 "\n", "line 4, kind"},
        {START "client a\n  kind robot\n", "line 4, kind"},
        {START "client a\n  kind person\n  kind person\n", "line 5, kind"},
        {START "client a\n  kind person\n  key 11\n", "line 5, key"},
        {START "client a\n  kind person\n  key " KEY_1 "\n", "line 6, roles"},
        {START "client a\n  kind person\n  key " KEY_1 "\n  roles king\n", "line 6, roles"},
        {START "client a\n  kind person\n  key " KEY_1 "\n  roles dbr dbr\n", "line 6, roles"},
        {START "client a\n  kind person\n  key " KEY_1 "\n  roles mentor\n", "line 3, client"},
        {START METTE "  colour blue\n", "line 8, colour"},
        {START METTE METTE, "line 8, client"},
        {START METTE "client b\n  kind person\n  key " KEY_1 "\n  roles dbr\n", "line 8, client"},
        {START "client a\n  kind person\n  key " KEY_1 "\n  roles mentor\n  units x x\n",
         "line 7, units"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tov_clients *clients = NULL;
        struct tov_error error = {.text = ""};
        UNIT_EQUAL_INT(parse(cases[i].text, &clients, &error), TOV_E_MALFORMED);
        error.text[strlen(cases[i].place)] = '\0';
        UNIT_EQUAL_TEXT(error.text, cases[i].place);
        CU_ASSERT_PTR_NULL(clients);
    }
}

static void roles_and_units_must_be_those_of_the_agency(void)
{
    static const struct tov_unit units[] = {
        {.name = "vink", .title = "", .gln = "", .roles = TOV_ROLE_BIT(TOV_ROLE_SAGSBEHANDLER)},
        {.name = "eki", .title = "", .gln = ""},
    };
    struct tov_agency agency = {.name = "kk", .units = units, .unit_count = 2};
    TOV_CLEANUP(tov_clients_cleanup) struct tov_clients *clients = NULL;
    struct tov_error error = {.text = ""};
    UNIT_OK(parse(START METTE AUDIT, &clients, NULL));
    UNIT_OK(tov_clients_check(clients, &agency, &error));
    agency.units = units + 1; /* a unit without the role */
    agency.unit_count = 1;
    UNIT_EQUAL_INT(tov_clients_check(clients, &agency, &error), TOV_E_RULE);
    agency.name = "krfo";
    UNIT_EQUAL_INT(tov_clients_check(clients, &agency, &error), TOV_E_RULE);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_registry_is_read_and_searched_by_key),
        UNIT_TEST(an_empty_registry_knows_nobody),
        UNIT_TEST(what_is_formatted_reads_back_the_same),
        UNIT_TEST(what_is_wrong_is_refused_with_its_line),
        UNIT_TEST(roles_and_units_must_be_those_of_the_agency),
    };
    return unit_run("clients", tests, sizeof tests / sizeof tests[0]);
}

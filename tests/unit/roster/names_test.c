/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include "roster/roster.h"
#include "support/unit.h"

static bool is_name(const char *text)
{
    return tov_name_is_valid(tov_bytes_of_text(text));
}

static void names_are_lower_case_with_single_inner_joints(void)
{
    CU_ASSERT(is_name("kk") && is_name("kbh-pol") && is_name("mette.hansen") && is_name("7"));
    CU_ASSERT(!is_name("") && !is_name("-a") && !is_name("a-") && !is_name("a--b"));
    CU_ASSERT(!is_name("KK") && !is_name("k/k") && !is_name("k_k") && !is_name("å"));
}

static void a_name_has_at_most_63_bytes(void)
{
    char text[65];
    memset(text, 'a', sizeof text);
    CU_ASSERT(tov_name_is_valid((struct tov_bytes){(uint8_t *)text, TOV_NAME_MAX_BYTES}));
    CU_ASSERT(!tov_name_is_valid((struct tov_bytes){(uint8_t *)text, TOV_NAME_MAX_BYTES + 1}));
}

static void check_digits_of_cvr_and_gln_are_checked(void)
{
    static const char *const good_cvr[] = {"00000094", "00000108", "00000116", "00000124"};
    for (size_t i = 0; i < sizeof good_cvr / sizeof good_cvr[0]; i++)
        CU_ASSERT(tov_cvr_is_valid(tov_bytes_of_text(good_cvr[i])));
    CU_ASSERT(!tov_cvr_is_valid(tov_bytes_of_text("00000093")));
    CU_ASSERT(!tov_cvr_is_valid(tov_bytes_of_text("000000940")));
    CU_ASSERT(!tov_cvr_is_valid(tov_bytes_of_text("0000009a")));
    CU_ASSERT(tov_gln_is_valid(tov_bytes_of_text("9521230000017")));
    CU_ASSERT(tov_gln_is_valid(tov_bytes_of_text("9521230000079")));
    CU_ASSERT(!tov_gln_is_valid(tov_bytes_of_text("9521230000071")));
    CU_ASSERT(!tov_gln_is_valid(tov_bytes_of_text("9512230000017")));
}

static void endpoints_are_tcp_with_host_and_port(void)
{
    CU_ASSERT(tov_endpoint_is_valid(tov_bytes_of_text("tcp://127.0.0.1:4760")));
    CU_ASSERT(tov_endpoint_is_valid(tov_bytes_of_text("tcp://tov.kk.example.org:65535")));
    CU_ASSERT(tov_endpoint_is_valid(tov_bytes_of_text("tcp://[2001:db8::1]:1")));
    CU_ASSERT(!tov_endpoint_is_valid(tov_bytes_of_text("tcp://2001:db8::1:1")));
    CU_ASSERT(!tov_endpoint_is_valid(tov_bytes_of_text("tcp://h:01")));
    CU_ASSERT(!tov_endpoint_is_valid(tov_bytes_of_text("ipc:///tmp/x")));
    CU_ASSERT(!tov_endpoint_is_valid(tov_bytes_of_text("tcp://eth0;h:1")));
}

static void origins_are_written_and_read_back(void)
{
    char text[TOV_ORIGIN_MAX_BYTES + 1];
    struct tov_origin origin;
    UNIT_OK(tov_origin_format("infohus-demo", "kk", 1, 0, text));
    UNIT_EQUAL_TEXT(text, "infohus-demo/kk/1");
    UNIT_OK(tov_origin_format("infohus-demo", "kk", 2, 7, text));
    UNIT_EQUAL_TEXT(text, "infohus-demo/kk/2/journal/7");
    UNIT_OK(tov_origin_parse(tov_bytes_of_text(text), &origin));
    UNIT_EQUAL_BYTES(origin.federation, tov_bytes_of_text("infohus-demo"));
    UNIT_EQUAL_BYTES(origin.agency, tov_bytes_of_text("kk"));
    UNIT_EQUAL_INT(origin.generation, 2);
    UNIT_EQUAL_INT(origin.journal, 7);
}

static void an_origin_that_is_none_is_refused(void)
{
    static const char *const bad[] = {
        "",
        "f",
        "f/a",
        "f/a/",
        "f/a/0",
        "f/a/01",
        "f/a/1/",
        "f/a/1/journal",
        "f/a/1/journal/0",
        "f/a/1/journal/1/",
        "f//1",
        "f/a/1/log/1",
        "/a/1",
        "f/a/4294967296",
    };
    struct tov_origin origin;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        UNIT_EQUAL_INT(tov_origin_parse(tov_bytes_of_text(bad[i]), &origin), TOV_E_MALFORMED);
}

static void every_role_is_found_by_its_own_name(void)
{
    for (unsigned i = 0; i < TOV_ROLES_COUNT; i++) {
        enum tov_role role;
        CU_ASSERT(tov_role_find(tov_bytes_of_text(tov_role_name((enum tov_role)i)), &role));
        UNIT_EQUAL_INT(role, i);
        CU_ASSERT(tov_role_title_da(role)[0] != '\0' && tov_role_title_en(role)[0] != '\0');
    }
    enum tov_role none;
    CU_ASSERT(!tov_role_find(tov_bytes_of_text("root"), &none));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(names_are_lower_case_with_single_inner_joints),
        UNIT_TEST(a_name_has_at_most_63_bytes),
        UNIT_TEST(check_digits_of_cvr_and_gln_are_checked),
        UNIT_TEST(endpoints_are_tcp_with_host_and_port),
        UNIT_TEST(origins_are_written_and_read_back),
        UNIT_TEST(an_origin_that_is_none_is_refused),
        UNIT_TEST(every_role_is_found_by_its_own_name),
    };
    return unit_run("names", tests, sizeof tests / sizeof tests[0]);
}

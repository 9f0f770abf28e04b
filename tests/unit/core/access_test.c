/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who inside the agency may do and see what, as the table of access/access.h says: for each role
 * and for keys that have two.
 * Not for: what agencies disclose to each other.
 */
#include "access/access.h"

#include "base/cleanup.h"
#include "support/unit.h"

#include <string.h>

#define OWN 1u
#define OTHER 2u

static const char *const units[] = {"vink"};

static struct tov_client client_of(uint32_t roles, enum tov_client_kind kind)
{
    bool has_unit = (roles & (TOV_ROLE_BIT(TOV_ROLE_AUDITOR) - 1)) != 0;
    return (struct tov_client){.name = "anna",
                               .kind = kind,
                               .roles = roles,
                               .units = units,
                               .unit_count = has_unit ? 1 : 0};
}

#define ROLE(role) TOV_ROLE_BIT(TOV_ROLE_##role)

static const struct row {
    uint32_t roles;
    bool submits, looks, reads, exports, starts; /* starts: as a person; a system never */
    enum tov_sight sight;                        /* of a message of its unit */
} rows[] = {
    {ROLE(TOVHOLDER_KOMMUNE), true, true, true, false, false, TOV_SIGHT_CONTENT},
    {ROLE(MENTOR), true, true, true, false, false, TOV_SIGHT_CONTENT},
    {ROLE(INTEGRATION), true, true, true, false, false, TOV_SIGHT_CONTENT},
    {ROLE(AUDITOR), false, true, false, true, true, TOV_SIGHT_METADATA},
    {ROLE(DBR), false, true, false, false, true, TOV_SIGHT_METADATA},
    {ROLE(NODE_ADMIN), false, false, false, false, true, TOV_SIGHT_NONE},
    /* Who checks or runs the node does casework with another key. */
    {ROLE(SAGSBEHANDLER) | ROLE(AUDITOR), false, true, false, true, true, TOV_SIGHT_METADATA},
    {ROLE(SAGSBEHANDLER) | ROLE(NODE_ADMIN), false, false, false, false, true, TOV_SIGHT_NONE},
    {ROLE(AUDITOR) | ROLE(NODE_ADMIN), false, false, false, false, true, TOV_SIGHT_NONE},
    {ROLE(AUDITOR) | ROLE(DBR), false, true, false, true, true, TOV_SIGHT_METADATA},
};
#define ROWS (sizeof rows / sizeof rows[0])

static void each_role_may_do_what_the_table_says(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct tov_client person = client_of(rows[i].roles, TOV_CLIENT_PERSON);
        struct tov_client system = client_of(rows[i].roles, TOV_CLIENT_SYSTEM);
        UNIT_EQUAL_INT(tov_access_may(&person, TOV_DEED_SUBMIT), rows[i].submits);
        UNIT_EQUAL_INT(tov_access_may(&person, TOV_DEED_LOOK), rows[i].looks);
        UNIT_EQUAL_INT(tov_access_may(&person, TOV_DEED_CONTENT), rows[i].reads);
        UNIT_EQUAL_INT(tov_access_may(&person, TOV_DEED_EXPORT), rows[i].exports);
        UNIT_EQUAL_INT(tov_access_may(&person, TOV_DEED_START), rows[i].starts);
        UNIT_EQUAL_INT(tov_access_may(&person, TOV_DEED_STATUS), true);
        UNIT_EQUAL_INT(tov_access_may(&system, TOV_DEED_START), false);
        UNIT_EQUAL_INT(tov_access_may(&system, TOV_DEED_LOOK), rows[i].looks);
        UNIT_EQUAL_INT(tov_access_may_send_for(&person, tov_bytes_of_text("vink")),
                       rows[i].submits);
        UNIT_EQUAL_INT(tov_access_may_send_for(&person, tov_bytes_of_text("sof")), false);
    }
}

/* ---- messages ---- */

/* From a unit of ours to one of another agency, or the other way: to OURS and to another unit. */
static struct tov_record header_of(bool is_own, const char *ours)
{
    struct tov_record recipient, header = {0};
    UNIT_NEED(tov_record_create(tov_schema_find("Header"), &header) == TOV_OK);
    UNIT_OK(tov_record_put_text(header, "sender_unit", is_own ? ours : "dks"));
    for (int i = 0; i < 2; i++) {
        UNIT_NEED(tov_record_open(header, "recipients", &recipient) == TOV_OK);
        UNIT_OK(tov_record_put_number(recipient, "agency", i == 0 || is_own ? 3 : OWN));
        UNIT_OK(tov_record_put_text(recipient, "unit", i == 0 ? "vink" : ours));
    }
    return header;
}

static enum tov_sight sight_of(uint32_t roles, bool is_own, const char *ours, const char *as_unit)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record header = header_of(is_own, ours);
    struct tov_client client = client_of(roles, TOV_CLIENT_PERSON);
    struct tov_access_message message = {.own = OWN,
                                         .sender = is_own ? OWN : OTHER,
                                         .header = &header,
                                         .unit = tov_bytes_of_text(as_unit)};
    bool sends = false, receives = false;
    enum tov_sight sight = tov_access_sight(&client, &message, &sends, &receives);
    CU_ASSERT(tov_access_sight(&client, &message, NULL, NULL) == sight); /* nobody asks */
    CU_ASSERT(!(sends && !is_own) && !(receives && is_own));
    CU_ASSERT((sends || receives) || sight == TOV_SIGHT_NONE);
    return sight;
}

/* I10: a unit of the same name at another agency is not ours. */
static void a_message_is_seen_by_its_own_units_and_by_who_checks(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        bool checks = rows[i].sight == TOV_SIGHT_METADATA;
        for (int is_own = 0; is_own < 2; is_own++) {
            UNIT_EQUAL_INT(sight_of(rows[i].roles, is_own, "vink", ""), rows[i].sight);
            UNIT_EQUAL_INT(sight_of(rows[i].roles, is_own, "vink", "vink"), rows[i].sight);
            UNIT_EQUAL_INT(sight_of(rows[i].roles, is_own, "vink", "sof"), TOV_SIGHT_NONE);
            UNIT_EQUAL_INT(sight_of(rows[i].roles, is_own, "sof", ""),
                           checks ? TOV_SIGHT_METADATA : TOV_SIGHT_NONE);
            UNIT_EQUAL_INT(sight_of(rows[i].roles, is_own, "sof", "sof"),
                           checks ? TOV_SIGHT_METADATA : TOV_SIGHT_NONE);
        }
    }
}

/* Nobody knows of which unit it is. */
static void a_message_without_a_header_is_seen_by_who_checks_all(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        struct tov_client client = client_of(rows[i].roles, TOV_CLIENT_PERSON);
        bool checks = rows[i].sight == TOV_SIGHT_METADATA;
        for (uint16_t sender = OWN; sender <= OTHER; sender++) {
            struct tov_access_message message = {.own = OWN, .sender = sender};
            bool sends, receives;
            UNIT_EQUAL_INT(tov_access_sight(&client, &message, &sends, &receives),
                           checks ? TOV_SIGHT_METADATA : TOV_SIGHT_NONE);
            UNIT_EQUAL_INT(sends, checks && sender == OWN);
            UNIT_EQUAL_INT(receives, checks && sender == OTHER);
            message.unit = tov_bytes_of_text("vink");
            UNIT_EQUAL_INT(tov_access_sight(&client, &message, NULL, NULL), TOV_SIGHT_NONE);
        }
    }
}

/* ---- roles ---- */

static void a_client_writes_in_the_role_that_it_wishes_when_it_has_it(void)
{
    struct tov_client client = client_of(ROLE(SAGSBEHANDLER) | ROLE(MENTOR), TOV_CLIENT_PERSON);
    UNIT_EQUAL_TEXT(tov_access_role(&client, "mentor"), "mentor");
    UNIT_EQUAL_TEXT(tov_access_role(&client, "sagsbehandler"), "sagsbehandler");
    UNIT_EQUAL_TEXT(tov_access_role(&client, NULL), "sagsbehandler");
    UNIT_EQUAL_TEXT(tov_access_role(&client, "auditor"), "sagsbehandler");
    UNIT_EQUAL_TEXT(tov_access_role(&client, "konge"), "sagsbehandler");
    client = client_of(ROLE(NODE_ADMIN), TOV_CLIENT_PERSON);
    UNIT_EQUAL_TEXT(tov_access_role(&client, NULL), "node_admin");
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_role_may_do_what_the_table_says),
        UNIT_TEST(a_message_is_seen_by_its_own_units_and_by_who_checks),
        UNIT_TEST(a_message_without_a_header_is_seen_by_who_checks_all),
        UNIT_TEST(a_client_writes_in_the_role_that_it_wishes_when_it_has_it),
    };
    return unit_run("core: access", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "access/access.h"

#define CHECKING (TOV_ROLE_BIT(TOV_ROLE_AUDITOR) | TOV_ROLE_BIT(TOV_ROLE_DBR))
#define RUNNING TOV_ROLE_BIT(TOV_ROLE_NODE_ADMIN)
#define CASEWORK (TOV_ROLE_BIT(TOV_ROLE_AUDITOR) - 1u) /* all before: units' roles, integration */

static bool does_casework(const struct tov_client *client)
{
    return (client->roles & CASEWORK) != 0 && (client->roles & (CHECKING | RUNNING)) == 0;
}

static bool checks(const struct tov_client *client)
{
    return (client->roles & CHECKING) != 0 && (client->roles & RUNNING) == 0;
}

bool tov_access_may(const struct tov_client *client, enum tov_deed deed)
{
    switch (deed) {
    case TOV_DEED_SUBMIT:
    case TOV_DEED_CONTENT:
        return does_casework(client);
    case TOV_DEED_LOOK:
        return does_casework(client) || checks(client);
    case TOV_DEED_EXPORT:
        return checks(client) && tov_client_has_role(client, TOV_ROLE_AUDITOR);
    case TOV_DEED_START:
        return client->kind == TOV_CLIENT_PERSON && (client->roles & (CHECKING | RUNNING)) != 0;
    case TOV_DEED_STATUS:
        return true;
    }
    return false;
}

bool tov_access_may_send_for(const struct tov_client *client, struct tov_bytes unit)
{
    return does_casework(client) && tov_client_has_unit(client, unit);
}

bool tov_access_is_of_unit(const struct tov_client *client, struct tov_bytes wanted,
                           struct tov_bytes unit)
{
    if (wanted.size > 0 && !tov_bytes_equal(wanted, unit))
        return false;
    return checks(client) || tov_client_has_unit(client, unit);
}

static bool receives(const struct tov_client *client, const struct tov_access_message *message)
{
    struct tov_record recipient;
    for (size_t i = 0; tov_record_child(*message->header, "recipients", i, &recipient); i++) {
        if (tov_record_number(recipient, "agency") == message->own &&
            tov_access_is_of_unit(client, message->unit, tov_record_bytes(recipient, "unit")))
            return true;
    }
    return false;
}

enum tov_sight tov_access_sight(const struct tov_client *client,
                                const struct tov_access_message *message, bool *out_sends,
                                bool *out_receives)
{
    bool is_own = message->sender == message->own;
    bool sends = false;
    bool gets = false;
    if (message->header != NULL) {
        sends = is_own && tov_access_is_of_unit(client, message->unit,
                                                tov_record_bytes(*message->header, "sender_unit"));
        gets = receives(client, message);
    } else if (checks(client) && message->unit.size == 0) {
        sends = is_own;
        gets = !is_own;
    }
    if (out_sends != NULL)
        *out_sends = sends;
    if (out_receives != NULL)
        *out_receives = gets;
    if (!sends && !gets)
        return TOV_SIGHT_NONE;
    if (does_casework(client))
        return TOV_SIGHT_CONTENT;
    return checks(client) ? TOV_SIGHT_METADATA : TOV_SIGHT_NONE;
}

const char *tov_access_role(const struct tov_client *client, const char *wished)
{
    enum tov_role role;
    if (wished != NULL && tov_role_find(tov_bytes_of_text(wished), &role) &&
        tov_client_has_role(client, role))
        return wished;
    for (unsigned i = 0; i < TOV_ROLES_COUNT; i++) {
        if (tov_client_has_role(client, (enum tov_role)i))
            return tov_role_name((enum tov_role)i);
    }
    return "sagsbehandler"; /* a registered client has a role */
}

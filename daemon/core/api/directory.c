/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who is there: the client itself (hello), and the units of the federation.
 */
#include "api/api_internal.h"

#include <stdio.h>

static enum tov_err put_unit_path(struct tov_record out, const char *field, const char *agency,
                                  const char *unit)
{
    char path[TOV_UNIT_PATH_MAX_BYTES + 1];
    (void)snprintf(path, sizeof path, "%s/%s", agency, unit);
    return tov_record_put_text(out, field, path);
}

static enum tov_err put_client(const struct api_call *call, struct tov_record answer)
{
    const struct tov_client *client = call->client;
    TOV_TRY(tov_record_put_text(answer, "client", client->name));
    for (unsigned i = 0; i < TOV_ROLES_COUNT; i++) {
        if (tov_client_has_role(client, (enum tov_role)i))
            TOV_TRY(tov_record_put_text(answer, "roles", tov_role_name((enum tov_role)i)));
    }
    for (size_t i = 0; i < client->unit_count; i++)
        TOV_TRY(put_unit_path(answer, "units", call->core->own->name, client->units[i]));
    return TOV_OK;
}

enum tov_err tov_api_hello(struct api_call *call)
{
    struct tov_record answer;
    if (tov_record_number(call->request, "api_min") > TOV_API_VERSION ||
        tov_record_number(call->request, "api_max") < TOV_API_VERSION)
        return tov_fail(&call->error, TOV_E_VERSION,
                        "this node speaks version %d of the client protocol: use a library that "
                        "does",
                        TOV_API_VERSION);
    TOV_TRY(tov_api_answer(call, "hello", &answer));
    TOV_TRY(tov_record_put_number(answer, "api", TOV_API_VERSION));
    TOV_TRY(tov_record_put_text(answer, "federation", tov_roster_federation(call->core->roster)));
    TOV_TRY(tov_record_put_text(answer, "agency", call->core->own->name));
    TOV_TRY(tov_record_put_number(answer, "now_ms", call->core->now_ms));
    return put_client(call, answer);
}

static enum tov_err put_units(const struct tov_agency *agency, struct tov_record answer)
{
    for (size_t i = 0; i < agency->unit_count; i++) {
        struct tov_record unit;
        TOV_TRY(tov_record_open(answer, "units", &unit));
        TOV_TRY(put_unit_path(unit, "address", agency->name, agency->units[i].name));
        TOV_TRY(tov_record_put_text(unit, "title", agency->units[i].title));
        TOV_TRY(tov_record_put_number(unit, "agency", agency->number));
    }
    return TOV_OK;
}

enum tov_err tov_api_directory(struct api_call *call)
{
    const struct tov_roster_facts *facts = tov_roster_facts(call->core->roster);
    struct tov_record answer;
    TOV_TRY(tov_api_answer(call, "directory", &answer));
    TOV_TRY(tov_record_put_number(answer, "roster_version", facts->version));
    for (size_t i = 0; i < facts->agency_count; i++) {
        if (!facts->agencies[i].closed)
            TOV_TRY(put_units(&facts->agencies[i], answer));
    }
    return TOV_OK;
}

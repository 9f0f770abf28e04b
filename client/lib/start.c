/* SPDX-License-Identifier: EUPL-1.2 */
#include <tov/node.h>

#include "lib/call.h"

enum tov_err tov_start_anyway(struct tov_client *client, const char *reason,
                              struct tov_start_result *out_result, struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    struct tov_record body;
    if (reason == NULL || reason[0] == '\0')
        return tov_fail(error, TOV_E_ARGUMENT, "reason: say why; it stands in the journal");
    TOV_TRY(request_create("start_anyway", &request, &body));
    TOV_TRY(tov_record_put_text(body, "reason", reason));
    struct call_order order = {client, request, "start_anyway"};
    TOV_TRY(call_do(&call, &order, &body, error));
    *out_result = (struct tov_start_result){.persons = (uint32_t)tov_record_number(body, "persons"),
                                            .needed = (uint32_t)tov_record_number(body, "needed"),
                                            .until_ms = tov_record_number(body, "until_ms")};
    return TOV_OK;
}

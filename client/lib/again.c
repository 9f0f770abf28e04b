/* SPDX-License-Identifier: EUPL-1.2 */
#include <tov/send.h>

#include "lib/receive.h"

#include <stdio.h>

static enum tov_err make_request(const struct tov_give_again_options *options,
                                 struct tov_record *out_request, struct tov_error *error)
{
    struct tov_record body;
    TOV_TRY(request_create("give_again", out_request, &body));
    TOV_TRY(receive_put_target(body, options->number, options->ref, error));
    TOV_TRY(tov_record_put_text(body, "reason", options->reason));
    if (options->agency != NULL && options->agency[0] != '\0')
        TOV_TRY(tov_record_put_text(body, "agency", options->agency));
    return options->refuse == 0 ? TOV_OK : tov_record_put_number(body, "refuse", 1);
}

static enum tov_err read_result(struct tov_record body, struct tov_give_again_result *out)
{
    struct tov_bytes name = tov_record_bytes(body, "agency_name");
    *out = (struct tov_give_again_result){.number = tov_record_number(body, "number"),
                                          .again = (uint32_t)tov_record_number(body, "again"),
                                          .repeated = tov_record_number(body, "repeated") != 0};
    if (name.size >= sizeof out->agency_name)
        return TOV_E_MALFORMED;
    (void)snprintf(out->agency_name, sizeof out->agency_name, "%.*s", (int)name.size,
                   name.size == 0 ? "" : (const char *)name.data);
    return TOV_OK;
}

enum tov_err tov_give_again(struct tov_client *client, const struct tov_give_again_options *options,
                            struct tov_give_again_result *out_result, struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    struct tov_record body;
    if (options->size < sizeof *options)
        return tov_fail(error, TOV_E_ARGUMENT, "size: begin with TOV_GIVE_AGAIN_OPTIONS_INIT");
    if (options->reason == NULL || options->reason[0] == '\0')
        return tov_fail(error, TOV_E_ARGUMENT, "reason: say why; it stands in the journal");
    TOV_TRY(make_request(options, &request, error));
    struct call_order order = {client, request, "give_again"};
    TOV_TRY(call_do(&call, &order, &body, error));
    enum tov_err err = read_result(body, out_result);
    return err == TOV_OK ? TOV_OK : tov_fail(error, err, "the node's answer cannot be read");
}

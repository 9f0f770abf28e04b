/* SPDX-License-Identifier: EUPL-1.2 */
#include <tov/journal.h>

#include "lib/receive.h"

#include <string.h>

static enum tov_err make_request(const struct tov_journal_options *options,
                                 struct tov_record *out_request, struct tov_error *error)
{
    struct tov_record body;
    TOV_TRY(request_create("record", out_request, &body));
    TOV_TRY(receive_put_target(body, options->number, options->ref, error));
    TOV_TRY(tov_record_put_text(body, "record", options->record));
    return options->replace == 0 ? TOV_OK : tov_record_put_number(body, "replace", 1);
}

enum tov_err tov_journal_enter(struct tov_client *client, const struct tov_journal_options *options,
                               struct tov_journal_entry *out_entry, struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    struct tov_record body;
    if (options->size < sizeof *options)
        return tov_fail(error, TOV_E_ARGUMENT, "size: begin with TOV_JOURNAL_OPTIONS_INIT");
    if (options->record == NULL || options->record[0] == '\0' ||
        strlen(options->record) > TOV_RECORD_NUMBER_MAX)
        return tov_fail(error, TOV_E_ARGUMENT,
                        "record: the number in your agency's own record, at most %d bytes",
                        TOV_RECORD_NUMBER_MAX);
    TOV_TRY(make_request(options, &request, error));
    struct call_order order = {client, request, "record"};
    TOV_TRY(call_do(&call, &order, &body, error));
    *out_entry = (struct tov_journal_entry){.number = tov_record_number(body, "number"),
                                            .repeated = tov_record_number(body, "repeated") != 0,
                                            .recorded_ms = tov_record_number(body, "recorded_ms"),
                                            .erasable_ms = tov_record_number(body, "erasable_ms")};
    return TOV_OK;
}

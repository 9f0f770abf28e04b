/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/api.h"

#include <assert.h>

#include "base/limits.h"

#define BUDGET_BYTES 4194304u /* of memory that one request or reply may take */

static const struct tov_record_limits limits = {TOV_FRAME_MAX_BYTES, BUDGET_BYTES,
                                                TOV_FRAME_MAX_BYTES};

/* How many of the requests or answers are set: the single fields that are records. */
static size_t count_bodies(struct tov_record record)
{
    const struct tov_schema *schema = tov_record_schema(record);
    size_t count = 0;
    for (size_t i = 0; i < tov_schema_field_count(schema); i++) {
        struct tov_field field = tov_schema_field_at(schema, i);
        if (field.kind == TOV_FIELD_RECORD && !field.repeated)
            count += tov_record_count(record, field.name);
    }
    return count;
}

static enum tov_err check_request(struct tov_record request, struct tov_error *error)
{
    if (tov_record_number(request, "id") == 0)
        return tov_fail(error, TOV_E_SCHEMA, "ApiRequest: no id");
    if (tov_record_count(request, "mac") != 0)
        return tov_fail(error, TOV_E_SCHEMA, "ApiRequest: mac is reserved");
    size_t bodies = count_bodies(request);
    if (bodies != 1)
        return tov_fail(error, TOV_E_SCHEMA, "ApiRequest: %zu requests, must be one", bodies);
    return TOV_OK;
}

static enum tov_err check_reply(struct tov_record reply, struct tov_error *error)
{
    size_t bodies = count_bodies(reply);
    if (bodies > 1)
        return tov_fail(error, TOV_E_SCHEMA, "ApiReply: %zu answers, at most one", bodies);
    return TOV_OK;
}

static enum tov_err decode(const char *name, struct tov_bytes bytes, struct tov_record *out,
                           struct tov_error *error)
{
    const struct tov_schema *schema = tov_schema_find(name);
    assert(schema != NULL);
    return tov_record_decode_within(schema, bytes, &limits, out, error);
}

enum tov_err tov_api_request_decode(struct tov_bytes bytes, struct tov_record *out_request,
                                    struct tov_error *error)
{
    struct tov_record request;
    TOV_TRY(decode("ApiRequest", bytes, &request, error));
    enum tov_err err = check_request(request, error);
    if (err == TOV_OK)
        *out_request = request;
    else
        tov_record_destroy(&request);
    return err;
}

enum tov_err tov_api_reply_decode(struct tov_bytes bytes, struct tov_record *out_reply,
                                  struct tov_error *error)
{
    struct tov_record reply;
    TOV_TRY(decode("ApiReply", bytes, &reply, error));
    enum tov_err err = check_reply(reply, error);
    if (err == TOV_OK)
        *out_reply = reply;
    else
        tov_record_destroy(&reply);
    return err;
}

enum tov_err tov_api_encode(struct tov_record record, struct tov_buf *out)
{
    return tov_record_encode_within(record, limits.max_bytes, out);
}

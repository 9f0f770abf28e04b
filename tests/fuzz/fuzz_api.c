/* SPDX-License-Identifier: EUPL-1.2
 *
 * A first byte that chooses, and any bytes as a client's request (even) or a reply (odd): what
 * decodes encodes to the same bytes, and every field can be read.
 */
#include "base/cleanup.h"
#include "base/limits.h"
#include "wire/api.h"

#include <stdlib.h>

static void read_all(struct tov_record record)
{
    const struct tov_schema *schema = tov_record_schema(record);
    for (size_t i = 0; i < tov_schema_field_count(schema); i++) {
        struct tov_field field = tov_schema_field_at(schema, i);
        for (size_t n = 0; n < tov_record_count(record, field.name); n++) {
            struct tov_value value;
            if (tov_record_get(record, field.name, n, &value) != TOV_OK)
                abort();
            if (value.kind == TOV_FIELD_RECORD)
                read_all(value.record);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct tov_bytes bytes = {data + 1, size - 1};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_record_destroy) struct tov_record record = {0};
    struct tov_error error;
    enum tov_err err = data[0] % 2 == 0 ? tov_api_request_decode(bytes, &record, &error)
                                        : tov_api_reply_decode(bytes, &record, &error);
    if (err != TOV_OK)
        return 0;
    read_all(record);
    if (tov_api_encode(record, &out) != TOV_OK || !tov_bytes_equal(tov_buf_view(&out), bytes))
        abort();
    return 0;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Payloads of messages. An even first byte: the next byte says which record of the catalogue the
 * rest is; what decodes encodes to the same bytes. An odd one: u16 length, header, content, as a
 * whole message; it encodes again, and is judged, with the content and without it.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "case/rules.h"

static void read_all(struct tov_record record)
{
    const struct tov_schema *schema = tov_record_schema(record);
    for (size_t i = 0; i < tov_schema_field_count(schema); i++) {
        struct tov_field field = tov_schema_field_at(schema, i);
        size_t count = tov_record_count(record, field.name);
        MUST(field.repeated || count <= 1);
        for (size_t n = 0; n < count; n++) {
            struct tov_value value, same;
            MUST(tov_record_get(record, field.name, n, &value) == TOV_OK);
            MUST(tov_record_get_at(record, i, n, &same) == TOV_OK && same.kind == value.kind);
            MUST(value.kind == field.kind);
            if (value.kind == TOV_FIELD_RECORD)
                read_all(value.record);
            if (value.kind == TOV_FIELD_DATE)
                MUST(tov_date_is_valid(value.date));
        }
    }
}

static void try_record(struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record record = {0};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    struct tov_error error;
    if (bytes.size == 0)
        return;
    const struct tov_schema *schema = tov_schema_at(bytes.data[0] % tov_schema_count());
    struct tov_bytes rest = {bytes.data + 1, bytes.size - 1};
    enum tov_err err = tov_record_decode(schema, rest, &record, &error);
    MUST(err == TOV_OK || err == TOV_E_SCHEMA || err == TOV_E_LIMIT);
    if (err != TOV_OK) {
        MUST(record.message == NULL);
        return;
    }
    read_all(record);
    MUST(tov_record_encode(record, &out) == TOV_OK);
    fuzz_must_equal(&out, rest);
}

/* ---- whole messages ---- */

static void judge(const struct tov_draft *draft)
{
    static struct tov_findings findings;
    struct tov_unit_facts units[TOV_RECIPIENTS_MAX];
    size_t count = tov_record_count(draft->header, "recipients");
    for (size_t i = 0; i < TOV_RECIPIENTS_MAX; i++)
        units[i] = (struct tov_unit_facts){.agency = (uint16_t)(i + 2),
                                           .name = "central",
                                           .authority = TOV_AUTHORITY_KRFO,
                                           .regime = TOV_REGIME_LED,
                                           .duties = TOV_DUTIES_KRFO};
    struct tov_rule_context context = {.sender = {.agency = 1,
                                                  .name = "vink",
                                                  .authority = TOV_AUTHORITY_KOMMUNE,
                                                  .regime = TOV_REGIME_GDPR,
                                                  .duties = TOV_DUTY_COORDINATOR_KOMMUNE},
                                       .recipients = units,
                                       .recipient_count =
                                           count < TOV_RECIPIENTS_MAX ? count : TOV_RECIPIENTS_MAX,
                                       .sent = {2021, 6, 28},
                                       .sent_ms = 1624878000000};
    memset(&findings, 0, sizeof findings);
    tov_draft_judge(draft, &context, &findings);
    MUST(findings.count <= TOV_FINDINGS_MAX);
}

static void try_message(struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_draft_fini) struct tov_draft draft = {0}, header_alone = {0};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out_header = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out_content = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    struct tov_reader reader = tov_reader_of(bytes);
    struct tov_error error;
    struct tov_bytes header = tov_read_bytes(&reader, tov_read_u16(&reader));
    struct tov_bytes content = tov_read_bytes(&reader, reader.left);
    if (reader.failed)
        return;
    if (tov_draft_decode(header, &content, &draft, &error) != TOV_OK) {
        MUST(draft.type == NULL && draft.header.message == NULL);
        return;
    }
    MUST(tov_draft_encode(&draft, &out_header, &out_content) == TOV_OK);
    fuzz_must_equal(&out_header, header);
    fuzz_must_equal(&out_content, content);
    judge(&draft);
    MUST(tov_draft_decode(header, NULL, &header_alone, &error) == TOV_OK);
    MUST(!tov_draft_has_content(&header_alone));
    judge(&header_alone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fuzz_attempt *const attempts[] = {try_record, try_message};
    return fuzz_choose(attempts, 2, data, size);
}

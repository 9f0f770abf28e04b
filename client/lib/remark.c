/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/remark.h"

#include <string.h>

size_t tov_remarks_count(const struct tov_remarks *remarks)
{
    return remarks->count;
}

const struct tov_remark *tov_remarks_at(const struct tov_remarks *remarks, size_t index)
{
    return index < remarks->count ? &remarks->items[index] : NULL;
}

int tov_remarks_refuse(const struct tov_remarks *remarks)
{
    for (size_t i = 0; i < remarks->count; i++) {
        if (remarks->items[i].kind == TOV_REMARK_REFUSES)
            return 1;
    }
    return 0;
}

void remarks_clear(struct tov_remarks *remarks)
{
    lib_memory_fini(&remarks->memory);
    remarks->count = 0;
}

static bool is_complete(const struct tov_remark *remark)
{
    return remark->source != NULL && remark->field != NULL && remark->reason_da != NULL &&
           remark->reason_en != NULL && remark->remedy_da != NULL && remark->remedy_en != NULL;
}

static enum tov_err add(struct tov_remarks *remarks, const struct tov_remark *remark)
{
    if (!is_complete(remark))
        return TOV_E_NOMEM;
    if (remarks->count < TOV_FINDINGS_MAX)
        remarks->items[remarks->count++] = *remark;
    return TOV_OK;
}

static enum tov_remark_kind kind_of(enum tov_severity severity)
{
    switch (severity) {
    case TOV_REFUSES:
        return TOV_REMARK_REFUSES;
    case TOV_WARNS:
        return TOV_REMARK_WARNS;
    case TOV_NOTES:
        return TOV_REMARK_NOTES;
    }
    return TOV_REMARK_REFUSES;
}

static const char *keep(struct tov_remarks *remarks, const char *text)
{
    return lib_memory_text(&remarks->memory, tov_bytes_of_text(text));
}

enum tov_err remarks_of_finding(struct tov_remarks *remarks, const struct tov_finding *finding)
{
    struct tov_remark remark = {
        .kind = kind_of(finding->severity),
        .rule = finding->rule,
        .line = finding->line,
        .source = finding->source,
        .field = keep(remarks, finding->field),
        .reason_da = keep(remarks, finding->reason_da),
        .reason_en = keep(remarks, finding->reason_en),
        .remedy_da = keep(remarks, finding->remedy_da),
        .remedy_en = keep(remarks, finding->remedy_en),
    };
    return add(remarks, &remark);
}

static enum tov_err of_record(struct tov_remarks *remarks, struct tov_record finding)
{
    struct lib_memory *memory = &remarks->memory;
    struct tov_remark remark = {
        .kind = tov_record_number(finding, "warning") != 0 ? TOV_REMARK_WARNS : TOV_REMARK_REFUSES,
        .rule = (uint32_t)tov_record_number(finding, "rule"),
        .source = lib_memory_text(memory, tov_record_bytes(finding, "source")),
        .field = lib_memory_text(memory, tov_record_bytes(finding, "field")),
        .reason_da = lib_memory_text(memory, tov_record_bytes(finding, "reason_da")),
        .reason_en = lib_memory_text(memory, tov_record_bytes(finding, "reason_en")),
        .remedy_da = lib_memory_text(memory, tov_record_bytes(finding, "remedy_da")),
        .remedy_en = lib_memory_text(memory, tov_record_bytes(finding, "remedy_en")),
    };
    return add(remarks, &remark);
}

enum tov_err remarks_of_reply(struct tov_remarks *remarks, struct tov_record reply)
{
    struct tov_record finding;
    for (size_t i = 0; i < TOV_FINDINGS_MAX && tov_record_child(reply, "findings", i, &finding);
         i++)
        TOV_TRY(of_record(remarks, finding));
    return TOV_OK;
}

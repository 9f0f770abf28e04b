/* SPDX-License-Identifier: EUPL-1.2
 *
 * The report for programs. Every finding has the same members; what does not apply is null.
 * Sentences are those for people, in their language: programs go by `code` and `class`.
 */
#include "audit/report.h"

#include "base/time.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* NULL becomes null; what is not UTF-8 loses the bytes that are not ASCII. */
static json_t *text_of(const char *text)
{
    if (text == NULL)
        return json_null();
    json_t *value = json_string(text);
    if (value != NULL)
        return value;
    TOV_FREE char *ascii = strdup(text);
    for (char *at = ascii; at != NULL && *at != '\0'; at++) {
        if ((unsigned char)*at > 0x7e)
            *at = '?';
    }
    return ascii == NULL ? NULL : json_string(ascii);
}

static json_t *number_of(uint64_t number)
{
    return json_integer((json_int_t)number);
}

static json_t *time_of(uint64_t time_ms)
{
    char text[TOV_TIME_TEXT_SIZE];
    if (time_ms == 0 || time_ms > TOV_TIME_MAX_MS)
        return json_null();
    tov_time_format(time_ms, text);
    return json_string(text);
}

static json_t *finding_of(const struct tov_finding *finding)
{
    json_t *out = json_object();
    (void)json_object_set_new(out, "export", text_of(finding->subject));
    (void)json_object_set_new(out, "code", json_string(tov_finding_name(finding->code)));
    (void)json_object_set_new(out, "class", json_string(tov_class_name(finding->class)));
    (void)json_object_set_new(out, "path", text_of(finding->path));
    (void)json_object_set_new(out, "position",
                              finding->has_index ? number_of(finding->index) : json_null());
    (void)json_object_set_new(out, "sentence", text_of(tov_finding_sentence(finding->code)));
    (void)json_object_set_new(out, "expected", text_of(finding->expected));
    (void)json_object_set_new(out, "found", text_of(finding->found));
    (void)json_object_set_new(out, "next", text_of(tov_finding_next(finding->code)));
    (void)json_object_set_new(out, "evidence", text_of(finding->evidence));
    return out;
}

static void add_findings(json_t *list, const struct tov_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        (void)json_array_append_new(list, finding_of(&findings->items[i]));
}

static void add_about(json_t *out, const struct tov_audit *audit)
{
    const struct tov_export_about *about = &audit->about;
    (void)json_object_set_new(out, "federation", json_string(about->federation));
    (void)json_object_set_new(out, "agency", json_string(about->agency_name));
    (void)json_object_set_new(out, "agency_number", number_of(about->agency));
    (void)json_object_set_new(out, "generation", number_of(about->generation));
    (void)json_object_set_new(out, "software", json_string(about->software));
    (void)json_object_set_new(out, "exported", time_of(about->time_ms));
}

static json_t *export_of(const struct tov_verified *export)
{
    const struct tov_audit *audit = &export->audit;
    const struct tov_audit_counts *counts = &audit->counts;
    json_t *out = json_object();
    (void)json_object_set_new(out, "folder", text_of(export->name));
    (void)json_object_set_new(
        out, "verdict",
        json_string(tov_report_verdict_name(tov_findings_verdict(&audit->findings))));
    if (audit->has_about)
        add_about(out, audit);
    (void)json_object_set_new(out, "entries", number_of(counts->entries));
    (void)json_object_set_new(out, "messages", number_of(counts->messages));
    (void)json_object_set_new(out, "receipts", number_of(counts->receipts));
    (void)json_object_set_new(out, "erased_or_lost", number_of(counts->erased));
    (void)json_object_set_new(out, "journal_entries", number_of(counts->journal_entries));
    (void)json_object_set_new(out, "received", number_of(counts->received));
    (void)json_object_set_new(out, "attachments_absent", number_of(counts->attachments_absent));
    (void)json_object_set_new(out, "first", time_of(counts->first_ms));
    (void)json_object_set_new(out, "last", time_of(counts->last_ms));
    return out;
}

static json_t *report_of(const struct tov_verify *verify, const char *roots_path)
{
    enum tov_exit_code code = tov_verify_verdict(verify);
    uint64_t unlisted = verify->between.unlisted;
    json_t *out = json_object(), *exports = json_array(), *findings = json_array();
    for (size_t i = 0; i < verify->count; i++) {
        (void)json_array_append_new(exports, export_of(&verify->exports[i]));
        add_findings(findings, &verify->exports[i].audit.findings);
        unlisted += verify->exports[i].audit.findings.unlisted;
    }
    add_findings(findings, &verify->between);
    (void)json_object_set_new(out, "verdict", json_string(tov_report_verdict_name(code)));
    (void)json_object_set_new(out, "exit_code", json_integer((json_int_t)code));
    (void)json_object_set_new(out, "keys", json_string(roots_path == NULL ? "export" : "roots"));
    (void)json_object_set_new(out, "exports", exports);
    (void)json_object_set_new(out, "findings", findings);
    (void)json_object_set_new(out, "unlisted", number_of(unlisted));
    return out;
}

bool tov_report_json(FILE *file, const struct tov_verify *verify, const char *roots_path)
{
    json_t *report = report_of(verify, roots_path);
    int failed = json_dumpf(report, file, JSON_INDENT(2));
    json_decref(report);
    return failed == 0 && fputc('\n', file) != EOF && fflush(file) == 0 && ferror(file) == 0;
}

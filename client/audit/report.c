/* SPDX-License-Identifier: EUPL-1.2
 *
 * The report for people: where the keys come from, each export in a few lines, each finding with
 * its place, and the verdict last.
 */
#include "audit/report.h"

#include "audit/words.h"
#include "base/time.h"

#include <string.h>

struct page {
    FILE *file;
    uint64_t number; /* of the finding last told */
};

const char *tov_report_verdict_name(enum tov_exit_code code)
{
    switch (code) {
    case TOV_AUDIT_VERIFIED:
        return "verified";
    case TOV_AUDIT_CORRUPT:
        return "local-corruption";
    case TOV_AUDIT_UNVERIFIABLE:
        return "unverifiable";
    case TOV_AUDIT_INCONSISTENT:
        return "inconsistent";
    case TOV_AUDIT_USAGE:
        break;
    }
    return "";
}

static const char *say_verdict(enum tov_exit_code code, bool has_roots)
{
    switch (code) {
    case TOV_AUDIT_VERIFIED:
        if (!has_roots)
            return _("VERIFIED BY THE EXPORT'S OWN KEYS: nothing is damaged. Whose keys they are "
                     "was not checked.");
        return _("VERIFIED: everything that can be checked without opening a message agrees.");
    case TOV_AUDIT_CORRUPT:
        return _("LOCAL CORRUPTION: files are damaged. No agency is shown to have signed "
                 "anything wrong.");
    case TOV_AUDIT_UNVERIFIABLE:
        return _("UNVERIFIABLE: keys, files or a newer version are missing.");
    case TOV_AUDIT_INCONSISTENT:
        return _("INCONSISTENT: signed statements contradict each other.");
    case TOV_AUDIT_USAGE:
        break;
    }
    return "";
}

static const char *say_class(enum tov_finding_class class)
{
    switch (class) {
    case TOV_CLASS_INFORMATION:
        return _("note");
    case TOV_CLASS_UNVERIFIABLE:
        return _("unverifiable");
    case TOV_CLASS_CORRUPT:
        return _("local corruption");
    case TOV_CLASS_INCONSISTENT:
        return _("inconsistent");
    }
    return "";
}

/* ---- lines ---- */

/* Control characters become '?'; each line of TEXT begins with INDENT. */
static void put_clean(FILE *file, const char *text, const char *indent)
{
    for (const char *at = text; *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;
        if (c == '\n' && at[1] != '\0')
            (void)fprintf(file, "\n%s", indent);
        else if (c != '\n')
            (void)fputc(c < 0x20 || c == 0x7f ? '?' : c, file);
    }
}

static void put_line(const struct page *page, const char *label, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    (void)fprintf(page->file, "     %s ", label);
    put_clean(page->file, text, "       ");
    (void)fputc('\n', page->file);
}

static void put_place(const struct page *page, const struct tov_finding *finding)
{
    if (finding->path == NULL && !finding->has_index)
        return;
    (void)fprintf(page->file, "     %s ", _("where:   "));
    if (finding->path != NULL)
        put_clean(page->file, finding->path, "");
    if (finding->path != NULL && finding->has_index)
        (void)fputs(", ", page->file);
    if (finding->has_index)
        (void)fprintf(page->file, _("position %llu"), (unsigned long long)finding->index);
    (void)fputc('\n', page->file);
}

static void put_finding(struct page *page, const struct tov_finding *finding)
{
    (void)fprintf(page->file, "\n%4llu. [%s] %s\n", (unsigned long long)++page->number,
                  say_class(finding->class), tov_finding_sentence(finding->code));
    put_place(page, finding);
    put_line(page, _("expected:"), finding->expected);
    put_line(page, _("found:   "), finding->found);
    if (finding->class != TOV_CLASS_INFORMATION)
        put_line(page, _("next:    "), tov_finding_next(finding));
    if (finding->evidence != NULL) {
        (void)fprintf(page->file, "     %s\n       ", _("evidence:"));
        put_clean(page->file, finding->evidence, "       ");
        (void)fputc('\n', page->file);
    }
}

static void put_findings(struct page *page, const struct tov_findings *findings)
{
    const char *subject = NULL;
    for (size_t i = 0; i < findings->count; i++) {
        const struct tov_finding *finding = &findings->items[i];
        bool is_new = finding->subject != NULL && findings->subject == NULL &&
                      (subject == NULL || strcmp(subject, finding->subject) != 0);
        if (is_new) {
            (void)fputc('\n', page->file);
            put_clean(page->file, finding->subject, "");
            (void)fputs(":\n", page->file);
            subject = finding->subject;
        }
        put_finding(page, finding);
    }
    if (findings->unlisted > 0)
        (void)fprintf(page->file, _("\n      %llu more are not listed.\n"),
                      (unsigned long long)findings->unlisted);
}

/* ---- one export ---- */

static void put_span(const struct page *page, const struct tov_audit *audit)
{
    char first[TOV_TIME_TEXT_SIZE], last[TOV_TIME_TEXT_SIZE];
    if (audit->counts.first_ms == 0 || audit->counts.first_ms > TOV_TIME_MAX_MS ||
        audit->counts.last_ms > TOV_TIME_MAX_MS)
        return;
    tov_time_format(audit->counts.first_ms, first);
    tov_time_format(audit->counts.last_ms, last);
    (void)fprintf(page->file, _("  written from %s to %s\n"), first, last);
}

static void put_about(const struct page *page, const struct tov_audit *audit)
{
    const struct tov_export_about *about = &audit->about;
    const struct tov_audit_counts *counts = &audit->counts;
    char time[TOV_TIME_TEXT_SIZE];
    if (!audit->has_about)
        return;
    tov_time_format(about->time_ms, time);
    (void)fprintf(page->file, _("  %s in %s, generation %u, exported %s\n"), about->agency_name,
                  about->federation, (unsigned)about->generation, time);
    (void)fprintf(page->file,
                  _("  entries: %llu (messages %llu, receipts %llu, erased or lost %llu); "
                    "in the journal: %llu; messages received: %llu\n"),
                  (unsigned long long)counts->entries, (unsigned long long)counts->messages,
                  (unsigned long long)counts->receipts, (unsigned long long)counts->erased,
                  (unsigned long long)counts->journal_entries,
                  (unsigned long long)counts->received);
    put_span(page, audit);
}

static void put_export(struct page *page, const struct tov_verified *export)
{
    const struct tov_findings *findings = &export->audit.findings;
    (void)fputc('\n', page->file);
    put_clean(page->file, export->name, "");
    (void)fputs(":\n", page->file);
    put_about(page, &export->audit);
    if (findings->count == 0)
        (void)fprintf(page->file, "  %s\n", _("nothing is wrong with it"));
    put_findings(page, findings);
}

static void put_keys(const struct page *page, const char *roots_path)
{
    if (roots_path == NULL) {
        (void)fprintf(page->file, "%s\n",
                      _("NOT CHECKED: whose keys these are. They come from the export itself, and "
                        "who invents an export\ninvents its keys. Give the root keys, which you "
                        "got on another way: --roots FILE"));
        return;
    }
    (void)fprintf(page->file, _("The keys are checked by the root keys in %s.\n"), roots_path);
}

static void put_totals(const struct page *page, const struct tov_verify *verify)
{
    uint64_t total[4];
    for (size_t i = 0; i < 4; i++) {
        total[i] = verify->between.by_class[i];
        for (size_t k = 0; k < verify->count; k++)
            total[i] += verify->exports[k].audit.findings.by_class[i];
    }
    (void)fprintf(page->file,
                  _("\n%llu inconsistent, %llu damaged, %llu unverifiable, %llu notes\n"),
                  (unsigned long long)total[TOV_CLASS_INCONSISTENT],
                  (unsigned long long)total[TOV_CLASS_CORRUPT],
                  (unsigned long long)total[TOV_CLASS_UNVERIFIABLE],
                  (unsigned long long)total[TOV_CLASS_INFORMATION]);
}

bool tov_report_text(FILE *file, const struct tov_verify *verify, const char *roots_path)
{
    struct page page = {.file = file};
    put_keys(&page, roots_path);
    for (size_t i = 0; i < verify->count; i++)
        put_export(&page, &verify->exports[i]);
    put_findings(&page, &verify->between);
    put_totals(&page, verify);
    (void)fprintf(file, "%s\n", say_verdict(tov_verify_verdict(verify), roots_path != NULL));
    return fflush(file) == 0 && ferror(file) == 0;
}

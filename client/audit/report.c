/* SPDX-License-Identifier: EUPL-1.2
 *
 * The report for people: where the keys come from, each export in a few lines, each finding with
 * its place, and the verdict last.
 */
#include "audit/report.h"

#include "audit/words.h"
#include "base/cleanup.h"
#include "base/time.h"
#include "telling/columns.h"
#include "telling/text.h"

#include <string.h>

#define INDENT_FINDING 6u /* behind "   1. " */
#define INDENT_VALUE 7u
#define INDENT_ABOUT 4u
#define TEXT_MAX_BYTES 65536u /* of one paragraph */

struct page {
    FILE *file;
    unsigned columns;
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
        return _("UNVERIFIABLE: not all can be decided; something is missing, or does not count.");
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

/* The first SIZE bytes of TEXT, in one line and harmless to a terminal: names of folders and what
 * stands in a note are others' choice. */
static void put_clean(const struct page *page, const char *text, size_t size)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(size + 1);
    TOV_FREE char *line = strndup(text, size);
    if (line == NULL)
        return;
    text_put_clean(&out, line);
    if (out.failed == TOV_OK && out.size > 0)
        (void)fwrite(out.data, 1, out.size, page->file);
}

static void put_name(const struct page *page, const char *name)
{
    put_clean(page, name, strlen(name));
    (void)fputs(":\n", page->file);
}

/* Notes line by line, for others to copy. */
static void put_verbatim(const struct page *page, const char *text, const char *indent)
{
    while (*text != '\0') {
        size_t size = strcspn(text, "\n");
        (void)fputs(indent, page->file);
        put_clean(page, text, size);
        (void)fputc('\n', page->file);
        text += size + (text[size] == '\n' ? 1 : 0);
    }
}

/* LEAD and TEXT as a paragraph that ends the line; its other lines begin at INDENT. */
static void put_paragraph(const struct page *page, const char *lead, const char *text,
                          unsigned indent)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TEXT_MAX_BYTES);
    tov_buf_put_text(&out, lead);
    text_put_wrapped(&out, text, &(struct text_frame){text_width(lead), indent, page->columns});
    if (out.failed == TOV_OK)
        (void)fwrite(out.data, 1, out.size, page->file);
}

static void put_line(const struct page *page, const char *label, const char *text)
{
    char lead[64];
    if (text == NULL || *text == '\0')
        return;
    (void)snprintf(lead, sizeof lead, "     %s ", label);
    put_paragraph(page, lead, text, INDENT_VALUE);
}

static void put_place(const struct page *page, const struct tov_finding *finding)
{
    char text[TOV_FINDING_TEXT_SIZE] = "", position[64] = "";
    if (finding->has_index)
        (void)snprintf(position, sizeof position, _("position %llu"),
                       (unsigned long long)finding->index);
    (void)snprintf(text, sizeof text, "%.400s%s%s", finding->path == NULL ? "" : finding->path,
                   finding->path != NULL && finding->has_index ? ", " : "", position);
    put_line(page, _("where:   "), text);
}

static void put_finding(struct page *page, const struct tov_finding *finding)
{
    char lead[80];
    (void)snprintf(lead, sizeof lead, "%4llu. [%s] ", (unsigned long long)++page->number,
                   say_class(finding->class));
    (void)fputc('\n', page->file);
    put_paragraph(page, lead, tov_finding_sentence(finding->code), INDENT_FINDING);
    put_place(page, finding);
    put_line(page, _("expected:"), finding->expected);
    put_line(page, _("found:   "), finding->found);
    if (finding->class != TOV_CLASS_INFORMATION)
        put_line(page, _("next:    "), tov_finding_next(finding));
    if (finding->evidence != NULL) {
        (void)fprintf(page->file, "     %s\n", _("evidence:"));
        put_verbatim(page, finding->evidence, "       ");
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
            put_name(page, finding->subject);
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
    char time[TOV_TIME_TEXT_SIZE], text[TOV_FINDING_TEXT_SIZE];
    if (!audit->has_about)
        return;
    tov_time_format(about->time_ms, time);
    (void)snprintf(text, sizeof text, _("%s in %s, generation %u, exported %s"), about->agency_name,
                   about->federation, (unsigned)about->generation, time);
    put_paragraph(page, "  ", text, INDENT_ABOUT);
    (void)snprintf(text, sizeof text,
                   _("entries: %llu (messages %llu, receipts %llu, erased or lost %llu); "
                     "in the journal: %llu; messages received: %llu"),
                   (unsigned long long)counts->entries, (unsigned long long)counts->messages,
                   (unsigned long long)counts->receipts, (unsigned long long)counts->erased,
                   (unsigned long long)counts->journal_entries,
                   (unsigned long long)counts->received);
    put_paragraph(page, "  ", text, INDENT_ABOUT);
    put_span(page, audit);
}

static void put_export(struct page *page, const struct tov_verified *export)
{
    const struct tov_findings *findings = &export->audit.findings;
    (void)fputc('\n', page->file);
    put_name(page, export->name);
    put_about(page, &export->audit);
    if (findings->count == 0)
        (void)fprintf(page->file, "  %s\n", _("nothing is wrong with it"));
    put_findings(page, findings);
}

static void put_keys(const struct page *page, const char *roots_path)
{
    char text[TOV_FINDING_TEXT_SIZE];
    if (roots_path == NULL)
        put_paragraph(page, "",
                      _("NOT CHECKED: whose keys these are. They come from the export itself, and "
                        "who invents an export invents its keys. Give the root keys, which you got "
                        "on another way: --roots FILE"),
                      0);
    if (roots_path == NULL)
        return;
    (void)snprintf(text, sizeof text, _("The keys are checked by the root keys in %s."),
                   roots_path);
    put_paragraph(page, "", text, 0);
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
    struct page page = {.file = file, .columns = columns_of_page()};
    put_keys(&page, roots_path);
    for (size_t i = 0; i < verify->count; i++)
        put_export(&page, &verify->exports[i]);
    put_findings(&page, &verify->between);
    put_totals(&page, verify);
    put_paragraph(&page, "", say_verdict(tov_verify_verdict(verify), roots_path != NULL), 0);
    return fflush(file) == 0 && ferror(file) == 0;
}

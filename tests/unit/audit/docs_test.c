/* SPDX-License-Identifier: EUPL-1.2
 *
 * docs/audit.md has every finding that the program knows, in the words of its table.
 *   test_audit_docs          compares
 *   test_audit_docs write    writes the section anew
 */
#include "audit/finding.h"

#include "base/cleanup.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOC "docs/audit.md"
#define MAN "man/tov-audit.1"
#define BEGIN "<!-- findings: written by test_audit_docs write -->\n"
#define END "<!-- end of findings -->\n"

static const struct {
    enum tov_finding_code first;
    const char *title;
} groups[] = {
    {TOV_FOUND_NO_EXPORT, "Files"},
    {TOV_FOUND_ROOTS_DIFFER, "Trust"},
    {TOV_FOUND_CHECKPOINT_SIGNATURE, "Trees and signatures"},
    {TOV_FOUND_LEAF_MALFORMED, "Entries"},
    {TOV_FOUND_LINK_MISSING, "Links between messages, parts"},
    {TOV_FOUND_MIRROR_GAP, "What is held of other agencies"},
    {TOV_FOUND_RECEIPT_ORDER, "Receipts"},
    {TOV_FOUND_ROSTERS_DIFFER, "Several exports together"},
    {TOV_FOUND_AHEAD, "Notes, which change no verdict"},
};

static void put_row(struct tov_buf *out, enum tov_finding_code code)
{
    static const char *const classes[] = {"0 note", "4 unverifiable", "3 local corruption",
                                          "5 inconsistent"};
    struct tov_finding finding = {.code = code, .class = tov_finding_default_class(code)};
    char row[2048];
    (void)snprintf(row, sizeof row, "| `%s` | %s | %s | %s |\n", tov_finding_name(code),
                   classes[finding.class], tov_finding_sentence(code), tov_finding_next(&finding));
    tov_buf_put_text(out, row);
}

static void put_section(struct tov_buf *out)
{
    size_t group = 0;
    char title[256];
    for (int code = 0; code < TOV_FOUND_CODE_COUNT; code++) {
        if (group < sizeof groups / sizeof groups[0] && (int)groups[group].first == code) {
            (void)snprintf(title, sizeof title,
                           "\n**%s**\n\n| name | exit code alone | means | next step |\n"
                           "| --- | --- | --- | --- |\n",
                           groups[group].title);
            tov_buf_put_text(out, title);
            group++;
        }
        put_row(out, (enum tov_finding_code)code);
    }
    tov_buf_put_text(out, "\n");
}

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    UNIT_NEED(file != NULL && fseek(file, 0, SEEK_END) == 0);
    long size = ftell(file);
    char *text = calloc(1, (size_t)size + 1);
    UNIT_NEED(text != NULL && fseek(file, 0, SEEK_SET) == 0);
    UNIT_NEED(fread(text, 1, (size_t)size, file) == (size_t)size && fclose(file) == 0);
    return text;
}

/* The text around the section, and the section itself. */
struct doc {
    char *text;
    struct tov_bytes before, section;
    const char *after;
};

static void open_doc(struct doc *doc)
{
    doc->text = read_text(DOC);
    const char *begin = strstr(doc->text, BEGIN);
    UNIT_NEED(begin != NULL);
    begin += strlen(BEGIN);
    doc->after = strstr(begin, END);
    UNIT_NEED(doc->after != NULL);
    doc->before = (struct tov_bytes){(uint8_t *)doc->text, (size_t)(begin - doc->text)};
    doc->section = (struct tov_bytes){(const uint8_t *)begin, (size_t)(doc->after - begin)};
}

static int write_doc(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf section = TOV_BUF_INIT(1u << 20);
    struct doc doc;
    open_doc(&doc);
    put_section(&section);
    FILE *file = fopen(DOC, "wb");
    UNIT_NEED(file != NULL);
    (void)fwrite(doc.before.data, 1, doc.before.size, file);
    (void)fwrite(section.data, 1, section.size, file);
    (void)fputs(doc.after, file);
    free(doc.text);
    return fclose(file) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void every_finding_stands_in_the_manual(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf section = TOV_BUF_INIT(1u << 20);
    struct doc doc;
    open_doc(&doc);
    put_section(&section);
    if (!tov_bytes_equal(tov_buf_view(&section), doc.section))
        CU_FAIL(DOC " is not what the table of findings says: run test_audit_docs write");
    free(doc.text);
}

static void every_finding_has_its_own_name(void)
{
    for (int i = 0; i < TOV_FOUND_CODE_COUNT; i++) {
        const char *name = tov_finding_name((enum tov_finding_code)i);
        CU_ASSERT_PTR_NOT_NULL(name);
        for (int k = 0; k < i && name != NULL; k++)
            unit_equal_int(strcmp(name, tov_finding_name((enum tov_finding_code)k)) != 0, 1, name,
                           __FILE__, __LINE__);
    }
}

/* Options and exit codes, in both manuals. */
static void both_manuals_have_options_and_exit_codes(void)
{
    static const char *const doc_words[] = {"--roots FILE", "--json",           "--help",
                                            "--version",    "| 0 | verified |", "| 5 |",
                                            "| 3 | local",  "| 4 | unver",      "| 2 | wrong"};
    static const char *const man_words[] = {"\\-\\-roots",   "\\-\\-json", "\\-\\-help",
                                            "\\-\\-version", ".B 0\n",     ".B 5\n",
                                            ".B 3\n",        ".B 4\n",     ".B 2\n"};
    char *doc = read_text(DOC), *man = read_text(MAN);
    for (size_t i = 0; i < sizeof doc_words / sizeof doc_words[0]; i++)
        unit_equal_int(strstr(doc, doc_words[i]) != NULL, 1, doc_words[i], __FILE__, __LINE__);
    for (size_t i = 0; i < sizeof man_words / sizeof man_words[0]; i++)
        unit_equal_int(strstr(man, man_words[i]) != NULL, 1, man_words[i], __FILE__, __LINE__);
    free(doc);
    free(man);
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(every_finding_stands_in_the_manual),
        UNIT_TEST(every_finding_has_its_own_name),
        UNIT_TEST(both_manuals_have_options_and_exit_codes),
    };
    if (argc == 2 && strcmp(argv[1], "write") == 0)
        return write_doc();
    return unit_run("audit_docs", tests, sizeof tests / sizeof tests[0]);
}

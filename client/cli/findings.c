/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/findings.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/fieldpath.h"
#include "cli/file.h"
#include "cli/language.h"
#include "telling/text.h"

#define INDENT 4u
#define TEXT_MAX_BYTES 262144u

static bool is_recipient(const char *field, unsigned *out_number)
{
    char more = '\0';
    /* NOLINTNEXTLINE(cert-err34-c): four digits fit */
    return sscanf(field, "recipients.%4u%c", out_number, &more) == 1;
}

void findings_lead(const struct cli *cli, const struct tov_message_draft *draft,
                   const struct tov_remark *remark, char out[FINDINGS_LEAD_SIZE])
{
    unsigned number = 0;
    out[0] = '\0';
    if (is_recipient(remark->field, &number)) {
        char path[64];
        (void)snprintf(path, sizeof path, "header.recipients.%u.unit", number);
        (void)snprintf(out, FINDINGS_LEAD_SIZE, _("Recipient %u: %.120s"), number,
                       tov_message_draft_text(draft, path));
        return;
    }
    const char *label = fieldpath_label(cli, tov_message_draft_type(draft), remark->field);
    if (label != remark->field)
        (void)snprintf(out, FINDINGS_LEAD_SIZE, "%.160s [%.80s]", label, remark->field);
}

const char *findings_remedy(const struct cli *cli, const struct tov_remark *remark)
{
    const char *remedy = cli_words(cli, remark->remedy_da, remark->remedy_en);
    if (remedy[0] != '\0')
        return remedy;
    if (strncmp(remark->field, "cites", 5) == 0)
        return _("Cite it by --cites NUMBER; tov list shows the numbers.");
    /* A machine speaks of the thing, and asks for no other one. */
    if (strncmp(remark->field, "about", 5) == 0 && strcmp(remark->source, "docs/machines.md") != 0)
        return _("Add --about NUMBER (the same as that message is about), or --about THING "
                 "for a new one: concern, case, course, request, psych or episode.");
    if (strncmp(remark->field, "recipients", 10) == 0)
        return _("Choose the recipient with --to UNIT; tov units lists them.");
    return "";
}

void findings_source(const struct tov_remark *remark, char out[FINDINGS_LEAD_SIZE])
{
    if (remark->rule != 0 && remark->source[0] != '\0')
        (void)snprintf(out, FINDINGS_LEAD_SIZE, _("Rule %u: %.200s"), (unsigned)remark->rule,
                       remark->source);
    else if (remark->rule != 0)
        (void)snprintf(out, FINDINGS_LEAD_SIZE, _("Rule %u"), (unsigned)remark->rule);
    else
        out[0] = '\0';
}

static void put_line(const struct cli *cli, const char *text, struct tov_buf *out)
{
    if (text[0] == '\0')
        return;
    tov_buf_put_format(out, "%*s", (int)INDENT, "");
    text_put_wrapped(out, text, &(struct text_frame){INDENT, INDENT, cli->columns});
}

static bool is_free_text(const struct tov_catalogue_field *field)
{
    return strcmp(field->kind, "text") == 0 && strcmp(field->path, "header.purpose") != 0 &&
           strcmp(field->path, "header.legal_bases") != 0;
}

/* What may be written in the field that REMARK refuses for, where a person must choose. */
static void put_choices(const struct cli *cli, const struct tov_message_draft *draft,
                        const struct tov_remark *remark, struct tov_buf *out)
{
    const struct tov_catalogue_type *type = tov_catalogue_find(tov_message_draft_type(draft));
    TOV_CLEANUP(tov_buf_fini) struct tov_buf line = TOV_BUF_INIT(TEXT_MAX_BYTES);
    struct tov_catalogue_field field;
    char path[FIELDPATH_SIZE];
    size_t index = 0;
    if (remark->kind != TOV_REMARK_REFUSES || remark->field[0] == '\0' || type == NULL ||
        !fieldpath_find(type, remark->field, path, &field, &index) || is_free_text(&field))
        return;
    tov_buf_put_format(&line, "%s ", _("Write"));
    fieldpath_choices(type, index, &line);
    tov_buf_put_u8(&line, 0);
    if (line.failed == TOV_OK)
        put_line(cli, (const char *)line.data, out);
}

static void put_one(struct cli *cli, const struct tov_message_draft *draft,
                    const struct tov_remark *remark, struct tov_buf *out)
{
    char lead[FINDINGS_LEAD_SIZE], source[FINDINGS_LEAD_SIZE];
    TOV_CLEANUP(tov_buf_fini) struct tov_buf reason = TOV_BUF_INIT(TEXT_MAX_BYTES);
    findings_lead(cli, draft, remark, lead);
    findings_source(remark, source);
    put_line(cli, lead, out);
    if (remark->kind != TOV_REMARK_REFUSES)
        tov_buf_put_format(&reason, "%s ", _("Note:"));
    tov_buf_put_text(&reason, cli_words(cli, remark->reason_da, remark->reason_en));
    tov_buf_put_u8(&reason, 0);
    if (reason.failed == TOV_OK)
        put_line(cli, (const char *)reason.data, out);
    put_line(cli, findings_remedy(cli, remark), out);
    put_choices(cli, draft, remark, out);
    put_line(cli, source, out);
}

/* That a field is missing is told once: by the rule that says why it is needed, where there is one.
 * Programs get both (--json): each is a rule of its own. */
static bool is_told_by_another(const struct tov_remarks *remarks, size_t index)
{
    const struct tov_remark *remark = tov_remarks_at(remarks, index);
    if (remark->kind != TOV_REMARK_REFUSES || remark->rule != 0 || remark->field[0] == '\0')
        return false;
    for (size_t i = 0; i < tov_remarks_count(remarks); i++) {
        const struct tov_remark *other = tov_remarks_at(remarks, i);
        if (other->kind == TOV_REMARK_REFUSES && other->rule != 0 &&
            strcmp(other->field, remark->field) == 0)
            return true;
    }
    return false;
}

void findings_put(struct cli *cli, const struct tov_message_draft *draft, struct tov_buf *out)
{
    const struct tov_remarks *remarks = tov_message_draft_remarks(draft);
    unsigned told = 0;
    for (size_t i = 0; i < tov_remarks_count(remarks); i++) {
        size_t start = out->size;
        char number[INDENT + 1];
        if (is_told_by_another(remarks, i))
            continue;
        put_one(cli, draft, tov_remarks_at(remarks, i), out);
        (void)snprintf(number, sizeof number, "%2u. ", ++told % 100);
        if (out->failed == TOV_OK && out->size >= start + INDENT)
            memcpy(out->data + start, number, INDENT);
    }
}

void findings_print(struct cli *cli, const struct tov_message_draft *draft)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TEXT_MAX_BYTES);
    if (cli->json)
        return;
    findings_put(cli, draft, &text);
    if (text.failed == TOV_OK)
        (void)!file_put(STDERR_FILENO, tov_buf_view(&text)); /* nobody is left to be told */
}

static const char *kind_id(enum tov_remark_kind kind)
{
    switch (kind) {
    case TOV_REMARK_REFUSES:
        return "refuses";
    case TOV_REMARK_WARNS:
        return "warns";
    case TOV_REMARK_NOTES:
        return "notes";
    }
    return "";
}

static const char *label_of(const struct tov_message_draft *draft, const char *field,
                            enum tov_words words)
{
    const struct cli reader = {.words = words};
    const char *label = fieldpath_label(&reader, tov_message_draft_type(draft), field);
    return label == field ? "" : label;
}

json_t *findings_json(const struct tov_message_draft *draft)
{
    const struct tov_remarks *remarks = tov_message_draft_remarks(draft);
    json_t *list = json_array();
    for (size_t i = 0; i < tov_remarks_count(remarks); i++) {
        const struct tov_remark *remark = tov_remarks_at(remarks, i);
        json_t *item = json_pack("{s:s, s:i, s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s}", "kind",
                                 kind_id(remark->kind), "rule", (int)remark->rule, "source",
                                 remark->source, "field", remark->field, "line", (int)remark->line,
                                 "label_da", label_of(draft, remark->field, TOV_WORDS_DA),
                                 "label_en", label_of(draft, remark->field, TOV_WORDS_EN),
                                 "reason_da", remark->reason_da, "reason_en", remark->reason_en,
                                 "remedy_da", remark->remedy_da, "remedy_en", remark->remedy_en);
        (void)json_array_append_new(list, item);
    }
    return list;
}

unsigned findings_refusals(const struct tov_message_draft *draft)
{
    const struct tov_remarks *remarks = tov_message_draft_remarks(draft);
    unsigned count = 0;
    for (size_t i = 0; i < tov_remarks_count(remarks); i++)
        count += tov_remarks_at(remarks, i)->kind == TOV_REMARK_REFUSES &&
                         !is_told_by_another(remarks, i)
                     ? 1
                     : 0;
    return count;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/formtext.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "case/form_line.h"
#include "cli/findings.h"
#include "cli/language.h"
#include "telling/text.h"

#define MARK "#!"
#define COLUMNS 76u /* behind the mark, in an editor of 80 */
#define PATH_SIZE 128u
#define REMARK_MAX_BYTES 16384u

/* The line at *TEXT, which moves behind it. */
static struct tov_bytes take_line(const char **text)
{
    size_t size = strcspn(*text, "\n");
    struct tov_bytes line = {(const uint8_t *)*text, size};
    *text += size + ((*text)[size] == '\n' ? 1 : 0);
    return line;
}

static bool is_mark(struct tov_bytes line)
{
    return line.size >= 2 && memcmp(line.data, MARK, 2) == 0;
}

void formtext_strip(const char *form, struct tov_buf *out)
{
    while (*form != '\0') {
        const char *start = form;
        if (!is_mark(take_line(&form)))
            tov_buf_put(out, start, (size_t)(form - start));
    }
}

/* ---- where a remark belongs ---- */

/* PATH without its numbers and without what names a half of the message. */
static void simplify(struct tov_bytes path, char out[PATH_SIZE])
{
    static const char *const halves[] = {"header", "content", "fields"};
    size_t used = 0;
    size_t at = 0;
    while (at < path.size) {
        size_t size = 0;
        while (at + size < path.size && path.data[at + size] != '.')
            size++;
        bool is_left_out = size > 0 && isdigit(path.data[at]) != 0;
        for (size_t i = 0; used == 0 && i < sizeof halves / sizeof halves[0]; i++)
            is_left_out = is_left_out || tov_bytes_equal((struct tov_bytes){path.data + at, size},
                                                         tov_bytes_of_text(halves[i]));
        if (!is_left_out && used + size + 2 < PATH_SIZE) {
            if (used > 0)
                out[used++] = '.';
            memcpy(out + used, path.data + at, size);
            used += size;
        }
        at += size + 1;
    }
    out[used] = '\0';
}

/* 3: the very path; 2: the same field of another record; 1: a field inside of it; 0: another. */
static int likeness(struct tov_bytes path, const char *field)
{
    char one[PATH_SIZE], other[PATH_SIZE];
    if (tov_bytes_equal(path, tov_bytes_of_text(field)))
        return 3;
    simplify(path, one);
    simplify(tov_bytes_of_text(field), other);
    size_t size = strlen(other);
    if (size == 0 || strncmp(one, other, size) != 0)
        return 0;
    return one[size] == '\0' ? 2 : one[size] == '.' ? 1 : 0;
}

/* The number of the line that REMARK belongs above; 0: the top. */
static uint32_t line_of(const char *form, const struct tov_remark *remark)
{
    uint32_t number = 0, found = 0;
    int best = 0;
    if (remark->line != 0 || remark->field[0] == '\0')
        return remark->line;
    while (*form != '\0') {
        struct tov_bytes path, value, line = take_line(&form);
        number++;
        if (line.size == 0 || line.data[0] == '#' || !tov_form_line_split(line, &path, &value))
            continue;
        int like = likeness(path, remark->field);
        found = like > best ? number : found;
        best = like > best ? like : best;
    }
    return found;
}

/* ---- writing ---- */

/* TEXT in lines that each begin with the mark. */
static void put_marked(struct tov_buf *out, const char *text)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf lines = TOV_BUF_INIT(REMARK_MAX_BYTES);
    if (text[0] == '\0')
        return;
    text_put_wrapped(&lines, text, &(struct text_frame){0, 0, COLUMNS});
    tov_buf_put_u8(&lines, 0);
    const char *at = lines.failed == TOV_OK ? (const char *)lines.data : "";
    while (*at != '\0') {
        tov_buf_put_text(out, MARK " ");
        tov_buf_put_bytes(out, take_line(&at));
        tov_buf_put_text(out, "\n");
    }
}

static void put_remark(struct cli *cli, const struct tov_message_draft *draft,
                       const struct tov_remark *remark, struct tov_buf *out)
{
    char words[FINDINGS_LEAD_SIZE];
    findings_lead(cli, draft, remark, words);
    put_marked(out, remark->line == 0 ? words : "");
    put_marked(out, cli_words(cli, remark->reason_da, remark->reason_en));
    put_marked(out, findings_remedy(cli, remark));
    findings_source(remark, words);
    put_marked(out, words);
}

static void put_remarks_of(struct cli *cli, const struct tov_message_draft *draft,
                           const uint32_t *lines, uint32_t line, struct tov_buf *out)
{
    const struct tov_remarks *remarks = tov_message_draft_remarks(draft);
    for (size_t i = 0; i < tov_remarks_count(remarks); i++) {
        if (lines[i] == line)
            put_remark(cli, draft, tov_remarks_at(remarks, i), out);
    }
}

void formtext_annotate(struct cli *cli, const struct tov_message_draft *draft, const char *form,
                       struct tov_buf *out)
{
    const struct tov_remarks *remarks = tov_message_draft_remarks(draft);
    TOV_FREE uint32_t *lines = calloc(tov_remarks_count(remarks) + 1, sizeof *lines);
    if (lines == NULL) {
        out->failed = TOV_E_NOMEM;
        return;
    }
    for (size_t i = 0; i < tov_remarks_count(remarks); i++)
        lines[i] = line_of(form, tov_remarks_at(remarks, i));
    put_marked(out, _("It is not sent. Mend what the lines with #! say, save and close. To go on "
                      "later, close without a change: the draft is kept."));
    put_remarks_of(cli, draft, lines, 0, out);
    for (uint32_t number = 1; *form != '\0'; number++) {
        const char *start = form;
        (void)take_line(&form);
        put_remarks_of(cli, draft, lines, number, out);
        tov_buf_put(out, start, (size_t)(form - start));
    }
}

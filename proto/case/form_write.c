/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/form.h"

#include "base/hex.h"
#include "case/danish_time.h"
#include "case/form_field.h"
#include "case/form_line.h"
#include "case/label.h"

#include <stdio.h>
#include <string.h>

#define BASES_SHOWN_MAX 20 /* a longer list would bury the form */
#define COMMENT_COLUMNS 78u

struct writing {
    const struct tov_draft *draft;
    enum tov_language language;
    struct tov_buf *out;
};

static const char *in(const struct writing *writing, const char *danish, const char *english)
{
    return writing->language == TOV_DANISH ? danish : english;
}

/* Characters of the first SIZE bytes of UTF-8. */
static size_t width_of(const char *text, size_t size)
{
    size_t width = 0;
    for (size_t i = 0; i < size; i++)
        width += ((unsigned char)text[i] & 0xc0) != 0x80 ? 1 : 0;
    return width;
}

/* WORDS behind LEAD, later lines behind NEXT, broken at blanks to fit an editor of 80 columns. */
static void put_lines(const struct writing *writing, const char *lead, const char *next,
                      const char *words)
{
    size_t column = width_of(lead, strlen(lead));
    tov_buf_put_text(writing->out, lead);
    for (bool is_first = true; *words != '\0'; is_first = false) {
        size_t size = strcspn(words, " ");
        size_t width = width_of(words, size);
        bool fits = is_first || column + 1 + width <= COMMENT_COLUMNS;
        const char *gap = is_first ? "" : " ";
        tov_buf_put_format(writing->out, "%s%s", fits ? gap : "\n", fits ? "" : next);
        column = (fits ? column + strlen(gap) : strlen(next)) + width;
        tov_buf_put(writing->out, words, size);
        words += size;
        words += strspn(words, " ");
    }
    tov_buf_put_text(writing->out, "\n");
}

static void put_comment(const struct writing *writing, const char *words)
{
    put_lines(writing, "# ", "# ", words);
}

static void put_option(const struct writing *writing, const char *id, const char *words)
{
    char lead[80];
    (void)snprintf(lead, sizeof lead, "#   %s: ", id);
    put_lines(writing, lead, "#     ", words);
}

/* ---- what may be written ---- */

static void put_bases(const struct writing *writing)
{
    uint64_t mask = 0;
    const struct tov_route *routes = writing->draft->type->routes;
    for (size_t i = 0; i < TOV_ROUTES_MAX && routes[i].from != 0; i++)
        mask |= routes[i].bases;
    size_t count = 0;
    for (size_t i = 0; i < tov_basis_count(); i++)
        count += (mask >> tov_basis_at(i)->code & 1) != 0 ? 1 : 0;
    if (count > BASES_SHOWN_MAX) {
        put_comment(writing, in(writing, "Samme hjemmel som den besked eller sag, det handler om.",
                                "The same basis as the message or case it is about."));
        return;
    }
    for (size_t i = 0; i < tov_basis_count(); i++) {
        const struct tov_basis *basis = tov_basis_at(i);
        if ((mask >> basis->code & 1) != 0)
            put_option(writing, basis->id, tov_text_in(&basis->name, writing->language));
    }
}

static void put_options(const struct writing *writing, const struct tov_form_field *field)
{
    if (strcmp(field->rule.name, "legal_bases") == 0)
        put_bases(writing);
    if (strcmp(field->rule.name, "purpose") == 0) {
        for (size_t i = 0; i < tov_purpose_count(); i++)
            put_option(writing, tov_purpose_at(i)->id,
                       tov_text_in(&tov_purpose_at(i)->name, writing->language));
    }
    for (size_t i = 0; i < tov_field_value_count(&field->field); i++) {
        const char *id = tov_field_value_name(&field->field, i);
        put_option(writing, id, tov_value_label(field->field.values_name, id, writing->language));
    }
}

static void put_how(const struct writing *writing, const struct tov_form_field *field)
{
    if (field->field.repeated)
        put_comment(writing, in(writing, "Ét svar på hver linje.", "One answer a line."));
    if (field->field.kind == TOV_FIELD_DATE)
        put_comment(writing, in(writing, "Dato: dd-mm-åååå.", "Date: dd-mm-yyyy."));
    if (field->field.kind == TOV_FIELD_TIME)
        put_comment(writing,
                    in(writing, "Dansk tid: dd-mm-åååå tt.mm.", "Danish time: dd-mm-yyyy hh.mm."));
    if (field->field.kind == TOV_FIELD_BOOL)
        put_comment(writing, in(writing, "ja eller nej.", "ja (yes) or nej (no)."));
    if (field->field.kind == TOV_FIELD_UUID)
        put_comment(writing, in(writing, "Reference: 32 hexadecimale cifre.",
                                "Reference: 32 hexadecimal digits."));
}

static void put_help(const struct writing *writing, const struct tov_form_field *field)
{
    tov_buf_put_text(writing->out, "\n");
    if (field->rule.help.da != NULL)
        put_comment(writing, tov_text_in(&field->rule.help, writing->language));
    put_how(writing, field);
    put_options(writing, field);
}

/* ---- values ---- */

static void put_text_value(const struct writing *writing, struct tov_bytes text)
{
    if (memchr(text.data, '\n', text.size) == NULL) {
        tov_buf_put_bytes(writing->out, text);
        return;
    }
    while (text.size > 0) {
        const uint8_t *end = memchr(text.data, '\n', text.size);
        size_t size = end == NULL ? text.size : (size_t)(end - text.data);
        struct tov_bytes line = {text.data, size};
        tov_buf_put_text(writing->out, tov_form_line_is_special(line) ? "\n\\" : "\n");
        tov_buf_put_bytes(writing->out, line);
        size_t used = end == NULL ? size : size + 1;
        text.data += used;
        text.size -= used;
    }
}

static void put_hex(struct tov_buf *out, struct tov_bytes bytes)
{
    char hex[2 * TOV_HASH_BYTES + 1];
    if (bytes.size > TOV_HASH_BYTES)
        return;
    tov_hex_encode(bytes, hex);
    tov_buf_put_text(out, hex);
}

static void put_value(const struct writing *writing, const struct tov_value *value)
{
    char text[TOV_DANISH_TIME_SIZE];
    switch (value->kind) {
    case TOV_FIELD_TEXT:
        put_text_value(writing, value->bytes);
        break;
    case TOV_FIELD_BOOL:
        tov_buf_put_text(writing->out, value->number != 0 ? "ja" : "nej");
        break;
    case TOV_FIELD_INT:
        tov_buf_put_format(writing->out, "%llu", (unsigned long long)value->number);
        break;
    case TOV_FIELD_DATE:
        tov_danish_date_format(value->date, text);
        tov_buf_put_text(writing->out, text);
        break;
    case TOV_FIELD_TIME:
        tov_danish_time_format(value->number, text);
        tov_buf_put_text(writing->out, text);
        break;
    case TOV_FIELD_ENUM:
        tov_buf_put_text(writing->out, value->name);
        break;
    case TOV_FIELD_UUID:
    case TOV_FIELD_HASH:
        put_hex(writing->out, value->bytes);
        break;
    case TOV_FIELD_BYTES:
    case TOV_FIELD_RECORD:
        break; /* no form field is one */
    }
}

/* The field's line, with what RECORD (may be zeros: nothing yet) holds. */
static void put_line(const struct writing *writing, const struct tov_form_field *field,
                     struct tov_record record, size_t index)
{
    bool required = field->rule.need == TOV_NEED_ALWAYS || field->rule.need == TOV_NEED_FULL;
    bool whole = field->path.leaf[0] == '\0';
    tov_buf_put_text(writing->out, required ? "* " : "");
    tov_buf_put_text(writing->out, tov_text_in(&field->rule.label, writing->language));
    if (index > 0)
        tov_buf_put_format(writing->out, " [%s.%zu.%s]:", field->path.head, index,
                           field->path.leaf);
    else
        tov_buf_put_format(writing->out, " [%s]:", field->rule.name);
    struct tov_value value;
    const char *name = whole ? field->path.head : field->path.leaf;
    for (size_t i = 0; tov_record_get(record, name, i, &value) == TOV_OK; i++) {
        tov_buf_put_text(writing->out, field->field.repeated ? "\n" : " ");
        if (field->field.repeated && value.kind == TOV_FIELD_TEXT &&
            tov_form_line_is_special(value.bytes))
            tov_buf_put_text(writing->out, "\\");
        put_value(writing, &value);
    }
    tov_buf_put_text(writing->out, "\n");
}

/* ---- fields and lists ---- */

static void put_single(const struct writing *writing, const struct tov_form_field *field)
{
    struct tov_record record = tov_draft_record(writing->draft, field->rule.place);
    struct tov_record child = {0};
    if (field->path.leaf[0] == '\0')
        child = record;
    else
        (void)tov_record_child(record, field->path.head, 0, &child);
    put_help(writing, field);
    put_line(writing, field, child, 0);
}

/* As a comment, so no more of it than stands in one line. */
static void put_recipient(const struct writing *writing, struct tov_bytes unit, size_t index)
{
    size_t size = 0;
    while (size < unit.size && unit.data[size] >= ' ')
        size++;
    if (size == 0)
        return;
    tov_buf_put_format(writing->out, "# %s %zu: %.*s\n", in(writing, "Modtager", "Recipient"),
                       index, (int)size, (const char *)unit.data);
}

/* The fields FIRST..END of one record of a list. */
static void put_element(const struct writing *writing, size_t first, size_t end, size_t index)
{
    for (size_t i = first; i < end; i++) {
        struct tov_form_field field = tov_form_field_at(writing->draft, i);
        struct tov_record child = {0};
        (void)tov_record_child(tov_draft_record(writing->draft, field.rule.place), field.path.head,
                               index - 1, &child);
        if (index == 1)
            put_help(writing, &field);
        if (field.rule.place == TOV_IN_HEADER)
            put_recipient(writing, tov_record_bytes(child, "unit"), index);
        put_line(writing, &field, child, index);
    }
}

/* Fields of one list stand together in the rules; returns where the next field is. */
static size_t put_list(const struct writing *writing, size_t first)
{
    struct tov_form_field field = tov_form_field_at(writing->draft, first);
    size_t all = tov_message_type_field_count(writing->draft->type);
    size_t end = first + 1;
    while (end < all &&
           strcmp(tov_form_field_at(writing->draft, end).path.head, field.path.head) == 0)
        end++;
    struct tov_record record = tov_draft_record(writing->draft, field.rule.place);
    size_t count = tov_record_count(record, field.path.head);
    bool may_grow = field.rule.place != TOV_IN_HEADER;
    if (count == 0 && may_grow)
        count = 1;
    if (may_grow) {
        tov_buf_put_text(writing->out, "\n");
        put_comment(writing,
                    in(writing, "Flere: gentag felterne nedenfor med 2, 3 ... i stedet for 1.",
                       "More: repeat the fields below with 2, 3 ... instead of 1."));
    }
    for (size_t index = 1; index <= count; index++)
        put_element(writing, first, end, index);
    return end;
}

static void put_head(const struct writing *writing)
{
    const struct tov_message_type *type = writing->draft->type;
    tov_buf_put_format(writing->out, "# %s (%s, version %u)\n",
                       tov_text_in(&type->name, writing->language), type->id, type->version);
    put_comment(writing, tov_text_in(&type->purpose, writing->language));
    tov_buf_put_text(writing->out, "#\n");
    put_comment(writing,
                in(writing, "Linjer, der begynder med #, læses ikke. Felter med * skal udfyldes.",
                   "Lines that begin with # are not read. Fields with * must be filled "
                   "in."));
    put_comment(writing, in(writing, "Skriv ikke klassificerede oplysninger.",
                            "Do not write classified information."));
}

void tov_form_write(const struct tov_draft *draft, enum tov_language language, struct tov_buf *out)
{
    struct writing writing = {draft, language, out};
    put_head(&writing);
    size_t i = 0;
    while (i < tov_message_type_field_count(draft->type)) {
        struct tov_form_field field = tov_form_field_at(draft, i);
        if (field.in_list) {
            i = put_list(&writing, i);
        } else {
            put_single(&writing, &field);
            i++;
        }
    }
}

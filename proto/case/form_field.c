/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/form_field.h"

#include "base/hex.h"

#include <assert.h>
#include <string.h>

static bool is_path_character(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* The part before the next dot; false when it is empty, too long or has other characters. */
static bool take_part(struct tov_bytes *text, char out[TOV_FORM_PATH_SIZE])
{
    size_t size = 0;
    while (size < text->size && text->data[size] != '.') {
        if (!is_path_character(text->data[size]) || size + 1 >= TOV_FORM_PATH_SIZE)
            return false;
        size++;
    }
    if (size == 0)
        return false;
    memcpy(out, text->data, size);
    out[size] = '\0';
    size_t used = size < text->size ? size + 1 : size;
    if (used == text->size && used > size)
        return false; /* a dot at the end */
    text->data += used;
    text->size -= used;
    return true;
}

bool tov_form_path_parse(struct tov_bytes text, struct tov_form_path *out_path)
{
    struct tov_form_path path = {0};
    char second[TOV_FORM_PATH_SIZE] = "";
    if (!take_part(&text, path.head))
        return false;
    if (text.size > 0 && !take_part(&text, second))
        return false;
    uint64_t index = 0;
    if (text.size > 0) {
        if (tov_decimal_decode(tov_bytes_of_text(second), &index) != TOV_OK || index == 0 ||
            index > UINT32_MAX || !take_part(&text, path.leaf) || text.size > 0)
            return false;
        path.index = (size_t)index;
    } else {
        memcpy(path.leaf, second, sizeof path.leaf);
    }
    *out_path = path;
    return true;
}

struct tov_form_field tov_form_field_at(const struct tov_draft *draft, size_t index)
{
    struct tov_form_field field = {.rule = tov_message_type_field_at(draft->type, index)};
    bool parsed = tov_form_path_parse(tov_bytes_of_text(field.rule.name), &field.path);
    struct tov_field head;
    const struct tov_schema *schema = tov_record_schema(tov_draft_record(draft, field.rule.place));
    bool found = parsed && tov_schema_find_field(schema, field.path.head, &head);
    if (found && field.path.leaf[0] != '\0') {
        field.in_list = head.repeated;
        found = head.kind == TOV_FIELD_RECORD &&
                tov_schema_find_field(head.record, field.path.leaf, &field.field);
    } else if (found) {
        field.field = head;
    }
    assert(found); /* a row of the catalogue names a field that its record does not have */
    return field;
}

bool tov_form_field_find(const struct tov_draft *draft, const struct tov_form_path *path,
                         struct tov_form_field *out_field)
{
    for (size_t i = 0; i < tov_message_type_field_count(draft->type); i++) {
        struct tov_form_field field = tov_form_field_at(draft, i);
        if (strcmp(field.path.head, path->head) != 0 || strcmp(field.path.leaf, path->leaf) != 0)
            continue;
        if (field.in_list != (path->index > 0))
            return false;
        *out_field = field;
        return true;
    }
    return false;
}

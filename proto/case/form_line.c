/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/form_line.h"

#include "case/form_field.h"

#include <string.h>

bool tov_form_line_split(struct tov_bytes line, struct tov_bytes *out_path,
                         struct tov_bytes *out_value)
{
    const uint8_t *open = line.size == 0 ? NULL : memchr(line.data, '[', line.size);
    if (open == NULL)
        return false;
    size_t start = (size_t)(open - line.data) + 1;
    const uint8_t *close = memchr(open, ']', line.size - start + 1);
    if (close == NULL)
        return false;
    size_t end = (size_t)(close - line.data);
    struct tov_bytes path = {line.data + start, end - start};
    struct tov_form_path ignored;
    if (end + 1 >= line.size || line.data[end + 1] != ':' || !tov_form_path_parse(path, &ignored))
        return false;
    *out_path = path;
    *out_value = (struct tov_bytes){line.data + end + 2, line.size - end - 2};
    return true;
}

bool tov_form_line_is_special(struct tov_bytes line)
{
    struct tov_bytes path, value;
    return line.size > 0 && (line.data[0] == '#' || line.data[0] == '\\' ||
                             tov_form_line_split(line, &path, &value));
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct tov_bytes tov_form_trim(struct tov_bytes text)
{
    while (text.size > 0 && is_space(text.data[0])) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && is_space(text.data[text.size - 1]))
        text.size--;
    return text;
}

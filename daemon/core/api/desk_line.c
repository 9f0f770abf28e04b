/* SPDX-License-Identifier: EUPL-1.2 */
#include "api/desk_line.h"

/* ---- units ---- */

uint16_t tov_desk_unit_place(const struct tov_core *core, struct tov_bytes unit)
{
    for (size_t i = 0; i < core->own->unit_count && i < TOV_DESK_OTHER_UNIT; i++) {
        if (tov_bytes_equal(tov_bytes_of_text(core->own->units[i].name), unit))
            return (uint16_t)i;
    }
    return TOV_DESK_OTHER_UNIT;
}

bool tov_desk_is_side_of(const struct api_look *look, uint16_t place)
{
    const struct tov_agency *own = look->api->core->own;
    struct tov_bytes unit = {0};
    if (place == TOV_DESK_NO_UNIT)
        return false;
    if (place != TOV_DESK_OTHER_UNIT)
        unit = tov_bytes_of_text(own->units[place].name);
    return tov_access_is_of_unit(look->client, look->unit, unit);
}

/* ---- lines ---- */

void tov_desk_line_clear(struct desk_line *line)
{
    *line = (struct desk_line){.max = line->max};
}

void tov_desk_line_add(struct desk_line *line, uint16_t agency)
{
    line->count++;
    line->of_agency[agency]++;
}

void tov_desk_line_remove(struct desk_line *line, uint16_t agency)
{
    line->count--;
    line->of_agency[agency]--;
}

uint16_t tov_desk_line_largest(const struct desk_line *line)
{
    uint16_t largest = 0;
    for (uint16_t agency = 1; agency <= TOV_AGENCIES_MAX; agency++) {
        if (line->of_agency[agency] > line->of_agency[largest])
            largest = agency;
    }
    return largest;
}

bool tov_desk_line_is_full(const struct desk_line *line)
{
    return line->count >= line->max;
}

bool tov_desk_line_yields(const struct desk_line *line, uint16_t agency, uint16_t *out_largest)
{
    *out_largest = tov_desk_line_largest(line);
    return line->of_agency[agency] + 1 < line->of_agency[*out_largest];
}

bool tov_desk_line_has_room_again(const struct desk_line *line)
{
    return line->count <= line->max / 4 * 3;
}

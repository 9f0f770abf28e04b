/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the desk's two indexes (desk.c, trouble.c) have in common: units of the own agency by their
 * place in the roster, and how many wait in one way, of all and of each agency, within a limit.
 * Private to the desk.
 */
#ifndef TOV_API_DESK_LINE_H
#define TOV_API_DESK_LINE_H

#include "api/api_internal.h"

#define TOV_DESK_NO_UNIT UINT16_MAX                /* the own agency is not on that side */
#define TOV_DESK_OTHER_UNIT (TOV_DESK_NO_UNIT - 1) /* one that the roster does not have */

/* The place of UNIT of the own agency. */
uint16_t tov_desk_unit_place(const struct tov_core *core, struct tov_bytes unit);
/* Whether LOOK is of the unit at PLACE. What is of no unit that the roster has is for whoever sees
 * all units, when LOOK asks for no one of them. */
bool tov_desk_is_side_of(const struct api_look *look, uint16_t place);

struct desk_line {
    size_t count, max;
    uint32_t of_agency[TOV_AGENCIES_MAX + 1]; /* 0: of damaged rows */
};
void tov_desk_line_clear(struct desk_line *line); /* the limit stays */
void tov_desk_line_add(struct desk_line *line, uint16_t agency);
void tov_desk_line_remove(struct desk_line *line, uint16_t agency);
/* The agency that most is of. */
uint16_t tov_desk_line_largest(const struct desk_line *line);
/* At the limit: false, one more of AGENCY is left out, since it is among those that have most; or
 * OUT_LARGEST is the one whose newest goes for it. */
bool tov_desk_line_is_full(const struct desk_line *line);
bool tov_desk_line_yields(const struct desk_line *line, uint16_t agency, uint16_t *out_largest);
/* A quarter of the room is free. */
bool tov_desk_line_has_room_again(const struct desk_line *line);

#endif

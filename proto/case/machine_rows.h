/* SPDX-License-Identifier: EUPL-1.2
 *
 * Inside proto/case: the machines of the table, and short forms for writing rows.
 * Not for: files outside proto/case.
 */
#ifndef TOV_CASE_MACHINE_ROWS_H
#define TOV_CASE_MACHINE_ROWS_H

#include "case/machine.h"

extern const struct tov_machine_info tov_machine_concern;
extern const struct tov_machine_info tov_machine_case;
extern const struct tov_machine_info tov_machine_course;
extern const struct tov_machine_info tov_machine_request;
extern const struct tov_machine_info tov_machine_custody;
extern const struct tov_machine_info tov_machine_release;
extern const struct tov_machine_info tov_machine_responsibility;

#define TOV_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
/* NOLINTBEGIN(bugprone-macro-parentheses): a name is an initialiser in braces */
#define TOV_MACHINE(machine_, id_, name_, states_, rows_)                                       \
    {                                                                                           \
        .machine = (machine_), .id = (id_), .name = name_, .states = (states_),                 \
        .state_count = TOV_COUNT_OF(states_), .rows = (rows_), .row_count = TOV_COUNT_OF(rows_) \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

#define TOV_STATE(id_, danish, english)                \
    {                                                  \
        .id = (id_), .name = TOV_TEXT(danish, english) \
    }
#define TOV_END_STATE(id_, danish, english)                            \
    {                                                                  \
        .id = (id_), .name = TOV_TEXT(danish, english), .is_end = true \
    }

#define FROM(...) .from = {__VA_ARGS__}
#define ON(type_) .on = {.type = (type_)}
#define ON_FIELD(type_, field_, value_) \
    .on = {.type = (type_), .field = (field_), .value = (value_)}
#define TO(state) .to = (state)
#define BY(who_) .who = (who_)
#define BY_BOTH(first, second) .who = (first), .and_who = (second)
#define IF(...) .guards = {__VA_ARGS__}
#define DOES(mask) .does = (mask)

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Inside proto/case: a field of a form by its path, and where it stands in the draft.
 * Not for: files outside proto/case; they call case/form.h.
 * Never open a record for a value that is empty: an empty record is not an empty field.
 */
#ifndef TOV_CASE_FORM_FIELD_H
#define TOV_CASE_FORM_FIELD_H

#include "case/draft.h"

#define TOV_FORM_PATH_SIZE 80

/* "necessity", "subject.name", or "facts.2.fact" (index 2). */
struct tov_form_path {
    char head[TOV_FORM_PATH_SIZE];
    size_t index;                  /* from 1; 0: not a list */
    char leaf[TOV_FORM_PATH_SIZE]; /* "" when the head is the field */
};

struct tov_form_field {
    struct tov_field_rule rule;
    struct tov_form_path path; /* of the rule, index 0 */
    struct tov_field field;    /* of the value itself */
    bool in_list;              /* the head is a list of records */
};

/* False when TEXT is no path. */
bool tov_form_path_parse(struct tov_bytes text, struct tov_form_path *out_path);
struct tov_form_field tov_form_field_at(const struct tov_draft *draft, size_t index);
/* The field that PATH names; false when the type has none or the index does not fit it. */
bool tov_form_field_find(const struct tov_draft *draft, const struct tov_form_path *path,
                         struct tov_form_field *out_field);

#endif

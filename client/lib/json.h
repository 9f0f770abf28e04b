/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages as JSON, both ways (docs/libtov.md states the form): keys are the names of the fields,
 * nothing is left out and nothing added, so a new field of the catalogue needs no line here.
 */
#ifndef TOV_LIB_JSON_H
#define TOV_LIB_JSON_H

#include "case/draft.h"

#include <jansson.h>

#define JSON_TEXT_MAX_BYTES 262144u

struct tov_message_view;

/* Adds "header" and, when it is there, "content" to OBJECT. NOMEM. */
enum tov_err json_put_draft(json_t *object, const struct tov_draft *draft) TOV_MUST_CHECK;
/* Adds "message", and "header" and "content" as far as VIEW has them. NOMEM. */
enum tov_err json_put_view(json_t *object, const struct tov_message_view *view) TOV_MUST_CHECK;
json_t *json_of_number(uint64_t number);
json_t *json_of_time(uint64_t time_ms); /* 0: null */
/* The object as an indented text for the caller; takes the reference over. NULL gives NOMEM. */
enum tov_err json_give(json_t *object, char **out_json, struct tov_error *error) TOV_MUST_CHECK;

#endif

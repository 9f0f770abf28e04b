/* SPDX-License-Identifier: EUPL-1.2
 *
 * What tov-audit verify said of exports of the world: its exit code, and its report as JSON.
 * Not for: the report for people (world_output has it after a world_run).
 * Never compare sentences: they are for people and may be put better.
 */
#ifndef TOV_TESTS_UNIT_AUDIT_VERDICT_H
#define TOV_TESTS_UNIT_AUDIT_VERDICT_H

#include "world.h"

#define VERDICT_TEXT_SIZE 2048u

struct verdict {
    int code;
    json_t *report; /* an object */
};
/* Of the folders EXPORTS (paths, up to a NULL), by the root keys in ROOTS; NULL: none given. A
 * report that is no JSON stops the program. verdict_fini. */
struct verdict verdict_of(struct world *world, const char *roots, const char *const *exports);
/* Of one folder, by the world's root keys. */
struct verdict verdict_of_one(struct world *world, const char *export);
void verdict_fini(struct verdict *verdict);

/* The stable names of all findings: ascending, each once, joined by blanks; OUT has
 * VERDICT_TEXT_SIZE characters. Without CLASS: of all classes. */
void verdict_names(const struct verdict *verdict, const char *class, char *out);
bool verdict_has(const struct verdict *verdict, const char *name);
/* The first finding of that name at PATH (NULL: anywhere); borrowed, NULL when there is none. */
const json_t *verdict_find(const struct verdict *verdict, const char *name, const char *path);
/* A text member of a finding, "" for null. */
const char *verdict_text(const json_t *finding, const char *member);

/* Asserts exit code and names; SAID stands before what differs. */
#define VERDICT_IS(verdict, code, names, said) \
    verdict_is((verdict), (code), (names),     \
               &(struct verdict_place){.text = (said), .file = __FILE__, .line = __LINE__})
struct verdict_place {
    const char *text, *file;
    int line;
};
void verdict_is(const struct verdict *verdict, int code, const char *names,
                const struct verdict_place *place);

#endif

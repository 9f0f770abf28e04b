/* SPDX-License-Identifier: EUPL-1.2 */
#include "verdict.h"

#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 128u
#define EXPORTS_MAX 8u

struct verdict verdict_of(struct world *world, const char *roots, const char *const *exports)
{
    const char *words[EXPORTS_MAX + 5] = {"verify", "--json"};
    struct verdict verdict = {.report = NULL};
    size_t count = 2;
    if (roots != NULL) {
        words[count++] = "--roots";
        words[count++] = roots;
    }
    for (size_t i = 0; exports[i] != NULL; i++) {
        UNIT_NEED(i < EXPORTS_MAX);
        words[count++] = exports[i];
    }
    verdict.code = world_audit(world, words, &verdict.report);
    UNIT_NEED(json_is_object(verdict.report));
    return verdict;
}

struct verdict verdict_of_one(struct world *world, const char *export)
{
    char roots[WORLD_PATH_SIZE];
    world_path(world, roots, "roots");
    return verdict_of(world, roots, (const char *const[]){export, NULL});
}

void verdict_fini(struct verdict *verdict)
{
    json_decref(verdict->report);
    verdict->report = NULL;
}

const char *verdict_text(const json_t *finding, const char *member)
{
    const char *text = json_string_value(json_object_get(finding, member));
    return text == NULL ? "" : text;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool stands_in(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

void verdict_names(const struct verdict *verdict, const char *class, char *out)
{
    const char *names[NAMES_MAX];
    size_t count = 0, used = 0;
    const json_t *findings = json_object_get(verdict->report, "findings");
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *finding = json_array_get(findings, i);
        const char *name = verdict_text(finding, "code");
        if (class != NULL && strcmp(verdict_text(finding, "class"), class) != 0)
            continue;
        if (stands_in(names, count, name))
            continue;
        UNIT_NEED(count < NAMES_MAX);
        names[count++] = name;
    }
    qsort(names, count, sizeof names[0], compare_texts);
    out[0] = '\0';
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(out + used, VERDICT_TEXT_SIZE - used, "%s%s", i == 0 ? "" : " ",
                                 names[i]);
}

const json_t *verdict_find(const struct verdict *verdict, const char *name, const char *path)
{
    const json_t *findings = json_object_get(verdict->report, "findings");
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *finding = json_array_get(findings, i);
        if (strcmp(verdict_text(finding, "code"), name) == 0 &&
            (path == NULL || strcmp(verdict_text(finding, "path"), path) == 0))
            return finding;
    }
    return NULL;
}

bool verdict_has(const struct verdict *verdict, const char *name)
{
    return verdict_find(verdict, name, NULL) != NULL;
}

void verdict_is(const struct verdict *verdict, int code, const char *names,
                const struct verdict_place *place)
{
    char found[VERDICT_TEXT_SIZE], expected[VERDICT_TEXT_SIZE + 64], actual[sizeof expected];
    verdict_names(verdict, NULL, found);
    (void)snprintf(expected, sizeof expected, "%d %s", code, names);
    (void)snprintf(actual, sizeof actual, "%d %s", verdict->code, found);
    unit_equal_text(actual, expected, place->text, place->file, place->line);
}

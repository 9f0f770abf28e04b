/* SPDX-License-Identifier: EUPL-1.2
 *
 * See finding.h; the table of sentences is finding_table.c.
 */
#include "audit/finding.h"

#include "audit/words.h"
#include "base/hex.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void finding_fini(struct tov_finding *finding)
{
    free(finding->subject);
    free(finding->path);
    free(finding->expected);
    free(finding->found);
    free(finding->evidence);
}

void tov_findings_fini(struct tov_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        finding_fini(&findings->items[i]);
    free(findings->items);
    *findings = (struct tov_findings){0};
}

/* What stands by itself, whatever else is damaged: signatures of one key that exclude each other.
 */
static bool is_proof(enum tov_finding_code code)
{
    return code == TOV_FOUND_TWO_ROOTS || code == TOV_FOUND_MIRROR_FORK ||
           code == TOV_FOUND_TWO_HISTORIES || code == TOV_FOUND_FORK ||
           code == TOV_FOUND_ROSTER_CHAIN;
}

static struct tov_finding *make_room(struct tov_findings *findings, enum tov_finding_code code)
{
    if (findings->count >= TOV_FINDINGS_MAX + (is_proof(code) ? TOV_FINDINGS_PROOFS_MAX : 0))
        return NULL;
    if (findings->count == findings->capacity) {
        size_t capacity = findings->capacity == 0 ? 32 : 2 * findings->capacity;
        struct tov_finding *items = realloc(findings->items, capacity * sizeof *items);
        if (items == NULL)
            return NULL;
        findings->items = items;
        findings->capacity = capacity;
    }
    return &findings->items[findings->count++];
}

static char *copy(const char *text)
{
    return text == NULL ? NULL : strdup(text);
}

static void count_class(struct tov_findings *findings, enum tov_finding_class class)
{
    findings->by_class[class]++;
    if (class > findings->worst)
        findings->worst = class;
}

struct tov_finding *tov_findings_add(struct tov_findings *findings, enum tov_finding_code code,
                                     const struct tov_place *place, const char *expected,
                                     const char *found)
{
    enum tov_finding_class class = tov_finding_default_class(code);
    count_class(findings, class);
    struct tov_finding *finding = make_room(findings, code);
    if (finding == NULL) {
        findings->unlisted++;
        findings->unlisted_inconsistent += class == TOV_CLASS_INCONSISTENT ? 1 : 0;
        return NULL;
    }
    *finding = (struct tov_finding){.code = code,
                                    .class = class,
                                    .subject = copy(findings->subject),
                                    .expected = copy(expected),
                                    .found = copy(found)};
    if (place != NULL) {
        finding->path = copy(place->path);
        finding->has_index = place->has_index;
        finding->index = place->index;
    }
    return finding;
}

void tov_findings_add_missing(struct tov_findings *findings, const char *path)
{
    struct tov_place place = {.path = path};
    for (size_t i = 0; i < findings->count; i++) {
        const struct tov_finding *other = &findings->items[i];
        if (other->code == TOV_FOUND_FILE_MISSING && other->path != NULL &&
            strcmp(other->path, path) == 0)
            return;
    }
    (void)tov_findings_add(findings, TOV_FOUND_FILE_MISSING, &place, NULL, NULL);
}

void tov_findings_add_unknown(struct tov_findings *findings, const char *path, size_t count)
{
    struct tov_place place = {.path = path};
    if (count > 0)
        (void)tov_findings_add(findings, TOV_FOUND_SIGNATURE_UNKNOWN, &place, NULL,
                               TOV_SAY(_("%zu lines"), count));
}

void tov_finding_set_evidence(struct tov_finding *finding, const char *evidence)
{
    if (finding == NULL)
        return;
    free(finding->evidence);
    finding->evidence = copy(evidence);
}

struct tov_findings_mark tov_findings_mark(const struct tov_findings *findings)
{
    return (struct tov_findings_mark){findings->count, findings->unlisted_inconsistent};
}

static void lower(struct tov_findings *findings, uint64_t count, enum tov_finding_class to)
{
    findings->by_class[TOV_CLASS_INCONSISTENT] -= count;
    findings->by_class[to] += count;
}

static void find_worst(struct tov_findings *findings)
{
    findings->worst = TOV_CLASS_INFORMATION;
    for (int class = TOV_CLASS_INFORMATION; class <= TOV_CLASS_INCONSISTENT; class ++) {
        if (findings->by_class[class] > 0)
            findings->worst = (enum tov_finding_class) class;
    }
}

void tov_findings_soften(struct tov_findings *findings, struct tov_findings_mark mark)
{
    for (size_t i = mark.count; i < findings->count; i++) {
        struct tov_finding *finding = &findings->items[i];
        if (finding->class == TOV_CLASS_INCONSISTENT && !finding->is_firm) {
            finding->class = TOV_CLASS_CORRUPT;
            lower(findings, 1, TOV_CLASS_CORRUPT);
        }
    }
    lower(findings, findings->unlisted_inconsistent - mark.unlisted_inconsistent,
          TOV_CLASS_CORRUPT);
    findings->unlisted_inconsistent = mark.unlisted_inconsistent;
    find_worst(findings);
}

void tov_findings_distrust(struct tov_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->items[i].class == TOV_CLASS_INCONSISTENT)
            findings->items[i].class = TOV_CLASS_UNVERIFIABLE;
    }
    lower(findings, findings->by_class[TOV_CLASS_INCONSISTENT], TOV_CLASS_UNVERIFIABLE);
    findings->unlisted_inconsistent = 0;
    find_worst(findings);
}

enum tov_exit_code tov_findings_verdict(const struct tov_findings *findings)
{
    switch (findings->worst) {
    case TOV_CLASS_INFORMATION:
        return TOV_AUDIT_VERIFIED;
    case TOV_CLASS_UNVERIFIABLE:
        return TOV_AUDIT_UNVERIFIABLE;
    case TOV_CLASS_CORRUPT:
        return TOV_AUDIT_CORRUPT;
    case TOV_CLASS_INCONSISTENT:
        return TOV_AUDIT_INCONSISTENT;
    }
    return TOV_AUDIT_UNVERIFIABLE;
}

const char *tov_class_name(enum tov_finding_class class)
{
    switch (class) {
    case TOV_CLASS_INFORMATION:
        return "information";
    case TOV_CLASS_UNVERIFIABLE:
        return "unverifiable";
    case TOV_CLASS_CORRUPT:
        return "local-corruption";
    case TOV_CLASS_INCONSISTENT:
        return "inconsistent";
    }
    return "";
}

const char *tov_say(char *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(out, TOV_FINDING_TEXT_SIZE, format, arguments);
    va_end(arguments);
    return out;
}

const char *tov_say_hash(char *out, const struct tov_hash *hash)
{
    tov_hex_encode(TOV_BYTES_OF(hash->bytes), out);
    return out;
}

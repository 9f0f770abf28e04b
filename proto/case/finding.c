/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/finding.h"

#include <string.h>

bool tov_findings_refuse(const struct tov_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        if (findings->items[i].severity == TOV_REFUSES)
            return true;
    }
    return false;
}

/* Cuts at a whole UTF-8 character. */
static void append(char *out, size_t capacity, const char *text, size_t size)
{
    size_t at = strlen(out);
    size_t room = capacity - 1 - at;
    if (size > room) {
        size = room;
        while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
            size--;
    }
    memcpy(out + at, text, size);
    out[at + size] = '\0';
}

static void fill_in(char *out, size_t capacity, const char *words, const char *const arguments[2])
{
    out[0] = '\0';
    while (words != NULL && *words != '\0') {
        const char *brace = strchr(words, '{');
        size_t plain = brace == NULL ? strlen(words) : (size_t)(brace - words);
        append(out, capacity, words, plain);
        words += plain;
        if (brace == NULL)
            break;
        int which = brace[1] == '2' ? 1 : 0;
        const char *argument = arguments[which] == NULL ? "" : arguments[which];
        append(out, capacity, argument, strlen(argument));
        words += 3; /* {1} */
    }
}

void tov_findings_add(struct tov_findings *findings, const struct tov_finding_words *words)
{
    if (findings->count == TOV_FINDINGS_MAX) {
        findings->more = true;
        return;
    }
    struct tov_finding *finding = &findings->items[findings->count++];
    memset(finding, 0, sizeof *finding);
    finding->severity = words->severity;
    finding->rule = words->rule;
    finding->source = words->source == NULL ? "" : words->source;
    finding->line = words->line;
    if (words->field != NULL)
        append(finding->field, sizeof finding->field, words->field, strlen(words->field));
    const char *da[2] = {words->first.da, words->second.da};
    const char *en[2] = {words->first.en, words->second.en};
    fill_in(finding->reason_da, sizeof finding->reason_da, words->reason.da, da);
    fill_in(finding->reason_en, sizeof finding->reason_en, words->reason.en, en);
    fill_in(finding->remedy_da, sizeof finding->remedy_da, words->remedy.da, da);
    fill_in(finding->remedy_en, sizeof finding->remedy_en, words->remedy.en, en);
}

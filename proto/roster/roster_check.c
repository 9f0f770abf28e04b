/* SPDX-License-Identifier: EUPL-1.2
 *
 * What can only be said of a whole roster: R1 to R4 of roster/roster.h.
 */
#include <stdlib.h>
#include <string.h>

#include "roster/roster_internal.h"

static enum tov_err fail_at(const struct roster_parser *parser, const struct tov_line *line,
                            const char *what, const char *name)
{
    return tov_lines_fail(&parser->lines, line, "\"%.63s\" %s", name, what);
}

/* R1. A thousand agencies at most: comparing each with those before it is cheap enough. */
static enum tov_err check_identities(const struct roster_parser *parser)
{
    for (size_t i = 0; i < parser->agency_count; i++) {
        const struct tov_agency *agency = &parser->agencies[i];
        const struct tov_line *line = &parser->drafts[i].start;
        if (i > 0 && agency->number <= parser->agencies[i - 1].number)
            return tov_lines_fail(
                &parser->lines, line,
                "number %u is used already or out of order; give a new agency the "
                "next free number",
                agency->number);
        for (size_t j = 0; j < i; j++) {
            if (strcmp(agency->name, parser->agencies[j].name) == 0)
                return fail_at(parser, line, "is the name of another agency too; rename one",
                               agency->name);
            if (strcmp(agency->cvr, parser->agencies[j].cvr) == 0)
                return fail_at(parser, line, "has the CVR of another agency; correct it",
                               agency->name);
        }
    }
    return TOV_OK;
}

/* ---- R2: one key, one use ---- */

struct key_use {
    uint8_t key[32];
    unsigned line;   /* where it stands, or about there */
    uint16_t agency; /* 0: a root */
    char use;        /* l(edger) j(ournal) w(itness) c(ontrol) t(ransport) r(oot) */
    bool is_revoked;
};

static int compare_uses(const void *a, const void *b)
{
    const struct key_use *left = a;
    const struct key_use *right = b;
    int order = memcmp(left->key, right->key, sizeof left->key);
    return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

/* A revoked line speaks of a key that its agency has, or had in an earlier generation. */
static bool is_same_history(const struct key_use *a, const struct key_use *b)
{
    return (a->is_revoked || b->is_revoked) && a->agency == b->agency && a->use == b->use;
}

static struct key_use use_of(const uint8_t key[32], const struct tov_line *line, uint16_t agency,
                             char use)
{
    struct key_use made = {.line = line->number, .agency = agency, .use = use};
    memcpy(made.key, key, sizeof made.key);
    return made;
}

static size_t list_agency_keys(const struct agency_draft *draft, struct key_use *out)
{
    const struct tov_agency *agency = draft->agency;
    size_t count = 0;
    out[count++] = use_of(agency->ledger.public_key, &draft->start, agency->number, 'l');
    out[count++] = use_of(agency->journal.public_key, &draft->start, agency->number, 'j');
    out[count++] = use_of(agency->witness.public_key, &draft->start, agency->number, 'w');
    out[count++] = use_of(agency->control, &draft->start, agency->number, 'c');
    for (size_t i = 0; i < agency->transport_count; i++)
        out[count++] = use_of(agency->transport[i], &draft->start, agency->number, 't');
    return count;
}

static size_t list_keys(const struct roster_parser *parser, struct key_use *out)
{
    const struct tov_roster_facts *facts = &parser->roster->facts;
    const struct tov_line head = {.number = 1};
    size_t count = 0;
    for (size_t i = 0; i < facts->root_count; i++)
        out[count++] = use_of(facts->roots[i].public_key, &head, 0, 'r');
    for (size_t i = 0; i < parser->agency_count; i++)
        count += list_agency_keys(&parser->drafts[i], out + count);
    for (size_t i = 0; i < parser->revocation_count; i++) {
        const struct tov_revocation *revocation = &parser->revocations[i];
        bool is_journal = strstr(revocation->key.name, "/journal/") != NULL;
        out[count] = use_of(revocation->key.public_key, &parser->revoked_lines[i],
                            revocation->agency, is_journal ? 'j' : 'l');
        out[count++].is_revoked = true;
    }
    return count;
}

static enum tov_err check_keys(const struct roster_parser *parser)
{
    size_t most = TOV_ROOTS_MAX + parser->agency_count * (4 + TOV_TRANSPORT_KEYS_MAX) +
                  parser->revocation_count;
    TOV_FREE struct key_use *uses = calloc(most, sizeof *uses);
    if (uses == NULL)
        return TOV_E_NOMEM;
    size_t count = list_keys(parser, uses);
    qsort(uses, count, sizeof *uses, compare_uses);
    for (size_t i = 1; i < count; i++) {
        const struct key_use *a = &uses[i - 1];
        const struct key_use *b = &uses[i];
        if (memcmp(a->key, b->key, sizeof a->key) == 0 && !is_same_history(a, b))
            return tov_fail(parser->lines.error, TOV_E_MALFORMED,
                            "line %u: a key of what begins here is used a second time (line %u); "
                            "one key has one use: make a new one",
                            b->line, a->line);
    }
    return TOV_OK;
}

/* ---- R3, R4 ---- */

static enum tov_err read_keeper(const struct roster_parser *parser,
                                const struct agency_draft *draft, struct tov_bytes name,
                                uint16_t *out_number)
{
    const struct tov_agency *keeper = tov_roster_agency_by_name(parser->roster, name);
    if (keeper == NULL)
        return tov_lines_fail(&parser->lines, &draft->keepers,
                              "\"%.*s\" is no agency of this roster; correct the name",
                              TOV_SHOWN(name));
    if (keeper == draft->agency)
        return tov_lines_fail(&parser->lines, &draft->keepers,
                              "an agency cannot keep its own ledger; name another");
    *out_number = keeper->number;
    return TOV_OK;
}

static enum tov_err resolve_keepers(const struct roster_parser *parser, struct agency_draft *draft)
{
    uint16_t found[TOV_KEEPERS_MAX];
    size_t count = 0;
    struct tov_bytes rest = draft->keepers.value;
    struct tov_bytes name;
    while (tov_words_next(&rest, &name)) {
        if (count == TOV_KEEPERS_MAX)
            return tov_lines_fail(&parser->lines, &draft->keepers, "more than %u; remove some",
                                  TOV_KEEPERS_MAX);
        TOV_TRY(read_keeper(parser, draft, name, &found[count]));
        if (count > 0 && found[count] <= found[count - 1])
            return tov_lines_fail(&parser->lines, &draft->keepers,
                                  "\"%.*s\" stands twice or out of the order of agency numbers",
                                  TOV_SHOWN(name));
        count++;
    }
    uint16_t *kept = tov_arena_take(&parser->roster->arena, count * sizeof *kept);
    if (kept == NULL)
        return TOV_E_NOMEM;
    if (count > 0)
        memcpy(kept, found, count * sizeof *kept);
    draft->agency->keepers = kept;
    draft->agency->keeper_count = count;
    return TOV_OK;
}

static enum tov_err resolve_successor(const struct roster_parser *parser,
                                      struct agency_draft *draft)
{
    struct tov_bytes name = draft->successor.value;
    if (name.size == 0)
        return TOV_OK;
    draft->agency->closed = true;
    if (tov_bytes_is_text(name, "none"))
        return TOV_OK;
    const struct tov_agency *successor = tov_roster_agency_by_name(parser->roster, name);
    if (successor == NULL || successor == draft->agency)
        return tov_lines_fail(&parser->lines, &draft->successor,
                              "\"%.*s\" is no other agency of this roster; correct it, or none",
                              TOV_SHOWN(name));
    draft->agency->successor = successor->number;
    return TOV_OK;
}

static const struct tov_agency *agency_of(const struct roster_parser *parser, uint16_t number)
{
    return tov_roster_agency(parser->roster, number);
}

/* After all are resolved: an open agency takes over, open agencies keep. */
static enum tov_err check_open(const struct roster_parser *parser, const struct agency_draft *draft,
                               size_t open_count)
{
    const struct tov_agency *agency = draft->agency;
    if (agency->closed) {
        if (agency->successor != 0 && agency_of(parser, agency->successor)->closed)
            return tov_lines_fail(&parser->lines, &draft->successor,
                                  "the successor is closed too; name the agency that is in charge");
        return TOV_OK;
    }
    for (size_t i = 0; i < agency->keeper_count; i++) {
        if (agency_of(parser, agency->keepers[i])->closed)
            return tov_lines_fail(&parser->lines, &draft->keepers,
                                  "a closed agency keeps no ledger; name another");
    }
    size_t needed = open_count - 1 < 2 ? open_count - 1 : 2;
    if (agency->keeper_count < needed)
        return tov_fail(parser->lines.error, TOV_E_MALFORMED,
                        "line %u, keepers: agency %.63s names %zu, needs at least %zu; add a "
                        "keepers line with more agencies",
                        draft->start.number, agency->name, agency->keeper_count, needed);
    return TOV_OK;
}

static enum tov_err resolve_revocation(const struct roster_parser *parser, size_t index)
{
    struct tov_revocation *revocation = &parser->revocations[index];
    const struct tov_line *line = &parser->revoked_lines[index];
    const struct tov_agency *agency =
        tov_roster_agency_by_origin(parser->roster, tov_bytes_of_text(revocation->key.name));
    struct tov_origin origin = {.journal = 0};
    if (agency == NULL ||
        tov_origin_parse(tov_bytes_of_text(revocation->key.name), &origin) != TOV_OK ||
        origin.generation > agency->generation)
        return tov_lines_fail(&parser->lines, line,
                              "the key's name is no origin of an agency of this roster");
    revocation->agency = agency->number;
    for (size_t i = 0; i < index; i++) {
        if (strcmp(parser->revocations[i].key.name, revocation->key.name) == 0)
            return tov_lines_fail(&parser->lines, line,
                                  "this origin is revoked already; remove the line");
    }
    return TOV_OK;
}

enum tov_err tov_roster_check(struct roster_parser *parser)
{
    size_t open_count = 0;
    TOV_TRY(check_identities(parser));
    for (size_t i = 0; i < parser->agency_count; i++) {
        TOV_TRY(resolve_keepers(parser, &parser->drafts[i]));
        TOV_TRY(resolve_successor(parser, &parser->drafts[i]));
        open_count += parser->drafts[i].agency->closed ? 0 : 1;
    }
    for (size_t i = 0; i < parser->agency_count; i++)
        TOV_TRY(check_open(parser, &parser->drafts[i], open_count));
    for (size_t i = 0; i < parser->revocation_count; i++)
        TOV_TRY(resolve_revocation(parser, i));
    return check_keys(parser);
}

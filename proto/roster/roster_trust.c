/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who may say what the roster is: thresholds of root keys, and what a new version may change.
 */
#include <stdio.h>
#include <string.h>

#include "roster/roster_internal.h"

static enum tov_err read_root(struct tov_lines *lines, const char *federation,
                              struct tov_roots *roots)
{
    struct tov_line line = lines->line;
    if (roots->count == TOV_ROOTS_MAX)
        return tov_lines_fail(lines, &line, "stands too often: at most %u", TOV_ROOTS_MAX);
    struct tov_vkey *key = &roots->keys[roots->count];
    TOV_TRY(tov_lines_take(lines, 0, "root", &line));
    TOV_TRY(tov_line_vkey(lines, &line, TOV_VKEY_ED25519, key));
    size_t size = strlen(federation);
    const char *place = "/root/";
    if (strncmp(key->name, federation, size) != 0 ||
        strncmp(key->name + size, place, strlen(place)) != 0 ||
        !tov_name_is_valid(tov_bytes_of_text(key->name + size + strlen(place))))
        return tov_lines_fail(lines, &line,
                              "no root key: its name must be %.63s/root/<holder>; an agency's key "
                              "cannot be one",
                              federation);
    for (size_t i = 0; i < roots->count; i++) {
        if (tov_vkey_is_same_key(&roots->keys[i], key))
            return tov_lines_fail(lines, &line, "this key stands twice; one person, one key");
        if (strcmp(roots->keys[i].name, key->name) == 0)
            return tov_lines_fail(lines, &line, "two keys of this name; rename one holder");
    }
    roots->count++;
    return TOV_OK;
}

enum tov_err tov_roster_read_roots(struct tov_lines *lines, const char *federation,
                                   struct tov_roots *out_roots)
{
    struct tov_line threshold;
    uint64_t value = 0;
    *out_roots = (struct tov_roots){.count = 0};
    TOV_TRY(tov_lines_take(lines, 0, "threshold", &threshold));
    TOV_TRY(tov_line_number(lines, &threshold, (struct tov_range){1, TOV_ROOTS_MAX}, &value));
    do {
        TOV_TRY(read_root(lines, federation, out_roots));
    } while (tov_lines_is(lines, 0, "root"));
    if (value > out_roots->count)
        return tov_lines_fail(lines, &threshold,
                              "%u signatures wanted of %zu root keys; lower it or add keys",
                              (unsigned)value, out_roots->count);
    out_roots->threshold = (uint32_t)value;
    return TOV_OK;
}

enum tov_err tov_roots_parse(struct tov_bytes text, struct tov_roots *out_roots,
                             struct tov_error *error)
{
    struct tov_lines lines;
    struct tov_line line;
    struct tov_roots roots;
    char federation[TOV_NAME_MAX_BYTES + 1] = "";
    TOV_TRY(tov_lines_init(&lines, text, TOV_ROSTER_MANUAL, error));
    TOV_TRY(tov_lines_take_format(&lines, "tov-roots"));
    TOV_TRY(tov_lines_take(&lines, 0, "federation", &line));
    TOV_TRY(tov_line_name(&lines, &line, line.value));
    memcpy(federation, line.value.data, line.value.size);
    TOV_TRY(tov_roster_read_roots(&lines, federation, &roots));
    TOV_TRY(tov_lines_end(&lines));
    memcpy(roots.federation, federation, sizeof federation);
    *out_roots = roots;
    return TOV_OK;
}

void tov_roster_roots(const struct tov_roster *roster, struct tov_roots *out_roots)
{
    const struct tov_roster_facts *facts = &roster->facts;
    *out_roots = (struct tov_roots){.threshold = facts->threshold, .count = facts->root_count};
    memcpy(out_roots->federation, facts->federation, strlen(facts->federation) + 1);
    memcpy(out_roots->keys, facts->roots, facts->root_count * sizeof *facts->roots);
}

enum tov_err tov_roots_verify(const struct tov_roots *roots, struct tov_bytes note_bytes,
                              struct tov_error *error)
{
    struct tov_note note;
    size_t distinct = 0;
    TOV_TRY(tov_note_parse(note_bytes, TOV_ROSTER_MAX_BYTES, &note, error));
    enum tov_err err =
        tov_note_verify(&note, (struct tov_vkey_list){roots->keys, roots->count}, NULL, &distinct);
    if (err == TOV_E_SIGNATURE)
        return tov_fail(
            error, err,
            "none of the %zu root keys has signed this, or a root's signature is wrong; "
            "ask the root holders for the signed text",
            roots->count);
    if (err != TOV_OK)
        return tov_fail(error, err, "the signatures could not be read");
    if (roots->threshold == 0 || distinct < roots->threshold)
        return tov_fail(error, TOV_E_SIGNATURE,
                        "signed by %zu of the %u root keys needed; have more root holders sign it",
                        distinct, roots->threshold);
    return TOV_OK;
}

enum tov_err tov_roster_verify(const struct tov_roster *roster, const struct tov_roots *roots,
                               struct tov_error *error)
{
    if (strcmp(roster->facts.federation, roots->federation) != 0)
        return tov_fail(error, TOV_E_SIGNATURE,
                        "a roster of %s, but the roots are those of %s; take the right file",
                        roster->facts.federation, roots->federation);
    if (roster->text.size == roster->note.size)
        return tov_fail(error, TOV_E_SIGNATURE,
                        "the roster is not signed; have %u root holders sign it", roots->threshold);
    return tov_roots_verify(roots, roster->note, error);
}

/* ---- what a new version may change ---- */

static bool has_revocation(const struct tov_roster *roster, const struct tov_vkey *key)
{
    const struct tov_revocation *found =
        tov_roster_revocation(roster, tov_bytes_of_text(key->name));
    return found != NULL && tov_vkey_is_same_key(&found->key, key);
}

/* The journal number in a key's name that was checked when it was read. */
static uint32_t journal_number(const struct tov_vkey *key)
{
    struct tov_origin origin = {.journal = 0};
    if (tov_origin_parse(tov_bytes_of_text(key->name), &origin) != TOV_OK)
        return 0;
    return origin.journal;
}

static enum tov_err check_generation(const struct tov_agency *old, const struct tov_agency *new,
                                     const struct tov_roster *next, struct tov_error *error)
{
    if (new->generation < old->generation)
        return tov_fail(error, TOV_E_RULE, "agency %s: generation falls from %u to %u; raise it",
                        old->name, old->generation, new->generation);
    if (new->generation > old->generation) {
        if (has_revocation(next, &old->ledger) && has_revocation(next, &old->journal))
            return TOV_OK;
        return tov_fail(
            error, TOV_E_RULE,
            "agency %s: generation %u begins, but the ledger and journal keys of %u are "
            "not revoked at an anchor; add two revoked lines",
            old->name, new->generation, old->generation);
    }
    if (!tov_vkey_is_same_key(&old->ledger, &new->ledger) ||
        !tov_vkey_is_same_key(&old->journal, &new->journal))
        return tov_fail(error, TOV_E_RULE,
                        "agency %s: a new ledger or journal key is a new generation; raise it",
                        old->name);
    if (journal_number(&new->journal) < journal_number(&old->journal))
        return tov_fail(error, TOV_E_RULE, "agency %s: the journal's number falls; keep it",
                        old->name);
    return TOV_OK;
}

static enum tov_err check_agency(const struct tov_agency *old, const struct tov_roster *next,
                                 struct tov_error *error)
{
    const struct tov_agency *new = tov_roster_agency(next, old->number);
    if (new == NULL)
        return tov_fail(error, TOV_E_RULE,
                        "agency %s (%u) is gone; an agency that ends stays, with a successor line",
                        old->name, old->number);
    if (strcmp(old->name, new->name) != 0)
        return tov_fail(error, TOV_E_RULE,
                        "number %u was %s and is now %s; numbers and names are never given anew",
                        old->number, old->name, new->name);
    if (old->closed && !new->closed)
        return tov_fail(error, TOV_E_RULE, "agency %s was closed; it cannot open again", old->name);
    return check_generation(old, new, next, error);
}

static enum tov_err check_revocations(const struct tov_roster *previous,
                                      const struct tov_roster *next, struct tov_error *error)
{
    for (size_t i = 0; i < previous->facts.revocation_count; i++) {
        const struct tov_revocation *old = &previous->facts.revocations[i];
        const struct tov_revocation *new =
            tov_roster_revocation(next, tov_bytes_of_text(old->key.name));
        if (new == NULL || !tov_vkey_is_same_key(&old->key, &new->key) || old->size != new->size ||
            !tov_hash_equal(&old->root, &new->root))
            return tov_fail(error, TOV_E_RULE,
                            "the revocation of %.100s is gone or changed; keep its line as it was",
                            old->key.name);
    }
    return TOV_OK;
}

static enum tov_err check_chain(const struct tov_roster *previous, const struct tov_roster *next,
                                struct tov_error *error)
{
    if (strcmp(previous->facts.federation, next->facts.federation) != 0)
        return tov_fail(error, TOV_E_RULE, "a roster of %s cannot follow one of %s",
                        next->facts.federation, previous->facts.federation);
    if (previous->facts.version == UINT32_MAX || next->facts.version != previous->facts.version + 1)
        return tov_fail(error, TOV_E_RULE,
                        "version %u cannot follow version %u; adopt each in turn",
                        next->facts.version, previous->facts.version);
    if (!tov_hash_equal(&next->facts.previous, &previous->hash))
        return tov_fail(
            error, TOV_E_PROOF,
            "version %u was made from another version %u than the one here; compare both "
            "with their makers",
            next->facts.version, previous->facts.version);
    return TOV_OK;
}

static enum tov_err verify_as(const struct tov_roster *next, const struct tov_roster *whose,
                              const char *which, struct tov_error *error)
{
    struct tov_roots roots;
    tov_roster_roots(whose, &roots);
    enum tov_err err = tov_roster_verify(next, &roots, error);
    return err == TOV_OK ? TOV_OK : tov_fail_in(error, err, "by the %s root keys: ", which);
}

enum tov_err tov_roster_check_successor(const struct tov_roster *previous,
                                        const struct tov_roster *next, struct tov_error *error)
{
    TOV_TRY(check_chain(previous, next, error));
    for (size_t i = 0; i < previous->facts.agency_count; i++)
        TOV_TRY(check_agency(&previous->facts.agencies[i], next, error));
    return check_revocations(previous, next, error);
}

enum tov_err tov_roster_verify_successor(const struct tov_roster *previous,
                                         const struct tov_roster *next, struct tov_error *error)
{
    TOV_TRY(check_chain(previous, next, error));
    TOV_TRY(verify_as(next, previous, "old", error));
    TOV_TRY(verify_as(next, next, "new", error));
    return tov_roster_check_successor(previous, next, error);
}

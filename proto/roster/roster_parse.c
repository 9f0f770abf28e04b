/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading a roster's head and its outer order; agencies are read in roster_agency.c, what needs
 * the whole is checked in roster_check.c.
 */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "roster/roster_internal.h"

/* Lines of TEXT that begin with START: how many places an array needs. */
static size_t count_lines(struct tov_bytes text, const char *start)
{
    size_t size = strlen(start);
    size_t count = 0;
    const uint8_t *at = text.data;
    const uint8_t *end = text.data + text.size;
    while (at != NULL && at < end) {
        if ((size_t)(end - at) >= size && memcmp(at, start, size) == 0)
            count++;
        at = memchr(at, '\n', (size_t)(end - at));
        at = at == NULL ? NULL : at + 1;
    }
    return count;
}

static enum tov_err read_u32(struct tov_lines *lines, const char *keyword, uint32_t *out)
{
    struct tov_line line;
    uint64_t value = 0;
    TOV_TRY(tov_lines_take(lines, 0, keyword, &line));
    TOV_TRY(tov_line_number(lines, &line, (struct tov_range){1, UINT32_MAX}, &value));
    *out = (uint32_t)value;
    return TOV_OK;
}

static enum tov_err read_previous(struct tov_lines *lines, struct tov_roster_facts *facts)
{
    struct tov_line line;
    TOV_TRY(tov_lines_take(lines, 0, "previous", &line));
    TOV_TRY(tov_line_hex(lines, &line, facts->previous.bytes));
    if (tov_hash_is_zero(&facts->previous) != (facts->version == 1))
        return tov_lines_fail(
            lines, &line, "version 1 has zeros here, every later one the hash of the one before");
    return TOV_OK;
}

static enum tov_err read_valid_until(struct tov_lines *lines, struct tov_roster_facts *facts)
{
    struct tov_line line;
    TOV_TRY(tov_lines_take(lines, 0, "valid-until", &line));
    if (line.value.size != strlen("2031-12-31T00:00:00Z") ||
        tov_time_parse(line.value, &facts->valid_until_ms) != TOV_OK)
        return tov_lines_fail(lines, &line, "not a time like 2031-12-31T00:00:00Z; write it so");
    return TOV_OK;
}

static enum tov_err read_policy(struct tov_lines *lines, struct tov_roster_facts *facts)
{
    struct tov_line line;
    TOV_TRY(tov_lines_take(lines, 0, "witness-policy", &line));
    if (tov_bytes_is_text(line.value, "two-thirds"))
        facts->witness_policy = TOV_WITNESS_TWO_THIRDS;
    else if (tov_bytes_is_text(line.value, "none"))
        facts->witness_policy = TOV_WITNESS_NONE;
    else
        return tov_lines_fail(lines, &line, "write two-thirds or none");
    return TOV_OK;
}

static enum tov_err read_federation(struct roster_parser *parser)
{
    struct tov_line line;
    TOV_TRY(tov_lines_take(&parser->lines, 0, "federation", &line));
    TOV_TRY(tov_line_name(&parser->lines, &line, line.value));
    struct tov_roster *roster = parser->roster;
    roster->facts.federation = tov_arena_text(&roster->arena, line.value);
    return roster->facts.federation == NULL ? TOV_E_NOMEM : TOV_OK;
}

static enum tov_err read_head(struct roster_parser *parser)
{
    struct tov_lines *lines = &parser->lines;
    struct tov_roster *roster = parser->roster;
    struct tov_roster_facts *facts = &roster->facts;
    TOV_TRY(tov_lines_take_format(lines, "tov-roster"));
    TOV_TRY(read_federation(parser));
    TOV_TRY(read_u32(lines, "version", &facts->version));
    TOV_TRY(read_previous(lines, facts));
    TOV_TRY(read_valid_until(lines, facts));
    TOV_TRY(read_u32(lines, "catalogue", &facts->catalogue_version));
    TOV_TRY(read_u32(lines, "calendar", &facts->calendar_version));
    TOV_TRY(read_policy(lines, facts));
    struct tov_roots roots;
    TOV_TRY(tov_roster_read_roots(lines, facts->federation, &roots));
    struct tov_vkey *keys = tov_arena_take(&roster->arena, roots.count * sizeof *keys);
    if (keys == NULL)
        return TOV_E_NOMEM;
    memcpy(keys, roots.keys, roots.count * sizeof *keys);
    facts->threshold = roots.threshold;
    facts->roots = keys;
    facts->root_count = roots.count;
    return TOV_OK;
}

static enum tov_err make_room(struct roster_parser *parser)
{
    struct tov_roster *roster = parser->roster;
    size_t agencies = count_lines(roster->text, "agency ");
    size_t revocations = count_lines(roster->text, "revoked ");
    if (agencies > TOV_AGENCIES_MAX || revocations > TOV_REVOCATIONS_MAX)
        return tov_fail(parser->lines.error, TOV_E_LIMIT,
                        "more than %u agencies or %u revoked lines; split the federation",
                        TOV_AGENCIES_MAX, TOV_REVOCATIONS_MAX);
    parser->agencies = tov_arena_take(&roster->arena, agencies * sizeof *parser->agencies);
    parser->revocations = tov_arena_take(&roster->arena, revocations * sizeof *parser->revocations);
    parser->drafts = calloc(agencies + 1, sizeof *parser->drafts);
    parser->revoked_lines = calloc(revocations + 1, sizeof *parser->revoked_lines);
    bool has_room = parser->agencies != NULL && parser->revocations != NULL &&
                    parser->drafts != NULL && parser->revoked_lines != NULL;
    return has_room ? TOV_OK : TOV_E_NOMEM;
}

static enum tov_err read_all(struct roster_parser *parser)
{
    struct tov_lines *lines = &parser->lines;
    TOV_TRY(read_head(parser));
    TOV_TRY(make_room(parser));
    while (tov_lines_is(lines, 0, "agency")) {
        struct agency_draft *draft = &parser->drafts[parser->agency_count];
        draft->agency = &parser->agencies[parser->agency_count];
        TOV_TRY(tov_roster_read_agency(parser, draft));
        parser->agency_count++;
    }
    while (tov_lines_is(lines, 0, "revoked")) {
        TOV_TRY(tov_roster_read_revocation(parser, parser->revocation_count));
        parser->revocation_count++;
    }
    TOV_TRY(tov_lines_end(lines));
    struct tov_roster_facts *facts = &parser->roster->facts;
    facts->agencies = parser->agencies;
    facts->agency_count = parser->agency_count;
    facts->revocations = parser->revocations;
    facts->revocation_count = parser->revocation_count;
    return tov_roster_check(parser);
}

/* R5: one text for one meaning. Whatever the checks before let through must fail here. */
static enum tov_err check_canonical(const struct tov_roster *roster, struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    tov_roster_format(&roster->facts, &again);
    if (again.failed != TOV_OK)
        return again.failed;
    if (tov_bytes_equal(tov_buf_view(&again), roster->text))
        return TOV_OK;
    return tov_fail(error, TOV_E_MALFORMED,
                    "not in the one form that a roster has; make it with tov-keys roster-new");
}

/* The text of a signed note ends before its last empty line; an unsigned one is all text. */
static enum tov_err find_text(struct tov_roster *roster, struct tov_error *error)
{
    const uint8_t *empty = memmem(roster->note.data, roster->note.size, "\n\n", 2);
    roster->text = roster->note;
    if (empty == NULL)
        return TOV_OK;
    struct tov_note note;
    TOV_TRY(tov_note_parse(roster->note, TOV_ROSTER_MAX_BYTES, &note, error));
    roster->text = note.text;
    return TOV_OK;
}

static enum tov_err copy_note(struct tov_roster *roster, struct tov_bytes note)
{
    uint8_t *copy = tov_arena_take(&roster->arena, note.size);
    if (copy == NULL)
        return TOV_E_NOMEM;
    if (note.size > 0)
        memcpy(copy, note.data, note.size);
    roster->note = (struct tov_bytes){copy, note.size};
    return TOV_OK;
}

static enum tov_err parse_into(struct tov_roster *roster, struct tov_bytes note,
                               struct tov_error *error)
{
    TOV_TRY(copy_note(roster, note));
    TOV_TRY(find_text(roster, error));
    roster->hash = tov_sha256(roster->text);
    struct roster_parser parser = {.roster = roster};
    TOV_TRY(tov_lines_init(&parser.lines, roster->text, TOV_ROSTER_MANUAL, error));
    enum tov_err err = read_all(&parser);
    free(parser.drafts);
    free(parser.revoked_lines);
    return err != TOV_OK ? err : check_canonical(roster, error);
}

enum tov_err tov_roster_parse(struct tov_bytes note, struct tov_roster **out_roster,
                              struct tov_error *error)
{
    if (note.size > TOV_ROSTER_MAX_BYTES)
        return tov_fail(error, TOV_E_LIMIT, "a roster of %zu bytes; at most %u", note.size,
                        TOV_ROSTER_MAX_BYTES);
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = calloc(1, sizeof *roster);
    enum tov_err err = roster == NULL ? TOV_E_NOMEM : parse_into(roster, note, error);
    if (err == TOV_E_NOMEM)
        return tov_fail(error, err, "no memory for a roster of %zu bytes", note.size);
    TOV_TRY(err);
    *out_roster = TOV_TAKE(roster);
    return TOV_OK;
}

void tov_roster_destroy(struct tov_roster *roster)
{
    if (roster == NULL)
        return;
    tov_arena_fini(&roster->arena);
    free(roster);
}

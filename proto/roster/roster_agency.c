/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading one agency of a roster, its units, and one revocation.
 */
#include <string.h>

#include "roster/roster_internal.h"

static const char *keep_text(struct roster_parser *parser, struct tov_bytes text)
{
    return tov_arena_text(&parser->roster->arena, text);
}

static enum tov_err read_title(struct roster_parser *parser, unsigned level, const char **out)
{
    struct tov_line line;
    TOV_TRY(tov_lines_take(&parser->lines, level, "title", &line));
    if (line.value.size > TOV_TITLE_MAX_BYTES)
        return tov_lines_fail(&parser->lines, &line, "longer than %u bytes; shorten it",
                              TOV_TITLE_MAX_BYTES);
    *out = keep_text(parser, line.value);
    return *out == NULL ? TOV_E_NOMEM : TOV_OK;
}

/* "agency 1 kk" */
static enum tov_err read_start(struct roster_parser *parser, struct agency_draft *draft)
{
    struct tov_lines *lines = &parser->lines;
    TOV_TRY(tov_lines_take(lines, 0, "agency", &draft->start));
    struct tov_bytes rest = draft->start.value;
    struct tov_bytes word = {NULL, 0};
    (void)tov_words_next(&rest, &word);
    struct tov_line number_line = draft->start;
    number_line.value = word;
    uint64_t number = 0;
    TOV_TRY(tov_line_number(lines, &number_line, (struct tov_range){1, TOV_AGENCIES_MAX}, &number));
    TOV_TRY(tov_line_name(lines, &draft->start, rest));
    if (tov_bytes_is_text(rest, "root") || tov_bytes_is_text(rest, "none"))
        return tov_lines_fail(lines, &draft->start, "root and none are no names for an agency");
    draft->agency->number = (uint16_t)number;
    draft->agency->name = keep_text(parser, rest);
    return draft->agency->name == NULL ? TOV_E_NOMEM : TOV_OK;
}

static enum tov_err read_identity(struct roster_parser *parser, struct tov_agency *agency)
{
    struct tov_lines *lines = &parser->lines;
    struct tov_line line;
    TOV_TRY(read_title(parser, 1, &agency->title));
    TOV_TRY(tov_lines_take(lines, 1, "cvr", &line));
    if (!tov_cvr_is_valid(line.value))
        return tov_lines_fail(lines, &line,
                              "\"%.*s\" is not 8 digits that pass the modulus-11 check; correct it",
                              TOV_SHOWN(line.value));
    agency->cvr = keep_text(parser, line.value);
    TOV_TRY(tov_lines_take(lines, 1, "regime", &line));
    if (tov_bytes_is_text(line.value, "GDPR"))
        agency->regime = TOV_REGIME_GDPR;
    else if (tov_bytes_is_text(line.value, "LED"))
        agency->regime = TOV_REGIME_LED;
    else
        return tov_lines_fail(lines, &line, "write GDPR or LED");
    uint64_t generation = 0;
    TOV_TRY(tov_lines_take(lines, 1, "generation", &line));
    TOV_TRY(tov_line_number(lines, &line, (struct tov_range){1, UINT32_MAX}, &generation));
    agency->generation = (uint32_t)generation;
    return agency->cvr == NULL ? TOV_E_NOMEM : TOV_OK;
}

static enum tov_err read_origin_key(struct roster_parser *parser, const char *keyword,
                                    const struct tov_agency *agency, struct tov_vkey *out)
{
    struct tov_lines *lines = &parser->lines;
    struct tov_line line;
    struct tov_origin origin = {.journal = 0};
    bool is_journal = strcmp(keyword, "journal") == 0;
    TOV_TRY(tov_lines_take(lines, 1, keyword, &line));
    TOV_TRY(tov_line_vkey(lines, &line, TOV_VKEY_ED25519, out));
    if (tov_origin_parse(tov_bytes_of_text(out->name), &origin) != TOV_OK ||
        !tov_bytes_is_text(origin.federation, parser->roster->facts.federation) ||
        !tov_bytes_is_text(origin.agency, agency->name) ||
        origin.generation != agency->generation || (origin.journal != 0) != is_journal)
        return tov_lines_fail(lines, &line, "the key's name must be %.63s/%.63s/%u%s",
                              parser->roster->facts.federation, agency->name, agency->generation,
                              is_journal ? "/journal/<j>" : "");
    return TOV_OK;
}

static enum tov_err read_witness(struct roster_parser *parser, struct tov_agency *agency)
{
    struct tov_lines *lines = &parser->lines;
    struct tov_line line;
    TOV_TRY(tov_lines_take(lines, 1, "witness", &line));
    TOV_TRY(tov_line_vkey(lines, &line, TOV_VKEY_COSIGNATURE, &agency->witness));
    TOV_CLEANUP(tov_buf_fini) struct tov_buf name = TOV_BUF_INIT(TOV_ORIGIN_MAX_BYTES);
    tov_buf_put_format(&name, "%s/%s/witness", parser->roster->facts.federation, agency->name);
    if (name.failed == TOV_E_NOMEM)
        return TOV_E_NOMEM;
    if (name.failed != TOV_OK || !tov_bytes_is_text(tov_buf_view(&name), agency->witness.name))
        return tov_lines_fail(lines, &line, "the key's name must be %.63s/%.63s/witness",
                              parser->roster->facts.federation, agency->name);
    return TOV_OK;
}

static enum tov_err read_raw_keys(struct roster_parser *parser, struct tov_agency *agency)
{
    struct tov_lines *lines = &parser->lines;
    struct tov_line line;
    static const uint8_t zeros[32];
    TOV_TRY(tov_lines_take(lines, 1, "control", &line));
    TOV_TRY(tov_line_hex(lines, &line, agency->control));
    if (!tov_ed25519_key_is_valid(agency->control))
        return tov_lines_fail(lines, &line, "not an Ed25519 public key; copy it again");
    do {
        if (agency->transport_count == TOV_TRANSPORT_KEYS_MAX)
            return tov_lines_fail(lines, &lines->line, "stands too often: at most %u; remove one",
                                  TOV_TRANSPORT_KEYS_MAX);
        uint8_t *key = agency->transport[agency->transport_count];
        TOV_TRY(tov_lines_take(lines, 1, "transport", &line));
        TOV_TRY(tov_line_hex(lines, &line, key));
        if (memcmp(key, zeros, sizeof zeros) == 0)
            return tov_lines_fail(lines, &line, "zeros are no key; copy it again");
        agency->transport_count++;
    } while (tov_lines_is(lines, 1, "transport"));
    return TOV_OK;
}

static enum tov_err read_endpoints(struct roster_parser *parser, struct tov_agency *agency)
{
    struct tov_lines *lines = &parser->lines;
    const char *found[TOV_ENDPOINTS_MAX];
    size_t count = 0;
    while (tov_lines_is(lines, 1, "endpoint")) {
        struct tov_line line = lines->line;
        if (count == TOV_ENDPOINTS_MAX)
            return tov_lines_fail(lines, &line, "stands too often: at most %u; remove one",
                                  TOV_ENDPOINTS_MAX);
        TOV_TRY(tov_lines_take(lines, 1, "endpoint", &line));
        if (!tov_endpoint_is_valid(line.value))
            return tov_lines_fail(lines, &line, "\"%.*s\" is not tcp://host:port; correct it",
                                  TOV_SHOWN(line.value));
        found[count] = keep_text(parser, line.value);
        if (found[count] == NULL)
            return TOV_E_NOMEM;
        count++;
    }
    const char **kept = tov_arena_take(&parser->roster->arena, count * sizeof *kept);
    if (kept == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++)
        kept[i] = found[i];
    agency->endpoints = kept;
    agency->endpoint_count = count;
    return TOV_OK;
}

/* A list of words out of a closed list, in its order: *OUT has one bit for each. */
struct word_list {
    size_t count;
    const char *(*name)(size_t index);
};

static const char *role_at(size_t index)
{
    return tov_role_name((enum tov_role)index);
}

static const char *cooperation_at(size_t index)
{
    return tov_cooperation_name((enum tov_cooperation)index);
}

static enum tov_err read_words(const struct tov_lines *lines, const struct tov_line *line,
                               const struct word_list *list, uint32_t *out)
{
    struct tov_bytes rest = line->value;
    struct tov_bytes word;
    uint32_t bits = 0;
    while (tov_words_next(&rest, &word)) {
        size_t index = 0;
        while (index < list->count && !tov_bytes_is_text(word, list->name(index)))
            index++;
        if (index == list->count)
            return tov_lines_fail(lines, line, "\"%.*s\" is not in the list of %s", TOV_SHOWN(word),
                                  lines->manual);
        if (bits >> index != 0)
            return tov_lines_fail(lines, line,
                                  "\"%.*s\" stands twice or out of the order of %s; move it",
                                  TOV_SHOWN(word), lines->manual);
        bits |= 1u << index;
    }
    *out = bits;
    return TOV_OK;
}

static enum tov_err read_gln(struct roster_parser *parser, struct tov_unit *unit)
{
    struct tov_lines *lines = &parser->lines;
    struct tov_line line;
    unit->gln = "";
    if (!tov_lines_is(lines, 2, "gln"))
        return TOV_OK;
    TOV_TRY(tov_lines_take(lines, 2, "gln", &line));
    if (!tov_gln_is_valid(line.value))
        return tov_lines_fail(lines, &line,
                              "\"%.*s\" is not 13 digits with a right check digit; correct it",
                              TOV_SHOWN(line.value));
    unit->gln = keep_text(parser, line.value);
    return unit->gln == NULL ? TOV_E_NOMEM : TOV_OK;
}

static enum tov_err read_unit(struct roster_parser *parser, struct tov_unit *unit)
{
    static const struct word_list roles = {TOV_ROLES_COUNT, role_at};
    static const struct word_list cooperations = {TOV_COOPERATIONS_COUNT, cooperation_at};
    struct tov_lines *lines = &parser->lines;
    struct tov_line line;
    *unit = (struct tov_unit){.cooperations = 0};
    TOV_TRY(tov_lines_take(lines, 1, "unit", &line));
    TOV_TRY(tov_line_name(lines, &line, line.value));
    unit->name = keep_text(parser, line.value);
    if (unit->name == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(read_title(parser, 2, &unit->title));
    TOV_TRY(read_gln(parser, unit));
    TOV_TRY(tov_lines_take(lines, 2, "roles", &line));
    TOV_TRY(read_words(lines, &line, &roles, &unit->roles));
    if (!tov_lines_is(lines, 2, "cooperations"))
        return TOV_OK;
    TOV_TRY(tov_lines_take(lines, 2, "cooperations", &line));
    return read_words(lines, &line, &cooperations, &unit->cooperations);
}

static enum tov_err read_units(struct roster_parser *parser, struct tov_agency *agency)
{
    struct tov_lines *lines = &parser->lines;
    struct tov_unit found[TOV_UNITS_MAX];
    size_t count = 0;
    while (tov_lines_is(lines, 1, "unit")) {
        struct tov_line line = lines->line;
        if (count == TOV_UNITS_MAX)
            return tov_lines_fail(lines, &line, "more than %u units in one agency", TOV_UNITS_MAX);
        TOV_TRY(read_unit(parser, &found[count]));
        for (size_t i = 0; i < count; i++) {
            if (strcmp(found[i].name, found[count].name) == 0)
                return tov_lines_fail(
                    lines, &line, "\"%s\" stands twice in this agency; rename one", found[i].name);
        }
        count++;
    }
    struct tov_unit *kept = tov_arena_take(&parser->roster->arena, count * sizeof *kept);
    if (kept == NULL)
        return TOV_E_NOMEM;
    if (count > 0)
        memcpy(kept, found, count * sizeof *kept);
    agency->units = kept;
    agency->unit_count = count;
    return TOV_OK;
}

static enum tov_err take_if_there(struct tov_lines *lines, const char *keyword,
                                  struct tov_line *out_line)
{
    if (!tov_lines_is(lines, 1, keyword))
        return TOV_OK;
    return tov_lines_take(lines, 1, keyword, out_line);
}

enum tov_err tov_roster_read_agency(struct roster_parser *parser, struct agency_draft *draft)
{
    struct tov_lines *lines = &parser->lines;
    struct tov_agency *agency = draft->agency;
    TOV_TRY(read_start(parser, draft));
    TOV_TRY(read_identity(parser, agency));
    TOV_TRY(read_origin_key(parser, "ledger", agency, &agency->ledger));
    TOV_TRY(read_origin_key(parser, "journal", agency, &agency->journal));
    TOV_TRY(read_witness(parser, agency));
    TOV_TRY(read_raw_keys(parser, agency));
    TOV_TRY(read_endpoints(parser, agency));
    TOV_TRY(take_if_there(lines, "keepers", &draft->keepers));
    TOV_TRY(take_if_there(lines, "successor", &draft->successor));
    TOV_TRY(read_units(parser, agency));
    if (lines->at_end || lines->line.level == 0)
        return TOV_OK;
    return tov_lines_end(lines);
}

/* "revoked <vkey> <size> <root>" */
enum tov_err tov_roster_read_revocation(struct roster_parser *parser, size_t index)
{
    struct tov_lines *lines = &parser->lines;
    struct tov_line *line = &parser->revoked_lines[index];
    struct tov_revocation *revocation = &parser->revocations[index];
    TOV_TRY(tov_lines_take(lines, 0, "revoked", line));
    struct tov_bytes rest = line->value;
    struct tov_line word = *line;
    (void)tov_words_next(&rest, &word.value);
    TOV_TRY(tov_line_vkey(lines, &word, TOV_VKEY_ED25519, &revocation->key));
    word.value = (struct tov_bytes){NULL, 0};
    (void)tov_words_next(&rest, &word.value);
    TOV_TRY(tov_line_number(lines, &word, (struct tov_range){0, INT64_MAX}, &revocation->size));
    word.value = rest;
    return tov_line_hex(lines, &word, revocation->root.bytes);
}

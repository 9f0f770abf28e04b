/* SPDX-License-Identifier: EUPL-1.2
 *
 * The client registry. Its lines, as docs/keys.md specifies them:
 *
 *   tov-clients v1
 *   agency NAME
 *   client NAME                 any number
 *     kind person|system
 *     key HEX
 *     roles WORD...             at least one
 *     [units NAME...]
 */
#include "roster/clients.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "roster/arena.h"
#include "roster/lines.h"

#define MANUAL "docs/keys.md"

struct tov_clients {
    struct tov_arena arena;
    const char *agency;
    struct tov_client *list;    /* in file order */
    struct tov_client **by_key; /* sorted */
    size_t count;
};

static enum tov_err read_kind(struct tov_lines *lines, struct tov_client *client)
{
    struct tov_line line;
    TOV_TRY(tov_lines_take(lines, 1, "kind", &line));
    if (tov_bytes_is_text(line.value, "person"))
        client->kind = TOV_CLIENT_PERSON;
    else if (tov_bytes_is_text(line.value, "system"))
        client->kind = TOV_CLIENT_SYSTEM;
    else
        return tov_lines_fail(lines, &line, "write person or system");
    return TOV_OK;
}

static enum tov_err read_roles(struct tov_lines *lines, struct tov_client *client)
{
    struct tov_line line;
    struct tov_bytes word;
    TOV_TRY(tov_lines_take(lines, 1, "roles", &line));
    struct tov_bytes rest = line.value;
    while (tov_words_next(&rest, &word)) {
        enum tov_role role;
        if (!tov_role_find(word, &role))
            return tov_lines_fail(lines, &line, "\"%.*s\" is no role; see %s", TOV_SHOWN(word),
                                  MANUAL);
        if ((client->roles & TOV_ROLE_BIT(role)) != 0)
            return tov_lines_fail(lines, &line, "\"%.*s\" stands twice; remove one",
                                  TOV_SHOWN(word));
        client->roles |= TOV_ROLE_BIT(role);
    }
    return TOV_OK;
}

static bool has_unit(const char *const *units, size_t count, struct tov_bytes name)
{
    for (size_t i = 0; i < count; i++) {
        if (tov_bytes_is_text(name, units[i]))
            return true;
    }
    return false;
}

static enum tov_err read_units(struct tov_lines *lines, struct tov_arena *arena,
                               struct tov_client *client)
{
    const char *found[TOV_CLIENT_UNITS_MAX];
    size_t count = 0;
    struct tov_line line;
    struct tov_bytes word;
    if (!tov_lines_is(lines, 1, "units"))
        return TOV_OK;
    TOV_TRY(tov_lines_take(lines, 1, "units", &line));
    struct tov_bytes rest = line.value;
    while (tov_words_next(&rest, &word)) {
        TOV_TRY(tov_line_name(lines, &line, word));
        if (count == TOV_CLIENT_UNITS_MAX || has_unit(found, count, word))
            return tov_lines_fail(lines, &line, "\"%.*s\" stands twice, or more than %u units",
                                  TOV_SHOWN(word), TOV_CLIENT_UNITS_MAX);
        found[count] = tov_arena_text(arena, word);
        if (found[count] == NULL)
            return TOV_E_NOMEM;
        count++;
    }
    const char **kept = tov_arena_take(arena, count * sizeof *kept);
    if (kept == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++)
        kept[i] = found[i];
    client->units = kept;
    client->unit_count = count;
    return TOV_OK;
}

static enum tov_err read_client(struct tov_lines *lines, struct tov_arena *arena,
                                struct tov_client *client)
{
    struct tov_line line;
    TOV_TRY(tov_lines_take(lines, 0, "client", &line));
    TOV_TRY(tov_line_name(lines, &line, line.value));
    client->name = tov_arena_text(arena, line.value);
    client->line = line.number;
    TOV_TRY(read_kind(lines, client));
    struct tov_line key;
    TOV_TRY(tov_lines_take(lines, 1, "key", &key));
    TOV_TRY(tov_line_hex(lines, &key, client->key));
    TOV_TRY(read_roles(lines, client));
    TOV_TRY(read_units(lines, arena, client));
    if (client->unit_count == 0 && (client->roles & ~(uint32_t)TOV_ROLES_OF_AGENCY) != 0)
        return tov_lines_fail(lines, &line, "a role here belongs to a unit; add a units line");
    return client->name == NULL ? TOV_E_NOMEM : TOV_OK;
}

static int compare_keys(const void *a, const void *b)
{
    const struct tov_client *const *left = a;
    const struct tov_client *const *right = b;
    return memcmp((*left)->key, (*right)->key, sizeof(*left)->key);
}

static int compare_names(const void *a, const void *b)
{
    const struct tov_client *const *left = a;
    const struct tov_client *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static enum tov_err fail_twice(const struct tov_client *a, const struct tov_client *b,
                               const char *what, struct tov_error *error)
{
    unsigned first = a->line < b->line ? a->line : b->line;
    unsigned second = a->line < b->line ? b->line : a->line;
    return tov_fail(error, TOV_E_MALFORMED,
                    "line %u, client: its %s is that of line %u; each person or system has one "
                    "entry and a key of their own",
                    second, what, first);
}

/* Names and keys occur once; leaves by_key sorted by key. */
static enum tov_err check_unique(struct tov_clients *clients, struct tov_error *error)
{
    struct tov_client **sorted = clients->by_key;
    for (size_t i = 0; i < clients->count; i++)
        sorted[i] = &clients->list[i];
    qsort(sorted, clients->count, sizeof(struct tov_client *), compare_names);
    for (size_t i = 1; i < clients->count; i++) {
        if (compare_names(&sorted[i - 1], &sorted[i]) == 0)
            return fail_twice(sorted[i - 1], sorted[i], "name", error);
    }
    qsort(sorted, clients->count, sizeof(struct tov_client *), compare_keys);
    for (size_t i = 1; i < clients->count; i++) {
        if (compare_keys(&sorted[i - 1], &sorted[i]) == 0)
            return fail_twice(sorted[i - 1], sorted[i], "key", error);
    }
    return TOV_OK;
}

/* Each client needs a line that begins so; other lines that do are errors that come later. */
static size_t count_clients(struct tov_bytes text)
{
    size_t count = 0;
    const uint8_t *at = text.data;
    const uint8_t *end = text.data + text.size;
    while (at != NULL && at < end) {
        count += *at == 'c' ? 1 : 0;
        at = memchr(at, '\n', (size_t)(end - at));
        at = at == NULL ? NULL : at + 1;
    }
    return count;
}

static enum tov_err parse_into(struct tov_clients *clients, struct tov_bytes text,
                               struct tov_error *error)
{
    struct tov_lines lines;
    struct tov_line line;
    TOV_TRY(tov_lines_init(&lines, text, MANUAL, error));
    TOV_TRY(tov_lines_take_format(&lines, "tov-clients"));
    TOV_TRY(tov_lines_take(&lines, 0, "agency", &line));
    TOV_TRY(tov_line_name(&lines, &line, line.value));
    clients->agency = tov_arena_text(&clients->arena, line.value);
    size_t most = count_clients(text);
    if (most > TOV_CLIENTS_MAX)
        return tov_fail(error, TOV_E_LIMIT, "more than %u clients", TOV_CLIENTS_MAX);
    clients->list = tov_arena_take(&clients->arena, most * sizeof *clients->list);
    clients->by_key = tov_arena_take(&clients->arena, most * sizeof(struct tov_client *));
    if (clients->agency == NULL || clients->list == NULL || clients->by_key == NULL)
        return TOV_E_NOMEM;
    while (tov_lines_is(&lines, 0, "client")) {
        TOV_TRY(read_client(&lines, &clients->arena, &clients->list[clients->count]));
        clients->count++;
    }
    TOV_TRY(tov_lines_end(&lines));
    return check_unique(clients, error);
}

enum tov_err tov_clients_parse(struct tov_bytes text, struct tov_clients **out_clients,
                               struct tov_error *error)
{
    if (text.size > TOV_CLIENTS_MAX_BYTES)
        return tov_fail(error, TOV_E_LIMIT, "a registry of %zu bytes; at most %u", text.size,
                        TOV_CLIENTS_MAX_BYTES);
    TOV_CLEANUP(tov_clients_cleanup) struct tov_clients *clients = calloc(1, sizeof *clients);
    enum tov_err err = clients == NULL ? TOV_E_NOMEM : parse_into(clients, text, error);
    if (err == TOV_E_NOMEM)
        return tov_fail(error, err, "no memory for a registry of %zu bytes", text.size);
    TOV_TRY(err);
    *out_clients = TOV_TAKE(clients);
    return TOV_OK;
}

void tov_clients_destroy(struct tov_clients *clients)
{
    if (clients == NULL)
        return;
    tov_arena_fini(&clients->arena);
    free(clients);
}

const char *tov_clients_agency(const struct tov_clients *clients)
{
    return clients->agency;
}

size_t tov_clients_count(const struct tov_clients *clients)
{
    return clients->count;
}

const struct tov_client *tov_clients_at(const struct tov_clients *clients, size_t index)
{
    return index < clients->count ? &clients->list[index] : NULL;
}

const struct tov_client *tov_clients_find(const struct tov_clients *clients, const uint8_t key[32])
{
    struct tov_client wanted = {.name = NULL};
    const struct tov_client *pointer = &wanted;
    memcpy(wanted.key, key, sizeof wanted.key);
    if (clients->count == 0)
        return NULL;
    struct tov_client *const *found = bsearch(&pointer, clients->by_key, clients->count,
                                              sizeof(struct tov_client *), compare_keys);
    return found == NULL ? NULL : *found;
}

const struct tov_client *tov_clients_find_name(const struct tov_clients *clients,
                                               struct tov_bytes name)
{
    for (size_t i = 0; i < clients->count; i++) {
        if (tov_bytes_is_text(name, clients->list[i].name))
            return &clients->list[i];
    }
    return NULL;
}

bool tov_client_has_unit(const struct tov_client *client, struct tov_bytes unit)
{
    return has_unit(client->units, client->unit_count, unit);
}

bool tov_client_has_role(const struct tov_client *client, enum tov_role role)
{
    return (client->roles & TOV_ROLE_BIT(role)) != 0;
}

static enum tov_err check_client(const struct tov_client *client, const struct tov_agency *agency,
                                 struct tov_error *error)
{
    uint32_t allowed = TOV_ROLES_OF_AGENCY;
    for (size_t i = 0; i < client->unit_count; i++) {
        const struct tov_unit *unit = tov_agency_unit(agency, tov_bytes_of_text(client->units[i]));
        if (unit == NULL)
            return tov_fail(error, TOV_E_RULE,
                            "line %u, client: %s has no unit %s; correct the units line",
                            client->line, agency->name, client->units[i]);
        allowed |= unit->roles;
    }
    for (unsigned i = 0; i < TOV_ROLES_COUNT; i++) {
        if ((client->roles & ~allowed & 1u << i) != 0)
            return tov_fail(error, TOV_E_RULE,
                            "line %u, client: none of its units has the role %s; correct roles or "
                            "units",
                            client->line, tov_role_name((enum tov_role)i));
    }
    return TOV_OK;
}

enum tov_err tov_clients_check(const struct tov_clients *clients, const struct tov_agency *agency,
                               struct tov_error *error)
{
    if (strcmp(clients->agency, agency->name) != 0)
        return tov_fail(error, TOV_E_RULE, "a registry of %s, not of %s; take the right file",
                        clients->agency, agency->name);
    for (size_t i = 0; i < clients->count; i++)
        TOV_TRY(check_client(&clients->list[i], agency, error));
    return TOV_OK;
}

void tov_clients_format_start(const char *agency, struct tov_buf *out)
{
    tov_buf_put_format(out, "tov-clients v1\nagency %s\n", agency);
}

void tov_clients_format_entry(const struct tov_client *client, struct tov_buf *out)
{
    char hex[65];
    tov_hex_encode(TOV_BYTES_OF(client->key), hex);
    tov_buf_put_format(out, "client %s\n  kind %s\n  key %s\n  roles", client->name,
                       client->kind == TOV_CLIENT_PERSON ? "person" : "system", hex);
    for (unsigned i = 0; i < TOV_ROLES_COUNT; i++) {
        if ((client->roles >> i & 1) != 0)
            tov_buf_put_format(out, " %s", tov_role_name((enum tov_role)i));
    }
    for (size_t i = 0; i < client->unit_count; i++)
        tov_buf_put_format(out, "%s %s", i == 0 ? "\n  units" : "", client->units[i]);
    tov_buf_put_text(out, "\n");
}

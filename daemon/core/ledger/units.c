/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/units.h"

#include "ledger/tables.h"
#include "store/read.h"

#include <stdlib.h>
#include <string.h>

struct agency_units {
    uint16_t number;
    size_t first, count; /* in facts */
};

struct tov_units {
    uint32_t version;
    struct agency_units *agencies; /* ascend */
    size_t agency_count;
    struct tov_unit_facts *facts;
    size_t fact_count;
    char *names; /* of the facts */
};

struct tov_unit_history {
    struct tov_units **items; /* U1 */
    size_t count;
};

static void units_destroy(struct tov_units *units)
{
    if (units == NULL)
        return;
    free(units->agencies);
    free(units->facts);
    free(units->names);
    free(units);
}
TOV_DEFINE_CLEANUP(units, struct tov_units, units_destroy)

void tov_units_close(struct tov_unit_history *history)
{
    if (history == NULL)
        return;
    for (size_t i = 0; i < history->count; i++)
        units_destroy(history->items[i]);
    free(history->items);
    free(history);
}

/* ---- from a roster ---- */

static struct tov_unit_facts facts_of(const struct tov_agency *agency, const struct tov_unit *unit)
{
    struct tov_unit_source source = {.agency = agency->number,
                                     .regime = agency->regime,
                                     .unit_name = unit->name,
                                     .unit_roles = unit->roles,
                                     .cooperations = unit->cooperations};
    for (size_t i = 0; i < agency->unit_count; i++)
        source.agency_roles |= agency->units[i].roles;
    return tov_unit_facts_of(&source);
}

/* Returns where the next name goes. */
static char *take_agency(struct tov_units *units, const struct tov_agency *agency, char *name)
{
    units->agencies[units->agency_count++] =
        (struct agency_units){agency->number, units->fact_count, agency->unit_count};
    for (size_t i = 0; i < agency->unit_count; i++) {
        size_t size = strlen(agency->units[i].name) + 1;
        struct tov_unit_facts facts = facts_of(agency, &agency->units[i]);
        memcpy(name, facts.name, size);
        facts.name = name;
        units->facts[units->fact_count++] = facts;
        name += size;
    }
    return name;
}

static enum tov_err make_units(const struct tov_roster *roster, struct tov_units **out_units)
{
    const struct tov_roster_facts *facts = tov_roster_facts(roster);
    TOV_CLEANUP(units_cleanup) struct tov_units *units = calloc(1, sizeof *units);
    if (units == NULL)
        return TOV_E_NOMEM;
    size_t count = 0, bytes = 0;
    for (size_t i = 0; i < facts->agency_count; i++) {
        count += facts->agencies[i].unit_count;
        for (size_t n = 0; n < facts->agencies[i].unit_count; n++)
            bytes += strlen(facts->agencies[i].units[n].name) + 1;
    }
    units->version = facts->version;
    units->agencies = calloc(facts->agency_count + 1, sizeof *units->agencies);
    units->facts = calloc(count + 1, sizeof *units->facts);
    units->names = calloc(bytes + 1, 1);
    if (units->agencies == NULL || units->facts == NULL || units->names == NULL)
        return TOV_E_NOMEM;
    char *name = units->names;
    for (size_t i = 0; i < facts->agency_count; i++)
        name = take_agency(units, &facts->agencies[i], name);
    *out_units = TOV_TAKE(units);
    return TOV_OK;
}

/* ---- all of them ---- */

static enum tov_err add(struct tov_unit_history *history, const struct tov_roster *roster)
{
    struct tov_units **items =
        realloc(history->items, (history->count + 1) * sizeof(struct tov_units *));
    if (items == NULL)
        return TOV_E_NOMEM;
    history->items = items;
    TOV_TRY(make_units(roster, &items[history->count]));
    history->count++;
    return TOV_OK;
}

/* A row of the version in force is passed over: the roster itself stands for it. */
static enum tov_err add_row(struct tov_core *core, const struct tov_store_row *row,
                            struct tov_error *error)
{
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    struct tov_reader key = tov_reader_of((struct tov_bytes){row->key.bytes, row->key.size});
    uint32_t version = tov_read_u32(&key);
    if (version == tov_roster_version(core->roster))
        return TOV_OK;
    enum tov_err err = tov_roster_parse(row->value, &roster, NULL);
    if (err == TOV_E_NOMEM)
        return err;
    if (err != TOV_OK || tov_roster_version(roster) != version)
        return tov_fail(error, TOV_E_CORRUPT,
                        "version %u of the roster, which was in force once, is damaged in the "
                        "store: bring it back from a backup",
                        (unsigned)version);
    return add(core->unit_history, roster);
}

static int compare_versions(const void *a, const void *b)
{
    const struct tov_units *const *x = a, *const *y = b;
    return ((*x)->version > (*y)->version) - ((*x)->version < (*y)->version);
}

enum tov_err tov_units_open(struct tov_core *core, struct tov_error *error)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range all = {.table = TOV_TABLE_ROSTER};
    struct tov_store_iter iter;
    core->unit_history = calloc(1, sizeof *core->unit_history);
    if (core->unit_history == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_store_read_begin(core->store, &read, error));
    TOV_TRY(tov_store_iter_init(read, &all, &iter));
    enum tov_err err = TOV_OK;
    while (err == TOV_OK && tov_store_iter_next(&iter))
        err = add_row(core, &iter.row, error);
    enum tov_err read_err = tov_store_iter_fini(&iter);
    TOV_TRY(err);
    TOV_TRY(read_err);
    TOV_TRY(add(core->unit_history, core->roster));
    qsort(core->unit_history->items, core->unit_history->count, sizeof(struct tov_units *),
          compare_versions);
    return TOV_OK;
}

/* ---- looking up ---- */

const struct tov_units *tov_units_of(const struct tov_core *core, uint32_t version)
{
    const struct tov_unit_history *history = core->unit_history;
    size_t low = 0, high = history->count; /* of those up to VERSION the last */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (history->items[middle]->version <= version)
            low = middle + 1;
        else
            high = middle;
    }
    return history->items[low == 0 ? 0 : low - 1];
}

bool tov_units_can_judge(const struct tov_core *core, uint32_t version)
{
    const struct tov_unit_history *history = core->unit_history;
    return version != 0 && version <= history->items[history->count - 1]->version;
}

const struct tov_units *tov_units_in_force(const struct tov_core *core)
{
    return tov_units_of(core, tov_roster_version(core->roster));
}

uint32_t tov_units_version(const struct tov_units *units)
{
    return units->version;
}

static const struct agency_units *agency_of(const struct tov_units *units, uint16_t number)
{
    size_t low = 0, high = units->agency_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (units->agencies[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_there = low < units->agency_count && units->agencies[low].number == number;
    return is_there ? &units->agencies[low] : NULL;
}

struct tov_unit_facts tov_units_find(const struct tov_units *units, uint16_t agency,
                                     struct tov_bytes name)
{
    const struct agency_units *found = agency_of(units, agency);
    for (size_t i = 0; found != NULL && i < found->count; i++) {
        const struct tov_unit_facts *facts = &units->facts[found->first + i];
        if (tov_bytes_equal(tov_bytes_of_text(facts->name), name))
            return *facts;
    }
    return (struct tov_unit_facts){.agency = found == NULL ? 0 : agency, .name = ""};
}

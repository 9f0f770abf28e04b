/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/directory.h"

#include <tov/node.h>

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

struct tov_directory {
    struct lib_memory memory;
    struct tov_directory_unit *units;
    size_t count;
    uint32_t roster_version;
};
TOV_DEFINE_CLEANUP(directory, struct tov_directory, tov_directory_destroy)

/* ---- numbers of agencies ---- */

uint32_t numbers_find(const struct agency_numbers *numbers, struct tov_bytes name)
{
    for (size_t i = 0; i < numbers->count; i++) {
        if (tov_bytes_equal(tov_bytes_of_text(numbers->items[i].name), name))
            return numbers->items[i].number;
    }
    return 0;
}

const char *numbers_name(const struct agency_numbers *numbers, uint64_t number)
{
    for (size_t i = 0; i < numbers->count; i++) {
        if (numbers->items[i].number == number)
            return numbers->items[i].name;
    }
    return NULL;
}

static enum tov_err add_number(struct agency_numbers *numbers, struct tov_bytes name,
                               uint64_t number)
{
    if (number < 1 || number > TOV_AGENCIES_MAX || name.size == 0 ||
        name.size > TOV_NAME_MAX_BYTES || numbers_find(numbers, name) != 0 ||
        numbers->count == TOV_AGENCIES_MAX)
        return TOV_OK;
    if (numbers->items == NULL)
        numbers->items =
            lib_memory_take(&numbers->memory, TOV_AGENCIES_MAX * sizeof *numbers->items);
    const char *kept = lib_memory_text(&numbers->memory, name);
    if (numbers->items == NULL || kept == NULL)
        return TOV_E_NOMEM;
    numbers->items[numbers->count++] = (struct agency_number){kept, (uint32_t)number};
    return TOV_OK;
}

/* "kk" of "kk/vink". */
static struct tov_bytes agency_of(struct tov_bytes address)
{
    const uint8_t *slash = address.size == 0 ? NULL : memchr(address.data, '/', address.size);
    return (struct tov_bytes){address.data, slash == NULL ? 0 : (size_t)(slash - address.data)};
}

enum tov_err numbers_of_directory(struct agency_numbers *numbers, struct tov_record directory)
{
    struct tov_record unit;
    for (size_t i = 0; tov_record_child(directory, "units", i, &unit); i++)
        TOV_TRY(add_number(numbers, agency_of(tov_record_bytes(unit, "address")),
                           tov_record_number(unit, "agency")));
    return TOV_OK;
}

/* ---- the directory ---- */

static enum tov_err read_units(struct tov_directory *directory, struct tov_record body)
{
    size_t count = tov_record_count(body, "units");
    directory->roster_version = (uint32_t)tov_record_number(body, "roster_version");
    directory->units = lib_memory_take(&directory->memory, (count + 1) * sizeof *directory->units);
    if (directory->units == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct tov_directory_unit *unit = &directory->units[i];
        struct tov_record item;
        if (!tov_record_child(body, "units", i, &item))
            return TOV_E_MALFORMED;
        unit->address = lib_memory_text(&directory->memory, tov_record_bytes(item, "address"));
        unit->title = lib_memory_text(&directory->memory, tov_record_bytes(item, "title"));
        unit->agency = (uint32_t)tov_record_number(item, "agency");
        if (unit->address == NULL || unit->title == NULL)
            return TOV_E_NOMEM;
    }
    directory->count = count;
    return TOV_OK;
}

enum tov_err tov_directory_get(struct tov_client *client, struct tov_directory **out_directory,
                               struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    TOV_CLEANUP(directory_cleanup) struct tov_directory *directory = NULL;
    struct tov_record body;
    TOV_TRY(request_create("directory", &request, &body));
    struct call_order order = {client, request, "directory"};
    TOV_TRY(call_do(&call, &order, &body, error));
    directory = calloc(1, sizeof *directory);
    enum tov_err err = directory == NULL ? TOV_E_NOMEM : read_units(directory, body);
    if (err == TOV_OK)
        err = numbers_of_directory(&client->agencies, body);
    if (err != TOV_OK)
        return tov_fail(error, err, "the directory cannot be read");
    *out_directory = TOV_TAKE(directory);
    return TOV_OK;
}

uint32_t tov_directory_roster_version(const struct tov_directory *directory)
{
    return directory->roster_version;
}

size_t tov_directory_count(const struct tov_directory *directory)
{
    return directory->count;
}

const struct tov_directory_unit *tov_directory_at(const struct tov_directory *directory,
                                                  size_t index)
{
    return index < directory->count ? &directory->units[index] : NULL;
}

void tov_directory_destroy(struct tov_directory *directory)
{
    if (directory == NULL)
        return;
    lib_memory_fini(&directory->memory);
    free(directory);
}

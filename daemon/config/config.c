/* SPDX-License-Identifier: EUPL-1.2
 *
 * The keys as one table: a key is a row, its meaning the row's kind. Lines and files:
 * config_file.c.
 */
#include "config/config_internal.h"

#include "base/cleanup.h"
#include "base/hex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FIELD(member) offsetof(struct tov_config, member)
static const struct config_key keys[] = {
    {"node", "agency", CONFIG_NAME, true, FIELD(agency), 0, 0},
    {"node", "federation", CONFIG_PATH, true, FIELD(federation_dir), 0, 0},
    {"node", "data", CONFIG_PATH, true, FIELD(data_dir), 0, 0},
    {"node", "guard", CONFIG_PATH, true, FIELD(guard_dir), 0, 0},
    {"node", "keys", CONFIG_PATH, true, FIELD(keys_dir), 0, 0},
    {"node", "roster", CONFIG_PATH, false, FIELD(roster_file), 0, 0},
    {"node", "roots", CONFIG_PATH, false, FIELD(roots_file), 0, 0},
    {"node", "log-level", CONFIG_LEVEL, false, FIELD(log_level), 0, 0},
    {"peers", "listen", CONFIG_ENDPOINT, false, FIELD(listen), 0, 0},
    {"peers", "gateway", CONFIG_SOCKET, false, FIELD(gateway_socket), 0, 0},
    {"peers", "gateway-user", CONFIG_USER, false, FIELD(gateway_user), 0, 0},
    {"clients", "listen", CONFIG_ENDPOINT, false, FIELD(client_listen), 0, 0},
    {"clients", "registry", CONFIG_PATH, false, FIELD(clients_file), 0, 0},
    {"limits", "disk-reserve-mib", CONFIG_NUMBER, false, FIELD(disk_reserve_mib), 1, 1048576},
    {"limits", "flow-window-bytes", CONFIG_NUMBER, false, FIELD(flow_window_bytes),
     TOV_FRAME_MAX_BYTES, 1073741824},
    {"limits", "peer-day-mib", CONFIG_NUMBER, false, FIELD(peer_day_mib), 1, 16777216},
    {"limits", "batch-bytes", CONFIG_NUMBER, false, FIELD(batch_max_bytes), TOV_FRAME_MAX_BYTES,
     268435456},
    {"alarms", "undelivered-minutes", CONFIG_NUMBER, false, FIELD(undelivered_minutes), 1, 44640},
    {"alarms", "unread-minutes", CONFIG_NUMBER, false, FIELD(unread_minutes), 1, 44640},
    {"alarms", "unread-urgent-minutes", CONFIG_NUMBER, false, FIELD(unread_urgent_minutes), 1,
     44640},
    {"retention", "acknowledgement-days", CONFIG_NUMBER, false, FIELD(retention_days[0]), 1, 36525},
    {"retention", "unfounded-days", CONFIG_NUMBER, false, FIELD(retention_days[1]), 1, 36525},
    {"retention", "case-days", CONFIG_NUMBER, false, FIELD(retention_days[2]), 1, 36525},
    {"retention", "minor-days", CONFIG_NUMBER, false, FIELD(retention_days[3]), 1, 36525},
    {"demo", "clock", CONFIG_SWITCH, false, FIELD(demo_clock), 0, 0},
    {"demo", "clock-file", CONFIG_PATH, false, FIELD(demo_clock_file), 0, 0},
};
static const struct config_schema schema = {
    .keys = keys,
    .count = sizeof keys / sizeof keys[0],
    .sections = "[node] [peers] [clients] [limits] [alarms] [retention] [demo]",
    .example = "tovd.conf.example"};

static struct tov_config defaults(void)
{
    return (struct tov_config){
        .log_level = TOV_LOG_INFO,
        .gateway_user = "tov-gateway",
        .client_listen = "ipc:///run/tov/front.sock",
        .disk_reserve_mib = 512,
        .flow_window_bytes = 4ull * 1024 * 1024,
        .peer_day_mib = 8192,
        .batch_max_bytes = 8ull * 1024 * 1024,
        .undelivered_minutes = 240,
        .unread_minutes = 240,
        .unread_urgent_minutes = 120,
        .retention_days = {90, 30, 30, 30},
    };
}

static enum tov_err wrong(const struct config_entry *entry, struct tov_error *error,
                          const char *remedy)
{
    return tov_fail(error, TOV_E_CONFIG, "%s:%zu: [%s] %s: %s", entry->place.name,
                    entry->place.line, entry->section, entry->key, remedy);
}

static enum tov_err set_text(char *out, size_t size, const struct config_entry *entry,
                             struct tov_error *error)
{
    if (strlen(entry->value) >= size)
        return wrong(entry, error, "too long; use a shorter value");
    (void)snprintf(out, size, "%s", entry->value);
    return TOV_OK;
}

static bool is_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    size_t size = strlen(text);
    return size > 0 && size <= TOV_NAME_MAX_BYTES && strspn(text, letters) == size;
}

static bool is_endpoint(const char *text)
{
    return (strncmp(text, "tcp://", 6) == 0 && strrchr(text + 6, ':') != NULL) ||
           (strncmp(text, "ipc:///", 7) == 0 && text[7] != '\0');
}

/* What stands behind the last colon of a tcp endpoint. */
static bool has_port(const char *endpoint)
{
    uint64_t port;
    const char *text = strrchr(endpoint, ':') + 1;
    return strncmp(endpoint, "tcp://", 6) != 0 ||
           (tov_decimal_decode(tov_bytes_of_text(text), &port) == TOV_OK && port >= 1 &&
            port <= 65535);
}

static enum tov_err set_endpoint(const struct config_entry *entry, char *out,
                                 struct tov_error *error)
{
    if (!is_endpoint(entry->value))
        return wrong(entry, error, "write tcp://HOST:PORT or ipc:///PATH");
    if (!has_port(entry->value))
        return wrong(entry, error, "a port is 1 to 65535");
    return set_text(out, TOV_CONFIG_VALUE_SIZE, entry, error);
}

static enum tov_err set_number(const struct config_key *key, const struct config_entry *entry,
                               uint64_t *out, struct tov_error *error)
{
    uint64_t number;
    if (tov_decimal_decode(tov_bytes_of_text(entry->value), &number) == TOV_OK &&
        number >= key->minimum && number <= key->maximum) {
        *out = number;
        return TOV_OK;
    }
    char remedy[96];
    (void)snprintf(remedy, sizeof remedy, "write a number from %llu to %llu",
                   (unsigned long long)key->minimum, (unsigned long long)key->maximum);
    return wrong(entry, error, remedy);
}

static enum tov_err set_switch(const struct config_entry *entry, bool *out, struct tov_error *error)
{
    if (strcmp(entry->value, "on") != 0 && strcmp(entry->value, "off") != 0)
        return wrong(entry, error, "write on or off");
    *out = strcmp(entry->value, "on") == 0;
    return TOV_OK;
}

static bool is_user(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t size = strlen(text);
    return size > 0 && size < TOV_CONFIG_USER_SIZE && strspn(text, letters) == size &&
           strspn(text, "0123456789-") == 0;
}

static enum tov_err set_user(const struct config_entry *entry, char *out, struct tov_error *error)
{
    if (!is_user(entry->value))
        return wrong(entry, error, "write the name of a user of this system, such as tov-gateway");
    if (strcmp(entry->value, "nobody") == 0)
        return wrong(entry, error,
                     "every user whom the system does not know looks like nobody; "
                     "use one of its own, such as tov-gateway");
    return set_text(out, TOV_CONFIG_USER_SIZE, entry, error);
}

static enum tov_err set_path(const struct config_key *key, const struct config_entry *entry,
                             char *out, struct tov_error *error)
{
    if (entry->value[0] != '/')
        return wrong(entry, error, "write an absolute path, one that starts with /");
    if (key->kind == CONFIG_SOCKET && strlen(entry->value) >= TOV_CONFIG_SOCKET_SIZE)
        return wrong(entry, error, "a socket's path has at most 107 characters; use a shorter one");
    size_t size = key->kind == CONFIG_SOCKET ? TOV_CONFIG_SOCKET_SIZE : TOV_CONFIG_VALUE_SIZE;
    return set_text(out, size, entry, error);
}

static enum tov_err set_value(void *values, const struct config_key *key,
                              const struct config_entry *entry, struct tov_error *error)
{
    void *field = (char *)values + key->offset;
    switch (key->kind) {
    case CONFIG_NAME:
        if (!is_name(entry->value))
            return wrong(entry, error,
                         "write the agency's short name as in the roster, such as kbh-pol");
        return set_text(field, TOV_NAME_MAX_BYTES + 1, entry, error);
    case CONFIG_PATH:
    case CONFIG_SOCKET:
        return set_path(key, entry, field, error);
    case CONFIG_USER:
        return set_user(entry, field, error);
    case CONFIG_ENDPOINT:
        return set_endpoint(entry, field, error);
    case CONFIG_NUMBER:
        return set_number(key, entry, field, error);
    case CONFIG_LEVEL:
        if (!tov_log_level_parse(entry->value, field))
            return wrong(entry, error, "write debug, info, warning or error");
        return TOV_OK;
    case CONFIG_SWITCH:
        return set_switch(entry, field, error);
    }
    return TOV_E_INTERNAL;
}

static bool section_is_known(const struct config_schema *known, const char *section)
{
    for (size_t i = 0; i < known->count; i++)
        if (strcmp(known->keys[i].section, section) == 0)
            return true;
    return false;
}

/* The index of the entry's row, or their count. */
static size_t find_key(const struct config_schema *known, const struct config_entry *entry)
{
    size_t i = 0;
    while (i < known->count && (strcmp(known->keys[i].section, entry->section) != 0 ||
                                strcmp(known->keys[i].name, entry->key) != 0))
        i++;
    return i;
}

static enum tov_err unknown_section(const struct config_schema *known,
                                    const struct config_entry *entry, struct tov_error *error)
{
    char remedy[128];
    (void)snprintf(remedy, sizeof remedy, "unknown section; there are %s", known->sections);
    return wrong(entry, error, remedy);
}

static enum tov_err unknown_key(const struct config_schema *known, const struct config_entry *entry,
                                struct tov_error *error)
{
    char remedy[128];
    (void)snprintf(remedy, sizeof remedy, "unknown key; see %s for those there are",
                   known->example);
    return wrong(entry, error, remedy);
}

enum tov_err config_apply(struct config_reading *reading, const struct config_entry *entry,
                          struct tov_error *error)
{
    const struct config_schema *known = reading->schema;
    if (entry->section[0] == '\0')
        return wrong(entry, error, "put it under a section such as [node]");
    if (!section_is_known(known, entry->section))
        return unknown_section(known, entry, error);
    size_t index = find_key(known, entry);
    if (index == known->count)
        return unknown_key(known, entry, error);
    if ((reading->seen & (UINT64_C(1) << index)) != 0)
        return wrong(entry, error, "given twice; keep one of the two lines");
    reading->seen |= UINT64_C(1) << index;
    return set_value(reading->values, &known->keys[index], entry, error);
}

enum tov_err config_need(const struct config_reading *reading, const char *name,
                         struct tov_error *error)
{
    const struct config_schema *known = reading->schema;
    for (size_t i = 0; i < known->count; i++)
        if (known->keys[i].needed && (reading->seen & (UINT64_C(1) << i)) == 0)
            return tov_fail(error, TOV_E_CONFIG, "%s: [%s] %s is missing; add it", name,
                            known->keys[i].section, known->keys[i].name);
    return TOV_OK;
}

/* Default of a path that lies in a directory of the configuration. */
static bool set_path_in(char *out, const char *directory, const char *file)
{
    if (out[0] != '\0')
        return true;
    int size = snprintf(out, TOV_CONFIG_VALUE_SIZE, "%s/%s", directory, file);
    return size > 0 && size < TOV_CONFIG_VALUE_SIZE;
}

bool tov_config_is_inside(const char *path, const char *directory)
{
    size_t size = strlen(directory);
    while (size > 0 && directory[size - 1] == '/')
        size--;
    return strncmp(path, directory, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

/* The guard's state must never be in the backup of the data (docs/guard.md). */
enum tov_err config_check_apart(const struct config_folders *folders, const char *name,
                                struct tov_error *error)
{
    if (!tov_config_is_inside(folders->guard, folders->data) &&
        !tov_config_is_inside(folders->data, folders->guard))
        return TOV_OK;
    return tov_fail(error, TOV_E_CONFIG,
                    "%s: [node] guard and data: neither may lie in the other; the guard's state "
                    "must not be in the data's backup",
                    name);
}

static enum tov_err check_together(const struct tov_config *config, const char *name,
                                   struct tov_error *error)
{
    struct config_folders written = {config->data_dir, config->guard_dir};
    TOV_TRY(config_check_apart(&written, name, error));
    if (config->demo_clock && config->demo_clock_file[0] == '\0')
        return tov_fail(error, TOV_E_CONFIG,
                        "%s: [demo] clock is on: add clock-file = /PATH as well", name);
    if (config->listen[0] != '\0' && config->gateway_socket[0] != '\0')
        return tov_fail(error, TOV_E_CONFIG,
                        "%s: [peers] gateway and listen: a gateway apart listens by its own "
                        "configuration; move listen there",
                        name);
    if (config->listen[0] != '\0' && strcmp(config->listen, config->client_listen) == 0)
        return tov_fail(error, TOV_E_CONFIG,
                        "%s: [peers] listen and [clients] listen are the same; use two endpoints",
                        name);
    return TOV_OK;
}

static enum tov_err set_paths(struct tov_config *config, const char *name, struct tov_error *error)
{
    if (set_path_in(config->roster_file, config->federation_dir, "roster.txt") &&
        set_path_in(config->roots_file, config->federation_dir, "roots.txt") &&
        set_path_in(config->clients_file, config->keys_dir, "clients.txt"))
        return TOV_OK;
    return tov_fail(error, TOV_E_CONFIG,
                    "%s: [node] federation or keys: too long; use a shorter path", name);
}

enum tov_err tov_config_parse(const char *text, const char *name, struct tov_config *out_config,
                              struct tov_error *error)
{
    struct tov_config config = defaults();
    struct config_reading reading = {.schema = &schema, .values = &config};
    TOV_TRY(config_read(&reading, text, name, error));
    TOV_TRY(config_need(&reading, name, error));
    TOV_TRY(set_paths(&config, name, error));
    TOV_TRY(check_together(&config, name, error));
    *out_config = config;
    return TOV_OK;
}

enum tov_err tov_config_load(const char *path, struct tov_config *out_config,
                             struct tov_error *error)
{
    TOV_FREE char *text = NULL;
    TOV_TRY(config_text(path, &text, error));
    return tov_config_parse(text, path, out_config, error);
}

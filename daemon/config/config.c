/* SPDX-License-Identifier: EUPL-1.2
 *
 * The keys as one table: a key is a row, its meaning the row's kind. Lines and files:
 * config_file.c.
 */
#include "config/config_internal.h"

#include "base/hex.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum kind {
    KIND_NAME,     /* of an agency */
    KIND_PATH,     /* absolute */
    KIND_ENDPOINT, /* tcp:// or ipc:// */
    KIND_NUMBER,
    KIND_LEVEL,
    KIND_SWITCH
};

struct key {
    const char *section;
    const char *name;
    enum kind kind;
    bool needed;
    size_t offset;
    uint64_t minimum;
    uint64_t maximum;
};

#define FIELD(member) offsetof(struct tov_config, member)
static const struct key keys[] = {
    {"node", "agency", KIND_NAME, true, FIELD(agency), 0, 0},
    {"node", "federation", KIND_PATH, true, FIELD(federation_dir), 0, 0},
    {"node", "data", KIND_PATH, true, FIELD(data_dir), 0, 0},
    {"node", "guard", KIND_PATH, true, FIELD(guard_dir), 0, 0},
    {"node", "keys", KIND_PATH, true, FIELD(keys_dir), 0, 0},
    {"node", "roster", KIND_PATH, false, FIELD(roster_file), 0, 0},
    {"node", "roots", KIND_PATH, false, FIELD(roots_file), 0, 0},
    {"node", "log-level", KIND_LEVEL, false, FIELD(log_level), 0, 0},
    {"peers", "listen", KIND_ENDPOINT, false, FIELD(listen), 0, 0},
    {"clients", "listen", KIND_ENDPOINT, false, FIELD(client_listen), 0, 0},
    {"clients", "registry", KIND_PATH, false, FIELD(clients_file), 0, 0},
    {"limits", "disk-reserve-mib", KIND_NUMBER, false, FIELD(disk_reserve_mib), 1, 1048576},
    {"limits", "flow-window-bytes", KIND_NUMBER, false, FIELD(flow_window_bytes),
     TOV_FRAME_MAX_BYTES, 1073741824},
    {"limits", "peer-day-mib", KIND_NUMBER, false, FIELD(peer_day_mib), 1, 16777216},
    {"limits", "batch-bytes", KIND_NUMBER, false, FIELD(batch_max_bytes), TOV_FRAME_MAX_BYTES,
     268435456},
    {"alarms", "undelivered-minutes", KIND_NUMBER, false, FIELD(undelivered_minutes), 1, 44640},
    {"alarms", "unread-minutes", KIND_NUMBER, false, FIELD(unread_minutes), 1, 44640},
    {"alarms", "unread-urgent-minutes", KIND_NUMBER, false, FIELD(unread_urgent_minutes), 1, 44640},
    {"retention", "acknowledgement-days", KIND_NUMBER, false, FIELD(retention_days[0]), 1, 36525},
    {"retention", "unfounded-days", KIND_NUMBER, false, FIELD(retention_days[1]), 1, 36525},
    {"retention", "case-days", KIND_NUMBER, false, FIELD(retention_days[2]), 1, 36525},
    {"retention", "minor-days", KIND_NUMBER, false, FIELD(retention_days[3]), 1, 36525},
    {"demo", "clock", KIND_SWITCH, false, FIELD(demo_clock), 0, 0},
    {"demo", "clock-file", KIND_PATH, false, FIELD(demo_clock_file), 0, 0},
};
#define KEY_COUNT (sizeof keys / sizeof keys[0])

void config_defaults(struct tov_config *config)
{
    *config = (struct tov_config){
        .log_level = TOV_LOG_INFO,
        .client_listen = "ipc:///run/tov/front.sock",
        .disk_reserve_mib = 512,
        .flow_window_bytes = 4u * 1024 * 1024,
        .peer_day_mib = 8192,
        .batch_max_bytes = 8u * 1024 * 1024,
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

static enum tov_err set_number(const struct key *key, const struct config_entry *entry,
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

static enum tov_err set_value(struct tov_config *config, const struct key *key,
                              const struct config_entry *entry, struct tov_error *error)
{
    void *field = (char *)config + key->offset;
    switch (key->kind) {
    case KIND_NAME:
        if (!is_name(entry->value))
            return wrong(entry, error,
                         "write the agency's short name as in the roster, such as kbh-pol");
        return set_text(field, sizeof config->agency, entry, error);
    case KIND_PATH:
        if (entry->value[0] != '/')
            return wrong(entry, error, "write an absolute path, one that starts with /");
        return set_text(field, TOV_CONFIG_VALUE_SIZE, entry, error);
    case KIND_ENDPOINT:
        if (!is_endpoint(entry->value))
            return wrong(entry, error, "write tcp://HOST:PORT or ipc:///PATH");
        return set_text(field, TOV_CONFIG_VALUE_SIZE, entry, error);
    case KIND_NUMBER:
        return set_number(key, entry, field, error);
    case KIND_LEVEL:
        if (!tov_log_level_parse(entry->value, field))
            return wrong(entry, error, "write debug, info, warning or error");
        return TOV_OK;
    case KIND_SWITCH:
        return set_switch(entry, field, error);
    }
    return TOV_E_INTERNAL;
}

static bool section_is_known(const char *section)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (strcmp(keys[i].section, section) == 0)
            return true;
    return false;
}

/* The index of the entry's row, or KEY_COUNT. */
static size_t find_key(const struct config_entry *entry)
{
    size_t i = 0;
    while (i < KEY_COUNT &&
           (strcmp(keys[i].section, entry->section) != 0 || strcmp(keys[i].name, entry->key) != 0))
        i++;
    return i;
}

enum tov_err config_apply(struct tov_config *config, uint64_t *seen,
                          const struct config_entry *entry, struct tov_error *error)
{
    if (entry->section[0] == '\0')
        return wrong(entry, error, "put it under a section such as [node]");
    if (!section_is_known(entry->section))
        return wrong(entry, error,
                     "unknown section; there are [node] [peers] [clients] [limits] [alarms] "
                     "[retention] [demo]");
    size_t index = find_key(entry);
    if (index == KEY_COUNT)
        return wrong(entry, error, "unknown key; see tovd.conf.example for those there are");
    if ((*seen & (UINT64_C(1) << index)) != 0)
        return wrong(entry, error, "given twice; keep one of the two lines");
    *seen |= UINT64_C(1) << index;
    return set_value(config, &keys[index], entry, error);
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
    if (config->listen[0] != '\0' && strcmp(config->listen, config->client_listen) == 0)
        return tov_fail(error, TOV_E_CONFIG,
                        "%s: [peers] listen and [clients] listen are the same; use two endpoints",
                        name);
    return TOV_OK;
}

enum tov_err config_finish(struct tov_config *config, uint64_t seen, const char *name,
                           struct tov_error *error)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (keys[i].needed && (seen & (UINT64_C(1) << i)) == 0)
            return tov_fail(error, TOV_E_CONFIG, "%s: [%s] %s is missing; add it", name,
                            keys[i].section, keys[i].name);
    if (!set_path_in(config->roster_file, config->federation_dir, "roster.txt") ||
        !set_path_in(config->roots_file, config->federation_dir, "roots.txt") ||
        !set_path_in(config->clients_file, config->keys_dir, "clients.txt"))
        return tov_fail(error, TOV_E_CONFIG,
                        "%s: [node] federation or keys: too long; use a shorter path", name);
    return check_together(config, name, error);
}

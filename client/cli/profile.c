/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/file.h"
#include "cli/language.h"

#define FILE_MAX_BYTES 65536u

static void fill(char *out, size_t size, struct tov_bytes value)
{
    if (out[0] != '\0' || value.size == 0 || value.size >= size)
        return;
    memcpy(out, value.data, value.size);
    out[value.size] = '\0';
}

/* A path may begin with ~/. */
static void fill_path(char *out, size_t size, struct tov_bytes value)
{
    const char *home = getenv("HOME");
    if (out[0] != '\0' || home == NULL || value.size < 2 || memcmp(value.data, "~/", 2) != 0) {
        fill(out, size, value);
        return;
    }
    if (snprintf(out, size, "%s/%.*s", home, (int)value.size - 2, (const char *)value.data + 2) >=
        (int)size)
        out[0] = '\0';
}

static struct tov_bytes trim(struct tov_bytes text)
{
    while (text.size > 0 && strchr(" \t\r", text.data[0]) != NULL) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && strchr(" \t\r", text.data[text.size - 1]) != NULL)
        text.size--;
    return text;
}

static bool is(struct tov_bytes text, const char *word)
{
    return tov_bytes_equal(text, tov_bytes_of_text(word));
}

struct reading {
    struct cli_profile *profile;
    const char *wanted; /* NULL: the first */
    bool has_section;
    bool inside;
    bool found;
    unsigned line;
    struct tov_error *error;
};

static enum tov_err read_section(struct reading *reading, struct tov_bytes line)
{
    if (line.data[line.size - 1] != ']' || line.size < 3)
        return tov_fail(reading->error, TOV_E_CONFIG, _("line %u: a profile is written [name]"),
                        reading->line);
    struct tov_bytes name = trim((struct tov_bytes){line.data + 1, line.size - 2});
    reading->has_section = true;
    reading->inside = !reading->found && (reading->wanted == NULL || is(name, reading->wanted));
    if (reading->inside) {
        reading->found = true;
        fill(reading->profile->name, sizeof reading->profile->name, name);
    }
    return TOV_OK;
}

static enum tov_err read_value(struct reading *reading, struct tov_bytes line)
{
    struct cli_profile *profile = reading->profile;
    const uint8_t *sign = memchr(line.data, '=', line.size);
    struct tov_bytes key = {line.data, sign == NULL ? 0 : (size_t)(sign - line.data)};
    key = trim(key);
    if (sign == NULL ||
        !(is(key, "node") || is(key, "key") || is(key, "server-key") || is(key, "language")))
        return tov_fail(reading->error, TOV_E_CONFIG,
                        _("line %u: node, key, server-key or language, then = and its value"),
                        reading->line);
    struct tov_bytes value = {sign + 1, line.size - (size_t)(sign + 1 - line.data)};
    value = trim(value);
    if (!reading->has_section)
        return tov_fail(reading->error, TOV_E_CONFIG,
                        _("line %u: begin with the name of a profile, as [vink]"), reading->line);
    if (value.size == 0 || value.size + 256 >= PROFILE_TEXT_SIZE)
        return tov_fail(reading->error, TOV_E_CONFIG,
                        _("line %u: the value is missing, or too long"), reading->line);
    if (is(key, "language") && !is(value, "da") && !is(value, "en"))
        return tov_fail(reading->error, TOV_E_CONFIG, _("line %u: language is da or en"),
                        reading->line);
    if (!reading->inside)
        return TOV_OK;
    if (is(key, "node"))
        fill(profile->node, sizeof profile->node, value);
    else if (is(key, "key"))
        fill_path(profile->key, sizeof profile->key, value);
    else if (is(key, "server-key"))
        fill_path(profile->server_key, sizeof profile->server_key, value);
    else
        fill(profile->language, sizeof profile->language, value);
    return TOV_OK;
}

enum tov_err profile_parse(struct cli_profile *profile, struct tov_bytes text, const char *name,
                           struct tov_error *error)
{
    struct reading reading = {.profile = profile, .wanted = name, .error = error};
    while (text.size > 0) {
        const uint8_t *end = memchr(text.data, '\n', text.size);
        size_t size = end == NULL ? text.size : (size_t)(end - text.data);
        struct tov_bytes line = trim((struct tov_bytes){text.data, size});
        reading.line++;
        if (line.size > 0 && line.data[0] == '[')
            TOV_TRY(read_section(&reading, line));
        else if (line.size > 0 && line.data[0] != '#' && line.data[0] != ';')
            TOV_TRY(read_value(&reading, line));
        size_t used = end == NULL ? size : size + 1;
        text.data += used;
        text.size -= used;
    }
    if (name != NULL && !reading.found)
        return tov_fail(error, TOV_E_CONFIG, _("there is no profile [%.60s]"), name);
    return TOV_OK;
}

static void fill_from_environment(char *out, size_t size, const char *variable)
{
    const char *value = getenv(variable);
    if (value != NULL)
        fill(out, size, tov_bytes_of_text(value));
}

enum tov_err profile_complete(struct cli_profile *profile, const char *name,
                              struct tov_error *error)
{
    fill_from_environment(profile->node, sizeof profile->node, "TOV_NODE");
    fill_from_environment(profile->key, sizeof profile->key, "TOV_KEY");
    fill_from_environment(profile->server_key, sizeof profile->server_key, "TOV_SERVER_KEY");
    fill_from_environment(profile->language, sizeof profile->language, "TOV_LANG");
    char path[FILE_PATH_SIZE];
    if (!file_user_path("XDG_CONFIG_HOME", ".config", "config", path))
        return TOV_OK;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(FILE_MAX_BYTES);
    enum tov_err err = file_read(path, &text, error);
    if (err == TOV_E_NOT_FOUND && name == NULL)
        return TOV_OK;
    if (err == TOV_E_NOT_FOUND)
        return tov_fail(error, TOV_E_CONFIG,
                        _("%.120s is not there; profile [%.40s] is looked "
                          "for in it"),
                        path, name);
    if (err != TOV_OK)
        return err; /* it names the file */
    err = profile_parse(profile, tov_buf_view(&text), name, error);
    return err == TOV_OK ? TOV_OK : tov_fail_in(error, err, "%.150s: ", path);
}

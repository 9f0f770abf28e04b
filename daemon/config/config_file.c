/* SPDX-License-Identifier: EUPL-1.2
 *
 * Lines for inih: this side hands it one line at a time, so it knows each line's number (the
 * library's own build does not pass it on) and refuses what inih would cut or misread silently.
 */
#include "config/config_internal.h"

#include "base/cleanup.h"

#include <ini.h>

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MAX_CHARACTERS 199u /* inih's line buffer */

struct parse {
    const char *at;
    const char *name;
    size_t line;
    struct config_reading *reading;
    struct tov_error *error;
    enum tov_err result; /* the first error stays */
};

static void fail_line(struct parse *parse, const char *remedy)
{
    if (parse->result == TOV_OK)
        parse->result =
            tov_fail(parse->error, TOV_E_CONFIG, "%s:%zu: %s", parse->name, parse->line, remedy);
}

/* inih takes an indented line for the continuation of the one before. */
static void check_line(struct parse *parse, size_t size)
{
    if (size > LINE_MAX_CHARACTERS - 1)
        fail_line(parse, "longer than 198 characters; use a shorter value");
    else if (size > 0 && isspace((unsigned char)parse->at[0]) && strspn(parse->at, " \t\r") < size)
        fail_line(parse, "starts with a space; start sections and keys at the margin");
}

/* fgets() over the text. */
static char *give_line(char *out, int room, void *stream)
{
    struct parse *parse = stream;
    if (*parse->at == '\0' || parse->result != TOV_OK)
        return NULL;
    parse->line++;
    size_t size = strcspn(parse->at, "\n");
    check_line(parse, size);
    if (parse->result != TOV_OK || (size_t)room < size + 2)
        return NULL;
    memcpy(out, parse->at, size);
    memcpy(out + size, "\n", 2);
    parse->at += size + (parse->at[size] == '\n');
    return out;
}

static int take_entry(void *user, const char *section, const char *key, const char *value)
{
    struct parse *parse = user;
    struct config_entry entry = {
        .place = {parse->name, parse->line}, .section = section, .key = key, .value = value};
    if (parse->result == TOV_OK)
        parse->result = config_apply(parse->reading, &entry, parse->error);
    return parse->result == TOV_OK;
}

enum tov_err config_read(struct config_reading *reading, const char *text, const char *name,
                         struct tov_error *error)
{
    struct parse parse = {.at = text, .name = name, .reading = reading, .error = error};
    int first_bad_line = ini_parse_stream(give_line, &parse, take_entry, &parse);
    TOV_TRY(parse.result);
    if (first_bad_line != 0)
        return tov_fail(error, TOV_E_CONFIG,
                        "%s:%d: not understood; write [section] or key = value", name,
                        first_bad_line);
    return TOV_OK;
}

static void close_file(FILE **file)
{
    if (*file != NULL)
        (void)fclose(*file);
}

enum tov_err config_text(const char *path, char **out_text, struct tov_error *error)
{
    TOV_CLEANUP(close_file) FILE *file = fopen(path, "re");
    if (file == NULL)
        return tov_fail(error, errno == ENOMEM ? TOV_E_NOMEM : TOV_E_CONFIG,
                        "%s: %s; give the file with --config", path, strerror(errno));
    TOV_FREE char *text = malloc(TOV_CONFIG_FILE_MAX_BYTES + 1);
    if (text == NULL)
        return tov_fail(error, TOV_E_NOMEM, "%s: out of memory", path);
    size_t size = fread(text, 1, TOV_CONFIG_FILE_MAX_BYTES + 1, file);
    if (ferror(file))
        return tov_fail(error, TOV_E_CONFIG, "%s: cannot be read: %s", path, strerror(errno));
    if (size > TOV_CONFIG_FILE_MAX_BYTES)
        return tov_fail(error, TOV_E_CONFIG, "%s: larger than 64 KiB; is it the right file?", path);
    text[size] = '\0';
    if (strlen(text) != size)
        return tov_fail(error, TOV_E_CONFIG, "%s: holds a NUL; is it the right file?", path);
    *out_text = TOV_TAKE(text);
    return TOV_OK;
}

/* NULL: it is one, or cannot be looked at. */
static const char *why_no_folder(const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0)
        return S_ISDIR(status.st_mode)
                   ? NULL
                   : "a file, not a folder; name the folder, or move the file away";
    return errno == ENOENT || errno == ENOTDIR
               ? "no such folder; make it or mount its disk, or correct the line"
               : NULL;
}

/* A role that finds it later takes it for a disk that fails, or only when it writes. What a disk
 * says otherwise, as that it is mounted for reading, is for the role that needs it. */
static const char *why_not_usable(const char *path)
{
    return access(path, R_OK | W_OK | X_OK) == 0 || errno != EACCES
               ? NULL
               : "this user may not read and write in it; give it to the user of the node "
                 "(chown, mode 0700), and run this as that user";
}

/* The same check as of the texts, where links, ".." and doubled slashes are gone. A folder that
 * this process may not see is compared by nobody. */
static enum tov_err check_places(const struct tov_config *config, const char *name,
                                 struct tov_error *error)
{
    TOV_FREE char *data = realpath(config->data_dir, NULL);
    TOV_FREE char *guard = realpath(config->guard_dir, NULL);
    if (data == NULL || guard == NULL)
        return TOV_OK;
    struct config_folders places = {data, guard};
    return config_check_apart(&places, name, error);
}

struct named_folder {
    const char *key;
    const char *path;
};

static enum tov_err check_usable(const struct named_folder *folder, const char *name,
                                 struct tov_error *error)
{
    const char *why = why_not_usable(folder->path);
    return why == NULL ? TOV_OK
                       : tov_fail(error, TOV_E_CONFIG, "%s: [node] %s: %s: %s", name, folder->key,
                                  folder->path, why);
}

enum tov_err tov_config_check_folders(const struct tov_config *config, const char *name,
                                      struct tov_error *error)
{
    const struct named_folder folders[] = {
        {"data", config->data_dir}, {"guard", config->guard_dir}, {"keys", config->keys_dir}};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        const char *why = why_no_folder(folders[i].path);
        if (why != NULL)
            return tov_fail(error, TOV_E_CONFIG, "%s: [node] %s: %s: %s", name, folders[i].key,
                            folders[i].path, why);
    }
    TOV_TRY(check_places(config, name, error));
    TOV_TRY(check_usable(&folders[0], name, error));
    return check_usable(&folders[1], name, error); /* keys are read, and each says what is wrong */
}

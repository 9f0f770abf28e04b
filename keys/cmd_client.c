/* SPDX-License-Identifier: EUPL-1.2
 *
 * client-new and client-add.
 */
#include <stdio.h>
#include <string.h>

#include "keys/client.h"
#include "keys/inputs.h"
#include "roster/lines.h"

static const struct command_option new_options[] = {
    {"federation", "NAME", true}, {"agency", "NAME", true},
    {"name", "NAME", true},       {"kind", "person|system", true},
    {"out", "FILE", true},        COMMAND_NEW_KEY_OPTIONS,
    {NULL, NULL, false}};

static enum tov_err read_kind(struct tov_bytes text, enum tov_client_kind *out,
                              struct tov_error *error)
{
    bool is_person = tov_bytes_is_text(text, "person");
    if (!is_person && !tov_bytes_is_text(text, "system"))
        return tov_fail(error, TOV_E_ARGUMENT, "kind: write person or system");
    *out = is_person ? TOV_CLIENT_PERSON : TOV_CLIENT_SYSTEM;
    return TOV_OK;
}

static enum tov_err run_new(const struct arguments *arguments, struct tov_error *error)
{
    TOV_CLEANUP(newkey_lock_fini) struct newkey_lock lock = {.passphrase = NULL};
    struct client_order order = {.lock = &lock,
                                 .federation = arguments_get(arguments, "federation"),
                                 .agency = arguments_get(arguments, "agency"),
                                 .name = arguments_get(arguments, "name"),
                                 .path = arguments_get(arguments, "out")};
    TOV_TRY(read_kind(tov_bytes_of_text(arguments_get(arguments, "kind")), &order.kind, error));
    TOV_TRY(newkey_lock_from(arguments, order.federation, &lock, error));
    TOV_TRY(client_make(&order, NULL, error));
    printf("%s.pub is the registration: hand it to the node administrator\n", order.path);
    return TOV_OK;
}

const struct command command_client_new = {
    "client-new", NULL, "A key for one person or one system; FILE.pub is its registration.",
    new_options, run_new};

static const struct command_option add_options[] = {{"registry", "FILE", true},
                                                    {"roles", "ROLE,...", true},
                                                    {"units", "UNIT,...", false},
                                                    {"roster", "FILE", false},
                                                    {NULL, NULL, false}};

struct registration {
    char agency[TOV_NAME_MAX_BYTES + 1];
    char name[TOV_NAME_MAX_BYTES + 1];
};

static enum tov_err read_named(struct tov_lines *lines, const char *keyword,
                               char out[TOV_NAME_MAX_BYTES + 1])
{
    struct tov_line line;
    TOV_TRY(tov_lines_take(lines, 0, keyword, &line));
    TOV_TRY(tov_line_name(lines, &line, line.value));
    memcpy(out, line.value.data, line.value.size);
    out[line.value.size] = '\0';
    return TOV_OK;
}

static enum tov_err read_registration(struct tov_bytes text, struct registration *names,
                                      struct client_entry *entry, struct tov_error *error)
{
    struct tov_lines lines;
    struct tov_line line;
    TOV_TRY(tov_lines_init(&lines, text, "docs/keys.md", error));
    TOV_TRY(tov_lines_take_format(&lines, "tov-client"));
    TOV_TRY(read_named(&lines, "agency", names->agency));
    TOV_TRY(read_named(&lines, "client", names->name));
    TOV_TRY(tov_lines_take(&lines, 0, "kind", &line));
    if (read_kind(line.value, &entry->kind, NULL) != TOV_OK)
        return tov_lines_fail(&lines, &line, "write person or system");
    TOV_TRY(tov_lines_take(&lines, 0, "key", &line));
    TOV_TRY(tov_line_hex(&lines, &line, entry->key));
    entry->agency = names->agency;
    entry->name = names->name;
    return tov_lines_end(&lines);
}

static enum tov_err add_one(const struct arguments *arguments, const char *path,
                            const struct tov_roster *roster, struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_LINE_MAX_BYTES);
    struct registration names;
    struct client_entry entry = {.roles = arguments_get(arguments, "roles"),
                                 .units = arguments_get(arguments, "units")};
    TOV_TRY(tov_file_read(path, TOV_LINE_MAX_BYTES, &text, error));
    enum tov_err err = read_registration(tov_buf_view(&text), &names, &entry, error);
    if (err != TOV_OK)
        return tov_fail_in(error, err, "%s: ", path);
    return client_register(arguments_get(arguments, "registry"), &entry, roster, error);
}

static enum tov_err run_add(const struct arguments *arguments, struct tov_error *error)
{
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    const char *roster_path = arguments_get(arguments, "roster");
    if (roster_path != NULL)
        TOV_TRY(input_roster(roster_path, &roster, error));
    for (size_t i = 0; i < arguments->path_count; i++)
        TOV_TRY(add_one(arguments, arguments->paths[i], roster, error));
    return TOV_OK;
}

const struct command command_client_add = {
    "client-add", "CLIENT.pub...",
    "Adds registrations to the agency's registry, checked against --roster when it is given.",
    add_options, run_add};

/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/compose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/time.h"
#include "case/catalogue.h"
#include "cli/agency.h"
#include "cli/fieldpath.h"
#include "cli/file.h"
#include "cli/language.h"

#define VALUE_MAX_BYTES 262144u

bool compose_has_fields(const struct cli_arguments *arguments)
{
    return command_has(arguments, "set") || command_has(arguments, "file") ||
           command_has(arguments, "from-json");
}

bool compose_has_options(const struct cli_arguments *arguments)
{
    static const char *const names[] = {"to",    "header-to",  "from",  "about",
                                        "cites", "same-event", "attach"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (command_has(arguments, names[i]))
            return true;
    }
    return compose_has_fields(arguments);
}

/* ---- fields ---- */

/* "FIELD=VALUE" of option NAME: the field into PATH; returns the value, or NULL. */
static const char *split(struct cli *cli, const char *name, const char *text,
                         char path[FIELDPATH_SIZE])
{
    const char *sign = strchr(text, '=');
    size_t size = sign == NULL ? 0 : (size_t)(sign - text);
    if (size == 0 || size >= FIELDPATH_SIZE) {
        (void)cli_fail(cli, TOV_E_ARGUMENT, _("--%s wants a field, = and its value."), name);
        return NULL;
    }
    memcpy(path, text, size);
    path[size] = '\0';
    return sign + 1;
}

/* The id of an enum value that was given by its label in either language. */
static const char *value_id(const struct tov_catalogue_type *type, size_t field, const char *text)
{
    for (size_t i = 0;; i++) {
        const char *id = tov_catalogue_value_id(type, field, i);
        if (id == NULL)
            return text;
        if (strcasecmp(tov_catalogue_value_label(type, field, i, TOV_WORDS_DA), text) == 0 ||
            strcasecmp(tov_catalogue_value_label(type, field, i, TOV_WORDS_EN), text) == 0)
            return id;
    }
}

struct field {
    const struct tov_catalogue_type *type;
    size_t index;
    struct tov_catalogue_field row;
    const char *name; /* as it was given */
    char path[FIELDPATH_SIZE];
};

static enum tov_err fail_value(struct cli *cli, const struct field *field)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf choices = TOV_BUF_INIT(4096);
    fieldpath_choices(field->type, field->index, &choices);
    tov_buf_put_u8(&choices, 0);
    if (choices.failed != TOV_OK)
        return cli_fail(cli, choices.failed, _("There is not enough memory."));
    return cli_fail(cli, TOV_E_ARGUMENT, _("%.80s [%.60s]: write %.240s"),
                    cli_words(cli, field->row.label_da, field->row.label_en), field->name,
                    (const char *)choices.data);
}

/* A path that the catalogue does not list is libtov's to judge: "header.event_ref". */
static enum tov_err set_other(struct cli *cli, struct tov_message_draft *message, const char *path,
                              const char *text)
{
    const char *type = tov_message_draft_type(message);
    if (tov_message_draft_set(message, path, text, &cli->error) == TOV_OK)
        return TOV_OK;
    return cli_fail(cli, TOV_E_ARGUMENT, _("%s has no field \"%.60s\". See tov types %s"), type,
                    path, type);
}

enum tov_err compose_field(struct cli *cli, struct tov_message_draft *message, const char *path,
                           const char *text)
{
    struct field field = {.type = tov_catalogue_find(tov_message_draft_type(message)),
                          .row = {.size = sizeof field.row},
                          .name = path};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf value = TOV_BUF_INIT(VALUE_MAX_BYTES);
    char number[AGENCY_NUMBER_SIZE];
    if (!fieldpath_find(field.type, path, field.path, &field.row, &field.index))
        return set_other(cli, message, path, text);
    if (strcmp(field.row.kind, "agency") == 0 && text[0] != '\0') {
        TOV_TRY(agency_number(cli, text, number));
        text = number;
    }
    fieldpath_value(field.row.kind, value_id(field.type, field.index, text), &value);
    tov_buf_put_u8(&value, 0);
    if (value.failed != TOV_OK)
        return cli_fail(cli, value.failed, _("%s: the text is too long."), path);
    enum tov_err err =
        tov_message_draft_set(message, field.path, (const char *)value.data, &cli->error);
    return err == TOV_E_SCHEMA ? fail_value(cli, &field) : err;
}

static enum tov_err set_from_file(struct cli *cli, struct tov_message_draft *message,
                                  const char *path, const char *file)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(VALUE_MAX_BYTES);
    TOV_TRY(cli_own(cli, file_read(file, &text, &cli->error)));
    while (text.size > 0 && (text.data[text.size - 1] == '\n' || text.data[text.size - 1] == '\r'))
        text.size--;
    if (text.size > 0 && memchr(text.data, 0, text.size) != NULL)
        return cli_fail(cli, TOV_E_MALFORMED,
                        _("%.120s is not a text. Send it as an attachment: --attach"), file);
    tov_buf_put_u8(&text, 0);
    if (text.failed != TOV_OK)
        return cli_fail(cli, text.failed, _("%s: the text is too long."), path);
    return compose_field(cli, message, path, (const char *)text.data);
}

/* In the order of the arguments, since lists grow at their ends. */
static enum tov_err apply_fields(struct cli *cli, const struct cli_arguments *arguments,
                                 struct tov_message_draft *message)
{
    bool took_input = command_get(arguments, "from-json") != NULL &&
                      strcmp(command_get(arguments, "from-json"), "-") == 0;
    for (unsigned i = 0; i < arguments->value_count; i++) {
        const struct cli_value *value = &arguments->values[i];
        bool is_file = strcmp(value->option->name, "file") == 0;
        char path[FIELDPATH_SIZE];
        if (!is_file && strcmp(value->option->name, "set") != 0)
            continue;
        const char *text = split(cli, value->option->name, value->text, path);
        if (text == NULL)
            return TOV_E_ARGUMENT;
        bool is_input = is_file && strcmp(text, "-") == 0;
        if (is_input && took_input)
            return cli_fail(cli, TOV_E_ARGUMENT, _("Standard input can be read only once."));
        took_input = took_input || is_input;
        TOV_TRY(is_file ? set_from_file(cli, message, path, text)
                        : compose_field(cli, message, path, text));
    }
    return TOV_OK;
}

/* ---- recipients ---- */

static bool names_agency(const struct tov_message_draft *message, const char *unit)
{
    size_t agency = strcspn(unit, "/") + 1;
    size_t count = tov_message_draft_count(message, "header.recipients");
    for (size_t i = 1; i <= count; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "header.recipients.%zu.unit", i);
        if (strncmp(tov_message_draft_text(message, path), unit, agency) == 0)
            return true;
    }
    return false;
}

static enum tov_err refuse_unit(struct cli *cli, const char *words)
{
    return cli_fail(cli, TOV_E_ARGUMENT,
                    _("\"%.60s\" is not a unit: write it as kk/vink. tov units lists them."),
                    words);
}

enum tov_err compose_recipient(struct cli *cli, struct tov_message_draft *message,
                               const char *words, enum tov_message_right right)
{
    char unit[2 * TOV_NAME_MAX_BYTES + 2];
    const char *sign = strchr(words, '=');
    size_t size = sign == NULL ? strlen(words) : (size_t)(sign - words);
    if (size >= sizeof unit || memchr(words, '/', size) == NULL)
        return refuse_unit(cli, words);
    memcpy(unit, words, size);
    unit[size] = '\0';
    if (names_agency(message, unit))
        return cli_fail(cli, TOV_E_ARGUMENT,
                        _("A message goes to one unit of each agency. Send %.60s a message of its "
                          "own."),
                        unit);
    enum tov_err err = tov_message_draft_add_recipient(message, unit, right,
                                                       sign == NULL ? NULL : sign + 1, &cli->error);
    return err == TOV_E_ARGUMENT ? refuse_unit(cli, words) : err; /* nothing else is, here */
}

static enum tov_err apply_recipients(struct cli *cli, const struct cli_arguments *arguments,
                                     struct tov_message_draft *message)
{
    const char *words = NULL;
    if (command_has(arguments, "to") || command_has(arguments, "header-to"))
        TOV_TRY(tov_message_draft_set(message, "header.recipients", NULL, &cli->error));
    for (unsigned i = 0; (words = command_get_at(arguments, "to", i)) != NULL; i++)
        TOV_TRY(compose_recipient(cli, message, words, TOV_SEES_ALL));
    for (unsigned i = 0; (words = command_get_at(arguments, "header-to", i)) != NULL; i++)
        TOV_TRY(compose_recipient(cli, message, words, TOV_SEES_HEADER));
    return TOV_OK;
}

/* ---- files ---- */

static const char *mime_of(const char *path)
{
    static const struct {
        const char *ending;
        const char *mime;
    } kinds[] = {
        {".pdf", "application/pdf"},
        {".txt", "text/plain; charset=utf-8"},
        {".csv", "text/csv"},
        {".json", "application/json"},
        {".xml", "application/xml"},
        {".jpg", "image/jpeg"},
        {".jpeg", "image/jpeg"},
        {".png", "image/png"},
        {".tif", "image/tiff"},
        {".tiff", "image/tiff"},
        {".doc", "application/msword"},
        {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {".odt", "application/vnd.oasis.opendocument.text"},
        {".eml", "message/rfc822"},
        {".zip", "application/zip"},
    };
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot != NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcasecmp(kinds[i].ending, dot) == 0)
            return kinds[i].mime;
    }
    return "application/octet-stream";
}

/* Kept by its whole path: the draft may be sent from another folder. */
static enum tov_err apply_files(struct cli *cli, const struct cli_arguments *arguments,
                                struct kept_draft *draft)
{
    const char *given = NULL;
    struct stat status;
    if (command_has(arguments, "attach")) {
        json_decref(draft->attachments);
        draft->attachments = json_array();
    }
    for (unsigned i = 0; (given = command_get_at(arguments, "attach", i)) != NULL; i++) {
        TOV_FREE char *path = realpath(given, NULL);
        if (path == NULL)
            return cli_fail(cli, TOV_E_NOT_FOUND, _("There is no file %.160s to attach."), given);
        if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
            return cli_fail(cli, TOV_E_ARGUMENT, _("%.180s is no ordinary file."), given);
        if (json_array_append_new(draft->attachments, json_pack("{s:s, s:s}", "path", path, "mime",
                                                                mime_of(path))) != 0)
            return cli_fail(cli, TOV_E_ARGUMENT, _("The name of %.160s is not UTF-8."), given);
    }
    return TOV_OK;
}

enum tov_err compose_attach_files(struct cli *cli, struct kept_draft *draft)
{
    if (tov_message_draft_attachment_count(draft->message) > 0)
        return TOV_OK;
    for (size_t i = 0; i < json_array_size(draft->attachments); i++) {
        const json_t *item = json_array_get(draft->attachments, i);
        const char *path = json_string_value(json_object_get(item, "path"));
        const char *mime = json_string_value(json_object_get(item, "mime"));
        if (path == NULL)
            return cli_fail(cli, TOV_E_MALFORMED, _("The draft %.60s cannot be read."),
                            draft->name);
        enum tov_err err = tov_message_draft_attach_path(draft->message, path, mime, &cli->error);
        if (err == TOV_E_NOT_FOUND || err == TOV_E_IO)
            return cli_fail(cli, err, _("The attachment %.160s cannot be read any more."), path);
        TOV_TRY(err);
    }
    return TOV_OK;
}

/* ---- all of it ---- */

static enum tov_err apply_key(struct cli *cli, const struct cli_arguments *arguments,
                              struct tov_message_draft *message)
{
    const char *key = command_get(arguments, "idempotency-key");
    if (key == NULL || tov_message_draft_set_key(message, (const uint8_t *)key, strlen(key),
                                                 &cli->error) == TOV_OK)
        return TOV_OK;
    return cli_fail(cli, TOV_E_ARGUMENT, _("--idempotency-key wants 16 to 64 characters."));
}

enum tov_err compose_apply(struct cli *cli, const struct cli_arguments *arguments,
                           struct kept_draft *draft)
{
    struct tov_message_draft *message = draft->message;
    const char *sender = command_get(arguments, "from");
    TOV_TRY(apply_key(cli, arguments, message));
    if (sender != NULL)
        TOV_TRY(tov_message_draft_set_sender(message, sender, &cli->error));
    TOV_TRY(apply_recipients(cli, arguments, message));
    TOV_TRY(compose_about(cli, arguments, message));
    TOV_TRY(compose_cites(cli, arguments, message));
    TOV_TRY(apply_files(cli, arguments, draft));
    return apply_fields(cli, arguments, message);
}

static uint64_t now_ms(const struct cli *cli)
{
    struct timespec now;
    if (cli->client != NULL && tov_client_identity(cli->client)->now_ms != 0)
        return tov_client_identity(cli->client)->now_ms;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000u;
}

/* The one legal basis that all routes of TYPE allow, or NULL. */
static const char *only_basis(const char *type)
{
    const struct tov_message_type *row = tov_message_type_find(tov_bytes_of_text(type));
    const char *found = NULL;
    uint64_t mask = 0;
    for (size_t i = 0; row != NULL && i < TOV_ROUTES_MAX && row->routes[i].from != 0; i++)
        mask |= row->routes[i].bases;
    for (size_t i = 0; i < tov_basis_count(); i++) {
        if ((mask >> tov_basis_at(i)->code & 1) == 0)
            continue;
        if (found != NULL)
            return NULL;
        found = tov_basis_at(i)->id;
    }
    return found;
}

enum tov_err compose_defaults(struct cli *cli, struct tov_message_draft *message)
{
    char time[TOV_TIME_TEXT_SIZE];
    const char *basis = only_basis(tov_message_draft_type(message));
    if (tov_message_draft_count(message, "header.occurred_at") == 0) {
        tov_time_format(now_ms(cli) / 60000u * 60000u, time); /* forms have minutes only */
        TOV_TRY(tov_message_draft_set(message, "header.occurred_at", time, &cli->error));
    }
    if (basis != NULL && tov_message_draft_count(message, "header.legal_bases") == 0)
        TOV_TRY(tov_message_draft_set(message, "header.legal_bases", basis, &cli->error));
    return TOV_OK;
}

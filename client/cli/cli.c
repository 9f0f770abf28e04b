/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/time.h"
#include "cli/failure.h"
#include "cli/file.h"
#include "cli/language.h"
#include "cli/pager.h"
#include "keys/keyfile.h"
#include "telling/text.h"

#define PROGRAM "tov " TOV_VERSION_TEXT

enum tov_err cli_fail(struct cli *cli, enum tov_err code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(cli->error.text, sizeof cli->error.text, format, arguments);
    va_end(arguments);
    cli->error.code = code;
    cli->error_is_ours = true;
    return code;
}

enum tov_err cli_own(struct cli *cli, enum tov_err err)
{
    cli->error_is_ours = cli->error_is_ours || err != TOV_OK;
    return err;
}

/* ---- the node ---- */

static size_t ask_passphrase(void *arg, const char *key_path, char *out, size_t size)
{
    struct cli *cli = arg;
    char prompt[256];
    (void)snprintf(prompt, sizeof prompt, _("Passphrase for %.180s"), key_path);
    struct tov_passphrase_source source = {.kind = TOV_PASSPHRASE_TTY, .prompt = prompt};
    if (cli->passphrase == NULL &&
        tov_passphrase_read(&source, &cli->passphrase, &cli->error) != TOV_OK)
        return 0;
    struct tov_bytes text = tov_secret_view(cli->passphrase);
    size_t used = text.size <= size ? text.size : 0;
    memcpy(out, text.data, used);
    return used;
}

static bool is_hex_key(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static enum tov_err require(struct cli *cli, const char *value, const char *option)
{
    if (value[0] != '\0')
        return TOV_OK;
    return cli_fail(cli, TOV_E_ARGUMENT,
                    _("Which node? --%s is missing. It can also stand in ~/.config/tov/config "
                      "(man tov, \"Connection\")."),
                    option);
}

/* A file that the profile names is not there. */
static enum tov_err fail_missing(struct cli *cli)
{
    bool is_key = access(cli->profile.key, F_OK) != 0;
    return cli_fail(
        cli, TOV_E_NOT_FOUND, _("There is no file %.150s, which --%s or the profile names."),
        is_key ? cli->profile.key : cli->profile.server_key, is_key ? "key" : "server-key");
}

enum tov_err cli_connect(struct cli *cli, struct tov_client **out_client)
{
    struct cli_profile *profile = &cli->profile;
    if (cli->client == NULL) {
        TOV_TRY(require(cli, profile->node, "node"));
        TOV_TRY(require(cli, profile->key, "key"));
        TOV_TRY(require(cli, profile->server_key, "server-key"));
        struct tov_client_options options = TOV_CLIENT_OPTIONS_INIT;
        options.endpoint = profile->node;
        if (is_hex_key(profile->server_key))
            options.front_key = profile->server_key;
        else
            options.front_path = profile->server_key;
        options.key_path = profile->key;
        options.passphrase = ask_passphrase;
        options.passphrase_arg = cli;
        options.program = PROGRAM;
        enum tov_err err = tov_client_open(&options, &cli->client, &cli->error);
        cli->is_unreachable = err == TOV_E_TIMEOUT;
        if (err == TOV_E_TIMEOUT)
            return cli_fail(
                cli, TOV_E_CLOSED,
                _("The node at %.80s does not answer. Either it is not running, or its key is "
                  "another than in --server-key, or your key is not registered there."),
                profile->node);
        if (err == TOV_E_NOT_FOUND)
            return fail_missing(cli);
        TOV_TRY(err);
    }
    *out_client = cli->client;
    return TOV_OK;
}

void cli_disconnect(struct cli *cli)
{
    tov_status_destroy(cli->peers);
    cli->peers = NULL;
    tov_directory_destroy(cli->directory);
    cli->directory = NULL;
    tov_client_close(cli->client);
    cli->client = NULL;
}

/* ---- what is shown ---- */

void cli_say(struct cli *cli, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = NULL;
    int size = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (size >= 0)
        tov_buf_put(&cli->page, text, (size_t)size);
    else
        cli->page.failed = TOV_E_NOMEM;
    free(text);
}

void cli_say_wrapped(struct cli *cli, const char *lead, const char *text)
{
    size_t indent = text_width(lead);
    tov_buf_put_text(&cli->page, lead);
    text_put_wrapped(&cli->page, text, &(struct text_frame){indent, indent, cli->columns});
}

void cli_result(struct cli *cli, json_t *value)
{
    json_decref(cli->result);
    cli->result = value;
}

json_t *cli_json_of(const char *text)
{
    json_t *value = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    return value != NULL ? value : json_null();
}

uint64_t cli_clock_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

json_t *cli_json_message(struct cli *cli, const struct tov_message_view *view)
{
    char *text = NULL;
    if (tov_message_view_to_json(view, &text, &cli->error) != TOV_OK)
        return NULL;
    json_t *value = cli_json_of(text);
    tov_free(text);
    return value;
}

json_t *cli_json_time(uint64_t time_ms)
{
    char text[TOV_TIME_TEXT_SIZE];
    if (time_ms == 0 || time_ms > TOV_TIME_MAX_MS)
        return json_null();
    tov_time_format(time_ms, text);
    return json_string(text);
}

const char *cli_words(const struct cli *cli, const char *danish, const char *english)
{
    return cli->words == TOV_WORDS_DA ? danish : english;
}

void cli_progress(const struct cli *cli, const char *text)
{
    if (cli->json || isatty(STDERR_FILENO) == 0)
        return;
    (void)fprintf(stderr, "\r\033[K%s", text);
    (void)fflush(stderr);
}

enum tov_err cli_flush(struct cli *cli)
{
    enum tov_err err = cli->page.failed;
    if (err == TOV_OK)
        err = file_put(STDOUT_FILENO, tov_buf_view(&cli->page));
    tov_buf_clear(&cli->page);
    return err == TOV_OK ? TOV_OK : cli_fail(cli, err, _("Standard output cannot be written."));
}

static enum tov_err put_value(struct cli *cli, json_t *value, size_t flags)
{
    char *text = value == NULL ? NULL : json_dumps(value, flags);
    json_decref(value);
    if (text == NULL)
        return cli_fail(cli, TOV_E_NOMEM, _("There is not enough memory."));
    tov_buf_clear(&cli->page);
    tov_buf_put_text(&cli->page, text);
    tov_buf_put_text(&cli->page, "\n");
    free(text);
    return cli_flush(cli);
}

enum tov_err cli_json_line(struct cli *cli, json_t *value)
{
    return put_value(cli, value, JSON_COMPACT);
}

static enum tov_err put_json(struct cli *cli, enum tov_err err)
{
    json_t *value = err == TOV_OK ? json_incref(cli->result) : failure_json(cli, err);
    if (err != TOV_OK && value != NULL && cli->result != NULL)
        (void)json_object_update_missing(value, cli->result);
    if (value == NULL && err == TOV_OK && cli->json_lines)
        return TOV_OK;
    return put_value(cli, value, cli->json_lines ? JSON_COMPACT : JSON_INDENT(2));
}

int cli_finish(struct cli *cli, enum tov_err err)
{
    cli_disconnect(cli);
    tov_secret_destroy(cli->passphrase);
    cli->passphrase = NULL;
    enum tov_err shown = TOV_OK;
    if (cli->json)
        shown = put_json(cli, err);
    else if (!pager_show(cli))
        shown = cli_flush(cli);
    if (err == TOV_OK)
        err = shown;
    if (err != TOV_OK)
        failure_print(cli, err);
    json_decref(cli->result);
    json_decref(cli->findings);
    tov_buf_fini(&cli->page);
    return err == TOV_OK ? cli->exit : failure_exit(cli, err);
}

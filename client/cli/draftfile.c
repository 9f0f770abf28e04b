/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/draftfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "base/time.h"
#include "cli/file.h"
#include "cli/language.h"

#define FORM_VERSION 1
#define NUMBER_MAX 100000u

static const struct {
    enum draft_state state;
    const char *id;
    const char *name;
} states[] = {
    {DRAFT_WRITING, "writing", N_("not sent")},
    {DRAFT_REFUSED, "refused", N_("refused")},
    {DRAFT_UNSENT, "unsent", N_("not sent")},
    {DRAFT_UNKNOWN, "unknown", N_("perhaps sent")},
};

const char *draft_state_id(enum draft_state state)
{
    return states[state - DRAFT_WRITING].id;
}

const char *draft_state_name(enum draft_state state)
{
    return _(states[state - DRAFT_WRITING].name);
}

void kept_draft_fini(struct kept_draft *draft)
{
    tov_message_draft_destroy(draft->message);
    json_decref(draft->attachments);
    draft->message = NULL;
    draft->attachments = NULL;
}

/* ---- paths ---- */

static enum tov_err folder_path(struct cli *cli, char out[FILE_PATH_SIZE])
{
    if (file_user_path("XDG_STATE_HOME", ".local/state", "drafts", out))
        return TOV_OK;
    return cli_fail(cli, TOV_E_CONFIG,
                    _("There is no place for drafts: HOME or XDG_STATE_HOME must be set."));
}

static bool is_name(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t size = strlen(text);
    return size > 0 && size < DRAFT_NAME_SIZE && strspn(text, allowed) == size && text[0] != '.' &&
           text[0] != '-';
}

static enum tov_err path_of(struct cli *cli, const char *name, const char *ending,
                            char out[FILE_PATH_SIZE])
{
    char folder[FILE_PATH_SIZE];
    TOV_TRY(folder_path(cli, folder));
    int size = snprintf(out, FILE_PATH_SIZE, "%s/%s%s", folder, name, ending);
    if (size < 0 || size >= FILE_PATH_SIZE)
        return cli_fail(cli, TOV_E_LIMIT, _("The path of the drafts is too long."));
    return TOV_OK;
}

enum tov_err draftfile_text_path(struct cli *cli, const struct kept_draft *draft,
                                 char out[FILE_PATH_SIZE])
{
    return path_of(cli, draft->name, ".txt", out);
}

/* ---- a name ---- */

static uint64_t clock_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

/* Two runs at once never get the same name: the file that does not exist yet is made. */
static enum tov_err take_name(struct cli *cli, struct kept_draft *draft)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE], name[DRAFT_NAME_SIZE];
    const char *type = tov_message_draft_type(draft->message);
    TOV_TRY(folder_path(cli, folder));
    TOV_TRY(cli_own(cli, file_make_folder(folder, &cli->error)));
    for (unsigned number = 1; number < NUMBER_MAX; number++) {
        (void)snprintf(name, sizeof name, "%.50s-%u", type, number);
        TOV_TRY(path_of(cli, name, ".txt", path));
        if (access(path, F_OK) == 0)
            continue;
        TOV_TRY(path_of(cli, name, ".json", path));
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0 && errno == EEXIST)
            continue;
        if (fd < 0)
            return cli_fail(cli, errno == ENOSPC ? TOV_E_FULL : TOV_E_IO, "%.180s: %s", path,
                            strerror(errno));
        (void)close(fd);
        memcpy(draft->name, name, sizeof name);
        return TOV_OK;
    }
    return cli_fail(cli, TOV_E_LIMIT, _("There are too many drafts. See tov drafts"));
}

/* ---- writing ---- */

static json_t *draft_json(struct cli *cli, const struct kept_draft *draft)
{
    char hex[2 * TOV_IDEMPOTENCY_KEY_MAX + 1], time[TOV_TIME_TEXT_SIZE];
    size_t size = 0;
    const uint8_t *key = tov_message_draft_key(draft->message, &size);
    tov_hex_encode((struct tov_bytes){key, size}, hex);
    tov_time_format(draft->saved_ms, time);
    char *text = NULL;
    if (tov_message_draft_to_json(draft->message, &text, &cli->error) != TOV_OK)
        return NULL;
    json_t *message = cli_json_of(text);
    tov_free(text);
    json_t *files = draft->attachments == NULL ? json_array() : json_incref(draft->attachments);
    return json_pack("{s:i, s:s, s:s, s:s, s:s, s:o, s:o}", "tov_draft", FORM_VERSION, "state",
                     draft_state_id(draft->state), "saved_at", time, "key", hex, "sender",
                     draft->sender, "attachments", files, "message", message);
}

enum tov_err draftfile_save(struct cli *cli, struct kept_draft *draft)
{
    char path[FILE_PATH_SIZE];
    if (draft->name[0] == '\0')
        TOV_TRY(take_name(cli, draft));
    TOV_TRY(path_of(cli, draft->name, ".json", path));
    draft->saved_ms = clock_ms();
    json_t *value = draft_json(cli, draft);
    TOV_FREE char *text = value == NULL ? NULL : json_dumps(value, JSON_INDENT(2));
    json_decref(value);
    if (text == NULL)
        return cli_fail(cli, TOV_E_NOMEM, _("There is not enough memory."));
    TOV_TRY(cli_own(cli, file_write(path, tov_bytes_of_text(text), &cli->error)));
    (void)snprintf(cli->draft, sizeof cli->draft, "%s", draft->name);
    return TOV_OK;
}

enum tov_err draftfile_remove(struct cli *cli, const struct kept_draft *draft)
{
    static const char *const endings[] = {".txt", ".json"};
    char path[FILE_PATH_SIZE];
    for (size_t i = 0; i < 2 && draft->name[0] != '\0'; i++) {
        TOV_TRY(path_of(cli, draft->name, endings[i], path));
        if (unlink(path) != 0 && errno != ENOENT)
            return cli_fail(cli, TOV_E_IO, "%.180s: %s", path, strerror(errno));
    }
    cli->draft[0] = '\0';
    return TOV_OK;
}

/* ---- reading ---- */

static bool read_state(const char *id, enum draft_state *out_state)
{
    for (size_t i = 0; id != NULL && i < sizeof states / sizeof states[0]; i++) {
        if (strcmp(states[i].id, id) == 0) {
            *out_state = states[i].state;
            return true;
        }
    }
    return false;
}

static bool read_key(struct tov_message_draft *message, const char *hex)
{
    uint8_t key[TOV_IDEMPOTENCY_KEY_MAX];
    size_t size = hex == NULL ? 0 : strlen(hex) / 2;
    return size <= sizeof key &&
           tov_hex_decode(tov_bytes_of_text(hex == NULL ? "" : hex), key, size) == TOV_OK &&
           tov_message_draft_set_key(message, key, size, NULL) == TOV_OK;
}

static enum tov_err read_value(struct cli *cli, const json_t *value, struct kept_draft *draft)
{
    const char *state = NULL, *time = NULL, *key = NULL, *sender = NULL;
    json_t *files = NULL, *message = NULL;
    int version = 0;
    if (json_unpack((json_t *)(uintptr_t)value, "{s:i, s:s, s:s, s:s, s:s, s:o, s:o}", "tov_draft",
                    &version, "state", &state, "saved_at", &time, "key", &key, "sender", &sender,
                    "attachments", &files, "message", &message) != 0 ||
        !json_is_array(files) || strlen(sender) >= sizeof draft->sender)
        return tov_fail(&cli->error, TOV_E_MALFORMED, "not the form of a draft");
    if (version != FORM_VERSION)
        return tov_fail(&cli->error, TOV_E_VERSION, "a draft of version %d", version);
    TOV_FREE char *text = json_dumps(message, JSON_COMPACT);
    TOV_TRY(tov_message_draft_from_json(text, &draft->message, &cli->error));
    if (!read_state(state, &draft->state) || !read_key(draft->message, key) ||
        tov_time_parse(tov_bytes_of_text(time), &draft->saved_ms) != TOV_OK)
        return tov_fail(&cli->error, TOV_E_MALFORMED, "state, key or time of the draft");
    memcpy(draft->sender, sender, strlen(sender) + 1);
    draft->attachments = json_incref(files);
    return TOV_OK;
}

static enum tov_err read_draft(struct cli *cli, const char *path, struct kept_draft *draft)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(DRAFT_TEXT_MAX_BYTES);
    TOV_TRY(file_read(path, &text, &cli->error));
    json_t *value = json_loadb((const char *)text.data, text.size, JSON_REJECT_DUPLICATES, NULL);
    enum tov_err err = read_value(cli, value, draft);
    json_decref(value);
    return err;
}

enum tov_err draftfile_load(struct cli *cli, const char *name, struct kept_draft *out_draft)
{
    char path[FILE_PATH_SIZE];
    struct kept_draft draft = {.name = ""};
    if (!is_name(name))
        return cli_fail(cli, TOV_E_NOT_FOUND, _("There is no draft \"%.60s\". See tov drafts"),
                        name);
    TOV_TRY(path_of(cli, name, ".json", path));
    enum tov_err err = read_draft(cli, path, &draft);
    if (err != TOV_OK)
        kept_draft_fini(&draft);
    if (err == TOV_E_NOT_FOUND && access(path, F_OK) != 0)
        return cli_fail(cli, err, _("There is no draft \"%.60s\". See tov drafts"), name);
    if (err != TOV_OK)
        return cli_fail(cli, err, _("The draft %.60s cannot be read. It stays in %.120s"), name,
                        path);
    memcpy(draft.name, name, strlen(name) + 1);
    TOV_TRY(path_of(cli, name, ".txt", path));
    draft.has_text = access(path, F_OK) == 0;
    *out_draft = draft;
    return TOV_OK;
}

/* ---- all ---- */

static bool has_key_of(const struct kept_draft *draft, const struct kept_draft *other)
{
    struct tov_bytes one, two;
    one.data = tov_message_draft_key(draft->message, &one.size);
    two.data = tov_message_draft_key(other->message, &two.size);
    return tov_bytes_equal(one, two);
}

static int is_draft(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot != NULL && strcmp(dot, ".json") == 0 && is_name(entry->d_name);
}

enum tov_err draftfile_names(struct cli *cli, json_t **out_names)
{
    char folder[FILE_PATH_SIZE];
    struct dirent **entries = NULL;
    TOV_TRY(folder_path(cli, folder));
    int count = scandir(folder, &entries, is_draft, alphasort);
    if (count < 0 && errno != ENOENT)
        return cli_fail(cli, TOV_E_IO, "%.180s: %s", folder, strerror(errno));
    json_t *names = json_array();
    for (int i = 0; i < count; i++) {
        size_t size = strlen(entries[i]->d_name) - strlen(".json");
        (void)json_array_append_new(names, json_stringn(entries[i]->d_name, size));
        free(entries[i]);
    }
    free((void *)entries);
    *out_names = names;
    return TOV_OK;
}

enum tov_err draftfile_adopt(struct cli *cli, struct kept_draft *draft)
{
    json_t *names = NULL;
    TOV_TRY(draftfile_names(cli, &names));
    for (size_t i = 0; i < json_array_size(names) && draft->name[0] == '\0'; i++) {
        TOV_CLEANUP(kept_draft_fini) struct kept_draft other = {.name = ""};
        const char *name = json_string_value(json_array_get(names, i));
        if (draftfile_load(cli, name, &other) != TOV_OK || !has_key_of(draft, &other))
            continue;
        memcpy(draft->name, other.name, sizeof draft->name);
        memcpy(draft->sender, other.sender, sizeof draft->sender);
        draft->state = other.state == DRAFT_UNKNOWN ? DRAFT_UNKNOWN : draft->state;
    }
    json_decref(names);
    return TOV_OK;
}

void draftfile_print_kept(const struct cli *cli)
{
    const char *name = cli->draft;
    if (name[0] == '\0')
        return;
    if (cli->outcome_is_unknown)
        (void)fprintf(stderr,
                      _("     Perhaps it was sent. Send the draft again until there is an answer;\n"
                        "     it is never sent twice: tov drafts send %s\n"),
                      name);
    else
        (void)fprintf(stderr,
                      _("     It is kept as the draft %s.\n"
                        "     To change it: tov drafts edit %s\n"
                        "     To send it: tov drafts send %s\n"),
                      name, name, name);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Configuration and registry of clients are written by people and have no sums: a changed value
 * that is still a value is believed. So what they said at the last start is kept, as a hash of
 * their lines without comments, in the file "settings" of the data folder, and a start that finds
 * something else says so: whoever changed nothing learns that something did.
 */
#include "core_settings.h"

#include "base/cleanup.h"
#include "keys/keyfile.h"
#include "log/log.h"

#include <string.h>

#define FILE_NAME "settings"
#define SETTINGS_MAX_BYTES (4u << 20)

/* Spaces around a line, empty lines and comments mean nothing. */
static struct tov_bytes trimmed(struct tov_bytes line)
{
    while (line.size > 0 && strchr(" \t\r", line.data[0]) != NULL) {
        line.data++;
        line.size--;
    }
    while (line.size > 0 && strchr(" \t\r", line.data[line.size - 1]) != NULL)
        line.size--;
    return line;
}

void tov_core_settings_add(struct tov_sha256 *sha, struct tov_bytes text)
{
    while (text.size > 0) {
        const uint8_t *end = memchr(text.data, '\n', text.size);
        size_t size = end == NULL ? text.size : (size_t)(end - text.data);
        struct tov_bytes line = trimmed((struct tov_bytes){text.data, size});
        if (line.size > 0 && line.data[0] != '#' && line.data[0] != ';') {
            tov_sha256_update(sha, line.data, line.size);
            tov_sha256_update(sha, "\n", 1);
        }
        size += end == NULL ? 0 : 1;
        text.data += size;
        text.size -= size;
    }
}

enum tov_err tov_core_settings_read(const char *path, struct tov_hash *out_hash,
                                    struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(SETTINGS_MAX_BYTES);
    struct tov_sha256 sha;
    TOV_TRY(tov_file_read(path, SETTINGS_MAX_BYTES, &text, error));
    tov_sha256_init(&sha);
    tov_core_settings_add(&sha, tov_buf_view(&text));
    tov_sha256_final(&sha, out_hash);
    return TOV_OK;
}

static bool are_as_before(struct tov_core_files *files, const struct tov_core_settings *settings,
                          struct tov_core_settings *out_before)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(SETTINGS_MAX_BYTES);
    enum tov_err err = tov_core_file_load(files, FILE_NAME, &before);
    if (err != TOV_OK || before.size != sizeof *out_before) {
        *out_before = *settings; /* the first start, or the note itself was lost: nothing to tell */
        return false;
    }
    memcpy(out_before, before.data, sizeof *out_before);
    return memcmp(out_before, settings, sizeof *settings) == 0;
}

static bool tell(const char *what, const struct tov_hash *before, const struct tov_hash *now)
{
    if (tov_hash_equal(before, now))
        return false;
    TOV_LOG(TOV_LOG_WARNING, "settings-changed", TOV_LOG_TEXT("file", what),
            TOV_LOG_TEXT("why",
                         "it is not what it was at the last start: if nobody has changed it, "
                         "compare it with a copy (docs/recovery.md)"));
    return true;
}

bool tov_core_settings_note(struct tov_core_files *files, const struct tov_core_settings *settings,
                            const struct tov_core_settings_paths *paths)
{
    struct tov_core_settings before;
    if (are_as_before(files, settings, &before))
        return false;
    bool told = tell(paths->config, &before.config, &settings->config);
    told = tell(paths->clients, &before.clients, &settings->clients) || told;
    struct tov_bytes content = {(const uint8_t *)settings, sizeof *settings};
    if (tov_core_file_save(files, FILE_NAME, content) != TOV_OK)
        tov_log_event(TOV_LOG_WARNING, "settings-not-noted");
    return told;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * See kind.h.
 */
#include "audit/kind.h"

#include "base/hex.h"

#include <stdio.h>
#include <string.h>

static bool starts_with(const char **text, const char *prefix)
{
    size_t size = strlen(prefix);
    if (strncmp(*text, prefix, size) != 0)
        return false;
    *text += size;
    return true;
}

static bool is_one_of(const char *path, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(path, names[i]) == 0)
            return true;
    }
    return false;
}

static bool parse_log_file(const char *path, struct tov_file_name *out)
{
    static const char *const names[] = {"checkpoint", "signatures", NULL};
    struct tov_bytes text = tov_bytes_of_text(path);
    out->kind = TOV_FILE_PLAIN;
    if (is_one_of(path, names))
        return true;
    out->kind = TOV_FILE_TILE;
    return tov_tile_parse(text, &out->tile) == TOV_OK ||
           tov_bundle_parse(text, &out->tile) == TOV_OK;
}

/* N of a bundle of records is written as that of a full bundle of leaves. */
static bool parse_bundle(const char *rest, struct tov_file_name *out)
{
    char path[TOV_EXPORT_PATH_SIZE + 8];
    struct tov_tile tile;
    int size = snprintf(path, sizeof path, "leaves/%s", rest);
    if (size <= 0 || (size_t)size >= sizeof path ||
        tov_bundle_parse(tov_bytes_of_text(path), &tile) != TOV_OK || tile.width != TOV_TILE_WIDTH)
        return false;
    out->kind = TOV_FILE_BUNDLE;
    out->number = tile.index;
    return true;
}

static bool take_number(const char **text, char end, uint64_t *out)
{
    const char *found = strchr(*text, end);
    size_t size = found == NULL ? strlen(*text) : (size_t)(found - *text);
    if (tov_decimal_decode((struct tov_bytes){(const uint8_t *)*text, size}, out) != TOV_OK ||
        (found == NULL && end != '\0'))
        return false;
    *text += size + (end == '\0' ? 0 : 1);
    return true;
}

static bool parse_attachment(const char *rest, struct tov_file_name *out)
{
    out->kind = TOV_FILE_ATTACHMENT;
    return take_number(&rest, '-', &out->number) && take_number(&rest, '\0', &out->part);
}

static bool parse_mirror_file(const char *rest, struct tov_file_name *out)
{
    static const char *const names[] = {"checkpoint", "checkpoints", "position", "skipped", NULL};
    out->of = TOV_FILE_OF_MIRROR;
    if (!take_number(&rest, '/', &out->agency) || !take_number(&rest, '/', &out->generation))
        return false;
    if (is_one_of(rest, names))
        return true;
    if (starts_with(&rest, "entries/") || starts_with(&rest, "parts/"))
        return parse_bundle(rest, out);
    return starts_with(&rest, "attachments/") && parse_attachment(rest, out);
}

static bool parse_fork(const char *rest, struct tov_file_name *out)
{
    out->kind = TOV_FILE_FORK;
    return take_number(&rest, '/', &out->agency) && take_number(&rest, '\0', &out->generation);
}

bool tov_file_name_parse(const char *path, struct tov_file_name *out_name)
{
    static const char *const names[] = {"about", "cosignatures", NULL};
    *out_name = (struct tov_file_name){.kind = TOV_FILE_PLAIN};
    if (is_one_of(path, names) || parse_log_file(path, out_name))
        return true;
    *out_name = (struct tov_file_name){.kind = TOV_FILE_PLAIN};
    if (starts_with(&path, "journal/")) {
        out_name->of = TOV_FILE_OF_JOURNAL;
        return parse_log_file(path, out_name);
    }
    if (starts_with(&path, "detached/"))
        return parse_bundle(path, out_name);
    if (starts_with(&path, "roster/")) {
        out_name->kind = TOV_FILE_ROSTER;
        return take_number(&path, '\0', &out_name->number);
    }
    if (starts_with(&path, "attachments/"))
        return parse_attachment(path, out_name);
    if (starts_with(&path, "fork/"))
        return parse_fork(path, out_name);
    return starts_with(&path, "mirror/") && parse_mirror_file(path, out_name);
}

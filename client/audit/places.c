/* SPDX-License-Identifier: EUPL-1.2
 *
 * Files of a known kind that this export has no room for: tiles of another width, bundles behind
 * the end, attachments of no message. They would be believed by nobody here, but by another reader.
 */
#include "audit/audit.h"

#include "audit/kind.h"

#include <string.h>

static uint64_t ledger_size(const struct tov_audit *audit)
{
    return audit->ledger.has_checkpoint ? audit->ledger.checkpoint.size : 0;
}

static bool has_tile(const struct tov_audit *audit, const struct tov_file_name *name)
{
    uint64_t size = name->of == TOV_FILE_OF_LEDGER  ? ledger_size(audit)
                    : audit->journal.has_checkpoint ? audit->journal.checkpoint.size
                                                    : 0;
    return tov_tile_width(size, name->tile.level, name->tile.index) == name->tile.width;
}

static const struct tov_mirror *mirror_of(const struct tov_audit *audit,
                                          const struct tov_file_name *name)
{
    const struct tov_mirror *mirror = NULL;
    if (name->agency <= UINT16_MAX && name->generation <= UINT32_MAX)
        mirror =
            tov_mirror_find(&audit->mirrors, (uint16_t)name->agency, (uint32_t)name->generation);
    return mirror != NULL && mirror->is_held ? mirror : NULL;
}

static bool has_bundle(const struct tov_audit *audit, const struct tov_file_name *name)
{
    const struct tov_mirror *mirror = mirror_of(audit, name);
    uint64_t size = name->of == TOV_FILE_OF_LEDGER ? ledger_size(audit)
                    : mirror == NULL               ? 0
                                                   : mirror->size;
    return name->number < size / TOV_EXPORT_BUNDLE_ENTRIES ||
           (name->number == size / TOV_EXPORT_BUNDLE_ENTRIES &&
            size % TOV_EXPORT_BUNDLE_ENTRIES != 0);
}

static bool has_attachment(const struct tov_audit *audit, const struct tov_file_name *name)
{
    const struct tov_mirror *mirror = mirror_of(audit, name);
    struct tov_row row;
    if (name->part >= TOV_PARTS_MAX || name->number > UINT64_MAX / TOV_PARTS_MAX - 1)
        return false;
    if (name->of == TOV_FILE_OF_MIRROR && mirror == NULL)
        return false;
    return tov_table_find(&audit->scratch,
                          mirror == NULL ? &audit->attachments : &mirror->attachments,
                          tov_attachment_number(name->number, (uint8_t)name->part), &row) == TOV_OK;
}

static bool is_tree_known(const struct tov_tree *tree)
{
    return tree->has_checkpoint && (tree->is_signed || tree->key == NULL);
}

/* Whether what the place rests on could be read: what is not known is not judged. */
static bool is_known(const struct tov_audit *audit, const struct tov_file_name *name)
{
    const struct tov_mirror *mirror = mirror_of(audit, name);
    switch (name->of) {
    case TOV_FILE_OF_LEDGER:
        return is_tree_known(&audit->ledger) &&
               (name->kind != TOV_FILE_ATTACHMENT ||
                (audit->ledger.is_sound && audit->ledger.is_complete));
    case TOV_FILE_OF_JOURNAL:
        return audit->about.journal == 0 || is_tree_known(&audit->journal);
    case TOV_FILE_OF_MIRROR:
        return mirror == NULL || mirror->is_sound;
    }
    return false;
}

static bool has_place(const struct tov_audit *audit, const struct tov_file_name *name)
{
    if (name->kind == TOV_FILE_PLAIN && name->of == TOV_FILE_OF_LEDGER)
        return true;
    if (name->kind == TOV_FILE_ROSTER)
        return name->number > 0 && name->number <= UINT32_MAX;
    if (name->kind == TOV_FILE_FORK)
        return name->agency > 0 && name->agency <= TOV_AGENCIES_MAX && name->generation > 0 &&
               name->generation <= UINT32_MAX;
    if (!is_known(audit, name))
        return true;
    if (name->of == TOV_FILE_OF_JOURNAL && audit->about.journal == 0)
        return false;
    switch (name->kind) {
    case TOV_FILE_PLAIN:
        return name->of != TOV_FILE_OF_MIRROR || mirror_of(audit, name) != NULL;
    case TOV_FILE_TILE:
        return has_tile(audit, name);
    case TOV_FILE_BUNDLE:
        return has_bundle(audit, name);
    case TOV_FILE_ATTACHMENT:
        return has_attachment(audit, name);
    case TOV_FILE_ROSTER:
    case TOV_FILE_FORK:
        break;
    }
    return false;
}

enum tov_err tov_audit_places(struct tov_audit *audit)
{
    struct tov_lines lines;
    struct tov_bytes line;
    if (tov_lines_open(&audit->folder, "manifest", &lines) != TOV_OK)
        return TOV_OK;
    while (tov_lines_next(&lines, &line) == TOV_OK) {
        struct tov_export_file file;
        struct tov_file_name name;
        char path[TOV_EXPORT_PATH_SIZE];
        if (tov_export_parse_file(line, &file) != TOV_OK)
            continue; /* the manifest's check has said so */
        memcpy(path, file.path.data, file.path.size);
        path[file.path.size] = '\0';
        struct tov_place place = {.path = path};
        if (tov_file_name_parse(path, &name) && !has_place(audit, &name))
            (void)tov_audit_add(audit, TOV_FOUND_FILE_MISPLACED, &place, NULL, NULL);
    }
    tov_lines_close(&lines);
    return TOV_OK;
}

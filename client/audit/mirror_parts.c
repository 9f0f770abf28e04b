/* SPDX-License-Identifier: EUPL-1.2
 *
 * See mirror_parts.h.
 */
#include "audit/mirror_parts.h"

#include "audit/parts.h"
#include "audit/why.h"
#include "audit/words.h"

void tov_mirror_parts_init(struct tov_mirror_parts *parts, struct tov_audit *audit,
                           struct tov_mirror *mirror)
{
    *parts = (struct tov_mirror_parts){
        .audit = audit, .mirror = mirror, .records = {.err = TOV_E_NOT_FOUND}};
}

static void say(struct tov_mirror_parts *parts, enum tov_finding_code code, uint64_t index,
                const char *expected, const char *found)
{
    struct tov_place place = {parts->path, true, index};
    (void)tov_audit_add(parts->audit, code, &place, expected, found);
}

/* What an entry must have and has not; told once of a file that is not there or breaks off. */
static void say_missing(struct tov_mirror_parts *parts, enum tov_finding_code code, uint64_t index,
                        const char *expected)
{
    if (parts->is_broken || parts->is_absent_told)
        return;
    if (parts->is_absent)
        tov_findings_add_missing(&parts->audit->findings, parts->path);
    else
        say(parts, code, index, expected, NULL);
    parts->is_absent_told = parts->is_absent;
}

static void say_extra(struct tov_mirror_parts *parts)
{
    say(parts, TOV_FOUND_RECORD_EXTRA, parts->records.next.index, NULL, NULL);
}

static void say_bad_records(struct tov_mirror_parts *parts, uint64_t index)
{
    enum tov_err err = parts->records.err;
    if (err == TOV_OK || err == TOV_E_NOT_FOUND)
        return;
    say(parts, err == TOV_E_VERSION ? TOV_FOUND_VERSION_NEWER : TOV_FOUND_FILE_MALFORMED, index,
        NULL, tov_audit_why_err(err));
    tov_records_close(&parts->records);
    parts->is_broken = true;
}

static void close_bundle(struct tov_mirror_parts *parts)
{
    if (parts->records.err == TOV_OK)
        say_extra(parts);
    tov_records_close(&parts->records);
}

void tov_mirror_parts_stop(struct tov_mirror_parts *parts)
{
    tov_records_close(&parts->records);
}

void tov_mirror_parts_fini(struct tov_mirror_parts *parts)
{
    close_bundle(parts);
}

static enum tov_err open_bundle(struct tov_mirror_parts *parts, uint64_t index)
{
    char folder[TOV_EXPORT_PATH_SIZE];
    uint64_t bundle = index / TOV_EXPORT_BUNDLE_ENTRIES;
    if (parts->has_bundle && parts->bundle == bundle)
        return TOV_OK;
    close_bundle(parts);
    tov_export_mirror_path(parts->mirror->agency, parts->mirror->generation, "parts", folder);
    tov_export_bundle_path(folder, bundle, parts->path);
    parts->has_bundle = true;
    parts->bundle = bundle;
    enum tov_err err = tov_records_open(&parts->audit->folder, parts->path, &parts->records);
    parts->is_absent = err == TOV_OK && parts->records.file == NULL;
    parts->is_absent_told = false;
    parts->is_broken = err != TOV_OK;
    if (err == TOV_E_NOMEM)
        return err;
    if (err != TOV_OK)
        say(parts, TOV_FOUND_FILE_UNREADABLE, index, NULL, tov_audit_why_err(err));
    say_bad_records(parts, index);
    return TOV_OK;
}

/* ---- one record of an entry ---- */

static bool is_part_of(const struct tov_leaf_message *message, uint8_t part)
{
    return part < message->part_count && message->parts[part].is_inline;
}

static void take_part(struct tov_mirror_parts *parts, const struct tov_leaf_message *message,
                      uint32_t *seen)
{
    const struct tov_export_record *record = &parts->records.next;
    const struct tov_export_part *part = &record->as.part;
    struct tov_place place = {parts->path, true, record->index};
    if (!is_part_of(message, part->part) || (*seen >> part->part & 1) != 0) {
        say_extra(parts);
        return;
    }
    *seen |= 1u << part->part;
    tov_part_bytes_check(
        &parts->audit->findings, &place,
        &(struct tov_part_named){part->part, &message->parts[part->part], parts->is_excused},
        part->sealed);
}

static void take_list(struct tov_mirror_parts *parts, const struct tov_leaf_anchor *anchor,
                      uint32_t *seen)
{
    struct tov_hash hash = tov_sha256(parts->records.next.as.leaf);
    if (*seen != 0) {
        say_extra(parts);
        return;
    }
    *seen = 1;
    if (!tov_hash_equal(&hash, &anchor->seen_hash))
        say(parts, TOV_FOUND_ANCHOR_LIST, parts->records.next.index,
            TOV_SAY_HASH(&anchor->seen_hash), TOV_SAY_HASH(&hash));
    else
        tov_audit_anchor_list(parts->audit,
                              &(struct tov_place){parts->path, true, parts->records.next.index},
                              anchor, parts->records.next.as.leaf, false);
}

static void take_record(struct tov_mirror_parts *parts, const struct tov_leaf *leaf, uint32_t *seen)
{
    enum tov_export_kind kind = parts->records.next.kind;
    if (leaf != NULL && leaf->type == TOV_LEAF_MESSAGE && kind == TOV_EXPORT_PART)
        take_part(parts, &leaf->as.message, seen);
    else if (leaf != NULL && leaf->type == TOV_LEAF_ANCHOR && kind == TOV_EXPORT_LIST)
        take_list(parts, &leaf->as.anchor, seen);
    else
        say_extra(parts);
}

/* ---- what must be there ---- */

static bool is_all_ours(const struct tov_mirror_parts *parts,
                        const struct tov_leaf_message *message)
{
    return tov_leaf_is_all_for(message, parts->audit->about.agency);
}

static void check_attachments(struct tov_mirror_parts *parts, uint64_t index,
                              const struct tov_leaf_message *message)
{
    char folder[TOV_EXPORT_PATH_SIZE], path[TOV_EXPORT_PATH_SIZE];
    struct tov_place place = {path, true, index};
    tov_export_mirror_path(parts->mirror->agency, parts->mirror->generation, "attachments", folder);
    for (uint8_t i = 2; i < message->part_count; i++) {
        if (message->parts[i].is_inline)
            continue;
        tov_export_attachment_path(folder, index, i, path);
        tov_audit_note_attachment(parts->audit, &parts->mirror->attachments, index, i);
        if (!tov_part_file_check(&parts->audit->folder, &parts->audit->findings, &place,
                                 &message->parts[i]) &&
            is_all_ours(parts, message) && !tov_marks_has(&parts->mirror->named, index))
            parts->audit->counts.attachments_absent++;
    }
}

static void check_whole(struct tov_mirror_parts *parts, uint64_t index,
                        const struct tov_leaf_message *message, uint32_t seen)
{
    bool is_all = is_all_ours(parts, message);
    for (uint8_t i = 0; i < message->part_count; i++) {
        bool is_due = message->parts[i].is_inline && (i == 0 || is_all);
        if (is_due && (seen >> i & 1) == 0 && !tov_marks_has(&parts->mirror->named, index))
            say_missing(parts, parts->is_excused ? TOV_FOUND_PART_UNSEEN : TOV_FOUND_PART_MISSING,
                        index, TOV_SAY(_("part %u"), (unsigned)i));
    }
}

static void check_list(struct tov_mirror_parts *parts, uint64_t index,
                       const struct tov_leaf_anchor *anchor, uint32_t seen)
{
    struct tov_hash empty = tov_sha256((struct tov_bytes){NULL, 0});
    if (seen == 0 && !tov_hash_equal(&anchor->seen_hash, &empty))
        say_missing(parts, TOV_FOUND_LIST_MISSING, index, TOV_SAY_HASH(&anchor->seen_hash));
}

enum tov_err tov_mirror_parts_check(struct tov_mirror_parts *parts,
                                    const struct tov_mirror_item *item, const struct tov_leaf *leaf,
                                    bool is_excused)
{
    uint32_t seen = 0;
    parts->is_excused = is_excused;
    TOV_TRY(open_bundle(parts, item->index));
    while (parts->records.err == TOV_OK && parts->records.next.index <= item->index) {
        bool is_here = parts->records.next.index == item->index;
        if (leaf != NULL || item->is_gone || !is_here)
            take_record(parts, is_here ? leaf : NULL, &seen);
        tov_records_step(&parts->records);
        say_bad_records(parts, item->index);
    }
    if (leaf != NULL && leaf->type == TOV_LEAF_MESSAGE) {
        check_attachments(parts, item->index, &leaf->as.message);
        check_whole(parts, item->index, &leaf->as.message, seen);
    }
    if (leaf != NULL && leaf->type == TOV_LEAF_ANCHOR)
        check_list(parts, item->index, &leaf->as.anchor, seen);
    return TOV_OK;
}

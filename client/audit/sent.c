/* SPDX-License-Identifier: EUPL-1.2
 *
 * What stands beside the own entries: link blocks and sealed parts of messages, lists of anchors,
 * attachments. Leaves and records are read side by side, both in order.
 */
#include "audit/audit.h"

#include "audit/parts.h"
#include "audit/why.h"
#include "audit/words.h"
#include "merkle/tree.h"

#include <string.h>

struct pass {
    struct tov_audit *audit;
    struct tov_records records;
    char path[TOV_EXPORT_PATH_SIZE]; /* of the records */
    uint64_t index;
    struct tov_hash leaf_hash;
    uint32_t links_seen; /* by place among the recipients */
    uint32_t parts_seen;
    bool list_seen;
    /* The file of the records is not there, or its rest cannot be read: told once, not again for
     * each record that it would hold. */
    bool is_absent;
    bool is_absent_told;
    bool is_broken;
    bool is_series_unsure; /* an entry that is gone may have begun a newer one */
};

static struct tov_place place_of(const struct pass *pass)
{
    return (struct tov_place){pass->path, true, pass->index};
}

static void say(struct pass *pass, enum tov_finding_code code, const char *expected,
                const char *found)
{
    struct tov_place place = place_of(pass);
    (void)tov_audit_add(pass->audit, code, &place, expected, found);
}

/* What an entry must have and has not. */
static void say_missing(struct pass *pass, enum tov_finding_code code, const char *expected)
{
    if (pass->is_broken || pass->is_absent_told)
        return;
    if (pass->is_absent)
        tov_findings_add_missing(&pass->audit->findings, pass->path);
    else
        say(pass, code, expected, NULL);
    pass->is_absent_told = pass->is_absent;
}

/* A message to AGENCY passes without its block. */
static void lose_link(struct pass *pass, uint16_t agency)
{
    struct tov_link_lines *lines = &pass->audit->sent;
    struct tov_link_line *line =
        pass->is_series_unsure ? NULL : tov_link_line_of(lines, agency, pass->audit->series);
    if (line != NULL)
        line->is_lost_track = line->has_holes = true;
    else
        tov_link_lines_lose(lines);
}

static void take_link(struct pass *pass, const struct tov_leaf_message *message)
{
    const struct tov_export_link *link = &pass->records.next.as.link;
    struct tov_link_at at = {
        .place = place_of(pass), .leaf_hash = pass->leaf_hash, .series = pass->audit->series};
    const struct tov_leaf_recipient *recipient = tov_leaf_recipient_of(message, link->agency);
    uint32_t mark = recipient == NULL ? 0 : 1u << (recipient - message->recipients);
    if (recipient == NULL || (pass->links_seen & mark) != 0) {
        say(pass, TOV_FOUND_RECORD_EXTRA, NULL, NULL);
        return;
    }
    pass->links_seen |= mark;
    struct tov_hash hash = tov_link_hash(link->block);
    if (!tov_hash_equal(&hash, &recipient->link_hash) ||
        tov_link_decode(link->block, &at.block) != TOV_OK) {
        say(pass, TOV_FOUND_LINK_HASH, TOV_SAY_HASH(&recipient->link_hash), TOV_SAY_HASH(&hash));
        lose_link(pass, link->agency);
        return;
    }
    tov_audit_link(pass->audit, &pass->audit->sent, link->agency, &at);
}

static void take_part(struct pass *pass, const struct tov_leaf_message *message)
{
    const struct tov_export_part *part = &pass->records.next.as.part;
    if (part->part >= message->part_count || !message->parts[part->part].is_inline ||
        (pass->parts_seen >> part->part & 1) != 0) {
        say(pass, TOV_FOUND_RECORD_EXTRA, NULL, NULL);
        return;
    }
    pass->parts_seen |= 1u << part->part;
    struct tov_place place = place_of(pass);
    struct tov_part_named named = {part->part, &message->parts[part->part], false};
    tov_part_bytes_check(&pass->audit->findings, &place, &named, part->sealed);
}

static void take_list(struct pass *pass, const struct tov_leaf *leaf)
{
    struct tov_hash hash = tov_sha256(pass->records.next.as.leaf);
    struct tov_place place = place_of(pass);
    if (leaf->type != TOV_LEAF_ANCHOR || pass->list_seen) {
        say(pass, TOV_FOUND_RECORD_EXTRA, NULL, NULL);
        return;
    }
    pass->list_seen = true;
    if (!tov_hash_equal(&hash, &leaf->as.anchor.seen_hash))
        say(pass, TOV_FOUND_ANCHOR_LIST, TOV_SAY_HASH(&leaf->as.anchor.seen_hash),
            TOV_SAY_HASH(&hash));
    else
        tov_audit_anchor_list(pass->audit, &place, &leaf->as.anchor, pass->records.next.as.leaf,
                              true);
}

/* LEAF is NULL for an entry that is gone or cannot be read. */
static void take_record(struct pass *pass, const struct tov_leaf *leaf)
{
    bool is_message = leaf != NULL && leaf->type == TOV_LEAF_MESSAGE;
    enum tov_export_kind kind = pass->records.next.kind;
    if (kind == TOV_EXPORT_LINK && is_message)
        take_link(pass, &leaf->as.message);
    else if (kind == TOV_EXPORT_PART && is_message)
        take_part(pass, &leaf->as.message);
    else if (kind == TOV_EXPORT_LIST && leaf != NULL)
        take_list(pass, leaf);
    else
        say(pass, TOV_FOUND_RECORD_EXTRA, NULL, NULL);
}

static void check_links_whole(struct pass *pass, const struct tov_leaf_message *message)
{
    for (size_t i = 0; i < message->recipient_count; i++) {
        uint16_t agency = message->recipients[i].agency;
        if (agency == pass->audit->about.agency || (pass->links_seen >> i & 1) != 0)
            continue;
        say_missing(
            pass, TOV_FOUND_LINK_MISSING,
            TOV_SAY(_("a link block for %s"), tov_keyring_name(&pass->audit->keyring, agency)));
        lose_link(pass, agency);
    }
}

static void check_attachment(struct pass *pass, const struct tov_leaf_message *message,
                             uint8_t part)
{
    char path[TOV_EXPORT_PATH_SIZE];
    tov_export_attachment_path("attachments", pass->index, part, path);
    struct tov_place place = {path, true, pass->index};
    tov_audit_note_attachment(pass->audit, &pass->audit->attachments, pass->index, part);
    if (!tov_part_file_check(&pass->audit->folder, &pass->audit->findings, &place,
                             &message->parts[part]) &&
        !tov_marks_has(&pass->audit->content_erased, pass->index))
        pass->audit->counts.attachments_absent++;
}

static void check_parts_whole(struct pass *pass, const struct tov_leaf_message *message)
{
    bool is_erased = tov_marks_has(&pass->audit->content_erased, pass->index);
    bool is_named = tov_marks_has(&pass->audit->named, pass->index);
    for (uint8_t i = 0; i < message->part_count; i++) {
        if (!message->parts[i].is_inline)
            check_attachment(pass, message, i);
        else if ((pass->parts_seen >> i & 1) == 0 && !is_named && (i == 0 || !is_erased))
            say_missing(pass, TOV_FOUND_PART_MISSING, TOV_SAY(_("part %u"), (unsigned)i));
    }
}

static void check_whole(struct pass *pass, const struct tov_leaf *leaf)
{
    struct tov_hash empty = tov_sha256((struct tov_bytes){NULL, 0});
    if (leaf->type == TOV_LEAF_MESSAGE) {
        check_links_whole(pass, &leaf->as.message);
        check_parts_whole(pass, &leaf->as.message);
    }
    if (leaf->type == TOV_LEAF_ANCHOR && !pass->list_seen &&
        !tov_hash_equal(&leaf->as.anchor.seen_hash, &empty))
        say_missing(pass, TOV_FOUND_LIST_MISSING, TOV_SAY_HASH(&leaf->as.anchor.seen_hash));
}

static void say_bad_records(struct pass *pass)
{
    enum tov_err err = pass->records.err;
    if (err == TOV_OK || err == TOV_E_NOT_FOUND)
        return;
    say(pass, err == TOV_E_VERSION ? TOV_FOUND_VERSION_NEWER : TOV_FOUND_FILE_MALFORMED, NULL,
        tov_audit_why_err(err));
    tov_records_close(&pass->records);
    pass->is_broken = true;
}

/* A bundle that ends holds the records of no other index. */
static void close_bundle(struct pass *pass)
{
    if (pass->records.err == TOV_OK)
        say(pass, TOV_FOUND_RECORD_EXTRA, NULL,
            TOV_SAY(_("entry %llu"), (unsigned long long)pass->records.next.index));
    tov_records_close(&pass->records);
}

static enum tov_err open_bundle(struct pass *pass)
{
    close_bundle(pass);
    tov_export_bundle_path("detached", pass->index / TOV_EXPORT_BUNDLE_ENTRIES, pass->path);
    enum tov_err err = tov_records_open(&pass->audit->folder, pass->path, &pass->records);
    pass->is_absent = err == TOV_OK && pass->records.file == NULL;
    pass->is_absent_told = false;
    pass->is_broken = err != TOV_OK;
    if (err == TOV_E_NOMEM)
        return err;
    if (err != TOV_OK)
        say(pass, TOV_FOUND_FILE_UNREADABLE, NULL, tov_audit_why_err(err));
    say_bad_records(pass);
    return TOV_OK;
}

/* LEAF is NULL for one that is gone, whose records belong to nothing, and for one that cannot be
 * read, of whose records nothing is known. */
static void take_records(struct pass *pass, const struct tov_leaf *leaf, bool is_gone)
{
    while (pass->records.err == TOV_OK && pass->records.next.index <= pass->index) {
        bool is_here = pass->records.next.index == pass->index;
        if (leaf != NULL || is_gone || !is_here)
            take_record(pass, is_here ? leaf : NULL);
        tov_records_step(&pass->records);
        say_bad_records(pass);
    }
}

/* The entry is gone, and was no loss: an erasure names messages alone, one by one. */
static bool is_message(const struct pass *pass)
{
    const struct tov_marks *named = &pass->audit->named;
    return tov_marks_has(named, pass->index) && !tov_marks_has_in_range(named, pass->index);
}

/* BYTES are empty when the entry is gone. */
static void check_entry(struct pass *pass, struct tov_bytes bytes, bool is_readable)
{
    struct tov_leaf *leaf = pass->audit->leaf;
    bool is_gone = is_readable && bytes.size == 0;
    bool is_known = is_readable && !is_gone && tov_leaf_decode(bytes, leaf) == TOV_OK;
    pass->links_seen = pass->parts_seen = 0;
    pass->list_seen = false;
    if (is_known)
        pass->leaf_hash = tov_merkle_leaf_hash(bytes);
    else if (!is_gone || !tov_marks_has(&pass->audit->named, pass->index))
        tov_link_lines_lose(&pass->audit->sent);
    if (!is_known && !(is_gone && is_message(pass)))
        pass->is_series_unsure = true;
    take_records(pass, is_known ? leaf : NULL, is_gone);
    if (is_known)
        check_whole(pass, leaf);
    if (is_known && leaf->type == TOV_LEAF_LOST) {
        pass->audit->series.lost_index = pass->index;
        pass->is_series_unsure = false;
    }
}

enum tov_err tov_audit_sent(struct tov_audit *audit)
{
    TOV_CLEANUP(tov_leaf_reader_fini) struct tov_leaf_reader leaves;
    struct pass pass = {.audit = audit, .records = {.err = TOV_E_NOT_FOUND}};
    struct tov_bytes bytes;
    enum tov_err err = TOV_OK;
    audit->sent.is_complete = true;
    audit->series = (struct tov_series){audit->about.generation, 0};
    tov_leaf_reader_init(&leaves, &audit->folder, "", audit->ledger.checkpoint.size);
    while (err == TOV_OK && leaves.next < audit->counts.entries &&
           tov_leaf_reader_next(&leaves, &pass.index, &bytes)) {
        if (pass.index % TOV_EXPORT_BUNDLE_ENTRIES == 0)
            err = open_bundle(&pass);
        if (err == TOV_OK)
            check_entry(&pass, bytes, leaves.err == TOV_OK);
        err = err == TOV_OK ? audit->failed : err;
    }
    close_bundle(&pass);
    return err;
}

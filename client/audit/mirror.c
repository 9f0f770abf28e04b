/* SPDX-License-Identifier: EUPL-1.2
 *
 * What this agency holds of its peers' ledgers: that it leads to the roots that they signed, that
 * their messages continue the link, and that their receipts name what was sent to them.
 */
#include "audit/audit.h"
#include "audit/mirror_reader.h"
#include "audit/parts.h"
#include "audit/words.h"
#include "merkle/tree.h"

#include <stdlib.h>
#include <string.h>

/* A signed size whose root is not that of the items: a fork if a later signed root is. */
struct pending {
    size_t count;
    struct tov_export_signed items[TOV_AUDIT_SIGNED_FORKS_MAX];
    struct tov_hash roots[TOV_AUDIT_SIGNED_FORKS_MAX];
};

struct pass {
    struct tov_audit *audit;
    struct tov_mirror *mirror;
    const struct tov_ledger_key *key; /* NULL: not known */
    struct tov_mirror_reader reader;
    struct tov_lines lines;
    bool has_line;
    struct tov_export_signed line;
    uint64_t last_line_size;
    uint64_t signed_size; /* the newest size whose signed root fits */
    struct pending pending;
    struct tov_range range;
    struct tov_records parts;
    char parts_path[TOV_EXPORT_PATH_SIZE];
    bool has_parts;
    uint64_t parts_bundle;
    uint64_t time_ms;
    uint32_t epoch;
    size_t mark;
};

static void say(struct pass *pass, enum tov_finding_code code, const struct tov_place *place,
                const char *expected, const char *found)
{
    (void)tov_audit_add(pass->audit, code, place, expected, found);
}

static const char *file_of(const struct pass *pass, const char *name, char *out)
{
    tov_export_mirror_path(pass->mirror->agency, pass->mirror->generation, name, out);
    return out;
}
#define FILE_OF(pass, name) file_of((pass), (name), (char[TOV_EXPORT_PATH_SIZE]){0})

static void say_file(struct pass *pass, enum tov_finding_code code, const char *name,
                     const char *expected, const char *found)
{
    struct tov_place place = {.path = FILE_OF(pass, name)};
    say(pass, code, &place, expected, found);
}

/* ---- signed sizes ---- */

static void next_line(struct pass *pass)
{
    struct tov_bytes line;
    pass->has_line = false;
    enum tov_err err = tov_lines_next(&pass->lines, &line);
    if (err == TOV_E_NOT_FOUND)
        return;
    bool is_first = pass->lines.number == 1;
    if (err != TOV_OK || tov_export_parse_signed(line, &pass->line) != TOV_OK ||
        (!is_first && pass->line.size <= pass->last_line_size)) {
        say_file(pass, TOV_FOUND_FILE_MALFORMED, "checkpoints",
                 _("size, root and signature, ascending"),
                 TOV_SAY(_("line %llu"), (unsigned long long)pass->lines.number));
        tov_lines_close(&pass->lines);
        return;
    }
    pass->last_line_size = pass->line.size;
    pass->has_line = true;
}

/* The items lead to a root that was signed later: so those signed before over other roots were
 * signed by the peer, over another tree. */
static void say_forks(struct pass *pass)
{
    for (size_t i = 0; i < pass->pending.count; i++) {
        const struct tov_export_signed *other = &pass->pending.items[i];
        char path[TOV_EXPORT_PATH_SIZE];
        struct tov_place place = {file_of(pass, "checkpoints", path), true, other->size};
        struct tov_finding *finding =
            tov_audit_add(pass->audit, TOV_FOUND_MIRROR_FORK, &place,
                          TOV_SAY_HASH(&pass->pending.roots[i]), TOV_SAY_HASH(&other->root));
        TOV_FREE char *a = tov_tree_note_text(&pass->key->ledger, other);
        TOV_FREE char *b = tov_tree_note_text(&pass->key->ledger, &pass->line);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf both = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
        tov_buf_put_format(&both, "%s\n%s", a == NULL ? "" : a, b == NULL ? "" : b);
        tov_buf_put_u8(&both, 0);
        tov_finding_set_evidence(finding, both.failed == TOV_OK ? (char *)both.data : NULL);
        if (finding != NULL)
            finding->is_firm = true;
        pass->audit->counts.forks++;
    }
    pass->pending.count = 0;
}

static void check_line(struct pass *pass)
{
    struct tov_hash root = tov_range_root(&pass->range);
    struct pending *pending = &pass->pending;
    if (pass->key == NULL)
        return;
    if (!tov_tree_is_signed(&pass->key->ledger, &pass->line)) {
        say_file(pass, TOV_FOUND_SIGNATURE_BAD, "checkpoints",
                 TOV_SAY(_("a signature by the key of %s"), pass->key->ledger.name),
                 TOV_SAY(_("line %llu"), (unsigned long long)pass->lines.number));
    } else if (tov_hash_equal(&root, &pass->line.root)) {
        pass->signed_size = pass->range.size;
        say_forks(pass);
    } else if (pending->count < TOV_AUDIT_SIGNED_FORKS_MAX) {
        pending->roots[pending->count] = root;
        pending->items[pending->count++] = pass->line;
    }
}

static void check_lines(struct pass *pass)
{
    for (; pass->has_line && pass->line.size <= pass->range.size; next_line(pass)) {
        if (pass->line.size == pass->range.size)
            check_line(pass);
        else
            say_file(pass, TOV_FOUND_MIRROR_GAP, "checkpoints",
                     TOV_SAY(_("items that end at size %llu"), (unsigned long long)pass->line.size),
                     NULL);
    }
}

/* ---- parts ---- */

static enum tov_err open_parts(struct pass *pass, uint64_t index)
{
    char folder[TOV_EXPORT_PATH_SIZE];
    uint64_t bundle = index / TOV_EXPORT_BUNDLE_ENTRIES;
    if (!pass->has_parts || pass->parts_bundle != bundle) {
        tov_records_close(&pass->parts);
        tov_export_bundle_path(file_of(pass, "parts", folder), bundle, pass->parts_path);
        pass->has_parts = true;
        pass->parts_bundle = bundle;
        TOV_TRY(tov_records_open(&pass->audit->folder, pass->parts_path, &pass->parts));
    }
    while (pass->parts.err == TOV_OK && pass->parts.next.index < index)
        tov_records_step(&pass->parts);
    return pass->parts.err == TOV_E_NOT_FOUND ? TOV_OK : pass->parts.err;
}

static void take_part(struct pass *pass, const struct tov_leaf_message *message, uint32_t *seen)
{
    const struct tov_export_record *record = &pass->parts.next;
    struct tov_place place = {pass->parts_path, true, record->index};
    uint8_t part = record->kind == TOV_EXPORT_PART ? record->as.part.part : TOV_PARTS_MAX;
    if (part >= message->part_count || !message->parts[part].is_inline) {
        say(pass, TOV_FOUND_RECORD_EXTRA, &place, NULL, NULL);
        return;
    }
    *seen |= 1u << part;
    tov_part_bytes_check(&pass->audit->findings, &place, part, &message->parts[part],
                         record->as.part.sealed);
}

static void check_attachments(struct pass *pass, uint64_t index,
                              const struct tov_leaf_message *message)
{
    char folder[TOV_EXPORT_PATH_SIZE], path[TOV_EXPORT_PATH_SIZE];
    struct tov_place place = {path, true, index};
    (void)file_of(pass, "attachments", folder);
    for (uint8_t i = 2; i < message->part_count; i++) {
        tov_export_attachment_path(folder, index, i, path);
        if (!message->parts[i].is_inline)
            (void)tov_part_file_check(&pass->audit->folder, &pass->audit->findings, &place,
                                      &message->parts[i]);
    }
}

static void check_parts(struct pass *pass, const struct tov_mirror_item *item,
                        const struct tov_leaf_message *message, enum tov_right right)
{
    uint32_t seen = 0;
    enum tov_err err = open_parts(pass, item->index);
    struct tov_place place = {pass->parts_path, true, item->index};
    if (err != TOV_OK) {
        say(pass, TOV_FOUND_FILE_MALFORMED, &place, NULL, tov_err_name(err));
        return;
    }
    for (; pass->parts.err == TOV_OK && pass->parts.next.index == item->index;
         tov_records_step(&pass->parts))
        take_part(pass, message, &seen);
    check_attachments(pass, item->index, message);
    for (uint8_t i = 0; i < message->part_count; i++) {
        bool is_due = message->parts[i].is_inline && (i == 0 || right == TOV_RIGHT_ALL);
        if (is_due && (seen >> i & 1) == 0 && !tov_marks_has(&pass->mirror->named, item->index))
            say(pass, TOV_FOUND_PART_MISSING, &place, TOV_SAY(_("part %u"), (unsigned)i), NULL);
    }
}

/* What came in with wrong or erased parts was stored as it came; the receipt says so. */
static bool has_good_parts(const struct tov_mirror_item *item)
{
    return item->has_verdict && item->verdict.verdict != TOV_VERDICT_NOT_OPENED &&
           item->verdict.verdict != TOV_VERDICT_ERASED;
}

/* ---- entries ---- */

static enum tov_err check_link(struct pass *pass, const struct tov_place *place,
                               const struct tov_mirror_item *item,
                               const struct tov_leaf_recipient *recipient)
{
    struct tov_bytes block = {item->link, sizeof item->link};
    struct tov_link_at at = {.place = *place,
                             .leaf_hash = tov_merkle_leaf_hash(item->leaf),
                             .series = pass->mirror->series};
    if (!item->has_link || item->link_agency != pass->audit->about.agency) {
        say(pass, TOV_FOUND_LINK_MISSING, place, NULL, NULL);
        return TOV_OK;
    }
    struct tov_hash hash = tov_link_hash(block);
    if (!tov_hash_equal(&hash, &recipient->link_hash) ||
        tov_link_decode(block, &at.block) != TOV_OK) {
        say(pass, TOV_FOUND_LINK_HASH, place, TOV_SAY_HASH(&recipient->link_hash),
            TOV_SAY_HASH(&hash));
        return TOV_OK;
    }
    return tov_audit_link(pass->audit, &pass->audit->received, pass->mirror->agency, &at);
}

static enum tov_err check_message(struct pass *pass, const struct tov_place *place,
                                  const struct tov_mirror_item *item,
                                  const struct tov_leaf_message *message)
{
    const struct tov_leaf_recipient *recipient = NULL;
    for (size_t i = 0; i < message->recipient_count; i++) {
        if (message->recipients[i].agency == pass->audit->about.agency)
            recipient = &message->recipients[i];
    }
    pass->mirror->messages++;
    pass->audit->counts.received++;
    if (recipient == NULL) {
        say(pass, TOV_FOUND_NOT_FOR_US, place, NULL, NULL);
        return TOV_OK;
    }
    if (has_good_parts(item))
        check_parts(pass, item, message, recipient->right);
    return check_link(pass, place, item, recipient);
}

static void check_receipt(struct pass *pass, const struct tov_place *place,
                          const struct tov_leaf_receipt *receipt)
{
    struct tov_audit *audit = pass->audit;
    if (receipt->peer != audit->about.agency)
        return;
    if (receipt->series.generation != audit->about.generation)
        return; /* about an earlier generation, which is another export */
    struct tov_link_line *line =
        tov_link_line_of(&audit->sent, pass->mirror->agency, receipt->series);
    if (line == NULL)
        tov_audit_note_failure(audit, TOV_E_LIMIT);
    else
        tov_audit_receipt(audit, line, place, receipt);
}

static void check_erased(struct pass *pass, const struct tov_leaf_erased *erased)
{
    for (size_t i = 0; i < erased->ref_count; i++) {
        const struct tov_ref *ref = &erased->refs[i];
        if (ref->agency != pass->mirror->agency || ref->generation != pass->mirror->generation)
            continue;
        enum tov_err err = tov_marks_put(&pass->mirror->named, ref->index);
        if (err != TOV_OK)
            tov_audit_note_failure(pass->audit, err);
    }
}

static void check_lost(struct pass *pass, uint64_t index, const struct tov_leaf_lost *lost)
{
    pass->mirror->series.lost_index = index;
    enum tov_err err = tov_marks_put_range(&pass->mirror->named, lost->first,
                                           lost->end < index ? lost->end : index);
    if (err != TOV_OK)
        tov_audit_note_failure(pass->audit, err);
}

static void check_genesis(struct pass *pass, const struct tov_place *place,
                          const struct tov_leaf_genesis *genesis)
{
    const struct tov_export_about *about = &pass->audit->about;
    if (place->index != 0 || genesis->journal != 0 || genesis->agency != pass->mirror->agency ||
        genesis->generation != pass->mirror->generation ||
        strcmp(genesis->federation, about->federation) != 0)
        say(pass, TOV_FOUND_GENESIS, place,
            TOV_SAY(_("%s, agency %u, generation %u, entry 0"), about->federation,
                    (unsigned)pass->mirror->agency, (unsigned)pass->mirror->generation),
            NULL);
}

static enum tov_err check_leaf(struct pass *pass, const struct tov_place *place,
                               const struct tov_mirror_item *item)
{
    struct tov_leaf *leaf = pass->audit->leaf;
    if (leaf->time_ms < pass->time_ms)
        say(pass, TOV_FOUND_TIME_BACKWARDS, place,
            TOV_SAY(_("not before %llu ms"), (unsigned long long)pass->time_ms),
            TOV_SAY("%llu ms", (unsigned long long)leaf->time_ms));
    pass->time_ms = leaf->time_ms > pass->time_ms ? leaf->time_ms : pass->time_ms;
    if (leaf->type == TOV_LEAF_MESSAGE)
        return check_message(pass, place, item, &leaf->as.message);
    if (leaf->type == TOV_LEAF_GENESIS)
        check_genesis(pass, place, &leaf->as.genesis);
    else if (leaf->type == TOV_LEAF_RECEIPT)
        check_receipt(pass, place, &leaf->as.receipt);
    else if (leaf->type == TOV_LEAF_ERASED)
        check_erased(pass, &leaf->as.erased);
    else if (leaf->type == TOV_LEAF_LOST)
        check_lost(pass, place->index, &leaf->as.lost);
    else if (tov_leaf_type_is_journal(leaf->type))
        say(pass, TOV_FOUND_WRONG_TREE, place, _("an entry of the ledger"), NULL);
    else if (leaf->type == TOV_LEAF_EPOCH_KEY && leaf->as.epoch_key.epoch <= pass->epoch)
        say(pass, TOV_FOUND_EPOCH_ORDER, place,
            TOV_SAY(_("an epoch above %u"), (unsigned)pass->epoch), NULL);
    else if (leaf->type == TOV_LEAF_EPOCH_KEY)
        pass->epoch = leaf->as.epoch_key.epoch;
    return TOV_OK;
}

/* A message that is gone keeps its link block, which no leaf vouches for any more: it is believed
 * where it continues the line, and accuses nobody where it does not. */
static enum tov_err check_gone(struct pass *pass, const struct tov_place *place,
                               const struct tov_mirror_item *item)
{
    struct tov_link_at at = {
        .place = *place, .leaf_hash = item->gone.leaf_hash, .series = pass->mirror->series};
    struct tov_bytes bytes = {item->link, sizeof item->link};
    enum tov_err err = tov_marks_put(&pass->mirror->gone, item->index);
    if (err != TOV_OK)
        tov_audit_note_failure(pass->audit, err);
    if (!item->has_link || tov_link_decode(bytes, &at.block) != TOV_OK)
        return TOV_OK;
    struct tov_link_line *line =
        tov_link_line_of(&pass->audit->received, pass->mirror->agency, pass->mirror->series);
    if (line == NULL)
        return TOV_E_LIMIT;
    if (tov_series_equal(at.block.series, at.series) && at.block.number == line->last + 1)
        return tov_audit_link(pass->audit, &pass->audit->received, pass->mirror->agency, &at);
    line->is_lost_track = line->has_holes = true;
    return TOV_OK;
}

static enum tov_err check_item(struct pass *pass, const struct tov_mirror_item *item)
{
    struct tov_place place = {tov_mirror_reader_path(&pass->reader, item), true, item->index};
    if (item->is_skipped)
        return TOV_OK;
    if (item->is_gone)
        return check_gone(pass, &place, item);
    enum tov_err err = tov_leaf_decode(item->leaf, pass->audit->leaf);
    if (err == TOV_OK)
        return check_leaf(pass, &place, item);
    say(pass, err == TOV_E_VERSION ? TOV_FOUND_LEAF_NEWER : TOV_FOUND_LEAF_MALFORMED, &place, NULL,
        NULL);
    return TOV_OK;
}

static void say_end(struct pass *pass, enum tov_err err)
{
    struct tov_place place = {pass->reader.entries_path, true, pass->reader.next};
    if (err != TOV_E_NOT_FOUND)
        say(pass, err == TOV_E_VERSION ? TOV_FOUND_VERSION_NEWER : TOV_FOUND_FILE_MALFORMED, &place,
            NULL, tov_err_name(err));
    else if (pass->reader.next < pass->mirror->size)
        say(pass, TOV_FOUND_MIRROR_GAP, &place,
            TOV_SAY(_("%llu entries"), (unsigned long long)pass->mirror->size), NULL);
    else if (pass->reader.next > pass->mirror->size || pass->reader.skipped.err == TOV_OK ||
             pass->reader.entries.err == TOV_OK)
        say_file(pass, TOV_FOUND_MIRROR_POSITION, "position",
                 TOV_SAY(_("%llu entries"), (unsigned long long)pass->reader.next),
                 TOV_SAY(_("%llu entries"), (unsigned long long)pass->mirror->size));
}

static enum tov_err walk(struct pass *pass)
{
    struct tov_mirror_item item;
    enum tov_err err = TOV_OK;
    while (pass->reader.next < pass->mirror->size &&
           (err = tov_mirror_reader_next(&pass->reader, &item)) == TOV_OK) {
        struct tov_place place = {tov_mirror_reader_path(&pass->reader, &item), true, item.index};
        if (tov_mirror_item_extend(&item, &pass->range) != TOV_OK) {
            say(pass, TOV_FOUND_FILE_MALFORMED, &place, NULL, NULL);
            return TOV_OK;
        }
        TOV_TRY(check_item(pass, &item));
        check_lines(pass);
    }
    if (err == TOV_E_NOMEM)
        return err;
    say_end(pass, err == TOV_OK ? TOV_E_NOT_FOUND : err);
    return TOV_OK;
}

/* ---- small files ---- */

static bool read_position(struct pass *pass, struct tov_export_position *out)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(1024);
    enum tov_err err = tov_folder_read(&pass->audit->folder, FILE_OF(pass, "position"), &text);
    if (err == TOV_OK)
        err = tov_export_parse_position(tov_buf_view(&text), out);
    if (err != TOV_OK)
        say_file(pass, err == TOV_E_NOT_FOUND ? TOV_FOUND_FILE_MISSING : TOV_FOUND_FILE_MALFORMED,
                 "position", NULL, NULL);
    return err == TOV_OK;
}

/* Its newest note must be the last line. */
static void check_note(struct pass *pass)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    struct tov_checkpoint_opened opened;
    struct tov_error error = {.text = ""};
    enum tov_err err = tov_folder_read(&pass->audit->folder, FILE_OF(pass, "checkpoint"), &note);
    if (err == TOV_E_NOT_FOUND) {
        say_file(pass, TOV_FOUND_FILE_MISSING, "checkpoint", NULL, NULL);
        return;
    }
    if (pass->key == NULL)
        return;
    err = tov_checkpoint_open(tov_buf_view(&note), &pass->key->ledger, &opened, &error);
    if (err != TOV_OK)
        say_file(pass, TOV_FOUND_CHECKPOINT_SIGNATURE, "checkpoint",
                 TOV_SAY(_("a signature by the key of %s"), pass->key->ledger.name), error.text);
    else if (opened.checkpoint.size != pass->last_line_size)
        say_file(pass, TOV_FOUND_FILE_MALFORMED, "checkpoint",
                 TOV_SAY(_("size %llu"), (unsigned long long)pass->last_line_size),
                 TOV_SAY(_("size %llu"), (unsigned long long)opened.checkpoint.size));
}

/* ---- the verdict over one mirror ---- */

static void judge_tree(struct pass *pass)
{
    struct tov_mirror *mirror = pass->mirror;
    for (; pass->has_line; next_line(pass))
        say_file(pass, TOV_FOUND_MIRROR_GAP, "checkpoints",
                 TOV_SAY(_("%llu entries"), (unsigned long long)pass->line.size),
                 TOV_SAY(_("%llu entries"), (unsigned long long)pass->range.size));
    for (size_t i = 0; i < pass->pending.count; i++) {
        char path[TOV_EXPORT_PATH_SIZE];
        struct tov_place place = {file_of(pass, "checkpoints", path), true,
                                  pass->pending.items[i].size};
        say(pass, TOV_FOUND_MIRROR_DAMAGED, &place, TOV_SAY_HASH(&pass->pending.items[i].root),
            TOV_SAY_HASH(&pass->pending.roots[i]));
    }
    if (pass->pending.count == 0 && pass->key != NULL && pass->signed_size < pass->range.size)
        say_file(pass, TOV_FOUND_MIRROR_TAIL, "checkpoints",
                 TOV_SAY(_("%llu entries signed"), (unsigned long long)pass->range.size),
                 TOV_SAY(_("%llu entries"), (unsigned long long)pass->signed_size));
    mirror->is_sound = pass->pending.count == 0 && pass->key != NULL &&
                       pass->signed_size == pass->range.size && pass->range.size == mirror->size;
    /* What unsigned items say accuses nobody. */
    if (!mirror->is_sound)
        tov_findings_soften(&pass->audit->findings, pass->mark);
}

static void judge_position(struct pass *pass, const struct tov_export_position *position)
{
    const struct tov_mirror *mirror = pass->mirror;
    const struct tov_link_line *line =
        tov_link_line_find(&pass->audit->received, mirror->agency, mirror->series);
    uint64_t last = line == NULL ? 0 : line->last;
    if (!mirror->is_sound)
        return;
    if (!tov_series_equal(position->series, mirror->series) || position->last_link > last)
        say_file(pass, TOV_FOUND_MIRROR_POSITION, "position",
                 TOV_SAY(_("link number %llu"), (unsigned long long)last),
                 TOV_SAY(_("link number %llu"), (unsigned long long)position->last_link));
}

static void judge_gone(struct pass *pass)
{
    const struct tov_mirror *mirror = pass->mirror;
    char folder[TOV_EXPORT_PATH_SIZE], path[TOV_EXPORT_PATH_SIZE];
    (void)file_of(pass, "entries", folder);
    for (uint64_t i = 0; tov_marks_next(&mirror->gone, &i); i++) {
        if (tov_marks_has(&mirror->named, i))
            continue;
        tov_export_bundle_path(folder, i / TOV_EXPORT_BUNDLE_ENTRIES, path);
        struct tov_place place = {path, true, i};
        say(pass, TOV_FOUND_GONE_UNNAMED, &place,
            _("an entry of type erased or lost that names it"), _("none"));
    }
}

static enum tov_err check_one(struct pass *pass)
{
    struct tov_export_position position;
    if (pass->key == NULL)
        say_file(pass, TOV_FOUND_KEY_MISSING, "", NULL, NULL);
    if (!read_position(pass, &position))
        return TOV_OK;
    pass->mirror->size = position.size;
    if (tov_lines_open(&pass->audit->folder, FILE_OF(pass, "checkpoints"), &pass->lines) != TOV_OK)
        say_file(pass, TOV_FOUND_FILE_MISSING, "checkpoints", NULL, NULL);
    else
        next_line(pass);
    TOV_TRY(tov_mirror_reader_open(&pass->audit->folder, pass->mirror->agency,
                                   pass->mirror->generation, &pass->reader));
    TOV_TRY(walk(pass));
    judge_tree(pass);
    judge_position(pass, &position);
    judge_gone(pass);
    check_note(pass);
    return pass->audit->failed;
}

static enum tov_err check_mirror(struct tov_audit *audit, uint16_t agency, uint32_t generation)
{
    TOV_FREE struct pass *pass = calloc(1, sizeof *pass);
    struct tov_mirror *mirror = tov_mirror_of(&audit->mirrors, agency, generation);
    if (pass == NULL || mirror == NULL)
        return pass == NULL ? TOV_E_NOMEM : TOV_E_LIMIT;
    mirror->is_held = true;
    pass->audit = audit;
    pass->mirror = mirror;
    pass->key = tov_keyring_ledger(&audit->keyring, agency, generation);
    pass->mark = audit->findings.count;
    enum tov_err err = check_one(pass);
    tov_lines_close(&pass->lines);
    tov_records_close(&pass->parts);
    tov_mirror_reader_close(&pass->reader);
    return err;
}

enum tov_err tov_audit_mirrors(struct tov_audit *audit)
{
    uint64_t agencies[TOV_AGENCIES_MAX], generations[256];
    size_t count = tov_folder_numbers(&audit->folder, "mirror", agencies, TOV_AGENCIES_MAX);
    for (size_t i = 0; i < count; i++) {
        char path[TOV_EXPORT_PATH_SIZE];
        if (agencies[i] > TOV_AGENCIES_MAX)
            continue;
        (void)snprintf(path, sizeof path, "mirror/%llu", (unsigned long long)agencies[i]);
        size_t held = tov_folder_numbers(&audit->folder, path, generations, 256);
        for (size_t k = 0; k < held; k++) {
            if (generations[k] <= UINT32_MAX)
                TOV_TRY(check_mirror(audit, (uint16_t)agencies[i], (uint32_t)generations[k]));
        }
    }
    return TOV_OK;
}

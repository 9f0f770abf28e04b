/* SPDX-License-Identifier: EUPL-1.2
 *
 * What this agency holds of its peers' ledgers: that it leads to the roots that they signed, that
 * their messages continue the link, and that their receipts name what was sent to them.
 */
#include "audit/audit.h"
#include "audit/mirror_parts.h"
#include "audit/mirror_reader.h"
#include "audit/why.h"
#include "audit/words.h"
#include "merkle/tree.h"

#include <stdlib.h>
#include <string.h>

/* The first signed size whose root is not that of the items: a fork if a later signed root is. */
struct pending {
    bool is_there;
    struct tov_export_signed line;
    struct tov_hash root;
};

struct pass {
    struct tov_audit *audit;
    struct tov_mirror *mirror;
    const struct tov_ledger_key *key;        /* NULL: not known */
    const struct tov_revocation *revocation; /* of it, or NULL */
    struct tov_mirror_reader reader;
    struct tov_lines lines;
    bool has_line;
    struct tov_export_signed line;
    uint64_t last_line_size;
    uint64_t signed_size; /* the newest size whose signed root fits */
    struct pending pending;
    struct tov_range range;
    struct tov_mirror_parts parts;
    bool excuses_parts; /* of the message that is looked at: they were stored as they came */
    bool lacks_runs;    /* the file of them is not there, which was told */
    bool is_cut;        /* signed sizes or items are left over, which was told */
    bool has_lines;     /* the signed sizes could be read */
    uint64_t unshown;   /* the last entry that is skipped, gone or not understood */
    uint64_t time_ms;
    uint32_t epoch;
    struct tov_findings_mark mark;
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

static void say_missing(struct pass *pass, const char *name)
{
    tov_findings_add_missing(&pass->audit->findings, FILE_OF(pass, name));
}

/* ---- signed sizes ---- */

static void next_line(struct pass *pass)
{
    enum tov_err err = tov_tree_next_signed(&pass->lines, pass->last_line_size, &pass->line);
    pass->has_line = err == TOV_OK;
    if (err == TOV_E_NOT_FOUND)
        return;
    if (err != TOV_OK) {
        say_file(pass, TOV_FOUND_FILE_MALFORMED, "checkpoints",
                 _("size, root and signature, ascending"),
                 TOV_SAY(_("line %llu"), (unsigned long long)pass->lines.number));
        tov_lines_close(&pass->lines);
        pass->has_lines = false;
        return;
    }
    pass->last_line_size = pass->line.size;
}

/* The items lead to a root that was signed later: so what was signed before over another root was
 * signed by the peer, over another tree. */
static void say_fork(struct pass *pass)
{
    const struct tov_export_signed *other = &pass->pending.line;
    char path[TOV_EXPORT_PATH_SIZE];
    struct tov_place place = {file_of(pass, "checkpoints", path), true, other->size};
    if (!pass->pending.is_there)
        return;
    struct tov_finding *finding =
        tov_audit_add(pass->audit, TOV_FOUND_MIRROR_FORK, &place, TOV_SAY_HASH(&pass->pending.root),
                      TOV_SAY_HASH(&other->root));
    TOV_FREE char *a = tov_tree_note_text(&pass->key->ledger, other);
    TOV_FREE char *b = tov_tree_note_text(&pass->key->ledger, &pass->line);
    tov_tree_set_notes(finding, a, b);
    if (finding != NULL)
        finding->is_firm = true;
    pass->audit->counts.forks++;
    pass->pending.is_there = false;
}

static void check_line(struct pass *pass)
{
    struct tov_hash root = tov_range_root(&pass->range);
    if (pass->key == NULL)
        return;
    if (!tov_tree_is_signed(&pass->key->ledger, &pass->line)) {
        say_file(pass, TOV_FOUND_SIGNATURE_BAD, "checkpoints",
                 TOV_SAY(_("a signature by the key of %s"), pass->key->ledger.name),
                 TOV_SAY(_("line %llu"), (unsigned long long)pass->lines.number));
        return;
    }
    tov_audit_seen_line(pass->audit, pass->mirror, &pass->key->ledger, &pass->line);
    if (tov_hash_equal(&root, &pass->line.root)) {
        pass->signed_size = pass->range.size;
        say_fork(pass);
    } else if (!pass->pending.is_there) {
        pass->pending = (struct pending){true, pass->line, root};
    }
}

/* What is signed and not held. */
static void say_gap(struct pass *pass)
{
    if (!pass->is_cut)
        say_file(pass, TOV_FOUND_MIRROR_GAP, "checkpoints", TOV_SAY_ENTRIES(pass->line.size),
                 TOV_SAY_ENTRIES(pass->range.size));
    pass->is_cut = true;
}

static void check_lines(struct pass *pass)
{
    for (; pass->has_line && pass->line.size <= pass->range.size; next_line(pass)) {
        if (pass->line.size == pass->range.size)
            check_line(pass);
        else
            say_gap(pass); /* it ends inside a run */
    }
}

/* ---- revocation ---- */

static const struct tov_revocation *revocation_of(const struct pass *pass)
{
    const struct tov_roster *newest = pass->audit->keyring.newest;
    if (newest == NULL || pass->key == NULL)
        return NULL;
    return tov_roster_revocation(newest, tov_bytes_of_text(pass->key->ledger.name));
}

/* ROOT is that of the first entries, as many as the revocation says: the tree that counts is the
 * one that it names. */
static void compare_revoked_root(struct pass *pass, const struct tov_hash *root)
{
    if (!tov_hash_equal(root, &pass->revocation->root))
        say_file(pass, TOV_FOUND_REVOKED_ROOT, "checkpoints", TOV_SAY_HASH(&pass->revocation->root),
                 TOV_SAY_HASH(root));
}

static void check_revoked_root(struct pass *pass)
{
    if (pass->revocation == NULL || pass->range.size != pass->revocation->size)
        return;
    struct tov_hash root = tov_range_root(&pass->range);
    compare_revoked_root(pass, &root);
}

/* The point may stand inside ITEM, a run behind what was read so far. */
static void check_revoked_in_run(struct pass *pass, const struct tov_mirror_item *item)
{
    const struct tov_revocation *revocation = pass->revocation;
    struct tov_hash root;
    if (revocation == NULL || !item->is_skipped || revocation->size <= pass->range.size ||
        revocation->size - pass->range.size >= item->count)
        return;
    enum tov_err err = tov_mirror_run_root(item, revocation->size, &pass->range, &root);
    struct tov_place place = {pass->reader.skipped_path, true, revocation->size};
    if (err == TOV_OK)
        compare_revoked_root(pass, &root);
    else if (err == TOV_E_NOT_FOUND)
        say(pass, TOV_FOUND_REVOKED_UNSEEN, &place, TOV_SAY_HASH(&revocation->root), NULL);
}

/* Whenever they were received: who had them before the roster that revokes the key may have
 * believed them. */
static void judge_void(struct pass *pass)
{
    const struct tov_revocation *revocation = pass->revocation;
    if (revocation != NULL && pass->range.size > revocation->size)
        say_file(pass, TOV_FOUND_VOID, "entries", TOV_SAY_ENTRIES(revocation->size),
                 TOV_SAY_ENTRIES(pass->range.size));
}

/* ---- entries ---- */

/* A restore that lost no entry still ends the journal, of which nobody holds a copy. */
static bool shows_restore(const struct tov_audit *audit)
{
    return audit->shows_restore || audit->about.journal > 1;
}

/* The stored verdict against the last word of the own receipts on message NUMBER of LINE. */
static void check_verdict(struct pass *pass, const struct tov_place *place,
                          const struct tov_mirror_item *item, const struct tov_link_line *line)
{
    struct tov_verdict_value word;
    struct tov_mirror *mirror = pass->mirror;
    bool is_readable = pass->audit->ledger.has_checkpoint && pass->audit->ledger.is_complete;
    bool is_said = tov_audit_word(pass->audit, line, line->last, &word);
    if (is_said)
        pass->excuses_parts = tov_verdict_excuses_parts(word);
    else if (is_readable)
        pass->excuses_parts = false;
    if (!item->has_verdict || (is_said && tov_verdict_equal(word, item->verdict)))
        return;
    if (!is_readable)
        mirror->unchecked++;
    else if (!is_said || tov_verdict_may_become(word, item->verdict))
        mirror->unreceipted++; /* the receipt is not signed yet */
    else if (shows_restore(pass->audit) && tov_verdict_may_be_lost(word, item->verdict))
        mirror->text_lost++;
    else
        say(pass, TOV_FOUND_VERDICT_DIFFERS, place,
            tov_verdict_say((char[TOV_FINDING_TEXT_SIZE]){0}, word),
            tov_verdict_say((char[TOV_FINDING_TEXT_SIZE]){0}, item->verdict));
}

static void say_verdicts(struct pass *pass)
{
    const struct tov_mirror *mirror = pass->mirror;
    if (mirror->unchecked > 0)
        say_file(pass, TOV_FOUND_VERDICT_UNCHECKED, "entries", NULL,
                 TOV_SAY_MESSAGES(mirror->unchecked));
    if (mirror->unreceipted > 0)
        say_file(pass, TOV_FOUND_VERDICT_UNRECEIPTED, "entries", NULL,
                 TOV_SAY_MESSAGES(mirror->unreceipted));
    if (mirror->text_lost > 0)
        say_file(pass, TOV_FOUND_TEXT_LOST, "entries", NULL, TOV_SAY_MESSAGES(mirror->text_lost));
}

static void check_link(struct pass *pass, const struct tov_place *place,
                       const struct tov_mirror_item *item,
                       const struct tov_leaf_recipient *recipient)
{
    struct tov_bytes block = {item->link, sizeof item->link};
    struct tov_link_at at = {.place = *place,
                             .leaf_hash = tov_merkle_leaf_hash(item->leaf),
                             .series = pass->mirror->series};
    if (!item->has_link || item->link_agency != pass->audit->about.agency) {
        say(pass, TOV_FOUND_LINK_MISSING, place, NULL, NULL);
        return;
    }
    struct tov_hash hash = tov_link_hash(block);
    if (!tov_hash_equal(&hash, &recipient->link_hash) ||
        tov_link_decode(block, &at.block) != TOV_OK) {
        say(pass, TOV_FOUND_LINK_HASH, place, TOV_SAY_HASH(&recipient->link_hash),
            TOV_SAY_HASH(&hash));
        return;
    }
    struct tov_link_lines *lines = &pass->audit->received;
    tov_audit_link(pass->audit, lines, pass->mirror->agency, &at);
    const struct tov_link_line *line =
        tov_link_line_find(lines, pass->mirror->agency, at.block.series);
    /* A number that was used before is receipted for the message that had it first. */
    if (line != NULL && line->last == at.block.number &&
        tov_hash_equal(&line->last_hash, &at.leaf_hash))
        check_verdict(pass, place, item, line);
}

static void check_message(struct pass *pass, const struct tov_place *place,
                          const struct tov_mirror_item *item,
                          const struct tov_leaf_message *message)
{
    const struct tov_leaf_recipient *recipient =
        tov_leaf_recipient_of(message, pass->audit->about.agency);
    pass->mirror->messages++;
    pass->audit->counts.received++;
    pass->excuses_parts = item->has_verdict && tov_verdict_excuses_parts(item->verdict);
    if (!item->has_verdict)
        say(pass, TOV_FOUND_VERDICT_MISSING, place, NULL, NULL);
    if (recipient == NULL)
        say(pass, TOV_FOUND_NOT_FOR_US, place, NULL, NULL);
    else
        check_link(pass, place, item, recipient);
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
    if (line == NULL) {
        tov_audit_note_failure(audit, TOV_E_LIMIT);
        return;
    }
    if (line->receipter != pass->mirror->generation)
        tov_audit_receipts_anew(line);
    line->receipter = pass->mirror->generation;
    struct tov_receipt_at at = {
        .place = *place, .lost = &pass->mirror->named, .loss_gone = pass->unshown};
    tov_audit_receipt(audit, line, &at, receipt);
}

/* It names entries before it, and of them only one that is gone is ever looked for: what its agency
 * likes to name takes no room. */
static void check_erased(struct pass *pass, uint64_t index, const struct tov_leaf_erased *erased)
{
    for (size_t i = 0; i < erased->ref_count; i++) {
        const struct tov_ref *ref = &erased->refs[i];
        if (ref->agency != pass->mirror->agency || ref->generation != pass->mirror->generation ||
            ref->index >= index || !tov_marks_has(&pass->mirror->gone, ref->index))
            continue;
        enum tov_err err =
            tov_marks_put(&pass->audit->marks_room, &pass->mirror->named, ref->index);
        if (err != TOV_OK)
            tov_audit_note_failure(pass->audit, err);
    }
}

static void check_lost(struct pass *pass, uint64_t index, const struct tov_leaf_lost *lost)
{
    pass->mirror->series.lost_index = index;
    enum tov_err err = tov_marks_put_range(&pass->audit->marks_room, &pass->mirror->named,
                                           lost->first, lost->end < index ? lost->end : index);
    if (err != TOV_OK)
        tov_audit_note_failure(pass->audit, err);
}

static void check_genesis(struct pass *pass, const struct tov_place *place,
                          const struct tov_leaf_genesis *genesis)
{
    const char *federation = tov_audit_federation(pass->audit);
    if (place->index != 0 || genesis->journal != 0 || genesis->agency != pass->mirror->agency ||
        genesis->generation != pass->mirror->generation ||
        strcmp(genesis->federation, federation) != 0)
        say(pass, TOV_FOUND_GENESIS, place,
            TOV_SAY(_("%s, agency %u, generation %u, entry 0"), federation,
                    (unsigned)pass->mirror->agency, (unsigned)pass->mirror->generation),
            NULL);
}

static void check_leaf(struct pass *pass, const struct tov_place *place,
                       const struct tov_mirror_item *item)
{
    struct tov_leaf *leaf = pass->audit->leaf;
    if (leaf->time_ms < pass->time_ms)
        say(pass, TOV_FOUND_TIME_BACKWARDS, place,
            TOV_SAY(_("not before %llu ms"), (unsigned long long)pass->time_ms),
            TOV_SAY("%llu ms", (unsigned long long)leaf->time_ms));
    pass->time_ms = leaf->time_ms > pass->time_ms ? leaf->time_ms : pass->time_ms;
    if (leaf->type == TOV_LEAF_MESSAGE) {
        check_message(pass, place, item, &leaf->as.message);
        return;
    }
    if (item->has_link || item->has_verdict)
        say(pass, TOV_FOUND_RECORD_EXTRA, place, NULL, NULL);
    if (leaf->type == TOV_LEAF_GENESIS)
        check_genesis(pass, place, &leaf->as.genesis);
    else if (leaf->type == TOV_LEAF_RECEIPT)
        check_receipt(pass, place, &leaf->as.receipt);
    else if (leaf->type == TOV_LEAF_ERASED)
        check_erased(pass, place->index, &leaf->as.erased);
    else if (leaf->type == TOV_LEAF_LOST)
        check_lost(pass, place->index, &leaf->as.lost);
    else if (tov_leaf_type_is_journal(leaf->type))
        say(pass, TOV_FOUND_WRONG_TREE, place, _("an entry of the ledger"), NULL);
    else if (leaf->type == TOV_LEAF_EPOCH_KEY && leaf->as.epoch_key.epoch <= pass->epoch)
        say(pass, TOV_FOUND_EPOCH_ORDER, place,
            TOV_SAY(_("an epoch above %u"), (unsigned)pass->epoch), NULL);
    else if (leaf->type == TOV_LEAF_EPOCH_KEY)
        pass->epoch = leaf->as.epoch_key.epoch;
}

static void lose_track(struct pass *pass)
{
    struct tov_link_line *line =
        tov_link_line_of(&pass->audit->received, pass->mirror->agency, pass->mirror->series);
    if (line == NULL)
        tov_audit_note_failure(pass->audit, TOV_E_LIMIT);
    else
        line->is_lost_track = line->has_holes = true;
}

/* A message that is gone keeps its link block, which no leaf vouches for any more: it shows that a
 * number is explained, and which one is not believed. */
static void check_gone(struct pass *pass, const struct tov_mirror_item *item)
{
    struct tov_link_block block;
    struct tov_bytes bytes = {item->link, sizeof item->link};
    enum tov_err err = tov_marks_put(&pass->audit->marks_room, &pass->mirror->gone, item->index);
    if (err != TOV_OK)
        tov_audit_note_failure(pass->audit, err);
    if (item->has_verdict)
        say(pass, TOV_FOUND_RECORD_EXTRA,
            &(struct tov_place){pass->reader.entries_path, true, item->index}, NULL, NULL);
    if (item->has_link && tov_link_decode(bytes, &block) == TOV_OK)
        lose_track(pass);
}

static enum tov_err check_item(struct pass *pass, const struct tov_mirror_item *item)
{
    struct tov_place place = {tov_mirror_reader_path(&pass->reader, item), true, item->index};
    const struct tov_leaf *leaf = pass->audit->leaf;
    if (item->index == 0 && item->is_skipped)
        say(pass, TOV_FOUND_MIRROR_GAP, &place, _("a genesis"), _("skipped"));
    if (item->is_skipped) {
        pass->unshown = item->index + item->count - 1;
        return TOV_OK;
    }
    enum tov_err err =
        item->is_gone ? TOV_E_ERASED : tov_leaf_decode(item->leaf, pass->audit->leaf);
    pass->excuses_parts = false;
    if (err == TOV_OK)
        check_leaf(pass, &place, item);
    else
        pass->unshown = item->index;
    TOV_TRY(tov_mirror_parts_check(&pass->parts, item, err == TOV_OK ? leaf : NULL,
                                   pass->excuses_parts));
    if (item->is_gone) {
        check_gone(pass, item);
    } else if (err != TOV_OK) {
        say(pass, err == TOV_E_VERSION ? TOV_FOUND_LEAF_NEWER : TOV_FOUND_LEAF_MALFORMED, &place,
            NULL, NULL);
        lose_track(pass);
    }
    return pass->audit->failed;
}

static void cut(struct pass *pass)
{
    pass->is_cut = true;
    tov_mirror_parts_stop(&pass->parts);
}

static void say_end(struct pass *pass, enum tov_err err)
{
    const struct tov_mirror_reader *reader = &pass->reader;
    bool is_run = reader->skipped.err != TOV_OK && reader->skipped.err != TOV_E_NOT_FOUND;
    struct tov_place place = {is_run ? reader->skipped_path : reader->entries_path, true,
                              reader->next};
    bool is_whole = err == TOV_E_NOT_FOUND && reader->next == pass->mirror->size;
    if (err != TOV_E_NOT_FOUND)
        say(pass, err == TOV_E_VERSION ? TOV_FOUND_VERSION_NEWER : TOV_FOUND_FILE_MALFORMED, &place,
            NULL, tov_audit_why_err(err));
    else if (!is_whole && !pass->lacks_runs)
        say(pass, TOV_FOUND_MIRROR_GAP, &place, TOV_SAY_ENTRIES(pass->mirror->size), NULL);
    else if (is_whole && !tov_mirror_reader_is_done(&pass->reader))
        say_file(pass, TOV_FOUND_MIRROR_POSITION, "position",
                 TOV_SAY(_("more than %llu entries"), (unsigned long long)reader->next),
                 TOV_SAY_ENTRIES(pass->mirror->size));
    else if (is_whole)
        return;
    cut(pass);
}

static enum tov_err walk(struct pass *pass)
{
    struct tov_mirror_item item;
    enum tov_err err = TOV_OK;
    while (pass->reader.next < pass->mirror->size &&
           (err = tov_mirror_reader_next(&pass->reader, &item)) == TOV_OK) {
        struct tov_place place = {tov_mirror_reader_path(&pass->reader, &item), true, item.index};
        check_revoked_in_run(pass, &item);
        if (tov_mirror_item_extend(&item, &pass->range) != TOV_OK) {
            say(pass, TOV_FOUND_FILE_MALFORMED, &place, NULL, NULL);
            cut(pass);
            return TOV_OK;
        }
        TOV_TRY(check_item(pass, &item));
        check_lines(pass);
        check_revoked_root(pass);
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
    if (err == TOV_E_NOT_FOUND)
        say_missing(pass, "position");
    else if (err != TOV_OK)
        say_file(pass, TOV_FOUND_FILE_MALFORMED, "position", NULL, NULL);
    return err == TOV_OK;
}

/* Its newest note must be the last line. */
static enum tov_err check_note(struct pass *pass)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    TOV_FREE struct tov_note *note = malloc(sizeof *note);
    struct tov_checkpoint_opened opened;
    struct tov_error error = {.text = ""};
    const char *path = FILE_OF(pass, "checkpoint");
    if (note == NULL)
        return TOV_E_NOMEM;
    enum tov_err err = tov_folder_read(&pass->audit->folder, path, &bytes);
    if (err == TOV_E_NOT_FOUND)
        say_missing(pass, "checkpoint");
    if (err == TOV_E_NOT_FOUND || pass->key == NULL || !pass->has_lines)
        return TOV_OK;
    err = tov_checkpoint_open(tov_buf_view(&bytes), &pass->key->ledger, &opened, &error);
    if (err != TOV_OK) {
        say_file(pass, TOV_FOUND_CHECKPOINT_SIGNATURE, "checkpoint",
                 TOV_SAY(_("a signature by the key of %s"), pass->key->ledger.name),
                 TOV_WHY(error.text));
        return TOV_OK;
    }
    if (opened.checkpoint.size != pass->last_line_size)
        say_file(pass, TOV_FOUND_FILE_MALFORMED, "checkpoint",
                 TOV_SAY(_("size %llu"), (unsigned long long)pass->last_line_size),
                 TOV_SAY(_("size %llu"), (unsigned long long)opened.checkpoint.size));
    struct tov_tree_note at = {&pass->audit->findings, &pass->audit->keyring, path, true};
    TOV_TRY(tov_note_parse(tov_buf_view(&bytes), TOV_NOTE_MAX_BYTES, note, NULL));
    return tov_tree_check_signers(&at, note);
}

/* ---- the verdict over one mirror ---- */

static void judge_tree(struct pass *pass)
{
    struct tov_mirror *mirror = pass->mirror;
    for (; pass->has_line; next_line(pass))
        say_gap(pass);
    if (pass->pending.is_there) {
        char path[TOV_EXPORT_PATH_SIZE];
        struct tov_place place = {file_of(pass, "checkpoints", path), true,
                                  pass->pending.line.size};
        say(pass, TOV_FOUND_MIRROR_DAMAGED, &place, TOV_SAY_HASH(&pass->pending.line.root),
            TOV_SAY_HASH(&pass->pending.root));
    }
    bool is_short = pass->signed_size < pass->range.size;
    if (is_short && !pass->pending.is_there && pass->key != NULL && pass->has_lines)
        say_file(pass, TOV_FOUND_MIRROR_TAIL, "checkpoints",
                 TOV_SAY(_("%llu entries signed"), (unsigned long long)pass->range.size),
                 TOV_SAY_ENTRIES(pass->signed_size));
    mirror->is_sound = !pass->pending.is_there && pass->key != NULL && !pass->is_cut &&
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
    bool has_holes = line != NULL && line->has_holes; /* it stands before one of them */
    if (!mirror->is_sound)
        return;
    if (!tov_series_equal(position->series, mirror->series) ||
        (has_holes ? position->last_link > last && !line->is_lost_track
                   : position->last_link != last))
        say_file(pass, TOV_FOUND_MIRROR_POSITION, "position",
                 TOV_SAY(_("link number %llu"), (unsigned long long)last),
                 TOV_SAY(_("link number %llu"), (unsigned long long)position->last_link));
}

static void judge_gone(struct pass *pass)
{
    const struct tov_mirror *mirror = pass->mirror;
    char folder[TOV_EXPORT_PATH_SIZE], path[TOV_EXPORT_PATH_SIZE];
    (void)file_of(pass, "entries", folder);
    if (!pass->audit->ledger.is_complete || !mirror->is_sound || pass->audit->is_limit_told)
        return; /* what cannot be read, or was not kept, may name it */
    for (uint64_t i = 0; tov_marks_next(&mirror->gone, &i); i++) {
        if (tov_marks_has(&mirror->named, i))
            continue;
        tov_export_bundle_path(folder, i / TOV_EXPORT_BUNDLE_ENTRIES, path);
        struct tov_place place = {path, true, i};
        say(pass, TOV_FOUND_GONE_UNNAMED, &place,
            _("an entry of type erased or lost that names it"), _("none"));
    }
}

static enum tov_err open_items(struct pass *pass)
{
    enum tov_err err = tov_mirror_reader_open(&pass->audit->folder, pass->mirror->agency,
                                              pass->mirror->generation, &pass->reader);
    if (err == TOV_E_NOMEM)
        return err;
    pass->lacks_runs = pass->reader.skipped.file == NULL;
    if (err != TOV_OK)
        say_file(pass, TOV_FOUND_FILE_UNREADABLE, "skipped", NULL, tov_audit_why_err(err));
    else if (pass->lacks_runs)
        say_missing(pass, "skipped");
    return TOV_OK;
}

static enum tov_err check_one(struct pass *pass)
{
    struct tov_export_position position;
    if (pass->key == NULL)
        say_file(pass, TOV_FOUND_KEY_MISSING, "", NULL, NULL);
    if (!read_position(pass, &position))
        return TOV_OK;
    pass->mirror->size = position.size;
    pass->has_lines =
        tov_lines_open(&pass->audit->folder, FILE_OF(pass, "checkpoints"), &pass->lines) == TOV_OK;
    if (pass->has_lines)
        next_line(pass);
    else
        say_missing(pass, "checkpoints");
    TOV_TRY(open_items(pass));
    enum tov_err err = walk(pass);
    tov_mirror_parts_fini(&pass->parts);
    TOV_TRY(err);
    judge_tree(pass);
    judge_void(pass);
    judge_position(pass, &position);
    judge_gone(pass);
    say_verdicts(pass);
    TOV_TRY(check_note(pass));
    return pass->audit->failed;
}

static enum tov_err check_mirror(struct tov_audit *audit, uint16_t agency, uint32_t generation)
{
    TOV_FREE struct pass *pass = calloc(1, sizeof *pass);
    struct tov_mirror *mirror = tov_mirror_of(&audit->mirrors, agency, generation);
    if (pass == NULL)
        return TOV_E_NOMEM;
    if (mirror == NULL) {
        tov_audit_note_failure(audit, TOV_E_LIMIT);
        return TOV_OK;
    }
    char folder[TOV_EXPORT_PATH_SIZE];
    mirror->is_held = true;
    pass->audit = audit;
    pass->mirror = mirror;
    audit->looks_at = file_of(pass, "", folder);
    pass->key = tov_keyring_ledger(&audit->keyring, agency, generation);
    pass->revocation = revocation_of(pass);
    pass->mark = tov_findings_mark(&audit->findings);
    tov_mirror_parts_init(&pass->parts, audit, mirror);
    enum tov_err err = check_one(pass);
    if (err != TOV_OK) /* whether a signed root vouches for what was read is not known */
        tov_findings_soften(&audit->findings, pass->mark);
    audit->looks_at = NULL;
    tov_lines_close(&pass->lines);
    tov_mirror_reader_close(&pass->reader);
    return err;
}

enum tov_err tov_audit_mirrors(struct tov_audit *audit)
{
    return tov_audit_each_ledger(audit, "mirror", check_mirror);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Links and receipts: the one line of numbers that each recipient counts, and the receipts that
 * follow it. The same rules for what this agency sent and for what it received.
 */
#include "audit/audit.h"

#include "audit/words.h"

#include <stdlib.h>

#define TYPE_AT 5u /* proto/wire/leaf.c */
#define NUMBER(value) TOV_SAY("%llu", (unsigned long long)(value))

static const char *say_series(char *out, struct tov_series series)
{
    return tov_say(out, _("generation %u, lost %llu"), (unsigned)series.generation,
                   (unsigned long long)series.lost_index);
}
#define SERIES(series) say_series((char[TOV_FINDING_TEXT_SIZE]){0}, (series))

/* ---- links ---- */

/* Whether the numbers between may be those of erased entries: one of them is named as the message
 * before, and there are as many as numbers from it back to the last message of the line. */
static bool is_explained(struct tov_audit *audit, const struct tov_link_lines *lines,
                         const struct tov_link_line *line, const struct tov_link_at *at)
{
    struct tov_row before;
    struct tov_hash hash;
    bool is_named = false;
    uint64_t left_out = at->block.number - line->last - 1;
    uint64_t first = line->series.lost_index; /* nothing before it is of this series */
    if (lines != &audit->sent)
        return false;
    if (line->messages.rows > 0 &&
        tov_table_get(&audit->scratch, &line->messages, line->messages.rows - 1, &before) == TOV_OK)
        first = before.index + 1;
    for (uint64_t i = at->place.index; i > first; i--) {
        if (audit->link_steps == TOV_AUDIT_LINK_STEPS_MAX) {
            tov_audit_note_failure(audit, TOV_E_LIMIT);
            return false;
        }
        audit->link_steps++;
        if (!tov_marks_has(&audit->empty, i - 1) || !tov_marks_has(&audit->named, i - 1))
            continue;
        is_named = is_named || (tov_tile_reader_hash(audit->tiles, 0, i - 1, &hash) == TOV_OK &&
                                tov_hash_equal(&hash, &at->block.previous));
        if (is_named && --left_out == 0)
            return true;
    }
    return false;
}

/* Whether what is missing was withheld: not where the entry that explains it may be over a
 * limit. */
static bool is_all_known(const struct tov_audit *audit, const struct tov_link_lines *lines)
{
    return lines->is_complete && !audit->is_limit_told;
}

static void judge_number(struct tov_audit *audit, const struct tov_link_lines *lines,
                         struct tov_link_line *line, const struct tov_link_at *at)
{
    uint64_t expected = line->last + 1;
    if (line->is_lost_track)
        return;
    if (at->block.number <= line->last) {
        (void)tov_audit_add(audit, TOV_FOUND_LINK_DOUBLED, &at->place,
                            TOV_SAY(_("number %llu on the link with %s"),
                                    (unsigned long long)expected,
                                    tov_keyring_name(&audit->keyring, line->peer)),
                            NUMBER(at->block.number));
    } else if (at->block.number > expected) {
        if (is_explained(audit, lines, line, at)) {
            line->has_holes = true;
            return;
        }
        audit->counts.gaps++;
        (void)tov_audit_add(
            audit, is_all_known(audit, lines) ? TOV_FOUND_LINK_GAP : TOV_FOUND_LINK_UNSEEN,
            &at->place,
            TOV_SAY(_("number %llu on the link with %s"), (unsigned long long)expected,
                    tov_keyring_name(&audit->keyring, line->peer)),
            NUMBER(at->block.number));
        line->has_holes = true;
    } else if (!tov_hash_equal(&at->block.previous, &line->last_hash)) {
        (void)tov_audit_add(audit, TOV_FOUND_LINK_PREVIOUS, &at->place,
                            TOV_SAY_HASH(&line->last_hash), TOV_SAY_HASH(&at->block.previous));
    }
}

void tov_audit_link(struct tov_audit *audit, struct tov_link_lines *lines, uint16_t peer,
                    const struct tov_link_at *at)
{
    /* The loss that began a later series may have been taken out: of a mirror, or of the own ledger
     * where a later loss names it. An erasure names none. */
    uint64_t loss = at->block.series.lost_index;
    bool is_later = at->block.series.generation == at->series.generation &&
                    loss > at->series.lost_index && loss < at->place.index;
    bool is_gone = lines == &audit->sent && tov_marks_has(&audit->empty, loss) &&
                   tov_marks_has_in_range(&audit->named, loss);
    bool is_whole = is_all_known(audit, lines) && !lines->has_lost_track && !is_gone;
    if (!tov_series_equal(at->block.series, at->series))
        (void)tov_audit_add(audit,
                            is_later && !is_whole ? TOV_FOUND_LINK_UNSEEN : TOV_FOUND_LINK_SERIES,
                            &at->place, SERIES(at->series), SERIES(at->block.series));
    /* It is of no line of this ledger: what somebody puts among one generation's entries must not
     * stand before those of another. */
    if (at->block.series.generation != at->series.generation)
        return;
    struct tov_link_line *line = tov_link_line_of(lines, peer, at->block.series);
    if (line == NULL) {
        tov_audit_note_failure(audit,
                               lines->count == TOV_AUDIT_LINKS_MAX ? TOV_E_LIMIT : TOV_E_NOMEM);
        return;
    }
    judge_number(audit, lines, line, at);
    line->is_lost_track = false;
    if (at->block.number <= line->last)
        return;
    line->last = at->block.number;
    line->last_hash = at->leaf_hash;
    struct tov_row row = {at->block.number, at->place.index, at->leaf_hash};
    enum tov_err err = tov_table_put(&audit->scratch, &line->messages, &row);
    if (err != TOV_OK)
        tov_audit_note_failure(audit, err);
}

/* ---- receipts ---- */

static void check_named(struct tov_audit *audit, const struct tov_link_line *line,
                        const struct tov_place *place, uint64_t number, const struct tov_hash *hash)
{
    struct tov_row row;
    enum tov_err err = tov_table_find(&audit->scratch, &line->messages, number, &row);
    if (err == TOV_E_IO) {
        tov_audit_note_failure(audit, err);
    } else if (err != TOV_OK && (number > line->last ? !line->is_lost_track : !line->has_holes)) {
        (void)tov_audit_add(audit, TOV_FOUND_RECEIPT_NUMBER, place,
                            TOV_SAY(_("at most number %llu"), (unsigned long long)line->last),
                            NUMBER(number));
    } else if (err == TOV_OK && !tov_hash_equal(&row.hash, hash)) {
        (void)tov_audit_add(audit, TOV_FOUND_RECEIPT_HASH, place,
                            TOV_SAY(_("message %llu has leaf hash %s"), (unsigned long long)number,
                                    TOV_SAY_HASH(&row.hash)),
                            TOV_SAY_HASH(hash));
    }
}

/* What stands before AT and is not here may have spoken of what is left out. */
static enum tov_finding_code left_out(const struct tov_receipt_at *at)
{
    return at->is_complete ? TOV_FOUND_RECEIPT_ORDER : TOV_FOUND_RECEIPT_UNCHECKED;
}

static void check_amendments(struct tov_audit *audit, const struct tov_link_line *line,
                             const struct tov_receipt_at *at,
                             const struct tov_leaf_receipt *receipt)
{
    for (size_t i = 0; i < receipt->amendment_count; i++) {
        const struct tov_receipt_amendment *amendment = &receipt->amendments[i];
        if (amendment->link_number > line->receipted)
            (void)tov_audit_add(
                audit, left_out(at), &at->place,
                TOV_SAY(_("at most number %llu"), (unsigned long long)line->receipted),
                NUMBER(amendment->link_number));
        else
            check_named(audit, line, &at->place, amendment->link_number, &amendment->leaf_hash);
    }
}

void tov_audit_receipts_anew(struct tov_link_line *line)
{
    line->receipted = 0;
    tov_table_cut(&line->receipts, 0);
}

/* Whether the ledger had said before AT that it lost its entry INDEX: it did not know then what it
 * says there. Whoever withheld that entry from it holds it all the same, and may give it back
 * later. */
static bool was_lost(const struct tov_audit *audit, const struct tov_receipt_at *at, uint64_t index)
{
    return tov_marks_has_in_range(at->lost, index) || index < at->loss_gone || audit->is_limit_told;
}

/* Takes from LINE the receipts that speak of FIRST or a number behind it; whether AT may speak of
 * those anew. */
static bool take_back(struct tov_audit *audit, struct tov_link_line *line,
                      const struct tov_receipt_at *at, uint64_t first)
{
    struct tov_row row;
    bool are_lost = true;
    while (line->receipts.rows > 0) {
        uint64_t last = line->receipts.rows - 1;
        enum tov_err err = tov_table_get(&audit->scratch, &line->receipts, last, &row);
        if (err != TOV_OK)
            tov_audit_note_failure(audit, err);
        if (err != TOV_OK || row.number < first)
            break;
        are_lost = are_lost && was_lost(audit, at, row.index);
        tov_table_cut(&line->receipts, last);
    }
    return are_lost;
}

static void say_from(struct tov_audit *audit, enum tov_finding_code code,
                     const struct tov_receipt_at *at, uint64_t expected, uint64_t found)
{
    (void)tov_audit_add(audit, code, &at->place,
                        TOV_SAY(_("from number %llu"), (unsigned long long)expected),
                        TOV_SAY(_("from number %llu"), (unsigned long long)found));
}

/* Its numbers FIRST to LAST. After a loss a ledger goes on from what it knows then: its receipts
 * are in order behind those that they did not take back. */
static void check_numbers(struct tov_audit *audit, struct tov_link_line *line,
                          const struct tov_receipt_at *at, uint64_t first, uint64_t last)
{
    struct tov_row row = {.number = last, .index = at->place.index};
    uint64_t rows = line->receipts.rows;
    bool may_speak_anew = take_back(audit, line, at, first);
    if (first > line->receipted + 1)
        say_from(audit, left_out(at), at, line->receipted + 1, first);
    else if (line->receipts.rows < rows)
        say_from(audit, may_speak_anew ? TOV_FOUND_RECEIPT_UNCHECKED : TOV_FOUND_RECEIPT_ORDER, at,
                 line->receipted + 1, first);
    if (last > line->receipted)
        line->receipted = last;
    enum tov_err err = tov_table_put(&audit->scratch, &line->receipts, &row);
    if (err != TOV_OK)
        tov_audit_note_failure(audit, err);
}

void tov_audit_receipt(struct tov_audit *audit, struct tov_link_line *line,
                       const struct tov_receipt_at *at, const struct tov_leaf_receipt *receipt)
{
    uint64_t span = tov_receipt_span(receipt);
    if (span > 0)
        check_numbers(audit, line, at, receipt->last_link - span + 1, receipt->last_link);
    if (receipt->last_link > 0)
        check_named(audit, line, &at->place, receipt->last_link, &receipt->last_leaf_hash);
    check_amendments(audit, line, at, receipt);
}

/* ---- own receipts, against the mirrors ---- */

/* Once for all receipts that name this ledger. */
static void say_unchecked(struct tov_audit *audit, const struct tov_place *place,
                          struct tov_mirror *mirror)
{
    if (mirror->is_unchecked_told)
        return;
    mirror->is_unchecked_told = true;
    (void)tov_audit_add(audit, TOV_FOUND_RECEIPT_UNCHECKED, place,
                        TOV_SAY(_("a mirror of %s, generation %u"),
                                tov_keyring_name(&audit->keyring, mirror->agency),
                                (unsigned)mirror->generation),
                        NULL);
}

static void check_own(struct tov_audit *audit, const struct tov_receipt_at *at,
                      const struct tov_leaf_receipt *receipt)
{
    struct tov_mirror *mirror =
        tov_mirror_of(&audit->mirrors, receipt->peer, receipt->series.generation);
    if (mirror == NULL) {
        tov_audit_note_failure(audit, TOV_E_LIMIT);
        return;
    }
    if (!mirror->is_held || !mirror->is_sound) {
        say_unchecked(audit, &at->place, mirror);
        return;
    }
    struct tov_link_line *line = tov_link_line_of(&audit->received, receipt->peer, receipt->series);
    if (line == NULL)
        tov_audit_note_failure(audit, TOV_E_LIMIT);
    else
        tov_audit_receipt(audit, line, at, receipt);
}

/* What the losses before an entry name: audit->named has what those behind it name, too. */
struct losses {
    struct tov_marks named;
    uint64_t gone; /* the last entry that may have been one */
};

/* The entry is gone: lost itself, or taken out. What an erasure alone names was a message. */
static bool may_have_been_loss(const struct tov_audit *audit, uint64_t index)
{
    return !tov_marks_has(&audit->named, index) || tov_marks_has_in_range(&audit->named, index);
}

static void note_lost(struct tov_audit *audit, struct losses *losses,
                      const struct tov_leaf_lost *lost)
{
    enum tov_err err =
        tov_marks_put_range(&audit->marks_room, &losses->named, lost->first, lost->end);
    if (err != TOV_OK)
        tov_audit_note_failure(audit, err);
}

/* What is of a newer version may be of any type. */
static bool may_be_receipt_or_loss(const struct tov_audit *audit, struct tov_bytes bytes)
{
    return bytes.size > TYPE_AT && (audit->has_newer || bytes.data[TYPE_AT] == TOV_LEAF_RECEIPT ||
                                    bytes.data[TYPE_AT] == TOV_LEAF_LOST);
}

static void see_leaf(struct tov_audit *audit, struct losses *losses, const struct tov_place *place,
                     struct tov_bytes bytes)
{
    struct tov_leaf *leaf = audit->leaf;
    if (!may_be_receipt_or_loss(audit, bytes))
        return;
    if (tov_leaf_decode(bytes, leaf) != TOV_OK) {
        losses->gone = place->index;
        return;
    }
    bool is_complete = audit->counts.erased == 0 && audit->ledger.is_complete && !audit->has_newer;
    struct tov_receipt_at at = {.place = *place,
                                .is_complete = is_complete,
                                .lost = &losses->named,
                                .loss_gone = losses->gone};
    if (leaf->type == TOV_LEAF_LOST)
        note_lost(audit, losses, &leaf->as.lost);
    else if (leaf->type == TOV_LEAF_RECEIPT)
        check_own(audit, &at, &leaf->as.receipt);
}

enum tov_err tov_audit_receipts(struct tov_audit *audit)
{
    TOV_CLEANUP(tov_leaf_reader_fini) struct tov_leaf_reader leaves;
    struct losses losses = {.gone = 0};
    char path[TOV_EXPORT_PATH_SIZE];
    struct tov_bytes bytes;
    uint64_t index = 0;
    tov_leaf_reader_init(&leaves, &audit->folder, "", audit->counts.entries);
    leaves.size = audit->ledger.checkpoint.size;
    while (index + 1 <= audit->counts.entries && tov_leaf_reader_next(&leaves, &index, &bytes)) {
        tov_leaf_reader_path(&leaves, index, path);
        if (bytes.size == 0 && (leaves.err != TOV_OK || may_have_been_loss(audit, index)))
            losses.gone = index;
        see_leaf(audit, &losses, &(struct tov_place){path, true, index}, bytes);
    }
    tov_marks_fini(&losses.named);
    return audit->failed;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * An export on its way to a client (docs/export.md): what was pinned when it began, the place that
 * the walk over its files has come to, and the piece of a file that one answer carries. The node
 * keeps nothing between answers: pin and place travel in the cursor. Private to api/.
 * Not for: the framings (wire/export.h).
 * Never give out an entry at or above the pinned size: nobody has signed for it in this export.
 *
 *   X1 Everything comes from rows below the sizes that were committed when the export began, so all
 *      of it is of one moment, though it is read piece by piece.
 *   X2 A piece is as large as an answer may be, or the last of its file.
 */
#ifndef TOV_API_EXPORT_H
#define TOV_API_EXPORT_H

#include "api/api_internal.h"
#include "wire/export.h"

/* ---- what is pinned ---- */

struct export_pin {
    uint64_t time_ms;
    uint64_t ledger_size;
    uint32_t journal; /* 0: nothing of it was signed */
    uint64_t journal_size;
    uint32_t roster;
    size_t mirror_count;
    struct tov_mirror_position mirrors[TOV_AGENCIES_MAX];
};

/* ---- where the walk is ---- */

struct export_place {
    uint8_t stage;            /* what kind of file; a row of the table in export_walk.c */
    uint8_t level;            /* of tiles; part of an own attachment */
    uint16_t mirror;          /* place among pin.mirrors */
    uint64_t n;               /* number of the tile or bundle */
    struct tov_store_key key; /* row to go on with; empty: the first */
    uint64_t cut;             /* bytes of that row that were given already */
    uint64_t offset;          /* in the file */
};

struct export_walk {
    struct tov_core *core;
    const struct tov_follow *follow;
    struct tov_store_read *read;
    struct export_pin pin;
    struct export_place place;
    /* the piece */
    bool has_piece, is_last;
    char path[TOV_EXPORT_PATH_SIZE];
    uint64_t offset;
    struct tov_buf data;
    /* for work */
    struct tov_buf scratch; /* what one row becomes */
    struct tov_leaf leaf;
};

/* export_walk.c: goes on until there is a piece, all is done, or enough was looked at for one turn
 * of the loop. */
enum tov_err tov_export_step(struct export_walk *walk) TOV_MUST_CHECK;
bool tov_export_is_done(const struct export_walk *walk);

/* For the stages: the piece is walk->data, at place.offset of the file PATH. */
void tov_export_give(struct export_walk *walk, const char *path, bool is_last);
void tov_export_next_stage(struct export_walk *walk);
/* The mirror that the place is at, and the name of a file of it. */
const struct tov_mirror_position *tov_export_mirror(const struct export_walk *walk);
void tov_export_mirror_file(const struct export_walk *walk, const char *name, char *out);

/* export_rows.c: files that are made of rows. */
enum tov_err tov_export_leaves(struct export_walk *walk) TOV_MUST_CHECK;
enum tov_err tov_export_signatures(struct export_walk *walk) TOV_MUST_CHECK;
enum tov_err tov_export_cosignatures(struct export_walk *walk) TOV_MUST_CHECK;
enum tov_err tov_export_detached(struct export_walk *walk) TOV_MUST_CHECK;
enum tov_err tov_export_journal_leaves(struct export_walk *walk) TOV_MUST_CHECK;
enum tov_err tov_export_journal_signatures(struct export_walk *walk) TOV_MUST_CHECK;
enum tov_err tov_export_rosters(struct export_walk *walk) TOV_MUST_CHECK;
enum tov_err tov_export_forks(struct export_walk *walk) TOV_MUST_CHECK;
enum tov_err tov_export_mirror_checkpoints(struct export_walk *walk) TOV_MUST_CHECK;
enum tov_err tov_export_mirror_entries(struct export_walk *walk) TOV_MUST_CHECK;
enum tov_err tov_export_mirror_skipped(struct export_walk *walk) TOV_MUST_CHECK;
enum tov_err tov_export_mirror_parts(struct export_walk *walk) TOV_MUST_CHECK;

/* export_attachments.c */
enum tov_err tov_export_attachments(struct export_walk *walk) TOV_MUST_CHECK;
enum tov_err tov_export_mirror_attachments(struct export_walk *walk) TOV_MUST_CHECK;

#endif

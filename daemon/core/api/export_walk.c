/* SPDX-License-Identifier: EUPL-1.2
 *
 * The walk over the files of an export: one stage for each kind of file, in the order of the table
 * below; those of mirrors once for each mirror. Small files and tiles are here.
 */
#include "api/export.h"

#include "merkle/tile.h"

#include <stdio.h>
#include <string.h>

#define STEPS_MAX 16u /* of one answer, while nothing was found to give */

void tov_export_give(struct export_walk *walk, const char *path, bool is_last)
{
    (void)snprintf(walk->path, sizeof walk->path, "%s", path);
    walk->has_piece = true;
    walk->is_last = is_last;
    walk->offset = walk->place.offset;
    walk->place.offset += walk->data.size;
}

const struct tov_mirror_position *tov_export_mirror(const struct export_walk *walk)
{
    return &walk->pin.mirrors[walk->place.mirror];
}

void tov_export_mirror_file(const struct export_walk *walk, const char *name, char *out)
{
    const struct tov_mirror_position *mirror = tov_export_mirror(walk);
    tov_export_mirror_path(mirror->agency, mirror->series.generation, name, out);
}

static enum tov_err give_whole(struct export_walk *walk, const char *path)
{
    if (walk->data.failed != TOV_OK)
        return walk->data.failed;
    tov_export_give(walk, path, true);
    tov_export_next_stage(walk);
    return TOV_OK;
}

/* ---- about and position ---- */

static enum tov_err give_about(struct export_walk *walk)
{
    const struct export_pin *pin = &walk->pin;
    struct tov_export_about about = {.agency = walk->core->own->number,
                                     .generation = walk->core->own->generation,
                                     .time_ms = pin->time_ms,
                                     .ledger_size = pin->ledger_size,
                                     .journal = pin->journal,
                                     .journal_size = pin->journal_size};
    (void)snprintf(about.federation, sizeof about.federation, "%s",
                   tov_roster_federation(walk->core->roster));
    (void)snprintf(about.agency_name, sizeof about.agency_name, "%s", walk->core->own->name);
    (void)snprintf(about.software, sizeof about.software, "%s", TOV_VERSION_TEXT);
    TOV_TRY(tov_export_put_about(&walk->data, &about));
    return give_whole(walk, "about");
}

static enum tov_err give_position(struct export_walk *walk)
{
    const struct tov_mirror_position *mirror = tov_export_mirror(walk);
    struct tov_export_position position = {mirror->size, mirror->series, mirror->last_link};
    char path[TOV_EXPORT_PATH_SIZE];
    tov_export_put_position(&walk->data, &position);
    tov_export_mirror_file(walk, "position", path);
    return give_whole(walk, path);
}

/* ---- checkpoints ---- */

struct point {
    const struct tov_vkey *key;
    enum tov_table table;
    struct tov_store_key row;
    uint64_t size;
};

static enum tov_err put_note(struct export_walk *walk, const struct point *point,
                             struct tov_checkpoint *out_checkpoint)
{
    struct tov_bytes row;
    struct tov_hash root;
    TOV_TRY(tov_store_get(walk->read, point->table, point->row, &row));
    if (row.size != TOV_HASH_BYTES + TOV_ED25519_SIGNATURE_BYTES)
        return TOV_E_CORRUPT;
    memcpy(root.bytes, row.data, sizeof root.bytes);
    TOV_TRY(tov_checkpoint_make(tov_bytes_of_text(point->key->name), point->size, &root,
                                out_checkpoint));
    tov_checkpoint_put_note(&walk->data, out_checkpoint, point->key, row.data + TOV_HASH_BYTES);
    return walk->data.failed;
}

/* One line, unless the witness has another key by now. */
static void put_cosignature(struct export_walk *walk, const struct tov_checkpoint *checkpoint,
                            const struct tov_store_row *row)
{
    struct tov_reader key = tov_store_key_reader(&row->key);
    struct tov_reader value = tov_reader_of(row->value);
    struct tov_cosignature cosignature;
    (void)tov_read_u64(&key);
    const struct tov_agency *agency = tov_roster_agency(walk->core->roster, tov_read_u16(&key));
    cosignature.time_s = tov_read_u64(&value);
    tov_read_copy(&value, cosignature.signature, sizeof cosignature.signature);
    if (agency != NULL && !value.failed &&
        tov_checkpoint_verify_cosignature(checkpoint, &agency->witness, &cosignature) == TOV_OK)
        tov_checkpoint_put_cosignature(&walk->data, &agency->witness, &cosignature);
}

static enum tov_err give_checkpoint(struct export_walk *walk)
{
    uint64_t size = walk->pin.ledger_size;
    struct point point = {tov_ledger_key(walk->core->ledger), TOV_TABLE_SIGNATURE,
                          tov_store_key_u64(size), size};
    struct tov_store_range range = {.table = TOV_TABLE_COSIGNATURE,
                                    .first = tov_key_cosignature(size, 0),
                                    .last = tov_key_cosignature(size, UINT16_MAX)};
    struct tov_checkpoint checkpoint;
    struct tov_store_iter iter;
    TOV_TRY(put_note(walk, &point, &checkpoint));
    TOV_TRY(tov_store_iter_init(walk->read, &range, &iter));
    for (size_t lines = 1; lines < TOV_NOTE_SIGNATURES_MAX && tov_store_iter_next(&iter); lines++)
        put_cosignature(walk, &checkpoint, &iter.row);
    TOV_TRY(tov_store_iter_fini(&iter));
    return give_whole(walk, "checkpoint");
}

static enum tov_err give_journal_checkpoint(struct export_walk *walk)
{
    uint64_t size = walk->pin.journal_size;
    struct point point = {tov_ledger_key(walk->core->journal), TOV_TABLE_JSIGNATURE,
                          tov_store_key_u64(tov_ledger_base(walk->core->journal) + size), size};
    struct tov_checkpoint checkpoint;
    if (walk->pin.journal == 0) {
        tov_export_next_stage(walk);
        return TOV_OK;
    }
    TOV_TRY(put_note(walk, &point, &checkpoint));
    return give_whole(walk, "journal/checkpoint");
}

/* The key of the mirror's ledger: of a former generation it stands where the roster revokes it. */
static const struct tov_vkey *mirror_key_of(const struct export_walk *walk,
                                            const struct tov_mirror_position *mirror)
{
    const struct tov_roster *roster = walk->core->roster;
    const struct tov_agency *agency = tov_roster_agency(roster, mirror->agency);
    char origin[TOV_ORIGIN_MAX_BYTES + 1];
    if (agency == NULL || agency->generation == mirror->series.generation)
        return agency == NULL ? NULL : &agency->ledger;
    if (tov_origin_format(tov_roster_federation(roster), agency->name, mirror->series.generation, 0,
                          origin) != TOV_OK)
        return NULL;
    const struct tov_revocation *revocation =
        tov_roster_revocation(roster, tov_bytes_of_text(origin));
    return revocation == NULL ? NULL : &revocation->key;
}

static enum tov_err give_mirror_checkpoint(struct export_walk *walk)
{
    const struct tov_mirror_position *mirror = tov_export_mirror(walk);
    const struct tov_vkey *key = mirror_key_of(walk, mirror);
    char path[TOV_EXPORT_PATH_SIZE];
    struct tov_checkpoint checkpoint;
    if (key == NULL) {
        tov_export_next_stage(walk); /* the roster has no key for it any more */
        return TOV_OK;
    }
    struct point point = {
        key, TOV_TABLE_MPOINT,
        tov_store_key_u16_u32_u64(mirror->agency, mirror->series.generation, mirror->size),
        mirror->size};
    TOV_TRY(put_note(walk, &point, &checkpoint));
    tov_export_mirror_file(walk, "checkpoint", path);
    return give_whole(walk, path);
}

/* ---- tiles ---- */

struct log {
    const struct tov_ledger *tree;
    const char *prefix;
    uint64_t size;
};

static enum tov_err put_upper(struct export_walk *walk, const struct log *log, unsigned width)
{
    struct tov_ledger_nodes nodes = {log->tree, walk->read};
    struct tov_node_source source = tov_ledger_node_source(&nodes);
    struct tov_hash hash;
    for (unsigned i = 0; i < width; i++) {
        TOV_TRY(source.node(source.ctx, TOV_TILE_HEIGHT * walk->place.level,
                            walk->place.n * TOV_TILE_WIDTH + i, &hash));
        tov_buf_put(&walk->data, hash.bytes, sizeof hash.bytes);
    }
    return walk->data.failed;
}

static enum tov_err put_lowest(struct export_walk *walk, const struct log *log, unsigned width)
{
    uint64_t first = walk->place.n * TOV_TILE_WIDTH;
    uint8_t *to = tov_buf_extend(&walk->data, (size_t)width * TOV_HASH_BYTES);
    return to == NULL ? walk->data.failed
                      : tov_ledger_level0(log->tree, walk->read, first, first + width, to);
}

static enum tov_err give_tile(struct export_walk *walk, const struct log *log)
{
    struct export_place *place = &walk->place;
    char name[TOV_TILE_PATH_SIZE], path[TOV_EXPORT_PATH_SIZE];
    unsigned width =
        place->level < TOV_TILE_LEVELS ? tov_tile_width(log->size, place->level, place->n) : 0;
    if (width == 0 && place->n == 0) {
        tov_export_next_stage(walk);
        return TOV_OK;
    }
    if (width == 0) {
        place->level++;
        place->n = 0;
        return TOV_OK;
    }
    TOV_TRY(place->level == 0 ? put_lowest(walk, log, width) : put_upper(walk, log, width));
    tov_tile_path((struct tov_tile){place->level, place->n, width}, name);
    (void)snprintf(path, sizeof path, "%s%s", log->prefix, name);
    tov_export_give(walk, path, true);
    place->n++;
    place->offset = 0;
    return TOV_OK;
}

static enum tov_err give_ledger_tile(struct export_walk *walk)
{
    struct log log = {walk->core->ledger, "", walk->pin.ledger_size};
    return give_tile(walk, &log);
}

static enum tov_err give_journal_tile(struct export_walk *walk)
{
    struct log log = {walk->core->journal, "journal/", walk->pin.journal_size};
    return give_tile(walk, &log);
}

/* ---- the order ---- */

typedef enum tov_err export_stage(struct export_walk *walk);

static export_stage *const stages[] = {
    /* of the agency */
    give_about, give_checkpoint, give_ledger_tile, tov_export_leaves, tov_export_signatures,
    tov_export_cosignatures, tov_export_detached, tov_export_attachments, give_journal_checkpoint,
    give_journal_tile, tov_export_journal_leaves, tov_export_journal_signatures, tov_export_rosters,
    tov_export_forks,
    /* of each mirror */
    give_position, give_mirror_checkpoint, tov_export_mirror_checkpoints, tov_export_mirror_entries,
    tov_export_mirror_skipped, tov_export_mirror_parts, tov_export_mirror_attachments};

#define STAGES (sizeof stages / sizeof stages[0])
#define FIRST_OF_MIRROR 14u

bool tov_export_is_done(const struct export_walk *walk)
{
    return walk->place.stage >= STAGES ||
           (walk->place.stage >= FIRST_OF_MIRROR && walk->place.mirror >= walk->pin.mirror_count);
}

void tov_export_next_stage(struct export_walk *walk)
{
    struct export_place *place = &walk->place;
    *place = (struct export_place){.stage = (uint8_t)(place->stage + 1), .mirror = place->mirror};
    if (place->stage == STAGES) {
        place->stage = FIRST_OF_MIRROR;
        place->mirror++;
    }
}

enum tov_err tov_export_step(struct export_walk *walk)
{
    for (unsigned i = 0; i < STEPS_MAX && !walk->has_piece && !tov_export_is_done(walk); i++)
        TOV_TRY(stages[walk->place.stage](walk));
    return TOV_OK;
}

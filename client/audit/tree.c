/* SPDX-License-Identifier: EUPL-1.2
 *
 * See tree.h. One pass over leaves and level-0 tiles keeps two compact ranges: over the hashes in
 * the tiles, and over those of the leaves; they part where a leaf is not the one in its tile. Which
 * of them leads to the signed root tells which file is damaged.
 */
#include "audit/tree.h"

#include "audit/why.h"
#include "audit/words.h"
#include "merkle/tree.h"

#include <stdlib.h>
#include <string.h>

struct pass {
    struct tov_tree *tree;
    const struct tov_tree_visitor *visitor;
    struct tov_tile_reader *tiles;
    struct tov_range by_tile, by_leaf;
    uint64_t differing; /* leaves that are not those of the tile */
    uint64_t missing;   /* entries of which neither hash is there */
    bool is_broken;     /* a range could not be continued */
    bool has_unread;    /* a bundle of leaves */
    bool has_bad_tile;  /* one above the leaves differs, or any is not there */
    struct tov_lines lines;
    bool has_line;
    struct tov_export_signed line;
    struct tov_export_signed last_line;
    /* A signed size with another root than the tree has there: the smallest, and the newest. */
    bool has_fork;
    struct tov_export_signed fork;
    struct tov_hash fork_root;
    bool has_twin;
    struct tov_export_signed twin;
    struct tov_findings_mark mark; /* findings before this pass */
};

static struct tov_finding *add(struct pass *pass, enum tov_finding_code code, const char *path,
                               const char *expected, const char *found)
{
    struct tov_place place = {.path = path};
    return tov_findings_add(pass->tree->findings, code, &place, expected, found);
}

static void add_at(struct pass *pass, enum tov_finding_code code,
                   const struct tov_tree_entry *entry, const char *expected, const char *found)
{
    struct tov_place place = {entry->path, true, entry->index};
    (void)tov_findings_add(pass->tree->findings, code, &place, expected, found);
}

static const char *prefixed(const struct pass *pass, const char *name, char *out)
{
    (void)snprintf(out, TOV_EXPORT_PATH_SIZE, "%s%s", pass->tree->prefix, name);
    return out;
}
#define PATH_OF(pass, name) prefixed((pass), (name), (char[TOV_EXPORT_PATH_SIZE]){0})

bool tov_tree_is_signed(const struct tov_vkey *key, const struct tov_export_signed *value)
{
    struct tov_checkpoint checkpoint;
    return key != NULL &&
           tov_checkpoint_make(tov_bytes_of_text(key->name), value->size, &value->root,
                               &checkpoint) == TOV_OK &&
           tov_checkpoint_verify(&checkpoint, key, value->signature) == TOV_OK;
}

enum tov_err tov_tree_next_signed(struct tov_lines *lines, uint64_t last_size,
                                  struct tov_export_signed *out)
{
    struct tov_bytes line;
    struct tov_export_signed next;
    enum tov_err err = tov_lines_next(lines, &line);
    if (err == TOV_E_NOT_FOUND)
        return err;
    bool is_first = lines->number == 1;
    if (err != TOV_OK || tov_export_parse_signed(line, &next) != TOV_OK ||
        (!is_first && next.size <= last_size))
        return TOV_E_MALFORMED;
    *out = next;
    return TOV_OK;
}

char *tov_tree_note_text(const struct tov_vkey *key, const struct tov_export_signed *value)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    struct tov_checkpoint checkpoint;
    if (tov_checkpoint_make(tov_bytes_of_text(key->name), value->size, &value->root, &checkpoint) !=
        TOV_OK)
        return NULL;
    tov_checkpoint_put_note(&note, &checkpoint, key, value->signature);
    tov_buf_put_u8(&note, 0);
    return note.failed == TOV_OK ? strdup((const char *)note.data) : NULL;
}

char *tov_tree_read_note(const struct tov_folder *folder, const char *path)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES + 1);
    if (tov_folder_read(folder, path, &note) != TOV_OK)
        return NULL;
    tov_buf_put_u8(&note, 0);
    return note.failed == TOV_OK ? strdup((const char *)note.data) : NULL;
}

void tov_tree_set_notes(struct tov_finding *finding, const char *a, const char *b)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf both = TOV_BUF_INIT(2 * TOV_NOTE_MAX_BYTES + 16);
    tov_buf_put_format(&both, "%s\n%s", a == NULL ? "" : a, b == NULL ? "" : b);
    tov_buf_put_u8(&both, 0);
    if (both.failed == TOV_OK)
        tov_finding_set_evidence(finding, (const char *)both.data);
}

/* ---- the checkpoint ---- */

enum tov_err tov_tree_check_signers(const struct tov_tree_note *at, const struct tov_note *note)
{
    struct tov_vkey_list list = {at->keyring->witnesses, at->keyring->witness_count};
    struct tov_place place = {.path = at->path};
    size_t distinct = 0, known = at->is_signed ? 1 : 0;
    if (list.count == 0)
        return TOV_OK;
    TOV_FREE bool *have_signed = calloc(list.count, sizeof *have_signed);
    if (have_signed == NULL)
        return TOV_E_NOMEM;
    if (tov_note_check(note, list, have_signed, &distinct) != TOV_OK) {
        (void)tov_findings_add(at->findings, TOV_FOUND_COSIGNATURE, &place, NULL, NULL);
        return TOV_OK;
    }
    for (size_t i = 0; i < list.count; i++)
        known += have_signed[i] ? 1 : 0;
    if (at->is_signed)
        tov_findings_add_unknown(at->findings, at->path, note->count - known);
    return TOV_OK;
}

static enum tov_err open_note(struct pass *pass, struct tov_bytes bytes, const char *path)
{
    struct tov_tree *tree = pass->tree;
    struct tov_checkpoint_opened opened;
    struct tov_error error = {.text = ""};
    TOV_FREE struct tov_note *note = malloc(sizeof *note);
    if (note == NULL)
        return TOV_E_NOMEM;
    if (tov_note_parse(bytes, TOV_NOTE_MAX_BYTES, note, &error) != TOV_OK ||
        tov_checkpoint_parse(note->text, &tree->checkpoint) != TOV_OK) {
        (void)add(pass, TOV_FOUND_FILE_MALFORMED, path, _("a signed checkpoint"),
                  TOV_WHY(error.text));
        return TOV_OK;
    }
    tree->has_checkpoint = true;
    if (tree->key == NULL)
        return TOV_OK;
    if (strcmp(tree->checkpoint.origin, tree->key->name) != 0)
        (void)add(pass, TOV_FOUND_CHECKPOINT_SIGNATURE, path, tree->key->name,
                  tree->checkpoint.origin);
    else if (tov_checkpoint_open(bytes, tree->key, &opened, &error) != TOV_OK)
        (void)add(pass, TOV_FOUND_CHECKPOINT_SIGNATURE, path,
                  TOV_SAY(_("a signature by the key of %s"), tree->key->name), TOV_WHY(error.text));
    else
        tree->is_signed = true;
    struct tov_tree_note at = {tree->findings, tree->keyring, path, tree->is_signed};
    return tov_tree_check_signers(&at, note);
}

static enum tov_err read_checkpoint(struct pass *pass)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    const char *path = PATH_OF(pass, "checkpoint");
    enum tov_err err = tov_folder_read(pass->tree->folder, path, &note);
    if (err == TOV_E_NOT_FOUND)
        tov_findings_add_missing(pass->tree->findings, path);
    else if (err != TOV_OK)
        (void)add(pass, TOV_FOUND_FILE_MALFORMED, path, NULL, tov_audit_why_err(err));
    return err == TOV_OK ? open_note(pass, tov_buf_view(&note), path) : TOV_OK;
}

/* ---- signed sizes ---- */

static void next_line(struct pass *pass)
{
    const char *path = PATH_OF(pass, "signatures");
    enum tov_err err = tov_tree_next_signed(&pass->lines, pass->last_line.size, &pass->line);
    pass->has_line = err == TOV_OK;
    if (err == TOV_E_NOT_FOUND)
        return;
    if (err != TOV_OK) {
        (void)add(pass, TOV_FOUND_FILE_MALFORMED, path, _("size, root and signature, ascending"),
                  TOV_SAY(_("line %llu"), (unsigned long long)pass->lines.number));
        tov_lines_close(&pass->lines);
        pass->tree->has_lines = false;
        return;
    }
    pass->last_line = pass->line;
}

static void open_lines(struct pass *pass)
{
    const char *path = PATH_OF(pass, "signatures");
    pass->tree->has_lines = tov_lines_open(pass->tree->folder, path, &pass->lines) == TOV_OK;
    if (pass->tree->has_lines)
        next_line(pass);
    else
        tov_findings_add_missing(pass->tree->findings, path);
}

/* Whether it is a fork, or follows from damaged tiles, is known only at the end. */
static void keep_fork(struct pass *pass)
{
    const struct tov_tree *tree = pass->tree;
    struct tov_hash by_tile = tov_range_root(&pass->by_tile);
    struct tov_hash by_leaf = tov_range_root(&pass->by_leaf);
    if (pass->line.size == tree->checkpoint.size && tree->is_signed &&
        !tov_hash_equal(&pass->line.root, &tree->checkpoint.root)) {
        pass->has_twin = true;
        pass->twin = pass->line;
    }
    if (pass->has_fork || pass->is_broken || tov_hash_equal(&by_tile, &pass->line.root) ||
        tov_hash_equal(&by_leaf, &pass->line.root))
        return;
    pass->has_fork = true;
    pass->fork = pass->line;
    pass->fork_root = by_tile;
}

static void check_line(struct pass *pass)
{
    bool is_signed = tov_tree_is_signed(pass->tree->key, &pass->line);
    if (pass->tree->key != NULL && !is_signed)
        (void)add(pass, TOV_FOUND_SIGNATURE_BAD, PATH_OF(pass, "signatures"),
                  TOV_SAY(_("a signature by the key of %s"), pass->tree->key->name),
                  TOV_SAY(_("line %llu"), (unsigned long long)pass->lines.number));
    else if (is_signed)
        keep_fork(pass);
    if (is_signed && pass->visitor->signed_size != NULL)
        pass->visitor->signed_size(pass->visitor->ctx, pass->line.size);
    next_line(pass);
}

static void check_lines_at(struct pass *pass, uint64_t size)
{
    while (pass->has_line && pass->line.size <= size)
        check_line(pass);
}

static void finish_lines(struct pass *pass)
{
    struct tov_tree *tree = pass->tree;
    for (; pass->has_line; next_line(pass)) {
        if (tree->key != NULL && !tov_tree_is_signed(tree->key, &pass->line))
            (void)add(pass, TOV_FOUND_SIGNATURE_BAD, PATH_OF(pass, "signatures"), NULL,
                      TOV_SAY(_("line %llu"), (unsigned long long)pass->lines.number));
        else
            (void)add(pass, TOV_FOUND_BEYOND_TREE, PATH_OF(pass, "signatures"),
                      TOV_SAY_ENTRIES(pass->line.size), TOV_SAY_ENTRIES(tree->checkpoint.size));
    }
    if (pass->lines.file != NULL && pass->last_line.size < tree->checkpoint.size)
        (void)add(
            pass, TOV_FOUND_FILE_MALFORMED, PATH_OF(pass, "signatures"),
            TOV_SAY(_("the last line is size %llu"), (unsigned long long)tree->checkpoint.size),
            TOV_SAY(_("size %llu"), (unsigned long long)pass->last_line.size));
    tov_lines_close(&pass->lines);
}

/* ---- leaves and tiles ---- */

static void say_unreadable(struct pass *pass, const char *path, enum tov_err err)
{
    if (err == TOV_E_NOT_FOUND)
        tov_findings_add_missing(pass->tree->findings, path);
    else if (err == TOV_E_IO)
        (void)add(pass, TOV_FOUND_FILE_UNREADABLE, path, NULL, NULL);
    else
        (void)add(pass, TOV_FOUND_FILE_MALFORMED, path, NULL, NULL);
}

/* Nodes above the leaves that are hashes of tiles. */
static void check_node(void *ctx, struct tov_subtree at, const struct tov_hash *hash)
{
    struct pass *pass = ctx;
    struct tov_hash stored;
    char path[TOV_EXPORT_PATH_SIZE];
    if (at.level == 0 || at.level % TOV_TILE_HEIGHT != 0)
        return;
    unsigned level = at.level / TOV_TILE_HEIGHT;
    enum tov_err err = tov_tile_reader_hash(pass->tiles, level, at.index, &stored);
    tov_tile_reader_path(pass->tiles, level, at.index, path);
    if (err != TOV_OK || !tov_hash_equal(&stored, hash))
        pass->has_bad_tile = true;
    if (err == TOV_OK && !tov_hash_equal(&stored, hash)) {
        struct tov_place place = {path, true, at.index << at.level};
        (void)tov_findings_add(pass->tree->findings, TOV_FOUND_TILE_DIFFERS, &place,
                               TOV_SAY_HASH(hash), TOV_SAY_HASH(&stored));
    } else if (err != TOV_OK && at.index % TOV_TILE_WIDTH == 0) {
        say_unreadable(pass, path, err);
    }
}

static void append(struct pass *pass, const struct tov_hash *by_tile,
                   const struct tov_hash *by_leaf)
{
    struct tov_node_sink sink = {pass, check_node};
    if (pass->is_broken)
        return;
    enum tov_err err = tov_range_append_noting(&pass->by_tile, 0, by_tile, &sink);
    if (err == TOV_OK)
        err = tov_range_append(&pass->by_leaf, by_leaf);
    pass->is_broken = err != TOV_OK;
}

static void check_entry(struct pass *pass, const struct tov_tree_entry *entry)
{
    struct tov_hash leaf_hash, tile_hash;
    char path[TOV_EXPORT_PATH_SIZE];
    bool has_leaf = entry->leaf.size > 0;
    enum tov_err err = tov_tile_reader_hash(pass->tiles, 0, entry->index, &tile_hash);
    pass->has_bad_tile = pass->has_bad_tile || err != TOV_OK;
    if (err != TOV_OK && entry->index % TOV_TILE_WIDTH == 0) {
        tov_tile_reader_path(pass->tiles, 0, entry->index, path);
        say_unreadable(pass, path, err);
    }
    if (has_leaf)
        leaf_hash = tov_merkle_leaf_hash(entry->leaf);
    if (!has_leaf && err != TOV_OK) {
        pass->missing++;
        pass->is_broken = true;
        return;
    }
    if (has_leaf && err == TOV_OK && !tov_hash_equal(&leaf_hash, &tile_hash)) {
        pass->differing++;
        add_at(pass, TOV_FOUND_LEAF_DIFFERS, entry, TOV_SAY_HASH(&tile_hash),
               TOV_SAY_HASH(&leaf_hash));
    }
    append(pass, err == TOV_OK ? &tile_hash : &leaf_hash, has_leaf ? &leaf_hash : &tile_hash);
}

static enum tov_err walk(struct pass *pass)
{
    struct tov_tree *tree = pass->tree;
    struct tov_tree_entry entry = {.index = 0};
    char path[TOV_EXPORT_PATH_SIZE];
    TOV_CLEANUP(tov_leaf_reader_fini) struct tov_leaf_reader leaves;
    tov_leaf_reader_init(&leaves, tree->folder, tree->prefix, tree->checkpoint.size);
    check_lines_at(pass, 0);
    while (tov_leaf_reader_next(&leaves, &entry.index, &entry.leaf)) {
        tov_leaf_reader_path(&leaves, entry.index, path);
        entry.path = path;
        entry.is_readable = leaves.err == TOV_OK;
        if (leaves.err == TOV_E_NOMEM)
            return leaves.err;
        if (!entry.is_readable && entry.index % TOV_TILE_WIDTH == 0)
            say_unreadable(pass, path, leaves.err);
        pass->has_unread = pass->has_unread || !entry.is_readable;
        check_entry(pass, &entry);
        /* A tree may claim more entries than any disk holds: two files missing end it. */
        if (!entry.is_readable && pass->missing > TOV_TILE_WIDTH)
            break;
        pass->visitor->entry(pass->visitor->ctx, &entry);
        if (pass->visitor->grown != NULL && !pass->is_broken)
            pass->visitor->grown(pass->visitor->ctx, &pass->by_tile);
        check_lines_at(pass, entry.index + 1);
    }
    return TOV_OK;
}

/* ---- the verdict over the tree ---- */

/* Tiles and leaves are not signed: that they do not lead to the root shows only that they are not
 * the signed ones. */
static void say_root_damaged(struct pass *pass, const struct tov_hash *root)
{
    (void)add(pass, TOV_FOUND_ROOT_DAMAGED, PATH_OF(pass, "checkpoint"),
              TOV_SAY_HASH(&pass->tree->checkpoint.root),
              pass->is_broken ? NULL : TOV_SAY_HASH(root));
}

/* Two notes alone exclude each other when they are of one size; else the tree must lead to the
 * signed root for the other to be wrong. */
static void judge_forks(struct pass *pass)
{
    struct tov_tree *tree = pass->tree;
    const struct tov_export_signed *other = &pass->fork;
    const struct tov_hash *expected = &pass->fork_root;
    char path[TOV_EXPORT_PATH_SIZE];
    if (!(pass->has_fork && tree->is_rooted) && pass->has_twin) {
        other = &pass->twin;
        expected = &tree->checkpoint.root;
    } else if (!pass->has_fork || !tree->is_rooted) {
        return;
    }
    struct tov_place place = {prefixed(pass, "signatures", path), true, other->size};
    struct tov_finding *finding =
        tov_findings_add(tree->findings, TOV_FOUND_TWO_ROOTS, &place, TOV_SAY_HASH(expected),
                         TOV_SAY_HASH(&other->root));
    TOV_FREE char *newest = tov_tree_read_note(tree->folder, PATH_OF(pass, "checkpoint"));
    TOV_FREE char *older = tov_tree_note_text(tree->key, other);
    tov_tree_set_notes(finding, newest, older);
    if (finding != NULL)
        finding->is_firm = true;
}

static void judge_root(struct pass *pass)
{
    struct tov_tree *tree = pass->tree;
    struct tov_hash by_tile = tov_range_root(&pass->by_tile);
    struct tov_hash by_leaf = tov_range_root(&pass->by_leaf);
    bool tiles_fit = tov_hash_equal(&by_tile, &tree->checkpoint.root);
    bool leaves_fit = tov_hash_equal(&by_leaf, &tree->checkpoint.root);
    if (pass->is_broken || (!tiles_fit && !leaves_fit))
        say_root_damaged(pass, &by_tile);
    /* Where only one of them fits, the differing entries have been named one by one. */
    tree->is_rooted = !pass->is_broken && tree->is_signed && (tiles_fit || leaves_fit);
    tree->is_sound = tree->is_rooted && tiles_fit && pass->differing == 0;
    tree->is_complete = !pass->has_unread && !pass->is_broken;
    tree->is_provable = tree->is_sound && !pass->has_bad_tile;
    judge_forks(pass);
    if (!tree->is_sound)
        tov_findings_soften(tree->findings, pass->mark);
}

static void judge_revocation(struct pass *pass)
{
    const struct tov_tree *tree = pass->tree;
    const struct tov_revocation *revocation = NULL;
    if (tree->keyring->newest != NULL && tree->key != NULL)
        revocation =
            tov_roster_revocation(tree->keyring->newest, tov_bytes_of_text(tree->key->name));
    if (revocation == NULL)
        return;
    if (tree->checkpoint.size > revocation->size)
        (void)add(pass, TOV_FOUND_VOID, PATH_OF(pass, "checkpoint"),
                  TOV_SAY_ENTRIES(revocation->size), TOV_SAY_ENTRIES(tree->checkpoint.size));
    struct tov_node_source source = tov_tile_reader_source(pass->tiles);
    struct tov_hash root;
    if (revocation->size <= tree->checkpoint.size && tree->is_provable &&
        tov_proof_make_root(&source, revocation->size, &root) == TOV_OK &&
        !tov_hash_equal(&root, &revocation->root))
        (void)add(pass, TOV_FOUND_REVOKED_ROOT, PATH_OF(pass, "checkpoint"),
                  TOV_SAY_HASH(&revocation->root), TOV_SAY_HASH(&root));
}

enum tov_err tov_tree_check(struct tov_tree *tree, const struct tov_tree_visitor *visitor)
{
    TOV_FREE struct tov_tile_reader *tiles = malloc(sizeof *tiles);
    struct pass pass = {.tree = tree,
                        .visitor = visitor,
                        .tiles = tiles,
                        .mark = tov_findings_mark(tree->findings)};
    if (tiles == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(read_checkpoint(&pass));
    if (!tree->has_checkpoint)
        return TOV_OK;
    tov_tile_reader_init(tiles, tree->folder, tree->prefix, tree->checkpoint.size);
    open_lines(&pass);
    enum tov_err err = walk(&pass);
    finish_lines(&pass);
    if (err != TOV_OK) {
        tov_findings_soften(tree->findings, pass.mark);
        return err;
    }
    judge_root(&pass);
    judge_revocation(&pass);
    return TOV_OK;
}

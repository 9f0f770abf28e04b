/* SPDX-License-Identifier: EUPL-1.2
 *
 *   appended ──commit──> committed ──fed to the guard──> signed
 *
 * `pending` holds the leaf hashes from what the guard has (`fed`) to the size; `marks` the ends of
 * segments that are not signed yet, each with the root computed here.
 */
#include "ledger/ledger.h"

#include "ledger/entry.h"
#include "ledger/tiles.h"
#include "merkle/tree.h"

#include <assert.h>
#include <string.h>

#define RECENT_MAX 256u
#define LEAF_TYPE_AT 5u /* wire/leaf.c */

struct mark {
    uint64_t size;
    struct tov_hash root;
    bool is_batch;  /* may move on to the end of a later batch */
    uint64_t bytes; /* of the segment, when is_batch */
};

struct tov_ledger {
    enum tov_tree_kind kind;
    struct tov_vkey key;
    struct tov_store *store;
    unsigned leaf_table;
    unsigned signature_table;
    uint64_t base;
    struct tov_range range;
    struct tov_tiles tiles;
    uint64_t committed;
    uint64_t fed; /* leaves that the guard has */
    struct tov_hash *pending;
    size_t pending_count;
    size_t pending_capacity;
    size_t in_flight; /* hashes of the request that the guard has, while is_asking */
    size_t marks_in_flight;
    bool is_asking;
    uint32_t asked_id;
    struct mark *marks;
    size_t mark_count;
    size_t mark_capacity; /* one more than are there: tov_ledger_mark cannot fail */
    struct tov_signed_size recent[RECENT_MAX]; /* a ring, ascending from the oldest */
    size_t recent_count, recent_next;
};

const struct tov_vkey *tov_ledger_key(const struct tov_ledger *ledger)
{
    return &ledger->key;
}

uint64_t tov_ledger_base(const struct tov_ledger *ledger)
{
    return ledger->base;
}

static struct tov_store_key row_key(const struct tov_ledger *ledger, uint64_t index)
{
    return tov_store_key_u64(ledger->base + index);
}

uint64_t tov_ledger_size(const struct tov_ledger *ledger)
{
    return ledger->range.size;
}

uint64_t tov_ledger_committed(const struct tov_ledger *ledger)
{
    return ledger->committed;
}

static const struct tov_signed_size *recent_at(const struct tov_ledger *ledger, size_t back)
{
    return &ledger->recent[(ledger->recent_next + RECENT_MAX - 1 - back) % RECENT_MAX];
}

uint64_t tov_ledger_signed(const struct tov_ledger *ledger)
{
    return ledger->recent_count == 0 ? 0 : recent_at(ledger, 0)->size;
}

bool tov_ledger_newest(const struct tov_ledger *ledger, struct tov_signed_size *out)
{
    if (ledger->recent_count == 0)
        return false;
    *out = *recent_at(ledger, 0);
    return true;
}

/* ---- appending ---- */

static bool push_pending(struct tov_ledger *ledger, const struct tov_hash *hash)
{
    if (ledger->pending_count == ledger->pending_capacity) {
        size_t capacity = ledger->pending_capacity == 0 ? 1024 : ledger->pending_capacity * 2;
        struct tov_hash *pending = realloc(ledger->pending, capacity * sizeof *pending);
        if (pending == NULL)
            return false;
        ledger->pending = pending;
        ledger->pending_capacity = capacity;
    }
    ledger->pending[ledger->pending_count++] = *hash;
    return true;
}

static bool reserve_mark(struct tov_ledger *ledger)
{
    if (ledger->mark_count < ledger->mark_capacity)
        return true;
    size_t capacity = ledger->mark_capacity == 0 ? 256 : ledger->mark_capacity * 2;
    struct mark *marks = realloc(ledger->marks, capacity * sizeof *marks);
    if (marks == NULL)
        return false;
    ledger->marks = marks;
    ledger->mark_capacity = capacity;
    return true;
}

enum tov_err tov_ledger_append(struct tov_ledger *ledger, struct tov_store_batch *batch,
                               const struct tov_ledger_row *row, struct tov_ledger_place *out_place)
{
    uint64_t index = ledger->range.size;
    struct tov_hash hash = tov_merkle_leaf_hash(row->leaf);
    if (!reserve_mark(ledger))
        return TOV_E_NOMEM;
    uint8_t *to = tov_store_batch_append_space(batch, ledger->leaf_table, row_key(ledger, index),
                                               tov_entry_own_size(row->leaf.size, row->links));
    if (to == NULL)
        return tov_store_batch_failed(batch);
    tov_entry_put_own(to, row->event, row->leaf, row->links);
    TOV_TRY(tov_range_append(&ledger->range, &hash));
    TOV_TRY(tov_tiles_append(&ledger->tiles, batch, &hash));
    if (!push_pending(ledger, &hash))
        return TOV_E_NOMEM;
    *out_place = (struct tov_ledger_place){ledger->base + index, hash};
    return TOV_OK;
}

/* The newest mark that the guard has not been asked for; NULL: none. */
static struct mark *newest_mark(const struct tov_ledger *ledger)
{
    size_t asked = ledger->is_asking ? ledger->marks_in_flight : 0;
    return ledger->mark_count > asked ? &ledger->marks[ledger->mark_count - 1] : NULL;
}

/* Marks the end of RANGE, which is the tree or its beginning. */
static void put_mark(struct tov_ledger *ledger, const struct tov_range *range,
                     const struct mark *mark)
{
    uint64_t last = ledger->mark_count > 0 ? ledger->marks[ledger->mark_count - 1].size
                                           : tov_ledger_signed(ledger);
    struct mark *newest = newest_mark(ledger);
    if (range->size == last) {
        if (newest != NULL && !mark->is_batch)
            newest->is_batch = false;
        return;
    }
    bool joins = mark->is_batch && newest != NULL && newest->is_batch &&
                 newest->bytes + mark->bytes <= TOV_SEGMENT_GOAL_BYTES;
    if (!joins) {
        assert(ledger->mark_count < ledger->mark_capacity);
        newest = &ledger->marks[ledger->mark_count++];
        *newest = (struct mark){.is_batch = mark->is_batch};
    }
    newest->size = range->size;
    newest->root = tov_range_root(range);
    newest->bytes += mark->bytes;
}

void tov_ledger_mark(struct tov_ledger *ledger)
{
    put_mark(ledger, &ledger->range, &(struct mark){.is_batch = false});
}

void tov_ledger_mark_batch(struct tov_ledger *ledger, uint64_t bytes)
{
    put_mark(ledger, &ledger->range, &(struct mark){.is_batch = true, .bytes = bytes});
}

void tov_ledger_on_committed(struct tov_ledger *ledger, uint64_t size)
{
    assert(size >= ledger->committed && size <= ledger->range.size);
    ledger->committed = size;
    tov_tiles_on_committed(&ledger->tiles, size);
}

/* ---- signing ---- */

bool tov_ledger_next_request(struct tov_ledger *ledger, struct tov_guard_append *out_append)
{
    if (ledger->is_asking || ledger->mark_count == 0 || ledger->marks[0].size > ledger->committed)
        return false;
    struct tov_guard_append append = {
        .tree = ledger->kind == TOV_TREE_LEDGER ? TOV_GUARD_LEDGER : TOV_GUARD_JOURNAL,
        .from_size = ledger->fed,
        .hashes = ledger->pending,
    };
    uint64_t reach = ledger->fed + TOV_GUARD_HASHES_MAX;
    reach = reach < ledger->committed ? reach : ledger->committed;
    uint64_t end = reach; /* with no mark in reach the hashes go ahead of their signature */
    while (append.sign_count < ledger->mark_count && append.sign_count < TOV_GUARD_SIGN_MAX &&
           ledger->marks[append.sign_count].size <= reach) {
        end = ledger->marks[append.sign_count].size;
        append.sign_at[append.sign_count] = end;
        append.sign_count++;
    }
    append.hash_count = (size_t)(end - ledger->fed);
    ledger->is_asking = true;
    ledger->in_flight = append.hash_count;
    ledger->marks_in_flight = append.sign_count;
    *out_append = append;
    return true;
}

void tov_ledger_set_asked(struct tov_ledger *ledger, uint32_t id)
{
    ledger->asked_id = id;
}

bool tov_ledger_is_asking(const struct tov_ledger *ledger, uint32_t id)
{
    return ledger->is_asking && ledger->asked_id == id;
}

static void put_signature(struct tov_ledger *ledger, struct tov_store_batch *batch,
                          const struct tov_signed_size *signed_size)
{
    uint8_t row[TOV_HASH_BYTES + TOV_ED25519_SIGNATURE_BYTES];
    memcpy(row, signed_size->root.bytes, TOV_HASH_BYTES);
    memcpy(row + TOV_HASH_BYTES, signed_size->signature, sizeof signed_size->signature);
    tov_store_batch_put(batch, ledger->signature_table, row_key(ledger, signed_size->size),
                        TOV_BYTES_OF(row));
    ledger->recent[ledger->recent_next] = *signed_size;
    ledger->recent_next = (ledger->recent_next + 1) % RECENT_MAX;
    if (ledger->recent_count < RECENT_MAX)
        ledger->recent_count++;
}

/* Checks the guard's SIGNATURE over (size, root) and takes it over. */
static enum tov_err take_signature(struct tov_ledger *ledger, struct tov_store_batch *batch,
                                   const struct mark *mark, const uint8_t *signature)
{
    struct tov_checkpoint checkpoint;
    struct tov_signed_size taken = {.size = mark->size, .root = mark->root};
    TOV_TRY(tov_checkpoint_make(tov_bytes_of_text(ledger->key.name), mark->size, &mark->root,
                                &checkpoint));
    memcpy(taken.signature, signature, sizeof taken.signature);
    TOV_TRY(tov_checkpoint_verify(&checkpoint, &ledger->key, taken.signature));
    if (mark->size > tov_ledger_signed(ledger)) /* else a guard that was behind caught up */
        put_signature(ledger, batch, &taken);
    return TOV_OK;
}

static void forget_fed(struct tov_ledger *ledger, size_t hashes, size_t marks)
{
    ledger->fed += hashes;
    ledger->pending_count -= hashes;
    memmove(ledger->pending, ledger->pending + hashes,
            ledger->pending_count * sizeof *ledger->pending);
    ledger->mark_count -= marks;
    memmove(ledger->marks, ledger->marks + marks, ledger->mark_count * sizeof *ledger->marks);
}

enum tov_err tov_ledger_on_signed(struct tov_ledger *ledger, struct tov_store_batch *batch,
                                  const struct tov_guard_append_answer *answer)
{
    assert(ledger->is_asking);
    if (answer->size != ledger->fed + ledger->in_flight ||
        answer->signature_count != ledger->marks_in_flight)
        return TOV_E_FORK;
    for (size_t i = 0; i < answer->signature_count; i++)
        TOV_TRY(take_signature(ledger, batch, &ledger->marks[i], answer->signatures[i].bytes));
    forget_fed(ledger, ledger->in_flight, ledger->marks_in_flight);
    ledger->is_asking = false;
    return TOV_OK;
}

/* ---- what is signed ---- */

enum tov_err tov_signed_size_decode(const struct tov_store_row *row, uint64_t base,
                                    struct tov_signed_size *out)
{
    if (row->value.size != TOV_HASH_BYTES + TOV_ED25519_SIGNATURE_BYTES)
        return TOV_E_CORRUPT;
    out->size = tov_store_key_to_u64(&row->key) - base;
    memcpy(out->root.bytes, row->value.data, TOV_HASH_BYTES);
    memcpy(out->signature, row->value.data + TOV_HASH_BYTES, sizeof out->signature);
    return TOV_OK;
}

static enum tov_err find_signature(const struct tov_ledger *ledger, struct tov_store_read *read,
                                   const struct tov_store_range *range, struct tov_signed_size *out)
{
    struct tov_store_iter iter;
    enum tov_err err = TOV_E_NOT_FOUND;
    TOV_TRY(tov_store_iter_init(read, range, &iter));
    if (tov_store_iter_next(&iter))
        err = tov_signed_size_decode(&iter.row, ledger->base, out);
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return read_err != TOV_OK ? read_err : err;
}

enum tov_err tov_ledger_signed_at_most(const struct tov_ledger *ledger, struct tov_store_read *read,
                                       uint64_t limit, struct tov_signed_size *out)
{
    for (size_t i = 0; i < ledger->recent_count; i++) {
        if (recent_at(ledger, i)->size <= limit) {
            *out = *recent_at(ledger, i);
            return TOV_OK;
        }
    }
    struct tov_store_range range = {.table = ledger->signature_table,
                                    .first = row_key(ledger, 0),
                                    .last = row_key(ledger, limit),
                                    .backward = true};
    return find_signature(ledger, read, &range, out);
}

enum tov_err tov_ledger_signed_above(const struct tov_ledger *ledger, struct tov_store_read *read,
                                     uint64_t floor, struct tov_signed_size *out)
{
    if (ledger->recent_count > 0 && recent_at(ledger, ledger->recent_count - 1)->size <= floor) {
        for (size_t i = ledger->recent_count; i-- > 0;) {
            if (recent_at(ledger, i)->size > floor) {
                *out = *recent_at(ledger, i);
                return TOV_OK;
            }
        }
        return TOV_E_NOT_FOUND;
    }
    struct tov_store_range range = {.table = ledger->signature_table,
                                    .first = row_key(ledger, floor + 1),
                                    .last = tov_store_key_u64(UINT64_MAX)};
    enum tov_err err = find_signature(ledger, read, &range, out);
    if (err != TOV_E_NOT_FOUND)
        return err;
    for (size_t i = ledger->recent_count; i-- > 0;) {
        if (recent_at(ledger, i)->size > floor) {
            *out = *recent_at(ledger, i);
            return TOV_OK;
        }
    }
    return TOV_E_NOT_FOUND;
}

/* ---- nodes ---- */

static enum tov_err give_node(void *context, unsigned level, uint64_t index,
                              struct tov_hash *out_hash)
{
    const struct tov_ledger_nodes *nodes = context;
    if (level > 63 || (index + 1) > nodes->ledger->committed >> level)
        return TOV_E_NOT_FOUND;
    return tov_tiles_node(&nodes->ledger->tiles, nodes->read, (struct tov_subtree){level, index},
                          out_hash);
}

struct tov_node_source tov_ledger_node_source(struct tov_ledger_nodes *nodes)
{
    return (struct tov_node_source){nodes, give_node};
}

enum tov_err tov_ledger_level0(const struct tov_ledger *ledger, struct tov_store_read *read,
                               uint64_t from, uint64_t to, uint8_t *out)
{
    return tov_tiles_level0(&ledger->tiles, read, from, to, out);
}

/* ---- start ---- */

struct leaf_reader {
    const struct tov_ledger *ledger;
    struct tov_store_read *read;
};

static enum tov_err hash_stored_leaf(void *context, uint64_t index, struct tov_hash *out_hash)
{
    const struct leaf_reader *reader = context;
    struct tov_bytes row;
    struct tov_entry entry;
    TOV_TRY(tov_store_get(reader->read, reader->ledger->leaf_table, row_key(reader->ledger, index),
                          &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    *out_hash = tov_entry_hash(&entry);
    return TOV_OK;
}

static enum tov_err load_range(struct tov_ledger *ledger, struct tov_store_read *read,
                               uint64_t size, struct tov_range *out)
{
    struct tov_ledger_nodes nodes = {ledger, read};
    struct tov_canon canon = tov_canon_of(0, size);
    struct tov_subtree at;
    *out = (struct tov_range){0};
    while (tov_canon_next(&canon, &at)) {
        struct tov_hash hash;
        TOV_TRY(give_node(&nodes, at.level, at.index, &hash));
        TOV_TRY(tov_range_append_subtree(out, at.level, &hash));
    }
    return TOV_OK;
}

enum tov_err tov_ledger_range_at(struct tov_ledger *ledger, struct tov_store_read *read,
                                 uint64_t size, struct tov_range *out_range)
{
    return load_range(ledger, read, size, out_range);
}

/* The newest row of this tree; TOV_E_NOT_FOUND where those before it are of a former journal. */
static enum tov_err last_row(const struct tov_ledger *ledger, struct tov_store_read *read,
                             unsigned table, struct tov_store_row *out)
{
    TOV_TRY(tov_store_last(read, table, out));
    return tov_store_key_to_u64(&out->key) >= ledger->base ? TOV_OK : TOV_E_NOT_FOUND;
}

static enum tov_err load_recent(struct tov_ledger *ledger, struct tov_store_read *read,
                                struct tov_error *error)
{
    struct tov_store_row row;
    struct tov_signed_size newest;
    enum tov_err err = last_row(ledger, read, ledger->signature_table, &row);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    TOV_TRY(tov_signed_size_decode(&row, ledger->base, &newest));
    struct tov_range at_newest;
    if (newest.size > ledger->committed)
        return tov_fail(error, TOV_E_CORRUPT, "a signed size is above the stored leaves");
    TOV_TRY(load_range(ledger, read, newest.size, &at_newest));
    struct tov_hash root = tov_range_root(&at_newest);
    if (!tov_hash_equal(&root, &newest.root))
        return tov_fail(error, TOV_E_CORRUPT,
                        "the stored leaves do not give the root that was signed at size %llu: this "
                        "disk changed them; restore from a backup or from the keepers",
                        (unsigned long long)newest.size);
    ledger->recent[0] = newest;
    ledger->recent_count = 1;
    ledger->recent_next = 1;
    return TOV_OK;
}

static enum tov_err load(struct tov_ledger *ledger, struct tov_error *error)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(ledger->store, &read, error));
    struct tov_store_row last;
    enum tov_err err = last_row(ledger, read, ledger->leaf_table, &last);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    ledger->committed = tov_store_key_to_u64(&last.key) - ledger->base + 1;
    struct leaf_reader reader = {ledger, read};
    err = tov_tiles_load(&ledger->tiles, read, ledger->committed, hash_stored_leaf, &reader);
    if (err != TOV_OK)
        return tov_fail(error, err == TOV_E_NOT_FOUND ? TOV_E_CORRUPT : err,
                        "a leaf or tile of the stored tree is missing");
    TOV_TRY(load_range(ledger, read, ledger->committed, &ledger->range));
    return load_recent(ledger, read, error);
}

enum tov_err tov_ledger_open(const struct tov_ledger_setup *setup, struct tov_ledger **out_ledger,
                             struct tov_error *error)
{
    TOV_CLEANUP(tov_ledger_cleanup) struct tov_ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL)
        return TOV_E_NOMEM;
    bool is_journal = setup->kind == TOV_TREE_JOURNAL;
    ledger->kind = setup->kind;
    ledger->key = setup->key;
    ledger->store = setup->store;
    ledger->base = setup->base;
    ledger->tiles.base = setup->base;
    ledger->leaf_table = is_journal ? TOV_TABLE_JLEAF : TOV_TABLE_LEAF;
    ledger->signature_table = is_journal ? TOV_TABLE_JSIGNATURE : TOV_TABLE_SIGNATURE;
    ledger->tiles.table = is_journal ? TOV_TABLE_JTILE : TOV_TABLE_TILE;
    if (!reserve_mark(ledger))
        return TOV_E_NOMEM;
    TOV_TRY(load(ledger, error));
    *out_ledger = TOV_TAKE(ledger);
    return TOV_OK;
}

void tov_ledger_close(struct tov_ledger *ledger)
{
    if (ledger == NULL)
        return;
    tov_tiles_fini(&ledger->tiles);
    free(ledger->pending);
    free(ledger->marks);
    free(ledger);
}

/* Signatures that the guard made and a crash kept us from storing. */
static enum tov_err take_kept(struct tov_ledger *ledger, struct tov_store_read *read,
                              const struct tov_guard_tree_view *view, struct tov_store_batch *batch)
{
    for (size_t i = 0; i < view->kept_count; i++) {
        uint64_t size = view->kept[i].size;
        if (size <= tov_ledger_signed(ledger) || size > ledger->committed)
            continue;
        struct tov_range range;
        TOV_TRY(load_range(ledger, read, size, &range));
        struct mark mark = {.size = size, .root = tov_range_root(&range)};
        TOV_TRY(take_signature(ledger, batch, &mark, view->kept[i].bytes));
    }
    return TOV_OK;
}

/* An entry that waits for its signature, as it was when it was appended. */
struct waiting {
    struct tov_hash hash;
    uint64_t bytes; /* in a segment */
    bool ends_segment;
};

static enum tov_err read_waiting(const struct tov_ledger *ledger, struct tov_store_read *read,
                                 uint64_t index, struct waiting *out)
{
    struct tov_bytes row;
    struct tov_bytes body = {0};
    struct tov_entry entry;
    TOV_TRY(tov_store_get(read, ledger->leaf_table, row_key(ledger, index), &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    bool is_present = entry.state == TOV_ENTRY_PRESENT;
    out->hash = tov_entry_hash(&entry);
    out->ends_segment = is_present && entry.leaf.data[LEAF_TYPE_AT] == TOV_LEAF_ANCHOR;
    if (ledger->kind == TOV_TREE_LEDGER) {
        enum tov_err err = tov_store_get(read, TOV_TABLE_BODY, tov_store_key_u64(index), &body);
        if (err != TOV_OK && err != TOV_E_NOT_FOUND)
            return err;
    }
    out->bytes = row.size + body.size + TOV_SEGMENT_ENTRY_BYTES;
    return TOV_OK;
}

/* The guard has forgotten that it signed the present signed size: it arrives there again. */
static void put_signed_mark(struct tov_ledger *ledger, const struct tov_range *range)
{
    ledger->marks[ledger->mark_count++] =
        (struct mark){.size = range->size, .root = tov_range_root(range)};
}

/* What a crash or a restart kept from being signed: hashes for the guard, cut into segments as when
 * they were appended, or no parcel could carry them. RANGE is the tree that the guard has. */
static enum tov_err load_stored(struct tov_ledger *ledger, struct tov_store_read *read,
                                struct tov_range *range)
{
    uint64_t bytes = 0;
    for (uint64_t i = ledger->fed; i < ledger->committed; i++) {
        struct waiting waiting;
        TOV_TRY(read_waiting(ledger, read, i, &waiting));
        TOV_TRY(tov_range_append(range, &waiting.hash));
        if (!push_pending(ledger, &waiting.hash) || !reserve_mark(ledger))
            return TOV_E_NOMEM;
        bytes += waiting.bytes;
        if (i + 1 < tov_ledger_signed(ledger))
            continue; /* signed once: the guard signs no size of it but the last */
        if (i + 1 == tov_ledger_signed(ledger))
            put_signed_mark(ledger, range);
        else if (bytes >= TOV_SEGMENT_GOAL_BYTES || waiting.ends_segment)
            put_mark(ledger, range, &(struct mark){.is_batch = false});
        else
            continue;
        bytes = 0;
    }
    if (!reserve_mark(ledger))
        return TOV_E_NOMEM;
    put_mark(ledger, range, &(struct mark){.is_batch = true, .bytes = bytes});
    return TOV_OK;
}

/* Entries of batches that are not committed yet: an acute reading before the guard answered writes
 * some. Nothing but the memory has their hashes and marks. */
struct open_tail {
    struct tov_hash *hashes;
    size_t hash_count;
    struct mark *marks;
    size_t mark_count;
};

static void open_tail_fini(struct open_tail *tail)
{
    free(tail->hashes);
    free(tail->marks);
}

static enum tov_err keep_open(const struct tov_ledger *ledger, struct open_tail *out)
{
    out->hash_count = (size_t)(ledger->range.size - ledger->committed);
    assert(out->hash_count <= ledger->pending_count);
    out->hashes = calloc(out->hash_count + 1, sizeof *out->hashes);
    out->marks = calloc(ledger->mark_count + 1, sizeof *out->marks);
    if (out->hashes == NULL || out->marks == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < out->hash_count; i++)
        out->hashes[i] = ledger->pending[ledger->pending_count - out->hash_count + i];
    for (size_t i = 0; i < ledger->mark_count; i++) {
        if (ledger->marks[i].size > ledger->committed)
            out->marks[out->mark_count++] = ledger->marks[i];
    }
    return TOV_OK;
}

static enum tov_err load_pending(struct tov_ledger *ledger, struct tov_store_read *read,
                                 struct tov_range *range)
{
    TOV_CLEANUP(open_tail_fini) struct open_tail tail = {.hashes = NULL};
    TOV_TRY(keep_open(ledger, &tail));
    ledger->pending_count = 0;
    ledger->mark_count = 0;
    TOV_TRY(load_stored(ledger, read, range));
    for (size_t i = 0; i < tail.hash_count; i++) {
        if (!push_pending(ledger, &tail.hashes[i]))
            return TOV_E_NOMEM;
    }
    for (size_t i = 0; i < tail.mark_count; i++) {
        if (!reserve_mark(ledger))
            return TOV_E_NOMEM;
        ledger->marks[ledger->mark_count++] = tail.marks[i];
    }
    return reserve_mark(ledger) ? TOV_OK : TOV_E_NOMEM;
}

enum tov_err tov_ledger_agree(struct tov_ledger *ledger, const struct tov_guard_tree_view *view,
                              struct tov_store_batch *batch, struct tov_error *error)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_range range;
    if (!view->present)
        return tov_fail(error, TOV_E_UNAVAILABLE,
                        "the guard has lost its state of %s: nothing can be signed until the root "
                        "threshold makes a statement (docs/guard.md)",
                        ledger->key.name);
    if (strcmp(view->origin, ledger->key.name) != 0)
        return tov_fail(error, TOV_E_KEY, "the guard signs %s, this store is %s", view->origin,
                        ledger->key.name);
    if (view->range.size > ledger->committed)
        return tov_fail(error, TOV_E_UNAVAILABLE,
                        "the guard signed %llu entries of %s, this store has %llu: it is an old "
                        "copy and must be recovered from the keepers",
                        (unsigned long long)view->range.size, ledger->key.name,
                        (unsigned long long)ledger->committed);
    TOV_TRY(tov_store_read_begin(ledger->store, &read, error));
    TOV_TRY(load_range(ledger, read, view->range.size, &range));
    struct tov_hash root = tov_range_root(&range);
    if (!tov_hash_equal(&root, &view->root))
        return tov_fail(error, TOV_E_FORK,
                        "guard and store hold different entries of %s at size %llu: nothing is "
                        "signed; restore the store, or start a new generation",
                        ledger->key.name, (unsigned long long)view->range.size);
    enum tov_err err = take_kept(ledger, read, view, batch);
    if (err != TOV_OK)
        return tov_fail(error, err, "a signature that the guard kept does not verify");
    ledger->fed = view->range.size;
    ledger->is_asking = false;
    return load_pending(ledger, read, &range);
}

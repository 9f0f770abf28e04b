/* SPDX-License-Identifier: EUPL-1.2
 *
 * The database file against itself, read page by page without LMDB, which believes what it reads:
 * a pointer that a disk has changed would lead it anywhere. Every page that a table or the list of
 * free pages uses is looked at, and the sum of every row (store_seal.c).
 * Not for: a file that is being written.
 *
 * What it takes of memory, whatever the file says (I11): a bit for each page, which is 32 KiB for
 * 1 GiB, a page for each level (128 KiB), and one row (TOV_STORE_ROW_MAX_BYTES). Lists of free
 * pages, which LMDB writes as large as it likes, are read in pieces.
 *
 * LMDB's format, data version 1, in the byte order of the machine (mdb.c of 0.9):
 *
 *   page      number u64, pad u16, flags u16, lower u16, upper u16; then u16 offsets of its nodes,
 *             up to lower; nodes from upper on. An overflow page has a count u32 in place of lower
 *             and upper, and its data behind these 16 bytes
 *   node      lo u16, hi u16, flags u16, key size u16, key, data. In a leaf lo and hi are the size
 *             of the data; with flag 1 the data is the number of an overflow page, with flag 2 a
 *             tree. In a branch lo, hi and flags are the number of a page; the first key is void
 *   tree      pad u32, flags u16, depth u16, branch, leaf and overflow pages, entries, root: u64
 *   meta      at 16 of pages 0 and 1: magic u32, version u32, address u64, map size u64, the trees
 *             of free pages and of tables, last page u64, transaction u64; the even ones stand in
 *             page 0, the odd ones in page 1, each one behind the other
 *   free      key: transaction u64; data: count u64, page numbers, the highest first
 */
#include "store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD 16u
#define TREE_BYTES 48u
#define META_BYTES (HEAD + 136u)
#define LEVELS_MAX 32u
#define NO_PAGE UINT64_MAX
#define PAGE_MAX 65536u
#define PIECE_NUMBERS 1024u
#define PROGRESS_BYTES (16u << 20)
#define PROGRESS_READS 1000u
enum { P_BRANCH = 1, P_LEAF = 2, P_OVERFLOW = 4, P_META = 8 };
enum { NODE_BIG = 1, NODE_TREE = 2 };
#define FREE_TREE_FLAGS 0x08u /* integer keys */
#define NO_SUBDIR 0x4000u     /* how the file was made, which nobody reads */

struct tree {
    uint16_t flags, depth;
    uint64_t branches, leaves, overflows, entries, root;
};

struct meta {
    uint32_t magic, version, page_size;
    struct tree free, tables;
    uint64_t last_page, transaction;
};

/* What a tree is of, and what was counted in it. */
struct walk {
    const char *name;
    const struct tov_checksum_key *seal; /* NULL: rows without sums */
    bool is_free, is_tables;
    struct tree counted;
};

struct check {
    const struct tov_store *store;
    int fd;
    uint64_t bytes_read, reads; /* since progress was told */
    uint32_t page_size;
    uint64_t file_bytes, last_page, transaction;
    uint8_t *used;                       /* a bit a page */
    uint8_t *levels;                     /* a page a level, and one for overflow */
    struct tov_buf big;                  /* a row with pages of its own */
    unsigned tables_known, tables_other; /* that are in the schema, or not */
    struct tov_error *error;
};

/* Keys between which those of a page must be; NULL: no bound. */
struct bounds {
    struct tov_bytes low, high;
};

static uint16_t u16_at(const uint8_t *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint32_t u32_at(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint64_t u64_at(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static enum tov_err damaged(struct check *check, uint64_t page, const char *what)
{
    (void)store_fail_page(check->store, check->error, page, what);
    return TOV_E_CORRUPT;
}

static struct tree tree_at(const uint8_t *at)
{
    return (struct tree){.flags = u16_at(at + 4),
                         .depth = u16_at(at + 6),
                         .branches = u64_at(at + 8),
                         .leaves = u64_at(at + 16),
                         .overflows = u64_at(at + 24),
                         .entries = u64_at(at + 32),
                         .root = u64_at(at + 40)};
}

static struct meta meta_at(const uint8_t *page)
{
    const uint8_t *at = page + HEAD;
    return (struct meta){.magic = u32_at(at),
                         .version = u32_at(at + 4),
                         .page_size = u32_at(at + 24),
                         .free = tree_at(at + 24),
                         .tables = tree_at(at + 72),
                         .last_page = u64_at(at + 120),
                         .transaction = u64_at(at + 128)};
}

static void tell_progress(struct check *check, size_t bytes)
{
    const struct tov_store_progress *progress = &check->store->progress;
    check->bytes_read += bytes;
    check->reads++;
    if (check->bytes_read < PROGRESS_BYTES && check->reads < PROGRESS_READS)
        return;
    check->bytes_read = check->reads = 0;
    if (progress->call != NULL)
        progress->call(progress->context);
}

/* SIZE bytes, SKIP behind the beginning of PAGE; what is behind the end of the file is no page. */
static enum tov_err read_from(struct check *check, uint64_t page, uint64_t skip,
                              struct tov_room room)
{
    size_t got = 0;
    while (got < room.size) {
        off_t offset = (off_t)(page * check->page_size + skip + got);
        ssize_t more = pread(check->fd, room.data + got, room.size - got, offset);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return store_fail(check->store, check->error, errno, "cannot read the database");
        if (more == 0)
            return damaged(check, page, "it is in use, and the file ends before it");
        got += (size_t)more;
        tell_progress(check, (size_t)more);
    }
    return TOV_OK;
}

static enum tov_err read_at(struct check *check, uint64_t page, uint8_t *to, size_t size)
{
    return read_from(check, page, 0, (struct tov_room){to, size});
}

/* Each page belongs to one tree, or is free: COUNT of them from PAGE on. */
static enum tov_err take_pages(struct check *check, uint64_t page, uint64_t count)
{
    if (page < 2 || page > check->last_page || count > check->last_page - page + 1)
        return damaged(check, page, "there is no such page, and it is in use");
    for (uint64_t i = page; i < page + count; i++) {
        uint8_t bit = (uint8_t)(1u << i % 8);
        if (check->used[i / 8] & bit)
            return damaged(check, i, "it is used twice");
        check->used[i / 8] |= bit;
    }
    return TOV_OK;
}

static int compare(struct tov_bytes a, struct tov_bytes b)
{
    size_t least = a.size < b.size ? a.size : b.size;
    int order = least == 0 ? 0 : memcmp(a.data, b.data, least);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static int compare_keys(const struct walk *walk, struct tov_bytes a, struct tov_bytes b)
{
    if (!walk->is_free || a.size != sizeof(uint64_t) || b.size != sizeof(uint64_t))
        return compare(a, b);
    uint64_t left = u64_at(a.data);
    uint64_t right = u64_at(b.data);
    return (left > right) - (left < right);
}

/* ---- nodes ---- */

struct node {
    uint16_t flags;
    uint32_t size;  /* of a leaf's data */
    uint64_t child; /* of a branch */
    struct tov_bytes key;
    const uint8_t *data;
};

static bool node_at(const struct check *check, const uint8_t *page, size_t i, struct node *out)
{
    bool is_leaf = u16_at(page + 10) == P_LEAF;
    size_t upper = u16_at(page + 14);
    size_t at = u16_at(page + HEAD + 2 * i);
    if (at < upper || at % 2 != 0 || at + 8 > check->page_size)
        return false;
    const uint8_t *node = page + at;
    size_t left = check->page_size - at - 8;
    size_t key_size = u16_at(node + 6);
    uint32_t low = (uint32_t)u16_at(node) | (uint32_t)u16_at(node + 2) << 16;
    *out = (struct node){.flags = u16_at(node + 4),
                         .size = low,
                         .child = low | (uint64_t)u16_at(node + 4) << 32,
                         .key = {node + 8, key_size},
                         .data = node + 8 + key_size};
    if (key_size > left)
        return false;
    return !is_leaf || (out->flags & NODE_BIG ? 8 : low) <= left - key_size;
}

static enum tov_err walk_tree(struct check *check, struct walk *walk, const struct tree *tree);

static enum tov_err check_sub_tree(struct check *check, uint64_t page, const struct node *node,
                                   struct tov_bytes data)
{
    const struct tov_store *store = check->store;
    struct walk walk = {.name = NULL};
    if (compare(node->key, tov_bytes_of_text("meta")) == 0) {
        walk.name = "meta";
        walk.seal = &store->meta_seal;
    }
    for (unsigned i = 0; i < store->table_count && walk.name == NULL; i++)
        if (compare(node->key, tov_bytes_of_text(store->tables[i].name)) == 0) {
            walk.name = store->tables[i].name;
            walk.seal = &store->seals[i];
        }
    *(walk.name != NULL ? &check->tables_known : &check->tables_other) += 1;
    if (node->flags != NODE_TREE || data.size != TREE_BYTES)
        return damaged(check, page, "a table's own row is damaged");
    /* Rows of a table that this version does not know are not looked at: only its pages are. */
    struct tree tree = tree_at(data.data);
    return tree.flags == 0 ? walk_tree(check, &walk, &tree)
                           : damaged(check, page, "a table's own row is damaged");
}

/* A list of free pages: how many numbers are to come, and the last one. */
struct free_list {
    uint64_t left, last;
};

/* DATA: that of NODE, or its first 8 bytes. */
static enum tov_err begin_free(struct check *check, uint64_t page, const struct node *node,
                               const uint8_t *data, struct free_list *out)
{
    uint64_t room = node->size / 8;
    out->left = room > 0 ? u64_at(data) : 0;
    out->last = UINT64_MAX;
    bool is_good = node->key.size == 8 && u64_at(node->key.data) <= check->transaction &&
                   node->size % 8 == 0 && room > 0 && out->left <= room - 1;
    return is_good ? TOV_OK : damaged(check, page, "the list of free pages is damaged");
}

static enum tov_err take_free(struct check *check, uint64_t page, const uint8_t *numbers,
                              size_t count, struct free_list *list)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t freed = u64_at(numbers + 8 * i);
        if (freed >= list->last)
            return damaged(check, page, "the list of free pages is not in order");
        TOV_TRY(take_pages(check, freed, 1));
        list->last = freed;
    }
    list->left -= count;
    return TOV_OK;
}

static enum tov_err check_free(struct check *check, uint64_t page, const struct node *node)
{
    struct free_list list;
    TOV_TRY(begin_free(check, page, node, node->data, &list));
    return take_free(check, page, node->data + 8, (size_t)list.left, &list);
}

static enum tov_err check_row(struct check *check, const struct walk *walk, uint64_t page,
                              struct tov_bytes key, struct tov_bytes data)
{
    struct tov_bytes value;
    char what[96];
    MDB_val row = store_val(data.data, data.size);
    if (walk->seal == NULL ||
        store_unseal(walk->seal, store_val(key.data, key.size), row, &value) == 0)
        return TOV_OK;
    (void)snprintf(what, sizeof what, "a row of table %.32s is not what was written", walk->name);
    return damaged(check, page, what);
}

/* The pages of a row that has its own, from PAGE on, whose HEAD is read. LMDB keeps them when the
 * row becomes smaller in the transaction that wrote it: there may be more of them than it needs. */
static enum tov_err take_big(struct check *check, struct walk *walk, uint64_t page,
                             const uint8_t *head, uint32_t size)
{
    uint64_t needed = (HEAD + (uint64_t)size + check->page_size - 1) / check->page_size;
    uint64_t count = u32_at(head + 12);
    if (u64_at(head) != page || u16_at(head + 10) != P_OVERFLOW || count < needed)
        return damaged(check, page, "its head is damaged");
    walk->counted.overflows += count;
    return take_pages(check, page, count);
}

static enum tov_err check_big_free(struct check *check, struct walk *walk, uint64_t page,
                                   const struct node *node)
{
    uint8_t head[HEAD + 8] = {0};
    uint8_t piece[8 * PIECE_NUMBERS];
    struct free_list list;
    uint64_t at = sizeof head;
    TOV_TRY(read_at(check, page, head, node->size < 8 ? HEAD : sizeof head));
    TOV_TRY(take_big(check, walk, page, head, node->size));
    TOV_TRY(begin_free(check, page, node, head + HEAD, &list));
    while (list.left > 0) {
        size_t count = list.left < PIECE_NUMBERS ? (size_t)list.left : PIECE_NUMBERS;
        TOV_TRY(read_from(check, page, at, (struct tov_room){piece, 8 * count}));
        TOV_TRY(take_free(check, page, piece, count, &list));
        at += 8 * count;
    }
    return TOV_OK;
}

static enum tov_err check_big_row(struct check *check, struct walk *walk, uint64_t page,
                                  const struct node *node)
{
    bool is_known = walk->seal != NULL; /* else of another version's table: its pages alone */
    size_t size = is_known ? HEAD + (size_t)node->size : HEAD;
    if (is_known && node->size > TOV_STORE_ROW_MAX_BYTES + STORE_SEAL_BYTES)
        return damaged(check, page, "a row is said to be larger than any that is written");
    tov_buf_clear(&check->big);
    uint8_t *to = tov_buf_extend(&check->big, size);
    if (to == NULL)
        return tov_fail(check->error, TOV_E_NOMEM, "no memory to read the database");
    TOV_TRY(read_at(check, page, to, size));
    TOV_TRY(take_big(check, walk, page, to, node->size));
    return is_known
               ? check_row(check, walk, page, node->key, (struct tov_bytes){to + HEAD, node->size})
               : TOV_OK;
}

static enum tov_err check_big(struct check *check, struct walk *walk, uint64_t page,
                              const struct node *node)
{
    uint64_t first = u64_at(node->data);
    if (walk->is_tables)
        return damaged(check, page, "a table's own row is damaged");
    if (first > check->last_page ||
        first * check->page_size + HEAD + node->size > check->file_bytes)
        return damaged(check, first, "it is in use, and the file ends before it");
    return walk->is_free ? check_big_free(check, walk, first, node)
                         : check_big_row(check, walk, first, node);
}

static enum tov_err check_leaf_node(struct check *check, struct walk *walk, uint64_t page,
                                    const struct node *node)
{
    struct tov_bytes data = {node->data, node->size};
    if ((node->flags & ~(NODE_BIG | NODE_TREE)) != 0 ||
        (node->flags & NODE_TREE && !walk->is_tables))
        return damaged(check, page, "a row's head is damaged");
    walk->counted.entries++;
    if (node->flags & NODE_BIG)
        return check_big(check, walk, page, node);
    if (walk->is_tables)
        return check_sub_tree(check, page, node, data);
    if (walk->is_free)
        return check_free(check, page, node);
    return check_row(check, walk, page, node->key, data);
}

/* ---- pages ---- */

static uint8_t *level_of(const struct check *check, unsigned level)
{
    return check->levels + (size_t)level * check->page_size;
}

struct place {
    uint64_t page;
    unsigned level; /* of memory */
    unsigned below; /* levels of the tree below it */
    struct bounds bounds;
};

static enum tov_err walk_page(struct check *check, struct walk *walk, const struct place *place);

/* The keys of node I rise, and stay within what the page above says. */
static bool is_in_order(const struct walk *walk, const struct bounds *bounds, struct tov_bytes last,
                        struct tov_bytes key)
{
    return (last.data == NULL || compare_keys(walk, last, key) < 0) &&
           (bounds->low.data == NULL || compare_keys(walk, bounds->low, key) <= 0) &&
           (bounds->high.data == NULL || compare_keys(walk, key, bounds->high) < 0);
}

static enum tov_err walk_child(struct check *check, struct walk *walk, const struct place *place,
                               size_t i)
{
    const uint8_t *page = level_of(check, place->level);
    size_t count = (u16_at(page + 12) - HEAD) / 2u;
    struct node node;
    struct node next;
    struct place child = {
        .level = place->level + 1, .below = place->below - 1, .bounds = place->bounds};
    if (!node_at(check, page, i, &node) || (i + 1 < count && !node_at(check, page, i + 1, &next)))
        return damaged(check, place->page, "a pointer in it is damaged");
    child.page = node.child;
    if (i > 0)
        child.bounds.low = node.key;
    if (i + 1 < count)
        child.bounds.high = next.key;
    return walk_page(check, walk, &child);
}

static enum tov_err walk_nodes(struct check *check, struct walk *walk, const struct place *place)
{
    const uint8_t *page = level_of(check, place->level);
    size_t count = (u16_at(page + 12) - HEAD) / 2u;
    struct tov_bytes last = {NULL, 0};
    bool is_branch = place->below > 0;
    for (size_t i = 0; i < count; i++) {
        struct node node;
        if (!node_at(check, page, i, &node))
            return damaged(check, place->page, "a pointer in it is damaged");
        if ((!is_branch || i > 0) && !is_in_order(walk, &place->bounds, last, node.key))
            return damaged(check, place->page, "its keys are not in order");
        if (!is_branch || i > 0)
            last = node.key;
        TOV_TRY(is_branch ? walk_child(check, walk, place, i)
                          : check_leaf_node(check, walk, place->page, &node));
    }
    return TOV_OK;
}

static enum tov_err walk_page(struct check *check, struct walk *walk, const struct place *place)
{
    if (place->level >= LEVELS_MAX)
        return damaged(check, place->page, "it is too deep in its tree");
    uint8_t *page = level_of(check, place->level);
    bool is_branch = place->below > 0;
    TOV_TRY(take_pages(check, place->page, 1));
    TOV_TRY(read_at(check, place->page, page, check->page_size));
    size_t lower = u16_at(page + 12);
    size_t upper = u16_at(page + 14);
    if (u64_at(page) != place->page || u16_at(page + 10) != (is_branch ? P_BRANCH : P_LEAF) ||
        lower < HEAD || lower % 2 != 0 || lower > upper || upper > check->page_size)
        return damaged(check, place->page, "its head is damaged");
    *(is_branch ? &walk->counted.branches : &walk->counted.leaves) += 1;
    return walk_nodes(check, walk, place);
}

static enum tov_err walk_tree(struct check *check, struct walk *walk, const struct tree *tree)
{
    if (tree->root == NO_PAGE)
        return tree->entries == 0 && tree->depth == 0
                   ? TOV_OK
                   : damaged(check, 0, "a table has lost its root");
    if (tree->depth == 0)
        return damaged(check, tree->root, "its table says that it is empty");
    /* Below the page that is being read of the table of tables. */
    unsigned level = walk->is_tables || walk->is_free ? 0 : LEVELS_MAX / 2;
    struct place place = {.page = tree->root, .level = level, .below = tree->depth - 1u};
    TOV_TRY(walk_page(check, walk, &place));
    if (walk->counted.entries != tree->entries || walk->counted.branches != tree->branches ||
        walk->counted.leaves != tree->leaves || walk->counted.overflows != tree->overflows)
        return damaged(check, tree->root, "below it are more or fewer rows than were written");
    return TOV_OK;
}

/* ---- the file ---- */

static bool is_meta_head(const uint8_t *page, uint64_t number)
{
    return u64_at(page) == number && u16_at(page + 10) == P_META;
}

static bool is_good_size(uint32_t size)
{
    return size >= 512 && size <= PAGE_MAX && (size & (size - 1)) == 0;
}

/* Both are LMDB's, and the newer is one transaction behind the older, which a change of its number
 * would not leave so. */
static bool fit_together(const struct meta metas[2])
{
    uint64_t even = metas[0].transaction;
    uint64_t odd = metas[1].transaction;
    for (size_t i = 0; i < 2; i++)
        if (metas[i].magic != 0xBEEFC0DE || metas[i].version != 1 || metas[i].tables.flags != 0 ||
            (metas[i].free.flags & ~NO_SUBDIR) != FREE_TREE_FLAGS)
            return false;
    if (even == 0 && odd == 0)
        return true;
    return even % 2 == 0 && odd % 2 == 1 && (even > odd ? even - odd : odd - even) == 1;
}

static enum tov_err read_metas(struct check *check, struct meta *out_meta)
{
    uint8_t head[META_BYTES];
    struct meta metas[2];
    for (uint64_t i = 0; i < 2; i++) {
        TOV_TRY(read_at(check, i, head, sizeof head));
        metas[i] = meta_at(head);
        if (i == 0 && is_good_size(metas[0].page_size))
            check->page_size = metas[0].page_size;
        if (!is_meta_head(head, i) || metas[i].page_size != check->page_size)
            return damaged(check, i, "it is one of the two that say where all is, and damaged");
    }
    if (!fit_together(metas))
        return damaged(check, 0, "it and page 1 say where all is, and do not fit each other");
    *out_meta = metas[metas[1].transaction > metas[0].transaction ? 1 : 0];
    return TOV_OK;
}

static enum tov_err take_memory(struct check *check, uint64_t last_page)
{
    /* Pages at the end may be free and never have been written, but not many of them. */
    if (last_page / 2 > check->file_bytes / check->page_size + (1u << 20))
        return damaged(check, 0, "it names pages far behind the end of the file");
    check->last_page = last_page;
    check->used = calloc((size_t)(last_page / 8 + 1), 1);
    check->levels = malloc((size_t)LEVELS_MAX * check->page_size);
    return check->used != NULL && check->levels != NULL
               ? TOV_OK
               : tov_fail(check->error, TOV_E_NOMEM, "no memory to read the database");
}

static enum tov_err check_all(struct check *check)
{
    struct stat info;
    struct meta meta;
    if (fstat(check->fd, &info) != 0)
        return store_fail(check->store, check->error, errno, "cannot look at the database");
    TOV_TRY(read_metas(check, &meta));
    check->file_bytes = (uint64_t)info.st_size;
    check->transaction = meta.transaction;
    TOV_TRY(take_memory(check, meta.last_page));
    struct walk tables = {.name = "tables", .is_tables = true};
    struct walk free_pages = {.name = "free", .is_free = true};
    TOV_TRY(walk_tree(check, &tables, &meta.tables));
    TOV_TRY(walk_tree(check, &free_pages, &meta.free));
    /* A version has its tables, one before or behind it fewer or more: but not both. */
    bool lacks_some = check->tables_known <= check->store->table_count;
    if (check->tables_known > 0 && check->tables_other > 0 && lacks_some)
        return damaged(check, meta.tables.root, "a table has lost its name");
    return TOV_OK;
}

enum tov_err store_check_file(const struct tov_store *store, struct tov_error *error)
{
    struct check check = {.store = store,
                          .page_size = 4096,
                          .big = TOV_BUF_INIT(HEAD + TOV_STORE_ROW_MAX_BYTES + STORE_SEAL_BYTES),
                          .error = error};
    check.fd = openat(store->dir_fd, STORE_FILE_NAME, O_RDONLY | O_CLOEXEC);
    if (check.fd < 0)
        return store_fail(store, error, errno, "cannot open the database");
    enum tov_err err = check_all(&check);
    (void)close(check.fd);
    free(check.used);
    free(check.levels);
    tov_buf_fini(&check.big);
    return err;
}

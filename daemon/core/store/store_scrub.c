/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading every row once in a while, also those that nobody asks for: a bit that rots in a row of
 * years ago is found while there are copies to restore from. Each row is also looked up by its
 * key, so that a pointer to it that has changed is found, too.
 */
#include "store/store_internal.h"

#include <string.h>

#define ROW_COST_BYTES 64u /* of a row besides its value */

static enum tov_err scrub_row(struct tov_store_read *read, const struct tov_store_iter *iter)
{
    struct tov_bytes found;
    unsigned table = iter->range.table;
    const struct tov_store_key *key = &iter->row.key;
    enum tov_err err = tov_store_get(read, table, *key, &found);
    if (err == TOV_E_NOT_FOUND || (err == TOV_OK && found.data != iter->row.value.data))
        return store_note_damage(read->store, table, (struct tov_bytes){key->bytes, key->size});
    return err;
}

static bool is_same_key(const struct tov_store_key *a, const struct tov_store_key *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* Some of the rows of the table that it is at. */
static enum tov_err scrub_table(struct tov_store *store, struct tov_store_read *read, size_t *left)
{
    struct store_scrub *scrub = &store->scrub;
    struct tov_store_range range = {.table = scrub->table, .first = scrub->next};
    struct tov_store_iter iter;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    enum tov_err err = TOV_OK;
    bool is_at_end = false;
    while (err == TOV_OK && *left > 0) {
        if (!tov_store_iter_next(&iter)) {
            is_at_end = true;
            break;
        }
        if (is_same_key(&scrub->next, &iter.row.key))
            continue; /* the last one of the call before */
        scrub->next = iter.row.key;
        scrub->rows++;
        size_t cost = iter.row.value.size + ROW_COST_BYTES;
        *left -= cost < *left ? cost : *left;
        err = scrub_row(read, &iter);
    }
    enum tov_err ended = tov_store_iter_fini(&iter);
    if (err == TOV_OK && ended == TOV_OK && is_at_end) {
        scrub->table++;
        scrub->next = (struct tov_store_key){.size = 0};
    }
    return err == TOV_OK ? ended : err;
}

enum tov_err tov_store_scrub(struct tov_store *store, size_t bytes, uint64_t *out_rows,
                             struct tov_error *error)
{
    struct store_scrub *scrub = &store->scrub;
    struct tov_store_read *read = NULL;
    size_t left = bytes;
    TOV_TRY(tov_store_read_begin(store, &read, error));
    enum tov_err err = TOV_OK;
    while (err == TOV_OK && left > 0 && scrub->table < store->table_count)
        err = scrub_table(store, read, &left);
    tov_store_read_end(read);
    if (err != TOV_OK)
        return err == TOV_E_CORRUPT ? tov_store_damage(store, error) : err;
    if (scrub->table < store->table_count)
        return TOV_E_AGAIN;
    *out_rows = scrub->rows;
    *scrub = (struct store_scrub){.table = 0};
    return TOV_OK;
}

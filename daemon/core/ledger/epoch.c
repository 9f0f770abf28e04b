/* SPDX-License-Identifier: EUPL-1.2
 *
 * The file "epochs": "TOVE" 4, version 1, 3 zero, count u32, count * (epoch u32, not before u64,
 * not after u64, index of its entry u64, secret wrapped under the storage root 72), and its sum
 * (ledger/small_file.h). It is replaced as a whole: destroying a key is writing the file without
 * it.
 */
#include "ledger/epoch.h"

#include "ledger/entry.h"
#include "ledger/small_file.h"
#include "ledger/vault.h"
#include "store/read.h"

#include <stdio.h>
#include <string.h>

#define FILE_NAME "epochs"
#define EPOCH_BYTES (4u + 8u + 8u + 8u + TOV_WRAPPED_KEY_BYTES)
#define FILE_MAX_BYTES (12u + TOV_EPOCHS_MAX * EPOCH_BYTES + TOV_SMALL_FILE_SUM_BYTES)
#define RENEW_BEFORE_MS 86400000ull
static const uint8_t magic[8] = {'T', 'O', 'V', 'E', 1, 0, 0, 0};

struct own_epoch {
    uint32_t number;
    uint64_t not_before_ms, not_after_ms;
    uint64_t index;
    struct tov_wrapped_key sealed;
    struct tov_hpke_pair pair;
};

struct epoch_state {
    uint32_t count;
    struct own_epoch own[TOV_EPOCHS_MAX]; /* ascending */
};

struct tov_epochs {
    struct tov_secret *memory;
    struct epoch_state *state;
    uint32_t last_number; /* the highest that the ledger names, when it was read: else 0 */
};

static void secret_name(uint32_t number, char out[32])
{
    (void)snprintf(out, 32, "tov/v1 epoch %u", number);
}

/* Those from place FROM on. */
static enum tov_err save(const struct tov_core *core, const struct epoch_state *state,
                         uint32_t from)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(FILE_MAX_BYTES);
    tov_buf_put(&bytes, magic, sizeof magic);
    tov_buf_put_u32(&bytes, state->count - from);
    for (uint32_t i = from; i < state->count; i++) {
        const struct own_epoch *own = &state->own[i];
        tov_buf_put_u32(&bytes, own->number);
        tov_buf_put_u64(&bytes, own->not_before_ms);
        tov_buf_put_u64(&bytes, own->not_after_ms);
        tov_buf_put_u64(&bytes, own->index);
        tov_buf_put(&bytes, own->sealed.bytes, sizeof own->sealed.bytes);
    }
    return tov_small_file_save(core, FILE_NAME, &bytes);
}

static enum tov_err load_one(struct tov_core *core, struct tov_reader *reader,
                             struct own_epoch *own)
{
    char name[32];
    TOV_CLEANUP(tov_key_wipe) struct tov_key seed;
    own->number = tov_read_u32(reader);
    own->not_before_ms = tov_read_u64(reader);
    own->not_after_ms = tov_read_u64(reader);
    own->index = tov_read_u64(reader);
    tov_read_copy(reader, own->sealed.bytes, sizeof own->sealed.bytes);
    if (reader->failed)
        return TOV_E_CORRUPT;
    secret_name(own->number, name);
    TOV_TRY(tov_vault_open_secret(core, name, &own->sealed, &seed));
    tov_hpke_pair_derive(TOV_BYTES_OF(seed.bytes), &own->pair);
    return TOV_OK;
}

static enum tov_err load(struct tov_core *core, struct epoch_state *state, struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(FILE_MAX_BYTES);
    struct tov_bytes content;
    enum tov_err err = tov_small_file_load(core, FILE_NAME, &bytes, &content, error);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    struct tov_reader reader = tov_reader_of(content);
    if (!tov_bytes_equal(tov_read_bytes(&reader, sizeof magic), TOV_BYTES_OF(magic)))
        return TOV_E_CORRUPT;
    uint32_t count = tov_read_u32(&reader);
    if (count > TOV_EPOCHS_MAX)
        return TOV_E_CORRUPT;
    for (; state->count < count; state->count++)
        TOV_TRY(load_one(core, &reader, &state->own[state->count]));
    return tov_reader_is_done(&reader) ? TOV_OK : TOV_E_CORRUPT;
}

/* Its entry stands where the file says. */
static enum tov_err is_published(const struct tov_core *core, struct tov_store_read *read,
                                 const struct own_epoch *own, bool *out)
{
    struct tov_bytes row;
    struct tov_entry entry;
    TOV_FREE struct tov_leaf *leaf = malloc(sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    *out = false;
    if (own->index >= tov_ledger_committed(core->ledger))
        return TOV_OK;
    TOV_TRY(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(own->index), &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    *out = entry.state == TOV_ENTRY_PRESENT && tov_leaf_decode(entry.leaf, leaf) == TOV_OK &&
           leaf->type == TOV_LEAF_EPOCH_KEY &&
           memcmp(leaf->as.epoch_key.public_key, own->pair.public_key.bytes, 32) == 0;
    return TOV_OK;
}

/* A crash between the file and the commit: that key was never published, though other entries may
 * have been written in its place since. */
static enum tov_err drop_unpublished(const struct tov_core *core, struct epoch_state *state)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    while (state->count > 0) {
        bool published = false;
        TOV_TRY(is_published(core, read, &state->own[state->count - 1], &published));
        if (published)
            break;
        tov_wipe(&state->own[--state->count], sizeof state->own[0]);
    }
    return TOV_OK;
}

static enum tov_err number_of(struct tov_bytes row, struct tov_leaf *leaf, uint32_t *number)
{
    struct tov_entry entry;
    TOV_TRY(tov_entry_decode_own(row, &entry));
    if (entry.state == TOV_ENTRY_PRESENT && tov_leaf_decode(entry.leaf, leaf) == TOV_OK &&
        leaf->type == TOV_LEAF_EPOCH_KEY && leaf->as.epoch_key.epoch > *number)
        *number = leaf->as.epoch_key.epoch;
    return TOV_OK;
}

/* After a restore the secrets are gone and the ledger names their epochs: peers take no number
 * twice, so the next one is above them. Read only then, since it reads the whole ledger. */
static enum tov_err find_last_number(const struct tov_core *core, uint32_t *out_number)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_FREE struct tov_leaf *leaf = malloc(sizeof *leaf);
    struct tov_store_range all = {.table = TOV_TABLE_LEAF};
    struct tov_store_iter iter;
    uint32_t number = 0;
    enum tov_err err = TOV_OK;
    if (leaf == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_store_iter_init(read, &all, &iter));
    while (err == TOV_OK && tov_store_iter_next(&iter))
        err = number_of(iter.row.value, leaf, &number);
    enum tov_err ended = tov_store_iter_fini(&iter);
    *out_number = number;
    return err == TOV_OK ? ended : err;
}

enum tov_err tov_epochs_open(struct tov_core *core, struct tov_epochs **out_epochs,
                             struct tov_error *error)
{
    TOV_CLEANUP(tov_epochs_cleanup) struct tov_epochs *epochs = calloc(1, sizeof *epochs);
    if (epochs == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_secret_create(sizeof *epochs->state, &epochs->memory));
    epochs->state = (struct epoch_state *)(void *)tov_secret_data(epochs->memory);
    struct tov_error found = {.text = ""};
    enum tov_err err = load(core, epochs->state, &found);
    if (err != TOV_OK && found.text[0] != '\0')
        return tov_fail(error, err, "%s", found.text);
    if (err != TOV_OK)
        return tov_fail(error, err,
                        "the file of epoch keys cannot be read: what was sealed to "
                        "them must be sent again; move the file away to go on");
    TOV_TRY(drop_unpublished(core, epochs->state));
    if (epochs->state->count == 0)
        TOV_TRY(find_last_number(core, &epochs->last_number));
    *out_epochs = TOV_TAKE(epochs);
    return TOV_OK;
}

void tov_epochs_close(struct tov_epochs *epochs)
{
    if (epochs == NULL)
        return;
    tov_secret_destroy(epochs->memory);
    free(epochs);
}

static const struct own_epoch *newest(const struct tov_epochs *epochs)
{
    uint32_t count = epochs->state->count;
    return count == 0 ? NULL : &epochs->state->own[count - 1];
}

uint32_t tov_epochs_newest(const struct tov_epochs *epochs)
{
    const struct own_epoch *own = newest(epochs);
    return own == NULL ? 0 : own->number;
}

bool tov_epochs_is_due(const struct tov_core *core)
{
    const struct own_epoch *own = newest(core->epochs);
    if (core->epochs->state->count == TOV_EPOCHS_MAX)
        return false; /* no peer has been heard for a year: the newest stays in use */
    return own == NULL || core->now_ms + RENEW_BEFORE_MS > own->not_after_ms;
}

/* Fact "epoch-floor": u32, no key at or below it is made. */
static struct tov_store_key floor_key(void)
{
    return tov_store_key_text("epoch-floor");
}

static enum tov_err get_floor(const struct tov_core *core, uint32_t *out_floor)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    *out_floor = 0;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    enum tov_err err = tov_core_get_pending(core, read, TOV_TABLE_FACT, floor_key(), &row);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    struct tov_reader reader = tov_reader_of(row);
    *out_floor = tov_read_u32(&reader);
    return tov_reader_is_done(&reader) ? TOV_OK : TOV_E_CORRUPT;
}

enum tov_err tov_epochs_note_made(struct tov_core *core, uint32_t number, uint64_t lost)
{
    uint32_t floor = 0;
    uint8_t row[4];
    TOV_TRY(get_floor(core, &floor));
    uint32_t newest_number = tov_epochs_newest(core->epochs);
    if (newest_number < core->epochs->last_number)
        newest_number = core->epochs->last_number;
    floor = number > floor ? number : floor;
    floor = newest_number > floor ? newest_number : floor;
    floor += lost < UINT32_MAX / 2 - floor ? (uint32_t)lost : 0;
    tov_put_be32(row, floor);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_FACT, floor_key(), TOV_BYTES_OF(row));
    return TOV_OK;
}

static enum tov_err make_key(struct tov_core *core, struct own_epoch *own)
{
    char name[32];
    TOV_CLEANUP(tov_key_wipe) struct tov_key seed;
    tov_core_random(core, seed.bytes, sizeof seed.bytes);
    secret_name(own->number, name);
    tov_vault_seal_secret(core, name, &seed, &own->sealed);
    tov_hpke_pair_derive(TOV_BYTES_OF(seed.bytes), &own->pair);
    return TOV_OK;
}

enum tov_err tov_epochs_begin(struct tov_core *core)
{
    struct epoch_state *state = core->epochs->state;
    const struct own_epoch *before = newest(core->epochs);
    if (state->count == TOV_EPOCHS_MAX)
        return TOV_E_LIMIT;
    struct own_epoch *own = &state->own[state->count];
    uint32_t floor = 0, newest = before == NULL ? core->epochs->last_number : before->number;
    TOV_TRY(get_floor(core, &floor));
    *own = (struct own_epoch){.number = (newest > floor ? newest : floor) + 1,
                              .not_before_ms = core->now_ms,
                              .not_after_ms = core->now_ms + TOV_EPOCH_LENGTH_MS,
                              .index = tov_ledger_size(core->ledger)};
    TOV_TRY(make_key(core, own));
    state->count++;
    enum tov_err err = save(core, state, 0);
    if (err != TOV_OK) {
        state->count--;
        return err;
    }
    struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    leaf->type = TOV_LEAF_EPOCH_KEY;
    leaf->as.epoch_key.epoch = own->number;
    leaf->as.epoch_key.not_before_ms = own->not_before_ms;
    leaf->as.epoch_key.not_after_ms = own->not_after_ms;
    memcpy(leaf->as.epoch_key.public_key, own->pair.public_key.bytes, 32);
    struct tov_ledger_place place;
    err = tov_core_append_leaf(core, core->ledger, leaf, 0, &place);
    free(leaf);
    return err;
}

const struct tov_hpke_pair *tov_epochs_secret(const struct tov_epochs *epochs, uint32_t epoch)
{
    for (uint32_t i = 0; i < epochs->state->count; i++) {
        if (epochs->state->own[i].number == epoch)
            return &epochs->state->own[i].pair;
    }
    return NULL;
}

void tov_epochs_on_proof(struct tov_core *core, uint64_t size)
{
    struct epoch_state *state = core->epochs->state;
    uint32_t keep_from = 0;
    while (keep_from + 1 < state->count &&
           core->now_ms >= state->own[keep_from].not_after_ms + TOV_EPOCH_GRACE_MS &&
           state->own[keep_from + 1].index < size)
        keep_from++;
    if (keep_from == 0)
        return;
    enum tov_err err = save(core, state, keep_from);
    if (err == TOV_E_FULL)
        return; /* they go with a later proof, when there is room */
    if (err != TOV_OK)
        (void)tov_core_fail(core, TOV_E_IO, "the file of epoch keys could not be replaced");
    state->count -= keep_from;
    memmove(state->own, state->own + keep_from, state->count * sizeof *state->own);
    tov_wipe(state->own + state->count, keep_from * sizeof *state->own);
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/vault.h"

#include "base/time.h"
#include "ledger/small_file.h"

#include <stdio.h>
#include <string.h>

#define AHEAD_MS (5u * 86400000ull)

static const uint8_t magic[8] = {'T', 'O', 'V', 'B', 1, 0, 0, 0};
/* All that a header may name (R0 to R5), the access log's among them, and the case book's. */
static const uint8_t classes[] = {0, 1, 2, 3, 4, 5, TOV_VAULT_CLASS_BOOK};

struct bucket {
    uint32_t number;
    uint8_t class_code;
    uint32_t month;
    struct tov_wrapped_key wrapped;
    bool is_open;
    struct tov_key key; /* in the vault's guarded memory */
};

struct tov_vault {
    struct tov_secret *memory; /* holds the struct below */
    struct vault_state *state;
};

struct vault_state {
    struct tov_key root;
    uint32_t ready[2]; /* months whose buckets are all there: this one, and of AHEAD_MS from now */
    uint32_t count;
    struct bucket buckets[TOV_BUCKETS_MAX];
};

static size_t bucket_id(const struct bucket *bucket, char out[64])
{
    int length = snprintf(out, 64, "tov/v1 bucket %u/%u/%u", bucket->number, bucket->class_code,
                          bucket->month);
    return (size_t)length;
}

static struct tov_bucket_key_place place_of(const struct tov_key *root, const struct bucket *bucket,
                                            char id[64])
{
    size_t size = bucket_id(bucket, id);
    return (struct tov_bucket_key_place){root, {(const uint8_t *)id, size}};
}

static enum tov_err open_bucket(struct vault_state *state, struct bucket *bucket)
{
    char id[64];
    if (bucket->is_open)
        return TOV_OK;
    struct tov_bucket_key_place place = place_of(&state->root, bucket, id);
    TOV_TRY(tov_bucket_key_unwrap(&place, &bucket->wrapped, &bucket->key));
    bucket->is_open = true;
    return TOV_OK;
}

static enum tov_err decode_head(struct tov_reader *reader, uint32_t *out_count)
{
    struct tov_bytes head = tov_read_bytes(reader, sizeof magic);
    *out_count = tov_read_u32(reader);
    bool is_ours = tov_bytes_equal(head, TOV_BYTES_OF(magic)) && *out_count <= TOV_BUCKETS_MAX;
    return is_ours ? TOV_OK : TOV_E_CORRUPT;
}

static void decode_bucket(struct tov_reader *reader, struct bucket *bucket)
{
    bucket->number = tov_read_u32(reader);
    bucket->class_code = tov_read_u8(reader);
    (void)tov_read_bytes(reader, 3);
    bucket->month = tov_read_u32(reader);
    tov_read_copy(reader, bucket->wrapped.bytes, sizeof bucket->wrapped.bytes);
}

static enum tov_err decode_file(struct vault_state *state, struct tov_bytes bytes)
{
    struct tov_reader reader = tov_reader_of(bytes);
    TOV_TRY(decode_head(&reader, &state->count));
    for (uint32_t i = 0; i < state->count; i++)
        decode_bucket(&reader, &state->buckets[i]);
    return tov_reader_is_done(&reader) ? TOV_OK : TOV_E_CORRUPT;
}

enum tov_err tov_vault_numbers(struct tov_bytes bytes, struct tov_vault_numbers *out_numbers)
{
    struct tov_bytes content;
    uint32_t count;
    TOV_TRY(tov_small_file_open(TOV_VAULT_FILE, bytes, &content, NULL));
    struct tov_reader reader = tov_reader_of(content);
    TOV_TRY(decode_head(&reader, &count));
    for (uint32_t i = 0; i < count; i++) {
        struct bucket bucket;
        decode_bucket(&reader, &bucket);
        out_numbers->numbers[i] = bucket.number;
    }
    out_numbers->count = count;
    return tov_reader_is_done(&reader) ? TOV_OK : TOV_E_CORRUPT;
}

static enum tov_err not_opened(struct tov_error *error, enum tov_err err)
{
    return tov_fail(error, err == TOV_E_DECRYPT ? TOV_E_KEY : err,
                    "the file of bucket keys cannot be opened with this storage root key: "
                    "check that the key file belongs to this store");
}

enum tov_err tov_vault_check(struct tov_bytes bytes, const struct tov_key *root_key,
                             uint32_t *out_count, struct tov_error *error)
{
    struct tov_bytes content;
    uint32_t count;
    TOV_TRY(tov_small_file_open(TOV_VAULT_FILE, bytes, &content, error));
    struct tov_reader reader = tov_reader_of(content);
    enum tov_err err = decode_head(&reader, &count);
    for (uint32_t i = 0; err == TOV_OK && i < count; i++) {
        char id[64];
        TOV_CLEANUP(tov_key_wipe) struct tov_key key;
        struct bucket bucket = {.number = 0};
        decode_bucket(&reader, &bucket);
        struct tov_bucket_key_place place = place_of(root_key, &bucket, id);
        err = tov_bucket_key_unwrap(&place, &bucket.wrapped, &key);
    }
    if (err == TOV_OK && !tov_reader_is_done(&reader))
        err = TOV_E_CORRUPT;
    if (err != TOV_OK)
        return not_opened(error, err);
    *out_count = count;
    return TOV_OK;
}

static enum tov_err save_file(const struct tov_core *core, const struct vault_state *state)
{
    TOV_CLEANUP(tov_buf_fini)
    struct tov_buf bytes = TOV_BUF_INIT(TOV_VAULT_FILE_MAX_BYTES);
    static const uint8_t zeros[3];
    tov_buf_put(&bytes, magic, sizeof magic);
    tov_buf_put_u32(&bytes, state->count);
    for (uint32_t i = 0; i < state->count; i++) {
        const struct bucket *bucket = &state->buckets[i];
        tov_buf_put_u32(&bytes, bucket->number);
        tov_buf_put_u8(&bytes, bucket->class_code);
        tov_buf_put(&bytes, zeros, sizeof zeros);
        tov_buf_put_u32(&bytes, bucket->month);
        tov_buf_put(&bytes, bucket->wrapped.bytes, sizeof bucket->wrapped.bytes);
    }
    return tov_small_file_save(core, TOV_VAULT_FILE, &bytes);
}

static enum tov_err load_file(const struct tov_core *core, struct vault_state *state,
                              struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini)
    struct tov_buf bytes = TOV_BUF_INIT(TOV_VAULT_FILE_MAX_BYTES);
    struct tov_bytes content;
    enum tov_err err = tov_small_file_load(core, TOV_VAULT_FILE, &bytes, &content, error);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    err = decode_file(state, content);
    if (err == TOV_OK && state->count > 0)
        err = open_bucket(state, &state->buckets[0]);
    return err == TOV_OK ? TOV_OK : not_opened(error, err);
}

enum tov_err tov_vault_open(struct tov_core *core, const struct tov_key *root_key,
                            struct tov_vault **out_vault, struct tov_error *error)
{
    TOV_CLEANUP(tov_vault_cleanup) struct tov_vault *vault = calloc(1, sizeof *vault);
    if (vault == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_secret_create(sizeof *vault->state, &vault->memory));
    vault->state = (struct vault_state *)(void *)tov_secret_data(vault->memory);
    vault->state->root = *root_key;
    TOV_TRY(load_file(core, vault->state, error));
    *out_vault = TOV_TAKE(vault);
    return TOV_OK;
}

void tov_vault_close(struct tov_vault *vault)
{
    if (vault == NULL)
        return;
    tov_secret_destroy(vault->memory);
    free(vault);
}

static uint32_t month_of(uint64_t now_ms)
{
    struct tov_date date = tov_date_of_days((int64_t)(now_ms / 86400000));
    return (uint32_t)(date.year * 12 + date.month - 1);
}

static struct bucket *bucket_of(struct vault_state *state, uint8_t class_code, uint32_t month)
{
    for (uint32_t i = state->count; i-- > 0;) {
        if (state->buckets[i].class_code == class_code && state->buckets[i].month == month)
            return &state->buckets[i];
    }
    return NULL;
}

/* In memory. */
static enum tov_err add_bucket(struct tov_core *core, uint8_t class_code, uint32_t month)
{
    struct vault_state *state = core->vault->state;
    char id[64];
    uint8_t nonce[TOV_WRAP_NONCE_BYTES];
    if (state->count == TOV_BUCKETS_MAX)
        return TOV_E_LIMIT;
    struct bucket *bucket = &state->buckets[state->count];
    uint32_t number = state->count == 0 ? 1 : state->buckets[state->count - 1].number + 1;
    *bucket = (struct bucket){.number = number, .class_code = class_code, .month = month};
    tov_core_random(core, bucket->key.bytes, sizeof bucket->key.bytes);
    tov_core_random(core, nonce, sizeof nonce);
    struct tov_bucket_key_place place = place_of(&state->root, bucket, id);
    tov_bucket_key_wrap(&place, &bucket->key, nonce, &bucket->wrapped);
    bucket->is_open = true;
    state->count++;
    return TOV_OK;
}

/* Those that are missing, in one writing of the file; on a failure none. */
static enum tov_err make_buckets(struct tov_core *core, uint32_t month)
{
    struct vault_state *state = core->vault->state;
    uint32_t before = state->count;
    enum tov_err err = TOV_OK;
    for (size_t i = 0; err == TOV_OK && i < sizeof classes; i++) {
        if (bucket_of(state, classes[i], month) == NULL)
            err = add_bucket(core, classes[i], month);
    }
    if (err == TOV_OK && state->count > before)
        err = save_file(core, state);
    if (err != TOV_OK)
        state->count = before;
    return err;
}

static enum tov_err current_bucket(struct tov_core *core, uint8_t class_code,
                                   struct bucket **out_bucket)
{
    struct vault_state *state = core->vault->state;
    struct bucket *bucket = bucket_of(state, class_code, month_of(core->now_ms));
    if (bucket == NULL)
        return tov_core_fail(core, TOV_E_INTERNAL,
                             "something was to be stored before this month's keys were made");
    *out_bucket = bucket;
    return open_bucket(state, bucket);
}

static enum tov_err make_month(struct tov_core *core, uint32_t month, uint32_t *ready)
{
    if (*ready == month)
        return TOV_OK;
    TOV_TRY(make_buckets(core, month));
    *ready = month;
    return TOV_OK;
}

bool tov_vault_is_ready(const struct tov_core *core)
{
    return core->vault->state->ready[0] == month_of(core->now_ms);
}

enum tov_err tov_vault_prepare(struct tov_core *core)
{
    uint32_t *ready = core->vault->state->ready;
    TOV_TRY(make_month(core, month_of(core->now_ms), &ready[0]));
    enum tov_err err = make_month(core, month_of(core->now_ms + AHEAD_MS), &ready[1]);
    return err == TOV_E_FULL ? TOV_OK : err; /* there are days left to try again */
}

static void wrap_one(struct tov_core *core, const struct tov_data_key_place *place,
                     const struct tov_key *key, uint8_t *out)
{
    uint8_t nonce[TOV_WRAP_NONCE_BYTES];
    struct tov_wrapped_key wrapped;
    tov_core_random(core, nonce, sizeof nonce);
    tov_data_key_wrap(place, key, nonce, &wrapped);
    memcpy(out, wrapped.bytes, sizeof wrapped.bytes);
}

enum tov_err tov_vault_wrap(struct tov_core *core, uint8_t class_code, const struct tov_hash *leaf,
                            const struct tov_message_keys *keys,
                            uint8_t out_row[TOV_DATAKEY_ROW_BYTES])
{
    struct bucket *bucket = NULL;
    TOV_TRY(current_bucket(core, class_code, &bucket));
    memset(out_row, 0, TOV_DATAKEY_ROW_BYTES);
    tov_put_be32(out_row, bucket->number);
    struct tov_data_key_place place = {&bucket->key, leaf, TOV_DATA_KEY_HEADER};
    wrap_one(core, &place, &keys->header, out_row + 4);
    if (keys->has_content) {
        place.which = TOV_DATA_KEY_CONTENT;
        wrap_one(core, &place, &keys->content, out_row + 4 + TOV_WRAPPED_KEY_BYTES);
    }
    return TOV_OK;
}

static struct bucket *find_bucket(struct vault_state *state, uint32_t number)
{
    for (uint32_t i = state->count; i-- > 0;) {
        if (state->buckets[i].number == number)
            return &state->buckets[i];
    }
    return NULL;
}

enum tov_err tov_vault_unwrap(struct tov_core *core, const struct tov_hash *leaf,
                              struct tov_bytes row, struct tov_message_keys *out_keys)
{
    struct tov_reader reader = tov_reader_of(row);
    struct tov_wrapped_key header;
    struct tov_wrapped_key content;
    static const struct tov_wrapped_key none;
    uint32_t number = tov_read_u32(&reader);
    tov_read_copy(&reader, header.bytes, sizeof header.bytes);
    tov_read_copy(&reader, content.bytes, sizeof content.bytes);
    if (!tov_reader_is_done(&reader))
        return TOV_E_CORRUPT;
    struct bucket *bucket = find_bucket(core->vault->state, number);
    if (bucket == NULL)
        return TOV_E_ERASED;
    if (open_bucket(core->vault->state, bucket) != TOV_OK)
        return TOV_E_CORRUPT;
    TOV_CLEANUP(tov_message_keys_wipe) struct tov_message_keys keys = {0};
    struct tov_data_key_place place = {&bucket->key, leaf, TOV_DATA_KEY_HEADER};
    if (tov_data_key_unwrap(&place, &header, &keys.header) != TOV_OK)
        return TOV_E_CORRUPT;
    place.which = TOV_DATA_KEY_CONTENT;
    keys.has_content = memcmp(content.bytes, none.bytes, sizeof none.bytes) != 0;
    if (keys.has_content && tov_data_key_unwrap(&place, &content, &keys.content) != TOV_OK)
        return TOV_E_CORRUPT;
    *out_keys = keys;
    return TOV_OK;
}

uint8_t tov_vault_class_of(const struct tov_core *core, struct tov_bytes row)
{
    struct tov_reader reader = tov_reader_of(row);
    const struct bucket *bucket = find_bucket(core->vault->state, tov_read_u32(&reader));
    return bucket == NULL ? 1 : bucket->class_code;
}

void tov_vault_seal_secret(struct tov_core *core, const char *name, const struct tov_key *secret,
                           struct tov_wrapped_key *out_sealed)
{
    uint8_t nonce[TOV_WRAP_NONCE_BYTES];
    struct tov_bucket_key_place place = {&core->vault->state->root, tov_bytes_of_text(name)};
    tov_core_random(core, nonce, sizeof nonce);
    tov_bucket_key_wrap(&place, secret, nonce, out_sealed);
}

enum tov_err tov_vault_open_secret(struct tov_core *core, const char *name,
                                   const struct tov_wrapped_key *sealed, struct tov_key *out_secret)
{
    struct tov_bucket_key_place place = {&core->vault->state->root, tov_bytes_of_text(name)};
    return tov_bucket_key_unwrap(&place, sealed, out_secret);
}

void tov_vault_derive(const struct tov_vault *vault, const char *label, struct tov_key *out_key)
{
    struct tov_hash root;
    memcpy(root.bytes, vault->state->root.bytes, sizeof root.bytes);
    tov_hkdf_expand(&root, tov_bytes_of_text(label), out_key->bytes, sizeof out_key->bytes);
    tov_wipe(&root, sizeof root);
}

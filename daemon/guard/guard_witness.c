/* SPDX-License-Identifier: EUPL-1.2
 *
 * The bytes of the witness file: a head of 512 bytes, then for each peer ledger, in the order of
 * first use, two slots of 512 bytes.
 *
 *   head   0   4  "TOVW"
 *          4   1  format version, 1; 3 zeros
 *          8  32  public key of the witness
 *        480  32  SHA-256 of the 480 bytes before
 *   slot   0   4  "TOVP"
 *          4   2  length of the origin; 2 zeros
 *          8   8  sequence; a record's first writing is 0 in slot 0 and 1 in slot 1
 *         16  32  public key that was pinned
 *         48   8  size, 32 root, 64 the peer's signature over them
 *        152   .  origin, then zeros
 *        480  32  SHA-256 of the 480 bytes before
 *
 * A first writing is answered after both slots are synced. So a last record whose first slot is
 * torn and whose second is zeros was never answered for; any other unreadable record is damage.
 */
#include "guard/guard_witness.h"

#include "base/cleanup.h"

#include <string.h>

#define WITNESS_VERSION 1u
#define BODY_BYTES (TOV_GUARD_WITNESS_SLOT_BYTES - TOV_HASH_BYTES)
#define RECORD_BYTES ((size_t)2 * TOV_GUARD_WITNESS_SLOT_BYTES)

static const uint8_t head_magic[4] = {'T', 'O', 'V', 'W'};
static const uint8_t slot_magic[4] = {'T', 'O', 'V', 'P'};

struct tov_guard_witness {
    struct tov_guard_peer *peers;
    size_t count;
    size_t capacity;
    size_t alone_count; /* peers of whose two copies one was damaged when it was loaded */
};
TOV_DEFINE_CLEANUP(tov_guard_witness, struct tov_guard_witness, tov_guard_witness_destroy)

/* Fills what is left of a 512-byte block: zeros, checksum. */
static enum tov_err seal_block(struct tov_buf *block)
{
    size_t left = BODY_BYTES - block->size;
    uint8_t *zeros = tov_buf_extend(block, left);
    if (zeros == NULL)
        return block->failed;
    memset(zeros, 0, left);
    struct tov_hash checksum = tov_sha256(tov_buf_view(block));
    tov_buf_put(block, checksum.bytes, TOV_HASH_BYTES);
    return block->failed;
}

static bool is_block_good(struct tov_bytes block, const uint8_t magic[4])
{
    if (block.size != TOV_GUARD_WITNESS_SLOT_BYTES || memcmp(block.data, magic, 4) != 0)
        return false;
    struct tov_hash checksum = tov_sha256((struct tov_bytes){block.data, BODY_BYTES});
    return memcmp(checksum.bytes, block.data + BODY_BYTES, TOV_HASH_BYTES) == 0;
}

enum tov_err tov_guard_witness_make_empty(const struct tov_guard_public_key *public_key,
                                          struct tov_buf *out)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf head = TOV_BUF_INIT(TOV_GUARD_WITNESS_HEAD_BYTES);
    tov_buf_put(&head, head_magic, sizeof(head_magic));
    tov_buf_put_u8(&head, WITNESS_VERSION);
    tov_buf_put(&head, (uint8_t[3]){0}, 3);
    tov_buf_put(&head, public_key->bytes, sizeof(public_key->bytes));
    TOV_TRY(seal_block(&head));
    tov_buf_put_bytes(out, tov_buf_view(&head));
    return out->failed;
}

static enum tov_err encode_slot(const struct tov_guard_peer *peer, struct tov_buf *slot)
{
    size_t origin_size = strlen(peer->origin);
    tov_buf_put(slot, slot_magic, sizeof(slot_magic));
    tov_buf_put_u16(slot, (uint16_t)origin_size);
    tov_buf_put_u16(slot, 0);
    tov_buf_put_u64(slot, peer->sequence);
    tov_buf_put(slot, peer->public_key.bytes, sizeof(peer->public_key.bytes));
    tov_buf_put_u64(slot, peer->signature.size);
    tov_buf_put(slot, peer->root.bytes, TOV_HASH_BYTES);
    tov_buf_put(slot, peer->signature.bytes, TOV_GUARD_SIGNATURE_BYTES);
    tov_buf_put(slot, peer->origin, origin_size);
    return seal_block(slot);
}

static bool decode_slot(struct tov_bytes block, struct tov_guard_peer *out)
{
    if (!is_block_good(block, slot_magic))
        return false;
    struct tov_reader reader = tov_reader_of(block);
    tov_read_bytes(&reader, sizeof(slot_magic));
    size_t origin_size = tov_read_u16(&reader);
    tov_read_u16(&reader);
    *out = (struct tov_guard_peer){.sequence = tov_read_u64(&reader)};
    tov_read_copy(&reader, out->public_key.bytes, sizeof(out->public_key.bytes));
    out->signature.size = tov_read_u64(&reader);
    tov_read_copy(&reader, out->root.bytes, TOV_HASH_BYTES);
    tov_read_copy(&reader, out->signature.bytes, TOV_GUARD_SIGNATURE_BYTES);
    if (origin_size == 0 || origin_size > TOV_ORIGIN_MAX_BYTES)
        return false;
    tov_read_copy(&reader, out->origin, origin_size);
    return !reader.failed && strlen(out->origin) == origin_size;
}

static struct tov_bytes block_at(struct tov_bytes image, size_t begin)
{
    if (image.size <= begin)
        return (struct tov_bytes){0};
    size_t size = image.size - begin;
    size = size < TOV_GUARD_WITNESS_SLOT_BYTES ? size : TOV_GUARD_WITNESS_SLOT_BYTES;
    return (struct tov_bytes){image.data + begin, size};
}

static bool is_all_zero(struct tov_bytes bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        if (bytes.data[i] != 0)
            return false;
    }
    return true;
}

static enum tov_err reserve_one(struct tov_guard_witness *witness)
{
    if (witness->count == TOV_GUARD_WITNESS_MAX)
        return TOV_E_LIMIT;
    if (witness->count < witness->capacity)
        return TOV_OK;
    size_t capacity = witness->capacity == 0 ? 16 : witness->capacity * 2;
    struct tov_guard_peer *peers = realloc(witness->peers, capacity * sizeof(*peers));
    if (peers == NULL)
        return TOV_E_NOMEM;
    witness->peers = peers;
    witness->capacity = capacity;
    return TOV_OK;
}

/* Reads record NUMBER. *OUT_IS_END: nothing that was ever answered for is there or after it. */
static enum tov_err load_record(struct tov_guard_witness *witness, struct tov_bytes image,
                                size_t number, bool *out_is_end)
{
    size_t begin = TOV_GUARD_WITNESS_HEAD_BYTES + number * RECORD_BYTES;
    struct tov_bytes first = block_at(image, begin);
    struct tov_bytes second = block_at(image, begin + TOV_GUARD_WITNESS_SLOT_BYTES);
    struct tov_guard_peer peer = {0}, other = {0};
    bool has_first = decode_slot(first, &peer);
    bool has_second = decode_slot(second, &other);
    bool is_last = image.size <= begin + RECORD_BYTES;
    *out_is_end = first.size == 0;
    if (!has_first && !has_second) {
        *out_is_end = is_last && is_all_zero(second);
        return *out_is_end ? TOV_OK : TOV_E_CORRUPT;
    }
    TOV_TRY(reserve_one(witness));
    if (!has_first || (has_second && other.sequence > peer.sequence))
        peer = other;
    witness->alone_count += has_first && has_second ? 0 : 1;
    witness->peers[witness->count++] = peer;
    return TOV_OK;
}

static enum tov_err check_head(struct tov_bytes image,
                               const struct tov_guard_public_key *public_key,
                               struct tov_error *error)
{
    if (image.size == 0)
        return tov_fail(error, TOV_E_NOT_FOUND, "there is no witness state");
    struct tov_bytes head = block_at(image, 0);
    if (image.size > TOV_GUARD_WITNESS_MAX_BYTES || !is_block_good(head, head_magic))
        return tov_fail(error, TOV_E_CORRUPT, "the head of the witness state cannot be read");
    if (head.data[4] != WITNESS_VERSION)
        return tov_fail(error, TOV_E_VERSION, "the witness state is of a newer version");
    if (memcmp(head.data + 8, public_key->bytes, sizeof(public_key->bytes)) != 0)
        return tov_fail(error, TOV_E_KEY, "the witness state belongs to another witness key");
    return TOV_OK;
}

enum tov_err tov_guard_witness_load(struct tov_bytes image,
                                    const struct tov_guard_public_key *public_key,
                                    struct tov_guard_witness **out_witness, struct tov_error *error)
{
    TOV_TRY(check_head(image, public_key, error));
    TOV_CLEANUP(tov_guard_witness_cleanup)
    struct tov_guard_witness *witness = calloc(1, sizeof(*witness));
    if (witness == NULL)
        return TOV_E_NOMEM;
    bool is_end = false;
    for (size_t number = 0; !is_end; number++) {
        enum tov_err err = load_record(witness, image, number, &is_end);
        if (err != TOV_OK)
            return tov_fail(error, err, "record %zu of the witness state cannot be read", number);
    }
    *out_witness = TOV_TAKE(witness);
    return TOV_OK;
}

bool tov_guard_witness_is_alone(const struct tov_guard_witness *witness)
{
    return witness->alone_count > 0;
}

void tov_guard_witness_destroy(struct tov_guard_witness *witness)
{
    if (witness == NULL)
        return;
    free(witness->peers);
    free(witness);
}

static struct tov_guard_peer *find_peer(const struct tov_guard_witness *witness, const char *origin)
{
    for (size_t i = 0; i < witness->count; i++) {
        if (strcmp(witness->peers[i].origin, origin) == 0)
            return &witness->peers[i];
    }
    return NULL;
}

size_t tov_guard_witness_count(const struct tov_guard_witness *witness)
{
    return witness->count;
}

const struct tov_guard_peer *tov_guard_witness_at(const struct tov_guard_witness *witness,
                                                  size_t number)
{
    return &witness->peers[number];
}

const struct tov_guard_peer *tov_guard_witness_find(const struct tov_guard_witness *witness,
                                                    const char *origin)
{
    return find_peer(witness, origin);
}

static enum tov_err write_slot(const struct tov_guard_peer *peer, size_t number,
                               const struct tov_guard_file *file)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf slot = TOV_BUF_INIT(TOV_GUARD_WITNESS_SLOT_BYTES);
    TOV_TRY(encode_slot(peer, &slot));
    uint64_t offset = TOV_GUARD_WITNESS_HEAD_BYTES + number * RECORD_BYTES +
                      peer->sequence % 2 * TOV_GUARD_WITNESS_SLOT_BYTES;
    return file->write(file->context, offset, tov_buf_view(&slot));
}

static enum tov_err add_peer(struct tov_guard_witness *witness, const struct tov_guard_peer *peer,
                             const struct tov_guard_file *file)
{
    TOV_TRY(reserve_one(witness));
    struct tov_guard_peer record = *peer;
    record.sequence = 0;
    TOV_TRY(write_slot(&record, witness->count, file));
    record.sequence = 1;
    TOV_TRY(write_slot(&record, witness->count, file));
    witness->peers[witness->count++] = record;
    return TOV_OK;
}

enum tov_err tov_guard_witness_put(struct tov_guard_witness *witness,
                                   const struct tov_guard_peer *peer,
                                   const struct tov_guard_file *file)
{
    struct tov_guard_peer *own = find_peer(witness, peer->origin);
    if (own == NULL)
        return add_peer(witness, peer, file);
    struct tov_guard_peer record = *peer;
    record.sequence = own->sequence + 1;
    TOV_TRY(write_slot(&record, (size_t)(own - witness->peers), file));
    *own = record;
    return TOV_OK;
}

/* In the slot of the older copy first: until both are written the former record is what a torn one
 * leaves, or stands beside the new one as the older. */
enum tov_err tov_guard_witness_replace(struct tov_guard_witness *witness, size_t number,
                                       const struct tov_guard_peer *peer,
                                       const struct tov_guard_file *file)
{
    struct tov_guard_peer record = *peer;
    for (unsigned copy = 1; copy <= 2; copy++) {
        record.sequence = witness->peers[number].sequence + copy;
        TOV_TRY(write_slot(&record, number, file));
    }
    witness->peers[number] = record;
    return TOV_OK;
}

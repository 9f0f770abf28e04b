/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a node reads back from its own disk; the first byte says which: entries, events, details of
 * accesses, entries of the case book, the guard's states. What the disk holds may be damaged, so
 * each is read as carefully as a peer's bytes. States of the guard get their checksums here: they
 * are what somebody could write who knows the format.
 */
#include "fuzz.h"

#include "access/journal.h"
#include "book/book_internal.h"
#include "guard/guard_witness.h"
#include "ledger/entry.h"
#include "ledger/event.h"
#include "ledger/vault.h"

#define ROW_MAX_BYTES 65536u

/* ---- rows ---- */

static void try_own(struct tov_bytes row)
{
    uint8_t again[ROW_MAX_BYTES];
    struct tov_entry entry;
    enum tov_err err = tov_entry_decode_own(row, &entry);
    MUST(err == TOV_OK || err == TOV_E_CORRUPT);
    if (err != TOV_OK || entry.state != TOV_ENTRY_PRESENT || row.size > sizeof again)
        return;
    MUST(tov_entry_own_size(entry.leaf.size, entry.links) == row.size);
    tov_entry_put_own(again, entry.event, entry.leaf, entry.links);
    MUST(tov_bytes_equal((struct tov_bytes){again, row.size}, row));
    for (uint16_t agency = 0; agency < 8; agency++) {
        struct tov_bytes link = tov_entry_link_for(&entry, agency);
        MUST(link.size == 0 || link.size == TOV_LINK_BLOCK_BYTES);
    }
}

static void try_mirror(struct tov_bytes row)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(ROW_MAX_BYTES);
    struct tov_entry entry;
    enum tov_err err = tov_entry_decode_mirror(row, &entry);
    MUST(err == TOV_OK || err == TOV_E_CORRUPT);
    if (err != TOV_OK || row.size > ROW_MAX_BYTES)
        return;
    tov_entry_put_mirror(&out, &entry);
    fuzz_must_equal(&out, row);
}

static void try_event(struct tov_bytes row)
{
    struct tov_event event;
    enum tov_err err = tov_event_decode(row, &event);
    MUST(err == TOV_OK || err == TOV_E_CORRUPT);
    if (err == TOV_OK)
        MUST(event.kind >= TOV_EVENT_WRITTEN && event.kind <= TOV_EVENT_ATTACHMENT);
}

static void try_details(struct tov_bytes details)
{
    struct tov_access_entry entry;
    enum tov_err err = tov_access_entry_decode(details, &entry);
    MUST(err == TOV_OK || err == TOV_E_CORRUPT);
    if (err == TOV_OK)
        MUST(entry.client.size + entry.role.size + entry.reason.size < details.size);
}

static void try_book(struct tov_bytes plain)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(ROW_MAX_BYTES);
    struct tov_reader reader = tov_reader_of(plain);
    struct book_entry entry;
    if (plain.size > ROW_MAX_BYTES)
        return;
    while (reader.left > 0) {
        struct tov_bytes here = {reader.at, reader.left};
        if (book_entry_get(&reader, &entry) != TOV_OK)
            return;
        tov_buf_clear(&out);
        book_entry_put(&entry, &out);
        here.size -= reader.left;
        fuzz_must_equal(&out, here);
    }
}

/* ---- the file of bucket keys ---- */

static enum tov_err load_file(void *context, const char *name, struct tov_buf *out)
{
    (void)name;
    tov_buf_put_bytes(out, *(const struct tov_bytes *)context);
    return out->failed;
}

static void try_vault(struct tov_bytes bytes)
{
    struct tov_host host = {.context = &bytes, .file_load = load_file};
    TOV_FREE struct tov_core *core = calloc(1, sizeof *core);
    TOV_CLEANUP(tov_vault_cleanup) struct tov_vault *vault = NULL;
    struct tov_key root = {{7}};
    struct tov_error error;
    MUST(core != NULL);
    core->host = &host;
    if (tov_vault_open(core, &root, &vault, &error) != TOV_OK)
        MUST(vault == NULL);
}

/* ---- states of the guard ---- */

#define STATE_HEAD_BYTES 20u /* magic 4, version 1, tree 1, origin 2, sequence 8, length 4 */

/* One slot: magic, version and length are put right, the rest is the fuzzer's. */
static void put_slot(struct tov_buf *image, struct tov_bytes body)
{
    size_t begin = image->size;
    size_t size = body.size > TOV_GUARD_SLOT_BYTES - 64 ? TOV_GUARD_SLOT_BYTES - 64 : body.size;
    uint8_t *slot = tov_buf_extend(image, TOV_GUARD_SLOT_BYTES);
    MUST(slot != NULL && begin + TOV_GUARD_SLOT_BYTES == image->size);
    memset(slot, 0, TOV_GUARD_SLOT_BYTES);
    if (size < STATE_HEAD_BYTES)
        return;
    memcpy(slot, body.data, size);
    memcpy(slot, "TOVG\1", 5);
    tov_put_be32(slot + STATE_HEAD_BYTES - 4, (uint32_t)size);
    struct tov_hash checksum = tov_sha256((struct tov_bytes){slot, size});
    memcpy(slot + size, checksum.bytes, sizeof checksum.bytes);
}

static enum tov_err write_image(void *context, uint64_t offset, struct tov_bytes bytes)
{
    struct tov_buf *image = context;
    MUST(offset + bytes.size <= image->size);
    memcpy(image->data + offset, bytes.data, bytes.size);
    return TOV_OK;
}

/* Two slots, u16 length of the first. What loads, saves to a state that loads as the same. */
static void try_state(struct tov_bytes bytes)
{
    static struct tov_guard_state state, again;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf image = TOV_BUF_INIT(TOV_GUARD_STATE_BYTES);
    struct tov_reader reader = tov_reader_of(bytes);
    struct tov_error error;
    size_t first = tov_read_u16(&reader);
    put_slot(&image, tov_read_bytes(&reader, first < reader.left ? first : reader.left));
    put_slot(&image, tov_read_bytes(&reader, reader.left));
    if (tov_guard_state_load(tov_buf_view(&image), &state, &error) != TOV_OK)
        return;
    MUST(state.last.signature.size <= state.range.size && state.kept_count <= TOV_GUARD_SIGN_MAX);
    MUST(strnlen(state.origin, sizeof state.origin) < sizeof state.origin);
    struct tov_guard_file file = {.context = &image, .write = write_image};
    if (state.sequence == UINT64_MAX)
        return;
    MUST(tov_guard_state_save(&state, &file) == TOV_OK);
    MUST(tov_guard_state_load(tov_buf_view(&image), &again, &error) == TOV_OK);
    MUST(again.sequence == state.sequence && strcmp(again.origin, state.origin) == 0);
    MUST(tov_range_equal(&again.range, &state.range) && again.kept_count == state.kept_count);
}

#define BLOCK_BODY_BYTES (TOV_GUARD_WITNESS_SLOT_BYTES - TOV_HASH_BYTES)

static void put_block(struct tov_buf *image, const char *magic, struct tov_bytes body)
{
    uint8_t *block = tov_buf_extend(image, TOV_GUARD_WITNESS_SLOT_BYTES);
    size_t size = body.size < BLOCK_BODY_BYTES ? body.size : BLOCK_BODY_BYTES;
    MUST(block != NULL);
    memset(block, 0, TOV_GUARD_WITNESS_SLOT_BYTES);
    if (size > 0)
        memcpy(block, body.data, size);
    memcpy(block, magic, 4);
    struct tov_hash checksum = tov_sha256((struct tov_bytes){block, BLOCK_BODY_BYTES});
    memcpy(block + BLOCK_BODY_BYTES, checksum.bytes, sizeof checksum.bytes);
}

/* Each record is found by its own origin; a name that no record can have is not found. Any shorter
 * one the fuzzer would learn from the comparison, and write a record of it. */
static void must_find_its_own(const struct tov_guard_witness *witness)
{
    char too_long[TOV_ORIGIN_MAX_BYTES + 2] = {0};
    memset(too_long, 'a', sizeof too_long - 1);
    MUST(tov_guard_witness_find(witness, too_long) == NULL);
    for (size_t i = 0; i < tov_guard_witness_count(witness); i++) {
        const char *origin = tov_guard_witness_at(witness, i)->origin;
        const struct tov_guard_peer *found = tov_guard_witness_find(witness, origin);
        MUST(found != NULL && strcmp(found->origin, origin) == 0);
    }
}

/* Pieces of u8 length are the records' slots; the head is a good one. */
static void try_witness(struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf image = TOV_BUF_INIT(TOV_GUARD_WITNESS_MAX_BYTES);
    struct tov_guard_public_key key = {{9}};
    struct tov_guard_witness *witness = NULL;
    struct tov_reader reader = tov_reader_of(bytes);
    struct tov_error error;
    MUST(tov_guard_witness_make_empty(&key, &image) == TOV_OK);
    while (reader.left > 0 && image.size < 64 * TOV_GUARD_WITNESS_SLOT_BYTES) {
        size_t size = tov_read_u8(&reader);
        put_block(&image, "TOVP", tov_read_bytes(&reader, size < reader.left ? size : reader.left));
    }
    enum tov_err err = tov_guard_witness_load(tov_buf_view(&image), &key, &witness, &error);
    MUST(err == TOV_OK || (err == TOV_E_CORRUPT && witness == NULL));
    if (err == TOV_OK)
        must_find_its_own(witness);
    tov_guard_witness_destroy(witness);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fuzz_attempt *const attempts[] = {try_own,  try_mirror, try_event, try_details,
                                             try_book, try_vault,  try_state, try_witness};
    return fuzz_choose(attempts, sizeof attempts / sizeof attempts[0], data, size);
}

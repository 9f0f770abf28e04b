/* SPDX-License-Identifier: EUPL-1.2 */
#include "federation/reuse.h"

#include "merkle/tile.h"
#include "support/unit.h"
#include "wire/leaf.h"
#include "wire/link.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_LINK 3u /* docs/export.md */
#define FILE_MAX_BYTES (64u << 20)

struct fact {
    uint8_t kind;
    uint8_t ledger; /* 0: of all ledgers, else the one that it counts in */
    uint8_t bytes[32];
};
struct facts {
    struct fact *facts;
    size_t count, capacity;
    uint8_t ledger;
    struct tov_leaf leaf;
};

static void add(struct facts *facts, enum reuse_kind kind, bool of_ledger, struct tov_bytes bytes)
{
    if (facts->count == facts->capacity) {
        facts->capacity = facts->capacity == 0 ? 4096 : 2 * facts->capacity;
        facts->facts = realloc(facts->facts, facts->capacity * sizeof *facts->facts);
        UNIT_NEED(facts->facts != NULL);
    }
    struct fact *fact = &facts->facts[facts->count++];
    UNIT_NEED(bytes.size <= sizeof fact->bytes);
    memset(fact, 0, sizeof *fact);
    fact->kind = (uint8_t)kind;
    fact->ledger = of_ledger ? facts->ledger : 0;
    memcpy(fact->bytes, bytes.data, bytes.size);
}

static void add_link(struct facts *facts, enum reuse_kind kind, const struct tov_series *series,
                     uint16_t agency, uint64_t number)
{
    uint8_t bytes[2 + 4 + 8 + 8];
    tov_put_be16(bytes, agency);
    tov_put_be32(bytes + 2, series->generation);
    tov_put_be64(bytes + 6, series->lost_index);
    tov_put_be64(bytes + 14, number);
    add(facts, kind, true, TOV_BYTES_OF(bytes));
}

static void add_receipt(struct facts *facts, const struct tov_leaf_receipt *receipt)
{
    uint64_t span = tov_receipt_span(receipt);
    for (uint64_t i = 0; i < span; i++)
        add_link(facts, REUSE_RECEIPT, &receipt->series, receipt->peer, receipt->last_link - i);
}

static void add_message(struct facts *facts, const struct tov_leaf_message *message)
{
    add(facts, REUSE_MESSAGE_ID, false, TOV_BYTES_OF(message->id));
    add(facts, REUSE_SALT, false, TOV_BYTES_OF(message->salt));
    add(facts, REUSE_HEADER_KEY, false, TOV_BYTES_OF(message->header_commitment.bytes));
    add(facts, REUSE_CONTENT_KEY, false, TOV_BYTES_OF(message->content_commitment.bytes));
}

static void add_epoch(struct facts *facts, const struct tov_leaf_epoch_key *key)
{
    uint8_t number[4];
    tov_put_be32(number, key->epoch);
    add(facts, REUSE_EPOCH, true, TOV_BYTES_OF(number));
    add(facts, REUSE_EPOCH_KEY, false, TOV_BYTES_OF(key->public_key));
}

static void add_leaf(struct facts *facts, struct tov_bytes bytes)
{
    if (bytes.size == 0)
        return; /* erased or lost */
    UNIT_NEED(tov_leaf_decode(bytes, &facts->leaf) == TOV_OK);
    add(facts, REUSE_BLIND, false, TOV_BYTES_OF(facts->leaf.blind));
    if (facts->leaf.type == TOV_LEAF_MESSAGE)
        add_message(facts, &facts->leaf.as.message);
    else if (facts->leaf.type == TOV_LEAF_RECEIPT)
        add_receipt(facts, &facts->leaf.as.receipt);
    else if (facts->leaf.type == TOV_LEAF_EPOCH_KEY)
        add_epoch(facts, &facts->leaf.as.epoch_key);
}

static void add_bundle(struct facts *facts, struct tov_bytes file)
{
    struct tov_reader reader = tov_reader_of(file);
    struct tov_bytes leaf;
    while (tov_bundle_next(&reader, &leaf))
        add_leaf(facts, leaf);
}

static void add_records(struct facts *facts, struct tov_bytes file)
{
    struct tov_reader reader = tov_reader_of(file);
    while (!tov_reader_is_done(&reader)) {
        uint8_t kind = tov_read_u8(&reader);
        (void)tov_read_u64(&reader);
        uint32_t size = tov_read_u32(&reader);
        struct tov_reader body = tov_reader_of(tov_read_bytes(&reader, size));
        struct tov_link_block block;
        UNIT_NEED(!reader.failed);
        if (kind != RECORD_LINK)
            continue;
        uint16_t agency = tov_read_u16(&body);
        UNIT_NEED(tov_link_decode(tov_read_bytes(&body, TOV_LINK_BLOCK_BYTES), &block) == TOV_OK);
        add_link(facts, REUSE_LINK, &block.series, agency, block.number);
    }
}

/* ---- files ---- */

typedef void add_file(struct facts *facts, struct tov_bytes file);

static void read_file(struct facts *facts, const char *path, add_file *add_it)
{
    FILE *file = fopen(path, "rb");
    UNIT_NEED(file != NULL && fseek(file, 0, SEEK_END) == 0);
    long size = ftell(file);
    UNIT_NEED(size >= 0 && size < (long)FILE_MAX_BYTES && fseek(file, 0, SEEK_SET) == 0);
    uint8_t *bytes = malloc((size_t)size + 1);
    UNIT_NEED(bytes != NULL && fread(bytes, 1, (size_t)size, file) == (size_t)size);
    UNIT_NEED(fclose(file) == 0);
    add_it(facts, (struct tov_bytes){bytes, (size_t)size});
    free(bytes);
}

/* Bundle N is FOLDER/NNN, or FOLDER/NNN.p/W as long as it is not full. */
static void read_folder(struct facts *facts, const char *export, const char *folder,
                        add_file *add_it)
{
    char pattern[1024];
    glob_t found;
    (void)snprintf(pattern, sizeof pattern, "%s/%s/{[0-9][0-9][0-9],[0-9][0-9][0-9].p/*}", export,
                   folder);
    UNIT_NEED(glob(pattern, GLOB_BRACE, NULL, &found) == 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        read_file(facts, found.gl_pathv[i], add_it);
    globfree(&found);
}

/* ---- counting ---- */

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct fact));
}

static void count(const struct facts *facts, struct reuse_count out[REUSE_KINDS])
{
    static const char *const names[REUSE_KINDS] = {[REUSE_MESSAGE_ID] = "message ids",
                                                   [REUSE_SALT] = "salts",
                                                   [REUSE_BLIND] = "blind bytes",
                                                   [REUSE_HEADER_KEY] = "header keys",
                                                   [REUSE_CONTENT_KEY] = "content keys",
                                                   [REUSE_LINK] = "link numbers",
                                                   [REUSE_RECEIPT] = "links with a receipt",
                                                   [REUSE_EPOCH] = "epoch numbers",
                                                   [REUSE_EPOCH_KEY] = "epoch keys"};
    for (size_t i = 0; i < REUSE_KINDS; i++)
        out[i] = (struct reuse_count){.name = names[i]};
    for (size_t i = 0; i < facts->count; i++) {
        struct reuse_count *of = &out[facts->facts[i].kind];
        of->compared++;
        of->twice += i > 0 && compare(&facts->facts[i - 1], &facts->facts[i]) == 0 ? 1 : 0;
    }
}

void reuse_count(const char *const *folders, size_t folder_count,
                 struct reuse_count out[REUSE_KINDS])
{
    struct facts *facts = calloc(1, sizeof *facts);
    UNIT_NEED(facts != NULL);
    for (size_t i = 0; i < folder_count; i++) {
        facts->ledger = (uint8_t)(i + 1);
        read_folder(facts, folders[i], "leaves", add_bundle);
        read_folder(facts, folders[i], "detached", add_records);
    }
    qsort(facts->facts, facts->count, sizeof *facts->facts, compare);
    count(facts, out);
    free(facts->facts);
    free(facts);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * The parcel writer against protobuf-c's own packing, and at its limit.
 */
#include "base/cleanup.h"
#include "base/limits.h"
#include "support/unit.h"
#include "wire/frame.h"

#include "peer.pb-c.h"

#include <stdlib.h>
#include <string.h>

static uint8_t noise[16384];
static struct tov_frame_item items[32];
static struct tov_frame_cosignature cosignatures[4];

/* Numbers of every length of a varint, 0 included. */
static uint64_t any_number(uint64_t *random)
{
    uint64_t shift = unit_random(random) % 66;
    return shift > 63 ? 0 : unit_random(random) >> shift;
}

static struct tov_bytes any_bytes(uint64_t *random, size_t most)
{
    size_t size = unit_random(random) % 4 == 0 ? 0 : unit_random(random) % (most + 1);
    return (struct tov_bytes){noise + unit_random(random) % (sizeof noise - most), size};
}

static void fill_disclosed(struct tov_frame_disclosed *out, uint64_t *random)
{
    out->leaf = any_bytes(random, 4095);
    out->link_block = any_bytes(random, 68);
    out->detached = any_bytes(random, 200);
    out->part_count = unit_random(random) % (TOV_PARTS_MAX + 1);
    for (size_t i = 0; i < out->part_count; i++) {
        out->parts[i].state = (enum tov_part_state)(1 + unit_random(random) % 4);
        out->parts[i].data = any_bytes(random, 300);
    }
    out->stanza_count = unit_random(random) % (TOV_STANZAS_PER_ENTRY_MAX + 1);
    for (size_t i = 0; i < out->stanza_count; i++) {
        out->stanzas[i].sealed = any_bytes(random, 120);
        out->stanzas[i].epoch = (uint32_t)any_number(random);
    }
}

static void fill_item(struct tov_frame_item *out, uint64_t *random)
{
    memset(out, 0, sizeof *out);
    out->kind = (enum tov_item_kind)(1 + unit_random(random) % 3);
    if (out->kind == TOV_ITEM_DISCLOSED) {
        fill_disclosed(&out->as.disclosed, random);
    } else if (out->kind == TOV_ITEM_SKIPPED) {
        out->as.skipped.count = any_number(random);
        out->as.skipped.level0 = unit_random(random) % 2 == 0;
        out->as.skipped.hashes = any_bytes(random, 300);
    } else {
        memcpy(out->as.erased.leaf_hash.bytes, noise, TOV_HASH_BYTES);
        out->as.erased.link_block = any_bytes(random, 68);
        out->as.erased.erased_by = any_number(random);
    }
}

/* ---- the same by protobuf-c; what it allocates stands in one list ---- */

static void *owned[4096];
static size_t owned_count;

static void *own(size_t size)
{
    UNIT_NEED(owned_count < sizeof owned / sizeof owned[0]);
    owned[owned_count] = calloc(1, size == 0 ? 1 : size);
    UNIT_NEED(owned[owned_count] != NULL);
    return owned[owned_count++];
}

static ProtobufCBinaryData field(struct tov_bytes bytes)
{
    return (ProtobufCBinaryData){bytes.size, (uint8_t *)(uintptr_t)bytes.data};
}

static Tov__Peer__Disclosed *make_disclosed(const struct tov_frame_disclosed *from)
{
    Tov__Peer__Disclosed *out = own(sizeof *out);
    tov__peer__disclosed__init(out);
    out->leaf = field(from->leaf);
    out->link_block = field(from->link_block);
    out->detached = field(from->detached);
    out->n_parts = from->part_count;
    out->parts = own(from->part_count * sizeof *out->parts);
    for (size_t i = 0; i < from->part_count; i++) {
        out->parts[i] = own(sizeof **out->parts);
        tov__peer__part__init(out->parts[i]);
        out->parts[i]->state = (Tov__Peer__PartState)from->parts[i].state;
        out->parts[i]->data = field(from->parts[i].data);
    }
    out->n_stanzas = from->stanza_count;
    out->stanzas = own(from->stanza_count * sizeof *out->stanzas);
    for (size_t i = 0; i < from->stanza_count; i++) {
        out->stanzas[i] = own(sizeof **out->stanzas);
        tov__peer__stanza__init(out->stanzas[i]);
        out->stanzas[i]->sealed = field(from->stanzas[i].sealed);
        out->stanzas[i]->epoch = from->stanzas[i].epoch;
    }
    return out;
}

static Tov__Peer__Item *make_item(const struct tov_frame_item *from)
{
    Tov__Peer__Item *out = own(sizeof *out);
    tov__peer__item__init(out);
    if (from->kind == TOV_ITEM_DISCLOSED) {
        out->kind_case = TOV__PEER__ITEM__KIND_DISCLOSED;
        out->disclosed = make_disclosed(&from->as.disclosed);
    } else if (from->kind == TOV_ITEM_SKIPPED) {
        out->kind_case = TOV__PEER__ITEM__KIND_SKIPPED;
        out->skipped = own(sizeof *out->skipped);
        tov__peer__skipped__init(out->skipped);
        out->skipped->count = from->as.skipped.count;
        out->skipped->level0 = from->as.skipped.level0;
        out->skipped->hashes = field(from->as.skipped.hashes);
    } else {
        out->kind_case = TOV__PEER__ITEM__KIND_ERASED;
        out->erased = own(sizeof *out->erased);
        tov__peer__erased__init(out->erased);
        out->erased->leaf_hash = field(TOV_BYTES_OF(from->as.erased.leaf_hash.bytes));
        out->erased->link_block = field(from->as.erased.link_block);
        out->erased->erased_by = from->as.erased.erased_by;
    }
    return out;
}

static Tov__Peer__Cosignature *make_cosignature(const struct tov_frame_cosignature *from)
{
    Tov__Peer__Cosignature *out = own(sizeof *out);
    tov__peer__cosignature__init(out);
    out->agency = from->agency;
    out->size = from->size;
    out->time_s = from->time_s;
    out->signature = field(TOV_BYTES_OF(from->signature));
    return out;
}

static void pack_by_protobuf(const struct tov_frame_parcel *from, struct tov_buf *out)
{
    Tov__Peer__Parcel parcel = TOV__PEER__PARCEL__INIT;
    Tov__Peer__Frame frame = TOV__PEER__FRAME__INIT;
    parcel.generation = from->generation;
    parcel.from = from->from;
    parcel.to = from->to;
    parcel.root = field(TOV_BYTES_OF(from->root.bytes));
    parcel.signature = field(TOV_BYTES_OF(from->signature));
    parcel.n_items = from->item_count;
    parcel.items = own(from->item_count * sizeof *parcel.items);
    for (size_t i = 0; i < from->item_count; i++)
        parcel.items[i] = make_item(&items[i]);
    parcel.n_cosignatures = from->cosignature_count;
    parcel.cosignatures = own(from->cosignature_count * sizeof *parcel.cosignatures);
    for (size_t i = 0; i < from->cosignature_count; i++)
        parcel.cosignatures[i] = make_cosignature(&cosignatures[i]);
    parcel.control_signature = field(TOV_BYTES_OF(from->control_signature));
    frame.kind_case = TOV__PEER__FRAME__KIND_PARCEL;
    frame.parcel = &parcel;
    uint8_t *to = tov_buf_extend(out, tov__peer__frame__get_packed_size(&frame));
    UNIT_NEED(to != NULL);
    (void)tov__peer__frame__pack(&frame, to);
    for (size_t i = 0; i < owned_count; i++)
        free(owned[i]);
    owned_count = 0;
}

static void fill_parcel(struct tov_frame_parcel *out, uint64_t *random)
{
    memset(out, 0, sizeof *out);
    out->generation = (uint32_t)any_number(random);
    out->from = any_number(random);
    out->to = any_number(random);
    memcpy(out->root.bytes, noise, sizeof out->root.bytes);
    memcpy(out->signature, noise, sizeof out->signature);
    memcpy(out->control_signature, noise + 1, sizeof out->control_signature);
    out->item_count = unit_random(random) % 33;
    for (size_t i = 0; i < out->item_count; i++)
        fill_item(&items[i], random);
    out->cosignature_count = unit_random(random) % 5;
    for (size_t i = 0; i < out->cosignature_count; i++) {
        cosignatures[i].agency = (uint16_t)any_number(random);
        cosignatures[i].size = any_number(random);
        cosignatures[i].time_s = any_number(random);
        memcpy(cosignatures[i].signature, noise + i, sizeof cosignatures[i].signature);
    }
}

static void the_writer_writes_what_protobuf_would(void)
{
    struct tov_parcel_writer writer = TOV_PARCEL_WRITER_INIT;
    struct tov_buf mine = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_buf theirs = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    uint64_t random = 1;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)unit_random(&random);
    for (int round = 0; round < 2000; round++) {
        struct tov_frame_parcel parcel;
        fill_parcel(&parcel, &random);
        tov_parcel_writer_clear(&writer);
        for (size_t i = 0; i < parcel.item_count; i++)
            UNIT_NEED(tov_parcel_writer_add(&writer, &items[i]) == TOV_OK);
        for (size_t i = 0; i < parcel.cosignature_count; i++)
            UNIT_NEED(tov_parcel_writer_add_cosignature(&writer, &cosignatures[i]) == TOV_OK);
        tov_buf_clear(&mine);
        tov_buf_clear(&theirs);
        UNIT_OK(tov_parcel_writer_finish(&writer, &parcel, &mine));
        pack_by_protobuf(&parcel, &theirs);
        UNIT_EQUAL_BYTES(tov_buf_view(&mine), tov_buf_view(&theirs));
    }
    tov_buf_fini(&mine);
    tov_buf_fini(&theirs);
    tov_parcel_writer_fini(&writer);
}

static struct tov_frame_item small_item(void)
{
    struct tov_frame_item item = {.kind = TOV_ITEM_SKIPPED};
    item.as.skipped.count = 1;
    item.as.skipped.hashes = (struct tov_bytes){noise, 32};
    item.as.skipped.hash_count = 1;
    return item;
}

static void rewind_takes_back_what_was_added_after_the_mark(void)
{
    struct tov_parcel_writer writer = TOV_PARCEL_WRITER_INIT;
    struct tov_frame_item item = small_item();
    struct tov_frame_cosignature cosignature = {.agency = 1};
    UNIT_OK(tov_parcel_writer_add(&writer, &item));
    struct tov_parcel_mark mark = tov_parcel_writer_mark(&writer);
    size_t size = writer.items.size;
    UNIT_OK(tov_parcel_writer_add(&writer, &item));
    UNIT_OK(tov_parcel_writer_add_cosignature(&writer, &cosignature));
    tov_parcel_writer_rewind(&writer, mark);
    UNIT_EQUAL_INT(writer.items.size, size);
    UNIT_EQUAL_INT(writer.item_count, 1);
    UNIT_OK(tov_parcel_writer_add(&writer, &item)); /* no cosignature stands before it any more */
    UNIT_EQUAL_INT(writer.item_count, 2);
    tov_parcel_writer_fini(&writer);
}

/* Filled as far as it goes, with the largest numbers in its head, a parcel is still a frame. */
static void a_full_writer_says_so_is_as_before_and_still_finishes(void)
{
    struct tov_parcel_writer writer = TOV_PARCEL_WRITER_INIT;
    struct tov_buf out = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_item item = small_item();
    struct tov_frame_parcel parcel = {
        .generation = UINT32_MAX, .from = UINT64_MAX - 1, .to = UINT64_MAX};
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *frame = NULL;
    enum tov_err err = TOV_OK;
    size_t count = 0;
    while ((err = tov_parcel_writer_add(&writer, &item)) == TOV_OK)
        count++;
    UNIT_EQUAL_INT(err, TOV_E_LIMIT);
    UNIT_EQUAL_INT(writer.item_count, count);
    UNIT_EQUAL_INT(tov_parcel_writer_add(&writer, &item), TOV_E_LIMIT);
    UNIT_OK(tov_parcel_writer_finish(&writer, &parcel, &out));
    UNIT_OK(tov_frame_decode(tov_buf_view(&out), &frame));
    UNIT_OK(tov_frame_parcel(frame, &parcel));
    UNIT_EQUAL_INT(parcel.item_count, count);
    tov_buf_fini(&out);
    tov_parcel_writer_fini(&writer);
}

static void an_item_larger_than_a_frame_does_not_fit(void)
{
    struct tov_parcel_writer writer = TOV_PARCEL_WRITER_INIT;
    struct tov_frame_item item = {.kind = TOV_ITEM_DISCLOSED};
    TOV_FREE uint8_t *data = calloc(1, TOV_FRAME_MAX_BYTES);
    UNIT_NEED(data != NULL);
    item.as.disclosed.leaf = (struct tov_bytes){noise, 1};
    item.as.disclosed.detached = (struct tov_bytes){data, TOV_FRAME_MAX_BYTES};
    UNIT_EQUAL_INT(tov_parcel_writer_add(&writer, &item), TOV_E_LIMIT);
    UNIT_EQUAL_INT(writer.items.size, 0);
    item.as.disclosed.detached.size = 1000;
    UNIT_OK(tov_parcel_writer_add(&writer, &item));
    tov_parcel_writer_fini(&writer);
}

static const struct unit_test tests[] = {
    UNIT_TEST(the_writer_writes_what_protobuf_would),
    UNIT_TEST(rewind_takes_back_what_was_added_after_the_mark),
    UNIT_TEST(a_full_writer_says_so_is_as_before_and_still_finishes),
    UNIT_TEST(an_item_larger_than_a_frame_does_not_fit),
};

int main(void)
{
    return unit_run("parcel_writer", tests, sizeof tests / sizeof tests[0]);
}

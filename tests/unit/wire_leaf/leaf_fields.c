/* SPDX-License-Identifier: EUPL-1.2 */
#include "leaf_fields.h"

#include <stdlib.h>
#include <string.h>

static const json_t *get(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    UNIT_NEED(value != NULL);
    return value;
}

static uint64_t number(const json_t *object, const char *name)
{
    return (uint64_t)json_integer_value(get(object, name));
}

static void bytes(const json_t *object, const char *name, uint8_t *out, size_t size)
{
    size_t have = 0;
    uint8_t *data = unit_hex(json_string_value(get(object, name)), &have);
    UNIT_NEED(have == size);
    memcpy(out, data, size);
    free(data);
}

static void hash(const json_t *object, const char *name, struct tov_hash *out)
{
    bytes(object, name, out->bytes, sizeof out->bytes);
}

static void fill_genesis(const json_t *fields, struct tov_leaf_genesis *out)
{
    out->agency = (uint16_t)number(fields, "agency");
    out->generation = (uint32_t)number(fields, "generation");
    out->journal = (uint32_t)number(fields, "journal");
    out->roster_version = (uint32_t)number(fields, "roster_version");
    hash(fields, "roster_hash", &out->roster_hash);
    out->former_size = number(fields, "former_size");
    hash(fields, "former_root", &out->former_root);
    const char *federation = json_string_value(get(fields, "federation"));
    UNIT_NEED(strlen(federation) < sizeof out->federation);
    memcpy(out->federation, federation, strlen(federation) + 1);
}

static void fill_message(const json_t *fields, struct tov_leaf_message *out)
{
    const json_t *recipients = get(fields, "recipients");
    const json_t *parts = get(fields, "parts");
    out->suite = (uint8_t)number(fields, "suite");
    bytes(fields, "id", out->id, sizeof out->id);
    bytes(fields, "salt", out->salt, sizeof out->salt);
    out->roster_version = (uint32_t)number(fields, "roster_version");
    out->recipient_count = (uint8_t)json_array_size(recipients);
    for (size_t i = 0; i < out->recipient_count; i++) {
        const json_t *from = json_array_get(recipients, i);
        out->recipients[i].agency = (uint16_t)number(from, "agency");
        out->recipients[i].right = (enum tov_right)number(from, "right");
        hash(from, "link_hash", &out->recipients[i].link_hash);
    }
    out->part_count = (uint8_t)json_array_size(parts);
    for (size_t i = 0; i < out->part_count; i++) {
        const json_t *from = json_array_get(parts, i);
        out->parts[i].sealed_size = number(from, "sealed_size");
        out->parts[i].is_inline = number(from, "inline") == 1;
        hash(from, "root", &out->parts[i].root);
    }
    hash(fields, "header_commitment", &out->header_commitment);
    hash(fields, "content_commitment", &out->content_commitment);
}

static struct tov_verdict_value verdict(const json_t *fields)
{
    return (struct tov_verdict_value){
        .verdict = (enum tov_verdict)number(fields, "verdict"),
        .flags = (uint8_t)number(fields, "flags"),
        .detail = (uint16_t)number(fields, "detail"),
    };
}

static void fill_receipt(const json_t *fields, struct tov_leaf_receipt *out)
{
    const json_t *runs = get(fields, "runs");
    const json_t *amendments = get(fields, "amendments");
    out->peer = (uint16_t)number(fields, "peer");
    out->series.generation = (uint32_t)number(fields, "generation");
    out->series.lost_index = number(fields, "lost_index");
    out->last_link = number(fields, "last_link");
    hash(fields, "last_leaf_hash", &out->last_leaf_hash);
    out->run_count = (uint16_t)json_array_size(runs);
    for (size_t i = 0; i < out->run_count; i++) {
        out->runs[i].count = (uint16_t)number(json_array_get(runs, i), "count");
        out->runs[i].value = verdict(json_array_get(runs, i));
    }
    out->amendment_count = (uint16_t)json_array_size(amendments);
    for (size_t i = 0; i < out->amendment_count; i++) {
        const json_t *from = json_array_get(amendments, i);
        out->amendments[i].link_number = number(from, "link_number");
        hash(from, "leaf_hash", &out->amendments[i].leaf_hash);
        out->amendments[i].value = verdict(from);
    }
}

static void fill_erased(const json_t *fields, struct tov_leaf_erased *out)
{
    const json_t *refs = get(fields, "refs");
    out->scope = (enum tov_erased_scope)number(fields, "scope");
    out->basis = (uint16_t)number(fields, "basis");
    out->ref_count = (uint8_t)json_array_size(refs);
    for (size_t i = 0; i < out->ref_count; i++) {
        const json_t *from = json_array_get(refs, i);
        out->refs[i].agency = (uint16_t)number(from, "agency");
        out->refs[i].generation = (uint32_t)number(from, "generation");
        out->refs[i].index = number(from, "index");
        hash(from, "leaf_hash", &out->refs[i].leaf);
    }
}

static void fill_small(const json_t *fields, struct tov_leaf *out)
{
    if (out->type == TOV_LEAF_EPOCH_KEY) {
        out->as.epoch_key.epoch = (uint32_t)number(fields, "epoch");
        out->as.epoch_key.not_before_ms = number(fields, "not_before_ms");
        out->as.epoch_key.not_after_ms = number(fields, "not_after_ms");
        bytes(fields, "public_key", out->as.epoch_key.public_key, 32);
    } else if (out->type == TOV_LEAF_ANCHOR) {
        out->as.anchor.seen_count = (uint16_t)number(fields, "seen_count");
        hash(fields, "seen_hash", &out->as.anchor.seen_hash);
    } else if (out->type == TOV_LEAF_ROSTER) {
        out->as.roster.version = (uint32_t)number(fields, "version");
        hash(fields, "hash", &out->as.roster.hash);
    } else if (out->type == TOV_LEAF_JOURNAL_ROOT) {
        out->as.journal_root.journal = (uint32_t)number(fields, "journal");
        out->as.journal_root.size = number(fields, "size");
        hash(fields, "root", &out->as.journal_root.root);
    } else if (out->type == TOV_LEAF_LOST) {
        out->as.lost.first = number(fields, "first");
        out->as.lost.end = number(fields, "end");
    } else {
        UNIT_NEED(tov_leaf_type_is_journal(out->type));
        out->as.detail.class_code = (uint8_t)number(fields, "class_code");
        hash(fields, "detail_hash", &out->as.detail.detail_hash);
    }
}

static enum tov_leaf_type type_of(const char *name)
{
    static const struct {
        const char *name;
        enum tov_leaf_type type;
    } types[] = {
        {"genesis", TOV_LEAF_GENESIS},
        {"message", TOV_LEAF_MESSAGE},
        {"receipt", TOV_LEAF_RECEIPT},
        {"epoch_key", TOV_LEAF_EPOCH_KEY},
        {"anchor", TOV_LEAF_ANCHOR},
        {"roster", TOV_LEAF_ROSTER},
        {"journal_root", TOV_LEAF_JOURNAL_ROOT},
        {"erased", TOV_LEAF_ERASED},
        {"lost", TOV_LEAF_LOST},
        {"access", TOV_LEAF_ACCESS},
        {"fold", TOV_LEAF_FOLD},
        {"rewrap", TOV_LEAF_REWRAP},
        {"override", TOV_LEAF_OVERRIDE},
        {"grant", TOV_LEAF_GRANT},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(types[i].name, name) == 0)
            return types[i].type;
    }
    UNIT_NEED(false && "a type of the vectors is known");
    return TOV_LEAF_GENESIS;
}

void leaf_of_vector(const json_t *row, struct tov_leaf *out)
{
    const json_t *fields = get(row, "fields");
    memset(out, 0, sizeof *out);
    out->type = type_of(json_string_value(get(row, "type")));
    out->time_ms = number(row, "time_ms");
    bytes(row, "blind", out->blind, sizeof out->blind);
    if (out->type == TOV_LEAF_GENESIS)
        fill_genesis(fields, &out->as.genesis);
    else if (out->type == TOV_LEAF_MESSAGE)
        fill_message(fields, &out->as.message);
    else if (out->type == TOV_LEAF_RECEIPT)
        fill_receipt(fields, &out->as.receipt);
    else if (out->type == TOV_LEAF_ERASED)
        fill_erased(fields, &out->as.erased);
    else
        fill_small(fields, out);
}

void link_of_vector(const json_t *row, struct tov_link_block *out)
{
    const json_t *fields = get(row, "fields");
    memset(out, 0, sizeof *out);
    out->series.generation = (uint32_t)number(fields, "generation");
    out->series.lost_index = number(fields, "lost_index");
    out->number = number(fields, "number");
    hash(fields, "previous", &out->previous);
    bytes(fields, "salt", out->salt, sizeof out->salt);
}

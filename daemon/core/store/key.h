/* SPDX-License-Identifier: EUPL-1.2
 *
 * Keys of the store's tables: short byte strings, made of big-endian numbers, so that the order of
 * bytes is the order of numbers and what is written in order is appended at the end of its table.
 * (LMDB's integer keys were tried: no difference that stands out of the noise.)
 * Not for: values. Nobody may put a random key into a table that grows with messages
 * (docs/protocol.md 3).
 */
#ifndef TOV_STORE_KEY_H
#define TOV_STORE_KEY_H

#include "base/bytes.h"

#define TOV_STORE_KEY_MAX 40u

/* A plain value: pass it and keep it by value. */
struct tov_store_key {
    uint8_t size;
    uint8_t bytes[TOV_STORE_KEY_MAX];
};

/* Sizes to name in a table's row. */
#define TOV_STORE_KEY_U16 2u
#define TOV_STORE_KEY_U32 4u
#define TOV_STORE_KEY_U64 8u
#define TOV_STORE_KEY_U16_U64 10u
#define TOV_STORE_KEY_U16_U32_U64 14u
#define TOV_STORE_KEY_U64_U64 16u
#define TOV_STORE_KEY_ANY 0u /* 1 to TOV_STORE_KEY_MAX bytes */

struct tov_store_key tov_store_key_u16(uint16_t a);
struct tov_store_key tov_store_key_u32(uint32_t a);
struct tov_store_key tov_store_key_u64(uint64_t a);
struct tov_store_key tov_store_key_u16_u64(uint16_t a, uint64_t b);
struct tov_store_key tov_store_key_u16_u32_u64(uint16_t a, uint32_t b, uint64_t c);
struct tov_store_key tov_store_key_u64_u64(uint64_t a, uint64_t b);
/* BYTES of at most TOV_STORE_KEY_MAX (asserted). */
struct tov_store_key tov_store_key_bytes(struct tov_bytes bytes);
struct tov_store_key tov_store_key_text(const char *text);
/* For other shapes: starts empty, puts big-endian numbers behind what is there (room asserted). */
void tov_store_key_put_u8(struct tov_store_key *key, uint8_t value);
void tov_store_key_put_u16(struct tov_store_key *key, uint16_t value);
void tov_store_key_put_u32(struct tov_store_key *key, uint32_t value);
void tov_store_key_put_u64(struct tov_store_key *key, uint64_t value);
void tov_store_key_put_bytes(struct tov_store_key *key, struct tov_bytes bytes);

/* The numbers of a key again: a reader over its bytes, and the plain case. KEY must outlive it. */
struct tov_reader tov_store_key_reader(const struct tov_store_key *key);
uint64_t tov_store_key_to_u64(const struct tov_store_key *key); /* size 8, asserted */

#endif

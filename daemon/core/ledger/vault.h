/* SPDX-License-Identifier: EUPL-1.2
 *
 * Keys at rest (docs/architecture.md): storage root key -> bucket keys (retention class x month) in
 * one small file that is replaced as a whole -> data keys in rows. What is erased is erased here:
 * without its data key a message cannot be read, wherever its bytes may still lie. Not for: the
 * envelope's cryptography (envelope/wrap.h). Never write a data key to the store in clear, nor the
 * file into a backup without its root key's escrow.
 *
 *   buckets file   "TOVB" 4, version 1, 3 zero, count u32,
 *                  count * (number u32, class u8, 3 zero, month u32 (year * 12 + month - 1),
 *                           wrapped key 72)
 *   bucket id (associated data)   "tov/v1 bucket " number "/" class "/" month, decimal
 *   data key row   bucket u32, wrapped header key 72, wrapped content key 72 (zeros: not held)
 */
#ifndef TOV_LEDGER_VAULT_H
#define TOV_LEDGER_VAULT_H

#include "envelope/keys.h"
#include "envelope/wrap.h"
#include "ledger/core.h"

#define TOV_DATAKEY_ROW_BYTES (4u + 2u * TOV_WRAPPED_KEY_BYTES)
#define TOV_BUCKETS_MAX 4096u
/* No retention class: buckets of the case book's snapshots. Messages of all classes are copied
 * there, so that to erase one of them these buckets may go, and nothing is lost with them. */
#define TOV_VAULT_CLASS_BOOK 128u

/* Reads the buckets file, when there is one. ROOT_KEY is copied into guarded memory. */
enum tov_err tov_vault_open(struct tov_core *core, const struct tov_key *root_key,
                            struct tov_vault **out_vault, struct tov_error *error) TOV_MUST_CHECK;
void tov_vault_close(struct tov_vault *vault);
TOV_DEFINE_CLEANUP(tov_vault, struct tov_vault, tov_vault_close)

/* The numbers of the buckets in a file BYTES, without any key: whether a data key row still has its
 * bucket (whose number begins the row) can be told of a copy. TOV_E_CORRUPT. */
struct tov_vault_numbers {
    uint32_t count;
    uint32_t numbers[TOV_BUCKETS_MAX]; /* in the file's order */
};
enum tov_err tov_vault_numbers(struct tov_bytes bytes,
                               struct tov_vault_numbers *out_numbers) TOV_MUST_CHECK;
/* That ROOT_KEY opens every bucket key in a file BYTES, and how many there are. TOV_E_KEY: it is
 * the key of another store; TOV_E_CORRUPT. */
enum tov_err tov_vault_check(struct tov_bytes bytes, const struct tov_key *root_key,
                             uint32_t *out_count, struct tov_error *error) TOV_MUST_CHECK;
#define TOV_VAULT_FILE "buckets"
#define TOV_VAULT_FILE_MAX_BYTES \
    (12u + TOV_BUCKETS_MAX * (12u + TOV_WRAPPED_KEY_BYTES) + 8u) /* and its sum */

/* Makes buckets, and nothing else does: those of all classes for the month of core->now_ms are
 * there, and on disk, and from 5 days before its end those of the next month if there is room for
 * them. Quick where there is nothing to do. TOV_E_FULL: the disk has no room for this month's. */
enum tov_err tov_vault_prepare(struct tov_core *core) TOV_MUST_CHECK;
/* Whether that was done for the month of core->now_ms. */
bool tov_vault_is_ready(const struct tov_core *core);
/* Wraps KEYS of the message whose leaf hash is LEAF for a row, in the bucket of CLASS_CODE and the
 * month of core->now_ms. Nothing is begun without these (node_turn.c): TOV_E_INTERNAL, which has
 * failed the core, where that was forgotten. */
enum tov_err tov_vault_wrap(struct tov_core *core, uint8_t class_code, const struct tov_hash *leaf,
                            const struct tov_message_keys *keys,
                            uint8_t out_row[TOV_DATAKEY_ROW_BYTES]) TOV_MUST_CHECK;
/* TOV_E_ERASED when the bucket is gone, TOV_E_CORRUPT when the row does not open. */
enum tov_err tov_vault_unwrap(struct tov_core *core, const struct tov_hash *leaf,
                              struct tov_bytes row,
                              struct tov_message_keys *out_keys) TOV_MUST_CHECK;

/* The retention class of the bucket that ROW was made in; 1 when it is gone. */
uint8_t tov_vault_class_of(const struct tov_core *core, struct tov_bytes row);

/* Small secrets of the core's own files (epoch keys), bound to NAME. */
void tov_vault_seal_secret(struct tov_core *core, const char *name, const struct tov_key *secret,
                           struct tov_wrapped_key *out_sealed);
enum tov_err tov_vault_open_secret(struct tov_core *core, const char *name,
                                   const struct tov_wrapped_key *sealed,
                                   struct tov_key *out_secret) TOV_MUST_CHECK;
/* A key of the core's own for one use, from the storage root: LABEL says which ("tov/v1 ..."). */
void tov_vault_derive(const struct tov_vault *vault, const char *label, struct tov_key *out_key);

#endif

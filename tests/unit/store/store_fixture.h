/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the store's tests share: a folder that goes away, a schema, an open store.
 */
#ifndef TOV_TESTS_STORE_FIXTURE_H
#define TOV_TESTS_STORE_FIXTURE_H

#include "store/read.h"
#include "support/unit.h"

enum { ROWS, PEERS, NAMES, TABLE_COUNT };
extern const struct tov_store_table test_tables[TABLE_COUNT];

/* A fresh folder of its own under $TMPDIR; its path stays valid until folder_remove. */
const char *folder_create(void);
void folder_remove(void);

struct tov_store_options test_options(void);
/* Opens the store in the folder's "store"; stops the program when that fails. */
struct tov_store *store_open_here(const struct tov_store_options *options);
const char *store_path(void);

struct tov_store_batch *batch_create(void);
/* Appends rows FIRST to FIRST + COUNT - 1, each with row_value of its number. */
void batch_append_rows(struct tov_store_batch *batch, uint64_t first, uint64_t count);
/* A value of SIZE bytes (at most 4096) that only NUMBER gives; static storage. */
struct tov_bytes row_value(uint64_t number, size_t size);
#define ROW_SIZE 300

uint64_t count_rows(struct tov_store *store, unsigned table);
void check_rows(struct tov_store *store, uint64_t count); /* ROWS holds 0 to COUNT - 1, whole */

extern const struct unit_test open_tests[], read_tests[], restore_tests[], rot_tests[],
    planted_tests[], scrub_tests[];
extern const size_t open_test_count, read_test_count, restore_test_count, rot_test_count,
    planted_test_count, scrub_test_count;

#endif

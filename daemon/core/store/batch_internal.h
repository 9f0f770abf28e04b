/* SPDX-License-Identifier: EUPL-1.2
 *
 * How the committer walks through a batch. Not for: anything outside this folder.
 */
#ifndef TOV_STORE_BATCH_INTERNAL_H
#define TOV_STORE_BATCH_INTERNAL_H

#include "store/batch.h"

enum batch_kind { BATCH_PUT, BATCH_INSERT, BATCH_APPEND, BATCH_DELETE, BATCH_DELETE_RANGE };

/* One operation; its views are into the batch. */
struct batch_op {
    enum batch_kind kind;
    unsigned table;
    struct tov_bytes key;
    struct tov_bytes value; /* of a delete-range: its last key */
};

/* The operation at *AT (start with 0), which moves on; false at the end. */
bool batch_next(const struct tov_store_batch *batch, size_t *at, struct batch_op *out_op);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Starting the writer and the checker, killing the one and asking the other.
 */
#ifndef TOV_TESTS_FAULT_STORE_WRITER_H
#define TOV_TESTS_FAULT_STORE_WRITER_H

#include "support/invariants.h"

#include <sys/types.h>

/* Exit codes of store_writer. */
enum writer_exit {
    WRITER_DONE = 0,
    WRITER_FULL = 10,       /* TOV_E_FULL or TOV_E_NOMEM, five times */
    WRITER_IO = 11,         /* TOV_E_IO: stopped at once */
    WRITER_NOT_OPENED = 12, /* the store did not open */
    WRITER_OTHER = 13,
    WRITER_LIED = 14,    /* S3 or S4 of store/store.h was broken */
    WRITER_KILLED = 200, /* by a signal */
    WRITER_HUNG = 201,   /* not of the writer's own will: killed by this side */
};

struct writer_start {
    const char *program; /* beside the test: "store_writer" or one with a planted fault */
    const char *path;    /* of the store */
    uint64_t seed;
    unsigned batches; /* 0: until killed */
    bool is_split;
    bool kill_after_ack; /* time until the kill starts at the first acknowledgement */
    const char *fault;   /* TOV_FAULT, or NULL */
    const char *counts;  /* TOV_FAULT_COUNTS, or NULL */
    const char *journal; /* TOV_FAULT_JOURNAL, or NULL */
};

/* Runs the writer and gathers its acknowledgements; kills it after KILL_AFTER_US (0: lets it end,
 * but for no longer than 20 seconds). */
enum writer_exit writer_run(const struct writer_start *start, unsigned kill_after_us,
                            struct invariant_log *acked);

/* Asks the checker; the line it gave (or that it died) goes to OUT_TEXT. */
bool store_is_whole(const char *path, const struct invariant_log *acked, char out_text[256]);

/* A fresh folder under $TMPDIR, static storage, and its end with all in it. */
const char *fault_folder_create(void);
void fault_folder_remove(void);
/* The number in the environment variable NAME, else FALLBACK. */
unsigned fault_number(const char *name, unsigned fallback);

#endif

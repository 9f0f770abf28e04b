/* SPDX-License-Identifier: EUPL-1.2
 *
 * The process that the fault tests kill: `store_writer PATH SEED BATCHES [split]` commits batches
 * (0 = until it is killed) and writes each acknowledged row to standard output as an
 * invariant_record. A batch refused for want of space or memory is tried again, five times.
 */
#include "load.h"
#include "writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRIES 5

static bool send_acks(struct invariant_log *acked)
{
    size_t size = acked->count * sizeof acked->records[0];
    bool is_sent = write(STDOUT_FILENO, acked->records, size) == (ssize_t)size;
    acked->count = 0;
    return is_sent;
}

static bool is_refusal(enum tov_err err)
{
    return err == TOV_E_FULL || err == TOV_E_NOMEM;
}

static int exit_code_of(enum tov_err err)
{
    if (is_refusal(err))
        return WRITER_FULL;
    return err == TOV_E_IO || err == TOV_E_CORRUPT ? WRITER_IO : WRITER_OTHER;
}

/* S3: after a refusal the store can be read, and nothing of the batch is there.
 * S4: after an I/O error no other commit succeeds. */
static void need_truth(struct load *load, struct invariant_log *acked, enum tov_err err)
{
    struct tov_error error;
    bool lied = is_refusal(err) && !load_is_unchanged(load);
    if (err == TOV_E_IO)
        lied = load_step(load, acked, &error) != TOV_E_IO;
    if (lied)
        _exit(WRITER_LIED);
}

static enum tov_err step(struct load *load, struct invariant_log *acked, struct tov_error *error)
{
    enum tov_err err = TOV_E_FULL;
    for (int i = 0; i < TRIES && is_refusal(err); i++) {
        err = load_step(load, acked, error);
        need_truth(load, acked, err);
    }
    return err;
}

int main(int argc, char **argv)
{
    struct load load;
    struct tov_error error = {.text = ""};
    if (argc < 4)
        return WRITER_OTHER;
    unsigned long long batches = strtoull(argv[3], NULL, 10);
    if (load_open(&load, argv[1], strtoull(argv[2], NULL, 10), &error) != TOV_OK) {
        (void)fprintf(stderr, "%s\n", error.text);
        return WRITER_NOT_OPENED;
    }
    load.is_split = argc > 4 && strcmp(argv[4], "split") == 0;
    /* Memory of its own: where malloc fails, the store shall meet it and not this program. */
    struct invariant_record room[LOAD_BATCH_ROWS];
    struct invariant_log acked = {.records = room, .capacity = LOAD_BATCH_ROWS};
    enum tov_err err = TOV_OK;
    for (unsigned long long i = 0; err == TOV_OK && (batches == 0 || i < batches); i++) {
        err = step(&load, &acked, &error);
        if (err == TOV_OK && !send_acks(&acked))
            return WRITER_OTHER;
    }
    if (err != TOV_OK)
        (void)fprintf(stderr, "%s\n", error.text);
    load_close(&load);
    return err == TOV_OK ? WRITER_DONE : exit_code_of(err);
}

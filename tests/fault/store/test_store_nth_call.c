/* SPDX-License-Identifier: EUPL-1.2
 *
 * One scenario (open, twelve batches, close) is run once for every N-th call of a kind, and that
 * call fails, once or from then on. Whatever happens: no acknowledgement that is not true, no
 * hang, an I/O error ends the writer, want of space does not, and the next start goes on.
 * Every tenth N (TOV_FAULT_EVERY; TOV_TEST_PERCENT=1000: each), and each of calls that are few.
 */
#include "support/unit.h"
#include "writer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BATCHES 12u
#define FEW 20u

static char store[300], counts[300];

static void new_folder(void)
{
    const char *folder = fault_folder_create();
    (void)snprintf(store, sizeof store, "%s/store", folder);
    (void)snprintf(counts, sizeof counts, "%s/counts", folder);
}

static enum writer_exit run_writer(const char *fault, const char *counts_path,
                                   struct invariant_log *acked)
{
    struct writer_start start = {
        .program = "store_writer",
        .path = store,
        .seed = 7,
        .batches = BATCHES,
        .fault = fault,
        .counts = counts_path,
    };
    return writer_run(&start, 0, acked);
}

/* How often the scenario makes CALL when nothing fails. */
static unsigned count_calls(const char *call)
{
    struct invariant_log acked = {.count = 0};
    char name[32];
    unsigned count = 0, found = 0;
    new_folder();
    UNIT_EQUAL_INT(run_writer(NULL, counts, &acked), WRITER_DONE);
    FILE *file = fopen(counts, "r");
    UNIT_NEED(file != NULL);
    while (fscanf(file, "%31s %u", name, &count) == 2) {
        if (strcmp(name, call) == 0)
            found = count;
    }
    (void)fclose(file);
    fault_folder_remove();
    invariant_log_fini(&acked);
    return found;
}

struct fault {
    const char *call;
    int code;
    const char *how_long; /* "" or ":on" */
    unsigned allowed;     /* bit for each of may_end's codes */
};
#define MAY_FINISH 1u
#define MAY_BE_FULL 2u
#define MAY_STOP 4u
#define MAY_NOT_OPEN 8u

static unsigned bit_of(enum writer_exit end)
{
    if (end == WRITER_DONE)
        return MAY_FINISH;
    if (end == WRITER_FULL)
        return MAY_BE_FULL;
    if (end == WRITER_IO)
        return MAY_STOP;
    return end == WRITER_NOT_OPENED ? MAY_NOT_OPEN : 0;
}

static const char *words_for(enum writer_exit end)
{
    if (end == WRITER_LIED)
        return "the store did not say what is there";
    return end == WRITER_HUNG ? "it hung" : "it may not end so";
}

static void report(const struct fault *fault, unsigned at, const char *what)
{
    (void)printf("\n    %s %u%s: %s: %s ", fault->call, at, fault->how_long, strerror(fault->code),
                 what);
}

static void check_whole(const struct fault *fault, unsigned at, const struct invariant_log *acked)
{
    char finding[256];
    bool is_whole = store_is_whole(store, acked, finding);
    UNIT_EQUAL_INT(is_whole, 1);
    if (!is_whole)
        report(fault, at, finding);
}

static enum writer_exit fail_call(const struct fault *fault, unsigned at)
{
    struct invariant_log acked = {.count = 0};
    char text[64];
    new_folder();
    (void)snprintf(text, sizeof text, "%s:%d:%u%s", fault->call, fault->code, at, fault->how_long);
    enum writer_exit end = run_writer(text, NULL, &acked);
    bool may_end_so = (bit_of(end) & fault->allowed) != 0;
    UNIT_EQUAL_INT(may_end_so, 1);
    if (!may_end_so)
        report(fault, at, words_for(end));
    if (end != WRITER_NOT_OPENED)
        check_whole(fault, at, &acked);
    UNIT_EQUAL_INT(run_writer(NULL, NULL, &acked), WRITER_DONE); /* the next start */
    check_whole(fault, at, &acked);
    fault_folder_remove();
    invariant_log_fini(&acked);
    return end;
}

static void fail_each(struct fault fault)
{
    unsigned every = unit_every("TOV_FAULT_EVERY", 10);
    unsigned calls = count_calls(fault.call), runs = 0;
    every = calls <= FEW ? 1 : every;
    unsigned ends[256] = {0};
    UNIT_EQUAL_INT(calls > 0, 1);
    for (unsigned at = 1; at <= calls; at += every, runs++)
        ends[fail_call(&fault, at)]++;
    (void)printf("%u of %u calls: %u finished, %u refused, %u stopped, %u did not open ...", runs,
                 calls, ends[WRITER_DONE], ends[WRITER_FULL], ends[WRITER_IO],
                 ends[WRITER_NOT_OPENED]);
}

static void a_write_that_fails_stops_the_writer(void)
{
    fail_each((struct fault){"write", EIO, "", MAY_STOP | MAY_NOT_OPEN});
}

static void a_disk_that_fails_for_good_stops_the_writer(void)
{
    fail_each((struct fault){"write", EIO, ":on", MAY_STOP | MAY_NOT_OPEN});
}

static void a_sync_that_fails_stops_the_writer(void)
{
    fail_each((struct fault){"fdatasync", EIO, "", MAY_STOP | MAY_NOT_OPEN});
}

static void a_write_without_space_is_refused_and_tried_again(void)
{
    /* Without space for LMDB's meta page nobody can say what is there: then it stops (S4). */
    fail_each((struct fault){"write", ENOSPC, "", MAY_FINISH | MAY_STOP | MAY_NOT_OPEN});
}

static void a_disk_that_stays_full_refuses(void)
{
    fail_each((struct fault){"write", ENOSPC, ":on", MAY_BE_FULL | MAY_STOP | MAY_NOT_OPEN});
}

static void a_sync_without_space_is_refused_and_tried_again(void)
{
    fail_each((struct fault){"fdatasync", ENOSPC, "", MAY_FINISH | MAY_NOT_OPEN});
}

static void a_file_that_cannot_be_opened_or_cut_is_said_at_open(void)
{
    fail_each((struct fault){"open", EIO, "", MAY_NOT_OPEN});
    fail_each((struct fault){"open", EMFILE, "", MAY_NOT_OPEN});
    fail_each((struct fault){"ftruncate", EIO, "", MAY_NOT_OPEN});
}

static void memory_that_cannot_be_had_is_survived(void)
{
#ifdef TOV_SANITIZED
    (void)printf("a sanitizer keeps its own malloc ...");
#else
    fail_each((struct fault){"malloc", ENOMEM, "", MAY_FINISH | MAY_STOP | MAY_NOT_OPEN});
#endif
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_write_that_fails_stops_the_writer),
        UNIT_TEST(a_disk_that_fails_for_good_stops_the_writer),
        UNIT_TEST(a_sync_that_fails_stops_the_writer),
        UNIT_TEST(a_write_without_space_is_refused_and_tried_again),
        UNIT_TEST(a_disk_that_stays_full_refuses),
        UNIT_TEST(a_sync_without_space_is_refused_and_tried_again),
        UNIT_TEST(a_file_that_cannot_be_opened_or_cut_is_said_at_open),
        UNIT_TEST(memory_that_cannot_be_had_is_survived),
    };
    return unit_run("store: the N-th call fails", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * How fast the store commits: `bench_store FOLDER [SECONDS]`. Each message writes three rows into
 * three tables (300, 1,400 and 80 bytes: about a leaf, its parts and its index row); a commit
 * holds 1, 16 or 256 messages. Prints medians of five passes, since a shared disk spreads by a
 * factor of two; compare only numbers of one run.
 */
#include "store/read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { LEAVES, PARTS, INDEX, TABLE_COUNT };
static const struct tov_store_table tables[TABLE_COUNT] = {
    [LEAVES] = {"leaves", TOV_STORE_KEY_U64},
    [PARTS] = {"parts", TOV_STORE_KEY_U64},
    [INDEX] = {"index", TOV_STORE_KEY_U16_U64},
};
static const size_t row_bytes[TABLE_COUNT] = {300, 1400, 80};
#define PASSES 5

struct pass {
    double commits_per_s;
    double us_per_put; /* time on the wall */
    double cpu_us_per_put;
    double p50_ms;
};

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double cpu_s(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void need(enum tov_err err, const struct tov_error *error)
{
    if (err == TOV_OK)
        return;
    (void)fprintf(stderr, "%s: %s\n", tov_err_name(err), error->text);
    exit(1);
}

static int compare_doubles(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare_doubles);
    return values[count / 2];
}

static void fill(struct tov_store_batch *batch, uint64_t first, unsigned messages)
{
    static const uint8_t row[2048] = {1, 2, 3};
    tov_store_batch_clear(batch);
    for (uint64_t i = first; i < first + messages; i++) {
        tov_store_batch_append(batch, LEAVES, tov_store_key_u64(i),
                               (struct tov_bytes){row, row_bytes[LEAVES]});
        tov_store_batch_append(batch, PARTS, tov_store_key_u64(i),
                               (struct tov_bytes){row, row_bytes[PARTS]});
        tov_store_batch_append(batch, INDEX, tov_store_key_u16_u64(1, i),
                               (struct tov_bytes){row, row_bytes[INDEX]});
    }
}

#define SAMPLES_MAX 100000u

static struct pass run_pass(struct tov_store *store, unsigned messages, double seconds)
{
    static uint64_t next;
    static double samples[SAMPLES_MAX];
    struct tov_store_batch *batch = NULL;
    struct tov_error error = {.text = ""};
    size_t commits = 0;
    need(tov_store_batch_create(0, &batch), &error);
    double start = now_s(), cpu = cpu_s(), now = start;
    while (now - start < seconds && commits < SAMPLES_MAX) {
        fill(batch, next, messages);
        next += messages;
        need(tov_store_commit(store, batch, &error), &error);
        double end = now_s();
        samples[commits++] = (end - now) * 1000;
        now = end;
    }
    double puts = (double)commits * messages * TABLE_COUNT;
    struct pass pass = {
        .commits_per_s = (double)commits / (now - start),
        .us_per_put = (now - start) * 1e6 / puts,
        .cpu_us_per_put = (cpu_s() - cpu) * 1e6 / puts,
        .p50_ms = median(samples, commits),
    };
    tov_store_batch_destroy(batch);
    return pass;
}

static void run_size(struct tov_store *store, unsigned messages, double seconds)
{
    double commits[PASSES], us[PASSES], cpu[PASSES], p50[PASSES];
    for (int i = 0; i < PASSES; i++) {
        struct pass pass = run_pass(store, messages, seconds);
        commits[i] = pass.commits_per_s;
        us[i] = pass.us_per_put;
        cpu[i] = pass.cpu_us_per_put;
        p50[i] = pass.p50_ms;
    }
    double per_s = median(commits, PASSES);
    (void)printf("%8u %12.0f %12.0f %12.2f %12.2f %12.2f\n", messages, per_s, per_s * messages,
                 median(us, PASSES), median(cpu, PASSES), median(p50, PASSES));
}

int main(int argc, char **argv)
{
    struct tov_store *store = NULL;
    struct tov_error error = {.text = ""};
    struct tov_store_options options = {.tables = tables, .table_count = TABLE_COUNT, .format = 1};
    if (argc < 2) {
        (void)fprintf(stderr, "bench_store FOLDER [SECONDS]: FOLDER is made and stays\n");
        return 2;
    }
    need(tov_store_open(argv[1], &options, &store, &error), &error);
    (void)printf("%8s %12s %12s %12s %12s %12s\n", "batch", "commits/s", "messages/s", "us/put",
                 "cpu us/put", "p50 ms");
    static const unsigned sizes[] = {1, 16, 256};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        run_size(store, sizes[i], argc > 2 ? strtod(argv[2], NULL) : 1.0);
    tov_store_close(store);
    return 0;
}

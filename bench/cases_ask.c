/* SPDX-License-Identifier: EUPL-1.2
 *
 * Asks a node for its cases through libtov and prints how long that took, in lines `NAME VALUE
 * UNIT`: the first list, then lists and single cases in turn. Not for: filling it (cases_load.c).
 *
 *   bench_cases_ask ENDPOINT FRONT_PUB KEY CASES ROUNDS
 *
 * The node must show CASES cases of twenty messages each, else the program fails. With ROUNDS 0
 * only the first list is asked for, from the start of the program: connecting is a part of it.
 */
#include "cases_story.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static struct tov_client *open_client(char **argv)
{
    struct tov_error error = {TOV_OK, ""};
    struct tov_client *client = NULL;
    struct tov_client_options options = TOV_CLIENT_OPTIONS_INIT;
    options.endpoint = argv[1];
    options.front_path = argv[2];
    options.key_path = argv[3];
    options.program = "tov-bench";
    options.timeout_ms = 60000;
    cases_need(tov_client_open(&options, &client, &error), "open", &error);
    return client;
}

/* Milliseconds that one list took; the numbers of its cases in OUT_NUMBERS. */
static double list(struct tov_client *client, size_t count, uint64_t *out_numbers)
{
    struct tov_error error = {TOV_OK, ""};
    struct tov_cases_options options = TOV_CASES_OPTIONS_INIT;
    struct tov_cases *cases = NULL;
    double began = now_ms();
    cases_need(tov_cases_get(client, &options, &cases, &error), "cases", &error);
    double took = now_ms() - began;
    if (tov_cases_count(cases) != count) {
        (void)fprintf(stderr, "cases: %zu are listed, not %zu\n", tov_cases_count(cases), count);
        exit(EXIT_FAILURE);
    }
    for (size_t i = 0; i < count; i++)
        out_numbers[i] = tov_cases_at(cases, i)->number;
    tov_cases_destroy(cases);
    return took;
}

static double show(struct tov_client *client, uint64_t number)
{
    struct tov_error error = {TOV_OK, ""};
    struct tov_case_options options = TOV_CASE_OPTIONS_INIT;
    struct tov_case *one = NULL;
    options.number = number;
    double began = now_ms();
    cases_need(tov_case_get(client, &options, &one, &error), "case", &error);
    double took = now_ms() - began;
    if (tov_case_message_count(one) != CASES_MESSAGES) {
        (void)fprintf(stderr, "cases: case %llu shows %zu messages, not %d\n",
                      (unsigned long long)number, tov_case_message_count(one), CASES_MESSAGES);
        exit(EXIT_FAILURE);
    }
    tov_case_destroy(one);
    return took;
}

static int compare(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return *x < *y ? -1 : *x > *y ? 1 : 0;
}

static void print(const char *name, double *took, size_t count)
{
    qsort(took, count, sizeof *took, compare);
    printf("%s_p50 %.2f ms\n", name, took[count / 2]);
    printf("%s_p99 %.2f ms\n", name, took[count * 99 / 100]);
}

static void measure(struct tov_client *client, size_t count, size_t rounds)
{
    double *lists = calloc(rounds, sizeof *lists);
    double *shows = calloc(rounds, sizeof *shows);
    uint64_t *numbers = calloc(count, sizeof *numbers);
    if (lists == NULL || shows == NULL || numbers == NULL)
        exit(EXIT_FAILURE);
    for (size_t i = 0; i < rounds; i++) {
        lists[i] = list(client, count, numbers);
        shows[i] = show(client, numbers[i * 7919 % count]);
    }
    print("list", lists, rounds);
    print("show", shows, rounds);
    free(lists);
    free(shows);
    free(numbers);
}

int main(int argc, char **argv)
{
    double began = now_ms();
    if (argc != 6) {
        (void)fprintf(stderr, "usage: bench_cases_ask ENDPOINT FRONT_PUB KEY CASES ROUNDS\n");
        return 2;
    }
    size_t count = strtoul(argv[4], NULL, 10);
    size_t rounds = strtoul(argv[5], NULL, 10);
    uint64_t *numbers = calloc(count + 1, sizeof *numbers);
    if (count < 1 || numbers == NULL)
        return 2;
    struct tov_client *client = open_client(argv);
    printf("list_first %.2f ms\n", list(client, count, numbers));
    printf("connected_and_listed %.2f ms\n", now_ms() - began);
    if (rounds > 0)
        measure(client, count, rounds);
    tov_client_close(client);
    free(numbers);
    return EXIT_SUCCESS;
}

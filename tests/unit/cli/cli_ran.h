/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov` as a program: its arguments, what it wrote, its exit code.
 * Not for: terminals; standard input is empty and the rest are pipes.
 * Never rely on the caller's environment: the program gets one of its own.
 */
#ifndef TOV_TESTS_CLI_RAN_H
#define TOV_TESTS_CLI_RAN_H

#include "unit/lib/fake_front.h"

#include <sys/types.h>

#define RAN_TEXT_SIZE 262144u
#define RAN_VARIABLES_MAX 16u

/* Where it runs: variables of the environment as "NAME=value". */
struct ran_place {
    char folder[64]; /* HOME, and the present folder; removed by ran_place_end */
    char variables[RAN_VARIABLES_MAX][512];
    size_t count;
};
/* With FRONT (may be NULL) the program finds it by TOV_NODE, TOV_KEY and TOV_SERVER_KEY. English,
 * 80 columns. */
struct ran_place ran_place_make(struct fake_front *front);
/* NAME=value, over what was there. */
void ran_set(struct ran_place *place, const char *name, const char *value);
/* A file of the folder, or of folders in it, which are made. */
void ran_write(const struct ran_place *place, const char *name, const char *text);
/* Its content, "" when it is not there; until the next call. */
const char *ran_file(const struct ran_place *place, const char *name);
bool ran_has(const struct ran_place *place, const char *name);
/* How many entries the folder has. */
size_t ran_entries(const struct ran_place *place);
void ran_place_end(struct ran_place *place);

struct ran {
    pid_t pid;
    int out_fd, err_fd;
    int code; /* 128 + signal when one ended it */
    size_t out_size, err_size;
    char out[RAN_TEXT_SIZE], err[RAN_TEXT_SIZE];
};
/* Runs to its end. ARGUMENTS without the program's name, ending in NULL. On the heap: ran_end. */
struct ran *ran_tov(const struct ran_place *place, const char *const *arguments);
#define RAN(place, ...) ran_tov((place), (const char *const[]){__VA_ARGS__, NULL})
/* The same in two steps. */
struct ran *ran_begin(const struct ran_place *place, const char *const *arguments);
/* Until TEXT stands in what was written to standard output; false: it ended before. */
bool ran_wait_for(struct ran *ran, const char *text);
void ran_finish(struct ran *ran);
void ran_end(struct ran *ran);

/* The one JSON value of standard output, for json_decref; NULL and a failed assertion when it is
 * anything else. */
json_t *ran_json(const struct ran *ran);
/* Columns of the widest line of TEXT, counting characters. */
size_t ran_width(const char *text);

#endif

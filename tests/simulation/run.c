/* SPDX-License-Identifier: EUPL-1.2 */
#include "simulation/run.h"

#include "support/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS_MIN 300u
#define STEPS_SPAN 900u
#define STEPS_NODES 5u /* as many again for each so many nodes */

/* For those who stop in the middle. */
static struct world *running;
static struct world_options running_options;

void run_arguments(const struct world_options *options, char out[RUN_ARGUMENTS_BYTES])
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(RUN_ARGUMENTS_BYTES);
    tov_buf_put_format(&text, "--seed %llu", (unsigned long long)options->seed);
    if (options->plant != PLANT_NONE)
        tov_buf_put_format(&text, " --plant %s", plant_facts(options->plant)->name);
    for (int i = FAULT_NONE + 1; i < FAULT_COUNT; i++) {
        if ((options->without & FAULT_BIT(i)) != 0)
            tov_buf_put_format(&text, " --without %s", fault_name((enum fault)i));
    }
    if (options->agencies > 0)
        tov_buf_put_format(&text, " --agencies %zu", options->agencies);
    if (options->nodes_max > 0)
        tov_buf_put_format(&text, " --nodes %u", options->nodes_max);
    if (options->orders_max > 0)
        tov_buf_put_format(&text, " --orders %u", options->orders_max);
    if (options->steps_max > 0)
        tov_buf_put_format(&text, " --steps %llu", (unsigned long long)options->steps_max);
    UNIT_NEED(text.failed == TOV_OK);
    (void)snprintf(out, RUN_ARGUMENTS_BYTES, "%.*s", (int)text.size, (const char *)text.data);
}

static void show(const struct world *world)
{
    char arguments[RUN_ARGUMENTS_BYTES];
    run_arguments(&running_options, arguments);
    (void)fprintf(stderr, "seed %llu, step %llu: %s: %s\n", (unsigned long long)world->seed,
                  (unsigned long long)world->step,
                  world_is_broken(world) ? world->broken : "aborted", world->why);
    trace_print(&world->trace);
    (void)fprintf(stderr, "again: simulation %s --trace\n", arguments);
}

/* An assertion of a node: the last words must still be said. */
static void on_abort(int signal_number)
{
    (void)signal(signal_number, SIG_DFL);
    if (running != NULL)
        show(running);
    (void)raise(signal_number);
}

struct run_result run_seed(const struct world_options *options, bool shows)
{
    struct run_result result = {.holds = true};
    struct world *world = world_create(options);
    uint64_t steps = STEPS_MIN + world_below(world, STEPS_SPAN);
    steps *= 1 + world->count / STEPS_NODES;
    if (options->steps_max > 0 && options->steps_max < steps)
        steps = options->steps_max;
    running = world;
    running_options = *options;
    (void)signal(SIGABRT, on_abort);
    while (world->step < steps && !world_is_broken(world))
        world_step(world);
    if (!world_is_broken(world))
        world_rest(world);
    result.holds = !world_is_broken(world);
    result.steps = world->step;
    result.nodes = world->count;
    world->tally.steps = world->step;
    result.tally = world->tally;
    result.trace = trace_hash(&world->trace);
    memcpy(result.broken, world->broken, sizeof result.broken);
    memcpy(result.why, world->why, sizeof result.why);
    if (!result.holds && shows)
        show(world);
    running = NULL;
    world_destroy(world);
    return result;
}

/* ---- apart ---- */

static void run_in_child(const struct world_options *options, int to)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0 && !options->prints)
        (void)dup2(nowhere, STDERR_FILENO);
    struct run_result result = run_seed(options, false);
    _exit(write(to, &result, sizeof result) == (ssize_t)sizeof result ? 0 : 1);
}

/* A result fits a pipe. */
struct run_result run_apart(const struct world_options *options)
{
    struct run_result result;
    int ends[2];
    int status = 0;
    (void)fflush(NULL);
    world_claim_folders();
    UNIT_NEED(pipe(ends) == 0);
    pid_t child = fork();
    UNIT_NEED(child >= 0);
    if (child == 0)
        run_in_child(options, ends[1]);
    (void)close(ends[1]);
    bool came = read(ends[0], &result, sizeof result) == (ssize_t)sizeof result;
    (void)close(ends[0]);
    UNIT_NEED(waitpid(child, &status, 0) == child);
    if (!came)
        result = (struct run_result){.broken = "aborted", .why = "an assertion failed"};
    return result;
}

/* ---- smaller ---- */

struct shrinking {
    struct world_options best;
    char broken[16];
    struct run_result result; /* of the best */
    unsigned runs;
};

static bool try_it(struct shrinking *on, const struct world_options *options)
{
    struct run_result result = run_apart(options);
    on->runs++;
    if (result.holds || strcmp(result.broken, on->broken) != 0)
        return false;
    on->best = *options;
    on->result = result;
    return true;
}

static void shrink_faults(struct shrinking *on)
{
    for (int i = FAULT_NONE + 1; i < FAULT_COUNT; i++) {
        struct world_options options = on->best;
        options.without |= FAULT_BIT(i);
        bool happened = on->result.tally.worlds == 0 || on->result.tally.faults[i] > 0;
        if (happened || (i == FAULT_FORK && on->result.tally.liars > 0))
            (void)try_it(on, &options);
    }
}

static void shrink_nodes(struct shrinking *on)
{
    for (size_t nodes = 2; nodes < on->result.nodes || (on->result.nodes == 0 && nodes < 4);
         nodes++) {
        struct world_options options = on->best;
        options.nodes_max = (unsigned)nodes;
        if (try_it(on, &options))
            return;
    }
}

static void shrink_orders(struct shrinking *on)
{
    for (unsigned orders = 1; orders < 16; orders *= 2) {
        struct world_options options = on->best;
        options.orders_max = orders;
        if (options.orders_max != on->best.orders_max && try_it(on, &options))
            return;
        if (on->best.orders_max == orders)
            return;
    }
}

static void shrink_steps(struct shrinking *on)
{
    uint64_t steps = on->best.steps_max > 0 ? on->best.steps_max : STEPS_MIN + STEPS_SPAN;
    if (on->result.steps > 0 && on->result.steps < steps)
        steps = on->result.steps;
    for (uint64_t cut = steps / 2; cut > 4; cut /= 2) {
        struct world_options options = on->best;
        options.steps_max = steps - cut;
        if (try_it(on, &options))
            steps -= cut;
    }
}

unsigned run_shrink(const struct world_options *options, struct world_options *out)
{
    struct shrinking on = {.best = *options, .result = run_apart(options), .runs = 1};
    on.best.prints = false;
    memcpy(on.broken, on.result.broken, sizeof on.broken);
    for (int pass = 0; pass < 2 && !on.result.holds; pass++) {
        shrink_faults(&on);
        shrink_nodes(&on);
        shrink_orders(&on);
        shrink_steps(&on);
    }
    *out = on.best;
    return on.runs;
}

/* SPDX-License-Identifier: EUPL-1.2 */
#include "federation/storm.h"

#include "federation/note.h"
#include "federation/process.h"
#include "federation/record.h"
#include "support/unit.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define SERVES_MS 180000 /* a machine of their own is slow */
#define CALM_MS 120000

static void files_of(const struct storm *storm, enum node_number number, const char *what,
                     char out[FEDERATION_PATH_SIZE])
{
    federation_path(&storm->federation, out, "%s.%s", storm->federation.nodes[number].agency, what);
}

struct client_paths {
    char key[FEDERATION_PATH_SIZE];
    char front[FEDERATION_PATH_SIZE];
    char log[FEDERATION_PATH_SIZE];
};

static struct client_paths client_paths(const struct storm *storm, enum node_number number,
                                        const char *program)
{
    struct client_paths paths;
    const char *agency = storm->federation.nodes[number].agency;
    federation_path(&storm->federation, paths.key, "clients/%s/caseworker.key", agency);
    federation_path(&storm->federation, paths.front, "clients/%s/front.pub", agency);
    federation_path(&storm->federation, paths.log, "%s.%s.log", agency, program);
    return paths;
}

static void start_sender(struct storm *storm, enum node_number number)
{
    struct client_paths paths = client_paths(storm, number, "load");
    char files[NODES][FEDERATION_PATH_SIZE], agency[16], recipients[128];
    const struct node *nodes = storm->federation.nodes;
    for (unsigned i = 0; i < NODES; i++)
        federation_path(&storm->federation, files[i], "%s", nodes[(number + i) % NODES].agency);
    (void)snprintf(agency, sizeof agency, "%d", (int)number + 1);
    (void)snprintf(recipients, sizeof recipients, "%s,%s", nodes[(number + 1) % NODES].unit,
                   nodes[(number + 2) % NODES].unit);
    storm->senders[number] =
        process_start((const char *const[]){LOAD_PROGRAM, nodes[number].endpoint, paths.front,
                                            paths.key, files[0], agency, recipients,
                                            note_bases(number), files[1], files[2], NULL},
                      paths.log);
}

static void start_receiver(struct storm *storm, enum node_number number)
{
    struct client_paths paths = client_paths(storm, number, "receiver");
    char files[FEDERATION_PATH_SIZE];
    federation_path(&storm->federation, files, "%s", storm->federation.nodes[number].agency);
    storm->receivers[number] = process_start(
        (const char *const[]){RECEIVER_PROGRAM, storm->federation.nodes[number].endpoint,
                              paths.front, paths.key, "receiver", files, NULL},
        paths.log);
}

void storm_begin(struct storm *storm)
{
    for (unsigned i = 0; i < NODES; i++)
        node_start(&storm->federation, (enum node_number)i);
    storm_begin_clients(storm);
}

void storm_begin_clients(struct storm *storm)
{
    for (unsigned i = 0; i < NODES; i++)
        UNIT_NEED(node_serves(&storm->federation, (enum node_number)i, SERVES_MS));
    for (unsigned i = 0; i < NODES; i++) {
        start_sender(storm, (enum node_number)i);
        start_receiver(storm, (enum node_number)i);
    }
}

static long long size_of(const struct storm *storm, enum node_number number, const char *what)
{
    char path[FEDERATION_PATH_SIZE];
    struct stat status;
    files_of(storm, number, what, path);
    return stat(path, &status) == 0 ? (long long)status.st_size : 0;
}

long long storm_acks_size(const struct storm *storm, enum node_number number)
{
    return size_of(storm, number, "acks");
}

struct growth {
    enum node_number number;
    const char *what;
};

static bool grows(const struct storm *storm, const struct growth *growth, int timeout_ms)
{
    long long before = size_of(storm, growth->number, growth->what);
    long long until = process_now_ms() + timeout_ms;
    while (size_of(storm, growth->number, growth->what) == before) {
        if (process_now_ms() > until)
            return false;
        process_pause();
    }
    return true;
}

bool storm_sends(const struct storm *storm, enum node_number number, int timeout_ms)
{
    return grows(storm, &(struct growth){number, "acks"}, timeout_ms);
}

bool storm_receives(const struct storm *storm, enum node_number number, int timeout_ms)
{
    return grows(storm, &(struct growth){number, "received"}, timeout_ms);
}

bool storm_lives(const struct storm *storm)
{
    for (unsigned i = 0; i < NODES; i++)
        if (!process_runs(storm->senders[i]) || !process_runs(storm->receivers[i]))
            return false;
    return true;
}

bool storm_goes_on(const struct storm *storm, int timeout_ms)
{
    bool all = storm_lives(storm);
    for (unsigned i = 0; i < NODES; i++)
        all = all && storm_sends(storm, (enum node_number)i, timeout_ms) &&
              storm_receives(storm, (enum node_number)i, timeout_ms);
    return all && storm_lives(storm);
}

static bool end_all(pid_t pids[NODES])
{
    bool all_well = true;
    for (unsigned i = 0; i < NODES; i++)
        (void)kill(pids[i], SIGTERM);
    for (unsigned i = 0; i < NODES; i++) {
        all_well = process_wait(pids[i], CALM_MS) == EXIT_SUCCESS && all_well;
        pids[i] = 0;
    }
    return all_well;
}

bool storm_calm(struct storm *storm)
{
    return end_all(storm->senders);
}

/* ---- I3 ---- */

static bool is_from(const struct invariant_record *record, unsigned sender)
{
    return record->id / RECORD_AGENCY == sender + 1;
}

static int by_id(const void *a, const void *b)
{
    uint64_t left = ((const struct invariant_record *)a)->id;
    uint64_t right = ((const struct invariant_record *)b)->id;
    return left < right ? -1 : left > right;
}

struct question {
    unsigned sender;
    unsigned holder;
    const char *acked; /* files */
    const char *found;
    bool in_any_order;
    bool is_final; /* say what is wrong */
};

static struct invariant_log read_log(const struct storm *storm, const struct question *question,
                                     bool acked)
{
    char path[FEDERATION_PATH_SIZE];
    struct invariant_log all = {0}, log = {0};
    files_of(storm, (enum node_number)(acked ? question->sender : question->holder),
             acked ? question->acked : question->found, path);
    record_read(path, &all);
    for (size_t i = 0; i < all.count; i++)
        if (is_from(&all.records[i], question->sender))
            invariant_log_add(&log, all.records[i]);
    invariant_log_fini(&all);
    if (question->in_any_order && log.count > 0)
        qsort(log.records, log.count, sizeof log.records[0], by_id);
    return log;
}

static enum invariant_verdict answer(const struct storm *storm, const struct question *question)
{
    uint64_t id = 0;
    struct invariant_log acked = read_log(storm, question, true);
    struct invariant_log found = read_log(storm, question, false);
    enum invariant_verdict verdict = invariant_check(&acked, &found, &id);
    if (verdict != INVARIANT_HOLDS && question->is_final)
        (void)printf("\n%s: %s at %s: %s %" PRIu64 " (%zu acknowledged, %zu found)\n",
                     storm->federation.nodes[question->sender].agency, question->found,
                     storm->federation.nodes[question->holder].agency,
                     invariant_verdict_name(verdict), id, acked.count, found.count);
    invariant_log_fini(&acked);
    invariant_log_fini(&found);
    return verdict;
}

static bool is_whole_now(const struct storm *storm, bool is_final)
{
    bool all = true;
    for (unsigned sender = 0; sender < NODES; sender++)
        for (unsigned holder = 0; holder < NODES; holder++) {
            bool own = sender == holder;
            struct question messages = {
                sender,  holder, "acks", own ? "written" : "received", storm->in_any_order,
                is_final};
            struct question attachments = {sender,        holder, "acks.attachments",
                                           "attachments", true,   is_final};
            all = answer(storm, &messages) == INVARIANT_HOLDS && all;
            all = (own || answer(storm, &attachments) == INVARIANT_HOLDS) && all;
        }
    return all;
}

bool storm_is_whole(const struct storm *storm, int timeout_ms)
{
    long long until = process_now_ms() + timeout_ms;
    while (process_now_ms() < until) {
        if (is_whole_now(storm, false))
            return true;
        process_pause();
    }
    return is_whole_now(storm, true);
}

/* Messages stand in order, so whoever has the last one has what there is of those before it. */
static bool has_the_last(const struct storm *storm, const struct question *question)
{
    struct invariant_log acked = read_log(storm, question, true);
    struct invariant_log found = read_log(storm, question, false);
    bool has = acked.count > 0 && found.count > 0 &&
               found.records[found.count - 1].id >= acked.records[acked.count - 1].id;
    invariant_log_fini(&acked);
    invariant_log_fini(&found);
    return has;
}

enum invariant_verdict storm_verdict(const struct storm *storm, enum node_number sender,
                                     enum node_number holder)
{
    bool own = sender == holder;
    struct question question = {sender, holder, "acks", own ? "written" : "received", false, false};
    long long until = process_now_ms() + CALM_MS;
    while (!has_the_last(storm, &question) && process_now_ms() < until)
        process_pause();
    UNIT_EQUAL_INT(has_the_last(storm, &question), 1);
    return answer(storm, &question);
}

size_t storm_acknowledged(const struct storm *storm)
{
    size_t count = 0;
    for (unsigned i = 0; i < NODES; i++) {
        char path[FEDERATION_PATH_SIZE];
        struct invariant_log log = {0};
        files_of(storm, (enum node_number)i, "acks", path);
        record_read(path, &log);
        count += log.count;
        invariant_log_fini(&log);
    }
    return count;
}

void storm_check_whole(struct storm *storm, int timeout_ms)
{
    UNIT_EQUAL_INT(storm_calm(storm), 1);
    UNIT_EQUAL_INT(storm_is_whole(storm, timeout_ms), 1);
    for (unsigned i = 0; i < NODES; i++)
        UNIT_EQUAL_INT(node_export_verifies(&storm->federation, (enum node_number)i), 1);
    (void)printf("%zu messages acknowledged ...", storm_acknowledged(storm));
}

void storm_abandon(struct storm *storm)
{
    for (unsigned i = 0; i < NODES; i++) {
        process_kill_tree(storm->senders[i]);
        process_kill_tree(storm->receivers[i]);
    }
    federation_destroy(&storm->federation);
}

bool storm_end(struct storm *storm)
{
    bool all_well = end_all(storm->receivers);
    federation_destroy(&storm->federation);
    return all_well;
}

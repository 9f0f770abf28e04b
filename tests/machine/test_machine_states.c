/* SPDX-License-Identifier: EUPL-1.2
 *
 * I1, I2 and I4 in each state in which a power failure may leave the disk: three nodes in one
 * kernel on one disk, under load, every write of which is noted (writelog.h). Afterwards the disk
 * is made as it may have been at many moments: behind a flush, or amid the writes before one, of
 * which any are there and one is torn. Each such disk is mounted, and all three nodes are read as
 * they lie. TOV_STATES says how many disks (500), TOV_KILL_SEED where chance starts. Not for:
 * whether the nodes go on from there; test_machine_power starts them.
 */
#include "federation/record.h"
#include "federation/storm.h"
#include "machine/at_rest.h"
#include "machine/nodes.h"
#include "machine/writelog.h"
#include "support/command.h"
#include "support/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STATES 500u
#define STATES_OF_START 50u /* of them while the nodes make their stores */
#define STATES_OF_CONTROL 100u
#define MARKS 20u /* moments under load at which it is noted what has been acknowledged */
#define MARKS_OF_CONTROL 3u
#define BROKEN_ENOUGH 3u
#define DISK_MIB 256u
#define LOG_MIB 4096u /* a file with holes */
#define ORDER_MS 60000
#define GOES_ON_MS 120000
#define NOTED "echo \"0 $(blockdev --getsz /dev/ubda) log-writes /dev/ubda /dev/ubdb\""

static struct storm storm;
static struct machine machine;

/* ---- the recording ---- */

/* What each node has acknowledged when mark K is said: it has done so before. */
static size_t acknowledged[MARKS + 1][NODES];

static size_t count_acknowledged(unsigned node)
{
    char path[FEDERATION_PATH_SIZE];
    struct invariant_log log = {0};
    size_t count = 0;
    federation_path(&storm.federation, path, "%s.acks", storm.federation.nodes[node].agency);
    record_read(path, &log);
    /* One may be acknowledged twice: ids ascend. */
    for (size_t i = 0; i < log.count; i++)
        count += i == 0 || log.records[i].id > log.records[i - 1].id ? 1 : 0;
    invariant_log_fini(&log);
    return count;
}

static void say_mark(unsigned mark)
{
    for (unsigned i = 0; i < NODES; i++)
        acknowledged[mark][i] = count_acknowledged(i);
    UNIT_NEED(machine_order(&machine, ORDER_MS, MACHINE_DMSETUP "message noted 0 mark %u", mark) ==
              0);
}

static void name_image(char out[FEDERATION_PATH_SIZE], const char *name)
{
    federation_path(&storm.federation, out, "machine/%s", name);
}

static void copy_image(const char *from, const char *to)
{
    const char *const words[] = {"cp", "--sparse=auto", "--reflink=auto", from, to, NULL};
    UNIT_NEED(command_run(words, NULL) == 0);
}

/* Nodes of PROGRAM under load, with MARKS marks; then the power goes. */
static void record(const char *program, unsigned marks)
{
    char before[FEDERATION_PATH_SIZE];
    nodes_create(&storm.federation, &machine, DISK_MIB);
    machine_make_disk(&machine, 1, LOG_MIB);
    name_image(before, "before");
    copy_image(machine.disks[0], before);
    machine_boot(&machine);
    machine_map(&machine, &(struct machine_mapping){"dm-log-writes", "noted", NOTED});
    nodes_mount(&machine, "/dev/mapper/noted");
    nodes_start(&storm.federation, &machine, program);
    storm_begin_clients(&storm);
    for (unsigned mark = 1; mark <= marks; mark++) {
        for (unsigned i = 0; i < NODES; i++)
            UNIT_NEED(storm_sends(&storm, (enum node_number)i, GOES_ON_MS));
        say_mark(mark);
    }
    machine_cut(&machine);
}

/* ---- what must hold ---- */

static struct at_rest nodes[NODES];

static const char *what_breaks(unsigned node, const size_t *said)
{
    const struct at_rest *own = &nodes[node];
    if (own->guard_size > own->size)
        return "I1: the guard was given what the store has lost";
    if (own->signed_size > own->guard_signed)
        return "I4: the store has a signature that the guard does not know";
    if (own->own_messages < said[node])
        return "I2: a message that was acknowledged is not there";
    for (unsigned i = 0; i < NODES; i++)
        if (i != node && nodes[i].mirrored[node] > own->guard_signed)
            return "I1: another node has what this one never signed";
    return NULL;
}

/* All three as they lie on the disk that is mounted, when SAID had been acknowledged. */
static bool holds(const size_t *said)
{
    bool all = true;
    for (unsigned i = 0; i < NODES; i++) {
        char folder[FEDERATION_PATH_SIZE];
        struct tov_error error = {.text = ""};
        federation_path(&storm.federation, folder, NODES_DISK "/%s",
                        storm.federation.nodes[i].agency);
        if (at_rest_read(folder, (uint16_t)(i + 1), &nodes[i], &error) != TOV_OK) {
            (void)printf("\n    %s: %s", storm.federation.nodes[i].agency, error.text);
            return false;
        }
    }
    for (unsigned i = 0; i < NODES; i++) {
        const char *broken = what_breaks(i, said);
        if (broken != NULL)
            (void)printf("\n    %s: %s", storm.federation.nodes[i].agency, broken);
        all = all && broken == NULL;
    }
    return all;
}

/* ---- states ---- */

struct replay {
    struct writelog log;
    int whole; /* image with the first DONE entries */
    size_t done;
    size_t said[NODES]; /* acknowledged before them */
    uint64_t random;
    unsigned broken;
};

static void advance(struct replay *replay, size_t to)
{
    for (; replay->done < to; replay->done++) {
        const struct writelog_entry *entry = &replay->log.entries[replay->done];
        writelog_apply(&replay->log, replay->done, UINT64_MAX, replay->whole);
        if (entry->mark[0] != '\0')
            for (unsigned i = 0; i < NODES; i++)
                replay->said[i] = acknowledged[strtoul(entry->mark, NULL, 10)][i];
    }
}

/* Of the writes that are not durable yet any; the last of them in part. */
static void write_some(struct replay *replay, size_t end, int image)
{
    for (size_t i = replay->done; i < end; i++) {
        const struct writelog_entry *entry = &replay->log.entries[i];
        bool is_last = i + 1 == end;
        if (!entry->is_through && !is_last && unit_random(&replay->random) % 2 == 0)
            continue;
        writelog_apply(&replay->log, i,
                       is_last && !entry->is_through && entry->sectors > 0
                           ? unit_random(&replay->random) % entry->sectors
                           : UINT64_MAX,
                       image);
    }
}

/* The disk when the first END entries were noted, or begun, and no more. */
static void look_at(struct replay *replay, size_t end)
{
    char whole[FEDERATION_PATH_SIZE], state[FEDERATION_PATH_SIZE];
    name_image(whole, "whole");
    name_image(state, "state");
    advance(replay, writelog_durable(&replay->log, end));
    copy_image(whole, state);
    int image = open(state, O_WRONLY | O_CLOEXEC);
    UNIT_NEED(image >= 0);
    write_some(replay, end, image);
    (void)close(image);
    bool mounts = nodes_mount_here(&machine, state);
    bool is_good = mounts && holds(replay->said);
    if (mounts)
        nodes_leave(&machine);
    if (!is_good)
        (void)printf("\n    %s entry %zu of %zu", mounts ? "at" : "not mounted at", end,
                     replay->log.count);
    replay->broken += is_good ? 0 : 1;
}

static void open_replay(struct replay *replay)
{
    const char *seed = getenv("TOV_KILL_SEED");
    char before[FEDERATION_PATH_SIZE], whole[FEDERATION_PATH_SIZE];
    name_image(before, "before");
    name_image(whole, "whole");
    copy_image(before, whole);
    *replay = (struct replay){.random = seed == NULL ? 1 : strtoull(seed, NULL, 10)};
    replay->whole = open(whole, O_WRONLY | O_CLOEXEC);
    UNIT_NEED(replay->whole >= 0);
    writelog_open(&replay->log, machine.disks[1]);
    size_t flushes = 0;
    for (size_t i = 0; i < replay->log.count; i++)
        flushes += replay->log.entries[i].is_flush ? 1 : 0;
    UNIT_NEED(flushes > 1); /* without them no state says anything */
    (void)printf("%zu messages, %zu writes, %zu flushes ...", storm_acknowledged(&storm),
                 replay->log.count, flushes);
}

static void close_replay(struct replay *replay)
{
    (void)close(replay->whole);
    writelog_close(&replay->log);
    storm_abandon(&storm);
}

/* Where all nodes were serving. */
static size_t first_mark(const struct writelog *log)
{
    size_t at = 0;
    while (at < log->count && log->entries[at].mark[0] == '\0')
        at++;
    return at;
}

/* COUNT states from entry FROM to TO: by turns behind a flush, and amid the writes before one. */
static void look_at_states(struct replay *replay, size_t from, size_t to, unsigned count)
{
    for (unsigned i = 0; i < count && replay->broken < BROKEN_ENOUGH; i++) {
        size_t low = from + (to - from) * i / count, high = from + (to - from) * (i + 1) / count;
        size_t room = high > low ? high - low : 1;
        size_t end = low + 1 + (size_t)(unit_random(&replay->random) % room);
        if (i % 2 == 0)
            end = writelog_next_flush(&replay->log, end - 1) + 1;
        end = end < replay->done ? replay->done : end;
        look_at(replay, end < to ? end : to);
    }
}

static void what_was_acknowledged_is_on_the_disk_whenever_the_power_goes(void)
{
    struct replay replay;
    unsigned states = unit_rounds("TOV_STATES", STATES);
    record(NULL, MARKS);
    open_replay(&replay);
    size_t begun = first_mark(&replay.log);
    unsigned of_start = states > 2 * STATES_OF_START ? STATES_OF_START : states / 2;
    look_at_states(&replay, 0, begun, of_start);
    look_at_states(&replay, begun, replay.log.count, states - of_start);
    UNIT_EQUAL_INT(replay.broken, 0);
    close_replay(&replay);
}

/* The control. Only where its nodes serve: that its stores are not made at once is no wonder. */
static void a_store_that_does_not_sync_is_found(void)
{
    struct replay replay;
    record(NO_SYNC, MARKS_OF_CONTROL);
    open_replay(&replay);
    look_at_states(&replay, first_mark(&replay.log), replay.log.count, STATES_OF_CONTROL);
    CU_ASSERT(replay.broken > 0);
    close_replay(&replay);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_store_that_does_not_sync_is_found),
        UNIT_TEST(what_was_acknowledged_is_on_the_disk_whenever_the_power_goes),
    };
    const char *lacks = machine_lacks();
    if (lacks != NULL)
        return unit_skip(lacks);
    return unit_run("machine: states", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Receipts of a series that has ended, as a node reads them that came back with a loss: in whatever
 * order, overlapping, in one parcel or many, each link counts as it was said first, and keys go to
 * nobody who could read the message. Held against a model, by chance.
 */
#include "hostile_peer.h"

#include "follow/peer.h"
#include "ledger/series.h"
#include "store/read.h"

#include <stdio.h>
#include <stdlib.h>

enum { LINKS = 24, WIDEST = 6, ROUNDS = 30, CONTRADICTIONS = 20 };

struct scene {
    struct hostile *hostile;
    struct tov_message_written sent[LINKS + 1]; /* by link, from 1 */
    uint8_t verdicts[LINKS + 1];                /* as said first; 0: not yet */
    uint64_t received_ms[LINKS + 1];            /* 0: not flushed yet */
    uint64_t random;
};

static unsigned chance(struct scene *scene, unsigned below)
{
    return (unsigned)(unit_random(&scene->random) % below);
}

static struct tov_core *core_of(const struct scene *scene)
{
    return hostile_core(scene->hostile);
}

/* As after a start: what is stored tells. */
static void forget_spoken(struct hostile *hostile)
{
    struct tov_peer *peer = tov_follow_peer(tov_node_follow(hostile_victim(hostile)), 2);
    peer->spoken_count = peer->spoken_next = 0;
}

/* The parcel with all that was appended; sometimes nothing is remembered of it. */
static void flush(struct scene *scene)
{
    hostile_flush(scene->hostile);
    for (unsigned link = 1; link <= LINKS; link++) {
        if (scene->verdicts[link] != 0 && scene->received_ms[link] == 0)
            scene->received_ms[link] = core_of(scene)->now_ms;
    }
    sim_wire_pass(scene->hostile->wire, 1000);
    if (chance(scene, 3) == 0)
        forget_spoken(scene->hostile);
}

static void say(struct scene *scene, enum tov_verdict verdict)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    unsigned first = 1 + chance(scene, LINKS);
    unsigned last = first + chance(scene, WIDEST);
    last = last > LINKS ? LINKS : last;
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_RECEIPT;
    leaf->as.receipt =
        (struct tov_leaf_receipt){.peer = scene->hostile->target->number,
                                  .series = {scene->hostile->target->generation, 0},
                                  .last_link = last,
                                  .last_leaf_hash = scene->sent[last].place.leaf_hash,
                                  .run_count = 1,
                                  .runs = {{(uint16_t)(last - first + 1), {verdict, 0, 0}}}};
    hostile_append(scene->hostile, leaf);
    for (unsigned link = first; link <= last; link++) {
        if (scene->verdicts[link] == 0)
            scene->verdicts[link] = (uint8_t)verdict;
    }
    if (chance(scene, 3) == 0)
        flush(scene);
}

static void check(const struct scene *scene)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    UNIT_NEED(tov_store_read_begin(core_of(scene)->store, &read, NULL) == TOV_OK);
    for (unsigned link = 1; link <= LINKS; link++) {
        struct tov_link_block block = {.series = {scene->hostile->target->generation, 0},
                                       .number = link};
        struct tov_delivery delivery;
        UNIT_NEED(tov_follow_delivery(read, 2, &block, &delivery) == TOV_OK);
        UNIT_EQUAL_INT(delivery.verdict.verdict, scene->verdicts[link]);
        UNIT_EQUAL_INT(delivery.received_ms, scene->received_ms[link]);
    }
}

static void begin(struct scene *scene, unsigned round)
{
    char name[32];
    (void)snprintf(name, sizeof name, "receipts-%u", round);
    *scene = (struct scene){.hostile = hostile_create(name, 2), .random = 7919u * (round + 1)};
    struct hostile *hostile = scene->hostile;
    hostile_meet(hostile);
    hostile_say_epoch(hostile, 1);
    for (unsigned link = 1; link <= LINKS; link++)
        scene->sent[link] = sim_wire_send(hostile->wire, 0, link);
    sim_wire_run(hostile->wire);
    UNIT_NEED(scene->sent[LINKS].links[0].number == LINKS);
    tov_series_note(core_of(scene), 2000);
    core_of(scene)->series.lost_index = 2000;
    tov_follow_begin_series(tov_node_follow(hostile_victim(hostile)));
    sim_wire_run(hostile->wire);
}

static bool all_are_said(const struct scene *scene)
{
    for (unsigned link = 1; link <= LINKS; link++) {
        if (scene->verdicts[link] == 0)
            return false;
    }
    return true;
}

static void each_link_counts_as_it_was_said_first(void)
{
    unsigned rounds = unit_rounds("TOV_RECEIPT_ROUNDS", ROUNDS);
    for (unsigned round = 0; round < rounds; round++) {
        struct scene scene;
        begin(&scene, round);
        while (!all_are_said(&scene))
            say(&scene, chance(&scene, 2) == 0 ? TOV_VERDICT_OPENED : TOV_VERDICT_REFUSED);
        for (unsigned i = 0; i < CONTRADICTIONS; i++)
            say(&scene, TOV_VERDICT_NO_KEY);
        flush(&scene);
        check(&scene);
        hostile_hold_all(scene.hostile);
        sim_wire_pass(scene.hostile->wire, 3000);
        UNIT_EQUAL_INT(scene.hostile->late_stanzas, 0);
        UNIT_EQUAL_INT(core_of(&scene)->failed, TOV_OK);
        hostile_destroy(scene.hostile);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_link_counts_as_it_was_said_first),
    };
    return unit_run("follow_receipts", tests, sizeof tests / sizeof tests[0]);
}

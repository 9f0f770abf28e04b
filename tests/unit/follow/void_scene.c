/* SPDX-License-Identifier: EUPL-1.2
 *
 * See void_scene.h.
 */
#include "void_scene.h"

#include <stdio.h>
#include <string.h>

static struct tov_follow *follow_of(const struct void_scene *scene)
{
    return tov_node_follow(hostile_victim(scene->hostile));
}

static void say(struct void_scene *scene, size_t which, enum tov_verdict verdict, bool amends)
{
    hostile_append_receipt(scene->hostile, &scene->sent[which], verdict, amends);
}

/* ---- the roster ---- */

static void take_next_generation(struct tov_agency *agency)
{
    char name[TOV_ORIGIN_MAX_BYTES + 1];
    struct tov_vkey *keys[2] = {&agency->ledger, &agency->journal};
    for (size_t i = 0; i < 2; i++) {
        uint8_t public_key[32];
        memcpy(public_key, keys[i]->public_key, sizeof public_key);
        (void)snprintf(name, sizeof name, "%s", keys[i]->name);
        char *generation = strstr(name, "/1");
        UNIT_NEED(generation != NULL);
        generation[1] = '2';
        do
            public_key[0]++; /* until it is a key */
        while (tov_vkey_make(tov_bytes_of_text(name), TOV_VKEY_ED25519, public_key, keys[i]) !=
               TOV_OK);
    }
    agency->generation = 2;
}

static void make_roster(struct void_scene *scene, bool has_next_generation)
{
    const struct hostile *hostile = scene->hostile;
    const struct tov_roster *now = hostile_core(hostile)->roster;
    struct tov_roster_facts facts = *tov_roster_facts(now);
    struct tov_agency agencies[2];
    struct tov_revocation revocations[] = {
        {.key = hostile->agency->ledger, .agency = hostile->agency->number, .size = scene->size},
        {.key = hostile->agency->journal, .agency = hostile->agency->number, .size = 1}};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    UNIT_NEED(facts.agency_count == 2);
    memcpy(agencies, facts.agencies, sizeof agencies);
    if (has_next_generation)
        take_next_generation(&agencies[hostile->index]);
    facts.agencies = agencies;
    facts.version++;
    facts.previous = tov_roster_hash(now);
    facts.revocations = revocations;
    facts.revocation_count = 2;
    tov_roster_format(&facts, &text);
    UNIT_NEED(tov_roster_parse(tov_buf_view(&text), &scene->after, NULL) == TOV_OK);
    scene->before = hostile->wire->federation->roster;
}

void void_scene_crash(struct void_scene *scene)
{
    struct hostile *hostile = scene->hostile;
    sim_wire_crash(hostile->wire, hostile->victim);
    hostile->wire->federation->roster = scene->after;
}

void void_scene_start_again(struct void_scene *scene)
{
    void_scene_crash(scene);
    hostile_connect(scene->hostile);
}

void void_scene_meet_again(struct void_scene *scene)
{
    hostile_hello(scene->hostile, NULL);
    hostile_answer(scene->hostile);
}

/* ---- the story ---- */

/* The first is opened, the second pending and then opened, of the third and fourth it says nothing
 * that counts, and the fifth was opened and lost. */
static void say_what_counts(struct void_scene *scene)
{
    say(scene, 0, TOV_VERDICT_OPENED, false);
    say(scene, 1, TOV_VERDICT_PENDING, false);
    say(scene, 2, TOV_VERDICT_OPENED, false);
    say(scene, 1, TOV_VERDICT_OPENED, true);
    say(scene, 2, TOV_VERDICT_NO_KEY, true);
    hostile_flush(scene->hostile);
    scene->size = scene->hostile->range.size;
}

static void say_what_is_void(struct void_scene *scene)
{
    say(scene, 3, TOV_VERDICT_OPENED, false);
    say(scene, 4, TOV_VERDICT_NOT_OPENED, false);
    say(scene, 0, TOV_VERDICT_NO_KEY, true);
    say(scene, 1, TOV_VERDICT_NOT_OPENED, true);
    say(scene, 2, TOV_VERDICT_OPENED, true);
    hostile_append_epoch(scene->hostile, 2);
    hostile_flush(scene->hostile);
}

void void_scene_play(struct void_scene *scene, const char *name, enum void_order order)
{
    struct hostile *hostile = hostile_create(name, 2);
    *scene = (struct void_scene){.hostile = hostile};
    hostile_meet(hostile);
    hostile_append_epoch(hostile, 1);
    hostile_flush(hostile);
    for (size_t i = 0; i < VOID_SENT; i++)
        scene->sent[i] = sim_wire_send(hostile->wire, 0, 1 + i);
    sim_wire_run(hostile->wire);
    say_what_counts(scene);
    make_roster(scene, order == VOID_NEXT_GENERATION);
    if (order == VOID_ROSTER_FIRST) {
        void_scene_start_again(scene);
        void_scene_meet_again(scene);
    }
    say_what_is_void(scene);
    if (order == VOID_ENTRIES_FIRST || order == VOID_NEXT_GENERATION)
        void_scene_start_again(scene);
    sim_wire_pass(hostile->wire, 1000);
}

void void_scene_leave(struct void_scene *scene)
{
    sim_wire_crash(scene->hostile->wire, scene->hostile->victim);
    scene->hostile->wire->federation->roster = scene->before;
    hostile_destroy(scene->hostile);
    tov_roster_destroy(scene->after);
}

/* ---- what is known ---- */

enum tov_verdict void_scene_verdict(const struct void_scene *scene, size_t which)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_link_block link = {.series = {scene->hostile->target->generation, 0},
                                  .number = scene->sent[which].links[0].number};
    struct tov_delivery delivery;
    UNIT_NEED(tov_store_read_begin(hostile_core(scene->hostile)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_delivery(read, scene->hostile->agency->number, &link, &delivery) ==
              TOV_OK);
    return delivery.verdict.verdict;
}

enum tov_again void_scene_again(const struct void_scene *scene, size_t which)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    enum tov_again state = TOV_AGAIN_NONE;
    UNIT_NEED(tov_store_read_begin(hostile_core(scene->hostile)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_again(follow_of(scene), read, scene->hostile->agency->number,
                               scene->sent[which].place.index, &state) == TOV_OK);
    return state;
}

uint64_t void_scene_receipted(const struct void_scene *scene)
{
    struct tov_peer_view view;
    tov_follow_peer_view(follow_of(scene), 0, &view);
    return view.links_receipted;
}

void void_scene_need_what_counts(const struct void_scene *scene)
{
    static const enum tov_verdict verdicts[VOID_SENT] = {TOV_VERDICT_OPENED, TOV_VERDICT_OPENED,
                                                         TOV_VERDICT_NO_KEY, 0, 0};
    for (size_t i = 0; i < VOID_SENT; i++) {
        UNIT_EQUAL_INT(void_scene_verdict(scene, i), verdicts[i]);
        UNIT_EQUAL_INT(void_scene_again(scene, i), i == 2 ? TOV_AGAIN_ASKED : TOV_AGAIN_NONE);
    }
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Random histories: five agencies write what comes to their minds about a few things, with clocks
 * that are off and messages that travel slowly. Whatever came of it:
 * - the same messages give the same picture, in whatever order they came in, and whatever each
 *   receiver found of their clocks (I5)
 * - who holds all messages about a thing shows the same state as anyone else who does
 * - each case and transition that is not at its end has one responsible agency (I12)
 * - no unit is shown a message, or an event, that it was not sent (I10)
 * A history is repeated by its seed: TOV_PROPERTY_SEED=n.
 */
#include "case/told_field.h"
#include "support/unit.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MESSAGES 80u
#define AGENCIES 6u

static uint64_t seed, state;

static unsigned below(unsigned limit)
{
    return (unsigned)(unit_random(&state) % limit);
}

/* ---- histories ---- */

#define ALL "kk/vink,kbh-pol/dks,krfo/kif"
#define OPENING "purpose=p basis=B next_review=2021-04-20"
/* %u is the number of a thing. Cited: words of types, the last of which that is held is cited. */
static const struct {
    const char *line;
    const char *cites;
} lines[] = {
    {"kk/jobcenter > kbh-pol/dks,kk/vink concern.submit concern:K%u", ""},
    {"kbh-pol/dks > kk/vink concern.receipt concern:K%u code=modtaget", ""},
    {"kk/vink > kbh-pol/dks concern.receipt concern:K%u code=modtaget", ""},
    {"kk/vink > kbh-pol/dks concern.receipt concern:K%u code=dublet", ""},
    {"kk/vink > kbh-pol/dks concern.screen_request concern:K%u", ""},
    {"kbh-pol/dks > kk/vink concern.screen_result concern:K%u code=kan_behandles", ""},
    {"kbh-pol/dks > kk/vink,krfo/kif case.meeting_call concern:K%u kind=infohusmoede", ""},
    {"kk/vink > kbh-pol/dks,krfo/kif concern.triage concern:K%u outcome=begrundet",
     "concern.triage"},
    {"kbh-pol/dks > kk/vink,krfo/kif concern.triage concern:K%u outcome=begrundet",
     "concern.triage"},
    {"kk/vink > kbh-pol/dks,krfo/kif case.open case:C%u " OPENING, ""},
    {"kk/vink > kbh-pol/dks,krfo/kif case.conversation case:C%u part=plan", ""},
    {"kbh-pol/dks > kk/vink,krfo/kif case.conversation case:C%u part=resultat", ""},
    {"kk/vink > kbh-pol/dks,krfo/kif case.assessment case:C%u next=opfoelgning " OPENING,
     "case.assessment"},
    {"kbh-pol/dks > kk/vink,krfo/kif case.assessment case:C%u next=opfoelgning " OPENING,
     "case.assessment"},
    {"kk/vink > kbh-pol/dks,krfo/kif case.review case:C%u result=fortsaet " OPENING, ""},
    {"kk/vink > kbh-pol/dks,krfo/kif case.close_propose case:C%u", ""},
    {"kbh-pol/dks > kk/vink,krfo/kif case.close_answer case:C%u answer=enig", ""},
    {"krfo/kif > kk/vink,kbh-pol/dks case.close_answer case:C%u answer=enig", ""},
    {"kk/vink > kbh-pol/dks,krfo/kif case.close case:C%u", ""},
    {"kk/vink > kbh-pol/dks,krfo/kif case.reopen case:C%u episode:E%u", ""},
    {"kk/vink > rhp/psyk,kbh-pol/dks,krfo/kif case.invite case:C%u start=yes " OPENING, ""},
    {"rhp/psyk > kk/vink,kbh-pol/dks,krfo/kif case.leave case:C%u", ""},
    {"krfo/faengsel > kk/eki prison.admission episode:E%u kind=afsoning regime=lukket", ""},
    {"krfo/faengsel > kk/ydelse prison.admission episode:E%u kind=afsoning event=INDS%u", ""},
    {"krfo/faengsel > kk/folkereg prison.admission episode:E%u kind=afsoning event=INDS%u", ""},
    {"krfo/faengsel > kk/vink,kbh-pol/dks prison.leave_start episode:E%u case:C%u reason=akut", ""},
    {"krfo/faengsel > kk/vink,kbh-pol/dks prison.leave_end episode:E%u case:C%u", ""},
    {"krfo/faengsel > kk/vink,kbh-pol/dks prison.transfer episode:E%u case:C%u start=yes", ""},
    {"krfo/faengsel > kk/eki prison.release_date episode:E%u version=1 event=L%u", ""},
    {"krfo/faengsel > kk/vink,kbh-pol/dks prison.release_date episode:E%u version=1 event=L%u "
     "start=yes",
     ""},
    {"krfo/faengsel > kk/eki prison.release_meeting episode:E%u kind=referat", ""},
    {"kk/eki > krfo/faengsel release.measures episode:E%u bolig=gul", ""},
    {"kk/eki > krfo/faengsel release.kommune_contact episode:E%u", ""},
    {"kk/eki > krfo/faengsel transition.ready episode:E%u", "transition.ready"},
    {"krfo/faengsel > kk/eki transition.ready episode:E%u", "transition.ready"},
    {"krfo/faengsel > kk/eki prison.released episode:E%u kind=endt event=R%u", ""},
    {"krfo/faengsel > kk/vink,kbh-pol/dks prison.released episode:E%u kind=endt event=R%u", ""},
    {"krfo/faengsel > kk/eki prison.recall episode:E%u", ""},
    {"krfo/faengsel > kk/eki prison.end episode:E%u", ""},
    {"krfo/kif > kk/eki handover.offer episode:E%u thing=transition to_agency=kk",
     "prison.admission handover.accept"},
    {"kk/eki > krfo/kif handover.accept episode:E%u thing=transition", "handover.offer"},
    {"kk/eki > krfo/kif handover.decline episode:E%u thing=transition", "handover.offer"},
    {"krfo/kif > kk/eki handover.withdraw episode:E%u thing=transition", "handover.offer"},
    {"kk/eki > krfo/kif handover.offer episode:E%u thing=transition to_agency=krfo",
     "handover.accept"},
    {"kk/vink > "
     "kbh-pol/dks,krfo/kif handover.offer case:C%u thing=case to_agency=kbh-pol",
     "case.open handover.accept"},
    {"kbh-pol/dks > kk/vink,krfo/kif handover.accept case:C%u thing=case", "handover.offer"},
    {"kk/vink > kk/sof info.request request:Q%u", ""},
    {"kk/sof > kk/vink ack.read request:Q%u", ""},
    {"kk/sof > kk/vink info.response request:Q%u complete=ja", ""},
    {"kk/vink > kk/sof info.close request:Q%u", ""},
};
#define LINES (sizeof lines / sizeof lines[0])

/* The id of the last message of TYPES about the thing in LINE that the sender holds, or "". */
static const char *last_of(const struct world *world, const char *line, const char *types)
{
    const char *found = "";
    size_t count;
    char sender[32], thing[32];
    (void)snprintf(sender, sizeof sender, "%.*s", (int)strcspn(line, "/"), line);
    const char *colon = strchr(line, ':');
    const char *begin = colon;
    while (begin[-1] != ' ')
        begin--;
    (void)snprintf(thing, sizeof thing, "%.*s", (int)strcspn(begin, " "), begin);
    struct tov_thing_ref ref = world_thing(thing), about;
    struct tov_told *held = world_held(world, world_agency(sender), &count);
    for (size_t i = 0; i < count; i++) {
        for (size_t a = 0; a < TOV_ABOUT_COUNT; a++) {
            if (strstr(types, held[i].draft->type->id) != NULL &&
                tov_told_about(&held[i], tov_about_things[a].bit, &about) &&
                tov_thing_ref_equal(&about, &ref))
                found = world_id(&held[i]);
        }
    }
    free(held);
    return found;
}

static void say_something(struct world *world)
{
    char line[300], full[400], time[TOV_TIME_TEXT_SIZE];
    size_t which = below(LINES);
    unsigned number = below(2);
    (void)snprintf(line, sizeof line, "%s", lines[which].line);
    for (char *at = strstr(line, "%u"); at != NULL; at = strstr(line, "%u")) {
        at[0] = (char)('0' + number);
        memmove(at + 1, at + 2, strlen(at + 2) + 1);
    }
    /* A clock may be off by up to ten minutes, and now and then by days. */
    uint64_t at_ms = UINT64_C(1612180800000) + world->count * 60000 + below(20) * 60000;
    if (below(40) == 0)
        at_ms += below(5) * UINT64_C(86400000);
    tov_time_format(at_ms, time);
    time[16] = '\0';
    const char *cited = last_of(world, line, lines[which].cites);
    (void)snprintf(full, sizeof full, "%s id=g%zu at=%s%s%s", line, world->count, time,
                   cited[0] == '\0' ? "" : " cites=", cited);
    (void)world_say(world, full);
}

static void make_history(struct world *world)
{
    world->fills_steps = true;
    world->is_slow = true;
    for (size_t i = 0; i < MESSAGES; i++) {
        say_something(world);
        for (size_t n = 0; n < 6; n++)
            world_deliver(world, below((unsigned)world->count), (uint16_t)(1 + below(AGENCIES)));
    }
    for (size_t i = 0; i < world->count; i++) {
        for (uint16_t agency = 1; agency <= AGENCIES; agency++)
            world_deliver(world, i, agency);
    }
}

/* ---- fingerprints ---- */

static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
    return text == NULL ? mix(hash, "?", 1) : mix(hash, text, strlen(text) + 1);
}

static uint64_t mix_number(uint64_t hash, uint64_t number)
{
    return mix(hash, &number, sizeof number);
}

static uint64_t mix_told(uint64_t hash, const struct tov_told *told)
{
    return told == NULL ? mix_text(hash, NULL)
                        : mix_number(mix_number(hash, told->ref.agency), told->ref.index);
}

static uint64_t mix_thing(uint64_t hash, const struct tov_thing *thing)
{
    hash = mix(mix_number(hash, thing->machine), thing->ref.bytes, sizeof thing->ref.bytes);
    hash = mix_text(mix_number(mix_text(hash, thing->state), thing->since_ms), thing->regime);
    hash = mix_told(mix_told(hash, thing->began), thing->waits);
    hash =
        mix_number(hash, thing->is_incomplete + 2u * thing->is_conflict + 4u * thing->is_unready);
    hash = mix_number(mix_number(hash, thing->responsible), thing->offered);
    for (size_t i = 0; i < thing->step_count; i++)
        hash = mix_told(mix_text(mix_number(hash, thing->steps[i].at_ms), thing->steps[i].state),
                        thing->steps[i].told);
    return hash;
}

static uint64_t mix_placed(uint64_t hash, const struct tov_placed *placed)
{
    hash = mix_number(mix_told(hash, placed->told), placed->effective_ms);
    hash = mix_number(hash, placed->is_copy + 2u * placed->is_second + 4u * placed->is_retracted);
    for (size_t i = 0; i < placed->judgement_count; i++) {
        const struct tov_judgement *judgement = &placed->judgements[i];
        hash = mix_number(mix_number(hash, judgement->machine), judgement->verdict);
        hash = mix_text(mix_text(hash, judgement->from), judgement->to);
        hash = mix_text(mix_number(hash, judgement->rule + 1000u * judgement->is_conflict),
                        judgement->reason.da);
    }
    return hash;
}

static uint64_t fingerprint(const struct tov_picture *picture)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < tov_picture_placed_count(picture); i++)
        hash = mix_placed(hash, tov_picture_placed_at(picture, i));
    for (size_t i = 0; i < tov_picture_thing_count(picture); i++)
        hash = mix_thing(hash, tov_picture_thing_at(picture, i));
    for (size_t i = 0; i < tov_picture_party_count(picture); i++) {
        const struct tov_party *party = tov_picture_party_at(picture, i);
        hash = mix_text(mix_number(hash, party->agency), party->unit);
        hash = mix_number(mix_number(hash, party->from_ms), party->until_ms);
    }
    return hash;
}

/* ---- the properties ---- */

static void shuffle(struct tov_told *held, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = below((unsigned)i);
        struct tov_told swapped = held[i - 1];
        held[i - 1] = held[other];
        held[other] = swapped;
    }
}

/* As other nodes, which got the messages at other times, would have found. */
static void find_other_clocks(struct tov_told *held, size_t count)
{
    for (size_t i = 0; i < count; i++)
        held[i].claims_ahead = below(2) != 0;
}

static bool any_order_gives_the_same(const struct world *world)
{
    bool is_same = true;
    for (uint16_t agency = 0; agency <= AGENCIES; agency++) {
        size_t count;
        struct tov_told *held = world_held(world, agency, &count);
        uint64_t first = 0;
        for (unsigned i = 0; i < 3; i++) {
            struct tov_picture *picture = world_picture(world, held, count);
            uint64_t is = fingerprint(picture);
            first = i == 0 ? is : first;
            is_same &= is == first;
            tov_picture_destroy(picture);
            shuffle(held, count);
            find_other_clocks(held, count);
        }
        free(held);
    }
    return is_same;
}

static size_t count_about(const struct tov_told *held, size_t count,
                          const struct tov_thing_ref *ref)
{
    size_t found = 0;
    struct tov_thing_ref about;
    for (size_t i = 0; i < count; i++) {
        bool is_about = false;
        for (size_t a = 0; a < TOV_ABOUT_COUNT; a++)
            is_about |= tov_told_about(&held[i], tov_about_things[a].bit, &about) &&
                        tov_thing_ref_equal(&about, ref);
        found += is_about;
    }
    return found;
}

static size_t compared;

/* Who holds all messages about a thing shows what one who holds everything shows. */
static bool all_holders_show_the_same(const struct world *world)
{
    size_t all_count, count;
    bool is_same = true;
    struct tov_told *all = world_held(world, 0, &all_count);
    struct tov_picture *whole = world_picture(world, all, all_count);
    for (uint16_t agency = 1; agency <= AGENCIES; agency++) {
        struct tov_told *held = world_held(world, agency, &count);
        struct tov_picture *picture = world_picture(world, held, count);
        for (size_t i = 0; i < tov_picture_thing_count(whole); i++) {
            const struct tov_thing *thing = tov_picture_thing_at(whole, i);
            if (count_about(held, count, &thing->ref) != count_about(all, all_count, &thing->ref))
                continue;
            const struct tov_thing *other =
                tov_picture_thing_find(picture, thing->machine, &thing->ref);
            bool alike = other != NULL && mix_thing(1, other) == mix_thing(1, thing);
            if (!alike)
                (void)printf("\n    agency %u, machine %d: %s, and not %s", agency,
                             (int)thing->machine, other == NULL ? "nothing" : other->state,
                             thing->state);
            is_same &= alike;
            compared++;
        }
        tov_picture_destroy(picture);
        free(held);
    }
    tov_picture_destroy(whole);
    free(all);
    return is_same;
}

/* I12: while a case or transition is not at its end; in every view that holds its beginning. */
static bool somebody_is_responsible(const struct world *world)
{
    bool holds = true;
    for (uint16_t agency = 0; agency <= AGENCIES; agency++) {
        size_t count;
        struct tov_told *held = world_held(world, agency, &count);
        struct tov_picture *picture = world_picture(world, held, count);
        for (size_t i = 0; i < tov_picture_thing_count(picture); i++) {
            const struct tov_thing *matter = tov_picture_thing_at(picture, i);
            if (matter->machine != TOV_MACHINE_CASE || strcmp(matter->state, "afsluttet") == 0 ||
                matter->is_incomplete)
                continue;
            const struct tov_thing *held_by =
                tov_picture_thing_find(picture, TOV_MACHINE_RESPONSIBILITY, &matter->ref);
            holds &= held_by != NULL && held_by->responsible != 0 &&
                     held_by->responsible != held_by->offered;
        }
        tov_picture_destroy(picture);
        free(held);
    }
    return holds;
}

static bool sees_only_its_own(const struct tov_view *view, const struct tov_unit_facts *unit)
{
    for (size_t i = 0; i < view->placed_count; i++) {
        const struct tov_placed *placed = &view->placed[i];
        if (!world_sees(unit, placed->told) ||
            (placed->first != NULL && !world_sees(unit, placed->first)) ||
            (placed->amended_by != NULL && !world_sees(unit, placed->amended_by)))
            return false;
    }
    for (size_t i = 0; i < view->thing_count; i++) {
        const struct tov_thing *thing = &view->things[i];
        static const struct tov_thing_ref nothing;
        if ((thing->began != NULL && !world_sees(unit, thing->began)) ||
            (thing->waits != NULL && !world_sees(unit, thing->waits)) ||
            !tov_thing_ref_equal(&thing->last_event, &nothing))
            return false;
        for (size_t n = 0; n < thing->step_count; n++) {
            if (!world_sees(unit, thing->steps[n].told))
                return false;
        }
    }
    return true;
}

/* Custody of a unit of the release channel without leaves: they are told to the case only. */
static bool knows_no_leave(const struct tov_view *view, const struct tov_unit_facts *unit)
{
    bool is_fine = true;
    for (size_t i = 0; i < view->thing_count && (unit->duties & TOV_DUTIES_RELEASE) != 0; i++) {
        const struct tov_thing *thing = &view->things[i];
        is_fine &= thing->machine == TOV_MACHINE_CUSTODY || thing->machine == TOV_MACHINE_RELEASE ||
                   thing->machine == TOV_MACHINE_RESPONSIBILITY;
    }
    return is_fine;
}

static bool no_unit_sees_more(const struct world *world)
{
    bool is_fine = true;
    for (size_t i = 0; i < world_unit_count(); i++) {
        struct tov_unit_facts unit = world_unit(world_unit_at(i));
        size_t count;
        struct tov_told *held = world_held(world, unit.agency, &count);
        struct tov_picture *picture = world_picture(world, held, count);
        struct tov_view view;
        UNIT_OK(tov_picture_view(picture, &unit, &view));
        is_fine &= sees_only_its_own(&view, &unit) && knows_no_leave(&view, &unit);
        tov_view_fini(&view);
        tov_picture_destroy(picture);
        free(held);
    }
    return is_fine;
}

/* The release channel is shown the same whether a case told more or not. */
static bool the_case_channel_leaves_no_trace(const struct world *world)
{
    static const char *const units[] = {"kk/eki", "kk/ydelse", "kk/folkereg"};
    bool is_fine = true;
    size_t count;
    struct tov_told *held = world_held(world, world_agency("kk"), &count);
    struct tov_picture *picture = world_picture(world, held, count);
    for (size_t i = 0; i < 3; i++) {
        struct tov_unit_facts unit = world_unit(units[i]);
        struct tov_view view;
        UNIT_OK(tov_picture_view(picture, &unit, &view));
        for (size_t n = 0; n < view.placed_count; n++) {
            const struct tov_placed *placed = &view.placed[n];
            for (size_t j = 0; j < placed->judgement_count; j++)
                is_fine &= !placed->judgements[j].is_conflict &&
                           (placed->judgements[j].from == NULL ||
                            strcmp(placed->judgements[j].from, "udgang") != 0);
        }
        tov_view_fini(&view);
    }
    tov_picture_destroy(picture);
    free(held);
    return is_fine;
}

static void must_hold(bool holds, const char *what)
{
    if (!holds)
        (void)printf("\n    %s does not hold: TOV_PROPERTY_SEED=%llu", what,
                     (unsigned long long)seed);
    CU_ASSERT(holds);
}

static void whatever_was_said_the_properties_hold(void)
{
    const char *one = getenv("TOV_PROPERTY_SEED");
    unsigned rounds = one != NULL ? 1 : unit_rounds("TOV_PROPERTY_ROUNDS", 150);
    uint64_t first = one != NULL ? strtoull(one, NULL, 10) : 1;
    compared = 0;
    for (unsigned i = 0; i < rounds; i++) {
        struct world world = {0};
        state = seed = first + i;
        make_history(&world);
        must_hold(any_order_gives_the_same(&world), "any order gives the same picture");
        must_hold(all_holders_show_the_same(&world), "all holders show the same");
        must_hold(somebody_is_responsible(&world), "somebody is responsible");
        must_hold(no_unit_sees_more(&world), "no unit sees more than it was sent");
        must_hold(the_case_channel_leaves_no_trace(&world), "the case channel leaves no trace");
        world_fini(&world);
    }
    (void)printf("\n    seeds %llu to %llu, %zu things compared ", (unsigned long long)first,
                 (unsigned long long)seed, compared);
    CU_ASSERT(one != NULL || compared > rounds);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(whatever_was_said_the_properties_hold),
    };
    return unit_run("property", tests, sizeof tests / sizeof tests[0]);
}

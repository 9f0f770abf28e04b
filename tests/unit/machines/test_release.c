/* SPDX-License-Identifier: EUPL-1.2
 *
 * A release from prison, from the admission to the end of the case, as each agency and unit sees
 * it: steps, starting points and what was seen are written by the senders' own pictures.
 */
#include "support/unit.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct world world;

struct held {
    struct tov_told *told;
    size_t count;
    struct tov_picture *picture;
};

/* What AGENCY holds of the messages up to the one of id LAST. */
static struct held held_until(const char *agency, const char *last)
{
    size_t all = world.count;
    if (last != NULL) {
        size_t count;
        struct tov_told *everything = world_held(&world, 0, &count);
        for (size_t i = 0; i < count; i++) {
            if (tov_ref_equal(&everything[i].ref, &world_find(&world, last)->ref))
                world.count = i + 1;
        }
        free(everything);
    }
    struct held held = {0};
    held.told = world_held(&world, world_agency(agency), &held.count);
    held.picture = world_picture(&world, held.told, held.count);
    world.count = all;
    return held;
}

static void held_fini(struct held *held)
{
    tov_picture_destroy(held->picture);
    free(held->told);
}

static const struct tov_thing *thing_of(const struct held *held, enum tov_machine machine,
                                        const char *name)
{
    struct tov_thing_ref ref = world_thing(name);
    return tov_picture_thing_find(held->picture, machine, &ref);
}

/* The screening goes to the two coordinators only: krfo's own concern is incomplete to it. */
static bool is_missing(const char *agency, enum tov_machine machine)
{
    return strcmp(agency, "krfo") == 0 && machine == TOV_MACHINE_CONCERN;
}

static void nobody_refuses_or_misses_anything(void)
{
    static const char *const agencies[] = {"kk", "kbh-pol", "krfo"};
    for (size_t a = 0; a < 3; a++) {
        struct held held = held_until(agencies[a], NULL);
        for (size_t i = 0; i < held.count; i++) {
            const struct tov_placed *placed = tov_picture_placed_at(held.picture, i);
            for (size_t n = 0; n < placed->judgement_count; n++) {
                const struct tov_judgement *judgement = &placed->judgements[n];
                bool is_fine = judgement->verdict != TOV_STEP_REFUSED &&
                               (judgement->verdict != TOV_STEP_UNJUDGED ||
                                is_missing(agencies[a], judgement->machine));
                if (!is_fine)
                    (void)printf("\n    %s, %s: %s by machine %d: %s", agencies[a],
                                 world_id(placed->told), placed->told->draft->type->id,
                                 (int)judgement->machine,
                                 judgement->reason.en == NULL ? "unjudged" : judgement->reason.en);
                CU_ASSERT(is_fine);
            }
        }
        for (size_t i = 0; i < tov_picture_thing_count(held.picture); i++) {
            const struct tov_thing *thing = tov_picture_thing_at(held.picture, i);
            UNIT_EQUAL_INT(thing->is_incomplete, is_missing(agencies[a], thing->machine));
            CU_ASSERT(!thing->is_conflict && thing->waits == NULL);
        }
        held_fini(&held);
    }
}

/* After the message LAST, in the view of each agency named, the thing is in this state. */
static const struct {
    const char *last;
    enum tov_machine machine;
    const char *thing;
    const char *state;
    const char *agencies[3];
} moments[] = {
    {"m1d", TOV_MACHINE_CUSTODY, "episode:E1", "afsoning", {"kk", "krfo"}},
    {"m1d", TOV_MACHINE_RELEASE, "episode:E1", "uden_dato", {"kk", "krfo"}},
    {"m4a", TOV_MACHINE_RELEASE, "episode:E1", "planlagt", {"kk", "krfo"}},
    {"m5", TOV_MACHINE_CONCERN, "concern:K1", "registreret", {"kk", "kbh-pol", "krfo"}},
    {"m5a", TOV_MACHINE_CONCERN, "concern:K1", "kvitteret", {"kk", "kbh-pol", "krfo"}},
    {"m6", TOV_MACHINE_CONCERN, "concern:K1", "oplysningsindhentning", {"kk", "kbh-pol"}},
    {"m6a", TOV_MACHINE_CONCERN, "concern:K1", "paa_dagsorden", {"kk", "kbh-pol"}},
    {"m7a", TOV_MACHINE_CONCERN, "concern:K1", "paa_dagsorden", {"kk", "kbh-pol"}},
    {"m7b", TOV_MACHINE_CONCERN, "concern:K1", "begrundet", {"kk", "kbh-pol", "krfo"}},
    {"m7c", TOV_MACHINE_CASE, "case:C1", "afdaekning", {"kk", "kbh-pol", "krfo"}},
    {"m8b", TOV_MACHINE_RELEASE, "episode:E1", "planlagt", {"kk", "kbh-pol", "krfo"}},
    {"m10b", TOV_MACHINE_CUSTODY, "episode:E1", "udgang", {"kk", "kbh-pol", "krfo"}},
    {"m10c", TOV_MACHINE_CUSTODY, "episode:E1", "afsoning", {"kk", "kbh-pol", "krfo"}},
    {"m12a", TOV_MACHINE_CASE, "case:C1", "afdaekning", {"kk", "kbh-pol", "krfo"}},
    {"m12b", TOV_MACHINE_CASE, "case:C1", "aktiv_koordinering", {"kk", "kbh-pol", "krfo"}},
    {"m13c", TOV_MACHINE_COURSE, "course:F1", "henvist", {"kk"}},
    {"m14", TOV_MACHINE_COURSE, "course:F1", "aktiv", {"kk", "krfo"}},
    {"m17a", TOV_MACHINE_RELEASE, "episode:E1", "planlagt", {"kk", "krfo"}},
    {"m17b", TOV_MACHINE_RELEASE, "episode:E1", "klar", {"kk", "krfo"}},
    {"m17d", TOV_MACHINE_RELEASE, "episode:E1", "klar", {"kk", "kbh-pol", "krfo"}},
    {"m19e", TOV_MACHINE_RELEASE, "episode:E1", "proeveloesladt_tilsyn", {"kk", "kbh-pol", "krfo"}},
    {"m19e", TOV_MACHINE_CUSTODY, "episode:E1", "loesladt", {"kk", "kbh-pol", "krfo"}},
    {"m22b", TOV_MACHINE_COURSE, "course:F1", "aktiv", {"kk", "krfo"}},
    {"m22d", TOV_MACHINE_COURSE, "course:F1", "gennemfoert", {"kk", "krfo"}},
    {"m22e", TOV_MACHINE_CASE, "case:C1", "opfoelgning", {"kk", "kbh-pol", "krfo"}},
    {"m23d", TOV_MACHINE_RELEASE, "episode:E1", "afsluttet", {"kk", "kbh-pol", "krfo"}},
    {"m23e", TOV_MACHINE_CASE, "case:C1", "afslutning_foreslaaet", {"kk", "kbh-pol", "krfo"}},
    {"m23h", TOV_MACHINE_CASE, "case:C1", "afsluttet", {"kk", "kbh-pol", "krfo"}},
};

static void all_see_the_same_states_at_each_moment(void)
{
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        for (size_t a = 0; a < 3 && moments[i].agencies[a] != NULL; a++) {
            struct held held = held_until(moments[i].agencies[a], moments[i].last);
            const struct tov_thing *thing = thing_of(&held, moments[i].machine, moments[i].thing);
            if (thing == NULL || strcmp(thing->state, moments[i].state) != 0)
                (void)printf("\n    %s for %s:", moments[i].last, moments[i].agencies[a]);
            UNIT_EQUAL_TEXT(thing == NULL ? "" : thing->state, moments[i].state);
            held_fini(&held);
        }
    }
}

static void looking_back_shows_the_state_of_then(void)
{
    struct held held = held_until("kk", NULL);
    const struct tov_thing *thing = thing_of(&held, TOV_MACHINE_CUSTODY, "episode:E1");
    uint64_t left_ms = world_find(&world, "m10b")->written_ms;
    UNIT_EQUAL_TEXT(tov_picture_state_at(thing, left_ms - 1)->state, "afsoning");
    UNIT_EQUAL_TEXT(tov_picture_state_at(thing, left_ms)->state, "udgang");
    CU_ASSERT(tov_picture_state_at(thing, world_find(&world, "m1a")->written_ms - 1) == NULL);
    UNIT_EQUAL_TEXT(thing->regime, "aaben");
    held_fini(&held);
}

/* I12. */
static void one_agency_is_responsible_from_the_offer_to_the_acceptance(void)
{
    static const struct {
        const char *last;
        const char *agency;
        const char *responsible;
        bool is_offered;
    } turns[] = {
        {"m19g", "kbh-pol", "krfo", false}, {"m19h", "kk", "krfo", true},
        {"m19i", "kbh-pol", "krfo", true},  {"m19j", "kk", "kk", false},
        {"m19j", "krfo", "kk", false},      {"m19k", "kbh-pol", "kk", false},
        {"m23b", "krfo", "kk", false},
    };
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        struct held held = held_until(turns[i].agency, turns[i].last);
        const struct tov_thing *thing = thing_of(&held, TOV_MACHINE_RESPONSIBILITY, "episode:E1");
        UNIT_EQUAL_INT(thing->responsible, world_agency(turns[i].responsible));
        UNIT_EQUAL_INT(thing->offered, turns[i].is_offered ? world_agency("kk") : 0);
        held_fini(&held);
    }
    struct held held = held_until("krfo", "m23d");
    UNIT_EQUAL_INT(thing_of(&held, TOV_MACHINE_RESPONSIBILITY, "episode:E1")->responsible, 0);
    UNIT_EQUAL_INT(thing_of(&held, TOV_MACHINE_RESPONSIBILITY, "case:C1")->responsible, 1);
    held_fini(&held);
}

static const struct tov_party *party_of(const struct held *held, uint16_t agency, const char *unit)
{
    for (size_t i = 0; i < tov_picture_party_count(held->picture); i++) {
        const struct tov_party *party = tov_picture_party_at(held->picture, i);
        if (party->agency == agency && strcmp(party->unit, unit) == 0)
            return party;
    }
    return NULL;
}

static void parties_have_contact_units_and_a_beginning(void)
{
    struct held held = held_until("kk", NULL);
    uint64_t opened_ms = world_find(&world, "m7c")->written_ms;
    UNIT_EQUAL_INT(party_of(&held, 2, "dks")->from_ms, opened_ms);
    UNIT_EQUAL_INT(party_of(&held, 3, "central")->from_ms, opened_ms);
    CU_ASSERT(party_of(&held, 3, "kif") != NULL &&
              party_of(&held, 3, "kif")->from_ms >= world_find(&world, "m19g")->written_ms);
    CU_ASSERT(party_of(&held, 1, "mentor") == NULL);
    CU_ASSERT(party_of(&held, 1, "eki") == NULL);
    held_fini(&held);
}

static void copies_are_copies_to_the_agency_and_not_to_the_unit(void)
{
    struct held held = held_until("kk", NULL);
    size_t copies = 0, visible_copies = 0;
    for (size_t i = 0; i < held.count; i++)
        copies += tov_picture_placed_at(held.picture, i)->is_copy;
    CU_ASSERT(copies > 15);
    struct tov_unit_facts eki = world_unit("kk/eki");
    struct tov_view view;
    UNIT_OK(tov_picture_view(held.picture, &eki, &view));
    for (size_t i = 0; i < view.placed_count; i++) {
        visible_copies += view.placed[i].is_copy;
        for (size_t n = 0; n < view.placed[i].judgement_count; n++)
            CU_ASSERT(view.placed[i].judgements[n].verdict != TOV_STEP_COPY);
    }
    UNIT_EQUAL_INT(visible_copies, 0);
    tov_view_fini(&view);
    held_fini(&held);
}

static const struct tov_thing *shown(const struct tov_view *view, enum tov_machine machine)
{
    for (size_t i = 0; i < view->thing_count; i++) {
        if (view->things[i].machine == machine)
            return &view->things[i];
    }
    return NULL;
}

/* The custody that UNIT is shown after LAST; "" when none. */
static const char *custody_shown(const char *unit, const char *last)
{
    struct held held = held_until("kk", last);
    struct tov_unit_facts facts = world_unit(unit);
    struct tov_view view;
    UNIT_OK(tov_picture_view(held.picture, &facts, &view));
    const struct tov_thing *thing = shown(&view, TOV_MACHINE_CUSTODY);
    const char *state = thing == NULL ? "" : thing->state;
    tov_view_fini(&view);
    held_fini(&held);
    return state;
}

static void the_release_channel_is_shown_what_it_was_told(void)
{
    UNIT_EQUAL_TEXT(custody_shown("kk/vink", "m10b"), "udgang");
    UNIT_EQUAL_TEXT(custody_shown("kk/eki", "m10b"), "afsoning");
    UNIT_EQUAL_TEXT(custody_shown("kk/ydelse", "m10b"), "afsoning");
    UNIT_EQUAL_TEXT(custody_shown("kk/eki", "m19a"), "loesladt");
    UNIT_EQUAL_TEXT(custody_shown("kk/mentor", NULL), "");
}

static void a_unit_is_shown_no_thing_that_it_holds_nothing_of(void)
{
    static const char *const without_case[] = {"kk/eki", "kk/jku", "kk/ydelse", "kk/folkereg",
                                               "kk/mentor"};
    struct held held = held_until("kk", NULL);
    for (size_t i = 0; i < sizeof without_case / sizeof without_case[0]; i++) {
        struct tov_unit_facts facts = world_unit(without_case[i]);
        struct tov_thing_ref case_ref = world_thing("case:C1");
        struct tov_view view;
        UNIT_OK(tov_picture_view(held.picture, &facts, &view));
        CU_ASSERT(view.thing_count > 0);
        CU_ASSERT(shown(&view, TOV_MACHINE_CASE) == NULL);
        for (size_t n = 0; n < view.thing_count; n++)
            CU_ASSERT(memcmp(view.things[n].ref.bytes, case_ref.bytes, 16) != 0);
        tov_view_fini(&view);
    }
    held_fini(&held);
}

static const char *waits_shown(const char *unit, const char *last)
{
    static char id[16];
    struct held held = held_until("kk", last);
    struct tov_unit_facts facts = world_unit(unit);
    struct tov_view view;
    UNIT_OK(tov_picture_view(held.picture, &facts, &view));
    const struct tov_thing *thing = shown(&view, TOV_MACHINE_RELEASE);
    (void)snprintf(id, sizeof id, "%s",
                   thing == NULL || thing->waits == NULL ? "" : world_id(thing->waits));
    tov_view_fini(&view);
    held_fini(&held);
    return id;
}

static void a_first_half_is_shown_to_those_it_was_sent_to(void)
{
    UNIT_EQUAL_TEXT(waits_shown("kk/eki", "m17a"), "m17a");
    UNIT_EQUAL_TEXT(waits_shown("kk/vink", "m17a"), "");
    UNIT_EQUAL_TEXT(waits_shown("kk/eki", "m17b"), "");
}

static bool expects(const struct held *held, const struct tov_thing *thing, const char *unit,
                    const char *type)
{
    const struct tov_machine_row *rows[32];
    struct tov_unit_facts facts = world_unit(unit);
    size_t count = tov_picture_expected(held->picture, thing, &facts, rows, 32);
    for (size_t i = 0; i < count && i < 32; i++) {
        if (strcmp(rows[i]->on.type, type) == 0)
            return true;
    }
    return false;
}

static void a_unit_is_offered_what_it_may_send_next(void)
{
    struct held held = held_until("kk", "m13c");
    const struct tov_thing *course = thing_of(&held, TOV_MACHINE_COURSE, "course:F1");
    CU_ASSERT(expects(&held, course, "kk/mentor", "intervention.accept"));
    CU_ASSERT(!expects(&held, course, "kk/vink", "intervention.accept"));
    CU_ASSERT(!expects(&held, course, "kk/mentor", "intervention.start"));
    const struct tov_thing *matter = thing_of(&held, TOV_MACHINE_CASE, "case:C1");
    CU_ASSERT(expects(&held, matter, "kk/vink", "case.close_propose"));
    CU_ASSERT(!expects(&held, matter, "kbh-pol/dks", "case.close_propose"));
    CU_ASSERT(expects(&held, matter, "kbh-pol/dks", "case.conversation"));
    CU_ASSERT(!expects(&held, matter, "hotline/vagt", "case.conversation"));
    held_fini(&held);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(nobody_refuses_or_misses_anything),
        UNIT_TEST(all_see_the_same_states_at_each_moment),
        UNIT_TEST(looking_back_shows_the_state_of_then),
        UNIT_TEST(one_agency_is_responsible_from_the_offer_to_the_acceptance),
        UNIT_TEST(parties_have_contact_units_and_a_beginning),
        UNIT_TEST(copies_are_copies_to_the_agency_and_not_to_the_unit),
        UNIT_TEST(the_release_channel_is_shown_what_it_was_told),
        UNIT_TEST(a_unit_is_shown_no_thing_that_it_holds_nothing_of),
        UNIT_TEST(a_first_half_is_shown_to_those_it_was_sent_to),
        UNIT_TEST(a_unit_is_offered_what_it_may_send_next),
    };
    world.fills_steps = true;
    world_read(&world, RELEASE);
    int result = unit_run("release", tests, sizeof tests / sizeof tests[0]);
    world_fini(&world);
    return result;
}

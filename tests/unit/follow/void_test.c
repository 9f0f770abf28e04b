/* SPDX-License-Identifier: EUPL-1.2
 *
 * What receipts and epoch keys above the point at which a peer's ledger key was revoked are worth:
 * nothing, whether they came before the roster that says so or after it (I5).
 * Not for: messages there (inbox_test.c, tests of the core).
 */
#include "counted.h"
#include "void_scene.h"

static void what_is_void_counts_as_long_as_nobody_has_said_so(void)
{
    struct void_scene scene;
    void_scene_play(&scene, "void-never", VOID_NEVER);
    UNIT_EQUAL_INT(void_scene_verdict(&scene, 3), TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(void_scene_verdict(&scene, 1), TOV_VERDICT_NOT_OPENED);
    UNIT_EQUAL_INT(void_scene_receipted(&scene), 5);
    UNIT_EQUAL_INT(void_scene_again(&scene, 0), TOV_AGAIN_ASKED);
    UNIT_EQUAL_INT(void_scene_again(&scene, 2), TOV_AGAIN_NONE);
    void_scene_leave(&scene);
}

static void receipts_above_a_revocation_count_for_nothing_whatever_came_first(void)
{
    static const enum void_order orders[] = {VOID_ROSTER_FIRST, VOID_ENTRIES_FIRST,
                                             VOID_NEXT_GENERATION};
    static const char *const names[] = {"void-after", "void-before", "void-next"};
    for (size_t i = 0; i < 3; i++) {
        struct void_scene scene;
        void_scene_play(&scene, names[i], orders[i]);
        void_scene_need_what_counts(&scene);
        UNIT_EQUAL_INT(count_rows(hostile_core(scene.hostile), TOV_TABLE_UNOPENED), 1);
        UNIT_EQUAL_INT(void_scene_receipted(&scene), orders[i] == VOID_NEXT_GENERATION ? 0 : 3);
        CU_ASSERT_EQUAL(sim_wire_logged(scene.hostile->wire, "void-taken-back"),
                        orders[i] != VOID_ROSTER_FIRST);
        void_scene_start_again(&scene); /* and so it stays */
        sim_wire_pass(scene.hostile->wire, 1000);
        void_scene_need_what_counts(&scene);
        void_scene_leave(&scene);
    }
}

/* All is sent once more, since it says that it holds nothing: with stanzas where it may have the
 * keys and there is a key to seal them to. */
static size_t count_sealed(enum void_order order, const char *name)
{
    struct void_scene scene;
    void_scene_play(&scene, name, order);
    if (order != VOID_ROSTER_FIRST)
        void_scene_meet_again(&scene);
    size_t before = scene.hostile->stanzas;
    hostile_hello(scene.hostile, NULL);
    sim_wire_pass(scene.hostile->wire, 3000);
    size_t sealed = scene.hostile->stanzas - before;
    void_scene_leave(&scene);
    return sealed;
}

static void nothing_is_sealed_to_an_epoch_key_above_a_revocation(void)
{
    CU_ASSERT(count_sealed(VOID_NEVER, "void-seal-never") > 0);
    UNIT_EQUAL_INT(count_sealed(VOID_ENTRIES_FIRST, "void-seal-before"), 0);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_is_void_counts_as_long_as_nobody_has_said_so),
        UNIT_TEST(receipts_above_a_revocation_count_for_nothing_whatever_came_first),
        UNIT_TEST(nothing_is_sealed_to_an_epoch_key_above_a_revocation),
    };
    return unit_run("follow_void", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Each call that may fail fails once (support/failing.h) while a node starts that takes back what
 * is void: such a start ends, and the next one does all of it.
 */
#include "support/failing.h"
#include "void_scene.h"

#include <stdio.h>

/* Nothing of a start is committed here: the next one finds all as it was. */
static void start_whatever_fails(struct void_scene *scene, enum tov_err err)
{
    struct sim_node *victim = &scene->hostile->wire->nodes[scene->hostile->victim];
    enum tov_err started;
    size_t failures = 0, passed_over = 0;
    bool has_failed = true;
    failing_begin(err);
    for (; has_failed; failures++) {
        void_scene_crash(scene);
        failing_next();
        started = sim_node_start(victim, NULL);
        has_failed = failing_end();
        CU_ASSERT(started == TOV_OK || has_failed);
        passed_over += started == TOV_OK && void_scene_receipted(scene) != 3 ? 1 : 0;
    }
    (void)printf("    %s: %zu failures\n", tov_err_name(err), failures - 1);
    CU_ASSERT(failures > 10);
    CU_ASSERT(passed_over <= 2); /* a name of the roster's is not read, which never fails */
}

static void a_start_that_fails_leaves_the_next_one_all_to_do(void)
{
    static const enum tov_err errors[] = {TOV_OK, TOV_E_NOMEM, TOV_E_IO};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        struct void_scene scene;
        void_scene_play(&scene, "void-failure", VOID_NEVER);
        start_whatever_fails(&scene, errors[i]);
        void_scene_start_again(&scene);
        sim_wire_pass(scene.hostile->wire, 1000);
        void_scene_need_what_counts(&scene);
        UNIT_EQUAL_INT(void_scene_receipted(&scene), 3);
        void_scene_leave(&scene);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_start_that_fails_leaves_the_next_one_all_to_do),
    };
    return unit_run("follow_void_failure", tests, sizeof tests / sizeof tests[0]);
}

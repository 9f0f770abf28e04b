/* SPDX-License-Identifier: EUPL-1.2
 *
 * The node of cli_front.h and a place to run tov at it.
 * Never read the node between begin and end but by cli_scene_seen: the front's thread writes it.
 */
#ifndef TOV_TESTS_CLI_SCENE_H
#define TOV_TESTS_CLI_SCENE_H

#include "unit/cli/cli_front.h"
#include "unit/cli/cli_ran.h"

#include "cli/cli.h"

/* The node's facts are set before cli_scene_begin, which starts it. */
struct cli_scene {
    struct cli_front node;
    struct cli_front seen; /* cli_scene_seen's copy */
    struct fake_front *front;
    struct ran_place place;
};
void cli_scene_begin(struct cli_scene *scene);
void cli_scene_end(struct cli_scene *scene);
/* The node as it is when tov has ended: a copy, good until the next call. */
const struct cli_front *cli_scene_seen(struct cli_scene *scene);
void cli_scene_set(struct cli_scene *scene, bool *what, bool to);
/* The exit code of one run. */
int cli_scene_code(struct cli_scene *scene, const char *const *arguments);
#define CLI_CODE(scene, ...) cli_scene_code((scene), (const char *const[]){__VA_ARGS__, NULL})

/* Whether WORDS stand in TEXT, however it is wrapped; prints both when they do not. */
bool cli_says(const char *text, const char *words);

#endif

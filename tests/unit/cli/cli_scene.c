/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli_scene.h"

#include <stdio.h>
#include <string.h>

void cli_scene_begin(struct cli_scene *scene)
{
    scene->front = front_start(cli_front_play, &scene->node);
    scene->place = ran_place_make(scene->front);
}

void cli_scene_end(struct cli_scene *scene)
{
    ran_place_end(&scene->place);
    front_end(scene->front);
}

const struct cli_front *cli_scene_seen(struct cli_scene *scene)
{
    front_lock(scene->front);
    front_unlock(scene->front);
    return &scene->node;
}

void cli_scene_set(struct cli_scene *scene, bool *what, bool to)
{
    front_lock(scene->front);
    *what = to;
    front_unlock(scene->front);
}

int cli_scene_code(struct cli_scene *scene, const char *const *arguments)
{
    struct ran *ran = ran_tov(&scene->place, arguments);
    int code = ran->code;
    ran_end(ran);
    return code;
}

bool cli_says(const char *text, const char *words)
{
    bool found = strstr(text, words) != NULL;
    if (!found)
        printf("\nnot there: %s\nin: %s\n", words, text);
    return found;
}

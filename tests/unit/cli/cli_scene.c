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
    scene->seen = scene->node;
    front_unlock(scene->front);
    return &scene->seen;
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

/* TEXT with one blank for each run of them, so that wrapping does not matter. */
static void flatten(const char *text, char *out, size_t size)
{
    size_t used = 0;
    for (; *text != '\0' && used + 1 < size; text++) {
        bool is_blank = *text == ' ' || *text == '\n';
        if (!is_blank || (used > 0 && out[used - 1] != ' '))
            out[used++] = (char)(is_blank ? ' ' : *text);
    }
    out[used] = '\0';
}

bool cli_says(const char *text, const char *words)
{
    static char flat[RAN_TEXT_SIZE], wanted[1024];
    flatten(text, flat, sizeof flat);
    flatten(words, wanted, sizeof wanted);
    bool found = strstr(flat, wanted) != NULL;
    if (!found)
        printf("\nnot there: %s\nin: %s\n", words, text);
    return found;
}

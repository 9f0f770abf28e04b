/* SPDX-License-Identifier: EUPL-1.2 */
#include "look.h"

#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

static void forget_picture(struct look *look)
{
    tov_picture_destroy(look->picture);
    free(look->held);
    look->picture = NULL;
    look->held = NULL;
    look->held_count = 0;
}

void look_begin(struct look *look, const char *lines)
{
    look_fini(look);
    look->world.fills_steps = true;
    world_say_all(&look->world, lines);
}

void look_as(struct look *look, const char *agency)
{
    forget_picture(look);
    look->held =
        world_held(&look->world, agency == NULL ? 0 : world_agency(agency), &look->held_count);
    look->picture = world_picture(&look->world, look->held, look->held_count);
}

void look_fini(struct look *look)
{
    forget_picture(look);
    world_fini(&look->world);
}

const struct tov_thing *look_thing(const struct look *look, enum tov_machine machine,
                                   const char *name)
{
    struct tov_thing_ref ref = world_thing(name);
    const struct tov_thing *found = tov_picture_thing_find(look->picture, machine, &ref);
    UNIT_NEED(found != NULL);
    return found;
}

const struct tov_placed *look_placed(const struct look *look, const char *id)
{
    for (size_t i = 0; i < look->held_count; i++) {
        const struct tov_placed *placed = tov_picture_placed_at(look->picture, i);
        if (strcmp(world_id(placed->told), id) == 0)
            return placed;
    }
    UNIT_NEED(false);
    return NULL;
}

const struct tov_judgement *look_judgement(const struct look *look, const char *id,
                                           enum tov_machine machine)
{
    const struct tov_placed *placed = look_placed(look, id);
    for (size_t i = 0; i < placed->judgement_count; i++) {
        if (placed->judgements[i].machine == machine)
            return &placed->judgements[i];
    }
    UNIT_NEED(false);
    return NULL;
}

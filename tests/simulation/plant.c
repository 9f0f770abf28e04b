/* SPDX-License-Identifier: EUPL-1.2 */
#include "simulation/plant.h"

#include "simulation/world.h"

static const struct plant_facts facts[PLANT_COUNT] = {
    [PLANT_NONE] = {"none", ""},
    [PLANT_EARLY_ANSWER] = {"early-answer", BROKE_EARLY},
    [PLANT_LOST_COMMIT] = {"lost-commit", BROKE_DURABLE},
    [PLANT_LYING_DISK] = {"lying-disk", BROKE_DURABLE},
    [PLANT_GUARD_BACK] = {"guard-back", BROKE_FORK},
    [PLANT_WRONG_HASH] = {"wrong-hash", BROKE_FORK},
    [PLANT_GUARD_AHEAD] = {"guard-ahead", BROKE_EARLY},
    [PLANT_GUARD_MUTE] = {"guard-mute", BROKE_SERVING},
    [PLANT_MIRROR_ROW] = {"mirror-row", BROKE_LOST},
    [PLANT_MIRROR_POINT] = {"mirror-point", BROKE_FORK},
    [PLANT_EVENT_ROW] = {"event-row", BROKE_UNTOLD},
    [PLANT_KEY_ROW] = {"key-row", BROKE_LOST},
    [PLANT_BOOK_ROW] = {"book-row", BROKE_BOOK},
    [PLANT_BLOB_BIT] = {"blob-bit", BROKE_LOST},
    [PLANT_TAG_ROW] = {"tag-row", BROKE_TWICE},
    [PLANT_MARKER_DISK] = {"marker-disk", BROKE_MARKER},
    [PLANT_IO_ERROR] = {"io-error", BROKE_FAILED},
    [PLANT_FALSE_RECEIPT] = {"false-receipt", BROKE_RECEIPT},
    [PLANT_EPOCH_GAP] = {"epoch-gap", BROKE_DURABLE},
    [PLANT_GENESIS_AGAIN] = {"genesis-again", BROKE_FORK},
    [PLANT_TOLD_ROW] = {"told-row", BROKE_RECEIPT},
    [PLANT_SERIES_END] = {"series-end", BROKE_UNOPENED},
    [PLANT_RING_HASH] = {"ring-hash", BROKE_SERVING},
    [PLANT_RING_EMPTY] = {"ring-empty", BROKE_SERVING},
    [PLANT_ASIDE_ROW] = {"aside-row", BROKE_LOST},
    [PLANT_ASIDE_TWICE] = {"aside-twice", BROKE_TWICE},
    [PLANT_MOVED_ROW] = {"moved-row", BROKE_NAMES},
    [PLANT_LATE_LINK] = {"late-link", BROKE_LOST},
    [PLANT_LOST_UNSAID] = {"lost-unsaid", BROKE_UNSAID},
    [PLANT_EARLY_POSITION] = {"early-position", BROKE_EARLY},
    [PLANT_EARLY_HELLO] = {"early-hello", BROKE_EARLY},
    [PLANT_OTHER_ROOT] = {"other-root", BROKE_FORK},
    [PLANT_LEAK] = {"leak", BROKE_DISCLOSED},
    [PLANT_MARKER_FRAME] = {"marker-frame", BROKE_MARKER},
    [PLANT_WITHHELD] = {"withheld", BROKE_BEHIND},
    [PLANT_NO_KEYS] = {"no-keys", BROKE_UNOPENED},
    [PLANT_NO_WITNESS] = {"no-witness", BROKE_WITNESS},
    [PLANT_BAD_WIRE] = {"bad-wire", BROKE_REST},
    [PLANT_BAD_MEMORY] = {"bad-memory", BROKE_REST},
    [PLANT_FORK_UNSAID] = {"fork-unsaid", BROKE_BLIND},
    [PLANT_TWICE] = {"twice", BROKE_TWICE},
    [PLANT_DEAF_CLIENT] = {"deaf-client", BROKE_UNTOLD},
    [PLANT_TOLD_AGAIN] = {"told-again", BROKE_TWICE},
    [PLANT_MARKER] = {"marker", BROKE_MARKER},
};

const struct plant_facts *plant_facts(enum plant plant)
{
    return &facts[plant];
}

void plants_init(struct plants *plants, enum plant plant)
{
    *plants = (struct plants){.plant = plant};
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++)
        plants->old_images[i] = TOV_BUF_INIT(1u << 22);
}

void plants_fini(struct plants *plants)
{
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++)
        tov_buf_fini(&plants->old_images[i]);
}

bool plant_acts_once(struct world *world, enum plant plant)
{
    struct plants *plants = &world->plants;
    if (plants->plant != plant || plants->is_done)
        return false;
    plants->is_done = true;
    trace_line(&world->trace, "  planted: %s", facts[plant].name);
    return true;
}

bool plant_needs_liar(enum plant plant)
{
    return plant == PLANT_FORK_UNSAID;
}

bool plant_needs_restores(enum plant plant)
{
    return plant >= PLANT_TOLD_ROW && plant <= PLANT_LOST_UNSAID; /* those of plant_back.c */
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Planted bugs of nodes that come back from an old copy.
 */
#include "simulation/plant.h"

#include "simulation/world.h"
#include "store/read.h"
#include "support/unit.h"

#include <string.h>

static bool is_fact(const struct tov_store_key *key, const char *name)
{
    return key->size >= strlen(name) && memcmp(key->bytes, name, strlen(name)) == 0;
}

/* Puts into BATCH that the facts called NAME go missing. Returns how many. */
static size_t lose_facts(struct world *world, size_t node, const char *name,
                         struct tov_store_batch *batch)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {.table = TOV_TABLE_FACT};
    struct tov_store_iter iter;
    size_t count = 0;
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        if (!is_fact(&iter.row.key, name))
            continue;
        tov_store_batch_delete(batch, TOV_TABLE_FACT, iter.row.key);
        count++;
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return count;
}

void plant_back_after_commit(struct world *world, size_t node)
{
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    enum plant plant = world->plants.plant;
    size_t count = 0;
    if (world->model.nodes[node].restores == 0 || !plant_needs_restores(plant))
        return;
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    if (plant == PLANT_TOLD_ROW)
        count = lose_facts(world, node, "told", batch);
    if (count == 0)
        return;
    trace_line(&world->trace, "  planted: %s", plant_facts(plant)->name);
    UNIT_NEED(tov_store_commit(world->nodes[node].store, batch, NULL) == TOV_OK);
}

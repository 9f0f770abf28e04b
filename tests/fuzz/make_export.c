/* SPDX-License-Identifier: EUPL-1.2
 *
 * make_export FOLDER: a small export of a real node, FOLDER/a1, and the root keys, FOLDER/roots,
 * for fuzz_audit to damage. Three nodes have written to each other and cosigned an anchor. Not for:
 * fuzzing itself; nodes and tov-audit cannot be in one program.
 */
#include "unit/audit/world.h"

#include <stdio.h>

#define HOUR_MS 3600000u

static void live(struct sim_wire *wire)
{
    for (size_t i = 0; i < wire->count; i++) {
        (void)sim_wire_send(wire, i, i + 1);
        sim_wire_run(wire);
    }
    sim_wire_pass(wire, HOUR_MS + 60000);
    sim_wire_pass(wire, 24 * HOUR_MS);
    sim_wire_pass(wire, HOUR_MS);
}

static void write_roots(const struct tov_roots *roots, const char *path)
{
    struct tov_buf text = TOV_BUF_INIT(65536);
    tov_roots_format(roots, &text);
    FILE *file = fopen(path, "wb");
    UNIT_NEED(file != NULL && fwrite(text.data, 1, text.size, file) == text.size);
    UNIT_NEED(fclose(file) == 0);
    tov_buf_fini(&text);
}

int main(int argc, char **argv)
{
    struct world world = {.wire = sim_wire_create("make-export", 3)};
    char path[WORLD_PATH_SIZE];
    UNIT_NEED(argc == 2);
    sim_wire_start_all(world.wire);
    live(world.wire);
    (void)snprintf(path, sizeof path, "%s/a1", argv[1]);
    UNIT_NEED(world_export(&world, 0, path) == TOV_OK);
    (void)snprintf(path, sizeof path, "%s/roots", argv[1]);
    write_roots(&world.wire->federation->roots, path);
    sim_wire_destroy(world.wire);
    return 0;
}

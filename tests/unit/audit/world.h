/* SPDX-License-Identifier: EUPL-1.2
 *
 * A world whose exports are checked: three real nodes that have written, received, receipted,
 * anchored and cosigned, their exports as an auditor's client got them, and tov-audit run on them.
 * Not for: what is done to the exports (damage.h).
 * Never change an export of the world itself: damage a copy.
 */
#ifndef TOV_TESTS_UNIT_AUDIT_WORLD_H
#define TOV_TESTS_UNIT_AUDIT_WORLD_H

#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/payload.h"

#define WORLD_PATH_SIZE 1024u
#define WORLD_AGENCIES 3u
#define WORLD_MESSAGES 300u /* of a1: more than one bundle and one tile */

struct world {
    struct sim_wire *wire;
    char folder[WORLD_PATH_SIZE]; /* exports/a1, a2, a3; roots */
    /* for the client */
    uint8_t *reply;
    size_t reply_size;
};

struct world *world_create(const char *name);
void world_destroy(struct world *world);
/* A path in the world's folder; OUT has WORLD_PATH_SIZE characters. */
void world_path(const struct world *world, char *out, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Makes the export of agency INDEX in FOLDER, as libtov would. The first failure of the node is
 * returned. */
enum tov_err world_export(struct world *world, size_t index, const char *folder);
/* One export_read with CURSOR, answered into *OUT_REPLY (an ApiReply; destroy it). */
void world_ask(struct world *world, size_t index, struct tov_bytes cursor,
               struct tov_record *out_reply);

/* Runs tov-audit with WORDS (up to a NULL): its exit code; *OUT_REPORT is its JSON value, or NULL
 * when it printed none. */
int world_audit(struct world *world, const char *const *words, json_t **out_report);
/* Runs any program; what it prints goes to the file "output" of the world. */
int world_run(struct world *world, const char *const *words);
/* The file "output", NUL-terminated; free() it. */
char *world_output(const struct world *world);

#endif

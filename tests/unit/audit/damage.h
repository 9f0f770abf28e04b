/* SPDX-License-Identifier: EUPL-1.2
 *
 * Changing an export as a disk, a courier or somebody who holds it could: files damaged, taken away
 * and put in, and manifests made to fit.
 * Not for: signing anything (forge.h), or what tov-audit then says (the tests' tables).
 * Never damage an export of the world itself: a copy.
 */
#ifndef TOV_TESTS_UNIT_AUDIT_DAMAGE_H
#define TOV_TESTS_UNIT_AUDIT_DAMAGE_H

#include "world.h"

/* A fresh copy of the export FROM of the world, under the name TO; both below the world's folder.
 * OUT has WORLD_PATH_SIZE characters. */
void damage_copy(struct world *world, const char *from, const char *to, char *out);

/* ---- files of the export DIR ---- */

/* The whole file; tov_buf_fini. A missing one stops the program. */
struct tov_buf damage_read(const char *dir, const char *path);
bool damage_has(const char *dir, const char *path);
/* Makes the folders above it. */
void damage_write(const char *dir, const char *path, struct tov_bytes content);
void damage_remove(const char *dir, const char *path);
void damage_swap(const char *dir, const char *path, const char *other);
/* Flips BIT of the byte AT; a negative AT counts from the end. */
void damage_flip(const char *dir, const char *path, long at, unsigned bit);
/* Puts another letter of base64 in the place of the byte AT, as above. */
void damage_letter(const char *dir, const char *path, long at);
/* Keeps the first SIZE bytes; a negative SIZE takes as many from the end. */
void damage_cut(const char *dir, const char *path, long size);
void damage_append(const char *dir, const char *path, const char *text);

/* Writes a manifest that fits what is there. */
void damage_reseal(const char *dir);
/* Calls EACH with the path of every file but the manifest, in their order. */
void damage_each(const char *dir, void (*each)(void *context, const char *path), void *context);

#endif

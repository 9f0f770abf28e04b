/* SPDX-License-Identifier: EUPL-1.2
 *
 * The small files and blobs of one node in memory, each with a copy that is synced: a crash loses
 * what was not. Not for: the store, which stands on a real folder.
 */
#ifndef TOV_TESTS_SUPPORT_SIM_DISK_H
#define TOV_TESTS_SUPPORT_SIM_DISK_H

#include "base/bytes.h"

struct sim_disk;

struct sim_disk *sim_disk_create(void);
void sim_disk_destroy(struct sim_disk *disk);

/* The functions of struct tov_host, with DISK as their context. */
enum tov_err sim_disk_save(struct sim_disk *disk, const char *name, struct tov_bytes content);
enum tov_err sim_disk_load(struct sim_disk *disk, const char *name, struct tov_buf *out);
enum tov_err sim_disk_write(struct sim_disk *disk, const char *name, uint64_t offset,
                            struct tov_bytes data);
enum tov_err sim_disk_read(struct sim_disk *disk, const char *name, uint64_t offset,
                           struct tov_room room, size_t *out_read);
enum tov_err sim_disk_sync(struct sim_disk *disk, const char *name);
enum tov_err sim_disk_rename(struct sim_disk *disk, const char *from, const char *to);
enum tov_err sim_disk_delete(struct sim_disk *disk, const char *name);
enum tov_err sim_disk_sweep(struct sim_disk *disk, const char *prefix);

/* A power cut. What was written and not synced survives in some files: RANDOM decides. */
void sim_disk_crash(struct sim_disk *disk, uint64_t *random);
/* All synced files as they are; the caller destroys it. And back: what was made since is gone, but
 * for the files of the node itself, which a copy of its store and attachments does not hold. */
struct sim_disk *sim_disk_copy(const struct sim_disk *disk);
void sim_disk_put_back(struct sim_disk *disk, const struct sim_disk *copy);
/* Planted bug: sim_disk_save says "synced" and is not. */
void sim_disk_lie(struct sim_disk *disk, bool lies);
/* Bit rot: one bit changes, BIT modulo the size, of the first file whose name begins with PREFIX.
 * False: there is none. */
bool sim_disk_flip(struct sim_disk *disk, const char *prefix, uint64_t bit);
/* The file NAME is gone, its second half is, or a bit of it is another one. */
enum sim_disk_harm { SIM_DISK_GONE, SIM_DISK_CUT, SIM_DISK_ROTTEN, SIM_DISK_HARMS };
void sim_disk_harm(struct sim_disk *disk, const char *name, enum sim_disk_harm harm);
/* Nothing more can be written while it is full. */
void sim_disk_fill(struct sim_disk *disk, bool is_full);
/* A synced copy is there and is what would be read. */
bool sim_disk_is_synced(struct sim_disk *disk, const char *name);
/* Whether NEEDLE stands in any name or content. */
bool sim_disk_holds(const struct sim_disk *disk, const char *needle);

#endif

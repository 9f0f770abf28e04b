/* SPDX-License-Identifier: EUPL-1.2
 *
 * A small ext4 of its own that a test can fill to the last byte and free again. Needs root and a
 * loop device. It is mounted in a namespace of the test program's own, so it goes with the program
 * however that ends.
 * Not for: broken disks (support/faultshim.c).
 */
#ifndef TOV_TESTS_FEDERATION_SMALL_DISK_H
#define TOV_TESTS_FEDERATION_SMALL_DISK_H

#include <stdbool.h>
#include <stdint.h>

/* Whether this program may mount at all. Call it before anything else of this, and before any
 * other program is started: they shall see the disk too. */
bool small_disk_is_possible(void);

/* Makes IMAGE with MIB and mounts it at FOLDER, which is there; it can hold some 2,000 files. Stops
 * the program on failure. */
void small_disk_mount(const char *image, const char *folder, unsigned mib);
void small_disk_unmount(const char *folder);

/* Takes room until only LEFT_BYTES (0: nothing at all) are free. */
void small_disk_fill(const char *folder, uint64_t left_bytes);
/* Makes files, which need no room, until only LEFT (0: none) can be made. */
void small_disk_fill_files(const char *folder, uint64_t left);
/* Gives back what was taken. */
void small_disk_free_files(const char *folder);
void small_disk_free(const char *folder);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * The guard's state files on a real disk: opened once, locked, read whole, then written in place
 * and synced, so that the running guard needs no right to open a file.
 * Not for: key files (keys/keyfile.h).
 * Never open a state twice: the lock is what keeps two guards from signing for one tree.
 */
#ifndef TOV_GUARD_DISK_H
#define TOV_GUARD_DISK_H

#include "guard/guard_state.h"

struct tov_guard_disk {
    int fd;
};

/* Opens NAME in DIR, making an empty file when there is none (an empty state is a lost state), and
 * appends its bytes to OUT_IMAGE. TOV_E_KEY: not a private regular file of this user; TOV_E_BUSY:
 * another process has it; TOV_E_LIMIT: larger than the image may be; TOV_E_IO. */
enum tov_err tov_guard_disk_open(const char *dir, const char *name, struct tov_guard_disk *out_disk,
                                 struct tov_buf *out_image, struct tov_error *error) TOV_MUST_CHECK;
void tov_guard_disk_close(struct tov_guard_disk *disk);

/* The file that writes to DISK, which must outlive it. Writing blocks for one fdatasync. */
struct tov_guard_file tov_guard_disk_file(struct tov_guard_disk *disk);

#endif

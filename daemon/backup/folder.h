/* SPDX-License-Identifier: EUPL-1.2
 *
 * Folders and files of a backup and of a node's data, by descriptors, so that nobody can put a link
 * in a path's place: copying with a hash and a sync, listing, removing what we made.
 * Not for: the database, which LMDB copies (store/store.h).
 */
#ifndef TOV_BACKUP_FOLDER_H
#define TOV_BACKUP_FOLDER_H

#include "base/cleanup.h"
#include "base/hash.h"

/* errno, in Tov's codes. */
enum tov_err tov_folder_code(int error_number);
/* "PATH: DOING: why", with the code of errno. */
enum tov_err tov_folder_fail(struct tov_error *error, const char *path, const char *doing);

/* Closes at the end of the scope: `TOV_CLEANUP(tov_folder_close) int fd = -1;` */
void tov_folder_close(int *fd);
/* An existing folder, or -1 with errno. */
int tov_folder_open(int parent, const char *name);
/* The same, made (mode 0700) when it is not there. */
int tov_folder_make(int parent, const char *name);

struct tov_folder_file {
    struct tov_hash hash;
    uint64_t size;
};
/* FROM in the folder FROM_DIR becomes TO in TO_DIR, new and of mode 0600, synced. What FROM holds
 * is what was read; it may grow meanwhile. TOV_E_NOT_FOUND when FROM is not there. */
struct tov_folder_copy {
    int from_dir;
    const char *from;
    int to_dir;
    const char *to;
};
enum tov_err tov_folder_copy(const struct tov_folder_copy *copy, struct tov_folder_file *out_file,
                             struct tov_error *error) TOV_MUST_CHECK;
/* Reads a file again from the disk, not from memory where that can be had. Links are refused. */
enum tov_err tov_folder_hash(int dir, const char *path, struct tov_folder_file *out_file,
                             struct tov_error *error) TOV_MUST_CHECK;

/* Calls EACH for what lies in the folder DIR, in no order, but not for "." and "..". Stops at the
 * first failure. */
typedef enum tov_err (*tov_folder_each)(void *context, const char *name, bool is_folder);
enum tov_err tov_folder_list(int dir, tov_folder_each each, void *context) TOV_MUST_CHECK;
/* Removes the plain files in the folder NAME of PARENT, and it; 0 or errno. A folder that is not
 * there is fine; one that holds something else stays. */
int tov_folder_remove(int parent, const char *name);

#endif

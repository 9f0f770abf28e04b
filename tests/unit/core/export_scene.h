/* SPDX-License-Identifier: EUPL-1.2
 *
 * An export as an auditor of node 0 is given it, in memory.
 * Not for: what tov-audit makes of it (tests of audit).
 */
#ifndef TOV_TESTS_CORE_EXPORT_SCENE_H
#define TOV_TESTS_CORE_EXPORT_SCENE_H

#include "desk_ask.h"
#include "wire/export.h"

#define EXPORT_FILES_MAX 128u
#define EXPORT_PIECES_MAX 512u

struct exported {
    struct {
        char path[TOV_EXPORT_PATH_SIZE];
        struct tov_buf content;
        bool is_whole;
    } files[EXPORT_FILES_MAX];
    size_t count;
    /* By which each piece was asked for. */
    struct tov_buf cursors[EXPORT_PIECES_MAX];
    size_t pieces;
};

/* CURSOR empty: begins one. */
struct tov_record export_request(struct tov_bytes cursor);
/* All of it; the caller's, for exported_destroy. */
struct exported *export_all(struct harness *harness);
void exported_destroy(struct exported *exported);
TOV_DEFINE_CLEANUP(exported, struct exported, exported_destroy)
/* The file, which must be whole. Empty and NULL: there is none. */
struct tov_bytes exported_file(const struct exported *exported, const char *path);
/* The record of KIND at INDEX in the file; false: there is none. */
bool exported_record(const struct exported *exported, const char *path, enum tov_export_kind kind,
                     uint64_t index, struct tov_export_record *out);

#endif

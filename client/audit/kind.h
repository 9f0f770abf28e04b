/* SPDX-License-Identifier: EUPL-1.2
 *
 * What file of an export a path names: its kind, and the numbers in it (docs/export.md, Layout).
 * Not for: whether this export has room for it (places.h).
 * Never take a path for a file that is there.
 */
#ifndef TOV_AUDIT_KIND_H
#define TOV_AUDIT_KIND_H

#include "merkle/tile.h"
#include "wire/export.h"

enum tov_file_kind {
    TOV_FILE_PLAIN,     /* one of its name: about, checkpoint, signatures, position ... */
    TOV_FILE_TILE,      /* hashes or leaves */
    TOV_FILE_BUNDLE,    /* records of 256 indices */
    TOV_FILE_ROSTER,    /* one version */
    TOV_FILE_FORK,      /* two histories of one ledger */
    TOV_FILE_ATTACHMENT /* one sealed part */
};

enum tov_file_of { TOV_FILE_OF_LEDGER, TOV_FILE_OF_JOURNAL, TOV_FILE_OF_MIRROR };

struct tov_file_name {
    enum tov_file_kind kind;
    enum tov_file_of of;
    uint64_t agency, generation; /* of a mirror, or FORK */
    struct tov_tile tile;        /* TILE */
    uint64_t number;             /* of the bundle, version of the roster, index of the message */
    uint64_t part;               /* ATTACHMENT */
};
/* False: no file that an export of this format has. */
bool tov_file_name_parse(const char *path, struct tov_file_name *out_name);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * One mirror of an export, item by item in the order of the peer's ledger: entries that were
 * disclosed or are gone, and skipped runs, which together leave nothing out.
 * Not for: judging them (mirror.c, pair.c).
 * Never go on after a gap: what follows has no place in the tree.
 */
#ifndef TOV_AUDIT_MIRROR_READER_H
#define TOV_AUDIT_MIRROR_READER_H

#include "audit/folder.h"
#include "merkle/range.h"

struct tov_mirror_item {
    uint64_t index;
    uint64_t count; /* 1 for an entry */
    bool is_skipped;
    struct tov_export_skipped skipped; /* borrowed until the next call */
    bool is_gone;
    struct tov_export_gone gone;
    struct tov_bytes leaf; /* disclosed entries; a copy in the reader */
    bool has_link;
    uint16_t link_agency;
    uint8_t link[TOV_LINK_BLOCK_BYTES];
    bool has_verdict;
    struct tov_verdict_value verdict;
};

struct tov_mirror_reader {
    const struct tov_folder *folder;
    uint16_t agency;
    uint32_t generation;
    uint64_t next;
    struct tov_records entries, skipped;
    bool has_bundle;
    uint64_t bundle;
    char entries_path[TOV_EXPORT_PATH_SIZE], skipped_path[TOV_EXPORT_PATH_SIZE];
    uint8_t leaf[TOV_LEAF_MAX_BYTES];
    bool skip_used; /* the run last given is still in `skipped` */
};
enum tov_err tov_mirror_reader_open(const struct tov_folder *folder, uint16_t agency,
                                    uint32_t generation,
                                    struct tov_mirror_reader *out_reader) TOV_MUST_CHECK;
void tov_mirror_reader_close(struct tov_mirror_reader *reader);
/* The item that begins at reader->next. NOT_FOUND: there is none (the end, or a gap); MALFORMED,
 * VERSION, IO. */
enum tov_err tov_mirror_reader_next(struct tov_mirror_reader *reader,
                                    struct tov_mirror_item *out_item) TOV_MUST_CHECK;
/* True when no item is left, in the bundles that were opened. */
bool tov_mirror_reader_is_done(struct tov_mirror_reader *reader);
/* The file that the last item came from, or should have come from. */
const char *tov_mirror_reader_path(const struct tov_mirror_reader *reader,
                                   const struct tov_mirror_item *item);

/* Appends an item's hashes to RANGE. PROOF or MALFORMED when a run's hashes do not fit its place.
 */
enum tov_err tov_mirror_item_extend(const struct tov_mirror_item *item,
                                    struct tov_range *range) TOV_MUST_CHECK;
/* The root of the first SIZE entries, which end inside ITEM, a run; BEFORE has those before it.
 * NOT_FOUND: the run has but one hash for what stands on both sides of that point. */
enum tov_err tov_mirror_run_root(const struct tov_mirror_item *item, uint64_t size,
                                 const struct tov_range *before,
                                 struct tov_hash *out_root) TOV_MUST_CHECK;

#endif

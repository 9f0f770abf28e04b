/* SPDX-License-Identifier: EUPL-1.2
 *
 * Writing a log of an export anew with the key of its agency, as only the agency itself can: other
 * entries, entries more, another history beside the one that was signed.
 * Not for: damage (damage.h).
 * Never forge what no key of the test signs: every bad signature must come from damage.
 */
#ifndef TOV_TESTS_UNIT_AUDIT_FORGE_H
#define TOV_TESTS_UNIT_AUDIT_FORGE_H

#include "world.h"

#include "merkle/range.h"
#include "wire/export.h"

/* Who signs: the ledger or the journal of an agency of the world. */
struct forge_log {
    const char *prefix; /* "" or "journal/" */
    struct tov_vkey key;
    uint8_t secret[64];
};
struct forge_log forge_ledger(const struct world *world, size_t agency);
struct forge_log forge_journal(const struct world *world, size_t agency);

enum forge_lines {
    FORGE_SIGN_ALL, /* every size that was signed is signed anew: one whole history */
    FORGE_KEEP      /* older lines stay, over the older history; the last one is signed anew */
};

struct forge {
    const char *dir;
    const struct forge_log *log;
    enum forge_lines lines;
    void *context;
    /* The new bytes of entry INDEX, appended to OUT; false: as it was. Nothing appended: its hash
     * stays and its bytes are gone. NULL: all as they were. */
    bool (*entry)(void *context, uint64_t index, struct tov_bytes old, struct tov_buf *out);
    const struct tov_leaf *more; /* entries behind the last one */
    size_t more_count;
};
/* Writes leaves, tiles, signed sizes, checkpoint, `about` and manifest; cosignatures are gone. */
void forge_history(const struct forge *forge);

/* ---- by hand ---- */

/* Entry INDEX as it is, decoded; heap: free() it. Its bytes must be there. */
struct tov_leaf *forge_leaf(const char *dir, uint64_t index);
struct tov_hash forge_leaf_hash(const char *dir, uint64_t index);
/* A line of signed sizes over any root. */
struct tov_export_signed forge_sign(const struct forge_log *log, uint64_t size,
                                    const struct tov_hash *root);
/* The same as a note, in place of OUT's content. */
void forge_note(const struct forge_log *log, uint64_t size, const struct tov_hash *root,
                struct tov_buf *out);
/* The first SIZE entries of the ledger that DIR shows. */
struct tov_range forge_range(const char *dir, uint64_t size);

/* Hands each record of the file PATH to EACH, which may change it and says whether it stays. */
void forge_records(const char *dir, const char *path,
                   bool (*each)(void *context, struct tov_export_record *record), void *context);

#endif

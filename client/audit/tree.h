/* SPDX-License-Identifier: EUPL-1.2
 *
 * The check of one log of an export, the ledger or the journal: every tile and the root made again
 * from the leaves, the checkpoint and every signed size by the key of the log.
 * Not for: what the leaves say; a visitor is handed them.
 * Never trust a leaf of a tree that is not sound.
 */
#ifndef TOV_AUDIT_TREE_H
#define TOV_AUDIT_TREE_H

#include "audit/finding.h"
#include "audit/keyring.h"
#include "audit/tiles.h"
#include "merkle/checkpoint.h"

struct tov_tree_entry {
    uint64_t index;
    struct tov_bytes leaf; /* empty: erased, lost, or its bundle cannot be read */
    bool is_readable;      /* its bundle could be read */
    const char *path;
};

struct tov_tree_visitor {
    void *ctx;
    void (*entry)(void *ctx, const struct tov_tree_entry *entry);
    /* After each entry, with the tree up to it; may be NULL. */
    void (*grown)(void *ctx, const struct tov_range *range);
    /* A size that the key signed, with this root; may be NULL. */
    void (*signed_size)(void *ctx, uint64_t size);
};

struct tov_tree {
    const struct tov_folder *folder;
    const char *prefix;                /* "" or "journal/" */
    const struct tov_vkey *key;        /* NULL: not known */
    const struct tov_keyring *keyring; /* for cosignatures and revocations */
    struct tov_findings *findings;
    /* results */
    bool has_checkpoint; /* `checkpoint` below is there and could be read */
    bool is_signed;      /* by the key */
    bool has_lines;      /* the list of signed sizes could be read, so far */
    bool is_rooted;      /* the hashes of all tiles, or of all leaves, lead to the signed root */
    bool is_sound;       /* tiles and leaves do, as far as leaves are there */
    bool is_complete;    /* every bundle of leaves could be read */
    bool is_provable;    /* is_sound, and every tile is right: proofs can be made from them */
    struct tov_checkpoint checkpoint;
};

/* Fills the results; findings tell the rest. NOMEM. */
enum tov_err tov_tree_check(struct tov_tree *tree,
                            const struct tov_tree_visitor *visitor) TOV_MUST_CHECK;

/* The signature lines of a checkpoint beside that of its own log: witnesses' must be good, and
 * those of no known key are told. NOMEM. */
struct tov_tree_note {
    struct tov_findings *findings;
    const struct tov_keyring *keyring;
    const char *path;
    bool is_signed; /* by its own log */
};
enum tov_err tov_tree_check_signers(const struct tov_tree_note *at,
                                    const struct tov_note *note) TOV_MUST_CHECK;

/* The note in the file PATH, as text for people; NULL when it cannot be read. free() it. */
char *tov_tree_read_note(const struct tov_folder *folder, const char *path);
/* The whole note of a short line "size root signature", as text for people; free() it. */
char *tov_tree_note_text(const struct tov_vkey *key, const struct tov_export_signed *value);
/* Two notes that exclude each other, as the evidence of FINDING; NULLs are left out. */
void tov_tree_set_notes(struct tov_finding *finding, const char *a, const char *b);
/* Whether KEY signed it. */
bool tov_tree_is_signed(const struct tov_vkey *key, const struct tov_export_signed *value);
/* The next line of a file of signed sizes, which ascend: above LAST_SIZE, but for the first.
 * NOT_FOUND: the end. MALFORMED: what stands there is none. */
enum tov_err tov_tree_next_signed(struct tov_lines *lines, uint64_t last_size,
                                  struct tov_export_signed *out) TOV_MUST_CHECK;

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * The framings of an export, the folder of plain files that auditors read (docs/export.md is the
 * same for other implementers): records in bundles, lines of the text files, names of files.
 * Not for: reading or writing files; tiles and bundles of leaves (merkle/tile.h).
 * Never write a path that tov_export_path_is_valid refuses: whoever checks the export will too.
 *
 *   record   kind u8, index u64, size u32, then SIZE bytes of body:
 *   leaf     1  the leaf's bytes, as they were received
 *   gone     2  state u8 (2 erased, 3 lost), leaf hash 32
 *   link     3  agency u16 (the recipient), link block 68
 *   verdict  4  verdict u8, flags u8, detail u16
 *   part     5  part u8, sealed bytes
 *   list     6  the detached list of an anchor
 *   skipped  7  count u64, level0 u8, hashes of 32
 */
#ifndef TOV_WIRE_EXPORT_H
#define TOV_WIRE_EXPORT_H

#include "wire/link.h"

#define TOV_EXPORT_VERSION 1u
#define TOV_EXPORT_PATH_MAX_BYTES 255u
#define TOV_EXPORT_PATH_SIZE (TOV_EXPORT_PATH_MAX_BYTES + 1u) /* with the NUL */
#define TOV_EXPORT_BUNDLE_ENTRIES 256u /* indices in one bundle of records: N = index / 256 */
#define TOV_EXPORT_HEAD_BYTES 13u      /* kind, index, size */
#define TOV_EXPORT_BODY_MAX_BYTES 262144u
#define TOV_EXPORT_LINE_MAX_BYTES 511u /* of every text file but checkpoints and rosters */
#define TOV_EXPORT_SOFTWARE_MAX_BYTES 63u

/* ---- records ---- */

enum tov_export_kind {
    TOV_EXPORT_LEAF = 1,
    TOV_EXPORT_GONE = 2,
    TOV_EXPORT_LINK = 3,
    TOV_EXPORT_VERDICT = 4,
    TOV_EXPORT_PART = 5,
    TOV_EXPORT_LIST = 6,
    TOV_EXPORT_SKIPPED = 7
};

enum tov_export_gone_state { TOV_EXPORT_ERASED = 2, TOV_EXPORT_LOST = 3 };

struct tov_export_gone {
    enum tov_export_gone_state state;
    struct tov_hash leaf_hash;
};
struct tov_export_link {
    uint16_t agency;
    struct tov_bytes block; /* TOV_LINK_BLOCK_BYTES */
};
struct tov_export_part {
    uint8_t part;
    struct tov_bytes sealed;
};
/* With level0 one hash for each of COUNT leaves, else the hashes of the largest aligned complete
 * subtrees that cover [index, index + count) (tov_canon_of). */
struct tov_export_skipped {
    uint64_t count;
    bool level0;
    struct tov_bytes hashes; /* a multiple of 32 */
};

/* A plain value; views borrow. */
struct tov_export_record {
    enum tov_export_kind kind;
    uint64_t index;
    union {
        struct tov_bytes leaf; /* leaf and list */
        struct tov_export_gone gone;
        struct tov_export_link link;
        struct tov_verdict_value verdict;
        struct tov_export_part part;
        struct tov_export_skipped skipped;
    } as;
};

/* Appends one whole record. MALFORMED for a value outside its range, LIMIT for a body over
 * TOV_EXPORT_BODY_MAX_BYTES; other failures stick in OUT. */
enum tov_err tov_export_record_put(struct tov_buf *out,
                                   const struct tov_export_record *record) TOV_MUST_CHECK;

struct tov_export_head {
    enum tov_export_kind kind;
    uint64_t index;
    uint32_t size; /* of the body that follows; at most TOV_EXPORT_BODY_MAX_BYTES */
};
/* VERSION for an unknown kind, LIMIT for a larger body. */
enum tov_err tov_export_head_decode(const uint8_t bytes[TOV_EXPORT_HEAD_BYTES],
                                    struct tov_export_head *out_head) TOV_MUST_CHECK;
/* BODY is exactly head->size bytes (else MALFORMED), which OUT borrows. */
enum tov_err tov_export_body_decode(const struct tov_export_head *head, struct tov_bytes body,
                                    struct tov_export_record *out_record) TOV_MUST_CHECK;

/* ---- lines; each put writes one line with its newline, each parse takes one without ---- */

/* `signatures`, `journal/signatures`, `mirror/<agency>/<generation>/checkpoints`:
 * "<size> <root, base64> <signature, base64>". */
struct tov_export_signed {
    uint64_t size;
    struct tov_hash root;
    uint8_t signature[64];
};
void tov_export_put_signed(struct tov_buf *out, const struct tov_export_signed *value);
enum tov_err tov_export_parse_signed(struct tov_bytes line,
                                     struct tov_export_signed *out_value) TOV_MUST_CHECK;

/* `cosignatures`: "<size> <witness agency> <time, seconds> <signature, base64>". */
struct tov_export_cosignature {
    uint64_t size;
    uint16_t witness;
    uint64_t time_s;
    uint8_t signature[64];
};
void tov_export_put_cosignature(struct tov_buf *out, const struct tov_export_cosignature *value);
enum tov_err tov_export_parse_cosignature(struct tov_bytes line,
                                          struct tov_export_cosignature *out_value) TOV_MUST_CHECK;

/* `manifest`: "<sha256, hex> <size> <path>"; lines ascend by the bytes of their paths. */
struct tov_export_file {
    struct tov_hash hash;
    uint64_t size;
    struct tov_bytes path; /* borrowed */
};
void tov_export_put_file(struct tov_buf *out, const struct tov_export_file *file);
enum tov_err tov_export_parse_file(struct tov_bytes line,
                                   struct tov_export_file *out_file) TOV_MUST_CHECK;
/* Below, equal, above: negative, 0, positive. */
int tov_export_path_compare(struct tov_bytes a, struct tov_bytes b);
/* Relative; names of a-z 0-9 '.' '-' that begin with a letter or digit, joined by '/'. */
bool tov_export_path_is_valid(struct tov_bytes path);

/* ---- whole small files ---- */

/* `about`: what this export is. */
struct tov_export_about {
    char federation[TOV_NAME_MAX_BYTES + 1];
    uint16_t agency;
    char agency_name[TOV_NAME_MAX_BYTES + 1];
    uint32_t generation;
    char software[TOV_EXPORT_SOFTWARE_MAX_BYTES + 1]; /* a-z A-Z 0-9 . + ~ - */
    uint64_t time_ms;                                 /* when the export was made */
    uint64_t ledger_size;                             /* as in `checkpoint` */
    uint32_t journal;                                 /* 0: no journal is in this export */
    uint64_t journal_size;                            /* as in `journal/checkpoint` */
};
/* MALFORMED when a text is none that a reader would accept. */
enum tov_err tov_export_put_about(struct tov_buf *out,
                                  const struct tov_export_about *about) TOV_MUST_CHECK;
/* VERSION when the format is a newer one. */
enum tov_err tov_export_parse_about(struct tov_bytes text,
                                    struct tov_export_about *out_about) TOV_MUST_CHECK;

/* `mirror/<agency>/<generation>/position`: how far that ledger is held, and the last message
 * from it on an unbroken link. */
struct tov_export_position {
    uint64_t size;
    struct tov_series series;
    uint64_t last_link; /* 0: none */
};
void tov_export_put_position(struct tov_buf *out, const struct tov_export_position *position);
enum tov_err tov_export_parse_position(struct tov_bytes text,
                                       struct tov_export_position *out_position) TOV_MUST_CHECK;

/* `fork/<agency>/<generation>`: two notes that one ledger key signed, the smaller size first, and
 * the proof that the larger one extends another root than the smaller one has. */
#define TOV_EXPORT_FORK_HASHES_MAX 63u
struct tov_export_fork {
    struct tov_export_signed smaller, larger; /* or both of one size */
    bool has_root;        /* false: no proof is there; with one size none is needed */
    struct tov_hash root; /* that the larger one has at the smaller one's size */
    size_t hash_count;    /* of the consistency proof; from 1 with a root, else 0 */
    struct tov_hash hashes[TOV_EXPORT_FORK_HASHES_MAX];
};
void tov_export_put_fork(struct tov_buf *out, const struct tov_export_fork *fork);
/* MALFORMED; whether the notes are good, and exclude each other, is not looked at. */
enum tov_err tov_export_parse_fork(struct tov_bytes text,
                                   struct tov_export_fork *out_fork) TOV_MUST_CHECK;

/* ---- names of files; OUT has TOV_EXPORT_PATH_SIZE characters ---- */

/* "<folder>/<N>", N as in tiles (x001/x234/067): FOLDER is "detached", or "entries" or "parts"
 * behind a mirror's folder. */
void tov_export_bundle_path(const char *folder, uint64_t n, char *out);
/* "mirror/<agency>/<generation>", and "/<name>" unless NAME is empty. */
void tov_export_mirror_path(uint16_t agency, uint32_t generation, const char *name, char *out);
/* "roster/<version>". */
void tov_export_roster_path(uint32_t version, char *out);
/* "fork/<agency>/<generation>". */
void tov_export_fork_path(uint16_t agency, uint32_t generation, char *out);
/* "<folder>/<index>-<part>": FOLDER is "attachments", also behind a mirror's folder. */
void tov_export_attachment_path(const char *folder, uint64_t index, uint8_t part, char *out);

#endif

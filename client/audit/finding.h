/* SPDX-License-Identifier: EUPL-1.2
 *
 * What an audit found: each failure once, with its place, what was expected, what was found and
 * what to do next; and the verdict over all of them.
 * Not for: printing (report.h).
 * Never give a finding the class "inconsistent" on the strength of bytes that nobody signed.
 */
#ifndef TOV_AUDIT_FINDING_H
#define TOV_AUDIT_FINDING_H

#include "audit/words.h"
#include "base/hash.h"

#define TOV_FINDINGS_MAX 10000u       /* listed; more are counted */
#define TOV_FINDINGS_PROOFS_MAX 1000u /* listed beyond them: two signatures of one key */
#define TOV_FINDING_TEXT_SIZE 512u    /* of expected and found, each */

/* In ascending precedence. */
enum tov_finding_class {
    TOV_CLASS_INFORMATION = 0,
    TOV_CLASS_UNVERIFIABLE = 1, /* something is missing, or does not count */
    TOV_CLASS_CORRUPT = 2,      /* files are damaged; no signature is contradicted */
    TOV_CLASS_INCONSISTENT = 3  /* signed statements contradict each other */
};

enum tov_exit_code {
    TOV_AUDIT_VERIFIED = 0,
    TOV_AUDIT_USAGE = 2,
    TOV_AUDIT_CORRUPT = 3,
    TOV_AUDIT_UNVERIFIABLE = 4,
    TOV_AUDIT_INCONSISTENT = 5
};

enum tov_finding_code {
    /* files */
    TOV_FOUND_NO_EXPORT,
    TOV_FOUND_MANIFEST_LINE,
    TOV_FOUND_MANIFEST_ORDER,
    TOV_FOUND_FILE_MISSING,
    TOV_FOUND_FILE_CHANGED,
    TOV_FOUND_FILE_EXTRA,
    TOV_FOUND_FILE_KIND,
    TOV_FOUND_FILE_UNKNOWN,
    TOV_FOUND_FILE_MISPLACED,
    TOV_FOUND_FILE_MALFORMED,
    TOV_FOUND_FILE_UNREADABLE,
    TOV_FOUND_VERSION_NEWER,
    TOV_FOUND_ABOUT_DIFFERS,
    TOV_FOUND_LIMIT,
    TOV_FOUND_UNFINISHED,
    /* trust */
    TOV_FOUND_ROOTS_DIFFER,
    TOV_FOUND_ROSTER_THRESHOLD,
    TOV_FOUND_ROSTER_CHAIN,
    TOV_FOUND_ROSTER_GAP,
    TOV_FOUND_KEY_MISSING,
    TOV_FOUND_VOID,
    TOV_FOUND_REVOKED_ROOT,
    TOV_FOUND_REVOKED_UNSEEN,
    /* trees */
    TOV_FOUND_CHECKPOINT_SIGNATURE,
    TOV_FOUND_COSIGNATURE,
    TOV_FOUND_LEAF_DIFFERS,
    TOV_FOUND_LEAF_EMPTY,
    TOV_FOUND_TILE_DIFFERS,
    TOV_FOUND_ROOT_DAMAGED,
    TOV_FOUND_SIGNATURE_BAD,
    TOV_FOUND_TWO_ROOTS,
    TOV_FOUND_BEYOND_TREE,
    /* entries */
    TOV_FOUND_LEAF_MALFORMED,
    TOV_FOUND_LEAF_NEWER,
    TOV_FOUND_TIME_BACKWARDS,
    TOV_FOUND_GENESIS,
    TOV_FOUND_EPOCH_ORDER,
    TOV_FOUND_ROSTER_ENTRY,
    TOV_FOUND_ROSTER_UNKNOWN,
    TOV_FOUND_WRONG_TREE,
    TOV_FOUND_ERASED_REF,
    TOV_FOUND_LOST_RANGE,
    TOV_FOUND_ANCHOR_UNSIGNED,
    TOV_FOUND_ANCHOR_LIST,
    TOV_FOUND_JOURNAL_ROOT,
    TOV_FOUND_JOURNAL_BEYOND,
    /* links and parts */
    TOV_FOUND_LINK_MISSING,
    TOV_FOUND_LINK_HASH,
    TOV_FOUND_LINK_SERIES,
    TOV_FOUND_LINK_GAP,
    TOV_FOUND_LINK_UNSEEN,
    TOV_FOUND_LINK_DOUBLED,
    TOV_FOUND_LINK_PREVIOUS,
    TOV_FOUND_LINK_OWN,
    TOV_FOUND_PART_MISSING,
    TOV_FOUND_PART_DIFFERS,
    TOV_FOUND_LIST_MISSING,
    TOV_FOUND_RECORD_EXTRA,
    /* mirrors */
    TOV_FOUND_MIRROR_GAP,
    TOV_FOUND_MIRROR_DAMAGED,
    TOV_FOUND_MIRROR_FORK,
    TOV_FOUND_TWO_HISTORIES,
    TOV_FOUND_TWO_HISTORIES_CLAIMED,
    TOV_FOUND_TWO_HISTORIES_DAMAGED,
    TOV_FOUND_MIRROR_TAIL,
    TOV_FOUND_MIRROR_POSITION,
    TOV_FOUND_NOT_FOR_US,
    TOV_FOUND_GONE_UNNAMED,
    TOV_FOUND_VERDICT_DIFFERS,
    TOV_FOUND_VERDICT_MISSING,
    TOV_FOUND_VERDICT_UNCHECKED,
    /* receipts */
    TOV_FOUND_RECEIPT_ORDER,
    TOV_FOUND_RECEIPT_NUMBER,
    TOV_FOUND_RECEIPT_HASH,
    TOV_FOUND_RECEIPT_UNCHECKED,
    /* several exports */
    TOV_FOUND_ROSTERS_DIFFER,
    TOV_FOUND_ROSTERS_FORK,
    TOV_FOUND_FORK,
    TOV_FOUND_WITHHELD,
    TOV_FOUND_TRUNCATED,
    TOV_FOUND_GONE_HELD,
    /* information */
    TOV_FOUND_AHEAD,
    TOV_FOUND_SENT_NOT_RECEIVED,
    TOV_FOUND_ATTACHMENT_ABSENT,
    TOV_FOUND_PART_UNSEEN,
    TOV_FOUND_SIGNATURE_UNKNOWN,
    TOV_FOUND_VERDICT_UNRECEIPTED,
    TOV_FOUND_TEXT_LOST,
    TOV_FOUND_CODE_COUNT
};

/* Where; TEXTs may be NULL. */
struct tov_place {
    const char *path;
    bool has_index;
    uint64_t index;
};

struct tov_finding {
    enum tov_finding_code code;
    enum tov_finding_class class;
    bool is_firm;  /* stays inconsistent although other bytes are damaged */
    char *subject; /* name of the export's folder, or of a pair */
    char *path;    /* NULL: no one file */
    bool has_index;
    uint64_t index;
    char *expected; /* NULL: nothing to say */
    char *found;
    char *evidence; /* several lines: signed notes; NULL */
};

/* A moment in a check: what was found after it can be softened. */
struct tov_findings_mark {
    size_t count;
    uint64_t unlisted_inconsistent;
};

struct tov_findings {
    size_t count;
    size_t capacity;
    uint64_t unlisted; /* over TOV_FINDINGS_MAX, or no memory */
    enum tov_finding_class worst;
    uint64_t by_class[4];
    uint64_t unlisted_inconsistent;
    struct tov_finding *items;
    const char *subject; /* of what is added next; borrowed */
};
void tov_findings_fini(struct tov_findings *findings);

/* EXPECTED, FOUND and EVIDENCE are copied and may be NULL. Returns the finding for a change of its
 * flags, or NULL when it is only counted. */
struct tov_finding *tov_findings_add(struct tov_findings *findings, enum tov_finding_code code,
                                     const struct tov_place *place, const char *expected,
                                     const char *found);
/* The file PATH is missing; nothing is added when that was told before. All findings are looked
 * through: ask once for a file, not for each entry of it. */
void tov_findings_add_missing(struct tov_findings *findings, const char *path);
/* COUNT signature lines of the note PATH are of no known key; nothing is added for 0. */
void tov_findings_add_unknown(struct tov_findings *findings, const char *path, size_t count);
void tov_finding_set_evidence(struct tov_finding *finding, const char *evidence);
struct tov_findings_mark tov_findings_mark(const struct tov_findings *findings);
/* What was concluded since MARK rests on damaged bytes: inconsistent becomes corrupt, unless it is
 * firm. What is not listed is never firm. */
void tov_findings_soften(struct tov_findings *findings, struct tov_findings_mark mark);
/* All of it rests on keys that nobody vouches for: inconsistent becomes unverifiable, even what is
 * firm. */
void tov_findings_distrust(struct tov_findings *findings);
/* The exit code by precedence: inconsistent, corrupt, unverifiable, verified. */
enum tov_exit_code tov_findings_verdict(const struct tov_findings *findings);

enum tov_finding_class tov_finding_default_class(enum tov_finding_code code);
/* A stable word for programs, and sentences for people in their language. */
const char *tov_finding_name(enum tov_finding_code code);
const char *tov_finding_sentence(enum tov_finding_code code);
/* Nobody is to be accused for a finding that was softened. */
const char *tov_finding_next(const struct tov_finding *finding);
const char *tov_class_name(enum tov_finding_class class); /* for programs */

#define TOV_SAY(...) tov_say((char[TOV_FINDING_TEXT_SIZE]){0}, __VA_ARGS__)
/* Formats into OUT of TOV_FINDING_TEXT_SIZE, cut at its end; returns OUT. */
const char *tov_say(char *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A number of entries, or of messages, in words. */
#define TOV_SAY_ENTRIES(number)                                              \
    TOV_SAY(ngettext("%llu entry", "%llu entries", (unsigned long)(number)), \
            (unsigned long long)(number))
#define TOV_SAY_MESSAGES(number)                                                \
    TOV_SAY(ngettext("%llu message", "%llu messages", (unsigned long)(number)), \
            (unsigned long long)(number))
/* 64 characters of hexadecimal in OUT of TOV_FINDING_TEXT_SIZE; returns OUT. */
const char *tov_say_hash(char *out, const struct tov_hash *hash);
#define TOV_SAY_HASH(hash) tov_say_hash((char[TOV_FINDING_TEXT_SIZE]){0}, (hash))

#endif

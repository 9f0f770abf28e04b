/* SPDX-License-Identifier: EUPL-1.2
 *
 * The check of one export, step by step: files, rosters, ledger, sent messages, mirrors, own
 * receipts, journal. Memory does not grow with the ledger but for one bit an entry and 8
 * bytes for 1,024 messages; what must be remembered of each message is in a scratch file.
 * Not for: comparing exports (pair.h), printing (report.h).
 * Never use one step's result before the step has run: the order is that of the functions below.
 */
#ifndef TOV_AUDIT_AUDIT_H
#define TOV_AUDIT_AUDIT_H

#include "audit/scratch.h"
#include "audit/tree.h"

#define TOV_AUDIT_LINKS_MAX 8192u   /* (peer, series) of one direction */
#define TOV_AUDIT_MIRRORS_MAX 4096u /* (agency, generation) */
/* Entries that are looked at for numbers that links leave out, all together: a minute. */
#define TOV_AUDIT_LINK_STEPS_MAX (UINT64_C(1) << 28)

/* The messages from one agency to another in one series. */
struct tov_link_line {
    uint16_t peer;
    struct tov_series series;
    struct tov_table messages; /* number, index, leaf hash */
    bool has_holes;            /* messages that were erased: their numbers are not in the table */
    bool is_lost_track;        /* after a finding: the next block is taken as it is */
    uint64_t last;
    struct tov_hash last_hash;
    uint64_t receipted;        /* the largest number that any receipt has spoken of */
    struct tov_table receipts; /* that say the last word: last number, index; ascending in both */
    uint32_t receipter;        /* generation of the ledger that said so: a new one begins anew */
    struct tov_table words; /* of own receipts: number, the newest verdict in place of the index */
};
struct tov_link_lines {
    /* All entries of the ledger are there, so what is missing was not written. In a mirror an entry
     * may have been taken out, with its hash left in its place, by whoever held the export. */
    bool is_complete;
    bool has_lost_track; /* so has every line that begins from now on */
    size_t count;
    struct tov_link_line *items;
};
/* Messages on any of the lines may have passed unseen: what follows is taken as it is. */
void tov_link_lines_lose(struct tov_link_lines *lines);
/* Makes it when it is not there; NULL without memory or over TOV_AUDIT_LINKS_MAX. */
struct tov_link_line *tov_link_line_of(struct tov_link_lines *lines, uint16_t peer,
                                       struct tov_series series);
struct tov_link_line *tov_link_line_find(const struct tov_link_lines *lines, uint16_t peer,
                                         struct tov_series series);

/* What is known of a peer's ledger. */
struct tov_mirror {
    uint16_t agency;
    uint32_t generation;
    bool is_held;           /* there is a folder for it */
    bool is_sound;          /* its items lead to a root that the peer signed */
    bool is_unchecked_told; /* that receipts cannot be checked by it */
    uint64_t unreceipted;   /* messages on whose verdict no receipt has the last word */
    uint64_t text_lost;     /* messages that were read, and cannot be since a restore */
    uint64_t unchecked;     /* it may have it, but entries of the ledger cannot be read */
    uint64_t size;
    struct tov_series series;
    struct tov_marks named; /* erased or lost, by somebody's word */
    struct tov_marks gone;
    struct tov_table attachments; /* that it could have: tov_attachment_number */
    uint64_t messages;
    /* Signed sizes that own anchors saw: number: size, index: of the anchor, hash: root; their
     * signatures in two rows each; and the first that no line was held against. */
    struct tov_table seen, seen_signatures;
    uint64_t seen_next;
};
struct tov_mirrors {
    size_t count;
    struct tov_mirror *items;
};
struct tov_mirror *tov_mirror_of(struct tov_mirrors *mirrors, uint16_t agency, uint32_t generation);
struct tov_mirror *tov_mirror_find(const struct tov_mirrors *mirrors, uint16_t agency,
                                   uint32_t generation);

struct tov_audit_counts {
    uint64_t entries, messages, receipts, erased, journal_entries;
    uint64_t received; /* messages of peers */
    uint64_t gaps, forks;
    uint64_t attachments_absent;
    uint64_t first_ms, last_ms; /* of entries; 0: none */
};

struct tov_audit {
    struct tov_folder folder;
    struct tov_findings findings;
    struct tov_keyring keyring;
    struct tov_scratch scratch;
    bool has_about;
    struct tov_export_about about;
    const struct tov_ledger_key *keys; /* of the ledger; NULL: none is known */
    struct tov_tree ledger, journal;
    struct tov_vkey journal_key;
    struct tov_tile_reader *tiles; /* of the ledger */
    struct tov_leaf *leaf;         /* for decoding, 3 KiB */
    /* learnt from the ledger */
    struct tov_series series; /* of the entry that is looked at */
    bool shows_restore;       /* entries were lost, or a journal was ended, as a restore does */
    struct tov_marks_room marks_room; /* of all sets, also of the mirrors */
    struct tov_marks empty, named, content_erased;
    struct tov_marks others;        /* own entries that are there and are no messages */
    struct tov_marks erased;        /* own entries that are gone by an erasure, not by a loss */
    struct tov_table attachments;   /* that own messages name: tov_attachment_number */
    struct tov_table journal_roots; /* number: the ledger's index, index: size, hash: root */
    struct tov_link_lines sent, received;
    uint64_t link_steps; /* of TOV_AUDIT_LINK_STEPS_MAX */
    struct tov_mirrors mirrors;
    struct tov_audit_counts counts;
    const char *looks_at; /* the folder of the mirror that is; NULL: the own ledger */
    bool has_newer;       /* own entries of a newer version: what they say is not known */
    bool is_limit_told;   /* what was over it is not kept: for want of it nothing is accused */
    enum tov_err failed;  /* NOMEM, IO inside a visitor */
};

/* ROOTS may be NULL. Whatever is wrong with the export is a finding; an error means that the check
 * could not be finished (memory, scratch file). What only the steps need is given back: sets
 * but `erased`, tables, lines and the scratch file are empty then. tov_audit_close in any case. */
enum tov_err tov_audit_check(const char *folder, const struct tov_roots *roots,
                             struct tov_audit *out_audit) TOV_MUST_CHECK;
void tov_audit_close(struct tov_audit *audit);

/* ---- the steps ---- */

enum tov_err tov_audit_ledger(struct tov_audit *audit) TOV_MUST_CHECK;    /* entries.c */
enum tov_err tov_audit_sent(struct tov_audit *audit) TOV_MUST_CHECK;      /* sent.c */
enum tov_err tov_audit_mirrors(struct tov_audit *audit) TOV_MUST_CHECK;   /* mirror.c */
enum tov_err tov_audit_forks(struct tov_audit *audit) TOV_MUST_CHECK;     /* fork.c */
enum tov_err tov_audit_receipts(struct tov_audit *audit) TOV_MUST_CHECK;  /* receipts.c */
enum tov_err tov_audit_journal(struct tov_audit *audit) TOV_MUST_CHECK;   /* journal.c */
enum tov_err tov_audit_witnesses(struct tov_audit *audit) TOV_MUST_CHECK; /* witness.c */
enum tov_err tov_audit_places(struct tov_audit *audit) TOV_MUST_CHECK;    /* places.c */

/* CHECK of each ledger that has a file or folder below FOLDER by its agency and generation, in
 * their order, until one is not TOV_OK. What cannot be the name of a ledger is passed over (the
 * manifest's check reports it). */
enum tov_err tov_audit_each_ledger(struct tov_audit *audit, const char *folder,
                                   enum tov_err (*check)(struct tov_audit *audit, uint16_t agency,
                                                         uint32_t generation)) TOV_MUST_CHECK;

/* ---- verdicts: what own receipts say of received messages ---- */

/* RECEIPT is an own one; in the order of the ledger. */
void tov_audit_note_receipt(struct tov_audit *audit, const struct tov_leaf_receipt *receipt);
/* The last word of the own receipts on message NUMBER of LINE; false: none speaks of it. */
bool tov_audit_word(struct tov_audit *audit, const struct tov_link_line *line, uint64_t number,
                    struct tov_verdict_value *out_word);
bool tov_verdict_equal(struct tov_verdict_value a, struct tov_verdict_value b);
/* Whether an amendment of WORD, which the export does not hold yet, can say STORED. */
bool tov_verdict_may_become(struct tov_verdict_value word, struct tov_verdict_value stored);
/* WORD says that it could be read, and STORED that it cannot: a restore takes keys. */
bool tov_verdict_may_be_lost(struct tov_verdict_value word, struct tov_verdict_value stored);
/* Parts that came wrong, or did not come, were stored as they came. */
bool tov_verdict_excuses_parts(struct tov_verdict_value value);
/* In OUT of TOV_FINDING_TEXT_SIZE; returns OUT. */
const char *tov_verdict_say(char *out, struct tov_verdict_value value);

/* ---- lists of anchors (anchors.c) ---- */

/* LIST is the one that ANCHOR names. */
void tov_audit_anchor_list(struct tov_audit *audit, const struct tov_place *place,
                           const struct tov_leaf_anchor *anchor, struct tov_bytes list,
                           bool is_own);
/* A signed size of a mirror, ascending, whose signature by KEY is good. */
void tov_audit_seen_line(struct tov_audit *audit, struct tov_mirror *mirror,
                         const struct tov_vkey *key, const struct tov_export_signed *line);
/* After all mirrors: what own anchors saw is held. */
void tov_audit_seen_whole(struct tov_audit *audit);

/* ---- shared by the steps ---- */

struct tov_finding *tov_audit_add(struct tov_audit *audit, enum tov_finding_code code,
                                  const struct tov_place *place, const char *expected,
                                  const char *found);
/* The federation by the rosters, which are signed, else as the export says. */
const char *tov_audit_federation(const struct tov_audit *audit);
/* The number of an attachment in the tables above. */
static inline uint64_t tov_attachment_number(uint64_t index, uint8_t part)
{
    return index * TOV_PARTS_MAX + part;
}
/* Notes that a message at INDEX has PART as an attachment; ascending. */
void tov_audit_note_attachment(struct tov_audit *audit, struct tov_table *table, uint64_t index,
                               uint8_t part);
void tov_audit_note_failure(struct tov_audit *audit, enum tov_err err);

/* A block on a link: continues the line, or says why it does not. PATH and the message's index are
 * the place; whose hash is LEAF_HASH. The caller has checked the block against its leaf. What
 * cannot be kept is noted as a failure. */
struct tov_link_at {
    struct tov_place place;
    struct tov_hash leaf_hash;
    struct tov_link_block block;
    struct tov_series series; /* that the ledger is in */
};
void tov_audit_link(struct tov_audit *audit, struct tov_link_lines *lines, uint16_t peer,
                    const struct tov_link_at *at);

/* A receipt by anybody against the messages of the line that it speaks of; in the order of the
 * ledger in which it stands. */
struct tov_receipt_at {
    struct tov_place place;
    bool is_complete; /* no receipt before it can have been taken out */
    /* What the losses before it name, in ranges; and the last entry before it that may have been
     * such a loss and is not there (0: none, for that is the genesis). */
    const struct tov_marks *lost;
    uint64_t loss_gone;
};
void tov_audit_receipt(struct tov_audit *audit, struct tov_link_line *line,
                       const struct tov_receipt_at *at, const struct tov_leaf_receipt *receipt);
/* The receipts of LINE begin anew. */
void tov_audit_receipts_anew(struct tov_link_line *line);

#endif

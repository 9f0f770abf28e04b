/* SPDX-License-Identifier: EUPL-1.2
 *
 * One peer as the follow layer sees it: how far its ledger is held, what is known of its keys, how
 * far it holds ours, and what is in flight. Private to follow/.
 *
 * The row of the table `peer`, rewritten when what it says changes:
 *   generation 4, lost index 8, last link 8, that leaf's hash 32,
 *   epoch 4, epoch's entry 8, not before 8, not after 8, public key 32,
 *   receipted link 8 (of ours, present own series), own series generation 4, lost 8,
 *   suspended 1, signature 64, compact range
 */
#ifndef TOV_FOLLOW_PEER_H
#define TOV_FOLLOW_PEER_H

#include "envelope/part_tree.h"
#include "envelope/stanza.h"
#include "follow/follow.h"
#include "follow/quota.h"
#include "ledger/rebuild.h"
#include "wire/frame.h"

#define TOV_INFLIGHT_MAX 512u
#define TOV_TRANSFERS_ACTIVE_MAX 4u
#define TOV_KEYRING_SLOTS 2048u
#define TOV_LATE_OPEN_MAX 256u
#define TOV_SPOKEN_SERIES 4u
#define TOV_SPOKEN_SPANS 32u

struct tov_inflight {
    uint64_t to;
    uint64_t bytes;
};

/* Until the batch that says "complete" is committed the store says "under way": a transfer keeps
 * its slot so long, or it would be taken up and finished again. */
enum tov_transfer_state {
    TOV_TRANSFER_NONE,
    TOV_TRANSFER_PULLING,
    TOV_TRANSFER_CHECKING,  /* all of it is here, and is being looked at (pull_check.c) */
    TOV_TRANSFER_FINISHED,  /* in the open batch */
    TOV_TRANSFER_COMMITTING /* in the batch that is being committed */
};

struct tov_pull_check;

/* A slot: an attachment being pulled. */
struct tov_transfer {
    enum tov_transfer_state state;
    bool has_failed;              /* of a finished one */
    bool is_given_up;             /* so, and neither here nor failed */
    uint8_t damaged;              /* how often the own disk has changed it */
    struct tov_message_name name; /* of the own agency: a file that is fetched back */
    uint8_t id[TOV_MESSAGE_ID_BYTES];
    struct tov_ref ref;
    uint8_t part, part_count; /* of its message */
    struct tov_part_claim claim;
    uint32_t held, total, asked;
    uint32_t synced;
    uint64_t asked_mono_ms;
    uint64_t link_number;
    struct tov_pull_check *check; /* while CHECKING */
    unsigned silent;              /* requests in a row without an answer */
};

/* One that the peer does not answer: it has no slot until its next turn, each time later. */
#define TOV_PARKED_MAX 32u
struct tov_parked {
    struct tov_message_name name;
    uint8_t part;
    unsigned silent;
    uint64_t until_mono_ms;
};

/* What own receipts said of one series of a peer's links: up to which link, and its leaf. */
struct tov_told {
    uint64_t link; /* 0: nothing */
    struct tov_hash leaf;
};

/* Which links of one own series that has ended a peer's receipts have spoken of, with what the open
 * batches say: spans in order, a gap before each but the first. */
struct tov_link_span {
    uint64_t first, last;
};
struct tov_spoken {
    struct tov_series series;
    struct tov_link_span spans[TOV_SPOKEN_SPANS + 1]; /* one more while one is added */
    size_t count;
    bool is_part; /* what is stored has more */
};

struct tov_peer {
    uint16_t number;
    const struct tov_agency *agency;
    bool is_keeper_of_us; /* our ledger's level-0 hashes go to it */
    bool are_keeper_of_it;

    /* its ledger, as of the open batch */
    struct tov_range range;
    uint8_t signature[TOV_SIGNATURE_BYTES];
    struct tov_series series;
    uint64_t last_link;
    struct tov_hash last_link_leaf;
    uint32_t epoch;
    uint64_t epoch_index, epoch_not_before_ms, epoch_not_after_ms;
    struct tov_x25519_public epoch_key;
    uint64_t receipted_link;
    struct tov_series receipted_series;
    bool suspended;
    unsigned other_roots;    /* parcels in a row whose signed root their items do not give */
    bool dirty;              /* the row must be written in this batch */
    uint64_t committed_size; /* of range, durable */

    /* our ledger toward it */
    struct tov_link_head head;
    uint64_t acked;    /* its position */
    uint64_t sent_to;  /* position after what is in flight */
    uint64_t quiet_to; /* up to here nothing is disclosed to it */
    uint64_t window_bytes;
    uint64_t inflight_bytes;
    struct tov_inflight inflight[TOV_INFLIGHT_MAX];
    size_t inflight_first, inflight_count;
    struct tov_stanza_sender sender;
    bool has_sender;
    uint32_t sender_epoch;
    uint64_t sender_mono_ms;
    bool may_owe;        /* rows in `owed` to look at; one of a message lost for good is always */
    bool owes_soon;      /* there will be, once the open batch is committed */
    bool owes_closed;    /* there will be, once the batch under way is */
    uint64_t owed_after; /* those up to here had their turn */

    /* session */
    bool is_up, has_session;
    bool is_consulted; /* Hellos were exchanged, and all else must wait: there is a recovery */
    uint8_t nonce[TOV_NONCE_BYTES];
    uint8_t their_nonce[TOV_NONCE_BYTES];
    uint32_t their_epoch;
    bool they_started;
    bool has_told;          /* its restore answer came, for our start */
    bool answered;          /* so, and it counts */
    bool owes_answer;       /* ours to it, once what was taken of its ledger is committed */
    bool holds_more;        /* of our ledger than we have, or another history: signed by our key */
    bool holds_fork;        /* the latter, at a size that was signed here */
    uint64_t fork_size;     /* of it; 0: none is known */
    uint64_t holds;         /* largest size of our ledger that it showed under our key */
    unsigned hash_failures; /* answers with hashes that did not fit, or that did not come */
    uint64_t hash_pause_to_ms;
    uint64_t recall_from, recall_to, recall_at; /* recall.c; open while at < to */
    uint32_t recall_pending;                    /* answers that are not durable yet */
    uint64_t recall_asked_ms;
    uint64_t recall_moved_ms; /* since when it has brought nothing; 0: it is not heard */
    struct tov_quota asked;   /* by us: hashes and leaves, so that its own quota is not met */
    struct tov_told told;     /* in the present series of its ledger (told.c) */
    bool has_aside;           /* receipts for it are set aside (told.c) */
    bool receipts_skip;       /* it lost entries: its next receipt may begin anywhere (receipt.c) */
    struct tov_spoken spoken[TOV_SPOKEN_SERIES]; /* of own series; spoken.c */
    size_t spoken_count, spoken_next;
    uint32_t verdicts_looked; /* of the parcel at hand (receipt.c) */
    uint64_t hello_mono_ms;
    uint64_t
        hello_owes; /* had been taken and was not durable when Hello told what is held; 0: none */
    uint32_t their_roster;                    /* the version that its Hello told; 0: none yet */
    uint64_t their_now_ms, their_now_mono_ms; /* its clock as its Hello told it; 0: none */
    uint64_t faults;
    unsigned pause_steps; /* faults that are not forgiven yet (session.c) */
    uint64_t fault_mono_ms;
    uint64_t last_heard_ms;
    struct tov_quota hellos, asks, idle; /* what it has used of its quotas */
    struct tov_quota ups;                /* what the gateway has, of connections to it */
    struct tov_quota lines;              /* ... of this node's log */
    uint64_t lines_left_out;
    struct tov_day_quota day_quota; /* ... of this node's disk */
    bool day_is_full;               /* nothing is taken before some of it is free again */
    bool chunks_wait;               /* no chunk is: what is left is for messages */
    bool did_nothing;               /* the frame at hand changed nothing */

    /* what the next receipt entry will say */
    struct tov_leaf_receipt *receipt;
    uint64_t receipt_span;
    bool wants_position; /* a position frame follows the commit */
    bool wants_refetch;  /* and says to go on there */
    bool position_waits; /* for room toward the peer */
    bool refetch_waits;
    bool has_missed; /* parcels came while none could be taken: to be asked for again */

    /* entries of its ledger that late stanzas open: in batches that are not committed; the first
     * late_closed of them in the one under way */
    uint64_t late[TOV_LATE_OPEN_MAX];
    size_t late_count, late_closed;

    /* of its own messages, whose keys it asked for: answered after the commit (own_keys.c) */
    uint32_t rewrap_epoch; /* to which they are sealed */
    size_t rewrap_count;
    struct tov_ref rewraps[TOV_KEYS_REFS_MAX];
    uint64_t keys_asked_ms; /* for keys of ours; 0: nothing is asked */
    bool asks_for_file;     /* of its own message: given after the commit (own_files.c) */
    struct tov_chunk_request file_asked;

    size_t expired_count; /* entries to answer "epoch expired" after the commit */
    struct tov_ref expired[TOV_EPOCH_EXPIRED_REFS_MAX];

    /* witnessing: the newest anchor of its ledger seen, and cosigned by us */
    uint64_t anchor_seen;
    struct {
        uint64_t size, time_s;
        uint8_t signature[TOV_SIGNATURE_BYTES];
    } cosigned;
    bool guard_size_known; /* the guard said that it had cosigned guard_size */
    uint64_t guard_size;

    struct tov_transfer transfers[TOV_TRANSFERS_ACTIVE_MAX];
    struct tov_parked parked[TOV_PARKED_MAX];
    size_t parked_count;
    bool may_pull;      /* rows in `transfer` to look at */
    uint64_t pull_from; /* entries before it have no row in `transfer` that is under way */
    bool pull_goes_on;  /* looking for others begins behind this one, the next time: */
    uint64_t pull_at;
    uint8_t pull_at_part;
    uint64_t pull_new, pull_closed; /* least entry with a new row in the open batch, in the one that
                                       is being committed, and one more; 0: none */
    uint64_t check_left; /* bytes of its attachments that are looked at before the next tick */
    bool told_no_room;
    bool waiting_is_done; /* waiting.c: its mirror was looked through; else up to there */
    uint64_t waiting_index;
    bool looks_at_held; /* told.c: at messages without keys that are held, from there on: */
    bool held_is_lost;  /* ... those whose keys are lost; else those that wait for them */
    uint64_t held_index;
    bool pulls_soon; /* there will be, once the open batch is committed */
};

/* The cosignature that the guard is asked for; peer 0: none. */
struct tov_witness_question {
    uint16_t peer;
    uint64_t size, old_size;
    struct tov_proof proof;
    struct tov_buf note, vkey;
};

struct tov_kept_keys {
    uint64_t index;
    bool used;
    struct tov_message_keys keys;
};

/* The tree of a part that was asked for: 1 MiB at most (TOV_PART_CHUNKS_MAX). */
#define TOV_KEPT_TREES 32u
struct tov_kept_tree {
    struct tov_part_tree *tree; /* NULL: none */
    struct tov_part_claim claim;
    uint64_t used;
};

struct tov_part_reading;

struct tov_follow {
    struct tov_core *core;
    uint64_t window_bytes;
    uint64_t day_bytes; /* of each peer */
    size_t peer_count;
    struct tov_peer *peers; /* ascending by number */
    struct tov_secret *keyring_memory;
    struct tov_kept_keys *keyring;
    struct tov_stanza_cache *stanza_cache;
    struct tov_parcel_writer writer;
    struct tov_buf frame;
    struct tov_leaf *leaf; /* for decoding, 3 KiB */
    bool guard_agrees, started, doubts_clock;
    bool takes;                  /* what peers send, beside control frames */
    bool recovers;               /* what peers hold of the own ledger stays as it is */
    bool sends;                  /* of the own ledger: parcels, stanzas */
    struct tov_rebuild *rebuild; /* the node's; NULL: no hashes are wanted */
    uint16_t asked_peer;         /* for hashes; 0: nobody */
    bool is_asking;
    uint64_t asked_mono_ms;
    uint64_t grown_size, grown_mono_ms; /* when hashes of asked_peer were verified last */
    struct tov_witness_question question;
    uint64_t witnessed_size;
    uint64_t clock_claims;                /* Hellos that told a clock */
    struct tov_frame_checkpoint own_fork; /* signed by the own key, over another tree: for good */
    uint64_t regained_ms;                 /* when keys of own messages came last */
    uint64_t untold_ms;                   /* since when some of them are not told */
    uint32_t pull_run;                    /* names this run of the node in rows of transfers */
    size_t pulls_given_up;                /* in this run */
    uint64_t recall_changes;              /* as told by tov_follow_recall_view */
    uint64_t own_files_at;                /* where looking for files to fetch back goes on: */
    uint8_t own_files_part;               /* ... of that message */
    struct tov_kept_tree kept_trees[TOV_KEPT_TREES]; /* part_file.c */
    uint64_t kept_tree_uses;
    struct tov_part_reading *reading; /* the file that is read as a whole; NULL: none yet was */
    bool looks_at_waiting;            /* waiting.c: at the mirror of this peer next */
    size_t waiting_peer;
};

/* A peer holds our ledger up to SIZE: own epoch keys whose time is over may go, with everything
 * that opens what they opened. */
void tov_follow_on_proof(struct tov_follow *follow, uint64_t size);

struct tov_peer *tov_follow_peer(const struct tov_follow *follow, uint16_t agency);
/* Whether this node writes anything by itself or for its peers: in its state, and with room on its
 * disk. */
bool tov_follow_takes(const struct tov_follow *follow);
/* Receipts are entries: before the keepers have told that this store is no old copy, or before
 * genesis stands in it, or while PEER may hold receipts that it lacks, nothing may be taken that is
 * receipted; nor while PEER has used its day. */
bool tov_follow_may_take(const struct tov_follow *follow, const struct tov_peer *peer);

/* day_quota.c */
/* Whether PEER may add so much today. False: it may add nothing before some of the day is free. */
bool tov_day_quota_has_room(const struct tov_follow *follow, struct tov_peer *peer, size_t bytes);
/* Whether a chunk of so much may be asked for, and taken. False: none may before more is free. */
bool tov_day_quota_may_pull(const struct tov_follow *follow, struct tov_peer *peer, size_t bytes);
void tov_day_quota_use(const struct tov_follow *follow, struct tov_peer *peer, size_t bytes);
void tov_day_quota_pump(const struct tov_follow *follow, struct tov_peer *peer);

/* peer_row.c */
/* It has had a ledger before this one. What that one's receipts said of own messages counts on: the
 * agency is the same, and what it could read it could. */
bool tov_peer_had_ledger(const struct tov_peer *peer);
enum tov_err tov_peer_load(struct tov_core *core, struct tov_peer *peer) TOV_MUST_CHECK;
/* Of that, what own links to it go on from, in core->series, as READ shows it. */
enum tov_err tov_peer_load_links(struct tov_core *core, struct tov_store_read *read,
                                 struct tov_peer *peer) TOV_MUST_CHECK;
void tov_peer_save(struct tov_core *core, struct tov_peer *peer);

/* disclose.c: whom a leaf of ours says something to. */
enum tov_err tov_disclosed_to(const struct tov_core *core, struct tov_store_read *read,
                              struct tov_bytes leaf, uint16_t agency,
                              bool *out_disclosed) TOV_MUST_CHECK;

/* parcel_out.c */
void tov_parcels_pump(struct tov_follow *follow, struct tov_peer *peer);
void tov_parcels_on_position(struct tov_peer *peer, uint64_t size);
void tov_parcels_reset(struct tov_peer *peer, uint64_t position);

/* void.c */
/* PEER is as its row tells. If its ledger is held beyond the point at which its key was revoked,
 * what its receipts above it said is taken back, and an epoch key above it forgotten. */
enum tov_err tov_void_take_back(struct tov_core *core, struct tov_store_read *read,
                                struct tov_peer *peer) TOV_MUST_CHECK;

/* again.c */
/* Could be read, by what was said: opened, pending or refused. */
bool tov_verdict_had_keys(struct tov_verdict_value value);
/* PEER says NOW of own message INDEX, which has the link at PLACE. Call before NOW is noted. */
struct tov_again_said {
    const struct tov_link_place *place;
    uint64_t index;
    struct tov_verdict_value now;
};
enum tov_err tov_again_on_verdict(struct tov_follow *follow, const struct tov_peer *peer,
                                  const struct tov_again_said *said) TOV_MUST_CHECK;
/* It says that it can read it again: the next time is another question. */
void tov_again_settle(struct tov_core *core, uint16_t peer, uint64_t index);
/* An amendment NOW of own message INDEX counts again, since a later one is void: a person is asked
 * if PEER said by it that it had no keys, whatever was decided before. */
void tov_again_on_counting(struct tov_core *core, uint16_t peer, uint64_t index,
                           struct tov_verdict_value now);
/* Whether PEER may be given the keys of INDEX again. TOV_E_NOT_FOUND: it has not lost them, and its
 * verdict decides; TOV_E_EXISTS: no; TOV_E_EPOCH: yes, once the journal says so for its present
 * epoch (tov_again_renew). */
enum tov_err tov_again_check(const struct tov_follow *follow, struct tov_store_read *read,
                             const struct tov_peer *peer, uint64_t index) TOV_MUST_CHECK;
/* Writes that entry into the open batch, if it is approved and has none, and its time has come;
 * asks a person again when there were too many. */
enum tov_err tov_again_renew(struct tov_follow *follow, const struct tov_peer *peer,
                             uint64_t index) TOV_MUST_CHECK;

/* The same, or erased before that was said: a person says whether its keys are given again. */
bool tov_verdict_may_have_had_keys(struct tov_verdict_value value);

/* keys_lost.c: message INDEX of PEER could be read here, and its keys are lost; it has none yet; it
 * can be read. */
void tov_keys_awaited_note(struct tov_core *core, const struct tov_peer *peer, uint64_t index);
void tov_keys_lost_note(struct tov_core *core, const struct tov_peer *peer, uint64_t index);
void tov_keys_lost_settle(struct tov_core *core, const struct tov_peer *peer, uint64_t index);

/* stanza_out.c */
/* The keys of own message INDEX: remembered, or unwrapped. */
enum tov_err tov_own_keys(struct tov_follow *follow, struct tov_store_read *read, uint64_t index,
                          const struct tov_hash *leaf_hash,
                          struct tov_message_keys *out_keys) TOV_MUST_CHECK;
/* An entry of ours: where it stands, its leaf and PEER's link block, borrowed. */
struct tov_own_message {
    uint64_t index;
    struct tov_bytes leaf;
    struct tov_bytes link_block;
};
/* Whether PEER may be given the keys at all. TOV_E_DENIED: it is no message, or not for PEER;
 * TOV_E_EXISTS: PEER said that it had opened it, and no person has said that it gets them again;
 * TOV_E_EPOCH: as tov_again_check. Leaves the leaf decoded in follow->leaf. */
enum tov_err tov_stanza_check(const struct tov_follow *follow, struct tov_store_read *read,
                              const struct tov_peer *peer,
                              const struct tov_own_message *message) TOV_MUST_CHECK;
/* The same, and TOV_E_EPOCH: no (current) epoch key of PEER is known; note it as owed. */
enum tov_err tov_stanza_for(struct tov_follow *follow, struct tov_store_read *read,
                            struct tov_peer *peer, const struct tov_own_message *message,
                            struct tov_stanza *out_stanza) TOV_MUST_CHECK;
/* Seals KEYS to PEER's newest epoch, which is known. */
enum tov_err tov_stanza_seal_keys(struct tov_follow *follow, struct tov_peer *peer,
                                  const struct tov_stanza_subject *subject,
                                  const struct tov_message_keys *keys,
                                  struct tov_stanza *out_stanza) TOV_MUST_CHECK;
void tov_stanza_owe(struct tov_core *core, struct tov_peer *peer, uint64_t index);
/* The same for the message with ENTRY, unless PEER has receipted it: then what it said decides. */
void tov_stanza_owe_unless_receipted(struct tov_core *core, struct tov_peer *peer, uint64_t index,
                                     const struct tov_entry *entry);
/* PEER has told that it could read message INDEX, or why that needs no key. */
void tov_stanza_settle(struct tov_core *core, const struct tov_peer *peer, uint64_t index);
/* False: there is no row in `owed`, nor will be by an open batch. */
bool tov_stanza_owes_any(const struct tov_peer *peer);
void tov_stanzas_pump_owed(struct tov_follow *follow, struct tov_peer *peer);

/* parcel_in.c */
/* BYTES: FRAME as it came, which the peer's control key has signed. */
enum tov_err tov_parcel_apply(struct tov_follow *follow, struct tov_peer *peer,
                              const struct tov_frame *frame, struct tov_bytes bytes) TOV_MUST_CHECK;

/* fork.c */
/* PEER's items do not give the root of OTHER, which it signed: keeps both notes and returns
 * TOV_E_FORK. TOV_E_CORRUPT: what this node holds is not what the peer had signed. */
enum tov_err tov_fork_keep(struct tov_follow *follow, const struct tov_peer *peer,
                           const struct tov_signed_size *other) TOV_MUST_CHECK;
/* What PEER says of its own ledger, against what is held. TOV_E_FORK: it signed another history,
 * and the evidence is kept; TOV_E_CORRUPT as above. */
enum tov_err tov_fork_check(struct tov_follow *follow, const struct tov_peer *peer,
                            const struct tov_frame_checkpoint *own) TOV_MUST_CHECK;

/* SHOWN, by PEER, is signed by the own key, at a size that was signed here over another root: keeps
 * the evidence and returns TOV_E_FORK. TOV_E_CORRUPT: the own rows have changed since. */
enum tov_err tov_fork_keep_own(struct tov_follow *follow, const struct tov_peer *peer,
                               struct tov_store_read *read,
                               const struct tov_frame_checkpoint *shown) TOV_MUST_CHECK;
enum tov_err tov_fork_load_own(struct tov_follow *follow) TOV_MUST_CHECK;
/* The two that are kept of AGENCY's ledger: of the history that is not followed, and of the one
 * that is. NOT_FOUND: none are. */
struct tov_fork_notes {
    struct tov_frame_checkpoint other, held;
};
enum tov_err tov_fork_load(const struct tov_core *core, const struct tov_agency *agency,
                           struct tov_fork_notes *out_notes) TOV_MUST_CHECK;

/* entry_in.c */
struct tov_entry_in {
    uint64_t index;
    struct tov_hash leaf_hash;
    const struct tov_frame_disclosed *disclosed;
};
enum tov_err tov_entry_apply(struct tov_follow *follow, struct tov_peer *peer,
                             const struct tov_entry_in *entry) TOV_MUST_CHECK;

/* message_in.c */
enum tov_err tov_message_apply(struct tov_follow *follow, struct tov_peer *peer,
                               const struct tov_entry_in *entry,
                               const struct tov_leaf *leaf) TOV_MUST_CHECK;
enum tov_err tov_late_stanza_apply(struct tov_follow *follow, struct tov_peer *peer,
                                   const struct tov_frame_late_stanza *late) TOV_MUST_CHECK;
/* The open batch closes; it is committed. */
void tov_late_on_closed(struct tov_peer *peer);
void tov_late_on_committed(struct tov_peer *peer);

/* spoken.c */
/* The receipt that speaks of an own link, as what is stored tells: of links that a gap between two
 * receipts leaves out none does. TOV_E_NOT_FOUND: OUT's first is the next link of which one does.
 */
struct tov_cover {
    uint64_t receipt_index; /* the peer's entry */
    uint64_t first, last;   /* links that it was the first to speak of */
    uint64_t received_ms;
};
enum tov_err tov_cover_find(struct tov_store_read *read, const struct tov_link_place *place,
                            struct tov_cover *out) TOV_MUST_CHECK;
/* Borrowed, until three other series were asked for. */
enum tov_err tov_spoken_find(const struct tov_core *core, struct tov_peer *peer,
                             struct tov_series series, struct tov_spoken **out) TOV_MUST_CHECK;
/* Of all links from FIRST to LAST. */
bool tov_spoken_has(const struct tov_spoken *spoken, uint64_t first, uint64_t last);
/* Links of which it does not speak yet. */
void tov_spoken_add(struct tov_spoken *spoken, uint64_t first, uint64_t last);

/* waiting.c */
void tov_waiting_on_tick(struct tov_follow *follow);

/* receipt.c */
#define TOV_COVER_ROW_BYTES 24u     /* receipt's entry 8, first link 8, time 8 */
#define TOV_EXCEPTION_ROW_BYTES 12u /* verdict 1, flags 1, detail 2, receipt's entry 8 */
bool tov_verdict_is_plain_opened(struct tov_verdict_value value);
void tov_receipt_put_exception(struct tov_core *core, const struct tov_link_place *place,
                               struct tov_verdict_value value, uint64_t receipt_index);
/* unopened.c: VERDICT is the newest of the own link at PLACE. Into the open batch. */
void tov_unopened_note(struct tov_core *core, const struct tov_link_place *place,
                       enum tov_verdict verdict);
/* The entry of the own message at PLACE. TOV_E_NOT_FOUND: nobody could bring it back. */
enum tov_err tov_link_own_index(struct tov_store_read *read, const struct tov_link_place *place,
                                uint64_t *out_index) TOV_MUST_CHECK;
/* Whether ENTRY with LINK is the next message from PEER. A gap is never receipted over: only what
 * is receipted already, and its agency has lost since, is passed over. */
bool tov_link_goes_on(struct tov_follow *follow, struct tov_peer *peer,
                      const struct tov_link_block *link, const struct tov_entry_in *entry);
void tov_receipt_add(struct tov_follow *follow, struct tov_peer *peer,
                     struct tov_verdict_value value, const struct tov_hash *leaf_hash);
/* Of a link of SERIES, the present one or one that has ended, which was receipted before. */
void tov_receipt_amend(struct tov_follow *follow, struct tov_peer *peer, struct tov_series series,
                       const struct tov_receipt_amendment *amendment);
/* PEER has said that it lost entries: receipts may be among them, which it gives again or never. */
void tov_receipts_skip(struct tov_core *core, struct tov_peer *peer);
enum tov_err tov_receipts_load(struct tov_core *core, struct tov_peer *peer) TOV_MUST_CHECK;
enum tov_err tov_receipt_flush(struct tov_follow *follow, struct tov_peer *peer) TOV_MUST_CHECK;
/* The receipts of another parcel of PEER come. */
void tov_receipts_begin(struct tov_peer *peer);
enum tov_err tov_receipt_apply(struct tov_follow *follow, struct tov_peer *peer, uint64_t index,
                               const struct tov_leaf_receipt *receipt) TOV_MUST_CHECK;

/* session.c */
/* ANSWERED is the Hello that this one answers, NULL for the first of a connection. */
void tov_session_hello(struct tov_follow *follow, struct tov_peer *peer,
                       const struct tov_frame_hello *answered);
/* Hello once more, when what the last one could not tell is durable now: one that was set back must
 * hear of the newest that it signed, also when it waits for no answer of this node. */
void tov_session_hello_again(struct tov_follow *follow, struct tov_peer *peer);
/* Nothing else tells the sender to go on: when there is no room now it goes with a later turn. */
void tov_session_position(struct tov_follow *follow, struct tov_peer *peer, bool refetch);
/* Whether a request that costs PEER as much as COUNT may go to it now; it counts so. */
bool tov_session_may_ask(const struct tov_follow *follow, struct tov_peer *peer, uint32_t count);
/* A request of PEER costs as much as COUNT more. False: its quota is used up. */
bool tov_session_may_cost(const struct tov_follow *follow, struct tov_peer *peer, uint64_t count);
/* Whether one more line of the log may tell what is wrong with something that PEER said; those that
 * may not are counted, and the next one is preceded by their number. */
bool tov_session_may_log(const struct tov_follow *follow, struct tov_peer *peer);
void tov_session_pump(struct tov_follow *follow, struct tov_peer *peer);
/* Tells a peer that has not started what is held of its ledger, when that is owed and all that was
 * taken of it is committed: one that was set back must hear of the newest signature. */
void tov_session_answer_restore(struct tov_follow *follow, struct tov_peer *peer);
/* So many references of one epoch_expired cost as much as one request. */
#define TOV_REFS_AN_ASK 16u
/* Signs and sends a control body; kind and fields set by the caller. */
void tov_session_control(struct tov_follow *follow, struct tov_peer *peer,
                         struct tov_control *control);
void tov_session_fault(struct tov_follow *follow, struct tov_peer *peer, enum tov_err err,
                       const char *what);

/* witness.c */
enum tov_err tov_witness_open(struct tov_follow *follow) TOV_MUST_CHECK;
enum tov_err tov_witness_load(struct tov_core *core, struct tov_peer *peer) TOV_MUST_CHECK;
void tov_witness_on_anchor(struct tov_peer *peer, uint64_t index);
void tov_witness_resend(struct tov_follow *follow, struct tov_peer *peer);
enum tov_err tov_witness_on_frame(struct tov_follow *follow, struct tov_peer *peer,
                                  const struct tov_frame *frame) TOV_MUST_CHECK;

/* recover.c */
/* TOV_E_BUSY: it asks for more than its quota. */
enum tov_err tov_serve_hashes(struct tov_follow *follow, struct tov_peer *peer,
                              const struct tov_control *request) TOV_MUST_CHECK;
enum tov_err tov_recover_on_hashes(struct tov_follow *follow, struct tov_peer *peer,
                                   const struct tov_control *answer) TOV_MUST_CHECK;
/* PEER has a new nonce: what was asked with the former one may not be answered, and is asked anew.
 */
void tov_recover_on_nonce(struct tov_follow *follow, const struct tov_peer *peer);

/* recall.c */
enum tov_err tov_recall_load(struct tov_core *core, struct tov_peer *peer) TOV_MUST_CHECK;
bool tov_recall_is_open(const struct tov_peer *peer);
/* Nothing more is asked of it, and all that it answered is committed. */
bool tov_recall_is_durable(const struct tov_peer *peer);
void tov_recall_pump(struct tov_follow *follow, struct tov_peer *peer);
void tov_serve_leaves(struct tov_follow *follow, struct tov_peer *peer,
                      const struct tov_control *request);
enum tov_err tov_recall_on_leaves(struct tov_follow *follow, struct tov_peer *peer,
                                  const struct tov_control *answer) TOV_MUST_CHECK;

/* own_keys.c */
/* The own message at INDEX came back without keys: its recipients are asked, from the commit on. */
void tov_own_keys_want(struct tov_follow *follow, uint64_t index,
                       const struct tov_leaf_message *message);
/* An own message that came back, and another copy of it was sealed here by KEYS: whether they open
 * this one, or at least its content and files; and that they are kept, and nobody is asked. */
struct tov_own_back {
    uint64_t index, number;
    struct tov_bytes leaf, body;
    const struct tov_message_keys *keys;
};
struct tov_own_fit {
    bool all, content;
};
enum tov_err tov_own_keys_check(struct tov_follow *follow, const struct tov_own_back *back,
                                struct tov_own_fit *out_fit) TOV_MUST_CHECK;
enum tov_err tov_own_keys_keep(struct tov_follow *follow,
                               const struct tov_own_back *back) TOV_MUST_CHECK;
/* Whether somebody is still asked for the keys of own message INDEX, which has none. */
bool tov_own_keys_may_come(struct tov_store_read *read, uint64_t index,
                           const struct tov_leaf_message *message);
void tov_own_keys_on_tick(struct tov_follow *follow);
enum tov_err tov_own_keys_on_request(struct tov_follow *follow, struct tov_peer *peer,
                                     const struct tov_control *request) TOV_MUST_CHECK;
enum tov_err tov_own_keys_on_answer(struct tov_follow *follow, struct tov_peer *peer,
                                    const struct tov_control *answer) TOV_MUST_CHECK;

/* told.c */
void tov_told_note(struct tov_core *core, struct tov_peer *peer,
                   const struct tov_leaf_receipt *receipt);
/* The present series of its ledger ends: all its links that are held are receipted. */
void tov_told_end(struct tov_core *core, const struct tov_peer *peer);
/* Of a series that has ended. */
enum tov_err tov_told_last(const struct tov_core *core, const struct tov_peer *peer,
                           struct tov_series series, struct tov_told *out_told) TOV_MUST_CHECK;
/* Whether receipts for it are set aside: before they are given anew no other is. */
enum tov_err tov_told_find_aside(const struct tov_core *core, struct tov_peer *peer) TOV_MUST_CHECK;
/* Gives them anew, into the open batch, once the recovery is closed and PEER has told what it was
 * given. */
enum tov_err tov_told_give_aside(struct tov_follow *follow, struct tov_peer *peer) TOV_MUST_CHECK;
/* For the present series of its ledger. */
enum tov_err tov_told_load(struct tov_core *core, struct tov_peer *peer) TOV_MUST_CHECK;
bool tov_told_covers(const struct tov_peer *peer, uint64_t link);
/* Whether a receipt has ever said that the message with LINK, which is covered, could be read. */
enum tov_err tov_told_had_keys(const struct tov_core *core, const struct tov_peer *peer,
                               uint64_t link, bool *out_had_keys) TOV_MUST_CHECK;
/* The flags of what receipts said last of it: of the moment at which it came first. */
enum tov_err tov_told_flags(const struct tov_core *core, const struct tov_peer *peer, uint64_t link,
                            uint8_t *out_flags) TOV_MUST_CHECK;
/* A message that was receipted before the recovery has come again, or is held without its keys, and
 * is judged NOW. SERIES: of its link. */
enum tov_err tov_told_again(struct tov_follow *follow, struct tov_peer *peer,
                            struct tov_series series,
                            const struct tov_receipt_amendment *now) TOV_MUST_CHECK;
/* Whether there are messages without keys that receipts which were read back may amend. */
enum tov_err tov_told_find_held(struct tov_core *core, struct tov_peer *peer) TOV_MUST_CHECK;
/* Says of some of those what is so of them, once the recovery is closed and their peer has told
 * what it was given. */
void tov_told_on_tick(struct tov_follow *follow);

#endif

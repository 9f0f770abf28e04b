/* SPDX-License-Identifier: EUPL-1.2
 *
 * Following: how ledgers travel (docs/architecture.md). This node discloses its ledger to each peer
 * in parcels and follows each peer's ledger into a mirror; receipts are entries, written in the
 * same transaction as what they speak of. Not for: what messages mean to people (api/), or sockets.
 * Never send anything of a turn before its commit; the node calls pump only after it.
 *
 *   F1 A mirror grows only by parcels whose signed root was computed here from its items (I6, I7).
 *   F2 Position, derived rows and receipt of a parcel are one transaction (I3).
 *   F3 One bad entry never blocks a link: it gets a verdict; one bad parcel never moves a position.
 *      Want of memory is no verdict: the node ends, and takes the parcel after its next start.
 *   F4 A stanza goes to no one beyond the right that the leaf gives.
 *   F5 A verdict speaks only of bytes that the sender's core signed: who carries a parcel can make
 *      it wait, and not make it be refused.
 */
#ifndef TOV_FOLLOW_FOLLOW_H
#define TOV_FOLLOW_FOLLOW_H

#include "ledger/message.h"
#include "wire/export.h"

struct tov_follow;

struct tov_follow_options {
    uint64_t window_bytes; /* in flight from one peer */
    uint64_t day_bytes;    /* of a peer's ledger that are taken in a day; at least one frame */
};

enum tov_err tov_follow_create(struct tov_core *core, const struct tov_follow_options *options,
                               struct tov_follow **out_follow,
                               struct tov_error *error) TOV_MUST_CHECK;
void tov_follow_destroy(struct tov_follow *follow);
TOV_DEFINE_CLEANUP(tov_follow, struct tov_follow, tov_follow_destroy)

/* ---- events ---- */

void tov_follow_on_up(struct tov_follow *follow, uint16_t agency);
void tov_follow_on_down(struct tov_follow *follow, uint16_t agency);
/* What a peer sent. Bad frames are dropped, counted and answered by backing off. */
void tov_follow_on_frame(struct tov_follow *follow, uint16_t agency, struct tov_bytes frame);
/* Once a second or so: retries, transfers, owed stanzas. */
void tov_follow_on_tick(struct tov_follow *follow);

/* Appends the receipts that this turn's parcels are owed. Call before each commit. */
enum tov_err tov_follow_before_commit(struct tov_follow *follow) TOV_MUST_CHECK;
/* Sends what may go: parcels of signed entries, late stanzas. Call after commits and signatures. */
void tov_follow_pump(struct tov_follow *follow);
/* True while frames of PEER should wait: what was accepted of them is not committed yet. */
bool tov_follow_is_busy(const struct tov_follow *follow);

/* ---- start rule (docs/guard.md) ---- */

enum tov_start_view {
    TOV_START_WAITING, /* keepers have not answered */
    TOV_START_FREE,    /* they hold nothing larger: signing may begin */
    TOV_START_BEHIND   /* a peer holds more of this ledger than this store: recover */
};
/* Keepers are asked again by each Hello. GUARD_AGREES says whether our own answers count. */
void tov_follow_set_started(struct tov_follow *follow, bool guard_agrees, bool started);
struct tov_start_question {
    uint64_t waited_ms;
    bool majority; /* of all the keepers, however long it takes; else all, or one and 30 s */
};
enum tov_start_view tov_follow_start_view(const struct tov_follow *follow,
                                          const struct tov_start_question *question);
/* The keepers that the roster names for this agency, and whose answers count: guard and store
 * agree there. */
struct tov_start_answers {
    size_t keepers, answered;
    size_t majority;   /* of them */
    char missing[256]; /* names, with commas; cut with "..." when there are many */
};
void tov_follow_start_answers(const struct tov_follow *follow,
                              struct tov_start_answers *out_answers);

/* Judges what waited for the roster that is in force now, or for this program, once for each, and
 * amends its receipts, into the open batch; what it does not come to it goes on with from tick to
 * tick. To be called when the node serves: it writes receipts. */
enum tov_err tov_follow_judge_waiting(struct tov_follow *follow) TOV_MUST_CHECK;
/* Whether parcels, late stanzas and chunks of the peers are taken. */
void tov_follow_set_takes(struct tov_follow *follow, bool takes);

/* ---- recovery (docs/recovery.md) ---- */

/* While it RECOVERS the peers are asked about this ledger and answered about theirs; none is asked
 * again what it holds. */
void tov_follow_set_recovers(struct tov_follow *follow, bool recovers);
/* Whether parcels and stanzas go. Never before a recovery is closed and what it says is lost is
 * signed: who is sent the hash of an entry that comes back later is never told of that entry. */
void tov_follow_set_sends(struct tov_follow *follow, bool sends);
/* The largest size of this ledger that a peer showed under the own key; 0: none. */
uint64_t tov_follow_held_most(const struct tov_follow *follow);
/* A peer showed more of this ledger than stands here, or something else, under the own key. */
bool tov_follow_is_behind(const struct tov_follow *follow);
/* A peer holds another history under the own key, or has shown one at any time. */
bool tov_follow_sees_fork(const struct tov_follow *follow);
/* Where in the table `fact` stands what is kept of two histories (fork.c). */
struct tov_store_key tov_fork_key(uint16_t agency, uint32_t generation);
/* A row of what is kept of two histories (fork.c), for an export. CORRUPT. */
enum tov_err tov_fork_decode(struct tov_bytes row, struct tov_export_fork *out_fork) TOV_MUST_CHECK;
/* Leaf hashes are asked for, for REBUILD, the caller's; NULL: no more. */
struct tov_rebuild;
void tov_follow_set_rebuild(struct tov_follow *follow, struct tov_rebuild *rebuild);
enum tov_recover_view {
    TOV_RECOVER_ASKING,
    TOV_RECOVER_NOBODY, /* nobody that is heard holds more than is verified */
    TOV_RECOVER_REFUSED /* nobody is left to ask whose answers fitted; they are asked again later */
};
/* In each turn while a rebuild is set: asks, and passes over who does not answer. */
enum tov_recover_view tov_follow_recover_step(struct tov_follow *follow);
/* All peers are to be asked for what they hold of the own entries [FROM, TO): into the open batch.
 * Until a peer has answered nothing is taken from it. */
void tov_follow_recall(struct tov_follow *follow, uint64_t from, uint64_t to);
struct tov_recall_view {
    size_t answered;  /* peers of which nothing is wanted any more */
    size_t answering; /* is heard, and has more to tell */
    size_t silent;    /* has more to tell, and is not heard */
    size_t pending;   /* answers that are taken in, and not durable yet */
    uint64_t changes; /* another number: what tov_follow_link_gap says may be another, or links
                       * have come back, and that is durable */
};
struct tov_recall_view tov_follow_recall_view(const struct tov_follow *follow);
/* Sets core->series, and where the own links go on, from the store: behind all that has come back,
 * from whomever and in whatever order. Nothing of either may be in an open batch. */
enum tov_err tov_follow_load_links(struct tov_follow *follow) TOV_MUST_CHECK;
/* The own links begin anew, in core->series. */
void tov_follow_begin_series(struct tov_follow *follow);

/* While DOUBTS the peers are asked for their clocks again and again: what they told may have been
 * wrong then. */
void tov_follow_doubt_clock(struct tov_follow *follow, bool doubts);
/* How often peers have told their clocks. */
uint64_t tov_follow_clock_claims(const struct tov_follow *follow);
/* What the peers' clocks say, carried on by the monotonic clock: at least half of those that have
 * told say that it is this or earlier. 0: none has told. So one peer that tells a time far ahead
 * moves it nowhere, where there is a second one. Claims before FLOOR_MS are of a clock that is
 * wrong, and do not count. */
uint64_t tov_follow_peer_clock(const struct tov_follow *follow, uint64_t floor_ms);

/* ---- witnessing ---- */

/* The next anchor of a peer that the guard shall cosign; borrowed until the answer. */
bool tov_follow_next_cosign(struct tov_follow *follow, struct tov_guard_cosign *out_cosign);
void tov_follow_on_cosigned(struct tov_follow *follow, enum tov_guard_refusal refusal,
                            const struct tov_guard_cosign_answer *answer);
/* Own entries below it are witnessed: enough peers have cosigned an anchor above them. */
uint64_t tov_follow_witnessed(const struct tov_follow *follow);
/* The list of the peers' newest anchors, for an own anchor's detached list: agency 2,
 * generation 4, size 8, root 32, signature 64 each. */
enum tov_err tov_follow_put_anchors_seen(const struct tov_follow *follow, struct tov_buf *out,
                                         uint16_t *out_count) TOV_MUST_CHECK;

/* ---- for writing messages ---- */

struct tov_link_heads tov_follow_link_heads(struct tov_follow *follow);
/* The keys of a message just written, so that its stanzas need not unwrap them. */
void tov_follow_remember_keys(struct tov_follow *follow, uint64_t index,
                              const struct tov_message_keys *keys);

/* Own messages are here, or can be read, from the commit of the open batch on that were not before:
 * who has read past their events reads again, once for many. TOV_E_NOMEM. */
enum tov_err tov_follow_note_readable(struct tov_follow *follow) TOV_MUST_CHECK;

/* ---- for showing ---- */

struct tov_peer_view {
    uint16_t agency;
    bool is_up;
    bool is_suspended;
    bool day_is_full; /* it has sent all that is taken in a day: what it sends, or its attachments,
                         waits */
    size_t in_vain;   /* attachments that it does not send, asked again and again */
    uint32_t roster_version; /* in force there, as it says; 0: it has not said yet */
    uint64_t held;           /* of its ledger, here */
    uint64_t acknowledged;   /* of ours, there */
    uint64_t links_sent, links_receipted;
    uint64_t faults;
    uint64_t last_heard_ms;
};
size_t tov_follow_peer_count(const struct tov_follow *follow);
void tov_follow_peer_view(const struct tov_follow *follow, size_t index,
                          struct tov_peer_view *out_view);

struct tov_delivery {
    struct tov_verdict_value verdict; /* verdict 0: no receipt yet */
    uint64_t received_ms;             /* when the receipt was stored here; 0: not yet */
    uint64_t receipt_index;           /* the receipt's entry in the peer's ledger then */
};
/* What PEER said of the own message with LINK. */
enum tov_err tov_follow_delivery(struct tov_store_read *read, uint16_t peer,
                                 const struct tov_link_block *link,
                                 struct tov_delivery *out_delivery) TOV_MUST_CHECK;
/* Whether RECEIPT, by the peer of that place, says something of the own link at PLACE. */
bool tov_receipt_speaks_of(const struct tov_leaf_receipt *receipt,
                           const struct tov_link_place *place);

/* The first own message at or behind *INOUT_PLACE, of any series, that its peer says it has and
 * cannot read yet (unopened.c). OUT_VERDICT: `no key`, `pending`, or verdict 0: it is something
 * else by now. TOV_E_NOT_FOUND: there is none. */
enum tov_err tov_follow_next_unopened(struct tov_store_read *read,
                                      struct tov_link_place *inout_place,
                                      struct tov_verdict_value *out_verdict) TOV_MUST_CHECK;

/* The first own message at or behind *INOUT_PLACE, of its series, of which no receipt speaks. It
 * looks over at most *INOUT_LEFT receipts, which it lessens. TOV_E_NOT_FOUND: there is none.
 * TOV_E_AGAIN: that was not enough; all before *INOUT_PLACE have one. */
enum tov_err tov_follow_next_unreceipted(struct tov_store_read *read,
                                         struct tov_link_place *inout_place,
                                         unsigned *inout_left) TOV_MUST_CHECK;

/* An own message that AGENCY could read, and cannot any more since it was set back (again.c). As in
 * proto/schema/api.proto. */
enum tov_again {
    TOV_AGAIN_NONE = 0,    /* it is not so */
    TOV_AGAIN_ASKED = 1,   /* it gets the keys again only when a person says so */
    TOV_AGAIN_REFUSED = 2, /* ... who said no */
    TOV_AGAIN_APPROVED = 3 /* ... who said yes: they go to it */
};
enum tov_err tov_follow_again(const struct tov_follow *follow, struct tov_store_read *read,
                              uint16_t agency, uint64_t index,
                              enum tov_again *out_state) TOV_MUST_CHECK;
/* Whether AGENCY still lacks the keys of own message INDEX when the open batch is committed.
 * TOV_E_NOT_FOUND: it does not, or is no peer. */
enum tov_err tov_follow_check_again(const struct tov_follow *follow, uint16_t agency,
                                    uint64_t index) TOV_MUST_CHECK;
/* What a person says, into the open batch, which has the entry of the journal, too.
 * TOV_E_NOT_FOUND: as tov_follow_check_again. */
enum tov_err tov_follow_give_again(struct tov_follow *follow, uint16_t agency, uint64_t index,
                                   bool approves) TOV_MUST_CHECK;

/* A message of a peer that could be read here before this store was set back, and whose sender's
 * people say whether its keys are given again (keys_lost.c). */
struct tov_keys_lost {
    struct tov_message_name name;
    uint64_t lost_ms; /* when this node said so */
};
/* The first of AGENCY's at or behind index INOUT_LOST->name.index. TOV_E_NOT_FOUND: there is none.
 */
enum tov_err tov_follow_next_keys_lost(const struct tov_follow *follow, struct tov_store_read *read,
                                       uint16_t agency,
                                       struct tov_keys_lost *inout_lost) TOV_MUST_CHECK;
/* The same of those that never had a key here; lost_ms: when the message came. */
enum tov_err tov_follow_next_keys_awaited(const struct tov_follow *follow,
                                          struct tov_store_read *read, uint16_t agency,
                                          struct tov_keys_lost *inout_awaited) TOV_MUST_CHECK;

/* What is known of an own message that has no link to AGENCY (any more); the last only api/ says.
 * As in proto/schema/api.proto. */
enum tov_link_gap {
    TOV_LINK_GAP_NONE = 0,     /* it is no peer: nobody sends it anything */
    TOV_LINK_GAP_UNKNOWN = 1,  /* it is still asked for what it was shown */
    TOV_LINK_GAP_WITHHELD = 2, /* it does not get it */
    TOV_LINK_GAP_TOLD = 3      /* ... and a later message has told it so */
};
enum tov_link_gap tov_follow_link_gap(const struct tov_follow *follow, uint16_t agency);

/* Proof source over the mirror of AGENCY's ledger, for standard inclusion proofs of what was
 * disclosed. */
struct tov_mirror_nodes {
    const struct tov_core *core;
    struct tov_store_read *read;
    uint16_t agency;
    uint32_t generation;
};
struct tov_node_source tov_mirror_node_source(struct tov_mirror_nodes *nodes);
/* The newest checkpoint followed of AGENCY's ledger at or above SIZE; TOV_E_NOT_FOUND. */
enum tov_err tov_mirror_checkpoint(struct tov_store_read *read, const struct tov_agency *agency,
                                   uint64_t size, struct tov_signed_size *out) TOV_MUST_CHECK;
/* How far AGENCY's ledger is held, as committed. TOV_E_NOT_FOUND: nothing is held of it. */
struct tov_mirror_position {
    uint16_t agency;
    uint64_t size;
    struct tov_series series; /* its generation is that of the ledger */
    uint64_t last_link;       /* of the unbroken ones; 0: none */
};
enum tov_err tov_mirror_position(struct tov_store_read *read, uint16_t agency,
                                 struct tov_mirror_position *out_position) TOV_MUST_CHECK;
/* Of former generations of all peers, at most CAPACITY. */
enum tov_err tov_mirror_formers(struct tov_store_read *read, struct tov_mirror_position *out,
                                size_t capacity, size_t *out_count) TOV_MUST_CHECK;

/* Files of the own MESSAGE that are not here are fetched back from its recipients, from the commit
 * of the open batch on. */
enum tov_err tov_follow_want_files(struct tov_follow *follow,
                                   const struct tov_message *message) TOV_MUST_CHECK;

/* How far an attachment is. Of an own message: it is here, or fetched back. TOV_E_NOT_FOUND: it is
 * none that is pulled. */
struct tov_transfer_view {
    uint32_t chunks_held, chunks_total;
    bool complete, failed;
};
/* How many attachments the own disk has changed so often that they are fetched no more, until the
 * next start. */
size_t tov_follow_gave_up(const struct tov_follow *follow);
enum tov_err tov_follow_transfer(const struct tov_follow *follow, struct tov_store_read *read,
                                 const struct tov_message_name *name, uint8_t part,
                                 struct tov_transfer_view *out_view) TOV_MUST_CHECK;

#endif

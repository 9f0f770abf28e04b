/* SPDX-License-Identifier: EUPL-1.2
 *
 * An agency whose node is no node of ours: it has the keys that the roster gives it (ledger,
 * control, transport) and says whatever a test wants, to one real node, the victim. Its ledger is a
 * real tree that it signs itself.
 * Not for: what honest nodes do (support/sim_wire.h).
 *
 *   hostile_create -> hostile_meet (both Hellos, the victim serves) -> entries -> hostile_flush
 */
#ifndef TOV_TESTS_UNIT_FOLLOW_HOSTILE_PEER_H
#define TOV_TESTS_UNIT_FOLLOW_HOSTILE_PEER_H

#include "envelope/part.h"
#include "envelope/stanza.h"
#include "ledger/epoch.h"
#include "merkle/range.h"
#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/frame.h"
#include "wire/payload.h"

struct hostile {
    struct sim_wire *wire;
    size_t index, victim;
    const struct tov_agency *agency; /* what it is in the roster */
    const struct tov_agency *target;
    uint8_t ledger_secret[64], control_secret[64];
    uint64_t random;

    /* its ledger */
    struct tov_range range;
    uint64_t sent; /* where the next parcel begins */
    struct tov_parcel_writer writer;
    struct tov_series series;
    uint64_t link;
    struct tov_hash link_leaf;
    struct tov_stanza_sender sender;
    struct tov_buf last_parcel;

    /* what the victim said */
    struct tov_frame_hello hello;
    uint8_t nonce[TOV_NONCE_BYTES]; /* our own */
    size_t hellos, parcels, late_stanzas, chunks, chunk_requests, stanzas, positions;
    size_t leaf_answers, leaves; /* answers to requests for leaves, and what was in them */
    uint64_t leaves_to;          /* how far the newest one goes */
    uint64_t position;           /* of our ledger there */
    struct tov_buf kept_parcel;  /* the newest parcel to us */
    struct tov_buf overheard;    /* the newest parcel of an honest agency to the victim */
};

/* A federation of COUNT agencies; agency 1 is hostile, 0 the victim, and neither is started. */
struct hostile *hostile_create(const char *name, size_t count);
void hostile_destroy(struct hostile *hostile);
TOV_DEFINE_CLEANUP(hostile, struct hostile, hostile_destroy)
/* Starts the victim (and the honest ones), connects and says Hello, so that it serves. */
void hostile_meet(struct hostile *hostile);
/* The first half of it: started and connected, nothing said. */
void hostile_connect(struct hostile *hostile);
/* Hello again, as after a new connection. HELD may be NULL. */
void hostile_hello(struct hostile *hostile, const struct tov_frame_checkpoint *held);

/* As a keeper that holds nothing of the victim's. */
void hostile_answer(struct hostile *hostile);

void hostile_random(struct hostile *hostile, void *out, size_t size);
struct tov_node *hostile_victim(const struct hostile *hostile);
struct tov_core *hostile_core(const struct hostile *hostile);
/* Gives FRAME to the victim and lets everything settle. */
void hostile_say(struct hostile *hostile, struct tov_bytes frame);
/* Says that it holds all that the victim has signed: what is owed to it goes. */
void hostile_hold_all(struct hostile *hostile);

/* ---- entries of its ledger ---- */

/* Time and blind are filled in. */
void hostile_append(struct hostile *hostile, struct tov_leaf *leaf);
void hostile_append_genesis(struct hostile *hostile);
/* An epoch key that is good from the first day on. */
void hostile_append_epoch(struct hostile *hostile, uint32_t epoch);
/* The same in a parcel of its own. */
void hostile_say_epoch(struct hostile *hostile, uint32_t epoch);
/* A receipt on WRITTEN, in a run or as an amendment. */
void hostile_append_receipt(struct hostile *hostile, const struct tov_message_written *written,
                            enum tov_verdict verdict, bool amends);
/* Any bytes as a leaf; DISCLOSED has everything but the leaf. */
struct tov_ref hostile_append_bytes(struct hostile *hostile, struct tov_bytes leaf,
                                    struct tov_frame_disclosed *disclosed);
/* COUNT entries that were erased, in as few parcels as they fit in. */
void hostile_say_erased(struct hostile *hostile, size_t count);
/* Signs the size and sends all since the last time. */
void hostile_flush(struct hostile *hostile);
/* The frame of what was appended since; what would have been sent stays in last_parcel. */
void hostile_make_parcel(struct hostile *hostile, struct tov_buf *out);

/* ---- messages ---- */

struct hostile_message {
    struct tov_leaf leaf;
    struct tov_message_keys keys;
    struct tov_buf header, content; /* plain */
    struct tov_buf sealed[3];       /* parts 0, 1 and an attachment */
    bool has_stanza, has_link, is_pulled;
    struct tov_link_block link;
    struct tov_stanza stanza;
    uint32_t epoch;
    struct tov_ref ref; /* once it is sent */
};
/* A good message to the victim; leaf, keys and parts may be changed before it is appended. */
void hostile_message_make(struct hostile *hostile, enum tov_right right,
                          struct hostile_message *message);
void hostile_message_fini(struct hostile_message *message);
/* Makes it an answer to TARGET. */
void hostile_message_answer(struct hostile_message *message, const struct tov_ref *target);
/* Adds an attachment of SIZE bytes that is pulled. */
void hostile_message_attach(struct hostile *hostile, struct hostile_message *message, size_t size);
/* Makes part PART of BYTES, sealed as a good part unless IS_GARBAGE: then the sealed bytes open
 * with no key; size and root are right. */
void hostile_message_reseal(struct hostile_message *message, uint8_t part, struct tov_bytes bytes,
                            bool is_garbage);
void hostile_message_commit(const struct hostile *hostile, struct hostile_message *message);
/* A stanza of it to the victim's newest epoch. */
void hostile_message_seal(struct hostile *hostile, struct hostile_message *message);
/* Next link block of its series. */
void hostile_message_link(struct hostile *hostile, struct hostile_message *message);
/* The last three, as far as they are wanted, and appends it. */
void hostile_message_append(struct hostile *hostile, struct hostile_message *message);

/* Appends, sends, and says what the newest receipt says of it. */
struct tov_verdict_value hostile_deliver(struct hostile *hostile, struct hostile_message *message);

/* Addresses and nonce are filled in, and it is signed. */
void hostile_say_control(struct hostile *hostile, struct tov_control *control);
/* Signs and says CONTROL as it is. */
void hostile_say_signed(struct hostile *hostile, const struct tov_control *control,
                        const uint8_t secret[64]);
void hostile_say_late_stanza(struct hostile *hostile, const struct hostile_message *message,
                             const struct tov_ref *ref);
void hostile_say_chunk(struct hostile *hostile, const struct hostile_message *message);

/* ---- what the victim says of it ---- */

/* The last verdict in its ledger on message LINK of the present series; verdict 0: none. */
struct tov_verdict_value hostile_verdict(const struct hostile *hostile, uint64_t link);
/* The leaf hash with which it did; zeros: in a run. */
struct tov_hash hostile_amended_hash(const struct hostile *hostile, uint64_t link);
/* How many entries of TYPE its ledger has. */
size_t hostile_count(const struct hostile *hostile, enum tov_leaf_type type);
/* The victim works: it has not failed, and its own message is signed. */
bool hostile_victim_works(struct hostile *hostile);
bool hostile_is_suspended(const struct hostile *hostile);

/* A request of the victim's caseworker ("list", "get", "status"): fills the body, runs until the
 * reply is there and returns it. */
struct tov_record hostile_ask(struct hostile *hostile, const char *request, uint64_t number);
/* The same on CONNECTION, which is gone before the answer. */
void hostile_ask_and_go(struct hostile *hostile, const char *request, uint64_t number,
                        uint64_t connection);
/* Its error. */
uint64_t hostile_ask_error(struct hostile *hostile, const char *request, uint64_t number);
/* How many answers message NUMBER is shown with. */
uint64_t hostile_count_answers(struct hostile *hostile, uint64_t number);
/* How many messages its inbox shows. */
size_t hostile_count_shown(struct hostile *hostile);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the files of api/ share: connections with their quotas, one request on its way, and messages
 * as one client sees them. Private to api/.
 * Not for: files outside this folder (api.h).
 * Never send a reply that tells of the open batch: answer by tov_api_reply_after or
 * tov_api_call_after.
 */
#ifndef TOV_API_API_INTERNAL_H
#define TOV_API_API_INTERNAL_H

#include "access/access.h"
#include "access/journal.h"
#include "api/api.h"
#include "api/policy.h"
#include "api/tags.h"
#include "book/book.h"
#include "wire/api.h"

/* Quotas (I11): of one client key over all its connections, and of one connection. */
#define TOV_API_IN_FLIGHT_MAX 4096u /* requests that wait for a commit, a key */
#define TOV_API_UPLOADS_MAX 4u      /* a key */
#define TOV_API_WATCHES_MAX 8u      /* a key */
#define TOV_API_OUTBOX_MAX_BYTES                                                            \
    (4u << 20)                        /* replies that the front does not take, a connection \
                                       */
#define TOV_API_CONNECTIONS_MAX 4096u /* all together */
#define TOV_API_CONNECTIONS_OF_KEY_MAX 64u
#define TOV_API_REPLY_GOAL_BYTES 180000u /* lists end here, under the frame limit */
#define TOV_API_DATA_MAX_BYTES 131072u   /* of uploads, attachments and exports in one frame */
#define TOV_API_WATCH_NAME_MAX_BYTES 63u
#define TOV_API_WATCH_NAMES_MAX 64u /* a client, for ever: each is a row that stays */
#define TOV_API_UPLOADS_MAX_BYTES \
    (TOV_ATTACHMENTS_MAX * TOV_ATTACHMENT_MAX_BYTES) /* under way, a key: of one full message */
#define TOV_API_SEARCH_PIECE_BYTES ((size_t)2 << 20)

/* Marks what clients are told in words that stand in no call of tov_fail: tests/lint/refusals.sh.
 */
#define API_TOLD(text) text

struct api_upload;

/* What one client key uses now; lives as long as it has a connection. */
struct api_key_use {
    struct api_key_use *next;
    uint8_t key[32];
    unsigned connections, in_flight, uploads, watches, waiting;
    uint64_t upload_bytes; /* of the files of those uploads, as they were announced */
    size_t waiting_bytes;
};

/* A subscription of one connection; id 0: free. */
struct api_watch {
    uint64_t id;
    uint64_t cursor;       /* events up to this one were sent or are not for the client */
    uint64_t caught_up_at; /* the newest event when it was asked for */
    bool told_caught_up;
    bool deliveries;
    bool without_written;
};

/* An attachment that this connection reads, with its access entry. */
struct api_grant {
    uint64_t number; /* 0: free */
    uint64_t total;  /* bytes of data */
    uint8_t part;
    bool is_committed;
};
#define API_GRANTS 16u

/* The newest search for a person on this connection, by find.c. */
struct api_search {
    uint64_t id; /* 0: none, or it has come to its end */
    uint8_t tag[TOV_TAG_BYTES];
    bool is_committed;
    uint64_t top;   /* the newest event when its entry was committed: later ones are not of it */
    uint64_t next;  /* `before` of the piece that comes next; 0: the first */
    uint64_t entry; /* of the journal: who, when and why */
};

struct api_connection {
    struct api_connection *next; /* in its bucket */
    uint64_t id;                 /* the front's: it counts from 1 again when it is started again */
    uint64_t serial;             /* never used twice while the node runs */
    const struct tov_client *client; /* in the registry of now */
    struct api_key_use *use;
    unsigned in_flight;    /* of use->in_flight, those of this connection */
    struct tov_buf outbox; /* u32 size, frame; in order */
    size_t outbox_sent;
    struct api_watch watches[TOV_API_WATCHES_MAX];
    size_t watch_count;
    struct api_grant grants[API_GRANTS];
    size_t next_grant;
    struct api_search search;
    struct api_upload *uploads; /* a list */
};

#define API_BUCKETS 1024u

#define API_START_PERSONS_MAX 8u
struct api_start_person {
    char name[TOV_NAME_MAX_BYTES + 1]; /* of the client; empty: nobody */
    uint64_t said_mono_ms;
};

/* What restores of late could not bring back; all zeros: nothing. How many entries that are is no
 * business of casework (I10). */
struct api_lost {
    uint64_t count;
    uint64_t from_ms, until_ms; /* it was written between these; from 0: not known */
};

struct tov_api {
    struct tov_core *core;
    struct tov_follow *follow;
    struct tov_clients *clients;
    bool demo_clock;
    struct tov_api_state state;
    uint64_t gateway_gone_ms; /* since when there is none; 0: there is one */
    bool witness_is_lost;     /* the guard cosigns nothing */
    bool start_waits;         /* for a majority of the keepers (start_anyway.c) */
    struct api_start_person start_persons[API_START_PERSONS_MAX];
    uint64_t committed_event; /* the newest durable one */
    uint64_t next_upload;
    uint64_t last_search;
    size_t search_piece_bytes; /* of contents that one piece of a search opens */
    struct tov_api_tags *tags;
    uint64_t tags_from, tags_regained; /* tov_api_tags_catch_up: events from there on are read when
                                        * core->regained_open is another one */
    struct tov_desk *desk;             /* read from the start on, with the ticks */
    struct tov_api_policy policy;
    struct api_settled *settled; /* undelivered.c */
    size_t settled_count, settled_room;
    uint64_t settled_regained, settled_recalled; /* with others, all is looked over anew */
    struct api_lost lost;                        /* as it was read last (lost.c) */
    bool has_lost;
    uint64_t lost_read_ms;
    struct tov_book *book;              /* read when somebody asks, and then kept up to date */
    struct api_brief_list *brief_lists; /* affairs as they were listed last (brief.c) */
    size_t listing_bytes;               /* kept with them */
    uint64_t brief_edition;             /* of the book that they were made from */
    struct api_waiting *waiting;        /* requests, in their order (wait.c) */
    struct api_waiting **waiting_end;
    size_t waiting_bytes;
    size_t checks_left; /* of messages of snapshots, until the next tick */
    bool rest_failed;   /* nothing more of it until the next tick */
    bool rest_failure_told;
    size_t slice_left;         /* of the turn's work on the book, for all requests together */
    bool is_stopping;          /* nothing is begun any more */
    bool runs_waiting;         /* the request on its way has waited for its turn */
    struct tov_key tag_key;    /* of idempotency keys; wiped at the end, as the next */
    struct tov_key record_key; /* of numbers in the own record */
    struct tov_key search_key; /* of the words of searches; another one at each start */
    struct api_connection *buckets[API_BUCKETS];
    struct api_key_use *uses;
    uint64_t last_serial; /* of connections */
    size_t connection_count;
    size_t watch_count;
    size_t outbox_count;  /* connections with something in their outbox */
    bool has_more;        /* watchers that a turn's share did not bring up to date */
    struct tov_buf frame; /* for encoding; wiped after content */
};

/* One request on its way. Handlers fill REPLY (an ApiReply) and return TOV_OK; or set error by
 * tov_fail(&call->error, ...) and return it; or defer. */
struct api_call {
    struct tov_api *api;
    struct tov_core *core;
    struct api_connection *connection;
    const struct tov_client *client;
    uint64_t id;
    struct tov_record request; /* the one that is set */
    struct tov_record reply;
    struct tov_error error;
    bool is_deferred;
    bool waits;       /* for the case book: AGAIN is no answer, the request is handled again */
    bool has_content; /* the reply's buffers are wiped */
};

typedef enum tov_err api_handler(struct api_call *call);

/* ---- answering later (api.c) ---- */

/* The reply as it is now goes out after the open batch's commit. */
enum tov_err tov_api_reply_after(struct api_call *call) TOV_MUST_CHECK;
/* THEN is called after the commit, with a fresh call without request; ARGUMENT comes back. */
struct api_argument {
    uint64_t number;
    uint64_t offset;
    uint32_t limit;
    uint8_t part;
    bool flag;
};
typedef enum tov_err api_then(struct api_call *call, const struct api_argument *argument);
enum tov_err tov_api_call_after(struct api_call *call, api_then *then,
                                const struct api_argument *argument) TOV_MUST_CHECK;
/* Before a tag is looked for: messages may have come back since, though not told or durable yet. */
enum tov_err tov_api_tags_catch_up(struct tov_api *api) TOV_MUST_CHECK;
/* The newest committed event, from the store. */
uint64_t tov_api_newest_event(struct tov_api *api);
/* Handles FRAME of a connection and answers. AGAIN: it must wait, and nothing was answered. */
enum tov_err tov_api_run_frame(struct tov_api *api, struct api_connection *connection,
                               struct tov_bytes frame) TOV_MUST_CHECK;
/* Answers FRAME of a connection with ERR in these words. */
struct api_refusal {
    enum tov_err err;
    const char *text;
};
void tov_api_refuse_frame(struct tov_api *api, struct api_connection *connection,
                          struct tov_bytes frame, const struct api_refusal *refusal);

/* ---- what waits for the case book (wait.c) ---- */

/* Brings the book up to what is committed, as far as the turn's slice reaches. AGAIN: that was not
 * enough, or others wait already (wait.c); the handler says so too, and is called again. */
enum tov_err tov_api_book_open(struct api_call *call, struct tov_store_read *read) TOV_MUST_CHECK;
/* When a turn begins: what may be read or folded of the book in it. */
void tov_api_slice_begin(struct tov_api *api);
/* Keeps FRAME, to be handled again. BUSY: too much waits, of its key or of all. */
enum tov_err tov_api_wait(struct tov_api *api, struct api_connection *connection,
                          struct tov_bytes frame) TOV_MUST_CHECK;
/* Of a connection that ends. */
void tov_api_waiting_drop(struct tov_api *api, const struct api_connection *connection);
void tov_api_rest_on_tick(struct tov_api *api);

/* ---- connections (connection.c) ---- */

struct api_connection *tov_api_connection_find(const struct tov_api *api, uint64_t id);
/* TOV_E_DENIED: the key is not registered; TOV_E_BUSY: too many connections. */
enum tov_err tov_api_connection_get(struct tov_api *api, const uint8_t key[32], uint64_t id,
                                    struct api_connection **out_connection) TOV_MUST_CHECK;
void tov_api_connection_close(struct tov_api *api, uint64_t id);
/* Closes a connection that is to blame, at the front too. */
void tov_api_connection_refuse(struct tov_api *api, struct api_connection *connection,
                               const char *why);
/* Sends or keeps FRAME for when the front takes more. */
void tov_api_send(struct tov_api *api, struct api_connection *connection, struct tov_bytes frame);
/* Encodes and sends an ApiReply record. */
void tov_api_send_record(struct tov_api *api, struct api_connection *connection,
                         struct tov_record reply, bool has_content);
void tov_api_flush_outboxes(struct tov_api *api);
/* Calls EACH for every connection; it may close that one. */
void tov_api_for_each(struct tov_api *api,
                      void (*each)(struct tov_api *api, struct api_connection *connection));

/* ---- messages as a client sees them (view.c) ---- */

/* Who looks, and within which read. */
struct api_look {
    struct tov_api *api;
    const struct tov_client *client;
    struct tov_store_read *read;
    struct tov_bytes unit; /* only as this unit; empty: all of the client's */
};

struct api_view {
    uint64_t number;
    struct tov_event event;
    struct tov_message *message;
    struct tov_record header;
    bool has_header;
    enum tov_sight sight;
    bool sends, receives; /* one of the client's units does */
};
enum tov_err tov_api_view_init(struct api_view *view) TOV_MUST_CHECK;
void tov_api_view_fini(struct api_view *view);
/* Loads the message that NUMBER is about (a written, received or attachment event). What the client
 * may not know of has sight TOV_SIGHT_NONE. TOV_E_NOT_FOUND: no message event. */
struct api_wanted {
    uint64_t number;
    enum tov_message_depth depth; /* at least TOV_MESSAGE_HEADER */
};
enum tov_err tov_api_view_load(const struct api_look *look, const struct api_wanted *wanted,
                               struct api_view *view) TOV_MUST_CHECK;
/* The same from an event that was read already. */
enum tov_err tov_api_view_event(const struct api_look *look, const struct tov_event *event,
                                const struct api_wanted *wanted,
                                struct api_view *view) TOV_MUST_CHECK;
/* Message NUMBER, which is set aside (ledger/aside.h): its header, unless its key is gone.
 * TOV_E_NOT_FOUND: it is not set aside. */
enum tov_err tov_api_view_aside(const struct api_look *look, uint64_t number,
                                struct api_view *view) TOV_MUST_CHECK;

/* Fills OUT, an ApiSummary. */
enum tov_err tov_api_put_summary(const struct api_look *look, const struct api_view *view,
                                 struct tov_record out) TOV_MUST_CHECK;
/* About how many bytes it will take. */
size_t tov_api_summary_size(const struct api_view *view);
/* Event NUMBER, or what it is of, is damaged and left out: one bad row must neither hide
 * the others nor end a subscription. */
void tov_api_log_unreadable(const struct tov_core *core, uint64_t number);
bool tov_api_is_shown(const struct api_look *look, uint64_t number);
/* Whether VIEW waits for somebody of the client's units to look at it: an acknowledgement does not,
 * since its sender's message tells of it. */
bool tov_api_is_unread(const struct api_look *look, const struct api_view *view);

/* The reference of the message that VIEW is of. */
struct tov_ref tov_api_view_ref(const struct api_view *view);

/* Whether the message of EVENT stands above the point at which its agency's key was revoked: it is
 * kept and shown, and has no effect. */
bool tov_api_is_void(const struct api_look *look, const struct tov_event *event);

/* What answers a message. */
struct api_replies {
    uint64_t count;
    bool is_retracted;   /* by its own sender */
    bool is_replaced;    /* so, by a correction */
    bool is_answered;    /* by this agency */
    size_t reader_count; /* agencies whose people took it */
    uint16_t readers[TOV_RECIPIENTS_MAX + 1];
};
enum tov_err tov_api_replies_of(const struct api_look *look, const struct api_view *view,
                                struct api_replies *out_replies) TOV_MUST_CHECK;
/* Who it is, into an ApiDelivery. */
enum tov_err tov_api_put_recipient(const struct tov_api *api, uint16_t agency,
                                   struct tov_record out) TOV_MUST_CHECK;
/* Appends ApiDelivery records, one for each other agency. */
enum tov_err tov_api_put_deliveries(const struct api_look *look, const struct api_view *view,
                                    const struct api_replies *replies,
                                    struct tov_record out) TOV_MUST_CHECK;

/* ---- what restores left (gaps.c, again.c, lost.c) ---- */

/* Other agencies that an own message names, and that do not get it or may not have it. */
struct api_gap {
    uint16_t agency;
    enum tov_link_gap kind;
};
struct api_gaps {
    size_t count;
    struct api_gap gaps[TOV_RECIPIENTS_MAX];
};
/* Whether there may be any: what tov_api_gaps_of looks at. */
bool tov_api_has_gap(const struct api_look *look, const struct api_view *view);
enum tov_err tov_api_gaps_of(const struct api_look *look, const struct api_view *view,
                             struct api_gaps *out_gaps) TOV_MUST_CHECK;
/* Appends an ApiDelivery record for each. */
enum tov_err tov_api_put_gaps(const struct api_look *look, const struct api_view *view,
                              struct tov_record out) TOV_MUST_CHECK;

/* again.c: borrowed; NULL: the own message has none to AGENCY. */
const struct tov_link_block *tov_api_link_to(const struct tov_message *message, uint16_t agency);
/* Whether AGENCY lacks the keys of the own message in VIEW, which it had. */
enum tov_err tov_api_again_of(const struct api_look *look, const struct api_view *view,
                              uint16_t agency, enum tov_again *out_state) TOV_MUST_CHECK;
/* undelivered.c: the own message with the link at PLACE. TOV_E_NOT_FOUND: nobody could bring it
 * back. */
struct api_sent {
    uint64_t index;
    uint64_t time_ms; /* at which it was written */
    uint64_t number;  /* under which it is shown; 0: it is erased */
};
enum tov_err tov_api_sent_at(struct tov_store_read *read, const struct tov_link_place *place,
                             struct api_sent *out_sent) TOV_MUST_CHECK;
/* Own messages that a recipient has no receipt for, or cannot read, undelivered_after_ms after they
 * were written: of those that LOOK's client may see. Those without a receipt in the present series
 * are the status's own (status.c); the others are added here, from one recipient to the next. */
struct api_undelivered {
    const struct api_look *look;
    struct api_view *view; /* to work with */
    bool is_unit;          /* casework: only what it may see is counted */
    bool may_look;         /* numbers of messages are for it */
    unsigned opened;       /* headers, for all recipients together */
    unsigned looked_over;  /* receipts, so */
    uint64_t count, oldest;
    bool is_cut; /* there are more than were looked at */
};
/* What AGENCY has and cannot read yet: it has no key to it, or waits for attachments. */
enum tov_err tov_api_count_unopened(struct api_undelivered *undelivered,
                                    uint16_t agency) TOV_MUST_CHECK;
/* What AGENCY has no receipt for, of the series before the present one. */
enum tov_err tov_api_count_former(struct api_undelivered *undelivered,
                                  uint16_t agency) TOV_MUST_CHECK;
/* What AGENCY, which is closed, did not get or could not read. It never will: however new it is. */
enum tov_err tov_api_count_closed(struct api_undelivered *undelivered,
                                  uint16_t agency) TOV_MUST_CHECK;
/* What was found out, and is kept for the next time. */
void tov_api_settled_forget(struct tov_api *api);

/* keys_lost.c: AGENCY's messages that could be read here, and whose keys a restore lost. */
struct api_keys_lost {
    uint64_t count;        /* of the client's units, by what they answered; of all to who checks */
    struct tov_ref oldest; /* of them; agency 0: none, or not for the client */
    bool has_unknown;      /* casework: there are some of which nobody knows for which unit */
    uint64_t since_ms;     /* when the newest of all these was lost; 0: none is */
    bool is_cut;           /* there are more than it looked at */
};
struct api_keys_lost_walk {
    const struct api_look *look;
    struct api_view *view, *answer; /* to work with */
    /* For each that is counted, with its view, whose number is 0; or NULL. OUT_FULL: no more. */
    enum tov_err (*each)(void *arg, const struct api_view *view, bool *out_full);
    void *arg;
    bool is_full; /* nothing more is looked at, of no agency */
};
/* Of the 200 oldest. */
enum tov_err tov_api_keys_lost_of(struct api_keys_lost_walk *walk, uint16_t agency,
                                  struct api_keys_lost *out_found) TOV_MUST_CHECK;
/* AGENCY's messages that came undelivered_after_ms ago or more, and whose keys have not come.
 * Nobody knows for which unit they are: who may read content is told that there are some, and not
 * how many.
 */
struct api_keys_awaited {
    uint64_t count;
    uint64_t since_ms; /* when the oldest came; 0: there is none */
    bool is_cut;       /* there are more than it looked at */
};
enum tov_err tov_api_keys_awaited_of(const struct api_look *look, struct api_view *view,
                                     uint16_t agency,
                                     struct api_keys_awaited *out_found) TOV_MUST_CHECK;

enum tov_err tov_api_lost_of(struct tov_api *api, struct tov_store_read *read,
                             struct api_lost *out_lost) TOV_MUST_CHECK;

/* aside.c: what becomes of message NUMBER, where it is set aside: it is written anew (UNAVAILABLE),
 * or could not be (ASIDE). OK: it is not set aside, or LOOK may not see it. VIEW is to work with.
 */
enum tov_err tov_api_check_aside(struct api_call *call, const struct api_look *look,
                                 struct api_view *view, uint64_t number) TOV_MUST_CHECK;
/* The failure of a request about message NUMBER, which LOOK may not see or which is not there:
 * as above, or NOT_FOUND. */
enum tov_err tov_api_no_message(struct api_call *call, const struct api_look *look,
                                struct api_view *view, uint64_t number) TOV_MUST_CHECK;
/* Messages that turned out in the last 30 days to be such as cannot be written again. */
#define API_ASIDE_NAMED 5u
struct api_aside {
    uint64_t count;                    /* casework: those that the client's units sent; else all */
    uint64_t last_ms;                  /* when that turned out, of the last of them */
    bool has_older;                    /* and of others before that */
    uint64_t numbers[API_ASIDE_NAMED]; /* casework: the first of them */
    bool has_unknown; /* casework: there are some of which nobody knows who sent them */
};
enum tov_err tov_api_aside_of(const struct api_look *look,
                              struct api_aside *out_aside) TOV_MUST_CHECK;

/* sentence.c: the state's, or of what else is the matter; empty when nothing is. */
enum tov_err tov_api_put_sentence(const struct api_look *look,
                                  struct tov_record out) TOV_MUST_CHECK;

/* ---- what requests have in common (fields.c) ---- */

/* The number that a request names by `number` or `ref`. TOV_E_NOT_FOUND with its words. */
enum tov_err tov_api_target(struct api_call *call, struct tov_store_read *read,
                            uint64_t *out_number) TOV_MUST_CHECK;
/* The answer's record in the reply. */
enum tov_err tov_api_answer(struct api_call *call, const char *name,
                            struct tov_record *out_answer) TOV_MUST_CHECK;
enum tov_err tov_api_put_count(struct tov_record record, const char *name,
                               uint64_t number) TOV_MUST_CHECK; /* nothing when 0 */
enum tov_err tov_api_put_view(struct tov_record record, const char *name,
                              struct tov_bytes text) TOV_MUST_CHECK;
/* TOV_E_NOT_FOUND in the words that a client gets for what is not there or not for it. */
enum tov_err tov_api_not_found(struct api_call *call);
/* Writes the access entry of CALL for a message. */
enum tov_err tov_api_note(struct api_call *call, enum tov_access_class class_code,
                          const struct api_view *view, struct tov_bytes reason) TOV_MUST_CHECK;
/* The same, and which entry of the journal it is. */
struct api_noting {
    enum tov_access_class class_code;
    const struct api_view *view; /* NULL: it is about no one message */
    struct tov_bytes reason;
};
/* TOV_E_FULL, with words, while core->waits_for_room: nothing is begun that would have to be
 * committed behind it. Ask before anything is put into the open batch. */
enum tov_err tov_api_check_room(struct api_call *call) TOV_MUST_CHECK;
enum tov_err tov_api_note_at(struct api_call *call, const struct api_noting *noting,
                             uint64_t *out_entry) TOV_MUST_CHECK;

/* ---- the agency's own record (record.c) ---- */

struct api_recorded {
    bool has_details; /* else the rest is zeros: its row cannot be read */
    uint64_t entry;   /* of the journal */
    uint64_t time_ms; /* of the first hand-over */
    uint8_t tag[TOV_TAG_BYTES];
};
/* TOV_E_NOT_FOUND: the message is not handed over. */
enum tov_err tov_api_recorded(const struct api_look *look, uint64_t number,
                              struct api_recorded *out) TOV_MUST_CHECK;
/* The first moment of the Danish day from which the node's copy may be erased; 0: none is set. */
uint64_t tov_api_erasable_ms(const struct tov_api *api, const struct api_view *view,
                             uint64_t recorded_ms);
/* Into an ApiSummary, when it is handed over. */
enum tov_err tov_api_put_recorded(const struct api_look *look, const struct api_view *view,
                                  struct tov_record out) TOV_MUST_CHECK;
/* Into an ApiGetReply: number and person, which are for those alone who see the content. Nothing
 * when the journal has no such entry any more. */
enum tov_err tov_api_put_record_entry(const struct api_look *look, const struct api_view *view,
                                      struct tov_record out) TOV_MUST_CHECK;

/* ---- requests ---- */

api_handler tov_api_hello, tov_api_submit, tov_api_upload_begin, tov_api_upload_data,
    tov_api_upload_cancel, tov_api_list, tov_api_get, tov_api_trace, tov_api_watch, tov_api_unwatch,
    tov_api_acknowledge, tov_api_attachment_read, tov_api_status, tov_api_export_read,
    tov_api_directory, tov_api_cases, tov_api_case_read, tov_api_record, tov_api_find,
    tov_api_start_anyway, tov_api_give_again;

/* upload.c */
struct tov_message_plan;
/* The finished upload ID of CALL's connection: its plan, ids and keys and claims filled in. The
 * plan is borrowed. */
enum tov_err tov_api_upload_find(struct api_call *call, uint64_t id,
                                 struct api_upload **out_upload) TOV_MUST_CHECK;
const struct tov_message_plan *tov_api_upload_plan(const struct api_upload *upload);
/* Content.attachments name exactly these files. */
enum tov_err tov_api_upload_check(struct api_call *call, const struct api_upload *upload,
                                  struct tov_record content) TOV_MUST_CHECK;
enum tov_err tov_api_upload_sync(struct api_call *call,
                                 const struct api_upload *upload) TOV_MUST_CHECK;
/* Moves the files to their names as message PLACE's attachments and ends the upload. */
enum tov_err tov_api_upload_take(struct api_call *call, struct api_upload *upload,
                                 const struct tov_message_name *name,
                                 const uint8_t id[TOV_MESSAGE_ID_BYTES]) TOV_MUST_CHECK;
void tov_api_uploads_drop(struct tov_api *api, struct api_connection *connection);
void tov_api_uploads_expire(struct tov_api *api, struct api_connection *connection);

/* watch.c */
void tov_api_watches_pump(struct tov_api *api);

#endif

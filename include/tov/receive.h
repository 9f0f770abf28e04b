/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading: lists, one message with its content, its evidence, its attachments.
 * Not for: being told of new messages (watch.h).
 * Never fetch content "to be safe": every fetch is an entry in the agency's journal, and the
 * citizen may ask who has looked.
 *
 * Errors of all requests here: NOT_FOUND (no such message, or not for this client), DENIED, ERASED,
 * EPOCH, BUSY, UNAVAILABLE, TIMEOUT, NOMEM, MALFORMED and VERSION (an answer that this library
 * cannot read). Of a message that the node took while its store was an old copy, and by its number
 * or the reference that it had: UNAVAILABLE until it is written anew, under the same number, and
 * ASIDE when it could not be (send it anew as another message). All block up to the client's
 * timeout, unless they say otherwise. One at a time.
 */
#ifndef TOV_RECEIVE_H
#define TOV_RECEIVE_H

#include <tov/client.h>
#include <tov/view.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- lists, newest first; with unrecorded_only oldest first ---- */

enum tov_box { TOV_BOX_ALL = 1, TOV_BOX_IN = 2, TOV_BOX_OUT = 3 };
#define TOV_LIST_MAX 200

struct tov_list_options {
    size_t size; /* sizeof(struct tov_list_options) */
    enum tov_box box;
    uint64_t before;                      /* numbers below this; 0: from the newest */
    uint32_t limit;                       /* 1..TOV_LIST_MAX; 0: 50; a page may have fewer */
    int unread_only;                      /* not yet shown to a person here; no ack.read */
    const char *unit;                     /* "kk/vink"; NULL: all of the client's units */
    const struct tov_message_ref *thread; /* only what answers this message; NULL: all */
    int unrecorded_only; /* not handed over to the agency's own record (journal.h); oldest first */
    uint64_t after;      /* with it, in place of `before`: numbers above this */
};
#define TOV_LIST_OPTIONS_INIT                                                   \
    {                                                                           \
        sizeof(struct tov_list_options), TOV_BOX_ALL, 0, 0, 0, NULL, NULL, 0, 0 \
    }

struct tov_listing;
TOV_API_CHECKED enum tov_err tov_message_list(struct tov_client *client,
                                              const struct tov_list_options *options,
                                              struct tov_listing **out_listing,
                                              struct tov_error *error);
TOV_API size_t tov_listing_count(const struct tov_listing *listing);
/* Header only. Borrowed; NULL: INDEX is not below the count. */
TOV_API const struct tov_message_view *tov_listing_at(const struct tov_listing *listing,
                                                      size_t index);
/* Messages that could be read here, and whose keys a restore lost (is_keys_lost of view.h): of
 * those that tov_peer_status.keys_lost counts (node.h) the first 50. They stand beside the newest
 * page of what came, not in it. Borrowed; NULL: INDEX is not below the count. */
TOV_API size_t tov_listing_keys_lost_count(const struct tov_listing *listing);
TOV_API const struct tov_message_view *tov_listing_keys_lost_at(const struct tov_listing *listing,
                                                                size_t index);
/* `before` of the next page; with unrecorded_only its `after`. 0: this is the last page. */
TOV_API uint64_t tov_listing_next(const struct tov_listing *listing);
/* With unrecorded_only: the node has not read all of its messages since its start, so there may be
 * more. Ask again. */
TOV_API int tov_listing_is_counting(const struct tov_listing *listing);
/* Of a search: contents that could not be read. Whether they name the person is open. */
TOV_API uint64_t tov_listing_not_read(const struct tov_listing *listing);
TOV_API void tov_listing_destroy(struct tov_listing *listing); /* NULL is fine */

/* ---- one message ---- */

/* By its number, or by REF when NUMBER is 0. REASON says why it is read; NULL: casework of the own
 * unit. The access is in the journal before this returns. */
struct tov_get_options {
    size_t size; /* sizeof(struct tov_get_options) */
    uint64_t number;
    const struct tov_message_ref *ref;
    const char *reason;
};
#define TOV_GET_OPTIONS_INIT                          \
    {                                                 \
        sizeof(struct tov_get_options), 0, NULL, NULL \
    }
TOV_API_CHECKED enum tov_err tov_message_get(struct tov_client *client,
                                             const struct tov_get_options *options,
                                             struct tov_message_view **out_view,
                                             struct tov_error *error);

/* The same without blocking: begin, then take until it is not AGAIN. */
struct tov_call;
TOV_API_CHECKED enum tov_err tov_message_get_begin(struct tov_client *client,
                                                   const struct tov_get_options *options,
                                                   struct tov_call **out_call,
                                                   struct tov_error *error);
TOV_API_CHECKED enum tov_err tov_call_take_message(struct tov_call *call,
                                                   struct tov_message_view **out_view,
                                                   struct tov_error *error);
TOV_API void tov_call_destroy(struct tov_call *call); /* forgets it; NULL is fine */

/* ---- evidence ---- */

/* A receipt of AGENCY, with its place in that agency's ledger. Borrowed from the trace. */
struct tov_receipt_proof {
    uint32_t agency;
    const char *origin;
    const uint8_t *leaf;
    size_t leaf_size;
    uint64_t index;
    const char *proof; /* tlog-proof text */
};
struct tov_trace;
/* All evidence of one message in the standard formats of docs/protocol.md; only number and ref of
 * the options are used. Shows no content. For lists NULL: INDEX is not below the count. */
TOV_API_CHECKED enum tov_err tov_message_trace(struct tov_client *client,
                                               const struct tov_get_options *options,
                                               struct tov_trace **out_trace,
                                               struct tov_error *error);
TOV_API const struct tov_message_view *tov_trace_message(const struct tov_trace *trace);
TOV_API const uint8_t *tov_trace_leaf(const struct tov_trace *trace, size_t *out_size);
TOV_API const char *tov_trace_origin(const struct tov_trace *trace);
TOV_API const char *tov_trace_proof(const struct tov_trace *trace); /* "" until it is signed */
TOV_API size_t tov_trace_receipt_count(const struct tov_trace *trace);
TOV_API const struct tov_receipt_proof *tov_trace_receipt(const struct tov_trace *trace,
                                                          size_t index);
TOV_API size_t tov_trace_cosignature_count(const struct tov_trace *trace);
TOV_API const char *tov_trace_cosignature(const struct tov_trace *trace, size_t index);
TOV_API void tov_trace_destroy(struct tov_trace *trace); /* NULL is fine */

/* ---- attachments ---- */

/* Called with the bytes written so far, in the thread of the call. Other than 0 gives up
 * (TOV_E_CLOSED). Must not use the client. */
typedef int (*tov_save_progress_fn)(void *arg, uint64_t done, uint64_t total);

struct tov_save_options {
    size_t size; /* sizeof(struct tov_save_options) */
    uint64_t number;
    const struct tov_message_ref *ref; /* when NUMBER is 0 */
    uint32_t part;                     /* of tov_attachment */
    int fd;                            /* where to write, from its present offset; stays open */
    tov_save_progress_fn progress;     /* NULL: none */
    void *progress_arg;
    const uint8_t *sha256; /* 32 bytes that the data must hash to, of tov_attachment; NULL: not
                              looked at */
};
#define TOV_SAVE_OPTIONS_INIT                                             \
    {                                                                     \
        sizeof(struct tov_save_options), 0, NULL, 0, -1, NULL, NULL, NULL \
    }
/* Writes an attachment to a descriptor, in pieces of at most 128 KiB: memory does not grow with its
 * size. It is not synced. On an error what was written so far is there, and is not the attachment:
 * empty the file and begin again. The reading is in the journal before the first byte comes.
 * ARGUMENT: no descriptor, or no message named; UNAVAILABLE: not all of it has arrived; PROOF: all
 * was written and is not what `sha256` says; IO, FULL: writing failed; CLOSED: progress gave up;
 * and as at the head. Blocks for as long as pieces come, each within the client's timeout. */
TOV_API_CHECKED enum tov_err tov_attachment_save(struct tov_client *client,
                                                 const struct tov_save_options *options,
                                                 struct tov_error *error);

#ifdef __cplusplus
}
#endif
#endif

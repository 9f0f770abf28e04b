/* SPDX-License-Identifier: EUPL-1.2
 *
 * One request on its way to the node, and its answer.
 * Not for: what requests say.
 * Never let a call end its scope without call_end: the client has it in its list.
 */
#ifndef TOV_LIB_CALL_H
#define TOV_LIB_CALL_H

#include <tov/client.h>

#include "base/cleanup.h"
#include "wire/api.h"

enum call_state {
    CALL_NONE = 0,    /* zeroed, or ended */
    CALL_WAITS = 1,   /* its frame is not sent yet */
    CALL_SENT = 2,    /* sent, no answer yet */
    CALL_STREAMS = 3, /* answers go to `event` until it ends */
    CALL_DONE = 4     /* answered, failed or overdue */
};

struct call {
    struct call *next;
    struct call *previous;
    struct tov_client *client;
    enum call_state state; /* changed by call_set_state alone */
    size_t size_bytes;     /* of its frame */
    uint64_t id;
    uint64_t deadline_ms; /* monotonic; UINT64_MAX: none */
    struct tov_buf frame;
    enum tov_err result; /* DONE: of the answer */
    struct tov_error error;
    struct tov_record reply; /* DONE: the whole reply, when there is one (also of a refusal) */
    /* Streams: called in tov_client_process with every good answer; it may take the record (zero
     * it). NULL: the first answer ends the call. */
    void (*event)(struct call *call, struct tov_record *reply);
    void *event_arg;
    bool is_loose; /* heap; nobody waits for it, the client frees it */
};

/* An empty request whose field NAME is opened: *OUT_BODY is to be filled in. */
enum tov_err request_create(const char *name, struct tov_record *out_request,
                            struct tov_record *out_body) TOV_MUST_CHECK;

/* Gives REQUEST a fresh id, encodes it and sends it as soon as it can. CALL is zeroed, or has its
 * event fields set. Errors: LIMIT, NOMEM, UNAVAILABLE (forked). */
enum tov_err call_begin(struct call *call, struct tov_client *client, struct tov_record request,
                        struct tov_error *error) TOV_MUST_CHECK;
/* Sends REQUEST; nobody looks at the answer. Best effort. */
void call_send_loose(struct tov_client *client, struct tov_record request);
void call_end(struct call *call); /* fine on a zeroed one */
/* AGAIN while it is not done; else its result with its words. */
enum tov_err call_result(const struct call *call, struct tov_error *error) TOV_MUST_CHECK;
/* Waits until it is done, and gives its result. An interrupt ends it with TIMEOUT. */
enum tov_err call_wait(struct call *call, struct tov_error *error) TOV_MUST_CHECK;
/* call_begin, call_wait, and the answer's field NAME: MALFORMED when the answer is another. */
struct call_order {
    struct tov_client *client;
    struct tov_record request;
    const char *answer; /* NULL: no body is expected */
};
enum tov_err call_do(struct call *call, const struct call_order *order, struct tov_record *out_body,
                     struct tov_error *error) TOV_MUST_CHECK;
/* The answer's field NAME of a call that is done and good. */
enum tov_err call_body(const struct call *call, const char *name, struct tov_record *out_body,
                       struct tov_error *error) TOV_MUST_CHECK;

/* Keeps the client's counts. */
void call_set_state(struct call *call, enum call_state state);
/* For the client: REPLY (may be taken) came for CALL; its time is over; its words. */
void call_answer(struct call *call, struct tov_record *reply);
void call_fail(struct call *call, enum tov_err code, const char *words);

#endif

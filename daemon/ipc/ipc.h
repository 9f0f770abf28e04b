/* SPDX-License-Identifier: EUPL-1.2
 *
 * Frames over a stream socket pair between two of tovd's processes: u32 big-endian length of
 * what follows, u8 kind, payload. Many frames share one read and one write; both directions are
 * bounded; the reading side trusts nothing that it is told.
 * Not for: what the kinds mean (ipc_kinds.h) or anything that leaves the machine unencrypted.
 * Never keep the view that tov_ipc_next gave: the next tov_ipc_receive ends it.
 *
 * One thread. A loop over it looks like this:
 *     poll POLLIN, and POLLOUT while tov_ipc_wants_write(ipc)
 *     readable: tov_ipc_receive(ipc) once, then tov_ipc_next(ipc, &frame) until TOV_E_AGAIN
 *     end of each turn: tov_ipc_flush(ipc)
 */
#ifndef TOV_DAEMON_IPC_IPC_H
#define TOV_DAEMON_IPC_IPC_H

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/limits.h"

/* The length field counts kind and payload: 1 to this. */
#define TOV_IPC_LENGTH_MAX_BYTES (TOV_FRAME_MAX_BYTES + 4096u)
#define TOV_IPC_PAYLOAD_MAX_BYTES (TOV_IPC_LENGTH_MAX_BYTES - 1u)
#define TOV_IPC_OVERHEAD_BYTES 5u /* length and kind of each frame, counted by the queue limit */

struct tov_ipc_frame {
    uint8_t kind;
    struct tov_bytes payload; /* borrowed from the input buffer */
};

struct tov_ipc;

/* Takes over the connected stream socket FD (made non-blocking, close-on-exec; closed by
 * destroy, and also when this fails). QUEUE_LIMIT_BYTES bounds what waits to be written. */
enum tov_err tov_ipc_create(int fd, size_t queue_limit_bytes,
                            struct tov_ipc **out_ipc) TOV_MUST_CHECK;
void tov_ipc_destroy(struct tov_ipc *ipc); /* NULL is fine; what is still queued is lost */
TOV_DEFINE_CLEANUP(tov_ipc, struct tov_ipc, tov_ipc_destroy)

/* A connected pair of stream sockets, both close-on-exec. */
enum tov_err tov_ipc_pair(int out_fds[2]) TOV_MUST_CHECK;

int tov_ipc_fd(const struct tov_ipc *ipc); /* for poll; stays IPC's */

/* Copies one frame, its payload the concatenation of PARTS, into the queue. Writes by itself only
 * when 64 KiB have gathered, so that many small frames cost one system call: the caller flushes
 * at the end of its turn (a loop that honours wants_write sends everything in any case).
 * TOV_E_BUSY: it does not fit the queue limit now, nothing was queued. TOV_E_LIMIT: larger than
 * a frame may be. TOV_E_CLOSED: the other end is gone. */
enum tov_err tov_ipc_send(struct tov_ipc *ipc, uint8_t kind, const struct tov_bytes *parts,
                          size_t count) TOV_MUST_CHECK;
/* Writes what the socket takes. TOV_OK also when something remains (see wants_write). */
enum tov_err tov_ipc_flush(struct tov_ipc *ipc) TOV_MUST_CHECK;
bool tov_ipc_wants_write(const struct tov_ipc *ipc);
size_t tov_ipc_queued_bytes(const struct tov_ipc *ipc);

/* One read of whatever the socket has, up to the buffer's room (always at least 64 KiB beyond a
 * partial frame). TOV_E_AGAIN: nothing there. TOV_E_CLOSED: end of stream or a broken one; frames
 * that arrived whole before it were given by tov_ipc_next already. Ends earlier views. */
enum tov_err tov_ipc_receive(struct tov_ipc *ipc) TOV_MUST_CHECK;
/* The next complete frame. TOV_E_AGAIN: none complete. TOV_E_MALFORMED: a length out of range;
 * nothing after it can be trusted, so close. */
enum tov_err tov_ipc_next(struct tov_ipc *ipc, struct tov_ipc_frame *out_frame) TOV_MUST_CHECK;

/* Descriptors: only an ipc that called allow_fds takes any (one that is sent to another is closed
 * by the kernel). Send waits until everything queued before is written, then sends FRAME and FD
 * together; FD stays the caller's. Take gives the one that came with the frame just given by
 * next, now the caller's, or -1. */
void tov_ipc_allow_fds(struct tov_ipc *ipc);
enum tov_err tov_ipc_send_fd(struct tov_ipc *ipc, const struct tov_ipc_frame *frame,
                             int fd) TOV_MUST_CHECK;
int tov_ipc_take_fd(struct tov_ipc *ipc);

/* For a party that has nothing else to do (a question to the guard; a test): flushes, waits at
 * most TIMEOUT_MS (-1: for ever) and gives the next frame. TOV_E_TIMEOUT, TOV_E_CLOSED,
 * TOV_E_MALFORMED. Ends earlier views. */
enum tov_err tov_ipc_wait(struct tov_ipc *ipc, int timeout_ms,
                          struct tov_ipc_frame *out_frame) TOV_MUST_CHECK;

#endif

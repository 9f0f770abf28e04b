/* SPDX-License-Identifier: EUPL-1.2
 *
 * Two plain byte buffers around a socket. The input buffer has a fixed size, room for the largest
 * frame and 64 KiB more, so that a peer can never make it grow; the output buffer grows to the
 * queue limit and is given back when it was large and has drained.
 *
 *   offset  bytes  field
 *   0       4      length of kind and payload, big-endian
 *   4       1      kind
 *   5       ...    payload
 */
#include "ipc/ipc.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ_AT_LEAST_BYTES 65536u
#define WRITE_WHEN_BYTES 65536u
#define INPUT_BYTES (4u + TOV_IPC_LENGTH_MAX_BYTES + READ_AT_LEAST_BYTES)
#define KEEP_OUTPUT_BYTES ((size_t)1024 * 1024)

/* Unread input is input[input_start, input_end), unwritten output output[output_start,
 * output_end). */
struct tov_ipc {
    int fd;
    bool broken; /* a write failed: everything after is lost, so say so */
    bool allow_fds;
    int arrived_fd; /* -1, or one that came with the length field that ends at fd_end */
    size_t fd_end;
    uint8_t *input;
    size_t input_start;
    size_t input_end;
    uint8_t *output;
    size_t output_start;
    size_t output_end;
    size_t output_capacity;
    size_t queue_limit;
};

enum tov_err tov_ipc_pair(int out_fds[2])
{
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
        return TOV_E_IO;
    out_fds[0] = fds[0];
    out_fds[1] = fds[1];
    return TOV_OK;
}

static enum tov_err prepare_socket(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
        return TOV_E_IO;
    /* Only for speed: the kernel cuts it to its own limit. */
    int size = 1024 * 1024;
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    return TOV_OK;
}

enum tov_err tov_ipc_create(int fd, size_t queue_limit_bytes, struct tov_ipc **out_ipc)
{
    struct tov_ipc *ipc = calloc(1, sizeof *ipc);
    if (ipc == NULL) {
        (void)close(fd);
        return TOV_E_NOMEM;
    }
    ipc->fd = fd;
    ipc->arrived_fd = -1;
    ipc->queue_limit = queue_limit_bytes;
    ipc->input = malloc(INPUT_BYTES);
    enum tov_err result = ipc->input == NULL ? TOV_E_NOMEM : prepare_socket(fd);
    if (result != TOV_OK) {
        tov_ipc_destroy(ipc);
        return result;
    }
    *out_ipc = ipc;
    return TOV_OK;
}

void tov_ipc_destroy(struct tov_ipc *ipc)
{
    if (ipc == NULL)
        return;
    (void)close(ipc->fd);
    if (ipc->arrived_fd >= 0)
        (void)close(ipc->arrived_fd);
    free(ipc->input);
    free(ipc->output);
    free(ipc);
}

int tov_ipc_fd(const struct tov_ipc *ipc)
{
    return ipc->fd;
}

size_t tov_ipc_queued_bytes(const struct tov_ipc *ipc)
{
    return ipc->output_end - ipc->output_start;
}

bool tov_ipc_wants_write(const struct tov_ipc *ipc)
{
    return tov_ipc_queued_bytes(ipc) > 0;
}

/* ---- sending ---- */

static void reset_drained_output(struct tov_ipc *ipc)
{
    ipc->output_start = 0;
    ipc->output_end = 0;
    if (ipc->output_capacity <= KEEP_OUTPUT_BYTES)
        return;
    free(ipc->output);
    ipc->output = NULL;
    ipc->output_capacity = 0;
}

enum tov_err tov_ipc_flush(struct tov_ipc *ipc)
{
    while (!ipc->broken && tov_ipc_wants_write(ipc)) {
        ssize_t sent =
            send(ipc->fd, ipc->output + ipc->output_start, tov_ipc_queued_bytes(ipc), MSG_NOSIGNAL);
        if (sent > 0)
            ipc->output_start += (size_t)sent;
        else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return TOV_OK;
        else if (sent < 0 && errno != EINTR)
            ipc->broken = true;
    }
    if (ipc->broken)
        return TOV_E_CLOSED;
    reset_drained_output(ipc);
    return TOV_OK;
}

/* Room for SIZE more bytes behind output_end: first by moving what waits to the front, when that
 * is at most half of the buffer, then by growing. */
static enum tov_err make_room(struct tov_ipc *ipc, size_t size)
{
    size_t queued = tov_ipc_queued_bytes(ipc);
    if (ipc->output_capacity - ipc->output_end >= size)
        return TOV_OK;
    if (ipc->output_capacity - queued >= size && ipc->output_start >= queued) {
        memcpy(ipc->output, ipc->output + ipc->output_start, queued);
    } else {
        size_t capacity = 2 * (queued + size);
        uint8_t *grown = malloc(capacity);
        if (grown == NULL)
            return TOV_E_NOMEM;
        if (queued > 0)
            memcpy(grown, ipc->output + ipc->output_start, queued);
        free(ipc->output);
        ipc->output = grown;
        ipc->output_capacity = capacity;
    }
    ipc->output_start = 0;
    ipc->output_end = queued;
    return TOV_OK;
}

enum tov_err tov_ipc_send(struct tov_ipc *ipc, uint8_t kind, const struct tov_bytes *parts,
                          size_t count)
{
    size_t payload = 0;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].size > TOV_IPC_PAYLOAD_MAX_BYTES - payload)
            return TOV_E_LIMIT;
        payload += parts[i].size;
    }
    if (ipc->broken)
        return TOV_E_CLOSED;
    size_t whole = TOV_IPC_OVERHEAD_BYTES + payload;
    size_t queued = tov_ipc_queued_bytes(ipc);
    if (queued > ipc->queue_limit || whole > ipc->queue_limit - queued)
        return TOV_E_BUSY;
    TOV_TRY(make_room(ipc, whole));
    uint8_t *at = ipc->output + ipc->output_end;
    tov_put_be32(at, (uint32_t)(payload + 1));
    at[4] = kind;
    at += TOV_IPC_OVERHEAD_BYTES;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].size > 0)
            memcpy(at, parts[i].data, parts[i].size);
        at += parts[i].size;
    }
    ipc->output_end += whole;
    return queued + whole >= WRITE_WHEN_BYTES ? tov_ipc_flush(ipc) : TOV_OK;
}

/* ---- receiving ---- */

static size_t length_at(const struct tov_ipc *ipc, size_t offset)
{
    struct tov_reader reader = tov_reader_of((struct tov_bytes){ipc->input + offset, 4});
    return tov_read_u32(&reader);
}

static void close_fd_of_given_frame(struct tov_ipc *ipc)
{
    if (ipc->arrived_fd < 0 || ipc->fd_end > ipc->input_start)
        return;
    (void)close(ipc->arrived_fd);
    ipc->arrived_fd = -1;
}

static void move_input_to_front(struct tov_ipc *ipc)
{
    size_t unread = ipc->input_end - ipc->input_start;
    close_fd_of_given_frame(ipc);
    if (ipc->input_start > 0 && unread > 0)
        memmove(ipc->input, ipc->input + ipc->input_start, unread);
    if (ipc->arrived_fd >= 0)
        ipc->fd_end -= ipc->input_start;
    ipc->input_start = 0;
    ipc->input_end = unread;
}

static void keep_arrived_fd(struct tov_ipc *ipc, struct msghdr *message)
{
    struct cmsghdr *control = CMSG_FIRSTHDR(message);
    if (control == NULL || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS)
        return;
    memcpy(&ipc->arrived_fd, CMSG_DATA(control), sizeof ipc->arrived_fd);
    ipc->fd_end = ipc->input_end;
}

/* How much to read at most. While a descriptor waits, only the rest of its frame: a second one
 * must not arrive before the first was taken. */
static size_t room_to_read(const struct tov_ipc *ipc)
{
    size_t room = INPUT_BYTES - ipc->input_end;
    if (ipc->arrived_fd < 0)
        return room;
    size_t missing = ipc->fd_end + length_at(ipc, ipc->fd_end - 4) - ipc->input_end;
    return missing < room ? missing : room;
}

static ssize_t read_some(struct tov_ipc *ipc, size_t room)
{
    if (!ipc->allow_fds)
        return recv(ipc->fd, ipc->input + ipc->input_end, room, 0);
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec vector = {ipc->input + ipc->input_end, room};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got = recvmsg(ipc->fd, &message, MSG_CMSG_CLOEXEC);
    if (got > 0) {
        ipc->input_end += (size_t)got;
        keep_arrived_fd(ipc, &message);
        ipc->input_end -= (size_t)got;
    }
    return got;
}

enum tov_err tov_ipc_receive(struct tov_ipc *ipc)
{
    move_input_to_front(ipc);
    size_t room = room_to_read(ipc);
    if (room == 0)
        return TOV_OK; /* full of frames that were not taken: nothing is lost by waiting */
    for (;;) {
        ssize_t got = read_some(ipc, room);
        if (got > 0) {
            ipc->input_end += (size_t)got;
            return TOV_OK;
        }
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return TOV_E_AGAIN;
        return TOV_E_CLOSED;
    }
}

enum tov_err tov_ipc_next(struct tov_ipc *ipc, struct tov_ipc_frame *out_frame)
{
    size_t unread = ipc->input_end - ipc->input_start;
    if (unread < 4)
        return TOV_E_AGAIN;
    size_t length = length_at(ipc, ipc->input_start);
    if (length == 0 || length > TOV_IPC_LENGTH_MAX_BYTES)
        return TOV_E_MALFORMED;
    if (unread - 4 < length)
        return TOV_E_AGAIN;
    const uint8_t *frame = ipc->input + ipc->input_start;
    out_frame->kind = frame[4];
    out_frame->payload = (struct tov_bytes){frame + TOV_IPC_OVERHEAD_BYTES, length - 1};
    ipc->input_start += 4 + length;
    return TOV_OK;
}

/* ---- descriptors ---- */

void tov_ipc_allow_fds(struct tov_ipc *ipc)
{
    ipc->allow_fds = true;
}

static enum tov_err wait_for(struct tov_ipc *ipc, short events, int timeout_ms)
{
    struct pollfd item = {.fd = ipc->fd, .events = events};
    int ready = poll(&item, 1, timeout_ms);
    if (ready < 0 && errno != EINTR)
        return TOV_E_IO;
    return ready == 0 ? TOV_E_TIMEOUT : TOV_OK;
}

static enum tov_err flush_all(struct tov_ipc *ipc)
{
    for (;;) {
        TOV_TRY(tov_ipc_flush(ipc));
        if (!tov_ipc_wants_write(ipc))
            return TOV_OK;
        TOV_TRY(wait_for(ipc, POLLOUT, -1));
    }
}

/* The descriptor travels with the length field alone, so the receiver's bytes up to it end inside
 * this frame and nowhere else. */
static enum tov_err send_length_with_fd(struct tov_ipc *ipc, size_t length, int fd)
{
    uint8_t field[4];
    tov_put_be32(field, (uint32_t)length);
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {.bytes = {0}};
    struct iovec vector = {field, sizeof field};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    ssize_t sent = sendmsg(ipc->fd, &message, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return TOV_E_AGAIN;
    return sent == (ssize_t)sizeof field ? TOV_OK : TOV_E_CLOSED;
}

enum tov_err tov_ipc_send_fd(struct tov_ipc *ipc, const struct tov_ipc_frame *frame, int fd)
{
    if (frame->payload.size > TOV_IPC_PAYLOAD_MAX_BYTES)
        return TOV_E_LIMIT;
    TOV_TRY(flush_all(ipc));
    enum tov_err sent;
    while ((sent = send_length_with_fd(ipc, frame->payload.size + 1, fd)) == TOV_E_AGAIN)
        TOV_TRY(wait_for(ipc, POLLOUT, -1));
    TOV_TRY(sent);
    TOV_TRY(make_room(ipc, frame->payload.size + 1));
    ipc->output[ipc->output_end++] = frame->kind;
    if (frame->payload.size > 0)
        memcpy(ipc->output + ipc->output_end, frame->payload.data, frame->payload.size);
    ipc->output_end += frame->payload.size;
    return flush_all(ipc);
}

int tov_ipc_take_fd(struct tov_ipc *ipc)
{
    if (ipc->arrived_fd < 0 || ipc->fd_end > ipc->input_start)
        return -1; /* it belongs to a frame that was not given yet */
    int fd = ipc->arrived_fd;
    ipc->arrived_fd = -1;
    return fd;
}

/* ---- waiting ---- */

static int64_t monotonic_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* One poll and what it brought; TOV_OK also when that was only room to write. */
static enum tov_err wait_once(struct tov_ipc *ipc, int timeout_ms)
{
    TOV_TRY(tov_ipc_flush(ipc));
    short events = (short)(POLLIN | (tov_ipc_wants_write(ipc) ? POLLOUT : 0));
    TOV_TRY(wait_for(ipc, events, timeout_ms));
    enum tov_err received = tov_ipc_receive(ipc);
    return received == TOV_E_AGAIN ? TOV_OK : received;
}

enum tov_err tov_ipc_wait(struct tov_ipc *ipc, int timeout_ms, struct tov_ipc_frame *out_frame)
{
    int64_t end = monotonic_ms() + timeout_ms;
    enum tov_err flushed = tov_ipc_flush(ipc);
    for (bool has_looked = false;; has_looked = true) {
        enum tov_err next = tov_ipc_next(ipc, out_frame);
        if (next != TOV_E_AGAIN)
            return next;
        TOV_TRY(flushed); /* only now: what had arrived before is still good */
        int64_t left = timeout_ms < 0 ? -1 : end - monotonic_ms();
        if (timeout_ms >= 0 && left < 0 && has_looked)
            return TOV_E_TIMEOUT;
        if (timeout_ms >= 0 && left < 0)
            left = 0; /* a clock that ticked meanwhile hides nothing that is there */
        TOV_TRY(wait_once(ipc, (int)left));
    }
}

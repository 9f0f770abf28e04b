/* SPDX-License-Identifier: EUPL-1.2
 *
 * What tovd's processes say to each other; the first byte says which: a stream of frames, the
 * payload of one kind of frame (the next byte), a request to the guard, an answer of it. What is
 * read is sent again as the same bytes; a stream gives the same frames however it is cut.
 */
#include "fuzz.h"

#include "guard/guard_protocol.h"
#include "ipc/ipc_messages.h"

#include <sys/socket.h>
#include <unistd.h>

#define QUEUE_BYTES (1u << 20)
#define STREAM_MAX_BYTES 65536u

/* ---- streams ---- */

/* Takes what is there; kinds and payloads are appended to OUT. False: it was refused. */
static bool take_frames(struct tov_ipc *ipc, struct tov_buf *out)
{
    enum tov_err err = tov_ipc_receive(ipc);
    MUST(err == TOV_OK || err == TOV_E_AGAIN || err == TOV_E_CLOSED);
    for (;;) {
        struct tov_ipc_frame frame;
        err = tov_ipc_next(ipc, &frame);
        if (err != TOV_OK)
            break;
        tov_buf_put_u8(out, frame.kind);
        tov_buf_put_u32(out, (uint32_t)frame.payload.size);
        tov_buf_put_bytes(out, frame.payload);
    }
    MUST(err == TOV_E_AGAIN || err == TOV_E_MALFORMED);
    return err == TOV_E_AGAIN;
}

static void read_stream(struct tov_bytes stream, size_t step, struct tov_buf *out)
{
    TOV_CLEANUP(tov_ipc_cleanup) struct tov_ipc *ipc = NULL;
    int fds[2];
    MUST(tov_ipc_pair(fds) == TOV_OK && tov_ipc_create(fds[0], QUEUE_BYTES, &ipc) == TOV_OK);
    for (size_t at = 0; at < stream.size; at += step) {
        size_t size = stream.size - at < step ? stream.size - at : step;
        MUST(send(fds[1], stream.data + at, size, MSG_NOSIGNAL) == (ssize_t)size);
        if (!take_frames(ipc, out))
            break;
    }
    (void)close(fds[1]);
}

static void try_stream(struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf whole = TOV_BUF_INIT(2 * STREAM_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf cut = TOV_BUF_INIT(2 * STREAM_MAX_BYTES);
    if (bytes.size < 2 || bytes.size > STREAM_MAX_BYTES / 4)
        return;
    struct tov_bytes stream = {bytes.data + 1, bytes.size - 1};
    read_stream(stream, stream.size, &whole);
    read_stream(stream, (size_t)bytes.data[0] * 16 + 1, &cut);
    fuzz_must_equal(&cut, tov_buf_view(&whole));
}

/* ---- payloads ---- */

struct pair {
    struct tov_ipc *from, *to;
};

static struct pair *the_pair(void)
{
    static struct pair pair;
    int fds[2];
    if (pair.from != NULL)
        return &pair;
    MUST(tov_ipc_pair(fds) == TOV_OK);
    MUST(tov_ipc_create(fds[0], QUEUE_BYTES, &pair.from) == TOV_OK);
    MUST(tov_ipc_create(fds[1], QUEUE_BYTES, &pair.to) == TOV_OK);
    return &pair;
}

static enum tov_err send_status(struct tov_ipc *ipc, struct tov_bytes payload)
{
    struct tov_bytes text;
    TOV_TRY(tov_ipc_read_text(payload, &text));
    if (memchr(text.data, '\0', text.size) != NULL)
        return TOV_E_ARGUMENT; /* senders have C strings */
    TOV_FREE char *copy = fuzz_text(text);
    return tov_ipc_send_text(ipc, TOV_IPC_SV_STATUS, copy);
}

static enum tov_err send_agency(struct tov_ipc *ipc, struct tov_bytes payload)
{
    uint16_t agency;
    TOV_TRY(tov_ipc_read_agency(payload, &agency));
    return tov_ipc_send_agency(ipc, TOV_IPC_GW_PEER_UP, agency);
}

static enum tov_err send_amount(struct tov_ipc *ipc, struct tov_bytes payload)
{
    uint16_t agency;
    uint32_t amount;
    TOV_TRY(tov_ipc_read_amount(payload, &agency, &amount));
    return tov_ipc_send_amount(ipc, TOV_IPC_GW_CREDIT, agency, amount);
}

static enum tov_err send_peer_frame(struct tov_ipc *ipc, struct tov_bytes payload)
{
    uint16_t agency;
    struct tov_bytes frame;
    TOV_TRY(tov_ipc_read_peer_frame(payload, &agency, &frame));
    return tov_ipc_send_peer_frame(ipc, agency, frame);
}

static enum tov_err send_peers(struct tov_ipc *ipc, struct tov_bytes payload)
{
    TOV_FREE struct tov_ipc_peer *peers = NULL;
    uint16_t own;
    size_t count;
    TOV_TRY(tov_ipc_read_peers(payload, &own, &peers, &count));
    return tov_ipc_send_peers(ipc, own, peers, count);
}

static enum tov_err send_request(struct tov_ipc *ipc, struct tov_bytes payload)
{
    struct tov_ipc_request request;
    TOV_TRY(tov_ipc_read_request(payload, &request));
    return tov_ipc_send_request(ipc, &request);
}

static enum tov_err send_reply(struct tov_ipc *ipc, struct tov_bytes payload)
{
    uint64_t connection;
    struct tov_bytes frame;
    TOV_TRY(tov_ipc_read_reply(payload, &connection, &frame));
    return tov_ipc_send_reply(ipc, connection, frame);
}

static enum tov_err send_connection(struct tov_ipc *ipc, struct tov_bytes payload)
{
    uint64_t connection;
    TOV_TRY(tov_ipc_read_connection(payload, &connection));
    return tov_ipc_send_connection(ipc, TOV_IPC_FR_GONE, connection);
}

static enum tov_err send_clients(struct tov_ipc *ipc, struct tov_bytes payload)
{
    const struct tov_ipc_key *keys;
    size_t count;
    TOV_TRY(tov_ipc_read_clients(payload, &keys, &count));
    return tov_ipc_send_clients(ipc, keys, count);
}

/* What is read and sent again is what came. */
static void try_payload(struct tov_bytes bytes)
{
    static enum tov_err (*const again[])(struct tov_ipc * ipc, struct tov_bytes payload) = {
        send_status,  send_agency, send_amount,     send_peer_frame, send_peers,
        send_request, send_reply,  send_connection, send_clients};
    struct tov_ipc_frame frame;
    struct pair *pair = the_pair();
    enum tov_ipc_link link;
    if (bytes.size == 0)
        return;
    struct tov_bytes payload = {bytes.data + 1, bytes.size - 1};
    if (tov_ipc_read_link(payload, &link) == TOV_OK)
        MUST(payload.size == 1 && payload.data[0] == (uint8_t)link);
    enum tov_err err = again[bytes.data[0] % (sizeof again / sizeof again[0])](pair->from, payload);
    if (err != TOV_OK) {
        MUST(err == TOV_E_MALFORMED || err == TOV_E_ARGUMENT || err == TOV_E_VERSION);
        return;
    }
    MUST(tov_ipc_flush(pair->from) == TOV_OK && !tov_ipc_wants_write(pair->from));
    MUST(tov_ipc_wait(pair->to, 0, &frame) == TOV_OK);
    MUST(tov_bytes_equal(frame.payload, payload));
}

/* ---- the guard ---- */

static void try_guard_request(struct tov_bytes bytes)
{
    static struct tov_guard_request request;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_IPC_PAYLOAD_MAX_BYTES);
    if (bytes.size == 0)
        return;
    struct tov_bytes payload = {bytes.data + 1, bytes.size - 1};
    uint8_t kind = (uint8_t)(TOV_GUARD_HELLO + bytes.data[0] % (TOV_GUARD_OPS + 1));
    enum tov_err err = tov_guard_request_decode(kind, payload, &request);
    MUST(err == TOV_OK || err == TOV_E_MALFORMED || err == TOV_E_LIMIT);
    if (err != TOV_OK)
        return;
    MUST(tov_guard_request_encode(&request, &out) == TOV_OK);
    fuzz_must_equal(&out, payload);
}

static void try_guard_answer(struct tov_bytes bytes)
{
    static struct tov_guard_answer answer;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_IPC_PAYLOAD_MAX_BYTES);
    if (bytes.size == 0)
        return;
    struct tov_bytes payload = {bytes.data + 1, bytes.size - 1};
    uint8_t kind =
        (uint8_t)(TOV_GUARD_ANSWER + TOV_GUARD_HELLO + bytes.data[0] % (TOV_GUARD_OPS + 1));
    if (tov_guard_answer_decode(kind, payload, &answer) != TOV_OK)
        return;
    MUST(strlen(tov_guard_refusal_name(answer.refusal)) > 0);
    MUST(tov_guard_answer_encode(&answer, &out) == TOV_OK);
    fuzz_must_equal(&out, payload);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fuzz_attempt *const attempts[] = {try_payload, try_stream, try_guard_request,
                                             try_guard_answer};
    return fuzz_choose(attempts, sizeof attempts / sizeof attempts[0], data, size);
}

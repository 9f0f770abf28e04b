/* SPDX-License-Identifier: EUPL-1.2
 *
 * One pair of functions for each payload of ipc_kinds.h; the layouts stand there.
 */
#include "ipc/ipc_messages.h"

#include <assert.h>
#include <string.h>

#define PEER_DIALS 1u

static_assert(sizeof(struct tov_ipc_key) == TOV_IPC_KEY_BYTES, "an array of keys is their bytes");
static_assert(6 + TOV_AGENCIES_MAX * (5 + 2 * TOV_IPC_KEY_BYTES + TOV_IPC_ENDPOINT_MAX_BYTES) <=
                  TOV_IPC_PAYLOAD_MAX_BYTES,
              "all peers fit one frame");
static_assert(2 + TOV_IPC_CLIENTS_MAX * TOV_IPC_KEY_BYTES <= TOV_IPC_PAYLOAD_MAX_BYTES,
              "all clients fit one frame");

static enum tov_err done(const struct tov_reader *reader)
{
    return tov_reader_is_done(reader) ? TOV_OK : TOV_E_MALFORMED;
}

enum tov_err tov_ipc_send_kind(struct tov_ipc *ipc, enum tov_ipc_kind kind)
{
    return tov_ipc_send(ipc, (uint8_t)kind, NULL, 0);
}

/* ---- supervisor ---- */

enum tov_err tov_ipc_send_text(struct tov_ipc *ipc, enum tov_ipc_kind kind, const char *text)
{
    size_t size = strnlen(text, 255);
    uint8_t length = (uint8_t)size;
    struct tov_bytes parts[] = {{&length, 1}, {(const uint8_t *)text, size}};
    return tov_ipc_send(ipc, (uint8_t)kind, parts, 2);
}

enum tov_err tov_ipc_read_text(struct tov_bytes payload, struct tov_bytes *out_text)
{
    struct tov_reader reader = tov_reader_of(payload);
    struct tov_bytes text = tov_read_bytes(&reader, tov_read_u8(&reader));
    TOV_TRY(done(&reader));
    *out_text = text;
    return TOV_OK;
}

enum tov_err tov_ipc_send_link(struct tov_ipc *ipc, enum tov_ipc_link link, int fd)
{
    uint8_t byte = (uint8_t)link;
    struct tov_ipc_frame frame = {.kind = TOV_IPC_SV_LINK, .payload = {&byte, 1}};
    return tov_ipc_send_fd(ipc, &frame, fd);
}

enum tov_err tov_ipc_send_unlink(struct tov_ipc *ipc, enum tov_ipc_link link)
{
    uint8_t byte = (uint8_t)link;
    return tov_ipc_send(ipc, TOV_IPC_SV_UNLINK, &(struct tov_bytes){&byte, 1}, 1);
}

enum tov_err tov_ipc_read_link(struct tov_bytes payload, enum tov_ipc_link *out_link)
{
    struct tov_reader reader = tov_reader_of(payload);
    uint8_t link = tov_read_u8(&reader);
    TOV_TRY(done(&reader));
    if (link > TOV_IPC_LINK_FRONT)
        return TOV_E_MALFORMED;
    *out_link = (enum tov_ipc_link)link;
    return TOV_OK;
}

/* ---- gateway ---- */

enum tov_err tov_ipc_send_agency(struct tov_ipc *ipc, enum tov_ipc_kind kind, uint16_t agency)
{
    uint8_t field[2];
    tov_put_be16(field, agency);
    return tov_ipc_send(ipc, (uint8_t)kind, &TOV_BYTES_OF(field), 1);
}

enum tov_err tov_ipc_read_agency(struct tov_bytes payload, uint16_t *out_agency)
{
    struct tov_reader reader = tov_reader_of(payload);
    uint16_t agency = tov_read_u16(&reader);
    TOV_TRY(done(&reader));
    *out_agency = agency;
    return TOV_OK;
}

enum tov_err tov_ipc_send_amount(struct tov_ipc *ipc, enum tov_ipc_kind kind, uint16_t agency,
                                 uint32_t amount)
{
    uint8_t fields[6];
    tov_put_be16(fields, agency);
    tov_put_be32(fields + 2, amount);
    return tov_ipc_send(ipc, (uint8_t)kind, &TOV_BYTES_OF(fields), 1);
}

enum tov_err tov_ipc_read_amount(struct tov_bytes payload, uint16_t *out_agency,
                                 uint32_t *out_amount)
{
    struct tov_reader reader = tov_reader_of(payload);
    uint16_t agency = tov_read_u16(&reader);
    uint32_t amount = tov_read_u32(&reader);
    TOV_TRY(done(&reader));
    *out_agency = agency;
    *out_amount = amount;
    return TOV_OK;
}

static bool frame_fits(struct tov_bytes frame)
{
    return frame.size > 0 && frame.size <= TOV_FRAME_MAX_BYTES;
}

enum tov_err tov_ipc_send_peer_frame(struct tov_ipc *ipc, uint16_t agency, struct tov_bytes frame)
{
    if (!frame_fits(frame))
        return TOV_E_LIMIT;
    uint8_t field[2];
    tov_put_be16(field, agency);
    struct tov_bytes parts[] = {TOV_BYTES_OF(field), frame};
    return tov_ipc_send(ipc, TOV_IPC_GW_FRAME, parts, 2);
}

enum tov_err tov_ipc_read_peer_frame(struct tov_bytes payload, uint16_t *out_agency,
                                     struct tov_bytes *out_frame)
{
    struct tov_reader reader = tov_reader_of(payload);
    uint16_t agency = tov_read_u16(&reader);
    struct tov_bytes frame = tov_read_bytes(&reader, reader.left);
    if (!tov_reader_is_done(&reader) || !frame_fits(frame))
        return TOV_E_MALFORMED;
    *out_agency = agency;
    *out_frame = frame;
    return TOV_OK;
}

static bool peer_is_well_formed(const struct tov_ipc_peer *peer, uint16_t own, uint16_t previous)
{
    size_t endpoint = strnlen(peer->endpoint, sizeof peer->endpoint);
    return peer->agency > previous && peer->agency <= TOV_AGENCIES_MAX && peer->agency != own &&
           peer->key_count >= 1 && peer->key_count <= 2 && endpoint <= TOV_IPC_ENDPOINT_MAX_BYTES &&
           (!peer->dial || endpoint > 0);
}

static void put_peer(struct tov_buf *buf, const struct tov_ipc_peer *peer)
{
    tov_buf_put_u16(buf, peer->agency);
    tov_buf_put_u8(buf, peer->dial ? PEER_DIALS : 0);
    tov_buf_put_u8(buf, peer->key_count);
    tov_buf_put(buf, peer->keys, peer->key_count * sizeof peer->keys[0]);
    tov_buf_put_u8(buf, (uint8_t)strlen(peer->endpoint));
    tov_buf_put_text(buf, peer->endpoint);
}

enum tov_err tov_ipc_send_peers(struct tov_ipc *ipc, uint16_t own, const struct tov_ipc_peer *peers,
                                size_t count)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf buf = TOV_BUF_INIT(TOV_IPC_PAYLOAD_MAX_BYTES);
    if (count > TOV_AGENCIES_MAX)
        return TOV_E_ARGUMENT;
    tov_buf_put_u16(&buf, TOV_IPC_GATEWAY_VERSION);
    tov_buf_put_u16(&buf, own);
    tov_buf_put_u16(&buf, (uint16_t)count);
    uint16_t previous = 0;
    for (size_t i = 0; i < count; i++) {
        if (!peer_is_well_formed(&peers[i], own, previous))
            return TOV_E_ARGUMENT;
        put_peer(&buf, &peers[i]);
        previous = peers[i].agency;
    }
    TOV_TRY(buf.failed);
    struct tov_bytes payload = tov_buf_view(&buf);
    return tov_ipc_send(ipc, TOV_IPC_GW_PEERS, &payload, 1);
}

static bool read_peer(struct tov_reader *reader, struct tov_ipc_peer *out_peer)
{
    *out_peer = (struct tov_ipc_peer){.agency = tov_read_u16(reader)};
    uint8_t flags = tov_read_u8(reader);
    out_peer->dial = (flags & PEER_DIALS) != 0;
    out_peer->key_count = tov_read_u8(reader);
    if (out_peer->key_count > 2 || (flags & ~PEER_DIALS) != 0)
        return false;
    tov_read_copy(reader, out_peer->keys, out_peer->key_count * sizeof out_peer->keys[0]);
    uint8_t size = tov_read_u8(reader);
    if (size > TOV_IPC_ENDPOINT_MAX_BYTES)
        return false;
    tov_read_copy(reader, out_peer->endpoint, size);
    return !reader->failed && strlen(out_peer->endpoint) == size;
}

enum tov_err tov_ipc_read_peers(struct tov_bytes payload, uint16_t *out_own,
                                struct tov_ipc_peer **out_peers, size_t *out_count)
{
    struct tov_reader reader = tov_reader_of(payload);
    uint16_t version = tov_read_u16(&reader);
    if (!reader.failed && version != TOV_IPC_GATEWAY_VERSION)
        return TOV_E_VERSION;
    uint16_t own = tov_read_u16(&reader);
    size_t count = tov_read_u16(&reader);
    if (reader.failed || count > TOV_AGENCIES_MAX)
        return TOV_E_MALFORMED;
    TOV_FREE struct tov_ipc_peer *peers = calloc(count + 1, sizeof *peers);
    if (peers == NULL)
        return TOV_E_NOMEM;
    uint16_t previous = 0;
    for (size_t i = 0; i < count; i++) {
        if (!read_peer(&reader, &peers[i]) || !peer_is_well_formed(&peers[i], own, previous))
            return TOV_E_MALFORMED;
        previous = peers[i].agency;
    }
    TOV_TRY(done(&reader));
    *out_own = own;
    *out_count = count;
    *out_peers = TOV_TAKE(peers);
    return TOV_OK;
}

/* ---- front ---- */

enum tov_err tov_ipc_send_request(struct tov_ipc *ipc, const struct tov_ipc_request *request)
{
    if (!frame_fits(request->frame))
        return TOV_E_LIMIT;
    uint8_t connection[8];
    tov_put_be64(connection, request->connection);
    struct tov_bytes parts[] = {TOV_BYTES_OF(request->client.bytes), TOV_BYTES_OF(connection),
                                TOV_BYTES_OF(request->mac), request->frame};
    return tov_ipc_send(ipc, TOV_IPC_FR_FRAME, parts, 4);
}

enum tov_err tov_ipc_read_request(struct tov_bytes payload, struct tov_ipc_request *out_request)
{
    struct tov_reader reader = tov_reader_of(payload);
    struct tov_ipc_request request;
    tov_read_copy(&reader, request.client.bytes, sizeof request.client.bytes);
    request.connection = tov_read_u64(&reader);
    tov_read_copy(&reader, request.mac, sizeof request.mac);
    request.frame = tov_read_bytes(&reader, reader.left);
    if (!tov_reader_is_done(&reader) || !frame_fits(request.frame))
        return TOV_E_MALFORMED;
    *out_request = request;
    return TOV_OK;
}

enum tov_err tov_ipc_send_reply(struct tov_ipc *ipc, uint64_t connection, struct tov_bytes frame)
{
    if (!frame_fits(frame))
        return TOV_E_LIMIT;
    uint8_t field[8];
    tov_put_be64(field, connection);
    struct tov_bytes parts[] = {TOV_BYTES_OF(field), frame};
    return tov_ipc_send(ipc, TOV_IPC_FR_FRAME, parts, 2);
}

enum tov_err tov_ipc_read_reply(struct tov_bytes payload, uint64_t *out_connection,
                                struct tov_bytes *out_frame)
{
    struct tov_reader reader = tov_reader_of(payload);
    uint64_t connection = tov_read_u64(&reader);
    struct tov_bytes frame = tov_read_bytes(&reader, reader.left);
    if (!tov_reader_is_done(&reader) || !frame_fits(frame))
        return TOV_E_MALFORMED;
    *out_connection = connection;
    *out_frame = frame;
    return TOV_OK;
}

enum tov_err tov_ipc_send_connection(struct tov_ipc *ipc, enum tov_ipc_kind kind,
                                     uint64_t connection)
{
    uint8_t field[8];
    tov_put_be64(field, connection);
    return tov_ipc_send(ipc, (uint8_t)kind, &TOV_BYTES_OF(field), 1);
}

enum tov_err tov_ipc_read_connection(struct tov_bytes payload, uint64_t *out_connection)
{
    struct tov_reader reader = tov_reader_of(payload);
    uint64_t connection = tov_read_u64(&reader);
    TOV_TRY(done(&reader));
    *out_connection = connection;
    return TOV_OK;
}

enum tov_err tov_ipc_send_clients(struct tov_ipc *ipc, const struct tov_ipc_key *keys, size_t count)
{
    if (count > TOV_IPC_CLIENTS_MAX)
        return TOV_E_LIMIT;
    uint8_t field[2];
    tov_put_be16(field, (uint16_t)count);
    struct tov_bytes parts[] = {TOV_BYTES_OF(field),
                                {(const uint8_t *)keys, count * sizeof keys[0]}};
    return tov_ipc_send(ipc, TOV_IPC_FR_CLIENTS, parts, 2);
}

enum tov_err tov_ipc_read_clients(struct tov_bytes payload, const struct tov_ipc_key **out_keys,
                                  size_t *out_count)
{
    struct tov_reader reader = tov_reader_of(payload);
    size_t count = tov_read_u16(&reader);
    struct tov_bytes keys = tov_read_bytes(&reader, count * TOV_IPC_KEY_BYTES);
    TOV_TRY(done(&reader));
    if (count > TOV_IPC_CLIENTS_MAX)
        return TOV_E_MALFORMED;
    *out_keys = (const struct tov_ipc_key *)(const void *)keys.data;
    *out_count = count;
    return TOV_OK;
}

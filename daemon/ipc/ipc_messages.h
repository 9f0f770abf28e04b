/* SPDX-License-Identifier: EUPL-1.2
 *
 * The payloads of ipc_kinds.h as values: senders that put them on an ipc, decoders that refuse
 * anything that is not exactly the layout (TOV_E_MALFORMED).
 * Not for: frames without fields; send those with tov_ipc_send_kind.
 * Decoded views borrow the payload: never use them after the next tov_ipc_receive.
 *
 * Senders return what tov_ipc_send returns: TOV_E_BUSY means not queued, try later.
 */
#ifndef TOV_DAEMON_IPC_IPC_MESSAGES_H
#define TOV_DAEMON_IPC_IPC_MESSAGES_H

#include "ipc/ipc.h"
#include "ipc/ipc_kinds.h"

#define TOV_IPC_KEY_BYTES 32
#define TOV_IPC_MAC_BYTES 32
#define TOV_IPC_ENDPOINT_MAX_BYTES 160u /* 1,024 peers with two keys still fit one frame */
#define TOV_IPC_CLIENTS_MAX 4096u

struct tov_ipc_key {
    uint8_t bytes[TOV_IPC_KEY_BYTES];
};

enum tov_err tov_ipc_send_kind(struct tov_ipc *ipc, enum tov_ipc_kind kind) TOV_MUST_CHECK;
/* SV_STATUS and GW_REFUSED; TEXT is cut at 255 bytes. */
enum tov_err tov_ipc_send_text(struct tov_ipc *ipc, enum tov_ipc_kind kind,
                               const char *text) TOV_MUST_CHECK;
enum tov_err tov_ipc_read_text(struct tov_bytes payload, struct tov_bytes *out_text) TOV_MUST_CHECK;

/* SV_LINK: FD is sent along and stays the caller's. On the reading side tov_ipc_take_fd gives it.
 */
enum tov_err tov_ipc_send_link(struct tov_ipc *ipc, enum tov_ipc_link link, int fd) TOV_MUST_CHECK;
/* SV_UNLINK is the link alone. */
enum tov_err tov_ipc_send_unlink(struct tov_ipc *ipc, enum tov_ipc_link link) TOV_MUST_CHECK;
/* Of both. */
enum tov_err tov_ipc_read_link(struct tov_bytes payload,
                               enum tov_ipc_link *out_link) TOV_MUST_CHECK;

/* GW_PEER_UP, GW_PEER_DOWN. */
enum tov_err tov_ipc_send_agency(struct tov_ipc *ipc, enum tov_ipc_kind kind,
                                 uint16_t agency) TOV_MUST_CHECK;
enum tov_err tov_ipc_read_agency(struct tov_bytes payload, uint16_t *out_agency) TOV_MUST_CHECK;
/* GW_CREDIT (bytes) and GW_DROP (milliseconds). */
enum tov_err tov_ipc_send_amount(struct tov_ipc *ipc, enum tov_ipc_kind kind, uint16_t agency,
                                 uint32_t amount) TOV_MUST_CHECK;
enum tov_err tov_ipc_read_amount(struct tov_bytes payload, uint16_t *out_agency,
                                 uint32_t *out_amount) TOV_MUST_CHECK;
/* GW_FRAME, both ways. An empty FRAME, or one over TOV_FRAME_MAX_BYTES, is TOV_E_LIMIT. */
enum tov_err tov_ipc_send_peer_frame(struct tov_ipc *ipc, uint16_t agency,
                                     struct tov_bytes frame) TOV_MUST_CHECK;
enum tov_err tov_ipc_read_peer_frame(struct tov_bytes payload, uint16_t *out_agency,
                                     struct tov_bytes *out_frame) TOV_MUST_CHECK;

/* One row of GW_PEERS. The first key is the current one, used when dialling. */
struct tov_ipc_peer {
    uint16_t agency;
    bool dial;         /* this side connects; needs an endpoint */
    uint8_t key_count; /* 1 or 2 */
    struct tov_ipc_key keys[2];
    char endpoint[TOV_IPC_ENDPOINT_MAX_BYTES + 1]; /* "tcp://host:port", or empty */
};
/* Agencies in PEERS ascend, each 1..TOV_AGENCIES_MAX and not OWN (else TOV_E_ARGUMENT). */
enum tov_err tov_ipc_send_peers(struct tov_ipc *ipc, uint16_t own, const struct tov_ipc_peer *peers,
                                size_t count) TOV_MUST_CHECK;
/* *OUT_PEERS is a heap array: free() it. TOV_E_VERSION: of another version of these layouts. */
enum tov_err tov_ipc_read_peers(struct tov_bytes payload, uint16_t *out_own,
                                struct tov_ipc_peer **out_peers, size_t *out_count) TOV_MUST_CHECK;

/* FR_FRAME from front to core. */
struct tov_ipc_request {
    struct tov_ipc_key client;
    uint64_t connection;
    uint8_t mac[TOV_IPC_MAC_BYTES]; /* zeros */
    struct tov_bytes frame;
};
enum tov_err tov_ipc_send_request(struct tov_ipc *ipc,
                                  const struct tov_ipc_request *request) TOV_MUST_CHECK;
enum tov_err tov_ipc_read_request(struct tov_bytes payload,
                                  struct tov_ipc_request *out_request) TOV_MUST_CHECK;
/* FR_FRAME from core to front. */
enum tov_err tov_ipc_send_reply(struct tov_ipc *ipc, uint64_t connection,
                                struct tov_bytes frame) TOV_MUST_CHECK;
enum tov_err tov_ipc_read_reply(struct tov_bytes payload, uint64_t *out_connection,
                                struct tov_bytes *out_frame) TOV_MUST_CHECK;
/* FR_GONE and FR_CLOSE. */
enum tov_err tov_ipc_send_connection(struct tov_ipc *ipc, enum tov_ipc_kind kind,
                                     uint64_t connection) TOV_MUST_CHECK;
enum tov_err tov_ipc_read_connection(struct tov_bytes payload,
                                     uint64_t *out_connection) TOV_MUST_CHECK;
/* FR_CLIENTS; at most TOV_IPC_CLIENTS_MAX keys. The view of keys borrows the payload. */
enum tov_err tov_ipc_send_clients(struct tov_ipc *ipc, const struct tov_ipc_key *keys,
                                  size_t count) TOV_MUST_CHECK;
enum tov_err tov_ipc_read_clients(struct tov_bytes payload, const struct tov_ipc_key **out_keys,
                                  size_t *out_count) TOV_MUST_CHECK;

#endif

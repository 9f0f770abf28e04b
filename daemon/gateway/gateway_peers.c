/* SPDX-License-Identifier: EUPL-1.2
 *
 * The table of peers, as the core gives it.
 */
#include "gateway/gateway_internal.h"

#include "exit_codes.h"
#include "log/log.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

static int compare_entries(const void *a, const void *b)
{
    const struct gateway_key *left = a;
    const struct gateway_key *right = b;
    return memcmp(left->key.bytes, right->key.bytes, sizeof left->key.bytes);
}

struct peer *gateway_find_key(const struct gateway *gateway, const struct tov_net_key *key)
{
    struct gateway_key wanted = {.key = *key};
    const struct gateway_key *found =
        gateway->key_count == 0
            ? NULL
            : bsearch(&wanted, gateway->keys, gateway->key_count, sizeof wanted, compare_entries);
    return found == NULL ? NULL : gateway->peers[found->agency];
}

/* True when each peer there is stands in ROWS, with nothing taken away. */
static bool only_grows(const struct gateway *gateway, const struct tov_ipc_peer *rows, size_t count)
{
    size_t kept = 0;
    size_t present = 0;
    for (size_t i = 0; i <= TOV_AGENCIES_MAX; i++)
        present += gateway->peers[i] != NULL;
    for (size_t i = 0; i < count; i++) {
        const struct peer *peer = gateway->peers[rows[i].agency];
        if (peer != NULL && !peer_row_only_grows(&peer->row, &rows[i]))
            return false;
        kept += peer != NULL;
    }
    return kept == present;
}

static enum tov_err allow_keys(struct gateway *gateway, const struct tov_ipc_peer *rows,
                               size_t count)
{
    struct gateway_key *keys = calloc(2 * count + 1, sizeof *keys);
    TOV_FREE struct tov_net_key *allowed = calloc(2 * count + 1, sizeof *allowed);
    if (keys == NULL || allowed == NULL) {
        free(keys);
        return TOV_E_NOMEM;
    }
    size_t key_count = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < rows[i].key_count; k++, key_count++) {
            memcpy(allowed[key_count].bytes, rows[i].keys[k].bytes, TOV_NET_KEY_BYTES);
            keys[key_count] = (struct gateway_key){allowed[key_count], rows[i].agency};
        }
    }
    qsort(keys, key_count, sizeof *keys, compare_entries);
    free(gateway->keys);
    gateway->keys = keys;
    gateway->key_count = key_count;
    return tov_net_allow(gateway->net, allowed, key_count);
}

static enum tov_err dial_peer(struct gateway *gateway, struct peer *peer)
{
    struct tov_error error = {.code = TOV_OK};
    struct tov_net_key server;
    memcpy(server.bytes, peer->row.keys[0].bytes, sizeof server.bytes);
    struct tov_net_options options = {.endpoint = peer->row.endpoint,
                                      .secret = gateway->options.secret,
                                      .server = &server,
                                      .frame_max_bytes = TOV_GATEWAY_FRAME_MAX_BYTES};
    enum tov_err dialled = tov_net_dial(gateway->net, &options, &peer->socket, &error);
    if (dialled == TOV_E_CONFIG || dialled == TOV_E_IO) {
        /* A wrong endpoint of one peer must not keep the others away. */
        TOV_LOG(TOV_LOG_WARNING, "cannot-dial", TOV_LOG_NUMBER("agency", peer->row.agency),
                TOV_LOG_TEXT("why", error.text));
        return TOV_OK;
    }
    TOV_TRY(dialled);
    peer->dialled.own_session = gateway->next_session++;
    struct epoll_event event = {.events = EPOLLIN, .data = {.u32 = peer->row.agency}};
    int fd = tov_net_socket_fd(peer->socket);
    return epoll_ctl(gateway->net_epoll, EPOLL_CTL_ADD, fd, &event) == 0 ? TOV_OK : TOV_E_NOMEM;
}

static enum tov_err add_peer(struct gateway *gateway, const struct tov_ipc_peer *row)
{
    struct peer *peer = gateway->peers[row->agency];
    if (peer != NULL) {
        peer->row = *row;
        return TOV_OK;
    }
    peer = malloc(sizeof *peer);
    if (peer == NULL)
        return TOV_E_NOMEM;
    peer_init(peer, row);
    gateway->peers[row->agency] = peer;
    return row->dial ? dial_peer(gateway, peer) : TOV_OK;
}

/* Not before it is known who may connect: others would be refused, and come back seconds later. */
static void begin(struct gateway *gateway)
{
    if (gateway->options.listen[0] != '\0')
        gateway_listen(gateway);
    if (gateway->exit_code == GATEWAY_RUNNING)
        gateway_need(gateway, tov_ipc_send_kind(gateway->core, TOV_IPC_GW_READY));
}

void gateway_take_peers(struct gateway *gateway, struct tov_bytes payload)
{
    TOV_FREE struct tov_ipc_peer *rows = NULL;
    uint16_t own;
    size_t count;
    enum tov_err result = tov_ipc_read_peers(payload, &own, &rows, &count);
    if (result == TOV_E_VERSION) {
        TOV_LOG(TOV_LOG_ERROR, "not-taken",
                TOV_LOG_TEXT("why", "node and gateway are of different versions: install the same "
                                    "tovd on both"));
        gateway_stop(gateway, TOV_EXIT_NOT_TAKEN);
        return;
    }
    gateway_need(gateway, result);
    if (result != TOV_OK)
        return;
    if (gateway->has_peers && (own != gateway->own || !only_grows(gateway, rows, count))) {
        gateway_stop(gateway, TOV_EXIT_PEERS_CHANGED);
        return;
    }
    bool is_first = !gateway->has_peers;
    gateway->own = own;
    gateway->has_peers = true;
    gateway_need(gateway, allow_keys(gateway, rows, count));
    if (is_first)
        begin(gateway);
    for (size_t i = 0; i < count; i++)
        gateway_need(gateway, add_peer(gateway, &rows[i]));
}

void gateway_free_peers(struct gateway *gateway)
{
    for (size_t i = 0; i <= TOV_AGENCIES_MAX; i++) {
        if (gateway->peers[i] == NULL)
            continue;
        peer_fini(gateway->peers[i]);
        free(gateway->peers[i]);
        gateway->peers[i] = NULL;
    }
    free(gateway->keys);
    gateway->keys = NULL;
    gateway->key_count = 0;
}

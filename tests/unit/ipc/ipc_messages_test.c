/* SPDX-License-Identifier: EUPL-1.2
 *
 * Every payload of ipc_kinds.h: what is sent is read, and nothing that is cut, too long or out of
 * range is.
 */
#include "ipc/ipc_messages.h"

#include "support/unit.h"

#include <string.h>

static struct tov_ipc *left;
static struct tov_ipc *right;

static void open_pair(void)
{
    int fds[2];
    UNIT_NEED(tov_ipc_pair(fds) == TOV_OK);
    UNIT_NEED(tov_ipc_create(fds[0], 1u << 20, &left) == TOV_OK);
    UNIT_NEED(tov_ipc_create(fds[1], 1u << 20, &right) == TOV_OK);
}

static void close_pair(void)
{
    tov_ipc_destroy(left);
    tov_ipc_destroy(right);
}

/* What LEFT sent last; borrowed until the next call. */
static struct tov_ipc_frame arrived(void)
{
    struct tov_ipc_frame frame;
    UNIT_NEED(tov_ipc_flush(left) == TOV_OK);
    UNIT_NEED(tov_ipc_wait(right, 1000, &frame) == TOV_OK);
    return frame;
}

static struct tov_bytes cut(struct tov_bytes payload, size_t size)
{
    return (struct tov_bytes){payload.data, size};
}

static struct tov_ipc_peer make_peer(uint16_t agency)
{
    struct tov_ipc_peer peer = {.agency = agency, .dial = true, .key_count = 2};
    memset(peer.keys[0].bytes, agency, 32);
    memset(peer.keys[1].bytes, agency + 1, 32);
    (void)snprintf(peer.endpoint, sizeof peer.endpoint, "tcp://127.0.0.1:7000");
    return peer;
}

/* A gateway apart may be of another tovd: it must learn so before it reads anything else. */
static void peers_of_another_version_are_told_from_noise(void)
{
    static const uint8_t newer[] = {0, TOV_IPC_GATEWAY_VERSION + 1, 0xff};
    static const uint8_t short_one[] = {0};
    uint16_t own;
    size_t count;
    struct tov_ipc_peer *read = NULL;
    UNIT_EQUAL_INT(tov_ipc_read_peers(TOV_BYTES_OF(newer), &own, &read, &count), TOV_E_VERSION);
    UNIT_EQUAL_INT(tov_ipc_read_peers(TOV_BYTES_OF(short_one), &own, &read, &count),
                   TOV_E_MALFORMED);
}

static void peers_are_read_as_they_were_sent(void)
{
    open_pair();
    struct tov_ipc_peer peers[] = {make_peer(1), make_peer(1024)};
    peers[0].dial = false;
    peers[0].key_count = 1;
    memset(&peers[0].keys[1], 0, sizeof peers[0].keys[1]);
    peers[0].endpoint[0] = '\0';
    UNIT_OK(tov_ipc_send_peers(left, 2, peers, 2));
    struct tov_ipc_frame frame = arrived();
    UNIT_EQUAL_INT(frame.kind, TOV_IPC_GW_PEERS);
    uint16_t own;
    struct tov_ipc_peer *read;
    size_t count;
    UNIT_NEED(tov_ipc_read_peers(frame.payload, &own, &read, &count) == TOV_OK);
    UNIT_EQUAL_INT(own, 2);
    UNIT_EQUAL_INT(count, 2);
    for (size_t i = 0; i < count; i++) {
        UNIT_EQUAL_INT(read[i].agency, peers[i].agency);
        UNIT_EQUAL_INT(read[i].dial, peers[i].dial);
        UNIT_EQUAL_INT(read[i].key_count, peers[i].key_count);
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(read[i].keys), TOV_BYTES_OF(peers[i].keys));
        UNIT_EQUAL_TEXT(read[i].endpoint, peers[i].endpoint);
    }
    free(read);
    for (size_t size = 0; size < frame.payload.size; size++)
        UNIT_EQUAL_INT(tov_ipc_read_peers(cut(frame.payload, size), &own, &read, &count),
                       TOV_E_MALFORMED);
    close_pair();
}

static void peers_that_break_the_layout_are_not_sent(void)
{
    open_pair();
    struct tov_ipc_peer peers[] = {make_peer(3), make_peer(4)};
    UNIT_EQUAL_INT(tov_ipc_send_peers(left, 3, peers, 2), TOV_E_ARGUMENT); /* itself */
    peers[1].agency = 3;
    UNIT_EQUAL_INT(tov_ipc_send_peers(left, 1, peers, 2), TOV_E_ARGUMENT); /* twice */
    peers[1].agency = 1025;
    UNIT_EQUAL_INT(tov_ipc_send_peers(left, 1, peers, 2), TOV_E_ARGUMENT);
    peers[1] = make_peer(4);
    peers[1].key_count = 0;
    UNIT_EQUAL_INT(tov_ipc_send_peers(left, 1, peers, 2), TOV_E_ARGUMENT);
    peers[1].key_count = 1;
    peers[1].endpoint[0] = '\0';
    UNIT_EQUAL_INT(tov_ipc_send_peers(left, 1, peers, 2), TOV_E_ARGUMENT); /* dial where? */
    peers[1].dial = false;
    UNIT_OK(tov_ipc_send_peers(left, 1, peers, 2));
    close_pair();
}

static void all_agencies_with_the_longest_endpoints_fit_one_frame(void)
{
    open_pair();
    struct tov_ipc_peer *peers = calloc(1023, sizeof *peers);
    UNIT_NEED(peers != NULL);
    for (uint16_t i = 0; i < 1023; i++) {
        peers[i] = make_peer((uint16_t)(i + 2));
        memset(peers[i].endpoint, 'x', TOV_IPC_ENDPOINT_MAX_BYTES);
    }
    UNIT_OK(tov_ipc_send_peers(left, 1, peers, 1023));
    free(peers);
    close_pair();
}

static void a_peer_frame_keeps_its_agency_and_bytes(void)
{
    open_pair();
    UNIT_OK(tov_ipc_send_peer_frame(left, 513, tov_bytes_of_text("parcel")));
    struct tov_ipc_frame frame = arrived();
    UNIT_EQUAL_INT(frame.kind, TOV_IPC_GW_FRAME);
    uint16_t agency;
    struct tov_bytes bytes;
    UNIT_OK(tov_ipc_read_peer_frame(frame.payload, &agency, &bytes));
    UNIT_EQUAL_INT(agency, 513);
    UNIT_EQUAL_BYTES(bytes, tov_bytes_of_text("parcel"));
    for (size_t size = 0; size <= 2; size++)
        UNIT_EQUAL_INT(tov_ipc_read_peer_frame(cut(frame.payload, size), &agency, &bytes),
                       TOV_E_MALFORMED);
    UNIT_EQUAL_INT(tov_ipc_send_peer_frame(left, 1, (struct tov_bytes){NULL, 0}), TOV_E_LIMIT);
    close_pair();
}

static void the_frame_limit_holds_on_both_sides(void)
{
    open_pair();
    uint8_t *data = calloc(1, TOV_FRAME_MAX_BYTES + 3);
    UNIT_NEED(data != NULL);
    uint16_t agency;
    struct tov_bytes bytes;
    struct tov_bytes at_limit = {data, TOV_FRAME_MAX_BYTES};
    struct tov_bytes above = {data, TOV_FRAME_MAX_BYTES + 1};
    UNIT_OK(tov_ipc_send_peer_frame(left, 1, at_limit));
    UNIT_EQUAL_INT(tov_ipc_send_peer_frame(left, 1, above), TOV_E_LIMIT);
    struct tov_bytes payload = {data, TOV_FRAME_MAX_BYTES + 2};
    UNIT_OK(tov_ipc_read_peer_frame(payload, &agency, &bytes));
    payload.size++;
    UNIT_EQUAL_INT(tov_ipc_read_peer_frame(payload, &agency, &bytes), TOV_E_MALFORMED);
    free(data);
    close_pair();
}

static void small_payloads_are_exact(void)
{
    open_pair();
    uint16_t agency;
    uint32_t amount;
    uint64_t connection;
    UNIT_OK(tov_ipc_send_agency(left, TOV_IPC_GW_PEER_UP, 1024));
    UNIT_OK(tov_ipc_read_agency(arrived().payload, &agency));
    UNIT_EQUAL_INT(agency, 1024);
    UNIT_OK(tov_ipc_send_amount(left, TOV_IPC_GW_CREDIT, 2, 0xfedcba98));
    struct tov_bytes payload = arrived().payload;
    UNIT_OK(tov_ipc_read_amount(payload, &agency, &amount));
    UNIT_EQUAL_INT(agency, 2);
    UNIT_EQUAL_INT(amount, 0xfedcba98);
    UNIT_EQUAL_INT(tov_ipc_read_agency(payload, &agency), TOV_E_MALFORMED);
    UNIT_EQUAL_INT(tov_ipc_read_connection(payload, &connection), TOV_E_MALFORMED);
    UNIT_OK(tov_ipc_send_connection(left, TOV_IPC_FR_GONE, UINT64_C(1) << 63));
    UNIT_OK(tov_ipc_read_connection(arrived().payload, &connection));
    CU_ASSERT(connection == UINT64_C(1) << 63);
    close_pair();
}

static void requests_and_replies_keep_who_and_where(void)
{
    open_pair();
    struct tov_ipc_request request = {.connection = 77, .frame = tov_bytes_of_text("list")};
    memset(request.client.bytes, 0xab, sizeof request.client.bytes);
    UNIT_OK(tov_ipc_send_request(left, &request));
    struct tov_bytes payload = arrived().payload;
    UNIT_EQUAL_INT(payload.size, 32 + 8 + 32 + 4);
    struct tov_ipc_request read;
    UNIT_OK(tov_ipc_read_request(payload, &read));
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(read.client.bytes), TOV_BYTES_OF(request.client.bytes));
    UNIT_EQUAL_INT(read.connection, 77);
    UNIT_EQUAL_BYTES(read.frame, request.frame);
    for (size_t size = 0; size <= 72; size++)
        UNIT_EQUAL_INT(tov_ipc_read_request(cut(payload, size), &read), TOV_E_MALFORMED);
    UNIT_OK(tov_ipc_send_reply(left, 77, tov_bytes_of_text("reply")));
    uint64_t connection;
    struct tov_bytes bytes;
    UNIT_OK(tov_ipc_read_reply(arrived().payload, &connection, &bytes));
    UNIT_EQUAL_INT(connection, 77);
    UNIT_EQUAL_BYTES(bytes, tov_bytes_of_text("reply"));
    close_pair();
}

static void clients_are_counted_exactly(void)
{
    open_pair();
    struct tov_ipc_key keys[3];
    memset(keys, 5, sizeof keys);
    const struct tov_ipc_key *read;
    size_t count;
    UNIT_OK(tov_ipc_send_clients(left, keys, 0));
    UNIT_OK(tov_ipc_read_clients(arrived().payload, &read, &count));
    UNIT_EQUAL_INT(count, 0);
    UNIT_OK(tov_ipc_send_clients(left, keys, 3));
    struct tov_bytes payload = arrived().payload;
    UNIT_OK(tov_ipc_read_clients(payload, &read, &count));
    UNIT_EQUAL_INT(count, 3);
    CU_ASSERT(memcmp(read, keys, sizeof keys) == 0);
    UNIT_EQUAL_INT(tov_ipc_read_clients(cut(payload, payload.size - 1), &read, &count),
                   TOV_E_MALFORMED);
    UNIT_EQUAL_INT(tov_ipc_send_clients(left, keys, TOV_IPC_CLIENTS_MAX + 1), TOV_E_LIMIT);
    close_pair();
}

static void a_status_is_cut_at_255_bytes(void)
{
    open_pair();
    char text[400];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    struct tov_bytes read;
    UNIT_OK(tov_ipc_send_text(left, TOV_IPC_SV_STATUS, text));
    UNIT_OK(tov_ipc_read_text(arrived().payload, &read));
    UNIT_EQUAL_INT(read.size, 255);
    UNIT_EQUAL_INT(tov_ipc_read_text(tov_bytes_of_text("\003ab"), &read), TOV_E_MALFORMED);
    close_pair();
}

int main(void)
{
    const struct unit_test tests[] = {
        UNIT_TEST(peers_of_another_version_are_told_from_noise),
        UNIT_TEST(peers_are_read_as_they_were_sent),
        UNIT_TEST(peers_that_break_the_layout_are_not_sent),
        UNIT_TEST(all_agencies_with_the_longest_endpoints_fit_one_frame),
        UNIT_TEST(a_peer_frame_keeps_its_agency_and_bytes),
        UNIT_TEST(the_frame_limit_holds_on_both_sides),
        UNIT_TEST(small_payloads_are_exact),
        UNIT_TEST(requests_and_replies_keep_who_and_where),
        UNIT_TEST(clients_are_counted_exactly),
        UNIT_TEST(a_status_is_cut_at_255_bytes),
    };
    return unit_run("ipc messages", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * A peer with good keys and bad intentions against a real node under load: the node of krfo ends,
 * and this program speaks in its place to kk, over CURVE with krfo's transport key. It says what
 * cannot be read, what is too large, what is old, unsigned or signed for somebody else, as fast as
 * it goes, and reads nothing. kk's core stays the same process, does not grow, and goes on serving
 * its clients; when krfo's own node is back, every message is there, once and in order.
 * The load waits by itself while krfo is far behind, so it says nothing of speed meanwhile.
 * Not for: strangers without a key, and what the core makes of each frame (tests/unit/follow).
 */
#include "base/limits.h"
#include "federation/process.h"
#include "federation/storm.h"
#include "keys/keyfile.h"
#include "merkle/ed25519.h"
#include "net/net.h"
#include "support/unit.h"
#include "wire/frame.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DATA 1u /* kinds of messages on a connection: docs/protocol.md 5.2 */
#define PING 2u
#define KK_NUMBER 1u
#define KRFO_NUMBER 3u
#define FEDERATION "infohus-demo"
#define SERVES_MS 60000
#define WHOLE_MS 120000
#define CASE_MS 3000 /* how long each case is said at most */

struct byzantine {
    struct storm storm;
    struct tov_net *net;
    struct tov_net_socket *socket;
    uint8_t control_secret[64];
    uint64_t random;
    unsigned round;
    struct tov_buf out;
};

/* ---- its place ---- */

static void load_key(const struct byzantine *byzantine, const char *agency, const char *name,
                     enum tov_key_purpose purpose, struct tov_key *out)
{
    char path[FEDERATION_PATH_SIZE];
    struct tov_keyfile keyfile = {.secret = NULL};
    struct tov_error error = {.text = ""};
    federation_path(&byzantine->storm.federation, path, "nodes/%s/keys/%s.key", agency, name);
    if (tov_keyfile_load(path, purpose, NULL, &keyfile, &error) != TOV_OK)
        unit_need(false, error.text, __FILE__, __LINE__);
    memcpy(out->bytes, tov_secret_data(keyfile.secret), sizeof out->bytes);
    tov_keyfile_fini(&keyfile);
}

/* Where kk listens for peers, from its configuration. */
static void find_endpoint(const struct byzantine *byzantine, char out[128])
{
    char path[FEDERATION_PATH_SIZE], line[512];
    federation_path(&byzantine->storm.federation, path, "nodes/kk/tovd.conf");
    FILE *file = fopen(path, "re");
    UNIT_NEED(file != NULL);
    bool is_peers = false;
    out[0] = '\0';
    while (fgets(line, sizeof line, file) != NULL) {
        is_peers = is_peers || strncmp(line, "[peers]", 7) == 0;
        if (is_peers && out[0] == '\0')
            (void)sscanf(line, "listen = %127s", out);
    }
    (void)fclose(file);
    UNIT_NEED(out[0] != '\0');
}

static void dial(struct byzantine *byzantine)
{
    struct tov_key secret, kk_secret, control;
    struct tov_net_key kk_key;
    struct tov_error error = {.text = ""};
    uint8_t public_key[32];
    char endpoint[128];
    load_key(byzantine, "krfo", "transport", TOV_KEY_TRANSPORT, &secret);
    load_key(byzantine, "krfo", "control", TOV_KEY_CONTROL, &control);
    load_key(byzantine, "kk", "transport", TOV_KEY_TRANSPORT, &kk_secret);
    UNIT_NEED(tov_net_key_of(&kk_secret, &kk_key) == TOV_OK);
    (void)crypto_sign_seed_keypair(public_key, byzantine->control_secret, control.bytes);
    find_endpoint(byzantine, endpoint);
    struct tov_net_options options = {.endpoint = endpoint,
                                      .secret = &secret,
                                      .server = &kk_key,
                                      .frame_max_bytes = 4u * TOV_FRAME_MAX_BYTES,
                                      .reconnect_max_ms = 250};
    UNIT_NEED(tov_net_create(&byzantine->net, &error) == TOV_OK);
    UNIT_NEED(tov_net_dial(byzantine->net, &options, &byzantine->socket, &error) == TOV_OK);
}

/* ---- what it says ---- */

static void put_random(struct byzantine *byzantine, size_t size)
{
    for (size_t i = 0; i < size; i++)
        tov_buf_put_u8(&byzantine->out, (uint8_t)unit_random(&byzantine->random));
}

static void noise(struct byzantine *byzantine)
{
    put_random(byzantine, 1 + unit_random(&byzantine->random) % 400);
}

static void tiny(struct byzantine *byzantine)
{
    (void)byzantine; /* a kind, and nothing behind it */
}

static void around_the_limit(struct byzantine *byzantine)
{
    size_t size = TOV_FRAME_MAX_BYTES - 1 + byzantine->round % 3;
    uint8_t *data = tov_buf_extend(&byzantine->out, size);
    UNIT_NEED(data != NULL);
    memset(data, (int)byzantine->round, size);
}

static void hello(struct byzantine *byzantine)
{
    struct tov_frame_hello hello = {.protocol_min = 1,
                                    .protocol_max = 1,
                                    .agency = KRFO_NUMBER,
                                    .roster_version = 99,
                                    .window_bytes = UINT64_MAX,
                                    .started = byzantine->round % 2 == 0,
                                    .epoch = UINT32_MAX,
                                    .now_ms = byzantine->round % 3 == 0 ? 1 : 253402300799999};
    memcpy(hello.nonce, &byzantine->round, sizeof byzantine->round);
    UNIT_NEED(tov_frame_encode_hello(&hello, &byzantine->out) == TOV_OK);
}

static void refetch(struct byzantine *byzantine)
{
    struct tov_frame_position position = {
        .generation = 1, .window_bytes = UINT64_MAX, .refetch = true};
    if (byzantine->round % 8 == 0)
        hello(byzantine);
    else
        UNIT_NEED(tov_frame_encode_position(&position, &byzantine->out) == TOV_OK);
}

static void put_parcel(struct byzantine *byzantine, size_t items)
{
    struct tov_parcel_writer writer = TOV_PARCEL_WRITER_INIT;
    uint8_t leaf[300] = {7};
    struct tov_frame_item item = {.kind = TOV_ITEM_DISCLOSED};
    struct tov_frame_parcel parcel = {.generation = 1, .from = 0, .to = items};
    item.as.disclosed.leaf = TOV_BYTES_OF(leaf);
    for (size_t i = 0; i < items; i++)
        UNIT_NEED(tov_parcel_writer_add(&writer, &item) == TOV_OK);
    UNIT_NEED(tov_parcel_writer_finish(&writer, &parcel, &byzantine->out) == TOV_OK);
    tov_parcel_writer_fini(&writer);
}

/* Its own control key has signed it: for another agency, or with entries that nobody signed. */
static void signed_parcel(struct byzantine *byzantine)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf message = TOV_BUF_INIT(512);
    struct tov_buf kept = byzantine->out;
    struct tov_parcel_route route = {FEDERATION, KRFO_NUMBER,
                                     (uint16_t)(KK_NUMBER + byzantine->round % 2)};
    uint8_t signature[64];
    byzantine->out = frame;
    put_parcel(byzantine, 1 + byzantine->round % 600);
    frame = byzantine->out;
    byzantine->out = kept;
    tov_parcel_signed_bytes(&route, tov_buf_view(&frame), &message);
    tov_ed25519_sign(byzantine->control_secret, tov_buf_view(&message), signature);
    tov_parcel_put_signature(&frame, signature);
    tov_buf_put_bytes(&byzantine->out, tov_buf_view(&frame));
}

/* An unknown field behind a good frame. */
static void unknown_field(struct byzantine *byzantine)
{
    hello(byzantine);
    tov_buf_put(&byzantine->out, "\xfa\x01\x01x", 4);
}

/* 130,000 items of nothing would take megabytes of structs. */
static void repeat_bomb(struct byzantine *byzantine)
{
    static const uint8_t head[] = {0x12, 0xf0, 0xfe, 0x0f};
    tov_buf_put(&byzantine->out, head, sizeof head);
    for (size_t i = 0; i < 131000; i++)
        tov_buf_put(&byzantine->out, "\x32\x00", 2);
}

/* Records in records, 50,000 deep. */
static void depth_bomb(struct byzantine *byzantine)
{
    for (size_t i = 0; i < 50000; i++)
        tov_buf_put(&byzantine->out, "\x12\xff\xff\x0f", 4);
}

/* Stale: of a Hello that kk never said. */
static void old_control(struct byzantine *byzantine)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf body = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf message = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES + 256);
    static struct tov_control control;
    struct tov_frame_control frame;
    control = (struct tov_control){
        .from = KRFO_NUMBER, .to = KK_NUMBER, .kind = TOV_CONTROL_RESTORE_ANSWER};
    control.as.restore_answer.counts = true;
    UNIT_NEED(tov_control_encode(&control, &body) == TOV_OK);
    tov_control_signed_bytes(FEDERATION, tov_buf_view(&body), &message);
    tov_ed25519_sign(byzantine->control_secret, tov_buf_view(&message), frame.signature);
    frame.body = tov_buf_view(&body);
    UNIT_NEED(tov_frame_encode_control(&frame, &byzantine->out) == TOV_OK);
}

static void ping(struct byzantine *byzantine)
{
    byzantine->out.data[0] = PING; /* a session of its own each time: both sides begin again */
    tov_buf_put_u64(&byzantine->out, 1 + byzantine->round);
}

static const struct {
    const char *name;
    void (*put)(struct byzantine *byzantine);
    unsigned count;
} cases[] = {
    {"noise", noise, 20000},
    {"tiny", tiny, 200000},
    {"around the limit", around_the_limit, 60},
    {"hellos", hello, 20000},
    {"refetch", refetch, 20000},
    {"signed parcels", signed_parcel, 2000},
    {"unknown fields", unknown_field, 5000},
    {"repeat bombs", repeat_bomb, 200},
    {"depth bombs", depth_bomb, 200},
    {"old control", old_control, 20000},
    {"sessions", ping, 20000},
};
#define CASES (sizeof cases / sizeof cases[0])

/* As fast as it goes; what finds no room in time is not said. Nothing is read. */
static unsigned say(struct byzantine *byzantine, size_t number)
{
    long long until = process_now_ms() + CASE_MS;
    unsigned said = 0;
    for (byzantine->round = 0; byzantine->round < cases[number].count; byzantine->round++) {
        tov_buf_clear(&byzantine->out);
        tov_buf_put_u8(&byzantine->out, DATA);
        cases[number].put(byzantine);
        UNIT_NEED(byzantine->out.failed == TOV_OK);
        while (tov_net_send(byzantine->socket, (struct tov_net_route){0},
                            tov_buf_view(&byzantine->out)) == TOV_E_AGAIN) {
            if (process_now_ms() >= until)
                return said;
            process_pause();
        }
        said++;
    }
    return said;
}

/* ---- what must hold ---- */

static size_t resident_bytes(pid_t pid)
{
    char path[64];
    unsigned long size = 0, resident = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    FILE *file = fopen(path, "re");
    UNIT_NEED(file != NULL && fscanf(file, "%lu %lu", &size, &resident) == 2);
    (void)fclose(file);
    return resident * (size_t)sysconf(_SC_PAGESIZE);
}

static void each_case(struct byzantine *byzantine, pid_t core)
{
    const struct storm *storm = &byzantine->storm;
    size_t before = resident_bytes(core);
    for (size_t i = 0; i < CASES; i++) {
        unsigned said = say(byzantine, i);
        printf("\n    %s: %u said", cases[i].name, said);
        CU_ASSERT(said > 0);
        CU_ASSERT(node_serves(&storm->federation, KK, SERVES_MS)); /* and signs what it holds */
        UNIT_EQUAL_INT(process_role(storm->federation.nodes[KK].pid, "core"), core);
        /* A sanitizer keeps what was freed. */
        CU_ASSERT(TOV_SANITIZED || resident_bytes(core) < before + before / 10 + (48u << 20));
    }
    printf("\n  ");
}

static void a_peer_with_good_keys_stops_nobody(void)
{
    static struct byzantine byzantine;
    byzantine = (struct byzantine){.random = 1, .out = TOV_BUF_INIT(2u * TOV_FRAME_MAX_BYTES)};
    struct federation *federation = &byzantine.storm.federation;
    federation_create(federation);
    storm_begin(&byzantine.storm);
    UNIT_NEED(storm_receives(&byzantine.storm, KBH_POL, SERVES_MS));
    CU_ASSERT(node_stop(federation, KRFO));
    pid_t core = process_role(federation->nodes[KK].pid, "core");
    UNIT_NEED(core != 0);
    dial(&byzantine);
    each_case(&byzantine, core);
    tov_net_socket_destroy(byzantine.socket);
    tov_net_destroy(byzantine.net);
    node_start(federation, KRFO);
    CU_ASSERT(node_serves(federation, KRFO, SERVES_MS));
    CU_ASSERT(storm_calm(&byzantine.storm));
    CU_ASSERT(storm_is_whole(&byzantine.storm, WHOLE_MS));
    UNIT_EQUAL_INT(process_role(federation->nodes[KK].pid, "core"), core);
    for (unsigned i = 0; i < NODES; i++)
        CU_ASSERT(node_export_verifies(federation, (enum node_number)i));
    CU_ASSERT(storm_end(&byzantine.storm));
    tov_buf_fini(&byzantine.out);
}

int main(void)
{
    static const struct unit_test tests[] = {UNIT_TEST(a_peer_with_good_keys_stops_nobody)};
    return unit_run("byzantine peer", tests, sizeof tests / sizeof tests[0]);
}

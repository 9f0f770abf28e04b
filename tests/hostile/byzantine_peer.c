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
#include "hostile/attacks.h"
#include "keys/keyfile.h"
#include "net/net.h"
#include "support/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define KK_NUMBER 1u
#define POL_NUMBER 2u
#define KRFO_NUMBER 3u
#define FEDERATION "infohus-demo"
#define SERVES_MS 60000
#define WHOLE_MS 120000
#define CASE_MS 3000 /* how long each case is said at most */
#define ABORTED (128 + SIGABRT)
#define TRIES 5u

struct byzantine {
    struct storm storm;
    struct tov_net *net;
    struct tov_net_socket *socket;
    struct attacker attacker;
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
    (void)crypto_sign_seed_keypair(public_key, byzantine->attacker.control_secret, control.bytes);
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

/* As fast as it goes; what finds no room in time is not said. Nothing is read. */
static unsigned say(struct byzantine *byzantine, const struct attack *attack)
{
    struct attacker *attacker = &byzantine->attacker;
    long long until = process_now_ms() + CASE_MS;
    unsigned said = 0;
    attacker->round = 0;
    while (said < attack->count) {
        attack_make(attacker, attack);
        while (tov_net_send(byzantine->socket, (struct tov_net_route){0},
                            tov_buf_view(&attacker->out)) == TOV_E_AGAIN) {
            struct pollfd item = {.fd = tov_net_socket_fd(byzantine->socket), .events = POLLIN};
            if (process_now_ms() >= until)
                return said;
            (void)poll(&item, 1, 1); /* until there may be room */
        }
        said++;
    }
    return said;
}

/* ---- in a process of its own ----
 * libzmq 4.3.4 ends the process that uses it (`!_io_error`) when a connection is cut in the moment
 * in which it could be written to. That is the attacker's own trouble: it begins again. */

static pid_t fork_attacker(void)
{
    pid_t parent = getpid();
    (void)fflush(NULL);
    pid_t pid = fork();
    UNIT_NEED(pid >= 0);
    if (pid == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent))
        _exit(127);
    return pid;
}

/* How many messages of ATTACK were said. */
static unsigned say_apart(struct byzantine *byzantine, const struct attack *attack)
{
    for (unsigned i = 0; i < TRIES; i++) {
        int ends[2];
        unsigned said = 0;
        UNIT_NEED(pipe2(ends, O_CLOEXEC) == 0);
        pid_t pid = fork_attacker();
        if (pid == 0) {
            dial(byzantine);
            said = say(byzantine, attack);
            _exit(write(ends[1], &said, sizeof said) == sizeof said ? 0 : 127);
        }
        (void)close(ends[1]);
        int code = process_wait(pid, SERVES_MS);
        bool is_told = read(ends[0], &said, sizeof said) == sizeof said;
        (void)close(ends[0]);
        UNIT_NEED(code == ABORTED || (code == 0 && is_told));
        if (code == 0)
            return said;
    }
    return 0;
}

/* Noise and nothings, until it is killed. */
static pid_t say_on_and_on(struct byzantine *byzantine)
{
    pid_t pid = fork_attacker();
    if (pid != 0)
        return pid;
    dial(byzantine);
    for (;;) {
        (void)say(byzantine, &attacks[0]);
        (void)say(byzantine, &attacks[1]);
    }
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

static pid_t role(const struct byzantine *byzantine, const char *name)
{
    pid_t pid = process_role(byzantine->storm.federation.nodes[KK].pid, name);
    UNIT_NEED(pid != 0);
    return pid;
}

/* The processes that see the attack, and what they may grow by; a sanitizer keeps what was freed.
 */
static const struct {
    const char *role;
    size_t growth_bytes;
} seers[] = {{"core", 48u << 20}, {"gateway", 20u << 20}, {"front", 20u << 20}};
#define SEERS (sizeof seers / sizeof seers[0])

static void each_case(struct byzantine *byzantine)
{
    const struct storm *storm = &byzantine->storm;
    pid_t pids[SEERS];
    size_t before[SEERS];
    for (size_t k = 0; k < SEERS; k++) {
        pids[k] = role(byzantine, seers[k].role);
        before[k] = resident_bytes(pids[k]);
    }
    for (size_t i = 0; i < attack_count; i++) {
        unsigned said = say_apart(byzantine, &attacks[i]);
        printf("\n    %s: %u said", attacks[i].name, said);
        CU_ASSERT(said > 0);
        CU_ASSERT(node_serves(&storm->federation, KK, SERVES_MS)); /* and signs what it holds */
        for (size_t k = 0; k < SEERS; k++) {
            UNIT_EQUAL_INT(role(byzantine, seers[k].role), pids[k]);
            CU_ASSERT(TOV_SANITIZED ||
                      resident_bytes(pids[k]) < before[k] + before[k] / 10 + seers[k].growth_bytes);
        }
    }
    printf("\n  ");
}

/* Whether kk has a session with the honest other one. */
static bool sees_peer(struct tov_client *client)
{
    struct tov_status *status = NULL;
    bool connected = false;
    if (tov_status_get(client, &status, NULL) != TOV_OK)
        return false;
    const struct tov_node_status *facts = tov_status_facts(status);
    for (size_t i = 0; i < facts->peer_count; i++)
        connected =
            connected || (facts->peers[i].agency == POL_NUMBER && facts->peers[i].connected);
    tov_status_destroy(status);
    return connected;
}

static bool is_connected(const struct storm *storm, int timeout_ms)
{
    long long until = process_now_ms() + timeout_ms;
    struct tov_client *client = node_connect(&storm->federation, KK, "caseworker", timeout_ms);
    bool connected = false;
    while (client != NULL && !(connected = sees_peer(client)) && process_now_ms() < until)
        process_pause();
    tov_client_close(client);
    return connected;
}

/* Its supervisor starts it anew, a little later when it died a moment ago. */
static bool is_there_again(const struct byzantine *byzantine, const char *name, pid_t before)
{
    pid_t supervisor = byzantine->storm.federation.nodes[KK].pid;
    long long until = process_now_ms() + SERVES_MS;
    for (;;) {
        pid_t now = process_role(supervisor, name);
        if ((now != 0 && now != before) || process_now_ms() >= until)
            return now != 0 && now != before;
        process_pause();
    }
}

/* What dies while it is attacked is there again, and the others get through to it. */
static void die_meanwhile(struct byzantine *byzantine, pid_t core)
{
    static const char *const mortal[] = {"gateway", "front"};
    struct storm *storm = &byzantine->storm;
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT(say_apart(byzantine, &attacks[0]) > 0);
        pid_t before = role(byzantine, mortal[i]);
        pid_t attacker = say_on_and_on(byzantine);
        CU_ASSERT(node_kill_role(&storm->federation, KK, mortal[i]));
        CU_ASSERT(is_there_again(byzantine, mortal[i], before));
        CU_ASSERT(node_serves(&storm->federation, KK, SERVES_MS));
        CU_ASSERT(is_connected(storm, SERVES_MS));
        UNIT_EQUAL_INT(role(byzantine, "core"), core);
        (void)kill(attacker, SIGKILL);
        CU_ASSERT(process_wait(attacker, SERVES_MS) >= 0);
    }
}

static void a_peer_with_good_keys_stops_nobody(void)
{
    static struct byzantine byzantine;
    byzantine = (struct byzantine){.attacker = {.federation = FEDERATION,
                                                .from = KRFO_NUMBER,
                                                .to = KK_NUMBER,
                                                .other = POL_NUMBER,
                                                .random = 1,
                                                .out = TOV_BUF_INIT(2u * TOV_FRAME_MAX_BYTES)}};
    struct federation *federation = &byzantine.storm.federation;
    federation_create(federation);
    storm_begin(&byzantine.storm);
    UNIT_NEED(storm_receives(&byzantine.storm, KBH_POL, SERVES_MS));
    CU_ASSERT(node_stop(federation, KRFO));
    pid_t core = process_role(federation->nodes[KK].pid, "core");
    UNIT_NEED(core != 0);
    each_case(&byzantine);
    die_meanwhile(&byzantine, core);
    node_start(federation, KRFO);
    CU_ASSERT(node_serves(federation, KRFO, SERVES_MS));
    CU_ASSERT(storm_calm(&byzantine.storm));
    CU_ASSERT(storm_is_whole(&byzantine.storm, WHOLE_MS));
    UNIT_EQUAL_INT(process_role(federation->nodes[KK].pid, "core"), core);
    for (unsigned i = 0; i < NODES; i++)
        CU_ASSERT(node_export_verifies(federation, (enum node_number)i));
    CU_ASSERT(storm_end(&byzantine.storm));
    tov_buf_fini(&byzantine.attacker.out);
}

int main(void)
{
    static const struct unit_test tests[] = {UNIT_TEST(a_peer_with_good_keys_stops_nobody)};
    return unit_run("byzantine peer", tests, sizeof tests / sizeof tests[0]);
}

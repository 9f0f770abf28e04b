/* SPDX-License-Identifier: EUPL-1.2
 *
 * Two real nodes with one key: a machine that was copied as a whole, and both go on. Their peers
 * notice and suspend that agency, both nodes stop signing for good, nobody else is accused, and an
 * export of a peer proves it to whoever reads it, Go's own implementation among them.
 */
#include "federation/federation.h"
#include "federation/files.h"
#include "federation/process.h"
#include "support/command.h"
#include "support/goverify.h"
#include "support/unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SERVES_MS 60000
#define NOTICED_MS 120000
#define SENDS_MS 10000

struct scene {
    struct federation federation;
    struct federation copy; /* its kk alone: another folder, other ports, the same keys */
    uint64_t next_id;
};

static struct scene scene;

/* ---- the copy ---- */

static void run(const char *const words[])
{
    UNIT_NEED(command_run(words, NULL) == 0);
}

static void make_folder(const struct federation *federation, const char *name)
{
    char path[FEDERATION_PATH_SIZE];
    federation_path(federation, path, "%s", name);
    UNIT_NEED(mkdir(path, 0700) == 0);
}

static void change_path(const char *config, const char *name)
{
    char from[2 * FEDERATION_PATH_SIZE], to[2 * FEDERATION_PATH_SIZE];
    (void)snprintf(from, sizeof from, "%s = %s/nodes", name, scene.federation.folder);
    (void)snprintf(to, sizeof to, "%s = %s/nodes", name, scene.copy.folder);
    files_change(config, from, to);
}

static void change_ports(const char *config)
{
    char text[128];
    char *was = files_read(config);
    UNIT_NEED(was != NULL);
    char *at = strstr(was, "[peers]\nlisten = ");
    UNIT_NEED(at != NULL);
    *strchr(at + strlen("[peers]\n"), '\n') = '\0';
    (void)snprintf(text, sizeof text, "[peers]\nlisten = tcp://127.0.0.1:%u",
                   scene.federation.spare_ports[0]);
    files_change(config, at, text);
    free(was);
    files_change(config, scene.federation.nodes[KK].endpoint, scene.copy.nodes[KK].endpoint);
}

static void copy_the_machine(void)
{
    static const char *const paths[] = {"data", "guard", "keys", "registry"};
    char from[FEDERATION_PATH_SIZE], to[FEDERATION_PATH_SIZE];
    scene.copy = scene.federation;
    scene.copy.nodes[KK].pid = 0;
    federation_path(&scene.federation, scene.copy.folder, "copy");
    (void)snprintf(scene.copy.nodes[KK].endpoint, sizeof scene.copy.nodes[KK].endpoint,
                   "tcp://127.0.0.1:%u", scene.federation.spare_ports[1]);
    make_folder(&scene.federation, "copy");
    make_folder(&scene.federation, "copy/nodes");
    federation_path(&scene.federation, from, "nodes/kk");
    federation_path(&scene.copy, to, "nodes/kk");
    run((const char *const[]){"cp", "-a", from, to, NULL});
    federation_path(&scene.federation, from, "clients");
    federation_path(&scene.copy, to, "clients");
    run((const char *const[]){"cp", "-a", from, to, NULL});
    federation_path(&scene.copy, to, "nodes/kk/tovd.log");
    files_write(to, "");
    federation_path(&scene.copy, to, "nodes/kk/tovd.conf");
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        change_path(to, paths[i]);
    change_ports(to);
}

/* ---- what they do ---- */

/* A note of NODE of FEDERATION to the two others, or to the one that is named. */
static bool sends(const struct federation *federation, enum node_number node, const char *to)
{
    struct node_note note = {++scene.next_id, to};
    return node_sends(federation, node, &note, SENDS_MS);
}

/* How often TEXT stands in the log of NODE. */
static unsigned log_says(const struct federation *federation, enum node_number node,
                         const char *text)
{
    char path[FEDERATION_PATH_SIZE];
    unsigned count = 0;
    federation_path(federation, path, "nodes/%s/tovd.log", federation->nodes[node].agency);
    char *log = files_read(path);
    for (const char *at = log; at != NULL && (at = strstr(at, text)) != NULL; at++)
        count++;
    free(log);
    return count;
}

static bool all_have_noticed(void)
{
    return log_says(&scene.federation, KBH_POL, "event=suspected-fork") > 0 &&
           log_says(&scene.federation, KRFO, "event=suspected-fork") > 0 &&
           log_says(&scene.federation, KK, "event=own-key-used-twice") > 0 &&
           log_says(&scene.copy, KK, "event=own-key-used-twice") > 0;
}

/* Whether both peers hold what the node that is no copy has written. */
static bool is_followed(struct tov_client *client)
{
    struct tov_status *status = NULL;
    size_t followers = 0;
    if (tov_status_get(client, &status, NULL) != TOV_OK)
        return false;
    const struct tov_node_status *facts = tov_status_facts(status);
    for (size_t i = 0; i < facts->peer_count; i++)
        followers += facts->peers[i].links_receipted == facts->peers[i].links_sent ? 1 : 0;
    tov_status_destroy(status);
    return followers == NODES - 1;
}

static bool is_followed_within(int timeout_ms)
{
    long long until = process_now_ms() + timeout_ms;
    struct tov_client *client = node_connect(&scene.federation, KK, "caseworker", timeout_ms);
    bool is = client != NULL && is_followed(client);
    while (client != NULL && !is && process_now_ms() < until) {
        process_pause();
        is = is_followed(client);
    }
    tov_client_close(client);
    return is;
}

/* While nobody hears them: who heard of the other's entries would recover them as its own, since a
 * copy that signs nothing else is no second history. The peers follow the one before they meet the
 * other: a peer that has neither, when both have been told to stop, has nothing to notice. */
static void both_sign(void)
{
    UNIT_NEED(node_serves(&scene.federation, KK, SERVES_MS));
    UNIT_NEED(node_serves(&scene.copy, KK, SERVES_MS));
    CU_ASSERT(node_stop(&scene.federation, KBH_POL));
    CU_ASSERT(node_stop(&scene.federation, KRFO));
    for (unsigned i = 0; i < 3; i++) {
        UNIT_NEED(sends(&scene.federation, KK, "kbh-pol/dks,krfo/central"));
        UNIT_NEED(node_serves(&scene.federation, KK, SERVES_MS));
        UNIT_NEED(sends(&scene.copy, KK, "kbh-pol/dks,krfo/central"));
        UNIT_NEED(node_serves(&scene.copy, KK, SERVES_MS));
    }
    CU_ASSERT(node_stop(&scene.copy, KK));
    node_start(&scene.federation, KBH_POL);
    node_start(&scene.federation, KRFO);
    UNIT_NEED(is_followed_within(SERVES_MS));
    node_start(&scene.copy, KK);
}

static void all_notice(void)
{
    long long until = process_now_ms() + NOTICED_MS;
    while (!all_have_noticed() && process_now_ms() < until)
        process_pause();
    UNIT_EQUAL_INT(log_says(&scene.federation, KBH_POL, "event=suspected-fork"), 1);
    UNIT_EQUAL_INT(log_says(&scene.federation, KRFO, "event=suspected-fork"), 1);
    UNIT_EQUAL_INT(log_says(&scene.federation, KK, "event=own-key-used-twice"), 1);
    UNIT_EQUAL_INT(log_says(&scene.copy, KK, "event=own-key-used-twice"), 1);
}

/* ---- what is said ---- */

static bool tov_says(const struct federation *federation, enum node_number node,
                     const char *language, const char *text)
{
    char *out = NULL;
    (void)setenv("COLUMNS", "1000", 1);
    (void)federation_tov(federation, node, "caseworker",
                         (const char *const[]){"--lang", language, "status", NULL}, &out);
    bool says = out != NULL && strstr(out, text) != NULL;
    if (!says)
        (void)printf("not in the status of %s: %s\n%s\n", federation->nodes[node].agency, text,
                     out == NULL ? "" : out);
    free(out);
    return says;
}

static bool is_suspended(enum node_number node, enum node_number peer)
{
    struct tov_status *status = NULL;
    bool is = false;
    struct tov_client *client = node_connect(&scene.federation, node, "caseworker", SENDS_MS);
    UNIT_NEED(client != NULL && tov_status_get(client, &status, NULL) == TOV_OK);
    const struct tov_node_status *facts = tov_status_facts(status);
    for (size_t i = 0; i < facts->peer_count; i++) {
        if (strcmp(facts->peers[i].name, scene.federation.nodes[peer].agency) == 0)
            is = facts->peers[i].suspended != 0;
    }
    tov_status_destroy(status);
    tov_client_close(client);
    return is;
}

static void peers_say_so_and_accuse_nobody_else(void)
{
    CU_ASSERT(is_suspended(KBH_POL, KK) && is_suspended(KRFO, KK));
    CU_ASSERT(!is_suspended(KBH_POL, KRFO) && !is_suspended(KRFO, KBH_POL));
    CU_ASSERT(
        tov_says(&scene.federation, KBH_POL, "en", "kk has shown two different signed histories."));
    CU_ASSERT(tov_says(&scene.federation, KRFO, "da",
                       "kk har vist to forskellige underskrevne historier."));
    CU_ASSERT(node_serves(&scene.federation, KBH_POL, SERVES_MS));
    CU_ASSERT(sends(&scene.federation, KBH_POL, "krfo/central"));
    CU_ASSERT(node_serves(&scene.federation, KBH_POL, SERVES_MS));
}

static void both_nodes_have_stopped(void)
{
    const struct federation *both[] = {&scene.federation, &scene.copy};
    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT(!sends(both[i], KK, "kbh-pol/dks"));
        CU_ASSERT(
            tov_says(both[i], KK, "en", "This node's key has signed two different histories"));
        CU_ASSERT(
            tov_says(both[i], KK, "da", "Nodens nøgle har underskrevet to forskellige historier"));
    }
}

/* Alone, with nobody to tell it. */
static void a_node_that_was_told_once_never_signs_again(void)
{
    CU_ASSERT(node_stop(&scene.copy, KK));
    for (unsigned i = 0; i < NODES; i++)
        CU_ASSERT(node_stop(&scene.federation, (enum node_number)i));
    node_start(&scene.federation, KK);
    struct tov_client *client = node_connect(&scene.federation, KK, "caseworker", SERVES_MS);
    CU_ASSERT(client != NULL);
    tov_client_close(client);
    CU_ASSERT(tov_says(&scene.federation, KK, "en",
                       "This node's key has signed two different histories"));
    CU_ASSERT(!sends(&scene.federation, KK, "kbh-pol/dks"));
}

/* ---- the proof ---- */

static char *ledger_key_of_kk(void)
{
    char path[FEDERATION_PATH_SIZE];
    federation_path(&scene.federation, path, "nodes/kk/agency.card");
    char *card = files_read(path);
    UNIT_NEED(card != NULL);
    char *line = strstr(card, "\nledger ");
    UNIT_NEED(line != NULL);
    char *key = strdup(line + strlen("\nledger "));
    UNIT_NEED(key != NULL);
    key[strcspn(key, "\n")] = '\0';
    free(card);
    return key;
}

static bool go_is_convinced(const char *file)
{
    char program[GOVERIFY_PATH_SIZE];
    if (!goverify_is_there())
        return true; /* main says that it was left out */
    UNIT_NEED(goverify_build(scene.federation.folder, program));
    char *key = ledger_key_of_kk();
    const char *const words[] = {program, "-fork", file, key, NULL};
    bool is = command_run(words, NULL) == 0;
    free(key);
    return is;
}

/* Its export names kk, and kk alone, and is the proof. */
static void an_export_proves_it(enum node_number node)
{
    char folder[FEDERATION_PATH_SIZE], roots[FEDERATION_PATH_SIZE], file[FEDERATION_PATH_SIZE];
    char *text = NULL;
    CU_ASSERT(node_exports(&scene.federation, node, folder));
    federation_path(&scene.federation, roots, "roots");
    int code =
        federation_run(&scene.federation, "tov-audit",
                       (const char *const[]){"verify", "--roots", roots, folder, NULL}, &text);
    UNIT_EQUAL_INT(code, 5);
    CU_ASSERT(text != NULL && strstr(text, "infohus-demo/kk/1 signed a tree of ") != NULL);
    CU_ASSERT(text != NULL && strstr(text, "1 inconsistent, 0 damaged, 0 unverifiable") != NULL);
    if (code != 5 || strstr(text, "1 inconsistent, 0 damaged, 0 unverifiable") == NULL)
        (void)printf("%s: exit code %d\n%s\n", folder, code, text);
    free(text);
    (void)snprintf(file, sizeof file, "%.480s/fork/1/1", folder);
    CU_ASSERT(go_is_convinced(file));
}

static void two_nodes_with_one_key_are_found_out(void)
{
    federation_create(&scene.federation);
    for (unsigned i = 0; i < NODES; i++)
        node_start(&scene.federation, (enum node_number)i);
    for (unsigned i = 0; i < NODES; i++)
        UNIT_NEED(node_serves(&scene.federation, (enum node_number)i, SERVES_MS));
    UNIT_NEED(sends(&scene.federation, KK, "kbh-pol/dks,krfo/central"));
    UNIT_NEED(node_serves(&scene.federation, KK, SERVES_MS));
    UNIT_NEED(node_stop(&scene.federation, KK));
    copy_the_machine();
    node_start(&scene.federation, KK);
    node_start(&scene.copy, KK);
    both_sign();
    all_notice();
    peers_say_so_and_accuse_nobody_else();
    both_nodes_have_stopped();
    for (unsigned i = 0; i < NODES; i++)
        an_export_proves_it((enum node_number)i);
    a_node_that_was_told_once_never_signs_again();
    federation_destroy(&scene.federation);
}

int main(void)
{
    static const struct unit_test tests[] = {UNIT_TEST(two_nodes_with_one_key_are_found_out)};
    int code =
        unit_run("federation, two nodes with one key", tests, sizeof tests / sizeof tests[0]);
    return code != 0 || goverify_is_there() ? code : unit_skip("Go (" GOVERIFY_PACKAGES ")");
}

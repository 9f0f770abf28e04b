/* SPDX-License-Identifier: EUPL-1.2
 *
 * Nodes of real processes whose database is replaced by an old copy, again and again (T11): with
 * the guard as it was or set back with it, peers there or away at first, one node or two at once.
 * Each time it is noticed before anything is signed, and the node comes back by itself; nothing
 * that was acknowledged and that a peer holds is lost, and no place in a ledger, number or key is
 * used twice. At its end a table says what was counted. And who sent a message that a recipient
 * does not get since is told, and can close the matter; and what a recipient had read is given to
 * it again when a person says so, and not before. TOV_RESTORES: how many (10; 200 at
 * TOV_TEST_PERCENT=1000).
 */
#include "federation/federation.h"
#include "federation/files.h"
#include "federation/note.h"
#include "federation/process.h"
#include "federation/reuse.h"
#include "merkle/tile.h"
#include "merkle/tree.h"
#include "support/command.h"
#include "support/unit.h"
#include "wire/leaf.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RESTORES 10u /* the second time that two nodes went back, too */
#define RESTORES_FULL 200u
#define FULL_PERCENT 1000u
#define COPIES 4u /* of each node are kept: the oldest is that many restores old */
#define NOTES 3u  /* of each node between two restores */
#define UNSETTLED 2u
#define SERVES_MS 180000
#define SAYS_MS 60000
#define SENDS_MS 10000
#define LIST_PAGE 100u
#define SEEN_MAX 65536u

/* ---- what is done in a round ---- */

struct variant {
    const char *name;
    bool guard_too;
    bool peers_off;
    bool two;
};
static const struct variant variants[] = {
    {"the guard is current", false, false, false},
    {"the guard went back, too", true, false, false},
    {"the guard is current, peers come later", false, true, false},
    {"the guard went back, too, peers come later", true, true, false},
    {"two nodes at once", false, false, true},
};
#define VARIANTS (sizeof variants / sizeof variants[0])

static struct federation federation;
static uint64_t next_id;
static unsigned copies; /* made so far, of each node */
static unsigned restored, noticed;
static bool is_krfo_old; /* it was set back in a round before */

/* What the table says, for each variant; two nodes at once count twice. */
struct tally {
    unsigned rounds, noticed;
    unsigned long long behind;   /* entries that the copy had not */
    unsigned long long not_back; /* of these: lost, or without the link to a recipient */
    long long longest_ms;
};
static struct tally tallies[VARIANTS];

static void run(const char *const words[])
{
    UNIT_NEED(command_run(words, NULL) == 0);
}

/* ---- copies of a node that does not run ---- */

static void paths_of(enum node_number node, unsigned copy, char store[FEDERATION_PATH_SIZE],
                     char guard[FEDERATION_PATH_SIZE], char old[FEDERATION_PATH_SIZE])
{
    const char *agency = federation.nodes[node].agency;
    federation_path(&federation, store, "nodes/%s/data/store/data.mdb", agency);
    federation_path(&federation, guard, "nodes/%s/guard", agency);
    federation_path(&federation, old, "old/%s-%u", agency, copy % COPIES);
}

static void keep_copy(enum node_number node)
{
    char store[FEDERATION_PATH_SIZE], guard[FEDERATION_PATH_SIZE], old[FEDERATION_PATH_SIZE];
    paths_of(node, copies, store, guard, old);
    files_remove_tree(old);
    UNIT_NEED(mkdir(old, 0700) == 0);
    run((const char *const[]){"cp", "-a", store, guard, old, NULL});
}

static void put_back(enum node_number node, unsigned copy, bool guard_too)
{
    char store[FEDERATION_PATH_SIZE], guard[FEDERATION_PATH_SIZE], old[FEDERATION_PATH_SIZE];
    char from[FEDERATION_PATH_SIZE + 16];
    paths_of(node, copy, store, guard, old);
    (void)snprintf(from, sizeof from, "%s/data.mdb", old);
    files_copy(from, store);
    if (!guard_too)
        return;
    files_remove_tree(guard);
    (void)snprintf(from, sizeof from, "%s/guard", old);
    run((const char *const[]){"cp", "-a", from, guard, NULL});
}

/* ---- messages ---- */

/* Acknowledged; those below `settled` were receipted by both others as well, before a restore. */
static struct tov_message_ref acknowledged[SEEN_MAX];
static size_t acknowledged_count, settled;

static bool sends(enum node_number node)
{
    static const char *const others[] = {"kbh-pol/dks,krfo/central", "kk/vink,krfo/central",
                                         "kk/vink,kbh-pol/dks"};
    struct tov_error error = {.code = TOV_OK};
    struct tov_submission *submission = NULL;
    struct tov_client *client = node_connect(&federation, node, "caseworker", SENDS_MS);
    struct tov_message_draft *draft = note_create(&(struct note){
        .id = ++next_id, .recipients = others[node], .bases = note_bases((unsigned)node)});
    enum tov_err err = client == NULL ? TOV_E_UNAVAILABLE
                                      : tov_client_submit(client, draft, NULL, &submission, &error);
    UNIT_NEED(acknowledged_count < SEEN_MAX);
    if (err == TOV_OK)
        acknowledged[acknowledged_count++] = tov_submission_facts(submission)->ref;
    tov_submission_destroy(submission);
    tov_message_draft_destroy(draft);
    tov_client_close(client);
    return err == TOV_OK;
}

/* Each message of NODE has been receipted by those that it went to. */
static bool is_settled(enum node_number node)
{
    struct tov_status *status = NULL;
    struct tov_client *client = node_connect(&federation, node, "caseworker", SENDS_MS);
    bool is = client != NULL && tov_status_get(client, &status, NULL) == TOV_OK;
    if (is) {
        const struct tov_node_status *facts = tov_status_facts(status);
        is = strcmp(facts->state, "serving") == 0 && facts->signed_size == facts->ledger_size;
        for (size_t i = 0; i < facts->peer_count; i++)
            is = is && facts->peers[i].waiting == 0;
    }
    tov_status_destroy(status);
    tov_client_close(client);
    return is;
}

static void settle(void)
{
    long long until = process_now_ms() + SERVES_MS;
    for (unsigned i = 0; i < NODES;) {
        if (is_settled((enum node_number)i)) {
            i++;
            continue;
        }
        UNIT_NEED(process_now_ms() < until);
        process_pause();
    }
}

/* ---- what must hold ---- */

static bool log_says(enum node_number node, const char *text)
{
    char log[FEDERATION_PATH_SIZE];
    federation_path(&federation, log, "nodes/%s/tovd.log", federation.nodes[node].agency);
    return files_say(log, text);
}

static void forget_log(enum node_number node)
{
    char log[FEDERATION_PATH_SIZE];
    federation_path(&federation, log, "nodes/%s/tovd.log", federation.nodes[node].agency);
    files_write(log, "");
}

/* It was seen that the store is old before the node served, and so before it signed. */
static void need_noticed(enum node_number node)
{
    char log[FEDERATION_PATH_SIZE];
    federation_path(&federation, log, "nodes/%s/tovd.log", federation.nodes[node].agency);
    char *text = files_read(log);
    UNIT_NEED(text != NULL);
    char *serves = strstr(text, "to=serving");
    char *old = strstr(text, "event=store-is-old");
    char *behind = strstr(text, "event=behind-a-peer");
    char *recovered = strstr(text, "event=tree-recovered");
    bool is = serves != NULL && recovered != NULL && recovered < serves &&
              ((old != NULL && old < serves) || (behind != NULL && behind < serves));
    noticed += is ? 1 : 0;
    CU_ASSERT(is);
    free(text);
}

/* The number behind NAME in the newest line of the log that has EVENT; 0: there is none. */
static unsigned long long log_number(const char *log, const char *event, const char *name)
{
    const char *last = NULL;
    for (const char *line = log; (line = strstr(line, event)) != NULL; line++)
        last = line;
    const char *end = last == NULL ? NULL : strchr(last, '\n');
    const char *value = last == NULL ? NULL : strstr(last, name);
    if (value == NULL || (end != NULL && value > end))
        return 0;
    return strtoull(value + strlen(name), NULL, 10);
}

static void take_tally(enum node_number node, struct tally *tally)
{
    char log[FEDERATION_PATH_SIZE];
    federation_path(&federation, log, "nodes/%s/tovd.log", federation.nodes[node].agency);
    char *text = files_read(log);
    UNIT_NEED(text != NULL);
    unsigned long long size = log_number(text, "event=tree-recovered", "size=");
    unsigned long long from = log_number(text, "event=tree-recovered", "from=");
    tally->behind += size > from ? size - from : 0;
    tally->not_back += log_number(text, "event=entries-lost", "count=");
    free(text);
}

static void nobody_is_accused(void)
{
    for (unsigned i = 0; i < NODES; i++) {
        CU_ASSERT(!log_says((enum node_number)i, "suspected-fork"));
        CU_ASSERT(!log_says((enum node_number)i, "own-key-used-twice"));
        CU_ASSERT(!log_says((enum node_number)i, "peer-holds-another-history"));
    }
}

static void count_in(struct tov_client *client, unsigned *times)
{
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    options.limit = LIST_PAGE;
    do {
        struct tov_listing *listing = NULL;
        struct tov_error error = {.code = TOV_OK};
        note_must(tov_message_list(client, &options, &listing, &error), &error);
        for (size_t i = 0; i < tov_listing_count(listing); i++) {
            const struct tov_message_facts *facts =
                tov_message_view_facts(tov_listing_at(listing, i));
            for (size_t k = 0; k < settled; k++)
                times[k] += memcmp(&facts->ref, &acknowledged[k], sizeof facts->ref) == 0 ? 1 : 0;
        }
        options.before = tov_listing_next(listing);
        tov_listing_destroy(listing);
    } while (options.before != 0);
}

/* What was receipted before a restore stands at NODE, which was not set back itself, once and at
 * the place that was told. */
static void need_held(enum node_number node)
{
    static unsigned times[SEEN_MAX];
    unsigned lost = 0, twice = 0;
    struct tov_client *client = node_connect(&federation, node, "caseworker", SERVES_MS);
    UNIT_NEED(client != NULL);
    memset(times, 0, sizeof times);
    count_in(client, times);
    tov_client_close(client);
    for (size_t k = 0; k < settled; k++) {
        lost += times[k] == 0 ? 1 : 0;
        twice += times[k] > 1 ? 1 : 0;
    }
    UNIT_EQUAL_INT(lost, 0);
    UNIT_EQUAL_INT(twice, 0);
}

/* ---- a round ---- */

static void start_and_wait_for_peers(const struct variant *variant)
{
    node_start(&federation, KK);
    if (variant->two)
        node_start(&federation, KRFO);
    if (!variant->peers_off)
        return;
    /* Alone: what it takes it does not sign, or it takes nothing. */
    struct tov_client *client = node_connect(&federation, KK, "caseworker", SERVES_MS);
    UNIT_NEED(client != NULL);
    tov_client_close(client);
    (void)sends(KK);
    CU_ASSERT(!log_says(KK, "to=serving"));
    node_start(&federation, KBH_POL);
    node_start(&federation, KRFO);
}

static void restore(unsigned round)
{
    const struct variant *variant = &variants[round % VARIANTS];
    unsigned age = 1 + round / (unsigned)VARIANTS % (COPIES - 1);
    unsigned copy = copies - (age < copies ? age : copies);
    for (unsigned i = 0; i < NODES; i++)
        for (unsigned k = 0; k < NOTES; k++)
            CU_ASSERT(sends((enum node_number)i));
    settle();
    settled = acknowledged_count;
    /* With the guard set back nobody would know of what was signed and not sent: a copy of that
     * moment would be a second history. */
    for (unsigned k = 0; !variant->guard_too && k < UNSETTLED; k++)
        CU_ASSERT(sends(KK));
    node_kill(&federation, KK);
    if (variant->two)
        node_kill(&federation, KRFO);
    for (unsigned i = 0; variant->peers_off && i < NODES; i++) {
        if (i != KK)
            CU_ASSERT(node_stop(&federation, (enum node_number)i));
    }
    keep_copy(KK);
    put_back(KK, copy, variant->guard_too);
    forget_log(KK);
    if (variant->two) {
        put_back(KRFO, 0, false);
        forget_log(KRFO);
    }
    start_and_wait_for_peers(variant);
    acknowledged_count = settled; /* of the others nobody can say whether they had left */
    copies++;
    restored += variant->two ? 2 : 1;
    for (unsigned i = 0; i < NODES; i++)
        UNIT_NEED(node_serves(&federation, (enum node_number)i, SERVES_MS));
    struct tally *tally = &tallies[round % VARIANTS];
    unsigned noticed_before = noticed;
    need_noticed(KK);
    take_tally(KK, tally);
    need_held(KBH_POL);
    is_krfo_old = is_krfo_old || variant->two;
    if (!is_krfo_old)
        need_held(KRFO);
    if (variant->two) {
        need_noticed(KRFO);
        take_tally(KRFO, tally);
    }
    tally->rounds += variant->two ? 2 : 1;
    tally->noticed += noticed - noticed_before;
    nobody_is_accused();
}

/* The first copies: kk's, and the one of krfo, which stays. */
static void make_first_copies(void)
{
    char old[FEDERATION_PATH_SIZE];
    federation_path(&federation, old, "old");
    UNIT_NEED(mkdir(old, 0700) == 0);
    for (unsigned i = 0; i < NODES; i++)
        UNIT_NEED(node_serves(&federation, (enum node_number)i, SERVES_MS));
    CU_ASSERT(node_stop(&federation, KK) && node_stop(&federation, KRFO));
    keep_copy(KK);
    keep_copy(KRFO);
    copies = 1;
    node_start(&federation, KK);
    node_start(&federation, KRFO);
    for (unsigned i = 0; i < NODES; i++)
        UNIT_NEED(node_serves(&federation, (enum node_number)i, SERVES_MS));
}

/* Whether the entry at INDEX of kk's export is the one with HASH. */
static bool has_entry(const char *folder, uint64_t index, const uint8_t hash[32])
{
    char pattern[FEDERATION_PATH_SIZE + 64];
    glob_t found;
    struct tov_hash leaf_hash = {{0}};
    unsigned bundle = (unsigned)(index / TOV_TILE_WIDTH);
    (void)snprintf(pattern, sizeof pattern, "%s/leaves/{%03u,%03u.p/*}", folder, bundle, bundle);
    UNIT_NEED(glob(pattern, GLOB_BRACE, NULL, &found) == 0 && found.gl_pathc == 1);
    static uint8_t bytes[TOV_TILE_WIDTH * (TOV_LEAF_MAX_BYTES + 2)];
    FILE *file = fopen(found.gl_pathv[0], "rb");
    UNIT_NEED(file != NULL);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    UNIT_NEED(fclose(file) == 0);
    struct tov_reader reader = tov_reader_of((struct tov_bytes){bytes, size});
    struct tov_bytes leaf;
    for (uint64_t i = (uint64_t)bundle * TOV_TILE_WIDTH; tov_bundle_next(&reader, &leaf); i++) {
        if (i == index)
            leaf_hash = tov_merkle_leaf_hash(leaf);
    }
    globfree(&found);
    return memcmp(leaf_hash.bytes, hash, sizeof leaf_hash.bytes) == 0;
}

/* The restored node shows them to nobody, for their keys are gone, but it has each. */
static void kk_has_its_entries(const char *folder)
{
    unsigned missing = 0;
    for (size_t i = 0; i < settled; i++) {
        if (acknowledged[i].agency == 1 &&
            !has_entry(folder, acknowledged[i].index, acknowledged[i].leaf_hash))
            missing++;
    }
    UNIT_EQUAL_INT(missing, 0);
}

/* What an audit may say after a restore (docs/recovery.md): keys that are gone; and links that
 * nobody has any more, to a recipient that had not taken the message yet when its sender was set
 * back, or was set back with it. */
static bool is_expected(const char *finding)
{
    static const char *const expected[] = {
        "[local corruption] The verdict stored with a received message is not the one in the "
        "signed receipts.",
        "[note] ", "[unverifiable] A message has no link block for one of its recipients.",
        "[unverifiable] An entry names an agency, but was withheld from it, or was taken out of "
        "its export."};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        if (strstr(finding, expected[i]) != NULL)
            return true;
    }
    return false;
}

/* Where both ends of a link were set back, nobody has the messages that a receipt, which came back,
 * speaks of; and what one lost the other holds again when a newer copy of it was put back. */
static bool is_expected_of_two(const char *finding)
{
    return is_krfo_old &&
           (strstr(finding, "[unverifiable] A receipt covers a message that the export does not "
                            "show.") != NULL ||
            strstr(finding, "[unverifiable] A receipt, or one before it, cannot be checked by what "
                            "the export holds.") != NULL ||
            strstr(finding, "[unverifiable] An entry that is gone from its own ledger") != NULL);
}

/* A finding begins with its number and its class in brackets. */
static void need_expected(char *report)
{
    static const char begins[] = ". [";
    files_unwrap(report);
    char *finding = strstr(report, begins);
    while (finding != NULL) {
        char *next = strstr(finding + sizeof begins - 1, begins);
        if (next != NULL)
            *next = '\0';
        bool is_fine = is_expected(finding) || is_expected_of_two(finding);
        if (!is_fine)
            (void)printf("%s\n", finding);
        CU_ASSERT(is_fine);
        if (next != NULL)
            *next = begins[0];
        finding = next;
    }
}

/* All three together: what one has signed and what the others hold of it, links, receipts. */
static void exports_agree(struct reuse_count reuse[REUSE_KINDS])
{
    static char folders[NODES][FEDERATION_PATH_SIZE];
    char roots[FEDERATION_PATH_SIZE];
    char *text = NULL;
    federation_path(&federation, roots, "exports");
    files_remove_tree(roots);
    for (unsigned i = 0; i < NODES; i++)
        UNIT_NEED(node_exports(&federation, (enum node_number)i, folders[i]));
    federation_path(&federation, roots, "roots");
    int code = federation_run(
        &federation, "tov-audit",
        (const char *const[]){"verify", "--roots", roots, folders[0], folders[1], folders[2], NULL},
        &text);
    CU_ASSERT(code == 0 || code == 3 || code == 4);
    UNIT_NEED(text != NULL);
    need_expected(text);
    free(text);
    kk_has_its_entries(folders[KK]);
    reuse_count((const char *const[]){folders[0], folders[1], folders[2]}, NODES, reuse);
    for (size_t i = 0; i < REUSE_KINDS; i++) {
        CU_ASSERT(reuse[i].compared > 0);
        UNIT_EQUAL_INT(reuse[i].twice, 0);
    }
}

static void print_tallies(const struct reuse_count reuse[REUSE_KINDS])
{
    (void)printf("\n%-42s %8s %8s %8s %8s %10s\n", "restores", "noticed", "behind", "back",
                 "not back", "longest ms");
    for (size_t i = 0; i < VARIANTS; i++) {
        const struct tally *tally = &tallies[i];
        (void)printf("%3u  %-37s %4u/%-3u %8llu %8llu %8llu %10lld\n", tally->rounds,
                     variants[i].name, tally->noticed, tally->rounds, tally->behind,
                     tally->behind - tally->not_back, tally->not_back, tally->longest_ms);
    }
    (void)printf("\n%-24s %10s %6s\n", "in the three ledgers", "compared", "twice");
    for (size_t i = 0; i < REUSE_KINDS; i++)
        (void)printf("%-24s %10zu %6zu\n", reuse[i].name, reuse[i].compared, reuse[i].twice);
}

static unsigned restores(void)
{
    bool is_full = unit_percent() >= FULL_PERCENT && getenv("TOV_RESTORES") == NULL;
    return is_full ? RESTORES_FULL : unit_rounds("TOV_RESTORES", RESTORES);
}

/* ---- a message that a recipient does not get any more ---- */

static uint64_t caseworker_waits_for(const char *peer)
{
    struct tov_status *status = NULL;
    uint64_t waiting = UINT64_MAX;
    struct tov_client *client = node_connect(&federation, KK, "caseworker", SENDS_MS);
    if (client != NULL && tov_status_get(client, &status, NULL) == TOV_OK) {
        const struct tov_node_status *facts = tov_status_facts(status);
        for (size_t i = 0; i < facts->peer_count; i++)
            waiting = strcmp(facts->peers[i].name, peer) == 0 ? facts->peers[i].waiting : waiting;
    }
    tov_status_destroy(status);
    tov_client_close(client);
    return waiting;
}

/* How many are withheld, by the status of kk's caseworker; the number of the oldest. */
static uint64_t count_withheld(uint64_t *out_oldest)
{
    struct tov_status *status = NULL;
    uint64_t count = UINT64_MAX;
    struct tov_client *client = node_connect(&federation, KK, "caseworker", SENDS_MS);
    if (client != NULL && tov_status_get(client, &status, NULL) == TOV_OK) {
        count = tov_status_facts(status)->withheld;
        *out_oldest = tov_status_facts(status)->withheld_oldest;
    }
    tov_status_destroy(status);
    tov_client_close(client);
    return count;
}

static void wait_for_withheld(uint64_t wanted, uint64_t *out_oldest)
{
    long long until = process_now_ms() + SERVES_MS;
    while (count_withheld(out_oldest) != wanted) {
        UNIT_NEED(process_now_ms() < until);
        process_pause();
    }
}

static void caseworker_reads(enum node_number node, const char *const words[], const char *text)
{
    char *out = NULL;
    int code = federation_tov(&federation, node, "caseworker", words, &out);
    UNIT_NEED(out != NULL);
    CU_ASSERT((code == 0 || code == 3) && strstr(out, text) != NULL);
    if (strstr(out, text) == NULL)
        (void)printf("%d: %s\n", code, out);
    free(out);
}

static void tov_says(const char *const words[], const char *text)
{
    caseworker_reads(KK, words, text);
}

/* krfo was away when kk sent it, and kk is set back before it comes: kbh-pol alone has it. */
static void lose_the_way_to_krfo(void)
{
    settle();
    CU_ASSERT(node_stop(&federation, KRFO));
    CU_ASSERT(sends(KK));
    long long until = process_now_ms() + SERVES_MS;
    while (caseworker_waits_for("kbh-pol") != 0) {
        UNIT_NEED(process_now_ms() < until);
        process_pause();
    }
    node_kill(&federation, KK);
    put_back(KK, 0, false);
    forget_log(KK);
    node_start(&federation, KK);
    node_start(&federation, KRFO);
    for (unsigned i = 0; i < NODES; i++)
        UNIT_NEED(node_serves(&federation, (enum node_number)i, SERVES_MS));
    acknowledged_count = 0; /* krfo never gets it */
}

static void who_sent_what_is_withheld_is_told_and_can_say_so(void)
{
    uint64_t number = 0;
    char word[32];
    lose_the_way_to_krfo();
    wait_for_withheld(1, &number); /* once its keys are back, too */
    (void)snprintf(word, sizeof word, "%llu", (unsigned long long)number);
    tov_says((const char *const[]){"--lang", "en", "status", NULL},
             "1 message does not reach all of its recipients");
    tov_says((const char *const[]){"--lang", "en", "outbox", NULL}, "not sent");
    tov_says((const char *const[]){"--lang", "en", "show", word, NULL}, "krfo: not sent");
    tov_says((const char *const[]){"--lang", "en", "amend", word, "--set", "reason=Sendt igen.",
                                   "--set", "changes.1.what=Afsendelse", "--set",
                                   "changes.1.now=Sendt igen", "--set",
                                   "necessity=Beskeden mangler.", "--yes", NULL},
             "");
    wait_for_withheld(0, &number);
    tov_says((const char *const[]){"--lang", "en", "show", word, NULL}, "has told it so");
}

/* ---- what a recipient had read, and was set back ---- */

/* How many messages kk asks the police for again; the number of the oldest there. */
static uint64_t count_asked_again(uint64_t *out_oldest)
{
    struct tov_status *status = NULL;
    uint64_t count = UINT64_MAX;
    struct tov_client *client = node_connect(&federation, KBH_POL, "caseworker", SENDS_MS);
    if (client != NULL && tov_status_get(client, &status, NULL) == TOV_OK) {
        const struct tov_node_status *facts = tov_status_facts(status);
        for (size_t i = 0; i < facts->peer_count; i++) {
            if (strcmp(facts->peers[i].name, "kk") != 0)
                continue;
            count = facts->peers[i].asked_again;
            *out_oldest = facts->peers[i].asked_again_oldest;
        }
    }
    tov_status_destroy(status);
    tov_client_close(client);
    return count;
}

static void wait_for_asked_again(uint64_t wanted, uint64_t *out_oldest)
{
    long long until = process_now_ms() + SERVES_MS;
    while (count_asked_again(out_oldest) != wanted) {
        UNIT_NEED(process_now_ms() < until);
        process_pause();
    }
}

static void what_was_read_is_given_again_by_a_person_alone(void)
{
    uint64_t number = 0, none = 0;
    char word[32];
    settle();
    CU_ASSERT(sends(KBH_POL));
    settle();
    node_kill(&federation, KK);
    put_back(KK, 0, false);
    forget_log(KK);
    node_start(&federation, KK);
    UNIT_NEED(node_serves(&federation, KK, SERVES_MS));
    wait_for_asked_again(1, &number);
    (void)snprintf(word, sizeof word, "%llu", (unsigned long long)number);
    caseworker_reads(KBH_POL, (const char *const[]){"--lang", "en", "status", NULL},
                     "kk was set back to an old copy, cannot read 1 message");
    caseworker_reads(KBH_POL, (const char *const[]){"--lang", "en", "show", word, NULL},
                     "kk: lost there");
    caseworker_reads(KK, (const char *const[]){"--lang", "en", "status", NULL},
                     "There are messages from kbh-pol that could be read here");
    caseworker_reads(KBH_POL,
                     (const char *const[]){"--lang", "en", "give-again", word, "--agency", "kk",
                                           "--reason", "Aftalt med kk på telefon", NULL},
                     "kk is given the keys again");
    wait_for_asked_again(0, &none);
    long long until = process_now_ms() + SERVES_MS;
    for (;;) {
        char *out = NULL;
        (void)federation_tov(&federation, KBH_POL, "caseworker",
                             (const char *const[]){"--lang", "en", "show", word, NULL}, &out);
        bool is_open = out != NULL && strstr(out, "kk: received") != NULL;
        free(out);
        if (is_open)
            break;
        UNIT_NEED(process_now_ms() < until);
        process_pause();
    }
    acknowledged_count = 0; /* kk's own are its old ones again */
}

static void old_copies_are_noticed_and_brought_forward(void)
{
    struct reuse_count reuse[REUSE_KINDS];
    unsigned rounds = restores();
    federation_create(&federation);
    for (unsigned i = 0; i < NODES; i++)
        node_start(&federation, (enum node_number)i);
    make_first_copies();
    who_sent_what_is_withheld_is_told_and_can_say_so();
    what_was_read_is_given_again_by_a_person_alone();
    for (unsigned i = 0; i < rounds; i++) {
        if (i == VARIANTS - 1) {
            settle();
            exports_agree(reuse); /* before two are set back together */
        }
        long long from = process_now_ms();
        restore(i);
        struct tally *tally = &tallies[i % VARIANTS];
        long long took_ms = process_now_ms() - from;
        tally->longest_ms = took_ms > tally->longest_ms ? took_ms : tally->longest_ms;
        (void)printf("%u: %s: %lld ms\n", i, variants[i % VARIANTS].name, took_ms);
        (void)fflush(stdout);
    }
    settle();
    exports_agree(reuse);
    print_tallies(reuse);
    UNIT_EQUAL_INT(noticed, restored);
    federation_destroy(&federation);
}

int main(void)
{
    static const struct unit_test tests[] = {UNIT_TEST(old_copies_are_noticed_and_brought_forward)};
    return unit_run("federation, restored", tests, sizeof tests / sizeof tests[0]);
}

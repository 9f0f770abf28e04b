/* SPDX-License-Identifier: EUPL-1.2
 *
 * The last resort, with real nodes (docs/keys.md, A new generation): a ledger key is given up, the
 * root holders sign a roster with a new one that revokes the old at its last signed size, and the
 * agency's node begins its ledger anew in an empty data folder. What the others have of before
 * stays, and messages flow again both ways.
 */
#include "federation/federation.h"
#include "federation/files.h"
#include "federation/note.h"
#include "federation/process.h"
#include "support/command.h"
#include "support/unit.h"

#include "base/hex.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SERVES_MS 60000
#define SENDS_MS 10000
#define LIST_MAX 100u
#define CODE_CONFIG 10

static struct federation federation;
static uint64_t next_id;

static void must(const char *name, const char *const arguments[])
{
    char *text = NULL;
    int code = federation_run(&federation, name, arguments, &text);
    if (code != 0)
        (void)printf("%s %s: %d\n%s\n", name, arguments[0], code, text == NULL ? "" : text);
    free(text);
    UNIT_NEED(code == 0);
}

static void run(const char *const words[])
{
    UNIT_NEED(command_run(words, NULL) == 0);
}

#define PATH(...) path_of((char[FEDERATION_PATH_SIZE]){0}, __VA_ARGS__)
__attribute__((format(printf, 2, 3))) static char *path_of(char *out, const char *format, ...)
{
    char name[FEDERATION_PATH_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    federation_path(&federation, out, "%s", name);
    return out;
}

/* ---- messages ---- */

static void sends(enum node_number node, const char *to)
{
    struct tov_error error = {.code = TOV_OK};
    struct tov_submission *submission = NULL;
    struct tov_client *client = node_connect(&federation, node, "caseworker", SENDS_MS);
    UNIT_NEED(client != NULL);
    struct tov_message_draft *draft = note_create(
        &(struct note){.id = ++next_id, .recipients = to, .bases = note_bases((unsigned)node)});
    note_must(tov_client_submit(client, draft, NULL, &submission, &error), &error);
    tov_submission_destroy(submission);
    tov_message_draft_destroy(draft);
    tov_client_close(client);
}

/* What a node's status says of its peers. */
typedef bool (*sight)(const struct tov_node_status *facts);

static bool nothing_waits(const struct tov_node_status *facts)
{
    for (size_t i = 0; i < facts->peer_count; i++) {
        if (facts->peers[i].waiting != 0)
            return false;
    }
    return true;
}

static bool keys_are_asked_for(const struct tov_node_status *facts)
{
    uint64_t count = 0;
    for (size_t i = 0; i < facts->peer_count; i++)
        count += facts->peers[i].asked_again;
    return count == 1;
}

static bool tells(enum node_number node, sight told)
{
    struct tov_status *status = NULL;
    struct tov_client *client = node_connect(&federation, node, "caseworker", SENDS_MS);
    bool is = client != NULL && tov_status_get(client, &status, NULL) == TOV_OK &&
              told(tov_status_facts(status));
    tov_status_destroy(status);
    tov_client_close(client);
    return is;
}

static bool comes_to_tell(enum node_number node, sight told)
{
    long long until = process_now_ms() + SERVES_MS;
    bool is = tells(node, told);
    for (; !is && process_now_ms() < until; is = tells(node, told))
        process_pause();
    return is;
}

enum { AGENCY_KK = 1, AGENCY_KBH_POL = 2 };

/* How many messages of that agency and generation NODE shows with their content's header. */
static unsigned shown_of(enum node_number node, uint16_t agency, uint32_t generation)
{
    unsigned count = 0;
    struct tov_error error = {.code = TOV_OK};
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    struct tov_listing *listing = NULL;
    struct tov_client *client = node_connect(&federation, node, "caseworker", SENDS_MS);
    UNIT_NEED(client != NULL);
    options.limit = LIST_MAX;
    note_must(tov_message_list(client, &options, &listing, &error), &error);
    for (size_t i = 0; i < tov_listing_count(listing); i++) {
        const struct tov_message_facts *facts = tov_message_view_facts(tov_listing_at(listing, i));
        if (facts->ref.agency == agency && facts->ref.generation == generation && facts->has_header)
            count++;
    }
    tov_listing_destroy(listing);
    tov_client_close(client);
    return count;
}

/* ---- the ceremony ---- */

/* The line of the card that begins with WORD, without it. */
static void card_line(const char *card, const char *word, char out[256])
{
    char *text = files_read(card);
    char start[64];
    (void)snprintf(start, sizeof start, "\n%s ", word);
    UNIT_NEED(text != NULL);
    char *line = strstr(text, start);
    UNIT_NEED(line != NULL);
    (void)snprintf(out, 256, "%.*s", (int)strcspn(line + strlen(start), "\n"),
                   line + strlen(start));
    free(text);
}

/* "revoked VKEY SIZE HEX": the last line of the signed sizes in an export says where. */
static void put_revoked(FILE *recipe, const char *signatures, const char *key)
{
    char root[64];
    unsigned long long size = 0;
    struct tov_hash hash;
    size_t got = 0;
    char hex[2 * TOV_HASH_BYTES + 1];
    char *text = files_read(signatures);
    UNIT_NEED(text != NULL && strlen(text) > 1);
    text[strlen(text) - 1] = '\0';
    char *last = strrchr(text, '\n');
    UNIT_NEED(sscanf(last == NULL ? text : last + 1, "%llu %63s", &size, root) == 2);
    UNIT_OK(tov_base64_decode(tov_bytes_of_text(root), hash.bytes, sizeof hash.bytes, &got));
    tov_hex_encode(TOV_BYTES_OF(hash.bytes), hex);
    (void)fprintf(recipe, "revoked %s %llu %s\n", key, size, hex);
    free(text);
}

/* The recipe of the federation as it is, and what is revoked. */
static void write_recipe(const char *path, const char *export)
{
    char ledger[256], journal[256], signatures[FEDERATION_PATH_SIZE + 32];
    char *text = files_read(CEREMONY_RECIPE);
    UNIT_NEED(text != NULL);
    FILE *recipe = fopen(path, "w");
    UNIT_NEED(recipe != NULL);
    unsigned node = 0;
    for (char *at = text, *port; at != NULL; at = port) {
        port = strstr(at, ":PORT");
        (void)fprintf(recipe, "%.*s", port == NULL ? (int)strlen(at) : (int)(port - at), at);
        if (port != NULL)
            (void)fprintf(recipe, ":%u", federation.spare_ports[0] - 6 + node++);
        port = port == NULL ? NULL : port + strlen(":PORT");
    }
    card_line(PATH("nodes/kk/agency.card"), "ledger", ledger);
    card_line(PATH("nodes/kk/agency.card"), "journal", journal);
    (void)snprintf(signatures, sizeof signatures, "%s/signatures", export);
    put_revoked(recipe, signatures, ledger);
    (void)snprintf(signatures, sizeof signatures, "%s/journal/signatures", export);
    put_revoked(recipe, signatures, journal);
    UNIT_NEED(fclose(recipe) == 0);
    free(text);
}

static void hold_the_ceremony(const char *export)
{
    static const char *const holders[] = {"kommune", "politi"};
    char *old = PATH("roster"), *next = PATH("roster.2"), *roots = PATH("roots");
    char *recipe = PATH("recipe.2");
    must("tov-keys", (const char *const[]){"agency-new", "--federation", "infohus-demo", "--agency",
                                           "kk", "--number", "1", "--generation", "2", "--plain",
                                           "--dir", PATH("kk.2"), NULL});
    write_recipe(recipe, export);
    must("tov-keys", (const char *const[]){
                         "roster-new", "--recipe", recipe, "--roots", roots, "--previous", old,
                         "--out", next, PATH("kk.2/agency.card"), PATH("nodes/kbh-pol/agency.card"),
                         PATH("nodes/krfo/agency.card"), NULL});
    for (size_t i = 0; i < 2; i++)
        must("tov-keys", (const char *const[]){"roster-sign", "--yes", "--key",
                                               PATH("root-keys/%s.key", holders[i]), "--previous",
                                               old, next, NULL});
    must("tov-keys",
         (const char *const[]){"roster-check", "--roots", roots, "--previous", old, next, NULL});
    files_copy(next, old);
}

/* Keys and guard of generation 2; front and storage root key stay. */
static void change_keys(void)
{
    static const char *const names[] = {"ledger", "journal", "witness", "control", "transport"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        files_copy(PATH("kk.2/keys/%s.key", names[i]), PATH("nodes/kk/keys/%s.key", names[i]));
    files_remove_tree(PATH("nodes/kk/guard"));
    run((const char *const[]){"cp", "-a", PATH("kk.2/guard"), PATH("nodes/kk/guard"), NULL});
}

/* ---- the whole way ---- */

static void the_old_data_folder_is_refused(void)
{
    node_start(&federation, KK);
    UNIT_EQUAL_INT(process_wait(federation.nodes[KK].pid, SERVES_MS), CODE_CONFIG);
    federation.nodes[KK].pid = 0;
    CU_ASSERT(files_say(PATH("nodes/kk/tovd.log"), "the data folder holds generation 1"));
}

static void a_new_generation_takes_over(void)
{
    char export[FEDERATION_PATH_SIZE];
    federation_create(&federation);
    for (unsigned i = 0; i < NODES; i++)
        node_start(&federation, (enum node_number)i);
    for (unsigned i = 0; i < NODES; i++)
        UNIT_NEED(node_serves(&federation, (enum node_number)i, SERVES_MS));
    sends(KK, "kbh-pol/dks,krfo/central");
    sends(KBH_POL, "kk/vink,krfo/central");
    UNIT_NEED(comes_to_tell(KK, nothing_waits) && comes_to_tell(KBH_POL, nothing_waits));
    UNIT_NEED(node_serves(&federation, KK, SERVES_MS));
    UNIT_NEED(node_exports(&federation, KK, export));
    for (unsigned i = 0; i < NODES; i++)
        CU_ASSERT(node_stop(&federation, (enum node_number)i));
    hold_the_ceremony(export);
    change_keys();
    the_old_data_folder_is_refused();
    UNIT_NEED(rename(PATH("nodes/kk/data"), PATH("nodes/kk/data.1")) == 0);
    UNIT_NEED(mkdir(PATH("nodes/kk/data"), 0700) == 0);
    for (unsigned i = 0; i < NODES; i++)
        node_start(&federation, (enum node_number)i);
    for (unsigned i = 0; i < NODES; i++)
        UNIT_NEED(node_serves(&federation, (enum node_number)i, SERVES_MS));
    UNIT_EQUAL_INT(shown_of(KBH_POL, AGENCY_KK, 1), 1);
    sends(KK, "kbh-pol/dks,krfo/central");
    sends(KBH_POL, "kk/vink,krfo/central");
    CU_ASSERT(comes_to_tell(KK, nothing_waits));
    CU_ASSERT(comes_to_tell(KBH_POL, nothing_waits));
    /* What the former kk had opened came too: whether it gets the keys, a person says. */
    CU_ASSERT(comes_to_tell(KBH_POL, keys_are_asked_for));
    UNIT_EQUAL_INT(shown_of(KK, AGENCY_KBH_POL, 1), 1);
    UNIT_EQUAL_INT(shown_of(KBH_POL, AGENCY_KK, 2), 1);
    UNIT_EQUAL_INT(shown_of(KBH_POL, AGENCY_KK, 1), 1);
    files_remove_tree(PATH("exports"));
    for (unsigned i = 0; i < NODES; i++)
        CU_ASSERT(node_export_verifies(&federation, (enum node_number)i));
    federation_destroy(&federation);
}

int main(void)
{
    static const struct unit_test tests[] = {UNIT_TEST(a_new_generation_takes_over)};
    return unit_run("federation, a new generation", tests, sizeof tests / sizeof tests[0]);
}

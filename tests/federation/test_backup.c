/* SPDX-License-Identifier: EUPL-1.2
 *
 * Backups of real nodes: made under load, damaged, cut off, put back. What is refused names what is
 * wrong, and nothing that was cut off is ever taken for whole.
 */
#include "exit_codes.h"
#include "federation/federation.h"
#include "federation/files.h"
#include "federation/note.h"
#include "federation/process.h"
#include "federation/record.h"
#include "federation/storm.h"
#include "support/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SERVES_MS 60000
#define SENDS_MS 60000
#define RUN_MS 60000
#define KILLED 137
#define THINNING 1u
#define ROLLBACKS 2u
#define NOTE_ID (RECORD_AGENCY / 2) /* an id that the load never uses */

static struct storm storm;

static void path_of(char out[FEDERATION_PATH_SIZE], const char *name)
{
    federation_path(&storm.federation, out, "%s", name);
}

/* ---- running it ---- */

/* tovd WORDS with kk's configuration where that is asked for; what it said is in the file `said`.
 */
struct call {
    const char *command; /* "backup", "restore" */
    const char *option;  /* "--verify", "--replace", or NULL */
    const char *folder;  /* in the federation's */
    const char *fault;   /* TOV_FAULT, or NULL */
    const char *watched; /* TOV_FAULT_FILE */
};

static int run(const struct call *call)
{
    char program[FEDERATION_PATH_SIZE], config[FEDERATION_PATH_SIZE], said[FEDERATION_PATH_SIZE];
    char folder[FEDERATION_PATH_SIZE], words[3][FEDERATION_PATH_SIZE];
    const char *argv[PROCESS_ARGUMENTS_MAX] = {"/usr/bin/env"};
    size_t count = 1;
    char *text = NULL;
    federation_program(program, "tovd");
    path_of(config, "nodes/kk/tovd.conf");
    path_of(said, "said");
    path_of(folder, call->folder);
    if (call->fault != NULL) {
        (void)snprintf(words[0], sizeof words[0], "LD_PRELOAD=%s", FAULTSHIM);
        (void)snprintf(words[1], sizeof words[1], "TOV_FAULT=%s", call->fault);
        (void)snprintf(words[2], sizeof words[2], "TOV_FAULT_FILE=%s", call->watched);
        for (size_t i = 0; i < 3; i++)
            argv[count++] = words[i];
        argv[count++] = "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=1";
    }
    argv[count++] = program;
    argv[count++] = call->command;
    argv[count++] = "--config";
    argv[count++] = config;
    if (call->option != NULL)
        argv[count++] = call->option;
    argv[count] = folder;
    (void)unlink(said);
    int code = process_run(argv, said, RUN_MS, &text);
    free(text);
    return code;
}

static int backup(const char *folder)
{
    return run(&(struct call){.command = "backup", .folder = folder});
}

static int verify(const char *folder)
{
    return run(&(struct call){.command = "backup", .option = "--verify", .folder = folder});
}

static int restore(const char *folder, const char *option)
{
    return run(&(struct call){.command = "restore", .option = option, .folder = folder});
}

static bool it_said(const char *words)
{
    char said[FEDERATION_PATH_SIZE];
    path_of(said, "said");
    bool is_so = files_say(said, words);
    if (!is_so) {
        char *text = files_read(said);
        (void)printf("\nnot said: %s\nbut: %s\n", words, text == NULL ? "" : text);
        free(text);
    }
    return is_so;
}

static bool is_there(const char *name)
{
    char path[FEDERATION_PATH_SIZE];
    struct stat info;
    path_of(path, name);
    return lstat(path, &info) == 0;
}

static void remove_tree(const char *name)
{
    char path[FEDERATION_PATH_SIZE];
    path_of(path, name);
    files_remove_tree(path);
}

static void copy_tree(const char *from, const char *to)
{
    char source[FEDERATION_PATH_SIZE], target[FEDERATION_PATH_SIZE];
    char *text = NULL;
    path_of(source, from);
    path_of(target, to);
    files_remove_tree(target);
    int code = process_run((const char *const[]){"/bin/cp", "-a", source, target, NULL}, NULL,
                           RUN_MS, &text);
    free(text);
    UNIT_NEED(code == 0);
}

/* ---- under load ---- */

static void backups_under_load_are_whole(void)
{
    char name[32];
    for (unsigned i = 0; i < 100; i++) /* so that there are attachments */
        UNIT_NEED(storm_sends(&storm, KK, SENDS_MS));
    for (unsigned i = 0; i < 4; i++) {
        UNIT_NEED(storm_sends(&storm, KK, SENDS_MS));
        (void)snprintf(name, sizeof name, "b%u", i);
        UNIT_EQUAL_INT(backup(name), 0);
        UNIT_EQUAL_INT(verify(name), 0);
    }
    CU_ASSERT(storm_lives(&storm));
    UNIT_NEED(storm_calm(&storm)); /* what comes now is done many times: the store grows no more */
    UNIT_EQUAL_INT(backup("b0"), TOV_EXIT_REFUSED);
    CU_ASSERT(it_said("is there already"));
    UNIT_EQUAL_INT(verify("b0"), 0); /* and it is as it was */
    UNIT_EQUAL_INT(restore("b0", NULL), TOV_EXIT_SECOND);
    CU_ASSERT(it_said("process "));
    CU_ASSERT(it_said("stop that one first"));
}

/* The first calls each, then fewer and fewer: there is one for each attachment. */
static unsigned next_call(unsigned n)
{
    return n + 1 + n / unit_every("TOV_FAULT_EVERY", THINNING);
}

/* Killed at calls of a kind that touch what it writes, from the first to the last. */
static unsigned kill_backups(const char *kind)
{
    unsigned killed = 0;
    for (unsigned n = 1;; n = next_call(n)) {
        char fault[64];
        (void)snprintf(fault, sizeof fault, "%s:0:%u", kind, n);
        int code = run(&(struct call){"backup", NULL, "cut", fault, "/cut"});
        if (code == 0)
            break;
        UNIT_EQUAL_INT(code, KILLED);
        if (code != KILLED)
            return 0;
        killed++;
        if (is_there("cut")) { /* between its name and the last sync it is whole */
            UNIT_EQUAL_INT(verify("cut"), 0);
            remove_tree("cut");
            continue;
        }
        CU_ASSERT(verify("cut.unfinished") != 0 || is_there("cut.unfinished/manifest"));
    }
    UNIT_EQUAL_INT(verify("cut"), 0);
    CU_ASSERT(!is_there("cut.unfinished"));
    remove_tree("cut");
    return killed;
}

static void a_backup_that_is_killed_anywhere_is_never_taken_for_whole(void)
{
    CU_ASSERT(kill_backups("write") > 0);
    CU_ASSERT(kill_backups("open") > 0);
    CU_ASSERT(kill_backups("fdatasync") > 0);
    CU_ASSERT(node_serves(&storm.federation, KK, SERVES_MS));
}

static void a_backup_that_meets_an_error_leaves_nothing(void)
{
    UNIT_EQUAL_INT(run(&(struct call){"backup", NULL, "full", "write:28:3", "/full"}),
                   TOV_EXIT_DISK_FULL);
    CU_ASSERT(it_said("free space on its disk"));
    UNIT_EQUAL_INT(run(&(struct call){"backup", NULL, "full", "fdatasync:5:1", "/full"}),
                   TOV_EXIT_IO);
    CU_ASSERT(!is_there("full") && !is_there("full.unfinished"));
    UNIT_EQUAL_INT(backup("nowhere/at/all"), TOV_EXIT_REFUSED);
    CU_ASSERT(it_said("nowhere/at"));
}

/* ---- damage ---- */

static void flip(const char *path)
{
    struct stat info;
    uint8_t byte = 0;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    UNIT_NEED(fd >= 0 && fstat(fd, &info) == 0 && info.st_size > 0);
    off_t at = info.st_size / 2;
    UNIT_NEED(pread(fd, &byte, 1, at) == 1);
    byte ^= 1;
    UNIT_NEED(pwrite(fd, &byte, 1, at) == 1);
    (void)close(fd);
}

static void cut(const char *path)
{
    struct stat info;
    UNIT_NEED(stat(path, &info) == 0 && truncate(path, info.st_size - 1) == 0);
}

static void lose(const char *path)
{
    UNIT_NEED(unlink(path) == 0);
}

/* Does HARM to the file NAME of a copy of the backup and expects that it is refused by name. */
static void expect_found(const char *name, void (*harm)(const char *path))
{
    char path[FEDERATION_PATH_SIZE];
    copy_tree("b3", "harmed");
    federation_path(&storm.federation, path, "harmed/%s", name);
    harm(path);
    int code = verify("harmed");
    UNIT_EQUAL_INT(code, TOV_EXIT_CORRUPT);
    CU_ASSERT(it_said(harm == lose && strcmp(name, "manifest") == 0 ? "no manifest" : name));
}

static void expect_all_found(const char *name)
{
    expect_found(name, flip);
    expect_found(name, cut);
    expect_found(name, lose);
}

static void any_damage_is_found_and_named(void)
{
    char path[FEDERATION_PATH_SIZE], name[300];
    unsigned blobs = 0;
    expect_all_found("manifest");
    expect_all_found("buckets");
    expect_all_found("store/data.mdb");
    path_of(path, "b3/blobs");
    DIR *entries = opendir(path);
    UNIT_NEED(entries != NULL);
    for (struct dirent *entry = readdir(entries); entry != NULL && blobs < 4;
         entry = readdir(entries)) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(name, sizeof name, "blobs/%.255s", entry->d_name);
        expect_all_found(name);
        blobs++;
    }
    (void)closedir(entries);
    CU_ASSERT(blobs > 0);
}

static void what_a_backup_does_not_name_is_found(void)
{
    static const char *const names[] = {"epochs", "blobs/own-0-2", "store/lock.mdb", "store/x",
                                        "journal.key"};
    char path[FEDERATION_PATH_SIZE];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        copy_tree("b3", "harmed");
        federation_path(&storm.federation, path, "harmed/%s", names[i]);
        files_write(path, "");
        UNIT_EQUAL_INT(verify("harmed"), TOV_EXIT_CORRUPT);
        CU_ASSERT(it_said(names[i]));
    }
}

/* ---- restoring ---- */

static void a_restore_into_what_is_there_changes_nothing(void)
{
    UNIT_NEED(node_stop(&storm.federation, KK));
    UNIT_EQUAL_INT(restore("b3", NULL), TOV_EXIT_REFUSED);
    CU_ASSERT(it_said("--replace"));
    UNIT_EQUAL_INT(backup("last"), 0); /* also of a node that is stopped */
    UNIT_EQUAL_INT(verify("last"), 0);
}

/* The code with which kk's node ends by itself. */
static int start_to_its_end(void)
{
    struct node *node = &storm.federation.nodes[KK];
    node_start(&storm.federation, KK);
    int code = process_wait(node->pid, SERVES_MS);
    UNIT_NEED(code >= 0);
    node->pid = 0;
    return code;
}

static unsigned kill_restores(const char *kind)
{
    unsigned killed = 0;
    for (unsigned n = 1;; n = next_call(n)) {
        char fault[64];
        (void)snprintf(fault, sizeof fault, "%s:0:%u", kind, n);
        remove_tree("nodes/kk/data");
        int code = run(&(struct call){"restore", NULL, "last", fault, "/kk/data"});
        if (code == 0)
            break;
        UNIT_EQUAL_INT(code, KILLED);
        if (code != KILLED)
            return 0;
        killed++;
        if (!is_there("nodes/kk/data/store/restoring"))
            continue; /* nothing yet, or all of it but the last words */
        if (killed % 4 == 1)
            UNIT_EQUAL_INT(start_to_its_end(), TOV_EXIT_CORRUPT);
        UNIT_EQUAL_INT(restore("last", NULL), 0); /* it begins again, from whatever is there */
        CU_ASSERT(!is_there("nodes/kk/data/store/restoring"));
    }
    return killed;
}

static void a_restore_that_is_killed_anywhere_is_never_started_from(void)
{
    char data[FEDERATION_PATH_SIZE], aside[FEDERATION_PATH_SIZE];
    path_of(data, "nodes/kk/data");
    path_of(aside, "nodes/kk/data.before");
    UNIT_NEED(rename(data, aside) == 0);
    CU_ASSERT(kill_restores("write") > 0);
    CU_ASSERT(kill_restores("open") > 0);
    CU_ASSERT(kill_restores("fdatasync") > 0);
}

static void damaged_backups_and_those_of_others_are_not_restored(void)
{
    char config[FEDERATION_PATH_SIZE];
    remove_tree("nodes/kk/data");
    copy_tree("last", "harmed");
    char path[FEDERATION_PATH_SIZE];
    path_of(path, "harmed/buckets");
    flip(path);
    UNIT_EQUAL_INT(restore("harmed", NULL), TOV_EXIT_CORRUPT);
    CU_ASSERT(!is_there("nodes/kk/data"));
    path_of(config, "nodes/kk/tovd.conf");
    files_change(config, "agency = kk", "agency = krfo");
    UNIT_EQUAL_INT(restore("last", NULL), TOV_EXIT_REFUSED);
    CU_ASSERT(it_said("a backup of kk"));
    files_change(config, "agency = krfo", "agency = kk");
    CU_ASSERT(!is_there("nodes/kk/data"));
}

/* An escrow that holds another agency's key, or none, is found by the drill of docs/backup.md. */
static void a_backup_is_verified_with_the_storage_root_key(void)
{
    char key[FEDERATION_PATH_SIZE], other[FEDERATION_PATH_SIZE], kept[FEDERATION_PATH_SIZE];
    path_of(key, "nodes/kk/keys/storage-root.key");
    path_of(other, "nodes/krfo/keys/storage-root.key");
    path_of(kept, "kept.key");
    UNIT_EQUAL_INT(verify("last"), TOV_EXIT_OK);
    UNIT_NEED(rename(key, kept) == 0);
    UNIT_EQUAL_INT(verify("last"), TOV_EXIT_KEY);
    CU_ASSERT(it_said("storage-root.key"));
    files_copy(other, key);
    files_change(key, "owner krfo", "owner kk");
    files_change(key, "infohus-demo/krfo", "infohus-demo/kk");
    UNIT_EQUAL_INT(verify("last"), TOV_EXIT_KEY);
    CU_ASSERT(it_said("cannot be opened with this storage root key"));
    UNIT_NEED(rename(kept, key) == 0);
}

static void a_restored_node_serves_when_its_keepers_have_answered(void)
{
    char log[FEDERATION_PATH_SIZE];
    UNIT_EQUAL_INT(restore("last", NULL), 0);
    node_start(&storm.federation, KK);
    CU_ASSERT(node_serves(&storm.federation, KK, SERVES_MS));
    CU_ASSERT(node_export_verifies(&storm.federation, KK));
    path_of(log, "nodes/kk/tovd.log");
    CU_ASSERT(files_say(log, "majority-met"));
}

/* ---- the start rule ---- */

struct sizes {
    uint64_t signed_size, ledger_size;
    bool serves;
};

static struct sizes sizes_of(struct tov_client *client)
{
    struct tov_status *status = NULL;
    UNIT_NEED(tov_status_get(client, &status, NULL) == TOV_OK);
    const struct tov_node_status *facts = tov_status_facts(status);
    struct sizes sizes = {facts->signed_size, facts->ledger_size,
                          strcmp(facts->state, "serving") == 0};
    tov_status_destroy(status);
    return sizes;
}

static bool status_says_within(struct tov_client *client, const char *words, int timeout_ms)
{
    long long until = process_now_ms() + timeout_ms;
    bool is_so = false;
    do {
        struct tov_status *status = NULL;
        UNIT_NEED(tov_status_get(client, &status, NULL) == TOV_OK);
        is_so = strstr(tov_status_facts(status)->sentence_en, words) != NULL;
        tov_status_destroy(status);
        if (!is_so)
            process_pause();
    } while (!is_so && process_now_ms() < until);
    return is_so;
}

static void send_note(uint64_t id)
{
    struct tov_error error = {.code = TOV_OK};
    struct tov_submission *submission = NULL;
    struct tov_client *client = node_connect(&storm.federation, KK, "caseworker", SERVES_MS);
    UNIT_NEED(client != NULL);
    struct tov_message_draft *draft =
        note_create(&(struct note){.id = id, .recipients = "kbh-pol/dks", .bases = note_bases(KK)});
    note_must(tov_client_submit(client, draft, NULL, &submission, &error), &error);
    tov_submission_destroy(submission);
    tov_message_draft_destroy(draft);
    tov_client_close(client);
}

static int start_anyway(const char *client)
{
    char *text = NULL;
    int code = federation_tov(
        &storm.federation, KK, client,
        (const char *const[]){"start-anyway", "--reason", "krfo er nede, aftalt", NULL}, &text);
    free(text);
    return code;
}

static void two_persons_start_a_restored_node_that_one_keeper_answers(void)
{
    UNIT_NEED(node_stop(&storm.federation, KK));
    UNIT_NEED(node_stop(&storm.federation, KRFO));
    federation_add_client(&storm.federation, &(struct client_wish){KK, "admin", "node_admin", ""});
    UNIT_EQUAL_INT(backup("again"), 0);
    UNIT_EQUAL_INT(restore("again", "--replace"), 0);
    node_start(&storm.federation, KK);
    struct tov_client *client = node_connect(&storm.federation, KK, "admin", SERVES_MS);
    UNIT_NEED(client != NULL);
    CU_ASSERT(status_says_within(client, "1 of 2 keepers have answered, 2 are needed", SERVES_MS));
    CU_ASSERT(status_says_within(client, "missing are krfo", SERVES_MS));
    uint64_t before = sizes_of(client).signed_size;
    send_note(NOTE_ID); /* stored, and not signed */
    CU_ASSERT(sizes_of(client).ledger_size > before);
    UNIT_EQUAL_INT(start_anyway("caseworker"), 1);
    UNIT_EQUAL_INT(start_anyway("admin"), 0);
    UNIT_EQUAL_INT(start_anyway("admin"), 0);
    CU_ASSERT(status_says_within(client, "1 of 2 have done so", SERVES_MS));
    UNIT_EQUAL_INT(sizes_of(client).signed_size, before);
    CU_ASSERT(!sizes_of(client).serves);
    UNIT_EQUAL_INT(start_anyway("auditor"), 0);
    CU_ASSERT(node_serves(&storm.federation, KK, SERVES_MS));
    UNIT_EQUAL_INT(start_anyway("auditor"), 1); /* there is nothing to start any more */
    tov_client_close(client);
    remove_tree("exports");
    CU_ASSERT(node_export_verifies(&storm.federation, KK)); /* with both overrides */
    node_start(&storm.federation, KRFO);
    CU_ASSERT(node_serves(&storm.federation, KRFO, SERVES_MS));
}

/* Store and guard put back together, as a snapshot of the machine would: only the keepers know. */
static void a_store_and_guard_that_went_back_are_noticed_before_anything_is_signed(void)
{
    char log[FEDERATION_PATH_SIZE], peer[FEDERATION_PATH_SIZE];
    path_of(log, "nodes/kk/tovd.log");
    path_of(peer, "nodes/kbh-pol/tovd.log");
    for (unsigned i = 0; i < unit_rounds("TOV_ROUNDS", ROLLBACKS); i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "old%u", i);
        UNIT_NEED(node_serves(&storm.federation, KK, SERVES_MS));
        UNIT_NEED(node_stop(&storm.federation, KK));
        UNIT_EQUAL_INT(backup(name), 0);
        copy_tree("nodes/kk/guard", "guard.old");
        node_start(&storm.federation, KK);
        UNIT_NEED(node_serves(&storm.federation, KK, SERVES_MS));
        send_note(NOTE_ID + 1 + i);
        UNIT_NEED(node_serves(&storm.federation, KK, SERVES_MS));
        UNIT_NEED(node_stop(&storm.federation, KK));
        copy_tree("nodes/kk/guard", "guard.new");
        copy_tree("nodes/kk/data", "data.new");
        UNIT_EQUAL_INT(restore(name, "--replace"), 0);
        copy_tree("guard.old", "nodes/kk/guard");
        files_write(log, "");
        node_start(&storm.federation, KK);
        CU_ASSERT(files_say_within(log, "behind-a-peer", SERVES_MS));
        CU_ASSERT(!files_say(log, "peer-holds-another-history"));
        CU_ASSERT(!files_say(peer, "fork"));
        UNIT_NEED(node_stop(&storm.federation, KK));
        copy_tree("guard.new", "nodes/kk/guard");
        copy_tree("data.new", "nodes/kk/data");
        node_start(&storm.federation, KK);
    }
    CU_ASSERT(node_serves(&storm.federation, KK, SERVES_MS));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(backups_under_load_are_whole),
        UNIT_TEST(a_backup_that_is_killed_anywhere_is_never_taken_for_whole),
        UNIT_TEST(a_backup_that_meets_an_error_leaves_nothing),
        UNIT_TEST(any_damage_is_found_and_named),
        UNIT_TEST(what_a_backup_does_not_name_is_found),
        UNIT_TEST(a_restore_into_what_is_there_changes_nothing),
        UNIT_TEST(a_restore_that_is_killed_anywhere_is_never_started_from),
        UNIT_TEST(damaged_backups_and_those_of_others_are_not_restored),
        UNIT_TEST(a_backup_is_verified_with_the_storage_root_key),
        UNIT_TEST(a_restored_node_serves_when_its_keepers_have_answered),
        UNIT_TEST(two_persons_start_a_restored_node_that_one_keeper_answers),
        UNIT_TEST(a_store_and_guard_that_went_back_are_noticed_before_anything_is_signed),
    };
    federation_create(&storm.federation);
    storm_begin(&storm);
    UNIT_NEED(storm_sends(&storm, KK, SENDS_MS));
    int code = unit_run("backup", tests, sizeof tests / sizeof tests[0]);
    (void)storm_end(&storm);
    federation_destroy(&storm.federation);
    return code;
}

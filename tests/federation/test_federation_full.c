/* SPDX-License-Identifier: EUPL-1.2
 *
 * A disk that runs full under a running node, again and again, while three nodes are under load:
 * nearly full it says so, takes nothing new and reads on; full to the last byte it stays, says so
 * and waits, also when it begins so; and with room again it goes on, by itself, without a loss (I2,
 * I3). The same on a disk that has room, and no file left that could be made. kk's data and its
 * guard's state are on an ext4 of their own. TOV_ROUNDS says how often (3).
 */
#include "federation/federation.h"
#include "federation/files.h"
#include "federation/note.h"
#include "federation/process.h"
#include "federation/record.h"
#include "federation/small_disk.h"
#include "federation/storm.h"
#include "support/unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ROUNDS 3u
#define DISK_MIB 224u
#define RESERVE_MIB 32u
#define NEARLY_FULL_BYTES (20u << 20)
#define FILES_LEFT 20u
#define SERVES_MS 60000
#define SETTLES_MS 180000
#define WHOLE_MS 120000
#define NOTE_TOO_MUCH (RECORD_AGENCY / 2) /* an id that the load never uses */

static struct storm storm;
static char disk[FEDERATION_PATH_SIZE];

/* ---- the disk ---- */

static void change(const char *old_text, const char *new_text)
{
    char config[FEDERATION_PATH_SIZE];
    federation_path(&storm.federation, config, "nodes/kk/tovd.conf");
    files_change(config, old_text, new_text);
}

/* Before kk's node has run. */
static void move_to_a_small_disk(void)
{
    static const char *const states[] = {"ledger.state", "journal.state", "witness.state"};
    char image[FEDERATION_PATH_SIZE], from[FEDERATION_PATH_SIZE], to[FEDERATION_PATH_SIZE];
    federation_path(&storm.federation, image, "image");
    federation_path(&storm.federation, disk, "nodes/kk/disk");
    UNIT_NEED(mkdir(disk, 0700) == 0);
    small_disk_mount(image, disk, DISK_MIB);
    federation_path(&storm.federation, to, "nodes/kk/disk/data");
    UNIT_NEED(mkdir(to, 0700) == 0);
    federation_path(&storm.federation, to, "nodes/kk/disk/guard");
    UNIT_NEED(mkdir(to, 0700) == 0);
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        federation_path(&storm.federation, from, "nodes/kk/guard/%s", states[i]);
        federation_path(&storm.federation, to, "nodes/kk/disk/guard/%s", states[i]);
        files_copy(from, to);
    }
    change("nodes/kk/data", "nodes/kk/disk/data");
    change("nodes/kk/guard", "nodes/kk/disk/guard");
    change("disk-reserve-mib = 64", "disk-reserve-mib = 32");
}

/* ---- what it says ---- */

#define NEARLY_FULL "disk is nearly full"
#define FULL "disk is full"

static bool says(struct tov_client *client, const char *words)
{
    struct tov_status *status = NULL;
    if (tov_status_get(client, &status, NULL) != TOV_OK)
        return false;
    const struct tov_node_status *facts = tov_status_facts(status);
    bool says = strstr(facts->sentence_en, words) != NULL && strcmp(facts->state, "read-only") == 0;
    tov_status_destroy(status);
    return says;
}

static struct tov_client *wait_until_it_says(const char *words)
{
    long long until = process_now_ms() + SETTLES_MS;
    struct tov_client *client = node_connect(&storm.federation, KK, "caseworker", SERVES_MS);
    UNIT_NEED(client != NULL);
    while (!says(client, words)) {
        UNIT_NEED(process_now_ms() < until);
        process_pause();
    }
    return client;
}

static enum tov_err try_to_send(struct tov_client *client, struct tov_error *error)
{
    struct tov_submission *submission = NULL;
    struct tov_message_draft *draft =
        note_create(&(struct note){.id = NOTE_TOO_MUCH,
                                   .recipients = storm.federation.nodes[KRFO].unit,
                                   .bases = note_bases(KK)});
    enum tov_err err = tov_client_submit(client, draft, NULL, &submission, error);
    tov_submission_destroy(submission);
    tov_message_draft_destroy(draft);
    return err;
}

/* With the code and the words that a client is promised. */
static void check_that_it_takes_nothing_new(struct tov_client *client)
{
    struct tov_error error = {.code = TOV_OK};
    UNIT_EQUAL_INT(try_to_send(client, &error), TOV_E_FULL);
    CU_ASSERT(strstr(error.text, "keep the draft") != NULL);
}

static enum tov_err open_message(struct tov_client *client)
{
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_message_view *view = NULL;
    options.number = 1;
    enum tov_err err = tov_message_get(client, &options, &view, NULL);
    tov_message_view_destroy(view);
    return err;
}

/* ---- nearly full ---- */

static void live_on_a_disk_that_is_nearly_full(void)
{
    small_disk_fill(disk, NEARLY_FULL_BYTES);
    struct tov_client *client = wait_until_it_says(NEARLY_FULL);
    check_that_it_takes_nothing_new(client);
    UNIT_OK(open_message(client));
    UNIT_EQUAL_INT(storm_receives(&storm, KK, SETTLES_MS), 1); /* and what others send arrives */
    tov_client_close(client);
}

/* ---- full ---- */

static unsigned count_in_log(const char *words)
{
    char log[FEDERATION_PATH_SIZE];
    unsigned count = 0;
    federation_path(&storm.federation, log, "nodes/kk/tovd.log");
    char *text = files_read(log);
    for (const char *at = text; at != NULL && (at = strstr(at, words)) != NULL; at++)
        count++;
    free(text);
    return count;
}

/* A list needs no commit; content does, of the entry that it was read (I9). */
static void check_that_it_answers_what_it_can(struct tov_client *client)
{
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    struct tov_listing *listing = NULL;
    UNIT_OK(tov_message_list(client, &options, &listing, NULL));
    tov_listing_destroy(listing);
    UNIT_EQUAL_INT(open_message(client), TOV_E_FULL);
}

static void stay_on_a_full_disk(void)
{
    struct tov_client *client = wait_until_it_says(FULL);
    check_that_it_takes_nothing_new(client);
    check_that_it_answers_what_it_can(client);
    tov_client_close(client);
    UNIT_EQUAL_INT(process_runs(storm.federation.nodes[KK].pid), 1);
}

static void live_on_a_full_disk(void)
{
    unsigned ends = count_in_log("ended=core");
    small_disk_fill(disk, 0);
    stay_on_a_full_disk();
    UNIT_EQUAL_INT(count_in_log("ended=core"), ends);
    /* So does one that begins there. */
    UNIT_EQUAL_INT(node_stop(&storm.federation, KK), 1);
    ends = count_in_log("ended=core");
    node_start(&storm.federation, KK);
    stay_on_a_full_disk();
    UNIT_EQUAL_INT(count_in_log("ended=core"), ends);
}

/* ---- no file can be made any more ---- */

/* With files to spare, and then with none at all, which takes nothing more from anybody: a node
 * makes no file for a message. */
static void live_on_a_disk_without_files(void)
{
    small_disk_fill_files(disk, FILES_LEFT);
    struct tov_client *client = wait_until_it_says(NEARLY_FULL);
    check_that_it_takes_nothing_new(client);
    small_disk_fill_files(disk, 0);
    check_that_it_takes_nothing_new(client);
    UNIT_OK(open_message(client));
    UNIT_EQUAL_INT(storm_receives(&storm, KK, SETTLES_MS), 1);
    tov_client_close(client);
}

static bool live_through_a_round_without_files(void)
{
    bool all_well = storm_receives(&storm, KK, SETTLES_MS) && storm_sends(&storm, KK, SETTLES_MS);
    live_on_a_disk_without_files();
    /* Nor does one that begins. */
    UNIT_EQUAL_INT(node_stop(&storm.federation, KK), 1);
    node_start(&storm.federation, KK);
    struct tov_client *client = wait_until_it_says(NEARLY_FULL);
    check_that_it_takes_nothing_new(client);
    tov_client_close(client);
    small_disk_free_files(disk);
    all_well = all_well && node_serves(&storm.federation, KK, SERVES_MS) &&
               storm_sends(&storm, KK, SETTLES_MS);
    UNIT_EQUAL_INT(all_well, 1);
    return all_well;
}

static bool live_through_a_round(void)
{
    bool all_well = storm_receives(&storm, KK, SETTLES_MS) && storm_sends(&storm, KK, SETTLES_MS);
    live_on_a_disk_that_is_nearly_full();
    live_on_a_full_disk();
    small_disk_free(disk);
    all_well = all_well && process_runs(storm.federation.nodes[KK].pid) &&
               node_serves(&storm.federation, KK, SERVES_MS) && storm_sends(&storm, KK, SETTLES_MS);
    UNIT_EQUAL_INT(all_well, 1);
    return all_well;
}

static void begin_on_a_small_disk(void)
{
    federation_create(&storm.federation);
    move_to_a_small_disk();
    storm_begin(&storm);
}

static void end_whole(void)
{
    storm_check_whole(&storm, WHOLE_MS);
    UNIT_EQUAL_INT(node_stop(&storm.federation, KK), 1);
    small_disk_unmount(disk);
    UNIT_EQUAL_INT(storm_end(&storm), 1);
}

static void a_full_disk_refuses_clearly_loses_nothing_and_recovers_by_itself(void)
{
    begin_on_a_small_disk();
    for (unsigned left = unit_rounds("TOV_ROUNDS", ROUNDS); left > 0 && live_through_a_round();
         left--) {
    }
    end_whole();
}

static void a_disk_without_files_refuses_clearly_loses_nothing_and_recovers_by_itself(void)
{
    begin_on_a_small_disk();
    for (unsigned left = unit_rounds("TOV_ROUNDS", ROUNDS);
         left > 0 && live_through_a_round_without_files(); left--) {
    }
    end_whole();
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_full_disk_refuses_clearly_loses_nothing_and_recovers_by_itself),
        UNIT_TEST(a_disk_without_files_refuses_clearly_loses_nothing_and_recovers_by_itself),
    };
    if (!small_disk_is_possible())
        return unit_skip("a full disk: mounting needs root and a loop device");
    return unit_run("federation: full disk", tests, sizeof tests / sizeof tests[0]);
}

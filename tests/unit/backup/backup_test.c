/* SPDX-License-Identifier: EUPL-1.2
 *
 * Backups of the data of a simulated node that has stopped: made, checked, put back.
 */
#include "backup/backup.h"
#include "ledger/journal.h"
#include "ledger/ledger.h"
#include "ledger/start_rule.h"
#include "ledger/vault.h"
#include "keys/keyfile.h"
#include "support/sim_message.h"
#include "support/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW_MS 1637000000000u

struct scene {
    struct sim_node *node; /* ended */
    char folder[128];
    struct tov_config config;
    struct sim_federation *federation;
    struct tov_backup_setup setup;
    char backup[192];
};

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

static void remove_tree(const char *path)
{
    (void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void submit(struct sim_node *node, uint64_t record, size_t attachments)
{
    struct tov_message_written written;
    struct sim_order order = {.record = record,
                              .recipient_count = 1,
                              .recipients = {{1, TOV_RIGHT_ALL}},
                              .text_bytes = 200,
                              .attachment_count = attachments,
                              .attachment_bytes = {200000}};
    UNIT_NEED(sim_message_submit(node, &order, &written) == TOV_OK);
    sim_node_settle(node);
}

static void save_buckets(const struct scene *scene, struct sim_node *node)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_VAULT_FILE_MAX_BYTES);
    char path[256];
    (void)snprintf(path, sizeof path, "%s/buckets", scene->config.data_dir);
    UNIT_NEED(sim_disk_load(node->disk, TOV_VAULT_FILE, &bytes) == TOV_OK);
    struct tov_file_save save = {path, tov_buf_view(&bytes), 0600, TOV_FILE_REPLACE};
    UNIT_NEED(tov_file_save(&save, NULL) == TOV_OK);
}

/* A node wrote MESSAGES messages, the last with an attachment whose file is lost, and stopped. */
static void scene_begin(struct scene *scene, uint64_t messages)
{
    struct sim_node *node = calloc(1, sizeof *node);
    char store[TOV_CONFIG_VALUE_SIZE + 16];
    struct tov_error error = {.text = ""};
    UNIT_NEED(node != NULL);
    *scene = (struct scene){.node = node, .federation = sim_federation_create(1, 0)};
    (void)snprintf(scene->folder, sizeof scene->folder, "/tmp/tov-backup-XXXXXX");
    UNIT_NEED(mkdtemp(scene->folder) != NULL);
    (void)snprintf(scene->config.agency, sizeof scene->config.agency, "a1");
    (void)snprintf(scene->config.data_dir, sizeof scene->config.data_dir, "%s/data", scene->folder);
    (void)snprintf(scene->backup, sizeof scene->backup, "%s/backup", scene->folder);
    UNIT_NEED(mkdir(scene->config.data_dir, 0700) == 0);
    (void)snprintf(store, sizeof store, "%s/store", scene->config.data_dir);
    sim_node_init(node, scene->federation, 0, store);
    sim_node_time(node, NOW_MS, 1000);
    UNIT_NEED(sim_node_start(node, &error) == TOV_OK);
    sim_node_settle(node);
    for (uint64_t i = 0; i < messages; i++)
        submit(node, i + 1, i + 1 == messages ? 1 : 0);
    save_buckets(scene, node);
    sim_node_crash(node);
    scene->setup = (struct tov_backup_setup){.config = &scene->config,
                                             .roster = scene->federation->roster,
                                             .folder = scene->backup,
                                             .now_ms = NOW_MS + 5000,
                                             .any_filesystem = true};
}

static void scene_end(struct scene *scene)
{
    sim_node_fini(scene->node);
    free(scene->node);
    remove_tree(scene->folder);
    sim_federation_destroy(scene->federation);
}

static enum tov_err make(const struct scene *scene, struct tov_error *error)
{
    struct tov_backup_manifest manifest;
    enum tov_err err = tov_backup_make(&scene->setup, &manifest, error);
    if (err == TOV_OK)
        tov_backup_manifest_fini(&manifest);
    return err;
}

static enum tov_err check(const struct scene *scene, struct tov_error *error)
{
    struct tov_backup_manifest manifest;
    enum tov_err err = tov_backup_check(scene->backup, &manifest, error);
    if (err == TOV_OK)
        tov_backup_manifest_fini(&manifest);
    return err;
}

static enum tov_err restore(const struct scene *scene, char moved[TOV_BACKUP_PATH_SIZE],
                            struct tov_error *error)
{
    struct tov_backup_manifest manifest;
    enum tov_err err = tov_backup_restore(&scene->setup, &manifest, moved, error);
    if (err == TOV_OK)
        tov_backup_manifest_fini(&manifest);
    return err;
}

static bool is_there(const char *folder, const char *name)
{
    char path[600];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

/* ---- making ---- */

static void a_backup_says_what_the_node_held(void)
{
    struct scene scene;
    struct tov_error error = {.text = ""};
    struct tov_backup_manifest manifest;
    scene_begin(&scene, 400); /* more than one tile */
    UNIT_EQUAL_INT(tov_backup_make(&scene.setup, &manifest, &error), TOV_OK);
    UNIT_EQUAL_TEXT(error.text, "");
    UNIT_EQUAL_INT(manifest.about.own_messages, 400);
    UNIT_EQUAL_INT(manifest.about.absent, 1);
    UNIT_EQUAL_INT(manifest.about.keyless, 0);
    UNIT_EQUAL_INT(manifest.about.ledger.size, manifest.about.ledger.signed_size);
    CU_ASSERT(manifest.about.ledger.size > 400);
    UNIT_EQUAL_INT(manifest.files.count, 2);
    UNIT_EQUAL_INT(tov_backup_fits(&manifest.about, scene.federation->roster, "a1", &error),
                   TOV_OK);
    tov_backup_manifest_fini(&manifest);
    UNIT_EQUAL_INT(check(&scene, &error), TOV_OK);
    UNIT_EQUAL_INT(make(&scene, &error), TOV_E_EXISTS); /* a folder is never written into */
    scene_end(&scene);
}

static void keys_and_epoch_secrets_never_come_into_a_backup(void)
{
    struct scene scene;
    char path[256];
    scene_begin(&scene, 1);
    (void)snprintf(path, sizeof path, "%s/epochs", scene.config.data_dir);
    UNIT_NEED(close(open(path, O_WRONLY | O_CREAT, 0600)) == 0);
    UNIT_EQUAL_INT(make(&scene, NULL), TOV_OK);
    CU_ASSERT(!is_there(scene.backup, "epochs"));
    scene_end(&scene);
}

static void a_backup_does_not_go_into_the_data_itself(void)
{
    struct scene scene;
    struct tov_error error = {.text = ""};
    char path[256];
    scene_begin(&scene, 1);
    (void)snprintf(path, sizeof path, "%s/../data//backup", scene.config.data_dir);
    scene.setup.folder = path;
    UNIT_EQUAL_INT(make(&scene, &error), TOV_E_RULE);
    CU_ASSERT(!is_there(scene.config.data_dir, "backup.unfinished"));
    scene_end(&scene);
}

static void a_failed_backup_leaves_nothing(void)
{
    struct scene scene;
    struct tov_error error = {.text = ""};
    char path[256];
    scene_begin(&scene, 1);
    (void)snprintf(path, sizeof path, "%s/buckets", scene.config.data_dir);
    UNIT_NEED(truncate(path, 3) == 0);
    UNIT_EQUAL_INT(make(&scene, &error), TOV_E_CORRUPT);
    CU_ASSERT(!is_there(scene.folder, "backup"));
    CU_ASSERT(!is_there(scene.folder, "backup.unfinished"));
    scene_end(&scene);
}

static void what_a_cut_off_backup_left_is_no_backup_and_in_nobodys_way(void)
{
    struct scene scene;
    struct tov_error error = {.text = ""};
    char path[300];
    scene_begin(&scene, 1);
    (void)snprintf(path, sizeof path, "%s.unfinished", scene.backup);
    UNIT_NEED(mkdir(path, 0700) == 0);
    (void)snprintf(path, sizeof path, "%s.unfinished/store", scene.backup);
    UNIT_NEED(mkdir(path, 0700) == 0);
    UNIT_EQUAL_INT(check(&scene, &error), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(make(&scene, &error), TOV_OK);
    UNIT_EQUAL_INT(check(&scene, &error), TOV_OK);
    CU_ASSERT(!is_there(scene.folder, "backup.unfinished"));
    scene_end(&scene);
}

/* ---- checking ---- */

static struct tov_store *open_store(const struct scene *scene)
{
    struct tov_store *store = NULL;
    struct tov_store_options options = {.tables = tov_tables,
                                        .table_count = TOV_TABLE_COUNT,
                                        .format = TOV_STORE_FORMAT,
                                        .any_filesystem = true};
    char path[256];
    (void)snprintf(path, sizeof path, "%s/store", scene->config.data_dir);
    UNIT_NEED(tov_store_open(path, &options, &store, NULL) == TOV_OK);
    return store;
}

/* The journal ended and the next one began, with a first entry that is not signed yet. */
static void begin_next_journal(const struct scene *scene)
{
    struct tov_store *store = open_store(scene);
    struct tov_store_batch *batch = NULL;
    struct tov_store_read *read = NULL;
    struct tov_bytes row;
    uint8_t copy[8192];
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    UNIT_NEED(tov_store_read_begin(store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_JLEAF, tov_store_key_u64(0), &row) == TOV_OK);
    UNIT_NEED(row.size <= sizeof copy);
    memcpy(copy, row.data, row.size);
    row.data = copy;
    tov_store_read_end(read);
    tov_store_batch_append(batch, TOV_TABLE_JLEAF,
                           tov_store_key_u64(UINT64_C(1) << TOV_JOURNAL_ROW_BITS), row);
    tov_journal_put(batch, 2);
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
    tov_store_close(store);
}

static void of_several_journals_the_present_one_is_read(void)
{
    struct scene scene;
    struct tov_error error = {.text = ""};
    struct tov_backup_manifest manifest;
    scene_begin(&scene, 1);
    begin_next_journal(&scene);
    UNIT_EQUAL_INT(tov_backup_make(&scene.setup, &manifest, &error), TOV_OK);
    UNIT_EQUAL_TEXT(error.text, "");
    UNIT_EQUAL_INT(manifest.about.journal.size, 1);
    UNIT_EQUAL_INT(manifest.about.journal.signed_size, 0);
    UNIT_EQUAL_TEXT(manifest.about.journal.key.name, "sim-demo/a1/1/journal/2");
    tov_backup_manifest_fini(&manifest);
    UNIT_EQUAL_INT(check(&scene, &error), TOV_OK);
    scene_end(&scene);
}

/* A tree that was changed with a manifest that fits is found by the signature. */
static void change_a_leaf(const struct scene *scene)
{
    TOV_CLEANUP(tov_store_cleanup) struct tov_store *store = open_store(scene);
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    struct tov_store_read *read = NULL;
    uint8_t row[8192];
    struct tov_bytes found;
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    UNIT_NEED(tov_store_read_begin(store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(3), &found) == TOV_OK);
    UNIT_NEED(found.size < sizeof row);
    memcpy(row, found.data, found.size);
    row[found.size - 1] ^= 1;
    size_t size = found.size;
    tov_store_read_end(read);
    tov_store_batch_put(batch, TOV_TABLE_LEAF, tov_store_key_u64(3), (struct tov_bytes){row, size});
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
}

static void a_store_that_its_disk_changed_is_not_backed_up_as_whole(void)
{
    struct scene scene;
    struct tov_error error = {.text = ""};
    scene_begin(&scene, 5);
    change_a_leaf(&scene);
    UNIT_EQUAL_INT(make(&scene, &error), TOV_E_CORRUPT);
    CU_ASSERT(strstr(error.text, "do not give the root that was signed") != NULL);
    scene_end(&scene);
}

static void a_tile_that_is_not_what_the_leaves_give_is_found(void)
{
    struct scene scene;
    struct tov_error error = {.text = ""};
    struct tov_store_batch *batch = NULL;
    scene_begin(&scene, 400);
    struct tov_store *store = open_store(&scene);
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_delete(batch, TOV_TABLE_TILE, tov_key_tile(0, 0));
    UNIT_NEED(tov_store_commit(store, batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
    tov_store_close(store);
    UNIT_EQUAL_INT(make(&scene, &error), TOV_E_CORRUPT);
    CU_ASSERT(strstr(error.text, "a tile is missing") != NULL);
    scene_end(&scene);
}

static void a_backup_of_another_node_is_told(void)
{
    struct scene scene;
    struct tov_error error = {.text = ""};
    struct tov_backup_manifest manifest;
    scene_begin(&scene, 1);
    UNIT_NEED(tov_backup_make(&scene.setup, &manifest, &error) == TOV_OK);
    const struct tov_roster *roster = scene.federation->roster;
    struct tov_backup_about about = manifest.about;
    about.generation++;
    UNIT_EQUAL_INT(tov_backup_fits(&about, roster, "a1", &error), TOV_E_RULE);
    CU_ASSERT(strstr(error.text, "generation") != NULL);
    about = manifest.about;
    about.federation[0] = 'x';
    UNIT_EQUAL_INT(tov_backup_fits(&about, roster, "a1", &error), TOV_E_RULE);
    CU_ASSERT(strstr(error.text, "federation") != NULL);
    about = manifest.about;
    about.agency_name[0] = 'x';
    UNIT_EQUAL_INT(tov_backup_fits(&about, roster, "a1", &error), TOV_E_RULE);
    about = manifest.about;
    about.ledger.key.public_key[0] ^= 1;
    UNIT_EQUAL_INT(tov_backup_fits(&about, roster, "a1", &error), TOV_E_RULE);
    CU_ASSERT(strstr(error.text, "keys") != NULL);
    tov_backup_manifest_fini(&manifest);
    scene_end(&scene);
}

/* docs/backup.md, Testing it: an escrow of another key is found before the day of the fire. */
static void the_storage_root_key_of_then_opens_a_backup_and_no_other(void)
{
    struct scene scene;
    struct tov_error error = {.text = ""};
    uint32_t buckets = 0;
    scene_begin(&scene, 3);
    UNIT_NEED(make(&scene, &error) == TOV_OK);
    struct tov_key root = scene.federation->agencies[0].storage;
    UNIT_EQUAL_INT(tov_backup_opens(scene.backup, &root, &buckets, &error), TOV_OK);
    CU_ASSERT(buckets > 0);
    root.bytes[31] ^= 1;
    UNIT_EQUAL_INT(tov_backup_opens(scene.backup, &root, &buckets, &error), TOV_E_KEY);
    CU_ASSERT(strstr(error.text, "storage root key") != NULL);
    scene_end(&scene);
}

/* ---- restoring ---- */

static uint32_t reasons_of(const struct scene *scene)
{
    TOV_CLEANUP(tov_store_cleanup) struct tov_store *store = NULL;
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_options options = {.mode = TOV_STORE_REST,
                                        .tables = tov_tables,
                                        .table_count = TOV_TABLE_COUNT,
                                        .format = TOV_STORE_FORMAT};
    struct tov_start_rule rule;
    char path[256];
    (void)snprintf(path, sizeof path, "%s/store", scene->config.data_dir);
    UNIT_NEED(tov_store_open(path, &options, &store, NULL) == TOV_OK);
    UNIT_NEED(tov_store_read_begin(store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_start_rule_get(read, &rule) == TOV_OK);
    return rule.reasons;
}

static void a_restored_store_says_that_it_was_restored(void)
{
    struct scene scene;
    struct tov_error error = {.text = ""};
    char moved[TOV_BACKUP_PATH_SIZE] = "x";
    scene_begin(&scene, 3);
    UNIT_EQUAL_INT(reasons_of(&scene), 0);
    UNIT_NEED(make(&scene, &error) == TOV_OK);
    remove_tree(scene.config.data_dir);
    UNIT_EQUAL_INT(restore(&scene, moved, &error), TOV_OK);
    UNIT_EQUAL_TEXT(error.text, "");
    UNIT_EQUAL_TEXT(moved, "");
    UNIT_EQUAL_INT(reasons_of(&scene), TOV_START_RESTORED);
    CU_ASSERT(is_there(scene.config.data_dir, "buckets"));
    scene_end(&scene);
}

static void what_is_there_is_moved_aside_and_only_when_asked(void)
{
    struct scene scene;
    struct tov_error error = {.text = ""};
    char moved[TOV_BACKUP_PATH_SIZE] = "", again[TOV_BACKUP_PATH_SIZE] = "";
    scene_begin(&scene, 3);
    UNIT_NEED(make(&scene, &error) == TOV_OK);
    UNIT_EQUAL_INT(restore(&scene, moved, &error), TOV_E_EXISTS);
    UNIT_EQUAL_INT(reasons_of(&scene), 0); /* untouched */
    scene.setup.replace = true;
    UNIT_EQUAL_INT(restore(&scene, moved, &error), TOV_OK);
    CU_ASSERT(is_there(moved, "store/data.mdb"));
    UNIT_EQUAL_INT(restore(&scene, again, &error), TOV_OK); /* in the same second */
    CU_ASSERT(is_there(again, "store/data.mdb") && strcmp(moved, again) != 0);
    scene_end(&scene);
}

static void put(const struct scene *scene, const char *name, bool is_folder)
{
    char path[256];
    struct tov_file_save save = {path, tov_bytes_of_text("?"), 0600, TOV_FILE_REPLACE};
    (void)snprintf(path, sizeof path, "%s/%s", scene->config.data_dir, name);
    UNIT_NEED(is_folder ? mkdir(path, 0700) == 0 : tov_file_save(&save, NULL) == TOV_OK);
}

/* Its own pieces, and the mark of a node that was started in between and ended at once. */
static void what_a_cut_off_restore_left_is_in_nobodys_way(void)
{
    struct scene scene;
    struct tov_error error = {.text = ""};
    char moved[TOV_BACKUP_PATH_SIZE] = "";
    scene_begin(&scene, 3);
    UNIT_NEED(make(&scene, &error) == TOV_OK);
    remove_tree(scene.config.data_dir);
    UNIT_NEED(mkdir(scene.config.data_dir, 0700) == 0);
    put(&scene, "store", true);
    put(&scene, "store/restoring", true);
    put(&scene, "blobs", true);
    put(&scene, "blobs/own-77", false);
    put(&scene, "buckets", false);
    put(&scene, "store-unread", false);
    UNIT_EQUAL_INT(restore(&scene, moved, &error), TOV_OK);
    UNIT_EQUAL_TEXT(error.text, "");
    UNIT_EQUAL_TEXT(moved, "");
    UNIT_EQUAL_INT(reasons_of(&scene), TOV_START_RESTORED);
    CU_ASSERT(!is_there(scene.config.data_dir, "store-unread"));
    CU_ASSERT(!is_there(scene.config.data_dir, "blobs/own-77"));
    scene_end(&scene);
}

/* What is nobody's is not taken away, also then. */
static void what_a_person_has_put_there_stops_a_restore(void)
{
    struct scene scene;
    struct tov_error error = {.text = ""};
    char moved[TOV_BACKUP_PATH_SIZE] = "";
    scene_begin(&scene, 3);
    UNIT_NEED(make(&scene, &error) == TOV_OK);
    remove_tree(scene.config.data_dir);
    UNIT_NEED(mkdir(scene.config.data_dir, 0700) == 0);
    put(&scene, "store", true);
    put(&scene, "store/restoring", true);
    put(&scene, "notes.txt", false);
    UNIT_EQUAL_INT(restore(&scene, moved, &error), TOV_E_EXISTS);
    CU_ASSERT(strstr(error.text, "notes.txt: is in the way") != NULL);
    CU_ASSERT(is_there(scene.config.data_dir, "notes.txt"));
    scene_end(&scene);
}

static void nothing_is_restored_under_a_node(void)
{
    struct scene scene;
    struct tov_error error = {.text = ""};
    char moved[TOV_BACKUP_PATH_SIZE] = "", path[256];
    int lock = -1;
    scene_begin(&scene, 3);
    UNIT_NEED(make(&scene, &error) == TOV_OK);
    (void)snprintf(path, sizeof path, "%s/store", scene.config.data_dir);
    UNIT_NEED(tov_store_lock(path, &lock, NULL) == TOV_OK);
    scene.setup.replace = true;
    UNIT_EQUAL_INT(restore(&scene, moved, &error), TOV_E_BUSY);
    CU_ASSERT(is_there(scene.config.data_dir, "store/data.mdb"));
    (void)close(lock);
    scene_end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_backup_says_what_the_node_held),
        UNIT_TEST(keys_and_epoch_secrets_never_come_into_a_backup),
        UNIT_TEST(a_backup_does_not_go_into_the_data_itself),
        UNIT_TEST(a_failed_backup_leaves_nothing),
        UNIT_TEST(what_a_cut_off_backup_left_is_no_backup_and_in_nobodys_way),
        UNIT_TEST(a_store_that_its_disk_changed_is_not_backed_up_as_whole),
        UNIT_TEST(a_tile_that_is_not_what_the_leaves_give_is_found),
        UNIT_TEST(of_several_journals_the_present_one_is_read),
        UNIT_TEST(a_backup_of_another_node_is_told),
        UNIT_TEST(the_storage_root_key_of_then_opens_a_backup_and_no_other),
        UNIT_TEST(a_restored_store_says_that_it_was_restored),
        UNIT_TEST(what_is_there_is_moved_aside_and_only_when_asked),
        UNIT_TEST(what_a_cut_off_restore_left_is_in_nobodys_way),
        UNIT_TEST(what_a_person_has_put_there_stops_a_restore),
        UNIT_TEST(nothing_is_restored_under_a_node),
    };
    return unit_run("backup", tests, sizeof tests / sizeof tests[0]);
}

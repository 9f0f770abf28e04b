/* SPDX-License-Identifier: EUPL-1.2
 *
 * A disk that is really full: small filesystems, filled and freed in turns. Needs root for mount.
 * TOV_ROUNDS says how often (3).
 */
#include "load.h"
#include "support/command.h"
#include "support/unit.h"
#include "writer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static char mount_point[300], image[300], store[320], filler[320];

static void name_paths(void)
{
    const char *folder = fault_folder_create();
    (void)snprintf(mount_point, sizeof mount_point, "%s/disk", folder);
    (void)snprintf(image, sizeof image, "%s/image", folder);
    (void)snprintf(store, sizeof store, "%s/disk/store", folder);
    (void)snprintf(filler, sizeof filler, "%s/disk/filler", folder);
    UNIT_NEED(mkdir(mount_point, 0700) == 0);
}

static bool mount_memory(void)
{
    name_paths();
    return mount("tmpfs", mount_point, "tmpfs", 0, "size=6m") == 0;
}

static bool mount_ext4(void)
{
    name_paths();
    const char *const enlarge[] = {"truncate", "-s", "14M", image, NULL};
    const char *const format[] = {"mkfs.ext4", "-q", "-F", image, NULL};
    const char *const attach[] = {"mount", "-o", "loop", image, mount_point, NULL};
    return command_run(enlarge, NULL) == 0 && command_run(format, NULL) == 0 &&
           command_run(attach, NULL) == 0;
}

static void unmount(void)
{
    UNIT_NEED(umount(mount_point) == 0);
    fault_folder_remove();
}

/* Takes all the room that is left. */
static void fill_disk(void)
{
    static const uint8_t zeros[4096];
    int fd = open(filler, O_CREAT | O_WRONLY | O_APPEND, 0600);
    UNIT_NEED(fd >= 0);
    while (write(fd, zeros, sizeof zeros) > 0) {
    }
    (void)close(fd);
}

/* Commits until the store refuses, at most LIMIT batches; what it said last. */
static enum tov_err step_until_refused(struct load *load, struct invariant_log *acked,
                                       unsigned limit)
{
    struct tov_error error = {.text = ""};
    enum tov_err err = TOV_OK;
    for (unsigned i = 0; err == TOV_OK && i < limit; i++)
        err = load_step(load, acked, &error);
    if (err != TOV_OK)
        CU_ASSERT(strstr(error.text, "free space on its disk") != NULL || err != TOV_E_FULL);
    return err;
}

static void run_rounds(void)
{
    struct load load;
    struct invariant_log acked = {.count = 0};
    char finding[256] = "";
    UNIT_NEED(load_open(&load, store, 11, NULL) == TOV_OK);
    for (unsigned i = unit_rounds("TOV_ROUNDS", 3); i > 0; i--) {
        UNIT_OK(step_until_refused(&load, &acked, 10));
        fill_disk();
        UNIT_EQUAL_INT(step_until_refused(&load, &acked, 1000), TOV_E_FULL);
        enum tov_err again = load_step(&load, &acked, NULL); /* a smaller batch may still fit */
        CU_ASSERT(again == TOV_E_FULL || again == TOV_OK);
        UNIT_NEED(unlink(filler) == 0);
        UNIT_OK(step_until_refused(&load, &acked, 5));
    }
    load_close(&load);
    UNIT_EQUAL_INT(load_is_whole(store, &acked, finding), 1);
    UNIT_EQUAL_TEXT(finding, "");
    (void)printf("%zu rows acknowledged ...", acked.count);
    invariant_log_fini(&acked);
}

static void a_full_memory_disk_refuses_and_recovers_by_itself(void)
{
    UNIT_NEED(mount_memory());
    run_rounds();
    unmount();
}

static void a_full_ext4_disk_refuses_and_recovers_by_itself(void)
{
    UNIT_NEED(mount_ext4());
    run_rounds();
    unmount();
}

static void ballast_lets_a_full_disk_go_on(void)
{
    static const struct tov_store_table tables[] = {{"rows", TOV_STORE_KEY_U64}};
    struct tov_store_options options = {.tables = tables,
                                        .table_count = 1,
                                        .format = 1,
                                        .ballast_bytes = 1u << 20,
                                        .any_filesystem = true};
    struct tov_store *open_store = NULL;
    struct tov_store_batch *batch = NULL;
    struct tov_store_space space;
    static const uint8_t zeros[2000];
    UNIT_NEED(mount_memory());
    UNIT_NEED(tov_store_open(store, &options, &open_store, NULL) == TOV_OK);
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    for (uint64_t i = 0; i < 100; i++)
        tov_store_batch_append(batch, 0, tov_store_key_u64(i), TOV_BYTES_OF(zeros));
    fill_disk();
    UNIT_OK(tov_store_space(open_store, &space));
    UNIT_EQUAL_INT(space.free_bytes, 0);
    UNIT_EQUAL_INT(tov_store_commit(open_store, batch, NULL), TOV_E_FULL);
    UNIT_OK(tov_store_ballast_release(open_store));
    UNIT_OK(tov_store_commit(open_store, batch, NULL));
    fill_disk();
    UNIT_EQUAL_INT(tov_store_ballast_restore(open_store), TOV_E_FULL);
    UNIT_NEED(unlink(filler) == 0);
    UNIT_OK(tov_store_ballast_restore(open_store));
    tov_store_batch_destroy(batch);
    tov_store_close(open_store);
    unmount();
}

static bool can_mount(void)
{
    bool can = mount_memory();
    if (can)
        unmount();
    else
        fault_folder_remove();
    return can;
}

static bool can_mount_ext4(void)
{
    bool can = mount_ext4();
    if (can)
        unmount();
    else
        fault_folder_remove();
    return can;
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_full_memory_disk_refuses_and_recovers_by_itself),
        UNIT_TEST(ballast_lets_a_full_disk_go_on),
        UNIT_TEST(a_full_ext4_disk_refuses_and_recovers_by_itself),
    };
    size_t count = sizeof tests / sizeof tests[0];
    if (!can_mount())
        return unit_skip("a full disk: mounting needs root");
    if (!can_mount_ext4()) {
        count--; /* the last one; the others say the same of a filesystem in memory */
        (void)printf("skipped: a full ext4 disk: no loop device here\n");
    }
    return unit_run("store: full disk", tests, count);
}

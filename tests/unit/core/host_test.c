/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the core's process does for its node: frames go to the gateway as far as its queue has room
 * (I11), clients are told by the front, files and blobs are the data folder's. Without a gateway or
 * front, or with one that died, the node is told or nothing happens; it never ends for it.
 * Not for: the loop (loop_test.c), nor how files fail (files_test.c).
 */
#include "core_process.h"

#include "support/unit.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUEUE_MAX_BYTES (8u << 20) /* of frames for one peer, core_host.c */

struct scene {
    struct tov_process *process;
    const struct tov_host *host;
    struct tov_ipc *gateway, *front; /* the other ends */
    char folder[40];
};

static void make_pair(struct tov_ipc **core_end, struct tov_ipc **test_end)
{
    int fds[2];
    UNIT_NEED(tov_ipc_pair(fds) == TOV_OK);
    UNIT_NEED(tov_ipc_create(fds[0], 64u << 20, core_end) == TOV_OK);
    UNIT_NEED(tov_ipc_create(fds[1], 64u << 20, test_end) == TOV_OK);
}

static void scene_init(struct scene *scene)
{
    *scene = (struct scene){.process = calloc(1, sizeof *scene->process),
                            .folder = "/tmp/tov-host-XXXXXX"};
    UNIT_NEED(scene->process != NULL && mkdtemp(scene->folder) != NULL);
    UNIT_NEED(tov_core_files_open(scene->folder, &scene->process->files, NULL) == TOV_OK);
    tov_process_make_host(scene->process);
    scene->host = &scene->process->host;
    make_pair(&scene->process->gateway, &scene->gateway);
    make_pair(&scene->process->front, &scene->front);
    scene->process->gateway_ready = true;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)type;
    (void)walk;
    return remove(path);
}

static void scene_fini(struct scene *scene)
{
    tov_ipc_destroy(scene->gateway);
    tov_ipc_destroy(scene->front);
    tov_ipc_destroy(scene->process->gateway);
    tov_ipc_destroy(scene->process->front);
    tov_core_files_close(scene->process->files);
    free(scene->process);
    (void)nftw(scene->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The next frame that the core has sent to the other end. */
static struct tov_ipc_frame next_frame(struct tov_ipc *core_end, struct tov_ipc *test_end)
{
    struct tov_ipc_frame frame;
    UNIT_NEED(tov_ipc_flush(core_end) == TOV_OK);
    UNIT_NEED(tov_ipc_receive(test_end) == TOV_OK);
    UNIT_NEED(tov_ipc_next(test_end, &frame) == TOV_OK);
    return frame;
}

/* ---- peers ---- */

static enum tov_err send_peer(const struct scene *scene, uint16_t agency, struct tov_bytes frame)
{
    return scene->host->send_peer(scene->host->context, agency, frame);
}

static void a_frame_for_a_peer_goes_to_the_gateway(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    static const uint8_t bytes[] = {1, 2, 3};
    uint16_t agency = 0;
    struct tov_bytes got;
    scene_init(&scene);
    UNIT_OK(send_peer(&scene, 7, TOV_BYTES_OF(bytes)));
    struct tov_ipc_frame frame = next_frame(scene.process->gateway, scene.gateway);
    UNIT_EQUAL_INT(frame.kind, TOV_IPC_GW_FRAME);
    UNIT_OK(tov_ipc_read_peer_frame(frame.payload, &agency, &got));
    UNIT_EQUAL_INT(agency, 7);
    UNIT_EQUAL_BYTES(got, TOV_BYTES_OF(bytes));
    scene.process->gateway_ready = false;
    UNIT_EQUAL_INT(send_peer(&scene, 7, TOV_BYTES_OF(bytes)), TOV_E_CLOSED);
    tov_ipc_destroy(scene.process->gateway);
    scene.process->gateway = NULL;
    scene.process->gateway_ready = true;
    UNIT_EQUAL_INT(send_peer(&scene, 7, TOV_BYTES_OF(bytes)), TOV_E_CLOSED);
}

/* I11: one that reads nothing has a full queue of its own, and the others have theirs. */
static void a_peer_that_takes_nothing_fills_its_own_queue_alone(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    TOV_FREE uint8_t *bytes = calloc(1, TOV_FRAME_MAX_BYTES);
    struct tov_bytes frame = {bytes, TOV_FRAME_MAX_BYTES};
    size_t sent = 0;
    UNIT_NEED(bytes != NULL);
    scene_init(&scene);
    while (send_peer(&scene, 2, frame) == TOV_OK)
        sent += frame.size;
    CU_ASSERT(sent <= QUEUE_MAX_BYTES && sent + frame.size > QUEUE_MAX_BYTES);
    UNIT_EQUAL_INT(send_peer(&scene, 2, frame), TOV_E_BUSY);
    UNIT_OK(send_peer(&scene, 3, frame));
}

static void a_peer_of_whom_nothing_is_to_be_taken_is_named_to_the_gateway(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    uint16_t agency = 0;
    uint32_t ms = 0;
    scene_init(&scene);
    scene.host->drop_peer(scene.host->context, 5, 60000);
    struct tov_ipc_frame frame = next_frame(scene.process->gateway, scene.gateway);
    UNIT_EQUAL_INT(frame.kind, TOV_IPC_GW_DROP);
    UNIT_OK(tov_ipc_read_amount(frame.payload, &agency, &ms));
    UNIT_EQUAL_INT(agency, 5);
    UNIT_EQUAL_INT(ms, 60000);
}

/* ---- clients ---- */

static void a_reply_and_an_end_go_to_the_front(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    static const uint8_t bytes[] = {4, 5};
    uint64_t connection = 0;
    struct tov_bytes got;
    scene_init(&scene);
    const struct tov_host *host = scene.host;
    UNIT_OK(host->send_client(host->context, 77, TOV_BYTES_OF(bytes)));
    struct tov_ipc_frame frame = next_frame(scene.process->front, scene.front);
    UNIT_OK(tov_ipc_read_reply(frame.payload, &connection, &got));
    UNIT_EQUAL_INT(connection, 77);
    UNIT_EQUAL_BYTES(got, TOV_BYTES_OF(bytes));
    host->close_client(host->context, 78);
    frame = next_frame(scene.process->front, scene.front);
    UNIT_EQUAL_INT(frame.kind, TOV_IPC_FR_CLOSE);
    UNIT_OK(tov_ipc_read_connection(frame.payload, &connection));
    UNIT_EQUAL_INT(connection, 78);
}

/* Nobody is there to be told: the loop sees the closed ends. */
static void without_gateway_or_front_nothing_is_told(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    static const uint8_t bytes[] = {4, 5};
    scene_init(&scene);
    const struct tov_host *host = scene.host;
    tov_ipc_destroy(scene.process->gateway);
    tov_ipc_destroy(scene.process->front);
    scene.process->gateway = scene.process->front = NULL;
    host->drop_peer(host->context, 5, 60000);
    host->close_client(host->context, 78);
    UNIT_EQUAL_INT(host->send_client(host->context, 78, TOV_BYTES_OF(bytes)), TOV_E_CLOSED);
}

/* Queues that have no room for a word more: it is logged, and nothing else happens. */
static void full_queues_are_no_end(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    static const uint8_t bytes[100] = {4, 5};
    int fds[2][2];
    scene_init(&scene);
    const struct tov_host *host = scene.host;
    tov_ipc_destroy(scene.process->gateway);
    tov_ipc_destroy(scene.process->front);
    for (size_t i = 0; i < 2; i++)
        UNIT_NEED(tov_ipc_pair(fds[i]) == TOV_OK);
    UNIT_NEED(tov_ipc_create(fds[0][0], 8, &scene.process->gateway) == TOV_OK);
    UNIT_NEED(tov_ipc_create(fds[1][0], 8, &scene.process->front) == TOV_OK);
    host->drop_peer(host->context, 5, 60000);
    host->close_client(host->context, 78);
    CU_ASSERT(send_peer(&scene, 5, TOV_BYTES_OF(bytes)) != TOV_OK);
    CU_ASSERT(host->send_client(host->context, 78, TOV_BYTES_OF(bytes)) != TOV_OK);
    UNIT_EQUAL_INT(scene.process->queued[5], 0); /* it does not count as given */
    for (size_t i = 0; i < 2; i++)
        (void)close(fds[i][1]);
}

/* ---- files, randomness ---- */

static void files_and_blobs_are_the_data_folders(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf got = TOV_BUF_INIT(1000);
    static const uint8_t bytes[] = {9, 8, 7, 6};
    uint8_t room[10];
    size_t size = 0;
    scene_init(&scene);
    const struct tov_host *host = scene.host;
    void *context = host->context;
    UNIT_OK(host->file_save(context, "small", TOV_BYTES_OF(bytes)));
    UNIT_OK(host->file_load(context, "small", &got));
    UNIT_EQUAL_BYTES(tov_buf_view(&got), TOV_BYTES_OF(bytes));
    UNIT_OK(host->file_delete(context, "small"));
    UNIT_EQUAL_INT(host->file_load(context, "small", &got), TOV_E_NOT_FOUND);
    UNIT_OK(host->blob_write(context, "tmp-1", 2, TOV_BYTES_OF(bytes)));
    UNIT_OK(host->blob_sync(context, "tmp-1"));
    UNIT_OK(host->blob_rename(context, "tmp-1", "whole"));
    UNIT_OK(host->blob_read(context, "whole", 3, (struct tov_room){room, sizeof room}, &size));
    UNIT_EQUAL_BYTES(((struct tov_bytes){room, size}), ((struct tov_bytes){bytes + 1, 3}));
    UNIT_OK(host->blob_write(context, "tmp-2", 0, TOV_BYTES_OF(bytes)));
    UNIT_OK(host->blob_sweep(context, "tmp-"));
    UNIT_EQUAL_INT(
        host->blob_read(context, "tmp-2", 0, (struct tov_room){room, sizeof room}, &size),
        TOV_E_NOT_FOUND);
    UNIT_OK(host->blob_delete(context, "whole"));
    UNIT_EQUAL_INT(
        host->blob_read(context, "whole", 0, (struct tov_room){room, sizeof room}, &size),
        TOV_E_NOT_FOUND);
}

static void randomness_is_another_each_time_and_fills_all(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    uint8_t first[600] = {0}, second[600] = {0};
    unsigned zeros = 0;
    scene_init(&scene);
    scene.host->random(scene.host->context, first, sizeof first);
    scene.host->random(scene.host->context, second, sizeof second);
    CU_ASSERT(memcmp(first, second, sizeof first) != 0);
    for (size_t i = 0; i < sizeof first; i++)
        zeros += first[i] == 0 && second[i] == 0;
    CU_ASSERT(zeros < 10); /* in a hundred thousand runs of this none has as many by chance */
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_frame_for_a_peer_goes_to_the_gateway),
        UNIT_TEST(a_peer_that_takes_nothing_fills_its_own_queue_alone),
        UNIT_TEST(a_peer_of_whom_nothing_is_to_be_taken_is_named_to_the_gateway),
        UNIT_TEST(a_reply_and_an_end_go_to_the_front),
        UNIT_TEST(without_gateway_or_front_nothing_is_told),
        UNIT_TEST(full_queues_are_no_end),
        UNIT_TEST(files_and_blobs_are_the_data_folders),
        UNIT_TEST(randomness_is_another_each_time_and_fills_all),
    };
    return unit_run("core_host", tests, sizeof tests / sizeof tests[0]);
}

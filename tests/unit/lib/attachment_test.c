/* SPDX-License-Identifier: EUPL-1.2
 *
 * Attachments into a descriptor: whole, in pieces, broken off, and not what they should be.
 */
#include "fake_front.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define SIZE 300001u /* three pieces */
#define PIECE 131072u

/* How a node gives the attachment. */
struct node {
    uint8_t data[SIZE];
    uint64_t size;
    size_t breaks_after; /* pieces; then it is silent; 0: never */
    size_t pieces;
    enum tov_err error; /* of the second piece */
    enum fault { GOOD, SHIFTED, SHRINKS, EMPTY, TOO_LONG, TOO_LARGE } fault;
};

static void put_fault(const struct node *node, struct tov_record body, uint64_t offset)
{
    static const uint8_t more[40000];
    uint64_t total = node->size;
    if (node->fault == SHRINKS && offset > 0)
        total = offset + PIECE; /* as if it ended here */
    if (node->fault == TOO_LARGE)
        total = (1ull << 31) + 1;
    if (node->fault == EMPTY)
        tov_record_clear(body, "data");
    if (node->fault == TOO_LONG && offset == 2 * PIECE)
        put_bytes(body, "data", TOV_BYTES_OF(more));
    put_number(body, "offset", node->fault == SHIFTED ? offset + 1 : offset);
    put_number(body, "total", total);
}

static bool play(struct fake_front *front, const char *name, struct tov_record body, void *arg)
{
    struct node *node = arg;
    struct tov_record data;
    if (strcmp(name, "attachment_read") != 0)
        return false;
    if (node->breaks_after != 0 && node->pieces == node->breaks_after)
        return true; /* silence */
    node->pieces++;
    if (node->error != TOV_OK && node->pieces == 2) {
        front_send_error(front, node->error, "not all of it is here");
        return true;
    }
    uint64_t offset = tov_record_number(body, "offset");
    uint64_t left = offset < node->size ? node->size - offset : 0;
    uint64_t limit = tov_record_number(body, "limit");
    UNIT_NEED(tov_record_number(body, "number") == 5 && tov_record_number(body, "part") == 2);
    struct tov_record reply = front_reply(front_request_id(front), "data", &data);
    if (left > 0)
        put_bytes(data, "data",
                  (struct tov_bytes){node->data + offset, (size_t)(left < limit ? left : limit)});
    put_fault(node, data, offset);
    front_send(front, &reply);
    return true;
}

struct scene {
    struct node node;
    struct fake_front *front;
    struct tov_client *client;
    char path[128];
    struct tov_save_options options;
    struct tov_hash hash; /* of the node's data */
};

/* On the heap: it is large. */
static struct scene *open_scene(uint64_t size)
{
    struct scene *scene = calloc(1, sizeof *scene);
    uint64_t state = size;
    UNIT_NEED(scene != NULL && size <= SIZE);
    for (size_t i = 0; i < size; i++)
        scene->node.data[i] = (uint8_t)unit_random(&state);
    scene->node.size = size;
    scene->hash = tov_sha256((struct tov_bytes){scene->node.data, (size_t)size});
    scene->front = front_start(play, &scene->node);
    scene->client = front_client(scene->front);
    (void)snprintf(scene->path, sizeof scene->path, "%s/saved", front_folder(scene->front));
    scene->options = (struct tov_save_options)TOV_SAVE_OPTIONS_INIT;
    scene->options.number = 5;
    scene->options.part = 2;
    scene->options.sha256 = scene->hash.bytes;
    scene->options.fd = open(scene->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    UNIT_NEED(scene->options.fd >= 0);
    return scene;
}

static void close_scene(struct scene *scene)
{
    (void)close(scene->options.fd);
    tov_client_close(scene->client);
    front_end(scene->front);
    free(scene);
}

static enum tov_err save(struct scene *scene, struct tov_error *error)
{
    return tov_attachment_save(scene->client, &scene->options, error);
}

/* The file is SKIPPED bytes of zeros and then the first SIZE bytes of the data. */
static void expect_file(const struct scene *scene, size_t skipped, size_t size)
{
    uint8_t *bytes = calloc(1, SIZE + 1024);
    UNIT_NEED(bytes != NULL);
    ssize_t got = pread(scene->options.fd, bytes, SIZE + 1024, 0);
    UNIT_EQUAL_INT(got, skipped + size);
    CU_ASSERT(memcmp(bytes + skipped, scene->node.data, size) == 0);
    free(bytes);
}

/* ---- whole ---- */

static void an_attachment_is_written_byte_for_byte_in_pieces(void)
{
    struct scene *scene = open_scene(SIZE);
    UNIT_OK(save(scene, NULL));
    expect_file(scene, 0, SIZE);
    UNIT_EQUAL_INT(front_seen(scene->front, "attachment_read"), 3);
    close_scene(scene);
}

static void an_empty_attachment_is_an_empty_file(void)
{
    struct scene *scene = open_scene(0);
    UNIT_OK(save(scene, NULL));
    expect_file(scene, 0, 0);
    close_scene(scene);
}

static void it_is_written_from_where_the_descriptor_stands_and_that_stays_open(void)
{
    struct scene *scene = open_scene(1000);
    UNIT_NEED(lseek(scene->options.fd, 100, SEEK_SET) == 100);
    UNIT_OK(save(scene, NULL));
    expect_file(scene, 100, 1000);
    UNIT_EQUAL_INT(lseek(scene->options.fd, 0, SEEK_CUR), 1100);
    close_scene(scene);
}

static void it_goes_into_a_pipe_as_well(void)
{
    struct scene *scene = open_scene(5000);
    uint8_t bytes[5000];
    int ends[2];
    UNIT_NEED(pipe(ends) == 0);
    (void)close(scene->options.fd);
    scene->options.fd = ends[1];
    UNIT_OK(save(scene, NULL));
    UNIT_EQUAL_INT(read(ends[0], bytes, sizeof bytes), sizeof bytes);
    CU_ASSERT(memcmp(bytes, scene->node.data, sizeof bytes) == 0);
    (void)close(ends[0]);
    close_scene(scene);
}

/* ---- broken off ---- */

static void empty_file(const struct scene *scene)
{
    UNIT_NEED(ftruncate(scene->options.fd, 0) == 0 && lseek(scene->options.fd, 0, SEEK_SET) == 0);
}

/* The time-out of each piece is short, for one never comes; where it was too short for one that
 * does, it is tried again with a longer one. SIZE bytes came before the silence. */
static void expect_silence_after(struct scene *scene, size_t size)
{
    off_t got = -1;
    for (int ms = 300; got != (off_t)size && ms < 2 * FRONT_TIMEOUT_MS; ms *= 2) {
        empty_file(scene);
        front_lock(scene->front);
        scene->node.pieces = 0;
        front_unlock(scene->front);
        tov_client_set_timeout(scene->client, ms);
        UNIT_EQUAL_INT(save(scene, NULL), TOV_E_TIMEOUT);
        got = lseek(scene->options.fd, 0, SEEK_CUR);
    }
    expect_file(scene, 0, size);
    tov_client_set_timeout(scene->client, FRONT_TIMEOUT_MS);
}

static void a_transfer_that_breaks_off_is_told_and_another_one_is_whole(void)
{
    struct scene *scene = open_scene(SIZE);
    front_lock(scene->front);
    scene->node.breaks_after = 2;
    front_unlock(scene->front);
    expect_silence_after(scene, 2 * PIECE);
    front_lock(scene->front);
    scene->node.breaks_after = 0;
    front_unlock(scene->front);
    empty_file(scene);
    UNIT_OK(save(scene, NULL));
    expect_file(scene, 0, SIZE);
    close_scene(scene);
}

static int lose_the_front(void *arg, uint64_t done, uint64_t total)
{
    struct scene *scene = arg;
    UNIT_EQUAL_INT(total, SIZE);
    if (done == PIECE)
        front_stop(scene->front);
    return 0;
}

static void a_front_that_goes_away_in_the_middle_is_a_time_out(void)
{
    struct scene *scene = open_scene(SIZE);
    scene->options.progress = lose_the_front;
    scene->options.progress_arg = scene;
    expect_silence_after(scene, PIECE);
    front_resume(scene->front);
    close_scene(scene);
}

static int give_up(void *arg, uint64_t done, uint64_t total)
{
    uint64_t *seen = arg;
    UNIT_EQUAL_INT(total, SIZE);
    *seen = done;
    return done >= 2 * PIECE;
}

static void the_caller_can_give_up_between_pieces(void)
{
    struct scene *scene = open_scene(SIZE);
    uint64_t seen = 0;
    scene->options.progress = give_up;
    scene->options.progress_arg = &seen;
    UNIT_EQUAL_INT(save(scene, NULL), TOV_E_CLOSED);
    UNIT_EQUAL_INT(seen, 2 * PIECE);
    UNIT_EQUAL_INT(front_seen(scene->front, "attachment_read"), 2);
    close_scene(scene);
}

static void an_attachment_that_has_not_all_arrived_is_unavailable(void)
{
    struct scene *scene = open_scene(SIZE);
    struct tov_error error = {0};
    front_lock(scene->front);
    scene->node.error = TOV_E_UNAVAILABLE;
    front_unlock(scene->front);
    UNIT_EQUAL_INT(save(scene, &error), TOV_E_UNAVAILABLE);
    UNIT_EQUAL_TEXT(error.text, "not all of it is here");
    close_scene(scene);
}

static void a_descriptor_that_cannot_be_written_to_is_an_io_error(void)
{
    struct scene *scene = open_scene(SIZE);
    struct tov_error error = {0};
    (void)close(scene->options.fd);
    scene->options.fd = open(scene->path, O_RDONLY | O_CLOEXEC);
    UNIT_EQUAL_INT(save(scene, &error), TOV_E_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "written"));
    UNIT_EQUAL_INT(front_seen(scene->front, "attachment_read"), 1);
    close_scene(scene);
}

static void a_full_disk_is_told_apart(void)
{
    struct scene *scene = open_scene(1000);
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    UNIT_NEED(full >= 0);
    (void)close(scene->options.fd);
    scene->options.fd = full;
    UNIT_EQUAL_INT(save(scene, NULL), TOV_E_FULL);
    close_scene(scene);
}

/* ---- not what it should be ---- */

static void other_bytes_than_the_sender_named_are_no_attachment(void)
{
    struct scene *scene = open_scene(SIZE);
    struct tov_error error = {0};
    front_lock(scene->front);
    scene->node.data[SIZE - 1] ^= 1;
    front_unlock(scene->front);
    UNIT_EQUAL_INT(save(scene, &error), TOV_E_PROOF);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "do not use"));
    close_scene(scene);
}

static void without_a_hash_none_is_looked_at(void)
{
    struct scene *scene = open_scene(SIZE);
    scene->hash.bytes[0] ^= 1;
    scene->options.sha256 = NULL;
    UNIT_OK(save(scene, NULL));
    close_scene(scene);
}

/* The last member came later than the others: programs that were compiled before still work. */
static void a_program_that_does_not_know_the_hash_still_works(void)
{
    struct scene *scene = open_scene(1000);
    scene->hash.bytes[0] ^= 1;
    scene->options.size = offsetof(struct tov_save_options, sha256);
    UNIT_OK(save(scene, NULL));
    scene->options.size--;
    UNIT_EQUAL_INT(save(scene, NULL), TOV_E_ARGUMENT);
    close_scene(scene);
}

static void pieces_that_do_not_follow_are_malformed(void)
{
    static const enum fault faults[] = {SHIFTED, SHRINKS, EMPTY, TOO_LONG, TOO_LARGE};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        struct scene *scene = open_scene(SIZE);
        struct tov_error error = {0};
        front_lock(scene->front);
        scene->node.fault = faults[i];
        front_unlock(scene->front);
        UNIT_EQUAL_INT(save(scene, &error), TOV_E_MALFORMED);
        CU_ASSERT(error.text[0] != '\0');
        if (faults[i] == TOO_LARGE) /* not tried until the disk is full */
            UNIT_EQUAL_INT(front_seen(scene->front, "attachment_read"), 1);
        close_scene(scene);
    }
}

static void a_save_without_descriptor_or_message_asks_for_nothing(void)
{
    struct scene *scene = open_scene(1000);
    struct tov_save_options options = scene->options;
    options.fd = -1;
    UNIT_EQUAL_INT(tov_attachment_save(scene->client, &options, NULL), TOV_E_ARGUMENT);
    options = scene->options;
    options.number = 0;
    UNIT_EQUAL_INT(tov_attachment_save(scene->client, &options, NULL), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(front_seen(scene->front, "attachment_read"), 0);
    close_scene(scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_attachment_is_written_byte_for_byte_in_pieces),
        UNIT_TEST(an_empty_attachment_is_an_empty_file),
        UNIT_TEST(it_is_written_from_where_the_descriptor_stands_and_that_stays_open),
        UNIT_TEST(it_goes_into_a_pipe_as_well),
        UNIT_TEST(a_transfer_that_breaks_off_is_told_and_another_one_is_whole),
        UNIT_TEST(a_front_that_goes_away_in_the_middle_is_a_time_out),
        UNIT_TEST(the_caller_can_give_up_between_pieces),
        UNIT_TEST(an_attachment_that_has_not_all_arrived_is_unavailable),
        UNIT_TEST(a_descriptor_that_cannot_be_written_to_is_an_io_error),
        UNIT_TEST(a_full_disk_is_told_apart),
        UNIT_TEST(other_bytes_than_the_sender_named_are_no_attachment),
        UNIT_TEST(without_a_hash_none_is_looked_at),
        UNIT_TEST(a_program_that_does_not_know_the_hash_still_works),
        UNIT_TEST(pieces_that_do_not_follow_are_malformed),
        UNIT_TEST(a_save_without_descriptor_or_message_asks_for_nothing),
    };
    return unit_run("lib attachment", tests, sizeof tests / sizeof tests[0]);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Frames over a socket pair: whole, in pieces, too large, too many, and with a descriptor.
 */
#include "ipc/ipc.h"

#include "support/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUEUE_BYTES (4u * 1024 * 1024)

struct ends {
    struct tov_ipc *left;
    struct tov_ipc *right;
};

static struct ends make_ends(size_t queue_bytes)
{
    int fds[2];
    struct ends ends;
    UNIT_NEED(tov_ipc_pair(fds) == TOV_OK);
    UNIT_NEED(tov_ipc_create(fds[0], queue_bytes, &ends.left) == TOV_OK);
    UNIT_NEED(tov_ipc_create(fds[1], queue_bytes, &ends.right) == TOV_OK);
    return ends;
}

static void end_ends(struct ends *ends)
{
    tov_ipc_destroy(ends->left);
    tov_ipc_destroy(ends->right);
}

/* An ipc and the bare other end of its socket. */
static struct tov_ipc *make_with_raw(int *out_raw)
{
    int fds[2];
    struct tov_ipc *ipc;
    UNIT_NEED(tov_ipc_pair(fds) == TOV_OK);
    UNIT_NEED(tov_ipc_create(fds[0], QUEUE_BYTES, &ipc) == TOV_OK);
    *out_raw = fds[1];
    return ipc;
}

static void a_frame_of_several_parts_arrives_as_one(void)
{
    struct ends ends = make_ends(QUEUE_BYTES);
    struct tov_bytes parts[] = {tov_bytes_of_text("one"), {NULL, 0}, tov_bytes_of_text("two")};
    UNIT_OK(tov_ipc_send(ends.left, 7, parts, 3));
    UNIT_OK(tov_ipc_send(ends.left, 8, NULL, 0));
    UNIT_OK(tov_ipc_flush(ends.left));
    struct tov_ipc_frame frame;
    UNIT_OK(tov_ipc_wait(ends.right, 1000, &frame));
    UNIT_EQUAL_INT(frame.kind, 7);
    UNIT_EQUAL_BYTES(frame.payload, tov_bytes_of_text("onetwo"));
    UNIT_OK(tov_ipc_wait(ends.right, 1000, &frame));
    UNIT_EQUAL_INT(frame.kind, 8);
    UNIT_EQUAL_INT(frame.payload.size, 0);
    UNIT_EQUAL_INT(tov_ipc_next(ends.right, &frame), TOV_E_AGAIN);
    UNIT_EQUAL_INT(tov_ipc_receive(ends.right), TOV_E_AGAIN);
    UNIT_EQUAL_INT(tov_ipc_wait(ends.right, 0, &frame), TOV_E_TIMEOUT);
    end_ends(&ends);
}

static void small_frames_wait_to_be_written_together(void)
{
    struct ends ends = make_ends(QUEUE_BYTES);
    struct tov_bytes part = tov_bytes_of_text("0123456789");
    for (int i = 0; i < 100; i++)
        UNIT_OK(tov_ipc_send(ends.left, 1, &part, 1));
    UNIT_EQUAL_INT(tov_ipc_receive(ends.right), TOV_E_AGAIN);
    UNIT_EQUAL_INT(tov_ipc_wants_write(ends.left), true);
    UNIT_OK(tov_ipc_flush(ends.left));
    UNIT_EQUAL_INT(tov_ipc_wants_write(ends.left), false);
    UNIT_OK(tov_ipc_receive(ends.right));
    struct tov_ipc_frame frame;
    int count = 0;
    while (tov_ipc_next(ends.right, &frame) == TOV_OK)
        count++;
    UNIT_EQUAL_INT(count, 100);
    end_ends(&ends);
}

static void frames_cut_at_every_byte_are_put_together(void)
{
    int raw;
    struct tov_ipc *ipc = make_with_raw(&raw);
    const uint8_t bytes[] = {0, 0, 0, 4, 9, 'a', 'b', 'c', 0, 0, 0, 1, 10};
    struct tov_ipc_frame frame;
    int seen = 0;
    for (size_t i = 0; i < sizeof bytes; i++) {
        UNIT_NEED(write(raw, bytes + i, 1) == 1);
        UNIT_OK(tov_ipc_receive(ipc));
        if (tov_ipc_next(ipc, &frame) != TOV_OK)
            continue;
        UNIT_EQUAL_INT(i, seen == 0 ? 7 : 12);
        UNIT_EQUAL_INT(frame.kind, seen == 0 ? 9 : 10);
        seen++;
    }
    UNIT_EQUAL_INT(seen, 2);
    tov_ipc_destroy(ipc);
    (void)close(raw);
}

static void check_length(uint32_t length, enum tov_err expected)
{
    int raw;
    struct tov_ipc *ipc = make_with_raw(&raw);
    uint8_t field[5] = {0};
    tov_put_be32(field, length);
    UNIT_NEED(write(raw, field, sizeof field) == (ssize_t)sizeof field);
    UNIT_OK(tov_ipc_receive(ipc));
    struct tov_ipc_frame frame;
    UNIT_EQUAL_INT(tov_ipc_next(ipc, &frame), expected);
    UNIT_EQUAL_INT(tov_ipc_next(ipc, &frame), expected);
    tov_ipc_destroy(ipc);
    (void)close(raw);
}

static void lengths_out_of_range_are_malformed_before_anything_is_allocated(void)
{
    check_length(0, TOV_E_MALFORMED);
    check_length(TOV_IPC_LENGTH_MAX_BYTES, TOV_E_AGAIN);
    check_length(TOV_IPC_LENGTH_MAX_BYTES + 1, TOV_E_MALFORMED);
    check_length(UINT32_MAX, TOV_E_MALFORMED);
}

static void the_largest_frame_passes_and_one_byte_more_is_refused(void)
{
    struct ends ends = make_ends(QUEUE_BYTES);
    uint8_t *data = calloc(1, TOV_IPC_PAYLOAD_MAX_BYTES + 1);
    UNIT_NEED(data != NULL);
    data[0] = 1;
    data[TOV_IPC_PAYLOAD_MAX_BYTES - 1] = 2;
    struct tov_bytes largest = {data, TOV_IPC_PAYLOAD_MAX_BYTES};
    struct tov_bytes larger = {data, TOV_IPC_PAYLOAD_MAX_BYTES + 1};
    UNIT_EQUAL_INT(tov_ipc_send(ends.left, 1, &larger, 1), TOV_E_LIMIT);
    UNIT_OK(tov_ipc_send(ends.left, 1, &largest, 1));
    struct tov_ipc_frame frame;
    enum tov_err result = TOV_E_AGAIN;
    while (result == TOV_E_AGAIN) {
        UNIT_OK(tov_ipc_flush(ends.left));
        if (tov_ipc_receive(ends.right) != TOV_OK)
            break;
        result = tov_ipc_next(ends.right, &frame);
    }
    UNIT_OK(result);
    CU_ASSERT(tov_bytes_equal(frame.payload, largest));
    free(data);
    end_ends(&ends);
}

static void a_full_queue_refuses_a_frame_whole_and_recovers(void)
{
    struct ends ends = make_ends(100000);
    uint8_t data[995] = {0};
    struct tov_bytes part = TOV_BYTES_OF(data);
    int sent = 0;
    enum tov_err result;
    while ((result = tov_ipc_send(ends.left, 1, &part, 1)) == TOV_OK && sent < 100000)
        sent++;
    UNIT_EQUAL_INT(result, TOV_E_BUSY);
    CU_ASSERT(tov_ipc_queued_bytes(ends.left) <= 100000);
    CU_ASSERT(tov_ipc_queued_bytes(ends.left) > 99000);
    struct tov_ipc_frame frame;
    int got = 0;
    while (got < sent && tov_ipc_wait(ends.right, 0, &frame) != TOV_E_CLOSED) {
        got++;
        UNIT_OK(tov_ipc_flush(ends.left));
        UNIT_EQUAL_INT(frame.payload.size, sizeof data);
    }
    UNIT_EQUAL_INT(got, sent);
    UNIT_OK(tov_ipc_send(ends.left, 1, &part, 1));
    end_ends(&ends);
}

static void what_arrived_before_the_end_is_still_given(void)
{
    struct ends ends = make_ends(QUEUE_BYTES);
    UNIT_OK(tov_ipc_send(ends.left, 5, NULL, 0));
    UNIT_OK(tov_ipc_flush(ends.left));
    tov_ipc_destroy(ends.left);
    struct tov_ipc_frame frame;
    UNIT_OK(tov_ipc_wait(ends.right, 1000, &frame));
    UNIT_EQUAL_INT(frame.kind, 5);
    UNIT_EQUAL_INT(tov_ipc_wait(ends.right, 1000, &frame), TOV_E_CLOSED);
    UNIT_OK(tov_ipc_send(ends.right, 5, NULL, 0));
    UNIT_EQUAL_INT(tov_ipc_flush(ends.right), TOV_E_CLOSED);
    UNIT_EQUAL_INT(tov_ipc_send(ends.right, 5, NULL, 0), TOV_E_CLOSED);
    tov_ipc_destroy(ends.right);
}

static bool is_same_pipe(int write_fd, int read_fd)
{
    char byte = 'x';
    return write(write_fd, &byte, 1) == 1 && read(read_fd, &byte, 1) == 1;
}

/* Two descriptors in a row, between other frames, read as late as possible. */
static void each_descriptor_stays_with_its_frame(void)
{
    struct ends ends = make_ends(QUEUE_BYTES);
    tov_ipc_allow_fds(ends.right);
    int pipes[2][2];
    UNIT_NEED(pipe(pipes[0]) == 0 && pipe(pipes[1]) == 0);
    struct tov_ipc_frame link = {.kind = 3, .payload = tov_bytes_of_text("abc")};
    UNIT_OK(tov_ipc_send(ends.left, 1, NULL, 0));
    UNIT_OK(tov_ipc_send_fd(ends.left, &link, pipes[0][1]));
    UNIT_OK(tov_ipc_send_fd(ends.left, &link, pipes[1][1]));
    UNIT_OK(tov_ipc_send(ends.left, 2, NULL, 0));
    UNIT_OK(tov_ipc_flush(ends.left));
    struct tov_ipc_frame frame;
    const uint8_t kinds[] = {1, 3, 3, 2};
    for (size_t i = 0; i < 4; i++) {
        UNIT_OK(tov_ipc_wait(ends.right, 1000, &frame));
        UNIT_EQUAL_INT(frame.kind, kinds[i]);
        int fd = tov_ipc_take_fd(ends.right);
        if (frame.kind != 3) {
            UNIT_EQUAL_INT(fd, -1);
            continue;
        }
        CU_ASSERT(fd >= 0 && is_same_pipe(fd, pipes[i - 1][0]));
        UNIT_EQUAL_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
        (void)close(fd);
    }
    for (size_t i = 0; i < 4; i++)
        (void)close(pipes[i / 2][i % 2]);
    end_ends(&ends);
}

static void a_descriptor_nobody_asked_for_is_not_kept(void)
{
    struct ends ends = make_ends(QUEUE_BYTES);
    int pipe_fds[2];
    UNIT_NEED(pipe(pipe_fds) == 0);
    struct tov_ipc_frame link = {.kind = 3, .payload = {NULL, 0}};
    UNIT_OK(tov_ipc_send_fd(ends.left, &link, pipe_fds[1]));
    (void)close(pipe_fds[1]);
    struct tov_ipc_frame frame;
    UNIT_OK(tov_ipc_wait(ends.right, 1000, &frame));
    UNIT_EQUAL_INT(frame.kind, 3);
    UNIT_EQUAL_INT(tov_ipc_take_fd(ends.right), -1);
    char byte;
    UNIT_EQUAL_INT(read(pipe_fds[0], &byte, 1), 0); /* no writer is left anywhere */
    (void)close(pipe_fds[0]);
    end_ends(&ends);
}

int main(void)
{
    const struct unit_test tests[] = {
        UNIT_TEST(a_frame_of_several_parts_arrives_as_one),
        UNIT_TEST(small_frames_wait_to_be_written_together),
        UNIT_TEST(frames_cut_at_every_byte_are_put_together),
        UNIT_TEST(lengths_out_of_range_are_malformed_before_anything_is_allocated),
        UNIT_TEST(the_largest_frame_passes_and_one_byte_more_is_refused),
        UNIT_TEST(a_full_queue_refuses_a_frame_whole_and_recovers),
        UNIT_TEST(what_arrived_before_the_end_is_still_given),
        UNIT_TEST(each_descriptor_stays_with_its_frame),
        UNIT_TEST(a_descriptor_nobody_asked_for_is_not_kept),
    };
    return unit_run("ipc", tests, sizeof tests / sizeof tests[0]);
}

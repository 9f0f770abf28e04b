/* SPDX-License-Identifier: EUPL-1.2
 *
 * An attachment from the node to a descriptor, piece by piece.
 */
#include <tov/receive.h>

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/limits.h"
#include "lib/receive.h"

#define PIECE_BYTES 131072u

static enum tov_err write_all(int fd, struct tov_bytes bytes, struct tov_error *error)
{
    while (bytes.size > 0) {
        ssize_t done = write(fd, bytes.data, bytes.size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return tov_fail(error, errno == ENOSPC || errno == EDQUOT ? TOV_E_FULL : TOV_E_IO,
                            "the attachment cannot be written: %s", strerror(errno));
        bytes.data += done;
        bytes.size -= (size_t)done;
    }
    return TOV_OK;
}

static enum tov_err fill_read(const struct tov_save_options *options, uint64_t offset,
                              struct tov_record body, struct tov_error *error)
{
    TOV_TRY(receive_put_target(body, options->number, options->ref, error));
    TOV_TRY(tov_record_put_number(body, "part", options->part));
    TOV_TRY(tov_record_put_number(body, "offset", offset));
    return tov_record_put_number(body, "limit", PIECE_BYTES);
}

/* How far a transfer is. */
struct transfer {
    uint64_t done;
    uint64_t total;
    bool knows_total;
    struct tov_sha256 sha;
};

/* A node must move on and keep to one size, or the file would not be the attachment. */
static enum tov_err check_piece(struct transfer *transfer, struct tov_record data,
                                struct tov_error *error)
{
    uint64_t total = tov_record_number(data, "total");
    size_t size = tov_record_bytes(data, "data").size;
    bool fits = total <= TOV_ATTACHMENT_MAX_BYTES && transfer->done + size <= total &&
                (!transfer->knows_total || total == transfer->total) &&
                tov_record_number(data, "offset") == transfer->done &&
                (size > 0 || transfer->done == total);
    if (!fits)
        return tov_fail(error, TOV_E_MALFORMED, "the node sent another piece than was asked for");
    transfer->total = total;
    transfer->knows_total = true;
    return TOV_OK;
}

static enum tov_err save_piece(struct tov_client *client, const struct tov_save_options *options,
                               struct transfer *transfer, struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    struct tov_record body;
    TOV_TRY(request_create("attachment_read", &request, &body));
    TOV_TRY(fill_read(options, transfer->done, body, error));
    struct call_order order = {client, request, "data"};
    TOV_TRY(call_do(&call, &order, &body, error));
    TOV_TRY(check_piece(transfer, body, error));
    struct tov_bytes data = tov_record_bytes(body, "data");
    TOV_TRY(write_all(options->fd, data, error));
    tov_sha256_update(&transfer->sha, data.data, data.size);
    transfer->done += data.size;
    if (options->progress != NULL &&
        options->progress(options->progress_arg, transfer->done, transfer->total) != 0)
        return tov_fail(error, TOV_E_CLOSED, "given up; the file is not whole");
    return TOV_OK;
}

static enum tov_err check_hash(struct transfer *transfer, const uint8_t *expected,
                               struct tov_error *error)
{
    struct tov_hash hash;
    tov_sha256_final(&transfer->sha, &hash);
    if (expected != NULL && memcmp(hash.bytes, expected, sizeof hash.bytes) != 0)
        return tov_fail(error, TOV_E_PROOF,
                        "what was written is not the attachment that its sender named; do not use "
                        "it");
    return TOV_OK;
}

/* A program that was compiled before `sha256` was there hands in a smaller struct. */
#define FIRST_SIZE offsetof(struct tov_save_options, sha256)

enum tov_err tov_attachment_save(struct tov_client *client, const struct tov_save_options *options,
                                 struct tov_error *error)
{
    struct transfer transfer = {.done = 0};
    if (options->size < FIRST_SIZE || options->fd < 0)
        return tov_fail(error, TOV_E_ARGUMENT, "begin with TOV_SAVE_OPTIONS_INIT; fd is needed");
    tov_sha256_init(&transfer.sha);
    while (!transfer.knows_total || transfer.done < transfer.total)
        TOV_TRY(save_piece(client, options, &transfer, error));
    const uint8_t *expected = options->size < sizeof *options ? NULL : options->sha256;
    return check_hash(&transfer, expected, error);
}

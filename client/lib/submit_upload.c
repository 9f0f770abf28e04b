/* SPDX-License-Identifier: EUPL-1.2
 *
 * Attachments on their way to the node: one piece at a time, so that memory does not grow with a
 * file and a slow node slows us.
 */
#include "lib/submit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct draft_file *file_of(const struct tov_submit *submit)
{
    return &submit->draft->files[submit->file];
}

/* SIZE bytes at OFFSET; a file that has become shorter is an error. */
static enum tov_err read_file(const struct draft_file *file, uint64_t offset, uint8_t *out,
                              size_t size, struct tov_error *error)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(file->fd, out + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return tov_fail(error, TOV_E_IO, "an attachment cannot be read: %s",
                            got == 0 ? "it has become shorter" : strerror(errno));
        done += (size_t)got;
    }
    return TOV_OK;
}

static size_t piece_size(const struct draft_file *file, uint64_t offset)
{
    uint64_t left = file->size - offset;
    return left < UPLOAD_PIECE_BYTES ? (size_t)left : UPLOAD_PIECE_BYTES;
}

/* ---- hashing only ---- */

static enum tov_err hash_file(const struct draft_file *file, uint8_t *piece,
                              struct tov_hash *out_hash, struct tov_error *error)
{
    struct tov_sha256 sha;
    tov_sha256_init(&sha);
    for (uint64_t offset = 0; offset < file->size;) {
        size_t size = piece_size(file, offset);
        TOV_TRY(read_file(file, offset, piece, size, error));
        tov_sha256_update(&sha, piece, size);
        offset += size;
    }
    tov_sha256_final(&sha, out_hash);
    return TOV_OK;
}

enum tov_err submit_hash_files(struct tov_submit *submit, struct tov_error *error)
{
    const struct tov_message_draft *draft = submit->draft;
    TOV_FREE uint8_t *piece = malloc(UPLOAD_PIECE_BYTES);
    if (piece == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory for reading attachments");
    for (size_t i = 0; i < draft->file_count; i++)
        TOV_TRY(hash_file(&draft->files[i], piece, &submit->hashes[i], error));
    return TOV_OK;
}

/* ---- sending ---- */

static enum tov_err fill_begin(const struct tov_submit *submit, struct tov_record body)
{
    if (submit->upload != 0)
        TOV_TRY(tov_record_put_number(body, "upload", submit->upload));
    return tov_record_put_number(body, "size", file_of(submit)->size);
}

static enum tov_err fill_data(struct tov_submit *submit, struct tov_record body,
                              struct tov_error *error)
{
    const struct draft_file *file = file_of(submit);
    size_t size = piece_size(file, submit->offset);
    TOV_FREE uint8_t *piece = malloc(UPLOAD_PIECE_BYTES);
    if (piece == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory for reading attachments");
    TOV_TRY(read_file(file, submit->offset, piece, size, error));
    tov_sha256_update(&submit->sha, piece, size);
    TOV_TRY(tov_record_put_number(body, "upload", submit->upload));
    TOV_TRY(tov_record_put_number(body, "file", submit->file));
    TOV_TRY(tov_record_put_number(body, "offset", submit->offset));
    return tov_record_put_bytes(body, "data", (struct tov_bytes){piece, size});
}

enum tov_err submit_ask_upload(struct tov_submit *submit, struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    struct tov_record body;
    bool begins = submit->step == SUBMIT_BEGIN;
    TOV_TRY(request_create(begins ? "upload_begin" : "upload_data", &request, &body));
    TOV_TRY(begins ? fill_begin(submit, body) : fill_data(submit, body, error));
    call_end(&submit->call);
    return call_begin(&submit->call, submit->client, request, error);
}

static enum tov_err finish_file(struct tov_submit *submit, struct tov_record body,
                                struct tov_error *error)
{
    struct tov_hash *hash = &submit->hashes[submit->file];
    tov_sha256_final(&submit->sha, hash);
    if (!tov_bytes_equal(tov_record_bytes(body, "sha256"), TOV_BYTES_OF(hash->bytes)))
        return tov_fail(error, TOV_E_PROOF, "the node has got other bytes than the attachment's");
    submit->file++;
    submit->step = SUBMIT_BEGIN;
    if (submit->file == submit->draft->file_count)
        return TOV_OK;
    TOV_TRY(submit_ask_upload(submit, error));
    return TOV_E_AGAIN;
}

static bool wants_to_stop(const struct tov_submit *submit)
{
    return submit->options.progress != NULL &&
           submit->options.progress(submit->options.progress_arg, (uint32_t)submit->file,
                                    submit->offset, file_of(submit)->size) != 0;
}

static enum tov_err read_begin(struct tov_submit *submit, struct tov_record body,
                               struct tov_error *error)
{
    uint64_t upload = tov_record_number(body, "upload");
    if (upload == 0 || (submit->upload != 0 && upload != submit->upload) ||
        tov_record_number(body, "file") != submit->file)
        return tov_fail(error, TOV_E_MALFORMED, "the node mixed up the attachments");
    submit->upload = upload;
    submit->offset = 0;
    tov_sha256_init(&submit->sha);
    submit->step = SUBMIT_DATA;
    return TOV_OK;
}

enum tov_err submit_next_upload(struct tov_submit *submit, struct tov_error *error)
{
    struct tov_record body;
    TOV_TRY(call_body(&submit->call, "upload", &body, error));
    uint64_t size = file_of(submit)->size;
    if (submit->step == SUBMIT_BEGIN)
        TOV_TRY(read_begin(submit, body, error));
    else
        submit->offset += piece_size(file_of(submit), submit->offset);
    if (tov_record_number(body, "taken") != submit->offset)
        return tov_fail(error, TOV_E_MALFORMED, "the node lost a part of an attachment");
    if (wants_to_stop(submit))
        return tov_fail(error, TOV_E_CLOSED, "given up; nothing was sent");
    if (submit->offset == size)
        return finish_file(submit, body, error);
    TOV_TRY(submit_ask_upload(submit, error));
    return TOV_E_AGAIN;
}

void submit_drop_upload(struct tov_submit *submit)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    struct tov_record body;
    if (submit->upload == 0 || request_create("upload_cancel", &request, &body) != TOV_OK)
        return;
    if (tov_record_put_number(body, "upload", submit->upload) == TOV_OK)
        call_send_loose(submit->client, request);
    submit->upload = 0;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * A submit under way.
 *
 *   NUMBERS    the directory was asked for the numbers of the recipients' agencies
 *   BEGIN      a place for file `file` was asked for
 *   DATA       bytes of file `file` up to `offset` were sent
 *   MESSAGE    the message itself was sent: from here to its answer the outcome is not known
 *   OVER       the result was taken, or it failed
 */
#ifndef TOV_LIB_SUBMIT_H
#define TOV_LIB_SUBMIT_H

#include <tov/send.h>

#include "lib/connection.h"
#include "lib/draft.h"

#define UPLOAD_PIECE_BYTES 131072u

enum submit_step {
    SUBMIT_NUMBERS = 1,
    SUBMIT_BEGIN = 2,
    SUBMIT_DATA = 3,
    SUBMIT_MESSAGE = 4,
    SUBMIT_OVER = 5
};

struct tov_submit {
    struct tov_client *client;
    struct tov_message_draft *draft;
    struct tov_submit_options options;
    bool check_only;
    enum submit_step step;
    struct call call;
    uint64_t upload; /* the node's number; 0: none yet */
    size_t file;
    uint64_t offset;
    struct tov_sha256 sha;
    struct tov_hash hashes[TOV_ATTACHMENTS_MAX];
};

/* Sends the request of the step. */
enum tov_err submit_ask_upload(struct tov_submit *submit, struct tov_error *error) TOV_MUST_CHECK;
/* Takes the answer of BEGIN or DATA and asks for the next; AGAIN while there is more to upload, OK
 * when all files are there. */
enum tov_err submit_next_upload(struct tov_submit *submit, struct tov_error *error) TOV_MUST_CHECK;
void submit_drop_upload(struct tov_submit *submit);
/* The hashes of all files without sending them. */
enum tov_err submit_hash_files(struct tov_submit *submit, struct tov_error *error) TOV_MUST_CHECK;

/* The request that carries the message. NOT_FOUND names the recipient that has no number. */
enum tov_err submit_make_message(struct tov_submit *submit, struct tov_record *out_request,
                                 struct tov_error *error) TOV_MUST_CHECK;
/* Whether all recipients have a number, or one that is known. */
bool submit_knows_numbers(const struct tov_submit *submit);

#endif

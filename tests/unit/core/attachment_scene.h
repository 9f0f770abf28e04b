/* SPDX-License-Identifier: EUPL-1.2
 *
 * Files that clients of the nodes of support/node_harness.h send with a note and read again.
 * Not for: asserting what comes of it.
 */
#ifndef TOV_TESTS_CORE_ATTACHMENT_SCENE_H
#define TOV_TESTS_CORE_ATTACHMENT_SCENE_H

#include "desk_ask.h"

#define FILES_MAX 4u
#define PIECE_BYTES 100000u /* of an upload */

/* Byte AT of the file that is called SEED. */
uint8_t file_byte(uint64_t seed, uint64_t at);

struct upload {
    const struct harness_client *by;
    uint64_t id;
    size_t count;
    struct {
        uint64_t seed, size;
        uint8_t sha256[32];
    } files[FILES_MAX];
};

struct tov_record begin_request(uint64_t upload, uint64_t size);
/* The next bytes of file AT, from OFFSET, SIZE of them. */
struct tov_record data_request(const struct upload *upload, size_t at, uint64_t offset,
                               size_t size);
struct tov_record read_request(uint64_t number, uint64_t part, uint64_t offset, uint64_t limit);
/* A note from kk/vink to kbh-pol/dks with the files of UPLOAD; by bo the other way. */
struct tov_record note_request(struct harness *harness, const struct upload *upload);

/* One more file, whole; UPLOAD's first begins it. */
void upload_file(struct harness *harness, struct upload *upload, uint64_t size);
/* Two connected nodes in which the concern that the notes are about has come up. */
struct harness *attachment_nodes(void);
/* anna sends files of SIZES; the number at the sender. */
uint64_t send_files(struct harness *harness, const uint64_t *sizes, size_t count,
                    struct upload *out_upload);
uint64_t send_files_by(struct harness *harness, const struct harness_client *by,
                       const uint64_t *sizes, size_t count, struct upload *out_upload);
#endif

/* SPDX-License-Identifier: EUPL-1.2 */
#include "attachment_scene.h"

#include "base/cleanup.h"

#include <stdio.h>
#include <string.h>

static uint64_t last_key;

uint8_t file_byte(uint64_t seed, uint64_t at)
{
    return (uint8_t)(seed * 31 + at * 7 + at / 251);
}

/* ---- requests ---- */

struct tov_record begin_request(uint64_t upload, uint64_t size)
{
    struct tov_record body;
    struct tov_record request = request_of("upload_begin", &body);
    UNIT_OK(tov_record_put_number(body, "upload", upload));
    UNIT_OK(tov_record_put_number(body, "size", size));
    return request;
}

struct tov_record data_request(const struct upload *upload, size_t at, uint64_t offset, size_t size)
{
    static uint8_t bytes[200000];
    struct tov_record body;
    struct tov_record request = request_of("upload_data", &body);
    UNIT_NEED(size <= sizeof bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = file_byte(upload->files[at % FILES_MAX].seed, offset + i);
    UNIT_OK(tov_record_put_number(body, "upload", upload->id));
    UNIT_OK(tov_record_put_number(body, "file", at));
    UNIT_OK(tov_record_put_number(body, "offset", offset));
    if (size > 0)
        UNIT_OK(tov_record_put_bytes(body, "data", (struct tov_bytes){bytes, size}));
    return request;
}

struct tov_record read_request(uint64_t number, uint64_t part, uint64_t offset, uint64_t limit)
{
    struct tov_record body;
    struct tov_record request = request_of("attachment_read", &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    UNIT_OK(tov_record_put_number(body, "part", part));
    UNIT_OK(tov_record_put_number(body, "offset", offset));
    UNIT_OK(tov_record_put_number(body, "limit", limit));
    return request;
}

static void name_files(const struct upload *upload, struct tov_record content)
{
    for (size_t i = 0; i < upload->count; i++) {
        struct tov_record file;
        char name[32];
        (void)snprintf(name, sizeof name, "fil-%zu.pdf", i + 1);
        UNIT_NEED(tov_record_open(content, "attachments", &file) == TOV_OK);
        UNIT_OK(tov_record_put_text(file, "name", name));
        UNIT_OK(tov_record_put_text(file, "mime", "application/pdf"));
        UNIT_OK(tov_record_put_bytes(file, "sha256", TOV_BYTES_OF(upload->files[i].sha256)));
        UNIT_OK(tov_record_put_number(file, "size", upload->files[i].size));
    }
}

static void encode_note(struct harness *harness, const struct upload *upload,
                        struct tov_buf *header, struct tov_buf *content)
{
    struct test_draft draft;
    test_draft_init(&draft, "msg.note");
    bool is_ours = upload->by == &anna;
    test_draft_route(&draft, is_ours ? "kk/vink" : "kbh-pol/dks",
                     is_ours ? "kbh-pol/dks" : "kk/vink");
    test_draft_bases(&draft, is_ours ? "RPL115-2/1-1" : "RPL115-1-1");
    tov_record_clear(draft.draft.header, "about");
    test_draft_put(&draft, "about.concern_ref=" CONCERN);
    UNIT_OK(
        tov_record_put_number(draft.draft.header, "occurred_at", harness_now_ms(harness) - 1000));
    name_files(upload, draft.draft.content);
    UNIT_NEED(tov_draft_encode(&draft.draft, header, content) == TOV_OK);
    test_draft_fini(&draft);
}

struct tov_record note_request(struct harness *harness, const struct upload *upload)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(TOV_INLINE_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(TOV_INLINE_MAX_BYTES);
    char key[40];
    struct tov_record body;
    struct tov_record request = request_of("submit", &body);
    encode_note(harness, upload, &header, &content);
    (void)snprintf(key, sizeof key, "a key with a file %020llu", (unsigned long long)++last_key);
    UNIT_OK(tov_record_put_bytes(body, "header", tov_buf_view(&header)));
    UNIT_OK(tov_record_put_bytes(body, "content", tov_buf_view(&content)));
    UNIT_OK(tov_record_put_bytes(body, "idempotency_key", TOV_BYTES_OF(key)));
    if (upload->id != 0)
        UNIT_OK(tov_record_put_number(body, "upload", upload->id));
    return request;
}

/* ---- doing ---- */

static void take_upload(struct tov_record reply, struct upload *upload, size_t at)
{
    struct tov_record answer = body_of(reply, "upload");
    upload->id = tov_record_number(answer, "upload");
    struct tov_bytes sha256 = tov_record_bytes(answer, "sha256");
    if (sha256.size == sizeof upload->files[at].sha256)
        memcpy(upload->files[at].sha256, sha256.data, sha256.size);
}

void upload_file(struct harness *harness, struct upload *upload, uint64_t size)
{
    size_t at = upload->count;
    UNIT_NEED(at < FILES_MAX);
    upload->files[at].seed = size + at;
    upload->files[at].size = size;
    struct tov_record reply = answer_to(harness, upload->by, begin_request(upload->id, size));
    take_upload(reply, upload, at);
    tov_record_destroy(&reply);
    for (uint64_t offset = 0; offset < size; offset += PIECE_BYTES) {
        size_t piece = size - offset < PIECE_BYTES ? (size_t)(size - offset) : PIECE_BYTES;
        reply = answer_to(harness, upload->by, data_request(upload, at, offset, piece));
        take_upload(reply, upload, at);
        tov_record_destroy(&reply);
    }
    upload->count++;
}

struct harness *attachment_nodes(void)
{
    struct harness *harness = three_nodes();
    submit_concern(harness);
    return harness;
}

uint64_t send_files(struct harness *harness, const uint64_t *sizes, size_t count,
                    struct upload *out_upload)
{
    return send_files_by(harness, &anna, sizes, count, out_upload);
}

uint64_t send_files_by(struct harness *harness, const struct harness_client *by,
                       const uint64_t *sizes, size_t count, struct upload *out_upload)
{
    *out_upload = (struct upload){.by = by};
    for (size_t i = 0; i < count; i++)
        upload_file(harness, out_upload, sizes[i]);
    struct tov_record reply = answer_to(harness, by, note_request(harness, out_upload));
    uint64_t number = tov_record_number(body_of(reply, "submit"), "number");
    tov_record_destroy(&reply);
    harness_advance(harness, 60000);
    return number;
}

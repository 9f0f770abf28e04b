/* SPDX-License-Identifier: EUPL-1.2 */
#include "export_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES (1u << 22)

struct tov_record export_request(struct tov_bytes cursor)
{
    struct tov_record body;
    struct tov_record request = request_of("export_read", &body);
    if (cursor.size > 0)
        UNIT_OK(tov_record_put_bytes(body, "cursor", cursor));
    return request;
}

static struct tov_buf *file_of(struct exported *exported, struct tov_bytes path, size_t *out_at)
{
    for (size_t i = 0; i < exported->count; i++) {
        if (is_text(path, exported->files[i].path)) {
            *out_at = i;
            return &exported->files[i].content;
        }
    }
    UNIT_NEED(exported->count < EXPORT_FILES_MAX && path.size < TOV_EXPORT_PATH_SIZE);
    *out_at = exported->count++;
    memcpy(exported->files[*out_at].path, path.data, path.size);
    exported->files[*out_at].content = TOV_BUF_INIT(FILE_MAX_BYTES);
    return &exported->files[*out_at].content;
}

static void take_piece(struct exported *exported, struct tov_record answer)
{
    size_t at = 0;
    struct tov_bytes path = tov_record_bytes(answer, "path");
    if (path.size == 0)
        return;
    struct tov_buf *content = file_of(exported, path, &at);
    CU_ASSERT(!exported->files[at].is_whole);
    UNIT_EQUAL_INT(tov_record_number(answer, "offset"), content->size);
    tov_buf_put_bytes(content, tov_record_bytes(answer, "data"));
    exported->files[at].is_whole = tov_record_number(answer, "last") != 0;
}

struct exported *export_all(struct harness *harness)
{
    struct exported *exported = calloc(1, sizeof *exported);
    UNIT_NEED(exported != NULL);
    struct tov_bytes cursor = {0};
    do {
        struct tov_record reply = answer_to(harness, &audit, export_request(cursor));
        struct tov_record answer = body_of(reply, "export");
        take_piece(exported, answer);
        UNIT_NEED(exported->pieces < EXPORT_PIECES_MAX);
        struct tov_buf *kept = &exported->cursors[exported->pieces++];
        *kept = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
        tov_buf_put_bytes(kept, tov_record_bytes(answer, "cursor"));
        cursor = tov_buf_view(kept);
        tov_record_destroy(&reply);
    } while (cursor.size > 0);
    exported->pieces--; /* the last one is empty */
    return exported;
}

void exported_destroy(struct exported *exported)
{
    for (size_t i = 0; exported != NULL && i < EXPORT_FILES_MAX; i++)
        tov_buf_fini(&exported->files[i].content);
    for (size_t i = 0; exported != NULL && i < EXPORT_PIECES_MAX; i++)
        tov_buf_fini(&exported->cursors[i]);
    free(exported);
}

struct tov_bytes exported_file(const struct exported *exported, const char *path)
{
    for (size_t i = 0; i < exported->count; i++) {
        if (strcmp(exported->files[i].path, path) != 0)
            continue;
        CU_ASSERT(exported->files[i].is_whole);
        return tov_buf_view(&exported->files[i].content);
    }
    return (struct tov_bytes){0};
}

bool exported_record(const struct exported *exported, const char *path, enum tov_export_kind kind,
                     uint64_t index, struct tov_export_record *out)
{
    struct tov_bytes file = exported_file(exported, path);
    struct tov_reader reader = tov_reader_of(file);
    while (reader.left > 0) {
        struct tov_export_head head;
        struct tov_bytes bytes = tov_read_bytes(&reader, TOV_EXPORT_HEAD_BYTES);
        UNIT_NEED(bytes.size == TOV_EXPORT_HEAD_BYTES);
        UNIT_NEED(tov_export_head_decode(bytes.data, &head) == TOV_OK);
        struct tov_bytes body = tov_read_bytes(&reader, head.size);
        UNIT_NEED(!reader.failed && tov_export_body_decode(&head, body, out) == TOV_OK);
        if (out->kind == kind && out->index == index)
            return true;
    }
    return false;
}

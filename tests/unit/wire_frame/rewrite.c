/* SPDX-License-Identifier: EUPL-1.2 */
#include "rewrite.h"

#include <stdlib.h>

static enum tov_err rewrite_parcel(const struct tov_frame *frame, struct tov_buf *out)
{
    TOV_CLEANUP(tov_parcel_writer_fini) struct tov_parcel_writer writer = TOV_PARCEL_WRITER_INIT;
    struct tov_frame_parcel parcel;
    TOV_TRY(tov_frame_parcel(frame, &parcel));
    for (size_t i = 0; i < parcel.item_count; i++) {
        struct tov_frame_item item;
        TOV_TRY(tov_frame_item(frame, i, &item));
        TOV_TRY(tov_parcel_writer_add(&writer, &item));
    }
    for (size_t i = 0; i < parcel.cosignature_count; i++) {
        struct tov_frame_cosignature cosignature;
        TOV_TRY(tov_frame_cosignature(frame, i, &cosignature));
        TOV_TRY(tov_parcel_writer_add_cosignature(&writer, &cosignature));
    }
    return tov_parcel_writer_finish(&writer, &parcel, out);
}

static enum tov_err rewrite_late_stanzas(const struct tov_frame *frame, struct tov_buf *out)
{
    size_t count = tov_frame_late_stanza_count(frame);
    TOV_FREE struct tov_frame_late_stanza *late = calloc(count, sizeof *late);
    if (late == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++)
        TOV_TRY(tov_frame_late_stanza(frame, i, &late[i]));
    return tov_frame_encode_late_stanzas(late, count, out);
}

static enum tov_err rewrite_cosignatures(const struct tov_frame *frame, struct tov_buf *out)
{
    size_t count = tov_frame_cosignature_count(frame);
    TOV_FREE struct tov_frame_cosignature *list = calloc(count, sizeof *list);
    if (list == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++)
        TOV_TRY(tov_frame_cosignature(frame, i, &list[i]));
    return tov_frame_encode_cosignatures(list, count, out);
}

union any {
    struct tov_frame_hello hello;
    struct tov_frame_position position;
    struct tov_frame_control control;
    struct tov_frame_chunk chunk;
    struct tov_frame_roster_offer offer;
    struct tov_frame_roster_request request;
    struct tov_frame_roster_piece piece;
};

enum tov_err rewrite_frame(struct tov_bytes bytes, struct tov_buf *out)
{
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *frame = NULL;
    union any any;
    TOV_TRY(tov_frame_decode(bytes, &frame));
    switch (tov_frame_kind(frame)) {
    case TOV_FRAME_HELLO:
        TOV_TRY(tov_frame_hello(frame, &any.hello));
        return tov_frame_encode_hello(&any.hello, out);
    case TOV_FRAME_PARCEL:
        return rewrite_parcel(frame, out);
    case TOV_FRAME_POSITION:
        TOV_TRY(tov_frame_position(frame, &any.position));
        return tov_frame_encode_position(&any.position, out);
    case TOV_FRAME_LATE_STANZAS:
        return rewrite_late_stanzas(frame, out);
    case TOV_FRAME_CONTROL:
        TOV_TRY(tov_frame_control(frame, &any.control));
        return tov_frame_encode_control(&any.control, out);
    case TOV_FRAME_ROSTER_OFFER:
        TOV_TRY(tov_frame_roster_offer(frame, &any.offer));
        return tov_frame_encode_roster_offer(&any.offer, out);
    case TOV_FRAME_ROSTER_REQUEST:
        TOV_TRY(tov_frame_roster_request(frame, &any.request));
        return tov_frame_encode_roster_request(&any.request, out);
    case TOV_FRAME_ROSTER_PIECE:
        TOV_TRY(tov_frame_roster_piece(frame, &any.piece));
        return tov_frame_encode_roster_piece(&any.piece, out);
    case TOV_FRAME_CHUNK:
        TOV_TRY(tov_frame_chunk(frame, &any.chunk));
        return tov_frame_encode_chunk(&any.chunk, out);
    case TOV_FRAME_COSIGNATURES:
        return rewrite_cosignatures(frame, out);
    }
    return TOV_E_INTERNAL;
}

enum tov_err rewrite_control(struct tov_bytes bytes, struct tov_buf *out)
{
    TOV_CLEANUP(tov_control_arena_cleanup) struct tov_control_arena *arena = NULL;
    struct tov_control control;
    TOV_TRY(tov_control_decode(bytes, &control, &arena));
    return tov_control_encode(&control, out);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Get: one message with its content. First the access entry, then its commit, and only then is the
 * content read and handed out (I9).
 */
#include "api/desk.h"

#include "ledger/reply.h"

/* One message, opened for one client. */
struct getting {
    struct api_call *call;
    struct api_look look;
    struct api_view view;
    struct api_view reply; /* for those that answer it */
};

static enum tov_err open_message(struct getting *get, uint64_t number, enum tov_message_depth depth)
{
    struct api_wanted wanted = {number, depth};
    enum tov_err err = tov_api_view_load(&get->look, &wanted, &get->view);
    if (err == TOV_E_NOT_FOUND || (err == TOV_OK && get->view.sight == TOV_SIGHT_NONE))
        return tov_api_no_message(get->call, &get->look, &get->view, number);
    return err;
}

static enum tov_err start(struct getting *get)
{
    TOV_TRY(tov_api_view_init(&get->view));
    TOV_TRY(tov_api_view_init(&get->reply));
    return tov_store_read_begin(get->call->core->store, &get->look.read, NULL);
}

static void getting_fini(struct getting *get)
{
    tov_api_view_fini(&get->view);
    tov_api_view_fini(&get->reply);
    tov_store_read_end(get->look.read);
}

/* ---- the answer ---- */

static enum tov_err put_progress(struct getting *get, uint8_t part, struct tov_record out)
{
    struct tov_transfer_view transfer = {.complete = false};
    const struct tov_message *message = get->view.message;
    uint64_t sealed_size = message->leaf.parts[part].sealed_size;
    uint32_t total = tov_part_is_sealed_size(sealed_size) ? tov_part_chunk_count(sealed_size) : 0;
    enum tov_err err = tov_follow_transfer(get->call->api->follow, get->look.read, &message->name,
                                           part, &transfer);
    if (err == TOV_E_NOT_FOUND)
        transfer = (struct tov_transfer_view){.complete = false};
    else if (err != TOV_OK)
        return err;
    TOV_TRY(tov_api_put_count(out, "complete", transfer.complete ? 1 : 0));
    TOV_TRY(
        tov_api_put_count(out, "chunks_held", transfer.complete ? total : transfer.chunks_held));
    return tov_api_put_count(out, "chunks_total", total);
}

static enum tov_err put_attachments(struct getting *get, struct tov_record answer)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record content = {0};
    struct tov_bytes bytes = tov_buf_view(&get->view.message->content);
    enum tov_err err = tov_record_decode(tov_schema_find("Content"), bytes, &content, NULL);
    if (err != TOV_OK)
        return err == TOV_E_NOMEM ? err : TOV_OK; /* what cannot be read names no files */
    for (uint8_t part = 2; part < get->view.message->leaf.part_count; part++) {
        struct tov_record attachment;
        struct tov_record named = {0};
        TOV_TRY(tov_record_open(answer, "attachments", &attachment));
        TOV_TRY(tov_record_put_number(attachment, "part", part));
        if (tov_record_child(content, "attachments", part - 2u, &named))
            TOV_TRY(tov_api_put_count(attachment, "size", tov_record_number(named, "size")));
        TOV_TRY(put_progress(get, part, attachment));
    }
    return TOV_OK;
}

static enum tov_err put_reply(struct getting *get, uint64_t number, struct tov_record answer,
                              size_t *bytes)
{
    struct api_wanted wanted = {number, TOV_MESSAGE_HEADER};
    struct tov_record summary;
    enum tov_err err = tov_api_view_load(&get->look, &wanted, &get->reply);
    if (err == TOV_E_CORRUPT)
        tov_api_log_unreadable(get->call->core, number);
    if (err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT ||
        (err == TOV_OK && get->reply.sight == TOV_SIGHT_NONE))
        return TOV_OK;
    TOV_TRY(err);
    *bytes += tov_api_summary_size(&get->reply);
    if (*bytes > TOV_API_REPLY_GOAL_BYTES)
        return TOV_OK; /* List with `thread` gives them all */
    TOV_TRY(tov_record_open(answer, "replies", &summary));
    return tov_api_put_summary(&get->look, &get->reply, summary);
}

#define REPLIES_SHOWN 200u

static enum tov_err put_replies(struct getting *get, struct tov_record answer)
{
    struct tov_ref target = tov_api_view_ref(&get->view);
    struct tov_store_range range = tov_reply_range(&target, UINT64_MAX);
    struct tov_store_iter iter;
    struct tov_reply reply;
    size_t bytes = tov_api_summary_size(&get->view) + get->view.message->content.size;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_store_iter_init(get->look.read, &range, &iter));
    for (unsigned i = 0; err == TOV_OK && i < REPLIES_SHOWN && bytes < TOV_API_REPLY_GOAL_BYTES &&
                         tov_store_iter_next(&iter);
         i++)
        err = tov_reply_decode(&iter.row, &target, &reply)
                  ? put_reply(get, reply.number, answer, &bytes)
                  : TOV_OK;
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

/* A message that its sender has taken back is shown without what it said. */
static enum tov_err put_content(struct getting *get, struct tov_record answer)
{
    struct api_replies replies;
    struct tov_bytes content = tov_buf_view(&get->view.message->content);
    TOV_TRY(tov_api_replies_of(&get->look, &get->view, &replies));
    if (get->view.sight != TOV_SIGHT_CONTENT || replies.is_retracted || content.size == 0)
        return TOV_OK;
    get->call->has_content = true;
    TOV_TRY(tov_record_put_bytes(answer, "content", content));
    return put_attachments(get, answer);
}

static enum tov_err put_answer(struct getting *get)
{
    struct tov_record answer;
    struct tov_record summary;
    TOV_TRY(tov_api_answer(get->call, "get", &answer));
    TOV_TRY(tov_record_open(answer, "summary", &summary));
    TOV_TRY(tov_api_put_summary(&get->look, &get->view, summary));
    TOV_TRY(put_content(get, answer));
    if (get->view.sight == TOV_SIGHT_CONTENT)
        TOV_TRY(tov_api_put_record_entry(&get->look, &get->view, answer));
    return put_replies(get, answer);
}

/* The access entry is durable. */
static enum tov_err answer_after(struct api_call *call, const struct api_argument *argument)
{
    struct getting get = {.call = call, .look = {.api = call->api, .client = call->client}};
    enum tov_err err = start(&get);
    if (err == TOV_OK)
        err = open_message(&get, argument->number,
                           argument->flag ? TOV_MESSAGE_CONTENT : TOV_MESSAGE_HEADER);
    if (err == TOV_OK)
        err = put_answer(&get);
    getting_fini(&get);
    return err;
}

/* ---- the request ---- */

/* That a system fetched it tells of no person who has read it: the alarm for that goes on. */
static bool is_read_by_person(const struct getting *get)
{
    return get->call->client->kind == TOV_CLIENT_PERSON && get->view.sight == TOV_SIGHT_CONTENT &&
           get->view.receives;
}

static enum tov_err note_shown(struct getting *get)
{
    uint8_t row[8];
    if (tov_api_is_shown(&get->look, get->view.number))
        return TOV_OK;
    tov_put_be64(row, get->call->core->now_ms);
    tov_store_batch_put(tov_core_batch(get->call->core), TOV_TABLE_SHOWN,
                        tov_store_key_u64(get->view.number), TOV_BYTES_OF(row));
    return tov_desk_settle(get->call->api, get->view.number, DESK_UNREAD | DESK_UNHANDLED);
}

static enum tov_err get_message(struct getting *get)
{
    struct api_call *call = get->call;
    uint64_t number = 0;
    TOV_TRY(start(get));
    TOV_TRY(tov_api_target(call, get->look.read, &number));
    TOV_TRY(open_message(get, number, TOV_MESSAGE_HEADER));
    bool shows = get->view.sight == TOV_SIGHT_CONTENT;
    TOV_TRY(tov_api_note(call, shows ? TOV_ACCESS_READ : TOV_ACCESS_TRACE, &get->view,
                         tov_record_bytes(call->request, "reason")));
    if (is_read_by_person(get))
        TOV_TRY(note_shown(get));
    struct api_argument argument = {.number = number, .flag = shows};
    return tov_api_call_after(call, answer_after, &argument);
}

enum tov_err tov_api_get(struct api_call *call)
{
    struct getting get = {.call = call, .look = {.api = call->api, .client = call->client}};
    enum tov_err err = get_message(&get);
    getting_fini(&get);
    return err;
}

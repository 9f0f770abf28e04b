/* SPDX-License-Identifier: EUPL-1.2
 *
 * Find: in which messages of the client's own units a person stands. Contents are opened and looked
 * at, a bounded piece for each request; there is no index of persons. The first request says why:
 * its access entry is committed before the search may begin (I9). Only messages are named, nothing
 * of their content; that a person stands in them is a disclosure all the same, so each has an
 * access entry of its own, with the reason, before the answer leaves. Not for: asking other
 * agencies. Whether they know somebody is asked by info.request. Never log, store or put into an
 * error what was searched for.
 *
 *   begin (reason) -> access entry committed -> the search's id -> pieces, until nothing is left
 *
 * That the pieces are of the search that was begun is known by an HMAC of its words, which lives as
 * long as the connection; its key is random and never stored. Each piece goes on where the one
 * before it ended, from the newest message of when the entry was committed; then the search is
 * over. So one entry is one look, and no watch on a person (I9).
 */
#include "api/api_internal.h"

#include "case/person.h"

#include <string.h>

#define FOUND_MAX 100u          /* in one answer */
#define EVENTS_A_PIECE 10000u   /* looked at */
#define HEADERS_A_PIECE 1000u   /* of these, opened */
#define OPENED_A_PIECE 200u     /* contents: some tens of milliseconds */
#define DETAILS_MAX_BYTES 4096u /* of an access entry */

struct finding {
    struct api_call *call;
    struct api_look look;
    struct api_view view;
    struct tov_record answer;
    struct tov_buf details;  /* of the search's own access entry */
    struct tov_bytes reason; /* there */
    struct tov_person_words words;
    size_t bytes; /* of the answer */
    size_t opened_bytes;
    unsigned found, opened, headers, events;
    unsigned not_read; /* of the opened ones */
    uint64_t next_before;
};

/* The citizen of a message, and who takes part in a course in place of one. */
static enum tov_err is_in_content(struct finding *finding, struct tov_bytes header,
                                  struct tov_bytes content, bool *out_is_in)
{
    struct tov_draft draft = {0};
    struct tov_record person;
    *out_is_in = false;
    enum tov_err err = tov_draft_decode(header, &content, &draft, NULL);
    if (err == TOV_OK && tov_record_child(draft.content, "subject", 0, &person))
        *out_is_in = tov_person_fits(&finding->words, person);
    if (err == TOV_OK && !*out_is_in && draft.content_fields.message != NULL &&
        tov_record_child(draft.content_fields, "participant", 0, &person))
        *out_is_in = tov_person_fits(&finding->words, person);
    tov_draft_fini(&draft);
    finding->not_read += err != TOV_OK ? 1 : 0;
    return err == TOV_E_NOMEM ? err : TOV_OK;
}

/* ---- looking ---- */

static enum tov_err put_found(struct finding *finding, bool *out_full)
{
    struct tov_record summary;
    size_t size = tov_api_summary_size(&finding->view);
    *out_full = finding->found > 0 && finding->bytes + size > TOV_API_REPLY_GOAL_BYTES;
    if (*out_full)
        return TOV_OK;
    TOV_TRY(tov_record_open(finding->answer, "messages", &summary));
    TOV_TRY(tov_api_put_summary(&finding->look, &finding->view, summary));
    TOV_TRY(tov_api_note(finding->call, TOV_ACCESS_SEARCH, &finding->view, finding->reason));
    finding->bytes += size;
    finding->found++;
    return TOV_OK;
}

/* What cannot be opened leaves a view without sight. */
static enum tov_err open_view(struct finding *finding, const struct tov_event *event,
                              const struct api_wanted *wanted)
{
    enum tov_err err = tov_api_view_event(&finding->look, event, wanted, &finding->view);
    if (err != TOV_E_NOT_FOUND && err != TOV_E_CORRUPT)
        return err;
    finding->view.sight = TOV_SIGHT_NONE;
    return TOV_OK;
}

/* I10: by the header it is judged whether the content may be opened for this client at all. What
 * its sender has taken back is not looked into: the node shows nobody its content. */
static enum tov_err look_at(struct finding *finding, uint64_t number, const struct tov_event *event,
                            bool *out_full)
{
    struct api_wanted wanted = {number, TOV_MESSAGE_HEADER};
    struct api_view *view = &finding->view;
    struct api_replies replies;
    bool is_in = false;
    finding->headers++;
    TOV_TRY(open_view(finding, event, &wanted));
    if (view->sight != TOV_SIGHT_CONTENT)
        return TOV_OK;
    wanted.depth = TOV_MESSAGE_CONTENT;
    finding->opened++;
    TOV_TRY(open_view(finding, event, &wanted));
    finding->opened_bytes += view->message->content.size;
    if (view->sight != TOV_SIGHT_CONTENT || !view->message->shows_content) {
        bool is_ours = view->sight != TOV_SIGHT_CONTENT || view->message->keys.has_content;
        finding->not_read += is_ours ? 1 : 0; /* else the agency has the header alone */
        return TOV_OK;
    }
    TOV_TRY(is_in_content(finding, tov_buf_view(&view->message->header),
                          tov_buf_view(&view->message->content), &is_in));
    if (!is_in)
        return TOV_OK;
    TOV_TRY(tov_api_replies_of(&finding->look, view, &replies));
    return replies.is_retracted ? TOV_OK : put_found(finding, out_full);
}

static enum tov_err look_at_row(struct finding *finding, const struct tov_store_row *row,
                                bool *out_full)
{
    struct tov_event event;
    uint64_t number = tov_store_key_to_u64(&row->key);
    finding->events++;
    enum tov_err err = tov_event_decode(row->value, &event);
    if (err == TOV_E_CORRUPT) { /* nobody knows whose it was */
        finding->not_read++;
        err = TOV_OK;
    }
    TOV_TRY(err);
    if (event.kind == TOV_EVENT_RECEIVED || event.kind == TOV_EVENT_WRITTEN)
        TOV_TRY(look_at(finding, number, &event, out_full));
    finding->next_before = *out_full ? number + 1 : number;
    return TOV_OK;
}

static bool is_at_end(const struct finding *finding)
{
    return finding->found == FOUND_MAX || finding->opened == OPENED_A_PIECE ||
           finding->opened_bytes >= finding->call->api->search_piece_bytes ||
           finding->headers == HEADERS_A_PIECE || finding->events == EVENTS_A_PIECE;
}

static enum tov_err look(struct finding *finding)
{
    const struct api_search *search = &finding->call->connection->search;
    uint64_t last = search->next == 0 ? search->top : search->next - 1;
    struct tov_store_range range = {.table = TOV_TABLE_EVENT,
                                    .first = tov_store_key_u64(1),
                                    .last = tov_store_key_u64(last),
                                    .backward = true};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    bool more = last > 0;
    bool full = false;
    TOV_TRY(tov_store_iter_init(finding->look.read, &range, &iter));
    while (err == TOV_OK && more && !full && !is_at_end(finding)) {
        more = tov_store_iter_next(&iter);
        if (more)
            err = look_at_row(finding, &iter.row, &full);
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    if (!more || finding->next_before == 1)
        finding->next_before = 0;
    return err != TOV_OK ? err : read_err;
}

/* From its entry, so that no connection keeps it; without one when that cannot be opened any more.
 */
static enum tov_err read_reason(struct finding *finding)
{
    struct api_call *call = finding->call;
    struct tov_access_entry entry;
    enum tov_err err = tov_access_details(call->core, finding->look.read,
                                          call->connection->search.entry, &finding->details);
    if (err == TOV_OK)
        err = tov_access_entry_decode(tov_buf_view(&finding->details), &entry);
    if (err == TOV_OK)
        finding->reason = entry.reason;
    return err == TOV_E_NOMEM ? err : TOV_OK;
}

static enum tov_err answer_piece(struct finding *finding)
{
    struct api_call *call = finding->call;
    TOV_TRY(tov_api_view_init(&finding->view));
    TOV_TRY(tov_store_read_begin(call->core->store, &finding->look.read, NULL));
    TOV_TRY(tov_api_answer(call, "find", &finding->answer));
    TOV_TRY(read_reason(finding));
    TOV_TRY(look(finding));
    TOV_TRY(tov_record_put_number(finding->answer, "search", call->connection->search.id));
    TOV_TRY(tov_api_put_count(finding->answer, "next_before", finding->next_before));
    TOV_TRY(tov_api_put_count(finding->answer, "looked_at", finding->opened));
    TOV_TRY(tov_api_put_count(finding->answer, "not_read", finding->not_read));
    return finding->found == 0 ? TOV_OK : tov_api_reply_after(call);
}

/* ---- the request ---- */

static enum tov_err refuse(struct api_call *call, const char *what)
{
    return tov_fail(&call->error, TOV_E_ARGUMENT, "%s", what);
}

static void tag_of(const struct finding *finding, uint8_t out[TOV_TAG_BYTES])
{
    struct tov_hmac hmac;
    struct tov_hash hash;
    const struct tov_person_words *words = &finding->words;
    int64_t day = words->has_birth_date ? tov_date_to_days(words->birth_date) : INT64_MIN;
    tov_hmac_init(&hmac, TOV_BYTES_OF(finding->call->api->search_key.bytes));
    tov_hmac_update(&hmac, words->name, sizeof words->name);
    tov_hmac_update(&hmac, words->number, sizeof words->number);
    tov_hmac_update(&hmac, &day, sizeof day);
    tov_hmac_final(&hmac, &hash);
    memcpy(out, hash.bytes, TOV_TAG_BYTES);
}

/* The access entry is durable. */
static enum tov_err begun(struct api_call *call, const struct api_argument *argument)
{
    struct api_search *search = &call->connection->search;
    struct tov_record answer;
    if (search->id == argument->number) {
        search->is_committed = true;
        search->top = tov_api_newest_event(call->api);
    }
    TOV_TRY(tov_api_answer(call, "find", &answer));
    return tov_record_put_number(answer, "search", argument->number);
}

static enum tov_err begin(struct finding *finding)
{
    struct api_call *call = finding->call;
    struct tov_bytes reason = tov_record_bytes(call->request, "reason");
    struct api_search search = {.id = ++call->api->last_search};
    struct tov_text fault;
    if (tov_person_reason_check(reason, &fault) != TOV_OK)
        return refuse(call, fault.en);
    struct api_noting noting = {TOV_ACCESS_SEARCH, NULL, reason};
    TOV_TRY(tov_api_note_at(call, &noting, &search.entry));
    tag_of(finding, search.tag);
    call->connection->search = search;
    struct api_argument argument = {.number = search.id};
    return tov_api_call_after(call, begun, &argument);
}

static enum tov_err go_on(struct finding *finding, uint64_t id)
{
    struct api_search *search = &finding->call->connection->search;
    uint64_t before = tov_record_number(finding->call->request, "before");
    uint8_t tag[TOV_TAG_BYTES];
    tag_of(finding, tag);
    if (search->id != id || !search->is_committed || memcmp(search->tag, tag, sizeof tag) != 0)
        return tov_fail(&finding->call->error, TOV_E_DENIED,
                        "no such search was begun on this connection, or it is over: begin it "
                        "with its reason");
    if (before != search->next)
        return refuse(finding->call, "before: a search goes on where its last piece ended; begin "
                                     "it anew if that one was lost");
    TOV_TRY(answer_piece(finding));
    search->next = finding->next_before;
    if (search->next == 0)
        *search = (struct api_search){.id = 0};
    return TOV_OK;
}

static enum tov_err read_words(struct finding *finding)
{
    struct tov_record request = finding->call->request;
    struct tov_person_asked asked = {.name = tov_record_bytes(request, "name"),
                                     .number = tov_record_bytes(request, "number")};
    struct tov_text fault;
    asked.has_birth_date = tov_record_date(request, "birth_date", &asked.birth_date);
    if (tov_person_words_read(&asked, &finding->words, &fault) != TOV_OK)
        return refuse(finding->call, fault.en);
    return TOV_OK;
}

enum tov_err tov_api_find(struct api_call *call)
{
    struct finding finding = {.call = call,
                              .look = {.api = call->api, .client = call->client},
                              .details = TOV_BUF_INIT(DETAILS_MAX_BYTES)};
    uint64_t id = tov_record_number(call->request, "search");
    enum tov_err err = read_words(&finding);
    if (err == TOV_OK)
        err = id == 0 ? begin(&finding) : go_on(&finding, id);
    tov_wipe(&finding.words, sizeof finding.words);
    if (finding.details.data != NULL)
        tov_wipe(finding.details.data, finding.details.capacity);
    tov_buf_fini(&finding.details);
    tov_api_view_fini(&finding.view);
    tov_store_read_end(finding.look.read);
    return err;
}

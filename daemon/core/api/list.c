/* SPDX-License-Identifier: EUPL-1.2
 *
 * List: messages newest first, as the client may see them. One request looks at a bounded number of
 * events and says where to go on.
 */
#include "api/desk.h"

#include "ledger/reply.h"

#include <string.h>

#define LIST_MAX 200u
#define EVENTS_LOOKED_AT 20000u
#define MESSAGES_OPENED 1000u

enum box { BOX_ALL, BOX_IN, BOX_OUT };

struct listing {
    struct api_call *call;
    struct api_look look;
    struct api_view view;
    struct tov_record answer;
    enum box box;
    bool unread_only;
    bool unrecorded_only; /* from the desk, oldest first */
    bool has_thread;      /* only what answers this: */
    struct tov_ref thread;
    uint64_t limit;
    uint64_t found;
    uint64_t events, opened;
    size_t bytes;
    size_t keys_lost;
    uint64_t next_before;
};

static bool is_wanted(const struct listing *list)
{
    const struct api_view *view = &list->view;
    if (view->sight == TOV_SIGHT_NONE)
        return false;
    if ((list->box == BOX_IN && !view->receives) || (list->box == BOX_OUT && !view->sends))
        return false;
    return !list->unread_only || tov_api_is_unread(&list->look, view);
}

static bool may_be_wanted(const struct listing *list, const struct tov_event *event)
{
    if (event->kind == TOV_EVENT_RECEIVED)
        return list->box != BOX_OUT;
    return event->kind == TOV_EVENT_WRITTEN;
}

/* Takes the event with NUMBER into the list, if it is one for it. */
static enum tov_err take(struct listing *list, uint64_t number, const struct tov_event *event,
                         bool *out_full)
{
    struct api_wanted wanted = {number, TOV_MESSAGE_HEADER};
    struct tov_record summary;
    if (!may_be_wanted(list, event))
        return TOV_OK;
    list->opened++;
    enum tov_err err = tov_api_view_event(&list->look, event, &wanted, &list->view);
    if (err == TOV_E_CORRUPT)
        tov_api_log_unreadable(list->call->core, number);
    if (err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT)
        return TOV_OK;
    TOV_TRY(err);
    if (!is_wanted(list))
        return TOV_OK;
    size_t size = tov_api_summary_size(&list->view);
    if (list->found > 0 && list->bytes + size > TOV_API_REPLY_GOAL_BYTES) {
        *out_full = true;
        return TOV_OK;
    }
    TOV_TRY(tov_record_open(list->answer, "messages", &summary));
    TOV_TRY(tov_api_put_summary(&list->look, &list->view, summary));
    list->bytes += size;
    list->found++;
    return TOV_OK;
}

static bool is_at_end(const struct listing *list)
{
    return list->found == list->limit || list->events == EVENTS_LOOKED_AT ||
           list->opened == MESSAGES_OPENED;
}

static enum tov_err walk_row(struct listing *list, const struct tov_store_row *row, bool *out_full)
{
    struct tov_event event;
    struct tov_reply reply;
    uint64_t number = tov_get_be64(row->key.bytes + row->key.size - 8);
    list->events++;
    list->next_before = number;
    if (list->has_thread && !tov_reply_decode(row, &list->thread, &reply))
        return TOV_OK; /* names another leaf at that place */
    enum tov_err err = list->has_thread ? tov_event_get(list->look.read, number, &event)
                                        : tov_event_decode(row->value, &event);
    if (err == TOV_E_CORRUPT) {
        tov_api_log_unreadable(list->call->core, number);
        return TOV_OK;
    }
    TOV_TRY(err);
    TOV_TRY(take(list, number, &event, out_full));
    list->next_before += *out_full ? 1 : 0;
    return TOV_OK;
}

static struct tov_store_range range_of(const struct listing *list, uint64_t before)
{
    uint64_t last = before == 0 ? UINT64_MAX : before - 1;
    if (list->has_thread) {
        struct tov_store_range range = tov_reply_range(&list->thread, last);
        range.backward = true;
        return range;
    }
    return (struct tov_store_range){.table = TOV_TABLE_EVENT,
                                    .first = tov_store_key_u64(1),
                                    .last = tov_store_key_u64(last),
                                    .backward = true};
}

static enum tov_err walk(struct listing *list, uint64_t before)
{
    struct tov_store_range range = range_of(list, before);
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    bool more = before != 1;
    bool full = false;
    TOV_TRY(tov_store_iter_init(list->look.read, &range, &iter));
    while (err == TOV_OK && more && !full && !is_at_end(list)) {
        more = tov_store_iter_next(&iter);
        if (more)
            err = walk_row(list, &iter.row, &full);
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    if (!more || list->next_before == 1)
        list->next_before = 0;
    return err != TOV_OK ? err : read_err;
}

/* What waits for the agency's own record, oldest first. */
static enum tov_err walk_unrecorded(struct listing *list)
{
    uint64_t after = tov_record_number(list->call->request, "after");
    uint64_t number;
    bool full = false;
    TOV_TRY(tov_desk_read(list->call->api, list->look.read));
    TOV_TRY(tov_api_put_count(list->answer, "counting",
                              tov_desk_is_record_whole(list->call->api->desk) ? 0 : 1));
    while ((number = tov_desk_unrecorded_after(&list->look, after)) != 0 && !is_at_end(list)) {
        struct tov_event event;
        TOV_TRY(tov_event_get(list->look.read, number, &event));
        TOV_TRY(take(list, number, &event, &full));
        if (full)
            break;
        list->events++;
        after = number;
    }
    list->next_before = number == 0 ? 0 : after;
    return TOV_OK;
}

/* ---- what could be read here, before a restore ---- */

#define KEYS_LOST_SHOWN 50u

static enum tov_err put_keys_lost(void *arg, const struct api_view *view, bool *out_full)
{
    struct listing *list = arg;
    struct tov_record summary;
    size_t size = tov_api_summary_size(view);
    *out_full = list->keys_lost + 1 >= KEYS_LOST_SHOWN;
    if (list->bytes + size > TOV_API_REPLY_GOAL_BYTES) {
        *out_full = true;
        return TOV_OK;
    }
    list->keys_lost++;
    list->bytes += size;
    TOV_TRY(tov_record_open(list->answer, "keys_lost", &summary));
    TOV_TRY(tov_api_put_summary(&list->look, view, summary));
    return tov_record_put_number(summary, "keys_lost", 1);
}

/* Beside the newest page of what came: they have no numbers among which to stand. */
static enum tov_err walk_keys_lost(struct listing *list)
{
    const struct tov_follow *follow = list->call->api->follow;
    struct api_view answer;
    TOV_TRY(tov_api_view_init(&answer));
    struct api_keys_lost_walk walk = {.look = &list->look,
                                      .view = &list->view,
                                      .answer = &answer,
                                      .each = put_keys_lost,
                                      .arg = list};
    enum tov_err err = TOV_OK;
    for (size_t i = 0; err == TOV_OK && i < tov_follow_peer_count(follow); i++) {
        struct tov_peer_view peer;
        struct api_keys_lost unused;
        tov_follow_peer_view(follow, i, &peer);
        err = tov_api_keys_lost_of(&walk, peer.agency, &unused);
    }
    tov_api_view_fini(&answer);
    return err;
}

static bool shows_keys_lost(const struct listing *list)
{
    return list->box != BOX_OUT && !list->has_thread && !list->unrecorded_only &&
           tov_record_number(list->call->request, "before") == 0;
}

/* ---- the request ---- */

static enum tov_err read_unit(struct listing *list)
{
    struct tov_bytes path = tov_record_bytes(list->call->request, "unit");
    const struct tov_agency *agency = NULL;
    if (path.size == 0)
        return TOV_OK;
    const struct tov_unit *unit = tov_roster_unit(list->call->core->roster, path, &agency);
    if (unit == NULL || agency != list->call->core->own ||
        !tov_access_is_of_unit(list->call->client, (struct tov_bytes){0},
                               tov_bytes_of_text(unit->name)))
        return tov_fail(&list->call->error, TOV_E_NOT_FOUND,
                        "there is no such unit in this agency, or it is not one of yours");
    list->look.unit = tov_bytes_of_text(unit->name);
    return TOV_OK;
}

static enum tov_err read_thread(struct listing *list)
{
    struct tov_record ref;
    struct api_wanted wanted = {0, TOV_MESSAGE_HEADER};
    if (!tov_record_child(list->call->request, "thread", 0, &ref))
        return TOV_OK;
    if (!tov_record_ref(list->call->request, "thread", 0, &list->thread))
        return tov_fail(&list->call->error, TOV_E_SCHEMA, "thread is no whole reference");
    list->has_thread = true;
    enum tov_err err =
        tov_event_of(list->call->core, list->look.read, &list->thread, &wanted.number);
    if (err == TOV_OK)
        err = tov_api_view_load(&list->look, &wanted, &list->view);
    if (err == TOV_E_NOT_FOUND || (err == TOV_OK && list->view.sight == TOV_SIGHT_NONE))
        return tov_api_no_message(list->call, &list->look, &list->view, wanted.number);
    if (err == TOV_OK)
        list->thread = tov_api_view_ref(&list->view); /* it may have been known by an older place */
    return err;
}

static enum tov_err read_request(struct listing *list)
{
    struct tov_record request = list->call->request;
    const char *box = tov_record_enum(request, "box");
    uint64_t limit = tov_record_number(request, "limit");
    list->box = box == NULL               ? BOX_ALL
                : strcmp(box, "in") == 0  ? BOX_IN
                : strcmp(box, "out") == 0 ? BOX_OUT
                                          : BOX_ALL;
    list->limit = limit == 0 || limit > LIST_MAX ? LIST_MAX : limit;
    list->unread_only = tov_record_number(request, "unread_only") != 0;
    list->unrecorded_only = tov_record_number(request, "unrecorded_only") != 0;
    TOV_TRY(read_thread(list));
    return read_unit(list);
}

static enum tov_err run(struct listing *list)
{
    TOV_TRY(tov_api_view_init(&list->view));
    TOV_TRY(tov_store_read_begin(list->call->core->store, &list->look.read, NULL));
    TOV_TRY(read_request(list));
    TOV_TRY(tov_api_answer(list->call, "list", &list->answer));
    TOV_TRY(list->unrecorded_only ? walk_unrecorded(list)
                                  : walk(list, tov_record_number(list->call->request, "before")));
    if (shows_keys_lost(list))
        TOV_TRY(walk_keys_lost(list));
    return tov_api_put_count(list->answer, "next_before", list->next_before);
}

enum tov_err tov_api_list(struct api_call *call)
{
    struct listing list = {.call = call, .look = {.api = call->api, .client = call->client}};
    enum tov_err err = run(&list);
    tov_api_view_fini(&list.view);
    tov_store_read_end(list.look.read);
    return err;
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Status: how the node stands, what is the matter and what to do.
 */
#include "api/api_internal.h"

#include "ledger/epoch.h"

#include <stdlib.h>

#define UNDELIVERED_AFTER_MS (4u * 3600000u)
#define EVENTS_LOOKED_AT 5000u /* newest ones, for `unread` */
#define MESSAGES_OPENED 500u

/* ---- undelivered ---- */

static enum tov_err time_of_link(const struct api_look *look, uint16_t peer, uint64_t link,
                                 uint64_t *out_ms)
{
    const struct tov_core *core = look->api->core;
    struct tov_link_place place = {peer, core->series.generation, core->series.lost_index, link};
    struct tov_bytes row;
    struct tov_entry entry;
    TOV_TRY(tov_store_get(look->read, TOV_TABLE_LINK, tov_key_link(&place), &row));
    if (row.size != 8)
        return TOV_E_CORRUPT;
    TOV_TRY(
        tov_store_get(look->read, TOV_TABLE_LEAF, tov_store_key_u64(tov_get_be64(row.data)), &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    *out_ms = entry.leaf.size >= 16 ? tov_get_be64(entry.leaf.data + 8) : 0;
    return TOV_OK;
}

/* Links without a receipt that are old enough; times ascend with link numbers. */
static uint64_t count_undelivered(const struct api_look *look, const struct tov_peer_view *peer)
{
    uint64_t now_ms = look->api->core->now_ms;
    uint64_t first = peer->links_receipted + 1;
    uint64_t low = first;
    uint64_t high = peer->links_sent + 1; /* the first that is too young */
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        uint64_t time_ms = 0;
        enum tov_err err = time_of_link(look, peer->agency, middle, &time_ms);
        if (err != TOV_OK || time_ms + UNDELIVERED_AFTER_MS > now_ms)
            high = middle;
        else
            low = middle + 1;
    }
    return low - first;
}

static enum tov_err put_peer(const struct api_look *look, const struct tov_peer_view *peer,
                             struct tov_record out)
{
    const struct tov_agency *agency = tov_roster_agency(look->api->core->roster, peer->agency);
    TOV_TRY(tov_record_put_number(out, "agency", peer->agency));
    TOV_TRY(tov_record_put_text(out, "name", agency == NULL ? "" : agency->name));
    TOV_TRY(tov_record_put_number(out, "connected", peer->is_up ? 1 : 0));
    TOV_TRY(tov_record_put_number(out, "held", peer->held));
    TOV_TRY(tov_record_put_number(out, "acknowledged", peer->acknowledged));
    TOV_TRY(tov_record_put_number(out, "links_sent", peer->links_sent));
    TOV_TRY(tov_record_put_number(out, "links_receipted", peer->links_receipted));
    TOV_TRY(tov_record_put_number(out, "suspended", peer->is_suspended ? 1 : 0));
    TOV_TRY(tov_record_put_number(out, "faults", peer->faults));
    return tov_api_put_count(out, "last_heard_ms", peer->last_heard_ms);
}

static enum tov_err put_peers(const struct api_look *look, struct tov_record answer)
{
    uint64_t undelivered = 0;
    for (size_t i = 0; i < tov_follow_peer_count(look->api->follow); i++) {
        struct tov_peer_view peer;
        struct tov_record out;
        tov_follow_peer_view(look->api->follow, i, &peer);
        undelivered += count_undelivered(look, &peer);
        TOV_TRY(tov_record_open(answer, "peers", &out));
        TOV_TRY(put_peer(look, &peer, out));
    }
    return tov_record_put_number(answer, "undelivered", undelivered);
}

/* ---- unread ---- */

static enum tov_err is_unread(const struct api_look *look, struct api_view *view,
                              const struct tov_store_row *row, bool *out_opened)
{
    struct tov_event event;
    struct api_wanted wanted = {tov_store_key_to_u64(&row->key), TOV_MESSAGE_HEADER};
    *out_opened = false;
    view->receives = false;
    TOV_TRY(tov_event_decode(row->value, &event));
    if ((event.kind != TOV_EVENT_RECEIVED && event.kind != TOV_EVENT_WRITTEN) ||
        tov_api_is_shown(look, wanted.number))
        return TOV_OK;
    *out_opened = true;
    enum tov_err err = tov_api_view_event(look, &event, &wanted, view);
    return err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT ? TOV_OK : err;
}

static enum tov_err count_unread(const struct api_look *look, struct api_view *view,
                                 uint64_t *out_count)
{
    struct tov_store_range range = {.table = TOV_TABLE_EVENT, .backward = true};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    unsigned opened = 0;
    TOV_TRY(tov_store_iter_init(look->read, &range, &iter));
    for (unsigned i = 0; err == TOV_OK && i < EVENTS_LOOKED_AT && opened < MESSAGES_OPENED &&
                         tov_store_iter_next(&iter);
         i++) {
        bool was_opened = false;
        err = is_unread(look, view, &iter.row, &was_opened);
        opened += was_opened ? 1 : 0;
        *out_count += err == TOV_OK && was_opened && tov_api_is_unread(look, view) ? 1 : 0;
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

static enum tov_err put_unread(const struct api_look *look, struct tov_record answer)
{
    struct api_view view;
    uint64_t count = 0;
    if (!tov_access_may(look->client, TOV_DEED_LOOK))
        return TOV_OK;
    enum tov_err err = tov_api_view_init(&view);
    if (err == TOV_OK)
        err = count_unread(look, &view, &count);
    tov_api_view_fini(&view);
    TOV_TRY(err);
    return tov_record_put_number(answer, "unread", count);
}

/* ---- the node itself ---- */

static enum tov_err put_trees(const struct tov_core *core, struct tov_record out)
{
    TOV_TRY(tov_record_put_number(out, "size", tov_ledger_committed(core->ledger)));
    TOV_TRY(tov_record_put_number(out, "signed_size", tov_ledger_signed(core->ledger)));
    TOV_TRY(tov_record_put_number(out, "journal_size", tov_ledger_committed(core->journal)));
    return tov_record_put_number(out, "journal_signed_size", tov_ledger_signed(core->journal));
}

/* Until the next start: what a snapshot said wrongly was shown, or might have been. */
static enum tov_err put_book_sentence(struct tov_record out)
{
    TOV_TRY(tov_record_put_text(out, "sentence_da",
                                "Nodens kopi af sagsbogen afveg fra hovedbogen og er lavet om ud "
                                "fra den. Se loggen (book-differs), og kontrollér serverens disk "
                                "og hukommelse."));
    return tov_record_put_text(out, "sentence_en",
                               "The node's copy of its case book differed from the ledger and was "
                               "made again from it. See the log (book-differs), and check the "
                               "server's disk and memory.");
}

static enum tov_err put_state(const struct tov_api *api, struct tov_record out)
{
    TOV_TRY(tov_record_put_text(out, "state", api->state.name));
    TOV_TRY(tov_record_put_text(out, "sentence_da", api->state.sentence_da));
    TOV_TRY(tov_record_put_text(out, "sentence_en", api->state.sentence_en));
    if (api->state.sentence_en[0] != '\0')
        return TOV_OK;
    if (tov_core_has_room(api->core, 0))
        return tov_book_differences(api->book) > 0 ? put_book_sentence(out) : TOV_OK;
    TOV_TRY(
        tov_record_put_text(out, "sentence_da",
                            "Serverens disk er næsten fuld. Noden tager ikke imod nye beskeder. "
                            "Kontakt driften."));
    return tov_record_put_text(out, "sentence_en",
                               "The server's disk is nearly full. The node takes no new messages. "
                               "Call the operator.");
}

static enum tov_err put_node(const struct tov_api *api, struct tov_record out)
{
    const struct tov_core *core = api->core;
    TOV_TRY(put_state(api, out));
    TOV_TRY(put_trees(core, out));
    TOV_TRY(tov_record_put_number(out, "roster_version", tov_roster_version(core->roster)));
    TOV_TRY(tov_record_put_number(out, "roster_until_ms",
                                  tov_roster_facts(core->roster)->valid_until_ms));
    TOV_TRY(tov_record_put_number(out, "disk_free_bytes", core->disk_free_bytes));
    TOV_TRY(tov_record_put_number(out, "now_ms", core->now_ms));
    TOV_TRY(tov_record_put_number(out, "demo_clock", api->demo_clock ? 1 : 0));
    TOV_TRY(tov_record_put_number(out, "epoch", tov_epochs_newest(core->epochs)));
    return tov_record_put_text(out, "version", TOV_VERSION_TEXT);
}

static enum tov_err run(const struct api_look *look, struct api_call *call)
{
    struct tov_record answer;
    TOV_TRY(tov_api_answer(call, "status", &answer));
    TOV_TRY(put_node(call->api, answer));
    TOV_TRY(put_peers(look, answer));
    return put_unread(look, answer);
}

enum tov_err tov_api_status(struct api_call *call)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(call->core->store, &read, NULL));
    struct api_look look = {.api = call->api, .client = call->client, .read = read};
    return run(&look, call);
}

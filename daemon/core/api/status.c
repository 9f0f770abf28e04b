/* SPDX-License-Identifier: EUPL-1.2
 *
 * Status: how the node stands, what is the matter and what to do.
 */
#include "api/desk.h"

#include "ledger/epoch.h"

#include <string.h>

#define WALKED_MAX 200u  /* own messages without a receipt that are judged for a unit, a peer */
#define OPENED_MAX 2000u /* ... of all peers: some tens of milliseconds */

/* ---- sent, and not receipted ---- */

/* The own message with that link of the present series. */
static enum tov_err read_link(const struct api_look *look, uint16_t peer, uint64_t link,
                              struct api_sent *out)
{
    const struct tov_core *core = look->api->core;
    struct tov_link_place place = {peer, core->series.generation, core->series.lost_index, link};
    return tov_api_sent_at(look->read, &place, out);
}

/* Links without a receipt that are old enough; times ascend with link numbers. OUT_OLDEST: the
 * number of the first. */
static uint64_t count_undelivered(const struct api_look *look, const struct tov_peer_view *peer,
                                  uint64_t *out_oldest)
{
    uint64_t limit_ms = look->api->policy.undelivered_after_ms;
    uint64_t now_ms = look->api->core->now_ms;
    struct api_sent sent = {0};
    uint64_t first = peer->links_receipted + 1;
    uint64_t low = first;
    uint64_t high = peer->links_sent + 1; /* the first that is too young */
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        enum tov_err err = read_link(look, peer->agency, middle, &sent);
        if (err != TOV_OK || sent.time_ms + limit_ms > now_ms)
            high = middle;
        else
            low = middle + 1;
    }
    bool is_read = low > first && read_link(look, peer->agency, first, &sent) == TOV_OK;
    *out_oldest = is_read ? sent.number : 0;
    return low - first;
}

/* I10: a message tells of itself by being counted too, so a unit is told of its own alone. */
struct counting {
    const struct api_look *look;
    struct api_view view, answer;
    bool is_cut;     /* there is more than was looked at */
    bool is_unit;    /* casework: only what it may see; else the agency's number */
    bool may_look;   /* numbers of messages are for it */
    unsigned opened; /* headers, all peers together */
    uint64_t undelivered;
    uint64_t oldest; /* of them */
    struct trouble_count *troubles;
    struct api_undelivered others; /* those that are no links without a receipt */
};

static enum tov_err sees(struct counting *counting, uint64_t number, bool *out_sees)
{
    struct api_wanted wanted = {number, TOV_MESSAGE_HEADER};
    enum tov_err err = tov_api_view_load(counting->look, &wanted, &counting->view);
    *out_sees = err == TOV_OK && counting->view.sight != TOV_SIGHT_NONE;
    return err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT ? TOV_OK : err;
}

/* OLDEST: 0 when it is not for the client. */
static void note_undelivered(struct counting *counting, uint64_t count, uint64_t oldest)
{
    counting->undelivered += count;
    if (oldest != 0 && (counting->oldest == 0 || oldest < counting->oldest))
        counting->oldest = oldest;
}

/* From the first link without a receipt on: those that wait longest. */
static enum tov_err count_of_unit(struct counting *counting, const struct tov_peer_view *peer,
                                  uint64_t *out_waiting)
{
    uint64_t now_ms = counting->look->api->core->now_ms;
    unsigned walked = 0;
    uint64_t link = peer->links_receipted + 1;
    for (; link <= peer->links_sent && walked < WALKED_MAX && counting->opened < OPENED_MAX;
         link++, walked++) {
        struct api_sent sent = {0};
        bool is_seen = false;
        enum tov_err err = read_link(counting->look, peer->agency, link, &sent);
        if (err != TOV_OK)
            return err == TOV_E_NOMEM ? err : TOV_OK;
        counting->opened++;
        TOV_TRY(sees(counting, sent.number, &is_seen));
        *out_waiting += is_seen ? 1 : 0;
        if (is_seen && sent.time_ms + counting->look->api->policy.undelivered_after_ms <= now_ms)
            note_undelivered(counting, 1, sent.number);
    }
    counting->is_cut = counting->is_cut || link <= peer->links_sent;
    return TOV_OK;
}

static enum tov_err count_of_agency(struct counting *counting, const struct tov_peer_view *peer,
                                    uint64_t *out_waiting)
{
    uint64_t first = 0;
    bool is_seen = false;
    uint64_t count = count_undelivered(counting->look, peer, &first);
    if (peer->links_sent > peer->links_receipted) /* not so in a store that is an old copy */
        *out_waiting = peer->links_sent - peer->links_receipted;
    if (first != 0 && counting->may_look)
        TOV_TRY(sees(counting, first, &is_seen));
    note_undelivered(counting, count, is_seen ? first : 0);
    return TOV_OK;
}

/* ---- the other agencies ---- */

/* I10: how much the agency's other units send and get is no business of casework. */
static enum tov_err put_numbers(const struct tov_peer_view *peer, struct tov_record out)
{
    TOV_TRY(tov_record_put_number(out, "held", peer->held));
    TOV_TRY(tov_record_put_number(out, "acknowledged", peer->acknowledged));
    TOV_TRY(tov_record_put_number(out, "links_sent", peer->links_sent));
    return tov_record_put_number(out, "links_receipted", peer->links_receipted);
}

static enum tov_err put_keys_lost(struct counting *counting, const struct tov_peer_view *peer,
                                  struct tov_record out)
{
    struct api_keys_lost lost;
    struct api_keys_lost_walk walk = {
        .look = counting->look, .view = &counting->view, .answer = &counting->answer};
    TOV_TRY(tov_api_keys_lost_of(&walk, peer->agency, &lost));
    TOV_TRY(tov_api_put_count(out, "keys_lost", lost.count));
    TOV_TRY(tov_api_put_count(out, "keys_lost_since_ms", lost.since_ms));
    TOV_TRY(tov_api_put_count(out, "keys_lost_unknown", lost.has_unknown ? 1 : 0));
    counting->is_cut = counting->is_cut || lost.is_cut;
    return lost.oldest.agency == 0 ? TOV_OK
                                   : tov_record_put_ref(out, "keys_lost_oldest", &lost.oldest);
}

static enum tov_err put_keys_awaited(struct counting *counting, uint16_t agency,
                                     struct tov_record out)
{
    struct api_keys_awaited awaited;
    TOV_TRY(tov_api_keys_awaited_of(counting->look, &counting->view, agency, &awaited));
    counting->is_cut = counting->is_cut || awaited.is_cut;
    TOV_TRY(tov_api_put_count(out, "keys_awaited", awaited.count));
    return tov_api_put_count(out, "keys_awaited_since_ms", awaited.since_ms);
}

static enum tov_err put_peer(struct counting *counting, const struct tov_peer_view *peer,
                             struct tov_record out)
{
    const struct tov_agency *agency =
        tov_roster_agency(counting->look->api->core->roster, peer->agency);
    const struct trouble_number *asked = &counting->troubles->asked_by[peer->agency];
    uint64_t waiting = 0;
    TOV_TRY(counting->is_unit ? count_of_unit(counting, peer, &waiting)
                              : count_of_agency(counting, peer, &waiting));
    TOV_TRY(tov_record_put_number(out, "agency", peer->agency));
    TOV_TRY(tov_record_put_text(out, "name", agency == NULL ? "" : agency->name));
    TOV_TRY(tov_record_put_number(out, "connected", peer->is_up ? 1 : 0));
    TOV_TRY(tov_record_put_number(out, "suspended", peer->is_suspended ? 1 : 0));
    TOV_TRY(tov_record_put_number(out, "faults", peer->faults));
    TOV_TRY(tov_record_put_number(out, "waiting", waiting));
    TOV_TRY(tov_api_put_count(out, "asked_again", asked->count));
    TOV_TRY(tov_api_put_count(out, "asked_again_oldest", asked->oldest));
    TOV_TRY(put_keys_lost(counting, peer, out));
    TOV_TRY(put_keys_awaited(counting, peer->agency, out));
    if (!counting->is_unit)
        TOV_TRY(put_numbers(peer, out));
    return tov_api_put_count(out, "last_heard_ms", peer->last_heard_ms);
}

static enum tov_err put_each_peer(struct counting *counting, struct tov_record answer)
{
    const struct tov_follow *follow = counting->look->api->follow;
    for (size_t i = 0; i < tov_follow_peer_count(follow); i++) {
        struct tov_peer_view peer;
        struct tov_record out;
        tov_follow_peer_view(follow, i, &peer);
        TOV_TRY(tov_record_open(answer, "peers", &out));
        TOV_TRY(put_peer(counting, &peer, out));
        TOV_TRY(tov_api_count_unopened(&counting->others, peer.agency));
        TOV_TRY(tov_api_count_former(&counting->others, peer.agency));
    }
    return TOV_OK;
}

/* Of those that ended before they got all that was sent to them, and of no others. */
static enum tov_err put_closed(struct counting *counting, const struct tov_agency *agency,
                               struct tov_record answer)
{
    const struct tov_roster *roster = counting->look->api->core->roster;
    const struct tov_agency *successor = tov_roster_agency(roster, agency->successor);
    uint64_t before = counting->others.count;
    struct tov_record out;
    TOV_TRY(tov_api_count_closed(&counting->others, agency->number));
    if (counting->others.count == before)
        return TOV_OK;
    TOV_TRY(tov_record_open(answer, "peers", &out));
    TOV_TRY(tov_record_put_number(out, "agency", agency->number));
    TOV_TRY(tov_record_put_text(out, "name", agency->name));
    TOV_TRY(tov_record_put_number(out, "waiting", counting->others.count - before));
    TOV_TRY(tov_record_put_number(out, "closed", 1));
    return successor == NULL ? TOV_OK : tov_record_put_text(out, "successor", successor->name);
}

static enum tov_err put_each_closed(struct counting *counting, struct tov_record answer)
{
    const struct tov_core *core = counting->look->api->core;
    const struct tov_roster_facts *facts = tov_roster_facts(core->roster);
    for (size_t i = 0; i < facts->agency_count; i++) {
        if (facts->agencies[i].closed && &facts->agencies[i] != core->own)
            TOV_TRY(put_closed(counting, &facts->agencies[i], answer));
    }
    return TOV_OK;
}

static enum tov_err put_peers(const struct api_look *look, struct tov_record answer)
{
    TOV_FREE struct trouble_count *troubles = calloc(1, sizeof *troubles);
    struct counting counting = {.look = look,
                                .troubles = troubles,
                                .is_unit = tov_access_may(look->client, TOV_DEED_CONTENT),
                                .may_look = tov_access_may(look->client, TOV_DEED_LOOK)};
    counting.others = (struct api_undelivered){.look = look,
                                               .view = &counting.view,
                                               .is_unit = counting.is_unit,
                                               .may_look = counting.may_look};
    if (troubles == NULL)
        return TOV_E_NOMEM;
    if (counting.may_look)
        tov_troubles_count(tov_desk_troubles(look->api->desk), look, troubles);
    enum tov_err err = tov_api_view_init(&counting.view);
    if (err == TOV_OK)
        err = tov_api_view_init(&counting.answer);
    if (err == TOV_OK)
        err = put_each_peer(&counting, answer);
    if (err == TOV_OK)
        err = put_each_closed(&counting, answer);
    tov_api_view_fini(&counting.view);
    tov_api_view_fini(&counting.answer);
    TOV_TRY(err);
    note_undelivered(&counting, counting.others.count, counting.others.oldest);
    TOV_TRY(tov_record_put_number(answer, "undelivered", counting.undelivered));
    TOV_TRY(tov_api_put_count(answer, "unusable", troubles->unusable.count));
    TOV_TRY(tov_api_put_count(answer, "unusable_oldest", troubles->unusable.oldest));
    TOV_TRY(tov_api_put_count(answer, "more", counting.is_cut || counting.others.is_cut ? 1 : 0));
    return tov_api_put_count(answer, "undelivered_oldest", counting.oldest);
}

/* ---- what restores left ---- */

static enum tov_err put_restored(const struct api_look *look, struct tov_record answer)
{
    struct api_lost lost;
    TOV_TRY(tov_api_lost_of(look->api, look->read, &lost));
    if (!tov_access_may(look->client, TOV_DEED_CONTENT))
        TOV_TRY(tov_api_put_count(answer, "lost", lost.count));
    TOV_TRY(tov_api_put_count(answer, "lost_from_ms", lost.from_ms));
    return tov_api_put_count(answer, "lost_until_ms", lost.until_ms);
}

/* ---- what waits for the client's units ---- */

/* To who checks or runs the node: nobody else's units are these. */
static enum tov_err put_unitless(const struct api_look *look, struct tov_record answer)
{
    struct desk_unitless found;
    bool may_look = tov_access_may(look->client, TOV_DEED_LOOK);
    if (tov_access_may(look->client, TOV_DEED_CONTENT))
        return TOV_OK;
    tov_desk_count_unitless(look->api->desk, &found);
    TOV_TRY(tov_api_put_count(answer, "no_unit", found.unread.count));
    TOV_TRY(tov_api_put_count(answer, "no_unit_oldest", may_look ? found.unread.oldest : 0));
    TOV_TRY(tov_api_put_count(answer, "no_unit_sent", found.sent.count));
    return tov_api_put_count(answer, "no_unit_sent_oldest", may_look ? found.sent.oldest : 0);
}

/* IS_READ: it has gone on as far as it could. */
static enum tov_err put_desk(const struct api_look *look, bool is_read, struct tov_record answer)
{
    struct desk_count count;
    struct desk_withheld withheld;
    bool may_look = tov_access_may(look->client, TOV_DEED_LOOK);
    bool is_whole = is_read && tov_desk_is_sent_whole(look->api->desk);
    TOV_TRY(put_unitless(look, answer));
    TOV_TRY(tov_api_put_count(answer, "counting", is_whole ? 0 : 1));
    if (!may_look)
        return TOV_OK;
    tov_desk_count(look, &count);
    tov_desk_count_withheld(look, &withheld);
    TOV_TRY(tov_record_put_number(answer, "unread", count.unread));
    TOV_TRY(tov_api_put_count(answer, "unread_late", count.late));
    TOV_TRY(tov_api_put_count(answer, "unread_late_oldest", count.oldest_late));
    TOV_TRY(tov_api_put_count(answer, "unrecorded", count.unrecorded));
    TOV_TRY(tov_api_put_count(answer, "unrecorded_oldest", count.oldest_unrecorded));
    TOV_TRY(tov_api_put_count(answer, "withheld", withheld.count));
    return tov_api_put_count(answer, "withheld_oldest", withheld.oldest);
}

static enum tov_err put_limits(const struct tov_api_policy *policy, struct tov_record answer)
{
    TOV_TRY(tov_record_put_number(answer, "undelivered_after_ms", policy->undelivered_after_ms));
    TOV_TRY(tov_record_put_number(answer, "unread_after_ms", policy->unread_after_ms));
    return tov_record_put_number(answer, "unread_urgent_after_ms",
                                 tov_desk_urgent_after_ms(policy));
}

/* ---- the node itself ---- */

static enum tov_err put_trees(const struct tov_core *core, struct tov_record out)
{
    TOV_TRY(tov_record_put_number(out, "size", tov_ledger_committed(core->ledger)));
    TOV_TRY(tov_record_put_number(out, "signed_size", tov_ledger_signed(core->ledger)));
    TOV_TRY(tov_record_put_number(out, "journal_size", tov_ledger_committed(core->journal)));
    return tov_record_put_number(out, "journal_signed_size", tov_ledger_signed(core->journal));
}

/* A node that serves and has no room takes nothing new: it is no less in need of somebody than one
 * that waits. */
static const char *state_of(const struct tov_api *api)
{
    bool is_full =
        api->core->waits_for_room || (api->state.may_write && !tov_core_has_room(api->core, 0));
    return is_full && strcmp(api->state.name, "serving") == 0 ? "read-only" : api->state.name;
}

static enum tov_err put_node(const struct api_look *look, struct tov_record out)
{
    const struct tov_api *api = look->api;
    const struct tov_core *core = api->core;
    TOV_TRY(tov_record_put_text(out, "state", state_of(api)));
    TOV_TRY(tov_api_put_sentence(look, out));
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
    /* What cannot be read takes the rest of the status from nobody: the counts are not whole then.
     */
    bool is_read = tov_desk_read(look->api, look->read) == TOV_OK;
    TOV_TRY(tov_api_answer(call, "status", &answer));
    TOV_TRY(put_node(look, answer));
    TOV_TRY(put_peers(look, answer));
    TOV_TRY(put_limits(&call->api->policy, answer));
    TOV_TRY(put_desk(look, is_read, answer));
    return put_restored(look, answer);
}

enum tov_err tov_api_status(struct api_call *call)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(call->core->store, &read, NULL));
    struct api_look look = {.api = call->api, .client = call->client, .read = read};
    return run(&look, call);
}

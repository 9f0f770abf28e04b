/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages that were not understood when they came: their roster was not adopted here, or their
 * type was unknown to the program. When another roster is in force, or another program runs, the
 * mirrors are looked through, and what is understood now is judged, fetched and receipted like all
 * others, so that both sides show the same (docs/protocol.md 8).
 *
 *   fact "judged": version of the roster in force u64, hash of the catalogue 32, of the last time
 *
 * Some rows from tick to tick, since mirrors are as long as their ledgers (I11), and each time of
 * another peer first: however much waits on of one, it keeps back no other. A node that stops
 * before the end begins anew: what was judged is not looked at again. A peer for which receipts are
 * set aside has no turn before it was given them (told.c): an amendment that stood before its
 * receipt would count for nothing there.
 */
#include "follow/transfers.h"

#include "case/catalogue.h"
#include "follow/verdict.h"
#include "ledger/units.h"

#include <string.h>

#define ROWS_A_TICK 50000u
#define JUDGED_A_TICK 500u /* each is opened */
#define FACT_BYTES (8u + TOV_HASH_BYTES)

/* One of them. */
struct waiting {
    struct tov_follow *follow;
    struct tov_peer *peer;
    struct tov_store_read *read;
    struct tov_message *message;
    size_t rows, judged; /* so far */
};

static bool has_more_to_do(const struct waiting *waiting)
{
    return waiting->rows < ROWS_A_TICK && waiting->judged < JUDGED_A_TICK;
}

/* What has no effect by its roster has none, and its attachments are not fetched. */
static enum tov_err amend(const struct waiting *waiting, struct tov_entry *entry,
                          struct tov_verdict_value value)
{
    const struct tov_message *message = waiting->message;
    TOV_TRY(tov_verdict_amend(waiting->follow, waiting->peer, message, entry, value));
    if (!tov_verdict_answers(value.verdict))
        tov_pull_drop(waiting->follow, waiting->peer, waiting->read, &message->name,
                      message->leaf.part_count);
    return TOV_OK;
}

/* Attachments of a type that was not known were never asked for. */
static struct tov_verdict_value with_attachments(const struct waiting *waiting,
                                                 const struct tov_entry *stored)
{
    struct tov_link_block link;
    if (stored->is_off_link || tov_link_decode(stored->links, &link) != TOV_OK)
        return (struct tov_verdict_value){TOV_VERDICT_PENDING, 0, 0}; /* as others that are */
    return tov_pull_begin_again(waiting->follow, waiting->peer, waiting->read, waiting->message,
                                link.number);
}

static enum tov_err judge(const struct waiting *waiting, const struct tov_entry *stored)
{
    TOV_CLEANUP(tov_judged_fini) struct tov_judged judged = {.has_draft = false};
    const struct tov_message *message = waiting->message;
    struct tov_bytes content = tov_buf_view(&message->content);
    struct tov_opened opened = {.peer = waiting->peer,
                                .leaf = &message->leaf,
                                .leaf_time_ms = message->leaf_time_ms,
                                .header = tov_buf_view(&message->header),
                                .content = message->shows_content ? &content : NULL};
    struct tov_entry now;
    TOV_TRY(tov_verdict_judge(waiting->follow->core, &opened, &judged));
    struct tov_verdict_value value = judged.value;
    if (value.verdict == TOV_VERDICT_NOT_UNDERSTOOD)
        return TOV_OK; /* it waits on */
    if (value.verdict == TOV_VERDICT_PENDING)
        value = with_attachments(waiting, stored);
    TOV_TRY(tov_verdict_find(waiting->follow->core, waiting->read, &message->name, &now));
    if (now.state != TOV_ENTRY_PRESENT || now.verdict.verdict != TOV_VERDICT_NOT_UNDERSTOOD)
        return TOV_OK; /* an open batch says so */
    return amend(waiting, &now, value);
}

static enum tov_err look_at(struct waiting *waiting, const struct tov_store_row *row)
{
    struct tov_entry entry;
    struct tov_core *core = waiting->follow->core;
    struct tov_message_name name = {waiting->peer->number, waiting->peer->agency->generation,
                                    tov_get_be64(row->key.bytes + 6)};
    waiting->rows++;
    waiting->peer->waiting_index = name.index + 1;
    TOV_TRY(tov_entry_decode_mirror(row->value, &entry));
    if (entry.state != TOV_ENTRY_PRESENT || entry.verdict.verdict != TOV_VERDICT_NOT_UNDERSTOOD)
        return TOV_OK;
    waiting->judged++;
    enum tov_err err =
        tov_message_read(core, waiting->read, &name, TOV_MESSAGE_CONTENT, waiting->message);
    if (err == TOV_E_NOMEM || err == TOV_E_IO)
        return err;
    if (err != TOV_OK || waiting->message->header.size == 0 ||
        !tov_units_can_judge(core, waiting->message->leaf.roster_version))
        return TOV_OK; /* it cannot be read, or waits on */
    return judge(waiting, &entry);
}

/* From where the last tick ended. */
static enum tov_err look_through(struct waiting *waiting)
{
    uint16_t agency = waiting->peer->number;
    uint32_t generation = waiting->peer->agency->generation;
    struct tov_store_range range = {
        .table = TOV_TABLE_MLEAF,
        .first = tov_store_key_u16_u32_u64(agency, generation, waiting->peer->waiting_index),
        .last = tov_store_key_u16_u32_u64(agency, generation, UINT64_MAX)};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    bool is_done = false;
    TOV_TRY(tov_store_iter_init(waiting->read, &range, &iter));
    while (err == TOV_OK && !is_done && has_more_to_do(waiting)) {
        is_done = !tov_store_iter_next(&iter);
        if (!is_done)
            err = look_at(waiting, &iter.row);
    }
    waiting->peer->waiting_is_done = is_done;
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

/* Of each peer once, as far as it goes. */
static enum tov_err look_at_some(struct waiting *waiting)
{
    struct tov_follow *follow = waiting->follow;
    for (size_t i = 0; i < follow->peer_count && has_more_to_do(waiting); i++) {
        waiting->peer = &follow->peers[follow->waiting_peer];
        follow->waiting_peer = (follow->waiting_peer + 1) % follow->peer_count;
        if (!waiting->peer->waiting_is_done && !waiting->peer->has_aside)
            TOV_TRY(look_through(waiting));
    }
    return TOV_OK;
}

static bool is_any_left(const struct tov_follow *follow)
{
    for (size_t i = 0; i < follow->peer_count; i++) {
        if (!follow->peers[i].waiting_is_done)
            return true;
    }
    return false;
}

static void make_fact(const struct tov_core *core, uint8_t out[FACT_BYTES])
{
    struct tov_hash catalogue = tov_catalogue_hash();
    tov_put_be64(out, tov_roster_version(core->roster));
    memcpy(out + 8, catalogue.bytes, TOV_HASH_BYTES);
}

static enum tov_err is_done_already(const struct tov_core *core, struct tov_store_read *read,
                                    bool *out_is_done)
{
    uint8_t fact[FACT_BYTES];
    struct tov_bytes row;
    enum tov_err err =
        tov_core_get_pending(core, read, TOV_TABLE_FACT, tov_store_key_text("judged"), &row);
    make_fact(core, fact);
    *out_is_done = err == TOV_OK && tov_bytes_equal(row, TOV_BYTES_OF(fact));
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

static enum tov_err go_on(struct tov_follow *follow, struct tov_store_read *read)
{
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    uint8_t fact[FACT_BYTES];
    TOV_TRY(tov_message_create(&message));
    struct waiting waiting = {.follow = follow, .read = read, .message = message};
    TOV_TRY(look_at_some(&waiting));
    follow->looks_at_waiting = is_any_left(follow);
    if (follow->looks_at_waiting)
        return TOV_OK;
    make_fact(follow->core, fact);
    tov_store_batch_put(tov_core_batch(follow->core), TOV_TABLE_FACT, tov_store_key_text("judged"),
                        TOV_BYTES_OF(fact));
    return TOV_OK;
}

static void begin(struct tov_follow *follow)
{
    follow->waiting_peer = 0;
    for (size_t i = 0; i < follow->peer_count; i++) {
        follow->peers[i].waiting_is_done = false;
        follow->peers[i].waiting_index = 0;
    }
}

enum tov_err tov_follow_judge_waiting(struct tov_follow *follow)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    bool is_done = false;
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    TOV_TRY(is_done_already(follow->core, read, &is_done));
    if (is_done)
        return TOV_OK;
    if (!follow->looks_at_waiting)
        begin(follow);
    return go_on(follow, read);
}

void tov_waiting_on_tick(struct tov_follow *follow)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    if (!follow->looks_at_waiting || !follow->started || !tov_follow_takes(follow))
        return;
    enum tov_err err = tov_store_read_begin(follow->core->store, &read, NULL);
    if (err == TOV_OK)
        err = go_on(follow, read);
    if (err != TOV_OK)
        (void)tov_core_fail(follow->core, err, "what was not understood could not be looked at");
}

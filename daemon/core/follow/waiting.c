/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages that waited for their roster: once it is adopted they are judged like all others, and
 * their receipts amended, so that both sides show the same (docs/protocol.md 8).
 *
 *   fact "judged": u64 version of the roster in force when the mirrors were last looked through
 */
#include "follow/peer.h"

#include "ledger/judge.h"
#include "ledger/message.h"
#include "ledger/units.h"

#include <stdlib.h>

/* One of them. */
struct waiting {
    struct tov_follow *follow;
    struct tov_peer *peer;
    struct tov_store_read *read;
    struct tov_message *message;
    struct tov_message_name name;
    struct tov_findings *findings;
};

/* TOV_E_VERSION: its type is not known here either. */
static enum tov_err judge(const struct waiting *waiting, struct tov_verdict_value *out)
{
    const struct tov_message *message = waiting->message;
    const struct tov_core *core = waiting->follow->core;
    struct tov_bytes content = tov_buf_view(&message->content);
    struct tov_draft draft;
    bool is_pulled = tov_pull_is_under_way(waiting->peer, waiting->read, &waiting->name,
                                           message->leaf.part_count);
    enum tov_err err = tov_draft_decode(tov_buf_view(&message->header),
                                        message->shows_content ? &content : NULL, &draft, NULL);
    if (err != TOV_OK)
        return err == TOV_E_NOMEM ? err : TOV_E_VERSION;
    err = tov_judge(tov_units_of(core, message->leaf.roster_version), &draft, waiting->peer->number,
                    message->leaf_time_ms, waiting->findings);
    tov_draft_fini(&draft);
    *out = (struct tov_verdict_value){is_pulled ? TOV_VERDICT_PENDING : TOV_VERDICT_OPENED, 0, 0};
    for (size_t i = 0; err == TOV_OK && i < waiting->findings->count; i++) {
        if (waiting->findings->items[i].severity == TOV_REFUSES) {
            *out = (struct tov_verdict_value){TOV_VERDICT_REFUSED, 0,
                                              waiting->findings->items[i].rule};
            break;
        }
    }
    return err;
}

/* What has no effect by its roster has none, and its attachments are not fetched. */
static enum tov_err amend(const struct waiting *waiting, struct tov_entry *entry,
                          struct tov_verdict_value value)
{
    const struct tov_message *message = waiting->message;
    TOV_TRY(tov_verdict_amend(waiting->follow, waiting->peer, message, entry, value));
    if (!tov_verdict_answers(value.verdict))
        tov_pull_drop(waiting->follow, waiting->peer, waiting->read, &waiting->name,
                      message->leaf.part_count);
    return TOV_OK;
}

static enum tov_err look_at(struct waiting *waiting, const struct tov_store_row *row)
{
    struct tov_entry entry;
    struct tov_verdict_value value;
    struct tov_core *core = waiting->follow->core;
    TOV_TRY(tov_entry_decode_mirror(row->value, &entry));
    if (entry.state != TOV_ENTRY_PRESENT || entry.verdict.verdict != TOV_VERDICT_NOT_UNDERSTOOD)
        return TOV_OK;
    waiting->name.index = tov_get_be64(row->key.bytes + 6);
    enum tov_err err = tov_message_read(core, waiting->read, &waiting->name, TOV_MESSAGE_CONTENT,
                                        waiting->message);
    if (err == TOV_E_NOMEM || err == TOV_E_IO)
        return err;
    if (err != TOV_OK || waiting->message->header.size == 0 ||
        !tov_units_can_judge(core, waiting->message->leaf.roster_version))
        return TOV_OK; /* it cannot be read, or waits on */
    err = judge(waiting, &value);
    if (err != TOV_OK)
        return err == TOV_E_VERSION ? TOV_OK : err;
    TOV_TRY(tov_verdict_find(core, waiting->read, &waiting->name, &entry));
    if (entry.state != TOV_ENTRY_PRESENT || entry.verdict.verdict != TOV_VERDICT_NOT_UNDERSTOOD)
        return TOV_OK; /* an open batch says so */
    return amend(waiting, &entry, value);
}

static enum tov_err look_through(struct waiting *waiting)
{
    uint16_t agency = waiting->peer->number;
    uint32_t generation = waiting->peer->agency->generation;
    struct tov_store_range range = {.table = TOV_TABLE_MLEAF,
                                    .first = tov_store_key_u16_u32_u64(agency, generation, 0),
                                    .last =
                                        tov_store_key_u16_u32_u64(agency, generation, UINT64_MAX)};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    waiting->name = (struct tov_message_name){agency, generation, 0};
    TOV_TRY(tov_store_iter_init(waiting->read, &range, &iter));
    while (err == TOV_OK && tov_store_iter_next(&iter))
        err = look_at(waiting, &iter.row);
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

static bool is_done(const struct waiting *waiting, uint32_t version)
{
    struct tov_bytes row;
    return tov_core_get_pending(waiting->follow->core, waiting->read, TOV_TABLE_FACT,
                                tov_store_key_text("judged"), &row) == TOV_OK &&
           row.size == 8 && tov_get_be64(row.data) >= version;
}

static enum tov_err look_at_all(struct waiting *waiting)
{
    uint8_t row[8];
    struct tov_core *core = waiting->follow->core;
    uint32_t version = tov_roster_version(core->roster);
    if (is_done(waiting, version))
        return TOV_OK;
    for (size_t i = 0; i < waiting->follow->peer_count; i++) {
        waiting->peer = &waiting->follow->peers[i];
        TOV_TRY(look_through(waiting));
    }
    tov_put_be64(row, version);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_FACT, tov_store_key_text("judged"),
                        TOV_BYTES_OF(row));
    return TOV_OK;
}

enum tov_err tov_follow_judge_waiting(struct tov_follow *follow)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    TOV_FREE struct tov_findings *findings = malloc(sizeof *findings); /* large */
    if (findings == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_message_create(&message));
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    struct waiting waiting = {
        .follow = follow, .read = read, .message = message, .findings = findings};
    return look_at_all(&waiting);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * The verdict on a message of a peer's that was receipted before becomes another one, since more of
 * it is here: its attachments (pull.c), or its roster (waiting.c). The row, the receipt and what
 * the message answers change together, in the open batch.
 *
 *   V1 Refused, not opened and erased are the last word: an attachment that comes whole later opens
 *      only what waits for it alone.
 *   V2 What has no effect answers nothing: rows in `reply` and `retraction` are those of messages
 *      that may have one, whatever came first (I5).
 */
#include "follow/verdict.h"

bool tov_verdict_answers(enum tov_verdict verdict)
{
    return verdict == TOV_VERDICT_OPENED || verdict == TOV_VERDICT_PENDING ||
           verdict == TOV_VERDICT_NOT_UNDERSTOOD;
}

void tov_verdict_note_reply(struct tov_core *core, struct tov_record header,
                            struct tov_replying *replying, enum tov_verdict verdict)
{
    struct tov_ref target;
    if (!tov_record_ref(header, "in_reply_to", 0, &target))
        return;
    replying->relation = tov_relation_of(header);
    if (tov_verdict_answers(verdict))
        tov_reply_put(core, &target, replying);
    else
        tov_reply_delete(core, &target, replying);
}

static struct tov_store_key key_of(const struct tov_message_name *name)
{
    return tov_store_key_u16_u32_u64(name->agency, name->generation, name->index);
}

enum tov_err tov_verdict_find(const struct tov_core *core, struct tov_store_read *read,
                              const struct tov_message_name *name, struct tov_entry *out_entry)
{
    struct tov_bytes row;
    TOV_TRY(tov_core_get_pending(core, read, TOV_TABLE_MLEAF, key_of(name), &row));
    return tov_entry_decode_mirror(row, out_entry);
}

static enum tov_err note_reply(struct tov_core *core, const struct tov_message *message,
                               uint64_t event, enum tov_verdict verdict)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record header = {0};
    struct tov_replying replying = {.event = event, .name = message->name};
    enum tov_err err =
        tov_record_decode(tov_schema_find("Header"), tov_buf_view(&message->header), &header, NULL);
    if (err == TOV_OK)
        tov_verdict_note_reply(core, header, &replying, verdict);
    return err == TOV_E_NOMEM ? err : TOV_OK; /* what cannot be read answers nothing */
}

enum tov_err tov_verdict_amend(struct tov_follow *follow, struct tov_peer *peer,
                               const struct tov_message *message, struct tov_entry *entry,
                               struct tov_verdict_value value)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT((size_t)2 * TOV_LEAF_MAX_BYTES);
    struct tov_link_block link;
    enum tov_err link_err =
        entry->is_off_link ? TOV_E_NOT_FOUND : tov_link_decode(entry->links, &link);
    if (link_err == TOV_E_NOMEM)
        return link_err;
    value.flags = entry->verdict.flags; /* of the moment at which it came */
    entry->verdict = value;
    tov_entry_put_mirror(&row, entry);
    tov_store_batch_put_buf(tov_core_batch(follow->core), TOV_TABLE_MLEAF, key_of(&message->name),
                            &row);
    if (link_err == TOV_OK) {
        struct tov_receipt_amendment amendment = {link.number, message->leaf_hash, value};
        tov_receipt_amend(follow, peer, link.series, &amendment);
    }
    return note_reply(follow->core, message, entry->event, value.verdict);
}

enum tov_err tov_verdict_on_attachment(struct tov_follow *follow, struct tov_store_read *read,
                                       struct tov_peer *peer, const struct tov_message *message,
                                       enum tov_err open_err)
{
    struct tov_entry entry;
    bool is_bad = open_err != TOV_OK;
    struct tov_verdict_value value = {is_bad ? TOV_VERDICT_NOT_OPENED : TOV_VERDICT_OPENED, 0,
                                      (uint16_t)open_err};
    enum tov_err err = tov_verdict_find(follow->core, read, &message->name, &entry);
    if (err != TOV_OK)
        return err == TOV_E_NOT_FOUND ? TOV_OK : err;
    bool waits = entry.verdict.verdict == TOV_VERDICT_PENDING ||
                 (entry.verdict.verdict == TOV_VERDICT_NOT_UNDERSTOOD && is_bad);
    if (entry.state != TOV_ENTRY_PRESENT || !waits)
        return TOV_OK; /* its attachments are here, its roster is not; or V1 */
    return tov_verdict_amend(follow, peer, message, &entry, value);
}

/* SPDX-License-Identifier: EUPL-1.2
 *
 * Own messages that a recipient could not use: not opened, refused, or not understood. A person of
 * the unit that sent them must know: it is they who send anew, or call. Until the receipt is
 * amended, or the message is retracted or replaced.
 */
#include "api/api_internal.h"

#include <string.h>

#define ROWS_LOOKED_AT 2000u  /* of one recipient, the newest */
#define HEADERS_OPENED 200u   /* of them */
#define VERDICT_ROW_BYTES 12u /* verdict 1, flags 1, detail 2, receipt 8 (follow/receipt.c) */

static bool is_for_a_person(uint8_t verdict)
{
    return verdict == TOV_VERDICT_NOT_OPENED || verdict == TOV_VERDICT_REFUSED ||
           verdict == TOV_VERDICT_NOT_UNDERSTOOD;
}

/* The number under which the own message on that link is shown; 0: it is erased or lost. */
static enum tov_err number_of(const struct api_look *look, const struct tov_store_key *link,
                              uint64_t *out_number)
{
    struct tov_bytes row;
    struct tov_entry entry = {.event = 0};
    *out_number = 0;
    enum tov_err err = tov_store_get(look->read, TOV_TABLE_LINK, *link, &row);
    if (err == TOV_OK && row.size == 8)
        err = tov_store_get(look->read, TOV_TABLE_LEAF, tov_store_key_u64(tov_get_be64(row.data)),
                            &row);
    if (err == TOV_OK)
        err = tov_entry_decode_own(row, &entry);
    if (err == TOV_OK && entry.state == TOV_ENTRY_PRESENT)
        *out_number = entry.event;
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

/* It is one message, counted with the first recipient that could not use it. */
static enum tov_err is_first(const struct api_look *look, const struct api_view *view,
                             uint16_t agency, bool *out_first)
{
    *out_first = true;
    for (size_t i = 0; i < view->message->link_count && *out_first; i++) {
        struct tov_delivery delivery;
        if (view->message->links[i].agency >= agency)
            continue;
        TOV_TRY(tov_follow_delivery(look->api->follow, look->read, view->message->links[i].agency,
                                    &view->message->links[i].block, &delivery));
        *out_first = !is_for_a_person((uint8_t)delivery.verdict.verdict);
    }
    return TOV_OK;
}

static enum tov_err count_one(const struct api_look *look, const struct tov_store_key *link,
                              struct api_view *view, struct api_unusable *found)
{
    uint16_t agency = (uint16_t)(link->bytes[0] << 8 | link->bytes[1]);
    bool counts = false;
    struct api_wanted wanted = {0, TOV_MESSAGE_HEADER};
    struct api_replies replies;
    TOV_TRY(number_of(look, link, &wanted.number));
    if (wanted.number == 0)
        return TOV_OK;
    enum tov_err err = tov_api_view_load(look, &wanted, view);
    if (err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT || (err == TOV_OK && !view->sends))
        return TOV_OK;
    TOV_TRY(err);
    TOV_TRY(tov_api_replies_of(look, view, &replies));
    TOV_TRY(is_first(look, view, agency, &counts));
    if (replies.is_retracted || replies.is_replaced || !counts)
        return TOV_OK;
    found->count++;
    if (found->oldest == 0 || wanted.number < found->oldest)
        found->oldest = wanted.number;
    return TOV_OK;
}

enum tov_err tov_api_count_unusable(const struct api_look *look, uint16_t agency,
                                    struct api_view *view, struct api_unusable *inout_found)
{
    struct tov_store_range range = {.table = TOV_TABLE_EXCEPTION, .backward = true};
    struct tov_link_place last = {agency, UINT32_MAX, UINT64_MAX, UINT64_MAX};
    struct tov_link_place first = {agency, 0, 0, 0};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    unsigned opened = 0;
    range.first = tov_key_link(&first);
    range.last = tov_key_link(&last);
    if (!tov_access_may(look->client, TOV_DEED_LOOK))
        return TOV_OK;
    TOV_TRY(tov_store_iter_init(look->read, &range, &iter));
    for (unsigned i = 0; err == TOV_OK && i < ROWS_LOOKED_AT && opened < HEADERS_OPENED &&
                         tov_store_iter_next(&iter);
         i++) {
        if (iter.row.value.size != VERDICT_ROW_BYTES || !is_for_a_person(iter.row.value.data[0]))
            continue;
        err = count_one(look, &iter.row.key, view, inout_found);
        opened++;
    }
    if (err == TOV_OK && tov_store_iter_next(&iter))
        inout_found->is_cut = true;
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

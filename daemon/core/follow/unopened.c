/* SPDX-License-Identifier: EUPL-1.2
 *
 * Own messages that a recipient has, and cannot read: it has no key to them, or waits for
 * attachments. Mostly for seconds; what stays so must be found without a walk over all exceptions.
 *
 *   table `unopened`   as exception: an empty row
 *
 *   U1 Where the exception of an own link says `no key` or `pending`, there is a row. Where it says
 *      something else, or nothing, a row means nothing.
 */
#include "follow/peer.h"

static bool cannot_be_read_yet(enum tov_verdict verdict)
{
    return verdict == TOV_VERDICT_NO_KEY || verdict == TOV_VERDICT_PENDING;
}

void tov_unopened_note(struct tov_core *core, const struct tov_link_place *place,
                       enum tov_verdict verdict)
{
    if (cannot_be_read_yet(verdict))
        tov_store_batch_put(tov_core_batch(core), TOV_TABLE_UNOPENED, tov_key_link(place),
                            (struct tov_bytes){0});
    else
        tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_UNOPENED, tov_key_link(place));
}

static struct tov_link_place read_place(const struct tov_store_key *key)
{
    struct tov_link_place place;
    struct tov_reader reader = tov_reader_of((struct tov_bytes){key->bytes, key->size});
    place.peer = tov_read_u16(&reader);
    place.generation = tov_read_u32(&reader);
    place.lost_index = tov_read_u64(&reader);
    place.link = tov_read_u64(&reader);
    return place;
}

enum tov_err tov_follow_next_unopened(struct tov_store_read *read,
                                      struct tov_link_place *inout_place,
                                      struct tov_verdict_value *out_verdict)
{
    struct tov_link_place last = {inout_place->peer, UINT32_MAX, UINT64_MAX, UINT64_MAX};
    struct tov_store_range range = {.table = TOV_TABLE_UNOPENED,
                                    .first = tov_key_link(inout_place),
                                    .last = tov_key_link(&last)};
    struct tov_store_iter iter;
    struct tov_bytes row;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    bool is_found = tov_store_iter_next(&iter);
    if (is_found)
        *inout_place = read_place(&iter.row.key);
    TOV_TRY(tov_store_iter_fini(&iter));
    if (!is_found)
        return TOV_E_NOT_FOUND;
    *out_verdict = (struct tov_verdict_value){0};
    enum tov_err err = tov_store_get(read, TOV_TABLE_EXCEPTION, tov_key_link(inout_place), &row);
    if (err == TOV_OK && row.size == TOV_EXCEPTION_ROW_BYTES &&
        cannot_be_read_yet((enum tov_verdict)row.data[0]))
        out_verdict->verdict = (enum tov_verdict)row.data[0];
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

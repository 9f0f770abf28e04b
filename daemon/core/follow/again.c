/* SPDX-License-Identifier: EUPL-1.2
 *
 * Keys of own messages that a recipient had and has no more: it was set back to an old copy, and
 * says so by a receipt that is amended to `no key` (docs/protocol.md 5.6). A recipient destroys its
 * epoch keys so that what it holds today opens nothing of old; so a person here decides whether it
 * is given them again.
 *
 *   table `again`   peer u16, index u64: state 1, epoch 4, time 8, renewals 1, time of the last 8
 *     asked         nothing goes to it
 *     refused       a person said no: nothing goes, and it is asked about no more
 *     approved      a person said yes, at that time; epoch: of the peer's, to which an entry of the
 *                   journal says that the keys are sealed (0: to none yet)
 *
 *   G1 While there is a row, nothing is sealed unless it is approved, whatever verdict follows. One
 *      that is damaged says *asked*.
 *   G2 Each epoch to which keys are sealed again has its entry in the journal, committed before
 *      (I9). An approval is for 30 days.
 *      The first other epoch is noted at once, each further one a day after the last, RENEWALS_MAX
 *      in all: then a person is asked again. A peer writes as many epoch keys as it likes (I11).
 *   G3 A row is for a message that the peer once had, and ends only when it says that it has it, or
 *      has erased it: whoever asks for all of its messages again adds a row for each of them and no
 *      more (I11).
 */
#include "follow/peer.h"

#include "ledger/journal_note.h"

#include <string.h>

#define APPROVED_FOR_MS (30ull * 86400000u)
/* An honest peer has a new epoch key a week, and one when it is set back. */
#define RENEWALS_MAX 6u
#define RENEWAL_WAIT_MS 86400000u
#define ROW_BYTES 22u

struct row {
    enum tov_again state;
    uint32_t epoch;
    uint64_t time_ms;
    uint8_t renewals;
    uint64_t renewed_ms;
};

static struct tov_store_key row_key(uint16_t peer, uint64_t index)
{
    return tov_store_key_u16_u64(peer, index);
}

static void put_row(struct tov_core *core, uint16_t peer, uint64_t index, const struct row *row)
{
    uint8_t bytes[ROW_BYTES] = {(uint8_t)row->state};
    tov_put_be32(bytes + 1, row->epoch);
    tov_put_be64(bytes + 5, row->time_ms);
    bytes[13] = row->renewals;
    tov_put_be64(bytes + 14, row->renewed_ms);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_AGAIN, row_key(peer, index),
                        TOV_BYTES_OF(bytes));
}

static struct row read_row(const struct tov_core *core, struct tov_bytes bytes)
{
    struct tov_reader reader = tov_reader_of(bytes);
    unsigned state = tov_read_u8(&reader);
    struct row row = {.state = (enum tov_again)state};
    row.epoch = tov_read_u32(&reader);
    row.time_ms = tov_read_u64(&reader);
    row.renewals = tov_read_u8(&reader);
    row.renewed_ms = tov_read_u64(&reader);
    if (!tov_reader_is_done(&reader) || state < TOV_AGAIN_ASKED || state > TOV_AGAIN_APPROVED)
        return (struct row){.state = TOV_AGAIN_ASKED};
    if (row.state == TOV_AGAIN_APPROVED && core->now_ms > row.time_ms &&
        core->now_ms - row.time_ms > APPROVED_FOR_MS)
        row.state = TOV_AGAIN_ASKED;
    return row;
}

/* As it will be with the open batch. TOV_E_NOT_FOUND. */
static enum tov_err get_row(const struct tov_core *core, uint16_t peer, uint64_t index,
                            struct row *out)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes bytes;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_core_get_pending(core, read, TOV_TABLE_AGAIN, row_key(peer, index), &bytes));
    *out = read_row(core, bytes);
    return TOV_OK;
}

enum tov_err tov_follow_again(const struct tov_follow *follow, struct tov_store_read *read,
                              uint16_t peer, uint64_t index, enum tov_again *out_state)
{
    struct tov_bytes bytes;
    enum tov_err err = tov_store_get(read, TOV_TABLE_AGAIN, row_key(peer, index), &bytes);
    *out_state = TOV_AGAIN_NONE;
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    *out_state = read_row(follow->core, bytes).state;
    return TOV_OK;
}

/* ---- what the peer says ---- */

bool tov_verdict_had_keys(struct tov_verdict_value value)
{
    return value.verdict == TOV_VERDICT_OPENED || value.verdict == TOV_VERDICT_PENDING ||
           value.verdict == TOV_VERDICT_REFUSED;
}

/* TOV_VERDICT_ERASED: it was told before, and may have been opened before that. */
bool tov_verdict_may_have_had_keys(struct tov_verdict_value value)
{
    return tov_verdict_had_keys(value) || value.verdict == TOV_VERDICT_ERASED;
}

/* With what the open batch says. A plain *opened* leaves no exception; what is amended was said
 * before, also where a restore has taken away by which receipt; and what cannot be read may have
 * been that. */
static enum tov_err find_before(const struct tov_core *core, const struct tov_link_place *place,
                                struct tov_verdict_value *out)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    *out = (struct tov_verdict_value){TOV_VERDICT_OPENED, 0, 0};
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    enum tov_err err =
        tov_core_get_pending(core, read, TOV_TABLE_EXCEPTION, tov_key_link(place), &row);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    if (row.size == TOV_EXCEPTION_ROW_BYTES)
        out->verdict = (enum tov_verdict)row.data[0];
    return TOV_OK;
}

enum tov_err tov_again_on_verdict(struct tov_follow *follow, const struct tov_peer *peer,
                                  const struct tov_again_said *said)
{
    struct tov_verdict_value before;
    struct row row;
    if (tov_verdict_may_have_had_keys(said->now)) {
        tov_again_settle(follow->core, peer->number, said->index);
        return TOV_OK;
    }
    enum tov_err err = get_row(follow->core, peer->number, said->index, &row);
    if (err != TOV_E_NOT_FOUND)
        return err;
    TOV_TRY(find_before(follow->core, said->place, &before));
    if (!tov_verdict_may_have_had_keys(before))
        return TOV_OK;
    row = (struct row){.state = TOV_AGAIN_ASKED};
    put_row(follow->core, peer->number, said->index, &row);
    return TOV_OK;
}

void tov_again_settle(struct tov_core *core, uint16_t peer, uint64_t index)
{
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_AGAIN, row_key(peer, index));
}

void tov_again_on_counting(struct tov_core *core, uint16_t peer, uint64_t index,
                           struct tov_verdict_value now)
{
    struct row row = {.state = TOV_AGAIN_ASKED};
    if (tov_verdict_may_have_had_keys(now))
        tov_again_settle(core, peer, index);
    else
        put_row(core, peer, index, &row);
}

/* ---- what a person says ---- */

enum tov_err tov_follow_check_again(const struct tov_follow *follow, uint16_t agency,
                                    uint64_t index)
{
    struct row unused;
    if (tov_follow_peer(follow, agency) == NULL)
        return TOV_E_NOT_FOUND;
    return get_row(follow->core, agency, index, &unused);
}

enum tov_err tov_follow_give_again(struct tov_follow *follow, uint16_t agency, uint64_t index,
                                   bool approves)
{
    struct tov_peer *peer = tov_follow_peer(follow, agency);
    TOV_TRY(tov_follow_check_again(follow, agency, index));
    struct row row = {.state = approves ? TOV_AGAIN_APPROVED : TOV_AGAIN_REFUSED,
                      .epoch = approves ? peer->epoch : 0,
                      .time_ms = follow->core->now_ms};
    put_row(follow->core, agency, index, &row);
    if (approves)
        tov_stanza_owe(follow->core, peer, index);
    else
        tov_stanza_settle(follow->core, peer, index);
    return TOV_OK;
}

/* ---- giving ---- */

enum tov_err tov_again_check(const struct tov_follow *follow, struct tov_store_read *read,
                             const struct tov_peer *peer, uint64_t index)
{
    struct tov_bytes bytes;
    TOV_TRY(tov_store_get(read, TOV_TABLE_AGAIN, row_key(peer->number, index), &bytes));
    struct row row = read_row(follow->core, bytes);
    if (row.state != TOV_AGAIN_APPROVED)
        return TOV_E_EXISTS;
    return row.epoch == peer->epoch ? TOV_OK : TOV_E_EPOCH;
}

/* A clock that went back holds nothing up: RENEWALS_MAX does. */
static bool is_too_soon(const struct tov_core *core, const struct row *row)
{
    return row->renewals > 0 && core->now_ms >= row->renewed_ms &&
           core->now_ms - row->renewed_ms < RENEWAL_WAIT_MS;
}

enum tov_err tov_again_renew(struct tov_follow *follow, const struct tov_peer *peer, uint64_t index)
{
    struct tov_core *core = follow->core;
    struct row row;
    uint64_t entry = 0;
    enum tov_err err = get_row(core, peer->number, index, &row);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    if (row.state != TOV_AGAIN_APPROVED || row.epoch == peer->epoch || is_too_soon(core, &row))
        return TOV_OK;
    if (row.renewals >= RENEWALS_MAX) {
        row = (struct row){.state = TOV_AGAIN_ASKED};
        put_row(core, peer->number, index, &row);
        return TOV_OK;
    }
    struct tov_journal_note note = {.leaf_type = TOV_LEAF_REWRAP,
                                    .class_code = TOV_JOURNAL_REWRAP,
                                    .client = "",
                                    .role = "",
                                    .message = {core->own->number, core->series.generation, index},
                                    .reason = tov_bytes_of_text(peer->agency->name)};
    err = tov_journal_note(core, &note, &entry);
    if (err == TOV_E_UNAVAILABLE)
        return TOV_OK; /* the journal has not begun: later */
    TOV_TRY(err);
    row.epoch = peer->epoch;
    row.renewals++;
    row.renewed_ms = core->now_ms;
    put_row(core, peer->number, index, &row);
    return TOV_OK;
}

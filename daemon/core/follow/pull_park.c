/* SPDX-License-Identifier: EUPL-1.2
 *
 * Attachments that their sender does not send, though it is asked. One that has lost the file never
 * will: each time it is asked later, and meanwhile the slot is another's (docs/protocol.md 5.9).
 */
#include "follow/transfers.h"

#define REST_MAX_MS 3600000u /* between two requests that nobody answers */
#define IN_VAIN 5u           /* unanswered ones in a row: some two minutes */

uint64_t tov_park_rest_ms(unsigned silent)
{
    uint64_t rest =
        silent < 2 ? 0 : (uint64_t)TOV_PULL_ASK_AGAIN_MS << (silent < 12 ? silent - 2 : 10);
    return rest < REST_MAX_MS ? rest : REST_MAX_MS;
}

bool tov_pull_is_named(const struct tov_message_name *a, const struct tov_message_name *b)
{
    return a->agency == b->agency && a->generation == b->generation && a->index == b->index;
}

static struct tov_parked *parked_of(struct tov_peer *peer, const struct tov_message_name *name,
                                    uint8_t part)
{
    for (size_t i = 0; i < peer->parked_count; i++) {
        if (peer->parked[i].part == part && tov_pull_is_named(&peer->parked[i].name, name))
            return &peer->parked[i];
    }
    return NULL;
}

/* Where there are too many, the one whose turn comes next is forgotten: it is asked for sooner. */
static struct tov_parked *place_to_park(struct tov_peer *peer)
{
    struct tov_parked *next = &peer->parked[0];
    if (peer->parked_count < TOV_PARKED_MAX)
        return &peer->parked[peer->parked_count++];
    for (size_t i = 1; i < TOV_PARKED_MAX; i++) {
        if (peer->parked[i].until_mono_ms < next->until_mono_ms)
            next = &peer->parked[i];
    }
    return next;
}

void tov_park_for(const struct tov_core *core, struct tov_peer *peer, struct tov_transfer *transfer,
                  uint64_t rest_ms)
{
    *place_to_park(peer) = (struct tov_parked){.name = transfer->name,
                                               .part = transfer->part,
                                               .silent = transfer->silent,
                                               .until_mono_ms = core->mono_ms + rest_ms};
    transfer->state = TOV_TRANSFER_NONE;
}

void tov_park_put(const struct tov_core *core, struct tov_peer *peer, struct tov_transfer *transfer)
{
    tov_park_for(core, peer, transfer, tov_park_rest_ms(transfer->silent));
}

bool tov_park_put_off(const struct tov_core *core, struct tov_peer *peer,
                      const struct tov_pull_wanted *wanted)
{
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++) {
        struct tov_transfer *transfer = &peer->transfers[i];
        bool was_asked = transfer->asked_mono_ms != 0;
        if (transfer->state != TOV_TRANSFER_PULLING || transfer->held == transfer->total ||
            transfer->part != wanted->part || !tov_pull_is_named(&transfer->name, &wanted->name))
            continue;
        transfer->silent += was_asked ? 1 : 0;
        tov_park_for(core, peer, transfer, was_asked ? tov_park_rest_ms(transfer->silent) : 0);
        return true;
    }
    return false;
}

static bool is_due(const struct tov_core *core, const struct tov_peer *peer,
                   const struct tov_parked *parked)
{
    return parked->name.agency == peer->number && parked->until_mono_ms <= core->mono_ms;
}

bool tov_park_has_due(const struct tov_core *core, const struct tov_peer *peer)
{
    for (size_t i = 0; i < peer->parked_count; i++) {
        if (is_due(core, peer, &peer->parked[i]))
            return true;
    }
    return false;
}

void tov_park_forget_due(const struct tov_core *core, struct tov_peer *peer)
{
    for (size_t i = peer->parked_count; i > 0; i--) {
        if (is_due(core, peer, &peer->parked[i - 1]))
            peer->parked[i - 1] = peer->parked[--peer->parked_count];
    }
}

bool tov_park_is_its_turn(const struct tov_core *core, struct tov_peer *peer,
                          const struct tov_pull_wanted *wanted)
{
    const struct tov_parked *parked = parked_of(peer, &wanted->name, wanted->part);
    return parked == NULL || parked->until_mono_ms <= core->mono_ms;
}

unsigned tov_park_take(struct tov_peer *peer, const struct tov_pull_wanted *wanted)
{
    struct tov_parked *parked = parked_of(peer, &wanted->name, wanted->part);
    if (parked == NULL)
        return 0;
    unsigned silent = parked->silent;
    *parked = peer->parked[--peer->parked_count];
    return silent;
}

void tov_pull_on_session(struct tov_peer *peer)
{
    peer->may_pull = true;
    for (size_t i = peer->parked_count; i > 0; i--) {
        if (peer->parked[i - 1].name.agency == peer->number)
            peer->parked[i - 1] = peer->parked[--peer->parked_count];
    }
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++) {
        if (peer->transfers[i].name.agency != peer->number)
            continue;
        peer->transfers[i].asked_mono_ms = 0;
        peer->transfers[i].silent = 0;
    }
}

size_t tov_pull_count_in_vain(const struct tov_peer *peer)
{
    size_t count = 0;
    for (size_t i = 0; i < peer->parked_count; i++)
        count += peer->parked[i].name.agency == peer->number && peer->parked[i].silent >= IN_VAIN;
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++) {
        const struct tov_transfer *transfer = &peer->transfers[i];
        count += transfer->state == TOV_TRANSFER_PULLING && transfer->name.agency == peer->number &&
                 transfer->silent >= IN_VAIN;
    }
    return count;
}

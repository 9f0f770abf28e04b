/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a peer's ledger may add to this node's disk in a day (I11): parcels, late stanzas and chunks
 * of attachments, as they came. Above it what the peer says waits at the peer: nothing of it is
 * taken, so nothing is receipted and nothing lost; it is asked for again when there is room for a
 * while, not for each frame. Other peers, and what this node says itself, go on.
 * Not for: what costs work and no room (quota.h in session.c), nor what a recovery reads back.
 * Counted in memory: a start begins a day anew.
 */
#include "follow/peer.h"

#define PAUSE_SHARE 96u /* of a day: a quarter of an hour */

static uint64_t left(const struct tov_follow *follow, struct tov_peer *peer)
{
    return tov_day_quota_left(&peer->day, follow->day_bytes, follow->core->mono_ms);
}

bool tov_daily_has_room(const struct tov_follow *follow, struct tov_peer *peer, size_t bytes)
{
    if (left(follow, peer) >= bytes)
        return true;
    peer->day_is_full = true;
    tov_core_log(follow->core, TOV_HOST_WARN, "peer-day-full",
                 "peer=%s mib=%llu hint=\"what it sends waits at its node; see peer-day-mib\"",
                 peer->agency->name, (unsigned long long)(follow->day_bytes >> 20));
    return false;
}

void tov_daily_use(const struct tov_follow *follow, struct tov_peer *peer, size_t bytes)
{
    (void)left(follow, peer);
    peer->day.used += bytes;
}

void tov_daily_pump(const struct tov_follow *follow, struct tov_peer *peer)
{
    uint64_t enough = follow->day_bytes / PAUSE_SHARE;
    if (enough < TOV_FRAME_MAX_BYTES)
        enough = TOV_FRAME_MAX_BYTES;
    if (peer->day_is_full && left(follow, peer) >= enough)
        peer->day_is_full = false;
}

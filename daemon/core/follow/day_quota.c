/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a peer's ledger may add to this node's disk in a day (I11): parcels, late stanzas and chunks
 * of attachments, as they came. Above it what the peer says waits at the peer: nothing of it is
 * taken, so nothing is receipted and nothing lost; it is asked for again when there is room for a
 * while, not for each frame. Other peers, and what this node says itself, go on.
 * The last eighth is for parcels and stanzas alone: an acute message never waits for room that an
 * attachment has taken.
 * Not for: what costs work and no room (quota.h in session.c), nor what a recovery reads back.
 * Counted in memory: a start begins a day anew.
 */
#include "follow/peer.h"

#define PAUSE_SHARE 96u  /* of a day: a quarter of an hour */
#define MESSAGE_SHARE 8u /* of a day: where no attachment comes */

static uint64_t left(const struct tov_follow *follow, struct tov_peer *peer)
{
    return tov_day_quota_left(&peer->day_quota, follow->day_bytes, follow->core->mono_ms);
}

static void tell(const struct tov_follow *follow, const struct tov_peer *peer, const char *what)
{
    tov_core_log(follow->core, TOV_HOST_WARN, "peer-day-full",
                 "peer=%s mib=%llu waits=%s hint=\"what it sends waits at its node; see "
                 "peer-day-mib\"",
                 peer->agency->name, (unsigned long long)(follow->day_bytes >> 20), what);
}

bool tov_day_quota_has_room(const struct tov_follow *follow, struct tov_peer *peer, size_t bytes)
{
    if (left(follow, peer) >= bytes)
        return true;
    peer->day_is_full = true;
    tell(follow, peer, "all");
    return false;
}

bool tov_day_quota_may_pull(const struct tov_follow *follow, struct tov_peer *peer, size_t bytes)
{
    if (peer->chunks_wait)
        return false;
    if (left(follow, peer) >= follow->day_bytes / MESSAGE_SHARE + bytes)
        return true;
    peer->chunks_wait = true;
    tell(follow, peer, "attachments");
    return false;
}

void tov_day_quota_use(const struct tov_follow *follow, struct tov_peer *peer, size_t bytes)
{
    (void)left(follow, peer);
    peer->day_quota.used += bytes;
}

void tov_day_quota_pump(const struct tov_follow *follow, struct tov_peer *peer)
{
    uint64_t enough = follow->day_bytes / PAUSE_SHARE;
    if (enough < TOV_FRAME_MAX_BYTES)
        enough = TOV_FRAME_MAX_BYTES;
    if (peer->day_is_full && left(follow, peer) >= enough)
        peer->day_is_full = false;
    if (peer->chunks_wait && left(follow, peer) >= follow->day_bytes / MESSAGE_SHARE + enough)
        peer->chunks_wait = false;
}

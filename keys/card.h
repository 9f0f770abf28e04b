/* SPDX-License-Identifier: EUPL-1.2
 *
 * The public card of an agency: its keys as text, handed to whoever makes the roster.
 * Not for: anything that the roster says beside keys; other lines are refused, so a card cannot
 * bring in an endpoint or a keeper.
 * Never take a card over a way on which its sender cannot be known: compare it by telephone.
 */
#ifndef TOV_KEYS_CARD_H
#define TOV_KEYS_CARD_H

#include "base/limits.h"
#include "roster/roster.h"

#define CARD_MAX_BYTES 4096u

/* What agency-new has made. Vkeys carry their names. */
struct card_keys {
    const char *federation;
    const char *agency;
    uint16_t number;
    uint32_t generation;
    struct tov_vkey ledger, journal, witness;
    uint8_t control[32];
    uint8_t transport[32];
};
void card_format(const struct card_keys *keys, struct tov_buf *out);

/* A card as it was read: views into its text. */
struct card {
    struct tov_bytes federation;
    struct tov_bytes agency; /* "1 kk", as the roster's agency line has it */
    struct tov_bytes keys;   /* lines of keys, to be indented into the roster */
};
enum tov_err card_parse(struct tov_bytes text, struct card *out_card,
                        struct tov_error *error) TOV_MUST_CHECK;

#endif

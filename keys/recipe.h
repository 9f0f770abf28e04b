/* SPDX-License-Identifier: EUPL-1.2
 *
 * From a recipe (all that people decide) and the agencies' cards (all that machines made) to the
 * text of a roster. docs/keys.md says what a recipe looks like.
 * Not for: judging the result; tov_roster_parse does, on every text made here.
 * Never edit the text that comes out: change the recipe and make it again.
 */
#ifndef TOV_KEYS_RECIPE_H
#define TOV_KEYS_RECIPE_H

#include "keys/card.h"

#define RECIPE_MAX_BYTES TOV_ROSTER_MAX_BYTES

struct recipe_inputs {
    struct tov_bytes recipe;
    const struct card *cards;
    size_t card_count;
    const struct tov_roots *roots;
    const struct tov_roster *previous; /* NULL: version 1 */
    uint16_t
        base_port; /* "PORT" in an endpoint becomes base_port + agency number - 1; 0: refused */
};
/* Appends the text to OUT and gives the roster that it parses to. Errors name the recipe's line. */
enum tov_err recipe_make(const struct recipe_inputs *inputs, struct tov_buf *out,
                         struct tov_roster **out_roster, struct tov_error *error) TOV_MUST_CHECK;

/* A client line of a demo recipe: "  client NAME person|system ROLE,... UNIT,...|-". */
struct recipe_client {
    struct tov_bytes agency; /* name */
    struct tov_bytes name;
    struct tov_bytes kind;
    struct tov_bytes roles; /* with commas */
    struct tov_bytes units; /* likewise; "-" for none */
};
/* Walks over them: false at the end. Start with *REST = the recipe and a zeroed CLIENT. */
bool recipe_next_client(struct tov_bytes *rest, struct recipe_client *client);

/* Likewise over "agency NUMBER NAME": views of both. */
struct recipe_agency {
    struct tov_bytes number;
    struct tov_bytes name;
};
bool recipe_next_agency(struct tov_bytes *rest, struct recipe_agency *out);
/* The value of the recipe's federation line; empty when there is none. */
struct tov_bytes recipe_federation(struct tov_bytes recipe);

#endif

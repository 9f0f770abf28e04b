/* SPDX-License-Identifier: EUPL-1.2
 *
 * What clients ask of a node (schema/api.proto, docs/libtov.md): requests in, replies and
 * events out. Writing goes through the open batch and is answered after its commit; content is
 * handed out only after the access entry is committed (I2, I9).
 * Not for: sockets (front), or following peers (follow/).
 * Never answer from uncommitted rows, and never show a unit's message to a client without it (I10).
 */
#ifndef TOV_API_API_H
#define TOV_API_API_H

#include "follow/follow.h"
#include "ledger/core.h"
#include "roster/clients.h"

struct tov_api;
struct tov_api_policy;

struct tov_api_options {
    struct tov_core *core;
    struct tov_follow *follow;
    struct tov_clients *clients; /* replaced by tov_api_set_clients; the caller's */
    bool demo_clock;
    size_t book_block_bytes;             /* of the case book's snapshots; 0: the usual size */
    const struct tov_api_policy *policy; /* copied; NULL: the defaults (policy.h) */
};

enum tov_err tov_api_create(const struct tov_api_options *options, struct tov_api **out_api,
                            struct tov_error *error) TOV_MUST_CHECK;
void tov_api_destroy(struct tov_api *api); /* NULL is fine */
void tov_api_set_clients(struct tov_api *api, struct tov_clients *clients);

/* A request of the client with that CURVE key. Answered at once, after the commit, or both. */
void tov_api_on_frame(struct tov_api *api, const uint8_t client_key[32], uint64_t connection,
                      struct tov_bytes frame);
/* A request of a client that takes more than its share of the node: answered by TOV_E_BUSY. */
void tov_api_refuse_busy(struct tov_api *api, const uint8_t client_key[32], uint64_t connection,
                         struct tov_bytes frame);
void tov_api_on_gone(struct tov_api *api, uint64_t connection);
void tov_api_on_all_gone(struct tov_api *api); /* the front was started again */
void tov_api_on_tick(struct tov_api *api);     /* about once a second */
/* The signed size of a tree has moved. */
void tov_api_on_signed(struct tov_api *api);

/* How the node stands: "starting", "serving", "recovering", "behind", "clock", "guard",
 * "stopped". */
struct tov_api_state {
    const char *name;
    bool may_write;          /* submissions are taken */
    const char *sentence_da; /* what is the matter and what to do; "" when nothing is */
    const char *sentence_en;
};
void tov_api_set_state(struct tov_api *api, const struct tov_api_state *state);
/* Whether anybody carries what this node and others send each other: a gateway may be absent.
 * Said again and again; until it is said, there is one. */
void tov_api_set_gateway(struct tov_api *api, bool is_there);
/* Whether the guard can cosign what other agencies have signed, as it said when it was met. */
void tov_api_set_witness(struct tov_api *api, bool can_cosign);
/* Persons who say that the node shall start without a majority of its keepers (start_anyway.c):
 * how many count now. RESET forgets them, and says whether the node waits for one. */
#define TOV_API_START_PERSONS 2u /* are needed */
unsigned tov_api_start_persons(const struct tov_api *api);
void tov_api_start_reset(struct tov_api *api, bool waits);
/* In each turn, before its commit: requests that waited for the case book. */
void tov_api_work(struct tov_api *api);
bool tov_api_has_waiting(const struct tov_api *api);
/* A slice of what can be done while nothing else is: reading the case book on, checking it. */
void tov_api_rest(struct tov_api *api);
bool tov_api_has_rest(const struct tov_api *api);
/* The node is about to end: the book is not read on, and who needs it is told to ask again. */
void tov_api_stop(struct tov_api *api);
/* At the end of each turn: events to watchers, exports, whatever waited. */
void tov_api_pump(struct tov_api *api);

#endif

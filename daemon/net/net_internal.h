/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the files of net/ share: the context with its admission, and the map of libzmq's codes.
 * Not for: anyone outside net/. Never let a type or a code of libzmq past net.h.
 */
#ifndef TOV_DAEMON_NET_NET_INTERNAL_H
#define TOV_DAEMON_NET_NET_INTERNAL_H

#include "net/net.h"

/* Who may connect. The ZAP thread and the owner's thread both ask, under a lock. */
struct net_admission;
enum tov_err net_admission_create(void *zmq_context,
                                  struct net_admission **out_admission) TOV_MUST_CHECK;
/* After zmq_ctx_shutdown: waits for the ZAP thread, which ends with the context. */
void net_admission_destroy(struct net_admission *admission);
/* Binds the ZAP handler and starts its thread, once; before the first server socket exists. */
enum tov_err net_admission_start(struct net_admission *admission) TOV_MUST_CHECK;
enum tov_err net_admission_set(struct net_admission *admission, const struct tov_net_key *keys,
                               size_t count) TOV_MUST_CHECK;
bool net_admission_has(struct net_admission *admission, const struct tov_net_key *key);
uint64_t net_admission_refused(struct net_admission *admission);

struct tov_net {
    void *context; /* libzmq's */
    struct net_admission *admission;
};

/* The one map from errno of a libzmq call. */
enum tov_err net_error_of(int code);

#endif

/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tovd gateway`: a gateway that runs apart from its node, as another service or on another host.
 * This process connects to the node's socket (door.h) and starts the role by fork and exec for
 * each connection, as the supervisor of a node does; it parses nothing and holds no key.
 * Not for: the gateway itself (daemon/gateway).
 *
 *   the role ends because                     then
 *   the node is gone, or does not take it     again, later and later, at most after 30 s
 *   of a code that needs a person             this process ends with it
 *   of anything else                          as of the node's own roles (exit_codes.h)
 * While nobody listens at the socket it tries each second, and says so once.
 */
#ifndef TOV_DAEMON_SUPERVISOR_APART_H
#define TOV_DAEMON_SUPERVISOR_APART_H

/* As the main() of `tovd gateway ...`; the exit code. */
int apart_main(int argc, char **argv);

#endif

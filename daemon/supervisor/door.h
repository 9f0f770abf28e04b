/* SPDX-License-Identifier: EUPL-1.2
 *
 * Where a gateway that runs apart comes in: a Unix socket of which one user's connections are
 * taken, one at a time. What is taken is handed to the core, like the socket of a gateway that
 * tovd has started itself.
 * Not for: reading anything from it. Whoever connects is hostile until the core says otherwise,
 * and the core never does.
 *
 * D1 The socket's file belongs to this process's user and the gateway's group, mode 0660 (0600
 *    where the gateway is the same user), from before the first connection can be made.
 * D2 A connection is taken only while none is: a live gateway is never replaced. Who is not taken
 *    is told why (GW_REFUSED).
 * D3 Who cannot be taken for want of descriptors or memory waits: the door, which stays readable,
 *    is then not watched for a second.
 */
#ifndef TOV_DAEMON_SUPERVISOR_DOOR_H
#define TOV_DAEMON_SUPERVISOR_DOOR_H

#include "base/err.h"
#include "exit_codes.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct door {
    int fd;           /* -1: tovd starts the gateway itself */
    const char *path; /* borrowed */
    uid_t user;       /* whose connections are taken */
    bool is_taken;    /* by a connection that the core has */
    uint64_t open_ms; /* when it may be watched again after a failed accept; 0: none failed */
};

/* Listens at PATH for the user of that NAME. A socket of an earlier run is removed. PATH is
 * borrowed. What another try may cure is told by the code: PORT_IN_USE where another process
 * listens, else CONFIG. 0, or the code with words in ERROR. */
int door_open(struct door *door, const char *path, const char *name, struct tov_error *error);
/* Removes the socket's file, too. */
void door_close(struct door *door);

/* The next connection that may be taken, the caller's, or -1: there is none. Those that may not
 * are refused here. The caller says is_taken. */
int door_accept(struct door *door, uint64_t now_ms);
/* Whether to look for who comes (D3); if not, at open_ms. */
bool door_is_open(const struct door *door, uint64_t now_ms);
/* Tells who is at the other end of FD why it is not taken, and closes FD. */
void door_refuse(int fd, const char *why);

#endif

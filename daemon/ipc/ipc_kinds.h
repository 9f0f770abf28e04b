/* SPDX-License-Identifier: EUPL-1.2
 *
 * The kinds of frame between the core and its gateway, its front and its supervisor, and the
 * layout of each payload. Encoders and strict decoders: ipc_messages.h. The guard's kinds
 * (0x80 and up) stand with the guard.
 * Not for: what peers or clients say to each other; gateway and front pass that on unread.
 * All processes that tovd starts are the same program file, so there is one version; a kind that
 * the receiver does not know is a fault of ours: it exits with TOV_EXIT_INTERNAL. A gateway or
 * front that fails says so by its exit code to the supervisor (exit_codes.h); the core sees the end
 * of the stream. A gateway that runs apart (docs/gateway.md) may be of another tovd: what the core
 * says first, GW_PEERS, begins with the version of what stands here about gateways, and it ends at
 * another.
 *
 * Numbers are big-endian; key: 32 bytes of a CURVE public key; text: u8 length and bytes.
 *
 *   gateway -> core
 *     GW_READY      nothing                          GW_PEERS came, and it is bound (if it binds)
 *     GW_PEER_UP    u16 agency                       say Hello; frames may flow
 *     GW_PEER_DOWN  u16 agency                       frames given before may be lost
 *     GW_FRAME      u16 agency, frame                as the peer sent it; its key was checked
 *     GW_CREDIT     u16 agency, u32 bytes            so many bytes of GW_FRAME frames have left the
 *                                                    gateway's queue (frame bytes, without agency):
 *                                                    each byte given comes back exactly once, sent
 *                                                    or dropped; PEER_DOWN changes no account
 *     GW_ALIVE      nothing                          a turn of the loop was made; every second,
 *                                                    unless something waits to be read
 *   core -> gateway
 *     GW_PEERS      u16 version, u16 own agency, u16 count, count * peer
 *                   peer = u16 agency, u8 flags (bit 0: dial), u8 keys (1 or 2), keys * key,
 *                   text endpoint (empty unless the peer has one)
 *                   agencies ascend; the list replaces the one before. The first comes unasked;
 *                   before it nothing is bound: who came early would be refused for seconds
 *     GW_FRAME      u16 agency, frame                dropped when the peer is not up
 *     GW_DROP       u16 agency, u32 milliseconds     take nothing from it for so long
 *   supervisor -> gateway that runs apart
 *     GW_REFUSED    text                             in place of all others: it is not taken, and
 * why
 *
 *   front -> core
 *     FR_READY      nothing                          FR_CLIENTS came, and it is bound
 *     FR_FRAME      key of the client, u64 connection, 32 bytes reserved for the client's MAC
 *                   (zeros), frame
 *     FR_GONE       u64 connection                   forget it; the number is never used again
 *   core -> front
 *     FR_CLIENTS    u16 count, count * key           replaces the list before; first: as GW_PEERS
 *     FR_FRAME      u64 connection, frame            dropped when the connection is gone
 *     FR_CLOSE      u64 connection                   forget it, pass on nothing more from it
 *
 *   core -> supervisor
 *     SV_READY      nothing                          serving: tell systemd
 *     SV_ALIVE      nothing                          a turn of the loop was made, or a step of a
 *                                                    long start
 *     SV_STATUS     text                             one line for `systemctl status`; one with
 *                                                    control characters is not passed on
 *     SV_UNLINK     u8 0 gateway or 1 front          its stream has ended, or said what it may not
 *     SV_SILENT     nothing                          the gateway says nothing any more: SV_UNLINK
 *                                                    follows, and one of its own is ended by force
 *   supervisor -> core (the one ipc that takes descriptors: tov_ipc_allow_fds)
 *     SV_LINK       u8 0 gateway or 1 front, with    a new one was started: the old socket pair is
 *                   a descriptor                     dead, all its peers are down, all its
 *                                                    connections gone, its credit accounts void
 *     SV_STOP       nothing                          commit what is accepted, then exit 0
 *     SV_RELOAD     nothing, with a descriptor       SIGHUP: read the client registry from it
 *     SV_DUMP       nothing                          SIGUSR1: log the state, without content
 */
#ifndef TOV_DAEMON_IPC_IPC_KINDS_H
#define TOV_DAEMON_IPC_IPC_KINDS_H

enum tov_ipc_kind {
    TOV_IPC_GW_READY = 0x10,
    TOV_IPC_GW_PEER_UP = 0x12,
    TOV_IPC_GW_PEER_DOWN = 0x13,
    TOV_IPC_GW_FRAME = 0x14, /* both ways */
    TOV_IPC_GW_CREDIT = 0x15,
    TOV_IPC_GW_PEERS = 0x16,
    TOV_IPC_GW_DROP = 0x17,
    TOV_IPC_GW_REFUSED = 0x18,
    TOV_IPC_GW_ALIVE = 0x19,

    TOV_IPC_FR_READY = 0x20,
    TOV_IPC_FR_FRAME = 0x22, /* both ways, layouts differ */
    TOV_IPC_FR_GONE = 0x23,
    TOV_IPC_FR_CLIENTS = 0x24,
    TOV_IPC_FR_CLOSE = 0x25,

    TOV_IPC_SV_READY = 0x30,
    TOV_IPC_SV_ALIVE = 0x31,
    TOV_IPC_SV_STATUS = 0x32,
    TOV_IPC_SV_LINK = 0x33,
    TOV_IPC_SV_STOP = 0x34,
    TOV_IPC_SV_RELOAD = 0x35,
    TOV_IPC_SV_DUMP = 0x36,
    TOV_IPC_SV_UNLINK = 0x37,
    TOV_IPC_SV_SILENT = 0x38
};

/* Of the kinds GW_ and their layouts: another number when one of them changes. */
#define TOV_IPC_GATEWAY_VERSION 2u

/* What SV_LINK connects and SV_UNLINK ends. */
enum tov_ipc_link { TOV_IPC_LINK_GATEWAY = 0, TOV_IPC_LINK_FRONT = 1 };

#endif

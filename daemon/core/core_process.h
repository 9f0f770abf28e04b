/* SPDX-License-Identifier: EUPL-1.2
 *
 * The core's process around its node: sockets to guard, gateway, front and supervisor, the store,
 * files and clocks. Private to core_*.c.
 */
#ifndef TOV_CORE_PROCESS_H
#define TOV_CORE_PROCESS_H

#include "config/config.h"
#include "core_clock.h"
#include "core_files.h"
#include "core_settings.h"
#include "core_share.h"
#include "ipc/ipc_messages.h"
#include "keys/keyfile.h"
#include "node.h"
#include "supervisor/role.h"

#define TOV_PROCESS_SOCKETS 4
#define TOV_GATEWAY_SILENT_TICKS 60u /* then a gateway that says nothing is taken for dead */

struct tov_process {
    struct tov_config config;
    const char *config_path; /* borrowed */
    struct tov_core_settings settings;
    struct tov_host host;
    struct tov_store *store;
    struct tov_roster *roster;
    struct tov_clients *clients;
    struct tov_keyfile control_key, storage_key;
    struct tov_core_files *files;
    struct tov_core_clock clock;
    struct tov_node *node;
    struct tov_ipc *guard, *gateway, *front,
        *supervisor; /* gateway, front: NULL while there is none */
    int signal_fd;
    bool gateway_ready, front_ready, said_ready, stopping;
    enum tov_unlink {
        UNLINK_TOLD = 0,
        UNLINK_UNTOLD,
        UNLINK_TRIED
    } unlinks[2];                          /* by tov_ipc_link */
    char said_state[128];                  /* what the supervisor was told of it */
    uint64_t queued[TOV_AGENCIES_MAX + 1]; /* bytes given to the gateway and not yet sent */
    bool left[TOV_PROCESS_SOCKETS]; /* frames were read and wait for the next turn (core_loop.c) */
    uint64_t front_left_us; /* since when that is so of the front, each turn; 0: it is not */
    struct tov_share share;
    uint64_t last_tick_mono_ms, last_clear_mono_ms, last_alive_mono_ms;
    unsigned gateway_silent_ticks; /* turns, a second apart, since it said anything */
    int exit_code;
};

/* core_start.c: everything up to the node; the exit code on failure, else 0. */
int tov_process_start(struct tov_process *process, const struct tov_role_arguments *arguments);
void tov_process_end(struct tov_process *process);
/* core_host.c */
void tov_process_make_host(struct tov_process *process);
/* core_loop.c: runs until told to stop or the node fails; the exit code. */
int tov_process_run(struct tov_process *process);
enum tov_err tov_process_send_peers(struct tov_process *process) TOV_MUST_CHECK;
enum tov_err tov_process_send_clients(struct tov_process *process) TOV_MUST_CHECK;

#endif

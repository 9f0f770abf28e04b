/* SPDX-License-Identifier: EUPL-1.2
 *
 * The configuration file of tovd (INI, as systemd units are; systemd/tovd.conf.example explains
 * every key) as one plain value. A parser of text, and a loader that reads the file.
 * Not for: what the federation decides (the roster) or secrets (key files).
 * Never let a wrong line pass: unknown sections and keys, a key given twice and values out of
 * range are errors that name file and line and say what would be right.
 */
#ifndef TOV_DAEMON_CONFIG_CONFIG_H
#define TOV_DAEMON_CONFIG_CONFIG_H

#include "base/err.h"
#include "base/limits.h"
#include "log/log.h"

#define TOV_CONFIG_VALUE_SIZE 192   /* with its NUL: a line has at most 199 characters */
#define TOV_CONFIG_SOCKET_SIZE 108u /* of a socket's path, with its NUL: unix(7) */
#define TOV_CONFIG_USER_SIZE 33
#define TOV_CONFIG_FILE_MAX_BYTES 65536u

/* Paths are absolute. Texts are empty where the key is optional and not given. */
struct tov_config {
    /* [node] */
    char agency[TOV_NAME_MAX_BYTES + 1];        /* this node's agency as the roster names it */
    char federation_dir[TOV_CONFIG_VALUE_SIZE]; /* what the federation hands out */
    char data_dir[TOV_CONFIG_VALUE_SIZE];       /* ledger, attachments: the core's */
    char guard_dir[TOV_CONFIG_VALUE_SIZE];      /* the guard's state; never inside data_dir */
    char keys_dir[TOV_CONFIG_VALUE_SIZE];       /* key files */
    char roster_file[TOV_CONFIG_VALUE_SIZE];    /* default: <federation_dir>/roster.txt */
    char roots_file[TOV_CONFIG_VALUE_SIZE];     /* default: <federation_dir>/roots.txt */
    char clients_file[TOV_CONFIG_VALUE_SIZE];   /* default: <keys_dir>/clients.txt */
    enum tov_log_level log_level;               /* default: info */
    /* [peers] */
    char listen[TOV_CONFIG_VALUE_SIZE];          /* endpoint to bind, or empty: only dials out */
    char gateway_socket[TOV_CONFIG_SOCKET_SIZE]; /* where a gateway that runs apart connects, or
                                                    empty: tovd starts it */
    char gateway_user[TOV_CONFIG_USER_SIZE]; /* whose connection is taken; default: tov-gateway */
    /* [clients] */
    char client_listen[TOV_CONFIG_VALUE_SIZE]; /* default: ipc:///run/tov/front.sock */
    /* [limits] */
    uint64_t disk_reserve_mib;  /* new work is refused below this much free disk; default 512 */
    uint64_t flow_window_bytes; /* in flight to one peer; default 4 MiB, at least one frame */
    uint64_t peer_day_mib;      /* of one peer's ledger, taken in a day; default 8192 */
    uint64_t batch_max_bytes;   /* of one commit; default 8 MiB */
    /* [alarms]: proposals, for the parties to set */
    uint64_t undelivered_minutes;   /* without a receipt; default 240 */
    uint64_t unread_minutes;        /* not looked at; default 240 */
    uint64_t unread_urgent_minutes; /* the same of priority akut; default 120 */
    /* [retention]: days from the hand-over to the agency's own record, for the DPO to set */
    uint64_t retention_days[4]; /* of class R0 to R3; default 90, 30, 30, 30 */
    /* [demo] */
    bool demo_clock;                             /* only for federations named "...-demo" */
    char demo_clock_file[TOV_CONFIG_VALUE_SIZE]; /* needed when demo_clock */
};

/* Of a gateway that runs apart from its node (systemd/gateway.conf.example): all that it holds. */
struct tov_gateway_config {
    /* [gateway] */
    char connect[TOV_CONFIG_SOCKET_SIZE]; /* the socket at which the node takes it */
    char keys_dir[TOV_CONFIG_VALUE_SIZE]; /* of its one key */
    char listen[TOV_CONFIG_VALUE_SIZE];   /* endpoint to bind, or empty: only dials out */
    enum tov_log_level log_level;         /* default: info */
};

/* TEXT with NUL; NAME is what errors call it. TOV_E_CONFIG with "NAME:LINE: ..." in ERROR. */
enum tov_err tov_config_parse(const char *text, const char *name, struct tov_config *out_config,
                              struct tov_error *error) TOV_MUST_CHECK;
/* TOV_E_CONFIG also when the file cannot be read. */
enum tov_err tov_config_load(const char *path, struct tov_config *out_config,
                             struct tov_error *error) TOV_MUST_CHECK;
/* The same of a gateway's. */
enum tov_err tov_gateway_config_parse(const char *text, const char *name,
                                      struct tov_gateway_config *out_config,
                                      struct tov_error *error) TOV_MUST_CHECK;
enum tov_err tov_gateway_config_load(const char *path, struct tov_gateway_config *out_config,
                                     struct tov_error *error) TOV_MUST_CHECK;
/* Whether PATH is DIRECTORY or lies in it, by their texts: both canonical, as realpath(3) gives
 * them, or links and ".." deceive. */
bool tov_config_is_inside(const char *path, const char *directory);
/* That the folders which must be there before the start are there, and that this process may read
 * and write in data and guard: TOV_E_CONFIG names the first of which that is not so. And that guard
 * and data lie apart on the disk, whatever their texts say. NAME is what errors call the file.
 * Blocks for three stat(2), two access(2) and two realpath(3). */
enum tov_err tov_config_check_folders(const struct tov_config *config, const char *name,
                                      struct tov_error *error) TOV_MUST_CHECK;

#endif

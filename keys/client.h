/* SPDX-License-Identifier: EUPL-1.2
 *
 * Client keys and the registry of an agency.
 * Not for: granting more at run time (two persons, journal entries).
 * Never hand one key to two persons.
 */
#ifndef TOV_KEYS_CLIENT_H
#define TOV_KEYS_CLIENT_H

#include "keys/newkey.h"
#include "roster/clients.h"

struct client_order {
    const struct newkey_lock *lock;
    const char *federation;
    const char *agency;
    const char *name;
    enum tov_client_kind kind;
    const char *path; /* the key file; "<path>.pub" is the registration */
};
/* *OUT_INFO may be NULL. */
enum tov_err client_make(const struct client_order *order, struct tov_key_info *out_info,
                         struct tov_error *error) TOV_MUST_CHECK;

struct client_entry {
    const char *agency;
    const char *name;
    enum tov_client_kind kind;
    uint8_t key[32];
    const char *roles; /* names with commas */
    const char *units; /* likewise; NULL or "" for none */
};
/* Adds ENTRY to the registry at PATH, starting it when it is not there; ROSTER (may be NULL) says
 * which units and roles exist. */
enum tov_err client_register(const char *path, const struct client_entry *entry,
                             const struct tov_roster *roster,
                             struct tov_error *error) TOV_MUST_CHECK;

#endif

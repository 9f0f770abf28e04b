/* SPDX-License-Identifier: EUPL-1.2
 *
 * The client registry of one agency: which CURVE key belongs to which one person or one system,
 * with which roles and units (docs/keys.md). Local to the agency; peers never see it.
 * Not for: grants by two persons (journal entries), which can only widen or narrow this.
 * Never register one key for several persons: every access must lead to one natural person.
 */
#ifndef TOV_ROSTER_CLIENTS_H
#define TOV_ROSTER_CLIENTS_H

#include "base/cleanup.h"
#include "base/limits.h"
#include "roster/roster.h"

#define TOV_CLIENTS_MAX 65536u
#define TOV_CLIENTS_MAX_BYTES 33554432u
#define TOV_CLIENT_UNITS_MAX 32u

enum tov_client_kind { TOV_CLIENT_PERSON = 1, TOV_CLIENT_SYSTEM = 2 };

/* Texts are owned by the registry. */
struct tov_client {
    const char *name; /* one natural person or one system, as tov_name_is_valid */
    enum tov_client_kind kind;
    uint8_t key[32];          /* CURVE public key */
    uint32_t roles;           /* TOV_ROLE_BIT mask, not empty */
    const char *const *units; /* names inside the agency, in file order */
    size_t unit_count;        /* 0: agency-wide roles only */
    unsigned line;            /* of its entry in the file; errors say this, not the name */
};

struct tov_clients;

/* MALFORMED with line, field and remedy; names and keys occur once. */
enum tov_err tov_clients_parse(struct tov_bytes text, struct tov_clients **out_clients,
                               struct tov_error *error) TOV_MUST_CHECK;
void tov_clients_destroy(struct tov_clients *clients); /* NULL is fine */
TOV_DEFINE_CLEANUP(tov_clients, struct tov_clients, tov_clients_destroy)

const char *tov_clients_agency(const struct tov_clients *clients); /* the agency's name */
size_t tov_clients_count(const struct tov_clients *clients);
const struct tov_client *tov_clients_at(const struct tov_clients *clients, size_t index);
/* Borrowed; NULL when the key or name is not registered. */
const struct tov_client *tov_clients_find(const struct tov_clients *clients, const uint8_t key[32]);
const struct tov_client *tov_clients_find_name(const struct tov_clients *clients,
                                               struct tov_bytes name);
bool tov_client_has_unit(const struct tov_client *client, struct tov_bytes unit);
bool tov_client_has_role(const struct tov_client *client, enum tov_role role);

/* Every unit is one of AGENCY and every role but the agency-wide ones is allowed in one of the
 * client's units. RULE, naming client and remedy. */
enum tov_err tov_clients_check(const struct tov_clients *clients, const struct tov_agency *agency,
                               struct tov_error *error) TOV_MUST_CHECK;

/* The first lines of a registry, and one entry: what tov-keys writes. */
void tov_clients_format_start(const char *agency, struct tov_buf *out);
void tov_clients_format_entry(const struct tov_client *client, struct tov_buf *out);

#endif

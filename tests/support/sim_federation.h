/* SPDX-License-Identifier: EUPL-1.2
 *
 * A federation of up to SIM_NODES_MAX agencies with keys from fixed seeds, its roster and client
 * registries, for tests that run nodes in one process. All agencies are kommuner with one unit
 * "vink", or those of an Infohus with the units of the demo federation; they keep each other's
 * hashes. Two clients each: a caseworker, who has all units, and an auditor.
 * Not for: keys that anybody should trust. Never use its seeds outside tests.
 */
#ifndef TOV_TESTS_SUPPORT_SIM_FEDERATION_H
#define TOV_TESTS_SUPPORT_SIM_FEDERATION_H

#include "base/secret.h"
#include "roster/clients.h"
#include "wire/frame.h"

#define SIM_NODES_MAX 120u
#define SIM_FEDERATION "sim-demo"
#define SIM_UNIT "vink"

struct sim_agency {
    uint16_t number;                                                      /* index + 1 */
    char name[24];                                                        /* "a1" ... */
    struct tov_key ledger, journal, witness, control, transport, storage; /* seeds */
    struct tov_clients *clients;
};

struct sim_federation {
    size_t count;
    bool is_infohus;
    struct tov_roster *roster;
    struct tov_roots roots;   /* that signed it */
    struct tov_key root_seed; /* of the only one */
    struct sim_agency agencies[SIM_NODES_MAX];
};

/* Stops the test program when the roster cannot be made. KEEPERS: the first so many other agencies
 * keep an agency's hashes; 0 means all. */
struct sim_federation *sim_federation_create(size_t count, size_t keepers);
/* Agency 1 is the kommune (vink, eki, mentor), 2 the police (dks), 3 Kriminalforsorgen (faengsel,
 * kif, central), as far as COUNT goes; all keep all hashes. */
struct sim_federation *sim_federation_create_infohus(size_t count);
#define SIM_INFOHUS_MAX 3u
void sim_federation_destroy(struct sim_federation *federation);

const struct tov_agency *sim_federation_agency(const struct sim_federation *federation,
                                               size_t index);
/* The CURVE keys of the two clients of agency INDEX. */
void sim_caseworker_key(const struct sim_federation *federation, size_t index, uint8_t out_key[32]);
void sim_auditor_key(const struct sim_federation *federation, size_t index, uint8_t out_key[32]);
/* The 64-byte secret of an Ed25519 seed, for tests that sign by hand. */
void sim_secret_of(const struct tov_key *seed, uint8_t out_secret[64]);
/* What a file of the roster of FACTS holds, signed by the only root; OUT is cleared before. */
void sim_sign_roster(const struct sim_federation *federation, const struct tov_roster_facts *facts,
                     struct tov_buf *out_note);
/* Makes that the federation's roster. */
void sim_put_roster(struct sim_federation *federation, const struct tov_roster_facts *facts);
/* Signs the parcel in FRAME with an agency's control key, as one from FROM to TO. */
void sim_sign_parcel(const uint8_t secret[64], uint16_t from, uint16_t to, struct tov_buf *frame);

/* The frame of CONTROL, signed by the control key of the agency at INDEX; OUT is cleared before. */
void sim_sign_control(const struct sim_federation *federation, size_t index,
                      const struct tov_control *control, struct tov_buf *out);

#endif

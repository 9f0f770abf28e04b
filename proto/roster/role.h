/* SPDX-License-Identifier: EUPL-1.2
 *
 * The closed lists that the roster speaks in: role ids of persons and systems, legal
 * co-operations, regimes of data protection law. Sets of them are bit masks.
 * Not for: deciding what a role may do (daemon/core/access, proto/case sharing rules).
 * Never renumber: the bits are stored in grants; append only.
 */
#ifndef TOV_ROSTER_ROLE_H
#define TOV_ROSTER_ROLE_H

#include "base/bytes.h"

enum tov_role {
    TOV_ROLE_TOVHOLDER_KOMMUNE = 0,
    TOV_ROLE_TOVHOLDER_POLITI = 1,
    TOV_ROLE_KOORDINATOR_KRFO = 2,
    TOV_ROLE_HANDLEPLANSANSVARLIG = 3,
    TOV_ROLE_TILSYNSFOERENDE = 4,
    TOV_ROLE_SAGSBEHANDLER = 5,
    TOV_ROLE_BOERNERAADGIVER = 6,
    TOV_ROLE_HOTLINE_MEDARB = 7,
    TOV_ROLE_MENTOR = 8,
    TOV_ROLE_PAAROERENDECOACH = 9,
    TOV_ROLE_OVERLAEGE = 10,
    TOV_ROLE_PSYK_KONTAKT = 11,
    TOV_ROLE_INTEGRATION = 12, /* from here: whole agency, not of a unit */
    TOV_ROLE_AUDITOR = 13,
    TOV_ROLE_DBR = 14,
    TOV_ROLE_NODE_ADMIN = 15
};
#define TOV_ROLES_COUNT 16
#define TOV_ROLE_BIT(role) (1u << (role))
/* Roles that are not tied to a unit: a unit need not list them to let a client have them. */
#define TOV_ROLES_OF_AGENCY                                                \
    (TOV_ROLE_BIT(TOV_ROLE_INTEGRATION) | TOV_ROLE_BIT(TOV_ROLE_AUDITOR) | \
     TOV_ROLE_BIT(TOV_ROLE_DBR) | TOV_ROLE_BIT(TOV_ROLE_NODE_ADMIN))

/* "tovholder_kommune"; never NULL. ROLE below TOV_ROLES_COUNT (asserted), as for the titles. */
const char *tov_role_name(enum tov_role role);
const char *tov_role_title_da(enum tov_role role);
const char *tov_role_title_en(enum tov_role role);
/* False when there is no such role. */
bool tov_role_find(struct tov_bytes name, enum tov_role *out_role);

/* Legal co-operations that a unit takes part in: skole-social-politi, psykiatri-social-politi,
 * kriminalforsorg-social-politi (retsplejeloven § 115). */
enum tov_cooperation { TOV_COOPERATION_SSP = 0, TOV_COOPERATION_PSP = 1, TOV_COOPERATION_KSP = 2 };
#define TOV_COOPERATIONS_COUNT 3
#define TOV_COOPERATION_BIT(cooperation) (1u << (cooperation))
const char *tov_cooperation_name(enum tov_cooperation cooperation);
bool tov_cooperation_find(struct tov_bytes name, enum tov_cooperation *out_cooperation);

/* Which law an agency works under: the regulation, or the law enforcement directive
 * (retshåndhævelsesloven). */
enum tov_regime { TOV_REGIME_GDPR = 1, TOV_REGIME_LED = 2 };
const char *tov_regime_name(enum tov_regime regime);

#endif
